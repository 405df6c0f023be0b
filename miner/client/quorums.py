"""A client's way through a quorum (class V3): one request, several drawn miners, one answer.

Each seat is an order of its own with a ``ClientSession`` of its own: sealing, checks, log and
vouchers are those of any job. What is added here: the orders get equal terms and become a quorum,
its miners are drawn, all are asked the very same (salt included, so that equal work has equal
hashes), and what most of them answer is the answer. Invariants:

C1. Only what a majority of the seats gave is acknowledged; the contract pays no other answer.
C2. After a crash it goes on: orders, quorum and requests are in the logs before they are sent.
C3. A silent seat keeps nobody waiting for longer than ``STRAGGLER_SECONDS`` behind the majority.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.quorum_messages import (
    QuorumInfo,
    QuorumMemberInfo,
    QuorumOpened,
    QuorumStatus,
)
from contracts.disputes.v1.quorums import NEVER_BEGUN
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.marketplace.v1.market_messages import LeaseOutcome, OrderInfo, OrderTerms
from contracts.marketplace.v1.records import OrderStatus
from contracts.receipts.v1.claim_messages import ClaimInfo
from contracts.receipts.v1.contract import Receipts
from miner.chain import Chain, RefusedError
from miner.client.endings import ENDED, cancel, reclaim, try_call
from miner.client.faults import (
    DeliveryRefusedError,
    JobOverError,
    MinerRefusedError,
    MinerSilentError,
    NotReadyError,
)
from miner.client.log import SUFFIX, Exchange, JobLog
from miner.client.orders import smaller_advice
from miner.client.session import POLL_SECONDS, ClientSession
from miner.leases.asked import asked_of
from miner.native_calls import decode_event, place_of
from primitives.errors import DecodeError

STRAGGLER_SECONDS: Final = 30.0
LIVE: Final = (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatReport:
    """One seat: what its miner said, whether it is the answer, and what he was paid in wei."""

    order_id: bytes
    lease_id: bytes
    miner: bytes
    status: str
    response_hash: bytes
    said: str
    agrees: bool | None
    problem: str
    paid: int


@dataclass(slots=True)
class _Seat:
    """A seat while it is played; ``problem`` is why it gives no answer."""

    session: ClientSession
    row: QuorumMemberInfo
    lease: LeaseInfo
    problem: str = ""

    @property
    def exchange(self) -> Exchange | None:
        return self.session.log.last

    @property
    def response(self) -> bytes:
        """Return the hash of its checked answer, empty without one."""
        exchange = self.exchange
        if exchange is None or exchange.answer is None or exchange.receipt is None:
            return b""
        return exchange.receipt.response_hash

    @property
    def is_open(self) -> bool:
        """Answer whether an answer may still come."""
        return not self.response and not self.problem and self.lease.status in (
            LeaseStatus.PROPOSED, *LIVE,
        )  # fmt: skip


class QuorumJob:
    """One request to a quorum; ``lead`` is the session of its first order."""

    def __init__(self, lead: ClientSession) -> None:
        self.lead = lead
        self.chain = lead.chain
        self._others = [lead.beside(JobLog.open(path)) for path in _paths(lead.log)]
        self._problems: dict[bytes, str] = {}
        self._tell = lead.manners.tell
        self._said: set[str] = set()
        self._named: set[bytes] = set()

    async def close(self) -> None:
        """Release the connections and files of all seats but the lead's, which is its opener's."""
        for session in self._others:
            await session.close()
            session.log.close()

    @property
    def sessions(self) -> list[ClientSession]:
        """Return the sessions of all orders."""
        return [self.lead, *self._others]

    async def reports(self) -> list[SeatReport]:
        """Return where every seat stands."""
        logs = [session.log for session in self.sessions]
        return await reports(self.chain, self.lead.log, logs)

    # --- orders and draw ------------------------------------------------------------------------

    async def post(self, terms: OrderTerms) -> int:
        """Post what is missing of the orders and open the quorum over them; returns its id.

        Raises:
            RefusedError: the contracts refuse the terms, or the account lacks the escrow.
        """
        job = self.lead.log.job
        for session in self.sessions:
            await session.post(terms)
        while len(self._others) < job.quorum - 1:
            next_id = await self.chain.view(Marketplace, "nextOrderId", job.client)
            other = replace(job, order_id=next_id, quorum=0)
            session = self.lead.beside(JobLog.create(self.lead.log.members, other))
            self._others.append(session)
            await session.post(terms)
        return await self._open()

    async def _open(self) -> int:
        log = self.lead.log
        if log.quorum_id:
            return log.quorum_id
        if log.last is None:
            raise JobOverError("the job asks for nothing", "submit another: aitbc job submit")
        orders = tuple(session.log.job.order_id for session in self.sessions)
        request = asked_of(log.job.kind, log.last.ask).request_hash
        outcome = await self.lead.account.send("quorum", Disputes, "openQuorum", orders, request)
        place = place_of(Disputes)
        for address, topics, data in outcome.logs:
            event = decode_event(QuorumOpened, topics, data) if address == place else None
            if event is not None:
                log.save_quorum(int(event["quorum_id"]))
                return log.quorum_id
        raise DecodeError("transaction receipt", "the node shows no QuorumOpened event")

    async def _resume(self) -> None:
        """Post what a crash kept from being posted (C2)."""
        if self.lead.log.quorum_id:
            return
        order: OrderInfo = await self.lead.order()
        if order.status == OrderStatus.UNKNOWN:
            raise JobOverError("the job's order was never posted", "submit it: aitbc job submit")
        await self.post(order.terms)

    async def _draw(self, quorum: QuorumInfo) -> None:
        """Draw the miners when the beacon is there; a large quorum takes a second call."""
        if (await self.chain.head()).height <= quorum.draw_height:
            self._say(f"the miners are drawn after block {quorum.draw_height}")
            return
        rows = await self.chain.view(Disputes, "quorumMembers", quorum.quorum_id)
        part = "rest" if any(rows[0].miner) else "first"
        try:
            purpose = f"draw {quorum.draw_height} {part}"
            await self.lead.account.send(purpose, Disputes, "drawQuorum", quorum.quorum_id)
        except RefusedError as error:
            if error.refusal.code == "NoQuorumMiners":
                raise JobOverError(
                    f"the quorum cannot be drawn: {error.refusal}",
                    smaller_advice(self.lead.log.job.quorum)
                    + "take the escrow back (aitbc job reclaim), and order again",
                ) from error
            if error.refusal.code not in ("WrongStatus", "NotDrawnYet"):
                raise

    # --- answers --------------------------------------------------------------------------------

    async def collect(self, *, patience_seconds: float) -> Exchange:
        """Ask every drawn miner; return an exchange with the answer of most, acknowledged (C1).

        Raises:
            NotReadyError: no majority after ``patience_seconds``; call it again.
            JobOverError: there will be none.
        """
        await self._resume()
        tasks: dict[bytes, asyncio.Task[str]] = {}
        waited, won_at = 0.0, None
        try:
            while True:
                seats = await self._seats()
                await self._ask(seats, tasks)
                winner = winning(seats)
                if winner is not None and won_at is None:
                    won_at = waited
                    self._say("most of the miners gave the same answer")
                is_late = won_at is not None and waited - won_at >= STRAGGLER_SECONDS
                if winner is not None and (is_late or not any(seat.is_open for seat in seats)):
                    return await self._acknowledge(seats, winner)
                if seats and not any(seat.is_open for seat in seats):
                    raise JobOverError(
                        f"no majority: {_words(seats)}",
                        "nothing is paid; after the count take the escrow back: aitbc job reclaim",
                    )
                if waited >= patience_seconds and winner is None:
                    raise NotReadyError(
                        f"no majority yet: {_words(seats) or 'no miners are drawn'}",
                        "go on: aitbc job result --wait; or take the escrow back: "
                        "aitbc job reclaim",
                    )
                await self.lead.manners.sleep(POLL_SECONDS)
                waited += POLL_SECONDS
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _seats(self) -> list[_Seat]:
        """Return the seats as they are now, none before the draw."""
        quorum_id = self.lead.log.quorum_id
        quorum: QuorumInfo = await self.chain.view(Disputes, "quorum", quorum_id)
        if quorum.status == QuorumStatus.OPENED:
            await self._draw(quorum)
            return []
        by_order = {bytes(s.log.job.order_id): s for s in self.sessions}
        seats = []
        for row in await self.chain.view(Disputes, "quorumMembers", quorum_id):
            session = by_order[bytes(row.order_id)]
            if any(row.miner):
                self._name(session, row.miner)
            if any(row.lease_id):  # who escaped between draw and proposal leaves the seat empty
                session.log.save_lease(row.lease_id)
            lease: LeaseInfo = await self.chain.view(Marketplace, "lease", row.lease_id)
            problem = self._problems.get(bytes(row.lease_id), "")
            seats.append(_Seat(session, row, lease, problem))
        return seats

    def _say(self, words: str) -> None:
        """Tell what is true of the whole quorum, once."""
        if words not in self._said:
            self._said.add(words)
            self._tell(words)

    def _name(self, session: ClientSession, miner: bytes) -> None:
        """Let a seat's session tell of whom it speaks."""
        order_id = bytes(session.log.job.order_id)
        if order_id in self._named:
            return
        self._named.add(order_id)
        tell, name = self._tell, f"miner 0x{miner.hex()[:8]}"
        session.manners = replace(session.manners, tell=lambda words: tell(f"{name}: {words}"))

    async def _ask(self, seats: list[_Seat], tasks: dict[bytes, asyncio.Task[str]]) -> None:
        """Ask the seats that can answer, side by side, and note what came of those asked before."""
        for seat in seats:
            session, lease_id = seat.session, bytes(seat.row.lease_id)
            if seat.lease.status == LeaseStatus.PROPOSED:
                await session.expire_proposal(lease_id)
            elif seat.lease.status not in LIVE and not seat.response:
                word = LeaseStatus(seat.lease.status).name.lower()
                seat.problem = f"the lease is {word}" if any(lease_id) else "the seat is empty"
            elif lease_id in tasks and tasks[lease_id].done():
                seat.problem = self._problems[lease_id] = tasks[lease_id].result()
            elif lease_id not in tasks and not seat.response:
                tasks[lease_id] = asyncio.create_task(self._fetch(session))
        await asyncio.sleep(0)

    async def _fetch(self, session: ClientSession) -> str:
        """Ask one miner; return why there is no answer, empty when there is one."""
        lead = self.lead.log.last
        if lead is None:
            return "nothing was asked"
        exchange = session.log.last or session.log.save_ask(lead.seq, lead.ask)
        try:
            await session.fetch(exchange)
        except (MinerSilentError, MinerRefusedError, DeliveryRefusedError, JobOverError) as error:
            session.manners.tell(error.problem)
            return error.problem
        return ""

    async def _acknowledge(self, seats: list[_Seat], winner: bytes) -> Exchange:
        """Acknowledge the answer of most to all who gave it; return one of these exchanges."""
        same = [seat for seat in seats if seat.response == winner]
        for seat in same:
            assert seat.exchange is not None
            await seat.session.acknowledge(seat.exchange)
        exchange = same[0].exchange
        assert exchange is not None
        return exchange

    # --- the end --------------------------------------------------------------------------------

    async def settle(self, *, patience_seconds: float) -> list[SeatReport]:
        """Wait until the quorum is counted and every lease has ended, doing what is due.

        An order that no miner took is cancelled.

        Raises:
            NotReadyError: some have not ended after ``patience_seconds``.
        """
        await self._resume()
        waited = 0.0
        while True:
            left = await self._advance()
            if not left:
                return await self.reports()
            if waited >= patience_seconds:
                raise NotReadyError(
                    f"the quorum is not settled yet: {left}",
                    "nothing to do: the miners settle; look with aitbc job status",
                )
            await self.lead.manners.sleep(POLL_SECONDS)
            waited += POLL_SECONDS

    async def take_back(self) -> list[SeatReport]:
        """Take back what no majority is paid for, as far as it is due; returns where it stands."""
        quorum = await self._quorum()
        if quorum is not None and quorum.status != QuorumStatus.OPENED:
            await self._advance()
        for session in self.sessions:
            order: OrderInfo = await session.order()
            last = session.log.last
            if order.status in (OrderStatus.OPEN, OrderStatus.PROPOSED):
                await cancel(session)
            elif order.status == OrderStatus.LEASED and (last is None or last.voucher is None):
                try:
                    await reclaim(session, patience_seconds=0)
                except NotReadyError as error:
                    session.manners.tell(f"{error.problem}; {error.remedy}")
                except RefusedError as error:
                    if error.refusal.code != "LeaseHeld":
                        raise
        return await self.reports()

    async def _quorum(self) -> QuorumInfo | None:
        if not self.lead.log.quorum_id:
            return None
        found: QuorumInfo = await self.chain.view(Disputes, "quorum", self.lead.log.quorum_id)
        return found

    async def _advance(self) -> str:
        """Count, free and settle as far as it is due; return in words what is left, else empty."""
        quorum, now = await self._quorum(), (await self.chain.head()).timestamp
        assert quorum is not None
        number = quorum.quorum_id
        if quorum.status == QuorumStatus.OPENED:
            await self._draw(quorum)
            return "the miners are not drawn"
        if quorum.status == QuorumStatus.WORKING:
            if now >= quorum.reveal_until:
                await try_call(self.lead, f"count {now}", Disputes, "closeQuorum", number)
            return f"answers are counted after {max(0, quorum.reveal_until - now)} s"
        left = []
        for session in self.sessions:
            order: OrderInfo = await session.order()
            if order.status in (OrderStatus.OPEN, OrderStatus.PROPOSED):
                await cancel(session)
                continue
            if order.status != OrderStatus.LEASED:
                continue
            lease = await session.lease()
            if lease.status in ENDED:
                session.log.save_ending(LeaseStatus(lease.status).name.lower())
                continue
            left.append(f"lease 0x{lease.lease_id.hex()[:12]}")
            claim: ClaimInfo = await self.chain.view(Receipts, "claim", lease.lease_id)
            if lease.holds:
                if quorum.status == QuorumStatus.CLOSED and now >= (
                    quorum.reveal_until + lease.response_seconds
                ):
                    await try_call(self.lead, f"free {now}", Disputes, "releaseQuorum", number)
            elif claim.height:
                purpose = f"settle {claim.height}"
                await try_call(session, purpose, Receipts, "settleLease", lease.lease_id)
        return ", ".join(left)


