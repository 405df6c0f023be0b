"""eth: logs, filters, subscriptions."""

from collections.abc import Sequence

from rpc import formats
from rpc.backend import PENDING, Backend, LogRecord
from rpc.errors import InvalidParamsError, LimitExceededError, UnknownBlockError
from rpc.filters import Filter, FilterKind, FilterNotFoundError
from rpc.formats import Json
from rpc.limits import LOG_RANGE_BLOCKS_MAX, LOG_RESULTS_MAX
from rpc.parameters import BlockReference, LogFilter, parse_bool, parse_log_filter
from rpc.routing import Session
from rpc.subscriptions import Topic


async def logs(session: Session, criteria: LogFilter) -> list[Json]:
    """Return the matching logs of finalized blocks."""
    first, last = _range(session.backend, criteria)
    return _shown(await _scan(session.backend, criteria, first, last))


def new_filter(session: Session, criteria: LogFilter) -> str:
    """Install a filter for logs and return its id."""
    _range(session.backend, criteria)
    return session.filters.create(FilterKind.LOGS, session.backend.head.height, criteria)


def new_block_filter(session: Session) -> str:
    """Install a filter for new blocks and return its id."""
    return session.filters.create(FilterKind.BLOCKS, session.backend.head.height)


def new_pending_filter(session: Session) -> str:
    """Install a filter for transactions that are new in the pool and return its id."""
    return session.filters.create(FilterKind.PENDING, 0)


def uninstall_filter(session: Session, filter_id: str) -> bool:
    """Remove a filter; answer whether it was there."""
    return session.filters.remove(filter_id)


async def filter_changes(session: Session, filter_id: str) -> Sequence[Json | str]:
    """Return what is new since the last poll."""
    polled = session.filters.get(filter_id)
    if polled.kind is FilterKind.PENDING:
        return [formats.data(found) for found in session.filters.take_pending(polled)]
    if polled.kind is FilterKind.BLOCKS:
        return _new_blocks(session.backend, polled)
    return await _new_logs(session.backend, polled)


async def filter_logs(session: Session, filter_id: str) -> list[Json]:
    """Return all logs of a log filter's range."""
    polled = session.filters.get(filter_id)
    if polled.criteria is None:
        raise FilterNotFoundError
    return await logs(session, polled.criteria)


def subscribe(session: Session, topic: Topic, options: object) -> str:
    """Subscribe this connection and return the subscription's id."""
    assert session.subscriber is not None
    if topic is Topic.LOGS:
        criteria = parse_log_filter({} if options is None else options, "options")
        return session.subscriber.add(topic, criteria.query)
    is_full = options is not None and parse_bool(options, "options")
    return session.subscriber.add(topic, parse_log_filter({}, "options").query, is_full=is_full)


def unsubscribe(session: Session, subscription_id: str) -> bool:
    """End a subscription."""
    assert session.subscriber is not None
    if not session.subscriber.remove(subscription_id):
        raise InvalidParamsError("subscription not found")
    return True


def _range(backend: Backend, criteria: LogFilter) -> tuple[int, int]:
    """Return first and last height of a filter.

    Raises:
        InvalidParamsError: the range is backwards.
        LimitExceededError: it is too long.
    """
    if criteria.block_hash is not None:
        height = backend.height_of(criteria.block_hash)
        if height is None:
            raise UnknownBlockError
        return height, height
    head = backend.head.height
    first = _end(criteria.first, head)
    last = min(_end(criteria.last, head), head)
    if criteria.last is not None and first > _end(criteria.last, head):
        raise InvalidParamsError("invalid block range params: fromBlock is above toBlock")
    if last - first >= LOG_RANGE_BLOCKS_MAX:
        raise LimitExceededError(
            f"block range of {last - first + 1} blocks, limit {LOG_RANGE_BLOCKS_MAX}"
        )
    return first, last


def _end(reference: BlockReference | None, head: int) -> int:
    """Return the height of one end; "pending" is the head: nothing else is final."""
    if isinstance(reference, int):
        return reference
    return 0 if reference == "earliest" else head


async def _scan(backend: Backend, criteria: LogFilter, first: int, last: int) -> list[LogRecord]:
    if first > last or first == PENDING:
        return []
    return await backend.logs(criteria.query, first, last, LOG_RESULTS_MAX)


def _new_blocks(backend: Backend, polled: Filter) -> list[str]:
    last = min(backend.head.height, polled.cursor + LOG_RANGE_BLOCKS_MAX)
    hashes = []
    for height in range(polled.cursor + 1, last + 1):
        header = backend.header(height)
        assert header is not None
        hashes.append(formats.data(header.hash))
    polled.cursor = last
    return hashes


async def _new_logs(backend: Backend, polled: Filter) -> list[Json]:
    """Return a log filter's news; at most a range's worth at a time."""
    criteria = polled.criteria
    assert criteria is not None
    last = min(backend.head.height, polled.cursor + LOG_RANGE_BLOCKS_MAX)
    first = polled.cursor + 1
    if isinstance(criteria.first, int):
        first = max(first, criteria.first)
    bounded = min(last, criteria.last) if isinstance(criteria.last, int) else last
    found = await _scan(backend, criteria, first, bounded)
    polled.cursor = last
    return _shown(found)


def _shown(records: list[LogRecord]) -> list[Json]:
    return [formats.log_json(record) for record in records]
