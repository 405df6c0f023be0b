"""The reference engine: py-evm's Prague computation over our ledger, without a second database.

py-evm's state object is replaced by ``_HostState``, whose every account operation goes to the
``Host``; its chain, header and transaction validation are not used (those rules are ours). Refunds,
logs and self-destructs go to the host's journal instead of the computation tree. Two rules of
py-evm are replaced: a frame is the origin's when its depth is 0 (with EIP-7702 an account may call
itself deeper), and init code is charged as intrinsic gas by the transaction's own check.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from eth.exceptions import InvalidInstruction, OutOfGas, Revert, VMError, WriteProtection
from eth.vm.execution_context import ExecutionContext
from eth.vm.forks.cancun.transaction_context import CancunTransactionContext
from eth.vm.forks.prague.computation import PRAGUE_PRECOMPILES, PragueComputation
from eth.vm.forks.prague.state import PragueState
from eth.vm.message import Message as PyMessage

from evm.engine import BlockEnvironment, Host, Message, MessageResult, Outcome
from evm.precompiles import PRECOMPILES, PRICE_FACTORS
from primitives.block import Log
from primitives.types import Address, Hash32

BLOB_BASE_FEE_WEI: Final = 1
CREATE_TO: Final = b""


class _Created:
    """The list interface that py-evm's EIP-6780 code expects, over the host's journal."""

    __slots__ = ("_host",)

    def __init__(self, host: Host) -> None:
        self._host = host

    def __contains__(self, address: bytes) -> bool:
        return self._host.is_created(address)

    def append(self, address: bytes) -> None:
        self._host.mark_created(address)


class _HostState(PragueState):  # type: ignore[misc]
    """py-evm's state interface over a ``Host``; slots are ints, snapshots are checkpoints."""

    def __init__(self, host: Host, environment: BlockEnvironment) -> None:
        self.host = host
        self.created = _Created(host)
        self.execution_context = ExecutionContext(
            coinbase=environment.coinbase,
            timestamp=environment.timestamp,
            block_number=environment.height,
            difficulty=0,
            mix_hash=environment.prev_randao,
            gas_limit=environment.gas_limit,
            prev_hashes=(),
            chain_id=environment.chain_id,
            base_fee_per_gas=environment.base_fee,
            excess_blob_gas=0,
        )
        self.get_balance = host.balance
        self.set_balance = host.set_balance
        self.get_nonce = host.nonce
        self.set_nonce = host.set_nonce
        self.get_code = host.code
        self.set_code = host.set_code
        self.get_code_hash = host.code_hash
        self.account_exists = host.account_exists
        self.account_is_empty = host.is_empty
        self.touch_account = host.touch
        self.is_storage_warm = host.is_warm_slot
        self.mark_storage_warm = host.warm_slot
        self.is_address_warm = host.is_warm_address
        self.mark_address_warm = host.warm_address
        self.set_storage = host.set_storage
        self.snapshot = host.checkpoint
        self.revert = host.revert_to

    def get_storage(self, address: Address, slot: int, from_journal: bool = True) -> int:
        if from_journal:
            return self.host.storage(address, slot)
        return self.host.original_storage(address, slot)

    def commit(self, snapshot: int) -> None:
        """Keep the changes: the journal is flat, so there is nothing to do."""

    def delta_balance(self, address: Address, delta: int) -> None:
        self.host.set_balance(address, self.host.balance(address) + delta)

    def increment_nonce(self, address: Address) -> None:
        self.host.set_nonce(address, self.host.nonce(address) + 1)

    def delete_storage(self, address: Address) -> None:
        """Do nothing: CREATE2 comes here after ``has_code_or_nonce`` has seen no storage."""

    def has_code_or_nonce(self, address: Address) -> bool:
        """Answer whether a creation at ``address`` collides (EIP-684, EIP-7610)."""
        host = self.host
        return bool(host.nonce(address) or host.code(address) or host.has_storage(address))

    def get_transient_storage(self, address: Address, slot: int) -> bytes:
        return self.host.transient_storage(address, slot).to_bytes(32, "big")

    def set_transient_storage(self, address: Address, slot: int, value: bytes) -> None:
        self.host.set_transient_storage(address, slot, int.from_bytes(value, "big"))

    def get_ancestor_hash(self, block_number: int) -> Hash32:
        return self.host.block_hash(block_number)

    @property
    def blob_base_fee(self) -> int:
        return BLOB_BASE_FEE_WEI


class _Computation(PragueComputation):  # type: ignore[misc]
    """A Prague frame whose side effects go to the host and whose precompiles know natives."""

    _precompiles: ClassVar[dict[bytes, Callable[..., Any]]] = {}

    @classmethod
    def apply_message(
        cls, state: Any, message: Any, transaction_context: Any, parent_computation: Any = None
    ) -> Any:
        run = super().apply_message
        return state.host.on_fresh_stack(
            message.depth, lambda: run(state, message, transaction_context, parent_computation)
        )

    @property
    def precompiles(self) -> Any:
        message = self.msg
        if message.code_address == message.storage_address and not message.is_delegation:
            host: Host = self.state.host
            if host.is_native(message.code_address):
                return {message.code_address: _run_native}
        return self._precompiles

    @property
    def is_origin_computation(self) -> bool:
        return bool(self.msg.depth == 0)

    @property
    def contracts_created(self) -> _Created:
        created: _Created = self.state.created
        return created

    @contracts_created.setter
    def contracts_created(self, value: object) -> None:
        """Ignore py-evm's own list: the host's journal holds it."""

    @classmethod
    def consume_initcode_gas_cost(cls, computation: Any) -> None:
        """Charge nothing: intrinsic gas of the transaction holds it (EIP-3860)."""

    def add_child_computation(self, child_computation: Any) -> None:
        """Take a finished call's output; the child itself is not kept: the host has its effects."""
        super().add_child_computation(child_computation)
        self.children.clear()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool | None:
        """End the frame. Its error's traceback would tie frame and error into a cycle."""
        is_handled: bool | None = super().__exit__(kind, error, trace)
        if is_handled and error is not None:
            error.__traceback__ = error.__context__ = error.__cause__ = None
        return is_handled

    def refund_gas(self, amount: int) -> None:
        self.state.host.add_refund(amount)

    def register_account_for_deletion(self, _beneficiary: Address) -> None:
        self.state.host.mark_self_destruct(self.msg.storage_address)

    def add_log_entry(self, account: Address, topics: tuple[int, ...], data: bytes) -> None:
        log = Log(
            address=account,
            topics=tuple(Hash32(topic.to_bytes(32, "big")) for topic in topics),
            data=bytes(data),
        )
        self.state.host.add_log(log)


