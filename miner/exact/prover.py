"""What both sides of a bisection game need: re-execute a leaf, its micro-tree, openings, witnesses.

The prover works on a kept execution. A leaf's micro payloads are made by the very steps that the
judge executes, fed from memory; a witness is what one step then reads, with its paths. A miner
knows all of his trees. A challenger knows his own leaves left of the disputed one, which are the
miner's too, and the nodes that the game has revealed: ``known_levels`` makes of both what a witness
needs, and ``expected_leaves`` says what he should have found.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from miner.exact.execution import Execution
from miner.exact.model import Model
from primitives.integer_model.manifest import CHUNK, SEGMENT, Manifest, leaf_hash
from primitives.integer_model.openings import range_path
from primitives.integer_model.program import Place, Program
from primitives.integer_model.request import (
    request_leaves,
    request_salt,
    response_leaves,
    response_salt,
)
from primitives.integer_model.steps import Step, ends_rightly
from primitives.integer_model.trace import (
    VOID,
    Header,
    chunk_hashes,
    layer_payload,
    leaf_count,
    leaf_index,
    leaf_place,
    row_root,
    sample_payload,
)
from primitives.merkle import count_at, merkle_levels, node_hash
from primitives.types import Hash32

Levels = list[list[Hash32]]
"""A Merkle tree from the leaves to the root."""
UNKNOWN: Final = Hash32(bytes(32))


class Prover:
    """One side's knowledge of one receipt; ``done`` is this side's own, kept execution."""

    def __init__(
        self,
        model: Model,
        done: Execution,
        trace: Levels,
        salt: bytes,
        *,
        header: Header | None = None,
        delivered: bytes = b"",
    ) -> None:
        """Take what this side knows.

        Args:
            model: the model of the receipt.
            done: this side's own, kept execution of the request.
            trace: the levels of the miner's trace; a challenger's from ``known_levels``.
            salt: the client's 32 bytes.
            header: the header that the miner opened; his own when this side is the miner.
            delivered: the miner's delivered bytes; a challenger needs none.
        """
        self.model = model
        self.done = done
        self.header = header or done.header
        self.trace = trace
        self.salt = salt
        self.asked = merkle_levels(request_leaves(salt, done.request.prompt, done.request.options))
        self.answered = merkle_levels(response_leaves(salt, done.tokens, delivered))

    def opening(self) -> bytes:
        """Return the opening that a game begins with."""
        encoded = self.model.payload(0)
        return b"".join(
            (
                len(encoded).to_bytes(2, "big"), encoded, *range_path(self.model.levels(), 0, 1),
                self.header.encode(), *range_path(self.trace, 0, 1),
                request_salt(self.salt, 0), *range_path(self.asked, 0, 1),
            )
        )  # fmt: skip

    def micro_payloads(self, leaf: int) -> list[bytes]:
        """Return the payloads of all micro-steps of a leaf behind the header."""
        program = self.program(leaf)
        payloads: list[bytes] = []
        step = Step(program, self.header, Memory(self, program, payloads))
        for index in range(program.count):
            payloads.append(step.payload(index))  # noqa: PERF401  a step reads earlier ones
        return payloads

    def micro_levels(self, leaf: int) -> Levels:
        """Return the micro-tree of a leaf; the header's is the header leaf alone."""
        if leaf == 0:
            return [[self.trace[0][0]]]
        return merkle_levels([leaf_hash(payload) for payload in self.micro_payloads(leaf)])

    def root_witness(self, leaf: int, levels: Levels) -> bytes:
        """Return the witness of ``check_micro_root``."""
        if leaf == 0:
            return b""
        witness = b"".join(range_path(levels, len(levels[0]) - 1, 1))
        place = self.program(leaf).place
        if place.layer < place.manifest.layers:
            return witness
        made = place.position - self.header.prompt_count + 2
        token = self.done.tokens[made - 1].to_bytes(4, "big")
        path = range_path(self.answered, made, 1)
        return b"".join((witness, token, response_salt(self.salt, made), *path))

    def step_witness(self, leaf: int, micro: int, payloads: list[bytes], levels: Levels) -> bytes:
        """Return the witness of ``right_output``; payloads and levels are the miner's."""
        if leaf == 0:
            return b""
        program = self.program(leaf)
        recorder = Recorder(Memory(self, program, payloads), self, levels)
        Step(program, self.header, recorder).payload(micro)
        return b"".join(recorder.pieces)

    def program(self, leaf: int) -> Program:
        """Return the micro-program of a leaf."""
        manifest = self.model.manifest
        position, layer = leaf_place(manifest, self.header, leaf)
        return Program(Place(manifest, position, layer))


class Memory:
    """Operands out of a kept execution."""

    def __init__(self, prover: Prover, program: Program, payloads: Sequence[bytes]) -> None:
        self._done = prover.done
        self._model = prover.model
        self._program = program
        self._payloads = payloads

    def micro(self, phase: str, index: int) -> bytes:
        """Return an earlier step's payload."""
        return self._payloads[self._program.phases[phase][0] + index]

    def micro_range(self, phase: str, index: int, count: int) -> list[bytes]:
        """Return the payloads of steps in a row."""
        first = self._program.phases[phase][0] + index
        return list(self._payloads[first : first + count])

    def model(self, leaf: int, size: int) -> bytes:  # noqa: ARG002
        """Return a part of the model."""
        return self._model.payload(leaf)

    def residual(self, position: int, layer: int, segment: int) -> bytes:
        """Return output activations of an earlier leaf."""
        row = self._done.outs[position][layer]
        return bytes(row[segment * SEGMENT :][:SEGMENT].astype("<i4"))

    def kv(self, position: int, layer: int, segment: int) -> bytes:
        """Return a segment of an earlier leaf's K and V row."""
        row = self._done.rows[position][layer]
        return bytes(row[segment * SEGMENT :][:SEGMENT].astype("<i2"))

    def token(self, position: int) -> int:
        """Return the token fed at a position."""
        return self._done.fed(position)


