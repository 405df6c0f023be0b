"""The fast CPU runtime: numba kernels without the interpreter lock, in threads of our own.

Weights lie in memory as they are in the file, int8, by rows; activations are int16, for which LLVM
makes packed multiply-adds. A call works on many rows, each a position of some request: a prompt's
positions go together, and so do the requests of a batch, so that weights are read once for all.
Threads take whole requests; what they compute never meets.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

from miner.exact import scalars
from miner.exact.batch import Rows, run_batch
from miner.exact.execution import ExactRequest, Execution, OnToken
from miner.exact.model import Model
from primitives.integer_model.manifest import LAYER_FIELDS

_clamp: Final[Any] = njit(cache=True, inline="always")(scalars.clamp_value)
_scale: Final[Any] = njit(cache=True, inline="always")(scalars.scale_value)
_inverse: Final[Any] = njit(cache=True)(scalars.inverse_root)
_exp: Final[Any] = njit(cache=True, inline="always")(scalars.exp_value)
_gate_index: Final[Any] = njit(cache=True, inline="always")(scalars.gate_index)

_RESIDUAL: Final = scalars.RESIDUAL
_WIDE: Final = scalars.WIDE
_DELTA: Final = scalars.DELTA
_UNIT_SHIFT: Final = scalars.UNIT_SHIFT
_WEIGHT_BITS: Final = scalars.WEIGHT_BITS
_LIMIT: Final = scalars.LIMIT
_ROWS_AT_ONCE: Final = 32
_S_ATTN, _S_Q, _S_K, _S_V, _S_O, _S_SCORE = 0, 1, 2, 3, 4, 5
_S_MLP, _S_GATE, _S_UP, _S_ACT, _S_DOWN, _S_FACTOR = 6, 7, 8, 9, 10, 11


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _multiply(w: Any, x: Any, out: Any) -> None:
    """Set out[r, i] = w[i] . x[r]; blocks of weight rows stay in the cache for all of x."""
    rows, inner = w.shape
    for first in range(0, rows, _ROWS_AT_ONCE):
        last = min(first + _ROWS_AT_ONCE, rows)
        for r in range(x.shape[0]):
            for i in range(first, last):
                total = np.int32(0)
                for q in range(inner):
                    total += np.int32(w[i, q]) * np.int32(x[r, q])
                out[r, i] = total


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _norm(x: Any, gains: Any, shift: Any, epsilon: Any, most: Any, out: Any) -> None:
    """Set out to the normed rows of the residual stream x."""
    width = x.shape[1]
    for r in range(x.shape[0]):
        total = np.int64(0)
        for i in range(width):
            total += np.int64(x[r, i]) * np.int64(x[r, i])
        inverse = _inverse(total, np.int64(width), epsilon)
        for i in range(width):
            unit = _scale(np.int64(x[r, i]), inverse, _UNIT_SHIFT)
            out[r, i] = _clamp(_scale(unit, gains[i], shift), most)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _rotate(acc: Any, factors: Any, shift: Any, most: Any, table: Any, out: Any) -> None:
    """Set out to scaled and rotated accumulators of one row."""
    hd = table.shape[0]
    half = np.int64(1 << 13)
    for first in range(0, acc.shape[0], hd):
        for j in range(0, hd, 2):
            i = first + j
            a = _clamp(_scale(np.int64(acc[i]), factors[i], shift), most)
            b = _clamp(_scale(np.int64(acc[i + 1]), factors[i + 1], shift), most)
            out[i] = _clamp((a * table[j] - b * table[j + 1] + half) >> np.int64(14), most)
            out[i + 1] = _clamp((a * table[j + 1] + b * table[j] + half) >> np.int64(14), most)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _attend(query: Any, cache: Any, seen: int, s: Any, kv: int, hd: int, group: int, most: Any,
            table: Any, weights: Any, acc: Any, out: Any) -> None:  # fmt: skip
    """Set out to one position's attention over ``seen`` rows K, V of the cache."""
    factor, shift = s[_S_FACTOR], s[_S_SCORE]
    for head in range(query.shape[0] // hd):
        first = head // group * hd
        start = head * hd
        largest = np.int32(-(2**31))
        for p in range(seen):
            total = np.int32(0)
            for i in range(hd):
                total += np.int32(query[start + i]) * np.int32(cache[p, first + i])
            weights[p] = total
            largest = max(largest, total)
        total_weight = np.int64(0)
        for p in range(seen):
            d = ((np.int64(largest) - np.int64(weights[p])) * factor) >> shift
            d = min(d, _LIMIT)
            e = _exp(table[d >> np.int64(8)], table[np.int64(256) + (d & np.int64(255))])
            weights[p] = np.int32(e)
            total_weight += e
        total_weight = max(total_weight, np.int64(1))
        for i in range(hd):
            acc[i] = 0
        for p in range(seen):
            if weights[p] == 0:
                continue
            w = np.int32((np.int64(weights[p]) << _WEIGHT_BITS) // total_weight)
            for i in range(hd):
                acc[i] += w * np.int32(cache[p, kv + first + i])
        for i in range(hd):
            out[start + i] = _clamp(_scale(np.int64(acc[i]), np.int64(1), _WEIGHT_BITS), most)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _add(x: Any, acc: Any, factors: Any, shift: Any) -> None:
    """Add scaled accumulators to the residual stream."""
    for r in range(x.shape[0]):
        for i in range(x.shape[1]):
            delta = _clamp(_scale(np.int64(acc[r, i]), factors[i], shift), _DELTA)
            x[r, i] = _clamp(np.int64(x[r, i]) + delta, _RESIDUAL)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _gate(acc: Any, factors: Any, s: Any, most: Any, table: Any, out: Any) -> None:
    """Set out to gate * factor(gate) * up; acc holds gates, then ups."""
    width = out.shape[1]
    for r in range(out.shape[0]):
        for i in range(width):
            g = _clamp(_scale(np.int64(acc[r, i]), factors[i], s[_S_GATE]), _WIDE)
            u = _clamp(_scale(np.int64(acc[r, width + i]), factors[width + i], s[_S_UP]), _WIDE)
            v = _scale(g, table[_gate_index(g)], np.int64(15))
            out[r, i] = _clamp(_scale(v, u, s[_S_ACT]), most)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _layers(slots: Any, positions: Any, x: Any, shape: Any, qkv: Any, qkv_f: Any, o: Any, o_f: Any,
            gu: Any, gu_f: Any, down: Any, down_f: Any, gains: Any, shifts: Any, rope: Any,
            exp_table: Any, gate_table: Any, cache: Any, outs: Any) -> None:  # fmt: skip
    """Run all layers on rows of the residual stream x; write cache and ``outs``.

    ``shape``: head_dim, heads per key head, query width, key width, epsilon, activation_max.
    """
    hd, group, q, kv, epsilon, most = shape
    rows, d = x.shape
    f = down.shape[2]
    a = np.empty((rows, d), dtype=np.int16)
    acc = np.empty((rows, max(q + 2 * kv, d, 2 * f)), dtype=np.int32)
    query = np.empty(q, dtype=np.int16)
    mixed = np.empty((rows, q), dtype=np.int16)
    hidden = np.empty((rows, f), dtype=np.int16)
    weights = np.empty(rope.shape[0], dtype=np.int32)
    part = np.empty(hd, dtype=np.int32)
    queries = np.empty((rows, q), dtype=np.int16)
    for layer in range(qkv.shape[0]):
        s, factors = shifts[layer], qkv_f[layer]
        _norm(x, gains[layer, 0], s[_S_ATTN], epsilon, most, a)
        _multiply(qkv[layer], a, acc)
        for r in range(rows):
            table, row = rope[positions[r]], cache[slots[r], layer, positions[r]]
            _rotate(acc[r, :q], factors[:q], s[_S_Q], most, table, queries[r])
            _rotate(acc[r, q : q + kv], factors[q : q + kv], s[_S_K], most, table, row[:kv])
            for i in range(kv):
                at = q + kv + i
                row[kv + i] = _clamp(_scale(np.int64(acc[r, at]), factors[at], s[_S_V]), most)
        for r in range(rows):
            query[:] = queries[r]
            _attend(query, cache[slots[r], layer], positions[r] + 1, s, kv, hd, group, most,
                    exp_table, weights, part, mixed[r])  # fmt: skip
        _multiply(o[layer], mixed, acc)
        _add(x, acc, o_f[layer], s[_S_O])
        _norm(x, gains[layer, 1], s[_S_MLP], epsilon, most, a)
        _multiply(gu[layer], a, acc)
        _gate(acc, gu_f[layer], s, most, gate_table, hidden)
        _multiply(down[layer], hidden, acc)
        _add(x, acc, down_f[layer], s[_S_DOWN])
        outs[:, layer] = x


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _embed(tokens: Any, weights: Any, factors: Any, shift: Any, x: Any) -> None:
    """Set x to the tokens' residual rows."""
    for r in range(tokens.shape[0]):
        for i in range(x.shape[1]):
            value = np.int64(weights[tokens[r], i])
            x[r, i] = _clamp(_scale(value, factors[tokens[r]], shift), _RESIDUAL)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _head(x: Any, gains: Any, norm_shift: Any, epsilon: Any, most: Any, w: Any, factors: Any,
          shift: Any, acc: Any) -> None:  # fmt: skip
    """Set acc to the logits of rows of the residual stream."""
    a = np.empty(x.shape, dtype=np.int16)
    _norm(x, gains, norm_shift, epsilon, most, a)
    _multiply(w, a, acc)
    for r in range(acc.shape[0]):
        for i in range(acc.shape[1]):
            acc[r, i] = _clamp(_scale(np.int64(acc[r, i]), factors[i], shift), _DELTA)


class FastRuntime:
    """Executes a model with numba; ``threads`` work on the requests of a batch."""

    def __init__(self, model: Model, *, threads: int = 1, slots: int = 32) -> None:
        """Copy the model into memory by rows.

        Args:
            model: what to execute.
            threads: how many requests are computed at a time.
            slots: how many requests go together; each holds a KV cache.
        """
        self._model = model
        self.slots = slots
        self.threads = threads
        m = model.manifest
        layers = range(m.layers)

        def rows(*names: str) -> npt.NDArray[np.int8]:
            parts = [np.concatenate([model.matrix(at, n) for n in names]) for at in layers]
            return np.stack(parts)

        def factors(*names: str) -> npt.NDArray[np.int64]:
            parts = [np.concatenate([model.vector(at, n) for n in names]) for at in layers]
            return np.stack(parts)

        gains = [[model.vector(at, "attn"), model.vector(at, "mlp")] for at in layers]
        shifts = [[getattr(m.layer(at), n) for n in LAYER_FIELDS] for at in layers]
        group = m.heads // m.kv_heads
        shape = (m.head_dim, group, m.q_width, m.kv_width, m.epsilon, m.activation_max)
        self._weights = (
            np.array(shape, dtype=np.int64),
            rows("q", "k", "v"), factors("q", "k", "v"), rows("o"), factors("o"),
            rows("gate", "up"), factors("gate", "up"), rows("down"), factors("down"),
            np.array(gains, dtype=np.int64), np.array(shifts, dtype=np.int64),
            model.rope_table(), model.exp_table(), model.gate_table(),
        )  # fmt: skip
        embedding = model.matrix(0, "embed")
        self._embedding = (embedding, model.vector(0, "embed"), np.int64(m.embed_shift))
        head = embedding if m.tied else model.matrix(0, "head")
        self._head = (head[: m.vocabulary], model.vector(0, "head"), np.int64(m.head_shift))
        self._final = (
            model.vector(0, "final"), np.int64(m.final_shift), np.int64(m.epsilon),
            np.int64(m.activation_max),
        )  # fmt: skip
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
        with ThreadPoolExecutor(self.threads, thread_name_prefix="exact") as pool:
            self._pool = pool
            return run_batch(self, requests, trace=trace, keep=keep, on_token=on_token)

    def make_cache(self, slots: int, length: int) -> npt.NDArray[np.int16]:
        """Return the K and V rows of so many requests."""
        m = self._model.manifest
        return np.zeros((slots, m.layers, length, 2 * m.kv_width), dtype=np.int16)

    def run_layers(self, rows: Rows, cache: npt.NDArray[np.int16]) -> npt.NDArray[np.int32]:
        """Run all layers on rows and return their outputs, shape (rows, layers, d_model)."""
        m = self._model.manifest
        outs = np.empty((len(rows.tokens), m.layers, m.d_model), dtype=np.int32)
        groups = rows.split(self.threads)
        if len(groups) == 1:
            self._run_group(rows, slice(None), cache, outs)
            return outs
        futures = [self._pool.submit(self._run_group, rows, g, cache, outs) for g in groups]
        for future in futures:
            future.result()
        return outs

    def read_rows(
        self,
        cache: npt.NDArray[np.int16],
        slots: npt.NDArray[np.int64],
        positions: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.int16]:
        """Return K and V rows that were made, shape (rows, layers, 2 kv_width)."""
        return cache[slots, :, positions]

    def logits(self, stream: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Return the logits of rows of the last layer's output."""
        out = np.empty((len(stream), self._model.manifest.vocabulary), dtype=np.int32)
        _head(np.ascontiguousarray(stream), *self._final, *self._head, out)
        return out

    def _run_group(
        self,
        rows: Rows,
        part: slice,
        cache: npt.NDArray[np.int16],
        outs: npt.NDArray[np.int32],
    ) -> None:
        tokens = rows.tokens[part]
        x = np.empty((len(tokens), self._model.manifest.d_model), dtype=np.int32)
        _embed(tokens, *self._embedding, x)
        _layers(rows.slots[part], rows.positions[part], x, *self._weights, cache, outs[part])
