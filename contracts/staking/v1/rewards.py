"""Rewards: inflation, and the three indexes by which it reaches who staked, without any loop.

The block's inflation raises one global index per unit of reward power (whole AIT of the elected
set, 0 while jailed). A validator takes what the index gained since it was last looked at, gives
commission to its operator, and raises its own index per share. A delegation earns by its shares; a
redelegation pool by the shares it holds, through a third index per pool share.

R1. ``rewards_total`` is at least the sum of all unpaid commission and rewards: every step rounds
    down, and each index counts a share once.
R2. Indexes are per share, so a slash takes nothing of what was earned before it.
"""

from typing import Final

from contracts.places import RUNTIME_ADDRESS, TREASURY_ADDRESS
from contracts.staking.v1.bonding import accepts_stake, bond, shares_for
from contracts.staking.v1.messages import Inflation, RewardsCompounded, RewardsPaid
from contracts.staking.v1.records import (
    Delegation,
    RedelegationEntry,
    RedelegationPool,
    ValidatorRecord,
)
from contracts.staking.v1.storage import BPS, StakingStorage

INDEX_BITS: Final = 96
"""Indexes are wei per unit times 2^96: below a wei is lost per settlement."""
YEAR_MS: Final = 365 * 24 * 3600 * 1000
BLOCKS_PAID_MAX: Final = 4
"""A block is paid for at most this many target block times: a halt earns nothing."""
WORD_BYTES: Final = 32


def pay_inflation(staking: StakingStorage) -> None:
    """Mint the block's inflation; nothing while nobody has reward power."""
    block = staking.ctx.block
    elapsed = block.time_ms - staking.minted_until_ms
    staking.minted_until_ms = block.time_ms
    power = staking.reward_power
    rate = staking.inflation_bps
    elapsed = min(elapsed, BLOCKS_PAID_MAX * max(block.block_time_ms, 1))
    if power == 0 or rate == 0 or elapsed <= 0:
        return
    minted = _supply(staking) * rate * elapsed // (BPS * YEAR_MS)
    if minted == 0:
        return
    treasury = minted * staking.treasury_bps // BPS
    staking.minted_total += minted
    staking.rewards_total += minted - treasury
    staking.reward_index += (minted - treasury << INDEX_BITS) // power
    staking.emit(Inflation(minted, treasury))
    staking.ctx.mint(minted)
    staking.ctx.transfer(TREASURY_ADDRESS, treasury)


def earned(staking: StakingStorage, validator: ValidatorRecord) -> tuple[int, int]:
    """Return what a validator has earned and not settled: (commission in wei, rise per share).

    While nobody holds shares all of it is commission.
    """
    power = validator.reward_power
    if power == 0:
        return 0, 0
    amount = power * (staking.reward_index - validator.reward_seen) >> INDEX_BITS
    shares = validator.shares
    commission = amount * validator.commission_bps // BPS if shares else amount
    return commission, (amount - commission << INDEX_BITS) // shares if shares else 0


def settle(staking: StakingStorage, validator: ValidatorRecord) -> None:
    """Bring a validator's commission and index up to date."""
    commission, rise = earned(staking, validator)
    if commission or rise:
        validator.reward_seen = staking.reward_index
        validator.commission_due += commission
        validator.per_share += rise


def set_power(staking: StakingStorage, validator: ValidatorRecord, power: int) -> None:
    """Settle a validator and let it earn by ``power`` from now on."""
    settle(staking, validator)
    staking.reward_power += power - validator.reward_power
    validator.reward_power = power
    validator.reward_seen = staking.reward_index


def pool_index(pool: RedelegationPool, per_share: int) -> int:
    """Return a pool's index when its destination's stands at ``per_share``."""
    shares = pool.shares
    index = pool.reward_index
    if shares == 0:
        return index
    return index + pool.held * (per_share - pool.reward_seen) // shares


def settle_pool(pool: RedelegationPool, per_share: int) -> None:
    """Bring a pool's index up to date with its settled destination."""
    if pool.reward_seen != per_share:
        pool.reward_index = pool_index(pool, per_share)
        pool.reward_seen = per_share


def pending_shares(delegation: Delegation, per_share: int) -> int:
    """Return the unpaid rewards of an account's own shares."""
    return delegation.shares * (per_share - delegation.reward_seen) >> INDEX_BITS


def pending_entry(entry: RedelegationEntry, index: int) -> int:
    """Return the unpaid rewards of a redelegation entry when its pool's index is ``index``."""
    return entry.shares * (index - entry.reward_seen) >> INDEX_BITS


def bond_rewards(
    staking: StakingStorage,
    address: bytes,
    validator: ValidatorRecord,
    delegator: bytes,
    amount: int,
) -> None:
    """Turn an account's collected rewards into stake, or pay them where that is impossible."""
    if amount == 0:
        return
    if not accepts_stake(validator) or shares_for(validator, amount) == 0:
        pay_rewards(staking, address, delegator, amount)
        return
    staking.rewards_total -= amount
    shares = bond(staking, address, validator, delegator, amount)
    staking.emit(RewardsCompounded(address, delegator, amount, shares))


def pay_rewards(staking: StakingStorage, address: bytes, delegator: bytes, amount: int) -> None:
    """Pay an account's collected rewards out."""
    staking.rewards_total -= amount
    staking.emit(RewardsPaid(address, delegator, amount))
    staking.ctx.transfer(delegator, amount)


def _supply(staking: StakingStorage) -> int:
    """Return the supply in wei that the runtime keeps; 0 on a chain without it."""
    output = staking.consult(RUNTIME_ADDRESS, "supply()")
    return int.from_bytes(output[:WORD_BYTES], "big")
