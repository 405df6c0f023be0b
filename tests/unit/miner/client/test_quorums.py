"""A client's quorum: equal orders, one request for all, only the answer of most acknowledged."""

from types import SimpleNamespace

import pytest

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.quorum_messages import QuorumStatus
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.records import OrderStatus
from miner.client.faults import JobOverError, MinerRefusedError, NotReadyError
from miner.client.log import JobLog, list_jobs
from miner.client.orders import Wish, make_quorum_terms
from miner.client.quorums import agreed, read_members, winning
from miner.client.session import new_job
from miner.native_calls import method_named
from primitives.compute import CLASS_QUORUM, KIND_LLM, UNIT_TOKENS
from primitives.errors import ConfigError
from tests.unit.miner.client.market_world import (
    CLIENT_SECRET,
    MODEL,
    PRICE,
    UNITS,
    WORDS,
    float_options,
)
from tests.unit.miner.client.quorum_world import LIE, QuorumClientWorld

ANSWER = "".join(WORDS).encode()


@pytest.fixture
def world(tmp_path):
    made = QuorumClientWorld(tmp_path)
    yield made
    made.close()


def lie(world, *numbers):
    for number, miner in enumerate(world.miners.values()):
        if number in numbers:
            miner.answer = {"delivered": LIE.delivered, "scored": LIE.scored}


def sent(world, contract, name):
    return world.double.sent(method_named(contract, name).selector)


async def test_all_miners_get_the_same_request_and_all_who_agree_are_acknowledged(world):
    world.join_all()
    members = await world.submitted()
    exchange = await members.collect(patience_seconds=60)
    assert exchange.answer.delivered == ANSWER
    asks = [ask for miner in world.miners.values() for ask in miner.asks]
    assert len(asks) == 3
    assert asks[0] == asks[1] == asks[2]
    assert [len(miner.vouchers) for miner in world.miners.values()] == [1, 1, 1]
    assert world.ask(Disputes, "quorum", 1).status == QuorumStatus.WORKING


async def test_a_liar_is_not_acknowledged_and_the_others_are_the_answer(world):
    world.join_all()
    lie(world, 1)
    members = await world.submitted()
    exchange = await members.collect(patience_seconds=60)
    assert exchange.answer.delivered == ANSWER
    assert [len(miner.vouchers) for miner in world.miners.values()] == [1, 0, 1]
    assert sorted(seat.agrees for seat in await members.reports()) == [False, True, True]


async def test_two_liars_who_agree_win(world):
    world.join_all()
    lie(world, 0, 2)
    members = await world.submitted()
    assert (await members.collect(patience_seconds=60)).answer.delivered == LIE.delivered


async def test_without_a_majority_nothing_is_acknowledged(world):
    world.join_all()
    lie(world, 0)
    list(world.miners.values())[1].answer = {"delivered": b"Yes.", "scored": (("Yes.", -1),)}
    members = await world.submitted()
    with pytest.raises(JobOverError, match="no majority"):
        await members.collect(patience_seconds=60)
    assert not any(miner.vouchers for miner in world.miners.values())


async def test_a_silent_miner_does_not_keep_the_answer_back(world):
    world.join_all()
    world.sleeping.add(next(iter(world.miners)))
    members = await world.submitted()
    exchange = await members.collect(patience_seconds=300)
    assert exchange.answer.delivered == ANSWER
    assert sum(len(miner.vouchers) for miner in world.miners.values()) == 2


async def test_a_miner_who_refuses_his_voucher_keeps_no_answer_and_no_other_voucher_back(world):
    world.join_all()
    members = await world.submitted()

    async def refuse(_lease_id, _body):
        raise MinerRefusedError("wrong_totals", "no")

    next(iter(world.miners.values())).acknowledge = refuse
    exchange = await members.collect(patience_seconds=60)
    assert exchange.answer.delivered == ANSWER
    assert sum(len(miner.vouchers) for miner in world.miners.values()) == 2
    assert any("wrong_totals" in words for words in world.told)


async def test_a_miner_whose_key_seals_nothing_keeps_no_answer_back(world):
    """A key of low order is on the chain like any other; it ended the whole job at every try."""
    world.join_all()
    spoiler = next(iter(world.miners))
    world.send(spoiler, Marketplace, "setSealingKey", b"\x01" + bytes(31))
    members = await world.submitted()
    exchange = await members.collect(patience_seconds=60)
    assert exchange.answer.delivered == ANSWER
    assert [len(miner.vouchers) for miner in world.miners.values()] == [0, 1, 1]


