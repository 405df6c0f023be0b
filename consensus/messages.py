"""What validators send each other: proposals, votes, certificates.

A message is RLP of [tag, body]. Decoding is strict and bounded and checks no signature.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from primitives import rlp
from primitives.block import BLOCK_BYTES_MAX, Block, decode_block
from primitives.errors import DecodeError, InvalidSignatureError
from primitives.keys import SIGNATURE_BYTES, Signature, is_signed_by, sign
from primitives.types import Hash32, View
from primitives.vote import (
    VALIDATORS_MAX,
    Certificate,
    Statement,
    Validator,
    Vote,
    VoteDomain,
    VoteKind,
    decode_certificate_item,
    decode_vote_item,
)

NULLIFICATIONS_MAX: Final = 16
"""How many of a gap's nullifications a proposal carries; the rest is fetched."""

CERTIFICATE_BYTES_MAX: Final = 256 + VALIDATORS_MAX * (SIGNATURE_BYTES + 2)
MESSAGE_BYTES_MAX: Final = BLOCK_BYTES_MAX + (NULLIFICATIONS_MAX + 1) * CERTIFICATE_BYTES_MAX + 256

_TAG_PROPOSAL: Final = 1
_TAG_VOTE: Final = 2
_TAG_CERTIFICATE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A leader's block for a view, with what others need to judge it.

    The parent's certificate is in the block's seal. A re-proposed terminal block keeps its first
    seal, so ``view`` is then above the seal's, and ``certificate`` is the block's own notarization
    of the view below the gap. ``nullifications`` are those of the gap, nearest to ``view`` first.
    """

    view: View
    block: Block
    certificate: Certificate | None
    nullifications: tuple[Certificate, ...]
    signature: bytes

    @property
    def statement(self) -> Statement:
        """Return what the leader signs."""
        return proposal_statement(self.view, self.block)

    def to_item(self) -> list[rlp.Encodable]:
        """Return the RLP item; the block travels as its own encoding."""
        return [
            self.view,
            self.block.encode(),
            [] if self.certificate is None else self.certificate.to_item(),
            [certificate.to_item() for certificate in self.nullifications],
            self.signature,
        ]

    def encode(self) -> bytes:
        """Return the proposal's RLP."""
        return rlp.encode(self.to_item())


Message: TypeAlias = Proposal | Vote | Certificate


def proposal_statement(view: View, block: Block) -> Statement:
    """Return the statement under a proposal: the live view, not the seal's."""
    return Statement(
        kind=VoteKind.PROPOSE,
        epoch=block.seal.epoch,
        view=view,
        height=block.height,
        block_hash=Hash32(block.hash),
    )


def sign_proposal(
    view: View,
    block: Block,
    certificate: Certificate | None,
    nullifications: tuple[Certificate, ...],
    domain: VoteDomain,
    secret: bytes,
) -> Proposal:
    """Sign a proposal. Only the signer's guard may call this with a live key."""
    digest = proposal_statement(view, block).digest(domain)
    return Proposal(
        view=view,
        block=block,
        certificate=certificate,
        nullifications=nullifications,
        signature=sign(secret, digest).to_bytes(),
    )


def check_proposal_signature(proposal: Proposal, leader: Validator, domain: VoteDomain) -> None:
    """Check that ``leader`` signed the proposal; the block's contents are not looked at.

    Raises:
        InvalidSignatureError: malformed, or by another key.
    """
    signature = Signature.from_bytes(proposal.signature)
    if not is_signed_by(leader.public_key, proposal.statement.digest(domain), signature):
        raise InvalidSignatureError("proposal not signed by its view's leader")


def encode_message(message: Message) -> bytes:
    """Return the bytes of any message."""
    match message:
        case Proposal():
            return rlp.encode([_TAG_PROPOSAL, message.to_item()])
        case Vote():
            return rlp.encode([_TAG_VOTE, message.to_item()])
        case Certificate():
            return rlp.encode([_TAG_CERTIFICATE, message.to_item()])


def decode_message(raw: bytes) -> Message:
    """Decode any message; signatures are not checked.

    Raises:
        DecodeError: oversized, malformed, or an unknown tag.
    """
    if len(raw) > MESSAGE_BYTES_MAX:
        raise DecodeError("message", f"larger than {MESSAGE_BYTES_MAX} bytes")
    tag_item, body = rlp.decode_list(raw, "message", 2)
    tag = rlp.as_uint(tag_item, "message tag", 8)
    if tag == _TAG_PROPOSAL:
        return decode_proposal_item(body)
    if tag == _TAG_VOTE:
        return _check_votable(decode_vote_item(body))
    if tag == _TAG_CERTIFICATE:
        return _check_certifiable(decode_certificate_item(body))
    raise DecodeError("message", f"unknown tag {tag}")


def decode_proposal(raw: bytes) -> Proposal:
    """Decode a proposal's RLP; signatures are not checked."""
    if len(raw) > MESSAGE_BYTES_MAX:
        raise DecodeError("proposal", f"larger than {MESSAGE_BYTES_MAX} bytes")
    return decode_proposal_item(rlp.decode(raw))


def decode_proposal_item(item: rlp.Item) -> Proposal:
    """Decode a proposal from its RLP item."""
    fields = rlp.as_list(item, "proposal", 5)
    nullifications = rlp.as_list(fields[3], "proposal nullifications")
    if len(nullifications) > NULLIFICATIONS_MAX:
        raise DecodeError("proposal", f"more than {NULLIFICATIONS_MAX} nullifications")
    certificate_item = rlp.as_list(fields[2], "proposal certificate")
    certificate = decode_certificate_item(certificate_item) if certificate_item else None
    return Proposal(
        view=View(rlp.as_uint(fields[0], "proposal view", 64)),
        block=decode_block(rlp.as_bytes(fields[1], "proposal block")),
        certificate=None if certificate is None else _check_certifiable(certificate),
        nullifications=tuple(
            _check_nullification(decode_certificate_item(entry)) for entry in nullifications
        ),
        signature=rlp.as_bytes(fields[4], "proposal signature", SIGNATURE_BYTES),
    )


def _check_votable(vote: Vote) -> Vote:
    if vote.statement.kind is VoteKind.PROPOSE:
        raise DecodeError("vote", "a leader's signature is not a vote")
    return vote


def _check_certifiable(certificate: Certificate) -> Certificate:
    if certificate.statement.kind is VoteKind.PROPOSE:
        raise DecodeError("certificate", "there is no certificate of proposals")
    return certificate


def _check_nullification(certificate: Certificate) -> Certificate:
    if certificate.statement.kind is not VoteKind.NULLIFY:
        raise DecodeError("proposal", "a certificate in the gap is not a nullification")
    return certificate
