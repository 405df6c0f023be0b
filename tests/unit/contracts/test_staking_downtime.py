"""Staking: presence in periods, absence, jail."""

from dataclasses import replace

import pytest

from contracts.errors import Revert
from contracts.staking.v1.downtime import is_marked, mark
from contracts.staking.v1.messages import VoteData
from primitives.types import U64_MAX, U256_MAX
from primitives.vote import VoteKind
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.staking_world import (
    AIT,
    STAKING,
    UNBONDING_SECONDS,
    account,
    act,
    check_books,
    current_set,
    double_sign,
    key_address,
    next_epoch,
    register,
    see,
    staking_chain,
    statement,
    storage,
    vote_data,
)

ALICE = account(1)
A, B = key_address(1), key_address(2)
ALL = (ALICE, *(account(n) for n in range(101, 106)))
SMALL = {"periodSeconds": 10, "periodBlocksMin": 10, "windowPeriods": 4, "jailSeconds": 40}


def down_chain(count: int = 3, **changes):
    return staking_chain(count, parameters=SMALL | changes)


def bit(chain, *validators: bytes) -> int:
    members = [member[0] for member in current_set(chain)]
    return sum(1 << members.index(validator) for validator in validators)


def step(chain, *present: bytes, blocks: int = 1, **changes) -> None:
    """Make blocks whose parent's certificate ``present`` signed."""
    for _ in range(blocks):
        is_terminal = chain.block.height % 5 == 0
        signers = 0 if is_terminal else bit(chain, *present)
        epoch = chain.block.epoch + is_terminal
        chain.advance(**({"epoch": epoch, "signers": signers, "late_voters": ()} | changes))


def period(chain, *present: bytes) -> None:
    """Go to the first block of the next period."""
    number = storage(chain).period
    while storage(chain).period == number:
        step(chain, *present)


def jailed(chain):
    return [n for n in range(1, 4) if see(chain, "validator", key_address(n)).is_jailed]


def test_a_period_ends_when_both_its_seconds_and_its_blocks_have_passed():
    chain = down_chain()
    step(chain, A, B, blocks=8)
    assert (chain.block.height, storage(chain).period) == (9, 1)
    step(chain, A, B)
    assert storage(chain).period == 2
    chain.advance(9, seconds=9_000)
    assert storage(chain).period == 2
    chain.advance()
    assert storage(chain).period == 3
    slow = down_chain(periodSeconds=30)
    slow.advance(28)
    assert storage(slow).period == 1
    slow.advance()
    assert storage(slow).period == 2


def test_a_vote_in_a_certificate_is_presence_for_its_own_period():
    chain = down_chain()
    step(chain, A)
    assert see(chain, "presence", A).is_present
    assert not see(chain, "presence", B).is_present
    period(chain, A)
    assert not see(chain, "presence", A).is_present
    assert is_marked(storage(chain).attendance[A], 1)
    assert not is_marked(storage(chain).attendance[B], 1)


def test_the_certificate_of_a_periods_last_block_counts_for_that_period():
    chain = down_chain(periodBlocksMin=12, periodSeconds=12)
    chain.advance(10)
    step(chain, A)
    assert storage(chain).period == 2
    assert is_marked(storage(chain).attendance[A], 1)
    assert not see(chain, "presence", A).is_present


def test_bits_are_folded_before_the_members_change_places():
    chain = down_chain()
    step(chain, A)
    step(chain)
    register(chain, ALICE, 9, 9_000 * AIT)
    next_epoch(chain)
    assert current_set(chain)[0][0] == key_address(9)
    assert see(chain, "presence", A).is_present
    assert [see(chain, "presence", key_address(n)).is_present for n in (2, 3, 9)] == [False] * 3


def test_bits_beyond_the_set_are_nobodys():
    chain = down_chain()
    chain.advance(signers=1 << 200)
    period(chain)
    assert not any(is_marked(storage(chain).attendance[key_address(n)], 1) for n in (1, 2, 3))


def test_a_late_vote_counts_for_the_period_of_its_height_within_two_periods():
    chain = down_chain()
    period(chain)
    assert chain.block.height == 10
    chain.advance(late_voters=((A, 9), (B, 10)))
    chain.advance(late_voters=((A, 9),))
    attendance = storage(chain).attendance
    assert [is_marked(attendance[A], p) for p in (1, 2)] == [True, False]
    assert [is_marked(attendance[B], p) for p in (1, 2)] == [False, True]
    chain.advance(late_voters=((A, 10), (B, 9)))
    assert [is_marked(attendance[v], p) for v in (A, B) for p in (1, 2)] == [True] * 4
    period(chain)
    chain.advance(late_voters=((key_address(3), 9), (key_address(3), 10)))
    assert [is_marked(attendance[key_address(3)], p) for p in (1, 2, 3)] == [False, True, False]


