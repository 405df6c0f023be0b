"""Storage records of the marketplace, and the closed vocabularies of their statuses."""

from enum import IntEnum

from contracts.framework.clock import Moment
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES32,
    STRING,
    U8,
    U16,
    U32,
    U64,
    U128,
    Slot,
    Struct,
    array,
    mapping,
    struct,
)
from primitives.types import U64_MAX

DAYS_KEPT = 7
"""Daily closing prices of an index that are kept: a structural bound, its median is over them."""


class OrderStatus(IntEnum):
    """Where an order stands; the numbers are the protocol's."""

    UNKNOWN = 0
    OPEN = 1
    BIDDING = 2
    PROPOSED = 3
    LEASED = 4
    CANCELLED = 5
    EXPIRED = 6


class OfferStatus(IntEnum):
    """Where an offer stands; the numbers are the protocol's."""

    UNKNOWN = 0
    LISTED = 1
    CLOSED = 2


class CloseReason(IntEnum):
    """Why a lease ended without settlement: below 64 the client, below 128 the miner, then both."""

    NONE = 0
    CLIENT_CANCELLED = 1
    CLIENT_RECLAIMED = 2
    MINER_DECLINED = 64
    MINER_SILENT = 65
    MINER_LATE = 66
    MINER_CONVICTED = 67
    MINER_UNPAID = 68
    NETWORK_OUTBID = 128
    NETWORK_NO_WINNER = 129


class Exclusion(IntEnum):
    """Why an offer does not fit an order; the place in ``dryRun``'s list of counts.

    Version one knows no service levels and never answers the last one.
    """

    FITS = 0
    EXPIRED = 1
    KIND = 2
    MODEL = 3
    CLASSES = 4
    PRICE = 5
    VRAM = 6
    GPU_CLASS = 7
    REGION = 8
    CAPACITY = 9
    BUSY = 10
    BOND = 11
    LEAVING = 12
    OWN = 13
    LATENCY = 14
    SERVICE = 15


class OperatorPoint(Struct):
    """``key`` signs receipts that are anchored at ``height`` or later; one word."""

    __slots__ = ()
    height = Slot(U64)
    key = Slot(ADDRESS)

    def read(self) -> tuple[int, bytes]:
        """Return (height, key) with one load."""
        word = self.ctx.sload(self.base_slot)
        return word & U64_MAX, (word >> 64).to_bytes(20, "big")

    def write(self, height: int, key: bytes) -> None:
        """Store both with one write."""
        self.ctx.sstore(self.base_slot, height | int.from_bytes(key, "big") << 64)


class Miner(Struct):
    """A bonded miner; ``leaving_at`` is when a withdrawal was requested, 0 when none was.

    ``open_leases`` counts jobs and leases that are not final, proposals included. ``gpu_class`` is
    that of all its offers. ``macs_per_second`` is certified until ``capacity_until``;
    ``capacity_bucket`` is where that certificate is to be taken off its class's rate, plus one.
    """

    __slots__ = ()
    operator_key = Slot(ADDRESS)
    open_leases = Slot(U32)
    leaving_at = Slot(U64)
    bond = Slot(U128)
    locked = Slot(U128)
    leaving_height = Slot(U64)
    gpu_class = Slot(U16)
    offers_listed = Slot(U16)
    endpoint = Slot(STRING)
    sealing_key = Slot(BYTES32)
    macs_per_second = Slot(U64)
    capacity_until = Slot(U64)
    capacity_bucket = Slot(U64)


class Standing(Struct):
    """What is remembered of an account for good, whether or not it is a miner now.

    ``weight`` is the fee burnt by its settled leases, each divided by how many the two parties had.
    """

    __slots__ = ()
    convicted_height = Slot(U64)
    settled = Slot(U64)
    missed = Slot(U64)
    weight = Slot(U128)


class Job(Struct):
    """A posted job; ``open_place`` is its place in the list of open jobs plus one."""

    __slots__ = ()
    client = Slot(ADDRESS)
    status = Slot(U8)
    open_place = Slot(U64)
    seed = Slot(BYTES32)
    m = Slot(U32)
    n = Slot(U32)
    k = Slot(U32)
    window_blocks = Slot(U32)
    unit_price = Slot(U128)
    escrow = Slot(U128)
    posted_at = Slot(U64)
    posted_height = Slot(U64)
    deadline_seconds = Slot(U64)
    lease_id = Slot(BYTES32)
    miner = Slot(ADDRESS)
    taken_at = Slot(U64)
    taken_height = Slot(U64)
    bond_locked = Slot(U128)


