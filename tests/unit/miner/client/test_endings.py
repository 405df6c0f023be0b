"""How a job ends: taken back, by a published answer, cancelled, rated."""

import pytest

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.records import OrderStatus
from contracts.marketplace.v2.contract import Marketplace as MarketplaceV2
from contracts.receipts.v1.contract import Receipts
from miner.chain import RefusedError
from miner.client import endings
from miner.client.evidence import check_claim, find_evidence, known_claim
from miner.client.faults import (
    DeliveryRefusedError,
    Fault,
    JobOverError,
    MinerSilentError,
    NotReadyError,
)
from miner.client.log import JobLog
from primitives.compute import KIND_INTEGER_MODEL
from primitives.errors import ConfigError
from tests.unit.miner.chain_double import MINER_ADDRESS
from tests.unit.miner.client.market_world import PRICE, UNITS, exact_options, float_options


async def silent_after_sending(world, **options):
    """Return a session whose miner has the request and does not answer, and the request."""
    session = await world.leased(**options)
    is_exact = options.get("kind") == KIND_INTEGER_MODEL
    exchange = (
        session.plan(exact_options(), tokens=(1, 2))
        if is_exact
        else session.plan(float_options(), prompt="p")
    )
    world.miner.silent = 99
    with pytest.raises(MinerSilentError):
        await session.ask(exchange)
    return session, exchange


async def test_the_escrow_comes_back_from_a_silent_miner_but_for_the_first_tick(world):
    before = world.held()
    session, _ = await silent_after_sending(world)
    prepaid = (await session.lease()).prepaid
    with pytest.raises(NotReadyError, match="the wait is on"):
        await endings.reclaim(session, patience_seconds=2)
    assert (await session.lease()).status == LeaseStatus.RECLAIMING
    status = await endings.reclaim(session, patience_seconds=200)
    assert status == LeaseStatus.RECLAIMED
    assert world.held() == before - prepaid
    assert prepaid == UNITS // 100 * PRICE
    assert await endings.reclaim(session, patience_seconds=0) == LeaseStatus.RECLAIMED
    assert JobLog.read(session.log.path).ending == "reclaimed"


async def test_an_answer_that_the_miner_publishes_is_opened_and_checked(world):
    session, exchange = await silent_after_sending(world, kind=KIND_INTEGER_MODEL)
    with pytest.raises(NotReadyError):
        await endings.reclaim(session, patience_seconds=2)
    world.post_response(world.miner.deliver(world.miner.bodies[0]))
    with pytest.raises(NotReadyError, match="a claim stands"):
        await endings.reclaim(session, patience_seconds=1)
    assert exchange.answer.tokens == (7, 7, 7, 7)
    assert exchange.is_posted
    assert exchange.voucher is None
    assert await endings.reclaim(session, patience_seconds=200) == LeaseStatus.SETTLED
    assert await endings.take_posted(session) is None
    assert (await session.ask(exchange)).tokens == (7, 7, 7, 7)
    assert exchange.voucher is None


async def test_a_wrong_published_answer_is_refused_with_the_way_to_challenge_it(world):
    session, exchange = await silent_after_sending(world, kind=KIND_INTEGER_MODEL)
    world.post_response(world.miner.deliver(world.miner.bodies[0]), response=b"\x01" * 80)
    with pytest.raises(DeliveryRefusedError) as refused:
        await endings.reclaim(session, patience_seconds=5)
    assert refused.value.fault == Fault.NOT_OPENED
    assert "dispute" in refused.value.remedy
    assert exchange.refused == Fault.NOT_OPENED
    with pytest.raises(DeliveryRefusedError, match="claims pay"):
        await endings.reclaim(session, patience_seconds=5)
    claim = world.ask(Receipts, "claim", session.log.lease_id)
    assert not claim.is_settled


async def test_a_claim_shows_who_signed_what(world):
    session, _ = await silent_after_sending(world, kind=KIND_INTEGER_MODEL)
    world.post_response(world.miner.deliver(world.miner.bodies[0]))
    claim = await known_claim(world.chain, session.log.lease_id)
    found = await find_evidence(world.chain, claim)
    assert found.method == "postResponse"
    checks = await check_claim(world.chain, claim, found)
    assert [check.is_good for check in checks] == [True] * 6


