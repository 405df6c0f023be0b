"""A client's session and a miner's desk over loopback HTTP: real contracts, a real model."""

import asyncio

import pytest
from aiohttp import web

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from miner.backends.exact import ExactBackend
from miner.chain import Chain
from miner.client.endings import await_settlement, reclaim
from miner.client.endpoint import HttpEndpoint
from miner.client.faults import MinerRefusedError, MinerSilentError
from miner.client.log import JobLog
from miner.client.orders import Wish, make_terms
from miner.client.session import ClientSession, Manners, new_job
from miner.client.verification import Verifier
from miner.exact.generate import install_small
from miner.leases.server import DeskServer
from primitives.compute import CLASS_CANONICAL, KIND_INTEGER_MODEL
from primitives.integer_model.request import Options
from primitives.types import WEI_PER_AIT
from tests.unit.miner.chain_double import MINER_ADDRESS, MiningRpc
from tests.unit.miner.leases.desk_world import CLIENT_SECRET, PRICE, Desk, Market


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return install_small(tmp_path_factory.mktemp("models"))


class House:
    """Both sides, and the blocks between them."""

    def __init__(self, small, home):
        self.backend = ExactBackend(small, runtime="cpu", threads=1, device="cpu")
        self.market = Market()
        self.desk = Desk(self.market, home / "miner", backend=self.backend)
        self.home = home
        self.small = small
        self.server = None
        self.told = []

    async def open(self):
        self.server = DeskServer(self.desk.service, self.desk.tally)
        await self.server.start("127.0.0.1:0")
        port = self.server.port
        endpoint = f"http://127.0.0.1:{port}"
        bond = 1_000 * WEI_PER_AIT
        self.market.send(
            MINER_ADDRESS, Marketplace, "registerMiner", MINER_ADDRESS, endpoint, value=bond
        )
        await self.desk.until(self.market.offers)

    async def close(self):
        await self.server.close()
        self.desk.kill()

    async def sleep(self, seconds):
        await self.desk.step(max(1, int(seconds)))
        await asyncio.sleep(0)

    async def session(self, **options):
        chain = Chain(MiningRpc(self.market.double))
        root = self.backend.served.model_root
        wish = Wish(
            kind=KIND_INTEGER_MODEL, model_root=root, units_max=40, classes=CLASS_CANONICAL,
            unit_price_max=PRICE,
        )  # fmt: skip
        terms = await make_terms(chain, CLIENT_SECRET, wish)
        job = await new_job(chain, CLIENT_SECRET, kind=KIND_INTEGER_MODEL)
        manners = Manners(tell=self.told.append, sleep=self.sleep, **options)
        verifier = Verifier(self.small, root)
        log = JobLog.create(self.home / "client", job)
        session = ClientSession(chain, CLIENT_SECRET, log, verifier=verifier, manners=manners)
        await session.post(terms)
        await session.find_lease(patience_seconds=60)
        return session

    def plan(self, session, text, tokens_max=12):
        generator = self.backend.generator
        options = Options(tokens_max=tokens_max, stop=generator.stop)
        return session.plan(options.encode(), tokens=tuple(generator.tokenizer.encode(text)))


@pytest.fixture
async def house(small, tmp_path):
    made = House(small, tmp_path)
    await made.open()
    yield made
    await made.close()


async def test_questions_are_answered_acknowledged_claimed_and_settled(house):
    session = await house.session()
    first = await session.ask(house.plan(session, "23+58="))
    second = await session.ask(house.plan(session, "2026 roman="))
    assert (first.delivered, second.delivered) == (b"81", b"MMXXVI")
    lease_id, units, amount = session.log.lease_id, session.log.units, session.log.amount
    assert amount == units * PRICE
    await house.desk.until(lambda: house.market.claim(lease_id).height, 4_000)
    assert house.market.claim(lease_id).amount == amount
    outcome = await await_settlement(session, patience_seconds=200)
    assert outcome.status == LeaseStatus.SETTLED
    assert outcome.paid == amount - amount * 250 // 10_000
    await session.close()
    session.log.close()


async def test_a_session_that_was_killed_gets_the_same_receipt_again(house):
    session = await house.session()
    exchange = house.plan(session, "23+58=")
    lease = await session.lease()
    await house.sleep(5)  # the desk sees that its acceptance is final
    body = session._envelope(lease, exchange).encode()
    endpoint = HttpEndpoint((await session.chain.miner(MINER_ADDRESS)).endpoint)
    lost = await endpoint.request(lease.lease_id, body)
    await endpoint.close()
    session.log.close()

    log = JobLog.open(session.log.path)
    again = ClientSession(session.chain, CLIENT_SECRET, log, manners=Manners(sleep=house.sleep))
    answer = await again.ask(log.last)
    assert answer.delivered == b"81"
    assert log.last.receipt.encode() in lost
    assert log.last.is_delivered
    await again.close()
    log.close()


