"""Amounts for people's eyes and hands."""

from typing import Final

from primitives.types import WEI_PER_AIT

UNITS: Final = (("gwei", 9), ("wei", 0), ("ait", 18))
DECIMALS: Final = 18


def format_ait(wei: int) -> str:
    """Return an amount in AIT with as many decimals as it needs."""
    whole, fraction = divmod(wei, WEI_PER_AIT)
    return f"{whole}.{fraction:018d}".rstrip("0").rstrip(".") + " AIT"


def parse_ait(text: str) -> int:
    """Return wei for ``1.5``, ``1.5ait``, ``20gwei`` or ``7wei``; AIT is the default unit.

    Raises:
        ValueError: not an amount, or finer than a wei.
    """
    digits, places = text.strip().lower().replace("_", ""), DECIMALS
    for unit, power in UNITS:
        if digits.endswith(unit):
            digits, places = digits[: -len(unit)].strip(), power
            break
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    is_number = (whole + fraction).isascii() and (whole + fraction).isdigit()
    if not is_number or len(fraction) > places:
        raise ValueError(f"{text!r} is not an amount (examples: 1.5, 20gwei, 7wei)")
    return int((whole or "0") + fraction.ljust(places, "0"))
