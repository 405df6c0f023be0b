"""What the miner has promised, sent and been paid: a log that survives kill -9.

Kept in a ``RecordLog``, whose guarantees these build on. Invariants:

J1. A record is synced before what it speaks of leaves the process: a transaction is signed,
    written, then sent; a receipt is signed, written, then submitted.
J2. Opening after a crash yields exactly the records that were written whole; a torn last line is
    cut off. A damaged line before the last is no crash but a broken disk, and an error.
J3. One process holds a journal at a time (a lock on the file beside it).
J4. Compaction replaces the file in one rename; it keeps every unfinished lease and transaction and
    the newest ``FINISHED_MAX`` finished leases.
"""

from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from miner.record_log import JournalDamagedError, RecordLog, scan

__all__ = [
    "Journal",
    "JournalDamagedError",
    "LeaseRecord",
    "LeaseState",
    "SentTransaction",
    "read_leases",
]

FINISHED_MAX: Final = 10_000
COMPACT_BYTES: Final = 16 * 2**20
FILE_NAME: Final = "journal.jsonl"

_LEASE: Final = "lease"
_TRANSACTION: Final = "tx"


class LeaseState(StrEnum):
    """How far a lease has come, as far as this miner knows."""

    TAKING = "taking"
    TAKEN = "taken"
    COMPUTED = "computed"
    SUBMITTED = "submitted"
    OPENED = "opened"
    SETTLED = "settled"
    FAILED = "failed"
    LOST = "lost"

    @property
    def is_final(self) -> bool:
        """Answer whether nothing is left to do."""
        return self in (LeaseState.SETTLED, LeaseState.FAILED, LeaseState.LOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRecord:
    """One job that this miner took or tried to take. Amounts in wei, times in seconds.

    ``claim`` and ``signature`` are the signed receipt (canonical encoding), empty before there is
    one; a resubmission is the same receipt. ``started_at`` and ``ended_at`` are the chain's time.
    """

    job_id: bytes
    state: LeaseState
    client: bytes
    seed: bytes
    m: int
    n: int
    k: int
    escrow: int
    unit_price: int
    lease_id: bytes = b""
    receipt_id: bytes = b""
    claim: bytes = b""
    signature: bytes = b""
    started_at: int = 0
    ended_at: int = 0
    compute_ms: int = 0
    paid: int = 0
    reason: str = ""
    updated_at: int = 0

    @property
    def macs(self) -> int:
        """Return the job's multiply-accumulates."""
        return self.m * self.n * self.k


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTransaction:
    """A transaction that may be on its way: ``purpose`` names what it is for, once for all.

    ``raws`` are the signed versions, the oldest first: replacements share the nonce, so at most
    one of them is ever executed.
    """

    purpose: str
    nonce: int
    raws: tuple[bytes, ...]
    hashes: tuple[bytes, ...]
    sent_height: int
    is_done: bool = False


class Journal:
    """The open journal: leases by job id, unfinished transactions by purpose."""

    def __init__(self, directory: Path) -> None:
        """Open or create, after a crash if need be (J2, J3).

        Raises:
            ConfigError: another process holds it.
            JournalDamagedError: see J2.
        """
        self._path = directory / FILE_NAME
        self._log = RecordLog(self._path)
        self._leases: dict[bytes, LeaseRecord] = {}
        self._transactions: dict[str, SentTransaction] = {}
        for record in self._log.take_read():
            self._remember(record)
        if self._log.bytes_used > COMPACT_BYTES:
            self.compact()

    def close(self) -> None:
        """Close the file and release the lock."""
        self._log.close()

    @property
    def leases(self) -> list[LeaseRecord]:
        """Return all leases known, in the order they were first written."""
        return list(self._leases.values())

    @property
    def unfinished(self) -> list[LeaseRecord]:
        """Return the leases with work or money outstanding."""
        return [lease for lease in self._leases.values() if not lease.state.is_final]

    @property
    def pending(self) -> list[SentTransaction]:
        """Return the transactions whose fate is not known, by nonce."""
        return sorted(self._transactions.values(), key=lambda sent: sent.nonce)

    def lease(self, job_id: bytes) -> LeaseRecord | None:
        """Return the lease of a job."""
        return self._leases.get(job_id)

    def transaction(self, purpose: str) -> SentTransaction | None:
        """Return the unfinished transaction of a purpose."""
        return self._transactions.get(purpose)

    def save_lease(self, lease: LeaseRecord) -> None:
        """Write a lease's new state and sync (J1)."""
        self._append({"type": _LEASE, **_plain(lease)})
        self._leases[lease.job_id] = lease

    def save_transaction(self, sent: SentTransaction) -> None:
        """Write a transaction, or that its fate is known, and sync (J1)."""
        kept = replace(sent, raws=(), hashes=()) if sent.is_done else sent
        self._append({"type": _TRANSACTION, **_plain(kept)})
        self._remember_transaction(sent)

    def compact(self) -> None:
        """Rewrite the file with what is still of use (J4)."""
        finished = [lease for lease in self._leases.values() if lease.state.is_final]
        dropped = {lease.job_id for lease in finished[:-FINISHED_MAX]}
        self._leases = {job: v for job, v in self._leases.items() if job not in dropped}
        kept = [{"type": _LEASE, **_plain(lease)} for lease in self._leases.values()]
        kept += [{"type": _TRANSACTION, **_plain(sent)} for sent in self._transactions.values()]
        self._log.rewrite(kept)

    def _append(self, record: dict[str, Any]) -> None:
        self._log.append(record)
        if self._log.bytes_used > 2 * COMPACT_BYTES:
            self.compact()

    def _remember(self, record: dict[str, Any]) -> None:
        kind = record.pop("type", None)
        if kind == _LEASE:
            lease = _lease(record)
            self._leases[lease.job_id] = lease
        elif kind == _TRANSACTION:
            self._remember_transaction(_transaction(record))

    def _remember_transaction(self, sent: SentTransaction) -> None:
        if sent.is_done:
            self._transactions.pop(sent.purpose, None)
        else:
            self._transactions[sent.purpose] = sent


def read_leases(directory: Path) -> list[LeaseRecord]:
    """Return a journal's leases without opening it for writing; a miner may be running.

    Raises:
        JournalDamagedError: see J2.
    """
    leases: dict[bytes, LeaseRecord] = {}
    for _, record in scan(directory / FILE_NAME):
        if record.pop("type", None) == _LEASE:
            lease = _lease(record)
            leases[lease.job_id] = lease
    return list(leases.values())


def _plain(value: Any) -> dict[str, Any]:
    """Return a record's fields for JSON: bytes as hex, tuples of them as lists."""
    plain: dict[str, Any] = {}
    for name, item in asdict(value).items():
        if isinstance(item, bytes):
            plain[name] = item.hex()
        elif isinstance(item, tuple):
            plain[name] = [part.hex() for part in item]
        else:
            plain[name] = item
    return plain


def _lease(record: dict[str, Any]) -> LeaseRecord:
    """Read a lease; keys of newer releases are passed over."""
    known = {field.name: field.type for field in fields(LeaseRecord)}
    values: dict[str, Any] = {
        name: bytes.fromhex(value) if known[name] is bytes else value
        for name, value in record.items()
        if name in known
    }
    values["state"] = LeaseState(values["state"])
    return LeaseRecord(**values)


def _transaction(record: dict[str, Any]) -> SentTransaction:
    return SentTransaction(
        purpose=record["purpose"],
        nonce=record["nonce"],
        raws=tuple(bytes.fromhex(raw) for raw in record["raws"]),
        hashes=tuple(bytes.fromhex(value) for value in record["hashes"]),
        sent_height=record["sent_height"],
        is_done=record["is_done"],
    )
