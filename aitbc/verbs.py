"""Verbs from declarations: one command per call or view of a native contract.

A contract declares names, types and what a method does; that is all a verb needs. Parameters become
arguments in the order of the declaration: addresses, hashes, amounts, durations, numbers, bytes as
hex or ``@FILE``, structs as a file of JSON. Payable calls take ``--value``. What came of a
call is told by its events; what a view answers is shown by its declaration. Commands that need more
than this are written by hand beside them.
"""

import dataclasses
import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import click

from aitbc.arguments import ADDRESS, AMOUNT, DURATION, HASH, parse_hex, parse_value
from aitbc.native import Fields, Reader, Sender, check_active, reading, sending
from aitbc.output import Coded, Percent, Span, Wei, When
from aitbc.signing import send_call
from aitbc.verb_help import VerbCommand
from contracts.disputes.v1 import messages as disputes
from contracts.disputes.v1.audit_messages import AuditStatus, Verdict
from contracts.disputes.v1.quorum_messages import QuorumStatus
from contracts.framework.contract import Contract, Method
from contracts.framework.messages import message_codec
from contracts.framework.types import camel
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.messages import JobStatus
from contracts.marketplace.v1.records import CloseReason, Exclusion, OfferStatus, OrderStatus
from contracts.receipts.v1.messages import ReceiptStatus
from contracts.receipts.v1.records import DemandStatus
from miner.chain import Chain, Outcome
from miner.client.orders import KIND_NAMES, class_names
from miner.native_calls import decode_event, method_at, place_of, releases_at
from primitives.abi import AbiType
from primitives.compute import UNIT_MACS, UNIT_SECONDS, UNIT_TOKENS
from primitives.errors import ConfigError
from primitives.json_text import parse_json
from rpc.formats import checksummed

FILE_BYTES_MAX: Final = 1 << 20
PAGED: Final = ("cursor", "limit")
PAGE_DEFAULT: Final = 20
PAGE_MAX: Final = 100

_AMOUNTS: Final = (
    "price", "bond", "escrow", "amount", "fee", "paid", "burnt", "refund", "locked", "lock",
    "prepaid", "reward", "slashed", "compensation", "credit", "total", "weight", "median",
    "stake", "returned", "forfeited", "weakest",
)  # fmt: skip
_WORDS: Final[dict[tuple[str, str], type[IntEnum]]] = {
    ("LeaseInfo", "status"): LeaseStatus,
    ("LeaseClosed", "status"): LeaseStatus,
    ("LeaseOutcome", "status"): LeaseStatus,
    ("LeaseOutcome", "reason"): CloseReason,
    ("LeaseClosed", "reason"): CloseReason,
    ("OrderInfo", "status"): OrderStatus,
    ("OrderClosed", "status"): OrderStatus,
    ("OfferInfo", "status"): OfferStatus,
    ("JobInfo", "status"): JobStatus,
    ("ReceiptInfo", "status"): ReceiptStatus,
    ("DemandInfo", "status"): DemandStatus,
    ("ChallengeInfo", "status"): disputes.ChallengeStatus,
    ("ChallengeInfo", "fault"): disputes.Fault,
    ("ChallengeRevealed", "fault"): disputes.Fault,
    ("CaseDecided", "fault"): disputes.Fault,
    ("GameInfo", "phase"): disputes.Phase,
    ("GameMove", "phase"): disputes.Phase,
    ("ArbitrationInfo", "status"): disputes.ArbitrationStatus,
    ("SeatInfo", "status"): disputes.SeatStatus,
    ("AuditInfo", "status"): AuditStatus,
    ("AuditInfo", "outcome"): Verdict,
    ("AuditClosed", "outcome"): Verdict,
    ("AuditVoteRevealed", "verdict"): Verdict,
    ("QuorumInfo", "status"): QuorumStatus,
    ("QuorumMemberInfo", "status"): disputes.SeatStatus,
    ("", "exclusion"): Exclusion,
}
"""Numbers that have names."""
_JOB_KINDS: Final = {number: word for word, number in KIND_NAMES.items()}
_UNITS: Final = {UNIT_TOKENS: "tokens", UNIT_MACS: "MACs", UNIT_SECONDS: "seconds"}


