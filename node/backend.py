"""The node as the RPC sees it: ``rpc.backend.Backend`` over chain, pool, consensus and peers.

K1. Everything that finds a block by height answers from the newest blocks in memory or from the
    database; blocks in memory and on disk are the same values.
K2. The states of the last ``STATES_KEPT`` heads stay readable, so that a caller who resolved
    "latest" a moment ago still gets an answer after the next block.
K3. All methods run in the event loop; what needs time runs in the readers' pool under a limit.
"""

import platform
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from contracts.context import BlockContext
from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.contract import fee_recipient
from node.backend_blocks import BlockArchive
from node.backend_calls import call_of, overridden, pretences_of
from node.backend_limits import Readers
from node.driver import Driver, now_ms
from node.executor import Executor
from node.gossip import TransactionGossip
from node.guard import SignerGuard
from node.mempool import Mempool
from node.syncer import Syncer
from p2p.mesh import Mesh
from primitives.block import Header, TransactionReceipt
from primitives.keccak import EMPTY_KECCAK, EMPTY_TRIE_ROOT
from primitives.transaction import Transaction
from primitives.types import ZERO_ADDRESS, Address, Epoch, Hash32
from primitives.vote import ValidatorSet
from rpc.backend import (
    PENDING,
    AccessListRecord,
    AccountRecord,
    BlockOverride,
    BlockRecord,
    CallRequest,
    FinalityRecord,
    Listener,
    LogQuery,
    LogRecord,
    Overrides,
    PoolView,
    ProofRecord,
    SetProof,
    SlotProof,
    SyncRecord,
)
from rpc.errors import (
    RevertedError,
    ServerError,
    StateUnavailableError,
)
from state.chain import ChainStore, ExecutedBlock, Head
from state.gas import next_base_fee
from state.layers import Layer
from state.proofs import prove
from state.simulation import (
    Simulation,
    SimulationFailedError,
    context_of,
)
from state.transition import Runtime

