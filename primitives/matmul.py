"""The seeded integer matrix product: what is computed, committed, drawn and checked.

``C = A x B`` with int8 operands and exact int32 results. Both operands are generated from a seed
by Philox4x32-10, a counter-based generator: any element can be made alone, on any device, so a
contract can check one 64 x 64 tile without the rest. B is addressed by columns: row j of
"operand 1" is column j of B.

C is committed as a Merkle root over 64 x 64 tiles in row-major tile order. A leaf binds the request
(seed, dimensions, dtype, layout) and its index; an odd node is promoted, never duplicated.

The readable definition lives here in numpy; ``primitives.matmul_kernel`` holds the fast one.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.types import Address, Hash32

TILE: Final = 64
DIMENSION_MAX: Final = 4096
CAPACITY_DIMENSION_MAX: Final = 1 << 20
"""Rows and columns of a certificate of capacity, whose result nobody stores whole."""
INNER_MAX: Final = 65_535
"""Largest k: |c| <= 128 * 128 * k stays below 2^31 - 1, the modulus of the check."""
PRODUCT_MAX: Final = 16_384
MODULUS: Final = 2**31 - 1
FREIVALDS_ROUNDS: Final = 3
"""Three rounds: a false C passes with probability at most 2^-93."""

_REQUEST_TAG: Final = b"AITBC matmul v1: int8 x int8 -> int32, row-major tiles 64 x 64"
_OPERAND_TAG: Final = b"AITBC operand v1"
_VECTOR_TAG: Final = b"AITBC check vector v1"
_DRAW_TAG: Final = b"AITBC tile draw v1"
_LEAF_TAG: Final = b"\x00AITBC tile v1"

_PHILOX_M0: Final = 0xD2511F53
_PHILOX_M1: Final = 0xCD9E8D57
_PHILOX_W0: Final = 0x9E3779B9
_PHILOX_W1: Final = 0xBB67AE85
_U32: Final = 0xFFFFFFFF

Int8Matrix = npt.NDArray[np.int8]
Int32Matrix = npt.NDArray[np.int32]
Uint32Vector = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatmulSpec:
    """One job: ``seed`` and dimensions; A is m x k, B is k x n."""

    seed: Hash32
    m: int
    n: int
    k: int

    @property
    def macs(self) -> int:
        """Return the number of multiply-accumulates."""
        return self.m * self.n * self.k

    @property
    def tile_columns(self) -> int:
        """Return the number of tiles in a row of tiles."""
        return self.n // TILE

    @property
    def tiles(self) -> int:
        """Return the number of tiles of C."""
        return (self.m // TILE) * (self.n // TILE)

    def request_hash(self) -> Hash32:
        """Return the hash that binds seed, dimensions, dtype and layout."""
        dims = b"".join(d.to_bytes(4, "big") for d in (self.m, self.n, self.k))
        return keccak256(_REQUEST_TAG + self.seed + dims)


def check_spec(spec: MatmulSpec, dimension_max: int = DIMENSION_MAX) -> None:
    """Refuse dimensions that are not multiples of 64 or are out of bounds.

    Raises:
        DecodeError: the job cannot be checked by tiles.
    """
    if len(spec.seed) != 32:
        raise DecodeError("matmul seed", "expected 32 bytes")
    for name, value in (("m", spec.m), ("n", spec.n)):
        if not TILE <= value <= dimension_max or value % TILE:
            raise DecodeError("matmul", f"{name} is not a multiple of 64 in 64..{dimension_max}")
    if not TILE <= spec.k <= INNER_MAX:
        raise DecodeError("matmul", f"k is outside {TILE}..{INNER_MAX}")


def philox4x32(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, ...]:
    """Return four 32-bit words: Philox4x32 with 10 rounds (Salmon et al., SC 2011)."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = _PHILOX_M0 * c0, _PHILOX_M1 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & _U32, (p0 >> 32) ^ c3 ^ k1, p0 & _U32
        k0, k1 = (k0 + _PHILOX_W0) & _U32, (k1 + _PHILOX_W1) & _U32
    return c0, c1, c2, c3


