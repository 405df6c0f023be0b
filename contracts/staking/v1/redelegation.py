"""Stake that moved between validators, in pools per (source, destination, epoch, generation).

A pool holds shares of the destination. A slash of the source takes its fraction of them, and their
worth of the destination's tokens. An account's entry keeps its pool shares until an unbonding
period after the end of its epoch; then touching it turns it into plain shares. Until then it can
neither move again nor unbond.

P1. The shares of a pool are the sum of its open entries'; the shares of a validator are the sum of
    its delegations' and of what pools hold of it.
P2. Entries of a source with an open slash job wait for it.
P3. A closed entry stays readable for an unbonding period: weights of past blocks are exact.
"""

from typing import Final

from contracts.framework.history import record, value_at
from contracts.framework.messages import revert
from contracts.framework.storage import ArrayHandle
from contracts.staking.v1.bonding import add_stake, keep_place, set_shares
from contracts.staking.v1.messages import (
    RedelegationEnded,
    RedelegationInfo,
    TooManyRedelegations,
)
from contracts.staking.v1.records import (
    Delegation,
    RedelegationEntry,
    RedelegationPool,
    ValidatorRecord,
)
from contracts.staking.v1.rewards import (
    pending_entry,
    pending_shares,
    pool_index,
    settle,
    settle_pool,
)
from contracts.staking.v1.storage import StakingStorage, value_of
from contracts.staking.v1.weights import ENTRY_GAS, SETTLED_ENTRY_GAS

REDELEGATIONS_MAX: Final = 16


def open_redelegation(
    staking: StakingStorage,
    source: bytes,
    destination: bytes,
    delegator: bytes,
    amount: int,
) -> int:
    """Bond ``amount`` wei that left ``source`` at ``destination``; returns the shares it bought.

    The caller has settled the account with ``destination``.

    Raises:
        Revert: NoNewDelegation, BondTooSmall, TooManyRedelegations, TooManyValidators.
    """
    target = staking.records[destination]
    shares = add_stake(staking, destination, target, amount)
    number = _newest(staking, source, destination)
    pool = staking.redelegation_pools[source][number]
    settle_pool(pool, target.per_share)
    set_pool(staking, pool, pool.shares + shares, pool.held + shares)
    entries = staking.redelegation_entries[delegator][destination]
    index = _entry_place(staking, entries)
    entry = entries[index] if index < len(entries) else entries.grow()
    height = staking.ctx.block.height
    entry.source = source
    entry.pool = number
    entry.shares = shares
    entry.opened_height = height
    entry.closed_height = 0
    entry.closed.clear()
    entry.reward_seen = pool.reward_index
    delegation = staking.delegations[destination][delegator]
    delegation.arriving += 1
    keep_place(staking, destination, delegator, delegation)
    return shares


def set_pool(staking: StakingStorage, pool: RedelegationPool, shares: int, held: int) -> None:
    """Change a pool's shares and what it holds, with their histories."""
    height = staking.ctx.block.height
    if shares != pool.shares:
        pool.shares = shares
        record(pool.shares_past, height, shares)
    if held != pool.held:
        pool.held = held
        record(pool.held_past, height, held)


def collect(
    staking: StakingStorage, address: bytes, validator: ValidatorRecord, delegator: bytes
) -> int:
    """Settle an account with a validator and return its rewards; matured entries become shares.

    The caller pays the rewards or bonds them: they are still in ``rewards_total``.
    """
    settle(staking, validator)
    per_share = validator.per_share
    delegation = staking.delegations[address][delegator]
    total = pending_shares(delegation, per_share)
    if delegation.reward_seen != per_share:
        delegation.reward_seen = per_share
    if delegation.arriving == 0:
        return total
    entries = staking.redelegation_entries[delegator][address]
    staking.ctx.use_gas(SETTLED_ENTRY_GAS * len(entries))
    for index in range(len(entries)):
        entry = entries[index]
        if entry.closed_height:
            continue
        source = entry.source
        pool = staking.redelegation_pools[source][entry.pool]
        settle_pool(pool, per_share)
        total += pending_entry(entry, pool.reward_index)
        entry.reward_seen = pool.reward_index
        if staking.is_mature(pool.epoch) and not staking.records[source].jobs:
            shares = _close(staking, delegation, entry, pool)
            staking.emit(RedelegationEnded(source, address, delegator, shares))
    keep_place(staking, address, delegator, delegation)
    return total


