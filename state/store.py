"""LevelDB behind a small interface: the only module of the state that touches the disk.

Rows are sealed: LevelDB holds ``value || crc32(key || value)``, so a flipped bit and a value that
sits under another key are both found, and reported with the key. Every write is one atomic,
synced batch.

The first byte of a key names the table::

    a keccak(address)                      account leaf: rlp([nonce, balance, root, code hash])
    s keccak(address) keccak(slot)         storage leaf: rlp(value)
    c code hash                            code
    t keccak(address) prefix               page of a big storage trie (state.trie.pages)
    T prefix                               page of the account trie, saved at a clean stop
    m name                                 facts about the state: its root, the saved pages' root

All other tables belong to ``state.chain``, which documents them.

Invariants:

D1. What ``get`` and the iterators yield was written by ``write_batch`` under the same key.
D2. A batch is on disk in whole or not at all once ``write_batch`` returns or the machine stops.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, Self
from zlib import crc32

import plyvel

from primitives.errors import AitbcError, ConfigError

SEAL_BYTES: Final = 4

ACCOUNTS: Final = b"a"
SLOTS: Final = b"s"
CODES: Final = b"c"
STORAGE_PAGES: Final = b"t"
ACCOUNT_PAGES: Final = b"T"
META: Final = b"m"

Write = tuple[bytes, bytes | None]
"""A key and its new value; None deletes the key."""


class CorruptionError(AitbcError):
    """A row is not what was written; the disk or memory is at fault. The node stops."""

    def __init__(self, key: bytes, why: str) -> None:
        self.key = key
        self.why = why
        super().__init__(
            f"database row {key.hex()} is corrupt: {why}. "
            "Check the disk, then restore the database from a snapshot or from peers"
        )


class StoreClosedError(AitbcError):
    """The database was used after ``close``."""

    def __init__(self) -> None:
        super().__init__("the database is closed")


def seal(key: bytes, value: bytes) -> bytes:
    """Return the row that LevelDB holds for ``value`` under ``key``."""
    return value + crc32(value, crc32(key)).to_bytes(SEAL_BYTES, "little")


def unseal(key: bytes, row: bytes) -> bytes:
    """Return the value of a row.

    Raises:
        CorruptionError: the checksum does not match the key and the value.
    """
    value = row[:-SEAL_BYTES]
    if crc32(value, crc32(key)).to_bytes(SEAL_BYTES, "little") != row[-SEAL_BYTES:]:
        raise CorruptionError(key, "wrong checksum")
    return value


class Snapshot:
    """The database as it was at one moment, for any number of readers in any thread."""

    __slots__ = ("_reader",)

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def get(self, key: bytes) -> bytes | None:
        """Return the value under ``key``.

        Raises:
            CorruptionError: the row fails its checksum.
        """
        row = _read(self._reader, key)
        return None if row is None else unseal(key, row)

    def iterator(
        self,
        *,
        prefix: bytes | None = None,
        start: bytes | None = None,
        stop: bytes | None = None,
        is_reversed: bool = False,
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) in key order, ``start`` included and ``stop`` not; full keys.

        Raises:
            CorruptionError: a row fails its checksum.
        """
        rows = _iterate(self._reader, prefix, start, stop, is_reversed=is_reversed)
        for key, row in _typed(rows, prefix or start or b""):
            yield key, unseal(key, row)

    def sealed_rows(self) -> "SealedRows":
        """Return a cursor over all rows as they are stored."""
        return SealedRows(_iterate(self._reader, None, None, None, is_reversed=False))