def _kind_words(mask: int) -> str:
    """Return a mask of job kinds in words."""
    return "+".join(word for kind, word in _JOB_KINDS.items() if mask >> kind & 1) or "-"


_CODES: Final[dict[tuple[str, str], Callable[[int], str]]] = {
    (struct, name): words
    for struct in ("OrderTerms", "OfferTerms", "OrderInfo", "OfferInfo", "LeaseInfo")
    for name, words in (
        ("kind", lambda kind: _JOB_KINDS.get(kind, str(kind))),
        ("kinds", _kind_words),
        ("unit_kind", lambda unit: _UNITS.get(unit, str(unit))),
        ("classes", class_names),
    )
}
"""Numbers that programs keep as numbers."""


def add_verbs(
    group: click.Group, contract: type[Contract], verbs: Mapping[str, str | tuple[str, ...]]
) -> None:
    """Give a group a command for each (verb: method, or method and names of its results)."""
    for name, entry in verbs.items():
        method, results = (entry, ()) if isinstance(entry, str) else (entry[0], entry[1:])
        group.add_command(verb(contract, method, name, results))


def verb(
    contract: type[Contract], method_name: str, name: str, results: Sequence[str] = ()
) -> click.Command:
    """Return the command of one method; ``results`` name a view's several answers."""
    method = method_at(place_of(contract), method_name)
    make = _view_command if method.spec.is_view else _call_command
    function = make(contract, method, tuple(results))
    for field, kind in reversed(method.inputs):
        if field not in PAGED:
            function = click.argument(_python(field), type=argument_type(field, kind))(function)
    command: click.Command = click.command(name, cls=VerbCommand, help=_help(contract, method))(
        function
    )
    return command


def argument_type(name: str, kind: AbiType) -> "click.ParamType[Any]":
    """Return how an argument is typed on the command line."""
    simple = {"address": ADDRESS, "bytes32": HASH, "string": click.STRING, "bytes": BYTES}
    if kind.name in simple:
        found: click.ParamType[Any] = simple[kind.name]
        return found
    if kind.is_tuple:
        return _StructFile(kind)
    if kind.name.startswith("uint") and kind.item is None:
        if _is_amount(_python(name)):
            return AMOUNT  # type: ignore[no-any-return]
        if _python(name).endswith("_seconds"):
            return DURATION  # type: ignore[no-any-return]
        return click.IntRange(0, (1 << int(kind.name[4:])) - 1)
    return _Text(kind)


def show_struct(value: Any, now: int) -> Fields:
    """Return a struct's fields for people and programs; nested structs by their own names."""
    shown: Fields = {}
    struct = type(value).__name__
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if dataclasses.is_dataclass(item):
            shown |= show_struct(item, now)
        else:
            shown[field.name.replace("_", " ")] = show_field(struct, field.name, item, now)
    return shown


def show_field(struct: str, name: str, value: Any, now: int) -> Any:
    """Return one value as its name says: status, amount, time, share, account."""
    words = _WORDS.get((struct, name))
    if words is not None:
        return word_of(words, value)
    if isinstance(value, bool):
        return value
    if isinstance(value, bytes):
        return _shown_bytes(value)
    if isinstance(value, tuple | list):
        return [show_field(struct, name, item, now) for item in value]
    if dataclasses.is_dataclass(value):
        return show_struct(value, now)
    if not isinstance(value, int):
        return value
    if name.endswith("_bps"):
        return Percent(value)
    if name.endswith("_seconds") or name == "deadline":
        return Span(value)
    if name.endswith("_at") or name == "until":
        return When(value, now)
    if (struct, name) in _CODES:
        return Coded(value, _CODES[struct, name](value))
    return Wei(value) if _is_amount(name) else value


def word_of(words: type[IntEnum], number: int) -> str:
    """Return the word of a number, the number where this release has none."""
    try:
        return words(number).name.lower()
    except ValueError:
        return str(number)


