"""``aitbc staking``: validators, delegation, unbonding; the reading half is in staking_views."""

from pathlib import Path
from typing import Any, Final

import click

from aitbc.arguments import ADDRESS, AMOUNT
from aitbc.commands.staking_views import COMMANDS
from aitbc.native import Fields, Sender, VerbGroup, event_of, find_event, sending
from aitbc.output import Wei, When
from aitbc.signing import send_call
from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.contract import COMMISSION_BPS_DEFAULT, Staking
from contracts.staking.v1.election import set_hash
from contracts.staking.v1.messages import (
    CommissionPaid,
    Redelegated,
    RewardsCompounded,
    RewardsPaid,
    SetMember,
    Slashed,
    Undelegated,
    VoteData,
    Withdrawn,
)
from contracts.staking.v1.registration import registration_digest
from miner.chain import Chain, Outcome
from node.home import load_secret
from primitives.errors import ConfigError, DecodeError
from primitives.json_text import parse_json
from primitives.keys import public_key, public_key_to_address, secret_to_address, sign
from primitives.types import U256_MAX, ZERO_ADDRESS
from primitives.vote import Vote, decode_vote
from rpc.formats import checksummed

COMMISSION: Final = click.FloatRange(0.0, 100.0)
"""Percent; governance sets the range within it: commissionMinBps, commissionMaxBps."""
EVIDENCE_BYTES_MAX: Final = 16_384
ALL_OPTION: Final = click.option("--all", "is_all", is_flag=True, help="Everything there is.")


@click.group(cls=VerbGroup)
def staking() -> None:
    """Validators, delegation, rewards, unbonding."""


for command in COMMANDS:
    staking.add_command(command)


# --- delegators -----------------------------------------------------------------------------


@staking.command("delegate")
@click.argument("validator", type=ADDRESS)
@click.argument("amount", type=AMOUNT)
@sending
def delegate(validator: bytes, amount: int, sender: Sender) -> None:
    """Bond AMOUNT to a validator; it counts from the next election."""
    sender.send(
        Staking,
        "delegate",
        validator,
        value=amount,
        tell=lambda _: {"validator": checksummed(validator), "delegated": Wei(amount)},
    )


@staking.command("undelegate")
@click.argument("validator", type=ADDRESS)
@click.argument("amount", type=AMOUNT, required=False)
@ALL_OPTION
@sending
def undelegate(validator: bytes, amount: int | None, is_all: bool, sender: Sender) -> None:
    """Begin to unbond AMOUNT; withdraw it when the unbonding period is over."""
    wanted = _amount_or_all(amount, is_all)

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        outcome = await send_call(chain, secret, Staking, "undelegate", validator, wanted)
        event = event_of(outcome, Staking, Undelegated)
        entries = await chain.view(Staking, "unbondings", secret_to_address(secret))
        mine = [e for e in entries if (e.validator, e.epoch) == (validator, event["epoch"])]
        now = (await chain.head()).timestamp
        return outcome, {
            "validator": checksummed(validator),
            "unbonding": Wei(event["amount"]),
            "withdrawable at": When(mine[0].withdrawable_at if mine else 0, now),
        }

    sender.run(act)


@staking.command("redelegate")
@click.argument("source", type=ADDRESS)
@click.argument("destination", type=ADDRESS)
@click.argument("amount", type=AMOUNT, required=False)
@ALL_OPTION
@sending
def redelegate(
    source: bytes, destination: bytes, amount: int | None, is_all: bool, sender: Sender
) -> None:
    """Move AMOUNT to another validator without unbonding.

    It earns and votes there from the next election, stays liable for the SOURCE until an unbonding
    period is over, and can neither move on nor leave before.
    """
    sender.send(
        Staking,
        "redelegate",
        source,
        destination,
        _amount_or_all(amount, is_all),
        tell=lambda outcome: {
            "from": checksummed(source),
            "to": checksummed(destination),
            "moved": Wei(event_of(outcome, Staking, Redelegated)["amount"]),
        },
    )


