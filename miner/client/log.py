"""What a client ordered, asked, got and signed: one file of records per job.

The file is HOME/client/<account>/<order id>.jsonl, 0600, one process at a time. Invariants:

K1. A record is synced before what it speaks of leaves the process: a transaction, a sealed ask, an
    acknowledgement.
K2. A sequence number has at most one sealed ask and one voucher; another is refused, whatever it
    says. What was signed once is sent again as the same bytes.
K3. Vouchers are cumulative: seq rises, units and amount never fall, and each adds exactly its own
    receipt's units at the lease's price.
K4. Opening after a crash yields the records that were written whole.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from miner.leases.protocol import (
    Answer,
    Ask,
    Envelope,
    Voucher,
    decode_answer,
    decode_ask,
    decode_envelope,
    decode_voucher,
)
from miner.record_log import JournalDamagedError, RecordLog, scan, sync_directory
from primitives.compute import ComputeReceipt, decode_compute_receipt
from primitives.errors import AitbcError, ConfigError, InvariantError
from primitives.types import Hash32

SUFFIX: Final = ".jsonl"
LINE_BYTES_MAX: Final = 1 << 25
"""An answer of 8 MiB in hex, twice over, fits."""


class LogDamagedError(AitbcError):
    """A record before the last one is not what was written."""

    def __init__(self, path: Path, line: int) -> None:
        self.problem = f"{path}: line {line} is damaged"
        self.remedy = (
            "keep the file aside; the chain still knows the order and its lease: "
            "aitbc market lease show, aitbc market lease reclaim"
        )
        super().__init__(self.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What the file is about; ``verify`` is how much of the answers is executed again.

    ``quorum`` is how many miners do the same work (class V3), 0 for one. Then this file is the
    first order's, and those of the others lie in a folder named like it.
    """

    order_id: Hash32
    client: bytes
    chain_id: int
    kind: int
    model: str
    offer_id: int = 0
    verify: str = "none"
    created_at: int = 0
    quorum: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A transaction by its purpose; ``raw`` is sent again until the chain knows its fate."""

    purpose: str
    nonce: int
    raw: bytes
    hash: Hash32


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One ask and what came of it; ``is_posted``: the answer was taken from the chain.

    ``refused`` is the fault of a receipt that failed a check, ``said`` the answer beside it.
    """

    seq: int
    ask: Ask
    envelope: Envelope | None = None
    receipt: ComputeReceipt | None = None
    signature: bytes = b""
    answer: Answer | None = None
    voucher: Voucher | None = None
    is_delivered: bool = False
    is_posted: bool = False
    refused: str = ""
    said: Answer | None = None


