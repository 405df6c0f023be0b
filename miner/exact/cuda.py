"""The CUDA runtime: the same integers by numba.cuda, one thread an output.

Weights lie transposed on the device, so that neighbouring threads read neighbouring bytes. The
residual stream, the cache and all sums stay on the device; trace rows are copied back. With
NUMBA_ENABLE_CUDASIM=1 everything runs on the CPU, slowly: that is how tests run it.
"""

# ruff: noqa: PLR1730  min and max of integers do not compile for CUDA

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import cuda, int32, int64

from miner.cuda_kernel import check_device
from miner.exact import scalars
from miner.exact.batch import Rows, run_batch
from miner.exact.execution import ExactRequest, Execution, OnToken
from miner.exact.model import Model
from primitives.integer_model.manifest import LayerShifts

THREADS: Final = 64

_clamp: Final[Any] = cuda.jit(device=True)(scalars.clamp_value)
_scale: Final[Any] = cuda.jit(device=True)(scalars.scale_value)
_inverse: Final[Any] = cuda.jit(device=True)(scalars.inverse_root)
_exp: Final[Any] = cuda.jit(device=True)(scalars.exp_value)
_gate_index: Final[Any] = cuda.jit(device=True)(scalars.gate_index)

_RESIDUAL: Final = scalars.RESIDUAL
_WIDE: Final = scalars.WIDE
_DELTA: Final = scalars.DELTA
_UNIT_SHIFT: Final = scalars.UNIT_SHIFT
_WEIGHT_BITS: Final = scalars.WEIGHT_BITS
_LIMIT: Final = scalars.LIMIT


@cuda.jit  # type: ignore[untyped-decorator]
def _embed(tokens: Any, weights: Any, factors: Any, shift: Any, x: Any) -> None:
    i, r = cuda.grid(2)
    if i < x.shape[1]:
        value = int64(weights[tokens[r], i])
        x[r, i] = _clamp(_scale(value, factors[tokens[r]], shift), _RESIDUAL)


@cuda.jit  # type: ignore[untyped-decorator]
def _inverses(x: Any, epsilon: Any, out: Any) -> None:
    """Set out[r] to the inverse root mean square of a row."""
    r = cuda.grid(1)
    if r < x.shape[0]:
        total = int64(0)
        for i in range(x.shape[1]):
            total += int64(x[r, i]) * int64(x[r, i])
        out[r] = _inverse(total, int64(x.shape[1]), epsilon)


@cuda.jit  # type: ignore[untyped-decorator]
def _norm(x: Any, inverses: Any, gains: Any, shift: Any, most: Any, out: Any) -> None:
    i, r = cuda.grid(2)
    if i < x.shape[1]:
        unit = _scale(int64(x[r, i]), inverses[r], _UNIT_SHIFT)
        out[r, i] = _clamp(_scale(unit, gains[i], shift), most)


@cuda.jit  # type: ignore[untyped-decorator]
def _multiply(w: Any, x: Any, factors: Any, shift: Any, most: Any, out: Any) -> None:
    """Set out[r, i] to the scaled product of row x[r] with column i of w."""
    i, r = cuda.grid(2)
    if i < w.shape[1]:
        total = int32(0)
        for q in range(w.shape[0]):
            total += int32(w[q, i]) * int32(x[r, q])
        out[r, i] = _clamp(_scale(int64(total), factors[i], shift), most)


@cuda.jit  # type: ignore[untyped-decorator]
def _store(values: Any, table: Any, slots: Any, positions: Any, layer: int, first: int, width: int,
           most: Any, queries: Any, cache: Any) -> None:  # fmt: skip
    """Rotate a pair of q (into ``queries``) or of k (into the cache), or store a pair of v."""
    pair, r = cuda.grid(2)
    i = 2 * pair
    if i < width:
        a, b = int64(values[r, i]), int64(values[r, i + 1])
        position = positions[r]
        if first < 1:
            hd = table.shape[1]
            cos, sin = int64(table[position, i % hd]), int64(table[position, i % hd + 1])
            half = int64(1 << 13)
            c = _clamp((a * cos - b * sin + half) >> int64(14), most)
            b = _clamp((a * sin + b * cos + half) >> int64(14), most)
            a = c
        if first < 0:
            queries[r, i], queries[r, i + 1] = a, b
        else:
            cache[slots[r], layer, position, first + i] = a
            cache[slots[r], layer, position, first + i + 1] = b


