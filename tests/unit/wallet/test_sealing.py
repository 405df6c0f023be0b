"""Sealed letters: only the addressee opens them, unchanged."""

import pytest

from primitives.errors import BadInputError, InvalidSignatureError
from wallet.sealing import (
    OVERHEAD_BYTES,
    SEALED_BYTES_MAX,
    SEALED_VERSION,
    BadMailboxKeyError,
    LetterNotOpenedError,
    LetterTooLongError,
    MalformedLetterError,
    SealingError,
    mailbox_key,
    open_sealed,
    seal,
)

SECRET, OTHER = b"\x01" * 32, b"\x02" * 32
PARTIES = {"sender": b"\xaa" * 20, "recipient": b"\xbb" * 20, "chain_id": 31337}
LOW_ORDER = (
    bytes(32),
    b"\x01" + bytes(31),
    (2**255 - 20).to_bytes(32, "little"),
    (2**255 - 19).to_bytes(32, "little"),
)


def sealed(text=b"hello", **changes):
    values = {"recipient_key": mailbox_key(SECRET), **PARTIES} | changes
    return seal(text, **values)


def opened(payload, secret=SECRET, **changes):
    return open_sealed(payload, secret=secret, **(PARTIES | changes))


def test_the_addressee_opens_what_was_sealed():
    payload = sealed("Grüße".encode())
    assert opened(payload) == "Grüße".encode()
    assert payload[0] == SEALED_VERSION
    assert len(payload) == OVERHEAD_BYTES + 7


def test_a_letter_of_this_version_opens_for_ever():
    payload = bytes.fromhex(
        "013c3338af4cac9c5af323b6659f802ebab6230b71dc450501d259a945f227737a"
        "9b4b8388dc4fe849863781b567a27e14efde54dcac"
    )
    assert opened(payload) == b"hello"


def test_the_mailbox_key_derives_from_the_account_alone():
    """A changed derivation would lock every reader out."""
    expected = "f54e7829cfa69d5bd5c7a34da8f2c57df81b18721660011f497bc82d48487046"
    assert mailbox_key(SECRET).hex() == expected
    assert mailbox_key(SECRET) != mailbox_key(OTHER)


@pytest.mark.parametrize("secret", [bytes(32), b"\xff" * 32, b"\x01" * 31])
def test_what_is_no_account_has_no_mailbox(secret):
    with pytest.raises(InvalidSignatureError):
        mailbox_key(secret)
    with pytest.raises(InvalidSignatureError):
        opened(sealed(), secret)


def test_two_letters_of_one_text_have_nothing_in_common():
    first, second = sealed(), sealed()
    assert first[1:33] != second[1:33]
    assert first[33:] != second[33:]


@pytest.mark.parametrize(
    "changes",
    [{"sender": b"\xac" * 20}, {"recipient": b"\xbc" * 20}, {"chain_id": 1}, {"secret": OTHER}],
    ids=lambda changes: next(iter(changes)),
)
def test_another_sender_recipient_chain_or_key_does_not_open(changes):
    with pytest.raises(LetterNotOpenedError, match="addressee"):
        opened(sealed(), **changes)


def test_every_byte_of_a_payload_matters():
    payload = sealed(b"")
    for place in range(len(payload)):
        changed = bytearray(payload)
        changed[place] ^= 0x80
        with pytest.raises(SealingError):
            opened(bytes(changed))


def test_what_is_no_payload_is_named_so():
    with pytest.raises(MalformedLetterError, match="48 bytes are fewer than 49"):
        opened(sealed(b"")[:-1])
    with pytest.raises(MalformedLetterError, match="version 2 is not 1"):
        opened(b"\x02" + sealed()[1:])


def test_a_letter_fits_the_chain_or_says_how_long_it_may_be():
    longest = SEALED_BYTES_MAX - OVERHEAD_BYTES
    assert len(sealed(b"x" * longest)) == SEALED_BYTES_MAX
    with pytest.raises(LetterTooLongError, match=f"exceeds {longest}.*off chain"):
        sealed(b"x" * (longest + 1))
    large = sealed(b"x" * 100_000, sealed_bytes_max=10**6)
    assert opened(large) == b"x" * 100_000


@pytest.mark.parametrize("key", [*LOW_ORDER, b"\x09" * 31, b""], ids=range(6))
def test_nothing_is_sealed_to_a_bad_key(key):
    with pytest.raises(BadMailboxKeyError, match="register the key"):
        sealed(recipient_key=key)


@pytest.mark.parametrize("key", LOW_ORDER, ids=range(4))
def test_an_ephemeral_key_of_low_order_does_not_open(key):
    with pytest.raises(LetterNotOpenedError):
        opened(sealed()[:1] + key + sealed()[33:])


@pytest.mark.parametrize("name", ["sender", "recipient"])
def test_parties_are_addresses(name):
    with pytest.raises(SealingError, match="20 bytes"):
        sealed(**{name: b"\x01" * 19})
    with pytest.raises(SealingError, match="20 bytes"):
        opened(sealed(), **{name: b""})


def test_refusals_are_bad_input_with_a_remedy():
    with pytest.raises(BadInputError) as info:
        sealed(b"x" * 5_000)
    assert info.value.remedy
    assert info.value.problem
