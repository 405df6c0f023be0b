"""The miner's loop on the real contracts: paid once, whatever happens in between."""

import asyncio
from dataclasses import replace

import pytest
import structlog

from contracts.marketplace.v1.contract import BPS, FEE_BPS, Marketplace
from contracts.marketplace.v1.messages import JobStatus
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.contract import Receipts
from miner.chain import Chain
from miner.journal import LeaseState
from miner.native_calls import method_named
from miner.plan import TAKE_DELAY_BLOCKS, TAKE_DELAYS, take_delay
from primitives.compute import Acknowledgement
from primitives.errors import ConfigError
from primitives.keys import sign
from primitives.types import WEI_PER_AIT
from tests.unit.contracts.compute_world import CLIENT, PRICE, WINDOW, become_miner, receipts, take
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.staking_world import account, key_address, secret
from tests.unit.miner.chain_double import MINER_ADDRESS

TAKE = method_named(Marketplace, "takeJob").selector
SUBMIT = method_named(Receipts, "submitReceipt").selector
OPEN = method_named(Receipts, "openTiles").selector
SETTLE = method_named(Receipts, "settle").selector
OTHER = account(3)
KEYED_CLIENT = key_address(1)


def expected_pay(price: int = PRICE, macs: int = 128 * 128 * 64) -> int:
    amount = price // macs * macs
    return amount - amount * FEE_BPS // BPS


def each_sent_once(double) -> bool:
    return all(double.sent(selector) == 1 for selector in (TAKE, SUBMIT, OPEN, SETTLE))


async def test_job_is_taken_computed_opened_and_paid(rig, double):
    await rig.start()
    job_id = double.post()
    before = double.chain.balances[MINER_ADDRESS]
    await rig.until(lambda: rig.journal.leases and not rig.journal.unfinished)
    assert double.job(job_id).status == JobStatus.SETTLED
    assert double.chain.balances[MINER_ADDRESS] - before == expected_pay()
    assert rig.lease(job_id).paid == expected_pay()
    assert each_sent_once(double)


async def test_registration_sends_the_bond_and_happens_once(rig, double):
    await rig.start(bond=50 * WEI_PER_AIT)
    await rig.restart(bond=50 * WEI_PER_AIT)
    register = method_named(Marketplace, "registerMiner").selector
    assert double.sent(register) == 1
    assert [tx.value for tx, _ in double.executed] == [50 * WEI_PER_AIT]


async def test_registration_without_money_says_what_is_missing(rig, double):
    double.chain.balances[MINER_ADDRESS] = WEI_PER_AIT
    with pytest.raises(ConfigError) as caught:
        await rig.start()
    assert "less than the bond" in caught.value.problem
    assert "aitbc send" in caught.value.remedy


async def test_foreign_operator_key_is_refused_at_start(rig, double):
    become_miner(double.chain, MINER_ADDRESS)
    with pytest.raises(ConfigError, match="signed by"):
        await rig.start()


STATES = [
    LeaseState.TAKING,
    LeaseState.TAKEN,
    LeaseState.COMPUTED,
    LeaseState.SUBMITTED,
    LeaseState.OPENED,
]


@pytest.mark.parametrize("state", STATES)
async def test_restart_in_each_state_is_paid_once(rig, double, state):
    await rig.start()
    job_id = double.post()
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is state)
    await rig.restart()
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.SETTLED
    assert each_sent_once(double)


@pytest.mark.parametrize(
    ("verb", "selector"), [("take", TAKE), ("submit", SUBMIT), ("open", OPEN), ("settle", SETTLE)]
)
async def test_kill_between_signing_and_sending_sends_the_same_transaction_again(
    rig, double, verb, selector
):
    await rig.start()
    job_id = double.post()
    double.swallowed = selector
    purpose = f"{verb}:{job_id.hex()}"
    await rig.until(lambda: rig.journal.transaction(purpose) is not None)
    wanted = rig.journal.transaction(purpose).hashes[0]
    double.swallowed = b""
    await rig.restart()
    await rig.until(lambda: not rig.journal.unfinished, limit=90)
    assert wanted in double.outcomes
    assert each_sent_once(double)