@dataclass(slots=True)
class JobLog:
    """One open file; reading its attributes costs nothing."""

    path: Path
    job: Job
    lease_id: Hash32 | None = None
    exchanges: dict[int, Exchange] = field(default_factory=dict)
    sent: dict[str, Sent] = field(default_factory=dict)
    ending: str = ""
    quorum_id: int = 0
    _file: RecordLog | None = None

    @classmethod
    def create(cls, directory: Path, job: Job) -> "JobLog":
        """Begin the file of a job (K1): it is there before the order is sent.

        Raises:
            ConfigError: there is one already, or another process holds it.
        """
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = directory / (job.order_id.hex() + SUFFIX)
        if path.exists():
            raise ConfigError(
                f"{path} exists already", "Go on with it: aitbc job result 0x" + job.order_id.hex()
            )
        log = cls(path, job)
        log._open()
        log._write(
            {
                "type": "job", "order_id": job.order_id.hex(), "client": job.client.hex(),
                "chain_id": job.chain_id, "kind": job.kind, "model": job.model,
                "offer_id": job.offer_id, "verify": job.verify, "created_at": job.created_at,
                "quorum": job.quorum,
            }
        )  # fmt: skip
        sync_directory(directory)
        return log

    @classmethod
    def open(cls, path: Path) -> "JobLog":
        """Open a job's file to go on with it (K4).

        Raises:
            ConfigError: there is no such job, or another process holds it.
            LogDamagedError: see K4.
        """
        log = cls._load(path)
        log._open()
        return log

    @classmethod
    def read(cls, path: Path) -> "JobLog":
        """Read a job's file; it may be open elsewhere. Raises as ``open``."""
        return cls._load(path)

    @property
    def members(self) -> Path:
        """Return the folder of the other orders of a quorum."""
        return self.path.with_suffix("")

    @property
    def units(self) -> int:
        """Return the units that are acknowledged."""
        last = self._last_voucher()
        return 0 if last is None else last.ack.cumulative_units

    @property
    def amount(self) -> int:
        """Return the wei that are acknowledged."""
        last = self._last_voucher()
        return 0 if last is None else last.ack.cumulative_amount

    @property
    def last(self) -> Exchange | None:
        """Return the newest exchange."""
        return self.exchanges[max(self.exchanges)] if self.exchanges else None

    @property
    def last_answered(self) -> Exchange | None:
        """Return the newest exchange with an answer."""
        answered = [seq for seq, exchange in self.exchanges.items() if exchange.answer is not None]
        return self.exchanges[max(answered)] if answered else None

    def close(self) -> None:
        """Close the file and release the lock."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def name_order(self, order_id: Hash32) -> None:
        """Note that the order got another id than foreseen: another one was posted first."""
        self._save({"type": "order", "order_id": order_id.hex()})
        path = self.path.with_name(order_id.hex() + SUFFIX)
        self.close()
        self.path.rename(path)
        sync_directory(path.parent)
        self.path = path
        self._open()

    def save_lease(self, lease_id: bytes) -> None:
        """Note the order's lease."""
        if lease_id != self.lease_id:
            self._save({"type": "lease", "lease_id": lease_id.hex()})

    def save_quorum(self, quorum_id: int) -> None:
        """Note the quorum that the job's orders were given to."""
        if quorum_id != self.quorum_id:
            self._save({"type": "quorum", "quorum_id": quorum_id})

    def save_sent(self, sent: Sent) -> None:
        """Note a transaction before it is sent (K1)."""
        self._save(
            {
                "type": "tx", "purpose": sent.purpose, "nonce": sent.nonce, "raw": sent.raw.hex(),
                "hash": sent.hash.hex(),
            }
        )  # fmt: skip

    def forget_sent(self, purpose: str) -> None:
        """Note that a transaction never was and never will be."""
        self._save({"type": "void", "purpose": purpose})

    def save_ask(self, seq: int, ask: Ask) -> Exchange:
        """Note what is to be asked.

        Raises:
            InvariantError: the number was used (K2).
        """
        if seq in self.exchanges:
            raise InvariantError(f"request {seq} was made already")
        self._save({"type": "ask", "seq": seq, "ask": ask.encode().hex()})
        return self.exchanges[seq]

    def drop_ask(self, seq: int) -> None:
        """Note that an ask that nobody has seen is not made; its number is free.

        Raises:
            InvariantError: it was sealed and signed (K2).
        """
        if self.exchanges[seq].envelope is not None:
            raise InvariantError(f"request {seq} was sealed already")
        self._save({"type": "dropped", "seq": seq})

    def save_envelope(self, envelope: Envelope) -> None:
        """Note the sealed ask before it is sent (K1, K2)."""
        if self.exchanges[envelope.seq].envelope is not None:
            raise InvariantError(f"request {envelope.seq} was sealed already")
        self._save({"type": "envelope", "seq": envelope.seq, "data": envelope.encode().hex()})

    def save_answer(
        self,
        seq: int,
        receipt: ComputeReceipt,
        signature: bytes,
        answer: Answer,
        *,
        is_posted: bool = False,
    ) -> None:
        """Note a checked receipt with its answer, before anything is signed for it."""
        self._save(
            {
                "type": "answer", "seq": seq, "receipt": receipt.encode().hex(),
                "signature": signature.hex(), "answer": answer.encode().hex(),
                "is_posted": is_posted,
            }
        )  # fmt: skip

    def save_refusal(
        self,
        seq: int,
        receipt: ComputeReceipt,
        signature: bytes,
        reason: str,
        said: Answer | None = None,
    ) -> None:
        """Keep a receipt that failed a check, and what came with it: it is evidence."""
        self._save(
            {
                "type": "refused", "seq": seq, "receipt": receipt.encode().hex(),
                "signature": signature.hex(), "reason": reason,
                "said": "" if said is None else said.encode().hex(),
            }
        )  # fmt: skip

    def save_voucher(self, voucher: Voucher) -> None:
        """Note an acknowledgement before it is sent (K1).

        Raises:
            InvariantError: it contradicts K2 or K3.
        """
        ack = voucher.ack
        exchange = self.exchanges.get(ack.seq)
        if exchange is None or exchange.receipt is None or exchange.voucher is not None:
            raise InvariantError(f"request {ack.seq} has no receipt, or a voucher already")
        receipt = exchange.receipt
        units = self.units + receipt.units
        amount = self.amount + receipt.units * receipt.unit_price
        later = any(e.seq > ack.seq and e.voucher is not None for e in self.exchanges.values())
        if (
            later
            or ack.receipt_hash != receipt.struct_hash()
            or (ack.cumulative_units, ack.cumulative_amount) != (units, amount)
        ):
            raise InvariantError(f"the voucher of request {ack.seq} is not its receipt's")
        self._save({"type": "voucher", "data": voucher.encode().hex()})

    def save_delivered(self, seq: int) -> None:
        """Note that the miner has the voucher."""
        self._save({"type": "delivered", "seq": seq})

    def save_ending(self, ending: str) -> None:
        """Note how the job ended."""
        self._save({"type": "ending", "ending": ending})

    # --- parts ------------------------------------------------------------------------------

    def _last_voucher(self) -> Voucher | None:
        signed = [e.voucher for e in self.exchanges.values() if e.voucher is not None]
        return max(signed, key=lambda voucher: voucher.ack.seq, default=None)

    def _open(self) -> None:
        try:
            self._file = RecordLog(self.path, record_bytes_max=LINE_BYTES_MAX)
        except ConfigError as error:
            raise ConfigError(
                f"another process works on the job of {self.path.name}", "Wait for it, or stop it"
            ) from error
        self._file.take_read()  # ``_load`` has read them

    @classmethod
    def _load(cls, path: Path) -> "JobLog":
        try:
            records = [record for _, record in scan(path, LINE_BYTES_MAX)]
        except JournalDamagedError as error:
            raise LogDamagedError(error.path, error.line) from error
        record = records[0] if records else {}
        if record.get("type") != "job":
            raise ConfigError(f"there is no job in {path}", "List them with: aitbc job list --mine")
        job = Job(
            order_id=Hash32(bytes.fromhex(record["order_id"])),
            client=bytes.fromhex(record["client"]),
            chain_id=record["chain_id"],
            kind=record["kind"],
            model=record["model"],
            offer_id=record["offer_id"],
            verify=record["verify"],
            created_at=record["created_at"],
            quorum=record.get("quorum", 0),
        )
        log = cls(path, job)
        for record in records[1:]:
            log._remember(record)
        return log

    def _save(self, record: dict[str, Any]) -> None:
        self._write(record)
        self._remember(record)

    def _write(self, record: dict[str, Any]) -> None:
        assert self._file is not None, "opened to read only"
        self._file.append(record)

    def _remember(self, record: dict[str, Any]) -> None:
        kind = record["type"]
        if kind == "order":
            values = {name: getattr(self.job, name) for name in Job.__dataclass_fields__}
            self.job = Job(**values | {"order_id": Hash32(bytes.fromhex(record["order_id"]))})
        elif kind == "lease":
            self.lease_id = Hash32(bytes.fromhex(record["lease_id"]))
        elif kind == "quorum":
            self.quorum_id = record["quorum_id"]
        elif kind == "tx":
            self.sent[record["purpose"]] = Sent(
                purpose=record["purpose"],
                nonce=record["nonce"],
                raw=bytes.fromhex(record["raw"]),
                hash=Hash32(bytes.fromhex(record["hash"])),
            )
        elif kind == "void":
            self.sent.pop(record["purpose"], None)
        elif kind == "ending":
            self.ending = record["ending"]
        elif kind == "ask":
            ask = decode_ask(bytes.fromhex(record["ask"]))
            self.exchanges[record["seq"]] = Exchange(seq=record["seq"], ask=ask)
        elif kind == "dropped":
            del self.exchanges[record["seq"]]
        elif kind == "voucher":
            voucher = decode_voucher(bytes.fromhex(record["data"]))
            self.exchanges[voucher.ack.seq].voucher = voucher
        elif kind in ("envelope", "answer", "refused", "delivered"):
            _note(self.exchanges[record["seq"]], kind, record)


def list_jobs(directory: Path) -> list[JobLog]:
    """Return the jobs of a client's directory, the oldest first; they may be open elsewhere."""
    paths = [path for path in directory.glob("*" + SUFFIX) if path.stat().st_size]
    found = [JobLog.read(path) for path in paths]
    return sorted(found, key=lambda log: (log.job.created_at, log.job.order_id))


def _note(exchange: Exchange, kind: str, record: dict[str, Any]) -> None:
    """Add a record to what it is about."""
    if kind == "envelope":
        exchange.envelope = decode_envelope(bytes.fromhex(record["data"]))
    elif kind == "delivered":
        exchange.is_delivered = True
    else:
        exchange.receipt = decode_compute_receipt(bytes.fromhex(record["receipt"]))
        exchange.signature = bytes.fromhex(record["signature"])
        exchange.refused = record.get("reason", "")
        if record.get("said"):
            exchange.said = decode_answer(bytes.fromhex(record["said"]))
        if kind == "answer":
            exchange.answer = decode_answer(bytes.fromhex(record["answer"]))
            exchange.is_posted = record["is_posted"]
