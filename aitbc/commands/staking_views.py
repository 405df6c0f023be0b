"""The reading half of ``aitbc staking``."""

from collections.abc import Sequence
from typing import Any, Final

import click

from aitbc.arguments import ADDRESS
from aitbc.native import Reader, reading
from aitbc.output import Wei, When, fail
from contracts.staking.v1.contract import Staking
from contracts.staking.v1.messages import DelegationInfo, ValidatorInfo
from miner.chain import Chain
from primitives.types import ZERO_ADDRESS
from rpc.formats import checksummed

PAGE: Final = 100


@click.command("validators")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@reading
def validators(limit: int, node: Reader) -> None:
    """List validators with stake and power in the current set, the largest first."""

    async def ask(chain: Chain) -> tuple[list[ValidatorInfo], dict[bytes, int]]:
        members = await chain.view(Staking, "currentSet")
        rows = await _all_validators(chain, limit)
        return rows, {member.validator: member.power for member in members}

    rows, powers = node.ask(ask)
    rows.sort(key=lambda row: -row.tokens)
    shown = [_validator_row(row, powers.get(row.validator)) for row in rows]
    node.rows(shown, empty="no validators")


@click.command("candidates")
@reading
def candidates(node: Reader) -> None:
    """List the validators that the next election looks at, the largest first."""

    async def ask(chain: Chain) -> tuple[list[bytes], list[ValidatorInfo]]:
        addresses = await chain.view(Staking, "candidates")
        return addresses, await _all_validators(chain, 10_000)

    addresses, rows = node.ask(ask)
    chosen = sorted((row for row in rows if row.validator in addresses), key=lambda r: -r.tokens)
    shown = [_validator_row(row, None) for row in chosen]
    for record in shown:
        del record["power"], record["state"]
    node.rows(shown, empty="no candidates")


@click.command("show")
@click.argument("validator", type=ADDRESS)
@reading
def show(validator: bytes, node: Reader) -> None:
    """Show one validator, by its own address or its operator's."""

    async def ask(chain: Chain) -> tuple[ValidatorInfo, int]:
        operated = await chain.view(Staking, "validatorOf", validator)
        place = operated if any(operated) else validator
        found: ValidatorInfo = await chain.view(Staking, "validator", place)
        return found, (await chain.head()).timestamp

    found, now = node.ask(ask)
    record = {
        **_validator_row(found, None),
        "votes now": found.is_active,
        "self bond": Wei(found.self_bond),
        "least self bond": Wei(found.self_bond_min),
        "commission due": Wei(found.commission_due),
        "fee recipient": checksummed(found.fee_recipient),
        "public key": found.public_key,
        "shares": str(found.shares),
        "slashes": found.slashes,
        "slashes pending": found.slashes_pending,
    }
    if found.is_jailed:
        record["may unjail"] = When(found.unjail_at, now)
    del record["power"]
    node.record(record)


@click.command("set")
@reading
def current_set(node: Reader) -> None:
    """Show the set that the latest election chose, and who of it votes."""

    async def ask(chain: Chain) -> tuple[Any, Any]:
        members = await chain.view(Staking, "currentSet")
        return members, await chain.view(Staking, "activePower")

    members, active = node.ask(ask)
    total = sum(member.power for member in members)
    stakes = {row.validator: row.power for row in active}
    rows = [
        {
            "validator": checksummed(member.validator),
            "power": member.power,
            "share": f"{100 * member.power / total:.2f} %",
            "votes": member.validator in stakes,
            "stake now": Wei(stakes[member.validator]) if member.validator in stakes else None,
            "public key": member.public_key,
        }
        for member in members
    ]
    node.rows(rows, empty="the set is empty")


@click.command("delegation")
@click.argument("validator", type=ADDRESS)
@click.argument("delegator", type=ADDRESS)
@reading
def delegation(validator: bytes, delegator: bytes, node: Reader) -> None:
    """Show what a delegator holds of a validator."""
    held = node.view(Staking, "delegation", validator, delegator)
    node.record({**_delegation_row(held), "validator": checksummed(validator)})


@click.command("delegations")
@click.argument("delegator", type=ADDRESS)
@reading
def delegations(delegator: bytes, node: Reader) -> None:
    """List what a delegator holds, validator by validator."""
    rows = node.view(Staking, "delegationsOf", delegator)
    held = [row for row in rows if row.shares or row.arriving or row.rewards]
    node.rows([_delegation_row(row) for row in held], empty="nothing is delegated")


