"""The miner's endpoint: the HTTP half of ``miner.leases.protocol``.

The address is what a stranger wrote on the chain: only http and https are spoken, redirects are not
followed, and an answer has a limit before it is read.
"""

from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import aiohttp

from miner.client.faults import MinerNotReadyError, MinerRefusedError, MinerSilentError
from miner.leases.protocol import SEALED_ANSWER_MAX
from primitives.json_text import parse_json

ANSWER_SECONDS: Final = 600.0
"""How long one request may compute; a longer one is asked for again, under the same number."""
BODY_BYTES_MAX: Final = SEALED_ANSWER_MAX + 2_048
TEXT_MAX: Final = 300
BUSY: Final = frozenset((202, 408, 425, 429, 500, 502, 503, 504))
"""Statuses after which the same request is sent again."""
WAITING: Final = frozenset((202, 425, 429, 503))
"""Those of them that nothing is wrong with: it is too early."""
CATCHING_UP: Final = frozenset(("unknown_lease", "lease_not_active"))
"""Codes of a miner whose node has not seen yet what ours has."""


class Endpoint(Protocol):
    """What a session says to a miner; every method raises as ``HttpEndpoint``."""

    async def request(self, lease_id: bytes, body: bytes) -> bytes:
        """Send a sealed ask; return the delivery."""

    async def acknowledge(self, lease_id: bytes, body: bytes) -> None:
        """Send a voucher."""

    async def close(self) -> None:
        """Release connections."""


class HttpEndpoint:
    """One miner's endpoint."""

    def __init__(self, url: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        """Take the URL that the miner registered.

        Raises:
            MinerSilentError: it is no URL of HTTP.
        """
        try:
            parts = urlsplit(url)
            is_http = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:  # such as half an IPv6 address
            is_http = False
        if not is_http:
            raise MinerSilentError(repr(url[:TEXT_MAX]), "it registered no HTTP endpoint")
        self._url = url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=answer_seconds, sock_connect=10)
        self._session: aiohttp.ClientSession | None = None

    async def request(self, lease_id: bytes, body: bytes) -> bytes:
        """Send a sealed ask; return the delivery.

        Raises:
            MinerSilentError: no answer, or one that asks to come again.
            MinerRefusedError: it refuses, with its reason.
        """
        return await self._post(f"/v1/leases/0x{lease_id.hex()}/requests", body)

    async def acknowledge(self, lease_id: bytes, body: bytes) -> None:
        """Send a voucher; raises as ``request``."""
        await self._post(f"/v1/leases/0x{lease_id.hex()}/acks", body)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, path: str, body: bytes) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with self._session.post(
                self._url + path, data=body, headers=headers, allow_redirects=False
            ) as response:
                answer = await _read(response.content, BODY_BYTES_MAX)
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            why = str(error) or type(error).__name__
            raise MinerSilentError(_plain(self._url), _plain(why)) from error
        if status == 200:
            return answer
        raise failure_of(_plain(self._url), status, answer)


def failure_of(url: str, status: int, body: bytes) -> MinerSilentError | MinerRefusedError:
    """Return what an answer other than 200 means: come again, or never."""
    code, reason, remedy = _reason(body, status)
    if code in CATCHING_UP or status in WAITING:
        return MinerNotReadyError(url, f"{code}: {reason}")
    if status in BUSY:
        return MinerSilentError(url, f"{code}: {reason}")
    return MinerRefusedError(code, reason, remedy)


async def _read(content: aiohttp.StreamReader, size_max: int) -> bytes:
    parts, size = [], 0
    async for part in content.iter_chunked(1 << 16):
        size += len(part)
        if size > size_max:
            raise ValueError(f"more than {size_max} bytes")
        parts.append(part)
    return b"".join(parts)


def _reason(body: bytes, status: int) -> tuple[str, str, str]:
    """Return (code, reason, remedy) from an error's JSON body, as far as it has them."""
    try:
        found: Any = parse_json(body)
    except ValueError:
        found = {}
    found = found if isinstance(found, dict) else {}
    inner = found.get("error", found)
    inner = inner if isinstance(inner, dict) else {"reason": inner}
    code = inner.get("code", f"http_{status}")
    reason = inner.get("reason") or inner.get("message") or f"HTTP status {status}"
    remedy = inner.get("remedy") or ""
    return _plain(code), _plain(reason), _plain(remedy)


def _plain(value: object) -> str:
    """Return a stranger's text, short and without what a terminal would obey."""
    return "".join(c for c in str(value)[:TEXT_MAX] if c.isprintable())
