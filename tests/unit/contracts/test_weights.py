"""Every method has a committed weight, and the measurement reaches every method."""

import re

import pytest

from bench.weights import TILE, Call, Weight, base_ns, fit_slope, reached, write
from contracts.framework.contract import FRAMEWORK_WEIGHTS
from contracts.system import SYSTEM_CONTRACTS

REACHED = reached()
"""No timing: which methods the histories call with success."""


@pytest.mark.parametrize("release", SYSTEM_CONTRACTS, ids=lambda r: f"{r.name}-{r.version}")
def test_every_method_has_a_committed_weight_and_a_history_that_reaches_it(release):
    for method in release.methods.values():
        committed = release.weights.get(method.name, FRAMEWORK_WEIGHTS.get(method.name))
        assert committed == method.gas
        assert committed >= 100
        assert (release.name, release.version, method.name) in REACHED, method.name


@pytest.mark.parametrize("release", SYSTEM_CONTRACTS, ids=lambda r: f"{r.name}-{r.version}")
def test_no_weight_is_committed_for_a_method_that_is_not_there(release):
    assert set(release.weights) <= {method.name for method in release.methods.values()}


def weight(path, method="vote", gas=400, committed=1_000, **fields):
    return Weight(
        contract="thing", version="1.0.0", method=method, ns=25.0 * gas, gas=gas,
        committed=committed, path=path, **fields,
    )  # fmt: skip


def test_a_weight_has_a_quarter_of_margin_and_is_rounded_up(tmp_path):
    assert weight(tmp_path, gas=400).weight == 500
    assert weight(tmp_path, gas=401).weight == 600
    assert weight(tmp_path, gas=41, is_constant=True).weight == 60
    assert weight(tmp_path, gas=0).weight == 100
    assert [weight(tmp_path, committed=c).is_off for c in (333, 334, 750, 751)] == [
        True, False, False, True,
    ]  # fmt: skip


def test_only_numbers_that_are_off_are_rewritten_and_comments_stay(tmp_path):
    path = tmp_path / "weights.py"
    path.write_text(
        'WEIGHTS: Final = {\n    "vote": 1_000,  # why\n    "votes": 500,\n}\n'
        'ROW_GAS: Final = 900\n"""Per row."""\nTILE_GAS: Final = 5_000\n'
    )
    changed = write(
        [
            weight(path, gas=4_000),
            weight(path, "votes", committed=500),
            weight(path, "ROW_GAS", gas=100, committed=900, is_constant=True),
            weight(path, "TILE_GAS", gas=10, committed=5_000, is_constant=True),
        ]
    )
    assert [w.method for w in changed] == ["vote", "ROW_GAS"]
    assert path.read_text() == (
        'WEIGHTS: Final = {\n    "vote": 5_000,  # why\n    "votes": 500,\n}\n'
        'ROW_GAS: Final = 130\n"""Per row."""\nTILE_GAS: Final = 5_000\n'
    )


def test_a_weight_that_is_inherited_is_said_anew_only_where_it_differs_from_the_former(tmp_path):
    former, latter = tmp_path / "one.py", tmp_path / "two.py"
    former.write_text('W = {\n    "vote": 1_000,\n    "post": 1_000,\n}\n')
    latter.write_text("W = {\n    **FORMER,\n}\n")
    write(
        [
            weight(former, gas=4_000),
            weight(latter, gas=4_000),
            weight(former, "post", gas=800),
            weight(latter, "post", gas=4_000),
        ]
    )
    assert re.findall(r"\d[\d_]+", former.read_text()) == ["5_000", "1_000"]
    assert latter.read_text() == 'W = {\n    **FORMER,\n    "post": 5_000,\n}\n'


def test_the_base_is_the_costliest_call_less_what_its_rows_cost():
    release = SYSTEM_CONTRACTS[0]
    calls = [Call(("a", "1", "b"), release, 10_000.0 + 1_000 * n, {"(m)": n}) for n in (0, 2, 8)]
    assert fit_slope(calls) == ("(m)", pytest.approx(1_000))
    assert base_ns(calls, {}, {"(m)": 1_000.0}) == 10_000
    assert base_ns(calls, {}, {"(m)": 500.0}) == 14_000
    assert base_ns([Call(("a", "1", "b"), release, 1.0, {TILE: 1})], {}, {TILE: 30_000.0}) == 5_000
