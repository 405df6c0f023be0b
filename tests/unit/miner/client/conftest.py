"""A market in memory."""

import pytest

from tests.unit.miner.client.market_world import MarketWorld


@pytest.fixture
def world(tmp_path):
    made = MarketWorld(tmp_path)
    yield made
    for log in made.logs:
        log.close()
