"""Seeds of mixed faults; named adversaries; determinism; a fork beyond the model is seen."""

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from consensus import effects as fx
from tests.simulation.scenario import BEHAVIOURS, Scenario, random_scenario
from tests.simulation.world import World

ROOT = Path(__file__).resolve().parents[2]
RULES = set(get_args(fx.Rule)) - {"clock"}
"""A clock far ahead is a table test of the core."""


@pytest.mark.parametrize("block", range(10))
def test_mixed_faults_break_no_promise_and_progress_resumes(block: int):
    for seed in range(block * 6, block * 6 + 6):
        world = World(random_scenario(seed)).run()
        assert world.violations == [], random_scenario(seed)


def test_every_rule_acts_in_the_campaign():
    seen: set[str] = set()
    for seed in range(8):
        seen |= World(random_scenario(seed)).run().rules
    assert seen >= RULES, RULES - seen


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_one_adversary_of_four_stops_nothing(behaviour: str):
    scenario = Scenario(seed=5, followers=1, behaviours=((1, behaviour),), grow_blocks=15)
    world = World(scenario).run()
    assert world.violations == []
    is_provable = behaviour in ("equivocate", "contradict")
    assert any(n.evidence for n in world.nodes if n.is_honest) or not is_provable


def test_one_twin_of_four_stops_nothing_and_is_caught():
    evidence = set()
    for seed in range(6):
        world = World(Scenario(seed=seed, twins=(2,), grow_blocks=12)).run()
        assert world.violations == []
        for node in world.nodes:
            evidence |= node.evidence
    assert {voter for _, _, voter in evidence} <= {world.addresses[2]}
    assert evidence


def test_a_third_and_more_of_twins_is_reported_as_a_fork():
    left = (0, 1, 2)
    cut = tuple((a, b) for a in range(6) for b in range(6) if (a in left) != (b in left))
    scenario = Scenario(
        seed=1,
        twins=(0, 1),
        partitions=((0, 5_000, cut),),
        heal_ms=5_000,
        is_set_rotating=False,
        epoch_length=100,
    )
    world = World(scenario).run()
    assert any(line.startswith("fork") for line in world.violations)


def test_an_epoch_ends_during_a_partition():
    """Node 3 misses epoch changes and returns by certificates and sync."""
    cut = tuple((a, b) for a in range(5) for b in range(5) if 3 in (a, b) and a != b)
    scenario = Scenario(
        seed=9,
        validators=5,
        epoch_length=2,
        partitions=((100, 3_000, cut),),
        heal_ms=3_000,
        grow_blocks=6,
    )
    world = World(scenario).run()
    assert world.violations == []
    assert world.nodes[3].core.epoch >= 3


def test_a_crash_at_any_effect_forgets_no_vote():
    for seed in range(12):
        crashes = tuple((200 + 150 * i, (seed + i) % 4, 100 + 70 * i) for i in range(12))
        world = World(Scenario(seed=seed, crashes=crashes, heal_ms=3_500)).run()
        assert world.violations == []
        assert world.restarts > 3


def test_a_quiet_network_finalizes_every_view():
    world = World(Scenario(seed=3, grow_blocks=30)).run()
    assert world.violations == []
    assert not world.rules & {"S3", "S5", "S6", "evidence"}


def test_the_same_seed_delivers_the_same_events_under_any_hash_seed():
    code = (
        "from tests.simulation.world import World\n"
        "from tests.simulation.scenario import random_scenario\n"
        "print([World(random_scenario(s)).run().digest for s in (3, 11, 17)])\n"
    )
    digests = set()
    for hash_seed in ("0", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1
    assert World(random_scenario(3)).run().digest != World(random_scenario(11)).run().digest
