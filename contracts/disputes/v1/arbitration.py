"""Arbitration: a panel of bonded arbitrators splits an escrow that no proof can decide.

Client or miner of a lease of kind LLM, embedding or custom opens it with a bond and holds the
lease. The beacon of a later block draws a panel in proportion to bond as it stood before the
opening's block; client and miner are never drawn. Votes are committed, then revealed.

The outcome is the median (of an even number the lower one): whatever the distribution, no voter
moves it past his own opinion by exaggerating, and a majority that agrees within one step always
has its way, where a mean would follow a single extreme vote. Who is further from it than
``toleranceBps``, or did not reveal, loses the seat's stake, burnt; the others share the fee. The
rest of the opener's bond goes back unless the outcome gives him nothing. A panel of which half or
more stay silent decides nothing: another is drawn, ``roundsMax`` times in all, and then the
arbitration is void and the lease goes on.
"""

from typing import Final

from contracts.disputes.v1.arbitrators import Arbitrators
from contracts.disputes.v1.commitments import vote_commitment
from contracts.disputes.v1.messages import (
    ArbitrationDecided,
    ArbitrationOpened,
    ArbitrationStatus,
    ArbitrationVoid,
    ArbitratorDrawn,
    ArbitratorSlashed,
    EvidenceAdded,
    PanelAimed,
    SeatStatus,
    VoteCommitted,
    VoteRevealed,
)
from contracts.disputes.v1.records import Arbitration, Seat
from contracts.disputes.v1.refusals import (
    AlreadyOpen,
    BadValue,
    BondTooSmall,
    GamesOpen,
    NoSeat,
    NotArbitrable,
    NotDrawnYet,
    NotParty,
    WrongPeriod,
    WrongReveal,
    WrongStatus,
)
from contracts.disputes.v1.store import BPS, OPEN_STATUSES, PANEL_MIN
from contracts.disputes.v1.weights import MEMBER_GAS, SEAT_GAS
from contracts.framework.contract import call
from contracts.framework.history import value_at
from contracts.framework.messages import revert
from contracts.framework.types import bytes32, u16, u64
from contracts.places import MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS
from primitives.compute import KIND_CUSTOM, KIND_EMBEDDING, KIND_LLM
from primitives.keccak import keccak256

ARBITRABLE: Final = (KIND_LLM, KIND_EMBEDDING, KIND_CUSTOM)
VALUE_STEP_BPS: Final = 2_500
LOG_BITS: Final = 32
TIME_SCALE: Final = 1 << 128
"""Above any bond in wei, so that times of different weights differ."""
LIVE: Final = (ArbitrationStatus.OPENED, ArbitrationStatus.VOTING)
_DRAW_TAG: Final = b"AITBC panel draw v1"


