"""Structs and events of offers, orders, auctions and leases."""

from dataclasses import dataclass

from contracts.framework.types import Address, Indexed, bytes32, u8, u16, u32, u64, u128, u256


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """What a miner offers.

    ``kinds`` has bit 1 << kind for each job kind, ``classes`` is the mask of verification classes.
    ``gpuClass`` and ``region`` are numbers of the public list, never 0. ``unitPrice`` in wei.
    """

    unit_kind: u8
    kinds: u8
    classes: u8
    gpu_class: u16
    gpu_count: u16
    region: u16
    vram_mib: u32
    latency_ms: u32
    leases_max: u16
    unit_price: u128
    expiry_seconds: u32
    model_roots: tuple[bytes32, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferInfo:
    """One offer as views show it."""

    offer_id: u64
    miner: Address
    status: u8
    terms: OfferTerms
    bond: u128
    open_leases: u16
    listed_at: u64


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """What a client orders; zero for ``gpuClass``, ``region``, ``vramMib``, ``latencyMs`` or
    ``macsPerSecond`` stands for any. ``classes`` are exactly those of the
    lease. ``prepayUnits`` is the first tick.
    """

    kind: u8
    classes: u8
    unit_kind: u8
    gpu_class: u16
    region: u16
    vram_mib: u32
    latency_ms: u32
    macs_per_second: u64
    model_root: bytes32
    client_key: bytes32
    units_max: u64
    unit_price_max: u128
    prepay_units: u64
    deadline_seconds: u64
    window_blocks: u32
    response_seconds: u32
    move_seconds: u32
    game_seconds: u32
    adjudicator: u32
    expiry_seconds: u32


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInfo:
    """One order as views show it; ``bidSeconds`` is 0 unless it is an auction."""

    order_id: bytes32
    client: Address
    status: u8
    terms: OrderTerms
    escrow: u128
    posted_at: u64
    lease_id: bytes32
    bid_seconds: u32
    reveal_seconds: u32
    bid_bond: u128
    bid_count: u32


@dataclass(frozen=True, slots=True)
class CandidateInfo:
    """An offer that fits an order; ``bond`` is what its miner's was then, in wei."""

    offer_id: u64
    miner: Address
    bond: u128
    listed_height: u64


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseOutcome:
    """What became of a lease: ``reason`` a ``CloseReason``, ``paid`` net of the fee, in wei."""

    lease_id: bytes32
    status: u8
    reason: u8
    offer_id: u64
    gpu_class: u16
    was_challenged: bool
    reclaim_at: u64
    paid: u128
    burnt: u128
    weight: u128


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingInfo:
    """What is remembered of an account; ``trust`` is 0 to 10,000, as matching counts it."""

    convicted_height: u64
    settled: u64
    missed: u64
    weight: u128
    trust: u32


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityInfo:
    """A miner's GPU class and its certificate."""

    gpu_class: u16
    macs_per_second: u64
    expires_at: u64
    sealing_key: bytes32


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceInfo:
    """A price index: ``protocolPrice`` is the lower of ``price`` and the median of seven days."""

    price: u128
    median: u128
    protocol_price: u128
    epoch: u64
    used: u128
    capacity: u128


@dataclass(frozen=True, slots=True)
class SealingKeyChanged:
    """Prompts for the miner are sealed to another X25519 key."""

    miner: Indexed[Address]
    sealing_key: bytes32


@dataclass(frozen=True, slots=True)
class CapacityNoted:
    """A certificate counts from now on."""

    miner: Indexed[Address]
    macs_per_second: u64
    expires_at: u64


@dataclass(frozen=True, slots=True)
class OfferListed:
    """A miner's offer stands in the book of its unit kind."""

    offer_id: Indexed[u64]
    miner: Indexed[Address]
    unit_kind: u8
    gpu_class: u16
    unit_price: u256


@dataclass(frozen=True, slots=True)
class OfferRepriced:
    """The offer asks another price of later leases."""

    offer_id: Indexed[u64]
    unit_price: u256


@dataclass(frozen=True, slots=True)
class OfferClosed:
    """The offer left its book; ``forfeited`` of its bond is not returned."""

    offer_id: Indexed[u64]
    miner: Indexed[Address]
    returned: u256
    forfeited: u256


@dataclass(frozen=True, slots=True)
class OrderPosted:
    """A client put the highest price of an order into escrow."""

    order_id: Indexed[bytes32]
    client: Indexed[Address]
    kind: u8
    classes: u8
    model_root: bytes32
    escrow: u256
    is_auction: bool


@dataclass(frozen=True, slots=True)
class OrderClosed:
    """The order ended without lease and its escrow went back; ``status`` says how."""

    order_id: Indexed[bytes32]
    status: u8
    refund: u256


@dataclass(frozen=True, slots=True)
class OrderReopened:
    """No lease came of a proposal: the order looks for an offer again."""

    order_id: Indexed[bytes32]


@dataclass(frozen=True, slots=True)
class RentPaid:
    """A lease ended without any claim: what it costs to have held the miner's bond."""

    lease_id: Indexed[bytes32]
    miner: Indexed[Address]
    held_seconds: u64
    net: u256
    fee: u256


@dataclass(frozen=True, slots=True)
class BidCommitted:
    """A miner put a sealed bid and its bond."""

    order_id: Indexed[bytes32]
    miner: Indexed[Address]
    commitment: bytes32
    bond: u128


@dataclass(frozen=True, slots=True)
class BidDisplaced:
    """A bid lost its place to one with a larger bond and has its own bond back."""

    order_id: Indexed[bytes32]
    miner: Indexed[Address]
    bond: u128


@dataclass(frozen=True, slots=True)
class BidRevealed:
    """A bid was opened; ``exclusion`` says why it does not count, 0 when it does."""

    order_id: Indexed[bytes32]
    miner: Indexed[Address]
    unit_price: u256
    exclusion: u8
    is_best: bool


@dataclass(frozen=True, slots=True)
class BidsForfeited:
    """Bids that were not revealed lost their bonds: a half to the client, the rest burnt."""

    order_id: Indexed[bytes32]
    count: u32
    to_client: u256
    burnt: u256


@dataclass(frozen=True, slots=True)
class LeaseProposed:
    """An order and an offer met; the miner has not accepted yet."""

    lease_id: Indexed[bytes32]
    order_id: Indexed[bytes32]
    miner: Indexed[Address]
    offer_id: u64
    unit_price: u256
    escrow: u256
    lock: u256


@dataclass(frozen=True, slots=True)
class LeaseOpened:
    """The lease is active; ``prepaid`` of the escrow went to the miner, less the fee."""

    lease_id: Indexed[bytes32]
    client: Indexed[Address]
    miner: Indexed[Address]
    escrow: u256
    prepaid: u256
    refund: u256


@dataclass(frozen=True, slots=True)
class LeaseHeldChanged:
    """Open challenges of a lease."""

    lease_id: Indexed[bytes32]
    holds: u32


@dataclass(frozen=True, slots=True)
class ReclaimRequested:
    """The client asks for the rest of the escrow."""

    lease_id: Indexed[bytes32]
    final_at: u64


@dataclass(frozen=True, slots=True)
class LeasePaid:
    """The lease settled: ``paid`` + ``fee`` + ``refund`` is the escrow less what was prepaid."""

    lease_id: Indexed[bytes32]
    miner: Indexed[Address]
    client: Indexed[Address]
    units: u64
    paid: u256
    fee: u256
    credit: u256
    refund: u256


@dataclass(frozen=True, slots=True)
class LeaseClosed:
    """The lease ended unsettled; ``reason`` is a ``CloseReason``."""

    lease_id: Indexed[bytes32]
    miner: Indexed[Address]
    client: Indexed[Address]
    status: u8
    reason: u8
    refund: u256


@dataclass(frozen=True, slots=True)
class MinerConvicted:
    """A fraud was proven: the whole bond is gone."""

    miner: Indexed[Address]
    lease_id: Indexed[bytes32]
    fault: u8
    slashed: u256
    reward: u256
    compensation: u256
    burnt: u256


@dataclass(frozen=True, slots=True)
class IndexMoved:
    """A price index closed an epoch."""

    unit_kind: Indexed[u8]
    gpu_class: Indexed[u16]
    epoch: u64
    utilisation_bps: u32
    price: u256


MARKET_EVENTS = (
    SealingKeyChanged,
    CapacityNoted,
    OfferListed,
    OfferRepriced,
    OfferClosed,
    OrderPosted,
    OrderClosed,
    OrderReopened,
    BidCommitted,
    BidDisplaced,
    RentPaid,
    BidRevealed,
    BidsForfeited,
    LeaseProposed,
    LeaseOpened,
    LeaseHeldChanged,
    ReclaimRequested,
    LeasePaid,
    LeaseClosed,
    MinerConvicted,
    IndexMoved,
)
