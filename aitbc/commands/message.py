"""``aitbc message``: a forum on chain, and letters that only their addressee reads."""

import click

from aitbc.commands import message_forum, message_mail, message_moderation
from aitbc.native import VerbGroup


@click.group(cls=VerbGroup)
def message() -> None:
    """Forum and sealed letters on chain."""


@click.group(cls=VerbGroup)
def topic() -> None:
    """Topics: open, show, moderate."""


for command in (*message_forum.TOPIC_COMMANDS, *message_moderation.TOPIC_COMMANDS):
    topic.add_command(command)
message.add_command(topic)
for command in (
    *message_forum.COMMANDS,
    *message_mail.COMMANDS,
    *message_moderation.COMMANDS,
):
    message.add_command(command)
