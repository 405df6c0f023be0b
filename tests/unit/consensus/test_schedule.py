"""The leader schedule: proportional, even, rotated."""

from collections import Counter

from consensus.schedule import LeaderSchedule
from primitives.types import Address, Epoch, Hash32, View
from primitives.vote import Validator, ValidatorSet


def _schedule(*powers: int, beacon: int = 0) -> LeaderSchedule:
    members = tuple(
        Validator(address=Address(bytes((i,)) * 20), public_key=bytes(33), power=power)
        for i, power in enumerate(powers)
    )
    return LeaderSchedule(ValidatorSet(Epoch(0), members), Hash32(beacon.to_bytes(32, "big")))


def _leaders(schedule: LeaderSchedule, count: int) -> list[int]:
    return [schedule.leader(View(v)).address[0] for v in range(1, count + 1)]


def test_turns_are_smooth():
    assert _leaders(_schedule(5, 1, 1), 7) == [0, 0, 1, 0, 2, 0, 0]


def test_turns_are_proportional_to_power_over_a_period():
    leaders = _leaders(_schedule(300, 500, 200), 1000)
    assert Counter(leaders) == {0: 300, 1: 500, 2: 200}


def test_the_beacon_rotates_the_sequence():
    plain = _leaders(_schedule(5, 1, 1), 14)
    assert _leaders(_schedule(5, 1, 1, beacon=3), 7) == plain[3:10]
    assert _leaders(_schedule(5, 1, 1, beacon=7), 7) == plain[:7]


def test_order_of_questions_does_not_matter():
    schedule = _schedule(3, 2, 2)
    late = schedule.leader(View(9))
    assert _leaders(schedule, 9) == _leaders(_schedule(3, 2, 2), 9)
    assert schedule.leader(View(9)) == late
