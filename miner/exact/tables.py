"""The tables of a model, computed in integers and decimals: the same bytes on every machine.

No floating-point function of a C library takes part: exponentials are ``decimal``'s, which are
correctly rounded, rotations are repeated complex products of 192-bit fixed-point numbers.
"""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Final

import numpy as np
import numpy.typing as npt

from primitives.errors import ConfigError

DIGITS: Final = 60
FRACTION: Final = 192
ROPE_ONE: Final = 1 << 14
GATE_ONE: Final = 1 << 15
EXP_ONE: Final = 65_535
GATES: Final = ("silu", "swish", "gelu_pytorch_tanh", "gelu_new")
_PI: Final = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


def exp_table() -> npt.NDArray[np.uint16]:
    """Return 512 entries: exp(-i / 16), then exp(-i / 4,096), times 65,535."""
    with localcontext() as context:
        context.prec = DIGITS
        steps = [Decimal(-i) / 16 for i in range(256)] + [Decimal(-i) / 4096 for i in range(256)]
        return np.array([_rounded(EXP_ONE * x.exp()) for x in steps], dtype=np.uint16)


def gate_table(kind: str) -> npt.NDArray[np.uint16]:
    """Return 4,096 entries: the factor f of x f(x) at x = (i - 2,048) / 256, times 2^15.

    Raises:
        ConfigError: the activation is not one of ``GATES``.
    """
    if kind not in GATES:
        raise ConfigError(f"activation {kind!r} is not supported", f"Use one of {', '.join(GATES)}")
    with localcontext() as context:
        context.prec = DIGITS
        slope = 2 * (2 / _PI).sqrt()
        out = []
        for i in range(4096):
            x = Decimal(i - 2048) / 256
            if kind.startswith("gelu"):  # (1 + tanh y) / 2 is the sigmoid of 2 y
                x = slope * (x + Decimal("0.044715") * x**3)
            out.append(_rounded(GATE_ONE / (1 + (-x).exp())))
    return np.array(out, dtype=np.uint16)


def rope_table(positions: int, head_dim: int, theta: float) -> npt.NDArray[np.int16]:
    """Return (cosine, sine) pairs times 2^14, shape (positions, head_dim)."""
    half = head_dim // 2
    out = np.empty((positions, half, 2), dtype=np.int16)
    for pair in range(half):
        with localcontext() as context:
            context.prec = DIGITS
            angle = (-Decimal(theta).ln() * pair / half).exp()
            step_cos, step_sin = _fixed_cos_sin(int(angle * (1 << FRACTION)))
        cos, sin = 1 << FRACTION, 0
        for position in range(positions):
            out[position, pair] = _to_table(cos), _to_table(sin)
            cos, sin = (
                (cos * step_cos - sin * step_sin) >> FRACTION,
                (sin * step_cos + cos * step_sin) >> FRACTION,
            )
    return out.reshape(positions, head_dim)


def _fixed_cos_sin(angle: int) -> tuple[int, int]:
    """Return cosine and sine of a fixed-point angle of at most 1, by their Taylor series."""
    cos, sin, term, n = 1 << FRACTION, 0, 1 << FRACTION, 0
    while term:
        n += 1
        term = (term * angle >> FRACTION) // n
        sign = -1 if n & 2 else 1
        if n & 1:
            sin += sign * term
        else:
            cos += sign * term
    return cos, sin


def _to_table(value: int) -> int:
    half = 1 << (FRACTION - 15)
    return (value + half) >> (FRACTION - 14)


def _rounded(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_HALF_EVEN))
