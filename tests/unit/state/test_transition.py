"""A block from its parent to its roots: what is checked, what hooks write, what fits."""

from dataclasses import replace

import pytest

from contracts.runtime import Registry
from primitives.block import EMPTY_REQUESTS_HASH, Block
from primitives.errors import InvalidBlockError, InvalidTransactionError
from primitives.genesis import Parameters
from primitives.keccak import keccak256
from primitives.transaction import sign_transaction
from primitives.types import ZERO_HASH
from primitives.vote import VoteKind
from state.account import Account
from state.genesis_block import BEACON_ROOTS_CODE, HISTORY_CODE
from state.transition import (
    BEACON_ROOTS_ADDRESS,
    BEACON_ROOTS_RING,
    HISTORY_ADDRESS,
    HISTORY_RING,
    BlockGasError,
    BlockTransition,
    ParentBlock,
    Runtime,
    WrongRootError,
    block_context,
    build_header,
    check_state_root,
    evm_gas_max,
    process_block,
)
from tests.unit.node import consensus_samples as samples
from tests.unit.state import native_script as w
from tests.unit.state.test_bypass import authorization

PARAMETERS = Parameters(block_gas_max=3_000_000, transaction_gas_max=2_000_000)
PARENT = ParentBlock(
    header=replace(samples.GENESIS, height=41, gas_limit=3_000_000, base_fee_per_gas=8),
    time_ms=1_999,
)
SEAL = samples.block(PARENT.header, time_ms=2_000).seal
STATE_ROOT = b"\x0c" * 32


def runtime(**parameters):
    return Runtime(
        chain_id=w.CHAIN_ID,
        parameters=replace(PARAMETERS, **parameters),
        registry=Registry((w.Script, w.OtherScript)),
        engine=w.ENGINE,
        genesis_hash=ZERO_HASH,
    )


def view():
    found = w.WorldView()
    for address, code in (
        (BEACON_ROOTS_ADDRESS, BEACON_ROOTS_CODE),
        (HISTORY_ADDRESS, HISTORY_CODE),
    ):
        found.codes[keccak256(code)] = code
        found.accounts[address] = Account(nonce=1, code_hash=keccak256(code))
    return found


TRANSACTIONS = (
    w.signed(w.HOLDER, value=5),
    w.signed(w.NATIVE, w.script(("sstore", 1, 2)), nonce=1),
)


def build(transactions=TRANSACTIONS, **parameters):
    """Return a block that we make, and its outcome."""
    transition = BlockTransition(runtime(**parameters), view(), PARENT, SEAL)
    transition.begin()
    for transaction in transactions:
        transition.apply(transaction)
    outcome = transition.finish()
    header = build_header(transition, transactions, outcome, STATE_ROOT)
    return Block(header=header, transactions=transactions, seal=SEAL), outcome


def test_a_block_that_we_made_passes_our_own_check():
    block, outcome = build()
    checked = process_block(runtime(), view(), PARENT, block)
    assert checked == outcome
    check_state_root(block.header, STATE_ROOT)
    with pytest.raises(WrongRootError):
        check_state_root(block.header, bytes(32))
    assert [r.succeeded for r in outcome.receipts] == [True, True]
    assert outcome.receipts[1].cumulative_gas_used == outcome.gas_used
    assert block.header.requests_hash == EMPTY_REQUESTS_HASH


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("parent_hash", bytes(32)),
        ("ommers_hash", bytes(32)),
        ("coinbase", b"\x01" * 20),
        ("transactions_root", bytes(32)),
        ("receipts_root", bytes(32)),
        ("logs_bloom", b"\x01" * 256),
        ("difficulty", 1),
        ("height", 43),
        ("gas_limit", 3_000_001),
        ("gas_used", 1),
        ("timestamp", 3),
        ("extra_data", b"x"),
        ("mix_hash", bytes(32)),
        ("nonce", b"\x01" * 8),
        ("base_fee_per_gas", 9),
        ("withdrawals_root", bytes(32)),
        ("blob_gas_used", 1),
        ("excess_blob_gas", 1),
        ("parent_beacon_block_root", bytes(32)),
        ("requests_hash", bytes(32)),
    ],
)
def test_every_header_field_is_checked(field, value):
    block, _ = build()
    assert getattr(block.header, field) != value
    with pytest.raises(InvalidBlockError, match=field):
        process_block(
            runtime(),
            view(),
            PARENT,
            replace(block, header=replace(block.header, **{field: value})),
        )


