"""A chain in memory that times a contract's own computation apart from what its host does for it.

Every operation of ``contracts.context.Context`` runs between two readings of the clock, and what
lies between them is the host's: storage, logs, transfers and nested calls have prices of their own.
What is left of a call's time is decoding, the contract's Python and encoding. Reading the clock
costs too; ``operation_overhead_ns`` measures what of that falls to the contract, per operation.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.context import SYSTEM_ADDRESS, BlockContext, CallResult
from contracts.errors import AddressTaken, InsufficientBalance, OutOfGas, Revert, WriteProtection
from contracts.framework.contract import Contract
from contracts.places import GOVERNANCE_ADDRESS
from contracts.runtime import ActiveContracts, Registry
from primitives.keccak import keccak256

CHAIN_ID = 31_337
GENESIS_HASH = b"\x47" * 32
BLOCK_MS = 1_000
GAS = 1 << 60
clock = time.perf_counter_ns

Foreign = Callable[["Frame", bytes], bytes]


@dataclass(slots=True)
class Sample:
    """One call of a native contract: its own nanoseconds, the host's apart.

    ``charges`` are (code object, line, gas) of the gas that the method took beyond its base weight.
    """

    release: type[Contract]
    method: str
    is_success: bool
    ns: int
    operations: int
    charges: list[tuple[Any, int, int]]


def block_at(height: int, **changes: Any) -> BlockContext:
    """Return a block, one second after the one below it."""
    time_ms = 1_700_000_000_000 + BLOCK_MS * height
    values: dict[str, Any] = {
        "chain_id": CHAIN_ID, "genesis_hash": GENESIS_HASH, "height": height, "time_ms": time_ms,
        "timestamp": time_ms // 1000, "epoch": 1, "view": height,
        "beacon": height.to_bytes(32, "big"), "coinbase": bytes(20), "base_fee": 10**9,
        "gas_limit": 30_000_000, "proposer": bytes(20),
    }  # fmt: skip
    return BlockContext(**values | changes)


@dataclass
class MemoryHost:
    """Accounts, storage and logs in dictionaries; a frame that fails is undone."""

    registry: Registry
    block: BlockContext
    balances: dict[bytes, int] = field(default_factory=dict)
    storage: dict[tuple[bytes, int], int] = field(default_factory=dict)
    transient: dict[tuple[bytes, int], int] = field(default_factory=dict)
    logs: list[tuple[bytes, tuple[bytes, ...], bytes]] = field(default_factory=list)
    foreign: dict[bytes, Foreign] = field(default_factory=dict)
    code_models: dict[bytes, Foreign] = field(default_factory=dict)
    """What bytecode that a contract deploys does, by its bytes."""
    samples: list[Sample] = field(default_factory=list)
    flows: dict[str, int] = field(default_factory=lambda: {"minted": 0, "burnt": 0})
    """Wei that contracts created and destroyed."""

    def __post_init__(self) -> None:
        self.active = ActiveContracts(
            self.registry, lambda slot: self.storage.get((GOVERNANCE_ADDRESS, slot), 0)
        )

    def hook(self, address: bytes) -> "Frame":
        """Return the frame of a block hook."""
        return Frame(self, address, caller=SYSTEM_ADDRESS, origin=SYSTEM_ADDRESS)

    def transact(self, sender: bytes, to: bytes, data: bytes, value: int = 0) -> bytes:
        """Run one transaction's outer call; raises what the contract raises."""
        self.transient = {}
        return self.run(Frame(self, to, caller=sender, origin=sender, value=value), data)

    def read(self, to: bytes, data: bytes) -> bytes:
        """Run a static call from outside."""
        self.transient = {}
        return self.run(Frame(self, to, is_static=True), data)

    def advance(self, blocks: int = 1, *, seconds: int | None = None, **changes: Any) -> None:
        """End the current block and begin the following ones, ``seconds`` apart in total."""
        step_ms = BLOCK_MS if seconds is None else max(1, seconds * 1000 // blocks)
        for _ in range(blocks):
            self.active.end_block(self.hook)
            self.active.forget()
            height, time_ms = self.block.height + 1, self.block.time_ms + step_ms
            self.block = replace(
                self.block, height=height, time_ms=time_ms, timestamp=time_ms // 1000, view=height,
                beacon=height.to_bytes(32, "big"), **changes,
            )  # fmt: skip
            self.active.begin_block(self.hook)

    def leap(self, seconds: int) -> None:
        """Let time and as many blocks pass as belong to it, hooks at both ends only."""
        block = self.block
        self.active.end_block(self.hook)
        self.active.forget()
        time_ms = block.time_ms + 1000 * seconds
        self.block = replace(
            block, height=block.height + seconds, time_ms=time_ms, timestamp=time_ms // 1000
        )
        self.active.begin_block(self.hook)

    def run(self, frame: "Frame", data: bytes) -> bytes:
        """Run a frame; on failure everything that it did is undone."""
        saved = self.save()
        count = len(self.logs)
        try:
            if frame.value:
                self._pay(frame.caller, frame.this, frame.value)
            release = self.active.at(frame.this)
            if release is not None:
                return self._dispatch(release, frame, data)
            code = self.foreign.get(frame.this)
            return b"" if code is None else code(frame, data)
        except BaseException:
            self.restore(saved)
            del self.logs[count:]
            raise

    def save(self) -> Any:
        """Return what ``restore`` needs to undo everything from here on."""
        parts = (self.balances, self.storage, self.transient, self.foreign, self.flows)
        return tuple(dict(part) for part in parts)  # type: ignore[call-overload]

    def restore(self, saved: Any) -> None:
        """Undo everything since ``save``."""
        self.balances, self.storage, self.transient, self.foreign, self.flows = saved

    def _dispatch(self, release: type[Contract], frame: "Frame", data: bytes) -> bytes:
        is_success = False
        began = clock()
        try:
            output = release.dispatch(frame, data)
            is_success = True
            return output
        finally:
            ns = clock() - began - frame.host_ns
            method = release.methods.get(data[:4])
            if method is not None:
                self.samples.append(
                    Sample(
                        release, method.name, is_success, ns, frame.operations, frame.charges
                    )
                )  # fmt: skip

    def _pay(self, source: bytes, to: bytes, amount: int) -> None:
        held = self.balances.get(source, 0)
        if held < amount:
            raise InsufficientBalance(held, amount)
        self.balances[source] = held - amount
        self.balances[to] = self.balances.get(to, 0) + amount


class Frame:
    """One frame: ``contracts.context.Context`` whose operations are timed and cost no gas."""

    __slots__ = ("block", "caller", "chain", "charges", "gas_left", "host_ns", "is_static",
                 "operations", "origin", "this", "value")  # fmt: skip

    def __init__(
        self,
        chain: MemoryHost,
        this: bytes,
        *,
        caller: bytes = bytes(20),
        origin: bytes = bytes(20),
        value: int = 0,
        is_static: bool = False,
        gas: int = GAS,
    ) -> None:
        self.chain = chain
        self.this = this
        self.caller = caller
        self.origin = origin
        self.value = value
        self.is_static = is_static
        self.gas_left = gas
        self.block = chain.block
        self.host_ns = 0
        self.operations = 0
        self.charges: list[tuple[Any, int, int]] = []

    def use_gas(self, amount: int) -> None:
        began = clock()
        if amount > self.gas_left:
            raise OutOfGas
        self.gas_left -= amount
        line = sys._getframe(1)
        self.charges.append((line.f_code, line.f_lineno, amount))
        self.operations += 1
        self.host_ns += clock() - began

    def sload(self, slot: int) -> int:
        began = clock()
        value = self.chain.storage.get((self.this, slot), 0)
        self.operations += 1
        self.host_ns += clock() - began
        return value

    def sstore(self, slot: int, value: int) -> None:
        began = clock()
        self._check_writable()
        if value:
            self.chain.storage[self.this, slot] = value
        else:
            self.chain.storage.pop((self.this, slot), None)
        self.operations += 1
        self.host_ns += clock() - began

    def tload(self, slot: int) -> int:
        began = clock()
        value = self.chain.transient.get((self.this, slot), 0)
        self.operations += 1
        self.host_ns += clock() - began
        return value

    def tstore(self, slot: int, value: int) -> None:
        began = clock()
        self._check_writable()
        self.chain.transient[self.this, slot] = value
        self.operations += 1
        self.host_ns += clock() - began

    def balance(self, address: bytes) -> int:
        began = clock()
        value = self.chain.balances.get(address, 0)
        self.operations += 1
        self.host_ns += clock() - began
        return value

    def transfer(self, to: bytes, amount: int) -> None:
        began = clock()
        if amount:
            self._check_writable()
            self.chain._pay(self.this, to, amount)
        self.operations += 1
        self.host_ns += clock() - began

    def mint(self, amount: int) -> None:
        began = clock()
        self._check_writable()
        self.chain.balances[self.this] = self.chain.balances.get(self.this, 0) + amount
        self.chain.flows["minted"] += amount
        self.operations += 1
        self.host_ns += clock() - began

    def burn(self, amount: int) -> None:
        began = clock()
        self._check_writable()
        held = self.chain.balances.get(self.this, 0)
        if held < amount:
            raise InsufficientBalance(held, amount)
        self.chain.balances[self.this] = held - amount
        self.chain.flows["burnt"] += amount
        self.operations += 1
        self.host_ns += clock() - began

    def emit(self, topics: tuple[bytes, ...], data: bytes) -> None:
        began = clock()
        self._check_writable()
        self.chain.logs.append((self.this, topics, data))
        self.operations += 1
        self.host_ns += clock() - began

    def call(self, to: bytes, value: int, data: bytes, gas: int | None = None) -> CallResult:
        return self._nested(to, value, data, gas, is_static=self.is_static)

    def static_call(self, to: bytes, data: bytes, gas: int | None = None) -> CallResult:
        return self._nested(to, 0, data, gas, is_static=True)

    def deploy(self, code: bytes, salt: bytes) -> bytes:
        began = clock()
        self._check_writable()
        address = keccak256(b"\xff" + self.this + salt + keccak256(code))[12:]
        if address in self.chain.foreign:
            raise AddressTaken(address)
        self.chain.foreign[address] = self.chain.code_models[code]
        self.operations += 1
        self.host_ns += clock() - began
        return address

    def migrate(
        self, address: bytes, current: int, target: int, gas: int, code_hash: bytes = b""
    ) -> CallResult:
        frame = Frame(self.chain, address, caller=SYSTEM_ADDRESS, origin=SYSTEM_ADDRESS, gas=gas)
        for step in self.chain.registry.migration(address, current, target, code_hash):
            step(frame)
        return CallResult(success=True, output=b"")

    def _nested(
        self, to: bytes, value: int, data: bytes, gas: int | None, *, is_static: bool
    ) -> CallResult:
        began = clock()
        frame = Frame(
            self.chain, to, caller=self.this, origin=self.origin, value=value,
            is_static=is_static, gas=self.gas_left if gas is None else gas,
        )  # fmt: skip
        try:
            result = CallResult(success=True, output=self.chain.run(frame, data))
        except Revert as error:
            result = CallResult(success=False, output=error.data)
        except (OutOfGas, WriteProtection):
            result = CallResult(success=False, output=b"")
        self.operations += 1
        self.host_ns += clock() - began
        return result

    def _check_writable(self) -> None:
        if self.is_static:
            raise WriteProtection("static frame")


def operation_overhead_ns(host: MemoryHost, count: int = 2_000) -> float:
    """Return what one timed operation adds to the time that is counted as the contract's."""
    frame = Frame(host, bytes(20))
    began = clock()
    for _ in range(count):
        frame.tload(0)
    return (clock() - began - frame.host_ns) / count