STATES_KEPT: Final = 8
CONTEXTS_KEPT: Final = 16
STALLED_MS: Final = 30_000
"""A head older than this, and than thirty block times, means that the chain stands."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Place:
    """A readable state and the block that it is the post-state of."""

    layer: Layer
    header: Header
    time_ms: int


class NodeBackend:
    """``rpc.backend.Backend`` of a running node."""

    def __init__(
        self,
        *,
        chain: ChainStore,
        runtime: Runtime,
        executor: Executor,
        mempool: Mempool,
        gossip: TransactionGossip,
        driver: Driver,
        syncer: Syncer,
        mesh: Mesh,
        readers: ThreadPoolExecutor,
        guard: SignerGuard | None,
        name: str,
        agent: str,
        block_time_ms: int,
        peer_id: bytes,
        p2p_port: Callable[[], int],
    ) -> None:
        self._chain = chain
        self._runtime = runtime
        self._executor = executor
        self._mempool = mempool
        self._gossip = gossip
        self._driver = driver
        self._syncer = syncer
        self._mesh = mesh
        self._readers = Readers(readers)
        self._blocks = BlockArchive(chain, executor, self._readers)
        self._guard = guard
        self._name = name
        self._agent = agent
        self._block_time_ms = block_time_ms
        self._peer_id = peer_id
        self._p2p_port = p2p_port
        self._sync_started_at = chain.head.height
        self._listeners: list[Listener] = []
        self._newest: Head | None = None
        self._heads: OrderedDict[int, Head] = OrderedDict()
        self._contexts: dict[Hash32, BlockContext] = {}
        driver.hooks.on_finalized.append(self._on_finalized)
        gossip.on_pending.append(self._on_pending)

    # The chain

    @property
    def chain_id(self) -> int:
        """Return the chain's id."""
        return self._runtime.chain_id

    @property
    def client_version(self) -> str:
        """Return agent, platform and language."""
        return f"{self._agent}/{platform.system().lower()}/python{platform.python_version()}"

    @property
    def genesis_hash(self) -> Hash32:
        """Return the hash of block 0."""
        return self._chain.genesis_hash

    @property
    def head(self) -> Header:
        """Return the newest finalized block's header, and keep its state readable (K2)."""
        head = self._chain.head
        if head is not self._newest:
            self._newest = head
            self._keep(head)
        return head.header

    @property
    def next_base_fee(self) -> int:
        """Return the base fee of the head's child."""
        header = self._chain.head.header
        return next_base_fee(header.base_fee_per_gas, header.gas_used, header.gas_limit)

    @property
    def fee_recipient(self) -> Address | None:
        """Return who gets the fees of this node's blocks; None for a node without key."""
        if self._guard is None:
            return None
        storage = partial(self._chain.head.state.storage, STAKING_ADDRESS)
        return Address(fee_recipient(storage, self._guard.address))

    @property
    def sync_status(self) -> SyncRecord:
        """Return where block sync stands."""
        return SyncRecord(
            is_syncing=self._syncer.is_syncing,
            started_at=self._sync_started_at,
            best_height=self._syncer.best_height,
        )

    @property
    def peer_count(self) -> int:
        """Return how many peers are connected."""
        return len(self._mesh.peers())

    @property
    def is_listening(self) -> bool:
        """Answer whether peers can connect."""
        return self._p2p_port() != 0

    def attach(self, listener: Listener) -> None:
        """Tell ``listener`` of finalized blocks and new waiting transactions."""
        self._listeners.append(listener)

    def height_of(self, block_hash: bytes) -> int | None:
        """Return the height of a finalized block."""
        return self._chain.height_of(block_hash)

    @property
    def suggested_tip(self) -> int:
        """Return the 60th percentile of the tips in the last blocks, or the default."""
        return self._blocks.suggested_tip

    def header(self, height: int) -> Header | None:
        """Return a header by height, or the pending block's."""
        return self._blocks.header(height)

    async def block(self, height: int) -> BlockRecord | None:
        """Return a block by height or PENDING, its senders recovered."""
        return await self._blocks.block(height)

    async def receipts(self, height: int) -> tuple[TransactionReceipt, ...] | None:
        """Return a block's receipts by height or PENDING."""
        return await self._blocks.receipts(height)

    async def rewards(self, height: int) -> Sequence[tuple[int, int]] | None:
        """Return (tip, gas used) of a finalized block's transactions, the cheapest first."""
        return await self._blocks.rewards(height)

    async def logs(
        self, query: LogQuery, first: int, last: int, results_max: int
    ) -> list[LogRecord]:
        """Return the matching logs of finalized blocks; see ``node.backend_blocks``."""
        return await self._blocks.logs(query, first, last, results_max)

    def transaction_location(self, transaction_hash: bytes) -> tuple[int, int] | None:
        """Return (height, index) of a finalized transaction."""
        return self._chain.transaction_location(transaction_hash)

    def finality(self, height: int) -> FinalityRecord | None:
        """Return the proof that a block is final."""
        proof = self._chain.finality_proof(height)
        if proof is None:
            return None
        return FinalityRecord(certificate=proof.certificate, headers=proof.headers)

    def validators(self, epoch: int | None) -> ValidatorSet | None:
        """Return an epoch's set, by default that of the next block."""
        if epoch is None:
            epoch = self._chain.head.height // self._runtime.parameters.epoch_blocks + 1
        return self._executor.validator_set(Epoch(epoch))

    def set_proof(self, epoch: int) -> SetProof | None:
        """Return the proof of a set in the state that the epoch before it ended with."""
        proof = self._chain.set_proof(epoch)
        return None if proof is None else SetProof(account=proof.account, storage=proof.storage)

    # The pool

    def pooled(self, transaction_hash: bytes) -> Transaction | None:
        """Return a waiting transaction."""
        return self._mempool.get(Hash32(transaction_hash))

    def pool(self) -> PoolView:
        """Return the waiting transactions with their senders' nonces."""
        queues = self._mempool.by_sender()
        state = self._chain.head.state
        nonces = {}
        for sender in queues:
            account = state.account(sender)
            nonces[sender] = 0 if account is None else account.nonce
        return PoolView(queues=queues, nonces=nonces)

    def pending_nonce(self, address: Address) -> int:
        """Return the nonce after the pending block and the waiting transactions without gap."""
        account = self._place(PENDING).layer.account(address)
        return self._mempool.pending_nonce(address, 0 if account is None else account.nonce)

    async def submit(self, raw: bytes) -> Hash32:
        """Take a raw transaction into the pool; see ``node.gossip``."""
        return await self._gossip.submit(raw)

    # The state

    def account(self, height: int, address: Address) -> AccountRecord:
        """Return an account.

        Raises:
            StateUnavailableError: the height is not a recent head's.
        """
        return _account_of(self._place(height).layer, address)

    def storage(self, height: int, address: Address, slot: int) -> int:
        """Return a slot; raises as ``account``."""
        return self._place(height).layer.storage(address, slot)

    async def prove(self, height: int, address: Address, slots: Sequence[int]) -> ProofRecord:
        """Prove an account and slots; raises as ``account``."""
        layer = self._place(height).layer
        found = await self._readers.run(lambda: prove(layer, address, slots))
        return ProofRecord(
            account=_account_of(layer, address),
            nodes=found.nodes,
            slots=tuple(
                SlotProof(slot=entry.slot, value=entry.value, nodes=entry.nodes)
                for entry in found.storage
            ),
        )

    async def call(
        self,
        height: int,
        request: CallRequest,
        overrides: Overrides,
        block: BlockOverride | None,
    ) -> bytes:
        """Run a call and return its output.

        Raises:
            RevertedError, ServerError, InvalidTransactionError: it failed, the message says why.
            StateUnavailableError: as ``account``.
        """
        place = self._place(height)

        def run() -> bytes:
            return self._simulation(place, overrides, block).output(call_of(request))

        return await self._simulated(run)

    async def estimate_gas(self, height: int, request: CallRequest, overrides: Overrides) -> int:
        """Return a gas limit with which the call succeeds; raises as ``call``."""
        place = self._place(height)

        def run() -> int:
            return self._simulation(place, overrides, None).estimate(call_of(request))

        return await self._simulated(run)

    async def create_access_list(self, height: int, request: CallRequest) -> AccessListRecord:
        """Return what a call touches; raises as ``call``."""
        place = self._place(height)

        def run() -> AccessListRecord:
            found, done = self._simulation(place, {}, None).access_list(call_of(request))
            error = "" if done.result.is_success else done.result.error or "execution reverted"
            return AccessListRecord(access_list=found, gas_used=done.gas_used, error=error)

        return await self._simulated(run)

    # The node

    def node_info(self) -> Mapping[str, Any]:
        """Return what the node says of itself."""
        head = self._chain.head
        return {
            "name": self._name,
            "version": self._agent,
            "client": self.client_version,
            "chainId": hex(self.chain_id),
            "genesisHash": "0x" + self.genesis_hash.hex(),
            "peerId": self._peer_id.hex(),
            "p2pPort": self._p2p_port(),
            "validator": None if self._guard is None else "0x" + self._guard.address.hex(),
            "head": {"number": hex(head.height), "hash": "0x" + head.header.hash.hex()},
            "blockTimeMs": self._block_time_ms,
            "epochBlocks": self._runtime.parameters.epoch_blocks,
        }

    def peers(self) -> Sequence[Mapping[str, Any]]:
        """Return the connected peers."""
        return [
            {
                "id": info.peer.hex(),
                "agent": info.agent,
                "remote": info.remote,
                "isOutbound": info.is_outbound,
                "bytesSent": info.bytes_sent,
                "bytesReceived": info.bytes_received,
            }
            for info in self._mesh.infos()
        ]

    def consensus_state(self) -> Mapping[str, Any]:
        """Return epoch, view, leader; ``isStarted`` is False until the core was restored."""
        core, head = self._driver.core, self._chain.head
        shown: dict[str, Any] = {
            "isStarted": core.view > 0,
            "finalized": {"number": hex(head.height), "hash": "0x" + head.header.hash.hex()},
            "isHalted": core.is_halted,
        }
        if core.view > 0:
            leader = core.leader(core.view)
            shown |= {
                "epoch": hex(core.epoch),
                "view": hex(core.view),
                "leader": None if leader is None else "0x" + leader.address.hex(),
                "isValidator": core.is_validator,
                "validators": len(core.validators),
            }
        return shown

    def health(self) -> Mapping[str, Any]:
        """Return "ok", "syncing" or "stalled" with the facts behind it."""
        head = self._chain.head
        age = max(0, now_ms() - head.time_ms)
        status = "ok"
        if self._syncer.is_syncing:
            status = "syncing"
        elif age > max(STALLED_MS, 30 * self._block_time_ms):
            status = "stalled"
        return {
            "status": status,
            "block": hex(head.height),
            "ageMs": age,
            "peers": self.peer_count,
            "waiting": len(self._mempool),
        }

    # Parts

    def _on_finalized(self, executed: ExecutedBlock, head: Head) -> None:
        """Keep a block in memory and tell the listeners."""
        record = self._blocks.add(executed)
        self._keep(head)
        for listener in self._listeners:
            listener.on_finalized(record, executed.receipts)

    def _on_pending(self, transaction: Transaction) -> None:
        for listener in self._listeners:
            listener.on_pending(transaction)

    def _keep(self, head: Head) -> None:
        self._heads[head.height] = head
        while len(self._heads) > STATES_KEPT:
            self._heads.popitem(last=False)

    def _place(self, height: int) -> _Place:
        """Return the state of a height.

        Raises:
            StateUnavailableError: it is not kept.
        """
        if height == PENDING:
            pending = self._blocks.pending()
            if pending is not None:
                block = pending.block
                return _Place(pending.overlay, block.header, block.seal.time_ms)
            height = self.head.height
        head = self._chain.head
        if head.height != height:
            known = self._heads.get(height)
            if known is None:
                raise StateUnavailableError(height)
            head = known
        return _Place(head.state, head.header, head.time_ms)

    async def _simulated(self, run: Callable[[], T]) -> T:
        try:
            return await self._readers.run(run)
        except SimulationFailedError as error:
            if error.is_revert:
                raise RevertedError(error.output) from error
            raise ServerError(str(error)) from error

    def _simulation(
        self, place: _Place, overrides: Overrides, block: BlockOverride | None
    ) -> Simulation:
        context = self._context(place)
        if block is not None:
            context = overridden(context, block)
        return Simulation(self._runtime, place.layer, context, pretences_of(overrides))

    def _context(self, place: _Place) -> BlockContext:
        """Return the block context of a state; epoch, view and proposer from its seal."""
        known = self._contexts.get(place.header.hash)
        if known is not None:
            return known
        seal = self._blocks.seal_of(place.header)
        context = context_of(
            self._runtime,
            place.header,
            time_ms=place.time_ms,
            epoch=0 if seal is None else seal.epoch,
            view=0 if seal is None else seal.view,
            proposer=ZERO_ADDRESS if seal is None else seal.proposer,
        )
        if len(self._contexts) >= CONTEXTS_KEPT:
            self._contexts.clear()
        self._contexts[place.header.hash] = context
        return context


def _account_of(layer: Layer, address: Address) -> AccountRecord:
    account = layer.account(address)
    if account is None:
        return AccountRecord(
            nonce=0,
            balance=0,
            code=b"",
            code_hash=EMPTY_KECCAK,
            storage_root=EMPTY_TRIE_ROOT,
        )
    return AccountRecord(
        nonce=account.nonce,
        balance=account.balance,
        code=layer.code(account.code_hash),
        code_hash=account.code_hash,
        storage_root=account.storage_root,
    )
