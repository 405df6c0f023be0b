"""``aitbc gov``: proposals, votes, versions and parameters."""

import time
from collections.abc import Callable
from typing import Any, Final

import click

from aitbc.arguments import ADDRESS, AMOUNT, HASH
from aitbc.commands.contracts import ContractName
from aitbc.commands.node import rpc_option
from aitbc.output import (
    Percent,
    Span,
    Wei,
    format_ait,
    format_span,
    format_time,
    json_flag,
    print_record,
    print_rows,
)
from aitbc.signing import (
    SignerChoice,
    print_outcome,
    run_with_chain,
    send_call,
    transaction_options,
)
from contracts.framework.contract import Contract, ParameterInfo
from contracts.framework.version import version_text
from contracts.governance.v1.contract import Governance
from contracts.governance.v1.messages import (
    Change,
    Choice,
    ContractVersion,
    Kind,
    ProposalInfo,
    Proposed,
    Statistics,
    Status,
    TallyInfo,
    VersionInfo,
    VoteInfo,
)
from contracts.places import TREASURY_ADDRESS
from contracts.system import SYSTEM, SYSTEM_CONTRACTS
from contracts.treasury.v1.contract import Treasury
from miner.chain import Chain, Outcome
from miner.native_calls import AMOUNT_MIN, decode_event, explain_revert, place_of, show_value
from primitives.errors import ConfigError
from rpc.formats import checksummed

PAGE: Final = 100
HOUR: Final = 3_600
CONTRACT: Final = ContractName()
CHOICES: Final = {choice.name.lower(): choice for choice in Choice}
KINDS: Final = {
    "logic": Kind.LOGIC_UPDATE,
    "security": Kind.SECURITY_PATCH,
    "feature": Kind.FEATURE_ADDITION,
    "emergency": Kind.EMERGENCY_FIX,
}
STATUSES: Final = ("all", *(status.name.lower() for status in Status))


@click.group()
def gov() -> None:
    """Governance: propose, vote, upgrade, roll back; parameters and versions."""


# --- proposing ------------------------------------------------------------------------------


@gov.group()
def propose() -> None:
    """Make a proposal; it locks a deposit, which is returned unless too few vote."""


def _proposal_options(function: Callable[..., Any]) -> Callable[..., Any]:
    function = click.option(
        "--hours",
        type=click.FloatRange(min=0),
        help="How long the vote takes; default: the shortest that is allowed.",
    )(function)
    return click.option("--why", "description", required=True, help="What it is for.")(function)


