"""Disputes: bonds of challenges that others kept from being revealed, on the real contracts."""

import pytest

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ChallengeStatus, Fault
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.places import DISPUTES_ADDRESS, MARKETPLACE_ADDRESS
from contracts.receipts.v1.contract import Receipts
from tests.unit.contracts.deal_world import (
    AIT,
    CLIENT,
    MINER,
    OPERATOR,
    POSTER,
    STRANGER,
    WINDOW,
    DealWorld,
)
from tests.unit.contracts.staking_world import account, secret

ALICE, BOB = account(20), account(21)
SALT, ZERO = b"\x5a" * 32, bytes(32)
STEP, SUM, UNSIGNED = Fault.WRONG_STEP, Fault.WRONG_SUM, Fault.BAD_SIGNATURE


class ReturnWorld(DealWorld):
    """A lease with a signed receipt, and two challengers."""

    def __post_init__(self):
        super().__post_init__()
        for who in (ALICE, BOB):
            self.chain.balances[who] = 10**6 * AIT
        self.lease_id = self.leased()
        self.chain.advance()
        self.wrong = self.work(self.lease_id)

    def commit(self, subject=None, fault=STEP, who=ALICE, evidence=ZERO):
        subject = subject or self.wrong.hash
        hidden = self.ask(Disputes, "commitmentFor", subject, who, fault, evidence, SALT)
        return self.send(who, Disputes, "commitChallenge", hidden, value=AIT)

    def reveal(self, number, who=ALICE, value=0):
        values = (number, SALT, STEP, self.wrong.data(), self.wrong.signature())
        self.send(who, Disputes, "revealGame", *values, value=value)

    def withdraw(self, number, who=ALICE, fault=STEP, salt=SALT, key=OPERATOR, evidence=ZERO):
        values = (number, salt, fault, evidence, self.wrong.data(), self.wrong.signature(key))
        return self.send(who, Disputes, "withdrawChallenge", *values)

    def withdraw_batch(self, number, batch_id, fault=SUM, evidence=ZERO, who=ALICE):
        values = (number, SALT, fault, evidence, batch_id)
        return self.send(who, Disputes, "withdrawBatchChallenge", *values)

    def reclaimed(self, lease_id=None):
        """Let the client take an unused lease back."""
        lease_id = lease_id or self.lease_id
        self.send(CLIENT, Marketplace, "requestReclaim", lease_id)
        self.chain.advance(64)
        self.send(CLIENT, Marketplace, "finishReclaim", lease_id)

    def is_refused(self, number):
        with self.refuses("MayBeRevealed", Disputes):
            self.withdraw(number)


@pytest.fixture
def world():
    return ReturnWorld()


def test_a_lease_that_ends_before_the_reveal_costs_the_challenger_nothing(world):
    before = world.held(ALICE)
    number = world.commit()
    world.is_refused(number)
    world.reclaimed()
    with world.refuses("LeaseNotOpen", Disputes):
        world.reveal(number)
    assert world.withdraw(number) == AIT
    assert world.held(ALICE) == before
    assert world.held(DISPUTES_ADDRESS) == 0
    assert world.ask(Disputes, "challenge", number).status == ChallengeStatus.PAID
    with world.refuses("WrongStatus", Disputes):
        world.withdraw(number)


def test_a_lease_that_ends_in_the_block_of_the_commitment_counts_as_ended_after(world):
    world.send(CLIENT, Marketplace, "requestReclaim", world.lease_id)
    world.chain.advance(64)
    early = world.commit()
    world.send(CLIENT, Marketplace, "finishReclaim", world.lease_id)
    same = world.commit(who=BOB)
    assert world.withdraw(early) == AIT
    assert world.withdraw(same, BOB) == AIT


def test_a_challenge_of_a_lease_that_was_over_gives_nothing_back(world):
    world.reclaimed()
    world.chain.advance()
    number = world.commit()
    world.is_refused(number)
    world.chain.advance(600)
    world.send(STRANGER, Disputes, "expireChallenge", number)
    with world.refuses("WrongStatus", Disputes):
        world.withdraw(number)


def test_what_was_not_revealed_in_its_time_is_not_taken_back_later(world):
    """Commitments to all that others might find were free: nobody gains by letting them expire."""
    number = world.commit()
    world.chain.advance(599)
    world.is_refused(number)
    world.chain.advance()
    world.reclaimed()
    with world.refuses("RevealPeriodOver", Disputes):
        world.withdraw(number)
    world.send(STRANGER, Disputes, "expireChallenge", number)


