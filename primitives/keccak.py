"""Keccak-256, the padding of 2011 that Ethereum uses (not NIST's SHA3-256).

Single hashes go through the C implementation of safe-pysha3 (0.8 us for 32 bytes); bulk hashing of
trie nodes has its own vector kernel in ``primitives.keccak_batch``.
"""

from typing import Final

import sha3

from primitives.types import Hash32


def keccak256(data: bytes | bytearray | memoryview) -> Hash32:
    """Return the 32-byte Keccak-256 digest of ``data``."""
    # Hash32 is bytes; calling the NewType would cost a tenth of the hash.
    digest: Hash32 = sha3.keccak_256(data).digest()
    return digest


EMPTY_KECCAK: Final = keccak256(b"")
"""Code hash of an account without code."""

EMPTY_TRIE_ROOT: Final = keccak256(b"\x80")
"""Root of a Merkle-Patricia trie without leaves: keccak(rlp(""))."""

EMPTY_OMMERS_HASH: Final = keccak256(b"\xc0")
"""keccak(rlp([])), the ommers hash of every block since Paris (EIP-3675)."""
