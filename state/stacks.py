"""Deep calls go on in a thread of their own every few frames.

CPython 3.12 allows some 1,500 nested calls through C per thread, whatever the recursion limit says,
and an EVM call takes several; a thread per 32 frames keeps 1,024 frames within every interpreter's
limits, so that a deep call has the same result on all of them. The caller waits, so nothing runs
in parallel. An exception that another thread raises in the waiting one (a read whose time is over)
is handed on to the thread that works.
"""

import threading
from collections.abc import Callable
from typing import Final, TypeVar

from state.interrupts import clear_flag, raise_in

FRAMES_PER_STACK: Final = 32
_POLL_SECONDS: Final = 0.05

T = TypeVar("T")


def needs_fresh_stack(depth: int) -> bool:
    """Answer whether the frame at a depth begins a new thread."""
    return depth > 0 and depth % FRAMES_PER_STACK == 0


def on_fresh_stack(work: Callable[[], T]) -> T:
    """Run ``work`` in a new thread, wait for it, return its result or raise what it raised."""
    results: list[T] = []
    failures: list[BaseException] = []
    is_done = threading.Event()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - carried to the waiting thread
            failures.append(error)
        finally:
            is_done.set()

    thread = threading.Thread(target=run, name="deep call", daemon=True)
    try:
        thread.start()
        while not is_done.wait(_POLL_SECONDS):
            continue
    except BaseException as error:
        if thread.ident is not None:
            raise_in(thread.ident, type(error))
            thread.join()
            clear_flag()
        raise
    thread.join()
    if failures:
        raise failures[0]
    return results[0]