def pending(
    staking: StakingStorage, address: bytes, delegator: bytes, per_share: int
) -> tuple[int, int]:
    """Return an account's unpaid rewards, and the shares that its open entries are worth."""
    delegation = staking.delegations[address][delegator]
    total = pending_shares(delegation, per_share)
    arriving = 0
    for entry in open_entries(staking, delegator, address):
        pool = staking.redelegation_pools[entry.source][entry.pool]
        total += pending_entry(entry, pool_index(pool, per_share))
        arriving += _part(entry, pool)
    return total, arriving


def open_entries(
    staking: StakingStorage, delegator: bytes, destination: bytes
) -> list[RedelegationEntry]:
    """Return an account's open entries at a validator, at most 16."""
    if staking.delegations[destination][delegator].arriving == 0:
        return []
    entries = staking.redelegation_entries[delegator][destination]
    staking.ctx.use_gas(ENTRY_GAS * len(entries))
    rows = (entries[index] for index in range(len(entries)))
    return [entry for entry in rows if entry.closed_height == 0]


def blocked_source(staking: StakingStorage, delegator: bytes, destination: bytes) -> bytes:
    """Return a source whose slash keeps matured stake of the account waiting, empty when none."""
    for entry in open_entries(staking, delegator, destination):
        pool = staking.redelegation_pools[entry.source][entry.pool]
        if staking.is_mature(pool.epoch):
            return entry.source
    return b""


def liable_until(staking: StakingStorage, delegator: bytes, destination: bytes) -> int:
    """Return when the first of the account's open entries matures; there is one."""
    return min(
        staking.matures_at(staking.redelegation_pools[entry.source][entry.pool].epoch)
        for entry in open_entries(staking, delegator, destination)
    )


def arriving_at(staking: StakingStorage, delegator: bytes, destination: bytes, height: int) -> int:
    """Return the shares of ``destination`` in the account's entries at the end of a past block."""
    entries = staking.redelegation_entries[delegator][destination]
    count = len(entries)
    staking.ctx.use_gas(ENTRY_GAS * count)
    total = 0
    for index in range(count):
        entry = entries[index]
        closed = entry.closed_height
        if entry.opened_height > height or (closed and closed <= height):
            continue
        pool = staking.redelegation_pools[entry.source][entry.pool]
        held = value_at(pool.held_past, height)
        total += entry.shares * held // value_at(pool.shares_past, height)
    return total


def redelegation_infos(
    staking: StakingStorage, delegator: bytes, destination: bytes
) -> list[RedelegationInfo]:
    """Return an account's open entries at a validator as views show them."""
    validator = staking.records[destination]
    rows = []
    for entry in open_entries(staking, delegator, destination):
        source = entry.source
        pool = staking.redelegation_pools[source][entry.pool]
        rows.append(
            RedelegationInfo(
                source,
                destination,
                pool.epoch,
                value_of(validator, _part(entry, pool)),
                staking.matures_at(pool.epoch),
                staking.records[source].jobs != 0,
            )
        )
    return rows


def _part(entry: RedelegationEntry, pool: RedelegationPool) -> int:
    return entry.shares * pool.held // pool.shares


def _close(
    staking: StakingStorage,
    delegation: Delegation,
    entry: RedelegationEntry,
    pool: RedelegationPool,
) -> int:
    """Turn a matured entry into plain shares; the last one takes what the pool still holds."""
    shares = _part(entry, pool)
    set_pool(staking, pool, pool.shares - entry.shares, pool.held - shares)
    set_shares(staking, delegation, delegation.shares + shares)
    delegation.arriving -= 1
    entry.closed_height = staking.ctx.block.height
    entry.closed.stamp(staking.ctx.block)
    return shares


def _newest(staking: StakingStorage, source: bytes, destination: bytes) -> int:
    """Return the number of the pool that takes what moves now."""
    pools = staking.redelegation_pools[source]
    epoch, generation = staking.ctx.block.epoch, staking.records[source].generation
    number = staking.newest_pool[source][destination]
    if number:
        pool = pools[number - 1]
        if pool.epoch == epoch and pool.generation == generation:
            return number - 1
    number = len(pools)
    pool = pools.grow()
    pool.destination = destination
    pool.epoch = epoch
    pool.generation = generation
    staking.newest_pool[source][destination] = number + 1
    return number


def _entry_place(staking: StakingStorage, entries: ArrayHandle[RedelegationEntry]) -> int:
    """Return where a new entry goes: at the end, or in place of one closed long enough ago."""
    count = len(entries)
    if count < REDELEGATIONS_MAX:
        return count
    seconds = staking.unbonding_seconds
    for index in range(count):
        entry = entries[index]
        if entry.closed_height and entry.closed.has_passed(staking.ctx.block, seconds):
            return index
    raise revert(TooManyRedelegations(REDELEGATIONS_MAX))
