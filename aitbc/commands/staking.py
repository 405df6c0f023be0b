"""``aitbc staking``: validators, delegation, unbonding."""

from pathlib import Path
from typing import Any

import click

from aitbc.arguments import ADDRESS, AMOUNT
from aitbc.commands.node import rpc_option
from aitbc.output import format_ait, json_flag, print_record, print_rows
from aitbc.signing import (
    SignerChoice,
    print_outcome,
    run_with_chain,
    send_call,
    transaction_options,
)
from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.contract import COMMISSION_BPS_DEFAULT, Staking
from contracts.staking.v1.messages import UnbondingInfo, ValidatorInfo
from contracts.staking.v1.registration import registration_digest
from miner.chain import Chain, Outcome
from node.home import load_secret
from primitives.keys import public_key, public_key_to_address, secret_to_address, sign
from primitives.types import U256_MAX, ZERO_ADDRESS
from rpc.formats import checksummed

PAGE = 100
COMMISSION = click.FloatRange(1.0, 10.0)


@click.group()
def staking() -> None:
    """Validators, delegation, unbonding."""


@staking.command("validators")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@rpc_option
@json_flag
def validators(limit: int, rpc_url: str, is_json: bool) -> None:
    """List validators with stake and power in the current set, the largest first."""

    async def ask(chain: Chain) -> tuple[list[ValidatorInfo], dict[bytes, int]]:
        rows: list[ValidatorInfo] = []
        while len(rows) < limit:
            page = await chain.view(Staking, "validators", len(rows), PAGE)
            rows += page
            if len(page) < PAGE:
                break
        members = await chain.view(Staking, "currentSet")
        return rows[:limit], {member.validator: member.power for member in members}

    rows, powers = run_with_chain(rpc_url, ask)
    rows.sort(key=lambda row: -row.tokens)
    shown = [_validator_row(row, powers.get(row.validator)) for row in rows]
    print_rows(shown, is_json=is_json, empty="no validators")


@staking.command("show")
@click.argument("validator", type=ADDRESS)
@rpc_option
@json_flag
def show(validator: bytes, rpc_url: str, is_json: bool) -> None:
    """Show one validator, by its own address or its operator's."""

    async def ask(chain: Chain) -> ValidatorInfo:
        operated = await chain.view(Staking, "validatorOf", validator)
        place = operated if any(operated) else validator
        found: ValidatorInfo = await chain.view(Staking, "validator", place)
        return found

    found = run_with_chain(rpc_url, ask)
    record = {
        **_validator_row(found, None),
        "fee_recipient": checksummed(found.fee_recipient),
        "public_key": found.public_key,
        "self_bond": format_ait(found.self_bond),
        "shares": str(found.shares),
    }
    del record["power"]
    print_record(record, is_json=is_json)


@staking.command("set")
@rpc_option
@json_flag
def current_set(rpc_url: str, is_json: bool) -> None:
    """Show the set that the latest election chose."""
    members = run_with_chain(rpc_url, lambda chain: chain.view(Staking, "currentSet"))
    total = sum(member.power for member in members)
    rows = [
        {
            "validator": checksummed(member.validator),
            "power": member.power,
            "share": f"{100 * member.power / total:.2f} %",
            "public_key": member.public_key,
        }
        for member in members
    ]
    print_rows(rows, is_json=is_json)


@staking.command("delegation")
@click.argument("validator", type=ADDRESS)
@click.argument("delegator", type=ADDRESS)
@rpc_option
@json_flag
def delegation(validator: bytes, delegator: bytes, rpc_url: str, is_json: bool) -> None:
    """Show what a delegator holds of a validator."""
    held = run_with_chain(
        rpc_url, lambda chain: chain.view(Staking, "delegation", validator, delegator)
    )
    record: dict[str, Any] = {"validator": checksummed(validator), "shares": str(held.shares)}
    amounts = {"worth": held.tokens, "arriving": held.arriving, "rewards": held.rewards}
    for name, amount in amounts.items():
        record |= {f"{name}_wei": str(amount)} if is_json else {name: format_ait(amount)}
    print_record(record, is_json=is_json)


@staking.command("unbondings")
@click.argument("delegator", type=ADDRESS)
@rpc_option
@json_flag
def unbondings(delegator: bytes, rpc_url: str, is_json: bool) -> None:
    """List stake on its way out; times are seconds of block time."""

    async def ask(chain: Chain) -> tuple[list[UnbondingInfo], int]:
        entries = await chain.view(Staking, "unbondings", delegator)
        return list(entries), (await chain.head()).timestamp

    entries, now = run_with_chain(rpc_url, ask)
    rows = [
        {
            "validator": checksummed(entry.validator),
            "amount": format_ait(entry.amount),
            "payable": format_ait(entry.payable_amount),
            "withdrawable_at": entry.withdrawable_at,
            "seconds_left": max(0, entry.withdrawable_at - now),
        }
        for entry in entries
    ]
    print_rows(rows, is_json=is_json, empty="nothing is unbonding")


