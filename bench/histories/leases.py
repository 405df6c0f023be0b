"""Marketplace: offers, orders, matching, auctions, leases, indexes, services, in both versions."""

from typing import Any

from bench.histories.world import AIT, World, account
from contracts.framework.version import pack_version
from contracts.marketplace.v1.market_messages import OfferTerms, OrderTerms
from contracts.marketplace.v2.messages import ServiceTerms
from contracts.places import (
    DISPUTES_ADDRESS,
    GOVERNANCE_ADDRESS,
    MARKETPLACE_ADDRESS,
    RECEIPTS_ADDRESS,
)

MK = "marketplace"
CLIENT, STRANGER = account(1), account(9)
MINERS = tuple(account(number) for number in range(20, 24))
KEY, MODELS = b"\x0b" * 32, tuple(bytes([number]) * 32 for number in range(1, 9))
PRICE, UNITS = 10**15, 1_000
DAY = 86_400
LEVELS = ServiceTerms(
    response_seconds=100, availability_bps=9_000, credit_bps=2_000, notice_seconds=0,
    interruption_seconds=1_000,
)  # fmt: skip


def lease_history() -> World:
    """Everything of version one but products."""
    return _history(World())


def second_lease_history() -> World:
    """The same under version two, then services and ratings."""
    world = World()
    host = world.host
    versions = (pack_version("1.0.0"), pack_version("2.0.0"))
    hook = host.hook(GOVERNANCE_ADDRESS)
    assert hook.migrate(MARKETPLACE_ADDRESS, *versions, 1 << 60).success
    from contracts.runtime import active_version_slot

    host.storage[GOVERNANCE_ADDRESS, active_version_slot(MARKETPLACE_ADDRESS)] = versions[1]
    host.active.forget()
    _products(world)
    _history(world)
    _services(world)
    return world


def _products(world: World) -> None:
    """Reach the calls of products, whose costs the history of version one measures."""
    send = world.send
    send(STRANGER, MK, "registerMiner", STRANGER, "tcp://x", value=100 * AIT)
    send(STRANGER, MK, "addBond", value=AIT)
    post = (KEY, 64, 64, 64, 60, 10)
    jobs = [send(CLIENT, MK, "postJob", *post, value=AIT) for _ in range(4)]
    for job in jobs[:3]:
        send(STRANGER, MK, "takeJob", job)
    send(CLIENT, MK, "cancelJob", jobs[3])
    leases = [world.ask(MK, "job", job).lease_id for job in jobs[:3]]
    for lease in leases[:2]:
        send(RECEIPTS_ADDRESS, MK, "noteReceipt", lease)
    send(RECEIPTS_ADDRESS, MK, "settleLease", leases[0], 1)
    send(RECEIPTS_ADDRESS, MK, "failLease", leases[1], CLIENT)
    world.host.leap(60)
    send(CLIENT, MK, "expireJob", jobs[2])
    world.ask(MK, "jobOfLease", leases[0])
    world.ask(MK, "jobCount")
    world.pages(MK, "jobs", 0, sizes=(0, 1, 3))
    world.pages(MK, "openJobs", sizes=(0, 1))
    send(STRANGER, MK, "setEndpoint", "tcp://[2001:db8::1]:30303/another/rather/long/place")
    send(STRANGER, MK, "requestWithdrawal")
    world.host.leap(DAY)
    send(STRANGER, MK, "withdrawBond")


def _offer(world: World, miner: bytes, **changes: Any) -> int:
    values: dict[str, Any] = {
        "unit_kind": 1, "kinds": 62, "classes": 15, "gpu_class": 3, "gpu_count": 1, "region": 2,
        "vram_mib": 80_000, "latency_ms": 50, "leases_max": 40, "unit_price": PRICE,
        "expiry_seconds": 20 * DAY, "model_roots": MODELS,
    }  # fmt: skip
    offer: int = _call(world, miner, "postOffer", OfferTerms(**values | changes), value=AIT)
    return offer


def _terms(**changes: Any) -> OrderTerms:
    values: dict[str, Any] = {
        "kind": 3, "classes": 1, "unit_kind": 1, "gpu_class": 3, "region": 2, "vram_mib": 1,
        "latency_ms": 50, "macs_per_second": 1, "model_root": MODELS[-1], "client_key": KEY,
        "units_max": UNITS, "unit_price_max": PRICE, "prepay_units": 10, "deadline_seconds": 60,
        "window_blocks": 60, "response_seconds": 60, "move_seconds": 60, "game_seconds": 1_800,
        "adjudicator": 0, "expiry_seconds": 600,
    }  # fmt: skip
    return OrderTerms(**values | changes)


