import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primitives.block import Log
from primitives.errors import InvariantError
from primitives.keccak import EMPTY_KECCAK, EMPTY_TRIE_ROOT, keccak256
from state.account import Account
from state.changes import AccountBasics, AccountChange
from state.ledger import Ledger

A, B, C = (bytes([n]) * 20 for n in (0xA, 0xB, 0xC))
CODE = b"\x60\x01"
SOME_ROOT = b"\x07" * 32


class DictView:
    def __init__(self, accounts=None, slots=None, codes=None):
        self.accounts = accounts or {}
        self.slots = slots or {}
        self.codes = codes or {}

    def account(self, address):
        return self.accounts.get(address)

    def storage(self, address, slot):
        return self.slots.get((address, slot), 0)

    def code(self, code_hash):
        return self.codes[code_hash]


def view_of_a():
    return DictView(
        {A: Account(nonce=1, balance=100, storage_root=SOME_ROOT, code_hash=keccak256(CODE))},
        {(A, 1): 11, (A, 2): 22},
        {keccak256(CODE): CODE},
    )


def log(data):
    return Log(address=A, topics=(), data=data)


def test_an_untouched_ledger_reads_the_view_and_has_no_changes():
    ledger = Ledger(view_of_a())
    assert (ledger.nonce(A), ledger.balance(A), ledger.code(A)) == (1, 100, CODE)
    assert (ledger.storage(A, 1), ledger.storage(A, 3)) == (11, 0)
    assert not ledger.account_exists(B)
    assert ledger.is_empty(B)
    assert ledger.code(B) == b""
    assert ledger.code_hash(B) == EMPTY_KECCAK
    assert ledger.changes().accounts == {}


def test_changes_hold_only_what_differs_from_the_view():
    ledger = Ledger(view_of_a())
    ledger.set_storage(A, 1, 5)
    ledger.set_storage(A, 1, 11)
    ledger.set_storage(A, 2, 0)
    ledger.set_storage(A, 3, 33)
    ledger.add_balance(B, 7)
    ledger.set_balance(A, 1)
    ledger.set_balance(A, 100)
    changes = ledger.changes()
    assert changes.accounts == {
        A: AccountChange(
            basics=AccountBasics(nonce=1, balance=100, code_hash=keccak256(CODE)),
            slots={2: 0, 3: 33},
        ),
        B: AccountChange(basics=AccountBasics(balance=7)),
    }
    assert changes.codes == {}


def test_new_code_travels_with_the_changes_and_unused_code_does_not():
    ledger = Ledger(view_of_a())
    ledger.set_code(B, b"\x01")
    ledger.set_code(B, b"\x02\x03")
    assert ledger.changes().codes == {keccak256(b"\x02\x03"): b"\x02\x03"}
    assert ledger.code(B) == b"\x02\x03"


def test_the_original_value_is_that_at_the_start_of_the_transaction():
    ledger = Ledger(view_of_a())
    ledger.begin_transaction()
    ledger.set_storage(A, 1, 5)
    ledger.set_storage(A, 1, 6)
    assert (ledger.storage(A, 1), ledger.original_storage(A, 1)) == (6, 11)
    assert ledger.original_storage(A, 2) == 22
    ledger.finish_transaction()
    ledger.begin_transaction()
    assert ledger.original_storage(A, 1) == 6


def test_the_original_value_survives_a_revert():
    ledger = Ledger(view_of_a())
    ledger.begin_transaction()
    mark = ledger.checkpoint()
    ledger.set_storage(A, 1, 5)
    ledger.revert_to(mark)
    ledger.set_storage(A, 1, 9)
    assert ledger.original_storage(A, 1) == 11


def test_the_original_value_returns_when_a_wipe_is_undone():
    ledger = Ledger(view_of_a())
    ledger.begin_transaction()
    mark = ledger.checkpoint()
    ledger.clear_storage(A)
    ledger.set_storage(A, 1, 5)
    ledger.revert_to(mark)
    ledger.set_storage(A, 1, 9)
    assert ledger.original_storage(A, 1) == 11


