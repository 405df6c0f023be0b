"""What disputes keeps in storage; the order of fields is the layout and does not change."""

from contracts.framework.clock import Moment
from contracts.framework.history import HISTORY
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES32,
    U8,
    U16,
    U32,
    U64,
    U128,
    U256,
    Slot,
    Struct,
    array,
    mapping,
    struct,
)


class Challenge(Struct):
    """A challenge from its commitment to its payment; see ``ChallengeStatus``.

    ``pool_id`` is the case whose reward a won one shares: its own, or the miner's first.
    """

    __slots__ = ()
    challenger = Slot(ADDRESS)
    status = Slot(U8)
    fault = Slot(U8)
    reveal_seconds = Slot(U32)
    bond = Slot(U128)
    committed = Slot(struct(Moment))
    commitment = Slot(BYTES32)
    case_id = Slot(BYTES32)
    receipt_hash = Slot(BYTES32)
    pool_id = Slot(BYTES32)


class Case(Struct):
    """What concerns one lease or one batch together.

    ``cutoff_height`` is the block of the reveal that won: who committed before it could not have
    copied it and shares. ``accused`` is the convicted miner, zero for a batch; his open games on
    other leases may still join, for at most ``pool_seconds``.
    """

    __slots__ = ()
    is_decided = Slot(BOOL)
    share_seconds = Slot(U32)
    shares_left = Slot(U32)
    cutoff_height = Slot(U64)
    decided = Slot(struct(Moment))
    accused = Slot(ADDRESS)
    pool_seconds = Slot(U32)
    reward_left = Slot(U256)
    open_ids = Slot(array(U64))


class Game(Struct):
    """The game of one challenge: the node in dispute, and both clocks.

    ``turn`` is when the present move began. ``miner_used`` and ``challenger_used`` are the seconds
    of earlier moves. ``revealed`` is the hash of the nodes that the challenger chooses from,
    ``opening_hash`` of the miner's opening.
    """

    __slots__ = ()
    accused = Slot(ADDRESS)
    phase = Slot(U8)
    stage = Slot(U8)
    level = Slot(U8)
    adjudicator = Slot(U32)
    revealed_height = Slot(U64)
    move_seconds = Slot(U32)
    game_seconds = Slot(U32)
    miner_used = Slot(U32)
    challenger_used = Slot(U32)
    index = Slot(U64)
    turn = Slot(struct(Moment))
    leaves = Slot(U64)
    leaf = Slot(U64)
    node = Slot(BYTES32)
    revealed = Slot(BYTES32)
    opening_hash = Slot(BYTES32)
    leaf_hash = Slot(BYTES32)
    micro_root = Slot(BYTES32)


class Arbitrator(Struct):
    """A bonded arbitrator; ``place`` in the list of active ones plus one, 0 outside."""

    __slots__ = ()
    bond = Slot(U128)
    locked = Slot(U128)
    place = Slot(U32)
    left = Slot(struct(Moment))
    past = Slot(HISTORY)


class Seat(Struct):
    """One drawn arbitrator and his vote."""

    __slots__ = ()
    arbitrator = Slot(ADDRESS)
    status = Slot(U8)
    value_bps = Slot(U16)
    commitment = Slot(BYTES32)


class Audit(Struct):
    """An audit of a claim; ``known`` is a canary's verdict, 0 without one."""

    __slots__ = ()
    lease_id = Slot(BYTES32)
    receipt_hash = Slot(BYTES32)
    miner = Slot(ADDRESS)
    status = Slot(U8)
    outcome = Slot(U8)
    known = Slot(U8)
    stake = Slot(U128)
    fee = Slot(U128)
    commit_seconds = Slot(U32)
    reveal_seconds = Slot(U32)
    draw_height = Slot(U64)
    opened = Slot(struct(Moment))
    seats = Slot(array(struct(Seat)))


class Failures(Struct):
    """Clients of a miner who had a failed audit since ``first``.

    ``turn`` counts the times that the memory began anew; ``counted`` is each client's last one.
    """

    __slots__ = ()
    count = Slot(U8)
    turn = Slot(U64)
    first = Slot(struct(Moment))
    counted = Slot(mapping(ADDRESS, U64))


class Member(Struct):
    """A seat of a quorum."""

    __slots__ = ()
    order_id = Slot(BYTES32)
    lease_id = Slot(BYTES32)
    miner = Slot(ADDRESS)
    status = Slot(U8)
    offer_id = Slot(U64)
    commitment = Slot(BYTES32)
    response_hash = Slot(BYTES32)


class Quorum(Struct):
    """The same work by several miners; ``drawn`` is when they were drawn."""

    __slots__ = ()
    client = Slot(ADDRESS)
    status = Slot(U8)
    commit_seconds = Slot(U32)
    reveal_seconds = Slot(U32)
    opened_height = Slot(U64)
    draw_height = Slot(U64)
    drawn = Slot(struct(Moment))
    closed = Slot(struct(Moment))
    answer = Slot(BYTES32)
    request_hash = Slot(BYTES32)
    members = Slot(array(struct(Member)))


class Arbitration(Struct):
    """A dispute that a panel decides; ``voting`` is when the panel was drawn."""

    __slots__ = ()
    opener = Slot(ADDRESS)
    status = Slot(U8)
    round = Slot(U8)
    outcome_bps = Slot(U16)
    panel_size = Slot(U32)
    client = Slot(ADDRESS)
    commit_seconds = Slot(U32)
    reveal_seconds = Slot(U32)
    miner = Slot(ADDRESS)
    opened_height = Slot(U64)
    draw_height = Slot(U64)
    bond = Slot(U128)
    fee = Slot(U128)
    seat_stake = Slot(U128)
    escrow = Slot(U128)
    voting = Slot(struct(Moment))
    lease_id = Slot(BYTES32)
    evidence_hash = Slot(BYTES32)
    seats = Slot(array(struct(Seat)))
