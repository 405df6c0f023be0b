"""A native frame pays what bytecode pays for the same thing."""

import pytest

from contracts.errors import AddressTaken, InsufficientBalance, OutOfGas, WriteProtection
from contracts.runtime import NATIVE_NONCE
from evm.engine import Message, MessageResult, Outcome
from primitives.abi import selector
from primitives.errors import InvariantError
from primitives.keccak import keccak256
from state.ledger import Ledger
from state.native_frame import NativeFrame
from tests.unit.state import native_script as w

GAS = 100_000


class Calls:
    """Takes nested calls and uses ``used`` gas of each."""

    def __init__(self, used=0):
        self.messages = []
        self.used = used

    def __call__(self, message):
        self.messages.append(message)
        return MessageResult(
            outcome=Outcome.SUCCESS, gas_left=message.gas - self.used, output=b"out"
        )


class Host:
    """What a frame needs of its block, with the nested calls of the test."""

    def __init__(self, ledger, calls):
        self.ledger = ledger
        self.block = w.block_context()
        self.run = calls
        self.warm_address = ledger.warm_address


def frame(calls=None, gas=GAS, depth=0, is_static=False):
    ledger = Ledger(w.WorldView())
    ledger.begin_transaction()
    message = Message(
        caller=w.SENDER,
        to=w.NATIVE,
        value=0,
        data=b"",
        code=b"",
        gas=gas,
        origin=w.SENDER,
        gas_price=1,
        depth=depth,
        is_static=is_static,
    )
    made = NativeFrame(Host(ledger, calls or Calls()), message)
    return made, ledger


def cost(work, gas=GAS, prepare=None):
    made, _ = frame(gas=gas)
    if prepare is not None:
        prepare(made)
    before = made.gas_left
    work(made)
    return before - made.gas_left


def test_storage_costs_what_eip_2929_and_2200_say():
    assert cost(lambda f: f.sload(1)) == 2_100
    assert cost(lambda f: f.sload(1), prepare=lambda f: f.sload(1)) == 100
    assert cost(lambda f: f.sstore(9, 1)) == 22_100
    assert cost(lambda f: f.sstore(1, 5)) == 5_000
    assert cost(lambda f: f.sstore(1, 11)) == 2_200
    assert cost(lambda f: f.sstore(1, 5), prepare=lambda f: f.sstore(1, 4)) == 100
    assert cost(lambda f: f.tload(1)) == cost(lambda f: f.tstore(1, 1)) == 100


@pytest.mark.parametrize(
    ("writes", "refund"),
    [
        ((0,), 4_800),
        ((0, 5), 0),
        ((5, 0), 4_800),
        ((5, 11), 2_800),
        ((0, 11), 4_800 - 4_800 + 2_800),
    ],
)
def test_refunds_are_those_of_eip_3529(writes, refund):
    made, ledger = frame()
    for value in writes:
        made.sstore(1, value)
    assert ledger.refund == refund


def test_a_fresh_slot_set_and_cleared_gives_back_its_price():
    made, ledger = frame()
    made.sstore(9, 1)
    made.sstore(9, 0)
    assert ledger.refund == 19_900


@pytest.mark.parametrize(("gas", "is_enough"), [(2_300, False), (2_301, True)])
def test_a_write_needs_more_than_the_stipend(gas, is_enough):
    made, _ = frame(gas=gas)
    made._ledger.warm_slot(w.NATIVE, 1)
    if is_enough:
        made.sstore(1, 11)
    else:
        with pytest.raises(OutOfGas):
            made.sstore(1, 11)


def test_accounts_cost_what_eip_2929_says():
    assert cost(lambda f: f.balance(w.HOLDER)) == 2_600
    assert cost(lambda f: f.balance(w.HOLDER), prepare=lambda f: f.balance(w.HOLDER)) == 100
    assert cost(lambda f: f.transfer(w.HOLDER, 1)) == 2_600 + 9_000
    assert cost(lambda f: f.transfer(w.EMPTY, 1)) == 2_600 + 9_000 + 25_000
    assert cost(lambda f: f.transfer(w.EMPTY, 0)) == 0


def test_a_log_costs_what_bytecode_pays():
    assert cost(lambda f: f.emit((bytes(32), bytes(32)), b"x" * 10)) == 375 * 3 + 80


def test_a_call_keeps_a_64th_back():
    """EIP-150."""
    calls = Calls(used=1_000)
    made, _ = frame(calls)
    result = made.call(w.HOLDER, 0, b"data")
    (message,) = calls.messages
    left = GAS - 2_600
    assert message.gas == left - left // 64
    assert made.gas_left == left - 1_000
    assert (message.caller, message.to, message.depth) == (w.NATIVE, w.HOLDER, 1)
    assert (result.success, result.output) == (True, b"out")


