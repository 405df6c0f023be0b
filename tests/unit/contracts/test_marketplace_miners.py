"""Marketplace: operator keys with their history, sealing keys, capacity, withdrawal, parameters."""

import pytest

from contracts.marketplace.v1.prices import BUCKET_SECONDS, BUCKETS_MAX
from contracts.places import RECEIPTS_ADDRESS
from tests.unit.contracts.lease_world import (
    AIT,
    BOND,
    DAY,
    KEY,
    MINER,
    RIVAL,
    STRANGER,
    LeaseWorld,
)
from tests.unit.contracts.staking_world import account

FIRST, SECOND, THIRD_KEY = account(500 + MINER[-1]), account(601), account(602)


@pytest.fixture
def world():
    world = LeaseWorld()
    world.join()
    return world


def valid(world, key, height):
    return world.ask("operatorValid", MINER, key, height)


def test_an_operator_key_is_valid_from_its_registration_on(world):
    height = world.chain.block.height
    assert not valid(world, FIRST, height - 1)
    assert valid(world, FIRST, height)
    assert valid(world, FIRST, 2**64 - 1)
    assert not valid(world, SECOND, height)
    assert not valid(world, bytes(20), height)
    assert not world.ask("operatorValid", RIVAL, FIRST, height)


def test_a_rotation_acts_from_the_next_block_and_the_old_key_stays_valid_before(world):
    world.pass_seconds(10)
    height = world.chain.block.height
    world.send(MINER, "setOperator", SECOND)
    assert valid(world, FIRST, height)
    assert not valid(world, SECOND, height)
    assert valid(world, SECOND, height + 1)
    assert not valid(world, FIRST, height + 1)
    assert world.ask("wasOperator", MINER, FIRST)
    assert world.ask("wasOperator", MINER, SECOND)
    assert not world.ask("wasOperator", MINER, THIRD_KEY)


def test_of_two_rotations_in_one_block_the_later_acts(world):
    height = world.chain.block.height
    world.send(MINER, "setOperator", SECOND)
    world.send(MINER, "setOperator", THIRD_KEY)
    assert valid(world, THIRD_KEY, height + 1)
    assert not valid(world, SECOND, height + 1)
    assert world.ask("wasOperator", MINER, SECOND)


def test_many_rotations_are_searched(world):
    keys = []
    for number in range(9):
        key = account(700 + number)
        world.send(MINER, "setOperator", key)
        keys.append((world.chain.block.height + 1, key))
        world.pass_seconds(3)
    for height, key in keys:
        assert [valid(world, key, at) for at in (height - 1, height, height + 2, height + 3)] == [
            False, True, True, key == keys[-1][1],
        ]  # fmt: skip


def test_the_same_operator_twice_changes_nothing_and_none_is_refused(world):
    world.send(MINER, "setOperator", FIRST)
    height = world.chain.block.height
    assert all(valid(world, FIRST, at) for at in (height, height + 1))
    with world.refuses("ZeroOperator"):
        world.send(MINER, "setOperator", bytes(20))


def test_a_sealing_key_is_the_miners_and_not_zero(world):
    with world.refuses("NoSealingKey"):
        world.send(MINER, "setSealingKey", bytes(32))
    world.send(MINER, "setSealingKey", b"\x33" * 32)
    assert world.ask("capacity", MINER).sealing_key == b"\x33" * 32
    with world.refuses("NotMiner"):
        world.send(STRANGER, "setSealingKey", KEY)


def test_only_receipts_notes_capacity_and_only_of_a_miner(world):
    with world.refuses("NotReceipts"):
        world.send(MINER, "noteCapacity", MINER, 1, 2**40)
    with world.refuses("NotMiner"):
        world.send(RECEIPTS_ADDRESS, "noteCapacity", STRANGER, 1, 2**40)
    world.certify(MINER, 5, 100)
    info = world.ask("capacity", MINER)
    assert (info.macs_per_second, info.expires_at) == (5, world.chain.block.timestamp + 100)


def test_a_bond_waits_for_offers_to_be_closed(world):
    offer = world.offer()
    world.send(MINER, "requestWithdrawal")
    world.pass_seconds(DAY)
    with world.refuses("OffersListed", count=1):
        world.send(MINER, "withdrawBond")
    world.send(MINER, "closeOffer", offer)
    assert world.send(MINER, "withdrawBond") == BOND
    world.check_books()


def test_after_a_withdrawal_no_key_is_valid_and_the_account_may_register_again(world):
    world.send(MINER, "requestWithdrawal")
    world.pass_seconds(DAY)
    world.send(MINER, "withdrawBond")
    height = world.chain.block.height
    assert valid(world, FIRST, height)
    assert not valid(world, FIRST, height + 1)
    assert world.ask("wasOperator", MINER, FIRST)
    world.pass_seconds(5)
    world.send(MINER, "registerMiner", SECOND, "", value=10 * AIT)
    assert valid(world, SECOND, world.chain.block.height)


def test_the_withdrawal_delay_and_the_bond_are_governed(world):
    world.set("withdrawalSeconds", 3_600)
    world.set("minerBondMin", 20 * AIT)
    with world.refuses("BondTooSmall"):
        world.send(RIVAL, "registerMiner", SECOND, "", value=20 * AIT - 1)
    world.send(RIVAL, "registerMiner", SECOND, "", value=20 * AIT)
    world.send(MINER, "requestWithdrawal")
    world.pass_seconds(3_599)
    with world.refuses("WithdrawalNotDue"):
        world.send(MINER, "withdrawBond")
    world.pass_seconds(1)
    world.send(MINER, "withdrawBond")


