"""Calls of the native contracts by name, and what their refusals mean.

``Refusal`` turns revert data into the contract's own reason code, the sentence that documents it,
its values, and a remedy: what a person can do about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import IntEnum
from typing import Any, Final

from contracts.framework.contract import Contract, Method, Reentered
from contracts.framework.messages import message_codec
from contracts.framework.types import Address as AbiAddress
from contracts.framework.types import camel, u256
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.messages import JobStatus
from contracts.places import native_address
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptStatus
from contracts.system import SYSTEM_CONTRACTS
from primitives.abi import decode_exactly, revert_reason
from primitives.errors import ConfigError, DecodeError
from primitives.types import WEI_PER_AIT, Address
from rpc.remedies import REMEDIES, REMEDIES_OF


@dataclass(frozen=True, slots=True)
class InsufficientBalance:
    """The paying contract holds less than it was to pay (``contracts.errors``)."""

    balance: u256
    needed: u256


@dataclass(frozen=True, slots=True)
class AddressTaken:
    """There is a contract at this address already."""

    address: AbiAddress


HOST_ERRORS: Final = (Reentered, InsufficientBalance, AddressTaken)
"""What every contract may revert with, beside what it declares (contracts/errors.py)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a call was refused; ``code`` is the contract's error name, or ``Reverted``."""

    code: str
    explanation: str
    values: tuple[tuple[str, object], ...] = ()
    remedy: str = ""

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={show_value(value)}" for name, value in self.values)
        return f"{self.code}({shown}): {self.explanation}"


def place_of(contract: type[Contract]) -> Address:
    """Return where a native contract lives."""
    return Address(native_address(contract.index))


def releases_at(address: bytes | None) -> tuple[type[Contract], ...]:
    """Return the releases of the native contract at an address, the newest last."""
    found = [contract for contract in SYSTEM_CONTRACTS if place_of(contract) == address]
    return tuple(sorted(found, key=lambda contract: contract.version_packed))


def method_at(address: bytes, name: str, count: int | None = None) -> Method:
    """Return a method of the contract at an address, of the first release that has it.

    Where releases differ in its parameters, the first that takes ``count`` of them.

    Raises:
        ConfigError: no release of this node has it.
    """
    releases = releases_at(address)
    found = [
        method
        for release in releases
        for method in release.methods.values()
        if method.name in (name, camel(name))
    ]
    fitting = [method for method in found if len(method.inputs) == count]
    if found:
        return (fitting or found)[0]
    return method_named(releases[-1], name)


def method_named(contract: type[Contract], name: str) -> Method:
    """Return a contract's method, by its Solidity name or its Python name.

    Raises:
        ConfigError: there is none.
    """
    wanted = camel(name)
    for method in contract.methods.values():
        if method.name in (name, wanted):
            return method
    known = ", ".join(sorted(method.name for method in contract.methods.values()))
    raise ConfigError(f"{contract.__name__} has no method {name!r}", f"It has: {known}")


def encode_native(contract: type[Contract], name: str, *values: object) -> bytes:
    """Return calldata.

    Raises:
        EncodeError: a value does not fit its parameter.
    """
    method = method_named(contract, name)
    return method.selector + method.arguments.write(values)


def decode_native(contract: type[Contract], name: str, output: bytes) -> Any:
    """Return a call's result: one value, or a tuple of several; structs are their dataclasses.

    Raises:
        DecodeError: the output is not the method's, as when nothing lives at the address.
    """
    method = method_named(contract, name)
    values = decode_exactly(method.results, output)
    return values[0] if len(method.outputs) == 1 else values


def decode_event(event: type, topics: Sequence[bytes], data: bytes) -> dict[str, Any] | None:
    """Return an event's fields, None for the log of another event.

    Of an indexed string only the hash is known.

    Raises:
        DecodeError: the log has the event's topic and other contents.
    """
    codec = message_codec(event)
    if not topics or topics[0] != codec.hash:
        return None
    indexed = [(name, kind) for name, kind, is_indexed in codec.fields if is_indexed]
    if len(topics) != 1 + len(indexed):
        raise DecodeError("log", f"{codec.name} has {len(indexed)} indexed fields")
    values: dict[str, Any] = {
        name: topic if kind.is_dynamic or kind.is_tuple else decode_exactly(kind, topic)
        for (name, kind), topic in zip(indexed, topics[1:], strict=True)
    }
    values |= dict(zip(codec.data_names, decode_exactly(codec.body, data), strict=True))
    return values


