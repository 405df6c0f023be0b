"""Account updates per second with the exact root, and py-trie beside it in the same run.

Ours: LevelDB, one synced batch a block. py-trie: its HexaryTrie on a dictionary in memory, root
after every block. Expected: 20,000 a second at 1 M accounts, 15 times py-trie.
"""

import random
import tempfile
import time
from collections.abc import Iterator

import rlp as pyrlp
from trie import HexaryTrie

from bench.result import Result
from primitives.keccak import EMPTY_KECCAK, keccak256
from state.changes import AccountBasics, AccountChange, StateChanges
from state.overlay import StateTree
from state.store import Store

ACCOUNTS = 100_000
PY_TRIE_ACCOUNTS = 10_000
BLOCK = 1_000
BLOCKS = 10


def run() -> Iterator[Result]:
    ours = measure_ours(ACCOUNTS)
    theirs = measure_py_trie(PY_TRIE_ACCOUNTS)
    yield Result(
        name=f"state::updates/accounts={ACCOUNTS},block={BLOCK}", value=ours, unit="updates/s",
        target=">= 20000 at 1 M",
    )  # fmt: skip
    yield Result(
        name=f"state::updates_py_trie/accounts={PY_TRIE_ACCOUNTS}", value=theirs, unit="updates/s"
    )
    yield Result(name="state::ratio_to_py_trie", value=ours / theirs, unit="x", target=">= 15")


def _address(index: int) -> bytes:
    return keccak256(index.to_bytes(8, "big"))[:20]


def _changes(indexes: list[int], balance: int) -> StateChanges:
    return StateChanges(
        accounts={
            _address(i): AccountChange(basics=AccountBasics(nonce=1, balance=balance + i))
            for i in indexes
        }
    )


def measure_ours(accounts: int) -> float:
    """Return updates per second of random accounts, commit included."""
    generator = random.Random(1)
    with tempfile.TemporaryDirectory() as directory, Store.open(directory) as store:
        tree = StateTree.from_store(store)

        def block(changes: StateChanges) -> None:
            overlay = tree.apply(tree.base_view(), changes)
            store.write_batch(tree.commit(overlay))
            tree.advance(overlay)

        for first in range(0, accounts, 10_000):
            block(_changes(list(range(first, first + 10_000)), 1))
        batches = [_changes(generator.sample(range(accounts), BLOCK), 7 + b) for b in range(BLOCKS)]
        began = time.perf_counter()
        for changes in batches:
            block(changes)
        return BLOCK * BLOCKS / (time.perf_counter() - began)


def measure_py_trie(accounts: int) -> float:
    """Return updates per second of py-trie on a dictionary."""
    generator = random.Random(1)
    trie = HexaryTrie({}, prune=False)
    empty = trie.root_hash

    def put(index: int, balance: int) -> None:
        value = pyrlp.encode(
            [b"\x01", balance.to_bytes(8, "big").lstrip(b"\0"), empty, EMPTY_KECCAK]
        )
        trie[keccak256(_address(index))] = value

    for index in range(accounts):
        put(index, index + 1)
    chosen = [generator.sample(range(accounts), BLOCK) for _ in range(2)]
    began = time.perf_counter()
    for indexes in chosen:
        for index in indexes:
            put(index, index + 9)
        assert trie.root_hash
    return 2 * BLOCK / (time.perf_counter() - began)
