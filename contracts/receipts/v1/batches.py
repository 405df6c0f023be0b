"""Batches: up to 10^6 receipts under one root, anchored in less than 200 bytes.

An anchor moves no money; a lease claims its pay out of it by inclusion proof. The poster's bond
answers for the leaves: whoever anchors receipts that nobody signed, twice or with wrong amounts
loses it (disputes), and whoever does not publish a demanded leaf pays for that. Invariants:

R11. Counts, order and sums of a batch follow from its root (``primitives.sum_tree``).
R12. Receipts are drawn by value, by beacons of blocks after the anchor's alone.
R13. What is left of a bond leaves once: to the poster after the hold, or slashed.
"""

from typing import Final

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.storage import ArrayHandle
from contracts.framework.types import bytes32, u32, u64, u128, u256
from contracts.places import DISPUTES_ADDRESS
from contracts.receipts.v1.beacons import RING_HEIGHTS
from contracts.receipts.v1.claim_messages import (
    AckData,
    BatchAnchored,
    BatchBondTooSmall,
    BatchClosed,
    BatchDisputed,
    BatchHeld,
    BatchInfo,
    BatchSlashed,
    BondReleased,
    EmptyBatch,
    LeafIsVoid,
    NotDisputes,
    NotInBatch,
    NotPoster,
    UnknownBatch,
)
from contracts.receipts.v1.claims import Claims
from contracts.receipts.v1.messages import (
    NotDrawnYet,
    ReceiptData,
    WindowClosed,
)
from contracts.receipts.v1.records import Batch
from contracts.receipts.v1.weights import PATH_NODE_GAS, SAMPLE_GAS
from primitives.compute import CLASS_SAMPLED
from primitives.errors import DecodeError
from primitives.sum_tree import (
    RECEIPTS_MAX,
    Sibling,
    SumLeaf,
    check_inclusion,
    sample_points,
)
from primitives.types import Hash32

BATCH_DRAW_FIRST: Final = 8
BATCH_DRAW_LAST: Final = 15
"""Receipts of a batch anchored at height a are drawn by the beacons of a + 8 .. a + 15."""


