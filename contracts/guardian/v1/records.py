"""Storage records of the guardian."""

from enum import IntEnum

from contracts.framework.clock import Moment
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES,
    U8,
    U32,
    U64,
    U128,
    Slot,
    Struct,
    array,
    struct,
)
from contracts.guardian.v1.windows import Ring


class Role(IntEnum):
    """What an account is to a vault; one account has one role, so roles are always distinct."""

    NONE = 0
    OWNER = 1
    AGENT = 2
    GUARDIAN = 3
    SESSION = 4


class OperationKind(IntEnum):
    """What an operation does once it may."""

    CALL = 1
    HASH = 2


class ChangeKind(IntEnum):
    """What a delayed change of a vault's rules sets."""

    LIMITS = 1
    GUARDIANS = 2
    ALLOW = 3
    SESSION = 4
    AGENT = 5
    LOCK_SECONDS = 6


class Status(IntEnum):
    """Where an operation or a change stands; the numbers are the protocol's."""

    UNKNOWN = 0
    PENDING = 1
    EXECUTED = 2
    CANCELLED = 3
    EXPIRED = 4


class Vault(Struct):
    """A vault's rules; its money lies at its own address.

    ``generation`` counts recoveries: hashes approved in an earlier one are void. ``candidate`` is
    the new owner of a pending recovery, zero when none is. ``thawed_at`` is when a recovery last
    ended without one, ``objected_at`` when the owner last objected.
    """

    __slots__ = ()
    owner = Slot(ADDRESS)
    lock_seconds = Slot(U64)
    generation = Slot(U32)
    agent = Slot(ADDRESS)
    sessions_made = Slot(U64)
    guardians = Slot(array(ADDRESS))
    session_keys = Slot(array(ADDRESS))
    assets = Slot(array(ADDRESS))
    pending_ids = Slot(array(U64))
    operation_ids = Slot(array(U64))
    pending_change_ids = Slot(array(U64))
    change_ids = Slot(array(U64))
    paused_by = Slot(ADDRESS)
    is_pause_confirmed = Slot(BOOL)
    pause_number = Slot(U32)
    paused_at = Slot(struct(Moment))
    candidate = Slot(ADDRESS)
    is_final = Slot(BOOL)
    recovery_at = Slot(struct(Moment))
    objected_at = Slot(struct(Moment))
    thawed_at = Slot(struct(Moment))


class Seat(Struct):
    """What a guardian has said: whom it supports as owner, which pauses it confirmed or ended."""

    __slots__ = ()
    candidate = Slot(ADDRESS)
    confirmed = Slot(U32)
    unpaused = Slot(U32)
    paused_at = Slot(struct(Moment))


class Budget(Struct):
    """Limits of one asset and what was spent of them; ``lock`` is the time lock's threshold.

    A session key's budgets use no ``lock``: the vault's holds for it too.
    """

    __slots__ = ()
    is_set = Slot(BOOL)
    revision = Slot(U32)
    transaction = Slot(U128)
    hour = Slot(U128)
    day = Slot(U128)
    week = Slot(U128)
    lock = Slot(U128)
    hour_ring = Slot(struct(Ring))
    day_ring = Slot(struct(Ring))
    week_ring = Slot(struct(Ring))


class Rule(Struct):
    """An allowlist entry: a call of (target, selector) with at most this much of each."""

    __slots__ = ()
    is_set = Slot(BOOL)
    value_max = Slot(U128)
    amount_max = Slot(U128)


class Session(Struct):
    """A session key; ``number`` names its budgets, so that no later key inherits them."""

    __slots__ = ()
    number = Slot(U64)
    lifetime_seconds = Slot(U64)
    added_at = Slot(struct(Moment))


class Operation(Struct):
    """A queued operation. For a HASH ``target`` is the asset, ``value`` the maximum, ``data`` the
    hash. ``place`` is its place in the list of pending ones plus one.
    """

    __slots__ = ()
    vault = Slot(ADDRESS)
    kind = Slot(U8)
    status = Slot(U8)
    place = Slot(U8)
    initiator = Slot(ADDRESS)
    session_number = Slot(U64)
    target = Slot(ADDRESS)
    delay_seconds = Slot(U64)
    value = Slot(U128)
    queued_at = Slot(struct(Moment))
    data = Slot(BYTES)


class Change(Struct):
    """A delayed change; ``payload`` is the ABI encoding of its kind's arguments.

    ``revision`` is that of the budget whose limits it sets: a cut meanwhile makes it void.
    """

    __slots__ = ()
    vault = Slot(ADDRESS)
    kind = Slot(U8)
    status = Slot(U8)
    place = Slot(U8)
    revision = Slot(U32)
    delay_seconds = Slot(U64)
    queued_at = Slot(struct(Moment))
    payload = Slot(BYTES)
