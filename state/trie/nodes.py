"""Trie nodes one at a time (yellow paper, appendix D): for proofs and the rare joins of pages."""

from collections.abc import Sequence

from primitives import rlp
from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.types import HASH_BYTES


def hex_prefix(path: str, *, is_leaf: bool) -> bytes:
    """Return the compact encoding of a path, a hex character for each nibble."""
    flag = 2 if is_leaf else 0
    head = f"{flag + 1}" if len(path) & 1 else f"{flag}0"
    return bytes.fromhex(head + path)


def split_hex_prefix(data: bytes) -> tuple[str, bool]:
    """Return (path, is_leaf) of a compact encoding.

    Raises:
        DecodeError: not a canonical path.
    """
    if not data or data[0] > 0x3F or (not data[0] & 0x10 and data[0] & 0x0F):
        raise DecodeError("trie node", "malformed path")
    text = data.hex()
    return (text[1:] if data[0] & 0x10 else text[2:]), data[0] >= 0x20


def leaf_node(path: str, value: bytes) -> bytes:
    """Return the RLP of a leaf."""
    return rlp.encode([hex_prefix(path, is_leaf=True), value])


def extension_node(path: str, reference: bytes) -> bytes:
    """Return the RLP of an extension over a kid's reference."""
    return _list(rlp.encode(hex_prefix(path, is_leaf=False)) + _embedded(reference))


def branch_node(references: Sequence[bytes]) -> bytes:
    """Return the RLP of a branch without value over 16 references, b"" where there is no kid."""
    return _list(b"".join(map(_embedded, references)) + b"\x80")


def reference_of(node: bytes) -> bytes:
    """Return what a parent embeds: a short node itself, the hash of a longer one."""
    return node if len(node) < HASH_BYTES else keccak256(node)


def _embedded(reference: bytes) -> bytes:
    if len(reference) == HASH_BYTES:
        return b"\xa0" + reference
    return reference or b"\x80"


def _list(payload: bytes) -> bytes:
    size = len(payload)
    if size < 56:
        return bytes((0xC0 + size,)) + payload
    length = rlp.encode_uint(size)
    return bytes((0xF7 + len(length),)) + length + payload
