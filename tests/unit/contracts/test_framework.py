"""The declared contract class: dispatch, storage layout, messages, reentrancy."""

import dataclasses
from types import MappingProxyType

import pytest

from contracts.artifacts import contract_abi, contract_solidity
from contracts.errors import OutOfGas, Revert, WriteProtection, error_string
from contracts.framework.arithmetic import mul_div, to_u64, to_u256
from contracts.framework.contract import Contract, call, view
from contracts.framework.layout import contract_layout
from contracts.framework.messages import message_codec
from contracts.framework.storage import U64, U256, Slot, Struct
from contracts.framework.types import Indexed, u64
from contracts.places import native_address
from contracts.runtime import Registry, native_code
from primitives.abi import decode, encode, encode_call, encode_error, encode_panic, event_topic
from primitives.errors import InvariantError
from primitives.keccak import keccak256
from tests.unit.contracts.bank import Bank
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.memory_context import MemoryChain

BANK = native_address(900)
ALICE = b"\xaa" * 20
EVIL = b"\xee" * 20


@pytest.fixture
def chain():
    chain = MemoryChain(Registry((Bank,)))
    chain.balances[ALICE] = 10**21
    return chain


def send(chain, signature, *values, value=0, gas=10**7):
    return chain.transact(ALICE, BANK, encode_call(signature, *values), value, gas)


def ask(chain, signature, outputs, *values):
    return decode(outputs, chain.read(BANK, encode_call(signature, *values)))


def slot(chain, place: int) -> int:
    return chain.storage.get((BANK, place), 0)


def hashed(*words: bytes) -> int:
    return int.from_bytes(keccak256(b"".join(words)), "big")


def word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def test_packed_values_share_a_word_from_the_low_end(chain):
    send(chain, "setSmall(uint64,address)", 0xBEEF, ALICE)
    # slot 1: uint8 at byte 0, uint16 at byte 1, address at byte 3; uint128 does not fit
    assert slot(chain, 1) == 0xBEEF << 8 | int.from_bytes(ALICE, "big") << 24
    rows = {row["label"]: (row["slot"], row["offset"]) for row in contract_layout(Bank)["storage"]}
    assert rows == {
        "total": (0, 0),
        "tiny": (1, 0),
        "small_value": (1, 1),
        "owner": (1, 3),
        "wide": (2, 0),
        "accounts": (3, 0),
        "nested": (4, 0),
        "shorts": (5, 0),
        "blob": (6, 0),
        "ring_words": (7, 0),
        "last": (9, 0),
    }


def test_mappings_and_structs_lie_where_solidity_puts_them(chain):
    send(chain, "depositInto(address,uint64)", ALICE, 7, value=500)
    key = bytes(12) + ALICE
    base = hashed(key, word(3))
    # struct: bool, address, uint64 fill slot 0 up to 29 bytes; uint128 opens slot 1
    assert slot(chain, base) == 1 | int.from_bytes(ALICE, "big") << 8 | 1 << 168
    assert slot(chain, base + 1) == 500
    assert slot(chain, hashed(word(7), word(hashed(key, word(4))))) == 500


def test_dynamic_arrays_of_small_values_are_packed(chain):
    send(chain, "pushAll(uint64[])", tuple(range(1, 19)))
    assert slot(chain, 5) == 18
    start = hashed(word(5))
    assert slot(chain, start) == sum((n + 1) << 16 * n for n in range(16))
    assert slot(chain, start + 1) == 17 | 18 << 16
    assert ask(chain, "items(uint64)", ("uint64",), 17) == (18,)
    with pytest.raises(Revert) as info:
        chain.read(BANK, encode_call("items(uint64)", 18))
    assert info.value.data == encode_panic(0x32)


