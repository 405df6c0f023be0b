"""Small files that must not be half-written: key files, the signer's guard, configuration."""

import os
from pathlib import Path

SECRET_MODE = 0o600


def write_atomically(path: Path, data: bytes, mode: int = SECRET_MODE) -> None:
    """Replace a file so that a crash leaves the old or the new content, never a mixture.

    Writes a neighbour, fsyncs it, renames it over ``path`` and fsyncs the directory.
    """
    temporary = path.with_name(path.name + ".tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        os.fchmod(descriptor, mode)
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make renames and new files in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