def events_of(outcome: Outcome, contract: type[Contract], now: int = 0) -> Fields:
    """Return what a contract's events in an outcome say; of a name that comes twice the first."""
    shown: Fields = {}
    place = place_of(contract)
    for address, topics, data in outcome.logs:
        if address != place:
            continue
        for event in releases_at(place)[-1].events:
            if topics and topics[0] == message_codec(event).hash:
                fields = decode_event(event, topics, data) or {}
                for name, value in fields.items():
                    word = name.replace("_", " ")
                    shown.setdefault(word, show_field(event.__name__, name, value, now))
    return shown


def read_struct(kind: AbiType, found: Any, where: str) -> Any:
    """Return a struct from JSON: names as in the ABI or in Python, bytes and addresses in hex.

    Raises:
        click.BadParameter: a field is missing, unknown or malformed; ``where`` says which.
    """
    if kind.item is not None:
        if not isinstance(found, list):
            raise click.BadParameter(f"{where} is no list")
        item = kind.item
        return tuple(read_struct(item, one, f"{where}[{i}]") for i, one in enumerate(found))
    if not kind.is_tuple:
        return parse_value(kind, found if isinstance(found, str) else json.dumps(found))
    if not isinstance(found, dict):
        raise click.BadParameter(f"{where} is no object")
    given = {camel(key): value for key, value in found.items()}
    missing = [name for name in kind.field_names if name not in given]
    unknown = [name for name in given if name not in kind.field_names]
    if missing or unknown:
        raise click.BadParameter(
            f"{where}: missing {', '.join(missing) or 'nothing'}, "
            f"unknown {', '.join(unknown) or 'nothing'}"
        )
    values = {
        _python(name): read_struct(part, given[name], f"{where}.{name}")
        for name, part in zip(kind.field_names, kind.components, strict=True)
    }
    return SimpleNamespace(**values)


def write_struct(value: Any) -> dict[str, Any]:
    """Return a struct as JSON that ``read_struct`` reads: numbers and hex as text."""
    return {
        camel(field.name): _json(getattr(value, field.name)) for field in dataclasses.fields(value)
    }


# --- the two kinds of commands ----------------------------------------------------------------


def _call_command(
    contract: type[Contract], method: Method, _results: tuple[str, ...]
) -> Callable[..., Any]:
    def command(sender: Sender, value: int = 0, **arguments: Any) -> None:
        values = [arguments[_python(name)] for name, _ in method.inputs]

        async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
            home = await release_with(chain, contract, method)
            outcome = await send_call(chain, secret, home, method.name, *values, value=value)
            return outcome, events_of(outcome, home, (await chain.head()).timestamp)

        sender.run(act)

    if method.spec.is_payable:
        command = click.option(
            "--value", type=AMOUNT, default="0", help="AIT to send with the call."
        )(command)
    return sending(command)


def _view_command(
    contract: type[Contract], method: Method, results: tuple[str, ...]
) -> Callable[..., Any]:
    names = [name for name, _ in method.inputs]
    is_paged = names[-2:] == list(PAGED)

    def command(node: Reader, cursor: int = 0, limit: int = PAGE_DEFAULT, **arguments: Any) -> None:
        paging = {"cursor": cursor, "limit": limit}
        values = [arguments.get(_python(name), paging.get(name)) for name in names]

        async def ask(chain: Chain) -> tuple[Any, int]:
            home = await release_with(chain, contract, method)
            answer = await chain.view(home, method.name, *values)
            return answer, (await chain.head()).timestamp

        answer, now = node.ask(ask)
        print_answer(node, method, answer, results, now)

    if is_paged:
        command = click.option(
            "--cursor", type=click.IntRange(min=0), default=0, help="Where the page begins."
        )(command)
        command = click.option(
            "--limit",
            type=click.IntRange(1, PAGE_MAX),
            default=PAGE_DEFAULT,
            show_default=True,
            help="Rows of the page.",
        )(command)
    return reading(command)


