"""The reading half of ``aitbc guardian``."""

from typing import Any, Final

import click

from aitbc.arguments import ADDRESS, HASH, parse_hex
from aitbc.calls import call_text, native_at
from aitbc.native import Fields, Reader, reading
from aitbc.output import Span, Wei, When, fail, show_text
from contracts.guardian.v1.account import SIGNATURE_VALID
from contracts.guardian.v1.changes import PAYLOADS
from contracts.guardian.v1.contract import Guardian
from contracts.guardian.v1.messages import (
    BudgetInfo,
    ChangeInfo,
    Limits,
    OperationInfo,
    RecoveryInfo,
    VaultInfo,
)
from contracts.guardian.v1.records import ChangeKind, OperationKind, Role, Status
from miner.chain import Chain
from miner.native_calls import method_at, releases_at
from primitives.abi import decode, selector
from primitives.errors import ConfigError
from primitives.keccak import keccak256
from primitives.types import ZERO_ADDRESS
from rpc.formats import checksummed

PAGE: Final = 100
NUMBER: Final = click.IntRange(min=1)
VAULT: Final = click.argument("vault", type=ADDRESS)
ASSET_OPTION: Final = click.option(
    "--asset", type=ADDRESS, default=ZERO_ADDRESS, help="A token's address; default: AIT."
)


# --- vaults -----------------------------------------------------------------------------------


@click.command("list")
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--limit", type=click.IntRange(1, PAGE), default=20, show_default=True)
@click.option("--account", type=ADDRESS, help="Only those in which this account has a role.")
@reading
def vault_list(offset: int, limit: int, account: bytes | None, node: Reader) -> None:
    """List vaults in the order of their creation."""

    async def ask(chain: Chain) -> list[Fields]:
        rows: list[Fields] = []
        addresses, _ = await chain.view(Guardian, "vaults", offset, limit)
        for address in addresses:
            role = 0
            if account is not None:
                role = await chain.view(Guardian, "role", address, account)
                if not role:
                    continue
            found = await chain.view(Guardian, "vault", address)
            rows.append(
                {
                    "vault": checksummed(address),
                    "balance": Wei(await chain.balance(address)),
                    **({"role": role_text(role)} if role else {}),
                    "waiting": len(found.pending_operations) + len(found.pending_changes),
                    "paused": any(found.paused_by),
                    "owner": checksummed(found.owner),
                }
            )
        return rows

    node.rows(node.ask(ask), empty="no vaults; make one with: aitbc guardian vault create")


@click.command("show")
@VAULT
@reading
def vault_show(vault: bytes, node: Reader) -> None:
    """Show a vault: money, roles, limits, what waits, pause, recovery."""

    async def ask(chain: Chain) -> tuple[VaultInfo, int, BudgetInfo, RecoveryInfo]:
        found = await vault_info(chain, vault)
        budget = await chain.view(Guardian, "limits", vault, ZERO_ADDRESS)
        recovery = await chain.view(Guardian, "recovery", vault)
        return found, await chain.balance(vault), budget, recovery

    found, balance, budget, recovery = node.ask(ask)
    record: Fields = {
        "vault": checksummed(vault),
        "balance": Wei(balance),
        "owner": checksummed(found.owner),
        "agent": address_or_none(found.agent),
        "guardians": [checksummed(account) for account in found.guardians],
        "session keys": [checksummed(account) for account in found.session_keys],
        "time lock": Span(found.lock_seconds),
        "waits from": Wei(budget.limits.lock),
        "left now": Wei(_left(budget)),
        "assets with limits": [asset_text(asset) for asset in found.assets],
        "waiting operations": list(found.pending_operations),
        "waiting changes": list(found.pending_changes),
        "paused by": address_or_none(found.paused_by),
        "recovery to": address_or_none(recovery.candidate),
    }
    if any(found.paused_by):
        record["pause confirmed"] = found.is_pause_confirmed
    node.record(record)


@click.command("address")
@click.argument("owner", type=ADDRESS)
@click.option("--salt", default="", help="The text that was or will be given to create.")
@reading
def vault_address(owner: bytes, salt: str, node: Reader) -> None:
    """Show where an owner's vault stands or would stand."""
    found = node.view(Guardian, "predictVault", owner, salt_of(salt))
    node.record({"vault": checksummed(found), "owner": checksummed(owner)})


