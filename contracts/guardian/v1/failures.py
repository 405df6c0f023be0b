"""Custom errors of the guardian."""

from dataclasses import dataclass

from contracts.framework.types import Address, bytes32, u8, u32, u64, u256


@dataclass(frozen=True, slots=True)
class UnknownVault:
    """No vault stands at this address."""

    vault: Address


@dataclass(frozen=True, slots=True)
class UnknownPreset:
    """Presets are conservative, aggressive and high_security."""

    preset: str


@dataclass(frozen=True, slots=True)
class NotOwner:
    """Only the vault's owner may do this."""


@dataclass(frozen=True, slots=True)
class NotGuardian:
    """Only a guardian of the vault may do this."""


@dataclass(frozen=True, slots=True)
class NotOwnerOrGuardian:
    """Only the owner or a guardian of the vault may do this."""


@dataclass(frozen=True, slots=True)
class NotInitiator:
    """Only the owner, the agent and live session keys start operations."""

    account: Address


@dataclass(frozen=True, slots=True)
class SessionKeyLimited:
    """A session key may only do what its own limits or the allowlist cover."""

    key: Address


@dataclass(frozen=True, slots=True)
class BadAccount:
    """The account has a role in this vault already, is zero or is the guardian's own."""

    account: Address


@dataclass(frozen=True, slots=True)
class BadGuardianCount:
    """A vault has at least ``minimum`` and at most ``maximum`` guardians."""

    minimum: u32
    maximum: u32


@dataclass(frozen=True, slots=True)
class BadLimits:
    """Limits rise from transaction to hour, day and week."""


@dataclass(frozen=True, slots=True)
class BadLockSeconds:
    """The time lock is out of range."""

    minimum: u64
    maximum: u64


@dataclass(frozen=True, slots=True)
class BadLifetime:
    """A session key's lifetime is out of range."""

    maximum: u64


@dataclass(frozen=True, slots=True)
class AllowanceTooLarge:
    """A session key's limits are at most the vault's, which must exist."""

    asset: Address


@dataclass(frozen=True, slots=True)
class BadTarget:
    """A vault calls neither itself nor the guardian."""

    target: Address


@dataclass(frozen=True, slots=True)
class DataTooLong:
    """What is queued has at most ``maximum`` bytes."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class TooMany:
    """The list is full; remove something first."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class LimitExceeded:
    """The amount is above what is left: window 0 is the transaction, 1 hour, 2 day, 3 week."""

    asset: Address
    window: u8
    amount: u256
    left: u256


@dataclass(frozen=True, slots=True)
class VaultBalanceTooLow:
    """The vault holds less AIT than the call sends."""

    balance: u256
    needed: u256


@dataclass(frozen=True, slots=True)
class WrongStatus:
    """The operation or change is not pending."""

    status: u8


@dataclass(frozen=True, slots=True)
class NotReady:
    """The time lock has not passed."""


@dataclass(frozen=True, slots=True)
class TooLate:
    """The time for execution has passed."""


@dataclass(frozen=True, slots=True)
class NotTooLate:
    """It can still be executed."""


@dataclass(frozen=True, slots=True)
class StaleChange:
    """The limits were changed since this change was queued."""


@dataclass(frozen=True, slots=True)
class OwnRemoval:
    """A guardian cannot cancel its own removal."""


@dataclass(frozen=True, slots=True)
class UnknownRule:
    """The allowlist has no such entry."""


@dataclass(frozen=True, slots=True)
class UnknownSessionKey:
    """The account is no session key of the vault."""

    key: Address


@dataclass(frozen=True, slots=True)
class UnknownHash:
    """The hash is not approved."""

    hash: bytes32


@dataclass(frozen=True, slots=True)
class VaultPaused:
    """The vault is paused."""


@dataclass(frozen=True, slots=True)
class NotPaused:
    """The vault is not paused, or its pause needs no confirmation any more."""


@dataclass(frozen=True, slots=True)
class PauseTooSoon:
    """A guardian pauses once within ``seconds``."""

    seconds: u64


@dataclass(frozen=True, slots=True)
class RecoveryPending:
    """While a recovery is pending this is frozen."""


@dataclass(frozen=True, slots=True)
class NoRecovery:
    """No recovery is pending."""


@dataclass(frozen=True, slots=True)
class CannotObject:
    """The recovery follows an objection: it cannot be objected to."""


@dataclass(frozen=True, slots=True)
class ParametersContradict:
    """Two parameters contradict each other."""

    key: str


ERRORS = (
    UnknownVault,
    UnknownPreset,
    NotOwner,
    NotGuardian,
    NotOwnerOrGuardian,
    NotInitiator,
    SessionKeyLimited,
    BadAccount,
    BadGuardianCount,
    BadLimits,
    BadLockSeconds,
    BadLifetime,
    AllowanceTooLarge,
    BadTarget,
    DataTooLong,
    TooMany,
    LimitExceeded,
    VaultBalanceTooLow,
    WrongStatus,
    NotReady,
    TooLate,
    NotTooLate,
    StaleChange,
    OwnRemoval,
    UnknownRule,
    UnknownSessionKey,
    UnknownHash,
    VaultPaused,
    NotPaused,
    PauseTooSoon,
    RecoveryPending,
    NoRecovery,
    CannotObject,
    ParametersContradict,
)
