"""The home directory: which file lives where, and the keys in it.

``config/``: node.toml, genesis.json, node_key.json, validator_key.json (0600).
``data/``: leveldb, wal, signer_guard, bundles.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.files import write_atomically
from primitives.errors import ConfigError, InvalidSignatureError
from primitives.genesis import Genesis, decode_genesis
from primitives.json_text import parse_json
from primitives.keys import check_secret, public_key, secret_to_address


@dataclass(frozen=True, slots=True)
class Home:
    """Paths under one root."""

    root: Path

    @property
    def config(self) -> Path:
        """Directory of configuration and keys."""
        return self.root / "config"

    @property
    def data(self) -> Path:
        """Directory of everything the node writes while it runs."""
        return self.root / "data"

    @property
    def genesis(self) -> Path:
        """The genesis file."""
        return self.config / "genesis.json"

    @property
    def node_key(self) -> Path:
        """The Ed25519 identity between nodes."""
        return self.config / "node_key.json"

    @property
    def validator_key(self) -> Path:
        """The secp256k1 key that votes."""
        return self.config / "validator_key.json"

    @property
    def guard(self) -> Path:
        """What the validator key has signed."""
        return self.data / "signer_guard"

    @property
    def leveldb(self) -> Path:
        """The database."""
        return self.data / "leveldb"

    @property
    def wal(self) -> Path:
        """The write-ahead log."""
        return self.data / "wal"

    @property
    def bundles(self) -> Path:
        """Reports of failures inside the node."""
        return self.data / "bundles"

    @property
    def evidence(self) -> Path:
        """Conflicting votes that were seen."""
        return self.data / "evidence"

    def create(self) -> None:
        """Make the directories, private to their owner."""
        for path in (self.root, self.config, self.data):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def load_genesis(self) -> Genesis:
        """Read the genesis file.

        Raises:
            ConfigError: missing or wrong.
        """
        try:
            return decode_genesis(self.genesis.read_bytes())
        except FileNotFoundError as error:
            raise ConfigError(
                f"{self.genesis} is missing", "Run aitbc init, or copy the chain's genesis.json"
            ) from error


def save_key(path: Path, secret: bytes, public: bytes, address: bytes | None) -> None:
    """Write a key file, readable by its owner only; refuses to overwrite one.

    Raises:
        ConfigError: the file exists.
    """
    if path.exists():
        raise ConfigError(f"{path} exists", "Move it away first if it really is to be replaced")
    document = {"secret": "0x" + secret.hex(), "public": "0x" + public.hex()}
    if address is not None:
        document["address"] = "0x" + address.hex()
    write_atomically(path, (json.dumps(document, indent=2) + "\n").encode())


def save_validator_key(path: Path, secret: bytes) -> None:
    """Write a validator key file."""
    check_secret(secret)
    save_key(path, secret, public_key(secret), secret_to_address(secret))


def load_secret(path: Path) -> bytes:
    """Read the secret of a key file; nothing of it appears in an error.

    Raises:
        ConfigError: missing, readable by others, or malformed.
    """
    try:
        mode = path.stat().st_mode & 0o077
        document: Any = parse_json(path.read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is missing", "Run aitbc init, or restore the key") from error
    except ValueError as error:
        raise ConfigError(f"{path} is not JSON", "Restore the key file from a backup") from error
    if mode:
        raise ConfigError(f"{path} can be read by others", f"Run: chmod 600 {path}")
    text = document.get("secret") if isinstance(document, dict) else None
    try:
        secret = bytes.fromhex(str(text).removeprefix("0x"))
        check_secret(secret)
    except (ValueError, InvalidSignatureError) as error:
        raise ConfigError(f"{path} holds no valid secret", "Restore it from a backup") from error
    return secret
