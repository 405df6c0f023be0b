"""Moderators of messaging: offices, ranks, hiding, pinning, locking, bans."""

import pytest

from contracts.framework.clock import blocks_in
from contracts.messaging.v1.messages import (
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
)
from contracts.places import GOVERNANCE_ADDRESS
from primitives.types import U64_MAX
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.messaging_world import (
    AUTHOR,
    CREATOR,
    DEPUTY,
    MODERATOR,
    READER,
    STRANGER,
    ask,
    ban,
    deputize,
    edit,
    events,
    flag,
    forum_chain,
    grant,
    numbers,
    open_topic,
    post,
    send,
    unban,
    vote,
)
from tests.unit.contracts.staking_world import account

YEAR = 365 * 24 * 3600
NOT_MODERATOR = "NotModerator(uint8,uint8)"


@pytest.fixture
def chain():
    """A topic of CREATOR with a message of AUTHOR, a deputy and a moderator of everything."""
    chain = forum_chain()
    open_topic(chain)
    post(chain)
    deputize(chain)
    grant(chain)
    return chain


# --- offices -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["grantModerator", "revokeModerator"])
@pytest.mark.parametrize("sender", [CREATOR, MODERATOR, DEPUTY, STRANGER, bytes(20)])
def test_only_governance_grants_and_revokes_moderators(chain, name, sender):
    with reverts("OnlyGovernance()"):
        send(chain, sender, f"{name}(address)", MODERATOR)


def test_governance_grants_and_revokes_once(chain):
    assert ask(chain, "moderators") == (MODERATOR,)
    assert ask(chain, "account", MODERATOR).is_moderator
    with reverts("NoChange()"):
        grant(chain)
    grant(chain, READER)
    send(chain, GOVERNANCE_ADDRESS, "revokeModerator(address)", MODERATOR)
    assert ask(chain, "moderators") == (READER,)
    assert not ask(chain, "account", MODERATOR).is_moderator
    with reverts("NoChange()"):
        send(chain, GOVERNANCE_ADDRESS, "revokeModerator(address)", MODERATOR)
    with reverts(NOT_MODERATOR):
        flag(chain, MODERATOR, "hideMessage", 1)
    granted, revoked = events(chain, ModeratorGranted)[-1], events(chain, ModeratorRevoked)
    assert granted == {"account": READER, "topic_id": 0, "granted_by": GOVERNANCE_ADDRESS}
    assert revoked == [{"account": MODERATOR, "topic_id": 0, "revoked_by": GOVERNANCE_ADDRESS}]


def test_moderators_of_everything_are_bounded(chain):
    for number in range(1, MODERATORS_MAX):
        grant(chain, account(1000 + number))
    with reverts("TooMany(uint32)"):
        grant(chain, STRANGER)


def test_only_the_creator_grants_moderators_of_his_topic(chain):
    for sender in (DEPUTY, MODERATOR, STRANGER, GOVERNANCE_ADDRESS):
        with reverts("NotCreator()"):
            deputize(chain, STRANGER, sender=sender)
    with reverts("NoChange()"):
        deputize(chain)
    with reverts("UnknownTopic(uint64)"):
        deputize(chain, topic=2)
    for number in range(1, TOPIC_MODERATORS_MAX):
        deputize(chain, account(1000 + number))
    with reverts("TooMany(uint32)"):
        deputize(chain, STRANGER)
    assert len(ask(chain, "topicModerators", 1)) == TOPIC_MODERATORS_MAX
    assert ask(chain, "topicModerators", 9) == ()
    ban(chain, MODERATOR, CREATOR)
    with reverts("IsBanned(address,uint64)"):
        deputize(chain, STRANGER)


def test_a_topic_moderator_leaves_or_is_revoked_from_above(chain):
    revoke = "revokeTopicModerator(uint64,address)"
    deputize(chain, READER)
    with reverts(NOT_MODERATOR):
        send(chain, READER, revoke, 1, DEPUTY)
    with reverts(NOT_MODERATOR):
        send(chain, STRANGER, revoke, 1, DEPUTY)
    for sender in (DEPUTY, CREATOR, MODERATOR):
        send(chain, sender, revoke, 1, DEPUTY)
        assert ask(chain, "topicModerators", 1) == (READER,)
        with reverts("NoChange()"):
            send(chain, sender, revoke, 1, DEPUTY)
        deputize(chain)
        send(chain, CREATOR, revoke, 1, READER)
        deputize(chain, READER)
        send(chain, CREATOR, revoke, 1, DEPUTY)
        deputize(chain)
    with reverts("UnknownTopic(uint64)"):
        send(chain, CREATOR, revoke, 7, DEPUTY)