async def test_who_accepts_later_than_the_majority_is_asked_and_paid_as_well(world):
    world.join_all()
    world.sleeping.add(next(iter(world.miners)))
    members = await world.submitted()
    sleep = members.lead.manners.sleep

    async def wake_some_day(seconds):
        if any("most of the miners" in words for words in world.told):
            world.sleeping.clear()
        await sleep(seconds)

    for session in members.sessions:
        session.manners.sleep = wake_some_day
    await members.collect(patience_seconds=60)
    assert [len(miner.vouchers) for miner in world.miners.values()] == [1, 1, 1]


async def test_a_miner_who_refuses_a_check_is_a_lost_seat(world):
    world.join_all()
    next(iter(world.miners.values())).receipt = {"units": 9}
    members = await world.submitted()
    await members.collect(patience_seconds=60)
    problems = sorted(seat.problem for seat in await members.reports())
    assert problems == ["", "", "wrong_units"]


async def test_the_winners_are_paid_the_liar_is_not_and_the_client_gets_the_rest(world):
    world.join_all()
    lie(world, 1)
    members = await world.submitted()
    before = world.held()
    await members.collect(patience_seconds=60)
    world.vote()
    winners = [m for m in world.miners.values() if m.vouchers]
    with pytest.raises(NotReadyError, match="not settled yet"):
        await members.settle(patience_seconds=0)  # this counts
    for miner in winners:
        world.claim_old(miner)
    seats = await members.settle(patience_seconds=400)
    assert sorted((seat.status, seat.agrees) for seat in seats) == [
        ("closed", False), ("settled", True), ("settled", True),
    ]  # fmt: skip
    paid = 4 * PRICE * 975 // 1_000
    assert sorted(seat.paid for seat in seats) == [0, paid, paid]
    assert world.held() == before + 3 * UNITS * PRICE - 2 * 4 * PRICE
    assert [session.log.ending for session in members.sessions].count("settled") == 2
    assert sent(world, Disputes, "releaseQuorum") == 1


async def test_orders_of_miners_who_never_accepted_are_cancelled_at_the_end(world):
    world.join_all()
    sleeper = next(iter(world.miners))
    world.sleeping.add(sleeper)
    members = await world.submitted()
    await members.collect(patience_seconds=300)
    world.vote()
    with pytest.raises(NotReadyError):
        await members.settle(patience_seconds=2)
    order = next(row.order_id for row in world.rows() if row.miner == sleeper)
    assert world.ask(Marketplace, "order", order).status == OrderStatus.CANCELLED


async def test_a_client_killed_anywhere_goes_on_with_the_same_quorum(world):
    world.join_all()
    members = world.reopened(await world.submitted())
    with pytest.raises(NotReadyError):
        await members.collect(patience_seconds=0)
    members = world.reopened(members)
    await members.collect(patience_seconds=60)
    members = world.reopened(members)
    exchange = await members.collect(patience_seconds=60)
    assert exchange.answer.delivered == ANSWER
    assert [len(miner.asks) for miner in world.miners.values()] == [1, 1, 1]
    assert (sent(world, Marketplace, "postOrder"), sent(world, Disputes, "openQuorum")) == (3, 1)


async def test_a_client_killed_between_its_orders_posts_the_missing_ones(world):
    world.join_all()
    wish = Wish(kind=KIND_LLM, model_root=MODEL, units_max=UNITS, classes=CLASS_QUORUM)
    terms = await make_quorum_terms(world.chain, CLIENT_SECRET, wish, 3)
    job = await new_job(world.chain, CLIENT_SECRET, kind=KIND_LLM, quorum=3)
    lead = world.session(JobLog.create(world.home / "jobs", job))
    await lead.post(terms)
    lead.plan(float_options(), prompt="What is it?")
    lead.log.close()
    members = world.opened(world.session(JobLog.open(lead.log.path)))
    exchange = await members.collect(patience_seconds=60)
    assert exchange.answer.delivered == ANSWER
    assert sent(world, Marketplace, "postOrder") == 3


