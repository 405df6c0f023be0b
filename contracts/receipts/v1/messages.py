"""Events, errors and structs of the receipts contract's interface."""

from dataclasses import dataclass
from enum import IntEnum

from contracts.framework.types import Address, Indexed, bytes32, u8, u32, u64, u128, u256


class ReceiptStatus(IntEnum):
    """Where a compute receipt stands; the numbers are the protocol's."""

    UNKNOWN = 0
    SUBMITTED = 1
    OPENED = 2
    SETTLED = 3
    FAILED = 4


@dataclass(frozen=True, slots=True)
class ReceiptData:
    """The EIP-712 ``ComputeReceipt``, field for field (``primitives.compute``)."""

    job_id: bytes32
    lease_id: bytes32
    seq: u64
    miner: Address
    client: Address
    model_root: bytes32
    request_hash: bytes32
    response_hash: bytes32
    trace_root: bytes32
    fingerprint: bytes32
    unit_kind: u8
    units: u64
    unit_price: u128
    started_at: u64
    ended_at: u64
    beacon: bytes32
    attestation: bytes32
    flags: u32


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptInfo:
    """One receipt as views show it; tiles opened so far, of ``tiles_drawn``."""

    receipt_id: bytes32
    job_id: bytes32
    lease_id: bytes32
    miner: Address
    client: Address
    tile_root: bytes32
    status: u8
    is_acknowledged: bool
    height: u64
    window_end: u64
    units: u64
    unit_price: u128
    tiles_opened: u32


@dataclass(frozen=True, slots=True)
class ReceiptSubmitted:
    """A miner's receipt stands; its tiles are drawn by later beacons."""

    receipt_id: Indexed[bytes32]
    lease_id: Indexed[bytes32]
    miner: Indexed[Address]
    tile_root: bytes32
    window_end: u64


@dataclass(frozen=True, slots=True)
class TilesOpened:
    """Drawn tiles were recomputed and found under the root."""

    receipt_id: Indexed[bytes32]
    opened: u32
    drawn: u32


@dataclass(frozen=True, slots=True)
class TileDisproved:
    """A committed tile is not the product: the miner is slashed."""

    receipt_id: Indexed[bytes32]
    challenger: Indexed[Address]
    tile: u32


@dataclass(frozen=True, slots=True)
class ReceiptAcknowledged:
    """The client accepted the work."""

    receipt_id: Indexed[bytes32]
    client: Indexed[Address]


@dataclass(frozen=True, slots=True)
class ReceiptSettled:
    """The lease was paid; ``paid`` is what the miner received."""

    receipt_id: Indexed[bytes32]
    miner: Indexed[Address]
    paid: u256


@dataclass(frozen=True, slots=True)
class ReceiptFailed:
    """The drawn tiles were not opened in the window."""

    receipt_id: Indexed[bytes32]
    miner: Indexed[Address]


@dataclass(frozen=True, slots=True)
class JobNotLeased:
    """The job is not leased, or a receipt stands already."""

    status: u8


@dataclass(frozen=True, slots=True)
class WrongLease:
    """The receipt names another lease than the job's."""


@dataclass(frozen=True, slots=True)
class WrongParty:
    """Miner or client is not the lease's."""


@dataclass(frozen=True, slots=True)
class WrongUnits:
    """Kind, number or price of the units is not the lease's."""


@dataclass(frozen=True, slots=True)
class WrongTimes:
    """The work ended before it started, or in the future."""


@dataclass(frozen=True, slots=True)
class WrongRequest:
    """requestHash is not the hash of the job's seed and dimensions."""


@dataclass(frozen=True, slots=True)
class WrongResponse:
    """responseHash is not the tile root."""


@dataclass(frozen=True, slots=True)
class UnusedFieldSet:
    """A field that this job kind does not use is not zero."""


@dataclass(frozen=True, slots=True)
class StaleBeacon:
    """``beacon`` is not the beacon of a recent height divisible by 64 within the lease."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """(leaseId, seq) was used."""


@dataclass(frozen=True, slots=True)
class WrongSignature:
    """Not a canonical signature by the operator key (or, of an Ack, by the client)."""


@dataclass(frozen=True, slots=True)
class WrongStatus:
    """The receipt is not in a status that the call needs."""

    status: u8


@dataclass(frozen=True, slots=True)
class NotDrawnYet:
    """The beacons that draw the tiles come with height ``height``."""

    height: u64


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """The window ended at height ``end``."""

    end: u64


@dataclass(frozen=True, slots=True)
class WindowOpen:
    """The window lasts until height ``end``."""

    end: u64


@dataclass(frozen=True, slots=True)
class NotMiner:
    """Only the receipt's miner opens its tiles."""


@dataclass(frozen=True, slots=True)
class WrongPathCount:
    """No path, or more paths than drawn tiles are left."""


@dataclass(frozen=True, slots=True)
class WrongTile:
    """The recomputed tile does not lead to the root."""

    tile: u32


@dataclass(frozen=True, slots=True)
class NoSuchTile:
    """The index is outside the result."""


@dataclass(frozen=True, slots=True)
class LeafNotCommitted:
    """The leaf and its path do not lead to the root."""


@dataclass(frozen=True, slots=True)
class TileIsRight:
    """The committed leaf is that of the right tile."""


EVENTS = (
    ReceiptSubmitted,
    TilesOpened,
    TileDisproved,
    ReceiptAcknowledged,
    ReceiptSettled,
    ReceiptFailed,
)
ERRORS = (
    JobNotLeased,
    WrongLease,
    WrongParty,
    WrongUnits,
    WrongTimes,
    WrongRequest,
    WrongResponse,
    UnusedFieldSet,
    StaleBeacon,
    Replayed,
    WrongSignature,
    WrongStatus,
    NotDrawnYet,
    WindowClosed,
    WindowOpen,
    NotMiner,
    WrongPathCount,
    WrongTile,
    NoSuchTile,
    LeafNotCommitted,
    TileIsRight,
)
