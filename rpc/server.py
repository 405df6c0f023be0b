"""JSON-RPC over HTTP and WebSocket on one port.

``POST /`` answers requests and batches, ``/`` and ``/ws`` upgrade to WebSocket, ``/health``,
``/ready`` and ``/openrpc.json`` are plain GETs, and further pages may be mounted.

W1. A request names a host that is an IP address, ``localhost`` or a configured name, or it is
    refused: a page of another site cannot reach the node by rebinding its name.
W2. A body is JSON by its content type, or it is refused: a form of another site cannot post here.
W3. "Local" is a loopback peer that asked for a loopback host without a forwarding header; a
    reverse proxy must set one (Forwarded, X-Forwarded-For or X-Real-IP). A page of another site
    runs in a browser on this machine: its Origin makes the request foreign, whatever CORS allows.
"""

import asyncio
import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import structlog
from aiohttp import WSCloseCode, WSMsgType, hdrs, web
from aiohttp.web_request import BaseRequest

from rpc import openrpc
from rpc.backend import Backend
from rpc.dispatch import Dispatcher
from rpc.filters import Filters
from rpc.limits import BODY_BYTES_MAX, CONNECTIONS_MAX
from rpc.routes.table import ROUTES, TABLE
from rpc.routing import Session
from rpc.subscriptions import Subscriber, Subscribers

log = structlog.get_logger("rpc")

JSON: Final = "application/json"
KEEPALIVE_SECONDS: Final = 75.0
WEBSOCKET_HEARTBEAT_SECONDS: Final = 30.0
CLOSE_SECONDS: Final = 3.0
SHUTDOWN_SECONDS: Final = 2.0
CLOSE_REASON_BYTES_MAX: Final = 120

_JSON_TYPES: Final = frozenset(
    {JSON, "application/json-rpc", "application/jsonrequest", "application/openrpc+json"}
)
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP")

Page = tuple[str, bytes]
"""Content type and body of a mounted page."""


