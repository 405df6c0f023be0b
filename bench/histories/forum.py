"""Messaging, versions one and two: topics, messages, votes, offices, letters."""

from bench.histories.world import World, account
from contracts.framework.version import pack_version
from contracts.places import GOVERNANCE_ADDRESS, MESSAGING_ADDRESS
from contracts.runtime import active_version_slot

CREATOR, AUTHOR, READER, DEPUTY, MODERATOR = (account(number) for number in range(1, 6))
POST, REPLY, ANNOUNCEMENT, QUESTION, ANSWER = range(1, 6)
FEE = 10**9
M = "messaging"
SIZES = (5, 500, 4_000)


def forum_history() -> World:
    """The life of a forum under version one."""
    world = _forum(World())
    world.framework_calls(M, "feePerByte", FEE + 1)
    return world


def second_forum_history() -> World:
    """A forum that version two takes over, then the same life under it."""
    world = World()
    _open(world, "before", "")
    for _ in range(3):
        message = _post(world, 1, POST, 0, "before the upgrade")
        for number in range(6):
            _pay(world, AUTHOR, "edit", 8, message, f"edit {number:3}")
    host = world.host
    versions = (pack_version("1.0.0") or 0, pack_version("2.0.0") or 0)
    assert host.hook(MESSAGING_ADDRESS).migrate(MESSAGING_ADDRESS, *versions, 1 << 60).success
    host.storage[GOVERNANCE_ADDRESS, active_version_slot(MESSAGING_ADDRESS)] = versions[1]
    host.active.forget()
    for message in (1, 2, 3):
        world.ask(M, "historyRoot", message)
        world.send(READER, M, "vote", message, 1)
        world.ask(M, "historyRoot", message)
    _forum(world)
    _answers(world)
    world.framework_calls(M, "feePerByte", FEE + 1)
    return world


def _pay(world: World, sender: bytes, name: str, size: int, *values: object) -> int:
    return int(world.send(sender, M, name, *values, value=size * FEE) or 0)


def _open(world: World, title: str, description: str, tags: tuple[str, ...] = ()) -> int:
    size = len(title + description + "".join(tags))
    return _pay(world, CREATOR, "openTopic", size, title, description, tags)


def _post(world: World, topic: int, kind: int, parent: int, text: str, who: bytes = AUTHOR) -> int:
    return _pay(world, who, "post", len(text), topic, kind, parent, text)


def _forum(world: World) -> World:
    send = world.send
    topics = [_open(world, "A topic", "", ())]
    tags = ("alpha", "beta", "gamma")
    topics += [_open(world, "A longer title of it", "d" * size, tags) for size in (100, 900)]
    topic = topics[1]
    question = _post(world, topic, QUESTION, 0, "why?")
    messages = [_post(world, topic, POST, 0, "x" * size) for size in SIZES]
    replies = [_post(world, topic, REPLY, question, "because") for _ in range(6)]
    _post(world, topic, ANNOUNCEMENT, 0, "hear", who=CREATOR)
    world.refuse(AUTHOR, M, "post", topic, POST, 0, "x" * 4_000, value=1)
    for size in SIZES:
        text = "y" * size
        _pay(world, AUTHOR, "edit", size, messages[0], text)
    for vote in (1, -1, 0):
        send(READER, M, "vote", messages[0], vote)
    world.refuse(AUTHOR, M, "vote", messages[0], 1)
    world.ask(M, "moderators")
    for number in range(3):
        send(GOVERNANCE_ADDRESS, M, "grantModerator", account(30 + number))
        send(CREATOR, M, "grantTopicModerator", topic, account(40 + number))
    argument = account(29).rjust(32, b"\0")
    for signature in ("grantModerator(address)", "revokeModerator(address)"):
        send(GOVERNANCE_ADDRESS, M, "governedCall", signature, argument)
    send(GOVERNANCE_ADDRESS, M, "grantModerator", MODERATOR)
    send(CREATOR, M, "grantTopicModerator", topic, DEPUTY)
    for is_set in (True, False):
        send(DEPUTY, M, "pinMessage", replies[0], is_set)
        send(DEPUTY, M, "hideMessage", replies[1], is_set)
        send(MODERATOR, M, "pinTopic", topic, is_set)
        send(DEPUTY, M, "lockTopic", topic, is_set)
        send(MODERATOR, M, "hideTopic", topics[0], is_set)
    for number in (topics[2], topic):
        send(MODERATOR, M, "pinTopic", number, True)
    for number in replies[2:5]:
        send(DEPUTY, M, "pinMessage", number, True)
    send(DEPUTY, M, "hideMessage", replies[3], True)
    send(AUTHOR, M, "deleteMessage", replies[4])
    send(AUTHOR, M, "deleteMessage", messages[2])
    send(MODERATOR, M, "ban", READER, 0, 100, False)
    send(DEPUTY, M, "ban", READER, topic, 100, False)
    world.refuse(DEPUTY, M, "ban", MODERATOR, topic, 100, False)
    world.refuse(READER, M, "vote", messages[0], 1)
    _offices_and_letters(world, topic)
    _views(world, topic, question, messages[0])
    send(MODERATOR, M, "unban", READER, 0)
    send(DEPUTY, M, "unban", READER, topic)
    send(CREATOR, M, "revokeTopicModerator", topic, account(40))
    send(DEPUTY, M, "revokeTopicModerator", topic, DEPUTY)
    send(GOVERNANCE_ADDRESS, M, "revokeModerator", account(30))
    return world


