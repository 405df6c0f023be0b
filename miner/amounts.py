"""Amounts for people's eyes."""

from primitives.types import WEI_PER_AIT


def format_ait(wei: int) -> str:
    """Return an amount in AIT with as many decimals as it needs."""
    whole, fraction = divmod(wei, WEI_PER_AIT)
    return f"{whole}.{fraction:018d}".rstrip("0").rstrip(".") + " AIT"
