"""Version two of messaging, and the way there and back."""

import pytest

from contracts.errors import OutOfGas, Revert
from contracts.framework.layout import contract_layout
from contracts.framework.storage import U64, Slot
from contracts.messaging.v1.contract import Messaging
from contracts.messaging.v1.weights import TOPIC_ROW_GAS
from contracts.messaging.v2.contract import REST
from contracts.messaging.v2.contract import Messaging as MessagingV2
from contracts.messaging.v2.messages import AnswerAccepted
from contracts.messaging.v2.records import EAGER_TOPICS
from contracts.messaging.v2.weights import EDIT_LINK_GAS, WEIGHTS
from contracts.places import MESSAGING_ADDRESS
from contracts.runtime import Registry
from primitives.abi import encode_call
from primitives.errors import InvariantError
from primitives.keccak import keccak256
from primitives.types import U64_MAX
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.memory_context import run_frame
from tests.unit.contracts.messaging_world import (
    ANSWER,
    AUTHOR,
    CREATOR,
    MODERATOR,
    QUESTION,
    READER,
    REPLY,
    STRANGER,
    V1,
    V2,
    ask,
    ban,
    delete,
    edit,
    events,
    flag,
    forum_chain,
    grant,
    held,
    migrate,
    numbers,
    open_topic,
    post,
    send,
    vote,
)

ACCEPT = "acceptAnswer(uint64)"
WITHDRAW = "withdrawAcceptance(uint64)"


@pytest.fixture
def chain():
    chain = forum_chain()
    open_topic(chain)
    return chain


@pytest.fixture
def second(chain):
    """A chain on version two: a question by AUTHOR with two answers."""
    post(chain, kind=QUESTION, text="why?")
    assert migrate(chain, V1, V2)
    post(chain, READER, kind=ANSWER, parent=1, text="because")
    post(chain, STRANGER, kind=ANSWER, parent=1, text="who knows")
    return chain


def active(chain, cursor=0, limit=100):
    rows, cursor = ask(chain, "activeTopics", cursor, limit)
    return numbers(rows, "topic_id"), cursor


def instance(chain):
    return chain.active.at(MESSAGING_ADDRESS)(chain.hook(MESSAGING_ADDRESS))


def chained(*links):
    root = bytes(32)
    for text, seconds, height in links:
        link = keccak256(text.encode()) + seconds.to_bytes(8, "big") + height.to_bytes(8, "big")
        root = keccak256(root + link)
    return root


# --- migrations ----------------------------------------------------------------------------------


def test_version_two_keeps_version_ones_places():
    first, second = (contract_layout(kind)["storage"] for kind in (Messaging, MessagingV2))
    assert second[: len(first)] == first
    assert len(second) > len(first)


def test_the_upgrade_orders_topics_by_latest_message(chain):
    for _ in range(3):
        chain.advance()
        open_topic(chain)
    for topic in (2, 1):
        chain.advance()
        post(chain, topic=topic)
    assert migrate(chain, V1, V2)
    assert active(chain) == ([1, 2, 4, 3], 0)


def test_the_upgrade_costs_the_same_however_large_the_forum(chain):
    def cost():
        low, high = 0, 10**6
        while low < high:
            middle = (low + high) // 2
            with chain.frame():
                saved = chain.storage
                chain.storage = dict(saved)
                hook = chain.hook(MESSAGING_ADDRESS)
                hook.gas = middle
                try:
                    MessagingV2(hook).upgrade()
                except OutOfGas:
                    low = middle + 1
                else:
                    high = middle
                chain.storage = saved
        return low

    while ask(chain, "counts")[0] < EAGER_TOPICS:
        post(chain, topic=open_topic(chain))
    small = cost()
    for number in range(40):
        post(chain, topic=open_topic(chain), text=f"{number}")
    assert small <= cost() <= small + 500


def test_an_upgrade_of_an_empty_forum_lists_nothing():
    chain = forum_chain()
    assert migrate(chain, V1, V2)
    assert active(chain) == ([], 0)
    open_topic(chain)
    assert active(chain) == ([1], 0)


