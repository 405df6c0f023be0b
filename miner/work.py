"""The product of one job, kept on disk so that a restart can still open its tiles.

A file holds a header, the leaves and C. Invariants:

W1. A file has its final name only when it is complete and synced; a partial one ends in ``.part``.
W2. ``load`` returns a result only for the very spec that it was computed for, and with leaves that
    lead to the root in its header.
W3. Results of finished jobs are dropped, the oldest first, when together they exceed the limit;
    those of open leases never.
"""

import os
import struct
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from miner import cpu_kernel
from miner.record_log import sync_directory
from primitives.errors import ConfigError, DecodeError
from primitives.matmul import (
    DIMENSION_MAX,
    TILE,
    Int32Matrix,
    MatmulSpec,
    check_spec,
    tile_leaf,
    tile_rows,
)
from primitives.merkle import merkle_levels, merkle_path
from primitives.types import Hash32

MAGIC: Final = b"AITBCMM1"
RESULT_BYTES_MAX: Final = 2**30
"""Finished results kept for clients who ask, together."""
BACKENDS: Final = ("cpu", "cuda")

_HEADER: Final = struct.Struct("<8s32s3I32s")
_SUFFIX: Final = ".product"

FillProduct = Callable[[MatmulSpec, Int32Matrix, int], None]
"""Writes C into an (m, n) array with a number of threads."""


@dataclass(frozen=True, slots=True)
class Product:
    """A computed result: the Merkle levels of its tiles, and the file that holds C."""

    spec: MatmulSpec
    levels: list[list[Hash32]]
    path: Path

    @property
    def root(self) -> Hash32:
        """Return the root that the receipt commits to."""
        return self.levels[-1][0]

    def tile_path(self, tile: int) -> list[Hash32]:
        """Return the siblings of a tile."""
        return merkle_path(self.levels, tile)

    def matrix(self) -> Int32Matrix:
        """Return C, shape (m, n), mapped from the file."""
        return np.memmap(
            self.path,
            dtype="<i4",
            mode="r",
            offset=_data_offset(self.spec),
            shape=(self.spec.m, self.spec.n),
        )


class ProductStore:
    """Results in a directory, one file a job."""

    def __init__(self, directory: Path, bytes_max: int = RESULT_BYTES_MAX) -> None:
        self._directory = directory
        self._bytes_max = bytes_max
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        for stale in directory.glob("*.part"):
            stale.unlink()

    def path(self, job_id: bytes) -> Path:
        """Return where a job's result lies."""
        return self._directory / (job_id.hex() + _SUFFIX)

    def compute(
        self,
        job_id: bytes,
        spec: MatmulSpec,
        fill: FillProduct,
        threads: int,
        dimension_max: int = DIMENSION_MAX,
    ) -> Product:
        """Compute, commit and store a job's product (W1).

        Raises:
            OSError: the disk is full or broken.
        """
        check_spec(spec, dimension_max)
        part = self.path(job_id).with_suffix(".part")
        offset = _data_offset(spec)
        with part.open("wb") as file:
            file.truncate(offset + 4 * spec.m * spec.n)
        result = np.memmap(part, dtype="<i4", mode="r+", offset=offset, shape=(spec.m, spec.n))
        fill(spec, result, threads)
        leaves = compute_leaves(spec, result, threads)
        result.flush()
        del result
        levels = merkle_levels(leaves)
        head = _HEADER.pack(MAGIC, spec.seed, spec.m, spec.n, spec.k, levels[-1][0])
        with part.open("r+b") as file:
            file.write(head + b"".join(leaves))
            file.flush()
            os.fsync(file.fileno())
        final = self.path(job_id)
        part.rename(final)
        sync_directory(self._directory)
        return Product(spec, levels, final)

    def load(
        self, job_id: bytes, spec: MatmulSpec, dimension_max: int = DIMENSION_MAX
    ) -> Product | None:
        """Return a stored result, None when there is none that holds what it says (W2)."""
        product = self.find(job_id, dimension_max)
        return product if product is not None and product.spec == spec else None

    def find(self, job_id: bytes, dimension_max: int = DIMENSION_MAX) -> Product | None:
        """Return the stored result of a name, whatever its spec; None without a sound one."""
        try:
            return read_product(self.path(job_id), dimension_max)
        except (FileNotFoundError, DecodeError):
            return None

    def drop_finished(self, open_jobs: Collection[bytes]) -> None:
        """Delete the oldest results until the finished ones fit the limit (W3)."""
        names = {job.hex() for job in open_jobs}
        files = [f for f in self._directory.glob("*" + _SUFFIX) if f.stem not in names]
        entries = sorted(((f.stat().st_mtime_ns, f.stat().st_size, f) for f in files), reverse=True)
        total = 0
        for _, size, file in entries:
            total += size
            if total > self._bytes_max:
                file.unlink()


def compute_leaves(spec: MatmulSpec, result: Int32Matrix, threads: int) -> list[Hash32]:
    """Return the leaves of all tiles; hashing releases the interpreter lock."""

    def leaf(index: int) -> Hash32:
        row, column = tile_rows(spec, index)
        tile = np.ascontiguousarray(result[row : row + TILE, column : column + TILE])
        return tile_leaf(spec, index, tile.astype("<i4", copy=False).tobytes())

    with ThreadPoolExecutor(threads, thread_name_prefix="leaves") as pool:
        return list(pool.map(leaf, range(spec.tiles), chunksize=16))


def read_product(path: Path, dimension_max: int = DIMENSION_MAX) -> Product:
    """Read a result file.

    Raises:
        FileNotFoundError: there is none.
        DecodeError: not a result file, or its leaves do not lead to its root.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(_HEADER.size)
        if len(head) != _HEADER.size or not head.startswith(MAGIC):
            raise DecodeError("result file", "not a stored product")
        _, seed, m, n, k, root = _HEADER.unpack(head)
        spec = MatmulSpec(seed=Hash32(seed), m=m, n=n, k=k)
        check_spec(spec, dimension_max)
        if size != _data_offset(spec) + 4 * m * n:
            raise DecodeError("result file", "wrong size for its dimensions")
        data = file.read(32 * spec.tiles)
    leaves = [Hash32(data[i : i + 32]) for i in range(0, len(data), 32)]
    levels = merkle_levels(leaves)
    if levels[-1][0] != root:
        raise DecodeError("result file", "its leaves do not lead to its root")
    return Product(spec, levels, path)


def fill_for(backend: str) -> FillProduct:
    """Return a backend's kernel.

    Raises:
        ConfigError: an unknown backend, or one that does not run on this machine.
    """
    if backend == "cpu":
        return cpu_kernel.fill_product
    if backend == "cuda":
        from miner import cuda_kernel  # noqa: PLC0415 - loads the CUDA driver

        cuda_kernel.check_device()
        return cuda_kernel.fill_product
    raise ConfigError(f"no backend is named {backend!r}", f"Choose one of: {', '.join(BACKENDS)}")


def _data_offset(spec: MatmulSpec) -> int:
    """Return where C begins: after header and leaves, at a page boundary."""
    return -(-(_HEADER.size + 32 * spec.tiles) // 4096) * 4096
