"""Receipts of leases: claims, batches, samples, demands, published responses, capacity."""

from dataclasses import replace
from typing import Any

from bench.histories.compute import CLIENT, CLIENT_KEY, OPERATOR_KEY, RC
from bench.histories.leases import DAY, KEY, MK, MODELS, PRICE, UNITS, _call, _offer
from bench.histories.world import AIT, World, account, key_address, secret
from bench.memory_host import CHAIN_ID
from contracts.marketplace.v1.market_messages import OrderTerms
from contracts.places import DISPUTES_ADDRESS, GOVERNANCE_ADDRESS, RECEIPTS_ADDRESS
from primitives.compute import CLASS_CANONICAL, Acknowledgement, ComputeReceipt, ComputeRequest
from primitives.keys import sign
from primitives.matmul import MatmulSpec, tile_leaf
from primitives.matmul_kernel import compute_tile
from primitives.merkle import merkle_levels, merkle_path
from primitives.sum_tree import SumLeaf, sum_levels, sum_path

MINER, POSTER, STRANGER = account(2), account(4), account(5)
BATCH_BOND, FEE, BOND = 100 * AIT, AIT // 20, AIT
BATCH = 9


def claims_history() -> World:
    """Leases claimed alone, by response and out of batches; demands answered and not; tiles."""
    world = World()
    world.host.balances[CLIENT] = 1_000_000 * AIT
    world.host.balances[DISPUTES_ADDRESS] = AIT
    send = world.send
    send(MINER, MK, "registerMiner", key_address(OPERATOR_KEY), "tcp://x", value=500 * AIT)
    send(MINER, MK, "setSealingKey", KEY)
    _offer(world, MINER)
    leases = [_lease(world) for _ in range(4)]
    world.advance(1)
    _claims(world, leases)
    _batches(world, leases[2])
    _capacity(world)
    _parameters(world)
    return world


def _lease(world: World) -> bytes:
    terms = OrderTerms(
        kind=2, classes=5, unit_kind=1, gpu_class=3, region=2, vram_mib=1, latency_ms=50,
        macs_per_second=0, model_root=MODELS[-1], client_key=KEY, units_max=UNITS,
        unit_price_max=PRICE, prepay_units=0, deadline_seconds=3_600, window_blocks=60,
        response_seconds=60, move_seconds=60, game_seconds=1_800, adjudicator=1,
        expiry_seconds=600,
    )  # fmt: skip
    order = _call(world, CLIENT, "postOrder", terms, value=UNITS * PRICE)
    lease: bytes = world.send(CLIENT, MK, "takeOffer", order, 1)
    world.send(MINER, MK, "acceptLease", lease)
    return lease


def _receipt(world: World, lease_id: bytes, seq: int) -> tuple[ComputeReceipt, int]:
    lease = world.ask(MK, "lease", lease_id)
    beacon, height = world.ask(RC, "freshBeacon")
    now = world.host.block.timestamp
    word = b"\x31" * 32
    trace = word if lease.classes & CLASS_CANONICAL else bytes(32)
    receipt = ComputeReceipt(
        job_id=lease.order_id, lease_id=lease_id, seq=seq, miner=lease.miner, client=lease.client,
        model_root=lease.model_root, request_hash=word, response_hash=word, trace_root=trace,
        fingerprint=bytes(32), unit_kind=lease.unit_kind, units=2, unit_price=lease.unit_price,
        started_at=now, ended_at=now, beacon=beacon, attestation=bytes(32), flags=0,
    )  # fmt: skip
    return receipt, height


def _data(receipt: ComputeReceipt) -> tuple[object, ...]:
    return tuple(getattr(receipt, name) for name in ComputeReceipt.__dataclass_fields__)


def _signed(receipt: ComputeReceipt) -> bytes:
    digest = receipt.digest(CHAIN_ID, RECEIPTS_ADDRESS)
    return sign(secret(OPERATOR_KEY), digest).to_bytes()