class Recorder:
    """Passes operands on and writes down what a witness needs of each."""

    def __init__(self, memory: Memory, prover: Prover, levels: Levels) -> None:
        self.pieces: list[bytes] = []
        self._memory = memory
        self._prover = prover
        self._levels = levels

    def micro(self, phase: str, index: int) -> bytes:
        """Record an earlier step's payload."""
        return self.micro_range(phase, index, 1)[0]

    def micro_range(self, phase: str, index: int, count: int) -> list[bytes]:
        """Record the payloads of steps in a row."""
        found = self._memory.micro_range(phase, index, count)
        first = self._memory._program.phases[phase][0] + index
        self.pieces += [*found, *range_path(self._levels, first, count)]
        return found

    def model(self, leaf: int, size: int) -> bytes:
        """Record a part of the model."""
        payload = self._memory.model(leaf, size)
        self.pieces += [payload, *range_path(self._prover.model.levels(), leaf, 1)]
        return payload

    def residual(self, position: int, layer: int, segment: int) -> bytes:
        """Record a chunk of output activations."""
        outs = self._prover.done.outs[position][layer].astype("<i4")
        self._record_chunk(position, layer, outs, segment)
        return self._memory.residual(position, layer, segment)

    def kv(self, position: int, layer: int, segment: int) -> bytes:
        """Record a chunk of a K and V row."""
        rows = self._prover.done.rows[position][layer].astype("<i2")
        self._record_chunk(position, layer, rows, segment)
        return self._memory.kv(position, layer, segment)

    def token(self, position: int) -> int:
        """Record a token, of the prompt or generated."""
        prover, token = self._prover, self._memory.token(position)
        encoded = token.to_bytes(4, "big")
        if position < prover.header.prompt_count:
            salt = request_salt(prover.salt, 1 + position)
            self.pieces += [salt, encoded, *range_path(prover.asked, 1 + position, 1)]
        else:
            self.pieces.append(encoded)
            layer = prover.model.manifest.layers
            self._record_trace(position - 1, layer, sample_payload(position - 1, layer, token))
        return token

    def _record_chunk(
        self, position: int, layer: int, row: "np.ndarray[tuple[int], np.dtype[np.generic]]",
        segment: int,
    ) -> None:  # fmt: skip
        done = self._prover.done
        out_root = row_root(done.outs[position][layer])
        kv_root = row_root(done.rows[position][layer])
        self.pieces += [out_root, kv_root]
        self._record_trace(position, layer, layer_payload(position, layer, out_root, kv_root))
        chunk = segment * SEGMENT // CHUNK
        self.pieces.append(row[chunk * CHUNK : (chunk + 1) * CHUNK].tobytes())
        self.pieces += range_path(merkle_levels(chunk_hashes(row)), chunk, 1)

    def _record_trace(self, position: int, layer: int, payload: bytes) -> None:
        prover = self._prover
        index = leaf_index(prover.model.manifest, prover.header, position, layer)
        assert prover.trace[0][index] == leaf_hash(payload), "an agreed leaf is another"
        self.pieces += range_path(prover.trace, index, 1)


def expected_leaves(
    manifest: Manifest, first: Hash32, done: Execution, header: Header
) -> list[Hash32]:
    """Return the trace leaves that are right under the miner's header, up to the first void one.

    ``done`` is an honest execution of the request, ``first`` the header leaf. Behind a token that
    should have ended the output, or ended it too early, nothing is right: zeros fill the rest. A
    challenger disputes a void leaf even where the miner's is void too: no token opens there, so the
    miner cannot defend it.
    """
    count = leaf_count(manifest, header)
    leaves = [first, *done.leaves][:count]
    for made, token in enumerate(done.tokens[: header.output_count], 1):
        if not ends_rightly(header, made, token):
            position = header.prompt_count + made - 2
            at = leaf_index(manifest, header, position, manifest.layers)
            leaves = [*leaves[:at], leaf_hash(VOID)]
            break
    return leaves + [UNKNOWN] * (count - len(leaves))


def known_levels(
    count: int, own: Sequence[Hash32], revealed: Mapping[tuple[int, int], Hash32]
) -> Levels:
    """Return the levels of a tree of which only a part is known.

    Args:
        count: the tree's leaves.
        own: leaves from the left that both sides agree on.
        revealed: nodes of the other side by (level above the leaves, index).

    Returns:
        Levels in which every node that cannot be known is zero.
    """
    levels: Levels = []
    height = 0
    while True:
        width = count_at(count, height)
        level = [UNKNOWN] * width
        for i in range(width):
            if height == 0:
                level[i] = own[i] if i < len(own) else UNKNOWN
            else:
                below = levels[-1][2 * i : 2 * i + 2]
                if UNKNOWN not in below:
                    level[i] = node_hash(*below) if len(below) == 2 else below[0]
            level[i] = revealed.get((height, i), level[i])
        levels.append(level)
        if width == 1:
            return levels
        height += 1
