"""Subscriptions over WebSocket: newHeads, logs, newPendingTransactions.

U1. An event is encoded once for all subscribers, and each different question about a block's logs
    is answered once: however many subscribe, a block full of logs does not hold the node up.
U2. A subscriber's queue is bounded in messages and bytes; one that does not keep up is dropped
    with a reason, never slows the others, never blocks the node.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import orjson

from primitives.block import TransactionReceipt
from primitives.transaction import Transaction
from rpc import formats
from rpc.backend import BlockRecord, LogQuery
from rpc.errors import InvalidParamsError, LimitExceededError
from rpc.limits import (
    QUEUE_BYTES_MAX,
    QUEUE_MESSAGES_MAX,
    SUBSCRIPTIONS_PER_CONNECTION_MAX,
)

ID_BYTES: Final = 16


class Topic(Enum):
    """What one can subscribe to."""

    HEADS = "newHeads"
    LOGS = "logs"
    PENDING = "newPendingTransactions"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription of a connection."""

    topic: Topic
    query: LogQuery
    is_full: bool


class Subscriber:
    """One WebSocket connection's subscriptions and its bounded queue (U2)."""

    def __init__(self, on_overflow: Callable[[str], None]) -> None:
        self._on_overflow = on_overflow
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._wake = asyncio.Event()
        self.is_dropped = False
        self.subscriptions: dict[str, Subscription] = {}

    def add(self, topic: Topic, query: LogQuery, *, is_full: bool = False) -> str:
        """Subscribe and return the id.

        Raises:
            LimitExceededError: too many on this connection.
        """
        if len(self.subscriptions) >= SUBSCRIPTIONS_PER_CONNECTION_MAX:
            raise LimitExceededError(
                f"too many subscriptions: limit {SUBSCRIPTIONS_PER_CONNECTION_MAX} per connection"
            )
        subscription_id = "0x" + secrets.token_hex(ID_BYTES)
        self.subscriptions[subscription_id] = Subscription(topic, query, is_full)
        return subscription_id

    def remove(self, subscription_id: str) -> bool:
        """Unsubscribe; answer whether there was such a subscription."""
        return self.subscriptions.pop(subscription_id, None) is not None

    def enqueue(self, message: bytes) -> None:
        """Queue a message, or drop the connection when it does not keep up (U2)."""
        if self.is_dropped:
            return
        if (
            len(self._queue) >= QUEUE_MESSAGES_MAX
            or self._queued_bytes + len(message) > QUEUE_BYTES_MAX
        ):
            self.is_dropped = True
            self._queue.clear()
            self._on_overflow(
                f"slow consumer: more than {QUEUE_MESSAGES_MAX} messages or "
                f"{QUEUE_BYTES_MAX} bytes are waiting"
            )
            return
        self._queue.append(message)
        self._queued_bytes += len(message)
        self._wake.set()

    async def next_message(self) -> bytes:
        """Return the next message in order."""
        while not self._queue:
            self._wake.clear()
            await self._wake.wait()
        message = self._queue.popleft()
        self._queued_bytes -= len(message)
        return message


class Subscribers:
    """All connections that may subscribe (``Listener``)."""

    def __init__(self) -> None:
        self._all: set[Subscriber] = set()

    def __len__(self) -> int:
        return len(self._all)

    def add(self, subscriber: Subscriber) -> None:
        """Tell a connection of events from now on."""
        self._all.add(subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """Forget a connection."""
        self._all.discard(subscriber)

    def on_finalized(self, block: BlockRecord, receipts: tuple[TransactionReceipt, ...]) -> None:
        """Send the head and the logs of a block."""
        if not any(subscriber.subscriptions for subscriber in self._all):
            return
        head = orjson.dumps(formats.header_json(block.header))
        logs = _BlockLogs(block, receipts)
        for subscriber in list(self._all):
            for key, subscription in list(subscriber.subscriptions.items()):
                if subscription.topic is Topic.HEADS:
                    subscriber.enqueue(_notification(key, head))
                elif subscription.topic is Topic.LOGS:
                    for encoded in logs.matching(subscription.query):
                        if subscriber.is_dropped:
                            break
                        subscriber.enqueue(_notification(key, encoded))

    def on_pending(self, transaction: Transaction) -> None:
        """Send a transaction that is new in the pool."""
        short = full = b""
        for subscriber in list(self._all):
            for key, subscription in list(subscriber.subscriptions.items()):
                if subscription.topic is not Topic.PENDING:
                    continue
                if subscription.is_full:
                    full = full or orjson.dumps(formats.transaction_json(transaction))
                else:
                    short = short or orjson.dumps(formats.data(transaction.hash))
                subscriber.enqueue(_notification(key, full if subscription.is_full else short))


def parse_topic(value: Any, name: str) -> Topic:
    """Read the first parameter of eth_subscribe."""
    for topic in Topic:
        if topic.value == value:
            return topic
    known = ", ".join(topic.value for topic in Topic)
    raise InvalidParamsError(f"{name}: no {str(value)[:64]!r} subscription; known: {known}")


class _BlockLogs:
    """The logs of one block: each encoded once, each query answered once (U1)."""

    __slots__ = ("_answers", "_block", "_encoded", "_receipts")

    def __init__(self, block: BlockRecord, receipts: tuple[TransactionReceipt, ...]) -> None:
        self._block = block
        self._receipts = receipts
        self._encoded: dict[int, bytes] = {}
        self._answers: dict[LogQuery, list[bytes]] = {}

    def matching(self, query: LogQuery) -> list[bytes]:
        """Return the encoded logs that a query asks for, in order."""
        found = self._answers.get(query)
        if found is None:
            found = self._answers[query] = self._find(query)
        return found

    def _find(self, query: LogQuery) -> list[bytes]:
        found, log_index = [], 0
        for index, receipt in enumerate(self._receipts):
            for entry in receipt.logs:
                if query.is_match(entry):
                    encoded = self._encoded.get(log_index)
                    if encoded is None:
                        record = formats.place_log(self._block, entry, index, log_index)
                        encoded = orjson.dumps(formats.log_json(record))
                        self._encoded[log_index] = encoded
                    found.append(encoded)
                log_index += 1
        return found


def _notification(subscription_id: str, result: bytes) -> bytes:
    """Return the message around an encoded result; ids are plain hex."""
    return (
        b'{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"'
        + subscription_id.encode()
        + b'","result":'
        + result
        + b"}}"
    )