class Batches(Claims):
    """Receipts of leases, many at once."""

    __slots__ = ()

    @call(payable=True)
    def anchor_batch(self, root: bytes32, count: u32, total: u128) -> u64:
        """Anchor a sum tree of ``count`` receipts worth ``total`` wei; returns the batch's id.

        The value sent is the poster's bond, which ``releaseBond`` returns after the hold.
        """
        if not 0 < count <= RECEIPTS_MAX or not any(root):
            raise revert(EmptyBatch(RECEIPTS_MAX))
        minimum = self.batch_bond
        if self.ctx.value < minimum:
            raise revert(BatchBondTooSmall(minimum))
        batches = self.batches
        batch = batches.grow()
        batch_id = len(batches)
        batch.root = root
        batch.count = count
        batch.total = total
        batch.bond = self.ctx.value
        batch.poster = self.ctx.caller
        batch.height = self.ctx.block.height
        self.emit(BatchAnchored(batch_id, self.ctx.caller, root, count, total))
        return batch_id

    @call
    def claim_from_batch(
        self,
        batch_id: u64,
        index: u32,
        hashes: tuple[bytes32, ...],
        totals: tuple[u128, ...],
        receipt: ReceiptData,
        signature: bytes,
        ack: AckData,
        ack_signature: bytes,
        stamp_height: u64,
    ) -> bytes32:
        """Claim a lease's pay by an acknowledged receipt out of a batch; returns its hash.

        The window is the batch's: it began when the batch was anchored. Sampled work is audited by
        its claim, so there it begins now.
        """
        batch = self._batch(batch_id)
        if batch.is_closed:
            raise revert(BatchClosed())
        if self.voids[batch_id][index]:
            raise revert(LeafIsVoid())
        lease = self._lease(receipt.lease_id)
        height = batch.height
        receipt_hash = self._check_receipt(receipt, signature, lease, stamp_height, height)
        self._check_ack(receipt, receipt_hash, ack, ack_signature, lease)
        amount = receipt.units * receipt.unit_price
        self._place(batch, index, hashes, totals, receipt, receipt_hash, amount)
        units, amount = ack.cumulative_units, ack.cumulative_amount
        if lease.classes & CLASS_SAMPLED:
            height = self.ctx.block.height
        self._raise_claim(lease, receipt.seq, receipt_hash, units, amount, height, batch_id)
        return receipt_hash

    @call
    def release_bond(self, batch_id: u64) -> u256:
        """Return the poster's bond after the hold; returns the amount."""
        batch = self._batch(batch_id)
        poster = batch.poster
        if self.ctx.caller != poster:
            raise revert(NotPoster())
        free_at = batch.height + self.batch_hold_blocks
        if batch.open_demands or self.ctx.block.height <= free_at:
            raise revert(BatchHeld(free_at, batch.open_demands))
        if self._is_disputed(batch_id):
            raise revert(BatchDisputed())
        bond = batch.bond
        batch.bond = 0
        self.emit(BondReleased(batch_id, poster, bond))
        self.ctx.transfer(poster, bond)
        return bond

    @call
    def slash_batch(self, batch_id: u64) -> u256:
        """Take what is left of a batch's bond and close it; for the disputes contract alone.

        Half goes to the disputes contract for who showed the fraud; returns that half.
        """
        if self.ctx.caller != DISPUTES_ADDRESS:
            raise revert(NotDisputes())
        batch = self._batch(batch_id)
        bond = batch.bond
        reward = bond // 2
        batch.bond = 0
        self._close(batch)
        self.emit(BatchSlashed(batch_id, bond, reward))
        self.ctx.burn(bond - reward)
        self.ctx.transfer(DISPUTES_ADDRESS, reward)
        return reward

    # --- views ------------------------------------------------------------------------------

    @view
    def batch(self, batch_id: u64) -> BatchInfo:
        """Return a batch; count 0 when there is none."""
        if not 0 < batch_id <= len(self.batches):
            return BatchInfo.empty(batch_id)
        record = self.batches[batch_id - 1]
        return BatchInfo(
            batch_id=batch_id,
            root=record.root,
            count=record.count,
            total=record.total,
            poster=record.poster,
            bond=record.bond,
            height=record.height,
            open_demands=record.open_demands,
            unanswered_samples=record.unanswered_samples,
            is_closed=record.is_closed,
        )

    @view
    def batch_closed_at(self, batch_id: u64) -> u64:
        """Return the height at which a batch was closed, 0 while it is open or unknown."""
        is_known = 0 < batch_id <= len(self.batches)
        return self.batches[batch_id - 1].closed_height if is_known else 0

    @view
    def batch_count(self) -> u64:
        """Return how many batches were ever anchored; ids run from 1."""
        return len(self.batches)

    @view
    def samples(self, batch_id: u64) -> tuple[u128, ...]:
        """Return the drawn points of a batch, each in [0, total); reverts before they are drawn.

        The receipt that owns a point is the one to re-execute: value draws it.
        """
        return tuple(self._samples(batch_id, self._batch(batch_id)))

    # --- parts ------------------------------------------------------------------------------

    def _batch(self, batch_id: int) -> Batch:
        batches: ArrayHandle[Batch] = self.batches
        if not 0 < batch_id <= len(batches):
            raise revert(UnknownBatch())
        return batches[batch_id - 1]

    def _close(self, batch: Batch) -> None:
        """Let no claim come out of a batch any more."""
        if not batch.is_closed:
            batch.is_closed = True
            batch.closed_height = self.ctx.block.height

    def _is_disputed(self, batch_id: int) -> bool:
        """Answer whether a challenge of this batch is open."""
        case_id = batch_id.to_bytes(32, "big")
        return any(self.consult(DISPUTES_ADDRESS, "openChallenges(bytes32)", case_id))

    def _samples(self, batch_id: int, batch: Batch) -> list[int]:
        """Return a batch's drawn points (R12)."""
        first, last = batch.height + BATCH_DRAW_FIRST, batch.height + BATCH_DRAW_LAST
        current = self.ctx.block.height
        if current < last:
            raise revert(NotDrawnYet(last))
        if current - first >= RING_HEIGHTS:
            raise revert(WindowClosed(first + RING_HEIGHTS))
        draws = self.samples_per_batch
        self.ctx.use_gas(SAMPLE_GAS * draws)
        return sample_points(Hash32(self._entropy(first, last)), batch_id, batch.total, draws)

    def _place(
        self,
        batch: Batch,
        index: int,
        hashes: tuple[bytes, ...],
        totals: tuple[int, ...],
        receipt: ReceiptData,
        receipt_hash: bytes,
        amount: int,
    ) -> int:
        """Check that a receipt is leaf ``index``; return the sum of the leaves before it."""
        self.ctx.use_gas(PATH_NODE_GAS * (len(hashes) + 1))
        if len(hashes) != len(totals) or amount >> 128:
            raise revert(NotInBatch())
        leaf = SumLeaf(Hash32(receipt.lease_id), receipt.seq, Hash32(receipt_hash), amount)
        path = [Sibling(Hash32(node), sum_) for node, sum_ in zip(hashes, totals, strict=True)]
        root, count, total = Hash32(batch.root), batch.count, batch.total
        try:
            return check_inclusion(root, count, total, index, leaf, path)
        except DecodeError as error:
            raise revert(NotInBatch()) from error