def read_members(log: JobLog) -> list[JobLog]:
    """Read the files of a quorum's other orders; they may be open elsewhere."""
    return [JobLog.read(path) for path in _paths(log)]


def agreed(logs: Sequence[JobLog]) -> tuple[Exchange | None, int]:
    """Return an exchange with the answer that most of the seats gave, and how many gave it.

    What was acknowledged is that answer (C1); before, one that more than half of all seats gave.
    """
    given = Counter(response for response in map(_response, logs) if response)
    response, votes = given.most_common(1)[0] if given else (b"", 0)
    paid = [log for log in logs if log.last is not None and log.last.voucher is not None]
    if paid:
        response = _response(paid[0])
        votes = given[response]
    elif 2 * votes <= len(logs):
        return None, votes
    return next(log.last for log in logs if _response(log) == response), votes


def winning(seats: list[_Seat]) -> bytes | None:
    """Return the response hash that more than half of the seats gave, None without one.

    A seat whose lease never began has no vote and does not count, as in the contract.
    """
    counted = [seat for seat in seats if seat.lease.status not in _NOT_COUNTED]
    given = Counter(seat.response for seat in counted if seat.response)
    response, votes = given.most_common(1)[0] if given else (b"", 0)
    return response if 2 * votes > len(counted) else None


