"""Rows of the views, read from the records; hidden and deleted text is withheld."""

from collections.abc import Sequence

from contracts.framework.clock import Moment
from contracts.framework.storage import ArrayHandle
from contracts.messaging.v1.messages import (
    EditInfo,
    KeyInfo,
    LetterInfo,
    Level,
    MessageInfo,
    MessageStatus,
    TopicInfo,
)
from contracts.messaging.v1.records import Edit, Letter, Message, SealingKey, Topic

ZERO_ADDRESS = bytes(20)


def topic_info(topic_id: int, topic: Topic) -> TopicInfo:
    """Return a topic as views show it."""
    is_known = topic.creator != ZERO_ADDRESS
    hide_rank = topic.hide_rank
    tags = topic.tags
    return TopicInfo(
        topic_id=topic_id if is_known else 0,
        creator=topic.creator,
        is_pinned=topic.is_pinned,
        lock_rank=topic.lock_rank,
        hide_rank=hide_rank,
        opened_at=topic.opened.seconds,
        opened_height=topic.opened.height,
        message_count=len(topic.message_ids),
        title="" if hide_rank else topic.title,
        description="" if hide_rank else topic.description,
        tags=() if hide_rank else tuple(tags[index] for index in range(len(tags))),
    )


def message_info(message_id: int, message: Message) -> MessageInfo:
    """Return a message as views show it."""
    is_known = message.author != ZERO_ADDRESS
    status = message.status if is_known else MessageStatus.UNKNOWN
    return MessageInfo(
        message_id=message_id if is_known else 0,
        topic_id=message.topic_id,
        parent_id=message.parent_id,
        author=message.author,
        kind=message.kind,
        status=status,
        is_pinned=message.is_pinned,
        ups=message.ups,
        downs=message.downs,
        reply_count=len(message.reply_ids),
        edit_count=len(message.edits),
        posted_at=message.posted.seconds,
        posted_height=message.posted.height,
        content_hash=message.content_hash,
        text=message.text if status == MessageStatus.VISIBLE else "",
    )


def edit_info(edit: Edit) -> EditInfo:
    """Return one former text."""
    return EditInfo(
        content_hash=edit.content_hash,
        replaced_at=edit.replaced.seconds,
        replaced_height=edit.replaced.height,
    )


def letter_info(number: int, letter: Letter) -> LetterInfo:
    """Return one entry of an inbox."""
    return LetterInfo(
        number=number,
        sender=letter.sender,
        kind=letter.kind,
        sent_at=letter.sent.seconds,
        sent_height=letter.sent.height,
        content_hash=letter.content_hash,
    )


def key_info(key: SealingKey) -> KeyInfo:
    """Return an account's key."""
    registered: Moment = key.registered
    return KeyInfo(
        public_key=key.public_key,
        number=key.number,
        registered_at=registered.seconds,
        registered_height=registered.height,
    )


def level_of(reputation: int, thresholds: Sequence[int]) -> Level:
    """Return the level of a reputation; ``thresholds`` are those of member and above, ascending."""
    if reputation < 0:
        return Level.RESTRICTED
    return Level(Level.NEWCOMER + sum(reputation >= threshold for threshold in thresholds))


def newest_first(ids: ArrayHandle[int]) -> tuple[int, ...]:
    """Return a short list of ids, the one that entered last first."""
    return tuple(ids[index] for index in range(len(ids) - 1, -1, -1))
