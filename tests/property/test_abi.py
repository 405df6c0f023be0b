"""The ABI codec against an independent implementation, and on arbitrary bytes."""

import eth_abi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primitives.abi import decode, encode, parse_type
from primitives.errors import DecodeError
from tests.property.abi_strategies import TYPES, values_of


def oracle_value(kind, value):
    """Return the value as the oracle takes it: addresses are hex text there."""
    if kind.item is not None:
        return tuple(oracle_value(kind.item, element) for element in value)
    if kind.is_tuple:
        return tuple(map(oracle_value, kind.components, value))
    return "0x" + value.hex() if kind.name == "address" else value


@st.composite
def typed_values(draw):
    types = tuple(draw(st.lists(TYPES, min_size=1, max_size=3)))
    values = tuple(draw(values_of(parse_type(kind))) for kind in types)
    return types, values


@settings(max_examples=300, deadline=None)
@given(typed_values())
def test_encoding_equals_the_oracles_and_decodes_back(case):
    types, values = case
    parsed = [parse_type(kind) for kind in types]
    theirs = eth_abi.encode(
        types, [oracle_value(k, v) for k, v in zip(parsed, values, strict=True)]
    )
    assert encode(types, values) == theirs
    assert decode(types, theirs) == values


@settings(max_examples=300, deadline=None)
@given(typed_values(), st.data())
def test_a_changed_encoding_is_refused_or_is_another_value(case, data):
    types, values = case
    encoded = bytearray(encode(types, values))
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        other = decode(types, bytes(encoded))
    except DecodeError:
        return
    assert other != values
    assert encode(types, other) == bytes(encoded)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(TYPES, max_size=3),
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.integers(0, 400).map(lambda n: n.to_bytes(32, "big")), max_size=12).map(
            b"".join
        ),
    ),
)
def test_arbitrary_bytes_decode_to_one_value_or_are_refused(types, data):
    try:
        values = decode(tuple(types), data)
    except DecodeError:
        return
    assert encode(tuple(types), values) == data
    parsed = [parse_type(kind) for kind in types]
    theirs = eth_abi.decode(types, data) if types else ()
    assert tuple(map(oracle_value, parsed, values)) == tuple(theirs)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="uintbytesad0123456789[](),x ", max_size=30))
def test_arbitrary_text_is_a_type_or_refused(text):
    try:
        kind = parse_type(text)
    except DecodeError:
        return
    assert parse_type(kind.name).name == kind.name


def test_the_oracle_agrees_that_dirty_padding_is_wrong():
    with pytest.raises(eth_abi.exceptions.DecodingError):
        eth_abi.decode(["address"], b"\x01" * 32)
