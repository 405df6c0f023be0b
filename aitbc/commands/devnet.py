"""``aitbc devnet``: a whole network on this machine."""

import asyncio
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from aitbc.dev_accounts import DEV_SECRETS, MNEMONIC
from aitbc.devnet.layout import (
    MINER_ACCOUNT,
    NODES_MAX,
    POSTER_ACCOUNT,
    Devnet,
    create,
)
from aitbc.devnet.ports import PORT_OFFSET_MAX, PORT_STEP
from aitbc.devnet.processes import Part, kill, node_part, running, spawn, stop
from aitbc.devnet.supervisor import DevnetStatus, Watcher, watch
from aitbc.output import console, fail, format_ait, json_flag, print_json
from node.config import default_home
from primitives.errors import ConfigError
from primitives.genesis import decode_genesis
from primitives.keys import secret_to_address
from rpc.formats import checksummed

START_TIMEOUT_SECONDS: Final = 90.0
START_CHECK_SECONDS: Final = 2.0
REFRESH_SECONDS: Final = 1.0
LOG_LINE_SECONDS: Final = 5.0
MINER_NICENESS: Final = 19
JOB_PERIOD_SECONDS: Final = 15

home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Directory of the devnet; default $AITBC_HOME/devnet, else ~/.aitbc/devnet.",
)


@click.group()
def devnet() -> None:
    """A whole network on this machine: validators with BFT finality, a miner, an explorer."""


@devnet.command()
@click.option("-n", "--nodes", type=click.IntRange(1, NODES_MAX), help="Validators; default 4.")
@home_option
@click.option("--block-time", "block_time_ms", type=click.IntRange(50, 60_000), default=1_000)
@click.option(
    "--port-offset",
    type=click.IntRange(0, PORT_OFFSET_MAX),
    help="Added to every port of a new devnet, so that two can run; "
    "default $AITBC_DEVNET_PORT_OFFSET, else 0.",
)
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="CONTRACT.KEY=VALUE",
    help="A governed parameter of a new devnet, such as governance.votingSecondsMin=60.",
)
@click.option("--detach", is_flag=True, help="Return once blocks are final; stop it with down.")
@click.option("--no-miner", is_flag=True, help="Start no miner.")
@click.option("--no-jobs", is_flag=True, help="Post no jobs for the miner.")
@click.option("--reset", is_flag=True, help="Throw the old chain away first.")
def up(
    nodes: int | None,
    home: Path | None,
    block_time_ms: int,
    port_offset: int | None,
    parameters: tuple[str, ...],
    detach: bool,
    no_miner: bool,
    no_jobs: bool,
    reset: bool,
) -> None:
    """Start the network, or continue the one that was started before."""
    place = _place(home)
    if reset:
        _throw_away(place)
    if place.exists and nodes not in (None, place.size):
        fail(
            f"the devnet in {place.root} has {place.size} nodes, not {nodes}",
            "start it without -n, or make a new one: aitbc devnet up --reset -n " + str(nodes),
        )
    if place.exists and running(place) and not detach:
        fail(
            f"the devnet in {place.root} runs already",
            "look at it: aitbc devnet status; stop it: aitbc devnet down",
        )
    is_new = not place.exists
    chosen = tuple(_parameter(text) for text in parameters)
    if chosen and not is_new:
        fail(
            f"the devnet in {place.root} has its parameters already",
            "change them by proposal: aitbc gov propose parameter; or begin anew with --reset",
        )
    offset = place.port_offset if port_offset is None or not is_new else port_offset
    _check_ports(place, nodes or place.size or 4, offset)
    if is_new:
        create(place, nodes or 4, block_time_ms, offset, chosen)
    try:
        asyncio.run(_up(place, is_new, detach, not no_miner, not no_jobs))
    finally:
        if not detach:
            console.print("stopping ...", style="dim")
            stop(place, list(running(place)))


