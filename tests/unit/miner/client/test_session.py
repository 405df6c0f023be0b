"""The client's session: nothing wrong is acknowledged, nothing is acknowledged twice."""

from dataclasses import replace

import pytest

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.records import OrderStatus
from contracts.receipts.v1.contract import Receipts
from miner.chain import RefusedError
from miner.client.endings import await_settlement
from miner.client.faults import (
    DeliveryRefusedError,
    Fault,
    JobOverError,
    MinerSilentError,
    NotReadyError,
)
from miner.client.log import JobLog
from primitives.compute import KIND_INTEGER_MODEL, KIND_LLM
from primitives.errors import ConfigError
from primitives.integer_model.request import Options
from primitives.types import Address, Hash32
from tests.unit.miner.client.market_world import (
    MODEL,
    PRICE,
    UNITS,
    WORDS,
    exact_options,
    float_options,
)


async def asked(world, **options):
    session = await world.leased(**options)
    return session, session.plan(float_options(), prompt="What is it?")


async def test_an_honest_miner_is_acknowledged_and_paid(world):
    session, exchange = await asked(world)
    before = world.held()
    answer = await session.ask(exchange)
    assert answer.delivered.decode() == "".join(WORDS)
    (voucher,) = world.miner.vouchers
    assert (voucher.ack.cumulative_units, voucher.ack.cumulative_amount) == (4, 4 * PRICE)
    world.claim(voucher, world.miner.deliveries[0])
    outcome = await await_settlement(session, patience_seconds=10)
    assert outcome.status == LeaseStatus.SETTLED
    assert before < world.held()
    assert session.log.ending == "settled"


async def test_vouchers_add_up_over_several_requests(world):
    session, exchange = await asked(world)
    await session.ask(exchange)
    await session.ask(session.plan(float_options(), prompt="And then?"))
    totals = [(v.ack.seq, v.ack.cumulative_units) for v in world.miner.vouchers]
    assert totals == [(1, 4), (2, 8)]
    assert session.log.amount == 8 * PRICE


async def test_prompt_and_options_reach_the_miner_only_sealed(world):
    session, exchange = await asked(world)
    await session.ask(exchange)
    assert world.miner.asks == [exchange.ask]
    assert b"What is it" not in world.miner.bodies[0]


WRONG_RECEIPTS = [
    ("job_id", Hash32(b"\x01" * 32), Fault.WRONG_ORDER),
    ("lease_id", Hash32(b"\x01" * 32), Fault.WRONG_LEASE),
    ("seq", 2, Fault.WRONG_SEQ),
    ("miner", Address(b"\x01" * 20), Fault.WRONG_PARTY),
    ("client", Address(b"\x01" * 20), Fault.WRONG_PARTY),
    ("model_root", Hash32(b"\x01" * 32), Fault.WRONG_MODEL),
    ("request_hash", Hash32(b"\x01" * 32), Fault.WRONG_REQUEST),
    ("request_hash", Hash32(bytes(32)), Fault.WRONG_REQUEST),
    ("response_hash", Hash32(b"\x01" * 32), Fault.WRONG_RESPONSE),
    ("response_hash", Hash32(bytes(32)), Fault.WRONG_RESPONSE),
    ("trace_root", Hash32(b"\x01" * 32), Fault.WRONG_TRACE),
    ("unit_kind", 2, Fault.WRONG_TERMS),
    ("units", 5, Fault.WRONG_UNITS),
    ("units", 3, Fault.WRONG_UNITS),
    ("units", 0, Fault.WRONG_UNITS),
    ("units", UNITS + 1, Fault.WRONG_UNITS),
    ("unit_price", PRICE + 1, Fault.WRONG_TERMS),
    ("started_at", 1, Fault.WRONG_TIMES),
    ("ended_at", 1 << 40, Fault.WRONG_TIMES),
    ("beacon", Hash32(b"\x01" * 32), Fault.STALE_BEACON),
    ("attestation", Hash32(b"\x01" * 32), Fault.UNUSED_FIELD),
    ("flags", 1, Fault.UNUSED_FIELD),
]


