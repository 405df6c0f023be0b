"""Metrics and probes on a port of their own: ``/metrics`` (Prometheus), ``/health``, ``/ready``.

Live: the process answers. Ready: the node is not catching up and finalized a block lately.
"""

import time
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from node.app import Node
from node.config import MetricsSection
from primitives.errors import ConfigError
from state.chain import ExecutedBlock, Head

STALE_BLOCKS: Final = 10
"""Ready means a block was finalized within so many block times (and 10 s at least)."""


class NodeMetrics:
    """Prometheus series of one node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._last_final = 0.0
        self.registry = CollectorRegistry()
        self._height = Gauge("aitbc_height", "Last finalized block", registry=self.registry)
        self._view = Gauge("aitbc_view", "Current consensus view", registry=self.registry)
        self._epoch = Gauge("aitbc_epoch", "Current consensus epoch", registry=self.registry)
        self._peers = Gauge("aitbc_peers", "Connected peers", registry=self.registry)
        self._pool = Gauge("aitbc_txpool", "Waiting transactions", registry=self.registry)
        self._transactions = Counter(
            "aitbc_transactions", "Finalized transactions", registry=self.registry
        )
        self._gas = Counter("aitbc_gas", "Gas of finalized blocks", registry=self.registry)
        self._blocks = Counter("aitbc_blocks", "Finalized blocks", registry=self.registry)
        self._lag = Histogram(
            "aitbc_finality_seconds",
            "From a block's time to its finality here",
            buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
            registry=self.registry,
        )
        self._peers.set_function(lambda: len(node.mesh.peers()))
        self._pool.set_function(lambda: len(node.mempool))
        node.driver.hooks.on_finalized.append(self._on_finalized)
        node.driver.hooks.on_view.append(self._on_view)

    @property
    def is_ready(self) -> bool:
        """Answer whether the node follows the head."""
        patience = max(10.0, STALE_BLOCKS * self._node.block_time_ms / 1000)
        is_fresh = time.monotonic() - self._last_final < patience
        return is_fresh and not self._node.syncer.is_syncing

    def _on_finalized(self, executed: ExecutedBlock, head: Head) -> None:
        self._last_final = time.monotonic()
        self._height.set(head.height)
        self._blocks.inc()
        self._transactions.inc(len(executed.block.transactions))
        self._gas.inc(executed.block.header.gas_used)
        if not self._node.syncer.is_syncing:
            self._lag.observe(max(0.0, time.time() - head.time_ms / 1000))

    def _on_view(self, epoch: int, view: int) -> None:
        self._epoch.set(epoch)
        self._view.set(view)


class MetricsServer:
    """Serves the probes and the metrics of a node."""

    def __init__(self, metrics: NodeMetrics) -> None:
        self._metrics = metrics
        application = web.Application()
        application.router.add_get("/metrics", self._serve_metrics)
        application.router.add_get("/health", self.serve_health)
        application.router.add_get("/ready", self.serve_ready)
        self._runner = web.AppRunner(application, access_log=None)

    async def start(self, config: MetricsSection) -> None:
        """Listen.

        Raises:
            ConfigError: the port is taken.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, config.host, config.port).start()
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {config.host}:{config.port}: {error.strerror}",
                "Set another port: --metrics-port or [metrics] port",
            ) from error

    async def close(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def serve_health(self, _request: web.Request) -> web.Response:
        """Answer that the process lives."""
        return web.json_response({"status": "ok"})

    async def serve_ready(self, _request: web.Request) -> web.Response:
        """Answer 200 when ready, 503 when not."""
        is_ready = self._metrics.is_ready
        status = "ready" if is_ready else "not ready"
        return web.json_response({"status": status}, status=200 if is_ready else 503)

    async def _serve_metrics(self, _request: web.Request) -> web.Response:
        body = generate_latest(self._metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
