"""The forum of ``aitbc message``: topics, messages, votes, standing."""

from collections.abc import Sequence
from typing import Any, Final

import click
from rich.padding import Padding
from rich.text import Text

from aitbc.arguments import ADDRESS, text_argument
from aitbc.native import (
    Fields,
    Reader,
    Sender,
    check_active,
    event_of,
    is_active,
    reading,
    sending,
)
from aitbc.output import Wei, When, clean_text, console, fail, print_record, show_text
from aitbc.signing import send_call
from contracts.messaging.v1.contract import Messaging
from contracts.messaging.v1.messages import (
    EditInfo,
    Level,
    MessageInfo,
    MessageKind,
    MessagePosted,
    MessageStatus,
    Rank,
    TopicInfo,
    TopicOpened,
)
from contracts.messaging.v2.contract import Messaging as MessagingV2
from miner.chain import Chain, Outcome
from rpc.formats import checksummed

PAGE: Final = 100
VOTES: Final = {"up": 1, "down": -1, "none": 0}
NUMBER: Final = click.IntRange(min=1)


# --- topics -----------------------------------------------------------------------------------


@click.command("topics")
@click.option("--active", "by_activity", is_flag=True, help="By latest message (version 2).")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True)
@reading
def topics(by_activity: bool, limit: int, node: Reader) -> None:
    """List topics: pinned ones, then the newest first."""

    async def ask(chain: Chain) -> tuple[list[TopicInfo], int]:
        if by_activity:
            await check_active(chain, MessagingV2, "listing topics by activity")
        release, view = (MessagingV2, "activeTopics") if by_activity else (Messaging, "topics")
        rows: list[TopicInfo] = []
        cursor, end = 0, 0 if by_activity else 1
        while len(rows) < limit:
            page, cursor = await chain.view(release, view, cursor, min(PAGE, limit - len(rows)))
            rows += page
            if cursor == end:
                break
        return rows[:limit], (await chain.head()).timestamp

    rows, now = node.ask(ask)
    shown = [
        {
            "topic": row.topic_id,
            "title": row.title,
            "messages": row.message_count,
            "opened": When(row.opened_at, now),
            "tags": row.tags,
            "state": _topic_state(row),
            "creator": checksummed(row.creator),
        }
        for row in rows
    ]
    node.rows(shown, empty="no topics yet; open one with: aitbc message topic open TITLE")


@click.command("open")
@click.argument("title")
@click.option("--description", default="", help="What belongs here.")
@click.option("--tag", "tags", multiple=True, help="a-z, 0-9 and hyphens; may be given again.")
@sending
def topic_open(title: str, description: str, tags: tuple[str, ...], sender: Sender) -> None:
    """Open a topic; every byte of title, description and tags costs a fee, which is burnt."""

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        fee = await fee_for(chain, title, description, *tags)
        values = (title, description, tags)
        outcome = await send_call(chain, secret, Messaging, "openTopic", *values, value=fee)
        event = event_of(outcome, Messaging, TopicOpened)
        return outcome, {"topic": event["topic_id"], "burnt": Wei(fee)}

    sender.run(act)


@click.command("show")
@click.argument("topic_id", metavar="TOPIC", type=NUMBER)
@reading
def topic_show(topic_id: int, node: Reader) -> None:
    """Show a topic and who moderates it; its messages: aitbc message list TOPIC."""

    async def ask(chain: Chain) -> tuple[TopicInfo, Sequence[bytes], int]:
        found = await chain.view(Messaging, "topic", topic_id)
        moderators = await chain.view(Messaging, "topicModerators", topic_id)
        return found, moderators, (await chain.head()).timestamp

    found, moderators, now = node.ask(ask)
    _check_topic(found, topic_id)
    node.record(
        {
            "topic": found.topic_id,
            "title": found.title,
            "description": found.description,
            "tags": found.tags,
            "messages": found.message_count,
            "state": _topic_state(found),
            "creator": checksummed(found.creator),
            "moderators": [checksummed(account) for account in moderators],
            "opened": When(found.opened_at, now),
            "block": found.opened_height,
        }
    )


