"""The trace of an execution: its header, its leaves and their numbers.

Leaf 0 is the header. Then position by position, and layer by layer within one, every leaf
sha256(0x00, position, layer, root of the output activations, root of the new K and V rows). From
the last prompt position on, a position has one more leaf, pseudo-layer ``layers``: sampling,
sha256(0x00, position, layer, token id). Numbers are big-endian u32.

Activations (i32) and the row K, V (i16) are committed by chunks of 1,024 elements. The last
generated token is never fed back, so positions are 0 .. prompt + outputs - 2.
"""

import struct
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
import numpy.typing as npt

from primitives.errors import DecodeError
from primitives.integer_model.manifest import CHUNK, RUNTIME_ID, Manifest, leaf_hash
from primitives.integer_model.request import OPTIONS_BYTES, Options, decode_options
from primitives.merkle import merkle_root
from primitives.types import Hash32

VOID: Final = b"void"
"""What a sampling step yields whose token should have ended the output, or ended it too early."""

_HEADER_TAG: Final = b"AITBC trace v1"
_COUNTS: Final = struct.Struct(">2I")
HEADER_BYTES: Final = _COUNTS.size + OPTIONS_BYTES
LEAF_BYTES: Final = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a trace is an execution of; the hashes beside it are the receipt's."""

    prompt_count: int
    output_count: int
    options: Options

    def encode(self) -> bytes:
        """Return the part that an opening carries."""
        return _COUNTS.pack(self.prompt_count, self.output_count) + self.options.encode()

    @property
    def positions(self) -> int:
        """Return how many tokens are fed."""
        return self.prompt_count + self.output_count - 1


def decode_header(data: bytes, manifest: Manifest) -> Header:
    """Decode and check a header.

    Raises:
        DecodeError: another length, or counts that do not fit.
    """
    if len(data) != HEADER_BYTES:
        raise DecodeError("trace header", "wrong length")
    prompt, outputs = _COUNTS.unpack_from(data)
    header = Header(
        prompt_count=prompt, output_count=outputs, options=decode_options(data[_COUNTS.size :])
    )
    if not 1 <= outputs <= header.options.tokens_max:
        raise DecodeError("trace header", "outputs are outside 1..tokens_max")
    if prompt < 1 or header.positions > manifest.context_max:
        raise DecodeError("trace header", "positions are outside the context")
    return header


def header_leaf(
    header: Header, model_root: Hash32, request_hash: Hash32, response_hash: Hash32
) -> Hash32:
    """Return leaf 0."""
    runtime = RUNTIME_ID.to_bytes(4, "big")
    hashes = model_root + request_hash + response_hash
    return leaf_hash(_HEADER_TAG + runtime + hashes + header.encode())


def layer_payload(position: int, layer: int, out_root: Hash32, kv_root: Hash32) -> bytes:
    """Return what a layer's leaf hashes."""
    return _COUNTS.pack(position, layer) + out_root + kv_root


def sample_payload(position: int, layer: int, token: int) -> bytes:
    """Return what a sampling leaf hashes."""
    return _COUNTS.pack(position, layer) + token.to_bytes(4, "big")


def leaf_count(manifest: Manifest, header: Header) -> int:
    """Return the number of trace leaves."""
    return 1 + header.positions * manifest.layers + header.output_count


def leaf_index(manifest: Manifest, header: Header, position: int, layer: int) -> int:
    """Return the number of a leaf."""
    sampled = max(0, position - (header.prompt_count - 1))
    return 1 + position * manifest.layers + sampled + layer


def leaf_place(manifest: Manifest, header: Header, leaf: int) -> tuple[int, int]:
    """Return (position, layer) of leaf 1 and above."""
    layers = manifest.layers
    last = header.prompt_count - 1
    at = leaf - 1
    if at < last * layers:
        return at // layers, at % layers
    at -= last * layers
    return last + at // (layers + 1), at % (layers + 1)


def chunk_hashes(row: npt.NDArray[np.generic]) -> list[Hash32]:
    """Return the leaf hashes of a contiguous, little-endian row of activations or of K and V."""
    hashes = []
    for first in range(0, len(row), CHUNK):
        digest = sha256(b"\x00")
        digest.update(row[first : first + CHUNK].data)
        hashes.append(Hash32(digest.digest()))
    return hashes


def row_root(row: npt.NDArray[np.generic]) -> Hash32:
    """Return the Merkle root over a row's chunks."""
    return merkle_root(chunk_hashes(row)) if len(row) > CHUNK else leaf_hash(row.tobytes())


def layer_leaf(
    position: int,
    layer: int,
    out: npt.NDArray[np.int32],
    kv: npt.NDArray[np.int16],
) -> Hash32:
    """Return the leaf of a layer; ``kv`` is the new K row followed by the V row."""
    return leaf_hash(layer_payload(position, layer, row_root(out), row_root(kv)))


def chunks(width: int) -> int:
    """Return the number of chunks of a row."""
    return -(-width // CHUNK)
