"""The micro-program: which steps a trace leaf consists of, a pure function of manifest and place.

A program is a list of phases, each so many equal steps; step j of a phase reads fixed places, so
nobody chooses operands. T is position + 1, a page 64 positions, S segments of 64. Of a layer:

==============  ===========================  =====================================================
phase           steps                        one step
==============  ===========================  =====================================================
embed           S (layer 0 only)             row of a tile times the row's factor: residual
*_sum           S                            adds 64 squares
*_inv           1                            inverse root mean square
*_norm          S                            64 normed activations
*_acc           rows x columns of tiles      adds tile x segment to 64 accumulators, columns inner
q, k            segments                     scales and rotates
v               segments                     scales
score           heads x parts x T            adds up to 64 products of a query with a key row
max, exp        heads x pages                running maximum; 64 exponentials
sum, weight     heads x pages                running sum; 64 divisions
mix             heads x parts x T            adds weight x value row to up to 64 accumulators
mixed           segments                     scales
x_mid, x_out    S                            adds a block's output to the residual stream
act             segments of d_ff             gate x factor x up
out_chunk       chunks of 1,024              hashes residual segments
kv_chunk        chunks of 1,024              hashes segments of the new K and V rows
leaf            1                            the trace leaf's payload
==============  ===========================  =====================================================

Of a sampling leaf: final_sum, final_inv, final_norm, head_acc, logits, top (keeps the best of 64
more), pick (the trace leaf's payload). Of the header: one step, header.
"""

from dataclasses import dataclass
from typing import Final

from primitives.errors import DecodeError
from primitives.integer_model.manifest import SEGMENT, Manifest, ModelTree
from primitives.integer_model.trace import chunks

SHAPES: Final = {
    "embed": ("<i4", 64), "x_mid": ("<i4", 64), "x_out": ("<i4", 64), "logits": ("<i4", 64),
    "attn_sum": ("<i8", 1), "mlp_sum": ("<i8", 1), "final_sum": ("<i8", 1),
    "attn_inv": ("<i8", 1), "mlp_inv": ("<i8", 1), "final_inv": ("<i8", 1),
    "attn_norm": ("<i2", 64), "mlp_norm": ("<i2", 64), "final_norm": ("<i2", 64),
    "q": ("<i2", 64), "k": ("<i2", 64), "v": ("<i2", 64), "mixed": ("<i2", 64),
    "act": ("<i2", 64), "q_acc": ("<i4", 64), "k_acc": ("<i4", 64), "v_acc": ("<i4", 64),
    "o_acc": ("<i4", 64), "gate_acc": ("<i4", 64), "up_acc": ("<i4", 64),
    "down_acc": ("<i4", 64), "head_acc": ("<i4", 64), "score": ("<i4", 1), "max": ("<i4", 1),
    "sum": ("<i8", 1),
}  # fmt: skip
"""(dtype, elements) of what a step yields, where that does not depend on its place."""


@dataclass(frozen=True, slots=True)
class Place:
    """A trace leaf: a position and a layer; ``layer`` = manifest.layers is sampling."""

    manifest: Manifest
    position: int
    layer: int

    @property
    def pages(self) -> int:
        """Return the pages of 64 positions that attention sees."""
        return -(-(self.position + 1) // SEGMENT)

    @property
    def parts(self) -> int:
        """Return the pieces of a head of which one step reads one."""
        return -(-self.manifest.head_dim // SEGMENT)

    @property
    def width(self) -> int:
        """Return the elements of such a piece."""
        return min(self.manifest.head_dim, SEGMENT)

    def page_length(self, page: int) -> int:
        """Return the positions in a page."""
        return min(SEGMENT, self.position + 1 - page * SEGMENT)


class Program:
    """The phases of one trace leaf, each with its first step and its number of steps."""

    __slots__ = ("count", "phases", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.phases: dict[str, tuple[int, int]] = {}
        self.count = 0
        sampling = place.layer == place.manifest.layers
        for name, steps in _sampling(place) if sampling else _layer(place):
            self.phases[name] = (self.count, steps)
            self.count += steps

    def locate(self, index: int) -> tuple[str, int]:
        """Return the phase of a step and its number in it.

        Raises:
            DecodeError: no such step.
        """
        for name, (start, steps) in self.phases.items():
            if start <= index < start + steps:
                return name, index - start
        raise DecodeError("micro-step", f"no step {index} among {self.count}")


def _layer(place: Place) -> list[tuple[str, int]]:
    m, tree = place.manifest, ModelTree(place.manifest)
    s = m.d_model // SEGMENT
    q, kv, f = m.q_width // SEGMENT, m.kv_width // SEGMENT, m.d_ff // SEGMENT
    pages = m.heads * place.pages
    pieces = m.heads * place.parts * (place.position + 1)

    def product(name: str) -> tuple[str, int]:
        rows, columns = tree.matrix_tiles(name)
        return name + "_acc", rows * columns

    return [
        ("embed", s if place.layer == 0 else 0),
        ("attn_sum", s), ("attn_inv", 1), ("attn_norm", s),
        product("q"), product("k"), product("v"), ("q", q), ("k", kv), ("v", kv),
        ("score", pieces), ("max", pages), ("exp", pages), ("sum", pages), ("weight", pages),
        ("mix", pieces), ("mixed", q), product("o"), ("x_mid", s),
        ("mlp_sum", s), ("mlp_inv", 1), ("mlp_norm", s),
        product("gate"), product("up"), ("act", f), product("down"), ("x_out", s),
        ("out_chunk", chunks(m.d_model)), ("kv_chunk", chunks(2 * m.kv_width)), ("leaf", 1),
    ]  # fmt: skip


def _sampling(place: Place) -> list[tuple[str, int]]:
    m = place.manifest
    s, v = m.d_model // SEGMENT, m.vocabulary_tiles
    return [
        ("final_sum", s), ("final_inv", 1), ("final_norm", s), ("head_acc", v * s),
        ("logits", v), ("top", v), ("pick", 1),
    ]  # fmt: skip
