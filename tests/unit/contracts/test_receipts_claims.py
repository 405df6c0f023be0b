"""Claims: acknowledged receipts, the unacknowledged last one, windows, settlement, refusals."""

import pytest

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.places import DISPUTES_ADDRESS, RECEIPTS_ADDRESS
from contracts.receipts.v1.claims import RESPONSE_BYTES_MAX
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.readers import claim_slots, product_slots, read_claim, read_product
from primitives.compute import CLASS_SAMPLED, CLASS_SIGNED
from primitives.keys import CURVE_ORDER
from tests.unit.contracts.deal_world import (
    AIT,
    CLIENT,
    MINER,
    MODEL,
    OPERATOR,
    PRICE,
    STRANGER,
    UNITS,
    WINDOW,
    DealWorld,
)
from tests.unit.contracts.staking_world import account, secret

FEE = 250


def world_with_lease(**terms):
    world = DealWorld()
    return world, world.leased(**terms)


def net(amount):
    return amount - amount * FEE // 10_000


def settle(world, lease_id):
    return world.send(STRANGER, Receipts, "settleLease", lease_id)


def test_an_acknowledged_receipt_is_paid_after_its_window_to_the_wei():
    world, lease_id = world_with_lease()
    client, miner = world.held(CLIENT), world.held(MINER)
    work = world.work(lease_id, units=300)
    assert world.claim_alone(work) == work.hash
    height = world.block.height
    claim = world.claim(lease_id)
    assert (claim.seq, claim.units, claim.amount) == (1, 300, 300 * PRICE)
    assert (claim.height, claim.window_end) == (height, height + WINDOW)
    world.chain.advance(WINDOW)
    with world.refuses("WindowOpen", end=height + WINDOW):
        settle(world, lease_id)
    world.chain.advance()
    assert settle(world, lease_id) == net(300 * PRICE)
    assert world.held(MINER) == miner + net(300 * PRICE)
    assert world.held(CLIENT) == client + (UNITS - 300) * PRICE
    assert world.lease(lease_id).status == LeaseStatus.SETTLED
    assert world.claim(lease_id).is_settled
    with world.refuses("AlreadySettled"):
        settle(world, lease_id)


def test_signed_work_alone_settles_in_the_same_block():
    world, lease_id = world_with_lease(classes=CLASS_SIGNED)
    world.claim_alone(world.work(lease_id))
    assert settle(world, lease_id) > 0
    with world.refuses("LeaseNotActive", status=LeaseStatus.SETTLED):
        world.claim_alone(world.work(lease_id, seq=2))


def test_a_receipt_of_no_lease_is_refused():
    world, lease_id = world_with_lease()
    with world.refuses("LeaseNotActive", status=0):
        world.claim_alone(world.work(lease_id).changed(lease_id=b"\x05" * 32))


def test_a_lease_without_claim_does_not_settle():
    world, lease_id = world_with_lease()
    with world.refuses("NoClaim"):
        settle(world, lease_id)


def test_a_claim_rises_and_starts_its_window_anew():
    world, lease_id = world_with_lease()
    world.claim_alone(world.work(lease_id))
    world.chain.advance(WINDOW - 1)
    second = world.work(lease_id, seq=5, units=50)
    world.claim_alone(second, units=150)
    assert world.claim(lease_id).window_end == world.block.height + WINDOW
    assert world.claim(lease_id).amount == 150 * PRICE
    for seq, units in ((5, 150), (9, 150), (6, 149)):
        with world.refuses("ClaimNotHigher", seq=5, units=150):
            world.claim_alone(world.work(lease_id, seq=seq, units=50), units=units)
    with world.refuses("ClaimNotHigher"):
        world.claim_alone(world.work(lease_id, seq=6, units=50), units=150, amount=150 * PRICE)
    world.claim_alone(world.work(lease_id, seq=6, units=50), units=151, amount=150 * PRICE + 1)


def test_no_later_voucher_of_a_client_erases_what_he_acknowledged():
    world, lease_id = world_with_lease()
    works = [world.work(lease_id, seq=seq, units=100) for seq in range(1, 10)]
    world.claim_alone(works[8], units=100, amount=0, sender=CLIENT)
    world.claim_alone(works[7], units=800)
    assert world.claim(lease_id).amount == 800 * PRICE
    with world.refuses("ClaimNotHigher"):
        world.claim_alone(works[8], units=900, amount=0, sender=CLIENT)
    world.chain.advance(WINDOW + 1)
    assert settle(world, lease_id) == net(800 * PRICE)


