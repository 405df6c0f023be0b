"""Any bytes give a value or the typed error of their decoder, and what is accepted is canonical."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consensus.messages import decode_message, encode_message
from node import wire
from node.config import encode_config, load_config
from primitives import rlp
from primitives.block import decode_block, decode_header
from primitives.compute import UNIT_MACS, ComputeReceipt, decode_compute_receipt
from primitives.errors import ConfigError, DecodeError, InvalidSignatureError
from primitives.genesis import (
    Genesis,
    GenesisAccount,
    GenesisValidator,
    Parameters,
    decode_genesis,
    encode_genesis,
)
from primitives.keys import Signature, public_key
from primitives.seal import decode_seal
from primitives.transaction import (
    ACCESS_LIST,
    DYNAMIC_FEE,
    LEGACY,
    SET_CODE,
    Authorization,
    Transaction,
    decode_transaction,
    sign_transaction,
)
from primitives.types import WEI_PER_AIT
from primitives.vote import VoteKind, decode_certificate, decode_vote
from state.account import Account, decode_account, encode_account
from state.chain import FinalityProof
from tests.unit.node import consensus_samples as samples

HASHES = st.binary(min_size=32, max_size=32)
ADDRESSES = st.binary(min_size=20, max_size=20)
U64 = st.integers(0, 2**64 - 1)
U256 = st.integers(0, 2**256 - 1)


def transactions():
    authorization = Authorization(chain_id=7, address=b"\x03" * 20, nonce=1, y_parity=1, r=5, s=6)
    for kind in (LEGACY, ACCESS_LIST, DYNAMIC_FEE, SET_CODE):
        yield sign_transaction(
            Transaction(
                kind=kind,
                chain_id=7,
                nonce=3,
                max_priority_fee_per_gas=5,
                max_fee_per_gas=5,
                gas_limit=100_000,
                to=b"\x02" * 20,
                value=9,
                data=b"data",
                access_list=() if kind == LEGACY else ((b"\x04" * 20, (1, 2)),),
                authorizations=(authorization,) if kind == SET_CODE else (),
            ),
            samples.SECRETS[0],
        )


VOTE = samples.vote(samples.statement(VoteKind.NOTARIZE))
CERTIFICATE = samples.certificate(samples.statement(VoteKind.FINALIZE))
BLOCK = samples.block(
    transactions=tuple(transactions()), parent_certificate=CERTIFICATE, late_votes=(VOTE,)
)
PROPOSAL = samples.proposal(BLOCK, nullifications=(samples.nullification_of(1),))
RECEIPT = ComputeReceipt(
    job_id=b"\x01" * 32,
    lease_id=b"\x02" * 32,
    seq=1,
    miner=b"\x03" * 20,
    client=b"\x04" * 20,
    model_root=bytes(32),
    request_hash=bytes(32),
    response_hash=bytes(32),
    trace_root=bytes(32),
    fingerprint=bytes(32),
    unit_kind=UNIT_MACS,
    units=5,
    unit_price=6,
    started_at=7,
    ended_at=8,
    beacon=bytes(32),
    attestation=bytes(32),
    flags=0,
)
RANGE = [
    wire.ProvenBlock(
        block=BLOCK, proof=FinalityProof(certificate=CERTIFICATE, headers=(BLOCK.header,))
    )
]
STATUS = wire.Status(height=5, block_hash=b"\x01" * 32, epoch=2)


def encoded(value):
    return value.encode()


CANONICAL = {
    "rlp": (rlp.decode, rlp.encode, [rlp.encode([b"cat", [b"dog", []]])]),
    "transaction": (
        decode_transaction,
        lambda t: replace(t).encode(),
        [t.encode() for t in transactions()],
    ),
    "header": (decode_header, lambda h: replace(h).encode(), [BLOCK.header.encode()]),
    "block": (decode_block, encoded, [BLOCK.encode()]),
    "seal": (decode_seal, encoded, [BLOCK.seal.encode()]),
    "vote": (decode_vote, encoded, [VOTE.encode()]),
    "certificate": (decode_certificate, encoded, [CERTIFICATE.encode()]),
    "compute receipt": (decode_compute_receipt, encoded, [RECEIPT.encode()]),
    "consensus message": (
        decode_message,
        encode_message,
        [encode_message(m) for m in (VOTE, CERTIFICATE, PROPOSAL)],
    ),
    "account": (
        decode_account,
        encode_account,
        [encode_account(Account(nonce=1, balance=2))],
    ),
    "block request": (
        wire.decode_block_request,
        wire.encode_block_request,
        [wire.encode_block_request(b"\x01" * 32)],
    ),
}
"""Decoder, encoder and samples; whatever is accepted encodes to the same bytes."""

LENIENT = {
    "status": (wire.decode_status, [wire.encode_status(STATUS)]),
    "transactions": (wire.decode_transactions, [wire.encode_transactions([b"a", b"b"])]),
    "certificate request": (
        wire.decode_certificate_request,
        [wire.encode_certificate_request(1, 2, VoteKind.NULLIFY)],
    ),
    "range request": (wire.decode_range_request, [wire.encode_range_request(1, 2)]),
    "range": (wire.decode_range, [wire.encode_range(RANGE)]),
}
"""Bodies in msgpack, which has more than one form of a number."""

ITEMS = st.recursive(
    st.one_of(st.binary(max_size=40), st.sampled_from([bytes(20), bytes(32), bytes(65), b"\x01"])),
    lambda inner: st.lists(inner, max_size=13),
    max_leaves=30,
)


def mutations(valid):
    """Return a strategy of damaged encodings: bytes changed, cut out, put in."""

    def damage(raw, edits):
        data = bytearray(raw)
        for kind, place, value in edits:
            at = place % (len(data) + 1)
            if kind == 0 and data:
                data[at % len(data)] = value
            elif kind == 1:
                del data[at : at + value % 40]
            else:
                data[at:at] = bytes([value])
        return bytes(data)

    edits = st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 5_000), st.integers(0, 255)), max_size=3
    )
    return st.builds(damage, st.sampled_from(valid), edits)


def inputs(name, valid):
    tagged = st.builds(lambda tag, item: bytes((tag,)) + rlp.encode(item), st.integers(0, 5), ITEMS)
    return st.one_of(st.binary(max_size=300), mutations(valid), ITEMS.map(rlp.encode), tagged).map(
        lambda raw: (name, raw)
    )


@settings(max_examples=1_500, deadline=None)
@given(st.one_of([inputs(name, valid) for name, (_, _, valid) in CANONICAL.items()]))
def test_any_bytes_are_refused_or_canonical(given_input):
    name, raw = given_input
    decode, encode, _ = CANONICAL[name]
    try:
        value = decode(raw)
    except DecodeError:
        return
    assert encode(value) == raw


@pytest.mark.parametrize("name", CANONICAL)
def test_valid_encodings_are_accepted_and_their_prefixes_are_not(name):
    decode, encode, valid = CANONICAL[name]
    for raw in valid:
        assert encode(decode(raw)) == raw
        for cut in range(0, len(raw), 1 + len(raw) // 200):
            with pytest.raises(DecodeError):
                decode(raw[:cut])
        with pytest.raises(DecodeError):
            decode(raw + b"\0")


PACKED = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(),
        st.text(max_size=5),
        st.binary(max_size=40),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


def lenient_inputs(name, valid):
    return st.one_of(st.binary(max_size=100), mutations(valid), PACKED.map(wire._pack)).map(
        lambda raw: (name, raw)
    )


@settings(max_examples=1_000, deadline=None)
@given(st.one_of([lenient_inputs(name, valid) for name, (_, valid) in LENIENT.items()]))
def test_any_body_is_refused_or_decoded(given_input):
    name, raw = given_input
    try:
        LENIENT[name][0](raw)
    except DecodeError:
        return


def test_bodies_read_as_they_were_written():
    assert wire.decode_status(wire.encode_status(STATUS)) == STATUS
    assert wire.decode_range(wire.encode_range(RANGE)) == RANGE
    assert wire.decode_transactions(wire.encode_transactions([b"a"])) == [b"a"]
    request = wire.encode_certificate_request(3, 4, VoteKind.NULLIFY)
    assert wire.decode_certificate_request(request) == (3, 4, VoteKind.NULLIFY)
    assert wire.decode_range_request(wire.encode_range_request(7, 1_000)) == (7, 64)


@given(st.one_of(st.binary(min_size=64, max_size=66), st.binary(max_size=70)))
def test_any_bytes_are_a_signature_or_refused(raw):
    try:
        signature = Signature.from_bytes(raw)
    except InvalidSignatureError:
        return
    assert signature.to_bytes() == raw


@given(
    kind=st.sampled_from([LEGACY, ACCESS_LIST, DYNAMIC_FEE, SET_CODE]),
    chain_id=U64,
    nonce=st.integers(0, 2**64 - 2),
    fees=st.tuples(U256, U256),
    gas_limit=U64,
    to=st.one_of(st.none(), ADDRESSES),
    value=U256,
    data=st.binary(max_size=100),
    access_list=st.lists(
        st.tuples(ADDRESSES, st.lists(U256, max_size=2).map(tuple)), max_size=2
    ).map(tuple),
    authorizations=st.lists(
        st.builds(
            Authorization,
            chain_id=U256,
            address=ADDRESSES,
            nonce=U64,
            y_parity=st.integers(0, 255),
            r=U256,
            s=U256,
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
)
@settings(max_examples=150, deadline=None)
def test_any_transaction_reads_as_it_was_written(
    kind, chain_id, nonce, fees, gas_limit, to, value, data, access_list, authorizations
):
    is_set_code = kind == SET_CODE
    unsigned = Transaction(
        kind=kind,
        chain_id=chain_id,
        nonce=nonce,
        max_priority_fee_per_gas=fees[0],
        max_fee_per_gas=fees[1] if kind in (DYNAMIC_FEE, SET_CODE) else fees[0],
        gas_limit=gas_limit,
        to=to or (bytes(20) if is_set_code else None),
        value=value,
        data=data,
        access_list=() if kind == LEGACY else access_list,
        authorizations=authorizations if is_set_code else (),
    )
    signed = sign_transaction(unsigned, samples.SECRETS[1])
    decoded = decode_transaction(signed.encode())
    assert decoded == signed
    assert decoded.sender == samples.SET.validators[1].address


# Files that people write

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    "chainId",
                    "timeMs",
                    "parameters",
                    "alloc",
                    "validators",
                    "epochBlocks",
                    "name",
                    "balance",
                    "code",
                    "storage",
                    "stake",
                    "publicKey",
                    "operator",
                    "0x" + "11" * 20,
                ]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=15,
)
GENESIS = Genesis(
    chain_id=7,
    time_ms=1_000,
    parameters=Parameters(),
    accounts=(
        GenesisAccount(
            address=b"\x05" * 20, balance=5, nonce=1, code=b"\x60", storage=((1, 2), (3, 4))
        ),
    ),
    validators=(
        GenesisValidator(
            operator=b"\x06" * 20,
            public_key=public_key(samples.SECRETS[0]),
            stake=2 * WEI_PER_AIT,
            fee_recipient=b"\x07" * 20,
            name="one",
        ),
    ),
)


def accepts_genesis(text):
    try:
        genesis = decode_genesis(text)
    except ConfigError:
        return
    assert decode_genesis(encode_genesis(genesis)) == genesis


def test_a_genesis_file_reads_as_it_was_written():
    assert decode_genesis(encode_genesis(GENESIS)) == GENESIS


@given(st.one_of(st.binary(max_size=100), mutations([encode_genesis(GENESIS).encode()])))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_genesis_file_or_a_config_error(raw):
    accepts_genesis(raw)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_any_document_is_a_genesis_file_or_a_config_error(document):
    import json

    accepts_genesis(json.dumps(document))


def with_validator(**entry):
    import json

    document = json.loads(encode_genesis(GENESIS))
    document["validators"][0].update(entry)
    return json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        with_validator(name="\ud800"),
        with_validator(name="x" * 32),
        with_validator(publicKey="0x02" + "ff" * 32),
        with_validator(stake="0"),
        "[" * 100_000,
        '{"chainId": ' + "9" * 5_000 + "}",
        '{"chainId": 0}',
        '{"chainID": 1}',
    ],
    ids=["surrogate", "long name", "no point", "no stake", "deep", "huge", "zero", "misspelt"],
)
def test_a_wrong_genesis_file_is_a_config_error(text):
    with pytest.raises(ConfigError):
        decode_genesis(text)


def load_text(raw):
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / "config" / "node.toml"
        path.parent.mkdir()
        path.write_bytes(raw)
        return load_config(Path(root))[0]


CONFIG = encode_config(
    {
        "node": {"name": 'a "quoted" \\ name', "log_json": True},
        "consensus": {"delta_ms": 100},
        "p2p": {"port": 0, "peers": ["ab" * 32 + "@h:1"]},
    }
).encode()


def test_a_configuration_reads_as_it_was_written():
    config = load_text(CONFIG)
    assert config.node.name == 'a "quoted" \\ name'
    assert config.node.log_json
    assert config.consensus.delta_ms == 100
    assert config.p2p.addresses()[0].port == 1


@given(st.one_of(st.binary(max_size=60), mutations([CONFIG])))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_configuration_or_a_config_error(raw):
    try:
        load_text(raw)
    except ConfigError:
        return


@given(st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_text_survives_in_a_configuration(text):
    if any(0xD800 <= ord(c) < 0xE000 for c in text):
        return
    raw = encode_config({"node": {"name": text}}).encode()
    assert load_text(raw).node.name == text


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[p2p]\nprot = 1", "'port'"),
        ("[p3p]\nport = 1", "'p2p'"),
        ("p2p = 1", "not a table"),
        ("[p2p]\nport = 70000", "p2p.port"),
        ("[p2p]\npeers = ['x']", "malformed"),
        ("[p2p]\npeers = [1]", "p2p.peers"),
        ("[node]\nname = " + "[" * 5_000, "not TOML"),
    ],
)
def test_a_wrong_configuration_says_where(text, hint):
    with pytest.raises(ConfigError, match=hint):
        load_text(text.encode())
