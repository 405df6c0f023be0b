"""All that one epoch's Simplex instance knows, and the questions it answers. No rule acts here.

1. Certificates, votes and promises below ``finalized_view`` are pruned (votes a little later).
2. ``open_views`` are the views above it with a notarized block that we may still have to finalize.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from consensus.chain import BlockTree
from consensus.messages import NULLIFICATIONS_MAX, Message, Proposal
from consensus.promises import Promises
from consensus.proposal_rules import EpochFrame, Parent
from consensus.schedule import LeaderSchedule
from consensus.votes import VIEWS_BEHIND_MAX, CertificateBook, VoteBook
from primitives.block import Block
from primitives.seal import LATE_VOTE_ANCESTORS_MAX
from primitives.types import Address, Hash32, View
from primitives.vote import Certificate, Statement, ValidatorSet, Vote, VoteKind

FETCH_DEPTH_MAX: Final = 128
"""Ancestors further above the finalized block than this are left to block sync."""


Record: TypeAlias = Message | Block
"""What the WAL gives back at a restart."""


@dataclass(frozen=True, slots=True)
class Lack:
    """The view of which neither a notarization nor a nullification is here."""

    view: View


class EpochState:
    """One epoch: frame, set, schedule, books, blocks."""

    def __init__(self, frame: EpochFrame, validators: ValidatorSet) -> None:
        self.frame = frame
        self.validators = validators
        self.schedule = LeaderSchedule(validators, frame.parent.beacon)
        self.book = VoteBook(validators)
        self.certificates = CertificateBook()
        self.tree = BlockTree(frame.parent)
        self.promises = Promises()
        self.finalized_view = View(0)
        self.proposals: dict[View, Proposal] = {}
        self.open_views: dict[View, None] = {}
        self._recent_blocks: list[Block] = []

    def keep_certificate(self, certificate: Certificate) -> None:
        """Store a certificate and note the block that it stands behind."""
        s = certificate.statement
        self.certificates.add(certificate)
        if s.kind is not VoteKind.NULLIFY:
            self.tree.certify(s.block_hash, s.height)
            self.open_views[s.view] = None

    def restore_record(self, record: Record, address: Address | None) -> View:
        """Take one record and return the view that it proves we had reached (0: none)."""
        match record:
            case Block():
                if record.seal.epoch == self.frame.epoch:
                    self.tree.add(record)
                return View(0)
            case Proposal():
                if record.block.seal.epoch != self.frame.epoch:
                    return View(0)
                self.tree.add(record.block)
                self.proposals.setdefault(record.view, record)
                return record.view
            case Vote():
                if record.statement.epoch != self.frame.epoch:
                    return View(0)
                self.book.add(record)
                if record.voter == address:
                    self.promises.record(record.statement)
                is_past = record.statement.kind is VoteKind.FINALIZE
                return View(0) if is_past else record.statement.view
            case Certificate():
                s = record.statement
                if s.epoch != self.frame.epoch or s.view < self.finalized_view:
                    return View(0)
                self.keep_certificate(record)
                return s.view

    def knows_vote(self, vote: Vote) -> bool:
        """Answer whether exactly this vote was counted."""
        s = vote.statement
        is_ours = s.epoch == self.frame.epoch
        return is_ours and self.book.vote(s.view, s.kind, vote.voter) == vote

    def holds(self, statement: Statement) -> bool:
        """Answer whether a certificate of exactly this statement is here."""
        held = self.certificates.get(statement.view, statement.kind)
        return held is not None and held.statement == statement

    def answer(self, view: View, kind: VoteKind) -> Certificate | None:
        """Return the certificate that a peer asks for; a finalization also notarizes (S7)."""
        exact = self.certificates.get(view, kind)
        if exact is None and kind is VoteKind.NOTARIZE:
            return self.certificates.get(view, VoteKind.FINALIZE)
        return exact

    def find_parent(self, view: View) -> tuple[Parent, Certificate | None] | Lack:
        """Return the highest notarized block under a gap of nullified views below ``view`` (S1).

        The certificate is None for the genesis block alone.
        """
        for number in range(view - 1, self.finalized_view, -1):
            below = View(number)
            certificate = self.certificates.notarization(below)
            if certificate is not None:
                return Parent(below, certificate.statement.block_hash), certificate
            if not self.certificates.is_nullified(below):
                return Lack(below)
        root = Parent(self.finalized_view, self.tree.root.hash)
        if self.tree.root.hash == self.frame.parent.hash:
            return root, self.frame.proof
        certificate = self.certificates.notarization(self.finalized_view)
        return Lack(self.finalized_view) if certificate is None else (root, certificate)

    def gap_nullifications(self, parent_view: View, view: View) -> tuple[Certificate, ...]:
        """Return what a proposal carries of its gap: the nearest views first."""
        held = (
            self.certificates.get(View(v), VoteKind.NULLIFY)
            for v in range(view - 1, parent_view, -1)
        )
        return tuple(c for c in held if c is not None)[:NULLIFICATIONS_MAX]

    def widened(self, certificate: Certificate | None) -> Certificate | None:
        """Return a parent's certificate with every further vote that we hold, for the seal."""
        if certificate is None or certificate.statement.epoch != self.frame.epoch:
            return certificate
        return self.book.widen(certificate)

    def last_blocks(self, tip: Hash32) -> list[Block]:
        """Return the last blocks up to ``tip``, decided ones included, in order."""
        path = self.tree.path(tip) or []
        blocks = [self.tree.block(ref.hash) for ref in path]
        return [*self._recent_blocks, *(b for b in blocks if b is not None)]

    def remember(self, block_hash: Hash32) -> None:
        """Keep a decided block a little longer: its seal says whose votes are on chain."""
        block = self.tree.block(block_hash)
        if block is not None:
            self._recent_blocks.append(block)
            del self._recent_blocks[:-LATE_VOTE_ANCESTORS_MAX]

    def prune(self, finalized_view: View) -> None:
        """Forget what a finalization in ``finalized_view`` settles (S7)."""
        self.finalized_view = finalized_view
        self.certificates.prune(finalized_view)
        self.promises.prune(finalized_view)
        self.book.prune(View(max(0, finalized_view - VIEWS_BEHIND_MAX)))
        self.open_views = {v: None for v in self.open_views if v > finalized_view}

    def fetchable_blocks(self) -> list[tuple[Hash32, int]]:
        """Return missing blocks to ask for, with heights; of a deep gap only the top."""
        tops = [
            certificate.statement.block_hash
            for certificate in map(self.certificates.notarization, self.open_views)
            if certificate is not None
        ]
        limit = self.tree.root.height + FETCH_DEPTH_MAX
        return [(b, h) for b, h in self.tree.missing().items() if h <= limit or b in tops]
