"""Real sessions on loopback: honest peers, impostors, floods and slow readers."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from p2p.identity import Identity, PeerAddress
from p2p.mesh import (
    BAN_POINTS,
    HALF_OPEN_MAX,
    KEEPALIVE_KIND,
    PENALTY_POINTS,
    SESSIONS_MAX,
    Mesh,
)
from p2p.noise import HandshakeError
from p2p.session import FLAG_REQUEST, QUEUE_BYTES_MAX, open_session
from primitives.errors import DecodeError

CHAIN = b"\x01" * 32
TALK, ASK, BLAME, SHORT = 1, 2, 3, 4
LIMITS = {TALK: 1024 * 1024, ASK: 1_024, BLAME: 16, SHORT: 16}
PATIENCE_SECONDS = 20


class Peer:
    """A mesh and what it heard."""

    def __init__(self, seed, chain=CHAIN):
        self.identity = Identity(bytes([seed]) * 32)
        self.heard = []
        self.events = []
        self.moved = asyncio.Event()
        self.port = 0
        self.mesh = Mesh(
            identity=self.identity,
            network_id=chain,
            agent=f"peer-{seed}",
            body_bytes_max=LIMITS,
            on_message=self.on_message,
            on_request=self.on_request,
            on_peer=self.on_peer,
        )

    @property
    def key(self):
        return self.identity.peer

    @property
    def address(self):
        return PeerAddress(peer=self.key, host="127.0.0.1", port=self.port)

    def on_message(self, peer, kind, body):
        self.heard.append((peer, kind, body))
        self.moved.set()
        if kind == BLAME:
            raise DecodeError("message", "nonsense")

    async def on_request(self, _peer, kind, body):
        if body == b"never":
            await asyncio.Event().wait()
        return kind, body[::-1]

    def on_peer(self, peer, is_connected):
        self.events.append((peer, is_connected))
        self.moved.set()

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self.moved.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.moved.wait(), 0.05)


@asynccontextmanager
async def peers(*seeds, chain=CHAIN):
    found = [Peer(seed, chain) for seed in seeds]
    for peer in found:
        peer.port = await peer.mesh.listen("127.0.0.1", 0)
    try:
        yield found
    finally:
        for peer in found:
            await peer.mesh.close()


@asynccontextmanager
async def stranger(to, seed=99, chain=CHAIN, expected=None):
    """Open a session by hand, whose sender may break every rule."""
    reader, writer = await asyncio.open_connection("127.0.0.1", to.port)
    try:
        session = await open_session(
            reader,
            writer,
            identity=Identity(bytes([seed]) * 32),
            network_id=chain,
            agent="stranger",
            is_initiator=True,
            expected_peer=expected,
            body_bytes_max=dict.fromkeys(range(256), 2**32 - 1),
        )
        sender = asyncio.ensure_future(session.send_loop())
        yield session
        sender.cancel()
    finally:
        writer.transport.abort()


async def is_closed(reader):
    async with asyncio.timeout(PATIENCE_SECONDS):
        with suppress(ConnectionError):
            return await reader.read() == b""
        return True


async def ends(session):
    """Wait until the other side has ended a session."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        with suppress(ConnectionError):
            while True:
                await session.receive()


async def test_peers_talk_ask_and_answer():
    async with peers(1, 2) as (one, two):
        one.mesh.dial(two.address)
        await one.until(lambda: one.mesh.peers() == [two.key])
        await two.until(lambda: two.mesh.peers() == [one.key])
        body = bytes(range(256)) * 4_096
        assert one.mesh.send(two.key, TALK, body)
        one.mesh.broadcast(TALK, b"all")
        one.mesh.broadcast(TALK, b"none", exclude=two.key)
        await two.until(lambda: len(two.heard) == 2)
        assert two.heard == [(one.key, TALK, body), (one.key, TALK, b"all")]
        asked = await two.mesh.request(one.key, ASK, b"abc", timeout_seconds=PATIENCE_SECONDS)
        assert asked == (ASK, b"cba")
        (info,) = one.mesh.infos()
        assert (info.agent, info.is_outbound) == ("peer-2", True)
        assert info.bytes_sent > len(body)


async def test_a_request_without_answer_times_out_and_one_to_nobody_fails():
    async with peers(1, 2) as (one, two):
        one.mesh.dial(two.address)
        await one.until(one.mesh.peers)
        with pytest.raises(TimeoutError):
            await one.mesh.request(two.key, ASK, b"never", timeout_seconds=0.01)
        with pytest.raises(ConnectionError):
            await one.mesh.request(bytes(32), ASK, b"", timeout_seconds=1)
        assert not one.mesh.send(bytes(32), TALK, b"")


async def test_simultaneous_dials_leave_one_session():
    async with peers(1, 2) as (one, two):
        one.mesh.dial(two.address)
        two.mesh.dial(one.address)
        await one.until(lambda: one.mesh.peers() == [two.key])
        await two.until(lambda: two.mesh.peers() == [one.key])
        for count in range(20):
            one.mesh.send(two.key, TALK, bytes([count]))
            two.mesh.send(one.key, TALK, bytes([count]))
            await asyncio.sleep(0)
        smaller = min(one, two, key=lambda peer: peer.key)
        await one.until(
            lambda: (
                len(one.mesh.infos()) == len(two.mesh.infos()) == 1
                and all(
                    info.is_outbound == (peer is smaller)
                    for peer in (one, two)
                    for info in peer.mesh.infos()
                )
            )
        )
        one.heard.clear()
        two.mesh.send(one.key, TALK, b"after")
        await one.until(lambda: (two.key, TALK, b"after") in one.heard)


