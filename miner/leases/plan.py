"""What to do next about a lease: a pure function of what the chain and the book say.

So a restart, a transaction that somebody else sent and an answer that was lost all lead to the same
next step. The order of claims: first what the client acknowledged, then, where the work can be
checked without him, one receipt that he did not. A lease of a quorum is claimed once its answer
has won, while the quorum still holds it.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.receipts.v1.claim_messages import ClaimInfo
from contracts.receipts.v1.claims import CLASSES_NEED_CLIENT, RESPONSE_BYTES_MAX
from miner.leases.quorums import NO_SEAT, Seat, Standing

LIVE: Final = (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING)
ENDED: Final = (
    LeaseStatus.SETTLED,
    LeaseStatus.RECLAIMED,
    LeaseStatus.CONVICTED,
    LeaseStatus.CANCELLED,
    LeaseStatus.CLOSED,
)


class Step(Enum):
    """What a lease needs now."""

    DECIDE = auto()
    CLAIM = auto()
    POST = auto()
    SETTLE = auto()
    EXPIRE = auto()
    WAIT = auto()
    FINISH = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """When the miner stops waiting for a client; seconds of chain time.

    ``idle_seconds`` without a word end a lease, ``silent_seconds`` without the acknowledgement of
    a delivery give it up; ``margin_seconds`` before a deadline everything is claimed.
    """

    idle_seconds: int = 900
    silent_seconds: int = 300
    margin_seconds: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A lease at ``height`` and chain time ``now``.

    ``acknowledged`` is the highest number with a voucher; ``spare_seq`` the receipt after it that
    is worth most, 0 for none, ``spare_bytes`` the size of its sealed response, ``spare_units`` its
    units; ``acknowledged_units`` are those of all receipts up to ``acknowledged``. ``reclaim_at``
    is when the client asked to reclaim, 0 if he did not.
    """

    height: int
    now: int
    lease: LeaseInfo
    claim: ClaimInfo
    acknowledged: int
    acknowledged_units: int
    spare_seq: int
    spare_units: int
    spare_bytes: int
    idle_seconds: float
    is_draining: bool
    is_working: bool
    seat: Seat = NO_SEAT
    reclaim_at: int = 0


def next_step(facts: Facts, patience: Patience) -> Step:
    """Return what to do about one of our leases."""
    lease, claim = facts.lease, facts.claim
    if lease.status == LeaseStatus.PROPOSED:
        return Step.DECIDE
    if lease.status in ENDED:
        return Step.FINISH
    has_won = facts.seat.standing is Standing.AGREED
    if lease.status not in LIVE or facts.is_working or (lease.holds and not has_won):
        return Step.WAIT
    if not is_over(facts, patience):
        return Step.WAIT
    if has_won or facts.seat.standing is Standing.NONE:
        if facts.acknowledged > claim.seq:
            return Step.CLAIM
        if _may_post(facts) and _is_given_up(facts, patience):
            return Step.POST
    if lease.holds:
        return Step.WAIT
    if claim.height:
        return Step.SETTLE if facts.height > claim.window_end else Step.WAIT
    end = lease.opened_at + lease.deadline + lease.response_seconds + lease.game_seconds
    if facts.reclaim_at:
        end = min(end, facts.reclaim_at + 2 * lease.response_seconds)
    return Step.EXPIRE if facts.now > end else Step.WAIT


def is_over(facts: Facts, patience: Patience) -> bool:
    """Answer whether nothing more is expected of a lease, so that it is to be claimed."""
    lease = facts.lease
    margin = min(patience.margin_seconds, lease.deadline // 4)
    return (
        lease.status == LeaseStatus.RECLAIMING
        or facts.seat.standing is Standing.AGREED
        or facts.is_draining
        or bool(facts.claim.height)
        or facts.now + margin >= lease.opened_at + lease.deadline
        or facts.acknowledged_units >= lease.units_max
        or facts.idle_seconds >= patience.idle_seconds
    )


def _may_post(facts: Facts) -> bool:
    """Answer whether the contract takes a receipt of this lease without acknowledgement."""
    lease, claim = facts.lease, facts.claim
    return (
        facts.spare_seq > claim.seq
        and bool(lease.classes & ~CLASSES_NEED_CLIENT)
        and not claim.is_unacknowledged
        and 0 < facts.spare_bytes <= RESPONSE_BYTES_MAX
        and claim.units + facts.spare_units <= lease.units_max
    )


def _is_given_up(facts: Facts, patience: Patience) -> bool:
    """Answer whether the client had his time to acknowledge."""
    lease = facts.lease
    if facts.seat.standing is Standing.AGREED:
        return facts.now >= facts.seat.post_at
    return (
        lease.status == LeaseStatus.RECLAIMING
        or facts.idle_seconds >= patience.silent_seconds
        or facts.now >= lease.opened_at + lease.deadline
    )
