"""Base weights of the native contracts, measured: ``aitbc bench weights``.

One gas stands for 25 ns of the reference core, for which ``CALIBRATION_NS`` is what a fixed loop
takes: 400 Keccak-256 of 64 bytes, each followed by a 256-bit multiplication modulo a prime and a
dictionary access, as contract code does. The constant is the least of 2,000 runs of that loop on
one idle core of the machine of docs/benchmarks.md (2 virtual cores, x86-64 with AVX-512, CPython
3.11.7). Every round runs the loop between the histories and scales its times by what the loop took
there (median), so that a slower, faster or busy machine measures the same weights.

A measurement is ``ROUNDS`` runs of the histories of ``bench.histories``. They are deterministic, so
the n-th call of each round is the same call and its time is the median over the rounds. What the
context did in it (storage, logs, transfers, nested calls) is timed apart and subtracted, as the
host charges it at EVM prices; so is what the timing itself costs, per operation. Garbage collection
is off meanwhile.

Rows: a call that charges a constant per row, member or word (``ROW_GAS`` and the like) names it in
the line that charges. Over all calls of a method its time is fitted as base + constants x counts
(least squares); a constant is the steepest of its methods. The base is the costliest call of all,
refused ones included, less what its rows are charged. Calldata and output words are charged by the
framework on top of the base and not subtracted.

A weight is the measured gas plus ``MARGIN_PERCENT``, rounded up to 100 gas (constants per row to
10). ``--write`` replaces committed numbers that differ from that by more than ``TOLERANCE`` either
way and leaves the others alone, so that measuring twice changes nothing.
"""

import gc
import linecache
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.histories import HISTORIES
from bench.memory_host import MemoryHost, Sample, block_at, operation_overhead_ns
from contracts.framework import contract as framework
from contracts.framework.contract import FRAMEWORK_WEIGHTS, Contract
from contracts.system import SYSTEM, SYSTEM_CONTRACTS
from primitives.keccak import keccak256

NS_PER_GAS = 25
CALIBRATION_NS = 500_000
ROUNDS = 31
MARGIN_PERCENT = 25
TOLERANCE = 1.5
ROOT = Path(framework.__file__).parents[2]
FRAMEWORK_FILE = Path(framework.__file__)
_CONSTANT = re.compile(r"\b[A-Z][A-Z_]*GAS[A-Z_]*\b")
_PRIME = 2**255 - 19

