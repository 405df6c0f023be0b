"""What a node ships and what the chain runs: identity, refusal to start, announcements."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest
import structlog

from contracts.chain.v1.contract import ChainRules
from contracts.errors import MissingRelease
from contracts.framework.layout import layout_hash
from contracts.framework.version import pack_version
from contracts.governance.v1.messages import Kind
from contracts.governance.v1.readers import coming_versions, is_ready
from contracts.messaging.v1.contract import Messaging
from contracts.messaging.v2.contract import Messaging as MessagingV2
from contracts.places import GOVERNANCE_ADDRESS, MESSAGING_ADDRESS
from contracts.runtime import Registry, active_version_slot
from contracts.system import SYSTEM, SYSTEM_CONTRACTS
from node.guard import SignerGuard
from node.releases import SHIPPED, ReadinessReporter, check_releases, code_hash
from node.validator_account import ValidatorAccount
from primitives.abi import encode_call
from primitives.errors import ConfigError, InvalidTransactionError
from primitives.keys import secret_to_address
from primitives.transaction import decode_transaction
from primitives.types import WEI_PER_AIT
from tests.unit.contracts.governance_world import PROPOSE
from tests.unit.rpc.small_chain import ALICE, VALIDATOR, make_world

V2 = "2.0.0"
STAKER = secret_to_address(VALIDATOR)
OLDER = Registry([release for release in SYSTEM_CONTRACTS if release is not MessagingV2])


def with_storage(state, slot, value):
    """The state with one of governance's words replaced."""

    class Changed:
        def storage(self, address, place):
            if (address, place) == (GOVERNANCE_ADDRESS, slot):
                return value
            return state.storage(address, place)

    return Changed()


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


def propose_upgrade(world, hash_=None):
    """Stake, propose messaging 2.0.0 and make both final; returns the head."""
    delegate = encode_call("delegate(address)", STAKER)
    staking = (0x1001).to_bytes(20, "big")
    world.mine(
        world.transaction(
            ALICE, to=staking, data=delegate, value=5_000 * WEI_PER_AIT, gas_limit=900_000
        ),
        world.transaction(ALICE, to=STAKER, value=WEI_PER_AIT),
    )
    values = (
        MESSAGING_ADDRESS, "1.0.0", V2, Kind.LOGIC_UPDATE, 3 * 86_400,
        hash_ or code_hash(MessagingV2), [], "why not",
    )  # fmt: skip
    executed, head = world.mine(
        world.transaction(
            ALICE,
            to=GOVERNANCE_ADDRESS,
            data=encode_call(PROPOSE, *values),
            value=100 * WEI_PER_AIT,
            gas_limit=2_000_000,
        )
    )
    assert executed.receipts[0].succeeded
    return head


def test_code_is_named_by_its_source_and_declaration():
    assert code_hash(Messaging) != code_hash(MessagingV2)
    assert code_hash(Messaging) == code_hash(Messaging)
    assert len({code_hash(release) for release in SYSTEM_CONTRACTS}) == len(SYSTEM_CONTRACTS)
    assert len(code_hash(ChainRules)) == 32


def test_a_changed_byte_is_other_code(tmp_path, monkeypatch):
    import shutil
    from pathlib import Path

    import contracts.messaging.v2.contract as module
    import node.releases

    whole = tmp_path / "contracts" / "messaging"
    source = Path(module.__file__).parents[1]
    shutil.copytree(source, whole, ignore=shutil.ignore_patterns("__pycache__"))
    copy = whole / "v2"
    monkeypatch.setattr(node.releases.inspect, "getfile", lambda _: str(copy / "contract.py"))
    assert node.releases._compute_hash(MessagingV2) == code_hash(MessagingV2)
    weights = copy / "weights.py"
    weights.write_text(weights.read_text() + "\n# a comment\n")
    assert node.releases._compute_hash(MessagingV2) != code_hash(MessagingV2)


def test_earlier_versions_of_a_contract_belong_to_its_code(tmp_path, monkeypatch):
    import shutil
    from pathlib import Path

    import contracts.messaging.v2.contract as module
    import node.releases

    folder = Path(module.__file__).parents[1]
    copy = tmp_path / "contracts" / "messaging"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
    place = str(copy / "v2" / "contract.py")
    monkeypatch.setattr(node.releases.inspect, "getfile", lambda _: place)
    assert node.releases._compute_hash(MessagingV2) == code_hash(MessagingV2)
    texts = copy / "v1" / "texts.py"
    texts.write_text(texts.read_text() + "\n# a comment\n")
    assert node.releases._compute_hash(MessagingV2) != code_hash(MessagingV2)


