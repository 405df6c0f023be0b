"""What is committed before it is revealed: hashes that name chain, contract, subject and author.

A copied commitment is worth nothing to another account, and nothing on another chain or about
another subject. Players compute these themselves: a node that is asked for one learns what it
hides.
"""

from typing import Final

from primitives.abi import encode
from primitives.keccak import keccak256
from primitives.types import Hash32

_CHALLENGE: Final = ("uint256", "address", "bytes32", "address", "uint8", "bytes32", "bytes32")
_VOTE: Final = ("uint256", "address", "uint64", "uint8", "address", "uint16", "bytes32")
_AUDIT: Final = ("uint256", "address", "uint64", "string", "address", "uint8", "bytes32")
_CANARY: Final = ("uint256", "address", "bytes32", "string", "address", "uint8", "bytes32")
_OUTPUT: Final = ("uint256", "address", "uint64", "string", "address", "bytes32", "bytes32")

Place = tuple[int, bytes]
"""Chain id and address of the disputes contract."""


def challenge_commitment(
    place: Place, subject: bytes, challenger: bytes, fault: int, evidence: bytes, salt: bytes
) -> Hash32:
    """Return the commitment to a challenge."""
    return keccak256(encode(_CHALLENGE, (*place, subject, challenger, fault, evidence, salt)))


def vote_commitment(
    place: Place, arbitration_id: int, turn: int, voter: bytes, value_bps: int, salt: bytes
) -> Hash32:
    """Return the commitment to an arbitrator's vote in a round."""
    return keccak256(encode(_VOTE, (*place, arbitration_id, turn, voter, value_bps, salt)))


def audit_commitment(
    place: Place, audit_id: int, auditor: bytes, verdict: int, salt: bytes
) -> Hash32:
    """Return the commitment to an auditor's verdict."""
    return keccak256(encode(_AUDIT, (*place, audit_id, "audit", auditor, verdict, salt)))


def canary_commitment(
    place: Place, receipt_hash: bytes, desk: bytes, verdict: int, salt: bytes
) -> Hash32:
    """Return a desk's commitment to the known verdict of a claimed receipt."""
    return keccak256(encode(_CANARY, (*place, receipt_hash, "canary", desk, verdict, salt)))


def output_commitment(
    place: Place, quorum_id: int, miner: bytes, response_hash: bytes, salt: bytes
) -> Hash32:
    """Return a quorum member's commitment to its answer."""
    return keccak256(encode(_OUTPUT, (*place, quorum_id, "quorum", miner, response_hash, salt)))
