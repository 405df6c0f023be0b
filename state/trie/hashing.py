"""Roots of whole tries in memory, and the bridge from Python bytes to the compiled kernel."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from primitives.keccak import EMPTY_TRIE_ROOT, keccak256
from primitives.keccak_batch import warm_up as warm_up_keccak
from primitives.types import HASH_BYTES, Hash32
from state.store import SEAL_BYTES, CorruptionError, seal
from state.trie import kernel
from state.trie.pages import PAGE_BYTES, REFERENCES_AT, SIZES_AT


def hash_buckets(
    keys: Sequence[bytes],
    values: Sequence[bytes],
    buckets: Sequence[int],
    depths: Sequence[int],
    *,
    key_skip: int = 0,
    is_sealed: bool = False,
) -> tuple[Any, Any]:
    """Return (references uint8[m, 32], sizes int64[m]) of m buckets of sorted leaves.

    Bucket b holds the leaves from ``buckets[b]`` to ``buckets[b + 1]``, which share their first
    ``depths[b]`` nibbles. The first ``key_skip`` bytes of every key are no part of the trie, nor
    are the seals of ``is_sealed`` rows, which are checked: database rows go in as they are,
    without a copy for each.

    Raises:
        CorruptionError: a row fails its checksum.
    """
    key_ends = np.fromiter(accumulate(map(len, keys)), np.int64, len(keys))
    value_ends = np.fromiter(accumulate(map(len, values)), np.int64, len(values))
    key_starts = np.empty(len(keys), np.int64)
    value_starts = np.empty(len(values), np.int64)
    key_starts[:1] = value_starts[:1] = 0
    key_starts[1:] = key_ends[:-1]
    value_starts[1:] = value_ends[:-1]
    key_bytes = np.frombuffer(b"".join(keys) or b"\x00", np.uint8)
    value_bytes = np.frombuffer(b"".join(values) or b"\x00", np.uint8)
    if is_sealed:
        bad = kernel.find_broken_seal(key_bytes, key_starts, key_ends, value_bytes, value_ends)
        if bad >= 0:
            raise CorruptionError(keys[bad], "wrong checksum")
    key_starts += key_skip
    return kernel.hash_buckets(  # type: ignore[no-any-return]
        key_bytes,
        key_starts,
        2 * (key_ends - key_starts),
        value_bytes,
        value_starts,
        value_ends - value_starts - (SEAL_BYTES if is_sealed else 0),
        np.array(buckets, np.int64),
        np.array(depths, np.int64),
    )


def hash_branches(pages: Any) -> tuple[Any, Any]:
    """Return (references uint8[n, 32], sizes int64[n]) of n pages' branches; uint8[n, 592]."""
    references = np.ascontiguousarray(pages[:, REFERENCES_AT:PAGE_BYTES])
    sizes = np.ascontiguousarray(pages[:, SIZES_AT:REFERENCES_AT])
    return kernel.hash_branches(  # type: ignore[no-any-return]
        references.ravel(), sizes
    )


def root_of_reference(reference: bytes) -> Hash32:
    """Return the root hash for a root node's reference: a root is hashed even when short."""
    if not reference:
        return EMPTY_TRIE_ROOT
    return Hash32(reference) if len(reference) == HASH_BYTES else keccak256(reference)


def trie_root(leaves: Mapping[bytes, bytes] | Iterable[tuple[bytes, bytes]]) -> Hash32:
    """Return the root of the trie that holds exactly these keys; no value may be empty."""
    items = sorted(leaves.items() if isinstance(leaves, Mapping) else leaves)
    if not items:
        return EMPTY_TRIE_ROOT
    keys, values = zip(*items, strict=True)
    references, sizes = hash_buckets(keys, values, (0, len(items)), (0,))
    return root_of_reference(references[0, : sizes[0]].tobytes())


def warm_up() -> None:
    """Load the compiled kernels, so that the first block does not wait for them.

    Raises:
        InvariantError: this machine computes wrong digests.
    """
    warm_up_keccak()
    key = bytes(HASH_BYTES)
    hash_buckets([key], [seal(key, key)], (0, 1), (0,), is_sealed=True)
    hash_branches(np.zeros((1, PAGE_BYTES), np.uint8))
