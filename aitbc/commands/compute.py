"""Seeded products in ``aitbc job`` and ``aitbc receipt``: post, follow and check them."""

import asyncio
import secrets
import signal
from pathlib import Path
from typing import Any, Final

import click

from aitbc.arguments import AMOUNT, HASH
from aitbc.commands.job_leases import submitted_rows
from aitbc.commands.node import rpc_option
from aitbc.output import console, fail, format_ait, json_flag, print_json, print_record, print_rows
from aitbc.signing import (
    SignerChoice,
    print_outcome,
    run_with_chain,
    send_call,
    transact,
    transaction_options,
)
from aitbc.verbs import events_of
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ChallengeCommitted, Fault
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.messages import JobInfo, JobPosted, JobStatus
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptInfo, ReceiptSettled, ReceiptStatus
from miner.audit import Check, audit_receipt
from miner.chain import Chain, Outcome
from miner.client.endings import cancelling_call
from miner.client.evidence import check_claim, find_evidence, known_claim
from miner.games.accusations import commitment_of, salt_of
from miner.games.record import find_challenge
from miner.native_calls import decode_event, place_of
from miner.poster import Order, Poster, sign_acknowledgement
from miner.work import read_product
from primitives.errors import ConfigError
from primitives.keys import secret_to_address
from primitives.matmul import MatmulSpec
from primitives.matmul_kernel import compute_tile
from primitives.types import Hash32
from rpc.formats import checksummed

PAGE: Final = 100
BLOCK_WAIT_SECONDS: Final = 0.25
JOB_STATES: Final = tuple(status.name.lower() for status in JobStatus if status)


@click.group()
def job() -> None:
    """Submit jobs to miners and get answers (submit ... rate); post and follow products."""


