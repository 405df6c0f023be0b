"""Does voting without looking pay? Auditors' strategies against canaries, simulated by seed.

A panel votes on each audited claim. Who scores the answer again finds the truth but for the error
of a statistical test, and pays for it; who does not look votes PASSED, which is nearly always
right. Of some audits a desk committed the answer beforehand (canaries): there the known answer is
the outcome, elsewhere the majority is. Who voted otherwise loses the seat's stake; the fee is
shared by those who were right. Fee, stake and panel are the contract's own defaults.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from contracts.disputes.v1.contract import Disputes

AUDITS = 40_000
LOOKS = (1.0, 0.75, 0.5, 0.25, 0.0)
"""Shares of the audits that an auditor looks at, the honest one first."""
LOOK_COST = 0.03
"""AIT for scoring an answer again: a third of a seat's fee."""
WRONG_CLAIMS = 0.02
"""Share of ordinary claims that are wrong."""
WRONG_CANARIES = 0.5
"""Share of canaries whose known answer is FAILED."""
TEST_ERROR = 0.001
"""How often a test says the wrong thing; between its thresholds it says nothing, at no cost."""
WEI = 10**18


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """``canaries`` is their share of audits; ``lazy`` the share of the others that never look."""

    canaries: float
    lazy: float
    size: int
    fee: float
    stake: float


def default_panel() -> Panel:
    """Return the contract's defaults, one audit in twenty a canary, a third of the others lazy."""
    governed = Disputes.governed
    return Panel(
        canaries=0.05, lazy=1 / 3, size=governed["auditPanel"].default,
        fee=governed["auditFee"].default / WEI, stake=governed["auditStake"].default / WEI,
    )  # fmt: skip


def income(panel: Panel, looks: float, seed: int) -> float:
    """Return the mean income an audit, in AIT, of who looks at a share of the audits."""
    random = Random(f"{panel}{looks}{seed}")
    total = 0.0
    for _ in range(AUDITS):
        is_canary = random.random() < panel.canaries
        wrong = random.random() < (WRONG_CANARIES if is_canary else WRONG_CLAIMS)
        is_looking = random.random() < looks
        votes = [_vote(random, wrong, is_looking=is_looking)]
        votes += [
            _vote(random, wrong, is_looking=random.random() >= panel.lazy)
            for _ in range(panel.size - 1)
        ]
        outcome = wrong if is_canary else sum(votes) * 2 > panel.size
        right = votes.count(outcome)
        total -= LOOK_COST * is_looking
        total += panel.fee * panel.size / right if votes[0] == outcome else -panel.stake
    return total / AUDITS


def _vote(random: Random, wrong: bool, *, is_looking: bool) -> bool:
    """Return whether a seat votes FAILED."""
    return is_looking and wrong != (random.random() < TEST_ERROR)


def grid() -> Iterator[tuple[str, Panel]]:
    """Yield the default and what is around it."""
    default = default_panel()
    yield "default: 5 % canaries, a third of the others never look", default
    for lazy, words in ((0.0, "all others look"), (1.0, "no other looks")):
        yield f"5 % canaries, {words}", replace(default, lazy=lazy)
    for canaries in (0.0, 0.01, 0.025, 0.1):
        for lazy, words in ((1 / 3, "a third never looks"), (1.0, "no other looks")):
            name = f"{100 * canaries:g} % canaries, {words}"
            yield name, replace(default, canaries=canaries, lazy=lazy)


def table(seed: int) -> str:
    """Return the table in Markdown: mean income an audit in thousandths of AIT."""
    head = " | ".join(f"{looks:.0%}" for looks in LOOKS)
    lines = [f"| setting | {head} | best |", "|---" * (len(LOOKS) + 2) + "|"]
    for name, panel in grid():
        found = [income(panel, looks, seed) for looks in LOOKS]
        best = LOOKS[max(range(len(LOOKS)), key=found.__getitem__)]
        cells = " | ".join(f"{1_000 * each:.0f}" for each in found)
        lines.append(f"| {name} | {cells} | {best:.0%} |")
    return "\n".join(lines)
