import msgpack
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from p2p.identity import (
    AGENT_CHARACTERS_MAX,
    HELLO_BYTES_MAX,
    Identity,
    check_hello,
    parse_peer_address,
)
from p2p.noise import HandshakeError
from primitives.errors import ConfigError

STATIC = b"\x05" * 32
OURS = Identity(b"\x01" * 32)


def packed(*fields):
    return msgpack.packb(list(fields))


def signature(static=STATIC, secret=b"\x01" * 32):
    return Ed25519PrivateKey.from_private_bytes(secret).sign(b"AITBC p2p identity v1" + static)


def test_a_hello_names_its_peer():
    hello = check_hello(OURS.hello(STATIC, "aitbc/1"), STATIC)
    assert hello.peer == OURS.peer
    assert hello.agent == "aitbc/1"


def test_a_hello_of_another_session_is_refused():
    with pytest.raises(HandshakeError):
        check_hello(OURS.hello(b"\x06" * 32, "x"), STATIC)


@pytest.mark.parametrize(
    "payload",
    [
        packed(2, OURS.peer, signature(), "x"),
        packed(1, OURS.peer[:31], signature(), "x"),
        packed(1, OURS.peer, signature(secret=b"\x02" * 32), "x"),
        packed(1, OURS.peer, signature()[:63], "x"),
        packed(1, OURS.peer, signature(), b"x"),
        packed(1, "x", signature(), "x"),
        packed(1, OURS.peer, signature()),
        packed(1, OURS.peer, signature(), "x", 0),
        msgpack.packb({"a": 1}),
        packed(1, OURS.peer, signature(), "x") + b"\0",
        packed(1, OURS.peer, signature(), "x" * HELLO_BYTES_MAX),
        b"",
    ],
)
def test_a_malformed_hello_is_refused(payload):
    with pytest.raises(HandshakeError):
        check_hello(payload, STATIC)


def test_an_agent_is_cut_and_printable():
    hello = check_hello(OURS.hello(STATIC, "\x1b[2J" + "a" * 200), STATIC)
    assert hello.agent.isprintable()
    assert len(hello.agent) <= AGENT_CHARACTERS_MAX


@given(st.binary(max_size=200))
def test_any_bytes_are_a_refused_hello(payload):
    with pytest.raises(HandshakeError):
        check_hello(payload, STATIC)


def test_a_peer_address_reads_as_it_writes():
    text = "ab" * 32 + "@10.0.0.1:30656"
    assert str(parse_peer_address(text)) == text
    assert parse_peer_address("ab" * 32 + "@[::1]:1").host == "::1"


@given(st.text(max_size=100))
def test_any_text_is_an_address_or_a_config_error(text):
    try:
        parse_peer_address(text)
    except ConfigError:
        return


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x", ""])
def test_a_peer_address_has_a_port(port):
    with pytest.raises(ConfigError):
        parse_peer_address("ab" * 32 + f"@h:{port}")
