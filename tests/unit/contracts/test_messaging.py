"""Topics, messages, edits, votes, standing and fees of messaging, version one."""

import pytest

from contracts.errors import OutOfGas, Revert, WriteProtection
from contracts.framework.contract import ARGUMENT_GAS_PER_WORD
from contracts.messaging.v1.messages import (
    Level,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageStatus,
    TopicOpened,
    TopicTagged,
    Voted,
)
from contracts.messaging.v1.records import EDITS_MAX, LAYOUT
from contracts.messaging.v1.weights import MESSAGE_ROW_GAS, TEXT_GAS_PER_WORD
from contracts.places import GOVERNANCE_ADDRESS, MESSAGING_ADDRESS
from primitives.abi import encode_call
from primitives.errors import InvariantError
from primitives.keccak import keccak256
from primitives.types import U64_MAX, U256_MAX
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.memory_context import run_frame
from tests.unit.contracts.messaging_world import (
    AIT,
    ANNOUNCEMENT,
    ANSWER,
    AUTHOR,
    CREATOR,
    DEPUTY,
    FEE,
    MODERATOR,
    POST,
    QUESTION,
    READER,
    REPLY,
    STRANGER,
    ask,
    ban,
    delete,
    deputize,
    edit,
    events,
    flag,
    forum_chain,
    grant,
    held,
    numbers,
    open_topic,
    post,
    send,
    set_parameter,
    vote,
)

FLAT_STORE = 100
"""What the memory host takes for a stored word."""


@pytest.fixture
def chain():
    chain = forum_chain()
    open_topic(chain)
    return chain


# --- topics --------------------------------------------------------------------------------------


def test_a_topic_is_stored_and_told_with_its_tags(chain):
    topic = open_topic(chain, AUTHOR, "GPU prices", "What to ask", ("gpu", "h200-prices"))
    info = ask(chain, "topic", topic)
    assert (info.topic_id, info.creator, info.title) == (2, AUTHOR, "GPU prices")
    assert (info.description, info.tags) == ("What to ask", ("gpu", "h200-prices"))
    assert (info.opened_at, info.opened_height) == (chain.block.timestamp, chain.block.height)
    assert (info.is_pinned, info.lock_rank, info.hide_rank, info.message_count) == (False, 0, 0, 0)
    fee = FEE * len("GPU pricesWhat to askgpuh200-prices")
    assert events(chain, TopicOpened)[-1] == {
        "topic_id": 2, "creator": AUTHOR, "title": "GPU prices", "fee": fee,
    }  # fmt: skip
    tagged = events(chain, TopicTagged)
    assert [row["tag"] for row in tagged] == [keccak256(b"gpu"), keccak256(b"h200-prices")]
    assert {(row["topic_id"], row["creator"]) for row in tagged} == {(2, AUTHOR)}
    assert ask(chain, "account", AUTHOR).topics == 1
    assert ask(chain, "counts") == (2, 0)


def test_an_unknown_topic_and_message_read_as_zero(chain):
    assert ask(chain, "topic", 9).topic_id == ask(chain, "message", 9).message_id == 0
    assert ask(chain, "message", U64_MAX).status == MessageStatus.UNKNOWN
    assert ask(chain, "messages", 9, 0, 10) == ((), 0)
    assert ask(chain, "storedText", 9) == ""


@pytest.mark.parametrize(
    ("title", "description", "tags", "error"),
    [
        ("", "", (), "EmptyText()"),
        ("t" * 129, "", (), "TooLong(uint64,uint64)"),
        ("é" * 65, "", (), "TooLong(uint64,uint64)"),
        ("t", "d" * 2049, (), "TooLong(uint64,uint64)"),
        ("t", "", ("a", "b", "c", "d", "e", "f"), "TooMany(uint32)"),
        ("t", "", ("",), "EmptyText()"),
        ("t", "", ("t" * 33,), "TooLong(uint64,uint64)"),
        ("t", "", ("Gpu",), "BadTag(uint32)"),
        ("t", "", ("a b",), "BadTag(uint32)"),
        ("t", "", ("a", "b", "a"), "BadTag(uint32)"),
    ],
)
def test_a_topic_out_of_bounds_is_refused(chain, title, description, tags, error):
    with reverts(error):
        open_topic(chain, CREATOR, title, description, tags)
    assert ask(chain, "counts") == (1, 0)


