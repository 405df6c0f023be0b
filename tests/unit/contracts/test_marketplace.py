"""Marketplace: miners' bonds, jobs and their escrow."""

import pytest

from contracts.errors import Revert
from contracts.framework.types import struct_type
from contracts.marketplace.v1.contract import WITHDRAWAL_SECONDS, job_id_of
from contracts.marketplace.v1.messages import JobStatus, MinerInfo
from contracts.places import MARKETPLACE_ADDRESS
from primitives.abi import array_of, encode
from primitives.keccak import keccak256
from tests.unit.contracts.compute_world import (
    AIT,
    CHALLENGER,
    CLIENT,
    DEADLINE,
    JOB_TYPE,
    MINER,
    POST,
    PRICE,
    SEED,
    WINDOW,
    ask_market,
    become_miner,
    compute_chain,
    job_of,
    leased_work,
    market,
    post,
    submit,
    take,
)
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.staking_world import account, key_address

ROWS = (array_of(JOB_TYPE), "uint64")


def miner_of(chain, miner=MINER) -> MinerInfo:
    return ask_market(chain, "miner(address)", (struct_type(MinerInfo),), miner)[0]


def test_a_job_id_is_the_hash_of_client_and_nonce():
    chain = compute_chain()
    first, second = post(chain), post(chain)
    assert first == keccak256(encode(("address", "uint64"), (CLIENT, 0)))
    assert second == job_id_of(CLIENT, 1)
    job = job_of(chain, first)
    assert (job.client, job.status, job.escrow) == (CLIENT, JobStatus.OPEN, PRICE)
    assert job.unit_price == PRICE // (128 * 128 * 64)


@pytest.mark.parametrize(
    ("dimensions", "error"),
    [
        ((63, 64, 64), "BadDimensions()"),
        ((64, 96, 64), "BadDimensions()"),
        ((4160, 64, 64), "BadDimensions()"),
        ((0, 64, 64), "BadDimensions()"),
        ((64, 64, 65_536), "BadDimensions()"),
        ((64, 64, 0), "BadDimensions()"),
    ],
)
def test_dimensions_that_tiles_cannot_check_are_refused(dimensions, error):
    chain = compute_chain()
    with reverts(error):
        market(chain, CLIENT, POST, SEED, *dimensions, DEADLINE, WINDOW, value=AIT)


def test_deadline_window_and_price_have_bounds():
    chain = compute_chain()
    dims = (64, 64, 64)
    for deadline in (9, 30 * 24 * 3600 + 1):
        with reverts("BadDeadline()"):
            market(chain, CLIENT, POST, SEED, *dims, deadline, WINDOW, value=AIT)
    for window in (7, 4097):
        with reverts("BadWindow(uint64,uint64)"):
            market(chain, CLIENT, POST, SEED, *dims, DEADLINE, window, value=AIT)
    with reverts("PriceTooSmall(uint256)"):
        market(chain, CLIENT, POST, SEED, *dims, DEADLINE, WINDOW, value=64**3 - 1)
    market(chain, CLIENT, POST, SEED, *dims, DEADLINE, WINDOW, value=64**3)


def test_taking_a_job_locks_half_its_escrow_rounded_up():
    chain = compute_chain()
    become_miner(chain)
    job_id = post(chain)
    lease = take(chain, job_id)
    job = job_of(chain, job_id)
    assert (job.status, job.miner, job.lease_id) == (JobStatus.LEASED, MINER, lease)
    assert job.bond_locked == (PRICE + 1) // 2
    assert miner_of(chain).locked == (PRICE + 1) // 2
    assert ask_market(chain, "jobOfLease(bytes32)", ("bytes32",), lease) == (job_id,)
    with reverts("WrongStatus(uint8)"):
        take(chain, job_id)


def test_a_job_is_taken_only_by_a_miner_with_enough_free_bond():
    chain = compute_chain()
    job_id = post(chain, price=30 * AIT)
    with reverts("NotMiner(address)"):
        take(chain, job_id)
    with reverts("BondTooSmall(uint256,uint256)"):
        become_miner(chain, bond=10 * AIT - 1)
    become_miner(chain)
    with reverts("BondTooSmall(uint256,uint256)"):
        take(chain, job_id)
    market(chain, MINER, "addBond()", value=5 * AIT)
    take(chain, job_id)
    assert miner_of(chain).bond == 15 * AIT


def test_registration_is_once_with_a_key_and_a_short_endpoint():
    chain = compute_chain()
    register = "registerMiner(address,string)"
    with reverts("ZeroOperator()"):
        market(chain, MINER, register, bytes(20), "", value=10 * AIT)
    with reverts("EndpointTooLong(uint16)"):
        market(chain, MINER, register, account(9), "x" * 257, value=10 * AIT)
    become_miner(chain)
    with reverts("AlreadyMiner()"):
        become_miner(chain)
    market(chain, MINER, "setOperator(address)", account(9))
    market(chain, MINER, "setEndpoint(string)", "elsewhere")
    info = miner_of(chain)
    assert (info.operator_key, info.endpoint) == (account(9), "elsewhere")


def test_the_client_alone_cancels_and_only_while_open():
    chain = compute_chain()
    become_miner(chain)
    before = chain.balances[CLIENT]
    job_id = post(chain)
    with reverts("NotClient()"):
        market(chain, MINER, "cancelJob(bytes32)", job_id)
    market(chain, CLIENT, "cancelJob(bytes32)", job_id)
    assert chain.balances[CLIENT] == before
    with reverts("WrongStatus(uint8)"):
        market(chain, CLIENT, "cancelJob(bytes32)", job_id)
    taken = post(chain)
    take(chain, taken)
    with reverts("WrongStatus(uint8)"):
        market(chain, CLIENT, "cancelJob(bytes32)", taken)


