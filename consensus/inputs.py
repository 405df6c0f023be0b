"""Everything that can happen to the core: a closed union of frozen values.

Nothing unchecked is an input: signatures of votes, certificates and proposals are verified by the
shell first, each against the validator set of the epoch that it names. ``now_ms`` is the shell's
wall clock in Unix milliseconds; the core has none. ``sender`` is an opaque peer name, None for what
this process made itself; the core only hands it back in ``SendTo``.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from consensus.chain import BlockRef
from consensus.messages import Proposal
from primitives.block import Block
from primitives.types import Epoch, Hash32, View
from primitives.vote import Certificate, ValidatorSet, Vote


class TimerKind(IntEnum):
    """The timers of a view; RETRY paces repetition after a nullify vote (S5)."""

    LEADER = 0
    ADVANCE = 1
    RETRY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewTimerFired:
    """A timer that ``SetTimer`` started has run out. Late and repeated ones are ignored."""

    epoch: Epoch
    view: View
    kind: TimerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReceived:
    """A proposal signed by the leader of its view; the certificates in it and in its block's seal
    are checked too. Also how our own proposal returns after ``Propose``.
    """

    proposal: Proposal
    now_ms: int
    sender: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionFinished:
    """The answer to ``Execute``: whether every rule of the block holds, and if not, why."""

    block_hash: Hash32
    is_valid: bool
    why: str = ""
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockBuilt:
    """The answer to ``Build``: a sealed block, executed by the builder and valid."""

    epoch: Epoch
    view: View
    block: Block
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFailed:
    """The other answer to ``Build``."""

    epoch: Epoch
    view: View
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteReceived:
    """A checked vote of a member of its epoch's set; also our own after ``Sign``."""

    vote: Vote
    sender: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateReceived:
    """A checked certificate, whoever made it and wherever it was found."""

    certificate: Certificate
    sender: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFetched:
    """A block that the core lacks (``Core.missing_blocks``); its hash is the one asked for."""

    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochStarted:
    """The answer to ``EpochEnded``, and the first input of every core.

    ``parent`` is the terminal block of the previous epoch (or the genesis block), ``proof`` its
    finalization (None for the genesis block), ``validators`` the set read from its post-state.
    """

    epoch: Epoch
    parent: BlockRef
    proof: Certificate | None
    validators: ValidatorSet


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalizedSynced:
    """Block sync has persisted every block up to ``block``, which lies in the current epoch and is
    the block that ``proof``, a finalization, names.
    """

    block: BlockRef
    proof: Certificate


Input: TypeAlias = (
    ViewTimerFired
    | ProposalReceived
    | ExecutionFinished
    | BlockBuilt
    | BuildFailed
    | VoteReceived
    | CertificateReceived
    | BlockFetched
    | EpochStarted
    | FinalizedSynced
)
