"""The shell around the consensus core: performs its effects, in order, on a real machine.

All of it runs in the event loop; execution, building and persisting run in the execution thread
and come back as inputs. Rules of the shell:

V1. A vote or proposal leaves the process only after the guard and the write-ahead log are fsynced.
V2. Nothing unchecked enters the core (``node.inbound`` checks).
V3. Effects of one input are all performed before the next input is taken.
V4. A failure to persist, a halted core or a corrupt disk stops the node; nothing is swallowed.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from consensus import effects as fx
from consensus.chain import BlockRef, block_ref
from consensus.core import Core
from consensus.epoch_state import Record
from consensus.inputs import (
    BlockBuilt,
    BuildFailed,
    EpochStarted,
    ExecutionFinished,
    Input,
    ProposalReceived,
    TimerKind,
    ViewTimerFired,
    VoteReceived,
)
from consensus.messages import Message, decode_proposal, encode_message
from node.executor import BuiltBlock, Executor
from node.guard import GuardRefusedError, SignerGuard
from node.mempool import Mempool
from node.network import Network
from node.wal import Record as WalRecord
from node.wal import RecordKind, WriteAheadLog
from node.wire import Kind, encode_block_request, encode_certificate_request
from primitives.block import Block, decode_block
from primitives.errors import AitbcError, InvalidBlockError
from primitives.seal import Seal
from primitives.types import Epoch, Hash32, View
from primitives.vote import Certificate, Vote, decode_certificate, decode_vote
from primitives.vrf import beacon_input
from state.chain import ChainStore, ExecutedBlock, Head
from state.transition import governed_parameters

log = structlog.get_logger("consensus")

FETCH_PEERS: Final = 2
"""How many peers one repair request goes to."""

OnFinalized = Callable[[ExecutedBlock, Head], None]


class NodeStoppedError(AitbcError):
    """The driver stopped for a reason that a restart alone does not mend."""


@dataclass(slots=True)
class DriverHooks:
    """Whom the driver tells; all run in the event loop and must not block."""

    on_finalized: list[OnFinalized] = field(default_factory=list)
    on_view: list[Callable[[int, int], None]] = field(default_factory=list)
    on_evidence: list[Callable[[Vote, Vote], None]] = field(default_factory=list)


class Driver:
    """Runs one core. ``run`` returns only by cancellation or by raising."""

    def __init__(
        self,
        *,
        core: Core,
        guard: SignerGuard | None,
        wal: WriteAheadLog,
        executor: Executor,
        execution_thread: ThreadPoolExecutor,
        mempool: Mempool,
        network: Network,
    ) -> None:
        self.core = core
        self.hooks = DriverHooks()
        self._guard = guard
        self._wal = wal
        self._executor = executor
        self._thread = execution_thread
        self._mempool = mempool
        self._network = network
        self._inbox: asyncio.Queue[Input | None] = asyncio.Queue()
        self._effects: deque[fx.Effect] = deque()
        self._timers: dict[tuple[int, int, TimerKind], asyncio.TimerHandle] = {}
        self._failure: BaseException | None = None
        self._next_peer = 0

    def submit(self, event: Input) -> None:
        """Queue a checked input."""
        self._inbox.put_nowait(event)

    async def run(self) -> None:
        """Restore from disk, then take inputs for ever.

        Raises:
            NodeStoppedError, AitbcError: the node must stop; the message says why.
        """
        self._effects.extend(self._restore())
        self._perform_all()
        while True:
            event = await self._next_input()
            view = (self.core.epoch, self.core.view)
            self._effects.extend(self.core.step(event))
            self._perform_all()
            if (self.core.epoch, self.core.view) != view:
                for hook in self.hooks.on_view:
                    hook(self.core.epoch, self.core.view)

    async def _next_input(self) -> Input:
        """Return the next input; a failure of the shell comes before everything that waits."""
        while True:
            event = await self._inbox.get()
            if self._failure is not None:
                raise self._failure
            if event is not None:
                return event

    def _restore(self) -> list[fx.Effect]:
        """Rebuild the core from the chain and the write-ahead log."""
        chain = self._executor.chain
        head = chain.head
        epoch_blocks = self._executor.runtime.parameters.epoch_blocks
        epoch = Epoch(head.height // epoch_blocks + 1)
        started = self._epoch_started(epoch)
        records: list[Record] = [_decode_record(record) for record in self._wal.records()]
        proof = chain.finality_proof(head.height)
        if proof is not None:
            records.append(proof.certificate)
        root = block_ref_at(chain, head.height)
        return self.core.restore(started, root, records, now_ms())

    def _epoch_started(self, epoch: Epoch) -> EpochStarted:
        """Return the beginning of an epoch whose parent block is persisted."""
        chain = self._executor.chain
        height = (epoch - 1) * self._executor.runtime.parameters.epoch_blocks
        validators = self._executor.validator_set(epoch)
        if validators is None:
            raise NodeStoppedError(f"the validator set of epoch {epoch} is not on disk")
        proof = chain.finality_proof(height)
        return EpochStarted(
            epoch=epoch,
            parent=block_ref_at(chain, height),
            proof=None if proof is None else proof.certificate,
            validators=validators,
        )

    # Effects

    def _perform_all(self) -> None:
        while self._effects:
            self._perform(self._effects.popleft())

    def _perform(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Build():
                self._on_build(effect)
            case fx.Propose():
                self._on_propose(effect)
            case fx.Execute():
                self._on_execute(effect.block)
            case fx.Sign():
                self._on_sign(effect)
            case fx.Broadcast():
                self._on_broadcast(effect.message)
            case fx.SendTo():
                self._network.send(effect.peer, Kind.CONSENSUS, encode_message(effect.message))
            case fx.FetchBlock():
                self._ask(Kind.GET_BLOCK, encode_block_request(effect.block_hash))
            case fx.FetchCertificate():
                body = encode_certificate_request(effect.epoch, effect.view, effect.kind)
                self._ask(Kind.GET_CERTIFICATE, body)
            case fx.SetTimer():
                self._on_set_timer(effect)
            case fx.CancelTimers():
                self._on_cancel_timers(effect)
            case fx.Finalize():
                self._on_finalize(effect)
            case fx.EpochEnded():
                epoch = Epoch(effect.epoch + 1)
                self._in_thread(lambda: self._epoch_started(epoch), self.submit)
            case fx.ReportEvidence():
                log.warning("equivocation seen", voter="0x" + effect.first.voter.hex())
                for hook in self.hooks.on_evidence:
                    hook(effect.first, effect.second)
            case fx.ReportClock():
                log.warning(
                    "a proposer's clock or ours is wrong",
                    ahead_ms=effect.ahead_ms,
                    proposer="0x" + effect.proposer.hex(),
                )
            case fx.Halt():
                self._stop(NodeStoppedError(f"consensus halted: {effect.why}"))

    def _on_sign(self, effect: fx.Sign) -> None:
        if self._guard is None:
            return
        try:
            vote = self._guard.sign(effect.statement)
        except GuardRefusedError as error:
            log.error("the signer's guard refused", why=str(error), rule=effect.rule)
            return
        statement = vote.statement
        self._append(RecordKind.VOTE, statement.epoch, statement.view, vote.encode(), synced=True)
        self._effects.extend(self.core.step(VoteReceived(vote=vote)))
        self._network.broadcast(Kind.CONSENSUS, encode_message(vote))

    def _on_propose(self, effect: fx.Propose) -> None:
        if self._guard is None:
            return
        try:
            proposal = self._guard.sign_proposal(
                effect.view, effect.block, effect.certificate, effect.nullifications
            )
        except GuardRefusedError as error:
            log.error("the signer's guard refused", why=str(error), rule=effect.rule)
            return
        epoch, view = effect.block.seal.epoch, effect.view
        self._append(RecordKind.PROPOSAL, epoch, view, proposal.encode(), synced=True)
        received = ProposalReceived(proposal=proposal, now_ms=now_ms())
        self._effects.extend(self.core.step(received))
        self._network.broadcast(Kind.CONSENSUS, encode_message(proposal))

    def _on_broadcast(self, message: Message) -> None:
        if isinstance(message, Certificate):
            statement = message.statement
            self._append(RecordKind.CERTIFICATE, statement.epoch, statement.view, message.encode())
        self._network.broadcast(Kind.CONSENSUS, encode_message(message))

    def _on_execute(self, block: Block) -> None:
        self._append(RecordKind.BLOCK, block.seal.epoch, block.seal.view, block.encode())

        def execute() -> str:
            try:
                self._executor.execute(block)
            except InvalidBlockError as error:
                log.warning("invalid block", height=block.height, why=str(error))
                return str(error) or "invalid"
            return ""

        def finished(why: str) -> None:
            self.submit(
                ExecutionFinished(block_hash=block.hash, is_valid=not why, why=why, now_ms=now_ms())
            )

        self._in_thread(execute, finished)

    def _on_build(self, effect: fx.Build) -> None:
        delay = max(0.0, (effect.earliest_ms - now_ms()) / 1000)
        asyncio.get_running_loop().call_later(delay, self._build, effect)

    def _build(self, effect: fx.Build) -> None:
        guard = self._guard
        if guard is None or (self.core.epoch, self.core.view) != (effect.epoch, effect.view):
            return
        queues = {} if effect.is_empty else self._mempool.by_sender()

        def build() -> BuiltBlock | str:
            try:
                _, parent = self._executor.parent_state(effect.parent_hash)
                alpha = beacon_input(parent.header.mix_hash, effect.epoch, effect.view)
                seal = Seal(
                    epoch=effect.epoch,
                    view=effect.view,
                    proposer=guard.address,
                    time_ms=max(now_ms(), effect.earliest_ms, parent.time_ms + 1),
                    vrf_proof=guard.vrf_proof(alpha),
                    parent_certificate=effect.certificate,
                    late_votes=self._executor.fitting_votes(effect.parent_hash, effect.late_votes),
                )
                return self._executor.build(effect.parent_hash, seal, queues)
            except InvalidBlockError as error:
                return str(error)

        self._in_thread(build, lambda result: self._on_built(effect, result))

    def _on_built(self, effect: fx.Build, result: BuiltBlock | str) -> None:
        if isinstance(result, str):
            log.error("building a block failed", why=result)
            self.submit(BuildFailed(epoch=effect.epoch, view=effect.view, why=result))
            return
        for transaction in result.poisonous:
            self._mempool.quarantine(transaction)
        for transaction in result.impossible:
            self._mempool.drop(transaction)
        block = result.executed.block
        self.submit(BlockBuilt(epoch=effect.epoch, view=effect.view, block=block, now_ms=now_ms()))

    def _on_finalize(self, effect: fx.Finalize) -> None:
        signed = (0, 0) if self._guard is None else self._guard.highest

        def commit() -> tuple[ExecutedBlock, Head] | None:
            chain = self._executor.chain
            if chain.height_of(effect.block_hash) is not None:
                return None  # block sync was faster
            return self._executor.commit(effect.block_hash, effect.proof, signed)

        self._in_thread(commit, self._on_committed)

    def _on_committed(self, result: tuple[ExecutedBlock, Head] | None) -> None:
        if result is None:
            return
        executed, head = result
        self.announce(executed, head)
        self._wal.prune((head.epoch, head.view))

    def announce(self, executed: ExecutedBlock, head: Head) -> None:
        """Tell everybody of a persisted block; block sync calls it too."""
        self._mempool.remove_included(executed.block.transactions)
        self._mempool.parameters = governed_parameters(self._executor.runtime, head.state)
        for hook in self.hooks.on_finalized:
            hook(executed, head)

    # Timers, repair, threads

    def _on_set_timer(self, effect: fx.SetTimer) -> None:
        key = (effect.epoch, effect.view, effect.kind)
        old = self._timers.pop(key, None)
        if old is not None:
            old.cancel()
        event = ViewTimerFired(epoch=effect.epoch, view=effect.view, kind=effect.kind)

        def fire() -> None:
            self._timers.pop(key, None)
            self.submit(event)

        loop = asyncio.get_running_loop()
        self._timers[key] = loop.call_later(effect.delay_ms / 1000, fire)

    def _on_cancel_timers(self, effect: fx.CancelTimers) -> None:
        limit = (effect.epoch, effect.view)
        for key in list(self._timers):
            is_one = effect.kind is not None and key == (*limit, effect.kind)
            is_earlier = effect.kind is None and key[:2] < limit
            if is_one or is_earlier:
                self._timers.pop(key).cancel()

    def _ask(self, kind: Kind, body: bytes) -> None:
        """Send a repair request to a few peers, taking turns among all."""
        peers = self._network.peers()
        for _ in range(min(FETCH_PEERS, len(peers))):
            self._network.send(peers[self._next_peer % len(peers)], kind, body)
            self._next_peer += 1

    def _append(
        self, kind: RecordKind, epoch: int, view: int, payload: bytes, *, synced: bool = False
    ) -> None:
        self._wal.append(WalRecord(kind, epoch, view, payload), is_synced=synced)

    def _in_thread(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Run work in the execution thread and its continuation here; a failure stops the node."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)

        def done(finished: asyncio.Future[Any]) -> None:
            if finished.cancelled():
                return
            error = finished.exception()
            if error is not None:
                self._stop(error)
            else:
                then(finished.result())

        future.add_done_callback(done)

    def _stop(self, error: BaseException) -> None:
        log.critical("the node stops", error=str(error))
        if self._failure is None:
            self._failure = error
        self._inbox.put_nowait(None)


def now_ms() -> int:
    """Return Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def block_ref_at(chain: ChainStore, height: int) -> BlockRef:
    """Return the reference of a persisted block, the genesis block included."""
    block = chain.block(height)
    if block is not None:
        return block_ref(block)
    header, time_ms = chain.header(height), chain.time_ms(height)
    if header is None or time_ms is None:
        raise NodeStoppedError(f"block {height} is not on disk")
    return BlockRef(
        epoch=Epoch(0),
        view=View(0),
        height=height,
        hash=header.hash,
        parent_hash=Hash32(header.parent_hash),
        time_ms=time_ms,
        beacon=header.mix_hash,
    )


def _decode_record(record: WalRecord) -> Record:
    match record.kind:
        case RecordKind.VOTE:
            return decode_vote(record.payload)
        case RecordKind.PROPOSAL:
            return decode_proposal(record.payload)
        case RecordKind.BLOCK:
            return decode_block(record.payload)
        case RecordKind.CERTIFICATE:
            return decode_certificate(record.payload)
