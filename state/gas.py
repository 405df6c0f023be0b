"""Gas rules of a transaction and of storage, Prague's numbers, each with its EIP."""

from typing import Final

from primitives.transaction import Transaction

TRANSACTION: Final = 21_000
CREATE: Final = 32_000
CODE_BYTE: Final = 200
CODE_BYTES_MAX: Final = 24_576  # EIP-170
ZERO_BYTE: Final = 4
NONZERO_BYTE: Final = 16  # EIP-2028
ACCESS_LIST_ADDRESS: Final = 2_400  # EIP-2930
ACCESS_LIST_SLOT: Final = 1_900
INIT_CODE_WORD: Final = 2  # EIP-3860
INIT_CODE_BYTES_MAX: Final = 49_152
AUTHORIZATION: Final = 25_000  # EIP-7702, PER_EMPTY_ACCOUNT_COST
AUTHORIZATION_REFUND: Final = 25_000 - 12_500
FLOOR_TOKEN: Final = 10  # EIP-7623
NONZERO_TOKENS: Final = 4
REFUND_QUOTIENT: Final = 5  # EIP-3529

COLD_ACCOUNT: Final = 2_600  # EIP-2929
COLD_SLOT: Final = 2_100
WARM_ACCESS: Final = 100
SSTORE_SET: Final = 20_000  # EIP-2200
SSTORE_RESET: Final = 5_000 - COLD_SLOT
SSTORE_CLEARS_REFUND: Final = 4_800  # EIP-3529
SSTORE_SENTRY: Final = 2_300
CALL_VALUE: Final = 9_000
CALL_STIPEND: Final = 2_300
NEW_ACCOUNT: Final = 25_000
LOG: Final = 375
LOG_TOPIC: Final = 375
LOG_BYTE: Final = 8
CALL_DEPTH_MAX: Final = 1_024

BASE_FEE_DENOMINATOR: Final = 8  # EIP-1559
ELASTICITY: Final = 2


def intrinsic_gas(transaction: Transaction) -> int:
    """Return what a transaction costs before it runs (EIP-2028, 2930, 3860, 7702)."""
    data = transaction.data
    zeros = data.count(0)
    gas = TRANSACTION + ZERO_BYTE * zeros + NONZERO_BYTE * (len(data) - zeros)
    if transaction.to is None:
        gas += CREATE + INIT_CODE_WORD * (-(-len(data) // 32))
    gas += sum(
        ACCESS_LIST_ADDRESS + ACCESS_LIST_SLOT * len(slots) for _, slots in transaction.access_list
    )
    return gas + AUTHORIZATION * len(transaction.authorizations)


def floor_gas(transaction: Transaction) -> int:
    """Return the least gas that a transaction pays for its data (EIP-7623)."""
    zeros = transaction.data.count(0)
    tokens = zeros + NONZERO_TOKENS * (len(transaction.data) - zeros)
    return TRANSACTION + FLOOR_TOKEN * tokens


def next_base_fee(base_fee: int, gas_used: int, gas_limit: int) -> int:
    """Return the base fee of a child block (EIP-1559)."""
    target = gas_limit // ELASTICITY
    if gas_used == target:
        return base_fee
    if gas_used > target:
        rise = base_fee * (gas_used - target) // target // BASE_FEE_DENOMINATOR
        return base_fee + max(rise, 1)
    return base_fee - base_fee * (target - gas_used) // target // BASE_FEE_DENOMINATOR


def sstore_cost(original: int, current: int, value: int) -> tuple[int, int]:
    """Return (gas, refund) of a write to a warm slot (EIP-2200 with EIP-2929 and EIP-3529)."""
    if current == value:
        return WARM_ACCESS, 0
    if original == current:
        if original == 0:
            return SSTORE_SET, 0
        return SSTORE_RESET, SSTORE_CLEARS_REFUND if value == 0 else 0
    refund = 0
    if original != 0:
        if current == 0:
            refund -= SSTORE_CLEARS_REFUND
        if value == 0:
            refund += SSTORE_CLEARS_REFUND
    if original == value:
        refund += (SSTORE_SET if original == 0 else SSTORE_RESET) - WARM_ACCESS
    return WARM_ACCESS, refund