@click.command("limits")
@VAULT
@click.option("--session-key", "key", type=ADDRESS, help="The limits of this key instead.")
@reading
def limits(vault: bytes, key: bytes | None, node: Reader) -> None:
    """Show the limits of every asset, and how much of them is left now."""

    async def ask(chain: Chain) -> list[Fields]:
        found = await vault_info(chain, vault)
        rows: list[Fields] = []
        for asset in found.assets:
            if key is None:
                budget = await chain.view(Guardian, "limits", vault, asset)
            else:
                budget = await chain.view(Guardian, "sessionLimits", vault, key, asset)
            if budget.is_set:
                rows += _budget_rows(asset, budget)
        return rows

    node.rows(node.ask(ask), empty="no limits: it can spend nothing")


@click.command("role")
@VAULT
@click.argument("account", type=ADDRESS)
@reading
def role(vault: bytes, account: bytes, node: Reader) -> None:
    """Show what an account is to a vault."""
    found = node.view(Guardian, "role", vault, account)
    node.record({"account": checksummed(account), "role": role_text(found)})


@click.command("allowed")
@VAULT
@click.argument("target", type=ADDRESS)
@click.argument("function")
@reading
def allowed(vault: bytes, target: bytes, function: str, node: Reader) -> None:
    """Show whether a call is on the allowlist.

    FUNCTION is 'name(type,...)', a native contract's method, or four bytes in hex.
    """
    found = node.view(Guardian, "rule", vault, target, selector_of(target, function))
    node.record(
        {
            "target": checksummed(target),
            "function": function,
            "allowed": found.is_set,
            "AIT at most": Wei(found.value_max),
            "tokens at most": str(found.amount_max),
        }
    )


# --- operations and changes -------------------------------------------------------------------


@click.command("operations")
@VAULT
@click.option("--all", "is_all", is_flag=True, help="Those that are over too.")
@reading
def operations(vault: bytes, is_all: bool, node: Reader) -> None:
    """List what waits for the time lock.

    'still waits': its time has passed, but not enough blocks have, or a recovery that ended
    meanwhile began the whole time lock anew.
    """
    rows, now = _entries(node, vault, "operation", "operations", is_all=is_all)
    node.rows([_operation_row(row, now) for row in rows], empty="no operations")


@click.command("operation")
@click.argument("operation_id", metavar="OPERATION", type=NUMBER)
@reading
def operation(operation_id: int, node: Reader) -> None:
    """Show one operation, whatever became of it."""
    found, now = _one(node, "operation", operation_id)
    record = _operation_row(found, now) | {
        "vault": checksummed(found.vault),
        "initiator": checksummed(found.initiator),
        "target": checksummed(found.target),
        "data": found.data,
    }
    node.record(record)


@click.command("changes")
@VAULT
@click.option("--all", "is_all", is_flag=True, help="Those that are over too.")
@reading
def changes(vault: bytes, is_all: bool, node: Reader) -> None:
    """List changes of a vault's rules that wait for the time lock."""
    rows, now = _entries(node, vault, "change", "changes", is_all=is_all)
    node.rows([_change_row(row, now) for row in rows], empty="no changes")


@click.command("show")
@click.argument("change_id", metavar="CHANGE", type=NUMBER)
@reading
def change_show(change_id: int, node: Reader) -> None:
    """Show one change, whatever became of it."""
    found, now = _one(node, "change", change_id)
    node.record(_change_row(found, now) | {"vault": checksummed(found.vault)})


@click.command("approved")
@VAULT
@click.argument("signed_hash", metavar="HASH", type=HASH)
@reading
def approved(vault: bytes, signed_hash: bytes, node: Reader) -> None:
    """Show what the vault answers when it is asked for its signature of a hash (EIP-1271)."""
    answer = node.view(Guardian, "signatureAnswer", vault, signed_hash)
    node.record(
        {"hash": signed_hash, "signed": answer == SIGNATURE_VALID, "answer": "0x" + answer.hex()}
    )


# --- keys and recovery ------------------------------------------------------------------------


@click.command("show")
@VAULT
@click.argument("key", type=ADDRESS)
@reading
def session_show(vault: bytes, key: bytes, node: Reader) -> None:
    """Show a session key; its limits: aitbc guardian limits VAULT --session-key KEY."""

    async def ask(chain: Chain) -> tuple[Any, int]:
        return await chain.view(Guardian, "sessionKey", vault, key), (await chain.head()).timestamp

    found, now = node.ask(ask)
    if not found.added_at:
        fail(
            f"{checksummed(key)} is no session key of this vault",
            "list them with: aitbc guardian vault show",
        )
    node.record(
        {
            "key": checksummed(key),
            "live": found.is_live,
            "added": When(found.added_at, now),
            "ends": When(found.added_at + found.lifetime_seconds, now),
        }
    )


