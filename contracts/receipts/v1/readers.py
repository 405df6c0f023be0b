"""Receipts and claims read from proven storage words, outside of any call.

A node proves the words of one record; whoever checks the proof reads the record out of them with
the very code that the contract runs.
"""

from collections.abc import Callable, Sequence

from contracts.framework.storage import ReadOnlyWords, Struct
from contracts.receipts.v1.claim_messages import ClaimInfo
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptInfo

Reader = Callable[[int], int]
"""Reads a word of the receipts contract's storage."""


def product_slots(receipt_id: bytes) -> Sequence[int]:
    """Return the words of a product's receipt."""
    return _words(Receipts(_unread()).receipts_by_id[receipt_id])


def claim_slots(lease_id: bytes) -> Sequence[int]:
    """Return the words of a lease's claim."""
    return _words(Receipts(_unread()).claims[lease_id])


def read_product(reader: Reader, receipt_id: bytes) -> ReceiptInfo:
    """Return a product's receipt; status 0 when there is none."""
    return Receipts(ReadOnlyWords(reader)).receipt(receipt_id)


def read_claim(reader: Reader, lease_id: bytes) -> ClaimInfo:
    """Return a lease's claim; height 0 when there is none."""
    return Receipts(ReadOnlyWords(reader)).claim(lease_id)


def _words(record: Struct) -> Sequence[int]:
    return range(record.base_slot, record.base_slot + record.slots_total)


def _unread() -> ReadOnlyWords:
    return ReadOnlyWords(lambda _: 0)