@pytest.mark.parametrize(("name", "value", "fault"), WRONG_RECEIPTS)
async def test_a_receipt_that_is_wrong_in_one_field_is_not_acknowledged(world, name, value, fault):
    session, exchange = await asked(world)
    world.miner.receipt = {name: value}
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault == fault
    assert not world.miner.vouchers
    kept = JobLog.read(session.log.path).last
    assert (kept.refused, kept.voucher, kept.answer) == (fault, None, None)
    assert getattr(kept.receipt, name) == value
    with pytest.raises(DeliveryRefusedError):
        await session.ask(exchange)


async def test_a_signature_of_a_stranger_is_refused(world):
    session, exchange = await asked(world)
    world.miner.operator = b"\x44" * 32
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault == Fault.WRONG_SIGNATURE


async def test_a_high_s_signature_is_refused(world):
    from primitives.keys import CURVE_ORDER

    session, exchange = await asked(world)
    delivery = world.miner.deliver(session._envelope(await session.lease(), exchange).encode())
    r, s, v = delivery.signature[:32], delivery.signature[32:64], delivery.signature[64]
    high = (CURVE_ORDER - int.from_bytes(s, "big")).to_bytes(32, "big")
    forged = replace(delivery, signature=r + high + bytes((1 - v,)))
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.receive(forged, exchange)
    assert refused.value.fault == Fault.WRONG_SIGNATURE


@pytest.mark.parametrize("cut", [0, 1, 600, -1])
async def test_a_truncated_delivery_is_refused(world, cut):
    session, exchange = await asked(world)
    world.miner.garble = lambda data: data[:cut]
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault == Fault.MALFORMED
    world.miner.garble = None
    await session.ask(exchange)  # nothing was signed by a miner: the same request goes again


async def test_an_answer_to_an_earlier_request_is_refused(world):
    session, exchange = await asked(world)
    await session.ask(exchange)
    world.miner.replay = world.miner.deliveries[0].encode()
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(session.plan(float_options(), prompt="Another"))
    assert refused.value.fault == Fault.WRONG_SEQ


async def test_the_same_numbers_for_another_prompt_are_no_new_work(world):
    session, exchange = await asked(world)
    rows = tuple((f"word {i} ", -1000 - i) for i in range(9))
    text = "".join(word for word, _ in rows).encode()
    world.miner.answer = {"scored": rows, "delivered": text}
    await session.ask(exchange)
    with pytest.raises(DeliveryRefusedError, match="replayed"):
        await session.ask(session.plan(float_options(), prompt="Another"))


@pytest.mark.parametrize("changes", [{"subject_seq": 2}, {"subject_lease": b"\x05" * 32}])
async def test_an_answer_sealed_for_another_place_is_refused(world, changes):
    session, exchange = await asked(world)
    for name, value in changes.items():
        setattr(world.miner, name, value)
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault == Fault.NOT_OPENED


FLOAT_ANSWERS = [
    ({"tokens": (1,)}, Fault.MALFORMED),
    ({"delivered": b"something else"}, Fault.IMPLAUSIBLE),
    ({"delivered": b"\xff"}, Fault.WRONG_TEXT),
    ({"scored": (("It ", 5_000_000),), "delivered": b"It "}, Fault.IMPLAUSIBLE),
    ({"scored": tuple((f"{i} ", -9) for i in range(17))}, Fault.IMPLAUSIBLE),
    ({"scored": (), "delivered": b""}, Fault.WRONG_UNITS),
]


@pytest.mark.parametrize(("changes", "fault"), FLOAT_ANSWERS)
async def test_float_answers_are_checked(world, changes, fault):
    session, exchange = await asked(world)
    world.miner.answer = changes
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault == fault


async def exactly(world, tokens_max=4):
    session = await world.leased(kind=KIND_INTEGER_MODEL)
    return session, session.plan(exact_options(tokens_max), tokens=(1, 2, 3))


async def test_an_exact_answer_is_acknowledged(world):
    session, exchange = await exactly(world)
    assert (await session.ask(exchange)).tokens == (7, 7, 7, 7)
    assert session.log.units == 4


EXACT_ANSWERS = [
    ({"tokens": (7, 7, 7, 7, 7)}, Fault.WRONG_UNITS),
    ({"tokens": (7, 7)}, Fault.WRONG_TEXT),
    ({"tokens": ()}, Fault.WRONG_UNITS),
    ({"scored": (("a", 1),)}, Fault.MALFORMED),
]


