import random

import pytest
import rlp as reference_rlp
from trie import HexaryTrie

from primitives import keccak_batch
from primitives.keccak import EMPTY_TRIE_ROOT, keccak256
from state.store import CorruptionError, seal
from state.trie.hashing import hash_buckets, trie_root, warm_up
from state.trie.ordered import ordered_trie_root


def oracle_root(leaves):
    trie = HexaryTrie({})
    for key, value in leaves.items():
        trie[key] = value
    return trie.root_hash


def test_batch_digests_equal_scalar_ones_at_every_size_around_block_borders():
    messages = [bytes([size % 251]) * size for size in [*range(300), 407, 408, 409, 1088, 5000]]
    random.Random(1).shuffle(messages)
    assert keccak_batch.keccak256_many(messages) == [keccak256(m) for m in messages]
    assert keccak_batch.keccak256_many([]) == []


def test_warm_up_passes_on_this_machine():
    warm_up()


@pytest.mark.parametrize("count", [1, 2, 3, 16, 17, 200])
@pytest.mark.parametrize("size", [1, 2, 3, 32, 40])
@pytest.mark.parametrize("value_sizes", [(1,), (1, 2, 31, 32, 33, 54, 55, 56, 57, 300, 70000)])
def test_root_equals_the_oracle_for_keys_of_any_shape(count, size, value_sizes):
    rng = random.Random(f"{count} {size} {value_sizes}")
    leaves = {}
    for _ in range(count):
        key = bytes(rng.choice((0, 1, 16, 255)) for _ in range(size))
        key = key[: rng.randrange(size + 1)] if rng.random() < 0.3 else key
        leaves[key] = rng.randbytes(rng.choice(value_sizes))
    assert trie_root(leaves) == oracle_root(leaves)


@pytest.mark.parametrize("count", [0, 1, 2, 16, 17, 127, 128, 129, 257, 300])
def test_ordered_root_equals_the_oracle_keyed_by_rlp_of_the_index(count):
    rng = random.Random(count)
    items = [rng.randbytes(rng.randrange(1, 400)) for _ in range(count)]
    expected = oracle_root({reference_rlp.encode(i): item for i, item in enumerate(items)})
    assert ordered_trie_root(items) == expected


def test_an_empty_trie_has_the_empty_root():
    assert trie_root({}) == EMPTY_TRIE_ROOT == ordered_trie_root([])


def test_sealed_rows_hash_like_their_values_and_a_flipped_bit_is_found():
    keys = [b"a" + keccak256(bytes([n])) for n in range(40)]
    keys.sort()
    values = [bytes([n]) * (n + 1) for n in range(40)]
    rows = [seal(key, value) for key, value in zip(keys, values, strict=True)]
    found, sizes = hash_buckets(keys, rows, (0, 40), (0,), key_skip=1, is_sealed=True)
    root = found[0, : sizes[0]].tobytes()
    assert root == trie_root({k[1:]: v for k, v in zip(keys, values, strict=True)})
    for position in (0, 5, len(rows[17]) - 1):
        broken = bytearray(rows[17])
        broken[position] ^= 4
        damaged = [*rows[:17], bytes(broken), *rows[18:]]
        with pytest.raises(CorruptionError) as error:
            hash_buckets(keys, damaged, (0, 40), (0,), key_skip=1, is_sealed=True)
        assert error.value.key == keys[17]


def test_a_row_under_another_key_or_cut_short_is_found():
    keys = [b"a" + bytes(32), b"a" + b"\x01" * 32]
    rows = [seal(keys[1], b"value"), seal(keys[0], b"value")]
    with pytest.raises(CorruptionError):
        hash_buckets(keys, rows, (0, 2), (0,), key_skip=1, is_sealed=True)
    with pytest.raises(CorruptionError):
        hash_buckets(keys[:1], [b"abc"], (0, 1), (0,), key_skip=1, is_sealed=True)
