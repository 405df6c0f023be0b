"""What genesis tells staking."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StakingValidator:
    """A validator of the first epoch; ``stake`` in wei is minted to the staking contract."""

    operator: bytes
    public_key: bytes
    stake: int
    fee_recipient: bytes
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StakingGenesis:
    """Parameters and validators of block 0."""

    validators: tuple[StakingValidator, ...]
    unbonding_seconds: int
    epoch_blocks: int
