"""The OpenRPC document of a table of methods (rpc.discover and /openrpc.json)."""

from collections.abc import Iterable
from typing import Any, Final

from rpc.routing import Access, Route

OPENRPC_VERSION: Final = "1.3.2"

_QUANTITY: Final = {"type": "string", "pattern": "^0x(0|[1-9a-f][0-9a-f]*)$"}
_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "any": {},
    "boolean": {"type": "boolean"},
    "string": {"type": "string"},
    "object": {"type": ["object", "null"]},
    "list": {"type": ["array", "null"]},
    "quantity": _QUANTITY,
    "data": {"type": "string", "pattern": "^0x([0-9a-fA-F]{2})*$"},
    "hash": {"type": "string", "pattern": "^0x[0-9a-fA-F]{64}$"},
    "address": {"type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"},
    "blockNumber": {
        "oneOf": [
            _QUANTITY,
            {"enum": ["latest", "safe", "finalized", "pending", "earliest"]},
        ]
    },
    "block": {
        "oneOf": [
            _QUANTITY,
            {"enum": ["latest", "safe", "finalized", "pending", "earliest"]},
            {"type": "string", "pattern": "^0x[0-9a-fA-F]{64}$"},
            {"type": "object", "description": "EIP-1898"},
        ]
    },
    "call": {"type": "object", "description": "from, to, gas, fees, value, input, accessList"},
    "filter": {"type": "object", "description": "fromBlock, toBlock, blockHash, address, topics"},
}


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """Return the document."""
    return {
        "openrpc": OPENRPC_VERSION,
        "info": {"title": "AITBC JSON-RPC", "version": version},
        "methods": [_method(route) for route in sorted(routes, key=lambda route: route.name)],
    }


def _method(route: Route) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": route.name,
        "summary": route.summary,
        "paramStructure": "either",
        "params": [
            {
                "name": parameter.name,
                "required": parameter.is_required,
                "schema": _SCHEMAS[parameter.schema],
            }
            for parameter in route.parameters
        ],
        "result": {"name": "result", "schema": _SCHEMAS[route.result]},
    }
    if route.access is not Access.PUBLIC:
        shown["x-access"] = route.access.value
    return shown
