"""The desk in a quorum: commits in time, reveals the same, is paid when its answer wins."""

import asyncio
import hashlib
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.quorum_messages import QuorumStatus
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.places import DISPUTES_ADDRESS, GOVERNANCE_ADDRESS
from contracts.receipts.v1.contract import Receipts
from miner.chain import Chain
from miner.commitments import salt_for
from miner.leases.offers import OfferPlan
from miner.leases.protocol import Ask
from miner.leases.refusals import DeskRefusedError
from miner.native_calls import method_named
from primitives.compute import CLASS_QUORUM, CLASS_SIGNED
from primitives.keys import secret_to_address
from primitives.types import Hash32
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.miner.chain_double import MINER_ADDRESS, MINER_SECRET
from tests.unit.miner.leases.desk_world import (
    AIT,
    CLIENT,
    PRICE,
    V2,
    Client,
    Desk,
    EchoBackend,
    Market,
    ask_desk,
    echo_asked,
    exchange,
    settle_everything,
)
from wallet.sealing import mailbox_key

V3 = CLASS_SIGNED | CLASS_QUORUM
OTHERS = [secret_to_address(bytes((number,)) * 32) for number in (0x41, 0x42)]
SALT, OTHER = b"\x5a" * 32, b"\x66" * 32
COMMIT_SECONDS, REVEAL_SECONDS = 120, 60


class QuorumBackend(EchoBackend):
    """Answers equal requests alike, however often."""

    def __init__(self):
        super().__init__()
        self.served = replace(self.served, classes=V2 | CLASS_QUORUM)

    async def work(self, ask):
        return replace(await super().work(ask), response_hash=echo_answer(ask))


def echo_answer(ask):
    return Hash32(hashlib.sha256(echo_asked(ask).request_hash + b"answer").digest())


class QuorumMarket(Market):
    """Two more miners, who do by hand what a test says."""

    def __post_init__(self):
        super().__post_init__()
        self.shorten("quorumCommitSeconds", COMMIT_SECONDS)
        self.shorten("quorumRevealSeconds", REVEAL_SECONDS)
        self.add(OTHERS)

    def add(self, miners):
        for place, miner in enumerate(miners):
            self.double.chain.balances[miner] = 10_000 * AIT
            self.send(miner, Marketplace, "registerMiner", miner, f"http://m{place}",
                      value=500 * AIT)  # fmt: skip
            self.send(miner, Marketplace, "setSealingKey", mailbox_key(bytes((1 + place,)) * 32))
            plan = OfferPlan(served=QuorumBackend().served, classes=V3, price=PRICE)
            self.send(miner, Marketplace, "postOffer", plan.terms(PRICE), value=AIT)

    def shorten(self, name, value):
        self.send(GOVERNANCE_ADDRESS, Disputes, "setParameter", name, value)

    def quorum(self, number=1):
        return self.ask(Disputes, "quorum", number)

    def members(self, number=1):
        return self.ask(Disputes, "quorumMembers", number)

    def own(self):
        return next(row for row in self.members() if row.miner == MINER_ADDRESS)

    def ordered(self, count=3, **changes):
        values = {"classes": V3, "adjudicator": 0, "units_max": 10} | changes
        orders = tuple(self.order(**values) for _ in range(count))
        asked = echo_asked(Ask(salt=b"\x05" * 32, options=b"", tokens=(1, 2, 3)))
        self.send(CLIENT, Disputes, "openQuorum", orders, asked.request_hash)
        self.double.mine(10)
        self.send(CLIENT, Disputes, "drawQuorum", 1)
        for row in self.members():
            if row.miner in OTHERS and any(row.lease_id):
                self.send(row.miner, Marketplace, "acceptLease", row.lease_id)

    def commit(self, miner, response):
        hidden = self.ask(Disputes, "outputCommitment", 1, miner, response, SALT)
        self.send(miner, Disputes, "commitOutput", 1, hidden)

    def reveal(self, miner, response):
        self.send(miner, Disputes, "revealOutput", 1, response, SALT)


@pytest.fixture
def market():
    made = QuorumMarket()
    made.join()
    return made


@pytest.fixture
def desk(market, tmp_path):
    made = Desk(market, tmp_path, QuorumBackend(), plan={"classes": V3})
    yield made
    made.kill()


