"""Events, errors and structs of the governance contract's interface."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from contracts.framework.types import Address, Indexed, bytes32, u8, u16, u64, u256


class Kind(IntEnum):
    """What a proposal is for. Code: LOGIC_UPDATE to EMERGENCY_FIX."""

    PARAMETER_CHANGE = 1
    LOGIC_UPDATE = 2
    SECURITY_PATCH = 3
    FEATURE_ADDITION = 4
    EMERGENCY_FIX = 5
    TREASURY_SPEND = 6


CODE_KINDS: Final = frozenset(
    (Kind.LOGIC_UPDATE, Kind.SECURITY_PATCH, Kind.FEATURE_ADDITION, Kind.EMERGENCY_FIX)
)


class Status(IntEnum):
    """Where a proposal stands; REJECTED, FAILED, EXPIRED, ROLLED_BACK and FINALIZED are final."""

    PROPOSED = 1
    APPROVED = 2
    REJECTED = 3
    EXECUTED = 4
    FAILED = 5
    EXPIRED = 6
    ROLLED_BACK = 7
    FINALIZED = 8


class Choice(IntEnum):
    """A vote; abstaining counts for participation alone."""

    YES = 1
    NO = 2
    ABSTAIN = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a proposal.

    A parameter: ``key`` of ``target`` goes from ``old_value`` to ``new_value``. A payment of the
    treasury: ``target`` receives ``new_value`` wei, key empty. A governed call: ``key`` is a
    signature with one static argument, as ``grantModerator(address)``, called with ``new_value``.
    """

    target: Address
    key: str
    old_value: u256
    new_value: u256


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalInfo:
    """A proposal as views show it; weights in wei of stake, times in Unix seconds.

    ``kind`` is a ``Kind``, ``status`` a ``Status``. ``rolls_back`` is the proposal that this one
    undoes, 0 for none. ``failure`` is the revert data of a failed execution, at most 512 bytes.
    """

    id: u64
    proposer: Address
    kind: u8
    status: u8
    target: Address
    current_version: str
    new_version: str
    code_hash: bytes32
    rolls_back: u64
    created_at: u64
    created_height: u64
    voting_ends_at: u64
    executed_at: u64
    deposit: u256
    yes: u256
    no: u256
    abstain: u256
    bonded: u256
    changes: tuple[Change, ...]
    description: str
    failure: bytes


@dataclass(frozen=True, slots=True)
class TallyInfo:
    """The votes so far and what they come to, in hundredths of a percent, rounded down."""

    yes: u256
    no: u256
    abstain: u256
    bonded: u256
    participation_bps: u16
    approval_bps: u16
    is_passing: bool


@dataclass(frozen=True, slots=True)
class VoteInfo:
    """One account's vote; ``weight`` is its own stake, for an operator its validator's too."""

    voter: Address
    choice: u8
    weight: u256


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A version that was active; ``proposal`` 0 stands for genesis."""

    version: str
    code_hash: bytes32
    proposal: u64
    active_since: u64
    active_since_height: u64
    is_rolled_back: bool


@dataclass(frozen=True, slots=True)
class ContractVersion:
    """A contract and its active version."""

    contract: Address
    name: str
    version: str
    layout_hash: bytes32


@dataclass(frozen=True, slots=True)
class ReadinessInfo:
    """How much of the active stake has the code of a proposal, in wei."""

    ready: u256
    total: u256
    is_enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts of all proposals ever: by status and by kind, in the order of their numbers.

    Rates in hundredths of a percent: executed of all decided, mean participation of all decided.
    ``execution_seconds_mean`` is from proposal to execution.
    """

    proposals: u64
    by_status: tuple[u64, ...]
    by_kind: tuple[u64, ...]
    success_bps: u16
    participation_bps_mean: u16
    execution_seconds_mean: u64


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal was made; voting ends at ``voting_ends_at``."""

    proposal: Indexed[u64]
    proposer: Indexed[Address]
    target: Indexed[Address]
    kind: u8
    new_version: str
    code_hash: bytes32
    voting_ends_at: u64


@dataclass(frozen=True, slots=True)
class Voted:
    """An account voted, or changed its vote."""

    proposal: Indexed[u64]
    voter: Indexed[Address]
    choice: u8
    weight: u256


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A proposal moved on."""

    proposal: Indexed[u64]
    status: Indexed[u8]
    previous: u8


@dataclass(frozen=True, slots=True)
class DepositReturned:
    """The proposer has the deposit back."""

    proposal: Indexed[u64]
    amount: u256


@dataclass(frozen=True, slots=True)
class DepositBurnt:
    """Participation failed, and the deposit is gone."""

    proposal: Indexed[u64]
    amount: u256


@dataclass(frozen=True, slots=True)
class ReadyAnnounced:
    """A validator has the code of a version."""

    proposal: Indexed[u64]
    validator: Indexed[Address]
    code_hash: bytes32