def test_everything_of_version_one_reads_the_same_after_both_migrations(chain):
    grant(chain)
    for number in range(4):
        post(chain, text=f"text {number}" * 9)
    post(chain, READER, kind=REPLY, parent=1)
    edit(chain, 1, "changed")
    for voter, message, choice in ((READER, 1, 1), (STRANGER, 1, -1), (READER, 2, -1)):
        vote(chain, voter, message, choice)
    flag(chain, CREATOR, "pinMessage", 3)
    flag(chain, CREATOR, "hideMessage", 2)
    delete(chain, 4)
    ban(chain, MODERATOR, STRANGER)
    send(chain, READER, "registerKey(bytes32)", b"\x05" * 32)

    def seen():
        return (
            [ask(chain, "message", number) for number in range(7)],
            ask(chain, "messages", 1, 0, 100),
            ask(chain, "replies", 1, 0, 100),
            ask(chain, "edits", 1, 0, 100),
            ask(chain, "topics", 0, 100),
            [ask(chain, "account", who) for who in (AUTHOR, READER, STRANGER, MODERATOR)],
            ask(chain, "banOf", STRANGER, 0),
            ask(chain, "keyOf", READER),
            held(chain),
        )

    before = seen()
    assert migrate(chain, V1, V2)
    assert seen() == before
    assert migrate(chain, V2, V1)
    assert seen() == before


def test_a_rollback_keeps_what_was_written_meanwhile_and_votes_go_on(second):
    chain = second
    send(chain, AUTHOR, ACCEPT, 2)
    vote(chain, STRANGER, 2, 1)
    edit(chain, 1, "why then?")
    assert migrate(chain, V2, V1)
    assert ask(chain, "message", 2).text == "because"
    assert ask(chain, "message", 1).text == "why then?"
    with pytest.raises(Revert):
        send(chain, AUTHOR, ACCEPT, 3)
    vote(chain, STRANGER, 2, -1)
    assert ask(chain, "account", READER).reputation == -1


def test_coming_back_to_version_two_finds_what_version_one_changed(second):
    chain = second
    open_topic(chain)
    edit(chain, 1, "second")
    send(chain, AUTHOR, ACCEPT, 2)
    first_edit = ("why?", chain.block.timestamp, chain.block.height)
    assert migrate(chain, V2, V1)
    chain.advance()
    edit(chain, 1, "third")
    second_edit = ("second", chain.block.timestamp, chain.block.height)
    delete(chain, 2, READER)
    post(chain, topic=1)
    assert migrate(chain, V1, V2)
    assert active(chain) == ([1, 2], 0)
    assert ask(chain, "historyRoot", 1) == chained(first_edit, second_edit)
    assert ask(chain, "acceptedAnswer", 1) == 0
    assert instance(chain).extras[1].chained == 1
    vote(chain, STRANGER, 1, 1)
    assert instance(chain).extras[1].chained == 2
    assert instance(chain).extras[1].root == chained(first_edit, second_edit)


class Failing(Messaging):
    """An upgrade that writes and then reverts."""

    version = "3.0.0"

    def upgrade(self) -> None:
        self.topic_total = 10**6
        raise Revert(b"", "cannot convert")

    def downgrade(self) -> None:
        self.topic_total = 0


class Greedy(Messaging):
    """An upgrade whose work grows with the forum."""

    version = "3.0.0"
    seen = Slot(U64)

    def upgrade(self) -> None:
        for number in range(1, self.message_total + 1):
            self.seen += len(self.message_records[number].text)

    def downgrade(self) -> None:
        raise Revert(b"", "no way back")


class Spending(Messaging):
    """An upgrade that moves money."""

    version = "3.0.0"

    def upgrade(self) -> None:
        self.ctx.burn(1)

    def downgrade(self) -> None:
        self.ctx.burn(1)


@pytest.mark.parametrize("release", [Failing, Greedy, Spending])
def test_version_one_works_on_after_an_upgrade_that_fails(release):
    chain = forum_chain(release)
    chain.balances[MESSAGING_ADDRESS] = 5
    open_topic(chain)
    for number in range(30):
        post(chain, text=f"{number}" * 40)
    before = dict(chain.storage), dict(chain.balances), chain.burnt, list(chain.logs)
    assert not migrate(chain, V1, "3.0.0", gas=20_000)
    assert (chain.storage, chain.balances, chain.burnt, chain.logs) == before
    assert chain.active.at(MESSAGING_ADDRESS) is Messaging
    assert post(chain, text="still here") == 31
    vote(chain, READER, 31, 1)
    assert ask(chain, "account", AUTHOR).reputation == 1


