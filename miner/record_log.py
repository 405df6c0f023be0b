"""A log that survives kill -9: one line a record, synced before what it speaks of leaves.

A line is a CRC-32 in hex, a space, JSON, a newline. Invariants:

G1. ``append`` returns when the record is on the disk, or raises and leaves no trace of it.
G2. Opening after a crash yields exactly the records that were written whole; a torn last line is
    cut off. A damaged line before the last is no crash but a broken disk, and an error.
G3. One process holds a log at a time (a lock on the file beside it).
G4. ``rewrite`` replaces the file in one rename.
"""

import errno
import fcntl
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any, Final

from primitives.errors import AitbcError, ConfigError
from primitives.json_text import parse_json

RECORD_BYTES_MAX: Final = 2**20


class JournalDamagedError(AitbcError):
    """A record before the last one is not what was written."""

    def __init__(self, path: Path, line: int) -> None:
        self.path = path
        self.line = line
        super().__init__(
            f"{path}: line {line} is damaged. Move the file away and start again: the miner then "
            "asks the chain which leases it holds"
        )


class RecordLog:
    """An open log; ``take_read`` gives what was found at opening."""

    def __init__(self, path: Path, *, record_bytes_max: int = RECORD_BYTES_MAX) -> None:
        """Open or create, after a crash if need be (G2, G3); lines end before the maximum.

        Raises:
            ConfigError: another process holds it.
            JournalDamagedError: see G2.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        self._lock = _take_lock(path.with_name(path.name + ".lock"))
        self._read: list[dict[str, Any]] = []
        end = 0
        try:
            for offset, record in scan(path, record_bytes_max):
                self._read.append(record)
                end = offset
        except JournalDamagedError:
            self._lock.close()
            raise
        self._file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        self._file.truncate(end)
        self._file.seek(end)
        os.fsync(self._file.fileno())

    @property
    def bytes_used(self) -> int:
        """Return the file's size."""
        return self._file.tell()

    def take_read(self) -> list[dict[str, Any]]:
        """Return the records found at opening, once."""
        found, self._read = self._read, []
        return found

    def append(self, record: dict[str, Any]) -> None:
        """Write a record and sync (G1).

        Raises:
            OSError: the disk is full or broken; nothing of the record stays.
        """
        start = self._file.tell()
        line = encode_line(record)
        try:
            if self._file.write(line) != len(line):
                raise OSError(errno.ENOSPC, "the log's disk is full")
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(start)
            self._file.seek(start)
            raise

    def rewrite(self, records: Iterable[dict[str, Any]]) -> None:
        """Replace the file's contents (G4)."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            for record in records:
                file.write(encode_line(record))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._path)
        sync_directory(self._path.parent)
        self._file.close()
        self._file = FileIO(os.open(self._path, os.O_RDWR), "r+")
        self._file.seek(0, os.SEEK_END)

    def close(self) -> None:
        """Close the file and release the lock."""
        self._file.close()
        self._lock.close()


def scan(
    path: Path, record_bytes_max: int = RECORD_BYTES_MAX
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (offset after the line, record) of each whole line; a writer may be at work.

    Raises:
        JournalDamagedError: see G2.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        end, number = 0, 0
        while line := file.readline(record_bytes_max):
            number += 1
            record = _parse(line)
            if record is None:
                if file.read(1):
                    raise JournalDamagedError(path, number)
                return
            end += len(line)
            yield end, record


def encode_line(record: dict[str, Any]) -> bytes:
    """Return a record's line."""
    body = json.dumps(record, separators=(",", ":")).encode()
    return f"{zlib.crc32(body):08x} ".encode() + body + b"\n"


def write_synced(path: Path, data: bytes) -> None:
    """Write a file (0600) that is either there whole or not there, and sync it."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Sync the names in a directory."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Answer whether a process holds the log at ``path``."""
    try:
        descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _parse(line: bytes) -> dict[str, Any] | None:
    """Return a line's record, None when it is torn or damaged."""
    body = line[9:-1]
    if not line.endswith(b"\n") or line[8:9] != b" ":
        return None
    if f"{zlib.crc32(body):08x}".encode() != line[:8]:
        return None
    record = parse_json(body)
    return record if isinstance(record, dict) else None


def _take_lock(path: Path) -> FileIO:
    """Lock the log for this process (G3).

    Raises:
        ConfigError: another process holds it.
    """
    lock = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise ConfigError(
            f"another miner uses {path.parent}", "Stop it first, or give another --home"
        ) from error
    return lock