def test_time_runs_forward_by_milliseconds():
    late = replace(PARENT, time_ms=SEAL.time_ms)
    block, _ = build()
    with pytest.raises(InvalidBlockError, match="not after"):
        process_block(runtime(), view(), late, block)


def test_a_block_with_an_impossible_transaction_is_invalid():
    block, _ = build()
    poor = w.signed(w.HOLDER, nonce=9)
    rest = build(TRANSACTIONS)[0]
    header = replace(
        rest.header, transactions_root=samples.block(transactions=(poor,)).header.transactions_root
    )
    with pytest.raises(InvalidBlockError, match="nonce too high"):
        process_block(
            runtime(), view(), PARENT, replace(block, header=header, transactions=(poor,))
        )


def test_a_refused_transaction_leaves_nothing_behind():
    transition = BlockTransition(runtime(), view(), PARENT, SEAL)
    transition.begin()
    before = transition.ledger.changes()
    with pytest.raises(InvalidTransactionError):
        transition.apply(w.signed(w.HOLDER, nonce=9))
    assert transition.ledger.changes() == before
    assert transition.receipts == []


def test_begin_hooks_write_the_rings_of_eip_4788_and_2935():
    _, outcome = build(())
    roots = outcome.changes.accounts[BEACON_ROOTS_ADDRESS].slots
    history = outcome.changes.accounts[HISTORY_ADDRESS].slots
    second = SEAL.time_ms // 1000
    assert roots == {
        second % BEACON_ROOTS_RING: second,
        second % BEACON_ROOTS_RING + BEACON_ROOTS_RING: int.from_bytes(SEAL.hash, "big"),
    }
    assert history == {41 % HISTORY_RING: int.from_bytes(PARENT.header.hash, "big")}


def ask(address, data):
    """Call a contract in a block whose hooks have run; return its output."""
    transition = BlockTransition(runtime(evm_gas_share_percent=100), view(), PARENT, SEAL)
    transition.begin()
    return transition.apply(w.signed(address, data)).output


