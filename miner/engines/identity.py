"""The identity of weights on disk: one hash over the files that make a model."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from primitives.errors import ConfigError
from primitives.types import Hash32

WEIGHT_SUFFIXES: Final = (".safetensors", ".gguf", ".bin", ".json", ".model", ".aitbcm")
CHUNK: Final = 4 << 20

Progress = Callable[[int, int], None]
"""Is told (bytes hashed, bytes in all)."""


def weights_digest(path: Path, progress: Progress | None = None) -> Hash32:
    """Return a model's digest: the SHA-256 of its file, or over its directory's files.

    A directory's is SHA-256 over (name, 0, SHA-256 of the content) of each file in the order of
    names, so it does not depend on where or when the files were copied.

    Raises:
        ConfigError: nothing there that could be a model.
    """
    files = [path] if path.is_file() else _files(path)
    total = sum(file.stat().st_size for file in files)
    done = 0
    digests = []
    for file in files:
        content = hashlib.sha256()
        with file.open("rb") as source:
            while chunk := source.read(CHUNK):
                content.update(chunk)
                done += len(chunk)
                if progress is not None:
                    progress(done, total)
        digests.append(content.digest())
    if path.is_file():
        return Hash32(digests[0])
    whole = hashlib.sha256()
    for file, digest in zip(files, digests, strict=True):
        whole.update(str(file.relative_to(path)).encode() + b"\0" + digest)
    return Hash32(whole.digest())


def _files(path: Path) -> list[Path]:
    found = sorted(
        (f for f in path.rglob("*") if f.is_file() and f.suffix in WEIGHT_SUFFIXES),
        key=lambda f: str(f.relative_to(path)),
    )
    if not found:
        raise ConfigError(f"{path} holds no model files", "Name a model's file or directory")
    return found
