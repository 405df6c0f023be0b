"""Whatever arrives, the answer is valid JSON-RPC or nothing, and never an internal error."""

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpc.routes.table import ROUTES
from tests.unit.rpc.small_chain import Caller, make_backend, make_world

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["latest", "pending", "earliest", "0x", "0x0", "0x1", "open"]),
    st.binary(max_size=40).map(lambda raw: "0x" + raw.hex()),
    st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex()),
    st.binary(min_size=32, max_size=32).map(lambda raw: "0x" + raw.hex()),
)
KEYS = st.one_of(
    TEXTS,
    st.sampled_from(
        [
            "jsonrpc",
            "id",
            "method",
            "params",
            "to",
            "from",
            "gas",
            "value",
            "input",
            "address",
            "topics",
            "fromBlock",
            "toBlock",
            "blockHash",
            "blockNumber",
            "accessList",
        ]
    ),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
METHODS = st.sampled_from([r.name for r in ROUTES if r.name != "eth_sendRawTransactionSync"])
CALLS = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "id": st.integers(0, 99), "method": METHODS},
    optional={"params": st.one_of(st.lists(VALUES, max_size=4), VALUES)},
)


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    world = make_world(tmp_path_factory.mktemp("fuzz"))
    world.mine(world.transaction())
    yield Caller(make_backend(world))
    world.pool.shutdown()


def check_answer(answer: Any) -> None:
    assert set(answer) in ({"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"})
    assert answer["jsonrpc"] == "2.0"
    assert answer["id"] is None or type(answer["id"]) in (int, float, str)
    if "error" in answer:
        error = answer["error"]
        assert type(error["code"]) is int
        assert type(error["message"]) is str
        assert error["code"] != -32603


def check(caller: Caller, body: bytes) -> None:
    answer = asyncio.run(caller.dispatcher.answer(body, caller.session))
    if answer is None:
        return
    decoded = orjson.loads(answer)
    for entry in decoded if isinstance(decoded, list) else [decoded]:
        check_answer(entry)


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=200))
def test_any_bytes_get_a_valid_answer(caller: Caller, body: bytes) -> None:
    check(caller, body)


@settings(max_examples=300, deadline=None)
@given(document=VALUES)
def test_any_json_gets_a_valid_answer(caller: Caller, document: Any) -> None:
    check(caller, orjson.dumps(document))


@settings(max_examples=600, deadline=None)
@given(document=st.one_of(CALLS, st.lists(CALLS, min_size=1, max_size=5)))
def test_any_parameters_get_a_valid_answer(caller: Caller, document: Any) -> None:
    check(caller, orjson.dumps(document))