@dataclass(frozen=True, slots=True)
class VersionActivated:
    """From the next block on, calls of ``target`` run this version."""

    target: Indexed[Address]
    proposal: Indexed[u64]
    version: str
    previous: str


@dataclass(frozen=True, slots=True)
class EmptyField:
    """A proposal names contract, versions, what it changes, and why."""

    field: str


@dataclass(frozen=True, slots=True)
class BadKind:
    """No such type of proposal, or not with these changes."""

    kind: u8


@dataclass(frozen=True, slots=True)
class BadVersion:
    """Versions are major.minor.patch."""

    version: str


@dataclass(frozen=True, slots=True)
class NotActiveVersion:
    """Another version is active; name that one as the current version."""

    active: str


@dataclass(frozen=True, slots=True)
class UnknownContract:
    """Governance knows no such contract."""

    target: Address


@dataclass(frozen=True, slots=True)
class ProposalOpen:
    """A proposal for this contract and version, a payment of the treasury too, is open already."""

    proposal: u64


@dataclass(frozen=True, slots=True)
class TooManyOpen:
    """Wait until open proposals are decided."""

    maximum: u64


@dataclass(frozen=True, slots=True)
class BadVotingPeriod:
    """Voting takes between these many seconds."""

    minimum: u64
    maximum: u64


@dataclass(frozen=True, slots=True)
class VersionNotGreater:
    """A new version exceeds every version that this contract ever ran."""

    highest: str


@dataclass(frozen=True, slots=True)
class CodeHashBound:
    """The version stands for other code, once and for ever."""

    code_hash: bytes32


@dataclass(frozen=True, slots=True)
class StakeTooSmall:
    """A proposer has this much bonded stake at the end of the block before."""

    bonded: u256
    minimum: u256


@dataclass(frozen=True, slots=True)
class WrongDeposit:
    """Send exactly the deposit."""

    deposit: u256


@dataclass(frozen=True, slots=True)
class OldValueDiffers:
    """The parameter does not hold the old value that the proposal names."""

    target: Address
    key: str
    value: u256


@dataclass(frozen=True, slots=True)
class ChangeRefused:
    """The contract refuses the change; ``reason`` is its revert data."""

    target: Address
    key: str
    reason: bytes


@dataclass(frozen=True, slots=True)
class TooManyChanges:
    """A proposal has at most this many changes."""

    maximum: u64


@dataclass(frozen=True, slots=True)
class TextTooLong:
    """A text of the proposal is longer than this many bytes."""

    maximum: u64


@dataclass(frozen=True, slots=True)
class UnknownProposal:
    """No proposal has this number."""

    proposal: u64


@dataclass(frozen=True, slots=True)
class VotingEnded:
    """The deadline has passed, in time and in blocks."""

    ended_at: u64


@dataclass(frozen=True, slots=True)
class BadChoice:
    """A vote is 1 (yes), 2 (no) or 3 (abstain)."""

    choice: u8


@dataclass(frozen=True, slots=True)
class NoVotingPower:
    """The account had no bonded stake at the end of the block before the proposal."""

    snapshot_height: u64


@dataclass(frozen=True, slots=True)
class NotValidator:
    """Only a validator, or its operator, announces readiness."""


@dataclass(frozen=True, slots=True)
class NothingToBeReadyFor:
    """No open proposal carries this version with this code."""


@dataclass(frozen=True, slots=True)
class NotReversible:
    """Only an executed change of parameters, or of a contract's latest version, is rolled back."""

    status: u8


@dataclass(frozen=True, slots=True)
class RollbackTooLate:
    """A rollback is decided at most this long after execution."""

    decided_by: u64


@dataclass(frozen=True, slots=True)
class ValueMovedOn:
    """A parameter no longer holds what the proposal set."""

    target: Address
    key: str
    value: u256


@dataclass(frozen=True, slots=True)
class OnlySelf:
    """The call is a step of governance itself."""


@dataclass(frozen=True, slots=True)
class TrialPassed:
    """The changes would go through; ends a trial and undoes it."""


@dataclass(frozen=True, slots=True)
class RulesContradict:
    """Parameters of governance contradict each other or those of other contracts."""

    rule: str


EVENTS: Final = (
    *(Proposed, Voted, StatusChanged, DepositReturned, DepositBurnt, ReadyAnnounced),
    VersionActivated,
)
ERRORS: Final = (
    *(EmptyField, BadKind, BadVersion, NotActiveVersion, UnknownContract, ProposalOpen),
    *(TooManyOpen, BadVotingPeriod, VersionNotGreater, CodeHashBound, StakeTooSmall, WrongDeposit),
    *(OldValueDiffers, ChangeRefused, TooManyChanges, TextTooLong, UnknownProposal, VotingEnded),
    *(BadChoice, NoVotingPower, NotValidator, NothingToBeReadyFor, NotReversible),
    *(RollbackTooLate, ValueMovedOn, OnlySelf, TrialPassed, RulesContradict),
)
