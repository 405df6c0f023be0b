"""What is generated from the declared contracts: ABI JSON, Solidity interface, storage layout."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from contracts.framework.contract import Contract, Method, Reentered
from contracts.framework.messages import message_codec
from contracts.framework.storage import layout_rows
from contracts.framework.types import camel
from contracts.system import SYSTEM_CONTRACTS
from primitives.abi import AbiType
from primitives.errors import ConfigError
from primitives.keccak import keccak256


def names() -> tuple[str, ...]:
    """Return the names of the system contracts, in address order."""
    return tuple(dict.fromkeys(contract.name for contract in SYSTEM_CONTRACTS))


def contract_named(name: str) -> type[Contract]:
    """Return the first version of the contract of that name, in any case.

    Raises:
        ConfigError: there is none.
    """
    for contract in SYSTEM_CONTRACTS:
        if contract.name == name.lower():
            return contract
    raise ConfigError(f"no native contract is named {name!r}", f"Known: {', '.join(names())}")


def abi_json(name: str) -> list[dict[str, Any]]:
    """Return the JSON ABI of a system contract; raises as ``contract_named``."""
    return contract_abi(contract_named(name))


def solidity(name: str) -> str:
    """Return the Solidity interface of a system contract; raises as ``contract_named``."""
    return contract_solidity(contract_named(name))


def layout(name: str) -> dict[str, Any]:
    """Return a system contract's storage layout and its hash; raises as ``contract_named``."""
    return contract_layout(contract_named(name))


def contract_abi(contract: type[Contract]) -> list[dict[str, Any]]:
    """Return functions, events and errors as the JSON ABI of the Solidity specification."""
    entries: list[dict[str, Any]] = [
        {
            "type": "function",
            "name": method.name,
            "stateMutability": method.mutability,
            "inputs": [_parameter(kind, name) for name, kind in method.inputs],
            "outputs": [_parameter(kind, "") for kind in method.outputs],
        }
        for method in _methods(contract)
    ]
    for event in contract.events:
        codec = message_codec(event)
        inputs = [
            {**_parameter(kind, camel(field)), "indexed": is_indexed}
            for field, kind, is_indexed in codec.fields
        ]
        entries.append({"type": "event", "name": codec.name, "anonymous": False, "inputs": inputs})
    for error in _errors(contract):
        codec = message_codec(error)
        inputs = [_parameter(kind, camel(field)) for field, kind, _ in codec.fields]
        entries.append({"type": "error", "name": codec.name, "inputs": inputs})
    return entries


def contract_solidity(contract: type[Contract]) -> str:
    """Return an ``interface`` that a Solidity caller can compile against."""
    lines = [
        "// SPDX-License-Identifier: Apache-2.0",
        "pragma solidity ^0.8.20;",
        "",
        f"interface I{contract.__name__} {{",
    ]
    for kind in _structs(contract):
        fields = " ".join(
            f"{_type_name(item)} {field};"
            for field, item in zip(kind.field_names, kind.components, strict=True)
        )
        lines.append(f"    struct {kind.struct_name} {{ {fields} }}")
    for event in contract.events:
        codec = message_codec(event)
        fields = ", ".join(
            f"{_type_name(kind)}{' indexed' if is_indexed else ''} {camel(field)}"
            for field, kind, is_indexed in codec.fields
        )
        lines.append(f"    event {codec.name}({fields});")
    for error in _errors(contract):
        codec = message_codec(error)
        fields = ", ".join(f"{_type_name(kind)} {camel(field)}" for field, kind, _ in codec.fields)
        lines.append(f"    error {codec.name}({fields});")
    lines.extend(f"    {_function(method)}" for method in _methods(contract))
    return "\n".join([*lines, "}", ""])


def contract_layout(contract: type[Contract]) -> dict[str, Any]:
    """Return the layout rows and ``hash``, the keccak of their canonical JSON."""
    rows = layout_rows(contract)
    canonical = json.dumps(rows, sort_keys=True, separators=(",", ":")).encode()
    return {
        "contract": contract.__name__,
        "storage": rows,
        "hash": "0x" + keccak256(canonical).hex(),
    }


def _methods(contract: type[Contract]) -> list[Method]:
    return sorted(contract.methods.values(), key=lambda method: method.name)


def _errors(contract: type[Contract]) -> tuple[type, ...]:
    return (*contract.errors, Reentered)


def _parameter(kind: AbiType, name: str) -> dict[str, Any]:
    """Return one entry of ``inputs`` or ``outputs``; tuples spell out their components."""
    suffix = ""
    inner = kind
    while inner.item is not None:
        suffix = ("[]" if inner.length is None else f"[{inner.length}]") + suffix
        inner = inner.item
    if not inner.is_tuple:
        return {"name": name, "type": kind.name, "internalType": kind.name}
    field_names: Sequence[str] = inner.field_names or [""] * len(inner.components)
    return {
        "name": name,
        "type": "tuple" + suffix,
        "internalType": f"struct {inner.struct_name}{suffix}",
        "components": [
            _parameter(item, field)
            for field, item in zip(field_names, inner.components, strict=True)
        ],
    }


def _structs(contract: type[Contract]) -> Iterable[AbiType]:
    """Return the structs of the interface, inner before outer, each once."""
    found: dict[str, AbiType] = {}

    def visit(kind: AbiType) -> None:
        for part in (*kind.components, *(() if kind.item is None else (kind.item,))):
            visit(part)
        if kind.is_tuple and kind.struct_name:
            found.setdefault(kind.struct_name, kind)

    _each_type(contract, visit)
    return found.values()


def _each_type(contract: type[Contract], visit: Callable[[AbiType], None]) -> None:
    for method in _methods(contract):
        for kind in (*(kind for _, kind in method.inputs), *method.outputs):
            visit(kind)
    for message in (*contract.events, *_errors(contract)):
        for _, kind, _ in message_codec(message).fields:
            visit(kind)


def _type_name(kind: AbiType) -> str:
    if kind.item is not None:
        return f"{_type_name(kind.item)}[{'' if kind.length is None else kind.length}]"
    return kind.struct_name if kind.is_tuple else kind.name


def _function(method: Method) -> str:
    arguments = ", ".join(
        f"{_type_name(kind)}{_location(kind, 'calldata')} {name}" for name, kind in method.inputs
    )
    words = ["external"]
    if method.mutability != "nonpayable":
        words.append(method.mutability)
    if method.outputs:
        outputs = ", ".join(_type_name(kind) + _location(kind, "memory") for kind in method.outputs)
        words.append(f"returns ({outputs})")
    return f"function {method.name}({arguments}) {' '.join(words)};"


def _location(kind: AbiType, place: str) -> str:
    is_reference = kind.item is not None or kind.is_tuple or kind.name in ("bytes", "string")
    return f" {place}" if is_reference else ""
