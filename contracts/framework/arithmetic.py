"""Range-checked integers: what leaves its range reverts with Panic(0x11), as in Solidity.

Python's integers do not overflow, so intermediate results may be larger than 256 bits; a result is
checked where it is kept: by these functions and by every store to a typed slot.
"""

from contracts.errors import PANIC_ARITHMETIC, PANIC_DIVISION, panic
from primitives.types import U64_MAX, U256_MAX


def to_u64(value: int) -> int:
    """Return ``value`` when it is a u64.

    Raises:
        Revert: Panic(0x11) otherwise.
    """
    if not 0 <= value <= U64_MAX:
        raise panic(PANIC_ARITHMETIC)
    return value


def to_u256(value: int) -> int:
    """Return ``value`` when it is a u256.

    Raises:
        Revert: Panic(0x11) otherwise.
    """
    if not 0 <= value <= U256_MAX:
        raise panic(PANIC_ARITHMETIC)
    return value


def mul_div(left: int, right: int, divisor: int) -> int:
    """Return floor(left x right / divisor) with a product of full width.

    Raises:
        Revert: Panic(0x12) for a zero divisor, Panic(0x11) when the result is not a u256.
    """
    if divisor == 0:
        raise panic(PANIC_DIVISION)
    return to_u256(left * right // divisor)
