"""Transactions from wallets and peers into the pool, and on to other peers.

Decoding and signature recovery (45 us each) run in worker threads, a batch at a time; the pool is
touched only in the event loop. What is new to our pool goes on to every peer but the one it came
from, collected for a few milliseconds so that a burst travels in few messages.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog

from contracts.system import SYSTEM
from evm.precompiles import PRECOMPILES
from node.mempool import AlreadyKnownError, Mempool, PoolFullError, SenderState
from node.network import Network
from node.wire import (
    TRANSACTION_BATCH_BYTES_MAX,
    TRANSACTIONS_MAX,
    Kind,
    decode_transactions,
    encode_transactions,
)
from primitives.errors import (
    AitbcError,
    DecodeError,
    InvalidSignatureError,
    InvalidTransactionError,
)
from primitives.keccak import EMPTY_KECCAK
from primitives.transaction import Transaction, decode_transaction
from primitives.types import Hash32
from state.chain import ChainStore
from state.layers import Base
from state.transition import evm_gas_max
from state.validity import BytecodeGasError

log = structlog.get_logger("txpool")

GOSSIP_DELAY_SECONDS: Final = 0.02
INBOUND_BATCHES_MAX: Final = 256
"""Batches of peers that wait for a worker; more are dropped, gossip repeats itself."""

SUBMISSION_BATCH_MAX: Final = 64
"""Submissions of wallets that one worker call checks: about 4 ms."""
SUBMISSION_WORKERS_MAX: Final = 2
SUBMISSIONS_WAITING_MAX: Final = 20_000

OnPending = Callable[[Transaction], None]


class TransactionGossip:
    """The way into the pool."""

    def __init__(
        self,
        chain: ChainStore,
        mempool: Mempool,
        network: Network,
        workers: ThreadPoolExecutor,
    ) -> None:
        self._chain = chain
        self._mempool = mempool
        self._network = network
        self._workers = workers
        self._outgoing: dict[bytes | None, list[bytes]] = {}
        self._is_flush_planned = False
        self._inbound_batches = 0
        self._submitted: deque[tuple[bytes, asyncio.Future[Hash32]]] = deque()
        self._submission_workers = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.on_pending: list[OnPending] = []

    async def submit(self, raw: bytes) -> Hash32:
        """Take a wallet's raw transaction and return its hash.

        Raises:
            DecodeError, InvalidTransactionError, InvalidSignatureError: nothing changed.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Hash32] = loop.create_future()
        if len(self._submitted) >= SUBMISSIONS_WAITING_MAX:
            raise PoolFullError(f"{SUBMISSIONS_WAITING_MAX} submissions are waiting to be checked")
        self._submitted.append((raw, answer))
        if self._submission_workers < SUBMISSION_WORKERS_MAX:
            self._submission_workers += 1
            self._spawn(self._take_submissions())
        return await answer

    async def _take_submissions(self) -> None:
        """Check what wallets submitted, all that waits in one call of a worker, until none does."""
        loop = asyncio.get_running_loop()
        try:
            while self._submitted:
                count = min(len(self._submitted), SUBMISSION_BATCH_MAX)
                batch = [self._submitted.popleft() for _ in range(count)]
                raws = [raw for raw, _ in batch]
                try:
                    results = await loop.run_in_executor(self._workers, _decode_all, raws)
                    for (_, answer), result in zip(batch, results, strict=True):
                        self._answer(answer, result)
                finally:
                    for _, answer in batch:
                        answer.cancel()  # does nothing to those that were answered
        finally:
            self._submission_workers -= 1

    def _answer(self, answer: asyncio.Future[Hash32], result: Transaction | AitbcError) -> None:
        if isinstance(result, Transaction):
            try:
                self._add(result, source=None)
            except AitbcError as error:
                result = error
        if answer.done():
            return  # the caller is gone; the transaction is in the pool all the same
        if isinstance(result, AitbcError):
            answer.set_exception(result)
        else:
            answer.set_result(result.hash)

    def on_transactions(self, peer: bytes, body: bytes) -> None:
        """Take a peer's batch.

        Raises:
            DecodeError: not a batch of byte strings.
        """
        raws = decode_transactions(body)
        if self._inbound_batches >= INBOUND_BATCHES_MAX:
            return
        self._inbound_batches += 1
        self._spawn(self._take_batch(peer, raws))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take_batch(self, peer: bytes, raws: list[bytes]) -> None:
        try:
            loop = asyncio.get_running_loop()
            results = await loop.run_in_executor(self._workers, _decode_all, raws)
        finally:
            self._inbound_batches -= 1
        for result in results:
            if isinstance(result, AitbcError):
                self._network.penalize(peer, f"bad transaction: {result}")
                return
            try:
                self._add(result, source=peer)
            except InvalidTransactionError as error:
                if error.blames_peer:
                    self._network.penalize(peer, f"bad transaction: {error}")
                    return

    def _add(self, transaction: Transaction, source: bytes | None) -> None:
        if self._chain.transaction_location(transaction.hash) is not None:
            raise AlreadyKnownError
        state = self._chain.head.state
        account = state.account(transaction.sender)
        if account is None:
            sender = SenderState(0, 0, b"")
        else:
            sender = SenderState(account.nonce, account.balance, state.code(account.code_hash))
        self._check_bytecode_gas(transaction, state)
        self._mempool.add(transaction, sender)
        for hook in self.on_pending:
            hook(transaction)
        self._outgoing.setdefault(source, []).append(transaction.encode())
        if not self._is_flush_planned:
            self._is_flush_planned = True
            asyncio.get_running_loop().call_later(GOSSIP_DELAY_SECONDS, self._flush)

    def _check_bytecode_gas(self, transaction: Transaction, state: Base) -> None:
        """Refuse what runs bytecode and asks for more gas than a block gives to it.

        Raises:
            BytecodeGasError: it would wait for ever.
        """
        limit = evm_gas_max(self._mempool.parameters)
        if transaction.gas_limit <= limit:
            return
        to = transaction.to
        account = None if to is None else state.account(to)
        has_code = account is not None and account.code_hash != EMPTY_KECCAK
        if to is not None and SYSTEM.releases(to):
            runs_code = SYSTEM.may_run_bytecode(to, transaction.data)
        else:
            runs_code = to in PRECOMPILES or has_code
        if to is None or transaction.authorizations or runs_code:
            raise BytecodeGasError(transaction.gas_limit, limit)

    def _flush(self) -> None:
        self._is_flush_planned = False
        outgoing, self._outgoing = self._outgoing, {}
        for source, raws in outgoing.items():
            for batch in _batches(raws):
                body = encode_transactions(batch)
                self._network.broadcast(Kind.TRANSACTIONS, body, exclude=source)


def _batches(raws: list[bytes]) -> list[list[bytes]]:
    """Cut a list by number and bytes."""
    batches: list[list[bytes]] = [[]]
    size = 0
    for raw in raws:
        is_full = len(batches[-1]) >= TRANSACTIONS_MAX
        if batches[-1] and (is_full or size + len(raw) > TRANSACTION_BATCH_BYTES_MAX):
            batches.append([])
            size = 0
        batches[-1].append(raw)
        size += len(raw)
    return batches


def _decode_all(raws: Sequence[bytes]) -> list[Transaction | AitbcError]:
    """Decode and recover each; an error stands in the place of what caused it."""
    results: list[Transaction | AitbcError] = []
    for raw in raws:
        try:
            transaction = decode_transaction(raw)
            transaction.sender  # noqa: B018 - recovers and caches
            transaction.hash  # noqa: B018
            results.append(transaction)
        except (DecodeError, InvalidSignatureError) as error:
            results.append(error)
    return results