@pytest.mark.parametrize(("late", "is_back"), [(1, True), (0, False)])
def test_a_window_that_closes_after_the_commitment_gives_the_bond_back(world, late, is_back):
    """One block at least has to be left for the reveal."""
    world.claim_alone(world.wrong)
    world.chain.advance(WINDOW - late)
    number = world.commit()
    world.is_refused(number)
    world.chain.advance(late)
    world.is_refused(number)
    world.chain.advance()
    if is_back:
        assert world.withdraw(number) == AIT
    else:
        world.is_refused(number)


def test_a_conviction_that_nobody_challenged_for_gives_the_bond_back(world):
    number = world.commit()
    world.chain.advance()
    world.send(DISPUTES_ADDRESS, Marketplace, "convict", world.lease_id, Fault.FAILED_AUDITS)
    assert world.lease(world.lease_id).status == LeaseStatus.CONVICTED
    assert world.withdraw(number) == AIT


def test_places_that_others_took_give_the_bond_back_to_who_needs_one(world):
    world.set(Disputes, "gamesMax", 1)
    first, second = world.commit(), world.commit(who=BOB)
    instant = world.commit(fault=Fault.OVERCLAIM, who=BOB)
    world.chain.advance()
    world.reveal(first, value=10 * AIT)
    with world.refuses("TooManyGames", Disputes):
        world.reveal(second, BOB, value=10 * AIT)
    assert world.withdraw(second, BOB) == AIT
    with world.refuses("MayBeRevealed", Disputes):
        world.withdraw(instant, BOB, Fault.OVERCLAIM)


def test_only_what_was_committed_is_taken_back_and_by_its_challenger(world):
    number, unsigned = world.commit(), world.commit(fault=SUM)
    world.reclaimed()
    with world.refuses("NotChallenger", Disputes):
        world.withdraw(number, BOB)
    for values in (
        {"salt": ZERO}, {"fault": Fault.OVERCLAIM}, {"evidence": SALT},
    ):  # fmt: skip
        with world.refuses("WrongReveal", Disputes):
            world.withdraw(number, **values)
    with world.refuses("NotSigned", Disputes):
        world.withdraw(number, key=secret(5))
    with world.refuses("WrongFault", Disputes):
        world.withdraw(unsigned, fault=SUM)
    world.withdraw(number)


def test_a_miner_takes_back_no_challenge_of_his_own_lease(world):
    number = world.commit(who=MINER)
    world.reclaimed()
    with world.refuses("OwnLease", Disputes):
        world.withdraw(number, MINER)


def test_a_proposal_was_never_to_be_challenged(world):
    lease = world.lease(world.lease_id)
    for status in (LeaseStatus.PROPOSED, LeaseStatus.CANCELLED):
        number = world.commit()
        market = Marketplace(world.chain.context(MARKETPLACE_ADDRESS))
        market.leases_by_id[lease.lease_id].status = status
        market.leases_by_id[lease.lease_id].ended_height = world.block.height
        world.is_refused(number)


def test_a_batch_closed_after_the_commitment_gives_the_bond_back(world):
    batch = world.anchor([world.wrong], poster=POSTER).batch_id
    subject = batch.to_bytes(32, "big")
    numbers = [world.commit(subject, fault) for fault in (SUM, UNSIGNED)]
    wrong = world.commit(subject, STEP)
    world.chain.advance()
    with world.refuses("MayBeRevealed", Disputes):
        world.withdraw_batch(numbers[0], batch)
    world.send(DISPUTES_ADDRESS, Receipts, "slashBatch", batch)
    assert world.ask(Receipts, "batchClosedAt", batch) == world.block.height
    with world.refuses("WrongFault", Disputes):
        world.withdraw_batch(wrong, batch, STEP)
    for number, fault in zip(numbers, (SUM, UNSIGNED), strict=True):
        assert world.withdraw_batch(number, batch, fault) == AIT
    world.chain.advance()
    late = world.commit(subject, SUM)
    with world.refuses("MayBeRevealed", Disputes):
        world.withdraw_batch(late, batch)
    unknown = world.commit((9).to_bytes(32, "big"), SUM)
    with world.refuses("MayBeRevealed", Disputes):
        world.withdraw_batch(unknown, 9)
    assert world.ask(Receipts, "batchClosedAt", 0) == 0
