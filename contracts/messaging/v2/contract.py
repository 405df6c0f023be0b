"""Messaging, version two: accepted answers, topics by latest activity, provable histories.

New for users: a question's author accepts an answer, which is listed first; ``activeTopics`` lists
topics by their latest message; ``historyRoot`` is one word that commits to all former texts of a
message, so that one storage proof shows a history to be complete.

Version one's records stay as they are, in their places, and everything here lies beside them: so a
rollback needs no conversion, whatever was written meanwhile. Invariants, beside those of version
one:

H1. The list by activity holds the newest 32 topics of the upgrade (in the order of their latest
    messages; within a block by id) and each topic opened or written to since, latest first. Its
    records carry the era, the number of the upgrade that made them; those of another era are void.
H2. A message of layout 2 has a root over its first ``chained`` edits; every call that works on a
    message first chains those that are missing, at most 32, and tags it.
H3. An accepted answer was written to that question. It counts while it is visible.
"""

from collections.abc import Sequence
from typing import Final

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.storage import U32, U64, Slot, mapping, struct
from contracts.framework.types import bytes32, u32, u64
from contracts.messaging.v1.contract import Messaging as MessagingV1
from contracts.messaging.v1.messages import (
    EVENTS,
    MessageInfo,
    MessageKind,
    MessageStatus,
    TopicInfo,
)
from contracts.messaging.v1.records import PAGE_MAX, Message, Topic
from contracts.messaging.v1.refusals import ERRORS, NoChange, UnknownTopic
from contracts.messaging.v1.weights import MESSAGE_ROW_GAS, TOPIC_ROW_GAS
from contracts.messaging.v2.messages import AnswerAccepted, NotAnswer
from contracts.messaging.v2.records import EAGER_TOPICS, LAYOUT, Activity, Extra, chain_edit
from contracts.messaging.v2.weights import EDIT_LINK_GAS, WEIGHTS

REST: Final = 1 << 63
"""Marks a cursor of ``activeTopics`` that has left the list for the topics outside it."""


