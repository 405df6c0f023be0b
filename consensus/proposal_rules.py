"""What of a proposal can be judged without its parent: whose it is and what it builds on (S2)."""

from dataclasses import dataclass

from consensus.chain import BlockRef
from consensus.messages import Proposal
from primitives.types import Address, Epoch, Hash32, View
from primitives.vote import Certificate, VoteKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochFrame:
    """What is fixed for an epoch: its number, length and the block under its first one."""

    epoch: Epoch
    length: int
    parent: BlockRef
    proof: Certificate | None

    def is_terminal(self, height: int) -> bool:
        """Answer whether the epoch ends at this height; the block under it does not count."""
        return height > self.parent.height and height % self.length == 0


@dataclass(frozen=True, slots=True)
class Parent:
    """The block that a proposal extends (or re-proposes) and the view that notarized it."""

    view: View
    hash: Hash32


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a proposal is invalid."""

    why: str


def judge_proposal(
    proposal: Proposal, frame: EpochFrame, leader: Address, finalized_view: View
) -> Parent | Fault:
    """Name the parent of a proposal, or its fault. Signatures were checked before."""
    block, seal = proposal.block, proposal.block.seal
    if proposal.view != seal.view:
        return _judge_again(proposal, frame, finalized_view)
    if seal.proposer != leader:
        return Fault("the seal names another proposer than the view's leader")
    if proposal.certificate is not None:
        return Fault("a certificate beside the seal's")
    if frame.is_terminal(block.height - 1):
        return Fault("builds above a terminal block")
    certificate = seal.parent_certificate
    if block.parent_hash == frame.parent.hash:
        return _judge_first(certificate, frame, finalized_view)
    return _judge_certificate(
        certificate, block.parent_hash, block.height - 1, proposal, frame, finalized_view
    )


def _judge_again(proposal: Proposal, frame: EpochFrame, finalized_view: View) -> Parent | Fault:
    """A terminal block is proposed again, with its own notarization, until it is final."""
    block = proposal.block
    if not frame.is_terminal(block.height) or proposal.view < block.seal.view:
        return Fault("the seal is of another view")
    return _judge_certificate(
        proposal.certificate, block.hash, block.height, proposal, frame, finalized_view
    )


def _judge_first(
    certificate: Certificate | None, frame: EpochFrame, finalized_view: View
) -> Parent | Fault:
    """The parent is the previous epoch's terminal block: final, so the epoch starts at view 0."""
    if finalized_view > 0:
        return Fault("builds below the finalized block")
    if frame.proof is None:
        return (
            Fault("a certificate of the genesis block")
            if certificate
            else Parent(View(0), frame.parent.hash)
        )
    if certificate is None:
        return Fault("no certificate of the parent")
    statement = certificate.statement
    is_its_proof = statement.kind is VoteKind.FINALIZE and statement.epoch == frame.epoch - 1
    if not is_its_proof or statement.block_hash != frame.parent.hash:
        return Fault("the certificate is not the previous epoch's finalization")
    return Parent(View(0), frame.parent.hash)


def _judge_certificate(
    certificate: Certificate | None,
    parent_hash: Hash32,
    parent_height: int,
    proposal: Proposal,
    frame: EpochFrame,
    finalized_view: View,
) -> Parent | Fault:
    if certificate is None:
        return Fault("no certificate of the parent")
    statement = certificate.statement
    if statement.kind not in (VoteKind.NOTARIZE, VoteKind.FINALIZE):
        return Fault("the parent's certificate does not notarize it")
    if (statement.block_hash, statement.height) != (parent_hash, parent_height):
        return Fault("the certificate is of another block than the parent")
    if statement.epoch != frame.epoch or statement.view >= proposal.view:
        return Fault("the parent was not notarized in an earlier view of this epoch")
    if statement.view < finalized_view:
        return Fault("builds below the finalized block")
    return Parent(statement.view, parent_hash)
