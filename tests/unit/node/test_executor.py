"""The builder keeps its time whatever bytecode does, and its block is the one others execute."""

import pytest

from contracts.errors import MissingRelease
from contracts.governance.v1.contract import Governance
from node.executor import Executor
from primitives.errors import InvalidBlockError
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


def test_a_hook_that_fails_costs_a_block_and_not_the_node(world, tmp_path, monkeypatch):
    def broken(self):
        raise KeyError("a bug")

    monkeypatch.setattr(Governance, "end_block", broken)
    with pytest.raises(InvalidBlockError, match="inside the node"):
        build(world, world.transaction())
    assert list((tmp_path / "bundles").iterdir()), "the facts are kept for the developers"


def test_code_that_the_node_lacks_stops_it_by_name(world, monkeypatch):
    def activates(self):
        raise MissingRelease("messaging", "9.0.0")

    block = world.build(world.transaction()).block
    monkeypatch.setattr(Governance, "end_block", activates)
    with pytest.raises(MissingRelease, match=r"messaging 9\.0\.0"):
        build(world, world.transaction())
    world.executor._executed.clear()
    monkeypatch.setattr("node.executor.check_seal", lambda *_: None)
    with pytest.raises(MissingRelease):
        world.executor.execute(block)