def test_a_topic_at_every_bound_is_taken(chain):
    tags = tuple(letter * 32 for letter in "ab-z9")
    assert open_topic(chain, CREATOR, "é" * 64, "d" * 2048, tags) == 2
    assert ask(chain, "topic", 2).tags == tags


def test_topics_are_listed_newest_first_in_pages(chain):
    for number in range(2, 6):
        open_topic(chain, title=f"T{number}")
    rows, cursor = ask(chain, "topics", 0, 2)
    assert (numbers(rows, "topic_id"), cursor) == ([5, 4], 4)
    rows, cursor = ask(chain, "topics", cursor, 2)
    assert (numbers(rows, "topic_id"), cursor) == ([3, 2], 2)
    rows, cursor = ask(chain, "topics", cursor, 2)
    assert (numbers(rows, "topic_id"), cursor) == ([1], 1)
    assert ask(chain, "topics", 1, 2) == ((), 1)
    assert ask(chain, "topics", U64_MAX, 100)[0] == ask(chain, "topics", 0, 100)[0]
    assert ask(chain, "topics", 0, 0) == ((), 6)


def test_pinned_topics_come_first_and_once(chain):
    grant(chain)
    for number in range(2, 6):
        open_topic(chain, title=f"T{number}")
    for number in (4, 1):
        flag(chain, MODERATOR, "pinTopic", number)
    rows, cursor = ask(chain, "topics", 0, 100)
    assert numbers(rows, "topic_id") == [1, 4, 5, 3, 2]
    rows, cursor = ask(chain, "topics", 0, 1)
    assert (numbers(rows, "topic_id"), cursor) == ([1, 4, 5], 5)
    assert numbers(ask(chain, "topics", cursor, 9)[0], "topic_id") == [3, 2]
    flag(chain, MODERATOR, "pinTopic", 1, False)
    assert numbers(ask(chain, "topics", 0, 9)[0], "topic_id") == [4, 5, 3, 2, 1]


# --- messages ------------------------------------------------------------------------------------


def test_a_message_is_stored_with_its_hash_and_told(chain):
    message = post(chain, text="Grüße")
    info = ask(chain, "message", message)
    assert (info.message_id, info.topic_id, info.parent_id, info.author) == (1, 1, 0, AUTHOR)
    assert (info.kind, info.status, info.text) == (POST, MessageStatus.VISIBLE, "Grüße")
    assert info.content_hash == keccak256("Grüße".encode())
    assert (info.posted_at, info.posted_height) == (chain.block.timestamp, chain.block.height)
    assert events(chain, MessagePosted) == [
        {
            "author": AUTHOR, "topic_id": 1, "message_id": 1, "kind": POST, "parent_id": 0,
            "content_hash": info.content_hash, "fee": 7 * FEE,
        }
    ]  # fmt: skip
    assert ask(chain, "topic", 1).message_count == ask(chain, "account", AUTHOR).messages == 1
    assert chain.active.at(MESSAGING_ADDRESS)(chain.hook(MESSAGING_ADDRESS)).message_records[
        1
    ].layout == (LAYOUT)


def test_replies_and_answers_hang_under_their_parent(chain):
    question = post(chain, kind=QUESTION)
    other = post(chain)
    replies = [
        post(chain, READER, kind=kind, parent=question) for kind in (ANSWER, REPLY, REPLY, ANSWER)
    ]
    deep = post(chain, READER, kind=REPLY, parent=replies[0])
    rows, cursor = ask(chain, "replies", question, 0, 3)
    assert (numbers(rows, "message_id"), cursor) == (replies[:3], 3)
    assert numbers(ask(chain, "replies", question, 3, 3)[0], "message_id") == replies[3:]
    assert numbers(ask(chain, "replies", replies[0], 0, 9)[0], "message_id") == [deep]
    assert ask(chain, "replies", other, 0, 9) == ((), 0)
    assert ask(chain, "replies", question, U64_MAX, 9) == ((), U64_MAX)
    assert ask(chain, "message", question).reply_count == 4
    assert ask(chain, "message", replies[0]).parent_id == question


