"""The desk over HTTP: a whole lease, and visitors who mean no good."""

import asyncio
import io
import json

import aiohttp
import pytest

import miner.leases.server as server_module
from miner.leases.protocol import SEALED_ASK_MAX
from miner.leases.server import DeskServer, split_address
from primitives.errors import ConfigError
from tests.integration.test_miner_process import free_port
from tests.unit.miner.leases.desk_world import (
    OTHER_SECRET,
    Client,
    Desk,
    Market,
    settle_everything,
)


class House:
    """A desk behind its server, and a lease."""

    def __init__(self, home, **settings):
        self.market = Market()
        self.market.join()
        self.desk = Desk(self.market, home, **settings)
        self.port = free_port()

    async def open(self):
        self.lease_id = await self.desk.lease()
        self.client = Client(self.market, self.lease_id)
        self.server = DeskServer(self.desk.service, self.desk.tally)
        await self.server.start(f"127.0.0.1:{self.port}")
        self.session = aiohttp.ClientSession()
        self.url = f"http://127.0.0.1:{self.port}/v1/leases/{self.lease_id.hex()}"

    async def close(self):
        await self.session.close()
        await self.server.close()
        await self.desk.service.close()
        self.desk.kill()

    async def post(self, what, body, **options):
        async with self.session.post(f"{self.url}/{what}", data=body, **options) as response:
            return response.status, await response.read(), response.headers

    async def code(self, what, body, **options):
        """Return the status and the code of a refusal; every one says what to do."""
        status, _, _ = found = await self.post(what, body, **options)
        answer = json.loads(found[1])
        assert set(answer) >= {"code", "message", "remedy"}
        assert answer["remedy"]
        return status, answer["code"]


@pytest.fixture
async def house(tmp_path):
    made = House(tmp_path)
    await made.open()
    yield made
    await made.close()


async def test_a_lease_over_http_to_the_last_wei(house):
    for seq, tokens in ((1, (1, 2, 3)), (2, tuple(range(97)))):
        body = house.client.envelope(seq, *tokens)
        status, delivery, _ = await house.post("requests", body)
        assert status == 200
        assert (await house.post("requests", body))[1] == delivery
        receipt, answer = house.client.read(delivery)
        assert answer.tokens == tokens[::-1]
        status, _, _ = await house.post("acks", house.client.voucher(receipt))
        assert status == 200
    async with house.session.get(house.url) as response:
        shown = await response.json()
    assert (shown["seq"], shown["acknowledged"], shown["units"]) == (2, 2, 100)
    await settle_everything(house.desk, house.lease_id)
    assert house.desk.book.deal(house.lease_id).ending.units == 100


@pytest.mark.parametrize(
    "body", [b"", b"\x00", b"\x94", b"\xc1" * 100, b"{}", b"\x94" + b"\xc0" * 4]
)
async def test_garbage_is_refused_with_a_code(house, body):
    assert await house.code("requests", body) == (400, "bad_request")
    assert await house.code("acks", body) == (400, "bad_request")


async def test_every_cut_and_every_changed_byte_of_a_request_is_refused(house, monkeypatch):
    monkeypatch.setattr(house.server._by_network, "_burst", 1e9)
    monkeypatch.setattr(house.server._by_network, "_per_second", 1e9)
    whole = house.client.envelope(1, 1, 2)
    for size in range(0, len(whole), 7):
        status, _ = await house.code("requests", whole[:size])
        assert status in (400, 401)
    for place in range(0, len(whole), 11):
        changed = bytearray(whole)
        changed[place] ^= 1
        status, _ = await house.code("requests", bytes(changed))
        assert status in (400, 401), place
    assert house.desk.backend.calls == 0


