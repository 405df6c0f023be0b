"""What a block did to the state: the value that a ledger hands to the commitment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from primitives.keccak import EMPTY_KECCAK
from primitives.types import Hash32


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBasics:
    """An account without its storage root, which only the commitment can know."""

    nonce: int = 0
    balance: int = 0
    code_hash: Hash32 = EMPTY_KECCAK

    @property
    def is_empty(self) -> bool:
        """Whether the account is empty in the sense of EIP-161."""
        return self.nonce == 0 and self.balance == 0 and self.code_hash == EMPTY_KECCAK


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """The account after the block; ``basics`` is None where the account was deleted.

    ``slots`` holds only slots whose value differs from the parent state (after the wipe when
    ``is_storage_wiped``); the value 0 deletes the slot.
    """

    basics: AccountBasics | None
    slots: Mapping[int, int] = field(default_factory=dict)
    is_storage_wiped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanges:
    """All changed accounts by address, and the codes that they need, by hash."""

    accounts: Mapping[bytes, AccountChange] = field(default_factory=dict)
    codes: Mapping[bytes, bytes] = field(default_factory=dict)
