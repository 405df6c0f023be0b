"""A model's manifest: its shape, its shifts, and where every part lies in its Merkle tree.

``model_root`` is the binary Merkle root (primitives.merkle) over these leaves, in this order; a
leaf is sha256(0x00, payload), arrays are little-endian:

1. the manifest;
2. the exponential table: 512 u16; entry i is 65,535 exp(-i / 16), entry 256 + i is
   65,535 exp(-i / 4,096), for i in 0..255;
3. the gate table: 4,096 u16, the gate's factor in units of 2^-15 at (i - 2,048) / 256;
4. one leaf a position: ``head_dim`` i16, (cosine, sine) of each rotated pair, units of 2^-14;
5. vectors by 64: the embedding's row factors (i32); a layer's norm gain (i16), row factors of q, k,
   v, o (i32), norm gain, row factors of gate, up, down; the final gain; the head's row factors;
6. weight tiles, 64 x 64 i8 row-major (4 KiB), of each matrix by rows of tiles: the embedding; a
   layer's q, k, v, o, gate, up, down; the head unless it is tied to the embedding.

Rows are outputs. Dimensions are multiples of 64; a vocabulary is filled up with zero rows.

Ranges (``check`` refuses a manifest that breaks them; A is ``activation_max``):

* an accumulator: 128 A x inner < 2^31; a score: A^2 x head_dim < 2^30, as A < 2^11;
* a distance of scores below 2^31 times its factor below 2^31: below 2^62;
* scaling: |accumulator| < 2^31 times a factor below 2^31, plus half: below 2^62 + 2^61;
* a sum of squares: 2^14 elements below 2^23: 2^60; with epsilon, times 2^16: below 2^63;
* norm: residual 2^23 times inverse 2^38, then 2^39 times gain 2^15: below 2^62;
* attention weights sum to at most 2^19, times A: below 2^31;
* gate and up below 2^23, factor below 2^16: product below 2^48.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

from primitives.errors import DecodeError
from primitives.types import Hash32

RUNTIME_ID: Final = 1
SEGMENT: Final = 64
"""Activations are opened, and weights tiled, by so many."""
TILE_BYTES: Final = SEGMENT * SEGMENT
CHUNK: Final = 1024
"""A trace leaf commits activations and KV rows by so many elements: few hashes, small witness."""
VOCABULARY_MAX: Final = 1 << 20
LAYERS_MAX: Final = 256
WIDTH_MAX: Final = 1 << 14
FEED_FORWARD_MAX: Final = 1 << 16
CONTEXT_MAX: Final = 1 << 17
ACTIVATION_MAX: Final = 2047
HEAD_DIMS: Final = (32, 64, 128)
EPSILON_MAX: Final = 1 << 32
SHIFT_MAX: Final = 62
EXP_LEAF: Final = 1
GATE_LEAF: Final = 2
EXP_TABLE_BYTES: Final = 1024
GATE_TABLE_BYTES: Final = 8192
MANIFEST_BYTES_MAX: Final = 4096

_MAGIC: Final = b"AITBCIM1"
_HEAD: Final = struct.Struct(">8s10IBQ3B")
_LAYER: Final = struct.Struct(">11BI")
_I32: Final = 1 << 31

VECTORS: Final = ("attn", "q", "k", "v", "o", "mlp", "gate", "up", "down")
"""A layer's vectors in tree order: norm gains and row factors."""
MATRICES: Final = ("q", "k", "v", "o", "gate", "up", "down")
"""A layer's matrices in tree order."""


@dataclass(frozen=True, slots=True)
class LayerShifts:
    """The right shifts of a layer; ``score_factor`` takes a score to units of 2^-12."""

    attn: int
    q: int
    k: int
    v: int
    o: int
    score: int
    mlp: int
    gate: int
    up: int
    act: int
    down: int
    score_factor: int


