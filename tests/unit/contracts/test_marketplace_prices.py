"""Marketplace: price indexes, what counts as utilisation and what does not."""

import pytest

from contracts.marketplace.v1.prices import IDLE_STEPS_MAX
from tests.unit.contracts.lease_world import (
    AIT,
    CLIENT,
    DAY,
    MINER,
    OTHER_CLIENT,
    RIVAL,
    STRANGER,
    THIRD,
    LeaseWorld,
    order_terms,
)
from tests.unit.contracts.staking_world import account

MACS = 2
EPOCH = 600
START = 10_000
RATE = 1_000
CAPACITY = RATE * EPOCH
PRICES = {"macPriceStart": START, "macPriceFloor": 1_000, "macPriceCeiling": 10**6}


def index(world, gpu_class=3):
    return world.ask("priceIndex", MACS, gpu_class)


def update(world, gpu_class=3):
    return world.send(STRANGER, "updateIndex", MACS, gpu_class)


def next_epoch(world, count=1):
    block = world.chain.block
    world.pass_seconds(EPOCH * count - block.height % EPOCH)


def use(world, client, miner, units):
    """Settle ``units`` multiply-accumulates between two parties."""
    offer = MINERS.index(miner) + 1
    order = world.order(
        client, unit_kind=MACS, units_max=units, unit_price_max=1, prepay_units=1,
        deadline_seconds=DAY,
    )  # fmt: skip
    lease = world.send(client, "takeOffer", order, offer)
    world.send(miner, "acceptLease", lease)
    world.pay(lease, units, units)
    return lease


MINERS = (MINER, RIVAL, THIRD)


@pytest.fixture
def world():
    world = LeaseWorld(indexShareBps=10_000, **PRICES)
    for miner in MINERS:
        world.join(miner)
        world.offer(miner, unit_kind=MACS, unit_price=1, leases_max=99)
    world.certify(MINER, RATE - 2, 30 * DAY)
    world.certify(RIVAL, 1, 30 * DAY)
    world.certify(THIRD, 1, 30 * DAY)
    next_epoch(world)
    assert update(world) == START
    return world


def test_an_index_begins_with_the_starting_price(world):
    info = index(world, 4)
    assert (info.price, info.median, info.protocol_price, info.used) == (START, START, START, 0)
    assert index(world).capacity == CAPACITY
    for kind in (0, 4):
        with world.refuses("BadUnitKind"):
            world.send(STRANGER, "updateIndex", kind, 3)
        with world.refuses("BadUnitKind"):
            world.ask("priceIndex", kind, 3)
    assert world.ask("priceIndex", 1, 3).price == 10**13
    assert world.ask("priceIndex", 3, 3).price == 10**15


