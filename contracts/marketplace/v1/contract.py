"""Marketplace: miners, seeded products, offers, orders, leases, prices (0x...1005).

Miners bond themselves (``miners.py``) and work for clients in two ways: products, whose operands
the chain knows and checks itself (``products.py``), and leases, whose terms an order and an offer
make (``offers.py``, ``orders.py``, ``matching.py``, ``auctions.py``, ``leases.py``). Receipts says
what is paid, Disputes who is convicted; this contract holds the money. Invariants:

M1. The contract's balance is the sum of miners' bonds, of offers' bonds, of escrows of jobs that
    are open, leased or submitted, of escrows of orders without lease, of bonds of bids that are
    neither revealed nor forfeited, and of escrow - prepaid of active leases, plus what was sent to
    it without a call.
M2. A job, an order and a lease leave escrow once: an exit writes a final status before money moves.
M3. A miner's ``locked`` is the sum over its jobs and leases that are not final, never above bond;
    a convicted miner has neither.
M4. paid + fee + refund = escrow, to the wei.
M5. Terms are fixed when a job or order is posted and a lease is proposed.
M6. A convicted account is never paid for a lease again, nor registered again.
"""

from typing import Any

from contracts.marketplace.v1.auctions import Auctions
from contracts.marketplace.v1.products import FEE_BPS, WINDOW_BLOCKS_MAX, job_id_of
from contracts.marketplace.v1.settings import MarketplaceGenesis
from contracts.marketplace.v1.storage import BPS, MINER_BOND_MIN, WITHDRAWAL_SECONDS
from primitives.errors import InvariantError

__all__ = [
    "BPS",
    "FEE_BPS",
    "MINER_BOND_MIN",
    "WITHDRAWAL_SECONDS",
    "Marketplace",
    "job_id_of",
]


class Marketplace(Auctions):
    """The marketplace contract: its genesis; calls and views are in the classes below it."""

    __slots__ = ()

    index = 5
    name = "marketplace"

    def genesis(self, settings: Any) -> None:
        """Set the parameters that belong to the chain."""
        if not isinstance(settings, MarketplaceGenesis):
            raise InvariantError(f"the marketplace takes MarketplaceGenesis, got {settings!r}")
        if not 0 < settings.window_blocks_min <= WINDOW_BLOCKS_MAX:
            raise InvariantError("the shortest window is outside its range")
        self.window_blocks_min = settings.window_blocks_min
