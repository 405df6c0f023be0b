"""The challenger at the edges: too late, not alone, refused, found again."""

import pytest

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ChallengeStatus, Fault
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.places import DISPUTES_ADDRESS
from miner.account import MinerAccount
from miner.chain import Chain
from miner.games.accusations import Accusation, AccusationStore, State
from miner.games.challenger import Challenger
from miner.journal import Journal
from rpc.client import NodeUnreachableError
from tests.unit.contracts.deal_world import STRANGER
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.staking_world import secret
from tests.unit.miner.exact.model_games import Miner, ask
from tests.unit.miner.exact.test_games import flip, step_of
from tests.unit.miner.games.players import AIT, HUNTER_SECRET, Table

REQUEST = ask(1, 5, 9, 20, temperature=9000, top_k=64, seed=3)
RIVAL_SECRET = secret(93)


@pytest.fixture
def table(tmp_path):
    made = Table(tmp_path)
    yield made
    made.close()


def cheated(table, **terms):
    place = step_of(Miner(REQUEST), 1, 0, "k")
    return table.exact_work(
        table.exact_lease(**terms), Miner(REQUEST, tamper={place: flip(0)})
    )  # fmt: skip


def only(table):
    (found,) = table.challenger.store.all()
    return found


async def test_nothing_is_committed_once_the_window_is_over(table):
    work = cheated(table, window_blocks=60)
    table.world.chain.advance(61)
    table.accuse(work)
    await table.turn()
    assert (only(table).state, only(table).outcome) == (State.OVER, "it is too late")
    assert table.world.ask(Disputes, "challengeCount") == 0


async def test_a_lease_that_ends_under_a_commitment_gives_the_bond_back(table):
    work = cheated(table)
    table.accuse(work)
    await table.turn()
    await table.turn()
    assert only(table).state is State.COMMITTED
    lease_id = work.receipt.lease_id
    table.world.send(DISPUTES_ADDRESS, Marketplace, "convict", lease_id, Fault.FAILED_AUDITS)
    held = table.world.held(DISPUTES_ADDRESS)
    for _ in range(4):
        await table.turn()
    assert (only(table).state, only(table).outcome, only(table).bond) == (State.OVER, "paid", 0)
    assert table.world.held(DISPUTES_ADDRESS) == held - AIT


async def test_what_was_not_revealed_in_time_is_over(table):
    table.accuse(cheated(table))
    await table.turn()
    await table.turn()
    assert only(table).state is State.COMMITTED
    table.world.chain.advance(700)
    await table.turn()
    assert (only(table).state, only(table).bond) == (State.OVER, 0)
    assert table.status(1) == ChallengeStatus.COMMITTED


@pytest.mark.parametrize("turns", [2, 4, 8, 12, 14])
async def test_a_challenge_is_found_again_without_journal_and_files(table, tmp_path, turns):
    """Nothing is left but the key: the accusation is made anew, its commitment is on the chain."""
    work = cheated(table)
    table.accuse(work)
    for _ in range(turns):
        await table.turn()
    assert turns < 12 or table.game(1).stage == 2
    before = only(table).height
    journal = Journal(tmp_path / "new")
    account = MinerAccount(Chain(table.double), journal, HUNTER_SECRET, CHAIN_ID)
    store = AccusationStore(tmp_path / "new accusations")
    table.challenger = Challenger(
        Chain(table.double), account, HUNTER_SECRET, store, table.challenger.find
    )
    table.challenger.accuse(
        Accusation(
            fault=Fault.WRONG_STEP, height=before, receipt=work.receipt,
            signature=work.signature(),
        )
    )  # fmt: skip
    assert await table.until_over() == ChallengeStatus.WON
    assert table.world.ask(Disputes, "challengeCount") == 1
    journal.close()


async def test_an_accusation_that_was_made_is_not_made_again(table):
    work = cheated(table)
    table.accuse(work)
    assert not table.challenger.accuse(only(table))


