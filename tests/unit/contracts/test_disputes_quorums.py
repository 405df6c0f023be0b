"""Quorums on the real contracts: the draw, commitments, majorities, and what is claimed after."""

from collections import Counter
from dataclasses import replace

import pytest

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.quorum_messages import QuorumStatus
from contracts.errors import OutOfGas, Revert
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.records import OrderStatus
from contracts.places import DISPUTES_ADDRESS
from contracts.receipts.v1.contract import Receipts
from primitives.compute import CLASS_QUORUM, CLASS_SIGNED, KIND_INTEGER_MODEL
from tests.unit.contracts.deal_world import (
    AIT,
    CLIENT,
    PRICE,
    STRANGER,
    UNITS,
    DealWorld,
    offer_terms,
    order_terms,
)
from tests.unit.contracts.staking_world import account, secret

MINERS = [account(number) for number in range(10, 17)]
KEYS = {miner: secret(200 + number) for number, miner in enumerate(MINERS)}
SALT, ZERO = b"\x5a" * 32, bytes(32)
RIGHT, WRONG, OTHER = b"\x02" * 32, b"\x07" * 32, b"\x08" * 32
ASKED = b"\x0a" * 32
DELAY = 8


def terms(**changes):
    values = {"classes": CLASS_SIGNED | CLASS_QUORUM, "kind": KIND_INTEGER_MODEL, "adjudicator": 0}
    values["deadline_seconds"] = 5 * 86_400
    return order_terms(**(values | changes))


class QuorumWorld(DealWorld):
    """Seven miners with offers."""

    def __post_init__(self):
        super().__post_init__()
        for miner in MINERS:
            self.chain.balances[miner] = 10**6 * AIT
            self.join(miner, KEYS[miner])
            self.send(miner, Marketplace, "postOffer", offer_terms(terms()), value=AIT)
        self.chain.advance()

    def orders(self, count=3, **changes):
        chosen = terms(**changes)
        value = chosen.units_max * chosen.unit_price_max
        return tuple(
            self.send(CLIENT, Marketplace, "postOrder", chosen, value=value) for _ in range(count)
        )

    def open(self, orders, who=CLIENT, request=ASKED):
        return self.send(who, Disputes, "openQuorum", orders, request)

    def drawn(self, count=3):
        """Return a quorum whose miners were drawn and have accepted."""
        quorum = self.open(self.orders(count))
        self.chain.advance(DELAY + 1)
        for _ in range(1 if count == 3 else 2):
            self.send(STRANGER, Disputes, "drawQuorum", quorum)
        for member in self.members(quorum):
            self.send(member.miner, Marketplace, "acceptLease", member.lease_id)
        return quorum

    def members(self, quorum):
        return self.ask(Disputes, "quorumMembers", quorum)

    def commit(self, quorum, miner, response):
        hidden = self.ask(Disputes, "outputCommitment", quorum, miner, response, SALT)
        self.send(miner, Disputes, "commitOutput", quorum, hidden)

    def answer(self, quorum, *responses):
        """Commit and reveal by the members in order; None stays silent."""
        rows = list(zip(self.members(quorum), responses, strict=True))
        for member, response in rows:
            if response is not None:
                self.commit(quorum, member.miner, response)
        self.pass_seconds(3_600)
        for member, response in rows:
            if response is not None:
                self.send(member.miner, Disputes, "revealOutput", quorum, response, SALT)
        self.pass_seconds(600)
        return self.send(STRANGER, Disputes, "closeQuorum", quorum)

    def pass_seconds(self, seconds):
        self.chain.advance(seconds % 64 + 64)
        block = self.chain.block
        left = max(0, seconds - (seconds % 64 + 64))
        self.chain.block = replace(
            block, height=block.height + left, timestamp=block.timestamp + left,
            time_ms=block.time_ms + 1_000 * left,
        )  # fmt: skip
        self.chain.advance(64)

    def claim_of(self, member, response):
        work = self.work(member.lease_id, response_hash=response)
        values = work.claim_values(key=KEYS[member.miner])
        return self.send(STRANGER, Receipts, "claimReceipt", *values)


