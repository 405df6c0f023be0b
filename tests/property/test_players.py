"""Real players on the real contracts: whatever is corrupted the cheater loses, whatever the
challenger lies about the honest miner wins.

A campaign: ``AITBC_GAME_SEEDS=500 pytest`` this file.
"""

import dataclasses
import os
import random

import numpy as np
import pytest

from contracts.disputes.v1.messages import ChallengeStatus
from contracts.marketplace.v1.lease_messages import LeaseStatus
from miner.games.knowledge import ExactOpinion
from primitives.matmul_dispute import MatmulJob
from primitives.types import Hash32
from tests.unit.miner.exact.model_games import DELIVERED, SALT, Miner, ask, reference
from tests.unit.miner.games.players import Table

SEEDS = int(os.environ.get("AITBC_GAME_SEEDS", "12"))


@pytest.fixture
def table(tmp_path):
    made = Table(tmp_path)
    yield made
    made.close()


def some_request(rng):
    prompt = [rng.randrange(100) for _ in range(rng.randrange(1, 7))]
    return ask(
        *prompt, tokens_max=rng.randrange(1, 5), temperature=rng.choice((0, 800, 5_000)),
        top_k=rng.choice((1, 8, 64)), seed=rng.randrange(1 << 32),
    )  # fmt: skip


def corrupted(request, rng, shape="tiny"):
    """Return a miner with one wrong micro-step that reaches the trace, or None after some tries."""
    right = Miner(request, shape=shape)
    for _ in range(40):
        leaf = rng.randrange(1, len(right.trace[0]))
        micro = rng.randrange(len(right.payloads[leaf - 1]))
        at = rng.randrange(64)
        mask = rng.randrange(1, 128)

        def spoil(payload, at=at, mask=mask):
            at %= len(payload)
            return payload[:at] + bytes((payload[at] ^ mask,)) + payload[at + 1 :]

        try:
            wrong = Miner(request, shape=shape, tamper={(leaf, micro): spoil})
        except (IndexError, ValueError, KeyError, AssertionError):
            continue  # a token beyond the vocabulary, or a sum of zero: no such execution
        if wrong.trace != right.trace:
            return wrong, (leaf, micro)
    return None, None


async def play(table, rng, patience=1.0):
    """Play to the end; players are killed now and then, and blocks pass."""
    for _ in range(400):
        if table.game(1).phase == 7:
            return table.status(1)
        if rng.random() < 0.1:
            table.wake_miner()
        if rng.random() < 0.1:
            table.wake_hunter()
        await table.turn(
            has_miner=rng.random() < patience, has_hunter=rng.random() < 0.9,
            blocks=rng.randrange(1, 3),
        )  # fmt: skip
    raise AssertionError(table.game(1))


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_step_is_corrupted_the_cheater_is_convicted(table, seed):
    rng = random.Random(seed)
    request = some_request(rng)
    wrong, _ = corrupted(request, rng)
    if wrong is None:
        pytest.skip("no corruption of this request reached the trace")
    own = reference().run([request], keep=True)[0]
    lease_id = table.exact_lease()
    table.accuse(table.exact_work(lease_id, wrong, own=own))
    assert await play(table, rng) == ChallengeStatus.WON
    assert table.world.lease(lease_id).status == LeaseStatus.CONVICTED


