"""``aitbc init``, ``start``, ``status``, ``version``, ``config``."""

import asyncio
import signal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from aitbc import __version__
from aitbc.output import console, fail, json_flag, print_json, print_record, print_rows
from node.config import NodeConfig, default_home, load_config
from node.home import Home
from primitives.errors import ConfigError

home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Home directory; default $AITBC_HOME, else ~/.aitbc.",
)


def _with_scheme(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
    """Take ``localhost:8545`` for ``http://localhost:8545``; several addresses alike."""
    if isinstance(value, tuple):
        return tuple(_with_scheme(_context, _parameter, url) for url in value)
    return value if value is None or "://" in value else f"http://{value}"


rpc_option = click.option(
    "--rpc",
    "rpc_url",
    envvar="AITBC_RPC_URL",
    default="http://127.0.0.1:8545",
    show_default=True,
    callback=_with_scheme,
    show_envvar=True,
    help="JSON-RPC address of a node.",
)


@click.command()
@home_option
@click.option(
    "--genesis",
    "genesis_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The chain's genesis file.",
)
@click.option("--validator/--no-validator", default=True, help="Make a key that votes.")
@click.option("--peer", "peers", multiple=True, help="KEY@HOST:PORT; may be given several times.")
def init(
    home: Path | None, genesis_file: Path | None, validator: bool, peers: tuple[str, ...]
) -> None:
    """Make a home directory: keys, genesis, configuration."""
    from aitbc.devnet.layout import load_template
    from node.setup import make_keys, peer_of, write_settings
    from primitives.genesis import decode_genesis

    place = Home(home or default_home())
    genesis = load_template() if genesis_file is None else decode_genesis(genesis_file.read_bytes())
    if not genesis.validators:
        fail(
            "the genesis file names no validators, so no block could ever be final",
            "give the chain's own file: aitbc init --genesis FILE, or try a network at once: "
            "aitbc devnet up",
        )
    make_keys(place, is_validator=validator)
    genesis_hash = write_settings(place, genesis, {"p2p": {"peers": list(peers)}})
    record: dict[str, Any] = {
        "home": str(place.root),
        "chain id": genesis.chain_id,
        "genesis hash": genesis_hash,
        "peer": peer_of(place).hex(),
    }
    if validator:
        from node.home import load_secret
        from primitives.keys import public_key

        record["validator public key"] = public_key(load_secret(place.validator_key))
    print_record(record, is_json=False)
    console.print("\nnext: [bold]aitbc start[/]")


@click.command()
@home_option
@click.option("--rpc-port", type=int, help="Port of JSON-RPC.")
@click.option("--p2p-port", type=int, help="Port of the peer network.")
@click.option("--metrics-port", type=int, help="Port of metrics and probes.")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]))
@click.option("--log-json", is_flag=True, default=None, help="Log JSON lines.")
def start(
    home: Path | None,
    rpc_port: int | None,
    p2p_port: int | None,
    metrics_port: int | None,
    log_level: str | None,
    log_json: bool | None,
) -> None:
    """Run a node until Ctrl-C or SIGTERM."""
    place = Home(home or default_home())
    if not place.genesis.exists():
        raise ConfigError(f"{place.root} is no home directory", "Run: aitbc init")
    flags: dict[str, dict[str, Any]] = {}
    for section, key, value in (
        ("rpc", "port", rpc_port),
        ("p2p", "port", p2p_port),
        ("metrics", "port", metrics_port),
        ("node", "log_level", log_level),
        ("node", "log_json", log_json),
    ):
        if value is not None:
            flags.setdefault(section, {})[key] = value
    config, _ = load_config(place.root, flags)
    from node.logs import configure_logs

    configure_logs(config.node.log_level, is_json=config.node.log_json)
    asyncio.run(_run_node(place, config))


async def _run_node(home: Home, config: NodeConfig) -> None:
    """Run until a signal; leave the disk clean."""
    from node.service import NodeService

    service = NodeService(home, config, f"aitbc/{__version__}")
    task = asyncio.ensure_future(service.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from group
    finally:
        await service.close()


@click.command()
@rpc_option
@json_flag
def status(rpc_url: str, is_json: bool) -> None:
    """Show what a running node says of itself."""
    from rpc.client import RpcClient

    async def ask() -> tuple[dict[str, Any], dict[str, Any], str]:
        async with RpcClient(rpc_url) as client:
            info = await client.call("aitbc_nodeInfo")
            state = await client.call("aitbc_consensusState")
            return info, state, await client.call("net_peerCount")

    info, state, peers = asyncio.run(ask())
    if is_json:
        print_json({**info, **state, "peers": peers})
        return
    final = state["finalized"]
    record: dict[str, Any] = {
        "name": info["name"],
        "version": info["version"],
        "chain id": int(info["chainId"], 16),
        "genesis": info["genesisHash"],
        "peer": f"{info['peerId']}@{urlsplit(rpc_url).hostname}:{info['p2pPort']}",
        "peers": int(peers, 16),
        "validator": info["validator"],
        "final block": f"{int(final['number'], 16)}  {final['hash']}",
    }
    if state["isStarted"]:
        record["epoch / view"] = f"{int(state['epoch'], 16)} / {int(state['view'], 16)}"
        record["votes"] = state["isValidator"]
    print_record(record, is_json=False)


@click.command()
def version() -> None:
    """Print the version."""
    console.print(__version__)


@click.group()
def config() -> None:
    """Show or check the configuration."""


@config.command("show")
@home_option
@click.option("--origin", is_flag=True, help="Show where each value came from.")
@json_flag
def config_show(home: Path | None, origin: bool, is_json: bool) -> None:
    """Print every value that a node would run with."""
    loaded, origins = load_config(home or default_home())
    rows = []
    for section, values in loaded.model_dump().items():
        for key, value in values.items():
            row: dict[str, Any] = {"key": f"{section}.{key}", "value": value}
            if origin:
                row["origin"] = origins[f"{section}.{key}"]
            rows.append(row)
    print_rows(rows, is_json=is_json)


@config.command("check")
@home_option
def config_check(home: Path | None) -> None:
    """Load configuration, genesis and keys; say whether a node could start with them."""
    place = Home(home or default_home())
    load_config(place.root)
    genesis = place.load_genesis()
    from node.home import load_secret

    load_secret(place.node_key)
    if place.validator_key.exists():
        load_secret(place.validator_key)
    console.print(f"good: chain id {genesis.chain_id}, {len(genesis.validators)} validators")
