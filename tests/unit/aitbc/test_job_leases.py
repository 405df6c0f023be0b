"""aitbc job submit, status, result, ask, reclaim, settle, rate."""

import json

import pytest

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.records import OrderStatus
from miner.client.log import JobLog
from tests.unit.aitbc.market_line import CLIENT, CLIENT_ADDRESS, MODEL_HEX, SUBMIT, world
from tests.unit.miner.client.market_world import PRICE, WORDS

__all__ = ["world"]
ANSWER = "".join(WORDS)


def submitted(line, *more):
    return line.json(*SUBMIT, *more, *CLIENT)["job"]


def log_of(line, job):
    folder = line.home / "client" / CLIENT_ADDRESS.hex()
    return JobLog.read(folder / (job[2:] + ".jsonl"))


def test_submit_with_wait_prints_the_answer_alone(line, world):
    result = line.done(*SUBMIT, "--wait", *CLIENT)
    assert result.stdout == ANSWER + "\n"
    assert world.miner.asks[0].prompt == "What is it?"
    assert len(world.miner.vouchers) == 1


def test_submit_as_json_says_what_it_cost(line, world):
    record = line.json(*SUBMIT, "--wait", *CLIENT)
    assert record["answer"] == ANSWER
    assert (record["units"], record["price"]) == (4, str(4 * PRICE))
    assert record["acknowledged"] is True


def test_submit_without_wait_leaves_a_job_whose_result_is_fetched_later(line, world):
    job = submitted(line)
    assert "no answer yet" in str(line.type("job", "result", job, *CLIENT).exception)
    assert line.json("job", "status", job)["order"] == "proposed"
    assert line.done("job", "result", job, "--wait", *CLIENT).stdout == ANSWER + "\n"
    assert line.done("job", "result", job).stdout == ANSWER + "\n"
    status = line.json("job", "status", job)
    assert (status["lease_status"], status["acknowledged_units"]) == ("active", 4)


def test_the_prompt_comes_from_stdin_or_a_file(line, world, tmp_path):
    rest = SUBMIT[3:]
    line.done("job", "submit", "-", *rest, "--wait", *CLIENT, input="from stdin\n")
    (tmp_path / "prompt").write_text("from a file")
    line.done("job", "submit", "--file", str(tmp_path / "prompt"), *rest, "--wait", *CLIENT)
    assert [ask.prompt for ask in world.miner.asks] == ["from stdin", "from a file"]
    assert "the prompt is empty" in line.usage("job", "submit", "", *rest, *CLIENT)


def test_sampling_options_reach_the_miner(line, world):
    from miner.engines.engine import decode_request

    sampling = ("--temperature", "0.7", "--seed", "5", "--top-k", "3", "--top-p", "0.9")
    line.done(*SUBMIT, *sampling, "--wait", *CLIENT)
    (ask,) = world.miner.asks
    request = decode_request(ask.prompt, ask.options)
    assert (request.temperature_milli, request.seed) == (700, 5)
    assert (request.top_k, request.top_p_milli, request.tokens_max) == (3, 900, 20)


def test_more_is_asked_under_the_same_lease(line, world):
    job = submitted(line, "--units", "50", "--wait")
    assert line.done("job", "ask", job, "And then?", "--max-tokens", "20", *CLIENT).stdout
    assert [v.ack.cumulative_units for v in world.miner.vouchers] == [4, 8]
    result = line.type("job", "ask", job, "More", "--max-tokens", "200", *CLIENT)
    assert "42 of the lease are left" in str(result.exception)


def test_a_miner_or_an_offer_is_named(line, world):
    from rpc.formats import checksummed
    from tests.unit.miner.chain_double import MINER_ADDRESS

    dear = world.join(price=PRICE * 3)
    job = submitted(line, "--offer", str(dear), "--wait")
    lease = world.ask(Marketplace, "lease", log_of(line, job).lease_id)
    assert lease.unit_price == PRICE * 3
    job = submitted(line, "--miner", checksummed(MINER_ADDRESS), "--wait")
    lease = world.ask(Marketplace, "lease", log_of(line, job).lease_id)
    assert lease.unit_price == PRICE
    assert "offers nothing" in line.problem(*SUBMIT, "--miner", "0x" + "01" * 20, *CLIENT)
    assert "exclude each other" in line.usage(*SUBMIT, "--offer", "1", "--auction", "60", *CLIENT)


