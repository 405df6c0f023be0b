"""HTTP and WebSocket on loopback sockets: refusals before JSON-RPC, subscriptions, limits."""

import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from rpc import formats
from rpc.limits import BODY_BYTES_MAX, QUEUE_MESSAGES_MAX, SUBSCRIPTIONS_PER_CONNECTION_MAX
from rpc.server import RpcServer, is_allowed_host
from rpc.subscriptions import Subscriber, Topic
from tests.unit.rpc.small_chain import LOGGER, World, make_backend

JSON = {"Content-Type": "application/json"}
NUMBER = b'{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}'


class Client:
    """A server on a free port and a session to it."""

    def __init__(self, world: World, **options: Any) -> None:
        self.world = world
        self.backend = make_backend(world)
        self.server = RpcServer(self.backend, **options)
        self.url = ""

    async def __aenter__(self) -> "Client":
        port = await self.server.start("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{port}"
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.http.close()
        await self.server.close()

    def finalize(self, *transactions: Any) -> Any:
        """Make a block final and tell the backend as the driver does."""
        executed, head = self.world.mine(*transactions)
        for hook in self.backend._driver.hooks.on_finalized:
            hook(executed, head)
        return executed

    async def post(self, body: bytes, headers: dict[str, str] = JSON) -> tuple[int, Any]:
        data = io.BytesIO(body)
        async with self.http.post(self.url, data=data, headers=headers) as response:
            return response.status, await response.json() if response.status != 204 else None


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with Client(world, pages={"/explorer": ("text/html", b"<p>")}) as opened:
        yield opened


async def receive(socket: aiohttp.ClientWebSocketResponse) -> Any:
    return await socket.receive_json(timeout=5)


async def ask(socket: aiohttp.ClientWebSocketResponse, method: str, *params: Any) -> Any:
    await socket.send_json({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    return await receive(socket)


async def test_post_is_answered_and_notification_is_204(client: Client) -> None:
    answer = {"jsonrpc": "2.0", "id": 1, "result": "0x0"}
    assert await client.post(NUMBER) == (200, answer)
    assert await client.post(b"[" + NUMBER + b"]") == (200, [answer])
    assert await client.post(NUMBER.replace(b'"id":1,', b"")) == (204, None)
    status, shown = await client.post(b"{")
    assert (status, shown["error"]["code"]) == (200, -32700)


async def test_other_content_types_and_methods_are_refused(client: Client) -> None:
    status, answer = await client.post(NUMBER, {"Content-Type": "text/plain"})
    assert status == 415
    assert "application/json" in answer["error"]["message"]
    async with client.http.put(client.url, data=NUMBER, headers=JSON) as response:
        assert response.status == 405
    async with client.http.get(client.url + "/nothing") as response:
        assert response.status == 404


async def test_oversized_body_names_the_limit(client: Client) -> None:
    status, answer = await client.post(b" " * (BODY_BYTES_MAX + 1))
    assert status == 413
    assert str(BODY_BYTES_MAX) in answer["error"]["message"]

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(BODY_BYTES_MAX // 65_536 + 2):
            yield b" " * 65_536

    async with client.http.post(client.url, data=chunks(), headers=JSON) as response:
        assert response.status == 413


async def test_rebound_host_names_are_refused(client: Client) -> None:
    status, answer = await client.post(NUMBER, JSON | {"Host": "evil.example:8545"})
    assert (status, answer["error"]["message"]) == (403, "invalid host specified")
    assert (await client.post(NUMBER, JSON | {"Host": "localhost:1"}))[0] == 200
    names = frozenset({"localhost", "node.example"})
    for host in ("127.0.0.1", "[::1]:8545", "::1", "node.example:80", "LOCALHOST", "10.1.2.3"):
        assert is_allowed_host(host, names)
    for host in ("", "example", "127.0.0.1.evil.example", "[evil]", "node.example.evil"):
        assert not is_allowed_host(host, names)


async def test_cors_is_answered_for_allowed_sites_only(world: World) -> None:
    async with Client(world, cors_origins=("https://wallet.example",)) as client:
        good, bad = {"Origin": "https://wallet.example"}, {"Origin": "https://evil.example"}
        async with client.http.options(client.url, headers=good) as response:
            assert response.status == 204
            assert response.headers["Access-Control-Allow-Origin"] == "https://wallet.example"
            assert "POST" in response.headers["Access-Control-Allow-Methods"]
        async with client.http.post(client.url, data=NUMBER, headers=JSON | bad) as response:
            assert "Access-Control-Allow-Origin" not in response.headers
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await client.http.ws_connect(client.url + "/ws", headers=bad)


async def test_debug_is_for_loopback_without_a_proxy(client: Client) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"debug_getRawHeader","params":["latest"]}'
    assert "result" in (await client.post(body))[1]
    _, answer = await client.post(body, JSON | {"X-Forwarded-For": "10.0.0.1"})
    assert answer["error"]["code"] == -32601


@pytest.mark.parametrize(
    ("headers", "is_local"),
    [
        ({"Host": "localhost:8545"}, True),
        ({"Host": "[::1]:8545"}, True),
        ({"Host": "10.1.2.3:8545"}, False),
        ({"Host": "node.example"}, False),
        ({"Origin": "http://localhost:3000"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
    ],
)
async def test_debug_is_not_for_pages_of_other_sites(
    world: World, headers: dict[str, str], is_local: bool
) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"debug_getRawHeader","params":["latest"]}'
    async with Client(world, host_names=("node.example",)) as client:
        _, answer = await client.post(body, JSON | headers)
    assert ("result" in answer) is is_local


async def test_plain_pages_are_served(client: Client) -> None:
    async with client.http.get(client.url + "/health") as response:
        assert (response.status, (await response.json())["status"]) == (200, "stalled")
    async with client.http.get(client.url + "/ready") as response:
        assert response.status == 503
    async with client.http.get(client.url + "/openrpc.json") as response:
        assert (await response.json())["openrpc"].startswith("1.")
    async with client.http.get(client.url + "/explorer") as response:
        assert (response.content_type, await response.read()) == ("text/html", b"<p>")


async def test_connections_are_limited(world: World) -> None:
    async with Client(world, connections_max=1) as client:
        async with client.http.ws_connect(client.url + "/ws"):
            status, answer = await client.post(NUMBER)
            assert (status, answer["error"]["message"]) == (503, "too many connections: limit 1")
        assert client.server.connection_count >= 0


async def test_websocket_answers_and_sends_heads_logs_and_pending(client: Client) -> None:
    for path in ("/", "/ws"):
        async with client.http.ws_connect(client.url + path) as socket:
            assert "result" in await ask(socket, "eth_blockNumber")
    async with client.http.ws_connect(client.url + "/ws") as socket:
        heads = (await ask(socket, "eth_subscribe", "newHeads"))["result"]
        options = {"address": "0x" + LOGGER.hex()}
        logs = (await ask(socket, "eth_subscribe", "logs", options))["result"]
        pending = (await ask(socket, "eth_subscribe", "newPendingTransactions"))["result"]
        full = (await ask(socket, "eth_subscribe", "newPendingTransactions", True))["result"]
        transaction = client.world.transaction(to=LOGGER)
        await client.backend.submit(transaction.encode())
        block = client.finalize(transaction).block
        told = {}
        for _ in range(4):
            message = await receive(socket)
            assert message["method"] == "eth_subscription"
            told[message["params"]["subscription"]] = message["params"]["result"]
        assert told[heads]["hash"] == "0x" + block.hash.hex()
        assert told[logs]["transactionHash"] == "0x" + transaction.hash.hex()
        assert told[pending] == "0x" + transaction.hash.hex()
        assert told[full]["hash"] == told[pending]
        assert (await ask(socket, "eth_unsubscribe", heads))["result"] is True
        assert (await ask(socket, "eth_unsubscribe", heads))["error"]["code"] == -32602
        client.finalize(client.world.transaction(to=LOGGER))
        assert (await receive(socket))["params"]["subscription"] == logs


async def test_subscriptions_are_for_websocket_and_limited(client: Client) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}'
    assert (await client.post(body))[1]["error"]["code"] == -32601
    async with client.http.ws_connect(client.url) as socket:
        assert "nonsense" in (await ask(socket, "eth_subscribe", "nonsense"))["error"]["message"]
        for _ in range(SUBSCRIPTIONS_PER_CONNECTION_MAX):
            assert "result" in await ask(socket, "eth_subscribe", "newHeads")
        assert (await ask(socket, "eth_subscribe", "newHeads"))["error"]["code"] == -32005


async def test_a_log_is_encoded_once_for_all_subscriptions(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = []
    log_json = formats.log_json
    monkeypatch.setattr(formats, "log_json", lambda log: encoded.append(log) or log_json(log))
    questions = [
        {},
        {"address": "0x" + LOGGER.hex()},
        {"topics": ["0x" + (42).to_bytes(32, "big").hex()]},
        {},
    ]
    async with client.http.ws_connect(client.url + "/ws") as socket:
        ids = [(await ask(socket, "eth_subscribe", "logs", q))["result"] for q in questions]
        client.finalize(client.world.transaction(to=LOGGER))
        told = [(await receive(socket))["params"] for _ in questions]
    assert [entry["subscription"] for entry in told] == ids
    assert len({entry["result"]["logIndex"] for entry in told}) == len(encoded) == 1


async def test_slow_subscriber_is_dropped_with_a_reason() -> None:
    reasons: list[str] = []
    subscriber = Subscriber(reasons.append)
    for _ in range(QUEUE_MESSAGES_MAX):
        subscriber.enqueue(b"x")
    assert reasons == []
    for _ in range(2 * QUEUE_MESSAGES_MAX):
        subscriber.enqueue(b"x")
    assert len(reasons) == 1
    assert str(QUEUE_MESSAGES_MAX) in reasons[0]


async def test_dropped_websocket_hears_why(client: Client) -> None:
    async with client.http.ws_connect(client.url + "/ws") as socket:
        await ask(socket, "eth_subscribe", "newHeads")
        (subscriber,) = client.server._subscribers._all
        assert next(iter(subscriber.subscriptions.values())).topic is Topic.HEADS
        for _ in range(QUEUE_MESSAGES_MAX + 1):
            subscriber.enqueue(b"{}")
        while (message := await socket.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert message.type is aiohttp.WSMsgType.CLOSE
        assert "slow consumer" in message.extra


async def test_close_says_goodbye(world: World) -> None:
    client = Client(world)
    async with client:
        socket = await client.http.ws_connect(client.url + "/ws")
        await client.server.close()
        message = await socket.receive(timeout=5)
        assert message.data == aiohttp.WSCloseCode.GOING_AWAY
