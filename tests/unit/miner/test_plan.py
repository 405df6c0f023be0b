"""The next step follows from the chain's answer alone."""

from dataclasses import replace

import pytest

from contracts.marketplace.v1.messages import JobInfo, JobStatus
from contracts.receipts.v1.messages import ReceiptInfo, ReceiptStatus
from miner.journal import LeaseState
from miner.plan import (
    OPEN_GAS_MAX,
    TAKE_DELAY_BLOCKS,
    TAKE_DELAYS,
    Facts,
    Step,
    net_pay,
    next_step,
    take_delay,
    tiles_per_opening,
)

ME, OTHER = b"\x01" * 20, b"\x02" * 20
DRAW_LAST = 3


def facts(status: JobStatus, *, miner=ME, height=100, receipt=None) -> Facts:
    job = JobInfo(
        job_id=b"\x03" * 32,
        client=OTHER,
        status=status,
        seed=bytes(32),
        m=64,
        n=64,
        k=64,
        escrow=10**18,
        unit_price=1_000,
        deadline_seconds=60,
        window_blocks=20,
        posted_at=1,
        posted_height=1,
        lease_id=b"\x04" * 32,
        miner=miner,
        operator_key=miner,
        taken_at=1,
        taken_height=1,
        bond_locked=5,
    )
    return Facts(height=height, miner=ME, job=job, receipt=receipt, draw_last=DRAW_LAST)


def receipt(status: ReceiptStatus, **fields) -> ReceiptInfo:
    values = {
        "receipt_id": b"\x05" * 32,
        "job_id": b"\x03" * 32,
        "lease_id": b"\x04" * 32,
        "miner": ME,
        "client": OTHER,
        "tile_root": b"\x06" * 32,
        "status": status,
        "is_acknowledged": False,
        "height": 90,
        "window_end": 110,
        "units": 1,
        "unit_price": 1,
        "tiles_opened": 0,
    } | fields
    return ReceiptInfo(**values)


def submitted(found: ReceiptInfo, height: int) -> Facts:
    return facts(JobStatus.SUBMITTED, height=height, receipt=found)


@pytest.mark.parametrize(
    ("status", "miner", "is_computed", "step"),
    [
        (JobStatus.OPEN, bytes(20), False, Step.TAKE),
        (JobStatus.LEASED, ME, False, Step.COMPUTE),
        (JobStatus.LEASED, ME, True, Step.SUBMIT),
        (JobStatus.SUBMITTED, ME, False, Step.COMPUTE),
    ],
)
def test_step_before_submission(status, miner, is_computed, step):
    assert next_step(facts(status, miner=miner), is_computed=is_computed).step is step


@pytest.mark.parametrize(
    ("status", "miner", "state"),
    [
        (JobStatus.UNKNOWN, bytes(20), LeaseState.LOST),
        (JobStatus.CANCELLED, bytes(20), LeaseState.LOST),
        (JobStatus.LEASED, OTHER, LeaseState.LOST),
        (JobStatus.SETTLED, OTHER, LeaseState.LOST),
        (JobStatus.EXPIRED, bytes(20), LeaseState.LOST),
        (JobStatus.EXPIRED, ME, LeaseState.FAILED),
        (JobStatus.FAILED, ME, LeaseState.FAILED),
        (JobStatus.SETTLED, ME, LeaseState.SETTLED),
    ],
)
def test_final_statuses_end_the_lease(status, miner, state):
    decision = next_step(facts(status, miner=miner), is_computed=True)
    assert (decision.step, decision.state) == (Step.FINISH, state)
    assert bool(decision.reason) is (state is not LeaseState.SETTLED)


@pytest.mark.parametrize(
    ("height", "step"),
    [(92, Step.WAIT), (93, Step.OPEN), (110, Step.OPEN), (111, Step.FINISH)],
)
def test_tiles_are_opened_from_the_draw_to_the_end_of_the_window(height, step):
    found = receipt(ReceiptStatus.SUBMITTED)
    assert next_step(submitted(found, height), is_computed=True).step is step


@pytest.mark.parametrize(("height", "step"), [(110, Step.WAIT), (111, Step.SETTLE)])
def test_opened_receipt_settles_after_the_window(height, step):
    found = receipt(ReceiptStatus.OPENED)
    assert next_step(submitted(found, height), is_computed=True).step is step


@pytest.mark.parametrize("status", [ReceiptStatus.SUBMITTED, ReceiptStatus.OPENED])
def test_acknowledged_receipt_settles_at_once(status):
    found = receipt(status, is_acknowledged=True)
    assert next_step(submitted(found, 91), is_computed=True).step is Step.SETTLE


def test_net_pay_is_the_contracts():
    job = facts(JobStatus.SETTLED).job
    amount = 64**3 * 1_000
    assert net_pay(job) == amount - amount * 250 // 10_000
    assert net_pay(replace(job, unit_price=0)) == 0


@pytest.mark.parametrize("k", [64, 512, 4096, 65_535])
def test_openings_stay_within_their_gas(k):
    count = tiles_per_opening(k)
    assert count >= 1
    assert count * (5_000 + 32 * k) < OPEN_GAS_MAX


def test_the_deepest_product_opens_one_tile_a_transaction():
    assert tiles_per_opening(65_535) == 1
    assert tiles_per_opening(512) >= 4


def test_miners_draw_different_delays_for_a_job_and_each_delay_occurs():
    jobs = [bytes((number,)) * 32 for number in range(64)]
    mine, others = ([take_delay(job, bytes((who,)) * 20) for job in jobs] for who in (1, 2))
    assert set(mine) == {TAKE_DELAY_BLOCKS * step for step in range(TAKE_DELAYS)}
    assert sum(one == other for one, other in zip(mine, others, strict=True)) < len(jobs) // 2