def sent(market, contract, name):
    return market.double.sent(method_named(contract, name).selector)


async def drawn(market, desk, **changes):
    """Bring the desk's seat to an active lease; return the lease and its client."""
    await desk.until(lambda: len(market.offers()) == 3)
    await desk.step(1)
    market.ordered(**changes)
    lease_id = market.own().lease_id
    await desk.until(lambda: market.lease(lease_id).status == LeaseStatus.ACTIVE)
    await desk.until(lambda: desk.book.deal(lease_id).commit_until)
    return lease_id, Client(market, lease_id)


async def committed(market, desk, *others, **changes):
    """Answer a request, let everybody commit, and pass to the time of revealing."""
    lease_id, client = await drawn(market, desk, **changes)
    receipt, _ = await exchange(desk, client, 1, 1, 2, 3)
    for miner, response in zip(OTHERS, others, strict=False):
        market.commit(miner, receipt.response_hash if response is None else response)
    await desk.until(lambda: market.own().status == 1)
    return lease_id, receipt


async def pass_commit(market, desk):
    left = market.quorum().commit_until - market.double.chain.block.timestamp
    await desk.step(left)


async def test_a_seat_of_the_majority_is_claimed_freed_and_paid(market, desk):
    lease_id, receipt = await committed(market, desk, None, OTHER)
    assert market.lease(lease_id).holds == 1
    await pass_commit(market, desk)
    market.reveal(OTHERS[0], receipt.response_hash)
    await desk.until(lambda: market.own().status == 2)
    with capture_logs() as logs:
        await settle_everything(desk, lease_id, limit=400)
    assert market.quorum().answer == receipt.response_hash
    assert market.quorum().status == QuorumStatus.RELEASED
    ending = desk.book.deal(lease_id).ending
    assert (ending.status, ending.units) == (LeaseStatus.SETTLED, 3)
    assert ending.paid == 3 * PRICE * 975 // 1_000
    for name in ("commitOutput", "revealOutput", "closeQuorum", "releaseQuorum"):
        assert sent(market, Disputes, name) == 1, name
    assert desk.tally.refusals == []
    assert not [entry for entry in logs if entry["event"] == "quorum missed"]


async def test_a_seat_of_the_minority_ends_unpaid_and_claims_nothing(market, desk):
    lease_id, _ = await committed(market, desk, OTHER, OTHER)
    bond = market.ask(Marketplace, "miner", MINER_ADDRESS).bond
    await pass_commit(market, desk)
    for miner in OTHERS:
        market.reveal(miner, OTHER)
    await settle_everything(desk, lease_id, limit=400)
    ending = desk.book.deal(lease_id).ending
    assert (ending.status, ending.reason, ending.paid) == (LeaseStatus.CLOSED, "miner unpaid", 0)
    assert sent(market, Receipts, "claimReceipt") == 0
    assert market.ask(Marketplace, "miner", MINER_ADDRESS).bond == bond


async def test_an_answer_that_won_and_is_not_acknowledged_is_published_in_time(market, desk):
    lease_id, client = await drawn(market, desk)
    receipt, _ = client.read(await ask_desk(desk, client, 1, 1, 2, 3))
    market.commit(OTHERS[0], receipt.response_hash)
    await desk.until(lambda: market.own().status == 1)
    await pass_commit(market, desk)
    market.reveal(OTHERS[0], receipt.response_hash)
    await desk.until(lambda: market.claim(lease_id).height, limit=200)
    quorum = market.quorum()
    assert quorum.status == QuorumStatus.CLOSED
    assert market.claim(lease_id).is_unacknowledged
    now = market.double.chain.block.timestamp
    assert quorum.reveal_until + 30 <= now < quorum.reveal_until + 45
    await settle_everything(desk, lease_id, limit=400)
    assert desk.book.deal(lease_id).ending.paid == 3 * PRICE * 975 // 1_000


async def test_a_killed_desk_reveals_what_it_committed(market, desk):
    lease_id, receipt = await committed(market, desk, None)
    desk.restart()
    await pass_commit(market, desk)
    desk.restart()
    market.reveal(OTHERS[0], receipt.response_hash)
    await desk.until(lambda: market.own().status == 2)
    assert market.own().response_hash == receipt.response_hash
    desk.restart()
    await settle_everything(desk, lease_id, limit=400)
    assert desk.book.deal(lease_id).ending.paid
    assert sent(market, Disputes, "commitOutput") == 1


