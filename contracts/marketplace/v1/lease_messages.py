"""What a lease says: the struct that other contracts and users read."""

from dataclasses import dataclass
from enum import IntEnum

from contracts.framework.types import Address, bytes32, u8, u16, u32, u64, u128


class LeaseStatus(IntEnum):
    """Where a lease stands; the numbers are the protocol's."""

    UNKNOWN = 0
    PROPOSED = 1
    ACTIVE = 2
    RECLAIMING = 3
    SETTLED = 4
    RECLAIMED = 5
    CONVICTED = 6
    CANCELLED = 7
    CLOSED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseInfo:
    """One lease with all its terms, fixed when it was made.

    Amounts in wei; ``classes`` is a mask of ``primitives.compute.CLASS_...``; ``prepaid`` of the
    escrow went to the miner at acceptance; ``lock`` of his bond secures it; ``holds`` counts open
    challenges; ``adjudicator`` is a runtime id, 0 without one; the keys are X25519.
    """

    lease_id: bytes32
    order_id: bytes32
    client: Address
    miner: Address
    kind: u8
    classes: u8
    model_root: bytes32
    unit_kind: u8
    unit_price: u128
    units_max: u64
    escrow: u128
    prepaid: u128
    lock: u128
    fee_bps: u16
    status: u8
    holds: u32
    window_blocks: u32
    response_seconds: u32
    move_seconds: u32
    game_seconds: u32
    adjudicator: u32
    opened_at: u64
    opened_height: u64
    deadline: u64
    client_key: bytes32
    miner_key: bytes32
