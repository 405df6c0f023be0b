"""Scalar rules in plain Python that numba compiles for CPU and CUDA alike.

They restate ``primitives.integer_model.arithmetic`` for one element; all integers are int64.
Comparisons are written out: numba's CUDA compiler refuses ``min`` and ``max`` of integers.
"""

# ruff: noqa: PLR1730  min and max of integers do not compile for CUDA

from typing import Final

import numpy as np

ONE: Final = np.int64(1)
RESIDUAL: Final = np.int64((1 << 23) - 1)
WIDE: Final = np.int64(1 << 23)
DELTA: Final = np.int64(1 << 30)
UNIT_SHIFT: Final = np.int64(22)
INVERSE: Final = np.int64(1 << 46)
WEIGHT_BITS: Final = np.int64(19)
LIMIT: Final = np.int64(65_535)


def clamp_value(value: np.int64, most: np.int64) -> np.int64:
    """Return a value cut at -most and most."""
    if value > most:
        return most
    return -most if value < -most else value


def scale_value(value: np.int64, factor: np.int64, shift: np.int64) -> np.int64:
    """Return value * factor / 2^shift, halves up."""
    return (value * factor + (ONE << (shift - ONE))) >> shift


def inverse_root(total: np.int64, width: np.int64, epsilon: np.int64) -> np.int64:
    """Return 2^46 / (2^8 root mean square).

    The root is found by Newton's rule on integers, which descends to the floor of the root.
    """
    value = (total // width + epsilon) << np.int64(16)
    root = ONE
    while root < np.int64(1 << 31) and root * root <= value:
        root = root << ONE
    better = (root + value // root) >> ONE
    while better < root:
        root = better
        better = (root + value // root) >> ONE
    return INVERSE // root


def exp_value(high: np.int64, low: np.int64) -> np.int64:
    """Return the exponential of two table entries."""
    return (high * low + np.int64(1 << 15)) >> np.int64(16)


def gate_index(gate: np.int64) -> np.int64:
    """Return the gate table's entry for a gate in units of 2^-12."""
    index = (gate + np.int64(8)) >> np.int64(4)
    if index > np.int64(2047):
        index = np.int64(2047)
    if index < np.int64(-2048):
        index = np.int64(-2048)
    return index + np.int64(2048)
