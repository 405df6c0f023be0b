"""All sessions of a node: listening, dialling, broadcasting, requests, penalties.

N1. At most one session per peer: of two simultaneous ones the one opened by the smaller key stays.
N2. Sessions, half-open handshakes and bans are bounded, and strangers cannot use the bounds to shut
    others out: a new handshake pushes out the oldest one, a configured peer is always admitted.
N3. A handler that blames the peer costs it points; at ``BAN_POINTS`` the session ends and the peer
    is refused for ``BAN_SECONDS``. A peer that is only slow or gone is dialled again with backoff.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from p2p.identity import Identity, PeerAddress
from p2p.session import FLAG_ANSWER, FLAG_REQUEST, Message, Session, open_session
from primitives.errors import AitbcError, PeerMisbehaviourError

log = structlog.get_logger("p2p")

SESSIONS_MAX: Final = 128
HALF_OPEN_MAX: Final = 32
REQUESTS_MAX: Final = 256
BAN_POINTS: Final = 95
PENALTY_POINTS: Final = 25
POINT_SECONDS: Final = 24.0
"""A point is forgiven after so long: one offence after ten minutes."""
BAN_SECONDS: Final = 600.0
BANS_MAX: Final = 4_096
REDIAL_SECONDS_MIN: Final = 0.2
REDIAL_SECONDS_MAX: Final = 15.0
KEEPALIVE_SECONDS: Final = 8.0
KEEPALIVE_KIND: Final = 0
CONNECT_TIMEOUT_SECONDS: Final = 5.0

OnMessage = Callable[[bytes, int, bytes], None]
OnRequest = Callable[[bytes, int, bytes], Awaitable[tuple[int, bytes]]]
OnPeer = Callable[[bytes, bool], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerInfo:
    """A connected peer, for people."""

    peer: bytes
    agent: str
    remote: str
    is_outbound: bool
    bytes_sent: int
    bytes_received: int


class Mesh:
    """The node's peers. Handlers run in the event loop; ``on_message`` must not block."""

    def __init__(
        self,
        *,
        identity: Identity,
        network_id: bytes,
        agent: str,
        body_bytes_max: Mapping[int, int],
        on_message: OnMessage,
        on_request: OnRequest,
        on_peer: OnPeer,
    ) -> None:
        self._identity = identity
        self._network_id = network_id
        self._agent = agent
        self._limits = {KEEPALIVE_KIND: 0, **body_bytes_max}
        self._on_message = on_message
        self._on_request = on_request
        self._on_peer = on_peer
        self._sessions: dict[bytes, Session] = {}
        self._points: dict[bytes, tuple[float, float]] = {}
        self._bans: dict[bytes, float] = {}
        self._answers: dict[tuple[bytes, int], asyncio.Future[tuple[int, bytes]]] = {}
        self._next_request = 0
        self._half_open: dict[asyncio.StreamWriter, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._dials: dict[bytes, asyncio.Task[None]] = {}
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Accept connections; return the port (useful with port 0)."""
        self._server = await asyncio.start_server(self._on_connection, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    def dial(self, address: PeerAddress) -> None:
        """Keep a session to a peer, dialling again whenever it is gone."""
        if address.peer == self._identity.peer or address.peer in self._dials:
            return
        self._dials[address.peer] = self._spawn(self._keep_dialled(address))

    def forget(self, peer: bytes) -> None:
        """Stop dialling a peer and end its session."""
        task = self._dials.pop(peer, None)
        if task is not None:
            task.cancel()
        self._drop(peer)

    def peers(self) -> list[bytes]:
        """Return the connected peers."""
        return list(self._sessions)

    def infos(self) -> list[PeerInfo]:
        """Return what there is to know of the connected peers."""
        return [
            PeerInfo(
                peer=s.peer,
                agent=s.agent,
                remote=_place(s.remote),
                is_outbound=s.is_initiator,
                bytes_sent=s.bytes_sent,
                bytes_received=s.bytes_received,
            )
            for s in self._sessions.values()
        ]

    def broadcast(self, kind: int, body: bytes, *, exclude: bytes | None = None) -> None:
        """Queue a message to every peer."""
        for peer in list(self._sessions):
            if peer != exclude:
                self.send(peer, kind, body)

    def send(self, peer: bytes, kind: int, body: bytes) -> bool:
        """Queue a message to one peer; False when it is gone or too slow to keep."""
        session = self._sessions.get(peer)
        if session is None:
            return False
        if session.enqueue(kind, body):
            return True
        log.warning("peer is too slow", peer=peer.hex()[:16])
        self._drop(peer)
        return False

    async def request(
        self, peer: bytes, kind: int, body: bytes, *, timeout_seconds: float
    ) -> tuple[int, bytes]:
        """Send a request and await its answer's (kind, body).

        Raises:
            TimeoutError: no answer in time.
            ConnectionError: the peer is gone, or too many requests are open.
        """
        session = self._sessions.get(peer)
        if session is None or len(self._answers) >= REQUESTS_MAX:
            raise ConnectionError("peer is gone or too many requests are open")
        self._next_request = (self._next_request + 1) % 2**32
        key = (peer, self._next_request)
        future: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        self._answers[key] = future
        try:
            if not session.enqueue(kind, body, flags=FLAG_REQUEST, request_id=key[1]):
                raise ConnectionError("peer is too slow")
            return await asyncio.wait_for(future, timeout_seconds)
        finally:
            self._answers.pop(key, None)

    def penalize(self, peer: bytes, why: str) -> None:
        """Note misbehaviour (N3)."""
        now = asyncio.get_running_loop().time()
        old, at = self._points.pop(peer, (0.0, now))
        points = max(0.0, old - (now - at) / POINT_SECONDS) + PENALTY_POINTS
        log.warning("peer misbehaves", peer=peer.hex()[:16], why=why, points=round(points))
        self._points[peer] = (points, now)
        if points >= BAN_POINTS:
            self._points.pop(peer, None)
            self._bans[peer] = now + BAN_SECONDS
            while len(self._bans) > BANS_MAX:
                del self._bans[min(self._bans, key=lambda p: self._bans[p])]
            self._drop(peer)
        while len(self._points) > BANS_MAX:
            del self._points[next(iter(self._points))]

    async def close(self) -> None:
        """End all sessions and tasks."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        for peer in list(self._sessions):
            self._drop(peer)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while len(self._half_open) >= HALF_OPEN_MAX:
            oldest = next(iter(self._half_open))
            del self._half_open[oldest]
            oldest.transport.abort()
        self._half_open[writer] = None
        self._spawn(self._run_connection(reader, writer, is_initiator=False, expected=None))

    async def _keep_dialled(self, address: PeerAddress) -> None:
        delay = REDIAL_SECONDS_MIN
        while True:
            if address.peer not in self._sessions and not self._is_banned(address.peer):
                began = asyncio.get_running_loop().time()
                await self._dial_once(address)
                lived = asyncio.get_running_loop().time() - began
                delay = REDIAL_SECONDS_MIN if lived > REDIAL_SECONDS_MAX else min(
                    2 * delay, REDIAL_SECONDS_MAX
                )  # fmt: skip
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - jitter

    async def _dial_once(self, address: PeerAddress) -> None:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                reader, writer = await asyncio.open_connection(address.host, address.port)
        except (OSError, TimeoutError) as error:
            log.debug("cannot reach peer", address=str(address), why=str(error))
            return
        await self._run_connection(reader, writer, is_initiator=True, expected=address.peer)

    async def _run_connection(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        is_initiator: bool,
        expected: bytes | None,
    ) -> None:
        """Handshake, then run the session to its end."""
        session = None
        try:
            session = await open_session(
                reader,
                writer,
                identity=self._identity,
                network_id=self._network_id,
                agent=self._agent,
                is_initiator=is_initiator,
                expected_peer=expected,
                body_bytes_max=self._limits,
            )
        except (AitbcError, OSError, TimeoutError) as error:
            place = _place(writer.get_extra_info("peername"))
            log.info("handshake failed", remote=place, why=str(error) or type(error).__name__)
            return
        finally:
            self._half_open.pop(writer, None)
            if session is None:
                writer.transport.abort()
        if self._is_banned(session.peer) or not self._admit(session):
            session.close()
            return
        await self._run_session(session)

    def _admit(self, session: Session) -> bool:
        """Keep one session per peer (N1), and strangers to their share (N2)."""
        old = self._sessions.get(session.peer)
        is_full = len(self._sessions) >= SESSIONS_MAX
        if old is None and is_full and session.peer not in self._dials:
            return False
        if old is not None:
            wants_ours = self._identity.peer < session.peer
            if old.is_initiator == wants_ours and session.is_initiator != wants_ours:
                return False
            old.close()
        self._sessions[session.peer] = session
        return True

    async def _run_session(self, session: Session) -> None:
        log.info("peer connected", peer=session.peer.hex()[:16], agent=session.agent)
        self._on_peer(session.peer, True)
        tasks = [
            asyncio.ensure_future(session.send_loop()),
            asyncio.ensure_future(self._receive_loop(session)),
            asyncio.ensure_future(_keep_alive(session)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            why = next((t.exception() for t in done if t.exception()), None)
            if isinstance(why, PeerMisbehaviourError):
                self.penalize(session.peer, str(why))
            elif why is not None and not isinstance(why, OSError | TimeoutError):
                log.error("session failed inside the node", exc_info=why)
            log.info("peer left", peer=session.peer.hex()[:16], why=str(why))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            session.close()
            if self._sessions.get(session.peer) is session:
                del self._sessions[session.peer]
                self._on_peer(session.peer, False)

    async def _receive_loop(self, session: Session) -> None:
        while True:
            message = await session.receive()
            if message.kind == KEEPALIVE_KIND:
                continue
            try:
                await self._deliver(session, message)
            except AitbcError as error:
                if not error.blames_peer:
                    raise
                self.penalize(session.peer, str(error))

    async def _deliver(self, session: Session, message: Message) -> None:
        if message.flags == FLAG_ANSWER:
            future = self._answers.get((session.peer, message.request_id))
            if future is not None and not future.done():
                future.set_result((message.kind, message.body))
        elif message.flags == FLAG_REQUEST:
            kind, body = await self._on_request(session.peer, message.kind, message.body)
            if not session.enqueue(kind, body, flags=FLAG_ANSWER, request_id=message.request_id):
                session.close()  # asks for more than it reads
        else:
            self._on_message(session.peer, message.kind, message.body)

    def _drop(self, peer: bytes) -> None:
        session = self._sessions.get(peer)
        if session is not None:
            session.close()

    def _is_banned(self, peer: bytes) -> bool:
        until = self._bans.get(peer)
        if until is None:
            return False
        if until > asyncio.get_running_loop().time():
            return True
        del self._bans[peer]
        return False

    def _spawn(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _keep_alive(session: Session) -> None:
    while True:
        await asyncio.sleep(KEEPALIVE_SECONDS)
        session.enqueue(KEEPALIVE_KIND, b"")


def _place(remote: Any) -> str:
    return f"{remote[0]}:{remote[1]}" if isinstance(remote, tuple) else str(remote)
