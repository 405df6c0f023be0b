"""Offers: what miners sell, in one bounded book per unit kind, and why one does not fit an order.

An offer is bonded against spam; its bond comes back when it is closed. When a book is full a new
offer displaces a dead one, or the one with the smallest bond if its own is greater. An offer whose
miner let a proposal run out is closed: half of its bond goes to the client, the rest is burnt.
"""

from typing import Final

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import u8, u32, u64, u128
from contracts.marketplace.v1.market_messages import (
    OfferClosed,
    OfferInfo,
    OfferListed,
    OfferRepriced,
    OfferTerms,
    OrderTerms,
)
from contracts.marketplace.v1.messages import NotMiner
from contracts.marketplace.v1.products import Products
from contracts.marketplace.v1.records import Exclusion, Miner, Offer, OfferStatus
from contracts.marketplace.v1.refusals import (
    BadKind,
    BadUnitKind,
    MixedClasses,
    NoSealingKey,
    OfferBondTooSmall,
    OfferNotListed,
    TooManyModels,
    TooManyOffers,
    UnsupportedClass,
    WrongMiner,
)
from contracts.marketplace.v1.storage import BPS, page_end
from contracts.marketplace.v1.weights import FIT_GAS, MODEL_GAS, OFFER_ROW_GAS, ROOM_GAS
from primitives.compute import CLASSES_OFFERED, JOB_KINDS, UNIT_KINDS
from primitives.types import U128_MAX

KINDS_MASK: Final = sum(1 << kind for kind in JOB_KINDS)
PRICE_MAX: Final = U128_MAX


