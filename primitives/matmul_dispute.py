"""Runtime 2: the integer matrix product of a job's own operands, disputed step by step.

``C = A x B`` with int8 operands and exact int32 results, as in ``primitives.matmul``; the operands
come from the client instead of a seed. Layout:

* An operand is cut into 64 x 64 tiles of int8, row-major, zero-padded along k; its root is the
  Merkle root over them. A tile is the rows of A (or the columns of B, each a row of k elements)
  by 64 elements of k; tiles lie row-major too. ``request_hash`` binds both roots, dimensions,
  element types and layout.
* The trace has a header leaf (it names the request and this runtime) and one leaf per 64 x 64 tile
  of C. A tile's leaf binds its index and the hashes of its four *bands*: 16 rows of 64 int32,
  little-endian, 4 KiB each. ``responseHash`` is ``traceRoot``: the result is what is disputed.
* Micro-step ``4 q + r`` of a tile adds block q of k to band r; its output is the hash of the band
  so far, zeros before the first. So the last four outputs are the tile's bands.

One step needs a tile of A, a tile of B (4 KiB each) and the band before (4 KiB), each with a path
of at most 18 hashes: under 14 KiB, where whole accumulators (16 KiB) would not have fitted. A
product never leaves |c| <= 16,384 k; a band beyond that is refused, so no witness opens it, and
whoever committed it runs out of time.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from primitives.compute import UNIT_MACS, ComputeReceipt
from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.matmul import (
    DIMENSION_MAX,
    INNER_MAX,
    PRODUCT_MAX,
    TILE,
    Int8Matrix,
    Int32Matrix,
)
from primitives.merkle import merkle_levels, merkle_path, merkle_root, root_from_path
from primitives.types import Hash32

RUNTIME_ID: Final = 2
BANDS: Final = 4
BAND_ROWS: Final = TILE // BANDS
BAND_BYTES: Final = BAND_ROWS * TILE * 4
OPERAND_BYTES: Final = TILE * TILE
HEADER_BYTES: Final = 12 + 2 * 32

_REQUEST_TAG: Final = b"AITBC matmul job v1: int8 x int8 -> int32, row-major tiles 64 x 64"
_HEADER_TAG: Final = b"\x00AITBC matmul job header v1"
_TILE_TAG: Final = b"\x00AITBC matmul job tile v1"
_BAND_TAG: Final = b"\x00AITBC matmul job band v1"
_OPERAND_TAG: Final = b"\x00AITBC matmul job operand v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperandSpec:
    """One job: dimensions and the roots of its operands; A is m x k, B is k x n."""

    m: int
    n: int
    k: int
    root_a: Hash32
    root_b: Hash32

    @property
    def macs(self) -> int:
        """Return the number of multiply-accumulates."""
        return self.m * self.n * self.k

    @property
    def blocks(self) -> int:
        """Return the number of 64-wide blocks of k; the last may be narrower."""
        return -(-self.k // TILE)

    @property
    def tiles(self) -> int:
        """Return the number of tiles of C."""
        return (self.m // TILE) * (self.n // TILE)

    def encode(self) -> bytes:
        """Return the 76 bytes that the opening of a trace begins with."""
        dims = b"".join(d.to_bytes(4, "big") for d in (self.m, self.n, self.k))
        return dims + self.root_a + self.root_b

    def request_hash(self) -> Hash32:
        """Return the hash that binds operands, dimensions, types and layout."""
        return keccak256(_REQUEST_TAG + self.encode())

    def header_leaf(self) -> Hash32:
        """Return trace leaf 0."""
        head = _HEADER_TAG + RUNTIME_ID.to_bytes(4, "big") + self.request_hash()
        return Hash32(hashlib.sha256(head + self.tiles.to_bytes(4, "big")).digest())


def operand_leaves(rows: Int8Matrix) -> list[Hash32]:
    """Return the leaves of an operand whose rows run along k: A itself, or B transposed."""
    return [operand_leaf(tile) for tile in operand_tiles(rows)]


def operand_tiles(rows: Int8Matrix) -> list[bytes]:
    """Return an operand's tiles, row-major, the last column of tiles padded with zeros."""
    height, k = rows.shape
    padded = np.zeros((height, -(-k // TILE) * TILE), dtype=np.int8)
    padded[:, :k] = rows
    return [
        padded[row : row + TILE, column : column + TILE].tobytes()
        for row in range(0, height, TILE)
        for column in range(0, padded.shape[1], TILE)
    ]


def operand_leaf(tile: bytes) -> Hash32:
    """Return the Merkle leaf of an operand's tile of 4 KiB."""
    return Hash32(hashlib.sha256(_OPERAND_TAG + tile).digest())


def band_leaf(band: bytes) -> Hash32:
    """Return the hash of a band of 4 KiB: a micro-step's output."""
    return Hash32(hashlib.sha256(_BAND_TAG + band).digest())


def tile_leaf(index: int, bands: list[Hash32]) -> Hash32:
    """Return the trace leaf of tile ``index`` (from 0) of C."""
    head = _TILE_TAG + index.to_bytes(4, "big")
    return Hash32(hashlib.sha256(head + b"".join(bands)).digest())


class MatmulJob:
    """A job as its miner computes it: operands, trace, micro-steps and witnesses.

    ``a`` is m x k, ``b`` k x n, both int8. ``result`` may be given to commit another C.
    """

    def __init__(self, a: Int8Matrix, b: Int8Matrix, result: Int32Matrix | None = None) -> None:
        self.rows_a, self.rows_b = a, np.ascontiguousarray(b.T)
        self._tiles = operand_tiles(self.rows_a), operand_tiles(self.rows_b)
        self._levels = tuple(
            merkle_levels([operand_leaf(tile) for tile in tiles]) for tiles in self._tiles
        )
        root_a, root_b = (levels[-1][0] for levels in self._levels)
        self.spec = OperandSpec(
            m=a.shape[0], n=b.shape[1], k=a.shape[1], root_a=root_a, root_b=root_b
        )
        check_dimensions(self.spec)
        if result is None:
            result = a.astype(np.int32) @ b.astype(np.int32)
        self.result = result.astype("<i4")
        leaves = (
            tile_leaf(index, [band_leaf(band) for band in self.bands(index)])
            for index in range(self.spec.tiles)
        )
        self.levels = merkle_levels([self.spec.header_leaf(), *leaves])

    @property
    def trace_root(self) -> Hash32:
        """Return the commitment to C, which is both traceRoot and responseHash."""
        return self.levels[-1][0]

    def opening(self) -> bytes:
        """Return what opens the trace: the request and the header's path."""
        return self.spec.encode() + b"".join(merkle_path(self.levels, 0))

    def bands(self, index: int) -> list[bytes]:
        """Return the four bands of a tile of the result."""
        row, column = _corner(self.spec, index)
        return [
            self.result[r : r + BAND_ROWS, column : column + TILE].tobytes()
            for r in range(row, row + TILE, BAND_ROWS)
        ]

    def partial_bands(self, index: int) -> list[bytes]:
        """Return the outputs of a tile's micro-steps, in order."""
        row, column = _corner(self.spec, index)
        a = self.rows_a[row : row + TILE].astype(np.int32)
        b = self.rows_b[column : column + TILE].astype(np.int32)
        total = np.zeros((TILE, TILE), dtype=np.int32)
        outputs = []
        for start in range(0, self.spec.k, TILE):
            total = total + a[:, start : start + TILE] @ b[:, start : start + TILE].T
            whole = total.astype("<i4")
            outputs += [whole[r : r + BAND_ROWS].tobytes() for r in range(0, TILE, BAND_ROWS)]
        return outputs

    def root_witness(self, micro_levels: list[list[Hash32]]) -> bytes:
        """Return what shows that the last micro-steps are the bands of the committed tile."""
        count = len(micro_levels[0])
        return b"".join(
            micro_levels[0][micro] + b"".join(merkle_path(micro_levels, micro))
            for micro in range(count - BANDS, count)
        )

    def step_witness(
        self, leaf: int, micro: int, outputs: list[bytes], micro_levels: list[list[Hash32]]
    ) -> bytes:
        """Return the operands of one micro-step with their paths."""
        witness = b""
        for side, place in enumerate(_operand_places(self.spec, leaf, micro)):
            witness += self._tiles[side][place]
            witness += b"".join(merkle_path(self._levels[side], place))
        if micro >= BANDS:
            witness += outputs[micro - BANDS]
            witness += b"".join(merkle_path(micro_levels, micro - BANDS))
        return witness


class MatmulAdjudicator:
    """Implements ``primitives.adjudication.Adjudicator`` for runtime 2."""

    runtime_id = RUNTIME_ID

    def check_opening(self, receipt: ComputeReceipt, opening: bytes) -> int:
        """Return the number of trace leaves; see the protocol.

        Raises:
            DecodeError: the opening does not belong to this receipt.
        """
        spec = _decode_spec(opening)
        check_dimensions(spec)
        if spec.request_hash() != receipt.request_hash:
            raise DecodeError("matmul opening", "it is of another request")
        if receipt.response_hash != receipt.trace_root:
            raise DecodeError("matmul opening", "responseHash is not traceRoot")
        if (receipt.unit_kind, receipt.units) != (UNIT_MACS, spec.macs):
            raise DecodeError("matmul opening", "units are not the product's MACs")
        path = _hashes(opening[HEADER_BYTES:], "matmul opening")
        if root_from_path(spec.header_leaf(), 0, spec.tiles + 1, path) != receipt.trace_root:
            raise DecodeError("matmul opening", "the header is not under traceRoot")
        return spec.tiles + 1

    def micro_count(self, receipt: ComputeReceipt, opening: bytes, leaf: int) -> int:  # noqa: ARG002 - the protocol's
        """Return the number of micro-steps, the same for every tile."""
        return BANDS * _decode_spec(opening).blocks

    def check_micro_root(
        self,
        receipt: ComputeReceipt,  # noqa: ARG002 - the protocol's
        opening: bytes,
        leaf: int,
        leaf_hash: Hash32,
        micro_root: Hash32,
        witness: bytes,
    ) -> None:
        """Check that the last four micro-steps are the bands of the committed tile.

        Raises:
            DecodeError: they are not.
        """
        count = BANDS * _decode_spec(opening).blocks
        reader = _Reader(witness)
        bands = []
        for micro in range(count - BANDS, count):
            bands.append(Hash32(reader.take(32)))
            reader.check_path(bands[-1], micro, count, micro_root)
        reader.end()
        if tile_leaf(leaf - 1, bands) != leaf_hash:
            raise DecodeError("matmul micro root", "it does not end in the committed tile")

    def right_output(
        self,
        receipt: ComputeReceipt,  # noqa: ARG002 - the protocol's
        opening: bytes,
        leaf: int,
        micro: int,
        micro_root: Hash32,
        witness: bytes,
    ) -> Hash32:
        """Add one block of products to a band and return the band's hash.

        Raises:
            DecodeError: the witness opens other operands, or a band beyond the bound.
        """
        spec = _decode_spec(opening)
        reader = _Reader(witness)
        place_a, place_b = _operand_places(spec, leaf, micro)
        tile_a = reader.take(OPERAND_BYTES)
        reader.check_path(operand_leaf(tile_a), place_a, spec.m // TILE * spec.blocks, spec.root_a)
        tile_b = reader.take(OPERAND_BYTES)
        reader.check_path(operand_leaf(tile_b), place_b, spec.n // TILE * spec.blocks, spec.root_b)
        block, band = divmod(micro, BANDS)
        before = bytes(BAND_BYTES)
        if block:
            before = reader.take(BAND_BYTES)
            count = BANDS * spec.blocks
            reader.check_path(band_leaf(before), micro - BANDS, count, micro_root)
        reader.end()
        total = np.frombuffer(before, dtype="<i4").reshape(BAND_ROWS, TILE).astype(np.int64)
        if np.abs(total).max() > PRODUCT_MAX * TILE * block:
            raise DecodeError("matmul band", "a value is beyond 16,384 k")
        width = min(TILE, spec.k - TILE * block)
        rows = np.frombuffer(tile_a, dtype=np.int8).reshape(TILE, TILE)
        rows = rows[BAND_ROWS * band : BAND_ROWS * (band + 1), :width]
        columns = np.frombuffer(tile_b, dtype=np.int8).reshape(TILE, TILE)[:, :width]
        total = total + rows.astype(np.int32) @ columns.astype(np.int32).T
        return band_leaf(total.astype("<i4").tobytes())


def check_dimensions(spec: OperandSpec) -> None:
    """Refuse dimensions that cannot be cut into tiles.

    Raises:
        DecodeError: m or n is no multiple of 64 up to 4,096, or k is outside 1..65,535.
    """
    for name, value in (("m", spec.m), ("n", spec.n)):
        if not TILE <= value <= DIMENSION_MAX or value % TILE:
            raise DecodeError("matmul", f"{name} is not a multiple of 64 in 64..{DIMENSION_MAX}")
    if not 1 <= spec.k <= INNER_MAX:
        raise DecodeError("matmul", f"k is outside 1..{INNER_MAX}")


def micro_levels(outputs: list[bytes]) -> list[list[Hash32]]:
    """Return the micro tree over the bands that a miner says he passed through."""
    return merkle_levels([band_leaf(band) for band in outputs])


def operand_root(rows: Int8Matrix) -> Hash32:
    """Return the root of an operand whose rows run along k."""
    return merkle_root(operand_leaves(rows))


def _corner(spec: OperandSpec, index: int) -> tuple[int, int]:
    columns = spec.n // TILE
    return TILE * (index // columns), TILE * (index % columns)


def _operand_places(spec: OperandSpec, leaf: int, micro: int) -> tuple[int, int]:
    """Return the places of the tiles of A and B that a micro-step of a trace leaf multiplies."""
    row, column = divmod(leaf - 1, spec.n // TILE)
    block = micro // BANDS
    return row * spec.blocks + block, column * spec.blocks + block


def _decode_spec(opening: bytes) -> OperandSpec:
    if len(opening) < HEADER_BYTES:
        raise DecodeError("matmul opening", "too short")
    m, n, k = (int.from_bytes(opening[i : i + 4], "big") for i in (0, 4, 8))
    return OperandSpec(m=m, n=n, k=k, root_a=Hash32(opening[12:44]), root_b=Hash32(opening[44:76]))


def _hashes(data: bytes, what: str) -> list[Hash32]:
    if len(data) % 32:
        raise DecodeError(what, "not whole hashes")
    return [Hash32(data[i : i + 32]) for i in range(0, len(data), 32)]


class _Reader:
    """Takes a witness apart from its front; every byte belongs to something."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        part = self._data[self._at : self._at + size]
        if len(part) != size:
            raise DecodeError("matmul witness", "too short")
        self._at += size
        return part

    def check_path(self, leaf: Hash32, index: int, count: int, root: Hash32) -> None:
        """Take the path of a leaf and refuse it unless it leads to the root."""
        path = []
        place, width = index, count
        while width > 1:
            if place ^ 1 < width:
                path.append(Hash32(self.take(32)))
            place, width = place // 2, (width + 1) // 2
        if root_from_path(leaf, index, count, path) != root:
            raise DecodeError("matmul witness", "an operand is not under its root")

    def end(self) -> None:
        """Refuse bytes that belong to nothing."""
        if self._at != len(self._data):
            raise DecodeError("matmul witness", "trailing bytes")
