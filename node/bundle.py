"""Bundles: what a person needs to reproduce a failure inside the node, written to one file."""

import json
import time
import traceback
from pathlib import Path
from typing import Any, Final

from node.files import write_atomically

BUNDLES_MAX: Final = 32
"""More are not written: the first ones tell the story, and a disk is finite."""


def write_bundle(directory: Path, what: str, error: BaseException, facts: dict[str, Any]) -> Path:
    """Write a failure with its facts and traceback; return the file's path.

    ``facts`` are public data (blocks, transactions, heights), never keys.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    existing = sorted(directory.glob("*.json"))
    path = directory / f"{int(time.time() * 1000)}-{what}.json"
    if len(existing) >= BUNDLES_MAX:
        return existing[0]
    document = {
        "what": what,
        "error": f"{type(error).__name__}: {error}",
        "traceback": traceback.format_exception(error),
        "facts": facts,
    }
    write_atomically(path, json.dumps(document, indent=2, default=_text).encode())
    return path


def _text(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
