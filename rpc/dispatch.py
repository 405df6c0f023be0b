"""JSON-RPC 2.0: from the bytes of a request to the bytes of its answer.

D1. Whatever the bytes, the answer is a valid JSON-RPC answer or nothing (notifications).
D2. A call is answered from memory where it can be: no task, no thread, no timer.
D3. A batch keeps the order of its calls in the answer; calls that wait run together.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from types import CoroutineType
from typing import Any, Final

import orjson
import structlog

from primitives.errors import AitbcError
from rpc.errors import (
    InvalidRequestError,
    ParseError,
    ResponseTooLargeError,
    RpcError,
    TimedOutError,
    UnknownMethodError,
)
from rpc.limits import (
    BATCH_CALLS_MAX,
    BATCH_SLICE_CALLS,
    REQUEST_SECONDS_MAX,
    RESPONSE_BYTES_MAX,
)
from rpc.routing import Route, Session

log = structlog.get_logger("rpc")

Answer = dict[str, Any]

INTERNAL_ERROR: Final = -32603
METHOD_SHOWN_MAX: Final = 128
_ABSENT: Final = object()
_ID_TYPES: Final = frozenset({int, str, float, type(None), type(_ABSENT)})


class Dispatcher:
    """Answers requests from a table of methods."""

    def __init__(
        self,
        routes: Mapping[str, Route],
        *,
        request_seconds: float = REQUEST_SECONDS_MAX,
        response_bytes_max: int = RESPONSE_BYTES_MAX,
    ) -> None:
        self._routes = dict(routes)
        self._request_seconds = request_seconds
        self._response_bytes_max = response_bytes_max

    async def answer(self, body: bytes, session: Session) -> bytes | None:
        """Return the answer to a request or a batch; None when nothing wants one."""
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            return _encode(error_answer(None, ParseError(f"parse error: {error}")))
        if isinstance(document, list):
            return await self._answer_batch(document, session)
        deadline = asyncio.get_running_loop().time() + self._request_seconds
        begun = self._begin(document, session, deadline)
        answer = begun if begun is None or isinstance(begun, dict) else await begun
        return None if answer is None else self._encode_one(answer)

    async def _answer_batch(self, calls: list[Any], session: Session) -> bytes | None:
        if not calls:
            return _encode(error_answer(None, InvalidRequestError("empty batch")))
        if len(calls) > BATCH_CALLS_MAX:
            problem = f"batch too large: {len(calls)} calls, limit {BATCH_CALLS_MAX}"
            return _encode(error_answer(None, InvalidRequestError(problem)))
        deadline = asyncio.get_running_loop().time() + self._request_seconds
        answers: list[Answer | None] = []
        for first in range(0, len(calls), BATCH_SLICE_CALLS):
            if first:
                await asyncio.sleep(0)
            part = calls[first : first + BATCH_SLICE_CALLS]
            begun = [self._begin(call, session, deadline) for call in part]
            answers.extend(await _complete(begun))
        return self._encode_batch([answer for answer in answers if answer is not None])

    def _begin(
        self, call: Any, session: Session, deadline: float
    ) -> "Answer | Awaitable[Answer | None] | None":
        """Answer a call, or begin to."""
        if type(call) is not dict:
            return error_answer(None, InvalidRequestError("invalid request: not an object"))
        request_id = call.get("id", _ABSENT)
        method = call.get("method")
        if (
            call.get("jsonrpc") != "2.0"
            or type(method) is not str
            or type(request_id) not in _ID_TYPES
        ):
            return _malformed(call, request_id)
        route = self._routes.get(method)
        params = call.get("params")
        try:
            if route is None or not (route.is_public or route.is_open_to(session)):
                raise UnknownMethodError(method[:METHOD_SHOWN_MAX])
            if route.is_bare and (params is None or params == []):
                result = route.handler(session)
            else:
                result = route.run(session, params)
        except Exception as error:  # noqa: BLE001 - the edge: every failure becomes an answer
            return None if request_id is _ABSENT else error_answer(request_id, error, method)
        if type(result) is CoroutineType:
            return self._finish(request_id, method, result, deadline)
        if request_id is _ABSENT:
            return None
        return {"jsonrpc": "2.0", "id": request_id, "result": result}

    async def _finish(
        self, request_id: Any, method: str, work: Awaitable[Any], deadline: float
    ) -> Answer | None:
        try:
            async with asyncio.timeout_at(deadline):
                result = await work
        except TimeoutError:
            error: Exception = TimedOutError(self._request_seconds)
        except Exception as failure:  # noqa: BLE001 - the edge: every failure becomes an answer
            error = failure
        else:
            if request_id is _ABSENT:
                return None
            return {"jsonrpc": "2.0", "id": request_id, "result": result}
        return None if request_id is _ABSENT else error_answer(request_id, error, method)

    def _encode_one(self, answer: Answer) -> bytes:
        raw = _encode(answer)
        if len(raw) <= self._response_bytes_max:
            return raw
        return _encode(error_answer(answer["id"], ResponseTooLargeError(self._response_bytes_max)))

    def _encode_batch(self, answers: list[Answer]) -> bytes | None:
        """Encode a batch; beyond the limit each further answer is an error."""
        if not answers:
            return None
        raw = _encode(answers)
        if len(raw) <= self._response_bytes_max:
            return raw
        parts, size = [], 0
        for answer in answers:
            part = _encode(answer)
            size += len(part)
            if size > self._response_bytes_max:
                size -= len(part)
                error = ResponseTooLargeError(self._response_bytes_max)
                part = _encode(error_answer(answer["id"], error))
            parts.append(part)
        return b"[" + b",".join(parts) + b"]"


def error_answer(request_id: Any, error: Exception, method: str = "") -> Answer:
    """Return the answer for an error; what is not of our tree is logged and hidden."""
    if isinstance(error, AitbcError):
        shown: Answer = {"code": error.rpc_code, "message": str(error)}
        if isinstance(error, RpcError) and error.data is not None:
            shown["data"] = error.data
        if error.rpc_code == INTERNAL_ERROR:
            log.error("request failed", method=method, error=str(error))
    else:
        log.error("request failed inside the node", method=method, exc_info=error)
        shown = {"code": INTERNAL_ERROR, "message": "internal error"}
    return {"jsonrpc": "2.0", "id": request_id, "error": shown}


def _malformed(call: dict[str, Any], request_id: Any) -> Answer:
    """Return the answer to an object that is no request; its id, where it has a usable one."""
    if call.get("jsonrpc") != "2.0":
        problem = 'jsonrpc is not "2.0"'
    elif type(call.get("method")) is not str:
        problem = "method is not a string"
    else:
        problem = "id is neither a string, a number nor null"
    is_shown = type(request_id) in (str, int, float)
    error = InvalidRequestError(f"invalid request: {problem}")
    return error_answer(request_id if is_shown else None, error)


async def _complete(
    begun: list["Answer | Awaitable[Answer | None] | None"],
) -> list[Answer | None]:
    """Await what is not answered yet, together, in place."""
    waiting = [i for i, entry in enumerate(begun) if type(entry) is CoroutineType]
    if not waiting:
        return begun  # type: ignore[return-value]

    async def finish(index: int) -> None:
        begun[index] = await begun[index]  # type: ignore[misc]

    async with asyncio.TaskGroup() as tasks:
        for index in waiting:
            tasks.create_task(finish(index))
    return begun  # type: ignore[return-value]


def _encode(value: Any) -> bytes:
    return orjson.dumps(value)
