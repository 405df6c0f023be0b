"""The arithmetic of a decision: integers only, exactly at a threshold passes.

Weights are wei of stake at the snapshot; thresholds are hundredths of a percent.
"""

from dataclasses import dataclass
from typing import Final

BPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes of a proposal, and the stake that was bonded at its snapshot."""

    yes: int
    no: int
    abstain: int
    bonded: int

    @property
    def voted(self) -> int:
        """Return the weight that took part."""
        return self.yes + self.no + self.abstain

    @property
    def participation_bps(self) -> int:
        """Return the share of bonded stake that voted, rounded down; to show, not to decide."""
        return self.voted * BPS // self.bonded if self.bonded else 0

    @property
    def approval_bps(self) -> int:
        """Return yes of yes and no, rounded down; to show, not to decide."""
        decided = self.yes + self.no
        return self.yes * BPS // decided if decided else 0

    def has_participation(self, threshold_bps: int) -> bool:
        """Answer whether enough of the bonded stake voted."""
        return self.bonded > 0 and self.voted * BPS >= self.bonded * threshold_bps

    def is_approved(self, threshold_bps: int) -> bool:
        """Answer whether anybody said yes, and enough of those who did not abstain."""
        return self.yes > 0 and self.yes * BPS >= (self.yes + self.no) * threshold_bps


def is_quorum(ready: int, total: int) -> bool:
    """Answer whether ``ready`` is more than two thirds of ``total``."""
    return 3 * ready > 2 * total
