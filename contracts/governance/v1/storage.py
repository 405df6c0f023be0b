"""What governance keeps; the order of variables is the layout and does not change.

Slot 0 maps each contract to its active version: the host reads it at the start of every block
(``contracts.runtime``), light clients prove it.
"""

from typing import Final

from contracts.framework.clock import Moment
from contracts.framework.contract import Contract
from contracts.framework.parameters import Parameter
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES,
    BYTES32,
    STRING,
    U8,
    U16,
    U64,
    U128,
    U256,
    Slot,
    Struct,
    array,
    mapping,
    struct,
    uint,
)
from contracts.framework.version import VERSION_BITS
from contracts.governance.v1.messages import ERRORS, EVENTS
from contracts.governance.v1.weights import WEIGHTS
from primitives.types import WEI_PER_AIT

VERSION: Final = uint(VERSION_BITS)
HOUR: Final = 3_600
DAY: Final = 24 * HOUR


class ChangeRecord(Struct):
    """One change, see ``messages.Change``; ``version`` is what its target ran, 0 for a payment."""

    __slots__ = ()
    target = Slot(ADDRESS)
    key = Slot(STRING)
    version = Slot(VERSION)
    old_value = Slot(U256)
    new_value = Slot(U256)


class ProposalRecord(Struct):
    """One proposal. ``place`` is its index in the list of its status."""

    __slots__ = ()
    proposer = Slot(ADDRESS)
    kind = Slot(U8)
    status = Slot(U8)
    place = Slot(U64)
    target = Slot(ADDRESS)
    current_version = Slot(VERSION)
    new_version = Slot(VERSION)
    voting_seconds = Slot(U64)
    rolls_back = Slot(U64)
    open_rollback = Slot(U64)
    code_hash = Slot(BYTES32)
    created = Slot(struct(Moment))
    executed = Slot(struct(Moment))
    deposit = Slot(U128)
    bonded = Slot(U128)
    votes = Slot(array(U128, 4))
    changes = Slot(array(struct(ChangeRecord)))
    description = Slot(STRING)
    failure = Slot(BYTES)
    voters = Slot(array(ADDRESS))


class VoteRecord(Struct):
    """An account's own weight and choice, and the validator whose remainder it casts."""

    __slots__ = ()
    choice = Slot(U8)
    weight = Slot(U128)
    validator = Slot(ADDRESS)


class ValidatorVote(Struct):
    """A validator's part of a proposal; ``tokens`` at the snapshot, less those who voted."""

    __slots__ = ()
    choice = Slot(U8)
    overridden = Slot(U128)
    tokens = Slot(U128)


class VersionRecord(Struct):
    """A version that was active."""

    __slots__ = ()
    version = Slot(VERSION)
    proposal = Slot(U64)
    is_rolled_back = Slot(BOOL)
    since = Slot(struct(Moment))


class ContractRecord(Struct):
    """A contract under governance; ``highest`` is the greatest version that ever ran."""

    __slots__ = ()
    highest = Slot(VERSION)
    name = Slot(STRING)
    layout_hash = Slot(BYTES32)
    history = Slot(array(struct(VersionRecord)))
    code_hashes = Slot(mapping(VERSION, BYTES32))
    open_proposals = Slot(mapping(VERSION, U64))


class GovernanceStorage(Contract):
    """The storage, shared by the calls and the views."""

    __slots__ = ()

    index = 2
    name = "governance"
    events = EVENTS
    errors = ERRORS
    weights = WEIGHTS

    active = Slot(mapping(ADDRESS, VERSION))
    addresses = Slot(array(ADDRESS))
    records = Slot(mapping(ADDRESS, struct(ContractRecord)))
    proposals = Slot(array(struct(ProposalRecord)))
    votes_of = Slot(mapping(U64, mapping(ADDRESS, struct(VoteRecord))))
    validator_votes = Slot(mapping(U64, mapping(ADDRESS, struct(ValidatorVote))))
    ready_of = Slot(mapping(U64, mapping(ADDRESS, BOOL)))
    by_status = Slot(mapping(U8, array(U64)))
    made_of_kind = Slot(mapping(U8, U64))
    due_at = Slot(U64)
    checked_epoch = Slot(U64)
    must_recount = Slot(BOOL)
    counts_left = Slot(U64)
    counted_last = Slot(U64)
    decided = Slot(U64)
    executions = Slot(U64)
    participation_bps_total = Slot(U64)
    execution_seconds_total = Slot(U64)
    open_of = Slot(mapping(ADDRESS, U64))

    voting_seconds_min = Parameter(
        U64, default=3 * DAY, minimum=DAY, maximum=30 * DAY, step_max=DAY
    )
    voting_seconds_max = Parameter(
        U64, default=7 * DAY, minimum=DAY, maximum=60 * DAY, step_max=7 * DAY
    )
    emergency_voting_seconds = Parameter(
        U64, default=36 * HOUR, minimum=12 * HOUR, maximum=7 * DAY, step_max=DAY
    )
    execution_delay_seconds = Parameter(
        U64, default=DAY, minimum=HOUR, maximum=30 * DAY, step_max=7 * DAY
    )
    expiry_seconds = Parameter(
        U64, default=14 * DAY, minimum=2 * DAY, maximum=90 * DAY, step_max=14 * DAY
    )
    rollback_seconds = Parameter(
        U64, default=7 * DAY, minimum=2 * DAY, maximum=60 * DAY, step_max=7 * DAY
    )
    participation_bps = Parameter(U16, default=3_000, minimum=1_000, maximum=9_000, step_max=500)
    approval_bps = Parameter(U16, default=6_000, minimum=5_001, maximum=9_000, step_max=500)
    emergency_approval_bps = Parameter(
        U16, default=8_000, minimum=6_667, maximum=9_500, step_max=500
    )
    open_max = Parameter(U16, default=64, minimum=8, maximum=256, step_max=32)
    proposer_stake_min = Parameter(
        U128,
        default=1_000 * WEI_PER_AIT,
        minimum=WEI_PER_AIT,
        maximum=1_000_000 * WEI_PER_AIT,
        step_max=1_000 * WEI_PER_AIT,
    )
    deposit_wei = Parameter(
        U128,
        default=100 * WEI_PER_AIT,
        minimum=WEI_PER_AIT,
        maximum=100_000 * WEI_PER_AIT,
        step_max=100 * WEI_PER_AIT,
    )
    migration_gas_max = Parameter(
        U64, default=20_000_000, minimum=5_000_000, maximum=500_000_000, step_max=10_000_000
    )