@pytest.mark.parametrize(
    ("kind", "parent", "error"),
    [
        (0, 0, "BadKind(uint8)"),
        (6, 0, "BadKind(uint8)"),
        (255, 1, "BadKind(uint8)"),
        (POST, 1, "BadKind(uint8)"),
        (QUESTION, 1, "BadKind(uint8)"),
        (ANNOUNCEMENT, 1, "BadKind(uint8)"),
        (REPLY, 0, "BadKind(uint8)"),
        (ANSWER, 0, "BadKind(uint8)"),
        (REPLY, 99, "UnknownMessage(uint64)"),
        (REPLY, 2, "BadParent(uint64)"),
        (ANSWER, 1, "BadParent(uint64)"),
        (ANSWER, 3, "NotVisible(uint64,uint8)"),
        (ANNOUNCEMENT, 0, "NotModerator(uint8,uint8)"),
    ],
)
def test_a_message_out_of_place_is_refused(chain, kind, parent, error):
    open_topic(chain)
    post(chain)
    post(chain, topic=2, kind=QUESTION)
    delete(chain, post(chain, kind=QUESTION))
    with reverts(error):
        post(chain, kind=kind, parent=parent)


def test_announcements_are_made_by_who_moderates_the_topic(chain):
    grant(chain)
    deputize(chain)
    for sender in (CREATOR, DEPUTY, MODERATOR):
        assert post(chain, sender, kind=ANNOUNCEMENT)
    with reverts("NotModerator(uint8,uint8)"):
        post(chain, STRANGER, kind=ANNOUNCEMENT)


def test_a_message_needs_a_known_topic_and_a_text_within_bounds(chain):
    with reverts("UnknownTopic(uint64)"):
        post(chain, topic=2)
    with reverts("UnknownTopic(uint64)"):
        post(chain, topic=U64_MAX)
    with reverts("EmptyText()"):
        post(chain, text="")
    with reverts("TooLong(uint64,uint64)"):
        post(chain, text="x" * 4097)
    assert post(chain, text="x" * 4096) == 1
    assert ask(chain, "storedText", 1) == "x" * 4096


def test_a_locked_topic_takes_no_message_and_no_edit_but_votes_and_deletions(chain):
    message = post(chain)
    flag(chain, CREATOR, "lockTopic", 1)
    for sender in (AUTHOR, CREATOR):
        with reverts("TopicIsLocked(uint64)"):
            post(chain, sender)
    with reverts("TopicIsLocked(uint64)"):
        edit(chain, message, "changed")
    vote(chain, READER, message, 1)
    delete(chain, message)
    flag(chain, CREATOR, "lockTopic", 1, False)
    assert post(chain) == 2


def test_messages_are_listed_oldest_first_with_pinned_ones_before(chain):
    ids = [post(chain, text=f"m{n}") for n in range(5)]
    flag(chain, CREATOR, "pinMessage", ids[1])
    flag(chain, CREATOR, "pinMessage", ids[3])
    rows, cursor = ask(chain, "messages", 1, 0, 100)
    assert (numbers(rows, "message_id"), cursor) == ([4, 2, 1, 3, 5], 5)
    rows, cursor = ask(chain, "messages", 1, 0, 2)
    assert (numbers(rows, "message_id"), cursor) == ([4, 2, 1], 2)
    rows, cursor = ask(chain, "messages", 1, cursor, 2)
    assert (numbers(rows, "message_id"), cursor) == ([3], 4)
    assert ask(chain, "messages", 1, 0, 0) == ((), 0)
    assert ask(chain, "messages", 1, U64_MAX, 100) == ((), U64_MAX)


def test_pages_look_at_a_hundred_at_most(chain):
    set_parameter(chain, "feePerByte", 0)
    for _ in range(101):
        post(chain, text="x", rate=0)
        open_topic(chain, title="x", rate=0)
    rows, cursor = ask(chain, "messages", 1, 0, 2**32 - 1)
    assert (len(rows), cursor) == (100, 100)
    rows, cursor = ask(chain, "topics", 0, 2**32 - 1)
    assert (len(rows), cursor) == (100, 3)


