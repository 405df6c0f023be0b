"""Who a node is: an Ed25519 key that signs the session's static key in the handshake.

The peer's name is its 32-byte Ed25519 public key; addresses are written ``KEY_HEX@HOST:PORT``.
"""

from dataclasses import dataclass
from typing import Any, Final

import msgpack
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from p2p.noise import HandshakeError
from primitives.errors import ConfigError

PROTOCOL_VERSION: Final = 1
HELLO_BYTES_MAX: Final = 1_024
AGENT_CHARACTERS_MAX: Final = 64
_IDENTITY_TAG: Final = b"AITBC p2p identity v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAddress:
    """Where a peer listens and who it must be."""

    peer: bytes
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.peer.hex()}@{self.host}:{self.port}"


def parse_peer_address(text: str) -> PeerAddress:
    """Read ``KEY_HEX@HOST:PORT``.

    Raises:
        ConfigError: not of that form.
    """
    remedy = "Write peers as KEY@HOST:PORT, KEY being 64 hex digits (aitbc status shows it)"
    key, _, place = text.partition("@")
    host, _, port = place.rpartition(":")
    try:
        peer = bytes.fromhex(key)
        number = int(port)
    except ValueError as error:
        raise ConfigError(f"peer address {text!r} is malformed", remedy) from error
    if len(peer) != 32 or not host or not 0 < number < 65_536:
        raise ConfigError(f"peer address {text!r} is malformed", remedy)
    return PeerAddress(peer=peer, host=host.strip("[]"), port=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What each side says of itself inside the handshake."""

    peer: bytes
    agent: str


class Identity:
    """Our own key."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self.peer: bytes = self._key.public_key().public_bytes_raw()

    def hello(self, static: bytes, agent: str) -> bytes:
        """Return the handshake payload that binds our session key to our identity."""
        signature = self._key.sign(_IDENTITY_TAG + static)
        return bytes(msgpack.packb([PROTOCOL_VERSION, self.peer, signature, agent]))


def check_hello(payload: bytes, static: bytes) -> Hello:
    """Decode the other side's payload and check that its identity signed the session's key.

    Raises:
        HandshakeError: malformed, another protocol version, or a false signature.
    """
    version, peer, signature, agent = _fields(payload)
    if version != PROTOCOL_VERSION:
        raise HandshakeError(f"peer speaks protocol version {version}, we {PROTOCOL_VERSION}")
    if not (isinstance(peer, bytes) and len(peer) == 32):
        raise HandshakeError("peer identity is not 32 bytes")
    if not (isinstance(signature, bytes) and isinstance(agent, str)):
        raise HandshakeError("malformed hello")
    try:
        Ed25519PublicKey.from_public_bytes(peer).verify(signature, _IDENTITY_TAG + static)
    except (InvalidSignature, ValueError) as error:
        raise HandshakeError("peer identity did not sign the session's key") from error
    printable = "".join(c for c in agent[:AGENT_CHARACTERS_MAX] if c.isprintable())
    return Hello(peer=peer, agent=printable)


def _fields(payload: bytes) -> list[Any]:
    if len(payload) > HELLO_BYTES_MAX:
        raise HandshakeError("hello too long")
    try:
        fields = msgpack.unpackb(payload)
    except (ValueError, msgpack.UnpackException) as error:
        raise HandshakeError("hello is not msgpack") from error
    if not isinstance(fields, list) or len(fields) != 4:
        raise HandshakeError("hello has not four fields")
    return fields