def test_a_touched_empty_account_is_deleted_and_an_untouched_one_stays():
    view = DictView({A: Account(), B: Account()})
    ledger = Ledger(view)
    ledger.begin_transaction()
    ledger.add_balance(A, 0)
    assert ledger.balance(B) == 0
    ledger.finish_transaction()
    assert not ledger.account_exists(A)
    assert ledger.account_exists(B)
    assert ledger.changes().accounts == {A: AccountChange(basics=None)}


def test_a_reverted_touch_deletes_nothing():
    ledger = Ledger(DictView({A: Account()}))
    ledger.begin_transaction()
    mark = ledger.checkpoint()
    ledger.touch(A)
    ledger.revert_to(mark)
    ledger.finish_transaction()
    assert ledger.account_exists(A)


def test_self_destruct_deletes_only_what_the_transaction_created():
    ledger = Ledger(view_of_a())
    ledger.begin_transaction()
    ledger.mark_created(B)
    ledger.set_nonce(B, 1)
    ledger.set_code(B, CODE)
    ledger.set_storage(B, 1, 1)
    for address in (A, B):
        ledger.mark_self_destruct(address)
        assert ledger.is_self_destructed(address)
    assert ledger.account_exists(B)
    ledger.finish_transaction()
    assert not ledger.account_exists(B)
    assert ledger.storage(B, 1) == 0
    assert ledger.code(A) == CODE
    assert ledger.changes().accounts == {}


def test_a_created_mark_does_not_outlive_its_transaction():
    ledger = Ledger(view_of_a())
    ledger.begin_transaction()
    ledger.mark_created(A)
    assert ledger.is_created(A)
    ledger.finish_transaction()
    ledger.begin_transaction()
    ledger.mark_self_destruct(A)
    ledger.finish_transaction()
    assert ledger.account_exists(A)


def test_cleared_storage_reads_zero_and_is_reported_as_a_wipe():
    ledger = Ledger(view_of_a())
    assert ledger.has_storage(A)
    mark = ledger.checkpoint()
    ledger.clear_storage(A)
    assert not ledger.has_storage(A)
    assert ledger.storage(A, 1) == 0
    ledger.set_storage(A, 2, 5)
    change = ledger.changes().accounts[A]
    assert change.is_storage_wiped
    assert change.slots == {2: 5}
    ledger.revert_to(mark)
    assert (ledger.storage(A, 1), ledger.storage(A, 2)) == (11, 22)
    assert ledger.has_storage(A)
    assert ledger.changes().accounts == {}


def test_storage_of_an_absent_account_is_our_bug():
    ledger = Ledger(DictView())
    ledger.set_storage(B, 1, 1)
    with pytest.raises(InvariantError):
        ledger.changes()


def test_an_overdraft_is_our_bug():
    ledger = Ledger(view_of_a())
    with pytest.raises(InvariantError):
        ledger.subtract_balance(A, 101)
    with pytest.raises(InvariantError):
        ledger.add_balance(A, 2**256)
    assert ledger.balance(A) == 100


def test_scratch_lives_for_one_transaction_and_logs_until_the_next_begins():
    ledger = Ledger(view_of_a())
    ledger.begin_transaction()
    assert not ledger.warm_address(A)
    assert ledger.warm_address(A)
    assert not ledger.warm_slot(A, 1)
    assert ledger.is_warm_slot(A, 1)
    ledger.set_transient_storage(A, 1, 9)
    ledger.add_refund(4800)
    ledger.add_log(log(b"x"))
    ledger.finish_transaction()
    assert ledger.logs == (log(b"x"),)
    assert not ledger.is_warm_address(A)
    assert not ledger.is_warm_slot(A, 1)
    assert ledger.transient_storage(A, 1) == 0
    assert ledger.refund == 0
    ledger.begin_transaction()
    assert ledger.logs == ()


