"""Events and custom errors: frozen dataclasses, declared once, encoded as Solidity does."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from contracts.errors import Revert
from contracts.framework.types import camel, field_types
from primitives.abi import AbiType, encode_indexed, tuple_of
from primitives.errors import InvariantError
from primitives.keccak import keccak256


@dataclass(frozen=True, slots=True, eq=False)
class MessageCodec:
    """How one event or error class is written; ``fields`` are (name, type, is indexed)."""

    name: str
    signature: str
    hash: bytes
    fields: tuple[tuple[str, AbiType, bool], ...]
    body: AbiType
    topics: tuple[tuple[str, Callable[[Any], bytes]], ...]
    data_names: tuple[str, ...]

    def encode_data(self, message: object) -> bytes:
        """Return the encoding of the fields that are not indexed."""
        return self.body.write([getattr(message, name) for name in self.data_names])

    def encode_topics(self, message: object) -> tuple[bytes, ...]:
        """Return topic 0 and the indexed fields."""
        return (self.hash, *(write(getattr(message, name)) for name, write in self.topics))


@cache
def message_codec(message: type) -> MessageCodec:
    """Return the codec of an event or error class, built once.

    Raises:
        InvariantError: more than three fields are indexed.
    """
    fields = tuple(field_types(message))
    signature = f"{message.__name__}({','.join(kind.name for _, kind, _ in fields)})"
    topics = tuple((name, _topic_writer(kind)) for name, kind, is_indexed in fields if is_indexed)
    if len(topics) > 3:
        raise InvariantError(f"{signature} has more than three indexed fields")
    return MessageCodec(
        message.__name__,
        signature,
        keccak256(signature.encode()),
        fields,
        tuple_of([kind for _, kind, is_indexed in fields if not is_indexed]),
        topics,
        tuple(name for name, _, is_indexed in fields if not is_indexed),
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
