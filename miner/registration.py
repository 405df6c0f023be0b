"""Becoming a miner, and finding leases that the chain has and the journal lacks."""

import asyncio
from typing import Final

from contracts.marketplace.v1.contract import MINER_BOND_MIN, Marketplace
from contracts.marketplace.v1.messages import JobInfo, JobStatus, MinerInfo
from miner.account import MinerAccount
from miner.amounts import format_ait
from miner.chain import Chain
from miner.journal import Journal, LeaseRecord, LeaseState
from miner.native_calls import encode_native, place_of
from primitives.errors import ConfigError

ADOPT_JOBS_MAX: Final = 2_000
REGISTER_PURPOSE: Final = "register"


async def ensure_registered(
    chain: Chain, account: MinerAccount, bond: int, endpoint: str, poll_seconds: float
) -> MinerInfo:
    """Return the account's miner record, after registering with ``bond`` if there is none.

    Raises:
        ConfigError: the account cannot be a miner as it stands; the remedy says why.
        RefusedError: the contract refuses the registration.
    """
    info = await chain.miner(account.address)
    if not any(info.operator_key):
        info = await _register(chain, account, bond, endpoint, poll_seconds)
    if info.operator_key != account.address:
        raise ConfigError(
            f"receipts of this miner are signed by 0x{info.operator_key.hex()}",
            "Run with that key, or name this one: "
            f"aitbc send --to Marketplace --call setOperator 0x{account.address.hex()}",
        )
    if info.leaving_at:
        raise ConfigError(
            "the miner asked to withdraw its bond and takes no jobs",
            "Withdraw it, or stay: aitbc send --to Marketplace --call addBond",
        )
    return info


async def _register(
    chain: Chain, account: MinerAccount, bond: int, endpoint: str, poll_seconds: float
) -> MinerInfo:
    address = account.address
    if not account.is_busy(REGISTER_PURPOSE):
        if bond < MINER_BOND_MIN:
            raise ConfigError(
                f"a bond of {format_ait(bond)} is below {format_ait(MINER_BOND_MIN)}",
                "Give a larger --bond",
            )
        balance = await chain.balance(address)
        if balance <= bond:
            raise ConfigError(
                f"account 0x{address.hex()} holds {format_ait(balance)}, less than the bond of "
                f"{format_ait(bond)} and fees",
                f"Send it AIT: aitbc send --to 0x{address.hex()} --value AMOUNT",
            )
        data = encode_native(Marketplace, "registerMiner", address, endpoint)
        head = await chain.head()
        place = place_of(Marketplace)
        await account.send(REGISTER_PURPOSE, Marketplace, place, data, head.height, bond)
    while account.is_busy(REGISTER_PURPOSE):
        await asyncio.sleep(poll_seconds)
        await account.poll((await chain.head()).height)
    info = await chain.miner(address)
    if not any(info.operator_key):
        raise ConfigError(
            "the registration was mined and reverted", "Start again; if it repeats, raise --bond"
        )
    return info


async def find_lost_leases(
    chain: Chain, miner: bytes, journal: Journal, open_leases: int
) -> list[LeaseRecord]:
    """Return leases of ``miner`` that stand on the chain only, as after a lost disk.

    Looks through the newest ``ADOPT_JOBS_MAX`` jobs, and only when the chain counts more open
    leases than the journal.
    """
    known = sum(lease.state is not LeaseState.TAKING for lease in journal.unfinished)
    missing = open_leases - known
    found: list[LeaseRecord] = []
    if missing <= 0:
        return found
    end, _ = await chain.view(Marketplace, "jobCount")
    lowest = max(0, end - ADOPT_JOBS_MAX)
    while len(found) < missing and end > lowest:
        start = max(lowest, end - 100)
        rows, _ = await chain.view(Marketplace, "jobs", 0, start, end - start)
        found += [
            new_lease(job, LeaseState.TAKEN)
            for job in rows
            if job.miner == miner
            and job.status in (JobStatus.LEASED, JobStatus.SUBMITTED)
            and _is_unknown(journal.lease(job.job_id))
        ]
        end = start
    return found


def new_lease(job: JobInfo, state: LeaseState) -> LeaseRecord:
    """Return a lease's first record."""
    is_taken = state is not LeaseState.TAKING
    return LeaseRecord(
        job_id=job.job_id,
        state=state,
        client=job.client,
        seed=job.seed,
        m=job.m,
        n=job.n,
        k=job.k,
        escrow=job.escrow,
        unit_price=job.unit_price,
        lease_id=job.lease_id if is_taken else b"",
        started_at=job.taken_at if is_taken else 0,
    )


def _is_unknown(lease: LeaseRecord | None) -> bool:
    return lease is None or lease.state.is_final