def operand_key(seed: Hash32, operand: int) -> Uint32Vector:
    """Return the four words (key 0, key 1, counter 2, counter 3) of an operand: 0 is A, 1 is B."""
    digest = keccak256(_OPERAND_TAG + seed + bytes((operand,)))
    return np.frombuffer(digest[:16], dtype="<u4").astype(np.uint32)


def operand_rows(seed: Hash32, operand: int, first: int, count: int, k: int) -> Int8Matrix:
    """Return rows ``first .. first + count`` of an operand, shape (count, k).

    Element (row, q) is byte q % 16 of the little-endian words of
    philox(counter = (q // 16, row, word 2, word 3), key = (word 0, word 1)).
    """
    words = [int(w) for w in operand_key(seed, operand)]
    blocks = -(-k // 16)
    out = np.empty((count, blocks * 4), dtype="<u4")
    for row in range(count):
        for block in range(blocks):
            counter = (block, first + row, words[2], words[3])
            out[row, 4 * block : 4 * block + 4] = philox4x32(counter, (words[0], words[1]))
    return np.ascontiguousarray(out.view(np.int8)[:, :k])


def tile_rows(spec: MatmulSpec, index: int) -> tuple[int, int]:
    """Return (first row of A, first row of operand 1) of a tile.

    Raises:
        DecodeError: no such tile.
    """
    if not 0 <= index < spec.tiles:
        raise DecodeError("matmul tile", f"index {index} outside 0..{spec.tiles - 1}")
    return TILE * (index // spec.tile_columns), TILE * (index % spec.tile_columns)


def compute_tile(spec: MatmulSpec, index: int) -> bytes:
    """Return one tile of C: 64 x 64 int32, row-major, little-endian (16 KiB)."""
    row, column = tile_rows(spec, index)
    a = operand_rows(spec.seed, 0, row, TILE, spec.k).astype(np.int32)
    b = operand_rows(spec.seed, 1, column, TILE, spec.k).astype(np.int32)
    return (a @ b.T).astype("<i4").tobytes()


def tile_leaf(spec: MatmulSpec, index: int, tile: bytes) -> Hash32:
    """Return the Merkle leaf of a tile."""
    head = _LEAF_TAG + spec.request_hash() + index.to_bytes(4, "big")
    return Hash32(hashlib.sha256(head + tile).digest())


def result_leaves(spec: MatmulSpec, result: Int32Matrix) -> list[Hash32]:
    """Return the leaves of a whole result, shape (m, n)."""
    leaves = []
    for index in range(spec.tiles):
        row, column = tile_rows(spec, index)
        tile = np.ascontiguousarray(result[row : row + TILE, column : column + TILE])
        leaves.append(tile_leaf(spec, index, tile.astype("<i4", copy=False).tobytes()))
    return leaves


def drawn_tiles(receipt_id: Hash32, entropy: Hash32, tiles: int, count: int) -> list[int]:
    """Return the tile indexes that the beacon draws: uniform up to 2^-240, with repetition."""
    return [
        int.from_bytes(keccak256(_DRAW_TAG + receipt_id + entropy + bytes((i,))), "big") % tiles
        for i in range(count)
    ]


def check_vector(
    spec: MatmulSpec, root: Hash32, job_id: Hash32, miner: Address, beacon: Hash32, turn: int
) -> Uint32Vector:
    """Return a Freivalds vector of n entries below the modulus.

    It depends on the committed root and on a beacon that is later than the commitment: a vector
    known beforehand lets anybody make a C without one right cell that passes.
    """
    digest = keccak256(
        _VECTOR_TAG + spec.request_hash() + root + job_id + miner + beacon + bytes((turn,))
    )
    words = np.frombuffer(
        hashlib.shake_128(digest).digest(8 * spec.n), dtype="<u8"
    )  # 64 bits modulo 2^31 - 1: bias below 2^-33
    return (words % np.uint64(MODULUS)).astype(np.uint32)
