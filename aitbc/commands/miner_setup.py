"""``aitbc miner init``, ``doctor``, ``devices``, ``logs``, ``config``."""

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from aitbc.miner_home import (
    LOG_NAME,
    directory_of,
    home_flag,
    load_signer,
    running_pids,
    with_config,
)
from aitbc.native import VerbGroup
from aitbc.output import console, fail, json_flag, print_json, print_rows
from aitbc.signing import SignerChoice, keystore_of, signer_options
from miner.amounts import format_ait
from miner.config import (
    AMOUNTS,
    SECTIONS,
    Loaded,
    check_tables,
    encode_tables,
    load_config,
    write_file,
)
from primitives.errors import ConfigError
from rpc.formats import checksummed
from wallet.keystore import KeystoreError

if TYPE_CHECKING:
    from aitbc.miner_doctor import Line

FOLLOW_SECONDS: Final = 0.5
KEY_FIX: Final = "aitbc keys new, then: aitbc miner init"
LOCKED_FIX: Final = (
    "check password_file in miner.toml, --password-file and AITBC_PASSWORD; the key stays as it is"
)
COLOURS: Final = {"PASS": "green", "WARN": "yellow", "FAIL": "red"}


@click.command("init")
@home_flag
@click.option("--rpc", "rpc_urls", multiple=True, help="JSON-RPC address.")
@click.option("--keystore", help="Address of the key that mines; default: the only one there is.")
@click.option("--password-file", help="File with its password (0600), for unattended starts.")
@click.option("--model", "model_paths", multiple=True, help="Model to lease: a file, or 'small'.")
@click.option("--endpoint", help="URL under which clients reach this miner.")
@click.option("--listen", help="Address to listen on for them.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def init(
    home: Path | None,
    rpc_urls: tuple[str, ...],
    keystore: str | None,
    password_file: str | None,
    model_paths: tuple[str, ...],
    endpoint: str | None,
    listen: str | None,
    force: bool,
) -> None:
    """Write the settings file; without options it asks for nothing and serves the small model."""
    directory = directory_of(home)
    path = directory / "miner.toml"
    if path.exists() and not force:
        fail(f"{path} exists", "edit it, or replace it with --force")
    section: dict[str, Any] = {
        "rpc": list(rpc_urls),
        "keystore": keystore or _only_key(home),
        "password_file": password_file,
        "endpoint": endpoint,
        "listen": listen,
    }
    tables = {
        "miner": {key: value for key, value in section.items() if value},
        "offer": {"price": "0.00001", "auto": False},
        "model": [{"path": name} for name in model_paths or ("small",)],
    }
    check_tables(tables, "flag")
    write_file(path, tables)
    load_config(directory)
    console.print(f"wrote {path}")
    if not section["keystore"]:
        console.print("no key yet: aitbc keys new, then set keystore = in the file")
    console.print("check it with: aitbc miner doctor; then: aitbc miner start")


@click.command("doctor")
@json_flag
@signer_options
def doctor(is_json: bool, signer: SignerChoice) -> None:
    """Look at machine, key, chain, models and endpoint; each line PASS, WARN or FAIL with a fix."""
    from aitbc.miner_doctor import Level

    lines = _look(signer)
    if is_json:
        print_json(
            [{"level": x.level, "what": x.what, "found": x.found, "fix": x.fix} for x in lines]
        )
    else:
        for line in lines:
            colour = COLOURS[line.level.value]
            console.print(f"[{colour}]{line.level.value}[/] ", end="")
            console.print(f"{line.what}: {line.found}", markup=False, soft_wrap=True)
            if line.fix:
                console.print(f"     try: {line.fix}", markup=False, soft_wrap=True)
    if any(line.level is Level.FAIL for line in lines):
        sys.exit(1)


