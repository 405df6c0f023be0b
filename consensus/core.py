"""Simplex as a state machine: ``Core.step(input)`` returns effects; nothing else happens here.

Source: Chan and Pass, "Simplex Consensus" (eprint 2023/463). Rules S1 to S7 are those of
docs/consensus.md, named by every effect. Deviations from the paper: a notarize vote never forbids
nullify, finalize is voted only after execution, and a certificate moves a node to the view after
it from any earlier one.

1. In one view this core notarizes at most one block (``Promises``).
2. In one view it never both nullifies and finalizes (``Promises``).
3. A promise is recorded before the effect that asks for its signature leaves ``step``.
4. ``view`` only grows within an epoch, ``epoch`` only grows; ``tree.root`` only moves to
   descendants (or by ``FinalizedSynced``).
5. Nothing that a peer can cause raises. Contradicting certificates mean that more than a third of
   the power is faulty: ``Halt``.

Flow: every input changes the books, then ``_settle`` tries each rule until none has anything to do.
"""

from collections.abc import Iterable
from typing import Final

from consensus import effects as fx
from consensus.chain import BlockRef, BlockStatus
from consensus.config import CoreConfig
from consensus.epoch_state import EpochState, Lack, Record
from consensus.inputs import (
    BlockBuilt,
    BlockFetched,
    BuildFailed,
    CertificateReceived,
    EpochStarted,
    ExecutionFinished,
    FinalizedSynced,
    Input,
    ProposalReceived,
    TimerKind,
    ViewTimerFired,
    VoteReceived,
)
from consensus.messages import Proposal
from consensus.outbox import Outbox
from consensus.pacing import Pacing
from consensus.proposal_rules import EpochFrame, Fault, judge_proposal
from consensus.view_state import ViewState
from consensus.votes import VIEWS_AHEAD_MAX
from primitives.block import Block
from primitives.types import Epoch, Hash32, View
from primitives.vote import (
    Certificate,
    Statement,
    Validator,
    ValidatorSet,
    Vote,
    VoteKind,
    make_certificate,
    nullification,
)

UNDECIDED_BLOCKS_MAX: Final = 64
"""Above so many undecided blocks leaders propose empty ones."""

CLOCK_AHEAD_MS_MAX: Final = 500
"""How far ahead of our clock a block's time may be when we notarize it."""

PROPOSALS_AHEAD_MAX: Final = 8
"""How many future views' proposals are kept, one each."""

REPAIRS_MAX: Final = 64
"""How many certificates one step asks for."""

_RULE_OF_KIND: Final[dict[VoteKind, fx.Rule]] = {
    VoteKind.NOTARIZE: "S4",
    VoteKind.NULLIFY: "S6",
    VoteKind.FINALIZE: "S7",
}