def test_a_long_list_costs_who_asks_for_it(chain):
    for _ in range(20):
        post(chain)
    used = []
    for limit in (1, 20):
        frame = chain.context(MESSAGING_ADDRESS, is_static=True, gas=10**7)
        run_frame(frame, encode_call("messages(uint64,uint64,uint32)", 1, 0, limit))
        used.append(10**7 - frame.gas)
    assert used[1] - used[0] > 19 * MESSAGE_ROW_GAS
    frame = chain.context(MESSAGING_ADDRESS, is_static=True, gas=used[1] - 1)
    with pytest.raises(OutOfGas):
        run_frame(frame, encode_call("messages(uint64,uint64,uint32)", 1, 0, 20))


def test_longer_text_costs_more_gas_than_its_storage_and_calldata(chain):
    set_parameter(chain, "feePerByte", 0)
    used = []
    for words in (2, 102):
        text = "x" * 32 * words
        frame = chain.context(MESSAGING_ADDRESS, caller=AUTHOR, gas=10**8)
        run_frame(frame, encode_call("post(uint64,uint8,uint64,string)", 1, POST, 0, text))
        used.append(10**8 - frame.gas)
    assert used[1] - used[0] == 100 * (FLAT_STORE + ARGUMENT_GAS_PER_WORD + TEXT_GAS_PER_WORD)


# --- edits and deletion --------------------------------------------------------------------------


def test_an_edit_keeps_the_former_text_by_hash_and_time(chain):
    message = post(chain, text="one")
    chain.advance()
    edit(chain, message, "two" * 30)
    chain.advance()
    edit(chain, message, "three")
    rows, cursor = ask(chain, "edits", message, 0, 100)
    assert [row.content_hash for row in rows] == [keccak256(b"one"), keccak256(b"two" * 30)]
    assert numbers(rows, "replaced_height") == [chain.block.height - 1, chain.block.height]
    assert rows[1].replaced_at == chain.block.timestamp
    assert cursor == 2
    assert ask(chain, "edits", message, 1, 1) == ((rows[1],), 2)
    assert ask(chain, "edits", message, 5, 1) == ((), 5)
    info = ask(chain, "message", message)
    assert (info.text, info.edit_count, info.content_hash) == ("three", 2, keccak256(b"three"))
    assert events(chain, MessageEdited)[-1] == {
        "author": AUTHOR, "topic_id": 1, "message_id": 1, "old_hash": keccak256(b"two" * 30),
        "new_hash": keccak256(b"three"), "fee": 5 * FEE,
    }  # fmt: skip


def test_edits_are_refused_to_others_without_change_and_past_the_bound(chain):
    message = post(chain, text="0")
    grant(chain)
    for other in (READER, CREATOR, MODERATOR, GOVERNANCE_ADDRESS):
        chain.balances[other] = AIT
        with reverts("NotAuthor()"):
            edit(chain, message, "mine now", other)
    with reverts("NoChange()"):
        edit(chain, message, "0")
    with reverts("EmptyText()"):
        edit(chain, message, "")
    with reverts("TooLong(uint64,uint64)"):
        edit(chain, message, "x" * 4097)
    with reverts("UnknownMessage(uint64)"):
        edit(chain, 2, "x")
    for number in range(1, EDITS_MAX + 1):
        edit(chain, message, str(number))
    with reverts("TooMany(uint32)"):
        edit(chain, message, "one too many")
    assert ask(chain, "message", message).text == str(EDITS_MAX)


def test_deletion_clears_the_text_from_storage_and_keeps_the_record(chain):
    before = len(chain.storage)
    message = post(chain, text="long " * 100)
    middle = len(chain.storage)
    vote(chain, READER, message, -1)
    delete(chain, message)
    assert len(chain.storage) < middle - 15
    assert len(chain.storage) > before
    info = ask(chain, "message", message)
    assert (info.status, info.text, info.downs) == (MessageStatus.DELETED, "", 1)
    assert info.content_hash == keccak256(b"long " * 100)
    assert ask(chain, "storedText", message) == ""
    assert ask(chain, "account", AUTHOR).reputation == -1
    assert events(chain, MessageDeleted) == [{"author": AUTHOR, "topic_id": 1, "message_id": 1}]
    with reverts("NotVisible(uint64,uint8)"):
        delete(chain, message)
    with reverts("NotVisible(uint64,uint8)"):
        edit(chain, message, "back")
    with reverts("NotVisible(uint64,uint8)"):
        vote(chain, READER, message, 1)


