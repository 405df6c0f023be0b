"""Certificates of capacity: what this machine multiplies in an epoch's window, shown on the chain.

At the window's start the miner computes a product of its own seed, as large as its measured rate
allows, commits the root in time, and opens the drawn tiles afterwards. Invariants:

K1. Nothing is kept that the chain knows: what was committed, drawn and opened is asked for.
K2. The product lies on the disk until its tiles are open, so that a restart can go on. An epoch may
    be shorter than window and draw: nothing is committed while tiles wait to be opened.
K3. A product that is not ready in time is thrown away; the next one is chosen smaller.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from contracts.receipts.v1.capacity import CAPACITY_TILES
from contracts.receipts.v1.claim_messages import CapacityInfo, CapacityWindow
from contracts.receipts.v1.contract import Receipts
from miner.account import Landed, MinerAccount
from miner.chain import Chain, Head, RefusedError
from miner.native_calls import encode_native, place_of
from miner.plan import tiles_per_opening
from miner.work import FillProduct, Product, ProductStore
from primitives.matmul import CAPACITY_DIMENSION_MAX, INNER_MAX, TILE, MatmulSpec
from primitives.types import Hash32

DEPTH: Final = 4_096
"""The inner dimension while memory allows: one tile of it costs 131,072 gas to open."""
SHARE: Final = 0.5
"""Of the window that is left, this part is planned for multiplying."""
TRIAL: Final = MatmulSpec(seed=Hash32(bytes(32)), m=512, n=512, k=DEPTH)
BLOCKS_LEFT_MIN: Final = 4
RESULT_BYTES: Final = 2**30
SECONDS_A_BLOCK: Final = 1.0

RunBeside = Callable[[Callable[[], Any]], Awaitable[Any]]


class Certifier:
    """A part of the miner: one certificate an epoch. ``compute`` runs a function on the device."""

    def __init__(
        self,
        *,
        chain: Chain,
        account: MinerAccount,
        store: ProductStore,
        fill: FillProduct,
        threads: int,
        compute: RunBeside,
        result_bytes: int = RESULT_BYTES,
    ) -> None:
        self._chain = chain
        self._account = account
        self._store = store
        self._fill = fill
        self._threads = threads
        self._compute = compute
        self._result_bytes = result_bytes
        self._task: asyncio.Future[tuple[Product, float]] | None = None
        self._task_epoch = -1
        self._given_up = -1
        self._closed_epoch = -1
        self._local_rate = 0.0
        self._info: CapacityInfo | None = None
        self._pace: tuple[int, int] | None = None
        self._height = 0
        self._refusal = ""
        self._log = structlog.get_logger("capacity")

    async def step(self, head: Head, *, is_draining: bool) -> None:
        """Look at a new block and do what its window allows."""
        if head.height == self._height:
            return
        self._height = head.height
        if self._pace is None:
            self._pace = (head.height, head.timestamp)
        window: CapacityWindow = await self._chain.view(Receipts, "capacityWindow")
        info: CapacityInfo = await self._chain.view(Receipts, "capacity", self._account.address)
        self._info = info
        try:
            is_waiting = self._is_open(info) and await self._open(info, head)
            if not is_waiting and (not is_draining or self._task is not None):
                await self._compute_and_commit(info, window, head)
            self._refusal = ""
        except RefusedError as error:
            if str(error.refusal) != self._refusal:
                self._refusal = str(error.refusal)
                self._log.warning("refused", code=error.refusal.code, try_=error.refusal.remedy)

    def on_landed(self, landed: Landed) -> None:
        """Nothing to do: the next look sees it."""

    @property
    def is_drained(self) -> bool:
        """Answer whether leaving misses nothing that was begun."""
        info = self._info
        return self._task is None and not (info is not None and self._is_open(info))

    def status(self) -> dict[str, Any]:
        """Return the accepted rate beside the local one."""
        info = self._info
        return {
            "capacity": {
                "local_macs_per_second": int(self._local_rate),
                "certified_macs_per_second": 0 if info is None else info.macs_per_second,
                "certified_until": 0 if info is None else info.expires_at,
                "committed_epoch": None if info is None else info.committed_epoch,
                "opened": 0 if info is None else info.opened,
                "refusal": self._refusal,
            }
        }

    async def close(self) -> None:
        """Stop waiting for a product."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # --- parts ----------------------------------------------------------------------------------

    def _is_open(self, info: CapacityInfo) -> bool:
        """Answer whether a commitment stands whose tiles may still be opened."""
        is_certified = info.certified_epoch == info.committed_epoch and info.opened > 0
        return any(info.root) and not is_certified and info.committed_epoch != self._closed_epoch

    async def _compute_and_commit(
        self, info: CapacityInfo, window: CapacityWindow, head: Head
    ) -> None:
        task = self._task
        if task is None and any(info.root) and info.committed_epoch == window.epoch:
            return
        if task is None:
            left = window.last_height - head.height
            if left >= BLOCKS_LEFT_MIN and self._given_up != window.epoch:
                seed = await self._chain.view(Receipts, "capacitySeed", self._account.address)
                self._begin(Hash32(seed), left * self._block_seconds(head), window.epoch)
            return
        if not task.done():
            return
        self._task = None
        product, rate = task.result()
        self._local_rate = rate
        if self._task_epoch != window.epoch or head.height > window.last_height:
            self._given_up = window.epoch
            self._log.warning("product too late", epoch=self._task_epoch)  # K3
            return
        spec = product.spec
        data = encode_native(Receipts, "commitCapacity", spec.m, spec.n, spec.k, product.root)
        await self._send(f"capacity:{window.epoch}", data, head)
        self._given_up = window.epoch
        self._store.drop_finished([_key(window.epoch)])
        self._log.info("capacity committed", gmacs=round(spec.macs / 1e9, 1), epoch=window.epoch)

    def _begin(self, seed: Hash32, seconds: float, epoch: int) -> None:
        """Compute beside the loop; the first time a small product tells the rate."""

        def work() -> tuple[Product, float]:
            rate = self._local_rate or measure_rate(self._fill, self._threads)
            m, n, k = choose_dimensions(int(rate * seconds * SHARE), self._result_bytes)
            spec = MatmulSpec(seed=seed, m=m, n=n, k=k)
            began = time.perf_counter()
            product = self._store.compute(
                _key(epoch), spec, self._fill, self._threads, CAPACITY_DIMENSION_MAX
            )
            return product, spec.macs / max(1e-9, time.perf_counter() - began)

        self._task_epoch = epoch
        self._task = asyncio.ensure_future(self._compute(work))

    async def _open(self, info: CapacityInfo, head: Head) -> bool:
        """Open the next drawn tiles; the last ones issue the certificate.

        Returns False once there is nothing to wait for: the time is over, or the product is gone.
        """
        try:
            drawn = await self._chain.view(Receipts, "capacityTiles", self._account.address)
        except RefusedError as error:
            if error.refusal.code == "NotDrawnYet":
                return True
            self._closed_epoch = info.committed_epoch
            return False
        product = self._store.find(_key(info.committed_epoch), CAPACITY_DIMENSION_MAX)
        if product is None or product.root != info.root:
            self._closed_epoch = info.committed_epoch
            return False
        chosen = drawn[info.opened : info.opened + tiles_per_opening(info.k)]
        if chosen:
            paths = tuple(tuple(product.tile_path(tile)) for tile in chosen)
            data = encode_native(Receipts, "openCapacity", paths)
            await self._send(f"opening:{info.committed_epoch}", data, head)
        return True

    def _block_seconds(self, head: Head) -> float:
        """Return the chain's pace since this miner started."""
        height, at = self._pace or (head.height, head.timestamp)
        blocks = head.height - height
        return (head.timestamp - at) / blocks if blocks > BLOCKS_LEFT_MIN else SECONDS_A_BLOCK

    async def _send(self, purpose: str, data: bytes, head: Head) -> None:
        place = place_of(Receipts)
        await self._account.send(purpose, Receipts, place, data, head.height)


