"""The judge of the integer model's bisection games (primitives.adjudication).

An opening is: u16 length and bytes of the manifest, its path; the header, its path; the salt of the
request's options, their path. A witness is the operands of one step in the order in which the step
asks for them, each followed by its path; every length follows from receipt, opening and step, so
there is exactly one encoding. The only freedom is in what nobody agreed on, and that is hashed.

A1  The trace's leaf of a place is the last micro leaf of its program.
A2  A step reads only places before it: earlier micro-steps, earlier leaves, model and request.
A3  Steps are total: operands that two liars agreed on give some result, never an exception.
"""

from dataclasses import dataclass
from typing import Final

from primitives.adjudication import OPENING_BYTES_MAX, WITNESS_BYTES_MAX
from primitives.compute import UNIT_TOKENS, ComputeReceipt
from primitives.errors import DecodeError
from primitives.integer_model.manifest import (
    CHUNK,
    RUNTIME_ID,
    SEGMENT,
    Manifest,
    ModelTree,
    decode_manifest,
    leaf_hash,
    read_manifest,
)
from primitives.integer_model.openings import path_length, root_from_range
from primitives.integer_model.program import Place, Program
from primitives.integer_model.request import SALT_BYTES, options_leaf, token_leaf
from primitives.integer_model.steps import Step, payload_size
from primitives.integer_model.trace import (
    HEADER_BYTES,
    Header,
    chunks,
    decode_header,
    header_leaf,
    layer_payload,
    leaf_count,
    leaf_index,
    leaf_place,
    sample_payload,
)
from primitives.merkle import root_from_path
from primitives.types import Hash32

_HASH: Final = 32


