"""The client against a real server: batches, failover, and typed calls over it."""

from collections.abc import AsyncIterator

import pytest

from contracts.staking.v1.contract import Staking
from miner.chain import Chain, RefusedError, sign_call
from primitives.errors import ConfigError
from primitives.keys import secret_to_address
from primitives.types import WEI_PER_AIT
from rpc import client as client_module
from rpc.client import NodeUnreachableError, RpcCallError, RpcClient
from rpc.server import RpcServer
from tests.unit.rpc.small_chain import ALICE, CHAIN_ID, REVERTER, World, make_backend

SENDER = secret_to_address(ALICE)
DEAD = "http://127.0.0.1:1"


@pytest.fixture
async def url(world: World) -> AsyncIterator[str]:
    server = RpcServer(make_backend(world))
    port = await server.start("127.0.0.1", 0)
    yield f"http://127.0.0.1:{port}"
    await server.close()


@pytest.fixture
async def client(url: str) -> AsyncIterator[RpcClient]:
    async with RpcClient(url) as opened:
        yield opened


async def test_transaction_is_priced_sent_and_found_when_final(
    client: RpcClient, world: World
) -> None:
    chain, to = Chain(client), b"\x42" * 20
    transaction = sign_call(
        ALICE,
        chain_id=await chain.chain_id(),
        nonce=await chain.nonce(SENDER, "pending"),
        fees=await chain.fees(),
        gas=await chain.estimate_gas(SENDER, to, b"", 9),
        to=to,
        data=b"",
        value=9,
    )
    await chain.broadcast(transaction.encode())
    assert (await chain.nonce(SENDER), await chain.nonce(SENDER, "pending")) == (0, 1)
    assert await chain.outcome(transaction.hash) is None
    world.mine(transaction)
    done = await chain.outcome(transaction.hash)
    assert done is not None
    assert (done.is_success, done.height, done.gas_used) == (True, 1, 21_000)
    assert await chain.balance(to) == 9
    assert (await chain.head()).height == 1


async def test_errors_carry_code_message_and_data(client: RpcClient) -> None:
    with pytest.raises(RpcCallError) as caught:
        await client.call("eth_call", {"to": "0x" + REVERTER.hex()}, "latest")
    assert caught.value.is_revert
    assert caught.value.reason == "execution reverted: no"
    with pytest.raises(RpcCallError, match="eth_nothing"):
        await client.call("eth_nothing")


async def test_native_contracts_answer_and_reverts_say_why(client: RpcClient) -> None:
    chain = Chain(client)
    totals = await chain.view(Staking, "totals")
    assert (totals.bonded, totals.unbonding) == (10_000 * WEI_PER_AIT, 0)
    validators = await chain.view(Staking, "validators", 0, 10)
    assert [validator.name for validator in validators] == ["one"]
    with pytest.raises(RefusedError, match="no"):
        await chain.eth_call(REVERTER, b"")


async def test_batch_holds_results_and_errors_in_place(client: RpcClient) -> None:
    calls = [("eth_blockNumber", ()), ("eth_nothing", ()), ("eth_chainId", ())]
    number, error, chain_id = await client.batch(calls)
    assert (number, chain_id) == ("0x0", hex(CHAIN_ID))
    assert isinstance(error, RpcCallError)
    assert error.code == -32601
    many = await client.batch([("eth_blockNumber", ())] * 2_500)
    assert many == ["0x0"] * 2_500


async def test_dead_url_is_passed_over(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "BACKOFF_SECONDS_MIN", 0.0)
    async with RpcClient(DEAD, url) as client:
        assert await client.call("eth_chainId") == hex(CHAIN_ID)
        assert await client.call("eth_blockNumber") == "0x0"


async def test_nobody_there_is_an_error_that_names_the_urls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_module, "ATTEMPTS_MAX", 1)
    async with RpcClient(DEAD) as client:
        with pytest.raises(NodeUnreachableError, match=DEAD):
            await client.call("eth_blockNumber")


def test_no_url_is_refused() -> None:
    with pytest.raises(ConfigError):
        RpcClient()
