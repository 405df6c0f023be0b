"""The state tree on a real database against a model and py-trie."""

import random

import plyvel
import pytest
import rlp as reference_rlp
from trie import HexaryTrie

from primitives.errors import InvariantError
from primitives.keccak import EMPTY_TRIE_ROOT, keccak256
from state.account import Account, encode_account
from state.changes import AccountBasics, AccountChange, StateChanges
from state.ledger import Ledger
from state.overlay import PAGES_ROOT_KEY, StateTree
from state.proofs import prove
from state.store import ACCOUNT_PAGES, ACCOUNTS, SLOTS, CorruptionError, Store
from state.trie.audit import compute_full_root
from state.trie.commitment import Limits
from state.trie.proof import verify_proof

SLOT_COUNT = 40
SMALL = Limits(bucket=2, storage_root=4)


def slot_key(slot):
    return keccak256(slot.to_bytes(32, "big"))


def oracle_root(model):
    accounts = HexaryTrie({})
    for address, (basics, slots) in model.items():
        storage = HexaryTrie({})
        for slot, value in slots.items():
            storage[slot_key(slot)] = reference_rlp.encode(value)
        accounts[keccak256(address)] = encode_account(
            Account(
                nonce=basics.nonce,
                balance=basics.balance,
                storage_root=storage.root_hash,
                code_hash=basics.code_hash,
            )
        )
    return accounts.root_hash


def random_block(rng, model, addresses):
    """Return the changes of a random block and the model after it."""
    after = {address: (basics, dict(slots)) for address, (basics, slots) in model.items()}
    changes = {}
    for address in rng.sample(addresses, min(len(addresses), rng.choice((0, 1, 2, 5, 20)))):
        _, old = after.get(address, (None, {}))
        if address in after and rng.random() < 0.3:
            changes[address] = AccountChange(basics=None, is_storage_wiped=bool(old))
            del after[address]
            continue
        is_wiped = bool(old) and rng.random() < 0.15
        slots = {} if is_wiped else dict(old)
        changed = {
            rng.randrange(SLOT_COUNT): rng.choice((0, 0, 1, 200, 2**255))
            for _ in range(rng.choice((0, 1, 3, 30)))
        }
        changed = {slot: value for slot, value in changed.items() if slots.get(slot, 0) != value}
        slots.update(changed)
        slots = {slot: value for slot, value in slots.items() if value}
        basics = AccountBasics(nonce=rng.randrange(3), balance=rng.randrange(5))
        after[address] = basics, slots
        changes[address] = AccountChange(basics=basics, slots=changed, is_storage_wiped=is_wiped)
    return StateChanges(accounts=changes), after


def assert_reads(view, model, addresses):
    for address in addresses:
        account = view.account(address)
        assert (account is None) == (address not in model)
        basics, slots = model.get(address, (AccountBasics(), {}))
        if account is not None:
            assert (account.nonce, account.balance) == (basics.nonce, basics.balance)
        for slot in range(SLOT_COUNT):
            assert view.storage(address, slot) == slots.get(slot, 0)


def assert_proofs(view, model, addresses, rng):
    for address in rng.sample(addresses, 3):
        slots = [rng.randrange(SLOT_COUNT + 2) for _ in range(3)]
        proof = prove(view, address, slots)
        account = view.account(address)
        leaf = None if account is None else encode_account(account)
        assert verify_proof(view.state_root, keccak256(address), proof.nodes) == leaf
        root = EMPTY_TRIE_ROOT if account is None else account.storage_root
        held = model[address][1] if account else {}
        for slot, shown in zip(slots, proof.storage, strict=True):
            value = held.get(slot, 0)
            assert shown.value == value
            expected = reference_rlp.encode(value) if value else None
            assert verify_proof(root, slot_key(slot), shown.nodes) == expected


def finalize(store, tree, overlay):
    store.write_batch(tree.commit(overlay))
    return tree.advance(overlay)


