"""Audits of sampled work: draws, votes, failures, pay, canaries, on the real contracts."""

from collections import Counter
from dataclasses import replace

import pytest

from contracts.disputes.v1.audit_messages import AuditStatus, Verdict
from contracts.disputes.v1.contract import Disputes
from contracts.errors import Revert
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.places import DISPUTES_ADDRESS, GOVERNANCE_ADDRESS, MARKETPLACE_ADDRESS
from contracts.receipts.v1.contract import Receipts
from primitives.compute import CLASS_SAMPLED, CLASS_SIGNED, KIND_LLM
from primitives.keys import secret_to_address
from tests.unit.contracts.deal_world import (
    AIT,
    CLIENT,
    CLIENT_SECRET,
    MINER,
    PRICE,
    STRANGER,
    UNITS,
    DealWorld,
)
from tests.unit.contracts.staking_world import account, secret

JUDGES = [account(number) for number in range(10, 17)]
DESK = account(18)
SALT, ZERO = b"\x5a" * 32, bytes(32)
STAKE, FEE = AIT, AIT // 10
PASSED, FAILED, UNSURE = Verdict.PASSED, Verdict.FAILED, Verdict.UNSURE
WINDOW = 60


class AuditWorld(DealWorld):
    """Judges, every claim drawn, a pool."""

    def __post_init__(self):
        super().__post_init__()
        self.set(Disputes, "auditRateBps", 10_000)
        for judge in JUDGES:
            self.send(judge, Disputes, "registerArbitrator", value=200 * AIT)
        self.send(STRANGER, Disputes, "fundAudits", value=10 * AIT)
        self.chain.advance()

    def claimed(self, key=CLIENT_SECRET, **terms):
        """Return a lease of class V1 whose claim the client, known by his key, acknowledged."""
        values = {"classes": CLASS_SIGNED | CLASS_SAMPLED, "kind": KIND_LLM, "adjudicator": 0}
        client = bytes(secret_to_address(key))
        self.chain.balances.setdefault(client, 1_000 * AIT)
        lease_id = self.leased(client=client, **(values | {"prepay_units": 10} | terms))
        self.claim_alone(self.work(lease_id), client=key)
        return lease_id

    def failed(self, key=CLIENT_SECRET):
        """Return a lease whose audit failed."""
        lease_id = self.claimed(key)
        audit = self.opened(lease_id)
        self.vote(audit, FAILED, FAILED, UNSURE)
        assert self.close(audit) == FAILED
        return lease_id

    def opened(self, lease_id):
        self.chain.advance(15)
        return self.open(lease_id)

    def open(self, lease_id, receipt_hash=None):
        shown = receipt_hash or self.claim(lease_id).receipt_hash
        return self.send(STRANGER, Disputes, "openAudit", lease_id, shown)

    def panel(self, audit):
        return [seat.arbitrator for seat in self.ask(Disputes, "auditSeats", audit)]

    def commit(self, audit, judge, verdict, salt=SALT):
        hidden = self.ask(Disputes, "auditCommitment", audit, judge, verdict, salt)
        self.send(judge, Disputes, "commitAudit", audit, hidden)

    def vote(self, audit, *verdicts):
        """Commit and reveal; None stays silent. Ends when the votes can be counted."""
        panel = self.panel(audit)
        for judge, verdict in zip(panel, verdicts, strict=True):
            if verdict is not None:
                self.commit(audit, judge, verdict)
        self.pass_seconds(600)
        for judge, verdict in zip(panel, verdicts, strict=True):
            if verdict is not None:
                self.send(judge, Disputes, "revealAudit", audit, verdict, SALT)
        self.pass_seconds(600)

    def pass_seconds(self, seconds):
        block = self.chain.block
        self.chain.block = replace(
            block, height=block.height + seconds, timestamp=block.timestamp + seconds,
            time_ms=block.time_ms + 1_000 * seconds,
        )  # fmt: skip

    def close(self, audit):
        return self.send(STRANGER, Disputes, "closeAudit", audit)

    def bond(self, judge):
        return self.ask(Disputes, "arbitrator", judge).bond

    def check_books(self):
        """The contract holds bonds, the pool, and the fees of open audits."""
        total = sum(self.bond(judge) for judge in JUDGES)
        count, _, pool = self.ask(Disputes, "auditTotals")
        for number in range(1, count + 1):
            info = self.ask(Disputes, "audit", number)
            total += info.fee if info.status == AuditStatus.VOTING else 0
        assert self.held(DISPUTES_ADDRESS) == total + pool


