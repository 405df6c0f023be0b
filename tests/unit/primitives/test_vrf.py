"""The VRF against a plain implementation of RFC 9381 that passes the RFC's own example."""

import hashlib
import hmac
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primitives.errors import InvalidSignatureError
from primitives.keys import CURVE_ORDER, public_key
from primitives.vrf import (
    PROOF_BYTES,
    beacon_input,
    compute_proof,
    next_beacon,
    proof_output,
    verify_proof,
)

SECRET, OTHER = b"\x01" * 32, b"\x02" * 32
PUBLIC = public_key(SECRET)
ALPHA = b"sample"


@dataclass(frozen=True)
class Curve:
    """A short Weierstrass curve and its suite byte."""

    p: int
    a: int
    b: int
    n: int
    g: tuple[int, int]
    suite: bytes

    def add(self, one, two):
        if one is None or two is None:
            return one or two
        if one[0] == two[0] and (one[1] + two[1]) % self.p == 0:
            return None
        if one == two:
            slope = (3 * one[0] ** 2 + self.a) * pow(2 * one[1], -1, self.p)
        else:
            slope = (two[1] - one[1]) * pow(two[0] - one[0], -1, self.p)
        x = (slope * slope - one[0] - two[0]) % self.p
        return x, (slope * (one[0] - x) - one[1]) % self.p

    def multiply(self, point, scalar):
        out = None
        while scalar:
            if scalar & 1:
                out = self.add(out, point)
            point, scalar = self.add(point, point), scalar >> 1
        return out

    def encode(self, point):
        return bytes((2 + point[1] % 2,)) + point[0].to_bytes(32, "big")

    def decode(self, data):
        x = int.from_bytes(data[1:], "big")
        y = pow((x**3 + self.a * x + self.b) % self.p, (self.p + 1) // 4, self.p)
        if x >= self.p or y * y % self.p != (x**3 + self.a * x + self.b) % self.p:
            return None
        return x, y if y % 2 == data[0] % 2 else self.p - y


P256 = Curve(
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    a=-3,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    g=(
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
    suite=b"\x01",
)
SECP256K1 = Curve(
    p=2**256 - 2**32 - 977,
    a=0,
    b=7,
    n=CURVE_ORDER,
    g=(
        0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
        0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
    ),
    suite=b"\xfe",
)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def plain_proof(curve, secret, alpha):
    """Return RFC 9381's ECVRF_prove for try-and-increment with SHA-256."""
    x = int.from_bytes(secret, "big")
    public = curve.encode(curve.multiply(curve.g, x))
    point = None
    for counter in range(256):
        digest = sha(curve.suite, b"\x01", public, alpha, bytes((counter,)), b"\x00")
        point = curve.decode(b"\x02" + digest)
        if point is not None:
            break
    gamma = curve.multiply(point, x)
    k = rfc6979(curve, x, curve.encode(point))
    points = (gamma, curve.multiply(curve.g, k), curve.multiply(point, k))
    encoded = [public, curve.encode(point), *map(curve.encode, points)]
    c = sha(curve.suite, b"\x02", *encoded, b"\x00")[:16]
    s = (k + int.from_bytes(c, "big") * x) % curve.n
    return curve.encode(gamma) + c + s.to_bytes(32, "big")


def rfc6979(curve, x, message):
    digest = int.from_bytes(sha(message), "big") % curve.n
    seed = x.to_bytes(32, "big") + digest.to_bytes(32, "big")
    k, v = bytes(32), b"\x01" * 32
    for separator in (b"\x00", b"\x01"):
        k = hmac.digest(k, v + separator + seed, "sha256")
        v = hmac.digest(k, v, "sha256")
    while True:
        v = hmac.digest(k, v, "sha256")
        if 0 < int.from_bytes(v, "big") < curve.n:
            return int.from_bytes(v, "big")
        k = hmac.digest(k, v + b"\x00", "sha256")
        v = hmac.digest(k, v, "sha256")


def test_the_plain_implementation_is_the_rfcs():
    """RFC 9381, B.1, example 10."""
    secret = bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
    proof = (
        "035b5c726e8c0e2c488a107c600578ee75cb702343c153cb1eb8dec77f4b5071b4"
        "a53f0a46f018bc2c56e58d383f2305e0"
        "975972c26feea0eb122fe7893c15af376b33edf7de17c6ea056d4d82de6bc02f"
    )
    assert plain_proof(P256, secret, ALPHA).hex() == proof


@given(st.integers(1, CURVE_ORDER - 1), st.binary(max_size=60))
@settings(max_examples=10, deadline=None)
def test_proofs_are_those_of_the_rfc_on_our_curve(scalar, alpha):
    secret = scalar.to_bytes(32, "big")
    proof = compute_proof(secret, alpha)
    assert proof == plain_proof(SECP256K1, secret, alpha)
    assert verify_proof(public_key(secret), alpha, proof) == proof_output(proof)


def test_another_key_or_input_does_not_verify():
    proof = compute_proof(SECRET, ALPHA)
    with pytest.raises(InvalidSignatureError):
        verify_proof(public_key(OTHER), ALPHA, proof)
    with pytest.raises(InvalidSignatureError):
        verify_proof(PUBLIC, ALPHA + b"!", proof)
    assert proof_output(proof) != proof_output(compute_proof(OTHER, ALPHA))


def test_no_byte_of_a_proof_can_be_changed():
    proof = compute_proof(SECRET, ALPHA)
    for position in range(PROOF_BYTES):
        for bit in (1, 0x80):
            changed = bytearray(proof)
            changed[position] ^= bit
            with pytest.raises(InvalidSignatureError):
                verify_proof(PUBLIC, ALPHA, bytes(changed))


def test_another_proof_of_the_same_input_has_the_same_output():
    """A leader may choose its nonce, not the output: the beacon cannot be ground."""
    x, nonce = int.from_bytes(SECRET, "big"), 12_345
    first = compute_proof(SECRET, ALPHA)
    gamma = first[:33]
    digest = b""
    for counter in range(256):
        digest = sha(b"\xfe\x01", PUBLIC, ALPHA, bytes((counter, 0)))
        if SECP256K1.decode(b"\x02" + digest) is not None:
            break
    point = SECP256K1.decode(b"\x02" + digest)
    u, v = SECP256K1.multiply(SECP256K1.g, nonce), SECP256K1.multiply(point, nonce)
    parts = [PUBLIC, SECP256K1.encode(point), gamma, SECP256K1.encode(u), SECP256K1.encode(v)]
    c = sha(b"\xfe\x02", *parts, b"\x00")[:16]
    s = (nonce + int.from_bytes(c, "big") * x) % CURVE_ORDER
    second = gamma + c + s.to_bytes(32, "big")
    assert second != first
    assert verify_proof(PUBLIC, ALPHA, second) == proof_output(first)


@given(st.one_of(st.binary(max_size=100), st.binary(min_size=PROOF_BYTES, max_size=PROOF_BYTES)))
def test_any_bytes_are_refused(raw):
    with pytest.raises(InvalidSignatureError):
        verify_proof(PUBLIC, ALPHA, raw)


def test_a_scalar_out_of_range_is_refused():
    proof = compute_proof(SECRET, ALPHA)
    s = int.from_bytes(proof[49:], "big")
    if s + CURVE_ORDER < 2**256:
        with pytest.raises(InvalidSignatureError):
            verify_proof(PUBLIC, ALPHA, proof[:49] + (s + CURVE_ORDER).to_bytes(32, "big"))
    for bad in (0, CURVE_ORDER, 2**256 - 1):
        with pytest.raises(InvalidSignatureError):
            verify_proof(PUBLIC, ALPHA, proof[:49] + bad.to_bytes(32, "big"))


def test_the_beacon_depends_on_parent_epoch_view_and_key():
    parent = b"\x09" * 32
    inputs = {beacon_input(parent, e, v) for e in (1, 2) for v in (1, 2)}
    assert len(inputs) == 4
    beacons = {next_beacon(parent, compute_proof(s, i)) for s in (SECRET, OTHER) for i in inputs}
    assert len(beacons) == 8
