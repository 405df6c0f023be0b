"""Staking: weights at the end of past blocks, as governance reads them."""

from primitives.types import U256_MAX
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.staking_world import (
    AIT,
    account,
    act,
    current_set,
    double_sign,
    key_address,
    next_epoch,
    register,
    see,
    staking_chain,
    unbond_time,
)

ALICE, BOB = account(1), account(2)
A, B = key_address(1), key_address(2)


def weights(chain, height, who=ALICE, validator=A):
    return (
        see(chain, "bondedAt", height),
        see(chain, "validatorTokensAt", validator, height),
        see(chain, "delegationAt", validator, who, height),
    )


def test_weights_are_those_of_the_end_of_the_block():
    chain = staking_chain(2)
    chain.advance()
    act(chain, ALICE, "delegate", A, value=10 * AIT)
    act(chain, ALICE, "delegate", A, value=5 * AIT)
    assert chain.block.height == 2
    chain.advance()
    act(chain, ALICE, "undelegate", A, 3 * AIT)
    assert weights(chain, 1) == (4_000 * AIT, 2_000 * AIT, 0)
    assert weights(chain, 2) == (4_015 * AIT, 2_015 * AIT, 15 * AIT)
    assert weights(chain, 3) == (4_012 * AIT, 2_012 * AIT, 12 * AIT)
    for view in (("bondedAt",), ("validatorTokensAt", A), ("delegationAt", A, ALICE)):
        with reverts("FutureHeight(uint64)"):
            see(chain, *view, 4)
    with reverts("FutureHeight(uint64)"):
        see(chain, "stakesAt", ALICE, 4)


def test_a_validator_weighs_from_the_first_block_of_its_epoch_on():
    chain = staking_chain(1)
    validator = register(chain, ALICE, 9, 5_000 * AIT)
    next_epoch(chain)
    assert chain.block.height == 6
    assert weights(chain, 5, validator=validator) == (2_000 * AIT, 0, 0)
    assert weights(chain, 6, validator=validator) == (7_000 * AIT, 5_000 * AIT, 5_000 * AIT)
    act(chain, BOB, "delegate", validator, value=AIT)
    assert see(chain, "bondedAt", 6) == 7_001 * AIT
    act(chain, ALICE, "undelegate", validator, U256_MAX)
    assert weights(chain, 6, validator=validator) == (2_001 * AIT, AIT, 0)
    next_epoch(chain)
    assert weights(chain, 11, validator=validator) == (2_000 * AIT, 0, 0)
    assert weights(chain, 10, validator=validator) == (2_001 * AIT, AIT, 0)


def test_a_jailed_validator_weighs_nothing_from_that_block_on():
    chain = staking_chain(2)
    chain.advance()
    act(chain, ALICE, "delegate", A, value=10 * AIT)
    chain.advance()
    double_sign(chain, 1, BOB, epoch=1, members=current_set(chain))
    assert weights(chain, 2) == (4_010 * AIT, 2_010 * AIT, 10 * AIT)
    assert weights(chain, 3) == (2_000 * AIT, 0, 0)


def test_stakes_lists_every_validator_and_ones_own():
    chain = staking_chain(2)
    operator = account(101)
    chain.balances[operator] = 100 * AIT
    act(chain, operator, "delegate", B, value=10 * AIT)
    rows = see(chain, "stakesAt", operator, 1)
    assert [(row.validator, row.weight, row.validator_tokens, row.is_operator) for row in rows] == [
        (A, 2_000 * AIT, 2_000 * AIT, True),
        (B, 10 * AIT, 2_010 * AIT, False),
    ]
    assert see(chain, "stakesAt", ALICE, 1) == ()


def test_an_operator_without_stake_of_its_own_is_listed_too():
    from contracts.staking.v1.contract import Staking
    from tests.unit.contracts.staking_world import STAKING

    chain = staking_chain(2)
    Staking(chain.hook(STAKING)).validator_by_operator[ALICE] = B
    rows = see(chain, "stakesAt", ALICE, 1)
    assert [(row.validator, row.weight, row.is_operator) for row in rows] == [(B, 0, True)]


def test_moved_stake_weighs_at_its_destination_before_and_after_it_matures():
    chain = staking_chain(2)
    act(chain, ALICE, "delegate", A, value=30 * AIT)
    chain.advance()
    act(chain, ALICE, "redelegate", A, B, 20 * AIT)
    assert weights(chain, 1) == (4_030 * AIT, 2_030 * AIT, 30 * AIT)
    assert weights(chain, 1, validator=B)[2] == 0
    assert weights(chain, 2)[2] == 10 * AIT
    assert weights(chain, 2, validator=B) == (4_030 * AIT, 2_020 * AIT, 20 * AIT)
    next_epoch(chain)
    unbond_time(chain)
    act(chain, BOB, "compound", ALICE, B)
    height = chain.block.height
    assert [weights(chain, h, validator=B)[2] for h in (2, height - 1, height)] == [20 * AIT] * 3


def test_a_slash_of_the_source_lowers_the_weight_of_what_moved_from_its_block_on():
    chain = staking_chain(2)
    act(chain, ALICE, "delegate", A, value=30 * AIT)
    act(chain, ALICE, "redelegate", A, B, 20 * AIT)
    chain.advance()
    double_sign(chain, 1, BOB, epoch=1, members=current_set(chain))
    chain.advance()
    assert weights(chain, 1, validator=B)[1:] == (2_020 * AIT, 20 * AIT)
    assert weights(chain, 2, validator=B)[1:] == (2_019 * AIT, 19 * AIT)


def test_orphaned_tokens_weigh_for_nobody():
    from contracts.framework.history import record
    from contracts.staking.v1.contract import Staking
    from tests.unit.contracts.staking_world import STAKING

    chain = staking_chain(2)
    record(Staking(chain.hook(STAKING)).records[A].shares_past, 1, 0)
    assert weights(chain, 1, who=account(101)) == (4_000 * AIT, 2_000 * AIT, 0)
