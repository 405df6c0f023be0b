"""The storage of staking: parameters first behind slot 0, then totals, then records.

The rules over it stand in the neighbouring modules as functions of a ``StakingStorage``; the calls
are declared by ``contract.Staking``. Wei for stake, seconds of block time for durations, hundredths
of a percent (bps) and millionths (ppm) for ratios.
"""

from typing import Final

from contracts.framework.clock import Moment, has_passed
from contracts.framework.contract import Contract
from contracts.framework.history import HISTORY
from contracts.framework.messages import revert
from contracts.framework.parameters import Parameter
from contracts.framework.storage import (
    ADDRESS,
    BYTES32,
    U8,
    U16,
    U32,
    U64,
    U128,
    U256,
    Slot,
    array,
    mapping,
    struct,
)
from contracts.staking.v1.messages import ERRORS, EVENTS, UnknownValidator
from contracts.staking.v1.records import (
    Attendance,
    Delegation,
    EpochRecord,
    Member,
    RedelegationEntry,
    RedelegationPool,
    SlashJob,
    StakePlace,
    UnbondingEntry,
    UnbondingPool,
    ValidatorRecord,
)
from contracts.staking.v1.weights import WEIGHTS
from primitives.types import WEI_PER_AIT

DAY_SECONDS: Final = 24 * 3600
UNBONDING_SECONDS_MIN: Final = 8 * DAY_SECONDS
"""Past weights are exact for an unbonding period: more than the longest vote of 7 days."""
NEXT_SET_SLOT: Final = 0
"""The storage word of ``next_set``, for ever: light clients know it."""
BPS: Final = 10_000
PPM: Final = 1_000_000
SET_MAX: Final = 100
WINDOW_PERIODS_MAX: Final = 256
EVIDENCE_MARGIN_MAX: Final = DAY_SECONDS
EVIDENCE_MARGIN_PART: Final = 8
"""Evidence is accepted for the unbonding period less a day, or an eighth where that is less."""


class StakingStorage(Contract):
    """What staking keeps; ``next_set`` is slot 0 for ever."""

    __slots__ = ()

    index = 1
    name = "staking"
    events = EVENTS
    errors = ERRORS
    weights = WEIGHTS

    next_set = Slot(BYTES32)

    unbonding_seconds = Parameter(
        U64,
        default=21 * DAY_SECONDS,
        minimum=UNBONDING_SECONDS_MIN,
        maximum=90 * DAY_SECONDS,
        step_max=7 * DAY_SECONDS,
    )
    jail_seconds = Parameter(U64, default=600, minimum=60, maximum=7 * DAY_SECONDS)
    period_seconds = Parameter(U64, default=600, minimum=60, maximum=3600, step_max=600)
    period_blocks_min = Parameter(U32, default=100, minimum=10, maximum=10_000, step_max=1_000)
    window_periods = Parameter(
        U16, default=144, minimum=24, maximum=WINDOW_PERIODS_MAX, step_max=144
    )
    active_max = Parameter(U16, default=SET_MAX, minimum=4, maximum=SET_MAX, step_max=50)
    self_bond_min = Parameter(
        U128,
        default=1_000 * WEI_PER_AIT,
        minimum=WEI_PER_AIT,
        maximum=1_000_000 * WEI_PER_AIT,
        step_max=10_000 * WEI_PER_AIT,
    )
    delegation_min = Parameter(
        U128,
        default=WEI_PER_AIT,
        minimum=10**15,
        maximum=100 * WEI_PER_AIT,
        step_max=10 * WEI_PER_AIT,
    )
    commission_min_bps = Parameter(U16, default=100, minimum=0, maximum=1_000)
    commission_max_bps = Parameter(U16, default=1_000, minimum=100, maximum=5_000)
    commission_step_bps = Parameter(U16, default=100, minimum=1, maximum=1_000)
    double_sign_ppm = Parameter(
        U32, default=50_000, minimum=10_000, maximum=500_000, step_max=50_000
    )
    downtime_ppm = Parameter(U32, default=100, minimum=0, maximum=10_000, step_max=1_000)
    reporter_percent = Parameter(U8, default=5, minimum=0, maximum=20, step_max=5)
    inflation_bps = Parameter(U16, default=500, minimum=0, maximum=2_000, step_max=100)
    treasury_bps = Parameter(U16, default=1_000, minimum=0, maximum=5_000, step_max=500)

    epoch_blocks = Slot(U64)
    minted_until_ms = Slot(U64)
    bonded_total = Slot(U128)
    unbonding_total = Slot(U128)
    rewards_total = Slot(U128)
    slashing_total = Slot(U128)
    minted_total = Slot(U128)
    burnt_total = Slot(U128)
    reward_power = Slot(U64)
    reward_index = Slot(U256)
    records = Slot(mapping(ADDRESS, struct(ValidatorRecord)))
    validator_by_operator = Slot(mapping(ADDRESS, ADDRESS))
    registered = Slot(array(ADDRESS))
    candidate_list = Slot(array(ADDRESS))
    members = Slot(array(struct(Member)))
    epochs = Slot(mapping(U64, struct(EpochRecord)))
    delegations = Slot(mapping(ADDRESS, mapping(ADDRESS, struct(Delegation))))
    places = Slot(mapping(ADDRESS, array(struct(StakePlace))))
    place_of = Slot(mapping(ADDRESS, mapping(ADDRESS, U8)))
    unbonding_pools = Slot(mapping(ADDRESS, array(struct(UnbondingPool))))
    unbonding_entries = Slot(mapping(ADDRESS, array(struct(UnbondingEntry))))
    redelegation_pools = Slot(mapping(ADDRESS, array(struct(RedelegationPool))))
    newest_pool = Slot(mapping(ADDRESS, mapping(ADDRESS, U64)))
    redelegation_entries = Slot(
        mapping(ADDRESS, mapping(ADDRESS, array(struct(RedelegationEntry))))
    )
    jobs = Slot(array(struct(SlashJob)))
    jobs_done = Slot(U64)
    active_past = Slot(HISTORY)
    seen = Slot(U256)
    period = Slot(U64)
    earlier_height = Slot(U64)
    period_start = Slot(struct(Moment))
    attendance = Slot(mapping(ADDRESS, struct(Attendance)))

    def known(self, validator: bytes) -> ValidatorRecord:
        """Return a validator's record.

        Raises:
            Revert: UnknownValidator.
        """
        record = self.records[validator]
        if not any(record.operator):
            raise revert(UnknownValidator(validator))
        return record

    def is_mature(self, epoch: int) -> bool:
        """Answer whether an unbonding period has passed since the end of ``epoch``."""
        following = self.epochs[epoch + 1]
        height = following.start_height
        return height > 0 and has_passed(
            self.ctx.block, following.start_time_ms // 1000, height, self.unbonding_seconds
        )

    def matures_at(self, epoch: int) -> int:
        """Return when what left in ``epoch`` matures; the earliest time while the epoch runs."""
        following = self.epochs[epoch + 1]
        start = following.start_time_ms // 1000 or self.ctx.block.timestamp
        return start + self.unbonding_seconds


def value_of(record: ValidatorRecord, shares: int) -> int:
    """Return what shares of a validator are worth in wei, rounded down."""
    total = record.shares
    return shares * record.tokens // total if total else 0


def evidence_seconds(unbonding_seconds: int) -> int:
    """Return how long after an epoch began its faults are accepted."""
    margin = min(EVIDENCE_MARGIN_MAX, unbonding_seconds // EVIDENCE_MARGIN_PART)
    return unbonding_seconds - margin
