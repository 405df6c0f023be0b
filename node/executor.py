"""Executes, builds and persists blocks; every method runs in the one execution thread.

X1. ``_executed`` holds checked blocks above the head, each with its post-state.
X2. A block is executed on its parent's post-state only: the head or an entry of ``_executed``.
X3. An exception that is no rule's verdict makes an undecided block invalid and leaves a bundle; in
    ``commit`` it passes through and stops the node.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog

from contracts.errors import MissingRelease
from node.bundle import write_bundle
from node.interrupt import TimeIsUpError, run_limited
from node.mempool import Selection
from node.seal_rules import check_seal, is_late_vote_in_reach
from primitives.block import Block, Header
from primitives.errors import (
    AitbcError,
    InvalidBlockError,
    InvalidSignatureError,
    InvalidTransactionError,
)
from primitives.seal import Seal
from primitives.transaction import Transaction
from primitives.types import Address, Epoch, Hash32
from primitives.vote import Certificate, ValidatorSet, Vote, VoteDomain
from state.chain import ChainStore, ExecutedBlock, FinalityProof, Head
from state.execution import HISTORY_ADDRESS, HISTORY_RING
from state.layers import Layer
from state.transition import (
    BlockGasError,
    BlockTransition,
    ParentBlock,
    Runtime,
    build_header,
    check_state_root,
    process_block,
    read_validator_set,
)

log = structlog.get_logger("executor")

EXECUTION_SHARE: Final = 4
"""The builder stops after this part of the execution allowance (a quarter)."""
MISFITS_MAX: Final = 64
"""Transactions in a row that find no room before the builder stops looking."""

Queues = dict[Address, dict[int, Transaction]]

KnownTransaction = Callable[[Hash32], Transaction | None]
"""Looks a transaction up in the pool, where its sender was recovered already; any thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltBlock:
    """A block that we made, and what the pool should forget."""

    executed: ExecutedBlock
    poisonous: tuple[Transaction, ...]
    impossible: tuple[Transaction, ...]


class _Filling:
    """A block being filled: what went in, and what the pool should forget."""

    __slots__ = ("chosen", "impossible", "poisonous", "transition")

    def __init__(self, transition: BlockTransition) -> None:
        self.transition = transition
        self.chosen: list[Transaction] = []
        self.poisonous: list[Transaction] = []
        self.impossible: list[Transaction] = []

    def repeat(self, transition: BlockTransition) -> None:
        """Apply what went in to a fresh transition on the same state; it has the same effect."""
        self.transition = transition
        for transaction in self.chosen:
            transition.apply(transaction)


