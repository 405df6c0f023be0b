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
from contracts.disputes.v1.audit_messages import AuditStatus, Verdict
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import GameOver, SeatStatus
from contracts.disputes.v1.quorum_messages import QuorumStatus
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from miner.chain import Chain
from miner.config import write_file
from miner.engines.engine import ModelIdentity
from miner.exact.generate import install_small
from miner.games.record import read_logs
from primitives.keys import secret_to_address
from primitives.types import Hash32
from rpc.client import RpcClient
from tests.e2e.conftest import ENVIRONMENT, ROOT, Devnet
from tests.e2e.engine_double import DIGEST, NAME, EngineDouble

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]

PORT_OFFSET = 14_500
LEASE_PORT = 25_470
QUESTION, ANSWER = "347+85=", "432"
SHORT = (
    "marketplace.responseSecondsMin=20", "marketplace.moveSecondsMin=5",
    "marketplace.gameSecondsMin=60", "marketplace.leaseWindowMin=40",
    "disputes.quorumCommitSeconds=60", "disputes.quorumRevealSeconds=60",
    "disputes.revealSeconds=60", "disputes.auditRateBps=10000", "disputes.auditCommitSeconds=90",
    "disputes.auditRevealSeconds=60",
)  # fmt: skip
QUICK = {
    "AITBC_MINER_LEASES_IDLE_SECONDS": "10",
    "AITBC_MINER_LEASES_RESPONSE_SECONDS_MIN": "5",
    "AITBC_MINER_LEASES_MOVE_SECONDS_MIN": "5",
}
HONEST, SECOND, LIAR, CHEAT = 1, 2, 3, 4
DECEIVED, CLIENT, PATIENT = 0, 5, 6
AUDITORS = (7, 8, 9)
PRICES = {HONEST: "0.001", SECOND: "0.002", LIAR: "0.003", CHEAT: "0.5"}
BOND = 50 * 10**18


def address(account):
    return secret_to_address(bytes.fromhex(DEV_SECRETS[account]))


