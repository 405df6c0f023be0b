"""What staking keeps in storage; the order of fields is the layout and does not change."""

from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES,
    BYTES32,
    STRING,
    U16,
    U32,
    U64,
    U128,
    Slot,
    Struct,
    array,
    struct,
)


class Checkpoint(Struct):
    """How much had begun to unbond from a validator before the first one of ``epoch``."""

    __slots__ = ()
    epoch = Slot(U64)
    opened_before = Slot(U128)


class ValidatorRecord(Struct):
    """One validator; ``candidate_place`` is its place in the candidate list plus one, 0 outside."""

    __slots__ = ()
    operator = Slot(ADDRESS)
    commission_bps = Slot(U16)
    candidate_place = Slot(U32)
    is_tombstoned = Slot(BOOL)
    fee_recipient = Slot(ADDRESS)
    commission_changed_at = Slot(U64)
    tokens = Slot(U128)
    shares = Slot(U128)
    self_bond_min = Slot(U128)
    opened_total = Slot(U128)
    fault_epoch = Slot(U64)
    public_key = Slot(BYTES)
    name = Slot(STRING)
    checkpoints = Slot(array(struct(Checkpoint)))


class UnbondingEntry(Struct):
    """One undelegation on its way out; ``is_after_slash`` when the validator was slashed before."""

    __slots__ = ()
    validator = Slot(ADDRESS)
    epoch = Slot(U64)
    is_after_slash = Slot(BOOL)
    amount = Slot(U128)
    opened_at = Slot(U64)
    opened_height = Slot(U64)


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
