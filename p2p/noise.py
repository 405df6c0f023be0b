"""Noise_XX_25519_ChaChaPoly_SHA256: the handshake between nodes, sans-IO.

Source: The Noise Protocol Framework, revision 34. Pattern XX::

    -> e
    <- e, ee, s, es
    -> s, se

Both static keys travel encrypted; each side authenticates the other by possession of its static
key. Bytes in, bytes out: no socket here.
"""

import hashlib
import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from primitives.errors import PeerMisbehaviourError

PROTOCOL: Final = b"Noise_XX_25519_ChaChaPoly_SHA256"
KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
MESSAGE_BYTES_MAX: Final = 65_535
NONCE_MAX: Final = 2**64 - 1


class HandshakeError(PeerMisbehaviourError):
    """The other side does not complete the handshake as the protocol says."""


class CipherState:
    """A key and a counter: one direction of a session (Noise, 5.1)."""

    __slots__ = ("_cipher", "_nonce")

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self._nonce = 0

    def encrypt(self, associated: bytes, plaintext: bytes) -> bytes:
        """Return ciphertext and tag, and count up."""
        return self._cipher.encrypt(self._next_nonce(), plaintext, associated)

    def decrypt(self, associated: bytes, ciphertext: bytes) -> bytes:
        """Return the plaintext, and count up.

        Raises:
            HandshakeError: the tag does not fit.
        """
        try:
            return self._cipher.decrypt(self._next_nonce(), ciphertext, associated)
        except InvalidTag as error:
            raise HandshakeError("a message fails its authentication tag") from error

    def _next_nonce(self) -> bytes:
        if self._nonce >= NONCE_MAX:
            raise HandshakeError("the session has used up its nonces")
        nonce = bytes(4) + self._nonce.to_bytes(8, "little")
        self._nonce += 1
        return nonce


class SymmetricState:
    """Chaining key, handshake hash and current cipher (Noise, 5.2)."""

    __slots__ = ("chaining_key", "cipher", "hash")

    def __init__(self) -> None:
        self.hash = PROTOCOL  # exactly 32 bytes, so it is not hashed
        self.chaining_key = self.hash
        self.cipher: CipherState | None = None

    def mix_key(self, material: bytes) -> None:
        """Derive the next key from a shared secret."""
        self.chaining_key, key = _hkdf2(self.chaining_key, material)
        self.cipher = CipherState(key)

    def mix_hash(self, data: bytes) -> None:
        """Bind data into the handshake hash."""
        self.hash = hashlib.sha256(self.hash + data).digest()

    def encrypt_and_hash(self, plaintext: bytes) -> bytes:
        """Encrypt once there is a key, and bind what was sent."""
        data = plaintext if self.cipher is None else self.cipher.encrypt(self.hash, plaintext)
        self.mix_hash(data)
        return data

    def decrypt_and_hash(self, data: bytes) -> bytes:
        """Undo ``encrypt_and_hash``."""
        plaintext = data if self.cipher is None else self.cipher.decrypt(self.hash, data)
        self.mix_hash(data)
        return plaintext

    def split(self) -> tuple[CipherState, CipherState]:
        """Return the ciphers of the initiator's and of the responder's direction."""
        first, second = _hkdf2(self.chaining_key, b"")
        return CipherState(first), CipherState(second)


class Handshake:
    """One side of the XX pattern; call ``write`` and ``read`` in turn, then ``finish``.

    ``ephemeral`` is given only by tests against published vectors.
    """

    def __init__(
        self,
        *,
        is_initiator: bool,
        static: X25519PrivateKey,
        prologue: bytes,
        ephemeral: X25519PrivateKey | None = None,
    ) -> None:
        self._is_initiator = is_initiator
        self._static = static
        self._ephemeral = ephemeral or X25519PrivateKey.generate()
        self._state = SymmetricState()
        self._state.mix_hash(prologue)
        self._remote_ephemeral: bytes = b""
        self.remote_static: bytes = b""
        self._turn = 0

    @property
    def handshake_hash(self) -> bytes:
        """Return the hash that binds the whole handshake; both sides have the same."""
        return self._state.hash

    def write(self, payload: bytes) -> bytes:
        """Return the next handshake message."""
        state, turn = self._state, self._take_turn()
        out = b""
        if turn in (0, 1):
            public = self._ephemeral.public_key().public_bytes_raw()
            state.mix_hash(public)
            out += public
        if turn == 1:
            state.mix_key(_exchange(self._ephemeral, self._remote_ephemeral))
        if turn in (1, 2):
            out += state.encrypt_and_hash(self._static.public_key().public_bytes_raw())
            state.mix_key(_exchange(self._static, self._remote_ephemeral))
        out += state.encrypt_and_hash(payload)
        if len(out) > MESSAGE_BYTES_MAX:
            raise HandshakeError(f"handshake message of {len(out)} bytes")
        return out

    def read(self, message: bytes) -> bytes:
        """Take the other side's message and return its payload.

        Raises:
            HandshakeError: short, forged, or with a degenerate key.
        """
        state, turn = self._state, self._take_turn()
        if turn in (0, 1):
            self._remote_ephemeral, message = _split_at(message, KEY_BYTES)
            state.mix_hash(self._remote_ephemeral)
        if turn == 1:
            state.mix_key(_exchange(self._ephemeral, self._remote_ephemeral))
        if turn in (1, 2):
            sealed, message = _split_at(message, KEY_BYTES + TAG_BYTES)
            self.remote_static = state.decrypt_and_hash(sealed)
            state.mix_key(_exchange(self._ephemeral, self.remote_static))
        return state.decrypt_and_hash(message)

    def finish(self) -> tuple[CipherState, CipherState]:
        """Return (sending, receiving) ciphers after the third message."""
        if self._turn != 3:
            raise HandshakeError("the handshake is not complete")
        first, second = self._state.split()
        return (first, second) if self._is_initiator else (second, first)

    def _take_turn(self) -> int:
        turn = self._turn
        if turn > 2:
            raise HandshakeError("the handshake has only three messages")
        self._turn += 1
        return turn


def _exchange(private: X25519PrivateKey, public: bytes) -> bytes:
    """Return the shared secret; refuses points of small order (all-zero output)."""
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise HandshakeError("degenerate key in the handshake") from error


def _hkdf2(key: bytes, material: bytes) -> tuple[bytes, bytes]:
    """Return two 32-byte outputs of HKDF-SHA256 without info (Noise, 4.3)."""
    secret = hmac.digest(key, material, "sha256")
    first = hmac.digest(secret, b"\x01", "sha256")
    return first, hmac.digest(secret, first + b"\x02", "sha256")


def _split_at(message: bytes, size: int) -> tuple[bytes, bytes]:
    if len(message) < size:
        raise HandshakeError("handshake message too short")
    return message[:size], message[size:]
