"""Strict reading of parameters; every message names the parameter."""

from typing import Any

import pytest

from primitives.types import U256_MAX
from rpc import parameters as p
from rpc.backend import CallRequest
from rpc.errors import InvalidParamsError, RpcError
from rpc.limits import LOG_ADDRESSES_MAX, PROOF_SLOTS_MAX

ADDRESS = "0x" + "ab" * 20
HASH = "0x" + "cd" * 32


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0x", "no digits"),
        ("0x01", "leading zero"),
        ("12", "without 0x prefix"),
        ("", "without 0x prefix"),
        ("0xg", "invalid hex"),
        ("0x1_0", "invalid hex"),
        ("0x 1", "invalid hex"),
        ("0x-1", "invalid hex"),
        ("0x" + "f" * 65, "above"),
        (12, "expected a hex string, found a number"),
        (True, "found a boolean"),
        (None, "found null"),
        ([], "found a list"),
        ({}, "found an object"),
    ],
)
def test_quantity_is_refused_with_its_name(value: Any, words: str) -> None:
    with pytest.raises(InvalidParamsError, match=f"^amount: .*{words}"):
        p.parse_quantity(value, "amount")


def test_quantity_reads_the_whole_range() -> None:
    for number in (0, 1, 0xABC, U256_MAX):
        assert p.parse_quantity(hex(number), "amount") == number
    assert p.parse_quantity("0XFf", "amount") == 255
    with pytest.raises(InvalidParamsError):
        p.parse_u64(hex(2**64), "height")
    assert p.parse_u64(5, "count") == 5
    with pytest.raises(InvalidParamsError):
        p.parse_u64(-1, "count")


@pytest.mark.parametrize(
    "value", ["0x1", "0xzz", "0x a b", "0x12 3", "ab", 5, None, "0x\u0661\u0661"]
)
def test_data_is_whole_bytes(value: Any) -> None:
    with pytest.raises(InvalidParamsError, match=r"^input: "):
        p.parse_data(value, "input")


def test_data_and_sized_values_are_read() -> None:
    assert p.parse_data("0x", "input") == b""
    assert p.parse_data("0xAb01", "input") == b"\xab\x01"
    assert p.parse_address(ADDRESS, "to") == b"\xab" * 20
    with pytest.raises(InvalidParamsError, match="to: hex string has 19 bytes, expected 20"):
        p.parse_address(ADDRESS[:-2], "to")
    with pytest.raises(InvalidParamsError):
        p.parse_hash(ADDRESS, "hash")


def test_slot_takes_quantities_and_words() -> None:
    assert p.parse_slot("0x0", "slot") == 0
    assert p.parse_slot("0x00", "slot") == 0
    assert p.parse_slot("0x" + "0" * 63 + "a", "slot") == 10
    for wrong in ("0x", "0x" + "0" * 65, "5", 5):
        with pytest.raises(InvalidParamsError, match=r"^slot: "):
            p.parse_slot(wrong, "slot")


def test_block_is_a_tag_a_number_a_hash_or_an_object() -> None:
    assert p.parse_block("latest", "block") == "latest"
    assert p.parse_block("0x10", "block") == 16
    assert p.parse_block(HASH, "block") == b"\xcd" * 32
    assert p.parse_block({"blockNumber": "0x2"}, "block") == 2
    assert p.parse_block({"blockHash": HASH, "requireCanonical": True}, "block") == b"\xcd" * 32
    wrong: Any
    for wrong in ("newest", "0x01", 5, {}, {"blockNumber": "0x1", "blockHash": HASH}, None, []):
        with pytest.raises(InvalidParamsError, match=r"^block"):
            p.parse_block(wrong, "block")
    with pytest.raises(InvalidParamsError):
        p.parse_block_number(HASH, "block")


