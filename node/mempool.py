"""Transactions that wait for a block: bounded, replaceable at a price, ordered by tip.

M1. At most ``TRANSACTIONS_MAX`` in all and ``PER_ACCOUNT_MAX`` per sender; a full pool evicts its
    cheapest in favour of a dearer newcomer.
M2. One transaction per (sender, nonce); a replacement raises both fees by a tenth.
M3. Everything here passed ``check_form``; a sender's balance in the last finalized state covers
    all that it has waiting, so filling the pool takes money that could be spent.
M4. Transactions leave at finalization, eviction or replacement, or when executing them failed.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from primitives.errors import InvalidTransactionError
from primitives.genesis import Parameters
from primitives.transaction import Transaction
from primitives.types import Address, Hash32
from state.validity import (
    DELEGATION_PREFIX,
    InsufficientFundsError,
    NonceTooLowError,
    SenderNotEoaError,
    check_form,
    check_funds,
)

TRANSACTIONS_MAX: Final = 20_000
PER_ACCOUNT_MAX: Final = 4_096
NONCE_GAP_MAX: Final = 1_024
REPLACEMENT_PERCENT: Final = 10
QUARANTINE_MAX: Final = 1_024


class AlreadyKnownError(InvalidTransactionError):
    """The pool holds this transaction."""

    def __init__(self) -> None:
        super().__init__("already known")


class ReplacementUnderpricedError(InvalidTransactionError):
    """Another transaction has this nonce, and the newcomer does not pay a tenth more."""

    def __init__(self) -> None:
        super().__init__("replacement transaction underpriced")


class PoolFullError(InvalidTransactionError):
    """The pool is full of dearer transactions, or the account's share of it is used up."""

    is_retryable: ClassVar[bool] = True

    def __init__(self, why: str) -> None:
        super().__init__(f"txpool is full: {why}")


class QuarantinedError(InvalidTransactionError):
    """Executing it failed inside the node; the operator has a report."""

    def __init__(self) -> None:
        super().__init__("transaction is quarantined: executing it failed inside the node")


@dataclass(frozen=True, slots=True)
class SenderState:
    """What the pool needs of an account in the last finalized state."""

    nonce: int
    balance: int
    code: bytes


