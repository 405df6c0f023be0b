"""Calls of the native contracts by name, and what their refusals mean.

``Refusal`` turns revert data into the contract's own reason code, the sentence that documents it,
its values, and a remedy: what a person can do about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from contracts.framework.contract import Contract, Method, Reentered
from contracts.framework.messages import message_codec
from contracts.framework.types import camel, u256
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.messages import JobStatus
from contracts.places import native_address
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptStatus
from contracts.system import SYSTEM_CONTRACTS
from primitives.abi import decode_exactly, revert_reason
from primitives.errors import ConfigError, DecodeError
from primitives.types import Address

REMEDIES: Final[dict[str, str]] = {
    "AlreadyMiner": "nothing to do: the account is registered",
    "AlreadyRegistered": "use another operator account or validator key",
    "AlreadySlashed": "nothing to do: it was reported already",
    "LimitsContradict": "raise the block gas limit with it, or choose a lower transaction limit",
    "OnlyGovernance": "make a proposal instead: aitbc gov propose",
    "ParameterOutOfRange": "choose a value within the bounds: aitbc gov parameters",
    "UnknownParameter": "list the parameters with: aitbc gov parameters",
    "BadCommission": "commission is 1 to 10 %, and moves by at most 1 point a day",
    "BadDeadline": "choose a deadline between 10 seconds and 30 days",
    "BadDimensions": "m and n are multiples of 64 up to 4096, k is 64 to 65535",
    "BadHeartbeat": "send a vote for a block of this period or the one before",
    "BadProof": "sign with the validator key whose public key you register, for this operator",
    "BondTooSmall": "add bond or wait for open leases to settle; send at least the minimum",
    "DeadlineNotPassed": "wait until the job's deadline has passed in time and in blocks",
    "DeadlinePassed": "take another job; its client can expire this one",
    "InsufficientBalance": "ask for less: the paying contract holds too little",
    "InsufficientDelegation": "ask for at most what is delegated",
    "IsBanned": "wait for the ban to end (banOf tells when), or ask a moderator to lift it",
    "JobNotLeased": "take the job first, or look for the receipt that stands already",
    "LeafNotCommitted": "use the leaf and path of the committed result file",
    "LeasesOpen": "wait until all leases are settled, then request the withdrawal again",
    "NameTooLong": "use a name of at most 31 bytes",
    "NoKey": "ask the recipient to register the key that the wallet derives",
    "NotClient": "sign with the account that posted the job",
    "NotDrawnYet": "wait for the block that draws the tiles",
    "NoNewDelegation": "choose another validator: this one takes no stake any more",
    "NotEligible": "raise the self-bond to the minimum; a tombstoned validator stays out",
    "NotJailed": "nothing to do: the validator is not jailed (a tombstoned one stays out)",
    "NotMiner": "register as a miner with bond, or sign with the miner's account",
    "NotOperator": "sign with the account that registered the validator",
    "NothingToWithdraw": "wait for the unbonding period to end: aitbc staking unbondings",
    "PriceTooSmall": "put at least one wei per multiply-accumulate into escrow",
    "RemainderTooSmall": "leave nothing (--all), or at least the minimum",
    "Reentered": "do not call a contract from within its own call",
    "Replayed": "nothing to do: the receipt was submitted before",
    "SameValidator": "choose another validator as the destination",
    "SlashPending": "try again in a few blocks: a slash is being applied",
    "StaleBeacon": "sign the receipt again with the contract's freshBeacon",
    "StillJailed": "wait until the jail time is over, then unjail again",
    "StillLiable": "wait: redelegated stake stays put until its liability ends",
    "TileIsRight": "the tile is right: there is nothing to challenge",
    "TooManyRedelegations": "wait until earlier redelegations to this validator have ended",
    "TooManyUnbondings": "withdraw what has matured first: aitbc staking withdraw",
    "TooManyValidators": "leave another validator first; its place is free after unbonding",
    "UnknownValidator": "list them with: aitbc staking validators",
    "WindowClosed": "too late: the challenge window is over",
    "WindowOpen": "wait until the challenge window is over, or get the client's acknowledgement",
    "WithdrawalNotDue": "request the withdrawal, then wait a day",
    "WrongFee": "send exactly what feeFor says for the bytes that are written",
    "WrongSignature": "sign with the registered operator key (an Ack: with the client's key)",
    "WrongStatus": "look at its status first: aitbc job show, aitbc receipt show",
    "WrongTile": "the result is not what was committed: compute it again",
    "WrongTimes": "set this machine's clock: it is more than a minute ahead of the chain",
}
"""What to do about a reason code; reasons without an entry explain themselves."""


@dataclass(frozen=True, slots=True)
class InsufficientBalance:
    """The paying contract holds less than it was to pay (``contracts.errors``)."""

    balance: u256
    needed: u256


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
    ordered = sorted(SYSTEM_CONTRACTS, key=lambda contract: contract is not preferred)
    for contract in ordered:
        for error in (*contract.errors, Reentered, InsufficientBalance):
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
            remedy="check the method's name and arguments, and that the node runs this release",
        )
    return Refusal(code="Reverted", explanation=f"unknown error 0x{data[:68].hex()}")


def show_value(value: object) -> str:
    """Return a value for people: bytes as hex."""
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


INNER_REASON: Final = "reason"
"""An error's field that carries another contract's revert data, which says more than its own."""

_STATUSES: Final[dict[type[Contract], type[IntEnum]]] = {
    Marketplace: JobStatus,
    Receipts: ReceiptStatus,
}


def _decode_error(contract: type[Contract], error: type, data: bytes) -> Refusal | None:
    codec = message_codec(error)
    if data[:4] != codec.hash[:4]:
        return None
    try:
        values = decode_exactly(codec.body, data[4:])
    except DecodeError:
        return None
    names = [camel(name) for name in codec.data_names]
    if codec.name in ("WrongStatus", "JobNotLeased") and contract in _STATUSES:
        status = JobStatus if codec.name == "JobNotLeased" else _STATUSES[contract]
        values = [_status_name(status, values[0])]
    text = " ".join((error.__doc__ or codec.name).split()).replace("``", "")
    remedy = REMEDIES.get(codec.name, "")
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
