"""Which ports a devnet's parts use, and by how much those of one devnet are shifted."""

import os
from pathlib import Path
from typing import Final

from primitives.errors import ConfigError

RPC_PORT: Final = 8_545
P2P_PORT: Final = 30_656
METRICS_PORT: Final = 9_464
MINER_PORT: Final = 9_700
LEASE_PORT: Final = 9_470
PORT_STEP: Final = 10
PORT_OFFSET_MAX: Final = 30_000


def default_port_offset() -> int:
    """Return ``AITBC_DEVNET_PORT_OFFSET``, 0 where it is not set.

    Raises:
        ConfigError: not a number from 0 to 30000.
    """
    text = os.environ.get("AITBC_DEVNET_PORT_OFFSET", "0")
    if not text.isdigit() or int(text) > PORT_OFFSET_MAX:
        raise ConfigError(
            f"AITBC_DEVNET_PORT_OFFSET is {text!r}",
            f"Set it to a number from 0 to {PORT_OFFSET_MAX}",
        )
    return int(text)


def made_port_offset(root: Path) -> int | None:
    """Return the offset that the devnet of a directory was made with, None where there is none."""
    path = root / "config" / "port_offset"
    return int(path.read_text()) if path.exists() else None
