"""The pseudo-contract ``runtime`` (0x...1000): the chain's own governed limits, and its supply.

It is how governance reaches what is not a contract: the transition reads its parameters from here
at the start of each block, and a version of ``runtime`` stands for the framework and the transition
themselves. Invariants:

R1. Slot 0 holds the gas limits; a block is executed with those of its parent's post-state.
R2. ``supply`` is the sum of all balances at the end of each block, written by the transition:
    genesis supply + minted - burnt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from contracts.framework.contract import Contract, view
from contracts.framework.messages import revert
from contracts.framework.parameters import Parameter
from contracts.framework.storage import U8, U64, U256, ReadOnlyWords, Slot
from contracts.framework.types import u64, u256

BLOCK_GAS_CEILING: Final = 80_000_000
"""A byte of calldata costs at least 10 gas (EIP-7623): a full block still fits 8 MiB."""
RESERVED_PERCENT: Final = 10
"""Share of block gas kept for disputes, answers to demands, evidence and cancels: fixed."""
URGENT_GAS_MAX: Final = 2_000_000
"""The largest of those calls, evidence against one of 100 validators, must fit in the reserve."""


@dataclass(frozen=True, slots=True)
class LimitsContradict:
    """A transaction must fit in a block beside the reserve, and the reserve an urgent call."""

    block_gas_max: u64
    transaction_gas_max: u64


class ChainRules(Contract):
    """The contract."""

    __slots__ = ()

    index = 0
    name = "runtime"
    errors = (LimitsContradict,)
    weights = {"supply": 500}  # noqa: RUF012

    block_gas_max = Parameter(
        U64, default=30_000_000, minimum=20_000_000, maximum=BLOCK_GAS_CEILING, step_max=30_000_000
    )
    transaction_gas_max = Parameter(
        U64, default=5_000_000, minimum=3_000_000, maximum=50_000_000, step_max=5_000_000
    )
    evm_gas_share_percent = Parameter(U8, default=12, minimum=5, maximum=90, step_max=10)
    supply_wei = Slot(U256)
    genesis_supply_wei = Slot(U256)

    def check_cross_rules(self) -> None:
        """Keep the limits in proportion."""
        block, transaction = self.block_gas_max, self.transaction_gas_max
        reserve = block * RESERVED_PERCENT // 100
        if transaction > block - reserve or reserve < URGENT_GAS_MAX:
            raise revert(LimitsContradict(block, transaction))

    @view
    def supply(self) -> tuple[u256, u256]:
        """Return the supply at the end of the last block and at genesis, in wei."""
        return self.supply_wei, self.genesis_supply_wei


def gas_limits(reader: Callable[[int], int]) -> tuple[int, int, int]:
    """Return block gas, transaction gas and the bytecode's percent; zeros without genesis."""
    rules = ChainRules(ReadOnlyWords(reader))
    return rules.block_gas_max, rules.transaction_gas_max, rules.evm_gas_share_percent


SUPPLY_SLOT: Final = ChainRules.supply_wei.offset
GENESIS_SUPPLY_SLOT: Final = ChainRules.genesis_supply_wei.offset
