"""Disputes: the bisection game move by move."""

from dataclasses import replace

import pytest

from contracts.disputes.v1 import games
from contracts.disputes.v1.messages import (
    ChallengeStatus,
    Fault,
    GameMove,
    GameOver,
    NodesRevealed,
    Phase,
)
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.places import MARKETPLACE_ADDRESS
from primitives.compute import KIND_MATMUL
from tests.unit.contracts import disputes_world as w
from tests.unit.contracts.disputes_world import (
    AIT,
    ALICE,
    BOB,
    BOND,
    CAROL,
    CLIENT,
    LEASE,
    MINER,
    MOVE_SECONDS,
    STRANGER,
    Trace,
    ask,
    choose,
    gain,
    held,
    leftmost_wrong,
    miner_move,
    pass_seconds,
    send,
    start_game,
)
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.staking_world import key_address

RIGHT = Trace(40, 20)
CHEAT = Trace(40, 20, {(23, 7): b"\x66" * 32})
STAKE = 4 * AIT
"""One per cent of the escrow."""


@pytest.fixture(autouse=True)
def _runtime(monkeypatch):
    monkeypatch.setattr(games, "ADJUDICATORS", {w.RUNTIME: w.ListAdjudicator()})


def play_until(chain, number, trace, phase, stage=None, own=RIGHT) -> None:
    """Let both sides move until the game waits in a phase (of a stage)."""
    claim = trace.claim()
    while True:
        game = ask(chain, "game", number)
        if game.phase == phase and stage in (None, game.stage):
            return
        if game.phase == Phase.CHOOSE:
            choose(chain, number, trace, leftmost_wrong(chain, number, own, trace))
        else:
            miner_move(chain, number, trace, claim)


def test_a_cheater_is_led_to_his_wrong_step_and_convicted():
    chain = w.disputes_chain()
    claim = CHEAT.claim()
    number = start_game(chain, ALICE, claim)
    assert w.lease(chain).holds == 1
    play_until(chain, number, CHEAT, Phase.STEP)
    game = ask(chain, "game", number)
    assert (game.stage, game.leaf, game.index, game.level) == (2, 23, 7, 0)
    assert game.leaf_hash == CHEAT.levels[0][23]
    assert send(chain, STRANGER, "oneStep", number, w.data(claim), CHEAT.opening(),
                CHEAT.step_witness(23, 7)) == 0  # fmt: skip
    assert w.lease(chain).status == LeaseStatus.CONVICTED
    assert gain(chain, CLIENT) == w.ESCROW
    assert ask(chain, "challenge", number).status == ChallengeStatus.WON
    assert ask(chain, "game", number).phase == Phase.OVER
    with reverts("SharePeriodOpen(uint64)"):
        send(chain, ALICE, "claimReward", number)
    pass_seconds(chain, w.REVEAL_SECONDS)
    assert send(chain, STRANGER, "claimReward", number) == STAKE + BOND // 2
    assert gain(chain, ALICE) == BOND // 2
    assert held(chain) == 0


def test_an_honest_miner_wins_and_gets_half_of_the_bond():
    chain = w.disputes_chain()
    claim = RIGHT.claim()
    number = start_game(chain, ALICE, claim)
    assert held(chain) == STAKE
    play_until(chain, number, RIGHT, Phase.CHOOSE)
    choose(chain, number, RIGHT, 2)
    while ask(chain, "game", number).phase != Phase.STEP:
        if ask(chain, "game", number).phase == Phase.CHOOSE:
            choose(chain, number, RIGHT, 1)
        else:
            miner_move(chain, number, RIGHT, claim)
    game = ask(chain, "game", number)
    assert send(chain, MINER, "oneStep", number, w.data(claim), RIGHT.opening(),
                RIGHT.step_witness(game.leaf, game.index)) == 1  # fmt: skip
    assert w.lease(chain).holds == 0
    assert w.lease(chain).status == LeaseStatus.ACTIVE
    assert (gain(chain, MINER), gain(chain, ALICE)) == (STAKE // 2, -STAKE)
    assert chain.burnt == STAKE - STAKE // 2
    assert ask(chain, "challenge", number).status == ChallengeStatus.LOST
    assert ask(chain, "caseOf", LEASE).open_ids == ()
    with reverts("WrongStatus(uint8)"):
        send(chain, ALICE, "claimReward", number)


def test_disputing_the_header_loses_at_once():
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, RIGHT.claim())
    play_until(chain, number, RIGHT, Phase.CHOOSE)
    choose(chain, number, RIGHT, 0)
    play_until(chain, number, RIGHT, Phase.CHOOSE)
    choose(chain, number, RIGHT, 0)
    assert ask(chain, "challenge", number).status == ChallengeStatus.LOST


