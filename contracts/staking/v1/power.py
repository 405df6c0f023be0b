"""Voting weight at the end of a past block, exact for as long as governance can ask.

An account's weight with a validator is floor(shares x active tokens / validator shares), where its
shares are its own and those of its redelegation entries; active tokens are the validator's while it
is in the set that votes in that block's epoch and is neither jailed nor tombstoned, else 0.

H1. The weights of all accounts with a validator sum to at most its active tokens, at any height.
"""

from contracts.framework.history import value_at
from contracts.framework.messages import revert
from contracts.staking.v1.messages import FutureHeight, StakeAt
from contracts.staking.v1.redelegation import arriving_at
from contracts.staking.v1.storage import StakingStorage
from contracts.staking.v1.weights import WEIGHTS


def check_height(staking: StakingStorage, height: int) -> None:
    """Refuse a block that does not exist.

    Raises:
        Revert: FutureHeight.
    """
    if height > staking.ctx.block.height:
        raise revert(FutureHeight(height))


def tokens_at(staking: StakingStorage, validator: bytes, height: int) -> int:
    """Return a validator's active tokens at the end of a block."""
    return value_at(staking.records[validator].active_past, height)


def weight_at(staking: StakingStorage, validator: bytes, delegator: bytes, height: int) -> int:
    """Return an account's weight with a validator at the end of a block."""
    tokens = tokens_at(staking, validator, height)
    total = value_at(staking.records[validator].shares_past, height)
    if tokens == 0 or total == 0:
        return 0
    shares = value_at(staking.delegations[validator][delegator].past, height)
    shares += arriving_at(staking, delegator, validator, height)
    return shares * tokens // total


def stakes_at(staking: StakingStorage, delegator: bytes, height: int) -> tuple[StakeAt, ...]:
    """Return the account's weights, and its own validator whether it has stake there or not."""
    operated = staking.validator_by_operator[delegator]
    places = staking.places[delegator]
    validators = [places[index].validator for index in range(len(places))]
    if any(operated) and operated not in validators:
        validators.append(operated)
    staking.ctx.use_gas(WEIGHTS["delegationAt"] * len(validators))
    return tuple(
        StakeAt(
            validator,
            weight_at(staking, validator, delegator, height),
            tokens_at(staking, validator, height),
            validator == operated,
        )
        for validator in validators
    )
