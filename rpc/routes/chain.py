"""eth: blocks, transactions, receipts, fees."""

from collections.abc import Sequence
from typing import Any, Final

from primitives.block import TransactionReceipt
from primitives.transaction import Transaction
from primitives.types import Hash32
from rpc import formats
from rpc.backend import PENDING, Backend, BlockRecord
from rpc.errors import InvalidParamsError
from rpc.formats import Json, quantity
from rpc.limits import FEE_HISTORY_BLOCKS_MAX
from rpc.parameters import BlockReference
from rpc.routing import Session, find_height, height_of

PROTOCOL_VERSION: Final = 68
"""The Ethereum wire protocol that contemporaries speak; wallets only want a number."""
BLOB_BASE_FEE_WEI: Final = 1


def block_number(session: Session) -> str:
    """Return the newest finalized height."""
    return hex(session.backend.head.height)


def chain_id(session: Session) -> str:
    """Return the chain id."""
    return hex(session.backend.chain_id)


def protocol_version(session: Session) -> str:  # noqa: ARG001
    """Return a wire protocol number."""
    return hex(PROTOCOL_VERSION)


def syncing(session: Session) -> Json | bool:
    """Return False, or where block sync stands."""
    return formats.sync_json(session.backend.sync_status, session.backend.head.height)


def accounts(session: Session) -> list[str]:  # noqa: ARG001
    """Return no accounts: the node holds no keys of wallets."""
    return []


def coinbase(session: Session) -> str:
    """Return who gets the fees of this node's blocks."""
    recipient = session.backend.fee_recipient
    return formats.data(bytes(20) if recipient is None else recipient)


def mining(session: Session) -> bool:  # noqa: ARG001
    """Return False: nobody mines blocks here."""
    return False


def hashrate(session: Session) -> str:  # noqa: ARG001
    """Return 0."""
    return "0x0"


def gas_price(session: Session) -> str:
    """Return a price per gas that the next block accepts, tip included."""
    backend = session.backend
    base_fee = max(backend.next_base_fee, backend.head.base_fee_per_gas)
    return hex(base_fee + backend.suggested_tip)


def max_priority_fee(session: Session) -> str:
    """Return a tip that recent blocks would have included."""
    return hex(session.backend.suggested_tip)


def blob_base_fee(session: Session) -> str:  # noqa: ARG001
    """Return 1: there are no blobs."""
    return hex(BLOB_BASE_FEE_WEI)


async def fee_history(
    session: Session, count: int, newest: BlockReference, percentiles: list[float]
) -> Json:
    """Return base fees, fullness and tips of past blocks (geth's semantics)."""
    backend = session.backend
    if count < 1:
        return {"oldestBlock": "0x0", "gasUsedRatio": [], "baseFeePerGas": []}
    last = height_of(backend, newest)
    last = backend.head.height if last == PENDING else last
    first = max(0, last - min(count, FEE_HISTORY_BLOCKS_MAX) + 1)
    base_fees, ratios, rewards = [], [], []
    for height in range(first, last + 1):
        header = backend.header(height)
        if header is None:
            raise InvalidParamsError(f"newestBlock: block {height} is not here")
        base_fees.append(hex(header.base_fee_per_gas))
        ratios.append(header.gas_used / header.gas_limit if header.gas_limit else 0.0)
        if percentiles:
            paid = await backend.rewards(height) or ()
            rewards.append([hex(reward) for reward in _rewards_at(paid, percentiles)])
    following = backend.header(last + 1) if last < backend.head.height else None
    next_fee = backend.next_base_fee if following is None else following.base_fee_per_gas
    shown: Json = {
        "oldestBlock": quantity(first),
        "baseFeePerGas": [*base_fees, hex(next_fee)],
        "gasUsedRatio": ratios,
        "baseFeePerBlobGas": [hex(BLOB_BASE_FEE_WEI)] * (len(base_fees) + 1),
        "blobGasUsedRatio": [0.0] * len(base_fees),
    }
    if percentiles:
        shown["reward"] = rewards
    return shown


