"""``aitbc miner``: find jobs, compute, prove, be paid."""

import asyncio
import signal
from pathlib import Path
from typing import Any, Final

import click

from aitbc.arguments import AMOUNT
from aitbc.commands.audit import audit, defend
from aitbc.output import fail, format_ait, json_flag, print_json, print_record, print_rows
from aitbc.signing import SignerChoice, fail_refused, signer_options
from miner.account import MinerAccount
from miner.chain import Chain, RefusedError
from miner.journal import Journal, LeaseRecord, LeaseState, read_leases
from miner.runner import Miner, MinerSettings
from miner.status_server import DEFAULT_PORT, StatusServer
from miner.work import BACKENDS, ProductStore, fill_for
from node.config import default_home
from primitives.errors import ConfigError
from primitives.keys import secret_to_address
from rpc.client import NodeUnreachableError, RpcClient

STATUS_SECONDS: Final = 5.0
RPC_DEFAULT: Final = "http://127.0.0.1:8545"


@click.group()
def miner() -> None:
    """Find jobs, compute, prove, be paid."""


miner.add_command(audit)
miner.add_command(defend)


@miner.command("run")
@click.option(
    "--rpc",
    "rpc_urls",
    multiple=True,
    envvar="AITBC_RPC_URL",
    default=(RPC_DEFAULT,),
    show_default=True,
    help="JSON-RPC address; given several times, the next one is used when one fails.",
)
@click.option("--threads", type=click.IntRange(1, 1024), default=1, show_default=True)
@click.option("--backend", type=click.Choice(BACKENDS), default="cpu", show_default=True)
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=4, show_default=True, help="Leases in flight."
)
@click.option(
    "--bond", type=AMOUNT, default="100", show_default=True, help="Bond to register with."
)
@click.option("--min-pay", type=AMOUNT, default="0", help="Take no job that pays less.")
@click.option(
    "--status-port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True
)
@click.option("--once", is_flag=True, help="Do one job, then leave.")
@click.option("--log-json", is_flag=True, help="Log JSON lines.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
)
@signer_options
def run(
    rpc_urls: tuple[str, ...],
    threads: int,
    backend: str,
    jobs: int,
    bond: int,
    min_pay: int,
    status_port: int,
    once: bool,
    log_json: bool,
    log_level: str,
    signer: SignerChoice,
) -> None:
    """Work until Ctrl-C or SIGTERM; the first signal drains, the second leaves at once.

    The key signs transactions and receipts alike. HOME/miner keeps the journal and the products;
    whatever happens, the next start goes on where this one stopped.
    """
    from node.logs import configure_logs

    configure_logs(log_level, is_json=log_json)
    settings = MinerSettings(
        jobs_max=jobs, threads=threads, bond=bond, pay_min=min_pay, is_once=once
    )
    fill = fill_for(backend)
    secret = signer.load()
    home = _directory(signer.home)
    try:
        asyncio.run(_work(rpc_urls, secret, home, settings, fill, status_port))
    except RefusedError as error:
        fail_refused(error.refusal)


async def _work(
    urls: tuple[str, ...],
    secret: bytes,
    home: Path,
    settings: MinerSettings,
    fill: Any,
    status_port: int,
) -> None:
    """Compose the miner's parts and run them until a signal."""
    place = home / secret_to_address(secret).hex()
    journal = Journal(place)
    stop = asyncio.Event()
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if stop.is_set():
            task.cancel()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    try:
        async with RpcClient(*urls) as client:
            chain = Chain(client)
            chain_id = await _first_answer(chain, stop)
            if chain_id is None:
                return
            worker = Miner(
                chain=chain,
                account=MinerAccount(chain, journal, secret, chain_id),
                journal=journal,
                products=ProductStore(place / "products"),
                fill=fill,
                secret=secret,
                settings=settings,
            )
            server = StatusServer(worker.status, worker.tally.registry)
            await server.start(status_port)
            try:
                await worker.start()
                await worker.run(stop)
            finally:
                await worker.close()
                await server.close()
    except asyncio.CancelledError:
        return
    finally:
        journal.close()


async def _first_answer(chain: Chain, stop: asyncio.Event) -> int | None:
    """Return the chain id once a node answers, None when told to stop before."""
    import structlog

    log = structlog.get_logger("miner")
    while not stop.is_set():
        try:
            return await chain.chain_id()
        except NodeUnreachableError as error:
            log.warning("waiting for a node", error=str(error))
    return None


@miner.command("status")
@click.option(
    "--status-port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True
)
@json_flag
def status(status_port: int, is_json: bool) -> None:
    """Show what a miner on this machine does, and what the chain accepted of it."""
    found = asyncio.run(_ask_status(status_port))
    if is_json:
        print_json(found)
        return
    leases = found.pop("leases")
    refusals = found.pop("refusals")
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
    print_record(record, is_json=False)
    rows = [
        {
            "job": lease["job_id"],
            "state": lease["state"],
            "macs": lease["macs"],
            "escrow": format_ait(int(lease["escrow_wei"])),
        }
        for lease in leases
    ]
    print_rows(rows, is_json=False, empty="no leases in flight")
    if refusals:
        last = refusals[-1]
        print_record({"last refusal": last["reason"], "try": last["remedy"] or "-"}, is_json=False)


@miner.command("receipts")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Home directory; default $AITBC_HOME, else ~/.aitbc.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@json_flag
def receipts(home: Path | None, limit: int, is_json: bool) -> None:
    """Show the journal: every lease of the miners of this home, the newest last."""
    found: list[LeaseRecord] = []
    directories = sorted(path for path in _directory(home).glob("*") if path.is_dir())
    for directory in directories:
        found += read_leases(directory)
    found.sort(key=lambda lease: lease.updated_at)
    rows = [_lease_row(lease, is_json=is_json) for lease in found[-limit:]]
    print_rows(rows, is_json=is_json, empty="no leases yet")


def _lease_row(lease: LeaseRecord, *, is_json: bool) -> dict[str, Any]:
    is_paid = lease.state is LeaseState.SETTLED
    row: dict[str, Any] = {
        "job": lease.job_id,
        "state": lease.state.value,
        "receipt": lease.receipt_id or None,
        "macs": lease.macs,
        "compute_ms": lease.compute_ms,
        "paid": format_ait(lease.paid) if is_paid else None,
        "reason": lease.reason or None,
    }
    if is_json:
        row |= {"paid": str(lease.paid), "client": lease.client, "updated_at": lease.updated_at}
    return row


def _directory(home: Path | None) -> Path:
    return (home or default_home()) / "miner"


async def _ask_status(port: int) -> dict[str, Any]:
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=STATUS_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://127.0.0.1:{port}/status") as response,
        ):
            answer = await response.json()
    except (aiohttp.ClientError, TimeoutError, ValueError):
        fail(f"no miner answers on port {port}", "start one: aitbc miner run --dev-account 8")
    if not isinstance(answer, dict):
        raise ConfigError(f"port {port} is no miner's", "Give the miner's --status-port")
    return answer
