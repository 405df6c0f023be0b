"""What the RPC asks of the node: ``Backend``, and the values that cross the boundary.

B1. Methods that are not ``async`` answer from memory or with single database reads; the others do
    their work in another thread.
B2. ``head`` is one immutable value: what is asked about one height stays consistent while blocks
    are finalized.
B3. ``PENDING`` names the highest executed block that is not final yet, or the head.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from primitives.block import Header, Log, TransactionReceipt
from primitives.seal import Seal
from primitives.transaction import AccessList, Authorization, Transaction
from primitives.types import Address, Hash32
from primitives.vote import Certificate, ValidatorSet

PENDING: Final = -1
"""The height that stands for the block that is not final yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRecord:
    """A block as the RPC shows it; ``seal`` is None for the genesis block.

    The senders of ``transactions`` were recovered already. ``is_final`` is False for PENDING.
    """

    header: Header
    transactions: tuple[Transaction, ...]
    seal: Seal | None
    time_ms: int
    is_final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord:
    """An account of one state; the code is empty where there is none."""

    nonce: int
    balance: int
    code: bytes
    code_hash: Hash32
    storage_root: Hash32


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotProof:
    """A slot's value and the nodes that prove it."""

    slot: int
    value: int
    nodes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecord:
    """An account with its proof (EIP-1186)."""

    account: AccountRecord
    nodes: tuple[bytes, ...]
    slots: tuple[SlotProof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProof:
    """Nodes from the state root of an epoch's last block to staking's slot 0."""

    account: tuple[bytes, ...]
    storage: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """A call to simulate. Prices are None where the caller named none: it then costs nothing."""

    sender: Address
    to: Address | None
    gas: int | None = None
    max_fee_per_gas: int | None = None
    max_priority_fee_per_gas: int | None = None
    value: int = 0
    data: bytes = b""
    nonce: int | None = None
    access_list: AccessList = ()
    authorizations: tuple[Authorization, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOverride:
    """What a simulation pretends of an account; None leaves the field as it is.

    ``storage`` replaces all slots, ``storage_changes`` only those that it names.
    """

    nonce: int | None = None
    balance: int | None = None
    code: bytes | None = None
    storage: Mapping[int, int] | None = None
    storage_changes: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockOverride:
    """What a simulation pretends of its block; None leaves the field as it is."""

    height: int | None = None
    timestamp: int | None = None
    gas_limit: int | None = None
    coinbase: Address | None = None
    beacon: Hash32 | None = None
    base_fee: int | None = None


Overrides = Mapping[Address, AccountOverride]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessListRecord:
    """What a simulated call touches beyond sender and recipient; ``error`` is "" on success."""

    access_list: AccessList
    gas_used: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """Which logs: no addresses means any; a position without topics means any."""

    addresses: frozenset[bytes] = frozenset()
    topics: tuple[frozenset[bytes], ...] = ()

    def is_match(self, log: Log) -> bool:
        """Answer whether a log is asked for."""
        if self.addresses and log.address not in self.addresses:
            return False
        if len(self.topics) > len(log.topics):
            return False
        return all(
            not wanted or topic in wanted
            for wanted, topic in zip(self.topics, log.topics, strict=False)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """A log with its place in the chain."""

    log: Log
    height: int
    block_hash: Hash32
    timestamp: int
    transaction_hash: Hash32
    transaction_index: int
    log_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalityRecord:
    """The proof that a block is final: a certificate over it, or over a descendant with the
    headers that lead there.
    """

    certificate: Certificate
    headers: tuple[Header, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolView:
    """The waiting transactions by sender and nonce, and each sender's nonce in the head state."""

    queues: Mapping[Address, Mapping[int, Transaction]]
    nonces: Mapping[Address, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRecord:
    """Where block sync stands."""

    is_syncing: bool
    started_at: int
    best_height: int


class Listener(Protocol):
    """Hears of news; called in the event loop, must not block."""

    def on_finalized(self, block: BlockRecord, receipts: tuple[TransactionReceipt, ...]) -> None:
        """Take a block that is final now."""

    def on_pending(self, transaction: Transaction) -> None:
        """Take a transaction that is new in the pool."""


class Backend(Protocol):
    """The node behind the RPC."""

    @property
    def chain_id(self) -> int:
        """The chain's id."""

    @property
    def client_version(self) -> str:
        """Name, version, platform."""

    @property
    def genesis_hash(self) -> Hash32:
        """The hash of block 0."""

    @property
    def head(self) -> Header:
        """The newest finalized block's header."""

    @property
    def next_base_fee(self) -> int:
        """The base fee of the head's child."""

    @property
    def suggested_tip(self) -> int:
        """A priority fee in wei per gas that recent blocks would have included."""

    @property
    def fee_recipient(self) -> Address | None:
        """Who gets the fees of blocks that this node makes; None without validator key."""

    @property
    def sync_status(self) -> SyncRecord:
        """Where block sync stands."""

    @property
    def peer_count(self) -> int:
        """How many peers are connected."""

    @property
    def is_listening(self) -> bool:
        """Whether peers can connect."""

    def attach(self, listener: Listener) -> None:
        """Tell ``listener`` of everything from now on."""

    def height_of(self, block_hash: bytes) -> int | None:
        """Return the height of a finalized block."""

    def header(self, height: int) -> Header | None:
        """Return a header; PENDING has one as well."""

    async def block(self, height: int) -> BlockRecord | None:
        """Return a block by height or PENDING."""

    async def receipts(self, height: int) -> tuple[TransactionReceipt, ...] | None:
        """Return a finalized block's receipts."""

    async def rewards(self, height: int) -> Sequence[tuple[int, int]] | None:
        """Return (priority fee paid, gas used) of a block's transactions, the cheapest first."""

    def transaction_location(self, transaction_hash: bytes) -> tuple[int, int] | None:
        """Return (height, index) of a finalized transaction."""

    def pooled(self, transaction_hash: bytes) -> Transaction | None:
        """Return a waiting transaction."""

    def pool(self) -> PoolView:
        """Return the waiting transactions."""

    def pending_nonce(self, address: Address) -> int:
        """Return the nonce that the account's next transaction needs, waiting ones counted."""

    async def submit(self, raw: bytes) -> Hash32:
        """Take a raw transaction into the pool and return its hash.

        Raises:
            AitbcError: it was refused; the message says why.
        """

    def account(self, height: int, address: Address) -> AccountRecord:
        """Return an account; an absent one is empty.

        Raises:
            StateUnavailableError: the height is not the head's.
        """

    def storage(self, height: int, address: Address, slot: int) -> int:
        """Return a slot; raises as ``account``."""

    async def prove(self, height: int, address: Address, slots: Sequence[int]) -> ProofRecord:
        """Prove an account and slots; raises as ``account``."""

    async def call(
        self,
        height: int,
        request: CallRequest,
        overrides: Overrides,
        block: BlockOverride | None,
    ) -> bytes:
        """Run a call and return its output.

        Raises:
            RevertedError, ServerError, InvalidTransactionError: it failed.
        """

    async def estimate_gas(self, height: int, request: CallRequest, overrides: Overrides) -> int:
        """Return a gas limit with which the call succeeds; raises as ``call``."""

    async def create_access_list(self, height: int, request: CallRequest) -> AccessListRecord:
        """Return what a call touches; raises as ``call``."""

    async def logs(
        self, query: LogQuery, first: int, last: int, results_max: int
    ) -> list[LogRecord]:
        """Return the matching logs of finalized blocks, both ends included.

        Raises:
            LimitExceededError: more than ``results_max``.
        """

    def finality(self, height: int) -> FinalityRecord | None:
        """Return the proof that a block is final."""

    def validators(self, epoch: int | None) -> ValidatorSet | None:
        """Return the set of an epoch that has begun, or of the current one."""

    def set_proof(self, epoch: int) -> SetProof | None:
        """Return the proof of a set in the state that the epoch before it ended with."""

    def node_info(self) -> Mapping[str, Any]:
        """Return what the node says of itself, ready for JSON."""

    def peers(self) -> Sequence[Mapping[str, Any]]:
        """Return the connected peers, ready for JSON."""

    def consensus_state(self) -> Mapping[str, Any]:
        """Return where consensus stands, ready for JSON."""

    def health(self) -> Mapping[str, Any]:
        """Return whether the node follows the chain, ready for JSON."""
