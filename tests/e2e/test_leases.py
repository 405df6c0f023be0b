"""A client leases the devnet's integer model, asks it a sum, checks the answer, pays by voucher."""

import asyncio
import time

import aiohttp
import pytest

from aitbc.dev_accounts import DEV_SECRETS
from aitbc.signing import send_call
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.market_messages import OrderTerms
from contracts.receipts.v1.contract import Receipts
from miner.backends.exact import ExactBackend
from miner.chain import Chain
from miner.exact.generate import install_small
from miner.leases.protocol import Ask
from primitives.compute import CLASS_SIGNED, KIND_INTEGER_MODEL, UNIT_TOKENS
from primitives.integer_model.request import Options
from primitives.keys import secret_to_address
from rpc.client import RpcClient
from tests.e2e.conftest import PORT_OFFSET
from tests.unit.miner.leases.desk_world import Client, order_values
from wallet.sealing import mailbox_key

pytestmark = pytest.mark.e2e

SECRET = bytes.fromhex(DEV_SECRETS[5])
QUESTION, ANSWER = "347+85=", "432"
SECONDS = 90


async def until(ask, condition):
    deadline = time.monotonic() + SECONDS
    while True:
        found = await ask()
        if condition(found):
            return found
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.5)


async def work_a_lease(url, folder, classes):
    """Order, ask twice, acknowledge; return what the lease became and what it cost."""
    small = ExactBackend(install_small(folder), runtime="cpu", threads=1, device="cpu")
    tokens = tuple(small.generator.tokenizer.encode(QUESTION))
    options = Options(tokens_max=16, stop=small.generator.stop)
    async with RpcClient(url) as rpc, aiohttp.ClientSession() as session:
        chain = Chain(rpc)

        async def offers():
            return (await chain.view(Marketplace, "offers", UNIT_TOKENS, 0, 100))[0]

        offer = (await until(offers, bool))[0]
        price = offer.terms.unit_price
        is_plain = classes == CLASS_SIGNED
        terms = OrderTerms(**order_values() | {
            "kind": KIND_INTEGER_MODEL, "classes": classes, "adjudicator": 0 if is_plain else 1,
            "model_root": small.served.model_root, "client_key": mailbox_key(SECRET),
            "units_max": 40, "unit_price_max": price, "prepay_units": 1 if is_plain else 0,
            "window_blocks": 0 if is_plain else 60,
        })  # fmt: skip
        me = secret_to_address(SECRET)
        order_id = await chain.view(Marketplace, "nextOrderId", me)
        await send_call(chain, SECRET, Marketplace, "postOrder", terms, value=40 * price)
        await send_call(chain, SECRET, Marketplace, "takeOffer", order_id, offer.offer_id)
        lease_id = (await chain.view(Marketplace, "order", order_id)).lease_id

        async def lease():
            return await chain.view(Marketplace, "lease", lease_id)

        info = await until(lease, lambda found: found.status == LeaseStatus.ACTIVE)
        endpoint = (await chain.miner(offer.miner)).endpoint
        chain_id = await chain.chain_id()
        client = Client(None, lease_id, SECRET, info=info, chain_id=chain_id, miner=offer.miner)
        for seq in (1, 2):
            ask = Ask(salt=bytes((seq,)) * 32, options=options.encode(), tokens=tokens)
            body = client.envelope(seq, ask=ask, asked=small.check(ask, 40))
            place = f"{endpoint}/v1/leases/{lease_id.hex()}"
            delivery = await post(session, f"{place}/requests", body)
            assert await post(session, f"{place}/requests", body) == delivery
            receipt, answer = client.read(delivery)
            assert answer.delivered.decode() == ANSWER
            assert receipt.units == len(answer.tokens)
            expected = await small.work(ask)
            assert (receipt.request_hash, receipt.response_hash) == (
                expected.request_hash, expected.response_hash,
            )  # fmt: skip
            assert any(receipt.trace_root) != is_plain
            await post(session, f"{place}/acks", client.voucher(receipt))
        await send_call(chain, SECRET, Marketplace, "requestReclaim", lease_id)

        async def claim():
            return await chain.view(Receipts, "claim", lease_id)

        claimed = await until(claim, lambda found: found.seq == 2)
        assert claimed.amount == client.amount
        if is_plain:
            await until(lease, lambda found: found.status == LeaseStatus.SETTLED)


async def post(session, url, body):
    """Send until the desk has seen the newest block."""
    for _ in range(60):
        async with session.post(url, data=body) as response:
            data = await response.read()
            if response.status == 200:
                return data
            assert response.status in (404, 409, 503), data
        await asyncio.sleep(0.5)
    raise AssertionError(data)


def test_a_leased_model_answers_and_is_paid(devnet, tmp_path):
    asyncio.run(work_a_lease(devnet.url, tmp_path, CLASS_SIGNED))
    status = devnet.aitbc("miner", "status", "--status-port", str(9_700 + PORT_OFFSET)).stdout
    assert "1 settled" in status
