"""Disputes: wrong tiles of seeded products, committed and revealed, on the real contracts."""

from contextlib import contextmanager

import pytest

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ChallengeStatus, Fault
from contracts.errors import Revert
from contracts.framework.messages import message_codec
from contracts.marketplace.v1.messages import JobStatus
from contracts.places import DISPUTES_ADDRESS, RECEIPTS_ADDRESS
from contracts.receipts.v1.contract import Receipts
from primitives.abi import decode_exactly
from tests.unit.contracts.compute_world import (
    AIT,
    CLIENT,
    MINER,
    PRICE,
    WINDOW,
    compute,
    compute_chain,
    job_of,
    leased_work,
    receipts,
    submit,
)
from tests.unit.contracts.staking_world import account

ALICE, BOB, WATCHER = account(10), account(11), account(12)
SALT = b"\x5a" * 32
TILE = 3
REWARD = ((PRICE + 1) // 2) // 2
SHOW = "challengeTile(bytes32,uint32,bytes32,bytes32[])"


class ProductWorld:
    """A receipt for a product with two wrong tiles."""

    def __init__(self):
        self.chain = compute_chain()
        for who in (ALICE, BOB, WATCHER):
            self.chain.balances[who] = 100 * AIT
        self.job, self.honest = leased_work(self.chain)
        self.work = compute(self.chain, self.job, wrong=frozenset((1, TILE)))
        submit(self.chain, self.work)
        self.receipt = self.work.receipt_id
        self.chain.advance()

    def send(self, who, name, *values, value=0):
        method = next(m for m in Disputes.methods.values() if m.name == name)
        data = method.selector + method.arguments.write(values)
        output = self.chain.transact(who, DISPUTES_ADDRESS, data, value)
        results = decode_exactly(method.results, output) if method.outputs else (None,)
        return results[0]

    def ask(self, name, *values):
        method = next(m for m in Disputes.methods.values() if m.name == name)
        data = method.selector + method.arguments.write(values)
        return decode_exactly(method.results, self.chain.read(DISPUTES_ADDRESS, data))[0]

    @contextmanager
    def refuses(self, name, contract=Disputes):
        error = next(e for e in contract.errors if e.__name__ == name)
        with pytest.raises(Revert) as info:
            yield
        assert info.value.data[:4] == message_codec(error).hash[:4], str(info.value)

    def commit(self, who=ALICE, tile=TILE):
        evidence = tile.to_bytes(32, "big")
        values = (self.receipt, who, Fault.WRONG_PRODUCT, evidence, SALT)
        return self.send(who, "commitChallenge", self.ask("commitmentFor", *values), value=AIT)

    def shown(self, tile=TILE):
        return self.receipt, tile, self.work.levels[0][tile], self.work.path(tile)

    def reveal(self, number, who=ALICE, tile=TILE):
        self.send(who, "revealTile", number, SALT, *self.shown(tile))

    def collect(self, number, who=ALICE):
        """Claim a reward; return what the challenger has of it, his bond left out."""
        before = self.chain.balances[who]
        self.send(WATCHER, "claimReward", number)
        return self.chain.balances[who] - before - AIT

    def withdraw(self, number, who=ALICE, tile=TILE):
        return self.send(who, "withdrawTileChallenge", number, SALT, self.receipt, tile)


@pytest.fixture
def world():
    return ProductWorld()


def test_a_watcher_who_shows_the_tile_first_wins_nothing(world):
    """He sees the reveal in the pool, copies tile and path, and gets into the block before it."""
    number = world.commit()
    world.chain.advance()
    watcher = world.chain.balances[WATCHER]
    receipts(world.chain, WATCHER, SHOW, *world.shown())
    assert world.chain.balances[WATCHER] == watcher
    copied = world.commit(WATCHER)
    world.reveal(number)
    world.chain.advance()
    with world.refuses("CommittedTooLate"):
        world.reveal(copied, WATCHER)
    world.chain.advance(600)
    assert world.collect(number) == REWARD
    assert world.chain.balances[DISPUTES_ADDRESS] == AIT


def test_a_committed_tile_refunds_the_client_and_slashes_the_miner(world):
    client = world.chain.balances[CLIENT]
    number = world.commit()
    with world.refuses("SameBlock"):
        world.reveal(number)
    world.chain.advance()
    supply = world.chain.supply
    world.reveal(number)
    assert world.chain.supply == supply - ((PRICE + 1) // 2 - REWARD)
    assert world.chain.balances[CLIENT] == client + PRICE
    assert job_of(world.chain, world.job).status == JobStatus.FAILED
    case = world.ask("caseOf", world.receipt)
    assert (case.is_decided, case.reward_left, case.shares_left) == (True, REWARD, 1)
    with world.refuses("SharePeriodOpen"):
        world.send(WATCHER, "claimReward", number)
    world.chain.advance(600)
    assert world.collect(number) == REWARD


def test_all_who_had_committed_share_whatever_tile_they_found(world):
    first, second = world.commit(), world.commit(BOB, 1)
    world.chain.advance()
    world.reveal(first)
    world.reveal(second, BOB, 1)
    world.chain.advance(600)
    assert world.collect(first) + world.collect(second, BOB) == REWARD


def test_a_right_tile_and_one_that_was_not_committed_prove_nothing(world):
    right, other = world.commit(tile=0), world.commit(tile=1)
    world.chain.advance()
    with world.refuses("TileIsRight", Receipts):
        world.reveal(right, tile=0)
    with world.refuses("WrongReveal"):
        world.reveal(other)
    world.reveal(other, tile=1)
    with world.refuses("TileIsRight", Receipts):
        world.reveal(right, tile=0)


def test_a_miner_shows_no_tile_of_his_own(world):
    number = world.commit(MINER)
    world.chain.advance()
    with world.refuses("OwnLease"):
        world.reveal(number, MINER)


def test_a_reward_that_nobody_had_committed_for_goes_to_the_auditors(world):
    with world.refuses("NotDecided"):
        world.send(WATCHER, "sweepReward", world.receipt)
    receipts(world.chain, WATCHER, SHOW, *world.shown())
    with world.refuses("SharePeriodOpen"):
        world.send(WATCHER, "sweepReward", world.receipt)
    world.chain.advance(600)
    disputes = Disputes(world.chain.context(DISPUTES_ADDRESS))
    pool = disputes.audit_pool
    assert world.send(WATCHER, "sweepReward", world.receipt) == REWARD
    assert disputes.audit_pool == pool + REWARD
    assert world.send(WATCHER, "sweepReward", world.receipt) == 0


def test_a_shared_reward_is_not_swept(world):
    number = world.commit()
    world.chain.advance()
    world.reveal(number)
    world.chain.advance(600)
    with world.refuses("NotDecided"):
        world.send(WATCHER, "sweepReward", world.receipt)


def test_only_the_receipts_contract_notes_a_failed_product(world):
    for who in (WATCHER, MINER):
        with world.refuses("NotReceipts"):
            world.send(who, "noteProductFailed", world.receipt, 5)
    world.send(RECEIPTS_ADDRESS, "noteProductFailed", world.receipt, 0)


def test_a_receipt_that_ended_meanwhile_gives_the_bond_back(world):
    early = world.commit()
    with world.refuses("MayBeRevealed"):
        world.withdraw(early)
    world.chain.advance(WINDOW - 2)
    last = world.commit()
    world.chain.advance()
    too_late = world.commit()
    world.chain.advance()
    for number in (early, last):
        assert world.withdraw(number) == AIT
    with world.refuses("MayBeRevealed"):
        world.withdraw(too_late)
    with world.refuses("WrongStatus"):
        world.withdraw(early)


def test_a_receipt_that_failed_otherwise_gives_the_bond_back(world):
    number = world.commit()
    receipts(world.chain, WATCHER, SHOW, *world.shown())
    assert world.withdraw(number) == AIT
    assert world.ask("challenge", number).status == ChallengeStatus.PAID


def test_who_accuses_every_tile_loses_the_bonds_of_the_right_ones(world):
    """He computes nothing, copies the tile that another shows, shares, and withdraws the rest."""
    number = world.commit()
    blind = {tile: world.commit(WATCHER, tile) for tile in range(4)}
    world.chain.advance()
    world.reveal(number)
    world.reveal(blind[TILE], WATCHER)
    for tile in (0, 2):
        with world.refuses("MayBeRevealed"):
            world.withdraw(blind[tile], WATCHER, tile)
        with world.refuses("TileIsRight", Receipts):
            world.reveal(blind[tile], WATCHER, tile)
    world.chain.advance(600)
    for tile in (0, 2):
        with world.refuses("RevealPeriodOver"):
            world.withdraw(blind[tile], WATCHER, tile)
        world.send(ALICE, "expireChallenge", blind[tile])
