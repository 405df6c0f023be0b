"""aitbc miner: what it shows, and how it begins."""

import asyncio
import json
import socket

import pytest

import aitbc.miner_home as command
from aitbc.dev_accounts import DEV_SECRETS
from miner.assembly import first_answer
from miner.journal import Journal, LeaseRecord, LeaseState
from miner.status_server import StatusServer
from miner.tally import Tally
from primitives.errors import ConfigError
from primitives.keys import secret_to_address


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def record(number: int, state: LeaseState, paid: int = 0) -> LeaseRecord:
    return LeaseRecord(
        job_id=bytes((number,)) * 32,
        state=state,
        client=bytes(20),
        seed=bytes(32),
        m=64,
        n=64,
        k=64,
        escrow=10**18,
        unit_price=1,
        paid=paid,
        updated_at=number,
        reason="" if state is LeaseState.SETTLED else "too late",
    )


def test_receipts_come_from_the_journals_of_the_home(line, tmp_path):
    for name, state in (("aa", LeaseState.SETTLED), ("bb", LeaseState.FAILED)):
        journal = Journal(tmp_path / "miner" / name)
        journal.save_lease(record(1 if name == "aa" else 2, state, 5 * 10**17))
        journal.close()
    rows = line.json("miner", "receipts")
    assert [row["state"] for row in rows] == ["settled", "failed"]
    assert rows[0]["paid"] == str(5 * 10**17)
    text = line.done("miner", "receipts").stdout
    assert "0.5 AIT" in text
    assert "too late" in text


def test_no_journal_is_no_error(line):
    assert line.json("miner", "receipts") == []


def test_status_without_a_miner_says_how_to_start_one(line):
    text = line.problem("miner", "status", "--status-port", str(free_port()))
    assert "no miner answers" in text
    assert "aitbc miner run" in text


async def test_status_page_shows_what_the_command_prints(monkeypatch, capsys):
    tally = Tally(lambda: 0.0)
    tally.note_end(record(1, LeaseState.SETTLED, 10**18))
    shown = {
        "address": "0x00",
        "chain_id": 1,
        "draining": False,
        "bond_wei": "0",
        "leases": [],
        **tally.summary(),
    }
    server = StatusServer(lambda: shown, tally.registry)
    port = free_port()
    await server.start(port)
    try:
        assert await command.fetch_status(port) == json.loads(json.dumps(shown))
        with pytest.raises(ConfigError, match="--status-port"):
            await StatusServer(dict, tally.registry).start(port)
    finally:
        await server.close()


def test_run_wants_one_signer_and_known_choices(line):
    line.usage("miner", "run")
    line.usage("miner", "run", "--dev-account", "1", "--backend", "abacus")
    line.usage("miner", "run", "--dev-account", "1", "--threads", "0")
    line.usage("miner", "run", "--dev-account", "1", "--status-port", "70000")


def test_second_miner_of_a_home_is_refused(line, tmp_path):
    address = secret_to_address(bytes.fromhex(DEV_SECRETS[1]))
    journal = Journal(tmp_path / "miner" / address.hex())
    try:
        assert "another miner" in line.problem("miner", "run", "--dev-account", "1")
    finally:
        journal.close()


async def test_waiting_for_a_node_ends_with_a_signal():
    stop = asyncio.Event()
    stop.set()
    assert await first_answer(None, stop) is None