@click.command("show")
@VAULT
@reading
def recovery_show(vault: bytes, node: Reader) -> None:
    """Show the pending recovery, or what the next one needs; and whom each guardian supports."""

    async def ask(chain: Chain) -> tuple[RecoveryInfo, list[tuple[bytes, bytes]], int]:
        info = await vault_info(chain, vault)
        found = await chain.view(Guardian, "recovery", vault)
        voices = [
            (account, await chain.view(Guardian, "supportOf", vault, account))
            for account in info.guardians
        ]
        return found, voices, (await chain.head()).timestamp

    found, voices, now = node.ask(ask)
    is_pending = any(found.candidate)
    ends = found.started_at + found.delay_seconds if is_pending else 0
    record: Fields = {
        "new owner": address_or_none(found.candidate),
        "support": f"{found.support} of {found.needed} guardians that it needs"
        if is_pending
        else f"{found.needed} guardians are needed",
        "delay": Span(found.delay_seconds),
        "started": When(found.started_at if is_pending else 0, now),
        "may be executed": When(ends, now),
        "owner may object": not found.is_final,
        "owner objected": When(found.objected_at, now),
    }
    named = [(checksummed(account), address_or_none(candidate)) for account, candidate in voices]
    if node.is_json:
        record["guardians"] = [{"guardian": a, "supports": c} for a, c in named]
    else:
        record |= {f"guardian {a}": f"supports {c or 'nobody'}" for a, c in named}
    node.record(record)


VAULT_COMMANDS: Final = (vault_show, vault_list, vault_address)
COMMANDS: Final = (limits, role, allowed, operations, operation, changes, approved)


# --- parts ------------------------------------------------------------------------------------


async def vault_info(chain: Chain, vault: bytes) -> VaultInfo:
    """Return a vault.

    Raises:
        ConfigError: there is none at the address.
    """
    found: VaultInfo = await chain.view(Guardian, "vault", vault)
    if not any(found.owner):
        raise ConfigError(
            f"no vault stands at {checksummed(vault)}",
            "List vaults with: aitbc guardian vault list --account YOUR-ADDRESS",
        )
    return found


def salt_of(text: str) -> bytes:
    """Return a vault's salt: 32 bytes of hex as they are, the hash of another text, else zero."""
    if text.startswith("0x") and len(text) == 66:
        return parse_hex(text)
    return keccak256(text.encode()) if text else bytes(32)


def selector_of(target: bytes, function: str) -> bytes:
    """Return a function's four bytes.

    Raises:
        ConfigError, click.BadParameter: it is no function.
    """
    if function.startswith("0x"):
        return parse_hex(function, 4)
    if "(" in function:
        return selector(function)
    native = native_at(target)
    if native is None:
        raise click.BadParameter(f"{function!r} is no function (example: 'buy(uint256)')")
    return method_at(target, function).selector


def asset_text(asset: bytes) -> str:
    """Return AIT, or a token's address."""
    return checksummed(asset) if any(asset) else "AIT"


def amount_of(asset: bytes, amount: int) -> Wei | str:
    """Return an amount for printing: AIT, or a token's smallest units."""
    return str(amount) if any(asset) else Wei(amount)


def address_or_none(address: bytes) -> str | None:
    """Return an address, None for zero."""
    return checksummed(address) if any(address) else None


def role_text(number: int) -> str:
    """Return the word for a role."""
    return "session key" if number == Role.SESSION else Role(number).name.lower()


def _left(budget: BudgetInfo) -> int:
    limits_now = budget.limits
    return max(
        0,
        min(
            limits_now.transaction,
            limits_now.hour - budget.hour_spent,
            limits_now.day - budget.day_spent,
            limits_now.week - budget.week_spent,
        ),
    )


def _budget_rows(asset: bytes, budget: BudgetInfo) -> list[Fields]:
    values = budget.limits
    spent = (None, budget.hour_spent, budget.day_spent, budget.week_spent)
    named = ("transaction", "hour", "day", "week")
    rows: list[Fields] = []
    for name, used in zip(named, spent, strict=True):
        limit = getattr(values, name)
        rows.append(
            {
                "asset": asset_text(asset),
                "per": name,
                "limit": amount_of(asset, limit),
                "spent": None if used is None else amount_of(asset, used),
                "left": amount_of(asset, max(0, limit - (used or 0))),
                "waits from": amount_of(asset, values.lock),
            }
        )
    return rows


