"""Events, errors and structs of audits."""

from dataclasses import dataclass
from enum import IntEnum

from contracts.framework.types import Address, Indexed, bytes32, u8, u64, u128


class Verdict(IntEnum):
    """What an auditor says of an answer; the numbers are the protocol's."""

    UNSURE = 0
    PASSED = 1
    FAILED = 2


class AuditStatus(IntEnum):
    """Where an audit stands."""

    UNKNOWN = 0
    VOTING = 1
    CLOSED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditInfo:
    """One audit: commit until, then reveal until; ``outcome`` counts when it is closed."""

    audit_id: u64
    lease_id: bytes32
    receipt_hash: bytes32
    miner: Address
    status: u8
    outcome: u8
    is_canary: bool
    fee: u128
    stake: u128
    commit_until: u64
    reveal_until: u64


@dataclass(frozen=True, slots=True)
class AuditOpened:
    """A claim was drawn; its lease is held."""

    audit_id: Indexed[u64]
    lease_id: Indexed[bytes32]
    miner: Indexed[Address]
    receipt_hash: bytes32


@dataclass(frozen=True, slots=True)
class AuditorDrawn:
    """An arbitrator is to score the answer again."""

    audit_id: Indexed[u64]
    auditor: Indexed[Address]


@dataclass(frozen=True, slots=True)
class AuditVoteCommitted:
    """An auditor committed to a verdict."""

    audit_id: Indexed[u64]
    auditor: Indexed[Address]


@dataclass(frozen=True, slots=True)
class AuditVoteRevealed:
    """An auditor's verdict."""

    audit_id: Indexed[u64]
    auditor: Indexed[Address]
    verdict: u8


@dataclass(frozen=True, slots=True)
class AuditorSlashed:
    """A seat's stake is burnt: silent, or the contrary of the outcome."""

    audit_id: Indexed[u64]
    auditor: Indexed[Address]
    amount: u128


@dataclass(frozen=True, slots=True)
class AuditClosed:
    """The votes were counted."""

    audit_id: Indexed[u64]
    lease_id: Indexed[bytes32]
    miner: Indexed[Address]
    outcome: u8


@dataclass(frozen=True, slots=True)
class CanaryDeskChanged:
    """Governance appointed or dismissed a desk."""

    desk: Indexed[Address]
    is_appointed: bool


@dataclass(frozen=True, slots=True)
class CanaryCommitted:
    """A desk knows the answer of some claim."""

    subject: Indexed[bytes32]
    desk: Indexed[Address]


@dataclass(frozen=True, slots=True)
class CanaryShown:
    """An audit's answer was known beforehand."""

    audit_id: Indexed[u64]
    verdict: u8


@dataclass(frozen=True, slots=True)
class NotSampled:
    """The lease is not of class V1."""


@dataclass(frozen=True, slots=True)
class AlreadyAudited:
    """The claim has an audit."""

    audit_id: u64


@dataclass(frozen=True, slots=True)
class NotClaimed:
    """The lease never claimed this receipt."""


@dataclass(frozen=True, slots=True)
class NotDrawn:
    """The beacons did not draw this claim."""


@dataclass(frozen=True, slots=True)
class NotFailed:
    """The lease failed no audit."""


@dataclass(frozen=True, slots=True)
class NoAuditors:
    """Too few arbitrators have stake left for a panel."""


@dataclass(frozen=True, slots=True)
class NotCanaryDesk:
    """Governance did not appoint the account."""


@dataclass(frozen=True, slots=True)
class TooLateForCanary:
    """A canary is committed before the beacons that draw its audit."""


AUDIT_EVENTS = (
    AuditOpened,
    AuditorDrawn,
    AuditVoteCommitted,
    AuditVoteRevealed,
    AuditorSlashed,
    AuditClosed,
    CanaryDeskChanged,
    CanaryCommitted,
    CanaryShown,
)
AUDIT_ERRORS = (
    NotSampled,
    AlreadyAudited,
    NotClaimed,
    NotDrawn,
    NotFailed,
    NoAuditors,
    NotCanaryDesk,
    TooLateForCanary,
)
