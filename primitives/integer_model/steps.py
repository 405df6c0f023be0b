"""One micro-step: reads its operands from a source and yields the payload of its micro leaf.

The same functions serve the judge, who reads operands out of a witness and checks them on the way,
and the prover, who records what they read. They ask for operands in a fixed order; that order is
the witness's layout.
"""

from collections.abc import Callable
from typing import Final, Protocol

import numpy as np

from primitives.integer_model import arithmetic as rules
from primitives.integer_model.arithmetic import Int64, as_int64
from primitives.integer_model.manifest import (
    CHUNK,
    EXP_LEAF,
    EXP_TABLE_BYTES,
    GATE_LEAF,
    GATE_TABLE_BYTES,
    SEGMENT,
    Manifest,
    ModelTree,
    leaf_hash,
)
from primitives.integer_model.program import SHAPES, Program
from primitives.integer_model.trace import VOID, Header, chunks, layer_payload, sample_payload
from primitives.merkle import merkle_root
from primitives.types import Hash32

PER_CHUNK: Final = CHUNK // SEGMENT


class Operands(Protocol):
    """Where a step reads. Payloads are as ``steps`` writes them; indexes are checked by callers."""

    def micro(self, phase: str, index: int) -> bytes:
        """Return the payload of an earlier step."""

    def micro_range(self, phase: str, index: int, count: int) -> list[bytes]:
        """Return the payloads of steps in a row."""

    def model(self, leaf: int, size: int) -> bytes:
        """Return the payload of a leaf of the model's tree."""

    def residual(self, position: int, layer: int, segment: int) -> bytes:
        """Return 64 output activations (i32) of an earlier trace leaf."""

    def kv(self, position: int, layer: int, segment: int) -> bytes:
        """Return 64 elements (i16) of the K and V row of an earlier trace leaf."""

    def token(self, position: int) -> int:
        """Return the token fed at a position: the prompt's, or a generated one."""


