"""The running miner's status for people: once, or as a screen that can stay open all day."""

import asyncio
import time
from typing import Any, Final

from aitbc.output import console, format_ait, print_record, print_rows
from primitives.errors import ConfigError

REFRESH_SECONDS: Final = 1.0
REFUSALS_SHOWN: Final = 4
ROWS_SHOWN: Final = 12


def print_status(found: dict[str, Any]) -> None:
    """Print a status as tables."""
    print_record(_summary(found), is_json=False)
    rows = [_product_row(lease) for lease in found.get("leases", ())]
    rows += [_lease_row(deal) for deal in found.get("deals", ())]
    print_rows(rows, is_json=False, empty="no leases in flight")
    for refusal in _refusals(found)[-1:]:
        print_record(
            {"last refusal": refusal["reason"], "try": refusal["remedy"] or "-"}, is_json=False
        )


def left_behind(found: dict[str, Any]) -> str:
    """Return in words what a miner that ends now leaves open; empty when it is nothing."""
    deals = found.get("deals", ())
    in_quorums = sum(deal.get("quorum", "none") == "open" for deal in deals)
    parts = [
        _count(len(found.get("offers", ())), "offer"),
        _count(len(deals), "lease") + (f" ({in_quorums} in a quorum)" if in_quorums else ""),
        _count(len(found.get("leases", ())), "product"),
    ]
    return ", ".join(part for part in parts if part)


def watch_status(port: int) -> None:
    """Show the status until Ctrl-C; a miner that is away is waited for."""
    from rich.live import Live

    with Live(console=console, screen=console.is_terminal, auto_refresh=False) as live:
        while True:
            began = time.monotonic()
            live.update(_screen(_try_status(port), port), refresh=True)
            time.sleep(max(0.0, REFRESH_SECONDS - (time.monotonic() - began)))


def _try_status(port: int) -> dict[str, Any] | None:
    from aitbc.miner_home import fetch_status

    try:
        return asyncio.run(fetch_status(port))
    except ConfigError:
        return None


def _screen(found: dict[str, Any] | None, port: int) -> Any:
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    if found is None:
        return Panel(
            Text(f"no miner answers on port {port}; waiting ...", style="yellow"), title="miner"
        )
    parts: list[Any] = [Panel(_table(_summary(found)), title="miner", title_align="left")]
    devices = [
        {
            "device": row["device"],
            "running": f"{row['running']} of {row['slots']}",
            "waiting": row["waiting"],
        }
        for row in found.get("devices", ())
    ]
    backends = [
        {
            "model": row["model"],
            "on": ", ".join(row["devices"]),
            "state": row["fault"] or "ready",
        }
        for row in found.get("backends", ())
    ]
    work = [_product_row(lease) for lease in found.get("leases", ())]
    work += [_lease_row(deal) for deal in found.get("deals", ())]
    for title, rows in (("devices", devices), ("models", backends), ("leases", work)):
        if rows:
            parts.append(Panel(_grid(rows[:ROWS_SHOWN]), title=title, title_align="left"))
    refused = [
        {"height": r["height"], "code": r["code"], "why": r["reason"], "try": r["remedy"] or "-"}
        for r in _refusals(found)[-REFUSALS_SHOWN:]
    ]
    if refused:
        parts.append(Panel(_grid(refused), title="refusals", title_align="left"))
    return Group(*parts)


def _summary(found: dict[str, Any]) -> dict[str, Any]:
    lease_pay = int(found.get("leases_paid_wei", 0))
    record = {
        "address": found["address"],
        "chain id": found["chain_id"],
        "height": found["head_height"],
        "state": "draining" if found["draining"] else "working",
        "bond": format_ait(int(found["bond_wei"])),
        "accepted": f"{found['settled']} receipts, {format_ait(int(found['paid_wei']))} paid",
        "failed, lost": f"{found['failed']}, {found['lost']}",
        "fees": format_ait(int(found["fees_wei"])),
        "accepted rate": f"{found['accepted_macs_per_second'] / 1e9:.3f} GMAC/s, "
        f"{found['jobs_per_hour']:g} jobs/h",
        "local rate": f"{found['local_macs_per_second'] / 1e9:.3f} GMAC/s "
        f"({found['computed']} products)",
        "uptime": f"{found['uptime_seconds']} s",
    }
    if "deals" in found:
        record["leases"] = (
            f"{len(found['deals'])} live, {found['leases_settled']} settled, "
            f"{format_ait(lease_pay)} paid"
        )
        record["signed"] = f"{found['receipts']} receipts, {found['units']} units"
        refused = sum(found.get("request_refusals", {}).values())
        record["requests refused"] = refused
        record["offers"] = len(found.get("offers", ()))
    capacity = found.get("capacity")
    if capacity is not None:
        record["certified rate"] = (
            f"{capacity['certified_macs_per_second'] / 1e9:.3f} GMAC/s accepted, "
            f"{capacity['local_macs_per_second'] / 1e9:.3f} GMAC/s local"
        )
    return record


def _product_row(lease: dict[str, Any]) -> dict[str, Any]:
    return {
        "lease": lease["job_id"],
        "what": "product",
        "state": lease["state"],
        "done": f"{int(lease['macs']):,} MACs",
        "worth": format_ait(int(lease["escrow_wei"])),
    }


def _lease_row(deal: dict[str, Any]) -> dict[str, Any]:
    return {
        "lease": deal["lease_id"],
        "what": deal["model"],
        "state": deal["status"] + _held(deal),
        "done": f"{deal['units']} of {deal['units_max']}, {deal['acknowledged']} of "
        f"{deal['seq']} acknowledged",
        "worth": format_ait(int(deal["acknowledged_wei"])),
    }


def _refusals(found: dict[str, Any]) -> list[dict[str, Any]]:
    both = [*found.get("refusals", ()), *found.get("lease_refusals", ())]
    return sorted(both, key=lambda row: row["height"])


def _table(record: dict[str, Any]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in record.items():
        table.add_row(Text(key), Text(str(value)))
    return table


def _grid(rows: list[dict[str, Any]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for key in rows[0]:
        table.add_column(key, overflow="ellipsis", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(_short(str(value))) for value in row.values()))
    return table


def _short(text: str) -> str:
    return text[:14] + ".." if text.startswith("0x") and len(text) > 16 else text


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s") if number else ""


def _held(deal: dict[str, Any]) -> str:
    """Return what holds a lease, in words; a quorum holds what was committed until it is freed."""
    standing = deal.get("quorum", "none")
    if standing != "none":
        return f" (quorum {standing})"
    return " (challenged or audited)" if deal["holds"] else ""
