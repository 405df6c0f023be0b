"""A native contract's call frame over the ledger: ``contracts.Context`` with the EVM's prices."""

from typing import Protocol, cast

from contracts.context import SYSTEM_ADDRESS, BlockContext, CallResult
from contracts.errors import AddressTaken, InsufficientBalance, OutOfGas, WriteProtection
from contracts.places import GOVERNANCE_ADDRESS
from evm.engine import Message, MessageResult
from primitives.block import Log
from primitives.errors import InvariantError
from primitives.keccak import keccak256
from primitives.types import Address, Hash32
from state import gas as prices
from state.ledger import Ledger

UNMETERED_GAS = 2**62
"""Gas of a block hook: hooks have work budgets of their own instead of a gas limit."""

SALT_BYTES = 32
NEW_CONTRACT_NONCE = 1
"""EIP-161: a new contract begins with nonce 1."""


class FrameHost(Protocol):
    """What a frame needs of the block's execution."""

    ledger: Ledger
    block: BlockContext

    def run(self, message: Message) -> MessageResult:
        """Run a nested message."""

    def warm_address(self, address: bytes) -> bool:
        """Warm an address and answer whether it was warm."""

    def migrate(
        self, address: bytes, current: int, target: int, gas: int, code_hash: bytes
    ) -> CallResult:
        """Convert a native contract's storage between versions."""