def test_the_budget_bounds_the_escrow(line, world):
    job = submitted(line, "--budget", "1")
    escrow = world.ask(Marketplace, "order", bytes.fromhex(job[2:])).escrow
    assert escrow == 10**18
    assert "exceed the budget" in line.problem(
        *SUBMIT, "--budget", "0.001", "--price", "1", *CLIENT
    )


def test_a_wrong_answer_is_not_paid_and_the_escrow_is_taken_back(line, world):
    world.miner.receipt = {"units": 9}
    result = line.type(*SUBMIT, "--wait", *CLIENT)
    assert "wrong_units" in str(result.exception)
    (row,) = line.json("job", "list", "--mine")
    assert (row["answers"], row["acknowledged"], row["ended"]) == (0, "0", None)
    job = row["job"]
    assert line.json("job", "status", job)["refused"] == ["wrong_units"]
    assert line.json("job", "reclaim", job, *CLIENT)["lease"] == "reclaiming"
    assert line.json("job", "reclaim", job, "--wait", *CLIENT)["lease"] == "reclaimed"
    assert line.json("job", "list", "--mine")[0]["ended"] == "reclaimed"


def test_a_signer_chooses_whose_jobs_are_listed(line, world):
    submitted(line)
    assert len(line.json("job", "list", "--mine")) == 1
    assert len(line.json("job", "list", "--mine", *CLIENT)) == 1
    assert line.json("job", "list", "--mine", "--dev-account", "8") == []
    assert line.json("job", "list", "--mine", "--keystore", "0x" + "09" * 20) == []
    assert "add --mine" in line.type("job", "list", *CLIENT).output


def test_a_settled_job_says_what_was_paid(line, world):
    job = submitted(line, "--wait")
    problem = line.type("job", "settle", job, "--patience", "1", *CLIENT)
    assert "not settled yet" in str(problem.exception)
    world.claim(world.miner.vouchers[0], world.miner.deliveries[0])
    record = line.json("job", "settle", job, *CLIENT)
    assert record["lease"] == "settled"
    assert 0 < int(record["paid"]) <= 4 * PRICE
    problem = line.problem("job", "rate", job, "5", *CLIENT)
    assert "no ratings" in problem
    assert "by governance" in problem


def test_an_order_is_cancelled_with_its_proposal(line, world):
    job = submitted(line)
    line.done("job", "cancel", job, *CLIENT)
    order = world.ask(Marketplace, "order", bytes.fromhex(job[2:]))
    assert order.status == OrderStatus.CANCELLED


def test_an_auctions_end_is_shown_and_its_escrow_comes_back(line, world):
    job = submitted(line, "--price", "0.001", "--auction", "30s")
    status = line.json("job", "status", job)
    assert (status["order"], status["bids"]) == ("bidding", 0)
    assert status["reveals_until"] - status["bids_until"] == 30
    assert line.json("job", "cancel", job, *CLIENT)["refund"] == str(20 * 10**15)
    assert "its escrow is back" in str(line.type("job", "cancel", job, *CLIENT).exception)


def test_a_budget_that_no_offer_meets_is_refused_before_the_escrow(line, world):
    problem = str(line.type(*SUBMIT, "--budget", "0.01", *CLIENT).exception)
    assert "budget of 0.01 AIT" in problem
    needed = line.type(*SUBMIT, "--budget", "0.01", *CLIENT).exception.remedy
    assert "--budget 0.02" in needed
    assert line.json("job", "list", "--mine") == []
    by_offer = line.type(*SUBMIT, "--budget", "0.01", "--offer", "1", *CLIENT).exception
    assert "--budget 0.02" in by_offer.remedy
    submitted(line, "--budget", "0.01", "--auction", "30s")


