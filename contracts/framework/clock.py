"""Deadlines that a halt of the chain cannot expire.

A duration has passed when its seconds of block time have passed *and* seconds / (4 x target block
time) blocks: after a halt the first block's time jumps, its height does not.
"""

from typing import Final

from contracts.context import BlockContext
from contracts.framework.storage import U64, Slot, Struct

SLOWDOWN_MAX: Final = 4
"""Blocks may come this many times slower than the target before the block count governs."""


def blocks_in(seconds: int, block_time_ms: int) -> int:
    """Return the number of blocks that must pass along with ``seconds``."""
    return seconds * 1000 // (SLOWDOWN_MAX * max(block_time_ms, 1))


def has_passed(block: BlockContext, set_at: int, set_height: int, seconds: int) -> bool:
    """Answer whether ``seconds`` have passed at ``block`` since they were set."""
    return block.timestamp >= set_at + seconds and block.height >= set_height + blocks_in(
        seconds, block.block_time_ms
    )


class Moment(Struct):
    """A point in block time from which durations are counted; one word, zero when never set."""

    __slots__ = ()
    seconds = Slot(U64)
    height = Slot(U64)

    def stamp(self, block: BlockContext) -> None:
        """Set it to ``block``."""
        self.ctx.sstore(self.base_slot, block.timestamp | block.height << 64)

    def has_passed(self, block: BlockContext, seconds: int) -> bool:
        """Answer whether ``seconds`` have passed at ``block`` since the moment."""
        word = self.ctx.sload(self.base_slot)
        return has_passed(block, word & (1 << 64) - 1, word >> 64, seconds)

    def elapsed(self, block: BlockContext) -> int:
        """Return the seconds that have passed: the most for which ``has_passed`` answers yes.

        For clocks that add up several turns: a halt counts only as far as its blocks do.
        """
        word: int = self.ctx.sload(self.base_slot)
        blocks = block.height - (word >> 64) + 1
        by_blocks = (SLOWDOWN_MAX * max(block.block_time_ms, 1) * blocks - 1) // 1000
        return min(block.timestamp - (word & (1 << 64) - 1), by_blocks)
