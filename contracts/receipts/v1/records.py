"""Storage records of the receipts contract."""

from enum import IntEnum

from contracts.framework.clock import Moment
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES32,
    U8,
    U32,
    U64,
    U128,
    Slot,
    Struct,
    struct,
)


class Receipt(Struct):
    """A receipt for a product that stands, or stood."""

    __slots__ = ()
    job_id = Slot(BYTES32)
    lease_id = Slot(BYTES32)
    tile_root = Slot(BYTES32)
    seed = Slot(BYTES32)
    miner = Slot(ADDRESS)
    status = Slot(U8)
    is_acknowledged = Slot(BOOL)
    height = Slot(U64)
    client = Slot(ADDRESS)
    window_end = Slot(U64)
    m = Slot(U32)
    n = Slot(U32)
    k = Slot(U32)
    tiles_opened = Slot(U32)
    units = Slot(U64)
    seq = Slot(U64)
    unit_price = Slot(U128)


class Claim(Struct):
    """What a lease's miner may be paid: the highest receipt that was shown for it.

    ``units`` and ``amount`` are cumulative. ``batch_id`` is 0 for a receipt shown by itself.
    """

    __slots__ = ()
    receipt_hash = Slot(BYTES32)
    seq = Slot(U64)
    units = Slot(U64)
    amount = Slot(U128)
    height = Slot(U64)
    window_end = Slot(U64)
    batch_id = Slot(U64)
    is_unacknowledged = Slot(BOOL)
    is_settled = Slot(BOOL)
    wait_seconds = Slot(U32)
    is_sampled = Slot(BOOL)
    made = Slot(struct(Moment))


class Batch(Struct):
    """An anchored sum tree; ``bond`` is what is left of the poster's."""

    __slots__ = ()
    root = Slot(BYTES32)
    total = Slot(U128)
    bond = Slot(U128)
    poster = Slot(ADDRESS)
    count = Slot(U32)
    height = Slot(U64)
    open_demands = Slot(U8)
    unanswered_samples = Slot(U8)
    open_leaf_demands = Slot(U8)
    unanswered_leaves = Slot(U8)
    is_closed = Slot(BOOL)
    closed_height = Slot(U64)


class DemandStatus(IntEnum):
    """Where a demand stands; the numbers are the protocol's."""

    UNKNOWN = 0
    OPEN = 1
    ANSWERED = 2
    UNANSWERED = 3


class Demand(Struct):
    """A demand to publish one leaf: by index, or the one that owns a drawn point."""

    __slots__ = ()
    batch_id = Slot(U64)
    place = Slot(U128)
    by = Slot(ADDRESS)
    status = Slot(U8)
    is_sample = Slot(BOOL)
    fee = Slot(U128)
    bond = Slot(U128)
    made_at = Slot(struct(Moment))


class Commitment(Struct):
    """A miner's product for one epoch's certificate of capacity."""

    __slots__ = ()
    root = Slot(BYTES32)
    seed = Slot(BYTES32)
    m = Slot(U32)
    n = Slot(U32)
    k = Slot(U32)
    opened = Slot(U32)
    epoch = Slot(U64)
    draw_from = Slot(U64)
    window_ms = Slot(U64)


class Certificate(Struct):
    """The rate that the chain accepted of a miner; ``expires_at`` in seconds of block time."""

    __slots__ = ()
    macs_per_second = Slot(U64)
    epoch = Slot(U64)
    expires_at = Slot(U64)