@pytest.mark.parametrize("classes", [CLASS_SIGNED, None])
def test_who_claims_a_low_voucher_for_the_miner_waits_for_his_higher_one(classes):
    terms = {} if classes is None else {"classes": classes}
    world, lease_id = world_with_lease(**terms)
    first, last = (world.work(lease_id, seq=seq) for seq in (1, 2))
    world.claim_alone(first, sender=CLIENT)
    if classes is None:
        world.chain.advance(WINDOW - 1)
    else:
        with world.refuses("MinersTime"):
            settle(world, lease_id)
        world.chain.advance(59)
        with world.refuses("MinersTime"):
            settle(world, lease_id)
    world.claim_alone(last, units=900)
    world.chain.advance(0 if classes else WINDOW + 1)
    assert settle(world, lease_id) > net(800 * PRICE)


def test_an_old_batch_gives_the_client_no_quick_settlement():
    world, lease_id = world_with_lease(response_seconds=600)
    work = world.work(lease_id)
    anchored = world.anchor([work])
    world.chain.advance(WINDOW + 1)
    values = (anchored.batch_id, *anchored.path(work), *work.claim_values(amount=0))
    world.send(CLIENT, Receipts, "claimFromBatch", *values)
    with world.refuses("MinersTime"):
        settle(world, lease_id)
    world.claim_alone(work)
    assert world.claim(lease_id).amount == 100 * PRICE


def test_the_client_may_pay_less_than_the_price_but_never_more_than_the_lease():
    world, lease_id = world_with_lease()
    world.claim_alone(world.work(lease_id), amount=7)
    assert world.claim(lease_id).amount == 7
    work = world.work(lease_id, seq=2)
    for units, amount in (
        (100, 100 * PRICE + 1),
        (UNITS + 1, 1),
        (99, 1),
        (UNITS, UNITS * PRICE + 1),
        (2**64 - 1, 1),
        (100, 2**256 - 1),
    ):
        with world.refuses("WrongAcknowledgement"):
            world.claim_alone(work, units=units, amount=amount)
    world.claim_alone(work, units=UNITS)


def test_the_acknowledgement_is_of_this_receipt_and_by_this_client():
    world, lease_id = world_with_lease()
    work = world.work(lease_id)
    for change in ({"seq": 2}, {"receipt_hash": b"\x05" * 32}, {"lease_id": b"\x05" * 32}):
        with world.refuses("WrongAcknowledgement"):
            world.claim_alone(work, **change)
    with world.refuses("WrongSignature"):
        world.claim_alone(work, client=secret(5))
    data, signature, ack, signed, height = work.claim_values()
    raised = ack.__class__(ack.lease_id, ack.seq, ack.receipt_hash, 200, 200 * PRICE)
    with world.refuses("WrongSignature"):
        world.send(STRANGER, Receipts, "claimReceipt", data, signature, raised, signed, height)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"job_id": b"\x05" * 32}, "WrongLease"),
        ({"miner": account(9)}, "WrongParty"),
        ({"client": account(9)}, "WrongParty"),
        ({"unit_kind": 2}, "WrongUnits"),
        ({"unit_price": PRICE - 1}, "WrongUnits"),
        ({"model_root": b"\x05" * 32}, "WrongUnits"),
        ({"units": 0}, "WrongUnits"),
        ({"units": UNITS + 1}, "WrongUnits"),
        ({"request_hash": bytes(32)}, "EmptyField"),
        ({"response_hash": bytes(32)}, "EmptyField"),
        ({"trace_root": bytes(32)}, "EmptyField"),
        ({"attestation": b"\x01" * 32}, "UnusedFieldSet"),
        ({"flags": 1}, "UnusedFieldSet"),
        ({"beacon": b"\x05" * 32}, "StaleBeacon"),
    ],
)
def test_a_receipt_that_contradicts_its_lease_is_refused_by_its_reason(changes, error):
    world, lease_id = world_with_lease()
    work = world.work(lease_id, **changes)
    with world.refuses(error):
        world.claim_alone(work)


