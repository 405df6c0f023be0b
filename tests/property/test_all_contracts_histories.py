"""All contracts together over long random histories on the real host, every block checked.

A campaign: ``AITBC_HISTORY_SEEDS=50 AITBC_HISTORY_BLOCKS=400 pytest`` this file.
"""

import os
from collections import Counter

import pytest

from state.overlay import StateTree
from state.store import Store
from state.transition import ParentBlock, check_state_root, process_block
from tests.property.whole_chain import WholeChain
from tests.property.whole_history import MUST_HAPPEN, History, genesis

SEEDS = int(os.environ.get("AITBC_HISTORY_SEEDS", "4"))
BLOCKS = int(os.environ.get("AITBC_HISTORY_BLOCKS", "200"))
MORE_SEEDS = 8
"""Histories that may follow where the first ones, by chance, left something out."""
REPLAYED = 60


@pytest.fixture(scope="module")
def done() -> Counter[str]:
    return Counter()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_block_of_a_history_keeps_the_books(seed, done):
    history = History(seed)
    history.run(BLOCKS)
    done.update(history.done)


def test_the_histories_reach_everything(done):
    for seed in range(SEEDS, SEEDS + MORE_SEEDS):
        if not missing(done):
            break
        history = History(seed)
        history.run(BLOCKS)
        done.update(history.done)
    assert missing(done) == []


def missing(done: Counter[str]) -> list[str]:
    return [name for name in MUST_HAPPEN if not done[name]]


def test_a_replay_through_the_real_trie_gives_the_same_roots(tmp_path):
    history = History(77)
    history.run(REPLAYED, check=False)
    made = history.chain
    tree_store = Store.open(str(tmp_path / "db"))
    fresh = WholeChain(genesis())
    replay_roots(fresh, made, tree_store)


def replay_roots(fresh: WholeChain, made: WholeChain, store: Store) -> None:
    """Check and execute every block anew on the real state tree."""
    from state.genesis_block import genesis_changes, genesis_header

    tree = StateTree.from_store(store)
    layer = tree.apply(
        tree.base_view(), genesis_changes(made.genesis, fresh.runtime, tree.base_view())
    )
    header = genesis_header(made.genesis, layer.state_root)
    assert header.hash == made.runtime.genesis_hash
    parent = ParentBlock(header=header, time_ms=made.genesis.time_ms)
    for block in made.blocks:
        parent = made.after_skip(parent)
        outcome = process_block(made.runtime, layer, parent, block)
        layer = tree.apply(layer, outcome.changes)
        check_state_root(block.header, layer.state_root)
        parent = ParentBlock(header=block.header, time_ms=block.seal.time_ms)
