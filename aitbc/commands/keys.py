"""``aitbc keys``: the keystore, and signed messages."""

import sys
from pathlib import Path
from typing import Any

import click

from aitbc.arguments import ADDRESS, parse_hex
from aitbc.commands.node import home_option
from aitbc.output import console, errors, fail, json_flag, print_record, print_rows
from aitbc.signing import (
    SignerChoice,
    keystore_of,
    password_file_option,
    read_password,
    signer_options,
    unlock,
)
from primitives.errors import ConfigError, InvalidSignatureError
from primitives.keccak import keccak256
from primitives.keys import Signature, recover_address, secret_to_address, sign
from primitives.types import Address, Hash32
from rpc.formats import checksummed
from wallet.keystore import KeystoreError, StoredKey
from wallet.mnemonic import WORDS, MnemonicError, derive_secret, generate_mnemonic

INPUT_BYTES_MAX = 64 * 1024


@click.group()
def keys() -> None:
    """Keystore: new, import, list, export, delete, sign, verify."""


@keys.command("new")
@home_option
@password_file_option
@click.option("--mnemonic", "has_mnemonic", is_flag=True, help="Derive it from fresh words.")
@click.option("--words", type=click.Choice([str(count) for count in WORDS]), default="12")
@json_flag
def new(
    home: Path | None, password_file: Path | None, has_mnemonic: bool, words: str, is_json: bool
) -> None:
    """Make a key and store it encrypted.

    With --mnemonic the words are shown once, on standard error: write them down.
    """
    password = read_password(password_file, is_new=True)
    if has_mnemonic:
        phrase = generate_mnemonic(int(words))
        stored = keystore_of(home).add(derive_secret(phrase), password)
        errors.print("[bold]Write these words down; nobody can recover them:[/]")
        errors.print(f"\n  {phrase}\n", soft_wrap=True)
    else:
        stored = keystore_of(home).create(password)
    _print_key(stored, is_json=is_json)


@keys.command("import")
@click.argument("source", type=click.Choice(["private-key", "mnemonic", "json"]))
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read it from a file instead of a hidden prompt.",
)
@click.option(
    "--index", type=click.IntRange(0, 2**31 - 1), default=0, help="Account of a mnemonic."
)
@click.option("--path", "path", default="", help="BIP-32 path instead of m/44'/60'/0'/0/INDEX.")
@home_option
@password_file_option
@json_flag
def import_key(
    source: str,
    file: Path | None,
    index: int,
    path: str,
    home: Path | None,
    password_file: Path | None,
    is_json: bool,
) -> None:
    """Store a private key, the key of a mnemonic, or another wallet's keystore file."""
    if source == "json" and file is None:
        raise click.UsageError("a keystore file is named with --file")
    text = _read_secret_text(source, file)
    store = keystore_of(home)
    try:
        if source == "json":
            theirs = click.prompt("Password of the file", hide_input=True, err=True)
            stored = store.import_json(text, theirs, read_password(password_file, is_new=True))
        else:
            secret = (
                _private_key(text)
                if source == "private-key"
                else derive_secret(" ".join(text.split()), index, path=path)
            )
            stored = store.add(secret, read_password(password_file, is_new=True))
    except (KeystoreError, MnemonicError, InvalidSignatureError) as error:
        raise ConfigError(str(error), "Check the source, then try again") from error
    _print_key(stored, is_json=is_json)


@keys.command("list")
@home_option
@json_flag
def list_keys(home: Path | None, is_json: bool) -> None:
    """List the stored keys."""
    rows = [_key_row(stored) for stored in keystore_of(home).list()]
    print_rows(rows, is_json=is_json, empty="no keys yet; make one with: aitbc keys new")


@keys.command("export")
@click.argument("address", type=ADDRESS)
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "private-key"]),
    default="json",
    show_default=True,
)
@click.option("--yes", is_flag=True, help="Do not ask before a private key is printed in clear.")
@home_option
@password_file_option
def export(
    address: Address, form: str, yes: bool, home: Path | None, password_file: Path | None
) -> None:
    """Print a key: its encrypted file, or with --format private-key the key itself."""
    stored = _stored(home, address)
    if form == "json":
        sys.stdout.write(stored.path.read_text().rstrip() + "\n")
        return
    secret = unlock(home, address, password_file)
    if not yes:
        click.confirm(
            "Whoever sees the private key owns the account. Print it?", abort=True, err=True
        )
    sys.stdout.write("0x" + secret.hex() + "\n")


