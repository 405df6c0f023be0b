"""Values typed on the command line: addresses, hashes, amounts, bytes, function signatures."""

import functools
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from aitbc.output import parse_amount
from contracts.system import SYSTEM_CONTRACTS
from miner.native_calls import place_of
from primitives.abi import AbiType, parse_signature, parse_type
from primitives.errors import DecodeError
from primitives.types import Address
from rpc.formats import checksummed

TEXT_BYTES_MAX: Final = 1 << 20
F = TypeVar("F", bound=Callable[..., Any])
_DURATION: Final = re.compile(r"([0-9]{1,12}) *(s|min|h|d)?")
_DURATION_UNITS: Final = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_HEX: Final = re.compile(r"0x[0-9a-fA-F]*")


def parse_address(value: Any) -> Address:
    """Return an address from hex, checked against EIP-55 when letters are mixed, or from the name
    of a native contract.

    Raises:
        click.BadParameter: neither.
    """
    if isinstance(value, bytes):
        return Address(value)
    for contract in SYSTEM_CONTRACTS:
        if str(value).lower() in (contract.name, contract.__name__.lower()):
            return place_of(contract)
    if _HEX.fullmatch(value) is None or len(value) != 42:
        raise click.BadParameter(f"{value!r} is not an address (0x and 40 hex digits)")
    digits = value[2:]
    address = Address(bytes.fromhex(digits))
    is_mixed = digits not in (digits.lower(), digits.upper())
    if is_mixed and value != checksummed(address):
        raise click.BadParameter(f"{value!r} has a wrong checksum: a digit is mistyped (EIP-55)")
    return address


def parse_hex(value: Any, size: int | None = None) -> bytes:
    """Return bytes from 0x-prefixed hex, of a size when one is given.

    Raises:
        click.BadParameter: the text is something else.
    """
    if isinstance(value, bytes):
        return value
    is_hex = _HEX.fullmatch(value) is not None and len(value) % 2 == 0
    if not is_hex or (size is not None and len(value) != 2 + 2 * size):
        wanted = "" if size is None else f" of {size} bytes"
        raise click.BadParameter(f"{value!r} is not 0x-prefixed hex{wanted}")
    return bytes.fromhex(value[2:])


def _parameter(name: str, convert: Callable[[Any], object]) -> Any:
    """Return a click type; usage errors show ``name``."""
    kind = click.types.FuncParamType(convert)
    kind.name = name
    return kind


ADDRESS: Final = _parameter("address", parse_address)
HASH: Final = _parameter("hash", lambda value: parse_hex(value, 32))
AMOUNT: Final = _parameter(
    "amount", lambda value: value if isinstance(value, int) else parse_amount(value)
)


def text_argument(function: F) -> F:
    """Give a command a text from its last argument, ``--file``, or stdin (``-`` or a pipe)."""

    @click.argument("words", metavar="[TEXT]", required=False)
    @click.option(
        "--file",
        "path",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Read the text from this file; '-' in place of TEXT reads stdin.",
    )
    @functools.wraps(function)
    def wrapper(words: str | None, path: Path | None, **rest: Any) -> Any:
        return function(text=_read_text(words, path), **rest)

    return wrapper  # type: ignore[return-value]


def _read_text(words: str | None, path: Path | None) -> str:
    if words is not None and path is not None:
        raise click.UsageError("give TEXT or --file, not both")
    if words is not None and words != "-":
        return words
    if path is None and words is None and sys.stdin.isatty():
        raise click.UsageError("give the TEXT, --file, or '-' and type it")
    if path is None:
        data = sys.stdin.buffer.read(TEXT_BYTES_MAX + 1)
    else:
        with path.open("rb") as source:
            data = source.read(TEXT_BYTES_MAX + 1)
    if len(data) > TEXT_BYTES_MAX:
        raise click.UsageError(f"the text has more than {TEXT_BYTES_MAX} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise click.UsageError("the text is not UTF-8") from error
    if path is None and words is None and not text:
        raise click.UsageError("give the TEXT, --file, or pipe it in")
    return text.removesuffix("\n")


def _parse_duration(value: Any) -> int:
    """Return seconds for ``90s``, ``10min``, ``2h`` or ``7d``; a bare number is seconds."""
    if isinstance(value, int):
        return value
    match = _DURATION.fullmatch(value.strip().lower())
    if match is None:
        raise click.BadParameter(f"{value!r} is no duration (examples: 90s, 10min, 2h, 7d)")
    return int(match[1]) * _DURATION_UNITS[match[2] or "s"]


DURATION: Final = _parameter("duration", _parse_duration)


def parse_function(text: str) -> tuple[str, tuple[AbiType, ...]]:
    """Split ``name(type,...)(type,...)`` into the signature and the types of its results.

    Raises:
        click.BadParameter: not such a text.
    """
    head, separator, tail = text.partition(")(")
    signature = head + ")" if separator else text
    try:
        parse_signature(signature)
        outputs: tuple[AbiType, ...] = ()
        if separator and tail != ")":
            outputs = parse_type("(" + tail).components
    except DecodeError as error:
        raise click.BadParameter(
            f"{text!r} is no function (example: 'balanceOf(address)(uint256)'): {error}"
        ) from error
    return signature, outputs


def parse_value(kind: AbiType, text: str) -> Any:
    """Return a value of an ABI type from text; arrays and tuples as ``[a,b]``.

    Raises:
        click.BadParameter: the text is no value of the type.
    """
    if kind.item is not None or kind.is_tuple:
        return _parse_list(kind, text)
    if kind.name == "address":
        return parse_address(text)
    if kind.name == "bool":
        if text.lower() not in ("true", "false"):
            raise click.BadParameter(f"{text!r} is neither true nor false")
        return text.lower() == "true"
    if kind.name == "string":
        return text
    if kind.name.startswith("bytes") or kind.name == "function":
        size = 24 if kind.name == "function" else int(kind.name[5:] or 0)
        return parse_hex(text, size or None)
    try:
        return int(text, 0)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no {kind.name}") from error


def _parse_list(kind: AbiType, text: str) -> tuple[Any, ...]:
    """Read ``[a,b]`` or ``(a,b)``; commas inside nested brackets do not separate."""
    if len(text) < 2 or text[0] not in "([" or text[-1] not in ")]":
        raise click.BadParameter(f"{text!r} is no {kind.name} (write it as [a,b])")
    parts, depth, start = [], 0, 1
    for i, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if (letter == "," and depth == 1) or depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    if parts == [""]:
        parts = []
    kinds = kind.components if kind.is_tuple else [kind.item] * len(parts)
    if len(kinds) != len(parts):
        raise click.BadParameter(f"{kind.name} has {len(kinds)} parts, {len(parts)} are given")
    return tuple(
        parse_value(item, part) for item, part in zip(kinds, parts, strict=True) if item is not None
    )
