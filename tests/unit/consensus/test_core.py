"""The rules S1 to S7 as steps: input, then which effects with which rule."""

import pytest

from consensus import effects as fx
from consensus import inputs as ix
from consensus.chain import block_ref
from consensus.inputs import TimerKind
from primitives.types import Epoch, View
from primitives.vote import Certificate, VoteKind

NOTARIZE, NULLIFY, FINALIZE = VoteKind.NOTARIZE, VoteKind.NULLIFY, VoteKind.FINALIZE


# S1


def test_entering_a_view_cancels_earlier_timers_and_starts_both(bench):
    timers = [(e.kind, e.delay_ms, e.view, e.rule) for e in bench.all(fx.SetTimer)]
    assert timers == [(TimerKind.LEADER, 120, 1, "S1"), (TimerKind.ADVANCE, 135, 1, "S1")]
    assert [(e.view, e.kind) for e in bench.all(fx.CancelTimers)] == [(1, None)]


def test_the_leader_builds_on_the_highest_notarized_parent(make_bench):
    bench = make_bench(me=1)
    block = bench.block(1)
    bench.propose(block)
    bench.receive(bench.notarized(1, block))
    assert bench.all(fx.Build) == []
    bench.executed(block)
    (build,) = bench.all(fx.Build)
    assert (build.view, build.parent_hash, build.rule) == (2, block.hash, "S1")
    assert build.earliest_ms == block.seal.time_ms + 100
    assert build.certificate.statement.block_hash == block.hash
    assert not build.is_empty


def test_the_leader_builds_under_a_nullified_gap_and_sends_it(make_bench):
    bench = make_bench(me=2)
    bench.receive(bench.nullified(1))
    bench.receive(bench.nullified(2))
    (build,) = bench.all(fx.Build)
    assert build.parent_hash == bench.core.finalized.hash
    block = bench.block(3)
    bench.step(ix.BlockBuilt(epoch=Epoch(0), view=View(3), block=block, now_ms=0))
    (proposal,) = bench.all(fx.Propose)
    assert [c.statement.view for c in proposal.nullifications] == [2, 1]


def test_the_leader_fetches_what_its_gap_lacks(make_bench):
    bench = make_bench(me=2)
    bench.receive(bench.nullified(2))
    assert bench.all(fx.Build) == []
    wanted = {(e.view, e.kind) for e in bench.all(fx.FetchCertificate)}
    assert wanted == {(1, NOTARIZE), (1, NULLIFY)}
    bench.receive(bench.nullified(1))
    assert len(bench.all(fx.Build)) == 1


def test_a_block_built_too_late_is_not_proposed(make_bench):
    bench = make_bench(me=0)
    assert len(bench.all(fx.Build)) == 1
    bench.fire(TimerKind.ADVANCE, 1)
    bench.step(ix.BlockBuilt(epoch=Epoch(0), view=View(1), block=bench.block(1), now_ms=0))
    assert bench.all(fx.Propose) == []


def test_a_leader_proposes_once(make_bench):
    bench = make_bench(me=0)
    block = bench.block(1)
    built = ix.BlockBuilt(epoch=Epoch(0), view=View(1), block=block, now_ms=0)
    assert [type(e) for e in bench.step(built)] == [fx.Propose]
    bench.propose(block)
    assert bench.signed() == [(NOTARIZE, 1, "S2")]
    assert bench.all(fx.Execute) == []
    assert bench.step(built) == []


def test_more_than_64_undecided_blocks_make_empty_ones(make_bench):
    bench = make_bench(me=1, epoch_length=1000)
    parent, certificate = bench.core.finalized, None
    for view in range(1, 70):
        block = bench.block(view, parent, certificate)
        bench.propose(block)
        bench.executed(block)
        parent, certificate = block, bench.notarized(view, block)
        bench.receive(certificate)
        for build in bench.all(fx.Build):
            assert build.is_empty == (view > 64)


# S2


