"""The ABI codec: the specification's examples, official vectors, and every kind of bad bytes."""

import json
import os
from pathlib import Path

import pytest

from primitives.abi import (
    ABI_BYTES_MAX,
    EncodeError,
    canonical_signature,
    decode,
    decode_call,
    encode,
    encode_call,
    encode_error,
    encode_indexed,
    encode_panic,
    event_topic,
    parse_signature,
    parse_type,
    revert_reason,
    selector,
    type_from_json,
)
from primitives.errors import DecodeError
from primitives.keccak import keccak256

VECTORS = Path(os.environ.get("AITBC_VECTORS", Path(__file__).parents[3] / "../shared/vectors"))
ADDRESS = bytes(range(20))


def word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def test_official_abi_vectors_encode_and_decode():
    path = VECTORS / "ethereum/ABITests/basic_abi_tests.json"
    if not path.exists():
        pytest.skip(f"OFFICIAL VECTORS ABSENT: {path}")
    cases = json.loads(path.read_text())
    assert cases
    for case in cases.values():
        types = tuple(case["types"])
        values = tuple(native(kind, value) for kind, value in zip(types, case["args"], strict=True))
        expected = bytes.fromhex(case["result"])
        assert encode(types, values) == expected
        assert decode(types, expected) == values


def native(kind: str, value):
    if kind.endswith("]"):
        return tuple(value)
    if kind == "address":
        return bytes.fromhex(value.removeprefix("0x"))
    return value.encode() if kind.startswith("bytes") else value


def test_the_specifications_examples():
    # "Contract ABI Specification", section Examples
    assert encode_call("baz(uint32,bool)", 69, True).hex() == (
        "cdcd77c0" + "45".rjust(64, "0") + "1".rjust(64, "0")
    )
    assert encode_call("bar(bytes3[2])", (b"abc", b"def")).hex() == (
        "fce353f6" + "616263".ljust(64, "0") + "646566".ljust(64, "0")
    )
    assert (
        encode_call("sam(bytes,bool,uint[])", b"dave", True, (1, 2, 3)).hex()
        == "a5643bf2"
        + (
            word(0x60)
            + word(1)
            + word(0xA0)
            + word(4)
            + b"dave"
            + bytes(28)
            + word(3)
            + word(1)
            + word(2)
            + word(3)
        ).hex()
    )
    nested = encode(("uint256[][]", "string[]"), (((1, 2), (3,)), ("one", "two", "three")))
    assert nested[:64] == word(0x40) + word(0x140)
    assert decode(("uint256[][]", "string[]"), nested) == (
        ((1, 2), (3,)),
        ("one", "two", "three"),
    )


def test_known_selectors_and_topics():
    assert selector("transfer(address,uint256)").hex() == "a9059cbb"
    assert selector("transfer(address,uint)") == selector("transfer(address,uint256)")
    assert selector("supportsInterface(bytes4)").hex() == "01ffc9a7"
    assert selector("Error(string)").hex() == "08c379a0"
    assert selector("Panic(uint256)").hex() == "4e487b71"
    assert event_topic("Transfer(address,address,uint256)").hex() == (
        "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
    )
    assert canonical_signature("f(uint,(int,fixed)[],function)") == (
        "f(uint256,(int256,fixed128x18)[],function)"
    )


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint8", 255),
        ("uint256", 2**256 - 1),
        ("int8", -128),
        ("int256", -(2**255)),
        ("ufixed128x18", 10**18),
        ("bool", True),
        ("address", ADDRESS),
        ("bytes1", b"\xff"),
        ("bytes32", b"\x01" * 32),
        ("function", b"\x02" * 24),
        ("bytes", b""),
        ("bytes", b"x" * 33),
        ("string", "ünïcode"),
        ("uint8[]", ()),
        ("uint8[3]", (1, 2, 3)),
        ("string[2]", ("a", "b" * 40)),
        ("(uint8,string)", (1, "x")),
        ("(uint8,(bytes,bool)[])[2][]", (((1, ((b"a", True),)), (2, ())),)),
    ],
)
def test_values_of_every_kind_round_trip(kind, value):
    assert decode((kind,), encode((kind,), (value,))) == (value,)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("uint8", word(256)),
        ("int8", word(128)),
        ("int8", word(2**256 - 129)),
        ("bool", word(2)),
        ("address", b"\x01" + bytes(31)),
        ("address", bytes(11) + b"\x01" + ADDRESS),
        ("bytes4", bytes(31) + b"\x01"),
        ("uint256", bytes(31)),
        ("uint256", b""),
        ("uint256", bytes(33)),
        ("uint256", bytes(64)),
        ("bytes", b""),
        ("bytes", word(32)),
        ("bytes", word(0) + word(0)),
        ("bytes", word(64) + word(0) + word(0)),
        ("bytes", word(2**255) + word(0)),
        ("bytes", word(32) + word(1)),
        ("bytes", word(32) + word(1) + b"a" + bytes(30)),
        ("bytes", word(32) + word(1) + b"ab" + bytes(30)),
        ("bytes", word(32) + word(2**256 - 1)),
        ("bytes", word(32) + word(1) + b"a" + bytes(31) + word(0)),
        ("string", word(32) + word(1) + b"\xff" + bytes(31)),
        ("uint8[]", word(32) + word(1)),
        ("uint8[]", word(32) + word(2**64)),
        ("uint8[]", word(32) + word(1) + word(300)),
        ("uint8[2]", word(1)),
        ("bytes[]", word(32) + word(1) + word(64) + word(0)),
        ("(bytes,uint8)", word(32) + word(0) + word(1) + word(0)),
    ],
)
def test_bytes_that_are_not_canonical_are_refused(kind, data):
    with pytest.raises(DecodeError):
        decode((kind,), data)


