"""Contract code holds nothing in which two nodes could differ."""

from pathlib import Path

import pytest

from contracts.framework.determinism import find_hazards

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "contracts").rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_contract_code_has_no_hazard(module):
    assert find_hazards(module.read_text()) == []


def test_there_is_contract_code_to_check():
    assert len(MODULES) > 20


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("x = 1.5", "float constant"),
        ("x = 2j", "float constant"),
        ("x = a / b", "true division"),
        ("x /= 2", "true division"),
        ("x = 2 ** -1", "negative exponent"),
        ("import time", "import of time"),
        ("import os.path", "import of os.path"),
        ("from random import choice", "import of random"),
        ("from numba import njit", "import of numba"),
        ("x = hash(y)", "call of hash()"),
        ("x = id(y)", "call of id()"),
        ("x = float(y)", "call of float()"),
        ("x = round(y)", "call of round()"),
        ("open('f')", "call of open()"),
        ("def f():\n    global x\n    x = 1", "global variable"),
        ("for x in {1, 2}: pass", "iteration over a set"),
        ("for x in set(y): pass", "iteration over a set"),
        ("x = [y for y in frozenset(z)]", "iteration over a set"),
        ("s = set()\nfor x in s: pass", "iteration over a set"),
        ("def f(s: set[int]):\n    return list(s)", "iteration over a set"),
        ("s: frozenset[int] = g()\nx = [*s]", "iteration over a set"),
        ("s = {1}\nt = ','.join(s)", "iteration over a set"),
        ("s = {1}\nx = s.pop()", "pop from a set"),
        ("s = {1}\nfor x in s | {2}: pass", "iteration over a set"),
        ("async def f(): pass", "coroutine"),
    ],
)
def test_planted_hazards_are_found(source, reason):
    assert any(reason in hazard.reason for hazard in find_hazards(source))


@pytest.mark.parametrize(
    "source",
    [
        "x = a // b",
        "x = y in {1, 2}",
        "s = {1}\nx = sorted(s)",
        "x = 2 ** 3",
        "d = {}\nfor k in d: pass",
        "x = len({1, 2})",
    ],
)
def test_deterministic_code_is_not_flagged(source):
    assert find_hazards(source) == []
