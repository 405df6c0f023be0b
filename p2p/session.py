"""An encrypted session over a stream: framing, limits, queues.

A message is a header (kind u8, flags u8, request id u32, length u32) and a body, cut into Noise
packets of at most 65,535 bytes, each with a length of two bytes before it. The receiver knows kind
and length from the first packet, and refuses a body above the kind's limit before reading it.

1. Nothing is delivered before the other side's identity is checked.
2. The sending queue is bounded in messages and bytes; a peer that does not drain it is dropped.
3. Reading is paced: above the rate the session pauses, so a flood costs the flooder.
"""

import asyncio
import struct
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from p2p.identity import Hello, Identity, check_hello
from p2p.noise import MESSAGE_BYTES_MAX, TAG_BYTES, CipherState, Handshake, HandshakeError
from primitives.errors import PeerMisbehaviourError

HANDSHAKE_TIMEOUT_SECONDS: Final = 5.0
IDLE_TIMEOUT_SECONDS: Final = 30.0
QUEUE_MESSAGES_MAX: Final = 8_192
QUEUE_BYTES_MAX: Final = 24 * 1024 * 1024
RATE_MESSAGES_PER_SECOND: Final = 5_000.0
RATE_BURST: Final = 10_000.0

FLAG_REQUEST: Final = 1
FLAG_ANSWER: Final = 2
_FLAGS: Final = (0, FLAG_REQUEST, FLAG_ANSWER)
_HEADER: Final = struct.Struct(">BBII")
_LENGTH: Final = struct.Struct(">H")
_PACKET_BYTES: Final = MESSAGE_BYTES_MAX - TAG_BYTES


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it arrived."""

    kind: int
    flags: int
    request_id: int
    body: bytes


class Session:
    """One authenticated connection. ``receive`` by one task, ``enqueue`` by anybody."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        sending: CipherState,
        receiving: CipherState,
        hello: Hello,
        *,
        is_initiator: bool,
        body_bytes_max: Mapping[int, int],
    ) -> None:
        self.peer = hello.peer
        self.agent = hello.agent
        self.is_initiator = is_initiator
        self.remote = writer.get_extra_info("peername")
        self.bytes_sent = 0
        self.bytes_received = 0
        self._reader = reader
        self._writer = writer
        self._sending = sending
        self._receiving = receiving
        self._body_bytes_max = body_bytes_max
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._has_work = asyncio.Event()
        self._allowance = RATE_BURST
        self._allowance_at = asyncio.get_running_loop().time()

    def enqueue(self, kind: int, body: bytes, *, flags: int = 0, request_id: int = 0) -> bool:
        """Queue a message; False when the queue is full, and the session should end."""
        size = len(body) + _HEADER.size
        if len(self._queue) >= QUEUE_MESSAGES_MAX or self._queued_bytes + size > QUEUE_BYTES_MAX:
            return False
        self._queue.append(_HEADER.pack(kind, flags, request_id, len(body)) + body)
        self._queued_bytes += size
        self._has_work.set()
        return True

    async def send_loop(self) -> None:
        """Encrypt and write queued messages until the connection breaks."""
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            while self._queue:
                message = self._queue.popleft()
                self._queued_bytes -= len(message)
                for begin in range(0, len(message), _PACKET_BYTES):
                    packet = self._sending.encrypt(b"", message[begin : begin + _PACKET_BYTES])
                    self._writer.write(_LENGTH.pack(len(packet)) + packet)
                    self.bytes_sent += len(packet)
                await self._writer.drain()

    async def receive(self) -> Message:
        """Return the next message.

        Raises:
            PeerMisbehaviourError: forged packet, unknown kind, or a body above its limit.
            ConnectionError, TimeoutError: the connection ended, or nothing came for too long.
        """
        packet = await asyncio.wait_for(self._packet(), IDLE_TIMEOUT_SECONDS)
        if len(packet) < _HEADER.size:
            raise PeerMisbehaviourError("message shorter than its header")
        kind, flags, request_id, length = _HEADER.unpack_from(packet)
        limit = self._body_bytes_max.get(kind)
        if limit is None or flags not in _FLAGS:
            raise PeerMisbehaviourError(f"unknown message kind {kind} or flags {flags}")
        if length > limit:
            raise PeerMisbehaviourError(f"message of kind {kind} is larger than {limit} bytes")
        body = packet[_HEADER.size :]
        parts, size = [body], len(body)
        while size < length:
            part = await asyncio.wait_for(self._packet(), IDLE_TIMEOUT_SECONDS)
            if not part:
                raise PeerMisbehaviourError("empty packet inside a message")
            parts.append(part)
            size += len(part)
        if size != length:
            raise PeerMisbehaviourError("message longer than its header says")
        await self._pace()
        return Message(kind, flags, request_id, b"".join(parts))

    def close(self) -> None:
        """Close the connection at once."""
        self._writer.transport.abort()

    async def _packet(self) -> bytes:
        try:
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            packet = await self._reader.readexactly(length)
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("connection closed by peer") from error
        self.bytes_received += length
        return self._receiving.decrypt(b"", packet)

    async def _pace(self) -> None:
        now = asyncio.get_running_loop().time()
        gained = (now - self._allowance_at) * RATE_MESSAGES_PER_SECOND
        self._allowance = min(RATE_BURST, self._allowance + gained) - 1
        self._allowance_at = now
        if self._allowance < 0:
            await asyncio.sleep(-self._allowance / RATE_MESSAGES_PER_SECOND)


async def open_session(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    *,
    identity: Identity,
    network_id: bytes,
    agent: str,
    is_initiator: bool,
    expected_peer: bytes | None,
    body_bytes_max: Mapping[int, int],
) -> Session:
    """Run the handshake on a fresh connection.

    ``network_id`` (the genesis hash) is the Noise prologue: nodes of different chains fail the
    handshake before they learn anything of each other.

    Raises:
        HandshakeError: not our protocol, another chain, or another identity than expected.
        ConnectionError, TimeoutError: the connection ended or was too slow.
    """
    static = X25519PrivateKey.generate()
    handshake = Handshake(is_initiator=is_initiator, static=static, prologue=network_id)
    hello = identity.hello(static.public_key().public_bytes_raw(), agent)
    async with asyncio.timeout(HANDSHAKE_TIMEOUT_SECONDS):
        if is_initiator:
            await _write_packet(writer, handshake.write(b""))
            payload = handshake.read(await _read_packet(reader))
            other = check_hello(payload, handshake.remote_static)
            if expected_peer is not None and other.peer != expected_peer:
                raise HandshakeError(
                    f"expected peer {expected_peer.hex()}, found {other.peer.hex()}"
                )
            await _write_packet(writer, handshake.write(hello))
        else:
            if handshake.read(await _read_packet(reader)):
                raise HandshakeError("payload before there is a key")
            await _write_packet(writer, handshake.write(hello))
            payload = handshake.read(await _read_packet(reader))
            other = check_hello(payload, handshake.remote_static)
    if other.peer == identity.peer:
        raise HandshakeError("connected to ourselves")
    sending, receiving = handshake.finish()
    return Session(
        reader,
        writer,
        sending,
        receiving,
        other,
        is_initiator=is_initiator,
        body_bytes_max=body_bytes_max,
    )


async def _read_packet(reader: asyncio.StreamReader) -> bytes:
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        return await reader.readexactly(length)
    except asyncio.IncompleteReadError as error:
        raise ConnectionResetError("connection closed in the handshake") from error


async def _write_packet(writer: asyncio.StreamWriter, packet: bytes) -> None:
    writer.write(_LENGTH.pack(len(packet)) + packet)
    await writer.drain()
