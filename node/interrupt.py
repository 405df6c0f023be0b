"""A limit in time for Python code that we do not control: a contract's bytecode.

The limit is an exception raised inside the working thread. It is a ``BaseException``: nothing
between the work and this module catches it. The work may end anywhere, so what it was changing is
thrown away by the caller, never kept.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from state.interrupts import raise_in, take_pending

T = TypeVar("T")


class TimeIsUpError(BaseException):
    """Raised in a thread whose time is over."""


class Watch:
    """Interrupts one thread's work, at most once, and never after it ended."""

    __slots__ = ("_has_fired", "_is_done", "_lock", "_thread")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread = 0
        self._is_done = False
        self._has_fired = False

    def begin(self) -> None:
        """Note the thread that works."""
        self._thread = threading.get_ident()

    def fire(self) -> None:
        """Interrupt the work if it still runs."""
        with self._lock:
            if not self._is_done and not self._has_fired and self._thread:
                self._has_fired = True
                raise_in(self._thread, TimeIsUpError)

    def end(self) -> bool:
        """Note that the work is over; answer whether an interrupt was sent."""
        with self._lock:
            self._is_done = True
            return self._has_fired


def run_watched(work: Callable[[], T], watch: Watch) -> T:
    """Run work that ``watch`` may interrupt.

    Raises:
        TimeIsUpError: it was interrupted.
    """
    has_arrived = False
    try:
        watch.begin()
        return work()
    except TimeIsUpError:
        has_arrived = True
        raise
    finally:
        if watch.end() and not has_arrived:
            take_pending(TimeIsUpError)


def run_limited(work: Callable[[], T], seconds: float) -> T:
    """Run work in this thread for at most ``seconds``.

    Raises:
        TimeIsUpError: it took longer.
    """
    watch = Watch()
    timer = threading.Timer(max(0.0, seconds), watch.fire)
    timer.daemon = True
    watch.begin()
    timer.start()
    try:
        return run_watched(work, watch)
    finally:
        timer.cancel()
