"""``aitbc guardian``: vaults of autonomous agents that cannot be drained."""

from typing import Final

import click

from aitbc.arguments import ADDRESS, AMOUNT, DURATION, HASH, parse_hex
from aitbc.calls import calldata_of, native_at
from aitbc.commands import guardian_rules, guardian_views
from aitbc.commands.guardian_rules import limit_options, merge_limits, parse_quantity
from aitbc.commands.guardian_views import (
    ASSET_OPTION,
    NUMBER,
    VAULT,
    amount_of,
    asset_text,
    recovery_show,
    salt_of,
    vault_info,
)
from aitbc.native import Fields, Sender, VerbGroup, event_of, find_event, sending
from aitbc.output import Wei, When
from aitbc.signing import send_call, transact
from contracts.guardian.v1.contract import Guardian
from contracts.guardian.v1.messages import (
    OperationQueued,
    PauseConfirmed,
    Unpaused,
    VaultCreated,
)
from contracts.guardian.v1.vaults import PRESETS
from miner.chain import Chain, Outcome
from primitives.abi import encode_call
from primitives.types import ZERO_ADDRESS
from rpc.formats import checksummed

PREVIEW_OPTION: Final = click.option(
    "--preview", is_flag=True, help="Only say whether it would run at once; nothing is sent."
)


@click.group(cls=VerbGroup)
def guardian() -> None:
    """Vaults of autonomous agents: limits, time lock, guardians, recovery."""


@guardian.group("vault", cls=VerbGroup)
def vault_group() -> None:
    """Vaults: create, show, list."""


@vault_group.command("create")
@click.option("--guardian", "guardians", type=ADDRESS, multiple=True, required=True,
              help="At least three: give it several times.")  # fmt: skip
@click.option("--agent", type=ADDRESS, default=ZERO_ADDRESS, help="May act below the limits.")
@click.option("--preset", type=click.Choice(PRESETS), help="Limits and time lock in one word.")
@limit_options
@click.option("--time-lock", type=DURATION, help="How long operations wait: 24h.")
@click.option("--salt", default="", help="A name, for a second vault of the same owner.")
@sending
def vault_create(
    guardians: tuple[bytes, ...],
    agent: bytes,
    preset: str | None,
    time_lock: int | None,
    salt: str,
    sender: Sender,
    **given: str | None,
) -> None:
    """Create a vault owned by the signer, with a --preset or with limits of your own."""
    has_own = time_lock is not None or any(text is not None for text in given.values())
    if (preset is not None) == has_own:
        raise click.UsageError("choose a --preset, or give all limits and --time-lock")
    if preset is None and time_lock is None:
        raise click.UsageError("give --time-lock with the limits, such as 24h")
    who = (agent, guardians)

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        if preset is not None:
            values = (preset, *who, salt_of(salt))
            outcome = await send_call(chain, secret, Guardian, "createVaultFromPreset", *values)
        else:
            limits = merge_limits(ZERO_ADDRESS, given, None)
            own = (*who, limits, time_lock, salt_of(salt))
            outcome = await send_call(chain, secret, Guardian, "createVault", *own)
        vault = checksummed(event_of(outcome, Guardian, VaultCreated)["vault"])
        return outcome, {"vault": vault, "next": f"aitbc guardian deposit {vault} AMOUNT"}

    sender.run(act)


for command in guardian_views.VAULT_COMMANDS:
    vault_group.add_command(command)


# --- operations -------------------------------------------------------------------------------


@guardian.command("deposit")
@VAULT
@click.argument("amount", type=AMOUNT)
@sending
def deposit(vault: bytes, amount: int, sender: Sender) -> None:
    """Put AIT into a vault: a plain transfer, which any wallet can make too."""

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        await vault_info(chain, vault)
        outcome = await transact(chain, secret, vault, b"", amount)
        return outcome, {"vault": checksummed(vault), "balance": Wei(await chain.balance(vault))}

    sender.run(act)


