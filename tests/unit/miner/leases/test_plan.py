"""What is due for a lease, at each boundary."""

from dataclasses import replace

import pytest

from contracts.receipts.v1.claim_messages import ClaimInfo
from miner.leases.plan import Facts, Patience, Step, next_step
from miner.leases.quorums import Seat, Standing
from tests.unit.miner.leases.book_entries import lease_info

PATIENCE = Patience(idle_seconds=900, silent_seconds=300, margin_seconds=60)
END = 1_000 + 3_600


def facts(**changes):
    claim = ClaimInfo(
        lease_id=bytes(32), receipt_hash=bytes(32), seq=0, units=0, amount=0, height=0,
        window_end=0, batch_id=0, is_unacknowledged=False, is_settled=False,
    )  # fmt: skip
    lease = lease_info(b"\x01" * 32)
    values = {
        "height": 100, "now": 2_000, "lease": lease, "claim": claim, "acknowledged": 0,
        "acknowledged_units": 0, "spare_seq": 0, "spare_units": 0, "spare_bytes": 0,
        "idle_seconds": 0.0, "is_draining": False, "is_working": False,
    }  # fmt: skip
    for name in ("status", "holds", "classes", "units_max"):
        if name in changes:
            values["lease"] = replace(values["lease"], **{name: changes.pop(name)})
    for name in ("seq", "units", "claim_height", "window_end", "is_unacknowledged"):
        if name in changes:
            key = "height" if name == "claim_height" else name
            values["claim"] = replace(values["claim"], **{key: changes.pop(name)})
    return Facts(**(values | changes))


OPEN, LOST = Seat(Standing.OPEN), Seat(Standing.LOST)
WON = Seat(Standing.AGREED, post_at=2_030)
POSTABLE = {"spare_seq": 1, "spare_units": 5, "spare_bytes": 9, "holds": 1, "seat": WON}

CASES = [
    ({"acknowledged": 1, "seat": OPEN, "is_draining": True}, Step.WAIT),
    ({"acknowledged": 1, "seat": OPEN, "status": 3}, Step.WAIT),
    ({"acknowledged": 1, "seat": LOST, "is_draining": True}, Step.WAIT),
    ({"acknowledged": 1, "seat": LOST, "now": END + 10_000}, Step.EXPIRE),
    ({"acknowledged": 1, "seat": WON}, Step.CLAIM),
    ({"acknowledged": 1, "seat": WON, "holds": 1}, Step.CLAIM),
    ({"acknowledged": 1, "seat": WON, "is_working": True}, Step.WAIT),
    (POSTABLE | {"now": 2_029}, Step.WAIT),
    (POSTABLE | {"now": 2_030}, Step.POST),
    (POSTABLE | {"now": 2_029, "status": 3}, Step.WAIT),
    ({"acknowledged": 1, "seq": 1, "claim_height": 90, "window_end": 99, "seat": WON,
      "holds": 1}, Step.WAIT),
    ({"acknowledged": 1, "seq": 1, "claim_height": 90, "window_end": 99, "seat": WON},
     Step.SETTLE),
    ({"status": 1}, Step.DECIDE),
    ({"status": 4}, Step.FINISH),
    ({"status": 5}, Step.FINISH),
    ({"status": 6}, Step.FINISH),
    ({"status": 7}, Step.FINISH),
    ({"status": 8}, Step.FINISH),
    ({"status": 0}, Step.WAIT),
    ({}, Step.WAIT),
    ({"acknowledged": 1, "acknowledged_units": 99}, Step.WAIT),
    ({"acknowledged": 1, "acknowledged_units": 100}, Step.CLAIM),
    ({"acknowledged": 1, "acknowledged_units": 100, "holds": 1}, Step.WAIT),
    ({"acknowledged": 1, "acknowledged_units": 100, "is_working": True}, Step.WAIT),
    ({"acknowledged": 1, "status": 3}, Step.CLAIM),
    ({"acknowledged": 1, "is_draining": True}, Step.CLAIM),
    ({"acknowledged": 1, "idle_seconds": 899.9}, Step.WAIT),
    ({"acknowledged": 1, "idle_seconds": 900.0}, Step.CLAIM),
    ({"acknowledged": 1, "now": END - 61}, Step.WAIT),
    ({"acknowledged": 1, "now": END - 60}, Step.CLAIM),
    ({"acknowledged": 2, "seq": 1, "claim_height": 90, "window_end": 150}, Step.CLAIM),
    ({"acknowledged": 1, "seq": 1, "claim_height": 90, "window_end": 100}, Step.WAIT),
    ({"acknowledged": 1, "seq": 1, "claim_height": 90, "window_end": 99}, Step.SETTLE),
    ({"status": 3, "spare_seq": 1, "spare_units": 5, "spare_bytes": 9}, Step.POST),
    ({"status": 3, "spare_seq": 1, "spare_units": 5, "spare_bytes": 0}, Step.WAIT),
    ({"status": 3, "spare_seq": 1, "spare_units": 5, "spare_bytes": 65_536}, Step.POST),
    ({"status": 3, "spare_seq": 1, "spare_units": 5, "spare_bytes": 65_537}, Step.WAIT),
    ({"status": 3, "spare_seq": 1, "spare_units": 101, "spare_bytes": 9}, Step.WAIT),
    ({"status": 3, "classes": 1, "spare_seq": 1, "spare_units": 5, "spare_bytes": 9}, Step.WAIT),
    ({"status": 3, "classes": 3, "spare_seq": 1, "spare_units": 5, "spare_bytes": 9}, Step.WAIT),
    (
        {"status": 3, "seq": 1, "claim_height": 9, "window_end": 150, "is_unacknowledged": True,
         "spare_seq": 2, "spare_units": 5, "spare_bytes": 9},
        Step.WAIT,
    ),
    ({"is_draining": True, "spare_seq": 1, "spare_units": 5, "spare_bytes": 9}, Step.WAIT),
    ({"status": 3, "now": END + 1_860}, Step.WAIT),
    ({"status": 3, "now": END + 1_861}, Step.EXPIRE),
    ({"status": 3, "reclaim_at": 1_900, "now": 2_020}, Step.WAIT),
    ({"status": 3, "reclaim_at": 1_900, "now": 2_021}, Step.EXPIRE),
    ({"status": 3, "reclaim_at": 1_900, "now": 2_021, "acknowledged": 1}, Step.CLAIM),
    ({"now": END + 1_861, "acknowledged": 1}, Step.CLAIM),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "step"), CASES)
def test_the_step_follows_from_the_facts(changes, step):
    assert next_step(facts(**changes), PATIENCE) is step


def test_a_silent_client_has_his_time():
    spare = {"spare_seq": 1, "spare_units": 5, "spare_bytes": 9, "now": END - 10}
    assert next_step(facts(**spare, idle_seconds=299.0), PATIENCE) is Step.WAIT
    assert next_step(facts(**spare, idle_seconds=300.0), PATIENCE) is Step.POST
