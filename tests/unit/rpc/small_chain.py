"""A real small chain behind a real backend: genesis accounts, a validator, some blocks."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson

from contracts.system import SYSTEM
from evm.reference import ReferenceEngine
from node.backend import NodeBackend
from node.executor import Executor
from node.gossip import TransactionGossip
from node.mempool import Mempool
from node.threads import deep_executor
from primitives.genesis import Genesis, GenesisAccount, GenesisValidator, Parameters
from primitives.keys import public_key, secret_to_address
from primitives.seal import Seal
from primitives.transaction import DYNAMIC_FEE, Transaction, sign_transaction
from primitives.types import WEI_PER_AIT, Address, Epoch, View
from primitives.vote import (
    Statement,
    VoteDomain,
    VoteKind,
    make_certificate,
    sign_vote,
)
from primitives.vrf import PROOF_BYTES
from rpc.dispatch import Dispatcher
from rpc.filters import Filters
from rpc.routes.table import TABLE
from rpc.routing import Session
from state.chain import ChainStore, FinalityProof
from state.store import Store
from state.transition import Runtime

CHAIN_ID = 31337
ALICE = bytes([1]) * 32
BOB = bytes([2]) * 32
VALIDATOR = bytes([9]) * 32
GENESIS_MS = 1_700_000_000_000

LOGGER_CODE = bytes.fromhex("602a60005260005160206000a100")
"""LOG1 of 32 bytes with topic 42, then STOP."""
COUNTER_CODE = bytes.fromhex("60005460010160005560005460005260206000f3")
"""Adds one to slot 0 and returns it."""
REVERTER_CODE = bytes.fromhex(
    "7f08c379a0" + "00" * 28 + "600052"  # selector of Error(string)
    "60206004526002602452"  # offset, length
    "7f6e6f" + "00" * 30 + "604452"  # "no"
    "60646000fd"
)
"""Reverts with Error("no")."""
LOOP_CODE = bytes.fromhex("5b600056")
CLEARER_CODE = bytes.fromhex("600060005500")
"""Sets slot 0 to zero, which is refunded in part."""
LOGGER = Address(b"\xaa" * 20)
COUNTER = Address(b"\xbb" * 20)
REVERTER = Address(b"\xcc" * 20)
LOOPER = Address(b"\xdd" * 20)
CLEARER = Address(b"\xce" * 20)
PROXY = Address(b"\xcf" * 20)
PROXY_CODE = bytes.fromhex("6000" * 5 + "73" + COUNTER.hex() + "5af16027575f5ffd5b00")
"""Calls the counter with all its gas; reverts when that fails."""


@dataclass
class World:
    """The chain and everything around it that a backend needs."""

    chain: ChainStore
    runtime: Runtime
    executor: Executor
    pool: ThreadPoolExecutor
    domain: VoteDomain
    nonces: dict[bytes, int] = field(default_factory=dict)

    def transaction(
        self, secret: bytes = ALICE, to: bytes | None = b"\x77" * 20, **changes: Any
    ) -> Transaction:
        """Sign a transaction with the next nonce of its sender."""
        sender = secret_to_address(secret)
        nonce = changes.pop("nonce", None)
        if nonce is None:
            nonce = self.nonces.get(sender, 0)
            self.nonces[sender] = nonce + 1
        fields: dict[str, Any] = {
            "kind": DYNAMIC_FEE,
            "chain_id": CHAIN_ID,
            "max_priority_fee_per_gas": 2_000_000,
            "max_fee_per_gas": 3_000_000_000,
            "gas_limit": 100_000,
            "value": 0,
            "data": b"",
        }
        unsigned = Transaction(nonce=nonce, to=to and Address(to), **(fields | changes))
        return sign_transaction(unsigned, secret)

    @property
    def epoch(self) -> Epoch:
        """Return the next block's epoch."""
        blocks = self.runtime.parameters.epoch_blocks
        return Epoch(self.chain.head.height // blocks + 1)

    def build(self, *transactions: Transaction) -> Any:
        """Execute a block on the head without making it final."""
        queues: dict[Address, dict[int, Transaction]] = {}
        for transaction in transactions:
            queues.setdefault(transaction.sender, {})[transaction.nonce] = transaction
        head = self.chain.head
        validator = secret_to_address(VALIDATOR)
        seal = Seal(
            epoch=self.epoch,
            view=View(head.height + 1),
            proposer=validator,
            time_ms=GENESIS_MS + 1_000 * (head.height + 1),
            vrf_proof=bytes(PROOF_BYTES),
            parent_certificate=None,
        )
        executed = self.executor.build(head.header.hash, seal, queues).executed
        assert len(executed.block.transactions) == len(transactions)
        return executed

    def mine(self, *transactions: Transaction) -> Any:
        """Make a block of these transactions final."""
        executed = self.build(*transactions)
        block = executed.block
        statement = Statement(
            kind=VoteKind.FINALIZE,
            epoch=block.seal.epoch,
            view=block.seal.view,
            height=block.height,
            block_hash=block.hash,
        )
        vote = sign_vote(statement, self.domain, secret_to_address(VALIDATOR), VALIDATOR)
        validators = self.executor.validator_set(block.seal.epoch)
        assert validators is not None
        certificate = make_certificate(statement, [vote], validators)
        proof = FinalityProof(certificate=certificate, headers=())
        head = self.executor.commit_proven(executed, proof, (block.seal.epoch, block.seal.view))
        return executed, head


class QuietNetwork:
    """A network without peers."""

    def broadcast(self, kind: int, body: bytes, *, exclude: bytes | None = None) -> None:
        """Send to nobody."""

    def penalize(self, peer: bytes, why: str) -> None:
        """Blame nobody."""

    def peers(self) -> list[bytes]:
        return []

    def infos(self) -> list[Any]:
        return []


def make_world(path: Path, epoch_blocks: int = 600) -> World:
    accounts = [
        GenesisAccount(address=secret_to_address(ALICE), balance=1_000_000 * WEI_PER_AIT),
        GenesisAccount(address=secret_to_address(BOB), balance=5 * WEI_PER_AIT),
        GenesisAccount(address=LOGGER, code=LOGGER_CODE, nonce=1),
        GenesisAccount(address=COUNTER, code=COUNTER_CODE, nonce=1, storage=((0, 6),)),
        GenesisAccount(address=REVERTER, code=REVERTER_CODE, nonce=1),
        GenesisAccount(address=CLEARER, code=CLEARER_CODE, nonce=1, storage=((0, 1),)),
        GenesisAccount(address=PROXY, code=PROXY_CODE, nonce=1),
        GenesisAccount(address=LOOPER, code=LOOP_CODE, nonce=1),
    ]
    genesis = Genesis(
        chain_id=CHAIN_ID,
        time_ms=GENESIS_MS,
        parameters=Parameters(epoch_blocks=epoch_blocks),
        accounts=tuple(accounts),
        validators=(
            GenesisValidator(
                operator=secret_to_address(VALIDATOR),
                public_key=public_key(VALIDATOR),
                stake=10_000 * WEI_PER_AIT,
                fee_recipient=Address(b"\x0f" * 20),
                name="one",
            ),
        ),
    )
    runtime = Runtime(
        chain_id=CHAIN_ID,
        parameters=genesis.parameters,
        registry=SYSTEM,
        engine=ReferenceEngine(),
    )
    chain = ChainStore.open(Store.open(str(path / "db")), genesis, runtime)
    runtime = replace(runtime, genesis_hash=chain.genesis_hash)
    domain = VoteDomain(CHAIN_ID, chain.genesis_hash)
    executor = Executor(chain, runtime, domain, 60_000, path / "bundles")
    return World(chain, runtime, executor, deep_executor(2, "reader"), domain)


def make_backend(world: World, **changes: Any) -> NodeBackend:
    """Return a backend with an empty pool, without peers and without consensus."""
    mempool = Mempool(CHAIN_ID, world.runtime.parameters)
    network = QuietNetwork()
    gossip = TransactionGossip(world.chain, mempool, network, world.pool)  # type: ignore[arg-type]
    parts: dict[str, Any] = {
        "chain": world.chain,
        "runtime": world.runtime,
        "executor": world.executor,
        "mempool": mempool,
        "gossip": gossip,
        "driver": SimpleNamespace(
            hooks=SimpleNamespace(on_finalized=[]),
            core=SimpleNamespace(view=0, is_halted=False),
        ),
        "syncer": SimpleNamespace(is_syncing=False, best_height=0),
        "mesh": network,
        "readers": world.pool,
        "guard": None,
        "name": "test",
        "agent": "aitbc/0.0.0",
        "block_time_ms": 1_000,
        "peer_id": bytes(32),
        "p2p_port": lambda: 0,
    }
    return NodeBackend(**(parts | changes))


class Caller:
    """Calls methods through the dispatcher, as bytes."""

    def __init__(self, backend: NodeBackend, *, is_local: bool = True) -> None:
        self.backend = backend
        self.filters = Filters()
        backend.attach(self.filters)
        self.dispatcher = Dispatcher(TABLE)
        self.session = Session(backend=backend, filters=self.filters, is_local=is_local)
        self._ids = itertools.count(1)

    async def raw(self, body: bytes) -> Any:
        answer = await self.dispatcher.answer(body, self.session)
        return None if answer is None else orjson.loads(answer)

    async def answer(self, method: str, *params: Any) -> Any:
        request = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
        return await self.raw(orjson.dumps(request))

    async def __call__(self, method: str, *params: Any) -> Any:
        answer = await self.answer(method, *params)
        assert "error" not in answer, answer
        return answer["result"]

    async def error(self, method: str, *params: Any) -> Any:
        answer = await self.answer(method, *params)
        assert "error" in answer, answer
        return answer["error"]
