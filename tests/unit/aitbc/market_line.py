"""The command line in a market: a miner answers as soon as the client waits."""

import pytest

from aitbc.commands import job_leases
from aitbc.dev_accounts import DEV_SECRETS
from miner.client.session import Manners
from primitives.keys import secret_to_address
from tests.unit.miner.client.market_world import AIT, MODEL, MarketWorld

CLIENT = ("--dev-account", "9")
CLIENT_SECRET = bytes.fromhex(DEV_SECRETS[9])
CLIENT_ADDRESS = secret_to_address(CLIENT_SECRET)
MODEL_HEX = "0x" + MODEL.hex()
SUBMIT = ("job", "submit", "What is it?", "--model", MODEL_HEX, "--max-tokens", "20")


@pytest.fixture
def world(double, line, tmp_path, monkeypatch):
    """Return the market around the command line's chain."""
    made = MarketWorld(tmp_path, double=double)
    double.chain.balances[CLIENT_ADDRESS] = 10_000 * AIT
    made.join()

    def manners():
        return Manners(
            tell=made.told.append, sleep=made.sleep, attempts_max=2,
            endpoint=lambda url: made.miner,
        )  # fmt: skip

    monkeypatch.setattr(job_leases, "make_manners", manners)
    return made
