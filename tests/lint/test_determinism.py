"""Contract code holds nothing in which two nodes could differ.

``hazards`` holds planted hazards: each line says behind ``# !`` how the findings on it begin, and
no other line has any.
"""

import re
from pathlib import Path

import pytest

from contracts.framework.determinism import find_hazards

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "contracts").rglob("*.py"))
PLANTED = sorted((Path(__file__).parent / "hazards").glob("*.txt"))
MARK = re.compile(r"# ! ([^#\n]+)")


def is_versioned(module: Path) -> bool:
    """Whether a module is a contract's own, not the framework or a generator."""
    return re.fullmatch(r"v\d+", module.parent.name) is not None


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_contract_code_has_no_hazard(module):
    assert find_hazards(module.read_text(), is_versioned=is_versioned(module)) == []


def test_there_is_contract_code_to_check():
    assert len(MODULES) > 20
    assert sum(is_versioned(module) for module in MODULES) > 20


def expected(text: str) -> dict[int, list[str]]:
    lines = enumerate(text.splitlines(), 1)
    marks = ((number, [m.strip() for m in MARK.findall(line)]) for number, line in lines)
    return {number: sorted(found) for number, found in marks if found}


@pytest.mark.parametrize("path", PLANTED, ids=lambda path: path.stem)
def test_planted_hazards_are_found_and_nothing_else(path):
    text = path.read_text()
    found: dict[int, list[str]] = {}
    for hazard in find_hazards(text):
        found.setdefault(hazard.line, []).append(hazard.reason)
    wanted = expected(text)
    assert sorted(found) == sorted(wanted)
    for line, reasons in wanted.items():
        assert len(found[line]) == len(reasons), (line, found[line])
        for reason, seen in zip(reasons, sorted(found[line]), strict=True):
            assert seen.startswith(reason), (line, seen)


def test_the_planted_hazards_are_many():
    planted = [
        r for path in PLANTED for reasons in expected(path.read_text()).values() for r in reasons
    ]
    assert len(planted) >= 150
    assert len(set(planted)) >= 60
    assert expected((Path(__file__).parent / "hazards" / "clean.txt").read_text()) == {}


def test_the_framework_may_name_attributes_and_letters():
    source = "x = getattr(y, name)\nz = name.lower()"
    assert len(find_hazards(source)) == 2
    assert find_hazards(source, is_versioned=False) == []
