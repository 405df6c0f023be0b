"""Marketplace: offers, orders, how they fit, and matching by score."""

from dataclasses import replace

import pytest

from contracts.marketplace.v1.records import Exclusion, OfferStatus, OrderStatus
from primitives.compute import KIND_INTEGER_MODEL, KIND_MATMUL
from primitives.types import U64_MAX, U128_MAX
from tests.unit.contracts.lease_world import (
    AIT,
    BOND,
    CLIENT,
    DAY,
    KEY,
    MINER,
    MODEL,
    OTHER_CLIENT,
    PRICE,
    RICH,
    RIVAL,
    STRANGER,
    THIRD,
    UNITS,
    LeaseWorld,
    offer_terms,
    order_terms,
)

EXACT = {"kind": KIND_INTEGER_MODEL, "classes": 4, "adjudicator": 1, "prepay_units": 0}


@pytest.fixture
def world():
    world = LeaseWorld()
    for miner in (MINER, RIVAL, THIRD):
        world.join(miner)
    return world


# --- offers --------------------------------------------------------------------------------------


def test_an_offer_is_listed_with_its_bond_and_closed_for_it(world):
    offer = world.offer(value=3 * AIT)
    info = world.ask("offer", offer)
    assert (info.miner, info.status, info.bond) == (MINER, OfferStatus.LISTED, 3 * AIT)
    assert info.terms == offer_terms()
    assert world.ask("offers", 1, 0, 100) == ((info,), 1)
    assert world.ask("offerCount") == 1
    world.check_books()
    world.send(MINER, "closeOffer", offer)
    assert world.held(MINER) == RICH - BOND
    assert world.ask("offer", offer).status == OfferStatus.CLOSED
    assert world.ask("offers", 1, 0, 100) == ((), 0)
    with world.refuses("OfferNotListed"):
        world.send(MINER, "closeOffer", offer)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"unit_kind": 0}, "BadUnitKind"),
        ({"unit_kind": 4}, "BadUnitKind"),
        ({"kinds": 0}, "BadKind"),
        ({"kinds": 1}, "BadKind"),
        ({"kinds": 64}, "BadKind"),
        ({"classes": 0}, "UnsupportedClass"),
        ({"classes": 16}, "UnsupportedClass"),
        ({"classes": 33}, "UnsupportedClass"),
        ({"model_roots": (MODEL,) * 9}, "TooManyModels"),
        ({"gpu_class": 0}, "BadTerm"),
        ({"gpu_count": 0}, "BadTerm"),
        ({"region": 0}, "BadTerm"),
        ({"latency_ms": 0}, "BadTerm"),
        ({"leases_max": 0}, "BadTerm"),
        ({"unit_price": 0}, "BadTerm"),
        ({"expiry_seconds": 0}, "BadTerm"),
        ({"expiry_seconds": 30 * DAY + 1}, "BadTerm"),
    ],
)
def test_terms_of_an_offer_have_bounds(world, changes, error):
    with world.refuses(error):
        world.offer(**changes)


def test_edges_of_an_offers_terms_are_accepted(world):
    most = {"gpu_count": 65_535, "region": 65_535, "latency_ms": 2**32 - 1, "leases_max": 65_535}
    world.offer(kinds=62, unit_price=U128_MAX, vram_mib=2**32 - 1, model_roots=(MODEL,) * 8, **most)
    assert world.ask("offer", 1).terms.unit_price == U128_MAX


def test_an_offer_needs_a_miner_a_sealing_key_and_a_bond(world):
    with world.refuses("NotMiner"):
        world.offer(STRANGER)
    with world.refuses("OfferBondTooSmall", minimum=AIT):
        world.offer(value=AIT - 1)
    world.send(STRANGER, "registerMiner", STRANGER, "", value=BOND)
    with world.refuses("NoSealingKey"):
        world.offer(STRANGER)
    world.send(MINER, "requestWithdrawal")
    with world.refuses("NotMiner"):
        world.offer()


def test_a_miner_lists_so_many_offers_of_one_gpu_class(world):
    world.set("offersMax", 2)
    world.offer()
    with world.refuses("MixedClasses", gpuClass=3):
        world.offer(gpu_class=4)
    second = world.offer()
    with world.refuses("TooManyOffers", maximum=2):
        world.offer()
    world.send(MINER, "closeOffer", 1)
    world.send(MINER, "closeOffer", second)
    world.offer(gpu_class=4)


