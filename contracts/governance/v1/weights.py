"""Committed base weights of the governance calls, in gas (``aitbc bench weights``)."""

from typing import Final

WEIGHTS: Final = {
    "propose": 12_000,
    "proposeRollback": 8_000,
    "vote": 4_000,
    "ready": 3_000,
    "applyChanges": 3_000,
    "proposal": 2_500,
    "proposalCount": 400,
    "proposalsByStatus": 1_000,
    "votes": 1_000,
    "voteOf": 800,
    "tally": 1_200,
    "readiness": 2_000,
    "isReady": 800,
    "openProposalOf": 800,
    "contracts": 1_000,
    "activeVersion": 700,
    "versionHistory": 1_000,
    "statistics": 3_000,
}
ROW_GAS: Final = 800
"""Per row of a paged view."""
STAKE_ROW_GAS: Final = 600
"""Per validator that a vote or a count of readiness looks at."""
