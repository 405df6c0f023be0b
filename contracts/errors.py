"""How a native contract fails.

::

    ContractError
    +-- Revert               RevertError: the frame is undone, gas left is kept, data is returned
    |   +-- InsufficientBalance
    |   +-- AddressTaken
    +-- OutOfGas             the frame is undone, its gas is gone
    +-- WriteProtection      a write under STATICCALL; for the EVM an exceptional halt like OutOfGas
    MissingRelease           the chain runs a version that this node does not have: it must stop

Any other exception that leaves a contract is our bug: the host does not turn it into a receipt.
"""

from primitives.errors import AitbcError, RevertError
from primitives.keccak import keccak256

ERROR_SELECTOR = keccak256(b"Error(string)")[:4]
ADDRESS_TAKEN_SELECTOR = keccak256(b"AddressTaken(address)")[:4]
PANIC_SELECTOR = keccak256(b"Panic(uint256)")[:4]
INSUFFICIENT_BALANCE_SELECTOR = keccak256(b"InsufficientBalance(uint256,uint256)")[:4]


class Revert(RevertError):  # noqa: N818 - the word of the EVM
    """The call reverts with ``data``: an ABI-encoded custom error, ``Error`` or ``Panic``."""


class InsufficientBalance(Revert):
    """The contract holds less than it was to pay; reverts like any custom error."""

    def __init__(self, balance: int, needed: int) -> None:
        self.balance = balance
        self.needed = needed
        super().__init__(
            INSUFFICIENT_BALANCE_SELECTOR
            + balance.to_bytes(32, "big")
            + needed.to_bytes(32, "big"),
            f"balance of {balance} wei is below {needed} wei",
        )


class AddressTaken(Revert):
    """An account was to be created where one is; reverts like any custom error."""

    def __init__(self, address: bytes) -> None:
        self.address = address
        super().__init__(
            ADDRESS_TAKEN_SELECTOR + address.rjust(32, b"\0"),
            f"there is a contract at 0x{address.hex()}",
        )


class OutOfGas(AitbcError):  # noqa: N818 - the word of the EVM
    """The frame used up its gas."""


class WriteProtection(AitbcError):  # noqa: N818 - the word of the EVM
    """State was to be written, a log emitted or value moved inside a static call."""


class MissingRelease(AitbcError):  # noqa: N818 - a state of the node, not of the call
    """The chain has activated code that this node lacks; it stops before the block, unharmed."""

    def __init__(self, contract: str, version: str) -> None:
        self.contract = contract
        self.version = version
        self.problem = (
            f"the chain activates {contract} {version} in the next block; this release lacks it"
        )
        self.remedy = (
            f"Install a release with {contract} {version}, then start again; nothing is lost"
        )
        super().__init__(self.problem)


def error_string(reason: str) -> Revert:
    """Return the revert that ``require(false, reason)`` makes in Solidity."""
    text = reason.encode()
    padded = text + bytes(-len(text) % 32)
    data = ERROR_SELECTOR + (32).to_bytes(32, "big") + len(text).to_bytes(32, "big") + padded
    return Revert(data, f"execution reverted: {reason}")


def panic(code: int) -> Revert:
    """Return the revert of Solidity's ``Panic(uint256)``."""
    return Revert(PANIC_SELECTOR + code.to_bytes(32, "big"), f"execution reverted: panic {code:#x}")


PANIC_ASSERT = 0x01
PANIC_ARITHMETIC = 0x11
PANIC_DIVISION = 0x12
PANIC_ENUM = 0x21
PANIC_EMPTY_POP = 0x31
PANIC_INDEX = 0x32
