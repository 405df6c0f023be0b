"""The client against a real server: batches, failover, contract calls, preparing."""

from collections.abc import AsyncIterator

import pytest

from contracts.places import STAKING_ADDRESS
from primitives.errors import ConfigError
from primitives.keys import secret_to_address
from primitives.transaction import sign_transaction
from primitives.types import WEI_PER_AIT
from rpc import client as client_module
from rpc.client import (
    NodeUnreachableError,
    ReceiptMissingError,
    RpcCallError,
    RpcClient,
    native_method,
)
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


async def test_transaction_is_prepared_sent_and_waited_for(client: RpcClient, world: World) -> None:
    to = b"\x42" * 20
    unsigned = await client.prepare(SENDER, to, value=9)
    assert (unsigned.chain_id, unsigned.nonce, unsigned.gas_limit) == (CHAIN_ID, 0, 21_000)
    transaction = sign_transaction(unsigned, ALICE)
    sent = await client.send_raw(transaction.encode())
    assert sent == transaction.hash
    assert await client.send_raw(transaction.encode()) == sent
    assert await client.nonce(SENDER) == 1
    with pytest.raises(ReceiptMissingError):
        await client.wait_for_receipt(sent, seconds=0.01)
    world.mine(transaction)
    assert (await client.wait_for_receipt(sent))["status"] == "0x1"
    assert await client.balance(to) == 9
    assert await client.height() == 1


async def test_errors_carry_code_message_and_data(client: RpcClient) -> None:
    with pytest.raises(RpcCallError) as caught:
        await client.eth_call(REVERTER, b"")
    assert caught.value.is_revert
    assert caught.value.reason == "execution reverted: no"
    with pytest.raises(RpcCallError, match="eth_nothing"):
        await client.call("eth_nothing")


async def test_contracts_are_called_by_name_and_by_signature(client: RpcClient) -> None:
    bonded, unbonding = await client.call_native("staking", "totals")
    assert (bonded, unbonding) == (10_000 * WEI_PER_AIT, 0)
    outputs = ("uint256", "uint256")
    assert await client.call_function(STAKING_ADDRESS, "totals()", outputs) == (bonded, 0)
    (validators,) = await client.call_native("staking", "validators", 0, 10)
    assert [v.name for v in validators] == ["one"]
    with pytest.raises(ConfigError, match="no method"):
        native_method("staking", "nonsense")


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
        assert await client.chain_id() == CHAIN_ID
        assert await client.height() == 0


async def test_nobody_there_is_an_error_that_names_the_urls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_module, "ATTEMPTS_MAX", 1)
    async with RpcClient(DEAD) as client:
        with pytest.raises(NodeUnreachableError, match=DEAD):
            await client.height()


def test_no_url_is_refused() -> None:
    with pytest.raises(ConfigError):
        RpcClient()
