"""Governance on four validators with shortened durations: upgrade, vote, execute, roll back.

One of the four runs an older release, made here from this tree: it stops before the block that
activates what it lacks, and goes on once it is updated.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.conftest import ENVIRONMENT, ROOT, Devnet

pytestmark = pytest.mark.e2e

PORT_OFFSET = 12_000
PACKAGES = (
    *("aitbc", "consensus", "contracts", "evm", "explorer", "miner", "node", "p2p"),
    *("primitives", "rpc", "state", "wallet"),
)
SHORT = {
    "votingSecondsMin": 30,
    "emergencyVotingSeconds": 25,
    "executionDelaySeconds": 6,
    "expirySeconds": 20,
    "rollbackSeconds": 120,
}
LATE = 3


class Network(Devnet):
    """A devnet of its own ports."""

    def __init__(self, home):
        super().__init__(home)
        self.url = f"http://127.0.0.1:{8545 + PORT_OFFSET}"

    def gov(self, *arguments):
        return json.loads(self.aitbc("gov", *arguments, "--json").stdout)

    def propose(self, *arguments):
        words = ("--why", "a test", "--dev-account", "0")
        return int(self.gov("propose", *arguments, *words)["proposal"])

    def vote(self, *proposals, choice="yes", accounts=(0, 1, 2)):
        def cast(account):
            for proposal in proposals:
                self.gov("vote", proposal, choice, "--dev-account", account)

        with ThreadPoolExecutor(len(accounts)) as voters:
            list(voters.map(cast, accounts))

    def proposal(self, number):
        return self.gov("show", number)

    def await_proposal(self, number, status, seconds=60):
        deadline = time.monotonic() + seconds
        while (found := self.proposal(number))["status"] != status:
            assert time.monotonic() < deadline, f"proposal {number} is {found}"
            time.sleep(0.5)
        return found

    def active(self, name):
        rows = self.gov("versions")
        return next(row["active"] for row in rows if row["contract"] == name)

    def view(self, contract, function, *arguments):
        words = ("call", "--to", contract, function, *arguments, "--json")
        return json.loads(self.aitbc(*words).stdout)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    made = Network(tmp_path_factory.mktemp("governed") / "net")
    parameters = [f"--parameter=governance.{key}={value}" for key, value in SHORT.items()]
    made.devnet(
        *("up", "--detach", "--block-time", "500", "--no-miner", "--no-jobs"),
        *("--port-offset", PORT_OFFSET, *parameters),
    )
    yield made
    made.devnet("down")


@pytest.fixture(scope="module")
def older_release(tmp_path_factory):
    """This tree without the second version of messaging."""
    folder = tmp_path_factory.mktemp("older")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package)
    shutil.copy(ROOT / "genesis.json", folder)
    system = folder / "contracts" / "system.py"
    text = system.read_text()
    assert "    MessagingV2,\n" in text
    system.write_text(text.replace("    MessagingV2,\n", ""))
    return folder


def run_older(network, folder, node):
    """Start a node of the network on the older release."""
    environment = {**ENVIRONMENT, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", "from aitbc.cli import main; main()", "start"]
    home = network.home / "nodes" / str(node)
    with (network.home / "logs" / "older.log").open("w") as log:
        return subprocess.Popen(
            [*command, "--home", str(home)], cwd=folder, env=environment, stdout=log, stderr=log
        )


def test_a_running_contract_is_upgraded_and_a_late_operator_loses_nothing(network, older_release):
    network.devnet("kill", str(LATE))
    late = run_older(network, older_release, LATE)
    try:
        topic = ("openTopic", "news", "what is new", "[chain]")
        words = ("--dev-account", 5, "--to", "messaging", "--value", "20gwei")
        network.aitbc("send", *words, "--call", *topic)
        fee = network.propose("parameter", "messaging", "feePerByte=2000000000")
        limit = network.propose("parameter", "runtime", "blockGasMax=40000000")
        upgrade = network.propose("upgrade", "messaging")
        network.vote(upgrade, fee, limit)
        done = network.await_proposal(upgrade, "executed")
        assert "75" in done["ready"]
        assert network.active("messaging") == "2.0.0"
        assert late.wait(timeout=30) == 1
        said = (network.home / "logs" / "older.log").read_text()
        assert "messaging 2.0.0" in said
        assert "Install a release" in said
    finally:
        late.kill()
        late.wait()
    assert network.await_proposal(fee, "executed")
    assert network.await_proposal(limit, "executed")
    block = json.loads(network.aitbc("block", "latest", "--json").stdout)
    assert int(str(block["gasLimit"]), 0) == 40_000_000
    fees = network.gov("parameters", "messaging")
    assert next(row["value"] for row in fees if row["key"] == "feePerByte") == 2_000_000_000
    refused = subprocess.run(
        [sys.executable, "-c", "from aitbc.cli import main; main()", "start", "--home",
         str(network.home / "nodes" / str(LATE))],
        cwd=older_release, env={**os.environ, "PYTHONPATH": str(older_release)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert refused.returncode == 1, "it stops before the block every time"
    network.devnet("start", str(LATE))
    network.await_status(
        "the late node at the head",
        lambda s: (s["nodes"][LATE]["height"] or 0) >= s["height"] - 2 > 0,
    )


def test_it_is_rolled_back_through_its_downgrade(network):
    (upgrade,) = [row["proposal"] for row in network.gov("list") if row["type"] == "logic_update"]
    topics = network.view("messaging", "topic", 1)
    rollback = network.propose("rollback", upgrade)
    network.vote(rollback)
    network.await_proposal(rollback, "executed")
    assert network.proposal(upgrade)["status"] == "rolled_back"
    assert network.active("messaging") == "1.0.0"
    assert network.view("messaging", "topic", 1) == topics
    history = network.gov("history", "messaging")
    assert [row["version"] for row in history] == ["1.0.0", "2.0.0", "1.0.0"]


def test_an_upgrade_that_nobody_has_expires_and_the_chain_goes_on(network):
    words = ("upgrade", "messaging", "--to", "3.0.0", "--code-hash", "0x" + "ab" * 32)
    proposal = network.propose(*words)
    network.vote(proposal)
    before = network.status()["height"]
    network.await_proposal(proposal, "approved")
    network.await_proposal(proposal, "expired", seconds=90)
    assert network.active("messaging") == "1.0.0"
    network.await_status("more blocks", lambda s: s["height"] > before + 20)


def test_a_vote_without_enough_stake_is_rejected_and_its_deposit_burnt(network):
    proposal = network.propose("spend", "0x" + "77" * 20, "1")
    network.vote(proposal, accounts=(1,))
    assert 25 <= network.await_proposal(proposal, "rejected")["participation"] < 26
    statistics = network.gov("stats")
    assert statistics["rejected"] == statistics["expired"] == statistics["rolled_back"] == 1