def test_an_order_that_waits_for_an_offer_names_how_it_is_taken_back(line, world):
    result = line.done(*SUBMIT, "--price", "0.0005", *CLIENT)
    job = log_of(line, line.json("job", "list", "--mine")[0]["job"]).job
    assert f"aitbc job cancel 0x{job.order_id.hex()}" in result.stderr


def test_only_the_account_that_posted_goes_on(line, world):
    job = submitted(line)
    problem = line.problem("job", "result", job, "--wait", "--dev-account", "3")
    assert "Sign with the account" in problem
    assert "was not submitted from this home" in line.problem("job", "status", "0x" + "00" * 32)


def test_no_offer_says_why(line, world):
    words = ("job", "submit", "x", "--model", "0x" + "0c" * 32, *CLIENT)
    assert "1 do not serve the model" in str(line.type(*words).exception)


def test_exact_models_need_their_tokenizer(line, world):
    words = ("job", "submit", "x", "--model", MODEL_HEX, "--kind", "integer-model", *CLIENT)
    assert "tokenizer" in line.problem(*words)
    assert "exact models only" in line.usage(*SUBMIT, "--verify", "full", *CLIENT)
    assert "aitbc job post" in line.usage(*SUBMIT, "--kind", "matmul", *CLIENT)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    from miner.exact.generate import install_small

    return install_small(tmp_path_factory.mktemp("models"))


def test_an_exact_answer_is_executed_again(line, world, small):
    import shutil

    from miner.exact.execution import commit
    from miner.exact.generate import Generator
    from miner.leases.protocol import Answer
    from primitives.integer_model.request import decode_options
    from primitives.types import Hash32

    shutil.copytree(small.parent, line.home / "models")
    generator = Generator(small)
    root = generator.model.root
    world.join(models=(root,))
    done = {}

    def compute(lease, ask):
        from miner.exact.execution import ExactRequest

        options = decode_options(ask.options)
        request = ExactRequest(prompt=ask.tokens, options=options)
        (execution,) = generator.runtime.run([request], trace=True)
        text = generator.text(execution.tokens, options).encode()
        done["root"] = commit(root, execution, ask.salt, text).trace_root
        world.miner.receipt = {"trace_root": done["root"]}
        return Answer(delivered=text, tokens=tuple(execution.tokens))

    world.miner.compute = compute
    words = ("--model", "small", "--max-tokens", "8", "--verify", "full", "--wait", *CLIENT)
    assert line.done("job", "submit", "23+58=", *words).stdout == "81\n"

    def lie(lease, ask):
        answer = compute(lease, ask)
        world.miner.receipt = {"trace_root": Hash32(b"\x01" * 32)}
        return answer

    world.miner.compute = lie
    result = line.type("job", "submit", "23+58=", *words)
    assert "another trace" in str(result.exception)
    assert len(world.miner.vouchers) == 1
    cheated = line.json("job", "list", "--mine")[0]["job"]
    (row,) = line.json("job", "receipts", cheated, "--export", str(line.home / "evidence"))
    assert row["refused"] == "wrong_trace"
    ask = str(line.home / "evidence" / "ask-1.json")
    assert json.loads((line.home / "evidence" / "ask-1.json").read_text())["answer"]["delivered"]
    auditor = ("--auditor", "0x" + "01" * 20)
    (known,) = line.json("miner", "audit", "know", ask, *auditor)
    log = log_of(line, cheated)
    assert known["request"] == "0x" + log.last.receipt.request_hash.hex()


def test_receipts_and_vouchers_are_kept_and_exported_for_claims(line, world, tmp_path):
    job = submitted(line, "--wait")
    folder = tmp_path / "evidence"
    (row,) = line.json("job", "receipts", job, "--export", str(folder))
    assert (row["seq"], row["units"], row["refused"]) == (1, 4, None)
    stamp = line.json("receipt", "beacon")["height"]
    raised = line.json(
        "receipt", "claim", "raise", str(folder / "receipt-1.json"), row["signature"],
        str(folder / "ack-1.json"), row["ack_signature"], str(stamp), *CLIENT,
    )  # fmt: skip
    assert raised["amount"] == str(4 * PRICE)
