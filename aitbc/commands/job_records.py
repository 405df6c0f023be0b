"""What this home keeps of submitted jobs: their files, and receipts and vouchers as evidence."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from aitbc.arguments import HASH
from aitbc.output import json_flag, print_rows
from aitbc.signing import SignerChoice, signer_options
from aitbc.verbs import write_struct
from miner.client.log import Exchange, JobLog
from miner.client.quorums import read_members
from node.config import default_home
from primitives.compute import KIND_INTEGER_MODEL
from primitives.errors import ConfigError
from primitives.integer_model.request import decode_options
from rpc.formats import checksummed


@click.command("receipts")
@click.argument("job_id", type=HASH)
@click.option(
    "--export", "folder", type=click.Path(file_okay=False, path_type=Path),
    help="Write receipt-N.json, ack-N.json and ask-N.json (with the prompt) there, as aitbc "
    "receipt, dispute and miner audit know take them.",
)  # fmt: skip
@signer_options
@json_flag
def receipts(job_id: bytes, folder: Path | None, signer: SignerChoice, is_json: bool) -> None:
    """List a job's signed receipts and vouchers: evidence for claims and disputes."""
    log = JobLog.read(path_read(signer, job_id))
    rows = []
    exchanges = list(log.exchanges.values())
    for member in read_members(log):
        exchanges += member.exchanges.values()
    for place, exchange in enumerate(exchanges, 1):
        receipt, voucher = exchange.receipt, exchange.voucher
        if receipt is None:
            continue
        name = place if log.job.quorum else exchange.seq
        rows.append(
            {
                "seq": exchange.seq,
                "units": receipt.units,
                "receipt": receipt.struct_hash(),
                "refused": exchange.refused or None,
                "signature": exchange.signature,
                "ack signature": None if voucher is None else voucher.signature,
            }
        )
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / f"receipt-{name}.json", write_struct(receipt))
            of_kind = _exact_ask if log.job.kind == KIND_INTEGER_MODEL else _float_ask
            _write(folder / f"ask-{name}.json", of_kind(exchange))
            if voucher is not None:
                _write(folder / f"ack-{name}.json", write_struct(voucher.ack))
    print_rows(rows, is_json=is_json, empty="no receipts yet")


def folder_of(home: Path | None, client: bytes | None = None) -> Path:
    """Return where a home keeps the jobs submitted from it, or one client's."""
    root = (home or default_home()) / "client"
    return root if client is None else root / client.hex()


def path_of(home: Path | None, job_id: bytes) -> Path:
    """Return the file of a job that was submitted from this home."""
    found = list(folder_of(home).glob(f"*/{job_id.hex()}.jsonl"))
    if not found:
        raise ConfigError(
            f"job 0x{job_id.hex()} was not submitted from this home",
            "List what was: aitbc job list --mine; on the chain: aitbc market show",
        )
    return found[0]


def path_read(signer: SignerChoice, job_id: bytes) -> Path:
    """Return the file of a job to be read; reading needs no signer, one that is named must fit.

    Raises:
        ConfigError: the job is not here, or another account's.
    """
    path = path_of(signer.home, job_id)
    if signer.is_named and path.parent.name != signer.address().hex():
        raise ConfigError(
            f"the job is {checksummed(bytes.fromhex(path.parent.name))}'s",
            "Name the account that posted it, or none",
        )
    return path


def _exact_ask(exchange: Exchange) -> dict[str, Any]:
    """Return an exact request, and the answer as far as it is known, as auditors take them."""
    ask, said = exchange.ask, exchange.answer or exchange.said
    record: dict[str, Any] = {
        "salt": "0x" + ask.salt.hex(),
        "tokens": list(ask.tokens),
        "options": asdict(decode_options(ask.options)),
    }
    if said is not None:
        record["answer"] = {"tokens": list(said.tokens), "delivered": "0x" + said.delivered.hex()}
    return record


def _float_ask(exchange: Exchange) -> dict[str, Any]:
    """Return an engine's request, and the answer as far as it is known, as auditors take them."""
    ask, said = exchange.ask, exchange.answer or exchange.said
    record: dict[str, Any] = {
        "salt": "0x" + ask.salt.hex(),
        "prompt": ask.prompt,
        "options": "0x" + ask.options.hex(),
    }
    if said is not None:
        scored = [list(entry) for entry in said.scored]
        record["answer"] = {"scored": scored, "delivered": "0x" + said.delivered.hex()}
    return record


def _write(path: Path, record: dict[str, Any]) -> None:
    path.write_text(json.dumps(record, indent=1) + "\n")
