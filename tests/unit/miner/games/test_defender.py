"""The defender at the edges: what is not kept, whose turn it is, who may play, clocks."""

import asyncio
import dataclasses

import pytest

from contracts.disputes.v1.messages import ChallengeStatus, Phase
from contracts.marketplace.v1.contract import Marketplace
from contracts.receipts.v1.contract import Receipts
from miner.account import MinerAccount
from miner.chain import Chain
from miner.games.defender import MinerDefender
from miner.games.knowledge import ExactOpinion
from miner.games.library import levels_of
from miner.games.moves import Moment, Transcript, attack, defend
from miner.games.record import read_transcript
from miner.games.tasks import Tasks
from miner.games.works import SignedWork, WorkStore
from miner.journal import Journal
from miner.leases.protocol import Ask
from tests.unit.contracts.deal_world import OPERATOR
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.staking_world import secret
from tests.unit.miner.chain_double import MINER_ADDRESS
from tests.unit.miner.exact.model_games import (
    DELIVERED,
    SALT,
    Miner,
    ask,
    honest,
    reference,
    tiny_model,
)
from tests.unit.miner.games.players import AIT, Table, _address

REQUEST = ask(1, 5, 9, 20, temperature=9000, top_k=64, seed=3)
OTHER = dataclasses.replace(REQUEST, prompt=(1, 5, 9, 21))


@pytest.fixture
def table(tmp_path):
    made = Table(tmp_path)
    yield made
    made.close()


def challenged(table):
    """Let an honest receipt be accused of another prompt's execution."""
    work = table.exact_work(table.exact_lease(), Miner(REQUEST), own=honest(OTHER))
    table.accuse(work)
    return work


async def test_without_the_work_nothing_is_sent_and_the_reason_is_told(table):
    challenged(table)
    table.shelf.clear()
    for _ in range(6):
        await table.turn()
    assert table.game(1).phase == Phase.TRACE
    assert table.defender.refusals == {1: "its work is not kept here"}


async def test_without_the_model_nothing_is_sent_and_the_reason_is_told(table):
    work = challenged(table)
    table.shelf[bytes(work.hash)] = SignedWork(receipt=work.receipt, signature=work.signature())
    for _ in range(6):
        await table.turn()
    assert table.game(1).phase == Phase.TRACE
    assert "model" in table.defender.refusals[1]


async def test_a_game_of_another_miner_is_left_alone(table):
    challenged(table)
    for _ in range(4):
        await table.turn()
    other = MinerDefender(Chain(table.double), table.challenger.account, table.shelf)
    await other.step(1, table.world.block.height)
    assert not other.open_games


async def test_an_operator_key_plays_for_the_miner(table, tmp_path):
    challenged(table)
    table.world.chain.balances[_address(OPERATOR)] = 10 * AIT
    journal = Journal(tmp_path / "operator")
    account = MinerAccount(Chain(table.double), journal, OPERATOR, CHAIN_ID)
    table.defender = MinerDefender(Chain(table.double), account, table.shelf, MINER_ADDRESS)
    assert await table.until_over(80) == ChallengeStatus.LOST
    journal.close()


async def test_work_that_was_kept_on_disk_is_executed_again_and_wins(table, tmp_path):
    work = challenged(table)
    asked = Ask(salt=SALT, options=REQUEST.options.encode(), tokens=REQUEST.prompt)
    store = WorkStore(tmp_path / "works", {bytes(reference().model.root): reference()})
    store.keep_exact(work.receipt, work.signature(), asked, DELIVERED)
    table.shelf = store
    table.wake_miner()
    assert await table.until_over(80) == ChallengeStatus.LOST


async def test_damaged_work_is_told_and_stops_no_other_defence(table, tmp_path):
    work = challenged(table)
    store = WorkStore(tmp_path / "works")
    store.keep_signed(work.receipt, work.signature())
    (path,) = (tmp_path / "works").glob("*.work")
    path.write_bytes(b"nonsense")
    assert store.leases() == set()
    table.shelf = store
    table.wake_miner()
    for _ in range(5):
        await table.turn()
    assert "damaged" in table.defender.refusals[1]


async def test_a_game_that_nobody_told_of_is_found_through_the_kept_leases(table, monkeypatch):
    challenged(table)
    for _ in range(8):
        await table.turn()

    async def nothing(*_):
        return []

    monkeypatch.setattr("miner.games.defender.find_games", nothing)
    table.wake_miner()
    assert await table.until_over(80) == ChallengeStatus.LOST


async def test_who_posted_a_batch_shows_a_signature_that_is_asked_for(table):
    """The defender of a poster; any receipt that he keeps can be shown."""
    from contracts.disputes.v1.messages import Fault
    from miner.games.accusations import Accusation
    from miner.games.library import Publication, open_leaf

    work = table.exact_work(table.exact_lease(), Miner(REQUEST), is_claimed=False)
    table.shelf[bytes(work.hash)] = SignedWork(receipt=work.receipt, signature=work.signature())
    top = levels_of([work.leaf])[-1][0]
    table.world.send(
        MINER_ADDRESS, Receipts, "anchorBatch", top.hash, 1, top.total, value=100 * AIT
    )
    leaf = open_leaf(Publication(leaves=(work.leaf,), signed={}), levels_of([work.leaf]), 0)
    table.challenger.accuse(
        Accusation(
            fault=Fault.BAD_SIGNATURE, height=table.world.block.height, batch_id=1, left=leaf
        )
    )
    assert await table.until_over(20) == ChallengeStatus.LOST


