"""From a Llama-like checkpoint to a canonical model file: the same bytes on every machine.

Weights become int8 with one factor a row: the row's largest magnitude is 127, values are rounded
half to even. Only single IEEE operations on float64 (quotient, product, square root, round to
integer) are used, which are exact or correctly rounded everywhere; no sum, no function of a C
library. Activations have fixed power-of-two scales: ``bits`` below the point, from the optional
section ``integer`` of config.json (``calibrate`` writes it), else the defaults here.
"""

import math
import mmap
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from miner.exact import tables
from miner.exact.model import Layout, Model, Progress, no_progress, write_head
from primitives.errors import ConfigError, DecodeError
from primitives.integer_model.manifest import (
    ACTIVATION_MAX,
    SEGMENT,
    LayerShifts,
    Manifest,
    check_manifest,
    encode_layers,
)
from primitives.json_text import parse_json

Floats = npt.NDArray[np.float64]

BITS_DEFAULT: Final = {
    "residual": 12, "attn": 7, "q": 6, "k": 6, "v": 8, "mlp": 7, "hidden": 7, "final": 7,
}  # fmt: skip
WIDE_BITS: Final = 12
GAIN_MAX: Final = (1 << 15) - 1
FACTOR_BITS: Final = 31
SHIFT_MAX: Final = 62

_DTYPES: Final = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
_NAMES: Final = {
    "q": "self_attn.q_proj", "k": "self_attn.k_proj", "v": "self_attn.v_proj",
    "o": "self_attn.o_proj", "gate": "mlp.gate_proj", "up": "mlp.up_proj", "down": "mlp.down_proj",
    "attn": "input_layernorm", "mlp": "post_attention_layernorm",
}  # fmt: skip