def test_offsets_that_share_a_tail_are_refused():
    shared = word(64) + word(64) + word(1) + b"a" + bytes(31)
    with pytest.raises(DecodeError):
        decode(("bytes", "bytes"), shared)
    # The classic blow-up: every level's items all point at one next level.
    kind = "uint256" + "[]" * 10
    level = word(10) + word(10 * 32) * 10
    with pytest.raises(DecodeError):
        decode((kind,), word(32) + level * 10)


def test_data_above_the_limit_is_refused_unread():
    with pytest.raises(DecodeError, match="exceed"):
        decode(("bytes",), bytes(ABI_BYTES_MAX + 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "uint7",
        "uint0",
        "uint264",
        "uint08",
        "int",  # alias: accepted, see below
        "bytes0",
        "bytes33",
        "fixed8",
        "fixed128x81",
        "bool8",
        "address[0]",
        "uint256[01]",
        "uint256[-1]",
        "uint256[99999999]",
        "uint256[1048577]",
        "()",
        "(uint256",
        "(uint256,)",
        "uint256)",
        "uint256 ",
        "tuple",
        "mapping(uint256=>uint256)",
        "uint256" + "[]" * 40,
        "(" * 40 + "uint256" + ")" * 40,
        "uint256" + "[1048576]" * 2,
        "x" * 5000,
    ],
)
def test_texts_that_are_no_types_are_refused(text):
    if text == "int":
        assert parse_type(text).name == "int256"
        return
    with pytest.raises(DecodeError):
        parse_type(text)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint8", 256),
        ("uint8", -1),
        ("uint8", True),
        ("uint8", "1"),
        ("int8", 128),
        ("bool", 1),
        ("address", bytes(19)),
        ("address", "0x00"),
        ("bytes4", b"abc"),
        ("bytes", "text"),
        ("string", b"bytes"),
        ("string", "\ud800"),
        ("uint8[2]", (1,)),
        ("uint8[]", 5),
        ("(uint8,bool)", (1,)),
        ("(uint8,bool)", 7),
    ],
)
def test_values_that_do_not_fit_are_refused(kind, value):
    with pytest.raises(EncodeError):
        encode((kind,), (value,))


def test_signatures_are_parsed_strictly():
    assert parse_signature("f()") == ("f", ())
    for text in ("f", "(uint256)", "f(", "f)", "f(uint256", "f(uint256)[]", "1f()", "f() "):
        with pytest.raises(DecodeError):
            parse_signature(text)
    with pytest.raises(DecodeError):
        decode_call("f(uint256)", selector("g(uint256)") + word(1))
    assert decode_call("f(uint256)", selector("f(uint256)") + word(1)) == (1,)


def test_indexed_parameters_are_words_or_hashes():
    assert encode_indexed(parse_type("uint8"), 5) == word(5)
    assert encode_indexed(parse_type("string"), "abc") == keccak256(b"abc")
    assert encode_indexed(parse_type("bytes"), b"") == keccak256(b"")
    assert encode_indexed(parse_type("uint8[]"), (1, 2)) == keccak256(word(1) + word(2))
    # "padded to a multiple of 32 bytes, without any length prefix"
    assert encode_indexed(parse_type("(bytes,uint8)"), (b"ab", 1)) == keccak256(
        b"ab" + bytes(30) + word(1)
    )


def test_revert_reasons_are_read():
    assert revert_reason(encode_error("no")) == "no"
    assert revert_reason(encode_panic(0x11)) == "panic 0x11: arithmetic overflow or underflow"
    assert revert_reason(encode_panic(0x99)) == "panic 0x99: unknown code"
    assert revert_reason(b"") is None
    assert revert_reason(encode_error("no")[:-1]) is None
    assert revert_reason(selector("Other()")) is None


def test_types_come_from_json_with_components():
    entry = {
        "type": "tuple[2][]",
        "components": [
            {"name": "a", "type": "uint256"},
            {"name": "b", "type": "tuple", "components": [{"name": "c", "type": "bytes"}]},
        ],
    }
    assert type_from_json(entry).name == "(uint256,(bytes))[2][]"
    deep: dict = {"type": "uint8"}
    for _ in range(40):
        deep = {"type": "tuple", "components": [deep]}
    for bad in (
        {},
        {"type": 5},
        {"type": "tuple"},
        {"type": "tuple", "components": []},
        {"type": "tuplex", "components": [{"type": "uint8"}]},
        {"type": "tuple", "components": "uint8"},
        {"type": "tuple", "components": ["uint8"]},
        deep,
    ):
        with pytest.raises(DecodeError):
            type_from_json(bad)