LAYER_FIELDS: Final = tuple(f.name for f in fields(LayerShifts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A model's shape. ``epsilon`` in squared units of the residual stream."""

    vocabulary: int
    layers: int
    d_model: int
    heads: int
    kv_heads: int
    head_dim: int
    d_ff: int
    context_max: int
    activation_max: int
    tied: bool
    epsilon: int
    embed_shift: int
    final_shift: int
    head_shift: int
    layer_bytes: bytes
    """The layers' shifts, encoded: a step reads those of one layer only."""

    def layer(self, layer: int) -> LayerShifts:
        """Return a layer's shifts."""
        values = _LAYER.unpack_from(self.layer_bytes, layer * _LAYER.size)
        return LayerShifts(*values)

    @property
    def q_width(self) -> int:
        """Return the width of all query heads."""
        return self.heads * self.head_dim

    @property
    def kv_width(self) -> int:
        """Return the width of all key heads."""
        return self.kv_heads * self.head_dim

    @property
    def vocabulary_tiles(self) -> int:
        """Return the rows of tiles of embedding and head."""
        return -(-self.vocabulary // SEGMENT)

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        head = _HEAD.pack(
            _MAGIC, RUNTIME_ID, self.vocabulary, self.layers, self.d_model, self.heads,
            self.kv_heads, self.head_dim, self.d_ff, self.context_max, self.activation_max,
            self.tied, self.epsilon, self.embed_shift, self.final_shift, self.head_shift,
        )  # fmt: skip
        return head + self.layer_bytes


@dataclass(frozen=True, slots=True)
class ModelTree:
    """Where a model's parts lie among the leaves of its Merkle tree."""

    manifest: Manifest

    def rope(self, position: int) -> int:
        """Return the leaf of a position's rotation."""
        return 3 + position

    @property
    def count(self) -> int:
        """Return the number of leaves."""
        m = self.manifest
        total = self._tiles + m.vocabulary_tiles * _segments(m.d_model)
        total += m.layers * sum(r * c for r, c in (self.matrix_tiles(n) for n in MATRICES))
        if not m.tied:
            total += m.vocabulary_tiles * _segments(m.d_model)
        return total

    def vector_count(self, name: str) -> int:
        """Return how many leaves a vector has."""
        m = self.manifest
        if name in ("embed", "head"):
            return m.vocabulary_tiles
        if name in ("q", "k", "v", "gate", "up"):
            return self.matrix_tiles(name)[0]
        return _segments(m.d_model)

    def vector(self, layer: int, name: str, index: int) -> int:
        """Return the leaf of 64 entries of a vector; embed, final and head have no layer."""
        base = 3 + self.manifest.context_max
        if name == "embed":
            return base + index
        base += self.manifest.vocabulary_tiles
        a_layer = sum(self.vector_count(n) for n in VECTORS)
        if name in ("final", "head"):
            base += self.manifest.layers * a_layer
            return base + index + (self.vector_count("final") if name == "head" else 0)
        before = VECTORS[: VECTORS.index(name)]
        return base + layer * a_layer + sum(self.vector_count(n) for n in before) + index

    def matrix_tiles(self, name: str) -> tuple[int, int]:
        """Return (rows, columns) of tiles of a matrix."""
        m = self.manifest
        d, f = _segments(m.d_model), _segments(m.d_ff)
        q, kv = _segments(m.q_width), _segments(m.kv_width)
        return {
            "embed": (m.vocabulary_tiles, d), "head": (m.vocabulary_tiles, d), "q": (q, d),
            "k": (kv, d), "v": (kv, d), "o": (d, q), "gate": (f, d), "up": (f, d), "down": (d, f),
        }[name]  # fmt: skip

    def tile(self, layer: int, name: str, row: int, column: int) -> int:
        """Return the leaf of a tile; a tied head is the embedding."""
        m = self.manifest
        within = row * self.matrix_tiles(name)[1] + column
        if name == "embed" or (name == "head" and m.tied):
            return self._tiles + within
        sizes = [r * c for r, c in (self.matrix_tiles(n) for n in MATRICES)]
        base = self._tiles + m.vocabulary_tiles * _segments(m.d_model)
        if name == "head":
            return base + m.layers * sum(sizes) + within
        return base + layer * sum(sizes) + sum(sizes[: MATRICES.index(name)]) + within

    @property
    def _tiles(self) -> int:
        """The first tile's leaf."""
        return self.vector(0, "head", self.manifest.vocabulary_tiles)


def decode_manifest(data: bytes) -> Manifest:
    """Decode and check the canonical bytes.

    Raises:
        DecodeError: another length, or a value out of its range.
    """
    manifest = read_manifest(data)
    check_manifest(manifest)
    return manifest


def read_manifest(data: bytes) -> Manifest:
    """Decode bytes whose values were checked before.

    Raises:
        DecodeError: they have no manifest's form.
    """
    if not _HEAD.size <= len(data) <= MANIFEST_BYTES_MAX:
        raise DecodeError("model manifest", "wrong length")
    magic, runtime, *shape, tied, epsilon, embed, final, head = _HEAD.unpack_from(data)
    if magic != _MAGIC or runtime != RUNTIME_ID or tied > 1:
        raise DecodeError("model manifest", "unknown format")
    if len(data) - _HEAD.size != shape[1] * _LAYER.size:
        raise DecodeError("model manifest", "wrong length")
    return Manifest(
        vocabulary=shape[0], layers=shape[1], d_model=shape[2], heads=shape[3], kv_heads=shape[4],
        head_dim=shape[5], d_ff=shape[6], context_max=shape[7], activation_max=shape[8],
        tied=bool(tied), epsilon=epsilon, embed_shift=embed, final_shift=final, head_shift=head,
        layer_bytes=data[_HEAD.size :],
    )  # fmt: skip


def encode_layers(layers: Sequence[LayerShifts]) -> bytes:
    """Return the bytes that a manifest holds of its layers' shifts."""
    return b"".join(_LAYER.pack(*(getattr(s, n) for n in LAYER_FIELDS)) for s in layers)


def check_manifest(m: Manifest) -> None:
    """Refuse a shape whose arithmetic could overflow or whose steps could grow too large.

    Raises:
        DecodeError: a value is out of its range.
    """
    bounds = (
        ("vocabulary", m.vocabulary, VOCABULARY_MAX),
        ("layers", m.layers, LAYERS_MAX),
        ("d_model", m.d_model, WIDTH_MAX),
        ("heads", m.heads, WIDTH_MAX),
        ("kv_heads", m.kv_heads, m.heads),
        ("query width", m.q_width, WIDTH_MAX),
        ("d_ff", m.d_ff, FEED_FORWARD_MAX),
        ("context_max", m.context_max, CONTEXT_MAX),
        ("activation_max", m.activation_max, ACTIVATION_MAX),
        ("epsilon", m.epsilon, EPSILON_MAX),
    )
    for name, value, most in bounds:
        if not 1 <= value <= most:
            raise DecodeError("model manifest", f"{name} is outside 1..{most}")
    if m.head_dim not in HEAD_DIMS or m.heads % m.kv_heads:
        raise DecodeError("model manifest", "heads do not divide")
    for width in (m.d_model, m.q_width, m.kv_width, m.d_ff):
        if width % SEGMENT:
            raise DecodeError("model manifest", f"width {width} is not a multiple of {SEGMENT}")
    if 128 * m.activation_max * max(m.d_model, m.q_width, m.d_ff) >= _I32:
        raise DecodeError("model manifest", "an accumulator could overflow")
    if len(m.layer_bytes) != m.layers * _LAYER.size:
        raise DecodeError("model manifest", "shifts and layers differ")
    shifts = [m.embed_shift, m.final_shift, m.head_shift]
    for *layer, score_factor in _LAYER.iter_unpack(m.layer_bytes):
        shifts += layer
        if not 1 <= score_factor < _I32:
            raise DecodeError("model manifest", "score factor out of range")
    if not all(1 <= shift <= SHIFT_MAX for shift in shifts):
        raise DecodeError("model manifest", f"a shift is outside 1..{SHIFT_MAX}")


def leaf_hash(payload: bytes) -> Hash32:
    """Return sha256(0x00, payload): every leaf of every tree of this runtime."""
    return Hash32(hashlib.sha256(b"\x00" + payload).digest())


def _segments(width: int) -> int:
    return width // SEGMENT
