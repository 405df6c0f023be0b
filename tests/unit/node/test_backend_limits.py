"""Reads end in time, and an interrupted thread serves the next read."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from node import backend_limits
from node.backend_limits import Readers
from rpc.errors import LimitExceededError, TimedOutError


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as opened:
        yield opened


def spin() -> None:
    while True:
        pass


async def test_endless_read_is_interrupted_and_the_thread_lives_on(
    pool: ThreadPoolExecutor,
) -> None:
    readers = Readers(pool)
    first = await readers.run(threading.get_ident)
    for _ in range(3):
        with pytest.raises(TimedOutError, match=r"limit 0.02 s"):
            await readers.run(spin, 0.02)
        assert await readers.run(threading.get_ident) == first


async def test_interrupt_cannot_be_swallowed_by_the_read(pool: ThreadPoolExecutor) -> None:
    def stubborn() -> None:
        try:
            spin()
        except Exception:  # noqa: BLE001
            spin()

    with pytest.raises(TimedOutError):
        await Readers(pool).run(stubborn, 0.02)


async def test_errors_and_results_pass_through(pool: ThreadPoolExecutor) -> None:
    readers = Readers(pool)
    assert await readers.run(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        await readers.run(lambda: 1 // 0)


async def test_waiting_reads_are_limited(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_limits, "READS_WAITING_MAX", 0)
    with pytest.raises(LimitExceededError, match="limit 0"):
        await Readers(pool).run(lambda: 5)
