"""The auditor: what it sees on the chain, what it finds, what it does about it, what it spends."""

import asyncio
import dataclasses
import threading

import numpy as np
import pytest

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ChallengeStatus, Fault
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.receipts.v1.contract import Receipts
from miner.engines.audit import Limits as ScoreLimits
from miner.engines.engine import ModelIdentity, Token
from miner.exact.execution import commit
from miner.games.accusations import State
from miner.games.auditor import Auditor, AuditSettings
from miner.games.challenger import Limits
from miner.games.findings import AuditBook, Finding, count_findings
from miner.games.library import KnownAsk, Library, Publication
from miner.leases.float_work import float_request_hash, float_response_hash, log_micros
from miner.leases.protocol import Answer, Ask
from primitives.compute import CLASS_SAMPLED, CLASS_SIGNED, KIND_LLM
from primitives.integer_model.request import response_leaves
from primitives.integer_model.trace import header_leaf
from primitives.matmul_dispute import MatmulJob
from primitives.merkle import merkle_levels, merkle_root
from primitives.sum_tree import SumLeaf
from tests.unit.contracts.staking_world import secret
from tests.unit.miner.exact.model_games import DELIVERED, SALT, Miner, ask, honest, reference
from tests.unit.miner.exact.test_games import flip, step_of
from tests.unit.miner.games.players import AIT, Table

REQUEST = ask(1, 5, 9, 20, temperature=9000, top_k=64, seed=3)
POSTER_SECRET = secret(92)
_rng = np.random.default_rng(5)
A = _rng.integers(-128, 128, (64, 100), dtype=np.int8)
B = _rng.integers(-128, 128, (100, 64), dtype=np.int8)


class Watch(Table):
    """A table at which an auditor sits instead of the challenger."""

    def __init__(self, home, *, settings=None, scorer=None, **limits):
        self.settings = settings or AuditSettings()
        self.scorer = scorer
        super().__init__(home, **limits)
        self.library = Library(home / "library", {bytes(reference().model.root): reference()})
        self.books = []
        self.wake_auditor()

    def wake_auditor(self):
        self.wake_hunter()
        self.challenger.find = self.library.opinion
        while self.books:
            self.books.pop().close()
        self.books.append(AuditBook(self.home / "audit"))
        self.auditor = Auditor(
            self.challenger.chain, self.challenger.account, self.challenger, self.library,
            self.books[0], self.settings, self.scorer, ScoreLimits(pass_milli=50, fail_milli=150),
        )  # fmt: skip

    def close(self):
        super().close()
        for book in self.books:
            book.close()

    async def look(self, rounds=1):
        for _ in range(rounds):
            height = self.world.block.height
            await self.defender.account.poll(height)
            await self.defender.look(height)
            await self.auditor.play()
            await self.auditor.watch()
            await self.challenger.step(height)
            self.mine(1)

    def findings(self):
        return {name: entry.finding for name, entry in self.auditor.book.entries.items()}

    def know(self, miner=None, request=REQUEST, **answer):
        said = Answer(**answer) if answer else None
        asked = Ask(salt=SALT, options=request.options.encode(), tokens=request.prompt)
        done = honest(request) if miner is None else miner.prover.done
        name = commit(reference().model.root, done, SALT, DELIVERED).request_hash
        self.library.put(name, KnownAsk(ask=asked, answer=said))


@pytest.fixture
def sit(tmp_path):
    """Return a maker of tables, all of which are closed in the end."""
    made = []

    def sit(**options):
        made.append(Watch(tmp_path, **options))
        return made[-1]

    yield sit
    for watch in made:
        watch.close()


@pytest.fixture
def watch(sit):
    return sit()


def cheat():
    return Miner(REQUEST, tamper={step_of(Miner(REQUEST), 1, 0, "k"): flip(0)})


async def test_a_wrong_execution_behind_a_claim_is_found_and_convicted(watch):
    lease_id = watch.exact_lease()
    work = watch.exact_work(lease_id, cheat(), is_claimed=False)
    watch.know()
    watch.post_claim(work)
    await watch.look(24)
    assert watch.findings()[work.hash.hex()] is Finding.WRONG
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED
    assert watch.status(1) == ChallengeStatus.WON


async def test_a_right_execution_is_left_alone(watch):
    work = watch.exact_work(watch.exact_lease(), Miner(REQUEST), is_claimed=False)
    watch.know(tokens=tuple(honest(REQUEST).tokens), delivered=DELIVERED)
    watch.post_claim(work)
    await watch.look(3)
    assert watch.findings() == {work.hash.hex(): Finding.RIGHT}
    assert not watch.challenger.store.all()
    assert count_findings(watch.home / "audit")["right"] == 1


