"""The fast builder of sum trees: SHA-256 and 128-bit sums compiled by numba, without the lock.

``primitives.sum_tree`` is the definition; this gives the same bytes for arrays of leaves. Every
message of a tree takes two blocks of SHA-256 (FIPS 180-4): 89 bytes a leaf, 113 a node.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

from primitives.errors import DecodeError
from primitives.sha256_constants import INITIAL_STATE, ROUND_CONSTANTS
from primitives.sum_tree import RECEIPTS_MAX, Sibling, SumNode
from primitives.types import Hash32

Words = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

NODE_BYTES: Final = 56
"""Hash 32, count 8, sum 16, big-endian: what a parent hashes of each child."""
LEAF_BYTES: Final = 88
"""Lease 32, seq 8, receipt hash 32, amount 16, big-endian."""
CHUNK: Final = 1 << 14
_K: Final = np.array(ROUND_CONSTANTS, dtype=np.uint32)
_H: Final = np.array(INITIAL_STATE, dtype=np.uint32)


@njit(inline="always")  # type: ignore[untyped-decorator]
def _rotate(word: Any, count: int) -> Any:
    return (word >> np.uint32(count)) | (word << np.uint32(32 - count))


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _compress(state: Any, block: Any, start: int, w: Any) -> None:
    """Run SHA-256's compression over ``block[start:start + 64]``."""
    for i in range(16):
        at = start + 4 * i
        w[i] = (
            (np.uint32(block[at]) << np.uint32(24))
            | (np.uint32(block[at + 1]) << np.uint32(16))
            | (np.uint32(block[at + 2]) << np.uint32(8))
            | np.uint32(block[at + 3])
        )
    for i in range(16, 64):
        x, y = w[i - 15], w[i - 2]
        s0 = _rotate(x, 7) ^ _rotate(x, 18) ^ (x >> np.uint32(3))
        s1 = _rotate(y, 17) ^ _rotate(y, 19) ^ (y >> np.uint32(10))
        w[i] = w[i - 16] + s0 + w[i - 7] + s1
    a, b, c, d = state[0], state[1], state[2], state[3]
    e, f, g, h = state[4], state[5], state[6], state[7]
    for i in range(64):
        s1 = _rotate(e, 6) ^ _rotate(e, 11) ^ _rotate(e, 25)
        t1 = np.uint32(h + s1 + ((e & f) ^ (~e & g)) + _K[i] + w[i])
        s0 = _rotate(a, 2) ^ _rotate(a, 13) ^ _rotate(a, 22)
        t2 = np.uint32(s0 + ((a & b) ^ (a & c) ^ (b & c)))
        h, g, f, e = g, f, e, np.uint32(d + t1)
        d, c, b, a = c, b, a, np.uint32(t1 + t2)
    state[0] += a
    state[1] += b
    state[2] += c
    state[3] += d
    state[4] += e
    state[5] += f
    state[6] += g
    state[7] += h


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _digest(block: Any, state: Any, w: Any, out: Any) -> None:
    """Hash two prepared blocks (padding included) into ``out[:32]``."""
    for i in range(8):
        state[i] = _H[i]
    _compress(state, block, 0, w)
    _compress(state, block, 64, w)
    for i in range(8):
        word = state[i]
        out[4 * i] = np.uint8(word >> np.uint32(24))
        out[4 * i + 1] = np.uint8((word >> np.uint32(16)) & np.uint32(255))
        out[4 * i + 2] = np.uint8((word >> np.uint32(8)) & np.uint32(255))
        out[4 * i + 3] = np.uint8(word & np.uint32(255))


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _prepare(block: Any, length: int) -> None:
    """Write SHA-256's padding after ``length`` bytes of a two-block message."""
    block[:] = 0
    block[length] = 0x80
    bits = 8 * length
    block[126] = bits >> 8
    block[127] = bits & 255


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _hash_leaves(leaves: Any, nodes: Any, first: int, last: int) -> bool:
    """Hash leaves ``first .. last`` into nodes; answer whether their order is strict."""
    block, state = np.empty(128, np.uint8), np.empty(8, np.uint32)
    w = np.empty(64, np.uint32)
    _prepare(block, 89)
    for i in range(first, last):
        if i > 0 and not _ascends(leaves, i):
            return False
        block[1:89] = leaves[i]
        _digest(block, state, w, nodes[i])
        nodes[i, 32:39] = 0
        nodes[i, 39] = 1
        nodes[i, 40:56] = leaves[i, 72:88]
    return True


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _ascends(leaves: Any, i: int) -> bool:
    """Answer whether (lease, seq) of leaf i is above that of leaf i - 1."""
    for at in range(40):
        if leaves[i, at] != leaves[i - 1, at]:
            return bool(leaves[i, at] > leaves[i - 1, at])
    return False


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _add(left: Any, right: Any, out: Any, low: int, high: int) -> bool:
    """Add big-endian integers at ``low .. high``; answer whether the sum fits."""
    carry = np.int64(0)
    for at in range(high - 1, low - 1, -1):
        value = np.int64(left[at]) + np.int64(right[at]) + carry
        out[at] = value & 255
        carry = value >> 8
    return bool(carry == 0)


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _hash_parents(level: Any, parents: Any, first: int, last: int) -> bool:
    """Hash parents ``first .. last``; answer whether every sum fits 128 bits."""
    block, state = np.empty(128, np.uint8), np.empty(8, np.uint32)
    w = np.empty(64, np.uint32)
    _prepare(block, 113)
    block[0] = 1
    for i in range(first, last):
        left, right = level[2 * i], level[2 * i + 1]
        block[1:57] = left
        block[57:113] = right
        _digest(block, state, w, parents[i])
        _add(left, right, parents[i], 32, 40)
        if not _add(left, right, parents[i], 40, 56):
            return False
    return True


