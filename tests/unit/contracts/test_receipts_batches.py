"""Batches: anchors, claims by inclusion, samples by value, demands, bonds."""

from dataclasses import replace

import pytest

from contracts.disputes.v1.contract import Disputes
from contracts.marketplace.v1.contract import Marketplace
from contracts.places import DISPUTES_ADDRESS, RECEIPTS_ADDRESS
from contracts.receipts.v1.batches import BATCH_DRAW_LAST
from contracts.receipts.v1.beacons import RING_HEIGHTS
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.demands import DEMANDS_OPEN_MAX
from contracts.receipts.v1.records import DemandStatus
from primitives.sum_tree import RECEIPTS_MAX, check_inclusion
from primitives.types import U128_MAX
from tests.unit.contracts.deal_world import (
    AIT,
    CLIENT,
    MINER,
    POSTER,
    PRICE,
    STRANGER,
    UNITS,
    WINDOW,
    DealWorld,
)
from tests.unit.contracts.staking_world import account, secret

BOND = 100 * AIT
FEE, DEMAND_BOND = AIT // 20, AIT
ZERO = bytes(32)


def batch_world(receipts=5, **terms):
    """Return a world with one lease and an anchored batch of its receipts."""
    world = DealWorld()
    lease_id = world.leased(**terms)
    works = [world.work(lease_id, seq=seq, units=10 * seq) for seq in range(1, receipts + 1)]
    return world, lease_id, works, world.anchor(works)


def claim_from(world, anchored, work, units=None, **options):
    values = work.claim_values(units, **options)
    index, hashes, totals = anchored.path(work)
    return world.send(
        MINER, Receipts, "claimFromBatch", anchored.batch_id, index, hashes, totals, *values
    )


def demand(world, anchored, index, *, who=STRANGER, lease=ZERO, value=FEE + DEMAND_BOND):
    return world.send(who, Receipts, "demandLeaf", anchored.batch_id, index, lease, value=value)


def answer(world, anchored, demand_id, work, key=None, who=MINER):
    signature = work.signature() if key is None else work.signature(key)
    return world.send(
        who, Receipts, "answerDemand", demand_id, *anchored.path(work), work.data(), signature
    )


def test_a_batch_is_anchored_with_a_bond_and_read_back():
    world, _, works, anchored = batch_world()
    info = world.ask(Receipts, "batch", anchored.batch_id)
    assert (info.count, info.poster, info.bond) == (5, POSTER, BOND)
    assert info.total == sum(10 * seq * PRICE for seq in range(1, 6))
    assert world.held(RECEIPTS_ADDRESS) == BOND
    assert world.ask(Receipts, "batchCount") == 1
    for unknown in (0, 2, 2**64 - 1):
        assert world.ask(Receipts, "batch", unknown).count == 0
    assert works[0].hash != works[1].hash


def test_an_anchor_without_root_receipts_or_bond_is_refused():
    world = DealWorld()
    root = b"\x01" * 32
    for root_, count in ((ZERO, 1), (root, 0), (root, RECEIPTS_MAX + 1)):
        with world.refuses("EmptyBatch"):
            world.send(POSTER, Receipts, "anchorBatch", root_, count, 5, value=BOND)
    with world.refuses("BatchBondTooSmall", minimum=BOND):
        world.send(POSTER, Receipts, "anchorBatch", root, 1, 5, value=BOND - 1)
    world.send(POSTER, Receipts, "anchorBatch", root, RECEIPTS_MAX, U128_MAX, value=BOND)


def test_a_lease_is_paid_out_of_a_batch_in_the_batchs_window():
    world, lease_id, works, anchored = batch_world()
    height = world.block.height
    world.chain.advance(WINDOW - 5)
    assert claim_from(world, anchored, works[-1], units=150) == works[-1].hash
    claim = world.claim(lease_id)
    assert (claim.height, claim.window_end) == (height, height + WINDOW)
    assert (claim.batch_id, claim.units) == (anchored.batch_id, 150)
    world.chain.advance(6)
    assert world.send(STRANGER, Receipts, "settleLease", lease_id) > 0


