"""A chain in memory and miners on it."""

import asyncio
from dataclasses import dataclass

import pytest
import structlog

from miner.account import MinerAccount
from miner.chain import Chain
from miner.journal import Journal
from miner.runner import Miner, MinerSettings
from miner.work import ProductStore, fill_for
from primitives.types import WEI_PER_AIT
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.miner.chain_double import MINER_SECRET, ChainDouble


@pytest.fixture(autouse=True)
def quiet_logs():
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def double():
    return ChainDouble()


@dataclass
class Rig:
    """A miner's home; ``start`` opens it as a process would, ``kill`` leaves it as kill -9 does."""

    double: ChainDouble
    home: object
    miner: Miner | None = None
    journal: Journal | None = None

    async def start(self, **settings) -> Miner:
        chain = Chain(self.double)
        self.journal = Journal(self.home)
        account = MinerAccount(chain, self.journal, MINER_SECRET, CHAIN_ID)
        values = {"bond": 100 * WEI_PER_AIT, "poll_seconds": 0.0} | settings
        self.miner = Miner(
            chain=chain,
            account=account,
            journal=self.journal,
            products=ProductStore(self.home / "products"),
            fill=fill_for("cpu"),
            secret=MINER_SECRET,
            settings=MinerSettings(**values),
        )
        starting = asyncio.create_task(self.miner.start())
        while not starting.done():
            await asyncio.sleep(0)
            if self.double.pool:
                self.double.mine()
        await starting
        return self.miner

    async def restart(self, **settings) -> Miner:
        await self.kill()
        return await self.start(**settings)

    async def kill(self) -> None:
        await self.miner.close()
        self.journal.close()

    async def step(self) -> None:
        """One look of the miner, its computation finished, then one block."""
        await self.miner.step()
        tasks = list(self.miner._computing.values())
        if tasks:
            await asyncio.wait(tasks)
        self.double.mine()

    async def until(self, condition, limit: int = 60) -> None:
        for _ in range(limit):
            if condition():
                return
            await self.step()
        raise AssertionError(f"not reached within {limit} blocks")

    def lease(self, job_id: bytes):
        return self.journal.lease(job_id)


@pytest.fixture
async def rig(double, tmp_path):
    made = Rig(double, tmp_path)
    yield made
    if made.miner is not None:
        await made.kill()
