"""Roots after a block: changed leaves in, new pages and roots out, everything else untouched.

For every trie: find the buckets of the changed leaves, read them, apply the changes, split what
outgrew its limit and join what shrank below it (the structure follows P1 of ``state.trie.pages``).
Then, for all tries together: hash the buckets, and the pages level by level from the deepest.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Protocol

import numpy as np

from primitives.types import HASH_BYTES, Hash32
from state.trie import pages as pg
from state.trie.hashing import hash_branches, hash_buckets, root_of_reference
from state.trie.nodes import extension_node, reference_of

Row = tuple[bytes, bytes | None]
"""A database key and its sealed value; None for a deleted leaf."""

_NIBBLES: Final = "0123456789abcdef"


class TrieReader(Protocol):
    """The state before the block."""

    def page(self, key: str) -> bytes | None:
        """Return a page by owner and prefix."""

    def leaves(self, first: bytes, last: bytes, expected: int) -> dict[bytes, bytes]:
        """Return the sealed leaf rows from ``first`` to ``last`` included, in key order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many leaves a sub-trie may have before it gets a page."""

    bucket: int = pg.BUCKET_LEAVES_MAX
    storage_root: int = pg.STORAGE_ROOT_LEAVES_MAX

    def of(self, prefix: str, *, is_storage: bool) -> int:
        """Return the limit of a prefix."""
        return self.storage_root if is_storage and not prefix else self.bucket


class TrieUpdate:
    """One trie's new structure; ``hash_updates`` gives it its root."""

    __slots__ = (
        "_changes",
        "_is_fresh",
        "_limits",
        "_reader",
        "buckets",
        "owner",
        "pages",
        "previous",
        "root_reference",
        "table",
    )

    def __init__(
        self,
        table: bytes,
        changes: Sequence[Row],
        reader: TrieReader,
        limits: Limits,
        *,
        is_fresh: bool = False,
    ) -> None:
        """Apply ``changes``, sorted by key, to the leaves under ``table``, the keys' common start:
        a table byte, and the owner's hash for a storage trie. A fresh trie starts empty whatever
        the reader holds.
        """
        self.table = table
        self.owner = table[1:].hex()
        self.root_reference = b""
        self.buckets: dict[str, dict[bytes, bytes]] = {}
        self.pages: dict[str, bytearray | None] = {}
        self.previous: dict[bytes, bytes | None] = {}
        self._changes = changes
        self._reader = reader
        self._limits = limits
        self._is_fresh = is_fresh
        if self._apply():
            self._join()
        for prefix, leaves in list(self.buckets.items()):
            if len(leaves) > self._limit(prefix):
                del self.buckets[prefix]
                self._split(prefix, list(leaves.items()))

    @property
    def root(self) -> Hash32:
        """The root, after ``hash_updates``."""
        return root_of_reference(self.root_reference)

    def set_reference(self, prefix: str, reference: bytes) -> None:
        """Record the reference of the sub-trie at ``prefix`` in the page above it."""
        if not prefix:
            self.root_reference = reference
            return
        page = self.pages[prefix[:-1]]
        assert page is not None
        pg.set_reference(page, int(prefix[-1], 16), reference)

    def join_single(self, prefix: str) -> bytes:
        """Return the reference of a page with one used entry: an extension to the next branch.

        The entry has a page itself (P1), as its leaves are as many as this page's.
        """
        below = prefix
        while True:
            page = self._current_page(below)
            entries = pg.used_entries(page)
            if len(entries) > 1:
                break
            below += _NIBBLES[entries[0]]
        return reference_of(extension_node(below[len(prefix) :], pg.branch_reference(page)))

    def _apply(self) -> bool:
        """Fill the buckets of all changes; return whether leaves became fewer somewhere."""
        changes, position, shrank = self._changes, 0, False
        while position < len(changes):
            text = changes[position][0][-HASH_BYTES:].hex()
            depth = expected = 0
            while (page := self._page(text[:depth])) is not None:
                expected = pg.entry_count(page, int(text[depth], 16))
                depth += 1
            prefix = text[:depth]
            first, last = self._range(prefix)
            leaves = self._leaves(first, last, expected)
            before = len(leaves)
            end = bisect_right(changes, last, position, key=_key)
            self._change(leaves, changes[position:end])
            position = end
            self.buckets[prefix] = leaves
            delta = len(leaves) - before
            shrank |= delta < 0
            self._count(prefix, delta)
        return shrank

    def _change(self, leaves: dict[bytes, bytes], changes: Iterable[Row]) -> None:
        """Apply changes to a bucket and keep it in key order."""
        previous, is_ordered = self.previous, True
        for key, row in changes:
            old = previous[key] = leaves.get(key)
            if row is not None:
                leaves[key] = row
                is_ordered &= old is not None
            elif old is not None:
                del leaves[key]
        if not is_ordered:
            ordered = sorted(leaves.items())
            leaves.clear()
            leaves.update(ordered)

    def _count(self, prefix: str, delta: int) -> None:
        """Touch the pages above a bucket and change their counts."""
        for depth in range(len(prefix) - 1, -1, -1):
            above = prefix[:depth]
            page = self.pages.get(above)
            if page is None:
                old = self._page(above)
                assert old is not None
                page = self.pages[above] = bytearray(old)
            elif not delta:
                return
            if delta:
                pg.add_to_entry(page, int(prefix[depth], 16), delta)

    def _join(self) -> None:
        """Turn pages that no longer have enough leaves into buckets, the highest first."""
        for prefix in sorted(self.pages, key=len):
            page = self.pages[prefix]
            if page is None or pg.leaf_count(page) > self._limit(prefix):
                continue
            self._drop_pages(prefix)
            for bucket in [name for name in self.buckets if name.startswith(prefix)]:
                del self.buckets[bucket]
            first, last = self._range(prefix)
            leaves = self._leaves(first, last, self._limit(prefix))
            start = bisect_left(self._changes, first, key=_key)
            end = bisect_right(self._changes, last, key=_key)
            self._change(leaves, self._changes[start:end])
            self.buckets[prefix] = leaves

    def _drop_pages(self, prefix: str) -> None:
        page = self._page(prefix)
        if page is None:
            return
        self.pages[prefix] = None
        for nibble, count in enumerate(pg.leaf_counts(page)):
            if count > self._limits.bucket:
                self._drop_pages(prefix + _NIBBLES[nibble])

    def _split(self, prefix: str, leaves: list[tuple[bytes, bytes]]) -> None:
        """Give ``prefix`` a page, and the same to every entry above its limit."""
        page = self.pages[prefix] = pg.new_page()
        at = len(self.table) + len(prefix) // 2
        shift = 0 if len(prefix) & 1 else 4
        for nibble, group in groupby(leaves, lambda leaf: leaf[0][at] >> shift & 15):
            below = list(group)
            entry = prefix + _NIBBLES[nibble]
            pg.add_to_entry(page, nibble, len(below))
            if len(below) > self._limit(entry):
                self._split(entry, below)
            else:
                self.buckets[entry] = dict(below)

    def _limit(self, prefix: str) -> int:
        return self._limits.of(prefix, is_storage=bool(self.owner))

    def _range(self, prefix: str) -> tuple[bytes, bytes]:
        digits = 2 * HASH_BYTES
        first = bytes.fromhex(prefix.ljust(digits, "0"))
        return self.table + first, self.table + bytes.fromhex(prefix.ljust(digits, "f"))

    def _page(self, prefix: str) -> bytes | None:
        return None if self._is_fresh else self._reader.page(self.owner + prefix)

    def _current_page(self, prefix: str) -> bytes | bytearray:
        page = self.pages.get(prefix) or self._page(prefix)
        assert page is not None
        return page

    def _leaves(self, first: bytes, last: bytes, expected: int) -> dict[bytes, bytes]:
        return {} if self._is_fresh else self._reader.leaves(first, last, expected)


