"""Price indexes: one per unit kind and GPU class, a hint and the price of protocol jobs.

P1. An index moves when something touches it in a later epoch than its last: once for the epoch
    that it closes and once down for each idle epoch since, ``IDLE_STEPS_MAX`` at most.
P2. A step is at most ``indexStepBps``, in proportion to the distance from 50 % utilisation; a day's
    steps stay within ``indexDayBps`` of the price with which the day began; floor and ceiling hold.
P3. Utilisation is the work of settled leases that were never challenged, of one miner at most what
    its certificate yields, of one miner and of one client at most ``indexShareBps`` of what the
    class could do in the epoch. Without certified capacity the index stands still.
P4. Nothing here has a say in a signed lease.

An epoch is ``indexEpochBlocks`` blocks, so a halt moves no price. Units are compared as
multiply-accumulates, by ``macsPerToken`` and ``macsPerGpuSecond``. Certificates are taken off
their class in buckets of six hours, at most ``BUCKETS_MAX`` ahead.
"""

from typing import Final

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import u8, u16, u128
from contracts.marketplace.v1.market_messages import IndexMoved, PriceInfo
from contracts.marketplace.v1.records import DAYS_KEPT, Index, Lease, Miner, Order
from contracts.marketplace.v1.refusals import BadUnitKind
from contracts.marketplace.v1.storage import BPS, DAY_SECONDS, Market
from contracts.marketplace.v1.weights import BUCKET_GAS
from primitives.compute import UNIT_KINDS, UNIT_MACS, UNIT_TOKENS
from primitives.keccak import keccak256
from primitives.types import U128_MAX

HALF_BPS: Final = BPS // 2
IDLE_STEPS_MAX: Final = 8
BUCKET_SECONDS: Final = 6 * 3_600
BUCKETS_MAX: Final = 64


