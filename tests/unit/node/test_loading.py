"""The lazy engine is loaded whole, whoever is interrupted while it loads."""

import subprocess
import sys

SCRIPT = """
import sys, threading, time
from evm.reference import ReferenceEngine
from node.threads import run_aside
from state.interrupts import raise_in

engine, seen = ReferenceEngine(run=run_aside), []

def load():
    try:
        engine.warm_up()
        seen.append("loaded")
    except BaseException as error:
        seen.append(type(error).__name__)

first, second = threading.Thread(target=load), threading.Thread(target=load)
first.start()
while "eth" not in sys.modules:
    time.sleep(0.001)
second.start()
while "evm.pyevm" in sys.modules and first.is_alive():
    raise_in(first.ident, TimeoutError)
    time.sleep(0.001)
first.join()
second.join()
print(*seen)
"""


def test_a_deadline_that_hits_the_load_breaks_nobody_elses():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.split()) == ["TimeoutError", "loaded"], done.stdout
