"""Marketplace: the life of a lease, from the proposal to the last wei."""

import pytest

from contracts.errors import Revert
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.records import CloseReason, OfferStatus, OrderStatus
from contracts.places import DISPUTES_ADDRESS, GOVERNANCE_ADDRESS, RECEIPTS_ADDRESS
from primitives.types import U64_MAX, U256_MAX
from tests.unit.contracts.lease_world import (
    AIT,
    BOND,
    CLIENT,
    DAY,
    KEY,
    MINER,
    OTHER_CLIENT,
    PARTIES,
    PRICE,
    RICH,
    RIVAL,
    STRANGER,
    UNITS,
    LeaseWorld,
    treasury_and_pool,
)
from tests.unit.contracts.staking_world import account

ESCROW = UNITS * PRICE
TICK = 10 * PRICE
CANONICAL = {"kind": 2, "classes": 4, "adjudicator": 1, "prepay_units": 0}


@pytest.fixture
def world():
    world = LeaseWorld()
    yield world
    world.check_books()


def outcome(world, lease):
    found = world.ask("leaseOutcome", lease)
    return found.status, found.reason


# --- proposal and acceptance ---------------------------------------------------------------------


def test_a_proposal_locks_the_bond_and_copies_the_terms(world):
    lease = world.proposed()
    info = world.info(lease)
    assert (info.status, info.client, info.miner) == (LeaseStatus.PROPOSED, CLIENT, MINER)
    assert (info.escrow, info.prepaid, info.lock, info.fee_bps) == (ESCROW, TICK, ESCROW, 250)
    assert (info.client_key, info.miner_key) == (KEY, KEY)
    miner = world.ask("miner", MINER)
    assert (miner.locked, miner.open_leases) == (ESCROW, 1)
    assert world.ask("offer", 1).open_leases == 1
    assert world.ask("lease", KEY).status == LeaseStatus.UNKNOWN


def test_acceptance_pays_the_tick_less_the_fee_and_returns_what_the_price_left(world):
    world.join()
    offer = world.offer(unit_price=PRICE - 3)
    lease = world.send(CLIENT, "takeOffer", world.order(), offer)
    world.send(MINER, "acceptLease", lease)
    tick = 10 * (PRICE - 3)
    fee = tick * 250 // 10_000
    assert world.held(MINER) == RICH - BOND - AIT + tick - fee
    assert world.held(CLIENT) == RICH - UNITS * (PRICE - 3)
    burnt = (fee + 1) // 2
    auditors = tick * 50 // 10_000
    assert treasury_and_pool(world) == (fee - burnt - auditors, auditors)
    assert world.chain.burnt == burnt
    assert world.info(lease).status == LeaseStatus.ACTIVE


def test_acceptance_is_the_miners_within_the_time(world):
    lease = world.proposed()
    world.pass_seconds(299)
    with world.refuses("WrongMiner"):
        world.send(CLIENT, "acceptLease", lease)
    with world.refuses("NotExpired"):
        world.send(STRANGER, "expireProposal", lease)
    world.pass_seconds(1)
    with world.refuses("AcceptanceOver"):
        world.send(MINER, "acceptLease", lease)


def test_the_lease_is_dated_by_its_acceptance(world):
    lease = world.proposed()
    world.pass_seconds(100)
    world.send(MINER, "acceptLease", lease)
    info = world.info(lease)
    block = world.chain.block
    assert (info.opened_at, info.opened_height) == (block.timestamp, block.height)
    with world.refuses("WrongStatus", status=2):
        world.send(MINER, "acceptLease", lease)


def test_a_silent_miner_loses_the_offers_bond_and_the_order_is_open_again(world):
    lease = world.proposed()
    world.pass_seconds(300)
    supply = world.chain.supply
    world.send(STRANGER, "expireProposal", lease)
    assert outcome(world, lease) == (LeaseStatus.CANCELLED, CloseReason.MINER_SILENT)
    assert world.chain.supply == supply - AIT // 2
    assert world.held(CLIENT) == RICH - ESCROW + AIT // 2
    assert world.ask("offer", 1).status == OfferStatus.CLOSED
    assert world.ask("standing", MINER).missed == 1
    order = world.info(lease).order_id
    assert world.ask("order", order).status == OrderStatus.OPEN
    again = world.send(CLIENT, "takeOffer", order, world.offer())
    assert again != lease
    world.send(MINER, "acceptLease", again)


