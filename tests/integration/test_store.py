import subprocess
import sys

import plyvel
import pytest

from primitives.errors import ConfigError
from state.store import CorruptionError, Store, StoreClosedError, seal, unseal


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "db")


def test_what_was_written_is_read_after_reopening(path):
    with Store.open(path) as store:
        store.write_batch([(b"a1", b"x"), (b"a2", b""), (b"b1", b"y"), (b"gone", b"z")])
        store.write_batch([(b"gone", None), (b"a1", b"new")])
    with Store.open(path) as store:
        assert store.get(b"a1") == b"new"
        assert store.get(b"a2") == b""
        assert store.get(b"gone") is None
        assert list(store.iterator(prefix=b"a")) == [(b"a1", b"new"), (b"a2", b"")]
        assert list(store.iterator(start=b"a2", stop=b"b1")) == [(b"a2", b"")]
        assert [key for key, _ in store.iterator(is_reversed=True)] == [b"b1", b"a2", b"a1"]


def test_later_writes_of_a_batch_win(path):
    with Store.open(path) as store:
        store.write_batch([(b"k", None), (b"k", b"1")])
        assert store.get(b"k") == b"1"
        store.write_batch([(b"k", b"2"), (b"k", None)])
        assert store.get(b"k") is None


def test_a_batch_whose_writes_fail_half_way_changes_nothing(path):
    def writes():
        yield b"k", b"1"
        raise ValueError

    with Store.open(path) as store:
        with pytest.raises(ValueError):
            store.write_batch(writes())
        assert store.get(b"k") is None


def test_a_snapshot_does_not_see_later_writes(path):
    with Store.open(path) as store:
        store.write_batch([(b"k", b"1")])
        snapshot = store.snapshot()
        store.write_batch([(b"k", b"2"), (b"l", b"3")])
        assert snapshot.get(b"k") == b"1"
        assert list(snapshot.iterator()) == [(b"k", b"1")]


def test_a_database_in_use_by_another_process_is_refused_with_a_remedy(path):
    script = "import sys; from state.store import Store; Store.open(sys.argv[1])"
    with Store.open(path):
        result = subprocess.run(
            [sys.executable, "-c", script, path], capture_output=True, text=True, check=False
        )
    assert "ConfigError" in result.stderr
    assert "Stop the other node" in result.stderr


def test_a_directory_that_cannot_be_used_is_refused(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(ConfigError):
        Store.open(str(file / "db"))
    with pytest.raises(ConfigError):
        Store.open(str(tmp_path / "missing"), is_create=False)


def damage(path, key, change):
    db = plyvel.DB(path)
    db.put(key, change(db.get(key)))
    db.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda row: bytes([row[0] ^ 1]) + row[1:],
        lambda row: row[:-1] + bytes([row[-1] ^ 1]),
        lambda row: row[:-1],
        lambda row: row + b"\x00",
        lambda row: b"",
    ],
)
def test_a_damaged_row_is_reported_with_its_key(path, change):
    with Store.open(path) as store:
        store.write_batch([(b"key", b"value")])
    damage(path, b"key", change)
    with Store.open(path) as store:
        with pytest.raises(CorruptionError) as error:
            store.get(b"key")
        assert error.value.key == b"key"
        with pytest.raises(CorruptionError):
            list(store.iterator())


def test_a_row_copied_under_another_key_is_corrupt():
    row = seal(b"one", b"value")
    assert unseal(b"one", row) == b"value"
    with pytest.raises(CorruptionError):
        unseal(b"two", row)


def test_a_closed_database_says_so(path):
    store = Store.open(path)
    snapshot = store.snapshot()
    rows = snapshot.sealed_rows()
    iterator = store.iterator()
    store.close()
    for use in (
        lambda: store.get(b"k"),
        lambda: snapshot.get(b"k"),
        store.snapshot,
        lambda: store.write_batch([(b"k", b"v")]),
        lambda: rows.between(b"a", b"b", 1),
        lambda: next(iterator),
    ):
        with pytest.raises(StoreClosedError):
            use()


def test_a_cursor_finds_a_range_whatever_it_expects(path):
    with Store.open(path) as store:
        store.write_batch([(bytes([n]), b"v") for n in range(20)])
        rows = store.snapshot().sealed_rows()
        for expected in (0, 1, 4, 5, 6, 100):
            found = rows.between(b"\x05", b"\x09", expected)
            assert [key[0] for key, _ in found] == [5, 6, 7, 8, 9]
        assert rows.between(b"\x15", b"\x19", 3) == []
        assert [key[0] for key, _ in rows.at_most(b"\x12", b"\xff", 100)] == [18, 19]
