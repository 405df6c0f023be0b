"""Marketplace: jobs with escrow, bonded miners, leases (0x...1005).

The first job kind is the seeded int8 matrix product of ``primitives.matmul``. Payment and failure
come from the receipts contract alone. Invariants:

M1. The contract's balance is the sum of miners' bonds and of the escrows of jobs that are open,
    leased or submitted, plus what was sent to it without a call.
M2. A job leaves escrow once: every exit moves it to a final status before money moves.
M3. A miner's ``locked`` is the sum of ``bond_locked`` over his unfinished leases, never above bond.
M4. paid + fee + refund = escrow, to the wei.
M5. Price, window and deadline of a job are fixed when it is posted.
"""

from typing import Any, Final

from contracts.framework.clock import has_passed
from contracts.framework.contract import Contract, call, view
from contracts.framework.messages import revert
from contracts.framework.storage import (
    ADDRESS,
    BYTES32,
    STRING,
    U8,
    U32,
    U64,
    U128,
    Slot,
    Struct,
    array,
    mapping,
    struct,
)
from contracts.framework.types import Address, bytes32, u8, u32, u64, u256
from contracts.marketplace.v1.messages import (
    ERRORS,
    EVENTS,
    AlreadyMiner,
    BadDeadline,
    BadDimensions,
    BadWindow,
    BondChanged,
    BondTooSmall,
    DeadlineNotPassed,
    DeadlinePassed,
    EndpointChanged,
    EndpointTooLong,
    JobCancelled,
    JobExpired,
    JobInfo,
    JobPosted,
    JobStatus,
    JobSubmitted,
    JobTaken,
    LeaseFailed,
    LeaseSettled,
    LeasesOpen,
    MinerInfo,
    MinerRegistered,
    NotClient,
    NotMiner,
    NotReceipts,
    OperatorChanged,
    PriceTooSmall,
    TooManyUnits,
    WithdrawalNotDue,
    WithdrawalRequested,
    WrongStatus,
    ZeroOperator,
)
from contracts.marketplace.v1.settings import MarketplaceGenesis
from contracts.marketplace.v1.weights import JOB_ROW_GAS, WEIGHTS
from contracts.places import RECEIPTS_ADDRESS, TREASURY_ADDRESS
from primitives.abi import encode
from primitives.errors import DecodeError, InvariantError
from primitives.keccak import keccak256
from primitives.matmul import MatmulSpec, check_spec
from primitives.types import WEI_PER_AIT, Hash32

MINER_BOND_MIN: Final = 10 * WEI_PER_AIT
FEE_BPS: Final = 250
BPS: Final = 10_000
ENDPOINT_BYTES_MAX: Final = 256
DEADLINE_SECONDS_MIN: Final = 10
DEADLINE_SECONDS_MAX: Final = 30 * 24 * 3600
WINDOW_BLOCKS_MAX: Final = 4096
WITHDRAWAL_SECONDS: Final = 24 * 3600
PAGE_MAX: Final = 100
ESCROW_MAX: Final = (1 << 120) - 1


class Miner(Struct):
    """A bonded miner; ``leaving_at`` is when a withdrawal was requested, 0 when none was."""

    __slots__ = ()
    operator_key = Slot(ADDRESS)
    open_leases = Slot(U32)
    leaving_at = Slot(U64)
    bond = Slot(U128)
    locked = Slot(U128)
    leaving_height = Slot(U64)
    endpoint = Slot(STRING)


class Job(Struct):
    """A posted job; ``open_place`` is its place in the list of open jobs plus one."""

    __slots__ = ()
    client = Slot(ADDRESS)
    status = Slot(U8)
    open_place = Slot(U64)
    seed = Slot(BYTES32)
    m = Slot(U32)
    n = Slot(U32)
    k = Slot(U32)
    window_blocks = Slot(U32)
    unit_price = Slot(U128)
    escrow = Slot(U128)
    posted_at = Slot(U64)
    posted_height = Slot(U64)
    deadline_seconds = Slot(U64)
    lease_id = Slot(BYTES32)
    miner = Slot(ADDRESS)
    taken_at = Slot(U64)
    taken_height = Slot(U64)
    bond_locked = Slot(U128)


