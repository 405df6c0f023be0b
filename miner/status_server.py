"""``/status`` and ``/metrics`` of a running miner, on the loopback address only."""

from collections.abc import Callable
from typing import Any, Final

import orjson
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from primitives.errors import ConfigError

LOOPBACK: Final = "127.0.0.1"
DEFAULT_PORT: Final = 9700


class StatusServer:
    """Serves what ``status`` returns at the moment of asking."""

    def __init__(self, status: Callable[[], dict[str, Any]], registry: CollectorRegistry) -> None:
        self._status = status
        self._registry = registry
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> None:
        """Listen.

        Raises:
            ConfigError: the port is taken.
        """
        app = web.Application()
        app.router.add_get("/status", self._on_status)
        app.router.add_get("/metrics", self._on_metrics)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, LOOPBACK, port).start()
        except OSError as error:
            await self.close()
            raise ConfigError(
                f"port {port} is taken", "Choose another one with --status-port"
            ) from error

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _on_status(self, request: web.Request) -> web.Response:  # noqa: ARG002
        body = orjson.dumps(self._status(), option=orjson.OPT_INDENT_2)
        return web.Response(body=body, content_type="application/json")

    async def _on_metrics(self, request: web.Request) -> web.Response:  # noqa: ARG002
        return web.Response(
            body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )
