"""Seeded products: jobs of the int8 matrix product of ``primitives.matmul``.

Payment and failure come from the receipts contract alone. A job leaves escrow once: every exit
moves it to a final status before money moves. Price, window and deadline are fixed when it is
posted; its fee is 2.5 %, half of it burnt. What a wrong product costs is limited by the bond that a
conviction left; the job itself ends as any other.
"""

from typing import Final

from contracts.framework.clock import has_passed
from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, u8, u32, u64, u256
from contracts.marketplace.v1.messages import (
    BadDeadline,
    BadDimensions,
    BadWindow,
    BondTooSmall,
    DeadlineNotPassed,
    DeadlinePassed,
    JobCancelled,
    JobExpired,
    JobInfo,
    JobPosted,
    JobStatus,
    JobSubmitted,
    JobTaken,
    LeaseFailed,
    LeaseSettled,
    NotClient,
    NotMiner,
    NotReceipts,
    PriceTooSmall,
    TooManyUnits,
    WrongStatus,
)
from contracts.marketplace.v1.miners import Miners
from contracts.marketplace.v1.records import Job
from contracts.marketplace.v1.storage import BPS, ESCROW_MAX, page_end
from contracts.marketplace.v1.weights import JOB_ROW_GAS
from contracts.places import RECEIPTS_ADDRESS, TREASURY_ADDRESS
from primitives.abi import encode
from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.matmul import MatmulSpec, check_spec
from primitives.types import Hash32

FEE_BPS: Final = 250
"""Fee of a product; leases have the governed one."""
DEADLINE_SECONDS_MIN: Final = 10
DEADLINE_SECONDS_MAX: Final = 30 * 24 * 3600
WINDOW_BLOCKS_MAX: Final = 4096


