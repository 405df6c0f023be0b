"""What version two adds to the marketplace's structs, events and errors."""

from dataclasses import dataclass

from contracts.framework.types import Address, Indexed, bytes32, u8, u16, u32, u64, u128, u256


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTerms:
    """Service levels that an order asks for, or the best that an offer promises.

    A probe is to be answered within ``responseSeconds``; ``availabilityBps`` of probes are; what
    is missing costs up to ``creditBps`` of the pay. Interruptions are announced ``noticeSeconds``
    before and last ``interruptionSeconds`` in all.
    """

    response_seconds: u32
    availability_bps: u16
    credit_bps: u16
    notice_seconds: u32
    interruption_seconds: u32


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceInfo:
    """An order's service levels and how its lease fares; ``probedAt`` is 0 without open probe."""

    terms: ServiceTerms
    probes: u16
    failed: u16
    probed_at: u64
    interruption_from: u64
    interruption_until: u64
    interruption_used: u32


@dataclass(frozen=True, slots=True, kw_only=True)
class ReputationInfo:
    """Ratings of an account: ``scoreBps`` is their mean by weight, 0 to 10,000."""

    ratings: u64
    weight: u128
    score_bps: u32


@dataclass(frozen=True, slots=True)
class ServiceAgreed:
    """An order asks for service levels."""

    order_id: Indexed[bytes32]
    response_seconds: u32
    availability_bps: u16
    credit_bps: u16


@dataclass(frozen=True, slots=True)
class ServicePromised:
    """An offer serves orders with service levels up to these."""

    offer_id: Indexed[u64]
    response_seconds: u32
    availability_bps: u16
    credit_bps: u16


@dataclass(frozen=True, slots=True)
class InterruptionAnnounced:
    """The miner will be away; probes are refused meanwhile."""

    lease_id: Indexed[bytes32]
    starts_at: u64
    ends_at: u64


@dataclass(frozen=True, slots=True)
class ServiceProbed:
    """The client asks for a sign of life until ``answer_by``."""

    lease_id: Indexed[bytes32]
    answer_by: u64


@dataclass(frozen=True, slots=True)
class ProbeClosed:
    """A probe was answered in time, or it failed."""

    lease_id: Indexed[bytes32]
    is_failed: bool


@dataclass(frozen=True, slots=True)
class ServiceCredited:
    """The client gets part of the pay back for service that was missing."""

    lease_id: Indexed[bytes32]
    availability_bps: u16
    credit: u256


@dataclass(frozen=True, slots=True)
class LeaseRated:
    """One party of a settled lease rated the other; ``weight`` in wei of fee burnt."""

    lease_id: Indexed[bytes32]
    rater: Indexed[Address]
    rated: Indexed[Address]
    stars: u8
    weight: u256


@dataclass(frozen=True, slots=True)
class NoService:
    """The lease has no service levels."""


@dataclass(frozen=True, slots=True)
class ServiceFixed:
    """The order has service levels, or had a proposal or a bid already."""


@dataclass(frozen=True, slots=True)
class ProbeOpen:
    """A probe is open."""


@dataclass(frozen=True, slots=True)
class NoProbe:
    """No probe is open."""


@dataclass(frozen=True, slots=True)
class ProbeTooSoon:
    """Probes keep a distance, and a lease takes at most ``maximum``."""

    maximum: u16


@dataclass(frozen=True, slots=True)
class AnswerNotDue:
    """The miner may still answer."""

    due_at: u64


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An announced interruption is running or still to come."""

    ends_at: u64


@dataclass(frozen=True, slots=True)
class BadStars:
    """Ratings are 1 to 5 stars."""


@dataclass(frozen=True, slots=True)
class NotParty:
    """Only client and miner of the lease may do this."""


@dataclass(frozen=True, slots=True)
class AlreadyRated:
    """One rating per side and lease."""


SERVICE_EVENTS = (
    ServiceAgreed,
    ServicePromised,
    InterruptionAnnounced,
    ServiceProbed,
    ProbeClosed,
    ServiceCredited,
    LeaseRated,
)
SERVICE_ERRORS = (
    NoService,
    ServiceFixed,
    ProbeOpen,
    NoProbe,
    ProbeTooSoon,
    AnswerNotDue,
    Interrupted,
    BadStars,
    NotParty,
    AlreadyRated,
)