def test_a_silent_miner_who_closed_the_offer_before_loses_nothing_but_standing(world):
    lease = world.proposed()
    world.send(MINER, "closeOffer", 1)
    world.pass_seconds(300)
    world.send(STRANGER, "expireProposal", lease)
    assert world.held(MINER) == RICH - BOND


def test_missed_proposals_weigh_on_trust(world):
    lease = world.leased()
    world.pay(lease, 0, ESCROW)
    before = world.ask("standing", MINER).trust
    lease = world.proposed()
    world.pass_seconds(300)
    world.send(STRANGER, "expireProposal", lease)
    assert world.ask("standing", MINER).trust == before * 2 // 3


def test_a_miner_declines_at_the_price_of_its_offer(world):
    lease = world.proposed()
    with world.refuses("WrongMiner"):
        world.send(CLIENT, "declineLease", lease)
    world.send(MINER, "declineLease", lease)
    assert outcome(world, lease) == (LeaseStatus.CANCELLED, CloseReason.MINER_DECLINED)
    assert world.held(MINER) == RICH - BOND
    assert world.ask("offer", 1).status == OfferStatus.CLOSED
    assert world.ask("orderCount") == (1, 1)
    with world.refuses("WrongStatus"):
        world.send(MINER, "declineLease", lease)


def test_a_miner_declines_after_closing_the_offer(world):
    lease = world.proposed()
    world.send(MINER, "closeOffer", 1)
    world.send(MINER, "declineLease", lease)
    assert world.ask("miner", MINER).locked == 0


def test_a_client_cancels_a_proposal_with_its_order(world):
    lease = world.proposed()
    with world.refuses("WrongClient"):
        world.send(MINER, "cancelLease", lease)
    assert world.send(CLIENT, "cancelLease", lease) == ESCROW
    assert world.held(CLIENT) == RICH
    assert outcome(world, lease) == (LeaseStatus.CANCELLED, CloseReason.CLIENT_CANCELLED)
    order = world.info(lease).order_id
    assert world.ask("order", order).status == OrderStatus.CANCELLED


def test_an_active_lease_is_neither_cancelled_nor_declined(world):
    lease = world.leased()
    for sender, name in (
        (CLIENT, "cancelLease"), (MINER, "declineLease"), (CLIENT, "expireProposal"),
    ):  # fmt: skip
        with world.refuses("WrongStatus"):
            world.send(sender, name, lease)
    with world.refuses("WrongOrderStatus"):
        world.send(CLIENT, "cancelOrder", world.info(lease).order_id)


def test_locks_fill_the_bond_and_no_more(world):
    world.join(bond=10 * AIT)
    offer = world.offer(leases_max=100)
    for _ in range(10):
        world.send(CLIENT, "takeOffer", world.order(), offer)
    with world.refuses("DoesNotFit", exclusion=11):
        world.send(CLIENT, "takeOffer", world.order(units_max=1, prepay_units=1), offer)
    miner = world.ask("miner", MINER)
    assert miner.locked == miner.bond


def test_a_higher_lock_is_rounded_up(world):
    world.set("lockBps", 10_001)
    world.join()
    lease = world.send(CLIENT, "takeOffer", world.order(), world.offer(unit_price=PRICE - 1))
    escrow = UNITS * (PRICE - 1)
    assert world.info(lease).lock == -(-escrow * 10_001 // 10_000)


# --- settlement ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "amount", [0, 1, TICK - 1, TICK, TICK + 1, ESCROW // 3, ESCROW - 1, ESCROW]
)
def test_client_miner_and_fee_share_the_deposit_to_the_wei(world, amount):
    lease = world.leased()
    before = world.held(MINER)
    net = world.pay(lease, UNITS, amount)
    assert world.held(MINER) - before == net
    gross = max(amount, TICK)
    fee = gross * 250 // 10_000
    treasury, pool = treasury_and_pool(world)
    miner = world.held(MINER) - (RICH - BOND - AIT)
    client = world.held(CLIENT) - (RICH - ESCROW)
    assert client == ESCROW - gross
    assert miner == gross - fee
    assert treasury + pool + world.chain.burnt == fee
    assert client + miner + fee == ESCROW
    assert world.chain.burnt * 2 >= fee
    assert outcome(world, lease) == (LeaseStatus.SETTLED, CloseReason.NONE)
    info = world.ask("miner", MINER)
    assert (info.locked, info.open_leases) == (0, 0)
    assert world.ask("offer", 1).open_leases == 0


