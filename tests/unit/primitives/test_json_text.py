"""Strangers' JSON is read or refused, whatever it is; it never ends the process."""

import sys

import pytest

from primitives.json_text import parse_json


@pytest.fixture
def limit(request):
    """Set the interpreter's recursion limit."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(request.param)
    yield
    sys.setrecursionlimit(before)


HIGH = pytest.mark.parametrize("limit", [100_000], indirect=True)
"""As a library of the node sets it."""
LOW = pytest.mark.parametrize("limit", [1_000], indirect=True)
"""As Python sets it."""


@HIGH
@pytest.mark.usefixtures("limit")
@pytest.mark.parametrize("unit", ["[", '{"a":', '[{"a":['])
def test_deep_nesting_is_refused_even_where_the_recursion_limit_is_high(unit):
    with pytest.raises(ValueError, match=r"limit|memory"):
        parse_json(unit * 100_000)


@HIGH
@pytest.mark.usefixtures("limit")
def test_nesting_is_read_to_1024_levels():
    found = parse_json("[" * 1_024 + "]" * 1_024)
    for _ in range(1_023):
        (found,) = found
    assert found == []
    with pytest.raises(ValueError, match=r"limit|memory"):
        parse_json("[" * 1_025 + "]" * 1_025)


@LOW
@pytest.mark.usefixtures("limit")
def test_deep_nesting_is_refused_where_the_recursion_limit_is_low():
    with pytest.raises(ValueError, match="levels"):
        parse_json("[" * 1_020 + "]" * 1_020)


def test_integers_of_any_size_are_exact():
    assert parse_json(b'{"wei": 123456789012345678901234567890}') == {
        "wei": 123456789012345678901234567890
    }


@pytest.mark.parametrize("text", ["", "NaN", "[1,]", b"\xff", '"\\ud800"', "1 2", "9" * 5_000])
def test_what_is_no_json_is_a_value_error(text):
    with pytest.raises(ValueError):
        parse_json(text)
