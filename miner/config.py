"""The miner's configuration: flag > environment > file > default, and where each value came from.

The file is ``HOME/miner/miner.toml``. Sections hold plain values; ``[[model]]`` and ``[[engine]]``
are lists of what is served. A plain value's environment variable is ``AITBC_MINER_KEY`` for the
section ``[miner]`` and ``AITBC_MINER_SECTION_KEY`` for the others. Unknown keys are errors.
"""

import difflib
import os
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from miner.amounts import parse_ait
from miner.leases.server import DEFAULT_LISTEN, split_address
from miner.record_log import write_synced
from miner.status_server import DEFAULT_PORT
from primitives.errors import ConfigError
from primitives.toml_text import toml_value
from primitives.types import U128_MAX

FILE_NAME: Final = "miner.toml"
PREFIX: Final = "AITBC_MINER_"
RPC_VARIABLE: Final = "AITBC_RPC_URL"
RPC_DEFAULT: Final = "http://127.0.0.1:8545"
LISTS: Final = ("rpc", "refused_clients", "classes")


def _checked_listen(text: str) -> str:
    try:
        split_address(text)
    except ConfigError as error:
        raise ValueError(f"{text!r} is no address; write it like {DEFAULT_LISTEN}") from error
    return text


def _checked_endpoint(text: str) -> str:
    """Refuse what no client could reach; empty means the address that is listened on."""
    remedy = f"{text!r} is no URL; write it like https://miner.example or http://1.2.3.4:9470"
    try:
        parts = urlsplit(text)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:  # a port that is no number
        raise ValueError(remedy) from error
    if text and not is_url:
        raise ValueError(remedy)
    return text


def _checked_price(wei: int) -> int:
    if not 1 <= wei <= U128_MAX:
        raise ValueError("a price is at least 1 wei; write it like 0.00001 (AIT), 5gwei or 7wei")
    return wei


Amount = Annotated[int, BeforeValidator(lambda value: parse_ait(str(value)))]
"""Wei; written in AIT (``"1.5"`` or ``100``), or with a unit (``"20gwei"``, ``"7wei"``)."""
Price = Annotated[Amount, AfterValidator(_checked_price)]
AMOUNTS: Final = ("bond", "min_pay", "price", "price_min", "price_max")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MinerSection(_Section):
    """The process: where the chain is, whose key signs, what is done."""

    rpc: tuple[str, ...] = (RPC_DEFAULT,)
    keystore: str = ""
    key_file: str = ""
    password_file: str = ""
    listen: Annotated[str, AfterValidator(_checked_listen)] = DEFAULT_LISTEN
    endpoint: Annotated[str, AfterValidator(_checked_endpoint)] = ""
    status_port: int = Field(default=DEFAULT_PORT, ge=1, le=65_535)
    threads: int = Field(default=1, ge=1, le=1_024)
    backend: Literal["cpu", "cuda"] = "cpu"
    jobs: int = Field(default=4, ge=1, le=256)
    bond: Amount = Field(default=100 * 10**18, ge=0)
    min_pay: Amount = Field(default=0, ge=0)
    products: bool = True
    leases: bool = True
    certify: bool = False
    drain_seconds: int = Field(default=120, ge=1, le=86_400)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool = False


class LeasesSection(_Section):
    """What is agreed to, and when the miner stops waiting."""

    at_once: int = Field(default=16, ge=1, le=1_024)
    credit: int = Field(default=1, ge=1, le=16)
    deadline_days_max: int = Field(default=7, ge=1, le=365)
    response_seconds_min: int = Field(default=60, ge=1)
    move_seconds_min: int = Field(default=60, ge=1)
    idle_seconds: int = Field(default=900, ge=10)
    silent_seconds: int = Field(default=300, ge=10)
    batch_from: int = Field(default=16, ge=0, le=1_000_000)
    auctions: int = Field(default=0, ge=0, le=256)
    bid_percent: int = Field(default=100, ge=1, le=1_000)
    refused_clients: tuple[str, ...] = ()