def test_ranks_are_told(chain):
    def ranks(topic):
        parties = (MODERATOR, CREATOR, DEPUTY, STRANGER)
        return [ask(chain, "rankOf", party, topic) for party in parties]

    assert ranks(1) == [Rank.MODERATOR, Rank.CREATOR, Rank.TOPIC_MODERATOR, Rank.NONE]
    assert ranks(0) == [Rank.MODERATOR, 0, 0, 0]
    ban(chain, MODERATOR, CREATOR)
    ban(chain, MODERATOR, DEPUTY, topic=1)
    assert ranks(1) == [Rank.MODERATOR, 0, 0, 0]
    with reverts("UnknownTopic(uint64)"):
        ask(chain, "rankOf", CREATOR, 2)


# --- hiding --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hideMessage", "pinMessage", "lockTopic"])
def test_topics_are_moderated_by_their_own_moderators_alone(chain, name):
    open_topic(chain, STRANGER)
    for sender in (STRANGER, AUTHOR, READER, GOVERNANCE_ADDRESS):
        with reverts(NOT_MODERATOR):
            flag(chain, sender, name, 1)
    for sender in (DEPUTY, CREATOR, MODERATOR):
        flag(chain, sender, name, 1)
        flag(chain, sender, name, 1, False)


@pytest.mark.parametrize("name", ["hideTopic", "pinTopic"])
def test_topics_as_such_are_for_moderators_of_everything(chain, name):
    for sender in (STRANGER, AUTHOR, DEPUTY, CREATOR, GOVERNANCE_ADDRESS):
        with reverts(NOT_MODERATOR):
            flag(chain, sender, name, 1)
    flag(chain, MODERATOR, name, 1)
    with reverts("NoChange()"):
        flag(chain, MODERATOR, name, 1)
    flag(chain, MODERATOR, name, 1, False)
    with reverts("NoChange()"):
        flag(chain, MODERATOR, name, 1, False)


@pytest.mark.parametrize("name", ["hideMessage", "pinMessage"])
def test_unknown_messages_are_not_moderated(chain, name):
    with reverts("UnknownMessage(uint64)"):
        flag(chain, MODERATOR, name, 2)


@pytest.mark.parametrize("name", ["hideTopic", "pinTopic", "lockTopic"])
def test_unknown_topics_are_not_moderated(chain, name):
    with reverts("UnknownTopic(uint64)"):
        flag(chain, MODERATOR, name, 2)


def test_hidden_text_is_withheld_and_comes_back(chain):
    flag(chain, DEPUTY, "hideMessage", 1)
    info = ask(chain, "message", 1)
    assert (info.status, info.text) == (MessageStatus.HIDDEN, "")
    assert ask(chain, "storedText", 1) == "hello"
    for refused in (lambda: edit(chain, 1, "x"), lambda: post(chain, kind=2, parent=1)):
        with reverts("NotVisible(uint64,uint8)"):
            refused()
    flag(chain, DEPUTY, "hideMessage", 1, False)
    assert ask(chain, "message", 1).text == "hello"
    assert events(chain, MessageHidden)[0] == {
        "moderator": DEPUTY, "topic_id": 1, "message_id": 1, "is_hidden": True,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["hideMessage", "lockTopic"])
def test_what_a_rank_did_a_lower_one_does_not_undo(chain, name):
    ranked = (DEPUTY, CREATOR, MODERATOR)
    for place, sender in enumerate(ranked):
        flag(chain, sender, name, 1)
        for below in ranked[:place]:
            with reverts(NOT_MODERATOR):
                flag(chain, below, name, 1, False)
            with reverts("NoChange()"):
                flag(chain, below, name, 1)
        with reverts("NoChange()"):
            flag(chain, sender, name, 1)
    flag(chain, MODERATOR, name, 1, False)
    with reverts("NoChange()"):
        flag(chain, DEPUTY, name, 1, False)


def test_a_deleted_message_is_neither_hidden_nor_pinned(chain):
    send(chain, AUTHOR, "deleteMessage(uint64)", 1)
    for name in ("hideMessage", "pinMessage"):
        with reverts("NotVisible(uint64,uint8)"):
            flag(chain, CREATOR, name, 1)


def test_an_author_may_delete_what_was_hidden(chain):
    flag(chain, DEPUTY, "hideMessage", 1)
    send(chain, AUTHOR, "deleteMessage(uint64)", 1)
    assert ask(chain, "message", 1).status == MessageStatus.DELETED