def _rewards_at(paid: Sequence[tuple[int, int]], percentiles: list[float]) -> list[int]:
    """Return the tips at percentiles of gas; ``paid`` is (tip, gas), the cheapest first."""
    if not paid:
        return [0] * len(percentiles)
    total = sum(gas for _, gas in paid)
    found, position, reached = [], 0, paid[0][1]
    for percentile in percentiles:
        threshold = total * percentile / 100
        while reached < threshold and position < len(paid) - 1:
            position += 1
            reached += paid[position][1]
        found.append(paid[position][0])
    return found


async def block_by_hash(session: Session, block_hash: Hash32, is_full: bool) -> Json | None:
    """Return a finalized block, null when there is none."""
    return await _shown_block(session.backend, block_hash, is_full)


async def block_by_number(session: Session, number: BlockReference, is_full: bool) -> Json | None:
    """Return a block by number or tag, null when there is none."""
    return await _shown_block(session.backend, number, is_full)


async def _shown_block(backend: Backend, reference: BlockReference, is_full: bool) -> Json | None:
    block = await find_block(backend, reference)
    return None if block is None else formats.block_json(block, is_full=is_full)


async def find_block(backend: Backend, reference: BlockReference) -> BlockRecord | None:
    """Return the block that a tag, number or hash names."""
    height = find_height(backend, reference)
    return None if height is None else await backend.block(height)


async def transaction_count(session: Session, reference: BlockReference) -> str | None:
    """Return how many transactions a block has, null when there is no such block."""
    block = await find_block(session.backend, reference)
    return None if block is None else hex(len(block.transactions))


async def uncle_count(session: Session, reference: BlockReference) -> str | None:
    """Return 0 for a block that exists."""
    return None if find_height(session.backend, reference) is None else "0x0"


def uncle(session: Session, reference: BlockReference, index: int) -> None:
    """Return null: there are no uncles."""


async def transaction_at(session: Session, reference: BlockReference, index: int) -> Json | None:
    """Return a block's transaction, null when there is none."""
    block = await find_block(session.backend, reference)
    if block is None or index >= len(block.transactions):
        return None
    return formats.transaction_json(block.transactions[index], block, index)


async def transaction_by_hash(session: Session, transaction_hash: Hash32) -> Json | None:
    """Return a finalized or waiting transaction, null when it is unknown."""
    place = await find_transaction(session.backend, transaction_hash)
    if place is not None:
        block, index = place
        return formats.transaction_json(block.transactions[index], block, index)
    waiting = session.backend.pooled(transaction_hash)
    return None if waiting is None else formats.transaction_json(waiting)


async def find_transaction(
    backend: Backend, transaction_hash: bytes
) -> tuple[BlockRecord, int] | None:
    """Return the block of a finalized transaction and the index in it."""
    location = backend.transaction_location(transaction_hash)
    if location is None:
        return None
    block = await backend.block(location[0])
    return None if block is None else (block, location[1])


async def transaction_receipt(session: Session, transaction_hash: Hash32) -> Json | None:
    """Return a finalized transaction's receipt, null when there is none."""
    return await find_receipt(session.backend, transaction_hash)


async def find_receipt(backend: Backend, transaction_hash: bytes) -> Json | None:
    """Return the receipt of a finalized transaction as JSON."""
    place = await find_transaction(backend, transaction_hash)
    if place is None:
        return None
    block, index = place
    receipts = await backend.receipts(block.header.height)
    if receipts is None:
        return None
    first_log = sum(len(receipt.logs) for receipt in receipts[:index])
    return formats.receipt_json(block, receipts, index, first_log)


async def block_receipts(session: Session, reference: BlockReference) -> list[Json] | None:
    """Return all receipts of a block, null when there is no such block."""
    found = await find_receipts(session.backend, reference)
    return None if found is None else formats.receipts_json(*found)


async def find_receipts(
    backend: Backend, reference: BlockReference
) -> tuple[BlockRecord, tuple[TransactionReceipt, ...]] | None:
    """Return a block with its receipts."""
    block = await find_block(backend, reference)
    if block is None:
        return None
    receipts = await backend.receipts(block.header.height if block.is_final else PENDING)
    return None if receipts is None else (block, receipts)


def raw_of(transaction: Transaction | None) -> Any:
    """Return a transaction's bytes as JSON."""
    return None if transaction is None else formats.data(transaction.encode())
