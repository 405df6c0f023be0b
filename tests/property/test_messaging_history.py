"""Random histories of messaging over both versions, against a model in plain Python.

The model says of every call whether it succeeds, so a call that changes something without right
fails the test as surely as a wrong listing does. Upgrades and rollbacks happen in between.
"""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

import pytest

from contracts.errors import Revert
from contracts.framework.clock import has_passed
from contracts.messaging.v1.records import EDITS_MAX, PINNED_MESSAGES_MAX, PINNED_TOPICS_MAX
from contracts.messaging.v2 import contract as second
from contracts.places import GOVERNANCE_ADDRESS
from primitives.keccak import keccak256
from tests.unit.contracts import messaging_world as world
from tests.unit.contracts.messaging_world import (
    ANNOUNCEMENT,
    ANSWER,
    PARTIES,
    QUESTION,
    REPLY,
    V1,
    V2,
    ask,
    forum_chain,
    held,
    migrate,
    numbers,
    send,
)

STEPS = 800
EAGER = 4
EVERYBODY = (*PARTIES, GOVERNANCE_ADDRESS)
MUST_SUCCEED = (
    *("open_topic", "post", "edit", "delete", "vote", "hide_message", "pin_message", "lock_topic"),
    *("hide_topic", "pin_topic", "ban", "unban", "grant", "revoke", "deputize", "dismiss"),
    *("accept", "migrate", "set_fee"),
)


@dataclass
class ModelTopic:
    creator: bytes
    title: str
    height: int
    messages: list = field(default_factory=list)
    pinned: list = field(default_factory=list)
    deputies: list = field(default_factory=list)
    bans: dict = field(default_factory=dict)
    lock: int = 0
    hidden: int = 0


@dataclass
class ModelMessage:
    topic: int
    author: bytes
    kind: int
    parent: int
    text: str
    height: int
    digest: bytes
    replies: list = field(default_factory=list)
    edits: list = field(default_factory=list)
    votes: dict = field(default_factory=dict)
    hidden: int = 0
    deleted: bool = False
    accepted: int = 0

    @property
    def status(self) -> int:
        return 3 if self.deleted else 2 if self.hidden else 1

    def tally(self, choice: int) -> int:
        return sum(vote == choice for vote in self.votes.values())


class Refused(Exception):
    """The model expects the call to revert."""


def need(condition) -> None:
    if not condition:
        raise Refused


