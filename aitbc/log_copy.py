"""The error stream with a copy in a file of bounded size, for ``aitbc miner logs``."""

import os
import sys
from io import TextIOBase
from pathlib import Path
from typing import Final

COPY_BYTES_MAX: Final = 16 * 2**20


class LogCopy(TextIOBase):
    """Writes to the error stream and to a file (0600); a full file becomes ``NAME.1``."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        self._size = 0
        self._open()

    def _open(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = os.fdopen(descriptor, "a", encoding="utf-8", errors="replace")
        self._size = self._path.stat().st_size

    def write(self, text: str) -> int:
        """Write to both."""
        sys.stderr.write(text)
        if self._size + len(text) > COPY_BYTES_MAX:
            self._file.close()
            self._path.replace(self._path.with_name(self._path.name + ".1"))
            self._open()
        self._size += self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush both."""
        sys.stderr.flush()
        self._file.flush()

    def close(self) -> None:
        """Close the copy; the error stream stays open."""
        super().close()
        self._file.close()

    def isatty(self) -> bool:
        """Answer no: colours do not belong into a file."""
        return False
