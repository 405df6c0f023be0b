"""Marketplace 2.0.0: service levels, interruptions, ratings, and the way there and back."""

from dataclasses import replace

import pytest

from contracts.framework.layout import contract_layout
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.records import Exclusion
from contracts.marketplace.v2.contract import Marketplace as MarketplaceV2
from contracts.marketplace.v2.messages import ServiceTerms
from primitives.types import WEI_PER_AIT as AIT
from tests.unit.contracts.lease_world import (
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
    THIRD,
    UNITS,
    V1,
    V2,
    LeaseWorld,
    order_terms,
)

ESCROW = UNITS * PRICE
TICK = 10 * PRICE
LEVELS = ServiceTerms(
    response_seconds=100, availability_bps=9_000, credit_bps=2_000, notice_seconds=3_600,
    interruption_seconds=1_000,
)  # fmt: skip
NONE = ServiceTerms(
    response_seconds=0, availability_bps=0, credit_bps=0, notice_seconds=0, interruption_seconds=0
)


@pytest.fixture
def world():
    world = LeaseWorld(V2)
    world.join()
    yield world
    world.check_books()


def levels(**changes):
    return replace(LEVELS, **changes)


def served(world, promise=LEVELS, wanted=LEVELS):
    """Return an active lease with service levels."""
    offer = world.offer()
    world.send(MINER, "promiseService", offer, promise)
    terms = order_terms(deadline_seconds=DAY)
    order = world.send(CLIENT, "postOrderWithService", terms, wanted, value=ESCROW)
    lease = world.send(CLIENT, "takeOffer", order, offer)
    world.send(MINER, "acceptLease", lease)
    return lease


def probe(world, lease, after=600):
    world.pass_seconds(after)
    world.send(CLIENT, "probeService", lease)


def settle(world, lease):
    before = world.held(CLIENT)
    world.pay(lease, UNITS, ESCROW)
    return world.held(CLIENT) - before


# --- migrations ----------------------------------------------------------------------------------


def test_version_two_keeps_version_ones_places():
    first, second = (contract_layout(kind)["storage"] for kind in (Marketplace, MarketplaceV2))
    assert second[: len(first)] == first
    assert len(second) > len(first)


def claims(world):
    """Everything that parties own or are owed, and every lease as they see it."""
    market = world.storage
    return (
        dict(world.chain.balances),
        [world.ask("miner", party) for party in PARTIES],
        world.ask("leases", 0, 100),
        world.ask("orders", 0, 100),
        [world.ask("offer", n) for n in range(1, market.offer_total + 1)],
        [world.ask("standing", party) for party in PARTIES if not market.standings[party].settled],
    )


def busy(version=V1):
    world = LeaseWorld(version)
    world.join(RIVAL)
    leases = [world.leased(), world.leased(OTHER_CLIENT), world.proposed(), world.leased()]
    world.hold(leases[1])
    world.send(CLIENT, "requestReclaim", leases[3])
    order = world.auction()
    world.bid(order, MINER, 100)
    world.order(OTHER_CLIENT)
    return world, leases, order


def test_an_upgrade_and_a_rollback_change_no_claim():
    world, leases, order = busy()
    before = claims(world)
    assert world.migrate(V1, V2)
    assert claims(world) == before
    served(world, LEVELS)
    before = claims(world)
    assert world.migrate(V2, V1)
    assert claims(world) == before
    world.check_books()
    assert world.pay(leases[0], UNITS, ESCROW) > 0
    world.release_hold(leases[1])
    world.convict(leases[1])
    world.send(CLIENT, "cancelLease", leases[2])
    world.send(CLIENT, "finishReclaim", leases[3])
    world.pass_seconds(120)
    world.send(CLIENT, "closeAuction", order)
    world.check_books()


def test_leases_of_version_one_end_under_version_two():
    world, leases, order = busy()
    assert world.migrate(V1, V2)
    world.pay(leases[0], UNITS, ESCROW)
    world.send(CLIENT, "rateLease", leases[0], 5)
    world.send(MINER, "acceptLease", leases[2])
    world.pass_seconds(60)
    world.send(CLIENT, "finishReclaim", leases[3])
    world.send(MINER, "revealBid", order, 0, 1, 100, KEY)
    world.pass_seconds(60)
    world.send(CLIENT, "closeAuction", order)
    world.convict(leases[1])
    with world.refuses("NoService"):
        world.send(CLIENT, "probeService", leases[2])
    world.check_books()


