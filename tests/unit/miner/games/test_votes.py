"""An auditor's votes: what was found is committed, revealed in time, and survives every crash."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from contracts.disputes.v1.audit_messages import AuditStatus, Verdict
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import SeatStatus
from contracts.marketplace.v1.contract import Marketplace
from contracts.places import GOVERNANCE_ADDRESS
from miner.chain import Chain
from miner.commitments import salt_for
from miner.games.findings import Finding
from miner.games.moves import Moment
from miner.games.votes import FILE_NAME, SUBJECT, AuditVoter, VoteBook, read_votes
from miner.native_calls import method_named
from miner.record_log import RecordLog
from primitives.compute import CLASS_SAMPLED, CLASS_SIGNED, KIND_LLM
from tests.unit.contracts.deal_world import STRANGER
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.staking_world import account
from tests.unit.miner.games.players import AIT, HUNTER_SECRET, Table

OTHERS = [account(10), account(11)]
SALT = b"\x5a" * 32
PASSED, FAILED, UNSURE = Verdict.PASSED, Verdict.FAILED, Verdict.UNSURE
FOUND = {Finding.RIGHT: PASSED, Finding.FAILED_AUDIT: FAILED, Finding.WRONG: FAILED,
         Finding.UNSURE: UNSURE}  # fmt: skip
COMMIT_SECONDS, REVEAL_SECONDS = 120, 60


class Court(Table):
    """Three auditors, all of whom every audit draws; one is the program, two move by hand."""

    def __init__(self, home):
        super().__init__(home)
        for key, value in (
            ("auditRateBps", 10_000), ("auditCommitSeconds", COMMIT_SECONDS),
            ("auditRevealSeconds", REVEAL_SECONDS),
        ):  # fmt: skip
            self.world.send(GOVERNANCE_ADDRESS, Disputes, "setParameter", key, value)
        for judge in (self.hunter, *OTHERS):
            self.world.chain.balances[judge] = 1_000 * AIT
            self.world.send(judge, Disputes, "registerArbitrator", value=200 * AIT)
        self.world.send(STRANGER, Disputes, "fundAudits", value=10 * AIT)
        self.mine(1)
        self.found = None
        self.book = None
        self.wake()

    def wake(self):
        """Start the auditor again, as after kill -9."""
        if self.book is not None:
            self.book.close()
            self.wake_hunter()
        self.book = VoteBook(self.home / "audit")
        self.voter = AuditVoter(
            Chain(self.double), self.challenger.account, HUNTER_SECRET, self.book,
            lambda receipt_hash: self.found,
        )  # fmt: skip

    def close(self):
        super().close()
        self.book.close()

    def claimed(self, *, is_noted=True):
        values = {"classes": CLASS_SIGNED | CLASS_SAMPLED, "kind": KIND_LLM, "adjudicator": 0}
        lease_id = self.world.leased(**values, prepay_units=10)
        self.work = self.world.work(lease_id)
        self.world.claim_alone(self.work)
        if is_noted:
            self.voter.note_claim(lease_id, self.work.hash)
        return lease_id

    async def look(self, rounds=1):
        for _ in range(rounds):
            block = self.world.block
            await self.challenger.account.poll(block.height)
            await self.voter.step(Moment(seconds=block.timestamp, height=block.height))
            self.mine(1)

    async def until(self, condition, limit=60):
        for _ in range(limit):
            if condition():
                return
            await self.look()
        raise AssertionError(f"not reached in {limit} blocks")

    async def drawn(self):
        """Bring about an audit that another opened."""
        lease_id = self.claimed(is_noted=False)
        self.mine(15)
        self.world.send(STRANGER, Disputes, "openAudit", lease_id, self.work.hash)
        await self.look(2)
        return lease_id

    def halt(self, seconds):
        """Let time pass without blocks."""
        block = self.world.chain.block
        self.world.chain.block = replace(
            block, timestamp=block.timestamp + seconds, time_ms=block.time_ms + 1_000 * seconds
        )

    async def pass_to(self, seconds):
        self.mine(max(0, seconds - self.world.block.timestamp))

    def audit(self):
        return self.world.ask(Disputes, "audit", 1)

    def seat(self):
        seats = self.world.ask(Disputes, "auditSeats", 1)
        return next(seat for seat in seats if seat.arbitrator == self.hunter)

    def sent(self, name):
        return self.double.sent(method_named(Disputes, name).selector)


@pytest.fixture
def court(tmp_path):
    made = Court(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("found", "verdict"), FOUND.items())
async def test_what_was_found_is_committed_then_revealed(court, found, verdict):
    court.found = found
    await court.drawn()
    await court.until(lambda: court.seat().status == SeatStatus.COMMITTED)
    await court.pass_to(court.audit().commit_until)
    await court.until(lambda: court.seat().status == SeatStatus.REVEALED)
    assert court.seat().value_bps == verdict
    assert (court.sent("commitAudit"), court.sent("revealAudit")) == (1, 1)


async def test_a_drawn_claim_is_opened_once_and_counted_at_the_end(court):
    court.found = Finding.RIGHT
    lease_id = court.claimed()
    await court.until(lambda: court.audit().status == AuditStatus.VOTING)
    assert court.world.ask(Marketplace, "lease", lease_id).holds == 1
    await court.until(lambda: court.seat().status == SeatStatus.COMMITTED)
    await court.pass_to(court.audit().commit_until)
    await court.until(lambda: court.seat().status == SeatStatus.REVEALED)
    await court.pass_to(court.audit().reveal_until)
    await court.until(lambda: court.audit().status == AuditStatus.CLOSED)
    await court.look()
    assert court.voter.outcomes == {1: UNSURE}  # one of three has voted
    assert (court.sent("openAudit"), court.sent("closeAudit")) == (1, 1)
    assert court.world.ask(Marketplace, "lease", lease_id).holds == 0
    assert court.voter.status() == []
    assert court.voter.refusals == {}
    court.wake()
    await court.look()
    assert court.voter.outcomes == {}  # an audit that was over before is none of its own


async def test_a_claim_that_is_not_drawn_or_not_sampled_is_left_alone(court):
    court.world.send(GOVERNANCE_ADDRESS, Disputes, "setParameter", "auditRateBps", 100)
    court.claimed()
    plain = court.world.leased()
    work = court.world.work(plain)
    court.world.claim_alone(work)
    court.voter.note_claim(plain, work.hash)
    await court.look(40)
    assert court.sent("openAudit") == 0
    assert not court.voter._claims


async def test_nothing_known_is_unsure_but_only_late(court):
    await court.drawn()
    late = court.audit().commit_until - COMMIT_SECONDS // 3
    while court.world.block.timestamp < late - 3:
        await court.look()
    assert court.seat().status == SeatStatus.DRAWN
    await court.until(lambda: court.seat().status == SeatStatus.COMMITTED)
    await court.pass_to(court.audit().commit_until)
    await court.until(lambda: court.seat().status == SeatStatus.REVEALED)
    assert court.seat().value_bps == UNSURE


async def test_another_finding_later_changes_no_commitment(court):
    court.found = Finding.RIGHT
    await court.drawn()
    await court.until(lambda: court.seat().status == SeatStatus.COMMITTED)
    hidden = court.seat().commitment
    court.found = Finding.FAILED_AUDIT
    court.wake()
    await court.look(5)
    assert court.seat().commitment == hidden
    await court.pass_to(court.audit().commit_until)
    court.wake()
    await court.until(lambda: court.seat().status == SeatStatus.REVEALED)
    assert court.seat().value_bps == PASSED
    assert court.sent("commitAudit") == 1


async def test_a_verdict_written_before_a_crash_is_the_one_that_is_committed(court):
    lease_id = court.claimed(is_noted=False)
    court.mine(15)
    court.world.send(STRANGER, Disputes, "openAudit", lease_id, court.work.hash)
    court.book.keep(1, FAILED)  # killed before the transaction left
    court.wake()
    court.found = Finding.RIGHT
    await court.until(lambda: court.seat().status == SeatStatus.COMMITTED)
    await court.pass_to(court.audit().commit_until)
    await court.until(lambda: court.seat().status == SeatStatus.REVEALED)
    assert court.seat().value_bps == FAILED


async def test_with_the_disk_lost_the_verdict_is_found_by_its_commitment(court):
    court.found = Finding.FAILED_AUDIT
    await court.drawn()
    await court.until(lambda: court.seat().status == SeatStatus.COMMITTED)
    court.book.close()
    (court.home / "audit" / FILE_NAME).unlink()
    court.found = None
    court.wake()
    await court.pass_to(court.audit().commit_until)
    await court.until(lambda: court.seat().status == SeatStatus.REVEALED)
    assert court.seat().value_bps == FAILED


async def test_no_node_is_told_what_a_commitment_hides(court, monkeypatch):
    asked, view = [], Chain.view

    async def listening(chain, contract, name, *values, **rest):
        asked.append((name, values))
        return await view(chain, contract, name, *values, **rest)

    monkeypatch.setattr(Chain, "view", listening)
    court.found = Finding.RIGHT
    await court.drawn()
    await court.until(lambda: court.seat().status == SeatStatus.COMMITTED)
    salt = salt_for(HUNTER_SECRET, CHAIN_ID, SUBJECT, 1)
    assert "audit" in {name for name, _ in asked}
    assert not [name for name, values in asked if salt in values]


async def test_what_the_chain_holds_is_revealed_whatever_an_older_disk_says(court):
    await court.drawn()
    salt = salt_for(HUNTER_SECRET, CHAIN_ID, SUBJECT, 1)
    hidden = court.world.ask(Disputes, "auditCommitment", 1, court.hunter, FAILED, salt)
    court.world.send(court.hunter, Disputes, "commitAudit", 1, hidden)
    court.book.keep(1, PASSED)
    await court.pass_to(court.audit().commit_until)
    await court.until(lambda: court.seat().status == SeatStatus.REVEALED)
    assert court.seat().value_bps == FAILED


async def test_a_commitment_of_another_program_is_said_and_not_revealed(court):
    await court.drawn()
    hidden = court.world.ask(Disputes, "auditCommitment", 1, court.hunter, PASSED, SALT)
    court.world.send(court.hunter, Disputes, "commitAudit", 1, hidden)
    await court.pass_to(court.audit().commit_until)
    with capture_logs() as logs:
        await court.look(3)
    missed = [entry for entry in logs if entry["event"] == "vote missed"]
    assert len(missed) == 1
    assert "not this auditor's" in court.voter.status()[0]["problem"]
    assert court.sent("revealAudit") == 0


async def test_a_missed_commitment_and_a_missed_reveal_are_said(court):
    court.found = Finding.RIGHT
    await court.drawn()
    await court.until(lambda: court.seat().status == SeatStatus.COMMITTED)
    court.mine(COMMIT_SECONDS + REVEAL_SECONDS)
    with capture_logs() as logs:
        await court.look(2)
    assert any("not revealed in time" in entry.get("why", "") for entry in logs)


async def test_a_commitment_that_came_too_late_is_said(court):
    court.found = None
    await court.drawn()
    court.mine(COMMIT_SECONDS)
    with capture_logs() as logs:
        await court.look(2)
    assert any("no verdict was committed" in entry.get("why", "") for entry in logs)
    assert court.sent("commitAudit") == 0


async def test_after_a_halt_of_the_chain_it_still_commits_and_reveals(court):
    """The first block's time jumps behind every deadline; its height does not."""
    await court.drawn()
    court.halt(COMMIT_SECONDS + REVEAL_SECONDS)
    court.found = Finding.RIGHT
    with capture_logs() as logs:
        await court.until(lambda: court.seat().status == SeatStatus.COMMITTED)
    assert not [entry for entry in logs if entry["event"] == "vote missed"]
    await court.until(lambda: court.seat().status == SeatStatus.REVEALED)
    assert court.seat().value_bps == PASSED


async def test_a_dry_run_votes_nothing(court):
    court.found = Finding.RIGHT
    court.voter.is_dry = True
    await court.drawn()
    await court.look(10)
    assert court.seat().status == SeatStatus.DRAWN
    assert [row["audit"] for row in court.voter.status()] == [1]


async def test_a_dry_run_opens_nothing(court):
    court.voter.is_dry = True
    court.claimed()
    await court.look(40)
    assert court.audit().status == AuditStatus.UNKNOWN


def test_the_first_verdict_written_stays(tmp_path):
    book = VoteBook(tmp_path)
    assert book.keep(7, PASSED) is PASSED
    assert book.keep(7, FAILED) is PASSED
    book.close()
    log = RecordLog(tmp_path / FILE_NAME)
    log.append({"audit": 7, "verdict": int(FAILED)})  # as no program of ours writes
    log.close()
    book = VoteBook(tmp_path)
    assert book.verdicts == read_votes(tmp_path) == {7: PASSED}
    book.close()
