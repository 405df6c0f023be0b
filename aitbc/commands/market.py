"""``aitbc market``: offers, orders, auctions, leases, miners, prices; a verb per call and view."""

from typing import Any, Final

import click

from aitbc.arguments import ADDRESS, HASH
from aitbc.commands import market_orders
from aitbc.native import Reader, Sender, VerbGroup, reading, sending
from aitbc.output import Percent, Wei, fail
from aitbc.verbs import add_verbs, events_of, show_struct
from aitbc.wishes import UNIT_NAMES
from contracts.marketplace.v1.contract import Marketplace
from miner.chain import Chain
from miner.client.orders import class_names, list_offers
from rpc.formats import checksummed

GROUPS: Final[dict[str, tuple[str, dict[str, str | tuple[str, ...]]]]] = {
    "offer": (
        "What miners offer.",
        {
            "show": "offer",
            "close": "closeOffer",
            "reprice": "repriceOffer",
            "promise": "promiseService",
            "promised": "promisedService",
            "count": ("offerCount", "offers"),
        },
    ),
    "order": (
        "What clients order.",
        {
            "show": "order",
            "list": "orders",
            "count": ("orderCount", "orders", "open"),
            "next-id": ("nextOrderId", "order"),
            "take": "takeOffer",
            "fits": ("fits", "exclusion"),
            "candidates": "candidates",
            "attach-service": "attachService",
            "cancel": "cancelOrder",
            "expire": "expireOrder",
        },
    ),
    "auction": (
        "Sealed reverse auctions.",
        {
            "bids": ("bids", "bidders", "revealed", "bonds"),
            "bid-hash": ("bidHash", "commitment"),
            "reveal": "revealBid",
            "close": "closeAuction",
        },
    ),
    "lease": (
        "Leases, from proposal to settlement.",
        {
            "show": "lease",
            "list": "leases",
            "of": "leasesOf",
            "outcome": "leaseOutcome",
            "ended-at": ("endedAt", "height"),
            "count": ("leaseCount", "leases"),
            "accept": "acceptLease",
            "decline": "declineLease",
            "cancel": "cancelLease",
            "expire-proposal": "expireProposal",
            "reclaim": "requestReclaim",
            "finish-reclaim": "finishReclaim",
            "expire": "expireLease",
            "service": "service",
            "probe": "probeService",
            "answer-probe": "answerProbe",
            "fail-probe": "failProbe",
            "interruption": "announceInterruption",
            "rate": "rateLease",
        },
    ),
    "miner": (
        "Miners: bond, operator key, endpoint, standing.",
        {
            "show": "miner",
            "capacity": "capacity",
            "standing": "standing",
            "reputation": "reputation",
            "register": "registerMiner",
            "add-bond": "addBond",
            "set-operator": "setOperator",
            "set-endpoint": "setEndpoint",
            "set-sealing-key": "setSealingKey",
            "operator-valid": ("operatorValid", "valid"),
            "was-operator": ("wasOperator", "registered"),
            "request-withdrawal": "requestWithdrawal",
            "withdraw": "withdrawBond",
        },
    ),
    "product": (
        "Seeded products by their calls; aitbc job post makes them.",
        {
            "show": "job",
            "list": "jobs",
            "open": "openJobs",
            "count": ("jobCount", "jobs", "open"),
            "of-lease": ("jobOfLease", "job"),
            "post": "postJob",
            "take": "takeJob",
            "cancel": "cancelJob",
            "expire": "expireJob",
        },
    ),
}
ONE_UNIT: Final = {"tokens": "token", "macs": "MAC", "seconds": "second"}
INTERNAL: Final = frozenset(
    {
        "payLease", "paySplit", "holdLease", "releaseLease", "convict", "closeUnpaid",
        "proposeTo", "noteCapacity", "noteReceipt", "settleLease", "failLease",
    }
)  # fmt: skip
"""Calls that other contracts make; nobody else may."""


@click.group(cls=VerbGroup)
def market() -> None:
    """Offers, orders, auctions, leases, miners, prices."""


def _add_groups() -> None:
    for name, (words, verbs) in GROUPS.items():
        group = VerbGroup(name=name, help=words)
        add_verbs(group, Marketplace, verbs)
        market.add_command(group)
    for name, commands in market_orders.COMMANDS.items():
        group = market if not name else market.commands[name]  # type: ignore[assignment]
        for command in commands:
            group.add_command(command)