class Messaging(MessagingV1):
    """The messaging contract, version two."""

    __slots__ = ()

    version = "2.0.0"
    events = (*EVENTS, AnswerAccepted)
    errors = (*ERRORS, NotAnswer)
    weights = WEIGHTS

    era = Slot(U32)
    most_active = Slot(U64)
    outside_total = Slot(U64)
    activities = Slot(mapping(U64, struct(Activity)))
    extras = Slot(mapping(U64, struct(Extra)))

    # --- migrations -------------------------------------------------------------------------

    def upgrade(self) -> None:
        """Begin the list by activity with the newest topics; messages convert when touched."""
        total = self.topic_total
        outside = max(total - EAGER_TOPICS, 0)
        ids = range(outside + 1, total + 1)
        ordered = sorted(ids, key=lambda number: (self._latest_height(number), number))
        era = self.era + 1
        self.era = era
        self.outside_total = outside
        self.most_active = ordered[-1] if ordered else 0
        for place, topic_id in enumerate(ordered):
            older = ordered[place - 1] if place else 0
            newer = ordered[place + 1] if place + 1 < len(ordered) else 0
            self.activities[topic_id].write(era, newer, older)

    def downgrade(self) -> None:
        """Convert nothing: version one's records were valid all along, and what lies beside them
        is either void in the next era (H1) or caught up with on touch (H2).
        """

    # --- calls ------------------------------------------------------------------------------

    @call
    def accept_answer(self, answer_id: u64) -> None:
        """Mark an answer to the caller's question as the accepted one, in place of a former.

        It may be the caller's own; standing comes from votes alone.
        """
        answer = self._message(answer_id)
        if answer.kind != MessageKind.ANSWER:
            raise revert(NotAnswer(answer_id))
        question_id = answer.parent_id
        question = self._own(question_id)
        self._check_taking_part(question.topic_id, self._topic(question.topic_id))
        self._check_visible(question_id, question)
        self._check_visible(answer_id, answer)
        extra = self.extras[question_id]
        if extra.accepted_id == answer_id:
            raise revert(NoChange())
        extra.accepted_id = answer_id
        self.emit(AnswerAccepted(question_id, answer_id, self.ctx.caller))

    @call
    def withdraw_acceptance(self, question_id: u64) -> None:
        """Leave the caller's question without accepted answer."""
        question = self._own(question_id)
        self._check_taking_part(question.topic_id, self._topic(question.topic_id))
        extra = self.extras[question_id]
        if not extra.accepted_id:
            raise revert(NoChange())
        extra.accepted_id = 0
        self.emit(AnswerAccepted(question_id, 0, self.ctx.caller))

    # --- views ------------------------------------------------------------------------------

    @view
    def accepted_answer(self, question_id: u64) -> u64:
        """Return the accepted answer of a question; 0 while there is none that is visible."""
        return self._accepted(question_id)

    @view
    def history_root(self, message_id: u64) -> bytes32:
        """Return the hash chain over a message's former texts; zero before the first edit.

        Each link is keccak(former link, content hash, time, height), the numbers in 8 bytes.
        """
        message = self.message_records[message_id]
        extra = self.extras[message_id]
        return self._chained(message, extra.root, extra.chained, len(message.edits))

    @view
    def replies(
        self, message_id: u64, cursor: u64, limit: u32
    ) -> tuple[tuple[MessageInfo, ...], u64]:
        """Return replies and answers to a message, oldest first, and the next cursor.

        Place 0 begins with the accepted answer, which is passed over later.
        """
        ids = self.message_records[message_id].reply_ids
        end = max(cursor, min(cursor + min(limit, PAGE_MAX), len(ids)))
        accepted = self._accepted(message_id)
        first = (accepted,) if accepted and cursor == 0 and limit else ()
        self.ctx.use_gas(MESSAGE_ROW_GAS * (end - cursor + len(first)))
        found = [ids[place] for place in range(cursor, end)]
        rest = [number for number in found if number != accepted]
        return tuple(self._message_row(number) for number in (*first, *rest)), end

    @view
    def active_topics(self, cursor: u64, limit: u32) -> tuple[tuple[TopicInfo, ...], u64]:
        """Return topics by latest activity, and where the next page goes on (0: nowhere).

        Cursor 0 begins: pinned topics (at most 16), then the list (H1), then topics outside it,
        newest first; pinned ones are passed over. At most 100 are looked at. A list that moves
        meanwhile may show a topic twice; a cursor that left it reverts with UnknownTopic.
        """
        budget = min(limit, PAGE_MAX)
        if not budget:
            return (), cursor
        outside = REST | self.outside_total
        pinned = () if cursor else self._pinned_topics()
        self.ctx.use_gas(TOPIC_ROW_GAS * len(pinned))
        rows = [self._topic_row(topic_id) for topic_id in pinned]
        place = cursor or self.most_active or outside
        if place > outside:
            raise revert(UnknownTopic(cursor))
        while budget and place != REST:
            budget -= 1
            self.ctx.use_gas(TOPIC_ROW_GAS)
            is_outside = place >= REST
            topic_id = place & ~REST
            is_listed = self._is_listed(topic_id)
            if not (is_listed or is_outside):
                raise revert(UnknownTopic(cursor))
            if is_listed != is_outside and not self.topic_records[topic_id].is_pinned:
                rows.append(self._topic_row(topic_id))
            place = place - 1 if is_outside else self.activities[topic_id].older or outside
        return tuple(rows), place if place != REST else 0

    # --- parts ------------------------------------------------------------------------------

    def _message(self, message_id: int) -> Message:
        message = super()._message(message_id)
        self._convert(message_id, message)
        return message

    def _write_topic(self, title: str, description: str, tags: Sequence[str]) -> int:
        topic_id = super()._write_topic(title, description, tags)
        self._bring_forward(topic_id)
        return topic_id

    def _write_message(
        self, topic_id: int, topic: Topic, kind: int, parent_id: int, text: str
    ) -> int:
        message_id = super()._write_message(topic_id, topic, kind, parent_id, text)
        self.message_records[message_id].layout = LAYOUT
        self._bring_forward(topic_id)
        return message_id

    def _write_edit(self, message_id: int, text: str) -> None:
        super()._write_edit(message_id, text)
        self._convert(message_id, self.message_records[message_id])

    def _convert(self, message_id: int, message: Message) -> None:
        """Bring a message to layout 2, or chain edits that version one made since (H2)."""
        total = len(message.edits)
        if total:
            extra = self.extras[message_id]
            chained = extra.chained
            if chained < total:
                extra.root = self._chained(message, extra.root, chained, total)
                extra.chained = total
        if message.layout != LAYOUT:
            message.layout = LAYOUT

    def _chained(self, message: Message, root: bytes, start: int, end: int) -> bytes:
        self.ctx.use_gas(EDIT_LINK_GAS * (end - start))
        for place in range(start, end):
            root = chain_edit(root, message.edits[place])
        return root

    def _accepted(self, question_id: int) -> int:
        accepted = self.extras[question_id].accepted_id
        if accepted and self.message_records[accepted].status == MessageStatus.VISIBLE:
            return accepted
        return 0

    def _is_listed(self, topic_id: int) -> bool:
        return self.activities[topic_id].era == self.era

    def _bring_forward(self, topic_id: int) -> None:
        """Put a topic at the head of the list by activity."""
        head, era = self.most_active, self.era
        if head == topic_id:
            return
        if self._is_listed(topic_id):
            activity = self.activities[topic_id]
            newer, older = activity.newer, activity.older
            self.activities[newer].older = older
            if older:
                self.activities[older].newer = newer
        if head:
            self.activities[head].newer = topic_id
        self.activities[topic_id].write(era, 0, head)
        self.most_active = topic_id

    def _latest_height(self, topic_id: int) -> int:
        """Return the height of a topic's latest message, or of its opening."""
        topic = self.topic_records[topic_id]
        count = len(topic.message_ids)
        if not count:
            return topic.opened.height
        return self.message_records[topic.message_ids[count - 1]].posted.height