Progress = Callable[[str], None]
Key = tuple[str, str, str]
"""(contract, version, method), or (contract, version, constant) for what is charged per row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One committed number and what was measured for it; ``path`` is where it is committed."""

    contract: str
    version: str
    method: str
    ns: float
    gas: int
    committed: int
    path: Path
    is_constant: bool = False

    @property
    def weight(self) -> int:
        """The number to commit: with margin, rounded up."""
        step = 10 if self.is_constant else 100
        wanted = self.gas * (100 + MARGIN_PERCENT) // 100
        return max(step, -(-wanted // step) * step)

    @property
    def ratio(self) -> float:
        """Committed over what would be committed now."""
        return self.committed / self.weight

    @property
    def is_off(self) -> bool:
        """Whether the committed number is to be replaced."""
        return not 1 / TOLERANCE <= self.ratio <= TOLERANCE


def calibration_ns() -> int:
    """Return the time of the fixed loop."""
    word, number, table = bytes(64), 3, {}
    began = time.perf_counter_ns()
    for index in range(400):
        digest = keccak256(word)
        number = number * int.from_bytes(digest, "big") % _PRIME
        table[digest, index] = number
        word = digest + table[digest, index].to_bytes(32, "big")
    return time.perf_counter_ns() - began


@dataclass(slots=True)
class Call:
    """One call of the histories: its median time on the reference core, and its rows."""

    key: Key
    release: type[Contract]
    ns: float
    rows: dict[str, int]


def measure(progress: Progress = lambda _text: None, rounds: int = ROUNDS) -> list[Weight]:
    """Run the histories and return all weights, by contract."""
    calls = run_histories(progress, rounds)
    grouped: dict[Key, list[Call]] = defaultdict(list)
    for call in calls:
        grouped[call.key].append(call)
    slopes, bases = {}, {}
    for key, found in grouped.items():
        bases[key], slopes[key] = _fit(found)
    return [*_method_weights(bases), *_constant_weights(grouped, slopes), *probes()]


def run_histories(progress: Progress = lambda _text: None, rounds: int = ROUNDS) -> list[Call]:
    """Return every call of every history with its median time."""
    calls: list[Call] = []
    host = MemoryHost(SYSTEM, block_at(0))
    for place, (name, history) in enumerate(HISTORIES.items(), 1):
        history()  # caches and compiled kernels
        times: list[list[float]] = []
        samples: list[Sample] = []
        for number in range(rounds):
            progress(f"{name} ({place} of {len(HISTORIES)}), round {number + 1} of {rounds}")
            gc.collect()
            gc.disable()
            try:
                before = [calibration_ns() for _ in range(5)]
                overhead = operation_overhead_ns(host)
                samples = history().host.samples
                loop = statistics.median([*before, *(calibration_ns() for _ in range(5))])
            finally:
                gc.enable()
            scale = CALIBRATION_NS / loop
            times.append([max(0.0, s.ns - s.operations * overhead) * scale for s in samples])
        medians = [statistics.median(column) for column in zip(*times, strict=True)]
        for sample, ns in zip(samples, medians, strict=True):
            release = sample.release
            key = (release.name, release.version, sample.method)
            calls.append(Call(key, release, ns, _rows(sample)))
    return calls


def reached() -> set[Key]:
    """Return the methods that the histories call with success."""
    return {
        (sample.release.name, sample.release.version, sample.method)
        for history in HISTORIES.values()
        for sample in history().host.samples
        if sample.is_success
    }


def probes() -> Iterator[Weight]:
    """Measure what receipts charge for tiles, apart from any call."""
    from contracts.receipts.v1 import weights as committed
    from contracts.receipts.v1.contract import Receipts
    from primitives.matmul import TILE, MatmulSpec, tile_leaf
    from primitives.matmul_kernel import compute_tile

    loop = statistics.median(calibration_ns() for _ in range(50))
    times = []
    depths = (64, 256, 1_024)
    for depth in depths:
        spec = MatmulSpec(seed=bytes(32), m=128, n=128, k=depth)
        runs = []
        for _ in range(15):
            began = time.perf_counter_ns()
            tile_leaf(spec, 1, compute_tile(spec, 1))
            runs.append(time.perf_counter_ns() - began)
        times.append(statistics.median(runs) * CALIBRATION_NS / loop)
    slope, base = np.polyfit([TILE * TILE * depth for depth in depths], times, 1)
    path = Path(sys.modules[Receipts.__module__].__file__ or "").with_name("weights.py")
    shared = {"contract": Receipts.name, "version": Receipts.version, "path": path}
    yield Weight(
        **shared, method="TILE_GAS", ns=base, gas=_gas(max(base, 0.0)), is_constant=True,
        committed=committed.TILE_GAS,
    )  # fmt: skip
    per_gas = NS_PER_GAS / slope
    yield Weight(
        **shared, method="MACS_PER_GAS", ns=slope, gas=int(per_gas), is_constant=True,
        committed=committed.MACS_PER_GAS,
    )  # fmt: skip


def write(weights: list[Weight]) -> list[Weight]:
    """Replace the committed numbers that are off; returns those replaced, comments stay."""
    changed = []
    for weight in weights:
        if not weight.is_off or weight.method == "MACS_PER_GAS":
            continue
        text = weight.path.read_text()
        number = f"{weight.weight:_}"
        if weight.is_constant:
            pattern = re.compile(rf"^({weight.method}: Final = )[\d_]+", re.M)
        else:
            pattern = re.compile(rf'("{weight.method}": )[\d_]+')
        new, count = pattern.subn(rf"\g<1>{number}", text)
        if not count:  # inherited from the former version: say it anew
            new = text.replace("**FORMER,\n", f'**FORMER,\n    "{weight.method}": {number},\n')
        if new == text:
            raise ValueError(f"{weight.method} is not in {weight.path}")
        weight.path.write_text(new)
        changed.append(weight)
    return changed


def _gas(ns: float) -> int:
    return -(-int(ns) // NS_PER_GAS)


def _rows(sample: Sample) -> dict[str, int]:
    """Return how often a call charged each constant, by the constant's name and module."""
    rows: dict[str, int] = defaultdict(int)
    for code, line, amount in sample.charges:
        if code is Contract.dispatch.__func__.__code__:  # type: ignore[attr-defined]
            continue
        text = linecache.getline(code.co_filename, line)
        names = _CONSTANT.findall(text)
        if not names or len(names) > 1:  # tiles have a probe of their own
            continue
        module = _module_of(code.co_filename)
        value = getattr(module, names[0])
        rows[f"{module.__name__}:{names[0]}"] += amount // value
    return dict(rows)


def _module_of(filename: str) -> Any:
    name = Path(filename).relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return sys.modules[name]


def _fit(calls: list[Call]) -> tuple[float, dict[str, float]]:
    """Return the base and the slopes of one method over all of its calls."""
    names = sorted({name for call in calls for name in call.rows})
    names = [n for n in names if len({call.rows.get(n, 0) for call in calls}) > 1]
    slopes = dict.fromkeys(names, 0.0)
    if names:
        table = [[1.0, *(call.rows.get(name, 0) for name in names)] for call in calls]
        found = np.linalg.lstsq(np.array(table), np.array([c.ns for c in calls]), rcond=None)[0]
        slopes = {name: max(0.0, float(v)) for name, v in zip(names, found[1:], strict=True)}
    rest = [c.ns - sum(slopes[name] * c.rows.get(name, 0) for name in names) for c in calls]
    return max(0.0, *rest), slopes


def _method_weights(bases: dict[Key, float]) -> Iterator[Weight]:
    shared: dict[str, float] = defaultdict(float)
    for release in SYSTEM_CONTRACTS:
        for method in release.methods.values():
            ns = bases[release.name, release.version, method.name]
            if method.name not in release.weights:
                shared[method.name] = max(shared[method.name], ns)
                continue
            yield Weight(
                contract=release.name, version=release.version, method=method.name, ns=ns,
                gas=_gas(ns), committed=method.gas, path=_weights_file(release),
            )  # fmt: skip
    for name, ns in shared.items():
        yield Weight(
            contract="(all)", version="", method=name, ns=ns, gas=_gas(ns),
            committed=FRAMEWORK_WEIGHTS[name], path=FRAMEWORK_FILE,
        )  # fmt: skip


def _constant_weights(
    grouped: dict[Key, list[Call]], slopes: dict[Key, dict[str, float]]
) -> Iterator[Weight]:
    steepest: dict[tuple[Path, str], tuple[float, int, Key]] = {}
    for key, found in slopes.items():
        for name, slope in found.items():
            module, constant = name.split(":")
            place = _constant_file(module, constant)
            value = getattr(sys.modules[module], constant)
            if slope >= steepest.get((place, constant), (0.0, 0, key))[0]:
                steepest[place, constant] = (slope, value, key)
    for (place, constant), (slope, value, key) in steepest.items():
        release = grouped[key][0].release
        is_shared = place == FRAMEWORK_FILE
        yield Weight(
            contract="(all)" if is_shared else release.name,
            version="" if is_shared else release.version,
            method=constant, ns=slope, gas=_gas(slope), committed=value, path=place,
            is_constant=True,
        )  # fmt: skip


def _weights_file(release: type[Contract]) -> Path:
    path = Path(sys.modules[release.__module__].__file__ or "")
    own = path.with_name("weights.py")
    return own if own.exists() else path


def _constant_file(module: str, constant: str) -> Path:
    """Return the file that commits a constant: the one where it is assigned."""
    start = Path(sys.modules[module].__file__ or "")
    folders = [start.parent, *(start.parents[1] / f"v{number}" for number in range(9, 0, -1))]
    for path in (start, *(folder / "weights.py" for folder in folders)):
        if path.exists() and re.search(rf"^{constant}: Final = ", path.read_text(), re.M):
            return path
    raise ValueError(f"{constant} of {module} is nowhere committed")
