"""The vector SHA-256 against the scalar one: every length, every number of lanes, any place."""

import hashlib

import numpy as np
import pytest

from primitives import sha256_batch
from primitives.errors import InvariantError
from primitives.sha256_batch import BLOCK, LANES, sha256_many, sha256_tagged


def expected(messages, tag):
    return [hashlib.sha256(bytes((tag,)) + message).digest() for message in messages]


def messages_of(sizes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.bytes(size) for size in sizes]


@pytest.mark.parametrize("tag", [0, 1, 255])
def test_every_length_over_four_blocks_alone(tag):
    messages = messages_of(range(4 * BLOCK + 2))
    for message in messages:
        assert sha256_many([message], tag) == expected([message], tag)


def test_neighbours_of_all_lengths_share_passes():
    messages = messages_of(range(5 * BLOCK))
    assert sha256_many(messages, 0) == expected(messages, 0)
    assert sha256_many(messages[::-1], 1) == expected(messages[::-1], 1)


@pytest.mark.parametrize("count", range(2 * LANES + 2))
@pytest.mark.parametrize("size", [0, 54, 55, 62, 63, 64, 119, 4096])
def test_any_number_of_messages(count, size):
    messages = messages_of([size] * count, seed=count)
    assert sha256_many(messages, 0) == expected(messages, 0)


def test_lengths_in_any_order():
    sizes = np.random.default_rng(3).integers(0, 700, 400).tolist()
    messages = messages_of(sizes)
    assert sha256_many(messages, 7) == expected(messages, 7)


def test_parts_of_an_array_that_overlap_and_lie_at_odd_places():
    data = np.frombuffer(messages_of([2000])[0], np.uint8)
    starts = np.array([3, 0, 1999, 7, 7, 500], np.int64)
    sizes = np.array([300, 300, 1, 299, 1000, 1500], np.int64)
    digests = np.zeros((6, 32), np.uint8)
    sha256_tagged(data, starts, sizes, 1, digests)
    parts = [data[a : a + n].tobytes() for a, n in zip(starts, sizes, strict=True)]
    assert [row.tobytes() for row in digests] == expected(parts, 1)


def test_a_large_message():
    (message,) = messages_of([1 << 20])
    assert sha256_many([message], 0) == expected([message], 0)


def test_warming_up_refuses_a_machine_that_computes_otherwise(monkeypatch):
    sha256_batch.warm_up()
    monkeypatch.setattr(sha256_batch, "sha256_many", lambda messages, _tag: [b""] * len(messages))
    with pytest.raises(InvariantError, match="disagrees"):
        sha256_batch.warm_up()