@guardian.command("transfer")
@VAULT
@click.argument("to", type=ADDRESS)
@click.argument("amount")
@click.option("--token", type=ADDRESS, default=ZERO_ADDRESS, help="Default: AIT.")
@PREVIEW_OPTION
@sending
def transfer(
    vault: bytes, to: bytes, amount: str, token: bytes, preview: bool, sender: Sender
) -> None:
    """Pay from a vault: AIT, or a token's smallest units with --token."""
    quantity = parse_quantity(token, amount)
    if not any(token):
        _initiate(sender, vault, to, quantity, b"", preview)
        return
    data = encode_call("transfer(address,uint256)", to, quantity)
    _initiate(sender, vault, token, 0, data, preview)


@guardian.command("call")
@VAULT
@click.argument("target", type=ADDRESS)
@click.argument("function")
@click.argument("arguments", nargs=-1)
@click.option("--value", type=AMOUNT, default="0", help="AIT that goes with the call.")
@PREVIEW_OPTION
@sending
def call(
    vault: bytes,
    target: bytes,
    function: str,
    arguments: tuple[str, ...],
    value: int,
    preview: bool,
    sender: Sender,
) -> None:
    """Let a vault call a contract.

    FUNCTION is 'name(type,...)', a native contract's method, or calldata in hex.
    """
    if function.startswith("0x"):
        if arguments:
            raise click.UsageError("calldata in hex takes no arguments")
        data = parse_hex(function)
    else:
        data = calldata_of(native_at(target), function, arguments)[0]
    _initiate(sender, vault, target, value, data, preview)


@guardian.command("execute")
@click.argument("operation_id", metavar="OPERATION", type=NUMBER)
@sending
def execute(operation_id: int, sender: Sender) -> None:
    """Execute an operation whose time lock has passed; anybody may."""
    sender.send(Guardian, "execute", operation_id)


@guardian.command("cancel")
@click.argument("operation_id", metavar="OPERATION", type=NUMBER)
@sending
def cancel(operation_id: int, sender: Sender) -> None:
    """Take a waiting operation back; for the vault's owner and guardians, always."""
    sender.send(Guardian, "cancel", operation_id)


@guardian.command("expire")
@click.argument("operation_id", metavar="OPERATION", type=NUMBER)
@sending
def expire(operation_id: int, sender: Sender) -> None:
    """Free the place of an operation that nobody executed in time; anybody may."""
    sender.send(Guardian, "expire", operation_id)


@guardian.command("approve-hash")
@VAULT
@click.argument("signed_hash", metavar="HASH", type=HASH)
@click.argument("maximum")
@ASSET_OPTION
@sending
def approve_hash(
    vault: bytes, signed_hash: bytes, maximum: str, asset: bytes, sender: Sender
) -> None:
    """Let the vault sign a hash (EIP-1271) that can cost at most MAXIMUM; it always waits."""
    quantity = parse_quantity(asset, maximum)

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        values = (vault, signed_hash, asset, quantity)
        outcome = await send_call(chain, secret, Guardian, "approveHash", *values)
        cost = {"asset": asset_text(asset), "at most": amount_of(asset, quantity)}
        return outcome, cost | await _operation_fields(chain, outcome)

    sender.run(act)


@guardian.command("revoke-hash")
@VAULT
@click.argument("signed_hash", metavar="HASH", type=HASH)
@sending
def revoke_hash(vault: bytes, signed_hash: bytes, sender: Sender) -> None:
    """Take the approval of a hash back, at once; for the vault's owner and guardians."""
    sender.send(Guardian, "revokeHash", vault, signed_hash)


for command in (*guardian_views.COMMANDS, *guardian_rules.COMMANDS):
    guardian.add_command(command)


# --- guardians --------------------------------------------------------------------------------


@guardian.command("pause")
@VAULT
@sending
def pause(vault: bytes, sender: Sender) -> None:
    """Stop a vault for some days; for a guardian, once in its cooldown."""
    sender.send(Guardian, "pause", vault)


