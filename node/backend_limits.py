"""Reads in other threads, bounded in number and in time.

A read runs Python code that we do not control (a contract's bytecode), so the limit in time is an
exception raised inside the reading thread. It is a ``BaseException``: nothing between the read and
this module catches it. A read writes nothing that outlives it, so it may end anywhere.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from node.interrupt import TimeIsUpError, Watch, run_watched
from rpc.errors import LimitExceededError, TimedOutError

READS_WAITING_MAX: Final = 1_024
READ_SECONDS_MAX: Final = 5.0

T = TypeVar("T")


class _TimedWatch(Watch):
    """A watch that knows when its read began."""

    __slots__ = ("started_at", "timer")

    def __init__(self) -> None:
        super().__init__()
        self.started_at: float | None = None
        self.timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Note the thread that reads, and when."""
        super().begin()
        self.started_at = time.monotonic()

    def seconds_left(self, seconds: float) -> float:
        """Return what is left of a limit; all of it before the read has begun."""
        if self.started_at is None:
            return seconds
        return seconds - (time.monotonic() - self.started_at)


class Readers:
    """Runs reads in a pool; used from the event loop only."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._waiting = 0

    async def run(self, read: Callable[[], T], seconds: float = READ_SECONDS_MAX) -> T:
        """Run ``read`` in a thread and return its result.

        Raises:
            LimitExceededError: too many reads are waiting.
            TimedOutError: it ran longer than ``seconds``.
        """
        if self._waiting >= READS_WAITING_MAX:
            raise LimitExceededError(f"too many reads are waiting: limit {READS_WAITING_MAX}")
        loop = asyncio.get_running_loop()
        watch = _TimedWatch()
        self._look(watch, seconds)
        self._waiting += 1
        try:
            return await loop.run_in_executor(self._pool, _run, read, watch, seconds)
        finally:
            self._waiting -= 1
            if watch.timer is not None:
                watch.timer.cancel()

    def _look(self, watch: _TimedWatch, seconds: float) -> None:
        """Interrupt a read whose time is over, or look again when it would be."""
        left = watch.seconds_left(seconds)
        if left > 0:
            loop = asyncio.get_running_loop()
            watch.timer = loop.call_later(left, self._look, watch, seconds)
        else:
            watch.fire()


def _run(read: Callable[[], T], watch: _TimedWatch, seconds: float) -> T:
    try:
        return run_watched(read, watch)
    except TimeIsUpError:
        raise TimedOutError(seconds) from None
