"""Views of the state: the finalized base on disk, and undecided blocks above it.

A chain of layers is one base and, above it, a delta for each undecided block. Every layer is an
immutable view for readers in any thread; nothing here takes a lock.

Invariants:

V1. What a layer answers never changes, whatever blocks are finalized after it was made.
V2. A base answers leaves and storage pages from its LevelDB snapshot. Pages of the account trie
    live in one shared dictionary that always belongs to the newest base; before the dictionary
    changes, the pages that it replaces are hung into the base that it leaves behind.
V3. An overlay whose block was finalized becomes a synonym of the base that holds it, so chains
    stay as short as the undecided blocks are many.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from primitives import rlp
from primitives.errors import InvariantError
from primitives.keccak import EMPTY_KECCAK, keccak256
from primitives.types import HASH_BYTES, Hash32
from state.account import Account, decode_account
from state.store import ACCOUNTS, CODES, SLOTS, STORAGE_PAGES, Snapshot

ACCOUNTS_CACHED_MAX: Final = 1 << 14
"""Decoded accounts that one base keeps: a block reads most of its accounts more than once."""

_OWNER_DIGITS: Final = 2 * HASH_BYTES
_ABSENT: Final = object()


@lru_cache(maxsize=1 << 16)
def hashed_address(address: bytes) -> Hash32:
    """Return keccak(address), the account's key in the trie."""
    return keccak256(address)


@lru_cache(maxsize=1 << 16)
def hashed_slot(slot: int) -> Hash32:
    """Return keccak(slot as 32 bytes), the slot's key in the storage trie."""
    return keccak256(slot.to_bytes(32, "big"))


