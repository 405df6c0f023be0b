"""The pool orders by tip and nonce, replaces at a price, and stays within its bounds."""

import pytest

from node import mempool as mempool_module
from node.mempool import (
    AlreadyKnownError,
    Mempool,
    PoolFullError,
    QuarantinedError,
    ReplacementUnderpricedError,
    SenderState,
)
from primitives.genesis import Parameters
from primitives.transaction import DYNAMIC_FEE, Transaction, sign_transaction
from state.validity import (
    InsufficientFundsError,
    IntrinsicGasError,
    NonceTooLowError,
    WrongChainError,
)

RICH = SenderState(nonce=0, balance=10**20, code=b"")
GWEI = 10**9


def transfer(key=1, nonce=0, tip=1, cap=None, chain_id=7, gas=21_000, value=1):
    cap = 10 * GWEI + tip if cap is None else cap
    unsigned = Transaction(
        kind=DYNAMIC_FEE, chain_id=chain_id, nonce=nonce, max_priority_fee_per_gas=tip,
        max_fee_per_gas=cap, gas_limit=gas, to=bytes(20), value=value, data=b"",
    )  # fmt: skip
    return sign_transaction(unsigned, key.to_bytes(32, "big"))


@pytest.fixture
def pool():
    return Mempool(7, Parameters())


def picked(pool, nonces=None):
    nonces = nonces or {}
    return list(pool.select(GWEI, lambda sender: nonces.get(sender, 0)))


def test_selection_follows_tips_but_never_breaks_nonce_order(pool):
    cheap_first = [transfer(1, 0, tip=1), transfer(1, 1, tip=9)]
    other = transfer(2, 0, tip=5)
    for transaction in [cheap_first[1], other, cheap_first[0]]:
        pool.add(transaction, RICH)
    assert picked(pool) == [other, cheap_first[0], cheap_first[1]]


def test_selection_stops_at_a_nonce_gap(pool):
    pool.add(transfer(nonce=0), RICH)
    pool.add(transfer(nonce=2), RICH)
    assert [t.nonce for t in picked(pool)] == [0]
    assert pool.pending_nonce(transfer().sender, 0) == 1


def test_selection_starts_at_the_nonce_of_the_state_built_on(pool):
    for nonce in range(3):
        pool.add(transfer(nonce=nonce), RICH)
    assert [t.nonce for t in picked(pool, {transfer().sender: 2})] == [2]


def test_selection_leaves_out_caps_below_the_base_fee(pool):
    pool.add(transfer(tip=0, cap=GWEI - 1), RICH)
    assert picked(pool) == []


def test_skipped_sender_offers_nothing_more(pool):
    for nonce in range(3):
        pool.add(transfer(nonce=nonce), RICH)
    selection = pool.select(GWEI, lambda _: 0)
    next(selection)
    selection.skip_sender()
    assert list(selection) == []


def test_replacement_needs_a_tenth_more_of_both_fees(pool):
    pool.add(transfer(tip=100, cap=1000 * GWEI), RICH)
    with pytest.raises(ReplacementUnderpricedError):
        pool.add(transfer(tip=109, cap=1100 * GWEI), RICH)
    with pytest.raises(ReplacementUnderpricedError):
        pool.add(transfer(tip=110, cap=1099 * GWEI), RICH)
    better = transfer(tip=110, cap=1100 * GWEI)
    pool.add(better, RICH)
    assert picked(pool) == [better]
    assert len(pool) == 1


@pytest.mark.parametrize(
    ("bad", "account", "error"),
    [
        (transfer(chain_id=8), RICH, WrongChainError),
        (transfer(gas=20_999), RICH, IntrinsicGasError),
        (transfer(nonce=0), SenderState(1, 10**20, b""), NonceTooLowError),
        (transfer(), SenderState(0, 10**9, b""), InsufficientFundsError),
        (transfer(nonce=5000), RICH, PoolFullError),
    ],
)
def test_bad_transactions_are_refused_with_their_own_error(pool, bad, account, error):
    with pytest.raises(error):
        pool.add(bad, account)
    assert len(pool) == 0


def test_known_transaction_is_refused(pool):
    pool.add(transfer(), RICH)
    with pytest.raises(AlreadyKnownError):
        pool.add(transfer(), RICH)


def test_full_pool_evicts_the_cheapest_for_a_dearer_one_only(pool, monkeypatch):
    monkeypatch.setattr(mempool_module, "TRANSACTIONS_MAX", 3)
    for key in (1, 2, 3):
        pool.add(transfer(key, cap=key * 10 * GWEI), RICH)
    with pytest.raises(PoolFullError):
        pool.add(transfer(4, cap=10 * GWEI), RICH)
    pool.add(transfer(4, cap=15 * GWEI), RICH)
    assert len(pool) == 3
    assert transfer(1, cap=10 * GWEI).hash not in pool


def test_inclusion_removes_it_and_whatever_it_made_impossible(pool):
    pool.add(transfer(nonce=0, tip=1), RICH)
    pool.add(transfer(nonce=1), RICH)
    rival = transfer(nonce=0, tip=77, value=2)
    pool.remove_included((rival,))
    assert [t.nonce for t in pool.transactions()] == [1]


def test_quarantined_transaction_does_not_come_back(pool):
    pool.add(transfer(), RICH)
    pool.quarantine(transfer())
    assert len(pool) == 0
    with pytest.raises(QuarantinedError):
        pool.add(transfer(), RICH)


def test_all_that_waits_is_covered_by_the_balance(pool):
    """Otherwise one balance could shut everybody out with transactions that never become due."""
    one = transfer(nonce=0)
    cost = 21_000 * one.max_fee_per_gas + 1
    account = SenderState(nonce=0, balance=2 * cost, code=b"")
    pool.add(one, account)
    pool.add(transfer(nonce=7), account)
    with pytest.raises(InsufficientFundsError):
        pool.add(transfer(nonce=9), account)
    pool.drop(one)
    pool.add(transfer(nonce=9), account)
    assert len(pool) == 2


def test_replacement_is_charged_in_place_of_what_it_replaces(pool):
    old, new = transfer(tip=100, cap=1000 * GWEI), transfer(tip=110, cap=1100 * GWEI)
    account = SenderState(nonce=0, balance=21_000 * new.max_fee_per_gas + 1, code=b"")
    pool.add(old, account)
    pool.add(new, account)
    assert picked(pool) == [new]
