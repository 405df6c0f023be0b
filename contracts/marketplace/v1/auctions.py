"""Sealed reverse auctions: miners commit to prices, reveal them, the lowest one wins.

A commitment is keccak(chain id, contract, order, bidder, price, salt), ABI-encoded, with a bond, at
least the order's; it comes back with the reveal, whatever the price was worth, also when the offer
was closed or displaced meanwhile. Bonds of bids that are not revealed go by halves to the client
and to nobody.

An auction has few places, and who fills them all with bids of his own would be the only bidder: so
a bid with a larger bond takes the place of the one with the smallest (of equal ones the latest),
which has its bond back at once and may bid again. To keep others out costs more bond, in every
place, than the one of them that wants the lease most puts up.

A1. A revealed bid counts when the offer that it names fits the order at the bid's price; the first
    of the lowest prices in the order of commitment is the best.
A2. The best bid has a proposed lease, with the bond locked, which a better one replaces; so the
    winner can pay when the auction ends, and its reveal was its acceptance.
A3. An auction with bids runs to its end: the client cannot take the order back.
"""

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, u32, u64, u128
from contracts.marketplace.v1.market_messages import (
    BidCommitted,
    BidDisplaced,
    BidRevealed,
    BidsForfeited,
    OrderTerms,
)
from contracts.marketplace.v1.matching import Matching, check_not_quorum
from contracts.marketplace.v1.messages import NotMiner
from contracts.marketplace.v1.records import (
    Bid,
    CloseReason,
    Exclusion,
    Offer,
    OfferStatus,
    Order,
    OrderStatus,
)
from contracts.marketplace.v1.refusals import (
    AlreadyBid,
    BadTerm,
    BiddingOver,
    NotExpired,
    RevealNotOpen,
    TooManyBids,
    UnknownBid,
    WrongBidBond,
    WrongMiner,
    WrongReveal,
)
from contracts.marketplace.v1.weights import BID_GAS
from primitives.abi import encode
from primitives.keccak import keccak256

BID_TYPES = ("uint256", "address", "bytes32", "address", "uint128", "bytes32")


