"""Audits of sampled work (class V1): drawn auditors vote whether an answer is what it claims to be.

The beacons of the eighth to fifteenth block after a claim decide whether it is audited, in
proportion to ``auditRateBps``, and draw three of the bonded arbitrators (``arbitrators``) by their
bond as it stood before the claim. They score the very same tokens again off chain (``PASSED``,
``FAILED`` or ``UNSURE``), commit to it, then reveal it. The lease is held meanwhile.

An answer fails when more than half of the panel says so. One failure slashes nobody: the client has
his escrow back, the miner is unpaid. Failures for ``auditFailuresMax`` different clients within
``auditMemorySeconds`` convict. Auditors are paid out of the pool that fees fill, for clean audits
too.

Being silent costs an auditor the seat's stake, and so does the contrary of the outcome; unsure
costs nothing and earns nothing. Against auditors who always say the likely thing there are
canaries: a desk that governance appointed commits beforehand to the known answer of an audited
claim; when it shows that, before the audit is closed, it is the outcome, and who said otherwise
loses the stake.
Invariants:

U1. A claim is audited at most once, by beacons after it, and within its window: a higher claim
    neither ends nor repeats its draw.
U2. What the pool gives is what fees, and audits without a winner, brought (D1).
U3. A canary was committed before the beacons that draw its audit were known.
U4. The pool pays for one audit a lease.
U5. A lease that failed an audit never settles, whatever else holds or held it.
U6. One client's leases, however many, count once against a miner within the memory.
"""

from typing import Final

from contracts.disputes.v1.arbitration import Arbitrations, draw
from contracts.disputes.v1.audit_messages import (
    AlreadyAudited,
    AuditClosed,
    AuditInfo,
    AuditOpened,
    AuditorDrawn,
    AuditorSlashed,
    AuditStatus,
    AuditVoteCommitted,
    AuditVoteRevealed,
    CanaryCommitted,
    CanaryDeskChanged,
    CanaryShown,
    NoAuditors,
    NotCanaryDesk,
    NotClaimed,
    NotDrawn,
    NotFailed,
    NotSampled,
    TooLateForCanary,
    Verdict,
)
from contracts.disputes.v1.commitments import audit_commitment, canary_commitment
from contracts.disputes.v1.messages import Fault, SeatInfo, SeatStatus
from contracts.disputes.v1.records import Audit, Seat
from contracts.disputes.v1.refusals import (
    BadValue,
    LeaseNotOpen,
    NoSeat,
    NotDrawnYet,
    WindowClosed,
    WrongPeriod,
    WrongReveal,
    WrongStatus,
)
from contracts.disputes.v1.store import BPS, OPEN_STATUSES
from contracts.disputes.v1.weights import MEMBER_GAS, SEAT_GAS
from contracts.framework.contract import OnlyGovernance, call, view
from contracts.framework.history import value_at
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, u8, u64, u128
from contracts.places import GOVERNANCE_ADDRESS, MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS
from primitives.compute import CLASS_SAMPLED
from primitives.keccak import keccak256

AUDIT_DRAW_FIRST: Final = 8
AUDIT_DRAW_LAST: Final = 15
FAILURES_LIMIT: Final = 255
_DRAW_TAG: Final = b"AITBC audit draw v1"


