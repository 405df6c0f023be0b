"""Stake on its way out: entries, what a slash takes of them, and how much is liable.

A checkpoint per epoch keeps how much had begun to unbond before it, so that the amount opened since
a fault is one subtraction; no slash walks entries.
"""

from typing import Final

from contracts.context import BlockContext
from contracts.framework.storage import ArrayHandle
from contracts.staking.v1.records import UnbondingEntry, ValidatorRecord

SLASH_PERCENT: Final = 5


def open_entry(
    block: BlockContext,
    entries: ArrayHandle[UnbondingEntry],
    validator: bytes,
    record: ValidatorRecord,
    amount: int,
) -> None:
    """Append an entry for ``amount`` wei leaving ``validator`` now."""
    checkpoints = record.checkpoints
    count = len(checkpoints)
    if count == 0 or checkpoints[count - 1].epoch != block.epoch:
        checkpoint = checkpoints.grow()
        checkpoint.epoch = block.epoch
        checkpoint.opened_before = record.opened_total
    record.opened_total += amount
    entry = entries.grow()
    entry.validator = validator
    entry.epoch = block.epoch
    entry.is_after_slash = record.is_tombstoned
    entry.amount = amount
    entry.opened_at = block.timestamp
    entry.opened_height = block.height


def drop_entry(entries: ArrayHandle[UnbondingEntry], index: int) -> None:
    """Remove an entry; the last one takes its place."""
    last = entries[len(entries) - 1]
    entries[index].copy_from(last)
    last.clear()
    entries.cut()


def payable_amount(entry: UnbondingEntry, record: ValidatorRecord) -> int:
    """Return what an entry pays: less the slash when it backed the fault's epoch or a later one.

    The slash rounds up here and down in the total, so the contract is never short.
    """
    amount = entry.amount
    is_liable = (
        record.is_tombstoned and not entry.is_after_slash and entry.epoch >= record.fault_epoch
    )
    return amount - -(-amount * SLASH_PERCENT // 100) if is_liable else amount


def opened_since(record: ValidatorRecord, epoch: int) -> int:
    """Return how much began to unbond in ``epoch`` or later, by binary search."""
    checkpoints = record.checkpoints
    low, high = 0, len(checkpoints)
    while low < high:
        middle = (low + high) // 2
        if checkpoints[middle].epoch >= epoch:
            high = middle
        else:
            low = middle + 1
    if low == len(checkpoints):
        return 0
    return record.opened_total - checkpoints[low].opened_before
