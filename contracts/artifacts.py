"""What is generated from the declared contracts: ABI JSON, Solidity interface, storage layout."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from contracts.framework.contract import Contract, Method, Reentered
from contracts.framework.messages import message_codec
from contracts.framework.types import camel
from contracts.system import SYSTEM_CONTRACTS
from primitives.abi import AbiType
from primitives.errors import ConfigError

_RESERVED_WORDS: Final = (
    "abstract address after alias anonymous apply as assembly auto bool break byte bytes calldata "
    "case catch constant constructor continue contract copyof days default define delete do else "
    "emit enum ether event external fallback false final fixed for function gwei "
    "hours if immutable implements import in indexed inline int interface internal is let library "
    "macro mapping match memory minutes modifier mutable new null of override partial payable "
    "pragma private promise public pure receive reference relocatable return returns revert sealed "
    "seconds sizeof static storage string struct supports super switch this throw true try type "
    "typedef typeof ufixed uint unchecked unicode using var view virtual weeks wei while years"
)
RESERVED: Final = frozenset(_RESERVED_WORDS.split(" "))
"""Keywords and units of the Solidity grammar, reserved ones included."""


def names() -> tuple[str, ...]:
    """Return the names of the system contracts, in address order."""
    return tuple(dict.fromkeys(contract.name for contract in SYSTEM_CONTRACTS))


def contract_named(name: str) -> type[Contract]:
    """Return the contract class of that name, in any case: its first release, or ``NAME@VERSION``.

    Raises:
        ConfigError: there is none.
    """
    wanted, _, version = name.lower().partition("@")
    found = [contract for contract in SYSTEM_CONTRACTS if contract.name == wanted]
    if not found:
        raise ConfigError(f"no native contract is named {name!r}", f"Known: {', '.join(names())}")
    for contract in found:
        if not version or contract.version == version:
            return contract
    versions = ", ".join(contract.version for contract in found)
    raise ConfigError(f"{wanted} has no version {version}", f"This release has: {versions}")


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
    for error in declared_errors(contract):
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
    for kind in contract_structs(contract):
        fields = " ".join(
            f"{type_name(item)} {identifier(field)};"
            for field, item in zip(kind.field_names, kind.components, strict=True)
        )
        lines.append(f"    struct {kind.struct_name} {{ {fields} }}")
    for event in contract.events:
        codec = message_codec(event)
        fields = ", ".join(
            f"{type_name(kind)}{' indexed' if is_indexed else ''} {identifier(camel(field))}"
            for field, kind, is_indexed in codec.fields
        )
        lines.append(f"    event {codec.name}({fields});")
    for error in declared_errors(contract):
        codec = message_codec(error)
        fields = ", ".join(
            f"{type_name(kind)} {identifier(camel(field))}" for field, kind, _ in codec.fields
        )
        lines.append(f"    error {codec.name}({fields});")
    lines.extend(f"    {_function(method)}" for method in _methods(contract))
    return "\n".join([*lines, "}", ""])


def _methods(contract: type[Contract]) -> list[Method]:
    return sorted(contract.methods.values(), key=lambda method: method.name)


def declared_errors(contract: type[Contract]) -> tuple[type, ...]:
    """Return the errors of a contract, with those of the framework."""
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


def contract_structs(contract: type[Contract]) -> Iterable[AbiType]:
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
    for message in (*contract.events, *declared_errors(contract)):
        for _, kind, _ in message_codec(message).fields:
            visit(kind)


def type_name(kind: AbiType) -> str:
    """Return the Solidity spelling of a type, structs by name."""
    if kind.item is not None:
        return f"{type_name(kind.item)}[{'' if kind.length is None else kind.length}]"
    return kind.struct_name if kind.is_tuple else kind.name


def _function(method: Method) -> str:
    arguments = ", ".join(
        f"{type_name(kind)}{_location(kind, 'calldata')} {identifier(name)}"
        for name, kind in method.inputs
    )
    words = ["external"]
    if method.mutability != "nonpayable":
        words.append(method.mutability)
    if method.outputs:
        outputs = ", ".join(type_name(kind) + _location(kind, "memory") for kind in method.outputs)
        words.append(f"returns ({outputs})")
    return f"function {method.name}({arguments}) {' '.join(words)};"


def identifier(name: str) -> str:
    """Return a name that Solidity takes: its own words get an underscore; ABI names stay."""
    return name + "_" if name in RESERVED else name


def _location(kind: AbiType, place: str) -> str:
    is_reference = kind.item is not None or kind.is_tuple or kind.name in ("bytes", "string")
    return f" {place}" if is_reference else ""