@click.command("rewards")
@click.argument("delegator", type=ADDRESS)
@click.option("--validator", type=ADDRESS, help="Of this validator alone.")
@reading
def rewards(delegator: bytes, validator: bytes | None, node: Reader) -> None:
    """Show unpaid rewards, and the commission due where the account operates a validator."""

    async def ask(chain: Chain) -> list[dict[str, Any]]:
        if validator is not None:
            amount = await chain.view(Staking, "rewards", validator, delegator)
            return [_reward_row(validator, "rewards", amount)]
        rows = await chain.view(Staking, "delegationsOf", delegator)
        found = [_reward_row(row.validator, "rewards", row.rewards) for row in rows]
        operated = await chain.view(Staking, "validatorOf", delegator)
        if operated != ZERO_ADDRESS:
            info = await chain.view(Staking, "validator", operated)
            found.append(_reward_row(operated, "commission", info.commission_due))
        return found

    node.rows(node.ask(ask), empty="the account stakes with nobody")


@click.command("unbondings")
@click.argument("delegator", type=ADDRESS)
@reading
def unbondings(delegator: bytes, node: Reader) -> None:
    """List stake on its way out; collect it with: aitbc staking withdraw."""
    entries, now = _view_and_time(node, "unbondings", delegator)
    rows = [
        {
            "validator": checksummed(entry.validator),
            "amount": Wei(entry.amount),
            "payable": Wei(entry.payable_amount),
            "withdrawable at": When(entry.withdrawable_at, now),
            "waits for slash": entry.is_blocked,
        }
        for entry in entries
    ]
    node.rows(rows, empty="nothing is unbonding")


@click.command("redelegations")
@click.argument("delegator", type=ADDRESS)
@reading
def redelegations(delegator: bytes, node: Reader) -> None:
    """List moved stake that is liable for two validators, and until when."""
    entries, now = _view_and_time(node, "redelegations", delegator)
    rows = [
        {
            "from": checksummed(entry.source),
            "to": checksummed(entry.destination),
            "stake": Wei(entry.tokens),
            "liable until": When(entry.liable_until, now),
            "waits for slash": entry.is_blocked,
        }
        for entry in entries
    ]
    node.rows(rows, empty="nothing that was moved is liable for its source")


@click.command("presence")
@click.argument("validator", type=ADDRESS)
@reading
def presence(validator: bytes, node: Reader) -> None:
    """Show how often a validator was absent; half the window absent jails it."""
    found = node.view(Staking, "presence", validator)
    share = 100 * found.absent / found.window if found.window else 0.0
    node.record(
        {
            "validator": checksummed(validator),
            "period": found.period,
            "seen in it": found.is_present,
            "absent": f"{found.absent} of the last {found.window} periods ({share:.1f} %)",
            "jailed above": f"{found.window // 2} periods",
            "judged up to": found.judged,
            "member from": found.member_from,
        }
    )


@click.command("slashes")
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--limit", type=click.IntRange(1, PAGE), default=PAGE, show_default=True)
@reading
def slashes(offset: int, limit: int, node: Reader) -> None:
    """List slashes that are being applied to stake on its way out, oldest first."""
    rows = [
        {
            "validator": checksummed(row.validator),
            "for": "double sign" if any(row.reporter) else "downtime",
            "epoch": row.epoch,
            "part": f"{row.ppm / 10_000:g} %",
            "pools left": row.pools_left,
            "collected": Wei(row.collected),
            "reporter": checksummed(row.reporter) if any(row.reporter) else None,
        }
        for row in node.view(Staking, "slashQueue", offset, limit)
    ]
    node.rows(rows, empty="no slash is being applied")


@click.command("totals")
@reading
def totals(node: Reader) -> None:
    """Show what staking holds and for what, and what it minted and burnt since genesis."""

    async def ask(chain: Chain) -> tuple[Any, int]:
        return await chain.view(Staking, "totals"), await chain.view(Staking, "validatorCount")

    found, count = node.ask(ask)
    node.record(
        {
            "validators ever": count,
            "bonded": Wei(found.bonded),
            "of it active": Wei(found.active),
            "unbonding": Wei(found.unbonding),
            "unpaid rewards": Wei(found.rewards),
            "slashed, not yet burnt": Wei(found.slashing),
            "minted": Wei(found.minted),
            "burnt": Wei(found.burnt),
        }
    )