@market.command("offers")
@click.option("--unit", type=click.Choice(list(UNIT_NAMES)), default="tokens", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@reading
def offers(unit: str, limit: int, node: Reader) -> None:
    """List offers, the cheapest first."""
    rows = node.ask(lambda chain: list_offers(chain, UNIT_NAMES[unit], limit))
    rows.sort(key=lambda row: (row.terms.unit_price, row.offer_id))
    price = "price" if node.is_json else f"price per {ONE_UNIT[unit]}"
    shown = [
        {
            "offer": row.offer_id,
            price: Wei(row.terms.unit_price),
            "classes": class_names(row.terms.classes),
            "gpu class": row.terms.gpu_class,
            "gpus": row.terms.gpu_count,
            "vram mib": row.terms.vram_mib,
            "latency ms": row.terms.latency_ms,
            "free": max(0, row.terms.leases_max - row.open_leases),
            "models": list(row.terms.model_roots),
            "miner": checksummed(row.miner),
        }
        for row in rows
    ]
    node.rows(shown, empty=f"no offers ({unit})")


@market.command("orders")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True)
@reading
def orders(limit: int, node: Reader) -> None:
    """List orders that look for an offer or for bids."""
    rows, _ = node.view(Marketplace, "openOrders", 0, limit)
    shown = [
        {
            "order": row.order_id,
            "kind": row.terms.kind,
            "classes": class_names(row.terms.classes),
            "units": row.terms.units_max,
            "highest price": Wei(row.terms.unit_price_max),
            "auction": bool(row.bid_seconds),
            "bids": row.bid_count,
            "client": checksummed(row.client),
        }
        for row in rows
    ]
    node.rows(shown, empty="no open orders")


@market.command("match")
@click.argument("order_id", type=HASH)
@sending
def match(order_id: bytes, sender: Sender) -> None:
    """Propose an open order to the best offer that fits it; anybody may."""
    sender.send(
        Marketplace, "matchOrder", order_id, tell=lambda outcome: events_of(outcome, Marketplace)
    )


@market.command("price")
@click.argument("unit", type=click.Choice(list(UNIT_NAMES)))
@click.argument("gpu_class", type=click.IntRange(0, (1 << 16) - 1))
@reading
def price(unit: str, gpu_class: int, node: Reader) -> None:
    """Show the price index of a unit and a GPU class: a hint, and protocol-priced jobs' price."""
    info = node.view(Marketplace, "priceIndex", UNIT_NAMES[unit], gpu_class)
    share = 10_000 * info.used // info.capacity if info.capacity else 0
    node.record(
        {
            "price": Wei(info.price),
            "median of seven days": Wei(info.median),
            "protocol price": Wei(info.protocol_price),
            "epoch": info.epoch,
            "units used": info.used,
            "capacity": info.capacity,
            "utilisation": Percent(min(share, 10_000)),
        }
    )


@market.command("miners")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True)
@reading
def miners(limit: int, node: Reader) -> None:
    """List the miners with listed offers: bond, certificate, standing."""

    async def ask(chain: Chain) -> list[dict[str, Any]]:
        accounts: dict[bytes, int] = {}
        for unit in UNIT_NAMES.values():
            for row in await list_offers(chain, unit):
                accounts[row.miner] = accounts.get(row.miner, 0) + 1
        return [await _miner_row(chain, miner, n) for miner, n in list(accounts.items())[:limit]]

    node.rows(node.ask(ask), empty="no miner has a listed offer")


@market.command("show")
@click.argument("record_id", metavar="ID")
@reading
def show(record_id: str, node: Reader) -> None:
    """Show what an ID names: an order, a lease, a product, an offer's number, a miner's account."""

    async def ask(chain: Chain) -> tuple[str, Any, int] | None:
        now = (await chain.head()).timestamp
        if record_id.isdecimal():
            found = await chain.view(Marketplace, "offer", int(record_id))
            return ("offer", found, now) if found.status else None
        if len(record_id) == 42:
            found = await chain.miner(ADDRESS(record_id))
            return ("miner", found, now) if any(found.operator_key) else None
        key = HASH(record_id)
        for name, view in (("lease", "lease"), ("order", "order"), ("product", "job")):
            found = await chain.view(Marketplace, view, key)
            if found.status:
                return name, found, now
        return None

    answer = node.ask(ask)
    if answer is None:
        fail(f"nothing on the market has the id {record_id}", "List them: aitbc market orders")
    name, found, now = answer
    node.record({"what": name, **show_struct(found, now)})


@market.command("update-index")
@click.argument("unit", type=click.Choice(list(UNIT_NAMES)))
@click.argument("gpu_class", type=click.IntRange(0, (1 << 16) - 1))
@sending
def update_index(unit: str, gpu_class: int, sender: Sender) -> None:
    """Close the epochs that a price index has behind it; anybody may."""
    sender.send(Marketplace, "updateIndex", UNIT_NAMES[unit], gpu_class)


async def _miner_row(chain: Chain, account: bytes, offers_listed: int) -> dict[str, Any]:
    info = await chain.miner(account)
    capacity = await chain.view(Marketplace, "capacity", account)
    standing = await chain.view(Marketplace, "standing", account)
    return {
        "miner": checksummed(account),
        "offers": offers_listed,
        "bond": Wei(info.bond),
        "free": Wei(max(0, info.bond - info.locked)),
        "open leases": info.open_leases,
        "macs per second": capacity.macs_per_second,
        "settled": standing.settled,
        "missed": standing.missed,
        "trust": Percent(standing.trust),
        "endpoint": info.endpoint,
    }


_add_groups()
