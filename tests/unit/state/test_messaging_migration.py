"""Messaging on the real ledger, at the EVM's prices: its migrations, its gas, its refunds."""

from contracts.framework.version import pack_version
from contracts.messaging.v1.contract import Messaging
from contracts.messaging.v2.contract import Messaging as MessagingV2
from contracts.messaging.v2.records import EAGER_TOPICS
from contracts.places import GOVERNANCE_ADDRESS, MESSAGING_ADDRESS
from contracts.runtime import Registry, active_version_slot
from evm.engine import Message
from primitives.abi import decode, encode_call
from state.execution import Execution
from state.ledger import Ledger
from tests.unit.contracts.messaging_world import Governance
from tests.unit.state import native_script as w

FEE = 10**9
FIRST, SECOND = pack_version("1.0.0"), pack_version("2.0.0")
OPEN = "openTopic(string,string,string[])"
POST = "post(uint64,uint8,uint64,string)"
UPGRADE_GAS_MAX = 1_500_000
"""What the upgrade of a full forum may cost: 32 topics, one cold write and four reads each."""


class Forum:
    """One block's execution with messaging at version one."""

    def __init__(self):
        self.ledger = Ledger(w.WorldView())
        self.ledger.begin_transaction()
        registry = Registry((Governance, Messaging, MessagingV2))
        self.execution = Execution(self.ledger, w.block_context(), registry, w.ENGINE)
        registry.genesis(self.execution.hook_frame, {})
        self.activate(FIRST)

    def activate(self, version):
        slot = active_version_slot(MESSAGING_ADDRESS)
        self.ledger.set_storage(GOVERNANCE_ADDRESS, slot, version)
        self.execution.contracts.forget()

    def send(self, signature, *values, value=0, gas=10**7):
        message = Message(
            caller=w.SENDER,
            to=MESSAGING_ADDRESS,
            value=value,
            data=encode_call(signature, *values),
            code=b"",
            gas=gas,
            origin=w.SENDER,
            gas_price=1,
        )
        result = self.execution.run(message)
        return result.is_success, gas - result.gas_left, result.output

    def migrate(self, current, target, gas):
        """Convert as governance's hook does, and answer whether it succeeded."""
        hook = self.execution.hook_frame(GOVERNANCE_ADDRESS)
        result = hook.migrate(MESSAGING_ADDRESS, current, target, gas)
        if result.success:
            self.activate(target)
        return result.success

    def open_and_post(self, count):
        for number in range(count):
            assert self.send(OPEN, "t", "", (), value=FEE)[0]
            assert self.send(POST, number + 1, 1, 0, "m", value=FEE)[0]


def test_the_upgrade_of_a_large_forum_fits_and_both_ways_keep_it():
    forum = Forum()
    forum.open_and_post(EAGER_TOPICS + 8)
    forum.ledger.begin_transaction()
    assert forum.migrate(FIRST, SECOND, UPGRADE_GAS_MAX)
    assert forum.send(POST, 1, 1, 0, "in two", value=6 * FEE)[0]
    assert forum.migrate(SECOND, FIRST, UPGRADE_GAS_MAX)
    ok, _, output = forum.send("storedText(uint64)", EAGER_TOPICS + 9)
    assert ok
    assert decode(("string",), output) == ("in two",)
    assert forum.ledger.balance(MESSAGING_ADDRESS) == 0


def test_an_upgrade_beyond_its_gas_changes_nothing():
    forum = Forum()
    forum.open_and_post(3)
    forum.ledger.begin_transaction()
    assert not forum.migrate(FIRST, SECOND, 50_000)
    assert forum.execution.contracts.at(MESSAGING_ADDRESS) is Messaging
    assert forum.send(POST, 1, 1, 0, "m", value=FEE)[0]
    assert not forum.send("historyRoot(uint64)", 1)[0]


def test_a_message_pays_for_its_storage_and_a_deletion_is_refunded():
    forum = Forum()
    forum.open_and_post(1)
    _, small, _ = forum.send(POST, 1, 1, 0, "x" * 100, value=100 * FEE)
    _, large, _ = forum.send(POST, 1, 1, 0, "x" * 4096, value=4096 * FEE)
    assert large - small > 124 * 22_100
    forum.ledger.begin_transaction()
    assert forum.send("deleteMessage(uint64)", 3)[0]
    assert forum.ledger.refund >= 128 * 4_800