def test_a_downgrade_that_fails_leaves_the_new_version():
    chain = forum_chain(Greedy)
    open_topic(chain)
    assert migrate(chain, V1, "3.0.0")
    assert not migrate(chain, "3.0.0", V1)
    assert chain.active.at(MESSAGING_ADDRESS) is Greedy
    assert post(chain) == 1


def test_an_upgrade_without_gas_fails_and_version_one_works_on(chain):
    post(chain)
    before = dict(chain.storage)
    assert not migrate(chain, V1, V2, gas=500)
    assert chain.storage == before
    assert post(chain) == 2


def test_a_version_without_migration_is_not_registered():
    class Bare(Messaging):
        version = "2.5.0"

    with pytest.raises(InvariantError, match="declares no migration"):
        Registry((Messaging, Bare))


# --- accepted answers ----------------------------------------------------------------------------


def test_an_accepted_answer_comes_first_and_can_change(second):
    chain = second
    reply = post(chain, CREATOR, kind=REPLY, parent=1)
    assert ask(chain, "acceptedAnswer", 1) == 0
    send(chain, AUTHOR, ACCEPT, 3)
    assert ask(chain, "acceptedAnswer", 1) == 3
    rows, cursor = ask(chain, "replies", 1, 0, 1)
    assert (numbers(rows, "message_id"), cursor) == ([3, 2], 1)
    assert numbers(ask(chain, "replies", 1, 1, 9)[0], "message_id") == [reply]
    assert ask(chain, "replies", 1, 0, 0) == ((), 0)
    with reverts("NoChange()"):
        send(chain, AUTHOR, ACCEPT, 3)
    send(chain, AUTHOR, ACCEPT, 2)
    assert numbers(ask(chain, "replies", 1, 0, 9)[0], "message_id") == [2, 3, reply]
    send(chain, AUTHOR, WITHDRAW, 1)
    assert ask(chain, "acceptedAnswer", 1) == 0
    with reverts("NoChange()"):
        send(chain, AUTHOR, WITHDRAW, 1)
    told = [(row["question_id"], row["answer_id"]) for row in events(chain, AnswerAccepted)]
    assert told == [(1, 3), (1, 2), (1, 0)]


def test_only_the_author_of_the_question_accepts_and_only_answers(second):
    chain = second
    grant(chain)
    for sender in (READER, STRANGER, CREATOR, MODERATOR):
        with reverts("NotAuthor()"):
            send(chain, sender, ACCEPT, 2)
        with reverts("NotAuthor()"):
            send(chain, sender, WITHDRAW, 1)
    reply = post(chain, READER, kind=REPLY, parent=1)
    for number in (1, reply):
        with reverts("NotAnswer(uint64)"):
            send(chain, AUTHOR, ACCEPT, number)
    for signature in (ACCEPT, WITHDRAW):
        with reverts("UnknownMessage(uint64)"):
            send(chain, AUTHOR, signature, U64_MAX)


def test_an_answer_that_is_not_shown_is_not_accepted_and_counts_no_more(second):
    chain = second
    send(chain, AUTHOR, ACCEPT, 2)
    flag(chain, CREATOR, "hideMessage", 2)
    assert ask(chain, "acceptedAnswer", 1) == 0
    assert numbers(ask(chain, "replies", 1, 0, 9)[0], "message_id") == [2, 3]
    flag(chain, CREATOR, "hideMessage", 3)
    with reverts("NotVisible(uint64,uint8)"):
        send(chain, AUTHOR, ACCEPT, 3)
    flag(chain, CREATOR, "hideMessage", 2, False)
    assert ask(chain, "acceptedAnswer", 1) == 2
    flag(chain, CREATOR, "hideMessage", 1)
    flag(chain, CREATOR, "hideMessage", 3, False)
    with reverts("NotVisible(uint64,uint8)"):
        send(chain, AUTHOR, ACCEPT, 3)


def test_a_banned_author_neither_accepts_nor_withdraws(second):
    send(second, AUTHOR, ACCEPT, 2)
    ban(second, CREATOR, AUTHOR, topic=1)
    for signature, number in ((ACCEPT, 3), (WITHDRAW, 1)):
        with reverts("IsBanned(address,uint64)"):
            send(second, AUTHOR, signature, number)


# --- histories -----------------------------------------------------------------------------------


