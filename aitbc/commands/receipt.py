"""``aitbc receipt``: products' receipts; claims, batches, demands, certificates of leases."""

from typing import Any, Final

import click

from aitbc.arguments import ADDRESS
from aitbc.commands.compute import receipt
from aitbc.native import Reader, VerbGroup, reading
from aitbc.output import Wei
from aitbc.verbs import add_verbs, show_struct
from contracts.marketplace.v1.contract import Marketplace
from contracts.receipts.v1.contract import Receipts
from miner.chain import Chain

__all__ = ["receipt"]

PAGE: Final = 100
GROUPS: Final[dict[str, tuple[str, dict[str, str | tuple[str, ...]]]]] = {
    "claim": (
        "Claims: what a lease's miner may be paid.",
        {
            "show": "claim",
            "claimed-at": ("claimedAt", "height"),
            "raise": "claimReceipt",
            "from-batch": "claimFromBatch",
            "publish": "postResponse",
            "settle": "settleLease",
        },
    ),
    "batch": (
        "Anchored batches of receipts.",
        {
            "show": "batch",
            "count": ("batchCount", "batches"),
            "closed-at": ("batchClosedAt", "height"),
            "samples": ("samples", "points"),
            "anchor": "anchorBatch",
            "release": "releaseBond",
            "slash": "slashBatch",
        },
    ),
    "demand": (
        "Demands: publish a leaf of a batch, or lose bond.",
        {
            "show": "demand",
            "count": ("demandCount", "demands"),
            "leaf": "demandLeaf",
            "sample": "demandSample",
            "answer": "answerDemand",
            "close": "closeDemand",
        },
    ),
    "capacity": (
        "Certificates of capacity.",
        {
            "show": "capacity",
            "window": "capacityWindow",
            "seed": ("capacitySeed", "seed"),
            "tiles": ("capacityTiles", "tiles"),
            "commit": "commitCapacity",
            "open": "openCapacity",
        },
    ),
    "product": (
        "Receipts of products by their calls.",
        {
            "count": ("receiptCount", "receipts"),
            "tiles": ("drawnTiles", "tiles"),
            "submit": "submitReceipt",
            "open-tiles": "openTiles",
            "draw": ("parameters", "first", "last", "tiles"),
            "acknowledge": "acknowledge",
            "challenge-tile": "challengeTile",
            "check-tile": "checkTile",
        },
    ),
}


@click.command("list")
@click.argument("account", type=ADDRESS)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@reading
def claim_list(account: bytes, limit: int, node: Reader) -> None:
    """List the claims of an account's leases, as client or miner, the newest lease first."""

    async def ask(chain: Chain) -> list[dict[str, Any]]:
        leases: list[Any] = []
        cursor = 0
        while True:
            page, after = await chain.view(Marketplace, "leasesOf", account, cursor, PAGE)
            leases += page
            if after <= cursor or len(page) < PAGE:
                break
            cursor = after
        height = (await chain.head()).height
        rows: list[dict[str, Any]] = []
        for lease in reversed(leases):
            claim = await chain.view(Receipts, "claim", lease.lease_id)
            if claim.height and len(rows) < limit:
                rows.append(_claim_row(claim, height))
        return rows

    node.rows(node.ask(ask), empty="no claims")


@click.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@reading
def batch_list(limit: int, node: Reader) -> None:
    """List anchored batches, the newest first."""
    node.rows(node.ask(lambda chain: _newest(chain, "batch", limit)), empty="no batches")


@click.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@reading
def demand_list(limit: int, node: Reader) -> None:
    """List demands, the newest first."""
    node.rows(node.ask(lambda chain: _newest(chain, "demand", limit)), empty="no demands")


@click.command("beacon")
@click.argument("height", type=click.IntRange(min=0), required=False)
@reading
def beacon(height: int | None, node: Reader) -> None:
    """Show the beacon of a recent height, or the freshness stamp for a receipt signed now."""
    if height is None:
        value, stamp = node.view(Receipts, "freshBeacon")
        node.record({"beacon": value, "height": stamp})
    else:
        node.record({"beacon": node.view(Receipts, "beaconAt", height), "height": height})


async def _newest(chain: Chain, what: str, limit: int) -> list[dict[str, Any]]:
    count = int(await chain.view(Receipts, f"{what}Count"))
    now = (await chain.head()).timestamp
    numbers = range(count, max(0, count - limit), -1)  # both are numbered from 1
    return [show_struct(await chain.view(Receipts, what, number), now) for number in numbers]


def _claim_row(claim: Any, height: int) -> dict[str, Any]:
    return {
        "lease": claim.lease_id,
        "seq": claim.seq,
        "units": claim.units,
        "amount": Wei(claim.amount),
        "settled": claim.is_settled,
        "unacknowledged": claim.is_unacknowledged,
        "batch": claim.batch_id or None,
        "blocks left": max(0, claim.window_end - height),
    }


def _add_groups() -> None:
    lists = {"claim": claim_list, "batch": batch_list, "demand": demand_list}
    for name, (words, verbs) in GROUPS.items():
        group = VerbGroup(name=name, help=words)
        add_verbs(group, Receipts, verbs)
        if name in lists:
            group.add_command(lists[name])
        receipt.add_command(group)
    receipt.add_command(beacon)


_add_groups()
