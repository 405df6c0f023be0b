"""Four validators on loopback: finality, crashes, catching up, epochs, transactions."""

import asyncio
import random
import shutil
import socket
import sys
from dataclasses import replace
from pathlib import Path

import msgpack
import pytest

from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.registration import registration_digest
from node.app import Node
from node.config import load_config
from node.guard import SignerGuard
from node.home import Home, load_secret, save_validator_key
from node.setup import peer_of
from primitives.abi import encode_call
from primitives.errors import ConfigError
from primitives.genesis import encode_genesis
from primitives.keys import public_key, secret_to_address, sign
from primitives.types import WEI_PER_AIT
from primitives.vote import VoteDomain
from state.store import Store
from tests.integration import network as net

HEIR = bytes([0x77]) * 20


async def test_four_nodes_finalize_the_same_blocks_and_survive_one_of_them(tmp_path):
    homes = net.make_homes(tmp_path, 4)
    async with net.Network(homes) as chain:
        chain.start(0, 1, 2, 3)
        await chain.until_height(3)
        sent = net.transfer(0, HEIR, 5)
        assert await chain.nodes[1].gossip.submit(sent.encode()) == sent.hash
        await chain.until(
            lambda: all(node.chain.transaction_location(sent.hash) for node in chain.nodes.values())
        )
        for node in chain.nodes.values():
            assert node.chain.head.state.account(HEIR).balance == 5

        stopped_at = chain.height(3)
        await chain.stop(3)
        await chain.until_height(stopped_at + 2 * net.EPOCH_BLOCKS)
        chain.start(3)
        assert chain.height(3) >= stopped_at
        await chain.until_height(chain.height(0) + 3)
        chain.check_agreement()
        roots = {n.chain.header(stopped_at + 1).state_root for n in chain.nodes.values()}
        assert len(roots) == 1
        assert chain.nodes[0].chain.head.epoch >= 3


async def test_a_validator_joins_by_staking_and_proposes_in_a_later_epoch(tmp_path):
    homes = net.make_homes(tmp_path, 4, observers=1)
    secret = load_secret(homes[4].validator_key)
    candidate = secret_to_address(secret)
    digest = registration_digest(net.CHAIN_ID, STAKING_ADDRESS, net.SPONSOR)
    data = encode_call(
        "register(bytes,bytes,address,string,uint16)",
        public_key(secret),
        sign(secret, digest).to_bytes(),
        candidate,
        "newcomer",
        500,
    )
    stake = 100_000 * WEI_PER_AIT
    registration = net.contract_call(0, STAKING_ADDRESS, data, stake)
    async with net.Network(homes) as chain:
        chain.start(0, 1, 2, 3, 4)
        observer = chain.nodes[4].chain
        await chain.until_height(2, 4)
        await chain.nodes[4].gossip.submit(registration.encode())
        await chain.until(lambda: observer.transaction_location(registration.hash))
        height, index = observer.transaction_location(registration.hash)
        assert observer.receipts(height)[index].succeeded
        epoch = (height - 1) // net.EPOCH_BLOCKS + 1
        assert candidate not in members(observer, epoch)
        await chain.until(lambda: candidate in members(observer, epoch + 1))

        def proposers():
            first = epoch * net.EPOCH_BLOCKS + 1
            return {observer.block(h).seal.proposer for h in range(first, observer.head.height + 1)}

        await chain.until(lambda: candidate in proposers())
        chain.check_agreement()


def members(chain, epoch):
    validators = chain.validator_set(epoch)
    return () if validators is None else [v.address for v in validators.validators]


async def test_a_process_killed_at_any_moment_comes_back(tmp_path):
    """Three nodes here, the fourth its own process, ended by SIGKILL five times."""
    homes = net.make_homes(tmp_path, 4)
    killed = peer_of(homes[3])
    chance = random.Random(20)
    async with net.Network(homes) as chain:
        chain.start(0, 1, 2)
        mesh = chain.nodes[0].mesh
        for _ in range(5):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "aitbc", "start", "--home", str(homes[3].root)),
                cwd=Path(__file__).parents[2],
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                await chain.until(lambda p=process: killed in mesh.peers() or p.returncode)
                assert process.returncode is None, "the node does not start again"
                await chain.until_height(chain.height(0) + chance.randrange(1, 12), 0)
            finally:
                process.kill()
                await process.wait()
            await chain.until(lambda: killed not in mesh.peers())
        chain.start(3)
        await chain.until_height(chain.height(0) + 2)
        chain.check_agreement()
        ours, theirs = chain.nodes[0].chain, chain.nodes[3].chain
        for height in range(chain.height(3) + 1):
            assert ours.header(height).hash == theirs.header(height).hash
        # It voted again after each kill: its votes are in others' certificates or late votes.
        assert voted(ours, chain.nodes[3].guard.address)


