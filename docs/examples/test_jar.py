"""The jar's test: run it with pytest docs/examples."""

import pytest

from contracts.errors import Revert
from contracts.places import native_address
from contracts.runtime import Registry
from docs.examples.jar import Jar
from primitives.abi import decode, encode_call, selector
from tests.unit.contracts.memory_context import MemoryChain

JAR, ALICE, BOB = native_address(200), b"\xaa" * 20, b"\xbb" * 20
GIFT = 5 * 10**15


@pytest.fixture
def chain():
    made = MemoryChain(Registry((Jar,)), balances={ALICE: 10**18})
    made.begin({})
    return made


def send(chain, who, signature, *values, value=0):
    return chain.transact(who, JAR, encode_call(signature, *values), value)


def test_a_gift_is_taken_a_day_later_and_not_before(chain):
    send(chain, ALICE, "add(address)", BOB, value=GIFT)
    held = chain.read(JAR, encode_call("amountOf(address)", BOB))
    assert decode(("uint256",), held) == (GIFT,)
    chain.advance(21_599, seconds=4 * 21_599)
    with pytest.raises(Revert) as refused:
        send(chain, BOB, "take()")
    assert refused.value.data[:4] == selector("NotYet(uint64)")
    chain.advance(1, seconds=4)
    send(chain, BOB, "take()")
    assert (chain.balances[BOB], chain.balances[JAR]) == (GIFT, 0)


def test_nothing_is_no_gift(chain):
    with pytest.raises(Revert) as refused:
        send(chain, ALICE, "add(address)", BOB)
    assert refused.value.data[:4] == selector("NothingGiven()")
    assert chain.balances[ALICE] == 10**18