def test_a_quorum_names_the_request_that_its_members_answer():
    world = QuorumWorld()
    orders = world.orders()
    with world.refuses("BadQuorum", Disputes):
        world.open(orders, request=ZERO)
    number = world.open(orders)
    assert world.ask(Disputes, "quorum", number).request_hash == ASKED


def test_the_answer_of_most_is_claimed_and_the_others_are_unpaid():
    world = QuorumWorld()
    quorum = world.drawn()
    client = world.held(CLIENT)
    one, two, three = world.members(quorum)
    assert world.answer(quorum, RIGHT, WRONG, RIGHT) == RIGHT
    assert world.held(CLIENT) == client + UNITS * PRICE
    statuses = [world.lease(m.lease_id).status for m in (one, two, three)]
    assert statuses == [LeaseStatus.ACTIVE, LeaseStatus.CLOSED, LeaseStatus.ACTIVE]
    for member in (one, three):
        assert world.ask(Disputes, "quorumAnswer", member.lease_id) == RIGHT
        with world.refuses("NotQuorumAnswer"):
            world.claim_of(member, WRONG)
        world.claim_of(member, RIGHT)
    with world.refuses("LeaseNotActive"):
        world.claim_of(two, RIGHT)
    bonds = [world.ask(Marketplace, "miner", m.miner).bond for m in (one, two, three)]
    assert bonds == [1_000 * AIT] * 3
    info = world.ask(Disputes, "quorum", quorum)
    assert (info.status, info.answer, info.size) == (QuorumStatus.CLOSED, RIGHT, 3)
    assert world.ask(Disputes, "quorumCount") == 1
    assert world.ask(Disputes, "quorumOf", one.lease_id) == quorum
    with world.refuses("LeaseHeld", Marketplace):
        world.send(CLIENT, Marketplace, "requestReclaim", one.lease_id)
        world.pass_seconds(600)
        world.send(CLIENT, Marketplace, "finishReclaim", one.lease_id)
    world.send(STRANGER, Disputes, "releaseQuorum", quorum)
    with world.refuses("WrongStatus", Disputes):
        world.send(STRANGER, Disputes, "releaseQuorum", quorum)
    assert [world.lease(m.lease_id).holds for m in (one, three)] == [0, 0]
    for member in (one, three):
        assert world.send(STRANGER, Receipts, "settleLease", member.lease_id) > 0


@pytest.mark.parametrize(
    ("answers", "agreed"),
    [((RIGHT, RIGHT, None), RIGHT), ((RIGHT, WRONG, OTHER), ZERO), ((RIGHT, None, None), ZERO),
     ((None, None, None), ZERO), ((RIGHT, WRONG, None), ZERO), ((WRONG, WRONG, RIGHT), WRONG)],
)  # fmt: skip
def test_more_than_half_of_the_drawn_decide(answers, agreed):
    world = QuorumWorld()
    quorum = world.drawn()
    members = world.members(quorum)
    assert world.answer(quorum, *answers) == agreed
    for member, answer in zip(members, answers, strict=True):
        is_paid = any(agreed) and answer == agreed
        status = LeaseStatus.ACTIVE if is_paid else LeaseStatus.CLOSED
        assert world.lease(member.lease_id).status == status


def test_five_and_seven_miners_decide_by_three_and_four():
    for size, right in ((5, 3), (7, 4)):
        world = QuorumWorld()
        quorum = world.drawn(size)
        assert len({member.miner for member in world.members(quorum)}) == size
        answers = [RIGHT] * right + [WRONG] * (size - right)
        assert world.answer(quorum, *answers) == RIGHT


def test_nothing_is_claimed_before_the_quorum_is_closed():
    world = QuorumWorld()
    quorum = world.drawn()
    with world.refuses("NotQuorumAnswer"):
        world.claim_of(world.members(quorum)[0], RIGHT)


def test_only_a_beacon_decides_who_serves_such_an_order():
    world = QuorumWorld()
    order, *_ = world.orders()
    with world.refuses("QuorumOrder", Marketplace):
        world.send(CLIENT, Marketplace, "takeOffer", order, 1)
    with world.refuses("QuorumOrder", Marketplace):
        world.send(STRANGER, Marketplace, "matchOrder", order)
    chosen = terms(expiry_seconds=0)
    value = chosen.units_max * chosen.unit_price_max
    with world.refuses("QuorumOrder", Marketplace):
        world.send(CLIENT, Marketplace, "postAuction", chosen, 60, 60, value=value)
    with world.refuses("NotDisputes", Marketplace):
        world.send(CLIENT, Marketplace, "proposeTo", order, 1)


