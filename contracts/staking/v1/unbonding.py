"""Stake on its way out, in pools per (validator, epoch, generation).

Stake stops backing a set at its epoch's end, so a fault in epoch f reaches the pools of epoch f
and later. ``generation`` counts the validator's slashes: what leaves after one never pays it.

U1. The shares of a pool are the sum of its entries'; all pools' tokens are ``unbonding_total``.
U2. Entries of a validator with an open slash job wait for it.
"""

from typing import Final

from contracts.framework.messages import revert
from contracts.framework.storage import ArrayHandle
from contracts.staking.v1.messages import (
    NothingToWithdraw,
    SlashPending,
    TooManyUnbondings,
    UnbondingInfo,
)
from contracts.staking.v1.records import UnbondingEntry, UnbondingPool, ValidatorRecord
from contracts.staking.v1.storage import StakingStorage
from contracts.staking.v1.weights import ENTRY_GAS

UNBONDINGS_MAX: Final = 32


def open_unbonding(
    staking: StakingStorage,
    address: bytes,
    validator: ValidatorRecord,
    delegator: bytes,
    amount: int,
) -> None:
    """Put ``amount`` wei, just released by ``delegator``, into the validator's newest pool.

    Raises:
        Revert: TooManyUnbondings.
    """
    pool = _newest(staking, address, validator)
    number = len(staking.unbonding_pools[address]) - 1
    pool.tokens += amount
    pool.shares += amount
    staking.unbonding_total += amount
    entries = staking.unbonding_entries[delegator]
    count = len(entries)
    staking.ctx.use_gas(ENTRY_GAS * count)
    for index in range(count):
        entry = entries[index]
        if entry.pool == number and entry.validator == address:
            entry.shares += amount
            return
    if count >= UNBONDINGS_MAX:
        raise revert(TooManyUnbondings(UNBONDINGS_MAX))
    entry = entries.grow()
    entry.validator = address
    entry.pool = number
    entry.shares = amount


def take_matured(staking: StakingStorage, delegator: bytes) -> int:
    """Drop the entries that have matured and return what they are worth.

    Raises:
        Revert: NothingToWithdraw; SlashPending when all that matured waits for a slash.
    """
    entries = staking.unbonding_entries[delegator]
    index = count = len(entries)
    staking.ctx.use_gas(ENTRY_GAS * count)
    blocked = b""
    total = 0
    while index:
        index -= 1
        entry = entries[index]
        address = entry.validator
        pool = staking.unbonding_pools[address][entry.pool]
        if not staking.is_mature(pool.epoch):
            continue
        if staking.records[address].jobs:
            blocked = address
            continue
        amount = payable(entry, pool)
        pool.tokens -= amount
        pool.shares -= entry.shares
        total += amount
        _drop(entries, index)
    if len(entries) == count:
        raise revert(SlashPending(blocked) if blocked else NothingToWithdraw())
    staking.unbonding_total -= total
    return total


def payable(entry: UnbondingEntry, pool: UnbondingPool) -> int:
    """Return what an entry is worth, rounded down; the last one takes what is left."""
    return entry.shares * pool.tokens // pool.shares


def unbonding_infos(staking: StakingStorage, delegator: bytes) -> tuple[UnbondingInfo, ...]:
    """Return an account's entries as views show them; at most 32."""
    entries = staking.unbonding_entries[delegator]
    staking.ctx.use_gas(ENTRY_GAS * len(entries))
    rows = []
    for index in range(len(entries)):
        entry = entries[index]
        address = entry.validator
        pool = staking.unbonding_pools[address][entry.pool]
        rows.append(
            UnbondingInfo(
                address,
                pool.epoch,
                entry.shares,
                payable(entry, pool),
                staking.matures_at(pool.epoch),
                staking.records[address].jobs != 0,
            )
        )
    return tuple(rows)


def _newest(staking: StakingStorage, address: bytes, validator: ValidatorRecord) -> UnbondingPool:
    pools = staking.unbonding_pools[address]
    epoch, generation = staking.ctx.block.epoch, validator.generation
    count = len(pools)
    if count:
        pool = pools[count - 1]
        if pool.epoch == epoch and pool.generation == generation:
            return pool
    pool = pools.grow()
    pool.epoch = epoch
    pool.generation = generation
    return pool


def _drop(entries: ArrayHandle[UnbondingEntry], index: int) -> None:
    """Remove an entry; the last one takes its place."""
    last = entries[len(entries) - 1]
    entries[index].copy_from(last)
    last.clear()
    entries.cut()
