"""Keccak-256 of many messages at once: eight messages share one pass through the permutation.

LLVM does not vectorise a plain loop over lanes, so the permutation is emitted as vector IR. On
AVX-512 a vector of eight 64-bit lanes is one register; narrower targets get the same result
from several. Importing this module imports numba, which takes a third of a second: only code
that hashes tries imports it. Little-endian hosts only, checked by ``warm_up``.
"""

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from primitives.errors import InvariantError
from primitives.keccak import keccak256

LANES: Final = 8
RATE_BYTES: Final = 136
_RATE_WORDS: Final = RATE_BYTES // 8
_ROUNDS: Final = 24
_LAST_BIT: Final = np.uint64(1 << 63)
_DOMAIN_BIT: Final = np.uint64(1)
_ALL_ONES: Final = (1 << 64) - 1


def _rotations() -> dict[tuple[int, int], int]:
    """Return the rotation of each lane (Keccak reference, section 1.2, step rho)."""
    rotations = {(0, 0): 0}
    x, y = 1, 0
    for t in range(_ROUNDS):
        rotations[x, y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return rotations


def _round_constants() -> list[int]:
    """Return the constants of step iota, bits of an LFSR over x^8 + x^6 + x^5 + x^4 + 1."""
    constants, lfsr = [], 1
    for _ in range(_ROUNDS):
        constant = 0
        for j in range(7):
            if lfsr & 1:
                constant |= 1 << ((1 << j) - 1)
            lfsr = (lfsr << 1) ^ (0x171 if lfsr & 0x80 else 0)
        constants.append(constant)
    return constants


_ROTATIONS: Final = _rotations()
_CONSTANTS: Final = _round_constants()
_WORD: Final = ir.IntType(64)
_VECTOR: Final = ir.VectorType(_WORD, LANES)


def _splat(value: int) -> Any:
    return ir.Constant(_VECTOR, [value] * LANES)


def _emit_round(builder: Any, state: list[Any], constant: Any) -> list[Any]:
    """Emit one round on 25 vectors; ``constant`` is the scalar of step iota."""
    fshl = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(_VECTOR, [_VECTOR] * 3), f"llvm.fshl.v{LANES}i64"
    )

    def rotate(value: Any, count: int) -> Any:
        return builder.call(fshl, [value, value, _splat(count)]) if count else value

    parity = []
    for x in range(5):
        column = state[x]
        for y in range(1, 5):
            column = builder.xor(column, state[x + 5 * y])
        parity.append(column)
    theta = [builder.xor(parity[(x + 4) % 5], rotate(parity[(x + 1) % 5], 1)) for x in range(5)]
    moved: list[Any] = [None] * 25
    for x in range(5):
        for y in range(5):
            lane = builder.xor(state[x + 5 * y], theta[x])
            moved[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(lane, _ROTATIONS[x, y])
    result = []
    for i in range(25):
        row, column = 5 * (i // 5), i % 5
        negated = builder.xor(moved[row + (column + 1) % 5], _splat(_ALL_ONES))
        masked = builder.and_(negated, moved[row + (column + 2) % 5])
        result.append(builder.xor(moved[i], masked))
    undefined, index = ir.Constant(_VECTOR, ir.Undefined), ir.IntType(32)
    single = builder.insert_element(undefined, constant, ir.Constant(index, 0))
    everywhere = ir.Constant(ir.VectorType(index, LANES), [0] * LANES)
    result[0] = builder.xor(result[0], builder.shuffle_vector(single, undefined, everywhere))
    return result


def _emit_permutation(builder: Any, pointer: Any) -> None:
    """Emit Keccak-f[1600] over 25 * LANES words at ``pointer``, word i of lane l at i*LANES+l."""
    base = builder.bitcast(pointer, _VECTOR.as_pointer())
    table = ir.Constant(ir.ArrayType(_WORD, _ROUNDS), _CONSTANTS)
    name = builder.module.get_unique_name("keccak_round_constants")
    constants = ir.GlobalVariable(builder.module, table.type, name)
    constants.initializer = table
    constants.global_constant = True
    constants.linkage = "internal"
    zero, one = ir.Constant(_WORD, 0), ir.Constant(_WORD, 1)
    places = [builder.gep(base, [ir.Constant(_WORD, i)]) for i in range(25)]
    loaded = [builder.load(place, align=8) for place in places]
    entry = builder.block
    loop, done = builder.append_basic_block("round"), builder.append_basic_block("done")
    builder.branch(loop)
    builder.position_at_end(loop)
    counter = builder.phi(_WORD)
    counter.add_incoming(zero, entry)
    state = [builder.phi(_VECTOR) for _ in range(25)]
    for phi, value in zip(state, loaded, strict=True):
        phi.add_incoming(value, entry)
    constant = builder.load(builder.gep(constants, [zero, counter]))
    result = _emit_round(builder, state, constant)
    following = builder.add(counter, one)
    counter.add_incoming(following, loop)
    for phi, value in zip(state, result, strict=True):
        phi.add_incoming(value, loop)
    more = builder.icmp_unsigned("<", following, ir.Constant(_WORD, _ROUNDS))
    builder.cbranch(more, loop, done)
    builder.position_at_end(done)
    for place, value in zip(places, result, strict=True):
        builder.store(value, place, align=8)


@intrinsic  # type: ignore[untyped-decorator]
def _permute(typing_context: Any, words: Any) -> Any:  # noqa: ARG001
    """Permute a contiguous uint64[25 * LANES] array in place."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        _emit_permutation(builder, builder.bitcast(array.data, _WORD.as_pointer()))
        return context.get_dummy_value()

    return types.void(words), generate


@intrinsic  # type: ignore[untyped-decorator]
def _load_word(typing_context: Any, data: Any, offset: Any) -> Any:  # noqa: ARG001
    """Return the eight bytes at ``offset`` of a uint8 array as a little-endian word."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        return builder.load(builder.bitcast(place, _WORD.as_pointer()), align=1)

    return types.uint64(data, types.int64), generate


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _absorb(words: Any, data: Any, lane: int, start: int, size: int, is_last: bool) -> None:
    """Xor up to one block into a lane, with the padding of 2011 when it is the last."""
    full = size >> 3
    for i in range(full):
        words[i * LANES + lane] ^= _load_word(data, start + 8 * i)
    if is_last:
        word = _DOMAIN_BIT << np.uint64(8 * (size & 7))
        for i in range(full * 8, size):
            word |= np.uint64(data[start + i]) << np.uint64(8 * (i & 7))
        words[full * LANES + lane] ^= word
        words[(_RATE_WORDS - 1) * LANES + lane] ^= _LAST_BIT


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def keccak256_batch(data: Any, offsets: Any, digests: Any, first: int, end: int) -> None:
    """Hash message j, ``data[offsets[j]:offsets[j + 1]]``, into ``digests[j]`` for j in a range.

    ``data`` is uint8, ``offsets`` int64, ``digests`` uint64 of shape (n, 4), little-endian words.
    Neighbours with the same number of 136-byte blocks share a pass, so order messages by size.
    Releases the GIL: threads may work on disjoint ranges.
    """
    words = np.empty(25 * LANES, np.uint64)
    j = first
    while j < end:
        blocks = (offsets[j + 1] - offsets[j]) // RATE_BYTES + 1
        count = 1
        while (
            count < LANES
            and j + count < end
            and (offsets[j + count + 1] - offsets[j + count]) // RATE_BYTES + 1 == blocks
        ):
            count += 1
        words[:] = np.uint64(0)
        for block in range(blocks):
            for lane in range(count):
                start = np.int64(offsets[j + lane] + RATE_BYTES * block)
                size = np.int64(min(offsets[j + lane + 1] - start, RATE_BYTES))
                _absorb(words, data, lane, start, size, block == blocks - 1)
            _permute(words)
        for lane in range(count):
            for i in range(4):
                digests[j + lane, i] = words[i * LANES + lane]
        j += count


def keccak256_many(messages: list[bytes]) -> list[bytes]:
    """Return the digest of each message."""
    offsets = np.zeros(len(messages) + 1, np.int64)
    np.cumsum([len(message) for message in messages], out=offsets[1:])
    data = np.frombuffer(b"".join(messages) or b"\x00", np.uint8)
    digests = np.empty((len(messages), 4), np.uint64)
    keccak256_batch(data, offsets, digests, 0, len(messages))
    raw = digests.tobytes()
    return [raw[i : i + 32] for i in range(0, len(raw), 32)]


def warm_up() -> None:
    """Load the compiled kernel and check it against the scalar implementation.

    Raises:
        InvariantError: this machine computes other digests; the node must not run on it.
    """
    messages = [bytes(range(size)) for size in (0, 1, 135, 136, 137, 200)]
    if keccak256_many(messages) != [keccak256(message) for message in messages]:
        raise InvariantError("the vector Keccak kernel disagrees with the scalar one")
