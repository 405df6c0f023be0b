"""Key registry and inboxes of messaging."""

import pytest

from contracts.messaging.v1.messages import KeyRegistered, LetterKind, SealedMessage, SealedPointer
from contracts.messaging.v1.records import SEALED_BYTES_MIN
from primitives.keccak import keccak256
from primitives.types import U64_MAX
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.messaging_world import (
    AUTHOR,
    FEE,
    MODERATOR,
    READER,
    STRANGER,
    ask,
    ban,
    events,
    forum_chain,
    grant,
    held,
    send,
    set_parameter,
)
from wallet.sealing import OVERHEAD_BYTES, SEALED_BYTES_MAX, mailbox_key, open_sealed, seal

SECRET = b"\x07" * 32
HASH = b"\x99" * 32


@pytest.fixture
def chain():
    chain = forum_chain()
    send(chain, READER, "registerKey(bytes32)", mailbox_key(SECRET))
    return chain


def deliver(chain, payload, sender=AUTHOR, to=READER, rate=FEE):
    value = len(payload) * rate
    return send(chain, sender, "sendSealed(address,bytes)", to, payload, value=value)


def point(chain, uri="ipfs://x", content_hash=HASH, sender=AUTHOR, to=READER):
    signature = "sendSealedHash(address,bytes32,string)"
    value = (32 + len(uri.encode())) * FEE
    return send(chain, sender, signature, to, content_hash, uri, value=value)


def test_a_key_is_registered_and_replaced(chain):
    first = ask(chain, "keyOf", READER)
    assert (first.public_key, first.number) == (mailbox_key(SECRET), 1)
    chain.advance(5)
    send(chain, READER, "registerKey(bytes32)", b"\x01" * 32)
    second = ask(chain, "keyOf", READER)
    assert (second.public_key, second.number) == (b"\x01" * 32, 2)
    assert (second.registered_at, second.registered_height) == (
        chain.block.timestamp,
        chain.block.height,
    )
    assert [row["number"] for row in events(chain, KeyRegistered)] == [1, 2]
    assert not any(ask(chain, "keyOf", STRANGER).public_key)
    with reverts("BadKey()"):
        send(chain, READER, "registerKey(bytes32)", bytes(32))


def test_a_letter_travels_from_seal_to_log_to_reader(chain):
    parties = {"sender": AUTHOR, "recipient": READER, "chain_id": CHAIN_ID}
    payload = seal(b"meet at block 900", recipient_key=ask(chain, "keyOf", READER).public_key,
                   **parties)  # fmt: skip
    burnt = chain.burnt
    assert deliver(chain, payload) == 0
    assert chain.burnt - burnt == FEE * len(payload)
    assert held(chain) == 0
    (letter,), cursor = ask(chain, "inbox", READER, 0, 10)
    assert cursor == 1
    assert (letter.number, letter.sender, letter.kind) == (0, AUTHOR, LetterKind.ON_CHAIN)
    assert (letter.sent_at, letter.sent_height) == (chain.block.timestamp, chain.block.height)
    (log,) = events(chain, SealedMessage)
    assert (log["sender"], log["recipient"], log["number"]) == (AUTHOR, READER, 0)
    assert keccak256(log["payload"]) == letter.content_hash
    assert open_sealed(log["payload"], secret=SECRET, **parties) == b"meet at block 900"


def test_a_letter_off_chain_is_known_by_hash_and_place(chain):
    burnt = chain.burnt
    assert point(chain) == 0
    assert chain.burnt - burnt == FEE * 40
    (letter,), _ = ask(chain, "inbox", READER, 0, 10)
    assert (letter.content_hash, letter.kind) == (HASH, LetterKind.OFF_CHAIN)
    assert events(chain, SealedPointer) == [
        {"sender": AUTHOR, "recipient": READER, "number": 0, "content_hash": HASH,
         "uri": "ipfs://x"}
    ]  # fmt: skip


def test_the_inbox_is_read_in_pages(chain):
    for number in range(5):
        assert point(chain, f"u{number}") == number
    rows, cursor = ask(chain, "inbox", READER, 0, 3)
    assert ([row.number for row in rows], cursor) == ([0, 1, 2], 3)
    rows, cursor = ask(chain, "inbox", READER, cursor, 3)
    assert ([row.number for row in rows], cursor) == ([3, 4], 5)
    assert ask(chain, "inbox", READER, U64_MAX, 3) == ((), U64_MAX)
    assert ask(chain, "inbox", AUTHOR, 0, 3) == ((), 0)
    assert ask(chain, "account", READER).letters == 5


def test_sizes_of_letters_are_bounded(chain):
    with reverts("NotSealed(uint32)"):
        deliver(chain, b"\x01" * (SEALED_BYTES_MIN - 1))
    with reverts("NotSealed(uint32)"):
        deliver(chain, b"")
    with reverts("TooLong(uint64,uint64)"):
        deliver(chain, b"\x01" * 4097)
    assert deliver(chain, b"\x01" * SEALED_BYTES_MIN) == 0
    assert deliver(chain, b"\x01" * 4096) == 1
    with reverts("EmptyText()"):
        point(chain, "")
    with reverts("TooLong(uint64,uint64)"):
        point(chain, "u" * 257)
    with reverts("NotSealed(uint32)"):
        point(chain, content_hash=bytes(32))
    assert point(chain, "u" * 256) == 2


def test_wallet_and_contract_agree_on_sizes(chain):
    assert SEALED_BYTES_MIN == OVERHEAD_BYTES
    assert ask(chain, "parameter", "sealedBytesMax") == SEALED_BYTES_MAX == 4096


def test_letters_need_a_key_a_fee_and_a_sender_who_is_not_banned(chain):
    for letter in (deliver, point):
        values = (b"\x01" * 60,) if letter is deliver else ()
        with reverts("NoKey(address)"):
            letter(chain, *values, to=STRANGER)
    payload = b"\x01" * 60
    for signature, values in (
        ("sendSealed(address,bytes)", (READER, payload)),
        ("sendSealedHash(address,bytes32,string)", (READER, HASH, "u" * 28)),
    ):
        for value in (0, 60 * FEE - 1, 60 * FEE + 1):
            with reverts("WrongFee(uint256,uint256)"):
                send(chain, AUTHOR, signature, *values, value=value)
    grant(chain)
    ban(chain, MODERATOR, AUTHOR)
    with reverts("IsBanned(address,uint64)"):
        deliver(chain, payload)
    with reverts("IsBanned(address,uint64)"):
        point(chain)
    assert deliver(chain, payload, sender=READER) == 0


def test_letters_follow_the_governed_fee(chain):
    set_parameter(chain, "feePerByte", 5)
    burnt = chain.burnt
    deliver(chain, b"\x01" * 60, rate=5)
    assert chain.burnt - burnt == 300
