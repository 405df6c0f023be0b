"""The write-ahead log of consensus: what must survive a crash before it leaves the process.

Records are frames of length (u32), CRC-32 (u32) and body: msgpack of (kind, epoch, view, payload).
Segments ``00000001.wal`` upward; a new segment starts with the records that are still alive.

W1. ``append(..., is_synced=True)`` returns after fsync.
W2. A torn tail (the last frame of the last segment is short or fails its CRC) is cut off with a
    warning to the caller; a bad frame with good ones after it stops the node: that is not a crash.
W3. Rotation writes the live records to a new segment, fsyncs it, and only then removes old ones.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

import msgpack

from node.files import sync_directory
from primitives.errors import AitbcError

SEGMENT_BYTES_MAX: Final = 16 * 1024 * 1024
RECORD_BYTES_MAX: Final = 32 * 1024 * 1024
SCAN_BYTES_MAX: Final = 1024 * 1024
_FRAME: Final = struct.Struct(">II")
_BODY_MARK: Final = b"\x94"


class RecordKind(IntEnum):
    """What a record holds; the payload is the value's own encoding."""

    VOTE = 1
    PROPOSAL = 2
    BLOCK = 3
    CERTIFICATE = 4


@dataclass(frozen=True, slots=True)
class Record:
    """One log entry; (epoch, view) decides how long it lives."""

    kind: RecordKind
    epoch: int
    view: int
    payload: bytes

    @property
    def position(self) -> tuple[int, int]:
        """Return (epoch, view)."""
        return (self.epoch, self.view)


class WalCorruptError(AitbcError):
    """A frame in the middle of the log is damaged."""

    def __init__(self, path: Path, offset: int) -> None:
        super().__init__(
            f"write-ahead log {path} is damaged at byte {offset}, before its end. The disk is "
            "suspect: copy the data directory, then run: aitbc db verify"
        )


class WriteAheadLog:
    """Append-only log in a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._live: list[Record] = []
        self.torn_bytes = 0
        self._number = 0
        for path in self._segments():
            self._number = int(path.stem)
            is_last = path == self._segments()[-1]
            self._live.extend(self._read(path, is_last))
        if self._number == 0:
            self._number = 1
        self._file = self._open(self._number)

    def records(self) -> list[Record]:
        """Return the live records in the order they were written."""
        return list(self._live)

    def append(self, record: Record, *, is_synced: bool) -> None:
        """Write a record, and everything before it to the platter when ``is_synced``."""
        self._write(record)
        self._live.append(record)
        if is_synced:
            os.fsync(self._file)

    def prune(self, floor: tuple[int, int]) -> None:
        """Forget records below (epoch, view) ``floor``; rotate when the segment has grown."""
        self._live = [record for record in self._live if record.position >= floor]
        if os.lseek(self._file, 0, os.SEEK_CUR) > SEGMENT_BYTES_MAX:
            self._rotate()

    def close(self) -> None:
        """Fsync and close."""
        os.fsync(self._file)
        os.close(self._file)

    def _rotate(self) -> None:
        old = self._segments()
        os.close(self._file)
        self._number += 1
        self._file = self._open(self._number)
        for record in self._live:
            self._write(record)
        os.fsync(self._file)
        sync_directory(self._directory)
        for path in old:
            path.unlink()

    def _segments(self) -> list[Path]:
        return sorted(self._directory.glob("*.wal"))

    def _open(self, number: int) -> int:
        path = self._directory / f"{number:08d}.wal"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.lseek(descriptor, 0, os.SEEK_END)
        sync_directory(self._directory)
        return descriptor

    def _write(self, record: Record) -> None:
        body = msgpack.packb([int(record.kind), record.epoch, record.view, record.payload])
        frame = _FRAME.pack(len(body), zlib.crc32(body)) + body
        view = memoryview(frame)
        while view:
            view = view[os.write(self._file, view) :]

    def _read(self, path: Path, is_last: bool) -> list[Record]:
        data = path.read_bytes()
        records, offset = [], 0
        for record, end in _frames(data):
            records.append(record)
            offset = end
        if offset < len(data):
            if not is_last or _has_frame_after(data, offset):
                raise WalCorruptError(path, offset)
            self.torn_bytes = len(data) - offset
            os.truncate(path, offset)
        return records


def _frames(data: bytes) -> Iterator[tuple[Record, int]]:
    """Yield whole frames and where each ends; stop at the first that is not whole."""
    offset = 0
    while offset + _FRAME.size <= len(data):
        length, checksum = _FRAME.unpack_from(data, offset)
        begin = offset + _FRAME.size
        body = data[begin : begin + length]
        is_whole = 0 < length <= RECORD_BYTES_MAX and len(body) == length
        if not is_whole or zlib.crc32(body) != checksum:
            return
        kind, epoch, view, payload = msgpack.unpackb(body)
        offset = begin + length
        yield Record(RecordKind(kind), epoch, view, payload), offset


def _has_frame_after(data: bytes, offset: int) -> bool:
    """Answer whether a good frame follows the bad one at ``offset``.

    The bad frame's length may itself be what is damaged, so every place of the next mebibyte is
    tried; a body starts with msgpack's mark of a list of four, which rules most places out.
    """
    end = min(len(data) - _FRAME.size, offset + SCAN_BYTES_MAX)
    mark = data.find(_BODY_MARK, offset + 1 + _FRAME.size)
    while 0 <= mark < end + _FRAME.size:
        if next(_frames(data[mark - _FRAME.size :]), None) is not None:
            return True
        mark = data.find(_BODY_MARK, mark + 1)
    return False