def test_a_trace_belongs_to_canonical_work_alone():
    world, lease_id = world_with_lease(classes=CLASS_SIGNED)
    with world.refuses("EmptyField"):
        world.claim_alone(world.work(lease_id, trace_root=b"\x03" * 32))


def test_times_lie_within_the_lease():
    world, lease_id = world_with_lease()
    opened = world.lease(lease_id).opened_at
    world.chain.advance(10)
    now = world.block.timestamp
    for started, ended in ((opened - 1, now), (now, now - 1), (now, now + 61)):
        with world.refuses("WrongTimes"):
            world.claim_alone(world.work(lease_id, started_at=started, ended_at=ended))
    world.claim_alone(world.work(lease_id, started_at=opened, ended_at=now + 60))


def test_work_after_the_deadline_is_not_claimed():
    world, lease_id = world_with_lease(deadline_seconds=60)
    opened = world.lease(lease_id).opened_at
    world.chain.advance(61)
    with world.refuses("WrongTimes"):
        world.claim_alone(world.work(lease_id, started_at=opened, ended_at=opened + 61))
    world.claim_alone(world.work(lease_id, started_at=opened, ended_at=opened + 60))


def test_the_stamp_is_of_a_height_divisible_by_64_within_the_lease():
    world = DealWorld()
    world.chain.advance(200)
    lease_id = world.leased()
    opened = world.lease(lease_id).opened_height
    first = opened - opened % 64
    world.chain.advance(64)
    beacons = {h: world.ask(Receipts, "beaconAt", h) for h in (first - 64, first, first + 1)}
    for height, beacon in ((first - 64, beacons[first - 64]), (first + 1, beacons[first + 1])):
        work = world.work(lease_id, beacon=beacon)
        with world.refuses("StaleBeacon"):
            world.claim_alone(work.__class__(work.receipt, height))
    work = world.work(lease_id, beacon=beacons[first])
    for height in (first + 64, 2**63):
        with world.refuses("StaleBeacon"):
            world.claim_alone(work.__class__(work.receipt, height))
    world.claim_alone(work.__class__(work.receipt, first))


def test_the_miners_key_signs_and_a_rotation_acts_from_its_block():
    world, lease_id = world_with_lease()
    work = world.work(lease_id)
    with world.refuses("WrongSignature"):
        world.claim_alone(work, key=secret(5))
    from primitives.keys import secret_to_address

    world.send(MINER, Marketplace, "setOperator", secret_to_address(secret(5)))
    world.chain.advance()
    with world.refuses("WrongSignature"):
        world.claim_alone(work)
    world.claim_alone(work, key=secret(5))


def test_no_second_signature_of_one_receipt_is_taken():
    world, lease_id = world_with_lease()
    data, signature, ack, signed, height = world.work(lease_id).claim_values()
    s = int.from_bytes(signature[32:64], "big")
    high = signature[:32] + (CURVE_ORDER - s).to_bytes(32, "big") + bytes((signature[64] ^ 1,))
    for other in (high, signature[:64], signature + b"\x00", signature[:64] + b"\x1b", b""):
        with world.refuses("WrongSignature"):
            world.send(STRANGER, Receipts, "claimReceipt", data, other, ack, signed, height)


def test_a_receipt_signed_for_another_chain_or_contract_is_worth_nothing():
    from primitives.keys import sign
    from primitives.types import Address
    from tests.unit.contracts.memory_context import CHAIN_ID

    world, lease_id = world_with_lease()
    work = world.work(lease_id)
    data, _, ack, signed, height = work.claim_values()
    elsewhere = [(CHAIN_ID + 1, RECEIPTS_ADDRESS), (CHAIN_ID, DISPUTES_ADDRESS)]
    for chain_id, contract in elsewhere:
        digest = work.receipt.digest(chain_id, Address(contract))
        signature = sign(OPERATOR, digest).to_bytes()
        with world.refuses("WrongSignature"):
            world.send(STRANGER, Receipts, "claimReceipt", data, signature, ack, signed, height)


# --- the client does not acknowledge ---------------------------------------------------------


def post_response(world, work, response=b"sealed", asked=None, **options):
    return world.send(
        MINER, Receipts, "postResponse", work.data(), work.signature(**options),
        *(asked or work.asked()), work.stamp_height, response,
    )  # fmt: skip