@cuda.jit  # type: ignore[untyped-decorator]
def _attend(queries: Any, cache: Any, slots: Any, positions: Any, layer: int, hd: int, group: int,
            factor: Any, shift: Any, table: Any, weights: Any) -> None:  # fmt: skip
    """Set weights[r, head] to the attention weights of a head; one thread a head."""
    head, r = cuda.grid(2)
    if head < weights.shape[1]:
        seen = positions[r] + 1
        first = head // group * hd
        largest = int32(-(2**31))
        for p in range(seen):
            total = int32(0)
            for i in range(hd):
                key = int32(cache[slots[r], layer, p, first + i])
                total += int32(queries[r, head * hd + i]) * key
            weights[r, head, p] = total
            if total > largest:
                largest = total
        sum_of_weights = int64(0)
        for p in range(seen):
            d = ((int64(largest) - int64(weights[r, head, p])) * factor) >> shift
            if d > _LIMIT:
                d = _LIMIT
            e = _exp(int64(table[d >> int64(8)]), int64(table[int64(256) + (d & int64(255))]))
            weights[r, head, p] = e
            sum_of_weights += e
        if sum_of_weights < int64(1):
            sum_of_weights = int64(1)
        for p in range(seen):
            weights[r, head, p] = (int64(weights[r, head, p]) << _WEIGHT_BITS) // sum_of_weights


@cuda.jit  # type: ignore[untyped-decorator]
def _mix(weights: Any, cache: Any, slots: Any, positions: Any, layer: int, hd: int, group: int,
         kv: int, most: Any, out: Any) -> None:  # fmt: skip
    """Set out to the weighted sums of value rows; one thread an element."""
    i, r = cuda.grid(2)
    if i < out.shape[1]:
        head = i // hd
        at = kv + head // group * hd + i % hd
        total = int64(0)
        for p in range(positions[r] + 1):
            total += int64(weights[r, head, p]) * int64(cache[slots[r], layer, p, at])
        out[r, i] = _clamp(_scale(total, int64(1), _WEIGHT_BITS), most)


@cuda.jit  # type: ignore[untyped-decorator]
def _add(x: Any, delta: Any, layer: int, outs: Any) -> None:
    """Add to the residual stream and copy it to a layer of ``outs``."""
    i, r = cuda.grid(2)
    if i < x.shape[1]:
        x[r, i] = _clamp(int64(x[r, i]) + int64(delta[r, i]), _RESIDUAL)
        outs[r, layer, i] = x[r, i]


@cuda.jit  # type: ignore[untyped-decorator]
def _gate(gates: Any, ups: Any, table: Any, shift: Any, most: Any, out: Any) -> None:
    i, r = cuda.grid(2)
    if i < out.shape[1]:
        g = int64(gates[r, i])
        v = _scale(g, int64(table[_gate_index(g)]), int64(15))
        out[r, i] = _clamp(_scale(v, int64(ups[r, i]), shift), most)


@cuda.jit  # type: ignore[untyped-decorator]
def _gather(cache: Any, slots: Any, positions: Any, out: Any) -> None:
    """Copy positions' rows of the cache next to each other."""
    i, r = cuda.grid(2)
    if i < out.shape[2]:
        for layer in range(out.shape[1]):
            out[r, layer, i] = cache[slots[r], layer, positions[r], i]