def hash_updates(updates: Sequence[TrieUpdate]) -> dict[str, bytes | None]:
    """Hash everything that changed and return the pages by owner and prefix, None where dropped.

    All updates have tables of one length.

    Raises:
        CorruptionError: a leaf that was read fails its checksum.
    """
    _hash_buckets(updates)
    levels: dict[int, list[tuple[TrieUpdate, str, bytearray]]] = {}
    for update in updates:
        for prefix, page in update.pages.items():
            if page is not None:
                levels.setdefault(len(prefix), []).append((update, prefix, page))
    for depth in sorted(levels, reverse=True):
        _hash_pages(levels[depth])
    return {
        update.owner + prefix: None if page is None else bytes(page)
        for update in updates
        for prefix, page in update.pages.items()
    }


def _hash_buckets(updates: Sequence[TrieUpdate]) -> None:
    keys: list[bytes] = []
    values: list[bytes] = []
    ends, depths, places = [0], [], []
    for update in updates:
        for prefix, leaves in update.buckets.items():
            if not leaves:
                update.set_reference(prefix, b"")
                continue
            keys.extend(leaves)
            values.extend(leaves.values())
            ends.append(len(keys))
            depths.append(len(prefix))
            places.append((update, prefix))
    if not places:
        return
    found, sizes = hash_buckets(
        keys, values, ends, depths, key_skip=len(updates[0].table), is_sealed=True
    )
    raw = found.tobytes()
    for i, ((update, prefix), size) in enumerate(zip(places, sizes.tolist(), strict=True)):
        update.set_reference(prefix, raw[HASH_BYTES * i : HASH_BYTES * i + size])


def _hash_pages(level: Sequence[tuple[TrieUpdate, str, bytearray]]) -> None:
    joined = np.frombuffer(b"".join([page for _, _, page in level]), np.uint8)
    table = joined.reshape(len(level), pg.PAGE_BYTES)
    found, sizes = hash_branches(table)
    used = np.count_nonzero(table[:, pg.SIZES_AT : pg.REFERENCES_AT], axis=1).tolist()
    raw = found.tobytes()
    for i, (update, prefix, _) in enumerate(level):
        if used[i] == 1:
            update.set_reference(prefix, update.join_single(prefix))
        else:
            update.set_reference(prefix, raw[HASH_BYTES * i : HASH_BYTES * i + sizes[i]])


def _key(row: Row) -> bytes:
    return row[0]