@pytest.mark.parametrize(
    ("used", "price"),
    [
        (0, START - START // 8),
        (CAPACITY // 4, START - START // 16),
        (CAPACITY // 2, START),
        (CAPACITY * 3 // 4, START + START // 16),
        (CAPACITY - 2 * EPOCH, START * (10_000 + 1_250 * 4_980 // 5_000) // 10_000),
    ],
)
def test_a_step_is_in_proportion_to_the_distance_from_half(world, used, price):
    if used:
        use(world, CLIENT, MINER, used)
    assert index(world).used == used
    next_epoch(world)
    assert update(world) == price
    assert index(world).used == 0
    assert update(world) == price


def test_a_miner_counts_up_to_its_certificate(world):
    use(world, CLIENT, RIVAL, 5 * EPOCH)
    assert index(world).used == EPOCH
    use(world, OTHER_CLIENT, RIVAL, 5 * EPOCH)
    assert index(world).used == EPOCH
    next_epoch(world)
    use(world, CLIENT, RIVAL, EPOCH - 1)
    assert index(world).used == EPOCH - 1
    use(world, CLIENT, RIVAL, 9)
    assert index(world).used == EPOCH


def test_one_miner_and_one_client_count_for_a_twentieth():
    world = LeaseWorld(**PRICES)
    for miner in MINERS:
        world.join(miner)
        world.offer(miner, unit_kind=MACS, unit_price=1, leases_max=99)
        world.certify(miner, RATE, 30 * DAY)
    update(world)
    most = 3 * CAPACITY // 20
    use(world, CLIENT, MINER, 10 * most)
    assert index(world).used == most
    use(world, OTHER_CLIENT, MINER, most)  # the miner's share is used up
    use(world, CLIENT, RIVAL, most)  # the client's is
    assert index(world).used == most
    use(world, OTHER_CLIENT, RIVAL, most - 1)
    assert index(world).used == 2 * most - 1
    use(world, OTHER_CLIENT, RIVAL, most)
    assert index(world).used == 2 * most
    next_epoch(world)
    assert update(world) == START - START * 4_000 * 1_250 // (5_000 * 10_000)


def test_wash_leases_of_one_pair_hardly_move_the_index():
    world = LeaseWorld(**PRICES)
    for miner in MINERS:
        world.join(miner)
        world.offer(miner, unit_kind=MACS, unit_price=1, leases_max=99)
        world.certify(miner, RATE, 30 * DAY)
    update(world)
    for _ in range(20):
        use(world, CLIENT, MINER, CAPACITY)
    assert index(world).used == 3 * CAPACITY // 20
    next_epoch(world)
    assert update(world) < START


def test_challenged_and_empty_leases_do_not_count(world):
    order = world.order(unit_kind=MACS, units_max=100, unit_price_max=1, prepay_units=1)
    lease = world.send(CLIENT, "takeOffer", order, 1)
    world.send(MINER, "acceptLease", lease)
    world.hold(lease)
    world.release_hold(lease)
    world.pay(lease, 100, 100)
    order = world.order(unit_kind=MACS, units_max=100, unit_price_max=1, prepay_units=1)
    lease = world.send(CLIENT, "takeOffer", order, 1)
    world.send(MINER, "acceptLease", lease)
    world.pay(lease, 0, 0)
    assert index(world).used == 0


def test_tokens_and_seconds_count_as_work():
    world = LeaseWorld(indexShareBps=10_000, macsPerToken=7, macsPerGpuSecond=11)
    world.join()
    world.certify(MINER, RATE, 30 * DAY)
    for kind, macs in ((1, 7), (3, 11)):
        offer = world.offer(unit_kind=kind, unit_price=1)
        terms = order_terms(unit_kind=kind, units_max=100, unit_price_max=1, prepay_units=1)
        order = world.send(CLIENT, "postOrder", terms, value=100)
        lease = world.send(CLIENT, "takeOffer", order, offer)
        world.send(MINER, "acceptLease", lease)
        world.pay(lease, 100, 100)
        assert world.ask("priceIndex", kind, 3).used == 100 * macs


def test_idle_epochs_lower_the_price_within_a_day(world):
    world.set("indexDayBps", 2_500)
    next_epoch(world, 2)
    assert update(world) == 10_000 - 1_250 - 8_750 // 8
    next_epoch(world, 3)
    assert update(world) == 7_500  # a quarter a day
    next_epoch(world, 20)
    assert update(world) == 7_500


def test_a_new_day_allows_another_quarter(world):
    next_epoch(world, 4)
    assert update(world) == 7_500
    world.pass_seconds(DAY)
    assert update(world) == 7_500 - 7_500 // 4
    for _ in range(30):
        world.pass_seconds(DAY)
        update(world)
    assert index(world).price == 1_000  # the floor


def test_a_day_rises_by_a_quarter_at_most_and_to_the_ceiling(world):
    prices = []
    for _ in range(4):
        use(world, CLIENT, MINER, CAPACITY - 2 * EPOCH)
        next_epoch(world)
        prices.append(update(world))
    day = START + START // 4
    assert prices[-1] == day
    world.set("macPriceCeiling", 11_000)
    use(world, CLIENT, MINER, CAPACITY - 2 * EPOCH)
    next_epoch(world)
    assert update(world) == 11_000


def test_protocol_prices_are_the_lower_of_index_and_median(world):
    for _ in range(3):
        world.pass_seconds(DAY)
        update(world)
    info = index(world)
    closes = [10_000, 7_500, 5_625]
    assert info.price == 5_625 - 5_625 // 4
    assert info.median == closes[1]
    assert info.protocol_price == info.price
    for _ in range(8):
        use(world, CLIENT, MINER, (CAPACITY - 2 * EPOCH))
        next_epoch(world)
        update(world)
    info = index(world)
    assert info.protocol_price == min(info.price, info.median)


def test_days_without_a_touch_close_at_the_last_price(world):
    world.pass_seconds(10 * DAY)
    update(world)
    info = index(world)
    assert (info.median, info.price) == (START, 7_500)
    assert info.protocol_price == 7_500


def test_a_price_above_its_median_is_not_the_protocols(world):
    for _ in range(3):
        world.pass_seconds(DAY)
        update(world)
    world.set("macPriceFloor", 9_000)
    next_epoch(world)
    assert update(world) == 9_000
    info = index(world)
    assert (info.price, info.median, info.protocol_price) == (9_000, 7_500, 7_500)


def test_a_gap_of_days_counts_for_each_day(world):
    for _ in range(2):
        world.pass_seconds(DAY)
        update(world)
    assert index(world).price == 5_625
    world.pass_seconds(8 * DAY)
    update(world)
    assert index(world).median == 5_625


def test_without_certified_capacity_the_price_stands_still():
    world = LeaseWorld(**PRICES)
    update(world)
    for _ in range(3):
        next_epoch(world)
        assert update(world) == START


def test_a_halt_moves_no_price(world):
    world.pass_seconds(20 * 3_600, blocks=1)
    assert update(world) == START


def test_a_shorter_epoch_set_by_governance_goes_on(world):
    world.set("indexEpochBlocks", 100_000)
    assert update(world) == START
    world.set("indexEpochBlocks", 10)
    assert update(world) < START


def test_idle_steps_are_bounded(world):
    world.set("indexStepBps", 100)
    next_epoch(world, 1 + IDLE_STEPS_MAX * 5)
    price = START
    for _ in range(1 + IDLE_STEPS_MAX):
        price -= price * 100 // 10_000
    assert update(world) == price


def test_an_index_is_never_above_a_signed_lease(world):
    lease = use(world, CLIENT, MINER, 1_000)
    assert world.info(lease).unit_price == 1 < index(world).price
    assert world.held(account(1)) < 10**6 * AIT
