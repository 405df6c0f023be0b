"""Receipts for seeded products: committed, drawn, opened, challenged, settled.

The proof: the miner commits a Merkle root over the 64 x 64 tiles of C; beacons of later blocks draw
tiles; for each the contract makes the operands from the seed, computes the tile and checks the
path. Invariants:

R1. A tile is drawn only by beacons of blocks after the one that includes the receipt.
R2. (leaseId, seq) is accepted once; a lease has at most one receipt that stands.
R3. A receipt settles only when every drawn tile was opened and the window is over, or when the
    client acknowledged it; it is then never failed, and a failed one is never settled.
"""

from typing import Final

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import bytes32, struct_type, u32, u64, u256
from contracts.marketplace.v1.messages import JobInfo, JobStatus
from contracts.places import DISPUTES_ADDRESS, MARKETPLACE_ADDRESS
from contracts.receipts.v1.beacons import RING_HEIGHTS, Beacons, check_signer
from contracts.receipts.v1.messages import (
    JobNotLeased,
    LeafNotCommitted,
    NoSuchTile,
    NotDrawnYet,
    NotMiner,
    ReceiptAcknowledged,
    ReceiptData,
    ReceiptFailed,
    ReceiptInfo,
    ReceiptSettled,
    ReceiptStatus,
    ReceiptSubmitted,
    Replayed,
    TileDisproved,
    TileIsRight,
    TilesOpened,
    UnusedFieldSet,
    WindowClosed,
    WindowOpen,
    WrongLease,
    WrongParty,
    WrongPathCount,
    WrongRequest,
    WrongResponse,
    WrongStatus,
    WrongTile,
    WrongTimes,
    WrongUnits,
)
from contracts.receipts.v1.records import Receipt
from contracts.receipts.v1.weights import (
    MACS_PER_GAS,
    PATH_NODE_GAS,
    RECEIPT_ROW_GAS,
    TILE_GAS,
)
from primitives.abi import decode
from primitives.compute import UNIT_MACS, Acknowledgement, ComputeReceipt
from primitives.errors import DecodeError
from primitives.matmul import TILE, MatmulSpec, drawn_tiles, tile_leaf
from primitives.matmul_kernel import compute_tile
from primitives.merkle import root_from_path
from primitives.types import Address as AccountAddress
from primitives.types import Hash32

CLOCK_SLACK_SECONDS: Final = 60
PAGE_MAX: Final = 100