class Marketplace(Contract):
    """The marketplace contract."""

    __slots__ = ()

    index = 5
    events = EVENTS
    errors = ERRORS
    weights = WEIGHTS

    window_blocks_min = Slot(U64)
    miners = Slot(mapping(ADDRESS, struct(Miner)))
    jobs_by_id = Slot(mapping(BYTES32, struct(Job)))
    job_by_lease = Slot(mapping(BYTES32, BYTES32))
    posted_by = Slot(mapping(ADDRESS, U64))
    job_ids = Slot(array(BYTES32))
    open_ids = Slot(array(BYTES32))

    def genesis(self, settings: Any) -> None:
        """Set the parameters."""
        if not isinstance(settings, MarketplaceGenesis):
            raise InvariantError(f"the marketplace takes MarketplaceGenesis, got {settings!r}")
        if not 0 < settings.window_blocks_min <= WINDOW_BLOCKS_MAX:
            raise InvariantError("the shortest window is outside its range")
        self.window_blocks_min = settings.window_blocks_min

    # --- miners -----------------------------------------------------------------------------

    @call(payable=True)
    def register_miner(self, operator_key: Address, endpoint: str) -> None:
        """Register the caller as a miner with the value sent as bond.

        ``operator_key`` is the address of the key that signs receipts.
        """
        miner = self.miners[self.ctx.caller]
        bond = self.ctx.value
        if any(miner.operator_key):
            raise revert(AlreadyMiner())
        if bond < MINER_BOND_MIN:
            raise revert(BondTooSmall(bond, MINER_BOND_MIN))
        _check_operator(operator_key)
        _check_endpoint(endpoint)
        miner.operator_key = operator_key
        miner.bond = bond
        miner.endpoint = endpoint
        self.emit(MinerRegistered(self.ctx.caller, operator_key, bond, endpoint))

    @call
    def set_operator(self, operator_key: Address) -> None:
        """Change the key that signs receipts; submitted receipts stay as they are."""
        miner = self._miner(self.ctx.caller)
        _check_operator(operator_key)
        miner.operator_key = operator_key
        self.emit(OperatorChanged(self.ctx.caller, operator_key))

    @call
    def set_endpoint(self, endpoint: str) -> None:
        """Change where the miner is reached."""
        miner = self._miner(self.ctx.caller)
        _check_endpoint(endpoint)
        miner.endpoint = endpoint
        self.emit(EndpointChanged(self.ctx.caller, endpoint))

    @call(payable=True)
    def add_bond(self) -> None:
        """Raise the caller's bond by the value sent; a pending withdrawal is called off."""
        miner = self._miner(self.ctx.caller)
        miner.bond += self.ctx.value
        miner.leaving_at = 0
        self.emit(BondChanged(self.ctx.caller, miner.bond))

    @call
    def request_withdrawal(self) -> None:
        """Begin to leave: no open lease, and none can be taken from now on."""
        miner = self._miner(self.ctx.caller)
        if miner.open_leases:
            raise revert(LeasesOpen(miner.open_leases))
        block = self.ctx.block
        miner.leaving_at = block.timestamp
        miner.leaving_height = block.height
        self.emit(WithdrawalRequested(self.ctx.caller, block.timestamp + WITHDRAWAL_SECONDS))

    @call
    def withdraw_bond(self) -> u256:
        """Pay the bond out after the delay and forget the miner; returns the amount."""
        caller = self.ctx.caller
        miner = self._miner(caller)
        if miner.open_leases:
            raise revert(LeasesOpen(miner.open_leases))
        leaving_at = miner.leaving_at
        if not leaving_at or not has_passed(
            self.ctx.block,
            leaving_at,
            miner.leaving_height,
            WITHDRAWAL_SECONDS,
        ):
            raise revert(WithdrawalNotDue(leaving_at + WITHDRAWAL_SECONDS if leaving_at else 0))
        bond = miner.bond
        miner.endpoint = ""
        miner.clear()
        self.emit(BondChanged(caller, 0))
        self.ctx.transfer(caller, bond)
        return bond

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
        free = miner.bond - miner.locked
        if miner.bond < MINER_BOND_MIN or free < lock:
            raise revert(BondTooSmall(free, max(lock, MINER_BOND_MIN)))
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
            slashed = job.bond_locked // 2
            self._release(job, slashed)
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
        slashed = job.bond_locked
        reward = slashed // 2 if any(challenger) else 0
        job.status = JobStatus.FAILED
        self._release(job, slashed)
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
        end = min(cursor + min(limit, PAGE_MAX), len(ids))
        self.ctx.use_gas(JOB_ROW_GAS * max(0, end - cursor))
        found = [self._info(ids[index]) for index in range(cursor, end)]
        return tuple(job for job in found if status in (0, job.status)), max(cursor, end)

    @view
    def open_jobs(self, cursor: u64, limit: u32) -> tuple[tuple[JobInfo, ...], u64]:
        """Return open jobs from ``cursor`` (at most 100) and the next cursor.

        The list changes as jobs are taken: a caller that must see all of it starts again.
        """
        ids = self.open_ids
        end = min(cursor + min(limit, PAGE_MAX), len(ids))
        self.ctx.use_gas(JOB_ROW_GAS * max(0, end - cursor))
        rows = tuple(self._info(ids[index]) for index in range(cursor, end))
        return rows, max(cursor, end)

    @view
    def miner(self, account: Address) -> MinerInfo:
        """Return one miner; a zero operator key when there is none."""
        miner = self.miners[account]
        return MinerInfo(
            operator_key=miner.operator_key,
            bond=miner.bond,
            locked=miner.locked,
            open_leases=miner.open_leases,
            leaving_at=miner.leaving_at,
            endpoint=miner.endpoint,
        )

    # --- parts ------------------------------------------------------------------------------

    def _miner(self, account: bytes) -> Miner:
        miner = self.miners[account]
        if not any(miner.operator_key):
            raise revert(NotMiner(account))
        return miner

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

    def _release(self, job: Job, slashed: int) -> None:
        """Unlock a finished lease's bond and take ``slashed`` of it."""
        account = job.miner
        miner = self.miners[account]
        miner.locked -= job.bond_locked
        miner.open_leases -= 1
        if slashed:
            miner.bond -= slashed
            self.emit(BondChanged(account, miner.bond))

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


def _check_operator(operator_key: bytes) -> None:
    if not any(operator_key):
        raise revert(ZeroOperator())


def _check_endpoint(endpoint: str) -> None:
    if len(endpoint.encode()) > ENDPOINT_BYTES_MAX:
        raise revert(EndpointTooLong(ENDPOINT_BYTES_MAX))
