"""Recursive Length Prefix, strict: one value has exactly one encoding (yellow paper, appendix B).

``decode`` refuses everything else with ``DecodeError``: leading zeros in lengths, long forms of
short items, single bytes below 0x80 with a prefix, trailing bytes, truncation and deep nesting.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

from primitives.errors import DecodeError

Item: TypeAlias = "bytes | list[Item]"
Encodable: TypeAlias = "bytes | int | Sequence[Encodable]"

DEPTH_MAX: Final = 64
"""Nesting limit; the deepest structure of the protocol (a seal's certificate) needs 5."""


def encode(item: Encodable) -> bytes:
    """Encode bytes, non-negative integers (big-endian, no leading zero) and sequences of them."""
    if isinstance(item, (bytes, bytearray)):
        if len(item) == 1 and item[0] < 0x80:
            return bytes(item)
        return _length_prefix(len(item), 0x80) + item
    if isinstance(item, int):
        return encode(encode_uint(item))
    payload = b"".join([encode(entry) for entry in item])
    return _length_prefix(len(payload), 0xC0) + payload


def encode_uint(value: int) -> bytes:
    """Return the shortest big-endian form of ``value``; zero is the empty string."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def decode(data: bytes) -> Item:
    """Decode exactly one item that fills ``data``.

    Raises:
        DecodeError: for any bytes that ``encode`` could not have produced.
    """
    item, end = _decode_at(data, 0, len(data), 0)
    if end != len(data):
        raise DecodeError("rlp", f"{len(data) - end} trailing bytes")
    return item


def decode_list(data: bytes, what: str, fields: int | None = None) -> list[Item]:
    """Decode a list, of exactly ``fields`` entries when given."""
    return as_list(decode(data), what, fields)


def as_list(item: Item, what: str, fields: int | None = None) -> list[Item]:
    """Return ``item`` as a list of ``fields`` entries or raise ``DecodeError``."""
    if not isinstance(item, list):
        raise DecodeError(what, "expected a list, found a string")
    if fields is not None and len(item) != fields:
        raise DecodeError(what, f"expected {fields} fields, found {len(item)}")
    return item


def as_bytes(item: Item, what: str, size: int | None = None) -> bytes:
    """Return ``item`` as a byte string of ``size`` bytes or raise ``DecodeError``."""
    if not isinstance(item, bytes):
        raise DecodeError(what, "expected a string, found a list")
    if size is not None and len(item) != size:
        raise DecodeError(what, f"expected {size} bytes, found {len(item)}")
    return item


def as_uint(item: Item, what: str, bits: int = 256) -> int:
    """Return ``item`` as a canonical unsigned integer of at most ``bits`` bits."""
    data = as_bytes(item, what)
    if data[:1] == b"\x00":
        raise DecodeError(what, "integer with a leading zero byte")
    if len(data) * 8 > bits:
        raise DecodeError(what, f"integer wider than {bits} bits")
    return int.from_bytes(data, "big")


def _length_prefix(length: int, offset: int) -> bytes:
    if length < 56:
        return bytes((offset + length,))
    size = encode_uint(length)
    return bytes((offset + 55 + len(size),)) + size


def _decode_at(data: bytes, start: int, limit: int, depth: int) -> tuple[Item, int]:
    """Return the item at ``start`` and the position after it; never reads past ``limit``."""
    if start >= limit:
        raise DecodeError("rlp", "unexpected end")
    first = data[start]
    if first < 0x80:
        return data[start : start + 1], start + 1
    if first < 0xC0:
        begin, end = _span(data, start, limit, first - 0x80)
        if end - begin == 1 and data[begin] < 0x80:
            raise DecodeError("rlp", "single byte with a needless prefix")
        return data[begin:end], end
    begin, end = _span(data, start, limit, first - 0xC0)
    if depth >= DEPTH_MAX:
        raise DecodeError("rlp", f"nested deeper than {DEPTH_MAX}")
    items: list[Item] = []
    while begin < end:
        item, begin = _decode_at(data, begin, end, depth + 1)
        items.append(item)
    return items, end


def _span(data: bytes, start: int, limit: int, code: int) -> tuple[int, int]:
    """Return the payload's bounds for a prefix whose value above its offset is ``code``."""
    if code < 56:
        begin, length = start + 1, code
    else:
        size = code - 55
        begin = start + 1 + size
        if begin > limit:
            raise DecodeError("rlp", "unexpected end in a length")
        if data[start + 1] == 0:
            raise DecodeError("rlp", "length with a leading zero")
        length = int.from_bytes(data[start + 1 : begin], "big")
        if length < 56:
            raise DecodeError("rlp", "long form of a short length")
    if begin + length > limit:
        raise DecodeError("rlp", "unexpected end")
    return begin, begin + length