async def test_a_lost_session_is_dialled_again():
    async with peers(1, 2) as (one, two):
        one.mesh.dial(two.address)
        await one.until(one.mesh.peers)
        await two.until(two.mesh.peers)
        two.mesh.forget(one.key)
        await one.until(lambda: one.events.count((two.key, True)) == 2)
        assert (two.key, False) in one.events


async def test_a_peer_of_another_chain_fails_the_handshake():
    async with peers(1) as (one,):
        with pytest.raises((HandshakeError, ConnectionError)):
            async with stranger(one, chain=b"\x02" * 32):
                pass
        assert one.events == []


async def test_an_impostor_is_found_out():
    async with peers(1) as (one,):
        with pytest.raises(HandshakeError):
            async with stranger(one, expected=b"\x07" * 32):
                pass
        assert one.events == []


async def test_a_connection_to_ourselves_is_refused():
    async with peers(1) as (one,):
        with pytest.raises(HandshakeError):
            async with stranger(one, seed=1):
                pass
        one.mesh.dial(one.address)
        assert one.mesh.peers() == []


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\x00\x00", b"\xff" * 70_000])
async def test_garbage_ends_its_connection_only(garbage):
    async with peers(1) as (one,):
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        writer.write(garbage)
        writer.write_eof()
        assert await is_closed(reader)
        writer.close()
        async with stranger(one):
            await one.until(lambda: len(one.mesh.peers()) == 1)


async def test_half_open_connections_are_bounded_and_shut_nobody_out(monkeypatch):
    monkeypatch.setattr("p2p.session.HANDSHAKE_TIMEOUT_SECONDS", 10 * PATIENCE_SECONDS)
    async with peers(1) as (one,):
        flood = [
            await asyncio.open_connection("127.0.0.1", one.port) for _ in range(HALF_OPEN_MAX + 8)
        ]
        closed = [asyncio.ensure_future(is_closed(reader)) for reader, _ in flood]
        await one.until(lambda: sum(task.done() for task in closed) >= 8)
        assert len(one.mesh._half_open) <= HALF_OPEN_MAX
        async with stranger(one):
            await one.until(lambda: len(one.mesh.peers()) == 1)
        for task, (_, writer) in zip(closed, flood, strict=True):
            task.cancel()
            writer.transport.abort()


async def test_strangers_do_not_take_the_place_of_configured_peers(monkeypatch):
    monkeypatch.setattr("p2p.mesh.SESSIONS_MAX", 1)
    async with peers(1, 2) as (one, two):
        async with stranger(one):
            await one.until(lambda: len(one.mesh.peers()) == 1)
            async with stranger(one, seed=98) as late:
                await ends(late)
            one.mesh.dial(two.address)
            await one.until(lambda: two.key in one.mesh.peers())
    assert SESSIONS_MAX > 1


@pytest.mark.parametrize(
    ("kind", "body", "flags"),
    [(77, b"", 0), (SHORT, bytes(17), 0), (TALK, b"", 7), (KEEPALIVE_KIND, b"x", 0)],
    ids=["unknown kind", "body above its limit", "unknown flags", "keepalive with a body"],
)
async def test_a_broken_frame_ends_the_session_with_a_penalty(kind, body, flags):
    async with peers(1) as (one,):
        async with stranger(one) as session:
            await one.until(lambda: len(one.mesh.peers()) == 1)
            session.enqueue(kind, body, flags=flags)
            await ends(session)
        assert [p for p, _ in one.mesh._points.values()] == [PENALTY_POINTS]
        assert one.heard == []


def session_peer(seed=99):
    return Identity(bytes([seed]) * 32).peer


async def test_a_forged_packet_ends_the_session():
    async with peers(1) as (one,):
        async with stranger(one) as session:
            session._writer.write(b"\x00\x20" + bytes(32))
            await ends(session)
        assert [p for p, _ in one.mesh._points.values()] == [PENALTY_POINTS]


async def test_a_request_of_an_unknown_kind_ends_the_session():
    async with peers(1) as (one,):
        async with stranger(one) as session:
            session.enqueue(77, b"", flags=FLAG_REQUEST, request_id=1)
            await ends(session)


async def test_penalties_lead_to_a_ban():
    async with peers(1) as (one,):
        async with stranger(one) as session:
            for _ in range(-(-BAN_POINTS // PENALTY_POINTS)):
                session.enqueue(BLAME, b"")
            await ends(session)
        assert len(one.heard) == -(-BAN_POINTS // PENALTY_POINTS)
        async with stranger(one) as again:
            await ends(again)
        async with stranger(one, seed=98):
            await one.until(lambda: one.mesh.peers() == [session_peer(98)])


async def test_a_peer_that_does_not_read_is_dropped():
    async with peers(1) as (one,):
        async with stranger(one):
            await one.until(lambda: len(one.mesh.peers()) == 1)
            body = bytes(LIMITS[TALK])
            sent = 0
            while one.mesh.send(session_peer(), TALK, body):
                sent += 1
            assert sent == QUEUE_BYTES_MAX // len(body) - 1
            await one.until(lambda: one.mesh.peers() == [])
            assert one.events[-1] == (session_peer(), False)


async def test_old_offences_are_forgiven():
    """Three offences an hour apart never add up to a ban."""
    async with peers(1) as (one,):
        peer = session_peer()
        for _ in range(12):
            one.mesh.penalize(peer, "an offence")
            points, at = one.mesh._points[peer]
            one.mesh._points[peer] = (points, at - 3_600)
        assert not one.mesh._is_banned(peer)
        for _ in range(-(-BAN_POINTS // PENALTY_POINTS)):
            one.mesh.penalize(peer, "again at once")
        assert one.mesh._is_banned(peer)