async def test_oversized_bodies_are_refused_before_they_are_read(house):
    assert await house.code("acks", bytes(2_000)) == (413, "too_large")
    assert await house.code("requests", io.BytesIO(bytes(SEALED_ASK_MAX + 300))) == (
        413,
        "too_large",
    )

    async def endless():
        for _ in range(SEALED_ASK_MAX // 65_536 + 2):
            yield bytes(65_536)

    assert await house.code("requests", endless()) == (413, "too_large")  # without a length


async def test_a_slow_body_is_given_up(house, monkeypatch):
    monkeypatch.setattr(server_module, "BODY_SECONDS", 0.05)

    async def slow():
        yield b"\x94"
        await asyncio.sleep(0.5)
        yield b"\x94"

    assert await house.code("requests", slow()) == (408, "too_slow")


async def test_who_never_ends_his_headers_is_hung_up_on(house, monkeypatch):
    """Half a header kept a connection for ever, and with enough of them every file of the miner."""
    monkeypatch.setattr(server_module, "HEADER_SECONDS", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(b"POST /v1/leases/ HTTP/1.1\r\nX-A: ")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    async with house.session.get(house.url) as response:
        assert (response.status, response.headers["Connection"]) == (200, "close")


async def test_of_too_many_silent_visitors_the_oldest_is_hung_up_on(house, monkeypatch):
    monkeypatch.setattr(server_module, "SILENT_MAX", 3)
    made = [await asyncio.open_connection("127.0.0.1", house.port) for _ in range(4)]
    assert await asyncio.wait_for(made[0][0].read(), 5) == b""
    async with house.session.get(house.url) as response:
        assert response.status == 200
    for _, writer in made:
        writer.close()


async def test_wrong_ids_and_routes(house):
    house.url = house.url[:-1]
    assert await house.code("requests", b"") == (400, "bad_request")
    house.url = f"http://127.0.0.1:{house.port}/v1/leases/{'zz' * 32}"
    assert await house.code("requests", b"") == (400, "bad_request")
    house.url = f"http://127.0.0.1:{house.port}/v1/leases/{'00' * 32}"
    assert await house.code("acks", b"") == (400, "bad_request")
    async with house.session.get(house.url) as response:
        assert response.status == 404
        assert (await response.json())["code"] == "unknown_lease"
    async with house.session.get(f"http://127.0.0.1:{house.port}/admin") as response:
        assert response.status == 404


async def test_an_envelope_for_another_lease_is_refused(house):
    other = await house.desk.lease()
    body = Client(house.market, other).envelope(1, 1, 2)
    assert await house.code("requests", body) == (400, "bad_request")


async def test_a_flood_is_limited_by_address_and_told_when_to_return(house):
    found = [await house.post("acks", b"x") for _ in range(90)]
    limited = [headers for status, _, headers in found if status == 429]
    assert limited
    assert int(limited[0]["Retry-After"]) >= 1
    assert house.desk.tally.http_refusals["rate_limited"] == len(limited)


async def test_a_stranger_cannot_use_up_a_lease_s_rate(house, monkeypatch):
    monkeypatch.setattr(house.server._by_network, "_burst", 1e9)
    monkeypatch.setattr(house.server._by_network, "_per_second", 1e9)
    forged = house.client.envelope(1, 1, 2, secret=OTHER_SECRET)
    for _ in range(60):
        assert await house.code("requests", forged) == (401, "wrong_signature")
    status, _, _ = await house.post("requests", house.client.envelope(1, 1, 2))
    assert status == 200
    own = [await house.post("requests", house.client.envelope(9, 1)) for _ in range(40)]
    assert {status for status, _, _ in own} == {409, 429}


async def test_more_visitors_than_fit_are_asked_to_come_back(house, monkeypatch):
    monkeypatch.setattr(server_module, "REQUESTS_MAX", 1)
    house.desk.backend.gate = asyncio.Event()
    first = asyncio.create_task(house.post("requests", house.client.envelope(1, 1, 2)))
    await asyncio.sleep(0.1)
    assert await house.code("acks", b"x") == (503, "busy")
    house.desk.backend.gate.set()
    assert (await first)[0] == 200


async def test_an_error_of_the_miner_s_own_says_nothing_about_itself(house, monkeypatch):
    def broken(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(house.desk.service, "authenticate", broken)
    status, body, _ = await house.post("requests", b"x")
    assert status == 502
    assert b"secret detail" not in body


async def test_a_taken_port_is_an_error_with_a_remedy(house):
    with pytest.raises(ConfigError, match="cannot listen"):
        await DeskServer(house.desk.service, house.desk.tally).start(f"127.0.0.1:{house.port}")


@pytest.mark.parametrize("text", ["", "9470", "host", "host:", ":1", "host:x", "host:70000"])
def test_addresses_are_checked(text):
    with pytest.raises(ConfigError):
        split_address(text)


def test_ipv6_addresses_stand_in_brackets():
    assert split_address("[::1]:80") == ("::1", 80)
