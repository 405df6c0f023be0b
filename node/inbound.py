"""The gate between the network and the core: decode, look up, check signatures, pass on.

Everything a peer sends is hostile until checked here. A message that no honest peer sends costs the
peer a penalty; one that is merely late or early costs nothing.
"""

from typing import Final

import structlog

from consensus.core import Core
from consensus.inputs import BlockFetched, CertificateReceived, ProposalReceived, VoteReceived
from consensus.messages import Proposal, check_proposal_signature, decode_message, encode_message
from node.driver import Driver, now_ms
from node.executor import Executor
from node.network import Network
from node.wire import (
    Kind,
    decode_block_request,
    decode_certificate_request,
)
from primitives import rlp
from primitives.block import Block, decode_block, decode_header_item
from primitives.errors import InvalidBlockError
from primitives.types import Epoch, Hash32, View
from primitives.vote import (
    Certificate,
    Vote,
    VoteDomain,
    VoteKind,
    check_certificate,
    check_vote,
)
from state.transition import check_transactions_root

log = structlog.get_logger("consensus")

CHECKED_MAX: Final = 64
"""Proposals remembered as checked; the core's window of views is smaller."""


class ConsensusGate:
    """Turns peers' bytes into checked inputs of one driver's core."""

    def __init__(
        self, driver: Driver, executor: Executor, network: Network, domain: VoteDomain
    ) -> None:
        self._driver = driver
        self._executor = executor
        self._network = network
        self._domain = domain
        self._checked: dict[tuple[int, int, Hash32], None] = {}

    @property
    def _core(self) -> Core:
        return self._driver.core

    def on_consensus(self, peer: bytes, body: bytes) -> None:
        """Take a proposal, vote or certificate.

        Raises:
            DecodeError, InvalidSignatureError, InvalidBlockError: the peer is to blame.
        """
        message = decode_message(body)
        match message:
            case Vote():
                self._on_vote(peer, message)
            case Certificate():
                self._on_certificate(peer, message)
            case Proposal():
                self._on_proposal(peer, message)

    def on_block_request(self, peer: bytes, body: bytes) -> None:
        """Answer a request for one block, decided or not."""
        block_hash = decode_block_request(body)
        executed = self._executor.executed(block_hash)
        block: Block | None = None if executed is None else executed.block
        if block is None:
            height = self._executor.chain.height_of(block_hash)
            block = None if height is None else self._executor.chain.block(height)
        if block is not None:
            self._network.send(peer, Kind.BLOCK, block.encode())

    def on_block(self, peer: bytes, body: bytes) -> None:  # noqa: ARG002 - one shape of handler
        """Take a block that we asked for; others are dropped.

        Raises:
            DecodeError, InvalidBlockError: the peer is to blame.
        """
        if _hash_of(body) in self._core.missing_blocks:
            block = decode_block(body)
            check_transactions_root(block)
            self._driver.submit(BlockFetched(block=block))

    def on_certificate_request(self, peer: bytes, body: bytes) -> None:
        """Answer a request for a certificate with it, or with one that leads on."""
        epoch, view, kind = decode_certificate_request(body)
        certificate = self._core.answer_certificate(Epoch(epoch), View(view), kind)
        if certificate is not None:
            self._network.send(peer, Kind.CONSENSUS, encode_message(certificate))

    def _on_vote(self, peer: bytes, vote: Vote) -> None:
        statement = vote.statement
        is_straggler = (
            statement.epoch == self._core.epoch - 1 and statement.kind is VoteKind.NULLIFY
        )
        if not is_straggler and not self._core.wants_vote(statement):
            return
        if not self._core.knows_vote(vote):
            validators = self._executor.validator_set(statement.epoch)
            if validators is None:
                return
            check_vote(vote, validators, self._domain)
        self._driver.submit(VoteReceived(vote=vote, sender=peer))

    def _on_certificate(self, peer: bytes, certificate: Certificate) -> None:
        if self._core.holds(certificate.statement):
            return
        if self._check_certificate(certificate):
            self._driver.submit(CertificateReceived(certificate=certificate, sender=peer))

    def _on_proposal(self, peer: bytes, proposal: Proposal) -> None:
        block = proposal.block
        leader = self._core.leader(proposal.view)
        if leader is None or block.seal.epoch != self._core.epoch:
            return
        key = (block.seal.epoch, proposal.view, block.hash)
        if key in self._checked:
            return  # a replay: the core has it, and checking it again is what a flooder wants
        check_proposal_signature(proposal, leader, self._domain)
        _check_unsigned_parts(proposal)
        certificates = [
            block.seal.parent_certificate,
            proposal.certificate,
            *proposal.nullifications,
        ]
        for certificate in certificates:
            # Also one whose statement we hold: its further signatures would enter the core.
            if certificate is not None and not self._check_certificate(certificate):
                return
        self._checked[key] = None
        while len(self._checked) > CHECKED_MAX:
            del self._checked[next(iter(self._checked))]
        self._driver.submit(ProposalReceived(proposal=proposal, now_ms=now_ms(), sender=peer))

    def _check_certificate(self, certificate: Certificate) -> bool:
        """Check a certificate; False when its epoch's set is not known here (yet)."""
        validators = self._executor.validator_set(certificate.statement.epoch)
        if validators is None:
            return False
        check_certificate(certificate, validators, self._domain)
        return True


def _hash_of(raw: bytes) -> Hash32:
    """Return a block's hash; its transactions, which take far longer to decode, are passed over.

    Raises:
        DecodeError: not a block, or without a header.
    """
    return decode_header_item(rlp.decode_list(raw, "block", 3)[0]).hash


def _check_unsigned_parts(proposal: Proposal) -> None:
    """Check what the leader's signature does not cover, so that nobody else can spoil a proposal.

    Raises:
        InvalidBlockError: other transactions than the header's, or a certificate out of place.
    """
    block, certificate = proposal.block, proposal.certificate
    check_transactions_root(block)
    if proposal.view == block.seal.view:
        if certificate is not None:
            raise InvalidBlockError("proposal with a certificate beside its seal's")
        return
    statement = None if certificate is None else certificate.statement
    if (
        statement is None
        or statement.kind not in (VoteKind.NOTARIZE, VoteKind.FINALIZE)
        or statement.block_hash != block.hash
        or (statement.epoch, statement.height) != (block.seal.epoch, block.height)
        or statement.view >= proposal.view
    ):
        raise InvalidBlockError("block proposed again without its own notarization")
