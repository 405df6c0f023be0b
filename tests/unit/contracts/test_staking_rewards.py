"""Staking: inflation, commission, compounding and paying out."""

import pytest

from contracts.errors import Revert
from contracts.places import RUNTIME_ADDRESS, TREASURY_ADDRESS
from contracts.staking.v1.rewards import YEAR_MS
from primitives.types import U256_MAX
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.staking_world import (
    AIT,
    STAKING,
    account,
    act,
    check_books,
    current_set,
    double_sign,
    key_address,
    next_epoch,
    see,
    staking_chain,
    storage,
    unbond_time,
    with_supply,
)

ALICE, BOB = account(1), account(2)
A, B = key_address(1), key_address(2)
OPERATOR = account(101)
ALL = (ALICE, BOB, *(account(n) for n in range(101, 105)))
SUPPLY = 10**9 * AIT
BLOCK = SUPPLY * 500 * 1_000 // (10_000 * YEAR_MS)
"""Inflation of one block of a second, in wei."""


def paying_chain(count: int = 2, **fields):
    chain = staking_chain(count, **fields)
    with_supply(chain, SUPPLY)
    return chain


def test_a_block_mints_its_part_of_a_years_inflation_and_the_treasury_gets_a_tenth():
    chain = paying_chain()
    supply = chain.supply
    chain.advance()
    assert chain.supply == supply + BLOCK
    assert chain.balances[TREASURY_ADDRESS] == BLOCK // 10
    totals = see(chain, "totals")
    assert (totals.minted, totals.rewards) == (BLOCK, BLOCK - BLOCK // 10)
    check_books(chain, ALL)


def test_a_year_of_blocks_mints_about_five_percent():
    assert abs(BLOCK * (YEAR_MS // 1000) - SUPPLY // 20) < YEAR_MS


@pytest.mark.parametrize(("seconds", "paid"), [(1, 1), (4, 4), (5, 4), (10_000, 4)])
def test_a_block_is_paid_for_at_most_four_target_times(seconds, paid):
    chain = paying_chain()
    chain.advance()
    chain.advance(seconds=seconds)
    minted = see(chain, "totals").minted
    chain.advance()
    elapsed = 1_000 * paid
    assert see(chain, "totals").minted - minted == SUPPLY * 500 * elapsed // (10_000 * YEAR_MS)


def test_a_chain_without_block_time_pays_for_milliseconds():
    chain = paying_chain()
    chain.advance(block_time_ms=0)
    minted = see(chain, "totals").minted
    chain.advance()
    assert see(chain, "totals").minted - minted == SUPPLY * 500 * 4 // (10_000 * YEAR_MS)


def test_without_a_runtime_or_a_rate_or_a_wei_nothing_is_minted():
    silent = staking_chain(2)
    silent.advance(3)
    unpaid = paying_chain(parameters={"inflationBps": 0})
    unpaid.advance(3)
    poor = staking_chain(2)
    with_supply(poor, 1)
    poor.advance(3)
    for chain in (silent, unpaid, poor):
        assert see(chain, "totals").minted == 0
        assert storage(chain).minted_until_ms == chain.block.time_ms - 1_000


def test_a_runtime_that_fails_is_not_passed_over():
    chain = staking_chain(2)

    def fail(frame, data):
        raise Revert(b"", "broken")

    chain.foreign[RUNTIME_ADDRESS] = fail
    with pytest.raises(Revert, match="supply"):
        chain.advance()


def test_nothing_is_minted_while_nobody_has_reward_power():
    chain = paying_chain(1)
    double_sign(chain, 1, BOB, epoch=1, members=current_set(chain))
    chain.advance(3)
    assert see(chain, "totals").minted == 0


def test_commission_comes_first_and_the_rest_goes_by_shares():
    chain = paying_chain(1)
    act(chain, ALICE, "delegate", A, value=2_000 * AIT)
    chain.advance()
    share = BLOCK - BLOCK // 10
    info = see(chain, "validator", A)
    assert info.commission_due == pytest.approx(share * 5 // 100, abs=1)
    each = (share - share * 5 // 100) // 2
    assert see(chain, "rewards", A, ALICE) == pytest.approx(each, abs=2)
    assert see(chain, "rewards", A, ALICE) <= each
    assert see(chain, "rewards", A, OPERATOR) == see(chain, "rewards", A, ALICE)
    assert see(chain, "rewards", A, BOB) == 0
    held = chain.balances.get(OPERATOR, 0)
    assert act(chain, OPERATOR, "withdrawCommission") == info.commission_due
    assert chain.balances[OPERATOR] == held + info.commission_due
    assert act(chain, OPERATOR, "withdrawCommission") == 0
    with reverts("NotOperator()"):
        act(chain, ALICE, "withdrawCommission")
    check_books(chain, ALL)


def test_a_change_of_commission_leaves_what_was_earned_before():
    chain = paying_chain(1)
    chain.advance()
    due = see(chain, "validator", A).commission_due
    act(chain, OPERATOR, "edit", OPERATOR, "", 600)
    assert see(chain, "validator", A).commission_due == due


def test_rewards_are_paid_out_or_become_stake():
    chain = paying_chain(1)
    act(chain, ALICE, "delegate", A, value=1_000 * AIT)
    act(chain, BOB, "delegate", A, value=1_000 * AIT)
    chain.advance(2)
    rewards = see(chain, "rewards", A, ALICE)
    assert rewards == see(chain, "rewards", A, BOB) > 0
    held = chain.balances[ALICE]
    assert act(chain, ALICE, "withdrawRewards", A) == rewards
    assert chain.balances[ALICE] == held + rewards
    assert act(chain, ALICE, "withdrawRewards", A) == 0
    assert act(chain, ALICE, "compound", BOB, A) == rewards
    held = see(chain, "delegation", A, BOB)
    assert (held.tokens, held.rewards) == (1_000 * AIT + rewards, 0)
    assert see(chain, "totals").bonded == 4_000 * AIT + rewards
    check_books(chain, ALL)
    with reverts("UnknownValidator(address)"):
        act(chain, ALICE, "withdrawRewards", BOB)
    with reverts("UnknownValidator(address)"):
        act(chain, ALICE, "compound", ALICE, BOB)


@pytest.mark.parametrize(
    "touch",
    [("delegate", A), ("undelegate", A, AIT), ("redelegate", A, B, AIT), ("redelegate", B, A, AIT)],
)
def test_every_touch_bonds_the_rewards_first(touch):
    chain = paying_chain()
    for validator in (A, B):
        act(chain, ALICE, "delegate", validator, value=100 * AIT)
    chain.advance(3)
    rewards = see(chain, "rewards", A, ALICE)
    assert rewards > 0
    act(chain, ALICE, *touch, value=AIT if touch[0] == "delegate" else 0)
    assert see(chain, "rewards", A, ALICE) == 0
    held = see(chain, "delegation", A, ALICE)
    moved = {("delegate", A): AIT, ("redelegate", B, A, AIT): 0}.get(touch, -AIT)
    assert held.shares == 100 * AIT + rewards + moved
    check_books(chain, ALL)


def test_new_stake_earns_from_its_own_block_on():
    chain = paying_chain(1)
    chain.advance(5)
    act(chain, ALICE, "delegate", A, value=2_000 * AIT)
    assert see(chain, "rewards", A, ALICE) == 0
    before = see(chain, "rewards", A, OPERATOR)
    chain.advance()
    earned = see(chain, "rewards", A, ALICE)
    assert see(chain, "rewards", A, OPERATOR) - before == pytest.approx(earned, abs=1)


def test_moved_stake_earns_at_its_destination_while_it_is_liable():
    chain = paying_chain()
    act(chain, ALICE, "delegate", A, value=1_000 * AIT)
    act(chain, BOB, "delegate", B, value=500 * AIT)
    act(chain, ALICE, "redelegate", A, B, 500 * AIT)
    chain.advance()
    act(chain, BOB, "redelegate", B, A, 100 * AIT)
    act(chain, account(3), "delegate", A, value=9 * AIT)
    act(chain, account(3), "redelegate", A, B, 9 * AIT)
    chain.advance()
    earned = see(chain, "delegation", B, ALICE)
    assert earned.shares == 0
    assert earned.rewards > 0
    held = chain.balances[ALICE]
    assert act(chain, ALICE, "withdrawRewards", B) == earned.rewards
    assert chain.balances[ALICE] == held + earned.rewards
    chain.advance()
    rewards = see(chain, "rewards", B, ALICE)
    act(chain, BOB, "compound", ALICE, B)
    held = see(chain, "delegation", B, ALICE)
    assert (held.shares, held.arriving, held.rewards) == (rewards, 500 * AIT, 0)
    check_books(chain, (*ALL, account(3)))


def test_a_slash_takes_nothing_of_what_was_earned():
    chain = paying_chain(parameters={"doubleSignPpm": 500_000})
    act(chain, ALICE, "delegate", A, value=1_000 * AIT)
    act(chain, ALICE, "redelegate", A, B, 100 * AIT)
    act(chain, BOB, "delegate", B, value=100 * AIT)
    chain.advance(2)
    before = [see(chain, "rewards", validator, ALICE) for validator in (A, B)]
    double_sign(chain, 1, BOB, epoch=1, members=current_set(chain))
    assert [see(chain, "rewards", validator, ALICE) for validator in (A, B)] == before
    chain.advance()
    after = see(chain, "rewards", B, ALICE)
    assert see(chain, "rewards", A, ALICE) == before[0]
    assert after > before[1]
    assert see(chain, "delegation", B, ALICE).arriving == 50 * AIT
    assert after == pytest.approx(see(chain, "rewards", B, BOB), abs=2)
    held = chain.balances[ALICE]
    act(chain, BOB, "compound", ALICE, A)  # tombstoned: paid, not bonded
    assert chain.balances[ALICE] == held + before[0]
    assert see(chain, "delegation", A, ALICE).rewards == 0
    check_books(chain, ALL)


def test_a_reward_too_small_for_a_share_is_paid():
    chain = paying_chain(1)
    act(chain, ALICE, "delegate", A, value=AIT)
    chain.advance()
    staking = type(storage(chain))(chain.hook(STAKING))
    rewards = see(chain, "rewards", A, ALICE)
    staking.records[A].tokens = (1 << 128) - 1 - staking.records[A].shares
    held = chain.balances[ALICE]
    assert act(chain, ALICE, "compound", ALICE, A) == rewards
    assert chain.balances[ALICE] == held + rewards


def test_while_nobody_holds_shares_the_operator_earns_all():
    chain = paying_chain(2)
    act(chain, OPERATOR, "undelegate", A, U256_MAX)
    earned = storage(chain).records[A].commission_due
    chain.advance()
    share = BLOCK - BLOCK // 10
    assert see(chain, "validator", A).commission_due - earned == pytest.approx(share // 2, abs=1)
    assert act(chain, OPERATOR, "withdrawCommission") > 0
    check_books(chain, ALL)


def test_power_follows_the_election():
    chain = paying_chain()
    act(chain, ALICE, "delegate", A, value=6_000 * AIT)
    next_epoch(chain)
    before = [see(chain, "validator", v).commission_due for v in (A, B)]
    chain.advance()
    after = [see(chain, "validator", v).commission_due for v in (A, B)]
    assert after[0] - before[0] == pytest.approx(4 * (after[1] - before[1]), abs=4)
    check_books(chain, ALL)


def test_a_pool_that_emptied_earns_nothing_and_its_rewards_stay_whole():
    chain = paying_chain()
    act(chain, ALICE, "delegate", A, value=10 * AIT)
    act(chain, ALICE, "redelegate", A, B, 10 * AIT)
    next_epoch(chain)
    unbond_time(chain)
    act(chain, ALICE, "compound", ALICE, B)
    chain.advance(2)
    act(chain, ALICE, "compound", ALICE, B)
    check_books(chain, ALL)