@staking.command("withdraw")
@sending
def withdraw(sender: Sender) -> None:
    """Collect everything that has finished unbonding."""
    sender.send(
        Staking,
        "withdraw",
        tell=lambda outcome: {"withdrawn": Wei(event_of(outcome, Staking, Withdrawn)["amount"])},
    )


@staking.command("withdraw-rewards")
@click.argument("validator", type=ADDRESS)
@sending
def withdraw_rewards(validator: bytes, sender: Sender) -> None:
    """Pay the own rewards with a validator out, instead of bonding them."""
    sender.send(
        Staking,
        "withdrawRewards",
        validator,
        tell=lambda outcome: {"paid": _amount_of(outcome, RewardsPaid)},
    )


@staking.command("compound")
@click.argument("validator", type=ADDRESS)
@click.option("--delegator", type=ADDRESS, help="Whose; anybody may. Default: the signer's.")
@sending
def compound(validator: bytes, delegator: bytes | None, sender: Sender) -> None:
    """Bond an account's rewards, and end its redelegations whose liability is over."""
    whose = delegator if delegator is not None else sender.address
    sender.send(
        Staking,
        "compound",
        whose,
        validator,
        tell=lambda outcome: {
            "bonded": _amount_of(outcome, RewardsCompounded),
            "paid": _amount_of(outcome, RewardsPaid),
        },
    )


# --- operators ------------------------------------------------------------------------------


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
@sending
def register(
    validator_key: Path,
    stake: int,
    name: str,
    fee_recipient: bytes | None,
    commission: float,
    sender: Sender,
) -> None:
    """Create a validator operated by the signer, bonded with --stake."""
    validator_secret = load_secret(validator_key)
    key = public_key(validator_secret)

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        operator = secret_to_address(secret)
        digest = registration_digest(await chain.chain_id(), STAKING_ADDRESS, operator)
        proof = sign(validator_secret, digest).to_bytes()
        values = (key, proof, fee_recipient or operator, name, _bps(commission))
        outcome = await send_call(chain, secret, Staking, "register", *values, value=stake)
        return outcome, {"validator": checksummed(public_key_to_address(key))}

    sender.run(act)


@staking.command("edit")
@click.option("--name")
@click.option("--fee-recipient", type=ADDRESS)
@click.option("--commission", type=COMMISSION, help="Percent; a little at a time, once a day.")
@sending
def edit(
    name: str | None, fee_recipient: bytes | None, commission: float | None, sender: Sender
) -> None:
    """Change what the own validator shows; what is not named stays."""
    if name is None and fee_recipient is None and commission is None:
        raise click.UsageError("name what to change: --name, --fee-recipient or --commission")

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        operated = await chain.view(Staking, "validatorOf", secret_to_address(secret))
        found = None
        if operated != ZERO_ADDRESS:
            found = await chain.view(Staking, "validator", operated)
        values = (
            fee_recipient or (found.fee_recipient if found else ZERO_ADDRESS),
            name if name is not None else (found.name if found else ""),
            _bps(commission) if commission is not None else (found.commission_bps if found else 0),
        )
        return await send_call(chain, secret, Staking, "edit", *values), {}

    sender.run(act)


@staking.command("join")
@sending
def join(sender: Sender) -> None:
    """Make the own validator a candidate again, once its self-bond suffices."""
    sender.send(Staking, "join")


@staking.command("unjail")
@sending
def unjail(sender: Sender) -> None:
    """Make the own jailed validator a candidate again, once its time is over."""
    sender.send(Staking, "unjail")


@staking.command("withdraw-commission")
@sending
def withdraw_commission(sender: Sender) -> None:
    """Pay out the commission of the own validator."""
    sender.send(
        Staking,
        "withdrawCommission",
        tell=lambda outcome: {"paid": Wei(event_of(outcome, Staking, CommissionPaid)["amount"])},
    )


