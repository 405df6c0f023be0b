"""Random operations of everybody keep the books of marketplace, receipts and disputes."""

import pytest

from contracts.marketplace.v1.contract import Marketplace
from tests.property.economy import BrokenBooksError, Economy

ALWAYS = {
    "post_offer", "post_order", "take_offer", "accept", "claim", "settle", "anchor", "demand",
    "answer", "commit", "auction", "post_job", "expire_challenge", "close_demand", "vote",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_no_wei_appears_or_vanishes_whatever_anybody_does(seed):
    economy = Economy(seed)
    economy.run(1_500)
    assert set(economy.done) >= ALWAYS


def test_a_contract_that_pays_a_wei_too_much_is_noticed(monkeypatch):
    right = Marketplace._settle

    def generous(self, lease_id, lease, order, units, amount):
        net = right(self, lease_id, lease, order, units, amount)
        self.ctx.transfer(order.client, 1)
        return net

    monkeypatch.setattr(Marketplace, "_settle", generous)
    with pytest.raises(BrokenBooksError):
        Economy(1).run(1_500)
