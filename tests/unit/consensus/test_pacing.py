"""Timer lengths: growth, recovery, bounds."""

from consensus.pacing import DELTA_FACTOR_MAX, RETRY_DELAY_MS_MAX, Pacing


def test_timeouts_follow_block_time_and_delta():
    pacing = Pacing(2_000, 500, 1_000)
    assert (pacing.leader_timeout_ms, pacing.advance_timeout_ms) == (3_000, 4_500)


def test_delta_grows_by_half_to_64_times_and_halves_back():
    pacing = Pacing(0, 500, 0)
    pacing.on_nullified()
    assert pacing.delta_ms == 750
    for _ in range(30):
        pacing.on_nullified()
    assert pacing.delta_ms == 500 * DELTA_FACTOR_MAX
    pacing.on_notarized()
    assert pacing.delta_ms == 250 * DELTA_FACTOR_MAX
    for _ in range(30):
        pacing.on_notarized()
    assert pacing.delta_ms == 500


def test_delta_of_one_grows_too():
    pacing = Pacing(0, 1, 0)
    pacing.on_nullified()
    assert pacing.delta_ms == 2


def test_retries_double_up_to_a_limit():
    pacing = Pacing(0, 500, 0)
    assert [pacing.retry_delay_ms(n) for n in range(4)] == [1_000, 2_000, 4_000, 8_000]
    assert pacing.retry_delay_ms(1_000) == RETRY_DELAY_MS_MAX
