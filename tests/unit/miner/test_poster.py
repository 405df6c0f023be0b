"""The client posts, follows, checks, and acknowledges only what is right."""

import asyncio

import pytest

from contracts.marketplace.v1.messages import JobStatus
from contracts.receipts.v1.contract import Receipts
from miner.chain import Chain, RefusedError
from miner.journal import LeaseState
from miner.native_calls import method_named
from miner.poster import OPEN_MAX, Order, Poster
from miner.work import fill_for
from primitives.errors import DecodeError
from primitives.keys import secret_to_address
from primitives.types import WEI_PER_AIT

CLIENT_SECRET = b"\x31" * 32
ACKNOWLEDGE = method_named(Receipts, "acknowledge").selector
SMALL = Order(m=64, n=128, k=64, escrow=WEI_PER_AIT, deadline_seconds=60, window_blocks=10)


@pytest.fixture
def poster(double, monkeypatch):
    double.chain.balances[secret_to_address(CLIENT_SECRET)] = 100 * WEI_PER_AIT
    monkeypatch.setattr("miner.poster.FOLLOW_SECONDS", 0)
    return Poster(Chain(double), CLIENT_SECRET, SMALL, is_acknowledging=True)


async def mined(double, work):
    """Run a coroutine, making a block whenever something waits in the pool."""
    task = asyncio.create_task(work)
    for _ in range(10_000):
        if task.done():
            return await task
        if double.pool:
            double.mine()
        await asyncio.sleep(0)
    raise AssertionError("never done")


async def settle(rig, double, poster, limit=60):
    for _ in range(limit):
        await rig.step()
        await mined_in_thread(double, poster.follow())
        if not poster.open_jobs:
            return
    raise AssertionError("not settled")


async def mined_in_thread(double, work):
    task = asyncio.create_task(work)
    while not task.done():
        if double.pool:
            double.mine()
        await asyncio.wait([task], timeout=0.001)
    return await task


async def test_posted_job_is_checked_acknowledged_and_forgotten(rig, double, poster):
    await rig.start()
    job_id = await mined(double, poster.post())
    assert double.job(job_id).escrow == SMALL.escrow
    await settle(rig, double, poster)
    assert double.job(job_id).status == JobStatus.SETTLED
    assert double.sent(ACKNOWLEDGE) == 1


async def test_wrong_product_is_not_acknowledged(rig, double, poster):
    def spoil(spec, out, threads):
        fill_for("cpu")(spec, out, threads)
        out[0, 0] += 1

    await rig.start()
    rig.miner._fill = spoil
    job_id = await mined(double, poster.post())
    for _ in range(8):
        await rig.step()
        await mined_in_thread(double, poster.follow())
    assert rig.lease(job_id).state in (LeaseState.SUBMITTED, LeaseState.OPENED)
    assert double.sent(ACKNOWLEDGE) == 0


async def test_no_more_is_posted_while_enough_is_open(double, poster):
    for _ in range(OPEN_MAX):
        assert await mined(double, poster.post()) is not None
    assert await mined(double, poster.post()) is None
    assert poster.open_jobs == OPEN_MAX


async def test_refused_order_carries_the_reason(double):
    order = Order(m=64, n=64, k=64, escrow=1, deadline_seconds=60, window_blocks=10)
    poster = Poster(Chain(double), CLIENT_SECRET, order, is_acknowledging=False)
    double.chain.balances[secret_to_address(CLIENT_SECRET)] = WEI_PER_AIT
    with pytest.raises(RefusedError) as caught:
        await poster.post()
    assert caught.value.refusal.code == "PriceTooSmall"


def test_order_of_impossible_dimensions_is_refused_here():
    with pytest.raises(DecodeError, match="multiple of 64"):
        Order(m=65).calldata(bytes(32))


async def test_run_stops_when_told_and_survives_an_unreachable_node(double, poster):
    double.unreachable = 2
    stop = asyncio.Event()
    running = asyncio.create_task(poster.run(1e9, stop))
    for _ in range(200):
        await asyncio.sleep(0)
    stop.set()
    await asyncio.wait([running])
    assert running.exception() is None


async def test_job_that_nobody_takes_is_fetched_back_after_its_deadline(double, poster):
    job_id = await mined(double, poster.post())
    double.mine(700)
    await mined(double, poster.follow())
    assert double.job(job_id).status == JobStatus.EXPIRED


async def test_receipt_whose_tiles_were_not_opened_is_failed(rig, double, poster):
    poster._is_acknowledging = False
    await rig.start()
    job_id = await mined(double, poster.post())
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is LeaseState.COMPUTED)
    await rig.step()
    double.pool.clear()
    double.mine(SMALL.window_blocks + 1)
    await mined_in_thread(double, poster.follow())
    assert double.job(job_id).status == JobStatus.FAILED
