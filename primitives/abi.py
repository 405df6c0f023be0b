"""The Solidity contract ABI: types, strict decoding, encoding, selectors, topics, revert reasons.

Source: the "Contract ABI Specification" of the Solidity documentation. Values are plain Python:
``int`` for (u)int and for (u)fixed (scaled by ten to the power N), ``bool``, ``bytes`` for address
(20), bytesN, function (24) and bytes, ``str`` for string, ``tuple`` for arrays and tuples.

Decoding accepts exactly what ``encode`` produces, so one value has one encoding:

A1. Padding is zero (sign for signed integers), strings are UTF-8, a bool is 0 or 1.
A2. Every offset points to where the canonical layout puts the tail: no overlap, no gap, no
    sharing, hence the decoded size is bounded by the size of the data.
A3. Nothing follows the last tail.
A4. Zero-length static arrays and empty nested tuples do not exist (Solidity has neither), so an
    array's length is bounded by the data that is left.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, cast

from primitives.abi_types import (
    TYPE_CACHE_SIZE,
    AbiType,
    EncodeError,
    arguments,
    array_of,
    parse_type,
    tuple_of,
    type_from_json,
)
from primitives.errors import DecodeError
from primitives.keccak import keccak256

__all__ = [
    "AbiType",
    "EncodeError",
    "array_of",
    "canonical_signature",
    "decode",
    "decode_call",
    "decode_exactly",
    "encode",
    "encode_call",
    "encode_error",
    "encode_indexed",
    "encode_panic",
    "event_topic",
    "parse_signature",
    "parse_type",
    "revert_reason",
    "selector",
    "tuple_of",
    "type_from_json",
]

ABI_BYTES_MAX: Final = 16 * 2**20
SELECTOR_BYTES: Final = 4

_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def encode(types: Sequence[str | AbiType], values: Sequence[object]) -> bytes:
    """Encode ``values`` as the argument list ``types``.

    Raises:
        EncodeError: a value is out of range or of the wrong kind, or counts differ.
    """
    return arguments(tuple(types)).write(values)


def decode(types: Sequence[str | AbiType], data: bytes) -> tuple[Any, ...]:
    """Decode a canonical argument list; the rules are A1 to A4 of the module.

    Raises:
        DecodeError: any other bytes.
    """
    return cast("tuple[Any, ...]", decode_exactly(arguments(tuple(types)), data))


def decode_exactly(kind: AbiType, data: bytes) -> Any:
    """Decode ``data`` as one value of ``kind`` without offset, refusing trailing bytes (A3)."""
    if len(data) > ABI_BYTES_MAX:
        raise DecodeError("abi", f"{len(data)} bytes exceed {ABI_BYTES_MAX}")
    value, end = kind.read(data, 0)
    if end != len(data):
        raise DecodeError("abi", f"{len(data) - end} bytes after the last value")
    return value


def parse_signature(signature: str) -> tuple[str, tuple[AbiType, ...]]:
    """Split ``name(type,...)`` into the name and the argument types.

    Raises:
        DecodeError: not such a signature.
    """
    match = _NAME.match(signature)
    if match is None or match.end() == len(signature) or signature[match.end()] != "(":
        raise DecodeError("abi signature", f"{signature!r} is not name(type,...)")
    inner = signature[match.end() :]
    if inner == "()":
        return match.group(), ()
    kind = parse_type(inner)
    if not kind.is_tuple:
        raise DecodeError("abi signature", f"{signature!r} does not end with its arguments")
    return match.group(), kind.components


def selector(signature: str) -> bytes:
    """Return the four bytes that name a function or a custom error."""
    return keccak256(canonical_signature(signature).encode())[:SELECTOR_BYTES]


def event_topic(signature: str) -> bytes:
    """Return topic 0 of a non-anonymous event."""
    return keccak256(canonical_signature(signature).encode())


@lru_cache(maxsize=TYPE_CACHE_SIZE)
def canonical_signature(signature: str) -> str:
    """Return the signature with aliases spelled out (``uint`` is ``uint256``)."""
    name, types = parse_signature(signature)
    return f"{name}({','.join(kind.name for kind in types)})"


def encode_call(signature: str, *values: object) -> bytes:
    """Return calldata: the selector and the encoded arguments."""
    return selector(signature) + encode(parse_signature(signature)[1], values)


def decode_call(signature: str, data: bytes) -> tuple[Any, ...]:
    """Decode calldata (or the data of a custom error) of ``signature``.

    Raises:
        DecodeError: another selector, or arguments that are not canonical.
    """
    if data[:SELECTOR_BYTES] != selector(signature):
        raise DecodeError("abi call", f"selector is not that of {signature}")
    return decode(parse_signature(signature)[1], data[SELECTOR_BYTES:])


def encode_indexed(kind: AbiType, value: object) -> bytes:
    """Return the topic of an indexed event parameter.

    Value types are their own word; bytes and strings the hash of their content; arrays and
    tuples the hash of their elements in place, each padded to words, without lengths.
    """
    if kind.item is None and not kind.is_tuple and not kind.is_dynamic:
        return kind.write(value)
    return keccak256(_in_place(kind, value, is_outer=True))


ERROR_SELECTOR: Final = selector("Error(string)")
PANIC_SELECTOR: Final = selector("Panic(uint256)")
PANIC_REASONS: Final = {
    0x00: "generic panic",
    0x01: "assertion failed",
    0x11: "arithmetic overflow or underflow",
    0x12: "division by zero",
    0x21: "value is not in the enum",
    0x22: "storage byte array is wrongly encoded",
    0x31: "pop of an empty array",
    0x32: "array index out of bounds",
    0x41: "too much memory",
    0x51: "call of a zero function pointer",
}


def encode_error(reason: str) -> bytes:
    """Return the revert data of ``Error(string)``."""
    return encode_call("Error(string)", reason)


def encode_panic(code: int) -> bytes:
    """Return the revert data of ``Panic(uint256)``."""
    return encode_call("Panic(uint256)", code)


def revert_reason(data: bytes) -> str | None:
    """Return the text of ``Error(string)`` or ``Panic(uint256)``, None for any other data."""
    try:
        if data[:SELECTOR_BYTES] == ERROR_SELECTOR:
            return str(decode(("string",), data[SELECTOR_BYTES:])[0])
        if data[:SELECTOR_BYTES] == PANIC_SELECTOR:
            code = decode(("uint256",), data[SELECTOR_BYTES:])[0]
            return f"panic {code:#04x}: {PANIC_REASONS.get(code, 'unknown code')}"
    except DecodeError:
        return None
    return None


def _in_place(kind: AbiType, value: Any, *, is_outer: bool) -> bytes:
    """Return the in-place encoding that indexed parameters are hashed in."""
    if kind.item is not None:
        return b"".join(_in_place(kind.item, element, is_outer=False) for element in value)
    if kind.is_tuple:
        return b"".join(
            _in_place(component, element, is_outer=False)
            for component, element in zip(kind.components, value, strict=True)
        )
    if kind.is_dynamic:
        encoded = kind.write(value)
        size = int.from_bytes(encoded[:32], "big")
        return encoded[32 : 32 + size] if is_outer else encoded[32:]
    return kind.write(value)
