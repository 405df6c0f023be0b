"""Moderation in ``aitbc message``: who moderates; hide, pin, lock, ban."""

from typing import Final

import click

from aitbc.arguments import ADDRESS, DURATION
from aitbc.commands.message_forum import NUMBER, rank_text
from aitbc.native import Reader, Sender, VerbGroup, reading, sending
from aitbc.output import Span, When
from contracts.messaging.v1.contract import Messaging
from contracts.messaging.v1.messages import BanInfo, Rank
from miner.chain import Chain
from rpc.formats import checksummed

EVERYWHERE: Final = 0
_TOPIC_OPTION: Final = click.option(
    "--topic", "topic_id", type=NUMBER, default=None, help="In this topic; default: everywhere."
)


def _switch(name: str, method: str, *, is_set: bool, metavar: str, text: str) -> click.Command:
    """Return a command that sets or clears a flag of a topic or message."""

    @click.command(name, help=text)
    @click.argument("number", metavar=metavar, type=NUMBER)
    @sending
    def command(number: int, sender: Sender) -> None:
        sender.send(Messaging, method, number, is_set)

    return command


def _switches(names: tuple[str, str], method: str, metavar: str, text: str) -> list[click.Command]:
    on, off = names
    undo = f"Undo what 'aitbc message {'topic ' if metavar == 'TOPIC' else ''}{on}' did."
    return [
        _switch(on, method, is_set=True, metavar=metavar, text=text),
        _switch(off, method, is_set=False, metavar=metavar, text=undo),
    ]


TOPIC_COMMANDS: Final = (
    *_switches(
        ("pin", "unpin"), "pinTopic", "TOPIC",
        "List a topic before all others; for moderators of everything.",
    ),
    *_switches(
        ("lock", "unlock"), "lockTopic", "TOPIC",
        "Close a topic to messages and edits; for its moderators.",
    ),
    *_switches(
        ("hide", "unhide"), "hideTopic", "TOPIC",
        "Withhold a topic's texts and stop it; for moderators of everything.",
    ),
)  # fmt: skip


@click.command("moderators")
@_TOPIC_OPTION
@reading
def moderators(topic_id: int | None, node: Reader) -> None:
    """List who moderates everything, or a topic."""

    async def ask(chain: Chain) -> list[tuple[bytes, Rank]]:
        everything = await chain.view(Messaging, "moderators")
        rows = [(account, Rank.MODERATOR) for account in everything]
        if topic_id is not None:
            topic = await chain.view(Messaging, "topic", topic_id)
            if topic.topic_id:
                rows.append((topic.creator, Rank.CREATOR))
            accounts = await chain.view(Messaging, "topicModerators", topic_id)
            rows += [(account, Rank.TOPIC_MODERATOR) for account in accounts]
        return rows

    shown = [
        {
            "account": checksummed(account),
            "rank": rank_text(rank),
            "of": "everything" if rank == Rank.MODERATOR else f"topic {topic_id}",
        }
        for account, rank in node.ask(ask)
    ]
    empty = "nobody moderates everything; governance grants it: grantModerator(address)"
    node.rows(shown, empty=empty)


@click.group("moderator", cls=VerbGroup)
def moderator() -> None:
    """Moderators of an own topic; those of everything are granted by governance.

    aitbc gov propose parameter messaging 'grantModerator(address)=0x...'
    """


@moderator.command("grant")
@click.argument("topic_id", metavar="TOPIC", type=NUMBER)
@click.argument("account", type=ADDRESS)
@sending
def grant(topic_id: int, account: bytes, sender: Sender) -> None:
    """Make an account a moderator of an own topic."""
    sender.send(Messaging, "grantTopicModerator", topic_id, account)


@moderator.command("revoke")
@click.argument("topic_id", metavar="TOPIC", type=NUMBER)
@click.argument("account", type=ADDRESS)
@sending
def revoke(topic_id: int, account: bytes, sender: Sender) -> None:
    """End that office; for the creator, and for whoever holds it."""
    sender.send(Messaging, "revokeTopicModerator", topic_id, account)


@click.command("ban")
@click.argument("account", type=ADDRESS)
@_TOPIC_OPTION
@click.option("--for", "seconds", type=DURATION, help="How long: 10min, 2h, 7d.")
@click.option("--permanent", is_flag=True, help="Until it is lifted.")
@sending
def ban(
    account: bytes, topic_id: int | None, seconds: int | None, permanent: bool, sender: Sender
) -> None:
    """Ban an account from a topic, or from everything; the caller outranks whom he bans."""
    if (seconds is None) != permanent:
        raise click.UsageError("say how long: --for 7d, or --permanent")
    sender.send(Messaging, "ban", account, topic_id or EVERYWHERE, seconds or 0, permanent)


@click.command("unban")
@click.argument("account", type=ADDRESS)
@_TOPIC_OPTION
@sending
def unban(account: bytes, topic_id: int | None, sender: Sender) -> None:
    """Lift a ban before its end; needs the rank that made it."""
    sender.send(Messaging, "unban", account, topic_id or EVERYWHERE)


@click.command("ban-of")
@click.argument("account", type=ADDRESS)
@_TOPIC_OPTION
@reading
def ban_of(account: bytes, topic_id: int | None, node: Reader) -> None:
    """Show an account's latest ban from a topic, or from everything."""

    async def ask(chain: Chain) -> tuple[BanInfo, int]:
        found = await chain.view(Messaging, "banOf", account, topic_id or EVERYWHERE)
        return found, (await chain.head()).timestamp

    found, now = node.ask(ask)
    ends = 0 if found.is_permanent or not found.rank else found.since + found.seconds
    node.record(
        {
            "account": checksummed(account),
            "from": "everything" if topic_id is None else f"topic {topic_id}",
            "banned": found.is_active,
            "permanent": found.is_permanent,
            "since": When(found.since, now),
            "for": Span(found.seconds) if found.seconds else None,
            "ends": When(ends, now),
            "by a": rank_text(found.rank) if found.rank else None,
        }
    )


COMMANDS: Final = (
    *_switches(
        ("hide", "unhide"), "hideMessage", "MESSAGE",
        "Withhold a message's text; for the topic's moderators.",
    ),
    *_switches(
        ("pin", "unpin"), "pinMessage", "MESSAGE",
        "List a message before the others of its topic; for its moderators.",
    ),
    moderators,
    moderator,
    ban,
    unban,
    ban_of,
)  # fmt: skip