@pytest.mark.parametrize(("changes", "fault"), EXACT_ANSWERS)
async def test_exact_answers_are_checked(world, changes, fault):
    session, exchange = await exactly(world)
    world.miner.answer = changes
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault == fault


@pytest.mark.parametrize(
    ("tokens", "is_right"),
    [((5, 7), True), ((7,), True), ((7, 7), False), ((7, 5, 5, 5), False), ((5, 5, 5, 5), True)],
)
async def test_an_exact_output_ends_at_its_first_stop_or_its_limit(world, tokens, is_right):
    session = await world.leased(kind=KIND_INTEGER_MODEL)
    options = Options(tokens_max=4, stop=7).encode()
    exchange = session.plan(options, tokens=(1, 2))
    world.miner.answer = {"tokens": tokens}
    if is_right:
        await session.ask(exchange)
        assert session.log.units == len(tokens)
        return
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault == Fault.WRONG_TEXT


@pytest.mark.parametrize("name", ["request_hash", "response_hash"])
async def test_an_exact_receipt_of_other_contents_is_refused(world, name):
    session, exchange = await exactly(world)
    world.miner.receipt = {name: Hash32(b"\x01" * 32)}
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault in (Fault.WRONG_REQUEST, Fault.WRONG_RESPONSE)


async def test_an_answer_that_is_no_answer_inside_is_refused(world):
    from miner.leases.protocol import Answer

    class Garbage(Answer):
        def encode(self):
            return b"\x01\x02"

    session, exchange = await asked(world)
    world.miner.compute = lambda lease, ask: Garbage(delivered=b"")
    world.miner.receipt = {"units": 1}
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault == Fault.MALFORMED


async def test_receipts_beyond_the_lease_are_refused_even_when_each_fits(world):
    session = await world.leased(units_max=6)
    await session.ask(session.plan(float_options(tokens_max=5), prompt="one"))
    exchange = session.plan(float_options(tokens_max=2), prompt="two")
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault == Fault.OVER_BUDGET
    assert session.log.amount == 4 * PRICE


async def test_a_stamp_of_an_earlier_interval_of_the_lease_is_good(world):
    session, exchange = await asked(world)
    beacon, _ = world.ask(Receipts, "freshBeacon")
    world.pass_time(130)
    world.miner.receipt = {"beacon": Hash32(beacon)}
    await session.ask(exchange)
    assert session.log.units == 4


async def test_an_ended_lease_is_asked_nothing(world):
    session, exchange = await asked(world)
    await session.account.send("r", Marketplace, "requestReclaim", session.log.lease_id)
    world.pass_time(70)
    await session.account.send("f", Marketplace, "finishReclaim", session.log.lease_id)
    with pytest.raises(JobOverError, match="reclaimed"):
        await session.ask(exchange)


async def test_a_convicted_miners_escrow_comes_back_at_once(world):
    from contracts.places import DISPUTES_ADDRESS
    from miner.client.endings import reclaim

    session, _ = await asked(world)
    other = await world.leased()
    world.send(DISPUTES_ADDRESS, Marketplace, "convict", other.log.lease_id, 6)
    assert await reclaim(session, patience_seconds=0) == LeaseStatus.RECLAIMED
    assert await reclaim(other, patience_seconds=0) == LeaseStatus.CONVICTED


async def test_a_canonical_receipt_without_trace_is_refused(world):
    session, exchange = await exactly(world)
    world.miner.receipt = {"trace_root": Hash32(bytes(32))}
    with pytest.raises(DeliveryRefusedError) as refused:
        await session.ask(exchange)
    assert refused.value.fault == Fault.WRONG_TRACE


async def test_a_silent_miner_is_asked_again_with_the_same_bytes(world):
    session, exchange = await asked(world)
    world.miner.silent = 2
    await session.ask(exchange)
    assert len(world.miner.bodies) == 3
    assert len(set(world.miner.bodies)) == 1


async def test_a_miner_that_stays_silent_is_named_with_a_remedy(world):
    session, exchange = await asked(world)
    world.miner.silent = 99
    with pytest.raises(MinerSilentError) as silent:
        await session.ask(exchange)
    assert "aitbc job reclaim" in silent.value.remedy
    world.miner.silent = 0
    await session.ask(exchange)