async def test_what_was_answered_otherwise_than_sampled_is_convicted(watch):
    """The trace is right to the bit; only the response names another token."""
    tokens = honest(REQUEST).tokens
    lies = (tokens[0], (tokens[1] + 1) % 100, *tokens[2:])
    lease_id = watch.exact_lease()
    work = watch.exact_work(lease_id, Miner(REQUEST, claims=list(lies)), is_claimed=False)
    watch.know(tokens=lies, delivered=DELIVERED)
    watch.post_claim(work)
    await watch.look(110)
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED


def misanswering(said):
    """Return a miner whose trace is right to the last leaf and whose response is another."""
    miner = Miner(REQUEST)
    leaves = response_leaves(SALT, said, DELIVERED)
    answered = merkle_root(leaves)
    receipt = miner.receipt
    first = header_leaf(miner.header, receipt.model_root, receipt.request_hash, answered)
    miner.trace = merkle_levels([first, *miner.trace[0][1:]])
    miner.prover.trace = miner.trace
    miner.prover.answered = merkle_levels(leaves)
    miner.receipt = dataclasses.replace(
        receipt, response_hash=answered, trace_root=miner.trace[-1][0]
    )
    return miner


@pytest.mark.parametrize("more", [(), (7,), (7, 7), (7, 7, 7, 7, 7)])
@pytest.mark.parametrize("kept", [1, 2, 3])
async def test_an_answer_of_another_length_than_was_generated_is_convicted(watch, kept, more):
    said = (*honest(REQUEST).tokens[:kept], *more)
    lease_id = watch.exact_lease()
    work = watch.exact_work(lease_id, misanswering(said), is_claimed=False)
    watch.know(tokens=said, delivered=DELIVERED)
    watch.post_claim(work)
    if said == tuple(honest(REQUEST).tokens):
        await watch.look(2)
        assert watch.findings()[work.hash.hex()] is Finding.RIGHT
        return
    await watch.look(110)
    assert watch.findings()[work.hash.hex()] is Finding.WRONG
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED


async def test_more_tokens_charged_than_generated_convict(watch):
    lease_id = watch.exact_lease()
    work = watch.exact_work(lease_id, Miner(REQUEST), is_claimed=False, units=4)
    watch.know()
    watch.post_claim(work)
    await watch.look(90)
    assert watch.findings()[work.hash.hex()] is Finding.WRONG
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED


async def test_a_request_that_nobody_published_is_unknown_until_somebody_does(watch):
    work = watch.exact_work(watch.exact_lease(), Miner(REQUEST), is_claimed=False)
    watch.post_claim(work)
    await watch.look(2)
    assert watch.findings() == {work.hash.hex(): Finding.UNKNOWN}
    watch.know()
    await watch.look(1)
    assert watch.findings() == {work.hash.hex(): Finding.RIGHT}


async def test_a_dry_run_finds_and_sends_nothing(sit):
    watch = sit(settings=AuditSettings(is_dry=True), is_dry=True)
    work = watch.exact_work(watch.exact_lease(), cheat(), is_claimed=False)
    watch.know()
    watch.post_claim(work)
    await watch.look(4)
    assert watch.findings() == {work.hash.hex(): Finding.WRONG}
    assert watch.world.ask(Disputes, "challengeCount") == 0
    (would,) = watch.challenger.store.all()
    assert (would.state, would.outcome) == (State.OVER, "dry run: would be challenged")
    assert watch.auditor.status()["dry_run"] is True


@pytest.mark.parametrize("limit", ["bond_max", "stake_max"])
async def test_no_bond_beyond_the_limits_is_sent(sit, limit):
    watch = sit(**{limit: AIT - 1})
    watch.post_claim(watch.exact_work(watch.exact_lease(), cheat(), is_claimed=False))
    watch.know()
    await watch.look(4)
    assert watch.world.ask(Disputes, "challengeCount") == 0
    (waits,) = watch.challenger.store.open()
    assert "limit" in watch.challenger.refusals[waits.name]


