"""Putting a miner together: nothing is paid before everything else is ready."""

import asyncio
import socket

import pytest

import miner.assembly
from miner.assembly import run_miner
from miner.chain import Chain
from miner.config import load_config
from primitives.errors import ConfigError
from tests.unit.miner.chain_double import MINER_SECRET


@pytest.fixture
def taken():
    """Return an address where something else listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def start(double, home, monkeypatch, **flags):
    async def nothing(*_):
        return [], {}

    monkeypatch.setattr(miner.assembly, "open_backends", nothing)
    values = {f"miner.{key}": value for key, value in flags.items()}
    loaded = load_config(home, values, models=[{"path": "small"}], environment={})
    async with asyncio.timeout(20):
        await run_miner(Chain(double), loaded=loaded, secret=MINER_SECRET, stop=asyncio.Event())


async def test_a_taken_status_port_costs_no_bond(double, tmp_path, monkeypatch, taken):
    with pytest.raises(ConfigError, match="status-port"):
        await start(double, tmp_path, monkeypatch, status_port=taken)
    assert not double.pool


async def test_a_taken_address_for_clients_costs_no_bond(double, tmp_path, monkeypatch, taken):
    ports = {"status_port": free_port(), "listen": f"127.0.0.1:{taken}"}
    with pytest.raises(ConfigError, match="cannot listen"):
        await start(double, tmp_path, monkeypatch, **ports)
    assert not double.pool


async def test_the_bond_is_sent_once_the_ports_answer(double, tmp_path, monkeypatch):
    ports = {"status_port": free_port(), "listen": f"127.0.0.1:{free_port()}"}
    running = asyncio.create_task(start(double, tmp_path, monkeypatch, **ports))
    while not double.pool:
        assert not running.done()
        await asyncio.sleep(0)
    for port in (ports["status_port"], int(ports["listen"].partition(":")[2])):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await writer.wait_closed()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