async def test_a_challenger_who_is_silent_loses_by_the_miners_claim(table):
    work = challenged(table)
    await reach(table, Phase.CHOOSE)
    assert await table.until_over(80, has_hunter=False) == ChallengeStatus.LOST
    assert table.world.lease(work.receipt.lease_id).holds == 0


async def reach(table, phase):
    for _ in range(40):
        if table.game(1).phase == phase:
            return table.game(1)
        await table.turn()
    raise AssertionError(phase)


async def test_nobody_moves_when_his_own_time_is_over(table):
    work = challenged(table)
    game = await reach(table, Phase.REVEAL)
    kept = table.shelf.find(work.hash)
    late = Moment(seconds=game.until, height=game.until_height)
    early = Moment(seconds=game.until - 1, height=game.until_height)
    slow = Moment(seconds=game.until, height=game.until_height - 1)
    for now, move in ((late, None), (early, "revealNodes"), (slow, "revealNodes")):
        found = defend(game, kept.receipt, kept.signature, kept.defence(), now)
        assert (found and found.method) == move
    opinion = table.opinions[bytes(work.hash)]
    for now, move in ((late, "claimTimeout"), (early, None), (slow, None)):
        found = attack(game, kept.receipt, opinion, Transcript(), now)
        assert (found and found.method) == move
    game = await reach(table, Phase.CHOOSE)
    now = Moment(seconds=game.until, height=game.until_height)
    assert defend(game, kept.receipt, b"", None, now).method == "claimTimeout"
    assert attack(game, kept.receipt, opinion, Transcript(), now) is None


async def test_nodes_that_a_node_lies_about_are_not_chosen_from(table):
    from miner.games.moves import Revealed

    work = challenged(table)
    game = await reach(table, Phase.CHOOSE)
    lies = Transcript(reveals=[Revealed(1, game.level, game.index, (bytes(32),) * 16)])
    now = Moment(seconds=game.until - 1, height=0)
    assert attack(game, work.receipt, table.opinions[bytes(work.hash)], lies, now) is None


async def test_a_miner_does_not_show_a_step_that_would_convict_him(table):
    from tests.unit.miner.exact.test_games import flip, step_of

    place = step_of(Miner(REQUEST), 1, 0, "k")
    work = table.exact_work(table.exact_lease(), Miner(REQUEST, tamper={place: flip(0)}))
    table.accuse(work)
    for _ in range(40):
        game = table.game(1)
        if game.phase == Phase.STEP:
            break
        await table.turn()
    kept = table.shelf.find(work.hash)
    now = Moment(seconds=game.until - 1, height=0)
    assert defend(game, kept.receipt, kept.signature, kept.defence(), now) is None


async def test_a_challenger_who_sees_that_a_step_is_right_gives_up(table):
    work = challenged(table)
    game = await reach(table, Phase.STEP)
    transcript = await read_transcript(Chain(table.double), game, 0, table.world.block.height)
    transcript.leaves = table.challenger.store.open()[0].leaves
    right = ExactOpinion(work.receipt, tiny_model(), honest(REQUEST), SALT)
    now = Moment(seconds=game.until - 1, height=0)
    assert attack(game, work.receipt, right, transcript, now) is None
    assert attack(game, work.receipt, None, transcript, now) is None


async def test_a_key_that_is_no_operator_is_refused_and_told(table, tmp_path):
    challenged(table)
    journal = Journal(tmp_path / "stranger")
    stranger = MinerAccount(Chain(table.double), journal, secret(66), CHAIN_ID)
    table.world.chain.balances[stranger.address] = AIT
    for _ in range(4):
        await table.turn(has_miner=False)
    defender = MinerDefender(Chain(table.double), stranger, table.shelf, MINER_ADDRESS)
    await defender.look(table.world.block.height)
    assert "NotYourTurn" in defender.refusals[1]
    assert table.world.ask(Marketplace, "operatorValid", MINER_ADDRESS, stranger.address, 1) == 0
    journal.close()


async def test_slow_work_does_not_hold_up_other_work_and_runs_once(monkeypatch):
    monkeypatch.setattr("miner.games.tasks.PATIENCE_SECONDS", 0.01)
    tasks, begun, gate = Tasks(), [], asyncio.Event()

    def work(name):
        async def run():
            begun.append(name)
            if name == "slow":
                await gate.wait()
            if name == "bad":
                raise ValueError(name)

        return run

    await tasks.run({"slow": work("slow"), "quick": work("quick")})
    await tasks.run({"slow": work("slow"), "quick": work("quick")})
    assert begun == ["slow", "quick", "quick"]
    with pytest.raises(ValueError, match="bad"):
        await tasks.run({"bad": work("bad")})
    gate.set()
    await tasks.run({})
    await tasks.run({"slow": work("slow")})
    assert begun.count("slow") == 2
    await tasks.close()
