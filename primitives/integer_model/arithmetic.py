"""The rules of every operation, on numpy arrays of int64: exact, without a branch on a device.

``scale`` rounds half up by an arithmetic right shift; clamping follows. All functions are total:
inputs that no honest execution yields are clamped, never refused.
"""

import math
from hashlib import sha256
from typing import Final

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]

RESIDUAL_MAX: Final = (1 << 23) - 1
WIDE_MAX: Final = 1 << 23
LOGIT_MAX: Final = 1 << 30
I32_MAX: Final = (1 << 31) - 1
NORM_BITS: Final = 46
"""The inverse is 2^46 / root; root has 8 bits below the point."""
NORM_SHIFT: Final = 22
"""Leaves a normed value in units of 2^-16."""
WEIGHT_BITS: Final = 19
ROPE_SHIFT: Final = 14
GATE_SHIFT: Final = 15
EXP_LIMIT: Final = (1 << 16) - 1
CANDIDATES_MAX: Final = 64
SHARE_UNIT: Final = 10_000
MILLI: Final = 1000
_DRAW_TAG: Final = b"AITBC sample v1"


def as_int64(data: bytes, dtype: str) -> Int64:
    """Return little-endian integers as int64."""
    return np.frombuffer(data, dtype=dtype).astype(np.int64)


def clamp(values: Int64, most: int) -> Int64:
    """Return values cut at -most and most."""
    return np.minimum(np.maximum(values, -most), most)


def scale(values: Int64, factors: Int64 | int, shift: int) -> Int64:
    """Return values * factors / 2^shift, halves up."""
    return (values * factors + (1 << (shift - 1))) >> shift


def embed(weights: Int64, factor: int, shift: int) -> Int64:
    """Return a residual segment of an embedding row."""
    return clamp(scale(weights, factor, shift), RESIDUAL_MAX)


def sum_of_squares(residual: Int64) -> int:
    """Return the sum of squares of a clamped residual: at most 2^60 for 2^14 elements."""
    cut = clamp(residual, RESIDUAL_MAX)
    return int((cut * cut).sum())


def norm_inverse(total: int, width: int, epsilon: int) -> int:
    """Return 2^46 / (2^8 root mean square), below 2^39."""
    mean = min(max(total, 0) // width, 1 << 46)
    return (1 << NORM_BITS) // math.isqrt((mean + epsilon) << 16)


def norm(residual: Int64, inverse: int, gains: Int64, shift: int, most: int) -> Int64:
    """Return normed activations."""
    unit = scale(clamp(residual, RESIDUAL_MAX), inverse, NORM_SHIFT)
    return clamp(scale(unit, gains, shift), most)


def add_tile(accumulator: Int64, tile: Int64, segment: Int64) -> Int64:
    """Return accumulator + tile x segment; tile is (64, 64)."""
    return clamp(accumulator + tile @ segment, I32_MAX)


def activation(accumulator: Int64, factors: Int64, shift: int, most: int) -> Int64:
    """Return accumulators scaled to activations."""
    return clamp(scale(accumulator, factors, shift), most)


def rotate(values: Int64, table: Int64, most: int) -> Int64:
    """Return values with neighbours (2i, 2i + 1) rotated by (cosine, sine) pairs."""
    a, b = values[0::2], values[1::2]
    cos, sin = table[0::2], table[1::2]
    half = 1 << (ROPE_SHIFT - 1)
    out = np.empty_like(values)
    out[0::2] = (a * cos - b * sin + half) >> ROPE_SHIFT
    out[1::2] = (a * sin + b * cos + half) >> ROPE_SHIFT
    return clamp(out, most)


def exponential(distances: Int64, table: Int64) -> Int64:
    """Return 65,535 exp(-d / 4,096) for distances >= 0."""
    cut = np.minimum(np.maximum(distances, 0), EXP_LIMIT)
    found: Int64 = (table[cut >> 8] * table[256 + (cut & 255)] + (1 << 15)) >> 16
    return found


def score_exponential(scores: Int64, most: int, factor: int, shift: int, table: Int64) -> Int64:
    """Return the exponentials of attention scores against their maximum."""
    return exponential((np.maximum(most - scores, 0) * factor) >> shift, table)


def shares(exponentials: Int64, total: int) -> Int64:
    """Return attention weights in units of 2^-19; they sum to at most 2^19."""
    found: Int64 = np.minimum((exponentials << WEIGHT_BITS) // max(total, 1), 1 << WEIGHT_BITS)
    return found


def mixed(accumulator: Int64, most: int) -> Int64:
    """Return the attention's output of accumulated weights times values."""
    return clamp(scale(accumulator, 1, WEIGHT_BITS), most)


def gated(gate: Int64, up: Int64, table: Int64, shift: int, most: int) -> Int64:
    """Return gate * factor(gate) * up; gate and up in units of 2^-12."""
    index = clamp((gate + 8) >> 4, 2048)
    factor = table[np.minimum(index, 2047) + 2048]
    return clamp(scale(scale(gate, factor, GATE_SHIFT), up, shift), most)


def add_residual(residual: Int64, accumulator: Int64, factors: Int64, shift: int) -> Int64:
    """Return the residual stream after a block."""
    delta = clamp(scale(accumulator, factors, shift), 1 << 30)
    return clamp(residual + delta, RESIDUAL_MAX)


def merge_top(
    best: list[tuple[int, int]], logits: list[int], first: int, vocabulary: int, most: int
) -> list[tuple[int, int]]:
    """Return the ``most`` largest (logit, token id), larger first, then the lower id."""
    found = [(v, first + i) for i, v in enumerate(logits) if first + i < vocabulary]
    return sorted(best + found, key=lambda pair: (-pair[0], pair[1]))[:most]


def pick(
    best: list[tuple[int, int]], temperature: int, top_p: int, seed: int, position: int,
    table: Int64,
) -> int:  # fmt: skip
    """Return the token drawn among candidates; logits in units of 2^-12.

    ``temperature`` in thousandths, 0 takes the first; ``top_p`` in ten-thousandths: the fewest
    candidates that reach this share stay. The draw is a hash of seed and position.
    """
    if temperature == 0 or len(best) == 1:
        return best[0][1]
    distances = [min((best[0][0] - v) * MILLI // temperature, EXP_LIMIT) for v, _ in best]
    weights = [int(w) for w in exponential(np.array(distances, dtype=np.int64), table)]
    total, kept, reach = sum(weights), 0, 0
    for weight in weights:
        kept, reach = kept + 1, reach + weight
        if reach * SHARE_UNIT >= top_p * total:
            break
    digest = sha256(_DRAW_TAG + seed.to_bytes(8, "big") + position.to_bytes(4, "big")).digest()
    drawn = (int.from_bytes(digest[:8], "big") * reach) >> 64
    for index in range(kept):
        drawn -= weights[index]
        if drawn < 0:
            return best[index][1]
    return best[0][1]
