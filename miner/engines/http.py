"""JSON over HTTP to an engine on this machine or nearby: bounded, timed, with faults by name."""

from typing import Any, Final

import aiohttp
import orjson

from miner.engines.engine import EngineError, Fault

ANSWER_BYTES_MAX: Final = 64 << 20
ERROR_TEXT_MAX: Final = 200


class JsonHttp:
    """One engine's address. ``seconds`` bounds a whole request, ``connect_seconds`` its start."""

    def __init__(
        self,
        url: str,
        *,
        seconds: float = 300.0,
        connect_seconds: float = 5.0,
        api_key: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=connect_seconds)
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._session: aiohttp.ClientSession | None = None

    async def get(self, path: str) -> Any:
        """Return a JSON answer; raises as ``post``."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: Any) -> Any:
        """Return the JSON answer to a JSON body.

        Raises:
            EngineError: UNREACHABLE, TIMEOUT, SERVER_ERROR (any status but 200) or BAD_ANSWER.
        """
        return await self._ask("POST", path, body)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(self, method: str, path: str, body: Any) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, headers=self._headers)
        data = None if body is None else orjson.dumps(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            async with self._session.request(
                method, self.url + path, data=data, headers=headers
            ) as response:
                raw = await _read(response)
                if response.status != 200:
                    raise EngineError(Fault.SERVER_ERROR, _refusal(path, response.status, raw))
        except TimeoutError as error:
            raise EngineError(Fault.TIMEOUT, f"no answer from {path} in time") from error
        except aiohttp.ClientError as error:
            why = type(error).__name__
            raise EngineError(Fault.UNREACHABLE, f"{self.url} does not answer: {why}") from error
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise EngineError(Fault.BAD_ANSWER, f"{path} answered no JSON") from error


async def _read(response: aiohttp.ClientResponse) -> bytes:
    chunks, size = [], 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > ANSWER_BYTES_MAX:
            raise EngineError(Fault.BAD_ANSWER, f"an answer above {ANSWER_BYTES_MAX} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _refusal(path: str, status: int, raw: bytes) -> str:
    text = raw[:ERROR_TEXT_MAX].decode(errors="replace")
    return f"{path} answered {status}: " + "".join(c if c.isprintable() else " " for c in text)
