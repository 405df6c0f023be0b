"""Audits of float engines: limits from honest pairs, verdicts, identity of weights."""

import random

import pytest

from miner.engines.audit import Limits, Verdict, calibrate, judge, mean_difference_milli
from miner.engines.identity import weights_digest
from primitives.errors import ConfigError

LIMITS = Limits(pass_milli=10, fail_milli=30)


def pair(generator, noise, count=40):
    claimed = [-generator.random() * 3 for _ in range(count)]
    return claimed, [value + generator.uniform(-noise, noise) for value in claimed]


def test_the_difference_is_a_mean_in_thousandths_of_a_nat():
    assert mean_difference_milli([-1.0, -2.0], [-1.0, -2.0]) == 0
    assert mean_difference_milli([-1.0, -2.0], [-1.1, -2.0]) == 50
    assert mean_difference_milli([-1.0, -2.0], [-100.0, -2.0]) == 2_500
    assert mean_difference_milli([float("nan")], [-1.0]) == 5_000
    for claimed, scored in (([], []), ([-1.0], [-1.0, -1.0])):
        with pytest.raises(ConfigError):
            mean_difference_milli(claimed, scored)


@pytest.mark.parametrize(
    ("shift", "verdict"),
    [(0.0, Verdict.PASSED), (0.010, Verdict.PASSED), (0.011, Verdict.UNSURE),
     (0.029, Verdict.UNSURE), (0.030, Verdict.FAILED), (2.0, Verdict.FAILED)],
)  # fmt: skip
def test_the_verdict_changes_exactly_at_the_limits(shift, verdict):
    claimed = [-1.0] * 16
    assert judge(claimed, [value - shift for value in claimed], LIMITS) is verdict


def test_short_answers_are_not_judged_and_other_counts_fail():
    assert judge([-1.0] * 7, [-9.0] * 7, LIMITS) is Verdict.UNSURE
    assert judge([-1.0] * 8, [-9.0] * 8, LIMITS) is Verdict.FAILED
    assert judge([-1.0] * 8, [-1.0] * 9, LIMITS) is Verdict.FAILED


def test_calibrated_limits_pass_honest_runs_and_fail_another_model():
    generator = random.Random(5)
    limits = calibrate([pair(generator, 0.01) for _ in range(50)])
    assert limits.fail_milli == 3 * limits.pass_milli
    honest = [judge(*pair(generator, 0.01), limits) for _ in range(500)]
    assert Verdict.FAILED not in honest
    assert honest.count(Verdict.PASSED) > 450
    others = [judge(*pair(generator, 0.4), limits) for _ in range(500)]
    assert others.count(Verdict.FAILED) == 500
    with pytest.raises(ConfigError, match="too few"):
        calibrate([pair(generator, 0.01) for _ in range(19)])


def test_identical_runs_still_leave_room_for_rounding():
    limits = calibrate([([-1.0] * 8, [-1.0] * 8)] * 20)
    assert limits == Limits(pass_milli=5, fail_milli=15)


def test_weights_are_known_by_content_and_relative_name(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for place in (one, two):
        (place / "parts").mkdir(parents=True)
        (place / "parts" / "a.safetensors").write_bytes(b"weights")
        (place / "config.json").write_bytes(b"{}")
    (two / "notes.txt").write_text("not part of the model")
    told = []
    assert weights_digest(one, lambda *step: told.append(step)) == weights_digest(two)
    assert told[-1] == (9, 9)
    assert weights_digest(one / "config.json") != weights_digest(one)
    (two / "parts" / "a.safetensors").write_bytes(b"weightz")
    assert weights_digest(one) != weights_digest(two)
    (two / "parts" / "a.safetensors").write_bytes(b"weights")
    (two / "parts" / "a.safetensors").rename(two / "parts" / "b.safetensors")
    assert weights_digest(one) != weights_digest(two)
    with pytest.raises(ConfigError):
        weights_digest(tmp_path / "nothing")
