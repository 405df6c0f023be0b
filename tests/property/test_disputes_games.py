"""Bisection games: who is right wins, whatever the other does; and the money of random histories.

A campaign: ``AITBC_GAME_SEEDS=2000 pytest`` this file.
"""

import os
import random
from contextlib import suppress

import pytest

from contracts.disputes.v1 import games
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ArbitrationStatus, ChallengeStatus, Fault, Phase
from contracts.errors import Revert
from contracts.marketplace.v1.lease_messages import LeaseStatus
from primitives.compute import KIND_LLM
from tests.unit.contracts import disputes_world as w
from tests.unit.contracts.disputes_world import (
    AIT,
    ALICE,
    CLIENT,
    LEASE,
    MINER,
    MOVE_SECONDS,
    STRANGER,
    Trace,
    account,
    ask,
    choose,
    held,
    leftmost_wrong,
    miner_move,
    pass_seconds,
    revealed_nodes,
    send,
    start_game,
)
from tests.unit.contracts.test_disputes_arbitration import vote_hash

SEEDS = int(os.environ.get("AITBC_GAME_SEEDS", "12"))
SIZES = (*range(2, 71), 255, 256, 257)


@pytest.fixture(autouse=True)
def _runtime(monkeypatch):
    monkeypatch.setattr(games, "ADJUDICATORS", {w.RUNTIME: w.ListAdjudicator()})


def finish(chain, number, moves) -> None:
    """Play until the game is over; ``moves`` makes the move that is due, or lets time pass."""
    while (game := ask(chain, "game", number)).phase != Phase.OVER:
        try:
            is_made = moves(game)
        except Revert:
            is_made = False  # a cheater's move that the contract refuses is no move
        if not is_made:
            pass_seconds(chain, MOVE_SECONDS)
            send(chain, STRANGER, "claimTimeout", number)
        elif chain.block.height % 3 == 0:
            pass_seconds(chain, 1)


@pytest.mark.parametrize("leaves", SIZES)
def test_a_cheater_loses_at_whatever_leaf_and_step_he_cheated(leaves):
    rng = random.Random(leaves)
    for _ in range(3):
        steps = rng.choice((1, 2, 15, 16, 17, 70)) if leaves < 80 else 3
        place = rng.randrange(1, leaves), rng.randrange(steps)
        right, cheat = Trace(leaves, steps), Trace(leaves, steps, {place: rng.randbytes(32)})
        chain = w.disputes_chain()
        number = start_game(chain, ALICE, cheat.claim())

        def moves(game, chain=chain, number=number, right=right, cheat=cheat, place=place):
            if game.phase == Phase.CHOOSE:
                choose(chain, number, cheat, leftmost_wrong(chain, number, right, cheat))
            elif game.phase == Phase.STEP:
                assert (game.leaf, game.index) == place
                return False
            else:
                miner_move(chain, number, cheat, cheat.claim())
            return True

        finish(chain, number, moves)
        assert w.lease(chain).status == LeaseStatus.CONVICTED
        assert ask(chain, "challenge", number).status == ChallengeStatus.WON


@pytest.mark.parametrize("leaves", [1, *SIZES])
def test_an_honest_miner_wins_against_any_challenger(leaves):
    rng = random.Random(leaves)
    for _ in range(3):
        trace = Trace(leaves, rng.choice((1, 2, 15, 16, 17, 70)) if leaves < 80 else 3)
        chain = w.disputes_chain()
        number = start_game(chain, ALICE, trace.claim())
        patience = rng.choice((0.7, 0.95, 1.0))

        def moves(game, chain=chain, number=number, trace=trace, patience=patience):
            if game.phase != Phase.CHOOSE:
                miner_move(chain, number, trace, trace.claim())
                return True
            if rng.random() > patience:
                return False
            choose(chain, number, trace, rng.randrange(len(revealed_nodes(chain, number, trace))))
            return True

        finish(chain, number, moves)
        assert ask(chain, "challenge", number).status == ChallengeStatus.LOST
        assert (w.lease(chain).status, w.lease(chain).holds) == (LeaseStatus.ACTIVE, 0)


