"""SHA-256 of many tagged messages at once: sixteen share one pass through the compression.

Trees hash a tag byte before every message (``primitives.merkle``), so a message is tag and bytes.
The compression is emitted as vector IR, as in ``primitives.keccak_batch``: sixteen 32-bit lanes are
one register on AVX-512; narrower targets get the same result from several. Importing this module
imports numba. Little-endian hosts only, checked by ``warm_up``.
"""

import hashlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from primitives.errors import InvariantError
from primitives.sha256_constants import INITIAL_STATE, ROUND_CONSTANTS

LANES: Final = 16
BLOCK: Final = 64
DIGEST: Final = 32
_WORDS: Final = BLOCK // 4
_ROUNDS: Final = 64
_H: Final = np.array(INITIAL_STATE, np.uint32)
_WORD: Final = ir.IntType(32)
_VECTOR: Final = ir.VectorType(_WORD, LANES)


def _splat(value: int) -> Any:
    return ir.Constant(_VECTOR, [value] * LANES)


class _Emitter:
    """Emits the operations of FIPS 180-4, section 4.1.2, on vectors of lanes."""

    def __init__(self, builder: Any) -> None:
        self.builder = builder
        name = f"llvm.fshr.v{LANES}i32"
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        self._fshr = cgutils.get_or_insert_function(builder.module, kind, name)
        name, kind = f"llvm.bswap.v{LANES}i32", ir.FunctionType(_VECTOR, [_VECTOR])
        self._bswap = cgutils.get_or_insert_function(builder.module, kind, name)

    def swap(self, value: Any) -> Any:
        return self.builder.call(self._bswap, [value])

    def spread(self, value: Any) -> Any:
        """Return a vector of one value in all lanes."""
        nothing = ir.Constant(_VECTOR, ir.Undefined)
        single = self.builder.insert_element(nothing, value, ir.Constant(_WORD, 0))
        return self.builder.shuffle_vector(single, nothing, _splat(0))

    def sum(self, *values: Any) -> Any:
        total = values[0]
        for value in values[1:]:
            total = self.builder.add(total, value)
        return total

    def xor3(self, a: Any, b: Any, c: Any) -> Any:
        return self.builder.xor(self.builder.xor(a, b), c)

    def turn(self, value: Any, count: int) -> Any:
        return self.builder.call(self._fshr, [value, value, _splat(count)])

    def big_sigma(self, x: Any, counts: tuple[int, int, int]) -> Any:
        return self.xor3(*(self.turn(x, count) for count in counts))

    def small_sigma(self, x: Any, first: int, second: int, shift: int) -> Any:
        return self.xor3(
            self.turn(x, first), self.turn(x, second), self.builder.lshr(x, _splat(shift))
        )

    def choose(self, e: Any, f: Any, g: Any) -> Any:
        b = self.builder
        return b.xor(g, b.and_(e, b.xor(f, g)))

    def majority(self, a: Any, b: Any, c: Any) -> Any:
        build = self.builder
        return build.or_(build.and_(a, b), build.and_(c, build.or_(a, b)))

    def transpose(self, rows: list[Any]) -> list[Any]:
        """Return columns of 16 x 16 words: blocks of growing size change places."""
        for size in (1, 2, 4, 8):
            for i in (i for i in range(LANES) if not i & size):
                upper, lower = rows[i], rows[i + size]
                first = [j if not j & size else LANES + j - size for j in range(LANES)]
                second = [j + size if not j & size else LANES + j for j in range(LANES)]
                rows[i], rows[i + size] = (
                    self.builder.shuffle_vector(upper, lower, ir.Constant(_VECTOR, places))
                    for places in (first, second)
                )
        return rows


def _emit_compression(builder: Any, state: Any, data: Any, starts: Any) -> None:
    """Emit one block of every lane: word i of lane l of the state at i * LANES + l."""
    emit = _Emitter(builder)
    base = builder.bitcast(state, _VECTOR.as_pointer())
    places = [builder.gep(base, [ir.Constant(_WORD, i)]) for i in range(8)]
    old = [builder.load(place, align=4) for place in places]
    rows = []
    for lane in range(LANES):
        start = builder.load(builder.gep(starts, [ir.Constant(_WORD, lane)]))
        place = builder.bitcast(builder.gep(data, [start]), _VECTOR.as_pointer())
        rows.append(emit.swap(builder.load(place, align=1)))
    w = emit.transpose(rows)
    table = _emit_constants(builder)
    work = _emit_rounds(builder, emit, old, w, table, None)
    step = ir.Constant(_WORD, _WORDS)
    entry, loop = builder.block, builder.append_basic_block("rounds")
    done = builder.append_basic_block("done")
    builder.branch(loop)
    builder.position_at_end(loop)
    counter = builder.phi(_WORD)
    counter.add_incoming(step, entry)
    phis = [builder.phi(_VECTOR) for _ in range(8 + _WORDS)]
    for phi, value in zip(phis, work + w, strict=True):
        phi.add_incoming(value, entry)
    words = list(phis[8:])
    result = _emit_rounds(builder, emit, phis[:8], words, table, counter)
    following = builder.add(counter, step)
    counter.add_incoming(following, loop)
    for phi, value in zip(phis, result + words, strict=True):
        phi.add_incoming(value, loop)
    more = builder.icmp_unsigned("<", following, ir.Constant(_WORD, _ROUNDS))
    builder.cbranch(more, loop, done)
    builder.position_at_end(done)
    for place, before, after in zip(places, old, result, strict=True):
        builder.store(builder.add(before, after), place, align=4)


