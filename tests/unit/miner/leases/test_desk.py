"""A lease from the offer to the last wei, and everything that goes wrong on the way."""

import asyncio
from dataclasses import replace

import pytest

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.places import GOVERNANCE_ADDRESS
from contracts.receipts.v1.contract import Receipts
from miner.account import MinerAccount
from miner.native_calls import encode_native, method_named, place_of
from rpc.client import RpcCallError
from tests.unit.contracts.staking_world import account
from tests.unit.miner.chain_double import MINER_ADDRESS
from tests.unit.miner.leases.desk_world import (
    AIT,
    CLIENT,
    PRICE,
    Client,
    Desk,
    Market,
    ask_desk,
    exchange,
    settle_everything,
)


@pytest.fixture
def market():
    made = Market()
    made.join()
    return made


@pytest.fixture
def desk(market, tmp_path):
    made = Desk(market, tmp_path)
    yield made
    made.kill()


def selector(contract, name):
    return method_named(contract, name).selector


async def test_offer_is_posted_once_with_the_sealing_key(market, desk):
    await desk.step(8)
    assert [offer.miner for offer in market.offers()] == [MINER_ADDRESS]
    assert market.double.sent(selector(Marketplace, "postOffer")) == 1
    assert market.double.sent(selector(Marketplace, "setSealingKey")) == 1


async def test_a_lease_goes_from_proposal_to_the_last_wei(market, desk):
    lease_id = await desk.lease()
    client = Client(market, lease_id)
    before = market.double.chain.balances[CLIENT]
    receipt, answer = await exchange(desk, client, 1, 1, 2, 3)
    assert answer.tokens == (3, 2, 1)
    assert (receipt.seq, receipt.units, receipt.unit_price) == (1, 3, PRICE)
    await exchange(desk, client, 2, *range(97))
    await settle_everything(desk, lease_id)
    lease = market.lease(lease_id)
    assert lease.status == LeaseStatus.SETTLED
    ending = desk.book.deal(lease_id).ending
    assert ending.units == 100
    assert ending.paid == 100 * PRICE * 975 // 1_000
    assert market.double.chain.balances[CLIENT] == before
    assert market.double.sent(selector(Receipts, "claimReceipt")) == 1
    assert market.double.sent(selector(Receipts, "settleLease")) == 1


async def test_a_proposal_that_does_not_fit_is_declined(market, desk):
    await desk.until(market.offers)
    lease_id = market.propose(deadline_seconds=30 * 86_400)
    await desk.until(lambda: market.lease(lease_id).status == LeaseStatus.CANCELLED)
    await settle_everything(desk, lease_id)
    assert desk.book.deal(lease_id).ending.reason == "miner declined"
    await desk.until(market.offers)  # posted anew


async def test_units_left_unused_are_claimed_when_the_client_reclaims(market, desk):
    lease_id = await desk.lease()
    client = Client(market, lease_id)
    await exchange(desk, client, 1, 1, 2, 3)
    market.send(CLIENT, Marketplace, "requestReclaim", lease_id)
    await settle_everything(desk, lease_id)
    assert desk.book.deal(lease_id).ending.units == 3


async def test_a_silent_client_pays_for_the_last_receipt_of_checkable_work(market, desk):
    lease_id = await desk.lease()
    client = Client(market, lease_id)
    await exchange(desk, client, 1, 1, 2, 3)
    await ask_desk(desk, client, 2, 1, 2, 3, 4)
    market.send(CLIENT, Marketplace, "requestReclaim", lease_id)
    await settle_everything(desk, lease_id)
    assert desk.book.deal(lease_id).ending.units == 7
    assert market.double.sent(selector(Receipts, "postResponse")) == 1


async def test_an_idle_lease_is_claimed_and_a_later_voucher_raises_the_claim(market, desk):
    lease_id = await desk.lease()
    client = Client(market, lease_id)
    await exchange(desk, client, 1, 1, 2, 3)
    desk.now += 10_000
    await desk.until(lambda: market.claim(lease_id).seq == 1)
    await exchange(desk, client, 2, 4)
    await desk.until(lambda: market.claim(lease_id).seq == 2)
    await settle_everything(desk, lease_id)
    assert desk.book.deal(lease_id).ending.units == 4


async def test_near_the_deadline_everything_acknowledged_is_claimed(market, desk):
    lease_id = await desk.lease(deadline_seconds=100)
    client = Client(market, lease_id)
    await exchange(desk, client, 1, 1, 2, 3)
    await desk.until(lambda: market.claim(lease_id).seq == 1, limit=120)
    assert market.double.chain.block.timestamp < market.lease(lease_id).opened_at + 100


