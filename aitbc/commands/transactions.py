"""``aitbc send``, ``call``, ``tx``, ``block``, ``account``."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from aitbc.arguments import ADDRESS, AMOUNT, HASH, parse_hex
from aitbc.calls import call_text, calldata_of, event_text, native_at
from aitbc.commands.node import rpc_option
from aitbc.output import console, fail, format_ait, json_flag, print_json, print_record
from aitbc.signing import (
    SignerChoice,
    check_active,
    print_outcome,
    run_with_chain,
    transact,
    transaction_options,
)
from miner.chain import Chain, Outcome
from primitives.abi import decode
from primitives.errors import ConfigError, DecodeError
from primitives.types import Address
from rpc.formats import checksummed

CODE_BYTES_MAX: Final = 128 * 1024
TAGS: Final = ("latest", "safe", "finalized", "pending", "earliest")


@click.command()
@click.option("--to", "to", type=ADDRESS, help="Recipient: an address or a native contract's name.")
@click.option("--value", type=AMOUNT, default="0", help="Amount: 1.5, 20gwei, 7wei.")
@click.option("--data", "data_hex", help="Call data in hex.")
@click.option("--call", "function", help="Method of --to: name(type,...), or a native one's name.")
@click.option("--create", metavar="HEX|@FILE", help="Creation code of a new contract.")
@click.option("--gas", type=click.IntRange(21_000), help="Gas limit; default: estimated.")
@click.argument("arguments", nargs=-1)
@transaction_options
def send(
    to: Address | None,
    value: int,
    data_hex: str | None,
    function: str | None,
    create: str | None,
    gas: int | None,
    arguments: tuple[str, ...],
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Send AIT, call a contract, or create one; waits until it is final."""
    if (to is None) == (create is None):
        raise click.UsageError("name either --to or --create")
    if sum(x is not None for x in (data_hex, function, create)) > 1:
        raise click.UsageError("--data, --call and --create exclude each other")
    if arguments and function is None:
        raise click.UsageError("arguments belong to --call")
    contract = native_at(to)
    if create is not None:
        data = _creation_code(create)
    elif function is not None:
        data = calldata_of(contract, function, arguments)[0]
    else:
        data = parse_hex(data_hex or "0x")
    secret = signer.load()

    async def act(chain: Chain) -> Outcome:
        return await transact(chain, secret, to, data, value, contract, gas)

    print_outcome(run_with_chain(rpc_url, act), is_json=is_json)


@click.command()
@click.option("--to", "to", type=ADDRESS, required=True, help="Address or native contract's name.")
@click.option("--from", "sender", type=ADDRESS, help="Whose call is simulated.")
@click.option("--value", type=AMOUNT, default="0")
@click.argument("function")
@click.argument("arguments", nargs=-1)
@rpc_option
@json_flag
def call(
    to: Address,
    sender: Address | None,
    value: int,
    function: str,
    arguments: tuple[str, ...],
    rpc_url: str,
    is_json: bool,
) -> None:
    """Read from a contract.

    FUNCTION is 'balanceOf(address)(uint256)', or a method's name when --to names a native
    contract: aitbc call --to Staking totals
    """
    contract = native_at(to)
    data, outputs = calldata_of(contract, function, arguments)

    async def ask(chain: Chain) -> bytes:
        if contract is not None:
            await check_active(chain, contract, to)
        return await chain.eth_call(to, data, sender=sender, value=value, contract=contract)

    output = run_with_chain(rpc_url, ask)
    if outputs is None:
        values: Sequence[Any] = ("0x" + output.hex(),)
    else:
        try:
            values = decode(outputs, output)
        except DecodeError as error:
            raise ConfigError(
                f"the answer is not ({', '.join(kind.name for kind in outputs)}): {error}",
                "Check the result types, and that a contract lives at --to",
            ) from error
    plain = [_plain(item) for item in values]
    if is_json:
        print_json(plain[0] if len(plain) == 1 else plain)
        return
    for item in plain:
        if isinstance(item, dict):
            print_record(item, is_json=False)
        else:
            console.print(str(item), soft_wrap=True)


