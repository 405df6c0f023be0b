"""The JSON-RPC envelope: forms, ids, notifications, batches, limits, failures."""

import asyncio
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from rpc.dispatch import Dispatcher
from rpc.errors import LimitExceededError, RevertedError
from rpc.filters import Filters
from rpc.limits import BATCH_CALLS_MAX
from rpc.parameters import parse_quantity, parse_text
from rpc.routing import Access, Parameter, Route, Session, table_of

seen: list[str] = []


def echo(session: Session, text: str) -> str:
    seen.append(text)
    return text


async def later(session: Session) -> str:
    await asyncio.sleep(0)
    return "later"


async def never(session: Session) -> None:
    await asyncio.Event().wait()


def fail(session: Session) -> None:
    raise ZeroDivisionError("secret")


def revert(session: Session) -> None:
    raise RevertedError(b"\x01\x02")


def limited(session: Session) -> None:
    raise LimitExceededError("too many of them: limit 3")


TEXT = Parameter("text", parse_text, "string")
TABLE = table_of(
    (
        Route("ping", lambda session: "pong", ""),
        Route("echo", echo, "", (TEXT,)),
        Route("later", later, ""),
        Route("never", never, ""),
        Route("fail", fail, ""),
        Route("revert", revert, ""),
        Route("limited", limited, ""),
        Route("optional", lambda s, n: n, "", (Parameter("n", parse_quantity, "quantity", 7),)),
        Route("private", lambda session: 1, "", (), "any", Access.LOCAL),
    )
)


async def ask(body: Any, **limits: Any) -> Any:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    backend: Any = SimpleNamespace()
    session = Session(backend=backend, filters=Filters())
    answer = await Dispatcher(TABLE, **limits).answer(raw, session)
    return None if answer is None else orjson.loads(answer)


def request(method: Any, *params: Any, request_id: Any = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request_id, "method": method, "params": list(params)}


async def test_call_is_answered_with_its_id() -> None:
    assert await ask(request("ping")) == {"jsonrpc": "2.0", "id": 1, "result": "pong"}
    assert (await ask(request("later", request_id="x")))["id"] == "x"
    for request_id in (0, -1, "", 1.5, None, 2**63):
        answer = await ask(request("ping", request_id=request_id))
        assert answer == {"jsonrpc": "2.0", "id": request_id, "result": "pong"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'"\xff"',
        b"nonsense",
        b'{"jsonrpc":"2.0","id":1,"method":"ping"}x',
        b"[" * 100_000,
        b'{"a":' * 5_000,
        b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}',
    ],
)
async def test_what_is_not_json_is_a_parse_error(body: bytes) -> None:
    answer = await ask(body)
    assert answer["error"]["code"] == -32700
    assert answer["id"] is None


@pytest.mark.parametrize(
    ("body", "request_id"),
    [
        (1, None),
        ("ping", None),
        (None, None),
        ({}, None),
        ({"id": 3}, 3),
        ({"jsonrpc": "1.0", "id": 3, "method": "ping"}, 3),
        ({"id": 3, "method": "ping"}, 3),
        ({"jsonrpc": "2.0", "id": 3, "method": 5}, 3),
        ({"jsonrpc": "2.0", "id": True, "method": "ping"}, None),
        ({"jsonrpc": "2.0", "id": [1], "method": "ping"}, None),
        ({"jsonrpc": "2.0", "id": {}, "method": "ping"}, None),
    ],
)
async def test_what_is_no_request_is_an_invalid_request(body: Any, request_id: Any) -> None:
    answer = await ask(body)
    assert answer["error"]["code"] == -32600
    assert answer["id"] == request_id


async def test_notification_runs_and_gets_no_answer() -> None:
    seen.clear()
    assert await ask({"jsonrpc": "2.0", "method": "echo", "params": ["quiet"]}) is None
    assert seen == ["quiet"]
    assert await ask({"jsonrpc": "2.0", "method": "later"}) is None
    assert await ask({"jsonrpc": "2.0", "method": "unknown"}) is None
    assert await ask([{"jsonrpc": "2.0", "method": "fail"}]) is None