class Network(Devnet):
    """A devnet of one node on ports of its own, without the miner that a devnet has."""

    def __init__(self, home):
        super().__init__(home)
        self.url = f"http://127.0.0.1:{8545 + PORT_OFFSET}"
        self.processes = {}
        self.models = install_small(home.parent / "models").parent
        self.engine = None

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

    def start_auditor(self, account, engine):
        return self.start(
            f"auditor{account}", account, "miner", "audit", "run", "--status-port", 0, "--engine",
            engine.url, "--engine-model", NAME, "--engine-digest", "0x" + DIGEST.hex(),
            "--models", self.models, "--pass-milli", 50, "--fail-milli", 150,
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
        is_signed = words[0] == "dispute" or words[1] in ("submit", "settle", "result")
        who = ("--dev-account", account) if is_signed else ()
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


async def submit(network, account, *words):
    """Ask, wait for the answer; returns what the command prints as JSON."""
    given = ("job", "submit", *words, "--wait", "--json")
    return json.loads(await network.client(account, *given))


async def publish(network, account, job, *auditors):
    """Make a job's request known to auditors, as its client may."""
    folder = network.home.parent / f"client{account}" / job
    await network.client(account, "job", "receipts", job, "--export", folder)

    def tell(auditor):
        home = network.home.parent / f"auditor{auditor}"
        who = "0x" + address(auditor).hex()
        words = ("miner", "audit", "know", folder / "ask-1.json", "--auditor", who)
        network.aitbc(*words, "--home", home)

    await asyncio.gather(*(asyncio.to_thread(tell, auditor) for auditor in auditors))


async def settled(network, account, job):
    words = ("job", "settle", job, "--patience", "400", "--json")
    return json.loads(await network.client(account, *words))


async def honest_lease(network, chain):
    """A sealed prompt under class V2: answered, claimed by the desk alone, settled, paid."""
    words = ("--model", "small", "--class", "v2", "--max-tokens", "16", "--verify", "full")
    who = "0x" + address(SECOND).hex()
    asked = await submit(network, DECEIVED, QUESTION, *words, "--miner", who)
    return {"asked": asked, "settled": await settled(network, DECEIVED, asked["job"])}


async def audited_lease(network, chain):
    """An engine's answer under class V1: claimed, drawn, scored by three auditors, paid."""
    root = ModelIdentity(engine="openai", model=NAME, digest=Hash32(DIGEST)).model_root
    words = ("--kind", "llm", "--model", "0x" + root.hex(), "--class", "v1", "--max-tokens", "16")
    asked = await submit(network, PATIENT, "Say something:", *words)
    await publish(network, PATIENT, asked["job"], *AUDITORS)

    async def have_committed():
        seats = await chain.view(Disputes, "auditSeats", 1)
        return seats and all(seat.status for seat in seats)

    await reached(network, have_committed, "all auditors have committed")
    killed = f"auditor{AUDITORS[0]}"
    await asyncio.to_thread(network.kill, killed)
    network.start_auditor(AUDITORS[0], network.engine)
    ended = await settled(network, PATIENT, asked["job"])
    return {
        "asked": asked, "settled": ended, "audit": await chain.view(Disputes, "audit", 1),
        "seats": await chain.view(Disputes, "auditSeats", 1),
    }  # fmt: skip


async def cheated_lease(network, chain):
    """A desk that computes one layer wrong: found, bisected, one step on the chain, slashed."""
    network.start_miner("cheat", CHEAT, "tests.e2e.cheating_miner trace")
    who = "0x" + address(CHEAT).hex()

    async def is_listed():
        rows, _ = await chain.view(Marketplace, "offers", 1, 0, 100)
        return any(row.miner == address(CHEAT) for row in rows)

    await reached(network, is_listed, "the cheat's offer")
    before = await chain.balance(address(DECEIVED))
    bond = (await chain.miner(address(CHEAT))).bond
    words = ("--model", "small", "--class", "v2", "--max-tokens", "16", "--window", 300)
    asked = await submit(network, DECEIVED, QUESTION, *words, "--miner", who)
    await publish(network, DECEIVED, asked["job"], AUDITORS[1])
    lease_id = bytes.fromhex(asked["lease"][2:])

    async def is_convicted():
        lease = await chain.view(Marketplace, "lease", lease_id)
        return lease.status == LeaseStatus.CONVICTED

    await reached(network, is_convicted, "a conviction")
    head = await chain.head()
    logs = await read_logs(chain, Disputes, (GameOver,), (), 0, head.height)
    return {
        "said": asked["answer"], "games": [log.fields(GameOver) for log in logs],
        "bonds": (bond, (await chain.miner(address(CHEAT))).bond),
        "spent": before - await chain.balance(address(DECEIVED)),
    }  # fmt: skip


async def quorum(network, chain):
    """One request to three miners; one of them lies, one is killed while votes are hidden."""
    words = ("--model", "small", "--class", "v3", "--quorum", "3", "--max-tokens", "16")
    asked = await submit(network, CLIENT, QUESTION, *words, "--price", "0.003")
    job = asked["job"]

    async def has_committed():
        rows = await chain.view(Disputes, "quorumMembers", 1)
        return all(row.status for row in rows) and rows

    await reached(network, has_committed, "all have committed")
    await asyncio.to_thread(network.kill, "honest")
    network.start_miner("honest", HONEST)
    ended = await settled(network, CLIENT, job)
    bonds = [(await chain.miner(address(who))).bond for who in (HONEST, SECOND, LIAR)]
    return {
        "said": asked["answer"], "seats": ended["seats"], "bonds": bonds,
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
    engine = network.engine = EngineDouble()
    await engine.start()
    try:
        async with RpcClient(network.url) as rpc:
            return await play_all(network, Chain(rpc))
    finally:
        network.end()
        await engine.stop()


async def play_all(network, chain):
    home = network.home.parent / "honest" / "miner"
    write_file(home / "miner.toml", {"engine": [{
        "kind": "openai", "url": network.engine.url, "model": NAME, "digest": DIGEST.hex(),
    }]})  # fmt: skip
    network.start_miner("honest", HONEST)
    network.start_miner("second", SECOND)
    network.start_miner("liar", LIAR, "tests.e2e.cheating_miner answer")
    for account in AUDITORS:
        await network.client(account, "dispute", "arbitrator", "register", "--value", "100")
        network.start_auditor(account, network.engine)

    async def are_listed():
        rows, _ = await chain.view(Marketplace, "offers", 1, 0, 100)
        return len(rows) >= 4 and len({row.miner for row in rows}) == 3

    await reached(network, are_listed, "offers")

    async def deceived_then_not():
        return await cheated_lease(network, chain), await honest_lease(network, chain)

    outvoted, (cheated, honest), audited = await asyncio.gather(
        quorum(network, chain), deceived_then_not(), audited_lease(network, chain)
    )
    return {"quorum": outvoted, "cheated": cheated, "honest": honest, "audited": audited}


def test_of_a_quorum_the_majority_is_paid_and_the_liar_is_not(played):
    found = played["quorum"]
    assert found["said"] == ANSWER
    assert found["quorum"].status == QuorumStatus.RELEASED
    seats = sorted(found["seats"], key=lambda seat: seat["verdict"])
    assert [seat["verdict"] for seat in seats] == ["agrees", "agrees", "differs"]
    assert [seat["status"] for seat in seats] == ["settled", "settled", "closed"]
    assert all(int(seat["paid"]) > 0 for seat in seats[:2])
    assert seats[2]["paid"] == "0"
    # A quorum slashes nobody: who is in the minority is unpaid (contracts/disputes/v1/quorums.py).
    assert found["bonds"] == [BOND] * 3


def test_a_sealed_prompt_under_v2_is_settled_after_its_window_and_paid(played):
    found = played["honest"]
    assert found["asked"]["answer"] == ANSWER
    assert found["settled"]["lease"] == "settled"
    price = int(found["asked"]["price"])
    assert int(found["settled"]["paid"]) == price - price * 250 // 10_000


def test_a_desk_that_computes_a_layer_wrong_loses_in_one_step_and_its_client_is_refunded(played):
    found = played["cheated"]
    assert found["said"] == ANSWER
    assert found["bonds"] == (BOND, 0)
    (game,) = found["games"]
    assert game["winner"] == address(AUDITORS[1])
    assert not game["by_timeout"]
    assert found["spent"] < 10**16  # gas alone: the escrow of 8 AIT is back


def test_a_lease_of_an_engine_is_audited_by_drawn_auditors_and_paid(played):
    found = played["audited"]
    assert len(found["asked"]["answer"].split()) == 16
    assert [seat.status for seat in found["seats"]] == [SeatStatus.REVEALED] * 3
    assert [seat.value_bps for seat in found["seats"]] == [Verdict.PASSED] * 3
    assert (found["audit"].status, found["audit"].outcome) == (AuditStatus.CLOSED, Verdict.PASSED)
    assert found["settled"]["lease"] == "settled"
    assert int(found["settled"]["paid"]) > 0
