"""Disputes: bonded arbitrators, panels and votes."""

from collections import Counter

import pytest

from contracts.disputes.v1.arbitration import _minus_log2, draw
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import (
    ArbitrationStatus,
    ArbitratorSlashed,
    EvidenceAdded,
    Fault,
    SeatStatus,
)
from contracts.marketplace.v1.lease_messages import LeaseStatus
from primitives.abi import encode
from primitives.compute import KIND_LLM, KIND_MATMUL
from primitives.keccak import keccak256
from tests.unit.contracts import disputes_world as w
from tests.unit.contracts.disputes_world import (
    AIT,
    ALICE,
    CLIENT,
    ESCROW,
    LEASE,
    MINER,
    SALT,
    STRANGER,
    ZERO,
    account,
    ask,
    gain,
    held,
    next_block,
    pass_seconds,
    send,
)
from tests.unit.contracts.expectations import reverts

DAY = 86_400
BOND, FEE, STAKE = 10 * AIT, 5 * AIT, 10 * AIT
JUDGES = [account(50 + number) for number in range(9)]


def court(judges=JUDGES, bond=200 * AIT, **parameters):
    """Return a chain with a lease that needs opinions, and arbitrators."""
    chain = w.disputes_chain(**parameters)
    w.lease(chain).kind = KIND_LLM
    for judge in judges:
        send(chain, judge, "registerArbitrator", value=bond)
    next_block(chain)
    return chain


def opened(chain, opener=CLIENT, value=BOND) -> int:
    return send(chain, opener, "openArbitration", LEASE, ZERO, value=value)


def panel(chain, number) -> list[bytes]:
    return [seat.arbitrator for seat in ask(chain, "panel", number)]


def drawn(chain, opener=CLIENT) -> tuple[int, list[bytes]]:
    number = opened(chain, opener)
    pass_seconds(chain, 9, blocks=9)
    send(chain, STRANGER, "drawPanel", number)
    return number, panel(chain, number)


def vote_hash(number, voter, value, salt=SALT, turn=1) -> bytes:
    kinds = ("uint256", "address", "uint64", "uint8", "address", "uint16", "bytes32")
    values = (w.CHAIN_ID, w.DISPUTES_ADDRESS, number, turn, voter, value, salt)
    return keccak256(encode(kinds, values))


def vote(chain, number, votes: dict[bytes, int], turn=1) -> None:
    """Commit and reveal; then the time to count has come."""
    for voter, value in votes.items():
        send(chain, voter, "commitVote", number, vote_hash(number, voter, value, turn=turn))
    pass_seconds(chain, DAY)
    for voter, value in votes.items():
        send(chain, voter, "revealVote", number, value, SALT)
    pass_seconds(chain, DAY)


def judged(values, opener=CLIENT):
    """Return (chain, number, judges) after a panel voted so and the votes were counted."""
    chain = court()
    number, judges = drawn(chain, opener)
    vote(chain, number, {j: v for j, v in zip(judges, values, strict=True) if v is not None})
    send(chain, STRANGER, "closeArbitration", number)
    return chain, number, judges


# --- arbitrators ------------------------------------------------------------------------------


def test_an_arbitrator_bonds_adds_leaves_and_is_paid():
    chain = w.disputes_chain()
    with reverts("BondTooSmall(uint128,uint128)"):
        send(chain, ALICE, "registerArbitrator", value=100 * AIT - 1)
    send(chain, ALICE, "registerArbitrator", value=100 * AIT)
    with reverts("AlreadyArbitrator()"):
        send(chain, ALICE, "registerArbitrator", value=100 * AIT)
    send(chain, ALICE, "addArbitratorBond", value=AIT)
    info = ask(chain, "arbitrator", ALICE)
    assert (info.bond, info.locked, info.is_active) == (101 * AIT, 0, True)
    with reverts("NotArbitrator(address)"):
        send(chain, ALICE, "withdrawArbitratorBond")
    send(chain, ALICE, "leaveArbitration")
    for name in ("leaveArbitration", "addArbitratorBond"):
        with reverts("NotArbitrator(address)"):
            send(chain, ALICE, name)
    with reverts("AlreadyArbitrator()"):
        send(chain, ALICE, "registerArbitrator", value=100 * AIT)
    pass_seconds(chain, 7 * DAY - 1)
    with reverts("WithdrawalNotDue(uint64)"):
        send(chain, ALICE, "withdrawArbitratorBond")
    pass_seconds(chain, 1)
    assert send(chain, ALICE, "withdrawArbitratorBond") == 101 * AIT
    assert (gain(chain, ALICE), held(chain)) == (0, 0)
    with reverts("NotArbitrator(address)"):
        send(chain, ALICE, "withdrawArbitratorBond")
    send(chain, ALICE, "registerArbitrator", value=100 * AIT)