def _look(signer: SignerChoice) -> "list[Line]":
    """Return what the doctor found; settings that cannot be loaded are the only line then."""
    from aitbc.miner_doctor import Doctor, Level, Line

    try:
        loaded = load_config(directory_of(signer.home))
    except ConfigError as error:
        return [Line(level=Level.FAIL, what="configuration", found=error.problem, fix=error.remedy)]
    secret, problem, fix = None, "no key is configured", KEY_FIX
    try:
        secret = load_signer(signer, loaded)
    except ConfigError as error:
        is_locked = isinstance(error.__cause__, KeystoreError)
        problem, fix = error.problem, LOCKED_FIX if is_locked else error.remedy
    except click.UsageError:
        pass  # none is named
    seen = Doctor(loaded, secret, problem, fix)
    return asyncio.run(seen.run(is_running=bool(running_pids(signer.home))))


@click.command("devices")
@json_flag
def devices(is_json: bool) -> None:
    """List the devices that can compute here."""
    from miner.backends.devices import find_devices

    rows = [
        {
            "device": device.id,
            "name": device.name,
            "cores": device.cores or None,
            "memory_mib": device.memory_mib or None,
            "detail": device.detail or None,
        }
        for device in find_devices()
    ]
    print_rows(rows, is_json=is_json)


@click.command("logs")
@home_flag
@click.option("-f", "--follow", is_flag=True, help="Keep printing.")
@click.option("-n", "--lines", type=click.IntRange(1, 100_000), default=40, show_default=True)
def logs(home: Path | None, follow: bool, lines: int) -> None:
    """Print the miner's log."""
    path = directory_of(home) / LOG_NAME
    if not path.exists():
        fail(
            f"there is no log at {path}", "start a miner; under systemd: journalctl -u aitbc-miner"
        )
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file.readlines()[-lines:]:
            click.echo(line, nl=False)
        while follow:
            line = file.readline()
            if line:
                click.echo(line, nl=False)
            else:
                time.sleep(FOLLOW_SECONDS)


@click.group("config", cls=VerbGroup)
def config_group() -> None:
    """The miner's settings: flag > environment > file > default."""


@config_group.command("show")
@click.option("--origin", is_flag=True, help="Also where each value comes from.")
@json_flag
@with_config
def show_config(home: Path | None, loaded: Loaded, origin: bool, is_json: bool) -> None:  # noqa: ARG001
    """Show the settings in force for this home."""
    values = loaded.config.model_dump(mode="json")
    if is_json:
        plain = {
            name: {k: str(v) if k in AMOUNTS else v for k, v in entry.items()}
            if name in SECTIONS
            else [_shown(row) for row in entry]
            for name, entry in values.items()
        }
        print_json({"values": plain, **({"origins": loaded.origins} if origin else {})})
        return
    if not origin:
        tables: dict[str, Any] = {name: _shown(values[name]) for name in SECTIONS}
        for name in ("model", "engine"):
            if values[name]:
                tables[name] = [_shown(entry) for entry in values[name]]
        click.echo(encode_tables(tables))
        return
    rows = [
        {"setting": f"{name}.{key}", "value": str(value), "from": loaded.origins[f"{name}.{key}"]}
        for name in SECTIONS
        for key, value in _shown(values[name]).items()
    ]
    rows += [
        {"setting": name, "value": _names(values[name], key), "from": loaded.origins[name]}
        for name, key in (("model", "path"), ("engine", "model"))
    ]
    print_rows(rows, is_json=False)


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    """Return settings as they may be written: amounts in AIT, nothing that is not set."""
    return {
        key: format_ait(value) if key in AMOUNTS else value
        for key, value in entry.items()
        if value is not None
    }


def _names(entries: list[dict[str, Any]], key: str) -> str:
    return ", ".join(str(entry[key]) for entry in entries) or "none"


def _only_key(home: Path | None) -> str:
    """Return the only key of the home's keystore, empty when there are none or several."""
    try:
        found = keystore_of(home).list()
    except (ConfigError, OSError):
        return ""
    return checksummed(found[0].address) if len(found) == 1 else ""