def test_the_first_proposal_cancels_the_leader_timer_and_is_executed(bench):
    block = bench.block(1)
    bench.propose(block)
    assert [(e.kind, e.rule) for e in bench.all(fx.CancelTimers)] == [(TimerKind.LEADER, "S2")]
    assert [(e.block, e.rule) for e in bench.all(fx.Execute)] == [(block, "S2")]
    assert bench.signed() == []


def test_a_valid_proposal_is_notarized_after_execution(bench):
    block = bench.block(1)
    bench.propose(block)
    bench.executed(block)
    assert bench.signed() == [(NOTARIZE, 1, "S2")]


def test_a_second_proposal_of_the_view_gets_no_vote(bench):
    first, second = bench.block(1), bench.block(1, gas_limit=2)
    bench.propose(first)
    bench.executed(first)
    assert bench.propose(second) == []
    assert bench.executed(second) == []


def test_notarize_is_refused_after_nullify(bench):
    block = bench.block(1)
    bench.propose(block)
    bench.fire(TimerKind.ADVANCE, 1)
    assert bench.signed() == [(NULLIFY, 1, "S5")]
    bench.executed(block)
    assert bench.signed() == []


def test_having_notarized_does_not_forbid_nullify(bench):
    block = bench.block(1)
    bench.propose(block)
    bench.executed(block)
    bench.fire(TimerKind.ADVANCE, 1)
    assert bench.signed() == [(NULLIFY, 1, "S5")]


def test_a_proposal_waits_for_the_gap_and_fetches_it(bench):
    bench.receive(bench.nullified(2))
    block = bench.block(3)
    bench.propose(block)
    wanted = [(e.view, e.kind, e.rule) for e in bench.all(fx.FetchCertificate)]
    assert wanted == [(1, NULLIFY, "repair")]
    bench.executed(block)
    assert bench.signed() == []
    bench.receive(bench.nullified(1))
    assert bench.signed() == [(NOTARIZE, 3, "S2")]


def test_certificates_in_a_proposal_carry_a_node_forward(bench):
    block = bench.block(3)
    bench.propose(block, nullifications=(bench.nullified(2), bench.nullified(1)))
    assert bench.core.view == 3
    bench.executed(block)
    assert bench.signed() == [(NOTARIZE, 3, "S2")]


def test_a_child_executes_only_after_its_parent(bench):
    parent = bench.block(1)
    certificate = bench.notarized(1, parent)
    child = bench.block(2, parent, certificate)
    bench.propose(child)
    assert bench.all(fx.Execute) == []
    assert [e.block_hash for e in bench.all(fx.FetchBlock)] == [parent.hash]
    bench.step(ix.BlockFetched(block=parent))
    assert [(e.block, e.rule) for e in bench.all(fx.Execute)] == [(parent, "S4")]
    bench.executed(parent)
    assert [e.block for e in bench.all(fx.Execute)] == [child]


def test_a_block_from_the_future_is_refused_and_the_clock_reported(bench):
    block = bench.block(1, time_ms=2_000_000)
    bench.propose(block, now_ms=1_999_499)
    bench.executed(block, now_ms=1_999_499)
    assert bench.signed() == [(NULLIFY, 1, "S3")]
    assert [e.ahead_ms for e in bench.all(fx.ReportClock)] == [501]


def test_a_block_half_a_second_ahead_is_notarized(bench):
    block = bench.block(1, time_ms=2_000_000)
    bench.propose(block, now_ms=1_999_500)
    bench.executed(block, now_ms=1_999_500)
    assert bench.signed() == [(NOTARIZE, 1, "S2")]


def test_proposals_far_ahead_are_not_kept(bench):
    near, far = bench.block(9), bench.block(10)
    for block in (near, far):
        bench.propose(block)
    gap = [bench.nullified(v) for v in range(1, 10)]
    for certificate in gap[:8]:
        bench.receive(certificate)
    assert [e.block for e in bench.all(fx.Execute)] == [near]
    bench.receive(gap[8])
    assert bench.core.view == 10
    assert bench.all(fx.Execute) == []


# S3


