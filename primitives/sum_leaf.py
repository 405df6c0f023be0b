"""Leaves of an anchored batch: a sum tree in strictly ascending order of (leaseId, seq).

leaf = sha256(0x00, leaseId, seq u64, receiptHash, amount u128); node = sha256(0x01, left hash, left
count u64, left sum u128, right hash, ...); an odd node is promoted. A path leads to the root, the
number of leaves and the total at once.
"""

import hashlib
from collections.abc import Sequence

from primitives.types import Hash32

SumNode = tuple[bytes, int, int]
"""A node's hash, the number of leaves below it and the sum of their amounts."""


def is_included(root: SumNode, index: int, leaf: SumNode, path: Sequence[SumNode]) -> bool:
    """Answer whether ``leaf`` is leaf ``index`` of the tree with this root, count and total."""
    node, width, used = leaf, root[1], 0
    if index >= width:
        return False
    while width > 1:
        if index ^ 1 < width:
            if used == len(path):
                return False
            sibling, used = path[used], used + 1
            node = sum_parent(sibling, node) if index & 1 else sum_parent(node, sibling)
        index, width = index // 2, (width + 1) // 2
    return used == len(path) and node == root


def sum_leaf(lease_id: bytes, seq: int, receipt_hash: bytes, amount: int) -> SumNode:
    """Return the node of one leaf."""
    words = lease_id + seq.to_bytes(8, "big") + receipt_hash + amount.to_bytes(16, "big")
    return Hash32(hashlib.sha256(b"\x00" + words).digest()), 1, amount


def sum_parent(left: SumNode, right: SumNode) -> SumNode:
    """Return the parent of two nodes; counts and sums add up without bound."""
    words = (
        digest + count.to_bytes(8, "big") + total.to_bytes(16, "big")
        for digest, count, total in (left, right)
    )
    digest = Hash32(hashlib.sha256(b"\x01" + b"".join(words)).digest())
    return digest, left[1] + right[1], left[2] + right[2]
