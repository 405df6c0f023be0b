"""Settings of a core."""

from dataclasses import dataclass

from primitives.types import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreConfig:
    """Local settings (timing) and chain settings (epoch length). ``address`` None: follow only."""

    address: Address | None
    epoch_length: int
    block_time_ms: int
    delta_ms: int = 500
    execution_allowance_ms: int = 1000