def test_fixed_arrays_lie_in_place(chain):
    send(chain, "setRing(uint64,uint64)", 5, 9)
    assert slot(chain, 8) == 9 << 64
    assert ask(chain, "ring(uint64)", ("uint256",), 5) == (9,)
    with pytest.raises(Revert):
        send(chain, "setRing(uint64,uint64)", 6, 9)


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 64, 200])
def test_bytes_are_short_in_place_and_long_at_the_hash(chain, size):
    send(chain, "setNote(bytes)", b"z" * 150)
    text = bytes(range(1, 256))[:size] if size < 200 else b"q" * 200
    send(chain, "setNote(bytes)", text)
    assert ask(chain, "note()", ("bytes",)) == (text,)
    if size < 32:
        assert slot(chain, 6) == int.from_bytes(text.ljust(31, b"\0") + bytes((2 * size,)), "big")
        assert [key for key in chain.storage if key[1] > 100] == []
    else:
        assert slot(chain, 6) == 2 * size + 1
        assert len([key for key in chain.storage if key[1] > 100]) == -(-size // 32)


def test_a_value_outside_its_slot_panics(chain):
    with pytest.raises(Revert) as info:
        send(chain, "setSmall(uint64,address)", 2**16, ALICE)
    assert info.value.data == encode_panic(0x11)
    for check in (lambda: to_u64(2**64), lambda: to_u256(-1), lambda: mul_div(2**255, 4, 2)):
        with pytest.raises(Revert) as info:
            check()
        assert info.value.data == encode_panic(0x11)
    with pytest.raises(Revert) as info:
        mul_div(1, 1, 0)
    assert info.value.data == encode_panic(0x12)
    assert mul_div(2**255, 6, 4) == 3 * 2**254


def test_structs_pass_through_calls(chain):
    points = ((1, "a"), (2, "b"))
    answer = ask(chain, "points((uint8,string)[])", ("(uint8,string)[]",), points)
    assert answer == (((2, "a!"), (3, "b!")),)


def test_events_are_ordinary_logs(chain):
    send(chain, "deposit(string)", "hello", value=5)
    address, topics, data = chain.logs[-1]
    assert address == BANK
    assert topics == (event_topic("Deposited(address,uint256,string)"), bytes(12) + ALICE)
    assert decode(("uint256", "string"), data) == (5, "hello")


def test_custom_errors_are_revert_data(chain):
    with pytest.raises(Revert) as info:
        send(chain, "pay(address,uint256)", EVIL, 101)
    assert info.value.data == encode_call("TooMuch(uint256)", 101)
    assert "TooMuch(asked=101)" in str(info.value)
    assert error_string("why").data == encode_error("why")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01\x02\x03",
        b"\xff" * 4,
        encode_call("note()")[:3],
        encode_call("note()") + b"\0",
        encode_call("items(uint64)", 1)[:-1],
        encode_call("items(uint64)", 1)[:4] + b"\xff" * 32,
    ],
)
def test_bad_calldata_reverts_with_empty_data(chain, data):
    with pytest.raises(Revert) as info:
        chain.transact(ALICE, BANK, data)
    assert info.value.data == b""


def test_value_is_refused_unless_payable_and_given_back(chain):
    with pytest.raises(Revert) as info:
        send(chain, "setNote(bytes)", b"", value=1)
    assert info.value.data == b""
    assert chain.balances[ALICE] == 10**21


def test_writes_are_refused_in_static_frames(chain):
    with pytest.raises(WriteProtection):
        chain.read(BANK, encode_call("setNote(bytes)", b""))
    with pytest.raises(WriteProtection):  # refused before it runs, though it would write nothing
        chain.read(BANK, encode_call("openly(address)", ALICE))


def test_gas_is_base_weight_plus_words(chain):
    with pytest.raises(OutOfGas):
        chain.transact(ALICE, BANK, encode_call("small()"), gas=100 + 18 + 200 + 11)
    chain.transact(ALICE, BANK, encode_call("small()"), gas=100 + 18 + 200 + 12)


def test_reentrance_is_refused_unless_declared(chain):
    seen = []

    def attack(frame, data):
        inner = frame.call(BANK, 0, encode_call("setNote(bytes)", b"in"))
        seen.append((inner.success, inner.output))
        reading = frame.static_call(BANK, encode_call("note()"))
        seen.append(reading.success)
        return b""

    chain.foreign[EVIL] = attack
    send(chain, "pay(address,uint256)", EVIL, 0)
    assert seen == [(False, encode_call("Reentered()")), True]
    seen.clear()
    send(chain, "openly(address)", EVIL)
    assert [item for item in seen if isinstance(item, tuple)] == [(True, b"")]
    send(chain, "setNote(bytes)", b"after")  # the flag was lowered


