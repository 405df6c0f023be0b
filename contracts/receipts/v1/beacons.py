"""The beacons that the receipts contract keeps, and what it asks of the other contracts.

Invariants:

R5. Ring slot h % 8192 holds the beacon of the latest height that is congruent to h.
R6. Stamp slot (h / 64) % 65536 holds the beacon of the latest height h divisible by 64 that is
    congruent so: 48 days at one block a second, longer than any lease and its window.
"""

from typing import Any, Final

from contracts.framework.contract import Contract, view
from contracts.framework.messages import revert
from contracts.framework.parameters import Parameter
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES32,
    U16,
    U32,
    U64,
    U128,
    Slot,
    array,
    mapping,
    struct,
)
from contracts.framework.types import bytes32, struct_type, u64
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.places import MARKETPLACE_ADDRESS
from contracts.receipts.v1.claim_messages import CLAIM_ERRORS, CLAIM_EVENTS, LeaseNotActive
from contracts.receipts.v1.messages import (
    ERRORS,
    EVENTS,
    StaleBeacon,
    WrongSignature,
)
from contracts.receipts.v1.records import (
    Batch,
    Certificate,
    Claim,
    Commitment,
    Demand,
    Receipt,
)
from contracts.receipts.v1.settings import ReceiptsGenesis
from contracts.receipts.v1.weights import STAMP_GAS, WEIGHTS
from primitives.abi import decode
from primitives.errors import InvalidSignatureError, InvariantError
from primitives.keccak import keccak256
from primitives.keys import Signature, recover_address
from primitives.types import WEI_PER_AIT, ZERO_HASH, Hash32

RING_HEIGHTS: Final = 8192
STAMP_INTERVAL: Final = 64
STAMPS_KEPT: Final = 1 << 16
STAMPS_MAX: Final = 16
"""A product's freshness stamp is at most this many stamp heights old."""
TILES_DRAWN_MAX: Final = 32

_LEASE_TYPE: Final = struct_type(LeaseInfo)


