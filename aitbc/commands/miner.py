"""``aitbc miner``: find jobs, compute, prove, be paid. Here: running one, and looking at it."""

import asyncio
import os
import signal
import time
from contextlib import closing
from copy import copy
from pathlib import Path
from typing import Final, TextIO, cast

import click

from aitbc.arguments import AMOUNT
from aitbc.commands.audit import audit, defend
from aitbc.commands.miner_bench import bench
from aitbc.commands.miner_market import price, stake
from aitbc.commands.miner_models import models
from aitbc.commands.miner_records import earnings, jobs, receipts
from aitbc.commands.miner_setup import config_group, devices, doctor, init, logs
from aitbc.log_copy import LogCopy
from aitbc.miner_home import (
    LOG_NAME,
    ask_own_status,
    ask_status,
    directory_of,
    flags_of,
    home_flag,
    load_signer,
    no_miner,
    running_pids,
    status_port_flag,
    status_port_of,
    with_config,
)
from aitbc.miner_screen import left_behind, print_status, watch_status
from aitbc.native import VerbGroup
from aitbc.output import console, errors, fail, json_flag, print_json
from aitbc.signing import SignerChoice, fail_refused, signer_options
from miner.chain import Chain, RefusedError
from miner.config import Loaded, load_config
from miner.work import BACKENDS
from primitives.errors import ConfigError
from rpc.client import RpcClient

STOP_SECONDS: Final = 30.0
STOP_POLL_SECONDS: Final = 0.2


@click.group(cls=VerbGroup)
def miner() -> None:
    """Find jobs, compute, prove, be paid."""


@click.command("start")
@click.option(
    "--rpc",
    "rpc_urls",
    multiple=True,
    help="JSON-RPC address; given several times, the next one is used when one fails.",
)
@click.option("--threads", type=click.IntRange(1, 1_024), help="Threads of CPU work.")
@click.option("--backend", type=click.Choice(BACKENDS), help="What computes products.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Products in flight.")
@click.option("--bond", type=AMOUNT, help="Bond to register with.")
@click.option("--min-pay", type=AMOUNT, help="Take no product that pays less.")
@click.option("--status-port", type=click.IntRange(1, 65_535), help="Port of status and metrics.")
@click.option("--listen", help="Address for clients of leases, such as 0.0.0.0:9470.")
@click.option("--endpoint", help="URL that is registered for clients, when not the address.")
@click.option("--model", "model_paths", multiple=True, help="Model to lease: a file, or 'small'.")
@click.option("--price", "unit_price", type=AMOUNT, help="Price of a token.")
@click.option("--products/--no-products", default=None, help="Take seeded products.")
@click.option("--leases/--no-leases", default=None, help="Offer leases of models and engines.")
@click.option("--certify/--no-certify", default=None, help="Earn a certificate every epoch.")
@click.option("--once", is_flag=True, help="Do one product, then leave.")
@click.option("--log-json/--no-log-json", default=None, help="Log JSON lines.")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]))
@signer_options
def start(
    rpc_urls: tuple[str, ...],
    threads: int | None,
    backend: str | None,
    jobs: int | None,
    bond: int | None,
    min_pay: int | None,
    status_port: int | None,
    listen: str | None,
    endpoint: str | None,
    model_paths: tuple[str, ...],
    unit_price: int | None,
    products: bool | None,
    leases: bool | None,
    certify: bool | None,
    once: bool,
    log_json: bool | None,
    log_level: str | None,
    signer: SignerChoice,
) -> None:
    """Work until Ctrl-C or SIGTERM; the first signal drains, the second leaves at once.

    The key signs transactions and receipts alike; without an option it is the configured one.
    HOME/miner keeps journal, receipts and products; whatever happens, the next start goes on where
    this one stopped.
    """
    flags = flags_of(
        miner__rpc=rpc_urls,
        miner__threads=threads,
        miner__backend=backend,
        miner__jobs=jobs,
        miner__bond=bond,
        miner__min_pay=min_pay,
        miner__status_port=status_port,
        miner__listen=listen,
        miner__endpoint=endpoint,
        miner__products=products,
        miner__leases=leases,
        miner__certify=certify,
        miner__log_json=log_json,
        miner__log_level=log_level,
        offer__price=unit_price,
    )
    directory = directory_of(signer.home)
    loaded = load_config(directory, flags, models=[{"path": path} for path in model_paths])
    secret = load_signer(signer, loaded)
    with closing(LogCopy(directory / LOG_NAME)) as copy:
        _configure_logs(loaded, copy)
        try:
            asyncio.run(_work(loaded, secret, is_once=once))
        except RefusedError as error:
            fail_refused(error.refusal)