async def test_lost_answer_to_a_broadcast_is_not_sent_twice(rig, double):
    await rig.start()
    double.post()
    double.lost_answers = 10
    await rig.until(lambda: rig.journal.leases and not rig.journal.unfinished)
    assert each_sent_once(double)


async def test_lease_is_settled_without_window_when_the_client_acknowledges(rig, double):
    await rig.start()
    double.chain.balances[KEYED_CLIENT] = 100 * WEI_PER_AIT
    job_id = double.post(client=KEYED_CLIENT)
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is LeaseState.SUBMITTED)
    height = double.chain.block.height
    acknowledge(double, rig.lease(job_id))
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.SETTLED
    assert double.chain.block.height - height < WINDOW
    assert double.sent(OPEN) == 0


def acknowledge(double, lease) -> None:
    voucher = Acknowledgement(
        lease_id=lease.lease_id,
        seq=1,
        receipt_hash=lease.receipt_id,
        cumulative_units=lease.macs,
        cumulative_amount=lease.macs * lease.unit_price,
    )
    signature = sign(secret(1), voucher.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()
    receipts(double.chain, CLIENT, "acknowledge(bytes32,bytes)", lease.receipt_id, signature)


async def test_job_that_another_miner_takes_first_is_given_up(rig, double):
    await rig.start()
    become_miner(double.chain, OTHER)
    job_id = double.post()
    await rig.miner.step()
    take(double.chain, job_id, OTHER)
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.LOST
    assert "another miner" in rig.lease(job_id).reason


async def test_job_that_is_gone_since_the_list_was_asked_for_costs_nothing(
    rig, double, monkeypatch
):
    await rig.start()
    become_miner(double.chain, OTHER)
    job_id = double.post()
    old = await rig.miner._chain.open_jobs(10)

    async def late(_self, _limit):
        return old

    monkeypatch.setattr(Chain, "open_jobs", late)
    take(double.chain, job_id, OTHER)
    await rig.step()
    assert rig.journal.leases == []
    assert double.sent(TAKE) == 0


async def test_a_patient_miner_leaves_a_job_to_others_for_its_drawn_blocks(rig, double):
    await rig.start(is_patient=True, jobs_max=64)
    jobs = [double.post() for _ in range(16)]
    first = double.chain.block.height
    seen = {}
    for _ in range(TAKE_DELAYS * TAKE_DELAY_BLOCKS):
        height = double.chain.block.height
        await rig.miner.step()
        for lease in rig.journal.leases:
            seen.setdefault(lease.job_id, height - first)
        double.mine()
    assert seen == {job: take_delay(job, MINER_ADDRESS) for job in jobs}
    assert len(set(seen.values())) > 1


async def test_a_patient_miner_takes_nothing_that_another_one_took_meanwhile(rig, double):
    await rig.start(is_patient=True)
    become_miner(double.chain, OTHER)
    job_id = next(job for job in iter(double.post, None) if take_delay(job, MINER_ADDRESS))
    await rig.miner.step()
    take(double.chain, job_id, OTHER)
    for _ in range(TAKE_DELAYS * TAKE_DELAY_BLOCKS):
        await rig.step()
    assert rig.lease(job_id) is None


async def test_job_cancelled_under_our_transaction_is_given_up(rig, double):
    await rig.start()
    job_id = double.post()
    await rig.miner.step()
    double.as_client("cancelJob(bytes32)", job_id)
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.LOST


async def test_settlement_by_somebody_else_is_noticed_and_not_repeated(rig, double):
    await rig.start()
    job_id = double.post()
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is LeaseState.OPENED)
    receipt_id = rig.lease(job_id).receipt_id
    double.mine(WINDOW)
    receipts(double.chain, OTHER, "settle(bytes32)", receipt_id)
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.SETTLED
    assert rig.lease(job_id).paid == expected_pay()
    assert double.sent(SETTLE) == 0


