"""Disputes among the contracts of the release: real leases, bonds, claims and batches."""

import numpy as np

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ChallengeStatus, Fault, LeafOpening, Phase
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.places import DISPUTES_ADDRESS
from contracts.receipts.v1.contract import Receipts
from primitives.compute import KIND_MATMUL, UNIT_MACS
from primitives.matmul_dispute import MatmulJob, micro_levels
from tests.unit.contracts.deal_world import (
    AIT,
    CLIENT,
    MINER,
    OPERATOR,
    POSTER,
    STRANGER,
    Anchored,
    DealWorld,
)
from tests.unit.contracts.disputes_world import descendants
from tests.unit.contracts.staking_world import account

ALICE, SALT, ZERO = STRANGER, b"\x5a" * 32, bytes(32)
_rng = np.random.default_rng(9)
A = _rng.integers(-128, 128, (128, 100), dtype=np.int8)
B = _rng.integers(-128, 128, (100, 64), dtype=np.int8)
RIGHT = MatmulJob(A, B)
_wrong = RIGHT.result.copy()
_wrong[100, 3] -= 1
WRONG = MatmulJob(A, B, _wrong)
BOND = 1_000 * AIT


class World(DealWorld):
    """Challenges on top of deals."""

    def product_lease(self):
        return self.leased(
            kind=KIND_MATMUL, unit_kind=UNIT_MACS, adjudicator=2, units_max=RIGHT.spec.macs,
            unit_price_max=10**12,
        )  # fmt: skip

    def product(self, lease_id, job):
        return self.work(
            lease_id, units=job.spec.macs, request_hash=job.spec.request_hash(),
            trace_root=job.trace_root, response_hash=job.trace_root,
        )  # fmt: skip

    def commit(self, subject, fault, evidence=ZERO, who=ALICE):
        found = self.ask(Disputes, "commitmentFor", subject, who, fault, evidence, SALT)
        number = self.send(who, Disputes, "commitChallenge", found, value=AIT)
        self.wait(1)
        return number

    def wait(self, seconds):
        self.chain.advance(seconds)

    def start(self, work, who=ALICE):
        number = self.commit(work.hash, Fault.WRONG_TILE, who=who)
        values = (number, SALT, Fault.WRONG_TILE, work.data(), work.signature())
        self.send(who, Disputes, "revealGame", *values, value=50 * AIT)
        return number

    def play(self, number, work, job, pick):
        head = (number, work.data(), job.opening())
        while (game := self.ask(Disputes, "game", number)).phase not in (Phase.STEP, Phase.OVER):
            levels = job.levels
            if game.stage == 2:
                levels = micro_levels(self.outputs(job, game.leaf))
            nodes = tuple(descendants(levels, game.level, game.index))
            if game.phase == Phase.TRACE:
                self.send(MINER, Disputes, "openTrace", *head)
            elif game.phase == Phase.REVEAL:
                self.send(MINER, Disputes, "revealNodes", number, nodes)
            elif game.phase == Phase.CHOOSE:
                self.send(ALICE, Disputes, "choose", number, nodes, pick(game, nodes))
            else:
                micro = micro_levels(self.outputs(job, game.leaf))
                witness = job.root_witness(micro)
                values = (*head, micro[-1][0], witness)
                self.send(MINER, Disputes, "postMicroRoot", *values)
        if game.phase == Phase.STEP:
            outputs = self.outputs(job, game.leaf)
            witness = job.step_witness(game.leaf, game.index, outputs, micro_levels(outputs))
            self.send(CLIENT, Disputes, "oneStep", *head, witness)

    def outputs(self, job, leaf):
        """Right partial results that end in what the job commits."""
        return [*RIGHT.partial_bands(leaf - 1)[:-4], *job.bands(leaf - 1)]

    def status(self, number):
        return self.ask(Disputes, "challenge", number).status


def leftmost(game, nodes):
    own = RIGHT.levels if game.stage == 1 else micro_levels(RIGHT.partial_bands(game.leaf - 1))
    right = descendants(own, game.level, game.index)
    return next(i for i, (x, y) in enumerate(zip(nodes, right, strict=True)) if x != y)


def test_a_wrong_product_costs_the_bond_and_the_client_has_his_money_back():
    world = World()
    lease_id = world.product_lease()
    escrow = world.lease(lease_id).escrow
    work = world.product(lease_id, WRONG)
    world.claim_alone(work)
    number = world.start(work)
    assert world.lease(lease_id).holds == 1
    clients = world.held(CLIENT)
    world.play(number, work, WRONG, leftmost)
    assert world.lease(lease_id).status == LeaseStatus.CONVICTED
    assert world.held(CLIENT) == clients + escrow
    assert world.ask(Marketplace, "miner", MINER).bond == 0
    world.wait(600)
    before = world.held(ALICE)
    world.send(POSTER, Disputes, "claimReward", number)
    assert world.held(ALICE) == before + AIT + BOND // 2
    assert world.held(DISPUTES_ADDRESS) == 0


