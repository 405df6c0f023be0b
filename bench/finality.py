"""Finality latency and block period of real validator processes, against an injected delay.

Expected: a block is final three message delays after its proposal, the next one is proposed after
two; targets are 3 delays + 15 ms and 2 delays + 10 ms at block_time 0.
"""

import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from aitbc.devnet.layout import VALIDATOR_STAKE, load_template
from bench.result import Result, percentile
from node.home import Home, load_secret
from node.setup import make_keys, peer_of, write_settings
from primitives.genesis import GenesisValidator
from primitives.keys import public_key, secret_to_address

FIRST_PORT = 33_100
SECONDS = 6.0
CASES = ((4, 0), (4, 10), (4, 50), (4, 100), (7, 50), (10, 50))


def run() -> Iterator[Result]:
    for nodes, delay_ms in CASES:
        latencies, periods = measure(nodes, delay_ms)
        case = f"n={nodes},delay={delay_ms}ms"
        if not latencies:
            yield Result(name=f"finality::p50/{case}", value=float("nan"), unit="ms")
            continue
        yield Result(
            name=f"finality::p50/{case}",
            value=percentile(latencies, 0.5),
            unit="ms",
            target=f"<= {3 * delay_ms + 15}",
        )
        yield Result(
            name=f"finality::period/{case}",
            value=percentile(periods, 0.5),
            unit="ms",
            target=f"<= {2 * delay_ms + 10}",
        )


def measure(nodes: int, delay_ms: int) -> tuple[list[float], list[float]]:
    """Run a network for some seconds; return latencies and block periods in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="aitbc-bench-") as directory:
        homes = make_network(Path(directory), nodes)
        command = [sys.executable, "-m", "bench.network_node"]
        parts = [
            subprocess.Popen(
                [*command, str(home.root), str(delay_ms)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for home in homes
        ]
        for part in parts:
            assert part.stdout is not None
            part.stdout.readline()
        for part in parts:
            assert part.stdin is not None
            part.stdin.write("go\n")
            part.stdin.flush()
        time.sleep(SECONDS + 3)
        for part in parts:
            part.kill()
        return read_events([part.communicate()[0] for part in parts])


def read_events(outputs: list[str]) -> tuple[list[float], list[float]]:
    """Parse the nodes' lines; the first seconds are start-up and do not count."""
    latencies: list[float] = []
    times: dict[int, int] = {}
    for output in outputs:
        rows = [line.split() for line in output.splitlines() if line.startswith("final")]
        events = [(int(r[1]), int(r[2]), int(r[3])) for r in rows]
        if not events:
            continue
        settled = events[0][1] + 3_000
        for height, block_ms, now in events:
            if block_ms > settled:
                latencies.append(now - block_ms)
                times[height] = block_ms
    heights = sorted(times)
    periods = [float(times[b] - times[a]) for a, b in itertools.pairwise(heights) if b == a + 1]
    return latencies, periods


def make_network(root: Path, nodes: int) -> list[Home]:
    """Make homes of validators with block time 0."""
    homes = [Home(root / str(index)) for index in range(nodes)]
    for home in homes:
        make_keys(home, is_validator=True)
    secrets = [load_secret(home.validator_key) for home in homes]
    template = load_template()
    genesis = replace(
        template,
        time_ms=int(time.time() * 1000) - 1_000,
        parameters=replace(template.parameters, block_time_ms=0, epoch_blocks=10_000),
        validators=tuple(
            GenesisValidator(
                operator=secret_to_address(secret),
                public_key=public_key(secret),
                stake=VALIDATOR_STAKE,
                fee_recipient=secret_to_address(secret),
                name=f"bench-{index}",
            )
            for index, secret in enumerate(secrets)
        ),
    )
    ports = [FIRST_PORT + index for index in range(nodes)]
    peers = [f"{peer_of(h).hex()}@127.0.0.1:{p}" for h, p in zip(homes, ports, strict=True)]
    for index, home in enumerate(homes):
        others = [peer for k, peer in enumerate(peers) if k != index]
        settings = {
            "p2p": {"port": ports[index], "peers": others},
            "consensus": {"delta_ms": 500, "execution_allowance_ms": 0},
        }
        write_settings(home, genesis, settings)
    return homes