def test_an_offer_is_repriced_by_its_miner_alone(world):
    offer = world.offer()
    world.send(MINER, "repriceOffer", offer, 7)
    assert world.ask("offer", offer).terms.unit_price == 7
    with world.refuses("BadTerm"):
        world.send(MINER, "repriceOffer", offer, 0)
    for name, values in (("repriceOffer", (offer, 8)), ("closeOffer", (offer,))):
        with world.refuses("WrongMiner"):
            world.send(RIVAL, name, *values)
    with world.refuses("OfferNotListed"):
        world.send(MINER, "repriceOffer", 99, 8)


def full_book():
    world = LeaseWorld(bookMax=3)
    for miner in (MINER, RIVAL, THIRD, STRANGER):
        world.join(miner)
    world.offer(MINER, value=3 * AIT)
    world.offer(RIVAL, value=2 * AIT)
    world.offer(THIRD, value=2 * AIT)
    return world


def test_a_full_book_gives_way_to_a_greater_bond_alone():
    world = full_book()
    with world.refuses("OfferBondTooSmall", minimum=2 * AIT + 1):
        world.offer(STRANGER, value=2 * AIT)
    world.offer(STRANGER, value=2 * AIT + 1)
    assert world.ask("offer", 2).status == OfferStatus.CLOSED
    assert world.held(RIVAL) == RICH - BOND
    rows, _ = world.ask("offers", 1, 0, 100)
    assert sorted(row.offer_id for row in rows) == [1, 3, 4]
    assert world.offer(STRANGER, unit_kind=2) == 5  # another book
    world.check_books()


def test_a_full_book_drops_the_dead_first():
    world = full_book()
    world.send(RIVAL, "closeOffer", 2)
    world.offer(RIVAL, value=9 * AIT, expiry_seconds=10)
    world.pass_seconds(10)
    world.offer(STRANGER)
    assert world.ask("offer", 4).status == OfferStatus.CLOSED
    world.check_books()


def test_offers_are_paged(world):
    for _ in range(5):
        world.offer()
    rows, cursor = world.ask("offers", 1, 1, 2)
    assert ([row.offer_id for row in rows], cursor) == ([2, 3], 3)
    assert world.ask("offers", 1, 9, 2) == ((), 9)
    assert world.ask("offers", 2, 0, 2) == ((), 0)


# --- orders --------------------------------------------------------------------------------------


def test_an_order_keeps_its_terms_and_its_escrow(world):
    expected = world.ask("nextOrderId", CLIENT)
    order = world.order()
    info = world.ask("order", order)
    assert order == expected
    assert (info.client, info.status, info.escrow) == (CLIENT, OrderStatus.OPEN, UNITS * PRICE)
    assert info.terms == order_terms()
    assert world.ask("orderCount") == (1, 1)
    assert world.ask("orders", 0, 9) == ((info,), 1)
    assert world.ask("openOrders", 0, 9) == ((info,), 1)
    assert world.order() != order
    world.check_books()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": 0}, "BadKind"),
        ({"kind": 6}, "BadKind"),
        ({"unit_kind": 0}, "BadUnitKind"),
        ({"classes": 0}, "UnsupportedClass"),
        ({"classes": 16}, "UnsupportedClass"),
        ({"classes": 36}, "UnsupportedClass"),
        ({"classes": 4, "prepay_units": 0}, "NoAdjudicator"),
        ({"adjudicator": 1}, "NoAdjudicator"),
        ({"classes": 4, "adjudicator": 1, "prepay_units": 0}, "NoAdjudicator"),
        (EXACT | {"adjudicator": 2}, "NoAdjudicator"),
        (EXACT | {"adjudicator": 0}, "NoAdjudicator"),
        (EXACT | {"unit_kind": 2}, "NoAdjudicator"),
        (EXACT | {"kind": KIND_MATMUL}, "NoAdjudicator"),
        ({"client_key": bytes(32)}, "NoSealingKey"),
        ({"units_max": 0}, "BadTerm"),
        ({"unit_price_max": 0}, "BadTerm"),
        ({"prepay_units": 0}, "BadTerm"),
        ({"prepay_units": 101}, "BadTerm"),
        ({"classes": 2, "prepay_units": 0}, "BadTerm"),
        (EXACT | {"classes": 5, "prepay_units": 1}, "BadTerm"),
        ({"classes": 8, "prepay_units": 1}, "BadTerm"),
        ({"deadline_seconds": 9}, "BadTerm"),
        ({"deadline_seconds": 30 * DAY + 1}, "BadTerm"),
        ({"classes": 2, "window_blocks": 59}, "BadTerm"),
        ({"classes": 3, "window_blocks": 59}, "BadTerm"),
        ({"window_blocks": 4_097}, "BadTerm"),
        ({"response_seconds": 59}, "BadTerm"),
        ({"response_seconds": DAY + 1}, "BadTerm"),
        ({"move_seconds": 59}, "BadTerm"),
        ({"move_seconds": 6 * 3_600 + 1}, "BadTerm"),
        ({"game_seconds": 1_799}, "BadTerm"),
        ({"game_seconds": 3 * DAY + 1}, "BadTerm"),
        ({"expiry_seconds": 0}, "BadTerm"),
        ({"expiry_seconds": 7 * DAY + 1}, "BadTerm"),
    ],
)
def test_terms_of_an_order_have_bounds(world, changes, error):
    with world.refuses(error):
        world.order(**changes)