def test_new_parameters_begin_with_their_defaults_and_survive_a_rollback():
    world = LeaseWorld()
    assert world.migrate(V1, V2)
    assert world.ask("parameter", "creditMaxBps") == 3_000
    world.set("creditMaxBps", 100)
    world.set("feeBps", 200)
    assert world.migrate(V2, V1)
    assert world.ask("parameter", "feeBps") == 200
    assert world.migrate(V1, V2)
    assert world.ask("parameter", "creditMaxBps") == 100
    assert world.ask("parameter", "probesMax") == 32
    world.ask("checkParameters")


def test_a_lease_with_service_settles_without_credit_after_a_rollback(world):
    lease = served(world)
    probe(world, lease)
    world.pass_seconds(100)
    assert world.migrate(V2, V1)
    assert settle(world, lease) == 0
    assert world.migrate(V1, V2)
    assert world.ask("service", lease).probes == 1


# --- service levels --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"response_seconds": 59},
        {"response_seconds": DAY + 1},
        {"availability_bps": 0},
        {"availability_bps": 10_001},
        {"credit_bps": 0},
        {"credit_bps": 3_001},
        {"notice_seconds": 365 * DAY + 1},
        {"interruption_seconds": 365 * DAY + 1},
    ],
)
def test_service_levels_have_bounds(world, changes):
    wrong = levels(**changes)
    with world.refuses("BadTerm"):
        world.send(CLIENT, "postOrderWithService", order_terms(), wrong, value=ESCROW)
    with world.refuses("BadTerm"):
        world.send(CLIENT, "attachService", world.order(), wrong)
    with world.refuses("BadTerm"):
        world.send(MINER, "promiseService", world.offer(), wrong)


@pytest.mark.parametrize(
    ("promise", "is_enough"),
    [
        (LEVELS, True),
        (levels(response_seconds=99), True),
        (levels(response_seconds=101), False),
        (levels(availability_bps=8_999), False),
        (levels(credit_bps=1_999), False),
        (levels(notice_seconds=3_599), False),
        (levels(interruption_seconds=1_001), False),
        (None, False),
    ],
)
def test_an_offer_serves_what_it_promises(world, promise, is_enough):
    offer = world.offer()
    if promise is not None:
        world.send(MINER, "promiseService", offer, promise)
        assert world.ask("promisedService", offer) == promise
    order = world.order()
    world.send(CLIENT, "attachService", order, LEVELS)
    expected = Exclusion.FITS if is_enough else Exclusion.SERVICE
    assert world.ask("fits", order, offer) == expected
    assert world.ask("fits", world.order(), offer) == Exclusion.FITS
    assert world.ask("fits", world.order(region=5), offer) == Exclusion.REGION


def test_levels_are_fixed_before_anybody_answers(world):
    order = world.order()
    with world.refuses("WrongClient"):
        world.send(STRANGER, "attachService", order, LEVELS)
    world.send(CLIENT, "attachService", order, LEVELS)
    with world.refuses("ServiceFixed"):
        world.send(CLIENT, "attachService", order, LEVELS)
    lease = world.send(CLIENT, "takeOffer", world.order(), world.offer())
    order = world.info(lease).order_id
    with world.refuses("WrongOrderStatus"):
        world.send(CLIENT, "attachService", order, LEVELS)
    world.send(MINER, "declineLease", lease)
    with world.refuses("ServiceFixed"):
        world.send(CLIENT, "attachService", order, LEVELS)
    auction = world.auction()
    world.send(CLIENT, "attachService", auction, LEVELS)
    auction = world.auction()
    world.bid(auction, MINER, 1)
    with world.refuses("ServiceFixed"):
        world.send(CLIENT, "attachService", auction, LEVELS)


def test_only_the_offers_miner_promises(world):
    offer = world.offer()
    with world.refuses("WrongMiner"):
        world.send(STRANGER, "promiseService", offer, LEVELS)
    with world.refuses("BadTerm"):
        world.send(CLIENT, "postOrderWithService", order_terms(expiry_seconds=0), LEVELS)


# --- probes --------------------------------------------------------------------------------------


def test_probes_are_the_clients_and_answers_the_miners(world):
    lease = served(world)
    with world.refuses("WrongClient"):
        world.send(MINER, "probeService", lease)
    with world.refuses("NoProbe"):
        world.send(MINER, "answerProbe", lease)
    with world.refuses("NoProbe"):
        world.send(STRANGER, "failProbe", lease)
    world.send(CLIENT, "probeService", lease)
    with world.refuses("ProbeOpen"):
        world.send(CLIENT, "probeService", lease)
    with world.refuses("WrongMiner"):
        world.send(CLIENT, "answerProbe", lease)
    with world.refuses("AnswerNotDue", dueAt=world.chain.block.timestamp + 100):
        world.send(STRANGER, "failProbe", lease)
    assert world.ask("service", lease).probed_at == world.chain.block.timestamp
    world.pass_seconds(99)
    world.send(MINER, "answerProbe", lease)
    info = world.ask("service", lease)
    assert (info.probes, info.failed, info.probed_at, info.terms) == (1, 0, 0, LEVELS)
    assert settle(world, lease) == 0


