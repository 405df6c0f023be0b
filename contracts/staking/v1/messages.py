"""Events, errors and structs of the staking contract's interface."""

from dataclasses import dataclass

from contracts.framework.types import Address, Indexed, bytes32, u8, u16, u32, u64, u256


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatorInfo:
    """One validator as views show it; stake in wei, commission in hundredths of a percent.

    ``is_active``: in the set that votes now and not jailed. ``unjail_at`` is 0 unless jailed.
    """

    validator: Address
    operator: Address
    fee_recipient: Address
    public_key: bytes
    name: str
    commission_bps: u16
    commission_due: u256
    tokens: u256
    shares: u256
    self_bond: u256
    self_bond_min: u256
    is_candidate: bool
    is_active: bool
    is_jailed: bool
    is_tombstoned: bool
    unjail_at: u64
    slashes: u32
    slashes_pending: u32


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsInfo:
    """Wei: bonded, on the way out, unpaid rewards, slashed but not yet burnt; since genesis."""

    bonded: u256
    unbonding: u256
    rewards: u256
    slashing: u256
    active: u256
    minted: u256
    burnt: u256


@dataclass(frozen=True, slots=True)
class DelegationInfo:
    """An account's stake with one validator, in wei but for ``shares``.

    ``arriving`` came from another validator and is still liable for it; ``rewards`` are unpaid.
    """

    validator: Address
    shares: u256
    tokens: u256
    arriving: u256
    rewards: u256


@dataclass(frozen=True, slots=True)
class SetMember:
    """One member of an epoch's set, as the set hash encodes it; ``power`` in whole AIT."""

    validator: Address
    public_key: bytes
    power: u256


@dataclass(frozen=True, slots=True)
class VoteData:
    """A signed consensus vote: ``primitives.vote.Statement`` and its signature."""

    kind: u8
    epoch: u64
    view: u64
    height: u64
    block_hash: bytes32
    signature: bytes


@dataclass(frozen=True, slots=True)
class UnbondingInfo:
    """Stake on its way out since ``epoch``; ``payable_amount`` is what slashes have left of it.

    While the epoch runs, ``withdrawable_at`` is the earliest time possible. ``is_blocked``: a slash
    of the validator is being applied, the withdrawal waits for it.
    """

    validator: Address
    epoch: u64
    amount: u256
    payable_amount: u256
    withdrawable_at: u64
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class RedelegationInfo:
    """Stake that moved and is liable for both validators until ``liable_until``; ``tokens`` wei."""

    source: Address
    destination: Address
    epoch: u64
    tokens: u256
    liable_until: u64
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class SlashInfo:
    """A slash whose pools are being walked; ``pools_left`` is at most that many."""

    validator: Address
    reporter: Address
    epoch: u64
    ppm: u32
    pools_left: u64
    collected: u256


@dataclass(frozen=True, slots=True)
class PresenceInfo:
    """A validator's presence: ``absent`` of the last ``window`` periods before ``judged``."""

    period: u64
    is_present: bool
    member_from: u64
    judged: u64
    absent: u32
    window: u32


@dataclass(frozen=True, slots=True)
class StakeAt:
    """An account's voting weight with one validator at the end of a block, in wei."""

    validator: Address
    weight: u256
    validator_tokens: u256
    is_operator: bool


@dataclass(frozen=True, slots=True)
class ActivePower:
    """A validator that votes now and is not jailed, with its tokens in wei."""

    validator: Address
    power: u256


@dataclass(frozen=True, slots=True)
class ValidatorRegistered:
    """A validator key entered the registry."""

    validator: Indexed[Address]
    operator: Indexed[Address]
    public_key: bytes
    name: str


@dataclass(frozen=True, slots=True)
class ValidatorEdited:
    """Name, fee recipient or commission changed."""

    validator: Indexed[Address]
    fee_recipient: Address
    name: str
    commission_bps: u16


@dataclass(frozen=True, slots=True)
class Delegated:
    """Stake was bonded."""

    validator: Indexed[Address]
    delegator: Indexed[Address]
    amount: u256
    shares: u256