def test_the_list_stays_whole_when_one_in_the_middle_leaves():
    chain = court(JUDGES[:4])
    send(chain, JUDGES[1], "leaveArbitration")
    shown, after = ask(chain, "arbitrators", 0, 100)
    assert ([row.arbitrator for row in shown], after) == ([JUDGES[0], JUDGES[3], JUDGES[2]], 3)
    send(chain, JUDGES[3], "leaveArbitration")
    shown, _ = ask(chain, "arbitrators", 1, 1)
    assert shown[0].arbitrator == JUDGES[2]


def test_the_list_takes_128_and_then_more_bond_displaces_the_weakest():
    many = [account(1000 + number) for number in range(128)]
    chain = w.disputes_chain()
    for number, judge in enumerate((*many, ALICE)):
        chain.balances[judge] = 1_000 * AIT
        if judge != ALICE:
            send(chain, judge, "registerArbitrator", value=200 * AIT - (number == 7))
    with reverts("ArbitratorsFull(uint128)"):
        send(chain, ALICE, "registerArbitrator", value=200 * AIT - 1)
    send(chain, ALICE, "registerArbitrator", value=200 * AIT)
    assert not ask(chain, "arbitrator", many[7]).is_active
    assert ask(chain, "arbitrator", many[7]).bond == 200 * AIT - 1
    assert ask(chain, "arbitrator", ALICE).is_active
    assert len(ask(chain, "arbitrators", 100, 100)[0]) == 28


# --- opening and drawing ----------------------------------------------------------------------


def test_client_and_miner_open_with_a_bond_and_hold_the_lease():
    for opener in (CLIENT, MINER):
        chain = court()
        number = opened(chain, opener)
        assert w.lease(chain).holds == 1
        info = ask(chain, "arbitration", number)
        assert (info.opener, info.status, info.escrow) == (opener, 1, ESCROW)
        assert (info.fee, info.seat_stake, info.draw_height) == (
            FEE, STAKE, chain.block.height + 8,
        )  # fmt: skip
        assert ask(chain, "arbitrationOf", LEASE) == ask(chain, "arbitrationCount") == number
        with reverts("AlreadyOpen(uint64)"):
            opened(chain, opener)


def test_what_opens_no_arbitration():
    chain = court()
    with reverts("NotParty()"):
        opened(chain, STRANGER)
    with reverts("BondTooSmall(uint128,uint128)"):
        opened(chain, value=BOND - 1)
    w.lease(chain).kind = KIND_MATMUL
    with reverts("NotArbitrable(uint8)"):
        opened(chain)
    w.lease(chain).kind = KIND_LLM
    w.put_claim(chain, chain.block.height - 1)
    with reverts("WindowClosed(uint64)"):
        opened(chain)
    w.lease(chain).status = LeaseStatus.SETTLED
    with reverts("LeaseNotOpen(uint8)"):
        opened(chain)


def test_parties_name_evidence_while_it_is_open():
    chain = court()
    number = opened(chain)
    for party in (CLIENT, MINER):
        send(chain, party, "addEvidence", number, SALT)
    assert len(w.events(chain, EvidenceAdded)) == 2
    with reverts("NotParty()"):
        send(chain, STRANGER, "addEvidence", number, SALT)
    with reverts("WrongStatus(uint8)"):
        send(chain, CLIENT, "addEvidence", number + 1, SALT)


def test_a_panel_of_five_is_drawn_by_a_later_beacon_each_at_most_once():
    chain = court()
    number = opened(chain)
    pass_seconds(chain, 8, blocks=8)
    with reverts("NotDrawnYet(uint64)"):
        send(chain, STRANGER, "drawPanel", number)
    next_block(chain)
    send(chain, STRANGER, "drawPanel", number)
    judges = panel(chain, number)
    assert len(set(judges)) == 5
    assert set(judges) <= set(JUDGES)
    for judge in JUDGES:
        assert ask(chain, "arbitrator", judge).locked == STAKE * (judge in judges)
    with reverts("WrongStatus(uint8)"):
        send(chain, STRANGER, "drawPanel", number)


