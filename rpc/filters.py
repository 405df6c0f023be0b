"""Polling filters: each is a cursor, nothing is pushed to them.

F1. Blocks never reorganize, so a block or log filter is the height up to which it has answered.
F2. Waiting transactions are remembered once for all filters, the newest so many; a pending filter
    is the number of the last one that it has answered.
F3. A filter that nobody polls for ``FILTER_IDLE_SECONDS`` is forgotten.
"""

import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from primitives.block import TransactionReceipt
from primitives.transaction import Transaction
from primitives.types import Hash32
from rpc.backend import BlockRecord
from rpc.errors import LimitExceededError, ServerError
from rpc.limits import FILTER_IDLE_SECONDS, FILTERS_MAX, PENDING_REMEMBERED_MAX
from rpc.parameters import LogFilter

ID_BYTES: Final = 16


class FilterKind(Enum):
    """What a filter answers with."""

    BLOCKS = "blocks"
    LOGS = "logs"
    PENDING = "pending"


class FilterNotFoundError(ServerError):
    """No filter has this id, or it was forgotten."""

    def __init__(self) -> None:
        super().__init__("filter not found")


@dataclass(slots=True)
class Filter:
    """One filter; ``cursor`` is a height, or a number of a waiting transaction (F1, F2)."""

    kind: FilterKind
    cursor: int
    polled_at: float
    criteria: LogFilter | None = None


class Filters:
    """All filters of the server; also remembers waiting transactions (``Listener``)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._filters: dict[str, Filter] = {}
        self._pending: deque[Hash32] = deque(maxlen=PENDING_REMEMBERED_MAX)
        self._pending_count = 0

    def __len__(self) -> int:
        return len(self._filters)

    def on_finalized(self, block: BlockRecord, receipts: tuple[TransactionReceipt, ...]) -> None:
        """Do nothing: block and log filters look at the chain when they are polled (F1)."""

    def on_pending(self, transaction: Transaction) -> None:
        """Remember a waiting transaction."""
        self._pending.append(transaction.hash)
        self._pending_count += 1

    def create(self, kind: FilterKind, height: int, criteria: LogFilter | None = None) -> str:
        """Install a filter that answers with what comes after ``height``; return its id.

        Raises:
            LimitExceededError: too many filters.
        """
        self._forget_idle()
        if len(self._filters) >= FILTERS_MAX:
            raise LimitExceededError(f"too many filters: limit {FILTERS_MAX}")
        cursor = self._pending_count if kind is FilterKind.PENDING else height
        filter_id = "0x" + secrets.token_hex(ID_BYTES)
        self._filters[filter_id] = Filter(kind, cursor, self._clock(), criteria)
        return filter_id

    def get(self, filter_id: str) -> Filter:
        """Return a filter and note that it was polled.

        Raises:
            FilterNotFoundError: there is none.
        """
        self._forget_idle()
        found = self._filters.get(filter_id)
        if found is None:
            raise FilterNotFoundError
        found.polled_at = self._clock()
        return found

    def remove(self, filter_id: str) -> bool:
        """Forget a filter; answer whether it was there."""
        return self._filters.pop(filter_id, None) is not None

    def take_pending(self, polled: Filter) -> list[Hash32]:
        """Return the waiting transactions since the last poll, and move the cursor."""
        missed = min(self._pending_count - polled.cursor, len(self._pending))
        polled.cursor = self._pending_count
        return list(self._pending)[len(self._pending) - missed :]

    def _forget_idle(self) -> None:
        limit = self._clock() - FILTER_IDLE_SECONDS
        # Filters are few, and every poll or creation looks at all of them.
        for filter_id in [k for k, f in self._filters.items() if f.polled_at < limit]:
            del self._filters[filter_id]
