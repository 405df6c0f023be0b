"""When a transaction may enter a block, or the pool: one list of rules, in geth's words.

``check_form`` needs no state; ``check_against_account`` needs the sender's account. Both the pool
and the transition call them, so the pool never holds what a block must refuse.
"""

from typing import ClassVar

from primitives.errors import InvalidTransactionError
from primitives.genesis import Parameters
from primitives.transaction import LEGACY, TRANSACTION_BYTES_MAX, Transaction
from state.gas import INIT_CODE_BYTES_MAX, floor_gas, intrinsic_gas

DELEGATION_PREFIX = b"\xef\x01\x00"
"""Code of an account that delegates to another one (EIP-7702)."""


class TransactionTooLargeError(InvalidTransactionError):
    """The raw transaction is larger than the pool's limit."""

    blames_peer = True

    def __init__(self, size: int) -> None:
        super().__init__(f"oversized data: transaction size {size}, limit {TRANSACTION_BYTES_MAX}")


class WrongChainError(InvalidTransactionError):
    """Signed for another chain."""

    blames_peer = True

    def __init__(self, have: int, want: int) -> None:
        super().__init__(f"invalid chain id for signer: have {have} want {want}")


class UnprotectedError(InvalidTransactionError):
    """A legacy transaction without replay protection."""

    def __init__(self) -> None:
        super().__init__("only replay-protected (EIP-155) transactions allowed over RPC")


class TipAboveFeeCapError(InvalidTransactionError):
    """The priority fee is above the fee cap."""

    blames_peer = True

    def __init__(self, tip: int, cap: int) -> None:
        super().__init__(
            "max priority fee per gas higher than max fee per gas: "
            f"maxPriorityFeePerGas: {tip}, maxFeePerGas: {cap}"
        )


class InitCodeTooLargeError(InvalidTransactionError):
    """Init code above the limit of EIP-3860."""

    blames_peer = True

    def __init__(self, size: int) -> None:
        super().__init__(
            f"max initcode size exceeded: code size {size} limit {INIT_CODE_BYTES_MAX}"
        )


class IntrinsicGasError(InvalidTransactionError):
    """The gas limit is below what the transaction costs before it runs."""

    blames_peer = True

    def __init__(self, have: int, want: int) -> None:
        super().__init__(f"intrinsic gas too low: have {have}, want {want}")


class FloorDataGasError(InvalidTransactionError):
    """The gas limit is below the floor of EIP-7623."""

    blames_peer = True

    def __init__(self, have: int, want: int) -> None:
        super().__init__(f"insufficient gas for floor data gas cost: have {have}, want {want}")


class GasLimitTooHighError(InvalidTransactionError):
    """The gas limit is above what one transaction may use on this chain."""

    def __init__(self, have: int, limit: int) -> None:
        super().__init__(f"exceeds transaction gas limit: have {have}, limit {limit}")


class BytecodeGasError(InvalidTransactionError):
    """The gas limit is above what bytecode may use in one block, so no block could hold it."""

    def __init__(self, have: int, limit: int) -> None:
        super().__init__(f"exceeds block gas limit for bytecode: have {have}, limit {limit}")


class FeeCapTooLowError(InvalidTransactionError):
    """The fee cap is below the base fee of the block."""

    is_retryable: ClassVar[bool] = True

    def __init__(self, sender: bytes, cap: int, base_fee: int) -> None:
        super().__init__(
            "max fee per gas less than block base fee: "
            f"address 0x{sender.hex()}, maxFeePerGas: {cap}, baseFee: {base_fee}"
        )


class NonceTooLowError(InvalidTransactionError):
    """The nonce was used already."""

    def __init__(self, have: int, want: int) -> None:
        super().__init__(f"nonce too low: next nonce {want}, tx nonce {have}")


class NonceTooHighError(InvalidTransactionError):
    """The nonce leaves a gap; a pool may keep the transaction."""

    is_retryable: ClassVar[bool] = True

    def __init__(self, have: int, want: int) -> None:
        super().__init__(f"nonce too high: next nonce {want}, tx nonce {have}")


class SenderNotEoaError(InvalidTransactionError):
    """The sender has code (EIP-3607)."""

    def __init__(self, sender: bytes) -> None:
        super().__init__(f"sender not an eoa: address 0x{sender.hex()}")


class InsufficientFundsError(InvalidTransactionError):
    """The balance does not cover gas at the fee cap and value."""

    is_retryable: ClassVar[bool] = True

    def __init__(self, sender: bytes, have: int, want: int) -> None:
        super().__init__(
            "insufficient funds for gas * price + value: "
            f"address 0x{sender.hex()} have {have} want {want}"
        )


def check_form(transaction: Transaction, chain_id: int, parameters: Parameters) -> None:
    """Check what needs no state.

    Raises:
        InvalidTransactionError: the subclass says which rule.
    """
    size = len(transaction.encode())
    if size > TRANSACTION_BYTES_MAX:
        raise TransactionTooLargeError(size)
    if transaction.chain_id is not None and transaction.chain_id != chain_id:
        raise WrongChainError(transaction.chain_id, chain_id)
    if transaction.kind == LEGACY and transaction.chain_id is None:
        raise UnprotectedError
    if transaction.max_priority_fee_per_gas > transaction.max_fee_per_gas:
        raise TipAboveFeeCapError(transaction.max_priority_fee_per_gas, transaction.max_fee_per_gas)
    if transaction.to is None and len(transaction.data) > INIT_CODE_BYTES_MAX:
        raise InitCodeTooLargeError(len(transaction.data))
    intrinsic = intrinsic_gas(transaction)
    if transaction.gas_limit < intrinsic:
        raise IntrinsicGasError(transaction.gas_limit, intrinsic)
    floor = floor_gas(transaction)
    if transaction.gas_limit < floor:
        raise FloorDataGasError(transaction.gas_limit, floor)
    if transaction.gas_limit > parameters.transaction_gas_max:
        raise GasLimitTooHighError(transaction.gas_limit, parameters.transaction_gas_max)


def check_against_account(
    transaction: Transaction, nonce: int, balance: int, code: bytes, base_fee: int
) -> None:
    """Check the sender's account: nonce, code (EIP-3607, EIP-7702), fee cap and funds.

    Raises:
        InvalidTransactionError: the subclass says which rule.
    """
    if transaction.nonce < nonce:
        raise NonceTooLowError(transaction.nonce, nonce)
    if transaction.nonce > nonce:
        raise NonceTooHighError(transaction.nonce, nonce)
    if code and not code.startswith(DELEGATION_PREFIX):
        raise SenderNotEoaError(transaction.sender)
    if transaction.max_fee_per_gas < base_fee:
        raise FeeCapTooLowError(transaction.sender, transaction.max_fee_per_gas, base_fee)
    check_funds(transaction, balance)


def check_funds(transaction: Transaction, balance: int) -> None:
    """Check that ``balance`` covers gas at the fee cap and the value.

    Raises:
        InsufficientFundsError: it does not.
    """
    cost = transaction.gas_limit * transaction.max_fee_per_gas + transaction.value
    if balance < cost:
        raise InsufficientFundsError(transaction.sender, balance, cost)
