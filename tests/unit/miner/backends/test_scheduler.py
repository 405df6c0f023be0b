"""Lanes: slots, priorities, full queues, the least busy device."""

import asyncio

import pytest

from miner.backends.scheduler import BusyError, Lane, Priority, Scheduler


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def worker(log, name, gate):
    async def work():
        log.append(name)
        await gate.wait()
        return name

    return work


async def test_what_is_urgent_goes_first_then_what_came_first():
    scheduler, log, gate = Scheduler([Lane(device="a")]), [], asyncio.Event()
    names = [
        ("first", Priority.PRODUCT),
        ("product", Priority.PRODUCT),
        ("lease", Priority.LEASE),
        ("lease 2", Priority.LEASE),
        ("dispute", Priority.DISPUTE),
    ]
    tasks = [
        asyncio.create_task(scheduler.run("a", priority, worker(log, name, gate)))
        for name, priority in names
    ]
    await settle()
    assert log == ["first"]
    assert scheduler.load_bps() == 10_000
    gate.set()
    assert await asyncio.gather(*tasks) == [name for name, _ in names]
    assert log == ["first", "dispute", "lease", "lease 2", "product"]
    assert scheduler.status() == [{"device": "a", "slots": 1, "running": 0, "waiting": 0}]


async def test_slots_run_side_by_side_and_a_failure_frees_its_own():
    scheduler, log, gate = Scheduler([Lane(device="a", slots=2)]), [], asyncio.Event()

    async def fail():
        raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        await scheduler.run("a", Priority.LEASE, fail)
    tasks = [
        asyncio.create_task(scheduler.run("a", Priority.LEASE, worker(log, n, gate)))
        for n in range(3)
    ]
    await settle()
    assert log == [0, 1]
    gate.set()
    await asyncio.gather(*tasks)


async def test_who_stops_waiting_leaves_the_queue():
    scheduler, log, gate = Scheduler([Lane(device="a")]), [], asyncio.Event()
    tasks = [
        asyncio.create_task(scheduler.run("a", Priority.LEASE, worker(log, n, gate)))
        for n in range(3)
    ]
    await settle()
    tasks[1].cancel()
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert log == [0, 2]
    assert scheduler.lanes["a"].running == 0


async def test_the_device_with_the_least_work_per_slot_is_chosen():
    scheduler = Scheduler([Lane(device="a", slots=1), Lane(device="b", slots=4, queue_max=0)])
    scheduler.lanes["a"].running = 1
    scheduler.lanes["b"].running = 3
    assert scheduler.choose(["a", "b"]) == "b"
    scheduler.lanes["b"].running = 4
    assert scheduler.choose(["a", "b"]) == "a"  # b is full
    with pytest.raises(BusyError):
        scheduler.choose(["b"])
