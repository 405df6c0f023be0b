"""Files of records that survive kill -9: one line a record, written whole or not at all.

A line is a CRC-32 in hex, a space, JSON, a newline. A torn last line is what a crash leaves; a
damaged line before the last is a broken disk.
"""

import errno
import fcntl
import json
import os
import zlib
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any

from primitives.errors import ConfigError

Damaged = Callable[[Path, int], Exception]
"""Makes the error for (file, line)."""


def read_records(
    path: Path, line_bytes_max: int, damaged: Damaged
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (offset after the line, record) of each whole line; nothing when there is no file.

    Raises:
        Exception: what ``damaged`` makes, for a damaged line before the last.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        end, number = 0, 0
        while line := file.readline(line_bytes_max):
            number += 1
            record = _parse(line)
            if record is None:
                if file.read(1):
                    raise damaged(path, number)
                return
            end += len(line)
            yield end, record


def encode_record(record: dict[str, Any]) -> bytes:
    """Return a record's line."""
    body = json.dumps(record, separators=(",", ":")).encode()
    return f"{zlib.crc32(body):08x} ".encode() + body + b"\n"


def open_records(path: Path, end: int) -> FileIO:
    """Open a file of records (0600) to append behind ``end``; what is torn is cut off."""
    file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    file.truncate(end)
    file.seek(end)
    os.fsync(file.fileno())
    return file


def append_record(file: FileIO, record: dict[str, Any]) -> None:
    """Append a record and sync it; on a full disk nothing of it stays."""
    start = file.tell()
    line = encode_record(record)
    try:
        if file.write(line) != len(line):
            raise OSError(errno.ENOSPC, "the disk is full")
        os.fsync(file.fileno())
    except OSError:
        file.truncate(start)
        file.seek(start)
        raise


def sync_directory(path: Path) -> None:
    """Sync a directory: a new or renamed file in it survives a power cut."""
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def take_lock(path: Path, busy: ConfigError) -> FileIO:
    """Lock a file for this process.

    Raises:
        ConfigError: ``busy``, another process holds it.
    """
    lock = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise busy from error
    return lock


def _parse(line: bytes) -> dict[str, Any] | None:
    """Return a line's record, None when it is torn or damaged."""
    body = line[9:-1]
    if not line.endswith(b"\n") or line[8:9] != b" ":
        return None
    if f"{zlib.crc32(body):08x}".encode() != line[:8]:
        return None
    record = json.loads(body)
    return record if isinstance(record, dict) else None