@pytest.mark.parametrize("seed", range(8))
def test_random_blocks_forks_commits_and_restarts_equal_the_oracle(tmp_path, seed):
    rng = random.Random(seed)
    bucket = rng.choice((1, 2, 3, 8))
    limits = Limits(bucket=bucket, storage_root=bucket + rng.choice((0, 1, 6)))
    store = Store.open(str(tmp_path / "db"))
    tree = StateTree.from_store(store, limits)
    addresses = [bytes([n]) * 20 for n in range(rng.choice((3, 20, 60)))]
    chain = [(tree.base_view(), {})]
    kept = []
    for _ in range(20):
        parent, model = chain[-1] if rng.random() < 0.8 else rng.choice(chain)
        changes, after = random_block(rng, model, addresses)
        overlay = tree.apply(parent, changes)
        assert overlay.state_root == oracle_root(after)
        assert_reads(overlay, after, addresses)
        assert_proofs(overlay, after, addresses, rng)
        kept.append((overlay, after))
        if parent is not chain[-1][0]:
            continue
        chain.append((overlay, after))
        while len(chain) > 1 and rng.random() < 0.6:
            finalize(store, tree, chain[1][0])
            chain.pop(0)
            kept.append((tree.base_view(), chain[0][1]))
        if rng.random() < 0.2:
            view, model = chain[0]
            if view.state_root != EMPTY_TRIE_ROOT:
                assert compute_full_root(store, limits) == view.state_root
    for view, model in kept:
        assert view.state_root == oracle_root(model)
        assert_reads(view, model, addresses)
        assert_proofs(view, model, addresses, rng)
    while len(chain) > 1:
        finalize(store, tree, chain[1][0])
        chain.pop(0)
    if seed % 2:
        store.write_batch(tree.save_pages())
    store.close()
    store = Store.open(str(tmp_path / "db"))
    tree = StateTree.from_store(store, limits)
    model = chain[0][1]
    assert tree.base_view().state_root == oracle_root(model)
    changes, after = random_block(rng, model, addresses)
    assert tree.apply(tree.base_view(), changes).state_root == oracle_root(after)
    store.close()


def basics_of(balance):
    return AccountBasics(nonce=1, balance=balance)


def grow(tree, parent, start, count):
    return tree.apply(
        parent,
        StateChanges(
            accounts={
                n.to_bytes(20, "big"): AccountChange(
                    basics=basics_of(n), slots=dict.fromkeys(range(1, 1 + n % 9), n + 1)
                )
                for n in range(start, start + count)
            }
        ),
    )


@pytest.fixture
def opened(tmp_path):
    store = Store.open(str(tmp_path / "db"))
    tree = StateTree.from_store(store, SMALL)
    finalize(store, tree, grow(tree, tree.base_view(), 0, 60))
    yield store, tree
    store.close()


def test_an_empty_block_keeps_the_root(opened):
    _, tree = opened
    base = tree.base_view()
    assert tree.apply(base, StateChanges()).state_root == base.state_root


def test_a_block_can_be_finalized_only_after_its_parent_and_not_beside_it(opened):
    store, tree = opened
    first = grow(tree, tree.base_view(), 100, 3)
    sibling = grow(tree, tree.base_view(), 200, 3)
    second = grow(tree, first, 300, 3)
    with pytest.raises(InvariantError):
        tree.commit(second)
    with pytest.raises(InvariantError):
        tree.advance(first)
    finalize(store, tree, first)
    with pytest.raises(InvariantError):
        tree.commit(sibling)
    with pytest.raises(InvariantError):
        tree.commit(first)
    finalize(store, tree, second)
    assert tree.base_view().state_root == second.state_root


def test_reverse_writes_restore_the_leaves_before_a_block(opened):
    store, tree = opened
    before = [row for row in store.iterator() if row[0][:1] in (ACCOUNTS, SLOTS)]
    wiped, deleted, changed = ((n).to_bytes(20, "big") for n in (8, 17, 26))
    overlay = tree.apply(
        tree.base_view(),
        StateChanges(
            accounts={
                wiped: AccountChange(basics=basics_of(5), slots={9: 1}, is_storage_wiped=True),
                deleted: AccountChange(basics=None, is_storage_wiped=True),
                changed: AccountChange(basics=basics_of(9), slots={1: 0, 2: 7, 30: 1}),
                b"\xff" * 20: AccountChange(basics=basics_of(1)),
            }
        ),
    )
    reverse = tree.reverse_writes(overlay)
    finalize(store, tree, overlay)
    store.write_batch(reverse)
    after = [row for row in store.iterator() if row[0][:1] in (ACCOUNTS, SLOTS)]
    assert after == before