class NativeFrame:
    """One frame. ``gas_left`` counts down; the host reads it when the frame ends."""

    __slots__ = ("_depth", "_gas_price", "_host", "_ledger", "_warm_address", "block", "caller",
                 "gas_left", "is_static", "origin", "this", "value")  # fmt: skip

    def __init__(self, host: FrameHost, message: Message) -> None:
        self._host = host
        self._ledger = host.ledger
        self._warm_address = host.warm_address
        self._depth = message.depth
        self._gas_price = message.gas_price
        self.block = host.block
        self.this: bytes = message.to
        self.caller: bytes = message.caller
        self.origin: bytes = message.origin
        self.value = message.value
        self.is_static = message.is_static
        self.gas_left = message.gas

    def use_gas(self, amount: int) -> None:
        """Take gas; see ``contracts.context.Context``."""
        if amount < 0:
            raise InvariantError(f"negative gas charge {amount}")
        if amount > self.gas_left:
            self.gas_left = 0
            raise OutOfGas
        self.gas_left -= amount

    def sload(self, slot: int) -> int:
        """Read a slot at SLOAD's price (EIP-2929)."""
        ledger, this = self._ledger, self.this
        left = self.gas_left - (
            prices.WARM_ACCESS if ledger.warm_slot(this, slot) else prices.COLD_SLOT
        )
        if left < 0:
            self.gas_left = 0
            raise OutOfGas
        self.gas_left = left
        return ledger.storage(this, slot)

    def sstore(self, slot: int, value: int) -> None:
        """Write a slot at SSTORE's price and refund (EIP-2200, 2929, 3529)."""
        if self.is_static:
            raise WriteProtection
        if self.gas_left <= prices.SSTORE_SENTRY:
            raise OutOfGas
        ledger, this = self._ledger, self.this
        current, original = ledger.current_and_original(this, slot)
        cost, refund = prices.sstore_cost(original, current, value)
        if not ledger.warm_slot(this, slot):
            cost += prices.COLD_SLOT
        if cost > self.gas_left:
            self.gas_left = 0
            raise OutOfGas
        self.gas_left -= cost
        if refund:
            ledger.add_refund(refund)
        ledger.set_storage(this, slot, value)

    def tload(self, slot: int) -> int:
        """Read transient storage (EIP-1153)."""
        self.use_gas(prices.WARM_ACCESS)
        return self._ledger.transient_storage(self.this, slot)

    def tstore(self, slot: int, value: int) -> None:
        """Write transient storage (EIP-1153)."""
        self._check_writable()
        self.use_gas(prices.WARM_ACCESS)
        self._ledger.set_transient_storage(self.this, slot, value)

    def balance(self, address: bytes) -> int:
        """Return a balance at BALANCE's price."""
        self._use_account_access(address)
        return self._ledger.balance(address)

    def transfer(self, to: bytes, amount: int) -> None:
        """Credit ``to`` without running its code, at the price of a value call."""
        if amount == 0:
            return
        self._check_writable()
        self._use_account_access(to)
        self.use_gas(prices.CALL_VALUE + self._new_account_cost(to))
        ledger = self._ledger
        balance = ledger.balance(self.this)
        if balance < amount:
            raise InsufficientBalance(balance, amount)
        ledger.subtract_balance(self.this, amount)
        ledger.add_balance(to, amount)

    def mint(self, amount: int) -> None:
        """Create wei on this contract's balance."""
        self._check_writable()
        self._ledger.add_balance(self.this, amount)

    def burn(self, amount: int) -> None:
        """Destroy wei of this contract's balance."""
        self._check_writable()
        balance = self._ledger.balance(self.this)
        if balance < amount:
            raise InsufficientBalance(balance, amount)
        self._ledger.subtract_balance(self.this, amount)

    def emit(self, topics: tuple[bytes, ...], data: bytes) -> None:
        """Append a log at LOG's price."""
        if self.is_static:
            raise WriteProtection
        self.use_gas(prices.LOG + prices.LOG_TOPIC * len(topics) + prices.LOG_BYTE * len(data))
        self._ledger.add_log(
            Log(
                address=cast("Address", self.this),
                topics=cast("tuple[Hash32, ...]", topics),
                data=data,
            )
        )

    def call(self, to: bytes, value: int, data: bytes, gas: int | None = None) -> CallResult:
        """Call another account at CALL's price; a failure is a result."""
        return self._sub_call(to, value, data, gas, self.is_static)

    def static_call(self, to: bytes, data: bytes, gas: int | None = None) -> CallResult:
        """Call another account with writes forbidden."""
        return self._sub_call(to, 0, data, gas, is_static=True)

    def deploy(self, code: bytes, salt: bytes) -> bytes:
        """Place runtime code at its CREATE2 address; see ``contracts.context.Context``."""
        self._check_writable()
        if len(salt) != SALT_BYTES or not 0 < len(code) <= prices.CODE_BYTES_MAX:
            raise InvariantError("a deployment takes a salt of 32 bytes and code within EIP-170")
        self.use_gas(prices.CREATE + prices.CODE_BYTE * len(code))
        ledger = self._ledger
        address = keccak256(b"\xff" + self.this + salt + keccak256(code))[12:]
        self._warm_address(address)
        if ledger.nonce(address) or ledger.code(address) or ledger.has_storage(address):
            raise AddressTaken(address)
        ledger.set_nonce(address, NEW_CONTRACT_NONCE)
        ledger.set_code(address, code)
        ledger.mark_created(address)
        return address

    def migrate(
        self, address: bytes, current: int, target: int, gas: int, code_hash: bytes = b""
    ) -> CallResult:
        """Convert another native contract's storage; for governance's hook alone."""
        if self.this != GOVERNANCE_ADDRESS or self.caller != SYSTEM_ADDRESS:
            raise InvariantError("only governance's hook migrates contracts")
        return self._host.migrate(address, current, target, gas, code_hash)

    def _sub_call(
        self, to: bytes, value: int, data: bytes, gas: int | None, is_static: bool
    ) -> CallResult:
        if value:
            self._check_writable()
        self._use_account_access(to)
        if value:
            self.use_gas(prices.CALL_VALUE + self._new_account_cost(to))
        available = self.gas_left - self.gas_left // 64  # EIP-150
        granted = available if gas is None else min(gas, available)
        self.use_gas(granted)
        if value:
            granted += prices.CALL_STIPEND
        if self._depth + 1 > prices.CALL_DEPTH_MAX or self._ledger.balance(self.this) < value:
            self.gas_left += granted
            return CallResult(success=False, output=b"")
        result = self._host.run(
            Message(
                caller=Address(self.this),
                to=Address(to),
                value=value,
                data=data,
                code=b"",
                gas=granted,
                origin=Address(self.origin),
                gas_price=self._gas_price,
                depth=self._depth + 1,
                is_static=is_static,
            )
        )
        self.gas_left += result.gas_left
        return CallResult(success=result.is_success, output=result.output)

    def _check_writable(self) -> None:
        if self.is_static:
            raise WriteProtection

    def _use_account_access(self, address: bytes) -> None:
        is_warm = self._warm_address(address)
        self.use_gas(prices.WARM_ACCESS if is_warm else prices.COLD_ACCOUNT)

    def _new_account_cost(self, address: bytes) -> int:
        return prices.NEW_ACCOUNT if self._ledger.is_empty(address) else 0
