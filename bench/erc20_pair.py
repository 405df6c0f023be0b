"""The native ERC-20 and its bytecode twin on one ledger, called with the same bytes."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import vyper

from bench.erc20_native import TOKEN_ADDRESS, TOKENS, Erc20, TokenGenesis
from contracts.context import BlockContext
from contracts.runtime import NATIVE_NONCE
from evm.engine import Message, MessageResult
from evm.reference import ReferenceEngine
from primitives.abi import encode, encode_call, selector
from primitives.keccak import EMPTY_KECCAK, EMPTY_TRIE_ROOT
from primitives.types import U256_MAX, Address
from state.account import Account
from state.execution import Execution
from state.ledger import Ledger

SOURCE = Path(__file__).with_name("erc20.vy")
TWIN_ADDRESS = Address(b"\x20" * 20)
OWNER = Address(b"\xee" * 20)
PARTIES = [Address(bytes((number,)) * 20) for number in range(1, 7)]
SUPPLY = 10**24
GAS = 10_000_000
NAMES = ("Bench", "BNC")
VIEWS = ("name()", "symbol()", "decimals()", "totalSupply()")
SIGNATURES = (
    "transfer(address,uint256)", "transferFrom(address,address,uint256)",
    "approve(address,uint256)", "balanceOf(address)", "allowance(address,address)", *VIEWS,
)  # fmt: skip


class _EmptyView:
    """A state in which everybody is rich and nothing else exists."""

    def account(self, address: bytes) -> Account | None:
        if address in (TWIN_ADDRESS, TOKEN_ADDRESS):
            return None
        return Account(
            nonce=0, balance=10**26, storage_root=EMPTY_TRIE_ROOT, code_hash=EMPTY_KECCAK
        )

    def storage(self, _address: bytes, _slot: int) -> int:
        return 0

    def code(self, _code_hash: bytes) -> bytes:
        return b""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call did, but for the address that did it and the gas that it took."""

    is_success: bool
    output: bytes
    logs: tuple[tuple[tuple[bytes, ...], bytes], ...]


class TokenPair:
    """Both tokens, with one supply each that ``OWNER`` holds."""

    def __init__(self) -> None:
        self.ledger = Ledger(_EmptyView())
        engine = ReferenceEngine()
        engine.warm_up()
        block = BlockContext(
            chain_id=1, genesis_hash=bytes(32), height=1, time_ms=1_000, timestamp=1, epoch=1,
            view=1, beacon=bytes(32), coinbase=bytes(20), base_fee=0, gas_limit=10**9,
            proposer=bytes(20),
        )  # fmt: skip
        self.execution = Execution(self.ledger, block, TOKENS, engine)
        self.ledger.begin_transaction()
        self.ledger.set_nonce(TOKEN_ADDRESS, NATIVE_NONCE)
        self.ledger.set_code(TOKEN_ADDRESS, TOKENS.code(TOKEN_ADDRESS))
        settings = TokenGenesis(*NAMES, SUPPLY, OWNER)
        TOKENS.genesis(self.execution.hook_frame, {Erc20: settings})
        self._create(compile_twin())
        self.twin_code = self.ledger.code(TWIN_ADDRESS)
        self.ledger.finish_transaction()

    def native(self, caller: bytes, data: bytes, value: int = 0) -> MessageResult:
        """Call the native token in a transaction of its own."""
        return self._run(TOKEN_ADDRESS, b"", caller, data, value)

    def twin(self, caller: bytes, data: bytes, value: int = 0) -> MessageResult:
        """Call the bytecode in a transaction of its own."""
        return self._run(TWIN_ADDRESS, self.twin_code, caller, data, value)

    def outcomes(self, caller: bytes, data: bytes, value: int) -> tuple[Outcome, Outcome]:
        """Return what native code and bytecode do with one call."""
        found = []
        for run in (self.native, self.twin):
            result = run(caller, data, value)
            logs = tuple((log.topics, log.data) for log in self.ledger.logs)
            found.append(Outcome(result.is_success, result.output, logs))
        return found[0], found[1]

    def storages(self) -> tuple[dict[int, int], dict[int, int]]:
        """Return the slots of both that are not zero."""
        self.ledger.finish_transaction()
        accounts = self.ledger.changes().accounts
        return dict(accounts[TOKEN_ADDRESS].slots), dict(accounts[TWIN_ADDRESS].slots)

    def _run(self, to: bytes, code: bytes, caller: bytes, data: bytes, value: int) -> MessageResult:
        self.ledger.begin_transaction()
        message = Message(
            caller=Address(caller), to=Address(to), value=value, data=data, code=code, gas=GAS,
            origin=Address(caller), gas_price=0,
        )  # fmt: skip
        return self.execution.run(message)

    def _create(self, code: bytes) -> None:
        arguments = encode(("string", "string", "uint256"), (*NAMES, SUPPLY))
        message = Message(
            caller=OWNER, to=TWIN_ADDRESS, value=0, data=b"", code=code + arguments, gas=GAS,
            origin=OWNER, gas_price=0, is_create=True,
        )  # fmt: skip
        assert self.execution.run(message).is_success


def compile_twin() -> bytes:
    """Return the creation code of ``bench/erc20.vy``."""
    compiled = vyper.compile_code(SOURCE.read_text(), output_formats=["bytecode"])
    return bytes.fromhex(compiled["bytecode"][2:])


def random_calls(seed: int, count: int) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield (caller, calldata, value): mostly good calls, and each way to spoil one."""
    generator = random.Random(seed)
    for _ in range(count):
        caller = OWNER if generator.random() < 0.3 else generator.choice(PARTIES)
        data = _calldata(generator)
        if generator.random() < 0.25:
            data = _spoil(generator, data)
        yield caller, data, generator.choice((1, 10**18)) if generator.random() < 0.05 else 0


def _calldata(generator: random.Random) -> bytes:
    signature = generator.choice((*SIGNATURES[:3], *SIGNATURES))
    words = signature[signature.index("(") + 1 : -1].split(",")
    data = selector(signature)
    for word in words:
        if word == "address":
            data += bytes(12) + generator.choice((*PARTIES, OWNER, bytes(20)))
        elif word:
            data += _amount(generator).to_bytes(32, "big")
    return data


def _amount(generator: random.Random) -> int:
    edges = (0, 1, SUPPLY, SUPPLY + 1, U256_MAX, 2**255)
    if generator.random() < 0.2:
        return generator.choice(edges)
    return generator.randrange(10 ** generator.randrange(1, 25))


def _spoil(generator: random.Random, data: bytes) -> bytes:
    match generator.randrange(6):
        case 0:  # short
            return data[: generator.randrange(len(data))]
        case 1:  # long
            return data + bytes(generator.choice((1, 31, 32, 64)))
        case 2:  # dirty padding, of an address or a number
            if len(data) < 36:
                return data + b"\x01"
            place = 4 + generator.randrange(12)
            return data[:place] + b"\x01" + data[place + 1 :]
        case 3:  # unknown selector
            return generator.randbytes(4) + data[4:]
        case 4:
            return encode_call("transfer(address,uint256)", PARTIES[0], 1)[4:]
        case _:
            return generator.randbytes(generator.randrange(120))
