"""TypeScript types of a native contract: the ABI ``as const``, its structs, calls and events.

Integers up to 48 bits are ``number`` and larger ones ``bigint``, as the wallet library viem types
them; addresses and bytes are hex strings.
"""

import json
from collections.abc import Iterable
from typing import Final

from contracts.artifacts import contract_abi, contract_structs, declared_errors
from contracts.framework.contract import Contract, Method
from contracts.framework.messages import message_codec
from contracts.framework.types import camel
from contracts.places import native_address
from primitives.abi import AbiType

NUMBER_BITS_MAX: Final = 48
_PLAIN: Final = {"bool": "boolean", "string": "string", "address": "Address"}


def contract_typescript(contract: type[Contract]) -> str:
    """Return a module that a TypeScript client can import."""
    name = contract.__name__
    lower = camel(name[:1].lower() + name[1:])
    abi = json.dumps(contract_abi(contract), indent=2)
    lines = [
        f"// {contract.name} {contract.version}: generated from the contract's declaration.",
        "",
        "export type Hex = `0x${string}`;",
        "export type Address = `0x${string}`;",
        "",
        f'export const {lower}Address: Address = "0x{native_address(contract.index).hex()}";',
        "",
    ]
    for kind in contract_structs(contract):
        lines += _interface(kind.struct_name, zip(kind.field_names, kind.components, strict=True))
    methods = sorted(contract.methods.values(), key=lambda method: method.name)
    lines += [f"export interface {name}Calls {{"]
    for method in methods:
        lines += _method(method)
    lines += ["}", ""]
    for what, messages in (("Events", contract.events), ("Errors", declared_errors(contract))):
        lines.append(f"export interface {name}{what} {{")
        for message in messages:
            codec = message_codec(message)
            fields = "; ".join(f"{camel(f)}: {_type(kind)}" for f, kind, _ in codec.fields)
            lines.append(f"  {codec.name}: {{ {fields} }};" if fields else f"  {codec.name}: {{}};")
        lines += ["}", ""]
    lines += [f"export const {lower}Abi = {abi} as const;", ""]
    return "\n".join(lines)


def _interface(name: str, fields: Iterable[tuple[str, AbiType]]) -> list[str]:
    rows = [f"  {field}: {_type(kind)};" for field, kind in fields]
    return [f"export interface {name} {{", *rows, "}", ""]


def _method(method: Method) -> list[str]:
    arguments = ", ".join(f"{name}: {_type(kind)}" for name, kind in method.inputs)
    if not method.outputs:
        result = "void"
    elif len(method.outputs) == 1:
        result = _type(method.outputs[0])
    else:
        result = "readonly [" + ", ".join(_type(kind) for kind in method.outputs) + "]"
    return [
        f"  /** {method.mutability} */",
        f"  {method.name}: {{ args: readonly [{arguments}]; returns: {result} }};",
    ]


def _type(kind: AbiType) -> str:
    if kind.item is not None:
        return f"readonly {_wrapped(_type(kind.item))}[]"
    if kind.is_tuple:
        if kind.struct_name:
            return kind.struct_name
        return "readonly [" + ", ".join(_type(part) for part in kind.components) + "]"
    if kind.name in _PLAIN:
        return _PLAIN[kind.name]
    if kind.name.startswith("uint"):
        return "number" if int(kind.name[4:]) <= NUMBER_BITS_MAX else "bigint"
    return "Hex"


def _wrapped(text: str) -> str:
    return f"({text})" if text.startswith("readonly") else text
