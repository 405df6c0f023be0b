"""Sum trees: one root over up to 10^6 receipts, which also commits to how much they are worth.

A leaf is (lease, seq, receipt hash, amount in wei); leaves are strictly ascending by (lease, seq),
so no receipt stands twice. Every node carries count and sum of what lies below it, and its hash
binds both of each child: nobody can claim a larger total than the leaves give. Tags keep leaves and
nodes apart; an odd node is promoted, never duplicated. Invariants:

T1. The shape follows from the number of leaves alone: a path proves its index.
T2. ``total`` is the sum of all amounts below 2^128; a tree that would exceed it does not exist.

Source: the project's compute specification, "Batches". Sums make sampling in proportion to value
possible (``leaf_span``): a point below the total belongs to exactly one leaf.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.types import U128_MAX, Hash32

RECEIPTS_MAX: Final = 1_000_000
"""Receipts in one batch."""
DEPTH_MAX: Final = 20

_LEAF_TAG: Final = b"\x00"
_NODE_TAG: Final = b"\x01"
_POINT_TAG: Final = b"AITBC receipt sample v1"


@dataclass(frozen=True, slots=True, order=True)
class SumLeaf:
    """One receipt of a batch; ``amount`` is units x unit price in wei."""

    lease_id: Hash32
    seq: int
    receipt_hash: Hash32
    amount: int

    def node(self) -> "SumNode":
        """Return the leaf as a node of the tree."""
        data = b"".join(
            (
                _LEAF_TAG,
                self.lease_id,
                self.seq.to_bytes(8, "big"),
                self.receipt_hash,
                self.amount.to_bytes(16, "big"),
            )
        )
        return SumNode(Hash32(hashlib.sha256(data).digest()), 1, self.amount)


@dataclass(frozen=True, slots=True)
class SumNode:
    """A node: hash, number of leaves and sum of amounts below it."""

    hash: Hash32
    count: int
    total: int


class Sibling(NamedTuple):
    """What a path says of a sibling; its count follows from the shape."""

    hash: Hash32
    total: int


def combine(left: SumNode, right: SumNode) -> SumNode:
    """Return the parent of two nodes.

    Raises:
        DecodeError: the sum leaves 128 bits (T2).
    """
    total = left.total + right.total
    if total > U128_MAX:
        raise DecodeError("sum tree", "the total exceeds 128 bits")
    data = b"".join(
        (
            _NODE_TAG,
            left.hash,
            left.count.to_bytes(8, "big"),
            left.total.to_bytes(16, "big"),
            right.hash,
            right.count.to_bytes(8, "big"),
            right.total.to_bytes(16, "big"),
        )
    )
    return SumNode(Hash32(hashlib.sha256(data).digest()), left.count + right.count, total)


def check_leaves(leaves: Sequence[SumLeaf]) -> None:
    """Refuse leaves that no batch may have.

    Raises:
        DecodeError: none, too many, or not strictly ascending by (lease, seq).
    """
    if not 0 < len(leaves) <= RECEIPTS_MAX:
        raise DecodeError("sum tree", f"{len(leaves)} leaves, allowed are 1 to {RECEIPTS_MAX}")
    keys = [(leaf.lease_id, leaf.seq) for leaf in leaves]
    if any(low >= high for low, high in pairwise(keys)):
        raise DecodeError("sum tree", "leaves are not strictly ascending by lease and seq")


def sum_levels(leaves: Sequence[SumLeaf]) -> list[list[SumNode]]:
    """Return all levels from the leaves to the root; the readable definition of the tree.

    Raises:
        DecodeError: see ``check_leaves`` and ``combine``.
    """
    check_leaves(leaves)
    levels = [[leaf.node() for leaf in leaves]]
    while len(levels[-1]) > 1:
        level = levels[-1]
        parents = [combine(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            parents.append(level[-1])
        levels.append(parents)
    return levels


def sum_path(levels: Sequence[Sequence[SumNode]], index: int) -> list[Sibling]:
    """Return the siblings from leaf to root; levels where the node is promoted give none."""
    path = []
    for level in levels[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(Sibling(level[sibling].hash, level[sibling].total))
        index //= 2
    return path


class Place(NamedTuple):
    """Where a path leads: the root, and the sum of all leaves to the left of the leaf."""

    root: SumNode
    before: int


def place_of_leaf(leaf: SumLeaf, index: int, count: int, path: Sequence[Sibling]) -> Place:
    """Return the root that a leaf and its path lead to in a tree of ``count`` leaves (T1).

    Raises:
        DecodeError: the path does not fit the shape, or a sum leaves 128 bits.
    """
    if not 0 <= index < count <= RECEIPTS_MAX:
        raise DecodeError("sum tree", f"no leaf {index} among {count}")
    node, used, before, width = leaf.node(), 0, 0, 1
    siblings, total = count, count
    while siblings > 1:
        if index ^ 1 < siblings:
            if used == len(path):
                raise DecodeError("sum tree", "the path is too short")
            sibling, used = path[used], used + 1
            first = (index ^ 1) * width
            other = SumNode(sibling.hash, min(width, total - first), sibling.total)
            if index & 1:
                node, before = combine(other, node), before + sibling.total
            else:
                node = combine(node, other)
        index, siblings, width = index // 2, (siblings + 1) // 2, width * 2
    if used != len(path):
        raise DecodeError("sum tree", "the path is too long")
    return Place(node, before)


def check_inclusion(
    root: Hash32, count: int, total: int, index: int, leaf: SumLeaf, path: Sequence[Sibling]
) -> int:
    """Check that a leaf is number ``index`` of the committed batch.

    Returns the sum of the leaves before it: it owns the points from there on, ``amount`` of them.

    Raises:
        DecodeError: it is not.
    """
    place = place_of_leaf(leaf, index, count, path)
    if place.root != SumNode(root, count, total):
        raise DecodeError("sum tree", "the path does not lead to the committed root")
    return place.before


def sample_points(entropy: Hash32, batch_id: int, total: int, draws: int) -> list[int]:
    """Return the drawn points below ``total``: receipts are drawn in proportion to their value."""
    head = _POINT_TAG + entropy + batch_id.to_bytes(8, "big")
    return [
        int.from_bytes(keccak256(head + draw.to_bytes(2, "big")), "big") % total
        for draw in range(draws if total else 0)
    ]
