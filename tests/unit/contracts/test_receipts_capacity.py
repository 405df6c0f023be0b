"""Certificates of capacity: one window an epoch, a seed of one's own, 32 drawn tiles."""

from dataclasses import replace

import pytest

from contracts.marketplace.v1.contract import Marketplace
from contracts.receipts.v1.beacons import RING_HEIGHTS
from contracts.receipts.v1.capacity import CAPACITY_TILES
from contracts.receipts.v1.contract import Receipts
from primitives.matmul import MatmulSpec, tile_leaf
from primitives.matmul_kernel import compute_tile
from primitives.merkle import merkle_levels, merkle_path
from primitives.types import Hash32
from tests.unit.contracts.compute_world import DRAW_FIRST, DRAW_LAST
from tests.unit.contracts.deal_world import MINER, STRANGER, DealWorld
from tests.unit.contracts.staking_world import account, secret

RIVAL = account(9)
WINDOW = 64
SIZE = 512


def levels_of(seed, m=SIZE, n=SIZE, k=64, wrong=()):
    spec = MatmulSpec(seed=Hash32(seed), m=m, n=n, k=k)
    leaves = [tile_leaf(spec, index, compute_tile(spec, index)) for index in range(spec.tiles)]
    for index in wrong:
        leaves[index] = Hash32(b"\x05" * 32)
    return merkle_levels(leaves)


def capacity_world():
    """Return a world at the first block of an epoch, with a miner."""
    world = DealWorld()
    world.chain.balances[RIVAL] = world.chain.balances[MINER]
    world.join()
    world.chain.advance(epoch=2)
    return world


def commit(world, miner=MINER, levels=None, m=SIZE, n=SIZE, k=64):
    if levels is None:
        levels = levels_of(world.ask(Receipts, "capacitySeed", miner), m, n, k)
    world.send(miner, Receipts, "commitCapacity", m, n, k, levels[-1][0])
    return levels


def open_all(world, levels, miner=MINER, part=None):
    tiles = world.ask(Receipts, "capacityTiles", miner)
    first = world.ask(Receipts, "capacity", miner).opened
    chosen = tiles[first : None if part is None else first + part]
    paths = tuple(tuple(merkle_path(levels, tile)) for tile in chosen)
    return world.send(miner, Receipts, "openCapacity", paths)


def to_draw(world):
    window = world.ask(Receipts, "capacityWindow")
    world.chain.advance(window.draw_height - world.block.height)


def test_shown_work_is_certified_at_work_over_window():
    world = capacity_world()
    start = world.block.height
    window = world.ask(Receipts, "capacityWindow")
    assert (window.epoch, window.first_height) == (2, start)
    assert window.last_height == start + WINDOW
    assert window.draw_height == start + WINDOW + DRAW_LAST
    levels = commit(world)
    to_draw(world)
    tiles = world.ask(Receipts, "capacityTiles", MINER)
    assert 20 < len(tiles) <= CAPACITY_TILES
    assert open_all(world, levels, part=5) == 5
    assert world.ask(Receipts, "capacity", MINER).macs_per_second == 0
    assert open_all(world, levels) == len(tiles)
    info = world.ask(Receipts, "capacity", MINER)
    assert info.macs_per_second == SIZE * SIZE * 64 // WINDOW
    assert info.expires_at == world.block.timestamp + 1_800
    assert world.ask(Marketplace, "capacity", MINER).macs_per_second == info.macs_per_second
    with world.refuses("WrongPathCount"):
        open_all(world, levels)


def test_a_window_that_took_longer_counts_for_what_it_took():
    world = capacity_world()
    block = world.chain.block
    slow = 2 * WINDOW * 1_000
    world.chain.block = replace(
        block, height=block.height + WINDOW, time_ms=block.time_ms + slow,
        timestamp=block.timestamp + slow // 1_000,
    )  # fmt: skip
    levels = commit(world)
    world.chain.advance(DRAW_LAST)
    open_all(world, levels)
    rate = world.ask(Receipts, "capacity", MINER).macs_per_second
    assert rate == SIZE * SIZE * 64 // (2 * WINDOW)


def test_the_window_closes_and_takes_one_commitment_a_miner():
    world = capacity_world()
    world.chain.advance(WINDOW)
    levels = commit(world)
    with world.refuses("AlreadyCommitted"):
        commit(world, levels=levels)
    world.join(RIVAL, secret(91))
    world.chain.advance()
    with world.refuses("CapacityWindowClosed", end=world.block.height - 1):
        commit(world, RIVAL, levels)
    world.chain.advance(epoch=3)
    commit(world)


def test_two_identities_have_two_seeds_and_one_product_serves_one():
    world = capacity_world()
    world.join(RIVAL, secret(91))
    levels = commit(world)
    commit(world, RIVAL, levels)
    to_draw(world)
    open_all(world, levels)
    with world.refuses("WrongTile"):
        open_all(world, levels, RIVAL)


def test_last_epochs_product_is_another():
    world = capacity_world()
    stale = levels_of(world.ask(Receipts, "capacitySeed", MINER))
    world.chain.advance(epoch=3)
    commit(world, levels=stale)
    to_draw(world)
    with world.refuses("WrongTile"):
        open_all(world, stale)


def test_tiles_are_drawn_after_the_window_and_opened_in_time():
    world = capacity_world()
    levels = commit(world)
    end = world.block.height + WINDOW
    world.chain.advance(WINDOW + DRAW_FIRST)
    with world.refuses("NotDrawnYet", height=end + DRAW_LAST):
        open_all(world, levels)
    world.chain.advance(DRAW_LAST - DRAW_FIRST + 256)
    assert open_all(world, levels, part=1) == 1
    world.chain.advance()
    with world.refuses("WindowClosed"):
        open_all(world, levels)
    assert 256 + DRAW_LAST < RING_HEIGHTS


def test_lazy_work_is_certified_only_when_no_draw_meets_it():
    world = capacity_world()
    seed = world.ask(Receipts, "capacitySeed", MINER)
    levels = commit(world, levels=levels_of(seed, wrong=range(32)))
    to_draw(world)
    with world.refuses("WrongTile"):
        open_all(world, levels)


@pytest.mark.parametrize(
    ("m", "n", "k"), [(63, 64, 64), (64, 65, 64), (0, 64, 64), (2**20 + 64, 64, 64), (64, 64, 63),
                      (64, 64, 65_536)],
)  # fmt: skip
def test_dimensions_have_bounds(m, n, k):
    world = capacity_world()
    with world.refuses("WrongDimensions"):
        world.send(MINER, Receipts, "commitCapacity", m, n, k, b"\x01" * 32)
    world.send(MINER, Receipts, "commitCapacity", 2**20, 2**20, 65_535, b"\x01" * 32)


def test_only_active_miners_with_a_commitment_take_part():
    world = capacity_world()
    with world.refuses("NotCapacityMiner"):
        world.send(STRANGER, Receipts, "commitCapacity", 64, 64, 64, b"\x01" * 32)
    for call, values in (("openCapacity", ((),)),):
        with world.refuses("NotCapacityMiner"):
            world.send(MINER, Receipts, call, *values)
    with world.refuses("NotCapacityMiner"):
        world.ask(Receipts, "capacityTiles", MINER)
    world.send(MINER, Marketplace, "requestWithdrawal")
    with world.refuses("NotCapacityMiner"):
        commit(world)