def test_only_the_author_deletes(chain):
    message = post(chain)
    grant(chain)
    for other in (READER, CREATOR, MODERATOR, GOVERNANCE_ADDRESS):
        with reverts("NotAuthor()"):
            delete(chain, message, other)
    with reverts("UnknownMessage(uint64)"):
        delete(chain, 0)


def test_deleting_a_pinned_message_unpins_it(chain):
    messages = [post(chain), post(chain)]
    for message in messages:
        flag(chain, CREATOR, "pinMessage", message)
    delete(chain, messages[0])
    rows = ask(chain, "messages", 1, 0, 9)[0]
    assert [(row.message_id, row.is_pinned) for row in rows] == [(2, True), (1, False)]


# --- votes and standing --------------------------------------------------------------------------


def test_a_vote_changes_but_counts_once(chain):
    message = post(chain)
    expected = {1: (1, 0), -1: (0, 1), 0: (0, 0)}
    for choice in (1, -1, 0, -1, 1, 0):
        vote(chain, READER, message, choice)
        info, standing = ask(chain, "message", message), ask(chain, "account", AUTHOR)
        assert (info.ups, info.downs) == (standing.ups, standing.downs) == expected[choice]
        assert ask(chain, "voteOf", message, READER) == choice
        assert standing.reputation == choice
        with reverts("NoChange()"):
            vote(chain, READER, message, choice)
    assert events(chain, Voted)[1] == {
        "voter": READER, "author": AUTHOR, "message_id": 1, "vote": -1,
    }  # fmt: skip


def test_votes_of_several_accounts_add_up_over_messages(chain):
    first, second = post(chain), post(chain)
    for voter in (READER, STRANGER, CREATOR):
        vote(chain, voter, first, 1)
        vote(chain, voter, second, -1)
    vote(chain, CREATOR, second, 1)
    standing = ask(chain, "account", AUTHOR)
    assert (standing.ups, standing.downs, standing.reputation) == (4, 2, 2)


@pytest.mark.parametrize("choice", [2, -2, 127, -128])
def test_a_vote_is_one_up_none_or_one_down(chain, choice):
    message = post(chain)
    with reverts("BadVote()"):
        vote(chain, READER, message, choice)


def test_nobody_votes_on_his_own_or_on_what_is_not_shown(chain):
    message, hidden = post(chain), post(chain)
    with reverts("OwnMessage()"):
        vote(chain, AUTHOR, message, 1)
    with reverts("NoChange()"):
        vote(chain, READER, message, 0)
    flag(chain, CREATOR, "hideMessage", hidden)
    with reverts("NotVisible(uint64,uint8)"):
        vote(chain, READER, hidden, 1)
    with reverts("UnknownMessage(uint64)"):
        vote(chain, READER, 77, 1)


@pytest.mark.parametrize(
    ("reputation", "level"),
    [
        (-1, Level.RESTRICTED),
        (0, Level.NEWCOMER),
        (9, Level.NEWCOMER),
        (10, Level.MEMBER),
        (99, Level.MEMBER),
        (100, Level.TRUSTED),
        (499, Level.TRUSTED),
        (500, Level.EXPERT),
        (1_999, Level.EXPERT),
        (2_000, Level.AUTHORITY),
        (2**63, Level.AUTHORITY),
        (-(2**63), Level.RESTRICTED),
    ],
)
def test_the_level_follows_reputation(chain, reputation, level):
    release = chain.active.at(MESSAGING_ADDRESS)
    standing = release(chain.hook(MESSAGING_ADDRESS)).standings[AUTHOR]
    standing.ups, standing.downs = max(reputation, 0), max(-reputation, 0)
    info = ask(chain, "account", AUTHOR)
    assert (info.level, info.reputation) == (level, reputation)


def test_thresholds_of_levels_must_ascend(chain):
    check = encode_call("checkParameters()")
    chain.read(MESSAGING_ADDRESS, check)
    for key, value in (("memberReputation", 100), ("trustedReputation", 500)):
        chain_value = ask(chain, "parameter", key)
        set_parameter(chain, key, value)
        with reverts("BadThresholds()"):
            chain.read(MESSAGING_ADDRESS, check)
        set_parameter(chain, key, chain_value)
    set_parameter(chain, "expertReputation", 2_000)
    with reverts("BadThresholds()"):
        chain.read(MESSAGING_ADDRESS, check)


