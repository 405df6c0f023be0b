"""What an order says: from what a person wants to the terms that the contract takes."""

from dataclasses import dataclass, replace
from typing import Final

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.market_messages import OfferInfo, OrderTerms
from contracts.marketplace.v1.orders import PREPAID_CLASSES
from contracts.marketplace.v1.records import Exclusion
from miner.chain import PAGE, Chain
from miner.client.faults import JobOverError
from primitives.compute import (
    CLASS_CANONICAL,
    CLASS_QUORUM,
    CLASS_SAMPLED,
    CLASS_SIGNED,
    KIND_CUSTOM,
    KIND_EMBEDDING,
    KIND_INTEGER_MODEL,
    KIND_LLM,
    KIND_MATMUL,
    UNIT_TOKENS,
)
from primitives.errors import ConfigError
from primitives.keys import secret_to_address
from rpc.words import EXCLUSIONS
from wallet.sealing import mailbox_key

CLASS_NAMES: Final = {
    "v0": CLASS_SIGNED,
    "v1": CLASS_SAMPLED,
    "v2": CLASS_CANONICAL,
    "v3": CLASS_QUORUM,
}
KIND_NAMES: Final = {
    "matmul": KIND_MATMUL,
    "integer-model": KIND_INTEGER_MODEL,
    "llm": KIND_LLM,
    "embedding": KIND_EMBEDDING,
    "custom": KIND_CUSTOM,
}
RUNTIME_ID: Final = 1
"""The adjudicator of the integer model."""
EXPIRY_SECONDS: Final = 3_600
LEASE_SECONDS: Final = 3_600
BPS: Final = 10_000
PREPAY_DIVISOR: Final = 100
OFFERS_READ_MAX: Final = 1_000
QUORUM_SIZE_MIN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client wants; amounts in wei, 0 for any or for the least that is allowed."""

    kind: int
    model_root: bytes
    units_max: int
    classes: int = CLASS_SIGNED
    budget: int = 0
    unit_price_max: int = 0
    gpu_class: int = 0
    region: int = 0
    vram_mib: int = 0
    latency_ms: int = 0
    macs_per_second: int = 0
    deadline_seconds: int = LEASE_SECONDS
    expiry_seconds: int = EXPIRY_SECONDS
    window_blocks: int = 0
    unit_kind: int = UNIT_TOKENS


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What ``dryRun`` says: the best offer and its score, and how many each reason excludes."""

    offer_id: int
    score: int
    fits: int
    excluded: tuple[tuple[Exclusion, int], ...]

    def __str__(self) -> str:
        rest = ", ".join(f"{count} {EXCLUSIONS[reason]}" for reason, count in self.excluded)
        return f"{self.fits} offers fit" + (f"; {rest}" if rest else "")


def classes_of(names: str) -> int:
    """Return the mask of ``v2`` or ``v0+v2``.

    Raises:
        ConfigError: an unknown class, or one that this release cannot check.
    """
    mask = 0
    for name in names.lower().replace(",", "+").split("+"):
        if name.strip() not in CLASS_NAMES:
            raise ConfigError(
                f"unknown verification class {name!r}", f"Choose among: {', '.join(CLASS_NAMES)}"
            )
        mask |= CLASS_NAMES[name.strip()]
    return mask


def class_names(mask: int) -> str:
    """Return a mask in words: ``v0+v2``."""
    return "+".join(f"v{bit}" for bit in range(8) if mask >> bit & 1) or "-"


def default_classes(kind: int) -> int:
    """Return what can be checked best of a kind: exact models by proof, others by signature."""
    return CLASS_CANONICAL if kind == KIND_INTEGER_MODEL else CLASS_SIGNED


