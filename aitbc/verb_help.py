"""What the help of a generated verb says of its arguments: meaning, unit, how it is typed, example.

A name means the same in every contract, so one line explains it; a name that is not known here is
explained by its type alone. Numbers that stand for words are listed with their words.
"""

from enum import IntEnum
from typing import Any, Final

import click

from contracts.disputes.v1.audit_messages import Verdict
from contracts.disputes.v1.messages import Fault
from contracts.marketplace.v1.messages import JobStatus

EXAMPLE_HASH: Final = "0x8caf…aa68"
EXAMPLE_ADDRESS: Final = "0x7099…79C8"

MEANINGS: Final = {
    "account": "the account that is looked up",
    "ack": "the client's voucher, as aitbc job receipts --export writes it (ack-N.json)",
    "ack_signature": "the client's signature of the voucher",
    "arbitration_id": "number of the arbitration",
    "audit_id": "number of the audit",
    "auditor": "the drawn auditor",
    "batch_id": "number of the anchored batch",
    "bidder": "the miner that bids",
    "case_id": "the lease, or a batch's number as 32 bytes",
    "challenge_id": "number of the challenge",
    "challenger": "the account that challenges",
    "client": "the account that orders",
    "commitment": "hash of what is revealed later, with its salt",
    "count": "leaves of the batch",
    "deadline_seconds": "time to take the product, and then to answer it",
    "demand_id": "number of the demand",
    "desk": "the account that set the canary",
    "draw": "which of the batch's samples, from 0",
    "duration_seconds": "how long it lasts",
    "endpoint": "URL under which clients reach the miner",
    "evidence": "hash of what is revealed",
    "evidence_hash": "hash of the evidence, which is kept elsewhere",
    "fault": "what the miner is accused of",
    "hashes": "hashes of the Merkle path, from the leaf up",
    "height": "block height",
    "index": "place of the leaf, from 0",
    "job_id": "the product",
    "k": "inner dimension, in elements",
    "key": "the key that signed",
    "leaf": "the leaf that is opened",
    "lease_id": "the lease; aitbc market lease of ACCOUNT lists them",
    "left": "the first of the two leaves",
    "m": "rows of the result",
    "micro_root": "root of the leaf's micro-steps",
    "miner": "the miner's account",
    "n": "columns of the result",
    "nodes": "hashes of the tree, from left to right",
    "offer_id": "number of the offer; aitbc market offers lists them",
    "opening": "what opens the leaf",
    "operator_key": "address of the key that signs receipts",
    "order_id": "the order; aitbc market orders lists them",
    "order_ids": "the orders of the quorum's members",
    "other": "the second receipt",
    "other_signature": "the miner's signature of the second receipt",
    "party": "a client or a miner",
    "path": "hashes of the Merkle path, from the leaf up",
    "paths": "a Merkle path for each of the drawn tiles",
    "place": "place in the list, from 0",
    "quorum_id": "number of the quorum",
    "receipt": "the receipt, as aitbc job receipts --export writes it (receipt-N.json)",
    "receipt_hash": "the receipt's EIP-712 struct hash; aitbc job receipts shows it",
    "receipt_id": "the product's receipt; aitbc receipt list shows them",
    "response": "the sealed response",
    "response_hash": "root of the answer",
    "right": "the second of the two leaves",
    "root": "root of the tree",
    "salt": "the 32 random bytes of the commitment: keep them until it is revealed",
    "sealing_key": "X25519 key to which requests are sealed",
    "seed": "seed of the operands",
    "service": "what is promised: availability, latency, credit",
    "signature": "the miner's signature, 65 bytes",
    "stamp_height": "height of the beacon in the receipt, divisible by 64",
    "stars": "how good the work was, from 1 to 5",
    "starts_in_seconds": "how soon it begins",
    "status": "which of them",
    "subject": "what is committed to",
    "tile": "number of the 64 x 64 tile, row by row, from 0",
    "tile_root": "root over the result's tiles",
    "total": "sum of all leaves",
    "totals": "sums beside the path's hashes, in wei",
    "unit_price": "price per unit (token, MAC or second)",
    "value_bps": "the client's share",
    "verdict": "what the auditor found",
    "voter": "the arbitrator that votes",
    "window_blocks": "how long the result may be challenged",
    "witness": "the operands of the step",
}
WORDS: Final[dict[str, type[IntEnum]]] = {"fault": Fault, "verdict": Verdict, "status": JobStatus}
_UNITS: Final = {"blocks": "in blocks", "bps": "in hundredths of a percent"}
_NUMBERS: Final = {
    "blocks": "60", "height": "64", "m": "512", "n": "512", "k": "512", "bps": "5000",
}  # fmt: skip
_TYPES: Final = {
    "address": ("address, or a native contract's name", EXAMPLE_ADDRESS),
    "hash": ("0x and 64 hex digits", EXAMPLE_HASH),
    "amount": ("in AIT; also 20gwei, 7wei", "0.00002"),
    "duration": ("in seconds; also 10min, 2h, 3d", "10min"),
    "text": ("text", "https://miner.example"),
    "bytes": ("hex with 0x, or @FILE", "@FILE"),
    "boolean": ("true or false", "true"),
}


class VerbCommand(click.Command):
    """A command whose help explains its arguments and ends with an example."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write arguments before options."""
        rows = [(word_of(argument), explain(argument)) for argument in _arguments(self)]
        if rows:
            with formatter.section("Arguments"):
                formatter.write_dl(rows)
        super().format_options(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write an example; its ids are shortened."""
        words = [ctx.command_path, *(example_of(argument) for argument in _arguments(self))]
        names = {option.name for option in self.params}
        words += ["--value 1"] if "value" in names else []
        words += ["--dev-account 0"] if "dev_account" in names else []
        with formatter.section("Example"):
            formatter.write(f"{'':>{formatter.current_indent}}{' '.join(words)}\n")


def word_of(argument: click.Argument) -> str:
    """Return the name of an argument as the usage line shows it."""
    return (argument.name or "").upper()


def explain(argument: click.Argument) -> str:
    """Return what an argument is, in which unit, and how it is typed."""
    name = argument.name or ""
    parts = [MEANINGS.get(name, ""), _typed(name, argument.type)]
    return "; ".join(part for part in parts if part) or "a number"


def example_of(argument: click.Argument) -> str:
    """Return a value of an argument's kind."""
    name, kind = argument.name or "", argument.type
    if name in WORDS or name == "stars":
        return "5" if name == "stars" else "1"
    if isinstance(kind, click.IntRange):
        return _NUMBERS.get(name.rpartition("_")[2], "1")
    if kind.name in _TYPES:
        return _TYPES[kind.name][1]
    return kind.name if kind.name.endswith(".json") else "@FILE"


def _typed(name: str, kind: "click.ParamType[Any]") -> str:
    if name in WORDS:
        words = {word.value: word.name.lower() for word in WORDS[name] if word.value}
        if name == "status":
            words = {0: "all", **words}
        return ", ".join(f"{number} {word}" for number, word in words.items())
    if isinstance(kind, click.IntRange):
        return _UNITS.get(name.rpartition("_")[2], "")
    if kind.name in _TYPES:
        return _TYPES[kind.name][0]
    if kind.name.endswith(".json"):
        return "a file of JSON"
    return f"{kind.name}: [0x..., 0x...], or @FILE of JSON"


def _arguments(command: click.Command) -> list[click.Argument]:
    return [found for found in command.params if isinstance(found, click.Argument)]
