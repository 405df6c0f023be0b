"""A miner as a process of its own, killed without warning again and again."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys

import pytest
from aiohttp import web

from contracts.marketplace.v1.contract import Marketplace
from contracts.receipts.v1.contract import Receipts
from miner.journal import LeaseState, read_leases
from miner.native_calls import method_named
from rpc.client import RpcCallError
from tests.unit.miner.chain_double import MINER_ADDRESS, MINER_SECRET, ChainDouble

JOBS = 4
KILLS = 3


async def serve(double: ChainDouble, port: int) -> web.AppRunner:
    """Answer JSON-RPC from the chain in memory."""

    async def answer(request: web.Request) -> web.Response:
        call = json.loads(await request.read())
        if call["method"] == "eth_getBlockByNumber":
            double.mine()  # as fast as the miner looks; the chain waits while it is dead
        reply = {"jsonrpc": "2.0", "id": call["id"]}
        try:
            reply["result"] = await double.call(call["method"], *call["params"])
        except RpcCallError as error:
            reply["error"] = {"code": error.code, "message": error.reason, "data": error.data}
        return web.json_response(reply)

    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MinerProcess:
    """``aitbc miner run`` with a home that outlives it."""

    def __init__(self, home, rpc_port: int) -> None:
        self.home = home
        self.log = home / "log"
        self.command = [
            *(sys.executable, "-m", "aitbc", "miner", "run"),
            *("--rpc", f"http://127.0.0.1:{rpc_port}", "--home", str(home)),
            *("--private-key-env", "MINER_KEY", "--status-port", str(free_port())),
        ]
        self.running: subprocess.Popen | None = None

    def start(self) -> None:
        environment = {**os.environ, "MINER_KEY": MINER_SECRET.hex()}
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    async def end(self, number: int) -> int:
        assert self.running is not None
        self.running.send_signal(number)
        return await asyncio.to_thread(self.running.wait, 60)

    @property
    def leases(self):
        return read_leases(self.home / "miner" / MINER_ADDRESS.hex())


async def reached(condition, miner: MinerProcess, seconds: float = 60.0) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, miner.log.read_text()
        await asyncio.sleep(0.02)


@pytest.mark.slow
async def test_killed_miner_is_paid_once_for_every_job(tmp_path):
    double = ChainDouble()
    port = free_port()
    runner = await serve(double, port)
    miner = MinerProcess(tmp_path, port)
    register = method_named(Marketplace, "registerMiner").selector
    settle = method_named(Receipts, "settle").selector
    submit = method_named(Receipts, "submitReceipt").selector
    try:
        for kill in range(KILLS):
            miner.start()
            double.post()
            before = len(double.executed)
            await reached(lambda b=before, k=kill: len(double.executed) > b + k, miner)
            assert await miner.end(signal.SIGKILL) == -signal.SIGKILL
        for _ in range(JOBS - KILLS):
            double.post()
        miner.start()
        await reached(lambda: double.sent(settle) == JOBS, miner)
        assert await miner.end(signal.SIGTERM) == 0
    finally:
        if miner.running is not None and miner.running.poll() is None:
            miner.running.kill()
        await runner.cleanup()
    assert double.sent(register) == 1
    assert double.sent(submit) == JOBS
    nonces = [tx.nonce for tx, _ in double.executed]
    assert nonces == list(range(len(nonces)))
    states = [lease.state for lease in miner.leases]
    assert len(states) == JOBS
    assert set(states) <= {LeaseState.SETTLED, LeaseState.OPENED}