class OfferSection(_Section):
    """What offers say; prices per unit (token), in AIT. ``auto`` follows the price index.

    ``classes`` are the verification classes that are offered, as far as a model has them: an exact
    model v0, v2 and v3, an engine v0 and v1.
    """

    price: Price = 10**13
    auto: bool = False
    price_min: Price = 10**9
    price_max: Price = 10**18
    gpu_class: int = Field(default=1, ge=1, le=65_535)
    gpu_count: int = Field(default=1, ge=1, le=65_535)
    region: int = Field(default=1, ge=1, le=65_535)
    vram_mib: int = Field(default=0, ge=0)
    latency_ms: int = Field(default=1_000, ge=1)
    leases_max: int = Field(default=4, ge=1, le=65_535)
    expiry_days: int = Field(default=7, ge=1, le=365)
    classes: tuple[Literal["v0", "v1", "v2", "v3"], ...] = ("v0", "v1", "v2", "v3")


class ModelEntry(_Section):
    """An integer model: a file, or ``small`` for the one that ships with the package."""

    path: str
    devices: tuple[str, ...] = ("cpu",)
    price: Price | None = None


class EngineEntry(_Section):
    """A float engine. For OpenAI's interface ``digest`` is that of the weights, in hex."""

    kind: Literal["ollama", "openai"]
    url: str
    model: str
    digest: str = ""
    context: int = Field(default=8_192, ge=1)
    slots: int = Field(default=1, ge=1, le=256)
    api_key_env: str = ""
    price: Price | None = None


class MinerConfig(_Section):
    """The whole configuration."""

    miner: MinerSection = MinerSection()
    leases: LeasesSection = LeasesSection()
    offer: OfferSection = OfferSection()
    model: tuple[ModelEntry, ...] = ()
    engine: tuple[EngineEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration and the origin of every value, by ``section.key``."""

    config: MinerConfig
    origins: dict[str, str]
    path: Path


SECTIONS: Final[dict[str, type[BaseModel]]] = {
    "miner": MinerSection,
    "leases": LeasesSection,
    "offer": OfferSection,
}


def load_config(
    directory: Path,
    flags: Mapping[str, Any] | None = None,
    *,
    models: Sequence[Mapping[str, Any]] = (),
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """Return the configuration of ``HOME/miner``; ``flags`` are values by ``section.key``.

    ``models``, when there are any, stand for those of the file.

    Raises:
        ConfigError: not TOML, an unknown key, or a value out of range.
    """
    path = directory / FILE_NAME
    merged: dict[str, Any] = {}
    origins = {
        f"{name}.{key}": "default" for name, kind in SECTIONS.items() for key in kind.model_fields
    }
    origins |= {"model": "default", "engine": "default"}
    variables = os.environ if environment is None else environment
    layers = (
        (str(path), read_file(path)),
        ("environment", _read_environment(variables)),
        ("flag", {**_by_section(flags or {}), **({"model": list(models)} if models else {})}),
    )
    for origin, layer in layers:
        for section, values in layer.items():
            _check_known(section, values, origin)
            if section in SECTIONS:
                merged.setdefault(section, {}).update(values)
                origins.update({f"{section}.{key}": origin for key in values})
            else:
                merged[section] = values
                origins[section] = origin
    return Loaded(config=_validated(merged, origins, str(path)), origins=origins, path=path)


def check_tables(tables: Mapping[str, Any], origin: str) -> None:
    """Refuse what ``load_config`` would refuse, before it is written.

    Raises:
        ConfigError: an unknown key, or a value out of range.
    """
    origins: dict[str, str] = {}
    for section, values in tables.items():
        _check_known(section, values, origin)
        if section in SECTIONS:
            origins |= {f"{section}.{key}": origin for key in values}
    _validated(tables, origins, origin)


def _validated(tables: Mapping[str, Any], origins: Mapping[str, str], path: str) -> MinerConfig:
    try:
        config = MinerConfig.model_validate(tables)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        origin = origins.get(key, path)
        why = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{key} (from {origin}): {why}", _remedy(origin, key)) from error
    if config.offer.price_min > config.offer.price_max:
        origin = origins.get("offer.price_min", path)
        problem = "offer.price_min is above offer.price_max"
        raise ConfigError(problem, _remedy(origin, "offer.price_min"))
    return config


def read_file(path: Path) -> dict[str, Any]:
    """Return the file's tables; none when there is no file.

    Raises:
        ConfigError: not readable, or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}", _remedy(str(path))) from error


