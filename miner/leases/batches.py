"""Many claims at once: anchor a sum tree, claim out of it, publish leaves when somebody demands.

C1. A batch's leaves are in the book before its anchor is sent; the number that the chain gave it is
    found by poster and root, so a crash in between loses nothing.
C2. Every open demand for a batch of ours is answered: an unanswered one costs the batch's bond.
C3. The bond is taken back once its hold is over and no demand is open.
"""

from dataclasses import replace
from typing import Any, Final

import structlog

from contracts.receipts.v1.claim_messages import BatchInfo, DemandInfo
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.records import DemandStatus
from miner.account import MinerAccount
from miner.chain import Chain, RefusedError
from miner.claim import claim_values
from miner.leases.book import BatchRecord, LeaseBook, SignedReceipt
from miner.native_calls import encode_native, place_of
from primitives.sum_tree import SumLeaf, sum_levels, sum_path
from primitives.types import WEI_PER_AIT, Hash32
from rpc.client import RpcCallError

SEARCHED_MAX: Final = 256
DEMANDS_BACK: Final = 1_000


class Batcher:
    """The miner's batches."""

    def __init__(self, chain: Chain, account: MinerAccount, book: LeaseBook) -> None:
        self._chain = chain
        self._account = account
        self._book = book
        self._bond = 100 * WEI_PER_AIT
        self._demand_cursor = -1
        self._open_demands: dict[int, DemandInfo] = {}
        self._log = structlog.get_logger("desk")

    def batch_of(self, lease_id: bytes, seq: int) -> BatchRecord | None:
        """Return the batch that a receipt is in, anchored or on its way."""
        return next((b for b in self._book.batches if (lease_id, seq) in b.leaves), None)

    async def anchor(self, due: list[SignedReceipt], height: int) -> None:
        """Anchor these receipts as one batch (C1).

        Raises:
            RefusedError: the contract refuses; nothing was sent.
        """
        leaves = sorted(_leaf(signed) for signed in due)
        root = sum_levels(leaves)[-1][0]
        record = BatchRecord(
            root=root.hash, leaves=tuple((leaf.lease_id, leaf.seq) for leaf in leaves)
        )
        self._book.save_batch(record)
        await self._send_anchor(record, height)
        self._log.info("batch anchored", receipts=len(leaves), root="0x" + root.hash.hex()[:12])

    async def step(self, height: int) -> None:
        """Find numbers, answer demands, take bonds back.

        Raises:
            RefusedError: the contract refuses; the next step tries again.
        """
        if not self._book.batches:
            return
        for record in self._book.batches:
            if not record.batch_id:
                await self._find_number(record, height)
        numbered = {b.batch_id: b for b in self._book.batches if b.batch_id}
        await self._read_demands(set(numbered))
        for batch_id, record in numbered.items():
            info: BatchInfo = await self._chain.view(Receipts, "batch", batch_id)
            if info.open_demands:
                await self._answer(record, height)
            elif not info.bond:
                self._book.save_batch(replace(record, is_done=True))
            else:
                await self._release(record, height)

    def claim_values(self, record: BatchRecord, signed: SignedReceipt) -> tuple[Any, ...]:
        """Return the first arguments of ``claimFromBatch``: batch, place, path."""
        index, hashes, totals = self._path(record, signed)
        return record.batch_id, index, hashes, totals

    # --- parts ----------------------------------------------------------------------------------

    def _signed(self, record: BatchRecord) -> list[SignedReceipt]:
        found = []
        for lease_id, seq in record.leaves:
            deal = self._book.deal(lease_id)
            if deal is not None and seq in deal.receipts:
                found.append(deal.receipts[seq])
        return found

    def _path(
        self, record: BatchRecord, signed: SignedReceipt
    ) -> tuple[int, tuple[bytes, ...], tuple[int, ...]]:
        leaves = sorted(_leaf(each) for each in self._signed(record))
        index = leaves.index(_leaf(signed))
        path = sum_path(sum_levels(leaves), index)
        return index, tuple(node.hash for node in path), tuple(node.total for node in path)

    async def _send_anchor(self, record: BatchRecord, height: int) -> None:
        root = sum_levels(sorted(_leaf(each) for each in self._signed(record)))[-1][0]
        data = encode_native(Receipts, "anchorBatch", root.hash, root.count, root.total)
        try:
            await self._send(f"anchor:{record.root.hex()}", data, height, self._bond)
        except RefusedError as error:
            if error.refusal.code != "BatchBondTooSmall":
                self._book.save_batch(replace(record, is_done=True))  # they are claimed one by one
                raise
            self._bond = int(str(dict(error.refusal.values)["minimum"]))
        except RpcCallError:
            self._book.save_batch(replace(record, is_done=True))  # as when the bond is not there
            raise

    async def _find_number(self, record: BatchRecord, height: int) -> None:
        """Find a batch by its root among the newest; send the anchor again if it is not there."""
        if self._account.is_busy(f"anchor:{record.root.hex()}"):
            return
        newest = int(await self._chain.view(Receipts, "batchCount"))
        for batch_id in range(newest, max(0, newest - SEARCHED_MAX), -1):
            info: BatchInfo = await self._chain.view(Receipts, "batch", batch_id)
            if info.root == record.root and info.poster == self._account.address:
                self._book.save_batch(replace(record, batch_id=batch_id))
                self._demand_cursor = -1  # demands for it may have been passed over
                return
        await self._send_anchor(record, height)

    async def _read_demands(self, numbers: set[int]) -> None:
        """Remember demands made since the last look, and which of them still stand."""
        count = int(await self._chain.view(Receipts, "demandCount"))
        first = max(0, count - DEMANDS_BACK) if self._demand_cursor < 0 else self._demand_cursor
        for demand_id in range(first + 1, count + 1):
            info: DemandInfo = await self._chain.view(Receipts, "demand", demand_id)
            if info.batch_id in numbers and info.status == DemandStatus.OPEN:
                self._open_demands[demand_id] = info
        self._demand_cursor = count

    async def _answer(self, record: BatchRecord, height: int) -> None:
        """Publish what is demanded of a batch (C2)."""
        for demand_id, demand in list(self._open_demands.items()):
            if demand.batch_id != record.batch_id:
                continue
            fresh: DemandInfo = await self._chain.view(Receipts, "demand", demand_id)
            if fresh.status != DemandStatus.OPEN:
                del self._open_demands[demand_id]
                continue
            signed = self._demanded(record, demand)
            index, hashes, totals = self._path(record, signed)
            receipt = claim_values(signed.receipt)
            values = (demand_id, index, hashes, totals, receipt, signed.signature)
            data = encode_native(Receipts, "answerDemand", *values)
            await self._send(f"answer:{demand_id}", data, height)

    def _demanded(self, record: BatchRecord, demand: DemandInfo) -> SignedReceipt:
        """Return the leaf at a place, or the one that owns a drawn point."""
        ordered = sorted(self._signed(record), key=_leaf)
        if not demand.is_sample:
            return ordered[demand.place]
        before = 0
        for signed in ordered:
            before += signed.amount
            if demand.place < before:
                return signed
        return ordered[-1]

    async def _release(self, record: BatchRecord, height: int) -> None:
        data = encode_native(Receipts, "releaseBond", record.batch_id)
        try:
            await self._send(f"release:{record.batch_id}", data, height)
        except RefusedError as error:
            if error.refusal.code != "BatchHeld":
                raise

    async def _send(self, purpose: str, data: bytes, height: int, value: int = 0) -> None:
        place = place_of(Receipts)
        await self._account.send(purpose, Receipts, place, data, height, value)


def _leaf(signed: SignedReceipt) -> SumLeaf:
    receipt = signed.receipt
    return SumLeaf(Hash32(receipt.lease_id), receipt.seq, receipt.struct_hash(), signed.amount)