def test_a_clean_audit_pays_its_auditors_and_the_miner():
    world = AuditWorld()
    lease_id = world.claimed()
    audit = world.opened(lease_id)
    info = world.ask(Disputes, "audit", audit)
    assert (info.status, info.lease_id, info.fee) == (AuditStatus.VOTING, lease_id, 3 * FEE)
    assert world.ask(Disputes, "auditOf", info.receipt_hash) == audit
    assert world.lease(lease_id).holds == 1
    panel = world.panel(audit)
    assert len(set(panel)) == 3
    before = {judge: world.held(judge) for judge in panel}
    world.vote(audit, PASSED, PASSED, PASSED)
    assert world.close(audit) == PASSED
    assert all(world.held(judge) == before[judge] + FEE for judge in panel)
    assert world.lease(lease_id).holds == 0
    world.check_books()
    assert world.send(STRANGER, Receipts, "settleLease", lease_id) > 0
    world.check_books()
    with world.refuses("WrongStatus", Disputes):
        world.close(audit)


def test_one_failure_is_unpaid_and_slashes_nobody_but_the_contrary_auditor():
    world = AuditWorld()
    lease_id = world.claimed()
    audit = world.opened(lease_id)
    panel = world.panel(audit)
    client, bond = world.held(CLIENT), world.ask(Marketplace, "miner", MINER).bond
    info = world.lease(lease_id)
    world.vote(audit, FAILED, FAILED, PASSED)
    assert world.close(audit) == FAILED
    assert world.lease(lease_id).status == LeaseStatus.CLOSED
    assert world.held(CLIENT) == client + info.escrow - info.prepaid
    assert world.ask(Marketplace, "miner", MINER).bond == bond
    assert world.ask(Disputes, "auditFailures", MINER)[0] == 1
    assert [world.bond(judge) for judge in panel] == [200 * AIT, 200 * AIT, 199 * AIT]
    world.check_books()


def test_failures_of_several_clients_within_the_memory_convict():
    world = AuditWorld()
    for number in range(3):
        lease_id = world.failed(secret(300 + number))
        status = LeaseStatus.CONVICTED if number == 2 else LeaseStatus.CLOSED
        assert world.lease(lease_id).status == status
    assert world.ask(Marketplace, "standing", MINER).convicted_height
    assert world.ask(Marketplace, "miner", MINER).bond == 0
    world.check_books()


def test_many_small_leases_of_one_client_convict_nobody():
    """With many audits of his own a client waits for panels that err."""
    world = AuditWorld()
    for number in (0, 0, 1, 0, 1, 0):
        lease_id = world.failed(secret(300 + number))
        assert world.lease(lease_id).status == LeaseStatus.CLOSED
    assert world.ask(Disputes, "auditFailures", MINER)[0] == 2
    assert not world.ask(Marketplace, "standing", MINER).convicted_height
    world.check_books()


def test_old_failures_are_forgotten():
    world = AuditWorld()
    for number in range(2):
        world.failed(secret(300 + number))
    since = world.ask(Disputes, "auditFailures", MINER)
    assert since[0] == 2
    world.pass_seconds(30 * 86_400)
    assert world.ask(Disputes, "auditFailures", MINER) == (0, 0)
    for number, count in ((0, 1), (0, 1), (1, 2)):
        lease_id = world.failed(secret(300 + number))
        assert world.lease(lease_id).status == LeaseStatus.CLOSED
        assert world.ask(Disputes, "auditFailures", MINER)[0] == count