def test_only_what_the_root_commits_to_is_claimed():
    world, _, works, anchored = batch_world()
    work = works[2]
    index, hashes, totals = anchored.path(work)
    values = work.claim_values()
    batch = anchored.batch_id
    outside = world.work(work.receipt.lease_id, seq=9, units=30)
    wrong = [
        (batch, index + 1, hashes, totals, *values),
        (batch, 5, hashes, totals, *values),
        (batch, 2**32 - 1, hashes, totals, *values),
        (batch, index, hashes[:-1], totals[:-1], *values),
        (batch, index, hashes, totals[:-1], *values),
        (batch, index, (*hashes, ZERO), (*totals, 0), *values),
        (batch, index, hashes, (totals[0] + 1, *totals[1:]), *values),
        (batch, index, hashes, (U128_MAX, *totals[1:]), *values),
        (batch, index, hashes, totals, *outside.claim_values()),
    ]
    for claim in wrong:
        with world.refuses("NotInBatch"):
            world.send(STRANGER, Receipts, "claimFromBatch", *claim)
    with world.refuses("UnknownBatch"):
        world.send(STRANGER, Receipts, "claimFromBatch", 7, index, hashes, totals, *values)
    for key, client in ((secret(5), None), (None, secret(5))):
        options = {k: v for k, v in (("key", key), ("client", client)) if v}
        with world.refuses("WrongSignature"):
            claim_from(world, anchored, work, **options)


def test_a_batch_whose_total_or_count_is_inflated_gives_no_claim():
    world = DealWorld()
    lease_id = world.leased()
    works = [world.work(lease_id, seq=seq) for seq in (1, 2, 3)]
    for total, count in ((301 * PRICE, 3), (400 * PRICE, 4)):
        honest = world.anchor(works)
        root = honest.levels[-1][0].hash
        forged = world.send(POSTER, Receipts, "anchorBatch", root, count, total, value=BOND)
        with world.refuses("NotInBatch"):
            claim_from(world, replace(honest, batch_id=forged), works[2])
        claim_from(world, honest, works[2]) if count == 4 else None


def test_receipts_are_drawn_by_value_by_later_beacons_alone():
    world, _, works, anchored = batch_world()
    height = world.block.height
    with world.refuses("NotDrawnYet", height=height + BATCH_DRAW_LAST):
        world.ask(Receipts, "samples", anchored.batch_id)
    world.chain.advance(BATCH_DRAW_LAST)
    points = world.ask(Receipts, "samples", anchored.batch_id)
    assert len(points) == 8
    assert len(set(points)) == 8
    root = anchored.levels[-1][0]
    assert all(0 <= point < root.total for point in points)
    spans = []
    for work in works:
        index, hashes, totals = anchored.path(work)
        path = [
            type("S", (), {"hash": h, "total": t})() for h, t in zip(hashes, totals, strict=True)
        ]
        before = check_inclusion(root.hash, root.count, root.total, index, work.leaf, path)
        spans.append(range(before, before + work.leaf.amount))
    assert all(sum(point in span for span in spans) == 1 for point in points)
    world.chain.advance(RING_HEIGHTS)
    with world.refuses("WindowClosed"):
        world.ask(Receipts, "samples", anchored.batch_id)
    with world.refuses("UnknownBatch"):
        world.ask(Receipts, "samples", 9)


# --- demands ---------------------------------------------------------------------------------


def test_a_demanded_leaf_is_published_for_the_fee_and_the_bond_returns():
    world, _, works, anchored = batch_world()
    stranger, miner = world.held(STRANGER), world.held(MINER)
    number = demand(world, anchored, 2)
    info = world.ask(Receipts, "demand", number)
    assert (info.status, info.place, info.by) == (DemandStatus.OPEN, 2, STRANGER)
    assert world.held(RECEIPTS_ADDRESS) == BOND + FEE + DEMAND_BOND
    answer(world, anchored, number, works[2])
    assert world.held(STRANGER) == stranger - FEE
    assert world.held(MINER) == miner + FEE
    assert world.held(RECEIPTS_ADDRESS) == BOND
    assert world.ask(Receipts, "batch", anchored.batch_id).open_demands == 0
    with world.refuses("DemandNotOpen", status=DemandStatus.ANSWERED):
        answer(world, anchored, number, works[2])
    with world.refuses("DemandNotOpen"):
        world.send(STRANGER, Receipts, "closeDemand", number)