def _parameter(text: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Read ``CONTRACT.KEY=VALUE``."""
    name, separator, value = text.partition("=")
    contract, dot, key = name.partition(".")
    if not separator or not dot or not value.isdigit():
        raise click.UsageError(f"{text!r} is not CONTRACT.KEY=VALUE")
    return contract, ((key, int(value)),)


@devnet.command()
@home_option
def down(home: Path | None) -> None:
    """Stop every process of the network; the chain stays."""
    place = _place(home)
    parts = running(place)
    if parts:
        console.print(f"stopping {', '.join(parts)} ...", style="dim")
    stop(place, list(parts))
    console.print(f"stopped: {', '.join(parts)}" if parts else "nothing was running")


@devnet.command()
@home_option
@json_flag
def status(home: Path | None, is_json: bool) -> None:
    """Show what every node and the miner say of themselves."""
    place = _existing(home)

    async def ask() -> DevnetStatus:
        async with watch(place) as watcher:
            return await watcher.look()

    found = asyncio.run(ask())
    if is_json:
        print_json(found.as_json())
    else:
        console.print(_render(found))


@devnet.command()
@click.argument("node", required=False)
@home_option
@click.option("-f", "--follow", is_flag=True, help="Keep printing.")
@click.option("-n", "--lines", default=40, help="Lines from the end.")
def logs(node: str | None, home: Path | None, follow: bool, lines: int) -> None:
    """Print the log of NODE (0, 1, ..., miner, jobs); all of them by default."""
    place = _existing(home)
    names = [_part_name(node)] if node is not None else [p.stem for p in _log_files(place)]
    paths = [place.logs / f"{name}.log" for name in names]
    for path in paths:
        if not path.exists():
            fail(f"there is no log of {path.stem}", "aitbc devnet status shows the parts")
    for path in paths:
        tail = path.read_text(errors="replace").splitlines()[-lines:]
        for line in tail:
            click.echo(f"{path.stem}: {line}" if len(paths) > 1 else line)
    if follow:
        _follow(paths)


@devnet.command()
@home_option
def reset(home: Path | None) -> None:
    """Stop the network and throw its chain and keys away."""
    place = _place(home)
    _throw_away(place)
    console.print(f"removed {place.root}")


@devnet.command("kill")
@click.argument("node", type=int)
@home_option
def kill_node(node: int, home: Path | None) -> None:
    """End NODE with SIGKILL, as a power cut would."""
    place = _existing(home)
    part = node_part(place, node)
    if not kill(place, part.name):
        fail(f"node {node} is not running", f"start it: aitbc devnet start {node}")
    console.print(f"killed node {node}; bring it back with: aitbc devnet start {node}")


@devnet.command("start")
@click.argument("node", type=int)
@home_option
def start_node(node: int, home: Path | None) -> None:
    """Start NODE again; it catches up by itself."""
    place = _existing(home)
    part = node_part(place, node)
    if part.name in running(place):
        fail(f"node {node} is running already")
    pid = spawn(place, part)
    time.sleep(START_CHECK_SECONDS)
    if part.name not in running(place):
        fail(f"node {node} ended at once", f"read its log: aitbc devnet logs {node}")
    console.print(f"started node {node} (process {pid}); follow it with: aitbc devnet status")


async def _up(
    place: Devnet, is_new: bool, is_detached: bool, has_miner: bool, has_jobs: bool
) -> None:
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    began = time.monotonic()
    for index in range(place.size):
        spawn(place, node_part(place, index))
    async with watch(place) as watcher:
        try:
            await _await_first_block(place, watcher)
            first_seconds = time.monotonic() - began
            for part in _helpers(place, has_miner, has_jobs):
                spawn(place, part)
            _print_banner(place, is_new, first_seconds)
            if not is_detached:
                await _show(watcher)
        except asyncio.CancelledError:
            return


async def _await_first_block(place: Devnet, watcher: Watcher) -> None:
    """Wait until a block became final since the start."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    first: int | None = None
    with console.status("waiting for the first final block ..."):
        while time.monotonic() < deadline:
            found = await watcher.look()
            heights = [node.height for node in found.nodes if node.height is not None]
            if heights:
                first = max(heights) if first is None else first
                if max(heights) > first or (first == 1 and max(heights) == 1):
                    return
            if all(node.pid is None for node in found.nodes):
                break
            await asyncio.sleep(0.1)
    stop(place, list(running(place)))
    lines = (place.logs / "node-0.log").read_text(errors="replace").splitlines()
    last = next((line for line in reversed(lines) if "error" in line), "no error in its log")
    fail(
        f"the network did not finalize a block; node 0 says: {last}",
        f"read the logs: aitbc devnet logs 0 --home {place.root}",
    )


def _helpers(place: Devnet, has_miner: bool, has_jobs: bool) -> Iterable[Part]:
    """Return the miner and the client that posts jobs for it."""
    urls = [argument for k in range(min(place.size, 2)) for argument in ("--rpc", place.rpc_url(k))]
    if has_miner:
        arguments = ("miner", "run", *urls, "--dev-account", str(MINER_ACCOUNT))
        options = (
            *("--home", str(place.miner), "--threads", "1"),
            *("--status-port", str(place.miner_port)),
            *("--model", "small", "--listen", f"127.0.0.1:{place.lease_port}"),
        )
        yield Part("miner", (*arguments, *options), niceness=MINER_NICENESS)
    if has_miner and has_jobs:
        arguments = ("job", "post", "--rpc", place.rpc_url(0), "--dev-account", str(POSTER_ACCOUNT))
        period = ("--every", str(JOB_PERIOD_SECONDS), "--home", str(place.root / "jobs"))
        yield Part("jobs", (*arguments, *period), niceness=MINER_NICENESS)


def _print_banner(place: Devnet, is_new: bool, first_seconds: float) -> None:
    genesis = decode_genesis(place.genesis.read_bytes())
    word = "new chain" if is_new else "continued chain"
    size = f"{place.size} validator" + ("" if place.size == 1 else "s")
    console.print(f"\n[bold]AITBC devnet[/] is up: {size}, {word}, ", end="")
    console.print(f"first final block after {first_seconds:.1f} s\n")
    console.print("  accounts with 10,000 AIT each at genesis (keys: aitbc devnet accounts)")
    for index, address, role in _accounts():
        console.print(f"  {index}  {address}  {role}", soft_wrap=True)
    console.print("\n  [bold]try next[/], in another terminal (after: source .venv/bin/activate)")
    tries = [
        f"export AITBC_RPC_URL={place.rpc_url(0)}",
        f"aitbc send --dev-account 0 --to {_accounts()[1][1]} --value 1.5",
        f"aitbc miner status --home {place.root}",
    ]
    if place.size >= 4:
        tries.append("aitbc devnet kill 2     # finality goes on without it")
        tries.append("aitbc devnet start 2    # it catches up")
    for line in tries:
        console.print(f"    {line}", soft_wrap=True)
    port = place.rpc_port(0)
    facts = {
        "JSON-RPC": f"{place.rpc_url(0)}  (also WebSocket; node k: {port} + {PORT_STEP} k)",
        "chain id": str(genesis.chain_id),
        "explorer": f"{place.rpc_url(0)}/explorer",
        "metrics": f"http://127.0.0.1:{place.metrics_port(0)}/metrics",
        "leases": f"http://127.0.0.1:{place.lease_port}  (the miner's desk)",
        "home": str(place.root),
    }
    console.print("")
    for key, value in facts.items():
        console.print(f"  [bold]{key:<9}[/] {value}", soft_wrap=True)
    console.print("")


def _accounts() -> list[tuple[int, str, str]]:
    """Return index, address and role of the funded accounts."""
    roles = {MINER_ACCOUNT: "the miner", POSTER_ACCOUNT: "posts jobs"}
    addresses = [secret_to_address(bytes.fromhex(secret)) for secret in DEV_SECRETS]
    return [(i, checksummed(address), roles.get(i, "")) for i, address in enumerate(addresses)]


@devnet.command("accounts")
@json_flag
def show_accounts(is_json: bool) -> None:
    """Show the funded accounts with their keys, which are public: for devnets only."""
    rows = [
        {"account": index, "address": address, "key": "0x" + DEV_SECRETS[index], "role": role}
        for index, address, role in _accounts()
    ]
    if is_json:
        print_json({"mnemonic": MNEMONIC, "accounts": rows})
        return
    console.print(f"mnemonic: {MNEMONIC}\n", soft_wrap=True)
    for row in rows:
        console.print(f"{row['account']}  {row['address']}  {row['role']}", soft_wrap=True)
        console.print(f"   {row['key']}", soft_wrap=True)


async def _show(watcher: Watcher) -> None:
    """Show the network until cancelled: a live table, or log lines where there is no terminal."""
    if sys.stdout.isatty():
        with Live(console=console, refresh_per_second=4) as live:
            while True:
                found = await watcher.look()
                live.update(Group(_render(found), Text("Ctrl-C stops", style="dim")))
                if _is_over(found):
                    return
                await asyncio.sleep(REFRESH_SECONDS)
    while True:
        found = await watcher.look()
        states = " ".join(f"{n.node}:{n.state}@{n.height}" for n in found.nodes)
        console.print(
            f"height {found.height}  nodes {states}  {_miner_line(found)}", soft_wrap=True
        )
        await asyncio.sleep(LOG_LINE_SECONDS)


def _is_over(found: DevnetStatus) -> bool:
    """Answer whether every node was stopped from elsewhere; says so."""
    if any(node.pid is not None for node in found.nodes):
        return False
    console.print("every node was stopped from elsewhere (aitbc devnet down, kill)")
    return True


def _render(found: DevnetStatus) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("node", "state", "height", "epoch/view", "peers", "waiting", "process", "rpc"):
        table.add_column(column, justify="left" if column in ("state", "rpc") else "right")
    colours = {"running": "green", "stopped": "red", "starting": "yellow", "syncing": "yellow"}
    for node in found.nodes:
        table.add_row(
            str(node.node),
            Text(node.state, style=colours[node.state]),
            _or_dash(node.height),
            "-" if node.view is None else f"{node.epoch}/{node.view}",
            _or_dash(node.peers),
            _or_dash(node.waiting),
            _or_dash(node.pid),
            node.rpc.removeprefix("http://"),
        )
    return Group(table, Text(_miner_line(found), style="dim"))


def _miner_line(found: DevnetStatus) -> str:
    miner = found.miner
    if miner is None:
        return "miner: not running or not answering yet"
    paid = format_ait(int(miner.get("paid_wei", 0)))
    return f"miner: {miner.get('settled', 0)} jobs accepted, {paid} paid since it started"


def _or_dash(value: Any) -> str:
    return "-" if value is None else str(value)


def _place(home: Path | None) -> Devnet:
    return Devnet((home or default_home() / "devnet").resolve())


def _existing(home: Path | None) -> Devnet:
    place = _place(home)
    if not place.exists:
        raise ConfigError(f"there is no devnet in {place.root}", "Make one: aitbc devnet up")
    return place


def _throw_away(place: Devnet) -> None:
    if place.run.is_dir():
        stop(place, list(running(place)))
    if place.exists:
        shutil.rmtree(place.root)


def _ports(place: Devnet, index: int, offset: int) -> tuple[int, ...]:
    """Return a node's ports under an offset that may not be written down yet."""
    change = offset - place.port_offset
    ports = (place.rpc_port(index), place.p2p_port(index), place.metrics_port(index))
    return tuple(port + change for port in ports)


def _check_ports(place: Devnet, nodes: int, offset: int) -> None:
    """Refuse ports that another program holds, before anything is started."""
    parts = running(place) if place.run.is_dir() else {}
    for index in range(nodes):
        if f"node-{index}" in parts:
            continue
        for port in _ports(place, index, offset):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    fail(
                        f"port {port} is in use",
                        "stop what uses it (another devnet: aitbc devnet down --home DIR), or make "
                        "this one elsewhere: aitbc devnet up --home DIR --port-offset 1000",
                    )


def _part_name(node: str) -> str:
    return f"node-{node}" if node.isdigit() else node


def _log_files(place: Devnet) -> list[Path]:
    return sorted(place.logs.glob("*.log"))


def _follow(paths: list[Path]) -> None:
    files = {path: path.open(errors="replace") for path in paths}
    try:
        for file in files.values():
            file.seek(0, 2)
        while True:
            for path, file in files.items():
                for line in file:
                    click.echo(f"{path.stem}: {line.rstrip()}" if len(files) > 1 else line.rstrip())
            time.sleep(0.3)
    finally:
        for file in files.values():
            file.close()
