"""Gas per second of the reference engine over our ledger, and of the paths that bypass it.

Expected: py-evm alone does 3 to 4 M gas a second on loops; our ledger must not make that worse.
Plain transfers and native calls do not enter it.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import vyper

from bench.result import Result
from contracts.system import SYSTEM
from evm.reference import ReferenceEngine
from primitives.abi import encode, encode_call
from primitives.block import Header
from primitives.genesis import Parameters
from primitives.keccak import EMPTY_TRIE_ROOT, keccak256
from primitives.keys import secret_to_address
from primitives.seal import Seal
from primitives.transaction import DYNAMIC_FEE, Transaction, sign_transaction
from primitives.types import ZERO_ADDRESS, ZERO_HASH, Address, Epoch, View
from state.account import Account
from state.transition import BlockTransition, ParentBlock, Runtime

COUNT = 1_000
SECRET = bytes(31) + b"\x01"
LOOP = bytes.fromhex("5b6001600101505f56")
"""JUMPDEST PUSH 1 PUSH 1 ADD POP PUSH0 JUMP: runs until its gas is gone."""
LOOP_ADDRESS = Address(b"\x10" * 20)
TOKEN_SOURCE = Path(__file__).parents[1] / "tests" / "contracts" / "erc20.vy"


def run() -> Iterator[Result]:
    yield Result(name="evm::gas/loop", value=_loop() / 1e6, unit="Mgas/s")
    yield Result(name="evm::erc20_transfer", value=_token_transfers(), unit="tx/s")
    yield Result(name="evm::bypass/plain_transfer", value=_plain_transfers(), unit="tx/s")


class _View:
    """A state in memory: one rich account and two contracts."""

    def __init__(self) -> None:
        self.codes = {keccak256(code): code for code in (b"", LOOP)}
        self.accounts = {
            secret_to_address(SECRET): _account(balance=10**26),
            LOOP_ADDRESS: _account(code=LOOP),
        }

    def account(self, address: bytes) -> Account | None:
        return self.accounts.get(Address(address))

    def storage(self, _address: bytes, _slot: int) -> int:
        return 0

    def code(self, code_hash: bytes) -> bytes:
        return self.codes[code_hash]  # type: ignore[index]


def _account(balance: int = 0, code: bytes = b"") -> Account:
    return Account(
        nonce=0, balance=balance, storage_root=EMPTY_TRIE_ROOT, code_hash=keccak256(code)
    )


def _transition() -> BlockTransition:
    parameters = Parameters(
        block_gas_max=10**10, transaction_gas_max=10**9, evm_gas_share_percent=100
    )
    header = Header(
        parent_hash=ZERO_HASH, coinbase=ZERO_ADDRESS, state_root=ZERO_HASH,
        transactions_root=ZERO_HASH, receipts_root=ZERO_HASH, logs_bloom=bytes(256), height=1,
        gas_limit=10**10, gas_used=5 * 10**9, timestamp=1, mix_hash=ZERO_HASH,
        base_fee_per_gas=10**9, parent_beacon_block_root=ZERO_HASH,
    )  # fmt: skip
    seal = Seal(
        epoch=Epoch(1), view=View(1), proposer=ZERO_ADDRESS, time_ms=2_000, vrf_proof=bytes(81),
        parent_certificate=None,
    )  # fmt: skip
    engine = ReferenceEngine()
    engine.warm_up()
    runtime = Runtime(chain_id=1, parameters=parameters, registry=SYSTEM, engine=engine)
    parent = ParentBlock(header=header, time_ms=1_000)
    return BlockTransition(runtime, _View(), parent, seal)


def _transaction(nonce: int, **fields: Any) -> Transaction:
    values = {"value": 0, "data": b"", "gas_limit": 100_000, **fields}
    unsigned = Transaction(
        kind=DYNAMIC_FEE, chain_id=1, nonce=nonce, max_priority_fee_per_gas=1,
        max_fee_per_gas=10**10, **values,
    )  # fmt: skip
    signed = sign_transaction(unsigned, SECRET)
    assert signed.sender
    return signed


def _loop() -> float:
    """Return gas per second of a tight loop."""
    transition = _transition()
    transaction = _transaction(0, to=LOOP_ADDRESS, gas_limit=8_000_000)
    began = time.perf_counter()
    done = transition.apply(transaction)
    return done.gas_used / (time.perf_counter() - began)


def _plain_transfers() -> float:
    """Return plain transfers per second to fresh accounts."""
    transactions = [
        _transaction(nonce, to=_fresh(nonce), value=1, gas_limit=21_000) for nonce in range(COUNT)
    ]
    return _rate(_transition(), transactions)


def _token_transfers() -> float:
    """Return ERC-20 transfers per second to fresh holders."""
    compiled = vyper.compile_code(TOKEN_SOURCE.read_text(), output_formats=["bytecode"])
    arguments = encode(("string", "string", "uint256"), ("Bench", "BNC", 10**24))
    transition = _transition()
    created = transition.apply(
        _transaction(
            0,
            to=None,
            data=bytes.fromhex(compiled["bytecode"][2:]) + arguments,
            gas_limit=3_000_000,
        )
    )
    assert created.succeeded
    transactions = [
        _transaction(
            1 + index,
            to=created.contract_address,
            data=encode_call("transfer(address,uint256)", _fresh(index), 1),
        )
        for index in range(COUNT)
    ]
    return _rate(transition, transactions)


def _fresh(index: int) -> Address:
    return Address((index + 1_000_000).to_bytes(20, "big"))


def _rate(transition: BlockTransition, transactions: list[Transaction]) -> float:
    began = time.perf_counter()
    for transaction in transactions:
        assert transition.apply(transaction).succeeded
    return len(transactions) / (time.perf_counter() - began)
