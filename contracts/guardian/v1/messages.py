"""Events, errors and structs of the guardian's interface."""

from dataclasses import dataclass

from contracts.framework.types import Address, Indexed, bytes4, bytes32, u8, u32, u64, u128, u256


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of an asset in its smallest unit; an amount of ``lock`` or more waits."""

    transaction: u128
    hour: u128
    day: u128
    week: u128
    lock: u128


@dataclass(frozen=True, slots=True)
class SessionAllowance:
    """What a session key may spend of one asset."""

    asset: Address
    transaction: u128
    hour: u128
    day: u128
    week: u128


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultInfo:
    """A vault's rules; ``pausedBy`` is zero when it is not paused."""

    vault: Address
    owner: Address
    agent: Address
    lock_seconds: u64
    guardians: tuple[Address, ...]
    session_keys: tuple[Address, ...]
    assets: tuple[Address, ...]
    pending_operations: tuple[u64, ...]
    pending_changes: tuple[u64, ...]
    paused_by: Address
    is_pause_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetInfo:
    """Limits of an asset and what counts against them now; ``isSet`` false when it has none."""

    is_set: bool
    limits: Limits
    hour_spent: u128
    day_spent: u128
    week_spent: u128


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInfo:
    """A session key; ``isLive`` while it may act."""

    is_live: bool
    added_at: u64
    lifetime_seconds: u64


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInfo:
    """An allowlist entry: at most ``valueMax`` wei and ``amountMax`` of the target's tokens."""

    is_set: bool
    value_max: u128
    amount_max: u128


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationInfo:
    """A queued operation; for a hash (kind 2) target is the asset and value the maximum."""

    operation_id: u64
    vault: Address
    kind: u8
    status: u8
    initiator: Address
    target: Address
    value: u128
    data: bytes
    queued_at: u64
    delay_seconds: u64
    is_ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeInfo:
    """A delayed change; ``payload`` is the ABI encoding of what it sets."""

    change_id: u64
    vault: Address
    kind: u8
    status: u8
    payload: bytes
    queued_at: u64
    delay_seconds: u64
    is_ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryInfo:
    """The pending recovery, ``candidate`` zero when none is; ``needed`` is for the next to begin
    while none is pending.
    """

    candidate: Address
    is_final: bool
    started_at: u64
    delay_seconds: u64
    support: u32
    needed: u32
    objected_at: u64


@dataclass(frozen=True, slots=True)
class VaultCreated:
    """A vault stands at its address."""

    vault: Indexed[Address]
    owner: Indexed[Address]
    agent: Indexed[Address]
    guardians: tuple[Address, ...]
    limits: Limits
    lock_seconds: u64


@dataclass(frozen=True, slots=True)
class OperationQueued:
    """An operation waits for the time lock."""

    operation_id: Indexed[u64]
    vault: Indexed[Address]
    initiator: Indexed[Address]
    kind: u8
    target: Address
    value: u128
    data: bytes
    delay_seconds: u64


@dataclass(frozen=True, slots=True)
class OperationExecuted:
    """An operation ran; ``operationId`` is 0 for one that did not wait. ``amount`` counted as the
    target's tokens, ``value`` as AIT.
    """

    operation_id: Indexed[u64]
    vault: Indexed[Address]
    initiator: Indexed[Address]
    target: Address
    value: u128
    amount: u256
    selector: bytes4


@dataclass(frozen=True, slots=True)
class OperationCancelled:
    """The owner, a guardian or a recovery took a waiting operation back."""

    operation_id: Indexed[u64]
    vault: Indexed[Address]
    by: Indexed[Address]


@dataclass(frozen=True, slots=True)
class OperationExpired:
    """A waiting operation was not executed in time."""

    operation_id: Indexed[u64]
    vault: Indexed[Address]


@dataclass(frozen=True, slots=True)
class ChangeQueued:
    """A change of a vault's rules waits for the time lock."""

    change_id: Indexed[u64]
    vault: Indexed[Address]
    kind: u8
    payload: bytes
    delay_seconds: u64


@dataclass(frozen=True, slots=True)
class ChangeExecuted:
    """A delayed change came into force."""

    change_id: Indexed[u64]
    vault: Indexed[Address]


