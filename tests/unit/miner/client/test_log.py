"""The job's log: what is written stays, what would contradict it is refused."""

import stat
from dataclasses import replace

import pytest

from miner.client.log import Job, JobLog, LogDamagedError, Sent, list_jobs
from miner.leases.protocol import Answer, Ask, Envelope, Voucher
from primitives.compute import Acknowledgement, ComputeReceipt
from primitives.errors import ConfigError, InvariantError
from primitives.types import Address, Hash32

JOB = Job(order_id=Hash32(b"\x01" * 32), client=b"\x02" * 20, chain_id=1, kind=3, model="m")
ASK = Ask(salt=b"\x05" * 32, options=b"o", prompt="p")


def receipt(seq=1, units=4, price=10):
    values = dict.fromkeys(ComputeReceipt.__dataclass_fields__, Hash32(bytes(32)))
    numbers = {"seq": seq, "unit_kind": 1, "units": units, "unit_price": price,
               "started_at": 1, "ended_at": 2, "flags": 0}  # fmt: skip
    parties = {"miner": Address(bytes(20)), "client": Address(bytes(20))}
    return ComputeReceipt(**(values | numbers | parties))


def voucher(made, units, amount):
    ack = Acknowledgement(
        lease_id=made.lease_id, seq=made.seq, receipt_hash=made.struct_hash(),
        cumulative_units=units, cumulative_amount=amount,
    )  # fmt: skip
    return Voucher(ack=ack, signature=b"\x03" * 65)


ENVELOPE = Envelope(
    lease_id=Hash32(bytes(32)), seq=1, sealed=b"s", signature=b"\x04" * 65,
    request_hash=Hash32(b"\x05" * 32), units_max=4, request_signature=b"\x06" * 65,
)  # fmt: skip


@pytest.fixture
def log(tmp_path):
    made = JobLog.create(tmp_path, JOB)
    yield made
    made.close()


def answered(log, seq=1, units=4):
    made = receipt(seq, units)
    log.save_ask(seq, ASK)
    log.save_answer(seq, made, b"\x03" * 65, Answer(delivered=b"d"))
    return made


def test_everything_written_is_read_again(log):
    made = answered(log)
    log.save_lease(b"\x09" * 32)
    log.save_envelope(ENVELOPE)
    log.save_voucher(voucher(made, 4, 40))
    log.save_delivered(1)
    log.save_sent(Sent(purpose="x", nonce=3, raw=b"raw", hash=Hash32(b"\x06" * 32)))
    log.save_ending("settled")
    found = JobLog.read(log.path)
    assert (found.job, found.lease_id, found.exchanges) == (JOB, b"\x09" * 32, log.exchanges)
    assert (found.sent, found.ending, found.units, found.amount) == (log.sent, "settled", 4, 40)
    log.forget_sent("x")
    assert not JobLog.read(log.path).sent


def test_only_the_owner_reads_it(log):
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


def test_one_process_writes_it(log):
    with pytest.raises(ConfigError, match="another process"):
        JobLog.open(log.path)


def test_a_job_begins_once(log, tmp_path):
    with pytest.raises(ConfigError, match="exists already"):
        JobLog.create(tmp_path, JOB)


@pytest.mark.parametrize(("units", "amount"), [(4, 39), (4, 41), (5, 40), (3, 40), (8, 80), (0, 0)])
def test_a_voucher_of_other_totals_is_never_kept(log, units, amount):
    made = answered(log)
    with pytest.raises(InvariantError):
        log.save_voucher(voucher(made, units, amount))
    assert JobLog.read(log.path).last.voucher is None


def test_a_request_has_one_voucher(log):
    made = answered(log)
    log.save_voucher(voucher(made, 4, 40))
    with pytest.raises(InvariantError):
        log.save_voucher(voucher(made, 4, 40))
    with pytest.raises(InvariantError):
        log.save_voucher(voucher(made, 8, 80))


def test_vouchers_add_to_those_before(log):
    log.save_voucher(voucher(answered(log), 4, 40))
    second = answered(log, 2, 6)
    with pytest.raises(InvariantError):
        log.save_voucher(voucher(second, 6, 60))
    log.save_voucher(voucher(second, 10, 100))
    assert (log.units, log.amount) == (10, 100)


def test_a_voucher_before_one_that_stands_is_refused(log):
    first, second = answered(log), answered(log, 2, 6)
    log.save_voucher(voucher(second, 6, 60))
    with pytest.raises(InvariantError):
        log.save_voucher(voucher(first, 10, 100))


def test_a_voucher_of_another_receipt_is_refused(log):
    made = answered(log)
    other = voucher(replace(made, flags=1), 4, 40)
    with pytest.raises(InvariantError):
        log.save_voucher(other)
    with pytest.raises(InvariantError):
        log.save_voucher(voucher(replace(made, seq=7), 4, 40))


def test_a_number_is_asked_and_sealed_once(log):
    answered(log)
    with pytest.raises(InvariantError):
        log.save_ask(1, ASK)
    log.save_envelope(ENVELOPE)
    with pytest.raises(InvariantError):
        log.save_envelope(ENVELOPE)


def test_a_torn_last_line_is_cut_off(log):
    answered(log)
    log.close()
    whole = log.path.read_bytes()
    for size in range(len(whole) - 20, len(whole)):
        log.path.write_bytes(whole[:size])
        found = JobLog.open(log.path)
        assert found.last.answer is None
        found.save_answer(1, receipt(), b"\x03" * 65, Answer(delivered=b"again"))
        found.close()
        assert JobLog.read(log.path).last.answer.delivered == b"again"


def test_damage_in_the_middle_names_the_line(log):
    answered(log)
    log.close()
    lines = log.path.read_bytes().splitlines(keepends=True)
    lines[1] = b"00000000" + lines[1][8:]
    log.path.write_bytes(b"".join(lines))
    with pytest.raises(LogDamagedError, match="line 2"):
        JobLog.read(log.path)


def test_jobs_are_listed_by_age(log, tmp_path):
    other = replace(JOB, order_id=Hash32(b"\x00" * 32), created_at=5)
    later = JobLog.create(tmp_path, other)
    later.close()
    (tmp_path / "empty.jsonl").touch()
    assert [found.job for found in list_jobs(tmp_path)] == [JOB, other]


def test_a_file_of_something_else_is_no_job(tmp_path):
    (tmp_path / "x.jsonl").write_bytes(b"nothing\n")
    with pytest.raises(ConfigError, match="no job"):
        JobLog.read(tmp_path / "x.jsonl")
    with pytest.raises(ConfigError, match="no job"):
        JobLog.read(tmp_path / "missing.jsonl")


def test_only_an_ask_that_was_never_sealed_is_dropped(log):
    log.save_ask(1, ASK)
    log.drop_ask(1)
    assert log.last is None
    log.save_ask(1, ASK)
    log.save_envelope(ENVELOPE)
    with pytest.raises(InvariantError):
        log.drop_ask(1)
    assert JobLog.read(log.path).last.envelope == ENVELOPE
