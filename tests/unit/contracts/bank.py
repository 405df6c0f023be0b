"""A small contract that uses every part of the framework."""

from dataclasses import dataclass
from types import MappingProxyType

from contracts.framework.contract import Contract, call, view
from contracts.framework.messages import revert
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES,
    BYTES32,
    STRING,
    U8,
    U16,
    U64,
    U128,
    U256,
    Slot,
    Struct,
    array,
    mapping,
    struct,
)
from contracts.framework.types import Address, Indexed, bytes32, u8, u64, u256

METHODS = (
    *("deposit", "depositInto", "small", "setSmall", "points", "setNote", "note", "pay"),
    *("openly", "pushAll", "items", "setRing", "ring"),
)


@dataclass(frozen=True, slots=True)
class Point:
    x: u8
    label: str


@dataclass(frozen=True, slots=True)
class Deposited:
    who: Indexed[Address]
    amount: u256
    memo: str


@dataclass(frozen=True, slots=True)
class TooMuch:
    asked: u256


class Account(Struct):
    __slots__ = ()
    opened = Slot(BOOL)
    owner = Slot(ADDRESS)
    nonce = Slot(U64)
    balance = Slot(U128)
    note = Slot(STRING)


class Bank(Contract):
    __slots__ = ()

    index = 900
    events = (Deposited,)
    errors = (TooMuch,)
    weights = MappingProxyType(dict.fromkeys(METHODS, 100))

    total = Slot(U256)
    tiny = Slot(U8)
    small_value = Slot(U16)
    owner = Slot(ADDRESS)
    wide = Slot(U128)
    accounts = Slot(mapping(ADDRESS, struct(Account)))
    nested = Slot(mapping(ADDRESS, mapping(U64, U256)))
    shorts = Slot(array(U16))
    blob = Slot(BYTES)
    ring_words = Slot(array(U64, 6))
    last = Slot(BYTES32)

    @call(payable=True)
    def deposit(self, memo: str) -> u256:
        self.total += self.ctx.value
        self.emit(Deposited(self.ctx.caller, self.ctx.value, memo))
        return self.total

    @call(payable=True)
    def deposit_into(self, who: Address, slot: u64) -> None:
        account = self.accounts[who]
        account.opened = True
        account.owner = who
        account.nonce += 1
        account.balance += self.ctx.value
        self.nested[who][slot] = self.ctx.value

    @view
    def small(self) -> tuple[u64, Address]:
        return self.small_value, self.owner

    @call
    def set_small(self, value: u64, owner: Address) -> None:
        self.small_value = value
        self.owner = owner

    @view
    def points(self, many: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple(Point(point.x + 1, point.label + "!") for point in many)

    @call
    def set_note(self, note: bytes) -> None:
        self.blob = note

    @view
    def note(self) -> bytes:
        return self.blob

    @call
    def pay(self, to: Address, amount: u256) -> None:
        if amount > 100:
            raise revert(TooMuch(amount))
        self.ctx.call(to, amount, b"ping")

    @call(reentrant=True)
    def openly(self, to: Address) -> bool:
        return self.ctx.call(to, 0, b"ping").success

    @call
    def push_all(self, values: tuple[u64, ...]) -> None:
        for value in values:
            self.shorts.push(value)

    @view
    def items(self, index: u64) -> u64:
        return self.shorts[index]

    @call
    def set_ring(self, index: u64, value: u64) -> None:
        self.ring_words[index] = value

    @view
    def ring(self, index: u64) -> bytes32:
        return self.ring_words[index].to_bytes(32, "big")