def _call(world: World, sender: bytes, name: str, *values: Any, value: int = 0) -> Any:
    """Send a call whose arguments hold structs."""
    method = world._method(MK, name)
    data = method.selector + method.arguments.write(values)
    from bench.histories.world import _result

    return _result(method, world.host.transact(sender, MARKETPLACE_ADDRESS, data, value))


def _order(world: World, **changes: Any) -> bytes:
    order: bytes = _call(world, CLIENT, "postOrder", _terms(**changes), value=UNITS * PRICE)
    return order


def _history(world: World) -> World:
    send, ask = world.send, world.ask
    for number, miner in enumerate(MINERS):
        send(miner, MK, "registerMiner", account(40 + number), "tcp://x", value=200 * AIT)
        send(miner, MK, "setOperator", account(50 + number))
        send(miner, MK, "setSealingKey", KEY)
        _offer(world, miner)
        until = world.host.block.timestamp + 20 * DAY
        send(RECEIPTS_ADDRESS, MK, "noteCapacity", miner, 10**12, until)
    for _ in range(3):
        _dry_run(world)
        for miner in MINERS:
            _offer(world, miner)
    _dry_run(world)
    extra = _offer(world, MINERS[0])
    send(MINERS[0], MK, "repriceOffer", extra, PRICE - 1)
    send(MINERS[0], MK, "closeOffer", extra)
    leases = _proposals(world)
    _auctions(world)
    _leases(world, leases)
    for name, values in (
        ("priceIndex", (1, 3)), ("capacity", (MINERS[0],)), ("miner", (MINERS[0],)),
        ("operatorValid", (MINERS[0], account(50), 9)), ("standing", (MINERS[0],)),
        ("wasOperator", (MINERS[0], account(50))), ("offer", (1,)), ("offerCount", ()),
        ("order", (ask(MK, "lease", leases[0]).order_id,)), ("orderCount", ()),
        ("nextOrderId", (CLIENT,)), ("leaseOutcome", (leases[0],)), ("leaseCount", ()),
        ("endedAt", (leases[0],)),
    ):  # fmt: skip
        ask(MK, name, *values)
    world.pages(MK, "offers", 1, sizes=(0, 1, 4, 12))
    world.pages(MK, "leases", sizes=(0, 1, 4, 8))
    world.pages(MK, "leasesOf", CLIENT, sizes=(0, 1, 4, 8))
    world.pages(MK, "orders", sizes=(0, 1, 4, 8))
    world.pages(MK, "openOrders", sizes=(0, 1, 2))
    world.host.leap(DAY)
    send(STRANGER, MK, "updateIndex", 1, 3)
    world.framework_calls(MK, "feeBps", 200)
    return world


def _dry_run(world: World) -> None:
    method = world._method(MK, "dryRun")
    data = method.selector + method.arguments.write((_terms(), CLIENT))
    world.host.read(MARKETPLACE_ADDRESS, data)


def _proposals(world: World) -> list[bytes]:
    """Take, match, accept, decline, cancel and let run out; returns active leases."""
    send = world.send
    world.ask(MK, "fits", _order(world), 1)
    drawn = _order(world)
    world.ask(MK, "candidates", drawn, world.host.block.height)
    world.refuse(CLIENT, MK, "proposeTo", drawn, 2)
    lease = send(DISPUTES_ADDRESS, MK, "proposeTo", drawn, 2)
    send(CLIENT, MK, "cancelLease", lease)
    leases: list[bytes] = []
    for _ in range(7):
        lease = send(CLIENT, MK, "takeOffer", _order(world), 1)
        send(MINERS[0], MK, "acceptLease", lease)
        leases.append(lease)
    lease = send(CLIENT, MK, "takeOffer", _order(world), 2)
    send(MINERS[1], MK, "declineLease", lease)
    lease = send(STRANGER, MK, "matchOrder", _order(world))
    send(CLIENT, MK, "cancelLease", lease)
    lease = send(CLIENT, MK, "takeOffer", _order(world), 3)
    world.refuse(CLIENT, MK, "takeOffer", _order(world), 2)
    send(CLIENT, MK, "cancelOrder", _order(world))
    late = _order(world)
    world.host.leap(600)
    send(STRANGER, MK, "expireProposal", lease)
    send(STRANGER, MK, "expireOrder", late)
    _order(world)
    return leases


