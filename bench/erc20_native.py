"""An ERC-20 as a native contract: the twin of ``bench/erc20.vy``, for comparing the two engines.

It ships with no node. Its address is in a range that nobody uses and it stands in a registry of its
own. Invariants:

E1. For every calldata, value and caller it returns, logs and reverts with the same bytes as the
    compiled Vyper contract, given gas enough for both.
E2. Its storage is Vyper's, word by word: a string is a word of length and words of data, and a
    mapping's element lies at keccak(slot ‖ key), the reverse of Solidity's order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from contracts.errors import error_string
from contracts.framework.contract import Contract, call, view
from contracts.framework.storage import (
    ADDRESS,
    U256,
    Element,
    MappingHandle,
    Slot,
    Words,
    hashed_place,
)
from contracts.framework.types import Address, Indexed, u8, u256
from contracts.places import native_address
from contracts.runtime import Registry
from primitives.errors import InvariantError

INDEX: Final = 0xF0
TOKEN_ADDRESS: Final = native_address(INDEX)
DECIMALS: Final = 18


@dataclass(frozen=True, slots=True)
class Transfer:
    """Tokens moved."""

    sender: Indexed[Address]
    receiver: Indexed[Address]
    value: u256


@dataclass(frozen=True, slots=True)
class Approval:
    """An allowance was set."""

    owner: Indexed[Address]
    spender: Indexed[Address]
    value: u256


@dataclass(frozen=True, slots=True)
class TokenGenesis:
    """What Vyper's constructor gets, and who calls it."""

    name: str
    symbol: str
    supply: int
    owner: bytes


class _Mapping(MappingHandle[Any, Any]):
    """A mapping in Vyper's order of hashing (E2)."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        place = hashed_place(self._slot + self._key(key))
        return self._element.load(self._ctx, place, 0)

    def __setitem__(self, key: Any, value: Any) -> None:
        place = hashed_place(self._slot + self._key(key))
        self._element.store(self._ctx, place, 0, value)


def _refuse(_ctx: Words, _slot: int, _shift: int, _value: Any) -> None:
    raise InvariantError("a mapping is not assigned whole")


def _mapping(key: Element[Any], element: Element[Any]) -> Element[_Mapping]:
    to_key: Callable[[Any], bytes] | None = key.key
    assert to_key is not None
    label = f"HashMap[{key.label}, {element.label}]"
    return Element(label, lambda ctx, slot, _: _Mapping(ctx, slot, to_key, element), _refuse)


def _short_string() -> Element[str]:
    """Return Vyper's String of at most 32 bytes."""

    def load(ctx: Words, slot: int, _: int) -> str:
        return ctx.sload(slot + 1).to_bytes(32, "big")[: ctx.sload(slot)].decode()

    def store(ctx: Words, slot: int, _: int, value: str) -> None:
        raw = value.encode()
        ctx.sstore(slot, len(raw))
        ctx.sstore(slot + 1, int.from_bytes(raw.ljust(32, b"\0"), "big"))

    return Element("String[32]", load, store, slots=2)


class Erc20(Contract):
    """The contract. Nothing is called from it, so no call needs the guard against re-entry."""

    __slots__ = ()

    index = INDEX
    name = "erc20"
    events = (Transfer, Approval)
    weights = {  # noqa: RUF012
        "transfer": 600, "approve": 500, "transferFrom": 800, "symbol": 300,
        "decimals": 250, "totalSupply": 250, "balanceOf": 300, "allowance": 350, "name": 300,
    }  # fmt: skip

    title = Slot(_short_string())
    ticker = Slot(_short_string())
    digits = Slot(U256)
    supply = Slot(U256)
    balances = Slot(_mapping(ADDRESS, U256))
    allowances = Slot(_mapping(ADDRESS, _mapping(ADDRESS, U256)))

    def genesis(self, settings: Any) -> None:
        """Do what the constructor does."""
        self.title = settings.name
        self.ticker = settings.symbol
        self.digits = DECIMALS
        self.supply = settings.supply
        self.balances[settings.owner] = settings.supply
        self.emit(Transfer(bytes(20), settings.owner, settings.supply))

    @call(reentrant=True)
    def transfer(self, to: Address, value: u256) -> bool:
        """Move the caller's tokens."""
        self._move(self.ctx.caller, to, value)
        return True

    @call(reentrant=True)
    def approve(self, spender: Address, value: u256) -> bool:
        """Let ``spender`` move up to ``value`` of the caller's tokens."""
        self.allowances[self.ctx.caller][spender] = value
        self.emit(Approval(self.ctx.caller, spender, value))
        return True

    @call(reentrant=True)
    def transfer_from(self, source: Address, to: Address, value: u256) -> bool:
        """Move another's tokens within the allowance."""
        allowances = self.allowances[source]
        allowed = allowances[self.ctx.caller]
        if allowed < value:
            raise error_string("allowance too low")
        allowances[self.ctx.caller] = allowed - value
        self._move(source, to, value)
        return True

    @view
    def name_(self) -> str:
        """Return the name."""
        return self.title

    @view
    def symbol(self) -> str:
        """Return the symbol."""
        return self.ticker

    @view
    def decimals(self) -> u8:
        """Return 18."""
        return self.digits

    @view
    def total_supply(self) -> u256:
        """Return how many tokens there are."""
        return self.supply

    @view
    def balance_of(self, owner: Address) -> u256:
        """Return an account's tokens."""
        return self.balances[owner]

    @view
    def allowance(self, owner: Address, spender: Address) -> u256:
        """Return what ``spender`` may still move."""
        return self.allowances[owner][spender]

    def _move(self, source: bytes, to: bytes, value: int) -> None:
        balances = self.balances
        held = balances[source]
        if held < value:
            raise error_string("balance too low")
        balances[source] = held - value
        balances[to] += value
        self.emit(Transfer(source, to, value))


TOKENS: Final = Registry((Erc20,))
