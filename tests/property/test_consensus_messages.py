"""Any bytes decode to a message that encodes back to them, or raise ``DecodeError``."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from consensus.messages import decode_message, encode_message
from primitives import rlp
from primitives.errors import DecodeError
from primitives.types import Address, Epoch, Hash32, View
from primitives.vote import Certificate, Statement, Vote, VoteKind, nullification

U64 = st.integers(0, 2**64 - 1)
HASHES = st.binary(min_size=32, max_size=32)
STATEMENTS = st.one_of(
    st.builds(nullification, U64.map(Epoch), U64.map(View)),
    st.builds(
        Statement,
        kind=st.sampled_from([VoteKind.NOTARIZE, VoteKind.FINALIZE]),
        epoch=U64.map(Epoch),
        view=U64.map(View),
        height=U64,
        block_hash=HASHES.map(Hash32),
    ),
)
SIGNATURES = st.binary(min_size=65, max_size=65)
VOTES = st.builds(
    Vote,
    statement=STATEMENTS,
    voter=st.binary(min_size=20, max_size=20).map(Address),
    signature=SIGNATURES,
)
ITEMS = st.recursive(
    st.binary(max_size=40), lambda inner: st.lists(inner, max_size=8), max_leaves=30
)


@st.composite
def certificates(draw) -> Certificate:
    signers = draw(st.integers(0, 2**20 - 1))
    count = signers.bit_count()
    signatures = draw(st.lists(SIGNATURES, min_size=count, max_size=count))
    return Certificate(statement=draw(STATEMENTS), signers=signers, signatures=tuple(signatures))


@given(st.one_of(VOTES, certificates()))
def test_messages_survive_their_encoding(message):
    assert decode_message(encode_message(message)) == message


@given(st.one_of(st.binary(max_size=300), ITEMS.map(rlp.encode)))
def test_any_bytes_are_a_message_or_a_decode_error(raw):
    try:
        message = decode_message(raw)
    except DecodeError:
        return
    assert encode_message(message) == raw


@given(VOTES, st.data())
def test_a_flipped_byte_never_passes_as_the_same_vote(vote, data):
    raw = bytearray(encode_message(vote))
    position = data.draw(st.integers(0, len(raw) - 1))
    raw[position] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(DecodeError):
        assert decode_message(bytes(raw)) != vote
