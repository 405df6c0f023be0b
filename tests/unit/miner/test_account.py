"""The account when several parts of a miner send at the same time."""

import asyncio

from contracts.marketplace.v1.contract import Marketplace
from miner.account import MinerAccount
from miner.chain import Chain
from miner.journal import Journal
from miner.native_calls import encode_native, place_of
from tests.unit.contracts.compute_world import become_miner
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.miner.chain_double import MINER_ADDRESS, MINER_SECRET


class Unhurried:
    """A node whose every answer lets others run first."""

    def __init__(self, double):
        self._double = double

    async def call(self, method, *params):
        await asyncio.sleep(0)
        return await self._double.call(method, *params)


async def test_transactions_that_are_sent_at_once_have_nonces_of_their_own(double, tmp_path):
    become_miner(double.chain, MINER_ADDRESS)
    journal = Journal(tmp_path)
    account = MinerAccount(Chain(Unhurried(double)), journal, MINER_SECRET, CHAIN_ID)
    data = encode_native(Marketplace, "setSealingKey", b"\x0b" * 32)
    names = ["one", "two", "three", "three"]
    place = place_of(Marketplace)
    sent = await asyncio.gather(*(account.send(n, Marketplace, place, data, 1) for n in names))
    assert sum(found is None for found in sent) == 1
    double.mine()
    double.mine()
    double.mine()
    assert sorted(tx.nonce for tx, _ in double.executed) == [0, 1, 2]
    journal.close()