def test_supports_interface_is_erc165(chain):
    signature = "supportsInterface(bytes4)"
    for interface, expected in (
        (bytes.fromhex("01ffc9a7"), True),
        (Bank.interface_id, True),
        (b"\xff" * 4, False),
    ):
        assert ask(chain, signature, ("bool",), interface) == (expected,)


def test_a_contract_that_does_not_fit_together_does_not_build():
    with pytest.raises(InvariantError, match="no committed gas weight"):

        class NoWeight(Contract):
            @view
            def now(self) -> u64:
                return 0

    with pytest.raises(InvariantError, match="has no ABI type"):

        class NoType(Contract):
            weights = MappingProxyType({"now": 1})

            @view
            def now(self) -> float:
                return 0

    with pytest.raises(InvariantError, match="has no type"):

        class NoAnnotation(Contract):
            weights = MappingProxyType({"now": 1})

            @call
            def now(self, when) -> None:
                pass

    with pytest.raises(InvariantError, match="share a selector"):

        class Clash(Contract):
            weights = MappingProxyType({"f8491": 1, "f130736": 1})

            @call
            def f8491(self) -> None:
                pass

            @call
            def f130736(self) -> None:
                pass

    @dataclasses.dataclass(frozen=True)
    class FourTopics:
        a: Indexed[u64]
        b: Indexed[u64]
        c: Indexed[u64]
        d: Indexed[u64]

    with pytest.raises(InvariantError, match="three indexed"):
        message_codec(FourTopics)


def test_an_inherited_layout_comes_first_and_keeps_its_places():
    class Parent(Struct):
        a = Slot(U64)

    child = type("Child", (Parent,), {"b": Slot(U64), "c": Slot(U256)})
    places = [(s.name, s.offset, s.shift) for s in child.slots_declared]
    assert places == [("a", 0, 0), ("b", 0, 64), ("c", 1, 0)]
    assert (Parent.slots_total, child.slots_total) == (1, 2)


def test_two_contracts_at_one_address_do_not_build():
    other = type("Other", (Contract,), {"index": Bank.index})
    with pytest.raises(InvariantError, match="share an address"):
        Registry((Bank, other))
    with pytest.raises(InvariantError, match="registered twice"):
        Registry((Bank, Bank))
    registry = Registry((Bank,))
    assert registry.releases(BANK) == (Bank,)
    assert registry.releases(ALICE) == ()
    assert registry.code(BANK) == native_code(900) == b"\xfeAITBC\x03\x84"


def test_an_undeclared_event_is_our_bug(chain):
    @dataclasses.dataclass(frozen=True)
    class Other:
        a: u64

    with pytest.raises(InvariantError):
        Bank(chain.context(BANK)).emit(Other(1))


def test_abi_json_and_solidity_describe_the_contract():
    abi = {entry.get("name"): entry for entry in contract_abi(Bank)}
    assert abi["deposit"]["stateMutability"] == "payable"
    assert abi["note"]["stateMutability"] == "view"
    assert abi["points"]["inputs"][0]["type"] == "tuple[]"
    assert [c["name"] for c in abi["points"]["inputs"][0]["components"]] == ["x", "label"]
    assert [i["indexed"] for i in abi["Deposited"]["inputs"]] == [True, False, False]
    assert abi["TooMuch"]["type"] == "error"
    text = contract_solidity(Bank)
    assert "struct Point { uint8 x; string label; }" in text
    assert "function points(Point[] calldata many) external view returns (Point[] memory);" in text
    assert "event Deposited(address indexed who, uint256 amount, string memo);" in text
    assert encode(("uint8",), (1,)) == word(1)
    with reverts("TooMuch(uint256)"):
        raise Revert(encode_call("TooMuch(uint256)", 1))
