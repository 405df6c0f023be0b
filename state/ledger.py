"""The mutable journal on which transactions execute.

Invariants:

L1. The view is never changed; everything that a block does is held here until ``changes``.
L2. Every write appends one undo entry, so ``revert_to`` costs the changes it undoes and
    ``commit`` costs nothing; values read from the view are cached and never journaled.
L3. A checkpoint taken inside a transaction is used inside that transaction. One taken between
    transactions may be used later to undo whole transactions; the next ``begin_transaction``
    then starts clean.
L4. After ``finish_transaction`` no touched account is empty (EIP-161), and an account that was
    created and self-destructed in the same transaction is gone with its storage (EIP-6780).
L5. An account that holds a slot other than zero exists.
"""

from collections.abc import Sequence
from typing import Any, Final

from primitives.block import Log
from primitives.errors import InvariantError
from primitives.keccak import EMPTY_KECCAK, EMPTY_TRIE_ROOT, keccak256
from primitives.types import U256_MAX, Hash32
from state.account import Account
from state.changes import AccountBasics, AccountChange, StateChanges
from state.view import StateView

_ABSENT: Final = object()
_LOG: Final = object()
_REFUND: Final = "refund"
_NO_ACCOUNT: Final = AccountBasics()


class Ledger:
    """Accounts, storage and transaction scratch over an immutable view, with undo."""

    __slots__ = (
        "_accounts",
        "_codes",
        "_created",
        "_destroyed",
        "_journal",
        "_logs",
        "_originals",
        "_parent_accounts",
        "_parent_storage",
        "_scalars",
        "_storage",
        "_touched",
        "_transient",
        "_view",
        "_warm_addresses",
        "_warm_slots",
        "_wiped",
    )

    def __init__(self, view: StateView) -> None:
        self._view = view
        self._journal: list[tuple[Any, Any, Any]] = []
        self._parent_accounts: dict[bytes, Account | None] = {}
        self._accounts: dict[bytes, AccountBasics | None] = {}
        self._codes: dict[bytes, bytes] = {EMPTY_KECCAK: b""}
        self._parent_storage: dict[bytes, dict[int, int]] = {}
        self._storage: dict[bytes, dict[int, int]] = {}
        self._wiped: dict[bytes, bool] = {}
        self._logs: list[Log] = []
        self._reset_scratch()

    # Transactions

    def begin_transaction(self) -> None:
        """Start with cold access lists, no transient storage, no logs and no refund."""
        self._reset_scratch()

    def finish_transaction(self) -> None:
        """Delete self-destructed accounts (EIP-6780) and touched empty ones (EIP-161), then
        clear everything that lives for one transaction but the logs, which the receipt needs.
        """
        for address in self._destroyed:
            if address in self._created:
                self._delete(address)
        for address in self._touched:
            basics = self._basics(address)
            if basics is not None and basics.is_empty:
                self._delete(address)
        logs = self._logs
        self._reset_scratch()
        self._logs = logs

    def checkpoint(self) -> int:
        """Return a mark to which ``revert_to`` can go back."""
        return len(self._journal)

    def revert_to(self, checkpoint: int) -> None:
        """Undo every change since ``checkpoint``, newest first."""
        journal = self._journal
        if not 0 <= checkpoint <= len(journal):
            raise InvariantError(f"checkpoint {checkpoint} outside a journal of {len(journal)}")
        while len(journal) > checkpoint:
            target, key, old = journal.pop()
            if old is _ABSENT:
                target.pop(key, None)
            elif old is _LOG:
                target.pop()
            else:
                target[key] = old

    def commit(self, checkpoint: int) -> None:
        """Keep the changes since ``checkpoint``; an outer checkpoint can still undo them."""
        if not 0 <= checkpoint <= len(self._journal):
            raise InvariantError(
                f"checkpoint {checkpoint} outside a journal of {len(self._journal)}"
            )

    # Accounts

    def account_exists(self, address: bytes) -> bool:
        """Whether the state has a leaf for the account, empty or not."""
        return self._basics(address) is not None

    def is_empty(self, address: bytes) -> bool:
        """Whether the account is absent or empty (EIP-161's "dead")."""
        basics = self._basics(address)
        return basics is None or basics.is_empty

    def touch(self, address: bytes) -> None:
        """Mark the account for deletion after the transaction should it be empty (EIP-161)."""
        touched = self._touched
        if address not in touched:
            self._journal.append((touched, address, _ABSENT))
            touched[address] = True

    def balance(self, address: bytes) -> int:
        """Return the balance in wei; 0 for an absent account."""
        return (self._basics(address) or _NO_ACCOUNT).balance

    def set_balance(self, address: bytes, wei: int) -> None:
        """Set the balance, creating the account where needed.

        Raises:
            InvariantError: ``wei`` does not fit 256 bits; callers check before they pay.
        """
        if not 0 <= wei <= U256_MAX:
            raise InvariantError(f"balance of 0x{address.hex()} would be {wei}")
        old = self._basics(address) or _NO_ACCOUNT
        self._set_basics(
            address, AccountBasics(nonce=old.nonce, balance=wei, code_hash=old.code_hash)
        )

    def add_balance(self, address: bytes, wei: int) -> None:
        """Credit the account; crediting 0 wei only touches it."""
        self.set_balance(address, self.balance(address) + wei)

    def subtract_balance(self, address: bytes, wei: int) -> None:
        """Debit the account.

        Raises:
            InvariantError: the account holds less; callers check before they pay.
        """
        self.set_balance(address, self.balance(address) - wei)

    def nonce(self, address: bytes) -> int:
        """Return the nonce; 0 for an absent account."""
        return (self._basics(address) or _NO_ACCOUNT).nonce

    def set_nonce(self, address: bytes, nonce: int) -> None:
        """Set the nonce, creating the account where needed."""
        old = self._basics(address) or _NO_ACCOUNT
        self._set_basics(
            address, AccountBasics(nonce=nonce, balance=old.balance, code_hash=old.code_hash)
        )

    def increment_nonce(self, address: bytes) -> None:
        """Add one to the nonce."""
        self.set_nonce(address, self.nonce(address) + 1)

    def code_hash(self, address: bytes) -> Hash32:
        """Return the hash of the code; keccak("") for an absent account (see ``is_empty``)."""
        return (self._basics(address) or _NO_ACCOUNT).code_hash

    def code(self, address: bytes) -> bytes:
        """Return the code, empty for an account without."""
        code_hash = self.code_hash(address)
        code = self._codes.get(code_hash)
        if code is None:
            code = self._codes[code_hash] = self._view.code(code_hash)
        return code

    def set_code(self, address: bytes, code: bytes) -> None:
        """Set the code, creating the account where needed; b"" removes it."""
        old = self._basics(address) or _NO_ACCOUNT
        code_hash = keccak256(code)
        # Content-addressed, so it needs no undo: ``changes`` takes only codes in use.
        self._codes[code_hash] = bytes(code)
        self._set_basics(
            address, AccountBasics(nonce=old.nonce, balance=old.balance, code_hash=code_hash)
        )

    # Storage

    def storage(self, address: bytes, slot: int) -> int:
        """Return the current value of a slot."""
        slots = self._storage.get(address)
        if slots is None:
            slots = self._storage[address] = {}
        value = slots.get(slot)
        if value is None:
            value = 0 if address in self._wiped else self._parent_slot(address, slot)
            slots[slot] = value
        return value

    def original_storage(self, address: bytes, slot: int) -> int:
        """Return the slot's value at the start of the transaction (EIP-2200, EIP-3529)."""
        value = self._originals.get((address, slot))
        return self.storage(address, slot) if value is None else value

    def current_and_original(self, address: bytes, slot: int) -> tuple[int, int]:
        """Return a slot's value now and at the start of the transaction."""
        slots = self._storage.get(address)
        current = None if slots is None else slots.get(slot)
        if current is None:
            current = self.storage(address, slot)
        original = self._originals.get((address, slot))
        return current, current if original is None else original

    def set_storage(self, address: bytes, slot: int, value: int) -> None:
        """Set a slot; 0 deletes it. The account must exist by the end of the block (L5)."""
        slots = self._storage.get(address)
        old = None if slots is None else slots.get(slot)
        if slots is None or old is None:
            old = self.storage(address, slot)
            slots = self._storage[address]
        if old == value:
            return
        # Journaled: after an undo the current value is the original one again, and it may be
        # another than ``old`` where the undo also takes back a wipe.
        key = (address, slot)
        originals, journal = self._originals, self._journal
        if key not in originals:
            journal.append((originals, key, _ABSENT))
            originals[key] = old
        journal.append((slots, slot, old))
        slots[slot] = value

    def clear_storage(self, address: bytes) -> None:
        """Make every slot of the account zero."""
        self._put(self._storage, address, {})
        if address not in self._wiped:
            self._put(self._wiped, address, True)

    def has_storage(self, address: bytes) -> bool:
        """Whether the account holds slots, for the collision rule of CREATE (EIP-7610)."""
        if any(self._storage.get(address, {}).values()):
            return True
        if address in self._wiped:
            return False
        parent = self._parent_account(address)
        return parent is not None and parent.storage_root != EMPTY_TRIE_ROOT

    def transient_storage(self, address: bytes, slot: int) -> int:
        """Return a transient slot (EIP-1153)."""
        return self._transient.get((address, slot), 0)

    def set_transient_storage(self, address: bytes, slot: int, value: int) -> None:
        """Set a transient slot; undone with the frame, cleared after the transaction."""
        self._put(self._transient, (address, slot), value)

    # What lives for one transaction

    def warm_address(self, address: bytes) -> bool:
        """Warm an address and return whether it was warm before (EIP-2929)."""
        if address in self._warm_addresses:
            return True
        self._put(self._warm_addresses, address, True)
        return False

    def warm_slot(self, address: bytes, slot: int) -> bool:
        """Warm a slot and return whether it was warm before (EIP-2929)."""
        key = (address, slot)
        warm = self._warm_slots
        if key in warm:
            return True
        self._journal.append((warm, key, _ABSENT))
        warm[key] = True
        return False

    def is_warm_address(self, address: bytes) -> bool:
        """Whether the address was accessed in this transaction."""
        return address in self._warm_addresses

    def is_warm_slot(self, address: bytes, slot: int) -> bool:
        """Whether the slot was accessed in this transaction."""
        return (address, slot) in self._warm_slots

    def mark_created(self, address: bytes) -> None:
        """Record that this transaction created the contract (EIP-6780)."""
        if address not in self._created:
            self._put(self._created, address, True)

    def is_created(self, address: bytes) -> bool:
        """Whether this transaction created the contract."""
        return address in self._created

    def mark_self_destruct(self, address: bytes) -> None:
        """Record a SELFDESTRUCT; it deletes only what this transaction created (EIP-6780)."""
        if address not in self._destroyed:
            self._put(self._destroyed, address, True)

    def is_self_destructed(self, address: bytes) -> bool:
        """Whether SELFDESTRUCT ran in the account in this transaction."""
        return address in self._destroyed

    def add_log(self, log: Log) -> None:
        """Append a log of the current transaction."""
        self._logs.append(log)
        self._journal.append((self._logs, None, _LOG))

    @property
    def logs(self) -> Sequence[Log]:
        """The logs of the current transaction; kept until the next one begins."""
        return tuple(self._logs)

    @property
    def refund(self) -> int:
        """Gas to refund so far, before the cap of EIP-3529."""
        return self._scalars[_REFUND]

    def add_refund(self, gas: int) -> None:
        """Add to the refund counter; ``gas`` may be negative (EIP-2200)."""
        self._put(self._scalars, _REFUND, self._scalars[_REFUND] + gas)

    # Result

    def changes(self) -> StateChanges:
        """Return everything that differs from the view; call it between transactions.

        Raises:
            InvariantError: an absent account holds storage (L5).
        """
        accounts: dict[bytes, AccountChange] = {}
        codes: dict[bytes, bytes] = {}
        for address in self._accounts.keys() | self._storage.keys():
            slots = self._changed_slots(address)
            basics = self._basics(address)
            if basics is None and any(slots.values()):
                raise InvariantError(f"absent account 0x{address.hex()} holds storage")
            parent = self._parent_account(address)
            if basics == _basics_of(parent) and not slots and not self._is_wiped(address):
                continue
            if basics is None and parent is None:
                continue
            accounts[address] = AccountChange(
                basics=basics, slots=slots, is_storage_wiped=self._is_wiped(address)
            )
            if basics is not None and basics.code_hash != EMPTY_KECCAK:
                self._collect_code(basics.code_hash, parent, codes)
        return StateChanges(accounts=accounts, codes=codes)

    def balance_change(self) -> int:
        """Return by how many wei the sum of all balances differs from the view's."""
        change = 0
        for address, basics in self._accounts.items():
            before = _basics_of(self._parent_account(address)) or _NO_ACCOUNT
            change += (basics or _NO_ACCOUNT).balance - before.balance
        return change

    def _collect_code(
        self, code_hash: Hash32, parent: Account | None, codes: dict[bytes, bytes]
    ) -> None:
        if parent is None or parent.code_hash != code_hash:
            codes[code_hash] = self._codes[code_hash]

    def _changed_slots(self, address: bytes) -> dict[int, int]:
        slots = self._storage.get(address, {})
        if address in self._wiped:
            return {slot: value for slot, value in slots.items() if value}
        return {
            slot: value
            for slot, value in slots.items()
            if value != self._parent_slot(address, slot)
        }

    def _is_wiped(self, address: bytes) -> bool:
        """Whether a wipe has an effect: the parent state holds slots of the account."""
        if address not in self._wiped:
            return False
        parent = self._parent_account(address)
        return parent is not None and parent.storage_root != EMPTY_TRIE_ROOT

    def _reset_scratch(self) -> None:
        # New objects: undo entries of earlier transactions then reach only the old ones (L3).
        self._originals: dict[tuple[bytes, int], int] = {}
        self._transient: dict[tuple[bytes, int], int] = {}
        self._warm_addresses: dict[bytes, bool] = {}
        self._warm_slots: dict[tuple[bytes, int], bool] = {}
        self._touched: dict[bytes, bool] = {}
        self._created: dict[bytes, bool] = {}
        self._destroyed: dict[bytes, bool] = {}
        self._logs = []
        self._scalars: dict[str, int] = {_REFUND: 0}

    def _put(self, target: dict[Any, Any], key: Any, value: Any) -> None:
        self._journal.append((target, key, target.get(key, _ABSENT)))
        target[key] = value

    def _set_basics(self, address: bytes, basics: AccountBasics) -> None:
        self.touch(address)
        if basics != self._accounts[address]:
            self._put(self._accounts, address, basics)

    def _delete(self, address: bytes) -> None:
        self._put(self._accounts, address, None)
        self.clear_storage(address)

    def _basics(self, address: bytes) -> AccountBasics | None:
        try:
            return self._accounts[address]
        except KeyError:
            basics = self._accounts[address] = _basics_of(self._parent_account(address))
            return basics

    def _parent_account(self, address: bytes) -> Account | None:
        try:
            return self._parent_accounts[address]
        except KeyError:
            account = self._parent_accounts[address] = self._view.account(address)
            return account

    def _parent_slot(self, address: bytes, slot: int) -> int:
        slots = self._parent_storage.get(address)
        if slots is None:
            slots = self._parent_storage[address] = {}
        value = slots.get(slot)
        if value is None:
            value = slots[slot] = self._view.storage(address, slot)
        return value


def _basics_of(account: Account | None) -> AccountBasics | None:
    if account is None:
        return None
    return AccountBasics(nonce=account.nonce, balance=account.balance, code_hash=account.code_hash)
