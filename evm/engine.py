"""The boundary of bytecode execution: ``Engine`` runs a message over a ``Host``.

The host owns accounts, journal, access lists, refunds, logs and native contracts; an engine keeps
nothing between messages and has no database. Rules of the boundary:

E1. Before ``Engine.execute`` the caller has charged intrinsic gas, warmed what starts warm, and
    knows that the sender holds ``value``. The engine takes the checkpoint, moves the value, runs
    the code, and undoes the frame when it fails.
E2. Logs and refunds go to the host at once; the host's journal drops them with the frame.
E3. A call from bytecode to a native contract runs ``Host.run_native`` after the engine has taken
    the checkpoint and moved the value; the host then only runs the body.
E4. An exception that is none of the EVM's own passes through untouched: it is a bug of ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from primitives.block import Log
from primitives.types import Address, Hash32


class Outcome(Enum):
    """How a frame ended: SUCCESS, REVERT (gas left is kept), HALT (all gas is gone)."""

    SUCCESS = "success"
    REVERT = "revert"
    HALT = "halt"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockEnvironment:
    """What the block opcodes answer. ``prev_randao`` is the beacon, BLOBBASEFEE is always 1."""

    chain_id: int
    height: int
    timestamp: int
    coinbase: Address
    base_fee: int
    gas_limit: int
    prev_randao: Hash32


@dataclass(slots=True, kw_only=True)
class Message:
    """One frame to run. ``to`` is the account whose storage and balance it acts on.

    Nobody changes one; not frozen, because that would make its thirteen fields cost a tenth of a
    native call.

    ``is_create``: ``code`` is init code and ``to`` the new contract's address. ``is_delegated``:
    ``code`` came from an EIP-7702 delegation of ``to``.
    """

    caller: Address
    to: Address
    value: int
    data: bytes
    code: bytes
    gas: int
    origin: Address
    gas_price: int
    depth: int = 0
    is_static: bool = False
    is_create: bool = False
    is_delegated: bool = False
    delegate: Address | None = None


@dataclass(slots=True, kw_only=True)
class MessageResult:
    """What a frame gave. ``error`` is a short reason for people, empty on success.

    Nobody changes one; not frozen for the reason that ``Message`` is not.
    """

    outcome: Outcome
    gas_left: int
    output: bytes
    error: str = ""

    @property
    def is_success(self) -> bool:
        """Answer whether the frame's changes stand."""
        return self.outcome is Outcome.SUCCESS


class Host(Protocol):
    """Accounts and native contracts as an engine sees them; undone by checkpoints."""

    def balance(self, address: bytes) -> int:
        """Return the balance in wei."""

    def set_balance(self, address: bytes, wei: int) -> None:
        """Set the balance, creating the account where needed."""

    def nonce(self, address: bytes) -> int:
        """Return the nonce."""

    def set_nonce(self, address: bytes, nonce: int) -> None:
        """Set the nonce."""

    def code(self, address: bytes) -> bytes:
        """Return the code."""

    def code_hash(self, address: bytes) -> Hash32:
        """Return keccak of the code."""

    def set_code(self, address: bytes, code: bytes) -> None:
        """Set the code."""

    def account_exists(self, address: bytes) -> bool:
        """Answer whether the account is in the trie."""

    def is_empty(self, address: bytes) -> bool:
        """Answer whether the account is empty or absent (EIP-161)."""

    def touch(self, address: bytes) -> None:
        """Mark the account for deletion if it ends the transaction empty."""

    def has_storage(self, address: bytes) -> bool:
        """Answer whether the account holds slots (EIP-7610)."""

    def storage(self, address: bytes, slot: int) -> int:
        """Return the current value of a slot."""

    def original_storage(self, address: bytes, slot: int) -> int:
        """Return the value at the start of the transaction."""

    def set_storage(self, address: bytes, slot: int, value: int) -> None:
        """Set a slot."""

    def transient_storage(self, address: bytes, slot: int) -> int:
        """Return a transient slot (EIP-1153)."""

    def set_transient_storage(self, address: bytes, slot: int, value: int) -> None:
        """Set a transient slot."""

    def is_warm_address(self, address: bytes) -> bool:
        """Answer whether the address is warm, precompiles included."""

    def warm_address(self, address: bytes) -> bool:
        """Warm an address; answer whether it was warm."""

    def is_warm_slot(self, address: bytes, slot: int) -> bool:
        """Answer whether the slot is warm."""

    def warm_slot(self, address: bytes, slot: int) -> bool:
        """Warm a slot; answer whether it was warm."""

    def mark_created(self, address: bytes) -> None:
        """Note a contract created by this transaction (EIP-6780)."""

    def is_created(self, address: bytes) -> bool:
        """Answer whether this transaction created the contract."""

    def mark_self_destruct(self, address: bytes) -> None:
        """Note a SELFDESTRUCT."""

    def add_log(self, log: Log) -> None:
        """Append a log."""

    def add_refund(self, gas: int) -> None:
        """Add to the refund counter; may be negative."""

    def checkpoint(self) -> int:
        """Return a mark for ``revert_to``."""

    def revert_to(self, checkpoint: int) -> None:
        """Undo everything since the mark."""

    def block_hash(self, height: int) -> Hash32:
        """Return the hash of one of the last 256 blocks, zero otherwise."""

    def on_fresh_stack(self, depth: int, work: Callable[[], Any]) -> Any:
        """Run a frame's work, in a thread of its own where the interpreter's stack would end.

        Every frame goes through this: how deep calls can be must not depend on the interpreter.
        """

    def is_native(self, address: bytes) -> bool:
        """Answer whether a native contract lives at the address."""

    def run_native(self, message: Message) -> MessageResult:
        """Run the body of a native call (rule E3)."""


class Engine(Protocol):
    """Runs bytecode."""

    def execute(self, host: Host, environment: BlockEnvironment, message: Message) -> MessageResult:
        """Run one message to its end."""