# --- writing ----------------------------------------------------------------------------------


@click.command("post")
@click.argument("topic_id", metavar="TOPIC", type=NUMBER)
@click.option("--announcement", is_flag=True, help="As one who moderates the topic.")
@text_argument
@sending
def post(topic_id: int, announcement: bool, text: str, sender: Sender) -> None:
    """Write a message in a topic; every byte costs a fee, which is burnt."""
    kind = MessageKind.ANNOUNCEMENT if announcement else MessageKind.POST
    _write(sender, kind, text, topic_id=topic_id)


@click.command("ask")
@click.argument("topic_id", metavar="TOPIC", type=NUMBER)
@text_argument
@sending
def ask_question(topic_id: int, text: str, sender: Sender) -> None:
    """Ask a question in a topic."""
    _write(sender, MessageKind.QUESTION, text, topic_id=topic_id)


@click.command("reply")
@click.argument("message_id", metavar="MESSAGE", type=NUMBER)
@text_argument
@sending
def reply(message_id: int, text: str, sender: Sender) -> None:
    """Reply to a message."""
    _write(sender, MessageKind.REPLY, text, parent_id=message_id)


@click.command("answer")
@click.argument("message_id", metavar="QUESTION", type=NUMBER)
@text_argument
@sending
def answer(message_id: int, text: str, sender: Sender) -> None:
    """Answer a question."""
    _write(sender, MessageKind.ANSWER, text, parent_id=message_id)


@click.command("edit")
@click.argument("message_id", metavar="MESSAGE", type=NUMBER)
@text_argument
@sending
def edit(message_id: int, text: str, sender: Sender) -> None:
    """Replace the text of an own message; the former one stays known by its hash."""

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        fee = await fee_for(chain, text)
        outcome = await send_call(chain, secret, Messaging, "edit", message_id, text, value=fee)
        return outcome, {"message": message_id, "burnt": Wei(fee)}

    sender.run(act)


@click.command("delete")
@click.argument("message_id", metavar="MESSAGE", type=NUMBER)
@sending
def delete(message_id: int, sender: Sender) -> None:
    """Remove the text of an own message; its record, hashes and votes stay."""
    sender.send(Messaging, "deleteMessage", message_id)


@click.command("vote")
@click.argument("message_id", metavar="MESSAGE", type=NUMBER)
@click.argument("choice", type=click.Choice(tuple(VOTES)))
@sending
def vote(message_id: int, choice: str, sender: Sender) -> None:
    """Vote on another's message; a later vote replaces the former."""
    sender.send(Messaging, "vote", message_id, VOTES[choice])


@click.command("accept")
@click.argument("answer_id", metavar="ANSWER", type=NUMBER)
@sending
def accept(answer_id: int, sender: Sender) -> None:
    """Accept an answer to an own question (version 2)."""
    _send_v2(sender, "accepting an answer", "acceptAnswer", answer_id)


@click.command("unaccept")
@click.argument("question_id", metavar="QUESTION", type=NUMBER)
@sending
def unaccept(question_id: int, sender: Sender) -> None:
    """Leave an own question without accepted answer (version 2)."""
    _send_v2(sender, "withdrawing an acceptance", "withdrawAcceptance", question_id)


# --- reading ----------------------------------------------------------------------------------


