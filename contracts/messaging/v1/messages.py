"""Events, enumerations and structs of the messaging contract's interface."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Final

from contracts.framework.types import (
    AbiName,
    Address,
    Indexed,
    bytes32,
    u8,
    u32,
    u64,
    u256,
)

i8 = Annotated[int, AbiName("int8")]
i256 = Annotated[int, AbiName("int256")]


class MessageKind(IntEnum):
    """What a message is; the numbers are the protocol's."""

    POST = 1
    REPLY = 2
    ANNOUNCEMENT = 3
    QUESTION = 4
    ANSWER = 5


class MessageStatus(IntEnum):
    """Whether a message is shown."""

    UNKNOWN = 0
    VISIBLE = 1
    HIDDEN = 2
    DELETED = 3


class Rank(IntEnum):
    """Authority over a topic; the higher one undoes what the lower did, never the reverse."""

    NONE = 0
    TOPIC_MODERATOR = 1
    CREATOR = 2
    MODERATOR = 3


class Level(IntEnum):
    """Standing that an account's reputation gives it."""

    RESTRICTED = 0
    NEWCOMER = 1
    MEMBER = 2
    TRUSTED = 3
    EXPERT = 4
    AUTHORITY = 5


class LetterKind(IntEnum):
    """Where the sealed payload of a letter is."""

    ON_CHAIN = 1
    OFF_CHAIN = 2


# --- structs -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicInfo:
    """A topic; id 0 when there is none. A hidden topic's texts are withheld.

    ``lock_rank`` and ``hide_rank`` are the rank that locked or hid it, 0 when it is neither.
    """

    topic_id: u64
    creator: Address
    is_pinned: bool
    lock_rank: u8
    hide_rank: u8
    opened_at: u64
    opened_height: u64
    message_count: u64
    title: str
    description: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageInfo:
    """A message; id 0 when there is none. Text that is hidden or deleted is empty here."""

    message_id: u64
    topic_id: u64
    parent_id: u64
    author: Address
    kind: u8
    status: u8
    is_pinned: bool
    ups: u64
    downs: u64
    reply_count: u64
    edit_count: u32
    posted_at: u64
    posted_height: u64
    content_hash: bytes32
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditInfo:
    """A former text: its keccak, and when it was replaced."""

    content_hash: bytes32
    replaced_at: u64
    replaced_height: u64


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInfo:
    """An account's standing: ``reputation`` is the votes for its messages less those against."""

    reputation: i256
    level: u8
    ups: u64
    downs: u64
    topics: u64
    messages: u64
    letters: u64
    is_moderator: bool
    is_banned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BanInfo:
    """A ban: in force or not, since when, for how long, by what rank."""

    is_active: bool
    is_permanent: bool
    since: u64
    since_height: u64
    seconds: u64
    rank: u8


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """An account's X25519 key; zero when none. ``number`` counts its registrations."""

    public_key: bytes32
    number: u32
    registered_at: u64
    registered_height: u64


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterInfo:
    """One letter of an inbox; the payload or URI is in the log of block ``sent_height``."""

    number: u64
    sender: Address
    kind: u8
    sent_at: u64
    sent_height: u64
    content_hash: bytes32


# --- events ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TopicOpened:
    """A topic was opened; ``fee`` wei were burnt."""

    topic_id: Indexed[u64]
    creator: Indexed[Address]
    title: str
    fee: u256


@dataclass(frozen=True, slots=True)
class TopicTagged:
    """A topic carries a tag; the first topic is the keccak of the tag's text."""

    tag: Indexed[str]
    topic_id: Indexed[u64]
    creator: Indexed[Address]
    name: str


@dataclass(frozen=True, slots=True)
class TopicPinned:
    """A topic was pinned or unpinned."""

    topic_id: Indexed[u64]
    moderator: Indexed[Address]
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class TopicLocked:
    """A topic was locked or unlocked."""

    topic_id: Indexed[u64]
    moderator: Indexed[Address]
    is_locked: bool


@dataclass(frozen=True, slots=True)
class TopicHidden:
    """A topic was hidden or shown again."""

    topic_id: Indexed[u64]
    moderator: Indexed[Address]
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class MessagePosted:
    """A message was written; its text is in storage, ``content_hash`` is its keccak."""

    author: Indexed[Address]
    topic_id: Indexed[u64]
    message_id: Indexed[u64]
    kind: u8
    parent_id: u64
    content_hash: bytes32
    fee: u256


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """An author replaced a message's text."""

    author: Indexed[Address]
    topic_id: Indexed[u64]
    message_id: Indexed[u64]
    old_hash: bytes32
    new_hash: bytes32
    fee: u256


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """An author removed a message's text; the record stays."""

    author: Indexed[Address]
    topic_id: Indexed[u64]
    message_id: Indexed[u64]


@dataclass(frozen=True, slots=True)
class MessageHidden:
    """A message was hidden or shown again."""

    moderator: Indexed[Address]
    topic_id: Indexed[u64]
    message_id: Indexed[u64]
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class MessagePinned:
    """A message was pinned or unpinned in its topic."""

    moderator: Indexed[Address]
    topic_id: Indexed[u64]
    message_id: Indexed[u64]
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class Voted:
    """An account's vote on a message is now +1, 0 or -1."""

    voter: Indexed[Address]
    author: Indexed[Address]
    message_id: Indexed[u64]
    vote: i8


@dataclass(frozen=True, slots=True)
class ModeratorGranted:
    """An account moderates a topic, or all of them (topic 0)."""

    account: Indexed[Address]
    topic_id: Indexed[u64]
    granted_by: Indexed[Address]


@dataclass(frozen=True, slots=True)
class ModeratorRevoked:
    """An account moderates a topic, or all of them (topic 0), no more."""

    account: Indexed[Address]
    topic_id: Indexed[u64]
    revoked_by: Indexed[Address]


@dataclass(frozen=True, slots=True)
class Banned:
    """An account may not take part in a topic, or anywhere (topic 0), for ``seconds``."""

    account: Indexed[Address]
    topic_id: Indexed[u64]
    moderator: Indexed[Address]
    seconds: u64
    is_permanent: bool


@dataclass(frozen=True, slots=True)
class Unbanned:
    """A ban was lifted before its end."""

    account: Indexed[Address]
    topic_id: Indexed[u64]
    moderator: Indexed[Address]


@dataclass(frozen=True, slots=True)
class KeyRegistered:
    """Letters to the account are sealed to this X25519 key from now on."""

    account: Indexed[Address]
    public_key: bytes32
    number: u32


@dataclass(frozen=True, slots=True)
class SealedMessage:
    """A letter whose sealed payload is this log."""

    sender: Indexed[Address]
    recipient: Indexed[Address]
    number: u64
    payload: bytes


@dataclass(frozen=True, slots=True)
class SealedPointer:
    """A letter whose sealed payload lies off chain, with this keccak."""

    sender: Indexed[Address]
    recipient: Indexed[Address]
    number: u64
    content_hash: bytes32
    uri: str


EVENTS: Final[tuple[type, ...]] = (
    TopicOpened,
    TopicTagged,
    TopicPinned,
    TopicLocked,
    TopicHidden,
    MessagePosted,
    MessageEdited,
    MessageDeleted,
    MessageHidden,
    MessagePinned,
    Voted,
    ModeratorGranted,
    ModeratorRevoked,
    Banned,
    Unbanned,
    KeyRegistered,
    SealedMessage,
    SealedPointer,
)
