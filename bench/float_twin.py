"""A float32 transformer in numpy of an integer model's shape: what exactness is compared with.

The same layers in the same order (RMSNorm, grouped attention with rotary positions and a cache of K
and V, gated feed-forward), one token of every request a step, greedy. BLAS multiplies. The weights
are random, for speed does not depend on them.
"""

import numpy as np

from primitives.integer_model.manifest import Manifest


class FloatTwin:
    def __init__(self, manifest: Manifest) -> None:
        self.manifest = m = manifest
        rng = np.random.default_rng(0)
        query, cached = m.heads * m.head_dim, m.kv_heads * m.head_dim

        def matrix(rows: int, columns: int) -> np.ndarray:
            return rng.standard_normal((rows, columns), np.float32) * np.float32(rows**-0.5)

        self.layers = [
            (
                matrix(m.d_model, query + 2 * cached), matrix(query, m.d_model),
                matrix(m.d_model, 2 * m.d_ff), matrix(m.d_ff, m.d_model),
            )
            for _ in range(m.layers)
        ]  # fmt: skip
        self.embedding = matrix(m.vocabulary, m.d_model)
        half = m.head_dim // 2
        angles = np.outer(np.arange(m.context_max), 10_000.0 ** (-np.arange(half) / half))
        self.cos, self.sin = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)

    def run(self, prompt: tuple[int, ...], tokens: int, batch: int) -> np.ndarray:
        """Return the tokens generated after a prompt, shape (batch, tokens)."""
        m, length = self.manifest, len(prompt) + tokens
        cache = np.empty((m.layers, 2, batch, m.kv_heads, length, m.head_dim), np.float32)
        generated = np.empty((batch, tokens), np.int64)
        current = np.full(batch, prompt[0])
        for position in range(length - 1):
            x = self.embedding[current]
            for layer, weights in enumerate(self.layers):
                x = self._layer(x, weights, cache[layer], position)
            following = position + 1
            if following < len(prompt):
                current = np.full(batch, prompt[following])
                continue
            current = np.argmax(_norm(x) @ self.embedding.T, axis=-1)
            generated[:, following - len(prompt)] = current
        return generated

    def _layer(self, x, weights, cache, position):
        m = self.manifest
        into, out, up, down = weights
        q, k, v = np.split(
            _norm(x) @ into, (m.heads * m.head_dim, -m.kv_heads * m.head_dim), axis=1
        )
        q = self._rotated(q.reshape(len(x), m.heads, m.head_dim), position)
        cache[0, :, :, position] = self._rotated(k.reshape(len(x), m.kv_heads, -1), position)
        cache[1, :, :, position] = v.reshape(len(x), m.kv_heads, -1)
        keys, values = cache[:, :, :, : position + 1]
        grouped = q.reshape(len(x), m.kv_heads, -1, m.head_dim)
        scores = grouped @ keys.swapaxes(-1, -2) * np.float32(m.head_dim**-0.5)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = scores / scores.sum(-1, keepdims=True) @ values
        x = x + mixed.reshape(len(x), -1) @ out
        gate, hidden = np.split(_norm(x) @ up, 2, axis=1)
        return x + gate / (1 + np.exp(-gate)) * hidden @ down

    def _rotated(self, rows, position):
        first, second = np.split(rows, 2, axis=-1)
        cos, sin = self.cos[position], self.sin[position]
        return np.concatenate((first * cos - second * sin, second * cos + first * sin), axis=-1)


def _norm(x):
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(1e-5))
