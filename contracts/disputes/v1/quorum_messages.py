"""Events, errors and structs of quorums."""

from dataclasses import dataclass
from enum import IntEnum

from contracts.framework.types import Address, Indexed, bytes32, u8, u64


class QuorumStatus(IntEnum):
    """Where a quorum stands."""

    UNKNOWN = 0
    OPENED = 1
    WORKING = 2
    CLOSED = 3
    RELEASED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class QuorumInfo:
    """One quorum: commit until, then reveal until; ``answer`` is zero without a majority.

    ``request_hash`` names the one request that its members answer.
    """

    quorum_id: u64
    client: Address
    request_hash: bytes32
    status: u8
    size: u8
    draw_height: u64
    commit_until: u64
    reveal_until: u64
    answer: bytes32


@dataclass(frozen=True, slots=True, kw_only=True)
class QuorumMemberInfo:
    """One seat: ``status`` 0 drawn, 1 committed, 2 revealed."""

    order_id: bytes32
    lease_id: bytes32
    miner: Address
    status: u8
    response_hash: bytes32


@dataclass(frozen=True, slots=True)
class QuorumOpened:
    """A client wants the same work from several miners."""

    quorum_id: Indexed[u64]
    client: Indexed[Address]
    size: u8


@dataclass(frozen=True, slots=True)
class QuorumAimed:
    """The beacon of this height draws the miners."""

    quorum_id: Indexed[u64]
    height: u64


@dataclass(frozen=True, slots=True)
class QuorumDrawn:
    """A miner was drawn and has a lease proposed."""

    quorum_id: Indexed[u64]
    lease_id: Indexed[bytes32]
    miner: Indexed[Address]


@dataclass(frozen=True, slots=True)
class OutputCommitted:
    """A miner committed to its output."""

    quorum_id: Indexed[u64]
    miner: Indexed[Address]


@dataclass(frozen=True, slots=True)
class OutputRevealed:
    """A miner's output."""

    quorum_id: Indexed[u64]
    miner: Indexed[Address]
    response_hash: bytes32


@dataclass(frozen=True, slots=True)
class QuorumClosed:
    """The outputs were counted; zero: no majority."""

    quorum_id: Indexed[u64]
    answer: bytes32
    votes: u8


@dataclass(frozen=True, slots=True)
class BadQuorum:
    """A quorum is over 3, 5 or 7 different open orders of class V3 of equal terms."""


@dataclass(frozen=True, slots=True)
class OrderTaken:
    """The order belongs to another quorum."""


@dataclass(frozen=True, slots=True)
class NoQuorumMiners:
    """Too few miners had a fitting offer before the quorum was opened."""

    count: u64


QUORUM_EVENTS = (
    QuorumOpened,
    QuorumAimed,
    QuorumDrawn,
    OutputCommitted,
    OutputRevealed,
    QuorumClosed,
)
QUORUM_ERRORS = (BadQuorum, OrderTaken, NoQuorumMiners)
