"""The real desk, end to end: miners as processes, a client's commands, and what the chain pays.

Everything runs at once on one devnet, for the periods of votes are a minute at least; each test
then looks at its own part of what happened.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.quorum_messages import QuorumStatus
from contracts.marketplace.v1.contract import Marketplace
from miner.chain import Chain
from primitives.keys import secret_to_address
from rpc.client import RpcClient
from tests.e2e.conftest import ENVIRONMENT, ROOT, Devnet

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]

PORT_OFFSET = 14_500
LEASE_PORT = 25_470
QUESTION, ANSWER = "347+85=", "432"
SHORT = (
    "marketplace.responseSecondsMin=20", "marketplace.moveSecondsMin=5",
    "marketplace.gameSecondsMin=60", "marketplace.leaseWindowMin=40",
    "disputes.quorumCommitSeconds=60", "disputes.quorumRevealSeconds=60",
    "disputes.revealSeconds=60",
)  # fmt: skip
QUICK = {
    "AITBC_MINER_LEASES_IDLE_SECONDS": "10",
    "AITBC_MINER_LEASES_RESPONSE_SECONDS_MIN": "5",
    "AITBC_MINER_LEASES_MOVE_SECONDS_MIN": "5",
}
HONEST, SECOND, LIAR, CHEAT = 1, 2, 3, 4
CLIENT, PATIENT, DECEIVED, AUDITOR = 5, 6, 7, 9
PRICES = {HONEST: "0.001", SECOND: "0.002", LIAR: "0.003", CHEAT: "0.004"}


def address(account):
    return secret_to_address(bytes.fromhex(DEV_SECRETS[account]))


class Network(Devnet):
    """A devnet of one node on ports of its own, without the miner that a devnet has."""

    def __init__(self, home):
        super().__init__(home)
        self.url = f"http://127.0.0.1:{8545 + PORT_OFFSET}"
        self.processes = {}

    def start(self, name, account, *words, module="aitbc"):
        """Start a program, or start it again."""
        home = self.home.parent / name
        home.mkdir(exist_ok=True)
        given = ("--home", home, "--dev-account", account, "--rpc", self.url)
        command = [sys.executable, "-m", *map(str, (*module.split(), *words, *given))]
        with (home / "log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env={**os.environ, **ENVIRONMENT, **QUICK}, cwd=ROOT, stdout=log,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        return home

    def start_miner(self, name, account, module="aitbc"):
        port = LEASE_PORT + 10 * account
        return self.start(
            name, account, "miner", "start", "--model", "small", "--price", PRICES[account],
            "--no-products", "--listen", f"127.0.0.1:{port}", "--status-port", port + 1,
            "--bond", "50", module=module,
        )  # fmt: skip

    def kill(self, name):
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(30)

    def end(self):
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    async def client(self, account, *words, check=True):
        """Type a command of a client whose home is his own."""
        home = self.home.parent / f"client{account}"
        who = ("--dev-account", account) if words[1] in ("submit", "settle", "result") else ()
        done = await asyncio.to_thread(self.aitbc, *words, *who, "--home", home, check=check)
        return done.stdout

    def logs(self):
        texts = [path.read_text()[-2_500:] for path in self.home.parent.glob("*/log")]
        return "\n---\n".join(texts)


async def reached(network, condition, what, seconds=200):
    deadline = time.monotonic() + seconds
    while not (found := await condition()):
        assert time.monotonic() < deadline, f"not reached: {what}\n{network.logs()}"
        await asyncio.sleep(0.5)
    return found


async def lone_job(network, account):
    """The newest job of a client, as JSON."""
    (row,) = json.loads(await network.client(account, "job", "list", "--mine", "--json"))
    return row["job"]


async def quorum(network, chain):
    """One request to three miners; one of them lies, one is killed while votes are hidden."""
    words = ("--model", "small", "--class", "v3", "--quorum", "3", "--max-tokens", "16")
    said = await network.client(
        CLIENT, "job", "submit", QUESTION, *words, "--price", "0.003", "--wait"
    )
    job = await lone_job(network, CLIENT)

    async def has_committed():
        rows = await chain.view(Disputes, "quorumMembers", 1)
        return all(row.status for row in rows) and rows

    await reached(network, has_committed, "all have committed")
    await asyncio.to_thread(network.kill, "honest")
    network.start_miner("honest", HONEST)
    settled = json.loads(
        await network.client(CLIENT, "job", "settle", job, "--patience", "300", "--json")
    )
    bonds = [(await chain.miner(address(who))).bond for who in (HONEST, SECOND, LIAR)]
    return {
        "said": said, "seats": settled["seats"], "bonds": bonds,
        "quorum": await chain.view(Disputes, "quorum", 1),
    }  # fmt: skip


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    made = Network(tmp_path_factory.mktemp("desks") / "net")
    parameters = [word for value in SHORT for word in ("--parameter", value)]
    made.devnet(
        "up", "--detach", "--nodes", 1, "--block-time", "400", "--port-offset", PORT_OFFSET,
        "--no-miner", *parameters,
    )  # fmt: skip
    try:
        yield made
    finally:
        made.end()
        made.devnet("down")


@pytest.fixture(scope="module")
def played(network):
    return asyncio.run(play(network))


async def play(network):
    network.start_miner("honest", HONEST)
    network.start_miner("second", SECOND)
    network.start_miner("liar", LIAR, "tests.e2e.cheating_miner answer")
    async with RpcClient(network.url) as rpc:
        chain = Chain(rpc)

        async def are_listed():
            rows, _ = await chain.view(Marketplace, "offers", 1, 0, 100)
            return len({row.miner for row in rows}) >= 3

        await reached(network, are_listed, "offers")
        return {"quorum": await quorum(network, chain)}


def test_of_a_quorum_the_majority_is_paid_and_the_liar_is_not(played):
    found = played["quorum"]
    assert found["said"] == ANSWER + "\n"
    assert found["quorum"].status == QuorumStatus.RELEASED
    seats = sorted(found["seats"], key=lambda seat: seat["verdict"])
    assert [seat["verdict"] for seat in seats] == ["agrees", "agrees", "differs"]
    assert [seat["status"] for seat in seats] == ["settled", "settled", "closed"]
    assert all(int(seat["paid"]) > 0 for seat in seats[:2])
    assert seats[2]["paid"] == "0"
    # A quorum slashes nobody: who is in the minority is unpaid (contracts/disputes/v1/quorums.py).
    assert found["bonds"] == [50 * 10**18] * 3
