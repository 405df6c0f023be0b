"""The custom errors of the disputes contract."""

from dataclasses import dataclass

from contracts.framework.types import Address, u8, u32, u64, u128


@dataclass(frozen=True, slots=True)
class BondTooSmall:
    """The bond is below what this needs."""

    bond: u128
    needed: u128


@dataclass(frozen=True, slots=True)
class WrongStatus:
    """It is not in the status that the call needs."""

    status: u8


@dataclass(frozen=True, slots=True)
class NotChallenger:
    """Only who committed the challenge may do this."""


@dataclass(frozen=True, slots=True)
class WrongReveal:
    """Subject, fault, evidence and salt are not those of the commitment."""


@dataclass(frozen=True, slots=True)
class SameBlock:
    """A challenge is revealed in a block after its commitment."""


@dataclass(frozen=True, slots=True)
class RevealPeriodOver:
    """The challenge was to be revealed before."""


@dataclass(frozen=True, slots=True)
class RevealPeriodOpen:
    """The challenge may still be revealed."""


@dataclass(frozen=True, slots=True)
class MayBeRevealed:
    """Nothing but its challenger kept the challenge from being revealed."""


@dataclass(frozen=True, slots=True)
class NotReceipts:
    """Only the receipts contract may do this."""


@dataclass(frozen=True, slots=True)
class NotDecided:
    """No product's reward lies here that nobody shares."""


@dataclass(frozen=True, slots=True)
class SharePeriodOpen:
    """Others may still join the reward."""

    until: u64


@dataclass(frozen=True, slots=True)
class CommittedTooLate:
    """The case was decided by a challenge revealed before this one was committed."""

    cutoff_height: u64


@dataclass(frozen=True, slots=True)
class LeaseNotOpen:
    """The lease is unknown or final."""

    status: u8


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """The challenge window of the lease's claim is over."""

    window_end: u64


@dataclass(frozen=True, slots=True)
class OwnLease:
    """A miner does not challenge himself."""


@dataclass(frozen=True, slots=True)
class NotSigned:
    """The signature is not by an operator key of the lease's miner."""


@dataclass(frozen=True, slots=True)
class NothingWrong:
    """The evidence proves no fault."""


@dataclass(frozen=True, slots=True)
class NoSuchBatch:
    """The batch is unknown, or closed already."""


@dataclass(frozen=True, slots=True)
class LeafNotCommitted:
    """The opening does not lead to the batch's root."""


@dataclass(frozen=True, slots=True)
class WrongReceipt:
    """The receipt is not the one that is named."""


@dataclass(frozen=True, slots=True)
class WrongFault:
    """Products are challenged by WRONG_TILE, everything else that is exact by WRONG_STEP."""


@dataclass(frozen=True, slots=True)
class UnknownAdjudicator:
    """The lease is not of class V2, or names no runtime whose steps can be executed here."""

    adjudicator: u32


@dataclass(frozen=True, slots=True)
class TooManyGames:
    """So many games are open at once at most; wait for one to end."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class NotYourTurn:
    """It is another's move, or another move."""

    phase: u8


@dataclass(frozen=True, slots=True)
class TooLate:
    """The time for this move has passed."""


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """The side to move still has time."""

    until: u64


@dataclass(frozen=True, slots=True)
class TooLong:
    """An opening or witness is longer than it may be."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class BadWitness:
    """The runtime refuses the opening or witness."""

    reason: str


@dataclass(frozen=True, slots=True)
class WrongNodes:
    """The nodes do not combine to the node in dispute, or are not those that were revealed."""


@dataclass(frozen=True, slots=True)
class NoSuchNode:
    """Fewer nodes were revealed."""

    count: u32


@dataclass(frozen=True, slots=True)
class AlreadyArbitrator:
    """The account is bonded already."""


@dataclass(frozen=True, slots=True)
class NotArbitrator:
    """The account is no arbitrator, or has left."""

    account: Address


@dataclass(frozen=True, slots=True)
class ArbitratorsFull:
    """There are as many as can be; more bond than the weakest's displaces him."""

    weakest: u128


@dataclass(frozen=True, slots=True)
class SeatsOpen:
    """The arbitrator sits on panels that have not decided."""

    locked: u128


@dataclass(frozen=True, slots=True)
class WithdrawalNotDue:
    """The bond is paid out later."""

    due: u64


@dataclass(frozen=True, slots=True)
class NotParty:
    """Only the lease's client and miner may do this."""


@dataclass(frozen=True, slots=True)
class NotArbitrable:
    """Work of this kind is checked by proof, not by opinion."""

    kind: u8


@dataclass(frozen=True, slots=True)
class AlreadyOpen:
    """An arbitration of this lease is open."""

    arbitration_id: u64


@dataclass(frozen=True, slots=True)
class NotDrawnYet:
    """The beacon that draws the panel comes with a later block."""

    height: u64


@dataclass(frozen=True, slots=True)
class NoSeat:
    """The account has no seat on this panel, or has used it."""


@dataclass(frozen=True, slots=True)
class WrongPeriod:
    """First votes are committed, then revealed, then counted."""


@dataclass(frozen=True, slots=True)
class BadValue:
    """A vote is 0, 2,500, 5,000, 7,500 or 10,000 basis points."""


@dataclass(frozen=True, slots=True)
class GamesOpen:
    """Proofs come first: games of this lease are open."""

    count: u32


@dataclass(frozen=True, slots=True)
class PanelEven:
    """A panel has an odd number of seats."""


ERRORS = (
    BondTooSmall,
    WrongStatus,
    NotChallenger,
    WrongReveal,
    SameBlock,
    RevealPeriodOver,
    RevealPeriodOpen,
    MayBeRevealed,
    NotReceipts,
    NotDecided,
    SharePeriodOpen,
    CommittedTooLate,
    LeaseNotOpen,
    WindowClosed,
    OwnLease,
    NotSigned,
    NothingWrong,
    NoSuchBatch,
    LeafNotCommitted,
    WrongReceipt,
    WrongFault,
    UnknownAdjudicator,
    TooManyGames,
    NotYourTurn,
    TooLate,
    TimeLeft,
    TooLong,
    BadWitness,
    WrongNodes,
    NoSuchNode,
    AlreadyArbitrator,
    NotArbitrator,
    ArbitratorsFull,
    SeatsOpen,
    WithdrawalNotDue,
    NotParty,
    NotArbitrable,
    AlreadyOpen,
    NotDrawnYet,
    NoSeat,
    WrongPeriod,
    BadValue,
    GamesOpen,
    PanelEven,
)
