"""The miner's loop: find jobs, take, compute, sign, submit, open, settle.

The loop owns no truth: the chain says where a lease stands (``miner.plan``), the journal keeps what
this machine added. Invariants:

L1. At most ``jobs_max`` leases are unfinished, and the bond free on the chain covers each new one.
L2. One product is computed at a time, on its own threads; the loop goes on meanwhile.
L3. A claim is signed once; another is signed for the same lease only after the chain refused the
    former as stale, which it can never accept later.
L4. Draining takes nothing new and ends when every lease is past its last deadline (opened): what
    is left, settlement, is done at the next start or by anybody.
"""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeVar, cast

import structlog

from contracts.marketplace.v1.contract import MINER_BOND_MIN, Marketplace
from contracts.marketplace.v1.messages import JobInfo, JobStatus
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptInfo, ReceiptSettled, ReceiptStatus
from miner.account import Landed, MinerAccount
from miner.amounts import format_ait
from miner.chain import Chain, Head, Outcome, RefusedError
from miner.claim import build_claim, claim_values, sign_claim
from miner.journal import Journal, LeaseRecord, LeaseState
from miner.native_calls import Refusal, decode_event, encode_native, place_of
from miner.plan import Decision, Facts, Step, net_pay, next_step, take_delay, tiles_per_opening
from miner.registration import ensure_registered, find_lost_leases, new_lease
from miner.tally import Tally
from miner.work import FillProduct, Product, ProductStore
from primitives.compute import decode_compute_receipt
from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.matmul import MatmulSpec
from primitives.types import Hash32
from rpc.client import NodeUnreachableError, RpcCallError

JOBS_LOOKED_AT: Final = 500
GAS_PER_JOB: Final = 1_500_000
"""Take, submit, open and settle together, rounded up: a job must pay more than this costs."""
RETRY_BLOCKS_MAX: Final = 32
ASSUMED_MACS_PER_SECOND: Final = 10**9
DRAIN_FAILURES_MAX: Final = 5
PAUSE_SECONDS_MAX: Final = 10.0


T = TypeVar("T")
Compute = Callable[[Callable[[], T]], Awaitable[T]]
"""Runs a function that computes beside the loop, when a device is free."""