class Core:
    """One node's Simplex. The first call is ``step(EpochStarted)`` or ``restore``."""

    def __init__(self, config: CoreConfig) -> None:
        self.config = config
        self.is_halted = False
        self.is_epoch_ended = False
        self.pacing = Pacing(config.block_time_ms, config.delta_ms, config.execution_allowance_ms)
        self.view = View(0)
        self._is_started = False
        self._out = Outbox()
        self._now_ms = 0
        self._is_dirty = False

    @property
    def epoch(self) -> Epoch:
        """Return the current epoch."""
        return self._known.frame.epoch

    @property
    def validators(self) -> ValidatorSet:
        """Return the current epoch's set."""
        return self._known.validators

    @property
    def finalized(self) -> BlockRef:
        """Return the last finalized block."""
        return self._known.tree.root

    @property
    def is_validator(self) -> bool:
        """Answer whether we vote in this epoch."""
        address = self.config.address
        return address is not None and self._known.validators.index_of(address) is not None

    @property
    def missing_blocks(self) -> dict[Hash32, int]:
        """Return certified blocks that are not here, with heights; deep ones are for block sync."""
        return self._known.tree.missing() if self._is_started else {}

    def leader(self, view: View) -> Validator | None:
        """Return a view's leader for checking its proposal; None outside the window."""
        if not self._is_started or not 1 <= view <= self.view + PROPOSALS_AHEAD_MAX:
            return None
        return self._known.schedule.leader(view)

    def knows_vote(self, vote: Vote) -> bool:
        """Answer whether exactly this vote was counted: it may enter again without a check."""
        return self._is_started and self._known.knows_vote(vote)

    def wants_vote(self, statement: Statement) -> bool:
        """Answer whether a vote on the statement is of use (ask before checking its signature).

        A nullify vote of the previous epoch is: its voter missed the epoch's end.
        """
        if not self._is_started or statement.epoch != self.epoch:
            is_straggler = self._is_started and statement.epoch == self.epoch - 1
            return is_straggler and statement.kind is VoteKind.NULLIFY
        return max(1, self._known.book.floor) <= statement.view <= self.view + VIEWS_AHEAD_MAX

    def holds(self, statement: Statement) -> bool:
        """Answer whether a certificate of the statement is here (another need not be checked)."""
        return self._is_started and self._known.holds(statement)

    def answer_certificate(self, epoch: Epoch, view: View, kind: VoteKind) -> Certificate | None:
        """Return what to send to a peer that asks for a certificate: it, or one that leads on."""
        if not self._is_started or epoch > self.epoch:
            return None
        if epoch < self.epoch:
            return self._known.frame.proof if epoch == self.epoch - 1 else None
        exact = self._known.answer(view, kind)
        if exact is not None:
            return exact
        entry = self._view_state.entry
        leads_on = entry is not None and entry.statement.epoch == epoch
        return entry if leads_on and view < self.view else None

    def step(self, event: Input) -> list[fx.Effect]:
        """Take one input and return what the shell has to do, in order."""
        if self.is_halted:
            return []
        if self._is_started or isinstance(event, EpochStarted):
            self._dispatch(event)
        self._settle()
        return self._out.take()

    def restore(
        self,
        started: EpochStarted,
        root: BlockRef,
        records: Iterable[Record],
        now_ms: int,
    ) -> list[fx.Effect]:
        """Start from disk: the epoch, the last persisted block, and the WAL's records of it.

        ``records`` are own votes and proposals, certificates (the root's proof among them) and
        undecided blocks, in any order; those of other epochs are passed over.
        """
        self._now_ms = now_ms
        self._begin_epoch(started)
        if root.height > started.parent.height:
            self._known.tree.move_root(root)
            self._known.finalized_view = root.view
        resumed, entry = View(1), started.proof
        for record in records:
            view = self._known.restore_record(record, self.config.address)
            if isinstance(record, Certificate) and view + 1 > resumed:
                resumed, entry = View(view + 1), record
            elif view > resumed:
                resumed, entry = view, None
        self._enter(resumed, entry)
        self._repeat_own("restore", from_view=self._known.finalized_view)
        self._settle()
        return self._out.take()

    def _dispatch(self, event: Input) -> None:
        match event:
            case ViewTimerFired():
                self._on_timer(event)
            case ProposalReceived():
                self._now_ms = max(self._now_ms, event.now_ms)
                self._on_proposal(event.proposal)
            case ExecutionFinished():
                self._now_ms = max(self._now_ms, event.now_ms)
                self._on_execution(event)
            case BlockBuilt():
                self._now_ms = max(self._now_ms, event.now_ms)
                self._on_built(event)
            case BuildFailed():
                if (event.epoch, event.view) == (self.epoch, self.view):
                    self._give_up("S3")
            case VoteReceived():
                self._on_vote(event.vote, event.sender)
            case CertificateReceived():
                self._on_certificate(event.certificate)
            case BlockFetched():
                if self._known.tree.is_missing(event.block.hash):
                    self._known.tree.add(event.block)
                    self._is_dirty = True
            case FinalizedSynced():
                self._on_synced(event)
            case EpochStarted():
                self._on_epoch_started(event)

    # -- epochs

    def _on_epoch_started(self, event: EpochStarted) -> None:
        if self._is_started and event.epoch <= self.epoch:
            return
        self._begin_epoch(event)
        self._enter(View(1), event.proof)

    def _begin_epoch(self, event: EpochStarted) -> None:
        frame = EpochFrame(
            epoch=event.epoch,
            length=self.config.epoch_length,
            parent=event.parent,
            proof=event.proof,
        )
        self._known = EpochState(frame, event.validators)
        self.view = View(0)
        self.is_epoch_ended = False
        self._is_started = True

    def _enter(self, view: View, entry: Certificate | None) -> None:
        """S1: begin a view. Entered from: a certificate (S4, S6, S7), a new epoch, a restart."""
        self.view = view
        self._view_state = ViewState(leader=self._known.schedule.leader(view), entry=entry)
        self._out.move_to(self.epoch, view)
        self._known.proposals = {v: p for v, p in self._known.proposals.items() if v >= view}
        self._known.tree.drop_uncertified(View(max(0, view - PROPOSALS_AHEAD_MAX)))
        self._is_dirty = True
        pacing = self.pacing
        self._out.cancel_timers(None, "S1")
        self._out.set_timer(TimerKind.LEADER, pacing.leader_timeout_ms, "S1")
        self._out.set_timer(TimerKind.ADVANCE, pacing.advance_timeout_ms, "S1")
        leader = self._view_state.leader.address
        if self._known.promises.is_nullified(view):
            self._give_up("S5")
        elif self._known.book.vote(view, VoteKind.NULLIFY, leader) is not None:
            self._give_up("S3")

    # -- inputs

    def _on_timer(self, event: ViewTimerFired) -> None:
        if (event.epoch, event.view) != (self.epoch, self.view) or self.is_epoch_ended:
            return
        if event.kind is TimerKind.RETRY:
            self._repeat()
        elif event.kind is TimerKind.ADVANCE or not self._view_state.has_seen_proposal:
            self._give_up("S5")

    def _on_proposal(self, proposal: Proposal) -> None:
        block = proposal.block
        if block.seal.epoch != self.epoch or self.is_epoch_ended:
            return
        for certificate in (
            block.seal.parent_certificate,
            proposal.certificate,
            *proposal.nullifications,
        ):
            if certificate is not None:
                self._on_certificate(certificate)
        if self._known.tree.is_missing(block.hash):
            self._known.tree.add(block)
            self._is_dirty = True
        is_in_window = self.view <= proposal.view <= self.view + PROPOSALS_AHEAD_MAX
        if is_in_window and proposal.view not in self._known.proposals:
            self._known.proposals[proposal.view] = proposal
            self._is_dirty = True

    def _on_execution(self, event: ExecutionFinished) -> None:
        if self._known.tree.status(event.block_hash) is BlockStatus.EXECUTING:
            status = BlockStatus.VALID if event.is_valid else BlockStatus.INVALID
            self._known.tree.set_status(event.block_hash, status)
            self._is_dirty = True

    def _on_built(self, event: BlockBuilt) -> None:
        """S1: the block that we asked for is there; the shell signs and sends the proposal."""
        state = self._view_state
        is_ours = event.block.seal.proposer == self.config.address
        if (event.epoch, event.view) != (self.epoch, self.view) or not is_ours:
            return
        if state.lead_parent_view is None or self._is_lead_over():
            return
        self._known.tree.add(event.block)
        self._known.tree.set_status(event.block.hash, BlockStatus.VALID)
        self._propose(event.block, None)

    def _on_vote(self, vote: Vote, sender: bytes | None) -> None:
        s = vote.statement
        if s.epoch == self.epoch - 1 and s.kind is VoteKind.NULLIFY:
            self._out.help(sender, self._known.frame.proof)
        if s.epoch != self.epoch or not 1 <= s.view <= self.view + VIEWS_AHEAD_MAX:
            return
        if s.kind is VoteKind.NULLIFY and (s.view < self.view or self.is_epoch_ended):
            self._out.help(sender, self._view_state.entry)
        if self.is_epoch_ended or s.kind is VoteKind.PROPOSE or not self._count(vote):
            return
        is_open = self._known.certificates.get(s.view, s.kind) is None
        if s.view >= self._known.finalized_view and is_open and self._known.book.has_quorum(s):
            votes = self._known.book.votes_for(s)
            self._on_certificate(make_certificate(s, votes, self._known.validators))
        is_of_leader = vote.voter == self._view_state.leader.address
        if is_of_leader and s.kind is VoteKind.NULLIFY and s.view == self.view:
            self._give_up("S3")

    def _count(self, vote: Vote) -> bool:
        """Put a vote in the book; report a contradiction. Answers whether the vote is new."""
        s = vote.statement
        if vote.voter == self.config.address and s.view >= self._known.finalized_view:
            self._known.promises.record(s)  # ours, also when we only learn of it from peers
        recorded = self._known.book.add(vote)
        if recorded.conflict is not None:
            self._out.emit(fx.ReportEvidence(first=recorded.conflict, second=vote, rule="evidence"))
        return recorded.is_new

    def _on_certificate(self, certificate: Certificate) -> None:
        """S4, S6, S7: keep a certificate, send it on once, leave the views that it ends."""
        s = certificate.statement
        if s.epoch != self.epoch or s.view < max(1, self._known.finalized_view):
            return
        if self.is_epoch_ended or s.kind is VoteKind.PROPOSE:
            return
        for vote in self._known.book.new_votes(certificate):
            self._count(vote)
        held = self._known.certificates.get(s.view, s.kind)
        if self._known.certificates.contradicts(s) or (held is not None and held.statement != s):
            self._halt(f"contradicting certificates in epoch {s.epoch}, view {s.view}")
            return
        if held is not None:
            return
        self._known.keep_certificate(certificate)
        self._is_dirty = True
        self._out.emit(fx.Broadcast(message=certificate, rule=_RULE_OF_KIND[s.kind]))
        if s.view >= self.view:
            if s.kind is VoteKind.NULLIFY:
                self.pacing.on_nullified()
            else:
                self.pacing.on_notarized()
            self._enter(View(s.view + 1), certificate)

    def _on_synced(self, event: FinalizedSynced) -> None:
        """S7 by another way: block sync has persisted up to ``block``."""
        s, block = event.proof.statement, event.block
        if s.kind is not VoteKind.FINALIZE or s.block_hash != block.hash or s.epoch != self.epoch:
            return
        if block.height <= self._known.tree.root.height or self.is_epoch_ended:
            return
        self._known.keep_certificate(event.proof)
        self._move_root(block, event.proof)
        if s.view >= self.view and not self.is_epoch_ended:
            self._enter(View(s.view + 1), event.proof)

    # -- rules that wait for something

    def _settle(self) -> None:
        """Try every rule that may have become possible, until nothing changes."""
        while self._is_dirty and not self.is_halted and not self.is_epoch_ended:
            self._is_dirty = False
            self._judge()
            for block in self._known.tree.take_ready():
                is_certified = block.hash in self._known.tree.certified
                self._out.emit(fx.Execute(block=block, rule="S4" if is_certified else "S2"))
            self._vote_finalize()
            self._finalize()
            if not self.is_epoch_ended and not self.is_halted:
                self._lead()
                for block_hash, height in self._known.fetchable_blocks():
                    self._out.request_block(block_hash, height)

    def _judge(self) -> None:
        """S2: look at the leader's proposal and notarize it, or find it invalid (S3)."""
        state, proposal = self._view_state, self._known.proposals.get(self.view)
        if proposal is None or state.is_judged:
            return
        if not state.has_seen_proposal:
            state.has_seen_proposal = True
            self._out.cancel_timers(TimerKind.LEADER, "S2")
        if state.parent is None:
            judged = judge_proposal(
                proposal, self._known.frame, state.leader.address, self._known.finalized_view
            )
            if isinstance(judged, Fault):
                self._refuse()
                return
            state.parent = judged
            self._known.tree.add(proposal.block)
        gap = self._known.certificates.missing_nullifications(
            range(state.parent.view + 1, self.view)
        )
        for view in gap[:REPAIRS_MAX]:
            self._out.request_certificate(view, VoteKind.NULLIFY)
        parent = self._known.tree.ref(state.parent.hash)
        if not gap and parent is not None and parent.hash in self._known.tree.certified:
            self._judge_block(proposal, parent)

    def _judge_block(self, proposal: Proposal, parent: BlockRef) -> None:
        """S2, second half: the parent is here and the gap is closed."""
        block = proposal.block
        status = self._known.tree.status(block.hash)
        is_child = block.height == parent.height + 1 and block.seal.time_ms > parent.time_ms
        is_again = parent.hash == block.hash
        if status is BlockStatus.INVALID or not (is_child or is_again):
            self._refuse()
        elif status is BlockStatus.VALID:
            self._view_state.is_judged = True
            self._notarize(block)

    def _notarize(self, block: Block) -> None:
        statement = self._statement(VoteKind.NOTARIZE, self.view, block.height, block.hash)
        if not self.is_validator or not self._known.promises.may_sign(statement):
            return
        ahead_ms = block.seal.time_ms - self._now_ms
        if ahead_ms > CLOCK_AHEAD_MS_MAX:
            self._out.emit(
                fx.ReportClock(ahead_ms=ahead_ms, proposer=block.seal.proposer, rule="clock")
            )
            self._give_up("S3")
            return
        self._sign(statement, "S2")

    def _refuse(self) -> None:
        self._view_state.is_judged = True
        self._give_up("S3")

    def _vote_finalize(self) -> None:
        """S4: finalize what is notarized, executed and valid, in any view not nullified by us."""
        for view in list(self._known.open_views):
            certificate = self._known.certificates.notarization(view)
            s = None if certificate is None else certificate.statement
            if s is None or not self._known.tree.is_valid(s.block_hash):
                continue
            del self._known.open_views[view]
            statement = self._statement(VoteKind.FINALIZE, view, s.height, s.block_hash)
            if self.is_validator and self._known.promises.may_sign(statement):
                self._sign(statement, "S4")

    def _finalize(self) -> None:
        """S7: decide the highest finalized block whose chain is here, executed and valid."""
        for proof in self._known.certificates.finalizations():
            target = proof.statement.block_hash
            if target == self._known.tree.root.hash:
                return
            path = self._known.tree.path(target)
            is_above = proof.statement.height > self._known.tree.root.height
            if path is None and is_above:
                continue
            if path is None or not self._known.tree.is_rooted(path):
                self._halt(f"finalized block {target.hex()} is not on our finalized chain")
                return
            statuses = [self._known.tree.status(ref.hash) for ref in path]
            if BlockStatus.INVALID in statuses:
                self._halt(f"finalized block {target.hex()} or an ancestor is invalid here")
                return
            if all(status is BlockStatus.VALID for status in statuses):
                for ref in path:
                    self._known.remember(ref.hash)
                    self._out.emit(fx.Finalize(block_hash=ref.hash, proof=proof, rule="S7"))
                self._move_root(path[-1], proof)
                return

    def _move_root(self, root: BlockRef, proof: Certificate) -> None:
        """S7: prune what the new finalized block settles; a terminal one ends the epoch."""
        self._known.tree.move_root(root)
        self._known.prune(proof.statement.view)
        self._is_dirty = True
        if self._known.frame.is_terminal(root.height):
            self.is_epoch_ended = True
            self._view_state.entry = proof
            self._out.emit(
                fx.EpochEnded(epoch=self.epoch, block_hash=root.hash, proof=proof, rule="epoch")
            )

    def _lead(self) -> None:
        """S1: when this view is ours, build on the highest notarized parent."""
        state = self._view_state
        if not self.is_validator or state.leader.address != self.config.address:
            return
        if state.lead_parent_view is not None or self._is_lead_over():
            return
        found = self._known.find_parent(self.view)
        if isinstance(found, Lack):
            self._out.request_certificate(found.view, VoteKind.NOTARIZE)
            self._out.request_certificate(found.view, VoteKind.NULLIFY)
            return
        parent, certificate = found
        ref = self._known.tree.ref(parent.hash)
        status = self._known.tree.status(parent.hash)
        if status is BlockStatus.INVALID:
            self._give_up("S3")
        if ref is None or status is not BlockStatus.VALID:
            return
        state.lead_parent_view = parent.view
        block = self._known.tree.block(parent.hash)
        if self._known.frame.is_terminal(ref.height) and block is not None:
            self._propose(block, certificate)
            return
        self._out.emit(
            fx.Build(
                epoch=self.epoch,
                view=self.view,
                parent_hash=parent.hash,
                certificate=self._known.widened(certificate),
                late_votes=self._known.book.late_votes(self._known.last_blocks(parent.hash)),
                earliest_ms=ref.time_ms + self.config.block_time_ms,
                is_empty=ref.height - self._known.tree.root.height > UNDECIDED_BLOCKS_MAX,
                rule="S1",
            )
        )

    def _is_lead_over(self) -> bool:
        is_proposed = self.view in self._known.proposals
        return is_proposed or self._view_state.is_given_up or self.is_epoch_ended

    def _propose(self, block: Block, certificate: Certificate | None) -> None:
        parent_view = self._view_state.lead_parent_view or View(0)
        self._out.emit(
            fx.Propose(
                view=self.view,
                block=block,
                certificate=certificate,
                nullifications=self._known.gap_nullifications(parent_view, self.view),
                rule="S1",
            )
        )

    # -- giving up a view

    def _give_up(self, rule: fx.Rule) -> None:
        """S5 (and S3): nullify the view unless we finalized it; show others how we got here."""
        state = self._view_state
        if state.is_given_up or self.is_epoch_ended:
            return
        state.is_given_up = True
        statement = nullification(self.epoch, self.view)
        if self.is_validator and self._known.promises.may_sign(statement):
            self._sign(statement, rule)
        if state.entry is not None and self.is_validator:
            self._out.emit(fx.Broadcast(message=state.entry, rule=rule))
        self._out.set_timer(TimerKind.RETRY, self.pacing.retry_delay_ms(0), rule)

    def _repeat(self) -> None:
        """S5: still here; say all of it again, ask for what ended the view, slower each time."""
        state = self._view_state
        state.retries += 1
        self._out.forget()
        self._repeat_own("S5", from_view=self.view)
        if state.entry is not None and self.is_validator:
            self._out.emit(fx.Broadcast(message=state.entry, rule="S5"))
        self._out.request_certificate(self.view, VoteKind.NOTARIZE)
        self._out.request_certificate(self.view, VoteKind.NULLIFY)
        self._out.set_timer(TimerKind.RETRY, self.pacing.retry_delay_ms(state.retries), "S5")
        self._is_dirty = True

    def _repeat_own(self, rule: fx.Rule, from_view: View) -> None:
        """Broadcast our proposal of this view and our votes since ``from_view`` once more."""
        address, proposal = self.config.address, self._known.proposals.get(self.view)
        if address is None:
            return
        if proposal is not None and self._view_state.leader.address == address:
            self._out.emit(fx.Broadcast(message=proposal, rule=rule))
        for view in self._known.promises.views(from_view):
            for kind in (VoteKind.NOTARIZE, VoteKind.NULLIFY, VoteKind.FINALIZE):
                vote = self._known.book.vote(view, kind, address)
                if vote is not None:
                    self._out.emit(fx.Broadcast(message=vote, rule=rule))

    # -- small parts

    def _halt(self, why: str) -> None:
        self.is_halted = True
        self._out.emit(fx.Halt(why=why, rule="S7"))

    def _statement(self, kind: VoteKind, view: View, height: int, block_hash: Hash32) -> Statement:
        return Statement(
            kind=kind, epoch=self.epoch, view=view, height=height, block_hash=block_hash
        )

    def _sign(self, statement: Statement, rule: fx.Rule) -> None:
        """Promise, then ask for the signature."""
        self._known.promises.record(statement)
        self._out.emit(fx.Sign(statement=statement, rule=rule))
