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
the line that charges, and that is how it is found here. A constant is the slope of the steepest of
the views that charge it (and of ``FITTED_CALLS``) over the numbers of rows that they had; receipts'
constants have probes of their own, and one that no view varies is left as it is committed. The base
is the costliest call of all, refused ones included, less what its rows cost by these constants, and
at least ``FLOOR_NS``. Calldata and output words are charged by the framework on top of the base and
not subtracted. ``TILE_GAS`` and ``MACS_PER_GAS`` are shown and never rewritten: the kernel's speed
depends on the processor's vector units far more than Python's, and their margin is for that.

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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.histories import HISTORIES
from bench.memory_host import MemoryHost, Sample, block_at, operation_overhead_ns
from contracts.framework import contract as framework
from contracts.framework.contract import FRAMEWORK_WEIGHTS, Contract
from contracts.system import SYSTEM, SYSTEM_CONTRACTS
from primitives.keccak import keccak256
from primitives.types import Hash32

NS_PER_GAS = 25
CALIBRATION_NS = 640_000
ROUNDS = 31
MARGIN_PERCENT = 25
TOLERANCE = 1.5
FLOOR_NS = 5_000
"""A call that decodes nothing and reads one word takes that long."""
FITTED_CALLS = {
    ("staking", "compound"), ("governance", "vote"), ("messaging", "post"),
    ("messaging", "sendSealed"),
}  # fmt: skip
"""Calls whose time grows evenly with their rows, beside the views."""
PINNED = ("TILE_GAS", "MACS_PER_GAS")
TILE = "(tile)"
ROOT = Path(framework.__file__).parents[2]
FRAMEWORK_FILE = Path(framework.__file__)
_CONSTANT = re.compile(r"\b[A-Z][A-Z_]*GAS[A-Z_]*\b")
_BORROWED = re.compile(r'WEIGHTS\["(\w+)"\]')
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
    grouped: dict[Key, list[Call]] = defaultdict(list)
    for call in run_histories(progress, rounds):
        grouped[call.key].append(call)
    progress("probes")
    tile_ns, probed = probes()
    constants = {weight.method: weight.ns for weight in probed}
    constants[TILE] = tile_ns
    fitted = list(_constant_weights(grouped))
    slopes = {(weight.path, weight.method): weight.ns for weight in fitted}
    bases = {key: base_ns(calls, slopes, constants) for key, calls in grouped.items()}
    return [*_method_weights(bases), *fitted, *probed]


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


def probes() -> tuple[float, list[Weight]]:
    """Return the time of one tile as deep as those of the histories, and what receipts charge."""
    from bench.histories.compute import DEPTH
    from contracts.receipts.v1 import weights as committed
    from contracts.receipts.v1.contract import Receipts
    from primitives.matmul import TILE as SIDE
    from primitives.matmul import MatmulSpec, tile_leaf
    from primitives.matmul_kernel import compute_tile
    from primitives.merkle import root_from_path

    def time_of(work: Callable[[], object]) -> float:
        runs = []
        for _ in range(25):
            loop = calibration_ns()
            began = time.perf_counter_ns()
            work()
            runs.append((time.perf_counter_ns() - began) * CALIBRATION_NS / loop)
        return statistics.median(runs)

    depths = (DEPTH, 256, 1_024)
    specs = [MatmulSpec(seed=Hash32(bytes(32)), m=128, n=128, k=depth) for depth in depths]
    tiles = [time_of(lambda s=s: tile_leaf(s, 1, compute_tile(s, 1))) for s in specs]  # type: ignore[misc]
    slope, base = np.polyfit([SIDE * SIDE * depth for depth in depths], tiles, 1)
    node = Hash32(bytes(32))
    lengths = (2, 10)
    paths = [
        time_of(lambda n=n: [root_from_path(node, 0, 1 << n, [node] * n) for _ in range(50)])  # type: ignore[misc]
        / 50
        for n in lengths
    ]
    per_node = (paths[1] - paths[0]) / (lengths[1] - lengths[0])
    path = Path(sys.modules[Receipts.__module__].__file__ or "").with_name("weights.py")
    measured = {
        "TILE_GAS": (float(base), _gas(max(float(base), 0.0))),
        "MACS_PER_GAS": (float(slope), int(NS_PER_GAS / slope)),
        "PATH_NODE_GAS": (per_node, _gas(per_node)),
    }
    return tiles[0], [
        Weight(
            contract=Receipts.name, version=Receipts.version, path=path, method=name, ns=ns,
            gas=gas, is_constant=True, committed=getattr(committed, name),
        )
        for name, (ns, gas) in measured.items()
    ]  # fmt: skip


