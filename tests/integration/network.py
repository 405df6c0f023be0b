"""A chain of a few real nodes on loopback, in this process, each with its home on disk."""

import asyncio
import socket
import time
from contextlib import suppress

from node.app import Node
from node.config import load_config
from node.home import Home, load_secret
from node.setup import make_keys, peer_of, write_settings
from primitives.genesis import Genesis, GenesisAccount, GenesisValidator, Parameters
from primitives.keys import public_key, secret_to_address
from primitives.transaction import DYNAMIC_FEE, Transaction, sign_transaction
from primitives.types import WEI_PER_AIT

CHAIN_ID = 4_242
BLOCK_TIME_MS = 50
EPOCH_BLOCKS = 8
PATIENCE_SECONDS = 40
"""How long a condition is waited for; reached only when the test fails."""

SPONSOR_SECRET = bytes([0x51]) * 32
SPONSOR = secret_to_address(SPONSOR_SECRET)


def free_ports(count):
    """Return ports that were free a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def operator_secret(index):
    return bytes([0x60 + index]) * 32


def make_genesis(homes, **parameters):
    validators = tuple(
        GenesisValidator(
            operator=secret_to_address(operator_secret(index)),
            public_key=public_key(load_secret(home.validator_key)),
            stake=100_000 * WEI_PER_AIT,
            fee_recipient=secret_to_address(operator_secret(index)),
            name=f"node-{index}",
        )
        for index, home in enumerate(homes)
    )
    values = {"epoch_blocks": EPOCH_BLOCKS, "block_time_ms": BLOCK_TIME_MS} | parameters
    return Genesis(
        chain_id=CHAIN_ID,
        time_ms=int(time.time() * 1000) - 1_000,
        parameters=Parameters(**values),
        accounts=(GenesisAccount(address=SPONSOR, balance=10**9 * WEI_PER_AIT),),
        validators=validators,
    )


def make_homes(root, count, observers=0, **parameters):
    """Make homes of ``count`` validators and more that start outside the set."""
    homes = [Home(root / str(index)) for index in range(count + observers)]
    for home in homes:
        make_keys(home, is_validator=True)
    genesis = make_genesis(homes[:count], **parameters)
    ports = free_ports(len(homes))
    places = [f"{peer_of(h).hex()}@127.0.0.1:{port}" for h, port in zip(homes, ports, strict=True)]
    for index, home in enumerate(homes):
        peers = [place for k, place in enumerate(places) if k != index]
        write_settings(
            home,
            genesis,
            {
                "consensus": {"delta_ms": 200},
                "p2p": {"port": ports[index], "peers": peers},
                "rpc": {"is_enabled": False},
                "metrics": {"is_enabled": False},
            },
        )
    return homes


class Network:
    """Nodes by index; ``stop`` and ``start`` leave their disks alone."""

    def __init__(self, homes):
        self.homes = homes
        self.nodes = {}
        self.hashes = {index: {} for index in range(len(homes))}
        self._tasks = {}
        self._moved = asyncio.Event()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_error):
        for index in list(self.nodes):
            await self.stop(index)

    def start(self, *indexes):
        for index in indexes:
            home = self.homes[index]
            config, _ = load_config(home.root)
            node = self.nodes[index] = Node.open(home, config, f"test-{index}")
            node.driver.hooks.on_finalized.append(self._recorder(index))
            self._tasks[index] = asyncio.ensure_future(node.run())

    async def stop(self, index):
        node, task = self.nodes.pop(index), self._tasks.pop(index)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await node.close()

    def height(self, index):
        return self.nodes[index].chain.head.height

    async def until(self, condition):
        """Wait until ``condition()``; fail at once when a node stops."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                for task in self._tasks.values():
                    if task.done():
                        task.result()
                self._moved.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._moved.wait(), 0.2)

    async def until_height(self, height, *indexes):
        await self.until(lambda: all(self.height(i) >= height for i in indexes or self.nodes))

    def check_agreement(self):
        """Fail when two nodes have finalized different blocks at one height."""
        for height in set().union(*self.hashes.values()):
            found = {seen[height] for seen in self.hashes.values() if height in seen}
            assert len(found) == 1, f"height {height} was decided twice"

    def _recorder(self, index):
        def record(executed, head):
            seen = self.hashes[index].setdefault(head.height, executed.block.hash)
            assert seen == executed.block.hash
            self._moved.set()

        return record


def transfer(nonce, to, wei, secret=SPONSOR_SECRET):
    return contract_call(nonce, to, b"", wei, gas=21_000, secret=secret)


def contract_call(nonce, to, data, wei, gas=1_500_000, secret=SPONSOR_SECRET):
    return sign_transaction(
        Transaction(
            kind=DYNAMIC_FEE,
            chain_id=CHAIN_ID,
            nonce=nonce,
            max_priority_fee_per_gas=10**9,
            max_fee_per_gas=10**11,
            gas_limit=gas,
            to=to,
            value=wei,
            data=data,
        ),
        secret,
    )
