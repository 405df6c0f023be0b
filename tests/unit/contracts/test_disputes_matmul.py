"""Disputes: runtime 2 end to end, on real matrices with one wrong cell."""

import numpy as np
import pytest

from contracts.disputes.adjudicators import ADJUDICATORS
from contracts.disputes.v1.messages import ChallengeStatus, Fault, Phase
from contracts.marketplace.v1.lease_messages import LeaseStatus
from primitives.compute import KIND_MATMUL, UNIT_MACS
from primitives.matmul_dispute import MatmulJob, micro_levels
from tests.unit.contracts import disputes_world as w
from tests.unit.contracts.disputes_world import (
    ALICE,
    MINER,
    STRANGER,
    ask,
    data,
    descendants,
    send,
    start_game,
)

M, N, K = 192, 128, 300
_rng = np.random.default_rng(3)
A = _rng.integers(-128, 128, (M, K), dtype=np.int8)
B = _rng.integers(-128, 128, (K, N), dtype=np.int8)
RIGHT = MatmulJob(A, B)


class Side:
    """A miner's job with the micro-steps that he says led to each tile."""

    def __init__(self, job, jump):
        self.job, self.jump = job, jump

    def outputs(self, leaf):
        """Return bands that go wrong at step ``jump`` and keep the difference to the end."""
        bands = RIGHT.partial_bands(leaf - 1)
        wanted = self.job.bands(leaf - 1)
        for band in range(4):
            off = np.frombuffer(wanted[band], "<i4") - np.frombuffer(bands[band - 4], "<i4")
            for micro in range(band, len(bands), 4):
                if micro >= self.jump:
                    bands[micro] = (np.frombuffer(bands[micro], "<i4") + off).tobytes()
        return bands

    def claim(self):
        return w.receipt(
            request_hash=self.job.spec.request_hash(), trace_root=self.job.trace_root,
            response_hash=self.job.trace_root, unit_kind=UNIT_MACS, units=self.job.spec.macs,
        )  # fmt: skip


def matmul_chain():
    chain = w.disputes_chain()
    row = w.lease(chain)
    row.kind, row.adjudicator, row.unit_kind = KIND_MATMUL, 2, UNIT_MACS
    return chain


def play(chain, number, side, pick) -> None:
    """Play to the last step; ``pick`` chooses among revealed nodes."""
    claim, opening = side.claim(), side.job.opening()
    head = (number, data(claim), opening)
    while (game := ask(chain, "game", number)).phase not in (Phase.STEP, Phase.OVER):
        levels = side.job.levels if game.stage < 2 else micro_levels(side.outputs(game.leaf))
        nodes = descendants(levels, game.level, game.index)
        if game.phase == Phase.TRACE:
            send(chain, MINER, "openTrace", *head)
        elif game.phase == Phase.REVEAL:
            send(chain, MINER, "revealNodes", number, nodes)
        elif game.phase == Phase.CHOOSE:
            send(chain, ALICE, "choose", number, nodes, pick(game, nodes))
        else:
            micro = micro_levels(side.outputs(game.leaf))
            witness = side.job.root_witness(micro)
            send(chain, MINER, "postMicroRoot", *head, micro[-1][0], witness)


def right_nodes(game):
    own = RIGHT.levels if game.stage == 1 else micro_levels(RIGHT.partial_bands(game.leaf - 1))
    return descendants(own, game.level, game.index)


def leftmost(game, nodes):
    return next(i for i, (x, y) in enumerate(zip(nodes, right_nodes(game), strict=True)) if x != y)


@pytest.mark.parametrize(("row", "column", "jump"), [(0, 0, 0), (100, 70, 9), (191, 127, 16)])
def test_one_wrong_cell_is_found_and_convicts(row, column, jump):
    result = RIGHT.result.copy()
    result[row, column] += 1
    side = Side(MatmulJob(A, B, result), jump)
    chain = matmul_chain()
    claim = side.claim()
    number = start_game(chain, ALICE, claim, Fault.WRONG_TILE)
    play(chain, number, side, leftmost)
    game = ask(chain, "game", number)
    assert game.leaf == 1 + (row // 64) * (N // 64) + column // 64
    assert (game.index % 4, game.index >= jump) == (row % 64 // 16, True)
    outputs = side.outputs(game.leaf)
    witness = side.job.step_witness(game.leaf, game.index, outputs, micro_levels(outputs))
    head = (number, data(claim), side.job.opening())
    assert send(chain, STRANGER, "oneStep", *head, witness) == 0
    assert w.lease(chain).status == LeaseStatus.CONVICTED


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_right_product_stands_against_whatever_is_chosen(place):
    chain = matmul_chain()
    side = Side(RIGHT, 0)
    claim = side.claim()
    number = start_game(chain, ALICE, claim, Fault.WRONG_TILE)
    play(chain, number, side, lambda game, nodes: min(place, len(nodes) - 1))
    game = ask(chain, "game", number)
    if place:
        outputs = RIGHT.partial_bands(game.leaf - 1)
        witness = RIGHT.step_witness(game.leaf, game.index, outputs, micro_levels(outputs))
        head = (number, data(claim), RIGHT.opening())
        assert send(chain, MINER, "oneStep", *head, witness) == 1
    assert ask(chain, "challenge", number).status == ChallengeStatus.LOST


def test_every_runtime_is_registered_under_its_own_id():
    assert all(number == judge.runtime_id > 0 for number, judge in ADJUDICATORS.items())