class Reader:
    """Takes bytes and openings out of an encoding, front to back."""

    __slots__ = ("_at", "_data", "_what")

    def __init__(self, data: bytes, what: str) -> None:
        self._data = data
        self._what = what
        self._at = 0

    def take(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
            DecodeError: there are not so many.
        """
        end = self._at + size
        if end > len(self._data):
            raise DecodeError(self._what, "too short")
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def take_hash(self) -> Hash32:
        """Return the next hash."""
        return Hash32(self.take(_HASH))

    def check_path(self, leaf: Hash32, index: int, count: int, root: bytes) -> None:
        """Read a path and check that it leads from a leaf to ``root``.

        Raises:
            DecodeError: it does not.
        """
        path = [self.take_hash() for _ in range(path_length(index, count))]
        if root_from_path(leaf, index, count, path) != root:
            raise DecodeError(self._what, "an operand does not open")

    def check_range(self, leaves: list[Hash32], start: int, count: int, root: bytes) -> None:
        """Read the siblings of leaves in a row and check that all lead to ``root``.

        Raises:
            DecodeError: they do not.
        """
        if root_from_range(leaves, start, count, self.take_hash) != root:
            raise DecodeError(self._what, "operands do not open")

    def check_end(self) -> None:
        """Refuse trailing bytes.

        Raises:
            DecodeError: there are some.
        """
        if self._at != len(self._data):
            raise DecodeError(self._what, "trailing bytes")


@dataclass(frozen=True, slots=True)
class Opening:
    """A decoded opening."""

    manifest: Manifest
    header: Header


class WitnessOperands:
    """A step's operands, read from a witness and checked against what is committed."""

    __slots__ = ("_count", "_header", "_manifest", "_program", "_reader", "_receipt", "_root")

    def __init__(
        self,
        receipt: ComputeReceipt,
        opening: Opening,
        program: Program,
        micro_root: Hash32,
        reader: Reader,
    ) -> None:
        self._receipt = receipt
        self._manifest = opening.manifest
        self._header = opening.header
        self._program = program
        self._root = micro_root
        self._reader = reader
        self._count = ModelTree(opening.manifest).count

    def micro(self, phase: str, index: int) -> bytes:
        """Return an earlier step's payload."""
        payload = self._reader.take(payload_size(self._program, self._header, phase, index))
        at = self._program.phases[phase][0] + index
        self._reader.check_path(leaf_hash(payload), at, self._program.count, self._root)
        return payload

    def micro_range(self, phase: str, index: int, count: int) -> list[bytes]:
        """Return the payloads of steps in a row, all of one size."""
        size = payload_size(self._program, self._header, phase, index)
        found = [self._reader.take(size) for _ in range(count)]
        at = self._program.phases[phase][0] + index
        leaves = [leaf_hash(payload) for payload in found]
        self._reader.check_range(leaves, at, self._program.count, self._root)
        return found

    def model(self, leaf: int, size: int) -> bytes:
        """Return a part of the model."""
        payload = self._reader.take(size)
        self._reader.check_path(leaf_hash(payload), leaf, self._count, self._receipt.model_root)
        return payload

    def residual(self, position: int, layer: int, segment: int) -> bytes:
        """Return output activations of an earlier leaf."""
        out_root, _ = self._roots(position, layer)
        return self._chunked(out_root, self._manifest.d_model, 4, segment)

    def kv(self, position: int, layer: int, segment: int) -> bytes:
        """Return a segment of an earlier leaf's K and V row."""
        _, kv_root = self._roots(position, layer)
        return self._chunked(kv_root, 2 * self._manifest.kv_width, 2, segment)

    def token(self, position: int) -> int:
        """Return the token fed at a position."""
        if position < self._header.prompt_count:
            salt = self._reader.take(SALT_BYTES)
            token = int.from_bytes(self._reader.take(4), "big")
            self._reader.check_path(
                token_leaf(salt, token), 1 + position, 1 + self._header.prompt_count,
                self._receipt.request_hash,
            )  # fmt: skip
            return token
        token = int.from_bytes(self._reader.take(4), "big")
        layer = self._manifest.layers
        self._check_trace(position - 1, layer, sample_payload(position - 1, layer, token))
        return token

    def _roots(self, position: int, layer: int) -> tuple[Hash32, Hash32]:
        """The two roots of an earlier layer's leaf."""
        out_root, kv_root = self._reader.take_hash(), self._reader.take_hash()
        self._check_trace(position, layer, layer_payload(position, layer, out_root, kv_root))
        return out_root, kv_root

    def _check_trace(self, position: int, layer: int, payload: bytes) -> None:
        index = leaf_index(self._manifest, self._header, position, layer)
        count = leaf_count(self._manifest, self._header)
        self._reader.check_path(leaf_hash(payload), index, count, self._receipt.trace_root)

    def _chunked(self, root: Hash32, width: int, size: int, segment: int) -> bytes:
        """A segment of a row that is committed by chunks."""
        chunk = segment * SEGMENT // CHUNK
        data = self._reader.take(size * min(CHUNK, width - chunk * CHUNK))
        self._reader.check_path(leaf_hash(data), chunk, chunks(width), root)
        first = size * (segment * SEGMENT - chunk * CHUNK)
        return data[first : first + size * SEGMENT]


class IntegerModelAdjudicator:
    """Runtime 1: see primitives.adjudication.Adjudicator for the duties."""

    @property
    def runtime_id(self) -> int:
        """Return 1."""
        return RUNTIME_ID

    def check_opening(self, receipt: ComputeReceipt, opening: bytes) -> int:
        """Return the number of trace leaves.

        Raises:
            DecodeError: manifest, header or options do not open, or do not agree; or the receipt
                charges more tokens than were generated.
        """
        if len(opening) > OPENING_BYTES_MAX:
            raise DecodeError("opening", "too long")
        reader = Reader(opening, "opening")
        encoded = reader.take(int.from_bytes(reader.take(2), "big"))
        manifest = decode_manifest(encoded)
        reader.check_path(leaf_hash(encoded), 0, ModelTree(manifest).count, receipt.model_root)
        header = decode_header(reader.take(HEADER_BYTES), manifest)
        leaf = header_leaf(header, receipt.model_root, receipt.request_hash, receipt.response_hash)
        reader.check_path(leaf, 0, leaf_count(manifest, header), receipt.trace_root)
        options = options_leaf(reader.take(SALT_BYTES), header.prompt_count, header.options)
        reader.check_path(options, 0, 1 + header.prompt_count, receipt.request_hash)
        reader.check_end()
        if receipt.unit_kind == UNIT_TOKENS and receipt.units > header.output_count:
            raise DecodeError("opening", "the receipt charges tokens that were not generated")
        return leaf_count(manifest, header)

    def micro_count(self, receipt: ComputeReceipt, opening: bytes, leaf: int) -> int:  # noqa: ARG002
        """Return the number of micro-steps of a trace leaf.

        Raises:
            DecodeError: no such leaf.
        """
        found = _decode_opening(opening)
        return 1 if leaf == 0 else _program(found, leaf).count

    def check_micro_root(
        self,
        receipt: ComputeReceipt,
        opening: bytes,
        leaf: int,
        leaf_hash: Hash32,
        micro_root: Hash32,
        witness: bytes,
    ) -> None:
        """Check that the last micro leaf is the trace leaf; a token also opens in responseHash.

        The witness is the path of the last micro leaf; for a sampling leaf then the token (u32),
        its salt and its path under responseHash.

        Raises:
            DecodeError: it is not, or does not.
        """
        if len(witness) > WITNESS_BYTES_MAX:
            raise DecodeError("witness", "too long")
        found = _decode_opening(opening)
        reader = Reader(witness, "witness")
        if leaf == 0:
            reader.check_path(leaf_hash, 0, 1, micro_root)
            reader.check_end()
            return
        program = _program(found, leaf)
        reader.check_path(leaf_hash, program.count - 1, program.count, micro_root)
        if program.place.layer == found.manifest.layers:
            self._check_token(receipt, found.header, program.place, leaf_hash, reader)
        reader.check_end()

    def right_output(
        self,
        receipt: ComputeReceipt,
        opening: bytes,
        leaf: int,
        micro: int,
        micro_root: Hash32,
        witness: bytes,
    ) -> Hash32:
        """Execute one micro-step and return the micro leaf that is right.

        Raises:
            DecodeError: the witness does not open exactly the operands of this step.
        """
        if len(witness) > WITNESS_BYTES_MAX:
            raise DecodeError("witness", "too long")
        found = _decode_opening(opening)
        reader = Reader(witness, "witness")
        if leaf == 0:
            if micro:
                raise DecodeError("micro-step", "the header has one")
            reader.check_end()
            return header_leaf(
                found.header, receipt.model_root, receipt.request_hash, receipt.response_hash
            )
        program = _program(found, leaf)
        operands = WitnessOperands(receipt, found, program, micro_root, reader)
        payload = Step(program, found.header, operands).payload(micro)
        reader.check_end()
        return _leaf(payload)

    def _check_token(
        self,
        receipt: ComputeReceipt,
        header: Header,
        place: Place,
        expected: Hash32,
        reader: Reader,
    ) -> None:
        token = int.from_bytes(reader.take(4), "big")
        if _leaf(sample_payload(place.position, place.layer, token)) != expected:
            raise DecodeError("witness", "the sampling leaf holds another token")
        made = place.position - header.prompt_count + 2
        leaf = token_leaf(reader.take(SALT_BYTES), token)
        reader.check_path(leaf, made, 1 + header.output_count, receipt.response_hash)


_leaf: Final = leaf_hash


def _decode_opening(opening: bytes) -> Opening:
    """Decode an opening that was checked before."""
    reader = Reader(opening, "opening")
    manifest = read_manifest(reader.take(int.from_bytes(reader.take(2), "big")))
    for _ in range(path_length(0, ModelTree(manifest).count)):
        reader.take_hash()
    return Opening(manifest, decode_header(reader.take(HEADER_BYTES), manifest))


def _program(found: Opening, leaf: int) -> Program:
    """The program of a leaf behind the header.

    Raises:
        DecodeError: no such leaf.
    """
    if not 0 < leaf < leaf_count(found.manifest, found.header):
        raise DecodeError("trace leaf", f"no leaf {leaf}")
    position, layer = leaf_place(found.manifest, found.header, leaf)
    return Program(Place(found.manifest, position, layer))
