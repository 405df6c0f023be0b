"""Events and structs of the disputes contract's interface; errors are in ``refusals``."""

from dataclasses import dataclass
from enum import IntEnum

from contracts.framework.types import Address, Indexed, bytes32, u8, u16, u32, u64, u128, u256


class Fault(IntEnum):
    """What a challenge accuses of; the numbers are the protocol's."""

    BAD_SIGNATURE = 1
    DUPLICATE_LEAF = 2
    WRONG_SUM = 3
    DOUBLE_SIGNING = 4
    OVERCLAIM = 5
    WRONG_STEP = 6
    WRONG_TILE = 7
    FAILED_AUDITS = 8
    WRONG_PRODUCT = 9


class ChallengeStatus(IntEnum):
    """Where a challenge stands.

    ``WON`` waits for its share of the reward, ``CLOSED`` (another won first) for its bond.
    """

    UNKNOWN = 0
    COMMITTED = 1
    OPEN = 2
    WON = 3
    LOST = 4
    CLOSED = 5
    EXPIRED = 6
    PAID = 7


class Phase(IntEnum):
    """What a game waits for; every phase but ``CHOOSE`` is the miner's turn."""

    NONE = 0
    TRACE = 1
    REVEAL = 2
    CHOOSE = 3
    MICRO_ROOT = 4
    STEP = 5
    ANSWER = 6
    OVER = 7


class ArbitrationStatus(IntEnum):
    """Where an arbitration stands."""

    UNKNOWN = 0
    OPENED = 1
    VOTING = 2
    DECIDED = 3
    VOID = 4


class SeatStatus(IntEnum):
    """What a drawn arbitrator has done."""

    DRAWN = 0
    COMMITTED = 1
    REVEALED = 2


