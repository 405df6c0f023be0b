"""The same operations give the same storage, whatever the process's hash seed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
from tests.property.test_contracts_conservation import Money
from primitives.keccak import keccak256

money = Money(3)
for _ in range(150):
    money.step()
chain = money.chain
print(keccak256(repr((sorted(chain.storage.items()), chain.logs)).encode()).hex())
"""


def run(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_two_hash_seeds_give_one_digest():
    first = run("1")
    assert len(first) == 65
    assert run("2") == first
