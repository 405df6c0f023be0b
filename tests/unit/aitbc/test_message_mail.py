"""aitbc message: keys and letters."""

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from primitives.keys import secret_to_address
from rpc.formats import checksummed
from wallet.sealing import mailbox_key

SECRETS = [bytes.fromhex(secret) for secret in DEV_SECRETS[:3]]
ALICE, BOB, CAROL = (checksummed(secret_to_address(secret)) for secret in SECRETS)
BY_ALICE, BY_BOB, BY_CAROL = (("--dev-account", str(number)) for number in range(3))


@pytest.fixture
def mail(line):
    """Bob's key is registered."""
    line.done("message", "key", "register", *BY_BOB)
    return line


def test_the_key_derives_from_the_account(line):
    key = "0x" + mailbox_key(SECRETS[1]).hex()
    assert line.json("message", "key", "register", *BY_BOB)["key"] == key
    assert line.json("message", "key", "show", BOB)["key"] == key
    assert "registered" in line.done("message", "key", "show", BOB).stdout


def test_nothing_is_sealed_to_an_account_without_key(mail):
    for words in (("key", "show", CAROL), ("send", CAROL, "hi", *BY_ALICE)):
        text = mail.problem("message", *words)
        assert "has registered no key" in text
        assert "aitbc message key register" in text


def test_a_letter_is_read_by_its_addressee(mail):
    sent = mail.json("message", "send", BOB, "Meet at noon.", *BY_ALICE)
    assert (sent["to"], sent["letter"]) == (BOB, 0)
    (row,) = mail.json("message", "inbox", BOB)
    assert (row["from"], row["payload"]) == (ALICE, "on chain")
    assert ALICE in mail.done("message", "inbox", BOB).stdout
    assert mail.json("message", "read", "0", *BY_BOB)["text"] == "Meet at noon."
    text = mail.done("message", "read", "0", *BY_BOB).stdout
    assert "Meet at noon." in text
    assert ALICE in text


def test_the_chain_does_not_show_the_text(mail, double):
    mail.done("message", "send", BOB, "Meet at noon.", *BY_ALICE)
    assert all(b"Meet at noon." not in data for _, _, data in double.chain.logs)


def test_letters_of_one_block_are_told_apart(mail, double):
    for text in ("first", "second", "third"):
        mail.done("message", "send", BOB, text, *BY_ALICE)
    assert mail.json("message", "read", "1", *BY_BOB)["text"] == "second"
    rows = mail.json("message", "inbox", BOB, "--limit", "2")
    assert [row["letter"] for row in rows] == [2, 1]
    assert [row["letter"] for row in mail.json("message", "inbox", BOB, "--before", "1")] == [0]


def test_a_letter_that_is_not_there_is_explained(mail):
    text = mail.problem("message", "read", "0", *BY_BOB)
    assert "no letter 0" in text
    assert f"aitbc message inbox {BOB}" in text
    assert mail.json("message", "inbox", BOB) == []


def test_a_letter_from_a_file_is_written_to_a_file(mail, tmp_path):
    (tmp_path / "in").write_text("long\ntext\n")
    mail.done("message", "send", BOB, "--file", str(tmp_path / "in"), *BY_ALICE)
    out = tmp_path / "out"
    record = mail.json("message", "read", "0", "--out", str(out), *BY_BOB)
    assert record["written_to"] == str(out)
    assert out.read_text() == "long\ntext"


def test_a_letter_too_long_for_the_chain_is_refused_with_the_way_out(mail):
    text = str(mail.type("message", "send", BOB, "x" * 5000, *BY_ALICE).exception)
    assert "exceeds 4047" in text
    assert "off chain" in text


def test_a_long_letter_goes_off_chain(mail, tmp_path):
    payload = tmp_path / "sealed"
    uri = "https://example.org/sealed"
    words = ("--uri", uri, "--out", str(payload))
    sent = mail.json("message", "send", BOB, "x" * 5000, *words, *BY_ALICE)
    assert (sent["publish"], sent["at"]) == (str(payload), uri)
    text = mail.problem("message", "read", "0", *BY_BOB)
    assert uri in text
    assert "--payload" in text
    record = mail.json("message", "read", "0", "--payload", str(payload), *BY_BOB)
    assert record["text"] == "x" * 5000
    payload.write_bytes(b"something else")
    text = mail.problem("message", "read", "0", "--payload", str(payload), *BY_BOB)
    assert "not what the sender sealed" in text


def test_off_chain_letters_need_address_and_file(mail):
    mail.usage("message", "send", BOB, "hi", "--uri", "https://example.org", *BY_ALICE)


def test_a_node_without_the_logs_is_named(mail, double):
    mail.done("message", "send", BOB, "hi", *BY_ALICE)
    double.outcomes.clear()
    assert "keeps older blocks" in mail.problem("message", "read", "0", *BY_BOB)


def test_a_letter_sealed_to_another_key_says_so(mail, double):
    mail.done("message", "send", BOB, "hi", *BY_ALICE)
    for outcome in double.outcomes.values():
        for log in outcome["logs"]:
            log["data"] = log["data"].replace(log["data"][-100:-90], "0" * 10)
    result = mail.type("message", "read", "0", *BY_BOB)
    assert result.exit_code == 1
    assert "does not open" in str(result.exception)