@propose.command("parameter")
@click.argument("contract", type=CONTRACT)
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE...")
@_proposal_options
@transaction_options
def propose_parameter(
    contract: type[Contract],
    changes: tuple[str, ...],
    hours: float | None,
    description: str,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Set parameters of CONTRACT: KEY=VALUE (whole numbers, or amounts such as 2ait, 5gwei).

    KEY may also be a governed call, such as 'grantModerator(address)=0x...'.
    """
    wanted = [_parse_change(contract, text) for text in changes]

    async def build(chain: Chain) -> tuple[Change, ...]:
        place = place_of(contract)
        rows = []
        for key, value in wanted:
            old = 0 if "(" in key else await chain.view(contract, "parameter", key)
            rows.append(Change(place, key, old, value))
        return tuple(rows)

    _propose(
        place_of(contract),
        Kind.PARAMETER_CHANGE,
        build,
        hours,
        description,
        signer,
        rpc_url,
        is_json,
    )


@propose.command("spend")
@click.argument("to", type=ADDRESS)
@click.argument("amount", type=AMOUNT)
@_proposal_options
@transaction_options
def propose_spend(
    to: bytes,
    amount: int,
    hours: float | None,
    description: str,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Pay AMOUNT from the treasury to an address."""

    async def build(chain: Chain) -> tuple[Change, ...]:  # noqa: ARG001
        return (Change(to, "", 0, amount),)

    _propose(
        TREASURY_ADDRESS, Kind.TREASURY_SPEND, build, hours, description, signer, rpc_url, is_json
    )


@propose.command("upgrade")
@click.argument("contract", type=CONTRACT, metavar="CONTRACT[@VERSION]")
@click.option("--type", "kind", type=click.Choice(tuple(KINDS)), default="logic", show_default=True)
@click.option("--to", "to_version", help="A version that this release lacks; needs --code-hash.")
@click.option("--code-hash", type=HASH, help="Default: that of this release's code.")
@_proposal_options
@transaction_options
def propose_upgrade(
    contract: type[Contract],
    kind: str,
    to_version: str | None,
    code_hash: bytes | None,
    hours: float | None,
    description: str,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Activate another version of CONTRACT; without a version, the newest of this release."""
    if contract is SYSTEM.first(place_of(contract)):
        contract = SYSTEM.releases(place_of(contract))[-1]
    from node.releases import code_hash as hash_of

    release = contract
    if to_version is not None and code_hash is None:
        raise click.UsageError("--to needs --code-hash: aitbc contracts hash, of that release")

    async def build(chain: Chain) -> tuple[Change, ...]:  # noqa: ARG001
        return ()

    _propose(
        place_of(release),
        KINDS[kind],
        build,
        hours,
        description,
        signer,
        rpc_url,
        is_json,
        new_version=to_version or release.version,
        code_hash=code_hash or hash_of(release),
    )


@propose.command("rollback")
@click.argument("proposal", type=click.IntRange(min=1))
@_proposal_options
@transaction_options
def propose_rollback(
    proposal: int,
    hours: float | None,
    description: str,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Undo an executed proposal, under the emergency rules, while its window lasts."""
    secret = signer.load()

    async def act(chain: Chain) -> tuple[Outcome, int]:
        voting = await _voting_seconds(chain, hours, is_emergency=True)
        deposit = await chain.view(Governance, "parameter", "depositWei")
        values = (proposal, voting, description)
        outcome = await send_call(
            chain, secret, Governance, "proposeRollback", *values, value=deposit
        )
        return outcome, _proposal_number(outcome)

    outcome, number = run_with_chain(rpc_url, act)
    print_outcome(outcome, is_json=is_json, proposal=number)


def _propose(
    target: bytes,
    kind: Kind,
    build: Callable[[Chain], Any],
    hours: float | None,
    description: str,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
    *,
    new_version: str | None = None,
    code_hash: bytes = bytes(32),
) -> None:
    secret = signer.load()

    async def act(chain: Chain) -> tuple[Outcome, int]:
        current = await _active_version(chain, target)
        changes = await build(chain)
        voting = await _voting_seconds(chain, hours, is_emergency=kind is Kind.EMERGENCY_FIX)
        deposit = await chain.view(Governance, "parameter", "depositWei")
        values = (
            *(target, current, new_version or current, kind, voting),
            *(code_hash, changes, description),
        )
        outcome = await send_call(chain, secret, Governance, "propose", *values, value=deposit)
        return outcome, _proposal_number(outcome)

    outcome, number = run_with_chain(rpc_url, act)
    print_outcome(outcome, is_json=is_json, proposal=number)


async def _active_version(chain: Chain, target: bytes) -> str:
    """Return a contract's active version, 0.0.0 for one that is not active yet."""
    rows: list[ContractVersion] = await chain.view(Governance, "contracts")
    return next((row.version for row in rows if row.contract == target), version_text(0))


async def _voting_seconds(chain: Chain, hours: float | None, *, is_emergency: bool) -> int:
    if hours is not None:
        return round(hours * HOUR)
    key = "emergencyVotingSeconds" if is_emergency else "votingSecondsMin"
    return int(await chain.view(Governance, "parameter", key))


def _proposal_number(outcome: Outcome) -> int:
    for log in outcome.logs:
        _, topics, data = log
        fields = decode_event(Proposed, topics, data)
        if fields is not None:
            return int(fields["proposal"])
    raise ConfigError("the node's receipt lacks the Proposed event", "Ask another node with --rpc")


def _parse_change(contract: type[Contract], text: str) -> tuple[str, int]:
    key, separator, value = text.partition("=")
    if not separator or not key or not value:
        raise click.UsageError(f"{text!r} is not KEY=VALUE")
    if "(" not in key and key not in contract.governed:
        known = ", ".join(contract.governed) or "none"
        raise click.UsageError(f"{contract.name} has no parameter {key!r}; it has: {known}")
    if value.startswith("0x"):
        return key, int(value, 16)
    if value.replace("_", "").isdigit():
        return key, int(value)
    return key, AMOUNT.convert(value, None, None)


# --- taking part ----------------------------------------------------------------------------


@gov.command("vote")
@click.argument("proposal", type=click.IntRange(min=1))
@click.argument("choice", type=click.Choice(tuple(CHOICES)))
@transaction_options
def vote(proposal: int, choice: str, signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """Vote with the stake held when the proposal was made; may be changed until the deadline."""
    _send("vote", proposal, CHOICES[choice], signer=signer, rpc_url=rpc_url, is_json=is_json)


@gov.command("ready")
@click.argument("contract", type=CONTRACT, metavar="CONTRACT@VERSION")
@transaction_options
def ready(contract: type[Contract], signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """Announce that the own validator has a version's code; nodes do it by themselves."""
    from node.releases import code_hash

    values = (place_of(contract), contract.version, code_hash(contract))
    _send("ready", *values, signer=signer, rpc_url=rpc_url, is_json=is_json)


def _send(method: str, *values: object, signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    secret = signer.load()

    async def act(chain: Chain) -> Outcome:
        return await send_call(chain, secret, Governance, method, *values)

    print_outcome(run_with_chain(rpc_url, act), is_json=is_json)


# --- looking --------------------------------------------------------------------------------


@gov.command("list")
@click.option("--status", type=click.Choice(STATUSES), default="all", show_default=True)
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--limit", type=click.IntRange(1, PAGE), default=20, show_default=True)
@rpc_option
@json_flag
def list_proposals(status: str, offset: int, limit: int, rpc_url: str, is_json: bool) -> None:
    """List proposals; all of them with the newest first."""
    number = 0 if status == "all" else Status[status.upper()]
    rows: list[ProposalInfo] = run_with_chain(
        rpc_url,
        lambda chain: chain.view(Governance, "proposalsByStatus", number, offset, limit),
    )
    shown = [_row(row) for row in rows]
    print_rows(shown, is_json=is_json, empty="no proposals")


@gov.command("show")
@click.argument("proposal", type=click.IntRange(min=1))
@rpc_option
@json_flag
def show(proposal: int, rpc_url: str, is_json: bool) -> None:
    """Show a proposal: what it changes, how the vote stands, who is ready."""

    async def ask(chain: Chain) -> tuple[ProposalInfo, TallyInfo, Any]:
        found = await chain.view(Governance, "proposal", proposal)
        tally = await chain.view(Governance, "tally", proposal)
        return found, tally, await chain.view(Governance, "readiness", proposal)

    found, tally, readiness = run_with_chain(rpc_url, ask)
    record: dict[str, Any] = {
        **_row(found),
        "proposer": checksummed(found.proposer),
        "description": found.description,
        "deposit": Wei(found.deposit),
        **_tally_record(tally),
    }
    for change in found.changes:
        record[f"change {_target_name(change.target)}"] = _change_text(found, change)
    if any(found.code_hash):
        record["code_hash"] = found.code_hash
    if found.new_version != found.current_version:
        share = 100 * readiness.ready / readiness.total if readiness.total else 0.0
        enough = "enough" if readiness.is_enough else "more than two thirds are needed"
        record["ready"] = f"{share:.2f} % of active stake ({enough})"
    if found.failure:
        record["failure"] = str(explain_revert(found.failure, Governance))
    print_record(record, is_json=is_json)


@gov.command("votes")
@click.argument("proposal", type=click.IntRange(min=1))
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--limit", type=click.IntRange(1, PAGE), default=PAGE, show_default=True)
@rpc_option
@json_flag
def votes(proposal: int, offset: int, limit: int, rpc_url: str, is_json: bool) -> None:
    """List the votes of a proposal."""
    rows: list[VoteInfo] = run_with_chain(
        rpc_url, lambda chain: chain.view(Governance, "votes", proposal, offset, limit)
    )
    shown = [
        {
            "voter": checksummed(row.voter),
            "choice": Choice(row.choice).name.lower(),
            "weight": Wei(row.weight),
        }
        for row in rows
    ]
    print_rows(shown, is_json=is_json, empty="no votes")


@gov.command("tally")
@click.argument("proposal", type=click.IntRange(min=1))
@rpc_option
@json_flag
def tally(proposal: int, rpc_url: str, is_json: bool) -> None:
    """Show how a vote stands."""
    found = run_with_chain(rpc_url, lambda chain: chain.view(Governance, "tally", proposal))
    print_record(_tally_record(found), is_json=is_json)


@gov.command("versions")
@rpc_option
@json_flag
def versions(rpc_url: str, is_json: bool) -> None:
    """List the contracts with their active versions, and what this release has beside them."""
    rows: list[ContractVersion] = run_with_chain(
        rpc_url, lambda chain: chain.view(Governance, "contracts")
    )
    shown = [
        {
            "contract": row.name or _target_name(row.contract),
            "address": checksummed(row.contract),
            "active": row.version,
            "in this release": ", ".join(
                release.version for release in SYSTEM.releases(row.contract)
            ),
        }
        for row in rows
    ]
    print_rows(shown, is_json=is_json)


@gov.command("history")
@click.argument("contract", type=CONTRACT)
@rpc_option
@json_flag
def history(contract: type[Contract], rpc_url: str, is_json: bool) -> None:
    """List the versions that a contract ran."""
    rows: list[VersionInfo] = run_with_chain(
        rpc_url,
        lambda chain: chain.view(Governance, "versionHistory", place_of(contract), 0, PAGE),
    )
    shown = [
        {
            "version": row.version,
            "since": format_time(row.active_since),
            "height": row.active_since_height,
            "proposal": row.proposal or None,
            "rolled_back": row.is_rolled_back,
            "code_hash": row.code_hash if any(row.code_hash) else None,
        }
        for row in rows
    ]
    print_rows(shown, is_json=is_json, empty="governance knows no versions of it")


@gov.command("parameters")
@click.argument("contract", type=CONTRACT, required=False)
@rpc_option
@json_flag
def parameters(contract: type[Contract] | None, rpc_url: str, is_json: bool) -> None:
    """List governed parameters, of one contract or of all: value, bounds, largest step."""
    chosen = [contract] if contract is not None else _first_releases()

    async def ask(chain: Chain) -> list[tuple[str, ParameterInfo]]:
        rows: list[tuple[str, ParameterInfo]] = []
        for one in chosen:
            if one.governed:
                found = await chain.view(one, "parameterList")
                rows += [(one.name, row) for row in found]
        return rows

    shown = [
        {
            "contract": contract_name,
            "key": row.key,
            **{
                name: number if is_json else _shown(row.key, number)
                for name, number in (
                    ("value", row.value),
                    ("default", row.default_value),
                    ("minimum", row.minimum),
                    ("maximum", row.maximum),
                )
            },
            "step": _step(row, is_json=is_json),
        }
        for contract_name, row in run_with_chain(rpc_url, ask)
    ]
    print_rows(shown, is_json=is_json, empty="it has no parameters")


@gov.command("treasury")
@rpc_option
@json_flag
def treasury(rpc_url: str, is_json: bool) -> None:
    """Show what the treasury holds and has paid."""

    async def ask(chain: Chain) -> tuple[int, tuple[int, int]]:
        return await chain.balance(TREASURY_ADDRESS), await chain.view(Treasury, "spent")

    balance, (spent, payments) = run_with_chain(rpc_url, ask)
    record = {
        "address": checksummed(TREASURY_ADDRESS),
        "balance": Wei(balance),
        "spent": Wei(spent),
        "payments": payments,
    }
    print_record(record, is_json=is_json)


@gov.command("stats")
@rpc_option
@json_flag
def stats(rpc_url: str, is_json: bool) -> None:
    """Show counts and rates over all proposals."""
    found: Statistics = run_with_chain(rpc_url, lambda chain: chain.view(Governance, "statistics"))
    record: dict[str, Any] = {"proposals": found.proposals}
    record |= {
        status.name.lower(): count
        for status, count in zip(Status, found.by_status, strict=True)
        if count or is_json
    }
    record |= {
        f"type {kind.name.lower()}": count
        for kind, count in zip(Kind, found.by_kind, strict=True)
        if count or is_json
    }
    record |= {
        "success": Percent(found.success_bps),
        "mean participation": Percent(found.participation_bps_mean),
        "mean time to execution": Span(found.execution_seconds_mean),
    }
    print_record(record, is_json=is_json)


def _first_releases() -> list[type[Contract]]:
    return [release for _, release in SYSTEM.initial()]


def _row(row: ProposalInfo) -> dict[str, Any]:
    is_code = row.new_version != row.current_version
    versions = f"{row.current_version} -> {row.new_version}" if is_code else row.current_version
    kind = f"rollback of {row.rolls_back}" if row.rolls_back else Kind(row.kind).name.lower()
    return {
        "proposal": row.id,
        "type": kind,
        "contract": _target_name(row.target),
        "version": versions,
        "status": Status(row.status).name.lower(),
        "voting ends": _ends_text(row),
    }


def _ends_text(row: ProposalInfo) -> str:
    text = format_time(row.voting_ends_at)
    left = row.voting_ends_at - int(time.time())
    if row.status == Status.PROPOSED and left > 0:
        text += f" (in {format_span(left)})"
    return text


def _step(row: ParameterInfo, *, is_json: bool) -> int | str | None:
    if row.step_max.bit_length() == 256:
        return None
    return row.step_max if is_json else _shown(row.key, row.step_max)


def _shown(key: str, value: int) -> str:
    """Return a parameter's value for people: durations, amounts, plain numbers."""
    if key.endswith("Seconds") or "Seconds" in key:
        return format_span(value)
    return f"{value:,}" if value < AMOUNT_MIN else show_value(value)


def _tally_record(tally: TallyInfo) -> dict[str, Any]:
    return {
        "yes": Wei(tally.yes),
        "no": Wei(tally.no),
        "abstain": Wei(tally.abstain),
        "bonded": Wei(tally.bonded),
        "participation": Percent(tally.participation_bps),
        "approval": Percent(tally.approval_bps),
        "passing": tally.is_passing,
    }


def _change_text(row: ProposalInfo, change: Change) -> str:
    if row.kind == Kind.TREASURY_SPEND:
        return f"receives {format_ait(change.new_value)}"
    if "(" in change.key:
        return f"{change.key} with 0x{change.new_value:x}"
    old, new = _shown(change.key, change.old_value), _shown(change.key, change.new_value)
    return f"{change.key}: {old} -> {new}"


def _target_name(address: bytes) -> str:
    for contract in SYSTEM_CONTRACTS:
        if place_of(contract) == address:
            return contract.name
    return checksummed(address)
