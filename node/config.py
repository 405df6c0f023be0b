"""Configuration: defaults < ``config/node.toml`` < environment (``AITBC_SECTION_KEY``) < flags.

Unknown keys are errors that name the nearest known key; every value's origin can be shown.
"""

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from p2p.identity import PeerAddress, parse_peer_address
from primitives.errors import ConfigError
from primitives.toml_text import toml_value

ENVIRONMENT_PREFIX: Final = "AITBC_"
HOME_VARIABLE: Final = "AITBC_HOME"
CLIENT_VARIABLES: Final = frozenset({HOME_VARIABLE, "AITBC_RPC_URL", "AITBC_PASSWORD"})
"""Variables of the command line's client side; they look like settings and are none."""
_REMEDY: Final = "Correct config/node.toml (aitbc config check shows every value and its origin)"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NodeSection(_Section):
    """Who this node is to people."""

    name: str = "aitbc"
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    log_json: bool = False


class ConsensusSection(_Section):
    """Local timing; it never decides what is valid."""

    delta_ms: int = Field(default=500, ge=1, le=60_000)
    execution_allowance_ms: int = Field(default=2_000, ge=0, le=60_000)
    block_time_ms: int = Field(default=0, ge=0, le=600_000)
    """0 takes the genesis parameter."""


class P2pSection(_Section):
    """The network between nodes."""

    host: str = "127.0.0.1"
    port: int = Field(default=30_656, ge=0, le=65_535)
    peers: tuple[str, ...] = ()

    def addresses(self) -> tuple[PeerAddress, ...]:
        """Return the configured peers."""
        return tuple(parse_peer_address(peer) for peer in self.peers)


class RpcSection(_Section):
    """JSON-RPC over HTTP and WebSocket on one port."""

    is_enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=8_545, ge=0, le=65_535)
    cors_origins: tuple[str, ...] = ("*",)
    host_names: tuple[str, ...] = ()
    """Names by which clients reach the node beside IP addresses and localhost."""


class MetricsSection(_Section):
    """Prometheus metrics and probes."""

    is_enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=9_464, ge=0, le=65_535)


class NodeConfig(_Section):
    """The whole configuration."""

    node: NodeSection = NodeSection()
    consensus: ConsensusSection = ConsensusSection()
    p2p: P2pSection = P2pSection()
    rpc: RpcSection = RpcSection()
    metrics: MetricsSection = MetricsSection()


def default_home() -> Path:
    """Return ``$AITBC_HOME`` or ``~/.aitbc``."""
    return Path(os.environ.get(HOME_VARIABLE) or Path.home() / ".aitbc")


def load_config(
    home: Path, flags: dict[str, dict[str, Any]] | None = None
) -> tuple[NodeConfig, dict[str, str]]:
    """Return the configuration of a home directory and the origin of every value.

    Raises:
        ConfigError: not TOML, an unknown key, or a value out of range.
    """
    path = home / "config" / "node.toml"
    merged: dict[str, dict[str, Any]] = {}
    origins = {f"{s}.{k}": "default" for s, keys in _known().items() for k in keys}
    for origin, layer in (
        (str(path), _read_file(path)),
        ("environment", _read_environment()),
        ("flag", flags or {}),
    ):
        for section, values in layer.items():
            _check_known(section, values, origin)
            merged.setdefault(section, {}).update(values)
            origins.update({f"{section}.{key}": origin for key in values})
    try:
        config = NodeConfig.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        problem = f"configuration {key} (from {origins.get(key, path)}): {first['msg']}"
        raise ConfigError(problem, _REMEDY) from error
    config.p2p.addresses()
    return config, origins


def encode_config(values: dict[str, dict[str, Any]]) -> str:
    """Return TOML text of sections with strings, integers, booleans and lists of strings."""
    lines = []
    for section, entries in values.items():
        lines.append(f"[{section}]")
        lines.extend(f"{key} = {toml_value(value)}" for key, value in entries.items())
        lines.append("")
    return "\n".join(lines)


def _known() -> dict[str, list[str]]:
    sections = {}
    for name, field in NodeConfig.model_fields.items():
        model = field.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        sections[name] = list(model.model_fields)
    return sections


def _check_known(section: str, values: Any, origin: str) -> None:
    known = _known()
    if section not in known:
        raise ConfigError(
            f"unknown section [{section}] in {origin}{_nearest(section, list(known))}", _REMEDY
        )
    if not isinstance(values, dict):
        raise ConfigError(f"[{section}] in {origin} is not a table", _REMEDY)
    for key in values:
        if key not in known[section]:
            hint = _nearest(key, known[section])
            raise ConfigError(f"unknown key {section}.{key} in {origin}{hint}", _REMEDY)


def _nearest(word: str, words: list[str]) -> str:
    match = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    return f"; did you mean {match[0]!r}?" if match else f"; known: {', '.join(words)}"


def _read_file(path: Path) -> dict[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}", _REMEDY) from error
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is not TOML: {error}", _REMEDY) from error


def _read_environment() -> dict[str, dict[str, Any]]:
    """Read AITBC_SECTION_KEY; lists are comma-separated."""
    found: dict[str, dict[str, Any]] = {}
    known = _known()
    for name, text in os.environ.items():
        if not name.startswith(ENVIRONMENT_PREFIX) or name in CLIENT_VARIABLES:
            continue
        section, _, key = name[len(ENVIRONMENT_PREFIX) :].lower().partition("_")
        if section in known:
            value: Any = text.split(",") if key in ("peers", "cors_origins", "host_names") else text
            found.setdefault(section, {})[key] = value
    return found
