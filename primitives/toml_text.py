"""Plain values as TOML text, for the configuration files that commands write."""

import json
from typing import Any


def toml_value(value: Any) -> str:
    """Return a string, integer, boolean, or list of these, as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        # JSON's escapes are TOML's too; JSON leaves DEL as it is and TOML does not.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "[" + ", ".join(toml_value(entry) for entry in value) + "]"