class Liar(Trace):
    """A miner who claims any leaves at all, and for a disputed leaf invents steps that end in it.

    Some of his steps may be right; the last one always yields the leaf that he claims.
    """

    def __init__(self, right: Trace, rng: random.Random):
        super().__init__(1, right.steps)
        leaves = len(right.levels[0])
        self.head, self.rng = right.head, rng
        wrong = {rng.randrange(1, leaves) for _ in range(rng.randrange(1, 4))}
        self.outputs = [list(row) for row in right.outputs]
        trace = list(right.levels[0])
        for leaf in sorted(wrong):
            for micro in range(self.steps):
                if rng.random() < 0.4:
                    self.outputs[leaf][micro] = rng.randbytes(32)
            self.outputs[leaf][-1] = rng.randbytes(32)
            trace[leaf] = w._digest(b"leaf", self.outputs[leaf][-1])
        self.levels = w.merkle_levels(trace)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_an_honest_challenger_wins_against_any_miner(seed):
    rng = random.Random(seed)
    right = Trace(rng.randrange(2, 60), rng.randrange(1, 40))
    liar = Liar(right, rng)
    claim = liar.claim()
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, claim)
    patience = rng.choice((0.8, 1.0))

    def moves(game):
        if game.phase == Phase.CHOOSE:
            choose(chain, number, liar, leftmost_wrong(chain, number, right, liar))
            return True
        if rng.random() > patience:
            return False
        if game.phase == Phase.REVEAL and rng.random() < 0.05:
            send(chain, MINER, "revealNodes", number, [rng.randbytes(32)] * rng.randrange(1, 16))
        miner_move(chain, number, liar, claim)
        return True

    finish(chain, number, moves)
    assert w.lease(chain).status == LeaseStatus.CONVICTED


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_challenger_can_show_the_last_step_from_what_the_game_revealed(seed):
    """He knows his own right values and the nodes that were opened, and needs nothing else."""
    rng = random.Random(seed)
    right = Trace(rng.randrange(2, 40), rng.randrange(2, 300))
    liar = Liar(right, rng)
    claim = liar.claim()
    chain = w.disputes_chain()
    number = start_game(chain, ALICE, claim)
    known: dict[tuple[int, int], bytes] = {}

    while (game := ask(chain, "game", number)).phase != Phase.STEP:
        if game.phase != Phase.CHOOSE:
            miner_move(chain, number, liar, claim)
            continue
        if game.stage == 2:
            below = max(0, game.level - 4)
            for place, node in enumerate(revealed_nodes(chain, number, liar)):
                known[below, (game.index << game.level - below) + place] = node
        choose(chain, number, liar, leftmost_wrong(chain, number, right, liar))
    if game.index == 0:
        levels, place, values = liar.levels, game.leaf - 1, right.levels[0]
    else:
        levels, place, values = right.micro_levels(game.leaf), game.index - 1, None
        counts = [len(level) for level in levels]

        def value(level, index):
            """Return a node: revealed, or built from what is below, or his own and agreed."""
            if (level, index) in known:
                return known[level, index]
            if (index + 1) << level <= game.index:
                return levels[level][index]
            left = value(level - 1, 2 * index)
            if 2 * index + 1 >= counts[level - 1]:
                return left
            return w.merkle_levels([left, value(level - 1, 2 * index + 1)])[-1][0]

        path, spot = [], place
        for level, count in enumerate(counts[:-1]):
            if spot ^ 1 < count:
                path.append(value(level, spot ^ 1))
            spot //= 2
        witness = levels[0][place] + b"".join(path)
    if values is not None:
        witness = values[place] + b"".join(w.merkle_path(levels, place))
    head = (number, w.data(claim), liar.opening())
    assert send(chain, ALICE, "oneStep", *head, witness) == 0
    assert w.lease(chain).status == LeaseStatus.CONVICTED


# --- books ------------------------------------------------------------------------------------

CHALLENGERS = [account(20 + number) for number in range(6)]
JUDGES = [account(50 + number) for number in range(5)]
LIVE = (
    ChallengeStatus.COMMITTED, ChallengeStatus.OPEN, ChallengeStatus.WON, ChallengeStatus.CLOSED,
)  # fmt: skip


