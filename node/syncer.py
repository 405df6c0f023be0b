"""Block sync: a node that is behind fetches finalized blocks in ranges, each with its proof.

Y1. A block is persisted only with a finalization certificate of its epoch's set, over it or over a
    descendant whose headers link down to it, and only after executing it to the same roots.
Y2. The set of an epoch is read from our own state, which the previous epoch's blocks built: trust
    moves from terminal block to terminal block.
Y3. After a range the signer's floor rises past it, and the core hears of the new finalized block.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog

from consensus.chain import block_ref
from consensus.inputs import EpochStarted, FinalizedSynced
from node.driver import Driver, NodeStoppedError, block_ref_at
from node.executor import Executor
from node.guard import SignerGuard
from node.network import Network
from node.wire import (
    RANGE_BLOCKS_MAX,
    RANGE_BYTES_MAX,
    Kind,
    ProvenBlock,
    Status,
    decode_range,
    decode_range_request,
    decode_status,
    encode_range,
    encode_range_request,
    encode_status,
)
from primitives.errors import (
    BadInputError,
    DecodeError,
    InvalidBlockError,
    InvalidSignatureError,
)
from primitives.types import Epoch
from primitives.vote import VoteDomain, VoteKind, check_certificate
from state.chain import ExecutedBlock, FinalityProof, Head
from state.transition import check_transactions_root

log = structlog.get_logger("sync")

STATUS_PERIOD_SECONDS: Final = 2.0
BEHIND_BLOCKS: Final = 2
"""Up to so many blocks the core's own repair is quicker."""
REQUEST_TIMEOUT_SECONDS: Final = 10.0


