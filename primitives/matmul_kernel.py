"""Fast kernels of the seeded matrix product for the CPU (numba, without the interpreter lock).

``philox_block`` is written once and compiled for CPU and CUDA alike, so that all devices generate
the same operands. Row ranges are arguments: callers split work over their own threads, because
numba's threading layers abort when two Python threads enter them.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from primitives.matmul import (
    INNER_MAX,
    MODULUS,
    PRODUCT_MAX,
    TILE,
    Int32Matrix,
    MatmulSpec,
    Uint32Vector,
    operand_key,
    tile_rows,
)
from primitives.types import Hash32

_M0: Final = np.uint64(0xD2511F53)
_M1: Final = np.uint64(0xCD9E8D57)
_W0: Final = np.uint32(0x9E3779B9)
_W1: Final = np.uint32(0xBB67AE85)
_S32: Final = np.uint64(32)
_LANES: Final = 64
_BYTE: Final = np.uint32(0xFF)


def philox_block(
    c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, k0: np.uint32, k1: np.uint32
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Return the 16 bytes of one Philox4x32-10 block as four words."""
    for _ in range(10):
        p0 = _M0 * np.uint64(c0)
        p1 = _M1 * np.uint64(c2)
        c0 = np.uint32(np.uint32(p1 >> _S32) ^ c1 ^ k0)
        c1 = np.uint32(p1)
        c2 = np.uint32(np.uint32(p0 >> _S32) ^ c3 ^ k1)
        c3 = np.uint32(p0)
        k0 = np.uint32(k0 + _W0)
        k1 = np.uint32(k1 + _W1)
    return c0, c1, c2, c3


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _fill_operand(key: Uint32Vector, first: int, out: npt.NDArray[np.int16]) -> None:
    """Fill rows of an operand as int16 (sign-extended int8), ready for the dot products.

    ``philox_block`` with the blocks of a row in lanes, so that LLVM makes vector code of every
    step: four times as fast as one block after the other.
    """
    count, k = out.shape
    blocks = (k + 15) // 16
    c0 = np.empty(_LANES, dtype=np.uint32)
    c1 = np.empty(_LANES, dtype=np.uint32)
    c2 = np.empty(_LANES, dtype=np.uint32)
    c3 = np.empty(_LANES, dtype=np.uint32)
    for row in range(count):
        for base in range(0, blocks, _LANES):
            for lane in range(_LANES):
                c0[lane] = np.uint32(base + lane)
                c1[lane] = np.uint32(first + row)
                c2[lane] = key[2]
                c3[lane] = key[3]
            k0, k1 = key[0], key[1]
            for _ in range(10):
                for lane in range(_LANES):
                    p0 = _M0 * np.uint64(c0[lane])
                    p1 = _M1 * np.uint64(c2[lane])
                    c0[lane] = np.uint32(np.uint32(p1 >> _S32) ^ c1[lane] ^ k0)
                    c2[lane] = np.uint32(np.uint32(p0 >> _S32) ^ c3[lane] ^ k1)
                    c1[lane] = np.uint32(p1)
                    c3[lane] = np.uint32(p0)
                k0 = np.uint32(k0 + _W0)
                k1 = np.uint32(k1 + _W1)
            whole = min(_LANES, k // 16 - base)
            for lane in range(whole):
                start = 16 * (base + lane)
                for byte in range(4):
                    shift = np.uint32(8 * byte)
                    out[row, start + byte] = np.int8((c0[lane] >> shift) & _BYTE)
                    out[row, start + 4 + byte] = np.int8((c1[lane] >> shift) & _BYTE)
                    out[row, start + 8 + byte] = np.int8((c2[lane] >> shift) & _BYTE)
                    out[row, start + 12 + byte] = np.int8((c3[lane] >> shift) & _BYTE)
            if 0 <= whole < _LANES:
                start = 16 * (base + whole)
                for byte in range(k - start):
                    shift = np.uint32(8 * (byte & 3))
                    column = (c0, c1, c2, c3)[byte >> 2]
                    out[row, start + byte] = np.int8((column[whole] >> shift) & _BYTE)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _multiply_rows(
    a: npt.NDArray[np.int16], b: npt.NDArray[np.int16], out: Int32Matrix, low: int, high: int
) -> None:
    """Set rows low .. high of ``out`` to a x b-transposed; both operands are (rows, k)."""
    n, k = b.shape
    for column_block in range(0, n, 64):
        for i in range(low, high):
            for j in range(column_block, min(column_block + 64, n)):
                total = np.int32(0)
                for q in range(k):
                    total += np.int32(a[i, q]) * np.int32(b[j, q])
                out[i, j] = total


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _transposed_times(
    b: npt.NDArray[np.int16], x: npt.NDArray[np.int32], out: npt.NDArray[np.int64]
) -> None:
    """Set out[r] = B x[r] modulo p for three vectors, where row j of ``b`` is column j of B.

    All three in one pass: the matrix is read from memory once.
    """
    n, k = b.shape
    out[:] = 0
    for j in range(n):
        x0, x1, x2 = x[0, j], x[1, j], x[2, j]
        for q in range(k):
            value = np.int64(b[j, q])  # |sum| < 4096 * 2^7 * 2^31 = 2^50
            out[0, q] += value * np.int64(x0)
            out[1, q] += value * np.int64(x1)
            out[2, q] += value * np.int64(x2)
    for r in range(3):
        for q in range(k):
            out[r, q] %= np.int64(MODULUS)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _rows_times(
    a: npt.NDArray[np.int16], v: npt.NDArray[np.int32], out: npt.NDArray[np.int64]
) -> None:
    """Set out[r] = A v[r] modulo p for three vectors of k entries below p."""
    m, k = a.shape
    for i in range(m):
        t0, t1, t2 = np.int64(0), np.int64(0), np.int64(0)
        for q in range(k):
            value = np.int64(a[i, q])  # |sum| < 65535 * 2^7 * 2^31 < 2^54
            t0 += value * np.int64(v[0, q])
            t1 += value * np.int64(v[1, q])
            t2 += value * np.int64(v[2, q])
        out[0, i] = t0 % np.int64(MODULUS)
        out[1, i] = t1 % np.int64(MODULUS)
        out[2, i] = t2 % np.int64(MODULUS)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _first_wrong_row(
    result: Int32Matrix,
    low_part: npt.NDArray[np.int32],
    high_part: npt.NDArray[np.int32],
    expected: npt.NDArray[np.int64],
    bound: int,
) -> int:
    """Return the first row where C x differs from ``expected`` or |c| exceeds the bound, or -1.

    The three vectors are cut at 16 bits, so that both sums fit 64 bits without a division inside
    the loop: |low| < 4096 * 2^31 * 2^16 = 2^59.
    """
    m, n = result.shape
    for i in range(m):
        l0, l1, l2 = np.int64(0), np.int64(0), np.int64(0)
        h0, h1, h2 = np.int64(0), np.int64(0), np.int64(0)
        largest = np.int32(0)
        least = np.int32(0)
        for j in range(n):
            c = np.int64(result[i, j])
            largest = max(largest, result[i, j])
            least = min(least, result[i, j])
            l0 += c * np.int64(low_part[0, j])
            l1 += c * np.int64(low_part[1, j])
            l2 += c * np.int64(low_part[2, j])
            h0 += c * np.int64(high_part[0, j])
            h1 += c * np.int64(high_part[1, j])
            h2 += c * np.int64(high_part[2, j])
        if largest > bound or least < -bound:
            return i
        p = np.int64(MODULUS)
        if (h0 % p * np.int64(65_536) + l0) % p != expected[0, i]:
            return i
        if (h1 % p * np.int64(65_536) + l1) % p != expected[1, i]:
            return i
        if (h2 % p * np.int64(65_536) + l2) % p != expected[2, i]:
            return i
    return -1


def operand_rows(
    seed: Hash32, operand: int, first: int, count: int, k: int
) -> npt.NDArray[np.int16]:
    """Return rows of an operand as int16, shape (count, k)."""
    out = np.empty((count, k), dtype=np.int16)
    _fill_operand(operand_key(seed, operand), first, out)
    return out


def compute_tile(spec: MatmulSpec, index: int) -> bytes:
    """Return one tile of C as ``primitives.matmul.compute_tile`` does, about 100 times faster."""
    row, column = tile_rows(spec, index)
    a = operand_rows(spec.seed, 0, row, TILE, spec.k)
    b = operand_rows(spec.seed, 1, column, TILE, spec.k)
    out = np.empty((TILE, TILE), dtype=np.int32)
    _multiply_rows(a, b, out, 0, TILE)
    return out.astype("<i4", copy=False).tobytes()


def compute_product(
    spec: MatmulSpec, run_all: Callable[[list[Callable[[], None]]], None] | None = None
) -> Int32Matrix:
    """Return C, shape (m, n). ``run_all`` may execute the given pieces on several threads."""
    a = operand_rows(spec.seed, 0, 0, spec.m, spec.k)
    b = operand_rows(spec.seed, 1, 0, spec.n, spec.k)
    out = np.empty((spec.m, spec.n), dtype=np.int32)

    def piece(low: int) -> Callable[[], None]:
        return lambda: _multiply_rows(a, b, out, low, min(low + TILE, spec.m))

    pieces = [piece(low) for low in range(0, spec.m, TILE)]
    if run_all is None:
        for work in pieces:
            work()
    else:
        run_all(pieces)
    return out


def freivalds_wrong_row(
    spec: MatmulSpec, result: Int32Matrix, vectors: list[Uint32Vector]
) -> int | None:
    """Return a row of C that is wrong, None when every vector agrees (Freivalds 1977).

    Cost O(m k + k n + m n) a vector against O(m n k) for the product. Entries outside
    +-16,384 k are wrong at once: shifted by the modulus they would pass the modular test.
    """
    a = operand_rows(spec.seed, 0, 0, spec.m, spec.k)
    b = operand_rows(spec.seed, 1, 0, spec.n, spec.k)
    return wrong_row_of(a, b, result, vectors)


def wrong_row_of(
    a: npt.NDArray[np.int16],
    b: npt.NDArray[np.int16],
    result: Int32Matrix,
    vectors: list[Uint32Vector],
) -> int | None:
    """Return a wrong row of C = A B for given operands, (m, k) and (n, k), as above.

    Three vectors at a time share one pass over the matrices.
    """
    (m, k), n = a.shape, len(b)
    bound = PRODUCT_MAX * min(k, INNER_MAX)
    inner, expected = np.empty((3, k), np.int64), np.empty((3, m), np.int64)
    for first in range(0, len(vectors), 3):
        x = np.zeros((3, n), np.int32)
        for place, vector in enumerate(vectors[first : first + 3]):
            x[place] = vector
        _transposed_times(b, x, inner)
        _rows_times(a, inner.astype(np.int32), expected)
        row = int(_first_wrong_row(result, x & 0xFFFF, x >> 16, expected, bound))
        if row >= 0:
            return row
    return None