@pytest.mark.parametrize(
    ("votes", "outcome"),
    [((FAILED, FAILED, None), FAILED), ((FAILED, None, None), UNSURE),
     ((FAILED, PASSED, UNSURE), UNSURE), ((PASSED, PASSED, FAILED), PASSED),
     ((UNSURE, UNSURE, UNSURE), UNSURE), ((None, None, None), UNSURE)],
)  # fmt: skip
def test_more_than_half_of_the_panel_decides_and_silence_costs_the_stake(votes, outcome):
    world = AuditWorld()
    audit = world.opened(world.claimed())
    panel = world.panel(audit)
    world.vote(audit, *votes)
    assert world.close(audit) == outcome
    contrary = {FAILED: PASSED, PASSED: FAILED}.get(outcome)
    for judge, vote in zip(panel, votes, strict=True):
        is_bad = vote is None or vote == contrary
        assert world.bond(judge) == 200 * AIT - (STAKE if is_bad else 0)
        assert world.ask(Disputes, "arbitrator", judge).locked == 0
    world.check_books()


def test_an_unsure_panel_lets_the_lease_settle():
    world = AuditWorld()
    lease_id = world.claimed()
    audit = world.opened(lease_id)
    world.vote(audit, FAILED, None, None)
    world.close(audit)
    assert world.send(STRANGER, Receipts, "settleLease", lease_id) > 0


def test_beacons_after_the_claim_draw_by_rate_and_by_bond():
    world = AuditWorld()
    world.set(Disputes, "auditRateBps", 2_000)
    for judge in JUDGES[:2]:
        world.send(judge, Disputes, "addArbitratorBond", value=1_800 * AIT)
    lease_id = world.claimed(deadline_seconds=20 * 86_400)
    drawn, seats = 0, Counter()
    for number in range(2, 122):
        work = world.work(lease_id, seq=number, units=1)
        world.claim_alone(work, units=100 + number)
        world.chain.advance(15)
        try:
            audit = world.open(lease_id)
        except Revert as error:
            refusal = str(error)
        else:
            drawn += 1
            seats.update(world.panel(audit))
            world.vote(audit, PASSED, PASSED, PASSED)
            world.close(audit)
            world.chain.advance(64)
            continue
        assert "NotDrawn" in refusal
    assert 10 <= drawn <= 42
    heavy = sum(seats[judge] for judge in JUDGES[:2])
    assert heavy > 0.5 * sum(seats.values())


def test_an_audit_waits_for_its_beacons_comes_in_the_window_and_once():
    world = AuditWorld()
    lease_id = world.claimed()
    height = world.block.height
    world.chain.advance(14)
    with world.refuses("NotDrawnYet", Disputes, height=height + 15):
        world.open(lease_id)
    world.chain.advance()
    audit = world.open(lease_id)
    with world.refuses("AlreadyAudited", Disputes, audit_id=audit):
        world.open(lease_id)
    other = world.claimed()
    world.chain.advance(WINDOW + 1)
    with world.refuses("WindowClosed", Disputes):
        world.open(other)


def test_raising_a_claim_neither_ends_nor_repeats_the_draw_of_the_former():
    """A miner who sees that his claim is drawn, or a client who dislikes the panel, raises it."""
    panels = []
    for is_raised in (False, True):
        world = AuditWorld()
        lease_id = world.claimed()
        shown = world.claim(lease_id).receipt_hash
        height = world.block.height
        world.chain.advance(15)
        if is_raised:
            world.claim_alone(world.work(lease_id, seq=2, units=1), units=101)
        audit = world.open(lease_id, shown)
        panels.append(world.panel(audit))
        with world.refuses("AlreadyAudited", Disputes, audit_id=audit):
            world.open(lease_id, shown)
    assert panels[0] == panels[1]
    assert world.ask(Receipts, "claimedAt", lease_id, shown) == height
    world.vote(audit, FAILED, FAILED, FAILED)
    assert world.close(audit) == FAILED
    assert world.lease(lease_id).status == LeaseStatus.CLOSED


