"""Any call of any system contract ends in a result or in one of the three contract errors."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors import OutOfGas, Revert, WriteProtection
from contracts.system import SYSTEM
from primitives.abi import decode, encode_call
from tests.property.abi_strategies import values_of
from tests.unit.contracts.compute_world import AIT, CLIENT, compute_chain, leased_work, submit
from tests.unit.contracts.memory_context import run_frame
from tests.unit.contracts.staking_world import account, key_address

METHODS = [
    (address, method)
    for address in SYSTEM.addresses()
    for method in sorted(SYSTEM.first(address).methods.values(), key=lambda m: m.signature)
]
NAMES = [f"{SYSTEM.first(address).__name__}.{method.name}" for address, method in METHODS]


def world():
    chain = compute_chain()
    _, work = leased_work(chain)
    submit(chain, work)
    return chain, work


@pytest.mark.parametrize(("address", "method"), METHODS, ids=NAMES)
def test_any_typed_arguments_give_a_result_or_a_contract_error(address, method):
    chain, work = world()
    known = [work.receipt_id, work.claim.job_id, work.claim.lease_id, key_address(1), CLIENT]

    def known_or_any(kind):
        same = [
            value
            for value in known
            if kind.name in ("bytes32", "address")
            and len(value) == (20 if kind.name == "address" else 32)
        ]
        return st.one_of(values_of(kind), st.sampled_from(same)) if same else values_of(kind)

    @settings(max_examples=25, deadline=None, database=None)
    @given(
        st.tuples(*(known_or_any(kind) for _, kind in method.inputs)),
        st.sampled_from([0, 1, AIT, 2_000 * AIT]),
        st.sampled_from([CLIENT, account(2), account(101), bytes(20)]),
        st.sampled_from([10**3, 10**5, 10**8]),
    )
    def check(values, value, sender, gas):
        data = encode_call(method.signature, *values)
        supply = chain.supply
        before = chain.minted - chain.burnt
        try:
            output = chain.transact(sender, address, data, value, gas)
        except (Revert, OutOfGas, WriteProtection):
            assert chain.supply == supply
        else:
            decode(method.outputs, output)
            assert chain.supply == supply + (chain.minted - chain.burnt) - before

    check()


@pytest.mark.parametrize(
    ("address", "method"),
    [row for row in METHODS if row[1].spec.is_view],
    ids=[name for name, row in zip(NAMES, METHODS, strict=True) if row[1].spec.is_view],
)
def test_a_view_writes_nothing_even_where_it_could(address, method):
    chain, work = world()
    before = dict(chain.storage), dict(chain.balances), list(chain.logs)
    zero = {
        "bytes32": work.receipt_id,
        "address": key_address(1),
        "bytes4": bytes(4),
        "bytes": b"",
        "string": "pendingMax",
    }
    values = [zero.get(kind.name, 1) for _, kind in method.inputs]
    frame = chain.context(address, caller=CLIENT)
    data = encode_call(method.signature, *values)
    try:
        written = chain.active.at(address).dispatch(frame, data)
    except Revert:
        written = None
    assert (chain.storage, chain.balances, chain.logs) == before
    if written is not None:
        static = chain.context(address, caller=CLIENT, is_static=True)
        assert run_frame(static, data) == written


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(METHODS), st.binary(max_size=400), st.booleans())
def test_arbitrary_calldata_gives_a_result_or_a_contract_error(row, data, keeps_selector):
    address, method = row
    chain = CHAIN[0]
    try:
        chain.transact(CLIENT, address, method.selector + data if keeps_selector else data)
    except (Revert, OutOfGas, WriteProtection):
        return


CHAIN = [compute_chain()]
