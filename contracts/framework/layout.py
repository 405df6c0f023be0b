"""A contract's storage layout as data, and the hash by which the chain knows it."""

import json
from typing import Any

from contracts.framework.contract import Contract
from contracts.framework.storage import layout_rows
from primitives.keccak import keccak256


def contract_layout(contract: type[Contract]) -> dict[str, Any]:
    """Return the layout rows and ``hash``, the keccak of their canonical JSON."""
    rows = layout_rows(contract)
    canonical = json.dumps(rows, sort_keys=True, separators=(",", ":")).encode()
    return {
        "contract": contract.__name__,
        "storage": rows,
        "hash": "0x" + keccak256(canonical).hex(),
    }


def layout_hash(contract: type[Contract]) -> bytes:
    """Return the layout's hash as 32 bytes."""
    return bytes.fromhex(contract_layout(contract)["hash"][2:])
