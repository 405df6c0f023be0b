"""Whole tries from the leaves on disk: rebuilding pages, checking saved ones, full audit."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

import numpy as np

from primitives.keccak import EMPTY_TRIE_ROOT
from primitives.types import HASH_BYTES, Hash32
from state.account import decode_account
from state.store import (
    ACCOUNTS,
    SLOTS,
    STORAGE_PAGES,
    CorruptionError,
    SealedRows,
    Snapshot,
    Store,
)
from state.trie import pages as pg
from state.trie.commitment import Limits, TrieUpdate, hash_updates
from state.trie.hashing import hash_branches

_CHUNK_ROWS: Final = 8192
"""Rows hashed at a time, so that a state of any size needs the memory of one chunk."""


class _GrowingTrie:
    """A trie while its leaves are inserted in key order from the rows on disk."""

    __slots__ = ("_inserted_last", "_rows", "pages")

    def __init__(self, rows: SealedRows) -> None:
        self._rows = rows
        self._inserted_last = b""
        self.pages: dict[str, bytes] = {}

    def page(self, key: str) -> bytes | None:
        return self.pages.get(key)

    def leaves(self, first: bytes, last: bytes, expected: int) -> dict[bytes, bytes]:
        """Return the leaves that are in the trie by now, not all that the disk holds."""
        last = min(last, self._inserted_last)
        if last < first:
            return {}
        return dict(self._rows.between(first, last, expected))

    def insert(self, table: bytes, chunk: list[tuple[bytes, bytes]], limits: Limits) -> Hash32:
        update = TrieUpdate(table, chunk, self, limits)
        for key, page in hash_updates([update]).items():
            if page is None:
                self.pages.pop(key, None)
            else:
                self.pages[key] = page
        self._inserted_last = chunk[-1][0]
        return update.root


def build_pages(
    snapshot: Snapshot, table: bytes, limits: Limits
) -> tuple[Hash32, dict[str, bytes]]:
    """Return the root and the pages of the trie whose leaves lie under ``table``.

    Raises:
        CorruptionError: a leaf fails its checksum.
    """
    trie = _GrowingTrie(snapshot.sealed_rows())
    root = EMPTY_TRIE_ROOT
    for chunk in _chunks(snapshot, table):
        root = trie.insert(table, chunk, limits)
    return root, trie.pages


def is_page_cache_of(pages: Mapping[str, bytes], root: Hash32, limits: Limits) -> bool:
    """Whether saved pages are consistent in themselves and belong to ``root``.

    Checks every branch against the entry above it; a trie without pages is not worth saving.
    """
    if "" not in pages or not all(map(pg.is_well_formed, pages.values())):
        return False
    names = list(pages)
    table = np.frombuffer(b"".join(pages.values()), np.uint8).reshape(-1, pg.PAGE_BYTES)
    found, sizes = hash_branches(table)
    raw = found.tobytes()
    for i, (name, size) in enumerate(zip(names, sizes.tolist(), strict=True)):
        reference = raw[HASH_BYTES * i : HASH_BYTES * i + size]
        if len(pg.used_entries(pages[name])) < 2:
            return False
        if not name:
            if reference != root:
                return False
            continue
        above = pages.get(name[:-1])
        if above is None:
            return False
        nibble = int(name[-1], 16)
        if pg.references(above)[nibble] != reference:
            return False
        if pg.entry_count(above, nibble) != pg.leaf_count(pages[name]):
            return False
    return _has_all_pages(pages, limits)


def compute_full_root(store: Store, limits: Limits = Limits()) -> Hash32:  # noqa: B008
    """Return the state root computed from nothing but leaves, after checking every storage trie.

    Raises:
        CorruptionError: a row fails its checksum, a storage trie has another root than its account
            says, slots belong to no account, or a saved storage page differs from its leaves.
    """
    snapshot = store.snapshot()
    root, _ = build_pages(snapshot, ACCOUNTS, limits)
    owners_with_storage = 0
    for key, value in snapshot.iterator(prefix=ACCOUNTS):
        expected = decode_account(value).storage_root
        if expected == EMPTY_TRIE_ROOT:
            continue
        owners_with_storage += 1
        found, pages = build_pages(snapshot, SLOTS + key[1:], limits)
        if found != expected:
            raise CorruptionError(key, f"its slots have root {found.hex()}")
        _check_storage_pages(snapshot, key[1:], pages)
    for owners, (table, _) in enumerate(_owners(snapshot), 1):
        if owners > owners_with_storage:
            raise CorruptionError(table, "slots of an account without storage")
    return root


def _has_all_pages(pages: Mapping[str, bytes], limits: Limits) -> bool:
    return all(
        pg.entry_count(page, nibble) <= limits.bucket or name + f"{nibble:x}" in pages
        for name, page in pages.items()
        for nibble in range(pg.FANOUT)
    )


def _check_storage_pages(snapshot: Snapshot, owner: bytes, pages: dict[str, bytes]) -> None:
    table = STORAGE_PAGES + owner
    expected = {table + key[2 * HASH_BYTES :].encode(): page for key, page in pages.items()}
    for key, page in snapshot.iterator(prefix=table):
        if expected.pop(key, None) != page:
            raise CorruptionError(key, "page differs from its leaves")
    for key in expected:
        raise CorruptionError(key, "page is missing")


def _owners(snapshot: Snapshot) -> Iterator[tuple[bytes, object]]:
    """Yield one entry for each owner of slots."""
    size = len(SLOTS) + HASH_BYTES
    return groupby(snapshot.iterator(prefix=SLOTS), lambda row: row[0][:size])


def _chunks(snapshot: Snapshot, table: bytes) -> Iterator[list[tuple[bytes, bytes]]]:
    """Yield all sealed rows under ``table`` in key order."""
    rows = snapshot.sealed_rows()
    first = table
    last = table + b"\xff" * HASH_BYTES
    while True:
        chunk = rows.at_most(first, last, _CHUNK_ROWS)
        if not chunk:
            return
        yield chunk
        first = chunk[-1][0] + b"\x00"