@pytest.mark.parametrize(
    "fault",
    [
        {"proposer": 2},
        {"time_ms": 1_000_000},
        {"height": 2},
    ],
    ids=["another proposer", "time stands still", "height jumps"],
)
def test_an_invalid_proposal_is_like_a_timer(bench, fault):
    bench.propose(bench.block(1, **fault))
    assert bench.signed() == [(NULLIFY, 1, "S3")]


def test_a_block_that_fails_execution_is_like_a_timer(bench):
    block = bench.block(1)
    bench.propose(block)
    bench.executed(block, is_valid=False)
    assert bench.signed() == [(NULLIFY, 1, "S3")]


def test_a_failed_build_is_like_a_timer(make_bench):
    bench = make_bench(me=0)
    bench.step(ix.BuildFailed(epoch=Epoch(0), view=View(1), why="full disk"))
    assert bench.signed() == [(NULLIFY, 1, "S3")]


def test_a_leader_that_nullifies_is_followed(bench, stated):
    bench.receive(bench.vote(1, stated(NULLIFY, 1)))
    assert bench.signed() == []
    bench.receive(bench.vote(0, stated(NULLIFY, 1)))
    assert bench.signed() == [(NULLIFY, 1, "S3")]


# S4


def test_a_quorum_of_votes_notarizes_and_moves_on(bench, stated):
    block = bench.block(1)
    what = stated(NOTARIZE, 1, block)
    bench.receive(bench.vote(0, what))
    bench.receive(bench.vote(1, what))
    assert bench.core.view == 1
    bench.receive(bench.vote(2, what))
    assert bench.core.view == 2
    sent = [(e.message.statement, e.rule) for e in bench.all(fx.Broadcast)]
    assert sent == [(what, "S4")]


def test_a_certificate_is_sent_on_once(bench):
    certificate = bench.notarized(1, bench.block(1))
    assert len([e for e in bench.receive(certificate) if isinstance(e, fx.Broadcast)]) == 1
    assert bench.receive(certificate) == []


def test_finalize_is_voted_after_execution_also_when_the_view_is_left(bench):
    block = bench.block(1)
    bench.propose(block)
    bench.receive(bench.notarized(1, block))
    assert bench.signed() == []
    assert bench.core.view == 2
    bench.executed(block)
    assert bench.signed() == [(FINALIZE, 1, "S4")]


def test_finalize_is_refused_after_nullify(bench):
    block = bench.block(1)
    bench.propose(block)
    bench.fire(TimerKind.ADVANCE, 1)
    bench.executed(block)
    bench.receive(bench.notarized(1, block))
    assert bench.signed() == []
    assert bench.core.view == 2


def test_an_old_notarization_still_counts(bench):
    block = bench.block(1)
    bench.propose(block)
    bench.receive(bench.nullified(1))
    bench.receive(bench.nullified(2))
    bench.receive(bench.notarized(1, block))
    assert bench.core.view == 3
    bench.executed(block)
    assert bench.signed() == [(FINALIZE, 1, "S4")]


# S5


def test_a_timer_nullifies_and_shows_the_entry_certificate(bench):
    entry = bench.nullified(1)
    bench.receive(entry)
    bench.fire(TimerKind.LEADER, 2)
    assert bench.signed() == [(NULLIFY, 2, "S5")]
    assert [(e.message, e.rule) for e in bench.all(fx.Broadcast)] == [(entry, "S5")]


def test_timers_of_other_views_and_repeated_ones_do_nothing(bench):
    assert bench.fire(TimerKind.LEADER, 2) == []
    bench.fire(TimerKind.LEADER, 1)
    assert bench.fire(TimerKind.ADVANCE, 1) == []


def test_the_leader_timer_does_nothing_after_the_proposal(bench):
    bench.propose(bench.block(1))
    assert bench.fire(TimerKind.LEADER, 1) == []