def test_a_trace_that_is_its_header_alone_has_nothing_to_dispute():
    chain = w.disputes_chain()
    trace = Trace(1, 5)
    number = start_game(chain, ALICE, trace.claim())
    miner_move(chain, number, trace, trace.claim())
    assert ask(chain, "challenge", number).status == ChallengeStatus.LOST


def test_promoted_nodes_need_no_round():
    chain = w.disputes_chain()
    trace, cheat = Trace(17, 1), Trace(17, 1, {(16, 0): b"\x01" * 32})
    number = start_game(chain, ALICE, cheat.claim())
    miner_move(chain, number, cheat, cheat.claim())
    miner_move(chain, number, cheat, cheat.claim())
    place = leftmost_wrong(chain, number, trace, cheat)
    assert place == 8
    choose(chain, number, cheat, place)
    game = ask(chain, "game", number)
    assert (game.phase, game.leaf, game.stage) == (Phase.MICRO_ROOT, 16, 1)
    miner_move(chain, number, cheat, cheat.claim())
    game = ask(chain, "game", number)
    assert (game.phase, game.stage, game.index) == (Phase.STEP, 2, 0)


def test_both_sides_see_every_move_by_lease_and_by_party():
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, CHEAT.claim())
    play_until(chain, number, CHEAT, Phase.STEP)
    topics = [topics for topics, _ in w.events(chain, GameMove)]
    assert {t[0] for t in topics} == {LEASE}
    assert {t[2] for t in topics} == {w.word(number)}
    sides = [t[1][12:] for t in topics]
    assert sides == [
        MINER, MINER, ALICE, MINER, ALICE, MINER, MINER, ALICE, MINER, ALICE, MINER,
    ]  # fmt: skip
    assert len(w.events(chain, NodesRevealed)) == 4
    pass_seconds(chain, MOVE_SECONDS)
    send(chain, STRANGER, "claimTimeout", number)
    ((topics, over),) = w.events(chain, GameOver)
    assert topics[:2] == (LEASE, ALICE.rjust(32, b"\0"))
    assert over == w.word(number) + w.word(1) or over[-1] == 1


@pytest.mark.parametrize("phase", [Phase.TRACE, Phase.REVEAL, Phase.MICRO_ROOT, Phase.STEP])
def test_a_miner_who_lets_his_time_pass_loses(phase):
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, CHEAT.claim())
    play_until(chain, number, CHEAT, phase)
    game = ask(chain, "game", number)
    assert (game.turn, game.until) == (MINER, chain.block.timestamp + MOVE_SECONDS)
    pass_seconds(chain, MOVE_SECONDS - 1, blocks=10_000)
    with reverts("TimeLeft(uint64)"):
        send(chain, STRANGER, "claimTimeout", number)
    pass_seconds(chain, 1, blocks=1)
    with reverts("TooLate()"):
        miner_move(chain, number, CHEAT, CHEAT.claim())
    send(chain, STRANGER, "claimTimeout", number)
    assert w.lease(chain).status == LeaseStatus.CONVICTED


def test_a_challenger_who_lets_his_time_pass_loses():
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, CHEAT.claim())
    play_until(chain, number, CHEAT, Phase.CHOOSE)
    assert ask(chain, "game", number).turn == ALICE
    pass_seconds(chain, MOVE_SECONDS)
    with reverts("TooLate()"):
        choose(chain, number, CHEAT, 0)
    send(chain, STRANGER, "claimTimeout", number)
    assert ask(chain, "challenge", number).status == ChallengeStatus.LOST
    assert w.lease(chain).holds == 0
    with reverts("WrongStatus(uint8)"):
        send(chain, STRANGER, "claimTimeout", number)


def test_time_alone_is_not_enough_where_no_blocks_come():
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, RIGHT.claim())
    pass_seconds(chain, 10 * MOVE_SECONDS, blocks=MOVE_SECONDS // 4 - 1)
    with reverts("TimeLeft(uint64)"):
        send(chain, STRANGER, "claimTimeout", number)
    game = ask(chain, "game", number)
    assert game.until_height == chain.block.height + 1
    pass_seconds(chain, 0, blocks=1)
    send(chain, STRANGER, "claimTimeout", number)
    assert w.lease(chain).status == LeaseStatus.CONVICTED


def test_a_halt_takes_nothing_from_a_clock_but_its_blocks():
    """After a long halt the miner moves at once, and still has nearly all his total time."""
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, RIGHT.claim())
    pass_seconds(chain, 100_000, blocks=1)
    miner_move(chain, number, RIGHT, RIGHT.claim())
    used = games.Games(chain.context(w.DISPUTES_ADDRESS)).games_by_id[number].miner_used
    assert used == 7
    assert ask(chain, "game", number).until == chain.block.timestamp + MOVE_SECONDS


