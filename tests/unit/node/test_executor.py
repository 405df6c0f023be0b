"""The builder keeps its time whatever bytecode does, and its block is the one others execute."""

import pytest

from node.executor import Executor
from tests.unit.rpc.small_chain import LOOPER, World, make_world

ALLOWANCE_MS = 800


@pytest.fixture
def world(tmp_path):
    made = make_world(tmp_path)
    executor = Executor(made.chain, made.runtime, made.domain, ALLOWANCE_MS, tmp_path / "bundles")
    made.runtime.engine.warm_up()
    return World(made.chain, made.runtime, executor, made.pool, made.domain)


def build(world, *transactions):
    queues = {}
    for transaction in transactions:
        queues.setdefault(transaction.sender, {})[transaction.nonce] = transaction
    seal = world.build().block.seal
    return world.executor.build(world.chain.head.header.hash, seal, queues)


def test_endless_bytecode_is_left_out_and_evicted_and_the_rest_goes_in(world):
    transfers = [world.transaction(), world.transaction()]
    endless = world.transaction(to=LOOPER, gas_limit=3_500_000)
    after = world.transaction()
    built = build(world, *transfers, endless, after)
    assert list(built.executed.block.transactions) == transfers
    assert built.impossible == (endless,)
    assert built.poisonous == ()


def test_block_of_an_interrupted_builder_has_the_roots_that_others_compute(world, tmp_path_factory):
    transfer = world.transaction(value=3)
    built = build(world, transfer, world.transaction(to=LOOPER, gas_limit=3_500_000))
    other = make_world(tmp_path_factory.mktemp("other"))
    again = build(other, transfer).executed.block
    assert again.header == built.executed.block.header
