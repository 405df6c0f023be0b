"""Errors of offers, orders, auctions and leases."""

from dataclasses import dataclass

from contracts.framework.types import Address, u8, u32, u64, u128, u256


@dataclass(frozen=True, slots=True)
class ConvictedMiner:
    """A fraud of this account was proven: it takes no part any more."""

    account: Address


@dataclass(frozen=True, slots=True)
class NoSealingKey:
    """The miner has registered no X25519 key, or the given key is zero."""


@dataclass(frozen=True, slots=True)
class BadKind:
    """The job kind or the mask of kinds is not one of this release."""

    kind: u8


@dataclass(frozen=True, slots=True)
class BadUnitKind:
    """Units are 1 tokens, 2 multiply-accumulates, 3 seconds."""

    unit_kind: u8


@dataclass(frozen=True, slots=True)
class UnsupportedClass:
    """No class was named, or one that this release cannot check."""

    classes: u8


@dataclass(frozen=True, slots=True)
class BadTerm:
    """A term lies outside its bounds."""

    term: str
    minimum: u256
    maximum: u256


@dataclass(frozen=True, slots=True)
class NoAdjudicator:
    """A canonical lease names the runtime that judges its kind, in its units; others name none."""


@dataclass(frozen=True, slots=True)
class WrongClient:
    """Only the order's client may do this."""


@dataclass(frozen=True, slots=True)
class WrongMiner:
    """Only the offer's or lease's miner may do this."""


@dataclass(frozen=True, slots=True)
class NotDisputes:
    """Only the disputes contract may do this."""


@dataclass(frozen=True, slots=True)
class WrongOrderStatus:
    """The order is not in the status that the call needs."""

    status: u8


@dataclass(frozen=True, slots=True)
class WrongEscrow:
    """The value sent is not the order's units times its highest price."""

    expected: u256


@dataclass(frozen=True, slots=True)
class WrongBidBond:
    """The value sent is below the auction's bid bond."""

    expected: u256


@dataclass(frozen=True, slots=True)
class OfferBondTooSmall:
    """The bond is below the minimum, or the book is full of greater ones."""

    minimum: u256


@dataclass(frozen=True, slots=True)
class TooManyOffers:
    """A miner lists at most ``maximum`` offers."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class TooManyModels:
    """An offer lists at most ``maximum`` models."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class MixedClasses:
    """All offers of an account have one GPU class: use another account for another one."""

    gpu_class: u32


@dataclass(frozen=True, slots=True)
class OffersListed:
    """The bond stands behind listed offers."""

    count: u32


@dataclass(frozen=True, slots=True)
class OfferNotListed:
    """The offer is not in its book."""

    offer_id: u64


@dataclass(frozen=True, slots=True)
class DoesNotFit:
    """The offer does not fit the order; ``exclusion`` says why."""

    exclusion: u8


@dataclass(frozen=True, slots=True)
class QuorumOrder:
    """A beacon draws who serves an order of class V3: open a quorum in the disputes contract."""


@dataclass(frozen=True, slots=True)
class NothingFits:
    """No listed offer fits the order."""


@dataclass(frozen=True, slots=True)
class OrderExpired:
    """The order's time to find a lease has passed."""


@dataclass(frozen=True, slots=True)
class NotExpired:
    """The deadline has not passed in time and in blocks."""


@dataclass(frozen=True, slots=True)
class AcceptanceOver:
    """The time to accept has passed."""


@dataclass(frozen=True, slots=True)
class BiddingOver:
    """The auction takes no more bids."""


@dataclass(frozen=True, slots=True)
class RevealNotOpen:
    """Bids are revealed after the bidding and before the end of the reveal window."""


@dataclass(frozen=True, slots=True)
class TooManyBids:
    """An auction has ``maximum`` places; a bond above ``bond`` takes that of the smallest one."""

    maximum: u32
    bond: u128


@dataclass(frozen=True, slots=True)
class AlreadyBid:
    """A miner bids once in an auction."""


@dataclass(frozen=True, slots=True)
class UnknownBid:
    """There is no sealed bid of this miner at this place."""


@dataclass(frozen=True, slots=True)
class WrongReveal:
    """Price and salt are not those of the commitment."""


@dataclass(frozen=True, slots=True)
class BidsStand:
    """An auction with bids runs to its end."""

    count: u32


@dataclass(frozen=True, slots=True)
class LeaseHeld:
    """Challenges of the lease are open."""

    holds: u32


@dataclass(frozen=True, slots=True)
class ClaimStands:
    """A claim for the lease stands in the receipts contract: it settles first."""

    height: u64


@dataclass(frozen=True, slots=True)
class ReclaimNotDue:
    """The miner may still answer."""

    due_at: u64


@dataclass(frozen=True, slots=True)
class AmountTooLarge:
    """More than the lease's escrow."""

    maximum: u256


@dataclass(frozen=True, slots=True)
class ParametersContradict:
    """Parameters contradict each other."""

    key: str


MARKET_ERRORS = (
    ConvictedMiner,
    NoSealingKey,
    BadKind,
    BadUnitKind,
    UnsupportedClass,
    BadTerm,
    NoAdjudicator,
    WrongClient,
    WrongMiner,
    NotDisputes,
    WrongOrderStatus,
    WrongEscrow,
    WrongBidBond,
    OfferBondTooSmall,
    TooManyOffers,
    TooManyModels,
    MixedClasses,
    OffersListed,
    OfferNotListed,
    DoesNotFit,
    QuorumOrder,
    NothingFits,
    OrderExpired,
    NotExpired,
    AcceptanceOver,
    BiddingOver,
    RevealNotOpen,
    TooManyBids,
    AlreadyBid,
    UnknownBid,
    WrongReveal,
    BidsStand,
    LeaseHeld,
    ClaimStands,
    ReclaimNotDue,
    AmountTooLarge,
    ParametersContradict,
)