class Mempool:
    """The pool; not thread-safe, owned by the event loop."""

    def __init__(self, chain_id: int, parameters: Parameters) -> None:
        self._chain_id = chain_id
        self.parameters = parameters
        self._by_hash: dict[Hash32, Transaction] = {}
        self._by_sender: dict[Address, dict[int, Transaction]] = {}
        self._costs: dict[Address, int] = {}
        self._cheapest: list[tuple[int, int, Hash32]] = []
        self._sequence = 0
        self._quarantine: dict[Hash32, None] = {}

    def __len__(self) -> int:
        return len(self._by_hash)

    def __contains__(self, transaction_hash: Hash32) -> bool:
        return transaction_hash in self._by_hash

    def get(self, transaction_hash: Hash32) -> Transaction | None:
        """Return a waiting transaction."""
        return self._by_hash.get(transaction_hash)

    def transactions(self) -> Iterator[Transaction]:
        """Yield everything that waits, in order of arrival."""
        return iter(list(self._by_hash.values()))

    def by_sender(self) -> dict[Address, dict[int, Transaction]]:
        """Return copies of the queues by sender and nonce."""
        return {sender: dict(queue) for sender, queue in self._by_sender.items()}

    def add(self, transaction: Transaction, account: SenderState) -> None:
        """Take a transaction whose signature was checked.

        Raises:
            InvalidTransactionError: the subclass says which rule; the pool is unchanged.
        """
        if transaction.hash in self._by_hash:
            raise AlreadyKnownError
        if transaction.hash in self._quarantine:
            raise QuarantinedError
        check_form(transaction, self._chain_id, self.parameters)
        self._check_account(transaction, account)
        queue = self._by_sender.get(transaction.sender, {})
        old = queue.get(transaction.nonce)
        if old is not None:
            _check_replacement(old, transaction)
        waiting = self._costs.get(transaction.sender, 0) - (0 if old is None else _cost(old))
        if waiting + _cost(transaction) > account.balance:
            raise InsufficientFundsError(
                transaction.sender, account.balance, waiting + _cost(transaction)
            )
        if old is None:
            self._make_room(transaction, len(queue))
        if old is not None:
            self._remove(old)
        self._insert(transaction)

    def pending_nonce(self, sender: Address, account_nonce: int) -> int:
        """Return the nonce after the contiguous run that starts at the account's nonce."""
        queue = self._by_sender.get(sender, {})
        nonce = account_nonce
        while nonce in queue:
            nonce += 1
        return nonce

    def remove_included(self, transactions: tuple[Transaction, ...]) -> None:
        """Forget what a finalized block holds, and every waiting one that it made impossible."""
        for transaction in transactions:
            queue = self._by_sender.get(transaction.sender)
            if queue is None:
                continue
            for nonce in [n for n in queue if n <= transaction.nonce]:
                self._remove(queue[nonce])

    def quarantine(self, transaction: Transaction) -> None:
        """Forget a transaction whose execution failed inside the node, and refuse it from now."""
        if transaction.hash in self._by_hash:
            self._remove(transaction)
        self._quarantine[transaction.hash] = None
        while len(self._quarantine) > QUARANTINE_MAX:
            del self._quarantine[next(iter(self._quarantine))]

    def drop(self, transaction: Transaction) -> None:
        """Forget one transaction."""
        if transaction.hash in self._by_hash:
            self._remove(transaction)

    def select(self, base_fee: int, nonce_of: Callable[[Address], int]) -> "Selection":
        """Return an iterator over executable transactions, the best tip first.

        ``nonce_of`` answers for the state that the block is built on, so that what undecided
        ancestors hold is skipped.
        """
        return Selection(self._by_sender, base_fee, nonce_of)

    def _check_account(self, transaction: Transaction, account: SenderState) -> None:
        if transaction.nonce < account.nonce:
            raise NonceTooLowError(transaction.nonce, account.nonce)
        if transaction.nonce > account.nonce + NONCE_GAP_MAX:
            raise PoolFullError(f"nonce is more than {NONCE_GAP_MAX} ahead of the account's")
        if account.code and not account.code.startswith(DELEGATION_PREFIX):
            raise SenderNotEoaError(transaction.sender)
        check_funds(transaction, account.balance)

    def _make_room(self, transaction: Transaction, queued: int) -> None:
        if queued >= PER_ACCOUNT_MAX:
            raise PoolFullError(f"the account has {PER_ACCOUNT_MAX} transactions waiting")
        if len(self._by_hash) < TRANSACTIONS_MAX:
            return
        while self._cheapest[0][2] not in self._by_hash:
            heapq.heappop(self._cheapest)
        fee, _, cheapest = self._cheapest[0]
        if transaction.max_fee_per_gas <= fee:
            raise PoolFullError(f"needs more than {fee} wei per gas")
        self._remove(self._by_hash[cheapest])

    def _insert(self, transaction: Transaction) -> None:
        self._by_hash[transaction.hash] = transaction
        self._by_sender.setdefault(transaction.sender, {})[transaction.nonce] = transaction
        sender = transaction.sender
        self._costs[sender] = self._costs.get(sender, 0) + _cost(transaction)
        self._sequence += 1
        # Later arrivals of equal price go first: a spammer's newest evicts its own.
        entry = (transaction.max_fee_per_gas, -self._sequence, transaction.hash)
        heapq.heappush(self._cheapest, entry)
        if len(self._cheapest) > 4 * TRANSACTIONS_MAX:
            self._cheapest = [e for e in self._cheapest if e[2] in self._by_hash]
            heapq.heapify(self._cheapest)

    def _remove(self, transaction: Transaction) -> None:
        del self._by_hash[transaction.hash]
        queue = self._by_sender[transaction.sender]
        del queue[transaction.nonce]
        self._costs[transaction.sender] -= _cost(transaction)
        if not queue:
            del self._by_sender[transaction.sender]
            del self._costs[transaction.sender]


class Selection:
    """Iterates over the pool for one block; ``skip_sender`` drops the rest of an account."""

    def __init__(
        self,
        queues: dict[Address, dict[int, Transaction]],
        base_fee: int,
        nonce_of: Callable[[Address], int],
    ) -> None:
        self._queues = {sender: dict(queue) for sender, queue in queues.items()}
        self._base_fee = base_fee
        self._heap: list[tuple[int, int, Transaction]] = []
        self._order = 0
        self._last: Transaction | None = None
        for sender in self._queues:
            self._push(sender, nonce_of(sender))

    def __iter__(self) -> "Selection":
        return self

    def __next__(self) -> Transaction:
        if self._last is not None:
            self._push(self._last.sender, self._last.nonce + 1)
        if not self._heap:
            raise StopIteration
        self._last = heapq.heappop(self._heap)[2]
        return self._last

    def skip_sender(self) -> None:
        """Offer nothing more of the sender of the last transaction in this block."""
        self._last = None

    def _push(self, sender: Address, nonce: int) -> None:
        transaction = self._queues[sender].get(nonce)
        if transaction is None or transaction.max_fee_per_gas < self._base_fee:
            return
        tip = transaction.effective_gas_price(self._base_fee) - self._base_fee
        self._order += 1
        heapq.heappush(self._heap, (-tip, self._order, transaction))


def _cost(transaction: Transaction) -> int:
    """Return the most wei that a transaction can take from its sender."""
    return transaction.gas_limit * transaction.max_fee_per_gas + transaction.value


def _check_replacement(old: Transaction, new: Transaction) -> None:
    """Ask for a tenth more in both fees, as geth does."""
    for name in ("max_fee_per_gas", "max_priority_fee_per_gas"):
        if 100 * getattr(new, name) < (100 + REPLACEMENT_PERCENT) * getattr(old, name):
            raise ReplacementUnderpricedError