@pytest.mark.parametrize("shape", ["grouped", "wide heads", "one layer", "many chunks"])
async def test_a_cheater_with_a_model_of_any_shape_is_convicted(table, shape):
    rng = random.Random(shape)
    request = ask(3, 1, 4, tokens_max=2, temperature=900, top_k=8, seed=5)
    wrong, place = corrupted(request, rng, shape)
    assert wrong is not None, place
    own = reference(shape).run([request], keep=True)[0]
    lease_id = table.exact_lease(shape)
    table.accuse(table.exact_work(lease_id, wrong, own=own))
    assert await play(table, rng) == ChallengeStatus.WON


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_an_answer_says_that_was_not_sampled_the_miner_is_convicted(table, seed):
    """Tokens cut off, added or exchanged, in the response alone or with a trace to match."""
    rng = random.Random(seed)
    request = some_request(rng)
    own = reference().run([request], keep=True)[0]
    if rng.random() < 0.5:  # let it end by a stop
        stop = rng.choice(own.tokens)
        options = dataclasses.replace(request.options, stop=stop, tokens_max=5)
        request = dataclasses.replace(request, options=options)
        own = reference().run([request], keep=True)[0]
    said = list(own.tokens)
    outputs = len(said)
    if rng.random() < 0.5:
        outputs = rng.randrange(1, request.options.tokens_max + 1)
    lie = rng.choice(("exchange", "cut", "add"))
    if lie == "exchange":
        at = rng.randrange(len(said))
        said[at] = (said[at] + rng.randrange(1, 99)) % 100
    elif lie == "cut" and len(said) > 1:
        said.pop()
    else:
        said.append(rng.randrange(100))
    miner = Miner(request, outputs=outputs, claims=said)
    lease_id = table.exact_lease()
    work = table.exact_work(lease_id, miner, own=own, units=1)
    table.opinions[bytes(work.hash)] = opinion = ExactOpinion(
        work.receipt, miner.model, own, SALT, answered=tuple(said), delivered=DELIVERED
    )
    assert not opinion.agrees()
    table.accuse(work)
    assert await play(table, rng) == ChallengeStatus.WON
    assert table.world.lease(lease_id).status == LeaseStatus.CONVICTED


class Liar(ExactOpinion):
    """A challenger who disputes leaves and steps that are right."""

    rng = random.Random()

    def against(self, leaves):
        view = super().against(leaves)
        lies = list(view.leaves)
        for _ in range(self.rng.randrange(1, 4)):
            lies[self.rng.randrange(len(lies))] = Hash32(self.rng.randbytes(32))
        right = view.micro_leaves

        def micro_leaves(leaf):
            made = list(right(leaf))
            made[self.rng.randrange(len(made))] = Hash32(self.rng.randbytes(32))
            return made

        view.__dict__["leaves"] = lies
        view.micro_leaves = micro_leaves
        return view


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_the_challenger_lies_about_the_honest_miner_wins(table, seed):
    rng = random.Random(seed)
    request = some_request(rng)
    miner = Miner(request)
    lease_id = table.exact_lease()
    work = table.exact_work(lease_id, miner, own=miner.prover.done)
    liar = Liar(work.receipt, miner.model, miner.prover.done, SALT)
    liar.rng = rng
    table.opinions[bytes(work.hash)] = liar
    table.accuse(work)
    assert await play(table, rng) == ChallengeStatus.LOST
    lease = table.world.lease(lease_id)
    assert (lease.status, lease.holds) == (LeaseStatus.ACTIVE, 0)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_cell_of_a_product_is_wrong_the_cheater_is_convicted(table, seed):
    rng = random.Random(seed)
    numbers = np.random.default_rng(seed)
    m, n = 64 * rng.randrange(1, 4), 64 * rng.randrange(1, 4)
    k = rng.randrange(1, 400)
    a = numbers.integers(-128, 128, (m, k), dtype=np.int8)
    b = numbers.integers(-128, 128, (k, n), dtype=np.int8)
    right = MatmulJob(a, b)
    result = right.result.copy()
    for _ in range(rng.randrange(1, 4)):
        result[rng.randrange(m), rng.randrange(n)] += rng.choice((-7, -1, 1, 100))
    jump = rng.randrange(4 * right.spec.blocks)
    is_wrong = bool((result != right.result).any())
    lease_id = table.product_lease(right.spec)
    table.accuse(table.product_work(lease_id, right, MatmulJob(a, b, result), jump))
    assert await play(table, rng) == (ChallengeStatus.WON if is_wrong else ChallengeStatus.LOST)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_right_product_stands_against_a_wrong_opinion(table, seed):
    rng = random.Random(seed)
    numbers = np.random.default_rng(seed)
    a = numbers.integers(-128, 128, (128, 130), dtype=np.int8)
    b = numbers.integers(-128, 128, (130, 64), dtype=np.int8)
    right, other = MatmulJob(a, b), MatmulJob(a, np.roll(b, 1 + rng.randrange(60)))
    lease_id = table.product_lease(right.spec)
    work = table.product_work(lease_id, other, right)
    table.shelf.put(work, type(table.shelf[bytes(work.hash)].made)(right))
    table.accuse(work)
    assert await play(table, rng) == ChallengeStatus.LOST
