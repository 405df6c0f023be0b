"""Verifiable random function over secp256k1: ECVRF with SHA-256 and try-and-increment.

RFC 9381 section 5 with the curve of the validator keys in place of P-256 (suite byte 0xFE, as other
secp256k1 implementations use). Proof: gamma (33) ‖ c (16) ‖ s (32). The output is unique per key
and input, so a leader's only influence on the beacon is to withhold its block.
"""

import hashlib
import hmac
from typing import Final

import coincurve

from primitives.errors import InvalidSignatureError
from primitives.keccak import keccak256
from primitives.keys import CURVE_ORDER
from primitives.types import Hash32

SUITE: Final = b"\xfe"
PROOF_BYTES: Final = 81
CHALLENGE_BYTES: Final = 16
_GENERATOR: Final = coincurve.PrivateKey((1).to_bytes(32, "big")).public_key


def compute_proof(secret: bytes, alpha: bytes) -> bytes:
    """Return the 81-byte proof for the input ``alpha`` (RFC 9381, 5.1)."""
    public = coincurve.PrivateKey(secret).public_key.format()
    point = _hash_to_curve(public, alpha)
    gamma = point.multiply(secret)
    k = _nonce(secret, point.format())
    k_bytes = k.to_bytes(32, "big")
    c = _challenge(public, point, gamma, _GENERATOR.multiply(k_bytes), point.multiply(k_bytes))
    s = (k + c * int.from_bytes(secret, "big")) % CURVE_ORDER
    return bytes(gamma.format()) + c.to_bytes(CHALLENGE_BYTES, "big") + s.to_bytes(32, "big")


def verify_proof(public: bytes, alpha: bytes, proof: bytes) -> Hash32:
    """Check a proof and return its 32-byte output (RFC 9381, 5.2 and 5.3).

    Raises:
        InvalidSignatureError: the proof is not the one that this key makes for ``alpha``.
    """
    if len(proof) != PROOF_BYTES:
        raise InvalidSignatureError(f"vrf proof has {len(proof)} bytes, expected {PROOF_BYTES}")
    c_bytes, s_bytes = proof[33:49], proof[49:]
    c, s = int.from_bytes(c_bytes, "big"), int.from_bytes(s_bytes, "big")
    if not 0 < s < CURVE_ORDER or c == 0:
        raise InvalidSignatureError("vrf proof scalar out of range")
    minus_c = (CURVE_ORDER - c).to_bytes(32, "big")
    try:
        gamma = coincurve.PublicKey(proof[:33])
        key = coincurve.PublicKey(public)
        point = _hash_to_curve(public, alpha)
        u = _add(_GENERATOR.multiply(s_bytes), key.multiply(minus_c))
        v = _add(point.multiply(s_bytes), gamma.multiply(minus_c))
    except ValueError as error:
        raise InvalidSignatureError("vrf proof is not made of curve points") from error
    if _challenge(public, point, gamma, u, v) != c:
        raise InvalidSignatureError("vrf proof does not verify")
    return proof_output(proof)


def proof_output(proof: bytes) -> Hash32:
    """Return the output of an already verified proof; the cofactor of secp256k1 is 1."""
    return Hash32(hashlib.sha256(SUITE + b"\x03" + proof[:33] + b"\x00").digest())


def beacon_input(parent_beacon: Hash32, epoch: int, view: int) -> bytes:
    """Return the VRF input of a leader: parent's mix hash ‖ epoch ‖ view."""
    return parent_beacon + epoch.to_bytes(8, "big") + view.to_bytes(8, "big")


def next_beacon(parent_beacon: Hash32, proof: bytes) -> Hash32:
    """Return keccak(parent's beacon ‖ VRF output), which the block carries in mix_hash."""
    return keccak256(parent_beacon + proof_output(proof))


def _hash_to_curve(public: bytes, alpha: bytes) -> coincurve.PublicKey:
    """Map an input to a point by try-and-increment (RFC 9381, 5.4.1.1)."""
    for counter in range(256):
        digest = hashlib.sha256(SUITE + b"\x01" + public + alpha + bytes((counter, 0))).digest()
        try:
            return coincurve.PublicKey(b"\x02" + digest)
        except ValueError:
            continue
    raise InvalidSignatureError("no curve point for this vrf input")  # probability 2^-256


def _nonce(secret: bytes, message: bytes) -> int:
    """Return the deterministic nonce of RFC 6979 section 3.2 with SHA-256 (RFC 9381, 5.4.2.1)."""
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big") % CURVE_ORDER
    seed = secret + digest.to_bytes(32, "big")
    k, v = bytes(32), b"\x01" * 32
    for separator in (b"\x00", b"\x01"):
        k = hmac.digest(k, v + separator + seed, "sha256")
        v = hmac.digest(k, v, "sha256")
    while True:
        v = hmac.digest(k, v, "sha256")
        candidate = int.from_bytes(v, "big")
        if 0 < candidate < CURVE_ORDER:
            return candidate
        k = hmac.digest(k, v + b"\x00", "sha256")
        v = hmac.digest(k, v, "sha256")


def _challenge(public: bytes, *points: coincurve.PublicKey) -> int:
    data = SUITE + b"\x02" + public + b"".join(p.format() for p in points) + b"\x00"
    return int.from_bytes(hashlib.sha256(data).digest()[:CHALLENGE_BYTES], "big")


def _add(a: coincurve.PublicKey, b: coincurve.PublicKey) -> coincurve.PublicKey:
    return coincurve.PublicKey.combine_keys([a, b])