def test_an_answer_that_is_late_has_failed(world):
    lease = served(world)
    probe(world, lease)
    world.pass_seconds(100)
    world.send(MINER, "answerProbe", lease)
    assert world.ask("service", lease).failed == 1


def test_probes_keep_a_distance_and_have_a_number(world):
    world.set("probesMax", 2)
    lease = served(world)
    world.send(CLIENT, "probeService", lease)
    world.send(MINER, "answerProbe", lease)
    world.pass_seconds(599)
    with world.refuses("ProbeTooSoon"):
        world.send(CLIENT, "probeService", lease)
    probe(world, lease, 1)
    world.send(MINER, "answerProbe", lease)
    world.pass_seconds(600)
    with world.refuses("ProbeTooSoon", maximum=2):
        world.send(CLIENT, "probeService", lease)


def test_a_halt_fails_no_probe(world):
    lease = served(world)
    probe(world, lease)
    world.pass_seconds(DAY, blocks=24)
    with world.refuses("AnswerNotDue"):
        world.send(STRANGER, "failProbe", lease)
    world.send(MINER, "answerProbe", lease)
    assert world.ask("service", lease).failed == 0


def test_a_lease_without_levels_is_not_probed(world):
    lease = world.leased()
    for sender, name, values in (
        (CLIENT, "probeService", ()), (MINER, "answerProbe", ()), (STRANGER, "failProbe", ()),
        (MINER, "announceInterruption", (3_600, 1)),
    ):  # fmt: skip
        with world.refuses("NoService"):
            world.send(sender, name, lease, *values)
    world.pay(lease, 1, 1)
    with world.refuses("WrongStatus"):
        world.send(CLIENT, "probeService", lease)
    assert world.ask("service", lease).terms == NONE


