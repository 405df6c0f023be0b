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
    """Validators of block 0 and the length of an epoch; everything else is a parameter."""

    validators: tuple[StakingValidator, ...]
    epoch_blocks: int