def _auctions(world: World) -> None:
    """An auction in which each reveal beats the one before, and one bid stays hidden."""
    send = world.send
    terms = _terms(expiry_seconds=0)
    order = _call(world, CLIENT, "postAuction", terms, 60, 60, value=UNITS * PRICE)
    prices = [PRICE - number for number in range(4)]
    for miner, price in zip(MINERS, prices, strict=True):
        commitment = world.ask(MK, "bidHash", order, miner, price, KEY)
        send(miner, MK, "commitBid", order, commitment, value=AIT)
    send(GOVERNANCE_ADDRESS, MK, "setParameter", "bidsMax", 4)
    late = account(55)
    send(late, MK, "registerMiner", account(155), "tcp://x", value=100 * AIT)
    for miner, bond in ((late, 2 * AIT), (MINERS[3], 3 * AIT)):
        hidden = world.ask(MK, "bidHash", order, miner, prices[3], KEY)
        send(miner, MK, "commitBid", order, hidden, value=bond)
    send(GOVERNANCE_ADDRESS, MK, "setParameter", "bidsMax", 16)
    world.host.leap(60)
    for number, place, offer in ((0, 0, 1), (1, 1, 6), (3, 2, 4)):
        send(MINERS[number], MK, "revealBid", order, place, offer, prices[number], KEY)
    world.ask(MK, "bids", order)
    world.host.leap(60)
    send(STRANGER, MK, "closeAuction", order)


def _leases(world: World, leases: list[bytes]) -> None:
    """Settle, hold, release, close, reclaim, convict; Receipts has no claims of these."""
    send = world.send
    world.ask(MK, "lease", leases[0])
    for lease in leases[:2]:
        send(RECEIPTS_ADDRESS, MK, "payLease", lease, UNITS, UNITS * PRICE)
    send(DISPUTES_ADDRESS, MK, "closeUnpaid", leases[2])
    send(DISPUTES_ADDRESS, MK, "paySplit", leases[2], 5)
    send(DISPUTES_ADDRESS, MK, "paySplit", leases[6], 5)
    send(DISPUTES_ADDRESS, MK, "holdLease", leases[3])
    send(DISPUTES_ADDRESS, MK, "releaseLease", leases[3])
    send(DISPUTES_ADDRESS, MK, "holdLease", leases[3])
    send(CLIENT, MK, "requestReclaim", leases[4])
    send(DISPUTES_ADDRESS, MK, "convict", leases[3], 1)
    world.refuse(RECEIPTS_ADDRESS, MK, "payLease", leases[4], 1, 1)
    send(CLIENT, MK, "finishReclaim", leases[4])
    send(STRANGER, MK, "expireLease", leases[5])


def _services(world: World) -> None:
    """Orders with service levels, probes, an interruption, a credit, ratings."""
    send = world.send
    offer = _offer(world, MINERS[1])
    _call(world, MINERS[1], "promiseService", offer, LEVELS)
    _call(world, CLIENT, "attachService", _order(world), LEVELS)
    until = world.host.block.timestamp + DAY
    send(RECEIPTS_ADDRESS, MK, "noteCapacity", MINERS[1], 10**12, until)
    terms = _terms(expiry_seconds=600)
    order = _call(world, CLIENT, "postOrderWithService", terms, LEVELS, value=UNITS * PRICE)
    lease = send(CLIENT, MK, "takeOffer", order, offer)
    send(MINERS[1], MK, "acceptLease", lease)
    send(CLIENT, MK, "probeService", lease)
    send(MINERS[1], MK, "answerProbe", lease)
    world.host.leap(600)
    send(CLIENT, MK, "probeService", lease)
    world.host.leap(100)
    send(STRANGER, MK, "failProbe", lease)
    send(MINERS[1], MK, "announceInterruption", lease, 10, 10)
    world.ask(MK, "service", lease)
    world.ask(MK, "promisedService", offer)
    send(RECEIPTS_ADDRESS, MK, "payLease", lease, UNITS, UNITS * PRICE)
    send(CLIENT, MK, "rateLease", lease, 5)
    send(MINERS[1], MK, "rateLease", lease, 5)
    world.ask(MK, "reputation", MINERS[1])
