"""Who moderates, and what moderators do: hide, pin, lock, ban.

Moderators of everything are granted and revoked by governance alone, those of a topic by its
creator. What was done with a rank is undone with the same or a higher one.
"""

from contracts.framework.contract import OnlyGovernance, call, view
from contracts.framework.messages import revert
from contracts.framework.types import Address, u8, u64
from contracts.messaging.v1.listing import newest_first
from contracts.messaging.v1.messages import (
    BanInfo,
    Banned,
    MessageHidden,
    MessagePinned,
    MessageStatus,
    ModeratorGranted,
    ModeratorRevoked,
    Rank,
    TopicHidden,
    TopicLocked,
    TopicPinned,
    Unbanned,
)
from contracts.messaging.v1.records import (
    MODERATORS_MAX,
    PINNED_MESSAGES_MAX,
    PINNED_TOPICS_MAX,
    TOPIC_MODERATORS_MAX,
    Ban,
    Message,
    Topic,
    remove,
)
from contracts.messaging.v1.refusals import (
    BadDuration,
    NoChange,
    NotCreator,
    NotModerator,
    NotVisible,
    TooMany,
    TopicIsHidden,
)
from contracts.messaging.v1.store import EVERYWHERE, ZERO_ADDRESS, MessagingStore
from contracts.messaging.v1.weights import ENTRY_ROW_GAS
from contracts.places import GOVERNANCE_ADDRESS


