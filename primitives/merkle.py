"""Binary Merkle trees over hashes: results, traces and their openings all have this shape.

A node is sha256(0x01, left, right); leaves are tagged 0x00 by whoever makes them, so no node passes
for a leaf. An odd node is promoted, never duplicated: two lists of leaves never share a root.
"""

import hashlib
from typing import Final

from primitives.errors import DecodeError
from primitives.types import Hash32

_NODE_TAG: Final = b"\x01"


def merkle_levels(leaves: list[Hash32]) -> list[list[Hash32]]:
    """Return all levels from the leaves to the root; an odd node is promoted."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        level = levels[-1]
        parents = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            parents.append(level[-1])
        levels.append(parents)
    return levels


def merkle_root(leaves: list[Hash32]) -> Hash32:
    """Return the root over at least one leaf."""
    return merkle_levels(leaves)[-1][0]


def merkle_path(levels: list[list[Hash32]], index: int) -> list[Hash32]:
    """Return the siblings from leaf to root; levels where the node is promoted give none."""
    path = []
    for level in levels[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        index //= 2
    return path


def root_from_path(leaf: Hash32, index: int, count: int, path: list[Hash32]) -> Hash32:
    """Return the root that a leaf and its path lead to, for a tree of ``count`` leaves.

    Raises:
        DecodeError: the path is longer or shorter than the tree's shape asks for.
    """
    node, used = leaf, 0
    while count > 1:
        if index ^ 1 < count:
            if used == len(path):
                raise DecodeError("merkle path", "too short")
            sibling, used = path[used], used + 1
            node = node_hash(sibling, node) if index & 1 else node_hash(node, sibling)
        index, count = index // 2, (count + 1) // 2
    if used != len(path):
        raise DecodeError("merkle path", "too long")
    return node


def count_at(count: int, level: int) -> int:
    """Return how many nodes a tree of ``count`` leaves has ``level`` levels above them."""
    for _ in range(level):
        count = (count + 1) // 2
    return count


def tree_depth(count: int) -> int:
    """Return the number of levels above the leaves: 0 for one leaf."""
    return (count - 1).bit_length()


def node_hash(left: Hash32, right: Hash32) -> Hash32:
    """Return the parent of two nodes."""
    return Hash32(hashlib.sha256(_NODE_TAG + left + right).digest())
