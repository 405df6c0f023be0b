"""The incremental commitment against py-trie, with limits so low that pages split and join."""

from hypothesis import given, settings
from hypothesis import strategies as st
from trie import HexaryTrie

from primitives.keccak import EMPTY_TRIE_ROOT
from state.store import seal, unseal
from state.trie import pages as pg
from state.trie.commitment import Limits, TrieUpdate, hash_updates
from state.trie.proof import prove_key, verify_proof

ACCOUNT_TABLE = b"a"
STORAGE_TABLE = b"s" + b"\x5a" * 32


class MemoryTrie:
    """A trie reader over dictionaries, and the same leaves in py-trie."""

    def __init__(self, table, limits):
        self.table = table
        self.limits = limits
        self.rows = {}
        self.pages = {}
        self.oracle = HexaryTrie({})
        self.root = EMPTY_TRIE_ROOT

    def page(self, key):
        return self.pages.get(key)

    def leaves(self, first, last, expected):
        return {key: row for key, row in sorted(self.rows.items()) if first <= key <= last}

    def apply(self, changes):
        rows = sorted(
            (self.table + key, seal(self.table + key, value) if value else None)
            for key, value in changes.items()
        )
        update = TrieUpdate(self.table, rows, self, self.limits)
        pages = hash_updates([update])
        assert update.previous == {key: self.rows.get(key) for key, _ in rows}
        for target, source in ((self.rows, dict(rows)), (self.pages, pages)):
            target.update(source)
            for key in [key for key, value in source.items() if value is None]:
                target.pop(key)
        for key, value in changes.items():
            if value:
                self.oracle[key] = value
            else:
                self.oracle.delete(key)
        self.root = update.root

    def check_pages(self):
        """Assert P1 and P2 of state.trie.pages."""
        owner = self.table[1:].hex()
        counts = {}
        for row in self.rows:
            text = row[-32:].hex()
            for depth in range(65):
                counts[text[:depth]] = counts.get(text[:depth], 0) + 1
        big = {
            prefix
            for prefix, count in counts.items()
            if count > self.limits.of(prefix, is_storage=bool(owner))
        }
        expected = {
            owner + prefix
            for prefix in big
            if all(prefix[:depth] in big for depth in range(len(prefix)))
        }
        assert set(self.pages) == expected
        for key, page in self.pages.items():
            prefix = key[len(owner) :]
            found = [counts.get(prefix + digit, 0) for digit in "0123456789abcdef"]
            assert list(pg.leaf_counts(page)) == found


def spread_key(numbers):
    """A key whose nibbles differ only in a few places: long common paths at any depth."""
    nibbles = ["0"] * 64
    for place, digit in numbers:
        nibbles[place] = f"{digit:x}"
    return bytes.fromhex("".join(nibbles))


PLACES = st.sampled_from([0, 1, 2, 31, 32, 60, 61, 62, 63])
KEYS = st.lists(st.tuples(PLACES, st.integers(0, 3)), max_size=4).map(spread_key)
VALUES = st.sampled_from([b"", b"", b"\x01", b"\x7f", b"\x80", b"v" * 31, b"v" * 40, b"v" * 300])
BLOCKS = st.lists(st.dictionaries(KEYS, VALUES, min_size=1, max_size=25), max_size=8)
LIMITS = st.tuples(st.integers(1, 4), st.integers(0, 6)).map(
    lambda pair: Limits(bucket=pair[0], storage_root=pair[0] + pair[1])
)


@settings(max_examples=300, deadline=None)
@given(BLOCKS, LIMITS, st.sampled_from([ACCOUNT_TABLE, STORAGE_TABLE]))
def test_every_block_gives_the_root_of_the_oracle_and_canonical_pages(blocks, limits, table):
    trie = MemoryTrie(table, limits)
    for changes in blocks:
        trie.apply(changes)
        assert trie.root == trie.oracle.root_hash
        trie.check_pages()


@settings(max_examples=100, deadline=None)
@given(BLOCKS, LIMITS, KEYS)
def test_proofs_show_presence_and_absence_and_equal_the_oracle_s(blocks, limits, absent):
    trie = MemoryTrie(STORAGE_TABLE, limits)
    for changes in blocks:
        trie.apply(changes)
    for key in [absent, *{key for changes in blocks for key in changes}]:
        proof = prove_key(trie, trie.table, key)
        row = trie.rows.get(trie.table + key)
        expected = None if row is None else unseal(trie.table + key, row)
        assert verify_proof(trie.root, key, proof) == expected
        if trie.rows:
            import rlp

            nodes = [rlp.decode(node) for node in proof]
            assert HexaryTrie.get_from_proof(trie.root, key, nodes) == (expected or b"")


@settings(max_examples=100, deadline=None)
@given(BLOCKS, st.randoms(use_true_random=False))
def test_deleting_everything_leaves_the_empty_root_and_no_page(blocks, random):
    trie = MemoryTrie(ACCOUNT_TABLE, Limits(bucket=2, storage_root=4))
    for changes in blocks:
        trie.apply(changes)
    keys = [row[1:] for row in trie.rows]
    random.shuffle(keys)
    for start in range(0, len(keys), 3):
        trie.apply(dict.fromkeys(keys[start : start + 3], b""))
        assert trie.root == trie.oracle.root_hash
    assert trie.root == EMPTY_TRIE_ROOT
    assert trie.pages == {}
