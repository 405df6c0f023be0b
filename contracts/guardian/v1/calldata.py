"""What a call takes out of a vault, as far as its calldata tells.

Only the exact ABI encoding of a known token call is read as one. A call with such a selector and
other bytes behind it (short, padded with rubbish, longer) may still move tokens in a lenient token,
by an amount that nobody can tell here: it is an unknown call, and no allowlist entry covers it.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from primitives.abi import AbiType, decode, parse_signature, selector
from primitives.errors import DecodeError

SELECTOR_BYTES: Final = 4


class CallKind(IntEnum):
    """What a call is to the limits."""

    PLAIN = 0
    """No data: a transfer of AIT."""
    TRANSFER = 1
    """Moves an amount of the target's tokens."""
    ALLOWANCE = 2
    """Lets somebody else move up to an amount of the target's tokens."""
    OTHER = 3
    """Anything else."""


@dataclass(frozen=True, slots=True)
class CallClaim:
    """A call as read: ``amount`` in the target's units, ``selector`` empty where none is sure."""

    kind: CallKind
    amount: int
    selector: bytes


_TOKEN_CALLS: Final = (
    ("transfer(address,uint256)", 1, CallKind.TRANSFER),
    ("transferFrom(address,address,uint256)", 2, CallKind.TRANSFER),
    ("approve(address,uint256)", 1, CallKind.ALLOWANCE),
    ("increaseAllowance(address,uint256)", 1, CallKind.ALLOWANCE),
    # EIP-2612
    (
        "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
        2,
        CallKind.ALLOWANCE,
    ),
)
"""Signature, index of the amount, kind."""

_READERS: Final[dict[bytes, tuple[tuple[AbiType, ...], int, CallKind]]] = {
    selector(signature): (parse_signature(signature)[1], index, kind)
    for signature, index, kind in _TOKEN_CALLS
}


def read_call(data: bytes) -> CallClaim:
    """Read calldata; never raises, whatever the bytes."""
    if not data:
        return CallClaim(CallKind.PLAIN, 0, b"")
    name = data[:SELECTOR_BYTES]
    reader = _READERS.get(name)
    if reader is None:
        return CallClaim(CallKind.OTHER, 0, name if len(name) == SELECTOR_BYTES else b"")
    types, index, kind = reader
    try:
        values = decode(types, data[SELECTOR_BYTES:])
    except DecodeError:
        return CallClaim(CallKind.OTHER, 0, b"")
    return CallClaim(kind, values[index], name)
