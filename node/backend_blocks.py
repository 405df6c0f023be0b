"""Blocks, receipts, tips and logs for the RPC: the newest in memory, the rest from disk.

K1. A block in memory and the same block on disk are equal values.
"""

from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Any, Final

from node.backend_limits import Readers
from node.executor import Executor
from primitives.block import Header, TransactionReceipt, bloom_bits
from primitives.errors import InvariantError
from primitives.seal import Seal
from primitives.transaction import Transaction
from rpc.backend import PENDING, BlockRecord, LogQuery, LogRecord
from rpc.errors import LimitExceededError
from state.chain import ChainStore, ExecutedBlock

RECENT_BLOCKS: Final = 32
"""Newest blocks kept decoded, with their receipts."""
OLD_BLOCKS: Final = 16
"""Blocks read from disk that are kept decoded."""
REWARDS_KEPT: Final = 2_048
"""Blocks whose tips are kept for eth_feeHistory."""
LOG_CHUNK_BLOCKS: Final = 512
"""Blocks that one read looks at; other reads come between."""
TIP_BLOCKS: Final = 20
TIP_PERCENTILE: Final = 60
TIP_WEI_DEFAULT: Final = 1_000_000

Receipts = tuple[TransactionReceipt, ...]


class BlockArchive:
    """Finds blocks by height or PENDING; used from the event loop."""

    def __init__(self, chain: ChainStore, executor: Executor, readers: Readers) -> None:
        self._chain = chain
        self._executor = executor
        self._readers = readers
        self._recent: dict[int, tuple[BlockRecord, Receipts]] = {}
        self._old: OrderedDict[int, BlockRecord] = OrderedDict()
        self._rewards: OrderedDict[int, Sequence[tuple[int, int]]] = OrderedDict()
        self._tips: deque[tuple[int, ...]] = deque(maxlen=TIP_BLOCKS)

    def add(self, executed: ExecutedBlock) -> BlockRecord:
        """Keep a block that was finalized now, and return it as a record."""
        record = _record_of(executed, is_final=True)
        height = record.header.height
        self._recent[height] = (record, executed.receipts)
        for old in [h for h in self._recent if h <= height - RECENT_BLOCKS]:
            del self._recent[old]
        rewards = _rewards_of(record, executed.receipts)
        _remember(self._rewards, height, rewards, REWARDS_KEPT)
        self._tips.append(tuple(tip for tip, _ in rewards))
        return record

    def pending(self) -> ExecutedBlock | None:
        """Return the highest executed block that is not final."""
        height = self._chain.head.height
        # The execution thread adds to the dictionary; its values are copied in one step.
        undecided = self._executor.undecided()
        above = [executed for executed in undecided if executed.block.height > height]
        return max(above, key=lambda executed: executed.block.height, default=None)

    def seal_of(self, header: Header) -> Seal | None:
        """Return the seal of a finalized or executed block; the genesis block has none."""
        recent = self._recent.get(header.height)
        if recent is not None and recent[0].header.hash == header.hash:
            return recent[0].seal
        executed = self._executor.executed(header.hash)
        if executed is not None:
            return executed.block.seal
        block = self._chain.block(header.height)
        return None if block is None else block.seal

    @property
    def suggested_tip(self) -> int:
        """Return the 60th percentile of the tips in the last blocks, or the default."""
        tips = sorted(tip for block in self._tips for tip in block)
        if not tips:
            return TIP_WEI_DEFAULT
        return max(tips[len(tips) * TIP_PERCENTILE // 100], 1)

    def header(self, height: int) -> Header | None:
        """Return a header by height, or the pending block's."""
        if height == PENDING:
            pending = self.pending()
            return self._chain.head.header if pending is None else pending.block.header
        recent = self._recent.get(height)
        return self._chain.header(height) if recent is None else recent[0].header

    async def block(self, height: int) -> BlockRecord | None:
        """Return a block by height or PENDING, its senders recovered."""
        if height == PENDING:
            pending = self.pending()
            if pending is not None:
                return _record_of(pending, is_final=False)
            height = self._chain.head.height
        recent = self._recent.get(height)
        if recent is not None:
            return recent[0]
        known = self._old.get(height)
        if known is None:
            known = await self._readers.run(lambda: self._read_block(height))
            if known is not None:
                _remember(self._old, height, known, OLD_BLOCKS)
        return known

    async def receipts(self, height: int) -> tuple[TransactionReceipt, ...] | None:
        """Return a block's receipts by height or PENDING."""
        if height == PENDING:
            pending = self.pending()
            if pending is not None:
                return pending.receipts
            height = self._chain.head.height
        recent = self._recent.get(height)
        if recent is not None:
            return recent[1]
        return await self._readers.run(lambda: self._chain.receipts(height))

    async def rewards(self, height: int) -> Sequence[tuple[int, int]] | None:
        """Return (tip, gas used) of a finalized block's transactions, the cheapest first."""
        known = self._rewards.get(height)
        if known is None:
            block, receipts = await self.block(height), await self.receipts(height)
            if block is None or receipts is None:
                return None
            known = _rewards_of(block, receipts)
            _remember(self._rewards, height, known, REWARDS_KEPT)
        return known

    async def logs(
        self, query: LogQuery, first: int, last: int, results_max: int
    ) -> list[LogRecord]:
        """Return the matching logs of finalized blocks, both ends included.

        Raises:
            LimitExceededError: more than ``results_max``.
        """
        found: list[LogRecord] = []
        masks = _bloom_masks(query)
        for start in range(first, last + 1, LOG_CHUNK_BLOCKS):
            end = min(last, start + LOG_CHUNK_BLOCKS - 1)
            found += await self._readers.run(
                lambda start=start, end=end: self._scan(query, masks, start, end)  # type: ignore[misc]
            )
            if len(found) > results_max:
                raise LimitExceededError(f"query returned more than {results_max} results")
        return found

    def _read_block(self, height: int) -> BlockRecord | None:
        """Read a block from disk and recover its senders; in a reader's thread."""
        if height == 0:
            header, time_ms = self._chain.header(0), self._chain.time_ms(0)
            if header is None or time_ms is None:
                raise InvariantError("the genesis block is missing")
            return BlockRecord(header=header, transactions=(), seal=None, time_ms=time_ms)
        block = self._chain.block(height)
        if block is None:
            return None
        for transaction in block.transactions:
            transaction.sender  # noqa: B018 - recovers and caches
        return BlockRecord(
            header=block.header,
            transactions=block.transactions,
            seal=block.seal,
            time_ms=block.seal.time_ms,
        )

    def _scan(
        self, query: LogQuery, masks: list[list[int]], first: int, last: int
    ) -> list[LogRecord]:
        """Return matching logs of a range; the headers' blooms skip most blocks."""
        found: list[LogRecord] = []
        for height in range(first, last + 1):
            header = self.header(height)
            if header is None or not _may_match(header.logs_bloom, masks):
                continue
            receipts = self._chain.receipts(height) or ()
            found += self._matches(query, height, header, receipts)
        return found

    def _matches(
        self,
        query: LogQuery,
        height: int,
        header: Header,
        receipts: Sequence[TransactionReceipt],
    ) -> list[LogRecord]:
        found: list[LogRecord] = []
        transactions: tuple[Transaction, ...] = ()
        log_index = 0
        for index, receipt in enumerate(receipts):
            for entry in receipt.logs:
                if query.is_match(entry):
                    if not transactions:
                        block = self._chain.block(height)
                        transactions = () if block is None else block.transactions
                    found.append(
                        LogRecord(
                            log=entry,
                            height=height,
                            block_hash=header.hash,
                            timestamp=header.timestamp,
                            transaction_hash=transactions[index].hash,
                            transaction_index=index,
                            log_index=log_index,
                        )
                    )
                log_index += 1
        return found


def _record_of(executed: ExecutedBlock, *, is_final: bool) -> BlockRecord:
    block = executed.block
    return BlockRecord(
        header=block.header,
        transactions=block.transactions,
        seal=block.seal,
        time_ms=block.seal.time_ms,
        is_final=is_final,
    )


def _rewards_of(
    block: BlockRecord, receipts: Sequence[TransactionReceipt]
) -> Sequence[tuple[int, int]]:
    base_fee = block.header.base_fee_per_gas
    return sorted(
        (transaction.effective_gas_price(base_fee) - base_fee, receipt.gas_used)
        for transaction, receipt in zip(block.transactions, receipts, strict=True)
    )


def _bloom_masks(query: LogQuery) -> list[list[int]]:
    """Return, for every condition, the bit patterns of which a matching block has at least one."""
    conditions = [query.addresses, *query.topics]
    return [[bloom_bits(entry) for entry in choices] for choices in conditions if choices]


def _may_match(bloom: bytes, masks: list[list[int]]) -> bool:
    bits = int.from_bytes(bloom, "big")
    if not bits:
        return False
    return all(any(bits & mask == mask for mask in choices) for choices in masks)


def _remember(cache: "OrderedDict[int, Any]", key: int, value: Any, size: int) -> None:
    cache[key] = value
    while len(cache) > size:
        cache.popitem(last=False)