def test_a_forgotten_beacon_is_replaced_by_one_to_come():
    chain = court()
    number = opened(chain)
    pass_seconds(chain, 9000, blocks=9000)
    send(chain, STRANGER, "drawPanel", number)
    assert ask(chain, "arbitration", number).draw_height == chain.block.height + 8
    pass_seconds(chain, 9, blocks=9)
    send(chain, STRANGER, "drawPanel", number)
    assert len(panel(chain, number)) == 5


def test_parties_newcomers_and_those_without_free_bond_are_not_drawn():
    chain = court([*JUDGES[:2], CLIENT, MINER])
    chain_height = chain.block.height
    send(chain, JUDGES[3], "registerArbitrator", value=200 * AIT)
    number = opened(chain)
    assert chain.block.height == chain_height
    pass_seconds(chain, 9, blocks=9)
    send(chain, STRANGER, "drawPanel", number)
    assert ask(chain, "arbitration", number).status == ArbitrationStatus.VOID
    assert (gain(chain, CLIENT), w.lease(chain).holds) == (-200 * AIT, 0)


def test_an_even_pool_gives_the_next_smaller_odd_panel():
    chain = court(JUDGES[:4])
    assert len(drawn(chain)[1]) == 3


def test_who_sits_with_all_his_bond_is_not_drawn_again():
    chain = court(JUDGES[:5], bond=100 * AIT)
    w.put_lease(chain, SALT, kind=KIND_LLM)
    Disputes(chain.context(w.DISPUTES_ADDRESS)).seat_stake = 60 * AIT
    drawn(chain)
    second = send(chain, CLIENT, "openArbitration", SALT, ZERO, value=BOND)
    pass_seconds(chain, 9, blocks=9)
    send(chain, STRANGER, "drawPanel", second)
    assert ask(chain, "arbitration", second).status == ArbitrationStatus.VOID


def test_draws_follow_the_bonds():
    pool = [(b"a", 1), (b"b", 3), (b"c", 6)]
    first = Counter(draw(pool, number.to_bytes(4, "big"), 1)[0] for number in range(3000))
    assert 220 < first[b"a"] < 380
    assert 800 < first[b"b"] < 1000
    assert sorted(draw(pool, b"x", 3)) == [b"a", b"b", b"c"]


def test_leaving_waits_for_open_seats():
    chain = court(JUDGES[:3])
    number, judges = drawn(chain)
    send(chain, judges[0], "leaveArbitration")
    pass_seconds(chain, 7 * DAY)
    with reverts("SeatsOpen(uint128)"):
        send(chain, judges[0], "withdrawArbitratorBond")
    send(chain, STRANGER, "closeArbitration", number)
    assert send(chain, judges[0], "withdrawArbitratorBond") == 190 * AIT


# --- voting -----------------------------------------------------------------------------------


def test_votes_are_committed_then_revealed_then_counted():
    chain = court()
    number, judges = drawn(chain)
    one = judges[0]
    wanted = vote_hash(number, one, 5_000)
    assert ask(chain, "voteCommitment", number, one, 5_000, SALT) == wanted
    outsider = next(judge for judge in JUDGES if judge not in judges)
    with reverts("NoSeat()"):
        send(chain, outsider, "commitVote", number, wanted)
    send(chain, one, "commitVote", number, vote_hash(number, one, 0))
    send(chain, one, "commitVote", number, wanted)
    with reverts("WrongPeriod()"):
        send(chain, one, "revealVote", number, 5_000, SALT)
    pass_seconds(chain, DAY)
    with reverts("WrongPeriod()"):
        send(chain, judges[1], "commitVote", number, wanted)
    for value in (1, 2_499, 12_500, 65_535):
        with reverts("BadValue()"):
            send(chain, one, "revealVote", number, value, SALT)
    with reverts("WrongReveal()"):
        send(chain, one, "revealVote", number, 0, SALT)
    for other in (judges[1], outsider):
        with reverts("NoSeat()"):
            send(chain, other, "revealVote", number, 5_000, SALT)
    send(chain, one, "revealVote", number, 5_000, SALT)
    with reverts("NoSeat()"):
        send(chain, one, "revealVote", number, 5_000, SALT)
    assert ask(chain, "panel", number)[0].status == SeatStatus.REVEALED
    with reverts("WrongPeriod()"):
        send(chain, STRANGER, "closeArbitration", number)
    pass_seconds(chain, DAY)
    with reverts("WrongPeriod()"):
        send(chain, one, "revealVote", number, 5_000, SALT)


