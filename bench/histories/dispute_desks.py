"""Stand-ins for marketplace and receipts that keep what disputes asks of them, and nothing else.

Their calls are exactly those that the disputes contract makes; leases and batches are written into
their storage directly. Money behaves as on a chain: escrows and bonds lie with the stand-ins.
"""

from dataclasses import dataclass, fields

from contracts.framework.contract import Contract, call, view
from contracts.framework.messages import revert
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES32,
    U8,
    U16,
    U32,
    U64,
    U128,
    U256,
    Slot,
    Struct,
    mapping,
    struct,
)
from contracts.framework.types import Address, bytes32, u8, u64, u256
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.places import DISPUTES_ADDRESS
from contracts.receipts.v1.claim_messages import BatchInfo, ClaimInfo

_ELEMENTS = {
    "uint8": U8, "uint16": U16, "uint32": U32, "uint64": U64, "uint128": U128, "uint256": U256,
    "address": ADDRESS, "bytes32": BYTES32, "bool": BOOL,
}  # fmt: skip
OPEN = (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING)


@dataclass(frozen=True, slots=True)
class Refused:
    """The desk does not do this."""

    status: u8


def _row(info: type) -> type[Struct]:
    """Return a storage struct with the fields of an interface struct."""
    from contracts.framework.types import field_types

    slots = {name: Slot(_ELEMENTS[kind.name]) for name, kind, _ in field_types(info)}
    members: dict[str, object] = {"__slots__": (), "__doc__": info.__doc__, **slots}
    return type(f"{info.__name__}Row", (Struct,), members)


LeaseRow, ClaimRow, BatchRow = _row(LeaseInfo), _row(ClaimInfo), _row(BatchInfo)


def write_row(row: Struct, info: object) -> None:
    """Store an interface struct."""
    for field in fields(info):  # type: ignore[arg-type]
        setattr(row, field.name, getattr(info, field.name))


def _read_row(row: Struct, info: type) -> object:
    return info(**{field.name: getattr(row, field.name) for field in fields(info)})


class LeaseDesk(Contract):
    """Leases, miners' bonds and operator keys, where the marketplace lives."""

    __slots__ = ()

    index = 5
    name = "lease desk"
    errors = (Refused,)
    weights = dict.fromkeys(
        ("lease", "endedAt", "operatorValid", "wasOperator", "holdLease", "releaseLease", "convict",
         "paySplit"), 1_000,
    )  # fmt: skip

    leases = Slot(mapping(BYTES32, struct(LeaseRow)))
    ended = Slot(mapping(BYTES32, U64))
    bonds = Slot(mapping(ADDRESS, U256))
    operators = Slot(mapping(ADDRESS, mapping(ADDRESS, BOOL)))
    former_operators = Slot(mapping(ADDRESS, mapping(ADDRESS, BOOL)))

    @view
    def lease(self, lease_id: bytes32) -> LeaseInfo:
        """Return a lease."""
        info: LeaseInfo = _read_row(self.leases[lease_id], LeaseInfo)  # type: ignore[assignment]
        return info

    @view
    def ended_at(self, lease_id: bytes32) -> u64:
        """Return where a lease ended."""
        return self.ended[lease_id]

    @view
    def operator_valid(self, miner: Address, key: Address, height: u64) -> bool:
        """Answer whether a key is registered."""
        return height > 0 and self.operators[miner][key]

    @view
    def was_operator(self, miner: Address, key: Address) -> bool:
        """Answer whether a key ever was."""
        return self.operators[miner][key] or self.former_operators[miner][key]

    @call
    def hold_lease(self, lease_id: bytes32) -> None:
        """Count a challenge."""
        row = self._open(lease_id)
        row.holds += 1

    @call
    def release_lease(self, lease_id: bytes32) -> None:
        """Count a challenge less."""
        row = self._known(lease_id)
        row.holds -= row.holds > 0

    @call
    def convict(self, lease_id: bytes32, fault: u8) -> u256:
        """Slash the whole bond: half to disputes, half burnt; the escrow goes to the client."""
        row = self._known(lease_id)
        row.holds -= row.holds > 0
        if row.status == LeaseStatus.CONVICTED:
            return 0
        row = self._open(lease_id)
        if not fault:
            raise revert(Refused(fault))
        bond, escrow, miner = self.bonds[row.miner], row.escrow, row.miner
        row.status = LeaseStatus.CONVICTED
        self.ended[lease_id] = self.ctx.block.height
        self.bonds[miner] = 0
        self.ctx.burn(bond - bond // 2)
        self.ctx.transfer(DISPUTES_ADDRESS, bond // 2)
        self.ctx.transfer(row.client, escrow)
        return bond // 2

    @call
    def pay_split(self, lease_id: bytes32, miner_amount: u256) -> None:
        """Split the escrow."""
        row = self._open(lease_id)
        if row.holds:
            raise revert(Refused(row.status))
        row.status = LeaseStatus.SETTLED
        self.ended[lease_id] = self.ctx.block.height
        self.ctx.transfer(row.miner, miner_amount)
        self.ctx.transfer(row.client, row.escrow - miner_amount)

    def _known(self, lease_id: bytes) -> "LeaseRow":  # type: ignore[valid-type]
        row = self.leases[lease_id]
        if self.ctx.caller != DISPUTES_ADDRESS or not row.status:
            raise revert(Refused(row.status))
        return row

    def _open(self, lease_id: bytes) -> "LeaseRow":  # type: ignore[valid-type]
        row = self._known(lease_id)
        if row.status not in OPEN:
            raise revert(Refused(row.status))
        return row


class BatchDesk(Contract):
    """Claims, batches and beacons, where receipts lives."""

    __slots__ = ()

    index = 6
    name = "batch desk"
    errors = (Refused,)
    weights = dict.fromkeys(("claim", "batch", "batchClosedAt", "beaconAt", "slashBatch"), 1_000)

    claims = Slot(mapping(BYTES32, struct(ClaimRow)))
    batches = Slot(mapping(U64, struct(BatchRow)))
    closed = Slot(mapping(U64, U64))

    @view
    def claim(self, lease_id: bytes32) -> ClaimInfo:
        """Return a lease's claim."""
        info: ClaimInfo = _read_row(self.claims[lease_id], ClaimInfo)  # type: ignore[assignment]
        return info

    @view
    def batch(self, batch_id: u64) -> BatchInfo:
        """Return a batch."""
        info: BatchInfo = _read_row(self.batches[batch_id], BatchInfo)  # type: ignore[assignment]
        return info

    @view
    def batch_closed_at(self, batch_id: u64) -> u64:
        """Return where a batch was closed."""
        return self.closed[batch_id]

    @view
    def beacon_at(self, height: u64) -> bytes32:
        """Return a beacon of the last 8,192 heights."""
        current = self.ctx.block.height
        return (height + 7).to_bytes(32, "big") if current - 8192 < height <= current else bytes(32)

    @call
    def slash_batch(self, batch_id: u64) -> u256:
        """Slash a batch's bond and close it: half to disputes, half burnt."""
        row = self.batches[batch_id]
        if self.ctx.caller != DISPUTES_ADDRESS or row.is_closed:
            raise revert(Refused(1))
        bond = row.bond
        row.bond = 0
        row.is_closed = True
        self.closed[batch_id] = self.ctx.block.height
        self.ctx.burn(bond - bond // 2)
        self.ctx.transfer(DISPUTES_ADDRESS, bond // 2)
        return bond // 2