def test_the_draw_waits_for_its_beacon_and_follows_bonds():
    world = QuorumWorld()
    world.send(MINERS[0], Marketplace, "addBond", value=20_000 * AIT)
    world.chain.advance()
    seen = Counter()
    for _ in range(12):
        orders = world.orders()
        quorum = world.open(orders)
        height = world.block.height + DELAY
        assert world.ask(Disputes, "quorum", quorum).draw_height == height
        world.chain.advance(DELAY)
        with world.refuses("NotDrawnYet", Disputes, height=height):
            world.send(STRANGER, Disputes, "drawQuorum", quorum)
        world.chain.advance()
        world.send(STRANGER, Disputes, "drawQuorum", quorum)
        with world.refuses("WrongStatus", Disputes):
            world.send(STRANGER, Disputes, "drawQuorum", quorum)
        for member in world.members(quorum):
            seen[member.miner] += 1
            world.send(CLIENT, Marketplace, "cancelLease", member.lease_id)
    assert seen[MINERS[0]] == 12
    assert len(seen) >= 6


@pytest.mark.parametrize("waited", [0, DELAY + 1])
def test_a_bond_raised_after_the_opening_buys_no_seat(waited):
    """Who sees the beacon of a draw knows how much bond would win him a seat."""

    def drawn(*raised):
        world = QuorumWorld()
        quorum = world.open(world.orders())
        world.chain.advance(waited)
        for miner in raised:
            for value in (200_000 * AIT, 1):
                world.send(miner, Marketplace, "addBond", value=value)
                world.chain.advance()
        world.chain.advance(DELAY + 1)
        world.send(STRANGER, Disputes, "drawQuorum", quorum)
        return [member.miner for member in world.members(quorum)]

    panel = drawn()
    assert drawn(*(miner for miner in MINERS if miner not in panel)) == panel


def test_a_forgotten_beacon_is_replaced_by_another():
    world = QuorumWorld()
    quorum = world.open(world.orders(expiry_seconds=86_400))
    block = world.chain.block
    world.chain.block = replace(block, height=block.height + 10_000)
    world.send(STRANGER, Disputes, "drawQuorum", quorum)
    info = world.ask(Disputes, "quorum", quorum)
    assert info.status == QuorumStatus.OPENED
    assert info.draw_height == world.block.height + DELAY


def test_offers_that_came_after_the_opening_and_second_offers_are_not_drawn():
    world = QuorumWorld()
    for miner in MINERS[3:]:
        offers, _ = world.ask(Marketplace, "offers", 1, 0, 100)
        mine = next(offer.offer_id for offer in offers if offer.miner == miner)
        world.send(miner, Marketplace, "closeOffer", mine)
    world.send(MINERS[0], Marketplace, "postOffer", offer_terms(terms()), value=AIT)
    world.chain.advance()
    quorum = world.open(world.orders())
    for miner in MINERS[3:]:
        world.send(miner, Marketplace, "postOffer", offer_terms(terms()), value=AIT)
    world.chain.advance(DELAY + 1)
    world.send(STRANGER, Disputes, "drawQuorum", quorum)
    assert sorted(m.miner for m in world.members(quorum)) == sorted(MINERS[:3])
    large = world.open(world.orders(7))
    world.chain.advance(DELAY + 1)
    for _ in range(2):
        world.send(STRANGER, Disputes, "drawQuorum", large)
    assert len({member.miner for member in world.members(large)}) == 7