class _PricedFrame:
    """A computation as a repriced precompile sees it: every charge is multiplied."""

    __slots__ = ("_factor", "_frame")

    def __init__(self, frame: Any, factor: int) -> None:
        self._frame = frame
        self._factor = factor

    def consume_gas(self, amount: int, reason: str) -> None:
        self._frame.consume_gas(amount * self._factor, reason)

    @property
    def msg(self) -> Any:
        return self._frame.msg

    @property
    def output(self) -> bytes:
        return bytes(self._frame.output)

    @output.setter
    def output(self, value: bytes) -> None:
        self._frame.output = value


def _repriced(precompile: Callable[[Any], Any], factor: int) -> Callable[[Any], Any]:
    def run(computation: Any) -> Any:
        precompile(_PricedFrame(computation, factor))
        return computation

    return run


def _run_native(computation: Any) -> Any:
    """Run a native contract in the frame that py-evm has set up (rule E3)."""
    message = computation.msg
    gas = computation.get_gas_remaining()
    result: MessageResult = computation.state.host.run_native(
        Message(
            caller=message.sender,
            to=message.storage_address,
            value=message.value if message.should_transfer_value else 0,
            data=bytes(message.data),
            code=b"",
            gas=gas,
            origin=computation.transaction_context.origin,
            gas_price=computation.transaction_context.gas_price,
            depth=message.depth,
            is_static=message.is_static,
        )
    )
    computation.consume_gas(gas - result.gas_left, "native contract")
    computation.output = result.output
    if result.outcome is Outcome.REVERT:
        raise Revert(result.output)
    if result.outcome is Outcome.HALT:
        raise OutOfGas(result.error)
    return computation


def _precompile_table(is_repriced: bool) -> dict[bytes, Callable[..., Any]]:
    table = {}
    for address, precompile in PRAGUE_PRECOMPILES.items():
        if address in PRECOMPILES:
            factor = PRICE_FACTORS.get(address, 1) if is_repriced else 1
            table[address] = precompile if factor == 1 else _repriced(precompile, factor)
    return table


class PyEvmEngine:
    """``evm.Engine`` by py-evm. Importing this module costs about a second.

    ``is_repriced`` False restores Ethereum's precompile prices, for the official state tests.
    """

    def __init__(self, *, is_repriced: bool = True) -> None:
        table = _precompile_table(is_repriced)
        self._computation: type[_Computation] = type(
            "Computation", (_Computation,), {"_precompiles": table}
        )
        self._state: type[_HostState] = type(
            "State", (_HostState,), {"computation_class": self._computation}
        )

    def execute(self, host: Host, environment: BlockEnvironment, message: Message) -> MessageResult:
        """Run one message to its end; see ``evm.engine.Engine``."""
        state = self._state(host, environment)
        context = CancunTransactionContext(gas_price=message.gas_price, origin=message.origin)
        frame = PyMessage(
            gas=message.gas,
            to=CREATE_TO if message.is_create else message.to,
            sender=message.caller,
            value=message.value,
            data=message.data,
            code=message.code,
            depth=message.depth,
            create_address=message.to if message.is_create else None,
            code_address=message.delegate,
            is_static=message.is_static,
            is_delegation=message.is_delegated,
        )
        if message.is_create:
            computation = self._create(state, frame, context)
        else:
            computation = self._computation.apply_message(state, frame, context)
        return _result_of(computation)

    def _create(self, state: _HostState, frame: Any, context: Any) -> Any:
        if state.has_code_or_nonce(frame.storage_address):
            computation = self._computation(state, frame, context)
            computation.error = VMError("contract address collision")
            return computation
        return self._computation.apply_create_message(state, frame, context)


_ERROR_WORDS: Final[dict[type[VMError], str]] = {
    Revert: "execution reverted",
    OutOfGas: "out of gas",
    InvalidInstruction: "invalid opcode",
    WriteProtection: "write protection",
}


def _result_of(computation: Any) -> MessageResult:
    if computation.is_success:
        return MessageResult(
            outcome=Outcome.SUCCESS,
            gas_left=computation.get_gas_remaining(),
            output=bytes(computation.output),
        )
    error = computation.error
    outcome = Outcome.HALT if error.burns_gas else Outcome.REVERT
    return MessageResult(
        outcome=outcome,
        gas_left=0 if error.burns_gas else computation.get_gas_remaining(),
        output=b"" if error.erases_return_data else bytes(computation.output),
        error=_ERROR_WORDS.get(type(error)) or str(error) or type(error).__name__,
    )