class Products(Beacons):
    """The calls and views of products."""

    __slots__ = ()

    # --- calls ------------------------------------------------------------------------------

    @call
    def submit_receipt(self, receipt: ReceiptData, signature: bytes, tile_root: bytes32) -> bytes32:
        """Record a receipt signed by the miner's operator key; anybody may send it.

        Returns the receipt id: EIP-712's hashStruct. Every refusal is an error of its own.
        """
        if self.used_seqs[receipt.lease_id][receipt.seq]:
            raise revert(Replayed())
        job = self._job_info(receipt.job_id)
        block = self.ctx.block
        self._check_claims(receipt, job, tile_root)
        self._check_stamp(receipt.beacon, job.taken_height)
        claim = to_compute_receipt(receipt)
        digest = claim.digest(block.chain_id, AccountAddress(self.ctx.this))
        check_signer(signature, digest, job.operator_key)
        receipt_id = claim.struct_hash()
        self.used_seqs[receipt.lease_id][receipt.seq] = True
        record = self.receipts_by_id[receipt_id]
        record.job_id = receipt.job_id
        record.lease_id = receipt.lease_id
        record.tile_root = tile_root
        record.seed = job.seed
        record.miner = receipt.miner
        record.status = ReceiptStatus.SUBMITTED
        record.height = block.height
        record.client = receipt.client
        record.window_end = block.height + job.window_blocks
        record.m, record.n, record.k = job.m, job.n, job.k
        record.units = receipt.units
        record.seq = receipt.seq
        record.unit_price = receipt.unit_price
        self.receipt_ids.push(receipt_id)
        self.invoke(MARKETPLACE_ADDRESS, "noteReceipt(bytes32)", receipt.lease_id)
        self.emit(
            ReceiptSubmitted(
                receipt_id, receipt.lease_id, receipt.miner, tile_root, record.window_end
            )
        )
        return receipt_id

    @call
    def open_tiles(self, receipt_id: bytes32, paths: tuple[tuple[bytes32, ...], ...]) -> u32:
        """Open the next drawn tiles, one per path, in the order of ``drawnTiles``.

        The contract computes each tile itself; large ones may be opened over several
        transactions. Returns how many are open.
        """
        record = self._standing(receipt_id, ReceiptStatus.SUBMITTED)
        if self.ctx.caller != record.miner:
            raise revert(NotMiner())
        self._check_window_open(record)
        drawn = self._drawn(receipt_id, record)
        opened = record.tiles_opened
        if not 0 < len(paths) <= len(drawn) - opened:
            raise revert(WrongPathCount())
        spec = _spec(record)
        root = record.tile_root
        for tile, path in zip(drawn[opened : opened + len(paths)], paths, strict=True):
            leaf = self._compute_leaf(spec, tile)
            if self._root(spec, leaf, tile, path) != root:
                raise revert(WrongTile(tile))
        opened += len(paths)
        record.tiles_opened = opened
        if opened == len(drawn):
            record.status = ReceiptStatus.OPENED
        self.emit(TilesOpened(receipt_id, opened, len(drawn)))
        return opened

    @call
    def challenge_tile(
        self, receipt_id: bytes32, tile: u32, leaf: bytes32, path: tuple[bytes32, ...]
    ) -> u256:
        """Prove that the leaf committed for ``tile`` is not that of the right product.

        The client gets the escrow back. Half of the miner's locked bond goes to the disputes
        contract, for who had committed to a wrong tile before (``revealTile``); returns that half.
        """
        record = self.receipts_by_id[receipt_id]
        if record.status not in (ReceiptStatus.SUBMITTED, ReceiptStatus.OPENED):
            raise revert(WrongStatus(record.status))
        self._check_window_open(record)
        self._check_wrong(record, tile, leaf, path)
        record.status = ReceiptStatus.FAILED
        self.emit(TileDisproved(receipt_id, self.ctx.caller, tile))
        output = self.invoke(
            MARKETPLACE_ADDRESS, "failLease(bytes32,address)", record.lease_id, DISPUTES_ADDRESS
        )
        reward = int.from_bytes(output, "big")
        if self.ctx.caller != DISPUTES_ADDRESS:
            noted = "noteProductFailed(bytes32,uint256)"
            self.invoke(DISPUTES_ADDRESS, noted, receipt_id, reward)
        return reward

    @call
    def acknowledge(self, receipt_id: bytes32, signature: bytes) -> None:
        """Record the client's signed ``Ack`` of this receipt: it may settle at once."""
        record = self.receipts_by_id[receipt_id]
        if record.status not in (ReceiptStatus.SUBMITTED, ReceiptStatus.OPENED):
            raise revert(WrongStatus(record.status))
        voucher = Acknowledgement(
            lease_id=Hash32(record.lease_id),
            seq=record.seq,
            receipt_hash=Hash32(receipt_id),
            cumulative_units=record.units,
            cumulative_amount=record.units * record.unit_price,
        )
        digest = voucher.digest(self.ctx.block.chain_id, AccountAddress(self.ctx.this))
        check_signer(signature, digest, record.client)
        record.is_acknowledged = True
        self.emit(ReceiptAcknowledged(receipt_id, record.client))

    @call
    def settle(self, receipt_id: bytes32) -> u256:
        """Pay a receipt that is acknowledged, or opened with its window over; returns the pay."""
        record = self.receipts_by_id[receipt_id]
        status = record.status
        if not (
            status == ReceiptStatus.OPENED
            or (status == ReceiptStatus.SUBMITTED and record.is_acknowledged)
        ):
            raise revert(WrongStatus(status))
        if not record.is_acknowledged and self.ctx.block.height <= record.window_end:
            raise revert(WindowOpen(record.window_end))
        record.status = ReceiptStatus.SETTLED
        output = self.invoke(
            MARKETPLACE_ADDRESS, "settleLease(bytes32,uint64)", record.lease_id, record.units
        )
        paid = int.from_bytes(output, "big")
        self.emit(ReceiptSettled(receipt_id, record.miner, paid))
        return paid

    @call
    def fail_receipt(self, receipt_id: bytes32) -> None:
        """End a receipt whose drawn tiles were not opened in its window; anybody may call."""
        record = self._standing(receipt_id, ReceiptStatus.SUBMITTED)
        if record.is_acknowledged:
            raise revert(WrongStatus(record.status))
        if self.ctx.block.height <= record.window_end:
            raise revert(WindowOpen(record.window_end))
        record.status = ReceiptStatus.FAILED
        self.emit(ReceiptFailed(receipt_id, record.miner))
        self.invoke(MARKETPLACE_ADDRESS, "failLease(bytes32,address)", record.lease_id, bytes(20))

    # --- views ------------------------------------------------------------------------------

    @view
    def drawn_tiles(self, receipt_id: bytes32) -> tuple[u32, ...]:
        """Return the tiles to open, each once, in order; reverts before they are drawn."""
        record = self.receipts_by_id[receipt_id]
        if record.status == ReceiptStatus.UNKNOWN:
            raise revert(WrongStatus(record.status))
        return tuple(self._drawn(receipt_id, record))

    @view
    def check_tile(
        self, receipt_id: bytes32, tile: u32, leaf: bytes32, path: tuple[bytes32, ...]
    ) -> None:
        """Revert, with the reason, unless a leaf was committed for ``tile`` and is wrong."""
        self._check_wrong(self.receipts_by_id[receipt_id], tile, leaf, path)

    @view
    def receipt(self, receipt_id: bytes32) -> ReceiptInfo:
        """Return one receipt; status 0 when there is none."""
        return self._info(receipt_id)

    @view
    def receipt_count(self) -> u64:
        """Return how many receipts were ever submitted."""
        return len(self.receipt_ids)

    @view
    def receipts(self, offset: u64, limit: u32) -> tuple[ReceiptInfo, ...]:
        """Return receipts in order of submission, at most 100."""
        ids = self.receipt_ids
        end = min(offset + min(limit, PAGE_MAX), len(ids))
        self.ctx.use_gas(RECEIPT_ROW_GAS * max(0, end - offset))
        return tuple(self._info(ids[index]) for index in range(offset, end))

    @view
    def parameters(self) -> tuple[u64, u64, u32]:
        """Return the first and last offset of the drawing beacons, and how many tiles."""
        return self.draw_first, self.draw_last, self.tiles_drawn

    # --- parts ------------------------------------------------------------------------------

    def _standing(self, receipt_id: bytes, status: ReceiptStatus) -> Receipt:
        record = self.receipts_by_id[receipt_id]
        if record.status != status:
            raise revert(WrongStatus(record.status))
        return record

    def _job_info(self, job_id: bytes) -> JobInfo:
        output = self.consult(MARKETPLACE_ADDRESS, "job(bytes32)", job_id)
        job: JobInfo = decode((_JOB_TYPE,), output)[0]
        return job

    def _check_claims(self, receipt: ReceiptData, job: JobInfo, tile_root: bytes) -> None:
        """Compare what the receipt says with the job; one error per reason."""
        if job.status != JobStatus.LEASED:
            raise revert(JobNotLeased(job.status))
        if receipt.lease_id != job.lease_id:
            raise revert(WrongLease())
        if (receipt.miner, receipt.client) != (job.miner, job.client):
            raise revert(WrongParty())
        spec = MatmulSpec(seed=Hash32(job.seed), m=job.m, n=job.n, k=job.k)
        units = (receipt.unit_kind, receipt.units, receipt.unit_price)
        if units != (UNIT_MACS, spec.macs, job.unit_price):
            raise revert(WrongUnits())
        latest = self.ctx.block.timestamp + CLOCK_SLACK_SECONDS
        if not receipt.started_at <= receipt.ended_at <= latest:
            raise revert(WrongTimes())
        if receipt.request_hash != spec.request_hash():
            raise revert(WrongRequest())
        if receipt.response_hash != tile_root:
            raise revert(WrongResponse())
        unused = (receipt.model_root, receipt.trace_root, receipt.attestation)
        if any(any(word) for word in unused) or receipt.flags:
            raise revert(UnusedFieldSet())

    def _check_window_open(self, record: Receipt) -> None:
        if self.ctx.block.height > record.window_end:
            raise revert(WindowClosed(record.window_end))

    def _drawn(self, receipt_id: bytes, record: Receipt) -> list[int]:
        """Return the drawn tiles without repetition (R1).

        Reverts before the last beacon is known and after the ring has forgotten the first.
        """
        first, last = record.height + self.draw_first, record.height + self.draw_last
        current = self.ctx.block.height
        if current < last:
            raise revert(NotDrawnYet(last))
        if current - first >= RING_HEIGHTS:
            raise revert(WindowClosed(record.window_end))
        entropy = Hash32(self._entropy(first, last))
        tiles = _spec(record).tiles
        drawn = drawn_tiles(Hash32(receipt_id), entropy, tiles, self.tiles_drawn)
        return list(dict.fromkeys(drawn))

    def _check_wrong(
        self, record: Receipt, tile: int, leaf: bytes, path: tuple[bytes, ...]
    ) -> None:
        spec = _spec(record)
        if tile >= spec.tiles:
            raise revert(NoSuchTile())
        if self._root(spec, leaf, tile, path) != record.tile_root:
            raise revert(LeafNotCommitted())
        if self._compute_leaf(spec, tile) == leaf:
            raise revert(TileIsRight())

    def _compute_leaf(self, spec: MatmulSpec, tile: int) -> Hash32:
        self.ctx.use_gas(TILE_GAS + TILE * TILE * spec.k // MACS_PER_GAS)
        return tile_leaf(spec, tile, compute_tile(spec, tile))

    def _root(
        self, spec: MatmulSpec, leaf: bytes, tile: int, path: tuple[bytes, ...]
    ) -> bytes | None:
        """Return the root of a path, None when its length does not fit the tree."""
        self.ctx.use_gas(PATH_NODE_GAS * (len(path) + 1))
        try:
            siblings = [Hash32(node) for node in path]
            return root_from_path(Hash32(leaf), tile, spec.tiles, siblings)
        except DecodeError:
            return None

    def _info(self, receipt_id: bytes) -> ReceiptInfo:
        record = self.receipts_by_id[receipt_id]
        return ReceiptInfo(
            receipt_id=receipt_id,
            job_id=record.job_id,
            lease_id=record.lease_id,
            miner=record.miner,
            client=record.client,
            tile_root=record.tile_root,
            status=record.status,
            is_acknowledged=record.is_acknowledged,
            height=record.height,
            window_end=record.window_end,
            units=record.units,
            unit_price=record.unit_price,
            tiles_opened=record.tiles_opened,
        )


_JOB_TYPE: Final = struct_type(JobInfo)


def to_compute_receipt(receipt: ReceiptData) -> ComputeReceipt:
    """Return the receipt as the typed data that is signed."""
    return ComputeReceipt(
        job_id=Hash32(receipt.job_id),
        lease_id=Hash32(receipt.lease_id),
        seq=receipt.seq,
        miner=AccountAddress(receipt.miner),
        client=AccountAddress(receipt.client),
        model_root=Hash32(receipt.model_root),
        request_hash=Hash32(receipt.request_hash),
        response_hash=Hash32(receipt.response_hash),
        trace_root=Hash32(receipt.trace_root),
        fingerprint=Hash32(receipt.fingerprint),
        unit_kind=receipt.unit_kind,
        units=receipt.units,
        unit_price=receipt.unit_price,
        started_at=receipt.started_at,
        ended_at=receipt.ended_at,
        beacon=Hash32(receipt.beacon),
        attestation=Hash32(receipt.attestation),
        flags=receipt.flags,
    )


def _spec(record: Receipt) -> MatmulSpec:
    return MatmulSpec(seed=Hash32(record.seed), m=record.m, n=record.n, k=record.k)