class Model:
    """What the forum should hold."""

    def __init__(self, chain) -> None:
        self.chain = chain
        self.topics: dict[int, ModelTopic] = {}
        self.messages: dict[int, ModelMessage] = {}
        self.pinned: list[int] = []
        self.moderators: list[bytes] = []
        self.bans: dict = {}
        self.rate = world.FEE
        self.burnt = 0
        self.is_second = False
        self.active: list[int] = []
        self.outside = 0

    def is_banned(self, who, topic=0) -> bool:
        if who in self.moderators:
            return False
        bans = [self.bans.get(who)]
        bans.append(self.topics[topic].bans.get(who) if topic else None)
        return any(self.in_force(ban) for ban in bans)

    def in_force(self, ban) -> bool:
        if ban is None:
            return False
        at, height, seconds, permanent, _ = ban
        return permanent or not has_passed(self.chain.block, at, height, seconds)

    def office(self, who, topic) -> int:
        if who in self.moderators:
            return 3
        if not topic:
            return 0
        return 2 if self.topics[topic].creator == who else int(who in self.topics[topic].deputies)

    def rank(self, who, topic) -> int:
        office = self.office(who, topic)
        return 0 if office < 3 and self.is_banned(who, topic) else office

    def pay(self, text) -> None:
        self.burnt += self.rate * len(text.encode())

    def bump(self, topic) -> None:
        if self.is_second:
            self.active = [topic, *(other for other in self.active if other != topic)]

    def upgrade(self) -> None:
        self.is_second = True
        self.outside = max(len(self.topics) - EAGER, 0)

        def latest(number):
            topic = self.topics[number]
            return self.messages[topic.messages[-1]].height if topic.messages else topic.height

        ids = range(self.outside + 1, len(self.topics) + 1)
        self.active = sorted(ids, key=lambda number: (latest(number), number), reverse=True)

    def downgrade(self) -> None:
        self.is_second = False

    # --- calls ----------------------------------------------------------------------------------

    def open_topic(self, who, title, _description, _tags) -> None:
        need(not self.is_banned(who) and len(title.encode()) <= 128)
        self.topics[len(self.topics) + 1] = ModelTopic(who, title, self.chain.block.height)
        self.pay(title)
        self.bump(len(self.topics))

    def post(self, who, number, kind, parent, text) -> None:
        need(number in self.topics)
        topic = self.topics[number]
        need(not self.is_banned(who, number) and not topic.hidden and not topic.lock)
        need((kind in (REPLY, ANSWER)) == (parent != 0))
        need(kind != ANNOUNCEMENT or self.rank(who, number))
        if parent:
            above = self.messages.get(parent)
            need(above and above.topic == number and above.status == 1)
            need(kind != ANSWER or above.kind == QUESTION)
        message = len(self.messages) + 1
        digest = keccak256(text.encode())
        height = self.chain.block.height
        self.messages[message] = ModelMessage(number, who, kind, parent, text, height, digest)
        topic.messages.append(message)
        if parent:
            self.messages[parent].replies.append(message)
        self.pay(text)
        self.bump(number)

    def edit(self, who, number, text) -> None:
        message = self.written(who, number)
        topic = self.topics[message.topic]
        need(not self.is_banned(who, message.topic) and not topic.hidden and not topic.lock)
        need(message.status == 1 and message.text != text and len(message.edits) < EDITS_MAX)
        block = self.chain.block
        message.edits.append((message.digest, block.timestamp, block.height))
        message.text, message.digest = text, keccak256(text.encode())
        self.pay(text)

    def delete(self, who, number) -> None:
        message = self.written(who, number)
        need(not message.deleted)
        message.deleted, message.text = True, ""
        self.unpin(number)

    def vote(self, who, number, choice) -> None:
        message = self.known(number)
        need(not self.is_banned(who, message.topic) and not self.topics[message.topic].hidden)
        need(message.status == 1 and message.author != who)
        need(message.votes.get(who, 0) != choice)
        message.votes[who] = choice

    def hide_message(self, who, number, is_set) -> None:
        message = self.known(number)
        rank = self.rank(who, message.topic)
        need(rank and not message.deleted)
        message.hidden = changed(message.hidden, rank, is_set)
        self.unpin(number)

    def pin_message(self, who, number, is_set) -> None:
        message = self.known(number)
        pinned = self.topics[message.topic].pinned
        need(self.rank(who, message.topic) and (number in pinned) != is_set)
        if is_set:
            need(message.status == 1 and len(pinned) < PINNED_MESSAGES_MAX)
            pinned.append(number)
        else:
            pinned.remove(number)

    def lock_topic(self, who, number, is_set) -> None:
        need(number in self.topics)
        rank = self.rank(who, number)
        need(rank)
        self.topics[number].lock = changed(self.topics[number].lock, rank, is_set)

    def hide_topic(self, who, number, is_set) -> None:
        need(number in self.topics and who in self.moderators)
        self.topics[number].hidden = changed(self.topics[number].hidden, 3, is_set)
        if number in self.pinned:
            self.pinned.remove(number)

    def pin_topic(self, who, number, is_set) -> None:
        need(number in self.topics and who in self.moderators)
        need((number in self.pinned) != is_set)
        if is_set:
            need(not self.topics[number].hidden and len(self.pinned) < PINNED_TOPICS_MAX)
            self.pinned.append(number)
        else:
            self.pinned.remove(number)

    def ban(self, who, whom, number, seconds, permanent) -> None:
        need(number == 0 or number in self.topics)
        bans = self.topics[number].bans if number else self.bans
        former = bans[whom][4] if self.in_force(bans.get(whom)) else 0
        rank = self.rank(who, number)
        need(rank >= max(1, self.office(whom, number) + 1, former))
        block = self.chain.block
        bans[whom] = (block.timestamp, block.height, seconds, permanent, rank)

    def unban(self, who, whom, number) -> None:
        need(number == 0 or number in self.topics)
        bans = self.topics[number].bans if number else self.bans
        need(self.in_force(bans.get(whom)))
        need(self.rank(who, number) >= bans[whom][4])
        del bans[whom]

    def grant(self, who, whom) -> None:
        need(who == GOVERNANCE_ADDRESS and whom not in self.moderators)
        self.moderators.append(whom)

    def revoke(self, who, whom) -> None:
        need(who == GOVERNANCE_ADDRESS and whom in self.moderators)
        self.moderators.remove(whom)

    def deputize(self, who, number, whom) -> None:
        need(number in self.topics and self.topics[number].creator == who)
        need(not self.is_banned(who, number) and whom not in self.topics[number].deputies)
        self.topics[number].deputies.append(whom)

    def dismiss(self, who, number, whom) -> None:
        need(number in self.topics and whom in self.topics[number].deputies)
        need(who == whom or self.rank(who, number) >= 2)
        self.topics[number].deputies.remove(whom)

    def accept(self, who, number) -> None:
        need(self.is_second)
        answer = self.known(number)
        need(answer.kind == ANSWER and answer.status == 1)
        question = self.messages[answer.parent]
        need(question.author == who and question.status == 1 and question.accepted != number)
        need(not self.is_banned(who, question.topic) and not self.topics[question.topic].hidden)
        question.accepted = number

    def set_fee(self, who, _key, rate) -> None:
        need(who == GOVERNANCE_ADDRESS and rate <= 10**15 and abs(rate - self.rate) <= 10**12)
        self.rate = rate

    # --- parts ----------------------------------------------------------------------------------

    def known(self, number) -> ModelMessage:
        need(number in self.messages)
        return self.messages[number]

    def written(self, who, number) -> ModelMessage:
        message = self.known(number)
        need(message.author == who)
        return message

    def unpin(self, number) -> None:
        pinned = self.topics[self.messages[number].topic].pinned
        if number in pinned:
            pinned.remove(number)


