"""Events and custom errors: frozen dataclasses, declared once, encoded as Solidity does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from contracts.errors import Revert
from contracts.framework.types import camel, field_types, getter
from primitives.abi import AbiType, encode_indexed, tuple_of
from primitives.errors import InvariantError
from primitives.keccak import keccak256


@dataclass(frozen=True, slots=True, eq=False)
class MessageCodec:
    """How one event or error class is written; ``fields`` are (name, type, is indexed).

    ``values`` reads the fields that are not indexed, ``topic_values`` the indexed ones, in order.
    """

    name: str
    signature: str
    hash: bytes
    fields: tuple[tuple[str, AbiType, bool], ...]
    body: AbiType
    topic_writers: tuple[Callable[[Any], bytes], ...]
    topic_values: Callable[[Any], Sequence[object]]
    data_names: tuple[str, ...]
    values: Callable[[Any], Sequence[object]]

    def encode_data(self, message: object) -> bytes:
        """Return the encoding of the fields that are not indexed."""
        return self.body.write(self.values(message))

    def encode_topics(self, message: object) -> tuple[bytes, ...]:
        """Return topic 0 and the indexed fields."""
        values = self.topic_values(message)
        return (self.hash, *[w(v) for w, v in zip(self.topic_writers, values, strict=True)])


@cache
def message_codec(message: type) -> MessageCodec:
    """Return the codec of an event or error class, built once.

    Raises:
        InvariantError: more than three fields are indexed.
    """
    fields = tuple(field_types(message))
    signature = f"{message.__name__}({','.join(kind.name for _, kind, _ in fields)})"
    topics = tuple((name, _topic_writer(kind)) for name, kind, is_indexed in fields if is_indexed)
    plain = tuple(name for name, _, is_indexed in fields if not is_indexed)
    if len(topics) > 3:
        raise InvariantError(f"{signature} has more than three indexed fields")
    return MessageCodec(
        message.__name__,
        signature,
        keccak256(signature.encode()),
        fields,
        tuple_of([kind for _, kind, is_indexed in fields if not is_indexed]),
        tuple(writer for _, writer in topics),
        getter(tuple(name for name, _ in topics)),
        plain,
        getter(plain),
    )


def _codec_of(message: object) -> MessageCodec:
    kind: Any = type(message)
    return message_codec(kind)


def encode_error(error: object) -> bytes:
    """Return the revert data of a custom error: its selector and its fields."""
    codec = _codec_of(error)
    return codec.hash[:4] + codec.encode_data(error)


def revert(error: object) -> Revert:
    """Return the exception that reverts with the custom error ``error``; the caller raises it."""
    codec = _codec_of(error)
    values = ", ".join(f"{camel(name)}={_show(getattr(error, name))}" for name in codec.data_names)
    return Revert(encode_error(error), f"execution reverted: {codec.name}({values})")


def _show(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _topic_writer(kind: AbiType) -> Callable[[Any], bytes]:
    if kind.item is None and not kind.is_tuple and not kind.is_dynamic:
        return kind.write
    return lambda value: encode_indexed(kind, value)
