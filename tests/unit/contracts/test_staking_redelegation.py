"""Staking: stake that moves between validators and stays liable for both."""

import pytest

from primitives.types import U256_MAX
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.staking_world import (
    AIT,
    STAKING,
    UNBONDING_SECONDS,
    account,
    act,
    check_books,
    key_address,
    next_epoch,
    see,
    staking_chain,
    storage,
    unbond_time,
)

ALICE, BOB = account(1), account(2)
A, B, C = key_address(1), key_address(2), key_address(3)
ALL = (ALICE, BOB, *(account(n) for n in range(101, 105)))


def moved_chain():
    """ALICE has 60 AIT with A, and 40 that she moved from A to B."""
    chain = staking_chain(3)
    act(chain, ALICE, "delegate", A, value=100 * AIT)
    act(chain, ALICE, "redelegate", A, B, 40 * AIT)
    return chain


def test_moved_stake_counts_for_the_destination_from_the_next_election():
    chain = moved_chain()
    assert see(chain, "validator", A).tokens == 2_060 * AIT
    assert see(chain, "validator", B).tokens == 2_040 * AIT
    held = see(chain, "delegation", B, ALICE)
    assert (held.shares, held.tokens, held.arriving) == (0, 0, 40 * AIT)
    assert see(chain, "totals").bonded == 6_100 * AIT
    check_books(chain, ALL)