def test_repetition_slows_down_and_asks_for_help(bench, stated):
    bench.fire(TimerKind.LEADER, 1)
    delays = [e.delay_ms for e in bench.all(fx.SetTimer)]
    own = bench.vote(3, stated(NULLIFY, 1))
    bench.receive(own, sender=None)
    for _ in range(3):
        bench.fire(TimerKind.RETRY, 1)
        assert [e.message for e in bench.all(fx.Broadcast)] == [own]
        assert {e.kind for e in bench.all(fx.FetchCertificate)} == {NOTARIZE, NULLIFY}
        delays += [e.delay_ms for e in bench.all(fx.SetTimer)]
    assert delays == [20, 40, 80, 160]


# S6


def test_a_nullification_enters_the_next_view_and_slows_the_pace(bench):
    bench.receive(bench.nullified(1))
    assert bench.core.view == 2
    assert [e.delay_ms for e in bench.all(fx.SetTimer)] == [130, 150]
    assert [e.rule for e in bench.all(fx.Broadcast)] == ["S6"]


def test_an_old_nullification_is_kept_but_moves_nothing(bench):
    bench.receive(bench.nullified(5))
    bench.receive(bench.nullified(2))
    assert bench.core.view == 6
    assert [e.rule for e in bench.all(fx.Broadcast)] == ["S6"]
    assert bench.core.answer_certificate(Epoch(0), View(2), NULLIFY) == bench.nullified(2)


# S7


def test_a_finalization_decides_the_block_and_its_ancestors_in_order(bench):
    first = bench.block(1)
    bench.accept(first)
    second = bench.block(2, first, bench.notarized(1, first))
    bench.propose(second)
    bench.executed(second)
    proof = bench.finalized(2, second)
    bench.receive(proof)
    decided = [(e.block_hash, e.proof, e.rule) for e in bench.all(fx.Finalize)]
    assert decided == [(first.hash, proof, "S7"), (second.hash, proof, "S7")]
    assert bench.core.finalized == block_ref(second)
    assert bench.core.view == 3


def test_a_finalization_counts_as_notarization(bench):
    block = bench.block(1)
    bench.propose(block)
    bench.receive(bench.finalized(1, block))
    assert bench.all(fx.Finalize) == []
    bench.executed(block)
    assert bench.signed() == [(FINALIZE, 1, "S4")]
    assert len(bench.all(fx.Finalize)) == 1


def test_a_finalized_block_that_is_unknown_is_fetched(bench):
    block = bench.block(1)
    bench.receive(bench.finalized(1, block))
    assert [(e.block_hash, e.height) for e in bench.all(fx.FetchBlock)] == [(block.hash, 1)]
    assert bench.core.missing_blocks == {block.hash: 1}
    bench.step(ix.BlockFetched(block=block))
    bench.executed(block)
    assert [e.block_hash for e in bench.all(fx.Finalize)] == [block.hash]
    assert bench.core.missing_blocks == {}


def test_only_the_top_of_a_deep_gap_is_fetched(bench):
    top = bench.block(1, height=500, parent_hash=b"\x33" * 32)
    bench.receive(bench.notarized(400, top))
    assert bench.core.view == 401
    assert [e.block_hash for e in bench.all(fx.FetchBlock)] == [top.hash]
    bench.step(ix.BlockFetched(block=top))
    assert bench.all(fx.FetchBlock) == []
    assert bench.core.missing_blocks == {top.parent_hash: 499}


def test_block_sync_moves_the_root(bench):
    block = bench.block(7, height=2)
    proof = bench.finalized(7, block)
    bench.step(ix.FinalizedSynced(block=block_ref(block), proof=proof))
    assert bench.core.finalized.hash == block.hash
    assert bench.core.view == 8


def test_contradicting_certificates_halt_the_node(bench):
    one, other = bench.block(1), bench.block(1, gas_limit=2)
    bench.receive(bench.notarized(1, one))
    bench.receive(bench.notarized(1, other))
    assert len(bench.all(fx.Halt)) == 1
    assert bench.receive(bench.nullified(2)) == []


# repair and evidence