def test_marks_come_in_any_order():
    chain = down_chain()
    attendance = type(storage(chain))(chain.hook(STAKING)).attendance[A]
    for number, expected in ((5, (5, 0)), (4, (5, 4)), (4, (5, 4)), (5, (5, 4)), (3, (5, 4))):
        mark(attendance, number)
        assert (attendance.latest, attendance.earlier) == expected
    mark(attendance, 7)
    assert (attendance.latest, attendance.earlier) == (7, 5)


def test_absence_in_more_than_half_of_the_window_costs_a_little_and_jails():
    chain = down_chain()
    act(chain, ALICE, "delegate", A, value=1_000 * AIT)
    act(chain, ALICE, "undelegate", A, 100 * AIT)
    others = (B, key_address(3))
    for _ in range(3):
        period(chain, *others)
    assert see(chain, "presence", A).absent == 2  # periods 1 and 2 are judged
    assert jailed(chain) == []
    chain.advance(epoch=chain.block.epoch)
    act(chain, ALICE, "undelegate", A, 100 * AIT)
    supply = chain.supply
    while not jailed(chain):
        step(chain, *others)
    assert storage(chain).period == 5
    info = see(chain, "validator", A)
    lost = 2_800 * AIT * 100 // 1_000_000
    assert info.tokens == 2_800 * AIT - lost
    assert chain.supply == supply - lost
    assert (info.is_active, info.is_candidate, info.is_tombstoned) == (False, False, False)
    assert info.unjail_at == chain.block.timestamp + 40
    assert see(chain, "presence", A).absent == 0
    assert [row.payable_amount for row in see(chain, "unbondings", ALICE)] == [100 * AIT] * 2
    assert A not in [row.validator for row in see(chain, "activePower")]
    check_books(chain, ALL)


