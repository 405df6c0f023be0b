"""Leaves of an anchored batch: a sum tree in strictly ascending order of (leaseId, seq).

leaf = sha256(0x00, leaseId, seq u64, receiptHash, amount u128); node = sha256(0x01, left hash, left
count u64, left sum u128, right ...); an odd node is promoted. An opening leads to the root, the
number of leaves and the total at once.
"""

import hashlib

from contracts.disputes.v1.messages import BatchInfo, LeafOpening, SumNode


def is_in_batch(batch: BatchInfo, leaf: LeafOpening) -> bool:
    """Answer whether ``leaf`` opens to the batch's root, count and total."""
    node = SumNode(sum_leaf_hash(leaf), 1, leaf.amount)
    index, width, used = leaf.index, batch.count, 0
    if index >= width:
        return False
    while width > 1:
        if index ^ 1 < width:
            if used == len(leaf.path):
                return False
            sibling, used = leaf.path[used], used + 1
            node = sum_parent(sibling, node) if index & 1 else sum_parent(node, sibling)
        index, width = index // 2, (width + 1) // 2
    found = (used, node.hash, node.count, node.total)
    return found == (len(leaf.path), batch.root, batch.count, batch.total)


def sum_leaf_hash(leaf: LeafOpening) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(
        b"\x00"
        + leaf.lease_id
        + leaf.seq.to_bytes(8, "big")
        + leaf.receipt_hash
        + leaf.amount.to_bytes(16, "big")
    ).digest()


def sum_parent(left: SumNode, right: SumNode) -> SumNode:
    """Return the parent of two nodes; counts and sums add up without bound here."""
    words = (
        side.hash + side.count.to_bytes(8, "big") + side.total.to_bytes(16, "big")
        for side in (left, right)
    )
    digest = hashlib.sha256(b"\x01" + b"".join(words)).digest()
    return SumNode(digest, left.count + right.count, left.total + right.total)


def sum_key(leaf: LeafOpening) -> tuple[bytes, int]:
    """Return what leaves are ordered by."""
    return leaf.lease_id, leaf.seq
