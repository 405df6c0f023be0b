"""Compiled hashing of sub-tries: sorted leaves in, node references out (yellow paper, appendix D).

A *bucket* is a run of leaves that share a prefix of ``depth`` nibbles; the reference of its
sub-trie is what the branch above it embeds: the node's RLP when that is shorter than 32 bytes,
its Keccak-256 otherwise. Nodes are laid out once, then encoded and hashed by height, so that all
nodes of equal height in all buckets go through the batch kernel together.

Keys may have any length and may be prefixes of each other; account and storage keys always have
32 bytes, but official tests and index tries do not.
"""

from typing import Any, Final

import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from primitives.keccak_batch import keccak256_batch

HASH_BYTES: Final = 32
FANOUT: Final = 16
LEAF: Final = 0
EXTENSION: Final = 1
BRANCH: Final = 2

_CRC_POLYNOMIAL: Final = 0xEDB88320
_CRC_STEP: Final = 8
_SEAL_BYTES: Final = 4
_SHORT_MAX: Final = 55
_BLOCK_CLASSES: Final = 8
_RATE: Final = 136


def _crc_tables() -> Any:
    """Return the eight tables that take CRC-32 (IEEE 802.3, zlib's) eight bytes at a step."""
    tables = np.zeros((_CRC_STEP, 256), np.uint32)
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (_CRC_POLYNOMIAL if value & 1 else 0)
        tables[0, byte] = value
    for byte in range(256):
        value = int(tables[0, byte])
        for step in range(1, _CRC_STEP):
            value = value >> 8 ^ int(tables[0, value & 255])
            tables[step, byte] = value
    return tables


_CRC: Final = _crc_tables()


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _crc32(crc: Any, data: Any, start: int, end: int) -> Any:
    """Continue an inverted CRC-32 over data[start:end]."""
    while end - start >= _CRC_STEP:
        low = crc
        for i in range(4):
            low ^= np.uint32(data[start + i]) << np.uint32(8 * i)
        crc = np.uint32(0)
        for i in range(4):
            crc ^= _CRC[7 - i, (low >> np.uint32(8 * i)) & np.uint32(255)]
            crc ^= _CRC[3 - i, data[start + 4 + i]]
        start += _CRC_STEP
    while start < end:
        crc = (crc >> np.uint32(8)) ^ _CRC[0, (crc ^ np.uint32(data[start])) & np.uint32(255)]
        start += 1
    return crc


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def find_broken_seal(
    keys: Any, key_starts: Any, key_ends: Any, values: Any, value_ends: Any
) -> Any:
    """Return the first row whose last four bytes are not crc32(key || value), or -1."""
    start = 0
    for row in range(key_ends.shape[0]):
        end = value_ends[row] - _SEAL_BYTES
        if end < start:
            return row
        crc = _crc32(np.uint32(0xFFFFFFFF), keys, key_starts[row], key_ends[row])
        crc = ~_crc32(crc, values, start, end)
        for i in range(_SEAL_BYTES):
            if values[end + i] != (crc >> np.uint32(8 * i)) & np.uint32(255):
                return row
        start = value_ends[row]
    return -1


