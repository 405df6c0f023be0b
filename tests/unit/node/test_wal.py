"""The write-ahead log survives torn tails, refuses torn middles, and forgets what is decided."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node import wal as wal_module
from node.wal import Record, RecordKind, WalCorruptError, WriteAheadLog


def record(view, payload=b"x", epoch=1):
    return Record(RecordKind.VOTE, epoch, view, payload)


def write(directory, records):
    log = WriteAheadLog(directory)
    for entry in records:
        log.append(entry, is_synced=True)
    log.close()


def test_records_survive_reopening_in_order(tmp_path):
    records = [record(view, bytes([view])) for view in range(5)]
    write(tmp_path, records)
    write(tmp_path, [record(9)])
    assert WriteAheadLog(tmp_path).records() == [*records, record(9)]


def test_a_synced_append_returns_after_fsync(tmp_path, monkeypatch):
    log, synced = WriteAheadLog(tmp_path), []
    segment = next(tmp_path.glob("*.wal"))
    monkeypatch.setattr(wal_module.os, "fsync", lambda _file: synced.append(segment.read_bytes()))
    log.append(record(1), is_synced=False)
    assert synced == []
    log.append(record(2), is_synced=True)
    assert synced == [segment.read_bytes()]


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(1, 200))
def test_any_torn_tail_loses_only_whole_last_records(tmp_path_factory, cut):
    directory = tmp_path_factory.mktemp("wal")
    records = [record(view, bytes(view * 7)) for view in range(8)]
    write(directory, records)
    segment = next(directory.glob("*.wal"))
    data = segment.read_bytes()
    segment.write_bytes(data[: max(0, len(data) - cut)])
    log = WriteAheadLog(directory)
    survivors = log.records()
    assert survivors == records[: len(survivors)]
    log.append(record(99), is_synced=True)
    log.close()
    assert WriteAheadLog(directory).records() == [*survivors, record(99)]


def test_damage_before_the_end_stops_the_node(tmp_path):
    write(tmp_path, [record(view, bytes(40)) for view in range(5)])
    segment = next(tmp_path.glob("*.wal"))
    data = bytearray(segment.read_bytes())
    data[30] ^= 1
    segment.write_bytes(bytes(data))
    with pytest.raises(WalCorruptError, match="aitbc db verify"):
        WriteAheadLog(tmp_path)


def test_rotation_keeps_live_records_and_removes_old_segments(tmp_path, monkeypatch):
    monkeypatch.setattr(wal_module, "SEGMENT_BYTES_MAX", 1000)
    log = WriteAheadLog(tmp_path)
    for view in range(50):
        log.append(record(view, bytes(100)), is_synced=False)
        log.prune((1, max(0, view - 3)))
    log.close()
    assert len(list(tmp_path.glob("*.wal"))) == 1
    views = [r.view for r in WriteAheadLog(tmp_path).records()]
    assert views[-4:] == [46, 47, 48, 49]
    assert len(views) < 20


def test_zeros_at_the_end_are_a_torn_tail(tmp_path):
    """What a file system leaves after a power loss: the size grew, the data did not come."""
    write(tmp_path, [record(1), record(2)])
    segment = next(tmp_path.glob("*.wal"))
    segment.write_bytes(segment.read_bytes() + bytes(4096))
    log = WriteAheadLog(tmp_path)
    assert log.records() == [record(1), record(2)]
    assert log.torn_bytes == 4096


@pytest.mark.parametrize("bit", range(0, 64, 5))
def test_any_flipped_bit_of_an_early_header_stops_the_node(tmp_path, bit):
    """Also in the length, which would otherwise swallow the records behind it."""
    write(tmp_path, [record(view, bytes(40)) for view in range(5)])
    segment = next(tmp_path.glob("*.wal"))
    data = bytearray(segment.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    segment.write_bytes(bytes(data))
    with pytest.raises(WalCorruptError):
        WriteAheadLog(tmp_path)
