"""A client that posts a job every so often and checks what it pays for.

It trusts no miner: for each receipt it computes the product itself and compares the root, which
for the small jobs that it posts takes milliseconds. A right receipt may be acknowledged, so that
the miner is paid at once; about a wrong one it complains and leaves it to the drawn tiles.
"""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any, Final

import structlog

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.messages import JobInfo, JobPosted, JobStatus
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptInfo, ReceiptStatus
from miner.amounts import format_ait
from miner.audit import compute_root
from miner.chain import Chain, Outcome, RefusedError, sign_call
from miner.native_calls import decode_event, encode_native, place_of
from primitives.compute import Acknowledgement
from primitives.errors import AitbcError, DecodeError
from primitives.keys import secret_to_address, sign
from primitives.matmul import MatmulSpec, check_spec
from primitives.types import Hash32
from rpc.client import NodeUnreachableError, RpcCallError

OPEN_MAX: Final = 8
"""Jobs posted and not ended; more are not posted, so that a chain without miners costs little."""
FOLLOW_SECONDS: Final = 1.0
OUTCOME_SECONDS: Final = 60.0
CHECK_MACS_MAX: Final = 10**11


class NotFinalError(AitbcError):
    """A transaction was sent and is not in a final block in time."""

    is_retryable = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to post; ``escrow`` in wei, deadline in seconds, window in blocks."""

    m: int = 512
    n: int = 512
    k: int = 512
    escrow: int = 5 * 10**17
    deadline_seconds: int = 600
    window_blocks: int = 20

    def calldata(self, seed: bytes) -> bytes:
        """Return the call that posts a product of this seed.

        Raises:
            DecodeError: the dimensions are out of range.
        """
        check_spec(MatmulSpec(seed=Hash32(seed), m=self.m, n=self.n, k=self.k))
        values = (seed, self.m, self.n, self.k, self.deadline_seconds, self.window_blocks)
        return encode_native(Marketplace, "postJob", *values)


class Poster:
    """Posts and follows the jobs of one account."""

    def __init__(
        self, chain: Chain, secret: bytes, order: Order, *, is_acknowledging: bool
    ) -> None:
        self._chain = chain
        self._secret = secret
        self._order = order
        self._is_acknowledging = is_acknowledging
        self._address = secret_to_address(secret)
        self._open: dict[bytes, JobStatus] = {}
        self._checked: set[bytes] = set()
        self._receipt_ids: dict[bytes, bytes] = {}
        self._log = structlog.get_logger("poster")

    @property
    def open_jobs(self) -> int:
        """Return how many posted jobs have not ended."""
        return len(self._open)

    async def run(self, every_seconds: float, stop: asyncio.Event) -> None:
        """Post every ``every_seconds`` and follow, until told to stop."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not stop.is_set():
            try:
                if loop.time() >= due:
                    due = loop.time() + every_seconds
                    await self.post()
                await self.follow()
            except RefusedError as error:
                refusal = error.refusal
                self._log.warning("refused", code=refusal.code, remedy=refusal.remedy)
            except (NodeUnreachableError, RpcCallError, NotFinalError, DecodeError) as error:
                self._log.warning("no answer from the chain", error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), FOLLOW_SECONDS)
            except TimeoutError:
                continue

    async def post(self) -> bytes | None:
        """Post one job of a fresh seed; returns its id, None when enough are open.

        Raises:
            RefusedError, NotFinalError: it was not posted, or not in time.
        """
        if len(self._open) >= OPEN_MAX:
            return None
        data = self._order.calldata(secrets.token_bytes(32))
        outcome = await self._transact(Marketplace, data, self._order.escrow)
        for _, topics, body in outcome.logs:
            event = decode_event(JobPosted, topics, body)
            if event is not None:
                job_id: bytes = event["job_id"]
                self._open[job_id] = JobStatus.OPEN
                self._log.info(
                    "job posted", job=_short(job_id), escrow=format_ait(self._order.escrow)
                )
                return job_id
        return None

    async def follow(self) -> None:
        """Look at each open job once; check receipts, forget jobs that ended."""
        head = await self._chain.head()
        height, now = head.height, head.timestamp
        for job_id, before in list(self._open.items()):
            job = await self._chain.job(job_id)
            status = JobStatus(job.status)
            if status != before:
                self._open[job_id] = status
                self._log.info("job " + status.name.lower(), job=_short(job_id))
            if status == JobStatus.SUBMITTED and job_id not in self._checked:
                await self._check(job)
            await self._end_overdue(job, height, now)
            if status > JobStatus.SUBMITTED or status == JobStatus.UNKNOWN:
                del self._open[job_id]
                self._checked.discard(job_id)
                self._receipt_ids.pop(job_id, None)

    async def _receipt(self, job: JobInfo) -> ReceiptInfo | None:
        """Return a job's receipt; searched once."""
        known = self._receipt_ids.get(job.job_id)
        if known is not None:
            return await self._chain.receipt(known)
        found = await self._chain.receipt_of_lease(job.lease_id)
        if found is not None:
            self._receipt_ids[job.job_id] = found.receipt_id
        return found

    async def _end_overdue(self, job: JobInfo, height: int, now: int) -> None:
        """Fetch the escrow back from a job that nobody finished in time.

        The contract also counts blocks towards a deadline, so its refusal means: later.
        """
        try:
            if job.status in (JobStatus.OPEN, JobStatus.LEASED):
                since = job.taken_at if job.status == JobStatus.LEASED else job.posted_at
                if now > since + job.deadline_seconds:
                    await self._transact(
                        Marketplace, encode_native(Marketplace, "expireJob", job.job_id)
                    )
            elif job.status == JobStatus.SUBMITTED:
                receipt = await self._receipt(job)
                if (
                    receipt is not None
                    and receipt.status == ReceiptStatus.SUBMITTED
                    and not receipt.is_acknowledged
                    and height > receipt.window_end
                ):
                    data = encode_native(Receipts, "failReceipt", receipt.receipt_id)
                    await self._transact(Receipts, data)
        except RefusedError as error:
            self._log.debug("not over yet", code=error.refusal.code)

    async def _check(self, job: JobInfo) -> None:
        """Compute the product and compare the root with the receipt's."""
        receipt = await self._receipt(job)
        spec = MatmulSpec(seed=Hash32(job.seed), m=job.m, n=job.n, k=job.k)
        self._checked.add(job.job_id)
        if receipt is None or spec.macs > CHECK_MACS_MAX:
            return
        root = await asyncio.to_thread(compute_root, spec, 1)
        if root != receipt.tile_root:
            self._log.error(
                "receipt is wrong",
                receipt=_short(receipt.receipt_id),
                remedy="its drawn tiles cannot be opened; ask the miner for his tree to challenge",
            )
            return
        self._log.info("receipt checked", receipt=_short(receipt.receipt_id))
        if self._is_acknowledging and receipt.status in (
            ReceiptStatus.SUBMITTED,
            ReceiptStatus.OPENED,
        ):
            signature = sign_acknowledgement(
                self._secret,
                chain_id=await self._chain.chain_id(),
                lease_id=receipt.lease_id,
                receipt_id=receipt.receipt_id,
                units=receipt.units,
                unit_price=receipt.unit_price,
            )
            data = encode_native(Receipts, "acknowledge", receipt.receipt_id, signature)
            await self._transact(Receipts, data)

    async def _transact(self, contract: type[Any], data: bytes, value: int = 0) -> Outcome:
        """Send one call and wait until it is final."""
        to = place_of(contract)
        gas = await self._chain.estimate_gas(self._address, to, data, value, contract)
        signed = sign_call(
            self._secret,
            chain_id=await self._chain.chain_id(),
            nonce=await self._chain.nonce(self._address, "pending"),
            fees=await self._chain.fees(),
            gas=gas,
            to=to,
            data=data,
            value=value,
        )
        await self._chain.broadcast(signed.encode())
        deadline = asyncio.get_running_loop().time() + OUTCOME_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            outcome = await self._chain.outcome(signed.hash)
            if outcome is not None:
                return outcome
            await asyncio.sleep(FOLLOW_SECONDS)
        raise NotFinalError(f"transaction 0x{signed.hash.hex()} is not final yet")


def sign_acknowledgement(
    secret: bytes,
    *,
    chain_id: int,
    lease_id: bytes,
    receipt_id: bytes,
    units: int,
    unit_price: int,
    seq: int = 1,
) -> bytes:
    """Return the client's signature of the ``Ack`` for a lease's single receipt."""
    voucher = Acknowledgement(
        lease_id=Hash32(lease_id),
        seq=seq,
        receipt_hash=Hash32(receipt_id),
        cumulative_units=units,
        cumulative_amount=units * unit_price,
    )
    digest = voucher.digest(chain_id, place_of(Receipts))
    return sign(secret, digest).to_bytes()


def _short(value: bytes) -> str:
    return "0x" + value.hex()[:12]
