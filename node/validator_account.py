"""Transactions that the node sends by itself, from the account of its validator key.

That account earns the fees of the validator's blocks; it pays for evidence and for announcing that
this node has the code of a coming version.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from node.executor import Executor
from node.guard import SignerGuard
from primitives.transaction import DYNAMIC_FEE, Transaction
from primitives.types import Address, Hash32
from state.gas import next_base_fee

TIP_WEI: Final = 10**9

Submit = Callable[[bytes], Awaitable[Hash32]]


class ValidatorAccount:
    """Signs and submits calls of native contracts."""

    def __init__(
        self,
        executor: Executor,
        guard: SignerGuard,
        submit: Submit,
        pending_nonce: Callable[[Address, int], int] = lambda _, nonce: nonce,
    ) -> None:
        self._executor = executor
        self._guard = guard
        self._submit = submit
        self._pending_nonce = pending_nonce

    @property
    def address(self) -> Address:
        """Return the account, which is the validator's name."""
        return self._guard.address

    async def send(self, to: bytes, data: bytes, gas: int) -> Hash32:
        """Send a call after what of the account still waits; returns the transaction's hash.

        Raises:
            AitbcError: the pool refuses it, for want of funds above all.
        """
        head = self._executor.chain.head
        account = head.state.account(self.address)
        final = 0 if account is None else account.nonce
        header = head.header
        base_fee = next_base_fee(header.base_fee_per_gas, header.gas_used, header.gas_limit)
        unsigned = Transaction(
            kind=DYNAMIC_FEE,
            chain_id=self._executor.runtime.chain_id,
            nonce=self._pending_nonce(self.address, final),
            max_priority_fee_per_gas=TIP_WEI,
            max_fee_per_gas=2 * base_fee + TIP_WEI,
            gas_limit=gas,
            to=Address(to),
            value=0,
            data=data,
        )
        return await self._submit(self._guard.sign_transaction(unsigned).encode())
