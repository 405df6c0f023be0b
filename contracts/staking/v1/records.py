"""What staking keeps in storage; the order of fields is the layout and does not change."""

from contracts.framework.clock import Moment
from contracts.framework.history import HISTORY
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES,
    BYTES32,
    STRING,
    U8,
    U16,
    U32,
    U64,
    U128,
    U256,
    Slot,
    Struct,
    struct,
)


class ValidatorRecord(Struct):
    """One validator.

    ``candidate_place`` is its place in the candidate list plus one, 0 outside. ``generation``
    counts its slashes. ``is_active``: it is in the set that votes now, and not jailed. ``jobs``
    are its slashes whose pools are still walked. ``reward_power`` in whole AIT earns from
    ``reward_seen`` of the global index on; ``per_share`` is its own index (see rewards).
    """

    __slots__ = ()
    operator = Slot(ADDRESS)
    commission_bps = Slot(U16)
    candidate_place = Slot(U16)
    generation = Slot(U32)
    is_tombstoned = Slot(BOOL)
    is_jailed = Slot(BOOL)
    is_active = Slot(BOOL)
    fee_recipient = Slot(ADDRESS)
    jobs = Slot(U32)
    reward_power = Slot(U64)
    tokens = Slot(U128)
    shares = Slot(U128)
    self_bond_min = Slot(U128)
    commission_due = Slot(U128)
    reward_seen = Slot(U256)
    per_share = Slot(U256)
    commission_changed = Slot(struct(Moment))
    jailed = Slot(struct(Moment))
    public_key = Slot(BYTES)
    name = Slot(STRING)
    shares_past = Slot(HISTORY)
    active_past = Slot(HISTORY)


class Delegation(Struct):
    """An account's stake with a validator; ``arriving`` counts its open redelegation entries."""

    __slots__ = ()
    shares = Slot(U128)
    arriving = Slot(U8)
    reward_seen = Slot(U256)
    past = Slot(HISTORY)


class StakePlace(Struct):
    """One of an account's validators; ``emptied`` is zero while it has stake there."""

    __slots__ = ()
    validator = Slot(ADDRESS)
    emptied = Slot(struct(Moment))


class UnbondingPool(Struct):
    """What left a validator in one epoch between two of its slashes; tokens only fall."""

    __slots__ = ()
    epoch = Slot(U64)
    generation = Slot(U32)
    tokens = Slot(U128)
    shares = Slot(U128)


class UnbondingEntry(Struct):
    """One account's shares of an unbonding pool of ``validator``."""

    __slots__ = ()
    validator = Slot(ADDRESS)
    pool = Slot(U64)
    shares = Slot(U128)


class RedelegationPool(Struct):
    """What moved to ``destination`` in one epoch between two slashes of the source.

    ``held`` are shares of the destination, ``shares`` those of the pool; ``reward_seen`` is the
    destination's index up to which rewards are in ``reward_index``, which is per pool share.
    """

    __slots__ = ()
    destination = Slot(ADDRESS)
    epoch = Slot(U64)
    generation = Slot(U32)
    shares = Slot(U128)
    held = Slot(U128)
    reward_index = Slot(U256)
    reward_seen = Slot(U256)
    shares_past = Slot(HISTORY)
    held_past = Slot(HISTORY)


class RedelegationEntry(Struct):
    """One account's shares of a redelegation pool of ``source``; open while ``closed_height`` is 0.

    A closed entry keeps its fields until it is used again, so that past weights stay exact.
    """

    __slots__ = ()
    source = Slot(ADDRESS)
    pool = Slot(U64)
    shares = Slot(U128)
    opened_height = Slot(U64)
    closed_height = Slot(U64)
    closed = Slot(struct(Moment))
    reward_seen = Slot(U256)


class SlashJob(Struct):
    """A slash whose pools are still walked: indexes below the two cursors are left to look at."""

    __slots__ = ()
    validator = Slot(ADDRESS)
    ppm = Slot(U32)
    reporter_percent = Slot(U8)
    reporter = Slot(ADDRESS)
    epoch = Slot(U64)
    unbonding_left = Slot(U64)
    redelegation_left = Slot(U64)
    collected = Slot(U128)


class EpochRecord(Struct):
    """What evidence is judged by: the set, and when the epoch began."""

    __slots__ = ()
    set_hash = Slot(BYTES32)
    start_height = Slot(U64)
    start_time_ms = Slot(U64)


class Member(Struct):
    """One member of the elected set."""

    __slots__ = ()
    validator = Slot(ADDRESS)
    power = Slot(U64)


class Attendance(Struct):
    """A validator's presence.

    ``latest`` and ``earlier`` are the last two periods in which it was present; ``member_from`` is
    the first period that it spends in the set as a whole; ``judged`` is the last one judged, and
    bit i of ``absences`` stands for the period i before that.
    """

    __slots__ = ()
    latest = Slot(U64)
    earlier = Slot(U64)
    member_from = Slot(U64)
    judged = Slot(U64)
    absences = Slot(U256)
