"""Rules of a vault in ``aitbc guardian``: limits, lock, agent, guardians, allowlist, session keys.

What tightens acts at once; what loosens waits for the vault's time lock as a change.
"""

from typing import Any, Final

import click

from aitbc.arguments import ADDRESS, AMOUNT, DURATION
from aitbc.commands.guardian_views import (
    ASSET_OPTION,
    NUMBER,
    VAULT,
    change_show,
    selector_of,
    session_show,
    vault_info,
)
from aitbc.native import Fields, Sender, VerbGroup, find_event, sending
from aitbc.output import When
from aitbc.signing import send_call
from contracts.guardian.v1.contract import Guardian
from contracts.guardian.v1.messages import ChangeQueued, Limits, SessionAllowance
from miner.chain import Chain, Outcome
from primitives.types import ZERO_ADDRESS

WINDOWS: Final = ("transaction", "hour", "day", "week")


def limit_options(function: Any) -> Any:
    """Add ``--per-transaction`` and its like, and ``--wait-from``."""
    text = "Amounts from this one on wait for the time lock."
    function = click.option("--wait-from", "lock", metavar="AMOUNT", help=text)(function)
    for name in reversed(WINDOWS):
        text = f"At most this much in one {name}."
        function = click.option(f"--per-{name}", name, metavar="AMOUNT", help=text)(function)
    return function


def parse_quantity(asset: bytes, text: str) -> int:
    """Return an amount of AIT in wei, or of a token in its smallest units.

    Raises:
        click.BadParameter: it is none.
    """
    if not any(asset):
        return int(AMOUNT.convert(text, None, None))
    digits = text.replace(",", "").replace("_", "")
    if not digits.isdecimal():
        raise click.BadParameter(f"{text!r} is no whole number of the token's smallest units")
    return int(digits)


def merge_limits(asset: bytes, given: dict[str, str | None], old: Limits | None) -> Limits:
    """Return limits: what is given, else what is in force.

    Raises:
        click.UsageError: nothing is in force and something is not given.
    """
    values = []
    for name in (*WINDOWS, "lock"):
        text = given[name]
        if text is None and old is None:
            options = ", ".join(f"--per-{window}" for window in WINDOWS)
            raise click.UsageError(f"the asset has no limits yet: give {options} and --wait-from")
        values.append(getattr(old, name) if text is None else parse_quantity(asset, text))
    return Limits(*values)


@click.command("set-limits")
@VAULT
@ASSET_OPTION
@limit_options
@sending
def set_limits(vault: bytes, asset: bytes, sender: Sender, **given: str | None) -> None:
    """Set an asset's limits; what is not given stays. Cuts act at once, all else waits.

    Amounts of AIT such as 1.5; of a token in its smallest units.
    """
    if all(text is None for text in given.values()):
        raise click.UsageError("say what to change: --per-day 100, for example")

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        await vault_info(chain, vault)
        budget = await chain.view(Guardian, "limits", vault, asset)
        wanted = merge_limits(asset, given, budget.limits if budget.is_set else None)
        return await _send_rule(chain, secret, "setLimits", vault, asset, wanted)

    sender.run(act)


@click.command("set-lock")
@VAULT
@click.argument("duration", type=DURATION)
@sending
def set_lock(vault: bytes, duration: int, sender: Sender) -> None:
    """Set how long operations wait, such as 24h; a longer time acts at once, a shorter waits."""
    _run_rule(sender, "setLockSeconds", vault, duration)


@click.command("set-agent")
@VAULT
@click.argument("agent", metavar="ACCOUNT|none")
@sending
def set_agent(vault: bytes, agent: str, sender: Sender) -> None:
    """Set the agent, which waits; 'none' removes it at once."""
    account = ZERO_ADDRESS if agent == "none" else ADDRESS.convert(agent, None, None)
    _run_rule(sender, "setAgent", vault, account)


@click.command("rotate")
@VAULT
@click.argument("guardians", metavar="GUARDIAN...", type=ADDRESS, nargs=-1, required=True)
@sending
def rotate(vault: bytes, guardians: tuple[bytes, ...], sender: Sender) -> None:
    """Replace all guardians by these; it waits."""
    _run_rule(sender, "rotateGuardians", vault, guardians)


