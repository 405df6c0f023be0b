"""Where a message goes: plain transfer, native contract, or bytecode.

``Execution`` is the host of one block: ``evm.Host`` over the ledger, and the dispatcher that lets a
transfer and a direct native call bypass the EVM with the gas and receipt that they would have had
inside it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from contracts.context import SYSTEM_ADDRESS, BlockContext, CallResult
from contracts.errors import PANIC_ASSERT, OutOfGas, Revert, WriteProtection, panic
from contracts.framework.version import NO_VERSION
from contracts.places import GOVERNANCE_ADDRESS
from contracts.runtime import NATIVE_NONCE, ActiveContracts, Registry, Release
from evm.engine import BlockEnvironment, Engine, Message, MessageResult, Outcome
from evm.precompiles import PRECOMPILES
from primitives.abi import EncodeError
from primitives.errors import DecodeError, InvariantError
from primitives.types import ZERO_HASH, Address, Hash32
from state.ledger import Ledger
from state.native_frame import UNMETERED_GAS, NativeFrame
from state.stacks import needs_fresh_stack, on_fresh_stack
from state.validity import DELEGATION_PREFIX

HISTORY_ADDRESS = Address(bytes.fromhex("0000f90827f1c53a10cb7a02335b175320002935"))
"""EIP-2935: the hashes of the last 8191 blocks."""
HISTORY_RING = 8_191
BLOCK_HASH_DEPTH = 256


PROGRAM_ERRORS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NameError, TypeError),
    *(ValueError, EncodeError, DecodeError, InvariantError),
)
"""A mistake in a migration, the same on every node that runs this code: the migration fails.