async def test_the_desk_says_why_it_refuses(house):
    session = await house.session()
    exchange = house.plan(session, "~~~~ no letters of the model ~~~~" * 40, tokens_max=4)
    with pytest.raises(MinerRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.remedy
    await session.close()
    session.log.close()


async def test_a_desk_that_is_gone_is_silent_and_its_escrow_comes_back(house):
    session = await house.session(attempts_max=2)
    await house.server.close()
    with pytest.raises(MinerSilentError):
        await session.ask(house.plan(session, "23+58="))
    assert await reclaim(session, patience_seconds=300) == LeaseStatus.RECLAIMED
    await session.close()
    session.log.close()


async def test_a_desk_whose_client_is_cut_off_publishes_the_answer_and_the_client_opens_it(house):
    session = await house.session(attempts_max=2)
    exchange = house.plan(session, "23+58=")
    lease = await session.lease()
    await house.sleep(5)
    deal, envelope = house.desk.service.authenticate(
        lease.lease_id, session._envelope(lease, exchange).encode()
    )
    await house.desk.service.answer(deal, envelope, envelope.encode())  # and the answer is lost
    await house.server.close()
    with pytest.raises(MinerSilentError):
        await session.ask(exchange)
    assert await reclaim(session, patience_seconds=300) == LeaseStatus.SETTLED
    assert exchange.answer.delivered == b"81"
    assert (exchange.is_posted, exchange.voucher) == (True, None)
    assert house.market.claim(lease.lease_id).is_unacknowledged
    await session.close()
    session.log.close()


async def test_only_urls_of_http_are_called():
    for url in ("", "ftp://x", "file:///etc/passwd", "http://"):
        with pytest.raises(MinerSilentError, match="no HTTP endpoint"):
            HttpEndpoint(url)
    endpoint = HttpEndpoint("http://127.0.0.1:1")
    with pytest.raises(MinerSilentError):
        await endpoint.request(bytes(32), b"x")
    await endpoint.close()


class Hostile:
    """An endpoint that answers as a test says."""

    def __init__(self, answer):
        self.answer = answer
        self.visits = 0

    async def __aenter__(self):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._on_request)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        self.endpoint = HttpEndpoint(self.url + "/")
        return self

    async def __aexit__(self, *_):
        await self.endpoint.close()
        await self.runner.cleanup()

    async def _on_request(self, request):
        self.visits += 1
        return self.answer(request)


async def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr("miner.client.endpoint.BODY_BYTES_MAX", 1_000)
    async with Hostile(lambda _: web.Response(body=b"x" * 1_001)) as hostile:
        with pytest.raises(MinerSilentError, match="more than 1000 bytes"):
            await hostile.endpoint.request(bytes(32), b"body")


async def test_redirects_are_not_followed():
    def away(request):
        raise web.HTTPFound("/elsewhere")

    async with Hostile(away) as hostile:
        with pytest.raises(MinerRefusedError, match="http_302"):
            await hostile.endpoint.request(bytes(32), b"body")
        assert hostile.visits == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"code": "units_used_up", "message": "no more", "remedy": "order"}', "units_used_up"),
        (b'{"error": {"code": "x", "reason": "nested"}}', "nested"),
        (b'{"error": "a sentence"}', "a sentence"),
        (b"\xff\xfe", "HTTP status 409"),
        (b"[1]", "HTTP status 409"),
        (b'{"code": "a\\u001b[31m", "message": "b"}', "a[31m"),
    ],
)
async def test_refusals_are_read_as_far_as_they_are_readable(body, words):
    async with Hostile(lambda _: web.Response(status=409, body=body)) as hostile:
        with pytest.raises(MinerRefusedError) as refused:
            await hostile.endpoint.acknowledge(bytes(32), b"body")
    assert words in refused.value.problem
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("status", "code"), [(503, "busy"), (429, "rate_limited"), (404, "unknown_lease")]
)
async def test_what_passes_by_itself_is_silence_to_be_tried_again(status, code):
    answer = web.json_response
    async with Hostile(lambda _: answer({"code": code}, status=status)) as hostile:
        with pytest.raises(MinerSilentError, match=code):
            await hostile.endpoint.request(bytes(32), b"body")