class Audits(Arbitrations):
    """The life of an audit."""

    __slots__ = ()

    @call(payable=True, reentrant=True)
    def fund_audits(self) -> None:
        """Add the value sent to the auditors' pool; the marketplace sends their share of fees."""
        self.audit_pool += self.ctx.value

    @call
    def open_audit(self, lease_id: bytes32, receipt_hash: bytes32) -> u64:
        """Begin the audit of a claim that the beacons have drawn; anybody may; returns its id.

        ``receipt_hash`` is that of the present claim, or of a former one in its own window.
        """
        lease = self._read_lease(lease_id)
        if lease.status not in OPEN_STATUSES:
            raise revert(LeaseNotOpen(lease.status))
        if not lease.classes & CLASS_SAMPLED:
            raise revert(NotSampled())
        claimed = self._claimed_at(lease_id, receipt_hash)
        if self.ctx.block.height > claimed + lease.window_blocks:
            raise revert(WindowClosed(claimed + lease.window_blocks))
        former = self.audit_by_claim[receipt_hash]
        if former:
            raise revert(AlreadyAudited(former))
        entropy = self._audit_entropy(claimed)
        subject = _DRAW_TAG + lease_id + receipt_hash + entropy
        if int.from_bytes(keccak256(subject), "big") % BPS >= self.audit_rate_bps:
            raise revert(NotDrawn())
        pool = self._auditors(claimed - 1, (lease.client, lease.miner))
        size = self.audit_panel
        if len(pool) < size:
            raise revert(NoAuditors())
        audit_id = self.audit_total + 1
        self.audit_total = audit_id
        self.audit_by_claim[receipt_hash] = audit_id
        audit = self.audits[audit_id]
        audit.lease_id = lease_id
        audit.receipt_hash = receipt_hash
        audit.miner = lease.miner
        audit.status = AuditStatus.VOTING
        audit.stake = self.audit_stake
        if not self.is_audited[lease_id]:
            audit.fee = min(self.audit_fee * size, self.audit_pool)
        self.is_audited[lease_id] = True
        audit.commit_seconds = self.audit_commit_seconds
        audit.reveal_seconds = self.audit_reveal_seconds
        audit.draw_height = claimed + AUDIT_DRAW_FIRST
        audit.opened.stamp(self.ctx.block)
        self.audit_pool -= audit.fee
        self.emit(AuditOpened(audit_id, lease_id, lease.miner, receipt_hash))
        for account in draw(pool, subject, size):
            audit.seats.grow().arbitrator = account
            self.arbitrator_records[account].locked += audit.stake
            self.emit(AuditorDrawn(audit_id, account))
        self.invoke(MARKETPLACE_ADDRESS, "holdLease(bytes32)", lease_id)
        return audit_id

    @call
    def commit_audit(self, audit_id: u64, commitment: bytes32) -> None:
        """Commit a verdict (see ``auditCommitment``); a later one replaces an earlier one."""
        audit = self._running(audit_id)
        if audit.opened.has_passed(self.ctx.block, audit.commit_seconds):
            raise revert(WrongPeriod())
        seat = self._audit_seat(audit)
        seat.commitment = commitment
        seat.status = SeatStatus.COMMITTED
        self.emit(AuditVoteCommitted(audit_id, self.ctx.caller))

    @call
    def reveal_audit(self, audit_id: u64, verdict: u8, salt: bytes32) -> None:
        """Reveal a verdict: 0 unsure, 1 passed, 2 failed."""
        audit = self._running(audit_id)
        block = self.ctx.block
        if not audit.opened.has_passed(block, audit.commit_seconds) or self._is_audit_due(audit):
            raise revert(WrongPeriod())
        if verdict > Verdict.FAILED:
            raise revert(BadValue())
        seat = self._audit_seat(audit)
        caller = self.ctx.caller
        if seat.status != SeatStatus.COMMITTED:
            raise revert(NoSeat())
        if self._audit_hash(audit_id, caller, verdict, salt) != seat.commitment:
            raise revert(WrongReveal())
        seat.value_bps = verdict
        seat.status = SeatStatus.REVEALED
        self.emit(AuditVoteRevealed(audit_id, caller, verdict))

    @call
    def close_audit(self, audit_id: u64) -> u8:
        """Count the votes when the time to reveal is over; anybody may; returns the outcome."""
        audit = self._running(audit_id)
        if not self._is_audit_due(audit):
            raise revert(WrongPeriod())
        outcome = audit.known or self._majority(audit)
        audit.status = AuditStatus.CLOSED
        audit.outcome = outcome
        self._pay_auditors(audit_id, audit, outcome)
        lease_id = audit.lease_id
        self.emit(AuditClosed(audit_id, lease_id, audit.miner, outcome))
        lease = self._read_lease(lease_id)
        if lease.status not in OPEN_STATUSES:
            return outcome
        is_over = outcome == Verdict.FAILED and self._note_failure(lease.miner, lease.client)
        if is_over:
            fault = Fault.FAILED_AUDITS
            reward = self.invoke(MARKETPLACE_ADDRESS, "convict(bytes32,uint8)", lease_id, fault)
            self.audit_pool += int.from_bytes(reward, "big")
            return outcome
        self.invoke(MARKETPLACE_ADDRESS, "releaseLease(bytes32)", lease_id)
        if outcome == Verdict.FAILED:
            self.has_failed[lease_id] = True
            if not self._read_lease(lease_id).holds:
                self.invoke(MARKETPLACE_ADDRESS, "closeUnpaid(bytes32)", lease_id)
        return outcome

    @call
    def close_failed(self, lease_id: bytes32) -> None:
        """Close a lease unpaid that failed its audit while a challenge held it; for anybody."""
        if not self.has_failed[lease_id]:
            raise revert(NotFailed())
        self.invoke(MARKETPLACE_ADDRESS, "closeUnpaid(bytes32)", lease_id)

    # --- canaries ---------------------------------------------------------------------------

    @call(governed=True)
    def appoint_desk(self, account: Address) -> None:
        """Let an account commit to canaries; for governance alone."""
        self._set_desk(account, is_appointed=True)

    @call(governed=True)
    def dismiss_desk(self, account: Address) -> None:
        """End an account's right to commit to canaries; for governance alone."""
        self._set_desk(account, is_appointed=False)

    @call
    def commit_canary(self, subject: bytes32) -> None:
        """Commit to the known verdict of a claim (see ``canaryCommitment``), before it is drawn."""
        if not self.canary_desks[self.ctx.caller]:
            raise revert(NotCanaryDesk())
        self.canaries[subject] = self.ctx.block.height
        self.emit(CanaryCommitted(subject, self.ctx.caller))

    @call
    def show_canary(self, audit_id: u64, verdict: u8, salt: bytes32) -> None:
        """Show that an audit's answer was known: it becomes the outcome.

        After the votes are revealed, before the audit is closed: the desk that committed to it.
        """
        audit = self._running(audit_id)
        if not self._is_audit_due(audit):
            raise revert(WrongPeriod())
        if verdict not in (Verdict.PASSED, Verdict.FAILED):
            raise revert(BadValue())
        subject = self._canary_hash(audit.receipt_hash, self.ctx.caller, verdict, salt)
        height = self.canaries[subject]
        if not height:
            raise revert(WrongReveal())
        if height >= audit.draw_height:
            raise revert(TooLateForCanary())
        audit.known = verdict
        self.canary_total += 1
        self.emit(CanaryShown(audit_id, verdict))

    # --- views ------------------------------------------------------------------------------

    @view
    def audit(self, audit_id: u64) -> AuditInfo:
        """Return an audit; status 0 when there is none."""
        record = self.audits[audit_id]
        return AuditInfo(
            audit_id=audit_id,
            lease_id=record.lease_id,
            receipt_hash=record.receipt_hash,
            miner=record.miner,
            status=record.status,
            outcome=record.outcome,
            is_canary=record.known != Verdict.UNSURE,
            fee=record.fee,
            stake=record.stake,
            commit_until=record.opened.seconds + record.commit_seconds,
            reveal_until=record.opened.seconds + record.commit_seconds + record.reveal_seconds,
        )

    @view
    def audit_seats(self, audit_id: u64) -> tuple[SeatInfo, ...]:
        """Return the drawn auditors and what they have done; ``valueBps`` is the verdict."""
        record = self.audits[audit_id]
        return tuple(
            SeatInfo(
                arbitrator=seat.arbitrator,
                status=seat.status,
                value_bps=seat.value_bps,
                commitment=seat.commitment,
            )
            for seat in self._audit_seats(record)
        )

    @view
    def is_failed(self, lease_id: bytes32) -> bool:
        """Answer whether a lease failed an audit: it never settles."""
        return self.has_failed[lease_id]

    @view
    def audit_of(self, receipt_hash: bytes32) -> u64:
        """Return the audit of a claimed receipt, 0 when there is none."""
        return self.audit_by_claim[receipt_hash]

    @view
    def audit_totals(self) -> tuple[u64, u64, u128]:
        """Return how many audits there were, how many canaries among them, and the pool in wei."""
        return self.audit_total, self.canary_total, self.audit_pool

    @view
    def audit_failures(self, miner: Address) -> tuple[u8, u64]:
        """Return with how many clients a miner failed within the memory, and when it began."""
        record = self.failures[miner]
        if record.first.has_passed(self.ctx.block, self.audit_memory_seconds):
            return 0, 0
        return record.count, record.first.seconds

    @view
    def audit_commitment(
        self, audit_id: u64, auditor: Address, verdict: u8, salt: bytes32
    ) -> bytes32:
        """Return the commitment to a verdict."""
        return self._audit_hash(audit_id, auditor, verdict, salt)

    @view
    def canary_commitment(
        self, receipt_hash: bytes32, desk: Address, verdict: u8, salt: bytes32
    ) -> bytes32:
        """Return the commitment to the known verdict of a claimed receipt."""
        return self._canary_hash(receipt_hash, desk, verdict, salt)

    # --- parts ------------------------------------------------------------------------------

    def _set_desk(self, account: bytes, *, is_appointed: bool) -> None:
        if self.ctx.caller != GOVERNANCE_ADDRESS:
            raise revert(OnlyGovernance())
        self.canary_desks[account] = is_appointed
        self.emit(CanaryDeskChanged(account, is_appointed))

    def _running(self, audit_id: int) -> Audit:
        audit = self.audits[audit_id]
        if audit.status != AuditStatus.VOTING:
            raise revert(WrongStatus(audit.status))
        return audit

    def _claimed_at(self, lease_id: bytes, receipt_hash: bytes) -> int:
        """Return where a lease's receipt was first claimed."""
        signature = "claimedAt(bytes32,bytes32)"
        output = self.consult(RECEIPTS_ADDRESS, signature, lease_id, receipt_hash)
        height = int.from_bytes(output, "big")
        if not height:
            raise revert(NotClaimed())
        return height

    def _audit_entropy(self, claimed: int) -> bytes:
        """Return the beacons that draw a claim's audit, which come after it (U1)."""
        first, last = claimed + AUDIT_DRAW_FIRST, claimed + AUDIT_DRAW_LAST
        if self.ctx.block.height < last:
            raise revert(NotDrawnYet(last))
        return b"".join(
            self.consult(RECEIPTS_ADDRESS, "beaconAt(uint64)", height)
            for height in range(first, last + 1)
        )

    def _auditors(self, height: int, parties: tuple[bytes, ...]) -> list[tuple[bytes, int]]:
        """Return (arbitrator, weight at the end of ``height``) of all who may be drawn."""
        members, stake = self.arbitrator_list, self.audit_stake
        self.ctx.use_gas(MEMBER_GAS * len(members))
        pool = []
        for index in range(len(members)):
            account = members[index]
            member = self.arbitrator_records[account]
            weight = value_at(member.past, height)
            if weight and account not in parties and member.bond - member.locked >= stake:
                pool.append((account, weight))
        return pool

    def _audit_hash(self, audit_id: int, auditor: bytes, verdict: int, salt: bytes) -> bytes:
        return audit_commitment(self._place, audit_id, auditor, verdict, salt)

    def _canary_hash(self, receipt_hash: bytes, desk: bytes, verdict: int, salt: bytes) -> bytes:
        return canary_commitment(self._place, receipt_hash, desk, verdict, salt)

    def _is_audit_due(self, audit: Audit) -> bool:
        seconds = audit.commit_seconds + audit.reveal_seconds
        return audit.opened.has_passed(self.ctx.block, seconds)

    def _audit_seats(self, audit: Audit) -> list[Seat]:
        self.ctx.use_gas(SEAT_GAS * len(audit.seats))
        return [audit.seats[index] for index in range(len(audit.seats))]

    def _audit_seat(self, audit: Audit) -> Seat:
        for seat in self._audit_seats(audit):
            if seat.arbitrator == self.ctx.caller and seat.status != SeatStatus.REVEALED:
                return seat
        raise revert(NoSeat())

    def _majority(self, audit: Audit) -> Verdict:
        """Return FAILED when more than half of all seats say so, else PASSED, else UNSURE."""
        seats = self._audit_seats(audit)
        shown = [seat.value_bps for seat in seats if seat.status == SeatStatus.REVEALED]
        if 2 * shown.count(Verdict.FAILED) > len(seats):
            return Verdict.FAILED
        return Verdict.PASSED if 2 * shown.count(Verdict.PASSED) > len(seats) else Verdict.UNSURE

    def _pay_auditors(self, audit_id: int, audit: Audit, outcome: int) -> None:
        """Free the seats; burn the stakes of the silent and the wrong; pay the right."""
        stake, slashed, right = audit.stake, 0, []
        contrary = {Verdict.PASSED: Verdict.FAILED, Verdict.FAILED: Verdict.PASSED}.get(
            Verdict(outcome)
        )
        for seat in self._audit_seats(audit):
            account = seat.arbitrator
            member = self.arbitrator_records[account]
            member.locked -= stake
            is_silent = seat.status != SeatStatus.REVEALED
            if is_silent or seat.value_bps == contrary:
                slashed += stake
                self.emit(AuditorSlashed(audit_id, account, stake))
                self._set_bond(account, member, member.bond - stake)
                if member.place and member.bond < self.arbitrator_bond_min:
                    self._drop(account, member)
            elif outcome != Verdict.UNSURE and seat.value_bps == outcome:
                right.append(account)
        self.ctx.burn(slashed)
        share = audit.fee // len(right) if right else 0
        for account in right:
            self.ctx.transfer(account, share)
        self.audit_pool += audit.fee - share * len(right)

    def _note_failure(self, miner: bytes, client: bytes) -> bool:
        """Count a client with a failed audit; answer whether the memory holds too many (U6)."""
        record, block = self.failures[miner], self.ctx.block
        if not record.count or record.first.has_passed(block, self.audit_memory_seconds):
            record.count = 0
            record.turn += 1
            record.first.stamp(block)
        if record.counted[client] != record.turn:
            record.counted[client] = record.turn
            record.count = min(record.count + 1, FAILURES_LIMIT)
        return record.count >= self.audit_failures_max