Raised, it would make every block at that height invalid and halt the chain, with no way to vote it
away. What depends on the machine (memory, recursion, the disk) is not among them.
"""


class Execution:
    """Runs messages of one block on one ledger; implements ``evm.engine.Host``."""

    def __init__(
        self, ledger: Ledger, block: BlockContext, registry: Registry, engine: Engine
    ) -> None:
        self.ledger = ledger
        self.block = block
        self.contracts = ActiveContracts(registry, partial(ledger.storage, GOVERNANCE_ADDRESS))
        self._engine = engine
        self._environment = BlockEnvironment(
            chain_id=block.chain_id,
            height=block.height,
            timestamp=block.timestamp,
            coinbase=Address(block.coinbase),
            base_fee=block.base_fee,
            gas_limit=block.gas_limit,
            prev_randao=Hash32(block.beacon),
        )
        # The rest of the Host protocol is the ledger's own methods, bound once for speed.
        self.balance = ledger.balance
        self.set_balance = ledger.set_balance
        self.nonce = ledger.nonce
        self.set_nonce = ledger.set_nonce
        self.code = ledger.code
        self.code_hash = ledger.code_hash
        self.set_code = ledger.set_code
        self.account_exists = ledger.account_exists
        self.is_empty = ledger.is_empty
        self.touch = ledger.touch
        self.has_storage = ledger.has_storage
        self.storage = ledger.storage
        self.original_storage = ledger.original_storage
        self.set_storage = ledger.set_storage
        self.transient_storage = ledger.transient_storage
        self.set_transient_storage = ledger.set_transient_storage
        self.is_warm_slot = ledger.is_warm_slot
        self.warm_slot = ledger.warm_slot
        self.mark_created = ledger.mark_created
        self.is_created = ledger.is_created
        self.mark_self_destruct = ledger.mark_self_destruct
        self.add_log = ledger.add_log
        self.add_refund = ledger.add_refund
        self.checkpoint = ledger.checkpoint
        self.revert_to = ledger.revert_to
        self.is_native = self.contracts.is_native

    def is_warm_address(self, address: bytes) -> bool:
        """Answer whether an address is warm; precompiles are from the start, natives are not."""
        return address in PRECOMPILES or self.ledger.is_warm_address(address)

    def warm_address(self, address: bytes) -> bool:
        """Warm an address and answer whether it was warm."""
        return address in PRECOMPILES or self.ledger.warm_address(address)

    def block_hash(self, height: int) -> Hash32:
        """Return the hash of one of the last 256 blocks from EIP-2935's ring, else zero."""
        if not max(0, self.block.height - BLOCK_HASH_DEPTH) <= height < self.block.height:
            return ZERO_HASH
        word = self.ledger.storage(HISTORY_ADDRESS, height % HISTORY_RING)
        return Hash32(word.to_bytes(32, "big"))

    def resolve_code(self, address: bytes) -> tuple[bytes, Address | None]:
        """Return the code to run at an address and whom it delegates to (EIP-7702)."""
        code = self.ledger.code(address)
        if not code.startswith(DELEGATION_PREFIX):
            return code, None
        delegate = Address(code[len(DELEGATION_PREFIX) :])
        return self.ledger.code(delegate), delegate

    def enters_evm(self, to: bytes) -> bool:
        """Answer whether a call to ``to`` needs the bytecode engine."""
        if self.is_native(to):
            return False
        return to in PRECOMPILES or bool(self.ledger.code(to))

    def uses_bytecode_share(self, to: bytes, data: bytes) -> bool:
        """Answer whether a transaction's gas counts against the share that bytecode has."""
        return self.enters_evm(to) or self.contracts.runs_bytecode(to, data)

    def run(self, message: Message) -> MessageResult:
        """Run a message; its frame is undone when it fails."""
        if message.depth and needs_fresh_stack(message.depth):
            return on_fresh_stack(lambda: self._run(message))
        return self._run(message)

    def on_fresh_stack(self, depth: int, work: Callable[[], Any]) -> Any:
        """Run a frame of the bytecode engine, in a new thread where its depth asks for one."""
        return on_fresh_stack(work) if needs_fresh_stack(depth) else work()

    def _run(self, message: Message) -> MessageResult:
        if message.is_create or message.code:
            return self._engine.execute(self, self._environment, message)
        contract = self.contracts.at(message.to)
        if contract is not None:
            return self._run_native_frame(contract, message)
        if self.enters_evm(message.to):
            return self._engine.execute(self, self._environment, self._with_code(message))
        self._move_value(message)
        return MessageResult(outcome=Outcome.SUCCESS, gas_left=message.gas, output=b"")

    def run_native(self, message: Message) -> MessageResult:
        """Run the body of a native call; checkpoint and value are the caller's (rule E3)."""
        contract = self.contracts.at(message.to)
        if contract is None:
            raise InvariantError(f"no native contract at 0x{message.to.hex()}")
        return self._run_body(contract, message)

    def _run_body(self, contract: Release, message: Message) -> MessageResult:
        frame = NativeFrame(self, message)
        try:
            output = contract.dispatch(frame, message.data)
        except Revert as error:
            return MessageResult(
                outcome=Outcome.REVERT,
                gas_left=frame.gas_left,
                output=error.data,
                error=str(error),
            )
        except OutOfGas:
            return MessageResult(outcome=Outcome.HALT, gas_left=0, output=b"", error="out of gas")
        except WriteProtection:
            return MessageResult(
                outcome=Outcome.HALT, gas_left=0, output=b"", error="write protection"
            )
        return MessageResult(outcome=Outcome.SUCCESS, gas_left=frame.gas_left, output=output)

    def hook_frame(self, address: bytes) -> NativeFrame:
        """Return the frame in which a block hook of a native contract runs (rule C4)."""
        message = Message(
            caller=Address(SYSTEM_ADDRESS),
            to=Address(address),
            value=0,
            data=b"",
            code=b"",
            gas=UNMETERED_GAS,
            origin=Address(SYSTEM_ADDRESS),
            gas_price=0,
        )
        return NativeFrame(self, message)

    def migrate(
        self, address: bytes, current: int, target: int, gas: int, code_hash: bytes
    ) -> CallResult:
        """Convert a native contract's storage; see ``contracts.context.Context.migrate``."""
        steps = self.contracts.registry.migration(address, current, target, code_hash)
        checkpoint = self.ledger.checkpoint()
        balance = self.ledger.balance(address)
        frame = self.hook_frame(address)
        frame.gas_left = gas
        is_done = True
        output = b""
        try:
            for step in steps:
                step(frame)
        except Revert as error:
            is_done, output = False, error.data
        except OutOfGas:
            is_done = False
        except PROGRAM_ERRORS:
            is_done, output = False, panic(PANIC_ASSERT).data
        if not is_done or self.ledger.balance(address) != balance:
            self.ledger.revert_to(checkpoint)
            return CallResult(success=False, output=output)
        if current == NO_VERSION:
            self.ledger.set_nonce(address, NATIVE_NONCE)
            self.ledger.set_code(address, self.contracts.registry.code(address))
        return CallResult(success=True, output=b"")

    def _run_native_frame(self, contract: Release, message: Message) -> MessageResult:
        checkpoint = self.ledger.checkpoint()
        self._move_value(message)
        result = self._run_body(contract, message)
        if result.outcome is not Outcome.SUCCESS:
            self.ledger.revert_to(checkpoint)
        return result

    def _with_code(self, message: Message) -> Message:
        code, delegate = self.resolve_code(message.to)
        return Message(
            caller=message.caller,
            to=message.to,
            value=message.value,
            data=message.data,
            code=code,
            gas=message.gas,
            origin=message.origin,
            gas_price=message.gas_price,
            depth=message.depth,
            is_static=message.is_static,
            is_delegated=delegate is not None,
            delegate=delegate,
        )

    def _move_value(self, message: Message) -> None:
        ledger = self.ledger
        if message.value:
            ledger.subtract_balance(message.caller, message.value)
            ledger.add_balance(message.to, message.value)
        ledger.touch(message.to)