@staking.command("delegate")
@click.argument("validator", type=ADDRESS)
@click.argument("amount", type=AMOUNT)
@transaction_options
def delegate(
    validator: bytes, amount: int, signer: SignerChoice, rpc_url: str, is_json: bool
) -> None:
    """Bond AMOUNT to a validator; it counts from the next election."""
    _send("delegate", validator, value=amount, signer=signer, rpc_url=rpc_url, is_json=is_json)


@staking.command("undelegate")
@click.argument("validator", type=ADDRESS)
@click.argument("amount", type=AMOUNT, required=False)
@click.option("--all", "is_all", is_flag=True, help="Everything that is delegated.")
@transaction_options
def undelegate(
    validator: bytes,
    amount: int | None,
    is_all: bool,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Begin to unbond AMOUNT; withdraw it when the unbonding period is over."""
    if (amount is None) != is_all:
        raise click.UsageError("give an AMOUNT, or --all")
    wanted = U256_MAX if amount is None else amount
    _send("undelegate", validator, wanted, signer=signer, rpc_url=rpc_url, is_json=is_json)


@staking.command("withdraw")
@transaction_options
def withdraw(signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """Collect everything that has finished unbonding."""
    _send("withdraw", signer=signer, rpc_url=rpc_url, is_json=is_json)


@staking.command("join")
@transaction_options
def join(signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """Make the own validator a candidate again, once its self-bond suffices."""
    _send("join", signer=signer, rpc_url=rpc_url, is_json=is_json)


@staking.command("register")
@click.option(
    "--validator-key",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The node's config/validator_key.json: it proves that the key agrees.",
)
@click.option("--stake", type=AMOUNT, default="1000", show_default=True)
@click.option("--name", default="", help="At most 31 bytes.")
@click.option("--fee-recipient", type=ADDRESS, help="Default: the signer.")
@click.option(
    "--commission",
    type=COMMISSION,
    default=COMMISSION_BPS_DEFAULT / 100,
    show_default=True,
    help="Percent.",
)
@transaction_options
def register(
    validator_key: Path,
    stake: int,
    name: str,
    fee_recipient: bytes | None,
    commission: float,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Create a validator operated by the signer, bonded with --stake."""
    secret = signer.load()
    validator_secret = load_secret(validator_key)
    operator = secret_to_address(secret)

    async def act(chain: Chain) -> Outcome:
        digest = registration_digest(await chain.chain_id(), STAKING_ADDRESS, operator)
        proof = sign(validator_secret, digest).to_bytes()
        key = public_key(validator_secret)
        values = (key, proof, fee_recipient or operator, name, _bps(commission))
        return await send_call(chain, secret, Staking, "register", *values, value=stake)

    outcome = run_with_chain(rpc_url, act)
    address = public_key_to_address(public_key(validator_secret))
    print_outcome(outcome, is_json=is_json, validator=checksummed(address))


@staking.command("edit")
@click.option("--name")
@click.option("--fee-recipient", type=ADDRESS)
@click.option("--commission", type=COMMISSION, help="Percent; at most one point a day.")
@transaction_options
def edit(
    name: str | None,
    fee_recipient: bytes | None,
    commission: float | None,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Change what the own validator shows; what is not named stays."""
    if name is None and fee_recipient is None and commission is None:
        raise click.UsageError("name what to change: --name, --fee-recipient or --commission")
    secret = signer.load()

    async def act(chain: Chain) -> Outcome:
        operated = await chain.view(Staking, "validatorOf", secret_to_address(secret))
        found = None
        if operated != ZERO_ADDRESS:
            found = await chain.view(Staking, "validator", operated)
        values = (
            fee_recipient or (found.fee_recipient if found else ZERO_ADDRESS),
            name if name is not None else (found.name if found else ""),
            _bps(commission) if commission is not None else (found.commission_bps if found else 0),
        )
        return await send_call(chain, secret, Staking, "edit", *values)

    print_outcome(run_with_chain(rpc_url, act), is_json=is_json)


def _send(
    method: str,
    *values: object,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
    value: int = 0,
) -> None:
    secret = signer.load()

    async def act(chain: Chain) -> Outcome:
        return await send_call(chain, secret, Staking, method, *values, value=value)

    print_outcome(run_with_chain(rpc_url, act), is_json=is_json)


def _bps(percent: float) -> int:
    """Return hundredths of a percent."""
    return round(100 * percent)


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
        "stake": format_ait(row.tokens),
        "power": power,
        "commission": f"{row.commission_bps / 100:g} %",
        "state": state,
        "operator": checksummed(row.operator),
    }
