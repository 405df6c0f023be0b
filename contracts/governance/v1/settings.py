"""What genesis tells governance."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstVersion:
    """A contract that is active from genesis; ``version`` packed."""

    address: bytes
    name: str
    version: int
    layout_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernanceGenesis:
    """The contracts of block 0, in address order."""

    contracts: tuple[FirstVersion, ...]