def test_the_client_of_a_lease_demands_without_a_bond():
    world, lease_id, works, anchored = batch_world()
    number = demand(world, anchored, 0, who=CLIENT, lease=lease_id, value=FEE)
    answer(world, anchored, number, works[0])
    with world.refuses("WrongParty"):
        demand(world, anchored, 0, lease=lease_id, value=FEE)
    with world.refuses("LeaseNotActive"):
        demand(world, anchored, 0, who=CLIENT, lease=b"\x09" * 32, value=FEE)
    for value in (0, FEE, FEE + DEMAND_BOND - 1, FEE + DEMAND_BOND + 1):
        with world.refuses("WrongValue", needed=FEE + DEMAND_BOND):
            demand(world, anchored, 0, value=value)


def test_only_the_demanded_leaf_signed_by_its_miner_answers():
    world, _, works, anchored = batch_world()
    number = demand(world, anchored, 2)
    with world.refuses("NotInBatch"):
        answer(world, anchored, number, works[3])
    with world.refuses("WrongSignature"):
        answer(world, anchored, number, works[2], key=secret(5))
    index, hashes, totals = anchored.path(works[2])
    other = works[2].changed(units=31)
    with world.refuses("NotInBatch"):
        world.send(
            MINER, Receipts, "answerDemand", number, index, hashes, totals,
            other.data(), other.signature(),
        )  # fmt: skip
    for unknown in (0, 5):
        with world.refuses("DemandNotOpen", status=0):
            answer(world, anchored, unknown, works[2])
        with world.refuses("DemandNotOpen", status=0):
            world.send(STRANGER, Receipts, "closeDemand", unknown)
    assert world.ask(Receipts, "demand", 5).status == 0
    assert world.ask(Receipts, "demandCount") == 1


def test_a_withheld_leaf_is_void_and_the_poster_pays():
    world, _, works, anchored = batch_world()
    stranger = world.held(STRANGER)
    number = demand(world, anchored, 2)
    due = world.ask(Receipts, "demand", number).due_at
    world.chain.advance(1_799)
    with world.refuses("DemandNotDue", due_at=due):
        world.send(STRANGER, Receipts, "closeDemand", number)
    world.chain.advance(1)
    supply = world.chain.supply
    assert world.send(MINER, Receipts, "closeDemand", number) == AIT // 2
    assert world.held(STRANGER) == stranger + AIT // 2
    assert world.chain.supply == supply - AIT // 2
    info = world.ask(Receipts, "batch", anchored.batch_id)
    assert (info.bond, info.open_demands, info.is_closed) == (BOND - AIT, 0, False)
    with world.refuses("LeafIsVoid"):
        claim_from(world, anchored, works[2])
    with world.refuses("LeafIsVoid"):
        demand(world, anchored, 2)
    with world.refuses("DemandNotOpen", status=DemandStatus.UNANSWERED):
        answer(world, anchored, number, works[2])
    claim_from(world, anchored, works[3])


def test_a_void_leafs_member_is_still_paid_by_receipt_and_acknowledgement():
    world, lease_id, works, anchored = batch_world()
    number = demand(world, anchored, 4)
    world.chain.advance(1_800)
    world.send(STRANGER, Receipts, "closeDemand", number)
    world.claim_alone(works[4])
    assert world.claim(lease_id).receipt_hash == works[4].hash


def test_a_halt_of_the_chain_expires_no_demand():
    world, _, _, anchored = batch_world()
    number = demand(world, anchored, 2)
    block = world.chain.block
    world.chain.block = replace(
        block, height=block.height + 1, timestamp=block.timestamp + 10**6,
        time_ms=block.time_ms + 10**9,
    )  # fmt: skip
    with world.refuses("DemandNotDue"):
        world.send(STRANGER, Receipts, "closeDemand", number)


