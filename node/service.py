"""A node with its servers: JSON-RPC, metrics, probes."""

import asyncio

import structlog

from node.app import Node
from node.config import NodeConfig
from node.home import Home
from node.metrics import MetricsServer, NodeMetrics

log = structlog.get_logger("node")


class NodeService:
    """What ``aitbc start`` runs."""

    def __init__(self, home: Home, config: NodeConfig, agent: str) -> None:
        self.node = Node.open(home, config, agent)
        self._metrics = MetricsServer(NodeMetrics(self.node))

    async def run(self) -> None:
        """Run until cancelled or until the node must stop."""
        config = self.node.config
        if config.metrics.is_enabled:
            await self._metrics.start(config.metrics)
        await self.node.run()

    async def close(self) -> None:
        """Stop the servers, then the node."""
        await self._metrics.close()
        await self.node.close()
        await asyncio.sleep(0)
        log.info("node stopped", height=self.node.chain.head.height)
