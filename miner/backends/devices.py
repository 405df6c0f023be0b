"""The devices of this machine: CPU cores, CUDA cards, and what ``nvidia-smi`` knows of them."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any, Final

SMI_SECONDS: Final = 10
_SMI_FIELDS: Final = ("index", "name", "memory.total", "driver_version", "temperature.gpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device; memory in MiB, 0 when not known."""

    id: str
    kind: str
    name: str
    memory_mib: int = 0
    cores: int = 0
    detail: str = ""


def find_devices() -> list[Device]:
    """Return the CPU and every usable CUDA device."""
    return [cpu_device(), *cuda_devices()]


def cpu_device() -> Device:
    """Return the CPU with the cores that this process may use."""
    cores = len(os.sched_getaffinity(0))
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Device(id="cpu", kind="cpu", name=_cpu_name(), memory_mib=pages >> 20, cores=cores)


def cuda_devices() -> list[Device]:
    """Return CUDA devices that numba can use; none without a driver."""
    try:
        from numba import config, cuda  # noqa: PLC0415 - loads the CUDA driver
    except ImportError:
        return []
    if config.ENABLE_CUDASIM:
        return [Device(id="cuda:0", kind="cuda", name="numba's CUDA simulator")]
    try:
        if not cuda.is_available():
            return []
        found = list(cuda.gpus)
    except Exception:  # noqa: BLE001 - numba raises a class of its own for each driver fault
        return []
    known = smi_rows()
    return [_cuda_device(number, gpu, known) for number, gpu in enumerate(found)]


def smi_rows() -> dict[int, dict[str, str]]:
    """Return what ``nvidia-smi`` says of each card; empty without it."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return {}
    query = f"--query-gpu={','.join(_SMI_FIELDS)}"
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command line
            [program, query, "--format=csv,noheader,nounits"],
            capture_output=True,
            timeout=SMI_SECONDS,
            check=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    rows = [line.split(", ") for line in done.stdout.splitlines()]
    whole = [dict(zip(_SMI_FIELDS, row, strict=True)) for row in rows if len(row) == 5]
    return {int(row["index"]): row for row in whole if row["index"].isdigit()}


def _cuda_device(number: int, gpu: Any, known: dict[int, dict[str, str]]) -> Device:
    name = gpu.name.decode() if isinstance(gpu.name, bytes) else str(gpu.name)
    row = known.get(number, {})
    memory = row.get("memory.total", "")
    detail = f"driver {row['driver_version']}, {row['temperature.gpu']} C" if row else ""
    return Device(
        id=f"cuda:{number}",
        kind="cuda",
        name=name,
        memory_mib=int(memory) if memory.isdigit() else 0,
        detail=detail,
    )


def _cpu_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return os.uname().machine
