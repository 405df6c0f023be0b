"""Openings of one leaf or of leaves in a row; how many hashes they take follows from the shape."""

from collections.abc import Callable

from primitives.merkle import node_hash
from primitives.types import Hash32


def path_length(index: int, count: int) -> int:
    """Return how many siblings a leaf's path has in a tree of ``count`` leaves."""
    length = 0
    while count > 1:
        length += index ^ 1 < count
        index, count = index >> 1, (count + 1) >> 1
    return length


def root_from_range(
    leaves: list[Hash32], start: int, count: int, take: Callable[[], Hash32]
) -> Hash32:
    """Return the root over leaves ``start ..`` in a row; ``take`` gives the missing siblings.

    Siblings come level by level, the left one first.
    """
    nodes = leaves
    while count > 1:
        if start & 1:
            nodes = [take(), *nodes]
            start -= 1
        if len(nodes) & 1 and start + len(nodes) < count:
            nodes = [*nodes, take()]
        parents = [node_hash(nodes[i], nodes[i + 1]) for i in range(0, len(nodes) - 1, 2)]
        if len(nodes) & 1:
            parents.append(nodes[-1])
        nodes, start, count = parents, start >> 1, (count + 1) >> 1
    return nodes[0]


def range_path(levels: list[list[Hash32]], start: int, length: int) -> list[Hash32]:
    """Return the siblings that ``root_from_range`` takes."""
    path = []
    for level in levels[:-1]:
        if start & 1:
            path.append(level[start - 1])
            start, length = start - 1, length + 1
        if length & 1 and start + length < len(level):
            path.append(level[start + length])
            length += 1
        start, length = start >> 1, (length + 1) >> 1
    return path