def test_a_copied_commitment_reveals_nothing():
    chain = court()
    number, judges = drawn(chain)
    for judge in judges[:2]:
        send(chain, judge, "commitVote", number, vote_hash(number, judges[0], 5_000))
    pass_seconds(chain, DAY)
    with reverts("WrongReveal()"):
        send(chain, judges[1], "revealVote", number, 5_000, SALT)


@pytest.mark.parametrize(
    ("values", "outcome", "losers"),
    [
        ((0, 0, 0, 0, 0), 0, 0),
        ((10_000, 10_000, 10_000, 0, 0), 10_000, 2),
        ((0, 2_500, 5_000, 7_500, 10_000), 5_000, 2),
        ((0, 5_000, 7_500, None, None), 5_000, 3),
        ((2_500, 5_000, 5_000, 7_500, None), 5_000, 1),
        ((0, 0, 10_000, 10_000, None), 0, 3),
    ],
)
def test_the_median_splits_the_escrow_and_who_is_far_off_or_silent_is_slashed(
    values, outcome, losers
):
    chain, number, judges = judged(values)
    info = ask(chain, "arbitration", number)
    assert (info.status, info.outcome_bps) == (ArbitrationStatus.DECIDED, outcome)
    assert w.lease(chain).status == LeaseStatus.SETTLED
    assert gain(chain, MINER) == ESCROW * outcome // 10_000
    assert len(w.events(chain, ArbitratorSlashed)) == losers
    bonds = [ask(chain, "arbitrator", judge).bond for judge in judges]
    assert sum(bonds) == 1_000 * AIT - losers * STAKE
    assert {ask(chain, "arbitrator", judge).locked for judge in judges} == {0}
    paid = sum(gain(chain, judge) + 200 * AIT for judge in judges)
    assert FEE - 5 < paid <= FEE
    back = 0 if outcome == 10_000 else BOND - FEE
    assert gain(chain, CLIENT) == ESCROW - ESCROW * outcome // 10_000 - BOND + back
    assert chain.burnt == losers * STAKE + BOND - back - paid
    assert held(chain) == 9 * 200 * AIT - losers * STAKE


@pytest.mark.parametrize(("outcome", "back"), [(0, 0), (2_500, BOND - FEE), (10_000, BOND - FEE)])
def test_a_miner_who_gets_nothing_loses_the_rest_of_his_bond(outcome, back):
    chain, _, _ = judged((outcome,) * 5, opener=MINER)
    assert gain(chain, MINER) == ESCROW * outcome // 10_000 - BOND + back


def test_a_silent_panel_is_replaced_and_then_the_arbitration_is_void():
    chain = court()
    number, judges = drawn(chain)
    vote(chain, number, dict.fromkeys(judges[:2], 0))
    send(chain, STRANGER, "closeArbitration", number)
    info = ask(chain, "arbitration", number)
    assert (info.status, info.round, info.seats) == (ArbitrationStatus.OPENED, 2, 0)
    assert len(w.events(chain, ArbitratorSlashed)) == 3
    pass_seconds(chain, 9, blocks=9)
    send(chain, STRANGER, "drawPanel", number)
    second = panel(chain, number)
    with reverts("WrongPeriod()"):
        send(chain, STRANGER, "closeArbitration", number)
    pass_seconds(chain, 2 * DAY)
    send(chain, STRANGER, "closeArbitration", number)
    assert ask(chain, "arbitration", number).status == ArbitrationStatus.VOID
    assert len(second) == 5
    assert (gain(chain, CLIENT), w.lease(chain).holds) == (0, 0)
    assert held(chain) == 9 * 200 * AIT - 8 * STAKE
    assert opened(chain) == number + 1


