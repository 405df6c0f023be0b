"""Whether a proposed lease, or an auction's, is one that this miner can serve, and if not why."""

from dataclasses import dataclass
from typing import Final

from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.marketplace.v1.market_messages import OrderInfo
from miner.backends.catalog import Catalog
from wallet.sealing import SealingError, seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the miner agrees to; seconds, wei per unit."""

    leases_max: int = 16
    deadline_seconds_max: int = 7 * 86_400
    response_seconds_min: int = 60
    move_seconds_min: int = 60
    price_min: int = 1
    refused_clients: tuple[bytes, ...] = ()


NO_REASON: Final = ""


def decline_reason(
    lease: LeaseInfo, *, catalog: Catalog, key: bytes, limits: Limits, live: int
) -> str:
    """Return why a proposal is declined, empty when it is accepted; ``live`` leases run already."""
    shelf = catalog.shelf(lease.model_root)
    if shelf is None:
        return "no backend serves this model now"
    served = shelf.served
    checks = (
        (lease.kind == served.kind, f"kind {lease.kind} is not what this model does"),
        (lease.unit_kind == served.unit_kind, "another unit than this model counts"),
        (not lease.classes & ~served.classes, "a verification class that this model cannot serve"),
        (
            lease.adjudicator in (0, served.adjudicator),
            f"adjudicator {lease.adjudicator} does not judge this model",
        ),
        (lease.miner_key == key, "sealed to another key than this miner's"),
        (lease.unit_price >= limits.price_min, "below the lowest price"),
        (lease.deadline <= limits.deadline_seconds_max, "the deadline is too far away"),
        (lease.response_seconds >= limits.response_seconds_min, "too little time to respond"),
        (lease.move_seconds >= limits.move_seconds_min, "too little time for moves of a dispute"),
        (lease.client not in limits.refused_clients, "this client is refused"),
        (live < limits.leases_max, f"{limits.leases_max} leases are under way"),
        (_is_sealable(lease), "nothing can be sealed to the client's key"),
    )
    return next((reason for is_good, reason in checks if not is_good), NO_REASON)


def lease_of(order: OrderInfo, *, miner: bytes, key: bytes, price: int) -> LeaseInfo:
    """Return the lease that an order becomes at a price, before anybody agreed to it."""
    terms = order.terms
    return LeaseInfo(
        lease_id=bytes(32), order_id=order.order_id, client=order.client, miner=miner,
        kind=terms.kind, classes=terms.classes, model_root=terms.model_root,
        unit_kind=terms.unit_kind, unit_price=price, units_max=terms.units_max,
        escrow=terms.units_max * price, prepaid=terms.prepay_units * price, lock=0, fee_bps=0,
        status=LeaseStatus.UNKNOWN, holds=0, window_blocks=terms.window_blocks,
        response_seconds=terms.response_seconds, move_seconds=terms.move_seconds,
        game_seconds=terms.game_seconds, adjudicator=terms.adjudicator, opened_at=0,
        opened_height=0, deadline=terms.deadline_seconds, client_key=terms.client_key,
        miner_key=key,
    )  # fmt: skip


def _is_sealable(lease: LeaseInfo) -> bool:
    try:
        seal(
            b"",
            recipient_key=lease.client_key,
            sender=lease.miner,
            recipient=lease.client,
            chain_id=0,
        )
    except SealingError:
        return False
    return True
