"""aitbc keys, and whose key signs."""

import json

import pytest

from aitbc.dev_accounts import DEV_SECRETS, MNEMONIC
from primitives.keys import secret_to_address
from rpc.formats import checksummed

SECRET = DEV_SECRETS[3]
ADDRESS = checksummed(secret_to_address(bytes.fromhex(SECRET)))
PASSWORD = {"AITBC_PASSWORD": "correct horse"}


@pytest.fixture(autouse=True)
def cheap_scrypt(monkeypatch):
    """Encrypt with few rounds: the strength of the file is not what these tests look at."""
    import eth_keyfile.keyfile

    original = eth_keyfile.keyfile.create_keyfile_json
    monkeypatch.setattr(
        "eth_account.account.create_keyfile_json",
        lambda *args, **kwargs: original(*args[:2], 3, "pbkdf2", 10),
    )


def imported(line, tmp_path) -> str:
    file = tmp_path / "secret.txt"
    file.write_text("0x" + SECRET + "\n")
    words = ("keys", "import", "private-key", "--file", str(file))
    return line.json(*words, env=PASSWORD)["address"]


def test_new_key_is_listed_and_its_file_is_private(line):
    made = line.json("keys", "new", env=PASSWORD)
    assert [row["address"] for row in line.json("keys", "list")] == [made["address"]]
    from pathlib import Path

    assert Path(made["file"]).stat().st_mode & 0o077 == 0


def test_prompted_password_is_confirmed_and_not_shown(line):
    result = line.done("keys", "new", input="secret words\nsecret words\n")
    assert "secret words" not in result.output


def test_mnemonic_is_shown_once_outside_the_data(line):
    result = line.done("keys", "new", "--mnemonic", "--json", env=PASSWORD)
    words = [row for row in result.stderr.splitlines() if len(row.split()) == 12]
    assert len(words) == 1
    assert words[0].strip() not in result.stdout
    assert json.loads(result.stdout)["address"]


def test_private_key_comes_back_as_it_went_in(line, tmp_path):
    assert imported(line, tmp_path) == ADDRESS
    words = ("keys", "export", ADDRESS, "--format", "private-key")
    assert line.done(*words, "--yes", env=PASSWORD).stdout == f"0x{SECRET}\n"
    refused = line.type(*words, env=PASSWORD, input="n\n")
    assert refused.exit_code == 1
    assert SECRET not in refused.output


def test_mnemonic_import_derives_the_known_account(line, tmp_path):
    file = tmp_path / "words.txt"
    file.write_text(MNEMONIC)
    words = ("keys", "import", "mnemonic", "--file", str(file), "--index", "3")
    assert line.json(*words, env=PASSWORD)["address"] == ADDRESS


def test_exported_file_can_be_imported_elsewhere(line, tmp_path):
    imported(line, tmp_path)
    file = tmp_path / "key.json"
    file.write_text(line.done("keys", "export", ADDRESS).stdout)
    other = ("--home", str(tmp_path / "other"))
    words = ("keys", "import", "json", "--file", str(file), *other)
    line.done(*words, env={"AITBC_PASSWORD": "new one"}, input="correct horse\n")
    text = line.problem(*words[:-2], *other, env=PASSWORD, input="wrong\n")
    assert "wrong password" in text


@pytest.mark.parametrize("content", ["0x1234", "hello", "00" * 32, "f" * 64])
def test_what_is_no_private_key_is_refused_without_showing_it(line, tmp_path, content):
    file = tmp_path / "bad.txt"
    file.write_text(content)
    text = line.problem("keys", "import", "private-key", "--file", str(file), env=PASSWORD)
    assert content not in text


def test_key_is_deleted_only_with_its_password(line, tmp_path):
    imported(line, tmp_path)
    words = ("keys", "delete", ADDRESS, "--yes")
    assert "wrong password" in line.problem(*words, env={"AITBC_PASSWORD": "no"})
    line.done(*words, env=PASSWORD)
    assert line.json("keys", "list") == []
    assert "aitbc keys list" in line.problem(*words, env=PASSWORD)


def test_signature_is_the_one_wallets_make_and_verifies(line):
    signed = line.json("keys", "sign", "hello", "--dev-account", "3")
    from eth_account import Account
    from eth_account.messages import encode_defunct

    theirs = Account.sign_message(encode_defunct(text="hello"), bytes.fromhex(SECRET))
    assert signed["signature"] == "0x" + theirs.signature.hex()
    words = ("keys", "verify", "hello", signed["signature"])
    assert line.json(*words) == {"signer": ADDRESS}
    assert line.json(*words, "--address", ADDRESS)["is_right"] is True
    other = ("keys", "verify", "hallo", signed["signature"], "--address", ADDRESS)
    assert "not by" in line.problem(*other)


def test_hex_messages_are_signed_as_bytes(line):
    as_bytes = line.json("keys", "sign", "0x68656c6c6f", "--dev-account", "3")
    assert as_bytes == line.json("keys", "sign", "hello", "--dev-account", "3")


def test_keystore_signs_transactions_and_asks_for_the_password_in_a_file(line, tmp_path, double):
    imported(line, tmp_path)
    password = tmp_path / "password"
    password.write_text("correct horse\n")
    signer = ("--keystore", ADDRESS, "--password-file", str(password))
    line.done("send", *signer, "--to", "0x" + "0b" * 20, "--value", "1")
    assert double.executed[-1][0].sender == secret_to_address(bytes.fromhex(SECRET))


def test_key_of_the_environment_signs_and_a_bad_one_is_not_shown(line, double):
    words = ("send", "--private-key-env", "MY_KEY", "--to", "0x" + "0b" * 20, "--value", "1")
    line.done(*words, env={"MY_KEY": "0x" + SECRET})
    assert double.executed[-1][0].sender == secret_to_address(bytes.fromhex(SECRET))
    assert "export MY_KEY" in line.problem(*words)
    text = line.problem(*words, env={"MY_KEY": SECRET + "00"})
    assert SECRET not in text


def test_key_file_that_others_can_read_is_refused(line, tmp_path):
    file = tmp_path / "key.json"
    file.write_text(json.dumps({"secret": "0x" + SECRET}))
    file.chmod(0o644)
    words = ("send", "--key-file", str(file), "--to", "0x" + "0b" * 20)
    assert "chmod 600" in line.problem(*words)


def test_without_a_terminal_the_password_s_other_ways_are_named(line):
    said = line.problem("keys", "new", input="")
    assert "--password-file" in said
    assert "AITBC_PASSWORD" in said


def test_empty_new_password_is_refused(line):
    assert "empty" in line.problem("keys", "new", env={"AITBC_PASSWORD": ""})
