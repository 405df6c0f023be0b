"""Everything the core asks of its shell: a closed union of frozen values.

The shell performs effects in the order of the list. ``rule`` names the row of the protocol's table
that asked for the effect, so that a trace reads like the table.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from consensus.inputs import TimerKind
from consensus.messages import Message
from primitives.block import Block
from primitives.types import Epoch, Hash32, View
from primitives.vote import Certificate, Statement, Vote, VoteKind

Rule: TypeAlias = Literal[
    "S1", "S2", "S3", "S4", "S5", "S6", "S7", "repair", "epoch", "evidence", "clock", "restore"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """Build a block for our view on ``parent_hash``; answer ``BlockBuilt`` or ``BuildFailed``.

    ``certificate`` goes into the seal (the parent's, widened by every vote that we hold; None on
    the genesis block), and so do ``late_votes``. Not before ``earliest_ms`` by the wall clock.
    ``is_empty`` asks for a block without transactions: too many blocks are undecided.
    """

    epoch: Epoch
    view: View
    parent_hash: Hash32
    certificate: Certificate | None
    late_votes: tuple[Vote, ...]
    earliest_ms: int
    is_empty: bool
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose:
    """Sign and send our proposal. Order: signer's guard (one proposal per view) saved, the proposal
    in the WAL, both fsynced, then ``ProposalReceived`` to the core, then broadcast.

    ``certificate`` is None except under a re-proposed terminal block (see ``Proposal``).
    """

    view: View
    block: Block
    certificate: Certificate | None
    nullifications: tuple[Certificate, ...]
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Execute:
    """Check and execute a block on its parent's state; answer ``ExecutionFinished``."""

    block: Block
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Make our vote. Order: guard saved, vote in the WAL, both fsynced, then ``VoteReceived`` to
    the core, then broadcast. Guard refuses: nothing; the core treats the promise as given.
    """

    statement: Statement
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """Send a message to every peer. Certificates reach the WAL first (no fsync needed)."""

    message: Message
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTo:
    """Send a message to one peer, by the name it came with."""

    peer: bytes
    message: Message
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchBlock:
    """Ask peers for a block by hash; answer ``BlockFetched``. Repeated while it is missing."""

    block_hash: Hash32
    height: int
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchCertificate:
    """Ask peers for a certificate; answer ``CertificateReceived`` (``Core.answer_certificate`` is
    what the asked peer sends). Repeated while it is missing and of use.
    """

    epoch: Epoch
    view: View
    kind: VoteKind
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Start a timer; it replaces one of the same epoch, view and kind."""

    epoch: Epoch
    view: View
    kind: TimerKind
    delay_ms: int
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTimers:
    """Stop one timer of the view or, when ``kind`` is None, all of earlier (epoch, view)."""

    epoch: Epoch
    view: View
    kind: TimerKind | None
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Finalize:
    """Persist a block: final, executed and valid. Ancestors come first, one effect each; ``proof``
    is the finalization of the block itself or of a descendant.
    """

    block_hash: Hash32
    proof: Certificate
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochEnded:
    """The terminal block is final. Answer ``EpochStarted`` with the set of its post-state."""

    epoch: Epoch
    block_hash: Hash32
    proof: Certificate
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEvidence:
    """Two votes of one validator that no honest validator casts both."""

    first: Vote
    second: Vote
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportClock:
    """A leader's block is further ahead of our clock than the rules allow; tell the operator."""

    ahead_ms: int
    proposer: bytes
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """More than a third of the stake is faulty, or we are: write a bundle and stop the node."""

    why: str
    rule: Rule


Effect: TypeAlias = (
    Build
    | Propose
    | Execute
    | Sign
    | Broadcast
    | SendTo
    | FetchBlock
    | FetchCertificate
    | SetTimer
    | CancelTimers
    | Finalize
    | EpochEnded
    | ReportEvidence
    | ReportClock
    | Halt
)
