"""What genesis tells the marketplace."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketplaceGenesis:
    """Parameters of block 0; ``window_blocks_min`` leaves room for draw and opening."""

    window_blocks_min: int
