"""Trains the small model in numpy: a Llama-like transformer with gradients written by hand.

Run as ``python -m miner.exact.train OUT_DIRECTORY [--minutes 20] [--start CHECKPOINT --seed 2]``;
one core, no other framework. With ``--start`` it goes on from an earlier result at a lower rate.
Training is float32 and not reproducible across machines; its result is a committed file, and
everything after it (conversion, execution) is exact.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from miner.exact.tasks import STOP, TASKS, alphabet, make_pairs

Array = npt.NDArray[np.float32]

CONFIG: Final[dict[str, Any]] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_act": "silu",
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "max_position_embeddings": 128,
    "rms_norm_eps": 1e-05,
    "rope_theta": 10000.0,
    "tie_word_embeddings": True,
    "bos_token_id": None,
}
BATCH: Final = 96
RATE: Final = 2.5e-3
AGAIN_RATE: Final = 1.5e-3
WARM_STEPS: Final = 100


class FloatModel:
    """The float transformer; ``weights`` are named as in a Llama checkpoint, rows are outputs."""

    def __init__(self, config: dict[str, Any], weights: dict[str, Array]) -> None:
        self.config = config
        self.weights = weights
        self.heads: int = config["num_attention_heads"]
        self.kv_heads: int = config["num_key_value_heads"]
        self.head_dim: int = config.get("head_dim") or config["hidden_size"] // self.heads
        self.layers: int = config["num_hidden_layers"]
        self.eps: float = config["rms_norm_eps"]
        half = self.head_dim // 2
        inverse = config["rope_theta"] ** (-np.arange(half) / half)
        angles = np.outer(np.arange(config["max_position_embeddings"]), inverse)
        self.cos = np.cos(angles).astype(np.float32)
        self.sin = np.sin(angles).astype(np.float32)

    def logits(self, tokens: npt.NDArray[np.int64]) -> Array:
        """Return logits, shape (rows, length, vocabulary)."""
        return self.forward(tokens)[0]

    def forward(self, tokens: npt.NDArray[np.int64]) -> tuple[Array, list[Any]]:
        """Return logits and what the backward pass needs."""
        w = self.weights
        x = w["model.embed_tokens.weight"][tokens]
        saved: list[Any] = []
        for layer in range(self.layers):
            x, attention = self._attention(x, f"model.layers.{layer}.")
            x, mlp = self._mlp(x, f"model.layers.{layer}.")
            saved.append((attention, mlp))
        normed, norm = self._norm(x, w["model.norm.weight"])
        saved.append((norm, normed, tokens))
        return normed @ self._head().T, saved

    def backward(self, saved: list[Any], d_logits: Array) -> dict[str, Array]:
        """Return the gradient of every weight."""
        grads: dict[str, Array] = {}
        norm, normed, tokens = saved[-1]
        head = _flat(d_logits).T @ _flat(normed)
        dx, grads["model.norm.weight"] = _norm_back(d_logits @ self._head(), norm)
        for layer in range(self.layers - 1, -1, -1):
            attention, mlp = saved[layer]
            prefix = f"model.layers.{layer}."
            dx = self._mlp_back(dx, mlp, prefix, grads)
            dx = self._attention_back(dx, attention, prefix, grads)
        embed = np.zeros_like(self.weights["model.embed_tokens.weight"])
        np.add.at(embed, tokens.ravel(), _flat(dx))
        if "lm_head.weight" in self.weights:
            grads["lm_head.weight"] = head
        else:
            embed += head
        grads["model.embed_tokens.weight"] = embed
        return grads

    def _head(self) -> Array:
        return self.weights.get("lm_head.weight", self.weights["model.embed_tokens.weight"])

    def _norm(self, x: Array, gain: Array) -> tuple[Array, Any]:
        inverse = 1.0 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(self.eps))
        return x * inverse * gain, (x, inverse, gain)

    def _attention(self, x: Array, prefix: str) -> tuple[Array, Any]:
        w = self.weights
        a, norm = self._norm(x, w[prefix + "input_layernorm.weight"])
        q, k, v = (self._split(a @ w[f"{prefix}self_attn.{n}_proj.weight"].T) for n in "qkv")
        q, k = self._rotate(q), self._rotate(k)
        group = self.heads // self.kv_heads
        kk, vv = np.repeat(k, group, axis=1), np.repeat(v, group, axis=1)
        scores = q @ kk.swapaxes(-1, -2) * np.float32(self.head_dim**-0.5)
        length = x.shape[1]
        scores += np.triu(np.full((length, length), -1e9, dtype=np.float32), 1)
        scores -= scores.max(axis=-1, keepdims=True)
        p = np.exp(scores)
        p /= p.sum(axis=-1, keepdims=True)
        mixed = _merge(p @ vv)
        out = x + mixed @ w[prefix + "self_attn.o_proj.weight"].T
        return out, (norm, a, q, kk, vv, p, mixed)

    def _attention_back(self, dy: Array, saved: Any, prefix: str, grads: dict[str, Array]) -> Array:
        w = self.weights
        norm, a, q, kk, vv, p, mixed = saved
        group = self.heads // self.kv_heads
        grads[prefix + "self_attn.o_proj.weight"] = _flat(dy).T @ _flat(mixed)
        d_mixed = self._split(dy @ w[prefix + "self_attn.o_proj.weight"])
        d_p = d_mixed @ vv.swapaxes(-1, -2)
        d_v = _group(p.swapaxes(-1, -2) @ d_mixed, group)
        d_s = p * (d_p - (d_p * p).sum(axis=-1, keepdims=True)) * np.float32(self.head_dim**-0.5)
        d_q = self._rotate(d_s @ kk, back=True)
        d_k = self._rotate(_group(d_s.swapaxes(-1, -2) @ q, group), back=True)
        d_a = np.zeros_like(a)
        for name, grad in (("q", d_q), ("k", d_k), ("v", d_v)):
            flat = _merge(grad)
            key = f"{prefix}self_attn.{name}_proj.weight"
            grads[key] = _flat(flat).T @ _flat(a)
            d_a += flat @ w[key]
        dx, grads[prefix + "input_layernorm.weight"] = _norm_back(d_a, norm)
        return dy + dx

    def _mlp(self, x: Array, prefix: str) -> tuple[Array, Any]:
        w = self.weights
        a, norm = self._norm(x, w[prefix + "post_attention_layernorm.weight"])
        gate = a @ w[prefix + "mlp.gate_proj.weight"].T
        up = a @ w[prefix + "mlp.up_proj.weight"].T
        sigmoid = 1.0 / (1.0 + np.exp(-gate))
        hidden = gate * sigmoid * up
        return x + hidden @ w[prefix + "mlp.down_proj.weight"].T, (
            norm,
            a,
            gate,
            up,
            sigmoid,
            hidden,
        )

    def _mlp_back(self, dy: Array, saved: Any, prefix: str, grads: dict[str, Array]) -> Array:
        w = self.weights
        norm, a, gate, up, sigmoid, hidden = saved
        grads[prefix + "mlp.down_proj.weight"] = _flat(dy).T @ _flat(hidden)
        d_hidden = dy @ w[prefix + "mlp.down_proj.weight"]
        d_up = d_hidden * gate * sigmoid
        d_gate = d_hidden * up * sigmoid * (1.0 + gate * (1.0 - sigmoid))
        grads[prefix + "mlp.gate_proj.weight"] = _flat(d_gate).T @ _flat(a)
        grads[prefix + "mlp.up_proj.weight"] = _flat(d_up).T @ _flat(a)
        d_a = d_gate @ w[prefix + "mlp.gate_proj.weight"] + d_up @ w[prefix + "mlp.up_proj.weight"]
        dx, grads[prefix + "post_attention_layernorm.weight"] = _norm_back(d_a, norm)
        return dy + dx

    def _split(self, x: Array) -> Array:
        rows, length, width = x.shape
        return x.reshape(rows, length, width // self.head_dim, self.head_dim).swapaxes(1, 2)

    def _rotate(self, x: Array, *, back: bool = False) -> Array:
        half = self.head_dim // 2
        cos, sin = self.cos[: x.shape[2]], self.sin[: x.shape[2]]
        sin = -sin if back else sin
        a, b = x[..., :half], x[..., half:]
        return np.concatenate((a * cos - b * sin, b * cos + a * sin), axis=-1)


def initial_weights(
    config: dict[str, Any], vocabulary: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return random weights for a configuration, named as in a Llama checkpoint."""
    d, f = config["hidden_size"], config["intermediate_size"]
    q = config["num_attention_heads"] * config["head_dim"]
    kv = config["num_key_value_heads"] * config["head_dim"]

    def normal(rows: int, columns: int, scale: float) -> Array:
        return (rng.standard_normal((rows, columns)) * scale).astype(np.float32)

    weights = {
        "model.embed_tokens.weight": normal(vocabulary, d, d**-0.5),
        "model.norm.weight": np.ones(d, dtype=np.float32),
    }
    deep = (2 * config["num_hidden_layers"]) ** -0.5
    for layer in range(config["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        weights[p + "input_layernorm.weight"] = np.ones(d, dtype=np.float32)
        weights[p + "post_attention_layernorm.weight"] = np.ones(d, dtype=np.float32)
        weights[p + "self_attn.q_proj.weight"] = normal(q, d, d**-0.5)
        weights[p + "self_attn.k_proj.weight"] = normal(kv, d, d**-0.5)
        weights[p + "self_attn.v_proj.weight"] = normal(kv, d, d**-0.5)
        weights[p + "self_attn.o_proj.weight"] = normal(d, q, q**-0.5 * deep)
        weights[p + "mlp.gate_proj.weight"] = normal(f, d, d**-0.5)
        weights[p + "mlp.up_proj.weight"] = normal(f, d, d**-0.5)
        weights[p + "mlp.down_proj.weight"] = normal(d, f, f**-0.5 * deep)
    return weights


def make_batch(
    pairs: list[tuple[str, str]], ids: dict[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return inputs, targets and which targets count (the answers), padded to one length."""
    texts = [question + answer + STOP for question, answer in pairs]
    length = max(map(len, texts)) - 1
    inputs = np.zeros((len(texts), length), dtype=np.int64)
    targets = np.zeros((len(texts), length), dtype=np.int64)
    counts = np.zeros((len(texts), length), dtype=np.bool_)
    for i, (text, (question, _)) in enumerate(zip(texts, pairs, strict=True)):
        row = [ids[letter] for letter in text]
        inputs[i, : len(row) - 1] = row[:-1]
        targets[i, : len(row) - 1] = row[1:]
        counts[i, len(question) - 1 : len(row) - 1] = True
    return inputs, targets, counts


def loss_and_gradient(
    model: FloatModel, batch: tuple[Any, Any, Any]
) -> tuple[float, dict[str, Array]]:
    """Return the mean cross entropy of the answers in nats and the gradients."""
    inputs, targets, counts = batch
    logits, saved = model.forward(inputs)
    logits -= logits.max(axis=-1, keepdims=True)
    p = np.exp(logits)
    p /= p.sum(axis=-1, keepdims=True)
    rows, columns = np.indices(targets.shape)
    chosen = p[rows, columns, targets]
    total = max(1, int(counts.sum()))
    loss = float(-(np.log(chosen + 1e-12) * counts).sum() / total)
    p[rows, columns, targets] -= 1.0
    p *= counts[..., None] / np.float32(total)
    return loss, model.backward(saved, p)


class Adam:
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019)."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self.first = {k: np.zeros_like(v) for k, v in weights.items()}
        self.second = {k: np.zeros_like(v) for k, v in weights.items()}
        self.steps = 0

    def apply(self, weights: dict[str, Array], grads: dict[str, Array], rate: float) -> None:
        """Move the weights one step against the gradient, clipped at norm 1."""
        self.steps += 1
        norm = sum(float((g * g).sum()) for g in grads.values()) ** 0.5
        clip = np.float32(min(1.0, 1.0 / (norm + 1e-6)))
        fix_1, fix_2 = 1 - 0.9**self.steps, 1 - 0.98**self.steps
        for name, grad in grads.items():
            grad = grad * clip
            self.first[name] += np.float32(0.1) * (grad - self.first[name])
            self.second[name] += np.float32(0.02) * (grad * grad - self.second[name])
            step = self.first[name] / np.float32(fix_1)
            step /= np.sqrt(self.second[name] / np.float32(fix_2)) + np.float32(1e-8)
            decay = np.float32(0.01 if grad.ndim == 2 else 0.0)
            weights[name] -= np.float32(rate) * (step + decay * weights[name])


def train(minutes: float, seed: int = 1, start_from: dict[str, Array] | None = None) -> FloatModel:
    """Train until the time is over and return the model; ``start_from`` are earlier weights."""
    rng = np.random.default_rng(seed)
    letters = alphabet()
    ids = {letter: i for i, letter in enumerate(letters)}
    model = FloatModel(CONFIG, start_from or initial_weights(CONFIG, len(letters), rng))
    peak = AGAIN_RATE if start_from else RATE
    adam, start, shown = Adam(model.weights), time.monotonic(), 0.0
    average: dict[str, float] = {}
    while (used := (time.monotonic() - start) / (60 * minutes)) < 1.0:
        grads: dict[str, Array] = {}
        for task in TASKS:
            size = BATCH if task in ("sum", "difference") else BATCH // 3
            batch = make_batch(make_pairs(task, size, rng, held_out=False), ids)
            loss, part = loss_and_gradient(model, batch)
            average[task] = 0.98 * average.get(task, loss) + 0.02 * loss
            for name, grad in part.items():
                grads[name] = grads[name] + grad if name in grads else grad
        warm = min(1.0, (adam.steps + 1) / WARM_STEPS)
        adam.apply(model.weights, grads, peak * warm * (0.5 + 0.5 * np.cos(np.pi * used)) + 1e-5)
        if time.monotonic() - shown > 15:
            shown = time.monotonic()
            losses = " ".join(f"{task} {value:.4f}" for task, value in average.items())
            print(f"{used:6.1%} step {adam.steps} {losses}", flush=True)  # noqa: T201
    return model


def answer(model: FloatModel, question: str, letters: list[str]) -> str:
    """Return the model's greedy answer."""
    row = [letters.index(letter) for letter in question]
    out = ""
    while len(out) < 40:
        token = int(model.logits(np.array([row]))[0, -1].argmax())
        if letters[token] == STOP:
            break
        row.append(token)
        out += letters[token]
    return out


def load(folder: Path) -> dict[str, Array]:
    """Return the weights that ``save`` wrote."""
    from safetensors.numpy import load_file  # noqa: PLC0415

    found = load_file(str(folder / "model.safetensors"))
    return {name: w.astype(np.float32) for name, w in found.items()}


def save(model: FloatModel, folder: Path) -> None:
    """Write model.safetensors (float16), config.json and tokenizer.json."""
    from safetensors.numpy import save_file  # noqa: PLC0415

    from miner.exact.tokenizer import write_letter_tokenizer  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: w.astype(np.float16) for name, w in model.weights.items()}
    save_file(halves, str(folder / "model.safetensors"))
    letters = alphabet()
    config = {**model.config, "vocab_size": len(letters), "eos_token_id": 0}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    write_letter_tokenizer(letters, folder / "tokenizer.json")


def _flat(x: Array) -> Array:
    return x.reshape(-1, x.shape[-1])


def _merge(x: Array) -> Array:
    rows, heads, length, width = x.shape
    return np.ascontiguousarray(x.swapaxes(1, 2)).reshape(rows, length, heads * width)


def _group(x: Array, group: int) -> Array:
    """Sum the gradients of the query heads that share a key head."""
    rows, heads, length, width = x.shape
    summed: Array = x.reshape(rows, heads // group, group, length, width).sum(axis=2)
    return summed


def _norm_back(dy: Array, saved: Any) -> tuple[Array, Array]:
    x, inverse, gain = saved
    d_gain: Array = (dy * x * inverse).reshape(-1, x.shape[-1]).sum(axis=0)
    dn = dy * gain
    mean = (dn * x).mean(axis=-1, keepdims=True)
    return inverse * (dn - x * inverse * inverse * mean), d_gain


def main() -> None:
    """Train and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    model = train(arguments.minutes, arguments.seed, arguments.start and load(arguments.start))
    save(model, arguments.folder)
    rng = np.random.default_rng(2)
    for task in TASKS:
        pairs = make_pairs(task, 300, rng, held_out=True)
        right = sum(answer(model, q, alphabet()) == a for q, a in pairs)
        print(f"{task}: {right} of {len(pairs)} held-out questions right")  # noqa: T201


if __name__ == "__main__":
    main()