def test_a_registry_that_knows_its_code_refuses_to_run_other_code():
    one, two = pack_version("1.0.0"), pack_version(V2)
    assert SHIPPED.migration(MESSAGING_ADDRESS, one, two, code_hash(MessagingV2))
    assert SHIPPED.migration(MESSAGING_ADDRESS, one, two, bytes(32))
    with pytest.raises(MissingRelease):
        SHIPPED.migration(MESSAGING_ADDRESS, one, two, b"\x01" * 32)
    assert SYSTEM.migration(MESSAGING_ADDRESS, one, two, b"\x01" * 32)


def test_a_node_starts_on_the_chain_that_it_has_the_code_for(world):
    check_releases(SYSTEM, world.chain.head.state)
    check_releases(OLDER, world.chain.head.state)


def test_a_node_without_the_active_version_names_the_release_that_it_needs(world):
    upgraded = with_storage(
        world.chain.head.state, active_version_slot(MESSAGING_ADDRESS), pack_version(V2)
    )
    check_releases(SYSTEM, upgraded)
    with pytest.raises(ConfigError, match=r"the chain runs messaging 2\.0\.0") as refused:
        check_releases(OLDER, upgraded)
    assert "Install a release that has it" in refused.value.remedy


def test_a_node_with_another_storage_layout_refuses_to_start(world, monkeypatch):
    import node.releases

    monkeypatch.setattr(node.releases, "layout_hash", lambda release: layout_hash(release)[::-1])
    with pytest.raises(ConfigError, match="lays out its storage differently"):
        check_releases(SYSTEM, world.chain.head.state)


def test_a_node_with_other_code_than_approved_refuses_to_start(world, monkeypatch):
    import node.releases

    real = node.releases.recorded_versions

    def bound(reader):
        return (replace(row, code_hash=b"\x01" * 32) for row in real(reader))

    monkeypatch.setattr(node.releases, "recorded_versions", bound)
    with pytest.raises(ConfigError, match="not the code that the chain approved"):
        check_releases(SYSTEM, world.chain.head.state)


class Sent:
    """Takes what the node would submit."""

    def __init__(self, error=None):
        self.raws = []
        self.error = error

    async def __call__(self, raw):
        if self.error is not None:
            raise self.error
        self.raws.append(raw)
        return decode_transaction(raw).hash


async def look(reporter, head, times=1):
    for _ in range(times):
        reporter.on_finalized(None, head)
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def reporter_of(world, tmp_path, registry=SYSTEM, error=None):
    guard = SignerGuard.create(tmp_path / "guard", VALIDATOR, world.domain)
    sent = Sent(error)
    return ReadinessReporter(registry, ValidatorAccount(world.executor, guard, sent)), sent


async def test_a_validator_announces_the_code_it_has_once(world, tmp_path):
    head = propose_upgrade(world)
    reporter, sent = reporter_of(world, tmp_path)
    await look(reporter, head, times=3)
    (raw,) = sent.raws
    executed, head = world.mine(decode_transaction(raw))
    assert executed.receipts[0].succeeded
    read = partial(head.state.storage, GOVERNANCE_ADDRESS)
    (coming,) = coming_versions(read)
    assert is_ready(read, coming.proposal, STAKER)
    await look(reporter, head)
    assert len(sent.raws) == 1, "it is on the chain: nothing more to say"


async def test_a_node_that_lacks_the_code_says_so_once_and_announces_nothing(world, tmp_path):
    head = propose_upgrade(world)
    reporter, sent = reporter_of(world, tmp_path, OLDER)
    with structlog.testing.capture_logs() as logs:
        await look(reporter, head, times=3)
    assert sent.raws == []
    assert [entry["why"] for entry in logs] == ["no such version here"]


async def test_other_code_under_the_same_version_is_not_announced(world, tmp_path):
    head = propose_upgrade(world, b"\xab" * 32)
    reporter, sent = reporter_of(world, tmp_path)
    with structlog.testing.capture_logs() as logs:
        await look(reporter, head)
    assert sent.raws == []
    assert [entry["why"] for entry in logs] == ["other code under this version"]


async def test_a_poor_account_is_named_to_the_operator(world, tmp_path):
    head = propose_upgrade(world)
    reporter, _ = reporter_of(world, tmp_path, error=InvalidTransactionError("insufficient funds"))
    with structlog.testing.capture_logs() as logs:
        await look(reporter, head)
    assert logs[0]["event"] == "readiness not announced: fund the validator's account"


async def test_a_node_without_a_key_stays_silent(world):
    head = propose_upgrade(world)
    await look(ReadinessReporter(SYSTEM, None), head)
