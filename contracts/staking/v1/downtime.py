"""Presence in periods of time, told by votes that reach the chain.

A period ends at the first block at which both its seconds and its blocks have passed. Votes reach
the chain as signers of the parent's certificate (one bitmap, or-ed per block and folded into the
validators at the end of the period or epoch), as late votes, and by ``heartbeat``. A vote counts
for the period of its height, in that period or the next one; so period p is judged at the end of
p + 1. A validator is judged for a period that it spent in the set as a whole, while it still is.

W1. A block does O(1) work besides its late votes; the end of a period or epoch does O(set).
W2. A vote counts for the period of its height alone.
"""

from collections.abc import Callable
from typing import Final

from contracts.context import BlockContext
from contracts.framework.messages import revert
from contracts.staking.v1.evidence import voter_of
from contracts.staking.v1.messages import BadHeartbeat, PresenceInfo, VoteData
from contracts.staking.v1.records import Attendance
from contracts.staking.v1.storage import WINDOW_PERIODS_MAX, StakingStorage
from primitives.vote import VoteKind

_MASK: Final = (1 << WINDOW_PERIODS_MAX) - 1
_COUNTED: Final = (VoteKind.NOTARIZE, VoteKind.FINALIZE)

Punish = Callable[[bytes], None]
"""What happens to a validator that was absent too often."""


def begin_periods(staking: StakingStorage) -> None:
    """Begin period 1; the genesis set spends all of it in the set."""
    staking.period = 1
    staking.period_start.stamp(staking.ctx.block)


def note_votes(staking: StakingStorage) -> None:
    """Take in the votes that the block's seal carries; all are for earlier blocks."""
    block = staking.ctx.block
    if block.signers:
        seen = staking.seen
        if block.signers | seen != seen:
            staking.seen = (block.signers | seen) & _MASK
    for validator, height in block.late_voters:
        period = period_of(staking, height)
        if period:
            mark(staking.attendance[validator], period)


def is_period_over(staking: StakingStorage) -> bool:
    """Answer whether the block is the first of a new period."""
    block = staking.ctx.block
    start = staking.period_start
    return (
        block.timestamp >= start.seconds + staking.period_seconds
        and block.height >= start.height + staking.period_blocks_min
    )


def end_period(staking: StakingStorage, punish: Punish) -> None:
    """Judge the period before the one that ends, and begin the next with this block."""
    fold_seen(staking)
    judged = staking.period - 1
    members = staking.members
    for place in range(len(members)):
        address = members[place].validator
        if judged and staking.records[address].is_active:
            _judge(staking, address, judged, punish)
    staking.period += 1
    staking.earlier_height = staking.period_start.height
    staking.period_start.stamp(staking.ctx.block)


def fold_seen(staking: StakingStorage) -> None:
    """Mark the members whose bit is set as present now, before their places change."""
    seen = staking.seen
    if seen == 0:
        return
    period = staking.period
    members = staking.members
    for place in range(len(members)):
        if seen >> place & 1:
            mark(staking.attendance[members[place].validator], period)
    staking.seen = 0


def period_of(staking: StakingStorage, height: int) -> int:
    """Return the period of a past block: the current one or the one before, 0 for an older one."""
    if height >= staking.period_start.height:
        return staking.period
    period = staking.period - 1
    return period if period > 0 and height >= staking.earlier_height else 0


def mark(attendance: Attendance, period: int) -> None:
    """Note a validator's presence in the current period or the one before."""
    latest = attendance.latest
    if period > latest:
        attendance.earlier = latest
        attendance.latest = period
    elif period < latest and period > attendance.earlier:
        attendance.earlier = period


def is_marked(attendance: Attendance, period: int) -> bool:
    """Answer whether a validator was present in the current period or the one before."""
    return period in (attendance.latest, attendance.earlier)


def take_heartbeat(staking: StakingStorage, vote: VoteData) -> None:
    """Count a signed vote of an active validator as its presence.

    Raises:
        Revert: BadHeartbeat, EvidenceBadSignature.
    """
    block = staking.ctx.block
    if vote.kind not in _COUNTED or not _is_in_epoch(staking, block, vote):
        raise revert(BadHeartbeat())
    period = period_of(staking, vote.height)
    if period == 0:
        raise revert(BadHeartbeat())
    address = voter_of(block, vote)
    if not staking.records[address].is_active:
        raise revert(BadHeartbeat())
    mark(staking.attendance[address], period)


def presence_info(staking: StakingStorage, address: bytes) -> PresenceInfo:
    """Return a validator's presence as views show it."""
    attendance = staking.attendance[address]
    period = staking.period
    seen = staking.seen
    members = staking.members
    is_seen = any(
        seen >> place & 1 and members[place].validator == address
        for place in range(len(members) if seen else 0)
    )
    window = staking.window_periods
    return PresenceInfo(
        period,
        is_seen or (period > 0 and attendance.latest == period),
        attendance.member_from,
        attendance.judged,
        (attendance.absences & (1 << window) - 1).bit_count(),
        window,
    )


def _judge(staking: StakingStorage, address: bytes, period: int, punish: Punish) -> None:
    """Count an absence, and punish and forget when there are too many."""
    attendance = staking.attendance[address]
    if attendance.member_from > period:
        return
    shift = min(period - attendance.judged, WINDOW_PERIODS_MAX)
    absences = attendance.absences << shift & _MASK
    if not is_marked(attendance, period):
        absences |= 1
    window = staking.window_periods
    if 2 * (absences & (1 << window) - 1).bit_count() > window:
        absences = 0
        punish(address)
    attendance.judged = period
    attendance.absences = absences


def _is_in_epoch(staking: StakingStorage, block: BlockContext, vote: VoteData) -> bool:
    """Answer whether the vote is for an earlier block, and names that block's epoch."""
    start = staking.epochs[vote.epoch].start_height
    if not 0 < start <= vote.height:
        return False
    return vote.height < (staking.epochs[vote.epoch + 1].start_height or block.height)
