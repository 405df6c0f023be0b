"""The model file ``*.aitbcm``: a manifest and every leaf of the model's tree, in tree order.

Layout: magic (8 bytes), manifest length (u32 big-endian), manifest, then tables, rotations and
vectors without gaps, zeros up to a multiple of 4,096, then the tiles. Nothing else is stored: the
size follows from the manifest, and another byte anywhere is another root or is refused. Files are
mapped into memory, so a model larger than memory opens at once.
"""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from primitives.errors import ConfigError, DecodeError
from primitives.integer_model.manifest import (
    EXP_LEAF,
    EXP_TABLE_BYTES,
    GATE_LEAF,
    GATE_TABLE_BYTES,
    MANIFEST_BYTES_MAX,
    SEGMENT,
    TILE_BYTES,
    VECTORS,
    Manifest,
    ModelTree,
    decode_manifest,
    leaf_hash,
)
from primitives.merkle import merkle_levels
from primitives.types import Hash32

SUFFIX: Final = ".aitbcm"
MAGIC: Final = b"AITBCMF1"
ALIGNMENT: Final = 4096
REMEDY: Final = "Take the file again: aitbc miner models pull"

_LENGTH: Final = struct.Struct(">I")
Progress = Callable[[int, int], None]
"""Told (done, total) from time to time."""
Bytes = npt.NDArray[np.uint8]


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


