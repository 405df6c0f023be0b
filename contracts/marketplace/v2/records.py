"""Storage records that version two keeps beside those of version one."""

from contracts.framework.clock import Moment
from contracts.framework.storage import BOOL, U16, U32, U64, U128, U256, Slot, Struct, struct


class Levels(Struct):
    """Service levels; zero availability stands for none."""

    __slots__ = ()
    response_seconds = Slot(U32)
    availability_bps = Slot(U16)
    credit_bps = Slot(U16)
    notice_seconds = Slot(U32)
    interruption_seconds = Slot(U32)


class Watch(Struct):
    """How a lease's service fares: probes, and the interruption that was announced last."""

    __slots__ = ()
    probes = Slot(U16)
    failed = Slot(U16)
    is_open = Slot(BOOL)
    interruption_used = Slot(U32)
    interruption_from = Slot(U64)
    interruption_until = Slot(U64)
    probed = Slot(struct(Moment))


class Reputation(Struct):
    """Ratings of an account: ``points`` is the sum of weight x (0 to 10,000)."""

    __slots__ = ()
    ratings = Slot(U64)
    weight = Slot(U128)
    points = Slot(U256)


class Rated(Struct):
    """Which sides of a lease have rated the other."""

    __slots__ = ()
    by_client = Slot(BOOL)
    by_miner = Slot(BOOL)
