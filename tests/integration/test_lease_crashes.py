"""A miner that leases, killed without warning at random moments: nothing lost, nothing twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys

import aiohttp
import pytest

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.receipts.v1.contract import Receipts
from miner.backends.exact import ExactBackend
from miner.exact.generate import install_small
from miner.leases.protocol import Ask, decode_delivery
from miner.native_calls import method_named
from primitives.integer_model.request import Options
from tests.integration.test_miner_process import free_port, reached, serve
from tests.unit.miner.chain_double import MINER_SECRET
from tests.unit.miner.leases.desk_world import CLIENT, Client, Market

REQUESTS = 6
KILLS = 5
SEED = 20_261_122


class LeasingProcess:
    """``aitbc miner start --model small`` with a home that outlives it."""

    def __init__(self, home, rpc_port):
        self.home = home
        self.port = free_port()
        self.log = home / "log"
        self.command = [
            *(sys.executable, "-m", "aitbc", "miner", "start", "--no-products"),
            *("--rpc", f"http://127.0.0.1:{rpc_port}", "--home", str(home)),
            *("--private-key-env", "MINER_KEY", "--status-port", str(free_port())),
            *("--model", "small", "--listen", f"127.0.0.1:{self.port}"),
        ]
        self.running = None

    def start(self):
        environment = {**os.environ, "MINER_KEY": MINER_SECRET.hex()}
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    async def end(self, number):
        self.running.send_signal(number)
        return await asyncio.to_thread(self.running.wait, 60)

    async def killer(self, rng, is_done):
        """Kill and start again at random moments until enough was killed or all is done."""
        for _ in range(KILLS):
            await asyncio.sleep(rng.uniform(0.3, 4.0))
            if is_done():
                return
            await self.end(signal.SIGKILL)
            self.start()


@pytest.mark.slow
async def test_killed_desk_loses_nothing_and_signs_nothing_twice(tmp_path):
    rng = random.Random(SEED)
    market = Market()
    small = ExactBackend(install_small(tmp_path), runtime="cpu", threads=1, device="cpu")
    rpc_port = free_port()
    runner = await serve(market.double, rpc_port)
    miner = LeasingProcess(tmp_path, rpc_port)
    seen: dict[int, set[bytes]] = {}
    try:
        miner.start()
        await reached(market.offers, miner)
        price = market.offers()[0].terms.unit_price
        lease_id = market.propose(
            model_root=small.served.model_root, unit_price_max=price, units_max=200
        )
        await reached(lambda: market.lease(lease_id).status == LeaseStatus.ACTIVE, miner)
        client = Client(market, lease_id)
        done = []
        killing = asyncio.create_task(miner.killer(rng, lambda: len(done) == REQUESTS))
        async with aiohttp.ClientSession() as session:
            for seq in range(1, REQUESTS + 1):
                delivery = await ask(session, miner, client, seq, small, seen)
                receipt, answer = client.read(delivery)
                assert answer.delivered == b"432"
                await send(session, miner, lease_id, "acks", client.voucher(receipt))
                done.append(seq)
                await asyncio.sleep(rng.uniform(0, 0.5))
        await killing
        market.send(CLIENT, Marketplace, "requestReclaim", lease_id)
        await reached(lambda: market.lease(lease_id).status == LeaseStatus.SETTLED, miner)
        assert await miner.end(signal.SIGTERM) == 0
    finally:
        if miner.running is not None and miner.running.poll() is None:
            miner.running.kill()
            miner.running.wait()
        await runner.cleanup()
    assert all(len(hashes) == 1 for hashes in seen.values()), "a number was signed for twice"
    assert market.claim(lease_id).amount == client.amount
    assert sum(ok for tx, ok in market.double.executed if tx.data[:4] == SETTLE) == 1
    assert sum(ok for tx, ok in market.double.executed if tx.data[:4] == REGISTER) == 1
    nonces = [tx.nonce for tx, _ in market.double.executed]
    assert nonces == list(range(len(nonces)))


SETTLE = method_named(Receipts, "settleLease").selector
REGISTER = method_named(Marketplace, "registerMiner").selector


async def ask(session, miner, client, seq, small, seen):
    """Send one request until it is answered; note every receipt that ever came for its number."""
    tokens = tuple(small.generator.tokenizer.encode("347+85="))
    options = Options(tokens_max=16, stop=small.generator.stop)
    question = Ask(salt=bytes((seq,)) * 32, options=options.encode(), tokens=tokens)
    body = client.envelope(seq, ask=question, asked=small.check(question, 16))
    for _ in range(2):  # again, as one who lost the first answer
        delivery = await send(session, miner, client.lease_id, "requests", body)
        seen.setdefault(seq, set()).add(decode_delivery(delivery).receipt.struct_hash())
    return delivery


async def send(session, miner, lease_id, what, body):
    url = f"http://127.0.0.1:{miner.port}/v1/leases/{lease_id.hex()}/{what}"
    for _ in range(400):
        try:
            async with session.post(url, data=body) as response:
                data = await response.read()
                if response.status == 200:
                    return data
                assert response.status in (404, 409, 429, 502, 503), data
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError(miner.log.read_text())
