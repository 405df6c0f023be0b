"""Any call of the guardian about a vault with everything in it ends in a result or an error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors import OutOfGas, Revert, WriteProtection
from contracts.guardian.v1.contract import Guardian
from contracts.places import GOVERNANCE_ADDRESS, GUARDIAN_ADDRESS
from primitives.abi import decode, encode_call
from tests.property.abi_strategies import values_of
from tests.unit.contracts.guardian_world import (
    ADD_KEY,
    AGENT,
    ALLOW,
    APPROVE_HASH,
    DAY,
    GUARDIANS,
    KEY,
    LOCK,
    NATIVE,
    NEW_OWNER,
    OWNER,
    ROTATE,
    STRANGER,
    TARGET,
    TOKEN,
    World,
    transfer,
)  # fmt: skip

METHODS = sorted(Guardian.methods.values(), key=lambda method: method.signature)
HASH = b"\x33" * 32
NUMBERS = (0, 1, 2, 3, LOCK, DAY, 2**64 - 1)


def busy_world():
    """Return a vault with a key, a token, an entry, an approved hash, waiting things, support."""
    world = World()
    world.limit_token()
    world.change_now(ALLOW, TARGET, b"abcd", 10, 10)
    world.add_key((NATIVE, 10, 20, 30, 40), (TOKEN, 10, 20, 30, 40))
    operation_id = world.number(OWNER, APPROVE_HASH, world.vault, HASH, NATIVE, 5)
    world.pass_time(LOCK)
    world.execute(operation_id)
    world.queue()
    world.number(OWNER, APPROVE_HASH, world.vault, HASH, TOKEN, 5)
    world.number(OWNER, ROTATE, world.vault, GUARDIANS[::-1])
    world.number(OWNER, ADD_KEY, world.vault, STRANGER, DAY, ())
    world.support(1)
    world.pass_time(LOCK)
    return world


WORLD = busy_world()
KNOWN = {
    "address": (WORLD.vault, OWNER, AGENT, KEY, *GUARDIANS, NEW_OWNER, TOKEN, TARGET, NATIVE),
    "bytes32": (HASH, bytes(32)),
    "bytes4": (b"abcd",),
    "bytes": (b"", b"abcd", transfer(5), transfer(5)[:-1]),
    "address[]": (GUARDIANS, GUARDIANS[::-1], GUARDIANS[:2]),
    "string": ("conservative", "pendingMax"),
    "uint64": NUMBERS,
    "uint32": (0, 1, 100, 2**32 - 1),
    "uint128": (0, 1, 80 * 10**18, 2**128 - 1),
    "uint256": (0, 1, 2**256 - 1),
}


def arguments(kind):
    known = KNOWN.get(kind.name)
    if known is None:
        return values_of(kind)
    return st.one_of(st.sampled_from(known), st.sampled_from(known), values_of(kind))


@pytest.mark.parametrize("method", METHODS, ids=[method.name for method in METHODS])
def test_any_call_gives_a_result_or_a_contract_error_and_keeps_the_money(method):
    chain = WORLD.chain
    first = st.just(WORLD.vault) if method.inputs and method.inputs[0][0] == "vault" else None
    kinds = [arguments(kind) for _, kind in method.inputs]
    if first is not None:
        kinds[0] = st.one_of(first, first, kinds[0])

    @settings(max_examples=60, deadline=None, database=None)
    @given(
        st.tuples(*kinds),
        st.sampled_from((OWNER, AGENT, KEY, *GUARDIANS, STRANGER, GOVERNANCE_ADDRESS)),
        st.sampled_from((10**4, 10**6, 10**8)),
    )
    def check(values, sender, gas):
        saved = dict(chain.storage), dict(chain.balances), dict(chain.foreign), list(chain.logs)
        supply = chain.supply
        data = encode_call(method.signature, *values)
        try:
            output = chain.transact(sender, GUARDIAN_ADDRESS, data, 0, gas)
            decode(method.outputs, output)
            if method.spec.is_view:
                assert (chain.storage, chain.balances) == saved[:2]
        except (Revert, OutOfGas, WriteProtection):
            assert (chain.storage, chain.balances) == saved[:2]
        assert chain.supply == supply
        assert chain.balances.get(GUARDIAN_ADDRESS, 0) == 0
        chain.storage, chain.balances, chain.foreign, chain.logs = saved

    check()
