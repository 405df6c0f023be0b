"""aitbc job with --class v3: a quorum of miners behind the same commands."""

import pytest

from aitbc.commands import job_leases
from contracts.disputes.v1.contract import Disputes
from miner.client.session import Manners
from tests.unit.aitbc.market_line import CLIENT, CLIENT_ADDRESS, SUBMIT
from tests.unit.miner.client.market_world import AIT, PRICE, WORDS
from tests.unit.miner.client.quorum_world import LIE, QuorumClientWorld

ANSWER = "".join(WORDS)
QUORUM = (*SUBMIT, "--class", "v3")


@pytest.fixture
def world(double, line, tmp_path, monkeypatch):
    made = QuorumClientWorld(tmp_path, double=double)
    double.chain.balances[CLIENT_ADDRESS] = 10_000 * AIT
    made.join_all()

    def manners():
        return Manners(
            tell=made.told.append, sleep=made.sleep, attempts_max=2, endpoint=made.urls.get
        )

    monkeypatch.setattr(job_leases, "make_manners", manners)
    return made


def test_submit_prints_what_most_of_the_miners_say(line, world):
    next(iter(world.miners.values())).answer = {"delivered": LIE.delivered, "scored": LIE.scored}
    assert line.done(*QUORUM, "--wait", *CLIENT).stdout == ANSWER + "\n"
    (row,) = line.json("job", "list", "--mine")
    job = row["job"]
    status = line.json("job", "status", job)
    assert (status["quorum"], status["quorum_status"], status["agreeing_here"]) == (1, "working", 2)
    verdicts = sorted(seat["verdict"] for seat in status["seats"])
    assert verdicts == ["agrees", "agrees", "differs"]
    assert line.done("job", "result", job).stdout == ANSWER + "\n"
    assert "differs" in line.done("job", "status", job).stdout
    assert len(line.json("job", "receipts", job)) == 3


def test_a_quorum_is_submitted_now_and_its_result_fetched_later(line, world):
    job = line.json(*QUORUM, "--quorum", "3", *CLIENT)["job"]
    assert "no answer yet" in str(line.type("job", "result", job, *CLIENT).exception)
    status = line.json("job", "status", job)
    assert status["quorum_status"] == "opened"
    assert len(status["seats"]) == 3
    assert line.done("job", "result", job, "--wait", *CLIENT).stdout == ANSWER + "\n"


def test_settle_shows_who_was_paid_what(line, world):
    job = line.json(*QUORUM, "--wait", *CLIENT)["job"]
    world.vote()
    world.send(CLIENT_ADDRESS, Disputes, "closeQuorum", 1)
    for miner in world.miners.values():
        world.claim_old(miner)
    seats = line.json("job", "settle", job, *CLIENT)["seats"]
    assert [seat["paid"] for seat in seats] == [str(4 * PRICE * 975 // 1_000)] * 3
    assert {seat["status"] for seat in seats} == {"settled"}


def test_a_quorum_without_majority_is_taken_back(line, world):
    for number, miner in enumerate(world.miners.values()):
        word = f"{number}."
        miner.answer = {"delivered": word.encode(), "scored": ((word, -1_000),)}
    result = line.type(*QUORUM, "--wait", *CLIENT)
    assert "no majority" in str(result.exception)
    job = line.json("job", "list", "--mine")[0]["job"]
    world.vote()
    line.json("job", "reclaim", job, *CLIENT)
    seats = line.json("job", "reclaim", job, *CLIENT)["seats"]
    assert {seat["status"] for seat in seats} == {"closed"}
    assert "no answer yet" in str(line.type("job", "result", job, *CLIENT).exception)


def test_what_makes_no_sense_for_a_quorum_is_refused_with_a_remedy(line, world):
    assert "needs --class v3" in line.usage(*SUBMIT, "--quorum", "5", *CLIENT)
    assert "are drawn" in line.usage(*QUORUM, "--offer", "1", *CLIENT)
    assert "3 miners offer this" in str(line.type(*QUORUM, "--quorum", "5", *CLIENT).exception)
    job = line.json(*QUORUM, *CLIENT)["job"]
    assert "answers one request" in line.problem("job", "ask", job, "And?", *CLIENT)
    assert "several miners" in line.problem("job", "rate", job, "5", *CLIENT)
