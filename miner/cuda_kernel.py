"""The product on a CUDA device (numba.cuda), bit-identical to the CPU's.

``philox_block`` is the same function that the CPU compiles, so both make the same operands. The
product is tiled: blocks of 16 x 16 threads share 16 x 16 pieces of both operands and accumulate
in int32, which is exact for every k that a job may have. Columns are worked in blocks, so that
device memory is bounded. With NUMBA_ENABLE_CUDASIM=1 everything runs on the CPU, slowly.
"""

from typing import Any, Final

import numpy as np
from numba import config, cuda, int32

from primitives.errors import ConfigError
from primitives.matmul import Int32Matrix, MatmulSpec, operand_key
from primitives.matmul_kernel import philox_block

SIDE: Final = 16
OPERAND_BYTES_MAX: Final = 256 * 2**20
"""Largest piece of an operand on the device; at most two of them and one of C live at a time."""
WORDS: Final = 4
BYTES_OF_BLOCK: Final = 16

_philox: Final[Any] = cuda.jit(device=True)(philox_block)


@cuda.jit  # type: ignore[untyped-decorator]
def _fill_operand(key: Any, first: int, out: Any) -> None:
    """Fill rows of an operand, one Philox block of 16 elements a thread."""
    block, row = cuda.grid(2)
    if row < out.shape[0] and block * BYTES_OF_BLOCK < out.shape[1]:
        words = _philox(np.uint32(block), np.uint32(first + row), key[2], key[3], key[0], key[1])
        for w in range(WORDS):
            word = words[w]
            for byte in range(WORDS):
                q = BYTES_OF_BLOCK * block + WORDS * w + byte
                if q < out.shape[1]:
                    value = int32((word >> np.uint32(8 * byte)) & np.uint32(0xFF))
                    out[row, q] = value - 256 if value > 127 else value


@cuda.jit  # type: ignore[untyped-decorator]
def _multiply(a: Any, b: Any, out: Any) -> None:
    """Set out = a x b-transposed; rows and columns are multiples of 16, k is any."""
    a_part = cuda.shared.array((SIDE, SIDE), int32)
    b_part = cuda.shared.array((SIDE, SIDE + 1), int32)  # one column more: no bank conflicts
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    column, row = cuda.grid(2)
    k = a.shape[1]
    total = int32(0)
    for low in range(0, k, SIDE):
        a_part[y, x] = a[row, low + x] if low + x < k else 0
        b_part[y, x] = b[cuda.blockIdx.x * SIDE + y, low + x] if low + x < k else 0
        cuda.syncthreads()
        for q in range(SIDE):
            total += a_part[y, q] * b_part[x, q]
        cuda.syncthreads()
    out[row, column] = total


def check_device() -> str:
    """Return the device's name.

    Raises:
        ConfigError: there is no CUDA device, or its driver does not answer.
    """
    remedy = "Install the NVIDIA driver, or run with: --backend cpu"
    if config.ENABLE_CUDASIM:
        return "numba's CUDA simulator"
    if not cuda.is_available():
        raise ConfigError("no CUDA device is available", remedy)
    name: Any = cuda.get_current_device().name
    return name.decode() if isinstance(name, bytes) else str(name)


def fill_product(spec: MatmulSpec, out: Int32Matrix, threads: int) -> None:  # noqa: ARG001
    """Write C into ``out``, shape (m, n); a CPU backend's ``threads`` means nothing here."""
    block = max(64, OPERAND_BYTES_MAX // spec.k // 64 * 64)
    for first in range(0, spec.n, block):
        columns = _operand(spec, 1, first, min(block, spec.n - first))
        for row in range(0, spec.m, block):
            rows = _operand(spec, 0, row, min(block, spec.m - row))
            shape = (rows.shape[0], columns.shape[0])
            part = cuda.device_array(shape, np.int32)
            _multiply[(shape[1] // SIDE, shape[0] // SIDE), (SIDE, SIDE)](rows, columns, part)
            out[row : row + shape[0], first : first + shape[1]] = part.copy_to_host()


def _operand(spec: MatmulSpec, operand: int, first: int, count: int) -> Any:
    """Make rows of an operand on the device."""
    key = cuda.to_device(operand_key(spec.seed, operand))
    out = cuda.device_array((count, spec.k), np.int8)
    blocks = -(-spec.k // BYTES_OF_BLOCK)
    _fill_operand[(-(-blocks // SIDE), -(-count // SIDE)), (SIDE, SIDE)](key, first, out)
    return out