def write_file(path: Path, tables: Mapping[str, Any]) -> None:
    """Write tables (0600), replacing the file in one rename; comments are not kept."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_synced(path, encode_tables(tables).encode())


def change_file(path: Path, section: str, values: Mapping[str, Any]) -> None:
    """Set keys of a section in the file; raises as ``load_config`` when the result is refused."""
    tables = read_file(path)
    tables[section] = {**tables.get(section, {}), **values}
    MinerConfig.model_validate(tables)
    write_file(path, tables)


def is_private(path: Path) -> bool:
    """Answer whether nobody but the owner reads a file."""
    return not stat.S_IMODE(path.stat().st_mode) & 0o077


def encode_tables(tables: Mapping[str, Any]) -> str:
    """Return TOML text of tables and lists of tables with plain values."""
    lines = ["# Settings of the AITBC miner: aitbc miner config show --origin explains them.", ""]
    for name, value in tables.items():
        for entry in value if isinstance(value, list | tuple) else (value,):
            lines.append(f"[[{name}]]" if isinstance(value, list | tuple) else f"[{name}]")
            lines += [f"{key} = {toml_value(item)}" for key, item in entry.items()]
            lines.append("")
    return "\n".join(lines)


def _by_section(flags: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in flags.items():
        section, _, key = name.partition(".")
        found.setdefault(section, {})[key] = value
    return found


def _read_environment(variables: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Read the variables of every known key; lists are comma-separated."""
    found: dict[str, dict[str, Any]] = {}
    known: list[str] = []
    if RPC_VARIABLE in variables:
        found["miner"] = {"rpc": tuple(filter(None, variables[RPC_VARIABLE].split(",")))}
    for section, kind in SECTIONS.items():
        for key in kind.model_fields:
            known.append(_variable(section, key))
            text = variables.get(known[-1])
            if text is not None:
                entries = tuple(filter(None, text.split(",")))
                value: Any = entries if key in LISTS else text
                found.setdefault(section, {})[key] = value
    for name in variables:
        if name.startswith(PREFIX) and name not in known:
            raise ConfigError(
                f"no setting has the variable {name}{_near(name, known)}",
                "Correct or unset it; the keys are in docs/miner.md",
            )
    return found


def _variable(section: str, key: str) -> str:
    part = "" if section == "miner" else f"{section.upper()}_"
    return f"{PREFIX}{part}{key.upper()}"


def _remedy(origin: str, key: str = "") -> str:
    """Return where to correct a value; no command can show settings that cannot be loaded."""
    section, _, name = key.partition(".")
    if origin == "environment":
        return f"Correct or unset {_variable(section, name)}"
    if origin == "flag":
        return f"Give another --{name.replace('_', '-')}"
    return f"Correct it in {origin}, or write a fresh file: aitbc miner init --force"


def _check_known(section: str, values: Any, origin: str) -> None:
    known = [*SECTIONS, "model", "engine"]
    if section not in known:
        raise ConfigError(
            f"unknown section {section!r} in {origin}{_near(section, known)}", _remedy(origin)
        )
    if section not in SECTIONS:
        if not isinstance(values, list):
            raise ConfigError(f"{section} in {origin} is written [[{section}]]", _remedy(origin))
        return
    if not isinstance(values, dict):
        raise ConfigError(f"{section} in {origin} is no table", _remedy(origin))
    keys = list(SECTIONS[section].model_fields)
    for key in values:
        if key not in keys:
            raise ConfigError(
                f"unknown key {section}.{key} in {origin}{_near(key, keys)}", _remedy(origin)
            )


def _near(word: str, words: list[str]) -> str:
    match = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    return f"; did you mean {match[0]!r}?" if match else f"; known: {', '.join(words)}"
