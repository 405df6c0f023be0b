"""Matching: an order meets an offer, by the client's choice or by score.

The score of an offer that fits is a whole number from 0 to 10,000, the sum over five parts of
part x weight / 10,000, floored once at the end. Each part is 0 to 10,000, floored:

    capability  10,000 x certified rate / highest certified rate; 10,000 for all when none has one
    price       10,000 x lowest price / price
    latency     10,000 x lowest latency / latency
    trust       10,000 x W / (W + trustHalfWeight) x (settled + 1) / (settled + missed + 1)
    load        10,000 x free leases / most leases

over the offers that fit; W is the weight of fees burnt that the account's standing holds. The best
score wins, then the lower price, then the lower id. Nobody chooses the list: it is the whole book.
"""

from dataclasses import dataclass

from contracts.framework.contract import call, view
from contracts.framework.history import recent_value_at
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, u8, u32, u64
from contracts.marketplace.v1.leases import Leases
from contracts.marketplace.v1.market_messages import CandidateInfo, OrderTerms, StandingInfo
from contracts.marketplace.v1.records import Exclusion, Order, OrderStatus
from contracts.marketplace.v1.refusals import (
    BadUnitKind,
    DoesNotFit,
    NothingFits,
    OrderExpired,
    QuorumOrder,
)
from contracts.marketplace.v1.storage import BPS
from contracts.marketplace.v1.weights import SCORE_GAS
from primitives.compute import CLASS_QUORUM, UNIT_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An offer that fits, with what its score is made of; ``load`` 0 to 10,000."""

    offer_id: int
    price: int
    latency_ms: int
    macs_per_second: int
    trust: int
    load: int


class Matching(Leases):
    """The part of the marketplace that joins orders and offers."""

    __slots__ = ()

    @call
    def take_offer(self, order_id: bytes32, offer_id: u64) -> bytes32:
        """Propose the caller's order to an offer at its posted price; returns the lease id."""
        order = self._own_order(order_id)
        self._check_open(order_id, order)
        check_not_quorum(order)
        offer = self._listed_offer(offer_id)
        price = offer.unit_price
        reason = self._exclusion(order_id, self._terms(order), order.client, offer_id, price)
        if reason:
            raise revert(DoesNotFit(reason))
        self._unlist_order(order)
        order.status = OrderStatus.PROPOSED
        return self._propose(order_id, order, offer_id, offer, price)

    @call
    def match_order(self, order_id: bytes32) -> bytes32:
        """Propose an open order to the best offer that fits it; anybody may; returns the lease."""
        order = self.orders_by_id[order_id]
        self._check_open(order_id, order)
        check_not_quorum(order)
        candidates, _ = self._survey(order_id, self._terms(order), order.client)
        if not candidates:
            raise revert(NothingFits())
        best, _ = self._best(candidates)
        offer = self.offers_by_id[best.offer_id]
        self._unlist_order(order)
        order.status = OrderStatus.PROPOSED
        return self._propose(order_id, order, best.offer_id, offer, best.price)

    @call
    def propose_to(self, order_id: bytes32, offer_id: u64) -> bytes32:
        """Propose an order to an offer that a beacon drew for its quorum; for disputes alone."""
        self._check_disputes()
        order = self.orders_by_id[order_id]
        self._check_open(order_id, order)
        offer = self._listed_offer(offer_id)
        price = offer.unit_price
        reason = self._exclusion(order_id, self._terms(order), order.client, offer_id, price)
        if reason:
            raise revert(DoesNotFit(reason))
        self._unlist_order(order)
        order.status = OrderStatus.PROPOSED
        return self._propose(order_id, order, offer_id, offer, price)

    @view
    def candidates(self, order_id: bytes32, height: u64) -> tuple[CandidateInfo, ...]:
        """Return the offers that fit an order, with their miners' bonds after block ``height``."""
        order = self.orders_by_id[order_id]
        found, _ = self._survey(order_id, self._terms(order), order.client)
        self.ctx.use_gas(SCORE_GAS * len(found))
        rows = []
        for candidate in found:
            offer = self.offers_by_id[candidate.offer_id]
            bond = recent_value_at(self.bonds_past[offer.miner], height)
            rows.append(CandidateInfo(candidate.offer_id, offer.miner, bond, offer.listed.height))
        return tuple(rows)

    @view
    def dry_run(self, terms: OrderTerms, client: Address) -> tuple[u64, u32, u32, tuple[u32, ...]]:
        """Return (best offer, its score, how many fit, how many are excluded by reason code).

        The last list has a count at the place of each ``Exclusion``; the best offer is 0 when
        none fits.
        """
        if terms.unit_kind not in UNIT_KINDS:
            raise revert(BadUnitKind(terms.unit_kind))
        candidates, counts = self._survey(bytes(32), terms, client)
        if not candidates:
            return 0, 0, 0, counts
        best, score = self._best(candidates)
        return best.offer_id, score, len(candidates), counts

    @view
    def fits(self, order_id: bytes32, offer_id: u64) -> u8:
        """Return the ``Exclusion`` of a listed offer at its price for an order; 0 when it fits."""
        order, offer = self.orders_by_id[order_id], self._listed_offer(offer_id)
        terms, price = self._terms(order), offer.unit_price
        return self._exclusion(order_id, terms, order.client, offer_id, price)

    @view
    def standing(self, account: Address) -> StandingInfo:
        """Return what is remembered of an account."""
        standing = self.standings[account]
        return StandingInfo(
            convicted_height=standing.convicted_height,
            settled=standing.settled,
            missed=standing.missed,
            weight=standing.weight,
            trust=self._trust(account),
        )

    # --- parts ------------------------------------------------------------------------------

    def _check_open(self, order_id: bytes, order: Order) -> None:
        self._order(order_id, OrderStatus.OPEN)
        if self._is_order_late(order):
            raise revert(OrderExpired())

    def _survey(
        self, order_id: bytes, terms: OrderTerms, client: bytes
    ) -> tuple[list[Candidate], tuple[int, ...]]:
        """Return the offers that fit, and how many others each reason excludes."""
        book = self.books[terms.unit_kind]
        counts = [0] * len(Exclusion)
        candidates = []
        for place in range(len(book)):
            offer_id = book[place]
            offer = self.offers_by_id[offer_id]
            price = offer.unit_price
            reason = self._exclusion(order_id, terms, client, offer_id, price)
            if reason:
                counts[reason] += 1
                continue
            self.ctx.use_gas(SCORE_GAS)
            account, most = offer.miner, offer.leases_max
            candidates.append(
                Candidate(
                    offer_id=offer_id,
                    price=price,
                    latency_ms=offer.latency_ms,
                    macs_per_second=self._macs_per_second(self.miners[account]),
                    trust=self._trust(account),
                    load=BPS * (most - offer.open_leases) // most,
                )
            )
        counts[Exclusion.FITS] = len(candidates)
        return candidates, tuple(counts)

    def _best(self, candidates: list[Candidate]) -> tuple[Candidate, int]:
        """Return the best of some candidates, and its score."""
        macs = max(candidate.macs_per_second for candidate in candidates)
        price = min(candidate.price for candidate in candidates)
        latency = min(candidate.latency_ms for candidate in candidates)
        weights = (
            self.capability_weight_bps, self.price_weight_bps, self.latency_weight_bps,
            self.trust_weight_bps, self.load_weight_bps,
        )  # fmt: skip

        def score(candidate: Candidate) -> int:
            parts = (
                BPS * candidate.macs_per_second // macs if macs else BPS,
                BPS * price // candidate.price,
                BPS * latency // candidate.latency_ms,
                candidate.trust,
                candidate.load,
            )
            return sum(p * w for p, w in zip(parts, weights, strict=True)) // BPS

        ranked = [(-score(c), c.price, c.offer_id, c) for c in candidates]
        negative, _, _, best = min(ranked, key=lambda row: row[:3])
        return best, -negative

    def _trust(self, account: bytes) -> int:
        """Return an account's trust, 0 to 10,000."""
        standing = self.standings[account]
        weight, settled = standing.weight, standing.settled
        volume = BPS * weight // (weight + self.trust_half_weight)
        return volume * (settled + 1) // (settled + standing.missed + 1)


def check_not_quorum(order: Order) -> None:
    """Refuse what only a beacon may decide: who serves an order of class V3."""
    if order.classes & CLASS_QUORUM:
        raise revert(QuorumOrder())