def test_the_total_clock_ends_a_game_of_slow_moves():
    chain = w.disputes_chain()
    w.lease(chain).game_seconds = 2 * MOVE_SECONDS - 10
    number = start_game(chain, ALICE, CHEAT.claim())
    pass_seconds(chain, MOVE_SECONDS - 1, blocks=MOVE_SECONDS)
    miner_move(chain, number, CHEAT, CHEAT.claim())
    left = MOVE_SECONDS - 9
    assert ask(chain, "game", number).until == chain.block.timestamp + left
    pass_seconds(chain, left - 1, blocks=MOVE_SECONDS)
    miner_move(chain, number, CHEAT, CHEAT.claim())
    assert ask(chain, "game", number).until == chain.block.timestamp + MOVE_SECONDS
    choose(chain, number, CHEAT, 1)
    assert ask(chain, "game", number).until == chain.block.timestamp + 1
    pass_seconds(chain, 1)
    send(chain, BOB, "claimTimeout", number)
    assert w.lease(chain).status == LeaseStatus.CONVICTED


def test_the_challengers_total_clock_runs_too():
    chain = w.disputes_chain()
    w.lease(chain).game_seconds = MOVE_SECONDS + 5
    number = start_game(chain, ALICE, CHEAT.claim())
    play_until(chain, number, CHEAT, Phase.CHOOSE)
    pass_seconds(chain, MOVE_SECONDS - 1, blocks=MOVE_SECONDS)
    choose(chain, number, CHEAT, 1)
    play_until(chain, number, CHEAT, Phase.CHOOSE)
    assert ask(chain, "game", number).until == chain.block.timestamp + 6
    pass_seconds(chain, 6)
    send(chain, BOB, "claimTimeout", number)
    assert ask(chain, "challenge", number).status == ChallengeStatus.LOST


def test_clocks_come_from_the_lease_as_it_was_when_the_game_began():
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, RIGHT.claim())
    w.lease(chain).move_seconds = 1
    assert ask(chain, "game", number).until == chain.block.timestamp + MOVE_SECONDS


# --- who may move, and what is refused --------------------------------------------------------


@pytest.mark.parametrize("phase", [Phase.TRACE, Phase.REVEAL, Phase.MICRO_ROOT])
def test_the_miner_and_his_present_operator_key_move_for_him_and_nobody_else(phase):
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, CHEAT.claim())
    play_until(chain, number, CHEAT, phase)
    for stranger in (ALICE, STRANGER, CLIENT, key_address(w.FORMER_OPERATOR)):
        with reverts("NotYourTurn(uint8)"):
            miner_move(chain, number, CHEAT, CHEAT.claim(), sender=stranger)
    miner_move(chain, number, CHEAT, CHEAT.claim(), sender=key_address(w.OPERATOR))
    assert ask(chain, "game", number).phase != phase


def test_the_challenger_alone_chooses():
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, CHEAT.claim())
    play_until(chain, number, CHEAT, Phase.CHOOSE)
    for other in (MINER, BOB):
        with reverts("NotYourTurn(uint8)"):
            choose(chain, number, CHEAT, 0, challenger=other)


@pytest.mark.parametrize("phase", [Phase.TRACE, Phase.REVEAL, Phase.CHOOSE, Phase.MICRO_ROOT])
def test_only_the_move_that_is_due_is_taken(phase):
    chain = w.disputes_chain()
    claim = CHEAT.claim()
    number = start_game(chain, ALICE, claim)
    play_until(chain, number, CHEAT, phase)
    head = (number, w.data(claim), CHEAT.opening())
    moves = {
        Phase.TRACE: (MINER, "openTrace", *head),
        Phase.REVEAL: (MINER, "revealNodes", number, ()),
        Phase.CHOOSE: (ALICE, "choose", number, (), 0),
        Phase.MICRO_ROOT: (MINER, "postMicroRoot", *head, w.ZERO, b""),
        Phase.STEP: (STRANGER, "oneStep", *head, b""),
    }
    for other, move in moves.items():
        if other != phase:
            with reverts("NotYourTurn(uint8)"):
                send(chain, *move)


