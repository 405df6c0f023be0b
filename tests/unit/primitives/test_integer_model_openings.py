import hashlib

import pytest

from primitives.integer_model.openings import path_length, range_path, root_from_range
from primitives.merkle import merkle_levels, merkle_path
from primitives.types import Hash32


def leaves(count):
    return [Hash32(hashlib.sha256(bytes([i])).digest()) for i in range(count)]


@pytest.mark.parametrize("count", [*range(1, 20), 33])
def test_every_range_opens_with_exactly_its_path(count):
    found = leaves(count)
    levels = merkle_levels(found)
    for start in range(count):
        for end in range(start + 1, count + 1):
            path = range_path(levels, start, end - start)
            rest = iter(path)
            root = root_from_range(found[start:end], start, count, rest.__next__)
            assert root == levels[-1][0]
            assert not list(rest)


@pytest.mark.parametrize("count", [*range(1, 20), 33])
def test_a_range_of_one_is_a_path(count):
    levels = merkle_levels(leaves(count))
    for index in range(count):
        assert range_path(levels, index, 1) == merkle_path(levels, index)
        assert len(merkle_path(levels, index)) == path_length(index, count)


def test_another_leaf_or_place_leads_to_another_root():
    found = leaves(13)
    levels = merkle_levels(found)
    path = range_path(levels, 4, 4)
    for changed, start in ((found[4:7] + found[:1], 4), (found[5:4:-1] + found[5:8], 4)):
        rest = iter(path)
        assert root_from_range(changed, start, 13, rest.__next__) != levels[-1][0]