def test_invented_work_is_not_paid_without_the_clients_signed_request():
    """A miner runs a prompt of its own for its true number of tokens, and claims that."""
    world, lease_id = world_with_lease()
    asked = world.work(lease_id, units=40)
    invented = world.work(lease_id, units=40, request_hash=b"\x0e" * 32)
    other = world.leased()
    for signed in (
        asked.asked(),
        invented.asked(key=OPERATOR),
        invented.asked(key=secret(5)),
        invented.asked(seq=2),
        invented.asked(lease_id=other),
        (40, asked.ack()[1]),
    ):
        with world.refuses("NotAsked"):
            post_response(world, invented, asked=signed)
    units, signature = asked.asked()
    with world.refuses("NotAsked"):
        post_response(world, asked, asked=(units + 1, signature))
    for bad in (b"", signature[:64], bytes(65)):
        with world.refuses("WrongSignature"):
            post_response(world, asked, asked=(units, bad))
    assert not world.claim(lease_id).height
    post_response(world, asked)


def test_more_than_was_asked_is_not_paid_without_the_client():
    world, lease_id = world_with_lease()
    work = world.work(lease_id, units=40)
    for units in (39, 0):
        with world.refuses("MoreThanAsked", maximum=units):
            post_response(world, work, asked=work.asked(units))
    post_response(world, work, asked=work.asked(2**64 - 1))


def test_one_receipt_without_acknowledgement_is_paid_by_publishing_the_response():
    world, lease_id = world_with_lease()
    world.claim_alone(world.work(lease_id, units=100))
    world.send(CLIENT, Marketplace, "requestReclaim", lease_id)
    post_response(world, world.work(lease_id, seq=2, units=40))
    claim = world.claim(lease_id)
    assert claim.is_unacknowledged
    assert (claim.units, claim.amount) == (140, 140 * PRICE)
    with world.refuses("ResponseNotAllowed"):
        post_response(world, world.work(lease_id, seq=3, units=40))
    world.chain.advance(WINDOW + 1)
    assert settle(world, lease_id) == net(140 * PRICE)


def test_work_that_was_acknowledged_is_not_posted_on_top_of_its_own_claim():
    """The client signed a request for it once, and its pay is in the claim already."""
    world, lease_id = world_with_lease()
    works = [world.work(lease_id, seq=seq, units=40) for seq in (1, 2, 3)]
    world.claim_alone(works[1], units=80)
    for work in works[:2]:
        with world.refuses("ClaimNotHigher", seq=2):
            post_response(world, work)
    post_response(world, works[2])
    assert world.claim(lease_id).units == 120


def test_an_acknowledgement_replaces_the_unacknowledged_receipt():
    world, lease_id = world_with_lease()
    post_response(world, world.work(lease_id, units=40))
    assert world.claim(lease_id).amount == 40 * PRICE
    world.claim_alone(world.work(lease_id, seq=2, units=10), units=50)
    assert not world.claim(lease_id).is_unacknowledged
    post_response(world, world.work(lease_id, seq=3, units=10))
    assert world.claim(lease_id).units == 60


@pytest.mark.parametrize("classes", [CLASS_SIGNED, CLASS_SIGNED | CLASS_SAMPLED])
def test_work_that_only_the_client_can_judge_needs_his_acknowledgement(classes):
    world, lease_id = world_with_lease(classes=classes, adjudicator=0, prepay_units=10)
    with world.refuses("ResponseNotAllowed"):
        post_response(world, world.work(lease_id))


def test_an_unacknowledged_receipt_stays_within_the_lease_and_its_size():
    world, lease_id = world_with_lease()
    world.claim_alone(world.work(lease_id, units=UNITS - 5))
    with world.refuses("WrongUnits"):
        post_response(world, world.work(lease_id, seq=2, units=6))
    work = world.work(lease_id, seq=2, units=5)
    for response in (b"", bytes(RESPONSE_BYTES_MAX + 1)):
        with world.refuses("ResponseTooLong"):
            post_response(world, work, response)
    with world.refuses("WrongSignature"):
        post_response(world, work, key=secret(5))
    post_response(world, work, bytes(RESPONSE_BYTES_MAX))