def test_moved_stake_neither_moves_on_nor_unbonds_while_it_is_liable():
    chain = moved_chain()
    for call in (("undelegate", B, AIT), ("undelegate", B, U256_MAX), ("redelegate", B, C, AIT)):
        with reverts("StillLiable(uint64)"):
            act(chain, ALICE, *call)
    with reverts("InsufficientDelegation(uint256,uint256)"):
        act(chain, ALICE, "undelegate", B, 0)
    next_epoch(chain)
    row = see(chain, "redelegations", ALICE)[0]
    assert row.liable_until == chain.block.timestamp - 1 + UNBONDING_SECONDS
    assert (row.epoch, row.tokens, row.is_blocked) == (1, 40 * AIT, False)
    chain.advance(UNBONDING_SECONDS // 4 - 2)
    chain.advance(seconds=row.liable_until - 1 - chain.block.timestamp)
    with reverts("StillLiable(uint64)"):
        act(chain, ALICE, "undelegate", B, AIT)
    chain.advance()
    assert chain.block.timestamp == row.liable_until
    act(chain, ALICE, "undelegate", B, AIT)
    assert see(chain, "delegation", B, ALICE).shares == 39 * AIT
    assert see(chain, "redelegations", ALICE) == ()
    check_books(chain, ALL)


def test_anybody_may_end_a_matured_redelegation():
    chain = moved_chain()
    act(chain, BOB, "compound", ALICE, B)
    assert see(chain, "delegation", B, ALICE).arriving == 40 * AIT
    next_epoch(chain)
    unbond_time(chain)
    act(chain, BOB, "compound", ALICE, B)
    held = see(chain, "delegation", B, ALICE)
    assert (held.shares, held.arriving) == (40 * AIT, 0)
    assert act(chain, ALICE, "redelegate", B, C, U256_MAX) == 40 * AIT
    check_books(chain, ALL)


def test_plain_stake_beside_moved_stake_stays_free():
    chain = moved_chain()
    act(chain, ALICE, "delegate", B, value=5 * AIT)
    act(chain, ALICE, "undelegate", B, 2 * AIT)
    with reverts("StillLiable(uint64)"):
        act(chain, ALICE, "undelegate", B, 4 * AIT)
    act(chain, ALICE, "undelegate", B, U256_MAX)
    assert see(chain, "delegation", B, ALICE).arriving == 40 * AIT


def test_stake_whose_source_is_being_slashed_waits():
    chain = moved_chain()
    next_epoch(chain)
    writable = type(storage(chain))(chain.hook(STAKING))
    writable.records[A].jobs = 1
    unbond_time(chain)
    with reverts("SlashPending(address)"):
        act(chain, ALICE, "undelegate", B, AIT)
    act(chain, BOB, "compound", ALICE, B)
    assert see(chain, "redelegations", ALICE)[0].is_blocked
    writable.records[A].jobs = 0
    act(chain, ALICE, "undelegate", B, AIT)


def test_refused_moves_say_why():
    chain = staking_chain(3)
    act(chain, ALICE, "delegate", A, value=10 * AIT)
    with reverts("SameValidator()"):
        act(chain, ALICE, "redelegate", A, A, AIT)
    with reverts("UnknownValidator(address)"):
        act(chain, ALICE, "redelegate", A, BOB, AIT)
    with reverts("UnknownValidator(address)"):
        act(chain, ALICE, "redelegate", BOB, A, AIT)
    for amount in (0, 10 * AIT + 1):
        with reverts("InsufficientDelegation(uint256,uint256)"):
            act(chain, ALICE, "redelegate", A, B, amount)
    with reverts("InsufficientDelegation(uint256,uint256)"):
        act(chain, BOB, "redelegate", A, B, U256_MAX)
    with reverts("BondTooSmall(uint256,uint256)"):
        act(chain, ALICE, "redelegate", A, B, AIT - 1)
    with reverts("RemainderTooSmall(uint256,uint256)"):
        act(chain, ALICE, "redelegate", A, B, 9 * AIT + 1)
    act(chain, ALICE, "redelegate", A, B, 9 * AIT)


def test_an_operator_that_moves_its_bond_away_leaves_the_candidates():
    chain = staking_chain(3)
    act(chain, account(101), "redelegate", A, B, 1_001 * AIT)
    assert A not in see(chain, "candidates")
    check_books(chain, ALL)


@pytest.mark.parametrize("wait", [-1, 0])
def test_entries_are_bounded_and_used_again_only_after_an_unbonding_period(wait):
    chain = staking_chain(2)
    act(chain, ALICE, "delegate", A, value=100 * AIT)
    for _ in range(16):
        act(chain, ALICE, "redelegate", A, B, 2 * AIT)
    with reverts("TooManyRedelegations(uint32)"):
        act(chain, ALICE, "redelegate", A, B, 2 * AIT)
    next_epoch(chain)
    unbond_time(chain)
    act(chain, ALICE, "compound", ALICE, B)
    height = chain.block.height
    with reverts("TooManyRedelegations(uint32)"):
        act(chain, ALICE, "redelegate", A, B, 2 * AIT)
    chain.advance(UNBONDING_SECONDS // 4, seconds=UNBONDING_SECONDS + wait)
    if wait < 0:
        with reverts("TooManyRedelegations(uint32)"):
            act(chain, ALICE, "redelegate", A, B, 2 * AIT)
        assert see(chain, "delegationAt", B, ALICE, height - 1) == 32 * AIT
        return
    act(chain, ALICE, "redelegate", A, B, 2 * AIT)
    assert see(chain, "delegationAt", B, ALICE, height) == 32 * AIT
    assert see(chain, "delegationAt", B, ALICE, chain.block.height) == 34 * AIT
    check_books(chain, ALL)


def test_moves_of_one_epoch_share_a_pool_and_another_epoch_opens_one():
    chain = staking_chain(3)
    act(chain, ALICE, "delegate", A, value=100 * AIT)
    act(chain, BOB, "delegate", A, value=100 * AIT)
    act(chain, ALICE, "redelegate", A, B, AIT)
    act(chain, BOB, "redelegate", A, B, AIT)
    act(chain, BOB, "redelegate", A, C, AIT)
    next_epoch(chain)
    act(chain, BOB, "redelegate", A, B, AIT)
    pools = storage(chain).redelegation_pools[A]
    assert [pools[i].held for i in range(len(pools))] == [2 * AIT, AIT, AIT]
    assert [pools[i].epoch for i in range(len(pools))] == [1, 1, 2]
    check_books(chain, ALL)


def test_an_ended_redelegation_beside_a_running_one_is_left_alone():
    chain = moved_chain()
    next_epoch(chain)
    unbond_time(chain)
    act(chain, BOB, "compound", ALICE, B)
    act(chain, ALICE, "redelegate", A, B, 10 * AIT)
    act(chain, BOB, "compound", ALICE, B)
    held = see(chain, "delegation", B, ALICE)
    assert (held.shares, held.arriving) == (40 * AIT, 10 * AIT)
    assert [row.tokens for row in see(chain, "redelegations", ALICE)] == [10 * AIT]
    check_books(chain, ALL)