@dataclass(frozen=True, slots=True)
class ChangeCancelled:
    """The owner, a guardian or a recovery took a delayed change back."""

    change_id: Indexed[u64]
    vault: Indexed[Address]
    by: Indexed[Address]


@dataclass(frozen=True, slots=True)
class ChangeExpired:
    """A delayed change was not executed in time."""

    change_id: Indexed[u64]
    vault: Indexed[Address]


@dataclass(frozen=True, slots=True)
class LimitsChanged:
    """An asset has new limits."""

    vault: Indexed[Address]
    asset: Indexed[Address]
    limits: Limits


@dataclass(frozen=True, slots=True)
class LockSecondsChanged:
    """The time lock is longer or shorter for what is queued from now on."""

    vault: Indexed[Address]
    lock_seconds: u64


@dataclass(frozen=True, slots=True)
class GuardiansChanged:
    """The vault has other guardians."""

    vault: Indexed[Address]
    guardians: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """The vault has another agent, or none (zero)."""

    vault: Indexed[Address]
    agent: Indexed[Address]


@dataclass(frozen=True, slots=True)
class RuleChanged:
    """An allowlist entry was set or removed."""

    vault: Indexed[Address]
    target: Indexed[Address]
    selector: Indexed[bytes4]
    is_set: bool
    value_max: u128
    amount_max: u128


@dataclass(frozen=True, slots=True)
class SessionKeyAdded:
    """A session key may act."""

    vault: Indexed[Address]
    key: Indexed[Address]
    lifetime_seconds: u64


@dataclass(frozen=True, slots=True)
class SessionKeyRemoved:
    """A session key may no longer act."""

    vault: Indexed[Address]
    key: Indexed[Address]


@dataclass(frozen=True, slots=True)
class HashApproved:
    """The vault's EIP-1271 answer for this hash is yes."""

    vault: Indexed[Address]
    hash: Indexed[bytes32]
    asset: Indexed[Address]
    maximum: u128


@dataclass(frozen=True, slots=True)
class HashRevoked:
    """The vault's EIP-1271 answer for this hash is no again."""

    vault: Indexed[Address]
    hash: Indexed[bytes32]
    by: Indexed[Address]


@dataclass(frozen=True, slots=True)
class Paused:
    """A guardian paused the vault."""

    vault: Indexed[Address]
    guardian: Indexed[Address]


@dataclass(frozen=True, slots=True)
class PauseConfirmed:
    """A guardian confirmed the pause; with ``isConfirmed`` it lasts until a majority ends it."""

    vault: Indexed[Address]
    guardian: Indexed[Address]
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Unpaused:
    """A guardian asked to end the pause; with ``isEnded`` it is over."""

    vault: Indexed[Address]
    guardian: Indexed[Address]
    is_ended: bool


@dataclass(frozen=True, slots=True)
class RecoverySupported:
    """A guardian supports a new owner (zero: nobody)."""

    vault: Indexed[Address]
    guardian: Indexed[Address]
    candidate: Indexed[Address]


@dataclass(frozen=True, slots=True)
class RecoveryStarted:
    """A recovery is pending; ``isFinal`` when the owner cannot object."""

    vault: Indexed[Address]
    candidate: Indexed[Address]
    is_final: bool
    delay_seconds: u64


@dataclass(frozen=True, slots=True)
class RecoveryEnded:
    """A pending recovery ended without a new owner."""

    vault: Indexed[Address]
    candidate: Indexed[Address]
    by: Indexed[Address]


@dataclass(frozen=True, slots=True)
class OwnerRecovered:
    """The vault has a new owner; agent, session keys and everything pending are gone."""

    vault: Indexed[Address]
    old_owner: Indexed[Address]
    new_owner: Indexed[Address]


EVENTS = (
    VaultCreated,
    OperationQueued,
    OperationExecuted,
    OperationCancelled,
    OperationExpired,
    ChangeQueued,
    ChangeExecuted,
    ChangeCancelled,
    ChangeExpired,
    LimitsChanged,
    LockSecondsChanged,
    GuardiansChanged,
    AgentChanged,
    RuleChanged,
    SessionKeyAdded,
    SessionKeyRemoved,
    HashApproved,
    HashRevoked,
    Paused,
    PauseConfirmed,
    Unpaused,
    RecoverySupported,
    RecoveryStarted,
    RecoveryEnded,
    OwnerRecovered,
)