@intrinsic  # type: ignore[untyped-decorator]
def _copy(typing_context: Any, out: Any, at: Any, data: Any, start: Any, size: Any) -> Any:  # noqa: ARG001
    """Copy ``size`` bytes between two uint8 arrays; a loop over bytes costs ten times as much."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        places = []
        for i in (0, 2):
            array = context.make_array(signature.args[i])(context, builder, arguments[i])
            places.append(builder.gep(array.data, [arguments[i + 1]]))
        cgutils.raw_memcpy(builder, places[0], places[1], arguments[4], 1)
        return context.get_dummy_value()

    return types.void(out, types.int64, data, types.int64, types.int64), generate


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _nibble(keys: Any, start: int, position: int) -> Any:
    byte = np.int64(keys[start + (position >> 1)])
    return byte & 15 if position & 1 else byte >> 4


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _common_end(keys: Any, first: int, last: int, depth: int, end: int) -> Any:
    """Return the position of the first nibble from ``depth`` in which two keys differ."""
    while depth < end and _nibble(keys, first, depth) == _nibble(keys, last, depth):
        depth += 1
    return depth


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def layout_nodes(
    keys: Any, key_starts: Any, key_nibbles: Any, buckets: Any, depths: Any
) -> tuple[Any, Any, Any, Any]:
    """Return (nodes, kids, roots, count).

    Row of ``nodes``: kind, leaf, path start, path end, kid row or kid, parent, height. ``leaf``
    gives the path's key and the value (-1: a branch without value). Parents come before kids.
    """
    leaves = key_starts.shape[0]
    nodes = np.empty((3 * leaves + 1, 7), np.int32)
    kids = np.empty((leaves + 1, FANOUT), np.int32)
    roots = np.empty(depths.shape[0], np.int32)
    stack = np.empty((64 + 2 * leaves, 5), np.int64)
    count = 0
    branches = 0
    for bucket in range(depths.shape[0]):
        roots[bucket] = count
        stack[0] = (buckets[bucket], buckets[bucket + 1], depths[bucket], -1, 0)
        top = 1
        while top > 0:
            top -= 1
            lo, hi, depth, parent, nibble = stack[top]
            if parent >= 0:
                if nodes[parent, 0] == BRANCH:
                    kids[nodes[parent, 4], nibble] = count
                else:
                    nodes[parent, 4] = count
            nodes[count, 5] = parent
            nodes[count, 6] = 0
            nodes[count, 1] = lo
            nodes[count, 2] = depth
            if hi - lo == 1:
                nodes[count, 0] = LEAF
                nodes[count, 3] = key_nibbles[lo]
                count += 1
                continue
            end = min(key_nibbles[lo], key_nibbles[hi - 1])
            split = _common_end(keys, key_starts[lo], key_starts[hi - 1], depth, end)
            if split > depth:
                nodes[count, 0] = EXTENSION
                nodes[count, 3] = split
                stack[top] = (lo, hi, split, count, 0)
                top += 1
                count += 1
                continue
            nodes[count, 0] = BRANCH
            nodes[count, 1] = -1
            nodes[count, 4] = branches
            kids[branches] = -1
            if key_nibbles[lo] == depth:
                nodes[count, 1] = lo
                lo += 1
            while lo < hi:
                nibble = _nibble(keys, key_starts[lo], depth)
                end = lo + 1
                while end < hi and _nibble(keys, key_starts[end], depth) == nibble:
                    end += 1
                stack[top] = (lo, end, depth + 1, count, nibble)
                top += 1
                lo = end
            branches += 1
            count += 1
    return nodes, kids, roots, count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def order_by_height(nodes: Any, count: int) -> tuple[Any, Any]:
    """Set every node's height and return (order, level starts): nodes sorted by height."""
    highest = 0
    for node in range(count - 1, -1, -1):
        height = nodes[node, 6]
        highest = max(highest, height)
        parent = nodes[node, 5]
        if parent >= 0 and nodes[parent, 6] <= height:
            nodes[parent, 6] = height + 1
    starts = np.zeros(highest + 2, np.int64)
    for node in range(count):
        starts[nodes[node, 6] + 1] += 1
    for level in range(highest + 1):
        starts[level + 1] += starts[level]
    order = np.empty(count, np.int32)
    place = starts.copy()
    for node in range(count):
        level = nodes[node, 6]
        order[place[level]] = node
        place[level] += 1
    return order, starts


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _header_bytes(size: int) -> Any:
    if size <= _SHORT_MAX:
        return 1
    count = 1
    while size > 0:
        size >>= 8
        count += 1
    return count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _string_bytes(data: Any, start: int, size: int) -> Any:
    if size == 1 and data[start] < 0x80:
        return 1
    return _header_bytes(size) + size


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _put_header(out: Any, at: int, size: int, offset: int) -> Any:
    """Write an RLP header for ``size`` bytes and return the position after it."""
    if size <= _SHORT_MAX:
        out[at] = offset + size
        return at + 1
    width = _header_bytes(size) - 1
    out[at] = offset + _SHORT_MAX + width
    for i in range(width):
        out[at + 1 + i] = (size >> (8 * (width - 1 - i))) & 255
    return at + 1 + width


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _put_string(out: Any, at: int, data: Any, start: int, size: int) -> Any:
    if not (size == 1 and data[start] < 0x80):
        at = _put_header(out, at, size, 0x80)
    _copy(out, at, data, start, size)
    return at + size


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _path_bytes(nibbles: int) -> Any:
    """Return the RLP size of a hex-prefix path; its first byte is always below 0x80."""
    size = (nibbles >> 1) + 1
    return size if size == 1 else _header_bytes(size) + size


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _put_path(out: Any, at: int, keys: Any, key: int, begin: int, end: int, is_leaf: bool) -> Any:
    """Write the hex-prefix path of nibbles [begin, end) of the key at ``key``."""
    size = ((end - begin) >> 1) + 1
    if size > 1:
        at = _put_header(out, at, size, 0x80)
    flag = 0x20 if is_leaf else 0
    if (end - begin) & 1:
        out[at] = flag | 0x10 | _nibble(keys, key, begin)
        begin += 1
    else:
        out[at] = flag
    at += 1
    if not begin & 1:
        _copy(out, at, keys, key + (begin >> 1), (end - begin) >> 1)
        return at + ((end - begin) >> 1)
    while begin < end:
        out[at] = _nibble(keys, key, begin) << 4 | _nibble(keys, key, begin + 1)
        at += 1
        begin += 2
    return at


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _reference_bytes(size: int) -> Any:
    """Return what a kid takes in its parent: nothing is 0x80, a hash is a string of 32."""
    if size == 0:
        return 1
    return HASH_BYTES + 1 if size == HASH_BYTES else size


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _put_reference(out: Any, at: int, references: Any, kid: int, size: int) -> Any:
    if size == 0:
        out[at] = 0x80
        return at + 1
    if size == HASH_BYTES:
        out[at] = 0x80 + HASH_BYTES
        at += 1
    _copy(out, at, references, HASH_BYTES * kid, size)
    return at + size


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _payload_bytes(
    nodes: Any, at: int, kids: Any, values: Any, value_starts: Any, value_sizes: Any, sizes: Any
) -> Any:
    """Return the size of a node's RLP payload; its kids' references are known."""
    leaf = nodes[at, 1]
    if nodes[at, 0] == BRANCH:
        total = 0
        for nibble in range(FANOUT):
            kid = kids[nodes[at, 4], nibble]
            total += 1 if kid < 0 else _reference_bytes(sizes[kid])
        if leaf < 0:
            return total + 1
        return total + _string_bytes(values, value_starts[leaf], value_sizes[leaf])
    path = _path_bytes(nodes[at, 3] - nodes[at, 2])
    if nodes[at, 0] == EXTENSION:
        return path + _reference_bytes(sizes[nodes[at, 4]])
    return path + _string_bytes(values, value_starts[leaf], value_sizes[leaf])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _put_node(
    out: Any,
    at: int,
    nodes: Any,
    node: int,
    kids: Any,
    keys: Any,
    key_starts: Any,
    values: Any,
    value_starts: Any,
    value_sizes: Any,
    references: Any,
    sizes: Any,
) -> Any:
    """Write a node's payload and return the position after it."""
    leaf = nodes[node, 1]
    if nodes[node, 0] == BRANCH:
        for nibble in range(FANOUT):
            kid = kids[nodes[node, 4], nibble]
            if kid < 0:
                out[at] = 0x80
                at += 1
            else:
                at = _put_reference(out, at, references, kid, sizes[kid])
        if leaf < 0:
            out[at] = 0x80
            return at + 1
        return _put_string(out, at, values, value_starts[leaf], value_sizes[leaf])
    at = _put_path(
        out, at, keys, key_starts[leaf], nodes[node, 2], nodes[node, 3], nodes[node, 0] == LEAF
    )
    if nodes[node, 0] == EXTENSION:
        return _put_reference(out, at, references, nodes[node, 4], sizes[nodes[node, 4]])
    return _put_string(out, at, values, value_starts[leaf], value_sizes[leaf])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sort_by_blocks(totals: Any, count: int) -> Any:
    """Return 0..count-1 ordered by number of hash blocks, so that lanes fill up."""
    starts = np.zeros(_BLOCK_CLASSES + 1, np.int64)
    for i in range(count):
        starts[min(totals[i] // _RATE, _BLOCK_CLASSES - 1) + 1] += 1
    for i in range(_BLOCK_CLASSES):
        starts[i + 1] += starts[i]
    order = np.empty(count, np.int64)
    for i in range(count):
        group = min(totals[i] // _RATE, _BLOCK_CLASSES - 1)
        order[starts[group]] = i
        starts[group] += 1
    return order


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def take_references(
    out: Any, offsets: Any, owners: Any, references: Any, sizes: Any, count: int
) -> None:
    """Turn encoded nodes into references: short ones embedded, the others hashed in one batch."""
    digests = np.empty((count, 4), np.uint64)
    keccak256_batch(out, offsets, digests, 0, count)
    raw = digests.view(np.uint8).ravel()
    for i in range(count):
        owner = owners[i]
        size = offsets[i + 1] - offsets[i]
        if size < HASH_BYTES:
            sizes[owner] = size
            _copy(references, HASH_BYTES * owner, out, offsets[i], size)
        else:
            sizes[owner] = HASH_BYTES
            _copy(references, HASH_BYTES * owner, raw, HASH_BYTES * i, HASH_BYTES)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def hash_buckets(
    keys: Any,
    key_starts: Any,
    key_nibbles: Any,
    values: Any,
    value_starts: Any,
    value_sizes: Any,
    buckets: Any,
    depths: Any,
) -> tuple[Any, Any]:
    """Return (references uint8[m, 32], sizes int64[m]) of the sub-tries of m non-empty buckets.

    Bucket b holds the sorted leaves ``buckets[b]`` to ``buckets[b + 1]``, alike in their first
    ``depths[b]`` nibbles.
    """
    nodes, kids, roots, count = layout_nodes(keys, key_starts, key_nibbles, buckets, depths)
    order, levels = order_by_height(nodes, count)
    references = np.empty(count * HASH_BYTES, np.uint8)
    sizes = np.zeros(count, np.int64)
    for level in range(levels.shape[0] - 1):
        first = levels[level]
        width = levels[level + 1] - first
        payloads = np.empty(width, np.int64)
        totals = np.empty(width, np.int64)
        for i in range(width):
            node = order[first + i]
            size = _payload_bytes(nodes, node, kids, values, value_starts, value_sizes, sizes)
            payloads[i] = size
            totals[i] = size + _header_bytes(size)
        owners = np.empty(width, np.int64)
        offsets = np.zeros(width + 1, np.int64)
        out = np.empty(totals.sum(), np.uint8)
        by_blocks = sort_by_blocks(totals, width)
        for i in range(width):
            j = by_blocks[i]
            owners[i] = order[first + j]
            at = _put_header(out, offsets[i], payloads[j], 0xC0)
            offsets[i + 1] = _put_node(
                out,
                at,
                nodes,
                owners[i],
                kids,
                keys,
                key_starts,
                values,
                value_starts,
                value_sizes,
                references,
                sizes,
            )
        take_references(out, offsets, owners, references, sizes, width)
    result = np.zeros(roots.shape[0] * HASH_BYTES, np.uint8)
    result_sizes = np.empty(roots.shape[0], np.int64)
    for bucket in range(roots.shape[0]):
        root = roots[bucket]
        result_sizes[bucket] = sizes[root]
        _copy(result, HASH_BYTES * bucket, references, HASH_BYTES * root, sizes[root])
    return result.reshape((-1, HASH_BYTES)), result_sizes


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def hash_branches(kid_references: Any, kid_sizes: Any) -> tuple[Any, Any]:
    """Return (references, sizes) of n branch nodes without value, given each kid's reference.

    ``kid_references`` is uint8[n * 16 * 32] and ``kid_sizes`` uint8[n, 16], 0 where there is none.
    """
    count = kid_sizes.shape[0]
    payloads = np.empty(count, np.int64)
    totals = np.empty(count, np.int64)
    for i in range(count):
        size = 1
        for nibble in range(FANOUT):
            size += _reference_bytes(np.int64(kid_sizes[i, nibble]))
        payloads[i] = size
        totals[i] = size + _header_bytes(size)
    owners = sort_by_blocks(totals, count)
    offsets = np.zeros(count + 1, np.int64)
    out = np.empty(totals.sum(), np.uint8)
    for i in range(count):
        j = owners[i]
        at = _put_header(out, offsets[i], payloads[j], 0xC0)
        for nibble in range(FANOUT):
            kid = FANOUT * j + nibble
            at = _put_reference(out, at, kid_references, kid, np.int64(kid_sizes[j, nibble]))
        out[at] = 0x80
        offsets[i + 1] = at + 1
    references = np.zeros(count * HASH_BYTES, np.uint8)
    sizes = np.empty(count, np.int64)
    take_references(out, offsets, owners, references, sizes, count)
    return references.reshape((-1, HASH_BYTES)), sizes
