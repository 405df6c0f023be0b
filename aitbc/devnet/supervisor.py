"""Watches a devnet: what every part says of itself, as values that the screen and --json show."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

import aiohttp

from aitbc.devnet.layout import Devnet
from aitbc.devnet.processes import running

TIMEOUT_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """One node; None where it does not answer."""

    node: int
    pid: int | None
    rpc: str
    height: int | None = None
    epoch: int | None = None
    view: int | None = None
    peers: int | None = None
    waiting: int | None = None
    is_syncing: bool | None = None

    @property
    def state(self) -> str:
        """Return a word for people."""
        if self.pid is None:
            return "stopped"
        if self.height is None:
            return "starting"
        return "syncing" if self.is_syncing else "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class DevnetStatus:
    """The whole network."""

    nodes: tuple[NodeStatus, ...]
    miner: dict[str, Any] | None
    poster_pid: int | None

    @property
    def height(self) -> int:
        """Return the highest finalized block."""
        return max((node.height or 0 for node in self.nodes), default=0)

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        nodes = [{**asdict(node), "state": node.state} for node in self.nodes]
        return {"height": self.height, "nodes": nodes, "miner": self.miner}


class Watcher:
    """Asks all parts of a devnet."""

    def __init__(self, devnet: Devnet, session: aiohttp.ClientSession) -> None:
        self._devnet = devnet
        self._session = session

    async def look(self) -> DevnetStatus:
        """Return what every part says now."""
        parts = running(self._devnet)
        asked = [self._node(k, parts.get(f"node-{k}")) for k in range(self._devnet.size)]
        nodes = await asyncio.gather(*asked)
        miner = await self._miner() if "miner" in parts else None
        return DevnetStatus(nodes=tuple(nodes), miner=miner, poster_pid=parts.get("jobs"))

    async def _node(self, index: int, pid: int | None) -> NodeStatus:
        bare = NodeStatus(node=index, pid=pid, rpc=self._devnet.rpc_url(index))
        if pid is None:
            return bare
        methods = ("aitbc_consensusState", "net_peerCount", "txpool_status", "aitbc_health")
        answers = await self._batch(bare.rpc, methods)
        if answers is None or not answers[0]["isStarted"]:
            return bare
        consensus, peers, pool, health = answers
        return NodeStatus(
            node=index,
            pid=pid,
            rpc=bare.rpc,
            height=int(consensus["finalized"]["number"], 16),
            epoch=int(consensus["epoch"], 16),
            view=int(consensus["view"], 16),
            peers=int(peers, 16),
            waiting=int(pool["pending"], 16) + int(pool["queued"], 16),
            is_syncing=health["status"] == "syncing",
        )

    async def _batch(self, url: str, methods: tuple[str, ...]) -> list[Any] | None:
        batch = [
            {"jsonrpc": "2.0", "id": i, "method": method, "params": []}
            for i, method in enumerate(methods)
        ]
        try:
            async with self._session.post(url, json=batch) as response:
                answers = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
        by_id = {answer.get("id"): answer for answer in answers}
        if any("result" not in by_id.get(i, {}) for i in range(len(methods))):
            return None
        return [by_id[i]["result"] for i in range(len(methods))]

    async def _miner(self) -> dict[str, Any] | None:
        try:
            async with self._session.get(
                f"http://127.0.0.1:{self._devnet.miner_port}/status"
            ) as response:
                answer = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
        return answer if isinstance(answer, dict) else None


@asynccontextmanager
async def watch(devnet: Devnet) -> AsyncIterator[Watcher]:
    """Open a watcher."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield Watcher(devnet, session)