async def test_stale_stamp_is_refused_by_name_and_signed_again(rig, double):
    await rig.start()
    job_id = double.post()
    double.swallowed = SUBMIT
    await rig.until(lambda: rig.lease(job_id) and bool(rig.lease(job_id).claim))
    old = rig.lease(job_id).claim
    sent = rig.journal.transaction(f"submit:{job_id.hex()}")
    rig.journal.save_transaction(replace(sent, is_done=True))
    double.swallowed = b""
    double.mine(64 * 18)
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).claim != old
    assert rig.lease(job_id).state is LeaseState.SETTLED
    assert [r["code"] for r in rig.miner.status()["refusals"]] == ["StaleBeacon"]
    assert "freshBeacon" in rig.miner.status()["refusals"][0]["remedy"]


async def test_pool_refusal_leaves_no_gap_in_the_nonces(rig, double):
    await rig.start()
    job_id = double.post()
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is LeaseState.COMPUTED)
    double.pool_error = "transaction pool is full"
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.SETTLED
    nonces = [tx.nonce for tx, _ in double.executed]
    assert nonces == list(range(len(nonces)))


async def test_transaction_that_waits_too_long_is_replaced_at_the_same_nonce(rig, double):
    await rig.start()
    job_id = double.post()
    double.is_censoring = True
    await rig.miner.step()
    first = next(iter(double.pool.values()))
    double.mine(21)
    await rig.miner.step()
    second = double.pool[MINER_ADDRESS, first.nonce]
    assert second.hash != first.hash
    assert 10 * second.max_fee_per_gas >= 11 * first.max_fee_per_gas
    double.is_censoring = False
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.SETTLED


async def test_nonce_used_by_another_wallet_is_found_and_the_call_sent_again(rig, double):
    await rig.start()
    job_id = double.post()
    await rig.miner.step()
    double.pool.clear()
    double.nonces[MINER_ADDRESS] += 1
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.SETTLED


async def test_no_more_leases_than_slots_and_free_bond(rig, double):
    await rig.start(jobs_max=3, bond=10 * WEI_PER_AIT)
    for _ in range(6):
        double.post(price=8 * WEI_PER_AIT)
    most = 0
    for _ in range(6):
        await rig.step()
        most = max(most, len(rig.journal.unfinished))
    assert most == 2
    assert len(rig.journal.leases) == 2
    assert rig.miner.status()["refusals"] == []


async def test_slots_bound_the_leases_in_flight(rig, double):
    await rig.start(jobs_max=3)
    for _ in range(5):
        double.post()
    await rig.step()
    assert len(rig.journal.unfinished) == 3
    await rig.until(lambda: len(rig.journal.leases) == 5 and not rig.journal.unfinished, limit=120)
    assert double.sent(SETTLE) == 5


async def test_better_paid_jobs_are_taken_first(rig, double):
    await rig.start(jobs_max=1)
    double.post(price=PRICE)
    best = double.post(price=3 * PRICE)
    await rig.step()
    assert [lease.job_id for lease in rig.journal.leases] == [best]


async def test_job_that_pays_less_than_its_gas_is_left(rig, double):
    await rig.start()
    double.post(price=128 * 128 * 64)
    await rig.step()
    assert rig.journal.leases == []


async def test_draining_opens_what_is_due_and_takes_nothing_new(rig, double):
    await rig.start()
    first = double.post()
    await rig.until(lambda: rig.lease(first) and rig.lease(first).state is LeaseState.TAKEN)
    double.post()
    rig.miner.is_draining = True
    assert not rig.miner.is_drained
    await rig.until(lambda: rig.miner.is_drained)
    assert rig.lease(first).state is LeaseState.OPENED
    assert len(rig.journal.leases) == 1


