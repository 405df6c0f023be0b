"""Demands: who anchors a batch must show any of its leaves when asked.

A demand names a leaf by index, or asks for the leaf that owns a drawn point. It prepays the
answer's gas; a stranger also puts up a bond, which an answer or its absence returns. Invariants:

R14. At most 16 demands of a batch by index are open, and one of each drawn point; each is answered,
    or closed after its time, once.
R15. The contract's balance is the batches' bonds plus fees and bonds of open demands (and what was
    sent to it without a call).
R16. A leaf whose demand by index went unanswered is void for ever; a batch with two unanswered
    samples, or eight void leaves, is closed: no new claim comes out of it.
R17. A sample is answered only by a receipt of a known lease, worth no more than its escrow: no
    invented leaf draws the samples to itself.
"""

from typing import Final

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import bytes32, u16, u32, u64, u128, u256
from contracts.receipts.v1.batches import Batches
from contracts.receipts.v1.claim_messages import (
    AlreadyDemanded,
    BatchClosed,
    DemandAnswered,
    DemandInfo,
    DemandMade,
    DemandNotDue,
    DemandNotOpen,
    DemandUnanswered,
    LeafIsVoid,
    NoSuchLeaf,
    NotInBatch,
    ShadowLeaf,
    TooManyDemands,
    WrongValue,
)
from contracts.receipts.v1.messages import (
    ReceiptData,
    WrongParty,
)
from contracts.receipts.v1.products import to_compute_receipt
from contracts.receipts.v1.records import Batch, Demand, DemandStatus
from primitives.types import Address as AccountAddress

DEMANDS_OPEN_MAX: Final = 16
UNANSWERED_SAMPLES_MAX: Final = 2
UNANSWERED_LEAVES_MAX: Final = 8