async def test_unknown_method_is_named_in_geths_words() -> None:
    for method in ("eth_nothing", "private"):
        error = (await ask(request(method)))["error"]
        words = f"the method {method} does not exist/is not available"
        assert error == {"code": -32601, "message": words}
    assert len((await ask(request("x" * 10_000)))["error"]["message"]) < 300


async def test_parameters_are_counted_and_named() -> None:
    assert (await ask(request("echo")))["error"] == {
        "code": -32602,
        "message": "missing value for required argument 0 (text)",
    }
    error = (await ask(request("echo", "a", "b")))["error"]
    assert error["message"] == "too many arguments, want at most 1"
    assert (await ask(request("ping", 1)))["error"]["code"] == -32602
    assert "text" in (await ask(request("echo", 5)))["error"]["message"]
    assert (await ask(request("optional")))["result"] == 7
    assert (await ask(request("optional", None)))["result"] == 7
    assert (await ask(request("optional", "0x9")))["result"] == 9


async def test_parameters_may_be_given_by_name() -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "echo", "params": {"text": "named"}}
    assert (await ask(body))["result"] == "named"
    assert "txet" in (await ask(body | {"params": {"txet": "x"}}))["error"]["message"]
    for params in ("text", 5, True):
        assert (await ask(body | {"params": params}))["error"]["code"] == -32602
    assert (await ask(body | {"method": "ping", "params": {}}))["result"] == "pong"


async def test_failure_of_the_node_hides_its_reason() -> None:
    assert (await ask(request("fail")))["error"] == {"code": -32603, "message": "internal error"}


async def test_revert_carries_its_data() -> None:
    error = (await ask(request("revert")))["error"]
    assert error == {"code": 3, "message": "execution reverted", "data": "0x0102"}
    assert (await ask(request("limited")))["error"]["code"] == -32005


async def test_batch_keeps_order_and_drops_notifications() -> None:
    batch = [
        request("later", request_id="a"),
        {"jsonrpc": "2.0", "method": "ping"},
        request("ping", request_id="b"),
        7,
        request("fail", request_id="c"),
    ]
    answers = await ask(batch)
    assert [answer["id"] for answer in answers] == ["a", "b", None, "c"]
    assert answers[2]["error"]["code"] == -32600


async def test_batch_of_many_slices_is_complete() -> None:
    calls = [request("later" if i % 7 == 0 else "ping", request_id=i) for i in range(1_000)]
    answers = await ask(calls)
    assert [answer["id"] for answer in answers] == list(range(1_000))
    assert all(a["result"] == ("later" if a["id"] % 7 == 0 else "pong") for a in answers)


async def test_batch_limits_are_errors_with_names() -> None:
    assert (await ask([]))["error"] == {"code": -32600, "message": "empty batch"}
    error = (await ask([request("ping")] * (BATCH_CALLS_MAX + 1)))["error"]
    assert error["message"] == "batch too large: 1001 calls, limit 1000"


async def test_slow_call_times_out_and_others_of_its_batch_answer() -> None:
    first, second = await ask([request("never"), request("ping")], request_seconds=0.01)
    assert first["error"] == {"code": -32002, "message": "request timed out: limit 0.01 s"}
    assert second["result"] == "pong"


async def test_answers_beyond_the_limit_are_refused_one_by_one() -> None:
    error = (await ask(request("echo", "x" * 500), response_bytes_max=200))["error"]
    assert error == {"code": -32003, "message": "response too large: limit 200 bytes"}
    batch = [request("echo", "x" * 50, request_id=i) for i in range(5)]
    answers = await ask(batch, response_bytes_max=300)
    assert [a["id"] for a in answers] == [0, 1, 2, 3, 4]
    assert "result" in answers[0]
    assert answers[4]["error"]["code"] == -32003