async def _work(loaded: Loaded, secret: bytes, *, is_once: bool) -> None:
    """Run the miner until a signal; the second one leaves at once."""
    from miner.assembly import run_miner

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
        async with RpcClient(*loaded.config.miner.rpc) as client:
            await run_miner(Chain(client), loaded=loaded, secret=secret, stop=stop, is_once=is_once)
    except asyncio.CancelledError:
        return


def _configure_logs(loaded: Loaded, copy: LogCopy) -> None:
    from node.logs import configure_logs

    section = loaded.config.miner
    target = cast(TextIO, copy)
    configure_logs(section.log_level, is_json=section.log_json, target=target)


@click.command("drain")
@home_flag
def drain(home: Path | None) -> None:
    """Let the running miner finish: no new lease, promised work is delivered and claimed."""
    for pid in _pids(home):
        os.kill(pid, signal.SIGTERM)
        console.print(f"process {pid} drains; follow it with: aitbc miner status --watch")


@click.command("stop")
@home_flag
def stop_command(home: Path | None) -> None:
    """Stop the running miner now; the next start goes on where it stopped.

    Offers stay on the market and leases stay open meanwhile; drain closes them first.
    """
    pids = _pids(home)
    _warn_of_stop(home)
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
        time.sleep(STOP_POLL_SECONDS)
        deadline = time.monotonic() + STOP_SECONDS
        is_told_twice = False
        while pid in running_pids(home):
            if not is_told_twice:
                os.kill(pid, signal.SIGTERM)  # the second signal does not wait for deadlines
                is_told_twice = True
            if time.monotonic() > deadline:
                fail(f"process {pid} does not end", f"end it: kill -9 {pid}; nothing is lost by it")
            time.sleep(STOP_POLL_SECONDS)
        console.print(f"process {pid} has stopped")


def _warn_of_stop(home: Path | None) -> None:
    """Say what stays open: a miner that is silent too long loses bond."""
    try:
        port = load_config(directory_of(home)).config.miner.status_port
        left = left_behind(ask_own_status(home, port))
    except ConfigError:
        left = "whatever it has on the market"
    if left:
        errors.print(
            f"stays open: {left}; clients still order, and a miner that does not answer them loses "
            "bond. Start it again soon; aitbc miner drain closes everything first",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )


@click.command("status")
@status_port_flag
@click.option("--watch", is_flag=True, help="Keep showing, until Ctrl-C.")
@json_flag
@with_config
def status(
    home: Path | None,
    loaded: Loaded,
    status_port: int | None,
    watch: bool,
    is_json: bool,
) -> None:
    """Show what a miner on this machine does, and what the chain accepted of it."""
    port, whose = (status_port, "") if status_port else status_port_of(home, loaded)
    if watch:
        watch_status(port)
        return
    is_named = status_port or loaded.origins["miner.status_port"] in ("environment", "flag")
    found = ask_status(port) if is_named or whose else ask_own_status(home, port)
    if whose:
        errors.print(
            f"no miner of your own runs: this is {whose}, on port {port}",
            style="dim",
            markup=False,
            soft_wrap=True,
        )
    if is_json:
        print_json(found)
        return
    print_status(found)


def _pids(home: Path | None) -> list[int]:
    """Return the running miners of a home.

    Raises:
        ConfigError: none runs.
    """
    found = running_pids(home)
    if not found:
        raise no_miner(home)
    return found


for _command in (
    init,
    doctor,
    devices,
    bench,
    start,
    drain,
    stop_command,
    status,
    jobs,
    receipts,
    earnings,
    stake,
    price,
    models,
    logs,
    config_group,
    audit,
    defend,
):
    miner.add_command(_command)
run = copy(start)
run.help = "The same as start."
miner.add_command(run, "run")
