"""Compute receipts: EIP-712 against a wallet library, and their canonical encoding."""

from dataclasses import fields, replace

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from primitives.compute import (
    ACK_TYPE,
    RECEIPT_TYPE,
    UNIT_TOKENS,
    Acknowledgement,
    ComputeReceipt,
    decode_compute_receipt,
)
from primitives.errors import DecodeError
from primitives.keys import Signature, recover_address, secret_to_address, sign

CONTRACT = b"\x10" * 20
RECEIPT = ComputeReceipt(
    job_id=b"\x01" * 32,
    lease_id=b"\x02" * 32,
    seq=2**64 - 1,
    miner=b"\x03" * 20,
    client=b"\x04" * 20,
    model_root=b"\x05" * 32,
    request_hash=b"\x06" * 32,
    response_hash=b"\x07" * 32,
    trace_root=b"\x08" * 32,
    fingerprint=b"\x09" * 32,
    unit_kind=UNIT_TOKENS,
    units=123,
    unit_price=2**128 - 1,
    started_at=7,
    ended_at=8,
    beacon=b"\x0a" * 32,
    attestation=b"\x0b" * 32,
    flags=2**32 - 1,
)
ACK = Acknowledgement(
    lease_id=b"\x02" * 32,
    seq=5,
    receipt_hash=RECEIPT.struct_hash(),
    cumulative_units=9,
    cumulative_amount=2**200,
)


def typed(value, type_text):
    """Return the wallet's form of a value, read from the type string that we hash."""
    name, _, rest = type_text.decode().partition("(")
    members = [entry.split(" ") for entry in rest.rstrip(")").split(",")]
    values = [getattr(value, field.name) for field in fields(value)]
    message = {
        key: "0x" + v.hex() if isinstance(v, bytes) else v
        for (_, key), v in zip(members, values, strict=True)
    }
    return encode_typed_data(
        full_message={
            "types": {
                "EIP712Domain": [
                    {"name": "name", "type": "string"},
                    {"name": "version", "type": "string"},
                    {"name": "chainId", "type": "uint256"},
                    {"name": "verifyingContract", "type": "address"},
                ],
                name: [{"name": key, "type": kind} for kind, key in members],
            },
            "primaryType": name,
            "domain": {
                "name": "AITBC Compute",
                "version": "1",
                "chainId": 7,
                "verifyingContract": "0x" + CONTRACT.hex(),
            },
            "message": message,
        }
    )


@pytest.mark.parametrize(("value", "type_text"), [(RECEIPT, RECEIPT_TYPE), (ACK, ACK_TYPE)])
def test_a_wallet_signs_the_digest_that_we_check(value, type_text):
    secret = b"\x11" * 32
    signed = Account.sign_message(typed(value, type_text), secret)
    digest = value.digest(7, CONTRACT)
    signature = Signature(signed.r, signed.s, signed.v - 27)
    assert recover_address(digest, signature) == secret_to_address(secret)
    assert sign(secret, digest) == signature


@pytest.mark.parametrize("name", [field.name for field in fields(ComputeReceipt)])
def test_every_field_of_a_receipt_is_signed_and_encoded(name):
    value = getattr(RECEIPT, name)
    other = bytes(len(value)) if isinstance(value, bytes) else value - 1
    changed = replace(RECEIPT, **{name: other})
    assert changed.struct_hash() != RECEIPT.struct_hash()
    assert decode_compute_receipt(changed.encode()) == changed


def test_a_digest_is_bound_to_chain_and_contract():
    digests = {
        RECEIPT.digest(7, CONTRACT),
        RECEIPT.digest(8, CONTRACT),
        RECEIPT.digest(7, bytes(20)),
    }
    assert len(digests) == 3


def test_a_word_wider_than_its_field_is_refused():
    raw = RECEIPT.encode()
    for index, field in enumerate(fields(ComputeReceipt)):
        value = getattr(RECEIPT, field.name)
        if isinstance(value, bytes) and len(value) == 32:
            continue
        wide = raw[: 32 * index] + b"\x01" + raw[32 * index + 1 :]
        with pytest.raises(DecodeError, match=field.name):
            decode_compute_receipt(wide)
    for wrong in (raw[:-1], raw + b"\0", b""):
        with pytest.raises(DecodeError):
            decode_compute_receipt(wrong)