async def test_the_price_is_that_of_the_dearest_miner_who_is_needed(world):
    world.join_all((PRICE, 3 * PRICE, 2 * PRICE))
    wish = Wish(kind=KIND_LLM, model_root=MODEL, units_max=UNITS, classes=CLASS_QUORUM)
    terms = await make_quorum_terms(world.chain, CLIENT_SECRET, wish, 3)
    assert terms.unit_price_max == 3 * PRICE


async def test_the_budget_is_for_all_orders_together(world):
    world.join_all()
    wish = Wish(kind=KIND_LLM, model_root=MODEL, units_max=UNITS, classes=CLASS_QUORUM,
                budget=6 * UNITS * PRICE)  # fmt: skip
    terms = await make_quorum_terms(world.chain, CLIENT_SECRET, wish, 3)
    assert terms.unit_price_max == 2 * PRICE
    with pytest.raises(JobOverError, match="needs 3 miners"):
        await make_quorum_terms(
            world.chain, CLIENT_SECRET,
            Wish(kind=KIND_LLM, model_root=MODEL, units_max=UNITS, classes=CLASS_QUORUM,
                 budget=3 * UNITS * PRICE // 2), 3,
        )  # fmt: skip


async def test_too_few_miners_are_said_before_anything_is_spent(world):
    world.join_all((PRICE, PRICE))
    before = world.held()
    with pytest.raises(JobOverError, match="2 miners offer this"):
        await world.submitted()
    assert world.held() == before


async def test_a_quorum_that_cannot_be_drawn_is_said_and_taken_back_whole(world):
    world.join_all()
    before = world.held()
    members = await world.submitted()
    leaver = next(iter(world.miners))
    world.send(leaver, Marketplace, "closeOffer", 1)
    with pytest.raises(JobOverError, match="cannot be drawn") as undrawn:
        await members.collect(patience_seconds=60)
    assert "smaller" not in undrawn.value.remedy
    await members.take_back()
    assert world.held() == before


async def test_what_was_acknowledged_is_not_taken_back(world):
    world.join_all()
    lie(world, 1)
    members = await world.submitted()
    await members.collect(patience_seconds=60)
    await members.take_back()
    by_miner = {row.miner: row.lease_id for row in world.rows()}
    statuses = [
        world.ask(Marketplace, "lease", by_miner[account]).status for account in world.miners
    ]
    assert statuses == [ACTIVE, LeaseStatus.RECLAIMING, ACTIVE]


async def test_after_a_count_without_majority_everything_is_back(world):
    world.join_all()
    before = world.held()
    lie(world, 0)
    list(world.miners.values())[1].answer = {"delivered": b"Yes.", "scored": (("Yes.", -1),)}
    members = await world.submitted()
    with pytest.raises(JobOverError):
        await members.collect(patience_seconds=60)
    world.vote()
    await members.take_back()
    assert world.held() == before
    seats = await members.settle(patience_seconds=5)
    assert {seat.status for seat in seats} == {"closed"}


async def test_the_file_of_the_first_order_is_the_job_and_a_second_process_is_kept_out(world):
    world.join_all()
    members = await world.submitted()
    await members.collect(patience_seconds=60)
    log = members.lead.log
    assert [entry.job.order_id for entry in list_jobs(world.home / "jobs")] == [log.job.order_id]
    others = read_members(log)
    assert len(others) == 2
    exchange, votes = agreed([log, *others])
    assert (exchange.answer.delivered, votes) == (ANSWER, 3)
    with pytest.raises(ConfigError, match="another process"):
        JobLog.open(others[0].path)


async def test_a_lease_that_ended_is_no_seat_that_answers(world):
    world.join_all()
    members = await world.submitted()
    with pytest.raises(NotReadyError):
        await members.collect(patience_seconds=9)
    rows = world.rows()
    leases = [world.ask(Marketplace, "lease", row.lease_id).status for row in rows]
    assert set(leases) <= {LeaseStatus.PROPOSED, LeaseStatus.ACTIVE}


async def test_a_quorum_of_five_is_drawn_by_two_calls(world):
    world.join_all((PRICE,) * 5)
    lie(world, 0, 4)
    members = await world.submitted(size=5)
    exchange = await members.collect(patience_seconds=60)
    assert exchange.answer.delivered == ANSWER
    assert sent(world, Disputes, "drawQuorum") == 2
    assert [len(miner.vouchers) for miner in world.miners.values()] == [0, 1, 1, 1, 0]


async def test_an_empty_seat_does_not_count(world):
    world.join_all((PRICE,) * 5)
    members = await world.submitted(size=5)
    world.pass_time(9)
    world.send(next(iter(world.miners)), Disputes, "drawQuorum", 1)
    escaped = world.rows()[3].miner
    offers, _ = world.ask(Marketplace, "offers", UNIT_TOKENS, 0, 100)
    offer = next(row.offer_id for row in offers if row.miner == escaped)
    world.send(escaped, Marketplace, "closeOffer", offer)
    first = next(iter(world.miners.values()))
    liar = first if first is not world.miners[escaped] else list(world.miners.values())[1]
    liar.answer = {"delivered": LIE.delivered, "scored": LIE.scored}
    exchange = await members.collect(patience_seconds=60)
    assert exchange.answer.delivered == ANSWER
    assert [session.log.lease_id for session in members.sessions].count(None) == 1
    seats = await members.reports()
    assert [seat.status for seat in seats].count("unknown") == 1
    assert sum(bool(seat.agrees) for seat in seats) == 3


PROPOSED, ACTIVE, CANCELLED = LeaseStatus.PROPOSED, LeaseStatus.ACTIVE, LeaseStatus.CANCELLED


@pytest.mark.parametrize(
    ("seats", "winner"),
    [
        ([(ACTIVE, b"a"), (ACTIVE, b"a"), (ACTIVE, b"b")], b"a"),
        ([(ACTIVE, b"a"), (ACTIVE, b"b"), (ACTIVE, b"")], None),
        ([(ACTIVE, b"a"), (PROPOSED, b"")], None),
        ([(ACTIVE, b"a"), (CANCELLED, b"")], b"a"),
        ([(ACTIVE, b"a"), (ACTIVE, b"a"), (ACTIVE, b""), (LeaseStatus.UNKNOWN, b""),
          (CANCELLED, b"")], b"a"),
        ([(ACTIVE, b"a"), (ACTIVE, b"a"), (ACTIVE, b"b"), (ACTIVE, b"b")], None),
        ([(ACTIVE, b"")], None),
        ([], None),
    ],
)  # fmt: skip
def test_a_winner_has_more_than_half_of_the_seats_that_began(seats, winner):
    made = [
        SimpleNamespace(lease=SimpleNamespace(status=status), response=response)
        for status, response in seats
    ]
    assert winning(made) == winner


async def test_what_was_acknowledged_stays_the_answer_of_the_files(world):
    world.join_all((PRICE,) * 5)
    members = await world.submitted(size=5)
    world.pass_time(9)
    for _ in range(2):
        world.send(next(iter(world.miners)), Disputes, "drawQuorum", 1)
    for row in world.rows()[:3]:
        world.sleeping.add(row.miner)
    world.answer_proposals()
    world.pass_until(world.double.chain.block.timestamp + 400)  # the three are too late
    exchange = await members.collect(patience_seconds=60)
    assert exchange.answer.delivered == ANSWER
    logs = [session.log for session in members.sessions]
    found, votes = agreed(logs)
    assert (found.answer.delivered, votes) == (ANSWER, 2)


async def test_progress_is_said_once_and_names_the_miner(world):
    world.join_all()
    members = await world.submitted()
    await members.collect(patience_seconds=60)
    assert len([words for words in world.told if "miners are drawn after" in words]) == 1
    checked = [words for words in world.told if "all checks passed" in words]
    names = {f"0x{address.hex()[:8]}" for address in world.miners}
    assert {words.split(":")[0] for words in checked} == {f"miner {name}" for name in names}
    assert len(world.told) == len(set(world.told))


async def test_the_smallest_quorum_is_not_told_to_be_smaller(world):
    world.join_all()
    wish = Wish(
        kind=KIND_LLM, model_root=bytes(31) + b"\x01", units_max=UNITS, classes=CLASS_QUORUM
    )
    for size, is_advised in ((3, False), (5, True)):
        with pytest.raises(JobOverError) as refused:
            await make_quorum_terms(world.chain, CLIENT_SECRET, wish, size)
        assert ("smaller" in refused.value.remedy) is is_advised