def test_a_hidden_topic_shows_no_texts_and_takes_nothing(chain):
    open_topic(chain, AUTHOR, "Spam", "Buy", ("buy",))
    post(chain, topic=2)
    flag(chain, MODERATOR, "pinTopic", 2)
    flag(chain, MODERATOR, "hideTopic", 2)
    info = ask(chain, "topic", 2)
    assert (info.title, info.description, info.tags, info.is_pinned) == ("", "", (), False)
    assert (info.topic_id, info.hide_rank) == (2, Rank.MODERATOR)
    for refused in (
        lambda: post(chain, topic=2),
        lambda: edit(chain, 2, "x"),
        lambda: vote(chain, READER, 2, 1),
        lambda: flag(chain, MODERATOR, "pinTopic", 2),
    ):
        with reverts("TopicIsHidden(uint64)"):
            refused()
    flag(chain, MODERATOR, "hideTopic", 2, False)
    assert ask(chain, "topic", 2).title == "Spam"
    assert [row["is_hidden"] for row in events(chain, TopicHidden)] == [True, False]
    assert numbers(ask(chain, "topics", 0, 9)[0], "topic_id") == [2, 1]


# --- pins and locks ------------------------------------------------------------------------------


def test_pinned_messages_are_bounded_and_hiding_unpins(chain):
    ids = [1, *(post(chain) for _ in range(PINNED_MESSAGES_MAX))]
    for message in ids[:-1]:
        flag(chain, DEPUTY, "pinMessage", message)
    with reverts("TooMany(uint32)"):
        flag(chain, DEPUTY, "pinMessage", ids[-1])
    with reverts("NoChange()"):
        flag(chain, DEPUTY, "pinMessage", ids[0])
    flag(chain, DEPUTY, "hideMessage", ids[2])
    with reverts("NotVisible(uint64,uint8)"):
        flag(chain, DEPUTY, "pinMessage", ids[2])
    flag(chain, DEPUTY, "pinMessage", ids[-1])
    flag(chain, DEPUTY, "pinMessage", ids[0], False)
    with reverts("NoChange()"):
        flag(chain, DEPUTY, "pinMessage", ids[0], False)
    rows = ask(chain, "messages", 1, 0, 100)[0]
    assert numbers(rows, "message_id") == [9, 8, 7, 6, 5, 4, 2, 1, 3]
    assert len(events(chain, MessagePinned)) == 10


def test_pinned_topics_are_bounded(chain):
    for _ in range(PINNED_TOPICS_MAX):
        flag(chain, MODERATOR, "pinTopic", open_topic(chain))
    with reverts("TooMany(uint32)"):
        flag(chain, MODERATOR, "pinTopic", 1)
    flag(chain, MODERATOR, "pinTopic", 9, False)
    flag(chain, MODERATOR, "pinTopic", 1)
    expected = [1, *range(17, 9, -1), *range(8, 1, -1), 9]
    assert numbers(ask(chain, "topics", 0, 100)[0], "topic_id") == expected
    assert events(chain, TopicPinned)[-1] == {
        "topic_id": 1, "moderator": MODERATOR, "is_pinned": True,
    }  # fmt: skip


def test_locking_is_told(chain):
    flag(chain, DEPUTY, "lockTopic", 1)
    assert ask(chain, "topic", 1).lock_rank == Rank.TOPIC_MODERATOR
    flag(chain, CREATOR, "lockTopic", 1, False)
    assert [(row["moderator"], row["is_locked"]) for row in events(chain, TopicLocked)] == [
        (DEPUTY, True),
        (CREATOR, False),
    ]


# --- bans ----------------------------------------------------------------------------------------


def test_a_ban_ends_in_time_and_blocks(chain):
    seconds = 1_000
    ban(chain, DEPUTY, AUTHOR, topic=1, seconds=seconds)
    start = chain.block
    info = ask(chain, "banOf", AUTHOR, 1)
    assert (info.is_active, info.is_permanent, info.seconds) == (True, False, seconds)
    assert (info.since, info.since_height) == (start.timestamp, start.height)
    assert info.rank == Rank.TOPIC_MODERATOR
    blocks = blocks_in(seconds, start.block_time_ms)
    chain.advance(seconds=10 * seconds)
    chain.advance(blocks - 2)
    assert chain.block.height == start.height + blocks - 1
    with reverts("IsBanned(address,uint64)"):
        post(chain)
    chain.advance()
    assert post(chain)
    assert not ask(chain, "banOf", AUTHOR, 1).is_active


def test_a_ban_ends_at_its_second_and_not_before(chain):
    ban(chain, MODERATOR, AUTHOR, seconds=100)
    chain.advance(99)
    with reverts("IsBanned(address,uint64)"):
        post(chain)
    assert ask(chain, "account", AUTHOR).is_banned
    chain.advance()
    assert post(chain)
    assert not ask(chain, "account", AUTHOR).is_banned