@dataclass(frozen=True, slots=True)
class LeafOpening:
    """A leaf of a batch with the hashes and sums of its siblings from leaf to root."""

    index: u64
    lease_id: bytes32
    seq: u64
    receipt_hash: bytes32
    amount: u128
    hashes: tuple[bytes32, ...]
    totals: tuple[u128, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeInfo:
    """One challenge; ``case_id`` is the lease, or the batch's number as a word."""

    challenge_id: u64
    challenger: Address
    status: u8
    fault: u8
    commitment: bytes32
    bond: u128
    committed_at: u64
    committed_height: u64
    reveal_seconds: u32
    case_id: bytes32
    receipt_hash: bytes32


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInfo:
    """All challenges of one lease or batch; ``shares_left`` of ``reward_left`` are to be paid."""

    case_id: bytes32
    open_ids: tuple[u64, ...]
    is_decided: bool
    cutoff_height: u64
    decided_at: u64
    share_seconds: u32
    shares_left: u32
    reward_left: u256


@dataclass(frozen=True, slots=True, kw_only=True)
class GameInfo:
    """One game: the node in dispute, whose turn it is, and until when (time and height).

    ``node`` is the hash of node ``index`` on ``level`` of a tree of ``leaves`` leaves: of the trace
    in stage 1, of the micro-steps of trace leaf ``leaf`` in stage 2.
    """

    challenge_id: u64
    case_id: bytes32
    receipt_hash: bytes32
    miner: Address
    challenger: Address
    phase: u8
    stage: u8
    turn: Address
    until: u64
    until_height: u64
    adjudicator: u32
    level: u8
    index: u64
    leaves: u64
    node: bytes32
    leaf: u64
    leaf_hash: bytes32
    micro_root: bytes32


@dataclass(frozen=True, slots=True, kw_only=True)
class ArbitratorInfo:
    """A bonded arbitrator; of the bond ``locked`` stands for open seats."""

    arbitrator: Address
    bond: u128
    locked: u128
    is_active: bool
    left_at: u64


@dataclass(frozen=True, slots=True, kw_only=True)
class ArbitrationInfo:
    """One arbitration; ``outcome_bps`` is the miner's share of the escrow once decided."""

    arbitration_id: u64
    lease_id: bytes32
    opener: Address
    client: Address
    miner: Address
    status: u8
    round: u8
    opened_height: u64
    draw_height: u64
    bond: u128
    fee: u128
    seat_stake: u128
    escrow: u128
    commit_seconds: u32
    reveal_seconds: u32
    voting_since: u64
    seats: u32
    outcome_bps: u16
    evidence_hash: bytes32


@dataclass(frozen=True, slots=True)
class SeatInfo:
    """One seat of a panel; ``value_bps`` counts once it is revealed."""

    arbitrator: Address
    status: u8
    commitment: bytes32
    value_bps: u16


@dataclass(frozen=True, slots=True)
class ChallengeCommitted:
    """Somebody will challenge something; nobody else knows what."""

    challenge_id: Indexed[u64]
    challenger: Indexed[Address]
    commitment: bytes32
    bond: u128


@dataclass(frozen=True, slots=True)
class ChallengeRevealed:
    """A challenge names its subject."""

    challenge_id: Indexed[u64]
    case_id: Indexed[bytes32]
    challenger: Indexed[Address]
    fault: u8
    receipt_hash: bytes32


@dataclass(frozen=True, slots=True)
class ChallengeExpired:
    """A challenge was not revealed in time; its bond is burnt."""

    challenge_id: Indexed[u64]
    bond: u128


@dataclass(frozen=True, slots=True)
class ChallengeLost:
    """A challenge was decided for the accused; half of the bond is his, the rest is burnt."""

    challenge_id: Indexed[u64]
    case_id: Indexed[bytes32]
    accused: Indexed[Address]
    paid: u128
    burnt: u128


@dataclass(frozen=True, slots=True)
class CaseDecided:
    """The accused is convicted; ``reward`` is shared when the period is over."""

    case_id: Indexed[bytes32]
    challenge_id: Indexed[u64]
    accused: Indexed[Address]
    fault: u8
    reward: u256


@dataclass(frozen=True, slots=True)
class ChallengePaid:
    """A challenger got his bond and his share."""

    challenge_id: Indexed[u64]
    challenger: Indexed[Address]
    bond: u128
    share: u256


@dataclass(frozen=True, slots=True)
class GameMove:
    """It is ``turn``'s move now, until ``until`` (block time) at the earliest."""

    case_id: Indexed[bytes32]
    turn: Indexed[Address]
    challenge_id: Indexed[u64]
    phase: u8
    stage: u8
    level: u8
    index: u64
    node: bytes32
    until: u64


@dataclass(frozen=True, slots=True)
class NodesRevealed:
    """The miner opened the node in dispute into these."""

    case_id: Indexed[bytes32]
    challenger: Indexed[Address]
    challenge_id: Indexed[u64]
    nodes: tuple[bytes32, ...]


@dataclass(frozen=True, slots=True)
class GameOver:
    """A game ended; ``by_timeout`` when the loser let his time pass."""

    case_id: Indexed[bytes32]
    winner: Indexed[Address]
    challenge_id: Indexed[u64]
    by_timeout: bool


@dataclass(frozen=True, slots=True)
class ArbitratorBonded:
    """An arbitrator's bond is now this much."""

    arbitrator: Indexed[Address]
    bond: u128


@dataclass(frozen=True, slots=True)
class ArbitratorLeft:
    """An arbitrator is not drawn any more."""

    arbitrator: Indexed[Address]


@dataclass(frozen=True, slots=True)
class ArbitrationOpened:
    """Client or miner wants a panel to split the escrow; drawn by the beacon of ``draw_height``."""

    arbitration_id: Indexed[u64]
    lease_id: Indexed[bytes32]
    opener: Indexed[Address]
    draw_height: u64
    evidence_hash: bytes32


@dataclass(frozen=True, slots=True)
class EvidenceAdded:
    """A party names further evidence."""

    arbitration_id: Indexed[u64]
    party: Indexed[Address]
    evidence_hash: bytes32


@dataclass(frozen=True, slots=True)
class ArbitratorDrawn:
    """An arbitrator has a seat and votes until the deadline."""

    arbitration_id: Indexed[u64]
    arbitrator: Indexed[Address]
    seat: u32


@dataclass(frozen=True, slots=True)
class PanelAimed:
    """The panel is drawn by the beacon of another height."""

    arbitration_id: Indexed[u64]
    draw_height: u64


@dataclass(frozen=True, slots=True)
class VoteCommitted:
    """An arbitrator committed a vote."""

    arbitration_id: Indexed[u64]
    arbitrator: Indexed[Address]
    commitment: bytes32


@dataclass(frozen=True, slots=True)
class VoteRevealed:
    """An arbitrator's vote: the miner's share of the escrow."""

    arbitration_id: Indexed[u64]
    arbitrator: Indexed[Address]
    value_bps: u16


@dataclass(frozen=True, slots=True)
class ArbitratorSlashed:
    """A seat's stake is burnt: not revealed, or far from the outcome."""

    arbitration_id: Indexed[u64]
    arbitrator: Indexed[Address]
    amount: u128


@dataclass(frozen=True, slots=True)
class ArbitrationDecided:
    """The panel's median splits the escrow."""

    arbitration_id: Indexed[u64]
    lease_id: Indexed[bytes32]
    outcome_bps: u16
    miner_amount: u256


@dataclass(frozen=True, slots=True)
class ArbitrationVoid:
    """No panel decided; the opener has his bond back and the lease goes on."""

    arbitration_id: Indexed[u64]
    lease_id: Indexed[bytes32]


EVENTS = (
    ChallengeCommitted,
    ChallengeRevealed,
    ChallengeExpired,
    ChallengeLost,
    CaseDecided,
    ChallengePaid,
    GameMove,
    NodesRevealed,
    GameOver,
    ArbitratorBonded,
    ArbitratorLeft,
    ArbitrationOpened,
    EvidenceAdded,
    ArbitratorDrawn,
    PanelAimed,
    VoteCommitted,
    VoteRevealed,
    ArbitratorSlashed,
    ArbitrationDecided,
    ArbitrationVoid,
)