async def make_terms(chain: Chain, secret: bytes, wish: Wish) -> OrderTerms:
    """Return the terms of an order; prices come from the wish, or from the best offer that fits.

    Raises:
        ConfigError: budget and price contradict each other, or nothing tells a price.
    """
    price = wish.unit_price_max
    if not price and wish.budget:
        price = wish.budget // wish.units_max
        if not price:
            raise ConfigError(
                f"a budget of {wish.budget} wei is less than a wei per unit",
                "Raise --budget, or order fewer units",
            )
    limits = {row.key: row.value for row in await chain.view(Marketplace, "parameterList")}
    terms = _terms(secret, wish, price or (1 << 120) // wish.units_max, limits)
    if not price:
        price = await _asked_price(chain, secret, terms)
        terms = _terms(secret, wish, price, limits)
    if wish.budget and terms.units_max * terms.unit_price_max > wish.budget:
        raise ConfigError(
            f"{terms.units_max} units at {terms.unit_price_max} wei exceed the budget of "
            f"{wish.budget} wei",
            "Raise --budget, lower --price, or order fewer units",
        )
    return terms


async def cheapest_price(chain: Chain, client: bytes, wish: Wish, terms: OrderTerms) -> int | None:
    """Return the least price at which an offer fits an order's other terms, None without one."""
    rows = await list_offers(chain, wish.unit_kind)
    for price in sorted({row.terms.unit_price for row in rows if is_wished(row, wish)}):
        if (await survey(chain, client, replace(terms, unit_price_max=price))).fits:
            return price
    return None


async def make_quorum_terms(chain: Chain, secret: bytes, wish: Wish, size: int) -> OrderTerms:
    """Return the terms of each of a quorum's orders; ``wish.budget`` is for all of them.

    Without a price it is that of the dearest of the ``size`` cheapest miners.

    Raises:
        ConfigError: as ``make_terms``.
        JobOverError: fewer miners than that have an offer that fits.
    """
    wish = replace(wish, budget=wish.budget // size)
    asked: dict[bytes, int] = {}
    for row in await list_offers(chain, wish.unit_kind):
        if is_wished(row, wish):
            price = row.terms.unit_price
            asked[row.miner] = min(price, asked.get(row.miner, price))
    if len(asked) < size:
        raise JobOverError(
            f"{len(asked)} miners offer this in class v3, a quorum of {size} needs {size}",
            smaller_advice(size)
            + "wait for offers (aitbc market offers), or choose another --class",
        )
    if not wish.unit_price_max and not wish.budget:
        wish = replace(wish, unit_price_max=sorted(asked.values())[size - 1])
    terms = await make_terms(chain, secret, wish)
    found = await survey(chain, secret_to_address(secret), terms)
    if found.fits < size:
        raise JobOverError(
            f"a quorum of {size} needs {size} miners: {found}",
            smaller_advice(size) + "loosen a term, or raise --price or --budget",
        )
    return terms


def smaller_advice(size: int) -> str:
    """Return the advice to take a smaller quorum, where there is one."""
    return "choose a smaller --quorum, " if size > QUORUM_SIZE_MIN else ""


def is_wished(offer: OfferInfo, wish: Wish) -> bool:
    """Answer whether an offer is for the kind of work that is wished."""
    terms = offer.terms
    return (
        not wish.classes & ~terms.classes
        and bool(terms.kinds >> wish.kind & 1)
        and (not any(wish.model_root) or wish.model_root in terms.model_roots)
    )


async def survey(chain: Chain, client: bytes, terms: OrderTerms) -> Survey:
    """Return how an order would be matched now."""
    offer_id, score, fits, counts = await chain.view(Marketplace, "dryRun", terms, client)
    excluded = tuple(
        (Exclusion(place), count)
        for place, count in enumerate(counts)
        if count and place != Exclusion.FITS
    )
    return Survey(offer_id=offer_id, score=score, fits=fits, excluded=excluded)


async def list_offers(
    chain: Chain, unit_kind: int, limit: int = OFFERS_READ_MAX
) -> list[OfferInfo]:
    """Return listed offers of a unit kind; the list may change between two pages."""
    rows: list[OfferInfo] = []
    cursor = 0
    while len(rows) < limit:
        page, after = await chain.view(Marketplace, "offers", unit_kind, cursor, PAGE)
        rows += page
        if after <= cursor or len(page) < PAGE:
            break
        cursor = after
    return rows[:limit]


async def _asked_price(chain: Chain, secret: bytes, terms: OrderTerms) -> int:
    """Return the price of the best offer that fits, were price no matter."""
    found = await survey(chain, secret_to_address(secret), terms)
    if not found.offer_id:
        raise JobOverError(
            f"no offer fits: {found}", "loosen a term, or set --budget and wait for offers"
        )
    offer: OfferInfo = await chain.view(Marketplace, "offer", found.offer_id)
    return offer.terms.unit_price


def _terms(secret: bytes, wish: Wish, price: int, limits: dict[str, int]) -> OrderTerms:
    is_prepaid = not wish.classes & ~PREPAID_CLASSES
    window_min = 0 if wish.classes == CLASS_SIGNED else limits["leaseWindowMin"]
    most = max(1, wish.units_max * limits["prepayMaxBps"] // BPS)
    return OrderTerms(
        kind=wish.kind,
        classes=wish.classes,
        unit_kind=wish.unit_kind,
        gpu_class=wish.gpu_class,
        region=wish.region,
        vram_mib=wish.vram_mib,
        latency_ms=wish.latency_ms,
        macs_per_second=wish.macs_per_second,
        model_root=wish.model_root,
        client_key=mailbox_key(secret),
        units_max=wish.units_max,
        unit_price_max=price,
        prepay_units=min(most, max(1, wish.units_max // PREPAY_DIVISOR)) if is_prepaid else 0,
        deadline_seconds=wish.deadline_seconds,
        window_blocks=max(window_min, wish.window_blocks),
        response_seconds=limits["responseSecondsMin"],
        move_seconds=limits["moveSecondsMin"],
        game_seconds=limits["gameSecondsMin"],
        adjudicator=RUNTIME_ID if wish.classes & CLASS_CANONICAL else 0,
        expiry_seconds=wish.expiry_seconds,
    )
