"""One measured number, named ``module::operation/key=value``."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """``target`` is what the design asks for, as text; empty where it asks for nothing."""

    name: str
    value: float
    unit: str
    target: str = ""


def median_seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the median wall time of a call."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