class Auctions(Matching):
    """The part of the marketplace that runs auctions."""

    __slots__ = ()

    @call(payable=True)
    def post_auction(self, terms: OrderTerms, bid_seconds: u32, reveal_seconds: u32) -> bytes32:
        """Post an order that miners bid for; its escrow is as in ``postOrder``; returns its id.

        ``terms.expirySeconds`` is 0: the auction's own clocks end it.
        """
        minimum, maximum = self.bid_seconds_min, self.bid_seconds_max
        self._between("bidSeconds", bid_seconds, minimum, maximum)
        self._between("revealSeconds", reveal_seconds, minimum, maximum)
        if terms.expiry_seconds:
            raise revert(BadTerm("expirySeconds", 0, 0))
        order_id = self._post_order(terms, OrderStatus.BIDDING)
        order = self.orders_by_id[order_id]
        check_not_quorum(order)
        order.bid_seconds, order.reveal_seconds = bid_seconds, reveal_seconds
        order.bid_bond = self.bid_bond
        return order_id

    @call(payable=True)
    def commit_bid(self, order_id: bytes32, commitment: bytes32) -> u32:
        """Bid in an auction, with at least its bid bond; returns the bid's place for the reveal.

        In a full auction a larger bond displaces the bid with the smallest one.
        """
        caller = self.ctx.caller
        order = self._order(order_id, OrderStatus.BIDDING)
        if self._miner(caller).leaving_at:
            raise revert(NotMiner(caller))
        if order.posted.has_passed(self.ctx.block, order.bid_seconds):
            raise revert(BiddingOver())
        bond = self.ctx.value
        if bond < order.bid_bond:
            raise revert(WrongBidBond(order.bid_bond))
        if order.has_bid[caller]:
            raise revert(AlreadyBid())
        place = len(order.bids)
        is_full = place >= self.bids_max
        bid = self._weakest(order, bond) if is_full else order.bids.grow()
        former, returned = bid.miner, bid.bond
        order.has_bid[former] = False
        order.has_bid[caller] = True
        bid.miner, bid.bond, bid.commitment = caller, bond, commitment
        bid.number = order.bid_total
        order.bid_total += 1
        self.emit(BidCommitted(order_id, caller, commitment, bond))
        if is_full:
            bids = order.bids
            place = next(n for n in range(place) if bids[n].miner == caller)
            self.emit(BidDisplaced(order_id, former, returned))
            self.ctx.transfer(former, returned)
        return place

    @call
    def reveal_bid(
        self, order_id: bytes32, place: u32, offer_id: u64, unit_price: u128, salt: bytes32
    ) -> bool:
        """Open a bid with the offer that is to serve it; returns whether it is the best so far."""
        caller = self.ctx.caller
        order = self._order(order_id, OrderStatus.BIDDING)
        block, moment = self.ctx.block, order.posted
        if not moment.has_passed(block, order.bid_seconds) or self._is_auction_over(order):
            raise revert(RevealNotOpen())
        bids = order.bids
        if place >= len(bids) or bids[place].miner != caller or bids[place].is_revealed:
            raise revert(UnknownBid())
        preimage = (block.chain_id, self.ctx.this, order_id, caller, unit_price, salt)
        if keccak256(encode(BID_TYPES, preimage)) != bids[place].commitment:
            raise revert(WrongReveal())
        offer = self.offers_by_id[offer_id]
        if offer.miner != caller:
            raise revert(WrongMiner())
        bids[place].is_revealed = True
        reason = Exclusion.EXPIRED
        if offer.status == OfferStatus.LISTED:
            terms = self._terms(order)
            reason = self._exclusion(order_id, terms, order.client, offer_id, unit_price)
        is_best = not reason and self._is_better(order, unit_price, place)
        if is_best:
            self._replace_best(order_id, order, offer_id, offer, unit_price)
            order.best_place = place
        self.emit(BidRevealed(order_id, caller, unit_price, reason, is_best))
        self.ctx.transfer(caller, bids[place].bond)
        return is_best

    @call
    def close_auction(self, order_id: bytes32) -> bytes32:
        """End an auction after its reveal window; anybody may; returns the lease, zero for none."""
        order = self._order(order_id, OrderStatus.BIDDING)
        if not self._is_auction_over(order):
            raise revert(NotExpired())
        self._unlist_order(order)
        lease_id = order.lease_id
        lease = self.leases_by_id[lease_id]
        has_winner = any(lease_id) and not self._is_convicted(lease.miner)
        self._forfeit_bids(order_id, order)
        if has_winner:
            self._activate(lease_id, lease, order)
            return lease_id
        if any(lease_id):
            self._drop_proposal(lease_id, lease, order, CloseReason.NETWORK_NO_WINNER)
        self._close_order(order_id, order, OrderStatus.EXPIRED)
        return bytes(32)

    # --- views ------------------------------------------------------------------------------

    @view
    def bid_hash(
        self, order_id: bytes32, bidder: Address, unit_price: u128, salt: bytes32
    ) -> bytes32:
        """Return the commitment of a bid; ask a node of your own, for it learns the price."""
        values = (self.ctx.block.chain_id, self.ctx.this, order_id, bidder, unit_price, salt)
        return keccak256(encode(BID_TYPES, values))

    @view
    def bids(
        self, order_id: bytes32
    ) -> tuple[tuple[Address, ...], tuple[bool, ...], tuple[u128, ...]]:
        """Return an auction's bidders by their places, who has revealed, and their bonds."""
        bids = self.orders_by_id[order_id].bids
        count = len(bids)
        self.ctx.use_gas(BID_GAS * count)
        rows = [bids[place] for place in range(count)]
        return (
            tuple(row.miner for row in rows),
            tuple(row.is_revealed for row in rows),
            tuple(row.bond for row in rows),
        )

    # --- parts ------------------------------------------------------------------------------

    def _is_auction_over(self, order: Order) -> bool:
        return order.posted.has_passed(self.ctx.block, order.bid_seconds + order.reveal_seconds)

    def _is_better(self, order: Order, price: int, place: int) -> bool:
        """Answer whether a bid beats the best so far; the earlier commitment wins a tie (A1)."""
        if not any(order.lease_id):
            return True
        lease = self.leases_by_id[order.lease_id]
        if self._is_convicted(lease.miner):
            return True
        best = lease.unit_price
        bids = order.bids
        is_earlier = bids[place].number < bids[order.best_place].number
        return price < best or (price == best and is_earlier)

    def _weakest(self, order: Order, bond: int) -> Bid:
        """Return the bid that one of this bond displaces: the smallest bond, then the latest."""
        bids = order.bids
        count = len(bids)
        self.ctx.use_gas(2 * BID_GAS * count)
        rows = [bids[place] for place in range(count)]
        weakest = min(rows, key=lambda row: (row.bond, -row.number))
        if bond <= weakest.bond:
            raise revert(TooManyBids(count, weakest.bond))
        return weakest

    def _replace_best(
        self, order_id: bytes, order: Order, offer_id: int, offer: Offer, price: int
    ) -> None:
        """Give the order's proposed lease to a better bid (A2)."""
        former = order.lease_id
        if any(former):
            lease = self.leases_by_id[former]
            self._drop_proposal(former, lease, order, CloseReason.NETWORK_OUTBID)
        self._propose(order_id, order, offer_id, offer, price)

    def _forfeit_bids(self, order_id: bytes, order: Order) -> None:
        """Take the bonds of bids that were not revealed."""
        bids = order.bids
        count = len(bids)
        self.ctx.use_gas(BID_GAS * count)
        rows = [bids[place] for place in range(count)]
        bonds = [row.bond for row in rows if not row.is_revealed]
        hidden, forfeited = len(bonds), sum(bonds)
        if not hidden:
            return
        to_client = forfeited // 2
        self.emit(BidsForfeited(order_id, hidden, to_client, forfeited - to_client))
        self.ctx.burn(forfeited - to_client)
        self.ctx.transfer(order.client, to_client)