def voted(chain, address):
    """Answer whether a validator's vote is in some seal."""
    for height in range(2, chain.head.height + 1):
        seal = chain.block(height).seal
        validators = chain.validator_set(seal.parent_certificate.statement.epoch)
        if any(vote.voter == address for vote in seal.late_votes):
            return True
        if validators.index_of(address) in seal.parent_certificate.signer_indexes():
            return True
    return False


# What a node refuses to start with


@pytest.fixture(scope="module")
def lone_home(tmp_path_factory):
    """Return a home of one validator that has finalized some blocks."""
    root = tmp_path_factory.mktemp("lone")
    homes = net.make_homes(root, 1)

    async def run():
        async with net.Network(homes) as chain:
            chain.start(0)
            await chain.until_height(3)

    asyncio.run(run())
    return homes[0]


@pytest.fixture
def home(lone_home, tmp_path):
    """Return a copy that a test may spoil."""
    shutil.copytree(lone_home.root, tmp_path / "home")
    return Home(tmp_path / "home")


def open_and_close(home):
    config, _ = load_config(home.root)

    async def run():
        await Node.open(home, config, "test").close()

    asyncio.run(run())


def test_a_stopped_node_opens_where_it_was(home):
    open_and_close(home)
    open_and_close(home)


def spoil_config(home):
    (home.config / "node.toml").write_text("[p2p]\nprot = 1\n")


def remove_guard(home):
    home.guard.unlink()


def damage_guard(home):
    raw = bytearray(home.guard.read_bytes())
    raw[-1] ^= 1
    home.guard.write_bytes(raw)


def renew_guard(home):
    home.guard.unlink()
    with Store.open(str(home.leveldb)) as store:
        genesis_hash = store.get(b"ngenesis")
    domain = VoteDomain(net.CHAIN_ID, genesis_hash)
    SignerGuard.create(home.guard, load_secret(home.validator_key), domain)


def remove_genesis(home):
    home.genesis.unlink()


def change_genesis(home):
    genesis = home.load_genesis()
    home.genesis.write_text(encode_genesis(replace(genesis, time_ms=genesis.time_ms + 1)))


def spoil_genesis(home):
    home.genesis.write_text("{")


def remove_node_key(home):
    home.node_key.unlink()


def spoil_node_key(home):
    home.node_key.write_text("{}")


def open_validator_key_to_others(home):
    home.validator_key.chmod(0o644)


def change_validator_key(home):
    home.validator_key.unlink()
    save_validator_key(home.validator_key, b"\x13" * 32)


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_config,
        remove_guard,
        damage_guard,
        renew_guard,
        remove_genesis,
        change_genesis,
        spoil_genesis,
        remove_node_key,
        spoil_node_key,
        open_validator_key_to_others,
        change_validator_key,
    ],
    ids=lambda spoil: spoil.__name__,
)
def test_a_spoiled_home_is_refused_with_a_remedy(home, spoil):
    spoil(home)
    with pytest.raises(ConfigError) as caught:
        open_and_close(home)
    assert caught.value.remedy


async def test_a_home_in_use_is_refused(home):
    config, _ = load_config(home.root)
    node = Node.open(home, config, "test")
    with pytest.raises(ConfigError):
        Node.open(home, config, "test")
    await node.close()


async def test_a_taken_port_is_refused(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config, _ = load_config(home.root, {"p2p": {"port": taken.getsockname()[1]}})
        node = Node.open(home, config, "test")
        with pytest.raises(ConfigError):
            await node.run()
        await node.close()


async def test_readers_see_nothing_above_the_head(home):
    """A batch is on disk a moment before the head moves: until then the block is not there."""
    config, _ = load_config(home.root)
    node = Node.open(home, config, "test")
    chain, top = node.chain, node.chain.head.height
    block = chain.block(top)
    chain._store.write_batch([(b"x" + bytes(32), msgpack.packb([top, 0]))])
    readers = (
        lambda: chain.header(top),
        lambda: chain.block(top),
        lambda: chain.receipts(top),
        lambda: chain.time_ms(top),
        lambda: chain.finality_proof(top),
        lambda: chain.height_of(block.hash),
        lambda: chain.transaction_location(bytes(32)),
    )
    assert all(read() is not None for read in readers)
    chain.head = replace(chain.head, header=chain.header(top - 1))
    assert [read() for read in readers] == [None] * len(readers)
    await node.close()
