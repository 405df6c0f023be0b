"""The processes of a devnet: each in a session of its own, known by a file that holds its id.

A process id is trusted only while ``/proc`` says that the process was started for this devnet.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aitbc.devnet.layout import Devnet

STOP_SECONDS: Final = 15.0
_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its name (``node-2``, ``miner``) and command line after ``aitbc``."""

    name: str
    arguments: tuple[str, ...]
    niceness: int = 0


def node_part(devnet: Devnet, index: int) -> Part:
    """Return the process of a node."""
    home = devnet.node(index).root
    return Part(f"node-{index}", ("start", "--home", str(home)))


def spawn(devnet: Devnet, part: Part) -> int:
    """Start a process unless it runs; return its id. Its output goes to ``HOME/logs``."""
    running = pid_of(devnet, part.name)
    if running is not None:
        return running
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    # One thread each: the kernels have their own pools, and idle BLAS threads cost start-up time.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        environment.setdefault(name, "1")
    log = devnet.logs / f"{part.name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "aitbc", *part.arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )
    if part.niceness:
        os.setpriority(os.PRIO_PROCESS, process.pid, part.niceness)
    _pid_file(devnet, part.name).write_text(str(process.pid))
    return process.pid


def pid_of(devnet: Devnet, name: str) -> int | None:
    """Return the id of a running part, None when it does not run."""
    path = _pid_file(devnet, name)
    try:
        pid = int(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
    _reap(pid)
    if _is_ours(devnet, pid):
        return pid
    path.unlink(missing_ok=True)
    return None


def running(devnet: Devnet) -> dict[str, int]:
    """Return all running parts by name."""
    names = [path.stem for path in sorted(devnet.run.glob("*.pid"))]
    found = {name: pid_of(devnet, name) for name in names}
    return {name: pid for name, pid in found.items() if pid is not None}


def kill(devnet: Devnet, name: str) -> bool:
    """End a part with SIGKILL, as a power cut would; False when it did not run."""
    pid = pid_of(devnet, name)
    if pid is None:
        return False
    os.kill(pid, signal.SIGKILL)
    _await_end(devnet, {name: pid}, STOP_SECONDS)
    return True


def stop(devnet: Devnet, names: list[str]) -> None:
    """End parts with SIGTERM, and with SIGKILL those that do not go in time."""
    parts = {name: pid for name, pid in running(devnet).items() if name in names}
    for pid in parts.values():
        _signal(pid, signal.SIGTERM)
    for name, pid in _await_end(devnet, parts, STOP_SECONDS).items():
        _signal(pid, signal.SIGKILL)
        _pid_file(devnet, name).unlink(missing_ok=True)


def _await_end(devnet: Devnet, parts: dict[str, int], seconds: float) -> dict[str, int]:
    deadline = time.monotonic() + seconds
    left = dict(parts)
    while left and time.monotonic() < deadline:
        left = {name: pid for name, pid in left.items() if pid_of(devnet, name) == pid}
        if left:
            time.sleep(_POLL_SECONDS)
    return left


def _pid_file(devnet: Devnet, name: str) -> Path:
    return devnet.run / f"{name}.pid"


def _is_ours(devnet: Devnet, pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return False
    return "aitbc" in command and str(devnet.root) in command


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _reap(pid: int) -> None:
    """Collect a child of ours that has ended, so that it does not look alive."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
