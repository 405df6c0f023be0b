"""The matrix product: two implementations, the probabilistic check, tiles and their paths."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primitives import matmul_kernel as kernel
from primitives.errors import DecodeError
from primitives.matmul import (
    DIMENSION_MAX,
    FREIVALDS_ROUNDS,
    INNER_MAX,
    MODULUS,
    TILE,
    MatmulSpec,
    check_spec,
    check_vector,
    compute_tile,
    drawn_tiles,
    operand_rows,
    philox4x32,
    result_leaves,
    tile_leaf,
)
from primitives.merkle import merkle_levels, merkle_path, merkle_root, root_from_path

SEEDS = st.binary(min_size=32, max_size=32)
SIZES = st.sampled_from([64, 128, 192])
INNER = st.integers(64, 150)
SPECS = st.builds(MatmulSpec, seed=SEEDS, m=SIZES, n=SIZES, k=INNER)
SPEC = MatmulSpec(seed=b"\x05" * 32, m=192, n=128, k=101)
PRODUCT = kernel.compute_product(SPEC)


def vectors(spec, beacon=b"\x01" * 32):
    return [
        check_vector(spec, b"\x02" * 32, b"\x03" * 32, b"\x04" * 20, beacon, turn)
        for turn in range(FREIVALDS_ROUNDS)
    ]


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((2**32 - 1,) * 4, (2**32 - 1,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_published_answers(counter, key, words):
    """Known answers of the Random123 library."""
    assert philox4x32(counter, key) == words


@given(SPECS)
@settings(max_examples=8, deadline=None)
def test_kernel_and_definition_agree(spec):
    a, b = (operand_rows(spec.seed, i, 0, c, spec.k) for i, c in ((0, spec.m), (1, spec.n)))
    assert np.array_equal(kernel.operand_rows(spec.seed, 0, 0, spec.m, spec.k), a)
    product = kernel.compute_product(spec)
    assert np.array_equal(product, a.astype(np.int64) @ b.astype(np.int64).T)
    index = spec.tiles - 1
    assert kernel.compute_tile(spec, index) == compute_tile(spec, index)
    assert result_leaves(spec, product)[index] == tile_leaf(spec, index, compute_tile(spec, index))
    assert kernel.freivalds_wrong_row(spec, product, vectors(spec)) is None


@given(
    st.integers(0, SPEC.m - 1),
    st.integers(0, SPEC.n - 1),
    st.one_of(st.sampled_from([1, -1, MODULUS, -MODULUS]), st.integers(1, 2**31 - 1)),
    SEEDS,
)
@settings(max_examples=60, deadline=None)
def test_one_wrong_element_is_found(row, column, error, beacon):
    value = int(PRODUCT[row, column]) + error
    if not -(2**31) <= value < 2**31:
        value = int(PRODUCT[row, column]) ^ 1
    wrong = PRODUCT.copy()
    wrong[row, column] = value
    assert kernel.freivalds_wrong_row(SPEC, wrong, vectors(SPEC, beacon)) == row


@given(st.lists(st.integers(0, SPEC.m - 1), min_size=1, max_size=5), SEEDS)
@settings(max_examples=20, deadline=None)
def test_the_first_wrong_row_is_named(rows, beacon):
    wrong = PRODUCT.copy()
    wrong[rows, 0] ^= 1
    assert kernel.freivalds_wrong_row(SPEC, wrong, vectors(SPEC, beacon)) == min(rows)


def test_a_row_shifted_by_the_modulus_is_found():
    wrong = PRODUCT.copy()
    wrong[3] = np.where(wrong[3] < 0, wrong[3] + MODULUS, wrong[3] - MODULUS)
    assert kernel.freivalds_wrong_row(SPEC, wrong, vectors(SPEC)) == 3


def test_a_product_made_for_a_known_vector_passes_only_that_vector():
    """Why the vector must come from a beacon that is later than the commitment."""
    (known,) = vectors(SPEC)[:1]
    wrong = PRODUCT.copy()
    # 2^31 - 1 is prime: move along the kernel of x, keeping entries small.
    x0, x1 = int(known[0]), int(known[1])
    for delta in range(1, 200_000):
        other = -delta * x0 * pow(x1, -1, MODULUS) % MODULUS
        other = other - MODULUS if other > MODULUS // 2 else other
        if abs(other) < 200_000:
            break
    wrong[0, 0] += delta
    wrong[0, 1] += other
    assert kernel.freivalds_wrong_row(SPEC, wrong, [known]) is None
    assert kernel.freivalds_wrong_row(SPEC, wrong, vectors(SPEC)) == 0


def test_vectors_depend_on_everything_that_was_committed():
    base = (SPEC, b"\x02" * 32, b"\x03" * 32, b"\x04" * 20, b"\x05" * 32, 0)
    others = [
        (MatmulSpec(seed=b"\x06" * 32, m=192, n=128, k=101), *base[1:]),
        *(
            (*base[:i], bytes([9]) * len(base[i]), *base[i + 1 :])  # type: ignore[arg-type]
            for i in range(1, 5)
        ),
        (*base[:5], 1),
    ]
    found = {check_vector(*arguments).tobytes() for arguments in (base, *others)}
    assert len(found) == len(others) + 1
    assert all(int(check_vector(*base).max()) < MODULUS for _ in "1")


@given(st.integers(1, 40), st.data())
@settings(max_examples=100, deadline=None)
def test_a_path_leads_to_the_root_from_its_place_only(count, data):
    leaves = [bytes([i]) * 32 for i in range(count)]
    levels = merkle_levels(leaves)
    index = data.draw(st.integers(0, count - 1))
    path = merkle_path(levels, index)
    root = merkle_root(leaves)
    assert root_from_path(leaves[index], index, count, path) == root
    other = data.draw(st.integers(0, count - 1))
    if other != index:
        with contextlib.suppress(DecodeError):
            assert root_from_path(leaves[index], other, count, path) != root
    with pytest.raises(DecodeError):
        root_from_path(leaves[index], index, count, [*path, bytes(32)])
    if path:
        with pytest.raises(DecodeError):
            root_from_path(leaves[index], index, count, path[:-1])
        place = data.draw(st.integers(0, len(path) - 1))
        changed = [*path[:place], bytes([255]) * 32, *path[place + 1 :]]
        assert root_from_path(leaves[index], index, count, changed) != root


def test_a_leaf_is_bound_to_request_and_place():
    tile = compute_tile(SPEC, 0)
    others = [
        MatmulSpec(seed=SPEC.seed, m=192, n=192, k=101),
        MatmulSpec(seed=SPEC.seed, m=192, n=128, k=102),
        MatmulSpec(seed=b"\x06" * 32, m=192, n=128, k=101),
    ]
    leaves = {tile_leaf(SPEC, 0, tile), tile_leaf(SPEC, 1, tile), tile_leaf(SPEC, 0, tile[::-1])}
    leaves |= {tile_leaf(other, 0, tile) for other in others}
    assert len(leaves) == 6


def test_a_lone_leaf_is_not_its_own_inner_node():
    """An odd node is promoted, never doubled: two trees of different size differ."""
    one, two, three = (bytes([i]) * 32 for i in (1, 2, 3))
    assert merkle_root([one]) == one
    roots = {merkle_root(leaves) for leaves in ([one, two, three], [one, two, three, three])}
    assert len(roots) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"m": 63},
        {"m": 0},
        {"m": 100},
        {"n": DIMENSION_MAX + 64},
        {"k": 63},
        {"k": INNER_MAX + 1},
        {"seed": b"short"},
    ],
)
def test_a_job_that_cannot_be_checked_is_refused(change):
    values = {"seed": bytes(32), "m": 64, "n": 64, "k": 64} | change
    with pytest.raises(DecodeError):
        check_spec(MatmulSpec(**values))


def test_a_tile_outside_the_result_is_refused():
    for index in (-1, SPEC.tiles):
        with pytest.raises(DecodeError):
            compute_tile(SPEC, index)


@given(st.binary(min_size=32, max_size=32), st.integers(1, 4_096))
def test_drawn_tiles_lie_in_the_result(entropy, tiles):
    drawn = drawn_tiles(b"\x01" * 32, entropy, tiles, 8)
    assert len(drawn) == 8
    assert all(0 <= index < tiles for index in drawn)


def test_extreme_operands_do_not_overflow():
    """All operands at -128 give the largest entry, and it is no wrong one."""
    a = np.full((TILE, INNER_MAX), -128, np.int16)
    out = np.empty((TILE, TILE), np.int32)
    kernel._multiply_rows(a, a, out, 0, TILE)
    assert (out == 16_384 * INNER_MAX).all()
    assert 16_384 * INNER_MAX < MODULUS