class Prices(Market):
    """The part of the marketplace that keeps price indexes and certified rates."""

    __slots__ = ()

    @call
    def update_index(self, unit_kind: u8, gpu_class: u16) -> u128:
        """Close the epochs that have passed, which settlements do by themselves; anybody may."""
        if unit_kind not in UNIT_KINDS:
            raise revert(BadUnitKind(unit_kind))
        return self._roll_index(unit_kind, gpu_class).price

    @view
    def price_index(self, unit_kind: u8, gpu_class: u16) -> PriceInfo:
        """Return an index as it was last updated; the starting price when it never was."""
        if unit_kind not in UNIT_KINDS:
            raise revert(BadUnitKind(unit_kind))
        index = self.indexes[unit_kind][gpu_class]
        price = index.price or self._price_bounds(unit_kind)[1]
        median = self._median(index, price)
        return PriceInfo(
            price=price,
            median=median,
            protocol_price=min(price, median),
            epoch=index.epoch,
            used=index.used,
            capacity=self._epoch_capacity(gpu_class),
        )

    # --- parts ------------------------------------------------------------------------------

    def _count_use(self, lease: Lease, order: Order, units: int) -> None:
        """Count a settled lease's units towards utilisation (P3)."""
        unit_kind, gpu_class = order.unit_kind, lease.gpu_class
        index = self._roll_index(unit_kind, gpu_class)
        if lease.was_challenged or not units:
            return
        miner = self.miners[lease.miner]
        own = self._macs_per_second(miner) * self._epoch_seconds()
        most = self._epoch_capacity(gpu_class) * self.index_share_bps // BPS
        epoch = index.epoch
        counted = units * self._macs_per_unit(unit_kind)
        kinds = ((b"miner", lease.miner, min(own, most)), (b"client", order.client, most))
        shares = []
        for role, party, limit in kinds:
            preimage = role + party + unit_kind.to_bytes(1, "big") + gpu_class.to_bytes(2, "big")
            share = self.shares[keccak256(preimage)]
            used = share.used if share.epoch == epoch else 0
            counted = min(counted, max(0, limit - used))
            shares.append((share, used))
        if not counted:
            return
        for share, used in shares:
            share.epoch = epoch
            share.used = used + counted
        index.used = min(index.used + counted, U128_MAX)

    def _roll_index(self, unit_kind: int, gpu_class: int) -> Index:
        """Bring an index to the present epoch (P1, P2)."""
        index = self.indexes[unit_kind][gpu_class]
        self._roll_rate(gpu_class)
        floor, start, ceiling = self._price_bounds(unit_kind)
        epoch = self.ctx.block.height // self.index_epoch_blocks
        day = self.ctx.block.timestamp // DAY_SECONDS
        price = index.price
        if not price:
            index.price = index.day_price = start
            index.epoch, index.day = epoch, day
            return index
        if epoch <= index.epoch:
            return index
        self._begin_day(index, day, price)
        capacity = self._epoch_capacity(gpu_class)
        utilisation = HALF_BPS
        if capacity:
            utilisation = min(index.used * BPS // capacity, BPS)
            price = self._step(price, utilisation)
            for _ in range(min(epoch - index.epoch - 1, IDLE_STEPS_MAX)):
                price = self._step(price, 0)
        swing = index.day_price * self.index_day_bps // BPS
        price = min(max(price, index.day_price - swing), index.day_price + swing)
        price = min(max(price, floor), ceiling)
        self.emit(IndexMoved(unit_kind, gpu_class, index.epoch, utilisation, price))
        index.price, index.epoch, index.used = price, epoch, 0
        return index

    def _begin_day(self, index: Index, day: int, price: int) -> None:
        """Keep the closing price of each day that has ended."""
        last = index.day
        if day <= last:
            return
        for ended in range(max(last, day - DAYS_KEPT), day):
            index.closes[ended % DAYS_KEPT] = price
        index.day, index.day_price = day, price

    def _step(self, price: int, utilisation: int) -> int:
        """Return a price one epoch later."""
        move = price * abs(utilisation - HALF_BPS) * self.index_step_bps // (HALF_BPS * BPS)
        return price + move if utilisation > HALF_BPS else price - move

    def _median(self, index: Index, price: int) -> int:
        """Return the median of the closing prices kept; the price itself while there are none."""
        kept = [index.closes[place] for place in range(DAYS_KEPT)]
        closes = sorted(close for close in kept if close)
        return closes[(len(closes) - 1) // 2] if closes else price

    def _price_bounds(self, unit_kind: int) -> tuple[int, int, int]:
        """Return (floor, start, ceiling) of a unit kind's prices, in wei."""
        if unit_kind == UNIT_TOKENS:
            return self.token_price_floor, self.token_price_start, self.token_price_ceiling
        if unit_kind == UNIT_MACS:
            return self.mac_price_floor, self.mac_price_start, self.mac_price_ceiling
        return self.second_price_floor, self.second_price_start, self.second_price_ceiling

    def _macs_per_unit(self, unit_kind: int) -> int:
        if unit_kind == UNIT_TOKENS:
            return self.macs_per_token
        return 1 if unit_kind == UNIT_MACS else self.macs_per_gpu_second

    def _epoch_seconds(self) -> int:
        return max(1, self.index_epoch_blocks * self.ctx.block.block_time_ms // 1_000)

    def _epoch_capacity(self, gpu_class: int) -> int:
        """Return the multiply-accumulates that a class is certified for, per epoch."""
        return self.class_rates[gpu_class].total * self._epoch_seconds()

    def _macs_per_second(self, miner: Miner) -> int:
        """Return the certified rate of a miner, 0 when its certificate has expired."""
        is_valid = self.ctx.block.timestamp < miner.capacity_until
        return miner.macs_per_second if is_valid else 0

    # --- certified rates by GPU class -------------------------------------------------------

    def _roll_rate(self, gpu_class: int) -> None:
        """Take certificates off their class whose buckets have passed."""
        rate = self.class_rates[gpu_class]
        bucket, now = rate.bucket, self.ctx.block.timestamp // BUCKET_SECONDS
        if bucket >= now:
            return
        if not rate.total:
            rate.bucket = now
            return
        steps = min(now - bucket, BUCKETS_MAX + 1)
        self.ctx.use_gas(BUCKET_GAS * steps)
        total = rate.total
        for passed in range(bucket, bucket + steps):
            ending = rate.ending[passed]
            if ending:
                total -= ending
                rate.ending[passed] = 0
        rate.total, rate.bucket = total, now

    def _add_rate(self, miner: Miner) -> None:
        """Add a miner's certificate to its class."""
        gpu_class, macs = miner.gpu_class, self._macs_per_second(miner)
        self._roll_rate(gpu_class)
        rate = self.class_rates[gpu_class]
        miner.capacity_bucket = 0
        if macs:
            bucket = min(miner.capacity_until // BUCKET_SECONDS, rate.bucket + BUCKETS_MAX)
            miner.capacity_bucket = bucket + 1
            rate.total += macs
            rate.ending[bucket] += macs

    def _drop_rate(self, miner: Miner) -> None:
        """Take a miner's certificate off its class, if it still counts there."""
        gpu_class, macs = miner.gpu_class, miner.macs_per_second
        self._roll_rate(gpu_class)
        rate = self.class_rates[gpu_class]
        place = miner.capacity_bucket
        if place > rate.bucket:
            rate.total -= macs
            rate.ending[place - 1] -= macs
        miner.macs_per_second = miner.capacity_until = miner.capacity_bucket = 0

    def _set_gpu_class(self, miner: Miner, gpu_class: int) -> None:
        """Move a miner and its certificate to another class."""
        if miner.gpu_class == gpu_class:
            return
        macs, until = miner.macs_per_second, miner.capacity_until
        self._drop_rate(miner)
        miner.gpu_class = gpu_class
        miner.macs_per_second, miner.capacity_until = macs, until
        self._add_rate(miner)
