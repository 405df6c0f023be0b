"""When two votes prove a double sign, and whether one key made both."""

from typing import Final

from contracts.context import BlockContext
from contracts.framework.messages import revert
from contracts.staking.v1.messages import EvidenceBadSignature, VoteData
from primitives.errors import InvalidSignatureError
from primitives.keys import Signature, is_signed_by
from primitives.types import Epoch, Hash32, View
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
    domain = VoteDomain(chain_id=block.chain_id, genesis_hash=Hash32(block.genesis_hash))
    for vote in votes:
        statement = Statement(
            kind=VoteKind(vote.kind),
            epoch=Epoch(vote.epoch),
            view=View(vote.view),
            height=vote.height,
            block_hash=Hash32(vote.block_hash),
        )
        try:
            signature = Signature.from_bytes(vote.signature)
        except InvalidSignatureError as error:
            raise revert(EvidenceBadSignature()) from error
        if not is_signed_by(public_key, statement.digest(domain), signature):
            raise revert(EvidenceBadSignature())