@click.command("list")
@click.argument("topic_id", metavar="TOPIC", type=NUMBER)
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True)
@reading
def list_messages(topic_id: int, offset: int, limit: int, node: Reader) -> None:
    """List messages of a topic: pinned ones, then the oldest first."""

    async def ask(chain: Chain) -> tuple[TopicInfo, list[MessageInfo], int]:
        topic = await chain.view(Messaging, "topic", topic_id)
        rows = await _pages(chain, Messaging, "messages", topic_id, offset, limit)
        return topic, rows, (await chain.head()).timestamp

    topic, rows, now = node.ask(ask)
    _check_topic(topic, topic_id)
    if node.is_json:
        node.rows([_message_record(row) for row in rows], empty="")
        return
    if topic.hide_rank:
        console.print(f"topic {topic_id} is hidden: its texts are withheld", style="dim")
    for row in rows:
        _print_message(row, now, depth=0, accepted=0)
    if not rows:
        console.print("no messages here", style="dim")
    elif offset + len(rows) < topic.message_count:
        console.print(
            f"{topic.message_count} messages in all: --offset {offset + limit} goes on", style="dim"
        )


@click.command("show")
@click.argument("message_id", metavar="MESSAGE", type=NUMBER)
@click.option("--limit", type=click.IntRange(1, 1_000), default=200, show_default=True)
@reading
def show(message_id: int, limit: int, node: Reader) -> None:
    """Show a message and the thread below it; an accepted answer comes first."""

    async def ask(chain: Chain) -> tuple[MessageInfo, list[tuple[int, MessageInfo, int]], int]:
        found = await chain.view(Messaging, "message", message_id)
        release = MessagingV2 if await is_active(chain, MessagingV2) else Messaging
        thread = await _thread(chain, release, found, limit) if found.message_id else []
        return found, thread, (await chain.head()).timestamp

    found, thread, now = node.ask(ask)
    check_message(found, message_id)
    if node.is_json:
        node.record(_tree(thread))
        return
    if found.parent_id:
        console.print(f"in reply to {found.parent_id}: aitbc message show {found.parent_id}")
    for depth, row, accepted in thread:
        _print_message(row, now, depth=depth, accepted=accepted)
    if len(thread) >= limit:
        console.print("there may be more: raise --limit", style="dim")


@click.command("text")
@click.argument("message_id", metavar="MESSAGE", type=NUMBER)
@reading
def text_of(message_id: int, node: Reader) -> None:
    """Print a message's text alone, even if it is hidden; a deleted one has none."""

    async def ask(chain: Chain) -> tuple[MessageInfo, str]:
        found = await chain.view(Messaging, "message", message_id)
        return found, await chain.view(Messaging, "storedText", message_id)

    found, text = node.ask(ask)
    check_message(found, message_id)
    if found.status == MessageStatus.DELETED:
        fail(f"message {message_id} is deleted", "its former texts are known by hash alone")
    if node.is_json:
        node.record({"message": message_id, "text": text})
    else:
        console.print(clean_text(text), markup=False, soft_wrap=True)


@click.command("history")
@click.argument("message_id", metavar="MESSAGE", type=NUMBER)
@reading
def history(message_id: int, node: Reader) -> None:
    """List the former texts of a message by their hashes, and the root over them (version 2)."""

    async def ask(chain: Chain) -> tuple[MessageInfo, list[EditInfo], bytes | None, int]:
        found = await chain.view(Messaging, "message", message_id)
        rows = await _pages(chain, Messaging, "edits", message_id, 0, PAGE)
        root = None
        if await is_active(chain, MessagingV2):
            root = await chain.view(MessagingV2, "historyRoot", message_id)
        return found, rows, root, (await chain.head()).timestamp

    found, rows, root, now = node.ask(ask)
    check_message(found, message_id)
    shown = [
        {
            "edit": number,
            "former text": row.content_hash,
            "replaced": When(row.replaced_at, now),
            "block": row.replaced_height,
        }
        for number, row in enumerate(rows, start=1)
    ]
    if node.is_json:
        node.record({"present text": found.content_hash, "root": root, "edits": shown})
        return
    node.rows(shown, empty="the message was never edited")
    print_record({"present text": found.content_hash, "root": root}, is_json=False)