def test_wrong_openings_nodes_and_witnesses_are_refused_and_change_nothing():
    chain = w.disputes_chain()
    claim = CHEAT.claim()
    number = start_game(chain, ALICE, claim)
    other = CHEAT.claim(units=1)
    with reverts("WrongReceipt()"):
        send(chain, MINER, "openTrace", number, w.data(other), CHEAT.opening())
    for bad in (b"", CHEAT.opening()[:-1], RIGHT.opening(), CHEAT.opening() + bytes(32)):
        with reverts("BadWitness(string)"):
            send(chain, MINER, "openTrace", number, w.data(claim), bad)
    with reverts("TooLong(uint32)"):
        send(chain, MINER, "openTrace", number, w.data(claim), bytes(8193))
    play_until(chain, number, CHEAT, Phase.REVEAL)
    nodes = w.descendants(CHEAT.levels, 6, 0)
    for bad in ((), nodes[:-1], [*nodes, nodes[-1]], nodes[::-1], [w.ZERO] * len(nodes)):
        with reverts("WrongNodes()"):
            send(chain, MINER, "revealNodes", number, bad)
    send(chain, MINER, "revealNodes", number, nodes)
    with reverts("WrongNodes()"):
        send(chain, ALICE, "choose", number, nodes[::-1], 0)
    with reverts("NoSuchNode(uint32)"):
        send(chain, ALICE, "choose", number, nodes, len(nodes))
    play_until(chain, number, CHEAT, Phase.MICRO_ROOT)
    root, proof = CHEAT.micro_levels(23)[-1][0], CHEAT.root_witness(23)
    head = (number, w.data(claim), CHEAT.opening())
    for values in (
        (*head, root, proof + bytes(32)),
        (*head, w.ZERO, proof),
        (*head, CHEAT.micro_levels(22)[-1][0], CHEAT.root_witness(22)),
        (number, w.data(claim), RIGHT.opening(), root, proof),
    ):
        with reverts("BadWitness(string)"):
            send(chain, MINER, "postMicroRoot", *values)
    with reverts("TooLong(uint32)"):
        send(chain, MINER, "postMicroRoot", *head, root, bytes(16_385))
    play_until(chain, number, CHEAT, Phase.STEP)
    for values in (
        (*head, CHEAT.step_witness(23, 6)),
        (*head, b""),
        (number, w.data(claim), RIGHT.opening(), CHEAT.step_witness(23, 7)),
    ):
        with reverts("BadWitness(string)"):
            send(chain, ALICE, "oneStep", *values)
    with reverts("WrongReceipt()"):
        send(chain, ALICE, "oneStep", number, w.data(other), CHEAT.opening(), b"")
    with reverts("TooLong(uint32)"):
        send(chain, ALICE, "oneStep", *head, bytes(16_385))
    assert ask(chain, "game", number).phase == Phase.STEP


class OddCounts(w.ListAdjudicator):
    """Says that a trace has any number of leaves."""

    def __init__(self, leaves=None, steps=None):
        self.leaves, self.steps = leaves, steps

    def check_opening(self, claim, opening):
        found = super().check_opening(claim, opening)
        return found if self.leaves is None else self.leaves

    def micro_count(self, claim, opening, leaf):
        return super().micro_count(claim, opening, leaf) if self.steps is None else self.steps


@pytest.mark.parametrize("count", [0, (1 << 32) + 1])
def test_a_tree_without_leaves_or_with_too_many_is_refused(monkeypatch, count):
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, CHEAT.claim())
    monkeypatch.setattr(games, "ADJUDICATORS", {w.RUNTIME: OddCounts(leaves=count)})
    with reverts("BadWitness(string)"):
        miner_move(chain, number, CHEAT, CHEAT.claim())
    monkeypatch.setattr(games, "ADJUDICATORS", {w.RUNTIME: OddCounts(steps=count)})
    play_until(chain, number, CHEAT, Phase.MICRO_ROOT)
    with reverts("BadWitness(string)"):
        miner_move(chain, number, CHEAT, CHEAT.claim())


def test_the_largest_tree_takes_eight_rounds(monkeypatch):
    monkeypatch.setattr(games, "ADJUDICATORS", {w.RUNTIME: OddCounts(leaves=1 << 32)})
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, CHEAT.claim())
    miner_move(chain, number, CHEAT, CHEAT.claim())
    game = ask(chain, "game", number)
    assert (game.level, game.leaves) == (32, 1 << 32)


# --- how a game begins ------------------------------------------------------------------------