async def test_no_node_is_told_what_a_commitment_hides(market, desk, monkeypatch):
    asked, view = [], Chain.view

    async def listening(chain, contract, name, *values, **rest):
        asked.append((name, values))
        return await view(chain, contract, name, *values, **rest)

    monkeypatch.setattr(Chain, "view", listening)
    _, receipt = await committed(market, desk, None)
    assert "quorum" in {name for name, _ in asked}
    assert not [name for name, values in asked if receipt.response_hash in values]


async def test_a_desk_killed_before_its_commitment_left_commits_the_same_answer(market, desk):
    _, client = await drawn(market, desk)
    receipt, _ = client.read(await ask_desk(desk, client, 1, 1, 2, 3))
    desk.restart()
    await desk.until(lambda: market.own().status == 1)
    salt = salt_for(MINER_SECRET, CHAIN_ID, "quorum output", 1)
    await pass_commit(market, desk)
    market.double.mine()
    values = (1, receipt.response_hash, salt)
    market.send(MINER_ADDRESS, Disputes, "revealOutput", *values)
    assert desk.backend.calls == 1


async def test_another_request_of_a_quorums_lease_is_refused(market, desk):
    _, client = await drawn(market, desk)
    await exchange(desk, client, 1, 1, 2, 3)
    with pytest.raises(DeskRefusedError, match="answers one request"):
        await ask_desk(desk, client, 2, 1, 2)


async def test_a_request_that_the_quorum_was_not_opened_for_is_refused(market, desk):
    _, client = await drawn(market, desk)
    with pytest.raises(DeskRefusedError, match="opened for another request"):
        await ask_desk(desk, client, 1, 3, 2, 1)
    assert desk.backend.calls == 0
    await exchange(desk, client, 1, 1, 2, 3)


async def test_a_request_after_the_time_to_commit_is_refused(market, desk):
    _, client = await drawn(market, desk)
    await pass_commit(market, desk)
    await desk.step()
    with pytest.raises(DeskRefusedError, match="time to commit is over"):
        await ask_desk(desk, client, 1, 1, 2, 3)
    assert desk.backend.calls == 0


async def test_a_desk_that_has_not_looked_at_the_quorum_asks_to_come_again(market, desk):
    lease_id, client = await drawn(market, desk)
    desk.book.deal(lease_id).commit_until = 0
    with pytest.raises(DeskRefusedError, match="not looked at the quorum"):
        await ask_desk(desk, client, 1, 1, 2, 3)


async def test_a_seat_waits_until_the_rest_of_its_quorum_is_proposed(market, desk):
    """It took a clock that does not run yet for one long past, and refused its client for good."""
    market.add([secret_to_address(bytes((number,)) * 32) for number in (0x43, 0x44)])
    await desk.until(lambda: len(market.offers()) == 5)
    await desk.step(1)
    market.ordered(count=5)
    lease_id = market.own().lease_id
    assert any(lease_id)
    await desk.until(lambda: market.lease(lease_id).status == LeaseStatus.ACTIVE)
    await desk.step(1)
    assert market.quorum().status == QuorumStatus.OPENED
    client = Client(market, lease_id)
    with pytest.raises(DeskRefusedError, match="not looked at the quorum"):
        await ask_desk(desk, client, 1, 1, 2, 3)
    assert [deal["quorum"] for deal in desk.desk.status()["deals"]] == ["open"]
    market.send(CLIENT, Disputes, "drawQuorum", 1)
    await desk.until(lambda: desk.book.deal(lease_id).commit_until)
    await exchange(desk, client, 1, 1, 2, 3)


async def test_a_missed_deadline_is_said_once_and_the_lease_ends_unpaid(market, desk):
    lease_id, client = await drawn(market, desk)
    await exchange(desk, client, 1, 1, 2, 3)
    left = market.quorum().commit_until - market.double.chain.block.timestamp
    market.double.mine(left + 1)  # nobody looked
    with capture_logs() as logs:
        await settle_everything(desk, lease_id, limit=400)
    missed = [entry for entry in logs if entry["event"] == "quorum missed"]
    assert len(missed) == 1
    assert "commitment did not arrive" in missed[0]["why"]
    assert desk.book.deal(lease_id).ending.reason == "miner unpaid"


