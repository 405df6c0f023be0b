"""Messaging: forum and mailbox for agents (0x...1004).

Message text lies in storage, so views read it and proofs show it; a letter's payload lies in the
log alone, sealed to its reader. Writing costs ``feePerByte`` for every byte of text, tag, payload
or URI (and 32 for a hash off chain), exactly, and the fee is burnt at once. Invariants:

G1. The contract keeps no money: its balance is what was sent to it without a call.
G2. A message's ``ups`` and ``downs`` count the accounts whose vote is for and against it; an
    account's are the sums over its messages, whatever became of them. Nobody votes on his own.
G3. Only its author changes or deletes a message; what others can do is hide it, by rank: what a
    rank did (hide, lock, ban) a lower one cannot undo, and nobody bans his equal.
G4. Every text that a message ever had is known by its keccak: the present one by
    ``content_hash``, the former ones, at most 32, by ``edits``.
G5. Nothing pinned is hidden or deleted; a list that moderators fill has a bound.

Choices where the rules are silent: levels are what clients show and open no door, because a vote
costs its voter gas alone and new accounts are free; a locked topic takes no messages and no edits
from anybody, but votes and deletions; a ban everywhere also stops letters; banned accounts can
still delete; a moderator of everything is under no ban; text of hidden messages is withheld by
views but readable through ``storedText`` for those who judge it; deletion keeps votes, so nobody
launders a reputation.
"""

from collections.abc import Sequence

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import Address, u8, u32, u64, u256
from contracts.messaging.v1.listing import (
    edit_info,
    level_of,
    message_info,
    newest_first,
    topic_info,
)
from contracts.messaging.v1.mailbox import Mailbox
from contracts.messaging.v1.messages import (
    AccountInfo,
    EditInfo,
    MessageDeleted,
    MessageEdited,
    MessageInfo,
    MessageKind,
    MessagePosted,
    MessageStatus,
    Rank,
    TopicInfo,
    TopicOpened,
    TopicTagged,
    Voted,
    i8,
)
from contracts.messaging.v1.records import (
    EDITS_MAX,
    LAYOUT,
    PAGE_MAX,
    VOTE_DOWN,
    VOTE_NONE,
    VOTE_UP,
    Message,
    Topic,
)
from contracts.messaging.v1.refusals import (
    BadKind,
    BadParent,
    BadVote,
    NoChange,
    NotAuthor,
    NotVisible,
    OwnMessage,
    TooMany,
    TopicIsLocked,
)
from contracts.messaging.v1.store import EVERYWHERE
from contracts.messaging.v1.texts import check_tags, check_text, content_hash_of
from contracts.messaging.v1.weights import ENTRY_ROW_GAS, MESSAGE_ROW_GAS, TOPIC_ROW_GAS


