"""aitbc: what governance decides, and the parameters and versions that it has set."""

from typing import Any

from contracts.artifacts import contract_named
from contracts.framework.contract import Contract, ParameterInfo
from contracts.governance.v1.messages import Kind, ProposalInfo, Status
from contracts.places import native_address
from primitives.abi import decode_exactly
from primitives.errors import ConfigError
from primitives.types import ZERO_ADDRESS, Address
from rpc import formats
from rpc.backend import CallRequest
from rpc.errors import InvalidParamsError, LimitExceededError
from rpc.formats import Json
from rpc.limits import PAGE_ROWS_MAX
from rpc.routing import Session


async def proposals(session: Session, status: str, cursor: int, limit: int) -> Json:
    """Return proposals of a status, or all, the newest first; and how many there ever were."""
    check_page(limit)
    number = 0 if status == "all" else _status_number(status)
    governance = contract_named("governance")
    (rows,) = await view(session, governance, "proposalsByStatus", number, cursor, limit)
    (count,) = await view(session, governance, "proposalCount")
    return {"proposals": [proposal_json(row) for row in rows], "count": hex(count)}


async def proposal(session: Session, number: int) -> Json | None:
    """Return one proposal with its tally and readiness, null when there is none."""
    governance = contract_named("governance")
    (count,) = await view(session, governance, "proposalCount")
    if not 1 <= number <= count:
        return None
    (row,) = await view(session, governance, "proposal", number)
    (tally,) = await view(session, governance, "tally", number)
    (readiness,) = await view(session, governance, "readiness", number)
    shown = proposal_json(row)
    shown["tally"] = formats.struct_json(tally)
    shown["readiness"] = formats.struct_json(readiness)
    return shown


async def contract_versions(session: Session) -> Json:
    """Return every contract under governance with its active version."""
    (rows,) = await view(session, contract_named("governance"), "contracts")
    return {"contracts": formats.struct_json(rows)}


async def parameters(session: Session, name: str) -> Json:
    """Return a contract's governed parameters with their bounds."""
    try:
        contract = contract_named(name[:64])
    except ConfigError as error:
        raise InvalidParamsError(f"contract: {error}") from error
    rows: tuple[ParameterInfo, ...] = ()
    if contract.governed:
        (rows,) = await view(session, contract, "parameterList")
    return {"contract": contract.name, "parameters": formats.struct_json(rows)}


async def supply(session: Session) -> Json:
    """Return the sum of all balances at the newest block, and where it came from."""
    height = session.backend.head.height
    total, genesis = await view(session, contract_named("runtime"), "supply", height=height)
    (totals,) = await view(session, contract_named("staking"), "totals", height=height)
    figures = {
        "block": height,
        "total": total,
        "genesis": genesis,
        "minted": totals.minted,
        "burnt": genesis + totals.minted - total,
        "bonded": totals.bonded,
        "unbonding": totals.unbonding,
    }
    return {name: hex(value) for name, value in figures.items()}


async def view(
    session: Session,
    contract: type[Contract],
    name: str,
    *arguments: object,
    height: int | None = None,
) -> tuple[Any, ...]:
    """Call a native contract's view, on the newest state by default, and return its outputs."""
    method = next(m for m in contract.methods.values() if m.name == name)
    request = CallRequest(
        sender=ZERO_ADDRESS,
        to=Address(native_address(contract.index)),
        data=method.selector + method.arguments.write(arguments),
    )
    backend = session.backend
    output = await backend.call(height or backend.head.height, request, {}, None)
    return tuple(decode_exactly(method.results, output))


def proposal_json(row: ProposalInfo) -> Json:
    """Return a proposal with its kind and status in words."""
    shown: Json = formats.struct_json(row)
    shown["kind"] = Kind(row.kind).name.lower()
    shown["status"] = Status(row.status).name.lower()
    return shown


def check_page(limit: int) -> None:
    """Refuse a page larger than a view answers.

    Raises:
        LimitExceededError: so it is.
    """
    if not 0 < limit <= PAGE_ROWS_MAX:
        raise LimitExceededError(f"limit: {limit} rows, limit {PAGE_ROWS_MAX}")


def _status_number(status: str) -> int:
    for known in Status:
        if known.name.lower() == status:
            return known.value
    names = ", ".join(s.name.lower() for s in Status)
    raise InvalidParamsError(f"status: unknown {status[:64]!r}; known: all, {names}")
