"""One transaction from its checks to its receipt: Ethereum's rules at Prague.

The order is the specification's (EELS ``process_transaction``): check, buy gas, raise the nonce,
warm the access list, apply authorizations, run the message, refund, pay the proposer, delete what
is to be deleted. A transaction that raises leaves the ledger as it was.
"""

from dataclasses import dataclass

from evm.engine import Message, MessageResult
from primitives import rlp
from primitives.block import Log
from primitives.errors import InvalidSignatureError
from primitives.keccak import keccak256
from primitives.transaction import AccessList, Authorization, Transaction
from primitives.types import U64_MAX, ZERO_ADDRESS, Address
from state import gas as prices
from state.execution import Execution
from state.validity import DELEGATION_PREFIX, check_against_account


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedTransaction:
    """What a transaction did. ``has_entered_evm`` counts its gas against the bytecode share."""

    succeeded: bool
    gas_used: int
    logs: tuple[Log, ...]
    output: bytes
    error: str
    contract_address: Address | None
    has_entered_evm: bool


def contract_address(sender: bytes, nonce: int) -> Address:
    """Return the address of a contract created with a nonce: keccak(rlp([sender, nonce]))[12:]."""
    return Address(keccak256(rlp.encode([sender, nonce]))[12:])


def process_transaction(execution: Execution, transaction: Transaction) -> ProcessedTransaction:
    """Run a transaction whose form has been checked (``check_form``).

    Raises:
        InvalidTransactionError: the sender cannot make it now; the ledger is unchanged.
        InvalidSignatureError: nobody signed it.
    """
    ledger = execution.ledger
    base_fee = execution.block.base_fee
    sender = transaction.sender
    check_against_account(
        transaction,
        ledger.nonce(sender),
        ledger.balance(sender),
        ledger.code(sender),
        base_fee,
    )
    checkpoint = ledger.checkpoint()
    try:
        return _process(execution, transaction, sender, base_fee)
    except BaseException:
        ledger.revert_to(checkpoint)
        raise


def _process(
    execution: Execution, transaction: Transaction, sender: Address, base_fee: int
) -> ProcessedTransaction:
    ledger = execution.ledger
    ledger.begin_transaction()
    price = transaction.effective_gas_price(base_fee)
    ledger.subtract_balance(sender, transaction.gas_limit * price)
    ledger.set_nonce(sender, transaction.nonce + 1)
    is_create = transaction.to is None
    to = contract_address(sender, transaction.nonce) if transaction.to is None else transaction.to
    warm_up(execution, sender, to, transaction.access_list)
    for authorization in transaction.authorizations:
        apply_authorization(execution, authorization)
    message = make_message(
        execution,
        caller=sender,
        to=to,
        value=transaction.value,
        data=transaction.data,
        gas=transaction.gas_limit - prices.intrinsic_gas(transaction),
        gas_price=price,
        is_create=is_create,
    )
    has_entered_evm = is_create or execution.uses_bytecode_share(to, transaction.data)
    result = execution.run(message)
    gas_used = settle_gas(transaction, result, ledger.refund)
    ledger.add_balance(sender, (transaction.gas_limit - gas_used) * price)
    ledger.add_balance(execution.block.coinbase, gas_used * (price - base_fee))
    ledger.finish_transaction()
    return ProcessedTransaction(
        succeeded=result.is_success,
        gas_used=gas_used,
        logs=tuple(ledger.logs) if result.is_success else (),
        output=result.output,
        error=result.error,
        contract_address=to if is_create else None,
        has_entered_evm=has_entered_evm,
    )


def settle_gas(transaction: Transaction, result: MessageResult, refund: int) -> int:
    """Return the gas that the sender pays for (EIP-3529 cap, EIP-7623 floor)."""
    used = transaction.gas_limit - result.gas_left
    used -= min(max(refund, 0), used // prices.REFUND_QUOTIENT)
    return max(used, prices.floor_gas(transaction))


def warm_up(execution: Execution, sender: bytes, to: bytes, access_list: AccessList) -> None:
    """Warm what a transaction starts with (EIP-2929, EIP-2930, EIP-3651)."""
    ledger = execution.ledger
    ledger.warm_address(sender)
    ledger.warm_address(to)
    ledger.warm_address(execution.block.coinbase)
    for address, slots in access_list:
        ledger.warm_address(address)
        for slot in slots:
            ledger.warm_slot(address, slot)


def make_message(
    execution: Execution,
    *,
    caller: Address,
    to: Address,
    value: int,
    data: bytes,
    gas: int,
    gas_price: int,
    is_create: bool,
) -> Message:
    """Return the first frame of a transaction, its code resolved (EIP-7702 target warmed)."""
    code, delegate = (data, None) if is_create else execution.resolve_code(to)
    if delegate is not None:
        execution.ledger.warm_address(delegate)
    if execution.is_native(to):
        code = b""
    return Message(
        caller=caller,
        to=to,
        value=value,
        data=b"" if is_create else data,
        code=code,
        gas=gas,
        origin=caller,
        gas_price=gas_price,
        is_create=is_create,
        is_delegated=delegate is not None,
        delegate=delegate,
    )


def apply_authorization(execution: Execution, authorization: Authorization) -> None:
    """Set one delegation; an invalid tuple is skipped (EIP-7702, behaviour steps 1 to 9)."""
    ledger = execution.ledger
    if authorization.chain_id not in (0, execution.block.chain_id):
        return
    if authorization.nonce >= U64_MAX:
        return
    try:
        authority = authorization.authority()
    except InvalidSignatureError:
        return
    ledger.warm_address(authority)
    code = ledger.code(authority)
    if code and not code.startswith(DELEGATION_PREFIX):
        return
    if ledger.nonce(authority) != authorization.nonce:
        return
    if ledger.account_exists(authority):
        ledger.add_refund(prices.AUTHORIZATION_REFUND)
    is_reset = authorization.address == ZERO_ADDRESS
    ledger.set_code(authority, b"" if is_reset else DELEGATION_PREFIX + authorization.address)
    ledger.set_nonce(authority, authorization.nonce + 1)
