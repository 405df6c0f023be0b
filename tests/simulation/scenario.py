"""What a simulated run depends on, and how to draw one from a seed."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything that a run depends on."""

    seed: int
    validators: int = 4
    followers: int = 0
    behaviours: tuple[tuple[int, str], ...] = ()
    twins: tuple[int, ...] = ()
    epoch_length: int = 5
    block_time_ms: int = 0
    delay_ms: tuple[int, int] = (5, 40)
    execution_ms: int = 5
    loss_percent: int = 0
    duplicate_percent: int = 0
    partitions: tuple[tuple[int, int, tuple[tuple[int, int], ...]], ...] = ()
    crashes: tuple[tuple[int, int, int], ...] = ()
    skews_ms: tuple[int, ...] = ()
    heal_ms: int = 0
    grow_blocks: int = 8
    bound_ms: int = 240_000
    events_max: int = 400_000
    is_set_rotating: bool = True


def random_scenario(seed: int) -> Scenario:
    """Draw a mix of faults within the model: less than a third of the power is faulty."""
    rng = random.Random(seed)
    validators = rng.choice((4, 4, 5, 7))
    faulty_max = (validators - 1) // 3
    chosen = rng.sample(range(validators), rng.randint(0, faulty_max))
    behaviours, twins = [], []
    for index in chosen:
        behaviour = rng.choice((*BEHAVIOURS, "twin", "twin"))
        if behaviour == "twin":
            twins.append(index)
        else:
            behaviours.append((index, behaviour))
    nodes = validators + len(twins) + 1
    partitions = []
    for _ in range(rng.randint(0, 3)):
        start = rng.randint(0, 8_000)
        side = set(rng.sample(range(nodes), rng.randint(1, nodes - 1)))
        is_both_ways = rng.random() < 0.6
        pairs = tuple(
            (a, b)
            for a in range(nodes)
            for b in range(nodes)
            if (a in side and b not in side) or (is_both_ways and b in side and a not in side)
        )
        partitions.append((start, start + rng.randint(500, 4_000), pairs))
    crashes = []
    for _ in range(rng.randint(0, 4)):
        at = rng.randint(100, 9_000)
        crashes.append((at, rng.randrange(nodes), rng.randint(20, 3_000)))
    slow = rng.random() < 0.3
    return Scenario(
        seed=seed,
        validators=validators,
        followers=1,
        behaviours=tuple(behaviours),
        twins=tuple(twins),
        epoch_length=rng.choice((2, 3, 5, 8)),
        block_time_ms=rng.choice((0, 0, 200)),
        delay_ms=(5, 400) if slow else (5, 40),
        execution_ms=rng.choice((0, 3, 60)),
        loss_percent=rng.choice((0, 5, 20)),
        duplicate_percent=rng.choice((0, 10)),
        partitions=tuple(partitions),
        crashes=tuple(crashes),
        skews_ms=tuple(rng.randint(-150, 150) for _ in range(nodes)),
        heal_ms=13_000,
    )


BEHAVIOURS = ("equivocate", "withhold", "no_finalize", "silent", "liar", "contradict", "forker")
