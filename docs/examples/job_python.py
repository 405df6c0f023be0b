"""Ask a miner's exact model and execute its answer again before paying: python job_python.py TEXT.

Needs a chain with a miner that leases the small model (aitbc miner start --model small).
"""

import asyncio
import os
import sys
from pathlib import Path

from miner.amounts import format_ait
from miner.chain import Chain
from miner.client.log import JobLog
from miner.client.orders import Wish, make_terms
from miner.client.session import ClientSession, Manners, new_job
from miner.client.verification import Verifier
from miner.exact.generate import install_small
from miner.exact.model import load_model
from primitives.compute import CLASS_CANONICAL, KIND_INTEGER_MODEL
from primitives.integer_model.request import Options
from rpc.client import RpcClient

URL = os.environ.get("AITBC_RPC_URL", "http://127.0.0.1:8545")
KEY = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
FOLDER = Path(os.environ.get("AITBC_HOME", Path.home() / ".aitbc"))


async def main(text: str) -> None:
    model = install_small(FOLDER / "models")
    root = load_model(model).root
    verifier = Verifier(model, root, level="full")
    generator = verifier.generator
    options = Options(tokens_max=32, stop=generator.stop)
    async with RpcClient(URL) as rpc:
        chain = Chain(rpc)
        wish = Wish(kind=KIND_INTEGER_MODEL, model_root=root, classes=CLASS_CANONICAL, units_max=32)
        terms = await make_terms(chain, KEY, wish)  # at the price of the best offer
        log = JobLog.create(FOLDER / "jobs", await new_job(chain, KEY, kind=KIND_INTEGER_MODEL))
        manners = Manners(tell=lambda words: print(words, file=sys.stderr))
        session = ClientSession(chain, KEY, log, verifier=verifier, manners=manners)
        await session.post(terms)  # the escrow
        lease = await session.find_lease(patience_seconds=120)
        tokens = tuple(generator.tokenizer.encode(text))
        answer = await session.ask(session.plan(options.encode(), tokens=tokens))
        await session.close()
        print(f"{text}{answer.delivered.decode()}")
        paid, escrow = format_ait(log.amount), format_ait(lease.escrow)
        print(f"paid {paid} of {escrow}; lease 0x{lease.lease_id.hex()}")
        log.close()


asyncio.run(main(" ".join(sys.argv[1:]) or "347+85="))