def explain_revert(data: bytes, preferred: type[Contract] | None = None) -> Refusal:
    """Return the reason in revert data, looking in ``preferred`` first."""
    index = None if preferred is None else preferred.index
    ordered = sorted(SYSTEM_CONTRACTS, key=lambda contract: contract.index != index)
    for contract in ordered:
        for error in (*contract.errors, *HOST_ERRORS):
            refusal = _decode_error(contract, error, data)
            if refusal is not None:
                return refusal
    text = revert_reason(data)
    if text is not None:
        return Refusal(code="Reverted", explanation=text)
    if not data:
        return Refusal(
            code="Reverted",
            explanation="no reason given (unknown method, malformed data, or out of gas)",
            remedy="check the method's name and arguments, that the node runs this release, and "
            "that the contract's active version has the method: aitbc gov versions",
        )
    return Refusal(code="Reverted", explanation=f"unknown error 0x{data[:68].hex()}")


def show_value(value: object) -> str:
    """Return a value for people: bytes as hex, large amounts in AIT, structs by field."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and AMOUNT_MIN <= value < AMOUNT_BEYOND:
        whole, fraction = divmod(value, WEI_PER_AIT)
        return f"{whole:,}.{fraction:018d}".rstrip("0").rstrip(".") + " AIT"
    if is_dataclass(value) and not isinstance(value, type):
        shown = (f"{camel(f.name)}={show_value(getattr(value, f.name))}" for f in fields(value))
        return "{" + ", ".join(shown) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(show_value(item) for item in value) + "]"
    return str(value)


AMOUNT_MIN: Final = 10**14
AMOUNT_BEYOND: Final = 10**30
"""Integers between the two are amounts in wei: people read them in AIT."""

INNER_REASON: Final = "reason"
"""An error's field that carries another contract's revert data, which says more than its own."""

_STATUSES: Final[dict[str, tuple[type[IntEnum], ...]]] = {
    Marketplace.name: (JobStatus, LeaseStatus),
    Receipts.name: (ReceiptStatus,),
}
"""What ``WrongStatus`` counts, by contract: the marketplace says it of jobs and of leases."""


def _decode_error(contract: type[Contract], error: type, data: bytes) -> Refusal | None:
    codec = message_codec(error)
    if data[:4] != codec.hash[:4]:
        return None
    try:
        values = decode_exactly(codec.body, data[4:])
    except DecodeError:
        return None
    names = [camel(name) for name in codec.data_names]
    if codec.name in ("WrongStatus", "JobNotLeased") and contract.name in _STATUSES:
        kinds = (JobStatus,) if codec.name == "JobNotLeased" else _STATUSES[contract.name]
        values = [" or ".join(_status_name(status, values[0]) for status in kinds)]
    text = " ".join((error.__doc__ or codec.name).split())
    for name, value in zip(codec.data_names, values, strict=True):
        text = text.replace(f"``{name}``", show_value(value))
    text = text.replace("``", "")
    remedy = REMEDIES_OF.get(contract.name, {}).get(codec.name) or REMEDIES.get(codec.name, "")
    shown = dict(zip(names, values, strict=True))
    if isinstance(shown.get(INNER_REASON), bytes):
        inner = explain_revert(shown.pop(INNER_REASON))
        text, remedy = str(inner), inner.remedy or remedy
    return Refusal(code=codec.name, explanation=text, values=tuple(shown.items()), remedy=remedy)


def _status_name(status: type[IntEnum], number: int) -> str:
    """Return the word for a status number, the number itself when it has none."""
    try:
        return status(number).name.lower()
    except ValueError:
        return str(number)