class Products(Miners):
    """The part of the marketplace that trades seeded products."""

    __slots__ = ()

    # --- jobs -------------------------------------------------------------------------------

    @call(payable=True)
    def post_job(
        self, seed: bytes32, m: u32, n: u32, k: u32, deadline_seconds: u64, window_blocks: u64
    ) -> bytes32:
        """Post a product with the value sent as its price; returns the job id.

        Price per MAC is floor(value / MACs); what the floor leaves goes back at settlement. The
        deadline runs from posting until the job is taken, then from taking until a receipt.
        """
        client, escrow = self.ctx.caller, self.ctx.value
        spec = MatmulSpec(seed=Hash32(seed), m=m, n=n, k=k)
        try:
            check_spec(spec)
        except DecodeError as error:
            raise revert(BadDimensions()) from error
        if not DEADLINE_SECONDS_MIN <= deadline_seconds <= DEADLINE_SECONDS_MAX:
            raise revert(BadDeadline())
        window_min = self.window_blocks_min
        if not window_min <= window_blocks <= WINDOW_BLOCKS_MAX:
            raise revert(BadWindow(window_min, WINDOW_BLOCKS_MAX))
        if not spec.macs <= escrow <= ESCROW_MAX:
            raise revert(PriceTooSmall(spec.macs))
        nonce = self.posted_by[client]
        self.posted_by[client] = nonce + 1
        job_id = job_id_of(client, nonce)
        job = self.jobs_by_id[job_id]
        job.client = client
        job.status = JobStatus.OPEN
        job.seed = seed
        job.m, job.n, job.k = m, n, k
        job.window_blocks = window_blocks
        job.unit_price = escrow // spec.macs
        job.escrow = escrow
        job.posted_at = self.ctx.block.timestamp
        job.posted_height = self.ctx.block.height
        job.deadline_seconds = deadline_seconds
        job.open_place = self.open_ids.push(job_id) + 1
        self.job_ids.push(job_id)
        self.emit(JobPosted(job_id, client, seed, m, n, k, escrow))
        return job_id

    @call
    def take_job(self, job_id: bytes32) -> bytes32:
        """Lease an open job to the caller and lock half its escrow of his bond."""
        caller = self.ctx.caller
        job = self._job(job_id, JobStatus.OPEN)
        miner = self._miner(caller)
        if miner.leaving_at:
            raise revert(NotMiner(caller))
        if self._is_late(job):
            raise revert(DeadlinePassed())
        lock = (job.escrow + 1) // 2
        free, minimum = self._free_bond(miner), self.miner_bond_min
        if miner.bond < minimum or free < lock:
            raise revert(BondTooSmall(free, max(lock, minimum)))
        block = self.ctx.block
        lease_id = keccak256(
            encode(("bytes32", "address", "uint64"), (job_id, caller, block.height))
        )
        miner.locked += lock
        miner.open_leases += 1
        self._unlist(job)
        job.status = JobStatus.LEASED
        job.lease_id = lease_id
        job.miner = caller
        job.taken_at = block.timestamp
        job.taken_height = block.height
        job.bond_locked = lock
        self.job_by_lease[lease_id] = job_id
        self.emit(JobTaken(job_id, lease_id, caller, lock))
        return lease_id

    @call
    def cancel_job(self, job_id: bytes32) -> u256:
        """Take an open job back; returns the refund."""
        job = self._job(job_id, JobStatus.OPEN)
        if job.client != self.ctx.caller:
            raise revert(NotClient())
        self._unlist(job)
        job.status = JobStatus.CANCELLED
        self.emit(JobCancelled(job_id, job.escrow))
        self.ctx.transfer(job.client, job.escrow)
        return job.escrow

    @call
    def expire_job(self, job_id: bytes32) -> u256:
        """Refund a job whose deadline passed; anybody may call; returns the refund.

        A lease without a receipt costs the miner half of the bond locked for it, burnt.
        """
        job = self.jobs_by_id[job_id]
        status = job.status
        if status not in (JobStatus.OPEN, JobStatus.LEASED):
            raise revert(WrongStatus(status))
        if not self._is_late(job):
            raise revert(DeadlineNotPassed())
        slashed = 0
        if status == JobStatus.OPEN:
            self._unlist(job)
        else:
            slashed = self._release(job, job.bond_locked // 2)
        job.status = JobStatus.EXPIRED
        self.emit(JobExpired(job_id, job.escrow, slashed))
        self.ctx.burn(slashed)
        self.ctx.transfer(job.client, job.escrow)
        return job.escrow

    # --- calls of the receipts contract -------------------------------------------------------

    @call
    def note_receipt(self, lease_id: bytes32) -> None:
        """Record that a receipt stands: from now on only settlement or failure ends the lease."""
        job_id, job = self._leased(lease_id, JobStatus.LEASED)
        job.status = JobStatus.SUBMITTED
        self.emit(JobSubmitted(job_id, lease_id))

    @call
    def settle_lease(self, lease_id: bytes32, units: u64) -> u256:
        """Pay the miner for ``units``, refund the rest of the escrow; returns the net payment.

        The fee is 2.5 %: half burnt (the odd wei too), half to the treasury.
        """
        job_id, job = self._leased(lease_id, JobStatus.SUBMITTED)
        if units > job.m * job.n * job.k:
            raise revert(TooManyUnits())
        amount = units * job.unit_price
        fee = amount * FEE_BPS // BPS
        to_treasury = fee // 2
        burnt = fee - to_treasury
        refund = job.escrow - amount
        job.status = JobStatus.SETTLED
        self._release(job, 0)
        self.emit(LeaseSettled(job_id, lease_id, job.miner, amount - fee, fee, burnt, refund))
        self.ctx.burn(burnt)
        self.ctx.transfer(TREASURY_ADDRESS, to_treasury)
        self.ctx.transfer(job.miner, amount - fee)
        self.ctx.transfer(job.client, refund)
        return amount - fee

    @call
    def fail_lease(self, lease_id: bytes32, challenger: Address) -> u256:
        """Refund the client and slash the locked bond; returns the challenger's reward.

        A challenger gets half, the rest is burnt; without one (zero address) all of it.
        """
        job_id, job = self._leased(lease_id, JobStatus.SUBMITTED)
        job.status = JobStatus.FAILED
        slashed = self._release(job, job.bond_locked)
        reward = slashed // 2 if any(challenger) else 0
        self.emit(LeaseFailed(job_id, lease_id, job.miner, job.escrow, slashed, reward))
        self.ctx.burn(slashed - reward)
        if reward:
            self.ctx.transfer(challenger, reward)
        self.ctx.transfer(job.client, job.escrow)
        return reward

    # --- views ------------------------------------------------------------------------------

    @view
    def job(self, job_id: bytes32) -> JobInfo:
        """Return one job; status 0 when there is none."""
        return self._info(job_id)

    @view
    def job_of_lease(self, lease_id: bytes32) -> bytes32:
        """Return the job of a lease, zero when there is none."""
        return self.job_by_lease[lease_id]

    @view
    def job_count(self) -> tuple[u64, u64]:
        """Return how many jobs were ever posted and how many are open."""
        return len(self.job_ids), len(self.open_ids)

    @view
    def jobs(self, status: u8, cursor: u64, limit: u32) -> tuple[tuple[JobInfo, ...], u64]:
        """Return jobs of a status (0: of all) among the ``limit`` from ``cursor``, and the next
        cursor; at most 100 are looked at.
        """
        ids = self.job_ids
        end = page_end(len(ids), cursor, limit)
        self.ctx.use_gas(JOB_ROW_GAS * (end - cursor))
        found = [self._info(ids[index]) for index in range(cursor, end)]
        return tuple(job for job in found if status in (0, job.status)), end

    @view
    def open_jobs(self, cursor: u64, limit: u32) -> tuple[tuple[JobInfo, ...], u64]:
        """Return open jobs from ``cursor`` (at most 100) and the next cursor.

        The list changes as jobs are taken: a caller that must see all of it starts again.
        """
        ids = self.open_ids
        end = page_end(len(ids), cursor, limit)
        self.ctx.use_gas(JOB_ROW_GAS * (end - cursor))
        rows = tuple(self._info(ids[index]) for index in range(cursor, end))
        return rows, end

    # --- parts ------------------------------------------------------------------------------

    def _job(self, job_id: bytes, status: JobStatus) -> Job:
        job = self.jobs_by_id[job_id]
        if job.status != status:
            raise revert(WrongStatus(job.status))
        return job

    def _leased(self, lease_id: bytes, status: JobStatus) -> tuple[bytes, Job]:
        if self.ctx.caller != RECEIPTS_ADDRESS:
            raise revert(NotReceipts())
        job_id = self.job_by_lease[lease_id]
        return job_id, self._job(job_id, status)

    def _is_late(self, job: Job) -> bool:
        is_taken = job.status == JobStatus.LEASED
        return has_passed(
            self.ctx.block,
            job.taken_at if is_taken else job.posted_at,
            job.taken_height if is_taken else job.posted_height,
            job.deadline_seconds,
        )

    def _release(self, job: Job, slashed: int) -> int:
        """Unlock a finished job's bond and take up to ``slashed`` of it; returns what it took."""
        self._unlock(job.miner, job.bond_locked)
        return self._slash(job.miner, slashed)

    def _unlist(self, job: Job) -> None:
        """Take a job off the open list; the last one takes its place."""
        ids = self.open_ids
        place = job.open_place
        last = ids[len(ids) - 1]
        ids[place - 1] = last
        self.jobs_by_id[last].open_place = place
        job.open_place = 0
        ids.pop(bytes(32))

    def _info(self, job_id: bytes) -> JobInfo:
        job = self.jobs_by_id[job_id]
        return JobInfo(
            job_id=job_id,
            client=job.client,
            status=job.status,
            seed=job.seed,
            m=job.m,
            n=job.n,
            k=job.k,
            escrow=job.escrow,
            unit_price=job.unit_price,
            deadline_seconds=job.deadline_seconds,
            window_blocks=job.window_blocks,
            posted_at=job.posted_at,
            posted_height=job.posted_height,
            lease_id=job.lease_id,
            miner=job.miner,
            operator_key=self.miners[job.miner].operator_key,
            taken_at=job.taken_at,
            taken_height=job.taken_height,
            bond_locked=job.bond_locked,
        )


def job_id_of(client: bytes, nonce: int) -> bytes:
    """Return the id of a client's job number ``nonce``."""
    return keccak256(encode(("address", "uint64"), (client, nonce)))
