"""The seeded product: generator vectors, kernel against definition, Freivalds, Merkle binding."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primitives import matmul, matmul_kernel, merkle
from primitives.errors import DecodeError
from primitives.matmul import MatmulSpec

SEED = bytes(range(32))


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
def test_philox_gives_the_published_words(counter, key, words):
    """Known answers of the Random123 distribution."""
    assert matmul.philox4x32(counter, key) == words
    given_words = (np.uint32(w) for w in (*counter, *key))
    with np.errstate(over="ignore"):
        assert tuple(int(w) for w in matmul_kernel.philox_block(*given_words)) == words


@settings(max_examples=25, deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    operand=st.integers(0, 1),
    first=st.integers(0, 4095),
    count=st.integers(1, 3),
    k=st.integers(1, 2100),
)
def test_kernel_generates_the_defined_operands(seed, operand, first, count, k):
    defined = matmul.operand_rows(seed, operand, first, count, k)
    assert np.array_equal(matmul_kernel.operand_rows(seed, operand, first, count, k), defined)


@pytest.mark.parametrize(("m", "n", "k"), [(64, 128, 65), (128, 64, 200)])
def test_kernel_computes_the_defined_tiles_and_product(m, n, k):
    spec = MatmulSpec(seed=SEED, m=m, n=n, k=k)
    whole = matmul_kernel.compute_product(spec)
    for index in range(spec.tiles):
        row, column = matmul.tile_rows(spec, index)
        tile = whole[row : row + 64, column : column + 64].astype("<i4").tobytes()
        assert matmul.compute_tile(spec, index) == matmul_kernel.compute_tile(spec, index) == tile


def vectors(spec, root=bytes(32)):
    return [
        matmul.check_vector(spec, root, bytes(32), bytes(20), bytes(32), turn) for turn in range(3)
    ]


@settings(max_examples=30, deadline=None)
@given(
    row=st.integers(0, 127),
    column=st.integers(0, 63),
    change=st.sampled_from([1, -1, 255, 2**20, matmul.MODULUS, -matmul.MODULUS]),
)
def test_freivalds_finds_any_single_wrong_entry(row, column, change):
    """A shift by the modulus passes the modular test; the bound on entries catches it."""
    spec = MatmulSpec(seed=SEED, m=128, n=64, k=90)
    result = matmul_kernel.compute_product(spec)
    assert matmul_kernel.freivalds_wrong_row(spec, result, vectors(spec)) is None
    wrong = int(result[row, column]) + change
    if not -(2**31) <= wrong < 2**31:
        wrong = int(result[row, column]) - change
    if not -(2**31) <= wrong < 2**31:
        return
    result[row, column] = wrong
    assert matmul_kernel.freivalds_wrong_row(spec, result, vectors(spec)) == row


def test_freivalds_survives_the_largest_entries():
    spec = MatmulSpec(seed=SEED, m=64, n=4096, k=64)
    result = np.full((64, 4096), -(2**31), dtype=np.int32)
    assert matmul_kernel.freivalds_wrong_row(spec, result, vectors(spec)) == 0


def test_check_vector_depends_on_everything_it_binds():
    spec = MatmulSpec(seed=SEED, m=64, n=64, k=64)
    base = (spec, bytes(32), bytes(32), bytes(20), bytes(32), 0)
    changed = [
        (MatmulSpec(seed=SEED, m=64, n=64, k=65), *base[1:]),
        *((*base[:i], b"\x01" * len(base[i]), *base[i + 1 :]) for i in range(1, 5)),
        (*base[:5], 1),
    ]
    first = matmul.check_vector(*base)
    for other in changed:
        assert not np.array_equal(matmul.check_vector(*other), first)


@given(count=st.integers(1, 70), data=st.data())
def test_paths_lead_to_the_root_from_their_own_place_only(count, data):
    leaves = [bytes([i]) * 32 for i in range(count)]
    levels = merkle.merkle_levels(leaves)
    root = levels[-1][0]
    index = data.draw(st.integers(0, count - 1))
    path = merkle.merkle_path(levels, index)
    assert merkle.root_from_path(leaves[index], index, count, path) == root
    other = data.draw(st.integers(0, count - 1))
    if other != index:
        with contextlib.suppress(DecodeError):
            assert merkle.root_from_path(leaves[index], other, count, path) != root
    for bad in (path[:-1], [*path, bytes(32)]):
        if bad != path:
            with pytest.raises(DecodeError):
                merkle.root_from_path(leaves[index], index, count, bad)


def test_leaf_binds_request_and_index():
    spec = MatmulSpec(seed=SEED, m=128, n=128, k=64)
    tile = bytes(16384)
    leaves = {
        matmul.tile_leaf(spec, 0, tile),
        matmul.tile_leaf(spec, 1, tile),
        matmul.tile_leaf(MatmulSpec(seed=SEED, m=128, n=128, k=65), 0, tile),
        matmul.tile_leaf(MatmulSpec(seed=bytes(32), m=128, n=128, k=64), 0, tile),
    }
    assert len(leaves) == 4


@pytest.mark.parametrize(
    "dimensions", [(63, 64, 64), (64, 65, 64), (0, 64, 64), (64, 4160, 64), (64, 64, 65_536)]
)
def test_dimensions_outside_the_rules_are_refused(dimensions):
    m, n, k = dimensions
    with pytest.raises(DecodeError):
        matmul.check_spec(MatmulSpec(seed=SEED, m=m, n=n, k=k))