def test_two_unanswered_samples_close_the_batch():
    world, _, works, anchored = batch_world()
    world.chain.advance(BATCH_DRAW_LAST)
    value = FEE + DEMAND_BOND
    points = world.ask(Receipts, "samples", anchored.batch_id)
    with world.refuses("NoSuchLeaf", count=8):
        world.send(STRANGER, Receipts, "demandSample", anchored.batch_id, 8, value=value)
    numbers = [
        world.send(STRANGER, Receipts, "demandSample", anchored.batch_id, draw, value=value)
        for draw in (0, 1, 2)
    ]
    owner = owner_of(anchored, works, points[0])
    for work in works:
        if work is not owner:
            with world.refuses("NotInBatch"):
                answer(world, anchored, numbers[0], work)
    answer(world, anchored, numbers[0], owner)
    world.chain.advance(1_800)
    world.send(STRANGER, Receipts, "closeDemand", numbers[1])
    assert not world.ask(Receipts, "batch", anchored.batch_id).is_closed
    claim_from(world, anchored, works[0])
    world.send(STRANGER, Receipts, "closeDemand", numbers[2])
    assert world.ask(Receipts, "batch", anchored.batch_id).is_closed
    with world.refuses("BatchClosed"):
        claim_from(world, anchored, works[1])
    with world.refuses("BatchClosed"):
        demand(world, anchored, 1)


def owner_of(anchored, works, point):
    position = 0
    for leaf in anchored.leaves:
        if position <= point < position + leaf.amount:
            return next(work for work in works if work.leaf == leaf)
        position += leaf.amount
    raise AssertionError(point)


def test_at_most_sixteen_demands_are_open():
    world, _, works, anchored = batch_world()
    numbers = [demand(world, anchored, 0) for _ in range(DEMANDS_OPEN_MAX)]
    with world.refuses("TooManyDemands", maximum=16):
        demand(world, anchored, 0)
    answer(world, anchored, numbers[5], works[0])
    demand(world, anchored, 0)
    with world.refuses("NoSuchLeaf", count=5):
        demand(world, anchored, 5)
    with world.refuses("UnknownBatch"):
        demand(world, replace(anchored, batch_id=4), 0)


def sample(world, anchored, draw):
    value = FEE + DEMAND_BOND
    return world.send(STRANGER, Receipts, "demandSample", anchored.batch_id, draw, value=value)


def test_full_demands_by_index_keep_nobody_from_the_samples():
    world, _, works, anchored = batch_world()
    for _ in range(DEMANDS_OPEN_MAX):
        demand(world, anchored, 0)
    world.chain.advance(BATCH_DRAW_LAST)
    numbers = [sample(world, anchored, draw) for draw in range(8)]
    with world.refuses("AlreadyDemanded", demand_id=numbers[3]):
        sample(world, anchored, 3)
    points = world.ask(Receipts, "samples", anchored.batch_id)
    answer(world, anchored, numbers[3], owner_of(anchored, works, points[3]))
    with world.refuses("AlreadyDemanded"):
        sample(world, anchored, 3)
    assert world.ask(Receipts, "batch", anchored.batch_id).open_demands == 16 + 7


def test_an_unanswered_sample_may_be_demanded_again():
    world, _, _, anchored = batch_world()
    world.chain.advance(BATCH_DRAW_LAST)
    number = sample(world, anchored, 0)
    world.chain.advance(1_800)
    world.send(STRANGER, Receipts, "closeDemand", number)
    assert sample(world, anchored, 0) == number + 1


def test_an_invented_leaf_draws_no_samples_to_itself():
    world = DealWorld()
    lease_id = world.leased()
    honest = world.work(lease_id)
    for changes in ({"lease_id": b"\xfe" * 32, "units": 2**63}, {"units": UNITS + 1, "seq": 9}):
        shadow = honest.changed(**changes)
        anchored = world.anchor([honest, shadow])
        world.chain.advance(BATCH_DRAW_LAST)
        points = world.ask(Receipts, "samples", anchored.batch_id)
        owners = [owner_of(anchored, [honest, shadow], point) for point in points]
        number = sample(world, anchored, owners.index(shadow))
        with world.refuses("ShadowLeaf"):
            answer(world, anchored, number, shadow)


def test_a_rotated_key_leaves_the_poster_his_answer():
    world = DealWorld()
    lease_id = world.leased()
    works = [world.work(lease_id)]
    world.send(MINER, Marketplace, "setOperator", account(99))
    world.chain.advance()
    anchored = world.anchor(works)
    answer(world, anchored, demand(world, anchored, 0), works[0])