class Checkpoint:
    """The tensors of all ``*.safetensors`` of a folder, mapped, as float64 on reading."""

    def __init__(self, folder: Path) -> None:
        """Map the files.

        Raises:
            ConfigError: there is none, or one is damaged.
        """
        self._tensors: dict[str, tuple[mmap.mmap, int, str, list[int]]] = {}
        for path in sorted(folder.glob("*.safetensors")):
            self._add(path)
        if not self._tensors:
            raise ConfigError(f"no *.safetensors in {folder}", "Give a checkpoint's folder")

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def get(self, name: str, *shape: int) -> Floats:
        """Return a tensor of this shape.

        Raises:
            ConfigError: it is missing, has another shape, or an infinite or undefined value.
        """
        remedy = "Only Llama-like checkpoints without biases are supported"
        if name not in self._tensors:
            raise ConfigError(f"the checkpoint has no {name}", remedy)
        data, offset, dtype, found = self._tensors[name]
        if tuple(found) != shape or dtype not in _DTYPES:
            raise ConfigError(f"{name} is {dtype} {found}, expected {list(shape)}", remedy)
        raw = np.frombuffer(data, dtype=_DTYPES[dtype], count=math.prod(shape), offset=offset)
        if dtype == "BF16":
            raw = (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
        values = raw.astype(np.float64).reshape(shape)
        if not np.isfinite(values).all():
            raise ConfigError(f"{name} holds infinite or undefined values", "Take another copy")
        return values

    def _add(self, path: Path) -> None:
        from safetensors import SafetensorError, safe_open  # noqa: PLC0415

        try:
            with safe_open(str(path), framework="numpy"):
                pass  # the library has checked the header, the offsets and the size
        except (OSError, SafetensorError) as error:
            raise ConfigError(f"{path.name} is damaged: {error}", "Take another copy") from error
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        end = 8 + int.from_bytes(data[:8], "little")
        for name, entry in parse_json(data[8:end]).items():
            if name == "__metadata__":
                continue
            if name in self._tensors:
                raise ConfigError(f"{name} stands in two files", "Remove the stale file")
            first = end + int(entry["data_offsets"][0])
            self._tensors[name] = (data, first, str(entry["dtype"]), list(entry["shape"]))


class Converter:
    """One conversion: quantises tensor by tensor into a mapped file."""

    def __init__(self, folder: Path, progress: Progress) -> None:
        self.source = Checkpoint(folder)
        self.config = read_config(folder)
        self.progress = progress
        self.manifest = self._draft()
        self.bits = self._bits()
        self.layout = Layout(self.manifest)
        self.tree = self.layout.tree
        self.shifts: dict[tuple[int, str], int] = {}

    def write(self, path: Path) -> None:
        """Write the model file; it appears under its name only when it is whole."""
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            file.truncate(self.layout.size)
        self.out = np.memmap(part, dtype=np.uint8, mode="r+")
        self._put_tables()
        total = self.manifest.layers + 2
        embedding = self._embedding()
        self.progress(1, total)
        for layer in range(self.manifest.layers):
            self._put_layer(layer)
            self.progress(2 + layer, total)
        self._put_head(embedding)
        self.manifest = self._finished()
        check_manifest(self.manifest)
        head = write_head(self.manifest)
        self.out[: len(head)] = np.frombuffer(head, dtype=np.uint8)
        self.out.flush()
        del self.out
        part.replace(path)
        self.progress(total, total)

    def _draft(self) -> Manifest:
        """The manifest without shifts."""
        c = self.config
        heads = int(c["num_attention_heads"])
        head_dim = int(c.get("head_dim") or c["hidden_size"] // heads)
        d, f = int(c["hidden_size"]), int(c["intermediate_size"])
        inner = max(d, f, heads * head_dim)
        manifest = Manifest(
            vocabulary=int(c["vocab_size"]), layers=int(c["num_hidden_layers"]), d_model=d,
            heads=heads, kv_heads=int(c.get("num_key_value_heads") or heads), head_dim=head_dim,
            d_ff=f, context_max=int(c["max_position_embeddings"]),
            activation_max=min(ACTIVATION_MAX, ((1 << 31) - 1) // (128 * max(inner, 1))),
            tied=bool(c.get("tie_word_embeddings")), epsilon=1, embed_shift=1, final_shift=1,
            head_shift=1,
            layer_bytes=encode_layers([LayerShifts(*[1] * 12)] * int(c["num_hidden_layers"])),
        )  # fmt: skip
        try:
            check_manifest(manifest)
        except DecodeError as error:
            raise ConfigError(str(error), "This shape is not supported") from error
        return manifest

    def _bits(self) -> list[dict[str, int]]:
        """The bits below the point, layer by layer."""
        given = self.config.get("integer", {})
        default = {**BITS_DEFAULT, **{k: v for k, v in given.items() if k != "layers"}}
        per_layer = given.get("layers", [{}] * self.manifest.layers)
        if len(per_layer) != self.manifest.layers:
            raise ConfigError("integer.layers has another length", "Calibrate again")
        found = [{**default, **layer, "residual": default["residual"]} for layer in per_layer]
        for bits in found:
            for name, value in bits.items():
                if name not in BITS_DEFAULT or not 0 <= int(value) <= 14:
                    raise ConfigError(f"integer.{name} is not 0..14", "Calibrate again")
        return found

    def _finished(self) -> Manifest:
        """The manifest with the shifts that were found."""
        layers = []
        for layer, bits in enumerate(self.bits):
            s = {name: shift for (at, name), shift in self.shifts.items() if at == layer}
            root = 1.0 / math.sqrt(self.manifest.head_dim)
            factor = math.ldexp(root, WIDE_BITS - bits["q"] - bits["k"])
            factors, score = integer_factors(np.array([factor]))
            layers.append(
                LayerShifts(
                    s["attn"], s["q"], s["k"], s["v"], s["o"], score, s["mlp"], s["gate"], s["up"],
                    2 * WIDE_BITS - bits["hidden"], s["down"], int(factors[0]),
                )
            )  # fmt: skip
        residual = self.bits[0]["residual"]
        epsilon = max(1, round(math.ldexp(float(self.config["rms_norm_eps"]), 2 * residual)))
        return Manifest(
            **{
                **{n: getattr(self.manifest, n) for n in Manifest.__slots__},
                "epsilon": epsilon,
                "embed_shift": self.shifts[-1, "embed"],
                "final_shift": self.shifts[-1, "final"],
                "head_shift": self.shifts[-1, "head"],
                "layer_bytes": encode_layers(layers),
            }
        )

    def _put_tables(self) -> None:
        m, at = self.manifest, self.layout
        self._put(at.exp, tables.exp_table())
        self._put(at.gate, tables.gate_table(str(self.config.get("hidden_act", "silu"))))
        theta = float(self.config.get("rope_theta", 10_000.0))
        self._put(at.rope, tables.rope_table(m.context_max, m.head_dim, theta))

    def _embedding(self) -> Floats:
        m = self.manifest
        found = self.source.get("model.embed_tokens.weight", m.vocabulary, m.d_model)
        self._put_matrix(-1, "embed", found, self.bits[0]["residual"])
        return found

    def _put_head(self, embedding: Floats) -> None:
        m, bits = self.manifest, self.bits[-1]
        self._put_gain(-1, "final", "model.norm.weight", bits["final"])
        weights = embedding
        if not m.tied:
            weights = self.source.get("lm_head.weight", m.vocabulary, m.d_model)
        self._put_matrix(-1, "head", weights, WIDE_BITS - bits["final"])

    def _put_layer(self, layer: int) -> None:
        m, bits = self.manifest, self.bits[layer]
        prefix = f"model.layers.{layer}."
        d, q, kv, f = m.d_model, m.q_width, m.kv_width, m.d_ff
        shapes = {
            "q": (q, d, bits["q"] - bits["attn"]), "k": (kv, d, bits["k"] - bits["attn"]),
            "v": (kv, d, bits["v"] - bits["attn"]), "o": (d, q, bits["residual"] - bits["v"]),
            "gate": (f, d, WIDE_BITS - bits["mlp"]), "up": (f, d, WIDE_BITS - bits["mlp"]),
            "down": (d, f, bits["residual"] - bits["hidden"]),
        }  # fmt: skip
        for name, (rows, columns, power) in shapes.items():
            weights = self.source.get(f"{prefix}{_NAMES[name]}.weight", rows, columns)
            if name in ("q", "k"):
                weights = _neighbours(weights, m.head_dim)
            self._put_matrix(layer, name, weights, power)
        for name in ("attn", "mlp"):
            self._put_gain(layer, name, f"{prefix}{_NAMES[name]}.weight", bits[name])

    def _put_matrix(self, layer: int, name: str, weights: Floats, power: int) -> None:
        """Quantise a matrix; its output gets ``power`` more bits below the point than its input."""
        rows, columns = self.tree.matrix_tiles(name)
        full = np.zeros((rows * SEGMENT, columns * SEGMENT))
        full[: weights.shape[0]] = weights
        levels, steps = quantise_rows(full)
        factors, shift = integer_factors(np.ldexp(steps, power))
        self.shifts[layer, name] = shift
        self._put(self.layout.span(self.tree.vector(layer, name, 0))[0], factors.astype("<i4"))
        if name == "head" and self.manifest.tied:
            return
        tiles = levels.reshape(rows, SEGMENT, columns, SEGMENT).swapaxes(1, 2)
        first = self.layout.span(self.tree.tile(layer, name, 0, 0))[0]
        self._put(first, np.ascontiguousarray(tiles))

    def _put_gain(self, layer: int, name: str, key: str, bits: int) -> None:
        gains = self.source.get(key, self.manifest.d_model)
        below = 0
        while below < 20 and np.abs(np.rint(np.ldexp(gains, below + 1))).max() <= GAIN_MAX:
            below += 1
        self.shifts[layer, name] = 16 + below - bits
        found = np.clip(np.rint(np.ldexp(gains, below)), -GAIN_MAX, GAIN_MAX)
        self._put(self.layout.span(self.tree.vector(layer, name, 0))[0], found.astype("<i2"))

    def _put(self, offset: int, values: npt.NDArray[Any]) -> None:
        data = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
        self.out[offset : offset + len(data)] = data


def convert(folder: Path, path: Path, progress: Progress = no_progress) -> Model:
    """Convert a checkpoint's folder to a model file and return the model.

    Raises:
        ConfigError: the checkpoint is not of a supported kind.
    """
    Converter(folder, progress).write(path)
    return Model(np.memmap(path, dtype=np.uint8, mode="r"))


def read_config(folder: Path) -> dict[str, Any]:
    """Return config.json.

    Raises:
        ConfigError: it is missing, or asks for what the runtime does not do.
    """
    path = folder / "config.json"
    try:
        config: dict[str, Any] = parse_json(path.read_text())
        missing = [n for n in _REQUIRED if n not in config]
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path} cannot be read: {error}", "Give a checkpoint's folder"
        ) from error
    if missing:
        raise ConfigError(f"config.json lacks {', '.join(missing)}", "Give a Llama-like checkpoint")
    for name in (
        "rope_scaling",
        "attention_bias",
        "mlp_bias",
        "sliding_window",
        "quantization_config",
    ):
        if config.get(name):
            raise ConfigError(f"{name} is not supported", "Give a plain Llama-like checkpoint")
    return config


def quantise_rows(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return levels -127..127 and each row's step, so that weights = levels * step."""
    steps = np.abs(weights).max(axis=1) / 127.0
    safe = np.where(steps > 0, steps, 1.0)
    levels = np.clip(np.rint(weights / safe[:, None]), -127, 127)
    return levels.astype(np.int8), steps


def integer_factors(factors: Iterable[float] | Floats) -> tuple[npt.NDArray[np.int64], int]:
    """Return integers below 2^31 and a shift of 1..62 with factors = integers / 2^shift.

    Raises:
        ConfigError: the largest factor is out of range.
    """
    values = np.asarray(factors, dtype=np.float64)
    shift = int(min(SHIFT_MAX, FACTOR_BITS - 1 - math.frexp(float(values.max()))[1]))
    if shift < 1:
        raise ConfigError("a row's factor is too large", "The checkpoint is damaged")
    return np.rint(np.ldexp(values, shift)).astype(np.int64), shift


def _neighbours(weights: Floats, head_dim: int) -> Floats:
    """Return rows so ordered that a checkpoint's pairs (i, i + half) of a head are neighbours."""
    half = head_dim // 2
    heads = weights.reshape(-1, 2, half, weights.shape[1])
    return np.ascontiguousarray(heads.swapaxes(1, 2)).reshape(weights.shape)


_REQUIRED: Final = (
    "hidden_size", "intermediate_size", "num_attention_heads", "num_hidden_layers",
    "max_position_embeddings", "rms_norm_eps", "vocab_size",
)  # fmt: skip