def changed(current: int, rank: int, is_set: bool) -> int:
    need(current < rank if is_set else 0 < current <= rank)
    return rank if is_set else 0


class History:
    """Random calls, made of chain and model alike."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.chain = forum_chain()
        self.chain.balances[GOVERNANCE_ADDRESS] = world.AIT
        self.model = Model(self.chain)
        self.supply = self.chain.supply
        self.done: Counter[str] = Counter()

    def attempt(self, name: str, signature: str, who: bytes, *values, paid: str = "") -> None:
        """Call the chain with ``values`` and the model with the same."""
        expected = True
        value = self.model.rate * len(paid.encode())
        try:
            getattr(self.model, name)(who, *values)
        except Refused:
            expected = False
        reason = ""
        try:
            send(self.chain, who, signature, *values, value=value)
        except Revert as error:
            reason = str(error)
        assert expected == (reason == ""), (name, values, reason)
        self.done[name] += expected

    def who(self) -> bytes:
        return self.random.choice(EVERYBODY)

    def topic(self) -> int:
        low = 0 if self.random.random() < 0.1 else 1
        return self.random.randint(low, max(1, len(self.model.topics)))

    def message(self) -> int:
        return self.random.randint(0, len(self.model.messages))

    def author(self, number: int) -> bytes:
        """Return mostly the author of a message."""
        message = self.model.messages.get(number)
        return message.author if message and self.random.random() < 0.7 else self.who()

    def official(self, number: int) -> bytes:
        """Return mostly somebody with an office in a topic."""
        topic = self.model.topics.get(number)
        officials = [*self.model.moderators, *((topic.creator, *topic.deputies) if topic else ())]
        is_official = officials and self.random.random() < 0.7
        return self.random.choice(officials if is_official else EVERYBODY)

    def text(self) -> str:
        return self.random.choice("abcdeü") * self.random.choice((1, 31, 32, 33, 64, 100))

    def step(self) -> None:
        action = self.random.choice(self.ACTIONS)
        if self.random.random() < 0.03:
            action = self.random.choice(("do_migrate", "do_fee"))
        getattr(self, action)()

    ACTIONS = (
        *("do_open_topic", "do_post", "do_post", "do_post", "do_post", "do_edit", "do_edit"),
        *("do_delete", "do_vote", "do_vote", "do_vote", "do_flag", "do_flag", "do_flag"),
        *(
            "do_ban",
            "do_unban",
            "do_unban",
            "do_office",
            "do_office",
            "do_accept",
            "do_accept",
            "do_time",
        ),
        *("do_post", "do_post", "do_vote", "do_time"),
    )

    def do_open_topic(self) -> None:
        if self.random.random() < 0.5:
            return
        title = self.text()
        signature = "openTopic(string,string,string[])"
        self.attempt("open_topic", signature, self.who(), title, "", (), paid=title)

    def do_post(self) -> None:
        text, kind, topic, parent = self.text(), self.random.randint(1, 5), self.topic(), 0
        if kind in (REPLY, ANSWER) and self.random.random() < 0.95:
            parent = self.message()
            if parent and self.random.random() < 0.9:
                topic = self.model.messages[parent].topic
        signature = "post(uint64,uint8,uint64,string)"
        self.attempt("post", signature, self.who(), topic, kind, parent, text, paid=text)

    def do_edit(self) -> None:
        number, text = self.message(), self.text()
        self.attempt("edit", "edit(uint64,string)", self.author(number), number, text, paid=text)

    def do_delete(self) -> None:
        number = self.message()
        if self.random.random() < 0.4:
            self.attempt("delete", "deleteMessage(uint64)", self.author(number), number)

    def do_vote(self) -> None:
        choice = self.random.choice((1, 0, -1))
        self.attempt("vote", "vote(uint64,int8)", self.who(), self.message(), choice)

    def do_flag(self) -> None:
        names = ("hide_message", "pin_message", "lock_topic", "hide_topic", "pin_topic")
        name = self.random.choice(names)
        number = self.message() if name.endswith("message") else self.topic()
        first, last = name.split("_")
        message = self.model.messages.get(number) if last == "message" else None
        who = self.official(message.topic if message else number)
        is_set = self.random.random() < (0.3 if first in ("lock", "hide") else 0.7)
        self.attempt(name, f"{first}{last.title()}(uint64,bool)", who, number, is_set)

    def do_ban(self) -> None:
        permanent = self.random.random() < 0.05
        seconds = 0 if permanent else self.random.choice((1, 5, 30))
        topic = 0 if self.random.random() < 0.2 else self.topic()
        signature = "ban(address,uint64,uint64,bool)"
        self.attempt("ban", signature, self.official(topic), self.who(), topic, seconds, permanent)

    def do_unban(self) -> None:
        topic = self.random.choice((0, self.topic()))
        bans = self.model.topics[topic].bans if topic in self.model.topics else self.model.bans
        whom = self.random.choice([*bans, self.who()])
        self.attempt("unban", "unban(address,uint64)", self.official(topic), whom, topic)

    def do_office(self) -> None:
        name = self.random.choice(("grant", "revoke", "deputize", "dismiss"))
        if name in ("grant", "revoke"):
            who = self.random.choice((self.who(), GOVERNANCE_ADDRESS))
            whom = self.random.choice(PARTIES[3:])
            self.attempt(name, f"{name}Moderator(address)", who, whom)
            return
        number = self.topic()
        topic = self.model.topics.get(number)
        who = topic.creator if topic and self.random.random() < 0.6 else self.who()
        word = "grant" if name == "deputize" else "revoke"
        deputies = topic.deputies if topic and name == "dismiss" else []
        whom = self.random.choice([*deputies, self.who()])
        self.attempt(name, f"{word}TopicModerator(uint64,address)", who, number, whom)

    def do_accept(self) -> None:
        answers = [n for n, m in self.model.messages.items() if m.kind == ANSWER]
        number = self.random.choice(answers) if answers else self.message()
        message = self.model.messages.get(number)
        who = self.author(message.parent) if message else self.who()
        self.attempt("accept", "acceptAnswer(uint64)", who, number)

    def do_fee(self) -> None:
        rate = self.random.choice((0, 1, 10**9, 10**12, 10**15 + 1))
        who = self.random.choice((self.who(), GOVERNANCE_ADDRESS))
        self.attempt("set_fee", "setParameter(string,uint256)", who, "feePerByte", rate)

    def do_time(self) -> None:
        self.chain.advance(self.random.choice((1, 3)), seconds=self.random.choice((1, 3, 60)))

    def do_migrate(self) -> None:
        before = held(self.chain), self.chain.burnt
        if self.model.is_second:
            assert migrate(self.chain, V2, V1)
            self.model.downgrade()
        else:
            assert migrate(self.chain, V1, V2)
            self.model.upgrade()
        assert (held(self.chain), self.chain.burnt) == before
        self.done["migrate"] += 1
        self.check()

    # --- comparison -----------------------------------------------------------------------------

    def check(self) -> None:
        self.check_money()
        self.check_standings()
        self.check_topics()
        for number in self.model.messages:
            self.check_message(number)

    def check_money(self) -> None:
        assert self.chain.burnt == self.model.burnt == self.supply - self.chain.supply
        assert held(self.chain) == 0

    def check_standings(self) -> None:
        for who in EVERYBODY:
            own = [m for m in self.model.messages.values() if m.author == who]
            info = ask(self.chain, "account", who)
            ups, downs = (sum(message.tally(choice) for message in own) for choice in (1, -1))
            assert (info.ups, info.downs, info.reputation) == (ups, downs, ups - downs)
            assert (info.messages, info.is_banned) == (len(own), self.model.is_banned(who))
        assert ask(self.chain, "moderators") == tuple(self.model.moderators)

    def check_topics(self) -> None:
        model = self.model
        pinned = model.pinned[::-1]
        newest = [n for n in range(len(model.topics), 0, -1) if n not in pinned]
        limit = self.random.randint(1, 20)
        assert self.paged("topics", (), 0, limit, "topic_id", 1) == pinned + newest
        if model.is_second:
            rest = [n for n in range(model.outside, 0, -1) if n not in model.active]
            listed = [n for n in model.active + rest if n not in pinned]
            found = self.paged("activeTopics", (), 0, limit, "topic_id", 0)
            assert found == pinned + listed
        for number, topic in model.topics.items():
            info = ask(self.chain, "topic", number)
            assert (info.lock_rank, info.hide_rank) == (topic.lock, topic.hidden)
            assert info.title == ("" if topic.hidden else topic.title)
            assert info.is_pinned == (number in model.pinned)
            assert ask(self.chain, "topicModerators", number) == tuple(topic.deputies)
            first = topic.pinned[::-1]
            rest = [message for message in topic.messages if message not in first]
            end = len(topic.messages)
            found = self.paged("messages", (number,), 0, limit, "message_id", end)
            assert found == first + rest

    def paged(self, view, values, cursor, limit, name, end) -> list[int]:
        rows, cursor = ask(self.chain, view, *values, cursor, limit)
        found = numbers(rows, name)
        while cursor != end:
            rows, cursor = ask(self.chain, view, *values, cursor, limit)
            found += numbers(rows, name)
        return found

    def check_message(self, number: int) -> None:
        message, info = self.model.messages[number], ask(self.chain, "message", number)
        assert (info.status, info.content_hash) == (message.status, message.digest)
        assert info.text == (message.text if message.status == 1 else "")
        assert ask(self.chain, "storedText", number) == message.text
        assert (info.ups, info.downs) == (message.tally(1), message.tally(-1))
        for who in EVERYBODY:
            assert ask(self.chain, "voteOf", number, who) == message.votes.get(who, 0)
        edits, _ = ask(self.chain, "edits", number, 0, 100)
        told = [(edit.content_hash, edit.replaced_at, edit.replaced_height) for edit in edits]
        assert told == message.edits
        expected = message.replies
        if self.model.is_second:
            accepted = message.accepted
            is_shown = accepted and self.model.messages[accepted].status == 1
            assert ask(self.chain, "acceptedAnswer", number) == (accepted if is_shown else 0)
            if is_shown:
                expected = [accepted, *(reply for reply in expected if reply != accepted)]
            root = bytes(32)
            for digest, seconds, height in message.edits:
                times = seconds.to_bytes(8, "big") + height.to_bytes(8, "big")
                root = keccak256(root + digest + times)
            assert ask(self.chain, "historyRoot", number) == root
        assert self.paged(
            "replies", (number,), 0, 3, "message_id", len(message.replies)
        ) == expected  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_a_random_history_is_what_the_model_says(seed, monkeypatch):
    monkeypatch.setattr(second, "EAGER_TOPICS", EAGER)
    history = History(seed)
    for _ in range(STEPS):
        history.step()
        history.check_money()
    history.check()


def test_every_kind_of_call_succeeded_somewhere(monkeypatch):
    monkeypatch.setattr(second, "EAGER_TOPICS", EAGER)
    history = History(99)
    for _ in range(2 * STEPS):
        history.step()
    history.check()
    assert [name for name in MUST_SUCCEED if not history.done[name]] == []
