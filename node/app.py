"""The composition root: builds a node from its home directory and runs it until it is stopped.

::

    p2p.Mesh -> ConsensusGate -> Driver(Core) -> Executor -> ChainStore
             -> Syncer, TransactionGossip -> Mempool
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final, Self

import structlog

from consensus.config import CoreConfig
from consensus.core import Core
from evm.reference import ReferenceEngine
from node.config import NodeConfig
from node.driver import Driver, NodeStoppedError
from node.evidence import EvidenceReporter
from node.executor import Executor
from node.gossip import TransactionGossip
from node.guard import SignerGuard
from node.home import Home, load_secret
from node.inbound import ConsensusGate
from node.mempool import Mempool
from node.releases import SHIPPED, ReadinessReporter, check_releases
from node.syncer import Syncer
from node.threads import deep_executor, run_aside
from node.validator_account import ValidatorAccount
from node.wal import WriteAheadLog
from node.wire import KIND_BYTES_MAX, Kind
from p2p.identity import Identity
from p2p.mesh import Mesh
from primitives.errors import ConfigError, DecodeError
from primitives.genesis import Genesis
from primitives.matmul import MatmulSpec
from primitives.matmul_kernel import compute_tile
from primitives.types import ZERO_HASH
from primitives.vote import Vote, VoteDomain
from state.chain import ChainStore
from state.store import Store
from state.transition import Runtime, governed_parameters
from state.trie.hashing import warm_up as warm_up_hashing

log = structlog.get_logger("node")

SIGNATURE_WORKERS: Final = 2
READ_WORKERS: Final = 2
WARM_UP_DELAY_SECONDS: Final = 2.0
"""Slow imports start after the first votes, so they do not delay the first block."""

PEERS_PATIENCE_SECONDS: Final = 2.0

_SMALL_PRODUCT: Final = MatmulSpec(seed=ZERO_HASH, m=64, n=64, k=64)

Service = Callable[[], Coroutine[Any, Any, None]]


class Node:
    """One node. ``open`` builds it, ``run`` runs it, ``close`` releases everything."""

    def __init__(self, home: Home, config: NodeConfig, genesis: Genesis, agent: str) -> None:
        self.home = home
        self.config = config
        self.genesis = genesis
        self.agent = agent
        self.engine = ReferenceEngine(run=run_aside)
        self.execution_thread: ThreadPoolExecutor = deep_executor(1, "execution")
        self.readers: ThreadPoolExecutor = deep_executor(READ_WORKERS, "reader")
        self.signature_workers = ThreadPoolExecutor(SIGNATURE_WORKERS, "signatures")
        self.store = Store.open(str(home.leveldb))
        runtime = Runtime(
            chain_id=genesis.chain_id,
            parameters=genesis.parameters,
            registry=SHIPPED,
            engine=self.engine,
        )
        self.chain = ChainStore.open(self.store, genesis, runtime)
        check_releases(runtime.registry, self.chain.head.state)
        self.runtime = replace(runtime, genesis_hash=self.chain.genesis_hash)
        self.domain = VoteDomain(genesis.chain_id, self.chain.genesis_hash)
        self.guard = self._load_guard()
        self.wal = WriteAheadLog(home.wal)
        if self.wal.torn_bytes:
            log.warning("cut a torn tail off the write-ahead log", bytes=self.wal.torn_bytes)
        self.mempool = Mempool(
            genesis.chain_id, governed_parameters(self.runtime, self.chain.head.state)
        )
        self.identity = Identity(load_secret(home.node_key))
        self.mesh = Mesh(
            identity=self.identity,
            network_id=self.chain.genesis_hash,
            agent=agent,
            body_bytes_max=KIND_BYTES_MAX,
            on_message=self._on_message,
            on_request=self._on_request,
            on_peer=self._on_peer,
        )
        self.executor = Executor(
            self.chain,
            self.runtime,
            self.domain,
            config.consensus.execution_allowance_ms or 1_000,
            home.bundles,
            self.mempool.get,
        )
        self.driver = self._make_driver()
        self.gate = ConsensusGate(self.driver, self.executor, self.mesh, self.domain)
        self.syncer = Syncer(
            driver=self.driver,
            executor=self.executor,
            execution_thread=self.execution_thread,
            guard=self.guard,
            network=self.mesh,
            domain=self.domain,
        )
        self.gossip = TransactionGossip(self.chain, self.mempool, self.mesh, self.signature_workers)
        account = (
            ValidatorAccount(
                self.executor, self.guard, self.gossip.submit, self.mempool.pending_nonce
            )
            if self.guard is not None
            else None
        )
        self.evidence = EvidenceReporter(self.executor, account, home.evidence)
        self.readiness = ReadinessReporter(runtime.registry, account)
        self.driver.hooks.on_finalized.append(self.readiness.on_finalized)
        self.driver.hooks.on_evidence.append(self._on_evidence)
        self._tasks: set[asyncio.Task[None]] = set()
        self.p2p_port = 0

    @classmethod
    def open(cls, home: Home, config: NodeConfig, agent: str) -> Self:
        """Build the node of a home directory.

        Raises:
            ConfigError: files missing or wrong, database in use, guard behind the chain.
            CorruptionError, WalCorruptError: the disk is not what was written.
        """
        home.create()
        return cls(home, config, home.load_genesis(), agent)

    @property
    def block_time_ms(self) -> int:
        """Return the target block time."""
        return self.config.consensus.block_time_ms or self.genesis.parameters.block_time_ms

    async def run(self, *services: Service) -> None:
        """Run until cancelled; ``services`` (RPC, metrics) run beside consensus.

        Raises:
            NodeStoppedError, AitbcError: why the node had to stop.
        """
        p2p = self.config.p2p
        try:
            self.p2p_port = await self.mesh.listen(p2p.host, p2p.port)
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {p2p.host}:{p2p.port}: {error.strerror}",
                "Stop what uses the port, or set another one: --p2p-port or [p2p] port",
            ) from error
        for address in p2p.addresses():
            self.mesh.dial(address)
        log.info(
            "node started",
            chain_id=self.genesis.chain_id,
            genesis="0x" + self.chain.genesis_hash.hex(),
            height=self.chain.head.height,
            peer=self.identity.peer.hex(),
            validator=None if self.guard is None else "0x" + self.guard.address.hex(),
        )
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.execution_thread, warm_up_hashing)
        await self._await_peers()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.driver.run())
            tasks.create_task(self.syncer.run())
            tasks.create_task(self._warm_up())
            for service in services:
                tasks.create_task(service())

    async def close(self) -> None:
        """Stop the network, wait for what is being executed, save caches, release the disk."""
        await self.mesh.close()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.execution_thread, self.chain.save_pages)
        for pool in (self.execution_thread, self.readers, self.signature_workers):
            pool.shutdown(wait=True, cancel_futures=True)
        self.wal.close()
        if self.guard is not None:
            self.guard.close()
        self.store.close()

    def _load_guard(self) -> SignerGuard | None:
        """Load the validator key and its guard; None for a node that only follows."""
        if not self.home.validator_key.exists():
            return None
        secret = load_secret(self.home.validator_key)
        guard = SignerGuard.load(self.home.guard, secret, self.domain)
        if guard.highest < self.chain.signed:
            raise ConfigError(
                f"the signer's guard ends at view {guard.highest}, but this key signed in view "
                f"{self.chain.signed}",
                "Restore the newest signer_guard; an old copy would let the key sign twice",
            )
        return guard

    def _make_driver(self) -> Driver:
        consensus = self.config.consensus
        core = Core(
            CoreConfig(
                address=None if self.guard is None else self.guard.address,
                epoch_length=self.genesis.parameters.epoch_blocks,
                block_time_ms=self.block_time_ms,
                delta_ms=consensus.delta_ms,
                execution_allowance_ms=consensus.execution_allowance_ms,
            )
        )
        return Driver(
            core=core,
            guard=self.guard,
            wal=self.wal,
            executor=self.executor,
            execution_thread=self.execution_thread,
            mempool=self.mempool,
            network=self.mesh,
        )

    async def _await_peers(self) -> None:
        """Give the configured peers a moment to connect, so the first proposal is not lost."""
        wanted = len(self.config.p2p.addresses())
        deadline = asyncio.get_running_loop().time() + PEERS_PATIENCE_SECONDS
        while len(self.mesh.peers()) < wanted:
            if asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(0.02)

    async def _warm_up(self) -> None:
        """Load what is slow at its first use in the background: bytecode engine, tile kernel."""
        await asyncio.sleep(WARM_UP_DELAY_SECONDS)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.readers, self.engine.warm_up)
        await loop.run_in_executor(self.readers, compute_tile, _SMALL_PRODUCT, 0)

    def _on_message(self, peer: bytes, kind: int, body: bytes) -> None:
        match kind:
            case Kind.CONSENSUS:
                self.gate.on_consensus(peer, body)
            case Kind.TRANSACTIONS:
                self.gossip.on_transactions(peer, body)
            case Kind.STATUS:
                self.syncer.on_status(peer, body)
            case Kind.GET_BLOCK:
                self.gate.on_block_request(peer, body)
            case Kind.BLOCK:
                self.gate.on_block(peer, body)
            case Kind.GET_CERTIFICATE:
                self.gate.on_certificate_request(peer, body)
            case _:
                raise DecodeError("message", f"kind {kind} outside a request")

    async def _on_request(self, peer: bytes, kind: int, body: bytes) -> tuple[int, bytes]:  # noqa: ARG002
        if kind != Kind.GET_RANGE:
            raise DecodeError("request", f"kind {kind} is not a request")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.signature_workers, self.syncer.answer_range, body)

    def _on_evidence(self, first: Vote, second: Vote) -> None:
        task = asyncio.ensure_future(self.evidence.report(first, second))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_peer(self, peer: bytes, is_connected: bool) -> None:  # noqa: ARG002
        if is_connected:
            self.syncer.announce()


__all__ = ["Node", "NodeStoppedError"]