def test_a_straggler_is_shown_the_way_once_per_view(bench, stated):
    bench.receive(bench.nullified(1))
    late = bench.vote(0, stated(NULLIFY, 1))
    bench.receive(late, sender=b"slow")
    (help_,) = bench.all(fx.SendTo)
    assert (help_.peer, help_.message, help_.rule) == (b"slow", bench.nullified(1), "repair")
    assert bench.receive(late, sender=b"slow") == []


@pytest.mark.parametrize(
    ("first", "second", "is_evidence"),
    [
        ((NOTARIZE, 1), (NOTARIZE, 2), True),
        ((FINALIZE, 1), (FINALIZE, 2), True),
        ((NULLIFY, 0), (FINALIZE, 1), True),
        ((FINALIZE, 1), (NULLIFY, 0), True),
        ((NOTARIZE, 1), (NULLIFY, 0), False),
        ((NOTARIZE, 1), (FINALIZE, 2), False),
        ((NOTARIZE, 1), (NOTARIZE, 1), False),
    ],
)
def test_two_votes_are_evidence_or_not(bench, stated, first, second, is_evidence):
    blocks = {0: None, 1: bench.block(3), 2: bench.block(3, gas_limit=2)}
    votes = [bench.vote(1, stated(k, 3, blocks[b])) for k, b in (first, second)]
    bench.receive(votes[0])
    bench.receive(votes[1])
    found = [(e.first, e.second) for e in bench.all(fx.ReportEvidence)]
    assert found == ([tuple(votes)] if is_evidence else [])
    bench.receive(votes[1])
    assert bench.all(fx.ReportEvidence) == []


def test_a_vote_inside_a_certificate_is_evidence_too(bench, stated):
    one, other = bench.block(1), bench.block(1, gas_limit=2)
    bench.receive(bench.vote(1, stated(NOTARIZE, 1, other)))
    bench.receive(bench.notarized(1, one))
    assert [e.first.voter for e in bench.all(fx.ReportEvidence)] == [bench.vote(1, None).voter]


def test_votes_far_ahead_are_not_kept(bench, stated):
    for voter in (0, 1, 2):
        assert bench.receive(bench.vote(voter, stated(NULLIFY, 34))) == []
    assert bench.core.view == 1
    assert not bench.core.wants_vote(stated(NULLIFY, 34))
    assert bench.core.wants_vote(stated(NULLIFY, 33))


def test_a_follower_never_signs_and_still_finalizes(make_bench):
    bench = make_bench(me=None)
    block = bench.block(1)
    bench.propose(block)
    bench.executed(block)
    bench.receive(bench.finalized(1, block))
    assert len(bench.all(fx.Finalize)) == 1
    bench.fire(TimerKind.ADVANCE, 2)
    bench.fire(TimerKind.RETRY, 2)
    assert {e.view for e in bench.all(fx.FetchCertificate)} == {2}
    assert bench.all(fx.Sign) == []


# epochs


def _terminal(bench, me_view=3) -> tuple:
    """Three blocks; the third ends the epoch and is notarized in view 3."""
    parent, certificate, block = bench.core.finalized, None, None
    for view in (1, 2, 3):
        block = bench.block(view, parent, certificate)
        bench.accept(block)
        parent, certificate = block, bench.notarized(view, block)
    return block, certificate


def test_the_leader_above_a_terminal_block_proposes_it_again(bench):
    block, certificate = _terminal(bench)
    (proposal,) = bench.all(fx.Propose)
    assert (proposal.view, proposal.block, proposal.certificate) == (4, block, certificate)
    assert bench.all(fx.Build) == []


def test_a_terminal_block_proposed_again_is_notarized_without_execution(make_bench):
    bench = make_bench(me=0)
    block, certificate = _terminal(bench)
    bench.propose(block, view=4, certificate=certificate)
    assert bench.all(fx.Execute) == []
    assert bench.signed() == [(NOTARIZE, 4, "S2")]
    bench.receive(bench.notarized(4, block))
    assert bench.signed() == [(FINALIZE, 4, "S4")]


def test_a_block_above_a_terminal_block_is_invalid(make_bench):
    bench = make_bench(me=0)
    block, certificate = _terminal(bench)
    bench.propose(bench.block(4, block, certificate))
    assert bench.signed() == [(NULLIFY, 4, "S3")]


