"""Fixtures over the small chain."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.rpc.small_chain import (
    BOB,
    COUNTER,
    LOGGER,
    REVERTER,
    Caller,
    World,
    make_backend,
    make_world,
)


@pytest.fixture(scope="session")
def mined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A chain of four blocks that no test changes."""
    world = make_world(tmp_path_factory.mktemp("rpc"))
    world.mine(world.transaction(value=5), world.transaction(BOB, value=7))
    world.mine(world.transaction(to=LOGGER), world.transaction(to=LOGGER))
    world.mine(world.transaction(to=COUNTER), world.transaction(to=REVERTER))
    world.mine()
    yield world
    world.pool.shutdown()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh chain that a test may extend."""
    fresh = make_world(tmp_path)
    yield fresh
    fresh.pool.shutdown()


@pytest.fixture
def call(mined: World) -> Caller:
    """Calls on the chain of four blocks."""
    return Caller(make_backend(mined))