class CudaRuntime:
    """Executes a model on a CUDA device."""

    def __init__(self, model: Model, *, slots: int = 32) -> None:
        """Copy the model to the device.

        Raises:
            ConfigError: there is no CUDA device.
        """
        check_device()
        self._model = model
        self.slots = slots
        m = model.manifest
        names = ("q", "k", "v", "o", "gate", "up", "down")
        self._layers = [
            {n: (_device(model.matrix(at, n).T), _device(model.vector(at, n))) for n in names}
            for at in range(m.layers)
        ]
        self._gains = [
            {n: _device(model.vector(at, n)) for n in ("attn", "mlp")} for at in range(m.layers)
        ]
        self._rope = _device(model.rope_table())
        self._exp = _device(model.exp_table())
        self._gates = _device(model.gate_table())
        self._embedding = _device(model.matrix(0, "embed"))
        self._embed_factors = _device(model.vector(0, "embed"))
        self._final = _device(model.vector(0, "final"))
        self._head = _device(model.matrix(0, "head").T)
        self._head_factors = _device(model.vector(0, "head"))
        self.exp = model.exp_table()

    @property
    def model(self) -> Model:
        """Return the model that it executes."""
        return self._model

    def run(
        self,
        requests: Sequence[ExactRequest],
        *,
        trace: bool = True,
        keep: bool = False,
        on_token: OnToken | None = None,
    ) -> list[Execution]:
        """Execute requests together.

        Raises:
            RequestRefused: one of them does not fit the model.
        """
        return run_batch(self, requests, trace=trace, keep=keep, on_token=on_token)

    def make_cache(self, slots: int, length: int) -> Any:
        """Return the K and V rows of so many requests, on the device."""
        m = self._model.manifest
        return cuda.device_array((slots, m.layers, length, 2 * m.kv_width), np.int16)

    def run_layers(self, rows: Rows, cache: Any) -> npt.NDArray[np.int32]:
        """Run all layers on rows and return their outputs, shape (rows, layers, d_model)."""
        m, count = self._model.manifest, len(rows.tokens)
        tokens, slots, positions = (
            cuda.to_device(v) for v in (rows.tokens, rows.slots, rows.positions)
        )
        x = cuda.device_array((count, m.d_model), np.int32)
        outs = cuda.device_array((count, m.layers, m.d_model), np.int32)
        shift = np.int64(m.embed_shift)
        _embed[_grid(m.d_model, count), THREADS](
            tokens, self._embedding, self._embed_factors, shift, x
        )
        for layer in range(m.layers):
            self._attention(layer, x, slots, positions, cache, outs)
            self._feed_forward(layer, x, outs)
        found: npt.NDArray[np.int32] = outs.copy_to_host()
        return found

    def read_rows(
        self, cache: Any, slots: npt.NDArray[np.int64], positions: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int16]:
        """Return K and V rows that were made, shape (rows, layers, 2 kv_width)."""
        m, count = self._model.manifest, len(slots)
        out = cuda.device_array((count, m.layers, 2 * m.kv_width), np.int16)
        _gather[_grid(2 * m.kv_width, count), THREADS](
            cache, cuda.to_device(slots), cuda.to_device(positions), out
        )
        found: npt.NDArray[np.int16] = out.copy_to_host()
        return found

    def logits(self, stream: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Return the logits of rows of the last layer's output."""
        m = self._model.manifest
        x = cuda.to_device(np.ascontiguousarray(stream))
        a = self._normed(x, self._final, m.final_shift)
        out = self._product(a, (self._head, self._head_factors), m.head_shift, scalars.DELTA)
        return np.ascontiguousarray(out.copy_to_host()[:, : m.vocabulary])

    def _attention(
        self, layer: int, x: Any, slots: Any, positions: Any, cache: Any, outs: Any
    ) -> None:
        m, s, w = self._model.manifest, self._model.manifest.layer(layer), self._layers[layer]
        most, count, group = np.int64(m.activation_max), x.shape[0], m.heads // m.kv_heads
        a = self._normed(x, self._gains[layer]["attn"], s.attn)
        queries = cuda.device_array((count, m.q_width), np.int16)
        kinds = (("q", -1, m.q_width), ("k", 0, m.kv_width), ("v", m.kv_width, m.kv_width))
        for name, first, width in kinds:
            values = self._product(a, w[name], getattr(s, name), most)
            _store[_grid(width // 2, count), THREADS](
                values, self._rope, slots, positions, layer, first, width, most, queries, cache
            )
        weights = cuda.device_array((count, m.heads, cache.shape[2]), np.int32)
        mixed = cuda.device_array((count, m.q_width), np.int16)
        _attend[_grid(m.heads, count), THREADS](
            queries, cache, slots, positions, layer, m.head_dim, group,
            np.int64(s.score_factor), np.int64(s.score), self._exp, weights,
        )  # fmt: skip
        _mix[_grid(m.q_width, count), THREADS](
            weights, cache, slots, positions, layer, m.head_dim, group, m.kv_width, most, mixed
        )
        delta = self._product(mixed, w["o"], s.o, scalars.DELTA)
        _add[_grid(m.d_model, count), THREADS](x, delta, layer, outs)

    def _feed_forward(self, layer: int, x: Any, outs: Any) -> None:
        m, w = self._model.manifest, self._layers[layer]
        s: LayerShifts = m.layer(layer)
        a = self._normed(x, self._gains[layer]["mlp"], s.mlp)
        gates = self._product(a, w["gate"], s.gate, scalars.WIDE)
        ups = self._product(a, w["up"], s.up, scalars.WIDE)
        hidden = cuda.device_array((x.shape[0], m.d_ff), np.int16)
        _gate[_grid(m.d_ff, x.shape[0]), THREADS](
            gates, ups, self._gates, np.int64(s.act), np.int64(m.activation_max), hidden
        )
        delta = self._product(hidden, w["down"], s.down, scalars.DELTA)
        _add[_grid(m.d_model, x.shape[0]), THREADS](x, delta, layer, outs)

    def _normed(self, x: Any, gains: Any, shift: int) -> Any:
        m, count = self._model.manifest, x.shape[0]
        inverses = cuda.device_array(count, np.int64)
        out = cuda.device_array((count, m.d_model), np.int16)
        _inverses[-(-count // THREADS), THREADS](x, np.int64(m.epsilon), inverses)
        most = np.int64(m.activation_max)
        _norm[_grid(m.d_model, count), THREADS](x, inverses, gains, np.int64(shift), most, out)
        return out

    def _product(self, a: Any, matrix: tuple[Any, Any], shift: int, most: np.int64) -> Any:
        weights, factors = matrix
        out = cuda.device_array((a.shape[0], weights.shape[1]), np.int32)
        _multiply[_grid(weights.shape[1], a.shape[0]), THREADS](
            weights, a, factors, np.int64(shift), most, out
        )
        return out


def _grid(width: int, rows: int) -> tuple[int, int]:
    return -(-width // THREADS), rows


def _device(values: npt.NDArray[Any]) -> Any:
    return cuda.to_device(np.ascontiguousarray(values))