class Part(Protocol):
    """What else a miner does, on the same account: leases, certificates."""

    async def step(self, head: Head, *, is_draining: bool) -> None:
        """Look at the newest block."""

    def on_landed(self, landed: Landed) -> None:
        """Take note of a transaction whose fate is known, whoever sent it."""

    @property
    def is_drained(self) -> bool:
        """Answer whether leaving now misses no deadline."""

    def status(self) -> dict[str, Any]:
        """Return what the status page shows of this part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinerSettings:
    """What a miner may do; amounts in wei. Without products it leaves seeded jobs to others."""

    jobs_max: int = 4
    threads: int = 1
    bond: int = MINER_BOND_MIN
    pay_min: int = 0
    endpoint: str = ""
    is_once: bool = False
    poll_seconds: float = 0.5
    drain_seconds: float = 120.0
    takes_products: bool = True
    is_patient: bool = False
    """Leave a new job to others for a few drawn blocks (``take_delay``)."""


class Miner:
    """One miner's account at work."""

    def __init__(
        self,
        *,
        chain: Chain,
        account: MinerAccount,
        journal: Journal,
        products: ProductStore,
        fill: FillProduct,
        secret: bytes,
        settings: MinerSettings,
        clock: Callable[[], float] = time.monotonic,
        tally: Tally | None = None,
        compute: Compute[Any] = asyncio.to_thread,
    ) -> None:
        self._chain = chain
        self._account = account
        self._journal = journal
        self._products = products
        self._fill = fill
        self._secret = secret
        self._settings = settings
        self._clock = clock
        self.tally = tally or Tally(clock)
        self.parts: Sequence[Part] = ()
        self._compute = compute
        self.is_draining = False
        self._log = structlog.get_logger("miner")
        self._chain_id = 0
        self._draw_last = 0
        self._bond = 0
        self._ready: dict[bytes, Product] = {}
        self._computing: dict[bytes, asyncio.Future[tuple[Product, int]]] = {}
        self._retry_height: dict[bytes, tuple[int, int]] = {}
        self._taken = 0
        self._seen: dict[bytes, int] = {}

    # --- life -------------------------------------------------------------------------------

    async def start(self) -> None:
        """Learn the chain's parameters, register when needed, pick up what was left.

        Raises:
            ConfigError: the account cannot be a miner as it stands.
        """
        self._chain_id = await self._chain.chain_id()
        _, self._draw_last, _ = await self._chain.view(Receipts, "parameters")
        settings = self._settings
        info = await ensure_registered(
            self._chain, self._account, settings.bond, settings.endpoint, settings.poll_seconds
        )
        self._bond = info.bond
        self._log.info(
            "miner",
            address="0x" + self._account.address.hex(),
            bond=format_ait(info.bond),
            unfinished=len(self._journal.unfinished),
        )
        miner = self._account.address
        lost = await find_lost_leases(self._chain, miner, self._journal, info.open_leases)
        for lease in lost:
            self._log.warning("lease found on the chain", job=_short(lease.job_id))
            self._journal.save_lease(lease)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set and drained, or with ``is_once`` until one job is settled."""
        drain_from: float | None = None
        failures = 0
        while True:
            if stop.is_set() and drain_from is None:
                drain_from = self._clock()
                self.is_draining = True
                found = self.status()
                deals = len(found.get("deals", ()))
                self._log.info("draining", products=len(found["leases"]), leases=deals)
            try:
                await self.step()
                failures = 0
            except (NodeUnreachableError, RpcCallError, DecodeError) as error:
                failures += 1
                self.tally.note_unreachable()
                self._log.warning("no answer from the chain", error=str(error), tries=failures)
            if drain_from is not None and (
                self.is_drained
                or failures >= DRAIN_FAILURES_MAX
                or self._clock() - drain_from > self._settings.drain_seconds
            ):
                return
            if self._settings.is_once and self._taken and not self._journal.unfinished:
                return
            await self._pause(stop if drain_from is None else asyncio.Event(), failures)

    async def close(self) -> None:
        """Stop computing; a product under way is computed again at the next start."""
        for task in self._computing.values():
            task.cancel()
        await asyncio.gather(*self._computing.values(), return_exceptions=True)

    @property
    def is_drained(self) -> bool:
        """Answer whether no lease has a deadline left to miss (L4)."""
        return (
            not self._journal.pending
            and all(lease.state is LeaseState.OPENED for lease in self._journal.unfinished)
            and all(part.is_drained for part in self.parts)
        )

    async def step(self) -> None:
        """Look at the newest block once and do what it allows."""
        head = await self._chain.head()
        if head.height < self.tally.head_height:
            return  # another node answered, which is behind
        self.tally.note_head(head.height)
        for landed in await self._account.poll(head.height):
            self._on_landed(landed)
            for part in self.parts:
                part.on_landed(landed)
        for lease in self._journal.unfinished:
            await self._advance_guarded(lease, head)
        is_taking = self._settings.takes_products and not self.is_draining
        if is_taking and not (self._settings.is_once and self._taken):
            await self._take_jobs(head)
        for part in self.parts:
            await part.step(head, is_draining=self.is_draining)
        self._products.drop_finished([lease.job_id for lease in self._journal.unfinished])

    def status(self) -> dict[str, Any]:
        """Return what the status page shows, ready for JSON."""
        parts: dict[str, Any] = {}
        for part in self.parts:
            parts |= part.status()
        return {
            "address": "0x" + self._account.address.hex(),
            "pid": os.getpid(),
            "chain_id": self._chain_id,
            "draining": self.is_draining,
            "bond_wei": str(self._bond),
            "leases": [
                {
                    "job_id": "0x" + lease.job_id.hex(),
                    "state": lease.state.value,
                    "receipt_id": "0x" + lease.receipt_id.hex() if lease.receipt_id else None,
                    "macs": str(lease.macs),
                    "escrow_wei": str(lease.escrow),
                    "reason": lease.reason,
                }
                for lease in self._journal.unfinished
            ],
            **self.tally.summary(),
            **parts,
        }

    # --- one lease --------------------------------------------------------------------------

    async def _advance_guarded(self, lease: LeaseRecord, head: Head) -> None:
        """Advance a lease; a refusal is shown and asked again some blocks later."""
        due, tries = self._retry_height.get(lease.job_id, (0, 0))
        if head.height < due:
            return
        try:
            await self._advance(lease, head)
        except RefusedError as error:
            self._on_refusal(lease, error.refusal, head.height, tries)
        except RpcCallError as error:
            refusal = Refusal(code="NodeRefused", explanation=error.reason)
            self._on_refusal(lease, refusal, head.height, tries)

    async def _advance(self, lease: LeaseRecord, head: Head) -> None:
        task = self._computing.get(lease.job_id)
        if task is not None:
            if not task.done():
                return
            lease = self._on_computed(lease, task, head)
        job = await self._chain.job(lease.job_id)
        receipt = await self._receipt(lease, job)
        lease = self._mirror(lease, job, receipt)
        facts = Facts(
            height=head.height,
            miner=self._account.address,
            job=job,
            receipt=receipt,
            draw_last=self._draw_last,
        )
        decision = next_step(facts, is_computed=self._product(lease) is not None)
        match decision.step:
            case Step.WAIT:
                pass
            case Step.FINISH:
                self._finish(lease, decision)
            case Step.COMPUTE:
                self._start_computing(lease, head)
            case Step.TAKE:
                if not self._account.is_busy(f"take:{lease.job_id.hex()}"):
                    await self._send_take(lease, head.height)
            case Step.SUBMIT:
                await self._submit(lease, job, head)
            case Step.OPEN:
                await self._open(lease, receipt, head.height)
            case Step.SETTLE:
                await self._settle(lease, receipt, head.height)

    async def _receipt(self, lease: LeaseRecord, job: JobInfo) -> ReceiptInfo | None:
        """Return the receipt that stands for our lease, whoever sent it."""
        if job.status != JobStatus.SUBMITTED or job.miner != self._account.address:
            return None
        if lease.receipt_id:
            info = await self._chain.receipt(lease.receipt_id)
            if info.status != ReceiptStatus.UNKNOWN:
                return info
        return await self._chain.receipt_of_lease(job.lease_id)

    def _mirror(self, lease: LeaseRecord, job: JobInfo, receipt: ReceiptInfo | None) -> LeaseRecord:
        """Write down what the chain says of a lease of ours, when it is news."""
        if job.miner != self._account.address:
            return lease
        state, receipt_id = lease.state, lease.receipt_id
        if state is LeaseState.TAKING and job.status != JobStatus.OPEN:
            state = LeaseState.TAKEN
            self._log.info("job taken", job=_short(lease.job_id), escrow=format_ait(job.escrow))
        if receipt is not None:
            is_opened = receipt.status == ReceiptStatus.OPENED
            state = LeaseState.OPENED if is_opened else LeaseState.SUBMITTED
            receipt_id = receipt.receipt_id
            if lease.state not in (LeaseState.SUBMITTED, LeaseState.OPENED):
                self._log.info(
                    "receipt accepted", receipt=_short(receipt_id), height=receipt.height
                )
        if (state, receipt_id, job.lease_id) == (lease.state, lease.receipt_id, lease.lease_id):
            return lease
        return self._save(lease, state=state, receipt_id=receipt_id, lease_id=job.lease_id)

    def _start_computing(self, lease: LeaseRecord, head: Head) -> None:
        if self._computing:
            return
        spec = _spec(lease)
        if not lease.started_at:
            self._save(lease, started_at=head.timestamp)
        job_id, threads = lease.job_id, self._settings.threads

        def work() -> tuple[Product, int]:
            start = time.perf_counter_ns()
            product = self._products.compute(job_id, spec, self._fill, threads)
            return product, (time.perf_counter_ns() - start) // 1_000_000

        self._computing[job_id] = asyncio.ensure_future(self._compute(work))

    def _on_computed(
        self, lease: LeaseRecord, task: asyncio.Future[tuple[Product, int]], head: Head
    ) -> LeaseRecord:
        del self._computing[lease.job_id]
        product, milliseconds = task.result()
        self._ready[lease.job_id] = product
        self.tally.note_computed(lease.macs, milliseconds)
        self._log.info(
            "product computed",
            job=_short(lease.job_id),
            milliseconds=milliseconds,
            gmacs_per_second=round(self.tally.macs_per_second / 1e9, 2),
        )
        state = lease.state
        if state in (LeaseState.TAKING, LeaseState.TAKEN):
            state = LeaseState.COMPUTED
        return self._save(lease, state=state, ended_at=head.timestamp, compute_ms=milliseconds)

    def _product(self, lease: LeaseRecord) -> Product | None:
        """Return the product, from memory or from a former run's file."""
        product = self._ready.get(lease.job_id)
        if product is None and lease.job_id not in self._computing:
            product = self._products.load(lease.job_id, _spec(lease))
            if product is not None:
                self._ready[lease.job_id] = product
        return product

    async def _submit(self, lease: LeaseRecord, job: JobInfo, head: Head) -> None:
        purpose = f"submit:{lease.job_id.hex()}"
        product = self._ready[lease.job_id]
        if self._account.is_busy(purpose):
            return
        if not lease.claim:
            beacon, _ = await self._chain.view(Receipts, "freshBeacon")
            ended = max(lease.ended_at, lease.started_at) or head.timestamp
            started = lease.started_at or ended
            claim = build_claim(job, product.root, beacon, started, ended)
            lease = self._save(
                lease,
                claim=claim.encode(),
                signature=sign_claim(self._secret, claim, self._chain_id),
                receipt_id=claim.struct_hash(),
            )
        claim = decode_compute_receipt(lease.claim)
        data = encode_native(
            Receipts, "submitReceipt", claim_values(claim), lease.signature, product.root
        )
        await self._send(purpose, Receipts, data, head.height)

    async def _open(self, lease: LeaseRecord, receipt: ReceiptInfo | None, height: int) -> None:
        product = self._ready[lease.job_id]
        if receipt is None or self._account.is_busy(f"open:{lease.job_id.hex()}"):
            return
        drawn = await self._chain.drawn_tiles(receipt.receipt_id)
        first = receipt.tiles_opened
        chosen = drawn[first : first + tiles_per_opening(lease.k)]
        paths = tuple(tuple(product.tile_path(tile)) for tile in chosen)
        data = encode_native(Receipts, "openTiles", receipt.receipt_id, paths)
        await self._send(f"open:{lease.job_id.hex()}", Receipts, data, height)

    async def _settle(self, lease: LeaseRecord, receipt: ReceiptInfo | None, height: int) -> None:
        if receipt is not None:
            data = encode_native(Receipts, "settle", receipt.receipt_id)
            await self._send(f"settle:{lease.job_id.hex()}", Receipts, data, height)

    def _finish(self, lease: LeaseRecord, decision: Decision) -> None:
        if decision.state is None or self._account.is_busy(f"settle:{lease.job_id.hex()}"):
            return  # the settlement's own receipt says what was paid
        self._end(lease, decision.state, decision.reason, decision.paid)

    def _end(self, lease: LeaseRecord, state: LeaseState, reason: str, paid: int) -> None:
        ended = self._save(lease, state=state, reason=reason, paid=paid)
        self._ready.pop(lease.job_id, None)
        self._retry_height.pop(lease.job_id, None)
        self.tally.note_end(ended)
        if state is LeaseState.SETTLED:
            self._log.info(
                "paid",
                job=_short(lease.job_id),
                paid=format_ait(paid),
                total=format_ait(self.tally.paid_wei),
                settled=self.tally.ended[LeaseState.SETTLED],
            )
        elif state is LeaseState.LOST:
            self._log.info("job not ours", job=_short(lease.job_id), reason=reason)
        else:
            self._log.error("lease failed", job=_short(lease.job_id), reason=reason)

    def _on_refusal(self, lease: LeaseRecord, refusal: Refusal, height: int, tries: int) -> None:
        """Show a refusal; give up a job not taken yet, sign a stale claim again, else wait."""
        self._show_refusal(f"{lease.state.value} {_short(lease.job_id)}", refusal)
        if lease.state is LeaseState.TAKING:
            self._end(lease, LeaseState.LOST, str(refusal), 0)
            return
        if refusal.code == "StaleBeacon":
            self._save(lease, claim=b"", signature=b"", receipt_id=b"")
        wait = min(RETRY_BLOCKS_MAX, 1 << tries)
        self._retry_height[lease.job_id] = (height + wait, tries + 1)

    # --- new jobs ---------------------------------------------------------------------------

    async def _take_jobs(self, head: Head) -> None:
        """Take the best-paid open jobs that bond, slots and time allow (L1)."""
        slots = self._settings.jobs_max - len(self._journal.unfinished)
        if self._settings.is_once:
            slots = min(slots, 1)
        if slots <= 0:
            return
        open_jobs = await self._chain.open_jobs(JOBS_LOOKED_AT)
        self._seen = {job.job_id: self._seen.get(job.job_id, head.height) for job in open_jobs}
        fitting = [job for job in open_jobs if self._is_worth_taking(job, head)]
        if not fitting:
            return
        info = await self._chain.miner(self._account.address)
        self._bond = info.bond
        free = info.bond - info.locked - self._reserved()
        mine = self._account.address
        fitting.sort(key=lambda job: (-job.unit_price, keccak256(job.job_id + mine)))
        for job in fitting:
            lock = _lock(job.escrow)
            if slots <= 0 or lock > free:
                continue
            if (await self._chain.job(job.job_id)).status != JobStatus.OPEN:
                continue  # taken since the list was asked for
            lease = new_lease(job, LeaseState.TAKING)
            try:
                self._journal.save_lease(lease)
                await self._send_take(lease, head.height)
            except RefusedError as error:
                self._on_refusal(lease, error.refusal, head.height, 0)
                continue
            self._taken += 1
            slots, free = slots - 1, free - lock

    def _is_worth_taking(self, job: JobInfo, head: Head) -> bool:
        if self._journal.lease(job.job_id) is not None:
            return False
        delay = take_delay(job.job_id, self._account.address) if self._settings.is_patient else 0
        if head.height < self._seen[job.job_id] + delay:
            return False
        pay = net_pay(job)
        rate = self.tally.macs_per_second or ASSUMED_MACS_PER_SECOND
        seconds = job.m * job.n * job.k / rate
        return (
            pay >= self._settings.pay_min
            and pay > GAS_PER_JOB * head.base_fee
            and 2 * seconds < job.deadline_seconds
        )

    def _reserved(self) -> int:
        """Return the bond that jobs not taken yet will lock."""
        return sum(
            _lock(lease.escrow)
            for lease in self._journal.unfinished
            if lease.state is LeaseState.TAKING
        )

    async def _send_take(self, lease: LeaseRecord, height: int) -> None:
        data = encode_native(Marketplace, "takeJob", lease.job_id)
        await self._send(f"take:{lease.job_id.hex()}", Marketplace, data, height)

    # --- transactions -----------------------------------------------------------------------

    async def _send(
        self, purpose: str, contract: type[Any], data: bytes, height: int, value: int = 0
    ) -> None:
        sent = await self._account.send(purpose, contract, place_of(contract), data, height, value)
        if sent is not None:
            self._log.debug("sent", purpose=purpose, hash="0x" + sent.hex())

    def _on_landed(self, landed: Landed) -> None:
        """Count a transaction that became final; the plan sees its effect on the chain."""
        outcome = landed.outcome
        verb, _, job_hex = landed.purpose.partition(":")
        if outcome is None:
            self._log.warning("transaction replaced by another wallet", purpose=verb)
            return
        self.tally.note_fee(outcome.fee)
        if not outcome.is_success:
            self._log.info("transaction reverted", purpose=verb, gas=outcome.gas_used)
            return
        self._log.debug("transaction final", purpose=verb, height=outcome.height)
        lease = self._journal.lease(bytes.fromhex(job_hex)) if len(job_hex) == 64 else None
        if verb == "settle" and lease is not None and not lease.state.is_final:
            self._end(lease, LeaseState.SETTLED, "", _paid(outcome, lease))

    def _show_refusal(self, purpose: str, refusal: Refusal) -> None:
        self.tally.note_refusal(purpose, refusal)
        self._log.warning(
            "refused",
            purpose=purpose,
            code=refusal.code,
            reason=refusal.explanation,
            remedy=refusal.remedy,
        )

    def _save(self, lease: LeaseRecord, **changes: Any) -> LeaseRecord:
        fresh: LeaseRecord = replace(lease, **changes, updated_at=int(time.time()))
        self._journal.save_lease(fresh)
        return fresh

    async def _pause(self, stop: asyncio.Event, failures: int) -> None:
        """Sleep until the next look, a finished product or a signal, whichever is first.

        After failures longer, and not in step with other miners that lost the same node.
        """
        seconds = self._settings.poll_seconds
        if failures:
            seconds = min(PAUSE_SECONDS_MAX, seconds * 2**failures) * random.uniform(0.5, 1.0)  # noqa: S311
        waiter = asyncio.create_task(stop.wait())
        await asyncio.wait(
            cast("list[asyncio.Future[Any]]", [waiter, *self._computing.values()]),
            timeout=seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        waiter.cancel()


def _paid(outcome: Outcome, lease: LeaseRecord) -> int:
    """Return what a settlement paid, from its own log."""
    for address, topics, data in outcome.logs:
        if address == place_of(Receipts):
            event = decode_event(ReceiptSettled, topics, data)
            if event is not None and event["receipt_id"] == lease.receipt_id:
                return int(str(event["paid"]))
    return 0


def _spec(lease: LeaseRecord) -> MatmulSpec:
    return MatmulSpec(seed=Hash32(lease.seed), m=lease.m, n=lease.n, k=lease.k)


def _lock(escrow: int) -> int:
    """Return the bond that a lease locks (marketplace takeJob)."""
    return (escrow + 1) // 2


def _short(value: bytes) -> str:
    return "0x" + value.hex()[:12]
