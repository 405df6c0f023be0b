"""What a fault costs: the bonded stake at once, the pools that it reaches in the following blocks.

A slash takes its share of the bonded tokens, opens a new generation and leaves a job. At the end
of each block jobs walk at most ``POOLS_PER_BLOCK`` pools, newest first, from those that existed at
the slash down to the first of an epoch before the fault.

J1. A pool pays a slash once: only pools of earlier generations existed when it was made.
J2. Nothing leaves a pool while a job of its validator is open, so all its shares pay alike.
J3. ``slashing_total`` is what open jobs have collected and neither paid nor burnt.
"""

from typing import Final

from contracts.staking.v1.bonding import set_active, set_stake
from contracts.staking.v1.candidates import leave
from contracts.staking.v1.messages import Jailed, PoolsSlashed, Slashed, SlashInfo
from contracts.staking.v1.records import RedelegationPool, SlashJob, ValidatorRecord
from contracts.staking.v1.redelegation import set_pool
from contracts.staking.v1.rewards import set_power, settle, settle_pool
from contracts.staking.v1.storage import PPM, StakingStorage
from contracts.staking.v1.weights import SET_MEMBER_GAS

POOLS_PER_BLOCK: Final = 64
PERCENT: Final = 100


def slash(
    staking: StakingStorage,
    address: bytes,
    validator: ValidatorRecord,
    *,
    epoch: int,
    ppm: int,
    reporter: bytes,
    percent: int,
) -> int:
    """Slash a validator for a fault in ``epoch``; returns the reporter's reward paid now."""
    bonded = validator.tokens * ppm // PPM
    reward = bonded * percent // PERCENT
    set_stake(staking, validator, validator.tokens - bonded, validator.shares)
    validator.generation += 1
    _open_job(staking, address, validator, epoch, ppm, reporter, percent)
    staking.emit(Slashed(address, reporter, epoch, ppm, bonded, reward))
    _pay_out(staking, bonded, reward, reporter)
    return reward


def jail(
    staking: StakingStorage, address: bytes, validator: ValidatorRecord, *, is_for_ever: bool
) -> None:
    """Take a validator out of the candidates, its rewards and its weight, from this block on."""
    block = staking.ctx.block
    validator.is_jailed = True
    validator.is_tombstoned = is_for_ever
    validator.jailed.stamp(block)
    set_power(staking, validator, 0)
    if validator.is_active:
        set_active(staking, validator, is_active=False, height=block.height)
    if validator.candidate_place:
        leave(staking, address, validator)
    staking.emit(Jailed(address, is_for_ever))


def run_jobs(staking: StakingStorage) -> None:
    """Walk the pools of open jobs, oldest job first, within the block's budget."""
    done = staking.jobs_done
    jobs = staking.jobs
    budget = POOLS_PER_BLOCK
    while done < len(jobs):
        job = jobs[done]
        budget = _walk(staking, job, budget)
        if job.unbonding_left or job.redelegation_left:
            return
        _finish(staking, job)
        done += 1
        staking.jobs_done = done


def slash_infos(staking: StakingStorage, offset: int, limit: int) -> tuple[SlashInfo, ...]:
    """Return open jobs as views show them, oldest first."""
    jobs = staking.jobs
    start = staking.jobs_done + offset
    end = min(start + limit, len(jobs))
    staking.ctx.use_gas(SET_MEMBER_GAS * max(0, end - start))
    return tuple(
        SlashInfo(
            job.validator,
            job.reporter,
            job.epoch,
            job.ppm,
            job.unbonding_left + job.redelegation_left,
            job.collected,
        )
        for job in (jobs[index] for index in range(start, end))
    )


def _open_job(
    staking: StakingStorage,
    address: bytes,
    validator: ValidatorRecord,
    epoch: int,
    ppm: int,
    reporter: bytes,
    percent: int,
) -> None:
    """Queue the walk over the pools; none when the newest ones are older than the fault."""
    unbonding = staking.unbonding_pools[address]
    redelegation = staking.redelegation_pools[address]
    is_reached = [
        len(pools) > 0 and pools[len(pools) - 1].epoch >= epoch
        for pools in (unbonding, redelegation)
    ]
    if not any(is_reached):
        return
    job = staking.jobs.grow()
    job.validator = address
    job.ppm = ppm
    job.reporter_percent = percent
    job.reporter = reporter
    job.epoch = epoch
    job.unbonding_left = len(unbonding)
    job.redelegation_left = len(redelegation)
    validator.jobs += 1


def _walk(staking: StakingStorage, job: SlashJob, budget: int) -> int:
    """Slash pools newest first and return what is left of the budget."""
    address, epoch, ppm = job.validator, job.epoch, job.ppm
    unbonding = staking.unbonding_pools[address]
    left = job.unbonding_left
    collected = leaving = 0
    while left and budget:
        left -= 1
        budget -= 1
        pool = unbonding[left]
        if pool.epoch < epoch:
            left = 0
            break
        taken = pool.tokens * ppm // PPM
        pool.tokens -= taken
        leaving += taken
    job.unbonding_left = left
    redelegation = staking.redelegation_pools[address]
    left = job.redelegation_left
    while left and budget:
        left -= 1
        budget -= 1
        moved = redelegation[left]
        if moved.epoch < epoch:
            left = 0
            break
        collected += _slash_moved(staking, moved, ppm)
    job.redelegation_left = left
    staking.unbonding_total -= leaving
    staking.slashing_total += collected + leaving
    job.collected += collected + leaving
    return budget


def _slash_moved(staking: StakingStorage, pool: RedelegationPool, ppm: int) -> int:
    """Take a part of what a redelegation pool holds from its destination; returns the wei."""
    removed = pool.held * ppm // PPM
    if removed == 0:
        return 0
    target = staking.records[pool.destination]
    settle(staking, target)
    settle_pool(pool, target.per_share)
    tokens, shares = target.tokens, target.shares
    taken = removed * tokens // shares
    set_stake(staking, target, tokens - taken, shares - removed)
    set_pool(staking, pool, pool.shares, pool.held - removed)
    return taken


def _finish(staking: StakingStorage, job: SlashJob) -> None:
    validator = staking.records[job.validator]
    collected, reporter = job.collected, job.reporter
    reward = collected * job.reporter_percent // PERCENT
    validator.jobs -= 1
    staking.slashing_total -= collected
    staking.emit(PoolsSlashed(job.validator, reporter, job.epoch, collected, reward))
    job.clear()
    _pay_out(staking, collected, reward, reporter)


def _pay_out(staking: StakingStorage, amount: int, reward: int, reporter: bytes) -> None:
    """Burn what was slashed, but for the reporter's reward."""
    staking.burnt_total += amount - reward
    staking.ctx.burn(amount - reward)
    staking.ctx.transfer(reporter, reward)