def test_a_downtime_slash_reaches_what_left_in_this_epoch_and_pays_nobody():
    chain = down_chain()
    others = (B, key_address(3))
    act(chain, ALICE, "delegate", A, value=1_000 * AIT)
    for _ in range(3):
        period(chain, *others)
    while True:
        act(chain, ALICE, "undelegate", A, AIT)
        step(chain, *others)
        if jailed(chain):
            break
    epoch = chain.block.epoch
    chain.advance()
    rows = {row.epoch: (row.amount, row.payable_amount) for row in see(chain, "unbondings", ALICE)}
    for left_in, (amount, payable) in rows.items():
        assert payable == amount - (amount * 100 // 1_000_000 if left_in >= epoch else 0)
    assert chain.balances.get(bytes(20), 0) == 0
    check_books(chain, ALL)


def test_exactly_half_of_the_window_is_no_downtime():
    chain = down_chain()
    everybody = (A, B, key_address(3))
    for number in range(12):
        period(chain, *(everybody if number % 2 else everybody[1:]))
    assert jailed(chain) == []
    assert see(chain, "presence", A).absent == 2


def test_absences_leave_the_window():
    chain = down_chain()
    everybody = (A, B, key_address(3))
    for _ in range(2):
        period(chain, *everybody[1:])
    for _ in range(6):
        period(chain, *everybody)
    assert see(chain, "presence", A).absent == 0
    info = see(chain, "presence", A)
    assert (info.period, info.judged, info.member_from, info.window) == (9, 7, 1, 4)


def test_a_validator_counts_only_in_periods_that_it_spent_in_the_set_as_a_whole():
    chain = down_chain()
    everybody = (A, B, key_address(3))
    step(chain, *everybody, blocks=2)
    new = register(chain, ALICE, 9, 2_000 * AIT)
    for _ in range(3):
        period(chain, *everybody)
    assert see(chain, "presence", new).member_from == 2
    assert (see(chain, "presence", new).judged, see(chain, "presence", new).absent) == (2, 1)
    for _ in range(2):
        period(chain, *everybody)
    assert see(chain, "validator", new).is_jailed


def test_a_validator_that_left_the_set_is_not_judged():
    chain = down_chain()
    act(chain, account(101), "undelegate", A, U256_MAX)
    for _ in range(5):
        period(chain, B, key_address(3))
    assert jailed(chain) == []
    assert see(chain, "presence", A).judged == 0


def test_a_jailed_validator_comes_back_after_its_time_and_votes_from_the_next_election():
    chain = down_chain()
    others = (B, key_address(3))
    operator = account(101)
    chain.balances[operator] = 10 * AIT
    with reverts("NotJailed()"):
        act(chain, operator, "unjail")
    with reverts("NotOperator()"):
        act(chain, ALICE, "unjail")
    while not jailed(chain):
        step(chain, *others)
    with reverts("NotEligible()"):
        act(chain, operator, "join")
    at = see(chain, "validator", A).unjail_at
    while chain.block.timestamp < at - 1:
        step(chain, *others)
    with reverts("StillJailed(uint64)"):
        act(chain, operator, "unjail")
    step(chain, *others)
    act(chain, operator, "unjail")
    assert see(chain, "validator", A).unjail_at == 0
    assert not see(chain, "validator", A).is_active
    next_epoch(chain)
    assert see(chain, "validator", A).is_active
    assert see(chain, "presence", A).member_from == storage(chain).period + 1
    check_books(chain, ALL)


def test_a_halt_ends_no_jail():
    chain = down_chain()
    while not jailed(chain):
        step(chain, B, key_address(3))
    chain.advance(seconds=10_000)
    with reverts("StillJailed(uint64)"):
        act(chain, account(101), "unjail")


def test_whoever_is_unjailed_in_the_same_epoch_waits_for_the_election():
    chain = down_chain(jailSeconds=1)
    while not jailed(chain):
        step(chain, B, key_address(3))
    members = [member[0] for member in current_set(chain)]
    step(chain, B)
    act(chain, account(101), "unjail")
    assert A in members
    assert A not in [row.validator for row in see(chain, "activePower")]
    with reverts("BadHeartbeat()"):
        beat(chain, 1, chain.block.height - 1)


def test_unjailing_needs_the_self_bond():
    chain = staking_chain(3, stake=1_000 * AIT, parameters=SMALL)
    while not jailed(chain):
        step(chain, B, key_address(3))
    operator = account(101)
    chain.balances[operator] = 10 * AIT
    step(chain, B, key_address(3), blocks=45)
    with reverts("NotEligible()"):
        act(chain, operator, "unjail")
    act(chain, operator, "delegate", A, value=AIT)
    act(chain, operator, "unjail")


def test_when_all_are_jailed_the_set_goes_on_without_weight():
    chain = down_chain()
    while len(jailed(chain)) < 3:
        step(chain)
    next_epoch(chain)
    assert len(current_set(chain)) == 3
    assert see(chain, "activePower") == ()
    assert see(chain, "totals").active == 0


def test_a_tombstoned_member_is_not_judged():
    chain = down_chain()
    double_sign(chain, 1, ALICE, epoch=1, members=current_set(chain))
    for _ in range(5):
        period(chain, B, key_address(3))
    assert see(chain, "validator", A).slashes == 1


def beat(chain, number: int, height: int, *, epoch: int | None = None, kind=VoteKind.NOTARIZE):
    vote = statement(kind, epoch=chain.block.epoch if epoch is None else epoch, height=height)
    signed = vote_data(number, replace(vote, height=height))
    act(chain, ALICE, "heartbeat", VoteData(*signed))


def test_a_heartbeat_counts_for_the_period_of_its_height():
    chain = down_chain()
    period(chain)
    step(chain, blocks=3)
    beat(chain, 1, 9, epoch=2)
    beat(chain, 2, 12, epoch=3, kind=VoteKind.FINALIZE)
    attendance = storage(chain).attendance
    assert [is_marked(attendance[A], p) for p in (1, 2)] == [True, False]
    assert [is_marked(attendance[B], p) for p in (1, 2)] == [False, True]


def test_heartbeats_that_prove_nothing_are_refused():
    chain = down_chain()
    period(chain)
    period(chain)
    height, epoch = chain.block.height, chain.block.epoch
    assert (height, epoch) == (20, 4)
    for bad in (
        {"number": 1, "height": height},
        {"number": 1, "height": 0},
        {"number": 1, "height": 9, "epoch": 2},
        {"number": 1, "height": 15},
        {"number": 1, "height": 16, "epoch": 3},
        {"number": 1, "height": 17, "epoch": 9},
        {"number": 1, "height": 17, "epoch": U64_MAX},
        {"number": 7, "height": 17},
        {"number": 1, "height": 17, "kind": VoteKind.PROPOSE},
        {"number": 1, "height": 17, "kind": VoteKind.NULLIFY},
    ):
        with reverts("BadHeartbeat()"):
            beat(chain, **bad)
    vote = vote_data(1, statement(VoteKind.NOTARIZE, epoch=4, height=17))
    no_point = (5).to_bytes(32, "big") + (1).to_bytes(32, "big") + b"\0"
    for signature in (b"", b"\x01" * 65, b"\xff" * 65, bytes(65), no_point):
        with pytest.raises(Revert, match=r"EvidenceBadSignature|BadHeartbeat"):
            act(chain, ALICE, "heartbeat", VoteData(*vote[:5], signature))
    foreign = vote_data(1, statement(VoteKind.NOTARIZE, epoch=4, height=17), b"\x01" * 32)
    with reverts("BadHeartbeat()"):
        act(chain, ALICE, "heartbeat", VoteData(*foreign))
    beat(chain, 1, 10, epoch=2)
    beat(chain, 1, 17)


def test_presence_before_genesis_is_none():
    info = see(staking_chain(1, parameters={"periodSeconds": UNBONDING_SECONDS}), "presence", ALICE)
    assert (info.is_present, info.member_from, info.absent) == (False, 0, 0)
