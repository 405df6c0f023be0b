"""The whole life of a block, top to bottom.

::

    check_header        what the header says without execution: number, times, fees, empty fields
    BlockTransition     begin hooks -> transactions -> end hooks
    process_block       all of it for a block that somebody else made, every root compared
    build_header        the header of a block that we make

Header rules (R1 to R8) are numbered where they are checked. Signatures, the VRF proof and the
certificates of the seal are checked before execution by the node, which knows the validator sets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from contracts.chain.v1.contract import RESERVED_PERCENT, SUPPLY_SLOT, gas_limits
from contracts.context import BlockContext
from contracts.places import RUNTIME_ADDRESS, STAKING_ADDRESS
from contracts.runtime import Registry
from contracts.staking.v1.contract import fee_recipient, validator_set
from evm.engine import Engine
from primitives.block import (
    EMPTY_REQUESTS_HASH,
    Block,
    Header,
    TransactionReceipt,
    merge_blooms,
)
from primitives.errors import InvalidBlockError, InvalidTransactionError
from primitives.genesis import Parameters
from primitives.keccak import EMPTY_OMMERS_HASH, EMPTY_TRIE_ROOT
from primitives.seal import Seal
from primitives.transaction import Transaction
from primitives.types import ZERO_HASH, Address, Epoch, Hash32
from primitives.vote import ValidatorSet
from primitives.vrf import next_beacon
from state.changes import StateChanges
from state.execution import HISTORY_ADDRESS, HISTORY_RING, Execution
from state.gas import next_base_fee
from state.ledger import Ledger
from state.process import ProcessedTransaction, process_transaction
from state.trie.ordered import ordered_trie_root
from state.validity import check_form
from state.view import StateView

BEACON_ROOTS_ADDRESS: Final = Address(bytes.fromhex("000f3df6d732807ef1319fb7b8bb8522d0beac02"))
"""EIP-4788: the seal hashes of the last 8191 seconds."""
BEACON_ROOTS_RING: Final = 8_191


class BlockGasError(InvalidTransactionError):
    """The block has no room left; the transaction may fit a later one."""

    is_retryable = True

    def __init__(self, wanted: int, left: int) -> None:
        super().__init__(f"gas limit reached: transaction wants {wanted}, block has {left}")


class WrongRootError(InvalidBlockError):
    """Execution gives another value than the header names."""

    def __init__(self, field: str, header: object, computed: object) -> None:
        super().__init__(f"block {field} is {_text(header)}, execution gives {_text(computed)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentBlock:
    """What a block must know of its parent; ``time_ms`` is the parent seal's time."""

    header: Header
    time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What executes blocks. ``genesis_hash`` is zero only while the genesis block is made."""

    chain_id: int
    parameters: Parameters
    registry: Registry
    engine: Engine
    genesis_hash: Hash32 = ZERO_HASH


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockOutcome:
    """A block's effect: the changed state, its receipts, and the roots over them."""

    changes: StateChanges
    receipts: tuple[TransactionReceipt, ...]
    gas_used: int
    receipts_root: Hash32
    logs_bloom: bytes


