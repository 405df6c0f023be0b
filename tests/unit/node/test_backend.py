"""The node behind the RPC: what stays in memory, what is batched, what is limited."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from node import backend_blocks
from node import gossip as gossip_module
from node.backend import STATES_KEPT, NodeBackend
from primitives.errors import AitbcError
from primitives.keys import secret_to_address
from primitives.types import Address
from rpc.backend import PENDING, BlockRecord, LogQuery
from rpc.errors import LimitExceededError, StateUnavailableError
from state.chain import ChainStore
from tests.unit.rpc.small_chain import ALICE, BOB, LOGGER, World, make_backend, make_world

RECIPIENT = Address(b"\x77" * 20)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    fresh = make_world(tmp_path)
    yield fresh
    fresh.pool.shutdown()


def finalize(world: World, backend: NodeBackend, *transactions: object) -> None:
    executed, head = world.mine(*transactions)  # type: ignore[arg-type]
    backend._driver.hooks.on_finalized[0](executed, head)


async def test_state_of_the_last_heads_stays_readable(world: World) -> None:
    backend = make_backend(world)
    for height in range(STATES_KEPT + 1):
        finalize(world, backend, world.transaction(value=1))
        assert backend.head.height == height + 1
    newest = STATES_KEPT + 1
    for height in range(2, newest + 1):
        assert backend.account(height, RECIPIENT).balance == height
    with pytest.raises(StateUnavailableError):
        backend.account(1, RECIPIENT)


async def test_head_that_was_read_stays_readable_while_the_next_block_is_persisted(
    world: World,
) -> None:
    backend = make_backend(world)
    world.mine(world.transaction(value=1))
    height = backend.head.height
    world.mine(world.transaction(value=1))  # the event loop has not heard of it yet
    assert backend.account(height, RECIPIENT).balance == 1
    assert backend.account(backend.head.height, RECIPIENT).balance == 2


async def test_block_in_memory_equals_the_block_on_disk(world: World) -> None:
    backend, stranger = make_backend(world), make_backend(world)
    finalize(world, backend, world.transaction(to=LOGGER), world.transaction(BOB))
    in_memory, on_disk = await backend.block(1), await stranger.block(1)
    assert in_memory == on_disk
    assert await backend.receipts(1) == await stranger.receipts(1)
    assert await backend.rewards(1) == await stranger.rewards(1)


async def test_memory_of_blocks_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend_blocks, "RECENT_BLOCKS", 2)
    backend = make_backend(world)
    for _ in range(4):
        finalize(world, backend)
    assert sorted(backend._blocks._recent) == [3, 4]
    assert (await backend.block(1)) is not None


async def test_listeners_hear_of_blocks_and_waiting_transactions(world: World) -> None:
    heard: list[object] = []

    class Ear:
        def on_finalized(self, block: BlockRecord, receipts: object) -> None:
            heard.append((block.header.height, len(block.transactions)))

        def on_pending(self, transaction: object) -> None:
            heard.append(transaction)

    backend = make_backend(world)
    backend.attach(Ear())
    transaction = world.transaction()
    await backend.submit(transaction.encode())
    finalize(world, backend, transaction)
    assert heard == [transaction, (1, 1)]


async def test_concurrent_submissions_share_worker_calls(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    decode_all = gossip_module._decode_all

    def counted(raws: list[bytes]) -> list[object]:
        sizes.append(len(raws))
        return list(decode_all(raws))

    monkeypatch.setattr(gossip_module, "_decode_all", counted)
    backend = make_backend(world)
    raws = [world.transaction().encode() for _ in range(200)]
    raws[7] = b"\x02\xc0"
    raws[9] = raws[8]
    results = await asyncio.gather(*(backend.submit(r) for r in raws), return_exceptions=True)
    failed = [i for i, result in enumerate(results) if isinstance(result, AitbcError)]
    assert failed == [7, 9]
    assert sum(sizes) == 200
    assert len(sizes) <= 8
    assert backend.pending_nonce(secret_to_address(ALICE)) == 7


async def test_cancelled_submission_does_not_stop_the_others(world: World) -> None:
    backend = make_backend(world)
    first = asyncio.ensure_future(backend.submit(world.transaction().encode()))
    second = asyncio.ensure_future(backend.submit(world.transaction().encode()))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    assert backend.pending_nonce(secret_to_address(ALICE)) == 2


async def test_log_results_are_limited(world: World) -> None:
    backend = make_backend(world)
    for _ in range(3):
        world.mine(world.transaction(to=LOGGER))
    query = LogQuery(addresses=frozenset({LOGGER}))
    assert len(await backend.logs(query, 0, 3, 3)) == 3
    with pytest.raises(LimitExceededError, match="more than 2 results"):
        await backend.logs(query, 0, 3, 2)


async def test_bloom_keeps_the_scan_from_reading_blocks_without_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = make_backend(world)
    world.mine(world.transaction())
    world.mine(world.transaction(to=LOGGER))
    read: list[int] = []
    receipts = ChainStore.receipts

    def counted(chain: ChainStore, height: int) -> object:
        read.append(height)
        return receipts(chain, height)

    monkeypatch.setattr(ChainStore, "receipts", counted)
    found = await backend.logs(LogQuery(addresses=frozenset({LOGGER})), 0, 2, 10)
    assert [entry.height for entry in found] == [2]
    assert read == [2]


async def test_pending_names_the_head_when_nothing_is_undecided(world: World) -> None:
    backend = make_backend(world)
    finalize(world, backend, world.transaction())
    pending = await backend.block(PENDING)
    assert pending is not None
    assert pending.is_final
    assert pending.header == backend.head
    world.build()
    pending = await backend.block(PENDING)
    assert pending is not None
    assert not pending.is_final
    assert pending.header.height == 2


async def test_tip_follows_recent_blocks(world: World) -> None:
    backend = make_backend(world)
    assert backend.suggested_tip == backend_blocks.TIP_WEI_DEFAULT
    finalize(world, backend, world.transaction(max_priority_fee_per_gas=77))
    assert backend.suggested_tip == 77