def test_a_lease_is_paid_once_by_receipts_within_its_bounds(world):
    lease = world.leased()
    for sender in (*PARTIES, DISPUTES_ADDRESS, GOVERNANCE_ADDRESS):
        with world.refuses("NotReceipts"):
            world.send(sender, "payLease", lease, 1, 1)
    with world.refuses("TooManyUnits"):
        world.pay(lease, UNITS + 1, 1)
    with world.refuses("AmountTooLarge", maximum=ESCROW):
        world.pay(lease, UNITS, ESCROW + 1)
    with world.refuses("AmountTooLarge"):
        world.pay(lease, 0, U256_MAX)
    with world.refuses("TooManyUnits"):
        world.pay(lease, U64_MAX, 0)
    world.pay(lease, UNITS, ESCROW)
    with world.refuses("WrongStatus", status=4):
        world.pay(lease, UNITS, ESCROW)
    with world.refuses("WrongStatus", status=0):
        world.pay(KEY, 1, 1)


def test_a_proposal_is_not_paid(world):
    lease = world.proposed()
    with world.refuses("WrongStatus", status=1):
        world.pay(lease, 1, 1)


def test_a_lease_under_reclaim_still_settles(world):
    lease = world.leased()
    world.send(CLIENT, "requestReclaim", lease)
    assert world.pay(lease, UNITS, ESCROW) > 0


def test_nothing_that_governance_changes_touches_a_lease(world):
    lease = world.leased()
    before = world.info(lease)
    release = world.release
    for key, value in (
        ("feeBps", 350), ("feeBurnBps", 10_000), ("feeAuditorBps", 0), ("lockBps", 30_000),
        ("slashShareBps", 1_000), ("acceptSeconds", 10), ("leaseWindowMax", 64),
        ("responseSecondsMin", 3_600), ("minerBondMin", 10**6 * AIT), ("prepayMaxBps", 1),
    ):  # fmt: skip
        assert key in release.governed
        world.set(key, value)
    assert world.info(lease) == before
    world.pay(lease, UNITS, ESCROW)
    fee = ESCROW * 250 // 10_000
    assert world.held(MINER) == RICH - BOND - AIT + ESCROW - fee
    assert treasury_and_pool(world)[1] == ESCROW * 50 // 10_000


def test_a_conviction_shares_as_the_lease_says(world):
    lease = world.leased()
    world.set("slashShareBps", 1_000)
    world.hold(lease)
    assert world.convict(lease) == BOND // 2


