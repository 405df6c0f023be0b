"""Merkle proofs as eth_getProof returns them (EIP-1186): made from pages and one bucket, and
checked against nothing but a root.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from primitives import rlp
from primitives.errors import DecodeError
from primitives.keccak import EMPTY_TRIE_ROOT, keccak256
from primitives.types import HASH_BYTES, Hash32
from state.store import unseal
from state.trie import pages as pg
from state.trie.commitment import TrieReader
from state.trie.nodes import (
    branch_node,
    extension_node,
    leaf_node,
    reference_of,
    split_hex_prefix,
)

PROOF_NODES_MAX: Final = 2 * HASH_BYTES + 1
"""Nodes on a path of 64 nibbles, one for each, and a leaf."""

_BRANCH_ITEMS: Final = 17
_NIBBLES: Final = "0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageProof:
    """A slot, its value and the nodes from the storage root to it, or to where it would be."""

    slot: int
    value: int
    nodes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountProof:
    """The nodes from the state root to the account, or to where it would be, and its slots'."""

    nodes: tuple[bytes, ...]
    storage: tuple[StorageProof, ...]


def prove_key(reader: TrieReader, table: bytes, key: bytes) -> tuple[bytes, ...]:
    """Return the nodes on the path of ``key``, a hash, in the trie whose rows lie under ``table``.

    Nodes shorter than 32 bytes stand inside their parents and are not listed, but for the root.

    Raises:
        CorruptionError: a leaf on the way fails its checksum.
    """
    path, owner, prefix = key.hex(), table[1:].hex(), ""
    nodes: list[bytes] = []
    expected = 0
    while (page := reader.page(owner + prefix)) is not None:
        start = prefix
        while len(entries := pg.used_entries(page)) == 1:
            prefix += _NIBBLES[entries[0]]
            below = reader.page(owner + prefix)
            assert below is not None
            page = below
        branch = pg.branch_of(page)
        if prefix != start:
            nodes.append(extension_node(prefix[len(start) :], reference_of(branch)))
            if not path.startswith(prefix):
                return _listed(nodes)
        nodes.append(branch)
        nibble = int(path[len(prefix)], 16)
        expected = pg.entry_count(page, nibble)
        prefix = path[: len(prefix) + 1]
    digits = 2 * HASH_BYTES
    first = table + bytes.fromhex(prefix.ljust(digits, "0"))
    last = table + bytes.fromhex(prefix.ljust(digits, "f"))
    rows = reader.leaves(first, last, expected).items()
    leaves = [(row[len(table) :].hex(), unseal(row, value)) for row, value in rows]
    if leaves:
        _build(leaves, len(prefix), path, nodes)
    return _listed(nodes)


def verify_proof(root: Hash32, key: bytes, proof: Sequence[bytes]) -> bytes | None:
    """Return the value that ``proof`` shows under ``key``, or None where it shows an absence.

    Raises:
        DecodeError: the nodes do not prove anything about ``key`` under ``root``.
    """
    if len(proof) > PROOF_NODES_MAX:
        raise DecodeError("proof", f"more than {PROOF_NODES_MAX} nodes")
    if root == EMPTY_TRIE_ROOT:
        if list(proof) not in ([], [b"\x80"]):
            raise DecodeError("proof", "nodes for an empty trie")
        return None
    nodes = iter(proof)
    value = _walk(_take(nodes, root), key.hex(), nodes)
    if next(nodes, None) is not None:
        raise DecodeError("proof", "needless nodes")
    return value


def _listed(nodes: list[bytes]) -> tuple[bytes, ...]:
    return tuple(node for i, node in enumerate(nodes) if not i or len(node) >= HASH_BYTES)


def _build(
    leaves: Sequence[tuple[str, bytes]], depth: int, path: str, found: list[bytes] | None
) -> bytes:
    """Return the node over sorted leaves that share ``depth`` nibbles.

    When ``found`` is given the node is on the path: it is appended, and its kids on the path
    after it.
    """
    first, last = leaves[0][0], leaves[-1][0]
    at = None
    if found is not None:
        at = len(found)
        found.append(b"")
    if len(leaves) == 1:
        node = leaf_node(first[depth:], leaves[0][1])
    else:
        split = depth
        while first[split] == last[split]:
            split += 1
        if split > depth:
            below = found if path[:split] == first[:split] else None
            node = extension_node(
                first[depth:split], reference_of(_build(leaves, split, path, below))
            )
        else:
            references = [b""] * pg.FANOUT
            for nibble, digit in enumerate(_NIBBLES):
                group = [leaf for leaf in leaves if leaf[0][depth] == digit]
                if group:
                    below = found if path[depth] == digit else None
                    references[nibble] = reference_of(_build(group, depth + 1, path, below))
            node = branch_node(references)
    if found is not None and at is not None:
        found[at] = node
    return node


def _take(nodes: Iterator[bytes], expected: bytes) -> rlp.Item:
    node = next(nodes, None)
    if node is None:
        raise DecodeError("proof", "a node is missing")
    if keccak256(node) != expected:
        raise DecodeError("proof", "a node has another hash than its parent says")
    return rlp.decode(node)


def _walk(node: rlp.Item, path: str, nodes: Iterator[bytes]) -> bytes | None:
    """Follow ``path`` from a decoded node, taking further nodes by hash as they are needed."""
    while True:
        items = rlp.as_list(node, "trie node")
        if len(items) == _BRANCH_ITEMS:
            if not path:
                return rlp.as_bytes(items[-1], "branch value") or None
            kid, path = items[int(path[0], 16)], path[1:]
        else:
            items = rlp.as_list(node, "trie node", 2)
            part, is_leaf = split_hex_prefix(rlp.as_bytes(items[0], "path"))
            if is_leaf:
                return rlp.as_bytes(items[1], "leaf value") if part == path else None
            if not part:
                raise DecodeError("trie node", "extension without a path")
            if not path.startswith(part):
                return None
            kid, path = items[1], path[len(part) :]
        if kid == b"":
            return None
        node = kid if isinstance(kid, list) else _take(nodes, rlp.as_bytes(kid, "kid", HASH_BYTES))