def test_a_vote_of_the_former_round_does_not_count():
    chain = court()
    number, _ = drawn(chain)
    pass_seconds(chain, 2 * DAY)
    send(chain, STRANGER, "closeArbitration", number)
    pass_seconds(chain, 9, blocks=9)
    send(chain, STRANGER, "drawPanel", number)
    again = panel(chain, number)[0]
    send(chain, again, "commitVote", number, vote_hash(number, again, 0, turn=1))
    pass_seconds(chain, DAY)
    with reverts("WrongReveal()"):
        send(chain, again, "revealVote", number, 0, SALT)


def test_who_falls_below_the_least_bond_is_dropped_and_may_withdraw():
    chain = court(JUDGES[:5], bond=100 * AIT)
    number, judges = drawn(chain)
    send(chain, judges[0], "leaveArbitration")
    pass_seconds(chain, 2 * DAY)
    send(chain, STRANGER, "closeArbitration", number)
    assert ask(chain, "arbitrators", 0, 100)[0] == ()
    pass_seconds(chain, 7 * DAY)
    assert send(chain, judges[1], "withdrawArbitratorBond") == 90 * AIT


def test_proofs_come_before_opinions():
    chain = court()
    number, judges = drawn(chain)
    claim = w.receipt()
    w.lease(chain).adjudicator = 2
    game = w.start_game(chain, ALICE, claim)
    vote(chain, number, dict.fromkeys(judges, 0))
    with reverts("GamesOpen(uint32)"):
        send(chain, STRANGER, "closeArbitration", number)
    send(chain, STRANGER, "claimTimeout", game)
    assert w.lease(chain).status == LeaseStatus.CONVICTED
    send(chain, STRANGER, "closeArbitration", number)
    assert ask(chain, "arbitration", number).status == ArbitrationStatus.VOID
    assert {ask(chain, "arbitrator", judge).locked for judge in judges} == {0}
    assert gain(chain, CLIENT) == ESCROW


def test_a_void_arbitration_of_a_convicted_lease_releases_nothing():
    chain = court(JUDGES[:2])
    number = opened(chain)
    too_much = w.receipt(units=400_001)
    w.commit(chain, ALICE, too_much.struct_hash(), Fault.OVERCLAIM)
    w.overclaim(chain, ALICE, too_much, 1)
    pass_seconds(chain, 9, blocks=9)
    send(chain, STRANGER, "drawPanel", number)
    assert ask(chain, "arbitration", number).status == ArbitrationStatus.VOID
    assert gain(chain, CLIENT) == ESCROW


def test_parameters_do_not_contradict_each_other():
    chain = w.disputes_chain()
    contract = Disputes(chain.context(w.DISPUTES_ADDRESS))
    contract.check_parameters()
    contract.panel_size = 4
    with reverts("PanelEven()"):
        contract.check_parameters()
    contract.panel_size = 5
    contract.arbitration_bond = 5 * AIT - 1
    with reverts("BondTooSmall(uint128,uint128)"):
        contract.check_parameters()
    contract.arbitration_bond = 5 * AIT
    contract.check_parameters()


def test_who_leaves_after_the_beacon_moves_nobody_elses_place():
    pool = [(account(number), 10**20 * (1 + number % 7)) for number in range(40)]
    for turn in range(30):
        entropy = bytes([turn]) * 32
        drawn = draw(pool, entropy, 5)
        for gone in range(0, 40, 3):
            left = [row for row in pool if row[0] != account(gone)]
            again = draw(left, entropy, 5)
            assert [a for a in drawn if a != account(gone)] == [a for a in again if a in drawn]
            assert len(set(again) - set(drawn)) == (account(gone) in drawn)
        assert draw(pool[::-1], entropy, 5) == drawn


def test_the_race_is_won_in_proportion_to_weight():
    weights = {account(1): 10**20, account(2): 2 * 10**20, account(3): 5 * 10**20}
    seen = Counter(
        draw(list(weights.items()), turn.to_bytes(32, "big"), 1)[0] for turn in range(8_000)
    )
    for member, share in zip(weights, (1_000, 2_000, 5_000), strict=True):
        assert abs(seen[member] - share) < 200


def test_logarithms_are_exact_at_powers_of_two_and_fall():
    for power in (0, 1, 7, 64, 200, 255):
        value = _minus_log2(((1 << 255 - power) | 1).to_bytes(32, "big"))
        assert (power + 1 << 32) - 8 <= value <= (power + 1 << 32)
    values = [_minus_log2((n << 240).to_bytes(32, "big")) for n in range(1, 200)]
    assert values == sorted(values, reverse=True)
