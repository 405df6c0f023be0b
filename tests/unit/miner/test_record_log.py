"""The log under journal and book: nothing of a failed write stays, not even for a moment."""

import pytest

from miner.record_log import RecordLog, encode_line, is_held, scan, write_synced


def test_nothing_of_a_failed_write_stays(tmp_path, monkeypatch):
    path = tmp_path / "log"
    log = RecordLog(path)
    log.append({"n": 1})

    def fail(descriptor):
        raise OSError(5, "broken disk")

    with monkeypatch.context() as patch:
        patch.setattr("miner.record_log.os.fsync", fail)
        with pytest.raises(OSError, match="broken"):
            log.append({"n": 2, "long": "x" * 100})
    assert [record for _, record in scan(path)] == [{"n": 1}]
    log.append({"n": 3})
    assert [record["n"] for _, record in scan(path)] == [1, 3]
    log.close()


@pytest.mark.parametrize("torn", [b"0", b"x" * 400, b"00000000 {}\n", encode_line({"n": 2})[:-1]])
def test_a_torn_line_is_off_the_disk_before_anything_is_written_behind_it(tmp_path, torn):
    path = tmp_path / "log"
    path.write_bytes(encode_line({"n": 1}) + torn)
    log = RecordLog(path)
    assert path.read_bytes() == encode_line({"n": 1})
    log.append({"n": 3})
    log.close()
    assert path.read_bytes() == encode_line({"n": 1}) + encode_line({"n": 3})


def test_the_log_goes_on_behind_a_failed_write(tmp_path, monkeypatch):
    path = tmp_path / "log"
    log = RecordLog(path)
    with monkeypatch.context() as patch:
        patch.setattr("miner.record_log.os.fsync", _broken)
        with pytest.raises(OSError, match="broken"):
            log.append({"long": "x" * 100})
    assert (path.read_bytes(), log.bytes_used) == (b"", 0)
    log.append({"n": 1})
    log.close()
    assert path.read_bytes() == encode_line({"n": 1})


def _broken(descriptor):
    raise OSError(5, "broken disk")


def test_a_lock_tells_whether_somebody_holds_the_log(tmp_path):
    path = tmp_path / "log"
    assert not is_held(path)
    log = RecordLog(path)
    assert is_held(path)
    log.close()
    assert not is_held(path)


def test_a_file_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_synced(path, b"one")

    def fail(descriptor):
        raise OSError(28, "full")

    monkeypatch.setattr("miner.record_log.os.fsync", fail)
    with pytest.raises(OSError, match="full"):
        write_synced(path, b"two")
    assert path.read_bytes() == b"one"
    assert path.stat().st_mode & 0o077 == 0