@dataclass(frozen=True, slots=True)
class Undelegated:
    """Stake began to unbond: withdrawable an unbonding period after the end of ``epoch``."""

    validator: Indexed[Address]
    delegator: Indexed[Address]
    amount: u256
    shares: u256
    epoch: u64


@dataclass(frozen=True, slots=True)
class Redelegated:
    """Stake moved; it stays liable for an unbonding period after the end of ``epoch``."""

    source: Indexed[Address]
    destination: Indexed[Address]
    delegator: Indexed[Address]
    amount: u256
    shares: u256
    epoch: u64


@dataclass(frozen=True, slots=True)
class RedelegationEnded:
    """Redelegated stake is liable for its source no more; ``shares`` are the destination's."""

    source: Indexed[Address]
    destination: Indexed[Address]
    delegator: Indexed[Address]
    shares: u256


@dataclass(frozen=True, slots=True)
class RewardsCompounded:
    """Rewards became stake."""

    validator: Indexed[Address]
    delegator: Indexed[Address]
    amount: u256
    shares: u256


@dataclass(frozen=True, slots=True)
class RewardsPaid:
    """Rewards were paid out."""

    validator: Indexed[Address]
    delegator: Indexed[Address]
    amount: u256


@dataclass(frozen=True, slots=True)
class CommissionPaid:
    """A validator's commission was paid to its operator."""

    validator: Indexed[Address]
    operator: Indexed[Address]
    amount: u256


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Unbonded stake was paid out."""

    delegator: Indexed[Address]
    amount: u256


@dataclass(frozen=True, slots=True)
class Slashed:
    """A validator lost ``ppm`` of its stake for ``epoch``; its pools follow in the next blocks.

    ``reporter`` is zero for downtime.
    """

    validator: Indexed[Address]
    reporter: Indexed[Address]
    epoch: u64
    ppm: u32
    bonded: u256
    reward: u256


@dataclass(frozen=True, slots=True)
class PoolsSlashed:
    """The pools that a slash reaches have paid; ``reward`` of it went to the reporter."""

    validator: Indexed[Address]
    reporter: Indexed[Address]
    epoch: u64
    collected: u256
    reward: u256


@dataclass(frozen=True, slots=True)
class Jailed:
    """A validator is out of the set, for good when it is tombstoned."""

    validator: Indexed[Address]
    is_tombstoned: bool


@dataclass(frozen=True, slots=True)
class Unjailed:
    """A validator is a candidate again."""

    validator: Indexed[Address]


@dataclass(frozen=True, slots=True)
class Inflation:
    """The end of a block minted ``amount``, of which ``treasury`` went to the treasury."""

    amount: u256
    treasury: u256


@dataclass(frozen=True, slots=True)
class CandidateLeft:
    """A validator is no longer eligible, or gave its place to one with more stake."""

    validator: Indexed[Address]


@dataclass(frozen=True, slots=True)
class NextSet:
    """A terminal block fixed the validator set of ``epoch``."""

    epoch: Indexed[u64]
    set_hash: bytes32
    members: u32


@dataclass(frozen=True, slots=True)
class BondTooSmall:
    """A bond or delegation below the minimum."""

    given: u256
    minimum: u256


@dataclass(frozen=True, slots=True)
class BadPublicKey:
    """Not a compressed secp256k1 point of 33 bytes."""


@dataclass(frozen=True, slots=True)
class BadProof:
    """The validator key did not sign keccak(chain id, contract, operator)."""


@dataclass(frozen=True, slots=True)
class AlreadyRegistered:
    """The key or the operator already has a validator."""


@dataclass(frozen=True, slots=True)
class UnknownValidator:
    """No validator has this address."""

    validator: Address


@dataclass(frozen=True, slots=True)
class NotOperator:
    """The caller operates no validator."""


@dataclass(frozen=True, slots=True)
class NameTooLong:
    """Names have at most ``maximum`` bytes."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class BadCommission:
    """Commission outside its range, or changed by more than a day allows."""


