"""The verbs of the market that need more than a contract's declaration: terms, bids, dry runs."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import click

from aitbc.arguments import AMOUNT, DURATION, HASH
from aitbc.native import Fields, Reader, Sender, reading, sending
from aitbc.output import Wei
from aitbc.signing import send_call
from aitbc.verbs import events_of
from aitbc.wishes import UNIT_NAMES, wish_options
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.market_messages import OfferTerms
from contracts.marketplace.v2.contract import Marketplace as MarketplaceV2
from contracts.marketplace.v2.messages import ServiceTerms
from miner.chain import Chain, Outcome
from miner.client.orders import (
    KIND_NAMES,
    class_names,
    classes_of,
    make_terms,
    survey,
)
from primitives.keys import generate_secret, secret_to_address
from rpc.words import EXCLUSIONS

MakeWish = Callable[..., Any]
_UNITS: Final = click.IntRange(min=1, max=(1 << 64) - 1)
_U32: Final = click.IntRange(0, (1 << 32) - 1)
_U16: Final = click.IntRange(0, (1 << 16) - 1)


@click.command("post")
@click.option("--units", type=_UNITS, required=True, help="Most units, for example tokens.")
@click.option("--unit", type=click.Choice(list(UNIT_NAMES)), default="tokens", show_default=True)
@click.option("--auction", type=DURATION, help="Let miners bid so long, and reveal as long.")
@click.option("--service", type=_U32, help="Most seconds to answer a probe (marketplace 2).")
@click.option("--availability", type=_U16, default=9_500, help="With --service: basis points.")
@click.option("--credit", type=_U16, default=2_000, help="With --service: basis points.")
@wish_options
@sending
def order_post(
    make_wish: MakeWish,
    units: int,
    unit: str,
    auction: int | None,
    service: int | None,
    availability: int,
    credit: int,
    sender: Sender,
) -> None:
    """Put units x highest price into escrow; aitbc job submit does the rest as well."""
    if service is not None and auction is not None:
        raise click.UsageError("--auction and --service exclude each other; attach it afterwards")
    wish = make_wish(sender.signer.home, units, UNIT_NAMES[unit])

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        terms = await make_terms(chain, secret, _without_expiry(wish, auction))
        value = terms.units_max * terms.unit_price_max
        if auction is not None:
            values: tuple[object, ...] = (terms, auction, auction)
            outcome = await send_call(
                chain, secret, Marketplace, "postAuction", *values, value=value
            )
        elif service is not None:
            levels = ServiceTerms(
                response_seconds=service,
                availability_bps=availability,
                credit_bps=credit,
                notice_seconds=0,
                interruption_seconds=0,
            )
            outcome = await send_call(
                chain, secret, MarketplaceV2, "postOrderWithService", terms, levels, value=value
            )
        else:
            outcome = await send_call(chain, secret, Marketplace, "postOrder", terms, value=value)
        return outcome, events_of(outcome, Marketplace)

    sender.run(act)


@click.command("dry-run")
@click.option("--units", type=_UNITS, required=True, help="Most units, for example tokens.")
@click.option("--unit", type=click.Choice(list(UNIT_NAMES)), default="tokens", show_default=True)
@wish_options
@reading
def dry_run(make_wish: MakeWish, units: int, unit: str, node: Reader) -> None:
    """Show how an order would be matched now: how many offers fit, and why others do not."""
    wish = make_wish(None, units, UNIT_NAMES[unit])
    secret = generate_secret()  # a client that no offer belongs to

    async def ask(chain: Chain) -> Fields:
        terms = await make_terms(chain, secret, wish)
        found = await survey(chain, secret_to_address(secret), terms)
        return {
            "best offer": found.offer_id or None,
            "score": found.score,
            "fit": found.fits,
            "price": Wei(terms.unit_price_max),
            "escrow": Wei(terms.units_max * terms.unit_price_max),
            **{EXCLUSIONS[reason]: count for reason, count in found.excluded},
        }

    node.record(node.ask(ask))


@click.command("post")
@click.option("--price", type=AMOUNT, required=True, help="AIT per unit.")
@click.option("--unit", type=click.Choice(list(UNIT_NAMES)), default="tokens", show_default=True)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KIND_NAMES)), required=True)
@click.option("--class", "class_name", default="v0", show_default=True, help="As v0+v2.")
@click.option("--model", "models", multiple=True, type=HASH, help="Model root; several times.")
@click.option("--gpu-class", type=click.IntRange(1, (1 << 16) - 1), default=1, show_default=True)
@click.option("--gpus", type=click.IntRange(1, (1 << 16) - 1), default=1, show_default=True)
@click.option("--region", type=click.IntRange(1, (1 << 16) - 1), default=1, show_default=True)
@click.option("--vram", type=_U32, default=0, help="Memory in MiB.")
@click.option("--latency", type=click.IntRange(1, (1 << 32) - 1), default=100, help="In ms.")
@click.option("--leases", type=click.IntRange(1, (1 << 16) - 1), default=1, show_default=True)
@click.option("--expiry", type=DURATION, default=7 * 86_400, help="How long it is listed.")
@click.option("--bond", type=AMOUNT, default="1", show_default=True, help="Bond of the offer.")
@sending
def offer_post(
    price: int,
    unit: str,
    kinds: Sequence[str],
    class_name: str,
    models: Sequence[bytes],
    gpu_class: int,
    gpus: int,
    region: int,
    vram: int,
    latency: int,
    leases: int,
    expiry: int,
    bond: int,
    sender: Sender,
) -> None:
    """List an offer with a bond; the account is a registered miner with a sealing key."""
    terms = OfferTerms(
        unit_kind=UNIT_NAMES[unit],
        kinds=sum(1 << KIND_NAMES[kind] for kind in set(kinds)),
        classes=classes_of(class_name),
        gpu_class=gpu_class,
        gpu_count=gpus,
        region=region,
        vram_mib=vram,
        latency_ms=latency,
        leases_max=leases,
        unit_price=price,
        expiry_seconds=expiry,
        model_roots=tuple(models),
    )
    sender.send(
        Marketplace,
        "postOffer",
        terms,
        value=bond,
        tell=lambda outcome: {
            **events_of(outcome, Marketplace),
            "classes": class_names(terms.classes),
        },
    )


@click.command("commit")
@click.argument("order_id", type=HASH)
@click.argument("price", type=AMOUNT)
@click.option("--salt", type=HASH, help="32 bytes to keep for the reveal; random by default.")
@click.option("--bond", type=AMOUNT, help="The auction's bid bond by default; more keeps a place.")
@sending
def auction_commit(
    order_id: bytes, price: int, salt: bytes | None, bond: int | None, sender: Sender
) -> None:
    """Bid PRICE per unit in an auction, sealed; keep salt and place for the reveal."""
    chosen = salt or secrets.token_bytes(32)

    async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
        order = await chain.view(Marketplace, "order", order_id)
        value = order.bid_bond if bond is None else bond
        bidder = secret_to_address(secret)
        sealed = await chain.view(Marketplace, "bidHash", order_id, bidder, price, chosen)
        outcome = await send_call(
            chain, secret, Marketplace, "commitBid", order_id, sealed, value=value
        )
        bidders, _, _ = await chain.view(Marketplace, "bids", order_id)
        return outcome, {
            "place": list(bidders).index(bidder),
            "price": Wei(price),
            "salt": chosen,
            "bond": Wei(value),
        }

    sender.run(act)


def _without_expiry(wish: Any, auction: int | None) -> Any:
    """Return a wish without expiry where an auction's own clocks end it."""
    return wish if auction is None else replace(wish, expiry_seconds=0)


COMMANDS: Final[dict[str, tuple[click.Command, ...]]] = {
    "": (dry_run,),
    "order": (order_post,),
    "offer": (offer_post,),
    "auction": (auction_commit,),
}
"""By the group that they belong to."""