async def test_the_stake_counts_all_open_challenges(sit):
    watch = sit(stake_max=25 * AIT // 10)
    for seed in (3, 4, 5):
        request = dataclasses.replace(
            REQUEST, options=dataclasses.replace(REQUEST.options, seed=seed)
        )
        place = step_of(Miner(request), 1, 0, "k")
        miner = Miner(request, tamper={place: flip(0)})
        watch.post_claim(watch.exact_work(watch.exact_lease(), miner, is_claimed=False))
        watch.know(request=request)
    await watch.look(4)
    assert watch.world.ask(Disputes, "challengeCount") == 2
    assert watch.challenger.at_stake == 2 * AIT


async def test_two_receipts_of_one_number_are_seen_and_convict(watch):
    lease_id = watch.exact_lease()
    one = watch.exact_work(lease_id, Miner(REQUEST), is_claimed=False)
    other = watch.exact_work(lease_id, Miner(REQUEST), is_claimed=False, units=2)
    batch = sorted([one.leaf, other.leaf], key=lambda leaf: leaf.amount)
    watch.post_claim(one)
    await watch.look(1)
    publish(watch, batch[:1], [other])
    await watch.look(8)
    kinds = {found.fault: found for found in watch.challenger.store.all()}
    assert kinds[Fault.DOUBLE_SIGNING].state is not State.FILED
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED


def publish(watch, leaves, works, signatures=None):
    """Anchor a batch and publish its leaves with these receipts."""
    from miner.games.library import levels_of

    top = levels_of(leaves)[-1][0]
    signed = {
        bytes(work.hash): (work.receipt, (signatures or {}).get(work, work.signature()))
        for work in works
    }
    watch.library.publish_batch(top.hash, Publication(leaves=tuple(leaves), signed=signed))
    watch.post(
        POSTER_SECRET, Receipts, "anchorBatch", top.hash, top.count, top.total, value=100 * AIT
    )
    return watch.world.ask(Receipts, "batchCount")


async def test_a_leaf_that_stands_twice_closes_the_batch(watch):
    work = watch.exact_work(watch.exact_lease(), Miner(REQUEST), is_claimed=False)
    batch = publish(watch, [work.leaf, work.leaf], [work])
    await watch.look(6)
    assert watch.world.ask(Receipts, "batch", batch).is_closed
    assert watch.status(1) == ChallengeStatus.WON


async def test_a_leaf_worth_more_than_its_receipt_closes_the_batch(watch):
    work = watch.exact_work(watch.exact_lease(), Miner(REQUEST), is_claimed=False)
    dear = dataclasses.replace(work.leaf, amount=work.leaf.amount + 1)
    batch = publish(watch, [dear], [work])
    await watch.look(6)
    assert watch.world.ask(Receipts, "batch", batch).is_closed


async def test_a_leaf_that_nobody_signed_is_asked_for_and_closes_the_batch(watch):
    work = watch.exact_work(watch.exact_lease(), Miner(REQUEST), is_claimed=False)
    batch = publish(watch, [work.leaf], [work], {work: bytes(65)})
    await watch.look(5)
    assert watch.status(1) == ChallengeStatus.OPEN
    watch.world.chain.advance(3_600)
    await watch.look(3)
    assert watch.world.ask(Receipts, "batch", batch).is_closed
    assert watch.status(1) == ChallengeStatus.WON


async def test_an_overclaim_shown_by_a_batch_convicts(watch):
    lease_id = watch.exact_lease()
    work = watch.exact_work(lease_id, Miner(REQUEST), is_claimed=False, units=1_001)
    publish(watch, [work.leaf], [work])
    await watch.look(6)
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED


async def test_a_batch_in_order_is_left_alone(watch):
    work = watch.exact_work(watch.exact_lease(), Miner(REQUEST), is_claimed=False)
    batch = publish(watch, [work.leaf], [work])
    await watch.look(3)
    assert watch.findings()[f"batch {batch}"] is Finding.RIGHT
    assert not watch.challenger.store.all()


async def test_drawn_leaves_are_demanded_and_their_receipts_judged(watch):
    lease_id = watch.exact_lease()
    work = watch.exact_work(lease_id, cheat(), is_claimed=False)
    watch.know()
    leaf = work.leaf
    watch.post(
        POSTER_SECRET, Receipts, "anchorBatch", leaf.node().hash, 1, leaf.amount, value=100 * AIT
    )
    await watch.look(15)
    assert watch.world.ask(Receipts, "demandCount") == 0
    await watch.look(4)
    assert watch.world.ask(Receipts, "demandCount") == 2
    assert watch.auditor.book.progress.spent == AIT // 10
    watch.post(POSTER_SECRET, Receipts, "answerDemand", 1, 0, (), (), work.data(), work.signature())
    await watch.look(25)
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED
    held = watch.world.held(watch.hunter)
    watch.world.chain.advance(1_800)
    await watch.look(3)
    assert watch.world.ask(Receipts, "demand", 2).status == 3
    assert watch.world.held(watch.hunter) >= held + 2 * AIT
    assert not watch.auditor.book.progress.demands


async def test_demands_stop_at_the_days_budget(sit):
    watch = sit(settings=AuditSettings(fees_per_day=AIT // 20))
    work = watch.exact_work(watch.exact_lease(), Miner(REQUEST), is_claimed=False)
    leaf = work.leaf
    watch.post(
        POSTER_SECRET, Receipts, "anchorBatch", leaf.node().hash, 1, leaf.amount, value=100 * AIT
    )
    await watch.look(22)
    assert watch.world.ask(Receipts, "demandCount") == 1
    assert "budget" in watch.auditor.refusals["batch 1"]
    watch.world.chain.advance(2, seconds=86_400)
    await watch.look(2)
    assert watch.world.ask(Receipts, "demandCount") == 2


@pytest.mark.parametrize("kill", range(1, 18, 2))
async def test_a_killed_auditor_goes_on(watch, kill):
    lease_id = watch.exact_lease()
    work = watch.exact_work(lease_id, cheat(), is_claimed=False)
    watch.know()
    watch.post_claim(work)
    for turn in range(26):
        if turn == kill:
            watch.wake_auditor()
            watch.wake_miner()
        await watch.look()
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED
    assert watch.world.ask(Disputes, "challengeCount") == 1


async def test_a_wrong_product_is_found_and_convicted(watch):
    right = MatmulJob(A, B)
    wrong = right.result.copy()
    wrong[3, 5] += 1
    lease_id = watch.product_lease(right.spec)
    work = watch.product_work(lease_id, right, MatmulJob(A, B, wrong), is_claimed=False)
    watch.library.put(right.spec.request_hash(), KnownAsk(operands=(A, B)))
    watch.post_claim(work)
    await watch.look(20)
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED


class Scores:
    """An engine whose log-probabilities are off by ``error``."""

    def __init__(self, error, digest=b"\x07" * 32):
        self.error = error
        self.digest = digest

    async def identity(self):
        return ModelIdentity(engine="double", model="m", digest=self.digest)

    async def score(self, prompt, answer):
        assert prompt == "two plus two"
        return tuple(token.logprob + self.error for token in answer)


@pytest.mark.parametrize(
    ("error", "found"),
    [(0.01, Finding.RIGHT), (0.1, Finding.UNSURE), (1.0, Finding.FAILED_AUDIT)],
)
async def test_a_float_answer_is_scored_again_and_never_challenged(sit, error, found):
    await judged(sit(scorer=Scores(error)), found)


async def test_a_float_answer_of_another_model_is_not_judged(sit):
    await judged(sit(scorer=Scores(1.0, bytes(32))), Finding.UNKNOWN)


async def judged(watch, found):
    root = ModelIdentity(engine="double", model="m", digest=b"\x07" * 32).model_root
    lease_id = watch.world.leased(
        model_root=root,
        kind=KIND_LLM,
        classes=CLASS_SIGNED | CLASS_SAMPLED,
        adjudicator=0,
        prepay_units=10,
        window_blocks=600,
    )
    tokens = [Token(f"t{i}", -0.1 * i) for i in range(12)]
    asked = Ask(salt=SALT, options=b"options", prompt="two plus two")
    said = Answer(delivered=b"four", scored=tuple((t.text, log_micros(t.logprob)) for t in tokens))
    name = float_request_hash(SALT, asked.prompt, asked.options)
    work = watch.world.work(
        lease_id, request_hash=name, response_hash=float_response_hash(SALT, b"four", tokens)
    )
    watch.library.put(name, KnownAsk(ask=asked, answer=said))
    watch.post_claim(work)
    await watch.look(2)
    assert watch.findings() == {work.hash.hex(): found}
    assert not watch.challenger.store.all()


async def test_a_claim_that_its_transaction_does_not_show_is_unknown(watch):
    """As when another contract made the call."""
    work = watch.exact_work(watch.exact_lease(), cheat(), is_claimed=False)
    watch.know()
    watch.post_claim(work)
    watch.double.executed = []
    await watch.look(2)
    assert watch.findings() == {work.hash.hex(): Finding.UNKNOWN}
    assert not watch.challenger.store.all()


async def test_work_of_class_v0_is_not_executed_again(watch):
    lease_id = watch.world.leased(kind=KIND_LLM, classes=CLASS_SIGNED, window_blocks=600)
    work = watch.world.work(lease_id)
    watch.post_claim(work)
    await watch.look(2)
    assert watch.findings() == {work.hash.hex(): Finding.UNKNOWN}


async def test_the_loops_end_when_they_are_told_and_outlive_a_silent_node(watch):
    stop = asyncio.Event()
    watch.auditor.settings = AuditSettings(poll_seconds=0.01)
    watch.double.unreachable = 3
    running = asyncio.create_task(watch.auditor.run(stop))
    for _ in range(500):
        if watch.auditor.height:
            break
        await asyncio.sleep(0.01)
    stop.set()
    await running
    assert watch.auditor.height == watch.world.block.height


async def test_a_damaged_request_is_told_and_stops_nothing(watch):
    work = watch.exact_work(watch.exact_lease(), cheat(), is_claimed=False)
    watch.know()
    (path,) = watch.library.directory.glob("*.ask")
    whole = path.read_bytes()
    path.write_bytes(b"nonsense")
    watch.post_claim(work)
    await watch.look(2)
    entry = watch.auditor.book.entries[work.hash.hex()]
    assert entry.finding is Finding.UNKNOWN
    assert "damaged" in entry.detail
    path.write_bytes(whole)
    await watch.look(1)
    assert watch.findings()[work.hash.hex()] is Finding.WRONG


async def test_a_receipt_that_no_operator_signed_says_nothing(watch):
    work = watch.exact_work(watch.exact_lease(), cheat(), is_claimed=False)
    leaf = SumLeaf(work.leaf.lease_id, 1, work.leaf.receipt_hash, work.leaf.amount)
    publish(watch, [leaf], [work], {work: work.signature(secret(5))})
    await watch.look(2)
    assert work.hash.hex() not in watch.findings()


async def test_a_dry_run_is_taken_up_by_one_that_is_not(sit):
    watch = sit(settings=AuditSettings(is_dry=True), is_dry=True)
    lease_id = watch.exact_lease()
    work = watch.exact_work(lease_id, cheat(), is_claimed=False)
    watch.know()
    watch.post_claim(work)
    await watch.look(2)
    watch.settings, watch.limits = AuditSettings(), Limits()
    watch.wake_auditor()
    await watch.look(24)
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED


@pytest.mark.parametrize("place", ["note", "save_progress"])
async def test_a_crash_between_finding_and_challenging_loses_neither(watch, monkeypatch, place):
    lease_id = watch.exact_lease()
    work = watch.exact_work(lease_id, cheat(), is_claimed=False)
    watch.know()
    watch.post_claim(work)

    def crash(*_):
        raise OSError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(AuditBook, place, crash)
        with pytest.raises(OSError, match="power cut"):
            await watch.look(1)
    watch.wake_auditor()
    await watch.look(24)
    assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED
    assert watch.world.ask(Disputes, "challengeCount") == 1


async def test_a_long_re_execution_keeps_no_game_waiting(watch):
    """The game against one miner goes on while another receipt is executed again for long."""
    lease_id = watch.exact_lease()
    work = watch.exact_work(lease_id, cheat(), is_claimed=False)
    watch.know()
    watch.post_claim(work)
    await watch.look(1)
    slow, gate = watch.library.opinion, threading.Event()

    def opinion(receipt):
        gate.wait(30)
        return slow(receipt)

    watch.library.opinion = opinion
    other = dataclasses.replace(REQUEST, options=dataclasses.replace(REQUEST.options, seed=9))
    watch.know(request=other)
    watch.post_claim(watch.exact_work(watch.exact_lease(), Miner(other), is_claimed=False))
    stuck = asyncio.create_task(watch.auditor.watch())
    try:
        for _ in range(24):
            height = watch.world.block.height
            await watch.defender.account.poll(height)
            await watch.defender.look(height)
            await watch.auditor.play()
            watch.mine(1)
        assert not stuck.done()
        assert watch.world.lease(lease_id).status == LeaseStatus.CONVICTED
    finally:
        gate.set()
        await stuck


def test_what_the_auditor_knows_survives_damage_loudly(watch, tmp_path):
    from primitives.errors import ConfigError

    watch.know()
    (path,) = (tmp_path / "library").glob("*.ask")
    path.write_bytes(b"\x93\x01")
    with pytest.raises(ConfigError, match="damaged"):
        watch.library.find(bytes.fromhex(path.stem))
