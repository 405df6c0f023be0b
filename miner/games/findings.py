"""What an auditor has seen and found: a log of findings and where it stands, on the disk.

F1. A finding is written whole and synced at once.
F2. Opening after a crash yields exactly the lines that were written whole.
"""

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from miner.record_log import write_synced
from primitives.compute import ComputeReceipt, decode_compute_receipt
from primitives.errors import ConfigError, DecodeError
from primitives.json_text import parse_json

FINDINGS: Final = "findings.jsonl"
STATE: Final = "state.json"


class Finding(StrEnum):
    """What was found about a receipt or a batch."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    UNSURE = "unsure"
    FAILED_AUDIT = "failed_audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One finding; ``receipt`` is its canonical encoding, empty for a batch."""

    name: str
    finding: Finding
    detail: str
    height: int
    receipt: bytes = b""
    signature: bytes = b""

    def decoded(self) -> tuple[ComputeReceipt, bytes] | None:
        """Return the signed receipt, None for a batch."""
        return (decode_compute_receipt(self.receipt), self.signature) if self.receipt else None


@dataclass(slots=True)
class Progress:
    """Where an auditor stands: heights read, batches that wait, demands made, fees of a day."""

    next_height: int | None = None
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    demands: dict[str, int] = field(default_factory=dict)
    day: int = 0
    spent: int = 0


class AuditBook:
    """An auditor's directory."""

    def __init__(self, directory: Path) -> None:
        """Open or create.

        Raises:
            ConfigError: a file is damaged.
        """
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._directory = directory
        self._path = directory / FINDINGS
        self.entries: dict[str, Entry] = {}
        self._by_lease: dict[bytes, list[tuple[ComputeReceipt, bytes]]] = {}
        lines = _lines(self._path)
        self.progress = read_progress(directory)
        for entry, _ in lines:
            self._remember(entry)
        end = lines[-1][1] if lines else 0
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "r+b", buffering=0)
        self._file.truncate(end)
        self._file.seek(end)

    def close(self) -> None:
        """Close the log."""
        self._file.close()

    def note(self, entry: Entry) -> None:
        """Write a finding (F1); a newer one replaces what was found under the same name."""
        plain = asdict(entry) | {
            "receipt": entry.receipt.hex(),
            "signature": entry.signature.hex(),
        }
        self._file.write(json.dumps(plain).encode() + b"\n")
        os.fsync(self._file.fileno())
        self._remember(entry)

    def receipts(self, lease_id: bytes) -> list[tuple[ComputeReceipt, bytes]]:
        """Return the signed receipts of a lease that were seen."""
        return self._by_lease.get(bytes(lease_id), [])

    def finding_of(self, receipt_hash: bytes) -> Finding | None:
        """Return what was found about a receipt, None when nothing is known of it yet."""
        entry = self.entries.get(receipt_hash.hex())
        return None if entry is None or entry.finding is Finding.UNKNOWN else entry.finding

    def save_progress(self) -> None:
        """Write where the auditor stands."""
        write_synced(self._directory / STATE, json.dumps(asdict(self.progress)).encode())

    def _remember(self, entry: Entry) -> None:
        is_new = entry.name not in self.entries
        self.entries[entry.name] = entry
        signed = entry.decoded()
        if signed is not None and is_new:
            self._by_lease.setdefault(bytes(signed[0].lease_id), []).append(signed)


def count_findings(directory: Path) -> dict[str, int]:
    """Return how many receipts and batches were found what; an auditor may be running."""
    found = {entry.name: entry.finding for entry, _ in _lines(directory / FINDINGS)}
    counted = Counter(finding.value for finding in found.values())
    return {finding.value: counted.get(finding.value, 0) for finding in Finding}


def read_progress(directory: Path) -> Progress:
    """Return where an auditor stands.

    Raises:
        ConfigError: the file is damaged.
    """
    path = directory / STATE
    if not path.exists():
        return Progress()
    try:
        return Progress(**parse_json(path.read_bytes()))
    except (ValueError, TypeError) as error:
        raise _damaged(path) from error


def _lines(path: Path) -> list[tuple[Entry, int]]:
    """Return (finding, offset behind it) of each whole line (F2)."""
    found: list[tuple[Entry, int]] = []
    if not path.exists():
        return found
    end = 0
    for line in path.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        end += len(line)
        try:
            plain = parse_json(line)
            plain["finding"] = Finding(plain["finding"])
            plain["receipt"] = bytes.fromhex(plain["receipt"])
            plain["signature"] = bytes.fromhex(plain["signature"])
            entry = Entry(**plain)
            entry.decoded()
        except (ValueError, TypeError, KeyError, DecodeError) as error:
            raise _damaged(path) from error
        found.append((entry, end))
    return found


def _damaged(path: Path) -> ConfigError:
    return ConfigError(f"{path} is damaged", "Move it away: the auditor then begins anew")
