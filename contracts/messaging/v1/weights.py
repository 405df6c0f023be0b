"""Committed base weights of the messaging calls, in gas; see ``contracts.staking.v1.weights``."""

from typing import Final

WEIGHTS: Final = {
    "grantModerator": 1_200,
    "revokeModerator": 1_500,
    "grantTopicModerator": 1_500,
    "revokeTopicModerator": 2_000,
    "openTopic": 4_000,
    "pinTopic": 1_100,
    "lockTopic": 1_500,
    "hideTopic": 800,
    "post": 3_000,
    "edit": 3_000,
    "deleteMessage": 1_800,
    "hideMessage": 1_800,
    "pinMessage": 1_800,
    "vote": 2_200,
    "ban": 2_000,
    "unban": 1_800,
    "registerKey": 1_000,
    "sendSealed": 2_000,
    "sendSealedHash": 2_000,
    "feeFor": 400,
    "counts": 400,
    "topic": 2_000,
    "topics": 1_000,
    "message": 2_000,
    "storedText": 1_000,
    "messages": 1_800,
    "replies": 1_000,
    "edits": 800,
    "voteOf": 600,
    "account": 2_500,
    "rankOf": 600,
    "banOf": 900,
    "moderators": 800,
    "topicModerators": 500,
    "keyOf": 700,
    "inbox": 800,
}
TOPIC_ROW_GAS: Final = 780
"""Per topic that a paged view reads, storage apart."""
MESSAGE_ROW_GAS: Final = 910
"""Per message that a paged view reads, storage apart."""
ENTRY_ROW_GAS: Final = 260
"""Per edit, letter or moderator that a paged view reads, storage apart."""
TEXT_GAS_PER_WORD: Final = 12
"""Per 32 bytes of text that a call hashes and checks; twice the EVM's price of a hash."""
