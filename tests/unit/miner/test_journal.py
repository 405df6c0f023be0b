"""The journal: what was written whole survives, what was torn is gone, nothing else happens."""

from dataclasses import replace

import pytest

from miner.journal import (
    FILE_NAME,
    FINISHED_MAX,
    Journal,
    JournalDamagedError,
    LeaseRecord,
    LeaseState,
    SentTransaction,
    read_leases,
)
from primitives.errors import ConfigError


def lease(number: int, state: LeaseState = LeaseState.TAKEN, **fields) -> LeaseRecord:
    values = {
        "job_id": number.to_bytes(32, "big"),
        "state": state,
        "client": b"\x01" * 20,
        "seed": b"\x02" * 32,
        "m": 64,
        "n": 128,
        "k": 65,
        "escrow": 10**18,
        "unit_price": 7,
        "claim": b"\x03" * 18,
        "reason": "why",
    } | fields
    return LeaseRecord(**values)


def transaction(purpose: str, nonce: int = 0, **fields) -> SentTransaction:
    values = {
        "purpose": purpose,
        "nonce": nonce,
        "raws": (b"\x02raw", b"\x02new"),
        "hashes": (b"\x04" * 32, b"\x05" * 32),
        "sent_height": 9,
    } | fields
    return SentTransaction(**values)


def contents(journal: Journal):
    return journal.leases, journal.pending


def test_reopening_yields_what_was_saved(tmp_path):
    journal = Journal(tmp_path)
    journal.save_lease(lease(1))
    journal.save_lease(lease(2))
    journal.save_lease(lease(1, LeaseState.COMPUTED))
    journal.save_transaction(transaction("take:01"))
    saved = contents(journal)
    journal.close()
    again = Journal(tmp_path)
    assert contents(again) == saved
    assert again.leases == [lease(1, LeaseState.COMPUTED), lease(2)]
    assert again.pending == [transaction("take:01")]
    again.close()


def test_finished_transactions_are_forgotten_and_stay_so(tmp_path):
    journal = Journal(tmp_path)
    journal.save_transaction(transaction("a", 1))
    journal.save_transaction(transaction("b", 0))
    assert [sent.purpose for sent in journal.pending] == ["b", "a"]
    journal.save_transaction(replace(transaction("a", 1), is_done=True))
    journal.close()
    again = Journal(tmp_path)
    assert [sent.purpose for sent in again.pending] == ["b"]
    assert again.transaction("a") is None
    again.close()


def test_crash_at_every_byte_yields_the_records_written_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "miner.record_log.os.fsync", lambda descriptor: None
    )  # the disk is not the point
    states, sizes = [], []
    journal = Journal(tmp_path / "whole")
    path = tmp_path / "whole" / FILE_NAME
    steps = [
        lambda: None,
        lambda: journal.save_lease(lease(1)),
        lambda: journal.save_transaction(transaction("submit:01")),
        lambda: journal.save_lease(lease(1, LeaseState.SUBMITTED)),
        lambda: journal.save_transaction(replace(transaction("submit:01"), is_done=True)),
        lambda: journal.save_lease(lease(1, LeaseState.SETTLED, paid=5)),
    ]
    for step in steps:
        step()
        states.append(contents(journal))
        sizes.append(path.stat().st_size)
    journal.close()
    whole = path.read_bytes()
    for size in range(len(whole) + 1):
        home = tmp_path / "torn"
        home.mkdir(exist_ok=True)
        (home / FILE_NAME).write_bytes(whole[:size])
        opened = Journal(home)
        reached = max(i for i, end in enumerate(sizes) if end <= size)
        assert contents(opened) == states[reached], size
        assert (home / FILE_NAME).stat().st_size == sizes[reached]
        opened.save_lease(lease(9))
        opened.close()
        assert read_leases(home)[-1] == lease(9), size


def test_damage_before_the_last_line_is_an_error_that_names_the_line(tmp_path):
    journal = Journal(tmp_path)
    for number in range(3):
        journal.save_lease(lease(number))
    journal.close()
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    data[data.index(b"\n") + 40] ^= 1
    path.write_bytes(data)
    with pytest.raises(JournalDamagedError, match="line 2"):
        Journal(tmp_path)
    assert path.read_bytes() == data


def test_second_process_is_refused(tmp_path):
    journal = Journal(tmp_path)
    with pytest.raises(ConfigError, match="another miner"):
        Journal(tmp_path)
    journal.close()
    Journal(tmp_path).close()


def test_reading_needs_no_lock_and_no_file(tmp_path):
    assert read_leases(tmp_path) == []
    journal = Journal(tmp_path)
    journal.save_lease(lease(1))
    assert read_leases(tmp_path) == [lease(1)]
    journal.close()


def test_compaction_keeps_what_is_of_use(tmp_path, monkeypatch):
    monkeypatch.setattr("miner.journal.FINISHED_MAX", 2)
    journal = Journal(tmp_path)
    for number in range(5):
        journal.save_lease(lease(number))
        journal.save_lease(lease(number, LeaseState.SETTLED))
    journal.save_lease(lease(7))
    journal.save_transaction(transaction("take:07", 3))
    before = (tmp_path / FILE_NAME).stat().st_size
    journal.compact()
    assert (tmp_path / FILE_NAME).stat().st_size < before
    journal.save_lease(lease(8))
    kept = contents(journal)
    journal.close()
    again = Journal(tmp_path)
    assert contents(again) == kept
    assert [int.from_bytes(row.job_id, "big") for row in again.leases] == [3, 4, 7, 8]
    assert [sent.purpose for sent in again.pending] == ["take:07"]
    again.close()
    assert FINISHED_MAX > 2


def test_append_compacts_when_the_file_has_grown(tmp_path, monkeypatch):
    monkeypatch.setattr("miner.journal.COMPACT_BYTES", 1_000)
    journal = Journal(tmp_path)
    for _ in range(20):
        journal.save_lease(lease(1))
    assert (tmp_path / FILE_NAME).stat().st_size < 3_000
    assert journal.leases == [lease(1)]
    journal.close()


def test_failed_write_leaves_no_torn_line_behind(tmp_path, monkeypatch):
    journal = Journal(tmp_path)
    journal.save_lease(lease(1))

    def fail(descriptor):
        raise OSError("disk broke")

    monkeypatch.setattr("miner.record_log.os.fsync", fail)
    with pytest.raises(OSError, match="disk broke"):
        journal.save_lease(lease(2))
    monkeypatch.undo()
    journal.save_lease(lease(3))
    journal.close()
    assert read_leases(tmp_path) == [lease(1), lease(3)]


def test_keys_of_newer_releases_are_passed_over(tmp_path):
    from miner.journal import _plain
    from miner.record_log import encode_line as _line

    record = {"type": "lease", **_plain(lease(1)), "invented_later": 1}
    (tmp_path / FILE_NAME).write_bytes(_line(record) + _line({"type": "unknown"}))
    assert read_leases(tmp_path) == [lease(1)]
