"""What was spent in the last hour, day and week: rings of buckets that only ever round up.

A window of N buckets counts the bucket of now and the N whole buckets before it, so everything
spent within its length counts, and a little more: between two payments of which one no longer
counts lie more seconds than the window has. A ring therefore has N + 1 places.

W1. ``total`` is the sum of the places; a place holds what was spent in the bucket whose number has
    its remainder and lies in ``last - N .. last``, else zero.
W2. Reading changes nothing; adding clears what has fallen out, at most N + 1 places.
"""

from dataclasses import dataclass
from typing import Final

from contracts.framework.storage import U64, U128, Slot, Struct, array
from primitives.types import U64_MAX

PLACES_MAX: Final = 29


@dataclass(frozen=True, slots=True)
class Window:
    """A window: ``buckets`` of ``bucket_seconds`` each make up its length."""

    buckets: int
    bucket_seconds: int


HOUR: Final = Window(12, 300)
DAY: Final = Window(24, 3_600)
WEEK: Final = Window(28, 21_600)
WINDOWS: Final = (HOUR, DAY, WEEK)


class Ring(Struct):
    """Amounts by bucket; ``last`` is the number of the latest bucket, seconds / bucket_seconds."""

    __slots__ = ()
    last = Slot(U64)
    total = Slot(U128)
    amounts = Slot(array(U128, PLACES_MAX))

    def spent(self, window: Window, now: int) -> int:
        """Return what counts at ``now`` (seconds of block time)."""
        last, total = self._header()
        if total == 0:
            return 0
        amounts, places = self.amounts, window.buckets + 1
        return total - sum(amounts[number % places] for number in _fallen(window, last, now))

    def add(self, window: Window, now: int, amount: int) -> None:
        """Count ``amount`` in the bucket of ``now``."""
        last, total = self._header()
        amounts, places = self.amounts, window.buckets + 1
        for number in _fallen(window, last, now) if total else ():
            place = number % places
            gone = amounts[place]
            if gone:
                amounts[place] = 0
                total -= gone
        bucket = max(last, now // window.bucket_seconds)
        amounts[bucket % places] += amount
        self.ctx.sstore(self.base_slot, bucket | total + amount << 64)

    def _header(self) -> tuple[int, int]:
        word = self.ctx.sload(self.base_slot)
        return word & U64_MAX, word >> 64


def _fallen(window: Window, last: int, now: int) -> range:
    """Return the bucket numbers that counted at ``last`` and no longer do."""
    oldest = max(last, now // window.bucket_seconds) - window.buckets
    return range(max(0, last - window.buckets), min(last + 1, oldest))