@job.command("post")
@click.option("-m", "m", type=int, default=512, show_default=True, help="Rows of A and C.")
@click.option("-n", "n", type=int, default=512, show_default=True, help="Columns of B and C.")
@click.option("-k", "k", type=int, default=512, show_default=True, help="Inner dimension.")
@click.option("--escrow", type=AMOUNT, default="0.5", show_default=True, help="Price of the job.")
@click.option(
    "--deadline",
    type=click.IntRange(10, 30 * 24 * 3600),
    default=600,
    show_default=True,
    help="Seconds until it must be taken, and then until a receipt.",
)
@click.option(
    "--window", type=click.IntRange(1, 4096), default=20, show_default=True, help="Blocks to check."
)
@click.option("--seed", type=HASH, help="Seed of the operands; random by default.")
@click.option("--every", type=click.FloatRange(min=1.0), help="Go on posting, every so many s.")
@click.option("--acknowledge", is_flag=True, help="With --every: accept right receipts at once.")
@transaction_options
def job_post(
    m: int,
    n: int,
    k: int,
    escrow: int,
    deadline: int,
    window: int,
    seed: bytes | None,
    every: float | None,
    acknowledge: bool,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Put a seeded int8 product A(m x k) x B(k x n) and its price into escrow."""
    order = Order(m=m, n=n, k=k, escrow=escrow, deadline_seconds=deadline, window_blocks=window)
    secret = signer.load()
    data = order.calldata(seed or secrets.token_bytes(32))
    if every is not None:
        if seed is not None:
            raise click.UsageError("--seed and --every exclude each other: a product is paid once")
        seconds = every
        run_with_chain(
            rpc_url, lambda chain: _keep_posting(chain, secret, order, seconds, acknowledge)
        )
        return

    async def post(chain: Chain) -> Outcome:
        return await transact(chain, secret, place_of(Marketplace), data, escrow, Marketplace)

    outcome = run_with_chain(rpc_url, post)
    event = _event(outcome, JobPosted)
    print_outcome(outcome, is_json=is_json, job=event["job_id"])


async def _keep_posting(
    chain: Chain, secret: bytes, order: Order, seconds: float, is_acknowledging: bool
) -> None:
    from node.logs import configure_logs

    configure_logs("info", is_json=False)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    poster = Poster(chain, secret, order, is_acknowledging=is_acknowledging)
    await poster.run(seconds, stop)


@job.command("list")
@click.option(
    "--status",
    type=click.Choice(["all", *JOB_STATES]),
    default="all",
    show_default=True,
    help="Which products.",
)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--mine", is_flag=True, help="What was submitted from this home, not products.")
@transaction_options
def job_list(
    status: str, limit: int, mine: bool, signer: SignerChoice, rpc_url: str, is_json: bool
) -> None:
    """List products, or with --mine the jobs submitted from this home, the newest first.

    A signer with --mine stands for one account's jobs; without one all accounts' are listed.
    """
    if signer.is_named and not mine:
        raise click.UsageError("an account chooses among your own jobs: add --mine")
    if mine:
        client = signer.address() if signer.is_named else None
        rows_here = submitted_rows(signer.home, client)[:limit]
        print_rows(rows_here, is_json=is_json, empty="no jobs yet: aitbc job submit")
        return
    rows = run_with_chain(rpc_url, lambda chain: _newest_jobs(chain, status, limit))
    print_rows([_job_row(row) for row in rows], is_json=is_json, empty=f"no jobs ({status})")


@job.command("show")
@click.argument("job_id", type=HASH)
@rpc_option
@json_flag
def job_show(job_id: bytes, rpc_url: str, is_json: bool) -> None:
    """Show one job and its receipt."""

    async def ask(chain: Chain) -> tuple[JobInfo, ReceiptInfo | None]:
        found = await chain.job(job_id)
        has_receipt = found.status in (JobStatus.SUBMITTED, JobStatus.SETTLED, JobStatus.FAILED)
        return found, await chain.receipt_of_lease(found.lease_id) if has_receipt else None

    found, receipt = run_with_chain(rpc_url, ask)
    if found.status == JobStatus.UNKNOWN:
        fail(f"there is no job 0x{job_id.hex()}", "List them with: aitbc job list")
    record: dict[str, Any] = {
        **_job_row(found),
        "seed": found.seed,
        "unit_price_wei": str(found.unit_price),
        "deadline_seconds": found.deadline_seconds,
        "window_blocks": found.window_blocks,
        "posted_height": found.posted_height,
        "lease": found.lease_id if any(found.lease_id) else None,
        "taken_height": found.taken_height or None,
        "bond_locked": format_ait(found.bond_locked),
        "receipt": None if receipt is None else receipt.receipt_id,
    }
    print_record(record, is_json=is_json)


@job.command("cancel")
@click.argument("job_id", type=HASH)
@transaction_options
def job_cancel(job_id: bytes, signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """Take back a product that nobody took, or an order without active lease, with its escrow."""
    secret = signer.load()

    async def act(chain: Chain) -> Outcome:
        if (await chain.job(job_id)).status != JobStatus.UNKNOWN:
            return await send_call(chain, secret, Marketplace, "cancelJob", job_id)
        method, subject = await cancelling_call(chain, job_id)
        return await send_call(chain, secret, Marketplace, method, subject)

    outcome = run_with_chain(rpc_url, act)
    print_outcome(outcome, is_json=is_json, refund=events_of(outcome, Marketplace).get("refund"))


@job.command("expire")
@click.argument("job_id", type=HASH)
@transaction_options
def job_expire(job_id: bytes, signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """Refund a job whose deadline passed; anybody may."""
    _send(Marketplace, "expireJob", job_id, signer=signer, rpc_url=rpc_url, is_json=is_json)


@click.group()
def receipt() -> None:
    """Compute receipts: show, verify, challenge."""


@receipt.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@rpc_option
@json_flag
def receipt_list(limit: int, rpc_url: str, is_json: bool) -> None:
    """List compute receipts, the newest first."""

    async def ask(chain: Chain) -> list[ReceiptInfo]:
        rows: list[ReceiptInfo] = []
        end = int(await chain.view(Receipts, "receiptCount"))
        while end and len(rows) < limit:
            start = max(0, end - PAGE)
            rows += reversed(await chain.view(Receipts, "receipts", start, end - start))
            end = start
        return rows[:limit]

    rows = run_with_chain(rpc_url, ask)
    print_rows([_receipt_row(row) for row in rows], is_json=is_json, empty="no receipts yet")


@receipt.command("show")
@click.argument("receipt_id", type=HASH)
@rpc_option
@json_flag
def receipt_show(receipt_id: bytes, rpc_url: str, is_json: bool) -> None:
    """Show one compute receipt."""

    async def ask(chain: Chain) -> tuple[ReceiptInfo, int]:
        return await _known_receipt(chain, receipt_id), (await chain.head()).height

    found, height = run_with_chain(rpc_url, ask)
    record = {
        **_receipt_row(found),
        "job": found.job_id,
        "lease": found.lease_id,
        "client": checksummed(found.client),
        "tile_root": found.tile_root,
        "acknowledged": found.is_acknowledged,
        "tiles_opened": found.tiles_opened,
        "window_end": found.window_end,
        "blocks_left": max(0, found.window_end - height),
    }
    print_record(record, is_json=is_json)


@receipt.command("verify")
@click.argument("receipt_id", type=HASH)
@click.option("--full", is_flag=True, help="Check the whole product, not only the drawn tiles.")
@click.option(
    "--result",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The miner's stored product, to check by Freivalds instead of computing again.",
)
@click.option("--threads", type=click.IntRange(1, 256), default=1, show_default=True)
@click.option(
    "--genesis",
    "genesis_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The chain's genesis file: trust begins there. Default: that of the home directory.",
)
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Node's home.")
@rpc_option
@json_flag
def receipt_verify(
    receipt_id: bytes,
    full: bool,
    result: Path | None,
    threads: int,
    genesis_file: Path | None,
    home: Path | None,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Check a receipt on this machine: that the chain holds it, signature, draw, tiles.

    RECEIPT_ID is a product's receipt, or a lease with a claim, whose signatures are then taken from
    the transaction that claimed. With a genesis file nothing is taken
    from the node on trust: validators' certificates are followed from block 0. Exit status 1 when a
    check fails.
    """
    from aitbc.proven import check_on_chain

    async def ask(chain: Chain) -> list[Check]:
        first, is_product = await check_on_chain(chain, receipt_id, genesis_file, home)
        if not is_product:
            claim = await known_claim(chain, receipt_id)
            evidence = await find_evidence(chain, claim)
            return [first, *await check_claim(chain, claim, evidence)]
        rest = await audit_receipt(chain, receipt_id, is_full=full, result=result, threads=threads)
        return [first, *rest]

    checks = run_with_chain(rpc_url, ask)
    failed = [check for check in checks if check.is_good is False]
    words = {True: "PASS", False: "FAIL", None: "OPEN"}
    if is_json:
        rows = [
            {"check": check.name, "result": words[check.is_good], "detail": check.detail}
            for check in checks
        ]
        print_json({"receipt": receipt_id, "is_right": not failed, "checks": rows})
    else:
        colours = {True: "green", False: "bold red", None: "yellow"}
        for check in checks:
            console.print(
                f"[{colours[check.is_good]}]{words[check.is_good]}[/]  {check.name}: "
                f"[dim]{check.detail}[/]",
                soft_wrap=True,
            )
    if failed:
        fail(
            f"{len(failed)} of {len(checks)} checks failed",
            "disprove it within the window: aitbc receipt challenge, aitbc dispute",
        )


@receipt.command("acknowledge")
@click.argument("receipt_id", type=HASH)
@transaction_options
def receipt_acknowledge(
    receipt_id: bytes, signer: SignerChoice, rpc_url: str, is_json: bool
) -> None:
    """Accept the work as its client: it may settle at once."""
    secret = signer.load()

    async def act(chain: Chain) -> Outcome:
        found = await _known_receipt(chain, receipt_id)
        signature = sign_acknowledgement(
            secret,
            chain_id=await chain.chain_id(),
            lease_id=found.lease_id,
            receipt_id=receipt_id,
            units=found.units,
            unit_price=found.unit_price,
        )
        return await send_call(chain, secret, Receipts, "acknowledge", receipt_id, signature)

    print_outcome(run_with_chain(rpc_url, act), is_json=is_json, receipt=receipt_id)


@receipt.command("settle")
@click.argument("receipt_id", type=HASH)
@transaction_options
def receipt_settle(receipt_id: bytes, signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """Pay an opened receipt whose window is over, or an acknowledged one; anybody may."""
    secret = signer.load()

    async def act(chain: Chain) -> Outcome:
        return await send_call(chain, secret, Receipts, "settle", receipt_id)

    outcome = run_with_chain(rpc_url, act)
    paid = _event(outcome, ReceiptSettled)["paid"]
    shown: dict[str, Any] = {"paid_wei": str(paid)} if is_json else {"paid": format_ait(paid)}
    print_outcome(outcome, is_json=is_json, receipt=receipt_id, **shown)


@receipt.command("fail")
@click.argument("receipt_id", type=HASH)
@transaction_options
def receipt_fail(receipt_id: bytes, signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """End a receipt whose drawn tiles were not opened in its window; anybody may."""
    _send(Receipts, "failReceipt", receipt_id, signer=signer, rpc_url=rpc_url, is_json=is_json)


@receipt.command("challenge")
@click.argument("receipt_id", type=HASH)
@click.option(
    "--result",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The miner's stored product, whose leaves lead to the committed root.",
)
@transaction_options
def receipt_challenge(
    receipt_id: bytes, result: Path, signer: SignerChoice, rpc_url: str, is_json: bool
) -> None:
    """Disprove a receipt: find a wrong tile in the committed result, commit to it and show it.

    Earns half of the bond that the miner locked for the lease, shared with who had committed
    before it was shown; it is paid, with the bond of the commitment, when others had their time.
    """
    secret = signer.load()

    async def act(chain: Chain) -> tuple[Outcome, int, int]:
        found = await _known_receipt(chain, receipt_id)
        info = await chain.job(found.job_id)
        spec = MatmulSpec(seed=Hash32(info.seed), m=info.m, n=info.n, k=info.k)
        product = read_product(result)
        if product.spec != spec or product.root != found.tile_root:
            raise ConfigError(
                f"{result} is not what this receipt commits to", "Get the miner's own result file"
            )
        for tile in range(spec.tiles):
            if product.levels[0][tile] != _right_leaf(spec, tile):
                number, salt = await _committed(chain, secret, receipt_id, tile, found.height)
                shown = (product.levels[0][tile], tuple(product.tile_path(tile)))
                values = (number, salt, receipt_id, tile, *shown)
                return await send_call(chain, secret, Disputes, "revealTile", *values), tile, number
        raise ConfigError("every tile is right", "There is nothing to challenge")

    outcome, tile, number = run_with_chain(rpc_url, act)
    print_outcome(
        outcome, is_json=is_json, receipt=receipt_id, wrong_tile=tile, challenge=number,
        paid_by=f"aitbc dispute claim-reward {number}",
    )  # fmt: skip


async def _committed(
    chain: Chain, secret: bytes, receipt_id: bytes, tile: int, first: int
) -> tuple[int, bytes]:
    """Commit to a wrong tile, unless that was done before, and wait for the next block.

    Returns the challenge's number and its salt.
    """
    me, chain_id = secret_to_address(secret), await chain.chain_id()
    evidence, fault = tile.to_bytes(32, "big"), Fault.WRONG_PRODUCT
    salt = salt_of(secret, receipt_id, fault, evidence)
    commitment = commitment_of(chain_id, me, receipt_id, fault, evidence, salt)
    height = (await chain.head()).height
    number = await find_challenge(chain, me, commitment, first, height)
    if number is None:
        bond = int(await chain.view(Disputes, "parameter", "challengeBondMin"))
        outcome = await send_call(
            chain, secret, Disputes, "commitChallenge", commitment, value=bond
        )
        number, height = int(_event(outcome, ChallengeCommitted)["challenge_id"]), outcome.height
    while True:
        if (await chain.head()).height > height:
            return number, salt
        await asyncio.sleep(BLOCK_WAIT_SECONDS)


def _right_leaf(spec: MatmulSpec, tile: int) -> bytes:
    from primitives.matmul import tile_leaf

    return tile_leaf(spec, tile, compute_tile(spec, tile))


async def _newest_jobs(chain: Chain, status: str, limit: int) -> list[JobInfo]:
    if status == "open":
        return await chain.open_jobs(limit)
    number = 0 if status == "all" else int(JobStatus[status.upper()])
    rows: list[JobInfo] = []
    end, _ = await chain.view(Marketplace, "jobCount")
    while end and len(rows) < limit:
        start = max(0, end - PAGE)
        page, _ = await chain.view(Marketplace, "jobs", number, start, end - start)
        rows += reversed(page)
        end = start
    return rows[:limit]


async def _known_receipt(chain: Chain, receipt_id: bytes) -> ReceiptInfo:
    found = await chain.receipt(receipt_id)
    if found.status == ReceiptStatus.UNKNOWN:
        raise ConfigError(
            f"there is no receipt 0x{receipt_id.hex()}", "List them with: aitbc receipt list"
        )
    return found


def _send(
    contract: type[Any],
    method: str,
    *values: object,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    secret = signer.load()

    async def act(chain: Chain) -> Outcome:
        return await send_call(chain, secret, contract, method, *values)

    print_outcome(run_with_chain(rpc_url, act), is_json=is_json)


def _event(outcome: Outcome, event: type) -> dict[str, Any]:
    for _, topics, data in outcome.logs:
        values = decode_event(event, topics, data)
        if values is not None:
            return values
    raise ConfigError(
        f"the node's receipt lacks the {event.__name__} event", "Ask another node with --rpc"
    )


def _job_row(row: JobInfo) -> dict[str, Any]:
    return {
        "job": row.job_id,
        "status": JobStatus(row.status).name.lower(),
        "size": f"{row.m} x {row.n} x {row.k}",
        "escrow": format_ait(row.escrow),
        "client": checksummed(row.client),
        "miner": checksummed(row.miner) if any(row.miner) else None,
    }


def _receipt_row(row: ReceiptInfo) -> dict[str, Any]:
    return {
        "receipt": row.receipt_id,
        "status": ReceiptStatus(row.status).name.lower(),
        "miner": checksummed(row.miner),
        "height": row.height,
        "macs": row.units,
        "price": format_ait(row.units * row.unit_price),
    }
