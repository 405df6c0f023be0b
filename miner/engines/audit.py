"""Statistical audits of float engines: the same tokens scored again, against calibrated limits.

An auditor runs the model that the receipt names over prompt and answer in one prefill and compares
its log-probabilities with the claimed ones. Two honest machines differ by rounding; another model,
a truncated context or invented numbers differ by much more. Limits are calibrated on pairs of
honest runs. One failed audit proves nothing and slashes nobody: repeated ones do.

The statistic is the mean absolute difference of log-probabilities, in thousandths of a nat, with
every difference cut at 5 nats so that one token cannot decide.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from primitives.errors import ConfigError

CUT_NATS: Final = 5.0
TOKENS_MIN: Final = 8
"""Shorter answers are not judged."""
SAMPLES_MIN: Final = 20
MARGIN: Final = 3
"""Failing takes this many times the largest difference seen between honest runs."""
FLOOR_MILLI: Final = 5


class Verdict(IntEnum):
    """An audit's outcome; the numbers are what auditors vote with."""

    UNSURE = 0
    PASSED = 1
    FAILED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Calibrated limits of the mean difference, in thousandths of a nat."""

    pass_milli: int
    fail_milli: int


def mean_difference_milli(claimed: Sequence[float], scored: Sequence[float]) -> int:
    """Return the mean absolute difference in thousandths of a nat, each cut at 5 nats.

    Raises:
        ConfigError: the two do not belong to the same tokens.
    """
    if len(claimed) != len(scored) or not claimed:
        raise ConfigError(
            f"{len(claimed)} claimed and {len(scored)} scored log-probabilities",
            "Score exactly the tokens of the receipt",
        )
    parts = [
        CUT_NATS if math.isnan(ours - theirs) else min(abs(ours - theirs), CUT_NATS)
        for ours, theirs in zip(scored, claimed, strict=True)
    ]
    return round(1_000 * math.fsum(parts) / len(parts))


def calibrate(honest: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Limits:
    """Return limits from pairs of log-probabilities of honest runs of one model.

    An answer passes up to the largest difference seen, and fails from three times that on.

    Raises:
        ConfigError: fewer than 20 pairs.
    """
    if len(honest) < SAMPLES_MIN:
        raise ConfigError(
            f"{len(honest)} pairs are too few to calibrate", f"Collect at least {SAMPLES_MIN}"
        )
    largest = max(mean_difference_milli(one, other) for one, other in honest)
    bound = max(largest, FLOOR_MILLI)
    return Limits(pass_milli=bound, fail_milli=MARGIN * bound)


def judge(claimed: Sequence[float], scored: Sequence[float], limits: Limits) -> Verdict:
    """Return an audit's verdict; between the limits, and for short answers, UNSURE."""
    if len(claimed) != len(scored):
        return Verdict.FAILED
    if len(claimed) < TOKENS_MIN:
        return Verdict.UNSURE
    difference = mean_difference_milli(claimed, scored)
    if difference <= limits.pass_milli:
        return Verdict.PASSED
    return Verdict.FAILED if difference >= limits.fail_milli else Verdict.UNSURE
