"""Signed votes as evidence: when two prove a double sign, and whose key made them."""

from typing import Final

from contracts.context import BlockContext
from contracts.framework.messages import revert
from contracts.staking.v1.messages import EvidenceBadSignature, VoteData
from primitives.errors import InvalidSignatureError
from primitives.keys import Signature, is_signed_by, recover_address
from primitives.types import Address, Epoch, Hash32, View
from primitives.vote import Statement, VoteDomain, VoteKind

_REPEATED: Final = (VoteKind.NOTARIZE, VoteKind.FINALIZE)


def are_conflicting(first: VoteData, second: VoteData) -> bool:
    """Answer whether no honest validator signs both (docs: consensus, evidence).

    In one (epoch, view): two notarize votes or two finalize votes for different blocks, or
    nullify and finalize.
    """
    if (first.epoch, first.view) != (second.epoch, second.view):
        return False
    if first.kind == second.kind:
        differ = (first.height, first.block_hash) != (second.height, second.block_hash)
        return first.kind in _REPEATED and differ
    return sorted((first.kind, second.kind)) == [VoteKind.NULLIFY, VoteKind.FINALIZE]


def check_votes(block: BlockContext, public_key: bytes, *votes: VoteData) -> None:
    """Check that ``public_key`` signed every vote on this chain.

    Raises:
        Revert: EvidenceBadSignature.
    """
    for vote in votes:
        if not is_signed_by(public_key, _digest(block, vote), _signature(vote)):
            raise revert(EvidenceBadSignature())


def voter_of(block: BlockContext, vote: VoteData) -> Address:
    """Return the address of the key that signed a vote on this chain.

    Raises:
        Revert: EvidenceBadSignature, no key did.
    """
    try:
        return recover_address(_digest(block, vote), _signature(vote))
    except InvalidSignatureError as error:
        raise revert(EvidenceBadSignature()) from error


def _signature(vote: VoteData) -> Signature:
    try:
        return Signature.from_bytes(vote.signature)
    except InvalidSignatureError as error:
        raise revert(EvidenceBadSignature()) from error


def _digest(block: BlockContext, vote: VoteData) -> Hash32:
    domain = VoteDomain(chain_id=block.chain_id, genesis_hash=Hash32(block.genesis_hash))
    statement = Statement(
        kind=VoteKind(vote.kind),
        epoch=Epoch(vote.epoch),
        view=View(vote.view),
        height=vote.height,
        block_hash=Hash32(vote.block_hash),
    )
    return statement.digest(domain)