async def test_a_lease_that_nobody_used_is_expired_to_free_the_bond(market, desk):
    lease_id = await desk.lease(deadline_seconds=60)
    market.double.chain.advance(2_500, seconds=2_500)
    await settle_everything(desk, lease_id)
    assert market.lease(lease_id).status == LeaseStatus.CLOSED


async def test_draining_closes_offers_claims_and_ends(market, desk):
    lease_id = await desk.lease()
    await exchange(desk, Client(market, lease_id), 1, 1, 2, 3)
    desk.is_draining = True
    assert not desk.desk.is_drained
    await desk.until(lambda: desk.desk.is_drained)
    await desk.until(lambda: not market.offers())
    assert market.claim(lease_id).seq == 1


async def test_draining_waits_a_moment_for_the_last_acknowledgement(market, desk):
    lease_id = await desk.lease()
    client = Client(market, lease_id)
    receipt, _ = client.read(await ask_desk(desk, client, 1, 1, 2))
    desk.is_draining = True
    await desk.step(2)
    assert not desk.desk.is_drained
    desk.service.acknowledge(lease_id, client.voucher(receipt))
    await desk.until(lambda: desk.desk.is_drained)
    assert market.claim(lease_id).seq == 1


async def test_a_faulty_backend_takes_its_offer_down_and_brings_it_back(market, desk):
    await desk.until(market.offers)
    desk.backend.fault = "wrong_model"
    desk.now += 1_000
    await desk.until(lambda: not market.offers())
    desk.backend.fault = None
    desk.now += 1_000
    await desk.until(market.offers)


async def test_many_leases_due_at_once_are_claimed_out_of_one_batch(market, tmp_path):
    desk = Desk(market, tmp_path, batch_from=3, plan={"leases_max": 8})
    leases = [await desk.lease(units_max=3) for _ in range(3)]
    clients = [Client(market, lease_id) for lease_id in leases]
    for client in clients:
        await exchange(desk, client, 1, 1, 2, 3)
    await desk.until(lambda: market.ask(Receipts, "batchCount") == 1)
    desk.restart()
    await settle_everything(desk, *leases)
    assert market.double.sent(selector(Receipts, "claimFromBatch")) == 3
    assert market.double.sent(selector(Receipts, "claimReceipt")) == 0
    assert market.double.sent(selector(Receipts, "anchorBatch")) == 1
    desk.kill()


async def test_demands_for_a_batch_are_answered(market, tmp_path):
    desk = Desk(market, tmp_path, batch_from=2, plan={"leases_max": 8})
    leases = [await desk.lease(units_max=3) for _ in range(2)]
    for lease_id in leases:
        await exchange(desk, Client(market, lease_id), 1, 1, 2, 3)
    await desk.until(lambda: market.ask(Receipts, "batchCount") == 1)
    fee = AIT // 20
    demand = market.send(CLIENT, Receipts, "demandLeaf", 1, 1, bytes(32), value=AIT + fee)
    desk.restart()
    await desk.until(lambda: market.ask(Receipts, "demand", demand).status == 2)
    desk.kill()


async def batched(market, tmp_path):
    """Return a desk that has two receipts to batch."""
    desk = Desk(market, tmp_path, batch_from=2, plan={"leases_max": 8})
    leases = [await desk.lease(units_max=3) for _ in range(2)]
    for lease_id in leases:
        await exchange(desk, Client(market, lease_id), 1, 1, 2, 3)
    return desk