def test_a_halt_does_not_release_a_bond(world):
    world.send(MINER, "requestWithdrawal")
    world.pass_seconds(100 * DAY, blocks=DAY // 4 - 1)
    with world.refuses("WithdrawalNotDue"):
        world.send(MINER, "withdrawBond")
    world.pass_seconds(0, blocks=1)
    world.send(MINER, "withdrawBond")


def capacity(world, gpu_class=3):
    seconds = world.storage.index_epoch_blocks
    return world.ask("priceIndex", 1, gpu_class).capacity // seconds


def test_certificates_add_up_by_gpu_class_and_a_renewal_replaces(world):
    world.offer()
    world.certify(MINER, 10)
    world.join(RIVAL)
    world.offer(RIVAL)
    world.certify(RIVAL, 7)
    assert capacity(world) == 17
    world.certify(MINER, 4)
    assert capacity(world) == 11
    assert capacity(world, 4) == 0


def test_a_certificate_moves_with_its_miners_class(world):
    world.certify(MINER, 10)
    assert capacity(world, 0) == 10
    world.offer()
    assert (capacity(world, 0), capacity(world, 3)) == (0, 10)


def test_certificates_end_in_their_bucket(world):
    world.offer()
    world.certify(MINER, 10, BUCKET_SECONDS)
    world.pass_seconds(BUCKET_SECONDS)
    world.send(STRANGER, "updateIndex", 1, 3)
    assert capacity(world) == 10
    world.pass_seconds(BUCKET_SECONDS)
    world.send(STRANGER, "updateIndex", 1, 3)
    assert capacity(world) == 0
    world.certify(MINER, 6)  # the former one is not taken off again
    assert capacity(world) == 6


@pytest.mark.parametrize("gap", [BUCKETS_MAX, BUCKETS_MAX + 1, 10 * BUCKETS_MAX])
def test_a_certificate_counts_for_so_many_buckets_at_most(world, gap):
    world.offer()
    world.certify(MINER, 10, 365 * DAY)
    world.pass_seconds(gap * BUCKET_SECONDS)
    world.send(STRANGER, "updateIndex", 1, 3)
    assert capacity(world) == (10 if gap == BUCKETS_MAX else 0)


def test_an_expired_certificate_adds_nothing(world):
    world.offer()
    world.send(RECEIPTS_ADDRESS, "noteCapacity", MINER, 9, world.chain.block.timestamp)
    assert capacity(world) == 0
    world.certify(MINER, 3)
    assert capacity(world) == 3


def test_a_leaving_miner_takes_its_rate_along(world):
    world.offer()
    world.certify(MINER, 9, 10 * DAY)
    world.send(MINER, "closeOffer", 1)
    world.send(MINER, "requestWithdrawal")
    world.pass_seconds(DAY)
    world.send(MINER, "withdrawBond")
    assert capacity(world) == 0


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"feeAuditorBps": 126}, "feeAuditorBps"),
        ({"feeBps": 150, "feeBurnBps": 9_000}, "feeAuditorBps"),
        ({"priceWeightBps": 2_001}, "capabilityWeightBps"),
        ({"leaseSecondsMin": 3_600, "leaseSecondsMax": 3_600}, ""),
        ({"leaseWindowMin": 4_096, "leaseWindowMax": 4_095}, "leaseWindowMax"),
        ({"responseSecondsMin": 3_600, "responseSecondsMax": 3_599}, "responseSecondsMax"),
        ({"moveSecondsMin": 3_600, "moveSecondsMax": 600}, "moveSecondsMax"),
        ({"gameSecondsMin": 86_400, "gameSecondsMax": 3_600}, "gameSecondsMax"),
        ({"bidSecondsMin": 3_600, "bidSecondsMax": 600}, "bidSecondsMax"),
        ({"tokenPriceFloor": 10**14}, "tokenPriceStart"),
        ({"tokenPriceCeiling": 10**12}, "tokenPriceCeiling"),
        ({"macPriceFloor": 10**5}, "macPriceStart"),
        ({"secondPriceCeiling": 1}, "secondPriceCeiling"),
    ],
)
def test_parameters_that_contradict_each_other_are_refused(world, changes, key):
    world.ask("checkParameters")
    for name, value in changes.items():
        world.set(name, value)
    if not key:
        world.ask("checkParameters")
        return
    with world.refuses("ParametersContradict", key=key):
        world.ask("checkParameters")


def test_a_bond_is_remembered_as_it_was_after_each_block(world):
    offer = world.offer()
    order = world.order()
    start = world.chain.block.height

    def bond(height):
        (row,) = world.ask("candidates", order, height)
        return row.offer_id, row.bond

    world.pass_seconds(5)
    world.send(MINER, "addBond", value=1)
    world.send(MINER, "addBond", value=2)
    world.pass_seconds(5)
    world.send(MINER, "addBond", value=4)
    heights = (start - 1, start, start + 4, start + 5, start + 9, start + 10, 2**64 - 1)
    assert [bond(height) for height in heights] == [
        (offer, BOND * (height >= start) + 3 * (height >= start + 5) + 4 * (height >= start + 10))
        for height in heights
    ]
    world.send(MINER, "closeOffer", offer)
    world.send(MINER, "requestWithdrawal")
    world.pass_seconds(DAY)
    world.send(MINER, "withdrawBond")
    world.join(bond=BOND + 9)
    world.offer()
    order, now = world.order(), world.chain.block.height
    assert [bond(height)[1] for height in (start, now - 1, now)] == [BOND, BOND + 7, BOND + 9]