_NOT_COUNTED: Final = tuple(s for s in NEVER_BEGUN if s != LeaseStatus.PROPOSED)


async def reports(chain: Chain, lead: JobLog, logs: Sequence[JobLog]) -> list[SeatReport]:
    """Return each seat of a quorum as logs and chain know it, in the contract's order.

    Before the count the answer is what most of the answers here say.
    """
    if not lead.quorum_id:
        return []
    by_order = {bytes(log.job.order_id): log for log in logs}
    quorum: QuorumInfo = await chain.view(Disputes, "quorum", lead.quorum_id)
    best, _ = agreed(logs)
    answer = bytes(quorum.answer)
    if quorum.status < QuorumStatus.CLOSED and best is not None and best.receipt is not None:
        answer = bytes(best.receipt.response_hash)
    found = []
    for row in await chain.view(Disputes, "quorumMembers", lead.quorum_id):
        log = by_order[bytes(row.order_id)]
        outcome: LeaseOutcome = await chain.view(Marketplace, "leaseOutcome", row.lease_id)
        response = _response(log) or (bytes(row.response_hash) if any(row.response_hash) else b"")
        last = log.last
        told = None if last is None else last.answer
        found.append(
            SeatReport(
                order_id=row.order_id,
                lease_id=row.lease_id,
                miner=row.miner,
                status=LeaseStatus(outcome.status).name.lower(),
                response_hash=response,
                said="" if told is None else told.delivered.decode(errors="replace"),
                agrees=response == answer if response and any(answer) else None,
                problem="" if last is None else last.refused,
                paid=outcome.paid,
            )
        )
    return found


def _paths(log: JobLog) -> list[Path]:
    """Return the files of a quorum's other orders."""
    return [path for path in sorted(log.members.glob("*" + SUFFIX)) if path.stat().st_size]


def _response(log: JobLog) -> bytes:
    last = log.last
    return b"" if last is None or last.answer is None or last.receipt is None else bytes(
        last.receipt.response_hash
    )  # fmt: skip


def _words(seats: list[_Seat]) -> str:
    """Return what came of the seats: which miner gave what."""
    words = []
    for seat in seats:
        status = LeaseStatus(seat.lease.status).name.lower()
        said = f"answer {seat.response.hex()[:8]}" if seat.response else seat.problem or status
        words.append(f"0x{seat.row.miner.hex()[:8]}: {said}")
    return "; ".join(words)
