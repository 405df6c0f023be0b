"""Counting, widening, late votes and pruning."""

from consensus.votes import VoteBook
from primitives.types import Epoch, View
from primitives.vote import Validator, ValidatorSet, VoteKind

NOTARIZE, FINALIZE = VoteKind.NOTARIZE, VoteKind.FINALIZE


def test_a_quorum_is_more_than_two_thirds_of_power(bench, stated):
    members = tuple(
        Validator(address=v.address, public_key=v.public_key, power=power)
        for v, power in zip(bench.validators.validators, (3, 3, 2, 1), strict=True)
    )
    book = VoteBook(ValidatorSet(Epoch(0), members))
    what = stated(NOTARIZE, 1, bench.block(1))
    for voter, is_quorum in ((0, False), (1, False), (1, False), (3, True)):
        book.add(bench.vote(voter, what))
        assert book.has_quorum(what) == is_quorum


def test_strangers_count_nothing(bench, stated):
    book = VoteBook(ValidatorSet(Epoch(0), bench.validators.validators[:3]))
    assert not book.add(bench.vote(3, stated(VoteKind.NULLIFY, 1))).is_new


def test_a_certificate_is_widened_by_later_votes(bench, stated):
    book = VoteBook(bench.validators)
    certificate = bench.notarized(1, bench.block(1))
    book.add(bench.vote(3, certificate.statement))
    wide = book.widen(certificate)
    assert wide == bench.certificate(certificate.statement, (0, 1, 2, 3))


def test_late_votes_are_those_no_seal_carries(bench, stated):
    book = VoteBook(bench.validators)
    first = bench.block(1)
    second = bench.block(2, first, bench.notarized(1, first))
    book.add(bench.vote(0, stated(NOTARIZE, 1, first)))
    late = bench.vote(3, stated(FINALIZE, 1, first))
    book.add(late)
    book.add(bench.vote(3, stated(NOTARIZE, 2, second)))
    assert book.late_votes([first, second]) == (late,)


def test_pruned_views_count_nothing_anymore(bench, stated):
    book = VoteBook(bench.validators)
    what = stated(VoteKind.NULLIFY, 4)
    for voter in range(3):
        book.add(bench.vote(voter, what))
    book.prune(View(5))
    assert not book.has_quorum(what)
    assert not book.add(bench.vote(3, what)).is_new