@keys.command("delete")
@click.argument("address", type=ADDRESS)
@click.option("--yes", is_flag=True, help="Do not ask.")
@home_option
@password_file_option
def delete(address: Address, yes: bool, home: Path | None, password_file: Path | None) -> None:
    """Remove a key for good; asks for its password."""
    _stored(home, address)
    password = read_password(password_file)
    if not yes:
        click.confirm(
            f"Delete {checksummed(address)}? Without a backup it is lost", abort=True, err=True
        )
    try:
        keystore_of(home).delete(address, password)
    except KeystoreError as error:
        raise ConfigError(str(error), "Try again with the right password") from error
    console.print(f"deleted {checksummed(address)}")


@keys.command("sign")
@click.argument("message")
@signer_options
@json_flag
def sign_message(message: str, signer: SignerChoice, is_json: bool) -> None:
    """Sign a text (EIP-191 personal message), as wallets do; hex with 0x is signed as bytes."""
    secret = signer.load()
    signature = sign(secret, message_digest(message))
    data = signature.to_bytes()[:64] + bytes((27 + signature.y_parity,))
    record = {"signer": checksummed(secret_to_address(secret)), "signature": data}
    print_record(record, is_json=is_json)


@keys.command("verify")
@click.argument("message")
@click.argument("signature")
@click.option("--address", type=ADDRESS, help="Who should have signed it.")
@json_flag
def verify(message: str, signature: str, address: Address | None, is_json: bool) -> None:
    """Recover the signer of a text; exit status 1 when it is not --address."""
    data = parse_hex(signature, 65)
    parity = data[64] - 27 if data[64] in (27, 28) else data[64]
    try:
        found = recover_address(
            message_digest(message), Signature.from_bytes(data[:64] + bytes((parity,)))
        )
    except InvalidSignatureError as error:
        raise ConfigError(str(error), "Check that signature and message are complete") from error
    record: dict[str, Any] = {"signer": checksummed(found)}
    if address is not None:
        record["is_right"] = found == address
    print_record(record, is_json=is_json)
    if address is not None and found != address:
        fail(f"signed by {checksummed(found)}, not by {checksummed(address)}")


def message_digest(message: str) -> Hash32:
    """Return what a wallet signs for a message (EIP-191, version 0x45)."""
    is_hex = message.startswith("0x") and len(message) % 2 == 0
    data = parse_hex(message) if is_hex else message.encode()
    return keccak256(b"\x19Ethereum Signed Message:\n" + str(len(data)).encode() + data)


def _stored(home: Path | None, address: Address) -> StoredKey:
    for stored in keystore_of(home).list():
        if stored.address == address:
            return stored
    raise ConfigError(
        f"no key {checksummed(address)} in the keystore", "List them: aitbc keys list"
    )


def _read_secret_text(source: str, file: Path | None) -> str:
    if file is None:
        text = click.prompt(source.replace("-", " ").capitalize(), hide_input=True, err=True)
        return str(text)
    data = file.read_bytes()[: INPUT_BYTES_MAX + 1]
    if len(data) > INPUT_BYTES_MAX:
        raise ConfigError(f"{file} is too large", "Name the right file")
    try:
        return data.decode().strip()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is no text", "Name the right file") from error


def _private_key(text: str) -> bytes:
    """Return a private key from hex; nothing of it appears in an error."""
    try:
        return bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        raise KeystoreError("a private key is 32 bytes in hex, with or without 0x") from None


def _key_row(stored: StoredKey) -> dict[str, Any]:
    return {"address": checksummed(stored.address), "file": str(stored.path)}


def _print_key(stored: StoredKey, *, is_json: bool) -> None:
    print_record(_key_row(stored), is_json=is_json)
