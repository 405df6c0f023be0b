"""Storage records of the messaging contract, and the bounds of its lists."""

from typing import Final, TypeVar

from contracts.framework.clock import Moment
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES32,
    STRING,
    U8,
    U32,
    U64,
    ArrayHandle,
    Slot,
    Struct,
    array,
    mapping,
    struct,
)
from contracts.messaging.v1.messages import MessageStatus

LAYOUT: Final = 1
"""Tag of the message records that this version writes."""

MODERATORS_MAX: Final = 64
TOPIC_MODERATORS_MAX: Final = 16
PINNED_TOPICS_MAX: Final = 16
PINNED_MESSAGES_MAX: Final = 8
EDITS_MAX: Final = 32
PAGE_MAX: Final = 100
SEALED_BYTES_MIN: Final = 49
"""Version byte, ephemeral X25519 key and Poly1305 tag: a sealed empty text."""

VOTE_NONE: Final = 0
VOTE_UP: Final = 1
VOTE_DOWN: Final = 2

T = TypeVar("T")


class Ban(Struct):
    """``rank`` is who banned; an account never banned has an empty record."""

    __slots__ = ()
    since = Slot(struct(Moment))
    seconds = Slot(U64)
    is_permanent = Slot(BOOL)
    rank = Slot(U8)


class Topic(Struct):
    """A topic; ``lock_rank`` and ``hide_rank`` are 0 when it is open and shown."""

    __slots__ = ()
    creator = Slot(ADDRESS)
    is_pinned = Slot(BOOL)
    lock_rank = Slot(U8)
    hide_rank = Slot(U8)
    opened = Slot(struct(Moment))
    title = Slot(STRING)
    description = Slot(STRING)
    tags = Slot(array(STRING))
    message_ids = Slot(array(U64))
    pinned_ids = Slot(array(U64))
    moderators = Slot(array(ADDRESS))
    is_moderator = Slot(mapping(ADDRESS, BOOL))
    bans = Slot(mapping(ADDRESS, struct(Ban)))


class Edit(Struct):
    """A former text's keccak and when it was replaced."""

    __slots__ = ()
    content_hash = Slot(BYTES32)
    replaced = Slot(struct(Moment))


class Message(Struct):
    """A message; ``votes`` holds VOTE_UP or VOTE_DOWN of each account, zero for none."""

    __slots__ = ()
    author = Slot(ADDRESS)
    layout = Slot(U8)
    kind = Slot(U8)
    is_deleted = Slot(BOOL)
    is_pinned = Slot(BOOL)
    hide_rank = Slot(U8)
    topic_id = Slot(U64)
    parent_id = Slot(U64)
    ups = Slot(U64)
    downs = Slot(U64)
    posted = Slot(struct(Moment))
    content_hash = Slot(BYTES32)
    text = Slot(STRING)
    edits = Slot(array(struct(Edit)))
    reply_ids = Slot(array(U64))
    votes = Slot(mapping(ADDRESS, U8))

    @property
    def status(self) -> MessageStatus:
        """Whether the message is shown; for a record that exists."""
        if self.is_deleted:
            return MessageStatus.DELETED
        return MessageStatus.HIDDEN if self.hide_rank else MessageStatus.VISIBLE


class Standing(Struct):
    """What an account did and what was thought of it."""

    __slots__ = ()
    ups = Slot(U64)
    downs = Slot(U64)
    topics = Slot(U64)
    messages = Slot(U64)


class SealingKey(Struct):
    """An account's X25519 public key; ``number`` counts its registrations."""

    __slots__ = ()
    public_key = Slot(BYTES32)
    registered = Slot(struct(Moment))
    number = Slot(U32)


class Letter(Struct):
    """One entry of an inbox."""

    __slots__ = ()
    sender = Slot(ADDRESS)
    kind = Slot(U8)
    sent = Slot(struct(Moment))
    content_hash = Slot(BYTES32)


def remove(items: ArrayHandle[T], value: T, empty: T) -> None:
    """Take ``value`` out of a short list that holds it once, keeping the order of the others."""
    last = len(items) - 1
    place = 0
    while items[place] != value:
        place += 1
    for index in range(place, last):
        items[index] = items[index + 1]
    items.pop(empty)
