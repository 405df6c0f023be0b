"""A JSON-RPC client: one endpoint or several, and batches. ``miner.chain`` gives its calls types.

T1. A URL that cannot be reached is left alone for a while that doubles; the next one is asked. An
    answer, be it an error, is final: only failures of transport move on.
"""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import orjson

from primitives.errors import AitbcError, ConfigError, DecodeError
from primitives.json_text import parse_json

REQUEST_SECONDS: Final = 35.0
"""Above the server's own limit, so that its error arrives instead of ours."""
BACKOFF_SECONDS_MIN: Final = 0.1
BACKOFF_SECONDS_MAX: Final = 5.0
ATTEMPTS_MAX: Final = 5
"""Rounds through all URLs before a call fails."""
BATCH_MAX: Final = 1_000
ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024
FILE_BODY_BYTES: Final = 512 * 1024


class RpcCallError(AitbcError):
    """The node answered with an error."""

    def __init__(self, method: str, code: int, message: str, data: Any) -> None:
        self.method = method
        self.code = code
        self.data = data
        self.reason = message
        super().__init__(f"{method}: {message}")

    @property
    def is_revert(self) -> bool:
        """Answer whether a simulated call reverted."""
        return self.code == 3


class NodeUnreachableError(AitbcError):
    """No URL gave an answer; the message names each with its failure."""

    is_retryable = True

    def __init__(self, failures: dict[str, str]) -> None:
        listed = "; ".join(f"{url}: {why}" for url, why in failures.items())
        self.remedy = "start one: aitbc devnet up; or name another: --rpc URL, or AITBC_RPC_URL"
        super().__init__(f"no node answers: {listed}")


@dataclass(slots=True)
class _Endpoint:
    """One URL; ``again_at`` is when it may be asked after a failure."""

    url: str
    again_at: float = 0.0
    backoff: float = BACKOFF_SECONDS_MIN


class RpcClient:
    """A client; use it as an async context manager, or ``close`` it."""

    def __init__(self, *urls: str, request_seconds: float = REQUEST_SECONDS) -> None:
        if not urls:
            raise ConfigError("no RPC URL was given", "Name at least one, for example with --rpc")
        self._endpoints = [_Endpoint(url) for url in urls]
        self._timeout = aiohttp.ClientTimeout(total=request_seconds)
        self._session: aiohttp.ClientSession | None = None
        self._next_id = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, method: str, *params: Any) -> Any:
        """Call a method and return its result.

        Raises:
            RpcCallError: the node answered with an error.
            NodeUnreachableError: no node answered.
        """
        answer = await self._post(self._request(method, params))
        if not isinstance(answer, dict):
            raise DecodeError("rpc answer", "not an object")
        return _result_of(method, answer)

    async def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Call many methods at once; each place holds a result or the ``RpcCallError``.

        Raises:
            NodeUnreachableError: no node answered.
        """
        results: list[Any] = []
        for first in range(0, len(calls), BATCH_MAX):
            results += await self._batch(calls[first : first + BATCH_MAX])
        return results

    async def _batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        requests = [self._request(method, params) for method, params in calls]
        answers = await self._post(requests)
        if not isinstance(answers, list):
            if isinstance(answers, dict) and "error" in answers:
                _result_of("batch", answers)
            raise DecodeError("rpc answer", "not a list")
        by_id = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        results: list[Any] = []
        for request in requests:
            method = request["method"]
            answer = by_id.get(request["id"])
            if answer is None:
                raise DecodeError("rpc answer", f"no answer to {method} in a batch")
            try:
                results.append(_result_of(method, answer))
            except RpcCallError as error:
                results.append(error)
        return results

    # Transport

    def _request(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        self._next_id += 1
        return {"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": list(params)}

    async def _post(self, document: Any) -> Any:
        """Post to the first URL that answers (T1)."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        body = orjson.dumps(document)
        failures: dict[str, str] = {}
        loop = asyncio.get_running_loop()
        for _ in range(ATTEMPTS_MAX * len(self._endpoints)):
            endpoint = min(self._endpoints, key=lambda e: max(e.again_at, loop.time()))
            await asyncio.sleep(max(0.0, endpoint.again_at - loop.time()))
            try:
                answer = await _post_once(self._session, endpoint.url, body)
            except (aiohttp.ClientError, TimeoutError, OSError, DecodeError) as error:
                failures[endpoint.url] = _why(error)
                endpoint.again_at = loop.time() + endpoint.backoff
                endpoint.backoff = min(2 * endpoint.backoff, BACKOFF_SECONDS_MAX)
            else:
                endpoint.again_at, endpoint.backoff = 0.0, BACKOFF_SECONDS_MIN
                return answer
        raise NodeUnreachableError(failures)


def _why(error: Exception) -> str:
    """Return a failure in words, without the library's details of a refused connection."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.strerror or "cannot connect"
    return str(error) or type(error).__name__


async def _post_once(session: aiohttp.ClientSession, url: str, body: bytes) -> Any:
    headers = {"Content-Type": "application/json"}
    # aiohttp wants large bodies as a file, which it sends in parts.
    data = io.BytesIO(body) if len(body) > FILE_BODY_BYTES else body
    async with session.post(url, data=data, headers=headers) as response:
        raw = await _read_bounded(response)
        if response.status != 200:
            raise DecodeError("rpc answer", f"HTTP {response.status}: {_reason(raw)}")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise DecodeError("rpc answer", f"not JSON: {error}") from error


async def _read_bounded(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > ANSWER_BYTES_MAX:
            raise DecodeError("rpc answer", f"more than {ANSWER_BYTES_MAX} bytes")
        parts.append(part)
    return b"".join(parts)


def _reason(raw: bytes) -> str:
    """Return what a refusal says, in short."""
    try:
        return str(parse_json(raw)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return raw[:100].decode("utf-8", "replace")


def _result_of(method: str, answer: dict[str, Any]) -> Any:
    error = answer.get("error")
    if error is None:
        return answer.get("result")
    if not isinstance(error, dict):
        raise DecodeError("rpc answer", "error is not an object")
    code, message = error.get("code"), error.get("message")
    raise RpcCallError(
        method, code if isinstance(code, int) else 0, str(message), error.get("data")
    )
