"""Staking: what a double sign costs whom, and how pools are walked."""

import pytest

from contracts.staking.v1.slashing import POOLS_PER_BLOCK
from primitives.types import U256_MAX
from primitives.vote import VoteKind
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
    report,
    see,
    staking_chain,
    statement,
    storage,
    unbond_time,
    validator_set_of,
    vote_data,
)

ALICE, BOB, REPORTER = account(1), account(2), account(7)
VALIDATOR, OTHER = key_address(1), key_address(2)
ALL = (ALICE, BOB, REPORTER, *(account(n) for n in range(101, 105)))


def test_a_fault_reaches_bonded_stake_and_pools_of_its_epoch_and_later_none_before():
    chain = staking_chain(2)
    act(chain, ALICE, "delegate", VALIDATOR, value=1_000 * AIT)
    act(chain, BOB, "delegate", VALIDATOR, value=1_000 * AIT)
    act(chain, BOB, "undelegate", VALIDATOR, 500 * AIT)
    next_epoch(chain)
    members = current_set(chain)
    act(chain, ALICE, "undelegate", VALIDATOR, 400 * AIT)
    next_epoch(chain)
    act(chain, ALICE, "undelegate", VALIDATOR, 100 * AIT)
    supply, held = chain.supply, chain.balances[REPORTER]
    reward = double_sign(chain, 1, REPORTER, epoch=2, members=members)
    bonded = 3_000 * AIT * 5 // 100
    assert reward == bonded * 5 // 100
    assert chain.balances[REPORTER] == held + reward
    assert [row.payable_amount for row in see(chain, "unbondings", ALICE)] == [400 * AIT, 100 * AIT]
    assert all(row.is_blocked for row in see(chain, "unbondings", ALICE))
    chain.advance()
    pools = 500 * AIT * 5 // 100
    assert [row.payable_amount for row in see(chain, "unbondings", ALICE)] == [380 * AIT, 95 * AIT]
    assert [row.payable_amount for row in see(chain, "unbondings", BOB)] == [500 * AIT]
    paid = bonded * 5 // 100 + pools * 5 // 100
    assert chain.balances[REPORTER] == held + paid
    assert chain.supply == supply - (bonded + pools - paid)
    totals = see(chain, "totals")
    assert (totals.bonded, totals.unbonding) == (2_850 * AIT + 2_000 * AIT, 975 * AIT)
    assert (totals.slashing, totals.burnt) == (0, bonded + pools - paid)
    check_books(chain, ALL)
    next_epoch(chain)
    unbond_time(chain)
    before = {who: chain.balances[who] for who in (ALICE, BOB)}
    assert act(chain, BOB, "withdraw") == 500 * AIT
    assert act(chain, ALICE, "withdraw") == 475 * AIT
    assert chain.balances[ALICE] == before[ALICE] + 475 * AIT


def test_what_leaves_after_a_slash_is_not_slashed_for_it_even_in_the_faults_epoch():
    chain = staking_chain(2)
    members = current_set(chain)
    act(chain, ALICE, "delegate", VALIDATOR, value=1_000 * AIT)
    act(chain, ALICE, "undelegate", VALIDATOR, 100 * AIT)
    double_sign(chain, 1, REPORTER, epoch=1, members=members)
    act(chain, ALICE, "undelegate", VALIDATOR, U256_MAX)
    chain.advance()
    rows = see(chain, "unbondings", ALICE)
    assert [row.payable_amount for row in rows] == [95 * AIT, 855 * AIT]
    check_books(chain, ALL)


def test_a_tombstoned_validator_is_out_for_ever_and_its_delegators_may_leave():
    chain = staking_chain(2)
    act(chain, ALICE, "delegate", VALIDATOR, value=1_000 * AIT)
    first = vote_data(1, statement(VoteKind.FINALIZE))
    second = vote_data(1, statement(VoteKind.NULLIFY))
    members = current_set(chain)
    report(chain, BOB, 1, first, second, members)
    with reverts("AlreadySlashed()"):
        report(chain, BOB, 1, first, second, members)
    with reverts("NoNewDelegation(address)"):
        act(chain, ALICE, "delegate", VALIDATOR, value=AIT)
    with reverts("NoNewDelegation(address)"):
        act(chain, account(102), "redelegate", OTHER, VALIDATOR, 10 * AIT)
    for call, error in (("join", "NotEligible()"), ("unjail", "NotJailed()")):
        with reverts(error):
            act(chain, account(101), call)
    info = see(chain, "validator", VALIDATOR)
    assert (info.is_tombstoned, info.is_jailed, info.is_candidate) == (True, True, False)
    assert (info.is_active, info.slashes, info.unjail_at) == (False, 1, 0)
    act(chain, ALICE, "undelegate", VALIDATOR, 450 * AIT)
    act(chain, ALICE, "redelegate", VALIDATOR, OTHER, U256_MAX)
    assert see(chain, "delegation", OTHER, ALICE).arriving == 500 * AIT - 1  # rounded
    next_epoch(chain)
    unbond_time(chain)
    assert act(chain, ALICE, "withdraw") == 450 * AIT
    next_epoch(chain)
    assert [member.address for member in validator_set_of(chain)] == [OTHER]
    check_books(chain, ALL)


