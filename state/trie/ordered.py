"""Roots of lists: transactionsRoot and receiptsRoot (yellow paper, section 4.3.2)."""

from collections.abc import Sequence

from primitives import rlp
from primitives.types import Hash32
from state.trie.hashing import trie_root


def ordered_trie_root(items: Sequence[bytes]) -> Hash32:
    """Return the root of a trie that maps rlp(index) to each item; no item may be empty."""
    return trie_root([(rlp.encode(index), item) for index, item in enumerate(items)])
