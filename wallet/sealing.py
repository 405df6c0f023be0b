"""Letters that only their addressee reads: X25519, HKDF-SHA256, ChaCha20-Poly1305.

A sealed payload is ``version (1) | ephemeral public key (32) | ciphertext and tag (16 more than the
text)``. The sender makes a fresh X25519 key for every letter; its secret is forgotten, so not even
the sender opens the letter again. The reader's key derives from the account's secret key, so the
keystore is all that has to be kept; changing it means changing the account.

W1. The cipher's key is HKDF over the shared secret, salted with both public keys; it is used for
    one letter, so the nonce is constant (zero).
W2. Sender, recipient and chain id are associated data: a payload that another account sends as its
    own, to somebody else or on another chain does not open.
W3. ``subject`` is associated data as well: what the letter is about (a lease, a sequence number),
    so that it opens nowhere else.
W4. Who sent a letter is what the chain says: the transaction is signed, the payload is not.

Sources: RFC 7748 (X25519), RFC 5869 (HKDF), RFC 8439 (ChaCha20-Poly1305).
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from primitives.errors import BadInputError
from primitives.keys import check_secret

SEALED_VERSION: Final = 1
KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
OVERHEAD_BYTES: Final = 1 + KEY_BYTES + TAG_BYTES
SEALED_BYTES_MAX: Final = 4096
"""What the messaging contract takes on chain; longer payloads go off chain, by their hash."""

_ADDRESS_BYTES: Final = 20
_NONCE: Final = bytes(12)
_KEY_DOMAIN: Final = b"AITBC messaging X25519 key v1"
_SEAL_DOMAIN: Final = b"AITBC sealed message v1"


class SealingError(BadInputError):
    """A letter cannot be sealed or opened; the message says why and what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}. {remedy}")


class LetterTooLongError(SealingError):
    """The text does not fit in one payload."""

    def __init__(self, size: int, maximum: int) -> None:
        self.size = size
        self.maximum = maximum
        super().__init__(
            f"a letter of {size} bytes exceeds {maximum}",
            "Shorten it, or keep the payload off chain and send its hash",
        )


class BadMailboxKeyError(SealingError):
    """A public key is not one to which anything can be sealed."""

    def __init__(self) -> None:
        super().__init__(
            "the recipient's key is no usable X25519 key",
            "Ask the recipient to register the key that the wallet derives",
        )


class MalformedLetterError(SealingError):
    """The bytes are no sealed payload of a version that this release knows."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"not a sealed letter: {why}", "Take the payload from the log or URI, unchanged"
        )


class LetterNotOpenedError(SealingError):
    """The letter is not for this key, or was altered, or sender or chain are not the stated."""

    def __init__(self) -> None:
        super().__init__(
            "the letter does not open",
            "Check that this account is the addressee, and sender and chain id are the log's",
        )


def mailbox_key(secret: bytes) -> bytes:
    """Return the X25519 public key of an account, 32 bytes: what ``registerKey`` takes.

    Raises:
        InvalidSignatureError: the secret is no scalar of the account's curve.
    """
    return _private_key(secret).public_key().public_bytes_raw()


def seal(
    text: bytes,
    *,
    recipient_key: bytes,
    sender: bytes,
    recipient: bytes,
    chain_id: int,
    subject: bytes = b"",
    sealed_bytes_max: int = SEALED_BYTES_MAX,
) -> bytes:
    """Return ``text`` sealed to a recipient; 49 bytes longer than the text.

    Raises:
        LetterTooLongError: the payload would exceed ``sealed_bytes_max``.
        BadMailboxKeyError: the key has the wrong size or is a point of low order.
    """
    if len(text) + OVERHEAD_BYTES > sealed_bytes_max:
        raise LetterTooLongError(len(text), sealed_bytes_max - OVERHEAD_BYTES)
    context = _context(sender, recipient, chain_id, subject)
    if len(recipient_key) != KEY_BYTES:
        raise BadMailboxKeyError
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes_raw()
    try:
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient_key))
    except ValueError as error:
        raise BadMailboxKeyError from error
    cipher = _cipher(shared, public, recipient_key)
    return bytes((SEALED_VERSION,)) + public + cipher.encrypt(_NONCE, text, context)


def open_sealed(
    payload: bytes,
    *,
    secret: bytes,
    sender: bytes,
    recipient: bytes,
    chain_id: int,
    subject: bytes = b"",
) -> bytes:
    """Return the text of a letter to the account whose secret key is ``secret``.

    Raises:
        MalformedLetterError: too short, or of another version.
        LetterNotOpenedError: anything in it, or the stated sender, recipient or chain, is wrong.
        InvalidSignatureError: the secret is no scalar of the account's curve.
    """
    if len(payload) < OVERHEAD_BYTES:
        raise MalformedLetterError(f"{len(payload)} bytes are fewer than {OVERHEAD_BYTES}")
    if payload[0] != SEALED_VERSION:
        raise MalformedLetterError(f"version {payload[0]} is not {SEALED_VERSION}")
    context = _context(sender, recipient, chain_id, subject)
    private = _private_key(secret)
    public = payload[1 : 1 + KEY_BYTES]
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(public))
        cipher = _cipher(shared, public, private.public_key().public_bytes_raw())
        return cipher.decrypt(_NONCE, payload[1 + KEY_BYTES :], context)
    except (ValueError, InvalidTag) as error:
        raise LetterNotOpenedError from error


def _private_key(secret: bytes) -> X25519PrivateKey:
    check_secret(secret)
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_KEY_DOMAIN)
    return X25519PrivateKey.from_private_bytes(derived.derive(secret))


def _cipher(shared: bytes, ephemeral_key: bytes, recipient_key: bytes) -> ChaCha20Poly1305:
    salt = ephemeral_key + recipient_key
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=_SEAL_DOMAIN)
    return ChaCha20Poly1305(derived.derive(shared))


def _context(sender: bytes, recipient: bytes, chain_id: int, subject: bytes) -> bytes:
    """Return the associated data (W2, W3): domain, sender, recipient, chain id, subject."""
    if len(sender) != _ADDRESS_BYTES or len(recipient) != _ADDRESS_BYTES:
        raise SealingError("an address has 20 bytes", "Give sender and recipient as addresses")
    return _SEAL_DOMAIN + sender + recipient + chain_id.to_bytes(32, "big") + subject
