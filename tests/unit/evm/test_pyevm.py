"""The reference engine: prices, what block opcodes answer, and failures that are ours."""

import gc
from dataclasses import replace

import pytest
from eth.abc import ComputationAPI

from evm.precompiles import PRECOMPILES
from evm.reference import ReferenceEngine
from primitives.errors import InvariantError
from primitives.keccak import keccak256
from state.account import Account
from state.execution import HISTORY_ADDRESS, HISTORY_RING, Execution
from state.ledger import Ledger
from state.process import process_transaction
from tests.unit.state import native_script as w

ETHEREUM = ReferenceEngine(is_repriced=False)
SHOWN = "43 42 41 44 45 46 48 4a 3a 32 33 30"
"""NUMBER TIMESTAMP COINBASE PREVRANDAO GASLIMIT CHAINID BASEFEE BLOBBASEFEE GASPRICE ORIGIN
CALLER ADDRESS."""
CODE_AT = bytes([0xB0]) * 20
CALLED_AT = bytes([0xB1]) * 20


def returning(opcodes_hex):
    """Return code that returns the words which some opcodes push."""
    code, opcodes = "", opcodes_hex.split()
    for index, opcode in enumerate(opcodes):
        code += opcode + f"61{32 * index:04x}52"
    return bytes.fromhex(code + f"61{32 * len(opcodes):04x}5ff3")


def world(code):
    view = w.WorldView()
    view.codes[keccak256(code)] = code
    view.accounts[CODE_AT] = Account(code_hash=keccak256(code))
    view.accounts[HISTORY_ADDRESS] = Account(nonce=1)
    return view


def run(transaction, code=b"", engine=w.ENGINE, view=None, **block):
    ledger = Ledger(view or world(code))
    execution = Execution(ledger, w.block_context(**block), w.REGISTRY, engine)
    return process_transaction(execution, transaction)


def words(output):
    return [int.from_bytes(output[i : i + 32], "big") for i in range(0, len(output), 32)]


def test_block_opcodes_answer_what_the_block_says():
    done = run(w.signed(CODE_AT), returning(SHOWN), height=9, timestamp=77, beacon=b"\x0d" * 32)
    as_number = lambda data: int.from_bytes(data, "big")  # noqa: E731
    assert words(done.output) == [
        9,
        77,
        as_number(w.COINBASE),
        as_number(b"\x0d" * 32),
        30_000_000,
        w.CHAIN_ID,
        w.BASE_FEE,
        1,
        w.BASE_FEE + 2,
        as_number(w.SENDER),
        as_number(w.SENDER),
        as_number(CODE_AT),
    ]


@pytest.mark.parametrize(
    ("height", "asked", "is_known"),
    [(300, 299, True), (300, 44, True), (300, 43, False), (300, 300, False), (300, 301, False)],
)
def test_blockhash_reads_the_ring_of_eip_2935(height, asked, is_known):
    view = world(returning(f"61{asked:04x}40"))
    view.slots |= {(HISTORY_ADDRESS, n % HISTORY_RING): n + 7 for n in range(302)}
    done = run(w.signed(CODE_AT), view=view, height=height)
    assert words(done.output) == [asked + 7 if is_known else 0]


def test_every_precompile_of_prague_is_there():
    assert len(PRECOMPILES) == 0x11
    for address in sorted(PRECOMPILES):
        code = bytes.fromhex(f"5f5f5f5f73{address.hex()}620f4240fa50") + returning("3d")
        assert run(w.signed(CODE_AT, gas=4_000_000), code).succeeded


@pytest.mark.parametrize(
    ("index", "data", "price", "factor"),
    [
        (0x06, b"", 150, 4),
        (0x07, b"", 6_000, 4),
        (0x08, b"", 45_000, 40),
        (0x09, (500).to_bytes(4, "big") + bytes(209), 500, 20),
        (0x0B, bytes(256), 375, 4),
        (0x10, bytes(64), 5_500, 16),
        (0x11, bytes(128), 23_800, 16),
        (0x02, b"", 60, 1),
        (0x04, b"", 15, 1),
    ],
)
def test_slow_precompiles_cost_a_multiple_and_others_do_not(index, data, price, factor):
    transaction = w.signed(index.to_bytes(20, "big"), data, gas=4_000_000)
    base = run(transaction, engine=ETHEREUM)
    priced = run(transaction)
    assert base.succeeded
    assert priced.succeeded
    assert base.output == priced.output
    tokens = sum(4 if byte else 1 for byte in data)
    intrinsic, floor = 21_000 + 4 * tokens, 21_000 + 10 * tokens
    assert base.gas_used == max(intrinsic + price, floor)
    assert priced.gas_used == max(intrinsic + price * factor, floor)


def test_a_precompile_without_enough_gas_takes_all_of_it():
    done = run(w.signed((8).to_bytes(20, "big"), gas=21_000 + 45_000))
    assert not done.succeeded
    assert done.gas_used == 66_000


@pytest.mark.parametrize("code", ["fe", "5f5f5f5f73" + CALLED_AT.hex() + "61fffffafe"])
def test_failed_frames_do_not_wait_for_the_garbage_collector(code):
    """A frame may hold megabytes of memory, and the collector runs rarely (node/service.py)."""
    view = world(bytes.fromhex(code))
    view.codes[keccak256(b"\xfe")] = b"\xfe"
    view.accounts[CALLED_AT] = Account(code_hash=keccak256(b"\xfe"))
    gc.collect()
    gc.disable()
    try:
        assert not run(w.signed(CODE_AT), view=view).succeeded
        frames = [held for held in gc.get_objects() if isinstance(held, ComputationAPI)]
    finally:
        gc.enable()
    assert frames == []


@pytest.mark.parametrize("to", [w.NATIVE, w.CALLER])
def test_a_bug_of_ours_is_no_receipt(to, monkeypatch):
    """Rule E4: it passes through every frame, and nothing of the transaction stays."""

    def fail(_ctx, _calldata):
        raise InvariantError("broken")

    monkeypatch.setitem(w.OPERATIONS, "fail", fail)
    ledger = Ledger(w.WorldView())
    execution = Execution(ledger, w.block_context(), w.REGISTRY, w.ENGINE)
    with pytest.raises(InvariantError):
        process_transaction(execution, w.signed(to, w.script(("sstore", 1, 5), ("fail",))))
    assert ledger.changes().accounts == {}


def test_creation_and_self_destruction_leave_no_account():
    """EIP-6780: init code that destroys its own contract."""
    done = run(w.signed(None, bytes.fromhex("33ff"), gas=200_000))
    assert done.succeeded


@pytest.mark.parametrize("create2", [False, True])
def test_a_contract_creates_another(create2):
    # mstore8(0, 0) makes init code of one STOP; create(0, 0, 1) or create2(0, 0, 1, 0)
    code = bytes.fromhex("5f5f53" + ("5f60015f5ff5" if create2 else "60015f5ff0") + "5f5260205ff3")
    done = run(w.signed(CODE_AT), code)
    assert done.succeeded
    assert words(done.output)[0] != 0


def test_a_creation_on_top_of_an_account_fails():
    """EIP-684 and EIP-7610: nonce, code or storage stand in the way."""
    from state.process import contract_address

    place = contract_address(w.SENDER, 0)
    for blocked in (Account(nonce=1), Account(storage_root=b"\x01" * 32)):
        view = w.WorldView()
        view.accounts[place] = replace(blocked, balance=1)
        done = run(w.signed(None, b"", gas=200_000), view=view)
        assert not done.succeeded
        assert done.gas_used == 200_000