@guardian.command("confirm-pause")
@VAULT
@sending
def confirm_pause(vault: bytes, sender: Sender) -> None:
    """Confirm a pause; confirmed by a majority it lasts until a majority ends it."""

    def tell(outcome: Outcome) -> Fields:
        is_confirmed = event_of(outcome, Guardian, PauseConfirmed)["is_confirmed"]
        return {"pause": "confirmed by a majority" if is_confirmed else "needs more guardians"}

    sender.send(Guardian, "confirmPause", vault, tell=tell)


@guardian.command("unpause")
@VAULT
@sending
def unpause(vault: bytes, sender: Sender) -> None:
    """Ask to end a pause; a majority of the guardians ends it."""

    def tell(outcome: Outcome) -> Fields:
        is_ended = event_of(outcome, Guardian, Unpaused)["is_ended"]
        return {"pause": "ended" if is_ended else "goes on until more guardians ask"}

    sender.send(Guardian, "unpause", vault, tell=tell)


@guardian.group("recover", cls=VerbGroup)
def recover() -> None:
    """Give a vault a new owner when the old one's key is lost or stolen."""


recover.add_command(recovery_show)


@recover.command("support")
@VAULT
@click.argument("candidate", type=ADDRESS)
@sending
def recover_support(vault: bytes, candidate: bytes, sender: Sender) -> None:
    """Propose or confirm a new owner; for guardians. With enough support the delay begins."""
    _support(sender, vault, candidate)


@recover.command("withdraw")
@VAULT
@sending
def recover_withdraw(vault: bytes, sender: Sender) -> None:
    """Support nobody any more; a recovery with too little support ends."""
    _support(sender, vault, ZERO_ADDRESS)


@recover.command("object")
@VAULT
@sending
def recover_object(vault: bytes, sender: Sender) -> None:
    """End the pending recovery; for the owner."""
    sender.send(Guardian, "objectToRecovery", vault, tell=lambda _: {"recovery": "has ended"})


@recover.command("execute")
@VAULT
@sending
def recover_execute(vault: bytes, sender: Sender) -> None:
    """Make the candidate owner once the delay has passed; anybody may.

    Agent, session keys, approved hashes and everything that waits are removed.
    """
    sender.send(Guardian, "executeRecovery", vault)


# --- parts ------------------------------------------------------------------------------------


def _initiate(
    sender: Sender, vault: bytes, target: bytes, value: int, data: bytes, is_preview: bool
) -> None:
    if is_preview:
        values = (vault, sender.address, target, value, data)
        waits = sender.view(Guardian, "preview", *values)
        sender.record({"would": "wait for the time lock" if waits else "run at once"})
        return

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        await vault_info(chain, vault)
        values = (vault, target, value, data)
        outcome = await send_call(chain, secret, Guardian, "initiate", *values)
        return outcome, await _operation_fields(chain, outcome)

    sender.run(act)


async def _operation_fields(chain: Chain, outcome: Outcome) -> Fields:
    queued = find_event(outcome, Guardian, OperationQueued)
    if queued is None:
        return {"operation": "done at once"}
    number = queued["operation_id"]
    now = (await chain.head()).timestamp
    return {
        "operation": number,
        "ready": When(now + queued["delay_seconds"], now),
        "then": f"aitbc guardian execute {number}",
    }


def _support(sender: Sender, vault: bytes, candidate: bytes) -> None:
    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        outcome = await send_call(chain, secret, Guardian, "supportRecovery", vault, candidate)
        found = await chain.view(Guardian, "recovery", vault)
        if not any(found.candidate):
            return outcome, {"recovery": f"not pending; it needs {found.needed} guardians"}
        now = (await chain.head()).timestamp
        return outcome, {
            "recovery to": checksummed(found.candidate),
            "support": f"{found.support}, {found.needed} are needed",
            "may be executed": When(found.started_at + found.delay_seconds, now),
        }

    sender.run(act)
