"""Pages: the branch nodes at the top of a trie, kept so that a block need not hash from leaves.

A page stands for one prefix and holds, for each of the 16 next nibbles, how many leaves lie below
and the reference of the sub-trie (empty where there is none). Which pages exist follows from the
leaves alone:

P1. A prefix has a page exactly when more leaves than its limit start with it, and the same holds
    for every shorter prefix of it; the root of a storage trie has a limit of its own, never below
    that of the others.
P2. Every entry's count and reference are those of the leaves below it.
P3. A sub-trie without a page is a *bucket*: it is rebuilt from its leaves when one changes.

Pages are keyed by text: the trie's owner in hex (64 characters for a storage trie, none for the
account trie) followed by the prefix, a character for each nibble.
"""

from struct import Struct
from typing import Final

from primitives.types import HASH_BYTES
from state.trie.nodes import branch_node, reference_of

FANOUT: Final = 16
BUCKET_LEAVES_MAX: Final = 32
"""Leaves of a bucket; at 1 M accounts the average is 15."""

STORAGE_ROOT_LEAVES_MAX: Final = 256
"""Leaves of a storage trie that needs no pages."""

_COUNTS: Final = Struct("<16I")
_COUNT: Final = Struct("<I")
SIZES_AT: Final = _COUNTS.size
REFERENCES_AT: Final = SIZES_AT + FANOUT
PAGE_BYTES: Final = REFERENCES_AT + FANOUT * HASH_BYTES
_LENGTHS: Final = tuple(range(HASH_BYTES + 1))


def new_page() -> bytearray:
    """Return a page without entries."""
    return bytearray(PAGE_BYTES)


def leaf_count(page: bytes | bytearray) -> int:
    """Return the number of leaves below the page's prefix."""
    return sum(_COUNTS.unpack_from(page))


def leaf_counts(page: bytes | bytearray) -> tuple[int, ...]:
    """Return the number of leaves below each of the 16 entries."""
    return _COUNTS.unpack_from(page)


def entry_count(page: bytes | bytearray, nibble: int) -> int:
    """Return the number of leaves below one entry."""
    count: int = _COUNT.unpack_from(page, 4 * nibble)[0]
    return count


def add_to_entry(page: bytearray, nibble: int, delta: int) -> None:
    """Change the number of leaves below one entry."""
    _COUNT.pack_into(page, 4 * nibble, entry_count(page, nibble) + delta)


def set_reference(page: bytearray, nibble: int, reference: bytes) -> None:
    """Set an entry's reference; b"" for an empty sub-trie."""
    page[SIZES_AT + nibble] = len(reference)
    at = REFERENCES_AT + HASH_BYTES * nibble
    page[at : at + HASH_BYTES] = reference.ljust(HASH_BYTES, b"\x00")


def references(page: bytes | bytearray) -> list[bytes]:
    """Return the 16 references."""
    return [
        bytes(page[at : at + page[SIZES_AT + nibble]])
        for nibble, at in enumerate(range(REFERENCES_AT, PAGE_BYTES, HASH_BYTES))
    ]


def used_entries(page: bytes | bytearray) -> list[int]:
    """Return the nibbles whose sub-trie is not empty."""
    return [nibble for nibble in range(FANOUT) if page[SIZES_AT + nibble]]


def branch_of(page: bytes | bytearray) -> bytes:
    """Return the page's branch node; it has two or more used entries."""
    return branch_node(references(page))


def is_well_formed(page: bytes) -> bool:
    """Whether bytes from the disk have a page's shape."""
    return len(page) == PAGE_BYTES and all(
        size in _LENGTHS for size in page[SIZES_AT:REFERENCES_AT]
    )


def branch_reference(page: bytes | bytearray) -> bytes:
    """Return the reference of the page's branch node."""
    return reference_of(branch_of(page))
