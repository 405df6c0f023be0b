"""Which transactions the node does not take because no block could hold them."""

from types import SimpleNamespace

import pytest

from contracts.places import GUARDIAN_ADDRESS, STAKING_ADDRESS
from node.gossip import TransactionGossip
from primitives.abi import selector
from primitives.genesis import Parameters
from primitives.keccak import EMPTY_KECCAK, keccak256
from state.account import Account
from state.transition import evm_gas_max
from state.validity import BytecodeGasError
from tests.unit.state import native_script as w

PARAMETERS = Parameters()
LIMIT = evm_gas_max(PARAMETERS)
ACCOUNTS = {
    w.CALLER: Account(code_hash=keccak256(b"\x00")),
    w.HOLDER: Account(balance=1, code_hash=EMPTY_KECCAK),
    GUARDIAN_ADDRESS: Account(nonce=1, code_hash=keccak256(b"\xfe")),
    STAKING_ADDRESS: Account(nonce=1, code_hash=keccak256(b"\xfe")),
}


def check(transaction):
    gossip = SimpleNamespace(_mempool=SimpleNamespace(parameters=PARAMETERS))
    state = SimpleNamespace(account=ACCOUNTS.get)
    TransactionGossip._check_bytecode_gas(gossip, transaction, state)


@pytest.mark.parametrize(
    ("to", "data", "is_bytecode"),
    [
        (None, b"", True),
        (w.CALLER, b"", True),
        ((1).to_bytes(20, "big"), b"", True),
        (GUARDIAN_ADDRESS, selector("execute(uint64)"), True),
        (GUARDIAN_ADDRESS, selector("cancel(uint64)"), False),
        (STAKING_ADDRESS, selector("withdraw()"), False),
        (w.HOLDER, b"", False),
        (w.EMPTY, b"", False),
    ],
)
def test_bytecode_that_asks_for_more_than_its_share_is_refused(to, data, is_bytecode):
    check(w.signed(to, data, gas=LIMIT))
    greedy = w.signed(to, data, gas=LIMIT + 1)
    if is_bytecode:
        with pytest.raises(BytecodeGasError):
            check(greedy)
    else:
        check(greedy)
