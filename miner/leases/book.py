"""The lease desk's memory: leases, signed receipts, vouchers, bids, batches; it survives kill -9.

Kept in a ``RecordLog``; what is too large for it (a request with its delivery) lies in a file of
its own, which the record names by its hash. Invariants:

B1. A receipt is on the disk, with the request and the delivery that belong to it, before any of it
    leaves the process.
B2. A lease's sequence number is signed for once: a second receipt for it is a bug, and raises.
B3. A voucher is on the disk before it is confirmed; only a higher one replaces it.
B4. An ended lease keeps its figures; its requests and deliveries are deleted.
B5. A lease that was active before this book knew of it is blind: numbers may have been signed for
    that were lost with a disk, so nothing is signed for it any more.
B6. Requests are kept as they came, sealed: nobody reads them out of the files without the key.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import msgpack

from contracts.marketplace.v1.lease_messages import LeaseInfo
from miner.leases.protocol import Voucher
from miner.record_log import RecordLog, scan, sync_directory, write_synced
from primitives.compute import Acknowledgement, ComputeReceipt, decode_compute_receipt
from primitives.errors import DecodeError, InvariantError
from primitives.types import Hash32

FILE_NAME: Final = "leases.jsonl"
WORK_FOLDER: Final = "work"
COMPACT_BYTES: Final = 16 * 2**20
ENDED_MAX: Final = 10_000

_LEASE_BYTES: Final = (
    "lease_id",
    "order_id",
    "client",
    "miner",
    "model_root",
    "client_key",
    "miner_key",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedReceipt:
    """One receipt of ours; ``envelope`` and ``delivery`` are SHA-256 of the bytes in and out."""

    receipt: ComputeReceipt
    signature: bytes
    stamp_height: int
    envelope: Hash32
    delivery: Hash32

    @property
    def amount(self) -> int:
        """Return what the receipt is worth in wei."""
        return self.receipt.units * self.receipt.unit_price


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What became of a lease: its last status, net pay and units, and when (chain seconds)."""

    status: int
    reason: str
    paid: int
    units: int
    at: int