def _key(epoch: int) -> bytes:
    """Return the name of an epoch's product in the store."""
    return epoch.to_bytes(32, "big")


def measure_rate(fill: FillProduct, threads: int, seconds: float = 1.0) -> float:
    """Return multiply-accumulates per second of a kernel on this machine."""
    import numpy as np  # noqa: PLC0415 - only here

    out = np.empty((TRIAL.m, TRIAL.n), dtype=np.int32)
    fill(TRIAL, out, threads)  # compiles, or wakes the device up
    done, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        fill(TRIAL, out, threads)
        done += TRIAL.macs
    return done / passed


def choose_dimensions(macs: int, result_bytes: int) -> tuple[int, int, int]:
    """Return (m, n, k) of a square product of about ``macs``, whose result fits the memory."""
    side_max = min(CAPACITY_DIMENSION_MAX, math.isqrt(result_bytes // 4) // TILE * TILE)
    side = max(TILE, min(math.isqrt(max(1, macs // DEPTH)) // TILE * TILE, side_max))
    k = macs // (side * side) if side == side_max else DEPTH
    if side == TILE:
        k = macs // (TILE * TILE)
    k = max(TILE, min(k, INNER_MAX))
    while side * side // (TILE * TILE) < CAPACITY_TILES and side < side_max:
        side += TILE
    return side, side, k