@click.command("vote-of")
@click.argument("message_id", metavar="MESSAGE", type=NUMBER)
@click.argument("account", type=ADDRESS)
@reading
def vote_of(message_id: int, account: bytes, node: Reader) -> None:
    """Show an account's vote on a message."""
    found = node.view(Messaging, "voteOf", message_id, account)
    names = {number: name for name, number in VOTES.items()}
    node.record({"message": message_id, "account": checksummed(account), "vote": names[found]})


@click.command("reputation")
@click.argument("account", type=ADDRESS)
@click.option("--topic", "topic_id", type=NUMBER, help="Show its rank in this topic too.")
@reading
def reputation(account: bytes, topic_id: int | None, node: Reader) -> None:
    """Show an account's standing: votes for and against its messages, level, office, bans."""

    async def ask(chain: Chain) -> tuple[Any, int | None]:
        found = await chain.view(Messaging, "account", account)
        if topic_id is None:
            return found, None
        return found, await chain.view(Messaging, "rankOf", account, topic_id)

    found, rank = node.ask(ask)
    record: Fields = {
        "account": checksummed(account),
        "reputation": found.reputation,
        "level": Level(found.level).name.lower(),
        "votes for": found.ups,
        "votes against": found.downs,
        "topics": found.topics,
        "messages": found.messages,
        "letters received": found.letters,
        "moderates everything": found.is_moderator,
        "banned everywhere": found.is_banned,
    }
    if rank is not None:
        record[f"rank in topic {topic_id}"] = rank_text(rank)
    node.record(record)


@click.command("fee")
@click.argument("size", type=click.IntRange(min=0))
@reading
def fee(size: int, node: Reader) -> None:
    """Show what writing SIZE bytes costs, beside gas; it is burnt."""
    node.record({"bytes": size, "fee": Wei(node.view(Messaging, "feeFor", size))})


@click.command("stats")
@reading
def stats(node: Reader) -> None:
    """Show how many topics and messages were ever written."""
    topic_total, message_total = node.view(Messaging, "counts")
    node.record({"topics": topic_total, "messages": message_total})


TOPIC_COMMANDS: Final = (topic_open, topic_show)
COMMANDS: Final = (
    topics,
    list_messages,
    show,
    text_of,
    post,
    ask_question,
    reply,
    answer,
    edit,
    delete,
    vote,
    vote_of,
    accept,
    unaccept,
    history,
    reputation,
    fee,
    stats,
)


async def fee_for(chain: Chain, *texts: str | bytes) -> int:
    """Return the fee for writing all these texts."""
    size = sum(len(text.encode() if isinstance(text, str) else text) for text in texts)
    return int(await chain.view(Messaging, "feeFor", size))


def rank_text(rank: int) -> str:
    """Return the words for a rank."""
    return Rank(rank).name.lower().replace("_", " ")


def check_message(found: MessageInfo, message_id: int) -> None:
    """Leave with an error when there is no such message."""
    if not found.message_id:
        fail(f"there is no message {message_id}", "list them with: aitbc message list TOPIC")


def _check_topic(found: TopicInfo, topic_id: int) -> None:
    if not found.topic_id:
        fail(f"there is no topic {topic_id}", "list them with: aitbc message topics")


def _write(
    sender: Sender, kind: MessageKind, text: str, *, topic_id: int = 0, parent_id: int = 0
) -> None:
    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        place = topic_id
        if parent_id:
            parent = await chain.view(Messaging, "message", parent_id)
            check_message(parent, parent_id)
            place = parent.topic_id
        cost = await fee_for(chain, text)
        values = (place, kind, parent_id, text)
        outcome = await send_call(chain, secret, Messaging, "post", *values, value=cost)
        event = event_of(outcome, Messaging, MessagePosted)
        return outcome, {"topic": place, "message": event["message_id"], "burnt": Wei(cost)}

    sender.run(act)