def test_saved_pages_of_another_root_or_damaged_ones_are_rebuilt(opened):
    store, tree = opened
    store.write_batch(tree.save_pages())
    overlay = grow(tree, tree.base_view(), 500, 40)
    finalize(store, tree, overlay)
    pages = dict(tree.base_view().pages_of_accounts())
    stale = StateTree.from_store(store, SMALL)
    assert stale.base_view().pages_of_accounts() == pages
    store.write_batch([(PAGES_ROOT_KEY, overlay.state_root)])
    lying = StateTree.from_store(store, SMALL)
    assert lying.base_view().pages_of_accounts() == pages
    store.write_batch(tree.save_pages())
    name, page = next(iter(store.iterator(prefix=ACCOUNT_PAGES)))
    store.write_batch([(name, page[:1] + b"\x07" + page[2:])])
    damaged = StateTree.from_store(store, SMALL)
    assert damaged.base_view().pages_of_accounts() == pages
    store.write_batch([(name, None)])
    incomplete = StateTree.from_store(store, SMALL)
    assert incomplete.base_view().pages_of_accounts() == pages


def test_a_missing_leaf_is_found_at_start_and_by_the_audit(opened):
    store, tree = opened
    key, _ = next(iter(store.iterator(prefix=ACCOUNTS)))
    store.write_batch([(key, None)])
    with pytest.raises(CorruptionError):
        StateTree.from_store(store, SMALL)
    assert compute_full_root_or_error(store) != tree.base_view().state_root


def compute_full_root_or_error(store):
    try:
        return compute_full_root(store, SMALL)
    except CorruptionError as error:
        return error


@pytest.mark.parametrize("table", [SLOTS, b"t"])
def test_the_audit_finds_a_missing_slot_or_page(opened, table):
    store, tree = opened
    assert compute_full_root(store, SMALL) == tree.base_view().state_root
    key, _ = next(iter(store.iterator(prefix=table)))
    store.write_batch([(key, None)])
    with pytest.raises(CorruptionError):
        compute_full_root(store, SMALL)


def test_the_audit_finds_slots_without_an_owner(opened):
    store, _ = opened
    store.write_batch([(SLOTS + b"\x01" * 64, b"\x01")])
    with pytest.raises(CorruptionError):
        compute_full_root(store, SMALL)


def test_a_flipped_bit_in_a_neighbour_leaf_stops_the_block_that_reads_it(tmp_path):
    limits = Limits(bucket=8, storage_root=8)
    path = str(tmp_path / "db")
    with Store.open(path) as store:
        tree = StateTree.from_store(store, limits)
        finalize(store, tree, grow(tree, tree.base_view(), 0, 60))
        store.write_batch(tree.save_pages())
        keys = [key for key, _ in store.iterator(prefix=ACCOUNTS)]
    db = plyvel.DB(path)
    for key in keys:
        row = bytearray(db.get(key))
        row[5] ^= 1
        db.put(key, bytes(row))
    db.close()
    with Store.open(path) as store:
        tree = StateTree.from_store(store, limits)
        fresh = {
            n.to_bytes(20, "big"): AccountChange(basics=basics_of(7), is_storage_wiped=True)
            for n in range(100, 130)
        }
        with pytest.raises(CorruptionError) as error:
            tree.apply(tree.base_view(), StateChanges(accounts=fresh))
        assert error.value.key in keys


def test_a_ledger_runs_on_an_overlay_and_code_reaches_the_disk(opened):
    store, tree = opened
    address = b"\xcc" * 20
    ledger = Ledger(tree.base_view())
    ledger.begin_transaction()
    ledger.set_nonce(address, 1)
    ledger.set_code(address, b"\x60\x00")
    ledger.set_storage(address, 5, 6)
    ledger.finish_transaction()
    first = tree.apply(tree.base_view(), ledger.changes())
    ledger = Ledger(first)
    assert ledger.code(address) == b"\x60\x00"
    ledger.begin_transaction()
    ledger.set_storage(address, 5, 0)
    ledger.finish_transaction()
    second = tree.apply(first, ledger.changes())
    assert (first.storage(address, 5), second.storage(address, 5)) == (6, 0)
    assert second.account(address).storage_root == EMPTY_TRIE_ROOT
    finalize(store, tree, first)
    finalize(store, tree, second)
    assert tree.base_view().code(keccak256(b"\x60\x00")) == b"\x60\x00"
    with pytest.raises(InvariantError):
        tree.base_view().code(b"\x01" * 32)


class SyncSpy:
    """Passes batches on to a database and keeps how each was to be written."""

    def __init__(self, database):
        self.database, self.asked = database, []

    def write_batch(self, **options):
        self.asked.append(options)
        return self.database.write_batch(**options)


def test_a_batch_is_atomic_and_waits_for_the_disk(tmp_path):
    with Store.open(str(tmp_path / "db")) as store:
        database = store._db
        store._db = spy = SyncSpy(database)
        store.write_batch([(b"k", b"v")])
        store._db = database
        assert spy.asked == [{"sync": True, "transaction": True}]
        assert store.get(b"k") == b"v"
