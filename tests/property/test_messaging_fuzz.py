"""Any call of messaging's second version ends in a result or in a contract error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors import OutOfGas, Revert
from contracts.messaging.v2.contract import Messaging
from contracts.places import GOVERNANCE_ADDRESS, MESSAGING_ADDRESS
from primitives.abi import decode, encode_call
from tests.property.abi_strategies import values_of
from tests.unit.contracts.messaging_world import (
    ANSWER,
    AUTHOR,
    CREATOR,
    PARTIES,
    QUESTION,
    READER,
    V1,
    V2,
    edit,
    forum_chain,
    held,
    migrate,
    open_topic,
    post,
    send,
)

METHODS = sorted(Messaging.methods.values(), key=lambda method: method.signature)


def small_or_any(kind):
    if kind.name == "address":
        return st.one_of(st.sampled_from(PARTIES), values_of(kind))
    if kind.name.startswith("uint"):
        return st.one_of(st.integers(0, 3), values_of(kind))
    return values_of(kind)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_any_typed_arguments_give_a_result_or_a_contract_error(method):
    chain = forum_chain()
    open_topic(chain)
    post(chain, kind=QUESTION)
    post(chain, READER, kind=ANSWER, parent=1)
    edit(chain, 1, "changed")
    send(chain, READER, "registerKey(bytes32)", b"\x01" * 32)
    assert migrate(chain, V1, V2)
    chain.balances[GOVERNANCE_ADDRESS] = 10**18

    @settings(max_examples=40, deadline=None, database=None)
    @given(
        st.tuples(*(small_or_any(kind) for _, kind in method.inputs)),
        st.sampled_from([0, 1, 10**9, 10**12]),
        st.sampled_from([CREATOR, AUTHOR, READER, GOVERNANCE_ADDRESS]),
        st.sampled_from([10**3, 10**5, 10**8]),
    )
    def check(values, value, sender, gas):
        supply, burnt = chain.supply, chain.burnt
        data = encode_call(method.signature, *values)
        try:
            output = chain.transact(sender, MESSAGING_ADDRESS, data, value, gas)
        except (Revert, OutOfGas):
            assert (chain.supply, chain.burnt) == (supply, burnt)
        else:
            decode(method.outputs, output)
            assert chain.supply == supply - (chain.burnt - burnt)
        assert held(chain) == 0

    check()