def test_call_reads_every_field() -> None:
    request = p.parse_call(
        {
            "from": ADDRESS,
            "to": ADDRESS,
            "gas": "0x5208",
            "maxFeePerGas": "0x9",
            "maxPriorityFeePerGas": "0x2",
            "value": "0x1",
            "input": "0x01",
            "accessList": [{"address": ADDRESS, "storageKeys": [HASH]}],
            "unknown": 1,
        },
        "tx",
    )
    assert request == CallRequest(
        sender=b"\xab" * 20,  # type: ignore[arg-type]
        to=b"\xab" * 20,  # type: ignore[arg-type]
        gas=21_000,
        max_fee_per_gas=9,
        max_priority_fee_per_gas=2,
        value=1,
        data=b"\x01",
        access_list=((b"\xab" * 20, (int(HASH, 16),)),),  # type: ignore[arg-type]
    )
    assert p.parse_call({}, "tx").to is None
    legacy = p.parse_call({"gasPrice": "0x5"}, "tx")
    assert (legacy.max_fee_per_gas, legacy.max_priority_fee_per_gas) == (5, 5)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "tx: expected an object"),
        ({"to": "0x12"}, "tx.to: "),
        ({"value": "1"}, "tx.value: "),
        ({"data": "0x01", "input": "0x02"}, "both data and input"),
        ({"gasPrice": "0x1", "maxFeePerGas": "0x1"}, "both gasPrice and"),
        ({"accessList": [{"address": "0x"}]}, r"tx.accessList\[0\].address: "),
        ({"maxFeePerBlobGas": "0x1"}, "blob"),
    ],
)
def test_wrong_calls_name_the_field(value: Any, words: str) -> None:
    with pytest.raises(InvalidParamsError, match=words):
        p.parse_call(value, "tx")


def test_log_filter_reads_addresses_and_topics() -> None:
    found = p.parse_log_filter({"address": [ADDRESS], "topics": [None, HASH, [HASH, HASH]]}, "f")
    assert found.query.addresses == {b"\xab" * 20}
    assert found.query.topics == (frozenset(), {b"\xcd" * 32}, {b"\xcd" * 32})
    assert p.parse_log_filter({"topics": [[None, HASH]]}, "f").query.topics == (frozenset(),)
    wrong: Any
    for wrong in (
        {"topics": [HASH] * 5},
        {"topics": "x"},
        {"address": [5]},
        {"address": [ADDRESS] * (LOG_ADDRESSES_MAX + 1)},
        {"blockHash": HASH, "toBlock": "latest"},
    ):
        with pytest.raises(RpcError, match=r"^f"):
            p.parse_log_filter(wrong, "f")


def test_overrides_are_read_strictly() -> None:
    found = p.parse_overrides({ADDRESS: {"balance": "0x1", "state": {HASH: HASH}}}, "o")
    (entry,) = found.values()
    assert entry.balance == 1
    assert entry.storage == {int(HASH, 16): int(HASH, 16)}
    wrong: Any
    for wrong in (
        {ADDRESS: {"blance": "0x1"}},
        {ADDRESS: {"state": {}, "stateDiff": {}}},
        {"0x12": {}},
        [],
    ):
        with pytest.raises(InvalidParamsError, match=r"^o"):
            p.parse_overrides(wrong, "o")
    with pytest.raises(InvalidParamsError, match="withdrawals"):
        p.parse_block_override({"withdrawals": []}, "b")


def test_percentiles_ascend_within_100() -> None:
    assert p.parse_percentiles([0, 50.5, 100], "r") == [0.0, 50.5, 100.0]
    wrong: Any
    for wrong in ([-1], [101], [50, 40], ["5"], [True], 5):
        with pytest.raises(RpcError, match=r"^r"):
            p.parse_percentiles(wrong, "r")


def test_proof_keys_are_shown_as_geth_shows_them() -> None:
    word = "0x" + "0" * 63 + "5"
    assert p.parse_slots_list(["0x5", word, "0x05"], "k") == [("0x5", 5), (word, 5), ("0x5", 5)]
    with pytest.raises(RpcError, match="limit 256"):
        p.parse_slots_list(["0x0"] * (PROOF_SLOTS_MAX + 1), "k")