# --- fees ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("difference", [-1, 1, -5 * FEE, U256_MAX >> 160])
def test_the_fee_is_exact(chain, difference):
    chain.balances[AUTHOR] = U256_MAX >> 100
    values = (1, POST, 0, "hello")
    before = dict(chain.storage), dict(chain.balances), chain.burnt
    with reverts("WrongFee(uint256,uint256)"):
        value = 5 * FEE + difference
        send(chain, AUTHOR, "post(uint64,uint8,uint64,string)", *values, value=value)
    assert (chain.storage, chain.balances, chain.burnt) == before


def test_fees_are_burnt_to_the_wei_and_nothing_stays(chain):
    burnt, supply = chain.burnt, chain.supply
    message = post(chain, text="x" * 33)
    edit(chain, message, "y" * 7)
    open_topic(chain, AUTHOR, "tt", "ddd", ("g", "hh"))
    assert chain.burnt - burnt == supply - chain.supply == FEE * (33 + 7 + 8)
    assert held(chain) == 0


def test_governance_changes_the_fee_and_nobody_else(chain):
    with reverts("OnlyGovernance()"):
        send(chain, STRANGER, "setParameter(string,uint256)", "feePerByte", 1)
    set_parameter(chain, "feePerByte", 3)
    assert ask(chain, "feeFor", 10) == 30
    assert ask(chain, "feeFor", U64_MAX) == 3 * U64_MAX
    assert ask(chain, "feeFor", 0) == 0
    with reverts("WrongFee(uint256,uint256)"):
        post(chain)
    post(chain, rate=3)
    set_parameter(chain, "feePerByte", 0)
    post(chain, rate=0)


def test_calls_without_fee_refuse_value(chain):
    message = post(chain)
    for signature, values in (
        ("vote(uint64,int8)", (message, 1)),
        ("deleteMessage(uint64)", (message,)),
        ("registerKey(bytes32)", (b"\1" * 32,)),
    ):
        with pytest.raises(Revert) as info:
            send(chain, READER, signature, *values, value=1)
        assert info.value.data == b""


def test_a_banned_account_neither_writes_nor_votes_but_deletes(chain):
    message, other = post(chain), post(chain, READER)
    grant(chain)
    ban(chain, MODERATOR, AUTHOR)
    for refused in (
        lambda: open_topic(chain, AUTHOR),
        lambda: post(chain),
        lambda: edit(chain, message, "x"),
        lambda: vote(chain, AUTHOR, other, 1),
    ):
        with reverts("IsBanned(address,uint64)"):
            refused()
    delete(chain, message)


def test_no_call_runs_in_a_static_frame_and_no_view_needs_more(chain):
    release = chain.active.at(MESSAGING_ADDRESS)
    for method in release.methods.values():
        if not method.spec.is_view:
            frame = chain.context(MESSAGING_ADDRESS, is_static=True)
            with pytest.raises(WriteProtection):
                run_frame(frame, method.selector)


def test_running_out_of_gas_anywhere_changes_nothing(chain):
    before = dict(chain.storage), dict(chain.balances), len(chain.logs), chain.burnt
    data = encode_call("post(uint64,uint8,uint64,string)", 1, POST, 0, "x" * 2000)
    for gas in range(0, 9_000, 450):
        with pytest.raises(OutOfGas):
            chain.transact(AUTHOR, MESSAGING_ADDRESS, data, 2000 * FEE, gas)
        assert (chain.storage, chain.balances, len(chain.logs), chain.burnt) == before


def test_genesis_takes_no_settings_but_a_chains_own_parameters():
    chain = forum_chain()
    release = chain.active.at(MESSAGING_ADDRESS)
    with pytest.raises(InvariantError, match="takes no genesis settings"):
        release(chain.hook(MESSAGING_ADDRESS)).genesis(None)
    chain.registry.genesis(chain.hook, {}, {"messaging": {"feePerByte": 7}})
    assert ask(chain, "feeFor", 2) == 14