def test_the_predeploys_answer_what_the_hooks_wrote():
    assert ask(HISTORY_ADDRESS, w.word(41)) == PARENT.header.hash
    assert ask(BEACON_ROOTS_ADDRESS, w.word(SEAL.time_ms // 1000)) == SEAL.hash


def test_transactions_fill_a_block_to_its_gas_limit():
    transition = BlockTransition(runtime(), view(), PARENT, SEAL)
    transition.begin()
    transition.apply(w.signed(w.NATIVE, w.script(("use_gas", 1_500_000)), gas=2_000_000))
    with pytest.raises(BlockGasError):
        transition.apply(w.signed(w.HOLDER, gas=1_500_000, nonce=1))
    transition.apply(w.signed(w.HOLDER, gas=1_100_000, nonce=1))


@pytest.mark.parametrize(
    ("transaction", "is_bytecode"),
    [
        (w.signed(w.HOLDER, gas=1_500_000), False),
        (w.signed(w.NATIVE, gas=1_500_000), False),
        (w.signed(w.CALLER, gas=1_500_000), True),
        (w.signed(None, gas=1_500_000), True),
        (w.signed((2).to_bytes(20, "big"), gas=1_500_000), True),
        (w.signed(w.DELEGATED, gas=1_500_000), True),
        (
            w.signed(w.AUTHORITY, gas=1_500_000, authorizations=(authorization(w.CALLER),)),
            True,
        ),
    ],
    ids=["transfer", "native", "contract", "creation", "precompile", "delegated", "delegates"],
)
def test_only_bytecode_counts_against_its_share(transaction, is_bytecode):
    assert evm_gas_max(PARAMETERS) < 1_500_000
    transition = BlockTransition(runtime(), view(), PARENT, SEAL)
    transition.begin()
    if is_bytecode:
        with pytest.raises(BlockGasError):
            transition.apply(transaction)
    else:
        transition.apply(transaction)
        assert transition.evm_gas_used == 0


def test_bytecode_that_ran_leaves_less_of_its_share():
    transition = BlockTransition(runtime(), view(), PARENT, SEAL)
    transition.begin()
    gas = evm_gas_max(PARAMETERS)
    used = transition.apply(w.signed(w.CALLER, gas=gas)).gas_used
    assert transition.evm_gas_used == used
    with pytest.raises(BlockGasError):
        transition.apply(w.signed(w.CALLER, gas=gas - used + 1, nonce=1))
    transition.apply(w.signed(w.CALLER, gas=gas - used, nonce=1))


@pytest.mark.parametrize(
    "change",
    [
        {"chain_id": 8},
        {"gas_limit": 20_999},
        {"gas_limit": 2_000_001},
        {"max_priority_fee_per_gas": 101},
        {"max_fee_per_gas": 6, "max_priority_fee_per_gas": 1},
        {"nonce": 1},
        {"value": w.WEI},
    ],
)
def test_a_transaction_against_the_rules_is_refused(change):
    transition = BlockTransition(runtime(), view(), PARENT, SEAL)
    transition.begin()
    with pytest.raises(InvalidTransactionError):
        transition.apply(sign_transaction(replace(w.signed(w.HOLDER), **change), w.SECRET))


def test_a_sender_with_code_sends_only_by_delegation():
    """EIP-3607 and EIP-7702."""
    for code, is_allowed in ((b"\x60", False), (b"\xef\x01\x00" + w.NATIVE, True)):
        world = view()
        world.codes[keccak256(code)] = code
        world.accounts[w.SENDER] = replace(world.accounts[w.SENDER], code_hash=keccak256(code))
        transition = BlockTransition(runtime(), world, PARENT, SEAL)
        transition.begin()
        if is_allowed:
            assert transition.apply(w.signed(w.HOLDER)).succeeded
        else:
            with pytest.raises(InvalidTransactionError):
                transition.apply(w.signed(w.HOLDER))


def test_the_base_fee_is_burnt_and_the_tip_is_paid():
    _, outcome = build((w.signed(w.HOLDER, value=5),))
    accounts = outcome.changes.accounts
    coinbase = BlockTransition(runtime(), view(), PARENT, SEAL).block.coinbase
    base_fee = BlockTransition(runtime(), view(), PARENT, SEAL).block.base_fee
    assert accounts[coinbase].basics.balance == 2 * 21_000
    assert accounts[w.SENDER].basics.balance == w.WEI - 5 - (base_fee + 2) * 21_000


def test_a_failed_creation_has_no_contract_address():
    failing = w.signed(None, b"\xfe", gas=100_000)
    working = w.signed(None, b"", gas=100_000, nonce=1)
    _, outcome = build((failing, working))
    assert [r.contract_address is None for r in outcome.receipts] == [True, False]


def test_contracts_see_who_signed_the_parent_and_who_voted_late():
    of = samples.statement(VoteKind.NOTARIZE, 3, 41)
    nullify = samples.vote(samples.statement(VoteKind.NULLIFY, 2, 0, bytes(32)))
    late = samples.vote(samples.statement(VoteKind.FINALIZE, 2, 40), samples.SECRETS[3])
    seal = replace(SEAL, parent_certificate=samples.certificate(of), late_votes=(nullify, late))
    context = block_context(runtime(block_time_ms=700), view(), PARENT, seal)
    assert context.signers == samples.certificate(of).signers == 0b111
    assert context.late_voters == ((samples.SET.validators[3].address, 40),)
    assert context.block_time_ms == 700


def test_the_signers_of_another_epochs_set_and_of_genesis_are_nobody():
    of = samples.statement(VoteKind.NOTARIZE, 3, 41, epoch=SEAL.epoch + 1)
    for certificate in (None, samples.certificate(of)):
        seal = replace(SEAL, parent_certificate=certificate)
        assert block_context(runtime(), view(), PARENT, seal).signers == 0