class SealedRows:
    """A cursor for one thread that yields sealed rows: whoever hashes them checks the seals."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def between(self, first: bytes, last: bytes, expected: int) -> list[tuple[bytes, bytes]]:
        """Return the rows with keys from ``first`` to ``last``, both included.

        ``expected`` is how many the caller thinks there are; being wrong costs only time.

        Raises:
            CorruptionError: LevelDB cannot read the rows.
        """
        found = self._read(first, expected + 1)
        if len(found) > expected:
            try:
                for row in self._rows if found[-1][0] <= last else ():
                    found.append(row)
                    if row[0] > last:
                        break
            except plyvel.CorruptionError as error:
                raise CorruptionError(first, str(error)) from error
        while found and found[-1][0] > last:
            found.pop()
        return found

    def at_most(self, first: bytes, last: bytes, count: int) -> list[tuple[bytes, bytes]]:
        """Return the first ``count`` rows with keys from ``first`` to ``last``, both included.

        Raises:
            CorruptionError: LevelDB cannot read the rows.
        """
        found = self._read(first, count)
        while found and found[-1][0] > last:
            found.pop()
        return found

    def _read(self, first: bytes, count: int) -> list[tuple[bytes, bytes]]:
        try:
            self._rows.seek(first)
            return list(islice(self._rows, count))
        except plyvel.CorruptionError as error:
            raise CorruptionError(first, str(error)) from error
        except RuntimeError as error:
            raise StoreClosedError from error


class Store:
    """An open database. One process may hold it; threads may share it."""

    __slots__ = ("_db", "path")

    def __init__(self, path: str, db: Any) -> None:
        self.path = path
        self._db = db

    @classmethod
    def open(cls, path: str, *, is_create: bool = True) -> Self:
        """Open the database in a directory, creating it when it is missing.

        Raises:
            ConfigError: another process holds it, or the directory cannot be used.
            CorruptionError: LevelDB cannot read its own files.
        """
        try:
            db = plyvel.DB(path, create_if_missing=is_create, paranoid_checks=True)
        except plyvel.CorruptionError as error:
            raise CorruptionError(b"", str(error)) from error
        except (plyvel.Error, OSError) as error:
            raise _refusal(path, str(error)) from error
        return cls(path, db)

    def close(self) -> None:
        """Release the database; reading snapshots of it is an error from now on."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def get(self, key: bytes) -> bytes | None:
        """Return the value under ``key``.

        Raises:
            CorruptionError: the row fails its checksum.
        """
        row = _read(self._db, key)
        return None if row is None else unseal(key, row)

    def iterator(
        self,
        *,
        prefix: bytes | None = None,
        start: bytes | None = None,
        stop: bytes | None = None,
        is_reversed: bool = False,
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value) in key order, as the database was at the call.

        Raises:
            CorruptionError: a row fails its checksum.
        """
        return self.snapshot().iterator(
            prefix=prefix, start=start, stop=stop, is_reversed=is_reversed
        )

    def snapshot(self) -> Snapshot:
        """Return the database as it is now; released when the last reference goes."""
        try:
            return Snapshot(self._db.snapshot())
        except RuntimeError as error:
            raise StoreClosedError from error

    def write_batch(self, writes: Iterable[Write], *, is_synced: bool = True) -> None:
        """Apply writes in order, all or nothing, and wait for the disk.

        Raises:
            StoreClosedError: after ``close``.
        """
        try:
            with self._db.write_batch(sync=is_synced, transaction=True) as batch:
                for key, value in writes:
                    if value is None:
                        batch.delete(key)
                    else:
                        batch.put(key, seal(key, value))
        except RuntimeError as error:
            raise StoreClosedError from error


def _read(reader: Any, key: bytes) -> bytes | None:
    try:
        return reader.get(key)  # type: ignore[no-any-return]
    except plyvel.CorruptionError as error:
        raise CorruptionError(key, str(error)) from error
    except RuntimeError as error:
        raise StoreClosedError from error


def _iterate(
    reader: Any,
    prefix: bytes | None,
    start: bytes | None,
    stop: bytes | None,
    *,
    is_reversed: bool,
) -> Any:
    try:
        if prefix is not None:
            return reader.iterator(prefix=prefix, reverse=is_reversed)
        return reader.iterator(start=start, stop=stop, reverse=is_reversed)
    except RuntimeError as error:
        raise StoreClosedError from error


def _typed(rows: Any, place: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield from LevelDB's iterator, its failures turned into ours."""
    while True:
        try:
            row = next(rows, None)
        except plyvel.CorruptionError as error:
            raise CorruptionError(place, str(error)) from error
        except RuntimeError as error:
            raise StoreClosedError from error
        if row is None:
            return
        yield row


def _refusal(path: str, problem: str) -> ConfigError:
    if "lock" in problem.lower():
        return ConfigError(
            f"the database at {path} is in use by another process",
            "Stop the other node, or give this one another data directory",
        )
    return ConfigError(
        f"the database at {path} cannot be opened: {problem}",
        "Check that the directory exists and that this user may write to it",
    )
