"""What is typed becomes what was meant, or is refused."""

import click
import pytest

from aitbc.arguments import parse_address, parse_function, parse_value
from contracts.places import STAKING_ADDRESS
from primitives.abi import parse_type
from rpc.formats import checksummed

MIXED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
"""From EIP-55's own examples."""


def test_addresses_in_one_case_or_with_the_right_checksum_are_read():
    address = bytes.fromhex(MIXED[2:])
    assert parse_address(MIXED) == address
    assert parse_address(MIXED.lower()) == address
    assert parse_address("0x" + MIXED[2:].upper()) == address
    assert checksummed(address) == MIXED


def test_one_letter_in_the_wrong_case_is_refused():
    with pytest.raises(click.BadParameter, match="EIP-55"):
        parse_address(MIXED[:-1] + "D")


def test_names_of_native_contracts_are_addresses():
    assert parse_address("staking") == parse_address("Staking") == STAKING_ADDRESS


@pytest.mark.parametrize("text", ["", "0x", "0x12", MIXED[2:], MIXED + "00", "0x" + "g" * 40])
def test_other_texts_are_no_address(text):
    with pytest.raises(click.BadParameter):
        parse_address(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("uint256", "12", 12),
        ("uint256", "0x10", 16),
        ("int8", "-3", -3),
        ("bool", "true", True),
        ("string", "a b", "a b"),
        ("bytes", "0x", b""),
        ("bytes4", "0x01020304", b"\x01\x02\x03\x04"),
        ("uint8[]", "[1, 2,3]", (1, 2, 3)),
        ("uint8[]", "[]", ()),
        ("(uint8,string)[]", "[(1,a),(2,b)]", ((1, "a"), (2, "b"))),
    ],
)
def test_values_are_read_by_their_type(kind, text, value):
    assert parse_value(parse_type(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("uint256", "twelve"),
        ("bool", "1"),
        ("bytes4", "0x010203"),
        ("uint8[]", "1,2"),
        ("(uint8,uint8)", "(1)"),
        ("address", "0x1"),
    ],
)
def test_values_of_another_type_are_refused(kind, text):
    with pytest.raises(click.BadParameter):
        parse_value(parse_type(kind), text)


def test_functions_carry_their_result_types_or_not():
    signature, outputs = parse_function("balanceOf(address)(uint256,bool)")
    assert signature == "balanceOf(address)"
    assert [kind.name for kind in outputs] == ["uint256", "bool"]
    assert parse_function("f((uint8,bytes)[])") == ("f((uint8,bytes)[])", ())
    with pytest.raises(click.BadParameter, match="is no function"):
        parse_function("balanceOf")