class Layout:
    """Where the leaves of a model lie in its file."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.tree = tree = ModelTree(manifest)
        self.exp = len(MAGIC) + _LENGTH.size + len(manifest.encode())
        self.gate = self.exp + EXP_TABLE_BYTES
        self.rope = self.gate + GATE_TABLE_BYTES
        self.vectors = self.rope + manifest.context_max * 2 * manifest.head_dim
        self._sizes = [4] * manifest.vocabulary_tiles
        for _ in range(manifest.layers):
            for name in VECTORS:
                size = 2 if name in ("attn", "mlp") else 4
                self._sizes += [size] * tree.vector_count(name)
        self._sizes += [2] * tree.vector_count("final") + [4] * manifest.vocabulary_tiles
        self.vector_offsets = np.concatenate(([0], np.cumsum(self._sizes))) * SEGMENT
        end = self.vectors + int(self.vector_offsets[-1])
        self.tiles = -(-end // ALIGNMENT) * ALIGNMENT
        self.first_vector = 3 + manifest.context_max
        self.first_tile = self.first_vector + len(self._sizes)
        self.size = self.tiles + (tree.count - self.first_tile) * TILE_BYTES

    def span(self, leaf: int) -> tuple[int, int]:
        """Return (offset, size) of a leaf of 1 and above."""
        if leaf >= self.first_tile:
            return self.tiles + (leaf - self.first_tile) * TILE_BYTES, TILE_BYTES
        if leaf >= self.first_vector:
            at = leaf - self.first_vector
            return self.vectors + int(self.vector_offsets[at]), SEGMENT * self._sizes[at]
        if leaf >= 3:
            row = 2 * self.manifest.head_dim
            return self.rope + (leaf - 3) * row, row
        return (self.exp, EXP_TABLE_BYTES) if leaf == 1 else (self.gate, GATE_TABLE_BYTES)


class Model:
    """A mapped model."""

    def __init__(self, data: Bytes) -> None:
        """Open the bytes of a file.

        Raises:
            DecodeError: they are not a model file.
        """
        head = len(MAGIC) + _LENGTH.size
        if len(data) < head or data[: len(MAGIC)].tobytes() != MAGIC:
            raise DecodeError("model file", "wrong magic")
        length = _LENGTH.unpack(data[len(MAGIC) : head].tobytes())[0]
        if length > MANIFEST_BYTES_MAX:
            raise DecodeError("model file", "manifest too long")
        self._encoded = data[head : head + length].tobytes()
        self.manifest = decode_manifest(self._encoded)
        self.layout = Layout(self.manifest)
        self.tree = self.layout.tree
        if len(data) != self.layout.size:
            raise DecodeError("model file", f"expected {self.layout.size} bytes")
        end = self.layout.vectors + int(self.layout.vector_offsets[-1])
        if data[end : self.layout.tiles].any():
            raise DecodeError("model file", "bytes in the gap")
        self._data = data
        self._levels: list[list[Hash32]] | None = None

    def payload(self, leaf: int) -> bytes:
        """Return what a leaf of the model's tree hashes."""
        if leaf == 0:
            return self._encoded
        offset, size = self.layout.span(leaf)
        return self._data[offset : offset + size].tobytes()

    def levels(self, progress: Progress = no_progress) -> list[list[Hash32]]:
        """Return all levels of the model's tree; made once, 64 bytes a leaf."""
        if self._levels is None:
            count, leaves = self.tree.count, []
            for leaf in range(count):
                leaves.append(leaf_hash(self.payload(leaf)))
                if leaf % 4096 == 0:
                    progress(leaf, count)
            self._levels = merkle_levels(leaves)
            progress(count, count)
        return self._levels

    @property
    def root(self) -> Hash32:
        """Return the model root."""
        return self.levels()[-1][0]

    def vector(self, layer: int, name: str) -> npt.NDArray[np.int64]:
        """Return a whole vector."""
        first = self.tree.vector(layer, name, 0)
        dtype = "<i2" if name in ("attn", "mlp", "final") else "<i4"
        parts = range(first, first + self.tree.vector_count(name))
        data = b"".join(self.payload(leaf) for leaf in parts)
        return np.frombuffer(data, dtype=dtype).astype(np.int64)

    def matrix(self, layer: int, name: str) -> npt.NDArray[np.int8]:
        """Return a whole matrix, shape (rows, columns), copied out of its tiles."""
        rows, columns = self.tree.matrix_tiles(name)
        offset, _ = self.layout.span(self.tree.tile(layer, name, 0, 0))
        data = self._data[offset : offset + rows * columns * TILE_BYTES].view(np.int8)
        tiles = data.reshape(rows, columns, SEGMENT, SEGMENT)
        return np.ascontiguousarray(tiles.swapaxes(1, 2)).reshape(rows * SEGMENT, columns * SEGMENT)

    def exp_table(self) -> npt.NDArray[np.int64]:
        """Return the exponential table."""
        return np.frombuffer(self.payload(EXP_LEAF), dtype="<u2").astype(np.int64)

    def gate_table(self) -> npt.NDArray[np.int64]:
        """Return the gate table."""
        return np.frombuffer(self.payload(GATE_LEAF), dtype="<u2").astype(np.int64)

    def rope_table(self) -> npt.NDArray[np.int64]:
        """Return the rotations, shape (context_max, head_dim)."""
        m = self.manifest
        size = m.context_max * m.head_dim * 2
        data = self._data[self.layout.rope : self.layout.rope + size].tobytes()
        return np.frombuffer(data, dtype="<i2").astype(np.int64).reshape(m.context_max, m.head_dim)


def load_model(path: Path) -> Model:
    """Map a model file.

    Raises:
        ConfigError: there is no such file, or it is not a model.
    """
    try:
        return Model(np.memmap(path, dtype=np.uint8, mode="r"))
    except (OSError, ValueError, DecodeError) as error:
        raise ConfigError(f"{path} is no model file: {error}", REMEDY) from error


def verify_model(path: Path, progress: Progress = no_progress) -> Hash32:
    """Hash a whole model file and return its root.

    Raises:
        ConfigError: it is not a model.
    """
    return load_model(path).levels(progress)[-1][0]


def list_models(folder: Path) -> Iterator[tuple[Path, Manifest]]:
    """Yield the model files of a folder with their manifests; others are left out."""
    for path in sorted(folder.glob("*" + SUFFIX)):
        try:
            yield path, load_model(path).manifest
        except ConfigError:
            continue


def write_head(manifest: Manifest) -> bytes:
    """Return the bytes before the tables."""
    encoded = manifest.encode()
    return MAGIC + _LENGTH.pack(len(encoded)) + encoded