async def test_a_committed_answer_that_was_not_revealed_in_time_is_said(market, desk):
    lease_id, _ = await committed(market, desk)
    market.double.mine(market.quorum().reveal_until - market.double.chain.block.timestamp + 1)
    with capture_logs() as logs:
        await settle_everything(desk, lease_id, limit=400)
    assert any("not revealed in time" in entry.get("why", "") for entry in logs)


async def test_after_a_halt_of_the_chain_the_desk_still_commits_and_reveals(market, desk):
    """The first block's time jumps behind every deadline; its height does not."""
    _, client = await drawn(market, desk)
    receipt, _ = client.read(await ask_desk(desk, client, 1, 1, 2, 3))
    chain = market.double.chain
    seconds = COMMIT_SECONDS + REVEAL_SECONDS
    chain.block = replace(
        chain.block, timestamp=chain.block.timestamp + seconds,
        time_ms=chain.block.time_ms + 1_000 * seconds,
    )  # fmt: skip
    with capture_logs() as logs:
        await desk.until(lambda: market.own().status == 1)
    assert not [entry for entry in logs if entry["event"] == "quorum missed"]
    await desk.until(lambda: market.own().status == 2, limit=80)
    assert market.own().response_hash == receipt.response_hash


async def test_a_draining_desk_stays_until_its_answer_is_counted_and_claimed(market, desk):
    lease_id, receipt = await committed(market, desk, None)
    desk.is_draining = True
    await desk.step(2)
    assert not desk.desk.is_drained
    await pass_commit(market, desk)
    market.reveal(OTHERS[0], receipt.response_hash)
    assert not desk.desk.is_drained
    await desk.until(lambda: desk.desk.is_drained, limit=200)
    assert market.claim(lease_id).height


async def test_the_salt_differs_by_account_chain_subject_and_number():
    salts = {
        salt_for(b"\x01" * 32, 1, "a", 1), salt_for(b"\x02" * 32, 1, "a", 1),
        salt_for(b"\x01" * 32, 2, "a", 1), salt_for(b"\x01" * 32, 1, "b", 1),
        salt_for(b"\x01" * 32, 1, "a", 2),
    }  # fmt: skip
    assert len(salts) == 5
    assert salt_for(b"\x01" * 32, 1, "a", 1) in salts
    await asyncio.sleep(0)


async def test_a_lost_seat_that_a_challenge_still_holds_claims_nothing(market, desk):
    lease_id, _ = await committed(market, desk, OTHER, OTHER)
    market.send(DISPUTES_ADDRESS, Marketplace, "holdLease", lease_id)
    await pass_commit(market, desk)
    for miner in OTHERS:
        market.reveal(miner, OTHER)
    await desk.until(lambda: market.quorum().status == QuorumStatus.CLOSED, limit=100)
    assert market.lease(lease_id).status == LeaseStatus.ACTIVE
    desk.is_draining = True
    await desk.step(60)
    assert desk.desk.is_drained
    assert desk.tally.refusals == []
    assert [deal["quorum"] for deal in desk.desk.status()["deals"]] == ["lost"]


async def test_seats_take_turns_to_count_and_to_free(market, desk, monkeypatch):
    monkeypatch.setattr("miner.leases.quorums.TURN_SECONDS", 7)
    lease_id, receipt = await committed(market, desk, None)
    turn = [row.miner for row in market.members()].index(MINER_ADDRESS)
    assert turn > 0
    await pass_commit(market, desk)
    market.reveal(OTHERS[0], receipt.response_hash)
    await desk.until(lambda: market.own().status == 2)
    await desk.until(lambda: market.quorum().status == QuorumStatus.CLOSED, limit=120)
    quorum, block = market.quorum(), market.double.chain.block
    assert quorum.reveal_until + 7 * turn <= block.timestamp <= quorum.reveal_until + 7 * turn + 4
    await desk.until(lambda: market.quorum().status == QuorumStatus.RELEASED, limit=120)
    freed = quorum.reveal_until + 60 + 7 * turn
    assert freed <= market.double.chain.block.timestamp <= freed + 5
    assert lease_id