class Offers(Products):
    """The part of the marketplace that keeps offers."""

    __slots__ = ()

    @call(payable=True)
    def post_offer(self, terms: OfferTerms) -> u64:
        """List an offer of the calling miner with the value sent as its bond; returns its id."""
        caller, bond = self.ctx.caller, self.ctx.value
        miner = self._miner(caller)
        if miner.leaving_at:
            raise revert(NotMiner(caller))
        if not any(miner.sealing_key):
            raise revert(NoSealingKey())
        self._check_offer(terms)
        minimum = self.offer_bond_min
        if bond < minimum:
            raise revert(OfferBondTooSmall(minimum))
        if miner.offers_listed >= self.offers_max:
            raise revert(TooManyOffers(self.offers_max))
        if miner.offers_listed and miner.gpu_class != terms.gpu_class:
            raise revert(MixedClasses(miner.gpu_class))
        displaced = self._make_room(terms.unit_kind, bond)
        offer_id = self.offer_total + 1
        self.offer_total = offer_id
        self._set_gpu_class(miner, terms.gpu_class)
        miner.offers_listed += 1
        self._write_offer(self.offers_by_id[offer_id], terms, bond)
        self.offers_by_id[offer_id].place = self.books[terms.unit_kind].push(offer_id) + 1
        self.emit(OfferListed(offer_id, caller, terms.unit_kind, terms.gpu_class, terms.unit_price))
        if displaced:
            self._close_offer(displaced, 0)
        return offer_id

    @call
    def reprice_offer(self, offer_id: u64, unit_price: u128) -> None:
        """Ask another price of leases that are made from now on."""
        offer = self._own_offer(offer_id)
        self._between("unitPrice", unit_price, 1, PRICE_MAX)
        offer.unit_price = unit_price
        self.emit(OfferRepriced(offer_id, unit_price))

    @call
    def close_offer(self, offer_id: u64) -> None:
        """Take an offer of the caller's from its book and its bond back; leases go on."""
        self._own_offer(offer_id)
        self._close_offer(offer_id, 0)

    # --- views ------------------------------------------------------------------------------

    @view
    def offer(self, offer_id: u64) -> OfferInfo:
        """Return one offer, whatever became of it; status 0 when there is none."""
        return self._offer_info(offer_id)

    @view
    def offer_count(self) -> u64:
        """Return how many offers were ever posted; ids begin with 1."""
        return self.offer_total

    @view
    def offers(self, unit_kind: u8, cursor: u64, limit: u32) -> tuple[tuple[OfferInfo, ...], u64]:
        """Return listed offers of a unit kind from ``cursor`` (at most 100), and the next cursor.

        The book changes as offers come and go: a caller that must see all of it starts again.
        """
        book = self.books[unit_kind]
        end = page_end(len(book), cursor, limit)
        self.ctx.use_gas(OFFER_ROW_GAS * (end - cursor))
        return tuple(self._offer_info(book[place]) for place in range(cursor, end)), end

    # --- parts ------------------------------------------------------------------------------

    def _check_offer(self, terms: OfferTerms) -> None:
        if terms.unit_kind not in UNIT_KINDS:
            raise revert(BadUnitKind(terms.unit_kind))
        if not terms.kinds or terms.kinds & ~KINDS_MASK:
            raise revert(BadKind(terms.kinds))
        if not terms.classes or terms.classes & ~CLASSES_OFFERED:
            raise revert(UnsupportedClass(terms.classes))
        if len(terms.model_roots) > self.models_max:
            raise revert(TooManyModels(self.models_max))
        self.ctx.use_gas(MODEL_GAS * len(terms.model_roots))
        self._between("gpuClass", terms.gpu_class, 1, 0xFFFF)
        self._between("gpuCount", terms.gpu_count, 1, 0xFFFF)
        self._between("region", terms.region, 1, 0xFFFF)
        self._between("latencyMs", terms.latency_ms, 1, 0xFFFFFFFF)
        self._between("leasesMax", terms.leases_max, 1, 0xFFFF)
        self._between("unitPrice", terms.unit_price, 1, PRICE_MAX)
        self._between("expirySeconds", terms.expiry_seconds, 1, self.offer_seconds_max)

    def _write_offer(self, offer: Offer, terms: OfferTerms, bond: int) -> None:
        offer.miner = self.ctx.caller
        offer.status = OfferStatus.LISTED
        offer.unit_kind, offer.kinds, offer.classes = terms.unit_kind, terms.kinds, terms.classes
        offer.gpu_class, offer.gpu_count = terms.gpu_class, terms.gpu_count
        offer.region, offer.leases_max = terms.region, terms.leases_max
        offer.unit_price = terms.unit_price
        offer.vram_mib, offer.latency_ms = terms.vram_mib, terms.latency_ms
        offer.expiry_seconds = terms.expiry_seconds
        offer.bond = bond
        offer.listed.stamp(self.ctx.block)
        for root in terms.model_roots:
            offer.model_roots.push(root)
            offer.serves[root] = True

    def _make_room(self, unit_kind: int, bond: int) -> int:
        """Return the offer that a new one displaces, 0 while the book has room."""
        book = self.books[unit_kind]
        count = len(book)
        if count < self.book_max:
            return 0
        self.ctx.use_gas(ROOM_GAS * count)
        weakest, least = 0, 0
        for place in range(count):
            offer_id = book[place]
            offer = self.offers_by_id[offer_id]
            if self._is_dead(offer):
                return offer_id
            held = offer.bond
            if not weakest or held < least:
                weakest, least = offer_id, held
        if bond <= least:
            raise revert(OfferBondTooSmall(least + 1))
        return weakest

    def _close_offer(self, offer_id: int, forfeited: int) -> None:
        """Take an offer from its book; the last one takes its place. Returns the rest of its bond.

        The caller pays out what is ``forfeited``.
        """
        offer = self.offers_by_id[offer_id]
        book = self.books[offer.unit_kind]
        place, last = offer.place, book[len(book) - 1]
        book[place - 1] = last
        self.offers_by_id[last].place = place
        offer.place = 0
        book.pop(0)
        offer.status = OfferStatus.CLOSED
        account, returned = offer.miner, offer.bond - forfeited
        offer.bond = 0
        self.miners[account].offers_listed -= 1
        self.emit(OfferClosed(offer_id, account, returned, forfeited))
        self.ctx.transfer(account, returned)

    def _own_offer(self, offer_id: int) -> Offer:
        """Return a listed offer of the caller's."""
        offer = self._listed_offer(offer_id)
        if offer.miner != self.ctx.caller:
            raise revert(WrongMiner())
        return offer

    def _listed_offer(self, offer_id: int) -> Offer:
        offer = self.offers_by_id[offer_id]
        if offer.status != OfferStatus.LISTED:
            raise revert(OfferNotListed(offer_id))
        return offer

    def _is_dead(self, offer: Offer) -> bool:
        """Answer whether an offer can never be taken again."""
        is_over = offer.listed.has_passed(self.ctx.block, offer.expiry_seconds)
        return is_over or self._is_convicted(offer.miner)

    def _lock_for(self, escrow: int) -> int:
        """Return the bond that a lease of this escrow locks, rounded up."""
        return -(-escrow * self.lock_bps // BPS)

    def _exclusion(
        self, _order_id: bytes, terms: OrderTerms, client: bytes, offer_id: int, price: int
    ) -> Exclusion:
        """Answer why an offer at a price does not fit an order, the first reason that applies.

        A model is asked for by its root; an order without model takes any offer.
        """
        offer = self.offers_by_id[offer_id]
        self.ctx.use_gas(FIT_GAS)
        if self._is_dead(offer):
            return Exclusion.EXPIRED
        if not offer.kinds >> terms.kind & 1 or offer.unit_kind != terms.unit_kind:
            return Exclusion.KIND
        if not self._serves(offer, terms.model_root):
            return Exclusion.MODEL
        if terms.classes & ~offer.classes:
            return Exclusion.CLASSES
        if not 0 < price <= terms.unit_price_max:
            return Exclusion.PRICE
        if offer.vram_mib < terms.vram_mib:
            return Exclusion.VRAM
        if terms.gpu_class not in (0, offer.gpu_class):
            return Exclusion.GPU_CLASS
        if terms.region not in (0, offer.region):
            return Exclusion.REGION
        if terms.latency_ms and offer.latency_ms > terms.latency_ms:
            return Exclusion.LATENCY
        if offer.miner == client:
            return Exclusion.OWN
        if offer.open_leases >= offer.leases_max:
            return Exclusion.BUSY
        return self._miner_exclusion(terms, self.miners[offer.miner], price)

    def _miner_exclusion(self, terms: OrderTerms, miner: Miner, price: int) -> Exclusion:
        if miner.leaving_at:
            return Exclusion.LEAVING
        if self._macs_per_second(miner) < terms.macs_per_second:
            return Exclusion.CAPACITY
        needed = self._lock_for(terms.units_max * price)
        if miner.bond < self.miner_bond_min or self._free_bond(miner) < needed:
            return Exclusion.BOND
        return Exclusion.FITS

    def _serves(self, offer: Offer, model_root: bytes) -> bool:
        return not any(model_root) or offer.serves[model_root]

    def _offer_info(self, offer_id: int) -> OfferInfo:
        offer = self.offers_by_id[offer_id]
        roots = offer.model_roots
        count = len(roots)
        self.ctx.use_gas(MODEL_GAS * count)
        terms = OfferTerms(
            unit_kind=offer.unit_kind,
            kinds=offer.kinds,
            classes=offer.classes,
            gpu_class=offer.gpu_class,
            gpu_count=offer.gpu_count,
            region=offer.region,
            vram_mib=offer.vram_mib,
            latency_ms=offer.latency_ms,
            leases_max=offer.leases_max,
            unit_price=offer.unit_price,
            expiry_seconds=offer.expiry_seconds,
            model_roots=tuple(roots[place] for place in range(count)),
        )
        return OfferInfo(
            offer_id=offer_id,
            miner=offer.miner,
            status=offer.status,
            terms=terms,
            bond=offer.bond,
            open_leases=offer.open_leases,
            listed_at=offer.listed.seconds,
        )