async def test_an_acknowledged_claim_shows_the_voucher(world):
    session = await world.leased()
    await session.ask(session.plan(float_options(), prompt="p"))
    with pytest.raises(ConfigError, match="no claim"):
        await known_claim(world.chain, session.log.lease_id)
    world.claim(world.miner.vouchers[0], world.miner.deliveries[0])
    claim = await known_claim(world.chain, session.log.lease_id)
    found = await find_evidence(world.chain, claim)
    assert found.ack == world.miner.vouchers[0].ack
    checks = {c.name: c.is_good for c in await check_claim(world.chain, claim, found)}
    assert checks["client's acknowledgement"] is True
    assert all(checks.values())


async def test_an_order_without_lease_is_cancelled_whole(world):
    before = world.held()
    session = await world.ordered()
    assert await endings.cancel(session) == "cancelOrder"
    assert world.held() == before


async def test_a_proposal_is_cancelled_with_its_order(world):
    world.accepts = False
    world.join()
    before = world.held()
    session = await world.ordered()
    with pytest.raises(NotReadyError):
        await session.find_lease(patience_seconds=1)
    assert await endings.cancel(session) == "cancelLease"
    assert world.held() == before
    assert (await session.order()).status == OrderStatus.CANCELLED
    with pytest.raises(JobOverError, match="cancelled"):
        await endings.cancel(session)


async def test_an_active_lease_is_not_cancelled_but_taken_back(world):
    session = await world.leased()
    with pytest.raises(JobOverError, match="has a lease"):
        await endings.cancel(session)


async def test_ratings_need_a_marketplace_that_has_them(world):
    session = await world.leased()
    with pytest.raises(ConfigError, match="no ratings"):
        await endings.rate(session, 5)


async def test_a_lease_that_is_claimed_is_settled_by_whoever_waits_for_it(world):
    session = await world.leased()
    await session.ask(session.plan(float_options(), prompt="p"))
    with pytest.raises(NotReadyError, match="not settled yet"):
        await endings.await_settlement(session, patience_seconds=1)
    world.claim(world.miner.vouchers[0], world.miner.deliveries[0])
    assert await endings.reclaim(session, patience_seconds=9) == LeaseStatus.SETTLED
    assert world.ask(Receipts, "claim", session.log.lease_id).is_settled
    assert world.ask(Marketplace, "leaseOutcome", session.log.lease_id).paid


async def test_a_settled_miner_is_rated_once_where_the_marketplace_knows_ratings(world):
    session = await world.leased()
    await session.ask(session.plan(float_options(), prompt="p"))
    world.claim(world.miner.vouchers[0], world.miner.deliveries[0])
    await endings.await_settlement(session, patience_seconds=9)
    with pytest.raises(ConfigError, match=r"marketplace \(1\.0\.0\) has no ratings"):
        await endings.rate(session, 5)
    world.upgrade()
    await endings.rate(session, 5)
    reputation = world.ask(MarketplaceV2, "reputation", MINER_ADDRESS)
    assert (reputation.ratings, reputation.score_bps) == (1, 10_000)
    session.log.forget_sent("rate")
    with pytest.raises(RefusedError, match="AlreadyRated"):
        await endings.rate(session, 1)


async def test_settling_says_what_it_waits_for(world):
    session = await world.leased()
    await session.ask(session.plan(float_options(), prompt="p"))
    with pytest.raises(NotReadyError, match="not settled yet") as waiting:
        await endings.await_settlement(session, patience_seconds=5)
    assert "aitbc job reclaim" in waiting.value.remedy
    (said,) = [words for words in world.told if "claimed nothing yet" in words]
    assert "up to 5 s" in said
    assert "aitbc job reclaim" in said
    world.claim(world.miner.vouchers[0], world.miner.deliveries[0])
    await endings.await_settlement(session, patience_seconds=200)
    end = (await endings._claim(session)).window_end
    assert len([words for words in world.told if f"settles after block {end}" in words]) == 1


async def test_an_ended_order_says_that_its_escrow_came_back(world):
    world.join()
    session = await world.ordered()
    await session.account.send("x", Marketplace, "cancelOrder", session.log.job.order_id)
    with pytest.raises(JobOverError, match="its escrow is back"):
        await endings.cancel(session)
    auction = await world.ordered(auction=(30, 30))
    with pytest.raises(JobOverError, match=r"no miner bid.*the order is expired.*escrow is back"):
        await auction.find_lease(patience_seconds=300)
