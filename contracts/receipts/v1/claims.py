"""Claims: what a lease's miner may be paid, shown by receipt and acknowledgement, then settled.

A claim names the highest receipt of a lease that the client acknowledged: the ``Ack`` is the only
payment authority. Where work can be checked without the client (classes above V1) the miner may add
one last receipt that nobody acknowledged, by publishing the sealed response. Invariants:

R7. A claim only rises, by amount: no voucher, whatever its number, undoes a higher one. Each rise
    starts the window anew, so others than the miner raise it by a later receipt alone.
R8. A lease is settled once, by its claim, after the claim's window and without open challenges; a
    claim that somebody else made than the miner waits one response time for a higher one.
R9. amount <= units x unit price of the lease, amount <= its escrow, units <= its units.
R10. A claim without acknowledgement adds exactly one receipt, of a later number, to an acknowledged
    one (or to none), and only for what the client signed that he asks: request, number, units.
R19. Where a receipt of sampled work was first claimed is written once.
"""

from typing import Final

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import bytes32, u64, u256
from contracts.marketplace.v1.lease_messages import LeaseInfo
from contracts.places import DISPUTES_ADDRESS, MARKETPLACE_ADDRESS
from contracts.receipts.v1.beacons import check_signer, recovered
from contracts.receipts.v1.claim_messages import (
    AckData,
    AlreadySettled,
    AuditFailed,
    ClaimInfo,
    ClaimNotHigher,
    ClaimRaised,
    EmptyField,
    LeaseClaimSettled,
    MinersTime,
    MoreThanAsked,
    NoClaim,
    NotAsked,
    NotQuorumAnswer,
    ResponseNotAllowed,
    ResponsePosted,
    ResponseTooLong,
    WrongAcknowledgement,
)
from contracts.receipts.v1.messages import (
    ReceiptData,
    UnusedFieldSet,
    WindowOpen,
    WrongLease,
    WrongParty,
    WrongTimes,
    WrongUnits,
)
from contracts.receipts.v1.products import CLOCK_SLACK_SECONDS, Products, to_compute_receipt
from contracts.receipts.v1.weights import RESPONSE_WORD_GAS
from primitives.compute import (
    CLASS_CANONICAL,
    CLASS_QUORUM,
    CLASS_SAMPLED,
    CLASS_SIGNED,
    Acknowledgement,
    ComputeRequest,
)
from primitives.keccak import keccak256
from primitives.types import Address as AccountAddress
from primitives.types import Hash32

RESPONSE_BYTES_MAX: Final = 64 * 1024
"""Bytes of a sealed response that a miner publishes for a client who does not acknowledge."""
CLASSES_NEED_CLIENT: Final = CLASS_SIGNED | CLASS_SAMPLED


