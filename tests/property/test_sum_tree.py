"""Sum trees: two implementations agree, a path proves place and value, forgeries do not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primitives.errors import DecodeError
from primitives.sum_tree import (
    Sibling,
    SumLeaf,
    check_inclusion,
    combine,
    place_of_leaf,
    sample_points,
    sum_levels,
    sum_path,
)
from primitives.sum_tree_kernel import build_sum_tree
from primitives.types import U128_MAX, Hash32

HASHES = st.integers(0, 255).map(lambda n: Hash32(bytes([n]) * 32))
LEAVES = st.lists(
    st.builds(
        SumLeaf,
        lease_id=HASHES,
        seq=st.integers(0, 2**64 - 1) | st.integers(0, 3),
        receipt_hash=HASHES,
        amount=st.integers(0, 2**120),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda leaf: (leaf.lease_id, leaf.seq),
).map(sorted)


def encoded(leaves):
    rows = [
        leaf.lease_id
        + leaf.seq.to_bytes(8, "big")
        + leaf.receipt_hash
        + leaf.amount.to_bytes(16, "big")
        for leaf in leaves
    ]
    return np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 88)


def simple(count, amount=5):
    return [
        SumLeaf(Hash32(bytes(32)), seq, Hash32(bytes([1]) * 32), amount) for seq in range(count)
    ]


@settings(deadline=None)
@given(LEAVES, st.integers(1, 3))
def test_kernel_and_definition_build_the_same_tree(leaves, threads):
    levels = sum_levels(leaves)
    built = build_sum_tree(encoded(leaves), threads)
    assert built.root == levels[-1][0]
    assert built.root.count == len(leaves)
    assert built.root.total == sum(leaf.amount for leaf in leaves)
    for index in range(len(leaves)):
        assert built.path(index) == sum_path(levels, index)


@settings(deadline=None)
@given(LEAVES, st.data())
def test_a_path_proves_index_and_the_sum_before(leaves, data):
    levels = sum_levels(leaves)
    root = levels[-1][0]
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = sum_path(levels, index)
    before = check_inclusion(root.hash, root.count, root.total, index, leaves[index], path)
    assert before == sum(leaf.amount for leaf in leaves[:index])


@settings(deadline=None)
@given(LEAVES, st.data())
def test_no_changed_claim_is_included(leaves, data):
    levels = sum_levels(leaves)
    root = levels[-1][0]
    index = data.draw(st.integers(0, len(leaves) - 1))
    leaf, path = leaves[index], sum_path(levels, index)
    lied = [
        (root.hash, root.count + 1, root.total, index, leaf, path),
        (root.hash, root.count, root.total + 1, index, leaf, path),
        (root.hash, root.count, root.total, index, replace(leaf, amount=leaf.amount + 1), path),
        (root.hash, root.count, root.total, index, leaf, [*path, Sibling(Hash32(bytes(32)), 0)]),
    ]  # fmt: skip
    if index + 1 < len(leaves):
        lied.append((root.hash, root.count, root.total, index + 1, leaf, path))
    if path:
        first = path[0]
        lied.append((root.hash, root.count, root.total, index, leaf, path[:-1]))
        moved = [Sibling(first.hash, first.total ^ 1), *path[1:]]
        lied.append((root.hash, root.count, root.total, index, leaf, moved))
    for claim in lied:
        with pytest.raises(DecodeError):
            check_inclusion(*claim)


def test_a_duplicated_last_leaf_is_another_tree_and_refused_as_leaves():
    three = simple(3)
    with pytest.raises(DecodeError):
        sum_levels([*three, three[-1]])
    with pytest.raises(DecodeError):
        build_sum_tree(encoded([*three, three[-1]]))
    levels = sum_levels(three)
    root = levels[-1][0]
    for index in (2, 3):
        path = [Sibling(levels[0][2].hash, 5), *sum_path(levels, 2)]
        with pytest.raises(DecodeError):
            check_inclusion(root.hash, 4, 20, index, three[2], path)


def test_an_inner_node_does_not_pass_for_a_leaf():
    levels = sum_levels(simple(4))
    inner = levels[1][0]
    root = levels[-1][0]
    forged = SumLeaf(Hash32(inner.hash), inner.count, levels[1][1].hash, inner.total)
    assert forged.node().hash != root.hash
    for count in (1, 2):
        with pytest.raises(DecodeError):
            check_inclusion(root.hash, count, root.total, 0, forged, sum_path(levels, 0)[1:])


@pytest.mark.parametrize("order", [[1, 0], [0, 0], [0, 2, 1]])
def test_leaves_out_of_order_are_refused(order):
    leaves = simple(3)
    with pytest.raises(DecodeError, match="ascending"):
        sum_levels([leaves[i] for i in order])
    with pytest.raises(DecodeError, match="ascending"):
        build_sum_tree(encoded([leaves[i] for i in order]))


def test_a_total_above_128_bits_does_not_exist():
    leaves = simple(2, amount=U128_MAX // 2 + 1)
    with pytest.raises(DecodeError, match="128 bits"):
        sum_levels(leaves)
    with pytest.raises(DecodeError, match="128 bits"):
        build_sum_tree(encoded(leaves))
    assert build_sum_tree(encoded(simple(2, U128_MAX // 2))).root.total == U128_MAX - 1
    with pytest.raises(DecodeError, match="128 bits"):
        combine(leaves[0].node(), leaves[1].node())


def test_arrays_of_another_shape_and_empty_batches_are_refused():
    for bad in (np.zeros((0, 88), np.uint8), np.zeros((2, 87), np.uint8), np.zeros(88, np.uint8)):
        with pytest.raises(DecodeError):
            build_sum_tree(bad)
    with pytest.raises(DecodeError):
        sum_levels([])
    with pytest.raises(DecodeError):
        place_of_leaf(simple(1)[0], 1, 1, [])


def test_every_drawn_point_lies_in_exactly_one_leaf():
    leaves = [
        SumLeaf(Hash32(bytes(32)), seq, Hash32(bytes([1]) * 32), amount)
        for seq, amount in enumerate([0, 7, 0, 1000, 3, 0])
    ]
    levels = sum_levels(leaves)
    root = levels[-1][0]
    spans = []
    for index, leaf in enumerate(leaves):
        before = check_inclusion(
            root.hash, root.count, root.total, index, leaf, sum_path(levels, index)
        )
        spans.append((before, before + leaf.amount))
    points = sample_points(Hash32(bytes(32)), 3, root.total, 200)
    owners = [[i for i, (low, high) in enumerate(spans) if low <= p < high] for p in points]
    assert all(len(owner) == 1 for owner in owners)
    assert sum(owner == [3] for owner in owners) > 180
    assert sample_points(Hash32(bytes(32)), 3, 0, 5) == []
    assert points != sample_points(Hash32(bytes(32)), 4, root.total, 200)
