"""House rules that no linter knows: sizes, forbidden names, imports and words."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [
    "node",
    "consensus",
    "state",
    "contracts",
    "p2p",
    "rpc",
    "primitives",
    "evm",
    "wallet",
    "miner",
    "explorer",
    "aitbc",
]
RULE_PACKAGES = ("consensus", "contracts", "evm", "primitives")
MODULE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}
IO_MODULES = {
    "asyncio", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "subprocess",
    "structlog", "sys", "tempfile", "threading", "time", "datetime", "multiprocessing", "aiohttp",
    "plyvel",
}  # fmt: skip
SOURCES = [p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py"))]
RULE_SOURCES = [p for p in SOURCES if p.relative_to(ROOT).parts[0] in RULE_PACKAGES]


def name_of(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_modules_and_functions_stay_small(path):
    text = path.read_text()
    assert len(text.splitlines()) <= MODULE_LINES_MAX, "module too long: split it"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= FUNCTION_LINES_MAX, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_modules_are_named_for_what_they_hold(path):
    assert path.stem not in FORBIDDEN_NAMES
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring or not path.read_text().strip(), "a module says what it is"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_is_left_unfinished(path):
    words = re.findall(r"\b(TODO|FIXME|XXX|HACK|raise NotImplementedError)\b", path.read_text())
    assert not words


@pytest.mark.parametrize("path", RULE_SOURCES, ids=name_of)
def test_rule_packages_import_no_io_clock_or_randomness(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.partition(".")[0])
    assert not imported & IO_MODULES


@pytest.mark.parametrize("path", RULE_SOURCES, ids=name_of)
def test_rule_packages_know_no_floats_and_no_identity_hashes(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        where = f"{path.name}:{getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), where
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)), where
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"float", "hash", "id"}, where


def test_only_the_store_opens_the_database():
    users = [p for p in SOURCES if re.search(r"^\s*(import|from) plyvel", p.read_text(), re.M)]
    assert [name_of(p) for p in users] == ["state/store.py"]


def test_the_repository_names_no_machine():
    pattern = re.compile(r"/(work|farm|root)/|registry\.npmjs|pypi\.org")
    texts = [*SOURCES, *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "Makefile"]
    assert [name_of(p) for p in texts if pattern.search(p.read_text())] == []