class Arbitrations(Arbitrators):
    """The life of an arbitration."""

    __slots__ = ()

    @call(payable=True)
    def open_arbitration(self, lease_id: bytes32, evidence_hash: bytes32) -> u64:
        """Ask for a panel to split the lease's escrow, with the value sent as bond.

        Returns its id. For the lease's client and miner.
        """
        lease = self._open_lease(lease_id)
        caller, block = self.ctx.caller, self.ctx.block
        if caller not in (lease.client, lease.miner):
            raise revert(NotParty())
        if lease.kind not in ARBITRABLE:
            raise revert(NotArbitrable(lease.kind))
        former = self.arbitration_by_lease[lease_id]
        if self.arbitrations[former].status in LIVE:
            raise revert(AlreadyOpen(former))
        needed = self.arbitration_bond
        if self.ctx.value < needed:
            raise revert(BondTooSmall(self.ctx.value, needed))
        arbitration_id = self.arbitration_total + 1
        self.arbitration_total = arbitration_id
        self.arbitration_by_lease[lease_id] = arbitration_id
        found = self.arbitrations[arbitration_id]
        found.opener = caller
        found.status = ArbitrationStatus.OPENED
        found.round = 1
        found.panel_size = self.panel_size
        found.client, found.miner = lease.client, lease.miner
        found.commit_seconds = self.vote_commit_seconds
        found.reveal_seconds = self.vote_reveal_seconds
        found.opened_height = block.height
        found.draw_height = block.height + self.draw_delay_blocks
        found.bond = self.ctx.value
        found.fee = min(self.arbitration_fee, self.ctx.value)
        found.seat_stake = self.seat_stake
        found.escrow = lease.escrow
        found.lease_id = lease_id
        found.evidence_hash = evidence_hash
        self.emit(
            ArbitrationOpened(arbitration_id, lease_id, caller, found.draw_height, evidence_hash)
        )
        self.invoke(MARKETPLACE_ADDRESS, "holdLease(bytes32)", lease_id)
        return arbitration_id

    @call
    def add_evidence(self, arbitration_id: u64, evidence_hash: bytes32) -> None:
        """Name further evidence, in an event only; for client and miner."""
        found = self.arbitrations[arbitration_id]
        if found.status not in LIVE:
            raise revert(WrongStatus(found.status))
        if self.ctx.caller not in (found.client, found.miner):
            raise revert(NotParty())
        self.emit(EvidenceAdded(arbitration_id, self.ctx.caller, evidence_hash))

    @call
    def draw_panel(self, arbitration_id: u64) -> None:
        """Draw the panel once its beacon is known; anybody may call.

        When the beacon is forgotten already another height is named. With too few arbitrators the
        arbitration is void.
        """
        found = self._in_arbitration(arbitration_id, ArbitrationStatus.OPENED)
        height = found.draw_height
        if self.ctx.block.height <= height:
            raise revert(NotDrawnYet(height))
        beacon = self.consult(RECEIPTS_ADDRESS, "beaconAt(uint64)", height)
        if not any(beacon):
            self._aim(arbitration_id, found)
            return
        pool = self._pool(found)
        size = min(found.panel_size, len(pool) - (1 - len(pool) % 2))
        if size < PANEL_MIN:
            self._make_void(arbitration_id, found)
            return
        self.ctx.use_gas(MEMBER_GAS * size)
        entropy = _DRAW_TAG + arbitration_id.to_bytes(8, "big") + bytes((found.round,)) + beacon
        for number, account in enumerate(draw(pool, entropy, size)):
            seat = found.seats.grow()
            seat.arbitrator = account
            self.arbitrator_records[account].locked += found.seat_stake
            self.emit(ArbitratorDrawn(arbitration_id, account, number))
        found.status = ArbitrationStatus.VOTING
        found.voting.stamp(self.ctx.block)

    @call
    def commit_vote(self, arbitration_id: u64, commitment: bytes32) -> None:
        """Commit a vote (see ``voteCommitment``); a later commitment replaces an earlier one."""
        found = self._in_arbitration(arbitration_id, ArbitrationStatus.VOTING)
        if found.voting.has_passed(self.ctx.block, found.commit_seconds):
            raise revert(WrongPeriod())
        seat = self._seat(found)
        seat.commitment = commitment
        seat.status = SeatStatus.COMMITTED
        self.emit(VoteCommitted(arbitration_id, self.ctx.caller, commitment))

    @call
    def reveal_vote(self, arbitration_id: u64, value_bps: u16, salt: bytes32) -> None:
        """Reveal a vote: the miner's share of the escrow in steps of 2,500 basis points."""
        found = self._in_arbitration(arbitration_id, ArbitrationStatus.VOTING)
        block = self.ctx.block
        if not found.voting.has_passed(block, found.commit_seconds) or self._is_count_due(found):
            raise revert(WrongPeriod())
        if value_bps > BPS or value_bps % VALUE_STEP_BPS:
            raise revert(BadValue())
        seat = self._seat(found)
        if seat.status != SeatStatus.COMMITTED:
            raise revert(NoSeat())
        caller = self.ctx.caller
        wanted = self._vote_hash(arbitration_id, found.round, caller, value_bps, salt)
        if wanted != seat.commitment:
            raise revert(WrongReveal())
        seat.value_bps = value_bps
        seat.status = SeatStatus.REVEALED
        self.emit(VoteRevealed(arbitration_id, caller, value_bps))

    @call
    def close_arbitration(self, arbitration_id: u64) -> None:
        """Count the votes when the time to reveal is over, and execute the split; for anybody."""
        found = self._in_arbitration(arbitration_id, ArbitrationStatus.VOTING)
        if not self._is_count_due(found):
            raise revert(WrongPeriod())
        lease_id = found.lease_id
        open_games = len(self.cases[lease_id].open_ids)
        if open_games:
            raise revert(GamesOpen(open_games))
        if self._read_lease(lease_id).status not in OPEN_STATUSES:
            self._dismiss(arbitration_id, found, None)
            self._make_void(arbitration_id, found)
            return
        values = sorted(
            seat.value_bps for seat in self._seats(found) if seat.status == SeatStatus.REVEALED
        )
        if 2 * len(values) <= len(found.seats):
            self._no_quorum(arbitration_id, found)
            return
        outcome = values[(len(values) - 1) // 2]
        self._decide_split(arbitration_id, found, outcome)

    # --- parts ------------------------------------------------------------------------------

    def _in_arbitration(self, arbitration_id: int, status: ArbitrationStatus) -> Arbitration:
        found = self.arbitrations[arbitration_id]
        if found.status != status:
            raise revert(WrongStatus(found.status))
        return found

    def _vote_hash(
        self, arbitration_id: int, turn: int, voter: bytes, value_bps: int, salt: bytes
    ) -> bytes:
        return vote_commitment(self._place, arbitration_id, turn, voter, value_bps, salt)

    def _is_count_due(self, found: Arbitration) -> bool:
        seconds = found.commit_seconds + found.reveal_seconds
        return found.voting.has_passed(self.ctx.block, seconds)

    def _seats(self, found: Arbitration) -> list[Seat]:
        self.ctx.use_gas(SEAT_GAS * len(found.seats))
        return [found.seats[index] for index in range(len(found.seats))]

    def _seat(self, found: Arbitration) -> Seat:
        for seat in self._seats(found):
            if seat.arbitrator == self.ctx.caller and seat.status != SeatStatus.REVEALED:
                return seat
        raise revert(NoSeat())

    def _aim(self, arbitration_id: int, found: Arbitration) -> None:
        found.draw_height = self.ctx.block.height + self.draw_delay_blocks
        self.emit(PanelAimed(arbitration_id, found.draw_height))

    def _pool(self, found: Arbitration) -> list[tuple[bytes, int]]:
        """Return (arbitrator, weight) of all who may be drawn; both sides' accounts may not."""
        members = self.arbitrator_list
        self.ctx.use_gas(MEMBER_GAS * len(members))
        before, stake = found.opened_height - 1, found.seat_stake
        parties = (found.client, found.miner)
        pool = []
        for index in range(len(members)):
            account = members[index]
            member = self.arbitrator_records[account]
            weight = value_at(member.past, before)
            if weight and account not in parties and member.bond - member.locked >= stake:
                pool.append((account, weight))
        return pool

    def _dismiss(self, arbitration_id: int, found: Arbitration, outcome: int | None) -> list[bytes]:
        """Free all seats, burn the stakes of those who failed; return who voted well.

        Without an outcome nobody voted badly; who is silent fails only where it was time to count.
        """
        stake, slashed = found.seat_stake, 0
        good = []
        for seat in self._seats(found):
            account = seat.arbitrator
            member = self.arbitrator_records[account]
            member.locked -= stake
            is_silent = seat.status != SeatStatus.REVEALED
            is_far = outcome is not None and abs(seat.value_bps - outcome) > self.tolerance_bps
            if not (is_silent or is_far):
                good.append(account)
                continue
            slashed += stake
            self.emit(ArbitratorSlashed(arbitration_id, account, stake))
            self._set_bond(account, member, member.bond - stake)
            if member.place and member.bond < self.arbitrator_bond_min:
                self._drop(account, member)
        self.ctx.burn(slashed)
        return good

    def _no_quorum(self, arbitration_id: int, found: Arbitration) -> None:
        """Draw another panel, or give up after the last round."""
        self._dismiss(arbitration_id, found, None)
        if found.round >= self.rounds_max:
            self._make_void(arbitration_id, found)
            return
        while count := len(found.seats):
            found.seats[count - 1].clear()
            found.seats.cut()
        found.round += 1
        found.status = ArbitrationStatus.OPENED
        self._aim(arbitration_id, found)

    def _make_void(self, arbitration_id: int, found: Arbitration) -> None:
        """Return the bond and let the lease go on, unless it is over."""
        lease_id = found.lease_id
        found.status = ArbitrationStatus.VOID
        self.emit(ArbitrationVoid(arbitration_id, lease_id))
        self.ctx.transfer(found.opener, found.bond)
        if self._read_lease(lease_id).status in OPEN_STATUSES:
            self.invoke(MARKETPLACE_ADDRESS, "releaseLease(bytes32)", lease_id)

    def _decide_split(self, arbitration_id: int, found: Arbitration, outcome: int) -> None:
        lease_id = found.lease_id
        amount = found.escrow * outcome // BPS
        found.status = ArbitrationStatus.DECIDED
        found.outcome_bps = outcome
        good = self._dismiss(arbitration_id, found, outcome)
        self.emit(ArbitrationDecided(arbitration_id, lease_id, outcome, amount))
        share = found.fee // len(good)
        nothing = 0 if found.opener == found.miner else BPS
        refund = 0 if outcome == nothing else found.bond - found.fee
        for account in good:
            self.ctx.transfer(account, share)
        self.ctx.transfer(found.opener, refund)
        self.ctx.burn(found.bond - refund - share * len(good))
        self.invoke(MARKETPLACE_ADDRESS, "releaseLease(bytes32)", lease_id)
        self.invoke(MARKETPLACE_ADDRESS, "paySplit(bytes32,uint256)", lease_id, amount)


def draw(pool: list[tuple[bytes, int]], entropy: bytes, size: int) -> list[bytes]:
    """Return ``size`` members of the pool, each at most once, in proportion to weight.

    A race (Efraimidis and Spirakis 2006): each member's time is -log2(u) / weight with u from the
    entropy and its own account alone, and the fastest are drawn. Who leaves or joins afterwards
    moves nobody else's time, so leaving buys no other draw: only one's own seat goes to the next.
    """
    times = sorted(
        (_minus_log2(keccak256(entropy + account)) * TIME_SCALE // weight, account)
        for account, weight in pool
    )
    return [account for _, account in times[:size]]


def _minus_log2(digest: bytes) -> int:
    """Return -log2(u) for u = digest / 2^256, in units of 2^-32, by repeated squaring."""
    u = int.from_bytes(digest, "big") | 1
    whole = u.bit_length() - 1
    mantissa = (u << 255 - whole) >> 192  # 64 bits, the highest set: 1 <= m < 2
    fraction = 0
    for _ in range(LOG_BITS):
        mantissa = mantissa * mantissa >> 63
        bit = mantissa >> 64
        mantissa >>= bit
        fraction = fraction << 1 | bit
    return (256 << LOG_BITS) - (whole << LOG_BITS | fraction)
