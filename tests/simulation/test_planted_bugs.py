"""Deliberate faults in the core; the simulation must notice each within a few seeds."""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from consensus.chain import BlockTree
from consensus.core import Core
from consensus.epoch_state import EpochState
from consensus.inputs import ExecutionFinished
from consensus.outbox import Outbox
from consensus.promises import Promises, ViewPromises
from consensus.proposal_rules import EpochFrame
from consensus.votes import CertificateBook, VoteBook
from primitives.types import View
from primitives.vote import VoteKind
from tests.simulation.scenario import Scenario, random_scenario
from tests.simulation.world import World

SEEDS_MAX = 24
Plant = Callable[[pytest.MonkeyPatch], None]


def _quorum_of_half(patch: pytest.MonkeyPatch) -> None:
    def has_quorum(self, statement):
        return 2 * self._power.get(statement, 0) >= self._validators.power_total

    patch.setattr(VoteBook, "has_quorum", has_quorum)


def _finalize_after_nullify(patch: pytest.MonkeyPatch) -> None:
    original = Promises.may_sign

    def may_sign(self, statement):
        own = self._views.get(statement.view, ViewPromises())
        if statement.kind is VoteKind.FINALIZE:
            return own.finalize is None
        return original(self, statement)

    patch.setattr(Promises, "may_sign", may_sign)


def _own_votes_forgotten_at_restart(patch: pytest.MonkeyPatch) -> None:
    original = EpochState.restore_record

    def restore_record(self, record, address):
        return original(self, record, None)

    patch.setattr(EpochState, "restore_record", restore_record)


def _gap_unchecked(patch: pytest.MonkeyPatch) -> None:
    """Accept a parent of an older view although a view between was never nullified."""
    patch.setattr(CertificateBook, "missing_nullifications", lambda self, views: [])


def _view_goes_back(patch: pytest.MonkeyPatch) -> None:
    original = Core._on_certificate

    def on_certificate(self, certificate):
        s = certificate.statement
        is_known = self.holds(s)
        original(self, certificate)
        if not is_known and s.epoch == self.epoch and s.view + 1 < self.view:
            self._enter(View(s.view + 1), certificate)

    patch.setattr(Core, "_on_certificate", on_certificate)


def _nullifications_forgotten(patch: pytest.MonkeyPatch) -> None:
    original = CertificateBook.add

    def add(self, certificate):
        if certificate.statement.kind is not VoteKind.NULLIFY:
            original(self, certificate)

    patch.setattr(CertificateBook, "add", add)


def _finalizations_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CertificateBook, "finalizations", lambda self: [])


def _no_finalize_votes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Core, "_vote_finalize", lambda self: None)


def _no_nullify_votes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Core, "_give_up", lambda self, rule: None)


def _no_repetition(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Core, "_repeat", lambda self: None)


def _no_repair(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outbox, "request_block", lambda self, block_hash, height: None)


def _verdict_ignored(patch: pytest.MonkeyPatch) -> None:
    original = Core._on_execution

    def on_execution(self, event: ExecutionFinished):
        original(self, replace(event, is_valid=True))

    patch.setattr(Core, "_on_execution", on_execution)


def _parent_not_awaited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BlockTree, "is_valid", lambda self, block_hash: self.ref(block_hash) is not None)


def _conflicts_unseen(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(VoteBook, "_find_conflict", lambda self, vote, kinds: None)


def _terminal_blocks_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(EpochFrame, "is_terminal", lambda self, height: False)


PLANTS: tuple[Plant, ...] = (
    _quorum_of_half,
    _finalize_after_nullify,
    _own_votes_forgotten_at_restart,
    _gap_unchecked,
    _view_goes_back,
    _nullifications_forgotten,
    _finalizations_forgotten,
    _no_finalize_votes,
    _no_nullify_votes,
    _no_repetition,
    _no_repair,
    _verdict_ignored,
    _parent_not_awaited,
    _conflicts_unseen,
    _terminal_blocks_ignored,
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__.strip("_"))
def test_planted_bug_is_caught(plant: Plant, monkeypatch: pytest.MonkeyPatch, record_property):
    plant(monkeypatch)
    for seed in range(SEEDS_MAX):
        scenario = _scenario(seed)
        try:
            violations = World(scenario).run().violations
        except (AssertionError, AttributeError, KeyError, IndexError) as error:
            violations = [repr(error)]
        if violations:
            record_property("caught", f"{plant.__name__}: seed {seed}: {violations[0]}")
            sys.stdout.write(f"{plant.__name__}: seed {seed}: {violations[0]}\n")
            return
    pytest.fail(f"{plant.__name__} went unnoticed for {SEEDS_MAX} seeds")


def _scenario(seed: int) -> Scenario:
    """A third of the seeds is aimed at rules that mixed faults seldom reach."""
    scenario = replace(random_scenario(seed), bound_ms=40_000, events_max=60_000)
    if seed % 3 == 1:
        aimed = (("forker", "liar", "equivocate"))[seed // 3 % 3]
        scenario = replace(scenario, behaviours=((seed % scenario.validators, aimed),), twins=())
    if seed % 3 == 2:
        crashes = tuple((150 * i, (seed + i) % scenario.validators, 120) for i in range(1, 40))
        scenario = replace(scenario, crashes=crashes)
    return scenario
