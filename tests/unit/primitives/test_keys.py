"""Keys, addresses and signatures."""

from dataclasses import replace

import pytest

from primitives.errors import InvalidSignatureError
from primitives.keccak import keccak256
from primitives.keys import (
    CURVE_ORDER,
    HALF_ORDER,
    Signature,
    check_secret,
    generate_secret,
    is_signed_by,
    public_key,
    public_key_to_address,
    recover_address,
    recover_public_key,
    secret_to_address,
    sign,
)

SECRET = b"\x46" * 32
DIGEST = bytes.fromhex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53")


def test_signing_is_that_of_eip_155s_example():
    signature = sign(SECRET, DIGEST)
    assert signature.r == int(
        "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276", 16
    )
    assert signature.s == int(
        "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83", 16
    )
    assert signature.y_parity == 0
    assert secret_to_address(SECRET).hex() == "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"


def test_a_signature_names_its_key():
    signature = sign(SECRET, DIGEST)
    assert recover_address(DIGEST, signature) == secret_to_address(SECRET)
    assert is_signed_by(public_key(SECRET), DIGEST, signature)
    assert not is_signed_by(public_key(b"\x47" * 32), DIGEST, signature)
    assert not is_signed_by(public_key(SECRET), keccak256(b"other"), signature)
    assert not is_signed_by(public_key(SECRET), DIGEST, replace(signature, y_parity=1))
    negated = bytes((5 - public_key(SECRET)[0],)) + public_key(SECRET)[1:]
    assert not is_signed_by(negated, DIGEST, signature)


@pytest.mark.parametrize(
    "change",
    [
        {"r": 0},
        {"s": 0},
        {"r": CURVE_ORDER},
        {"s": HALF_ORDER + 1},
        {"y_parity": 2},
        {"y_parity": 27},
    ],
)
def test_a_signature_out_of_range_is_refused(change):
    spoiled = replace(sign(SECRET, DIGEST), **change)
    with pytest.raises(InvalidSignatureError):
        Signature.from_bytes(spoiled.to_bytes())
    with pytest.raises(InvalidSignatureError):
        recover_public_key(DIGEST, spoiled)


def test_an_r_without_a_point_recovers_to_nobody():
    with pytest.raises(InvalidSignatureError, match="no key"):
        recover_public_key(DIGEST, Signature(5, 1, 0))


@pytest.mark.parametrize("secret", [bytes(32), CURVE_ORDER.to_bytes(32, "big"), b"", b"\x01" * 31])
def test_a_secret_is_a_scalar(secret):
    with pytest.raises(InvalidSignatureError):
        check_secret(secret)
    check_secret(generate_secret())


@pytest.mark.parametrize("public", [b"", b"\x02" + b"\xff" * 32, b"\x04" + bytes(32), b"\x05" * 33])
def test_a_key_that_is_no_point_has_no_address(public):
    with pytest.raises(InvalidSignatureError):
        public_key_to_address(public)
