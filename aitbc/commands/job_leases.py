"""Jobs that miners do under a lease: submit, status, result, ask, reclaim, rate.

What was ordered, asked and answered is kept in HOME/client/ACCOUNT; every command goes on where the
one before stopped, whatever happened in between.
"""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.text import Text

from aitbc.arguments import ADDRESS, DURATION, HASH, text_argument
from aitbc.commands.job_quorums import (
    SIZE_DEFAULT,
    SIZES,
    best_answer,
    print_seats,
    quorum_status,
    refuse_quorum,
)
from aitbc.commands.job_records import folder_of, path_of, path_read, receipts
from aitbc.commands.job_requests import Sampling, plan_of, sampling_options, verifier_of
from aitbc.output import (
    Wei,
    When,
    clean_text,
    errors,
    format_ait,
    print_record,
)
from aitbc.signing import SignerChoice, run_with_chain, transaction_options
from aitbc.wishes import wish_options
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.market_messages import OfferInfo, OrderTerms
from contracts.marketplace.v1.records import OrderStatus
from contracts.receipts.v1.contract import Receipts
from miner.chain import Chain
from miner.client import endings
from miner.client.faults import JobOverError, MinerSilentError, NotReadyError
from miner.client.log import Exchange, JobLog, list_jobs
from miner.client.orders import (
    Wish,
    cheapest_price,
    is_wished,
    list_offers,
    make_quorum_terms,
    make_terms,
)
from miner.client.quorums import QuorumJob, SeatReport, read_members, reports
from miner.client.session import ClientSession, Manners, new_job
from miner.client.verification import LEVELS, Verifier
from primitives.compute import CLASS_QUORUM
from primitives.errors import ConfigError
from primitives.keys import secret_to_address
from rpc.formats import checksummed

T = TypeVar("T")
LEASE_WAIT_SECONDS: Final = 600
GO_ON: Final = "result {} --wait"