def test_a_permanent_ban_does_not_end_until_it_is_lifted(chain):
    ban(chain, MODERATOR, AUTHOR, seconds=0, permanent=True)
    chain.advance(seconds=100 * YEAR)
    chain.advance(50)
    with reverts("IsBanned(address,uint64)"):
        post(chain)
    unban(chain, MODERATOR, AUTHOR)
    assert post(chain)
    info = ask(chain, "banOf", AUTHOR, 0)
    assert (info.is_active, info.is_permanent, info.since, info.rank) == (False, False, 0, 0)
    with reverts("NoChange()"):
        unban(chain, MODERATOR, AUTHOR)
    banned = {"account": AUTHOR, "topic_id": 0, "moderator": MODERATOR}
    assert events(chain, Banned) == [{**banned, "seconds": 0, "is_permanent": True}]
    assert events(chain, Unbanned) == [banned]


def test_a_topic_ban_holds_in_that_topic_alone(chain):
    open_topic(chain, STRANGER)
    ban(chain, DEPUTY, AUTHOR, topic=1)
    with reverts("IsBanned(address,uint64)"):
        vote(chain, AUTHOR, post(chain, READER), 1)
    assert post(chain, topic=2)
    assert not ask(chain, "account", AUTHOR).is_banned


@pytest.mark.parametrize(
    ("seconds", "permanent"),
    [(0, False), (YEAR + 1, False), (U64_MAX, False), (1, True), (U64_MAX, True)],
)
def test_the_length_of_a_ban_is_bounded(chain, seconds, permanent):
    with reverts("BadDuration(uint64)"):
        ban(chain, MODERATOR, AUTHOR, seconds=seconds, permanent=permanent)
    ban(chain, MODERATOR, AUTHOR, seconds=YEAR)
    ban(chain, MODERATOR, AUTHOR, seconds=1)


def test_nobody_bans_his_equal_or_better(chain):
    deputize(chain, READER)
    grant(chain, STRANGER)
    for sender, target, topic in (
        (DEPUTY, DEPUTY, 1),
        (DEPUTY, READER, 1),
        (DEPUTY, CREATOR, 1),
        (DEPUTY, MODERATOR, 1),
        (CREATOR, CREATOR, 1),
        (CREATOR, MODERATOR, 1),
        (MODERATOR, STRANGER, 1),
        (MODERATOR, STRANGER, 0),
        (MODERATOR, MODERATOR, 0),
        (CREATOR, AUTHOR, 0),
        (DEPUTY, AUTHOR, 0),
        (AUTHOR, READER, 1),
        (GOVERNANCE_ADDRESS, AUTHOR, 0),
    ):
        with reverts(NOT_MODERATOR):
            ban(chain, sender, target, topic)
    ban(chain, CREATOR, DEPUTY, 1)
    ban(chain, MODERATOR, CREATOR, 1)
    with reverts("UnknownTopic(uint64)"):
        ban(chain, MODERATOR, AUTHOR, 2)


def test_a_ban_is_changed_and_lifted_by_its_rank_or_above(chain):
    ban(chain, CREATOR, AUTHOR, 1)
    for refused in (ban, unban):
        for sender in (DEPUTY, STRANGER, AUTHOR):
            with reverts(NOT_MODERATOR):
                refused(chain, sender, AUTHOR, 1)
    ban(chain, MODERATOR, AUTHOR, 1, seconds=7)
    with reverts(NOT_MODERATOR):
        unban(chain, CREATOR, AUTHOR, 1)
    chain.advance(7)
    ban(chain, DEPUTY, AUTHOR, 1)
    assert ask(chain, "banOf", AUTHOR, 1).rank == Rank.TOPIC_MODERATOR
    unban(chain, DEPUTY, AUTHOR, 1)
    with reverts("NoChange()"):
        unban(chain, DEPUTY, AUTHOR, 1)


def test_a_banned_creator_or_deputy_moderates_nothing(chain):
    ban(chain, MODERATOR, DEPUTY)
    ban(chain, MODERATOR, CREATOR, topic=1)
    for sender in (DEPUTY, CREATOR):
        for refused in (
            lambda sender=sender: flag(chain, sender, "hideMessage", 1),
            lambda sender=sender: ban(chain, sender, AUTHOR, 1),
            lambda sender=sender: unban(chain, sender, sender, 1),
        ):
            with reverts(NOT_MODERATOR):
                refused()


def test_an_office_shields_from_bans_made_before(chain):
    ban(chain, MODERATOR, STRANGER)
    grant(chain, STRANGER)
    assert post(chain, STRANGER)
    assert not ask(chain, "banOf", STRANGER, 0).is_active
    send(chain, GOVERNANCE_ADDRESS, "revokeModerator(address)", STRANGER)
    with reverts("IsBanned(address,uint64)"):
        post(chain, STRANGER)
