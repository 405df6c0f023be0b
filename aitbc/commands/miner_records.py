"""``aitbc miner jobs``, ``receipts`` and ``earnings``: what the files of this home say."""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from aitbc.miner_home import home_flag, places_of, with_config
from aitbc.output import console, format_ait, json_flag, print_json, print_rows
from aitbc.signing import run_with_chain
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.places import RECEIPTS_ADDRESS
from miner.config import Loaded
from miner.journal import LeaseRecord, LeaseState, read_leases
from miner.leases.book import Deal, SignedReceipt, read_deals
from primitives.errors import InvalidSignatureError
from primitives.keys import Signature, recover_address
from primitives.types import Address, Hash32

KEYS: Final = ("day", "model", "client")
DONE: Final = (
    LeaseState.COMPUTED, LeaseState.SUBMITTED, LeaseState.OPENED, LeaseState.SETTLED,
)  # fmt: skip
SUMS: Final = ("leases", "tokens", "products", "macs", "paid_wei")


@click.command("jobs")
@home_flag
@click.option("--all", "is_all", is_flag=True, help="Also those that have ended.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_flag
def jobs(home: Path | None, is_all: bool, limit: int, is_json: bool) -> None:
    """Show what this miner is working on: products and leases, the newest last."""
    rows: list[dict[str, Any]] = []
    for place in places_of(home):
        rows += [
            _product_job(lease)
            for lease in read_leases(place)
            if is_all or not lease.state.is_final
        ]
        rows += [_lease_job(deal) for deal in read_deals(place) if is_all or deal.ending is None]
    shown = rows[-limit:] if is_json else [_job_text(row) for row in rows[-limit:]]
    print_rows(shown, is_json=is_json, empty="nothing in flight")


@click.group("receipts", invoke_without_command=True)
@home_flag
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@json_flag
@click.pass_context
def receipts(ctx: click.Context, home: Path | None, limit: int, is_json: bool) -> None:
    """List, verify and export the receipts that this miner signed; alone: list."""
    if ctx.invoked_subcommand is None:
        _list_receipts(home, limit, is_json=is_json)


@receipts.command("list")
@home_flag
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@json_flag
def list_receipts(home: Path | None, limit: int, is_json: bool) -> None:
    """Show the signed receipts and what became of them, the newest last."""
    _list_receipts(home, limit, is_json=is_json)


@receipts.command("verify")
@click.option("--chain-id", type=int, help="The chain of the receipts; default: the node's.")
@json_flag
@with_config
def verify_receipts(home: Path | None, loaded: Loaded, chain_id: int | None, is_json: bool) -> None:
    """Check every receipt and voucher on this disk: signatures, numbers, sums."""
    if chain_id is None:
        chain_id = run_with_chain(loaded.config.miner.rpc, lambda chain: chain.chain_id())
    rows = [
        {"lease": deal.lease_id, "receipts": deal.last_seq, "result": "FAIL" if why else "PASS",
         "why": why or None}
        for place in places_of(home)
        for deal in read_deals(place)
        for why in (check_deal(deal, Address(bytes.fromhex(place.name)), chain_id),)
    ]  # fmt: skip
    print_rows(rows, is_json=is_json, empty="no receipts of leases yet")
    if any(row["result"] == "FAIL" for row in rows):
        sys.exit(1)


@receipts.command("export")
@home_flag
@click.option("--csv", "is_csv", is_flag=True, help="CSV instead of JSON.")
def export_receipts(home: Path | None, is_csv: bool) -> None:
    """Write every signed receipt of leases with its hash, signature and acknowledgement."""
    rows = [row for place in places_of(home) for row in _export_rows(read_deals(place))]
    if is_csv:
        _print_csv(rows)
    else:
        print_json(rows)


@click.command("earnings")
@home_flag
@click.option("--by", type=click.Choice(KEYS), default="day", show_default=True)
@click.option("--csv", "is_csv", is_flag=True, help="CSV, amounts in wei.")
@json_flag
def earnings(home: Path | None, by: str, is_csv: bool, is_json: bool) -> None:
    """Show what the chain paid, net of the market's fee, by day, model or client."""
    sums: dict[str, dict[str, int]] = {}
    for place in places_of(home):
        for income in _incomes(place):
            row = sums.setdefault(getattr(income, by), dict.fromkeys(SUMS, 0))
            count, units = ("products", "macs") if income.is_product else ("leases", "tokens")
            row[count] += 1
            row[units] += income.units
            row["paid_wei"] += income.paid
    rows: list[dict[str, Any]] = [
        {by: key, **row, "paid_wei": str(row["paid_wei"])} for key, row in sorted(sums.items())
    ]
    if is_csv:
        _print_csv(rows)
    elif is_json:
        print_json(rows)
    else:
        shown = [
            {**{k: v for k, v in row.items() if k != "paid_wei"},
             "paid": format_ait(int(row["paid_wei"]))}
            for row in rows
        ]  # fmt: skip
        total = sum(int(row["paid_wei"]) for row in rows)
        print_rows(shown, is_json=False, empty="nothing paid yet")
        if rows:
            console.print(f"total {format_ait(total)}")


@dataclass(frozen=True, slots=True)
class _Income:
    """One lease that paid; ``units`` are tokens, or MACs of a product."""

    is_product: bool
    day: str
    model: str
    client: str
    units: int
    paid: int


def check_deal(deal: Deal, miner: Address, chain_id: int) -> str:
    """Return what is wrong with a lease's receipts, empty when all is well.

    The operator's key is the account's own, as this miner registers it.
    """
    for seq, signed in deal.receipts.items():
        receipt = signed.receipt
        digest = receipt.digest(chain_id, Address(RECEIPTS_ADDRESS))
        if not _is_signed(digest, signed.signature, miner):
            return f"receipt {seq} is not signed by 0x{miner.hex()} for chain {chain_id}"
        if receipt.seq != seq or receipt.lease_id != deal.lease_id:
            return f"receipt {seq} is another one"
    if sorted(deal.receipts) != list(range(1, deal.last_seq + 1)):
        return "numbers are missing"
    if deal.voucher is None:
        return ""
    ack = deal.voucher.ack
    units, amount = deal.totals(ack.seq)
    if (ack.cumulative_units, ack.cumulative_amount) != (units, amount):
        return "the voucher's sums are not those of the receipts"
    digest = ack.digest(chain_id, Address(RECEIPTS_ADDRESS))
    if not _is_signed(digest, deal.voucher.signature, Address(deal.lease.client)):
        return "the voucher is not signed by the client"
    return ""


def _is_signed(digest: Hash32, signature: bytes, signer: Address) -> bool:
    try:
        return recover_address(digest, Signature.from_bytes(signature)) == signer
    except InvalidSignatureError:
        return False


def _list_receipts(home: Path | None, limit: int, *, is_json: bool) -> None:
    products: list[LeaseRecord] = []
    rows: list[dict[str, Any]] = []
    for place in places_of(home):
        products += read_leases(place)
        rows += [
            _receipt_row(deal, signed, is_json=is_json)
            for deal in read_deals(place)
            for signed in deal.receipts.values()
        ]
    products.sort(key=lambda lease: lease.updated_at)
    rows = [_product_row(lease, is_json=is_json) for lease in products] + rows
    print_rows(rows[-limit:], is_json=is_json, empty="no leases yet")


def _product_row(lease: LeaseRecord, *, is_json: bool) -> dict[str, Any]:
    is_paid = lease.state is LeaseState.SETTLED
    row: dict[str, Any] = {
        "job": lease.job_id,
        "state": lease.state.value,
        "receipt": lease.receipt_id or None,
        "units": lease.macs,
        "compute_ms": lease.compute_ms,
        "paid": format_ait(lease.paid) if is_paid else None,
        "reason": lease.reason or None,
    }
    if is_json:
        row |= {"paid": str(lease.paid), "client": lease.client, "updated_at": lease.updated_at}
        row |= {"macs": lease.macs}
    return row


def _receipt_row(deal: Deal, signed: SignedReceipt, *, is_json: bool) -> dict[str, Any]:
    receipt = signed.receipt
    state = "acknowledged" if receipt.seq <= deal.acknowledged else "delivered"
    if deal.ending is not None:
        state = LeaseStatus(deal.ending.status).name.lower()
    row: dict[str, Any] = {
        "job": deal.lease_id,
        "state": state,
        "receipt": receipt.struct_hash(),
        "units": receipt.units,
        "compute_ms": None,
        "paid": None,
        "reason": (deal.ending.reason or None) if deal.ending is not None else None,
    }
    if is_json:
        row |= {
            "seq": receipt.seq,
            "worth_wei": str(signed.amount),
            "client": deal.lease.client,
            "updated_at": receipt.ended_at,
        }
    return row


def _job_text(row: dict[str, Any]) -> dict[str, Any]:
    """Return a job for people: what was done with its unit, what was paid in AIT."""
    done = f"{row['done']:,} of {row['of']:,} {row['unit']}"
    names = ("what", "id", "state", "client")
    return {
        **{name: row[name] for name in names}, "done": done, "paid": format_ait(int(row["paid"])),
    }  # fmt: skip


def _product_job(lease: LeaseRecord) -> dict[str, Any]:
    return {
        "what": "product",
        "id": lease.job_id,
        "state": lease.state.value,
        "client": lease.client,
        "done": lease.macs if lease.state in DONE else 0,
        "of": lease.macs,
        "unit": "MACs",
        "paid": str(lease.paid),
    }


def _lease_job(deal: Deal) -> dict[str, Any]:
    state = "working" if deal.receipts else "open"
    if deal.ending is not None:
        state = LeaseStatus(deal.ending.status).name.lower()
    return {
        "what": "lease",
        "id": deal.lease_id,
        "state": state,
        "client": deal.lease.client,
        "done": deal.units_done,
        "of": deal.lease.units_max,
        "unit": "tokens",
        "paid": "0" if deal.ending is None else str(deal.ending.paid),
    }


def _export_rows(deals: Iterable[Deal]) -> Iterator[dict[str, Any]]:
    for deal in deals:
        for seq, signed in deal.receipts.items():
            is_last = deal.voucher is not None and deal.voucher.ack.seq == seq
            yield {
                "lease": "0x" + deal.lease_id.hex(),
                "seq": seq,
                "client": "0x" + deal.lease.client.hex(),
                "model_root": "0x" + signed.receipt.model_root.hex(),
                "units": signed.receipt.units,
                "worth_wei": str(signed.amount),
                "ended_at": signed.receipt.ended_at,
                "receipt_hash": "0x" + signed.receipt.struct_hash().hex(),
                "receipt": "0x" + signed.receipt.encode().hex(),
                "signature": "0x" + signed.signature.hex(),
                "stamp_height": signed.stamp_height,
                "acknowledged": seq <= deal.acknowledged,
                "voucher": "0x" + deal.voucher.encode().hex()
                if is_last and deal.voucher is not None
                else "",
            }


def _incomes(place: Path) -> Iterator[_Income]:
    for lease in read_leases(place):
        if lease.state is LeaseState.SETTLED:
            client = "0x" + lease.client.hex()
            yield _Income(True, _day(lease.updated_at), "matmul", client, lease.macs, lease.paid)
    for deal in read_deals(place):
        if deal.ending is not None and deal.ending.paid:
            model, client = "0x" + deal.lease.model_root.hex(), "0x" + deal.lease.client.hex()
            ending = deal.ending
            yield _Income(False, _day(ending.at), model, client, ending.units, ending.paid)


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _print_csv(rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
