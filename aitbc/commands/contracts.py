"""``aitbc contracts``: what the native contracts declare."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from aitbc.output import json_flag, print_json, print_record, print_rows
from contracts.artifacts import abi_json, contract_named, layout, names, solidity
from miner.native_calls import place_of
from rpc.formats import checksummed

_NAME = click.Choice(names(), case_sensitive=False)


@click.group()
def contracts() -> None:
    """Native contracts: list, abi, solidity, layout."""


@contracts.command("list")
@json_flag
def list_contracts(is_json: bool) -> None:
    """List the native contracts and where they live."""
    rows = []
    for name in names():
        contract = contract_named(name)
        rows.append(
            {
                "name": contract.name,
                "version": contract.version,
                "address": checksummed(place_of(contract)),
                "methods": len(contract.methods),
                "events": len(contract.events),
                "errors": len(contract.errors),
            }
        )
    print_rows(rows, is_json=is_json)


@contracts.command("abi")
@click.argument("name", type=_NAME)
def abi(name: str) -> None:
    """Print a contract's JSON ABI."""
    print_json(abi_json(name))


@contracts.command("solidity")
@click.argument("name", type=_NAME)
def print_solidity(name: str) -> None:
    """Print a contract's Solidity interface."""
    sys.stdout.write(solidity(name))


@contracts.command("layout")
@click.argument("name", type=_NAME)
@json_flag
def print_layout(name: str, is_json: bool) -> None:
    """Print a contract's storage layout, for eth_getStorageAt and eth_getProof."""
    found = layout(name)
    if is_json:
        print_json(found)
        return
    rows: list[dict[str, Any]] = []
    for row in found["storage"]:
        rows += _layout_rows(row, "")
    print_rows(rows, is_json=False)
    print_record({"hash": found["hash"]}, is_json=False)


def _layout_rows(row: dict[str, Any], indent: str) -> Iterator[dict[str, Any]]:
    """Yield a variable and, below it, the members of the struct that it leads to."""
    shown = {name: row[name] for name in ("slot", "offset", "bytes", "type")}
    yield {"label": indent + row["label"], **shown}
    inner = row
    while "members" not in inner and ("value" in inner or "item" in inner):
        inner = inner.get("value") or inner["item"]
    for member in inner.get("members", ()):
        yield from _layout_rows(member, indent + "  ")
