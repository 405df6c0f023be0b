"""Quorums (class V3): drawn miners do the same work; the answer of most is the answer.

A client posts an odd number of equal orders and opens a quorum over them. The beacon of a later
block draws one miner for each among the offers that fit, by the bond of those listed before the
quorum was opened; nobody else can take such an order. The miners accept as always, commit to
H(chain id, contract, quorum, miner, response hash, salt) and reveal. The response that more than
half of the miners who accepted gave is the answer: their leases are claimed with it and with
nothing else. A commitment holds its lease, so that no work is taken back before it is counted; the
hold of who won ends one response time after the count, when his claim stands.
Everybody else's lease is closed unpaid, a wrong answer and silence alike; nobody is slashed here (a
lease that is of class V2 as well can be disputed step by step). Without a majority all are unpaid.
Invariants:

Q1. An order belongs to one quorum; a miner has at most one seat in it.
Q2. A seat's answer counts when it was committed in time and revealed by its own miner.
Q3. A lease of class V3 is claimed only after its quorum was closed, with its answer.
Q4. What is offered or bonded in the block of the opening or later weighs nothing in the draw.
Q5. The request is named when the quorum is opened: who asks each member for something else, to have
    work that no majority makes him pay for, asks for what no member does.
Q5. Who escapes a seat between draw and proposal leaves it empty: it moves to nobody.
"""

from collections import Counter
from typing import Final

from contracts.disputes.v1.arbitration import draw
from contracts.disputes.v1.audits import Audits
from contracts.disputes.v1.commitments import output_commitment
from contracts.disputes.v1.messages import SeatStatus
from contracts.disputes.v1.quorum_messages import (
    BadQuorum,
    NoQuorumMiners,
    OrderTaken,
    OutputCommitted,
    OutputRevealed,
    QuorumAimed,
    QuorumClosed,
    QuorumDrawn,
    QuorumInfo,
    QuorumMemberInfo,
    QuorumOpened,
    QuorumStatus,
)
from contracts.disputes.v1.records import Member, Quorum
from contracts.disputes.v1.refusals import (
    BadValue,
    NoSeat,
    NotDrawnYet,
    NotParty,
    WrongPeriod,
    WrongReveal,
    WrongStatus,
)
from contracts.disputes.v1.store import OPEN_STATUSES
from contracts.disputes.v1.weights import MEMBER_GAS, SEAT_GAS
from contracts.errors import Revert
from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, struct_type, u64
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.market_messages import CandidateInfo, OrderInfo
from contracts.marketplace.v1.records import OrderStatus
from contracts.places import MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS
from primitives.abi import array_of, decode, encode_call
from primitives.compute import CLASS_QUORUM

QUORUM_SIZES: Final = (3, 5, 7)
NEVER_BEGUN: Final = (LeaseStatus.UNKNOWN, LeaseStatus.PROPOSED, LeaseStatus.CANCELLED)
SEATS_FIRST: Final = 3
"""Orders proposed by the call that draws; what it and the next one may cost is measured at a full
book (``tests/unit/state``)."""
_PROPOSE: Final = "proposeTo(bytes32,uint64)"
_DRAW_TAG: Final = b"AITBC quorum draw v1"
_ORDER: Final = struct_type(OrderInfo)
_CANDIDATES: Final = array_of(struct_type(CandidateInfo))


