"""Events, errors and structs of the staking contract's interface."""

from dataclasses import dataclass

from contracts.framework.types import Address, Indexed, bytes32, u8, u16, u32, u64, u256


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatorInfo:
    """One validator as views show it; stake in wei, commission in hundredths of a percent."""

    validator: Address
    operator: Address
    fee_recipient: Address
    public_key: bytes
    name: str
    commission_bps: u16
    tokens: u256
    shares: u256
    is_candidate: bool
    is_tombstoned: bool


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
    """Stake on its way out; ``amount`` before a slash that still may reduce it."""

    validator: Address
    amount: u256
    payable_amount: u256
    opened_at: u64
    withdrawable_at: u64


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
    """Stake began to unbond."""

    validator: Indexed[Address]
    delegator: Indexed[Address]
    amount: u256
    shares: u256
    withdrawable_at: u64


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Unbonded stake was paid out."""

    delegator: Indexed[Address]
    amount: u256


@dataclass(frozen=True, slots=True)
class Slashed:
    """A validator signed two conflicting votes in ``epoch`` and is out for good."""

    validator: Indexed[Address]
    reporter: Indexed[Address]
    epoch: u64
    bonded: u256
    unbonding: u256
    reward: u256


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
    """Tombstoned, or the self-bond is below the minimum."""


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
    Withdrawn,
    Slashed,
    CandidateLeft,
    NextSet,
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
    TooManyUnbondings,
    NothingToWithdraw,
    CandidatesFull,
    NotEligible,
    EvidenceNotConflicting,
    EvidenceBadSignature,
    EvidenceWrongSet,
    EvidenceTooOld,
    AlreadySlashed,
)
