"""Contract storage in Solidity's layout, declared once as class attributes.

::

    class Account(Struct):
        balance = Slot(U128)
        opened_at = Slot(U64)          # packed into the same word

    class Bank(Contract):
        total = Slot(U256)                              # slot 0
        accounts = Slot(mapping(ADDRESS, struct(Account)))  # slot 1

``self.total += 1`` and ``self.accounts[owner].balance`` read and write through the frame's
``Context``. Source of the layout: "Layout of State Variables in Storage" of the Solidity
documentation. Invariants:

L1. Every access goes through ``ctx.sload`` and ``ctx.sstore``; nothing is cached in Python.
L2. A value stored outside its type's range reverts: Panic(0x11) for integers.
L3. An index outside an array reverts with Panic(0x32), a pop of an empty one with Panic(0x31).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Generic, Protocol, Self, TypeVar, overload

from contracts.errors import PANIC_ARITHMETIC, PANIC_EMPTY_POP, PANIC_INDEX, panic
from primitives.errors import InvariantError
from primitives.keccak import keccak256

WORD_MASK: Final = (1 << 256) - 1
STRING_BYTES_MAX: Final = 8192
PLACES_CACHED: Final = 1 << 14
"""Places of mapping elements that are remembered (about 4 MiB)."""

T = TypeVar("T")
K = TypeVar("K")


class Words(Protocol):
    """The part of ``Context`` that storage needs. A reader may refuse ``sstore``."""

    def sload(self, slot: int) -> int:
        """Read a word."""

    def sstore(self, slot: int, value: int) -> None:
        """Write a word."""


class ReadOnlyWords:
    """Adapts a function that reads words to what storage needs; writing is impossible."""

    __slots__ = ("sload",)

    def __init__(self, reader: Callable[[int], int]) -> None:
        self.sload = reader

    def sstore(self, slot: int, value: int) -> None:
        """Refuse: a view of the state is not written."""
        raise InvariantError(f"read-only storage, write of {value} to slot {slot}")


class Element(Generic[T]):
    """How one Solidity type lies in storage.

    ``size`` is the packed size in bytes (32 when it takes whole words), ``slots`` the words it
    takes. ``load`` and ``store`` get the word and, for packed types, the shift in bits.
    """

    __slots__ = ("describe", "is_value", "key", "label", "load", "size", "slots", "store")

    def __init__(
        self,
        label: str,
        load: Callable[[Words, int, int], T],
        store: Callable[[Words, int, int, T], None],
        *,
        size: int = 32,
        slots: int = 1,
        is_value: bool = False,
        key: Callable[[T], bytes] | None = None,
        describe: "Callable[[], dict[str, Any]] | None" = None,
    ) -> None:
        self.label = label
        self.load = load
        self.store = store
        self.size = size
        self.slots = slots
        self.is_value = is_value
        self.key = key
        self.describe = describe


class Slot(Generic[T]):
    """A declared storage variable: a descriptor whose place ``Struct`` fixes at class creation."""

    __slots__ = ("_load", "_store", "element", "name", "offset", "shift")

    def __init__(self, element: Element[T]) -> None:
        self.element = element
        self.name = ""
        self.offset = 0
        self.shift = 0
        self._load = element.load
        self._store = element.store

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: "Struct", owner: type) -> T: ...

    def __get__(self, instance: "Struct | None", owner: type) -> Self | T:
        if instance is None:
            return self
        return self._load(instance.ctx, instance.base_slot + self.offset, self.shift)

    def __set__(self, instance: "Struct", value: T) -> None:
        self._store(instance.ctx, instance.base_slot + self.offset, self.shift, value)


class Struct:
    """A group of storage variables at ``base_slot``; subclasses declare ``Slot`` attributes."""

    __slots__ = ("base_slot", "ctx")

    slots_declared: "tuple[Slot[Any], ...]" = ()
    slots_total: int = 0

    def __init__(self, ctx: Any, base_slot: int = 0) -> None:
        self.ctx = ctx
        self.base_slot = base_slot

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        declared = tuple(value for value in cls.__dict__.values() if isinstance(value, Slot))
        if declared:
            # An inherited layout comes first and keeps its places, as in Solidity.
            cls.slots_declared = declared = (*cls.slots_declared, *declared)
            cls.slots_total = _place(declared)

    def clear(self) -> None:
        """Zero every word of the struct (not what mappings and arrays of it hold)."""
        for index in range(self.slots_total):
            self.ctx.sstore(self.base_slot + index, 0)

    def copy_from(self, other: Self) -> None:
        """Copy every word of another struct of this type; it holds no mapping, array or text."""
        if other.base_slot != self.base_slot:
            for index in range(self.slots_total):
                self.ctx.sstore(self.base_slot + index, self.ctx.sload(other.base_slot + index))


def uint(bits: int) -> Element[int]:
    """Return the element of an unsigned integer of ``bits`` bits."""
    limit = 1 << bits
    mask = limit - 1

    def load(ctx: Words, slot: int, shift: int) -> int:
        return (ctx.sload(slot) >> shift) & mask

    def load_word(ctx: Words, slot: int, _: int) -> int:
        return ctx.sload(slot)

    def store_word(ctx: Words, slot: int, _: int, value: int) -> None:
        if not 0 <= value < limit:
            raise panic(PANIC_ARITHMETIC)
        ctx.sstore(slot, value)

    def store(ctx: Words, slot: int, shift: int, value: int) -> None:
        if not 0 <= value < limit:
            raise panic(PANIC_ARITHMETIC)
        ctx.sstore(slot, ctx.sload(slot) & ~(mask << shift) | value << shift)

    def key(value: int) -> bytes:
        if not 0 <= value < limit:
            raise panic(PANIC_ARITHMETIC)
        return value.to_bytes(32, "big")

    if bits == 256:
        return Element("uint256", load_word, store_word, is_value=True, key=key)
    return Element(f"uint{bits}", load, store, size=bits >> 3, is_value=True, key=key)


def _boolean() -> Element[bool]:
    number = uint(8)

    def store(ctx: Words, slot: int, shift: int, value: bool) -> None:
        number.store(ctx, slot, shift, 1 if value else 0)

    return Element(
        "bool",
        lambda ctx, slot, shift: (ctx.sload(slot) >> shift) & 0xFF != 0,
        store,
        size=1,
        is_value=True,
        key=lambda value: (1 if value else 0).to_bytes(32, "big"),
    )


def _raw(label: str, size: int, *, is_left: bool) -> Element[bytes]:
    number = uint(size * 8)
    mask = (1 << size * 8) - 1
    padding = bytes(32 - size)

    def load(ctx: Words, slot: int, shift: int) -> bytes:
        return ((ctx.sload(slot) >> shift) & mask).to_bytes(size, "big")

    def store(ctx: Words, slot: int, shift: int, value: bytes) -> None:
        if len(value) != size:
            raise InvariantError(f"{label} takes {size} bytes, not {len(value)}")
        number.store(ctx, slot, shift, int.from_bytes(value, "big"))

    def key(value: bytes) -> bytes:
        if len(value) != size:
            raise InvariantError(f"{label} takes {size} bytes, not {len(value)}")
        return value + padding if is_left else padding + value

    return Element(label, load, store, size=size, is_value=True, key=key)


U8: Final = uint(8)
U16: Final = uint(16)
U32: Final = uint(32)
U64: Final = uint(64)
U128: Final = uint(128)
U256: Final = uint(256)
BOOL: Final = _boolean()
ADDRESS: Final = _raw("address", 20, is_left=False)
BYTES32: Final = _raw("bytes32", 32, is_left=True)


def load_bytes(ctx: Words, slot: int, _: int = 0) -> bytes:
    """Read a ``bytes`` or ``string`` variable: 31 bytes in place, more at keccak(slot)."""
    word = ctx.sload(slot)
    if word & 1 == 0:
        return word.to_bytes(32, "big")[: (word & 0xFF) >> 1]
    length = word >> 1
    if length > STRING_BYTES_MAX:
        raise InvariantError("a stored string is longer than any that is written")
    start = int.from_bytes(keccak256(slot.to_bytes(32, "big")), "big")
    words = (ctx.sload(start + index) for index in range(length + 31 >> 5))
    return b"".join(word.to_bytes(32, "big") for word in words)[:length]


def store_bytes(ctx: Words, slot: int, _: int, value: bytes) -> None:
    """Write a ``bytes`` or ``string`` variable and clear the words that it no longer uses."""
    if len(value) > STRING_BYTES_MAX:
        raise panic(PANIC_ARITHMETIC)
    before = ctx.sload(slot)
    words_before = (before >> 1) + 31 >> 5 if before & 1 else 0
    words = len(value) + 31 >> 5 if len(value) > 31 else 0
    if words:
        ctx.sstore(slot, len(value) << 1 | 1)
    else:
        packed = value + bytes(31 - len(value)) + bytes((len(value) << 1,))
        ctx.sstore(slot, int.from_bytes(packed, "big"))
    if not words and not words_before:
        return
    start = int.from_bytes(keccak256(slot.to_bytes(32, "big")), "big")
    padded = value + bytes(-len(value) % 32)
    for index in range(words):
        ctx.sstore(start + index, int.from_bytes(padded[32 * index : 32 * index + 32], "big"))
    for index in range(words, words_before):
        ctx.sstore(start + index, 0)


BYTES: Final[Element[bytes]] = Element("bytes", load_bytes, store_bytes)
STRING: Final[Element[str]] = Element(
    "string",
    lambda ctx, slot, _: load_bytes(ctx, slot).decode(),
    lambda ctx, slot, _, value: store_bytes(ctx, slot, 0, value.encode()),
)

S = TypeVar("S", bound=Struct)


def struct(kind: type[S]) -> Element[S]:
    """Return the element of a struct; loading it gives a handle, it is never stored whole."""
    return Element(
        f"struct {kind.__name__}",
        lambda ctx, slot, _: kind(ctx, slot),
        _refuse,
        slots=kind.slots_total,
        describe=lambda: {"members": layout_rows(kind)},
    )


@lru_cache(maxsize=PLACES_CACHED)
def hashed_place(preimage: bytes) -> int:
    """Return keccak(preimage) as a slot. Remembered: a call that reads an element writes it too."""
    return int.from_bytes(keccak256(preimage), "big")


class MappingHandle(Generic[K, T]):
    """A mapping at a slot: element ``key`` lies at keccak(key ‖ slot)."""

    __slots__ = ("_ctx", "_element", "_key", "_slot")

    def __init__(
        self, ctx: Words, slot: int, key: Callable[[K], bytes], element: Element[T]
    ) -> None:
        self._ctx = ctx
        self._slot = slot.to_bytes(32, "big")
        self._key = key
        self._element = element

    def __getitem__(self, key: K) -> T:
        place = hashed_place(self._key(key) + self._slot)
        return self._element.load(self._ctx, place, 0)

    def __setitem__(self, key: K, value: T) -> None:
        place = hashed_place(self._key(key) + self._slot)
        self._element.store(self._ctx, place, 0, value)


def mapping(key: Element[K], element: Element[T]) -> Element[MappingHandle[K, T]]:
    """Return the element of a mapping; keys are value types."""
    to_key = key.key
    if to_key is None:
        raise InvariantError(f"{key.label} cannot be a mapping key")
    return Element(
        f"mapping({key.label} => {element.label})",
        lambda ctx, slot, _: MappingHandle(ctx, slot, to_key, element),
        _refuse,
        describe=lambda: {"key": key.label, "value": describe(element)},
    )


class ArrayHandle(Generic[T]):
    """An array at a slot; a dynamic one keeps its length there and its items at keccak(slot)."""

    __slots__ = ("_ctx", "_element", "_length", "_slot", "_start")

    def __init__(self, ctx: Words, slot: int, element: Element[T], length: int | None) -> None:
        self._ctx = ctx
        self._slot = slot
        self._element = element
        self._length = length
        self._start = (
            int.from_bytes(keccak256(slot.to_bytes(32, "big")), "big") if length is None else slot
        )

    def __len__(self) -> int:
        return self._ctx.sload(self._slot) if self._length is None else self._length

    def __getitem__(self, index: int) -> T:
        return self._element.load(self._ctx, *self._place(index))

    def __setitem__(self, index: int, value: T) -> None:
        self._element.store(self._ctx, *self._place(index), value)

    def push(self, value: T) -> int:
        """Append a value and return its index."""
        index = len(self)
        self._ctx.sstore(self._slot, index + 1)
        self[index] = value
        return index

    def grow(self) -> T:
        """Append an empty element and return its handle; for arrays of structs."""
        index = len(self)
        self._ctx.sstore(self._slot, index + 1)
        return self[index]

    def cut(self) -> None:
        """Shorten by one; the caller has cleared the last element."""
        length = len(self)
        if length == 0:
            raise panic(PANIC_EMPTY_POP)
        self._ctx.sstore(self._slot, length - 1)

    def pop(self, empty: T) -> None:
        """Remove the last element, writing ``empty`` in its place."""
        length = len(self)
        if length == 0:
            raise panic(PANIC_EMPTY_POP)
        self[length - 1] = empty
        self._ctx.sstore(self._slot, length - 1)

    def _place(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self):
            raise panic(PANIC_INDEX)
        element = self._element
        if element.is_value and element.size <= 16:
            per_word = 32 // element.size
            word, position = divmod(index, per_word)
            return (self._start + word) & WORD_MASK, position * element.size * 8
        return (self._start + index * element.slots) & WORD_MASK, 0


def array(element: Element[T], length: int | None = None) -> Element[ArrayHandle[T]]:
    """Return the element of ``T[]`` or ``T[length]``."""
    per_word = 32 // element.size if element.is_value else 1
    slots = 1 if length is None else -(-length // per_word) * element.slots
    suffix = "" if length is None else str(length)
    return Element(
        f"{element.label}[{suffix}]",
        lambda ctx, slot, _: ArrayHandle(ctx, slot, element, length),
        _refuse,
        slots=slots,
        describe=lambda: {"item": describe(element), "length": length},
    )


def describe(element: Element[Any]) -> dict[str, Any]:
    """Return the layout of one element as JSON-ready data."""
    entry: dict[str, Any] = {"type": element.label, "bytes": element.size * element.slots}
    if element.describe is not None:
        entry.update(element.describe())
    return entry


def layout_rows(kind: type[Struct]) -> list[dict[str, Any]]:
    """Return the storage layout of a struct or contract, one row per variable."""
    return [
        {
            "label": slot.name,
            "slot": slot.offset,
            "offset": slot.shift >> 3,
            **describe(slot.element),
        }
        for slot in kind.slots_declared
    ]


def _place(declared: tuple[Slot[Any], ...]) -> int:
    """Assign words and shifts in declaration order; return the number of words."""
    word = 0
    used = 0
    for slot in declared:
        element = slot.element
        if not element.is_value:
            word += used > 0
            slot.offset, slot.shift = word, 0
            word += element.slots
            used = 0
            continue
        if used + element.size > 32:
            word += 1
            used = 0
        slot.offset, slot.shift = word, used * 8
        used += element.size
    return word + (used > 0)


def _refuse(_ctx: Words, _slot: int, _shift: int, _value: Any) -> None:
    raise InvariantError("a struct, mapping or array is not assigned whole")
