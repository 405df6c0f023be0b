"""Wire forms: round trips, bounds, and what the decoder refuses."""

from dataclasses import replace

import pytest

from consensus.messages import (
    NULLIFICATIONS_MAX,
    Proposal,
    check_proposal_signature,
    decode_message,
    decode_proposal,
    encode_message,
    sign_proposal,
)
from primitives import rlp
from primitives.errors import DecodeError, InvalidSignatureError
from primitives.keys import public_key, secret_to_address
from primitives.types import Hash32, View
from primitives.vote import Validator, VoteDomain, VoteKind

DOMAIN = VoteDomain(7, Hash32(b"\x09" * 32))
SECRET = b"\x11" * 32


def _proposal(bench, **changes) -> Proposal:
    first = bench.block(1)
    block = bench.block(4, first, bench.notarized(1, first))
    values = {
        "view": View(4),
        "block": block,
        "certificate": None,
        "nullifications": (bench.nullified(3), bench.nullified(2)),
        "signature": bytes(65),
    }
    return Proposal(**{**values, **changes})


def test_every_message_survives_its_encoding(bench, stated):
    block = bench.block(1)
    messages = (
        _proposal(bench),
        _proposal(bench, certificate=bench.notarized(3, block)),
        bench.vote(1, stated(VoteKind.FINALIZE, 1, block)),
        bench.nullified(9),
    )
    for message in messages:
        assert decode_message(encode_message(message)) == message
    assert decode_proposal(messages[0].encode()) == messages[0]


def test_a_proposal_is_signed_over_the_live_view(bench):
    leader = Validator(address=secret_to_address(SECRET), public_key=public_key(SECRET), power=1)
    signed = sign_proposal(View(4), bench.block(1), None, (), DOMAIN, SECRET)
    check_proposal_signature(signed, leader, DOMAIN)
    for false in (
        replace(signed, view=View(5)),
        replace(signed, block=bench.block(2)),
        replace(signed, signature=bytes(65)),
    ):
        with pytest.raises(InvalidSignatureError):
            check_proposal_signature(false, leader, DOMAIN)
    with pytest.raises(InvalidSignatureError):
        check_proposal_signature(signed, leader, replace(DOMAIN, chain_id=8))


def test_more_than_16_nullifications_are_refused(bench):
    many = tuple(bench.nullified(v) for v in range(2, 3 + NULLIFICATIONS_MAX))
    fits = _proposal(bench, nullifications=many[:NULLIFICATIONS_MAX])
    assert decode_proposal(fits.encode()) == fits
    with pytest.raises(DecodeError, match="more than 16"):
        decode_proposal(_proposal(bench, nullifications=many).encode())


def test_a_gap_holds_nullifications_only(bench):
    proposal = _proposal(bench, nullifications=(bench.notarized(3, bench.block(1)),))
    with pytest.raises(DecodeError, match="not a nullification"):
        decode_proposal(proposal.encode())


def test_a_leaders_signature_is_neither_vote_nor_certificate(bench, stated):
    what = stated(VoteKind.PROPOSE, 1, bench.block(1))
    for message in (bench.vote(0, what), bench.certificate(what)):
        with pytest.raises(DecodeError):
            decode_message(encode_message(message))


@pytest.mark.parametrize("raw", [b"", b"\xc0", rlp.encode([9, []]), rlp.encode([1, [], 0]), b"x"])
def test_other_bytes_are_refused(raw):
    with pytest.raises(DecodeError):
        decode_message(raw)
