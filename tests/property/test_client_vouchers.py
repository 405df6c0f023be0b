"""K2 and K3: whatever is tried and wherever it crashes, vouchers add up and none is given twice."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from miner.client.log import JobLog
from miner.leases.protocol import Answer
from primitives.errors import InvariantError
from tests.unit.miner.client.test_log import ASK, JOB, receipt, voucher

PRICE = 10
steps = st.one_of(
    st.tuples(st.just("answer"), st.integers(1, 9)),
    st.tuples(st.just("sign"), st.integers(-3, 3)),
    st.tuples(st.just("crash"), st.integers(0, 40)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, max_size=25))
def test_vouchers_are_the_sums_of_their_receipts_through_any_crash(history):
    with tempfile.TemporaryDirectory() as folder:
        log = JobLog.create(Path(folder), JOB)
        signed = {}
        for what, number in history:
            last = log.last
            if what == "answer" and (last is None or last.voucher is not None):
                seq = 1 if last is None else last.seq + 1
                log.save_ask(seq, ASK)
                log.save_answer(seq, receipt(seq, number), b"\x03" * 65, Answer(delivered=b"d"))
            elif what == "sign" and last is not None and last.receipt is not None:
                units = log.units + last.receipt.units + number
                made = voucher(last.receipt, max(0, units), max(0, units) * PRICE)
                is_right = number == 0 and last.voucher is None
                try:
                    log.save_voucher(made)
                    assert is_right
                    signed[last.seq] = made
                except InvariantError:
                    assert not is_right
            elif what == "crash":
                log.close()
                with log.path.open("ab") as file:
                    file.write(b"00000000 {torn"[:number])
                log = JobLog.open(log.path)
        found = {e.seq: e.voucher for e in log.exchanges.values() if e.voucher is not None}
        assert found == signed
        receipts = [e.receipt for e in log.exchanges.values() if e.voucher is not None]
        assert log.units == sum(r.units for r in receipts)
        assert log.amount == log.units * PRICE
        log.close()