class Quorums(Audits):
    """The life of a quorum."""

    __slots__ = ()

    @call
    def open_quorum(self, order_ids: tuple[bytes32, ...], request_hash: bytes32) -> u64:
        """Open a quorum over 3, 5 or 7 equal open orders of the caller; returns its id.

        ``request_hash`` is that of the request which every member will be asked (Q5).
        """
        if not any(request_hash):
            raise revert(BadQuorum())
        if len(order_ids) not in QUORUM_SIZES or len(dict.fromkeys(order_ids)) != len(order_ids):
            raise revert(BadQuorum())
        first = self._quorum_order(order_ids[0])
        quorum_id = self.quorum_total + 1
        self.quorum_total = quorum_id
        quorum = self.quorums[quorum_id]
        for order_id in order_ids:
            found = self._quorum_order(order_id)
            if found.terms != first.terms:
                raise revert(BadQuorum())
            if self.quorum_by_order[order_id]:
                raise revert(OrderTaken())
            self.quorum_by_order[order_id] = quorum_id
            quorum.members.grow().order_id = order_id
        quorum.client = self.ctx.caller
        quorum.request_hash = request_hash
        quorum.status = QuorumStatus.OPENED
        quorum.opened_height = self.ctx.block.height
        quorum.commit_seconds = self.quorum_commit_seconds
        quorum.reveal_seconds = self.quorum_reveal_seconds
        self._aim_quorum(quorum_id, quorum)
        self.emit(QuorumOpened(quorum_id, self.ctx.caller, len(order_ids)))
        return quorum_id

    @call
    def draw_quorum(self, quorum_id: u64) -> None:
        """Draw the miners once the beacon is known, and propose the orders to them; for anybody.

        When the beacon is forgotten already another height is named. A call proposes three orders;
        of a larger quorum a second call proposes the rest, and then the work begins.
        """
        quorum = self._in_quorum(quorum_id, QuorumStatus.OPENED)
        members = self._members(quorum)
        if any(members[0].miner):
            self._propose_seats(quorum_id, quorum, members[SEATS_FIRST:])
            return
        height = quorum.draw_height
        if self.ctx.block.height <= height:
            raise revert(NotDrawnYet(height))
        beacon = self.consult(RECEIPTS_ADDRESS, "beaconAt(uint64)", height)
        if not any(beacon):
            self._aim_quorum(quorum_id, quorum)
            return
        offers, pool = self._quorum_pool(quorum, members[0].order_id)
        if len(pool) < len(members):
            raise revert(NoQuorumMiners(len(pool)))
        entropy = _DRAW_TAG + quorum_id.to_bytes(8, "big") + beacon
        for member, miner in zip(members, draw(pool, entropy, len(members)), strict=True):
            member.miner = miner
            member.offer_id = offers[miner]
        self._propose_seats(quorum_id, quorum, members[:SEATS_FIRST])

    @call
    def commit_output(self, quorum_id: u64, commitment: bytes32) -> None:
        """Commit to an output (see ``outputCommitment``); a later one replaces an earlier one."""
        quorum = self._in_quorum(quorum_id, QuorumStatus.WORKING)
        if quorum.drawn.has_passed(self.ctx.block, quorum.commit_seconds):
            raise revert(WrongPeriod())
        member = self._member(quorum)
        if self._read_lease(member.lease_id).status not in OPEN_STATUSES:
            raise revert(NoSeat())
        if member.status == SeatStatus.DRAWN:
            self.invoke(MARKETPLACE_ADDRESS, "holdLease(bytes32)", member.lease_id)
        member.commitment = commitment
        member.status = SeatStatus.COMMITTED
        self.emit(OutputCommitted(quorum_id, self.ctx.caller))

    @call
    def reveal_output(self, quorum_id: u64, response_hash: bytes32, salt: bytes32) -> None:
        """Reveal the committed response hash."""
        quorum = self._in_quorum(quorum_id, QuorumStatus.WORKING)
        block = self.ctx.block
        is_early = not quorum.drawn.has_passed(block, quorum.commit_seconds)
        if is_early or self._is_quorum_due(quorum):
            raise revert(WrongPeriod())
        member = self._member(quorum)
        if member.status != SeatStatus.COMMITTED:
            raise revert(NoSeat())
        if not any(response_hash):
            raise revert(BadValue())
        caller = self.ctx.caller
        if self._output_hash(quorum_id, caller, response_hash, salt) != member.commitment:
            raise revert(WrongReveal())
        member.response_hash = response_hash
        member.status = SeatStatus.REVEALED
        self.emit(OutputRevealed(quorum_id, caller, response_hash))

    @call
    def close_quorum(self, quorum_id: u64) -> bytes32:
        """Count when the time to reveal is over; anybody may; returns the answer, zero without one.

        Leases that a challenge holds are left to it.
        """
        quorum = self._in_quorum(quorum_id, QuorumStatus.WORKING)
        if not self._is_quorum_due(quorum):
            raise revert(WrongPeriod())
        members = self._members(quorum)
        leases = [self._read_lease(member.lease_id) for member in members]
        accepted = sum(lease.status not in NEVER_BEGUN for lease in leases)
        given = Counter(m.response_hash for m in members if m.status == SeatStatus.REVEALED)
        answer, votes = given.most_common(1)[0] if given else (bytes(32), 0)
        if 2 * votes <= accepted:
            answer = bytes(32)
        quorum.status = QuorumStatus.CLOSED
        quorum.answer = answer
        quorum.closed.stamp(self.ctx.block)
        self.emit(QuorumClosed(quorum_id, answer, votes))
        for member, lease in zip(members, leases, strict=True):
            if any(answer) and member.response_hash == answer:
                self.quorum_answers[member.lease_id] = answer
                continue
            holds = lease.holds
            if member.status != SeatStatus.DRAWN:
                self.invoke(MARKETPLACE_ADDRESS, "releaseLease(bytes32)", member.lease_id)
                holds = max(0, holds - 1)
            if lease.status in OPEN_STATUSES and not holds:
                self.invoke(MARKETPLACE_ADDRESS, "closeUnpaid(bytes32)", member.lease_id)
        return answer

    @call
    def release_quorum(self, quorum_id: u64) -> None:
        """End the holds of those who won, one response time after the count; anybody may."""
        quorum = self._in_quorum(quorum_id, QuorumStatus.CLOSED)
        members = self._members(quorum)
        first = self._read_lease(members[0].lease_id)
        if not quorum.closed.has_passed(self.ctx.block, first.response_seconds):
            raise revert(WrongPeriod())
        quorum.status = QuorumStatus.RELEASED
        for member in members:
            if any(self.quorum_answers[member.lease_id]):
                self.invoke(MARKETPLACE_ADDRESS, "releaseLease(bytes32)", member.lease_id)

    # --- views ------------------------------------------------------------------------------

    @view
    def quorum(self, quorum_id: u64) -> QuorumInfo:
        """Return a quorum; status 0 when there is none."""
        record = self.quorums[quorum_id]
        commit_until = record.drawn.seconds + record.commit_seconds
        return QuorumInfo(
            quorum_id=quorum_id,
            client=record.client,
            request_hash=record.request_hash,
            status=record.status,
            size=len(record.members),
            draw_height=record.draw_height,
            commit_until=commit_until,
            reveal_until=commit_until + record.reveal_seconds,
            answer=record.answer,
        )

    @view
    def quorum_members(self, quorum_id: u64) -> tuple[QuorumMemberInfo, ...]:
        """Return the seats of a quorum: orders, and once drawn miners, leases and answers."""
        return tuple(
            QuorumMemberInfo(
                order_id=member.order_id,
                lease_id=member.lease_id,
                miner=member.miner,
                status=member.status,
                response_hash=member.response_hash,
            )
            for member in self._members(self.quorums[quorum_id])
        )

    @view
    def quorum_of(self, lease_id: bytes32) -> u64:
        """Return the quorum of a lease, 0 when it has none."""
        return self.quorum_by_lease[lease_id]

    @view
    def quorum_answer(self, lease_id: bytes32) -> bytes32:
        """Return the only response that a lease of class V3 is claimed with; zero without one."""
        return self.quorum_answers[lease_id]

    @view
    def quorum_count(self) -> u64:
        """Return how many quorums were ever opened; ids run from 1."""
        return self.quorum_total

    @view
    def output_commitment(
        self, quorum_id: u64, miner: Address, response_hash: bytes32, salt: bytes32
    ) -> bytes32:
        """Return the commitment to an output."""
        return self._output_hash(quorum_id, miner, response_hash, salt)

    # --- parts ------------------------------------------------------------------------------

    def _quorum_order(self, order_id: bytes) -> OrderInfo:
        """Return an open order of class V3 of the caller."""
        output = self.consult(MARKETPLACE_ADDRESS, "order(bytes32)", order_id)
        found: OrderInfo = decode((_ORDER,), output)[0]
        if found.client != self.ctx.caller:
            raise revert(NotParty())
        if found.status != OrderStatus.OPEN or not found.terms.classes & CLASS_QUORUM:
            raise revert(BadQuorum())
        return found

    def _quorum_pool(
        self, quorum: Quorum, order_id: bytes
    ) -> tuple[dict[bytes, int], list[tuple[bytes, int]]]:
        """Return each miner's offer, and (miner, bond) of all who may be drawn (Q4)."""
        before = quorum.opened_height - 1
        output = self.consult(MARKETPLACE_ADDRESS, "candidates(bytes32,uint64)", order_id, before)
        rows: tuple[CandidateInfo, ...] = decode((_CANDIDATES,), output)[0]
        self.ctx.use_gas(MEMBER_GAS * len(rows))
        offers: dict[bytes, int] = {}
        pool = []
        for row in rows:
            is_known = row.miner in offers
            if not is_known and row.bond and row.listed_height <= before:
                offers[row.miner] = row.offer_id
                pool.append((row.miner, row.bond))
        return offers, pool

    def _propose_seats(self, quorum_id: int, quorum: Quorum, members: list[Member]) -> None:
        """Propose orders to their drawn miners; with the last of them the work begins (Q5)."""
        for member in members:
            values = (member.order_id, member.offer_id)
            result = self.ctx.call(MARKETPLACE_ADDRESS, 0, encode_call(_PROPOSE, *values))
            if not result.success and not result.output:
                raise Revert(b"", "execution reverted: too little gas to propose the orders")
            lease_id = result.output if result.success else bytes(32)
            member.lease_id = lease_id
            if result.success:
                self.quorum_by_lease[lease_id] = quorum_id
            self.emit(QuorumDrawn(quorum_id, lease_id, member.miner))
        seats = quorum.members
        if members[-1].miner == seats[len(seats) - 1].miner:
            quorum.status = QuorumStatus.WORKING
            quorum.drawn.stamp(self.ctx.block)

    def _in_quorum(self, quorum_id: int, status: QuorumStatus) -> Quorum:
        quorum = self.quorums[quorum_id]
        if quorum.status != status:
            raise revert(WrongStatus(quorum.status))
        return quorum

    def _aim_quorum(self, quorum_id: int, quorum: Quorum) -> None:
        quorum.draw_height = self.ctx.block.height + self.draw_delay_blocks
        self.emit(QuorumAimed(quorum_id, quorum.draw_height))

    def _is_quorum_due(self, quorum: Quorum) -> bool:
        seconds = quorum.commit_seconds + quorum.reveal_seconds
        return quorum.drawn.has_passed(self.ctx.block, seconds)

    def _members(self, quorum: Quorum) -> list[Member]:
        members = quorum.members
        self.ctx.use_gas(SEAT_GAS * len(members))
        return [members[index] for index in range(len(members))]

    def _member(self, quorum: Quorum) -> Member:
        for member in self._members(quorum):
            if member.miner == self.ctx.caller and member.status != SeatStatus.REVEALED:
                return member
        raise revert(NoSeat())

    def _output_hash(self, quorum_id: int, miner: bytes, response: bytes, salt: bytes) -> bytes:
        return output_commitment(self._place, quorum_id, miner, response, salt)