def demand_leaf(market, index):
    return market.send(CLIENT, Receipts, "demandLeaf", 1, index, bytes(32), value=AIT + AIT // 20)


async def test_every_demand_is_answered_whenever_it_comes(market, tmp_path):
    """One by one, and two between looks: the desk goes on from the last one that it has seen."""
    desk = await batched(market, tmp_path)
    await desk.until(lambda: market.ask(Receipts, "batchCount") == 1)
    for indexes in ((0,), (1,), (0, 1), (1, 0)):
        for _ in range(3):
            await desk.step()
        for demand in [demand_leaf(market, index) for index in indexes]:
            await desk.until(lambda d=demand: market.ask(Receipts, "demand", d).status == 2)
    desk.kill()


async def test_a_demand_that_came_before_the_batch_had_its_number_is_answered(
    market, tmp_path, monkeypatch
):
    desk = await batched(market, tmp_path)
    await desk.until(lambda: market.ask(Receipts, "batchCount") == 1)
    is_busy = MinerAccount.is_busy
    monkeypatch.setattr(
        MinerAccount, "is_busy", lambda self, name: name[:7] == "anchor:" or is_busy(self, name)
    )
    demand = demand_leaf(market, 1)
    for _ in range(5):
        await desk.step()
    assert market.ask(Receipts, "demand", demand).status == 1
    monkeypatch.setattr(MinerAccount, "is_busy", is_busy)
    await desk.until(lambda: market.ask(Receipts, "demand", demand).status == 2)
    desk.kill()


async def test_offer_follows_the_price_index_within_its_bounds(market, tmp_path):
    plan = {"is_auto": True, "price_min": 1, "price_max": 7 * 10**12}
    desk = Desk(market, tmp_path, plan=plan)
    await desk.until(market.offers)
    assert market.offers()[0].terms.unit_price == 7 * 10**12
    desk.desk.offers.plans[0] = type(desk.desk.offers.plans[0])(
        served=desk.backend.served, classes=desk.desk.offers.plans[0].classes, price=PRICE
    )
    await desk.until(lambda: market.offers()[0].terms.unit_price == PRICE)
    assert market.double.sent(selector(Marketplace, "postOffer")) == 1
    desk.kill()


async def test_open_challenges_are_handed_to_the_defender(market, tmp_path):
    seen = []

    class Watcher:
        async def step(self, challenge_id, height):
            seen.append(challenge_id)

    desk = Desk(market, tmp_path, defender=Watcher())
    lease_id = await desk.lease()
    deal = desk.book.deal(lease_id)
    await exchange(desk, Client(market, lease_id), 1, 1, 2, 3)

    class Case:
        open_ids = (7, 9)

    async def view(contract, name, *values, **rest):
        if name == "caseOf":
            return Case()
        found = await type(desk.chain).view(desk.chain, contract, name, *values, **rest)
        if name == "lease":
            return replace(found, holds=1)
        return found

    desk.desk._chain = type("Held", (), {"view": staticmethod(view), "miner": desk.chain.miner})()
    for _ in range(6):
        await desk.step()
        await asyncio.sleep(0)
    assert set(seen) == {7, 9}
    assert deal.lease.holds == 1
    assert market.claim(lease_id).height == 0  # nothing is claimed while it is held
    desk.kill()


async def test_work_under_way_is_finished_when_draining_begins(market, desk):
    lease_id = await desk.lease()
    client = Client(market, lease_id)
    desk.backend.gate = asyncio.Event()
    asking = asyncio.create_task(ask_desk(desk, client, 1, 1, 2))
    await asyncio.sleep(0)
    desk.is_draining = True
    await desk.step()
    assert not desk.desk.is_drained
    desk.backend.gate.set()
    receipt, _ = client.read(await asking)
    assert receipt.seq == 1


async def test_bids_win_an_auction_that_is_served(market, tmp_path):
    from contracts.marketplace.v1.market_messages import OrderTerms
    from miner.leases.bids import BidSettings
    from tests.unit.miner.leases.desk_world import order_values

    desk = Desk(market, tmp_path, bids=BidSettings(open_max=2, price_percent=90))
    await desk.until(market.offers)
    terms = OrderTerms(**(order_values() | {"expiry_seconds": 0}))
    order = market.send(CLIENT, Marketplace, "postAuction", terms, 40, 40, value=100 * PRICE)
    await desk.until(lambda: market.ask(Marketplace, "bids", order)[0])
    desk.restart()
    await desk.until(lambda: market.ask(Marketplace, "order", order).status == 4, limit=200)
    lease_id = market.ask(Marketplace, "order", order).lease_id
    assert market.lease(lease_id).unit_price == PRICE * 90 // 100
    await desk.until(
        lambda: desk.book.deal(lease_id) and desk.book.deal(lease_id).lease.status == 2
    )
    receipt, _ = await exchange(desk, Client(market, lease_id), 1, 1, 2)
    assert receipt.unit_price == PRICE * 90 // 100
    desk.kill()


@pytest.mark.parametrize(
    "changes",
    [{"client_key": b"\x01" + bytes(31)}, {"move_seconds": 59}, {"deadline_seconds": 3_601}],
)
async def test_an_auction_wins_no_lease_that_a_proposal_would_not(market, tmp_path, changes):
    """Nobody declines a lease that his own bid won: with a key of low order each request of it
    was computed, and none was ever delivered or counted."""
    from contracts.marketplace.v1.market_messages import OrderTerms
    from miner.leases.bids import BidSettings
    from miner.leases.proposals import Limits
    from tests.unit.miner.leases.desk_world import order_values

    market.send(GOVERNANCE_ADDRESS, Marketplace, "setParameter", "moveSecondsMin", 10)
    limits = Limits(deadline_seconds_max=3_600)
    desk = Desk(market, tmp_path, bids=BidSettings(open_max=2), limits=limits)
    await desk.until(market.offers)
    terms = OrderTerms(**(order_values() | {"expiry_seconds": 0} | changes))
    order = market.send(CLIENT, Marketplace, "postAuction", terms, 40, 40, value=100 * PRICE)
    await desk.step(30)
    assert market.ask(Marketplace, "bids", order)[0] == ()
    desk.kill()


@pytest.mark.parametrize(("times", "is_outbid"), [(15, True), (17, False)])
async def test_a_full_auction_is_bid_for_with_a_larger_bond_within_reason(
    market, tmp_path, times, is_outbid
):
    from contracts.marketplace.v1.market_messages import OrderTerms
    from miner.leases.bids import BidSettings
    from tests.unit.miner.leases.desk_world import order_values

    rivals = [account(30 + number) for number in range(2)]
    for rival in rivals:
        market.double.chain.balances[rival] = 10**6 * AIT
        market.send(rival, Marketplace, "registerMiner", rival, "http://x", value=100 * AIT)
    market.send(GOVERNANCE_ADDRESS, Marketplace, "setParameter", "bidsMax", 2)
    terms = OrderTerms(**(order_values() | {"expiry_seconds": 0}))
    order = market.send(CLIENT, Marketplace, "postAuction", terms, 200, 40, value=100 * PRICE)
    for rival in rivals:
        market.send(rival, Marketplace, "commitBid", order, bytes(32), value=times * AIT)
    desk = Desk(market, tmp_path, bids=BidSettings(open_max=2, price_percent=90))
    for _ in range(12):
        await desk.step()
    miners, _, bonds = market.ask(Marketplace, "bids", order)
    assert (MINER_ADDRESS in miners, max(bonds) > times * AIT) == (is_outbid, is_outbid)
    desk.kill()


async def test_work_that_only_signatures_vouch_for_settles_at_once(market, desk):
    lease_id = await desk.lease(classes=1, adjudicator=0, window_blocks=0, prepay_units=1)
    client = Client(market, lease_id)
    receipt, _ = await exchange(desk, client, 1, 1, 2, 3)
    assert not any(receipt.trace_root)
    market.send(CLIENT, Marketplace, "requestReclaim", lease_id)
    await desk.until(lambda: desk.book.deal(lease_id).ending is not None, limit=12)
    assert desk.book.deal(lease_id).ending.units == 3


async def test_an_honest_start_is_never_refused_anything(market, desk):
    await desk.step(8)
    assert desk.tally.refusals == []


async def test_two_tasks_that_send_at_once_get_two_nonces(market, desk, monkeypatch):
    answer = market.double.call

    async def slow(*asked):
        await asyncio.sleep(0)
        return await answer(*asked)

    monkeypatch.setattr(market.double, "call", slow)
    data = encode_native(Marketplace, "setEndpoint", "http://x")
    place = place_of(Marketplace)
    await asyncio.gather(
        *(desk.account.send(name, Marketplace, place, data, 1) for name in ("a", "b", "c", "a"))
    )
    assert [sent.nonce for sent in desk.journal.pending] == [0, 1, 2]


async def test_a_batch_that_cannot_be_paid_for_holds_nothing_up(market, tmp_path):
    desk = Desk(market, tmp_path, batch_from=2, plan={"leases_max": 8})
    leases = [await desk.lease(units_max=3) for _ in range(2)]
    for lease_id in leases:
        await exchange(desk, Client(market, lease_id), 1, 1, 2, 3)
    estimate = market.double._eth_estimateGas
    anchor = selector(Receipts, "anchorBatch").hex()

    def poor(request):
        if request["data"].startswith("0x" + anchor):
            raise RpcCallError("eth_estimateGas", -32000, "insufficient funds", None)
        return estimate(request)

    market.double._eth_estimateGas = poor
    await settle_everything(desk, *leases)
    assert market.double.sent(selector(Receipts, "claimReceipt")) == 2
    desk.kill()