class RpcServer:
    """The server; ``start`` and ``close`` once each.

    ``cors_origins`` are the sites that may read answers ("*" for all); ``host_names`` are names
    beside ``localhost`` by which the node is reached; ``pages`` are further GETs by path.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        cors_origins: Sequence[str] = ("*",),
        host_names: Sequence[str] = (),
        pages: Mapping[str, Page] | None = None,
        dispatcher: Dispatcher | None = None,
        connections_max: int = CONNECTIONS_MAX,
    ) -> None:
        self._backend = backend
        self._origins = frozenset(cors_origins)
        self._host_names = frozenset({"localhost", *(name.lower() for name in host_names)})
        self._pages = dict(pages or {})
        self._dispatcher = dispatcher or Dispatcher(TABLE)
        self._connections_max = connections_max
        self._filters = Filters()
        self._subscribers = Subscribers()
        self._sockets: set[web.WebSocketResponse] = set()
        self._sessions = {
            is_local: Session(backend=backend, filters=self._filters, is_local=is_local)
            for is_local in (False, True)
        }
        self._known_hosts: dict[str, bool] = {}
        self._server: web.Server | None = None
        self._runner: web.ServerRunner | None = None
        backend.attach(self._filters)
        backend.attach(self._subscribers)

    async def start(self, host: str, port: int) -> int:
        """Listen and return the port (useful with port 0).

        Raises:
            OSError: the address is in use or not ours.
        """
        loop = asyncio.get_running_loop()

        def request(
            message: Any, payload: Any, protocol: Any, writer: Any, task: Any
        ) -> BaseRequest:
            return BaseRequest(
                message, payload, protocol, writer, task, loop, client_max_size=BODY_BYTES_MAX
            )

        self._server = web.Server(
            self._handle,
            request_factory=request,
            access_log=None,
            keepalive_timeout=KEEPALIVE_SECONDS,
        )
        self._runner = web.ServerRunner(self._server, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port, backlog=1024)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Say goodbye to WebSocket clients and stop listening."""
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the node is stopping")
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def connection_count(self) -> int:
        """Return how many connections are open."""
        return 0 if self._server is None else len(self._server.connections)

    async def _handle(self, request: BaseRequest) -> web.StreamResponse:
        headers = request.headers
        if not self._is_known_host(headers.get(hdrs.HOST, "")):
            return _refusal(403, "invalid host specified")
        if self.connection_count > self._connections_max:
            return _refusal(503, f"too many connections: limit {self._connections_max}")
        if request.method == hdrs.METH_POST:
            return await self._post(request)
        if request.method == hdrs.METH_OPTIONS:
            return web.Response(status=204, headers=self._cors_headers(request, is_preflight=True))
        if request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
            return _refusal(405, "method not allowed")
        if headers.get(hdrs.UPGRADE, "").lower() == "websocket":
            return await self._websocket(request)
        return self._page(request)

    async def _post(self, request: BaseRequest) -> web.StreamResponse:
        if request.content_type not in _JSON_TYPES:
            return _refusal(415, f"invalid content type, only {JSON} is supported")
        if (request.content_length or 0) > BODY_BYTES_MAX:
            return _refusal(413, f"content length too large: limit {BODY_BYTES_MAX} bytes")
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _refusal(413, f"content length too large: limit {BODY_BYTES_MAX} bytes")
        answer = await self._dispatcher.answer(body, self._sessions[self._is_local(request)])
        headers = self._cors_headers(request)
        if answer is None:
            return web.Response(status=204, headers=headers)
        return web.Response(body=answer, content_type=JSON, headers=headers)

    def _page(self, request: BaseRequest) -> web.StreamResponse:
        headers = self._cors_headers(request)
        if request.path in ("/health", "/ready"):
            health = self._backend.health()
            is_well = request.path == "/health" or health.get("status") == "ok"
            return web.Response(
                status=200 if is_well else 503,
                body=orjson.dumps(health),
                content_type=JSON,
                headers=headers,
            )
        if request.path == "/openrpc.json":
            shown = openrpc.document(ROUTES, self._backend.client_version)
            return web.Response(body=orjson.dumps(shown), content_type=JSON, headers=headers)
        page = self._pages.get(request.path)
        if page is None:
            return _refusal(404, "not found; JSON-RPC is a POST to /")
        return web.Response(body=page[1], headers={hdrs.CONTENT_TYPE: page[0], **(headers or {})})

    async def _websocket(self, request: BaseRequest) -> web.StreamResponse:
        if request.path not in ("/", "/ws"):
            return _refusal(404, "WebSocket is at / and /ws")
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is not None and not self._is_allowed_origin(origin):
            return _refusal(403, "origin not allowed")
        socket = web.WebSocketResponse(
            max_msg_size=BODY_BYTES_MAX, heartbeat=WEBSOCKET_HEARTBEAT_SECONDS, compress=False
        )
        await socket.prepare(request)
        self._sockets.add(socket)
        tasks = asyncio.TaskGroup()
        try:
            async with tasks:
                await self._converse(socket, request, tasks)
        except* (ConnectionError, RuntimeError) as errors:
            log.debug("websocket ended", error=str(errors.exceptions[0]))
        finally:
            self._sockets.discard(socket)
        return socket

    async def _converse(
        self, socket: web.WebSocketResponse, request: BaseRequest, tasks: asyncio.TaskGroup
    ) -> None:
        """Answer a connection's requests in order, events between them, until it ends."""

        def drop(reason: str) -> None:
            log.warning("websocket client dropped", reason=reason)
            message = reason.encode()[:CLOSE_REASON_BYTES_MAX]
            tasks.create_task(_close(socket, message, request.transport))

        subscriber = Subscriber(drop)
        session = Session(
            backend=self._backend,
            filters=self._filters,
            is_local=self._is_local(request),
            subscriber=subscriber,
        )
        self._subscribers.add(subscriber)
        sender = tasks.create_task(_send_all(socket, subscriber))
        try:
            async for message in socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                body = message.data
                answer = await self._dispatcher.answer(
                    body.encode() if isinstance(body, str) else body, session
                )
                if answer is not None:
                    await socket.send_frame(answer, _TEXT)
        finally:
            self._subscribers.remove(subscriber)
            sender.cancel()

    def _is_local(self, request: BaseRequest) -> bool:
        """Answer whether the caller is on this machine (W3)."""
        headers = request.headers
        if not _is_loopback(request.remote or "") or any(name in headers for name in _FORWARDED):
            return False
        origin = headers.get(hdrs.ORIGIN)
        if origin is not None and not _is_loopback(_host_name(origin.partition("://")[2])):
            return False
        return _is_loopback(_host_name(headers.get(hdrs.HOST, "")))

    def _is_known_host(self, host: str) -> bool:
        """Answer whether a Host header names this node (W1)."""
        known = self._known_hosts.get(host)
        if known is None:
            known = is_allowed_host(host, self._host_names)
            if len(self._known_hosts) > 256:
                self._known_hosts.clear()
            self._known_hosts[host] = known
        return known

    def _is_allowed_origin(self, origin: str) -> bool:
        return "*" in self._origins or origin in self._origins

    def _cors_headers(
        self, request: BaseRequest, *, is_preflight: bool = False
    ) -> dict[str, str] | None:
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is None or not self._is_allowed_origin(origin):
            return None
        headers: dict[str, str] = {
            hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*" if "*" in self._origins else origin,
            hdrs.VARY: "Origin",
        }
        if is_preflight:
            headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = "POST, GET, OPTIONS"
            headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = "Content-Type"
            headers[hdrs.ACCESS_CONTROL_MAX_AGE] = "86400"
        return headers


_TEXT: Final = WSMsgType.TEXT


def is_allowed_host(host: str, names: frozenset[str]) -> bool:
    """Answer whether a Host header is an IP address or one of ``names``, with any port."""
    name = _host_name(host)
    if name in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _host_name(host: str) -> str:
    """Return the name or address of a Host header, without port and brackets."""
    name = host.lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0] if name.count(":") == 1 else name


def _is_loopback(name: str) -> bool:
    return name in ("localhost", "::1", "::ffff:127.0.0.1") or _is_loopback_v4(name)


def _is_loopback_v4(name: str) -> bool:
    try:
        return ipaddress.IPv4Address(name).is_loopback
    except ValueError:
        return False


async def _send_all(socket: web.WebSocketResponse, subscriber: Subscriber) -> None:
    while True:
        await socket.send_frame(await subscriber.next_message(), _TEXT)


async def _close(
    socket: web.WebSocketResponse, reason: bytes, transport: asyncio.Transport | None
) -> None:
    """End a connection whose peer does not read: a goodbye if it goes through, then the end."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=reason)
    except TimeoutError:
        log.debug("websocket goodbye was not taken")
    finally:
        if transport is not None:
            transport.abort()


def _refusal(status: int, why: str) -> web.Response:
    """Refuse before JSON-RPC begins; the body says why, as a JSON-RPC error."""
    answer = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": why}}
    return web.Response(status=status, body=orjson.dumps(answer), content_type=JSON)
