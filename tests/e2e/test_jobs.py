"""A devnet, a miner that leases the small model, and clients: the command line and the examples."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.conftest import ENVIRONMENT, ROOT
from tests.e2e.test_explorer import dom_of

pytestmark = pytest.mark.e2e

EXAMPLES = ROOT / "docs" / "examples"
PORT = 20_470
CLIENT = ("--dev-account", "5")


@pytest.fixture(scope="module")
def lease_miner(devnet, tmp_path_factory):
    """Run a miner with the small model until its offer is listed."""
    home = tmp_path_factory.mktemp("miner")
    words = (
        "miner", "start", "--home", home, "--dev-account", "7", "--model", "small",
        "--price", "0.001", "--no-products", "--listen", f"127.0.0.1:{PORT}",
        "--status-port", str(PORT + 1), "--bond", "500", "--rpc", devnet.url,
    )  # fmt: skip
    log = (home / "out").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "aitbc", *map(str, words)],
        env=ENVIRONMENT, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 90
        while not json.loads(devnet.aitbc("market", "offers", "--json").stdout):
            assert process.poll() is None, (home / "out").read_text()[-3000:]
            assert time.monotonic() < deadline, (home / "out").read_text()[-3000:]
            time.sleep(0.5)
        yield home
    finally:
        process.terminate()
        process.wait(60)
        log.close()


def test_a_question_is_answered_verified_and_settled(devnet, lease_miner, tmp_path):
    words = ("--model", "small", "--max-tokens", "16", "--verify", "full", "--home", tmp_path)
    done = devnet.aitbc("job", "submit", "347+85=", *words, "--wait", *CLIENT)
    assert done.stdout == "432\n"
    assert "all checks passed" in done.stderr
    (row,) = json.loads(devnet.aitbc("job", "list", "--mine", "--home", tmp_path, "--json").stdout)
    job = row["job"]
    more = devnet.aitbc(
        "job", "ask", job, "2026 roman=", "--max-tokens", "12", "--home", tmp_path, *CLIENT
    )
    assert more.stdout == "MMXXVI\n"


def test_the_explorer_shows_the_lease(devnet, lease_miner, tmp_path):
    (lease, *_) = json.loads(devnet.aitbc("market", "lease", "list", "--json").stdout)
    browser = tmp_path / "browser"
    shown = dom_of(f"{devnet.url}/explorer#/leases", browser)
    assert f"#/lease/{lease['lease_id']}" in shown
    page = dom_of(f"{devnet.url}/explorer#/lease/{lease['lease_id']}", browser)
    assert "<h1>Lease</h1>" in page
    for words in ("integer model", "number 1", "per token", lease["model_root"], "Claim"):
        assert words in page


def test_the_python_example_asks_and_pays(devnet, lease_miner, tmp_path):
    environment = {**ENVIRONMENT, "AITBC_RPC_URL": devnet.url, "AITBC_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, EXAMPLES / "job_python.py", "1987", "roman="],
        env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1987 roman=MCMLXXXVII\npaid ")


def test_the_javascript_example_posts_a_product_and_sees_it_paid(devnet, node_modules):
    script = Path(node_modules).parent / "job_js.mjs"
    script.write_text((EXAMPLES / "job_js.mjs").read_text())
    abi = ROOT / "docs" / "contracts" / "marketplace-1.0.0" / "abi.json"
    done = subprocess.run(
        ["node", str(script), str(abi)], env={**os.environ, "AITBC_RPC_URL": devnet.url},
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["state"] == "settled"
    assert int(found["paid"]) > 0