# --- votes as evidence ----------------------------------------------------------------------


@staking.command("heartbeat")
@click.argument("vote_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@sending
def heartbeat(vote_file: Path, sender: Sender) -> None:
    """Show that a validator is present, by a vote of its that no seal carries.

    VOTE_FILE holds the vote's RLP in hex. Votes that reach a block count by themselves: this is for
    a validator whose votes are always late. Anybody may send it.
    """
    text = vote_file.read_text(errors="replace")[:EVIDENCE_BYTES_MAX].strip()
    try:
        vote = decode_vote(bytes.fromhex(text.removeprefix("0x")))
    except (ValueError, DecodeError) as error:
        raise ConfigError(
            f"{vote_file} does not hold the RLP of a vote: {error}", "Take it as a node wrote it"
        ) from error
    sender.send(
        Staking,
        "heartbeat",
        _vote_data(vote),
        tell=lambda _: {"validator": checksummed(vote.voter)},
    )


@staking.command("report")
@click.argument("evidence", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@sending
def report(evidence: Path, sender: Sender) -> None:
    """Report a double sign from an EVIDENCE file, which nodes keep in HOME/data/evidence.

    A node whose validator account can pay the gas has reported it by itself.
    """
    first, second = _load_evidence(evidence)

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        members = await _set_of_epoch(chain, first.statement.epoch)
        values = (first.voter, _vote_data(first), _vote_data(second), members)
        outcome = await send_call(chain, secret, Staking, "reportDoubleSign", *values)
        event = event_of(outcome, Staking, Slashed)
        return outcome, {
            "validator": checksummed(first.voter),
            "lost": f"{event['ppm'] / 10_000:g} %",
            "reward so far": Wei(event["reward"]),
        }

    sender.run(act)


async def _set_of_epoch(chain: Chain, epoch: int) -> list[SetMember]:
    """Return the set whose hash staking keeps; past ones from the node's older state.

    Raises:
        ConfigError: staking forgot the epoch, or the node its state.
    """
    wanted, start_height, _ = await chain.view(Staking, "epochRecord", epoch)
    members: list[SetMember] = await chain.view(Staking, "currentSet")
    if set_hash(members) != wanted and start_height:
        members = await chain.view(Staking, "currentSet", height=start_height)
    if set_hash(members) != wanted:
        raise ConfigError(
            f"the validator set of epoch {epoch} is not known here",
            "The evidence may be too old; else ask a node that keeps older state, with --rpc",
        )
    return members


def _load_evidence(path: Path) -> tuple[Vote, Vote]:
    try:
        document = parse_json(path.read_text(errors="replace")[:EVIDENCE_BYTES_MAX])
        first, second = (decode_vote(bytes.fromhex(text[2:])) for text in document["votes"])
    except (ValueError, KeyError, TypeError, DecodeError) as error:
        raise ConfigError(
            f"{path} is no evidence file",
            "Name one that a node wrote, such as HOME/data/evidence/EPOCH-VIEW-VOTER.json",
        ) from error
    return first, second


def _vote_data(vote: Vote) -> VoteData:
    statement = vote.statement
    return VoteData(
        int(statement.kind),
        statement.epoch,
        statement.view,
        statement.height,
        statement.block_hash,
        vote.signature,
    )


def _amount_or_all(amount: int | None, is_all: bool) -> int:
    if (amount is None) != is_all:
        raise click.UsageError("give an AMOUNT, or --all")
    return U256_MAX if amount is None else amount


def _amount_of(outcome: Outcome, event: type) -> Wei:
    fields: dict[str, Any] = find_event(outcome, Staking, event) or {}
    return Wei(fields.get("amount", 0))


def _bps(percent: float) -> int:
    """Return hundredths of a percent."""
    return round(100 * percent)
