"""Votes and certificates: who signed what, and how much power stands behind it."""

from dataclasses import replace

import pytest

from primitives.errors import InvalidSignatureError
from primitives.types import Epoch
from primitives.vote import (
    Validator,
    ValidatorSet,
    VoteKind,
    certificate_power,
    check_certificate,
    check_vote,
    make_certificate,
)
from tests.unit.node import consensus_samples as samples

OF = samples.statement(VoteKind.NOTARIZE)


def weighted(*powers):
    members = [replace(v, power=p) for v, p in zip(samples.SET.validators, powers, strict=True)]
    return ValidatorSet(Epoch(1), tuple(members))


def refuses_certificate(certificate, validators=samples.SET, domain=samples.DOMAIN):
    with pytest.raises(InvalidSignatureError):
        check_certificate(certificate, validators, domain)


def test_a_quorum_is_more_than_two_thirds_of_power():
    assert not samples.SET.is_quorum(26)
    assert samples.SET.is_quorum(27)
    assert not weighted(1, 1, 1, 0).is_quorum(2)
    assert weighted(1, 1, 1, 0).is_quorum(3)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": VoteKind.FINALIZE},
        {"epoch": 2},
        {"view": 2},
        {"height": 2},
        {"block_hash": bytes(32)},
    ],
)
def test_every_part_of_a_statement_is_signed(change):
    other = replace(OF, **change)
    assert other.digest(samples.DOMAIN) != OF.digest(samples.DOMAIN)
    with pytest.raises(InvalidSignatureError):
        check_vote(replace(samples.vote(OF), statement=other), samples.SET, samples.DOMAIN)
    refuses_certificate(replace(samples.certificate(OF), statement=other))


def test_a_vote_of_another_chain_does_not_count():
    for domain in (
        replace(samples.DOMAIN, chain_id=8),
        replace(samples.DOMAIN, genesis_hash=bytes(32)),
    ):
        with pytest.raises(InvalidSignatureError):
            check_vote(samples.vote(OF), samples.SET, domain)
        refuses_certificate(samples.certificate(OF), domain=domain)


def test_power_and_not_number_decides():
    votes = [samples.vote(OF, secret) for secret in samples.SECRETS]
    heavy = weighted(100, 1, 1, 1)
    check_certificate(make_certificate(OF, votes[:1], heavy), heavy, samples.DOMAIN)
    refuses_certificate(make_certificate(OF, votes[1:], heavy), heavy)


def test_a_bitmap_fits_its_signatures():
    good = samples.certificate(OF)
    check_certificate(good, samples.SET, samples.DOMAIN)
    refuses_certificate(replace(good, signers=good.signers << 1))
    refuses_certificate(replace(good, signers=good.signers | 1 << 200))
    refuses_certificate(replace(good, signatures=good.signatures[::-1]))
    refuses_certificate(replace(good, signatures=(good.signatures[0],) * 3))
    refuses_certificate(replace(good, signers=0b1111, signatures=(*good.signatures, bytes(65))))
    assert certificate_power(replace(good, signers=1 << 200), samples.SET) == 0


def test_strangers_doubles_and_other_statements_are_left_out():
    stranger = samples.vote(OF, b"\x55" * 32)
    other = samples.vote(replace(OF, view=9), samples.SECRETS[2])
    double = samples.vote(OF, samples.SECRETS[0])
    made = make_certificate(OF, [double, double, other, stranger], samples.SET)
    assert made.signer_indexes() == [0]
    assert len(made.signatures) == 1


def test_a_set_finds_its_members():
    third = samples.SET.validators[2]
    assert samples.SET.index_of(third.address) == 2
    assert samples.SET.validator(third.address) == third
    assert samples.SET.validator(bytes(20)) is None
    assert isinstance(third, Validator)
    assert len(samples.SET) == 4
