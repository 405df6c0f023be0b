"""The types of the contract ABI with their codecs; rules A1 to A4 stand in ``primitives.abi``."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

from primitives.errors import BadInputError, DecodeError

WORD_BYTES: Final = 32
TYPE_TEXT_MAX: Final = 4096
TYPE_DEPTH_MAX: Final = 32
STATIC_BYTES_MAX: Final = 2**20

_ZERO_12: Final = bytes(12)
_SEQUENCES: Final = (tuple, list)
"""As a constant: ``tuple | list`` would be built anew for every value."""
_ELEMENTARY: Final = re.compile(r"[a-z]+[0-9]*(?:x[0-9]+)?")
_SUFFIX: Final = re.compile(r"\[([0-9]*)\]")

TYPE_CACHE_SIZE: Final = 1024


class EncodeError(BadInputError):
    """A value does not fit the ABI type it is to be encoded as."""

    def __init__(self, type_name: str, why: str) -> None:
        self.type_name = type_name
        self.why = why
        super().__init__(f"cannot encode as {type_name}: {why}")


Read = Callable[[bytes, int], tuple[Any, int]]
Write = Callable[[Any], bytes]


@dataclass(frozen=True, slots=True, eq=False)
class AbiType:
    """One ABI type with its codec.

    ``read(data, position)`` returns the value and the position after it; ``write(value)`` the
    encoding without offset. ``head_bytes`` is what the type takes in the head of its container.
    """

    name: str
    head_bytes: int
    is_dynamic: bool
    read: Read
    write: Write
    item: "AbiType | None" = None
    length: int | None = None
    components: "tuple[AbiType, ...]" = ()
    field_names: tuple[str, ...] = ()
    struct_name: str = ""

    @property
    def is_tuple(self) -> bool:
        """Whether the type is a tuple (and not an array of tuples)."""
        return self.item is None and self.name.startswith("(")


@lru_cache(maxsize=TYPE_CACHE_SIZE)
def arguments(types: tuple[str | AbiType, ...]) -> AbiType:
    """Return the tuple type of an argument list; it may be empty, unlike a nested tuple."""
    return tuple_of([parse_type(kind) if isinstance(kind, str) else kind for kind in types])


@lru_cache(maxsize=TYPE_CACHE_SIZE)
def parse_type(text: str) -> AbiType:
    """Parse a type name such as ``uint256``, ``(address,bytes)[]`` or ``bytes32[4][]``.

    Raises:
        DecodeError: not a type of the ABI.
    """
    if len(text) > TYPE_TEXT_MAX:
        raise DecodeError("abi type", "text too long")
    kind, end = _parse(text, 0, 0)
    if end != len(text):
        raise DecodeError("abi type", f"unexpected {text[end:]!r}")
    return kind


def type_from_json(entry: Mapping[str, Any]) -> AbiType:
    """Return the type of one input or output of a JSON ABI, ``components`` included.

    Raises:
        DecodeError: the entry names no ABI type.
    """
    return _type_from_json(entry, 0)


# --- constructors -----------------------------------------------------------------------------


def array_of(item: AbiType, length: int | None = None) -> AbiType:
    """Return ``item[]``, or ``item[length]``."""
    if length is None:
        return AbiType(
            f"{item.name}[]", 32, True, _read_array(item), _write_array(item, None), item
        )
    if length == 0:
        raise DecodeError("abi type", "arrays of length zero do not exist")
    name = f"{item.name}[{length}]"
    head = WORD_BYTES if item.is_dynamic else item.head_bytes * length
    if head > STATIC_BYTES_MAX or length > STATIC_BYTES_MAX:
        raise DecodeError("abi type", f"{name} is too large")
    read = _read_items(name, item, length)
    write = _write_array(item, length)
    return AbiType(name, head, item.is_dynamic, read, write, item, length)


def tuple_of(
    items: Sequence[AbiType],
    field_names: Sequence[str] = (),
    *,
    build: Callable[..., object] | None = None,
    parts: Callable[[Any], Sequence[object]] | None = None,
    struct_name: str = "",
) -> AbiType:
    """Return a tuple type; ``build`` and ``parts`` map values to and from a struct class."""
    components = tuple(items)
    is_dynamic = any(kind.is_dynamic for kind in components)
    size = sum(kind.head_bytes for kind in components)
    if size > STATIC_BYTES_MAX:
        raise DecodeError("abi type", "tuple is too large")
    name = f"({','.join(kind.name for kind in components)})"
    read = _read_tuple(name, components, size, build)
    write = _write_tuple(name, components, size, parts)
    return AbiType(
        name,
        WORD_BYTES if is_dynamic else size,
        is_dynamic,
        read,
        write,
        components=components,
        field_names=tuple(field_names),
        struct_name=struct_name,
    )


def _uint(name: str, bits: int) -> AbiType:
    limit = 1 << bits

    def read(data: bytes, position: int) -> tuple[int, int]:
        end = position + 32
        value = int.from_bytes(data[position:end], "big")
        if value >= limit:
            raise DecodeError(name, "dirty padding")
        return value, end

    def write(value: Any) -> bytes:
        if value.__class__ is not int:
            value = _plain_int(name, value)
        if not 0 <= value < limit:
            raise EncodeError(name, "out of range")
        return cast("bytes", value.to_bytes(32, "big"))

    return AbiType(name, 32, False, read, write)


def _int(name: str, bits: int) -> AbiType:
    limit = 1 << (bits - 1)

    def read(data: bytes, position: int) -> tuple[int, int]:
        end = position + 32
        value = int.from_bytes(data[position:end], "big", signed=True)
        if not -limit <= value < limit:
            raise DecodeError(name, "dirty padding")
        return value, end

    def write(value: Any) -> bytes:
        value = _plain_int(name, value)
        if not -limit <= value < limit:
            raise EncodeError(name, "out of range")
        return cast("bytes", value.to_bytes(32, "big", signed=True))

    return AbiType(name, 32, False, read, write)


def _bool() -> AbiType:
    def read(data: bytes, position: int) -> tuple[bool, int]:
        end = position + 32
        value = int.from_bytes(data[position:end], "big")
        if value > 1:
            raise DecodeError("bool", "neither 0 nor 1")
        return value == 1, end

    def write(value: Any) -> bytes:
        if not isinstance(value, bool):
            raise EncodeError("bool", f"{type(value).__name__} given")
        return value.to_bytes(32, "big")

    return AbiType("bool", 32, False, read, write)


def _address() -> AbiType:
    def read(data: bytes, position: int) -> tuple[bytes, int]:
        start = position + 12
        end = position + 32
        if data[position:start] != _ZERO_12:
            raise DecodeError("address", "dirty padding")
        return data[start:end], end

    def write(value: Any) -> bytes:
        if not isinstance(value, bytes) or len(value) != 20:
            raise EncodeError("address", "20 bytes expected")
        return _ZERO_12 + value

    return AbiType("address", 32, False, read, write)


def _fixed_bytes(name: str, size: int) -> AbiType:
    padding = bytes(32 - size)

    def read(data: bytes, position: int) -> tuple[bytes, int]:
        cut = position + size
        end = position + 32
        if data[cut:end] != padding:
            raise DecodeError(name, "dirty padding")
        return data[position:cut], end

    def write(value: Any) -> bytes:
        if not isinstance(value, bytes) or len(value) != size:
            raise EncodeError(name, f"{size} bytes expected")
        return value + padding

    return AbiType(name, 32, False, read, write)


def _bytes() -> AbiType:
    def write(value: Any) -> bytes:
        if not isinstance(value, bytes):
            raise EncodeError("bytes", f"{type(value).__name__} given")
        return len(value).to_bytes(32, "big") + value + bytes(-len(value) % 32)

    return AbiType("bytes", 32, True, _read_bytes, write)


def _string() -> AbiType:
    def read(data: bytes, position: int) -> tuple[str, int]:
        raw, end = _read_bytes(data, position)
        try:
            return raw.decode(), end
        except UnicodeDecodeError as error:
            raise DecodeError("string", "not UTF-8") from error

    def write(value: Any) -> bytes:
        if not isinstance(value, str):
            raise EncodeError("string", f"{type(value).__name__} given")
        try:
            raw = value.encode()
        except UnicodeEncodeError as error:
            raise EncodeError("string", "lone surrogate") from error
        return len(raw).to_bytes(32, "big") + raw + bytes(-len(raw) % 32)

    return AbiType("string", 32, True, read, write)


# --- readers and writers of compound types ----------------------------------------------------


def _read_bytes(data: bytes, position: int) -> tuple[bytes, int]:
    start = position + 32
    if start > len(data):
        raise DecodeError("bytes", "data ends before the length")
    length = int.from_bytes(data[position:start], "big")
    if length > len(data) - start:
        raise DecodeError("bytes", "length exceeds the data")
    cut = start + length
    end = cut + -length % 32
    if end > len(data) or any(data[cut:end]):
        raise DecodeError("bytes", "padding is missing or dirty")
    return bytes(data[start:cut]), end


def _read_tuple(
    name: str, components: tuple[AbiType, ...], size: int, build: Callable[..., object] | None
) -> Read:
    plan = tuple((kind.is_dynamic, kind.read) for kind in components)
    readers = tuple(kind.read for kind in components)

    def read_static(data: bytes, base: int) -> tuple[Any, int]:
        if base + size > len(data):
            raise DecodeError(name, "data is too short")
        values = []
        for read_item in readers:
            value, base = read_item(data, base)
            values.append(value)
        return (tuple(values) if build is None else build(*values)), base

    def read(data: bytes, base: int) -> tuple[Any, int]:
        tail = base + size
        if tail > len(data):
            raise DecodeError(name, "data is too short")
        head = base
        values = []
        for is_dynamic, read_item in plan:
            if is_dynamic:
                after = head + 32
                if int.from_bytes(data[head:after], "big") != tail - base:
                    raise DecodeError(name, "offset is not canonical")
                value, tail = read_item(data, tail)
                head = after
            else:
                value, head = read_item(data, head)
            values.append(value)
        return (tuple(values) if build is None else build(*values)), tail

    return read if any(is_dynamic for is_dynamic, _ in plan) else read_static


def _read_items(name: str, item: AbiType, length: int) -> Read:
    """Return the reader of ``length`` items without a length word."""
    read_item = item.read
    size = item.head_bytes * length

    def read(data: bytes, base: int) -> tuple[Any, int]:
        tail = base + size
        if tail > len(data):
            raise DecodeError(name, "data is too short")
        return _items(data, base, length, item.is_dynamic, read_item, name, tail)

    return read


def _read_array(item: AbiType) -> Read:
    """Return the reader of a dynamic array: its length, then its items."""
    name = f"{item.name}[]"
    item_bytes = item.head_bytes

    def read(data: bytes, position: int) -> tuple[Any, int]:
        base = position + 32
        if base > len(data):
            raise DecodeError(name, "data ends before the length")
        length = int.from_bytes(data[position:base], "big")
        if length > (len(data) - base) // item_bytes:
            raise DecodeError(name, "length exceeds the data")
        tail = base + length * item_bytes
        return _items(data, base, length, item.is_dynamic, item.read, name, tail)

    return read


def _items(
    data: bytes, base: int, length: int, is_dynamic: bool, read_item: Read, name: str, tail: int
) -> tuple[tuple[Any, ...], int]:
    """Read ``length`` items whose heads start at ``base`` and whose tails start at ``tail``."""
    values = []
    head = base
    if not is_dynamic:
        for _ in range(length):
            value, head = read_item(data, head)
            values.append(value)
        return tuple(values), head
    for _ in range(length):
        after = head + 32
        if int.from_bytes(data[head:after], "big") != tail - base:
            raise DecodeError(name, "offset is not canonical")
        value, tail = read_item(data, tail)
        head = after
        values.append(value)
    return tuple(values), tail


def _write_tuple(
    name: str,
    components: tuple[AbiType, ...],
    size: int,
    parts: Callable[[Any], Sequence[object]] | None,
) -> Write:
    plan = tuple((kind.is_dynamic, kind.write) for kind in components)
    writers = tuple(kind.write for kind in components)
    count = len(components)

    def write_static(value: Any) -> bytes:
        values = value if parts is None else parts(value)
        if not isinstance(values, _SEQUENCES) or len(values) != count:
            raise EncodeError(name, f"{count} values expected")
        if count == 1:
            return writers[0](values[0])
        return b"".join([write(item) for write, item in zip(writers, values, strict=True)])

    def write(value: Any) -> bytes:
        values = value if parts is None else parts(value)
        if not isinstance(values, _SEQUENCES) or len(values) != count:
            raise EncodeError(name, f"{count} values expected")
        heads = []
        tails = []
        offset = size
        for (is_dynamic, write_item), element in zip(plan, values, strict=True):
            encoded = write_item(element)
            if is_dynamic:
                heads.append(offset.to_bytes(32, "big"))
                tails.append(encoded)
                offset += len(encoded)
            else:
                heads.append(encoded)
        return b"".join(heads) + b"".join(tails)

    return write if any(is_dynamic for is_dynamic, _ in plan) else write_static


def _write_array(item: AbiType, length: int | None) -> Write:
    name = f"{item.name}[]" if length is None else f"{item.name}[{length}]"

    def write(value: Any) -> bytes:
        if not isinstance(value, _SEQUENCES):
            raise EncodeError(name, f"{type(value).__name__} given")
        if length is not None and len(value) != length:
            raise EncodeError(name, f"{length} items expected")
        prefix = b"" if length is not None else len(value).to_bytes(32, "big")
        encoded = [item.write(element) for element in value]
        if not item.is_dynamic:
            return prefix + b"".join(encoded)
        heads = []
        offset = 32 * len(encoded)
        for tail in encoded:
            heads.append(offset.to_bytes(32, "big"))
            offset += len(tail)
        return prefix + b"".join(heads) + b"".join(encoded)

    return write


def _plain_int(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise EncodeError(name, f"{type(value).__name__} given")
    return int(value)


# --- parsing ----------------------------------------------------------------------------------


def _parse(text: str, position: int, depth: int) -> tuple[AbiType, int]:
    if depth > TYPE_DEPTH_MAX:
        raise DecodeError("abi type", "nested too deep")
    if text.startswith("tuple(", position):
        position += len("tuple")
    if text.startswith("(", position):
        items = []
        while True:
            item, position = _parse(text, position + 1, depth + 1)
            items.append(item)
            if not text.startswith(",", position):
                break
        if not text.startswith(")", position):
            raise DecodeError("abi type", "tuple is not closed")
        kind = tuple_of(items)
        position += 1
    else:
        match = _ELEMENTARY.match(text, position)
        if match is None:
            raise DecodeError("abi type", f"no type at {text[position : position + 40]!r}")
        kind = _elementary(match.group())
        position = match.end()
    return _suffixes(kind, text, position, depth)


def _suffixes(kind: AbiType, text: str, position: int, depth: int) -> tuple[AbiType, int]:
    """Apply the array brackets that start at ``position``."""
    while (match := _SUFFIX.match(text, position)) is not None:
        depth += 1
        digits = match.group(1)
        if depth > TYPE_DEPTH_MAX or len(digits) > 7 or digits.startswith("0"):
            raise DecodeError("abi type", "nested too deep, or a bad array length")
        kind = array_of(kind, int(digits) if digits else None)
        position = match.end()
    return kind, position


_ALIASES: Final = {
    "uint": "uint256",
    "int": "int256",
    "fixed": "fixed128x18",
    "ufixed": "ufixed128x18",
}
_SIMPLE: Final[Mapping[str, Callable[[], AbiType]]] = {
    "bool": _bool,
    "address": _address,
    "bytes": _bytes,
    "string": _string,
    "function": lambda: _fixed_bytes("function", 24),
}
_SIZED: Final = re.compile(r"(uint|int|bytes|fixed|ufixed)([1-9][0-9]{0,2})(?:x([1-9][0-9]?))?")


@lru_cache(maxsize=TYPE_CACHE_SIZE)
def _elementary(name: str) -> AbiType:
    name = _ALIASES.get(name, name)
    if name in _SIMPLE:
        return _SIMPLE[name]()
    match = _SIZED.fullmatch(name)
    if match is None:
        raise DecodeError("abi type", f"unknown type {name!r}")
    family, size, decimals = match.group(1), int(match.group(2)), match.group(3)
    is_fixed = family in ("fixed", "ufixed")
    if is_fixed != (decimals is not None) or int(decimals or 0) > 80:
        raise DecodeError("abi type", f"unknown type {name!r}")
    if family == "bytes":
        if size > 32:
            raise DecodeError("abi type", f"unknown type {name!r}")
        return _fixed_bytes(name, size)
    if size % 8 or size > 256:
        raise DecodeError("abi type", f"unknown type {name!r}")
    return _uint(name, size) if family in ("uint", "ufixed") else _int(name, size)


def _type_from_json(entry: Mapping[str, Any], depth: int) -> AbiType:
    text = entry.get("type") if isinstance(entry, Mapping) else None
    if not isinstance(text, str) or len(text) > TYPE_TEXT_MAX or depth > TYPE_DEPTH_MAX:
        raise DecodeError("abi json", "an entry needs a type")
    if not text.startswith("tuple") or text.startswith("tuple("):
        return parse_type(text)
    components = entry.get("components")
    if not isinstance(components, Sequence) or isinstance(components, str) or not components:
        raise DecodeError("abi json", "a tuple needs components")
    items = [_type_from_json(component, depth + 1) for component in components]
    names = [str(component.get("name", "")) for component in components]
    kind, end = _suffixes(tuple_of(items, names), text, len("tuple"), depth)
    if end != len(text):
        raise DecodeError("abi json", f"unexpected {text[end:]!r}")
    return kind
