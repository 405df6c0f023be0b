"""The readable runtime: numpy, one request and one position after the other.

It follows ``primitives.integer_model.arithmetic`` over whole vectors; the fast runtimes are written
apart and must agree with it to the bit.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from miner.exact.execution import (
    MATRIX_NAMES,
    ExactRequest,
    Execution,
    OnToken,
    check_request,
    choose_token,
)
from miner.exact.model import Model
from primitives.integer_model import arithmetic as rules
from primitives.integer_model.arithmetic import Int64
from primitives.integer_model.manifest import VECTORS


class ReferenceRuntime:
    """Executes a model in numpy."""

    def __init__(self, model: Model) -> None:
        self._model = model
        layers = range(model.manifest.layers)
        self.matrices = [
            {n: model.matrix(at, n).astype(np.int64) for n in MATRIX_NAMES} for at in layers
        ]
        self.vectors = [{n: model.vector(at, n) for n in VECTORS} for at in layers]
        self.embedding = model.matrix(0, "embed").astype(np.int64)
        self.head = model.matrix(0, "head").astype(np.int64)
        self.loose = {n: model.vector(0, n) for n in ("embed", "final", "head")}
        self.exp, self.gate = model.exp_table(), model.gate_table()
        self.rope = model.rope_table()

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
        """Execute requests one by one.

        Raises:
            RequestRefused: one of them does not fit the model.
        """
        for request in requests:
            check_request(self._model.manifest, request)
        done = [Execution(request=request) for request in requests]
        for number, execution in enumerate(done):
            cache: list[Int64] = []
            while not execution.is_done:
                stream = self._position(execution, cache, trace=trace, keep=keep)
                if len(cache) < len(execution.request.prompt):
                    continue
                position, logits = len(cache) - 1, self._logits(stream)
                token = choose_token(
                    logits.astype(np.int32), execution.request.options, position, self.exp
                )
                execution.add_token(self._model.manifest, token, trace=trace)
                if on_token is not None:
                    on_token(number, token)
        return done

    def _position(
        self, execution: Execution, cache: list[Int64], *, trace: bool, keep: bool
    ) -> Int64:
        """Run all layers on the next position; ``cache`` gets its K and V rows."""
        m, position = self._model.manifest, len(cache)
        token = execution.fed(position)
        stream = rules.embed(self.embedding[token], int(self.loose["embed"][token]), m.embed_shift)
        outs = np.empty((m.layers, m.d_model), dtype=np.int32)
        cache.append(np.empty((m.layers, 2 * m.kv_width), dtype=np.int64))
        for layer in range(m.layers):
            stream = self._attention(stream, layer, cache)
            stream = self._mlp(stream, layer)
            outs[layer] = stream
        rows = cache[-1].astype(np.int16)
        if trace:
            execution.add_layers(position, outs, rows)
        if keep:
            execution.outs.append(outs)
            execution.rows.append(rows)
        return stream

    def _norm(self, stream: Int64, gains: Int64, shift: int) -> Int64:
        m = self._model.manifest
        inverse = rules.norm_inverse(rules.sum_of_squares(stream), m.d_model, m.epsilon)
        return rules.norm(stream, inverse, gains, shift, m.activation_max)

    def _attention(self, stream: Int64, layer: int, cache: list[Int64]) -> Int64:
        m = self._model.manifest
        w, v, s = self.matrices[layer], self.vectors[layer], m.layer(layer)
        most, position, hd = m.activation_max, len(cache) - 1, m.head_dim
        a = self._norm(stream, v["attn"], s.attn)
        query = rules.activation(w["q"] @ a, v["q"], s.q, most)
        key = rules.activation(w["k"] @ a, v["k"], s.k, most)
        table = self.rope[position]
        query = rules.rotate(query, np.tile(table, m.heads), most)
        row = cache[-1][layer]
        row[: m.kv_width] = rules.rotate(key, np.tile(table, m.kv_heads), most)
        row[m.kv_width :] = rules.activation(w["v"] @ a, v["v"], s.v, most)
        seen = np.array([rows[layer] for rows in cache])
        out = np.empty(m.q_width, dtype=np.int64)
        for head in range(m.heads):
            first = head // (m.heads // m.kv_heads) * hd
            scores = seen[:, first : first + hd] @ query[head * hd : (head + 1) * hd]
            found = rules.score_exponential(
                scores, int(scores.max()), s.score_factor, s.score, self.exp
            )
            weights = rules.shares(found, int(found.sum()))
            values = seen[:, m.kv_width + first : m.kv_width + first + hd]
            out[head * hd : (head + 1) * hd] = rules.mixed(weights @ values, most)
        return rules.add_residual(stream, w["o"] @ out, v["o"], s.o)

    def _mlp(self, stream: Int64, layer: int) -> Int64:
        m = self._model.manifest
        w, v, s = self.matrices[layer], self.vectors[layer], m.layer(layer)
        a = self._norm(stream, v["mlp"], s.mlp)
        gate = rules.activation(w["gate"] @ a, v["gate"], s.gate, rules.WIDE_MAX)
        up = rules.activation(w["up"] @ a, v["up"], s.up, rules.WIDE_MAX)
        hidden = rules.gated(gate, up, self.gate, s.act, m.activation_max)
        return rules.add_residual(stream, w["down"] @ hidden, v["down"], s.down)

    def _logits(self, stream: Int64) -> npt.NDArray[np.int64]:
        m = self._model.manifest
        a = self._norm(stream, self.loose["final"], m.final_shift)
        logits = rules.activation(self.head @ a, self.loose["head"], m.head_shift, rules.LOGIT_MAX)
        return logits[: m.vocabulary]
