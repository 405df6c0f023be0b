"""Chooses the fixed-point scales of a checkpoint from what it does on sample texts.

Runs the float model in numpy and looks for the largest magnitudes. The result is a section of
config.json, so that conversion itself stays a function of files; floats here need not agree between
machines, since they only choose powers of two.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from miner.exact.convert import BITS_DEFAULT, Checkpoint, read_config
from miner.exact.train import FloatModel
from primitives.integer_model.arithmetic import RESIDUAL_MAX
from primitives.integer_model.manifest import ACTIVATION_MAX
from primitives.json_text import parse_json

MARGIN: Final = 1.5
BITS_MAX: Final = 14


def load_float_model(folder: Path) -> FloatModel:
    """Return a checkpoint as a float model.

    Raises:
        ConfigError: it is not a supported checkpoint.
    """
    config = read_config(folder)
    source = Checkpoint(folder)
    d, f = config["hidden_size"], config["intermediate_size"]
    heads = config["num_attention_heads"]
    kv_heads = config.get("num_key_value_heads") or heads
    hd = config.get("head_dim") or d // heads
    config = {"rope_theta": 10_000.0, **config, "num_key_value_heads": kv_heads}
    shapes = {
        "model.embed_tokens.weight": (config["vocab_size"], d),
        "model.norm.weight": (d,),
    }
    if not config.get("tie_word_embeddings"):
        shapes["lm_head.weight"] = (config["vocab_size"], d)
    for layer in range(config["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        shapes |= {
            p + "input_layernorm.weight": (d,),
            p + "post_attention_layernorm.weight": (d,),
            p + "self_attn.q_proj.weight": (heads * hd, d),
            p + "self_attn.k_proj.weight": (kv_heads * hd, d),
            p + "self_attn.v_proj.weight": (kv_heads * hd, d),
            p + "self_attn.o_proj.weight": (d, heads * hd),
            p + "mlp.gate_proj.weight": (f, d),
            p + "mlp.up_proj.weight": (f, d),
            p + "mlp.down_proj.weight": (d, f),
        }
    weights = {name: source.get(name, *shape).astype(np.float32) for name, shape in shapes.items()}
    return FloatModel(config, weights)


def calibrate(model: FloatModel, sequences: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Return the section ``integer`` of config.json for sample token sequences."""
    largest: list[dict[str, float]] = [
        dict.fromkeys(BITS_DEFAULT, 0.0) for _ in range(model.layers)
    ]
    for sequence in sequences:
        _, saved = model.forward(np.array([sequence], dtype=np.int64))
        _, final, _ = saved.pop()
        for layer, (attention, mlp) in enumerate(saved):
            (x, _, _), a, q, k, v, _, _ = attention
            (middle, _, _), b, _, _, _, hidden = mlp
            seen = {
                "residual": [x, middle], "attn": [a], "q": [q], "k": [k], "v": [v], "mlp": [b],
                "hidden": [hidden], "final": [final],
            }  # fmt: skip
            for name, arrays in seen.items():
                most = max(float(np.abs(array).max()) for array in arrays)
                largest[layer][name] = max(largest[layer][name], most)
    residual = max(found["residual"] for found in largest)
    layers = [
        {n: _bits(v, ACTIVATION_MAX) for n, v in found.items() if n not in ("residual", "final")}
        for found in largest
    ]
    return {
        "residual": _bits(4 * residual, RESIDUAL_MAX),
        "final": _bits(largest[-1]["final"], ACTIVATION_MAX),
        "layers": layers,
    }


def write_calibration(folder: Path, sequences: Sequence[Sequence[int]]) -> None:
    """Calibrate a checkpoint and write the result into its config.json.

    Raises:
        ConfigError: it is not a supported checkpoint.
    """
    section = calibrate(load_float_model(folder), sequences)
    path = folder / "config.json"
    config = parse_json(path.read_text())
    path.write_text(json.dumps({**config, "integer": section}, indent=2) + "\n")


def _bits(largest: float, most: int) -> int:
    """The most bits below the point that leave room for ``largest`` with a margin."""
    if largest <= 0:
        return BITS_MAX
    return max(0, min(BITS_MAX, math.floor(math.log2(most / (MARGIN * largest)))))