async def test_run_returns_when_told_to_stop_and_nothing_is_open(rig, double):
    await rig.start()
    stop = asyncio.Event()
    stop.set()
    await rig.miner.run(stop)
    assert rig.miner.is_draining


class PartWithLeases:
    """Stands for a desk with two leases."""

    is_drained = True

    async def step(self, head, *, is_draining):
        pass

    def status(self):
        return {"deals": [{}, {}]}


async def test_draining_counts_the_leases_of_the_desk(rig):
    await rig.start()
    rig.miner.parts = [PartWithLeases()]
    stop = asyncio.Event()
    stop.set()
    with structlog.testing.capture_logs() as lines:
        rig.miner._log = structlog.get_logger("miner")
        await rig.miner.run(stop)
    (said,) = [line for line in lines if line["event"] == "draining"]
    assert (said["leases"], said["products"]) == (2, 0)


async def until_true(condition) -> None:
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("not reached")


async def test_run_survives_rounds_without_a_node(rig, double):
    await rig.start()
    double.unreachable = 3
    stop = asyncio.Event()
    running = asyncio.create_task(rig.miner.run(stop))
    await until_true(lambda: double.unreachable == 0)
    stop.set()
    await running
    assert rig.miner.tally.registry.get_sample_value("aitbc_miner_rpc_failures_total") == 3


@pytest.mark.parametrize("state", [LeaseState.TAKEN, LeaseState.SUBMITTED])
async def test_leases_that_the_journal_lost_are_found_on_the_chain(rig, double, state, tmp_path):
    await rig.start()
    job_id = double.post()
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is state)
    await rig.kill()
    rig.home = tmp_path / "other"
    await rig.start()
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.SETTLED
    assert each_sent_once(double)


async def test_expired_lease_ends_as_failed_with_its_reason(rig, double):
    await rig.start()
    job_id = double.post()
    double.swallowed = SUBMIT
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is LeaseState.COMPUTED)
    double.mine(300)
    double.as_client("expireJob(bytes32)", job_id)
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.FAILED
    assert "deadline" in rig.lease(job_id).reason


async def test_status_tells_accepted_work_from_local_work(rig, double):
    await rig.start()
    job_id = double.post()
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is LeaseState.SUBMITTED)
    status = rig.miner.status()
    assert status["local_macs"] == str(128 * 128 * 64)
    assert status["accepted_macs"] == "0"
    assert status["leases"][0]["state"] == "submitted"
    await rig.until(lambda: not rig.journal.unfinished)
    status = rig.miner.status()
    assert status["accepted_macs"] == str(128 * 128 * 64)
    assert status["paid_wei"] == str(expected_pay())
    assert status["leases"] == []


@pytest.mark.parametrize("state", [LeaseState.SUBMITTED, LeaseState.OPENED])
async def test_waiting_transaction_is_not_accompanied_by_another(rig, double, state):
    await rig.start()
    job_id = double.post()
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is state)
    double.is_censoring = True
    for _ in range(3):
        await rig.miner.step()
        double.mine()
    if state is LeaseState.OPENED:
        double.mine(WINDOW)
        await rig.miner.step()
    waiting = dict(double.pool)
    for _ in range(3):
        double.mine()
        await rig.miner.step()
    assert double.pool == waiting
    assert len(double.pool) <= 1


async def test_one_product_is_computed_at_a_time(rig, double):
    await rig.start(jobs_max=3)
    running, most = 0, 0
    plain = rig.miner._fill

    def counted(spec, out, threads):
        nonlocal running, most
        running += 1
        most = max(most, running)
        plain(spec, out, threads)
        running -= 1

    rig.miner._fill = counted
    for _ in range(3):
        double.post()
    seen = 0
    for _ in range(40):
        await rig.miner.step()
        seen = max(seen, len(rig.miner._computing))
        tasks = list(rig.miner._computing.values())
        if tasks:
            await asyncio.wait(tasks)
        double.mine()
    assert (most, seen) == (1, 1)
    assert double.sent(SETTLE) == 3
