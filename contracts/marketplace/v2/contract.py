"""Marketplace, version two: service levels, interruption notices, ratings.

New for users: orders with service levels, whose shortfall is credited at settlement
(``services.py``); interruptions that are announced in time cost nothing; each side of a settled
lease rates the other, and ratings count in matching.

Version one's records stay as they are, in their places, and everything here lies beside them: so
neither migration converts anything and no claim changes, whatever was written meanwhile. A lease
with service levels settles without credit while version one is active again. Invariants, beside
those of version one:

R1. Only client and miner of a settled lease rate, once each, with the lease's weight: the fee it
    burnt, divided by the number of leases that the two had settled by then.
R2. An account's rated weight never exceeds its standing's weight.
R3. trust = (points + 5,000 x unrated weight) / (weight + trustHalfWeight)
            x (settled + 1) / (settled + missed + 1),
    where a rating of 1 to 5 stars gives 0, 2,500 to 10,000 points times its weight.
"""

from typing import Final

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.storage import ADDRESS, BYTES32, Slot, mapping, struct
from contracts.framework.types import Address, bytes32, u8
from contracts.marketplace.v1.contract import Marketplace as MarketplaceV1
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.storage import BPS
from contracts.marketplace.v2.messages import (
    AlreadyRated,
    BadStars,
    LeaseRated,
    NotParty,
    ReputationInfo,
)
from contracts.marketplace.v2.records import Rated, Reputation
from contracts.marketplace.v2.services import Services

STARS_MAX: Final = 5
POINTS_PER_STAR: Final = BPS // (STARS_MAX - 1)
NEUTRAL: Final = BPS // 2


class Marketplace(Services):
    """The marketplace contract, version two."""

    __slots__ = ()

    reputations = Slot(mapping(ADDRESS, struct(Reputation)))
    ratings = Slot(mapping(BYTES32, struct(Rated)))

    def upgrade(self) -> None:
        """Set the parameters that are new; after a rollback they keep what governance set."""
        for key, parameter in self.governed.items():
            is_new = key not in MarketplaceV1.governed
            if is_new and not parameter.__get__(self, type(self)):
                parameter.__set__(self, parameter.default)

    def downgrade(self) -> None:
        """Convert nothing: version one's records were valid all along."""

    @call
    def rate_lease(self, lease_id: bytes32, stars: u8) -> None:
        """Rate the other party of a settled lease with 1 to 5 stars (R1)."""
        lease, order = self._lease(lease_id, (LeaseStatus.SETTLED,))
        if not 1 <= stars <= STARS_MAX:
            raise revert(BadStars())
        caller, client, miner = self.ctx.caller, order.client, lease.miner
        if caller not in (client, miner):
            raise revert(NotParty())
        rated = self.ratings[lease_id]
        is_client = caller == client
        if rated.by_client if is_client else rated.by_miner:
            raise revert(AlreadyRated())
        if is_client:
            rated.by_client = True
        else:
            rated.by_miner = True
        other = miner if is_client else client
        weight = lease.weight
        reputation = self.reputations[other]
        reputation.ratings += 1
        reputation.weight += weight
        reputation.points += weight * (stars - 1) * POINTS_PER_STAR
        self.emit(LeaseRated(lease_id, caller, other, stars, weight))

    @view
    def reputation(self, account: Address) -> ReputationInfo:
        """Return an account's ratings; a score of 5,000 while there are none of weight."""
        reputation = self.reputations[account]
        weight = reputation.weight
        return ReputationInfo(
            ratings=reputation.ratings,
            weight=weight,
            score_bps=reputation.points // weight if weight else NEUTRAL,
        )

    # --- parts ------------------------------------------------------------------------------

    def _trust(self, account: bytes) -> int:
        """Return an account's trust, 0 to 10,000 (R3)."""
        standing, reputation = self.standings[account], self.reputations[account]
        weight, settled = standing.weight, standing.settled
        points = reputation.points + NEUTRAL * (weight - reputation.weight)
        trust = points // (weight + self.trust_half_weight)
        return trust * (settled + 1) // (settled + standing.missed + 1)
