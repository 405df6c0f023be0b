"""Requests and vouchers: who may ask, in which order, and what is never done twice."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.marketplace.v1.contract import Marketplace
from miner.leases.protocol import Ask, decode_envelope
from miner.leases.refusals import STATUS_AND_REMEDY, Code, DeskRefusedError
from primitives.errors import InvariantError
from primitives.types import Hash32
from rpc.client import NodeUnreachableError
from tests.unit.miner.leases.desk_world import (
    CLIENT,
    OTHER_SECRET,
    PRICE,
    Client,
    Desk,
    Market,
    ask_desk,
    exchange,
)


@pytest.fixture
def market():
    made = Market()
    made.join()
    return made


@pytest.fixture
async def desk(market, tmp_path):
    made = Desk(market, tmp_path)
    yield made
    await made.service.close()
    made.kill()


@pytest.fixture
async def client(market, desk):
    return Client(market, await desk.lease())


async def refused(code, coroutine):
    with pytest.raises(DeskRefusedError) as info:
        await coroutine
    assert info.value.code == code, str(info.value)
    return info.value


def test_every_code_has_a_status_and_a_remedy():
    assert set(STATUS_AND_REMEDY) == set(Code)
    for status, remedy in STATUS_AND_REMEDY.values():
        assert 400 <= status < 600
        assert remedy


def test_the_codes_are_documented():
    text = (Path(__file__).resolve().parents[4] / "docs" / "miner.md").read_text()
    for code, (status, remedy) in STATUS_AND_REMEDY.items():
        assert f"| `{code.value}` | {status} | {remedy} |" in text


async def test_the_same_envelope_gives_the_same_bytes_without_working_again(desk, client):
    body = client.envelope(1, 1, 2)
    deal, envelope = desk.service.authenticate(client.lease_id, body)
    first = await desk.service.answer(deal, envelope, body)
    assert await desk.service.answer(deal, envelope, body) == first
    desk.restart()
    await desk.step()
    deal, envelope = desk.service.authenticate(client.lease_id, body)
    assert await desk.service.answer(deal, envelope, body) == first
    assert desk.backend.calls == 1


async def test_another_envelope_with_a_used_number_is_refused(desk, client):
    await ask_desk(desk, client, 1, 1, 2)
    await refused(Code.SEQ_USED, ask_desk(desk, client, 1, 1, 2))  # sealed anew: other bytes
    assert desk.backend.calls == 1


async def test_the_same_request_twice_at_once_is_computed_once(desk, client):
    desk.backend.gate = asyncio.Event()
    body = client.envelope(1, 1, 2)
    deal, envelope = desk.service.authenticate(client.lease_id, body)
    both = [asyncio.create_task(desk.service.answer(deal, envelope, body)) for _ in range(2)]
    await asyncio.sleep(0)
    await refused(Code.BUSY, ask_desk(desk, client, 1, 7, 8))
    await refused(Code.BUSY, ask_desk(desk, client, 2, 7, 8))
    desk.backend.gate.set()
    one, other = await asyncio.gather(*both)
    assert one == other
    assert desk.backend.calls == 1


async def test_a_visitor_who_hangs_up_finds_his_delivery_later(desk, client):
    desk.backend.gate = asyncio.Event()
    body = client.envelope(1, 1, 2)
    deal, envelope = desk.service.authenticate(client.lease_id, body)
    asking = asyncio.create_task(desk.service.answer(deal, envelope, body))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    desk.backend.gate.set()
    delivery = await desk.service.answer(deal, envelope, body)
    assert client.read(delivery)[0].seq == 1
    assert desk.backend.calls == 1


async def test_numbers_are_strictly_next(desk, client):
    error = await refused(Code.WRONG_SEQ, ask_desk(desk, client, 2))
    assert error.more == {"expected": 1}
    await refused(Code.WRONG_SEQ, ask_desk(desk, client, 0))
    await refused(Code.WRONG_SEQ, ask_desk(desk, client, (1 << 64) - 1))


async def test_one_receipt_on_credit_and_no_more(desk, client):
    receipt, _ = client.read(await ask_desk(desk, client, 1, 1, 2))
    error = await refused(Code.ACKNOWLEDGE_FIRST, ask_desk(desk, client, 2))
    assert error.status == 402
    desk.service.acknowledge(client.lease_id, client.voucher(receipt))
    await ask_desk(desk, client, 2)


async def test_credit_is_what_is_configured(market, tmp_path):
    desk = Desk(market, tmp_path, credit=2)
    client = Client(market, await desk.lease())
    await ask_desk(desk, client, 1)
    await ask_desk(desk, client, 2)
    await refused(Code.ACKNOWLEDGE_FIRST, ask_desk(desk, client, 3))
    desk.kill()


async def test_nobody_but_the_client_is_served(desk, client):
    await refused(Code.WRONG_SIGNATURE, ask_desk(desk, client, 1, secret=OTHER_SECRET))
    body = bytearray(client.envelope(1))
    body[-1] ^= 27  # the recovery byte
    with pytest.raises(DeskRefusedError):
        desk.service.authenticate(client.lease_id, bytes(body))
    assert desk.backend.calls == 0


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"request_hash": Hash32(b"\x09" * 32)}, Code.WRONG_REQUEST),
        ({"units_max": 2}, Code.WRONG_REQUEST),
        ({"units_max": 0}, Code.WRONG_REQUEST),
    ],
)
async def test_nothing_is_computed_that_the_client_did_not_sign_for(desk, client, request_, code):
    error = await refused(code, ask_desk(desk, client, 1, 1, 2, 3, request=request_))
    assert error.remedy
    assert desk.backend.calls == 0
    await ask_desk(desk, client, 1, 1, 2, 3, request={"units_max": 4})


async def test_a_request_signed_by_another_or_for_another_place_is_refused(desk, client):
    for changes in (
        {"request_secret": OTHER_SECRET},
        {"request": {"seq": 2}},
        {"request": {"lease_id": Hash32(bytes(32))}},
    ):
        body = client.envelope(1, 1, 2, **changes)
        envelope = decode_envelope(body)
        moved = replace(envelope, lease_id=Hash32(client.lease_id), seq=1).encode()
        with pytest.raises(DeskRefusedError) as info:
            desk.service.authenticate(client.lease_id, moved)
        assert info.value.code == Code.WRONG_SIGNATURE
    assert desk.backend.calls == 0


async def test_sealed_for_elsewhere_does_not_open(desk, client):
    from wallet.sealing import mailbox_key

    await refused(Code.UNREADABLE, ask_desk(desk, client, 1, key=mailbox_key(OTHER_SECRET)))
    await refused(Code.UNREADABLE, ask_desk(desk, client, 1, subject_seq=2))
    await refused(Code.UNREADABLE, ask_desk(desk, client, 1, sealed=b""))
    await refused(Code.UNREADABLE, ask_desk(desk, client, 1, sealed=b"\x01" * 200))
    assert desk.book.deal(client.lease_id).last_seq == 0


async def test_what_the_backend_refuses_costs_no_number(desk, client):
    empty = Ask(salt=bytes(32), options=b"")
    error = await refused(Code.WORK_REFUSED, ask_desk(desk, client, 1, ask=empty))
    assert error.body()["reason"] == "bad_request"
    long = Ask(salt=bytes(32), options=b"", tokens=(1,) * 101)
    await refused(Code.WORK_REFUSED, ask_desk(desk, client, 1, ask=long))
    await ask_desk(desk, client, 1)


async def test_failed_work_costs_no_number_and_may_be_asked_again(desk, client):
    desk.backend.fault = "timeout"
    body = client.envelope(1)
    deal, envelope = desk.service.authenticate(client.lease_id, body)
    await refused(Code.WORK_FAILED, desk.service.answer(deal, envelope, body))
    assert deal.last_seq == 0
    desk.backend.fault = None
    await desk.service.answer(deal, envelope, body)


async def test_units_never_exceed_the_lease(desk, client):
    receipt, _ = await exchange(desk, client, 1, *[1] * 100)
    assert receipt.units == 100
    await refused(Code.UNITS_USED_UP, ask_desk(desk, client, 2))


async def test_no_lease_no_work(market, desk, client):
    client.lease_id = b"\x09" * 32
    await refused(Code.UNKNOWN_LEASE, ask_desk(desk, client, 1))
    proposed = market.propose()
    await desk.step()
    await refused(Code.LEASE_NOT_ACTIVE, ask_desk(desk, Client(market, proposed), 1))


async def test_a_lease_being_ended_takes_no_request(market, desk, client):
    market.send(CLIENT, Marketplace, "requestReclaim", client.lease_id)
    await desk.step(4)
    await refused(Code.LEASE_ENDING, ask_desk(desk, client, 1))


async def test_near_the_deadline_nothing_is_begun(market, tmp_path):
    desk = Desk(market, tmp_path)
    client = Client(market, await desk.lease(deadline_seconds=60))
    market.double.chain.advance(1, seconds=50)
    await desk.step()
    await refused(Code.LEASE_ENDING, ask_desk(desk, client, 1))
    desk.kill()


async def test_without_news_of_the_chain_nothing_is_begun(desk, client):
    desk.now += 1_000
    await refused(Code.NO_CHAIN, ask_desk(desk, client, 1))


async def test_a_chain_that_does_not_answer_costs_no_number(desk, client, monkeypatch):
    async def silent(*_):
        raise NodeUnreachableError({"x": "away"})

    monkeypatch.setattr(desk.market.double, "call", silent)
    await refused(Code.NO_CHAIN, ask_desk(desk, client, 1))
    assert desk.book.deal(client.lease_id).last_seq == 0


async def test_draining_takes_no_new_request(desk, client):
    desk.service.is_draining = True
    await refused(Code.DRAINING, ask_desk(desk, client, 1))


async def test_a_lease_that_ended_during_the_work_gets_no_receipt(market, desk, client):
    desk.backend.gate = asyncio.Event()
    asking = asyncio.create_task(ask_desk(desk, client, 1))
    await asyncio.sleep(0)
    market.send(CLIENT, Marketplace, "requestReclaim", client.lease_id)
    await desk.step(4)
    desk.backend.gate.set()
    await refused(Code.LEASE_ENDING, asking)
    assert desk.book.deal(client.lease_id).last_seq == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seq": 2}, Code.WRONG_RECEIPT),
        ({"seq": 0}, Code.WRONG_RECEIPT),
        ({"receipt_hash": bytes(32)}, Code.WRONG_RECEIPT),
        ({"cumulative_units": 1}, Code.WRONG_TOTALS),
        ({"cumulative_amount": 2 * PRICE}, Code.WRONG_TOTALS),
        ({"cumulative_amount": (1 << 256) - 1}, Code.WRONG_TOTALS),
        ({"secret": OTHER_SECRET}, Code.WRONG_SIGNATURE),
        ({"lease_id": b"\x01" * 32}, Code.BAD_REQUEST),
    ],
)
async def test_a_wrong_voucher_is_refused_and_not_kept(desk, client, changes, code):
    receipt, _ = client.read(await ask_desk(desk, client, 1, 1, 2, 3))
    with pytest.raises(DeskRefusedError) as info:
        desk.service.acknowledge(client.lease_id, client.voucher(receipt, **changes))
    assert info.value.code == code
    assert desk.book.deal(client.lease_id).acknowledged == 0


async def test_a_voucher_is_on_the_disk_before_it_is_confirmed(desk, client, monkeypatch):
    receipt, _ = client.read(await ask_desk(desk, client, 1, 1, 2, 3))
    voucher = client.voucher(receipt)
    assert desk.service.acknowledge(client.lease_id, voucher) == {"seq": 1}
    assert desk.service.acknowledge(client.lease_id, voucher) == {"seq": 1}
    desk.restart()
    assert desk.book.deal(client.lease_id).acknowledged == 1


async def test_a_receipt_is_on_the_disk_before_it_leaves(desk, client, monkeypatch):
    def full(*_):
        raise OSError(28, "no space")

    body = client.envelope(1, 1, 2)
    deal, envelope = desk.service.authenticate(client.lease_id, body)
    with monkeypatch.context() as patch:
        patch.setattr("miner.record_log.os.fsync", full)
        with pytest.raises(OSError, match="no space"):
            await desk.service.answer(deal, envelope, body)
    assert deal.last_seq == 0
    assert client.read(await desk.service.answer(deal, envelope, body))[0].seq == 1


async def test_a_number_is_never_signed_for_twice(desk, client):
    await ask_desk(desk, client, 1)
    signed = desk.book.deal(client.lease_id).receipts[1]
    with pytest.raises(InvariantError):
        desk.book.save_receipt(signed, b"", b"")


async def test_after_a_lost_disk_nothing_more_is_signed_for_a_lease(market, tmp_path):
    desk = Desk(market, tmp_path / "old")
    client = Client(market, await desk.lease())
    await exchange(desk, client, 1, 1, 2, 3)
    desk.kill()
    fresh = Desk(market, tmp_path / "new")
    await fresh.step(2)
    error = await refused(Code.LEASE_ENDING, ask_desk(fresh, client, 1))
    assert "lost its record" in error.problem
    fresh.restart()
    await fresh.step(2)
    await refused(Code.LEASE_ENDING, ask_desk(fresh, client, 1))
    assert fresh.backend.calls == 0
    fresh.kill()


async def test_show_tells_how_far_a_lease_is(desk, client):
    await exchange(desk, client, 1, 1, 2, 3)
    await ask_desk(desk, client, 2, 1)
    shown = desk.service.show(client.lease_id)
    assert (shown["seq"], shown["acknowledged"], shown["units"]) == (2, 1, 4)
    assert shown["acknowledged_wei"] == str(3 * PRICE)