@dataclass(frozen=True, slots=True)
class NoNewDelegation:
    """The validator is tombstoned or its stake was slashed to nothing."""

    validator: Address


@dataclass(frozen=True, slots=True)
class InsufficientDelegation:
    """More was asked for than is delegated."""

    delegated: u256
    asked: u256


@dataclass(frozen=True, slots=True)
class TooManyUnbondings:
    """Withdraw matured entries before opening more."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class NothingToWithdraw:
    """No entry of the caller has matured."""


@dataclass(frozen=True, slots=True)
class CandidatesFull:
    """Every place is taken by a validator with at least as much stake."""

    weakest: u256


@dataclass(frozen=True, slots=True)
class NotEligible:
    """Tombstoned, jailed, a candidate already, or the self-bond is below the minimum."""


@dataclass(frozen=True, slots=True)
class NotJailed:
    """The validator is not jailed, or it is tombstoned."""


@dataclass(frozen=True, slots=True)
class StillJailed:
    """Unjailing is possible from ``until`` on, once enough blocks have passed too."""

    until: u64


@dataclass(frozen=True, slots=True)
class RemainderTooSmall:
    """Leave nothing, or at least ``minimum``."""

    left: u256
    minimum: u256


@dataclass(frozen=True, slots=True)
class SameValidator:
    """Source and destination of a redelegation are the same."""


@dataclass(frozen=True, slots=True)
class StillLiable:
    """The stake was redelegated and is liable for its source until ``until`` at least."""

    until: u64


@dataclass(frozen=True, slots=True)
class SlashPending:
    """A slash of this validator is being applied; try again in a few blocks."""

    validator: Address


@dataclass(frozen=True, slots=True)
class TooManyRedelegations:
    """So many redelegations to this validator are liable, or were until recently."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class TooManyValidators:
    """An account stakes with at most ``maximum``; a place is free an unbonding period after."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class BadHeartbeat:
    """Not a vote of an active validator for a block of this period or the one before."""


@dataclass(frozen=True, slots=True)
class FutureHeight:
    """The block does not exist yet."""

    height: u64


@dataclass(frozen=True, slots=True)
class ParametersContradict:
    """These parameters make no sense together."""

    rule: str


@dataclass(frozen=True, slots=True)
class EvidenceNotConflicting:
    """The two votes may both be signed by an honest validator."""


@dataclass(frozen=True, slots=True)
class EvidenceBadSignature:
    """A vote is not signed by the validator's key."""


@dataclass(frozen=True, slots=True)
class EvidenceWrongSet:
    """The set does not hash to the epoch's record, or the validator is not in it."""


@dataclass(frozen=True, slots=True)
class EvidenceTooOld:
    """The epoch lies further back than evidence is accepted, or is unknown."""


@dataclass(frozen=True, slots=True)
class AlreadySlashed:
    """The validator is tombstoned already."""


EVENTS = (
    ValidatorRegistered,
    ValidatorEdited,
    Delegated,
    Undelegated,
    Redelegated,
    RedelegationEnded,
    RewardsCompounded,
    RewardsPaid,
    CommissionPaid,
    Withdrawn,
    Slashed,
    PoolsSlashed,
    Jailed,
    Unjailed,
    CandidateLeft,
    NextSet,
    Inflation,
)
ERRORS = (
    BondTooSmall,
    BadPublicKey,
    BadProof,
    AlreadyRegistered,
    UnknownValidator,
    NotOperator,
    NameTooLong,
    BadCommission,
    NoNewDelegation,
    InsufficientDelegation,
    RemainderTooSmall,
    SameValidator,
    StillLiable,
    SlashPending,
    TooManyUnbondings,
    TooManyRedelegations,
    TooManyValidators,
    NothingToWithdraw,
    CandidatesFull,
    NotEligible,
    NotJailed,
    StillJailed,
    BadHeartbeat,
    FutureHeight,
    ParametersContradict,
    EvidenceNotConflicting,
    EvidenceBadSignature,
    EvidenceWrongSet,
    EvidenceTooOld,
    AlreadySlashed,
)