def test_an_ordinary_block_is_not_proposed_again(make_bench):
    bench = make_bench(me=0)
    block = bench.block(1)
    bench.accept(block)
    bench.propose(block, view=2, certificate=bench.notarized(1, block))
    assert bench.signed() == [(NULLIFY, 2, "S3")]


def test_a_final_terminal_block_ends_the_epoch_and_the_next_begins_above_it(make_bench):
    bench = make_bench(me=1)
    block, _ = _terminal(bench)
    proof = bench.finalized(3, block)
    bench.receive(proof)
    (end,) = bench.all(fx.EpochEnded)
    assert (end.epoch, end.block_hash, end.proof, end.rule) == (0, block.hash, proof, "epoch")
    assert bench.fire(TimerKind.ADVANCE, 4) == []
    bench.step(bench.started(1, block_ref(block), proof))
    assert (bench.core.epoch, bench.core.view) == (1, 1)
    leader = bench.core.leader(View(1))
    assert leader == bench.validators.validators[0]
    child = bench.block(1, block, proof, epoch=1)
    bench.propose(child)
    bench.executed(child)
    assert bench.signed() == [(NOTARIZE, 1, "S2")]


def test_a_straggler_of_the_last_epoch_gets_its_end(make_bench, stated):
    bench = make_bench(me=1)
    block, _ = _terminal(bench)
    proof = bench.finalized(3, block)
    bench.receive(proof)
    bench.step(bench.started(1, block_ref(block), proof))
    bench.receive(bench.vote(0, stated(NULLIFY, 4)), sender=b"slow")
    assert [e.message for e in bench.all(fx.SendTo)] == [proof]


# restart


def test_a_restarted_core_keeps_its_promises(bench, stated, genesis):
    block, other = bench.block(1), bench.block(1, gas_limit=2)
    vote = bench.vote(3, stated(NOTARIZE, 1, block))
    bench.core = bench.new_core()
    effects = bench.core.restore(bench.started(), genesis, [vote], now_ms=0)
    assert [e.message for e in effects if isinstance(e, fx.Broadcast)] == [vote]
    bench.propose(other)
    bench.executed(other)
    assert bench.signed() == []


def test_a_restarted_core_returns_to_its_view_and_executes_again(bench, genesis):
    block = bench.block(1)
    certificate = bench.notarized(1, block)
    bench.core = bench.new_core()
    effects = bench.core.restore(bench.started(), genesis, [certificate, block], now_ms=0)
    assert bench.core.view == 2
    assert [e.block for e in effects if isinstance(e, fx.Execute)] == [block]
    bench.executed(block)
    assert bench.signed() == [(FINALIZE, 1, "S4")]


def test_a_restarted_core_that_nullified_stays_so(bench, stated, genesis):
    bench.core = bench.new_core()
    vote = bench.vote(3, stated(NULLIFY, 1))
    bench.core.restore(bench.started(), genesis, [vote], now_ms=0)
    block = bench.block(1)
    bench.propose(block)
    bench.executed(block)
    bench.receive(bench.notarized(1, block))
    assert bench.signed() == []


def test_a_vote_of_our_key_seen_at_peers_binds_us(bench, stated):
    other = bench.block(1, gas_limit=2)
    bench.receive(bench.vote(3, stated(NOTARIZE, 1, other)))
    block = bench.block(1)
    bench.propose(block)
    bench.executed(block)
    assert bench.signed() == []


def test_nothing_happens_before_an_epoch_starts(bench):
    core = bench.new_core()
    assert core.step(ix.CertificateReceived(certificate=bench.nullified(1))) == []
    assert core.missing_blocks == {}
    assert core.leader(View(1)) is None


def test_a_certificate_type_is_what_peers_get(bench):
    bench.receive(bench.nullified(1))
    answer = bench.core.answer_certificate(Epoch(0), View(1), NOTARIZE)
    assert isinstance(answer, Certificate)