def test_an_open_job_expires_to_a_full_refund():
    chain = compute_chain()
    become_miner(chain)
    before = chain.balances[CLIENT]
    job_id = post(chain)
    with reverts("DeadlineNotPassed()"):
        market(chain, CHALLENGER, "expireJob(bytes32)", job_id)
    chain.advance(DEADLINE, seconds=DEADLINE)
    with reverts("DeadlinePassed()"):
        take(chain, job_id)
    market(chain, CHALLENGER, "expireJob(bytes32)", job_id)
    assert chain.balances[CLIENT] == before
    assert job_of(chain, job_id).status == JobStatus.EXPIRED
    assert ask_market(chain, "jobCount()", ("uint64", "uint64")) == (1, 0)


def test_a_lease_without_receipt_costs_half_the_locked_bond():
    chain = compute_chain()
    become_miner(chain)
    before = chain.balances[CLIENT]
    job_id = post(chain)
    take(chain, job_id)
    chain.advance(DEADLINE, seconds=DEADLINE)
    supply = chain.supply
    market(chain, CHALLENGER, "expireJob(bytes32)", job_id)
    lost = (PRICE + 1) // 2 // 2
    assert chain.balances[CLIENT] == before
    assert chain.supply == supply - lost
    info = miner_of(chain)
    assert (info.bond, info.locked, info.open_leases) == (10 * AIT - lost, 0, 0)
    with reverts("BondTooSmall(uint256,uint256)"):
        take(chain, post(chain))


def test_a_halt_expires_no_lease():
    chain = compute_chain()
    become_miner(chain)
    job_id = post(chain)
    take(chain, job_id)
    chain.advance(1, seconds=1000 * DEADLINE)
    with reverts("DeadlineNotPassed()"):
        market(chain, CHALLENGER, "expireJob(bytes32)", job_id)


def test_a_submitted_receipt_stops_the_deadline():
    chain = compute_chain()
    job_id, work = leased_work(chain)
    submit(chain, work)
    chain.advance(DEADLINE, seconds=DEADLINE)
    with reverts("WrongStatus(uint8)"):
        market(chain, CLIENT, "expireJob(bytes32)", job_id)


def test_a_bond_leaves_after_the_delay_and_never_under_a_lease():
    chain = compute_chain()
    become_miner(chain)
    job_id = post(chain)
    take(chain, job_id)
    for call in ("requestWithdrawal()", "withdrawBond()"):
        with reverts("LeasesOpen(uint32)"):
            market(chain, MINER, call)
    chain.advance(DEADLINE, seconds=DEADLINE)
    market(chain, CHALLENGER, "expireJob(bytes32)", job_id)
    with reverts("WithdrawalNotDue(uint64)"):
        market(chain, MINER, "withdrawBond()")
    market(chain, MINER, "requestWithdrawal()")
    market(chain, MINER, "addBond()", value=AIT)  # calls the withdrawal off
    take(chain, post(chain, price=64 * 128 * 128))
    chain.advance(DEADLINE, seconds=DEADLINE)
    market(chain, CHALLENGER, "expireJob(bytes32)", job_id_of(CLIENT, 1))
    market(chain, MINER, "requestWithdrawal()")
    with reverts("NotMiner(address)"):
        take(chain, post(chain, price=64 * 128 * 128))
    bond = miner_of(chain).bond
    chain.advance(1, seconds=WITHDRAWAL_SECONDS)
    with reverts("WithdrawalNotDue(uint64)"):
        market(chain, MINER, "withdrawBond()")
    chain.block = block_after(chain, WITHDRAWAL_SECONDS // 4)
    before = chain.balances[MINER]
    market(chain, MINER, "withdrawBond()")
    assert chain.balances[MINER] == before + bond
    assert miner_of(chain).operator_key == bytes(20)


def block_after(chain, blocks):
    """Jump ahead without the hooks of the blocks between."""
    from dataclasses import replace

    return replace(chain.block, height=chain.block.height + blocks)


def test_payment_calls_belong_to_the_receipts_contract():
    chain = compute_chain()
    job_id, _ = leased_work(chain)
    lease = job_of(chain, job_id).lease_id
    for signature, values in (
        ("noteReceipt(bytes32)", (lease,)),
        ("settleLease(bytes32,uint64)", (lease, 1)),
        ("failLease(bytes32,address)", (lease, CLIENT)),
    ):
        with reverts("NotReceipts()"):
            market(chain, MINER, signature, *values)


def test_jobs_are_paged_by_status():
    chain = compute_chain()
    become_miner(chain)
    jobs = [post(chain, price=64 * 128 * 128) for _ in range(5)]
    take(chain, jobs[1])
    market(chain, CLIENT, "cancelJob(bytes32)", jobs[4])

    def ids(signature, *values):
        rows, cursor = ask_market(chain, signature, ROWS, *values)
        return [row.job_id for row in rows], cursor

    assert ids("jobs(uint8,uint64,uint32)", 0, 0, 100) == (jobs, 5)
    assert ids("jobs(uint8,uint64,uint32)", JobStatus.OPEN.value, 0, 3) == ([jobs[0], jobs[2]], 3)
    assert ids("jobs(uint8,uint64,uint32)", 0, 9, 5) == ([], 9)
    found, cursor = ids("openJobs(uint64,uint32)", 0, 100)
    assert set(found) == {jobs[0], jobs[2], jobs[3]}
    assert cursor == 3
    assert ids("openJobs(uint64,uint32)", 3, 100) == ([], 3)


def test_value_cannot_be_sent_by_plain_transfer():
    chain = compute_chain()
    with pytest.raises(Revert):
        chain.transact(CLIENT, MARKETPLACE_ADDRESS, b"", AIT)
    assert key_address(1) != CLIENT