@dataclass(slots=True, kw_only=True)
class Deal:
    """One lease as the miner knows it; ``lease`` is what the chain last said.

    ``commit_until`` is when its quorum stops taking commitments (chain seconds), 0 without one, and
    ``quorum_request`` the hash of the request that it answers.
    """

    lease: LeaseInfo
    receipts: dict[int, SignedReceipt] = field(default_factory=dict)
    voucher: Voucher | None = None
    ending: Ending | None = None
    is_blind: bool = False
    commit_until: int = 0
    quorum_request: bytes = b""

    @property
    def lease_id(self) -> bytes:
        """Return the lease's id."""
        return self.lease.lease_id

    @property
    def last_seq(self) -> int:
        """Return the last sequence number that was signed for, 0 before the first."""
        return len(self.receipts)

    @property
    def acknowledged(self) -> int:
        """Return the highest sequence number with a voucher."""
        return 0 if self.voucher is None else self.voucher.ack.seq

    @property
    def units_done(self) -> int:
        """Return the units of all receipts."""
        return self.totals(self.last_seq)[0]

    def totals(self, seq: int) -> tuple[int, int]:
        """Return (units, wei) of all receipts up to ``seq``."""
        counted = [signed for number, signed in self.receipts.items() if number <= seq]
        return sum(s.receipt.units for s in counted), sum(s.amount for s in counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """A sealed bid: price and salt are needed for its reveal."""

    order_id: bytes
    offer_id: int
    unit_price: int
    salt: bytes
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecord:
    """A batch of ours: its leaves as (lease, seq); ``batch_id`` is 0 until the chain has it."""

    root: bytes
    leaves: tuple[tuple[bytes, int], ...]
    batch_id: int = 0
    is_done: bool = False


class LeaseBook:
    """The open book of one miner."""

    def __init__(self, directory: Path) -> None:
        """Open or create.

        Raises:
            ConfigError: another process holds it.
            JournalDamagedError: the disk broke a record.
        """
        self._directory = directory
        self._work = directory / WORK_FOLDER
        self._log = RecordLog(directory / FILE_NAME)
        self._work.mkdir(mode=0o700, exist_ok=True)
        self._deals: dict[bytes, Deal] = {}
        self._bids: dict[bytes, Bid] = {}
        self._batches: dict[bytes, BatchRecord] = {}
        self.cursor = 0
        for record in self._log.take_read():
            self._remember(record)
        self._drop_orphans()
        if self._log.bytes_used > COMPACT_BYTES:
            self.compact()

    def close(self) -> None:
        """Close the log and release its lock."""
        self._log.close()

    @property
    def deals(self) -> list[Deal]:
        """Return all leases known, in the order of their adoption."""
        return list(self._deals.values())

    @property
    def live(self) -> list[Deal]:
        """Return the leases that have not ended."""
        return [deal for deal in self._deals.values() if deal.ending is None]

    @property
    def bids(self) -> list[Bid]:
        """Return the bids that are not done with."""
        return [bid for bid in self._bids.values() if not bid.is_done]

    @property
    def batches(self) -> list[BatchRecord]:
        """Return the batches that are not done with."""
        return [batch for batch in self._batches.values() if not batch.is_done]

    def deal(self, lease_id: bytes) -> Deal | None:
        """Return a lease."""
        return self._deals.get(lease_id)

    def has_bid(self, order_id: bytes) -> bool:
        """Answer whether a bid for an order was ever written."""
        return order_id in self._bids

    # --- writing ------------------------------------------------------------------------------

    def adopt(self, lease: LeaseInfo, *, is_blind: bool = False) -> Deal:
        """Write down a lease of ours (B5); known ones are returned as they are."""
        known = self._deals.get(lease.lease_id)
        if known is not None:
            return known
        self._append(_lease_record(lease, is_blind=is_blind))
        self._deals[lease.lease_id] = Deal(lease=lease, is_blind=is_blind)
        return self._deals[lease.lease_id]

    def move_cursor(self, cursor: int) -> None:
        """Write down how many of the account's leases on the chain were looked at."""
        if cursor != self.cursor:
            self._append({"type": "cursor", "cursor": cursor})
            self.cursor = cursor

    def save_receipt(self, signed: SignedReceipt, envelope: bytes, delivery: bytes) -> None:
        """Write a receipt with the request and the delivery (B1).

        Raises:
            InvariantError: its sequence number is not the next one (B2).
        """
        receipt = signed.receipt
        deal = self._deals[receipt.lease_id]
        if receipt.seq != deal.last_seq + 1:
            raise InvariantError(f"receipt {receipt.seq} after {deal.last_seq}")
        packed: bytes = msgpack.packb([envelope, delivery])
        write_synced(self._work_path(receipt.lease_id, receipt.seq), packed)
        self._append(_receipt_record(signed))
        deal.receipts[receipt.seq] = signed

    def save_voucher(self, voucher: Voucher) -> None:
        """Write a voucher that is higher than the one before (B3)."""
        deal = self._deals[voucher.ack.lease_id]
        if voucher.ack.seq <= deal.acknowledged:
            return
        self._append({"type": "voucher", "body": voucher.encode().hex()})
        deal.voucher = voucher

    def save_ending(self, lease_id: bytes, ending: Ending) -> None:
        """Write what became of a lease; forget its requests (B4)."""
        self._append({"type": "end", "lease_id": lease_id.hex(), **asdict(ending)})
        deal = self._deals[lease_id]
        deal.ending = ending
        for seq in deal.receipts:
            self._work_path(lease_id, seq).unlink(missing_ok=True)

    def save_bid(self, bid: Bid) -> None:
        """Write a bid, or that it is done with."""
        self._append({"type": "bid", **_plain(bid)})
        self._bids[bid.order_id] = bid

    def save_batch(self, batch: BatchRecord) -> None:
        """Write a batch, its number, or that it is done with."""
        leaves = [[lease.hex(), seq] for lease, seq in batch.leaves]
        self._append({"type": "batch", **_plain(replace(batch, leaves=())), "leaves": leaves})
        self._batches[batch.root] = batch

    # --- reading ------------------------------------------------------------------------------

    def read_work(self, lease_id: bytes, seq: int) -> tuple[bytes, bytes]:
        """Return (envelope, delivery) of a receipt, byte for byte as they came and went.

        Raises:
            DecodeError: the file is gone or is not what the record names.
        """
        signed = self._deals[lease_id].receipts[seq]
        try:
            packed = self._work_path(lease_id, seq).read_bytes()
            envelope, delivery = msgpack.unpackb(packed)
        except (OSError, ValueError) as error:
            raise DecodeError("kept delivery", f"receipt {seq} cannot be read: {error}") from error
        hashes = hashlib.sha256(envelope).digest(), hashlib.sha256(delivery).digest()
        if hashes != (signed.envelope, signed.delivery):
            raise DecodeError("kept delivery", f"receipt {seq} is not what was sent")
        return envelope, delivery

    def compact(self) -> None:
        """Rewrite the log with what is still of use: live leases, the newest ended ones."""
        ended = [lease_id for lease_id, deal in self._deals.items() if deal.ending is not None]
        for lease_id in ended[:-ENDED_MAX]:
            del self._deals[lease_id]
        records: list[dict[str, Any]] = [{"type": "cursor", "cursor": self.cursor}]
        for deal in self._deals.values():
            records.append(_lease_record(deal.lease, is_blind=deal.is_blind))
            records += [_receipt_record(signed) for signed in deal.receipts.values()]
            if deal.voucher is not None:
                records.append({"type": "voucher", "body": deal.voucher.encode().hex()})
            if deal.ending is not None:
                ending = asdict(deal.ending)
                records.append({"type": "end", "lease_id": deal.lease_id.hex(), **ending})
        records += [{"type": "bid", **_plain(bid)} for bid in self.bids]
        for batch in self.batches:
            leaves = [[lease.hex(), seq] for lease, seq in batch.leaves]
            records.append({"type": "batch", **_plain(replace(batch, leaves=())), "leaves": leaves})
        self._log.rewrite(records)

    def _append(self, record: dict[str, Any]) -> None:
        self._log.append(record)

    def _work_path(self, lease_id: bytes, seq: int) -> Path:
        return self._work / f"{lease_id.hex()}-{seq}"

    def _drop_orphans(self) -> None:
        """Delete files without a record: their receipts never left."""
        known = {
            self._work_path(deal.lease_id, seq).name for deal in self.live for seq in deal.receipts
        }
        stale = [path for path in self._work.iterdir() if path.name not in known]
        for path in stale:
            with suppress(FileNotFoundError):
                path.unlink()
        if stale:
            sync_directory(self._work)

    def _remember(self, record: dict[str, Any]) -> None:
        _apply(record, self._deals)
        match record.get("type"):
            case "cursor":
                self.cursor = int(record["cursor"])
            case "bid":
                bid = _read_bid(record)
                self._bids[bid.order_id] = bid
            case "batch":
                batch = _read_batch(record)
                self._batches[batch.root] = batch
            case _:
                pass


def read_deals(directory: Path) -> list[Deal]:
    """Return a book's leases without opening it for writing; a miner may be running.

    Raises:
        JournalDamagedError: the disk broke a record.
    """
    deals: dict[bytes, Deal] = {}
    for _, record in scan(directory / FILE_NAME):
        _apply(record, deals)
    return list(deals.values())


def _apply(record: dict[str, Any], deals: dict[bytes, Deal]) -> None:
    """Apply a record about a lease; others, also of newer releases, change nothing."""
    match record.get("type"):
        case "lease":
            lease = _read_lease(record)
            deals[lease.lease_id] = Deal(lease=lease, is_blind=record["is_blind"])
        case "receipt":
            signed = _read_receipt(record)
            deals[signed.receipt.lease_id].receipts[signed.receipt.seq] = signed
        case "voucher":
            voucher = _read_voucher(record)
            deals[voucher.ack.lease_id].voucher = voucher
        case "end":
            names = ("status", "reason", "paid", "units", "at")
            ending = Ending(**{name: record[name] for name in names})
            deals[bytes.fromhex(record["lease_id"])].ending = ending
        case _:
            pass


def _lease_record(lease: LeaseInfo, *, is_blind: bool) -> dict[str, Any]:
    return {"type": "lease", "is_blind": is_blind, **_plain(lease)}


def _read_lease(record: dict[str, Any]) -> LeaseInfo:
    names: Iterable[str] = LeaseInfo.__dataclass_fields__
    values: dict[str, Any] = {
        name: bytes.fromhex(record[name]) if name in _LEASE_BYTES else record[name]
        for name in names
    }
    return LeaseInfo(**values)


def _receipt_record(signed: SignedReceipt) -> dict[str, Any]:
    return {
        "type": "receipt",
        "receipt": signed.receipt.encode().hex(),
        "signature": signed.signature.hex(),
        "stamp_height": signed.stamp_height,
        "envelope": signed.envelope.hex(),
        "delivery": signed.delivery.hex(),
    }


def _read_receipt(record: dict[str, Any]) -> SignedReceipt:
    return SignedReceipt(
        receipt=decode_compute_receipt(bytes.fromhex(record["receipt"])),
        signature=bytes.fromhex(record["signature"]),
        stamp_height=record["stamp_height"],
        envelope=Hash32(bytes.fromhex(record["envelope"])),
        delivery=Hash32(bytes.fromhex(record["delivery"])),
    )


def _read_voucher(record: dict[str, Any]) -> Voucher:
    lease_id, seq, receipt, units, amount, signature = msgpack.unpackb(
        bytes.fromhex(record["body"])
    )
    return Voucher(
        ack=Acknowledgement(
            lease_id=Hash32(lease_id),
            seq=seq,
            receipt_hash=Hash32(receipt),
            cumulative_units=units,
            cumulative_amount=int.from_bytes(amount, "big"),
        ),
        signature=signature,
    )


def _read_bid(record: dict[str, Any]) -> Bid:
    return Bid(
        order_id=bytes.fromhex(record["order_id"]),
        offer_id=record["offer_id"],
        unit_price=record["unit_price"],
        salt=bytes.fromhex(record["salt"]),
        is_done=record["is_done"],
    )


def _read_batch(record: dict[str, Any]) -> BatchRecord:
    return BatchRecord(
        root=bytes.fromhex(record["root"]),
        leaves=tuple((bytes.fromhex(lease), seq) for lease, seq in record["leaves"]),
        batch_id=record["batch_id"],
        is_done=record["is_done"],
    )


def _plain(value: Any) -> dict[str, Any]:
    """Return a record's fields for JSON, bytes as hex."""
    return {
        name: item.hex() if isinstance(item, bytes) else item
        for name, item in asdict(value).items()
    }
