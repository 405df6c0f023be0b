"""The product on the CPU: bounded memory, its own threads, no interpreter lock.

Columns are worked in blocks whose operand fits ``OPERAND_BYTES_MAX``; within a block every band of
64 rows is one piece of work. numba's own threading layers abort when two Python threads enter
them, hence plain threads.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from primitives.matmul import TILE, Int32Matrix, MatmulSpec
from primitives.matmul_kernel import operand_rows

OPERAND_BYTES_MAX: Final = 128 * 2**20
"""Largest block of operand 1 in memory; each thread holds a band of at most 8 MiB beside it."""
DEPTH: Final = 4_096
"""64 rows of a block of this depth stay within a core's second-level cache (512 KiB)."""

_INT16_BYTES: Final = 2


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _add_product(a: npt.NDArray[np.int16], b: npt.NDArray[np.int16], out: Int32Matrix) -> None:
    """Add a x b-transposed to ``out``; both operands are (rows, depth) and contiguous.

    Only then, and only with this plain loop, the compiler makes packed multiply-adds of it.
    """
    rows, depth = a.shape
    for i in range(rows):
        for j in range(b.shape[0]):
            total = np.int32(0)
            for q in range(depth):
                total += np.int32(a[i, q]) * np.int32(b[j, q])
            out[i, j] += total


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _multiply_band(a: npt.NDArray[np.int16], b: npt.NDArray[np.int16], out: Int32Matrix) -> None:
    """Set ``out`` to a x b-transposed, tile by tile and depth by depth."""
    k = a.shape[1]
    out[:, :] = 0
    for first in range(0, b.shape[0], TILE):
        columns = b[first : first + TILE]
        part = np.zeros((a.shape[0], columns.shape[0]), dtype=np.int32)
        if k <= DEPTH:
            _add_product(a, columns, part)
        else:
            for low in range(0, k, DEPTH):
                _add_product(
                    a[:, low : low + DEPTH].copy(), columns[:, low : low + DEPTH].copy(), part
                )
        out[:, first : first + TILE] = part


def fill_product(spec: MatmulSpec, out: Int32Matrix, threads: int) -> None:
    """Write C into ``out``, shape (m, n), with so many threads."""
    block = max(TILE, OPERAND_BYTES_MAX // (_INT16_BYTES * spec.k) // TILE * TILE)
    with ThreadPoolExecutor(threads, thread_name_prefix="product") as pool:
        for first in range(0, spec.n, block):
            count = min(block, spec.n - first)
            columns = np.empty((count, spec.k), dtype=np.int16)
            made = [pool.submit(_make_columns, spec, first, low, columns) for low in _bands(count)]
            for piece in made:
                piece.result()
            bands = [
                pool.submit(_fill_band, spec, row, columns, out[row : row + TILE], first)
                for row in _bands(spec.m)
            ]
            for piece in bands:
                piece.result()


def _bands(count: int) -> range:
    return range(0, count, TILE)


def _make_columns(spec: MatmulSpec, first: int, low: int, columns: npt.NDArray[np.int16]) -> None:
    columns[low : low + TILE] = operand_rows(spec.seed, 1, first + low, TILE, spec.k)


def _fill_band(
    spec: MatmulSpec, row: int, columns: npt.NDArray[np.int16], out: Int32Matrix, first: int
) -> None:
    a = operand_rows(spec.seed, 0, row, TILE, spec.k)
    band = np.empty((TILE, columns.shape[0]), dtype=np.int32)
    _multiply_band(a, columns, band)
    out[:, first : first + columns.shape[0]] = band