def test_a_game_needs_a_lease_of_that_kind_with_a_known_runtime():
    chain = w.disputes_chain()
    claim = CHEAT.claim()
    number = w.commit_game(chain, ALICE, claim, Fault.WRONG_TILE)
    with reverts("WrongFault()"):
        w.reveal_game(chain, ALICE, number, claim, Fault.WRONG_TILE)
    with reverts("WrongFault()"):
        w.reveal_game(chain, ALICE, number, claim, Fault.OVERCLAIM)
    w.lease(chain).kind = KIND_MATMUL
    step = w.commit_game(chain, ALICE, claim)
    with reverts("WrongFault()"):
        w.reveal_game(chain, ALICE, step, claim)
    w.reveal_game(chain, ALICE, number, claim, Fault.WRONG_TILE)
    for runtime in (0, w.RUNTIME + 1):
        w.lease(chain).adjudicator = runtime
        other = w.commit_game(chain, BOB, claim, Fault.WRONG_TILE)
        with reverts("UnknownAdjudicator(uint32)"):
            w.reveal_game(chain, BOB, other, claim, Fault.WRONG_TILE)


@pytest.mark.parametrize("classes", [0, 1, 2, 3, 8, 0xFB])
def test_a_lease_that_is_not_canonical_is_never_judged_by_its_steps(classes):
    chain = w.disputes_chain()
    w.lease(chain).classes = classes
    number = w.commit_game(chain, ALICE, CHEAT.claim())
    with reverts("UnknownAdjudicator(uint32)"):
        w.reveal_game(chain, ALICE, number, CHEAT.claim())


@pytest.mark.parametrize("status", [s for s in LeaseStatus if s not in (2, 3)])
def test_a_final_lease_is_not_challenged(status):
    chain = w.disputes_chain()
    number = w.commit_game(chain, ALICE, CHEAT.claim())
    w.lease(chain).status = status
    with reverts("LeaseNotOpen(uint8)"):
        w.reveal_game(chain, ALICE, number, CHEAT.claim())


def test_a_lease_that_is_being_reclaimed_may_be_challenged():
    chain = w.disputes_chain()
    w.lease(chain).status = LeaseStatus.RECLAIMING
    start_game(chain, ALICE, CHEAT.claim())
    assert w.lease(chain).holds == 1


def test_a_challenge_comes_while_the_claims_window_is_open():
    chain = w.disputes_chain()
    late, last = (w.commit_game(chain, who, CHEAT.claim()) for who in (ALICE, BOB))
    w.put_claim(chain, chain.block.height)
    w.reveal_game(chain, BOB, last, CHEAT.claim())
    w.next_block(chain)
    with reverts("WindowClosed(uint64)"):
        w.reveal_game(chain, ALICE, late, CHEAT.claim())


def test_the_receipt_is_signed_by_a_key_that_the_miner_had():
    chain = w.disputes_chain()
    number = w.commit_game(chain, ALICE, CHEAT.claim())
    with reverts("NotSigned()"):
        w.reveal_game(chain, ALICE, number, CHEAT.claim(), key=w.OTHER_KEY)
    w.reveal_game(chain, ALICE, number, CHEAT.claim(), key=w.FORMER_OPERATOR)


def test_the_miner_does_not_challenge_himself_under_his_own_name():
    chain = w.disputes_chain()
    number = w.commit_game(chain, MINER, CHEAT.claim())
    with reverts("OwnLease()"):
        w.reveal_game(chain, MINER, number, CHEAT.claim())


def test_bonds_double_with_each_open_game_and_fall_back_when_one_ends():
    chain = w.disputes_chain()
    claim = RIGHT.claim()
    started = []
    for place in range(8):
        challenger = w.account(20 + place)
        assert ask(chain, "bondFor", LEASE) == STAKE << place
        number = w.commit_game(chain, challenger, claim)
        with reverts("BondTooSmall(uint128,uint128)"):
            w.reveal_game(chain, challenger, number, claim, value=(STAKE << place) - AIT - 1)
        w.reveal_game(chain, challenger, number, claim)
        started.append(number)
    assert held(chain) == 255 * STAKE
    assert w.lease(chain).holds == 8
    ninth = w.commit_game(chain, CAROL, claim)
    with reverts("TooManyGames(uint32)"):
        w.reveal_game(chain, CAROL, ninth, claim)
    shown, after = ask(chain, "games", claim.struct_hash(), 0, 3)
    assert ([g.challenge_id for g in shown], after) == (started[:3], 3)
    assert ask(chain, "games", claim.struct_hash(), 8, 100) == ((), 8)
    play_until(chain, started[3], RIGHT, Phase.CHOOSE)
    pass_seconds(chain, MOVE_SECONDS)
    send(chain, STRANGER, "claimTimeout", started[3])
    assert w.lease(chain).holds == 7
    assert ask(chain, "bondFor", LEASE) == STAKE << 7
    assert ask(chain, "caseOf", LEASE).open_ids == (*started[:3], started[7], *started[4:7])


