"""What aitbc job submit and ask send: as many tokens as lease and model have room for."""

import shutil

import pytest

from contracts.marketplace.v1.contract import Marketplace
from miner.client.faults import MinerRefusedError
from miner.engines.engine import decode_request
from tests.unit.aitbc.market_line import CLIENT, CLIENT_ADDRESS, SUBMIT, world
from tests.unit.miner.client.market_world import WORDS

__all__ = ["world"]
ANSWER = "".join(WORDS)
SMALL = ("job", "submit", "23+58=", "--model", "small")


def job_of(line):
    return line.json("job", "list", "--mine")[0]["job"]


def test_ask_is_for_the_units_that_are_left_and_says_so(line, world):
    line.done(*SUBMIT, "--wait", *CLIENT)
    job = job_of(line)
    assert line.done("job", "ask", job, "And then?", *CLIENT).stdout == ANSWER + "\n"
    request = decode_request(world.miner.asks[1].prompt, world.miner.asks[1].options)
    assert request.tokens_max == 16
    assert any("at most 16 tokens" in words for words in world.told)


def test_an_ask_beyond_the_lease_is_refused_before_it_is_written_down(line, world):
    line.done(*SUBMIT, "--wait", *CLIENT)
    job = job_of(line)
    problem = line.problem("job", "ask", job, "More", "--max-tokens", "17", *CLIENT)
    assert "16 of the lease are left" in problem
    assert "--max-tokens 16" in problem
    assert line.done("job", "result", job).stdout == ANSWER + "\n"
    assert line.done("job", "ask", job, "More", "--max-tokens", "16", *CLIENT).stdout


def test_a_used_up_lease_is_asked_nothing(line, world):
    line.done(*SUBMIT[:-1], "4", "--wait", *CLIENT)
    problem = line.type("job", "ask", job_of(line), "More", *CLIENT).exception
    assert "all units of the lease are used" in str(problem)


def test_an_unanswered_request_hides_no_earlier_answer(line, world):
    line.done(*SUBMIT, "--wait", *CLIENT)
    job = job_of(line)
    world.miner.silent = 10
    assert "does not answer" in str(line.type("job", "ask", job, "More", *CLIENT).exception)
    shown = line.done("job", "result", job)
    assert shown.stdout == ANSWER + "\n"
    assert "request 2 has no answer yet; this is the answer to request 1" in shown.stderr
    assert line.json("job", "reclaim", job, *CLIENT)["answer"] == ANSWER


def test_submit_asks_for_no_more_than_it_orders(line, world):
    line.done(*SUBMIT[:-2], "--units", "50", "--wait", *CLIENT)
    request = decode_request(world.miner.asks[0].prompt, world.miner.asks[0].options)
    assert request.tokens_max == 50
    assert "more than the --units" in line.usage(*SUBMIT, "--units", "19", *CLIENT)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    from miner.exact.generate import install_small

    return install_small(tmp_path_factory.mktemp("models"))


def test_a_request_beyond_the_models_context_is_refused_before_the_escrow(line, world, small):
    shutil.copytree(small.parent, line.home / "models")
    problem = line.problem(*SMALL, "--max-tokens", "500", *CLIENT)
    assert "context of 128 tokens" in problem
    assert "--max-tokens 123" in problem
    assert line.json("job", "list", "--mine") == []
    assert world.double.nonces.get(CLIENT_ADDRESS, 0) == 0
    assert "context of 128 tokens" in line.problem("job", "submit", "1" * 200, *SMALL[3:], *CLIENT)


def test_without_a_number_the_model_s_context_is_the_limit(line, world, small):
    from miner.exact.model import load_model

    shutil.copytree(small.parent, line.home / "models")
    world.join(models=(load_model(small).root,))
    job = line.json(*SMALL, *CLIENT)["job"]
    assert world.ask(Marketplace, "order", bytes.fromhex(job[2:])).terms.units_max == 123


def test_a_request_that_the_miner_refuses_for_good_ends_in_reclaim(line, world):
    async def refuse(lease_id, body):
        raise MinerRefusedError("work_refused", "bad_request", "correct the request")

    world.miner.request = refuse
    refusal = line.type(*SUBMIT, "--wait", *CLIENT).exception
    assert "work_refused" in refusal.problem
    assert "aitbc job reclaim" in refusal.remedy
    problem = line.problem("job", "ask", job_of(line), "shorter", *CLIENT)
    assert "aitbc job result JOB --wait" in problem
    assert "aitbc job reclaim JOB" in problem


def test_who_stops_waiting_is_told_how_the_job_goes_on(line, world, monkeypatch):
    async def interrupted(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(world, "sleep", interrupted)
    stopped = line.type(*SUBMIT, "--wait", *CLIENT)
    job = job_of(line)
    assert stopped.exit_code == 1
    assert f"the job goes on: aitbc job result {job} --wait" in stopped.stderr
    stopped = line.type("job", "result", job, "--wait", *CLIENT)
    assert f"aitbc job result {job} --wait" in stopped.stderr


def test_reading_a_job_takes_its_account_and_refuses_another(line, world):
    line.done(*SUBMIT, "--wait", *CLIENT)
    job = job_of(line)
    assert line.json("job", "status", job, *CLIENT)["job"] == job
    assert len(line.json("job", "receipts", job, *CLIENT)) == 1
    for name in ("status", "receipts"):
        assert "Name the account" in line.problem("job", name, job, "--dev-account", "3")
