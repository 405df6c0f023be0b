"""The treasury (0x...100f): the chain's own money, spent by approved proposals alone.

Its share of inflation and plain transfers arrive without a call. Invariant T1: the balance falls
only in ``spend``, which only governance may call.
"""

from dataclasses import dataclass

from contracts.framework.contract import Contract, OnlyGovernance, call, view
from contracts.framework.messages import revert
from contracts.framework.storage import U64, U256, Slot
from contracts.framework.types import Address, Indexed, u64, u256
from contracts.places import GOVERNANCE_ADDRESS


@dataclass(frozen=True, slots=True)
class Spent:
    """An approved proposal paid ``amount`` wei."""

    proposal: Indexed[u64]
    to: Indexed[Address]
    amount: u256


class Treasury(Contract):
    """The contract."""

    __slots__ = ()

    index = 15
    events = (Spent,)
    errors = (OnlyGovernance,)
    weights = {"spend": 1_500, "spent": 500}  # noqa: RUF012

    spent_wei = Slot(U256)
    payments = Slot(U64)

    @call
    def spend(self, proposal: u64, to: Address, amount: u256) -> None:
        """Pay ``amount`` wei without running the recipient's code.

        Reverts with InsufficientBalance when the treasury holds less: the proposal then fails.
        """
        if self.ctx.caller != GOVERNANCE_ADDRESS:
            raise revert(OnlyGovernance())
        self.spent_wei += amount
        self.payments += 1
        self.emit(Spent(proposal, to, amount))
        self.ctx.transfer(to, amount)

    @view
    def spent(self) -> tuple[u256, u64]:
        """Return how much was ever spent, in wei, and in how many payments."""
        return self.spent_wei, self.payments