def _ack(receipt: ComputeReceipt) -> tuple[tuple[object, ...], bytes]:
    units = 2 * receipt.seq
    voucher = Acknowledgement(
        lease_id=receipt.lease_id, seq=receipt.seq, receipt_hash=receipt.struct_hash(),
        cumulative_units=units, cumulative_amount=units * receipt.unit_price,
    )  # fmt: skip
    signed = sign(secret(CLIENT_KEY), voucher.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()
    return tuple(getattr(voucher, name) for name in Acknowledgement.__dataclass_fields__), signed


def _asked(receipt: ComputeReceipt) -> tuple[int, bytes]:
    request = ComputeRequest(
        lease_id=receipt.lease_id, seq=receipt.seq, request_hash=receipt.request_hash,
        units_max=receipt.units,
    )  # fmt: skip
    digest = request.digest(CHAIN_ID, RECEIPTS_ADDRESS)
    return request.units_max, sign(secret(CLIENT_KEY), digest).to_bytes()


def _claim(receipt: ComputeReceipt, height: int) -> tuple[Any, ...]:
    return (_data(receipt), _signed(receipt), *_ack(receipt), height)


def _claims(world: World, leases: list[bytes]) -> None:
    send = world.send
    for seq in (1, 2):
        send(STRANGER, RC, "claimReceipt", *_claim(*_receipt(world, leases[0], seq)))
    world.refuse(STRANGER, RC, "claimReceipt", *_claim(*_receipt(world, leases[0], 2)))
    wrong, height = _receipt(world, leases[0], 3)
    bad = (_data(wrong), _signed(replace(wrong, units=3)), *_ack(wrong), height)
    world.refuse(STRANGER, RC, "claimReceipt", *bad)
    for size in (1, 1_024, 65_536):
        place = 1 if size == 1 else 3
        receipt, height = _receipt(world, leases[place], 1)
        values = (_data(receipt), _signed(receipt), *_asked(receipt), height, bytes(size))
        if size == 1_024:
            world.refuse(MINER, RC, "postResponse", *values[:4], height + 1, bytes(size))
        else:
            send(MINER, RC, "postResponse", *values)
    world.ask(RC, "claim", leases[0])
    world.ask(RC, "claim", bytes(32))
    world.refuse(STRANGER, RC, "settleLease", leases[0])
    world.advance(61)
    send(STRANGER, RC, "settleLease", leases[0])
    send(STRANGER, RC, "settleLease", leases[1])


def _batches(world: World, lease: bytes) -> None:
    send = world.send
    works = [_receipt(world, lease, seq) for seq in range(1, BATCH + 1)]
    leaves = [
        SumLeaf(receipt.lease_id, receipt.seq, receipt.struct_hash(), 2 * receipt.unit_price)
        for receipt, _ in works
    ]
    levels = sum_levels(leaves)
    root = levels[-1][0]
    anchor = (root.hash, root.count, root.total)
    batch = send(POSTER, RC, "anchorBatch", *anchor, value=BATCH_BOND)
    other = send(POSTER, RC, "anchorBatch", *anchor, value=BATCH_BOND)
    world.refuse(POSTER, RC, "anchorBatch", *anchor, value=1)

    def path(index: int) -> tuple[Any, ...]:
        found = sum_path(levels, index)
        return index, [node.hash for node in found], [node.total for node in found]

    for seq in (2, 5, BATCH):
        values = (batch, *path(seq - 1), *_claim(*works[seq - 1]))
        send(STRANGER, RC, "claimFromBatch", *values)
    world.refuse(STRANGER, RC, "claimFromBatch", *values)
    for index in (0, 7):
        demand = send(CLIENT, RC, "demandLeaf", batch, index, lease, value=FEE)
        receipt = works[index][0]
        answer = (*path(index), _data(receipt), _signed(receipt))
        world.refuse(MINER, RC, "answerDemand", demand, *path(3), *answer[3:])
        send(MINER, RC, "answerDemand", demand, *answer)
    late = send(STRANGER, RC, "demandLeaf", batch, 3, bytes(32), value=FEE + BOND)
    world.refuse(STRANGER, RC, "demandSample", batch, 0, value=FEE + BOND)
    world.advance(15)
    for draw in (0, 1):
        sample = send(STRANGER, RC, "demandSample", batch, draw, value=FEE + BOND)
    for name, values in (
        ("batch", (batch,)), ("batch", (9,)), ("batchClosedAt", (batch,)), ("batchCount", ()),
        ("samples", (batch,)),
        ("demand", (late,)), ("demandCount", ()),
    ):  # fmt: skip
        world.ask(RC, name, *values)
    world.refuse(STRANGER, RC, "closeDemand", late)
    world.host.leap(1_800)
    for demand in (late, sample - 1, sample):
        send(STRANGER, RC, "closeDemand", demand)
    send(DISPUTES_ADDRESS, RC, "slashBatch", other)
    world.refuse(POSTER, RC, "releaseBond", batch)
    world.host.leap(DAY)
    send(POSTER, RC, "releaseBond", batch)


def _capacity(world: World) -> None:
    """Commit in the next epoch's window and open the drawn tiles of a small product."""
    side, depth = 512, 64
    while True:
        world.advance(1)
        window = world.ask(RC, "capacityWindow")
        if window.first_height == world.host.block.height:
            break
    spec = MatmulSpec(seed=world.ask(RC, "capacitySeed", MINER), m=side, n=side, k=depth)
    levels = merkle_levels([tile_leaf(spec, i, compute_tile(spec, i)) for i in range(spec.tiles)])
    world.send(MINER, RC, "commitCapacity", side, side, depth, levels[-1][0])
    world.refuse(MINER, RC, "commitCapacity", side, side, depth, levels[-1][0])
    world.refuse(MINER, RC, "openCapacity", [[]])
    world.advance(window.draw_height - world.host.block.height)
    tiles = world.ask(RC, "capacityTiles", MINER)
    paths = [merkle_path(levels, tile) for tile in tiles]
    world.send(MINER, RC, "openCapacity", paths[:1])
    world.send(MINER, RC, "openCapacity", paths[1:5])
    world.send(MINER, RC, "openCapacity", paths[5:])
    world.ask(RC, "capacity", MINER)


def _parameters(world: World) -> None:
    for name, values in (
        ("parameterList", ()), ("parameter", ("batchBond",)), ("checkParameters", ()),
    ):  # fmt: skip
        world.ask(RC, name, *values)
    world.send(GOVERNANCE_ADDRESS, RC, "setParameter", "samplesPerBatch", 9)