class Syncer:
    """Keeps track of peers' heights, serves ranges, and catches up when behind."""

    def __init__(
        self,
        *,
        driver: Driver,
        executor: Executor,
        execution_thread: ThreadPoolExecutor,
        guard: SignerGuard | None,
        network: Network,
        domain: VoteDomain,
    ) -> None:
        self._driver = driver
        self._executor = executor
        self._thread = execution_thread
        self._guard = guard
        self._network = network
        self._domain = domain
        self._heights: dict[bytes, int] = {}
        self._failures: dict[bytes, int] = {}
        self.is_syncing = False
        self._wake = asyncio.Event()

    @property
    def best_height(self) -> int:
        """Return the highest finalized height that a connected peer claims."""
        peers = set(self._network.peers())
        return max((h for peer, h in self._heights.items() if peer in peers), default=0)

    async def run(self) -> None:
        """Announce our height and catch up, for ever."""
        while True:
            self.announce()
            await self._catch_up()
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), STATUS_PERIOD_SECONDS)
            except TimeoutError:
                continue

    def announce(self) -> None:
        """Tell peers where we stand."""
        self._network.broadcast(Kind.STATUS, self._status())

    def on_status(self, peer: bytes, body: bytes) -> None:
        """Note where a peer stands."""
        status = decode_status(body)
        known = set(self._network.peers())
        self._heights = {p: h for p, h in self._heights.items() if p in known}
        self._failures = {p: n for p, n in self._failures.items() if p in known}
        self._heights[peer] = status.height
        if status.height > self._height + BEHIND_BLOCKS:
            self._wake.set()

    def answer_range(self, body: bytes) -> tuple[int, bytes]:
        """Answer a request for finalized blocks: as many as the limits allow."""
        first, count = decode_range_request(body)
        blocks: list[ProvenBlock] = []
        size = 0
        for height in range(max(1, first), max(1, first) + count):
            block = self._executor.chain.block(height)
            proof = self._executor.chain.finality_proof(height)
            if block is None or proof is None or size > RANGE_BYTES_MAX:
                break
            size += len(block.encode()) + len(proof.certificate.encode())
            size += sum(len(header.encode()) for header in proof.headers)
            blocks.append(ProvenBlock(block=block, proof=proof))
        return Kind.RANGE, encode_range(blocks)

    @property
    def _height(self) -> int:
        return self._executor.chain.head.height

    def _status(self) -> bytes:
        head = self._executor.chain.head
        return encode_status(
            Status(height=head.height, block_hash=head.header.hash, epoch=head.epoch)
        )

    async def _catch_up(self) -> None:
        while True:
            peer = self._best_peer()
            if peer is None:
                self.is_syncing = False
                return
            try:
                await self._sync_from(peer)
            except (TimeoutError, ConnectionError) as error:
                log.info("range request failed", why=str(error) or type(error).__name__)
                self._heights.pop(peer, None)
                self._failures[peer] = self._failures.get(peer, 0) + 1
            except (DecodeError, InvalidSignatureError, InvalidBlockError) as error:
                self._heights.pop(peer, None)
                self._network.penalize(peer, f"bad block range: {error}")

    def _best_peer(self) -> bytes | None:
        """Return a peer that is clearly ahead of us: of those that failed least, the furthest.

        So a peer that claims much and answers nothing holds nobody up for long.
        """
        peers = set(self._network.peers())
        ahead = {
            peer: height
            for peer, height in self._heights.items()
            if peer in peers and height > self._height + BEHIND_BLOCKS
        }
        failures = self._failures
        return max(ahead, key=lambda p: (-failures.get(p, 0), ahead[p], p), default=None)

    async def _sync_from(self, peer: bytes) -> None:
        first = self._height + 1
        request = encode_range_request(first, RANGE_BLOCKS_MAX)
        kind, body = await self._network.request(
            peer, Kind.GET_RANGE, request, timeout_seconds=REQUEST_TIMEOUT_SECONDS
        )
        if kind != Kind.RANGE:
            raise DecodeError("range", f"answered with kind {kind}")
        blocks = decode_range(body)
        if not blocks:
            raise DecodeError("range", "empty, though the peer claims to be ahead")
        log.info("syncing", first=first, blocks=len(blocks), best=self.best_height)
        loop = asyncio.get_running_loop()
        for entry in blocks:
            done = await loop.run_in_executor(self._thread, self._persist, entry)
            if done is not None:
                self.is_syncing = True  # proven: a mere claim does not make the node unready
                self._failures[peer] = -1  # and before strangers the peer is asked again
                self._driver.announce(*done)
                self._tell_core(entry, is_last=entry is blocks[-1])

    def _persist(self, entry: ProvenBlock) -> tuple[ExecutedBlock, Head] | None:
        """Check, execute and commit one block in the execution thread (Y1)."""
        chain = self._executor.chain
        if entry.block.height <= chain.head.height:
            return None  # the core finalized it meanwhile
        if entry.block.parent_hash != chain.head.header.hash:
            raise InvalidBlockError("range block does not follow our head")
        self._check_proof(entry)
        check_transactions_root(entry.block)
        try:
            executed = self._executor.execute_synced(entry.block)
        except BadInputError as error:
            # A quorum says it is final and our rules refuse it: never skip it, never go on.
            raise NodeStoppedError(
                f"finalized block {entry.block.height} is invalid here: {error}"
            ) from error
        signed = (0, 0) if self._guard is None else self._guard.highest
        return executed, self._executor.commit_proven(executed, entry.proof, signed)

    def _check_proof(self, entry: ProvenBlock) -> None:
        proof: FinalityProof = entry.proof
        statement = proof.certificate.statement
        tip = entry.block.hash
        for header in proof.headers:
            if header.parent_hash != tip:
                raise InvalidBlockError("finality proof's headers do not link")
            tip = header.hash
        if statement.kind is not VoteKind.FINALIZE or statement.block_hash != tip:
            raise InvalidBlockError("finality proof of another block")
        validators = self._executor.validator_set(statement.epoch)
        if validators is None or statement.epoch != entry.block.seal.epoch:
            raise InvalidBlockError("finality proof of another epoch")
        check_certificate(proof.certificate, validators, self._domain)

    def _tell_core(self, entry: ProvenBlock, *, is_last: bool) -> None:
        """Move the core to the last synced block, over the ends of epochs before it (Y3)."""
        block, certificate = entry.block, entry.proof.certificate
        if self._guard is not None:
            statement = certificate.statement
            self._guard.raise_floor((statement.epoch, statement.view))
        epoch_blocks = self._executor.runtime.parameters.epoch_blocks
        if block.height % epoch_blocks == 0:
            epoch = Epoch(block.seal.epoch + 1)
            validators = self._executor.validator_set(epoch)
            if validators is None:
                raise InvalidBlockError(f"no validator set for epoch {epoch}")
            parent = block_ref_at(self._executor.chain, block.height)
            self._driver.submit(
                EpochStarted(epoch=epoch, parent=parent, proof=certificate, validators=validators)
            )
        elif is_last and not entry.proof.headers:
            self._driver.submit(FinalizedSynced(block=block_ref(block), proof=certificate))
