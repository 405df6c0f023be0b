"""What ``aitbc job`` shows and does of quorums (class V3): one request, several miners."""

from typing import Any, Final

from aitbc.output import Wei, When, clean_text, console, print_record, print_rows
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.quorum_messages import QuorumInfo, QuorumStatus
from miner.chain import Chain
from miner.client.log import Exchange, JobLog
from miner.client.quorums import SeatReport, agreed, read_members
from primitives.errors import ConfigError
from rpc.formats import checksummed

SIZES: Final = ("3", "5", "7")
SIZE_DEFAULT: Final = 3


def refuse_quorum(log: JobLog, what: str, remedy: str) -> None:
    """Refuse what makes no sense for a quorum's job.

    Raises:
        ConfigError: it is one.
    """
    if log.job.quorum:
        raise ConfigError(f"a quorum's job {what}", remedy)


def best_answer(log: JobLog) -> Exchange | None:
    """Return a job's newest answer; of a quorum one with the answer of most, if there is one."""
    if not log.job.quorum:
        return log.last_answered
    return agreed([log, *read_members(log)])[0]


async def quorum_status(chain: Chain, log: JobLog, now: int) -> dict[str, Any]:
    """Return what ``job status`` adds for a quorum."""
    if not log.quorum_id:
        return {"quorum": "not opened yet"}
    quorum: QuorumInfo = await chain.view(Disputes, "quorum", log.quorum_id)
    logs = [log, *read_members(log)]
    _, votes = agreed(logs)
    record: dict[str, Any] = {
        "quorum": log.quorum_id,
        "quorum status": QuorumStatus(quorum.status).name.lower(),
        "answers here": sum(entry.last is not None and entry.last.answer is not None
                            for entry in logs),
        "agreeing here": votes,
    }  # fmt: skip
    if quorum.status == QuorumStatus.OPENED:
        record["drawn after block"] = quorum.draw_height
        return record
    return record | {
        "commitments until": When(quorum.commit_until, now),
        "counted after": When(quorum.reveal_until, now),
        "agreed on": quorum.answer if any(quorum.answer) else None,
    }


def seat_rows(seats: list[SeatReport]) -> list[dict[str, Any]]:
    """Return a row for every seat."""
    verdicts = {True: "agrees", False: "differs", None: "-"}
    return [
        {
            "miner": checksummed(seat.miner) if any(seat.miner) else None,
            "lease": seat.lease_id if any(seat.lease_id) else None,
            "status": seat.status,
            "verdict": verdicts[seat.agrees],
            "paid": Wei(seat.paid),
            "response": seat.response_hash or None,
            "said": clean_text(seat.said)[:60] or seat.problem or None,
        }
        for seat in seats
    ]


def print_seats(record: dict[str, Any], seats: list[SeatReport], *, is_json: bool) -> None:
    """Print a quorum's job and its seats: a record and a table, or one JSON object."""
    rows = seat_rows(seats)
    if is_json:
        print_record(record | {"seats": rows}, is_json=True)
        return
    print_record(record, is_json=False)
    console.print()
    print_rows(rows, is_json=False, empty="no miners are drawn yet")
