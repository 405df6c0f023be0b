import math

import numpy as np
import pytest

from miner.exact.tables import exp_table, gate_table
from primitives.integer_model import arithmetic as rules

EXP = exp_table().astype(np.int64)


def array(*values):
    return np.array(values, dtype=np.int64)


def test_scaling_rounds_halves_up():
    assert rules.scale(array(-3, -2, -1, 0, 1, 2, 3), 1, 1).tolist() == [-1, -1, 0, 0, 1, 1, 2]


def test_scaling_holds_the_largest_accumulator_and_factor():
    most = 2**31 - 1
    assert rules.scale(array(most, -most), most, 62).tolist() == [1, -1]


def test_a_norm_is_close_to_the_real_one():
    rng = np.random.default_rng(0)
    x = rng.integers(-100_000, 100_000, 256)
    inverse = rules.norm_inverse(rules.sum_of_squares(x), 256, 1)
    found = rules.norm(x, inverse, np.full(256, 1 << 10), 26 - 7, 2047) / 128
    real = x / math.sqrt((x.astype(float) ** 2).mean())
    assert np.abs(found - real).max() < 1 / 128


def test_a_norm_of_nothing_is_nothing():
    inverse = rules.norm_inverse(0, 64, 1)
    assert inverse == 1 << 38
    assert not rules.norm(np.zeros(64, dtype=np.int64), inverse, array(5), 20, 2047).any()


def test_the_largest_residual_does_not_overflow_a_norm():
    x = np.full(1 << 14, rules.RESIDUAL_MAX)
    x[::2] *= -1
    total = rules.sum_of_squares(x)
    assert total == (1 << 14) * rules.RESIDUAL_MAX**2 < 1 << 60
    inverse = rules.norm_inverse(total, 1 << 14, 1 << 32)
    found = rules.norm(x, inverse, array(32767), 30, 2047)
    assert set(found.tolist()) == {2000, -2000} or np.abs(found).max() <= 2047


def test_exponentials_are_close_to_the_real_ones():
    d = np.arange(0, 65_536, 7)
    found = rules.exponential(d, EXP)
    assert np.abs(found - 65_535 * np.exp(-d / 4096)).max() < 2.5


@pytest.mark.parametrize(("distance", "found"), [(-5, 65534), (0, 65534), (1 << 40, 0)])
def test_exponentials_end_at_their_bounds(distance, found):
    assert rules.exponential(array(distance), EXP).tolist() == [found]


def test_shares_never_sum_to_more_than_one():
    e = np.random.default_rng(1).integers(0, 65_535, 1000)
    assert rules.shares(e, int(e.sum())).sum() <= 1 << 19
    assert rules.shares(array(0, 0), 0).tolist() == [0, 0]
    assert rules.shares(array(9), 1).tolist() == [1 << 19]


def test_a_rotation_keeps_length_and_clamps():
    cos, sin = round(16384 * math.cos(1)), round(16384 * math.sin(1))
    found = rules.rotate(array(1000, 0, 0, 1000), array(cos, sin, cos, sin), 2047)
    assert found.tolist() == [540, 841, -841, 540]
    assert rules.rotate(array(2047, -2047), array(11585, 11585), 2047).tolist() == [2047, 0]


def test_the_gate_is_close_to_silu():
    table = gate_table("silu").astype(np.int64)
    x = np.linspace(-9, 9, 500)
    found = rules.gated((x * 4096).astype(np.int64), np.full(500, 4096), table, 24 - 7, 2047) / 128
    assert np.abs(found - x / (1 + np.exp(-x))).max() < 0.02


def test_equal_logits_prefer_the_lower_token():
    best = rules.merge_top([], [5, 7, 7, 1], 64, 100, 3)
    assert best == [(7, 65), (7, 66), (5, 64)]
    assert rules.merge_top(best, [7, 9], 0, 100, 3) == [(9, 1), (7, 0), (7, 65)]


def test_padding_of_the_vocabulary_is_never_a_candidate():
    assert rules.merge_top([], [1, 2, 3], 64, 65, 3) == [(1, 64)]


def test_no_temperature_takes_the_first():
    assert rules.pick([(5, 9), (5, 10)], 0, 10_000, 1, 1, EXP) == 9


def test_a_small_top_p_takes_the_first():
    for seed in range(50):
        assert rules.pick([(9000, 4), (0, 5)], 1000, 5000, seed, 0, EXP) == 4


def test_draws_follow_the_temperature():
    best = [(4096, 1), (0, 2)]
    for temperature in (500, 1000, 4000):
        drawn = [rules.pick(best, temperature, 10_000, seed, 3, EXP) for seed in range(2000)]
        share = drawn.count(2) / 2000
        assert abs(share - 1 / (1 + math.exp(1000 / temperature))) < 0.04


def test_draws_differ_by_position():
    best = [(0, t) for t in range(64)]
    drawn = {rules.pick(best, 1000, 10_000, 7, position, EXP) for position in range(100)}
    assert len(drawn) > 30
