"""``aitbc genesis``: make and check genesis files."""

import time
from dataclasses import replace
from pathlib import Path

import click

from aitbc.arguments import ADDRESS, AMOUNT, parse_hex
from aitbc.first_block import genesis_block_of
from aitbc.output import console, format_ait, json_flag, print_record
from node.files import write_atomically
from node.home import load_secret
from primitives.errors import ConfigError
from primitives.genesis import (
    Genesis,
    GenesisAccount,
    GenesisValidator,
    decode_genesis,
    encode_genesis,
)
from primitives.keys import public_key
from primitives.types import U64_MAX, Address
from rpc.formats import checksummed

file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def genesis() -> None:
    """Make and check genesis files."""


@genesis.command("new")
@file_argument
@click.option("--chain-id", type=click.IntRange(1, U64_MAX), help="Default: the template's.")
@click.option("--time", "time_ms", type=click.IntRange(0, U64_MAX), help="In ms; default: now.")
@click.option("--block-time", type=click.IntRange(1, 60_000), help="Target in ms.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def new(
    file: Path, chain_id: int | None, time_ms: int | None, block_time: int | None, force: bool
) -> None:
    """Write a genesis file from the template, without validators and balances."""
    from aitbc.devnet.layout import load_template

    if file.exists() and not force:
        raise ConfigError(f"{file} exists", "Name another file, or replace it with --force")
    template = load_template()
    parameters = template.parameters
    if block_time is not None:
        parameters = replace(parameters, block_time_ms=block_time)
    made = replace(
        template,
        chain_id=chain_id or template.chain_id,
        time_ms=int(time.time() * 1000) if time_ms is None else time_ms,
        parameters=parameters,
    )
    _save(file, made)
    console.print(f"wrote {file}: chain id {made.chain_id}")
    console.print("next: [bold]aitbc genesis add-validator[/], then add-account")


@genesis.command("add-account")
@file_argument
@click.argument("address", type=ADDRESS)
@click.argument("balance", type=AMOUNT)
def add_account(file: Path, address: Address, balance: int) -> None:
    """Give an account a balance; an existing one gets the new balance instead."""
    found = _load(file)
    others = tuple(account for account in found.accounts if account.address != address)
    old = next((account for account in found.accounts if account.address == address), None)
    account = (
        GenesisAccount(address=address, balance=balance)
        if old is None
        else replace(old, balance=balance)
    )
    _save(file, replace(found, accounts=(*others, account)))
    console.print(f"{checksummed(address)} holds {format_ait(balance)}")


@genesis.command("add-validator")
@file_argument
@click.option(
    "--validator-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Key file of the validator.",
)
@click.option("--public-key", help="Its public key instead: 33 bytes in hex.")
@click.option("--operator", type=ADDRESS, required=True, help="Account that owns the stake.")
@click.option("--stake", type=AMOUNT, default="10000", show_default=True)
@click.option("--fee-recipient", type=ADDRESS, help="Default: the operator.")
@click.option("--name", default="", help="At most 31 bytes.")
def add_validator(
    file: Path,
    validator_key: Path | None,
    public_key: str | None,
    operator: Address,
    stake: int,
    fee_recipient: Address | None,
    name: str,
) -> None:
    """Add a validator of the first epoch."""
    if (validator_key is None) == (public_key is None):
        raise click.UsageError("name the key once: --validator-key or --public-key")
    found = _load(file)
    validator = GenesisValidator(
        operator=operator,
        public_key=_public_key(validator_key, public_key),
        stake=stake,
        fee_recipient=fee_recipient or operator,
        name=name,
    )
    _save(file, replace(found, validators=(*found.validators, validator)))
    address = checksummed(validator.address)
    console.print(
        f"validator {address} with {format_ait(stake)}: {len(found.validators) + 1} in all"
    )


@genesis.command("validate")
@file_argument
@json_flag
def validate(file: Path, is_json: bool) -> None:
    """Check that a node could start a chain with this file."""
    found = _load(file)
    if not found.validators:
        raise ConfigError(
            f"{file} names no validators, so no block could ever be final",
            f"Add at least one: aitbc genesis add-validator {file} --operator ADDRESS ...",
        )
    stake = sum(validator.stake for validator in found.validators)
    balances = sum(account.balance for account in found.accounts)
    record = {
        "chain_id": found.chain_id,
        "time_ms": found.time_ms,
        "validators": len(found.validators),
        "accounts": len(found.accounts),
        "stake": format_ait(stake),
        "supply": format_ait(stake + balances),
        "hash": genesis_block_of(found)[0],
    }
    print_record(record, is_json=is_json)


@genesis.command("hash")
@file_argument
@json_flag
def print_hash(file: Path, is_json: bool) -> None:
    """Print the hash of the genesis block: what nodes of one chain agree on."""
    record = {"hash": genesis_block_of(_load(file))[0]}
    if is_json:
        print_record(record, is_json=True)
    else:
        console.print("0x" + record["hash"].hex())


def _load(file: Path) -> Genesis:
    try:
        return decode_genesis(file.read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(f"{file} is missing", f"Make it: aitbc genesis new {file}") from error


def _save(file: Path, made: Genesis) -> None:
    """Write what can be read again; anything else is refused before the file changes."""
    text = encode_genesis(made)
    decode_genesis(text)
    write_atomically(file, text.encode(), mode=0o644)


def _public_key(file: Path | None, text: str | None) -> bytes:
    if file is not None:
        return public_key(load_secret(file))
    return parse_hex(text, 33)