def test_withdrawals_wait_for_the_slash_of_their_validator_alone():
    chain = staking_chain(3, parameters={"unbondingSeconds": 40})
    for validator in (VALIDATOR, OTHER):
        act(chain, ALICE, "delegate", validator, value=200 * AIT)
        act(chain, ALICE, "undelegate", validator, 100 * AIT)
    next_epoch(chain)
    job = storage_with_job(chain, VALIDATOR)
    unbond_time(chain, 40)
    assert act(chain, ALICE, "withdraw") == 100 * AIT
    with reverts("SlashPending(address)"):
        act(chain, ALICE, "withdraw")
    assert see(chain, "unbondings", ALICE)[0].is_blocked
    job(0)
    assert act(chain, ALICE, "withdraw") == 100 * AIT


def storage_with_job(chain, validator):
    """Say that a slash of the validator is being applied; returns what sets the number of jobs."""

    def set_jobs(count: int) -> None:
        writable = type(storage(chain))(chain.hook(STAKING))
        writable.records[validator].jobs = count

    set_jobs(1)
    return set_jobs


def many_pools(chain, count: int) -> None:
    """Open unbonding pools of VALIDATOR, one per epoch."""
    for _ in range(count):
        act(chain, ALICE, "undelegate", VALIDATOR, AIT)
        next_epoch(chain)


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_the_queue_walks_so_many_pools_a_block_and_no_more(extra):
    count = POOLS_PER_BLOCK + extra
    chain = staking_chain(2, parameters={"unbondingSeconds": 10_000, "periodSeconds": 10**9})
    act(chain, ALICE, "delegate", VALIDATOR, value=1_000 * AIT)
    act(chain, BOB, "delegate", VALIDATOR, value=10 * AIT)
    act(chain, BOB, "undelegate", VALIDATOR, 5 * AIT)
    next_epoch(chain)
    members = current_set(chain)
    for index in range(count):
        who = account(3 + index // 30)
        if index % 30 == 0:
            act(chain, who, "delegate", VALIDATOR, value=100 * AIT)
        act(chain, who, "undelegate", VALIDATOR, AIT)
        next_epoch(chain)
    held = chain.balances[REPORTER]
    paid_now = double_sign(chain, 1, REPORTER, epoch=2, members=members)
    queue = see(chain, "slashQueue", 0, 10)
    assert [(job.validator, job.epoch, job.ppm) for job in queue] == [(VALIDATOR, 2, 50_000)]
    assert queue[0].pools_left == count + 1
    chain.advance()
    # The pool before the fault is looked at, too: that is how the walk ends.
    if extra >= 0:
        assert see(chain, "slashQueue", 0, 10)[0].pools_left == count + 1 - POOLS_PER_BLOCK
        assert see(chain, "totals").slashing == POOLS_PER_BLOCK * AIT * 5 // 100
        assert see(chain, "validator", VALIDATOR).slashes_pending == 1
        assert chain.balances[REPORTER] == held + paid_now
        check_books(chain, ALL + tuple(account(3 + n) for n in range(4)))
        chain.advance()
    assert see(chain, "slashQueue", 0, 10) == ()
    assert see(chain, "slashQueue", 5, 10) == ()
    assert see(chain, "validator", VALIDATOR).slashes_pending == 0
    assert chain.balances[REPORTER] == held + paid_now + count * AIT // 400
    assert [row.payable_amount for row in see(chain, "unbondings", BOB)] == [5 * AIT]


def test_two_slashes_are_walked_one_after_the_other():
    chain = staking_chain(3)
    members = current_set(chain)
    for number in (1, 2):
        act(chain, ALICE, "delegate", key_address(number), value=100 * AIT)
        act(chain, ALICE, "undelegate", key_address(number), 50 * AIT)
        double_sign(chain, number, REPORTER, epoch=1, members=members)
    assert len(see(chain, "slashQueue", 0, 100)) == 2
    assert len(see(chain, "slashQueue", 1, 100)) == 1
    chain.advance()
    assert [row.payable_amount for row in see(chain, "unbondings", ALICE)] == [47_500 * 10**15] * 2
    check_books(chain, ALL)


def test_a_slash_without_pools_to_reach_leaves_no_job():
    chain = staking_chain(2)
    act(chain, ALICE, "delegate", VALIDATOR, value=100 * AIT)
    act(chain, ALICE, "undelegate", VALIDATOR, 50 * AIT)
    next_epoch(chain)
    double_sign(chain, 1, REPORTER, epoch=2, members=current_set(chain))
    assert see(chain, "slashQueue", 0, 10) == ()
    assert not see(chain, "unbondings", ALICE)[0].is_blocked


def test_a_slash_of_the_source_takes_its_part_of_what_moved_since_the_fault():
    chain = staking_chain(2)
    act(chain, ALICE, "delegate", VALIDATOR, value=400 * AIT)
    act(chain, ALICE, "redelegate", VALIDATOR, OTHER, 100 * AIT)
    next_epoch(chain)
    members = current_set(chain)
    act(chain, ALICE, "redelegate", VALIDATOR, OTHER, 200 * AIT)
    act(chain, BOB, "delegate", OTHER, value=77 * AIT)
    supply, held = chain.supply, chain.balances[REPORTER]
    double_sign(chain, 1, REPORTER, epoch=2, members=members)
    assert [row.is_blocked for row in see(chain, "redelegations", ALICE)] == [True, True]
    chain.advance()
    rows = see(chain, "redelegations", ALICE)
    assert [row.tokens for row in rows] == [100 * AIT, 190 * AIT]
    assert [(row.source, row.destination) for row in rows] == [(VALIDATOR, OTHER)] * 2
    assert see(chain, "delegation", OTHER, BOB).tokens == 77 * AIT
    slashed = 2_100 * AIT * 5 // 100 + 10 * AIT
    paid = slashed * 5 // 100
    assert chain.balances[REPORTER] == held + paid
    assert chain.supply == supply - slashed + paid
    check_books(chain, ALL)


def test_a_slash_of_the_destination_reaches_what_moved_there_as_well():
    chain = staking_chain(2)
    act(chain, ALICE, "delegate", VALIDATOR, value=400 * AIT)
    act(chain, ALICE, "redelegate", VALIDATOR, OTHER, 100 * AIT)
    double_sign(chain, 2, REPORTER, epoch=1, members=current_set(chain))
    assert see(chain, "delegation", OTHER, ALICE).arriving == 95 * AIT
    chain.advance()
    double_sign(chain, 1, REPORTER, epoch=1, members=current_set(chain))
    chain.advance()
    assert see(chain, "delegation", OTHER, ALICE).arriving == 95 * AIT * 95 // 100
    check_books(chain, ALL)


def test_shares_round_against_who_leaves():
    chain = staking_chain(2)
    act(chain, ALICE, "delegate", VALIDATOR, value=1_000 * AIT)
    double_sign(chain, 1, BOB, epoch=1, members=current_set(chain))
    held = see(chain, "delegation", VALIDATOR, ALICE)
    assert (held.shares, held.tokens) == (1_000 * AIT, 950 * AIT)
    act(chain, ALICE, "undelegate", VALIDATOR, 1)
    left = see(chain, "delegation", VALIDATOR, ALICE).shares
    assert left == held.shares - 2  # one wei is worth 1.05 shares


def test_an_unbonding_pool_pays_rounded_down_and_the_last_one_the_rest():
    chain = staking_chain(2)
    for who in (ALICE, BOB):
        act(chain, who, "delegate", VALIDATOR, value=2 * AIT)
        act(chain, who, "undelegate", VALIDATOR, 10 + (who == BOB))
    double_sign(chain, 1, REPORTER, epoch=1, members=current_set(chain))
    chain.advance()  # 5 % of 21 is 1
    assert [see(chain, "unbondings", w)[0].payable_amount for w in (ALICE, BOB)] == [9, 10]
    next_epoch(chain)
    unbond_time(chain)
    assert act(chain, ALICE, "withdraw") == 9
    assert act(chain, BOB, "withdraw") == 11
    assert see(chain, "totals").unbonding == 0


def test_a_validator_slashed_to_nothing_takes_no_stake_and_its_shares_can_be_dropped():
    chain = staking_chain(2, parameters={"doubleSignPpm": 1_000_000})
    act(chain, ALICE, "delegate", VALIDATOR, value=10 * AIT)
    act(chain, ALICE, "redelegate", VALIDATOR, OTHER, 4 * AIT)
    members = current_set(chain)
    double_sign(chain, 1, REPORTER, epoch=1, members=members)
    chain.advance()
    assert see(chain, "validator", VALIDATOR).tokens == 0
    assert see(chain, "delegation", OTHER, ALICE).arriving == 0
    with reverts("NoNewDelegation(address)"):
        act(chain, BOB, "delegate", VALIDATOR, value=AIT)
    with reverts("BondTooSmall(uint256,uint256)"):
        act(chain, ALICE, "redelegate", VALIDATOR, OTHER, U256_MAX)
    assert act(chain, ALICE, "undelegate", VALIDATOR, U256_MAX) == 0
    assert see(chain, "delegation", VALIDATOR, ALICE).shares == 0
    assert see(chain, "unbondings", ALICE) == ()
    next_epoch(chain)
    unbond_time(chain)
    act(chain, BOB, "compound", ALICE, OTHER)
    assert see(chain, "redelegations", ALICE) == ()
    check_books(chain, ALL)


def test_a_share_that_costs_more_than_the_stake_is_refused():
    chain = staking_chain(2, parameters={"doubleSignPpm": 999_999})
    staking = type(storage(chain))(chain.hook(STAKING))
    record = staking.records[VALIDATOR]
    record.shares = 1
    with reverts("BondTooSmall(uint256,uint256)"):
        act(chain, BOB, "delegate", VALIDATOR, value=AIT)


def test_an_own_set_of_percentages_is_followed():
    chain = staking_chain(2, parameters={"doubleSignPpm": 100_000, "reporterPercent": 20})
    held = chain.balances[REPORTER]
    reward = double_sign(chain, 1, REPORTER, epoch=1, members=current_set(chain))
    assert reward == 2_000 * AIT // 10 // 5
    assert chain.balances[REPORTER] == held + reward
    assert see(chain, "totals").burnt == 160 * AIT


def test_evidence_of_an_unknown_validator_is_refused():
    chain = staking_chain(2)
    with reverts("UnknownValidator(address)"):
        double_sign(chain, 9, REPORTER, epoch=1, members=current_set(chain))


def test_evidence_against_a_validator_that_left_long_ago_slashes_it_all_the_same():
    chain = staking_chain(2)
    members = current_set(chain)
    act(chain, account(101), "undelegate", VALIDATOR, 1_500 * AIT)
    next_epoch(chain)
    assert not see(chain, "validator", VALIDATOR).is_active
    double_sign(chain, 1, REPORTER, epoch=1, members=members)
    chain.advance()
    assert see(chain, "unbondings", account(101))[0].payable_amount == 1_425 * AIT
    assert see(chain, "validator", VALIDATOR).tokens == 475 * AIT
    check_books(chain, ALL)


def test_a_pool_too_small_for_its_part_loses_nothing():
    chain = staking_chain(2, parameters={"delegationMin": 1})
    act(chain, ALICE, "delegate", VALIDATOR, value=100)
    act(chain, ALICE, "redelegate", VALIDATOR, OTHER, 19)
    double_sign(chain, 1, REPORTER, epoch=1, members=current_set(chain))
    chain.advance()
    assert see(chain, "delegation", OTHER, ALICE).arriving == 19
    check_books(chain, ALL)


def test_evidence_with_bytes_that_are_no_signature_is_refused():
    chain = staking_chain(2)
    votes = [vote_data(1, statement(VoteKind.NOTARIZE, block=block)) for block in (1, 2)]
    for bad in (b"", b"\xff" * 65):
        with reverts("EvidenceBadSignature()"):
            report(chain, BOB, 1, votes[0], (*votes[1][:5], bad), current_set(chain))


def test_what_moves_after_a_slash_joins_no_pool_that_pays_it():
    chain = staking_chain(3)
    members = current_set(chain)
    for who in (ALICE, BOB):
        act(chain, who, "delegate", VALIDATOR, value=200 * AIT)
    act(chain, ALICE, "redelegate", VALIDATOR, OTHER, 100 * AIT)
    double_sign(chain, 1, REPORTER, epoch=1, members=members)
    act(chain, BOB, "redelegate", VALIDATOR, OTHER, 100 * AIT)
    chain.advance()
    act(chain, ALICE, "redelegate", VALIDATOR, OTHER, 50 * AIT)
    assert see(chain, "delegation", OTHER, BOB).arriving == 100 * AIT
    assert [row.tokens for row in see(chain, "redelegations", ALICE)] == [95 * AIT, 50 * AIT]
    check_books(chain, ALL)


def test_jobs_share_the_budget_of_a_block():
    chain = staking_chain(3, parameters={"unbondingSeconds": 10_000, "periodSeconds": 10**9})
    members = current_set(chain)
    for index in range(40):
        for number in (1, 2):
            who = account(3 + 2 * (index // 20) + number)
            if index % 20 == 0:
                act(chain, who, "delegate", key_address(number), value=100 * AIT)
            act(chain, who, "undelegate", key_address(number), AIT)
        next_epoch(chain)
    for number in (1, 2):
        double_sign(chain, number, REPORTER, epoch=1, members=members)
    assert [job.pools_left for job in see(chain, "slashQueue", 0, 10)] == [40, 40]
    chain.advance()
    queue = see(chain, "slashQueue", 0, 10)
    assert [(job.validator, job.pools_left) for job in queue] == [(OTHER, 80 - POOLS_PER_BLOCK)]
    chain.advance()
    assert see(chain, "slashQueue", 0, 10) == ()
