"""aitbc message: forum and moderation."""

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from primitives.keccak import keccak256
from primitives.keys import secret_to_address
from rpc.formats import checksummed
from tests.unit.contracts.messaging_world import V1, V2, grant, migrate

ALICE, BOB, CAROL = (checksummed(secret_to_address(bytes.fromhex(s))) for s in DEV_SECRETS[:3])
BY_ALICE, BY_BOB, BY_CAROL = (("--dev-account", str(number)) for number in range(3))


@pytest.fixture
def forum(line):
    """Topic 1 of Alice with a question (1), two answers (2, 3) and a reply (4) to the first."""
    line.done("message", "topic", "open", "Hardware", "--tag", "gpu", "--tag", "cpu", *BY_ALICE)
    line.done("message", "ask", "1", "How fast?", *BY_BOB)
    line.done("message", "answer", "1", "Very.", *BY_CAROL)
    line.done("message", "answer", "1", "It depends.", *BY_ALICE)
    line.done("message", "reply", "2", "Thanks.", *BY_BOB)
    return line


def upgrade(double) -> None:
    assert migrate(double.chain, V1, V2)


def as_moderator(double, address: str) -> None:
    grant(double.chain, bytes.fromhex(address[2:]))


# --- writing --------------------------------------------------------------------------------


def test_opening_a_topic_burns_the_fee_for_every_byte(line):
    record = line.json("message", "topic", "open", "Hardware", "--tag", "gpu", *BY_ALICE)
    assert record["topic"] == 1
    assert record["burnt"] == str(11 * 10**9)
    shown = line.json("message", "topic", "show", "1")
    assert (shown["title"], shown["tags"], shown["creator"]) == ("Hardware", ["gpu"], ALICE)


def test_a_text_comes_from_an_argument_a_file_or_stdin(forum, tmp_path):
    (tmp_path / "text").write_text("from a file\n")
    forum.done("message", "post", "1", "from an argument", *BY_BOB)
    forum.done("message", "post", "1", "--file", str(tmp_path / "text"), *BY_BOB)
    forum.done("message", "post", "1", "-", *BY_BOB, input="from stdin\nin lines\n")
    forum.done("message", "post", "1", *BY_BOB, input="from a pipe")
    texts = [row["text"] for row in forum.json("message", "list", "1")]
    expected = ["from an argument", "from a file", "from stdin\nin lines", "from a pipe"]
    assert texts[-4:] == expected


