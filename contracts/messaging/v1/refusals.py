"""Custom errors of the messaging contract."""

from dataclasses import dataclass
from typing import Final

from contracts.framework.types import Address, u8, u32, u64, u256


@dataclass(frozen=True, slots=True)
class WrongFee:
    """The value sent must be exactly the fee; ``feeFor`` tells it."""

    given: u256
    needed: u256


@dataclass(frozen=True, slots=True)
class EmptyText:
    """A title, a message or a tag has at least one character."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """The text has more bytes than its kind may have."""

    size: u64
    maximum: u64


@dataclass(frozen=True, slots=True)
class BadTag:
    """Tag number ``position`` is not made of a-z, 0-9 and hyphens, or stands there twice."""

    position: u32


@dataclass(frozen=True, slots=True)
class TooMany:
    """The list is full: something must leave it first."""

    maximum: u32


@dataclass(frozen=True, slots=True)
class UnknownTopic:
    """There is no topic of this id."""

    topic_id: u64


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """There is no message of this id."""

    message_id: u64


@dataclass(frozen=True, slots=True)
class TopicIsHidden:
    """The topic is hidden: nothing is written or voted on in it."""

    topic_id: u64


@dataclass(frozen=True, slots=True)
class TopicIsLocked:
    """The topic is locked: it takes no messages and no edits."""

    topic_id: u64


@dataclass(frozen=True, slots=True)
class NotVisible:
    """The message is hidden or deleted."""

    message_id: u64
    status: u8


@dataclass(frozen=True, slots=True)
class BadKind:
    """There is no such kind of message, or it needs a parent, or it takes none."""

    kind: u8


@dataclass(frozen=True, slots=True)
class BadParent:
    """The parent is in another topic, or an answer's parent is no question."""

    parent_id: u64


@dataclass(frozen=True, slots=True)
class BadVote:
    """A vote is +1, 0 or -1."""


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """Nobody votes on a message of his own."""


@dataclass(frozen=True, slots=True)
class NoChange:
    """It is so already."""


@dataclass(frozen=True, slots=True)
class NotAuthor:
    """Only the message's author may do this."""


@dataclass(frozen=True, slots=True)
class NotCreator:
    """Only the topic's creator may do this."""


@dataclass(frozen=True, slots=True)
class NotModerator:
    """The call needs a higher rank: 1 topic moderator, 2 creator, 3 moderator of everything."""

    rank: u8
    needed: u8


@dataclass(frozen=True, slots=True)
class IsBanned:
    """The account is banned in this topic, or everywhere (topic 0)."""

    account: Address
    topic_id: u64


@dataclass(frozen=True, slots=True)
class BadDuration:
    """A ban lasts 1 to ``maximum`` seconds; a permanent one says 0."""

    maximum: u64


@dataclass(frozen=True, slots=True)
class BadKey:
    """The zero key is no X25519 key."""


@dataclass(frozen=True, slots=True)
class NoKey:
    """The recipient has registered no key, so nothing can be sealed to it."""

    recipient: Address


@dataclass(frozen=True, slots=True)
class NotSealed:
    """A sealed payload has at least ``minimum`` bytes, a content hash is not zero."""

    minimum: u32


@dataclass(frozen=True, slots=True)
class BadThresholds:
    """The reputation of each level exceeds that of the level below."""


ERRORS: Final[tuple[type, ...]] = (
    WrongFee,
    EmptyText,
    TooLong,
    BadTag,
    TooMany,
    UnknownTopic,
    UnknownMessage,
    TopicIsHidden,
    TopicIsLocked,
    NotVisible,
    BadKind,
    BadParent,
    BadVote,
    OwnMessage,
    NoChange,
    NotAuthor,
    NotCreator,
    NotModerator,
    IsBanned,
    BadDuration,
    BadKey,
    NoKey,
    NotSealed,
    BadThresholds,
)