def _emit_rounds(
    builder: Any, emit: _Emitter, state: list[Any], w: list[Any], table: Any, counter: Any
) -> list[Any]:
    """Emit sixteen rounds from ``counter`` on, the first ones where it is None; turns ``w`` on."""
    a, b, c, d, e, f, g, h = state
    for i in range(_WORDS):
        if counter is not None:
            w[i] = emit.sum(
                w[i], emit.small_sigma(w[(i - 15) % _WORDS], 7, 18, 3),
                w[(i - 7) % _WORDS], emit.small_sigma(w[(i - 2) % _WORDS], 17, 19, 10),
            )  # fmt: skip
        number = ir.Constant(_WORD, i)
        place = number if counter is None else builder.add(counter, number)
        k = emit.spread(builder.load(builder.gep(table, [ir.Constant(_WORD, 0), place])))
        t = emit.sum(h, k, w[i], emit.big_sigma(e, (6, 11, 25)), emit.choose(e, f, g))
        h, g, f, e, d, c, b, a = (
            g, f, e, emit.sum(d, t), c, b, a,
            emit.sum(t, emit.big_sigma(a, (2, 13, 22)), emit.majority(a, b, c)),
        )  # fmt: skip
    return [a, b, c, d, e, f, g, h]


def _emit_constants(builder: Any) -> Any:
    table = ir.Constant(ir.ArrayType(_WORD, _ROUNDS), list(ROUND_CONSTANTS))
    name = builder.module.get_unique_name("sha256_round_constants")
    constants = ir.GlobalVariable(builder.module, table.type, name)
    constants.initializer = table
    constants.global_constant = True
    constants.linkage = "internal"
    return constants


@intrinsic  # type: ignore[untyped-decorator]
def _compress(typing_context: Any, state: Any, data: Any, starts: Any) -> Any:  # noqa: ARG001
    """Compress ``data[starts[l] : starts[l] + 64]`` into lane l of uint32[8 * LANES]."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointers = [
            context.make_array(kind)(context, builder, value).data
            for kind, value in zip(signature.args, arguments, strict=True)
        ]
        _emit_compression(builder, *pointers)
        return context.get_dummy_value()

    return types.void(state, data, starts), generate


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _pass(state: Any, data: Any, starts: Any) -> None:
    _compress(state, data, starts)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _stage(data: Any, start: int, size: int, tag: int, block: int, last: int, out: Any) -> None:
    """Write a block that the tag or the padding touches into ``out``."""
    out[:] = np.uint8(0)
    first = BLOCK * block - 1
    for i in range(max(0, -first), min(BLOCK, size - first)):
        out[i] = data[start + first + i]
    if block == 0:
        out[0] = np.uint8(tag)
    end = size - first
    if 0 <= end < BLOCK:
        out[end] = np.uint8(0x80)
    if block == last:
        bits = 8 * (size + 1)
        for i in range(8):
            out[BLOCK - 1 - i] = np.uint8((bits >> (8 * i)) & 255)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sha256_tagged(data: Any, starts: Any, sizes: Any, tag: int, digests: Any) -> None:
    """Set ``digests[j]`` to sha256(tag, ``data[starts[j] : starts[j] + sizes[j]]``).

    ``data`` is a contiguous uint8 array, ``starts`` and ``sizes`` int64, ``digests`` uint8 of shape
    (n, 32). Neighbours of as many 64-byte blocks share a pass, so order messages by size.
    """
    state = np.empty(8 * LANES, np.uint32)
    at = np.empty(LANES, np.int64)
    scratch = np.empty((LANES, BLOCK), np.uint8)
    flat = scratch.reshape(-1)
    staged = np.arange(LANES) * BLOCK
    j, total = 0, len(starts)
    while j < total:
        blocks = (sizes[j] + 73) // BLOCK
        count, least = 1, sizes[j]
        while count < LANES and j + count < total and (sizes[j + count] + 73) // BLOCK == blocks:
            least = min(least, sizes[j + count])
            count += 1
        for i in range(8):
            state[i * LANES : (i + 1) * LANES] = _H[i]
        for block in range(blocks):
            if block > 0 and BLOCK * (block + 1) <= least + 1:
                for lane in range(LANES):
                    at[lane] = starts[j + min(lane, count - 1)] + BLOCK * block - 1
                _pass(state, data, at)
                continue
            for lane in range(count):
                start, size = starts[j + lane], sizes[j + lane]
                _stage(data, start, size, tag, block, blocks - 1, scratch[lane])
            _pass(state, flat, staged)
        for lane in range(count):
            for i in range(8):
                word = state[i * LANES + lane]
                for byte in range(4):
                    digests[j + lane, 4 * i + byte] = np.uint8(
                        (word >> np.uint32(24 - 8 * byte)) & np.uint32(255)
                    )
        j += count


def sha256_many(messages: list[bytes], tag: int) -> list[bytes]:
    """Return sha256(tag, message) of each message."""
    sizes = np.array([len(message) for message in messages], np.int64)
    starts = np.cumsum(sizes) - sizes
    data = np.frombuffer(b"".join(messages) or b"\x00", np.uint8)
    digests: npt.NDArray[np.uint8] = np.empty((len(messages), DIGEST), np.uint8)
    sha256_tagged(data, starts, sizes, tag, digests)
    return [row.tobytes() for row in digests]


def warm_up() -> None:
    """Load the compiled kernel and check it against the scalar implementation.

    Raises:
        InvariantError: this machine computes other digests.
    """
    messages = [bytes(range(size)) for size in (0, 1, 54, 55, 62, 63, 64, 127, 200)]
    expected = [hashlib.sha256(b"\x01" + message).digest() for message in messages]
    if sha256_many(messages, 1) != expected:
        raise InvariantError("the vector SHA-256 kernel disagrees with the scalar one")
