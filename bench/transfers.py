"""Transfers per second end to end: signed raw transactions over JSON-RPC into final blocks.

Real node processes on this machine, one client process beside them; so on two cores four validators
execute everything four times. Counted from the first submission to the last final receipt.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp

from aitbc.dev_accounts import DEV_SECRETS
from aitbc.devnet.layout import Devnet
from bench.result import Result
from primitives.transaction import DYNAMIC_FEE, Transaction, sign_transaction
from primitives.types import Address

TRANSFERS = 8_000
SENDERS = 8
BATCH = 100
TIMEOUT_SECONDS = 120


def run() -> Iterator[Result]:
    for nodes in (1, 4):
        with tempfile.TemporaryDirectory(prefix="aitbc-bench-") as directory:
            home = str(Path(directory) / "net")
            command = [sys.executable, "-m", "aitbc", "devnet"]
            up = [*command, "up", "--detach", "--no-miner", "-n", str(nodes), "--home", home]
            subprocess.run(up, check=True, stdout=subprocess.DEVNULL)
            try:
                submitted, included = asyncio.run(measure(Devnet(Path(home)).rpc_url(0)))
            finally:
                subprocess.run([*command, "down", "--home", home], check=False, stdout=-3)
        yield Result(name=f"transfers::submitted/n={nodes}", value=submitted, unit="tx/s")
        yield Result(name=f"transfers::final/n={nodes}", value=included, unit="tx/s")


async def measure(url: str) -> tuple[float, float]:
    """Return submissions and final transfers per second."""
    async with aiohttp.ClientSession(url) as session:
        chain_id = int((await _batch(session, [("eth_chainId", [])]))[0], 16)
        raws = await asyncio.to_thread(_sign_all, chain_id)
        began = time.perf_counter()
        queues = [raws[k::4] for k in range(4)]
        hashes = await asyncio.gather(*(_submit(session, queue) for queue in queues))
        submitted = time.perf_counter() - began
        last = [row[-1] for row in hashes]
        await _await_receipts(session, last)
        total = time.perf_counter() - began
    return TRANSFERS / submitted, TRANSFERS / total


def _sign_all(chain_id: int) -> list[list[str]]:
    """Return batches of raw transfers; a sender's nonces stay in order within its queue."""
    batches = []
    for sender in range(SENDERS):
        secret = bytes.fromhex(DEV_SECRETS[sender])
        raws = []
        for nonce in range(TRANSFERS // SENDERS):
            unsigned = Transaction(
                kind=DYNAMIC_FEE,
                chain_id=chain_id,
                nonce=nonce,
                max_priority_fee_per_gas=10**9,
                max_fee_per_gas=10**11,
                gas_limit=21_000,
                to=Address((sender * 10**6 + nonce + 10**9).to_bytes(20, "big")),
                value=1,
                data=b"",
            )
            raws.append("0x" + sign_transaction(unsigned, secret).encode().hex())
        batches.extend(raws[i : i + BATCH] for i in range(0, len(raws), BATCH))
    return batches


async def _submit(session: aiohttp.ClientSession, batches: list[list[str]]) -> list[str]:
    hashes: list[str] = []
    for raws in batches:
        hashes += await _batch(session, [("eth_sendRawTransaction", [raw]) for raw in raws])
    return hashes


async def _await_receipts(session: aiohttp.ClientSession, hashes: list[str]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        calls: list[tuple[str, list[Any]]] = [("eth_getTransactionReceipt", [h]) for h in hashes]
        if all(await _batch(session, [*calls, ("txpool_status", [])])):
            status = (await _batch(session, [("txpool_status", [])]))[0]
            if int(status["pending"], 16) + int(status["queued"], 16) == 0:
                return
        await asyncio.sleep(0.05)
    raise TimeoutError("transfers were not final in time")


async def _batch(session: aiohttp.ClientSession, calls: list[tuple[str, list[Any]]]) -> list[Any]:
    body = [
        {"jsonrpc": "2.0", "id": i, "method": method, "params": params}
        for i, (method, params) in enumerate(calls)
    ]
    async with session.post("/", json=body) as response:
        answers = {answer["id"]: answer for answer in await response.json()}
    for answer in answers.values():
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
    return [answers[i]["result"] for i in range(len(calls))]