def test_a_text_that_is_missing_twofold_or_no_text_is_wrong_usage(forum, tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for words in ((), ("one", "--file", __file__), ("--file", str(tmp_path / "binary"))):
        forum.usage("message", "post", "1", *words, *BY_BOB)


def test_a_topic_that_does_not_exist_is_refused_with_a_remedy(line):
    text = line.problem("message", "post", "7", "hello", *BY_BOB)
    assert "UnknownTopic(topicId=7)" in text
    assert "aitbc message topics" in text
    assert "no message 9" in line.problem("message", "reply", "9", "hello", *BY_BOB)


def test_announcements_are_of_those_who_moderate(forum):
    words = ("message", "post", "1", "Read this.", "--announcement")
    text = forum.problem(*words, *BY_BOB)
    assert "NotModerator(rank=0, needed=1)" in text
    assert forum.json(*words, *BY_ALICE)["message"] == 5


def test_an_edit_leaves_the_hash_of_the_former_text(forum):
    assert forum.json("message", "edit", "2", "Very, very.", *BY_CAROL)["message"] == 2
    found = forum.json("message", "history", "2")
    assert found["present_text"] == "0x" + keccak256(b"Very, very.").hex()
    assert [row["former_text"] for row in found["edits"]] == ["0x" + keccak256(b"Very.").hex()]
    assert found["root"] is None
    assert "present text" in forum.done("message", "history", "2").stdout
    assert "never edited" in forum.done("message", "history", "1").stdout
    assert "NotAuthor" in forum.problem("message", "edit", "2", "Mine.", *BY_BOB)


def test_a_deleted_message_stays_as_a_record(forum):
    forum.done("message", "delete", "4", *BY_BOB)
    assert "(deleted)" in forum.done("message", "show", "4").stdout
    assert "deleted" in forum.problem("message", "text", "4")
    assert "NotVisible" in forum.problem("message", "delete", "4", *BY_BOB)


def test_votes_count_once_and_not_for_oneself(forum):
    forum.done("message", "vote", "2", "up", *BY_BOB)
    forum.done("message", "vote", "2", "down", *BY_BOB)
    assert forum.json("message", "vote-of", "2", BOB)["vote"] == "down"
    assert "none" in forum.done("message", "vote-of", "2", ALICE).stdout
    assert "OwnMessage" in forum.problem("message", "vote", "2", "up", *BY_CAROL)
    standing = forum.json("message", "reputation", CAROL)
    assert (standing["reputation"], standing["level"]) == (-1, "restricted")
    shown = forum.done("message", "reputation", ALICE, "--topic", "1").stdout
    assert "rank in topic 1" in shown
    assert "creator" in shown


# --- reading --------------------------------------------------------------------------------


def test_topics_are_listed(forum):
    (row,) = forum.json("message", "topics")
    assert (row["topic"], row["messages"], row["tags"]) == (1, 4, ["gpu", "cpu"])
    text = forum.done("message", "topics").stdout
    assert "gpu, cpu" in text
    assert "ago)" in text or "(now)" in text
    assert "aitbc message topic open" not in text


def test_an_empty_forum_says_how_to_begin(line):
    assert "aitbc message topic open" in line.done("message", "topics").stdout
    assert line.json("message", "topics") == []


def test_more_topics_than_a_page_are_listed(line):
    for number in range(105):
        line.done("message", "topic", "open", f"topic {number}", *BY_ALICE)
    rows = line.json("message", "topics", "--limit", "1000")
    assert [row["topic"] for row in rows] == list(range(105, 0, -1))


def test_a_thread_is_shown_whole_and_in_order(forum):
    text = forum.done("message", "show", "1").stdout
    places = [text.index(part) for part in ("How fast?", "Very.", "Thanks.", "It depends.")]
    assert places == sorted(places)
    assert "        Thanks." in text
    tree = forum.json("message", "show", "1")
    assert [row["message"] for row in tree["replies"]] == [2, 3]
    assert [row["message"] for row in tree["replies"][0]["replies"]] == [4]


def test_a_reply_names_what_it_replies_to(forum):
    assert "in reply to 2" in forum.done("message", "show", "4").stdout
    assert "reply to 2" in forum.done("message", "list", "1").stdout


def test_long_lists_say_where_they_go_on(forum):
    text = forum.done("message", "list", "1", "--limit", "2").stdout
    assert "--offset 2 goes on" in text
    assert "It depends." in forum.done("message", "list", "1", "--offset", "2").stdout
    assert "raise --limit" in forum.done("message", "show", "1", "--limit", "2").stdout


def test_what_does_not_exist_is_said_to_be_unknown(line):
    for words in (("show", "5"), ("text", "5"), ("history", "5"), ("topic", "show", "5")):
        assert "there is no" in line.problem("message", *words)
    assert "no topic 5" in line.problem("message", "list", "5")


def test_text_of_strangers_reaches_no_terminal_as_commands(forum):
    forum.done("message", "post", "1", "\x1b[2Jred [bold]text[/] \u202egnp.exe", *BY_BOB)
    shown = forum.done("message", "show", "5").stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[bold]text[/]" in shown
    forum.done("message", "topic", "open", "[/red] \x1b]0;x\x07", *BY_BOB)
    assert "[/red]" in forum.done("message", "topics").stdout
    assert "\x1b" not in forum.done("message", "topic", "show", "2").stdout


def test_fee_and_counts(forum):
    assert forum.json("message", "fee", "100") == {"bytes": 100, "fee": str(100 * 10**9)}
    assert "0.0000001 AIT" in forum.done("message", "fee", "100").stdout
    assert forum.json("message", "stats") == {"topics": 1, "messages": 4}
    assert "messages" in forum.done("message", "stats").stdout


# --- version 2 --------------------------------------------------------------------------------


def test_verbs_of_version_2_say_so_on_a_chain_of_version_1(forum):
    for words in (("accept", "2"), ("unaccept", "1")):
        text = forum.problem("message", *words, *BY_BOB)
        assert "needs messaging 2.0.0; this chain runs 1.0.0" in text
        assert "aitbc gov propose upgrade messaging@2.0.0" in text
    assert "needs messaging 2.0.0" in forum.problem("message", "topics", "--active")


def test_an_accepted_answer_comes_first(forum, double):
    upgrade(double)
    forum.done("message", "accept", "3", *BY_BOB)
    text = forum.done("message", "show", "1").stdout
    assert text.index("It depends.") < text.index("Very.")
    assert "accepted" in text
    rows = forum.json("message", "show", "1")["replies"]
    assert [(row["message"], row["accepted"]) for row in rows] == [(3, True), (2, False)]
    assert "NotAnswer" in forum.problem("message", "accept", "4", *BY_BOB)
    forum.json("message", "unaccept", "1", *BY_BOB)
    assert "accepted" not in forum.done("message", "show", "1").stdout


def test_topics_by_activity(forum, double):
    forum.done("message", "topic", "open", "Newer", *BY_BOB)
    upgrade(double)
    forum.done("message", "post", "1", "still here", *BY_BOB)
    rows = forum.json("message", "topics", "--active")
    assert [row["topic"] for row in rows] == [1, 2]
    assert "Newer" in forum.done("message", "topics", "--active").stdout


def test_the_root_of_a_history_is_shown(forum, double):
    upgrade(double)
    forum.done("message", "edit", "2", "Better.", *BY_CAROL)
    assert int(forum.json("message", "history", "2")["root"], 16) > 0


# --- moderation -------------------------------------------------------------------------------


def test_the_creator_locks_and_opens_the_topic(forum):
    forum.done("message", "topic", "lock", "1", *BY_ALICE)
    assert "locked" in forum.done("message", "topics").stdout
    text = forum.problem("message", "post", "1", "hello", *BY_BOB)
    assert "TopicIsLocked" in text
    assert "unlock" in text
    assert "NoChange" in forum.problem("message", "topic", "lock", "1", *BY_ALICE)
    forum.json("message", "topic", "unlock", "1", *BY_ALICE)
    assert forum.json("message", "topic", "show", "1")["state"] == "open"


def test_moderators_of_everything_pin_and_hide_topics(forum, double):
    text = forum.problem("message", "topic", "pin", "1", *BY_BOB)
    assert "aitbc message moderators" in text
    as_moderator(double, BOB)
    forum.done("message", "topic", "pin", "1", *BY_BOB)
    assert forum.json("message", "topic", "show", "1")["state"] == "pinned"
    forum.done("message", "topic", "unpin", "1", *BY_BOB)
    forum.done("message", "topic", "hide", "1", *BY_BOB)
    assert forum.json("message", "topics")[0]["state"] == "hidden"
    assert "its texts are withheld" in forum.done("message", "list", "1").stdout
    forum.json("message", "topic", "unhide", "1", *BY_BOB)


def test_messages_are_hidden_and_pinned(forum):
    forum.done("message", "pin", "3", *BY_ALICE)
    assert forum.json("message", "list", "1")[0]["message"] == 3
    assert "pinned" in forum.done("message", "list", "1").stdout
    forum.done("message", "unpin", "3", *BY_ALICE)
    forum.done("message", "hide", "2", *BY_ALICE)
    assert "(hidden)" in forum.done("message", "show", "1").stdout
    assert forum.done("message", "text", "2").stdout.strip() == "Very."
    assert forum.json("message", "text", "2") == {"message": 2, "text": "Very."}
    forum.json("message", "unhide", "2", *BY_ALICE)


def test_topic_moderators_are_granted_listed_and_revoked(forum, double):
    assert "grantModerator" in forum.done("message", "moderators").stdout
    as_moderator(double, CAROL)
    forum.done("message", "moderator", "grant", "1", BOB, *BY_ALICE)
    rows = forum.json("message", "moderators", "--topic", "1")
    ranks = [(row["account"], row["rank"]) for row in rows]
    assert ranks == [(CAROL, "moderator"), (ALICE, "creator"), (BOB, "topic moderator")]
    assert BOB in forum.done("message", "moderators", "--topic", "1").stdout
    forum.json("message", "moderator", "revoke", "1", BOB, *BY_ALICE)
    assert "NotCreator" in forum.problem("message", "moderator", "grant", "1", BOB, *BY_CAROL)


def test_a_ban_is_shown_with_its_end_and_lifted(forum):
    forum.done("message", "ban", CAROL, "--topic", "1", "--for", "2h", *BY_ALICE)
    found = forum.json("message", "ban-of", CAROL, "--topic", "1")
    assert (found["banned"], found["for"], found["by_a"]) == (True, 7200, "creator")
    assert found["ends"] == found["since"] + 7200
    assert "2 h" in forum.done("message", "ban-of", CAROL, "--topic", "1").stdout
    text = forum.problem("message", "post", "1", "hello", *BY_CAROL)
    assert "IsBanned" in text
    assert "wait for the ban to end" in text
    forum.json("message", "unban", CAROL, "--topic", "1", *BY_ALICE)
    assert forum.json("message", "ban-of", CAROL, "--topic", "1")["banned"] is False


def test_a_permanent_ban_has_no_end(forum):
    forum.done("message", "ban", CAROL, "--topic", "1", "--permanent", *BY_ALICE)
    found = forum.json("message", "ban-of", CAROL, "--topic", "1")
    assert (found["permanent"], found["ends"]) == (True, None)


def test_a_ban_needs_a_duration(forum):
    for words in ((), ("--for", "2h", "--permanent"), ("--for", "soon")):
        forum.usage("message", "ban", CAROL, "--topic", "1", *words, *BY_ALICE)