def test_what_is_sent_beyond_the_bond_goes_back():
    chain = w.disputes_chain()
    number = w.commit_game(chain, ALICE, RIGHT.claim(), bond=10 * AIT)
    w.reveal_game(chain, ALICE, number, RIGHT.claim(), value=AIT)
    assert gain(chain, ALICE) == -STAKE
    assert ask(chain, "challenge", number).bond == STAKE


def test_a_small_escrow_needs_the_least_bond():
    chain = w.disputes_chain()
    w.lease(chain).escrow = 1
    assert ask(chain, "bondFor", LEASE) == AIT


def test_filling_all_games_with_shams_costs_more_than_the_lease_can_pay():
    """Every game of a right receipt ends with the challenger's loss, half of it burnt."""
    chain = w.disputes_chain()
    claim = RIGHT.claim()
    shams = [w.account(20 + place) for place in range(8)]
    numbers = [start_game(chain, sham, claim) for sham in shams]
    for number in numbers:
        miner_move(chain, number, RIGHT, claim)
        miner_move(chain, number, RIGHT, claim)
    pass_seconds(chain, MOVE_SECONDS)
    for number in numbers:
        send(chain, STRANGER, "claimTimeout", number)
    lost = gain(chain, MINER) + sum(gain(chain, sham) for sham in shams)
    assert -lost > w.ESCROW
    assert held(chain) == 0


# --- several games ----------------------------------------------------------------------------


def test_a_sham_that_the_miner_wins_clears_nothing_for_others():
    chain = w.disputes_chain()
    claim = CHEAT.claim()
    sham = start_game(chain, BOB, claim)
    honest = start_game(chain, ALICE, claim)
    play_until(chain, sham, CHEAT, Phase.CHOOSE)
    choose(chain, sham, CHEAT, 0, challenger=BOB)
    pass_seconds(chain, 1)
    miner_move(chain, sham, CHEAT, claim)
    choose(chain, sham, CHEAT, 0, challenger=BOB)
    assert ask(chain, "challenge", sham).status == ChallengeStatus.LOST
    assert (w.lease(chain).holds, w.lease(chain).status) == (1, LeaseStatus.ACTIVE)
    pass_seconds(chain, MOVE_SECONDS)
    send(chain, ALICE, "claimTimeout", honest)
    assert w.lease(chain).status == LeaseStatus.CONVICTED


