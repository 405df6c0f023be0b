"""The desk's HTTP server: the three routes of ``miner.leases.protocol``, every byte hostile.

Sizes, times, connections and rates are bounded before anything is looked at; what is refused is
refused with a code, a sentence and a remedy. Nothing of what is sealed is ever logged.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
import structlog
from aiohttp import web

from miner.leases.limits import Buckets, network_of
from miner.leases.protocol import SEALED_ASK_MAX
from miner.leases.refusals import Code, DeskRefusedError
from miner.leases.service import LeaseService
from miner.leases.tally import DeskTally
from primitives.errors import ConfigError

DEFAULT_LISTEN: Final = "127.0.0.1:9470"
ENVELOPE_BYTES_MAX: Final = SEALED_ASK_MAX + 256
VOUCHER_BYTES_MAX: Final = 1_024
BODY_SECONDS: Final = 30.0
REQUESTS_MAX: Final = 128
"""Requests in the house at once, waiting ones included."""
IP_PER_SECOND: Final = 20.0
IP_BURST: Final = 60.0
LEASE_PER_SECOND: Final = 5.0
LEASE_BURST: Final = 20.0
HEADER_BYTES_MAX: Final = 8_190
HEADER_SECONDS: Final = 10.0
SILENT_MAX: Final = 256
"""Connections that have not sent a request yet; one more closes the oldest."""

Handler = Callable[[web.Request, bytes], Awaitable[web.Response]]


class DeskServer:
    """Listens where clients come; ``service`` answers."""

    def __init__(
        self,
        service: LeaseService,
        tally: DeskTally,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._tally = tally
        self._by_network = Buckets(IP_PER_SECOND, IP_BURST, clock)
        self._by_lease = Buckets(LEASE_PER_SECOND, LEASE_BURST, clock)
        self._inside = 0
        self._silent: dict[Any, None] = {}
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None
        self._log = structlog.get_logger("desk")

    async def start(self, listen: str) -> None:
        """Listen on ``host:port``.

        Raises:
            ConfigError: not an address, or it is taken.
        """
        host, port = split_address(listen)
        app = web.Application(client_max_size=ENVELOPE_BYTES_MAX)
        app.router.add_post("/v1/leases/{lease}/requests", self._guarded(self._on_request))
        app.router.add_post("/v1/leases/{lease}/acks", self._guarded(self._on_voucher))
        app.router.add_get("/v1/leases/{lease}", self._guarded(self._on_show))
        self._runner = web.AppRunner(
            app,
            access_log=None,
            max_line_size=HEADER_BYTES_MAX,
            max_field_size=HEADER_BYTES_MAX,
            shutdown_timeout=5.0,
        )
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        try:
            self._listener = await loop.create_server(self._connected, host, port)
        except OSError as error:
            await self.close()
            raise ConfigError(
                f"cannot listen on {listen}: {error.strerror or error}",
                "Choose another address with --listen, and register it: --endpoint",
            ) from error

    @property
    def port(self) -> int:
        """Return the port that it listens on, 0 while it does not."""
        listener = self._listener
        return 0 if listener is None else int(listener.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _connected(self) -> asyncio.Protocol:
        """Return the protocol of a new connection, which has to send a request soon."""
        assert self._runner is not None
        assert self._runner.server is not None
        visitor = self._runner.server()
        if len(self._silent) >= SILENT_MAX:
            self._hang_up(next(iter(self._silent)))
        self._silent[visitor] = None
        asyncio.get_running_loop().call_later(HEADER_SECONDS, self._hang_up, visitor)
        return visitor

    def _hang_up(self, visitor: Any) -> None:
        """Close a connection that has sent no request."""
        if visitor in self._silent:
            del self._silent[visitor]
            visitor.force_close()

    def _guarded(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Bound what a visitor may do, and turn every refusal into its answer."""

        async def guarded(request: web.Request) -> web.Response:
            self._silent.pop(request.protocol, None)
            response = await answered(request)
            response.force_close()  # the next request comes with a time of its own
            return response

        async def answered(request: web.Request) -> web.Response:
            try:
                self._check_rate(self._by_network, network_of(request.remote))
                if self._inside >= REQUESTS_MAX:
                    raise DeskRefusedError(Code.BUSY, f"{REQUESTS_MAX} requests are under way")
                self._inside += 1
                try:
                    return await handler(request, _lease_id(request))
                finally:
                    self._inside -= 1
            except DeskRefusedError as error:
                self._tally.note_http_refusal(error.code.value)
                return _refusal(error)
            except web.HTTPException:
                raise
            except Exception:  # noqa: BLE001 - an edge: a visitor must never stop the server
                self._log.exception("a request failed")
                return _refusal(DeskRefusedError(Code.WORK_FAILED, "an error of the miner's own"))

        return guarded

    async def _on_request(self, request: web.Request, lease_id: bytes) -> web.Response:
        body = await _read(request, ENVELOPE_BYTES_MAX)
        deal, envelope = self._service.authenticate(lease_id, body)
        self._check_rate(self._by_lease, lease_id)
        delivery = await self._service.answer(deal, envelope, body)
        return web.Response(body=delivery, content_type="application/msgpack")

    async def _on_voucher(self, request: web.Request, lease_id: bytes) -> web.Response:
        body = await _read(request, VOUCHER_BYTES_MAX)
        return _json(self._service.acknowledge(lease_id, body))

    async def _on_show(self, request: web.Request, lease_id: bytes) -> web.Response:  # noqa: ARG002
        return _json(self._service.show(lease_id))

    def _check_rate(self, buckets: Buckets, key: object) -> None:
        wait = buckets.wait_seconds(key)
        if wait:
            raise DeskRefusedError(
                Code.RATE_LIMITED, "too many requests", retry_seconds=max(1.0, wait)
            )


def split_address(listen: str) -> tuple[str, int]:
    """Return host and port of ``host:port``; an IPv6 host stands in brackets.

    Raises:
        ConfigError: anything else.
    """
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdigit() or not 0 <= int(port) <= 65_535:
        raise ConfigError(f"{listen!r} is no address", f"Write it like {DEFAULT_LISTEN}")
    return host, int(port)


async def _read(request: web.Request, size_max: int) -> bytes:
    """Return a body of bounded size that arrives in bounded time."""
    if (request.content_length or 0) > size_max:
        raise DeskRefusedError(Code.TOO_LARGE, f"at most {size_max} bytes are taken")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > size_max:
                    raise DeskRefusedError(Code.TOO_LARGE, f"at most {size_max} bytes are taken")
    except TimeoutError as error:
        raise DeskRefusedError(Code.TOO_SLOW, "the request did not arrive in time") from error
    except (web.RequestPayloadError, ConnectionError) as error:
        raise DeskRefusedError(Code.BAD_REQUEST, "the request broke off") from error
    return bytes(body)


def _lease_id(request: web.Request) -> bytes:
    text = request.match_info["lease"].removeprefix("0x")
    try:
        lease_id = bytes.fromhex(text)
    except ValueError:
        lease_id = b""
    if len(lease_id) != 32 or len(text) != 64:
        raise DeskRefusedError(Code.BAD_REQUEST, "a lease id is 32 bytes in hex")
    return lease_id


def _refusal(error: DeskRefusedError) -> web.Response:
    headers = {"Retry-After": str(int(error.retry_seconds + 0.999))} if error.retry_seconds else {}
    return _json(error.body(), status=error.status, headers=headers)


def _json(value: dict[str, Any], *, status: int = 200, headers: Any = None) -> web.Response:
    return web.Response(
        body=orjson.dumps(value), status=status, content_type="application/json", headers=headers
    )