class Moderation(MessagingStore):
    """Calls of governance, of topics' creators and of moderators."""

    __slots__ = ()

    # --- offices ----------------------------------------------------------------------------

    @call(governed=True)
    def grant_moderator(self, account: Address) -> None:
        """Make an account a moderator of everything; for governance alone."""
        self._check_governance()
        if self.is_moderator[account]:
            raise revert(NoChange())
        if len(self.moderator_list) >= MODERATORS_MAX:
            raise revert(TooMany(MODERATORS_MAX))
        self.is_moderator[account] = True
        self.moderator_list.push(account)
        self.emit(ModeratorGranted(account, EVERYWHERE, self.ctx.caller))

    @call(governed=True)
    def revoke_moderator(self, account: Address) -> None:
        """End that office; for governance alone. What the moderator did stays in force."""
        self._check_governance()
        if not self.is_moderator[account]:
            raise revert(NoChange())
        self.is_moderator[account] = False
        remove(self.moderator_list, account, ZERO_ADDRESS)
        self.emit(ModeratorRevoked(account, EVERYWHERE, self.ctx.caller))

    @call
    def grant_topic_moderator(self, topic_id: u64, account: Address) -> None:
        """Make an account a moderator of the caller's own topic."""
        topic = self._topic(topic_id)
        if topic.creator != self.ctx.caller:
            raise revert(NotCreator())
        self._check_ban(self.ctx.caller, topic_id)
        if topic.is_moderator[account]:
            raise revert(NoChange())
        if len(topic.moderators) >= TOPIC_MODERATORS_MAX:
            raise revert(TooMany(TOPIC_MODERATORS_MAX))
        topic.is_moderator[account] = True
        topic.moderators.push(account)
        self.emit(ModeratorGranted(account, topic_id, self.ctx.caller))

    @call
    def revoke_topic_moderator(self, topic_id: u64, account: Address) -> None:
        """End that office; for the creator, a moderator of everything, and whoever holds it."""
        topic = self._topic(topic_id)
        if account != self.ctx.caller:
            self._check_rank(topic, Rank.CREATOR)
        if not topic.is_moderator[account]:
            raise revert(NoChange())
        topic.is_moderator[account] = False
        remove(topic.moderators, account, ZERO_ADDRESS)
        self.emit(ModeratorRevoked(account, topic_id, self.ctx.caller))

    # --- topics -----------------------------------------------------------------------------

    @call
    def pin_topic(self, topic_id: u64, is_pinned: bool) -> None:
        """List a topic before all others, or no longer; for moderators of everything."""
        topic = self._topic(topic_id)
        self._check_rank(None, Rank.MODERATOR)
        if topic.is_pinned == is_pinned:
            raise revert(NoChange())
        if not is_pinned:
            self._unpin_topic(topic_id, topic)
        else:
            if topic.hide_rank:
                raise revert(TopicIsHidden(topic_id))
            if len(self.pinned_topic_ids) >= PINNED_TOPICS_MAX:
                raise revert(TooMany(PINNED_TOPICS_MAX))
            topic.is_pinned = True
            self.pinned_topic_ids.push(topic_id)
        self.emit(TopicPinned(topic_id, self.ctx.caller, is_pinned))

    @call
    def lock_topic(self, topic_id: u64, is_locked: bool) -> None:
        """Close a topic to messages and edits, or open it again."""
        topic = self._topic(topic_id)
        rank = self._check_rank(topic, Rank.TOPIC_MODERATOR)
        topic.lock_rank = _changed(topic.lock_rank, rank, is_set=is_locked)
        self.emit(TopicLocked(topic_id, self.ctx.caller, is_locked))

    @call
    def hide_topic(self, topic_id: u64, is_hidden: bool) -> None:
        """Withhold a topic's texts and stop it, or show it again; for moderators of everything."""
        topic = self._topic(topic_id)
        rank = self._check_rank(None, Rank.MODERATOR)
        topic.hide_rank = _changed(topic.hide_rank, rank, is_set=is_hidden)
        if topic.is_pinned:
            self._unpin_topic(topic_id, topic)
        self.emit(TopicHidden(topic_id, self.ctx.caller, is_hidden))

    # --- messages ---------------------------------------------------------------------------

    @call
    def hide_message(self, message_id: u64, is_hidden: bool) -> None:
        """Withhold a message's text, or show it again; a pinned one is unpinned."""
        message = self._message(message_id)
        topic_id = message.topic_id
        topic = self._topic(topic_id)
        rank = self._check_rank(topic, Rank.TOPIC_MODERATOR)
        if message.is_deleted:
            raise revert(NotVisible(message_id, MessageStatus.DELETED))
        message.hide_rank = _changed(message.hide_rank, rank, is_set=is_hidden)
        self._unpin_message(message_id, message, topic)
        self.emit(MessageHidden(self.ctx.caller, topic_id, message_id, is_hidden))

    @call
    def pin_message(self, message_id: u64, is_pinned: bool) -> None:
        """List a message before the others of its topic, or no longer."""
        message = self._message(message_id)
        topic_id = message.topic_id
        topic = self._topic(topic_id)
        self._check_rank(topic, Rank.TOPIC_MODERATOR)
        if message.is_pinned == is_pinned:
            raise revert(NoChange())
        if not is_pinned:
            self._unpin_message(message_id, message, topic)
        else:
            self._check_visible(message_id, message)
            if len(topic.pinned_ids) >= PINNED_MESSAGES_MAX:
                raise revert(TooMany(PINNED_MESSAGES_MAX))
            message.is_pinned = True
            topic.pinned_ids.push(message_id)
        self.emit(MessagePinned(self.ctx.caller, topic_id, message_id, is_pinned))

    # --- bans -------------------------------------------------------------------------------

    @call
    def ban(self, account: Address, topic_id: u64, seconds: u64, is_permanent: bool) -> None:
        """Ban an account from a topic, or from everything (topic 0), anew from this block.

        The caller outranks whom he bans, and is not below who banned before. A permanent ban has
        0 seconds.
        """
        topic = self._topic_or_all(topic_id)
        record = self._ban_record(account, topic)
        former = record.rank if self._is_in_force(record) else Rank.NONE
        needed = max(Rank.TOPIC_MODERATOR, self._office(account, topic) + 1, former)
        rank = self._check_rank(topic, needed)
        longest = self.ban_seconds_max
        if seconds if is_permanent else not 0 < seconds <= longest:
            raise revert(BadDuration(longest))
        record.since.stamp(self.ctx.block)
        record.seconds = seconds
        record.is_permanent = is_permanent
        record.rank = rank
        self.emit(Banned(account, topic_id, self.ctx.caller, seconds, is_permanent))

    @call
    def unban(self, account: Address, topic_id: u64) -> None:
        """Lift a ban before its end; needs the rank that made it."""
        topic = self._topic_or_all(topic_id)
        record = self._ban_record(account, topic)
        self._check_rank(topic, max(Rank.TOPIC_MODERATOR, record.rank))
        if not self._is_in_force(record):
            raise revert(NoChange())
        record.clear()
        self.emit(Unbanned(account, topic_id, self.ctx.caller))

    # --- views ------------------------------------------------------------------------------

    @view
    def rank_of(self, account: Address, topic_id: u64) -> u8:
        """Return an account's rank in a topic, or everywhere (topic 0); 0 while it is banned."""
        return self._rank(account, self._topic_or_all(topic_id))

    @view
    def ban_of(self, account: Address, topic_id: u64) -> BanInfo:
        """Return the latest ban of an account from a topic, or from everything (topic 0)."""
        record = self._ban_record(account, self._topic_or_all(topic_id))
        return BanInfo(
            is_active=self._is_in_force(record) and not self.is_moderator[account],
            is_permanent=record.is_permanent,
            since=record.since.seconds,
            since_height=record.since.height,
            seconds=record.seconds,
            rank=record.rank,
        )

    @view
    def moderators(self) -> tuple[Address, ...]:
        """Return the moderators of everything, in the order of their grants; at most 64."""
        items = self.moderator_list
        self.ctx.use_gas(ENTRY_ROW_GAS * len(items))
        return tuple(items[index] for index in range(len(items)))

    @view
    def topic_moderators(self, topic_id: u64) -> tuple[Address, ...]:
        """Return the moderators of a topic, in the order of their grants; at most 16."""
        items = self.topic_records[topic_id].moderators
        self.ctx.use_gas(ENTRY_ROW_GAS * len(items))
        return tuple(items[index] for index in range(len(items)))

    # --- parts ------------------------------------------------------------------------------

    def _check_governance(self) -> None:
        if self.ctx.caller != GOVERNANCE_ADDRESS:
            raise revert(OnlyGovernance())

    def _topic_or_all(self, topic_id: int) -> Topic | None:
        return None if topic_id == EVERYWHERE else self._topic(topic_id)

    def _ban_record(self, account: bytes, topic: Topic | None) -> Ban:
        return self.bans[account] if topic is None else topic.bans[account]

    def _unpin_topic(self, topic_id: int, topic: Topic) -> None:
        topic.is_pinned = False
        remove(self.pinned_topic_ids, topic_id, 0)

    def _unpin_message(self, message_id: int, message: Message, topic: Topic) -> None:
        """Take a message off the pinned ones where it is one of them (G5)."""
        if message.is_pinned:
            message.is_pinned = False
            remove(topic.pinned_ids, message_id, 0)

    def _pinned_topics(self) -> tuple[int, ...]:
        return newest_first(self.pinned_topic_ids)


def _changed(current: int, rank: int, *, is_set: bool) -> int:
    """Return the rank under which something is hidden or locked from now on, 0 for neither.

    Raises:
        Revert: NoChange; NotModerator when a higher rank set it.
    """
    if is_set:
        if current >= rank:
            raise revert(NoChange())
        return rank
    if not current:
        raise revert(NoChange())
    if current > rank:
        raise revert(NotModerator(rank, current))
    return 0