def test_the_same_receipt_claimed_again_for_more_is_not_drawn_again():
    world = AuditWorld()
    terms = {"classes": CLASS_SIGNED | CLASS_SAMPLED, "kind": KIND_LLM, "adjudicator": 0}
    lease_id = world.leased(**terms, prepay_units=10)
    work = world.work(lease_id)
    world.claim_alone(work, amount=50 * PRICE)
    height = world.block.height
    world.chain.advance(10)
    world.claim_alone(work)
    assert world.claim(lease_id).height == height + 10
    assert world.ask(Receipts, "claimedAt", lease_id, work.hash) == height
    world.chain.advance(5)
    audit = world.open(lease_id)
    world.vote(audit, PASSED, PASSED, PASSED)
    world.close(audit)


def test_only_a_claimed_receipt_of_the_lease_itself_is_audited():
    world = AuditWorld()
    lease_id, other = world.claimed(), world.claimed()
    world.chain.advance(15)
    for shown in (ZERO, world.claim(other).receipt_hash, world.work(lease_id, seq=2).hash):
        with world.refuses("NotClaimed", Disputes):
            world.open(lease_id, shown)
    world.send(DISPUTES_ADDRESS, Marketplace, "convict", lease_id, 4)
    with world.refuses("LeaseNotOpen", Disputes):
        world.open(lease_id)


def test_an_old_batch_is_no_way_around_an_audit():
    world = AuditWorld()
    terms = {"classes": CLASS_SIGNED | CLASS_SAMPLED, "kind": KIND_LLM, "adjudicator": 0}
    lease_id = world.leased(**terms, prepay_units=10)
    work = world.work(lease_id)
    anchored = world.anchor([work])
    world.chain.advance(WINDOW + 5)
    values = (anchored.batch_id, *anchored.path(work), *work.claim_values())
    world.send(STRANGER, Receipts, "claimFromBatch", *values)
    assert world.claim(lease_id).window_end == world.block.height + WINDOW
    with world.refuses("WindowOpen"):
        world.send(STRANGER, Receipts, "settleLease", lease_id)
    world.opened(lease_id)


def test_only_sampled_work_with_enough_auditors_is_audited():
    world = AuditWorld()
    canonical = world.leased()
    world.claim_alone(world.work(canonical))
    with world.refuses("NotSampled", Disputes):
        world.opened(canonical)
    for judge in JUDGES[2:]:
        world.send(judge, Disputes, "leaveArbitration")
    lease_id = world.claimed()
    with world.refuses("NoAuditors", Disputes):
        world.opened(lease_id)


def test_bonds_made_after_the_claim_and_the_parties_themselves_are_not_drawn():
    world = AuditWorld()
    for judge in JUDGES[3:]:
        world.send(judge, Disputes, "leaveArbitration")
    world.chain.balances[CLIENT] += 10**6 * AIT
    world.send(CLIENT, Disputes, "registerArbitrator", value=10**5 * AIT)
    world.chain.advance()
    lease_id = world.claimed()
    world.send(STRANGER, Disputes, "registerArbitrator", value=10**5 * AIT)
    audit = world.opened(lease_id)
    assert sorted(world.panel(audit)) == sorted(JUDGES[:3])


def test_votes_are_bound_to_audit_voter_and_period():
    world = AuditWorld()
    audit = world.opened(world.claimed())
    one, two, three = world.panel(audit)
    with world.refuses("NoSeat", Disputes):
        world.commit(audit, STRANGER, PASSED)
    world.commit(audit, one, FAILED)
    hidden = world.ask(Disputes, "auditCommitment", audit, one, FAILED, SALT)
    world.send(two, Disputes, "commitAudit", audit, hidden)
    with world.refuses("WrongPeriod", Disputes):
        world.send(one, Disputes, "revealAudit", audit, FAILED, SALT)
    world.pass_seconds(600)
    with world.refuses("WrongPeriod", Disputes):
        world.commit(audit, three, FAILED)
    with world.refuses("WrongReveal", Disputes):
        world.send(two, Disputes, "revealAudit", audit, FAILED, SALT)
    with world.refuses("WrongReveal", Disputes):
        world.send(one, Disputes, "revealAudit", audit, PASSED, SALT)
    with world.refuses("BadValue", Disputes):
        world.send(one, Disputes, "revealAudit", audit, 3, SALT)
    with world.refuses("NoSeat", Disputes):
        world.send(three, Disputes, "revealAudit", audit, PASSED, SALT)
    world.send(one, Disputes, "revealAudit", audit, FAILED, SALT)
    with world.refuses("NoSeat", Disputes):
        world.send(one, Disputes, "revealAudit", audit, FAILED, SALT)
    with world.refuses("WrongPeriod", Disputes):
        world.close(audit)
    world.pass_seconds(600)
    with world.refuses("WrongPeriod", Disputes):
        world.send(two, Disputes, "revealAudit", audit, FAILED, SALT)
    world.close(audit)


