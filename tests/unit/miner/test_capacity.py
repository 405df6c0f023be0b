"""A certificate of capacity, from the window's beginning to the accepted rate."""

import asyncio

import pytest

from contracts.marketplace.v1.contract import Marketplace
from contracts.receipts.v1.contract import Receipts
from miner import cpu_kernel
from miner.account import MinerAccount
from miner.capacity import CAPACITY_TILES, Certifier, choose_dimensions, measure_rate
from miner.chain import Chain
from miner.journal import Journal
from miner.work import ProductStore
from primitives.matmul import CAPACITY_DIMENSION_MAX, INNER_MAX
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.miner.chain_double import MINER_ADDRESS, MINER_SECRET
from tests.unit.miner.leases.desk_world import Market


class Rig:
    def __init__(self, home, market):
        self.home, self.market = home, market
        self.open()

    def open(self):
        self.chain = Chain(self.market.double)
        self.journal = Journal(self.home)
        self.account = MinerAccount(self.chain, self.journal, MINER_SECRET, CHAIN_ID)

        async def now(work):
            return work()

        self.certifier = Certifier(
            chain=self.chain, account=self.account, store=ProductStore(self.home / "capacity"),
            fill=cpu_kernel.fill_product, threads=1, compute=now, result_bytes=512 * 512 * 4,
        )  # fmt: skip
        self.certifier._local_rate = 5e7

    async def step(self, blocks=1, *, is_draining=False):
        for _ in range(blocks):
            head = await self.chain.head()
            await self.account.poll(head.height)
            await self.certifier.step(head, is_draining=is_draining)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            self.market.double.mine()

    async def until(self, condition, limit=150):
        for _ in range(limit):
            if condition():
                return
            await self.step()
        raise AssertionError

    def accepted(self):
        return self.market.ask(Receipts, "capacity", MINER_ADDRESS)

    def close(self):
        self.journal.close()


@pytest.fixture
def rig(tmp_path):
    market = Market()
    market.join()
    made = Rig(tmp_path, market)
    yield made
    made.close()


async def test_a_window_ends_in_a_certificate_that_the_market_counts(rig):
    await rig.until(lambda: rig.accepted().committed_epoch)
    await rig.step()
    assert not rig.certifier.is_drained
    await rig.until(lambda: rig.accepted().certified_epoch)
    accepted = rig.accepted()
    assert accepted.macs_per_second > 0
    counted = rig.market.ask(Marketplace, "capacity", MINER_ADDRESS)
    assert counted.macs_per_second == accepted.macs_per_second
    await rig.step()
    shown = rig.certifier.status()["capacity"]
    assert shown["certified_macs_per_second"] == accepted.macs_per_second
    assert shown["local_macs_per_second"] > 0


async def test_a_restart_between_commitment_and_opening_loses_nothing(rig):
    await rig.until(lambda: rig.accepted().committed_epoch)
    rig.close()
    rig.open()
    await rig.until(lambda: rig.accepted().certified_epoch)


async def test_one_commitment_an_epoch_and_one_the_next(rig):
    await rig.until(lambda: rig.accepted().certified_epoch)
    first = rig.accepted().certified_epoch
    await rig.until(lambda: rig.accepted().certified_epoch > first, limit=300)


async def test_draining_begins_nothing(rig):
    await rig.step(10, is_draining=True)
    assert not rig.accepted().committed_epoch
    assert rig.certifier.is_drained


@pytest.mark.parametrize("macs", [1, 10**6, 10**9, 10**12, 10**15, 10**18])
@pytest.mark.parametrize("memory", [1 << 20, 1 << 30, 1 << 40])
def test_dimensions_are_allowed_fit_the_memory_and_do_not_overshoot(macs, memory):
    m, n, k = choose_dimensions(macs, memory)
    assert m == n
    assert m % 64 == 0
    assert 64 <= m <= CAPACITY_DIMENSION_MAX
    assert 64 <= k <= INNER_MAX
    assert 4 * m * n <= max(memory, 4 * 512 * 512)
    assert m * n // 4_096 >= CAPACITY_TILES
    assert m * n * k <= max(2 * macs, 384 * 384 * 4_096)


def test_a_rate_is_measured():
    assert measure_rate(cpu_kernel.fill_product, 1, 0.01) > 10**6
