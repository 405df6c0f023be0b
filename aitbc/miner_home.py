"""What the miner's commands share: its home, its configuration, its key, its status page."""

import asyncio
import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from aitbc.arguments import parse_address
from aitbc.devnet.ports import MINER_PORT, default_port_offset, made_port_offset
from aitbc.signing import SignerChoice
from miner.config import AMOUNTS, Loaded, load_config
from miner.journal import FILE_NAME as JOURNAL_NAME
from miner.record_log import is_held
from node.config import default_home
from primitives.errors import ConfigError

STATUS_SECONDS: Final = 5.0
LOG_NAME: Final = "miner.log"

F = TypeVar("F", bound=Callable[..., Any])

home_flag = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Home directory; default $AITBC_HOME, else ~/.aitbc.",
)
status_port_flag = click.option(
    "--status-port",
    type=click.IntRange(1, 65_535),
    help="Port of the running miner's status page; default: as configured, else a devnet's.",
)


def directory_of(home: Path | None) -> Path:
    """Return ``HOME/miner``."""
    return (home or default_home()) / "miner"


def places_of(home: Path | None) -> list[Path]:
    """Return the directories of all accounts that mined from this home."""
    found = sorted(path for path in directory_of(home).glob("*") if path.is_dir())
    return [path for path in found if (path / JOURNAL_NAME).exists()]


def running_pids(home: Path | None) -> list[int]:
    """Return the processes that hold a journal of this home."""
    found = []
    for place in places_of(home):
        if not is_held(place / JOURNAL_NAME):
            continue
        try:
            found.append(int((place / "pid").read_text()))
        except (OSError, ValueError):
            continue
    return found


def flags_of(**values: Any) -> dict[str, Any]:
    """Return the given flags by ``section.key``; those left out are not among them.

    Amounts come in wei and are named as such: plain numbers of the configuration are AIT.
    """
    given = {
        name.replace("__", "."): value for name, value in values.items() if value not in (None, ())
    }
    return {
        name: f"{value}wei" if name.partition(".")[2] in AMOUNTS else value
        for name, value in given.items()
    }


def load_signer(signer: SignerChoice, loaded: Loaded) -> bytes:
    """Return the secret of the key named by flags, or else by the configuration.

    Raises:
        click.UsageError: none or several are named.
        ConfigError: the key cannot be read.
    """
    named = (signer.key_file, signer.keystore, signer.dev_account, signer.private_key_env)
    section = loaded.config.miner
    if any(value is not None for value in named):
        return signer.load()
    if section.key_file:
        signer = replace(signer, key_file=_readable(section.key_file))
    if section.keystore:
        signer = replace(signer, keystore=parse_address(section.keystore))
    if section.password_file and signer.password_file is None:
        signer = replace(signer, password_file=_readable(section.password_file))
    return signer.load()


def with_config(function: F) -> F:
    """Give a command ``loaded``: the configuration of its ``--home``."""

    @home_flag
    @functools.wraps(function)
    def wrapper(home: Path | None, **rest: Any) -> Any:
        return function(home=home, loaded=load_config(directory_of(home)), **rest)

    return wrapper  # type: ignore[return-value]


def status_port_of(home: Path | None, loaded: Loaded) -> tuple[int, str]:
    """Return where a miner of this machine shows its status, and whose it is when not the home's.

    A home with settings or a running miner of its own is asked as configured, and so is a port
    that a flag or variable names. Else it is the miner of the devnet in the home, or of the devnet
    whose home it is, at that devnet's offset.

    Raises:
        ConfigError: the home that is named has neither.
    """
    is_own = loaded.path.exists() or bool(running_pids(home))
    if is_own or loaded.origins["miner.status_port"] != "default":
        return loaded.config.miner.status_port, ""
    top = home or default_home()
    for root in (top, top / "devnet"):
        offset = made_port_offset(root)
        if offset is not None:
            return MINER_PORT + offset, f"the devnet's miner of {root}"
    if home is not None:
        raise no_miner(home)
    return MINER_PORT + default_port_offset(), "a devnet's miner, or whoever has that port"


def no_miner(home: Path | None) -> ConfigError:
    """Return the error of a home from which no miner runs."""
    return ConfigError(
        f"no miner runs from {directory_of(home)}",
        "Start one: aitbc miner start; or name its home with --home",
    )


def ask_status(port: int) -> dict[str, Any]:
    """Return the status of the miner that answers on a port; raises as ``fetch_status``."""
    return asyncio.run(fetch_status(port))


def ask_own_status(home: Path | None, port: int) -> dict[str, Any]:
    """Return the status of the miner that runs from a home.

    Raises:
        ConfigError: none runs, it does not answer, or another one answers on its port.
    """
    pids = running_pids(home)
    if not pids:
        raise no_miner(home)
    found = ask_status(port)
    if found.get("pid") not in pids:
        raise ConfigError(
            f"on port {port} answers another miner, process {found.get('pid')}",
            f"Give the port of process {pids[0]}, which runs from {directory_of(home)}: "
            "--status-port",
        )
    return found


async def fetch_status(port: int) -> dict[str, Any]:
    """Return the status of the miner that answers on a port.

    Raises:
        ConfigError: none answers there.
    """
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=STATUS_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://127.0.0.1:{port}/status") as response,
        ):
            answer = await response.json()
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise ConfigError(
            f"no miner answers on port {port}", "start one: aitbc miner run --dev-account 8"
        ) from error
    if not isinstance(answer, dict):
        raise ConfigError(f"port {port} is no miner's", "Give the miner's --status-port")
    return answer


def _readable(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_file():
        raise ConfigError(f"there is no file {path}", "Correct it in miner.toml")
    return path