class Beacons(Contract):
    """Storage of the receipts contract, its hooks, and the checks that all parts share."""

    __slots__ = ()

    index = 6
    name = "receipts"
    events = (*EVENTS, *CLAIM_EVENTS)
    errors = (*ERRORS, *CLAIM_ERRORS)
    weights = WEIGHTS

    draw_first = Slot(U64)
    draw_last = Slot(U64)
    tiles_drawn = Slot(U32)
    receipts_by_id = Slot(mapping(BYTES32, struct(Receipt)))
    used_seqs = Slot(mapping(BYTES32, mapping(U64, BOOL)))
    receipt_ids = Slot(array(BYTES32))
    beacons = Slot(array(BYTES32, RING_HEIGHTS))

    samples_per_batch = Parameter(U16, default=8, minimum=1, maximum=64, step_max=16)
    demand_seconds = Parameter(U32, default=1_800, minimum=60, maximum=86_400)
    batch_hold_blocks = Parameter(U64, default=20_000, minimum=8_192, maximum=1_000_000)
    batch_bond = Parameter(
        U128, default=100 * WEI_PER_AIT, minimum=WEI_PER_AIT, maximum=10**6 * WEI_PER_AIT
    )
    demand_bond = Parameter(U128, default=WEI_PER_AIT, minimum=0, maximum=1_000 * WEI_PER_AIT)
    demand_fee = Parameter(
        U128, default=WEI_PER_AIT // 20, minimum=WEI_PER_AIT // 1_000, maximum=10 * WEI_PER_AIT
    )
    void_compensation = Parameter(U128, default=WEI_PER_AIT, minimum=0, maximum=1_000 * WEI_PER_AIT)
    capacity_window_blocks = Parameter(U32, default=64, minimum=1, maximum=1_024)
    capacity_open_blocks = Parameter(U32, default=256, minimum=16, maximum=4_096)
    certificate_seconds = Parameter(
        U32, default=1_800, minimum=600, maximum=7 * 86_400, step_max=86_400
    )

    stamps = Slot(array(BYTES32, STAMPS_KEPT))
    claims = Slot(mapping(BYTES32, struct(Claim)))
    claim_heights = Slot(mapping(BYTES32, mapping(BYTES32, U64)))
    batches = Slot(array(struct(Batch)))
    voids = Slot(mapping(U64, mapping(U64, BOOL)))
    demands = Slot(array(struct(Demand)))
    sample_demands = Slot(mapping(U64, mapping(U16, U64)))
    epoch = Slot(U64)
    epoch_height = Slot(U64)
    epoch_time_ms = Slot(U64)
    epoch_beacon = Slot(BYTES32)
    commitments = Slot(mapping(ADDRESS, struct(Commitment)))
    certificates = Slot(mapping(ADDRESS, struct(Certificate)))

    # --- hooks ------------------------------------------------------------------------------

    def genesis(self, settings: Any) -> None:
        """Set the draw and keep the genesis beacon."""
        if not isinstance(settings, ReceiptsGenesis):
            raise InvariantError(f"receipts takes ReceiptsGenesis, got {settings!r}")
        if not 0 < settings.draw_first <= settings.draw_last < RING_HEIGHTS:
            raise InvariantError("the draw's heights are out of order")
        if not 0 < settings.tiles_drawn <= TILES_DRAWN_MAX:
            raise InvariantError(f"between 1 and {TILES_DRAWN_MAX} tiles are drawn")
        self.draw_first = settings.draw_first
        self.draw_last = settings.draw_last
        self.tiles_drawn = settings.tiles_drawn
        self.begin_block()

    def begin_block(self) -> None:
        """Keep this block's beacon (R5, R6) and notice a new epoch."""
        block = self.ctx.block
        height = block.height
        self.beacons[height % RING_HEIGHTS] = block.beacon
        if height % STAMP_INTERVAL == 0:
            self.stamps[height // STAMP_INTERVAL % STAMPS_KEPT] = block.beacon
        if block.epoch != self.epoch:
            self.epoch = block.epoch
            self.epoch_height = height
            self.epoch_time_ms = block.time_ms
            self.epoch_beacon = block.beacon

    # --- views ------------------------------------------------------------------------------

    @view
    def beacon_at(self, height: u64) -> bytes32:
        """Return the beacon of a recent height; zero outside the last 8192 heights."""
        current = self.ctx.block.height
        if not current - RING_HEIGHTS < height <= current:
            return ZERO_HASH
        return self.beacons[height % RING_HEIGHTS]

    @view
    def fresh_beacon(self) -> tuple[bytes32, u64]:
        """Return the freshness stamp for a receipt signed now, and its height."""
        height = self.ctx.block.height
        height -= height % STAMP_INTERVAL
        return self.beacons[height % RING_HEIGHTS], height

    # --- parts ------------------------------------------------------------------------------

    def _check_stamp(self, beacon: bytes, lease_height: int) -> None:
        """Find the stamp among the latest stamp heights, none before the lease's interval."""
        height = self.ctx.block.height
        height -= height % STAMP_INTERVAL
        lowest = max(0, lease_height - STAMP_INTERVAL + 1, height - STAMPS_MAX * STAMP_INTERVAL)
        while height >= lowest:
            self.ctx.use_gas(STAMP_GAS)
            if self.beacons[height % RING_HEIGHTS] == beacon:
                return
            height -= STAMP_INTERVAL
        raise revert(StaleBeacon())

    def _check_stamp_at(self, beacon: bytes, stamp_height: int, lease_height: int) -> None:
        """Check that ``beacon`` is that of a stamp height within the lease."""
        current = self.ctx.block.height
        lowest = max(lease_height - STAMP_INTERVAL + 1, current - STAMPS_KEPT * STAMP_INTERVAL + 1)
        if (
            stamp_height % STAMP_INTERVAL
            or not lowest <= stamp_height <= current
            or self.stamps[stamp_height // STAMP_INTERVAL % STAMPS_KEPT] != beacon
        ):
            raise revert(StaleBeacon())

    def _entropy(self, first: int, last: int) -> bytes:
        """Return the hash of the beacons of heights ``first .. last``, all in the ring."""
        beacons = self.beacons
        return keccak256(
            b"".join(beacons[height % RING_HEIGHTS] for height in range(first, last + 1))
        )

    def _lease(self, lease_id: bytes) -> LeaseInfo:
        """Return a lease that is neither settled nor taken back."""
        lease = self._read_lease(lease_id)
        if lease.status not in (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING):
            raise revert(LeaseNotActive(lease.status))
        return lease

    def _read_lease(self, lease_id: bytes) -> LeaseInfo:
        output = self.consult(MARKETPLACE_ADDRESS, "lease(bytes32)", lease_id)
        lease: LeaseInfo = decode((_LEASE_TYPE,), output)[0]
        return lease

    def _check_former_operator(self, miner: bytes, digest: Hash32, signature: bytes) -> None:
        """Refuse all but a canonical signature by a key that the miner ever registered.

        A rotation must not leave the poster of a batch without an answer.
        """
        signer = recovered(signature, digest)
        output = self.consult(MARKETPLACE_ADDRESS, "wasOperator(address,address)", miner, signer)
        if not any(output):
            raise revert(WrongSignature())

    def _check_operator(self, miner: bytes, height: int, digest: Hash32, signature: bytes) -> None:
        """Refuse all but a canonical signature by a key that the miner's account registered."""
        signer = recovered(signature, digest)
        output = self.consult(
            MARKETPLACE_ADDRESS, "operatorValid(address,address,uint64)", miner, signer, height
        )
        if not int.from_bytes(output, "big"):
            raise revert(WrongSignature())


def recovered(signature: bytes, digest: Hash32) -> bytes:
    """Return the address that made a canonical low-s signature.

    Raises:
        Revert: WrongSignature.
    """
    try:
        return recover_address(digest, Signature.from_bytes(signature))
    except InvalidSignatureError as error:
        raise revert(WrongSignature()) from error


def check_signer(signature: bytes, digest: Hash32, expected: bytes) -> None:
    """Refuse all but a canonical low-s signature by ``expected``; raises as ``recovered``."""
    if recovered(signature, digest) != expected:
        raise revert(WrongSignature())