class BlockTransition:
    """One block in execution. Call ``begin`` once, ``apply`` per transaction, ``finish`` once."""

    def __init__(self, runtime: Runtime, view: StateView, parent: ParentBlock, seal: Seal) -> None:
        self.runtime = runtime
        self.parent = parent
        self.seal = seal
        self.ledger = Ledger(view)
        self.parameters = governed_parameters(runtime, view)
        self.gas_used = 0
        self.ordinary_gas_used = 0
        self.evm_gas_used = 0
        self.receipts: list[TransactionReceipt] = []
        self.block = block_context(runtime, view, parent, seal)
        self.execution = Execution(self.ledger, self.block, runtime.registry, runtime.engine)

    def begin(self) -> None:
        """Run the begin-of-block hooks: EIP-4788, EIP-2935, then the native contracts."""
        ledger, block = self.ledger, self.block
        ledger.begin_transaction()
        if ledger.code(BEACON_ROOTS_ADDRESS):
            slot = block.timestamp % BEACON_ROOTS_RING
            ledger.set_storage(BEACON_ROOTS_ADDRESS, slot, block.timestamp)
            root = int.from_bytes(self.seal.hash, "big")
            ledger.set_storage(BEACON_ROOTS_ADDRESS, slot + BEACON_ROOTS_RING, root)
        if ledger.code(HISTORY_ADDRESS):
            slot = (block.height - 1) % HISTORY_RING
            parent_hash = int.from_bytes(self.parent.header.hash, "big")
            ledger.set_storage(HISTORY_ADDRESS, slot, parent_hash)
        self.execution.contracts.begin_block(self.execution.hook_frame)
        ledger.finish_transaction()

    def apply(self, transaction: Transaction) -> ProcessedTransaction:
        """Execute one transaction and append its receipt.

        Raises:
            InvalidTransactionError, InvalidSignatureError: it cannot stand here; nothing changed.
        """
        check_form(transaction, self.runtime.chain_id, self.parameters)
        is_urgent = self.is_urgent(transaction)
        self._check_room(transaction, is_urgent=is_urgent)
        done = process_transaction(self.execution, transaction)
        self.gas_used += done.gas_used
        if not is_urgent:
            self.ordinary_gas_used += done.gas_used
        if done.has_entered_evm:
            self.evm_gas_used += done.gas_used
        self.receipts.append(
            TransactionReceipt(
                kind=transaction.kind,
                succeeded=done.succeeded,
                cumulative_gas_used=self.gas_used,
                gas_used=done.gas_used,
                logs=done.logs,
                contract_address=done.contract_address if done.succeeded else None,
            )
        )
        return done

    def finish(self) -> BlockOutcome:
        """Run the end-of-block hooks and return what the block did."""
        self.ledger.begin_transaction()
        self.execution.contracts.end_block(self.execution.hook_frame)
        self.ledger.finish_transaction()
        self._record_supply()
        return BlockOutcome(
            changes=self.ledger.changes(),
            receipts=tuple(self.receipts),
            gas_used=self.gas_used,
            receipts_root=ordered_trie_root([r.encode() for r in self.receipts]),
            logs_bloom=merge_blooms([r.bloom for r in self.receipts]),
        )

    def runs_bytecode(self, transaction: Transaction) -> bool:
        """Answer whether a transaction may enter the bytecode engine in this state."""
        # An authorization may give code to the recipient before the call (EIP-7702).
        if transaction.to is None or transaction.authorizations:
            return True
        return self.execution.uses_bytecode_share(transaction.to, transaction.data)

    def is_urgent(self, transaction: Transaction) -> bool:
        """Answer whether a transaction may use the tenth of block gas kept for urgent calls."""
        to = transaction.to
        return to is not None and self.execution.contracts.is_reserved(to, transaction.data)

    def _record_supply(self) -> None:
        """Write the sum of all balances: what it was, and what this block minted or burnt."""
        if not self.runtime.registry.releases(RUNTIME_ADDRESS):
            return
        change = self.ledger.balance_change()
        if change:
            supply = self.ledger.storage(RUNTIME_ADDRESS, SUPPLY_SLOT)
            self.ledger.set_storage(RUNTIME_ADDRESS, SUPPLY_SLOT, supply + change)

    def _check_room(self, transaction: Transaction, *, is_urgent: bool) -> None:
        """Keep the block below its gas limit, and bytecode below its share of it."""
        left = self.block.gas_limit - self.gas_used
        if not is_urgent:
            reserve = self.block.gas_limit * RESERVED_PERCENT // 100
            left = min(left, self.block.gas_limit - reserve - self.ordinary_gas_used)
        if transaction.gas_limit > left:
            raise BlockGasError(transaction.gas_limit, left)
        if not self.runs_bytecode(transaction):
            return
        left = evm_gas_max(self.parameters) - self.evm_gas_used
        if transaction.gas_limit > left:
            raise BlockGasError(transaction.gas_limit, left)


def read_validator_set(view: StateView, epoch: Epoch) -> ValidatorSet:
    """Return the set that staking elected last: at a terminal block, the next epoch's."""
    return ValidatorSet(epoch, validator_set(partial(view.storage, STAKING_ADDRESS)))


def governed_parameters(runtime: Runtime, view: StateView) -> Parameters:
    """Return the chain's parameters as the next block on a state is executed with."""
    if not runtime.registry.releases(RUNTIME_ADDRESS):
        return runtime.parameters
    block, transaction, share = gas_limits(partial(view.storage, RUNTIME_ADDRESS))
    if not block:  # a state that genesis did not make, in a test of the transition
        return runtime.parameters
    return replace(
        runtime.parameters,
        block_gas_max=block,
        transaction_gas_max=transaction,
        evm_gas_share_percent=share,
    )


def evm_gas_max(parameters: Parameters) -> int:
    """Return the gas that transactions running bytecode may use in one block."""
    return parameters.block_gas_max * parameters.evm_gas_share_percent // 100


def block_context(
    runtime: Runtime, view: StateView, parent: ParentBlock, seal: Seal
) -> BlockContext:
    """Return what contracts see of a block that is being executed on its parent's state."""
    header = parent.header
    return BlockContext(
        chain_id=runtime.chain_id,
        genesis_hash=runtime.genesis_hash,
        height=header.height + 1,
        time_ms=seal.time_ms,
        timestamp=seal.time_ms // 1000,
        epoch=seal.epoch,
        view=seal.view,
        beacon=next_beacon(header.mix_hash, seal.vrf_proof),
        coinbase=fee_recipient(partial(view.storage, STAKING_ADDRESS), seal.proposer),
        base_fee=next_base_fee(header.base_fee_per_gas, header.gas_used, header.gas_limit),
        gas_limit=governed_parameters(runtime, view).block_gas_max,
        proposer=seal.proposer,
        block_time_ms=runtime.parameters.block_time_ms,
        signers=_signers(seal),
        late_voters=_late_voters(seal),
    )