def owed(chain, leases) -> int:
    """Return what the contract owes by its own records (D1)."""
    total = 0
    for number in range(1, ask(chain, "challengeCount") + 1):
        info = ask(chain, "challenge", number)
        total += info.bond if info.status in LIVE else 0
    total += sum(ask(chain, "caseOf", lease).reward_left for lease in leases)
    total += sum(ask(chain, "arbitrator", judge).bond for judge in JUDGES)
    for number in range(1, ask(chain, "arbitrationCount") + 1):
        info = ask(chain, "arbitration", number)
        live = info.status in (ArbitrationStatus.OPENED, ArbitrationStatus.VOTING)
        total += info.bond if live else 0
    return total


def check_books(chain, leases, supply) -> None:
    assert held(chain) == owed(chain, leases)
    assert chain.supply + chain.burnt == supply
    for lease_id in leases:
        row = w.lease(chain, lease_id)
        if row.status == LeaseStatus.ACTIVE:
            number = ask(chain, "arbitrationOf", lease_id)
            live = ask(chain, "arbitration", number).status in (1, 2)
            assert row.holds == len(ask(chain, "caseOf", lease_id).open_ids) + live


class History:
    """Random calls of everybody: most are refused, the rest must keep the books."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.chain = w.disputes_chain(
            revealSeconds=120, voteCommitSeconds=200, voteRevealSeconds=200, drawDelayBlocks=2,
            arbitratorLeaveSeconds=300,
        )  # fmt: skip
        self.leases = [bytes((number,)) * 32 for number in range(1, 5)]
        for lease_id in self.leases:
            kind = self.rng.choice((KIND_LLM, w.KIND_INTEGER_MODEL))
            w.put_lease(self.chain, lease_id, kind=kind)
        right, wrong = Trace(9, 4), Trace(9, 4, {(5, 2): b"\x05" * 32})
        self.traces = {lease_id: self.rng.choice((right, wrong)) for lease_id in self.leases}
        self.made = []
        for judge in JUDGES[1:]:
            send(self.chain, judge, "registerArbitrator", value=130 * AIT)
        self.supply = self.chain.supply + self.chain.burnt
        self.done = set()

    def run(self, steps):
        for _ in range(steps):
            step = self.rng.choice((
                self.commit, self.commit, self.reveal, self.reveal, self.reveal, self.move,
                self.move, self.move, self.move, self.timeout, self.claim, self.claim,
                self.expire, self.judge, self.arbitrate, self.vote, self.vote, self.vote,
                self.wait, self.wait, self.wait,
            ))  # fmt: skip
            try:
                step()
            except Revert:
                continue
            finally:
                check_books(self.chain, self.leases, self.supply)
            self.done.add(step.__name__)

    def commit(self):
        who, lease_id = self.rng.choice(CHALLENGERS), self.rng.choice(self.leases)
        fault = self.rng.choice((Fault.WRONG_STEP, Fault.WRONG_STEP, Fault.OVERCLAIM))
        units = 400_001 if fault == Fault.OVERCLAIM else 1000
        claim = self.traces[lease_id].claim(lease_id=lease_id, units=units)
        number = w.commit(self.chain, who, claim.struct_hash(), fault)
        self.made.append((number, who, lease_id, fault, claim))

    def reveal(self):
        number, who, _, fault, claim = self.rng.choice(self.made or [(0,) * 5])
        if fault == Fault.WRONG_STEP:
            w.reveal_game(self.chain, who, number, claim)
        elif fault and self.rng.random() < 0.15:
            w.overclaim(self.chain, who, claim, number)

    def move(self):
        number, who, lease_id, _, claim = self.rng.choice(self.made or [(0,) * 5])
        if not number or ask(self.chain, "game", number).phase in (Phase.NONE, Phase.OVER):
            return
        trace = self.traces[lease_id]
        if ask(self.chain, "game", number).phase == Phase.CHOOSE:
            nodes = revealed_nodes(self.chain, number, trace)
            choose(self.chain, number, trace, self.rng.randrange(len(nodes)), challenger=who)
        else:
            miner_move(self.chain, number, trace, claim)

    def any_challenge(self):
        return self.rng.randrange(1, ask(self.chain, "challengeCount") + 2)

    def timeout(self):
        send(self.chain, STRANGER, "claimTimeout", self.any_challenge())

    def claim(self):
        send(self.chain, STRANGER, "claimReward", self.any_challenge())

    def expire(self):
        send(self.chain, STRANGER, "expireChallenge", self.any_challenge())

    def wait(self):
        pass_seconds(self.chain, self.rng.choice((5, 40, 90)))

    def judge(self):
        judge = self.rng.choice(JUDGES)
        name, value = self.rng.choice((
            ("registerArbitrator", 150 * AIT), ("registerArbitrator", 120 * AIT),
            ("addArbitratorBond", AIT), ("withdrawArbitratorBond", 0),
            ("leaveArbitration", 0) if self.rng.random() < 0.2 else ("addArbitratorBond", AIT),
        ))  # fmt: skip
        send(self.chain, judge, name, value=value)

    def arbitrate(self):
        lease_id = self.rng.choice(self.leases)
        number = ask(self.chain, "arbitrationOf", lease_id)
        status = ask(self.chain, "arbitration", number).status
        if status == ArbitrationStatus.OPENED:
            send(self.chain, STRANGER, "drawPanel", number)
        elif status == ArbitrationStatus.VOTING:
            send(self.chain, STRANGER, "closeArbitration", number)
        else:
            who = self.rng.choice((CLIENT, MINER))
            send(self.chain, who, "openArbitration", lease_id, w.ZERO, value=12 * AIT)

    def vote(self):
        number = ask(self.chain, "arbitrationOf", self.rng.choice(self.leases))
        turn = ask(self.chain, "arbitration", number).round
        for place, seat in enumerate(ask(self.chain, "panel", number)):
            value = 2_500 * (place * number % 5)
            wanted = vote_hash(number, seat.arbitrator, value, turn=turn)
            if self.rng.random() < 0.2:
                continue
            call = ("commitVote", number, wanted)
            if seat.status:
                call = ("revealVote", number, value, w.SALT)
            with suppress(Revert):
                send(self.chain, seat.arbitrator, *call)


MUST_HAPPEN = {
    "commit", "reveal", "move", "timeout", "claim", "expire", "judge", "arbitrate", "vote",
}  # fmt: skip
EVENTS = {
    "ChallengeLost", "CaseDecided", "ChallengePaid", "ChallengeExpired", "ArbitratorDrawn",
    "ArbitratorSlashed", "ArbitrationDecided", "ArbitrationVoid", "PanelAimed",
}  # fmt: skip


@pytest.fixture(scope="module")
def happened() -> set[str]:
    return set()


@pytest.mark.parametrize("seed", range(max(8, SEEDS)))
def test_bonds_in_are_bonds_out_over_any_history(seed, happened):
    history = History(seed)
    history.run(400)
    happened |= history.done
    for event in Disputes.events:
        if w.events(history.chain, event):
            happened.add(event.__name__)


def test_the_histories_reach_everything(happened):
    assert (MUST_HAPPEN | EVENTS) - happened == set()


def test_when_everything_is_over_nothing_is_left():
    """After a history everybody takes what is his: the contract is empty to the wei."""
    history = History(1)
    history.run(250)
    chain = history.chain
    steps = (
        *[(STRANGER, name, number) for _ in range(6)
          for name in ("expireChallenge", "claimTimeout", "claimReward")
          for number in range(1, ask(chain, "challengeCount") + 1)],
        *[(STRANGER, name, number) for _ in range(3)
          for name in ("drawPanel", "closeArbitration")
          for number in range(1, ask(chain, "arbitrationCount") + 1)],
        *[(judge, name) for name in ("leaveArbitration", "withdrawArbitratorBond")
          for judge in JUDGES],
    )  # fmt: skip
    for who, *call in steps:
        pass_seconds(chain, 500)
        try:
            send(chain, who, *call)
        except Revert:
            continue
    assert held(chain) == 0
    assert Disputes(chain.context(w.DISPUTES_ADDRESS)).cases[LEASE].reward_left == 0