def storage_page_key(key: str) -> bytes:
    """Return the database key of a storage trie's page."""
    owner = bytes.fromhex(key[:_OWNER_DIGITS])
    return STORAGE_PAGES + owner + key[_OWNER_DIGITS:].encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What one block changed, by address for readers and by database row for the commitment.

    ``rows`` are sealed and ``keys`` are their keys in order; ``previous`` holds the rows before
    the block. ``wiped`` and ``wiped_owners`` name accounts whose storage started afresh.
    """

    accounts: Mapping[bytes, Account | None] = field(default_factory=dict)
    slots: Mapping[bytes, Mapping[int, int]] = field(default_factory=dict)
    codes: Mapping[bytes, bytes] = field(default_factory=dict)
    wiped: frozenset[bytes] = frozenset()
    wiped_owners: frozenset[bytes] = frozenset()
    rows: Mapping[bytes, bytes | None] = field(default_factory=dict)
    keys: list[bytes] = field(default_factory=list)
    pages: Mapping[str, bytes | None] = field(default_factory=dict)
    previous: Mapping[bytes, bytes | None] = field(default_factory=dict)


class Base:
    """A finalized state."""

    __slots__ = ("_accounts", "_live_pages", "_newer", "snapshot", "state_root")

    def __init__(self, snapshot: Snapshot, state_root: Hash32, pages: dict[str, bytes]) -> None:
        self.snapshot = snapshot
        self.state_root = state_root
        self._live_pages = pages
        self._accounts: dict[bytes, Account | None] = {}
        self._newer: tuple[Base, Mapping[str, bytes | None]] | None = None

    def account(self, address: bytes) -> Account | None:
        """Return the account, or None where the trie has no leaf."""
        try:
            return self._accounts[address]
        except KeyError:
            pass
        value = self.snapshot.get(ACCOUNTS + hashed_address(address))
        account = None if value is None else decode_account(value)
        if len(self._accounts) >= ACCOUNTS_CACHED_MAX:
            self._accounts.clear()
        self._accounts[address] = account
        return account

    def storage(self, address: bytes, slot: int) -> int:
        """Return the value of a slot; 0 where the trie has no leaf."""
        value = self.snapshot.get(SLOTS + hashed_address(address) + hashed_slot(slot))
        return 0 if value is None else rlp.as_uint(rlp.decode(value), "storage value")

    def code(self, code_hash: bytes) -> bytes:
        """Return the code with this hash.

        Raises:
            InvariantError: no account has ever had this code.
        """
        if code_hash == EMPTY_KECCAK:
            return b""
        code = self.snapshot.get(CODES + code_hash)
        if code is None:
            raise InvariantError(f"code {code_hash.hex()} is missing")
        return code

    def page(self, key: str) -> bytes | None:
        """Return a page by owner and prefix."""
        if len(key) >= _OWNER_DIGITS:
            return self.snapshot.get(storage_page_key(key))
        base = self
        while True:
            if base._newer is None:
                page = base._live_pages.get(key)
                if base._newer is None:
                    return page
            # Someone finalized a block, maybe between the two looks (V2).
            newer, replaced = base._newer
            if key in replaced:
                return replaced[key]
            base = newer

    def pages_of_accounts(self) -> dict[str, bytes]:
        """Return all pages of the account trie; only of the newest base."""
        return self._live_pages

    def advance(self, delta: Delta, snapshot: Snapshot, state_root: Hash32) -> "Base":
        """Return the base after ``delta``, which ``snapshot`` already holds (V2)."""
        pages = self._live_pages
        changed = {key: page for key, page in delta.pages.items() if len(key) < _OWNER_DIGITS}
        newer = Base(snapshot, state_root, pages)
        self._newer = newer, {key: pages.get(key) for key in changed}
        for key, page in changed.items():
            if page is None:
                pages.pop(key, None)
            else:
                pages[key] = page
        return newer


class Overlay:
    """The state after an undecided block, or after one that was finalized meanwhile (V3)."""

    __slots__ = ("link", "state_root")

    def __init__(self, parent: "Layer", delta: Delta, state_root: Hash32) -> None:
        self.state_root = state_root
        self.link: tuple[Layer, Delta | None] = (parent, delta)

    def account(self, address: bytes) -> Account | None:
        """Return the account, or None where the trie has no leaf."""
        layer: Layer = self
        while isinstance(layer, Overlay):
            layer, delta = layer.link
            if delta is not None and address in delta.accounts:
                return delta.accounts[address]
        return layer.account(address)

    def storage(self, address: bytes, slot: int) -> int:
        """Return the value of a slot; 0 where the trie has no leaf."""
        layer: Layer = self
        while isinstance(layer, Overlay):
            layer, delta = layer.link
            if delta is None:
                continue
            value = delta.slots.get(address, {}).get(slot)
            if value is not None:
                return value
            if address in delta.wiped:
                return 0
        return layer.storage(address, slot)

    def code(self, code_hash: bytes) -> bytes:
        """Return the code with this hash.

        Raises:
            InvariantError: no account has ever had this code.
        """
        layer: Layer = self
        while isinstance(layer, Overlay):
            layer, delta = layer.link
            if delta is not None and code_hash in delta.codes:
                return delta.codes[code_hash]
        return layer.code(code_hash)


Layer = Base | Overlay


class ChainReader:
    """Pages and leaves of one state for the commitment and for proofs; for one thread."""

    __slots__ = ("_base", "_deltas", "_rows")

    def __init__(self, layer: Layer) -> None:
        deltas: list[Delta] = []
        while isinstance(layer, Overlay):
            layer, delta = layer.link
            if delta is not None:
                deltas.append(delta)
        self._base = layer
        self._deltas = deltas  # newest first
        self._rows = layer.snapshot.sealed_rows()

    def page(self, key: str) -> bytes | None:
        """Return a page by owner and prefix."""
        owner = bytes.fromhex(key[:_OWNER_DIGITS]) if len(key) >= _OWNER_DIGITS else b""
        for delta in self._deltas:
            if key in delta.pages:
                return delta.pages[key]
            if owner in delta.wiped_owners:
                return None
        return self._base.page(key)

    def leaves(self, first: bytes, last: bytes, expected: int) -> dict[bytes, bytes]:
        """Return the sealed leaf rows from ``first`` to ``last`` included, in key order."""
        deltas = self._deltas
        owner = first[1 : 1 + HASH_BYTES] if first[:1] == SLOTS else b""
        wiped_at = next((i for i, delta in enumerate(deltas) if owner in delta.wiped_owners), None)
        if wiped_at is None:
            found = dict(self._rows.between(first, last, expected))
        else:
            deltas = deltas[: wiped_at + 1]
            found = {}
        is_ordered = True
        for delta in reversed(deltas):
            keys = delta.keys
            for key in keys[bisect_left(keys, first) : bisect_right(keys, last)]:
                row = delta.rows[key]
                if row is None:
                    found.pop(key, None)
                else:
                    is_ordered &= key in found
                    found[key] = row
        return found if is_ordered else dict(sorted(found.items()))
