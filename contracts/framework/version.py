"""Semantic versions of contracts, packed so that they compare as numbers."""

from typing import Final

PART_BITS: Final = 32
VERSION_BITS: Final = 3 * PART_BITS
NO_VERSION: Final = 0
"""What the registry of versions holds for a contract that is not active."""


def pack_version(text: str) -> int | None:
    """Return ``major.minor.patch`` as one number, None when the text is not exactly that.

    Parts are decimal without leading zeros, each below 2^32 (semver.org, rule 2).
    """
    parts = text.split(".")
    if len(parts) != 3:
        return None
    packed = 0
    for part in parts:
        is_plain = part.isascii() and part.isdigit() and len(part) <= 10
        if not is_plain or (len(part) > 1 and part[0] == "0") or int(part) >> PART_BITS:
            return None
        packed = packed << PART_BITS | int(part)
    return packed


def version_text(packed: int) -> str:
    """Return a packed version as ``major.minor.patch``."""
    mask = (1 << PART_BITS) - 1
    return f"{packed >> 2 * PART_BITS}.{packed >> PART_BITS & mask}.{packed & mask}"
