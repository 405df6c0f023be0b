"""What makes a block's seal valid beyond its form: proposer, VRF proof, certificate, late votes.

Checked as part of a block's validity (S2), so a block that reaches a vote has nothing in its seal
that an outsider could have forged. Signature checks are against the set of the epoch named.
"""

from collections.abc import Callable
from typing import Final

from primitives.block import Block, Header
from primitives.errors import InvalidBlockError, InvalidSignatureError
from primitives.seal import LATE_VOTE_ANCESTORS_MAX, LATE_VOTES_MAX
from primitives.types import Epoch, Hash32
from primitives.vote import (
    Certificate,
    ValidatorSet,
    Vote,
    VoteDomain,
    VoteKind,
    check_certificate,
    check_vote,
)
from primitives.vrf import beacon_input, verify_proof

SetOfEpoch = Callable[[Epoch], ValidatorSet | None]
AncestorHash = Callable[[int], Hash32 | None]

_PARENT_KINDS: Final = (VoteKind.NOTARIZE, VoteKind.FINALIZE)


def check_seal(
    block: Block,
    parent: Header,
    set_of_epoch: SetOfEpoch,
    ancestor_hash: AncestorHash,
    domain: VoteDomain,
) -> None:
    """Check a block's seal on its parent.

    Raises:
        InvalidBlockError: the message says what is wrong.
    """
    seal = block.seal
    validators = set_of_epoch(seal.epoch)
    if validators is None:
        raise InvalidBlockError(f"seal of the unknown epoch {seal.epoch}")
    proposer = validators.validator(seal.proposer)
    if proposer is None:
        raise InvalidBlockError("seal by an account outside the epoch's validator set")
    alpha = beacon_input(parent.mix_hash, seal.epoch, seal.view)
    try:
        verify_proof(proposer.public_key, alpha, seal.vrf_proof)
        _check_parent_certificate(seal.parent_certificate, parent, set_of_epoch, domain)
        _check_late_votes(block, validators, ancestor_hash, domain)
    except InvalidSignatureError as error:
        raise InvalidBlockError(f"seal: {error}") from error


def is_late_vote_in_reach(vote: Vote, height: int) -> bool:
    """Answer whether a block at a height may still carry a vote: for 8 ancestors and the parent."""
    return 1 <= height - vote.statement.height <= LATE_VOTE_ANCESTORS_MAX + 1


def _check_parent_certificate(
    certificate: Certificate | None,
    parent: Header,
    set_of_epoch: SetOfEpoch,
    domain: VoteDomain,
) -> None:
    if certificate is None:
        if parent.height:
            raise InvalidBlockError("seal without the parent's certificate")
        return
    statement = certificate.statement
    if statement.kind not in _PARENT_KINDS or statement.block_hash != parent.hash:
        raise InvalidBlockError("seal with a certificate of another block than the parent")
    validators = set_of_epoch(statement.epoch)
    if validators is None:
        raise InvalidBlockError(f"seal with a certificate of the unknown epoch {statement.epoch}")
    check_certificate(certificate, validators, domain)


def _check_late_votes(
    block: Block, validators: ValidatorSet, ancestor_hash: AncestorHash, domain: VoteDomain
) -> None:
    """Late votes are for one of the last 8 ancestors, one per voter and view."""
    votes = block.seal.late_votes
    if len(votes) > LATE_VOTES_MAX:
        raise InvalidBlockError(f"seal with more than {LATE_VOTES_MAX} late votes")
    seen = set()
    for vote in votes:
        statement = vote.statement
        key = (vote.voter, statement.epoch, statement.view)
        if key in seen or statement.kind not in _PARENT_KINDS:
            raise InvalidBlockError("seal with a late vote twice, or of another kind")
        if not is_late_vote_in_reach(vote, block.height):
            raise InvalidBlockError("seal with a late vote for a block too far back")
        if ancestor_hash(statement.height) != statement.block_hash:
            raise InvalidBlockError("seal with a late vote for a block outside the chain")
        seen.add(key)
        check_vote(vote, validators, domain)
