"""Plain transfers and direct native calls give exactly what the EVM would have given."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.threads import deep_executor
from primitives import rlp
from primitives.keccak import keccak256
from primitives.keys import sign
from primitives.transaction import Authorization
from state.execution import Execution
from state.gas import floor_gas
from state.ledger import Ledger
from state.process import process_transaction
from tests.unit.state import native_script as w


def authorization(address, nonce=0, chain_id=w.CHAIN_ID, secret=w.AUTHORITY_SECRET):
    digest = keccak256(b"\x05" + rlp.encode([chain_id, address, nonce]))
    signature = sign(secret, digest)
    return Authorization(
        chain_id=chain_id,
        address=address,
        nonce=nonce,
        y_parity=signature.y_parity,
        r=signature.r,
        s=signature.s,
    )


TARGETS = (w.EMPTY, w.HOLDER, w.SENDER, w.COINBASE, w.AUTHORITY, w.NATIVE, w.OTHER_NATIVE)


@pytest.mark.parametrize("value", [0, 1, 10**18])
@pytest.mark.parametrize("to", [w.EMPTY, w.HOLDER, w.SENDER, w.COINBASE])
def test_a_plain_transfer_is_what_the_evm_makes_of_it(to, value):
    done, _ = w.run_both(w.signed(to, value=value))
    assert done.succeeded
    assert done.gas_used == 21_000
    assert not done.has_entered_evm


def test_a_transfer_with_data_pays_the_floor():
    transaction = w.signed(w.HOLDER, data=b"\x01" * 1_000, value=1)
    done, _ = w.run_both(transaction)
    assert done.gas_used == floor_gas(transaction) == 21_000 + 40 * 1_000


def test_a_transfer_with_an_access_list_pays_for_it():
    access_list = ((w.HOLDER, (1, 2)), (w.NATIVE, (3,)))
    done, _ = w.run_both(w.signed(w.HOLDER, access_list=access_list))
    assert done.gas_used == 21_000 + 2 * 2_400 + 3 * 1_900


def test_a_transfer_of_nothing_to_nobody_leaves_no_account():
    _, changes = w.run_both(w.signed(w.EMPTY))
    assert w.EMPTY not in changes.accounts


def test_a_native_call_sees_its_caller_and_value():
    done, _ = w.run_both(w.signed(w.NATIVE, w.script(("facts",)), value=5))
    assert done.output == w.NATIVE + w.SENDER + w.SENDER + w.word(5) + b"\x00"
    assert not done.has_entered_evm


def test_a_reverted_native_call_keeps_its_gas_and_undoes_everything():
    data = w.script(("sstore", 1, 5), ("emit", bytes(32), b"x"), ("revert", "no"))
    done, changes = w.run_both(w.signed(w.NATIVE, data, value=5))
    assert not done.succeeded
    assert done.gas_used < w.GAS
    assert done.logs == ()
    assert set(changes.accounts) == {w.SENDER, w.COINBASE}


def test_a_native_call_out_of_gas_takes_all_of_it():
    done, _ = w.run_both(w.signed(w.NATIVE, w.script(("out_of_gas",)), value=5))
    assert not done.succeeded
    assert done.gas_used == w.GAS


def test_refunds_are_capped_at_a_fifth():
    data = w.script(("sstore", 1, 0), ("sstore", 2, 0))
    done, _ = w.run_both(w.signed(w.NATIVE, data))
    without, _ = w.run_both(w.signed(w.NATIVE, w.script(("sstore", 1, 3), ("sstore", 2, 3))))
    assert done.succeeded
    difference = len(data) - len(w.script(("sstore", 1, 3), ("sstore", 2, 3)))
    assert difference == 0
    # Zero bytes cost 12 gas less; the refund would be 9,600 and the cap is a fifth of the gas.
    used = without.gas_used - 2 * 12
    assert done.gas_used == max(used - min(9_600, used // 5), 21_000)


def test_an_access_list_warms_a_native_contract_and_its_slots():
    data = w.script(("sload", 1))
    cold, _ = w.run_both(w.signed(w.NATIVE, data))
    warm, _ = w.run_both(w.signed(w.NATIVE, data, access_list=((w.NATIVE, (1,)),)))
    assert warm.gas_used - cold.gas_used == 2_400 + 1_900 - 2_000


def test_a_native_contract_is_cold_for_bytecode():
    cold, _ = w.run_both(w.signed(w.CALLER, w.script(("gas",))))
    warm, _ = w.run_both(w.signed(w.CALLER, w.script(("gas",)), access_list=((w.NATIVE, ()),)))
    assert cold.gas_used - warm.gas_used == 2_500 - 2_400


def test_bytecode_calls_a_native_contract_with_value():
    done, changes = w.run_both(w.signed(w.CALLER, w.script(("facts",)), value=5))
    assert done.output == w.NATIVE + w.CALLER + w.SENDER + w.word(5) + b"\x00"
    assert changes.accounts[w.NATIVE].basics.balance == 1_005
    assert done.has_entered_evm


def test_bytecode_static_calls_a_native_contract():
    done, _ = w.run_both(w.signed(w.STATIC_CALLER, w.script(("facts",))))
    assert done.output == w.NATIVE + w.STATIC_CALLER + w.SENDER + w.word(0) + b"\x01"


@pytest.mark.parametrize(
    "operation",
    [
        ("sstore", 1, 5),
        ("tstore", 1, 5),
        ("emit", bytes(32), b""),
        ("transfer", w.HOLDER, 1),
        ("mint", 1),
        ("burn", 1),
        ("call", w.HOLDER, 1, b"", None),
    ],
)
def test_a_native_contract_writes_nothing_in_a_static_frame(operation):
    done, changes = w.run_both(w.signed(w.STATIC_CALLER, w.script(operation)))
    assert not done.succeeded
    assert set(changes.accounts) == {w.SENDER, w.COINBASE}


@pytest.mark.parametrize("to", [w.DELEGATE_CALLER, w.CALLCODE_CALLER, w.DELEGATED])
def test_native_code_run_as_bytecode_halts(to):
    done, changes = w.run_both(w.signed(to, w.script(("sstore", 1, 5))))
    assert not done.succeeded
    assert set(changes.accounts) == {w.SENDER, w.COINBASE}


def test_a_delegation_to_a_native_contract_halts_in_its_own_transaction_too():
    transaction = w.signed(
        w.AUTHORITY, w.script(("facts",)), authorizations=(authorization(w.NATIVE),)
    )
    done, changes = w.run_both(transaction)
    assert not done.succeeded
    # The delegation and its refund are not undone with the frame (EIP-7702).
    assert done.gas_used == w.GAS - 12_500
    assert changes.accounts[w.AUTHORITY].basics.nonce == 1


def test_a_delegation_to_a_precompile_runs_nothing():
    identity = (4).to_bytes(20, "big")
    transaction = w.signed(w.AUTHORITY, b"abc", authorizations=(authorization(identity),))
    done, _ = w.run_both(transaction)
    assert done.succeeded
    assert done.output == b""


def test_a_call_warms_whom_its_recipient_delegates_to():
    """EIP-7702: the target of the transaction's own delegation is no cold account."""
    done, _ = w.run_both(w.signed(w.AUTHORITY, authorizations=(authorization(w.PROBE),)))
    assert done.succeeded
    gas = 21_000 + 25_000 + 3 + 100 + 2
    assert done.gas_used == gas - min(12_500, gas // 5)


def test_a_call_of_nothing_removes_an_empty_account():
    """EIP-161."""
    _, changes = w.run_both(w.signed(w.DEAD))
    assert changes.accounts[w.DEAD].basics is None


@pytest.mark.parametrize("to", TARGETS)
def test_authorizations_ride_on_a_bypassed_call(to):
    authorizations = (
        authorization(w.CALLER),
        authorization(w.CALLER, nonce=5),
        authorization(w.CALLER, chain_id=3),
        authorization(bytes(20), nonce=1, chain_id=0),
    )
    done, changes = w.run_both(w.signed(to, value=3, authorizations=authorizations))
    assert done.succeeded
    assert changes.accounts[w.AUTHORITY].basics.nonce == 2
    assert changes.codes == {}


@pytest.mark.parametrize(
    "wrong",
    [
        authorization(w.CALLER, nonce=1),
        authorization(w.CALLER, chain_id=3),
        authorization(w.CALLER, nonce=2**64 - 1),
        replace(authorization(w.CALLER), y_parity=27),
        replace(authorization(w.CALLER), s=0),
    ],
    ids=["nonce", "chain", "last nonce", "parity", "no signature"],
)
def test_a_wrong_authorization_is_passed_over(wrong):
    """EIP-7702: the tuple is skipped and paid for, the transaction stands."""
    done, changes = w.run_both(w.signed(w.HOLDER, value=3, authorizations=(wrong,)))
    assert done.succeeded
    assert done.gas_used == 21_000 + 25_000
    assert w.AUTHORITY not in changes.accounts


def test_an_account_with_code_of_its_own_is_not_delegated():
    view = w.WorldView()
    code = b"\x5b"
    view.codes[keccak256(code)] = code
    view.accounts[w.AUTHORITY] = replace(view.accounts[w.AUTHORITY], code_hash=keccak256(code))
    ledger = Ledger(view)
    execution = Execution(ledger, w.block_context(), w.REGISTRY, w.ENGINE)
    mine = authorization(w.CALLER)
    process_transaction(execution, w.signed(w.HOLDER, authorizations=(mine,)))
    assert ledger.code(w.AUTHORITY) == code
    assert ledger.nonce(w.AUTHORITY) == 0


def test_a_sender_who_delegates_itself_still_sends():
    mine = authorization(w.CALLER, nonce=1, secret=w.SECRET)
    done, changes = w.run_both(w.signed(w.HOLDER, value=3, authorizations=(mine,)))
    assert done.succeeded
    assert changes.accounts[w.SENDER].basics.nonce == 2
    assert changes.accounts[w.HOLDER].basics.balance == 4


def test_native_calls_bytecode_that_calls_back():
    inner = w.script(("sstore", 7, 7), ("facts",))
    done, changes = w.run_both(
        w.signed(w.NATIVE, w.script(("call", w.CALLER, 3, inner, None)), value=3)
    )
    assert done.succeeded
    assert done.output[0] == 1
    assert done.output[1:101].startswith(w.NATIVE + w.CALLER + w.SENDER + w.word(3))
    assert changes.accounts[w.NATIVE].slots == {7: 7}


def test_a_failed_inner_call_is_undone_and_the_outer_one_stands():
    inner = w.script(("sstore", 7, 7), ("revert", "inner"))
    data = w.script(("sstore", 8, 8), ("call", w.CALLER, 3, inner, None))
    done, changes = w.run_both(w.signed(w.NATIVE, data, value=3))
    assert done.succeeded
    assert done.output[0] == 0
    assert changes.accounts[w.NATIVE].slots == {8: 8}


@pytest.mark.parametrize("through", [w.NATIVE, w.CALLER])
def test_calls_as_deep_as_the_limit_fail_softly(through):
    pool = deep_executor(1, "deep")
    try:
        work = w.signed(w.NATIVE, w.script(("recurse", through)), gas=10**13)
        done, _ = pool.submit(w.run, work).result()
    finally:
        pool.shutdown()
    assert done.succeeded
    # Frames 0 to 1,024; through bytecode every second one is native.
    frames = 1_025 if through == w.NATIVE else 513
    assert int.from_bytes(done.output, "big") == frames


SLOTS = st.integers(0, 3)
PLACES = st.sampled_from([*TARGETS, *w.CONTRACTS, w.DELEGATED, (4).to_bytes(20, "big")])
LEAVES = st.one_of(
    st.tuples(st.just("sload"), SLOTS),
    st.tuples(st.just("sstore"), SLOTS, st.integers(0, 2)),
    st.tuples(st.just("tload"), SLOTS),
    st.tuples(st.just("tstore"), SLOTS, st.integers(0, 2)),
    st.tuples(st.just("balance"), PLACES),
    st.tuples(st.just("transfer"), PLACES, st.integers(0, 1_100)),
    st.tuples(st.just("burn"), st.integers(0, 1_100)),
    st.tuples(st.just("mint"), st.integers(0, 5)),
    st.tuples(st.just("emit"), st.binary(min_size=32, max_size=32), st.binary(max_size=40)),
    st.tuples(st.just("facts")),
    st.tuples(st.just("gas")),
    st.tuples(st.just("use_gas"), st.integers(0, 10_000)),
    st.tuples(st.just("out_of_gas")),
    st.tuples(st.just("revert"), st.text(max_size=4)),
)


def scripts(depth):
    operations = LEAVES
    if depth:
        inner = scripts(depth - 1)
        operations = st.one_of(
            LEAVES,
            st.tuples(
                st.just("call"),
                PLACES,
                st.integers(0, 3),
                inner,
                st.one_of(st.none(), st.integers(0, 100_000)),
            ),
            st.tuples(st.just("static_call"), PLACES, inner),
        )
    return st.lists(operations, max_size=4).map(lambda found: w.script(*found))


@given(
    to=PLACES,
    data=scripts(3),
    value=st.integers(0, 3),
    gas=st.integers(100_000, 600_000),
    access_list=st.lists(st.tuples(PLACES, st.lists(SLOTS, max_size=2).map(tuple)), max_size=2),
    delegates=st.lists(st.tuples(PLACES, st.integers(0, 2)), max_size=2),
)
@settings(max_examples=150, deadline=None)
def test_any_call_is_the_same_with_and_without_the_bypass(
    to, data, value, gas, access_list, delegates
):
    authorizations = tuple(authorization(place, nonce) for place, nonce in delegates)
    w.run_both(w.signed(to, data, value, gas, tuple(access_list), authorizations))