def test_eight_void_leaves_close_the_batch():
    world, _, _, anchored = batch_world(receipts=9)
    numbers = [demand(world, anchored, index) for index in range(8)]
    world.chain.advance(1_800)
    for place, number in enumerate(numbers, 1):
        world.send(STRANGER, Receipts, "closeDemand", number)
        assert world.ask(Receipts, "batch", anchored.batch_id).is_closed == (place == 8)
    assert world.ask(Receipts, "batch", anchored.batch_id).bond == BOND - 8 * AIT


def test_the_bond_returns_to_the_poster_after_the_hold_and_without_open_demands():
    world, _, works, anchored = batch_world()
    world.set(Receipts, "batchHoldBlocks", 8_192)
    with world.refuses("NotPoster"):
        world.send(STRANGER, Receipts, "releaseBond", anchored.batch_id)
    number = demand(world, anchored, 0)
    block = world.chain.block
    world.chain.block = replace(block, height=block.height + 8_192)
    with world.refuses("BatchHeld", open_demands=1):
        world.send(POSTER, Receipts, "releaseBond", anchored.batch_id)
    answer(world, anchored, number, works[0])
    with world.refuses("BatchHeld", open_demands=0):
        world.send(POSTER, Receipts, "releaseBond", anchored.batch_id)
    world.chain.block = replace(block, height=block.height + 8_193)
    before = world.held(POSTER)
    assert world.send(POSTER, Receipts, "releaseBond", anchored.batch_id) == BOND
    assert world.held(POSTER) == before + BOND
    assert world.send(POSTER, Receipts, "releaseBond", anchored.batch_id) == 0
    assert world.held(RECEIPTS_ADDRESS) == 0


def test_disputes_alone_slashes_a_batch():
    world, _, works, anchored = batch_world()
    for who in (STRANGER, POSTER, RECEIPTS_ADDRESS):
        with world.refuses("NotDisputes"):
            world.send(who, Receipts, "slashBatch", anchored.batch_id)
    supply = world.chain.supply
    assert world.send(DISPUTES_ADDRESS, Receipts, "slashBatch", anchored.batch_id) == BOND // 2
    assert world.chain.supply == supply - BOND // 2
    assert world.held(DISPUTES_ADDRESS) == BOND // 2
    with world.refuses("BatchClosed"):
        claim_from(world, anchored, works[0])
    assert world.send(DISPUTES_ADDRESS, Receipts, "slashBatch", anchored.batch_id) == 0


def test_compensation_never_exceeds_what_is_left_of_the_bond():
    world, _, _, anchored = batch_world()
    numbers = [demand(world, anchored, 0), demand(world, anchored, 1)]
    world.send(DISPUTES_ADDRESS, Receipts, "slashBatch", anchored.batch_id)
    world.chain.advance(1_800)
    for number in numbers:
        assert world.send(STRANGER, Receipts, "closeDemand", number) == 0
    assert world.held(RECEIPTS_ADDRESS) == 0


def test_parameters_keep_their_bounds():
    world = DealWorld()
    for key, low, high in (
        ("samplesPerBatch", 1, 64), ("demandSeconds", 60, 86_400), ("batchBond", AIT, 10**6 * AIT),
    ):  # fmt: skip
        for bad in (low - 1, high + 1):
            with pytest.raises(Exception, match="ParameterOutOfRange"):
                world.set(Receipts, key, bad)
    assert world.ask(Receipts, "parameter", "samplesPerBatch") == 8
    assert UNITS * PRICE == AIT


def test_the_bond_stays_while_a_challenge_of_the_batch_is_open():
    world, _, _, anchored = batch_world()
    disputes = Disputes(world.chain.context(DISPUTES_ADDRESS))
    case = disputes.cases[anchored.batch_id.to_bytes(32, "big")]
    case.open_ids.push(7)
    block = world.chain.block
    world.chain.block = replace(block, height=block.height + 20_001)
    with world.refuses("BatchDisputed"):
        world.send(POSTER, Receipts, "releaseBond", anchored.batch_id)
    case.open_ids.pop(0)
    assert world.send(POSTER, Receipts, "releaseBond", anchored.batch_id) == BOND
