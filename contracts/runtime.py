"""The single entry to native contracts, and the registry of who lives where.

The host calls ``execute`` for every call to a native address, ``Registry.begin_block`` before the
first transaction and ``Registry.end_block`` after the last one, ``Registry.genesis`` once. The
checkpoint around each of these is the host's (rule C1 of ``contracts.context``).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from contracts.context import Context
from contracts.framework.contract import Contract
from contracts.places import native_address
from primitives.errors import InvariantError

CODE_PREFIX: Final = b"\xfeAITBC"
CODE_INDEX_BYTES: Final = 2
NATIVE_NONCE: Final = 1

ContextFactory = Callable[[bytes], Context]
"""Makes the block-hook context of the contract at an address (rule C4)."""


def native_code(index: int) -> bytes:
    """Return the account code of a native contract: INVALID, "AITBC", index in two bytes.

    Non-empty, so that EXTCODESIZE answers and EIP-161 never deletes the account; its first byte
    halts whoever runs it by DELEGATECALL.
    """
    return CODE_PREFIX + index.to_bytes(CODE_INDEX_BYTES, "big")


class Registry:
    """The native contracts by address, hooks in address order."""

    __slots__ = ("_beginners", "_by_address", "_enders")

    def __init__(self, contracts: Iterable[type[Contract]]) -> None:
        ordered = sorted(contracts, key=lambda contract: contract.index)
        self._by_address: dict[bytes, type[Contract]] = {
            native_address(contract.index): contract for contract in ordered
        }
        if len(self._by_address) != len(ordered):
            raise InvariantError("two native contracts share an address")
        items = tuple(self._by_address.items())
        self._beginners = tuple(
            (address, contract)
            for address, contract in items
            if contract.begin_block is not Contract.begin_block
        )
        self._enders = tuple(
            (address, contract)
            for address, contract in items
            if contract.end_block is not Contract.end_block
        )

    def is_native(self, address: bytes) -> bool:
        """Answer whether a native contract lives at ``address``."""
        return address in self._by_address

    def addresses(self) -> tuple[bytes, ...]:
        """Return all native addresses, ascending."""
        return tuple(self._by_address)

    def contract(self, address: bytes) -> type[Contract]:
        """Return the contract class at ``address``; KeyError when there is none."""
        return self._by_address[address]

    def code(self, address: bytes) -> bytes:
        """Return the account code that genesis gives to ``address``."""
        return native_code(self._by_address[address].index)

    def begin_block(self, context_for: ContextFactory) -> None:
        """Run the begin-of-block hooks, in address order."""
        for address, contract in self._beginners:
            contract(context_for(address)).begin_block()

    def end_block(self, context_for: ContextFactory) -> None:
        """Run the end-of-block hooks, in address order."""
        for address, contract in self._enders:
            contract(context_for(address)).end_block()

    def genesis(
        self, context_for: ContextFactory, settings: Mapping[type[Contract], object]
    ) -> None:
        """Initialise the contracts that ``settings`` names, in address order.

        Raises:
            InvariantError: a setting for a contract that is not registered.
        """
        for contract in settings:
            if contract not in self._by_address.values():
                raise InvariantError(f"{contract.__name__} is not registered")
        for address, contract in self._by_address.items():
            if contract in settings:
                contract(context_for(address)).genesis(settings[contract])


def execute(contracts: Registry, ctx: Context, address: bytes, calldata: bytes) -> bytes:
    """Run one call of the native contract at ``address`` and return its output.

    Raises:
        Revert: the call reverts with ``data``; the host undoes the frame.
        OutOfGas: the frame is undone and its gas taken.
        WriteProtection: a write in a static frame; as OutOfGas.
    """
    return contracts.contract(address).dispatch(ctx, calldata)