def _entries(
    node: Reader, vault: bytes, one: str, many: str, *, is_all: bool
) -> tuple[list[Any], int]:
    """Return queued operations or changes, and the time of the newest block."""

    async def ask(chain: Chain) -> tuple[list[Any], int]:
        info = await vault_info(chain, vault)
        pending = info.pending_operations if one == "operation" else info.pending_changes
        rows: list[Any] = []
        if is_all:
            cursor = 0
            while True:
                page, after = await chain.view(Guardian, many, vault, cursor, PAGE)
                rows += page
                if after <= cursor:
                    break
                cursor = after
        else:
            rows = [await chain.view(Guardian, one, number) for number in sorted(pending)]
        return rows, (await chain.head()).timestamp

    return node.ask(ask)


def _one(node: Reader, view: str, number: int) -> tuple[Any, int]:
    async def ask(chain: Chain) -> tuple[Any, int]:
        return await chain.view(Guardian, view, number), (await chain.head()).timestamp

    found, now = node.ask(ask)
    if found.status == Status.UNKNOWN:
        fail(f"there is no {view} {number}", f"list them with: aitbc guardian {view}s VAULT")
    return found, now


def _status_fields(row: OperationInfo | ChangeInfo, now: int) -> Fields:
    ready_at = row.queued_at + row.delay_seconds
    if row.status != Status.PENDING:
        return {"status": Status(row.status).name.lower(), "ready": None}
    if row.is_ready:
        return {"status": "ready", "ready": When(ready_at, now)}
    if ready_at <= now:
        return {"status": "still waits", "ready": None}
    return {"status": "waits", "ready": When(ready_at, now)}


def _operation_row(row: OperationInfo, now: int) -> Fields:
    if row.kind == OperationKind.HASH:
        what = f"approve hash 0x{row.data.hex()}"
        value: Wei | str = amount_of(row.target, row.value)
    else:
        target = "0x" + row.target.hex()
        inner = call_text(target, "0x" + row.data.hex())
        what = f"transfer to {checksummed(row.target)}" if inner is None else f"call {inner}"
        value = Wei(row.value)
    return {
        "operation": row.operation_id,
        "what": what,
        "value": value,
        **_status_fields(row, now),
    }


def _change_row(row: ChangeInfo, now: int) -> Fields:
    return {
        "change": row.change_id,
        "what": change_text(ChangeKind(row.kind), row.payload),
        **_status_fields(row, now),
    }


def change_text(kind: ChangeKind, payload: bytes) -> str:
    """Return what a delayed change sets, in words."""
    values = decode(PAYLOADS[kind], payload)
    match kind:
        case ChangeKind.LIMITS:
            asset, found = values
            return f"limits of {asset_text(asset)}: {_limits_text(asset, found)}"
        case ChangeKind.GUARDIANS:
            return "guardians: " + ", ".join(map(checksummed, values[0]))
        case ChangeKind.ALLOW:
            target, name, value_max, amount_max = values
            text = f"allow {_function_text(target, name)} with {show_text(Wei(value_max))}"
            return text + (f" and {amount_max} tokens" if amount_max else "")
        case ChangeKind.SESSION:
            key, seconds, allowances = values
            named = ", ".join(asset_text(allowance.asset) for allowance in allowances)
            until = show_text(Span(seconds))
            return f"session key {checksummed(key)} for {until}, may spend {named or 'nothing'}"
        case ChangeKind.AGENT:
            return f"agent: {checksummed(values[0])}"
        case ChangeKind.LOCK_SECONDS:
            return f"time lock: {show_text(Span(values[0]))}"


def _function_text(target: bytes, name: bytes) -> str:
    """Return a native contract's method by name, another function by its four bytes."""
    for release in releases_at(target):
        if name in release.methods:
            return f"{release.name}.{release.methods[name].name}"
    return f"0x{name.hex()} at {checksummed(target)}"


def _limits_text(asset: bytes, found: Limits) -> str:
    windows = (found.transaction, found.hour, found.day, found.week)
    shown = " / ".join(show_text(amount_of(asset, amount)) for amount in windows)
    return f"{shown} per transaction / hour / day / week, waits from " + show_text(
        amount_of(asset, found.lock)
    )
