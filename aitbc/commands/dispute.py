"""``aitbc dispute``: one verb per call and view of the disputes contract."""

from typing import Final

import click

from aitbc.native import VerbGroup
from aitbc.verbs import add_verbs
from contracts.disputes.v1.contract import Disputes

GROUPS: Final[dict[str, tuple[str, dict[str, str | tuple[str, ...]]]]] = {
    "": (
        "",
        {
            "show": "challenge",
            "case": "caseOf",
            "open": ("openChallenges", "open"),
            "count": ("challengeCount", "challenges"),
            "bond-for": ("bondFor", "bond"),
            "commitment": ("commitmentFor", "commitment"),
            "commit": "commitChallenge",
            "expire": "expireChallenge",
            "withdraw": "withdrawChallenge",
            "withdraw-batch": "withdrawBatchChallenge",
            "withdraw-tile": "withdrawTileChallenge",
            "sweep": "sweepReward",
            "claim-reward": "claimReward",
        },
    ),
    "reveal": (
        "Reveal a committed challenge: what the miner is accused of.",
        {
            "game": "revealGame",
            "tile": "revealTile",
            "bad-signature": "revealBadSignature",
            "duplicate-leaf": "revealDuplicateLeaf",
            "wrong-sum": "revealWrongSum",
            "double-signing": "revealDoubleSigning",
            "overclaim": "revealOverclaim",
        },
    ),
    "game": (
        "Moves of a bisection game.",
        {
            "show": "game",
            "list": "games",
            "answer-signature": "answerSignature",
            "open-trace": "openTrace",
            "reveal-nodes": "revealNodes",
            "choose": "choose",
            "post-micro-root": "postMicroRoot",
            "one-step": "oneStep",
            "claim-timeout": "claimTimeout",
        },
    ),
    "arbitration": (
        "Disputes that no proof decides: drawn arbitrators vote.",
        {
            "show": "arbitration",
            "of-lease": ("arbitrationOf", "arbitration"),
            "count": ("arbitrationCount", "arbitrations"),
            "panel": "panel",
            "open": "openArbitration",
            "evidence": "addEvidence",
            "draw": "drawPanel",
            "vote-commitment": ("voteCommitment", "commitment"),
            "commit-vote": "commitVote",
            "reveal-vote": "revealVote",
            "close": "closeArbitration",
        },
    ),
    "arbitrator": (
        "Bonded arbitrators.",
        {
            "show": "arbitrator",
            "list": "arbitrators",
            "register": "registerArbitrator",
            "add-bond": "addArbitratorBond",
            "leave": "leaveArbitration",
            "withdraw": "withdrawArbitratorBond",
        },
    ),
    "audit": (
        "Audits of sampled work: drawn auditors vote.",
        {
            "show": "audit",
            "seats": "auditSeats",
            "of-receipt": ("auditOf", "audit"),
            "totals": ("auditTotals", "audits", "canaries", "pool"),
            "failures": ("auditFailures", "count", "since"),
            "open": "openAudit",
            "vote-commitment": ("auditCommitment", "commitment"),
            "commit": "commitAudit",
            "reveal": "revealAudit",
            "close": "closeAudit",
            "fund": "fundAudits",
            "is-failed": ("isFailed", "failed"),
            "close-failed": "closeFailed",
            "canary-commitment": ("canaryCommitment", "commitment"),
            "commit-canary": "commitCanary",
            "show-canary": "showCanary",
        },
    ),
    "quorum": (
        "The same work by several miners, drawn by beacon.",
        {
            "show": "quorum",
            "members": "quorumMembers",
            "of-lease": ("quorumOf", "quorum"),
            "answer": ("quorumAnswer", "response_hash"),
            "count": ("quorumCount", "quorums"),
            "open": "openQuorum",
            "draw": "drawQuorum",
            "output-commitment": ("outputCommitment", "commitment"),
            "commit": "commitOutput",
            "reveal": "revealOutput",
            "close": "closeQuorum",
            "release": "releaseQuorum",
        },
    ),
}
INTERNAL: Final = frozenset(("appointDesk", "dismissDesk", "governedCall", "noteProductFailed"))
"""What governance and the receipts contract alone call."""


@click.group(cls=VerbGroup)
def dispute() -> None:
    """Challenges of receipts, bisection games, arbitration."""


def _add_groups() -> None:
    for name, (words, verbs) in GROUPS.items():
        if not name:
            add_verbs(dispute, Disputes, verbs)
            continue
        group = VerbGroup(name=name, help=words)
        add_verbs(group, Disputes, verbs)
        dispute.add_command(group)


_add_groups()
