"""The list of validators that the next election looks at, and the election itself."""

from typing import Final

from contracts.framework.messages import revert
from contracts.staking.v1.bonding import set_active
from contracts.staking.v1.downtime import fold_seen
from contracts.staking.v1.election import elect, set_hash
from contracts.staking.v1.messages import CandidateLeft, CandidatesFull, NextSet, SetMember
from contracts.staking.v1.records import ValidatorRecord
from contracts.staking.v1.rewards import set_power
from contracts.staking.v1.storage import SET_MAX, StakingStorage
from contracts.staking.v1.weights import SET_MEMBER_GAS

CANDIDATES_MAX: Final = 200
"""Validators that an election looks at: the budget of the terminal block's hook."""


def enter(staking: StakingStorage, address: bytes, validator: ValidatorRecord) -> None:
    """Put a validator on the candidate list; when it is full the weakest makes room.

    Raises:
        Revert: CandidatesFull.
    """
    candidates = staking.candidate_list
    if len(candidates) >= CANDIDATES_MAX:
        staking.ctx.use_gas(SET_MEMBER_GAS * CANDIDATES_MAX)
        ranked = [
            (staking.records[candidates[index]].tokens, candidates[index])
            for index in range(CANDIDATES_MAX)
        ]
        weakest, loser = min(ranked)
        if validator.tokens <= weakest:
            raise revert(CandidatesFull(weakest))
        leave(staking, loser, staking.records[loser])
    validator.candidate_place = candidates.push(address) + 1


def leave(staking: StakingStorage, address: bytes, validator: ValidatorRecord) -> None:
    """Take a candidate off the list; the last one takes its place."""
    candidates = staking.candidate_list
    place = validator.candidate_place
    last = candidates[len(candidates) - 1]
    candidates[place - 1] = last
    staking.records[last].candidate_place = place
    validator.candidate_place = 0
    candidates.pop(bytes(20))
    staking.emit(CandidateLeft(address))


def hold_election(staking: StakingStorage, epoch: int, from_height: int) -> None:
    """Store the set of ``epoch``, which votes from block ``from_height`` on.

    When nobody is eligible the present set goes on.
    """
    fold_seen(staking)
    candidates = staking.candidate_list
    pool = [candidates[index] for index in range(len(candidates))]
    ranked = [(address, staking.records[address].tokens) for address in pool]
    elected = elect(ranked, min(staking.active_max, SET_MAX))
    if elected:
        _replace(staking, elected, from_height)
        staking.next_set = set_hash(set_members(staking))
    record = staking.epochs[epoch]
    record.set_hash = staking.next_set
    record.start_height = staking.ctx.block.height + 1
    record.start_time_ms = staking.ctx.block.time_ms
    staking.emit(NextSet(epoch, staking.next_set, len(staking.members)))


def set_members(staking: StakingStorage) -> list[SetMember]:
    """Return the set that the latest terminal block elected, in its order."""
    members = staking.members
    rows = (members[index] for index in range(min(len(members), SET_MAX)))
    return [
        SetMember(row.validator, staking.records[row.validator].public_key, row.power)
        for row in rows
    ]


def _replace(staking: StakingStorage, elected: list[tuple[bytes, int]], from_height: int) -> None:
    """Let the elected earn, weigh and be watched in place of the members so far."""
    members = staking.members
    chosen = dict(elected)
    for index in range(len(members)):
        leaving = members[index].validator
        record = staking.records[leaving]
        if leaving not in chosen and record.is_active:
            set_power(staking, record, 0)
            set_active(staking, record, is_active=False, height=from_height)
    for index, (address, power) in enumerate(elected):
        member = members[index] if index < len(members) else members.grow()
        member.validator = address
        member.power = power
        record = staking.records[address]
        set_power(staking, record, power)
        if not record.is_active:
            set_active(staking, record, is_active=True, height=from_height)
            staking.attendance[address].member_from = staking.period + 1
    while len(members) > len(elected):
        members[len(members) - 1].clear()
        members.cut()
