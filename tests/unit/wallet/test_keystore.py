"""Keys survive encryption, wrong passwords and junk files do not pass."""

import json

import pytest

from primitives.keys import secret_to_address
from wallet.keystore import Keystore, KeystoreError

SECRET = bytes(31) + b"\x07"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    directory = tmp_path_factory.mktemp("keys")
    return Keystore(directory), Keystore(directory).add(SECRET, "right")


def test_stored_key_unlocks_with_its_password_only(stored):
    keystore, key = stored
    assert key.address == secret_to_address(SECRET)
    assert keystore.unlock(key.address, "right") == SECRET
    with pytest.raises(KeystoreError, match="wrong password"):
        keystore.unlock(key.address, "wrong")


def test_key_file_is_private_and_holds_no_secret(stored):
    _, key = stored
    assert key.path.stat().st_mode & 0o777 == 0o600
    assert SECRET.hex() not in key.path.read_text()
    assert json.loads(key.path.read_text())["version"] == 3


def test_same_key_is_not_stored_twice(stored):
    keystore, _ = stored
    with pytest.raises(KeystoreError, match="already"):
        keystore.add(SECRET, "other")


def test_junk_files_are_passed_over(stored, tmp_path):
    (tmp_path / "a").write_text("not json")
    (tmp_path / "b").write_text('{"address": "zz"}')
    (tmp_path / "c").write_text("[1]")
    assert Keystore(tmp_path).list() == []


def test_delete_needs_the_password(tmp_path):
    keystore = Keystore(tmp_path)
    key = keystore.add(SECRET, "pw")
    with pytest.raises(KeystoreError):
        keystore.delete(key.address, "no")
    keystore.delete(key.address, "pw")
    assert keystore.list() == []