def _offices_and_letters(world: World, topic: int) -> None:
    for who in (READER, CREATOR, MODERATOR):
        world.ask(M, "rankOf", who, topic)
        world.ask(M, "banOf", who, topic)
        world.ask(M, "banOf", who, 0)
    world.ask(M, "moderators")
    world.ask(M, "topicModerators", topic)
    world.ask(M, "topicModerators", topic - 1)
    world.send(READER, M, "registerKey", b"\x01" * 32)
    world.send(READER, M, "registerKey", b"\x02" * 32)
    for size in (100, 1_000, 4_000):
        _pay(world, AUTHOR, "sendSealed", size, READER, b"s" * size)
    world.refuse(AUTHOR, M, "sendSealed", AUTHOR, b"s" * 100, value=100 * FEE)
    for size in (10, 200):
        uri = "u" * size
        _pay(world, AUTHOR, "sendSealedHash", 32 + size, READER, b"\x03" * 32, uri)
    world.ask(M, "keyOf", READER)
    world.pages(M, "inbox", READER, sizes=(0, 1, 5))


def _views(world: World, topic: int, question: int, edited: int) -> None:
    world.ask(M, "counts")
    world.ask(M, "feeFor", 1_000)
    for number in (topic, topic + 1, 999):
        world.ask(M, "topic", number)
    world.pages(M, "topics", sizes=(0, 1, 2, 3))
    for number in (question, question + 1, question + 2):
        world.ask(M, "message", number)
        world.ask(M, "storedText", number)
    world.pages(M, "messages", topic, sizes=(0, 1, 4, 8))
    world.pages(M, "replies", question, sizes=(0, 1, 3, 6))
    world.pages(M, "edits", edited, sizes=(0, 1, 3))
    world.ask(M, "voteOf", edited, READER)
    for who in (AUTHOR, READER, MODERATOR):
        world.ask(M, "account", who)


def _answers(world: World) -> None:
    topic = _open(world, "Questions", "")
    question = _post(world, topic, QUESTION, 0, "who?")
    answers = [_post(world, topic, ANSWER, question, "me", who=DEPUTY) for _ in range(3)]
    for answer in answers:
        world.send(AUTHOR, M, "acceptAnswer", answer)
        world.ask(M, "acceptedAnswer", question)
    world.refuse(READER, M, "acceptAnswer", answers[0])
    world.pages(M, "replies", question, sizes=(0, 1, 3))
    world.send(AUTHOR, M, "withdrawAcceptance", question)
    world.ask(M, "historyRoot", question)
    world.pages(M, "activeTopics", sizes=(0, 1, 3, 5))
