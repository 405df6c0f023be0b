"""The state tree: applies blocks to layers, computes their roots, moves the base forward.

Only ``from_store`` reads the disk outside a snapshot, and nothing here writes: ``commit`` returns
the writes of a block, the caller puts them into the block's one atomic batch and then calls
``advance``.

Invariants:

T1. ``base_view().state_root`` is the root under ``META`` in the database, once ``advance`` ran.
T2. Pages are a cache: those of the account trie are kept in memory, saved with the root they
    belong to at a clean stop, and rebuilt from the leaves at start when that root is another.
    Pages of storage tries are written with the leaves, in the same batch.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Self

from primitives import rlp
from primitives.errors import InvariantError
from primitives.keccak import EMPTY_TRIE_ROOT
from primitives.types import HASH_BYTES, Hash32
from state.account import Account, encode_account
from state.changes import AccountChange, StateChanges
from state.layers import (
    Base,
    ChainReader,
    Delta,
    Layer,
    Overlay,
    hashed_address,
    hashed_slot,
    storage_page_key,
)
from state.store import (
    ACCOUNT_PAGES,
    ACCOUNTS,
    CODES,
    META,
    SLOTS,
    STORAGE_PAGES,
    CorruptionError,
    Store,
    Write,
    seal,
    unseal,
)
from state.trie.audit import build_pages, is_page_cache_of
from state.trie.commitment import Limits, Row, TrieUpdate, hash_updates

ROOT_KEY: Final = META + b"state root"
PAGES_ROOT_KEY: Final = META + b"account pages root"


class StateTree:
    """The finalized state and everything above it."""

    __slots__ = ("_base", "_limits", "_store")

    def __init__(self, store: Store, base: Base, limits: Limits) -> None:
        self._store = store
        self._base = base
        self._limits = limits

    @classmethod
    def from_store(cls, store: Store, limits: Limits = Limits()) -> Self:  # noqa: B008
        """Open the state that the database holds; an empty database holds the empty state.

        Raises:
            CorruptionError: the leaves do not have the root that was committed with them.
        """
        snapshot = store.snapshot()
        root = Hash32(snapshot.get(ROOT_KEY) or EMPTY_TRIE_ROOT)
        if snapshot.get(PAGES_ROOT_KEY) == root:
            saved = {
                key[1:].decode("ascii", "replace"): page
                for key, page in snapshot.iterator(prefix=ACCOUNT_PAGES)
            }
            if is_page_cache_of(saved, root, limits):
                return cls(store, Base(snapshot, root, saved), limits)
        computed, pages = build_pages(snapshot, ACCOUNTS, limits)
        if computed != root:
            raise CorruptionError(
                ROOT_KEY, f"the accounts have root {computed.hex()}, committed was {root.hex()}"
            )
        return cls(store, Base(snapshot, root, pages), limits)

    def base_view(self) -> Base:
        """Return the finalized state; it stays what it is while blocks are finalized after it."""
        return self._base

    def apply(self, parent: Layer, changes: StateChanges) -> Overlay:
        """Return the state after a block and compute its root.

        Raises:
            CorruptionError: a leaf that the root needs fails its checksum.
        """
        reader = ChainReader(parent)
        roots, storage_delta = self._apply_storage(parent, changes, reader)
        accounts: dict[bytes, Account | None] = {}
        rows: list[Row] = []
        for address, change in changes.accounts.items():
            account = accounts[address] = _account_after(parent, address, change, roots)
            key = ACCOUNTS + hashed_address(address)
            row = None if account is None else seal(key, encode_account(account))
            rows.append((key, row))
        rows.sort(key=_row_key)
        update = TrieUpdate(ACCOUNTS, rows, reader, self._limits)
        pages = hash_updates([update])
        merged: dict[bytes, bytes | None] = dict(rows)
        merged.update(storage_delta.rows)
        delta = Delta(
            accounts=accounts,
            slots=storage_delta.slots,
            codes=changes.codes,
            wiped=storage_delta.wiped,
            wiped_owners=storage_delta.wiped_owners,
            rows=merged,
            keys=sorted(merged),
            pages={**storage_delta.pages, **pages},
            previous={**storage_delta.previous, **update.previous},
        )
        return Overlay(parent, delta, update.root if rows else parent.state_root)

    def commit(self, overlay: Overlay) -> list[Write]:
        """Return the writes that make ``overlay`` the finalized state; its parent must be it now.

        Raises:
            InvariantError: the overlay's parent is not the finalized state.
        """
        delta = self._committable(overlay)
        writes: list[Write] = []
        for owner in delta.wiped_owners:
            for table in (SLOTS, STORAGE_PAGES):
                found = self._base.snapshot.iterator(prefix=table + owner)
                writes.extend((key, None) for key, _ in found)
        writes.extend(
            (key, None if row is None else unseal(key, row)) for key, row in delta.rows.items()
        )
        writes.extend((CODES + code_hash, code) for code_hash, code in delta.codes.items())
        writes.extend(
            (storage_page_key(key), page)
            for key, page in delta.pages.items()
            if len(key) >= 2 * HASH_BYTES
        )
        writes.append((ROOT_KEY, overlay.state_root))
        return writes

    def reverse_writes(self, overlay: Overlay) -> list[Write]:
        """Return the leaves as they were before ``overlay``'s block: its reverse diff.

        Raises:
            InvariantError: the overlay's parent is not the finalized state.
        """
        delta = self._committable(overlay)
        writes: list[Write] = [
            (key, None if row is None else unseal(key, row)) for key, row in delta.previous.items()
        ]
        for owner in delta.wiped_owners:
            writes.extend(self._base.snapshot.iterator(prefix=SLOTS + owner))
        return writes

    def advance(self, overlay: Overlay) -> Base:
        """Make ``overlay`` the finalized state, after the batch with its writes is on disk.

        Overlays above it stay valid; its siblings stay readable until the last reference goes.

        Raises:
            InvariantError: the database holds another root, or the parent is not the base.
        """
        delta = self._committable(overlay)
        snapshot = self._store.snapshot()
        if snapshot.get(ROOT_KEY) != overlay.state_root:
            raise InvariantError("the state was advanced before its batch was written")
        self._base = self._base.advance(delta, snapshot, overlay.state_root)
        overlay.link = (self._base, None)
        return self._base

    def save_pages(self) -> list[Write]:
        """Return the writes that save the account trie's pages, for a clean stop."""
        pages = self._base.pages_of_accounts()
        writes: list[Write] = [(key, None) for key, _ in self._store.iterator(prefix=ACCOUNT_PAGES)]
        writes.extend((ACCOUNT_PAGES + key.encode(), page) for key, page in pages.items())
        writes.append((PAGES_ROOT_KEY, self._base.state_root))
        return writes

    def _committable(self, overlay: Overlay) -> Delta:
        parent, delta = overlay.link
        while isinstance(parent, Overlay):
            parent, inner = parent.link
            if inner is not None:
                raise InvariantError("finalize the parent of a block before the block")
        if parent is not self._base or delta is None:
            raise InvariantError("the block does not follow the finalized state")
        return delta

    def _apply_storage(
        self, parent: Layer, changes: StateChanges, reader: ChainReader
    ) -> tuple[Mapping[bytes, Hash32], Delta]:
        """Return the new storage roots by address, and the delta of all storage tries."""
        updates: dict[bytes, TrieUpdate] = {}
        slots: dict[bytes, Mapping[int, int]] = {}
        rows: dict[bytes, bytes | None] = {}
        wiped = {
            address
            for address, change in changes.accounts.items()
            if change.is_storage_wiped or change.basics is None
        }
        for address, change in changes.accounts.items():
            if not change.slots and address not in wiped:
                continue
            table = SLOTS + hashed_address(address)
            slots[address] = change.slots
            changed = _slot_rows(table, change.slots)
            rows.update(changed)
            updates[address] = TrieUpdate(
                table, changed, reader, self._limits, is_fresh=address in wiped
            )
        pages = hash_updates(list(updates.values()))
        previous: dict[bytes, bytes | None] = {}
        for update in updates.values():
            previous.update(update.previous)
        had_storage = {address for address in wiped if _has_storage(parent, address)}
        delta = Delta(
            slots=slots,
            rows=rows,
            pages=pages,
            previous=previous,
            wiped=frozenset(had_storage),
            wiped_owners=frozenset(hashed_address(address) for address in had_storage),
        )
        return {address: update.root for address, update in updates.items()}, delta


def _has_storage(parent: Layer, address: bytes) -> bool:
    account = parent.account(address)
    return account is not None and account.storage_root != EMPTY_TRIE_ROOT


def _account_after(
    parent: Layer, address: bytes, change: AccountChange, roots: Mapping[bytes, Hash32]
) -> Account | None:
    basics = change.basics
    if basics is None:
        return None
    root = roots.get(address)
    if root is None:
        old = parent.account(address)
        root = EMPTY_TRIE_ROOT if old is None else old.storage_root
    return Account(
        nonce=basics.nonce,
        balance=basics.balance,
        storage_root=root,
        code_hash=basics.code_hash,
    )


def _slot_rows(table: bytes, slots: Mapping[int, int]) -> Sequence[Row]:
    rows: list[Row] = []
    for slot, value in slots.items():
        key = table + hashed_slot(slot)
        rows.append((key, seal(key, rlp.encode(value)) if value else None))
    rows.sort(key=_row_key)
    return rows


def _row_key(row: Row) -> bytes:
    return row[0]