def check_header(parent: ParentBlock, block: Block, context: BlockContext) -> None:
    """Compare every header field that needs no execution.

    Raises:
        InvalidBlockError: the message names rule and field.
    """
    header, seal = block.header, block.seal
    expected: dict[str, object] = {
        "parent_hash": parent.header.hash,  # R1
        "height": parent.header.height + 1,  # R2
        "timestamp": seal.time_ms // 1000,  # R3
        "mix_hash": context.beacon,  # R4
        "coinbase": context.coinbase,  # R5
        "base_fee_per_gas": context.base_fee,  # R6
        "gas_limit": context.gas_limit,  # R7
        "parent_beacon_block_root": seal.hash,  # R8
        "ommers_hash": EMPTY_OMMERS_HASH,
        "withdrawals_root": EMPTY_TRIE_ROOT,
        "requests_hash": EMPTY_REQUESTS_HASH,
        "difficulty": 0,
        "nonce": bytes(8),
        "blob_gas_used": 0,
        "excess_blob_gas": 0,
        "extra_data": b"",
    }
    for field, value in expected.items():
        if getattr(header, field) != value:
            raise WrongRootError(field, getattr(header, field), value)
    if seal.time_ms <= parent.time_ms:
        raise InvalidBlockError(
            f"block time {seal.time_ms} ms is not after its parent's {parent.time_ms} ms"
        )


def process_block(
    runtime: Runtime, view: StateView, parent: ParentBlock, block: Block
) -> BlockOutcome:
    """Check and execute a block on its parent's state; the caller compares ``state_root``.

    Raises:
        InvalidBlockError: a rule is broken; the message says which.
    """
    transition = BlockTransition(runtime, view, parent, block.seal)
    check_header(parent, block, transition.block)
    check_transactions_root(block)
    transition.begin()
    for index, transaction in enumerate(block.transactions):
        try:
            transition.apply(transaction)
        except (InvalidTransactionError, InvalidBlockError) as error:
            raise InvalidBlockError(f"transaction {index} is invalid: {error}") from error
    outcome = transition.finish()
    _check_outcome(block.header, outcome)
    return outcome


def build_header(
    transition: BlockTransition,
    transactions: Sequence[Transaction],
    outcome: BlockOutcome,
    state_root: Hash32,
) -> Header:
    """Return the header of the block that ``transition`` executed."""
    context = transition.block
    return Header(
        parent_hash=transition.parent.header.hash,
        coinbase=Address(context.coinbase),
        state_root=state_root,
        transactions_root=ordered_trie_root([t.encode() for t in transactions]),
        receipts_root=outcome.receipts_root,
        logs_bloom=outcome.logs_bloom,
        height=context.height,
        gas_limit=context.gas_limit,
        gas_used=outcome.gas_used,
        timestamp=context.timestamp,
        mix_hash=Hash32(context.beacon),
        base_fee_per_gas=context.base_fee,
        parent_beacon_block_root=transition.seal.hash,
    )


def check_transactions_root(block: Block) -> None:
    """Compare the root over a block's transactions, which its hash covers only through the header.

    Whoever takes a block from a peer calls it first: with other transactions under a genuine header
    a stranger would make a good block look invalid.

    Raises:
        WrongRootError: the transactions are not those of the header.
    """
    root = ordered_trie_root([t.encode() for t in block.transactions])
    if root != block.header.transactions_root:
        raise WrongRootError("transactions_root", block.header.transactions_root, root)


def check_state_root(header: Header, state_root: Hash32) -> None:
    """Compare the root over the changed state.

    Raises:
        WrongRootError: it differs.
    """
    if header.state_root != state_root:
        raise WrongRootError("state_root", header.state_root, state_root)


def _signers(seal: Seal) -> int:
    """Return the bitmap of the parent's certificate; 0 when it is of another epoch."""
    certificate = seal.parent_certificate
    if certificate is None or certificate.statement.epoch != seal.epoch:
        return 0
    return certificate.signers


def _late_voters(seal: Seal) -> tuple[tuple[bytes, int], ...]:
    """Return (validator, height voted at) of the late votes for blocks."""
    votes = ((vote.voter, vote.statement.height) for vote in seal.late_votes)
    return tuple((voter, height) for voter, height in votes if height)


def _check_outcome(header: Header, outcome: BlockOutcome) -> None:
    for field in ("gas_used", "receipts_root", "logs_bloom"):
        computed = getattr(outcome, field)
        if getattr(header, field) != computed:
            raise WrongRootError(field, getattr(header, field), computed)


def _text(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