def print_answer(
    node: Reader, method: Method, answer: Any, results: Sequence[str], now: int
) -> None:
    """Print what a view answered."""
    is_single = len(method.outputs) == 1
    if is_single and dataclasses.is_dataclass(answer):
        node.record(show_struct(answer, now))
        return
    rows = answer if is_single else answer[0]
    is_list = isinstance(rows, tuple | list) and (is_single or len(method.outputs) == 2)
    if is_list and all(dataclasses.is_dataclass(row) for row in rows) and not results:
        shown = [show_struct(row, now) for row in rows]
        node.rows(shown, empty="nothing to show")
        return
    names = list(results) or [f"answer {i}" for i in range(len(method.outputs))]
    if is_single:
        names = list(results) or ["answer"]
        answer = (answer,)
    node.record(
        {
            name.replace("_", " "): show_field("", name, value, now)
            for name, value in zip(names, answer, strict=True)
        }
    )


async def release_with(chain: Chain, contract: type[Contract], method: Method) -> type[Contract]:
    """Return the release whose method it is.

    Raises:
        ConfigError: the chain runs an older release, which lacks it.
    """
    releases = [r for r in releases_at(place_of(contract)) if method.selector in r.methods]
    if releases[0].version != "1.0.0":
        await check_active(chain, releases[0], f"{contract.name} {method.name}")
    return releases[0]


# --- parameters -------------------------------------------------------------------------------


class _Bytes(click.ParamType):  # type: ignore[type-arg]  # no subscript at run time
    """Bytes in hex, or the content of ``@FILE``."""

    name = "bytes"

    def convert(self, value: Any, param: Any, ctx: Any) -> bytes:  # noqa: ARG002
        if isinstance(value, str) and value.startswith("@"):
            return _read_file(Path(value[1:]))
        return parse_hex(value)


class _Text(click.ParamType):  # type: ignore[type-arg]  # no subscript at run time
    """Any other ABI type: ``[a,b]`` for lists, or a list in ``@FILE`` of JSON."""

    def __init__(self, kind: AbiType) -> None:
        self.kind = kind
        self.name = kind.name

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ARG002
        if isinstance(value, str) and value.startswith("@"):
            return read_struct(self.kind, _read_json(Path(value[1:])), value[1:])
        return parse_value(self.kind, value) if isinstance(value, str) else value


class _StructFile(click.ParamType):  # type: ignore[type-arg]  # no subscript at run time
    """A struct in a file of JSON."""

    def __init__(self, kind: AbiType) -> None:
        self.kind = kind
        self.name = f"{kind.struct_name}.json"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ARG002
        if not isinstance(value, str):
            return value
        return read_struct(self.kind, _read_json(Path(value)), self.kind.struct_name)


BYTES: Final = _Bytes()


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as source:
            data = source.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", "Name a file") from error
    if len(data) > FILE_BYTES_MAX:
        raise ConfigError(f"{path} has more than {FILE_BYTES_MAX} bytes", "Name the right file")
    return data


def _read_json(path: Path) -> Any:
    try:
        return parse_json(_read_file(path))
    except ValueError as error:
        raise ConfigError(f"{path} is no JSON: {error}", "Write the struct's fields") from error


def _help(contract: type[Contract], method: Method) -> str:
    text = inspect.cleandoc(method.run.__doc__ or "").replace("``", "")
    text = re.sub(r"^Return ", "Show ", re.sub(r"; returns [^.;]*", "", text))
    structs = [kind for _, kind in method.inputs if kind.is_tuple]
    for kind in structs:
        text += f"\n\n{kind.struct_name}.json has: {', '.join(kind.field_names)}."
    return f"{text}\n\n{contract.__name__}.{method.name} of the {contract.name} contract."


def _python(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def _is_amount(name: str) -> bool:
    return name.endswith((*_AMOUNTS, "price_max")) or name.startswith("price")


def _shown_bytes(value: bytes) -> Any:
    if not any(value) and len(value) in (20, 32):
        return None
    return checksummed(value) if len(value) == 20 else value


def _json(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple | list):
        return [_json(item) for item in value]
    if dataclasses.is_dataclass(value):
        return write_struct(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else value