def write(weights: list[Weight]) -> list[Weight]:
    """Replace the committed numbers that are off; returns those replaced, comments stay."""
    changed: list[Weight] = []
    for weight in weights:
        text = weight.path.read_text()
        if "FORMER" in text and f'"{weight.method}": ' not in text and not weight.is_constant:
            former = [
                w for w in changed if (w.contract, w.method) == (weight.contract, weight.method)
            ]
            weight = replace(weight, committed=former[-1].weight) if former else weight
        if not weight.is_off or weight.method in PINNED:
            continue
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
        module = _module_of(code.co_filename)
        borrowed = _BORROWED.search(text)
        names = _CONSTANT.findall(text)
        if borrowed:
            rows[f"{sample.release.name}:{borrowed[1]}"] += amount // module.WEIGHTS[borrowed[1]]
        elif "TILE_GAS" in names:
            rows[TILE] += 1
        elif len(names) == 1:
            rows[f"{module.__name__}:{names[0]}"] += amount // getattr(module, names[0])
        else:
            raise ValueError(f"no constant in {text.strip()!r}")
    return dict(rows)


def _module_of(filename: str) -> Any:
    name = Path(filename).relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return sys.modules[name]


def fit_slope(calls: list[Call]) -> tuple[str, float] | None:
    """Return the one constant that a method's calls vary, and its slope; None for none or more."""
    names = {name for call in calls for name in call.rows}
    varied = [n for n in names if len({call.rows.get(n, 0) for call in calls}) > 1]
    if len(varied) != 1:
        return None
    counts = [call.rows.get(varied[0], 0) for call in calls]
    slope = float(np.polyfit(counts, [call.ns for call in calls], 1)[0])
    return varied[0], max(0.0, slope)


def base_ns(
    calls: list[Call], slopes: dict[tuple[Path, str], float], constants: dict[str, float]
) -> float:
    """Return what the costliest call costs apart from its rows."""

    def row_ns(call: Call, name: str) -> float:
        if name in constants:
            return constants[name]
        module, constant = name.split(":")
        if module == call.release.name:  # rows at the weight of another method
            return call.release.weights[constant] * NS_PER_GAS
        if constant in constants:
            return constants[constant]
        place = _constant_file(module, constant)
        committed: int = getattr(sys.modules[module], constant)
        return slopes.get((place, constant), committed * NS_PER_GAS)

    rest = (c.ns - sum(n * row_ns(c, name) for name, n in c.rows.items()) for c in calls)
    return max(FLOOR_NS, *rest)


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


def _constant_weights(grouped: dict[Key, list[Call]]) -> Iterator[Weight]:
    steepest: dict[tuple[Path, str], tuple[float, int, type[Contract]]] = {}
    for key, calls in grouped.items():
        release = calls[0].release
        method = next(m for m in release.methods.values() if m.name == key[2])
        found = fit_slope(calls)
        is_fitted = method.spec.is_view or (release.name, method.name) in FITTED_CALLS
        if found is None or not is_fitted or found[0] == TILE:
            continue
        module, constant = found[0].split(":")
        if module == release.name or constant == "PATH_NODE_GAS":
            continue
        place = _constant_file(module, constant)
        if found[1] >= steepest.get((place, constant), (0.0,))[0]:
            value = getattr(sys.modules[module], constant)
            steepest[place, constant] = (found[1], value, release)
    for (place, constant), (slope, value, release) in steepest.items():
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
