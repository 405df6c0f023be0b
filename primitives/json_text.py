"""Reads JSON that somebody else wrote.

``json.loads`` alone is not for strangers' bytes: how deep it recurses is bounded by the
interpreter's recursion limit, which libraries of the node raise to 100,000, more than the machine's
stack holds. A hundred kilobytes of brackets then end the process.
"""

import json
from typing import Any

import orjson


def parse_json(text: str | bytes) -> Any:
    """Return the document that strict JSON of at most 1,024 levels says; integers have any size.

    Raises:
        ValueError: it nests deeper, or is no JSON (NaN and lone surrogates are none).
    """
    orjson.loads(text)
    try:
        return json.loads(text)  # noqa: TID251 - its depth was just checked
    except RecursionError as error:  # where no library has raised the limit
        raise ValueError("too many levels") from error