def test_games_that_were_committed_before_the_winners_reveal_share_equally():
    chain = w.disputes_chain()
    claim = CHEAT.claim()
    early = [w.commit_game(chain, who, claim) for who in (ALICE, BOB)]
    for who, number in zip((ALICE, BOB), early, strict=True):
        w.reveal_game(chain, who, number, claim)
    late = start_game(chain, CAROL, claim)
    play_until(chain, early[0], CHEAT, Phase.STEP)
    send(chain, ALICE, "oneStep", early[0], w.data(claim), CHEAT.opening(),
         CHEAT.step_witness(23, 7))  # fmt: skip
    statuses = [ask(chain, "challenge", n).status for n in (*early, late)]
    assert statuses == [ChallengeStatus.WON, ChallengeStatus.WON, ChallengeStatus.CLOSED]
    assert send(chain, STRANGER, "claimReward", late) == 4 * STAKE
    pass_seconds(chain, w.REVEAL_SECONDS)
    send(chain, STRANGER, "claimReward", early[1])
    send(chain, STRANGER, "claimReward", early[0])
    assert [gain(chain, who) for who in (ALICE, BOB, CAROL)] == [BOND // 4, BOND // 4, 0]
    assert held(chain) == 0
    with reverts("WrongStatus(uint8)"):
        send(chain, ALICE, "claimReward", early[0])
    with reverts("WrongStatus(uint8)"):
        send(chain, MINER, "revealNodes", late, ())


def test_a_miner_who_loses_to_himself_after_a_challenge_shares_with_the_challenger():
    """The front-run self-challenge: it cannot be committed before, so the honest one shares."""
    chain = w.disputes_chain()
    claim = CHEAT.claim()
    honest = start_game(chain, ALICE, claim)
    sham = start_game(chain, BOB, claim)
    pass_seconds(chain, MOVE_SECONDS // 2, blocks=MOVE_SECONDS)
    miner_move(chain, honest, CHEAT, claim)
    pass_seconds(chain, MOVE_SECONDS // 2, blocks=MOVE_SECONDS)
    send(chain, BOB, "claimTimeout", sham)
    pass_seconds(chain, w.REVEAL_SECONDS)
    for number in (honest, sham):
        send(chain, STRANGER, "claimReward", number)
    assert gain(chain, ALICE) == BOND // 4
    lost = BOND + w.ESCROW - gain(chain, BOB)
    assert lost >= BOND // 2 + w.ESCROW


def test_a_self_challenge_without_others_still_loses_half_the_bond_and_the_escrow():
    chain = w.disputes_chain()
    sham = start_game(chain, BOB, CHEAT.claim())
    pass_seconds(chain, MOVE_SECONDS)
    send(chain, BOB, "claimTimeout", sham)
    pass_seconds(chain, w.REVEAL_SECONDS)
    send(chain, BOB, "claimReward", sham)
    assert gain(chain, BOB) == BOND // 2
    assert gain(chain, CLIENT) == w.ESCROW
    assert chain.burnt == BOND - BOND // 2


def test_a_reward_that_does_not_divide_is_paid_to_the_wei():
    chain = w.disputes_chain()
    w.LeaseDesk(chain.context(MARKETPLACE_ADDRESS)).bonds[MINER] = 2 * 100
    claim = CHEAT.claim()
    numbers = [w.commit_game(chain, who, claim) for who in (ALICE, BOB, CAROL)]
    for who, number in zip((ALICE, BOB, CAROL), numbers, strict=True):
        w.reveal_game(chain, who, number, claim)
    pass_seconds(chain, MOVE_SECONDS)
    send(chain, ALICE, "claimTimeout", numbers[1])
    pass_seconds(chain, w.REVEAL_SECONDS)
    for number in numbers:
        send(chain, ALICE, "claimReward", number)
    assert sorted(gain(chain, who) for who in (ALICE, BOB, CAROL)) == [33, 33, 34]
    assert held(chain) == 0


def test_a_game_revealed_after_the_conviction_gets_its_bond_back_and_nothing_else():
    chain = w.disputes_chain()
    claim = CHEAT.claim()
    waiting = w.commit_game(chain, BOB, claim, bond=3 * AIT)
    winner = start_game(chain, ALICE, claim)
    pass_seconds(chain, MOVE_SECONDS)
    send(chain, ALICE, "claimTimeout", winner)
    w.reveal_game(chain, BOB, waiting, claim, value=AIT)
    assert gain(chain, BOB) == 0
    assert ask(chain, "challenge", waiting).status == ChallengeStatus.PAID
    late = w.commit_game(chain, CAROL, claim)
    with reverts("CommittedTooLate(uint64)"):
        w.reveal_game(chain, CAROL, late, claim, value=0)


def test_the_present_operator_key_is_asked_for_the_present_height():
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, CHEAT.claim())
    chain.block = replace(chain.block, height=chain.block.height + 1)
    miner_move(chain, number, CHEAT, CHEAT.claim(), sender=key_address(w.OPERATOR))


# --- other leases of one miner ----------------------------------------------------------------

SECOND = b"\x02" * 32


def convicted_elsewhere():
    """Return (chain, ALICE's open game on a second lease, BOB's won one on the first)."""
    chain = w.disputes_chain()
    w.put_lease(chain, SECOND)
    honest = start_game(chain, ALICE, CHEAT.claim(lease_id=SECOND))
    sham = w.overclaim(chain, BOB, w.receipt(units=400_001))
    assert w.lease(chain).status == LeaseStatus.CONVICTED
    return chain, honest, sham


def test_a_miner_who_convicts_himself_on_another_lease_shares_with_his_challenger():
    chain, honest, sham = convicted_elsewhere()
    pass_seconds(chain, MOVE_SECONDS)
    send(chain, ALICE, "claimTimeout", honest)
    assert w.lease(chain, SECOND).status == LeaseStatus.CONVICTED
    pass_seconds(chain, w.REVEAL_SECONDS)
    for number in (honest, sham):
        send(chain, STRANGER, "claimReward", number)
    assert gain(chain, ALICE) == gain(chain, BOB) == BOND // 4
    assert held(chain) == 0


def test_a_reward_waits_for_games_on_other_leases_and_not_for_ever():
    chain, honest, sham = convicted_elsewhere()
    pass_seconds(chain, w.REVEAL_SECONDS)
    with reverts("SharePeriodOpen(uint64)"):
        send(chain, BOB, "claimReward", sham)
    pass_seconds(chain, 3 * 86_400)
    send(chain, BOB, "claimReward", sham)
    assert gain(chain, BOB) == BOND // 2
    send(chain, ALICE, "claimTimeout", honest)
    pass_seconds(chain, w.REVEAL_SECONDS)
    send(chain, ALICE, "claimReward", honest)
    assert (gain(chain, ALICE), held(chain)) == (0, 0)


def test_a_reward_is_paid_as_soon_as_the_game_elsewhere_is_lost():
    chain = w.disputes_chain()
    w.put_lease(chain, SECOND)
    claim = RIGHT.claim(lease_id=SECOND)
    lost = start_game(chain, ALICE, claim)
    sham = w.overclaim(chain, BOB, w.receipt(units=400_001))
    pass_seconds(chain, w.REVEAL_SECONDS, blocks=0)
    miner_move(chain, lost, RIGHT, claim)
    miner_move(chain, lost, RIGHT, claim)
    pass_seconds(chain, w.REVEAL_SECONDS)
    with reverts("SharePeriodOpen(uint64)"):
        send(chain, BOB, "claimReward", sham)
    send(chain, BOB, "claimTimeout", lost)
    send(chain, BOB, "claimReward", sham)
    assert gain(chain, BOB) == BOND // 2


def test_who_challenges_another_lease_after_the_conviction_has_no_share_in_it():
    chain = w.disputes_chain()
    w.put_lease(chain, SECOND)
    first = w.overclaim(chain, BOB, w.receipt(units=400_001))
    late = start_game(chain, ALICE, CHEAT.claim(lease_id=SECOND))
    pass_seconds(chain, w.REVEAL_SECONDS)
    send(chain, ALICE, "claimTimeout", late)
    send(chain, BOB, "claimReward", first)
    pass_seconds(chain, w.REVEAL_SECONDS)
    send(chain, ALICE, "claimReward", late)
    assert (gain(chain, ALICE), gain(chain, BOB), held(chain)) == (0, BOND // 2, 0)


def test_once_a_share_is_paid_nobody_joins_any_more():
    chain = w.disputes_chain(revealSeconds=3_600)
    w.put_lease(chain, SECOND)
    claim, too_much = CHEAT.claim(lease_id=SECOND), w.receipt(units=400_001)
    waiting = w.commit_game(chain, ALICE, claim)
    both = [w.commit(chain, x, too_much.struct_hash(), Fault.OVERCLAIM) for x in (BOB, CAROL)]
    games.Games(chain.context(w.DISPUTES_ADDRESS)).reveal_seconds = 60
    for who, number in zip((BOB, CAROL), both, strict=True):
        w.overclaim(chain, who, too_much, number)
    pass_seconds(chain, 60)
    send(chain, BOB, "claimReward", both[0])
    w.reveal_game(chain, ALICE, waiting, claim)
    pass_seconds(chain, MOVE_SECONDS)
    send(chain, ALICE, "claimTimeout", waiting)
    pass_seconds(chain, 60)
    send(chain, CAROL, "claimReward", both[1])
    send(chain, ALICE, "claimReward", waiting)
    assert [gain(chain, x) for x in (ALICE, BOB, CAROL)] == [0, BOND // 4, BOND // 4]
    assert held(chain) == 0


def test_what_a_second_conviction_still_finds_joins_the_first_pool_with_its_winner():
    chain, honest, sham = convicted_elsewhere()
    w.LeaseDesk(chain.context(MARKETPLACE_ADDRESS)).bonds[MINER] = 10 * AIT
    chain.balances[MARKETPLACE_ADDRESS] += 10 * AIT
    pass_seconds(chain, MOVE_SECONDS)
    send(chain, ALICE, "claimTimeout", honest)
    pass_seconds(chain, w.REVEAL_SECONDS)
    for number in (honest, sham):
        send(chain, STRANGER, "claimReward", number)
    assert gain(chain, ALICE) == gain(chain, BOB) == (BOND + 10 * AIT) // 4
    assert held(chain) == 0


def test_a_bond_that_was_filled_again_is_the_second_pools():
    """What a second conviction still finds goes to its own winners when they came too late."""
    chain = w.disputes_chain()
    w.put_lease(chain, SECOND)
    w.overclaim(chain, BOB, w.receipt(units=400_001))
    w.LeaseDesk(chain.context(MARKETPLACE_ADDRESS)).bonds[MINER] = 10 * AIT
    chain.balances[MARKETPLACE_ADDRESS] += 10 * AIT
    late = w.overclaim(chain, ALICE, w.receipt(units=400_001, lease_id=SECOND))
    pass_seconds(chain, w.REVEAL_SECONDS)
    send(chain, ALICE, "claimReward", late)
    assert gain(chain, ALICE) == 5 * AIT
