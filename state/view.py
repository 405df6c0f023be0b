"""The read interface of an immutable state: a finalized state or an undecided block's overlay."""

from typing import Protocol

from state.account import Account


class StateView(Protocol):
    """One state that never changes. Addresses and hashes are bytes, slots and values integers."""

    def account(self, address: bytes) -> Account | None:
        """Return the account, or None where the trie has no leaf."""

    def storage(self, address: bytes, slot: int) -> int:
        """Return the value of a slot; 0 where the trie has no leaf."""

    def code(self, code_hash: bytes) -> bytes:
        """Return the code with this hash; the empty hash has empty code.

        Raises:
            InvariantError: no account has ever had this code.
        """