async def test_two_challengers_of_one_receipt_both_get_bond_and_share(table, tmp_path):

    work = cheated(table)
    lease_id = work.receipt.lease_id
    journal = Journal(tmp_path / "rival")
    account = MinerAccount(Chain(table.double), journal, RIVAL_SECRET, CHAIN_ID)
    table.world.chain.balances[account.address] = start = 1_000 * AIT
    rival = Challenger(
        Chain(table.double), account, RIVAL_SECRET, AccusationStore(tmp_path / "rivals"),
        table.challenger.find,
    )  # fmt: skip
    table.accuse(work)
    rival.accuse(only(table))
    hunters = table.world.held(table.hunter)
    for turn in range(60):
        height = table.world.block.height
        await rival.account.poll(height)
        await rival.step(height)
        await table.turn()
        if turn == 40:
            assert table.world.lease(lease_id).status == LeaseStatus.CONVICTED
            table.world.chain.advance(700)
    outcomes = [found.outcome for found in (*rival.store.all(), only(table))]
    assert outcomes == ["paid", "paid"]
    assert table.world.held(account.address) == start + 250 * AIT
    assert table.world.held(table.hunter) == hunters + 250 * AIT
    journal.close()


def stranger_commits(table, work):
    found = table.world.ask(
        Disputes, "commitmentFor", work.hash, STRANGER, Fault.WRONG_STEP, bytes(32), bytes(32)
    )
    table.world.send(STRANGER, Disputes, "commitChallenge", found, value=AIT)
    table.world.chain.advance(1)


def stranger_reveals(table, work):
    values = (1, bytes(32), Fault.WRONG_STEP, work.data(), work.signature())
    table.world.send(STRANGER, Disputes, "revealGame", *values, value=2 * AIT)


async def test_nothing_is_committed_while_all_places_are_taken(table):
    table.world.set(Disputes, "gamesMax", 1)
    work = cheated(table)
    stranger_commits(table, work)
    stranger_reveals(table, work)
    table.accuse(work)
    for _ in range(4):
        await table.turn(has_miner=False)
    assert "places are taken" in table.challenger.refusals[only(table).name]
    assert table.world.ask(Disputes, "challengeCount") == 1
    table.world.chain.advance(61)
    table.world.send(STRANGER, Disputes, "claimTimeout", 1)
    await table.turn()
    assert only(table).outcome == "it is too late"


async def test_a_reveal_that_is_refused_is_tried_again_and_costs_nothing(table):
    """Another one revealed first and took the place; who committed before gets his bond back."""
    table.world.set(Disputes, "gamesMax", 1)
    work = cheated(table)
    stranger_commits(table, work)
    table.accuse(work)
    hunters = table.world.held(table.hunter)
    await table.turn(has_miner=False)
    table.mine(1)
    stranger_reveals(table, work)
    for _ in range(6):
        await table.turn(has_miner=False)
    assert "TooManyGames" in table.challenger.refusals[only(table).name]
    table.world.chain.advance(61)
    table.world.send(STRANGER, Disputes, "claimTimeout", 1)
    for _ in range(6):
        await table.turn(has_miner=False)
    assert table.world.lease(work.receipt.lease_id).status == LeaseStatus.CONVICTED
    assert table.status(2) == ChallengeStatus.PAID
    assert table.world.held(table.hunter) == hunters


async def test_a_pool_that_refuses_is_told_and_tried_again(table):
    table.accuse(cheated(table))
    table.double.pool_error = "txpool is full"
    await table.turn()
    assert "full" in table.challenger.refusals[only(table).name]
    for _ in range(4):
        await table.turn()
    assert table.world.ask(Disputes, "challengeCount") == 1


async def test_a_node_that_does_not_answer_is_the_callers_to_handle(table):
    table.accuse(cheated(table))
    table.double.unreachable = 1
    with pytest.raises(NodeUnreachableError):
        await table.challenger.step(table.world.block.height)


async def test_without_request_or_model_the_game_is_given_up_and_told(table):
    work = cheated(table)
    table.accuse(work)
    table.opinions.clear()
    for _ in range(12):
        await table.turn()
    assert "not here" in table.challenger.refusals[only(table).name]
    assert await table.until_over(80) == ChallengeStatus.LOST