def _send_v2(sender: Sender, what: str, method: str, *values: object) -> None:
    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        await check_active(chain, MessagingV2, what)
        return await send_call(chain, secret, MessagingV2, method, *values), {}

    sender.run(act)


async def _pages(
    chain: Chain, release: type[Messaging], view: str, number: int, offset: int, limit: int
) -> list[Any]:
    """Return up to ``limit`` rows of a paged view from place ``offset``."""
    rows: list[Any] = []
    cursor = offset
    while len(rows) < limit:
        page, after = await chain.view(release, view, number, cursor, min(PAGE, limit - len(rows)))
        rows += page
        if after <= cursor:
            break
        cursor = after
    return rows[:limit]


async def _thread(
    chain: Chain, release: type[Messaging], root: MessageInfo, limit: int
) -> list[tuple[int, MessageInfo, int]]:
    """Return (depth, message, accepted answer of its parent) in reading order."""
    found: list[tuple[int, MessageInfo, int]] = []
    waiting = [(0, root, 0)]
    while waiting and len(found) < limit:
        depth, message, accepted = waiting.pop()
        found.append((depth, message, accepted))
        if not message.reply_count:
            continue
        rows = await _pages(chain, release, "replies", message.message_id, 0, limit - len(found))
        chosen = 0
        if release is MessagingV2:
            chosen = await chain.view(MessagingV2, "acceptedAnswer", message.message_id)
        waiting += [(depth + 1, row, chosen) for row in reversed(rows)]
    return found


def _tree(thread: Sequence[tuple[int, MessageInfo, int]]) -> Fields:
    """Return a thread as nested records."""
    parents: list[Fields] = []
    for depth, row, accepted in thread:
        record = _message_record(row, accepted) | {"replies": []}
        del parents[depth:]
        if parents:
            parents[-1]["replies"].append(record)
        parents.append(record)
    return parents[0]


def _message_record(row: MessageInfo, accepted: int = 0) -> Fields:
    return {
        "message": row.message_id,
        "topic": row.topic_id,
        "parent": row.parent_id or None,
        "kind": MessageKind(row.kind).name.lower(),
        "status": MessageStatus(row.status).name.lower(),
        "author": checksummed(row.author),
        "posted": row.posted_at,
        "block": row.posted_height,
        "ups": row.ups,
        "downs": row.downs,
        "pinned": row.is_pinned,
        "accepted": row.message_id == accepted,
        "edits": row.edit_count,
        "reply_count": row.reply_count,
        "content_hash": "0x" + row.content_hash.hex(),
        "text": row.text,
    }


def _print_message(row: MessageInfo, now: int, *, depth: int, accepted: int) -> None:
    kind = MessageKind(row.kind).name.lower()
    head = Text(f"{row.message_id} ", style="bold")
    if row.parent_id and depth == 0:
        kind += f" to {row.parent_id}"
    head.append(f"{kind} by {checksummed(row.author)}", style="default")
    head.append(f"  +{row.ups} -{row.downs}  {show_text(When(row.posted_at, now))}", style="dim")
    notes = [
        word
        for word, holds in (
            ("accepted", row.message_id == accepted),
            ("pinned", row.is_pinned),
            (f"edited {row.edit_count}x", row.edit_count),
        )
        if holds
    ]
    if notes:
        head.append("  " + ", ".join(notes), style="bold green")
    status = MessageStatus(row.status)
    is_shown = status == MessageStatus.VISIBLE
    body = Text(clean_text(row.text) if is_shown else f"({status.name.lower()})")
    if not is_shown:
        body.stylize("dim")
    console.print(Padding(head, (0, 0, 0, 4 * depth)))
    console.print(Padding(body, (0, 0, 1, 4 * depth + 2)))


def _topic_state(row: TopicInfo) -> str:
    words = [
        word
        for word, holds in (
            ("pinned", row.is_pinned),
            ("locked", row.lock_rank),
            ("hidden", row.hide_rank),
        )
        if holds
    ]
    return ", ".join(words) or "open"
