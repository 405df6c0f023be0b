"""The client's transactions: once for a purpose, whatever pool and network do."""

import pytest

from contracts.marketplace.v1.contract import Marketplace
from miner.chain import RefusedError
from miner.client.faults import NotReadyError
from primitives.transaction import decode_transaction
from rpc.client import RpcCallError
from tests.unit.miner.client.market_world import CLIENT


async def cancelling(world):
    """Return a session with an order, and the arguments of the call that cancels it."""
    world.join()
    session = await world.ordered()
    return session, ("cancel", Marketplace, "cancelOrder", session.log.job.order_id)


def sent_count(world):
    return world.double.requests.count("eth_sendRawTransaction")


async def test_a_purpose_is_sent_once(world):
    session, call = await cancelling(world)
    first = await session.account.send(*call)
    before = sent_count(world)
    assert (await session.account.send(*call)).hash == first.hash
    assert sent_count(world) == before


async def test_a_pool_that_refuses_leaves_the_purpose_free(world):
    session, call = await cancelling(world)
    world.double.pool_error = "txpool is full"
    with pytest.raises(RpcCallError, match="full"):
        await session.account.send(*call)
    assert (await session.account.send(*call)).is_success


async def test_a_pool_that_knows_it_already_is_no_failure(world):
    session, call = await cancelling(world)
    sent = await session.account._prepare(*call[:3], call[3:], 0)
    world.double.pool[CLIENT, sent.nonce] = decode_transaction(sent.raw)
    await session.account._broadcast(sent)
    world.double.mine()
    assert (await session.account.send(*call)).hash == sent.hash


async def test_a_transaction_whose_nonce_another_took_is_made_anew(world):
    session, call = await cancelling(world)
    sent = await session.account._prepare(*call[:3], call[3:], 0)
    world.double.nonces[CLIENT] += 1
    outcome = await session.account.send(*call)
    assert outcome.is_success
    assert outcome.hash != sent.hash


async def test_what_vanished_from_the_pool_is_sent_again(world):
    session, call = await cancelling(world)
    world.double.swallowed = next(
        m.selector for m in Marketplace.methods.values() if m.name == "cancelOrder"
    )
    resent = []

    async def sleep(seconds):
        if world.slept > 40 and not resent:
            resent.append(True)
            world.double.swallowed = b""
        world.slept += seconds
        world.double.mine()

    session.account._sleep = sleep
    world.slept = 0
    with pytest.raises(NotReadyError, match="not final"):
        await session.account.send(*call)
    assert resent
    sent = session.log.sent["cancel"]
    assert (await session.account.send(*call)).hash == sent.hash


async def test_a_call_that_reverts_on_the_chain_is_explained(world):
    session, call = await cancelling(world)
    await session.account._prepare(*call[:3], call[3:], 0)
    raw = session.log.sent["cancel"].raw
    world.send(CLIENT, Marketplace, "cancelOrder", call[3])
    transaction = decode_transaction(raw)
    world.double.pool[CLIENT, transaction.nonce] = transaction
    world.double.mine()
    with pytest.raises(RefusedError, match="WrongOrderStatus"):
        await session.account.send(*call)
    assert "cancel" not in session.log.sent


async def test_a_revert_that_the_state_does_not_explain_any_more_is_still_one(world):
    session, call = await cancelling(world)
    await session.account._prepare(*call[:3], call[3:], 0)
    sent = session.log.sent["cancel"]
    world.double.outcomes[sent.hash] = {
        "blockNumber": "0x1", "status": "0x0", "gasUsed": "0x1", "logs": [],
    }  # fmt: skip
    with pytest.raises(RefusedError, match="reverted"):
        await session.account.send(*call)


async def test_what_a_crash_kept_from_the_pool_is_sent_at_once(world):
    session, call = await cancelling(world)
    sent = await session.account._prepare(*call[:3], call[3:], 0)
    slept = world.slept
    assert (await session.account.send(*call)).hash == sent.hash
    assert world.slept - slept <= 1