@click.command("submit")
@text_argument
@sampling_options
@wish_options
@click.option("--miner", type=ADDRESS, help="Take this miner's cheapest offer for the model.")
@click.option("--offer", "offer_id", type=click.IntRange(min=1), help="Take this offer.")
@click.option("--auction", type=DURATION, help="Let miners bid so long, and reveal as long.")
@click.option("--units", type=click.IntRange(min=1), help="Order more, for job ask; max-tokens.")
@click.option(
    "--verify", type=click.Choice(LEVELS), default="none", show_default=True,
    help="Execute exact answers again before acknowledging: all, or one in eight.",
)  # fmt: skip
@click.option(
    "--quorum", type=click.Choice(SIZES), help=f"Of class v3: miners that answer [{SIZE_DEFAULT}]."
)
@click.option("--wait", is_flag=True, help="Stay until the answer is here.")
@click.option(
    "--patience", type=DURATION, default=LEASE_WAIT_SECONDS, help="With --wait: for a miner."
)
@transaction_options
def submit(
    text: str,
    sampling: Sampling,
    make_wish: Callable[..., Wish],
    miner: bytes | None,
    offer_id: int | None,
    auction: int | None,
    units: int | None,
    verify: str,
    quorum: str | None,
    wait: bool,
    patience: int,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Have TEXT answered by a miner: order, lease, sealed prompt, checked answer, payment.

    Prints the answer with --wait, else the job, whose answer aitbc job result fetches. Progress
    goes to the error stream. Nothing is paid for an answer that fails a check.

    With --class v3 several miners, drawn by beacon, answer the same; what most of them say is the
    answer, and they alone are paid.
    """
    if not text:
        raise click.UsageError("the prompt is empty")
    wish = make_wish(signer.home, units or 1)
    size = _quorum_size(wish, quorum, (miner, offer_id, auction), units)
    if auction is not None:
        wish = replace(wish, expiry_seconds=0)
    asked = plan_of(signer.home, wish.kind, wish.model_root, text, sampling, units=units)
    wish = replace(wish, units_max=units or asked.tokens_max)
    secret = signer.load()

    async def act(chain: Chain) -> tuple[JobLog, Exchange]:
        named = offer_id or (0 if miner is None else await _offer_of(chain, miner, wish))
        terms = await _terms(chain, secret, wish, named, size)
        job = await new_job(
            chain, secret, kind=wish.kind, model="0x" + wish.model_root.hex(), offer_id=named,
            verify=verify, quorum=size,
        )  # fmt: skip
        verifier = verifier_of(signer.home, wish.kind, wish.model_root, verify)
        log = JobLog.create(folder_of(signer.home, job.client), job)
        begun.append(log)
        session = _session(chain, secret, log, verifier)
        try:
            exchange = session.plan(asked.options, prompt=asked.prompt, tokens=asked.tokens)
            await session.post(terms, None if auction is None else (auction, auction))
            _tell(f"order 0x{log.job.order_id.hex()} posted")
            if size:
                async with quorum_of(session) as members:
                    _tell(f"quorum {await members.post(terms)} opened")
            if wait:
                exchange = await _finish(session, exchange, patience)
            elif not size:
                with suppress(NotReadyError):
                    await session.find_lease(patience_seconds=0)
        finally:
            await session.close()
            log.close()
        return log, exchange

    begun: list[JobLog] = []
    with _stoppable(begun, GO_ON):
        log, exchange = run_with_chain(rpc_url, act)
    _print_result(log, exchange, is_json=is_json)


@click.command("status")
@click.argument("job_id", type=HASH)
@transaction_options
def status(job_id: bytes, signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """Show how far a submitted job has come: order, lease, requests, vouchers, claim."""
    log = JobLog.read(path_read(signer, job_id))
    if not log.job.quorum:
        print_record(run_with_chain(rpc_url, lambda chain: _status(chain, log)), is_json=is_json)
        return

    async def ask(chain: Chain) -> tuple[dict[str, Any], list[SeatReport]]:
        now = (await chain.head()).timestamp
        shown = {"job": log.job.order_id, **await quorum_status(chain, log, now)}
        return shown, await reports(chain, log, [log, *read_members(log)])

    shown, seats = run_with_chain(rpc_url, ask)
    print_seats(shown, seats, is_json=is_json)


@click.command("result")
@click.argument("job_id", type=HASH)
@click.option("--wait", is_flag=True, help="Go on with the job until the answer is here.")
@click.option("--patience", type=DURATION, default=LEASE_WAIT_SECONDS, help="For a miner.")
@transaction_options
def result(
    job_id: bytes, wait: bool, patience: int, signer: SignerChoice, rpc_url: str, is_json: bool
) -> None:
    """Print a job's newest answer; with a signer and --wait, go on until it is here."""
    path = path_of(signer.home, job_id)
    log = JobLog.read(path)
    if log.last is None:
        raise JobOverError("nothing was asked of this job", "ask: aitbc job ask JOB TEXT")
    if not wait:
        best = best_answer(log)
        if best is None or best.answer is None:
            raise NotReadyError(
                "there is no answer yet", "wait for it: aitbc job result --wait, with the signer"
            )
        if not log.job.quorum and best.seq < log.last.seq:
            _tell(
                f"request {log.last.seq} has no answer yet; this is the answer to request "
                f"{best.seq}; wait: aitbc job result JOB --wait, with the signer"
            )
        _print_result(log, best, is_json=is_json)
        return

    async def act(session: ClientSession) -> Exchange:
        exchange = session.log.last
        assert exchange is not None
        return await _finish(session, exchange, patience)

    log, exchange = _run(signer, rpc_url, path, act)
    _print_result(log, exchange, is_json=is_json)


@click.command("ask")
@click.argument("job_id", type=HASH)
@text_argument
@sampling_options
@transaction_options
def ask(
    job_id: bytes,
    text: str,
    sampling: Sampling,
    signer: SignerChoice,
    rpc_url: str,
    is_json: bool,
) -> None:
    """Ask another TEXT under a job's lease, as far as its units reach."""
    path = path_of(signer.home, job_id)
    log = JobLog.read(path)
    refuse_quorum(log, "answers one request", "submit another: aitbc job submit --class v3")
    root = bytes.fromhex(log.job.model[2:])

    async def act(session: ClientSession) -> Exchange:
        session.check_finished()
        left = await session.units_left()
        asked = plan_of(signer.home, log.job.kind, root, text, sampling, left=left)
        if sampling.max_tokens is None:
            session.manners.tell(f"at most {asked.tokens_max} tokens; the lease has {left} left")
        exchange = session.plan(asked.options, prompt=asked.prompt, tokens=asked.tokens)
        return await _finish(session, exchange, LEASE_WAIT_SECONDS)

    log, exchange = _run(signer, rpc_url, path, act)
    _print_result(log, exchange, is_json=is_json)


@click.command("reclaim")
@click.argument("job_id", type=HASH)
@click.option("--wait", is_flag=True, help="Stay until it has ended.")
@click.option("--patience", type=DURATION, default=86_400, help="With --wait.")
@transaction_options
def reclaim(
    job_id: bytes, wait: bool, patience: int, signer: SignerChoice, rpc_url: str, is_json: bool
) -> None:
    """Take the rest of a job's escrow back from a silent miner: ask for it, wait, finish.

    The miner has one response time to publish the answer; if he does, it is opened and checked. Of
    a quorum's job every order is taken back that no majority is paid for.
    """
    path = path_of(signer.home, job_id)
    if JobLog.read(path).job.quorum:
        _end_quorum(signer, rpc_url, path, QuorumJob.take_back, "reclaim {}", is_json=is_json)
        return

    async def act(session: ClientSession) -> str:
        try:
            seconds = patience if wait else 1
            return (await endings.reclaim(session, patience_seconds=seconds)).name.lower()
        except NotReadyError as error:
            if wait:
                raise
            _tell(f"{error.problem}; {error.remedy}")
            return LeaseStatus((await session.lease()).status).name.lower()

    log, ended = _run(signer, rpc_url, path, act, "reclaim {} --wait")
    last = log.last_answered
    text = last.answer.delivered.decode(errors="replace") if last and last.answer else None
    print_record({"job": log.job.order_id, "lease": ended, "answer": text}, is_json=is_json)


@click.command("settle")
@click.argument("job_id", type=HASH)
@click.option("--patience", type=DURATION, default=3_600, help="How long to wait.")
@transaction_options
def settle(job_id: bytes, patience: int, signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """Wait until a job's lease has ended, and settle it when its claim is due.

    Of a quorum's job: until it is counted and all its leases have ended; shows who was paid what.
    """
    path = path_of(signer.home, job_id)
    if JobLog.read(path).job.quorum:

        async def settle_all(members: QuorumJob) -> list[SeatReport]:
            return await members.settle(patience_seconds=patience)

        _end_quorum(signer, rpc_url, path, settle_all, "settle {}", is_json=is_json)
        return

    async def act(session: ClientSession) -> Any:
        return await endings.await_settlement(session, patience_seconds=patience)

    log, outcome = _run(signer, rpc_url, path, act, "settle {}")
    record = {
        "job": log.job.order_id,
        "lease": LeaseStatus(outcome.status).name.lower(),
        "paid": Wei(outcome.paid),
    }
    print_record(record, is_json=is_json)


@click.command("rate")
@click.argument("job_id", type=HASH)
@click.argument("stars", type=click.IntRange(1, 5))
@transaction_options
def rate(job_id: bytes, stars: int, signer: SignerChoice, rpc_url: str, is_json: bool) -> None:
    """Rate the miner of a settled job with 1 to 5 stars."""
    path = path_of(signer.home, job_id)
    refuse_quorum(JobLog.read(path), "has several miners", "rate each lease: aitbc market rate")

    async def act(session: ClientSession) -> None:
        await endings.rate(session, stars)

    log, _ = _run(signer, rpc_url, path, act, "rate {} STARS")
    print_record({"job": log.job.order_id, "stars": stars}, is_json=is_json)


def submitted_rows(home: Path | None, client: bytes | None = None) -> list[dict[str, Any]]:
    """Return the jobs that a client, or anybody, submitted from a home, the newest first."""
    folder = folder_of(home)
    logs = [log for place in folder.glob("*") if place.is_dir() for log in list_jobs(place)]
    logs = [log for log in logs if client in (None, log.job.client)]
    logs.sort(key=lambda log: -log.job.created_at)
    return [
        {
            "job": log.job.order_id,
            "requests": len(log.exchanges),
            "answers": sum(e.answer is not None for e in log.exchanges.values()),
            "units": log.units,
            "acknowledged": Wei(log.amount),
            "ended": log.ending or None,
            "client": checksummed(log.job.client),
        }
        for log in logs
    ]


COMMANDS: Final = (submit, status, result, ask, receipts, reclaim, settle, rate)


# --- parts --------------------------------------------------------------------------------------


def _quorum_size(wish: Wish, quorum: str | None, named: tuple[Any, ...], units: int | None) -> int:
    """Return how many miners answer, 0 for one alone; ``named`` are the ways to choose that one.

    Raises:
        UsageError: the choices exclude each other.
    """
    if sum(choice is not None for choice in named) > 1:
        raise click.UsageError("--miner, --offer and --auction exclude each other")
    if not wish.classes & CLASS_QUORUM:
        if quorum:
            raise click.UsageError("--quorum needs --class v3")
        return 0
    if any(choice is not None for choice in (*named, units)):
        raise click.UsageError(
            "a quorum's miners are drawn, for one request: no --miner, --offer, --auction, --units"
        )
    return int(quorum or SIZE_DEFAULT)


async def _terms(chain: Chain, secret: bytes, wish: Wish, named: int, size: int) -> OrderTerms:
    """Return the terms of an order, or of each of a quorum's; ``named`` is an offer, or 0."""
    if size:
        return await make_quorum_terms(chain, secret, wish, size)
    asked = None
    if named:
        offer: OfferInfo = await chain.view(Marketplace, "offer", named)
        asked = offer.terms.unit_price
        if not wish.unit_price_max and not wish.budget:
            wish = replace(wish, unit_price_max=asked)
    terms = await make_terms(chain, secret, wish)
    if wish.budget and not wish.unit_price_max and wish.expiry_seconds:
        asked = asked or await cheapest_price(chain, secret_to_address(secret), wish, terms)
        if asked is not None and asked > terms.unit_price_max:
            needed = format_ait(asked * terms.units_max)
            raise ConfigError(
                f"no offer takes {terms.units_max} units for a budget of {format_ait(wish.budget)}",
                f"The cheapest that fits asks {needed}: --budget "
                f"{needed.removesuffix(' AIT').replace(',', '')}, or order fewer units",
            )
    return terms


@asynccontextmanager
async def quorum_of(session: ClientSession) -> AsyncIterator[QuorumJob]:
    """Open the other orders of a quorum's job."""
    members = QuorumJob(session)
    try:
        yield members
    finally:
        await members.close()


def _end_quorum(
    signer: SignerChoice,
    rpc_url: str,
    path: Path,
    work: Callable[[QuorumJob], Awaitable[list[SeatReport]]],
    again: str,
    *,
    is_json: bool,
) -> None:
    """End a quorum's job as far as it can be, and show every seat; ``again`` as in ``_run``."""

    async def act(session: ClientSession) -> list[SeatReport]:
        async with quorum_of(session) as members:
            return await work(members)

    log, seats = _run(signer, rpc_url, path, act, again)
    print_seats({"job": log.job.order_id, "quorum": log.quorum_id}, seats, is_json=is_json)


async def _finish(session: ClientSession, exchange: Exchange, patience: int) -> Exchange:
    """Bring a planned request to its answer; a silent miner's may stand on the chain.

    Of a quorum it is the answer of most.
    """
    if session.log.job.quorum:
        async with quorum_of(session) as members:
            return await members.collect(patience_seconds=patience)
    if exchange.answer is None:
        await session.find_lease(patience_seconds=patience)
        _tell(f"lease 0x{(session.log.lease_id or b'').hex()} is active")
    try:
        await session.ask(exchange)
    except MinerSilentError:
        if await endings.take_posted(session) is None:
            raise
    return exchange


async def _status(chain: Chain, log: JobLog) -> dict[str, Any]:
    order = await chain.view(Marketplace, "order", log.job.order_id)
    now = (await chain.head()).timestamp
    record: dict[str, Any] = {
        "job": log.job.order_id,
        "order": OrderStatus(order.status).name.lower(),
        "posted": When(order.posted_at, now),
        "requests": len(log.exchanges),
        "answers": sum(e.answer is not None for e in log.exchanges.values()),
        "acknowledged units": log.units,
        "acknowledged": Wei(log.amount),
    }
    if order.bid_seconds:
        bids_end = order.posted_at + order.bid_seconds
        record |= {
            "bids": order.bid_count,
            "bids until": When(bids_end, now),
            "reveals until": When(bids_end + order.reveal_seconds, now),
        }
    refused = [e.refused for e in log.exchanges.values() if e.refused]
    if refused:
        record["refused"] = refused
    if any(order.lease_id):
        lease = await chain.view(Marketplace, "lease", order.lease_id)
        claim = await chain.view(Receipts, "claim", order.lease_id)
        record |= {
            "lease": order.lease_id,
            "lease status": LeaseStatus(lease.status).name.lower(),
            "miner": checksummed(lease.miner),
            "escrow": Wei(lease.escrow),
            "prepaid": Wei(lease.prepaid),
            "claimed": Wei(claim.amount) if claim.height else None,
            "settles after block": claim.window_end if claim.height else None,
        }
    return record


def _run(
    signer: SignerChoice,
    rpc_url: str,
    path: Path,
    act: Callable[[ClientSession], Awaitable[T]],
    again: str = GO_ON,
) -> tuple[JobLog, T]:
    """Open a job's log and go on with it; ``again`` is the command that goes on after Ctrl-C."""
    secret = signer.load()
    log = JobLog.open(path)
    try:
        if log.job.client != secret_to_address(secret):
            raise ConfigError(
                f"the job is {checksummed(log.job.client)}'s",
                "Sign with the account that posted it",
            )

        async def work(chain: Chain) -> T:
            root = bytes.fromhex(log.job.model[2:])
            verifier = verifier_of(signer.home, log.job.kind, root, log.job.verify)
            session = _session(chain, secret, log, verifier)
            try:
                return await act(session)
            finally:
                await session.close()

        with _stoppable([log], again):
            return log, run_with_chain(rpc_url, work)
    finally:
        log.close()


@contextmanager
def _stoppable(logs: list[JobLog], again: str) -> Iterator[None]:
    """Tell who stops waiting which command goes on; ``logs`` has the job once there is one."""
    try:
        yield
    except KeyboardInterrupt:
        for log in logs:
            name = "0x" + log.job.order_id.hex()
            _tell(f"stopped waiting; the job goes on: aitbc job {again.format(name)}")
        raise


def _session(chain: Chain, secret: bytes, log: JobLog, verifier: Verifier | None) -> ClientSession:
    return ClientSession(chain, secret, log, verifier=verifier, manners=make_manners())


def make_manners() -> Manners:
    """Return how patient the commands are; they speak on the error stream."""
    return Manners(tell=_tell)


def _tell(words: str) -> None:
    errors.print(Text(clean_text(words), style="dim"), soft_wrap=True)


async def _offer_of(chain: Chain, miner: bytes, wish: Wish) -> int:
    """Return the number of a miner's cheapest offer for what is wished."""
    rows = [
        row
        for row in await list_offers(chain, wish.unit_kind)
        if row.miner == miner and is_wished(row, wish)
    ]
    if not rows:
        raise ConfigError(
            f"{checksummed(miner)} offers nothing of the kind", "List offers: aitbc market offers"
        )
    return min(rows, key=lambda row: (row.terms.unit_price, row.offer_id)).offer_id


def _way_back(log: JobLog) -> str:
    return "reclaim" if log.job.quorum else "cancel"


def _print_result(log: JobLog, exchange: Exchange, *, is_json: bool) -> None:
    answer, receipt = exchange.answer, exchange.receipt
    if answer is not None and not is_json:
        sys.stdout.write(clean_text(answer.delivered.decode(errors="replace")) + "\n")
        return
    record: dict[str, Any] = {"job": log.job.order_id, "lease": log.lease_id}
    if answer is not None and receipt is not None:
        record |= {
            "answer": answer.delivered.decode(errors="replace"),
            "is_complete": answer.is_complete,
            "seq": exchange.seq,
            "units": receipt.units,
            "price": Wei(receipt.units * receipt.unit_price),
            "receipt": receipt.struct_hash(),
            "acknowledged": exchange.voucher is not None,
        }
    print_record(record, is_json=is_json)
    if answer is None and not is_json:
        name = "0x" + log.job.order_id.hex()
        _tell(f"fetch the answer: aitbc job result {name} --wait")
        if log.lease_id is None:
            _tell(f"until a miner accepts, take the escrow back: aitbc job {_way_back(log)} {name}")
