"""``aitbc contracts``: what the native contracts declare."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from aitbc.output import console, json_flag, print_json, print_record, print_rows
from contracts.artifacts import contract_abi, contract_named, contract_solidity
from contracts.framework.contract import Contract
from contracts.framework.layout import contract_layout, layout_hash
from contracts.reference import contract_reference
from contracts.system import SYSTEM_CONTRACTS
from contracts.typescript import contract_typescript
from miner.native_calls import place_of
from primitives.errors import ConfigError
from rpc.formats import checksummed


class ContractName(click.ParamType[type[Contract]]):
    """A native contract of this release by its name, or ``NAME@VERSION``."""

    name = "contract"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> type[Contract]:
        """Return the class; an unknown name is wrong usage."""
        try:
            return contract_named(str(value))
        except ConfigError as error:
            self.fail(str(error), param, ctx)


_NAME = ContractName()


@click.group()
def contracts() -> None:
    """Native contracts: list, abi, solidity, typescript, docs, layout, hash.

    NAME is a contract's name; NAME@VERSION names another release than the first.
    """


@contracts.command("list")
@json_flag
def list_contracts(is_json: bool) -> None:
    """List the native contracts of this release, every version, and where they live."""
    rows = [
        {
            "name": contract.name,
            "version": contract.version,
            "address": checksummed(place_of(contract)),
            "methods": len(contract.methods),
            "parameters": len(contract.governed),
            "events": len(contract.events),
            "errors": len(contract.errors),
        }
        for contract in SYSTEM_CONTRACTS
    ]
    print_rows(rows, is_json=is_json)


@contracts.command("abi")
@click.argument("name", type=_NAME)
def abi(name: type[Contract]) -> None:
    """Print a contract's JSON ABI."""
    print_json(contract_abi(name))


@contracts.command("solidity")
@click.argument("name", type=_NAME)
def print_solidity(name: type[Contract]) -> None:
    """Print a contract's Solidity interface."""
    sys.stdout.write(contract_solidity(name))


@contracts.command("typescript")
@click.argument("name", type=_NAME)
def print_typescript(name: type[Contract]) -> None:
    """Print a contract's TypeScript types, with its ABI as a constant."""
    sys.stdout.write(contract_typescript(name))


@contracts.command("docs")
@click.argument("name", type=_NAME)
def print_docs(name: type[Contract]) -> None:
    """Print a contract's reference page, in Markdown."""
    sys.stdout.write(contract_reference(name))


@contracts.command("hash")
@click.argument("name", type=_NAME)
@json_flag
def print_hash(name: type[Contract], is_json: bool) -> None:
    """Print the code hash of a release, which a proposal to activate it carries."""
    from node.releases import code_hash

    record = {
        "name": name.name,
        "version": name.version,
        "code_hash": code_hash(name),
        "layout_hash": layout_hash(name),
    }
    print_record(record, is_json=is_json)


@contracts.command("generate")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def generate(folder: Path) -> None:
    """Write ABI, Solidity, TypeScript, layout and reference of every release into FOLDER."""
    for path, text in generated_files():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    console.print(f"{len(SYSTEM_CONTRACTS)} releases written to {folder}")


def generated_files() -> Iterator[tuple[str, str]]:
    """Yield (path, text) of everything that is generated from the declarations."""
    for contract in SYSTEM_CONTRACTS:
        folder = f"{contract.name}-{contract.version}"
        yield f"{folder}/abi.json", _json_text(contract_abi(contract))
        yield f"{folder}/layout.json", _json_text(contract_layout(contract))
        yield f"{folder}/I{contract.__name__}.sol", contract_solidity(contract)
        yield f"{folder}/{contract.name}.ts", contract_typescript(contract)
        yield f"{folder}/README.md", contract_reference(contract)


def _json_text(document: Any) -> str:
    return json.dumps(document, indent=1) + "\n"


@contracts.command("layout")
@click.argument("name", type=_NAME)
@json_flag
def print_layout(name: type[Contract], is_json: bool) -> None:
    """Print a contract's storage layout, for eth_getStorageAt and eth_getProof."""
    found = contract_layout(name)
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