def test_a_large_quorum_is_drawn_by_one_call_and_proposed_by_two():
    world = QuorumWorld()
    quorum = world.open(world.orders(7))
    world.chain.advance(DELAY + 1)
    world.send(STRANGER, Disputes, "drawQuorum", quorum)
    members = world.members(quorum)
    assert sorted(member.miner for member in members) == sorted(MINERS)
    assert [any(member.lease_id) for member in members] == [True] * 3 + [False] * 4
    assert world.ask(Disputes, "quorum", quorum).status == QuorumStatus.OPENED
    world.send(members[0].miner, Marketplace, "acceptLease", members[0].lease_id)
    with world.refuses("WrongStatus", Disputes):
        world.commit(quorum, members[0].miner, RIGHT)
    world.chain.advance(3)
    world.send(STRANGER, Disputes, "drawQuorum", quorum)
    again = world.members(quorum)
    assert [member.miner for member in again] == [member.miner for member in members]
    info = world.ask(Disputes, "quorum", quorum)
    assert (info.status, info.commit_until) == (
        QuorumStatus.WORKING, world.block.timestamp + 3_600,
    )  # fmt: skip
    with world.refuses("WrongStatus", Disputes):
        world.send(STRANGER, Disputes, "drawQuorum", quorum)


def test_who_escapes_his_seat_before_the_proposal_leaves_it_empty():
    world = QuorumWorld()
    quorum = world.open(world.orders(5))
    world.chain.advance(DELAY + 1)
    world.send(STRANGER, Disputes, "drawQuorum", quorum)
    members = world.members(quorum)
    offers, _ = world.ask(Marketplace, "offers", 1, 0, 100)
    mine = next(offer.offer_id for offer in offers if offer.miner == members[3].miner)
    world.send(members[3].miner, Marketplace, "closeOffer", mine)
    world.send(STRANGER, Disputes, "drawQuorum", quorum)
    members = world.members(quorum)
    assert [any(member.lease_id) for member in members] == [True] * 3 + [False, True]
    for place in (0, 1, 2, 4):
        lease_id = members[place].lease_id
        world.send(members[place].miner, Marketplace, "acceptLease", lease_id)
    with world.refuses("NoSeat", Disputes):
        world.commit(quorum, members[3].miner, RIGHT)
    assert world.answer(quorum, RIGHT, RIGHT, RIGHT, None, WRONG) == RIGHT


def test_too_little_gas_leaves_no_seat_empty():
    world = QuorumWorld()
    quorum = world.open(world.orders())
    world.chain.advance(DELAY + 1)
    for gas in range(20_000, 200_000, 5_000):
        try:
            world.send(STRANGER, Disputes, "drawQuorum", quorum, gas=gas)
        except (OutOfGas, Revert):
            continue
        break
    assert gas > 40_000
    assert all(any(member.lease_id) for member in world.members(quorum))


def test_too_few_miners_draw_nothing():
    world = QuorumWorld()
    for _ in range(5):
        offers, _ = world.ask(Marketplace, "offers", 1, 0, 100)
        world.send(offers[0].miner, Marketplace, "closeOffer", offers[0].offer_id)
    quorum = world.open(world.orders())
    world.chain.advance(DELAY + 1)
    with world.refuses("NoQuorumMiners", Disputes, count=2):
        world.send(STRANGER, Disputes, "drawQuorum", quorum)


def test_a_quorum_is_over_equal_open_orders_of_its_client():
    world = QuorumWorld()
    orders = world.orders(4)
    with world.refuses("NotParty", Disputes):
        world.open(orders[:3], STRANGER)
    plain = world.orders(1, classes=CLASS_SIGNED)
    other = world.orders(1, units_max=UNITS - 1)
    for bad in (
        orders[:2], orders[:1], orders, (*orders[:2], orders[0]), (*orders[:2], *plain),
        (*plain, *orders[:2]), (*orders[:2], *other),
    ):  # fmt: skip
        with world.refuses("BadQuorum", Disputes):
            world.open(bad)
    with world.refuses("NotParty", Disputes):
        world.open((*orders[:2], ZERO))
    world.open(orders[:3])
    with world.refuses("OrderTaken", Disputes):
        world.open((*world.orders(2), orders[0]))
    gone = world.orders()
    world.send(CLIENT, Marketplace, "cancelOrder", gone[0])
    with world.refuses("BadQuorum", Disputes):
        world.open(gone)


