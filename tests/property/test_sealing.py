"""Sealed letters: whatever the text, the addressee alone opens it, and only unchanged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primitives.types import U256_MAX
from wallet.sealing import SealingError, mailbox_key, open_sealed, seal

secrets = st.binary(min_size=31, max_size=31).map(lambda tail: b"\x01" + tail)
addresses = st.binary(min_size=20, max_size=20)
texts = st.binary(max_size=600)


@settings(max_examples=60, deadline=None)
@given(texts, secrets, secrets, addresses, addresses, st.integers(0, U256_MAX))
def test_only_the_addressee_opens(text, reader, other, sender, recipient, chain_id):
    parties = {"sender": sender, "recipient": recipient, "chain_id": chain_id}
    payload = seal(text, recipient_key=mailbox_key(reader), **parties)
    assert open_sealed(payload, secret=reader, **parties) == text
    if other != reader:
        with pytest.raises(SealingError):
            open_sealed(payload, secret=other, **parties)
    swapped = {**parties, "sender": recipient, "recipient": sender}
    if sender != recipient:
        with pytest.raises(SealingError):
            open_sealed(payload, secret=reader, **swapped)
    with pytest.raises(SealingError):
        open_sealed(payload, secret=reader, **{**parties, "chain_id": chain_id ^ 1})


@settings(max_examples=100, deadline=None)
@given(texts, secrets, st.data())
def test_any_flipped_bit_and_any_cut_fails(text, reader, data):
    parties = {"sender": b"\xaa" * 20, "recipient": b"\xbb" * 20, "chain_id": 1}
    payload = seal(text, recipient_key=mailbox_key(reader), **parties)
    bit = data.draw(st.integers(0, 8 * len(payload) - 1))
    changed = bytearray(payload)
    changed[bit >> 3] ^= 1 << (bit & 7)
    cut = data.draw(st.integers(0, len(payload) - 1))
    for damaged in (bytes(changed), payload[:cut], payload + b"\0"):
        with pytest.raises(SealingError):
            open_sealed(damaged, secret=reader, **parties)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_in_the_declared_way(payload):
    with pytest.raises(SealingError):
        open_sealed(payload, secret=b"\x01" * 32, sender=bytes(20), recipient=bytes(20), chain_id=1)
