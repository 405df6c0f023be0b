"""What messaging keeps, and the checks that every part of it makes."""

from contracts.framework.contract import Contract
from contracts.framework.messages import revert
from contracts.framework.parameters import Parameter
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    STRING_BYTES_MAX,
    U32,
    U64,
    U128,
    Slot,
    array,
    mapping,
    struct,
)
from contracts.messaging.v1.messages import EVENTS, MessageStatus, Rank
from contracts.messaging.v1.records import (
    Ban,
    Letter,
    Message,
    SealingKey,
    Standing,
    Topic,
)
from contracts.messaging.v1.refusals import (
    ERRORS,
    BadThresholds,
    IsBanned,
    NotModerator,
    NotVisible,
    TopicIsHidden,
    UnknownMessage,
    UnknownTopic,
    WrongFee,
)
from contracts.messaging.v1.weights import TEXT_GAS_PER_WORD, WEIGHTS

DAY_SECONDS = 24 * 3600
ZERO_ADDRESS = bytes(20)
EVERYWHERE = 0
"""The topic id that stands for all topics in bans and grants."""


class MessagingStore(Contract):
    """Storage of the messaging contract; its calls are in the classes that extend it."""

    __slots__ = ()

    index = 4
    name = "messaging"
    version = "1.0.0"
    events = EVENTS
    errors = ERRORS
    weights = WEIGHTS

    fee_per_byte = Parameter(U128, default=10**9, minimum=0, maximum=10**15, step_max=10**12)
    message_bytes_max = Parameter(U32, default=4096, minimum=256, maximum=STRING_BYTES_MAX)
    title_bytes_max = Parameter(U32, default=128, minimum=16, maximum=512)
    description_bytes_max = Parameter(U32, default=2048, minimum=0, maximum=STRING_BYTES_MAX)
    tags_max = Parameter(U32, default=5, minimum=0, maximum=16)
    tag_bytes_max = Parameter(U32, default=32, minimum=8, maximum=64)
    sealed_bytes_max = Parameter(U32, default=4096, minimum=256, maximum=4096)
    uri_bytes_max = Parameter(U32, default=256, minimum=32, maximum=1024)
    ban_seconds_max = Parameter(
        U64, default=365 * DAY_SECONDS, minimum=DAY_SECONDS, maximum=3650 * DAY_SECONDS
    )
    member_reputation = Parameter(U32, default=10, minimum=1, maximum=10**9)
    trusted_reputation = Parameter(U32, default=100, minimum=1, maximum=10**9)
    expert_reputation = Parameter(U32, default=500, minimum=1, maximum=10**9)
    authority_reputation = Parameter(U32, default=2_000, minimum=1, maximum=10**9)

    topic_total = Slot(U64)
    message_total = Slot(U64)
    topic_records = Slot(mapping(U64, struct(Topic)))
    message_records = Slot(mapping(U64, struct(Message)))
    pinned_topic_ids = Slot(array(U64))
    standings = Slot(mapping(ADDRESS, struct(Standing)))
    moderator_list = Slot(array(ADDRESS))
    is_moderator = Slot(mapping(ADDRESS, BOOL))
    bans = Slot(mapping(ADDRESS, struct(Ban)))
    keys = Slot(mapping(ADDRESS, struct(SealingKey)))
    letters = Slot(mapping(ADDRESS, array(struct(Letter))))

    def check_cross_rules(self) -> None:
        """Refuse levels whose thresholds do not ascend."""
        member, trusted, expert, authority = self._thresholds()
        if not member < trusted < expert < authority:
            raise revert(BadThresholds())

    def _thresholds(self) -> tuple[int, int, int, int]:
        return (
            self.member_reputation,
            self.trusted_reputation,
            self.expert_reputation,
            self.authority_reputation,
        )

    # --- records ----------------------------------------------------------------------------

    def _topic(self, topic_id: int) -> Topic:
        topic = self.topic_records[topic_id]
        if topic.creator == ZERO_ADDRESS:
            raise revert(UnknownTopic(topic_id))
        return topic

    def _message(self, message_id: int) -> Message:
        """Return a message that a call is about to work on."""
        message = self.message_records[message_id]
        if message.author == ZERO_ADDRESS:
            raise revert(UnknownMessage(message_id))
        return message

    # --- checks -----------------------------------------------------------------------------

    def _check_fee(self, size: int) -> int:
        """Return the fee for ``size`` bytes, which must be what was sent."""
        self.ctx.use_gas((size + 31 >> 5) * TEXT_GAS_PER_WORD)
        needed = self.fee_per_byte * size
        if self.ctx.value != needed:
            raise revert(WrongFee(self.ctx.value, needed))
        return needed

    def _check_ban(self, account: bytes, topic_id: int) -> None:
        """Refuse an account that is banned everywhere, or in the topic when one is given."""
        if self.is_moderator[account]:
            return
        if self._is_in_force(self.bans[account]):
            raise revert(IsBanned(account, EVERYWHERE))
        if topic_id and self._is_in_force(self.topic_records[topic_id].bans[account]):
            raise revert(IsBanned(account, topic_id))

    def _check_taking_part(self, topic_id: int, topic: Topic) -> None:
        self._check_ban(self.ctx.caller, topic_id)
        if topic.hide_rank:
            raise revert(TopicIsHidden(topic_id))

    def _check_visible(self, message_id: int, message: Message) -> None:
        status = message.status
        if status != MessageStatus.VISIBLE:
            raise revert(NotVisible(message_id, status))

    # --- rank -------------------------------------------------------------------------------

    def _is_in_force(self, ban: Ban) -> bool:
        if not ban.rank:
            return False
        return ban.is_permanent or not ban.since.has_passed(self.ctx.block, ban.seconds)

    def _office(self, account: bytes, topic: Topic | None) -> Rank:
        """Return the rank that an account holds, banned or not; None stands for everywhere."""
        if self.is_moderator[account]:
            return Rank.MODERATOR
        if topic is None:
            return Rank.NONE
        if topic.creator == account:
            return Rank.CREATOR
        return Rank.TOPIC_MODERATOR if topic.is_moderator[account] else Rank.NONE

    def _rank(self, account: bytes, topic: Topic | None) -> Rank:
        """Return the rank that an account may use: none while it is banned."""
        office = self._office(account, topic)
        if topic is None or office in (Rank.NONE, Rank.MODERATOR):
            return office
        is_banned = self._is_in_force(self.bans[account]) or self._is_in_force(topic.bans[account])
        return Rank.NONE if is_banned else office

    def _check_rank(self, topic: Topic | None, needed: int) -> Rank:
        """Return the caller's rank when it reaches ``needed``."""
        rank = self._rank(self.ctx.caller, topic)
        if rank < needed:
            raise revert(NotModerator(rank, needed))
        return rank
