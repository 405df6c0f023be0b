"""Committed base weights of the disputes calls, in gas; see ``contracts.staking.v1.weights``."""

from typing import Final

WEIGHTS: Final = {
    "commitChallenge": 2_500,
    "revealGame": 12_000,
    "revealOverclaim": 9_000,
    "revealDoubleSigning": 13_000,
    "revealDuplicateLeaf": 6_400,
    "revealWrongSum": 7_000,
    "revealBadSignature": 6_500,
    "answerSignature": 9_000,
    "expireChallenge": 900,
    "withdrawChallenge": 9_000,
    "withdrawBatchChallenge": 2_500,
    "claimReward": 2_000,
    "openTrace": 300,
    "revealNodes": 1_900,
    "choose": 3_000,
    "postMicroRoot": 300,
    "oneStep": 300,
    "claimTimeout": 6_500,
    "registerArbitrator": 1_800,
    "addArbitratorBond": 900,
    "leaveArbitration": 1_300,
    "withdrawArbitratorBond": 2_000,
    "openArbitration": 5_000,
    "addEvidence": 900,
    "drawPanel": 1_800,
    "commitVote": 900,
    "revealVote": 900,
    "closeArbitration": 6_000,
    "challenge": 1_800,
    "challengeCount": 400,
    "caseOf": 1_800,
    "openChallenges": 1_100,
    "game": 1_300,
    "games": 1_200,
    "commitmentFor": 1_000,
    "bondFor": 1_400,
    "arbitrator": 600,
    "arbitrators": 1_200,
    "arbitration": 1_900,
    "arbitrationCount": 400,
    "arbitrationOf": 600,
    "panel": 1_200,
    "voteCommitment": 1_000,
    "fundAudits": 700,
    "openAudit": 9_600,
    "commitAudit": 1_100,
    "revealAudit": 1_900,
    "closeFailed": 1_000,
    "isFailed": 500,
    "closeAudit": 7_900,
    "appointDesk": 1_000,
    "dismissDesk": 1_000,
    "commitCanary": 900,
    "showCanary": 2_000,
    "audit": 1_500,
    "auditSeats": 1_700,
    "auditOf": 500,
    "auditTotals": 400,
    "auditFailures": 600,
    "auditCommitment": 900,
    "openQuorum": 12_500,
    "drawQuorum": 3_000,
    "commitOutput": 2_200,
    "revealOutput": 1_400,
    "releaseQuorum": 3_000,
    "closeQuorum": 5_700,
    "quorum": 1_200,
    "quorumMembers": 1_300,
    "quorumOf": 500,
    "quorumAnswer": 500,
    "quorumCount": 400,
    "outputCommitment": 900,
    "canaryCommitment": 900,
}
ROW_GAS: Final = 500
"""Per row that a paged view reads, storage apart."""
MEMBER_GAS: Final = 900
"""Per arbitrator that a draw weighs, storage apart."""
SEAT_GAS: Final = 200
"""Per seat that is looked at, storage apart."""
NODE_GAS: Final = 60
"""Per node of a tree that is hashed."""
SUM_NODE_GAS: Final = 100
"""Per level of a batch's sum tree."""
ADJUDICATION_GAS: Final = 40_000
"""One call of an adjudicator: at most 1 ms."""