class Messaging(Mailbox):
    """The messaging contract."""

    __slots__ = ()

    # --- topics -----------------------------------------------------------------------------

    @call(payable=True)
    def open_topic(self, title: str, description: str, tags: tuple[str, ...]) -> u64:
        """Open a topic; returns its id. Tags are made of a-z, 0-9 and hyphens."""
        self._check_ban(self.ctx.caller, EVERYWHERE)
        size = check_text(title, self.title_bytes_max)
        size += check_text(description, self.description_bytes_max, may_be_empty=True)
        size += check_tags(tags, self.tags_max, self.tag_bytes_max)
        fee = self._check_fee(size)
        topic_id = self._write_topic(title, description, tags)
        self.emit(TopicOpened(topic_id, self.ctx.caller, title, fee))
        for tag in tags:
            self.emit(TopicTagged(tag, topic_id, self.ctx.caller, tag))
        self.ctx.burn(fee)
        return topic_id

    # --- messages ---------------------------------------------------------------------------

    @call(payable=True)
    def post(self, topic_id: u64, kind: u8, parent_id: u64, text: str) -> u64:
        """Write a message; returns its id.

        Kinds: 1 post, 2 reply, 3 announcement (of who moderates the topic), 4 question, 5 answer.
        A reply has a parent, an answer has a question as parent, the others have none (0).
        """
        topic = self._topic(topic_id)
        self._check_taking_part(topic_id, topic)
        if topic.lock_rank:
            raise revert(TopicIsLocked(topic_id))
        self._check_kind(topic_id, topic, kind, parent_id)
        fee = self._check_fee(check_text(text, self.message_bytes_max))
        message_id = self._write_message(topic_id, topic, kind, parent_id, text)
        caller, content_hash = self.ctx.caller, self.message_records[message_id].content_hash
        self.emit(MessagePosted(caller, topic_id, message_id, kind, parent_id, content_hash, fee))
        self.ctx.burn(fee)
        return message_id

    @call(payable=True)
    def edit(self, message_id: u64, text: str) -> None:
        """Replace the text of the caller's message; pays for all bytes of the new one.

        The former text is known by its keccak from then on; at most 32 edits.
        """
        message = self._own(message_id)
        topic_id = message.topic_id
        topic = self._topic(topic_id)
        self._check_taking_part(topic_id, topic)
        if topic.lock_rank:
            raise revert(TopicIsLocked(topic_id))
        self._check_visible(message_id, message)
        size = check_text(text, self.message_bytes_max)
        old_hash, new_hash = message.content_hash, content_hash_of(text)
        if old_hash == new_hash:
            raise revert(NoChange())
        if len(message.edits) >= EDITS_MAX:
            raise revert(TooMany(EDITS_MAX))
        fee = self._check_fee(size)
        self._write_edit(message_id, text)
        self.emit(MessageEdited(self.ctx.caller, topic_id, message_id, old_hash, new_hash, fee))
        self.ctx.burn(fee)

    @call
    def delete_message(self, message_id: u64) -> None:
        """Remove the text of the caller's message; record, hashes and votes stay."""
        message = self._own(message_id)
        if message.is_deleted:
            raise revert(NotVisible(message_id, MessageStatus.DELETED))
        topic_id = message.topic_id
        message.is_deleted = True
        message.text = ""
        self._unpin_message(message_id, message, self._topic(topic_id))
        self.emit(MessageDeleted(self.ctx.caller, topic_id, message_id))

    @call
    def vote(self, message_id: u64, vote: i8) -> None:
        """Set the caller's vote on another's message: +1, 0 or -1."""
        if vote not in (1, 0, -1):
            raise revert(BadVote())
        caller = self.ctx.caller
        message = self._message(message_id)
        self._check_taking_part(message.topic_id, self._topic(message.topic_id))
        self._check_visible(message_id, message)
        author = message.author
        if author == caller:
            raise revert(OwnMessage())
        old, new = message.votes[caller], (VOTE_NONE, VOTE_UP, VOTE_DOWN)[vote]
        if old == new:
            raise revert(NoChange())
        message.votes[caller] = new
        standing = self.standings[author]
        ups = (new == VOTE_UP) - (old == VOTE_UP)
        downs = (new == VOTE_DOWN) - (old == VOTE_DOWN)
        message.ups += ups
        message.downs += downs
        standing.ups += ups
        standing.downs += downs
        self.emit(Voted(caller, author, message_id, vote))

    # --- views ------------------------------------------------------------------------------

    @view
    def fee_for(self, size: u64) -> u256:
        """Return the wei that writing ``size`` bytes costs."""
        return self.fee_per_byte * size

    @view
    def counts(self) -> tuple[u64, u64]:
        """Return how many topics and messages were ever written; their ids count from 1."""
        return self.topic_total, self.message_total

    @view
    def topic(self, topic_id: u64) -> TopicInfo:
        """Return one topic; id 0 when there is none."""
        return topic_info(topic_id, self.topic_records[topic_id])

    @view
    def topics(self, before: u64, limit: u32) -> tuple[tuple[TopicInfo, ...], u64]:
        """Return topics, newest first, and where the next page goes on.

        ``before`` 0 begins: pinned topics (at most 16), then the newest ``limit``, pinned ones
        passed over. Later pages take what the last one returned, and look at the topics of lower
        ids; 1 says that none is left. At most 100 are looked at.
        """
        is_first = before == 0
        pinned = self._pinned_topics() if is_first and limit else ()
        start = self.topic_total + 1 if is_first else min(before, self.topic_total + 1)
        end = max(start - min(limit, PAGE_MAX), 1)
        self.ctx.use_gas(TOPIC_ROW_GAS * (start - end + len(pinned)))
        rows = [self._topic_row(topic_id) for topic_id in pinned]
        records = self.topic_records
        rest = (number for number in range(start - 1, end - 1, -1))
        rows.extend(self._topic_row(number) for number in rest if not records[number].is_pinned)
        return tuple(rows), end

    @view
    def message(self, message_id: u64) -> MessageInfo:
        """Return one message; id 0 when there is none."""
        return self._message_row(message_id)

    @view
    def stored_text(self, message_id: u64) -> str:
        """Return a message's text though it be hidden; a deleted one has none."""
        return self.message_records[message_id].text

    @view
    def messages(
        self, topic_id: u64, cursor: u64, limit: u32
    ) -> tuple[tuple[MessageInfo, ...], u64]:
        """Return messages of a topic, oldest first, from place ``cursor``, and the next cursor.

        Place 0 begins with the pinned ones (at most 8), which are passed over later. At most 100
        places are looked at.
        """
        topic = self.topic_records[topic_id]
        ids = topic.message_ids
        end = max(cursor, min(cursor + min(limit, PAGE_MAX), len(ids)))
        pinned = newest_first(topic.pinned_ids) if cursor == 0 and limit else ()
        self.ctx.use_gas(MESSAGE_ROW_GAS * (end - cursor + len(pinned)))
        found = [ids[place] for place in range(cursor, end)]
        records = self.message_records
        rest = [number for number in found if not records[number].is_pinned]
        return tuple(self._message_row(number) for number in (*pinned, *rest)), end

    @view
    def replies(
        self, message_id: u64, cursor: u64, limit: u32
    ) -> tuple[tuple[MessageInfo, ...], u64]:
        """Return replies and answers to a message, oldest first, and the next cursor."""
        ids = self.message_records[message_id].reply_ids
        end = max(cursor, min(cursor + min(limit, PAGE_MAX), len(ids)))
        self.ctx.use_gas(MESSAGE_ROW_GAS * (end - cursor))
        return tuple(self._message_row(ids[place]) for place in range(cursor, end)), end

    @view
    def edits(self, message_id: u64, cursor: u64, limit: u32) -> tuple[tuple[EditInfo, ...], u64]:
        """Return the former texts of a message by hash, oldest first, and the next cursor."""
        items = self.message_records[message_id].edits
        end = max(cursor, min(cursor + min(limit, PAGE_MAX), len(items)))
        self.ctx.use_gas(ENTRY_ROW_GAS * (end - cursor))
        return tuple(edit_info(items[place]) for place in range(cursor, end)), end

    @view
    def vote_of(self, message_id: u64, account: Address) -> i8:
        """Return an account's vote on a message: +1, 0 or -1."""
        vote = self.message_records[message_id].votes[account]
        return (vote == VOTE_UP) - (vote == VOTE_DOWN)

    @view
    def account(self, account: Address) -> AccountInfo:
        """Return an account's standing: 0 restricted, 1 newcomer, 2 member to 5 authority."""
        standing = self.standings[account]
        ups, downs = standing.ups, standing.downs
        is_moderator = self.is_moderator[account]
        return AccountInfo(
            reputation=ups - downs,
            level=level_of(ups - downs, self._thresholds()),
            ups=ups,
            downs=downs,
            topics=standing.topics,
            messages=standing.messages,
            letters=len(self.letters[account]),
            is_moderator=is_moderator,
            is_banned=self._is_in_force(self.bans[account]) and not is_moderator,
        )

    # --- parts ------------------------------------------------------------------------------

    def _own(self, message_id: int) -> Message:
        message = self._message(message_id)
        if message.author != self.ctx.caller:
            raise revert(NotAuthor())
        return message

    def _check_kind(self, topic_id: int, topic: Topic, kind: int, parent_id: int) -> None:
        is_known = MessageKind.POST <= kind <= MessageKind.ANSWER
        needs_parent = kind in (MessageKind.REPLY, MessageKind.ANSWER)
        if not is_known or needs_parent != (parent_id != 0):
            raise revert(BadKind(kind))
        if kind == MessageKind.ANNOUNCEMENT:
            self._check_rank(topic, Rank.TOPIC_MODERATOR)
        if not needs_parent:
            return
        parent = self._message(parent_id)
        is_question = parent.kind == MessageKind.QUESTION
        if parent.topic_id != topic_id or (kind == MessageKind.ANSWER and not is_question):
            raise revert(BadParent(parent_id))
        self._check_visible(parent_id, parent)

    def _write_topic(self, title: str, description: str, tags: Sequence[str]) -> int:
        """Store a topic of the caller and return its id."""
        topic_id = self.topic_total + 1
        self.topic_total = topic_id
        topic = self.topic_records[topic_id]
        topic.creator = self.ctx.caller
        topic.opened.stamp(self.ctx.block)
        topic.title = title
        topic.description = description
        for tag in tags:
            topic.tags.push(tag)
        self.standings[self.ctx.caller].topics += 1
        return topic_id

    def _write_message(
        self, topic_id: int, topic: Topic, kind: int, parent_id: int, text: str
    ) -> int:
        """Store a message of the caller and return its id."""
        message_id = self.message_total + 1
        self.message_total = message_id
        message = self.message_records[message_id]
        message.author = self.ctx.caller
        message.layout = LAYOUT
        message.kind = kind
        message.topic_id = topic_id
        message.posted.stamp(self.ctx.block)
        message.content_hash = content_hash_of(text)
        message.text = text
        if parent_id:
            message.parent_id = parent_id
            self.message_records[parent_id].reply_ids.push(message_id)
        topic.message_ids.push(message_id)
        self.standings[self.ctx.caller].messages += 1
        return message_id

    def _write_edit(self, message_id: int, text: str) -> None:
        """Replace a message's text and note the former one by its hash (G4)."""
        message = self.message_records[message_id]
        edit = message.edits.grow()
        edit.content_hash = message.content_hash
        edit.replaced.stamp(self.ctx.block)
        message.content_hash = content_hash_of(text)
        message.text = text

    def _topic_row(self, topic_id: int) -> TopicInfo:
        return topic_info(topic_id, self.topic_records[topic_id])

    def _message_row(self, message_id: int) -> MessageInfo:
        return message_info(message_id, self.message_records[message_id])