def test_a_call_with_value_brings_a_stipend_that_the_caller_does_not_pay():
    calls = Calls()
    made, _ = frame(calls)
    made.call(w.HOLDER, 1, b"", gas=500)
    assert calls.messages[0].gas == 500 + 2_300
    assert made.gas_left == GAS - 2_600 - 9_000 + 2_300


def test_a_call_asks_for_no_more_than_there_is():
    calls = Calls()
    made, _ = frame(calls)
    made.call(w.HOLDER, 0, b"", gas=10**9)
    left = GAS - 2_600
    assert calls.messages[0].gas == left - left // 64


@pytest.mark.parametrize(("depth", "value"), [(1_024, 0), (0, 1_001)])
def test_a_call_too_deep_or_too_dear_fails_and_keeps_its_gas(depth, value):
    calls = Calls()
    made, _ = frame(calls, depth=depth)
    before = made.gas_left
    assert not made.call(w.HOLDER, value, b"").success
    assert calls.messages == []
    stipend = 2_300 if value else 0
    assert before - made.gas_left == 2_600 + (9_000 if value else 0) - stipend


def test_a_static_frame_stays_static():
    calls = Calls()
    made, _ = frame(calls, is_static=True)
    made.call(w.HOLDER, 0, b"")
    frame(calls)[0].static_call(w.HOLDER, b"")
    assert [m.is_static for m in calls.messages] == [True, True]


def test_nobody_pays_what_he_has_not():
    made, ledger = frame()
    for pay in (lambda: made.transfer(w.HOLDER, 1_001), lambda: made.burn(1_001)):
        with pytest.raises(InsufficientBalance):
            pay()
    made.burn(1_000)
    assert ledger.balance(w.NATIVE) == 0
    with pytest.raises(InvariantError):
        made.use_gas(-1)
    with pytest.raises(OutOfGas):
        made.use_gas(GAS)
    assert made.gas_left == 0


CODE, SALT = b"\x5f\x5f\xf3", b"\x07" * 32


def test_a_deployment_costs_what_a_creation_costs_and_stands_at_its_create2_address():
    made, ledger = frame()
    address = made.deploy(CODE, SALT)
    assert address == keccak256(b"\xff" + w.NATIVE + SALT + keccak256(CODE))[12:]
    assert GAS - made.gas_left == 32_000 + 200 * len(CODE)
    assert (ledger.code(address), ledger.nonce(address)) == (CODE, 1)
    assert ledger.nonce(w.NATIVE) == NATIVE_NONCE
    assert ledger.is_warm_address(address)
    assert ledger.is_created(address)


def test_a_deployment_keeps_money_that_was_there_before():
    made, ledger = frame()
    address = keccak256(b"\xff" + w.NATIVE + SALT + keccak256(CODE))[12:]
    ledger.add_balance(address, 5)
    assert made.deploy(CODE, SALT) == address
    assert ledger.balance(address) == 5


@pytest.mark.parametrize(
    "occupy",
    [
        lambda ledger, address: ledger.set_nonce(address, 1),
        lambda ledger, address: ledger.set_code(address, b"\x00"),
        lambda ledger, address: ledger.set_storage(address, 1, 1),
    ],
)
def test_a_taken_address_is_not_deployed_to(occupy):
    made, ledger = frame()
    address = keccak256(b"\xff" + w.NATIVE + SALT + keccak256(CODE))[12:]
    occupy(ledger, address)
    with pytest.raises(AddressTaken) as info:
        made.deploy(CODE, SALT)
    assert info.value.address == address
    assert info.value.data == selector("AddressTaken(address)") + address.rjust(32, b"\0")


def test_a_deployment_is_refused_without_gas_or_in_a_static_frame():
    for gas in (32_000 + 200 * len(CODE) - 1, 0):
        made, _ = frame(gas=gas)
        with pytest.raises(OutOfGas):
            made.deploy(CODE, SALT)
    made, _ = frame(is_static=True)
    with pytest.raises(WriteProtection):
        made.deploy(CODE, SALT)


@pytest.mark.parametrize(
    ("code", "salt"), [(b"", SALT), (CODE, b"\x07" * 31), (b"\x00" * 24_577, SALT)]
)
def test_a_deployment_of_something_else_is_a_bug_of_ours(code, salt):
    made, _ = frame()
    with pytest.raises(InvariantError):
        made.deploy(code, salt)


def test_a_deployment_of_the_largest_code_stands():
    made, ledger = frame(gas=10_000_000)
    code = b"\x00" * 24_576
    assert ledger.code(made.deploy(code, SALT)) == code