def test_a_standing_claim_is_not_reclaimed_and_a_held_lease_not_settled():
    world, lease_id = world_with_lease()
    world.send(CLIENT, Marketplace, "requestReclaim", lease_id)
    world.claim_alone(world.work(lease_id))
    world.chain.advance(WINDOW + 1)
    with world.refuses("ClaimStands", Marketplace):
        world.send(CLIENT, Marketplace, "finishReclaim", lease_id)
    world.send(DISPUTES_ADDRESS, Marketplace, "holdLease", lease_id)
    with world.refuses("LeaseHeld", Marketplace):
        settle(world, lease_id)
    assert not world.claim(lease_id).is_settled
    world.send(DISPUTES_ADDRESS, Marketplace, "releaseLease", lease_id)
    assert settle(world, lease_id) == net(100 * PRICE)


def test_a_convicted_miners_claims_are_never_paid():
    world, lease_id = world_with_lease()
    other = world.leased()
    world.claim_alone(world.work(lease_id))
    world.claim_alone(world.work(other))
    world.send(DISPUTES_ADDRESS, Marketplace, "convict", lease_id, 1)
    world.chain.advance(WINDOW + 1)
    for lease in (lease_id, other):
        with world.refuses("ConvictedMiner" if lease == other else "WrongStatus", Marketplace):
            settle(world, lease)
    before = world.held(CLIENT)
    world.send(CLIENT, Marketplace, "finishReclaim", other)
    assert world.held(CLIENT) == before + UNITS * PRICE


def test_the_model_of_the_lease_binds():
    world, lease_id = world_with_lease()
    assert world.lease(lease_id).model_root == MODEL
    assert world.lease(lease_id).lock == UNITS * PRICE
    assert world.held(RECEIPTS_ADDRESS) == 0
    assert world.ask(Marketplace, "miner", MINER).locked == UNITS * PRICE <= 1_000 * AIT


def test_a_record_is_read_from_its_own_words_alone():
    world, lease_id = world_with_lease()
    work = world.work(lease_id)
    world.claim_alone(work)
    words = {
        slot: world.chain.storage.get((RECEIPTS_ADDRESS, slot), 0) for slot in claim_slots(lease_id)
    }
    assert read_claim(words.__getitem__, lease_id) == world.claim(lease_id)
    nothing = dict.fromkeys(product_slots(work.hash), 0)
    assert read_product(nothing.__getitem__, work.hash).status == 0
    assert set(nothing).isdisjoint(words)


def test_one_work_is_sold_once():
    """One receipt serves one lease; shown alone and out of two batches it is paid once."""
    world, lease_id = world_with_lease()
    other = world.leased()
    work = world.work(lease_id)
    resold = work.changed(lease_id=other)
    with world.refuses("WrongLease"):
        world.claim_alone(resold)
    batches = [world.anchor([work]) for _ in range(2)]
    world.claim_alone(work)
    for anchored in batches:
        values = (anchored.batch_id, *anchored.path(work), *work.claim_values())
        with world.refuses("ClaimNotHigher"):
            world.send(STRANGER, Receipts, "claimFromBatch", *values)
    world.chain.advance(WINDOW + 1)
    assert settle(world, lease_id) == net(100 * PRICE)
    values = (batches[0].batch_id, *batches[0].path(work), *work.claim_values())
    with world.refuses("LeaseNotActive"):
        world.send(STRANGER, Receipts, "claimFromBatch", *values)


def test_a_client_who_adds_a_wei_at_the_end_of_each_window_delays_no_pay():
    """He acknowledged a little more of the same receipt, again and again, for as long as its stamp
    was known: bond and pay of the miner waited."""
    world, lease_id = world_with_lease()
    first, last = world.work(lease_id), world.work(lease_id, seq=2)
    world.claim_alone(last, units=200)
    end = world.claim(lease_id).window_end
    world.chain.advance(WINDOW)
    for work in (first, last):
        with world.refuses("ClaimNotHigher"):
            world.claim_alone(work, units=201, amount=200 * PRICE + 1, sender=CLIENT)
    assert world.claim(lease_id).window_end == end
    world.chain.advance()
    world.send(STRANGER, Receipts, "settleLease", lease_id)


def test_others_raise_a_claim_by_a_later_receipt_and_the_miner_by_any():
    world, lease_id = world_with_lease()
    first, last = world.work(lease_id), world.work(lease_id, seq=2)
    world.claim_alone(first, sender=STRANGER)
    world.claim_alone(last, units=150, sender=STRANGER)
    world.claim_alone(first, units=160)
    assert (world.claim(lease_id).seq, world.claim(lease_id).units) == (1, 160)