def test_a_halt_of_the_chain_ends_no_vote():
    world = AuditWorld()
    audit = world.opened(world.claimed())
    block = world.chain.block
    world.chain.block = replace(
        block, height=block.height + 1, timestamp=block.timestamp + 10**6,
        time_ms=block.time_ms + 10**9,
    )  # fmt: skip
    world.commit(audit, world.panel(audit)[0], PASSED)
    with world.refuses("WrongPeriod", Disputes):
        world.close(audit)


def test_a_lease_convicted_meanwhile_still_pays_its_auditors():
    world = AuditWorld()
    lease_id = world.claimed()
    audit = world.opened(lease_id)
    world.send(DISPUTES_ADDRESS, Marketplace, "convict", lease_id, 4)
    world.vote(audit, FAILED, FAILED, FAILED)
    assert world.close(audit) == FAILED
    assert world.ask(Disputes, "auditFailures", MINER)[0] == 0


def test_an_empty_pool_pays_nothing_and_stops_nothing():
    world = AuditWorld()
    disputes = Disputes(world.chain.context(DISPUTES_ADDRESS))
    world.chain.balances[DISPUTES_ADDRESS] -= disputes.audit_pool
    disputes.audit_pool = 0
    audit = world.opened(world.claimed())
    assert world.ask(Disputes, "audit", audit).fee <= FEE
    world.vote(audit, PASSED, PASSED, PASSED)
    assert world.close(audit) == PASSED
    world.check_books()


def test_a_bond_below_the_minimum_leaves_the_list():
    world = AuditWorld()
    world.set(Disputes, "arbitratorBondMin", 200 * AIT)
    audit = world.opened(world.claimed())
    silent = world.panel(audit)[0]
    world.vote(audit, None, PASSED, PASSED)
    world.close(audit)
    with world.refuses("NotArbitrator", Disputes):
        world.send(silent, Disputes, "leaveArbitration")


def test_fees_of_leases_fill_the_pool():
    world = AuditWorld()
    _, _, before = world.ask(Disputes, "auditTotals")
    lease_id = world.leased()
    world.claim_alone(world.work(lease_id, units=UNITS))
    world.chain.advance(WINDOW + 1)
    world.send(STRANGER, Receipts, "settleLease", lease_id)
    assert world.ask(Disputes, "auditTotals")[2] == before + UNITS * PRICE * 50 // 10_000
    world.check_books()
    assert world.held(MARKETPLACE_ADDRESS) > 0


# --- canaries --------------------------------------------------------------------------------


def appoint(world):
    govern(world, "appointDesk(address)")


def govern(world, signature):
    word = DESK.rjust(32, b"\x00")
    world.send(GOVERNANCE_ADDRESS, Disputes, "governedCall", signature, word)


def canary(world, lease_id, verdict):
    receipt = world.claim(lease_id).receipt_hash
    subject = world.ask(Disputes, "canaryCommitment", receipt, DESK, verdict, SALT)
    world.send(DESK, Disputes, "commitCanary", subject)


def test_a_canary_overrules_lazy_auditors_and_slashes_them():
    world = AuditWorld()
    appoint(world)
    lease_id = world.claimed()
    canary(world, lease_id, FAILED)
    audit = world.opened(lease_id)
    panel = world.panel(audit)
    world.vote(audit, PASSED, PASSED, FAILED)
    world.send(DESK, Disputes, "showCanary", audit, FAILED, SALT)
    assert world.close(audit) == FAILED
    assert [world.bond(judge) for judge in panel] == [199 * AIT, 199 * AIT, 200 * AIT]
    assert world.ask(Disputes, "auditTotals")[:2] == (1, 1)
    assert world.ask(Disputes, "audit", audit).is_canary
    world.check_books()


