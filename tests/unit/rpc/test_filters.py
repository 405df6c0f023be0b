"""Polling filters: cursors, forgetting, limits."""

from types import SimpleNamespace
from typing import Any

import pytest

from rpc.errors import LimitExceededError
from rpc.filters import FilterKind, FilterNotFoundError, Filters
from rpc.limits import FILTER_IDLE_SECONDS, FILTERS_MAX, PENDING_REMEMBERED_MAX


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def waiting(number: int) -> Any:
    return SimpleNamespace(hash=number.to_bytes(32, "big"))


def test_idle_filter_is_forgotten_and_polled_one_is_not() -> None:
    clock = Clock()
    filters = Filters(clock)
    kept, idle = filters.create(FilterKind.BLOCKS, 0), filters.create(FilterKind.BLOCKS, 0)
    clock.now = FILTER_IDLE_SECONDS - 1
    filters.get(kept)
    clock.now = FILTER_IDLE_SECONDS + 1
    filters.get(kept)
    with pytest.raises(FilterNotFoundError):
        filters.get(idle)
    assert len(filters) == 1


def test_number_of_filters_is_limited() -> None:
    filters = Filters()
    for _ in range(FILTERS_MAX):
        filters.create(FilterKind.BLOCKS, 0)
    with pytest.raises(LimitExceededError, match=str(FILTERS_MAX)):
        filters.create(FilterKind.BLOCKS, 0)


def test_pending_filter_answers_each_transaction_once() -> None:
    filters = Filters()
    filters.on_pending(waiting(0))
    polled = filters.get(filters.create(FilterKind.PENDING, 0))
    assert filters.take_pending(polled) == []
    for number in (1, 2):
        filters.on_pending(waiting(number))
    assert filters.take_pending(polled) == [waiting(1).hash, waiting(2).hash]
    assert filters.take_pending(polled) == []


def test_pending_filter_that_fell_behind_gets_what_is_remembered() -> None:
    filters = Filters()
    polled = filters.get(filters.create(FilterKind.PENDING, 0))
    for number in range(PENDING_REMEMBERED_MAX + 10):
        filters.on_pending(waiting(number))
    found = filters.take_pending(polled)
    assert len(found) == PENDING_REMEMBERED_MAX
    assert found[0] == waiting(10).hash