def test_the_history_root_commits_to_every_former_text(second):
    chain = second
    links = []
    assert ask(chain, "historyRoot", 1) == bytes(32)
    for text in ("one", "two", "three"):
        former = ask(chain, "storedText", 1)
        chain.advance()
        links.append((former, chain.block.timestamp, chain.block.height))
        edit(chain, 1, text)
        assert ask(chain, "historyRoot", 1) == chained(*links)
        assert instance(chain).extras[1].root == chained(*links)


def test_an_old_message_is_converted_on_first_touch_and_read_before(chain):
    post(chain, text="one")
    edit(chain, 1, "two")
    link = ("one", chain.block.timestamp, chain.block.height)
    assert migrate(chain, V1, V2)
    record, extra = instance(chain).message_records[1], instance(chain).extras[1]
    assert (record.layout, extra.chained) == (1, 0)
    assert ask(chain, "historyRoot", 1) == chained(link)
    vote(chain, READER, 1, 1)
    assert (record.layout, extra.chained, extra.root) == (2, 1, chained(link))
    post(chain)
    assert instance(chain).message_records[2].layout == 2


def used_by(chain, signature, *values):
    frame = chain.context(MESSAGING_ADDRESS, is_static=True, gas=10**8)
    run_frame(frame, encode_call(signature, *values))
    return 10**8 - frame.gas


def test_chaining_and_listing_cost_by_the_row(chain):
    post(chain, text="0")
    assert migrate(chain, V1, V2)
    few = used_by(chain, "historyRoot(uint64)", 1)
    assert migrate(chain, V2, V1)
    for number in range(1, 11):
        edit(chain, 1, str(number))
        open_topic(chain)
    assert migrate(chain, V1, V2)
    assert used_by(chain, "historyRoot(uint64)", 1) >= few + 10 * EDIT_LINK_GAS
    one, ten = (used_by(chain, "activeTopics(uint64,uint32)", 0, limit) for limit in (1, 10))
    topic_row = used_by(chain, "topic(uint64)", 1)
    assert ten - one > 9 * (TOPIC_ROW_GAS + topic_row - WEIGHTS["topic"] - 200)


def test_a_refused_call_converts_nothing(chain):
    post(chain)
    assert migrate(chain, V1, V2)
    before = dict(chain.storage)
    with reverts("OwnMessage()"):
        vote(chain, AUTHOR, 1, 1)
    assert chain.storage == before


# --- topics by activity --------------------------------------------------------------------------


def test_a_message_brings_its_topic_forward(second):
    chain = second
    for _ in range(3):
        open_topic(chain)
    assert active(chain) == ([4, 3, 2, 1], 0)
    for topic, expected in (
        (4, [4, 3, 2, 1]),
        (1, [1, 4, 3, 2]),
        (4, [4, 1, 3, 2]),
        (3, [3, 4, 1, 2]),
    ):
        post(chain, topic=topic)
        assert active(chain) == (expected, 0)


def test_old_topics_follow_the_list_newest_first_until_they_enter_it():
    chain = forum_chain()
    total = EAGER_TOPICS + 5
    for _ in range(total):
        open_topic(chain, title="t")
    assert migrate(chain, V1, V2)
    assert active(chain) == (list(range(total, 0, -1)), 0)
    post(chain, topic=3)
    expected = [3, *range(total, 3, -1), 2, 1]
    assert active(chain) == (expected, 0)
    seen, cursor = active(chain, 0, 4)
    while cursor:
        rows, cursor = active(chain, cursor, 4)
        seen += rows
    assert seen == expected


def test_pinned_topics_lead_the_list_by_activity(second):
    chain = second
    grant(chain)
    for _ in range(3):
        open_topic(chain)
    flag(chain, MODERATOR, "pinTopic", 2)
    rows, cursor = active(chain, 0, 2)
    assert (rows, cursor) == ([2, 4, 3], 2)
    assert active(chain, cursor, 2) == ([1], 0)
    assert active(chain, 0, 0) == ([], 0)
    assert active(chain, 3, 0) == ([], 3)


def test_a_cursor_outside_the_list_is_refused(second):
    for cursor in (9, U64_MAX, REST - 1, REST + 1):
        with reverts("UnknownTopic(uint64)"):
            ask(second, "activeTopics", cursor, 5)
    assert active(second, REST) == ([], 0)
