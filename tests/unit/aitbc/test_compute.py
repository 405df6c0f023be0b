"""aitbc job and aitbc receipt."""

from dataclasses import replace

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from contracts.marketplace.v1.messages import JobStatus
from contracts.places import RECEIPTS_ADDRESS
from miner.work import ProductStore, fill_for
from primitives.keys import secret_to_address, sign
from primitives.matmul import MatmulSpec
from primitives.types import WEI_PER_AIT
from tests.unit.contracts.compute_world import (
    SUBMIT,
    claim_values,
    compute,
    drawn,
    market,
    receipts,
    take,
)
from tests.unit.contracts.memory_context import CHAIN_ID

MINER = bytes.fromhex(DEV_SECRETS[8])
MINER_ADDRESS = secret_to_address(MINER)
POST = ("job", "post", "-m", "128", "-n", "128", "-k", "64", "--escrow", "1", "--window", "10")


def posted(line) -> bytes:
    return bytes.fromhex(line.json(*POST, "--dev-account", "9")["job"][2:])


def submitted(line, double, *, wrong=frozenset()):
    """Return (job id, work) of a job of the poster that the eighth account worked on."""
    job_id = posted(line)
    chain = double.chain
    register(chain)
    take(chain, job_id, MINER_ADDRESS)
    work = compute(chain, job_id, wrong=wrong)
    signature = sign(MINER, work.claim.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()
    receipts(chain, MINER_ADDRESS, SUBMIT, claim_values(work.claim), signature, work.root)
    return job_id, work


def register(chain) -> None:
    market(
        chain,
        MINER_ADDRESS,
        "registerMiner(address,string)",
        MINER_ADDRESS,
        "",
        value=10 * WEI_PER_AIT,
    )


def test_post_prints_the_job_and_list_and_show_find_it(line, double):
    job_id = posted(line)
    assert double.job(job_id).escrow == WEI_PER_AIT
    shown = "0x" + job_id.hex()
    assert [row["job"] for row in line.json("job", "list")] == [shown]
    record = line.json("job", "show", shown)
    assert (record["status"], record["size"], record["escrow"]) == (
        "open",
        "128 x 128 x 64",
        "1 AIT",
    )
    assert shown in line.done("job", "list").stdout


def test_given_seed_is_used(line, double):
    record = line.json(*POST, "--dev-account", "9", "--seed", "0x" + "2a" * 32)
    assert double.job(bytes.fromhex(record["job"][2:])).seed == b"\x2a" * 32


def test_status_filter_lists_only_that_status(line, double):
    job_id = posted(line)
    posted(line)
    line.done("job", "cancel", "0x" + job_id.hex(), "--dev-account", "9")
    assert len(line.json("job", "list", "--status", "open")) == 1
    assert len(line.json("job", "list", "--status", "all")) == 2
    cancelled = line.json("job", "list", "--status", "cancelled")
    assert [row["job"] for row in cancelled] == ["0x" + job_id.hex()]
    assert double.job(job_id).status == JobStatus.CANCELLED


def test_impossible_dimensions_are_refused_before_anything_is_sent(line, double):
    result = line.type("job", "post", "-m", "100", "--dev-account", "9")
    assert result.exit_code == 1
    assert "multiple of 64" in str(result.exception)
    assert "eth_sendRawTransaction" not in double.requests


def test_too_small_escrow_shows_reason_code_values_and_remedy(line):
    text = line.problem("job", "post", "--escrow", "5wei", "--dev-account", "9")
    assert "PriceTooSmall(minimum=134217728)" in text
    assert "try: put at least one wei" in text


def test_foreign_job_is_not_cancelled(line):
    job_id = "0x" + posted(line).hex()
    text = line.problem("job", "cancel", job_id, "--dev-account", "1")
    assert "NotClient" in text
    assert "account that posted the job" in text


def test_unknown_job_and_receipt_are_said_to_be_unknown(line):
    zero = "0x" + "00" * 32
    assert "there is no job" in line.problem("job", "show", zero)
    assert "there is no receipt" in line.problem("receipt", "show", zero)


@pytest.mark.parametrize(
    "words",
    [
        ("job", "post", "--dev-account", "10"),
        ("job", "post", "--escrow", "much", "--dev-account", "1"),
        ("job", "post", "--escrow", "1.0000000000000000001", "--dev-account", "1"),
        ("job", "post"),
        ("job", "post", "--dev-account", "1", "--private-key-env", "X"),
        ("job", "post", "--dev-account", "1", "--every", "5", "--seed", "0x" + "00" * 32),
        ("job", "show", "0x1234"),
        ("job", "show", "12" * 32),
        ("job", "list", "--status", "happy"),
        ("receipt", "challenge", "0x" + "00" * 32, "--dev-account", "1"),
    ],
)
def test_wrong_usage_has_status_2(line, words):
    assert "Error" in line.usage(*words)


def test_receipt_is_shown_verified_and_settled(line, double):
    job_id, work = submitted(line, double)
    shown = "0x" + work.receipt_id.hex()
    assert [row["receipt"] for row in line.json("receipt", "list")] == [shown]
    assert line.json("receipt", "show", shown)["status"] == "submitted"
    double.mine(4)
    chain = double.chain
    paths = [work.path(tile) for tile in drawn(chain, work.receipt_id)]
    receipts(chain, MINER_ADDRESS, "openTiles(bytes32,bytes32[][])", work.receipt_id, paths)
    text = line.problem("receipt", "settle", shown, "--dev-account", "0")
    assert "WindowOpen" in text
    assert "window is over" in text
    double.mine(12)
    record = line.json("receipt", "settle", shown, "--dev-account", "0")
    amount = work.claim.units * work.claim.unit_price
    assert record["paid_wei"] == str(amount - amount * 250 // 10_000)
    assert double.job(job_id).status == JobStatus.SETTLED


def test_acknowledged_receipt_settles_at_once(line, double):
    job_id, work = submitted(line, double)
    shown = "0x" + work.receipt_id.hex()
    text = line.problem("receipt", "acknowledge", shown, "--dev-account", "1")
    assert "WrongSignature" in text
    line.done("receipt", "acknowledge", shown, "--dev-account", "9")
    line.done("receipt", "settle", shown, "--dev-account", "0")
    assert double.job(job_id).status == JobStatus.SETTLED


def test_verify_passes_an_honest_receipt_and_fails_a_wrong_one(line, double):
    _, work = submitted(line, double, wrong=frozenset({1}))
    shown = "0x" + work.receipt_id.hex()
    double.mine(4)
    good = line.json("receipt", "verify", shown)
    assert good["is_right"]
    result = line.type("receipt", "verify", shown, "--full")
    assert result.exit_code == 1
    assert "FAIL  whole product computed here" in result.output
    assert "aitbc receipt challenge" in result.output


def test_challenge_finds_the_wrong_tile_in_the_miners_file(line, double, tmp_path, monkeypatch):
    async def next_block(_seconds):
        double.mine()

    monkeypatch.setattr("aitbc.commands.compute.asyncio.sleep", next_block)

    def spoil(spec, out, threads):
        fill_for("cpu")(spec, out, threads)
        out[0, 64] ^= 1  # the first byte of tile 1, as ``compute`` does it

    job_id, work = submitted(line, double, wrong=frozenset({1}))
    spec = MatmulSpec(seed=work.spec.seed, m=128, n=128, k=64)
    product = ProductStore(tmp_path / "p").compute(job_id, spec, spoil, 1)
    assert product.root == work.root
    words = ("receipt", "challenge", "0x" + work.receipt_id.hex(), "--result", str(product.path))
    record = line.json(*words, "--dev-account", "2")
    assert (record["wrong_tile"], record["challenge"]) == (1, 1)
    assert record["paid_by"] == "aitbc dispute claim-reward 1"
    assert double.job(job_id).status == JobStatus.FAILED


def test_challenge_with_another_file_is_refused(line, double, tmp_path):
    _, work = submitted(line, double)
    spec = replace(work.spec, k=65)
    product = ProductStore(tmp_path / "p").compute(b"\x01" * 32, spec, fill_for("cpu"), 1)
    words = ("receipt", "challenge", "0x" + work.receipt_id.hex(), "--result", str(product.path))
    assert "not what this receipt commits to" in line.problem(*words, "--dev-account", "2")


def test_right_receipt_cannot_be_challenged(line, double, tmp_path):
    job_id, work = submitted(line, double)
    product = ProductStore(tmp_path / "p").compute(job_id, work.spec, fill_for("cpu"), 1)
    words = ("receipt", "challenge", "0x" + work.receipt_id.hex(), "--result", str(product.path))
    assert "every tile is right" in line.problem(*words, "--dev-account", "2")


def test_expired_job_is_refunded(line, double):
    job_id = posted(line)
    shown = "0x" + job_id.hex()
    assert "DeadlineNotPassed" in line.problem("job", "expire", shown, "--dev-account", "1")
    double.mine(700)
    line.done("job", "expire", shown, "--dev-account", "1")
    assert double.job(job_id).status == JobStatus.EXPIRED


def test_receipt_without_openings_is_failed_after_its_window(line, double):
    job_id, work = submitted(line, double)
    shown = "0x" + work.receipt_id.hex()
    assert "WindowOpen" in line.problem("receipt", "fail", shown, "--dev-account", "1")
    double.mine(11)
    line.done("receipt", "fail", shown, "--dev-account", "1")
    assert double.job(job_id).status == JobStatus.FAILED
