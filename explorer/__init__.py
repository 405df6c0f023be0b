"""The explorer: static pages that a node serves. They speak to the node's own JSON-RPC.

The page forbids scripts and styles from anywhere but the node (Content-Security-Policy), and puts
text from the chain into the page as text only, so it can never run.
"""

from importlib import resources
from typing import Final

_FILES: Final = {
    "/explorer": ("index.html", "text/html"),
    "/explorer/": ("index.html", "text/html"),
    "/explorer/explorer.js": ("explorer.js", "text/javascript"),
    "/explorer/explorer.css": ("explorer.css", "text/css"),
}


def pages() -> dict[str, tuple[str, bytes]]:
    """Return (content type, body) by path."""
    folder = resources.files("explorer").joinpath("static")
    return {
        path: (f"{kind}; charset=utf-8", folder.joinpath(name).read_bytes())
        for path, (name, kind) in _FILES.items()
    }
