"""A dictionary-backed host for native contracts: accounts, journal, gas, logs, nested calls."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from contracts.context import SYSTEM_ADDRESS, BlockContext, CallResult
from contracts.errors import AddressTaken, InsufficientBalance, OutOfGas, Revert, WriteProtection
from contracts.places import GOVERNANCE_ADDRESS
from contracts.runtime import ActiveContracts, Registry
from primitives.keccak import keccak256

GENESIS_HASH = b"\x47" * 32
CHAIN_ID = 31337


def block_at(height: int = 1, **changes) -> BlockContext:
    values = {
        "chain_id": CHAIN_ID,
        "genesis_hash": GENESIS_HASH,
        "height": height,
        "time_ms": 1_700_000_000_000 + 1000 * height,
        "timestamp": 1_700_000_000 + height,
        "epoch": 1,
        "view": height,
        "beacon": height.to_bytes(32, "big"),
        "coinbase": bytes(20),
        "base_fee": 10**9,
        "gas_limit": 30_000_000,
        "proposer": bytes(20),
    } | changes
    return BlockContext(**values)


@dataclass
class MemoryChain:
    """Accounts of a test: storage, balances, logs; every frame is undone when it fails."""

    registry: Registry
    block: BlockContext = field(default_factory=block_at)
    balances: dict[bytes, int] = field(default_factory=dict)
    storage: dict[tuple[bytes, int], int] = field(default_factory=dict)
    transient: dict[tuple[bytes, int], int] = field(default_factory=dict)
    logs: list[tuple[bytes, tuple[bytes, ...], bytes]] = field(default_factory=list)
    foreign: dict[bytes, Callable[["MemoryContext", bytes], bytes]] = field(default_factory=dict)
    code_models: dict[bytes, Callable[["MemoryContext", bytes], bytes]] = field(
        default_factory=dict
    )
    """What bytecode that a contract deploys does, by its bytes."""
    minted: int = 0
    burnt: int = 0

    def __post_init__(self) -> None:
        # Through self.storage each time: a reverted frame replaces the dictionary.
        self.active = ActiveContracts(
            self.registry, lambda slot: self.storage.get((GOVERNANCE_ADDRESS, slot), 0)
        )

    def begin(self, settings: dict, parameters: dict | None = None) -> None:
        """Run genesis."""
        self.registry.genesis(self.hook, settings, parameters)
        self.active.forget()

    @contextmanager
    def frame(self) -> Iterator[None]:
        saved = (
            dict(self.balances),
            dict(self.storage),
            dict(self.transient),
            len(self.logs),
            self.minted,
            self.burnt,
        )
        foreign = dict(self.foreign)
        try:
            yield
        except BaseException:
            self.balances, self.storage, self.transient, count, self.minted, self.burnt = saved
            self.foreign = foreign
            del self.logs[count:]
            raise

    @property
    def supply(self) -> int:
        return sum(self.balances.values())

    def context(self, this: bytes, **fields) -> "MemoryContext":
        return MemoryContext(self, this, **fields)

    def hook(self, address: bytes) -> "MemoryContext":
        return MemoryContext(self, address, caller=SYSTEM_ADDRESS, origin=SYSTEM_ADDRESS)

    def transact(
        self, sender: bytes, to: bytes, data: bytes, value: int = 0, gas: int = 30_000_000
    ) -> bytes:
        """Run one transaction's outer call; raises what the contract raises."""
        self.transient = {}
        frame = MemoryContext(self, to, caller=sender, origin=sender, value=value, gas=gas)
        return run_frame(frame, data)

    def read(self, to: bytes, data: bytes) -> bytes:
        self.transient = {}
        return run_frame(MemoryContext(self, to, is_static=True), data)

    def advance(self, blocks: int = 1, *, seconds: int | None = None, **changes) -> None:
        """End the current block and begin the following ones, ``seconds`` apart in total."""
        step_ms = 1000 if seconds is None else max(1, seconds * 1000 // blocks)
        for _ in range(blocks):
            self.active.end_block(self.hook)
            self.active.forget()
            height = self.block.height + 1
            time_ms = self.block.time_ms + step_ms
            self.block = replace(
                self.block,
                height=height,
                time_ms=time_ms,
                timestamp=time_ms // 1000,
                view=height,
                beacon=height.to_bytes(32, "big"),
                **changes,
            )
            self.active.begin_block(self.hook)


def run_frame(frame: "MemoryContext", data: bytes) -> bytes:
    chain = frame.chain
    with chain.frame():
        if frame.value:
            held = chain.balances.get(frame.caller, 0)
            if held < frame.value:
                raise InsufficientBalance(held, frame.value)
            chain.balances[frame.caller] = held - frame.value
            chain.balances[frame.this] = chain.balances.get(frame.this, 0) + frame.value
        contract = chain.active.at(frame.this)
        if contract is not None:
            return contract.dispatch(frame, data)
        code = chain.foreign.get(frame.this)
        return b"" if code is None else code(frame, data)


@dataclass
class MemoryContext:
    """One frame; implements ``contracts.context.Context`` with flat gas prices."""

    chain: MemoryChain
    this: bytes
    caller: bytes = bytes(20)
    origin: bytes = bytes(20)
    value: int = 0
    is_static: bool = False
    gas: int = 1 << 62
    depth: int = 0

    @property
    def block(self) -> BlockContext:
        return self.chain.block

    @property
    def gas_left(self) -> int:
        return self.gas

    def use_gas(self, amount: int) -> None:
        assert amount >= 0
        if amount > self.gas:
            raise OutOfGas
        self.gas -= amount

    def sload(self, slot: int) -> int:
        assert 0 <= slot < 1 << 256
        self.use_gas(100)
        return self.chain.storage.get((self.this, slot), 0)

    def sstore(self, slot: int, value: int) -> None:
        assert 0 <= slot < 1 << 256
        assert 0 <= value < 1 << 256
        self._check_writable()
        self.use_gas(100)
        if value:
            self.chain.storage[self.this, slot] = value
        else:
            self.chain.storage.pop((self.this, slot), None)

    def tload(self, slot: int) -> int:
        self.use_gas(100)
        return self.chain.transient.get((self.this, slot), 0)

    def tstore(self, slot: int, value: int) -> None:
        self._check_writable()
        self.use_gas(100)
        self.chain.transient[self.this, slot] = value

    def balance(self, address: bytes) -> int:
        self.use_gas(100)
        return self.chain.balances.get(address, 0)

    def transfer(self, to: bytes, amount: int) -> None:
        assert len(to) == 20
        if amount:
            self._check_writable()
            self._take(amount)
            self.chain.balances[to] = self.chain.balances.get(to, 0) + amount

    def mint(self, amount: int) -> None:
        self._check_writable()
        self.chain.balances[self.this] = self.chain.balances.get(self.this, 0) + amount
        self.chain.minted += amount

    def burn(self, amount: int) -> None:
        self._check_writable()
        self._take(amount)
        self.chain.burnt += amount

    def emit(self, topics: tuple[bytes, ...], data: bytes) -> None:
        self._check_writable()
        assert 0 < len(topics) <= 4
        assert all(len(topic) == 32 for topic in topics)
        self.use_gas(375 + 375 * len(topics) + 8 * len(data))
        self.chain.logs.append((self.this, topics, data))

    def call(self, to: bytes, value: int, data: bytes, gas: int | None = None) -> CallResult:
        if value:
            self._check_writable()
        return self._nested(to, value, data, gas, is_static=self.is_static)

    def static_call(self, to: bytes, data: bytes, gas: int | None = None) -> CallResult:
        return self._nested(to, 0, data, gas, is_static=True)

    def deploy(self, code: bytes, salt: bytes) -> bytes:
        self._check_writable()
        self.use_gas(32_000 + 200 * len(code))
        address = keccak256(b"\xff" + self.this + salt + keccak256(code))[12:]
        if address in self.chain.foreign:
            raise AddressTaken(address)
        self.chain.foreign[address] = self.chain.code_models[code]
        return address

    def migrate(
        self, address: bytes, current: int, target: int, gas: int, code_hash: bytes = b""
    ) -> CallResult:
        assert self.this == GOVERNANCE_ADDRESS
        assert self.caller == SYSTEM_ADDRESS
        chain = self.chain
        steps = chain.registry.migration(address, current, target, code_hash)
        frame = replace(chain.hook(address), gas=gas)
        held = chain.balances.get(address, 0)
        try:
            with chain.frame():
                for step in steps:
                    step(frame)
                if chain.balances.get(address, 0) != held:
                    raise Revert(b"", "a migration moves no money")
        except Revert as error:
            return CallResult(False, error.data)
        except OutOfGas:
            return CallResult(False, b"")
        return CallResult(True, b"")

    def _nested(
        self, to: bytes, value: int, data: bytes, gas: int | None, *, is_static: bool
    ) -> CallResult:
        given = self.gas - self.gas // 64 if gas is None else min(gas, self.gas)
        frame = MemoryContext(
            self.chain, to, self.this, self.origin, value, is_static, given, self.depth + 1
        )
        try:
            output = run_frame(frame, data)
        except Revert as error:
            self.gas -= given - frame.gas
            return CallResult(False, error.data)
        except (OutOfGas, WriteProtection):
            self.gas -= given
            return CallResult(False, b"")
        self.gas -= given - frame.gas
        return CallResult(True, output)

    def _check_writable(self) -> None:
        if self.is_static:
            raise WriteProtection("static frame")

    def _take(self, amount: int) -> None:
        held = self.chain.balances.get(self.this, 0)
        if held < amount:
            raise InsufficientBalance(held, amount)
        self.chain.balances[self.this] = held - amount
