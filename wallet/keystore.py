"""A directory of encrypted keys: keystore V3 files, as every Ethereum wallet reads them.

The cryptography is eth-account's (scrypt, AES-128-CTR). Files are 0600, named by time and address;
a secret is never printed except by ``export``.
"""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from primitives.errors import BadInputError
from primitives.json_text import parse_json
from primitives.keys import check_secret, generate_secret, secret_to_address
from primitives.types import Address

FILE_BYTES_MAX: Final = 64 * 1024


class KeystoreError(BadInputError):
    """A key is missing, damaged, or the password is wrong."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One key file."""

    address: Address
    path: Path


class Keystore:
    """Keys in a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def list(self) -> list[StoredKey]:
        """Return the keys, oldest first; files that are no keys are passed over."""
        return list(self._entries())

    def create(self, password: str) -> StoredKey:
        """Make a key."""
        return self.add(generate_secret(), password)

    def add(self, secret: bytes, password: str) -> StoredKey:
        """Encrypt and store a secret.

        Raises:
            KeystoreError: the key is stored already.
            InvalidSignatureError: the secret is no scalar of the curve.
        """
        check_secret(secret)
        address = secret_to_address(secret)
        if any(entry.address == address for entry in self._entries()):
            raise KeystoreError(f"key 0x{address.hex()} is stored already")
        from eth_account import Account  # noqa: PLC0415 - takes 0.8 s to import

        document = Account.encrypt(secret, password)
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        stamp = time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime())
        path = self._directory / f"UTC--{stamp}--{address.hex()}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(document, file)
            file.flush()
            os.fsync(file.fileno())
        return StoredKey(address, path)

    def import_json(self, text: str, file_password: str, password: str) -> StoredKey:
        """Store a key from another wallet's keystore file.

        Raises:
            KeystoreError: not a keystore file, or the wrong password.
        """
        return self.add(decrypt(_document(text), file_password), password)

    def unlock(self, address: Address, password: str) -> bytes:
        """Return the secret of a stored key.

        Raises:
            KeystoreError: no such key, or the wrong password.
        """
        return decrypt(_document(self._find(address).path.read_text()), password)

    def delete(self, address: Address, password: str) -> None:
        """Remove a key; the password is asked for so that it cannot happen by accident.

        Raises:
            KeystoreError: no such key, or the wrong password.
        """
        self.unlock(address, password)
        self._find(address).path.unlink()

    def _find(self, address: Address) -> StoredKey:
        for entry in self._entries():
            if entry.address == address:
                return entry
        raise KeystoreError(f"no key 0x{address.hex()} in {self._directory}")

    def _entries(self) -> Iterator[StoredKey]:
        if not self._directory.is_dir():
            return
        for path in sorted(self._directory.iterdir()):
            try:
                document = _document(path.read_text())
                address = bytes.fromhex(str(document["address"]).removeprefix("0x"))
            except (KeystoreError, KeyError, ValueError, OSError):
                continue
            if len(address) == 20:
                yield StoredKey(Address(address), path)


def decrypt(document: dict[str, Any], password: str) -> bytes:
    """Return the secret in a keystore V3 document.

    Raises:
        KeystoreError: the wrong password, or a damaged file.
    """
    from eth_account import Account  # noqa: PLC0415 - takes 0.8 s to import

    try:
        return bytes(Account.decrypt(document, password))
    except (ValueError, KeyError, TypeError, NotImplementedError) as error:
        raise KeystoreError("wrong password, or a damaged keystore file") from error


def _document(text: str) -> dict[str, Any]:
    if len(text) > FILE_BYTES_MAX:
        raise KeystoreError("file too large for a keystore")
    try:
        document = parse_json(text)
    except ValueError as error:
        raise KeystoreError("not a keystore file") from error
    if not isinstance(document, dict):
        raise KeystoreError("not a keystore file")
    return document
