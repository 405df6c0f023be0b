"""Whole disputes on the real contracts in memory, played by the shells that play on a chain."""

import dataclasses

import pytest

from contracts.disputes.v1.messages import ChallengeStatus, Phase
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from miner.games.accusations import State
from tests.unit.contracts.deal_world import CLIENT
from tests.unit.miner.chain_double import MINER_ADDRESS
from tests.unit.miner.exact.model_games import Miner, ask, honest, reference
from tests.unit.miner.exact.test_games import flip, step_of
from tests.unit.miner.games.players import AIT, Table

REQUEST = ask(1, 5, 9, 20, temperature=9000, top_k=64, seed=3)
OTHER = dataclasses.replace(REQUEST, prompt=(1, 5, 9, 21))


@pytest.fixture
def table(tmp_path):
    made = Table(tmp_path)
    yield made
    made.close()


def cheat(phase="k", position=1, layer=0):
    return Miner(REQUEST, tamper={step_of(Miner(REQUEST), position, layer, phase): flip(0)})


async def test_a_cheater_is_convicted_the_client_refunded_and_the_challenger_paid(table):
    lease_id = table.exact_lease()
    escrow = table.world.lease(lease_id).escrow
    work = table.exact_work(lease_id, cheat())
    table.accuse(work)
    clients, hunters = table.world.held(CLIENT), table.world.held(table.hunter)
    assert await table.until_over() == ChallengeStatus.WON
    assert table.world.lease(lease_id).status == LeaseStatus.CONVICTED
    assert table.world.held(CLIENT) == clients + escrow
    assert table.world.ask(Marketplace, "miner", MINER_ADDRESS).bond == 0
    table.world.chain.advance(620)
    for _ in range(4):
        await table.turn()
    assert table.status(1) == ChallengeStatus.PAID
    assert table.world.held(table.hunter) == hunters + 500 * AIT
    assert not table.challenger.store.open()


async def test_an_honest_miner_wins_the_bond_of_a_false_challenge(table):
    lease_id = table.exact_lease()
    work = table.exact_work(lease_id, Miner(REQUEST), own=honest(OTHER))
    table.accuse(work)
    miners = table.world.held(MINER_ADDRESS)
    assert await table.until_over(80) == ChallengeStatus.LOST
    assert table.world.held(MINER_ADDRESS) > miners
    assert table.world.lease(lease_id).status == LeaseStatus.ACTIVE
    await table.turn()
    await table.turn()
    (over,) = table.challenger.store.all()
    assert (over.state, over.outcome, over.bond) == (State.OVER, "lost", 0)


async def test_a_cheater_who_is_silent_loses_by_his_clock(table):
    lease_id = table.exact_lease()
    table.accuse(table.exact_work(lease_id, cheat()))
    for _ in range(6):
        await table.turn()
    assert table.game(1).phase == Phase.CHOOSE or table.game(1).phase == Phase.REVEAL
    assert await table.until_over(80, has_miner=False) == ChallengeStatus.WON
    assert table.world.lease(lease_id).status == LeaseStatus.CONVICTED


@pytest.mark.parametrize("kill", range(2, 16, 2))
async def test_killed_players_go_on_where_the_game_stands(table, kill):
    lease_id = table.exact_lease()
    table.accuse(table.exact_work(lease_id, cheat("x_out", 4, 1)))
    for _ in range(kill):
        await table.turn()
    table.wake_miner()
    table.wake_hunter()
    assert await table.until_over() == ChallengeStatus.WON


async def test_an_answer_that_ends_too_early_is_convicted(table):
    lease_id = table.exact_lease()
    table.accuse(table.exact_work(lease_id, Miner(REQUEST, outputs=2)))
    assert await table.until_over(80) == ChallengeStatus.WON


async def test_an_answer_that_goes_on_behind_the_stop_is_convicted(table):
    tokens = honest(REQUEST).tokens
    asked = ask(1, 5, 9, 20, temperature=9000, top_k=64, seed=3, stop=tokens[1])
    own = reference().run([asked], keep=True)[0]
    lease_id = table.exact_lease()
    table.accuse(table.exact_work(lease_id, Miner(asked, outputs=3), own=own))
    assert await table.until_over(80) == ChallengeStatus.WON
