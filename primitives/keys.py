"""secp256k1 keys and signatures through libsecp256k1 (coincurve), Ethereum's conventions.

Digests are 32 bytes, already hashed. A ``Signature`` always has low s (EIP-2): one message, one
encoding per signer and nonce.
"""

from dataclasses import dataclass
from typing import Final

import coincurve

from primitives.errors import InvalidSignatureError
from primitives.keccak import keccak256
from primitives.types import Address, Hash32

CURVE_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HALF_ORDER: Final = CURVE_ORDER // 2
SECRET_BYTES: Final = 32
PUBLIC_KEY_BYTES: Final = 33
SIGNATURE_BYTES: Final = 65


@dataclass(frozen=True, slots=True)
class Signature:
    """Recoverable ECDSA signature: ``r`` and ``s`` as integers, ``y_parity`` 0 or 1."""

    r: int
    s: int
    y_parity: int

    def to_bytes(self) -> bytes:
        """Return r (32) ‖ s (32) ‖ y_parity (1)."""
        return self.r.to_bytes(32, "big") + self.s.to_bytes(32, "big") + bytes((self.y_parity,))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Signature":
        """Decode 65 bytes strictly; v of 27 or 28 is refused.

        Raises:
            InvalidSignatureError: wrong size, zero or oversized r or s, high s, parity above 1.
        """
        if len(data) != SIGNATURE_BYTES:
            raise InvalidSignatureError(f"signature has {len(data)} bytes, expected 65")
        signature = cls(
            int.from_bytes(data[:32], "big"), int.from_bytes(data[32:64], "big"), data[64]
        )
        check_signature_range(signature)
        return signature


def check_signature_range(signature: Signature) -> None:
    """Refuse r or s outside [1, n), s above n / 2 (EIP-2) and a parity other than 0 and 1."""
    if not 0 < signature.r < CURVE_ORDER:
        raise InvalidSignatureError("signature r is out of range")
    if not 0 < signature.s <= HALF_ORDER:
        raise InvalidSignatureError("signature s is out of range or high")
    if signature.y_parity not in (0, 1):
        raise InvalidSignatureError("signature parity is neither 0 nor 1")


def generate_secret() -> bytes:
    """Return a fresh secret from the operating system's generator."""
    return bytes(coincurve.PrivateKey().secret)


def check_secret(secret: bytes) -> None:
    """Refuse a secret that is not a scalar in [1, n)."""
    if len(secret) != SECRET_BYTES or not 0 < int.from_bytes(secret, "big") < CURVE_ORDER:
        raise InvalidSignatureError("a secret key is 32 bytes in [1, n)")


def public_key(secret: bytes) -> bytes:
    """Return the 33-byte compressed public key."""
    return bytes(coincurve.PrivateKey(secret).public_key.format(compressed=True))


def public_key_to_address(public: bytes) -> Address:
    """Return the last 20 bytes of keccak(x ‖ y) of a 33- or 65-byte public key.

    Raises:
        InvalidSignatureError: the bytes are not a point of the curve.
    """
    if len(public) != 65:
        try:
            public = coincurve.PublicKey(public).format(compressed=False)
        except ValueError as error:
            raise InvalidSignatureError("not a secp256k1 public key") from error
    return Address(keccak256(public[1:])[12:])


def secret_to_address(secret: bytes) -> Address:
    """Return the account address of a secret."""
    return public_key_to_address(coincurve.PrivateKey(secret).public_key.format(compressed=False))


def sign(secret: bytes, digest: Hash32) -> Signature:
    """Sign a digest deterministically (RFC 6979), with low s."""
    data = coincurve.PrivateKey(secret).sign_recoverable(digest, hasher=None)
    return Signature(int.from_bytes(data[:32], "big"), int.from_bytes(data[32:64], "big"), data[64])


def recover_public_key(digest: Hash32, signature: Signature) -> bytes:
    """Return the 65-byte uncompressed public key that made ``signature``.

    Raises:
        InvalidSignatureError: out of range, high s, or no such point.
    """
    check_signature_range(signature)
    try:
        point = coincurve.PublicKey.from_signature_and_message(
            signature.to_bytes(), digest, hasher=None
        )
    except Exception as error:  # coincurve raises bare Exception and ValueError alike
        raise InvalidSignatureError("signature recovers to no key") from error
    return bytes(point.format(compressed=False))


def recover_address(digest: Hash32, signature: Signature) -> Address:
    """Return the address that signed ``digest``; raises as ``recover_public_key``."""
    return Address(keccak256(recover_public_key(digest, signature)[1:])[12:])


def is_signed_by(public: bytes, digest: Hash32, signature: Signature) -> bool:
    """Answer whether the 33-byte ``public`` key made the signature.

    Recovery rather than verification, so that a certificate checked here and one checked by an
    EVM's ``ecrecover`` accept the same bytes, parity included.
    """
    try:
        recovered = recover_public_key(digest, signature)
    except InvalidSignatureError:
        return False
    return recovered[1:33] == public[1:] and 2 + (recovered[64] & 1) == public[0]