class Offer(Struct):
    """A posted offer; ``place`` is its place in the book of its unit kind plus one.

    ``serves`` answers at the price of one word what ``model_roots`` lists.
    """

    __slots__ = ()
    miner = Slot(ADDRESS)
    status = Slot(U8)
    unit_kind = Slot(U8)
    kinds = Slot(U8)
    classes = Slot(U8)
    gpu_class = Slot(U16)
    gpu_count = Slot(U16)
    region = Slot(U16)
    leases_max = Slot(U16)
    unit_price = Slot(U128)
    vram_mib = Slot(U32)
    latency_ms = Slot(U32)
    open_leases = Slot(U16)
    place = Slot(U16)
    expiry_seconds = Slot(U32)
    bond = Slot(U128)
    listed = Slot(struct(Moment))
    model_roots = Slot(array(BYTES32))
    serves = Slot(mapping(BYTES32, BOOL))


class Bid(Struct):
    """A sealed bid of an auction; ``number`` counts the order's commitments, from 0."""

    __slots__ = ()
    miner = Slot(ADDRESS)
    is_revealed = Slot(BOOL)
    number = Slot(U32)
    bond = Slot(U128)
    commitment = Slot(BYTES32)


class Order(Struct):
    """An order with all its terms, fixed when it is posted; its lease reads them here.

    ``escrow`` is what the contract holds for it: units x highest price until a lease is active,
    then nothing. ``lease_id`` is the present lease, in an auction that of the best bid so far.
    ``bid_bond`` is the least bond of a bid, ``bid_total`` how many were ever committed.
    """

    __slots__ = ()
    client = Slot(ADDRESS)
    status = Slot(U8)
    kind = Slot(U8)
    classes = Slot(U8)
    unit_kind = Slot(U8)
    gpu_class = Slot(U16)
    region = Slot(U16)
    vram_mib = Slot(U32)
    model_root = Slot(BYTES32)
    client_key = Slot(BYTES32)
    unit_price_max = Slot(U128)
    escrow = Slot(U128)
    units_max = Slot(U64)
    prepay_units = Slot(U64)
    macs_per_second = Slot(U64)
    deadline_seconds = Slot(U64)
    window_blocks = Slot(U32)
    response_seconds = Slot(U32)
    move_seconds = Slot(U32)
    game_seconds = Slot(U32)
    adjudicator = Slot(U32)
    expiry_seconds = Slot(U32)
    bid_seconds = Slot(U32)
    reveal_seconds = Slot(U32)
    posted = Slot(struct(Moment))
    lease_id = Slot(BYTES32)
    bid_bond = Slot(U128)
    open_place = Slot(U64)
    attempts = Slot(U32)
    best_place = Slot(U16)
    latency_ms = Slot(U32)
    bid_total = Slot(U32)
    bids = Slot(array(struct(Bid)))
    has_bid = Slot(mapping(ADDRESS, BOOL))


class Lease(Struct):
    """What a lease adds to its order: price, parties' money, and the terms of governance.

    Escrowed money of an active lease is ``escrow`` - ``prepaid``. ``lock`` of the bond counts
    until the lease is final. ``opened`` is the proposal's time until the lease is active.
    """

    __slots__ = ()
    order_id = Slot(BYTES32)
    miner = Slot(ADDRESS)
    status = Slot(U8)
    reason = Slot(U8)
    was_challenged = Slot(BOOL)
    gpu_class = Slot(U16)
    holds = Slot(U32)
    unit_price = Slot(U128)
    escrow = Slot(U128)
    prepaid = Slot(U128)
    lock = Slot(U128)
    opened = Slot(struct(Moment))
    reclaim = Slot(struct(Moment))
    miner_key = Slot(BYTES32)
    fee_bps = Slot(U16)
    burn_bps = Slot(U16)
    auditor_bps = Slot(U16)
    slash_bps = Slot(U16)
    accept_seconds = Slot(U32)
    offer_id = Slot(U64)
    ended_height = Slot(U64)
    rent_day_bps = Slot(U16)
    rent_max_bps = Slot(U16)
    paid = Slot(U128)
    burnt = Slot(U128)
    weight = Slot(U128)


class Index(Struct):
    """The price index of one unit kind and GPU class; prices in wei per unit.

    ``used`` is the work counted in ``epoch``, in multiply-accumulates; ``day_price`` the price with
    which ``day`` began; ``closes`` the closing prices of past days, day d at d mod 7.
    """

    __slots__ = ()
    price = Slot(U128)
    day_price = Slot(U128)
    used = Slot(U128)
    epoch = Slot(U64)
    day = Slot(U64)
    closes = Slot(array(U128, DAYS_KEPT))


class Share(Struct):
    """What one party has had counted in an epoch of an index."""

    __slots__ = ()
    epoch = Slot(U64)
    used = Slot(U128)


class ClassRate(Struct):
    """Certified multiply-accumulates per second of a GPU class.

    ``total`` holds for certificates that end in ``bucket`` or later; ``ending`` is by bucket.
    """

    __slots__ = ()
    total = Slot(U128)
    bucket = Slot(U64)
    ending = Slot(mapping(U64, U128))