def test_commitments_are_bound_to_quorum_miner_and_period():
    world = QuorumWorld()
    quorum = world.drawn()
    one, two, three = (member.miner for member in world.members(quorum))
    with world.refuses("NoSeat", Disputes):
        world.commit(quorum, STRANGER, RIGHT)
    world.commit(quorum, one, WRONG)
    world.commit(quorum, one, RIGHT)
    copied = world.ask(Disputes, "outputCommitment", quorum, one, RIGHT, SALT)
    world.send(two, Disputes, "commitOutput", quorum, copied)
    with world.refuses("WrongPeriod", Disputes):
        world.send(one, Disputes, "revealOutput", quorum, RIGHT, SALT)
    world.pass_seconds(3_600)
    with world.refuses("WrongPeriod", Disputes):
        world.commit(quorum, three, RIGHT)
    for miner, response, error in (
        (two, RIGHT, "WrongReveal"), (one, WRONG, "WrongReveal"), (one, ZERO, "BadValue"),
        (three, RIGHT, "NoSeat"),
    ):  # fmt: skip
        with world.refuses(error, Disputes):
            world.send(miner, Disputes, "revealOutput", quorum, response, SALT)
    world.send(one, Disputes, "revealOutput", quorum, RIGHT, SALT)
    with world.refuses("WrongPeriod", Disputes):
        world.send(STRANGER, Disputes, "closeQuorum", quorum)
    world.pass_seconds(600)
    with world.refuses("WrongPeriod", Disputes):
        world.send(two, Disputes, "revealOutput", quorum, RIGHT, SALT)
    assert world.send(STRANGER, Disputes, "closeQuorum", quorum) == ZERO
    with world.refuses("WrongStatus", Disputes):
        world.send(STRANGER, Disputes, "closeQuorum", quorum)


def test_a_miner_who_did_not_accept_commits_nothing_and_his_order_is_free_again():
    world = QuorumWorld()
    quorum = world.open(world.orders())
    world.chain.advance(DELAY + 1)
    world.send(STRANGER, Disputes, "drawQuorum", quorum)
    one, two, three = world.members(quorum)
    with world.refuses("NoSeat", Disputes):
        world.commit(quorum, one.miner, RIGHT)
    world.send(one.miner, Marketplace, "declineLease", one.lease_id)
    for member in (two, three):
        world.send(member.miner, Marketplace, "acceptLease", member.lease_id)
    assert world.answer(quorum, None, RIGHT, RIGHT) == RIGHT
    assert world.ask(Marketplace, "order", one.order_id).status == OrderStatus.OPEN


def test_no_work_is_taken_back_once_it_is_committed():
    world = QuorumWorld()
    quorum = world.drawn()
    members = world.members(quorum)
    world.commit(quorum, members[0].miner, RIGHT)
    world.commit(quorum, members[0].miner, RIGHT)
    assert world.lease(members[0].lease_id).holds == 1
    for member in members[:2]:
        world.send(CLIENT, Marketplace, "requestReclaim", member.lease_id)
    world.commit(quorum, members[1].miner, RIGHT)
    world.pass_seconds(600)
    for member in members[:2]:
        with world.refuses("LeaseHeld", Marketplace):
            world.send(CLIENT, Marketplace, "finishReclaim", member.lease_id)


def test_a_client_who_cancels_proposals_does_not_make_a_majority_impossible():
    world = QuorumWorld()
    quorum = world.open(world.orders())
    world.chain.advance(DELAY + 1)
    world.send(STRANGER, Disputes, "drawQuorum", quorum)
    one, two, three = world.members(quorum)
    for member in (two, three):
        world.send(CLIENT, Marketplace, "cancelLease", member.lease_id)
    world.send(one.miner, Marketplace, "acceptLease", one.lease_id)
    assert world.answer(quorum, RIGHT, None, None) == RIGHT
    with world.refuses("WrongPeriod", Disputes):
        world.send(STRANGER, Disputes, "releaseQuorum", quorum)


def test_a_held_lease_is_left_to_its_challenge():
    world = QuorumWorld()
    quorum = world.drawn()
    members = world.members(quorum)
    world.send(DISPUTES_ADDRESS, Marketplace, "holdLease", members[1].lease_id)
    world.answer(quorum, RIGHT, WRONG, RIGHT)
    assert world.lease(members[1].lease_id).status == LeaseStatus.ACTIVE
