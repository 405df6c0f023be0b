"""Events, errors and structs of the marketplace's interface."""

from dataclasses import dataclass
from enum import IntEnum

from contracts.framework.types import Address, Indexed, bytes32, u8, u16, u32, u64, u128, u256


class JobStatus(IntEnum):
    """Where a job stands; the numbers are the protocol's."""

    UNKNOWN = 0
    OPEN = 1
    LEASED = 2
    SUBMITTED = 3
    SETTLED = 4
    FAILED = 5
    CANCELLED = 6
    EXPIRED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class JobInfo:
    """One job as views show it; ``escrow`` and prices in wei, ``unitPrice`` per MAC."""

    job_id: bytes32
    client: Address
    status: u8
    seed: bytes32
    m: u32
    n: u32
    k: u32
    escrow: u128
    unit_price: u128
    deadline_seconds: u64
    window_blocks: u64
    posted_at: u64
    posted_height: u64
    lease_id: bytes32
    miner: Address
    operator_key: Address
    taken_at: u64
    taken_height: u64
    bond_locked: u128


@dataclass(frozen=True, slots=True, kw_only=True)
class MinerInfo:
    """One miner: ``locked`` of ``bond`` secures open leases."""

    operator_key: Address
    bond: u128
    locked: u128
    open_leases: u32
    leaving_at: u64
    endpoint: str


@dataclass(frozen=True, slots=True)
class MinerRegistered:
    """An account bonded itself as a miner."""

    miner: Indexed[Address]
    operator_key: Indexed[Address]
    bond: u256
    endpoint: str


@dataclass(frozen=True, slots=True)
class OperatorChanged:
    """Receipts submitted from now on are signed by another key."""

    miner: Indexed[Address]
    operator_key: Indexed[Address]


@dataclass(frozen=True, slots=True)
class EndpointChanged:
    """The miner is reachable elsewhere."""

    miner: Indexed[Address]
    endpoint: str


@dataclass(frozen=True, slots=True)
class BondChanged:
    """A miner's bond was raised, slashed or paid out."""

    miner: Indexed[Address]
    bond: u256


@dataclass(frozen=True, slots=True)
class WithdrawalRequested:
    """The miner takes no more jobs; the bond is payable at ``payable_at`` at the earliest."""

    miner: Indexed[Address]
    payable_at: u64


@dataclass(frozen=True, slots=True)
class JobPosted:
    """A client put a job and its price into escrow."""

    job_id: Indexed[bytes32]
    client: Indexed[Address]
    seed: bytes32
    m: u32
    n: u32
    k: u32
    escrow: u256


@dataclass(frozen=True, slots=True)
class JobTaken:
    """A miner took a job."""

    job_id: Indexed[bytes32]
    lease_id: Indexed[bytes32]
    miner: Indexed[Address]
    bond_locked: u256


@dataclass(frozen=True, slots=True)
class JobSubmitted:
    """A receipt for the lease stands in the receipts contract."""

    job_id: Indexed[bytes32]
    lease_id: Indexed[bytes32]


@dataclass(frozen=True, slots=True)
class JobCancelled:
    """The client took an open job back."""

    job_id: Indexed[bytes32]
    refund: u256


@dataclass(frozen=True, slots=True)
class JobExpired:
    """The deadline passed without a receipt."""

    job_id: Indexed[bytes32]
    refund: u256
    slashed: u256


@dataclass(frozen=True, slots=True)
class LeaseSettled:
    """The miner was paid: ``paid`` + ``fee`` + ``refund`` is the escrow."""

    job_id: Indexed[bytes32]
    lease_id: Indexed[bytes32]
    miner: Indexed[Address]
    paid: u256
    fee: u256
    burnt: u256
    refund: u256


@dataclass(frozen=True, slots=True)
class LeaseFailed:
    """The work was wrong or not shown: the escrow went back, the locked bond is gone."""

    job_id: Indexed[bytes32]
    lease_id: Indexed[bytes32]
    miner: Indexed[Address]
    refund: u256
    slashed: u256
    reward: u256


@dataclass(frozen=True, slots=True)
class BondTooSmall:
    """The bond does not reach the minimum, or what is free of it does not cover the lease."""

    given: u256
    minimum: u256


@dataclass(frozen=True, slots=True)
class AlreadyMiner:
    """The account is registered."""


@dataclass(frozen=True, slots=True)
class NotMiner:
    """The account is not registered, or is leaving."""

    account: Address


@dataclass(frozen=True, slots=True)
class ZeroOperator:
    """An operator key has no zero address."""


@dataclass(frozen=True, slots=True)
class EndpointTooLong:
    """Endpoints have at most ``maximum`` bytes."""

    maximum: u16


@dataclass(frozen=True, slots=True)
class LeasesOpen:
    """The bond secures open leases."""

    count: u32


@dataclass(frozen=True, slots=True)
class WithdrawalNotDue:
    """No withdrawal was requested, or its delay has not passed."""

    payable_at: u64


@dataclass(frozen=True, slots=True)
class BadDimensions:
    """m and n are multiples of 64 up to 4096, k lies in 64 to 65535."""


@dataclass(frozen=True, slots=True)
class BadDeadline:
    """The deadline is out of range."""


@dataclass(frozen=True, slots=True)
class BadWindow:
    """The challenge window is out of range."""

    minimum: u64
    maximum: u64


@dataclass(frozen=True, slots=True)
class PriceTooSmall:
    """The escrow is below one wei per MAC."""

    minimum: u256


@dataclass(frozen=True, slots=True)
class WrongStatus:
    """The job is not in the status that the call needs."""

    status: u8


@dataclass(frozen=True, slots=True)
class NotClient:
    """Only the job's client may do this."""


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The job's deadline has passed."""


@dataclass(frozen=True, slots=True)
class DeadlineNotPassed:
    """The job's deadline has not passed."""


@dataclass(frozen=True, slots=True)
class NotReceipts:
    """Only the receipts contract may do this."""


@dataclass(frozen=True, slots=True)
class TooManyUnits:
    """More units than the job has."""


EVENTS = (
    MinerRegistered,
    OperatorChanged,
    EndpointChanged,
    BondChanged,
    WithdrawalRequested,
    JobPosted,
    JobTaken,
    JobSubmitted,
    JobCancelled,
    JobExpired,
    LeaseSettled,
    LeaseFailed,
)
ERRORS = (
    BondTooSmall,
    AlreadyMiner,
    NotMiner,
    ZeroOperator,
    EndpointTooLong,
    LeasesOpen,
    WithdrawalNotDue,
    BadDimensions,
    BadDeadline,
    BadWindow,
    PriceTooSmall,
    WrongStatus,
    NotClient,
    DeadlinePassed,
    DeadlineNotPassed,
    NotReceipts,
    TooManyUnits,
)
