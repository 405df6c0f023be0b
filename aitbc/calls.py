"""Calls and events in words: from the command line to calldata, and back for people."""

from collections.abc import Sequence
from typing import Any

import click

from aitbc.arguments import parse_function, parse_hex, parse_value
from contracts.framework.contract import Contract
from contracts.framework.messages import message_codec
from miner.native_calls import decode_event, method_at, place_of, releases_at, show_value
from primitives.abi import AbiType, decode_exactly, encode_call, parse_signature
from primitives.errors import DecodeError


def native_at(address: bytes | None) -> type[Contract] | None:
    """Return the newest release of the native contract at an address, None for another account."""
    releases = releases_at(address)
    return releases[-1] if releases else None


def calldata_of(
    contract: type[Contract] | None, function: str, arguments: Sequence[str]
) -> tuple[bytes, Sequence[AbiType] | None]:
    """Return calldata and the result types, None where the function does not say them."""
    if contract is not None and "(" not in function:
        method = method_at(place_of(contract), function, len(arguments))
        inputs = [kind for _, kind in method.inputs]
        names = [name for name, _ in method.inputs]
        values = _values(function, inputs, arguments, names)
        return method.selector + method.arguments.write(values), method.outputs
    signature, outputs = parse_function(function)
    inputs = list(parse_signature(signature)[1])
    values = _values(signature, inputs, arguments, ())
    has_outputs = ")(" in function
    return encode_call(signature, *values), outputs if has_outputs else None


def call_text(to: str | None, data_hex: str) -> str | None:
    """Return a native call in words, else what kind of data it is."""
    data = parse_hex(data_hex)
    for contract in () if to is None else releases_at(parse_hex(to)):
        method = contract.methods.get(data[:4])
        if method is None:
            continue
        try:
            values = decode_exactly(method.arguments, data[4:])
        except DecodeError:
            return f"{contract.__name__}.{method.name}(malformed arguments)"
        parts = zip((name for name, _ in method.inputs), values, strict=True)
        shown = ", ".join(f"{name}={_short(value)}" for name, value in parts)
        return f"{contract.__name__}.{method.name}({shown})"
    if to is None:
        return f"contract creation, {len(data)} bytes"
    return f"{len(data)} bytes" if data else None


def event_text(log: dict[str, Any]) -> str:
    """Return a log in words, as far as a native contract declares it."""
    topics = [parse_hex(topic) for topic in log["topics"]]
    data = parse_hex(log["data"])
    releases = releases_at(parse_hex(log["address"]))
    for event in (event for contract in releases for event in contract.events):
        if topics and topics[0] == message_codec(event).hash:
            try:
                values = decode_event(event, topics, data) or {}
            except DecodeError:
                break
            shown = ", ".join(f"{name}={_short(value)}" for name, value in values.items())
            return f"{event.__name__}({shown})"
    return f"log of {log['address']}: {len(topics)} topics, {len(data)} bytes"


def _values(
    function: str, kinds: Sequence[AbiType], arguments: Sequence[str], names: Sequence[str]
) -> list[Any]:
    if len(kinds) != len(arguments):
        wanted = ", ".join(
            f"{name} {kind.name}".strip()
            for name, kind in zip(names or [""] * len(kinds), kinds, strict=True)
        )
        raise click.UsageError(
            f"{function} takes {len(kinds)} arguments ({wanted}), {len(arguments)} are given"
        )
    return [parse_value(kind, text) for kind, text in zip(kinds, arguments, strict=True)]


def _short(value: object) -> str:
    text = show_value(value)
    return text if len(text) <= 66 else text[:64] + "..."