def test_weights_of_the_same_two_parties_diminish(world):
    first, second = world.leased(), world.leased()
    other = world.leased(OTHER_CLIENT)
    for lease in (first, second, other):
        world.pay(lease, UNITS, ESCROW)
    burnt = world.ask("leaseOutcome", first).burnt
    assert burnt == TICK * 250 // 20_000 + (ESCROW - TICK) * 250 // 20_000
    weights = [world.ask("leaseOutcome", lease).weight for lease in (first, second, other)]
    assert weights == [burnt, burnt // 2, burnt]
    assert world.ask("standing", MINER).weight == sum(weights)
    assert world.ask("standing", CLIENT).weight == burnt + burnt // 2
    assert world.ask("standing", CLIENT).settled == 2


def test_without_a_fee_nothing_is_burnt(world):
    for value in (150, 50, 0):
        world.set("feeBps", value)
    world.set("feeAuditorBps", 0)
    lease = world.leased()
    world.pay(lease, UNITS, ESCROW)
    assert world.held(MINER) == RICH - BOND - AIT + ESCROW
    assert (treasury_and_pool(world), world.chain.burnt) == ((0, 0), 0)


def test_a_recipient_that_reverts_is_paid_all_the_same(world):
    def hostile(_frame, _data):
        raise Revert(b"", "no")

    world.chain.foreign[MINER] = world.chain.foreign[CLIENT] = hostile
    lease = world.leased()
    world.pay(lease, UNITS, ESCROW // 2)
    assert world.held(CLIENT) == RICH - ESCROW // 2


# --- reclaim and expiry --------------------------------------------------------------------------


def test_a_reclaim_waits_one_response_time(world):
    lease = world.leased()
    with world.refuses("WrongStatus"):
        world.send(CLIENT, "finishReclaim", lease)
    with world.refuses("WrongClient"):
        world.send(MINER, "requestReclaim", lease)
    world.send(CLIENT, "requestReclaim", lease)
    with world.refuses("WrongStatus", status=3):
        world.send(CLIENT, "requestReclaim", lease)
    world.pass_seconds(59)
    with world.refuses("ReclaimNotDue", dueAt=world.chain.block.timestamp + 1):
        world.send(CLIENT, "finishReclaim", lease)
    world.pass_seconds(1)
    with world.refuses("WrongClient"):
        world.send(STRANGER, "finishReclaim", lease)
    assert world.send(CLIENT, "finishReclaim", lease) == ESCROW - TICK
    assert world.held(CLIENT) == RICH - TICK
    assert outcome(world, lease) == (LeaseStatus.RECLAIMED, CloseReason.CLIENT_RECLAIMED)
    with world.refuses("WrongStatus"):
        world.send(CLIENT, "finishReclaim", lease)
    with world.refuses("WrongStatus"):
        world.pay(lease, 1, 1)


def test_a_halt_finishes_no_reclaim(world):
    lease = world.leased()
    world.send(CLIENT, "requestReclaim", lease)
    world.pass_seconds(DAY, blocks=14)
    with world.refuses("ReclaimNotDue"):
        world.send(CLIENT, "finishReclaim", lease)
    world.pass_seconds(0, blocks=1)
    world.send(CLIENT, "finishReclaim", lease)


def test_a_standing_claim_stops_reclaim_and_expiry(world):
    lease = world.leased()
    world.send(CLIENT, "requestReclaim", lease)
    world.pass_seconds(3_600 + 60 + 1_800)
    world.claims[lease] = 55
    for sender, name in ((CLIENT, "finishReclaim"), (STRANGER, "expireLease")):
        with world.refuses("ClaimStands", height=55):
            world.send(sender, name, lease)
    del world.claims[lease]
    world.send(CLIENT, "finishReclaim", lease)


def test_a_receipts_contract_without_answer_stops_a_reclaim(world):
    lease = world.leased()
    world.send(CLIENT, "requestReclaim", lease)
    world.pass_seconds(60)
    world.answer_bytes = 5 * 32 + 31
    with pytest.raises(Revert):
        world.send(CLIENT, "finishReclaim", lease)


def test_a_forgotten_lease_expires_after_deadline_response_and_game(world):
    lease = world.leased()
    world.pass_seconds(3_600 + 60 + 1_800 - 1)
    with world.refuses("NotExpired"):
        world.send(MINER, "expireLease", lease)
    world.pass_seconds(1)
    assert world.send(MINER, "expireLease", lease) == ESCROW - TICK
    assert outcome(world, lease) == (LeaseStatus.CLOSED, CloseReason.MINER_LATE)
    with world.refuses("WrongStatus"):
        world.send(MINER, "expireLease", lease)


# --- challenges ----------------------------------------------------------------------------------


def test_calls_of_disputes_are_disputes(world):
    lease = world.leased()
    calls = {"holdLease": (), "releaseLease": (), "convict": (1,), "closeUnpaid": ()}
    for name, values in calls.items():
        for sender in (*PARTIES, RECEIPTS_ADDRESS, GOVERNANCE_ADDRESS):
            with world.refuses("NotDisputes"):
                world.send(sender, name, lease, *values)


def test_a_held_lease_neither_settles_nor_goes_back(world):
    lease = world.leased()
    world.send(CLIENT, "requestReclaim", lease)
    world.pass_seconds(10_000)
    world.hold(lease)
    world.hold(lease)
    for _ in range(2):
        assert world.info(lease).holds > 0
        with world.refuses("LeaseHeld"):
            world.pay(lease, 1, 1)
        with world.refuses("LeaseHeld"):
            world.send(CLIENT, "finishReclaim", lease)
        with world.refuses("LeaseHeld"):
            world.send(STRANGER, "expireLease", lease)
        with world.refuses("LeaseHeld"):
            world.send(DISPUTES_ADDRESS, "closeUnpaid", lease)
        with world.refuses("LeasesOpen"):
            world.send(MINER, "requestWithdrawal")
        world.release_hold(lease)
    world.release_hold(lease)  # one too many does nothing
    assert world.info(lease).holds == 0
    world.pay(lease, 1, 1)
    assert world.ask("leaseOutcome", lease).was_challenged


def test_only_live_leases_are_held(world):
    lease = world.proposed()
    for _ in range(2):
        with world.refuses("WrongStatus"):
            world.hold(lease)
        with world.refuses("WrongStatus"):
            world.convict(lease)
        with world.refuses("WrongStatus"):
            world.send(DISPUTES_ADDRESS, "closeUnpaid", lease)
        if world.info(lease).status == LeaseStatus.PROPOSED:
            world.send(MINER, "acceptLease", lease)
            world.pay(lease, 1, 1)
    for name, values in (("releaseLease", ()), ("convict", (1,)), ("holdLease", ())):
        with world.refuses("WrongStatus", status=0):
            world.send(DISPUTES_ADDRESS, name, KEY, *values)


def test_a_conviction_takes_the_whole_bond(world):
    lease = world.leased()
    world.hold(lease)
    supply = world.chain.supply
    pool = world.held(DISPUTES_ADDRESS)
    assert world.convict(lease, 3) == BOND // 2
    assert world.held(DISPUTES_ADDRESS) == pool + BOND // 2
    assert world.held(CLIENT) == RICH  # escrow and tick
    assert world.chain.supply == supply - (BOND // 2 - TICK)
    miner = world.ask("miner", MINER)
    assert (miner.bond, miner.locked, miner.open_leases) == (0, 0, 0)
    assert outcome(world, lease) == (LeaseStatus.CONVICTED, CloseReason.MINER_CONVICTED)
    assert world.info(lease).holds == 0
    assert world.ask("standing", MINER).convicted_height == world.chain.block.height


def test_the_other_half_of_a_bond_compensates_as_far_as_it_reaches(world):
    world.join(bond=10 * AIT)
    offer = world.offer(unit_price=10 * PRICE)
    world.set("prepayMaxBps", 5_000)
    terms = {"unit_price_max": 10 * PRICE, "prepay_units": 500}
    lease = world.send(CLIENT, "takeOffer", world.order(**terms), offer)
    world.send(MINER, "acceptLease", lease)
    assert world.info(lease).prepaid == 5 * AIT
    supply = world.chain.supply
    assert world.convict(lease) == 5 * AIT
    assert world.held(CLIENT) == RICH
    assert world.chain.supply == supply


def test_what_the_bond_cannot_compensate_is_lost_to_the_client(world):
    """A lease of one unit is prepaid whole; half of a bond that just covers it is too little."""
    world.join(bond=10 * AIT)
    offer = world.offer(unit_price=10 * AIT)
    order = world.order(units_max=1, unit_price_max=10 * AIT, prepay_units=1)
    lease = world.send(CLIENT, "takeOffer", order, offer)
    world.send(MINER, "acceptLease", lease)
    assert world.info(lease).prepaid == 10 * AIT
    assert world.convict(lease) == 5 * AIT
    assert world.held(CLIENT) == RICH - 5 * AIT


def test_auditors_get_no_more_than_the_fee_leaves():
    """A chain's own parameters may contradict each other until governance mends them."""
    world = LeaseWorld(feeAuditorBps=500)
    lease = world.leased()
    world.pay(lease, UNITS, ESCROW)
    assert treasury_and_pool(world) == (0, ESCROW * 125 // 10_000)
    world.check_books()


def test_a_second_conviction_finds_an_empty_bond_and_refunds_the_client(world):
    first, second = world.leased(), world.leased(OTHER_CLIENT)
    height = world.chain.block.height
    world.convict(first)
    world.pass_seconds(5)
    world.hold(second)
    assert world.convict(second) == 0
    assert world.held(OTHER_CLIENT) == RICH - TICK
    assert world.ask("standing", MINER).convicted_height == height


def test_a_second_game_on_one_lease_ends_quietly(world):
    lease = world.leased()
    world.hold(lease)
    world.hold(lease)
    world.convict(lease)
    held = world.held()
    assert world.convict(lease) == 0
    assert (world.held(), world.info(lease).holds) == (held, 0)
    world.release_hold(lease)


def test_no_lease_of_a_convicted_miner_settles_and_clients_leave_at_once(world):
    first, second, third = world.leased(), world.leased(OTHER_CLIENT), world.leased(RIVAL)
    proposal = world.proposed()
    world.convict(first)
    world.claims[second] = 9
    with world.refuses("ConvictedMiner"):
        world.pay(second, 1, 1)
    with world.refuses("ConvictedMiner"):
        world.send(MINER, "acceptLease", proposal)
    world.hold(second)
    with world.refuses("LeaseHeld"):
        world.send(OTHER_CLIENT, "finishReclaim", second)
    world.release_hold(second)
    assert world.send(OTHER_CLIENT, "finishReclaim", second) == ESCROW - TICK
    assert world.send(STRANGER, "expireLease", third) == ESCROW - TICK
    assert outcome(world, third) == (LeaseStatus.CLOSED, CloseReason.MINER_CONVICTED)
    world.send(CLIENT, "cancelLease", proposal)
    assert world.ask("miner", MINER).open_leases == 0


def test_a_convicted_account_takes_no_part_any_more(world):
    lease = world.leased()
    world.convict(lease)
    calls = (
        ("setOperator", (account(9),), 0), ("setSealingKey", (KEY,), 0), ("setEndpoint", ("x",), 0),
        ("addBond", (), AIT), ("requestWithdrawal", (), 0), ("withdrawBond", (), 0),
        ("registerMiner", (account(9), ""), BOND),
    )  # fmt: skip
    for name, values, value in calls:
        with world.refuses("ConvictedMiner"):
            world.send(MINER, name, *values, value=value)
    with world.refuses("ConvictedMiner"):
        world.offer()
    assert world.ask("fits", world.order(), 1) == 1
    world.send(MINER, "closeOffer", 1)
    with world.refuses("ConvictedMiner"):
        world.certify(MINER, 5)


def test_a_conviction_takes_the_miners_capacity_along(world):
    lease = world.leased()
    world.certify(MINER, 5)
    assert world.ask("priceIndex", 1, 3).capacity > 0
    world.convict(lease)
    assert world.ask("priceIndex", 1, 3).capacity == 0
    assert world.ask("capacity", MINER).macs_per_second == 0


def test_a_minority_is_closed_unpaid_and_unslashed(world):
    lease = world.leased(**CANONICAL)
    world.send(DISPUTES_ADDRESS, "closeUnpaid", lease)
    assert world.held(CLIENT) == RICH
    assert outcome(world, lease) == (LeaseStatus.CLOSED, CloseReason.MINER_UNPAID)
    assert world.ask("miner", MINER).bond == BOND


def test_a_canonical_lease_names_its_adjudicator_and_prepays_nothing(world):
    lease = world.leased(**CANONICAL)
    info = world.info(lease)
    assert (info.adjudicator, info.prepaid, info.classes) == (1, 0, 4)
    assert world.pay(lease, 1, 0) == 0
    assert world.held(CLIENT) == RICH


# --- products beside leases ----------------------------------------------------------------------


def test_products_and_leases_share_the_bond(world):
    lease = world.leased()
    values = (KEY, 64, 64, 64, 60, 10)
    job = world.send(CLIENT, "postJob", *values, value=AIT)
    world.send(MINER, "takeJob", job)
    miner = world.ask("miner", MINER)
    assert (miner.locked, miner.open_leases) == (ESCROW + AIT // 2, 2)
    world.convict(lease)
    world.pass_seconds(60)
    supply = world.chain.supply
    assert world.send(STRANGER, "expireJob", job) == AIT
    assert world.chain.supply == supply  # nothing is left to slash
    miner = world.ask("miner", MINER)
    assert (miner.locked, miner.open_leases) == (0, 0)


def test_a_wrong_product_of_a_convict_costs_what_is_left(world):
    lease = world.leased()
    job = world.send(CLIENT, "postJob", KEY, 64, 64, 64, 60, 10, value=AIT)
    world.send(MINER, "takeJob", job)
    product = world.ask("job", job).lease_id
    world.send(RECEIPTS_ADDRESS, "noteReceipt", product)
    world.convict(lease)
    supply = world.chain.supply
    assert world.send(RECEIPTS_ADDRESS, "failLease", product, STRANGER) == 0
    assert (world.chain.supply, world.held(CLIENT)) == (supply, RICH)


# --- lists ---------------------------------------------------------------------------------------


def test_leases_are_listed_and_by_party(world):
    first, second = world.leased(), world.leased(OTHER_CLIENT)
    assert world.ask("leaseCount") == 2
    rows, cursor = world.ask("leases", 0, 1)
    assert ([row.lease_id for row in rows], cursor) == ([first], 1)
    assert [row.lease_id for row in world.ask("leases", 1, 500)[0]] == [second]
    assert [row.lease_id for row in world.ask("leasesOf", MINER, 0, 9)[0]] == [first, second]
    assert [row.lease_id for row in world.ask("leasesOf", OTHER_CLIENT, 0, 9)[0]] == [second]
    assert world.ask("leasesOf", STRANGER, 0, 9) == ((), 0)


def test_a_panels_split_is_paid_as_a_settlement_to_the_wei():
    world = LeaseWorld()
    lease = world.leased()
    info = world.info(lease)
    miner, client = world.held(MINER), world.held(CLIENT)
    half = info.escrow // 2
    world.send(DISPUTES_ADDRESS, "paySplit", lease, half)
    fee = half * info.fee_bps // 10_000 - info.prepaid * info.fee_bps // 10_000
    assert world.held(MINER) == miner + half - info.prepaid - fee
    assert world.held(CLIENT) == client + info.escrow - half
    assert world.info(lease).status == LeaseStatus.SETTLED
    world.check_books()
    held = world.held()
    world.send(DISPUTES_ADDRESS, "paySplit", lease, half)
    assert world.held() == held


def test_a_split_is_for_disputes_alone_within_the_escrow_and_without_open_games():
    world = LeaseWorld()
    lease = world.leased()
    with world.refuses("NotDisputes"):
        world.send(CLIENT, "paySplit", lease, 1)
    with world.refuses("AmountTooLarge"):
        world.send(DISPUTES_ADDRESS, "paySplit", lease, world.info(lease).escrow + 1)
    with world.refuses("WrongStatus"):
        world.send(DISPUTES_ADDRESS, "paySplit", b"\x07" * 32, 1)
    world.hold(lease)
    with world.refuses("LeaseHeld"):
        world.send(DISPUTES_ADDRESS, "paySplit", lease, 1)


def test_a_conviction_goes_before_a_split():
    world = LeaseWorld()
    lease, other = world.leased(), world.leased()
    client = world.held(CLIENT)
    info = world.info(other)
    world.hold(lease)
    world.convict(lease)
    refunded = world.held(CLIENT)
    world.send(DISPUTES_ADDRESS, "paySplit", lease, 5)
    assert world.held(CLIENT) == refunded > client
    world.send(DISPUTES_ADDRESS, "paySplit", other, info.escrow)
    assert world.held(CLIENT) == refunded + info.escrow - info.prepaid
    assert world.info(other).status == LeaseStatus.CLOSED
    world.check_books()


# --- rent ------------------------------------------------------------------------------------

UNPREPAID = {
    "classes": 5, "kind": 2, "adjudicator": 1, "prepay_units": 0,
    "deadline_seconds": 10 * DAY,
}  # fmt: skip


def rented(world, days, seconds=0):
    """Return what the client has back of an unused lease that he held so long, and the miner's."""
    lease = world.leased(**UNPREPAID)
    before = world.held(MINER)
    world.pass_seconds(60 + days * DAY + seconds)
    world.send(CLIENT, "requestReclaim", lease)
    world.pass_seconds(3 * DAY)
    refund = world.send(CLIENT, "finishReclaim", lease)
    world.check_books()
    return refund, world.held(MINER) - before


@pytest.mark.parametrize(
    ("days", "seconds", "share"),
    [(0, 0, 0), (1, -1, 99), (1, 0, 100), (3, 0, 300), (4, DAY - 1, 499), (5, 0, 500), (9, 0, 500)],
)
def test_a_lease_that_is_held_and_never_used_costs_a_rent(world, days, seconds, share):
    """A client locked miners' bonds, in as many leases as he liked, for nothing but gas."""
    rent = ESCROW * share // 10_000
    fee = rent * 250 // 10_000
    assert rented(world, days, seconds) == (ESCROW - rent, rent - fee)


def test_a_client_who_is_not_served_leaves_at_once_and_pays_nothing(world):
    assert rented(world, 0, -1) == (ESCROW, 0)


def test_a_lease_that_runs_out_unused_costs_its_rent_too(world):
    lease = world.leased(**(UNPREPAID | {"deadline_seconds": 2 * DAY}))
    world.pass_seconds(20 * DAY)
    share = (2 * DAY - 60) * 100 // DAY
    rent = ESCROW * share // 10_000
    assert world.send(STRANGER, "expireLease", lease) == ESCROW - rent
    outcome = world.ask("leaseOutcome", lease)
    assert outcome.paid == rent - rent * 250 // 10_000
    world.check_books()


def test_who_asks_to_reclaim_and_never_does_holds_no_bond_for_it(world):
    """A client asked at once, so that no rent ran, and left the miner's bond locked for months."""
    lease = world.leased(**UNPREPAID)
    world.send(CLIENT, "requestReclaim", lease)
    world.pass_seconds(2 * 60 - 1)
    with world.refuses("NotExpired"):
        world.send(MINER, "expireLease", lease)
    world.pass_seconds(1)
    assert world.send(MINER, "expireLease", lease) == ESCROW
    assert (world.ask("miner", MINER).locked, world.ask("miner", MINER).open_leases) == (0, 0)
    assert outcome(world, lease) == (LeaseStatus.CLOSED, CloseReason.CLIENT_RECLAIMED)
    world.check_books()


def test_what_was_asked_for_is_not_given_to_anybody_over_a_claim_or_a_hold(world):
    lease, held = world.leased(**UNPREPAID), world.leased(**UNPREPAID)
    for one in (lease, held):
        world.send(CLIENT, "requestReclaim", one)
    world.pass_seconds(120)
    world.claims[lease] = 1
    with world.refuses("ClaimStands"):
        world.send(STRANGER, "expireLease", lease)
    world.hold(held)
    with world.refuses("LeaseHeld"):
        world.send(STRANGER, "expireLease", held)


def test_rent_is_that_of_the_proposal_and_none_is_due_where_a_tick_was_prepaid(world):
    lease, prepaid = world.leased(**UNPREPAID), world.leased(deadline_seconds=10 * DAY)
    world.set("rentDayBps", 0)
    world.set("rentMaxBps", 0)
    later = world.leased(**UNPREPAID)
    world.pass_seconds(9 * DAY)
    for one in (lease, prepaid, later):
        world.send(CLIENT, "requestReclaim", one)
    world.pass_seconds(60)
    refunds = [world.send(CLIENT, "finishReclaim", one) for one in (lease, prepaid, later)]
    assert refunds == [ESCROW - ESCROW * 500 // 10_000, ESCROW - TICK, ESCROW]
    world.check_books()


def test_a_convict_gets_no_rent(world):
    lease, other = world.leased(**UNPREPAID), world.leased(**UNPREPAID)
    world.pass_seconds(5 * DAY)
    world.convict(other)
    assert world.send(CLIENT, "finishReclaim", lease) == ESCROW


def test_a_lease_that_is_closed_unpaid_costs_no_rent(world):
    lease = world.leased(**UNPREPAID)
    world.pass_seconds(5 * DAY)
    before = world.held(CLIENT)
    world.send(DISPUTES_ADDRESS, "closeUnpaid", lease)
    assert world.held(CLIENT) == before + ESCROW
