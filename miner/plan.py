"""What to do next about a lease: a pure function of what the chain says.

The chain decides; the journal only adds what the chain does not know (that the product is
computed). So a restart, a transaction that somebody else sent, and an answer that was lost all
lead to the same next step.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from contracts.marketplace.v1.contract import BPS, FEE_BPS
from contracts.marketplace.v1.messages import JobInfo, JobStatus
from contracts.receipts.v1.messages import ReceiptInfo, ReceiptStatus
from contracts.receipts.v1.weights import MACS_PER_GAS, PATH_NODE_GAS, TILE_GAS
from miner.journal import LeaseState
from primitives.keccak import keccak256
from primitives.matmul import TILE

OPEN_GAS_MAX: Final = 4_000_000
"""Gas of the tiles opened in one transaction, below the chain's limit of 5,000,000."""
PATH_WORDS_MAX: Final = 12
"""Siblings of a tile: log2 of the 4,096 tiles of the largest product."""
TAKE_DELAYS: Final = 4
TAKE_DELAY_BLOCKS: Final = 2
"""A take is final, and seen by the others, within two blocks."""
CALLDATA_WORD_GAS: Final = 16 * 32


class Step(Enum):
    """What a lease needs now."""

    TAKE = auto()
    COMPUTE = auto()
    SUBMIT = auto()
    OPEN = auto()
    SETTLE = auto()
    WAIT = auto()
    FINISH = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The step, and with FINISH the final state, why, and what was paid in wei."""

    step: Step
    state: LeaseState | None = None
    reason: str = ""
    paid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the chain says about a lease at ``height``; ``receipt`` is None before submission."""

    height: int
    miner: bytes
    job: JobInfo
    receipt: ReceiptInfo | None
    draw_last: int


def next_step(facts: Facts, *, is_computed: bool) -> Decision:
    """Return what to do about a lease of ``facts.miner``."""
    job = facts.job
    status = job.status
    if status == JobStatus.OPEN:
        return Decision(step=Step.TAKE)
    if status == JobStatus.CANCELLED:
        return _finish(LeaseState.LOST, "the client cancelled the job")
    if status == JobStatus.UNKNOWN:
        return _finish(LeaseState.LOST, "the chain does not know the job")
    if job.miner != facts.miner:
        return _finish(LeaseState.LOST, "another miner took the job, or it expired")
    if status == JobStatus.LEASED:
        return Decision(step=Step.SUBMIT if is_computed else Step.COMPUTE)
    if status == JobStatus.SETTLED:
        return _finish(LeaseState.SETTLED, "", net_pay(job))
    if status == JobStatus.EXPIRED:
        return _finish(LeaseState.FAILED, "the deadline passed before a receipt was submitted")
    if status == JobStatus.FAILED:
        return _finish(LeaseState.FAILED, "the receipt was disproved or its tiles not opened")
    if facts.receipt is None or not is_computed:
        return Decision(step=Step.COMPUTE)
    return _after_submission(facts, facts.receipt)


def _after_submission(facts: Facts, receipt: ReceiptInfo) -> Decision:
    is_over = facts.height > receipt.window_end
    if receipt.is_acknowledged:
        return Decision(step=Step.SETTLE)
    if receipt.status == ReceiptStatus.OPENED:
        return Decision(step=Step.SETTLE if is_over else Step.WAIT)
    if receipt.status == ReceiptStatus.SUBMITTED and not is_over:
        is_drawn = facts.height >= receipt.height + facts.draw_last
        return Decision(step=Step.OPEN if is_drawn else Step.WAIT)
    if receipt.status == ReceiptStatus.SUBMITTED:
        return _finish(LeaseState.FAILED, "the window closed before its tiles were opened")
    return Decision(step=Step.WAIT)


def take_delay(job_id: bytes, miner: bytes) -> int:
    """Return for how many blocks a miner leaves an open job to others.

    A draw by job and account: without it all miners take the same job in the same block, and all
    but one pay gas for nothing.
    """
    return TAKE_DELAY_BLOCKS * (keccak256(job_id + miner)[0] % TAKE_DELAYS)


def net_pay(job: JobInfo) -> int:
    """Return what a settled job pays its miner in wei: all units less the fee."""
    amount = job.m * job.n * job.k * job.unit_price
    return amount - amount * FEE_BPS // BPS


def tiles_per_opening(k: int) -> int:
    """Return how many tiles fit one transaction."""
    path = PATH_WORDS_MAX * (CALLDATA_WORD_GAS + PATH_NODE_GAS)
    return max(1, OPEN_GAS_MAX // (TILE_GAS + TILE * TILE * k // MACS_PER_GAS + path))


def _finish(state: LeaseState, reason: str, paid: int = 0) -> Decision:
    return Decision(step=Step.FINISH, state=state, reason=reason, paid=paid)
