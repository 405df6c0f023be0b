"""The lease book: what was written whole survives, what was torn is gone, files keep in step."""

from dataclasses import replace

import pytest

from miner.leases.book import FILE_NAME, BatchRecord, Bid, Ending, LeaseBook, read_deals
from miner.leases.protocol import Voucher
from primitives.compute import Acknowledgement
from primitives.errors import DecodeError
from primitives.types import Hash32
from tests.unit.miner.leases.book_entries import lease_info, signed_receipt

LEASE = Hash32(b"\x01" * 32)


def voucher(seq, units):
    ack = Acknowledgement(
        lease_id=LEASE, seq=seq, receipt_hash=Hash32(b"\x04" * 32), cumulative_units=units,
        cumulative_amount=units * 7,
    )  # fmt: skip
    return Voucher(ack=ack, signature=b"\x05" * 65)


def contents(book):
    deals = [(d.lease_id, dict(d.receipts), d.voucher, d.ending) for d in book.deals]
    return deals, book.bids, book.batches, book.cursor


STEPS = (
    lambda book: None,
    lambda book: book.adopt(lease_info(LEASE)),
    lambda book: book.move_cursor(3),
    lambda book: book.save_receipt(*signed_receipt(LEASE, 1)),
    lambda book: book.save_voucher(voucher(1, 5)),
    lambda book: book.save_receipt(*signed_receipt(LEASE, 2)),
    lambda book: book.save_bid(Bid(order_id=b"\x08" * 32, offer_id=1, unit_price=9, salt=b"s")),
    lambda book: book.save_batch(BatchRecord(root=b"\x07" * 32, leaves=((LEASE, 1),))),
    lambda book: book.save_voucher(voucher(2, 10)),
    lambda book: book.save_ending(
        LEASE, Ending(status=4, reason="", paid=70, units=10, at=1_700_000_000)
    ),
)


def test_crash_at_every_byte_yields_the_records_written_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("miner.record_log.os.fsync", lambda descriptor: None)
    states, sizes = [], []
    book = LeaseBook(tmp_path / "whole")
    path = tmp_path / "whole" / FILE_NAME
    for step in STEPS:
        step(book)
        states.append(contents(book))
        sizes.append(path.stat().st_size)
    book.close()
    # deals are changed in place: what each record added is read back from prefixes cut at records
    whole = path.read_bytes()
    expected = []
    for end in sizes:
        home = tmp_path / "prefix"
        home.mkdir(exist_ok=True)
        (home / FILE_NAME).write_bytes(whole[:end])
        opened = LeaseBook(home)
        expected.append(contents(opened))
        opened.close()
    assert expected[-1] == states[-1]
    assert len({str(state) for state in expected}) == len(STEPS)
    for size in range(len(whole) + 1):
        home = tmp_path / "torn"
        home.mkdir(exist_ok=True)
        (home / FILE_NAME).write_bytes(whole[:size])
        opened = LeaseBook(home)
        reached = max(i for i, end in enumerate(sizes) if end <= size)
        assert contents(opened) == expected[reached], size
        opened.close()


def test_kept_work_is_read_back_and_damage_is_noticed(tmp_path):
    book = LeaseBook(tmp_path)
    book.adopt(lease_info(LEASE))
    signed, envelope, delivery = signed_receipt(LEASE, 1)
    book.save_receipt(signed, envelope, delivery)
    assert book.read_work(LEASE, 1) == (envelope, delivery)
    (file,) = (tmp_path / "work").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(DecodeError):
        book.read_work(LEASE, 1)
    file.unlink()
    with pytest.raises(DecodeError):
        book.read_work(LEASE, 1)
    book.close()


def test_work_without_a_record_is_thrown_away_and_ended_work_too(tmp_path):
    book = LeaseBook(tmp_path)
    book.adopt(lease_info(LEASE))
    book.save_receipt(*signed_receipt(LEASE, 1))
    (tmp_path / "work" / "orphan").write_bytes(b"x")
    book.close()
    book = LeaseBook(tmp_path)
    assert len(list((tmp_path / "work").iterdir())) == 1
    book.save_ending(LEASE, Ending(status=4, reason="", paid=1, units=1, at=1))
    assert not list((tmp_path / "work").iterdir())
    book.close()


def test_compaction_keeps_what_is_of_use(tmp_path, monkeypatch):
    monkeypatch.setattr("miner.leases.book.ENDED_MAX", 1)
    book = LeaseBook(tmp_path)
    ids = [Hash32(bytes((n,)) * 32) for n in range(1, 4)]
    for lease_id in ids:
        book.adopt(lease_info(lease_id))
        book.save_receipt(*signed_receipt(lease_id, 1))
    for lease_id in ids[:2]:
        book.save_ending(lease_id, Ending(status=4, reason="", paid=1, units=1, at=1))
    book.save_bid(Bid(order_id=b"\x08" * 32, offer_id=1, unit_price=9, salt=b"s"))
    book.move_cursor(9)
    book.compact()
    kept = contents(book)
    book.close()
    again = LeaseBook(tmp_path)
    assert contents(again) == kept
    assert [deal.lease_id for deal in again.deals] == ids[1:]
    again.close()
    assert [deal.lease_id for deal in read_deals(tmp_path)] == ids[1:]


def test_a_lower_voucher_changes_nothing(tmp_path):
    book = LeaseBook(tmp_path)
    book.adopt(lease_info(LEASE))
    for seq in (1, 2):
        book.save_receipt(*signed_receipt(LEASE, seq))
    book.save_voucher(voucher(2, 10))
    book.save_voucher(voucher(1, 5))
    assert book.deal(LEASE).acknowledged == 2
    book.close()


def test_records_of_newer_releases_are_passed_over(tmp_path):
    from miner.record_log import encode_line

    (tmp_path / FILE_NAME).write_bytes(encode_line({"type": "unknown", "x": 1}))
    book = LeaseBook(tmp_path)
    assert book.deals == []
    book.close()
    assert read_deals(tmp_path) == []


def test_the_lease_itself_is_read_back(tmp_path):
    book = LeaseBook(tmp_path)
    info = replace(lease_info(LEASE), status=1, unit_price=(1 << 128) - 1)
    book.adopt(info)
    book.close()
    assert read_deals(tmp_path)[0].lease == info