def test_edges_of_an_orders_terms_are_accepted(world):
    world.order(window_blocks=0)
    world.order(prepay_units=100)
    world.order(units_max=1, prepay_units=1)
    world.order(classes=3, window_blocks=60)
    world.order(**EXACT)
    world.order(**EXACT | {"kind": KIND_MATMUL, "unit_kind": 2, "adjudicator": 2})
    world.order(**EXACT | {"classes": 13, "window_blocks": 4_096})
    world.check_books()


def test_the_escrow_is_exact(world):
    for value in (UNITS * PRICE - 1, UNITS * PRICE + 1, 0):
        with world.refuses("WrongEscrow", expected=UNITS * PRICE):
            world.send(CLIENT, "postOrder", order_terms(), value=value)
    huge = order_terms(units_max=U64_MAX, unit_price_max=U128_MAX)
    with world.refuses("WrongEscrow"):
        world.send(CLIENT, "postOrder", huge, value=AIT)
    world.chain.balances[CLIENT] = 2**122
    terms = order_terms(units_max=2, unit_price_max=2**119, prepay_units=1)
    with world.refuses("WrongEscrow", expected=2**120 - 1):
        world.send(CLIENT, "postOrder", terms, value=2**120)


def test_the_client_cancels_an_open_order(world):
    order = world.order()
    with world.refuses("WrongClient"):
        world.send(OTHER_CLIENT, "cancelOrder", order)
    with world.refuses("WrongClient"):
        world.send(bytes(20), "cancelOrder", bytes(32))
    assert world.send(CLIENT, "cancelOrder", order) == UNITS * PRICE
    assert world.held(CLIENT) == RICH
    with world.refuses("WrongOrderStatus"):
        world.send(CLIENT, "cancelOrder", order)
    assert world.ask("orderCount") == (1, 0)


def test_an_order_expires_in_time_and_blocks(world):
    order = world.order(expiry_seconds=100)
    world.pass_seconds(99)
    with world.refuses("NotExpired"):
        world.send(STRANGER, "expireOrder", order)
    world.pass_seconds(1)
    with world.refuses("OrderExpired"):
        world.send(CLIENT, "takeOffer", order, world.offer())
    with world.refuses("OrderExpired"):
        world.send(STRANGER, "matchOrder", order)
    world.send(STRANGER, "expireOrder", order)
    assert world.ask("order", order).status == OrderStatus.EXPIRED
    assert world.held(CLIENT) == RICH
    with world.refuses("WrongOrderStatus"):
        world.send(STRANGER, "expireOrder", order)


def test_a_halt_expires_no_order(world):
    order = world.order(expiry_seconds=100)
    world.pass_seconds(DAY, blocks=24)
    with world.refuses("NotExpired"):
        world.send(STRANGER, "expireOrder", order)
    world.pass_seconds(0, blocks=1)
    world.send(STRANGER, "expireOrder", order)


def test_open_orders_close_their_ranks(world):
    orders = [world.order() for _ in range(4)]
    world.send(CLIENT, "cancelOrder", orders[1])
    rows, cursor = world.ask("openOrders", 0, 2)
    assert ([row.order_id for row in rows], cursor) == ([orders[0], orders[3]], 2)
    world.send(CLIENT, "cancelOrder", orders[3])
    world.send(CLIENT, "cancelOrder", orders[0])
    rows, _ = world.ask("openOrders", 0, 100)
    assert [row.order_id for row in rows] == [orders[2]]


