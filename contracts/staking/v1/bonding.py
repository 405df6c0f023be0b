"""Stake and shares: every change of a validator's tokens and of an account's shares passes here.

One share is one wei until the first slash. Shares round down when stake comes and up when it
goes, so rounding never pays who moves. An account stakes with at most ``PLACES_MAX`` validators;
a place is used again only when it has been empty for an unbonding period, because until then past
weights are read through it.
"""

from typing import Final

from contracts.framework.arithmetic import mul_div
from contracts.framework.history import latest, record
from contracts.framework.messages import revert
from contracts.staking.v1.messages import (
    BondTooSmall,
    Delegated,
    NoNewDelegation,
    RemainderTooSmall,
    TooManyValidators,
)
from contracts.staking.v1.records import Delegation, ValidatorRecord
from contracts.staking.v1.storage import StakingStorage

PLACES_MAX: Final = 32


def set_stake(
    staking: StakingStorage, validator: ValidatorRecord, tokens: int, shares: int
) -> None:
    """Change a validator's tokens and shares, with their histories and the total."""
    height = staking.ctx.block.height
    change = tokens - validator.tokens
    if shares != validator.shares:
        validator.shares = shares
        record(validator.shares_past, height, shares)
    if change:
        validator.tokens = tokens
        staking.bonded_total += change
        if validator.is_active:
            record(validator.active_past, height, tokens)
            record(staking.active_past, height, latest(staking.active_past) + change)


def set_active(
    staking: StakingStorage, validator: ValidatorRecord, *, is_active: bool, height: int
) -> None:
    """Let a validator's tokens count, or not, from the end of block ``height`` on."""
    tokens = validator.tokens
    validator.is_active = is_active
    record(validator.active_past, height, tokens if is_active else 0)
    total = latest(staking.active_past)
    record(staking.active_past, height, total + tokens if is_active else total - tokens)


def accepts_stake(validator: ValidatorRecord) -> bool:
    """Answer whether a validator takes stake: neither tombstoned nor slashed to nothing."""
    return not validator.is_tombstoned and (validator.tokens > 0 or validator.shares == 0)


def shares_for(validator: ValidatorRecord, amount: int) -> int:
    """Return the shares that ``amount`` wei buy now."""
    total = validator.shares
    return mul_div(amount, total, validator.tokens) if total else amount


def add_stake(
    staking: StakingStorage, address: bytes, validator: ValidatorRecord, amount: int
) -> int:
    """Bond ``amount`` wei that the contract holds and return the shares; the caller keeps them.

    Raises:
        Revert: NoNewDelegation, BondTooSmall.
    """
    if not accepts_stake(validator):
        raise revert(NoNewDelegation(address))
    shares = shares_for(validator, amount)
    if shares == 0:
        raise revert(BondTooSmall(amount, -(-validator.tokens // validator.shares)))
    set_stake(staking, validator, validator.tokens + amount, validator.shares + shares)
    return shares


def bond(
    staking: StakingStorage,
    address: bytes,
    validator: ValidatorRecord,
    delegator: bytes,
    amount: int,
) -> int:
    """Bond ``amount`` wei for an account whose rewards are settled; returns the shares."""
    shares = add_stake(staking, address, validator, amount)
    delegation = staking.delegations[address][delegator]
    set_shares(staking, delegation, delegation.shares + shares)
    keep_place(staking, address, delegator, delegation)
    staking.emit(Delegated(address, delegator, amount, shares))
    return shares


def release(
    staking: StakingStorage, validator: ValidatorRecord, delegation: Delegation, amount: int
) -> int:
    """Take ``amount`` wei, not above its worth, out of a delegation; returns the shares burnt.

    Raises:
        Revert: RemainderTooSmall, what would be left is too little to stand for itself.
    """
    held, tokens, shares = delegation.shares, validator.tokens, validator.shares
    burnt = -(-amount * shares // tokens)
    if burnt < held:
        left = (held - burnt) * (tokens - amount) // (shares - burnt)
        minimum = staking.delegation_min
        if left < minimum:
            raise revert(RemainderTooSmall(left, minimum))
    _burn_shares(staking, validator, delegation, amount, burnt)
    return burnt


def release_all(
    staking: StakingStorage, validator: ValidatorRecord, delegation: Delegation
) -> tuple[int, int]:
    """Take everything out of a delegation; returns the wei and the shares burnt."""
    held = delegation.shares
    amount = held * validator.tokens // validator.shares if held else 0
    _burn_shares(staking, validator, delegation, amount, held)
    return amount, held


def set_shares(staking: StakingStorage, delegation: Delegation, shares: int) -> None:
    """Change an account's shares, with their history."""
    delegation.shares = shares
    record(delegation.past, staking.ctx.block.height, shares)


def keep_place(
    staking: StakingStorage, validator: bytes, delegator: bytes, delegation: Delegation
) -> None:
    """Note on the account's list whether it has stake with the validator.

    Raises:
        Revert: TooManyValidators.
    """
    is_empty = delegation.shares == 0 and delegation.arriving == 0
    number = staking.place_of[delegator][validator]
    if number == 0:
        number = _new_place(staking, validator, delegator)
    emptied = staking.places[delegator][number - 1].emptied
    if is_empty:
        emptied.stamp(staking.ctx.block)
    elif emptied.seconds:
        emptied.clear()


def _burn_shares(
    staking: StakingStorage,
    validator: ValidatorRecord,
    delegation: Delegation,
    amount: int,
    burnt: int,
) -> None:
    set_shares(staking, delegation, delegation.shares - burnt)
    set_stake(staking, validator, validator.tokens - amount, validator.shares - burnt)


def _new_place(staking: StakingStorage, validator: bytes, delegator: bytes) -> int:
    places = staking.places[delegator]
    number = len(places) + 1
    if number <= PLACES_MAX:
        place = places.grow()
    else:
        number = _free_place(staking, delegator)
        place = places[number - 1]
        staking.place_of[delegator][place.validator] = 0
        place.emptied.clear()
    place.validator = validator
    staking.place_of[delegator][validator] = number
    return number


def _free_place(staking: StakingStorage, delegator: bytes) -> int:
    """Return the number of the first place that has been empty for long enough."""
    places = staking.places[delegator]
    seconds = staking.unbonding_seconds
    for index in range(PLACES_MAX):
        emptied = places[index].emptied
        if emptied.seconds and emptied.has_passed(staking.ctx.block, seconds):
            return index + 1
    raise revert(TooManyValidators(PLACES_MAX))