def test_a_held_lease_does_not_settle_though_its_window_is_over():
    world = World()
    lease_id = world.product_lease()
    work = world.product(lease_id, RIGHT)
    world.claim_alone(work)
    world.start(work)
    world.chain.advance(62)
    assert world.claim(lease_id).window_end < world.block.height
    with world.refuses("LeaseHeld", Marketplace):
        world.send(MINER, Receipts, "settleLease", lease_id)


def test_a_held_lease_settles_once_the_challenger_has_lost():
    world = World()
    lease_id = world.product_lease()
    work = world.product(lease_id, RIGHT)
    world.claim_alone(work)
    number = world.start(work)
    before = world.held(MINER)
    world.play(number, work, RIGHT, lambda game, nodes: len(nodes) - 1)
    assert world.status(number) == ChallengeStatus.LOST
    assert world.held(MINER) == before + AIT // 2
    assert (world.lease(lease_id).holds, world.lease(lease_id).status) == (0, LeaseStatus.ACTIVE)
    world.chain.advance(61)
    world.send(MINER, Receipts, "settleLease", lease_id)
    assert world.lease(lease_id).status == LeaseStatus.SETTLED


def test_a_window_that_is_over_takes_no_challenge():
    world = World()
    lease_id = world.product_lease()
    work = world.product(lease_id, WRONG)
    world.claim_alone(work)
    number = world.commit(work.hash, Fault.WRONG_TILE)
    world.chain.advance(61)
    values = (number, SALT, Fault.WRONG_TILE, work.data(), work.signature())
    with world.refuses("WindowClosed", Disputes):
        world.send(ALICE, Disputes, "revealGame", *values)


def test_two_receipts_of_one_number_convict():
    world = World()
    lease_id = world.leased()
    first, second = world.work(lease_id), world.work(lease_id, units=7)
    number = world.commit(first.hash, Fault.DOUBLE_SIGNING, second.hash)
    values = (number, SALT, first.data(), first.signature(), second.data(), second.signature())
    world.send(ALICE, Disputes, "revealDoubleSigning", *values)
    assert world.lease(lease_id).status == LeaseStatus.CONVICTED


def test_more_units_than_the_lease_convict():
    world = World()
    lease_id = world.leased()
    work = world.work(lease_id, units=1_001)
    number = world.commit(work.hash, Fault.OVERCLAIM)
    world.send(ALICE, Disputes, "revealOverclaim", number, SALT, work.data(), work.signature())
    assert world.lease(lease_id).status == LeaseStatus.CONVICTED


def opening(anchored: Anchored, work) -> LeafOpening:
    index, hashes, totals = anchored.path(work)
    leaf = work.leaf
    return LeafOpening(
        index, leaf.lease_id, leaf.seq, leaf.receipt_hash, leaf.amount, hashes, totals
    )


def test_a_batch_with_an_unsigned_receipt_is_slashed_or_answered():
    world = World()
    lease_id = world.leased()
    works = [world.work(lease_id, seq=seq) for seq in (1, 2, 3)]
    anchored = world.anchor(works)
    word = anchored.batch_id.to_bytes(32, "big")
    numbers = []
    for place, who in ((0, ALICE), (1, account(9))):
        leaf = opening(anchored, works[place])
        evidence = leaf.index.to_bytes(32, "big")
        number = world.commit(word, Fault.BAD_SIGNATURE, evidence, who=who)
        values = (number, SALT, anchored.batch_id, leaf)
        world.send(who, Disputes, "revealBadSignature", *values, value=10 * AIT)
        numbers.append(number)
    world.send(
        POSTER, Disputes, "answerSignature", numbers[0], works[0].data(),
        works[0].signature(OPERATOR),
    )  # fmt: skip
    assert world.status(numbers[0]) == ChallengeStatus.LOST
    world.chain.advance(3600)
    world.send(ALICE, Disputes, "claimTimeout", numbers[1])
    assert world.ask(Receipts, "batch", anchored.batch_id).is_closed
    assert world.status(numbers[1]) == ChallengeStatus.WON


def test_a_leaf_worth_more_than_its_receipt_slashes_the_batch():
    world = World()
    lease_id = world.leased()
    work = world.work(lease_id)
    dear = work.changed(units=200)
    leaf = type(work.leaf)(lease_id, 1, work.hash, dear.leaf.amount)
    batch = world.send(
        POSTER, Receipts, "anchorBatch", leaf.node().hash, 1, leaf.amount, value=100 * AIT
    )
    word = batch.to_bytes(32, "big")
    number = world.commit(word, Fault.WRONG_SUM, ZERO)
    shown = LeafOpening(0, lease_id, 1, work.hash, leaf.amount, (), ())
    world.send(ALICE, Disputes, "revealWrongSum", number, SALT, batch, shown, work.data())
    assert world.ask(Receipts, "batch", batch).is_closed