# --- how an offer fits ---------------------------------------------------------------------------

FITTING = [
    ({"kind": 4}, {}, Exclusion.KIND),
    ({"kind": 4}, {"kinds": 1 << 3 | 1 << 4}, Exclusion.FITS),
    ({"unit_kind": 2}, {}, Exclusion.KIND),
    ({"model_root": KEY}, {}, Exclusion.MODEL),
    ({"model_root": KEY}, {"model_roots": ()}, Exclusion.MODEL),
    ({"model_root": KEY}, {"model_roots": (MODEL, KEY)}, Exclusion.FITS),
    ({"model_root": bytes(32)}, {"model_roots": ()}, Exclusion.FITS),
    ({"classes": 3}, {"classes": 1}, Exclusion.CLASSES),
    ({"classes": 3}, {"classes": 3}, Exclusion.FITS),
    ({"unit_price_max": PRICE - 1}, {}, Exclusion.PRICE),
    ({"vram_mib": 80_001}, {}, Exclusion.VRAM),
    ({"vram_mib": 80_000}, {}, Exclusion.FITS),
    ({"gpu_class": 4}, {}, Exclusion.GPU_CLASS),
    ({"gpu_class": 3}, {}, Exclusion.FITS),
    ({"region": 1}, {}, Exclusion.REGION),
    ({"region": 2}, {}, Exclusion.FITS),
    ({"latency_ms": 49}, {}, Exclusion.LATENCY),
    ({"latency_ms": 50}, {}, Exclusion.FITS),
    ({"macs_per_second": 1}, {}, Exclusion.CAPACITY),
    ({"units_max": 1_000_001}, {}, Exclusion.BOND),
    ({"units_max": 1_000_000}, {}, Exclusion.FITS),
]


@pytest.mark.parametrize(("wanted", "given", "reason"), FITTING)
def test_an_offer_fits_or_says_why_not(world, wanted, given, reason):
    offer = world.offer(**given)
    order = world.order(**wanted)
    assert world.ask("fits", order, offer) == reason
    if reason:
        with world.refuses("DoesNotFit", exclusion=reason.value):
            world.send(CLIENT, "takeOffer", order, offer)
    else:
        world.send(CLIENT, "takeOffer", order, offer)
    world.check_books()


def test_expired_leaving_own_and_busy_offers_do_not_fit(world):
    offer = world.offer(leases_max=1, expiry_seconds=1_000)
    order = world.order()
    world.join(CLIENT)
    assert world.ask("fits", order, world.offer(CLIENT)) == Exclusion.OWN
    world.send(MINER, "requestWithdrawal")
    assert world.ask("fits", order, offer) == Exclusion.LEAVING
    world.send(MINER, "addBond", value=1)
    lease = world.send(CLIENT, "takeOffer", order, offer)
    second = world.order(OTHER_CLIENT)
    assert world.ask("fits", second, offer) == Exclusion.BUSY
    world.send(CLIENT, "cancelLease", lease)
    assert world.ask("fits", second, offer) == Exclusion.FITS
    world.pass_seconds(1_000)
    assert world.ask("fits", second, offer) == Exclusion.EXPIRED
    with world.refuses("OfferNotListed"):
        world.ask("fits", second, 99)


def test_a_certificate_counts_until_it_expires(world):
    offer = world.offer()
    order = world.order(macs_per_second=100)
    world.certify(MINER, 99, 50)
    assert world.ask("fits", order, offer) == Exclusion.CAPACITY
    world.certify(MINER, 100, 50)
    assert world.ask("fits", order, offer) == Exclusion.FITS
    world.pass_seconds(50)
    assert world.ask("fits", order, offer) == Exclusion.CAPACITY


def test_a_bond_below_the_minimum_takes_no_lease(world):
    world.offer()
    world.set("minerBondMin", BOND + 1)
    assert world.ask("fits", world.order(), 1) == Exclusion.BOND


# --- matching ------------------------------------------------------------------------------------


