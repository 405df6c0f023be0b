"""Annotations of contract interfaces and the ABI types they stand for.

``int`` carries its width, ``bytes`` its size: ``u64``, ``Address``, ``bytes32``. A struct is a
frozen slotted dataclass of annotated fields; ``tuple[T, ...]`` is ``T[]``; ``tuple[A, B]`` is a
tuple.
"""

import dataclasses
import operator
import typing
from collections.abc import Callable, Sequence
from functools import cache
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

from primitives.abi import AbiType, array_of, parse_type, tuple_of
from primitives.errors import InvariantError

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class AbiName:
    """Marks an annotation with its elementary ABI type."""

    name: str


INDEXED: Final = "indexed"

u8 = Annotated[int, AbiName("uint8")]
u16 = Annotated[int, AbiName("uint16")]
u32 = Annotated[int, AbiName("uint32")]
u64 = Annotated[int, AbiName("uint64")]
u128 = Annotated[int, AbiName("uint128")]
u256 = Annotated[int, AbiName("uint256")]
Address = Annotated[bytes, AbiName("address")]
bytes4 = Annotated[bytes, AbiName("bytes4")]
bytes32 = Annotated[bytes, AbiName("bytes32")]
Indexed = Annotated[T, INDEXED]

_PLAIN: Final[dict[Any, str]] = {bool: "bool", bytes: "bytes", str: "string"}


def abi_type(annotation: Any) -> AbiType:
    """Return the ABI type of an annotation.

    Raises:
        InvariantError: the annotation has none; a contract that uses it does not build.
    """
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        names = [mark for mark in marks if isinstance(mark, AbiName)]
        return parse_type(names[0].name) if names else abi_type(inner)
    if annotation in _PLAIN:
        return parse_type(_PLAIN[annotation])
    if get_origin(annotation) is tuple:
        args = get_args(annotation)
        if len(args) == 2 and args[1] is Ellipsis:
            return array_of(abi_type(args[0]))
        return tuple_of([abi_type(arg) for arg in args])
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return struct_type(annotation)
    raise InvariantError(f"annotation {annotation!r} has no ABI type")


@cache
def struct_type(struct: type) -> AbiType:
    """Return the tuple type of a dataclass; decoding builds the dataclass, encoding reads it."""
    fields = field_types(struct)
    names = [name for name, _, _ in fields]
    return tuple_of(
        [kind for _, kind, _ in fields],
        [camel(name) for name in names],
        build=_builder(struct, names),
        parts=getter(names),
        struct_name=struct.__name__,
    )


def field_types(struct: type) -> list[tuple[str, AbiType, bool]]:
    """Return (name, type, is indexed) of each field of a dataclass."""
    hints = typing.get_type_hints(struct, include_extras=True)
    fields = []
    for field in dataclasses.fields(struct):
        hint = hints[field.name]
        is_indexed = get_origin(hint) is Annotated and INDEXED in get_args(hint)[1:]
        fields.append((field.name, abi_type(hint), is_indexed))
    return fields


def camel(name: str) -> str:
    """Return the Solidity spelling of a Python name: ``fee_recipient`` is ``feeRecipient``."""
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _builder(struct: type, names: Sequence[str]) -> Callable[..., object]:
    if not any(field.kw_only for field in dataclasses.fields(struct)):
        return struct
    return lambda *values: struct(**dict(zip(names, values, strict=True)))


def getter(names: Sequence[str]) -> Callable[[Any], Sequence[object]]:
    """Return the function that reads these attributes of an object, as a sequence."""
    if not names:
        return lambda _value: ()
    if len(names) == 1:
        single = operator.attrgetter(names[0])
        return lambda value: (single(value),)
    return operator.attrgetter(*names)
