"""The handshake against a published vector, and against whoever tampers with it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from p2p.noise import MESSAGE_BYTES_MAX, CipherState, Handshake, HandshakeError

# Noise_XX_25519_ChaChaPoly_SHA256 of the cacophony test vectors.
PROLOGUE = bytes.fromhex("4a6f686e2047616c74")
INITIATOR = (
    "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1",
    "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
)
RESPONDER = (
    "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893",
    "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
)
HANDSHAKE_HASH = "c8e5f64e846193be2a834104c2a009868d6c9f3bd3c186299888b488b2f1f58e"
MESSAGES = (
    (
        "4c756477696720766f6e204d69736573",
        (
            "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944"
            "4c756477696720766f6e204d69736573"
        ),
    ),
    (
        "4d757272617920526f746862617264",
        (
            "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843"
            "81cbad1f276e038c48378ffce2b65285e08d6b68aaa3629a5a8639392490e5b9"
            "bd5269c2f1e4f488ed8831161f19b7815528f8982ffe09be9b5c412f8a0db50f"
            "8814c7194e83f23dbd8d162c9326ad"
        ),
    ),
    (
        "462e20412e20486179656b",
        (
            "c7195ffacac1307ff99046f219750fc47693e23c3cb08b89c2af808b444850a8"
            "0ae475b9df0f169ae80a89be0865b57f58c9fea0d4ec82a286427402f113e4b6"
            "ae769a1d95941d49b25030"
        ),
    ),
    ("4361726c204d656e676572", "96763ed773f8e47bb3712f0e29b3060ffc956ffc146cee53d5e1df"),
    (
        "4a65616e2d426170746973746520536179",
        "3e40f15f6f3a46ae446b253bf8b1d9ffb6ed9b174d272328ff91a7e2e5c79c07f5",
    ),
    (
        "457567656e2042f6686d20766f6e2042617765726b",
        "eb3f3515110702e047a6c9da4478b6ead94873c11c0f2d710ddb3f09fce024b3a58502ae3f",
    ),
)
HELLO = b"who I am"


def key(text_hex):
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(text_hex))


def side(keys, is_initiator, prologue=PROLOGUE):
    return Handshake(
        is_initiator=is_initiator,
        static=key(keys[0]),
        ephemeral=key(keys[1]),
        prologue=prologue,
    )


def pair(prologue=PROLOGUE):
    return side(INITIATOR, True), side(RESPONDER, False, prologue)


def completed():
    first, second = pair()
    second.read(first.write(b""))
    first.read(second.write(HELLO))
    second.read(first.write(HELLO))
    return first.finish(), second.finish()


def test_the_published_vector():
    first, second = pair()
    sides = [first, second]
    for turn, (payload, ciphertext) in enumerate(MESSAGES[:3]):
        writer, reader = sides[turn % 2], sides[(turn + 1) % 2]
        assert writer.write(bytes.fromhex(payload)).hex() == ciphertext
        assert reader.read(bytes.fromhex(ciphertext)).hex() == payload
    assert first.handshake_hash.hex() == second.handshake_hash.hex() == HANDSHAKE_HASH
    assert first.remote_static == key(RESPONDER[0]).public_key().public_bytes_raw()
    assert second.remote_static == key(INITIATOR[0]).public_key().public_bytes_raw()
    states = [first.finish(), second.finish()]
    for turn, (payload, ciphertext) in enumerate(MESSAGES[3:], 3):
        sending, receiving = states[turn % 2][0], states[(turn + 1) % 2][1]
        assert sending.encrypt(b"", bytes.fromhex(payload)).hex() == ciphertext
        assert receiving.decrypt(b"", bytes.fromhex(ciphertext)).hex() == payload


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_no_byte_of_the_handshake_can_be_changed(turn):
    """A change of the first message shows when the second or third is read."""
    length = len(bytes.fromhex(MESSAGES[turn][1])) - len(bytes.fromhex(MESSAGES[turn][0]))
    for position in range(length + len(HELLO) * (turn > 0)):
        first, second = pair()
        with pytest.raises(HandshakeError):
            run(first, second, {turn: lambda m, at=position: flip(m, at)})


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_a_cut_or_longer_message_fails(turn):
    for change in (lambda m: m[:-1], lambda m: m + b"\0", lambda _: b""):
        first, second = pair()
        with pytest.raises(HandshakeError):
            run(first, second, {turn: change})


def run(first, second, changes):
    """Run a handshake in which some messages are changed on the way."""
    sides, payloads = (first, second), (b"", HELLO, HELLO)
    for turn, payload in enumerate(payloads):
        message = sides[turn % 2].write(payload)
        read = sides[(turn + 1) % 2].read(changes.get(turn, lambda m: m)(message))
        if read != payload:
            raise HandshakeError("payload before there is a key")  # as ``open_session`` does


def flip(message, position):
    return message[:position] + bytes((message[position] ^ 1,)) + message[position + 1 :]


def test_another_prologue_fails():
    first, second = pair(b"another chain")
    second.read(first.write(b""))
    with pytest.raises(HandshakeError):
        first.read(second.write(HELLO))


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31)])
def test_keys_of_small_order_are_refused(public):
    _, second = pair()
    second.read(public)
    with pytest.raises(HandshakeError):
        second.write(HELLO)


def test_the_handshake_has_three_messages_and_no_fourth():
    first, _ = pair()
    with pytest.raises(HandshakeError):
        first.finish()
    first, second = pair()
    run(first, second, {})
    with pytest.raises(HandshakeError):
        second.write(b"")


def test_a_message_that_is_too_long_is_not_written():
    first, _ = pair()
    with pytest.raises(HandshakeError):
        first.write(bytes(MESSAGE_BYTES_MAX))


def test_packets_cannot_be_replayed_reordered_or_reflected():
    (send, receive), (other_send, other_receive) = completed()
    one, two = send.encrypt(b"", b"one"), send.encrypt(b"", b"two")
    with pytest.raises(HandshakeError):
        other_receive.decrypt(b"", two)
    (send, receive), (other_send, other_receive) = completed()
    one = send.encrypt(b"", b"one")
    assert other_receive.decrypt(b"", one) == b"one"
    with pytest.raises(HandshakeError):
        other_receive.decrypt(b"", one)
    with pytest.raises(HandshakeError):
        receive.decrypt(b"", one)
    assert other_send.encrypt(b"", b"one") != one


def test_a_cipher_stops_before_its_nonces_repeat():
    state = CipherState(bytes(32))
    state._nonce = 2**64 - 1
    with pytest.raises(HandshakeError):
        state.encrypt(b"", b"x")
