"""A value's past: one word per change, so that any earlier block's value can be read.

A point is (height, value) packed into one word; the value at the end of block h is that of the last
point at or below h. Reading costs log2(points) loads; writing twice in one block keeps one point.
"""

from contracts.errors import PANIC_ARITHMETIC, panic
from contracts.framework.storage import U64, U128, ArrayHandle, Slot, Struct, array, struct
from primitives.types import U128_MAX


class Point(Struct):
    """``value`` as it stood at the end of block ``height``."""

    __slots__ = ()
    height = Slot(U64)
    value = Slot(U128)

    def read(self) -> tuple[int, int]:
        """Return (height, value) with one load."""
        word = self.ctx.sload(self.base_slot)
        return word & (1 << 64) - 1, word >> 64 & U128_MAX

    def write(self, height: int, value: int) -> None:
        """Store both with one write."""
        self.ctx.sstore(self.base_slot, height | value << 64)


HISTORY = array(struct(Point))
"""The element of a history: ``Slot(HISTORY)`` or ``mapping(ADDRESS, HISTORY)``."""


def record(history: ArrayHandle[Point], height: int, value: int) -> None:
    """Note that the value is ``value`` at the end of block ``height``, not below the last point's.

    Raises:
        Revert: Panic(0x11), the value does not fit 128 bits.
    """
    if not 0 <= value <= U128_MAX:
        raise panic(PANIC_ARITHMETIC)
    count = len(history)
    if count:
        last_height, last_value = history[count - 1].read()
        if last_value == value:
            return
        if last_height == height:
            history[count - 1].write(height, value)
            return
    history.grow().write(height, value)


def value_at(history: ArrayHandle[Point], height: int) -> int:
    """Return the value at the end of block ``height``; 0 before the first point."""
    return _value_between(history, height, 0, len(history))


def recent_value_at(history: ArrayHandle[Point], height: int) -> int:
    """Return the value at the end of block ``height``, searched from the newest point backwards.

    Costs 2 log2(points after ``height``) loads, however long the history is.
    """
    count = len(history)
    step, high = 1, count
    while high and history[high - 1].read()[0] > height:
        high = max(0, high - step)
        step *= 2
    return _value_between(history, height, high, min(count, high + step // 2))


def _value_between(history: ArrayHandle[Point], height: int, low: int, high: int) -> int:
    """Return the value at ``height``, whose first later point is one from ``low`` to ``high``."""
    while low < high:
        middle = (low + high) // 2
        if history[middle].read()[0] > height:
            high = middle
        else:
            low = middle + 1
    return history[low - 1].read()[1] if low else 0


def latest(history: ArrayHandle[Point]) -> int:
    """Return the present value; 0 without points."""
    count = len(history)
    return history[count - 1].read()[1] if count else 0