@click.command()
@click.argument("transaction_hash", type=HASH)
@rpc_option
@json_flag
def tx(transaction_hash: bytes, rpc_url: str, is_json: bool) -> None:
    """Show a transaction, its receipt, and what native contracts made of it."""

    async def ask(chain: Chain) -> tuple[Any, Any]:
        shown = "0x" + transaction_hash.hex()
        return (
            await chain.rpc.call("eth_getTransactionByHash", shown),
            await chain.rpc.call("eth_getTransactionReceipt", shown),
        )

    found, receipt = run_with_chain(rpc_url, ask)
    if found is None:
        fail(
            f"the node knows no transaction 0x{transaction_hash.hex()}",
            "it may have been dropped, or belong to another chain: check --rpc",
        )
    events = [] if receipt is None else [event_text(log) for log in receipt["logs"]]
    if is_json:
        print_json({"transaction": found, "receipt": receipt, "events": events})
        return
    record: dict[str, Any] = {
        "hash": found["hash"],
        "from": found["from"],
        "to": found["to"],
        "value": format_ait(int(found["value"], 16)),
        "nonce": int(found["nonce"], 16),
        "call": call_text(found["to"], found["input"]),
    }
    if receipt is None:
        record["status"] = "waiting for a block"
    else:
        gas, price = int(receipt["gasUsed"], 16), int(receipt["effectiveGasPrice"], 16)
        record |= {
            "status": "success" if int(receipt["status"], 16) else "reverted",
            "block": int(receipt["blockNumber"], 16),
            "gas": f"{gas} of {int(found['gas'], 16)}",
            "fee": format_ait(gas * price),
            "contract": receipt.get("contractAddress"),
        }
    print_record(record, is_json=False)
    for event in events:
        console.print(f"  {event}", soft_wrap=True, markup=False)


@click.command()
@click.argument("which", default="latest")
@click.option("--full", is_flag=True, help="With --json: whole transactions, not their hashes.")
@rpc_option
@json_flag
def block(which: str, full: bool, rpc_url: str, is_json: bool) -> None:
    """Show a block by number, hash or tag (latest, pending, earliest)."""
    method, key = _block_key(which)
    found = run_with_chain(rpc_url, lambda chain: chain.rpc.call(method, key, full))
    if found is None:
        fail(f"there is no block {which} yet", "the newest one is: aitbc block")
    if is_json:
        print_json(found)
        return
    base_fee = int(found["baseFeePerGas"], 16)
    record = {
        "height": int(found["number"], 16),
        "hash": found["hash"],
        "parent": found["parentHash"],
        "time": int(found["timestamp"], 16),
        "fee recipient": found["miner"],
        "transactions": len(found["transactions"]),
        "gas": f"{int(found['gasUsed'], 16)} of {int(found['gasLimit'], 16)}",
        "base fee": f"{base_fee / 10**9:g} gwei",
        "size": f"{int(found['size'], 16)} bytes",
        "state root": found["stateRoot"],
        "beacon": found["mixHash"],
    }
    print_record(record, is_json=False)


@click.command()
@click.argument("address", type=ADDRESS)
@rpc_option
@json_flag
def account(address: Address, rpc_url: str, is_json: bool) -> None:
    """Show an account: balance, nonce, code."""

    async def ask(chain: Chain) -> tuple[int, int, int, bytes]:
        code = await chain.rpc.call("eth_getCode", "0x" + address.hex(), "latest")
        return (
            await chain.balance(address),
            await chain.nonce(address),
            await chain.nonce(address, "pending"),
            parse_hex(code),
        )

    balance, nonce, pending, code = run_with_chain(rpc_url, ask)
    native = native_at(address)
    if native is not None:
        kind = f"native contract {native.__name__}"
    else:
        kind = f"contract, {len(code)} bytes of code" if code else "account"
    record: dict[str, Any] = {"address": checksummed(address), "kind": kind}
    record |= {"balance_wei": str(balance)} if is_json else {"balance": format_ait(balance)}
    record |= {"nonce": nonce, "waiting": max(0, pending - nonce)}
    print_record(record, is_json=is_json)


def _creation_code(text: str) -> bytes:
    if not text.startswith("@"):
        return parse_hex(text)
    path = Path(text[1:])
    try:
        content = path.read_bytes()[: 2 * CODE_BYTES_MAX + 1]
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", "Name the file") from error
    shown = content.decode(errors="replace").strip()
    return parse_hex(shown if shown.startswith("0x") else "0x" + shown)


def _block_key(which: str) -> tuple[str, str]:
    if which in TAGS:
        return "eth_getBlockByNumber", which
    if which.startswith("0x") and len(which) == 66:
        return "eth_getBlockByHash", which
    try:
        return "eth_getBlockByNumber", hex(int(which, 0))
    except ValueError as error:
        raise click.BadParameter(f"{which!r} is no height, hash or tag") from error


def _plain(value: Any) -> Any:
    """Return a decoded value for printing: structs by field, bytes as hex, integers as they are."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return str(value)  # JSON readers keep 53 bits
    return value
