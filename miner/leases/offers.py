"""Keeps the miner's offers on the chain as configured: posts, reprices, renews and closes them.

O1. The book on the chain is the truth; what is configured is compared with it. An offer that
    nothing configured asks for is closed, also one of a former run.
O2. An offer whose backend is faulty is closed until the backend is well again: a proposal that
    cannot be served costs the offer's bond.
O3. With an automatic price the offer follows the index's protocol price within its bounds, and
    moves only when the two differ by more than ``REPRICE_PERCENT``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.market_messages import OfferInfo, OfferTerms
from miner.account import MinerAccount
from miner.backends.backend import Served
from miner.chain import Chain, RefusedError
from miner.native_calls import encode_native, place_of
from primitives.types import WEI_PER_AIT

PAGE: Final = 100
PAGES_MAX: Final = 4
REPRICE_PERCENT: Final = 2
RENEW_SECONDS: Final = 3_600
"""An offer is renewed this long before it expires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPlan:
    """What is to stand in the book for one model; prices in wei per unit.

    With ``is_auto`` the price follows the index between ``price_min`` and ``price_max``, else it is
    ``price``.
    """

    served: Served
    classes: int
    price: int
    is_auto: bool = False
    price_min: int = 1
    price_max: int = (1 << 128) - 1
    gpu_class: int = 1
    gpu_count: int = 1
    region: int = 1
    vram_mib: int = 0
    latency_ms: int = 1_000
    leases_max: int = 4
    expiry_seconds: int = 7 * 86_400

    def terms(self, price: int) -> OfferTerms:
        """Return the offer at a price."""
        return OfferTerms(
            unit_kind=self.served.unit_kind,
            kinds=1 << self.served.kind,
            classes=self.classes,
            gpu_class=self.gpu_class,
            gpu_count=self.gpu_count,
            region=self.region,
            vram_mib=self.vram_mib,
            latency_ms=self.latency_ms,
            leases_max=self.leases_max,
            unit_price=price,
            expiry_seconds=self.expiry_seconds,
            model_roots=(self.served.model_root,),
        )

    def is_met_by(self, offer: OfferInfo) -> bool:
        """Answer whether an offer is this one, whatever its price."""
        wanted, found = self.terms(offer.terms.unit_price), offer.terms
        return wanted == found


class OfferKeeper:
    """Compares the book with the plans and sends what is missing."""

    def __init__(self, chain: Chain, account: MinerAccount, plans: Sequence[OfferPlan]) -> None:
        self._chain = chain
        self._account = account
        self.plans = list(plans)
        self._bond = WEI_PER_AIT
        self._listed: list[OfferInfo] = []
        self._log = structlog.get_logger("desk")

    @property
    def listed(self) -> list[OfferInfo]:
        """Return this miner's offers as they were last seen."""
        return self._listed

    def offer_for(self, model_root: bytes) -> OfferInfo | None:
        """Return the listed offer of a model."""
        for offer in self._listed:
            if model_root in offer.terms.model_roots:
                return offer
        return None

    async def step(self, height: int, now: int, on_sale: set[bytes]) -> None:
        """Bring the book nearer to the plans; ``on_sale`` are the models to be offered now.

        Raises:
            RefusedError: the contract refuses; the next step tries again.
        """
        self._listed = await self._own_offers()
        wanted = [plan for plan in self.plans if plan.served.model_root in on_sale]
        kept: set[int] = set()
        for plan in wanted:
            offer = next((o for o in self._listed if plan.is_met_by(o)), None)
            price = await self._price(plan)
            if offer is None:
                await self._post(plan, price, height)
                continue
            if (
                offer.listed_at + plan.expiry_seconds - min(RENEW_SECONDS, plan.expiry_seconds // 4)
                < now
            ):
                continue  # closed below, posted anew at the next step
            kept.add(offer.offer_id)
            await self._reprice(offer, price, height)
        for offer in self._listed:
            if offer.offer_id not in kept:
                await self._close(offer, height)

    def status(self) -> list[dict[str, Any]]:
        """Return the listed offers for the status page."""
        return [
            {
                "offer": offer.offer_id,
                "model_root": "0x" + offer.terms.model_roots[0].hex()
                if offer.terms.model_roots
                else None,
                "unit_price_wei": str(offer.terms.unit_price),
                "open_leases": offer.open_leases,
                "leases_max": offer.terms.leases_max,
            }
            for offer in self._listed
        ]

    # --- parts ----------------------------------------------------------------------------------

    async def _own_offers(self) -> list[OfferInfo]:
        """Return this miner's offers in the books of the units that it sells."""
        found: dict[int, OfferInfo] = {}
        for unit_kind in sorted({plan.served.unit_kind for plan in self.plans}):
            cursor = 0
            for _ in range(PAGES_MAX):
                rows, after = await self._chain.view(Marketplace, "offers", unit_kind, cursor, PAGE)
                found |= {row.offer_id: row for row in rows if row.miner == self._account.address}
                if after <= cursor or len(rows) < PAGE:
                    break
                cursor = after
        return list(found.values())

    async def _price(self, plan: OfferPlan) -> int:
        if not plan.is_auto:
            return plan.price
        info = await self._chain.view(
            Marketplace, "priceIndex", plan.served.unit_kind, plan.gpu_class
        )
        return max(plan.price_min, min(int(info.protocol_price), plan.price_max))

    async def _post(self, plan: OfferPlan, price: int, height: int) -> None:
        purpose = f"offer:{plan.served.model_root.hex()[:16]}"
        data = encode_native(Marketplace, "postOffer", plan.terms(price))
        try:
            sent = await self._send(purpose, data, height, self._bond)
        except RefusedError as error:
            if error.refusal.code == "OfferBondTooSmall":
                self._bond = int(str(dict(error.refusal.values)["minimum"]))
                return  # with the right bond at the next step
            raise
        if sent is not None:
            self._log.info("offer posted", model=plan.served.name, price_wei=price)

    async def _reprice(self, offer: OfferInfo, price: int, height: int) -> None:
        asked = offer.terms.unit_price
        if 100 * abs(price - asked) <= REPRICE_PERCENT * asked:
            return
        data = encode_native(Marketplace, "repriceOffer", offer.offer_id, price)
        if await self._send(f"reprice:{offer.offer_id}", data, height) is not None:
            self._log.info("offer repriced", offer=offer.offer_id, price_wei=price)

    async def _close(self, offer: OfferInfo, height: int) -> None:
        data = encode_native(Marketplace, "closeOffer", offer.offer_id)
        if await self._send(f"close:{offer.offer_id}", data, height) is not None:
            self._log.info("offer closed", offer=offer.offer_id)

    async def _send(self, purpose: str, data: bytes, height: int, value: int = 0) -> bytes | None:
        place = place_of(Marketplace)
        return await self._account.send(purpose, Marketplace, place, data, height, value)
