"""Does cheating pay? Miners' strategies against sampling, bonds and collusion, simulated by seed.

A miner anchors batches of receipts. Beacons after the anchor draw points of the batch's value; the
receipts that own them are re-executed by auditors. A wrong receipt that meets an honest auditor
costs the whole bond and everything unsettled. The simulator plays many batches for each strategy
and compares the mean income a batch with an honest miner's, at the chain's own default parameters
and around them.

What is simulated of an attacker: he cheats on any share of his work; he owns a share of the
auditors, who stay silent; he has a third of the stake and withholds blocks to draw the beacons
again; and he challenges himself first, so that half of his bond comes back.

``python -m bench.economics`` prints the table; ``--write`` renews docs/economics.md and its plot.
"""

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from bench import economics_audits
from contracts.marketplace.v1.contract import Marketplace
from contracts.receipts.v1.batches import BATCH_DRAW_LAST
from contracts.receipts.v1.contract import Receipts

BPS = 10_000
BATCHES = 2_000
RECEIPTS = 200
"""Receipts a batch, of log-normal value around 1 AIT."""
WORK_COST, SKIPPED_COST = 0.70, 0.05
"""What a receipt of 1 AIT costs honestly, and when it is invented."""
IDLE_BATCHES = 1
"""Batches missed before a convicted miner is back under another name, with another bond."""
SHARES = (0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
STAKE = 1 / 3
DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = Path(__file__).with_name("economics_page.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One point of the grid. ``lock`` is bond over unsettled value; ``colluding`` auditors."""

    draws: int
    lock: float
    fee: float
    slash_share: float
    colluding: float = 1 / 3
    is_biased: bool = True
    is_sham: bool = True
    watchers: int = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """A strategy's mean income a batch in AIT, its error, and how often it was caught."""

    income: float
    error: float
    caught: float


def default_setting() -> Setting:
    """Return the defaults of the contracts' own parameters."""
    market = Marketplace.governed
    return Setting(
        draws=Receipts.governed["samplesPerBatch"].default,
        lock=market["lockBps"].default / BPS,
        fee=market["feeBps"].default / BPS,
        slash_share=market["slashShareBps"].default / BPS,
    )


def play(setting: Setting, share: float, seed: int) -> Outcome:
    """Play ``BATCHES`` batches of a miner who cheats on ``share`` of the value he sells."""
    random = Random(f"{setting}{share}{seed}")
    incomes = []
    caught = 0
    idle = 0
    for _ in range(BATCHES):
        if idle:
            idle -= 1
            incomes.append(0.0)
            continue
        values = [math.exp(random.gauss(0.0, 1.0)) for _ in range(RECEIPTS)]
        total = sum(values)
        cheated = _cheated(random, values, share)
        cost = WORK_COST * (total - cheated) + SKIPPED_COST * cheated
        if cheated and _is_found(random, setting, cheated / total):
            caught += 1
            idle = IDLE_BATCHES
            kept = setting.slash_share if setting.is_sham else 0.0
            incomes.append(-cost - setting.lock * total * (1.0 - kept))
        else:
            incomes.append(total * (1.0 - setting.fee) - cost)
    mean = sum(incomes) / len(incomes)
    spread = sum((income - mean) ** 2 for income in incomes) / len(incomes)
    return Outcome(mean, math.sqrt(spread / len(incomes)), caught / BATCHES)


def _cheated(random: Random, values: list[float], share: float) -> float:
    """Return the value of the receipts that are invented: at least one when the share is not 0."""
    if not share:
        return 0.0
    chosen = [value for value in values if random.random() < share]
    return sum(chosen) or min(values)


def _is_found(random: Random, setting: Setting, share: float) -> bool:
    """Answer whether a draw meets a wrong receipt and an honest auditor looks at it.

    The attacker sees each outcome before it is final while he leads: he may withhold the last
    block, and the one before it if that was his as well, and keep the best outcome.
    """
    tries = 1
    if setting.is_biased:
        while tries < 1 << BATCH_DRAW_LAST and random.random() < STAKE:
            tries *= 2
    silent = setting.colluding**setting.watchers
    for _ in range(min(tries, 256)):
        hits = sum(random.random() < share for _ in range(setting.draws))
        if not any(random.random() >= silent for _ in range(hits)):
            return False
    return True


def grid() -> Iterator[tuple[str, Setting]]:
    """Yield the settings of the table: the default, and one thing changed at a time."""
    default = default_setting()
    yield "default", default
    for draws in (1, 2, 4, 16):
        yield f"{draws} draws a batch", replace(default, draws=draws)
    for lock in (0.0, 0.25, 0.5, 2.0):
        yield f"bond {lock:.0%} of unsettled value", replace(default, lock=lock)
    for colluding in (0.0, 2 / 3, 0.9):
        yield f"{colluding:.0%} of auditors collude", replace(default, colluding=colluding)
    yield "one auditor a draw", replace(default, watchers=1)
    yield "no bias, no sham challenge", replace(default, is_biased=False, is_sham=False)
    worst = replace(default, draws=1, lock=0.25, colluding=0.9, watchers=1)
    yield "1 draw, 25% bond, 90% collude", worst


def measure(seed: int) -> list[tuple[str, Setting, list[Outcome]]]:
    """Play every strategy in every setting."""
    return [(name, found, [play(found, x, seed) for x in SHARES]) for name, found in grid()]


def table(rows: list[tuple[str, Setting, list[Outcome]]]) -> str:
    """Return the table in Markdown: income as a share of the honest one."""
    head = " | ".join("honest" if not x else f"{x:.1%}" for x in SHARES)
    lines = [f"| setting | {head} | cheating pays |", "|---" * (len(SHARES) + 2) + "|"]
    for name, _, outcomes in rows:
        honest = outcomes[0]
        cells = [f"{honest.income:.1f} AIT"]
        pays = []
        for x, outcome in zip(SHARES[1:], outcomes[1:], strict=True):
            cells.append(f"{100 * outcome.income / honest.income:.0f}")
            if outcome.income - honest.income > 3 * (outcome.error + honest.error):
                pays.append(f"{x:.1%}")
        lines.append(f"| {name} | {' | '.join(cells)} | {', '.join(pays) or 'never'} |")
    return "\n".join(lines)


def plot(rows: list[tuple[str, Setting, list[Outcome]]]) -> str:
    """Return an SVG: income against the share of invented work, one line a setting."""
    width, height, left, top, right, bottom = 760, 420, 70, 30, 250, 50
    chosen = [row for row in rows if row[0] in PLOTTED]
    low, high = -250.0, 130.0

    def x_of(place: int) -> float:
        return left + place * (width - left - right) / (len(SHARES) - 1)

    def y_of(percent: float) -> float:
        inside = max(low, min(high, percent))
        return top + (high - inside) * (height - top - bottom) / (high - low)

    space = 'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="12"'
    parts = [
        f'<svg {space} viewBox="0 0 {width} {height}">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for percent in range(-250, 131, 50):
        y = y_of(percent)
        parts.append(
            f'<line x1="{left}" y1="{y:.1f}" x2="{width - right}" y2="{y:.1f}" stroke="#ddd"/>'
            f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{percent} %</text>'
        )
    for place, share in enumerate(SHARES):
        label = "honest" if not share else f"{share:.1%}"
        y = height - bottom + 18
        parts.append(f'<text x="{x_of(place):.1f}" y="{y}" text-anchor="middle">{label}</text>')
    for number, (name, _, outcomes) in enumerate(chosen):
        honest = outcomes[0].income
        colour = COLOURS[number % len(COLOURS)]
        spots = " ".join(
            f"{x_of(place):.1f},{y_of(100 * outcome.income / honest):.1f}"
            for place, outcome in enumerate(outcomes)
        )
        parts.append(f'<polyline points="{spots}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = top + 18 * number + 8
        parts.append(
            f'<line x1="{width - right + 12}" y1="{y}" x2="{width - right + 36}" y2="{y}" '
            f'stroke="{colour}" stroke-width="2"/>'
            f'<text x="{width - right + 42}" y="{y + 4}">{name}</text>'
        )
    caption = "share of the sold value that is invented; income as a share of the honest one"
    parts.append(
        f'<text x="{left}" y="{height - 10}">{caption} (below -250 % cut off)</text></svg>'
    )
    return "\n".join(parts) + "\n"


PLOTTED = (
    "default", "1 draws a batch", "2 draws a batch", "bond 0% of unsettled value",
    "bond 25% of unsettled value", "90% of auditors collude",
    "1 draw, 25% bond, 90% collude",
)  # fmt: skip
COLOURS = ("#000000", "#d55e00", "#e69f00", "#0072b2", "#56b4e9", "#009e73", "#cc79a7")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="renew docs/economics.md and .svg")
    chosen = parser.parse_args()
    rows = measure(chosen.seed)
    shown = table(rows)
    audits = economics_audits.table(chosen.seed)
    print(shown, audits, sep="\n\n")
    if chosen.write:
        default = default_setting()
        page = PAGE.read_text().format(
            seed=chosen.seed, receipts=RECEIPTS, work=WORK_COST, skipped=SKIPPED_COST,
            draws=default.draws, lock=default.lock, slash=default.slash_share, batches=BATCHES,
            table=shown, audits=audits, look=economics_audits.LOOK_COST,
            wrong=economics_audits.WRONG_CLAIMS, error=economics_audits.TEST_ERROR,
            votes=economics_audits.AUDITS,
        )  # fmt: skip
        (DOCS / "economics.md").write_text(page)
        (DOCS / "economics.svg").write_text(plot(rows))


if __name__ == "__main__":
    main()