class Step:
    """One step of a program, executed on operands of a source."""

    __slots__ = ("header", "layer", "manifest", "place", "program", "shifts", "source", "tree")

    def __init__(self, program: Program, header: Header, source: Operands) -> None:
        self.program = program
        self.place = program.place
        self.manifest: Manifest = self.place.manifest
        self.layer = self.place.layer
        self.tree = ModelTree(self.manifest)
        self.header = header
        self.source = source
        self.shifts = self.manifest.layer(min(self.layer, self.manifest.layers - 1))

    def payload(self, index: int) -> bytes:
        """Execute step ``index`` and return what its micro leaf hashes.

        Raises:
            DecodeError: no such step, or the source cannot open an operand.
        """
        phase, at = self.program.locate(index)
        if phase.endswith("_acc"):
            return self._product(phase[:-4], at)
        kind, _, rest = phase.partition("_")
        if rest in ("sum", "inv", "norm"):
            return _NORM_STEPS[rest](self, kind, at)
        return _STEPS[phase](self, at)

    # norms

    def _norm_sum(self, kind: str, at: int) -> bytes:
        before = self._int(kind + "_sum", at - 1) if at else 0
        total = before + rules.sum_of_squares(self._stream(kind, at))
        return min(total, (1 << 62)).to_bytes(8, "little", signed=True)

    def _norm_inv(self, kind: str, _at: int) -> bytes:
        m = self.manifest
        total = self._int(kind + "_sum", m.d_model // SEGMENT - 1)
        return rules.norm_inverse(total, m.d_model, m.epsilon).to_bytes(8, "little", signed=True)

    def _norm_norm(self, kind: str, at: int) -> bytes:
        m = self.manifest
        values, inverse = self._stream(kind, at), self._int(kind + "_inv", 0)
        gains = self._vector(kind, at, "<i2")
        shift = m.final_shift if kind == "final" else getattr(self.shifts, kind)
        return _i16(rules.norm(values, inverse, gains, shift, m.activation_max))

    def _stream(self, kind: str, at: int) -> Int64:
        """The residual stream that a norm reads."""
        if kind == "mlp":
            return self._micro("x_mid", at)
        return self._input(at)

    def _input(self, at: int) -> Int64:
        """The residual stream that the leaf begins with."""
        if self.layer == 0:
            return self._micro("embed", at)
        return as_int64(self.source.residual(self.place.position, self.layer - 1, at), "<i4")

    # matrices

    def _product(self, name: str, at: int) -> bytes:
        inner = self.tree.matrix_tiles(name)[1]
        row, column = at // inner, at % inner
        before = self._micro(name + "_acc", at - 1) if column else np.zeros(64, dtype=np.int64)
        segment = self._micro(_INPUTS[name], column)
        return _i32(rules.add_tile(before, self._tile(name, row, column), segment))

    def _embed(self, at: int) -> bytes:
        m = self.manifest
        token = min(self.source.token(self.place.position), m.vocabulary - 1)
        tile = self._tile("embed", token // SEGMENT, at)
        factor = int(self._vector("embed", token // SEGMENT, "<i4")[token % SEGMENT])
        return _i32(rules.embed(tile[token % SEGMENT], factor, m.embed_shift))

    def _scaled(self, name: str, at: int) -> Int64:
        """The finished accumulators of a row of tiles, with their factors: activations."""
        factors = self._vector(name, at, "<i4")
        shift = getattr(self.shifts, name)
        return rules.activation(
            self._finished(name, at), factors, shift, self.manifest.activation_max
        )

    def _finished(self, name: str, at: int) -> Int64:
        inner = self.tree.matrix_tiles(name)[1]
        return self._micro(name + "_acc", at * inner + inner - 1)

    def _rotated(self, name: str, at: int) -> bytes:
        m = self.manifest
        values = self._scaled(name, at)
        table = as_int64(
            self.source.model(self.tree.rope(self.place.position), 2 * m.head_dim), "<i2"
        )
        first = at * SEGMENT % m.head_dim
        if m.head_dim < SEGMENT:
            table = np.concatenate([table] * (SEGMENT // m.head_dim))
        return _i16(rules.rotate(values, table[first : first + SEGMENT], m.activation_max))

    def _q(self, at: int) -> bytes:
        return self._rotated("q", at)

    def _k(self, at: int) -> bytes:
        return self._rotated("k", at)

    def _v(self, at: int) -> bytes:
        return _i16(self._scaled("v", at))

    # attention

    def _score(self, at: int) -> bytes:
        m, place = self.manifest, self.place
        seen = place.position + 1
        unit, position = at // seen, at % seen
        head, part = unit // place.parts, unit % place.parts
        before = self._int("score", at - seen) if part else 0
        start = head * m.head_dim + part * SEGMENT
        query = self._micro("q", start // SEGMENT)[start % SEGMENT :][: place.width]
        key = self._cached(position, self._key_start(head, part))
        total = rules.clamp(np.array([before + int(query @ key)]), rules.I32_MAX)
        return _i32(total)

    def _mix(self, at: int) -> bytes:
        m, place = self.manifest, self.place
        seen = place.position + 1
        unit, position = at // seen, at % seen
        head, part = unit // place.parts, unit % place.parts
        page = head * place.pages + position // SEGMENT
        before = self._micro("mix", at - 1) if position else np.zeros(place.width, dtype=np.int64)
        weight = int(self._micro("weight", page)[position % SEGMENT])
        value = self._cached(position, m.kv_width + self._key_start(head, part))
        return _i32(rules.clamp(before + weight * value, rules.I32_MAX))

    def _key_start(self, head: int, part: int) -> int:
        m = self.manifest
        return head // (m.heads // m.kv_heads) * m.head_dim + part * SEGMENT

    def _cached(self, position: int, start: int) -> Int64:
        """Elements of a position's K and V row from ``start`` on."""
        segment = start // SEGMENT
        if position == self.place.position:
            keys = self.manifest.kv_width // SEGMENT
            name, at = ("k", segment) if segment < keys else ("v", segment - keys)
            row = self._micro(name, at)
        else:
            row = as_int64(self.source.kv(position, self.layer, segment), "<i2")
        return row[start % SEGMENT :][: self.place.width]

    def _page_scores(self, at: int) -> Int64:
        place = self.place
        head, page = at // place.pages, at % place.pages
        unit = head * place.parts + place.parts - 1
        first = unit * (place.position + 1) + page * SEGMENT
        found = self.source.micro_range("score", first, place.page_length(page))
        return as_int64(b"".join(found), "<i4")

    def _max(self, at: int) -> bytes:
        scores = self._page_scores(at)
        before = [self._int("max", at - 1)] if at % self.place.pages else []
        return max([*before, int(scores.max())]).to_bytes(4, "little", signed=True)

    def _exp(self, at: int) -> bytes:
        scores = self._page_scores(at)
        most = self._int("max", self._last_page(at))
        table = as_int64(self.source.model(EXP_LEAF, EXP_TABLE_BYTES), "<u2")
        s = self.shifts
        found = rules.score_exponential(scores, most, s.score_factor, s.score, table)
        return found.astype("<u2").tobytes()

    def _sum(self, at: int) -> bytes:
        before = self._int("sum", at - 1) if at % self.place.pages else 0
        total = before + int(self._micro("exp", at).sum())
        return min(total, 1 << 62).to_bytes(8, "little", signed=True)

    def _weight(self, at: int) -> bytes:
        exponentials = self._micro("exp", at)
        return _i32(rules.shares(exponentials, self._int("sum", self._last_page(at))))

    def _last_page(self, at: int) -> int:
        pages = self.place.pages
        return at // pages * pages + pages - 1

    def _mixed(self, at: int) -> bytes:
        place = self.place
        units, seen = SEGMENT // place.width, place.position + 1
        pieces = [
            self._micro("mix", unit * seen + seen - 1)
            for unit in range(at * units, at * units + units)
        ]
        return _i16(rules.mixed(np.concatenate(pieces), self.manifest.activation_max))

    # the rest of a layer

    def _x_mid(self, at: int) -> bytes:
        return self._residual(self._input(at), "o", at)

    def _x_out(self, at: int) -> bytes:
        return self._residual(self._micro("x_mid", at), "down", at)

    def _residual(self, stream: Int64, name: str, at: int) -> bytes:
        factors = self._vector(name, at, "<i4")
        shift = getattr(self.shifts, name)
        return _i32(rules.add_residual(stream, self._finished(name, at), factors, shift))

    def _act(self, at: int) -> bytes:
        s = self.shifts
        gate = rules.activation(
            self._finished("gate", at), self._vector("gate", at, "<i4"), s.gate, rules.WIDE_MAX
        )
        up = rules.activation(
            self._finished("up", at), self._vector("up", at, "<i4"), s.up, rules.WIDE_MAX
        )
        table = as_int64(self.source.model(GATE_LEAF, GATE_TABLE_BYTES), "<u2")
        return _i16(rules.gated(gate, up, table, s.act, self.manifest.activation_max))

    def _out_chunk(self, at: int) -> bytes:
        return self._chunk(["x_out"], at)

    def _kv_chunk(self, at: int) -> bytes:
        return self._chunk(["k", "v"], at)

    def _chunk(self, names: list[str], at: int) -> bytes:
        """Hash segments of phases that follow each other."""
        total = sum(self.program.phases[name][1] for name in names)
        first = at * PER_CHUNK
        count = min(PER_CHUNK, total - first)
        return leaf_hash(b"".join(self.source.micro_range(names[0], first, count)))

    def _leaf(self, _at: int) -> bytes:
        m = self.manifest
        outs, kvs = chunks(m.d_model), chunks(2 * m.kv_width)
        found = [Hash32(h) for h in self.source.micro_range("out_chunk", 0, outs + kvs)]
        out_root, kv_root = merkle_root(found[:outs]), merkle_root(found[outs:])
        return layer_payload(self.place.position, self.layer, out_root, kv_root)

    # sampling

    def _logits(self, at: int) -> bytes:
        factors = self._vector("head", at, "<i4")
        shift = self.manifest.head_shift
        return _i32(rules.activation(self._finished("head", at), factors, shift, rules.LOGIT_MAX))

    def _top(self, at: int) -> bytes:
        best = decode_candidates(self.source.micro("top", at - 1)) if at else []
        logits = [int(v) for v in self._micro("logits", at)]
        return encode_candidates(
            rules.merge_top(
                best, logits, at * SEGMENT, self.manifest.vocabulary, self.header.options.top_k
            )
        )

    def _pick(self, _at: int) -> bytes:
        m, options, place = self.manifest, self.header.options, self.place
        best = decode_candidates(self.source.micro("top", m.vocabulary_tiles - 1))
        table = as_int64(self.source.model(EXP_LEAF, EXP_TABLE_BYTES), "<u2")
        token = rules.pick(
            best, options.temperature, options.top_p, options.seed, place.position, table
        )
        made = place.position - self.header.prompt_count + 2
        if not ends_rightly(self.header, made, token):
            return VOID
        return sample_payload(place.position, m.layers, token)

    # sources

    def _micro(self, phase: str, index: int) -> Int64:
        dtype = {"exp": "<u2", "weight": "<i4", "mix": "<i4"}.get(phase) or SHAPES[phase][0]
        return as_int64(self.source.micro(phase, index), dtype)

    def _int(self, phase: str, index: int) -> int:
        return int.from_bytes(self.source.micro(phase, index), "little", signed=True)

    def _vector(self, name: str, index: int, dtype: str) -> Int64:
        leaf = self.tree.vector(self.layer, name, index)
        return as_int64(self.source.model(leaf, SEGMENT * int(dtype[2])), dtype)

    def _tile(self, name: str, row: int, column: int) -> Int64:
        leaf = self.tree.tile(self.layer, name, row, column)
        return as_int64(self.source.model(leaf, SEGMENT * SEGMENT), "<i1").reshape(SEGMENT, SEGMENT)


def ends_rightly(header: Header, made: int, token: int) -> bool:
    """Whether token number ``made`` (from 1) may stand there: the output ends behind the stop."""
    is_last = made == header.output_count
    if token == header.options.stop:
        return is_last
    return not is_last or made == header.options.tokens_max


def encode_candidates(best: list[tuple[int, int]]) -> bytes:
    """Return (logit i32, token u32) pairs."""
    return b"".join(v.to_bytes(4, "little", signed=True) + t.to_bytes(4, "little") for v, t in best)


def decode_candidates(data: bytes) -> list[tuple[int, int]]:
    """Return the pairs of a payload whose length is right."""
    return [
        (
            int.from_bytes(data[i : i + 4], "little", signed=True),
            int.from_bytes(data[i + 4 : i + 8], "little"),
        )
        for i in range(0, len(data), 8)
    ]


def payload_size(program: Program, header: Header, phase: str, index: int) -> int:
    """Return the bytes of a step's payload."""
    place = program.place
    if phase in SHAPES:
        dtype, elements = SHAPES[phase]
        return int(dtype[2]) * elements
    if phase in ("exp", "weight"):
        length = place.page_length(index % place.pages)
        return length * (2 if phase == "exp" else 4)
    if phase == "mix":
        return 4 * place.width
    if phase == "top":
        seen = min(place.manifest.vocabulary, SEGMENT * (index + 1))
        return 8 * min(header.options.top_k, seen)
    return 32  # out_chunk, kv_chunk


def _i16(values: Int64) -> bytes:
    return values.astype("<i2").tobytes()


def _i32(values: Int64) -> bytes:
    return values.astype("<i4").tobytes()


_INPUTS: Final = {
    "q": "attn_norm", "k": "attn_norm", "v": "attn_norm", "o": "mixed", "gate": "mlp_norm",
    "up": "mlp_norm", "down": "act", "head": "final_norm",
}  # fmt: skip
_NORM_STEPS: Final[dict[str, Callable[[Step, str, int], bytes]]] = {
    "sum": Step._norm_sum, "inv": Step._norm_inv, "norm": Step._norm_norm,
}  # fmt: skip
_STEPS: Final[dict[str, Callable[[Step, int], bytes]]] = {
    "embed": Step._embed, "q": Step._q, "k": Step._k, "v": Step._v, "score": Step._score,
    "max": Step._max, "exp": Step._exp, "sum": Step._sum, "weight": Step._weight,
    "mix": Step._mix, "mixed": Step._mixed, "x_mid": Step._x_mid, "act": Step._act,
    "x_out": Step._x_out, "out_chunk": Step._out_chunk, "kv_chunk": Step._kv_chunk,
    "leaf": Step._leaf, "logits": Step._logits, "top": Step._top, "pick": Step._pick,
}  # fmt: skip
