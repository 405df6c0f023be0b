"""The account as the account trie holds it (yellow paper, section 4.1)."""

from dataclasses import dataclass
from typing import Final

from primitives import rlp
from primitives.keccak import EMPTY_KECCAK, EMPTY_TRIE_ROOT
from primitives.types import HASH_BYTES, Hash32

NONCE_BITS: Final = 64
BALANCE_BITS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Nonce, balance in wei, root of the storage trie, hash of the code."""

    nonce: int = 0
    balance: int = 0
    storage_root: Hash32 = EMPTY_TRIE_ROOT
    code_hash: Hash32 = EMPTY_KECCAK

    @property
    def is_empty(self) -> bool:
        """Whether the account is empty in the sense of EIP-161: no nonce, no wei, no code."""
        return self.nonce == 0 and self.balance == 0 and self.code_hash == EMPTY_KECCAK


EMPTY_ACCOUNT: Final = Account()


def encode_account(account: Account) -> bytes:
    """Return the trie value: rlp([nonce, balance, storageRoot, codeHash])."""
    nonce = rlp.encode(account.nonce)
    balance = rlp.encode(account.balance)
    size = len(nonce) + len(balance) + 2 * (HASH_BYTES + 1)
    # The list holds two 33-byte strings, so its payload always takes the one-byte long form.
    head = b"\xf8" + bytes((size,)) + nonce + balance
    return head + b"\xa0" + account.storage_root + b"\xa0" + account.code_hash


def decode_account(data: bytes) -> Account:
    """Decode a trie value.

    Raises:
        DecodeError: the bytes are not the canonical encoding of an account.
    """
    nonce, balance, root, code_hash = rlp.decode_list(data, "account", 4)
    return Account(
        nonce=rlp.as_uint(nonce, "account nonce", NONCE_BITS),
        balance=rlp.as_uint(balance, "account balance", BALANCE_BITS),
        storage_root=Hash32(rlp.as_bytes(root, "account storage root", HASH_BYTES)),
        code_hash=Hash32(rlp.as_bytes(code_hash, "account code hash", HASH_BYTES)),
    )
