"""``aitbc miner stake`` and ``price``: the bond, and what is asked for."""

from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from aitbc.arguments import ADDRESS, AMOUNT
from aitbc.miner_home import directory_of, home_flag, load_signer, with_config
from aitbc.native import VerbGroup
from aitbc.output import console, fail, format_ait, json_flag, print_json, print_record
from aitbc.signing import SignerChoice, print_outcome, run_with_chain, send_call, signer_options
from contracts.marketplace.v1.contract import Marketplace
from miner.chain import Chain, Outcome
from miner.config import MinerConfig, change_file, load_config
from primitives.compute import UNIT_TOKENS
from primitives.keys import secret_to_address

RPC_FLAG = click.option("--rpc", "rpc_urls", multiple=True, help="JSON-RPC address.")


@click.group("stake", cls=VerbGroup)
def stake() -> None:
    """The bond that secures leases: show, add, withdraw."""


@stake.command("show")
@click.argument("account", type=ADDRESS, required=False)
@RPC_FLAG
@json_flag
@signer_options
def show_stake(
    account: bytes | None, rpc_urls: tuple[str, ...], is_json: bool, signer: SignerChoice
) -> None:
    """Show a miner's bond, what of it is locked, and when it may be withdrawn."""
    loaded = load_config(directory_of(signer.home))
    who = account or secret_to_address(load_signer(signer, loaded))

    async def ask(chain: Chain) -> dict[str, Any]:
        info = await chain.miner(who)
        standing = await chain.view(Marketplace, "standing", who)
        return {
            "miner": "0x" + who.hex(),
            "bond": str(info.bond) if is_json else format_ait(info.bond),
            "locked": str(info.locked) if is_json else format_ait(info.locked),
            "open leases": info.open_leases,
            "leaving since": info.leaving_at or None,
            "settled": standing.settled,
            "missed proposals": standing.missed,
            "trust": standing.trust,
            "convicted at height": standing.convicted_height or None,
        }

    print_record(run_with_chain(rpc_urls or loaded.config.miner.rpc, ask), is_json=is_json)


@stake.command("add")
@click.argument("amount", type=AMOUNT)
@RPC_FLAG
@json_flag
@signer_options
def add_stake(amount: int, rpc_urls: tuple[str, ...], is_json: bool, signer: SignerChoice) -> None:
    """Raise the bond by AMOUNT; this also calls a pending withdrawal off."""
    _send(signer, rpc_urls, "addBond", amount, is_json=is_json)


@stake.command("withdraw")
@click.option("--finish", is_flag=True, help="Take the bond, once the delay has passed.")
@RPC_FLAG
@json_flag
@signer_options
def withdraw_stake(
    finish: bool, rpc_urls: tuple[str, ...], is_json: bool, signer: SignerChoice
) -> None:
    """Ask for the whole bond back; after the delay take it with --finish. Stop the miner first."""
    _send(signer, rpc_urls, "withdrawBond" if finish else "requestWithdrawal", 0, is_json=is_json)


@click.group("price", cls=VerbGroup)
def price() -> None:
    """What is asked per token: show, set, auto. A running miner follows within seconds."""


@price.command("show")
@RPC_FLAG
@json_flag
@with_config
def show_price(home: Path | None, loaded: Any, rpc_urls: tuple[str, ...], is_json: bool) -> None:  # noqa: ARG001
    """Show the configured price, and what the price index says."""
    offer = loaded.config.offer

    async def ask(chain: Chain) -> Any:
        return await chain.view(Marketplace, "priceIndex", UNIT_TOKENS, offer.gpu_class)

    info = run_with_chain(rpc_urls or loaded.config.miner.rpc, ask)
    amounts = {
        "price": offer.price,
        "lowest": offer.price_min,
        "highest": offer.price_max,
        "index": info.price,
        "protocol price": info.protocol_price,
    }
    shown = {key: str(value) if is_json else format_ait(value) for key, value in amounts.items()}
    record = {"mode": "auto" if offer.auto else "fixed", **shown}
    if is_json:
        print_json(record)
    else:
        print_record(record, is_json=False)


@price.command("set")
@click.argument("amount", type=AMOUNT)
@home_flag
def set_price(amount: int, home: Path | None) -> None:
    """Ask AMOUNT per token from now on; models with a price of their own keep it."""
    _change(home, {"price": f"{amount}wei", "auto": False})
    console.print(f"{format_ait(amount)} per token")


@price.command("auto")
@click.option("--min", "lowest", type=AMOUNT, help="Never ask less.")
@click.option("--max", "highest", type=AMOUNT, help="Never ask more.")
@home_flag
def auto_price(lowest: int | None, highest: int | None, home: Path | None) -> None:
    """Follow the chain's price index within bounds."""
    values: dict[str, Any] = {"auto": True}
    if lowest is not None:
        values["price_min"] = f"{lowest}wei"
    if highest is not None:
        values["price_max"] = f"{highest}wei"
    _change(home, values)
    offer: MinerConfig = load_config(directory_of(home)).config
    console.print(
        f"follows the price index between {format_ait(offer.offer.price_min)} and "
        f"{format_ait(offer.offer.price_max)} per token"
    )


def _change(home: Path | None, values: dict[str, Any]) -> None:
    directory = directory_of(home)
    path = directory / "miner.toml"
    try:
        change_file(path, "offer", values)
    except ValidationError as error:
        fail(error.errors()[0]["msg"].removeprefix("Value error, "), "give another amount")


def _send(
    signer: SignerChoice, urls: tuple[str, ...], name: str, value: int, *, is_json: bool
) -> None:
    loaded = load_config(directory_of(signer.home))
    secret = load_signer(signer, loaded)

    async def act(chain: Chain) -> Outcome:
        return await send_call(chain, secret, Marketplace, name, value=value)

    outcome = run_with_chain(urls or loaded.config.miner.rpc, act)
    print_outcome(outcome, is_json=is_json)