class Claims(Products):
    """Receipts of leases, one at a time."""

    __slots__ = ()

    @call
    def claim_receipt(
        self,
        receipt: ReceiptData,
        signature: bytes,
        ack: AckData,
        ack_signature: bytes,
        stamp_height: u64,
    ) -> bytes32:
        """Claim a lease's pay by a receipt that the client acknowledged; returns its hash.

        ``stamp_height`` is the height of the receipt's beacon. Anybody may send it.
        """
        lease = self._lease(receipt.lease_id)
        height = self.ctx.block.height
        receipt_hash = self._check_receipt(receipt, signature, lease, stamp_height, height)
        self._check_ack(receipt, receipt_hash, ack, ack_signature, lease)
        units, amount = ack.cumulative_units, ack.cumulative_amount
        self._raise_claim(lease, receipt.seq, receipt_hash, units, amount, height, 0)
        return receipt_hash

    @call
    def post_response(
        self,
        receipt: ReceiptData,
        signature: bytes,
        units_max: u64,
        request_signature: bytes,
        stamp_height: u64,
        response: bytes,
    ) -> bytes32:
        """Claim one receipt that the client did not acknowledge, publishing the sealed response.

        For leases whose work can be checked without the client; at most once a lease.
        ``request_signature`` is the client's over the ``ComputeRequest`` that the receipt answers.
        """
        lease = self._lease(receipt.lease_id)
        if not lease.classes & ~CLASSES_NEED_CLIENT:
            raise revert(ResponseNotAllowed())
        if not 0 < len(response) <= RESPONSE_BYTES_MAX:
            raise revert(ResponseTooLong(RESPONSE_BYTES_MAX))
        claim = self.claims[receipt.lease_id]
        if claim.is_unacknowledged:
            raise revert(ResponseNotAllowed())
        if claim.height and receipt.seq <= claim.seq:
            raise revert(ClaimNotHigher(claim.seq, claim.units, claim.amount))
        self.ctx.use_gas(RESPONSE_WORD_GAS * (len(response) + 31 >> 5))
        height = self.ctx.block.height
        receipt_hash = self._check_receipt(receipt, signature, lease, stamp_height, height)
        self._check_asked(receipt, units_max, request_signature, lease)
        units = claim.units + receipt.units
        amount = claim.amount + receipt.units * lease.unit_price
        if units > lease.units_max or amount > lease.escrow:
            raise revert(WrongUnits())
        self._raise_claim(lease, receipt.seq, receipt_hash, units, amount, height, 0)
        claim.is_unacknowledged = True
        self.emit(ResponsePosted(receipt.lease_id, receipt_hash, keccak256(response)))
        return receipt_hash

    @call
    def settle_lease(self, lease_id: bytes32) -> u256:
        """Pay a lease by its claim once the window is over; anybody may; returns the net pay."""
        claim = self.claims[lease_id]
        if not claim.height:
            raise revert(NoClaim())
        if claim.is_settled:
            raise revert(AlreadySettled())
        if self.ctx.block.height <= claim.window_end:
            raise revert(WindowOpen(claim.window_end))
        if not claim.made.has_passed(self.ctx.block, claim.wait_seconds):
            raise revert(MinersTime(claim.made.seconds + claim.wait_seconds))
        if claim.is_sampled and any(self.consult(DISPUTES_ADDRESS, "isFailed(bytes32)", lease_id)):
            raise revert(AuditFailed())
        claim.is_settled = True
        units, amount = claim.units, claim.amount
        output = self.invoke(
            MARKETPLACE_ADDRESS, "payLease(bytes32,uint64,uint256)", lease_id, units, amount
        )
        paid = int.from_bytes(output, "big")
        self.emit(LeaseClaimSettled(lease_id, claim.receipt_hash, units, paid))
        return paid

    @view
    def claim(self, lease_id: bytes32) -> ClaimInfo:
        """Return a lease's claim; height 0 when there is none."""
        record = self.claims[lease_id]
        return ClaimInfo(
            lease_id=lease_id,
            receipt_hash=record.receipt_hash,
            seq=record.seq,
            units=record.units,
            amount=record.amount,
            height=record.height,
            window_end=record.window_end,
            batch_id=record.batch_id,
            is_unacknowledged=record.is_unacknowledged,
            is_settled=record.is_settled,
        )

    @view
    def claimed_at(self, lease_id: bytes32, receipt_hash: bytes32) -> u64:
        """Return the height at which a receipt of sampled work was first claimed, 0 for never.

        Its audit is drawn by the beacons after that, whatever the lease claims since.
        """
        return self.claim_heights[lease_id][receipt_hash]

    # --- parts ------------------------------------------------------------------------------

    def _check_receipt(
        self,
        receipt: ReceiptData,
        signature: bytes,
        lease: LeaseInfo,
        stamp_height: int,
        height: int,
    ) -> bytes:
        """Compare a receipt with its lease, one error per reason; return its hash.

        ``height`` is where it was anchored: the signing key was registered then.
        """
        if receipt.job_id != lease.order_id:
            raise revert(WrongLease())
        if (receipt.miner, receipt.client) != (lease.miner, lease.client):
            raise revert(WrongParty())
        terms = (receipt.unit_kind, receipt.unit_price, receipt.model_root)
        is_within = 0 < receipt.units <= lease.units_max
        if not is_within or terms != (lease.unit_kind, lease.unit_price, lease.model_root):
            raise revert(WrongUnits())
        latest = min(
            self.ctx.block.timestamp + CLOCK_SLACK_SECONDS, lease.opened_at + lease.deadline
        )
        if not lease.opened_at <= receipt.started_at <= receipt.ended_at <= latest:
            raise revert(WrongTimes())
        if not any(receipt.request_hash) or not any(receipt.response_hash):
            raise revert(EmptyField())
        if bool(lease.classes & CLASS_CANONICAL) != any(receipt.trace_root):
            raise revert(EmptyField())
        if any(receipt.attestation) or receipt.flags:
            raise revert(UnusedFieldSet())
        if lease.classes & CLASS_QUORUM:
            self._check_quorum(receipt)
        self._check_stamp_at(receipt.beacon, stamp_height, lease.opened_height)
        signed = to_compute_receipt(receipt)
        digest = signed.digest(self.ctx.block.chain_id, AccountAddress(self.ctx.this))
        self._check_operator(lease.miner, height, digest, signature)
        return signed.struct_hash()

    def _check_quorum(self, receipt: ReceiptData) -> None:
        """Refuse another answer than the one that the lease's quorum agreed on."""
        answer = self.consult(DISPUTES_ADDRESS, "quorumAnswer(bytes32)", receipt.lease_id)
        if answer != receipt.response_hash:
            raise revert(NotQuorumAnswer())

    def _check_ack(
        self,
        receipt: ReceiptData,
        receipt_hash: bytes,
        ack: AckData,
        signature: bytes,
        lease: LeaseInfo,
    ) -> None:
        """Check that the client acknowledged just this receipt, within the lease (R9)."""
        named = (ack.lease_id, ack.seq, ack.receipt_hash)
        if named != (receipt.lease_id, receipt.seq, receipt_hash):
            raise revert(WrongAcknowledgement())
        units, amount = ack.cumulative_units, ack.cumulative_amount
        if (
            not receipt.units <= units <= lease.units_max
            or amount > units * lease.unit_price
            or amount > lease.escrow
        ):
            raise revert(WrongAcknowledgement())
        voucher = Acknowledgement(
            lease_id=Hash32(ack.lease_id),
            seq=ack.seq,
            receipt_hash=Hash32(receipt_hash),
            cumulative_units=units,
            cumulative_amount=amount,
        )
        digest = voucher.digest(self.ctx.block.chain_id, AccountAddress(self.ctx.this))
        check_signer(signature, digest, lease.client)

    def _check_asked(
        self, receipt: ReceiptData, units_max: int, signature: bytes, lease: LeaseInfo
    ) -> None:
        """Check that the client asked for just this work, and for as many units (R10)."""
        if receipt.units > units_max:
            raise revert(MoreThanAsked(units_max))
        request = ComputeRequest(
            lease_id=Hash32(receipt.lease_id),
            seq=receipt.seq,
            request_hash=Hash32(receipt.request_hash),
            units_max=units_max,
        )
        digest = request.digest(self.ctx.block.chain_id, AccountAddress(self.ctx.this))
        if recovered(signature, digest) != lease.client:
            raise revert(NotAsked())

    def _is_for(self, miner: bytes) -> bool:
        """Answer whether the miner makes this call, by his account or his operator key."""
        caller = self.ctx.caller
        if caller == miner:
            return True
        signature = "operatorValid(address,address,uint64)"
        height = self.ctx.block.height
        return any(self.consult(MARKETPLACE_ADDRESS, signature, miner, caller, height))

    def _raise_claim(
        self,
        lease: LeaseInfo,
        seq: int,
        receipt_hash: bytes,
        units: int,
        amount: int,
        height: int,
        batch_id: int,
    ) -> None:
        """Write a higher claim (R7); its window starts at ``height``, where it was anchored."""
        claim = self.claims[lease.lease_id]
        is_miners = self._is_for(lease.miner)
        is_raised = amount > claim.amount and (is_miners or seq > claim.seq)
        if claim.height and not is_raised:
            raise revert(ClaimNotHigher(claim.seq, claim.units, claim.amount))
        is_unchecked = lease.classes == CLASS_SIGNED
        claim.receipt_hash = receipt_hash
        claim.seq = seq
        claim.units = units
        claim.amount = amount
        claim.height = height
        claim.window_end = height - 1 if is_unchecked else height + lease.window_blocks
        claim.batch_id = batch_id
        claim.is_unacknowledged = False
        claim.is_sampled = bool(lease.classes & CLASS_SAMPLED)
        heights = self.claim_heights[lease.lease_id]
        if claim.is_sampled and not heights[receipt_hash]:
            heights[receipt_hash] = height
        claim.made.stamp(self.ctx.block)
        claim.wait_seconds = 0 if is_miners else lease.response_seconds
        self.emit(
            ClaimRaised(lease.lease_id, receipt_hash, lease.miner, seq, amount, claim.window_end)
        )