@click.command("allow")
@VAULT
@click.argument("target", type=ADDRESS)
@click.argument("function")
@click.option("--value-max", type=AMOUNT, default="0", show_default=True, help="AIT in one call.")
@click.option("--tokens-max", type=click.IntRange(min=0), default=0, show_default=True)
@sending
def allow(
    vault: bytes, target: bytes, function: str, value_max: int, tokens_max: int, sender: Sender
) -> None:
    """Free calls of a function from the time lock; it waits itself.

    FUNCTION is 'name(type,...)', a native contract's method, or four bytes in hex. Limits, the
    amount from which operations wait, and the wait of approvals stay.
    """
    name = selector_of(target, function)
    _run_rule(sender, "allow", vault, target, name, value_max, tokens_max)


@click.command("disallow")
@VAULT
@click.argument("target", type=ADDRESS)
@click.argument("function")
@sending
def disallow(vault: bytes, target: bytes, function: str, sender: Sender) -> None:
    """Take a function off the allowlist, at once."""
    sender.send(Guardian, "disallow", vault, target, selector_of(target, function))


@click.group("session-key", cls=VerbGroup)
def session_key() -> None:
    """Keys with limits of their own that expire by themselves."""


@session_key.command("add")
@VAULT
@click.argument("key", type=ADDRESS)
@click.option("--for", "lifetime", type=DURATION, required=True, help="Such as 7d.")
@click.option(
    "--spend",
    "allowances",
    multiple=True,
    metavar="ASSET=TX/HOUR/DAY/WEEK",
    help="AIT=1/5/20/50, or a token's address and smallest units; may be given again.",
)
@sending
def session_add(
    vault: bytes, key: bytes, lifetime: int, allowances: tuple[str, ...], sender: Sender
) -> None:
    """Add a session key; it waits, and its lifetime runs from when it is executed."""
    parsed = tuple(_parse_allowance(text) for text in allowances)
    _run_rule(sender, "addSessionKey", vault, key, lifetime, parsed)


@session_key.command("remove")
@VAULT
@click.argument("key", type=ADDRESS)
@sending
def session_remove(vault: bytes, key: bytes, sender: Sender) -> None:
    """Remove a session key, at once."""
    sender.send(Guardian, "removeSessionKey", vault, key)


session_key.add_command(session_show)


@click.group("change", cls=VerbGroup)
def change() -> None:
    """Changes that wait: show, execute, cancel, expire; list them: aitbc guardian changes."""


@change.command("execute")
@click.argument("change_id", metavar="CHANGE", type=NUMBER)
@sending
def change_execute(change_id: int, sender: Sender) -> None:
    """Bring a change into force whose time lock has passed; anybody may."""
    sender.send(Guardian, "executeChange", change_id)


@change.command("cancel")
@click.argument("change_id", metavar="CHANGE", type=NUMBER)
@sending
def change_cancel(change_id: int, sender: Sender) -> None:
    """Take a waiting change back; for the owner, and guardians whom it does not remove."""
    sender.send(Guardian, "cancelChange", change_id)


@change.command("expire")
@click.argument("change_id", metavar="CHANGE", type=NUMBER)
@sending
def change_expire(change_id: int, sender: Sender) -> None:
    """Free the place of a change that nobody executed in time; anybody may."""
    sender.send(Guardian, "expireChange", change_id)


change.add_command(change_show)

COMMANDS: Final = (
    set_limits,
    set_lock,
    set_agent,
    rotate,
    allow,
    disallow,
    session_key,
    change,
)


async def _send_rule(
    chain: Chain, secret: bytes, method: str, *values: object
) -> tuple[Outcome, Fields]:
    outcome = await send_call(chain, secret, Guardian, method, *values)
    queued = find_event(outcome, Guardian, ChangeQueued)
    if queued is None:
        return outcome, {"change": "in force at once"}
    number = queued["change_id"]
    now = (await chain.head()).timestamp
    return outcome, {
        "change": number,
        "ready": When(now + queued["delay_seconds"], now),
        "then": f"aitbc guardian change execute {number}",
    }


def _run_rule(sender: Sender, method: str, *values: object) -> None:
    sender.run(lambda chain, secret: _send_rule(chain, secret, method, *values))


def _parse_allowance(text: str) -> SessionAllowance:
    asset_text, _, amounts = text.partition("=")
    parts = amounts.split("/")
    if len(parts) != len(WINDOWS):
        raise click.UsageError(f"{text!r} is not ASSET=TX/HOUR/DAY/WEEK")
    is_native = asset_text.lower() == "ait"
    asset = ZERO_ADDRESS if is_native else ADDRESS.convert(asset_text, None, None)
    return SessionAllowance(asset, *(parse_quantity(asset, part) for part in parts))