def test_a_whole_finished_transaction_can_be_undone():
    ledger = Ledger(view_of_a())
    ledger.begin_transaction()
    ledger.add_balance(C, 5)
    ledger.finish_transaction()
    mark = ledger.checkpoint()
    ledger.begin_transaction()
    ledger.set_balance(C, 0)
    ledger.set_balance(A, 1)
    ledger.add_log(log(b"x"))
    ledger.finish_transaction()
    assert not ledger.account_exists(C)
    ledger.revert_to(mark)
    ledger.begin_transaction()
    assert ledger.logs == ()
    assert (ledger.balance(C), ledger.balance(A)) == (5, 100)


def test_a_checkpoint_from_the_future_is_our_bug():
    ledger = Ledger(view_of_a())
    with pytest.raises(InvariantError):
        ledger.revert_to(1)
    with pytest.raises(InvariantError):
        ledger.commit(1)


NAMES = ["balance", "nonce", "code", "slot", "clear", "transient", "address", "warm", "touch"]
NAMES += ["created", "destroyed", "log", "refund", "mark", "mark", "revert", "commit"]

OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from([A, B, C]),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=60,
)


def observe(ledger):
    """Everything that a transaction can see."""
    return {
        address: (
            ledger.account_exists(address),
            ledger.balance(address),
            ledger.nonce(address),
            ledger.code(address),
            ledger.is_created(address),
            ledger.is_self_destructed(address),
            ledger.is_warm_address(address),
            ledger.has_storage(address),
            [ledger.storage(address, slot) for slot in range(4)],
            [ledger.original_storage(address, slot) for slot in range(4)],
            [ledger.transient_storage(address, slot) for slot in range(4)],
            [ledger.is_warm_slot(address, slot) for slot in range(4)],
            list(ledger.logs),
            ledger.refund,
        )
        for address in (A, B, C)
    }


def perform(ledger, name, address, first, second):
    match name:
        case "balance":
            ledger.set_balance(address, first)
        case "nonce":
            ledger.set_nonce(address, first)
        case "code":
            ledger.set_code(address, bytes([first]) * second)
        case "slot":
            ledger.set_storage(address, first, second)
        case "clear":
            ledger.clear_storage(address)
        case "transient":
            ledger.set_transient_storage(address, first, second)
        case "address":
            ledger.warm_address(address)
        case "warm":
            ledger.warm_slot(address, first)
        case "touch":
            ledger.touch(address)
        case "created":
            ledger.mark_created(address)
        case "destroyed":
            ledger.mark_self_destruct(address)
        case "log":
            ledger.add_log(log(bytes([first])))
        case "refund":
            ledger.add_refund(first - second)


@settings(max_examples=200, deadline=None)
@given(OPERATIONS)
def test_checkpoints_behave_like_deep_copies(operations):
    ledger = Ledger(view_of_a())
    ledger.begin_transaction()
    marks, copies = [], []
    for name, address, first, second in operations:
        if name == "mark":
            marks.append(ledger.checkpoint())
            copies.append(copy.deepcopy(observe(ledger)))
        elif name == "revert" and marks:
            ledger.revert_to(marks.pop())
            assert observe(ledger) == copies.pop()
        elif name == "commit" and marks:
            before = observe(ledger)
            ledger.commit(marks.pop())
            copies.pop()
            assert observe(ledger) == before
        else:
            perform(ledger, name, address, first, second)
    if marks:
        ledger.revert_to(marks[0])
        assert observe(ledger) == copies[0]
    ledger.finish_transaction()
    for address in (A, B, C):
        assert not (ledger.is_empty(address) and ledger.account_exists(address))


def test_empty_storage_root_means_no_storage():
    ledger = Ledger(DictView({A: Account(nonce=1, storage_root=EMPTY_TRIE_ROOT)}))
    assert not ledger.has_storage(A)
    ledger.set_storage(A, 1, 1)
    assert ledger.has_storage(A)