class Demands(Batches):
    """Availability of the leaves of batches."""

    __slots__ = ()

    @call(payable=True)
    def demand_leaf(self, batch_id: u64, index: u32, lease_id: bytes32) -> u64:
        """Demand the receipt at ``index``; returns the demand's id.

        The value sent is fee plus bond; the client of the live lease ``lease_id`` sends the fee
        alone. Zero for ``lease_id`` names none.
        """
        batch = self._batch(batch_id)
        if index >= batch.count:
            raise revert(NoSuchLeaf(batch.count))
        if self.voids[batch_id][index]:
            raise revert(LeafIsVoid())
        bond = self.demand_bond
        if any(lease_id):
            if self._lease(lease_id).client != self.ctx.caller:
                raise revert(WrongParty())
            bond = 0
        return self._open(batch_id, batch, index, bond, is_sample=False)

    @call(payable=True)
    def demand_sample(self, batch_id: u64, draw: u16) -> u64:
        """Demand the receipt that owns the drawn point number ``draw``; value as ``demandLeaf``."""
        batch = self._batch(batch_id)
        points = self._samples(batch_id, batch)
        if draw >= len(points):
            raise revert(NoSuchLeaf(len(points)))
        former = self.sample_demands[batch_id][draw]
        if former and self.demands[former - 1].status != DemandStatus.UNANSWERED:
            raise revert(AlreadyDemanded(former))
        demand_id = self._open(batch_id, batch, points[draw], self.demand_bond, is_sample=True)
        self.sample_demands[batch_id][draw] = demand_id
        return demand_id

    @call(reserved=True)
    def answer_demand(
        self,
        demand_id: u64,
        index: u32,
        hashes: tuple[bytes32, ...],
        totals: tuple[u128, ...],
        receipt: ReceiptData,
        signature: bytes,
    ) -> None:
        """Show the demanded receipt with its miner's signature; anybody may, for the fee."""
        demand = self._open_demand(demand_id)
        batch = self._batch(demand.batch_id)
        signed = to_compute_receipt(receipt)
        digest = signed.digest(self.ctx.block.chain_id, AccountAddress(self.ctx.this))
        self._check_former_operator(receipt.miner, digest, signature)
        amount = receipt.units * receipt.unit_price
        if demand.is_sample:
            self._check_leaf_lease(receipt, amount)
        before = self._place(batch, index, hashes, totals, receipt, signed.struct_hash(), amount)
        place = demand.place
        is_it = before <= place < before + amount if demand.is_sample else index == place
        if not is_it:
            raise revert(NotInBatch())
        fee, bond, by = demand.fee, demand.bond, demand.by
        demand.status = DemandStatus.ANSWERED
        self._end_demand(batch, demand)
        self.emit(DemandAnswered(demand_id, demand.batch_id, index, self.ctx.caller))
        self.ctx.transfer(self.ctx.caller, fee)
        self.ctx.transfer(by, bond)

    @call
    def close_demand(self, demand_id: u64) -> u256:
        """End a demand whose time passed without an answer; anybody may.

        Who made it gets fee and bond back and half of what the batch's bond loses, the other half
        is burnt: posters do not demand of themselves for gain. Returns the compensation.
        """
        demand = self._open_demand(demand_id)
        if not demand.made_at.has_passed(self.ctx.block, self.demand_seconds):
            raise revert(DemandNotDue(demand.made_at.seconds + self.demand_seconds))
        batch_id = demand.batch_id
        batch = self._batch(batch_id)
        taken = min(batch.bond, self.void_compensation)
        compensation = taken // 2
        demand.status = DemandStatus.UNANSWERED
        self._end_demand(batch, demand)
        batch.bond -= taken
        if demand.is_sample:
            batch.unanswered_samples += 1
            if batch.unanswered_samples >= UNANSWERED_SAMPLES_MAX:
                self._close(batch)
        else:
            self.voids[batch_id][demand.place] = True
            batch.unanswered_leaves += 1
            if batch.unanswered_leaves >= UNANSWERED_LEAVES_MAX:
                self._close(batch)
        self.emit(DemandUnanswered(demand_id, batch_id, compensation, batch.is_closed))
        self.ctx.burn(taken - compensation)
        self.ctx.transfer(demand.by, demand.fee + demand.bond + compensation)
        return compensation

    @view
    def demand(self, demand_id: u64) -> DemandInfo:
        """Return a demand; status 0 when there is none."""
        if not 0 < demand_id <= len(self.demands):
            return DemandInfo.empty(demand_id)
        record = self.demands[demand_id - 1]
        return DemandInfo(
            demand_id=demand_id,
            batch_id=record.batch_id,
            place=record.place,
            by=record.by,
            status=record.status,
            is_sample=record.is_sample,
            fee=record.fee,
            bond=record.bond,
            due_at=record.made_at.seconds + self.demand_seconds,
        )

    @view
    def demand_count(self) -> u64:
        """Return how many demands were ever made; ids run from 1."""
        return len(self.demands)

    # --- parts ------------------------------------------------------------------------------

    def _open(self, batch_id: int, batch: Batch, place: int, bond: int, *, is_sample: bool) -> int:
        fee = self.demand_fee
        if self.ctx.value != fee + bond:
            raise revert(WrongValue(fee + bond))
        if batch.is_closed:
            raise revert(BatchClosed())
        if not is_sample:
            if batch.open_leaf_demands >= DEMANDS_OPEN_MAX:
                raise revert(TooManyDemands(DEMANDS_OPEN_MAX))
            batch.open_leaf_demands += 1
        batch.open_demands += 1
        demands = self.demands
        demand = demands.grow()
        demand_id = len(demands)
        demand.batch_id = batch_id
        demand.place = place
        demand.by = self.ctx.caller
        demand.status = DemandStatus.OPEN
        demand.is_sample = is_sample
        demand.fee = fee
        demand.bond = bond
        demand.made_at.stamp(self.ctx.block)
        self.emit(DemandMade(demand_id, batch_id, self.ctx.caller, place, is_sample))
        return demand_id

    def _end_demand(self, batch: Batch, demand: Demand) -> None:
        batch.open_demands -= 1
        if not demand.is_sample:
            batch.open_leaf_demands -= 1

    def _check_leaf_lease(self, receipt: ReceiptData, amount: int) -> None:
        """Refuse a sample's answer of no lease of this miner, or above the lease's escrow (R17)."""
        lease = self._read_lease(receipt.lease_id)
        if lease.miner != receipt.miner or not 0 < amount <= lease.escrow:
            raise revert(ShadowLeaf())

    def _open_demand(self, demand_id: int) -> Demand:
        if not 0 < demand_id <= len(self.demands):
            raise revert(DemandNotOpen(DemandStatus.UNKNOWN))
        demand = self.demands[demand_id - 1]
        if demand.status != DemandStatus.OPEN:
            raise revert(DemandNotOpen(demand.status))
        return demand