async def test_a_voucher_that_does_not_arrive_is_sent_again_as_it_was(world):
    session, exchange = await asked(world)
    world.miner.deaf = 3
    await session.ask(exchange)
    assert not world.miner.vouchers
    signed = exchange.voucher
    await session.ask(exchange)
    assert world.miner.vouchers == [signed]
    await session.ask(exchange)
    assert world.miner.vouchers == [signed]


async def test_a_request_beyond_the_lease_is_not_sent(world):
    session = await world.leased(units_max=10)
    exchange = session.plan(float_options(tokens_max=11), prompt="p")
    with pytest.raises(ConfigError, match="10 of the lease are left"):
        await session.ask(exchange)
    assert not world.miner.bodies


async def test_a_request_waits_for_the_one_before(world):
    session, _ = await asked(world)
    with pytest.raises(ConfigError, match="not finished"):
        session.plan(float_options(), prompt="second")


# --- finding a lease ----------------------------------------------------------------------------


async def test_a_named_offer_is_taken(world):
    world.join(price=PRICE // 2)
    dear = world.join(price=PRICE)
    session = await world.leased(offer_id=dear)
    assert (await session.lease()).unit_price == PRICE


async def test_matching_takes_the_better_offer(world):
    world.join(price=PRICE)
    world.join(price=PRICE // 2)
    session = await world.leased()
    assert (await session.lease()).unit_price == PRICE // 2


async def test_an_offer_that_declines_is_not_asked_again(world):
    world.declines = True
    offer = world.join()
    session = await world.ordered(offer_id=offer)
    with pytest.raises(JobOverError, match="declined"):
        await session.find_lease(patience_seconds=60)


async def test_a_proposal_that_runs_out_is_expired_and_the_order_goes_on(world):
    world.accepts = False
    world.join()
    session = await world.ordered()
    with pytest.raises(NotReadyError):
        await session.find_lease(patience_seconds=400)
    assert (await session.order()).status == OrderStatus.OPEN
    assert "waiting for an offer: 0 offers fit" in world.told


async def test_the_client_waits_for_an_offer_and_is_told_why(world):
    world.join(models=(Hash32(b"\x0c" * 32),))
    session = await world.ordered()
    with pytest.raises(NotReadyError):
        await session.find_lease(patience_seconds=3)
    assert any("1 do not serve the model" in line for line in world.told)
    world.join()
    lease = await session.find_lease(patience_seconds=30)
    assert lease.status == LeaseStatus.ACTIVE


async def test_an_auction_gives_the_lease_to_its_bidder(world):
    from tests.unit.miner.chain_double import MINER_ADDRESS

    world.accepts = False  # a reveal was the acceptance
    offer = world.join()
    session = await world.ordered(auction=(30, 30))
    order_id, price, salt = session.log.job.order_id, PRICE // 4, b"\x09" * 32
    sealed = world.ask(Marketplace, "bidHash", order_id, MINER_ADDRESS, price, salt)
    world.send(MINER_ADDRESS, Marketplace, "commitBid", order_id, sealed, value=10**18)
    world.pass_time(40)
    world.send(MINER_ADDRESS, Marketplace, "revealBid", order_id, 0, offer, price, salt)
    lease = await session.find_lease(patience_seconds=120)
    assert (lease.status, lease.unit_price) == (LeaseStatus.ACTIVE, price)


async def test_an_auction_says_how_it_stands_and_how_long_it_lasts(world):
    world.join()
    session = await world.ordered(auction=(30, 30))
    with pytest.raises(JobOverError):
        await session.find_lease(patience_seconds=300)
    first, second = [words for words in world.told if words.startswith("auction")]
    assert first == "auction: bids are taken, 0 so far; 30 s left"
    assert second.startswith("auction: bids are revealed, 0 so far; ")


async def test_an_order_that_ended_is_said_to_have(world):
    world.join()
    session = await world.ordered()
    await session.account.send("x", Marketplace, "cancelOrder", session.log.job.order_id)
    with pytest.raises(JobOverError, match="cancelled"):
        await session.find_lease(patience_seconds=5)
    with pytest.raises(JobOverError, match="no lease"):
        await session.lease()


# --- what a crash leaves ------------------------------------------------------------------------


async def test_an_order_is_posted_once_whatever_happens(world):
    world.join()
    session = await world.ordered()
    terms = (await session.order()).terms
    session.log.close()
    again = world.session(JobLog.open(session.log.path))
    assert await again.post(terms) == session.log.job.order_id
    assert world.ask(Marketplace, "orderCount")[0] == 1


async def test_an_order_whose_answer_was_lost_is_found(world):
    world.join()
    world.double.lost_answers = 1
    await world.ordered()
    assert world.ask(Marketplace, "orderCount")[0] == 1


async def test_an_order_with_another_id_than_foreseen_renames_its_file(world):
    from miner.client.orders import Wish, make_terms
    from miner.client.session import new_job
    from tests.unit.miner.client.market_world import CLIENT_SECRET

    world.join()
    job = await new_job(world.chain, CLIENT_SECRET, kind=KIND_LLM)
    first = await world.ordered()
    assert first.log.job.order_id == job.order_id
    first.log.close()
    first.log.path.rename(first.log.path.with_suffix(".kept"))
    log = JobLog.create(world.home / "jobs", job)
    session = world.session(log)
    wish = Wish(kind=KIND_LLM, model_root=MODEL, units_max=5, unit_price_max=PRICE)
    order_id = await session.post(await make_terms(world.chain, CLIENT_SECRET, wish))
    assert order_id != job.order_id
    assert JobLog.read(log.path).job.order_id == order_id
    assert log.path.stem == order_id.hex()


async def test_a_session_goes_on_after_a_crash_at_every_record(world):
    """Cut the log behind each of its lines: the next run ends with the same single voucher."""
    session, exchange = await asked(world)
    await session.ask(exchange)
    (voucher,) = world.miner.vouchers
    lines = session.log.path.read_bytes().splitlines(keepends=True)
    session.log.close()
    planned = next(i for i, line in enumerate(lines) if b'"type":"ask"' in line)
    for kept in range(planned + 1, len(lines) + 1):
        for torn in (b"", b"1234abcd {"):
            session.log.path.write_bytes(b"".join(lines[:kept]) + torn)
            world.miner.vouchers.clear()
            log = JobLog.open(session.log.path)
            resumed = log.last
            has_voucher = resumed.voucher is not None
            was_delivered = resumed.is_delivered
            await world.session(log).ask(resumed)
            log.close()
            assert (log.units, log.amount) == (4, 4 * PRICE)
            assert world.miner.vouchers == ([] if was_delivered else [resumed.voucher])
            if has_voucher:
                assert resumed.voucher == voucher


async def test_a_refusal_of_the_contract_leaves_nothing_pending(world):
    world.join()
    with pytest.raises(RefusedError, match="deadlineSeconds"):
        await world.ordered(deadline_seconds=1)
    (path,) = (world.home / "jobs").glob("*.jsonl")
    assert not JobLog.read(path).sent


async def test_the_claim_window_of_a_canonical_lease_is_waited_for(world):
    session, exchange = await exactly(world)
    await session.ask(exchange)
    world.claim(world.miner.vouchers[0], world.miner.deliveries[0])
    with pytest.raises(NotReadyError, match="window ends"):
        await await_settlement(session, patience_seconds=2)
    outcome = await await_settlement(session, patience_seconds=100)
    assert outcome.status == LeaseStatus.SETTLED
    assert world.ask(Receipts, "claim", session.log.lease_id).is_settled


async def test_a_request_that_does_not_fit_is_dropped_before_it_is_sealed(world):
    session = await world.leased(units_max=20)
    await session.ask(session.plan(float_options(), prompt="one"))
    with pytest.raises(ConfigError, match="16 of the lease are left"):
        await session.ask(session.plan(float_options(tokens_max=17), prompt="two"))
    assert JobLog.read(session.log.path).last.seq == 1
    await session.ask(session.plan(float_options(), prompt="three"))
    assert [ask.prompt for ask in world.miner.asks] == ["one", "three"]


async def test_why_no_offer_fits_is_said_once(world):
    world.join()
    session = await world.ordered(unit_price_max=PRICE // 2)
    with pytest.raises(NotReadyError, match="no miner has taken it"):
        await session.find_lease(patience_seconds=10)
    (said,) = [words for words in world.told if words.startswith("waiting for an offer")]
    assert "1 ask a higher price" in said
