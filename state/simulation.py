"""Calls that change nothing: eth_call, gas estimates and access lists.

A simulation is the transition's own code (``state.process``) on a ledger that is thrown away. What
differs from a transaction is only what a caller without a signature cannot have: the nonce is the
account's, an account with code may be the sender, and where no price is named nothing is paid and
the base fee is 0 (geth's rules for eth_call).

M1. The view is never changed; every trial of an estimate starts from the same ledger.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from contracts.context import BlockContext
from evm.engine import MessageResult, Outcome
from evm.precompiles import PRECOMPILES
from primitives.block import Header
from primitives.errors import AitbcError, InvalidTransactionError
from primitives.transaction import DYNAMIC_FEE, SET_CODE, AccessList, Authorization, Transaction
from primitives.types import Address
from state import gas as prices
from state.account import Account
from state.execution import HISTORY_ADDRESS, Execution
from state.ledger import Ledger
from state.process import (
    apply_authorization,
    contract_address,
    make_message,
    settle_gas,
    warm_up,
)
from state.transition import Runtime, governed_parameters
from state.validity import (
    FeeCapTooLowError,
    FloorDataGasError,
    InitCodeTooLargeError,
    InsufficientFundsError,
    IntrinsicGasError,
    TipAboveFeeCapError,
)
from state.view import StateView

CALL_GAS_MAX: Final = 50_000_000
"""Gas of a simulated call that names none, and the most that it may name (geth's RPC gas cap)."""

ESTIMATE_ERROR_PERMILLE: Final = 15
"""An estimate may lie so far above the least sufficient limit (geth's estimateGasErrorRatio)."""

ACCESS_LIST_ROUNDS_MAX: Final = 4


class SimulationFailedError(AitbcError):
    """The simulated call ended without success; ``is_revert`` and ``output`` say how."""

    rpc_code = -32000

    def __init__(self, result: MessageResult, message: str = "") -> None:
        super().__init__(message or result.error or "execution failed")
        self.is_revert = result.outcome is Outcome.REVERT
        self.output = result.output


class TransferFundsError(InvalidTransactionError):
    """The sender does not hold what the call would transfer."""

    def __init__(self) -> None:
        super().__init__("insufficient funds for transfer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What to simulate; prices in wei per gas, both 0 for a call that costs nothing."""

    sender: Address
    to: Address | None
    gas: int | None = None
    max_fee_per_gas: int = 0
    max_priority_fee_per_gas: int = 0
    value: int = 0
    data: bytes = b""
    access_list: AccessList = ()
    authorizations: tuple[Authorization, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretence:
    """What a simulation pretends of an account; None leaves the field as it is.

    ``storage`` replaces all slots, ``storage_changes`` only those that it names.
    """

    nonce: int | None = None
    balance: int | None = None
    code: bytes | None = None
    storage: Mapping[int, int] | None = None
    storage_changes: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCall:
    """What a call did. ``gas_used`` is what a transaction would pay, ``gas_max`` what it needed
    before the refund.
    """

    result: MessageResult
    gas_used: int
    gas_max: int


def context_of(
    runtime: Runtime, header: Header, *, time_ms: int, epoch: int, view: int, proposer: Address
) -> BlockContext:
    """Return the block context of a call on the post-state of ``header``'s own block."""
    return BlockContext(
        chain_id=runtime.chain_id,
        genesis_hash=runtime.genesis_hash,
        height=header.height,
        time_ms=time_ms,
        timestamp=header.timestamp,
        epoch=epoch,
        view=view,
        beacon=header.mix_hash,
        coinbase=header.coinbase,
        base_fee=header.base_fee_per_gas,
        gas_limit=header.gas_limit,
        proposer=proposer,
        block_time_ms=runtime.parameters.block_time_ms,
    )


class Simulation:
    """Calls on one state in one block context; for one thread."""

    def __init__(
        self,
        runtime: Runtime,
        view: StateView,
        block: BlockContext,
        pretences: Mapping[Address, Pretence] | None = None,
    ) -> None:
        self._runtime = runtime
        self._view = view
        self._block = block
        self._pretences = pretences or {}

    def run(self, call: Call) -> SimulatedCall:
        """Run a call once.

        Raises:
            InvalidTransactionError: gas, fees or funds do not suffice to begin.
        """
        return self._run(self._prepare(self._view, call), call, call.gas or CALL_GAS_MAX)

    def output(self, call: Call) -> bytes:
        """Run a call once and return its output.

        Raises:
            SimulationFailedError: it reverted or halted.
            InvalidTransactionError: as ``run``.
        """
        result = self.run(call).result
        if not result.is_success:
            raise SimulationFailedError(result)
        return result.output

    def estimate(self, call: Call) -> int:
        """Return a gas limit with which the call succeeds, close to the least one.

        geth's search: one run at the cap, one at what that run needed with the stipend and the
        64th that each frame keeps (EIP-150), then halving until the error is below 1.5 %.

        Raises:
            SimulationFailedError: it fails at the highest limit that is allowed.
            InvalidTransactionError: as ``run``.
        """
        execution = self._prepare(self._view, call)
        high = self._highest_limit(execution, call)
        if self._is_plain_transfer(execution, call):
            return prices.TRANSACTION
        first = self._run(execution, call, high)
        if not first.result.is_success:
            message = ""
            if first.result.error == "out of gas":
                message = f"gas required exceeds allowance ({high})"
            raise SimulationFailedError(first.result, message)
        low = first.gas_used - 1
        likely = (first.gas_max + prices.CALL_STIPEND) * 64 // 63
        if likely < high:
            if self._suffices(execution, call, likely):
                high = likely
            else:
                low = likely
        while low + 1 < high and (high - low) * 1000 >= high * ESTIMATE_ERROR_PERMILLE:
            middle = min((high + low) // 2, low * 2)
            if self._suffices(execution, call, middle):
                high = middle
            else:
                low = middle
        return high

    def access_list(self, call: Call) -> tuple[AccessList, SimulatedCall]:
        """Return the accounts and slots that a call reads, and the call run with that list.

        Sender, recipient, coinbase and precompiles are warm anyway and stay out (EIP-2930).

        Raises:
            InvalidTransactionError: as ``run``.
        """
        found = call.access_list
        for _ in range(ACCESS_LIST_ROUNDS_MAX):
            recorder = RecordingView(self._view)
            with_list = replace(call, access_list=found)
            execution = self._prepare(recorder, with_list)
            done = self._run(execution, with_list, call.gas or CALL_GAS_MAX)
            to = call.to or contract_address(call.sender, execution.ledger.nonce(call.sender))
            wanted = recorder.access_list({call.sender, to, self._block.coinbase}, {call.sender})
            if wanted == found:
                break
            found = wanted
        return found, done

    def _prepare(self, view: StateView, call: Call) -> Execution:
        ledger = Ledger(view)
        ledger.begin_transaction()
        for address, pretence in self._pretences.items():
            _pretend(ledger, address, pretence)
        block = self._block
        if call.max_fee_per_gas == 0:
            block = replace(block, base_fee=0)
        return Execution(ledger, block, self._runtime.registry, self._runtime.engine)

    def _run(self, execution: Execution, call: Call, gas: int) -> SimulatedCall:
        ledger = execution.ledger
        transaction = _transaction(execution, call, min(gas, CALL_GAS_MAX))
        _check(execution, call, transaction)
        checkpoint = ledger.checkpoint()
        try:
            return _process(execution, call, transaction)
        finally:
            ledger.revert_to(checkpoint)

    def _suffices(self, execution: Execution, call: Call, gas: int) -> bool:
        try:
            return self._run(execution, call, gas).result.is_success
        except (IntrinsicGasError, FloorDataGasError):
            return False

    def _highest_limit(self, execution: Execution, call: Call) -> int:
        """Return the most gas that a transaction may have and its sender can pay."""
        limit = governed_parameters(self._runtime, self._view).transaction_gas_max
        if call.gas is not None and call.gas >= prices.TRANSACTION:
            limit = min(limit, call.gas)
        if call.max_fee_per_gas == 0:
            return limit
        balance = execution.ledger.balance(call.sender)
        if call.value > balance:
            raise TransferFundsError
        return min(limit, (balance - call.value) // call.max_fee_per_gas)

    def _is_plain_transfer(self, execution: Execution, call: Call) -> bool:
        if call.to is None or call.data or call.access_list or call.authorizations:
            return False
        if execution.is_native(call.to) or execution.enters_evm(call.to):
            return False
        return self._suffices(execution, call, prices.TRANSACTION)


class RecordingView:
    """A view that remembers which accounts and slots were read through it."""

    __slots__ = ("_view", "accounts", "slots")

    def __init__(self, view: StateView) -> None:
        self._view = view
        self.accounts: set[bytes] = set()
        self.slots: dict[bytes, set[int]] = {}

    def account(self, address: bytes) -> Account | None:
        """Return the account; see ``state.view``."""
        self.accounts.add(address)
        return self._view.account(address)

    def storage(self, address: bytes, slot: int) -> int:
        """Return the value of a slot; see ``state.view``."""
        self.slots.setdefault(address, set()).add(slot)
        return self._view.storage(address, slot)

    def code(self, code_hash: bytes) -> bytes:
        """Return the code with this hash; see ``state.view``."""
        return self._view.code(code_hash)

    def access_list(self, warm: set[bytes], never: set[bytes]) -> AccessList:
        """Return what was read, without ``warm`` accounts that have no slots, and ``never``.

        The ring of block hashes is read by BLOCKHASH without being accessed (EIP-2935).
        """
        entries = []
        for address in sorted(self.accounts | self.slots.keys()):
            slots = tuple(sorted(self.slots.get(address, ())))
            if address in never or address in PRECOMPILES or address == HISTORY_ADDRESS:
                continue
            if slots or address not in warm:
                entries.append((Address(address), slots))
        return tuple(entries)


def _pretend(ledger: Ledger, address: Address, pretence: Pretence) -> None:
    if pretence.nonce is not None:
        ledger.set_nonce(address, pretence.nonce)
    if pretence.balance is not None:
        ledger.set_balance(address, pretence.balance)
    if pretence.code is not None:
        ledger.set_code(address, pretence.code)
    if pretence.storage is not None:
        ledger.clear_storage(address)
    for slots in (pretence.storage, pretence.storage_changes):
        for slot, value in (slots or {}).items():
            ledger.set_storage(address, slot, value)


def _transaction(execution: Execution, call: Call, gas: int) -> Transaction:
    """Return the unsigned transaction that the gas rules are asked about."""
    return Transaction(
        kind=SET_CODE if call.authorizations else DYNAMIC_FEE,
        chain_id=execution.block.chain_id,
        nonce=execution.ledger.nonce(call.sender),
        max_priority_fee_per_gas=call.max_priority_fee_per_gas,
        max_fee_per_gas=call.max_fee_per_gas,
        gas_limit=gas,
        to=call.to,
        value=call.value,
        data=call.data,
        access_list=call.access_list,
        authorizations=call.authorizations,
    )


def _check(execution: Execution, call: Call, transaction: Transaction) -> None:
    """Check what geth checks of a call: fees, funds, intrinsic gas, floor (not nonce and code)."""
    cap, tip = call.max_fee_per_gas, call.max_priority_fee_per_gas
    if tip > cap:
        raise TipAboveFeeCapError(tip, cap)
    if cap < execution.block.base_fee:
        raise FeeCapTooLowError(call.sender, cap, execution.block.base_fee)
    balance = execution.ledger.balance(call.sender)
    cost = transaction.gas_limit * cap + call.value
    if balance < cost:
        raise InsufficientFundsError(call.sender, balance, cost)
    if call.to is None and len(call.data) > prices.INIT_CODE_BYTES_MAX:
        raise InitCodeTooLargeError(len(call.data))
    intrinsic = prices.intrinsic_gas(transaction)
    if transaction.gas_limit < intrinsic:
        raise IntrinsicGasError(transaction.gas_limit, intrinsic)
    floor = prices.floor_gas(transaction)
    if transaction.gas_limit < floor:
        raise FloorDataGasError(transaction.gas_limit, floor)


def _process(execution: Execution, call: Call, transaction: Transaction) -> SimulatedCall:
    """Do what ``state.process`` does for a transaction, without paying the proposer."""
    ledger, sender = execution.ledger, call.sender
    ledger.begin_transaction()
    price = transaction.effective_gas_price(execution.block.base_fee)
    ledger.subtract_balance(sender, transaction.gas_limit * price)
    ledger.set_nonce(sender, transaction.nonce + 1)
    to = contract_address(sender, transaction.nonce) if call.to is None else call.to
    warm_up(execution, sender, to, call.access_list)
    for authorization in call.authorizations:
        apply_authorization(execution, authorization)
    message = make_message(
        execution,
        caller=sender,
        to=to,
        value=call.value,
        data=call.data,
        gas=transaction.gas_limit - prices.intrinsic_gas(transaction),
        gas_price=price,
        is_create=call.to is None,
    )
    result = execution.run(message)
    return SimulatedCall(
        result=result,
        gas_used=settle_gas(transaction, result, ledger.refund),
        gas_max=max(transaction.gas_limit - result.gas_left, prices.floor_gas(transaction)),
    )
