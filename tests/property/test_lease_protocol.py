"""What client and miner say: round trips, and hostile bytes that are only ever refused."""

import contextlib

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.engines.engine import Token
from miner.leases.float_work import (
    encode_token,
    float_request_hash,
    float_response_hash,
    log_micros,
)
from miner.leases.protocol import (
    Answer,
    Ask,
    Delivery,
    Envelope,
    Voucher,
    decode_answer,
    decode_ask,
    decode_delivery,
    decode_envelope,
    decode_voucher,
    envelope_digest,
    seal_subject,
)
from primitives.compute import Acknowledgement, ComputeReceipt
from primitives.errors import DecodeError
from primitives.types import ZERO_ADDRESS, ZERO_HASH

HASH = st.binary(min_size=32, max_size=32)
SIGNATURE = st.binary(min_size=65, max_size=65)
U64 = st.integers(0, 2**64 - 1)
ASKS = st.builds(
    Ask, salt=HASH, options=st.binary(max_size=64), prompt=st.text(max_size=50),
    tokens=st.lists(st.integers(0, 2**32 - 1), max_size=20).map(tuple),
)  # fmt: skip
ANSWERS = st.builds(
    Answer, delivered=st.binary(max_size=50),
    tokens=st.lists(st.integers(0, 2**32 - 1), max_size=20).map(tuple),
    scored=st.lists(
        st.tuples(st.text(max_size=4), st.integers(-(2**63), 2**63 - 1)), max_size=9
    ).map(tuple),
    is_complete=st.booleans(),
)  # fmt: skip
ENVELOPES = st.builds(
    Envelope, lease_id=HASH, seq=U64, sealed=st.binary(max_size=90), signature=SIGNATURE,
    request_hash=HASH, units_max=U64, request_signature=SIGNATURE,
)  # fmt: skip
RECEIPT = ComputeReceipt(
    job_id=ZERO_HASH, lease_id=ZERO_HASH, seq=1, miner=ZERO_ADDRESS, client=ZERO_ADDRESS,
    model_root=ZERO_HASH, request_hash=ZERO_HASH, response_hash=ZERO_HASH, trace_root=ZERO_HASH,
    fingerprint=ZERO_HASH, unit_kind=1, units=5, unit_price=7, started_at=1, ended_at=2,
    beacon=ZERO_HASH, attestation=ZERO_HASH, flags=0,
)  # fmt: skip
DELIVERIES = st.builds(
    Delivery, receipt=st.just(RECEIPT), signature=SIGNATURE, sealed=st.binary(max_size=90)
)
VOUCHERS = st.builds(
    Voucher,
    ack=st.builds(
        Acknowledgement, lease_id=HASH, seq=U64, receipt_hash=HASH, cumulative_units=U64,
        cumulative_amount=st.integers(0, 2**256 - 1),
    ),
    signature=SIGNATURE,
)  # fmt: skip
KINDS = [
    (ASKS, decode_ask), (ANSWERS, decode_answer), (ENVELOPES, decode_envelope),
    (DELIVERIES, decode_delivery), (VOUCHERS, decode_voucher),
]  # fmt: skip


@pytest.mark.parametrize(("values", "decode"), KINDS)
@given(data=st.data())
def test_every_message_comes_back_as_it_was(values, decode, data):
    value = data.draw(values)
    assert decode(value.encode()) == value


@pytest.mark.parametrize(("values", "decode"), KINDS)
@given(data=st.data())
def test_changed_bytes_are_refused_or_mean_something_else(values, decode, data):
    value = data.draw(values)
    raw = bytearray(value.encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(DecodeError):
        assert decode(bytes(raw)) != value


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=40)
    | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=7),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize("decode", [decode for _, decode in KINDS])
@given(junk=JUNK.map(msgpack.packb) | st.binary(max_size=200))
def test_junk_is_a_decode_error_and_nothing_else(decode, junk):
    with contextlib.suppress(DecodeError):
        decode(junk)


@pytest.mark.parametrize("decode", [decode for _, decode in KINDS])
def test_deep_long_and_trailing_bytes_are_refused(decode):
    for raw in (b"\x91" * 5_000, b"\xdd\xff\xff\xff\xff", bytes(1 << 24), b""):
        with pytest.raises(DecodeError):
            decode(raw)
    good = Ask(salt=bytes(32), options=b"").encode()
    for bad in (good + b"\x00", good[:-1]):
        with pytest.raises(DecodeError):
            decode_ask(bad)


def test_an_encoding_that_is_longer_than_need_be_is_refused():
    raw = Ask(salt=bytes(32), options=b"").encode()
    assert raw[-1:] == b"\x90"
    with pytest.raises(DecodeError, match="canonical"):
        decode_ask(raw[:-1] + b"\xdc\x00\x00")


def test_digests_and_subjects_bind_every_part():
    base = (7, bytes(32), 1, b"sealed")
    others = [(8, *base[1:]), (7, b"\x01" * 32, 1, b"sealed"), (7, bytes(32), 2, b"sealed"),
              (7, bytes(32), 1, b"sealee")]  # fmt: skip
    assert len({envelope_digest(*values) for values in (base, *others)}) == 5
    subjects = {seal_subject(o * 32, le * 32, seq, way) for o in (b"a", b"b") for le in (b"a", b"b")
                for seq in (1, 2) for way in (0, 1)}  # fmt: skip
    assert len(subjects) == 16


def test_float_work_is_bound_to_prompt_options_salt_answer_and_every_token():
    salt = b"\x01" * 32
    hashes = {
        float_request_hash(salt, prompt, options)
        for prompt in ("a", "b", "a" * 1_024, "a" * 1_025) for options in (b"x", b"y")
    } | {float_request_hash(b"\x02" * 32, "a", b"x")}  # fmt: skip
    assert len(hashes) == 9
    tokens = (Token("a", -0.5), Token("b", -0.25))
    changed = [
        (b"ab", tokens), (b"ac", tokens), (b"ab", tokens[:1]), (b"ab", tokens[::-1]),
        (b"ab", (Token("a", -0.500001), tokens[1])), (b"ab", (Token("c", -0.5), tokens[1])),
    ]  # fmt: skip
    assert len({float_response_hash(salt, *values) for values in changed}) == 6
    assert log_micros(-0.5) == -500_000
    assert log_micros(-1e300) == -(2**63 - 1)
    assert (
        encode_token(Token("é", -1.0))
        == (-1_000_000).to_bytes(8, "big", signed=True) + "é".encode()
    )
