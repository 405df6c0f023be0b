"""Committed base weights of the governance calls, in gas (``aitbc bench weights``)."""

from typing import Final

WEIGHTS: Final = {
    "propose": 12_000,
    "proposeRollback": 8_000,
    "vote": 4_000,
    "ready": 3_000,
    "applyChanges": 5_900,
    "proposal": 3_900,
    "proposalCount": 400,
    "proposalsByStatus": 1_800,
    "votes": 1_000,
    "voteOf": 800,
    "tally": 1_900,
    "readiness": 500,
    "isReady": 500,
    "openProposalOf": 1_300,
    "contracts": 300,
    "activeVersion": 700,
    "versionHistory": 1_000,
    "statistics": 3_000,
}
ROW_GAS: Final = 2_180
"""Per row of a paged view."""
STAKE_ROW_GAS: Final = 230
"""Per validator that a vote or a count of readiness looks at."""