@dataclass(frozen=True, slots=True)
class BuiltTree:
    """A built tree: one array of 56-byte nodes a level, from the leaves to the root."""

    levels: list[Bytes]

    @property
    def root(self) -> SumNode:
        """Return the root with count and total."""
        return _node(self.levels[-1][0])

    def path(self, index: int) -> list[Sibling]:
        """Return a leaf's siblings, as ``primitives.sum_tree.sum_path``."""
        path = []
        for level in self.levels[:-1]:
            if index ^ 1 < len(level):
                node = _node(level[index ^ 1])
                path.append(Sibling(node.hash, node.total))
            index //= 2
        return path


def build_sum_tree(leaves: Bytes, threads: int = 1) -> BuiltTree:
    """Build the tree over encoded leaves, shape (n, 88): lease, seq, receipt hash, amount.

    Raises:
        DecodeError: none, too many, not strictly ascending, or a total above 128 bits.
    """
    if leaves.ndim != 2 or leaves.shape[1] != LEAF_BYTES or leaves.dtype != np.uint8:
        raise DecodeError("sum tree", f"leaves are an array of (n, {LEAF_BYTES}) bytes")
    if not 0 < len(leaves) <= RECEIPTS_MAX:
        raise DecodeError("sum tree", f"{len(leaves)} leaves, allowed are 1 to {RECEIPTS_MAX}")
    with ThreadPoolExecutor(threads, thread_name_prefix="sum-tree") as pool:
        nodes = np.empty((len(leaves), NODE_BYTES), np.uint8)
        if not all(_spread(pool, _hash_leaves, leaves, nodes)):
            raise DecodeError("sum tree", "leaves are not strictly ascending by lease and seq")
        levels = [nodes]
        while len(levels[-1]) > 1:
            level = levels[-1]
            parents = np.empty(((len(level) + 1) // 2, NODE_BYTES), np.uint8)
            if not all(_spread(pool, _hash_parents, level, parents[: len(level) // 2])):
                raise DecodeError("sum tree", "the total exceeds 128 bits")
            if len(level) % 2:
                parents[-1] = level[-1]
            levels.append(parents)
    return BuiltTree(levels)


def _spread(pool: ThreadPoolExecutor, work: Any, source: Bytes, target: Bytes) -> list[bool]:
    """Run ``work`` over chunks of ``target`` on the pool's threads."""
    starts = range(0, len(target), CHUNK)
    return list(pool.map(lambda s: work(source, target, s, min(s + CHUNK, len(target))), starts))


def _node(data: Bytes) -> SumNode:
    raw = data.tobytes()
    return SumNode(
        Hash32(raw[:32]), int.from_bytes(raw[32:40], "big"), int.from_bytes(raw[40:], "big")
    )
