"""One validator process of the finality bench: a real node whose messages are delayed.

Prints ``ready``, waits for a line on standard input, runs, prints ``final HEIGHT BLOCK_MS NOW_MS``.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from node.app import Node
from node.config import load_config
from node.driver import now_ms
from node.home import Home
from node.logs import configure_logs


async def main(home: Path, delay_ms: float) -> None:
    configure_logs("error", is_json=False)
    config, _ = load_config(home)
    node = Node.open(Home(home), config, "bench")
    loop = asyncio.get_running_loop()
    send = node.mesh.send

    def delayed(peer: bytes, kind: int, body: bytes) -> bool:
        loop.call_later(delay_ms / 1000, send, peer, kind, body)
        return True

    if delay_ms:
        node.mesh.send = delayed  # type: ignore[method-assign]

    def report(_executed: Any, head: Any) -> None:
        print(f"final {head.height} {head.time_ms} {now_ms()}", flush=True)

    node.driver.hooks.on_finalized.append(report)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    await node.run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2])))
