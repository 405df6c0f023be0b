"""aitbc miner status and stop: whose miner is asked, and what a stop leaves behind."""

import os

import aiohttp
import pytest

import aitbc.commands.miner
import aitbc.miner_home
from aitbc.dev_accounts import DEV_SECRETS
from miner.journal import Journal
from primitives.keys import secret_to_address
from tests.unit.aitbc.miner_status import STATUS

ADDRESS = secret_to_address(bytes.fromhex(DEV_SECRETS[1]))


@pytest.fixture
def asked(monkeypatch):
    """Answer every status page with the process 77, and note which ports were asked."""
    ports = []

    async def answer(port):
        ports.append(port)
        return {**STATUS, "pid": 77}

    monkeypatch.setattr(aitbc.miner_home, "fetch_status", answer)
    monkeypatch.delenv("AITBC_DEVNET_PORT_OFFSET", raising=False)
    return ports


@pytest.fixture
def runs(tmp_path):
    """Hold a journal of the home as the process 77 does."""
    place = tmp_path / "miner" / ADDRESS.hex()
    journal = Journal(place)
    (place / "pid").write_text("77")
    yield place
    journal.close()


def make_devnet(root, offset):
    (root / "config").mkdir(parents=True)
    (root / "config" / "port_offset").write_text(str(offset))


def test_no_miner_on_the_devnet_s_port_is_said(line, tmp_path, monkeypatch):
    def refuse(_session, url, **_):  # whatever runs on this machine
        raise aiohttp.ClientConnectionError(url)

    def port():
        return line.problem("miner", "status").partition("on port ")[2].split()[0].rstrip(".")

    monkeypatch.setattr(aiohttp.ClientSession, "get", refuse)
    monkeypatch.delenv("AITBC_DEVNET_PORT_OFFSET", raising=False)
    assert port() == "9700"
    monkeypatch.setenv("AITBC_DEVNET_PORT_OFFSET", "7")
    assert port() == "9707"
    make_devnet(tmp_path / "devnet", 40)
    assert port() == "9740"
    devnet_home = line.problem("miner", "status", "--home", str(tmp_path / "devnet"))
    assert "on port 9740" in devnet_home


def test_a_home_without_a_running_miner_does_not_show_another_one(line, tmp_path, asked):
    problem = line.problem("miner", "status", "--home", str(tmp_path / "nowhere"))
    assert f"no miner runs from {tmp_path / 'nowhere' / 'miner'}" in problem
    assert asked == []


def test_own_settings_keep_the_devnet_s_miner_out(line, tmp_path, asked):
    make_devnet(tmp_path / "devnet", 40)
    line.done("miner", "init")
    assert "no miner runs from" in line.problem("miner", "status")
    assert asked == []


def test_the_devnet_s_miner_is_named_as_such(line, tmp_path, asked):
    make_devnet(tmp_path / "devnet", 40)
    assert "the devnet's" in line.done("miner", "status").stderr
    assert asked == [9740]
    assert line.json("miner", "status")["pid"] == 77


def test_a_port_that_is_given_is_asked_whoever_answers(line, tmp_path, asked):
    home = ("--home", str(tmp_path / "nowhere"))
    line.done("miner", "status", *home, "--status-port", "9801")
    line.done("miner", "status", *home, env={"AITBC_MINER_STATUS_PORT": "9802"})
    assert asked == [9801, 9802]


def test_the_home_s_own_miner_is_asked_at_its_configured_port(line, tmp_path, asked, runs):
    (tmp_path / "miner" / "miner.toml").write_text("[miner]\nstatus_port = 9_800\n")
    assert line.done("miner", "status").stderr == ""
    assert asked == [9800]


def test_another_process_at_the_configured_port_is_not_taken_for_ours(line, asked, runs):
    (runs / "pid").write_text("78")
    problem = line.problem("miner", "status")
    assert "process 77" in problem
    assert "--status-port" in problem


def end_at_once(place, monkeypatch):
    """Let the process end with the first signal."""
    signals = []

    def kill(pid, number):
        signals.append((pid, number))
        (place / "pid").unlink(missing_ok=True)

    monkeypatch.setattr(os, "kill", kill)
    monkeypatch.setattr(aitbc.commands.miner, "STOP_POLL_SECONDS", 0)
    return signals


def test_stop_says_what_it_leaves_and_names_drain(line, asked, runs, monkeypatch):
    signals = end_at_once(runs, monkeypatch)
    offers = [{"offer_id": 1}, {"offer_id": 2}]
    (deal,) = STATUS["deals"]
    deals = [deal, {**deal, "quorum": "open"}]

    async def answer(_port):
        return {**STATUS, "pid": 77, "offers": offers, "deals": deals}

    monkeypatch.setattr(aitbc.miner_home, "fetch_status", answer)
    said = line.done("miner", "stop")
    for part in ("2 offers", "2 leases", "1 in a quorum", "1 product", "aitbc miner drain"):
        assert part in said.stderr
    assert "process 77 has stopped" in said.stdout
    assert signals[0][0] == 77


def test_stop_of_a_miner_with_nothing_open_warns_of_nothing(line, asked, runs, monkeypatch):
    end_at_once(runs, monkeypatch)

    async def answer(_port):
        return {**STATUS, "pid": 77, "deals": [], "leases": []}

    monkeypatch.setattr(aitbc.miner_home, "fetch_status", answer)
    assert line.done("miner", "stop").stderr == ""


def test_stop_of_a_miner_that_shows_no_status_still_names_drain(line, runs, monkeypatch):
    end_at_once(runs, monkeypatch)

    def refuse(_session, url, **_):
        raise aiohttp.ClientConnectionError(url)

    monkeypatch.setattr(aiohttp.ClientSession, "get", refuse)
    said = line.done("miner", "stop")
    assert "aitbc miner drain" in said.stderr
    assert "has stopped" in said.stdout


def test_stop_does_not_need_settings_that_can_be_loaded(line, tmp_path, runs, monkeypatch):
    end_at_once(runs, monkeypatch)
    (tmp_path / "miner" / "miner.toml").write_text("not toml")
    assert "has stopped" in line.done("miner", "stop").stdout