@pytest.mark.parametrize(("failed", "of"), [(0, 2), (1, 4), (2, 4), (4, 4)])
def test_the_credit_is_in_proportion_to_what_was_missing(world, failed, of):
    lease = served(world)
    for number in range(of):
        probe(world, lease)
        if number < failed:
            world.pass_seconds(100)
            world.send(STRANGER, "failProbe", lease)
        else:
            world.send(MINER, "answerProbe", lease)
    fee = ESCROW * 250 // 10_000
    net = ESCROW - fee - (TICK - TICK * 250 // 10_000)
    availability = 10_000 * (of - failed) // of
    credit = net * 2_000 * max(0, 9_000 - availability) // (9_000 * 10_000)
    assert settle(world, lease) == credit <= net * 2_000 // 10_000
    assert world.held(MINER) == RICH - BOND - AIT + ESCROW - fee - credit


def test_an_open_probe_counts_when_its_time_has_passed(world):
    lease = served(world)
    probe(world, lease)
    world.pass_seconds(100)
    assert settle(world, lease) > 0
    lease = served(world)
    probe(world, lease)
    world.pass_seconds(99)
    assert settle(world, lease) == 0


def test_an_open_probe_in_time_counts_neither_way(world):
    lease = served(world)
    probe(world, lease)
    world.pass_seconds(100)
    world.send(STRANGER, "failProbe", lease)
    probe(world, lease)
    net = ESCROW - TICK - (ESCROW * 250 // 10_000 - TICK * 250 // 10_000)
    assert settle(world, lease) == net * 2_000 // 10_000


# --- interruptions -------------------------------------------------------------------------------


def test_an_announced_interruption_costs_nothing(world):
    lease = served(world)
    with world.refuses("WrongMiner"):
        world.send(CLIENT, "announceInterruption", lease, 3_600, 600)
    for starts, lasts in ((3_599, 600), (3_600, 0), (3_600, 1_001), (365 * DAY + 1, 1)):
        with world.refuses("BadTerm"):
            world.send(MINER, "announceInterruption", lease, starts, lasts)
    world.send(MINER, "announceInterruption", lease, 3_600, 600)
    now = world.chain.block.timestamp
    with world.refuses("Interrupted", endsAt=now + 4_200):
        world.send(MINER, "announceInterruption", lease, 3_600, 400)
    world.pass_seconds(3_599)
    world.send(CLIENT, "probeService", lease)
    world.send(MINER, "answerProbe", lease)
    world.pass_seconds(1)
    with world.refuses("Interrupted"):
        world.send(CLIENT, "probeService", lease)
    world.pass_seconds(599)
    with world.refuses("Interrupted"):
        world.send(CLIENT, "probeService", lease)
    world.pass_seconds(1)
    world.send(CLIENT, "probeService", lease)
    with world.refuses("BadTerm"):
        world.send(MINER, "announceInterruption", lease, 3_600, 401)
    world.send(MINER, "announceInterruption", lease, 3_600, 400)
    info = world.ask("service", lease)
    assert info.interruption_used == 1_000
    assert info.interruption_until - info.interruption_from == 400


# --- ratings -------------------------------------------------------------------------------------


def test_each_side_of_a_settled_lease_rates_once(world):
    lease = world.leased()
    with world.refuses("WrongStatus"):
        world.send(CLIENT, "rateLease", lease, 5)
    world.pay(lease, UNITS, ESCROW)
    with world.refuses("NotParty"):
        world.send(STRANGER, "rateLease", lease, 5)
    for stars in (0, 6, 255):
        with world.refuses("BadStars"):
            world.send(CLIENT, "rateLease", lease, stars)
    world.send(CLIENT, "rateLease", lease, 5)
    world.send(MINER, "rateLease", lease, 1)
    for sender in (CLIENT, MINER):
        with world.refuses("AlreadyRated"):
            world.send(sender, "rateLease", lease, 5)
    weight = world.ask("leaseOutcome", lease).weight
    miner, client = world.ask("reputation", MINER), world.ask("reputation", CLIENT)
    assert (miner.ratings, miner.weight, miner.score_bps) == (1, weight, 10_000)
    assert (client.ratings, client.weight, client.score_bps) == (1, weight, 0)
    assert world.ask("reputation", STRANGER).score_bps == 5_000


def test_unsettled_leases_are_not_rated(world):
    lease = world.leased()
    world.send(CLIENT, "requestReclaim", lease)
    world.pass_seconds(60)
    world.send(CLIENT, "finishReclaim", lease)
    assert world.info(lease).status == LeaseStatus.RECLAIMED
    with world.refuses("WrongStatus"):
        world.send(CLIENT, "rateLease", lease, 5)
    with world.refuses("WrongStatus"):
        world.send(CLIENT, "rateLease", KEY, 5)


def trust(world, miner=MINER):
    return world.ask("standing", miner).trust


def test_trust_comes_of_ratings_and_volume(world):
    lease = world.leased()
    world.pay(lease, UNITS, ESCROW)
    weight = world.ask("leaseOutcome", lease).weight
    half = 10 * AIT
    assert trust(world) == 5_000 * weight // (weight + half)
    world.send(CLIENT, "rateLease", lease, 4)
    assert trust(world) == 7_500 * weight // (weight + half)
    other = world.leased(OTHER_CLIENT)
    world.pay(other, UNITS, ESCROW)
    world.send(OTHER_CLIENT, "rateLease", other, 1)
    assert trust(world) == 7_500 * weight // (2 * weight + half)


def test_many_ratings_of_one_counterparty_weigh_little(world):
    first = [world.leased() for _ in range(5)]
    for lease in first:
        world.pay(lease, UNITS, ESCROW)
        world.send(CLIENT, "rateLease", lease, 5)
    weight = world.ask("leaseOutcome", first[0]).weight
    assert world.ask("reputation", MINER).weight == sum(weight // n for n in range(1, 6))


def test_trust_decides_a_match_between_equals(world):
    world.join(RIVAL)
    world.offer(MINER)
    world.offer(RIVAL)
    lease = world.send(CLIENT, "takeOffer", world.order(), 2)
    world.send(RIVAL, "acceptLease", lease)
    world.pay(lease, UNITS, ESCROW)
    world.set("trustHalfWeight", 1)
    world.send(CLIENT, "rateLease", lease, 5)
    assert world.ask("dryRun", order_terms(), THIRD)[0] == 2


@pytest.mark.parametrize("is_noted", [False, True])
def test_a_miner_who_missed_a_probe_gets_no_rent(world, is_noted):
    offer = world.offer()
    world.send(MINER, "promiseService", offer, LEVELS)
    terms = order_terms(classes=5, kind=2, adjudicator=1, prepay_units=0, deadline_seconds=10 * DAY)
    order = world.send(CLIENT, "postOrderWithService", terms, LEVELS, value=ESCROW)
    lease = world.send(CLIENT, "takeOffer", order, offer)
    world.send(MINER, "acceptLease", lease)
    world.pass_seconds(5 * DAY)
    world.send(CLIENT, "probeService", lease)
    world.pass_seconds(200)
    if is_noted:
        world.send(STRANGER, "failProbe", lease)
    world.send(CLIENT, "requestReclaim", lease)
    world.pass_seconds(60)
    assert world.send(CLIENT, "finishReclaim", lease) == ESCROW
