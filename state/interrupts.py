"""Raising an exception in another thread, and leaving no trace of it.

CPython keeps one flag per interpreter for such exceptions and clears it only when a thread takes
one. An exception that is called back, or sent to a thread that ends first, leaves the flag set:
every thread then looks for work at each call, for ever (and loops for ever under ``sys.settrace``).
So nothing is called back here: who may have one pending takes it, and ``clear_flag`` takes one.
"""

import ctypes
import threading
import time
from typing import Final

_TAKE_TRIES: Final = 1_000


class _FlagError(BaseException):
    """Raised in the thread that clears the flag."""


def raise_in(thread: int, kind: type[BaseException]) -> None:
    """Raise an exception in a running thread at its next bytecode; ``thread`` is its identity."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))


def take_pending(kind: type[BaseException]) -> bool:
    """Let an exception that was sent to this thread arrive here; answer whether one came."""
    try:
        for _ in range(_TAKE_TRIES):
            time.sleep(0)
    except kind:
        return True
    return False


def clear_flag() -> None:
    """Clear the interpreter's flag after an exception whose thread may have ended before it."""
    try:
        raise_in(threading.get_ident(), _FlagError)
        take_pending(_FlagError)
    except _FlagError:
        return
