"""Events, errors and structs of claims, batches, demands and certificates of capacity."""

from dataclasses import dataclass

from contracts.framework.types import Address, Indexed, bytes32, u8, u32, u64, u128, u256


@dataclass(frozen=True, slots=True)
class AckData:
    """The EIP-712 ``Ack``, field for field: the client's cumulative voucher."""

    lease_id: bytes32
    seq: u64
    receipt_hash: bytes32
    cumulative_units: u64
    cumulative_amount: u256


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimInfo:
    """A lease's claim: cumulative units and wei, settled after height ``window_end``."""

    lease_id: bytes32
    receipt_hash: bytes32
    seq: u64
    units: u64
    amount: u128
    height: u64
    window_end: u64
    batch_id: u64
    is_unacknowledged: bool
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchInfo:
    """An anchored sum tree: ``count`` receipts worth ``total`` wei; ``bond`` is what is left."""

    batch_id: u64
    root: bytes32
    count: u32
    total: u128
    poster: Address
    bond: u128
    height: u64
    open_demands: u8
    unanswered_samples: u8
    is_closed: bool

    @classmethod
    def empty(cls, batch_id: int) -> "BatchInfo":
        """Return what is said of a batch that does not exist."""
        return cls(
            batch_id=batch_id, root=bytes(32), count=0, total=0, poster=bytes(20), bond=0,
            height=0, open_demands=0, unanswered_samples=0, is_closed=False,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandInfo:
    """A demand: ``place`` is a leaf's index, or the drawn point of a sample."""

    demand_id: u64
    batch_id: u64
    place: u128
    by: Address
    status: u8
    is_sample: bool
    fee: u128
    bond: u128
    due_at: u64

    @classmethod
    def empty(cls, demand_id: int) -> "DemandInfo":
        """Return what is said of a demand that does not exist."""
        return cls(
            demand_id=demand_id, batch_id=0, place=0, by=bytes(20), status=0,
            is_sample=False, fee=0, bond=0, due_at=0,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityWindow:
    """An epoch's window: commit until ``last_height``, draw at ``draw_height``, then open."""

    epoch: u64
    first_height: u64
    last_height: u64
    draw_height: u64
    open_until: u64


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityInfo:
    """A miner's certificate, and what it committed last."""

    macs_per_second: u64
    certified_epoch: u64
    expires_at: u64
    committed_epoch: u64
    root: bytes32
    m: u32
    n: u32
    k: u32
    opened: u32


@dataclass(frozen=True, slots=True)
class ClaimRaised:
    """A lease may be paid ``amount`` in all after height ``window_end``."""

    lease_id: Indexed[bytes32]
    receipt_hash: Indexed[bytes32]
    miner: Indexed[Address]
    seq: u64
    amount: u256
    window_end: u64


@dataclass(frozen=True, slots=True)
class ResponsePosted:
    """A sealed response stands in this transaction's calldata; its keccak."""

    lease_id: Indexed[bytes32]
    receipt_hash: Indexed[bytes32]
    response_hash: bytes32


@dataclass(frozen=True, slots=True)
class LeaseClaimSettled:
    """A lease was paid by its claim."""

    lease_id: Indexed[bytes32]
    receipt_hash: Indexed[bytes32]
    units: u64
    paid: u256


@dataclass(frozen=True, slots=True)
class BatchAnchored:
    """A sum tree of receipts was anchored."""

    batch_id: Indexed[u64]
    poster: Indexed[Address]
    root: bytes32
    count: u32
    total: u128


@dataclass(frozen=True, slots=True)
class BondReleased:
    """The rest of a batch's bond went back."""

    batch_id: Indexed[u64]
    poster: Indexed[Address]
    bond: u256


@dataclass(frozen=True, slots=True)
class BatchSlashed:
    """A batch was fraudulent: its bond is gone, it is closed."""

    batch_id: Indexed[u64]
    slashed: u256
    reward: u256


@dataclass(frozen=True, slots=True)
class DemandMade:
    """Somebody wants a leaf of a batch published."""

    demand_id: Indexed[u64]
    batch_id: Indexed[u64]
    by: Indexed[Address]
    place: u128
    is_sample: bool


@dataclass(frozen=True, slots=True)
class DemandAnswered:
    """The leaf stands in this transaction's calldata."""

    demand_id: Indexed[u64]
    batch_id: Indexed[u64]
    index: u32
    by: Address


@dataclass(frozen=True, slots=True)
class DemandUnanswered:
    """The leaf was not published in time."""

    demand_id: Indexed[u64]
    batch_id: Indexed[u64]
    compensation: u256
    is_closed: bool


@dataclass(frozen=True, slots=True)
class CapacityCommitted:
    """A miner committed its product of this epoch."""

    miner: Indexed[Address]
    epoch: Indexed[u64]
    root: bytes32
    m: u32
    n: u32
    k: u32


@dataclass(frozen=True, slots=True)
class CapacityCertified:
    """A miner's rate was accepted."""

    miner: Indexed[Address]
    epoch: Indexed[u64]
    macs_per_second: u64
    expires_at: u64


@dataclass(frozen=True, slots=True)
class LeaseNotActive:
    """The lease is unknown, not accepted yet, or already ended."""

    status: u8


@dataclass(frozen=True, slots=True)
class EmptyField:
    """A hash that this class of work needs is zero, or one that it does not use is set."""


@dataclass(frozen=True, slots=True)
class NotQuorumAnswer:
    """The lease's quorum has not agreed, or on another answer."""


@dataclass(frozen=True, slots=True)
class WrongAcknowledgement:
    """The Ack is of another receipt, or grants more than the lease."""


@dataclass(frozen=True, slots=True)
class ClaimNotHigher:
    """A claim stands: another has a higher amount and, unless the miner's, a later receipt."""

    seq: u64
    units: u64
    amount: u256


@dataclass(frozen=True, slots=True)
class NoClaim:
    """Nothing was claimed for this lease."""


@dataclass(frozen=True, slots=True)
class AuditFailed:
    """The lease failed an audit: it is closed unpaid, not settled."""


@dataclass(frozen=True, slots=True)
class MinersTime:
    """Somebody else made this claim: the miner may show a higher one until ``until``."""

    until: u64


@dataclass(frozen=True, slots=True)
class AlreadySettled:
    """The lease was paid."""


@dataclass(frozen=True, slots=True)
class ResponseNotAllowed:
    """Only work that is checked without the client may be claimed unacknowledged, and once."""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """The client did not sign a request with this hash, number and number of units."""


@dataclass(frozen=True, slots=True)
class MoreThanAsked:
    """The client asked for at most ``maximum`` units."""

    maximum: u64


@dataclass(frozen=True, slots=True)
class ResponseTooLong:
    """A published response has 1 to ``maximum`` bytes."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class EmptyBatch:
    """A batch has a root and 1 to ``maximum`` receipts."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class BatchBondTooSmall:
    """An anchor needs a bond."""

    minimum: u256


@dataclass(frozen=True, slots=True)
class UnknownBatch:
    """There is no such batch."""


@dataclass(frozen=True, slots=True)
class BatchClosed:
    """No claim comes out of this batch any more."""


@dataclass(frozen=True, slots=True)
class BatchHeld:
    """The bond is held until height ``until`` and while demands are open."""

    until: u64
    open_demands: u8


@dataclass(frozen=True, slots=True)
class BatchDisputed:
    """A challenge of the batch is open: its bond answers for it."""


@dataclass(frozen=True, slots=True)
class NotPoster:
    """Only who anchored the batch may do this."""


@dataclass(frozen=True, slots=True)
class NotDisputes:
    """Only the disputes contract may do this."""


@dataclass(frozen=True, slots=True)
class NotInBatch:
    """Leaf and path do not lead to the batch's root, or it is not the leaf that was asked for."""


@dataclass(frozen=True, slots=True)
class LeafIsVoid:
    """The leaf was demanded and not published."""


@dataclass(frozen=True, slots=True)
class NoSuchLeaf:
    """Leaves or draws are numbered below ``count``."""

    count: u32


@dataclass(frozen=True, slots=True)
class WrongValue:
    """The call needs exactly ``needed`` wei."""

    needed: u256


@dataclass(frozen=True, slots=True)
class TooManyDemands:
    """At most ``maximum`` demands of a batch are open."""

    maximum: u8


@dataclass(frozen=True, slots=True)
class AlreadyDemanded:
    """The drawn point was demanded, and is answered or waits for it."""

    demand_id: u64


@dataclass(frozen=True, slots=True)
class ShadowLeaf:
    """The leaf is of no lease of its miner, or worth more than the lease's escrow."""


@dataclass(frozen=True, slots=True)
class DemandNotOpen:
    """The demand is unknown or ended."""

    status: u8


@dataclass(frozen=True, slots=True)
class DemandNotDue:
    """There is time to answer until ``due_at``."""

    due_at: u64


@dataclass(frozen=True, slots=True)
class NotCapacityMiner:
    """The account is no active miner, or committed nothing."""


@dataclass(frozen=True, slots=True)
class CapacityWindowClosed:
    """The window of this epoch ended at height ``end``."""

    end: u64


@dataclass(frozen=True, slots=True)
class AlreadyCommitted:
    """One commitment an epoch."""


@dataclass(frozen=True, slots=True)
class WrongDimensions:
    """m and n are multiples of 64 up to 2^20, k lies in 64 to 65535."""


CLAIM_EVENTS = (
    ClaimRaised,
    ResponsePosted,
    LeaseClaimSettled,
    BatchAnchored,
    BondReleased,
    BatchSlashed,
    DemandMade,
    DemandAnswered,
    DemandUnanswered,
    CapacityCommitted,
    CapacityCertified,
)
CLAIM_ERRORS = (
    LeaseNotActive,
    EmptyField,
    NotQuorumAnswer,
    WrongAcknowledgement,
    ClaimNotHigher,
    NoClaim,
    AuditFailed,
    MinersTime,
    AlreadySettled,
    ResponseNotAllowed,
    NotAsked,
    MoreThanAsked,
    ResponseTooLong,
    EmptyBatch,
    BatchBondTooSmall,
    UnknownBatch,
    BatchClosed,
    BatchHeld,
    BatchDisputed,
    NotPoster,
    NotDisputes,
    NotInBatch,
    LeafIsVoid,
    NoSuchLeaf,
    WrongValue,
    TooManyDemands,
    AlreadyDemanded,
    ShadowLeaf,
    DemandNotOpen,
    DemandNotDue,
    NotCapacityMiner,
    CapacityWindowClosed,
    AlreadyCommitted,
    WrongDimensions,
)
