"""Players who do not play fair, each as a process: a miner who cheated, a challenger who lies.

``python -m tests.e2e.dispute_players cheat|lie RPC HOME MODEL``; the key is in $PLAYER_KEY.
"""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog

from aitbc.commands.audit import play_defender
from miner.account import MinerAccount
from miner.chain import Chain
from miner.exact.execution import ExactRequest, commit
from miner.exact.generate import Generator
from miner.exact.prover import Memory, Prover
from miner.games.accusations import AccusationStore
from miner.games.challenger import Challenger
from miner.games.defender import MinerDefender
from miner.games.knowledge import ExactDefence, ExactOpinion
from miner.games.works import WorkStore, exact_request
from miner.journal import Journal
from primitives.integer_model.manifest import leaf_hash
from primitives.integer_model.steps import Step
from primitives.integer_model.trace import leaf_index
from primitives.merkle import merkle_levels
from rpc.client import NodeUnreachableError, RpcCallError, RpcClient

WRONG_POSITION, WRONG_LAYER, WRONG_PHASE = 3, 1, "x_out"


class CheatsDefence(ExactDefence):
    """Right but for one layer of one token, whose activations are off by one bit."""

    def __init__(self, prover, leaf, payloads):
        super().__init__(prover)
        self._wrong = leaf, payloads

    def _steps(self, leaf):
        if leaf != self._wrong[0]:
            return super()._steps(leaf)
        payloads = self._wrong[1]
        return payloads, merkle_levels([leaf_hash(payload) for payload in payloads])


def cheat(runtime, request: ExactRequest, salt: bytes, delivered: bytes) -> CheatsDefence:
    """Return the defence of a wrong execution; its trace commits to the wrong layer."""
    done = runtime.run([request], keep=True)[0]
    trace = commit(runtime.model.root, done, salt, delivered).levels
    prover = Prover(runtime.model, done, trace, salt, delivered=delivered)
    manifest = runtime.model.manifest
    leaf = leaf_index(manifest, prover.header, WRONG_POSITION, WRONG_LAYER)
    program = prover.program(leaf)
    payloads: list[bytes] = []
    step = Step(program, prover.header, Memory(prover, program, payloads))
    for micro in range(program.count):
        payload = step.payload(micro)
        if micro == program.phases[WRONG_PHASE][0]:
            payload = bytes((payload[0] ^ 1,)) + payload[1:]
        payloads.append(payload)
    leaves = list(trace[0])
    assert leaves[leaf] != leaf_hash(payloads[-1])
    leaves[leaf] = leaf_hash(payloads[-1])
    prover.trace = merkle_levels(leaves)
    return CheatsDefence(prover, leaf, payloads)


@dataclass
class Cheats:
    """What a cheater keeps: a ``WorkStore`` whose executions he spoils again."""

    store: WorkStore
    runtime: object

    def leases(self):
        return self.store.leases()

    def find(self, receipt_hash):
        kept = self.store.find(receipt_hash)
        return None if kept is None else Cheat(kept, self.runtime)


@dataclass
class Cheat:
    kept: object
    runtime: object

    @property
    def receipt(self):
        return self.kept.receipt

    @property
    def signature(self):
        return self.kept.signature

    def defence(self):
        ask = self.kept.ask
        return cheat(self.runtime, exact_request(ask), ask.salt, self.kept.delivered)


def lying_opinion(store: WorkStore, runtime, receipt):
    """Return the execution of another prompt as if it were this receipt's."""
    ask = store.find(receipt.struct_hash()).ask
    request = exact_request(ask)
    other = ExactRequest(prompt=(*request.prompt[:-2], 3, 4), options=request.options)
    return ExactOpinion(receipt, runtime.model, runtime.run([other], keep=True)[0], ask.salt)


async def main(role: str, url: str, home: Path, model: Path) -> None:
    runtime = Generator(model, backend="reference").runtime
    secret = bytes.fromhex(os.environ["PLAYER_KEY"])
    works = WorkStore(home / "works", {bytes(runtime.model.root): runtime})
    journal = Journal(home / "account")
    async with RpcClient(url) as client:
        chain = Chain(client)
        account = MinerAccount(chain, journal, secret, await chain.chain_id())
        if role == "cheat":
            defender = MinerDefender(chain, account, Cheats(works, runtime))
            await play_defender(defender, asyncio.Event())
        store = AccusationStore(home / "accusations")
        liar = Challenger(
            chain, account, secret, store, lambda receipt: lying_opinion(works, runtime, receipt)
        )
        while True:
            try:
                head = await chain.head()
                await account.poll(head.height)
                await liar.step(head.height)
            except (NodeUnreachableError, RpcCallError) as error:
                structlog.get_logger().warning("no answer", error=str(error))
            await asyncio.sleep(0.3)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])))