def test_a_dry_run_counts_what_fits_and_what_each_reason_excludes(world):
    world.offer(MINER)
    world.offer(RIVAL, latency_ms=500)
    world.offer(RIVAL, region=9)
    world.offer(THIRD, region=9)
    world.offer(THIRD, unit_price=2 * PRICE)
    best, score, fit, counts = world.ask("dryRun", order_terms(region=2), CLIENT)
    assert (best, fit) == (1, 2)
    assert score == (4_000 * 10_000 + 2_000 * 10_000 * 2 + 500 * 10_000) // 10_000
    expected = [0] * len(Exclusion)
    expected[Exclusion.FITS], expected[Exclusion.REGION], expected[Exclusion.PRICE] = 2, 2, 1
    assert list(counts) == expected
    assert world.ask("dryRun", order_terms(region=5), CLIENT)[:3] == (0, 0, 0)
    with world.refuses("BadUnitKind"):
        world.ask("dryRun", order_terms(unit_kind=4), CLIENT)


def score(part, weights=(4_000, 2_000, 2_000, 1_500, 500)):
    return sum(p * w for p, w in zip(part, weights, strict=True)) // 10_000


def test_the_score_is_that_of_the_formula(world):
    world.offer(MINER, unit_price=700, latency_ms=70)
    world.offer(RIVAL, unit_price=300, latency_ms=110, leases_max=3)
    world.certify(MINER, 90)
    world.certify(RIVAL, 40)
    first = score((10_000, 10_000 * 300 // 700, 10_000, 0, 10_000))
    second = score((10_000 * 40 // 90, 10_000, 10_000 * 70 // 110, 0, 10_000))
    assert first > second
    assert world.ask("dryRun", order_terms(), CLIENT)[:3] == (1, first, 2)
    world.certify(RIVAL, 90)
    second = score((10_000, 10_000, 10_000 * 70 // 110, 0, 10_000))
    assert world.ask("dryRun", order_terms(), CLIENT)[:3] == (2, second, 2)


def test_load_and_trust_count(world):
    world.offer(MINER, leases_max=3)
    world.offer(RIVAL, leases_max=3)
    lease = world.send(CLIENT, "takeOffer", world.order(), 1)
    assert world.ask("dryRun", order_terms(), CLIENT)[:2] == (2, score((10**4,) * 3 + (0, 10**4)))
    world.send(MINER, "acceptLease", lease)
    world.pay(lease, UNITS, UNITS * PRICE)
    weight = UNITS * PRICE * 250 // 10_000 // 2
    trust = 10_000 * weight // (weight + 10 * AIT) * 2 // 2
    assert world.ask("standing", MINER).trust == trust > 0
    assert world.ask("dryRun", order_terms(), CLIENT)[:2] == (
        1,
        score((10**4,) * 3 + (trust, 10**4)),
    )


def test_ties_go_to_the_lower_price_then_to_the_older_offer(world):
    world.set("priceWeightBps", 0)
    world.set("capabilityWeightBps", 6_000)
    world.offer(MINER)
    world.offer(RIVAL)
    assert world.ask("dryRun", order_terms(), CLIENT)[0] == 1
    world.send(RIVAL, "repriceOffer", 2, PRICE - 1)
    assert world.ask("dryRun", order_terms(), CLIENT)[0] == 2


def test_anybody_has_an_order_matched_with_the_best_offer(world):
    world.offer(MINER)
    world.offer(RIVAL, unit_price=PRICE // 2)
    order = world.order()
    lease = world.send(STRANGER, "matchOrder", order)
    info = world.info(lease)
    assert (info.miner, info.client, info.unit_price) == (RIVAL, CLIENT, PRICE // 2)
    assert world.ask("order", order).status == OrderStatus.PROPOSED
    with world.refuses("WrongOrderStatus"):
        world.send(STRANGER, "matchOrder", order)
    with world.refuses("NothingFits"):
        world.send(STRANGER, "matchOrder", world.order(region=77))
    world.check_books()


def test_only_the_client_takes_an_offer(world):
    offer, order = world.offer(), world.order()
    with world.refuses("WrongClient"):
        world.send(STRANGER, "takeOffer", order, offer)
    with world.refuses("OfferNotListed"):
        world.send(CLIENT, "takeOffer", order, 9)
    world.send(CLIENT, "takeOffer", order, offer)
    with world.refuses("WrongOrderStatus"):
        world.send(CLIENT, "takeOffer", order, offer)


def test_a_client_who_is_a_zero_account_orders_nothing(world):
    terms = replace(order_terms(), units_max=1, prepay_units=1)
    with world.refuses("WrongEscrow"):
        world.send(STRANGER, "postOrder", terms)
