"""The reference page of a native contract, in Markdown, from its declaration and docstrings."""

import inspect
from collections.abc import Sequence
from typing import Any

from contracts.artifacts import declared_errors, type_name
from contracts.framework.contract import Contract, Method
from contracts.framework.layout import contract_layout
from contracts.framework.messages import message_codec
from contracts.framework.types import camel
from contracts.places import native_address


def contract_reference(contract: type[Contract]) -> str:
    """Return the page."""
    module = inspect.getmodule(contract)
    about = _text(module.__doc__ if module is not None else None)
    place = native_address(contract.index).hex()
    lines = [
        f"# {contract.name} {contract.version}",
        "",
        f"Address `0x{place}`, interface id `0x{contract.interface_id.hex()}`.",
        "Generated from the declaration by `make docs`: do not edit.",
        "",
        about,
        "",
    ]
    methods = sorted(contract.methods.values(), key=lambda method: method.name)
    lines += _methods("Calls", [m for m in methods if not m.spec.is_view])
    lines += _methods("Views", [m for m in methods if m.spec.is_view])
    lines += _parameters(contract)
    lines += _messages("Events", contract.events)
    lines += _messages("Errors", declared_errors(contract))
    lines += _storage(contract)
    return "\n".join(lines).rstrip() + "\n"


def _methods(title: str, methods: Sequence[Method]) -> list[str]:
    lines = [f"## {title}", ""]
    for method in methods:
        arguments = ", ".join(f"{type_name(kind)} {name}" for name, kind in method.inputs)
        results = ", ".join(type_name(kind) for kind in method.outputs)
        marks = [f"base gas {method.gas:,}"]
        if method.spec.is_payable:
            marks.append("payable")
        if method.spec.is_reserved:
            marks.append("may use the reserved block gas")
        lines += [
            f"### `{method.name}({arguments})`" + (f" → `{results}`" if results else ""),
            "",
            f"`0x{method.selector.hex()}`, {', '.join(marks)}. {_text(method.run.__doc__)}",
            "",
        ]
    return lines


def _parameters(contract: type[Contract]) -> list[str]:
    if not contract.governed:
        return []
    rows = [
        (f"`{key}`", f"{p.default:,}", f"{p.minimum:,}", f"{p.maximum:,}", _step(p.step_max))
        for key, p in contract.governed.items()
    ]
    heads = ("Key", "Default", "Minimum", "Maximum", "Largest step")
    return ["## Governed parameters", "", *_table(heads, rows), ""]


def _step(value: int) -> str:
    return "any" if value.bit_length() == 256 else f"{value:,}"


def _messages(title: str, messages: Sequence[type]) -> list[str]:
    if not messages:
        return []
    rows = []
    for message in messages:
        codec = message_codec(message)
        fields = ", ".join(
            f"{type_name(kind)}{' indexed' if is_indexed else ''} {camel(name)}"
            for name, kind, is_indexed in codec.fields
        )
        rows.append((f"`{codec.name}({fields})`", _text(message.__doc__)))
    return [f"## {title}", "", *_table(("Signature", "Meaning"), rows), ""]


def _storage(contract: type[Contract]) -> list[str]:
    layout = contract_layout(contract)
    rows: list[tuple[str, ...]] = []
    for row in layout["storage"]:
        rows += _rows(row, "", row["slot"])
    heads = ("Slot", "Byte", "Variable", "Type")
    return [
        "## Storage",
        "",
        f"Layout hash `{layout['hash']}`. Members of a struct count from its first slot.",
        "",
        *_table(heads, rows),
        "",
    ]


def _rows(row: dict[str, Any], prefix: str, slot: int) -> list[tuple[str, ...]]:
    label = prefix + row["label"]
    shown = f"+{slot}" if prefix else str(slot)
    rows: list[tuple[str, ...]] = [(shown, str(row["offset"]), f"`{label}`", f"`{row['type']}`")]
    inner: dict[str, Any] | None = row
    suffix = ""
    while inner is not None and "members" not in inner:
        suffix += "[]" if ("value" in inner or "item" in inner) else ""
        inner = inner.get("value") or inner.get("item")
    if inner is not None:
        for member in inner["members"]:
            rows += _rows(member, f"{label}{suffix}.", member["slot"])
    return rows


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return [*lines, *("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _text(docstring: str | None) -> str:
    return inspect.cleandoc(docstring or "").replace("``", "`")
