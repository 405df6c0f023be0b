"""Threads with room for deep calls: 1,024 EVM frames are some 15,000 Python frames.

Execution has one such thread, so blocks execute in order; reads (eth_call and the like) have their
own, so a wallet never waits for a block nor a block for a wallet.
"""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

STACK_BYTES: Final = 512 * 1024 * 1024
"""Reserved address space; memory is taken only as a call goes deep."""

RECURSION_LIMIT: Final = 40_000


def deep_executor(workers: int, name: str) -> ThreadPoolExecutor:
    """Return a pool whose threads exist already and have the deep stack."""
    sys.setrecursionlimit(RECURSION_LIMIT)
    old = threading.stack_size(STACK_BYTES)
    try:
        pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
        barrier = threading.Barrier(workers + 1)
        for _ in range(workers):
            pool.submit(barrier.wait)
        barrier.wait()
    finally:
        threading.stack_size(old)
    return pool


def run_aside(work: Callable[[], None]) -> None:
    """Do something in a thread of its own, which no deadline interrupts; wait for it.

    Who waits may be interrupted; the work goes on to its end.
    """
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join()
