"""A node with its servers: JSON-RPC with the explorer, metrics, probes."""

import gc

import structlog

from explorer import pages
from node.app import Node
from node.backend import NodeBackend
from node.config import NodeConfig
from node.home import Home
from node.metrics import MetricsServer, NodeMetrics
from primitives.errors import ConfigError
from rpc.server import RpcServer

log = structlog.get_logger("node")


class NodeService:
    """What ``aitbc start`` runs."""

    def __init__(self, home: Home, config: NodeConfig, agent: str) -> None:
        self.node = node = Node.open(home, config, agent)
        self.backend = NodeBackend(
            chain=node.chain,
            runtime=node.runtime,
            executor=node.executor,
            mempool=node.mempool,
            gossip=node.gossip,
            driver=node.driver,
            syncer=node.syncer,
            mesh=node.mesh,
            readers=node.readers,
            guard=node.guard,
            name=config.node.name,
            agent=agent,
            block_time_ms=node.block_time_ms,
            p2p_port=lambda: node.p2p_port,
            peer_id=node.identity.peer,
        )
        self._rpc = RpcServer(
            self.backend,
            cors_origins=config.rpc.cors_origins,
            host_names=config.rpc.host_names,
            pages=pages(),
        )
        self._metrics = MetricsServer(NodeMetrics(node))

    async def run(self) -> None:
        """Run until cancelled or until the node must stop.

        Raises:
            ConfigError: a port is taken.
            NodeStoppedError, AitbcError: why the node had to stop.
        """
        config = self.node.config
        if config.metrics.is_enabled:
            await self._metrics.start(config.metrics)
        if config.rpc.is_enabled:
            try:
                await self._rpc.start(config.rpc.host, config.rpc.port)
            except OSError as error:
                raise ConfigError(
                    f"cannot listen on {config.rpc.host}:{config.rpc.port}: {error.strerror}",
                    "Stop what uses the port, or set another one: --rpc-port or [rpc] port",
                ) from error
        _calm_collector()
        await self.node.run()

    async def close(self) -> None:
        """Stop the servers, then the node."""
        await self._rpc.close()
        await self._metrics.close()
        await self.node.close()
        log.info("node stopped", height=self.node.chain.head.height)


def _calm_collector() -> None:
    """Keep the garbage collector off what lives as long as the process.

    Modules, kernels and tables are frozen out of its scans, and young objects, mostly of one
    request, are looked at less often: batched calls are three times as fast.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