class Executor:
    """The chain's writer and the owner of undecided states."""

    def __init__(
        self,
        chain: ChainStore,
        runtime: Runtime,
        domain: VoteDomain,
        execution_allowance_ms: int,
        bundles: Path,
        known_transaction: KnownTransaction = lambda _hash: None,
    ) -> None:
        self.chain = chain
        self.runtime = runtime
        self.domain = domain
        self._budget_seconds = execution_allowance_ms / 1000 / EXECUTION_SHARE
        self._bundles = bundles
        self._known_transaction = known_transaction
        self._executed: dict[Hash32, ExecutedBlock] = {}
        self._sets: dict[Epoch, ValidatorSet] = {}

    def validator_set(self, epoch: Epoch) -> ValidatorSet | None:
        """Return the set of an epoch that has begun."""
        validators = self._sets.get(epoch)
        if validators is None:
            validators = self.chain.validator_set(epoch)
            if validators is not None:
                self._sets[epoch] = validators
                while len(self._sets) > 8:
                    del self._sets[min(self._sets)]
        return validators

    def executed(self, block_hash: Hash32) -> ExecutedBlock | None:
        """Return a checked block above the head."""
        return self._executed.get(block_hash)

    def undecided(self) -> list[ExecutedBlock]:
        """Return the checked blocks above the head; any thread."""
        return list(self._executed.values())

    def parent_state(self, block_hash: Hash32) -> tuple[Layer, ParentBlock]:
        """Return state and header of the head or of a checked block above it.

        Raises:
            InvalidBlockError: neither.
        """
        head = self.chain.head
        if block_hash == head.header.hash:
            return head.state, head.as_parent()
        entry = self._executed.get(block_hash)
        if entry is None:
            raise InvalidBlockError(f"parent 0x{block_hash.hex()} is neither head nor executed")
        return entry.overlay, entry.as_parent()

    def execute(self, block: Block) -> None:
        """Check and execute a block; it is then in ``_executed``.

        Raises:
            InvalidBlockError: the message says which rule; also for a failure inside the node.
        """
        if block.hash in self._executed or self._is_final(block):
            return
        try:
            self._executed[block.hash] = self._execute(self._with_known_senders(block))
        except (InvalidBlockError, MissingRelease):
            raise
        except Exception as error:
            path = write_bundle(self._bundles, "execute", error, {"block": block.encode()})
            log.error("execution failed inside the node", bundle=str(path), error=str(error))
            raise InvalidBlockError(f"execution failed inside the node: {error}") from error

    def _is_final(self, block: Block) -> bool:
        """Answer whether block sync persisted the block while the core still waited for it.

        Its parent's state is gone then; the verdict is the quorum's and ours, not "no parent".
        """
        return self.chain.height_of(block.hash) is not None

    def _with_known_senders(self, block: Block) -> Block:
        """Return the block with the pool's own transactions where it holds them."""
        known = self._known_transaction
        transactions = tuple(known(t.hash) or t for t in block.transactions)
        return replace(block, transactions=transactions)

    def _execute(self, block: Block) -> ExecutedBlock:
        layer, parent = self.parent_state(block.parent_hash)
        check_seal(
            block,
            parent.header,
            self.validator_set,
            _ancestor_hashes(layer, parent.header),
            self.domain,
        )
        for transaction in block.transactions:
            try:
                transaction.sender  # noqa: B018 - recovers and caches
            except InvalidSignatureError as error:
                raise InvalidBlockError(f"transaction without a signer: {error}") from error
        outcome = process_block(self.runtime, layer, parent, block)
        overlay = self.chain.tree.apply(layer, outcome.changes)
        check_state_root(block.header, overlay.state_root)
        return ExecutedBlock(block=block, overlay=overlay, receipts=outcome.receipts)

    def fitting_votes(self, parent_hash: Hash32, votes: tuple[Vote, ...]) -> tuple[Vote, ...]:
        """Return the late votes that a block on this parent may carry (``node.seal_rules``).

        After block sync the core may offer votes for blocks that are too far back.
        """
        layer, parent = self.parent_state(parent_hash)
        ancestor_hash = _ancestor_hashes(layer, parent.header)
        return tuple(
            vote
            for vote in votes
            if is_late_vote_in_reach(vote, parent.header.height + 1)
            and ancestor_hash(vote.statement.height) == vote.statement.block_hash
        )

    def build(self, parent_hash: Hash32, seal: Seal, queues: Queues) -> BuiltBlock:
        """Make a block from waiting transactions.

        Raises:
            InvalidBlockError: the parent is not here, or a hook failed inside the node.
            MissingRelease: this block activates code that the node lacks.
        """
        try:
            return self._build(parent_hash, seal, queues)
        except (InvalidBlockError, MissingRelease):
            raise
        except Exception as error:
            facts = {"seal": seal.encode(), "parent": parent_hash}
            path = write_bundle(self._bundles, "build", error, facts)
            log.error("building failed inside the node", bundle=str(path), error=str(error))
            raise InvalidBlockError(f"building failed inside the node: {error}") from error

    def _build(self, parent_hash: Hash32, seal: Seal, queues: Queues) -> BuiltBlock:
        layer, parent = self.parent_state(parent_hash)
        filling = _Filling(self._new_transition(layer, parent, seal))
        try:
            self._fill(filling, queues)
        except TimeIsUpError:
            # The interrupted transition may be half changed: make it again without the culprit.
            filling.repeat(self._new_transition(layer, parent, seal))
        transition, chosen = filling.transition, filling.chosen
        outcome = transition.finish()
        overlay = self.chain.tree.apply(layer, outcome.changes)
        header = build_header(transition, chosen, outcome, overlay.state_root)
        block = Block(header=header, transactions=tuple(chosen), seal=seal)
        executed = ExecutedBlock(block=block, overlay=overlay, receipts=outcome.receipts)
        self._executed[block.hash] = executed
        return BuiltBlock(
            executed=executed,
            poisonous=tuple(filling.poisonous),
            impossible=tuple(filling.impossible),
        )

    def _new_transition(self, layer: Layer, parent: ParentBlock, seal: Seal) -> BlockTransition:
        transition = BlockTransition(self.runtime, layer, parent, seal)
        transition.begin()
        return transition

    def _fill(self, filling: "_Filling", queues: Queues) -> None:
        """Apply transactions until gas, time or supply ends.

        Raises:
            TimeIsUpError: a transaction ran past the block's time; ``filling`` tells which.
        """
        transition = filling.transition
        selection = Selection(queues, transition.block.base_fee, transition.ledger.nonce)
        deadline = time.monotonic() + self._budget_seconds
        misfits = 0
        for transaction in selection:
            left = deadline - time.monotonic()
            if left <= 0 or misfits > MISFITS_MAX:
                break
            try:
                self._apply(filling, transaction, left)
            except BlockGasError:
                misfits += 1
                selection.skip_sender()
            except (InvalidTransactionError, InvalidSignatureError) as error:
                if not error.is_retryable:
                    filling.impossible.append(transaction)
                selection.skip_sender()
            except Exception as error:  # noqa: BLE001 - X3: quarantine it
                facts = {"transaction": transaction.encode(), "height": transition.block.height}
                path = write_bundle(self._bundles, "build", error, facts)
                log.error("transaction failed inside the node", bundle=str(path))
                filling.poisonous.append(transaction)
                selection.skip_sender()

    def _apply(self, filling: "_Filling", transaction: Transaction, left: float) -> None:
        """Apply one transaction; bytecode gets what is left of the block's time.

        One that had half of the block's time, or more, for itself and did not end is evicted.
        """
        transition = filling.transition
        if not transition.runs_bytecode(transaction):
            transition.apply(transaction)
        else:
            try:
                run_limited(lambda: transition.apply(transaction), left)
            except TimeIsUpError:
                if left >= self._budget_seconds / 2:
                    log.warning("transaction takes too long", tx="0x" + transaction.hash.hex())
                    filling.impossible.append(transaction)
                raise
        filling.chosen.append(transaction)

    def commit(
        self, block_hash: Hash32, certificate: Certificate, signed: tuple[int, int]
    ) -> tuple[ExecutedBlock, Head]:
        """Persist a final block whose parent is the head.

        Raises:
            InvalidBlockError: it was not executed here.
            CorruptionError, InvariantError: the node must stop.
        """
        executed = self._executed.get(block_hash)
        if executed is None:
            raise InvalidBlockError(f"final block 0x{block_hash.hex()} was not executed")
        proof = FinalityProof(certificate=certificate, headers=self._path_to(certificate, executed))
        head = self.commit_proven(executed, proof, signed)
        return executed, head

    def commit_proven(
        self, executed: ExecutedBlock, proof: FinalityProof, signed: tuple[int, int]
    ) -> Head:
        """Persist a block with a proof that was checked already."""
        head = self.chain.commit(executed, proof, self._next_set(executed), signed)
        height = head.height
        self._executed = {h: e for h, e in self._executed.items() if e.block.height > height}
        return head

    def execute_synced(self, block: Block) -> ExecutedBlock:
        """Execute a block that comes with a finality proof; a failure here is fatal or a lie."""
        known = self._executed.get(block.hash)
        return known if known is not None else self._execute(block)

    def _next_set(self, executed: ExecutedBlock) -> ValidatorSet | None:
        block = executed.block
        if block.height % self.runtime.parameters.epoch_blocks:
            return None
        return read_validator_set(executed.overlay, Epoch(block.seal.epoch + 1))

    def _path_to(self, certificate: Certificate, executed: ExecutedBlock) -> tuple[Header, ...]:
        """Return the headers above a block up to the certified one, ascending."""
        headers: list[Header] = []
        cursor = certificate.statement.block_hash
        while cursor != executed.block.hash:
            entry = self._executed.get(cursor)
            if entry is None:
                raise AitbcError("a finalization names a block that does not descend from this one")
            headers.append(entry.block.header)
            cursor = entry.block.parent_hash
        return tuple(reversed(headers))


def _ancestor_hashes(layer: Layer, parent: Header) -> Callable[[int], Hash32 | None]:
    """Return a lookup of ancestors' hashes from the parent's state (EIP-2935's ring)."""

    def ancestor(height: int) -> Hash32 | None:
        if height == parent.height:
            return parent.hash
        if not max(0, parent.height - HISTORY_RING) <= height < parent.height:
            return None
        word = layer.storage(HISTORY_ADDRESS, height % HISTORY_RING)
        return Hash32(word.to_bytes(32, "big"))

    return ancestor
