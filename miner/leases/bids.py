"""Bids in sealed auctions: commit with a bond, reveal in time, leave the rest to the chain.

A1. Price and salt are in the book before the commitment is sent: a crash never forfeits the bond.
A2. A bid is made only for an order that a listed offer of ours fits, within the open-bids limit,
    and whose lease would be accepted as a proposal: who wins has accepted.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from contracts.marketplace.v1.auctions import BID_TYPES
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.market_messages import OfferInfo, OrderInfo
from contracts.marketplace.v1.records import OrderStatus
from miner.account import MinerAccount
from miner.chain import Chain, RefusedError
from miner.leases.book import Bid, LeaseBook
from miner.leases.offers import OfferKeeper
from miner.native_calls import encode_native, place_of
from primitives.abi import encode
from primitives.keccak import keccak256

PAGE: Final = 100
COMMIT_MARGIN_SECONDS: Final = 10
BOND_TIMES_MAX: Final = 16
"""A full auction is bid for with at most so many times its least bond."""

Decline = Callable[[OrderInfo, int], str]
"""Why an order's lease at a price would be declined; empty when it would be accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BidSettings:
    """Bid this percentage of the offer's price, in at most so many auctions at once; 0 for none."""

    open_max: int = 0
    price_percent: int = 100


class Bidder:
    """The miner's bids."""

    def __init__(
        self,
        chain: Chain,
        account: MinerAccount,
        book: LeaseBook,
        offers: OfferKeeper,
        settings: BidSettings,
        chain_id: int,
        decline: Decline,
    ) -> None:
        self._chain = chain
        self._account = account
        self._book = book
        self._offers = offers
        self._settings = settings
        self._chain_id = chain_id
        self._decline = decline
        self._log = structlog.get_logger("desk")

    async def step(self, height: int, now: int, *, is_taking: bool) -> None:
        """Reveal and close what is due; with ``is_taking`` look for new auctions.

        Raises:
            RefusedError: the contract refuses; the next step tries again.
        """
        for bid in self._book.bids:
            await self._advance(bid, height, now)
        if not is_taking or len(self._book.bids) >= self._settings.open_max:
            return
        rows, _ = await self._chain.view(Marketplace, "openOrders", 0, PAGE)
        for order in rows:
            if len(self._book.bids) >= self._settings.open_max:
                return
            await self._consider(order, height, now)

    async def _consider(self, order: OrderInfo, height: int, now: int) -> None:
        """Commit a bid if the order is an auction that our offer fits (A2)."""
        ends = order.posted_at + order.bid_seconds
        offer = self._offers.offer_for(order.terms.model_root)
        if (
            order.status != OrderStatus.BIDDING
            or self._book.has_bid(order.order_id)
            or now + COMMIT_MARGIN_SECONDS >= ends
            or offer is None
        ):
            return
        price = self._price(order, offer)
        if price <= 0 or offer.terms.unit_price > order.terms.unit_price_max:
            return
        if self._decline(order, price):
            return
        if await self._chain.view(Marketplace, "fits", order.order_id, offer.offer_id):
            return
        salt = secrets.token_bytes(32)
        bid = Bid(order_id=order.order_id, offer_id=offer.offer_id, unit_price=price, salt=salt)
        self._book.save_bid(bid)
        await self._commit(bid, order, height)

    def _price(self, order: OrderInfo, offer: OfferInfo) -> int:
        asked = offer.terms.unit_price * self._settings.price_percent // 100
        return min(max(1, asked), order.terms.unit_price_max)

    async def _commit(self, bid: Bid, order: OrderInfo, height: int) -> None:
        me = self._account.address
        preimage = (
            self._chain_id, place_of(Marketplace), bid.order_id, me, bid.unit_price, bid.salt,
        )  # fmt: skip
        commitment = keccak256(encode(BID_TYPES, preimage))
        data = encode_native(Marketplace, "commitBid", bid.order_id, commitment)
        bond = await self._bond(order)
        if bond > BOND_TIMES_MAX * order.bid_bond:
            self._book.save_bid(replace(bid, is_done=True))
            self._log.info("outbid", order="0x" + bid.order_id.hex()[:12], bond=str(bond))
            return
        await self._send(f"bid:{bid.order_id.hex()}", data, height, bond)
        self._log.info("bid", order="0x" + bid.order_id.hex()[:12])

    async def _bond(self, order: OrderInfo) -> int:
        """Return the bond that has a place in the auction now."""
        places = int(await self._chain.view(Marketplace, "parameter", "bidsMax"))
        _, _, bonds = await self._chain.view(Marketplace, "bids", order.order_id)
        return order.bid_bond if len(bonds) < places else max(order.bid_bond, min(bonds) + 1)

    async def _advance(self, bid: Bid, height: int, now: int) -> None:
        """Reveal a bid in its time; forget it when the auction is over."""
        order: OrderInfo = await self._chain.view(Marketplace, "order", bid.order_id)
        if order.status != OrderStatus.BIDDING:
            self._book.save_bid(replace(bid, is_done=True))
            return
        miners, revealed, _ = await self._chain.view(Marketplace, "bids", bid.order_id)
        own = [place for place, miner in enumerate(miners) if miner == self._account.address]
        bidding_ends = order.posted_at + order.bid_seconds
        if not own:
            if now + COMMIT_MARGIN_SECONDS < bidding_ends:
                await self._commit(bid, order, height)
            elif not self._account.is_busy(f"bid:{bid.order_id.hex()}"):
                self._book.save_bid(replace(bid, is_done=True))  # too late: no bond was paid
            return
        is_over = now > bidding_ends + order.reveal_seconds
        if not revealed[own[0]] and now > bidding_ends and not is_over:
            await self._reveal(bid, own[0], height)
        elif is_over:
            data = encode_native(Marketplace, "closeAuction", bid.order_id)
            await self._send_patiently(f"auction:{bid.order_id.hex()}", data, height)

    async def _reveal(self, bid: Bid, place: int, height: int) -> None:
        values = (bid.order_id, place, bid.offer_id, bid.unit_price, bid.salt)
        data = encode_native(Marketplace, "revealBid", *values)
        await self._send_patiently(f"reveal:{bid.order_id.hex()}", data, height)

    async def _send_patiently(self, purpose: str, data: bytes, height: int) -> None:
        """Send; a deadline also counts blocks, so a refusal may only mean: later."""
        try:
            await self._send(purpose, data, height)
        except RefusedError as error:
            if error.refusal.code not in ("RevealNotOpen", "NotExpired"):
                raise

    async def _send(self, purpose: str, data: bytes, height: int, value: int = 0) -> None:
        place = place_of(Marketplace)
        await self._account.send(purpose, Marketplace, place, data, height, value)
