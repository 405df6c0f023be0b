"""The same history gives the same blocks, whatever the process's hash seed and Python version.

``AITBC_OTHER_PYTHON`` names an interpreter of another version with the dependencies of the
contracts, the EVM and the tests; continuous integration sets it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = int(os.environ.get("AITBC_DETERMINISM_BLOCKS", "60"))
SCRIPT = f"""
import sys
from primitives.keccak import keccak256
from tests.property.whole_history import History

history = History(5)
history.run({BLOCKS}, check=False)
blocks = history.chain.blocks
print(keccak256(b"".join(block.header.state_root for block in blocks)).hex())
print(blocks[-1].hash.hex(), sum(len(block.transactions) for block in blocks))
print(sys.version.split()[0], file=sys.stderr)
"""


def run(hash_seed: str, python: str = sys.executable) -> tuple[str, str]:
    """Return what a process with this hash seed finds, and its Python version."""
    done = subprocess.run(
        [python, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr.split()[-1]


@pytest.fixture(scope="module")
def first() -> tuple[str, str]:
    return run("0")


def test_two_hash_seeds_give_the_same_blocks(first):
    roots, last = first[0].splitlines()
    assert len(roots) == 64
    assert int(last.split()[1]) > 100
    assert run("12345")[0] == first[0]


def test_another_python_gives_the_same_blocks(first):
    python = os.environ.get("AITBC_OTHER_PYTHON")
    if not python:
        pytest.skip("NOT COMPARED WITH ANOTHER PYTHON: set AITBC_OTHER_PYTHON to one")
    found, version = run("7", python)
    assert version.rpartition(".")[0] != first[1].rpartition(".")[0]
    assert found == first[0]
