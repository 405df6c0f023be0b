"""Certificates of capacity: how fast a miner multiplies, shown in one window for everybody.

Every epoch begins with one window. Each miner's seed is H(epoch beacon, miner): the work cannot be
done before, nor shared. The root of the product is committed within the window; beacons after it
draw 32 tiles, which are opened against the contract's own computation. The rate is
multiply-accumulates over the window's length, so one card cannot serve two identities at full rate.
Invariants:

R20. One commitment per miner and epoch, in the epoch's window, over operands of its own seed.
R18. Tiles are drawn by beacons after the window alone. A certificate follows 32 opened tiles.
R21. A certificate is valid for as long as few epochs take: in each, one card certifies once.
"""

from typing import Final

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, struct_type, u32
from contracts.marketplace.v1.messages import MinerInfo
from contracts.places import MARKETPLACE_ADDRESS
from contracts.receipts.v1.claim_messages import (
    AlreadyCommitted,
    CapacityCertified,
    CapacityCommitted,
    CapacityInfo,
    CapacityWindow,
    CapacityWindowClosed,
    NotCapacityMiner,
    WrongDimensions,
)
from contracts.receipts.v1.demands import Demands
from contracts.receipts.v1.messages import (
    NotDrawnYet,
    WindowClosed,
    WrongPathCount,
    WrongTile,
)
from contracts.receipts.v1.records import Commitment
from primitives.abi import decode
from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.matmul import CAPACITY_DIMENSION_MAX, MatmulSpec, check_spec, drawn_tiles
from primitives.types import U64_MAX, Hash32

CAPACITY_TILES: Final = 32
MILLISECONDS: Final = 1_000

_SEED_TAG: Final = b"AITBC capacity seed v1"
_MINER_TYPE: Final = struct_type(MinerInfo)


class Capacity(Demands):
    """Certificates of capacity."""

    __slots__ = ()

    @call
    def commit_capacity(self, m: u32, n: u32, k: u32, root: bytes32) -> None:
        """Commit the product of the caller's seed of this epoch, within its window."""
        miner = self.ctx.caller
        output = self.consult(MARKETPLACE_ADDRESS, "miner(address)", miner)
        info: MinerInfo = decode((_MINER_TYPE,), output)[0]
        if not any(info.operator_key) or info.leaving_at:
            raise revert(NotCapacityMiner())
        block = self.ctx.block
        end = self.epoch_height + self.capacity_window_blocks
        if block.height > end:
            raise revert(CapacityWindowClosed(end))
        record = self.commitments[miner]
        if any(record.root) and record.epoch == block.epoch:
            raise revert(AlreadyCommitted())
        spec = MatmulSpec(seed=Hash32(self._seed(miner)), m=m, n=n, k=k)
        try:
            check_spec(spec, CAPACITY_DIMENSION_MAX)
        except DecodeError as error:
            raise revert(WrongDimensions()) from error
        target_ms = self.capacity_window_blocks * block.block_time_ms
        record.root = root
        record.seed = spec.seed
        record.m, record.n, record.k = m, n, k
        record.opened = 0
        record.epoch = block.epoch
        record.draw_from = end + self.draw_first
        record.window_ms = max(target_ms, block.time_ms - self.epoch_time_ms)
        self.emit(CapacityCommitted(miner, block.epoch, root, m, n, k))

    @call
    def open_capacity(self, paths: tuple[tuple[bytes32, ...], ...]) -> u32:
        """Open the caller's next drawn tiles, one per path; returns how many are open.

        The last one issues the certificate.
        """
        miner = self.ctx.caller
        record = self.commitments[miner]
        if not any(record.root):
            raise revert(NotCapacityMiner())
        drawn = self._capacity_draw(miner, record)
        opened = record.opened
        if not 0 < len(paths) <= len(drawn) - opened:
            raise revert(WrongPathCount())
        spec = _spec(record)
        for tile, path in zip(drawn[opened : opened + len(paths)], paths, strict=True):
            if self._root(spec, self._compute_leaf(spec, tile), tile, path) != record.root:
                raise revert(WrongTile(tile))
        opened += len(paths)
        record.opened = opened
        if opened == len(drawn):
            self._certify(miner, record, spec)
        return opened

    @view
    def capacity_window(self) -> CapacityWindow:
        """Return this epoch's window: until which height, drawn when, opened until when."""
        end = self.epoch_height + self.capacity_window_blocks
        return CapacityWindow(
            epoch=self.epoch,
            first_height=self.epoch_height,
            last_height=end,
            draw_height=end + self.draw_last,
            open_until=end + self.draw_last + self.capacity_open_blocks,
        )

    @view
    def capacity_seed(self, miner: Address) -> bytes32:
        """Return a miner's seed of this epoch."""
        return self._seed(miner)

    @view
    def capacity(self, miner: Address) -> CapacityInfo:
        """Return a miner's certificate and latest commitment; zeros without them."""
        certificate, record = self.certificates[miner], self.commitments[miner]
        return CapacityInfo(
            macs_per_second=certificate.macs_per_second,
            certified_epoch=certificate.epoch,
            expires_at=certificate.expires_at,
            committed_epoch=record.epoch,
            root=record.root,
            m=record.m,
            n=record.n,
            k=record.k,
            opened=record.opened,
        )

    @view
    def capacity_tiles(self, miner: Address) -> tuple[u32, ...]:
        """Return the tiles that a miner has to open; reverts before they are drawn."""
        record = self.commitments[miner]
        if not any(record.root):
            raise revert(NotCapacityMiner())
        return tuple(self._capacity_draw(miner, record))

    # --- parts ------------------------------------------------------------------------------

    def _seed(self, miner: bytes) -> bytes:
        return keccak256(
            _SEED_TAG + self.ctx.block.chain_id.to_bytes(8, "big") + self.epoch_beacon + miner
        )

    def _capacity_draw(self, miner: bytes, record: Commitment) -> list[int]:
        """Return the drawn tiles, each once (R18)."""
        first = record.draw_from
        last = first - self.draw_first + self.draw_last
        current = self.ctx.block.height
        if current < last:
            raise revert(NotDrawnYet(last))
        if current > last + self.capacity_open_blocks:
            raise revert(WindowClosed(last + self.capacity_open_blocks))
        subject = Hash32(keccak256(record.seed + record.root + miner))
        entropy = Hash32(self._entropy(first, last))
        tiles = _spec(record).tiles
        return list(dict.fromkeys(drawn_tiles(subject, entropy, tiles, CAPACITY_TILES)))

    def _certify(self, miner: bytes, record: Commitment, spec: MatmulSpec) -> None:
        rate = min(spec.macs * MILLISECONDS // record.window_ms, U64_MAX)
        expires = self.ctx.block.timestamp + self.certificate_seconds
        certificate = self.certificates[miner]
        certificate.macs_per_second = rate
        certificate.epoch = record.epoch
        certificate.expires_at = expires
        self.emit(CapacityCertified(miner, record.epoch, rate, expires))
        self.invoke(
            MARKETPLACE_ADDRESS, "noteCapacity(address,uint64,uint64)", miner, rate, expires
        )


def _spec(record: Commitment) -> MatmulSpec:
    return MatmulSpec(seed=Hash32(record.seed), m=record.m, n=record.n, k=record.k)