@click.command("epoch")
@click.argument("number", type=click.IntRange(min=0))
@reading
def epoch(number: int, node: Reader) -> None:
    """Show when an epoch began and the hash of its set."""

    async def ask(chain: Chain) -> tuple[Any, bytes, int]:
        record = await chain.view(Staking, "epochRecord", number)
        following = await chain.view(Staking, "nextSetHash")
        return record, following, (await chain.head()).timestamp

    (set_hash, height, time_ms), following, now = node.ask(ask)
    if not any(set_hash):
        fail(
            f"staking has no record of epoch {number}",
            "epochs count from 1, and old ones are forgotten: aitbc status shows the present one",
        )
    node.record(
        {
            "epoch": number,
            "first block": height,
            "began": When(time_ms // 1000, now),
            "set hash": set_hash,
            "newest set": set_hash == following,
        }
    )


@click.command("power")
@click.argument("account", type=ADDRESS, required=False)
@click.option("--validator", type=ADDRESS, help="With this validator alone, or of it.")
@click.option("--height", type=click.IntRange(min=0), help="At the end of this block; default: now")
@reading
def power(account: bytes | None, validator: bytes | None, height: int | None, node: Reader) -> None:
    """Show voting weight at the end of a block, as governance counts it.

    Of ACCOUNT with each validator, of one --validator, or of all together.
    """

    async def ask(chain: Chain) -> list[dict[str, Any]]:
        at = (await chain.head()).height if height is None else height
        total = await chain.view(Staking, "bondedAt", at)
        if account is None and validator is None:
            return [{"height": at, "active stake": Wei(total)}]
        if account is None:
            tokens = await chain.view(Staking, "validatorTokensAt", validator, at)
            return [_power_row(at, validator or b"", tokens, total)]
        if validator is not None:
            weight = await chain.view(Staking, "delegationAt", validator, account, at)
            return [_power_row(at, validator, weight, total)]
        rows = await chain.view(Staking, "stakesAt", account, at)
        return [
            _power_row(at, row.validator, row.weight, total)
            | {
                "validator's stake": Wei(row.validator_tokens),
                "operates it": row.is_operator,
            }
            for row in rows
            if row.weight or row.is_operator
        ]

    node.rows(node.ask(ask), empty="the account had no voting weight then")


COMMANDS: Final = (
    validators,
    show,
    current_set,
    candidates,
    delegation,
    delegations,
    rewards,
    unbondings,
    redelegations,
    presence,
    slashes,
    totals,
    epoch,
    power,
)


async def _all_validators(chain: Chain, limit: int) -> list[ValidatorInfo]:
    rows: list[ValidatorInfo] = []
    while len(rows) < limit:
        page = await chain.view(Staking, "validators", len(rows), PAGE)
        rows += page
        if len(page) < PAGE:
            break
    return rows[:limit]


def _view_and_time(node: Reader, name: str, *values: object) -> tuple[Sequence[Any], int]:
    """Return a view's rows and the time of the newest block."""

    async def ask(chain: Chain) -> tuple[Sequence[Any], int]:
        rows = await chain.view(Staking, name, *values)
        return rows, (await chain.head()).timestamp

    return node.ask(ask)


def _validator_row(row: ValidatorInfo, power: int | None) -> dict[str, Any]:
    if row.is_tombstoned:
        state = "tombstoned"
    elif row.is_jailed:
        state = "jailed"
    elif row.is_candidate:
        state = "candidate"
    else:
        state = "left"
    return {
        "validator": checksummed(row.validator),
        "name": row.name,
        "stake": Wei(row.tokens),
        "power": power,
        "commission": f"{row.commission_bps / 100:g} %",
        "state": state,
        "operator": checksummed(row.operator),
    }


def _delegation_row(row: DelegationInfo) -> dict[str, Any]:
    return {
        "validator": checksummed(row.validator),
        "worth": Wei(row.tokens),
        "rewards": Wei(row.rewards),
        "arriving": Wei(row.arriving),
        "shares": str(row.shares),
    }


def _reward_row(validator: bytes, kind: str, amount: int) -> dict[str, Any]:
    return {"validator": checksummed(validator), "kind": kind, "amount": Wei(amount)}


def _power_row(height: int, validator: bytes, weight: int, total: int) -> dict[str, Any]:
    return {
        "height": height,
        "validator": checksummed(validator),
        "weight": Wei(weight),
        "share of all": f"{100 * weight / total:.4f} %" if total else "0 %",
    }