def test_a_canary_is_committed_before_the_draw_by_an_appointed_desk():
    world = AuditWorld()
    with world.refuses("NotCanaryDesk", Disputes):
        world.send(DESK, Disputes, "commitCanary", ZERO)
    appoint(world)
    lease_id = world.claimed()
    world.chain.advance(7)
    canary(world, lease_id, PASSED)
    world.chain.advance()
    canary(world, lease_id, FAILED)
    world.chain.advance(7)
    audit = world.open(lease_id)
    with world.refuses("WrongPeriod", Disputes):
        world.send(DESK, Disputes, "showCanary", audit, PASSED, SALT)
    world.vote(audit, PASSED, PASSED, PASSED)
    with world.refuses("TooLateForCanary", Disputes):
        world.send(DESK, Disputes, "showCanary", audit, FAILED, SALT)
    for verdict, salt, error in ((PASSED, ZERO, "WrongReveal"), (UNSURE, SALT, "BadValue")):
        with world.refuses(error, Disputes):
            world.send(DESK, Disputes, "showCanary", audit, verdict, salt)
    with world.refuses("WrongReveal", Disputes):
        world.send(STRANGER, Disputes, "showCanary", audit, PASSED, SALT)
    world.send(DESK, Disputes, "showCanary", audit, PASSED, SALT)
    assert world.close(audit) == PASSED


def test_nobody_but_governance_appoints_a_desk():
    world = AuditWorld()
    for name in ("appointDesk", "dismissDesk"):
        with world.refuses("OnlyGovernance", Disputes):
            world.send(STRANGER, Disputes, name, DESK)


def test_a_dismissed_desk_commits_no_more():
    world = AuditWorld()
    appoint(world)
    govern(world, "dismissDesk(address)")
    with world.refuses("NotCanaryDesk", Disputes):
        world.send(DESK, Disputes, "commitCanary", ZERO)


def test_a_failed_audit_beside_an_open_game_leaves_the_lease_to_the_game():
    world = AuditWorld()
    lease_id = world.claimed()
    audit = world.opened(lease_id)
    world.send(DISPUTES_ADDRESS, Marketplace, "holdLease", lease_id)
    world.vote(audit, FAILED, FAILED, FAILED)
    world.close(audit)
    assert world.lease(lease_id).status == LeaseStatus.ACTIVE
    assert world.lease(lease_id).holds == 1
    with world.refuses("LeaseHeld", Marketplace):
        world.send(STRANGER, Disputes, "closeFailed", lease_id)
    world.send(DISPUTES_ADDRESS, Marketplace, "releaseLease", lease_id)
    with world.refuses("AuditFailed"):
        world.send(STRANGER, Receipts, "settleLease", lease_id)
    world.send(STRANGER, Disputes, "closeFailed", lease_id)
    assert world.lease(lease_id).status == LeaseStatus.CLOSED
    with world.refuses("NotFailed", Disputes):
        world.send(STRANGER, Disputes, "closeFailed", ZERO)


def test_the_pool_pays_for_one_audit_a_lease():
    world = AuditWorld()
    lease_id = world.claimed()
    audit = world.opened(lease_id)
    assert world.ask(Disputes, "audit", audit).fee == 3 * FEE
    world.vote(audit, PASSED, PASSED, PASSED)
    world.close(audit)
    world.chain.advance(64)
    world.claim_alone(world.work(lease_id, seq=2, units=1), units=101)
    again = world.opened(lease_id)
    assert world.ask(Disputes, "audit", again).fee == 0
    world.check_books()


def test_failures_never_outgrow_their_field():
    world = AuditWorld()
    world.set(Disputes, "auditFailuresMax", 100)
    audit = world.opened(world.claimed())
    disputes = Disputes(world.chain.context(DISPUTES_ADDRESS))
    record = disputes.failures[MINER]
    record.count = 255
    record.first.stamp(world.block)
    world.vote(audit, FAILED, FAILED, FAILED)
    assert world.close(audit) == FAILED
