"""Committed base weights of version two, in gas; see ``contracts.staking.v1.weights``."""

from typing import Final

from contracts.messaging.v1.weights import WEIGHTS as FORMER

WEIGHTS: Final = {
    **FORMER,
    "openTopic": 4_400,
    "post": 3_600,
    "edit": 3_600,
    "acceptAnswer": 2_200,
    "withdrawAcceptance": 1_800,
    "acceptedAnswer": 500,
    "historyRoot": 900,
    "activeTopics": 3_100,
}
EDIT_LINK_GAS: Final = 260
"""Per former text that is chained into a history root, storage apart."""
