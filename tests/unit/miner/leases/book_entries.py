"""Leases and receipts for the book's tests; nothing in them has to be true."""

import hashlib

from contracts.marketplace.v1.lease_messages import LeaseInfo
from miner.leases.book import SignedReceipt
from primitives.compute import ComputeReceipt
from primitives.types import Address, Hash32

NUMBERS = {
    "kind": 2, "classes": 5, "unit_kind": 1, "unit_price": 7, "units_max": 100, "escrow": 700,
    "prepaid": 0, "lock": 700, "fee_bps": 250, "status": 2, "holds": 0, "window_blocks": 60,
    "response_seconds": 60, "move_seconds": 60, "game_seconds": 1_800, "adjudicator": 1,
    "opened_at": 1_000, "opened_height": 10, "deadline": 3_600,
}  # fmt: skip


def lease_info(lease_id, **changes):
    values = NUMBERS | {
        "lease_id": lease_id, "order_id": b"\x02" * 32, "client": b"\x03" * 20,
        "miner": b"\x04" * 20, "model_root": b"\x05" * 32, "client_key": b"\x06" * 32,
        "miner_key": b"\x07" * 32,
    }  # fmt: skip
    return LeaseInfo(**(values | changes))


def signed_receipt(lease_id, seq, units=5):
    """Return the arguments of ``save_receipt``."""
    zero = Hash32(bytes(32))
    receipt = ComputeReceipt(
        job_id=zero, lease_id=lease_id, seq=seq, miner=Address(bytes(20)),
        client=Address(bytes(20)), model_root=zero, request_hash=zero, response_hash=zero,
        trace_root=zero, fingerprint=zero, unit_kind=1, units=units, unit_price=7, started_at=1,
        ended_at=2, beacon=zero, attestation=zero, flags=0,
    )  # fmt: skip
    envelope, delivery = b"in %d" % seq, b"out %d" % seq
    signed = SignedReceipt(
        receipt=receipt, signature=b"\x09" * 65, stamp_height=64,
        envelope=Hash32(hashlib.sha256(envelope).digest()),
        delivery=Hash32(hashlib.sha256(delivery).digest()),
    )  # fmt: skip
    return signed, envelope, delivery
