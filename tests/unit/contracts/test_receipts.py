"""Receipts: what is accepted, drawn, opened, challenged and paid."""

import pytest

from contracts.errors import OutOfGas, Revert
from contracts.marketplace.v1.messages import JobStatus
from contracts.places import DISPUTES_ADDRESS, RECEIPTS_ADDRESS, TREASURY_ADDRESS
from contracts.receipts.v1.messages import ReceiptStatus
from contracts.receipts.v1.weights import MACS_PER_GAS, TILE_GAS
from primitives.abi import encode_call, selector
from primitives.keccak import keccak256
from primitives.keys import CURVE_ORDER
from primitives.matmul import drawn_tiles
from tests.unit.contracts.compute_world import (
    AIT,
    CHALLENGER,
    CLIENT,
    DRAW_FIRST,
    DRAW_LAST,
    MINER,
    OPERATOR,
    PRICE,
    SUBMIT,
    TILES_DRAWN,
    WINDOW,
    ask_receipts,
    become_miner,
    compute,
    compute_chain,
    drawn,
    job_of,
    leased_work,
    open_drawn,
    post,
    receipt_of,
    receipts,
    submit,
    take,
)
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.memory_context import run_frame
from tests.unit.contracts.staking_world import key_address

CHALLENGE = "challengeTile(bytes32,uint32,bytes32,bytes32[])"
LOCKED = (PRICE + 1) // 2


def opened(chain, **fields):
    job_id, work = leased_work(chain, **fields)
    submit(chain, work)
    chain.advance(DRAW_LAST)
    open_drawn(chain, work)
    return job_id, work


def test_honest_work_is_opened_settled_and_paid_to_the_wei():
    chain = compute_chain()
    client, miner = chain.balances[CLIENT], chain.balances[MINER]
    job_id, work = opened(chain)
    assert receipt_of(chain, work.receipt_id).status == ReceiptStatus.OPENED
    with reverts("WindowOpen(uint64)"):
        receipts(chain, MINER, "settle(bytes32)", work.receipt_id)
    chain.advance(WINDOW - DRAW_LAST)
    with reverts("WindowOpen(uint64)"):
        receipts(chain, MINER, "settle(bytes32)", work.receipt_id)
    chain.advance()
    supply = chain.supply
    receipts(chain, MINER, "settle(bytes32)", work.receipt_id)
    macs = 128 * 128 * 64
    amount = PRICE // macs * macs
    fee = amount * 250 // 10_000
    assert chain.balances[MINER] == miner - 10 * AIT + amount - fee
    assert chain.balances[CLIENT] == client - amount
    assert chain.balances[TREASURY_ADDRESS] == fee // 2
    assert chain.supply == supply - (fee - fee // 2)
    assert job_of(chain, job_id).status == JobStatus.SETTLED
    for call in ("settle(bytes32)", "failReceipt(bytes32)"):
        with reverts("WrongStatus(uint8)"):
            receipts(chain, MINER, call, work.receipt_id)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"lease_id": b"\x01" * 32}, "WrongLease()"),
        ({"miner": CLIENT}, "WrongParty()"),
        ({"client": MINER}, "WrongParty()"),
        ({"unit_kind": 1}, "WrongUnits()"),
        ({"units": 128 * 128 * 64 - 1}, "WrongUnits()"),
        ({"unit_price": PRICE}, "WrongUnits()"),
        ({"started_at": 2**63}, "WrongTimes()"),
        ({"ended_at": 2**63}, "WrongTimes()"),
        ({"request_hash": bytes(32)}, "WrongRequest()"),
        ({"response_hash": bytes(32)}, "WrongResponse()"),
        ({"model_root": b"\x01" * 32}, "UnusedFieldSet()"),
        ({"trace_root": b"\x01" * 32}, "UnusedFieldSet()"),
        ({"attestation": b"\x01" * 32}, "UnusedFieldSet()"),
        ({"flags": 1}, "UnusedFieldSet()"),
        ({"beacon": b"\x77" * 32}, "StaleBeacon()"),
    ],
)
def test_every_false_claim_has_its_own_reason(changes, error):
    chain = compute_chain()
    _, work = leased_work(chain)
    with reverts(error):
        submit(chain, work.changed(**changes))


def test_a_receipt_is_signed_by_the_operator_key_and_canonically():
    chain = compute_chain()
    _, work = leased_work(chain)
    with reverts("WrongSignature()"):
        submit(chain, work, key=OPERATOR + 1)
    good = work.signature()
    high_s = CURVE_ORDER - int.from_bytes(good[32:64], "big")
    malleable = good[:32] + high_s.to_bytes(32, "big") + bytes((good[64] ^ 1,))
    for bad in (malleable, good[:64], good + b"\0", good[:64] + bytes((good[64] + 27,)), b""):
        with reverts("WrongSignature()"):
            receipts(chain, MINER, SUBMIT, work.data(), bad, work.root)
    submit(chain, work)


def test_a_lease_takes_one_receipt():
    chain = compute_chain()
    _, work = leased_work(chain)
    submit(chain, work)
    with reverts("Replayed()"):
        submit(chain, work)
    with reverts("JobNotLeased(uint8)"):
        submit(chain, work.changed(seq=2))


def test_a_receipt_for_another_job_or_none_is_refused():
    chain = compute_chain()
    _, work = leased_work(chain)
    with reverts("JobNotLeased(uint8)"):
        submit(chain, work.changed(job_id=bytes(32)))
    other = post(chain, price=64 * 128 * 128)
    take(chain, other)
    with reverts("WrongLease()"):
        submit(chain, work.changed(job_id=other))


def test_tiles_are_drawn_by_later_beacons_only():
    chain = compute_chain()
    _, work = leased_work(chain)
    submit(chain, work)
    for _ in range(DRAW_LAST):
        with reverts("NotDrawnYet(uint64)"):
            drawn(chain, work.receipt_id)
        with reverts("NotDrawnYet(uint64)"):
            receipts(
                chain, MINER, "openTiles(bytes32,bytes32[][])", work.receipt_id, [work.path(0)]
            )
        chain.advance()
    first = drawn(chain, work.receipt_id)
    assert all(0 <= tile < 4 for tile in first)
    assert len(set(first)) == len(first)
    chain.advance(3)
    assert drawn(chain, work.receipt_id) == first


def test_the_draw_is_by_the_beacons_of_the_drawing_heights():
    chain = compute_chain()
    _, work = leased_work(chain)
    submit(chain, work)
    height = receipt_of(chain, work.receipt_id).height
    chain.advance(DRAW_LAST)
    beacons = [block_beacon(height + offset) for offset in range(DRAW_FIRST, DRAW_LAST + 1)]
    entropy = keccak256(b"".join(beacons))
    expected = drawn_tiles(work.receipt_id, entropy, work.spec.tiles, TILES_DRAWN)
    assert drawn(chain, work.receipt_id) == tuple(dict.fromkeys(expected))


def block_beacon(height: int) -> bytes:
    return height.to_bytes(32, "big")


def test_only_the_miner_opens_and_only_with_true_paths():
    chain = compute_chain()
    _, work = leased_work(chain)
    submit(chain, work)
    chain.advance(DRAW_LAST)
    tiles = drawn(chain, work.receipt_id)
    paths = [work.path(tile) for tile in tiles]
    call = "openTiles(bytes32,bytes32[][])"
    with reverts("NotMiner()"):
        receipts(chain, CLIENT, call, work.receipt_id, paths)
    for bad in ([], [*paths, paths[0]]):
        with reverts("WrongPathCount()"):
            receipts(chain, MINER, call, work.receipt_id, bad)
    for path in (paths[0][:-1], [*paths[0], bytes(32)], [bytes(32), *paths[0][1:]]):
        with reverts("WrongTile(uint32)"):
            receipts(chain, MINER, call, work.receipt_id, [path])
    for path in paths:  # one at a time
        receipts(chain, MINER, call, work.receipt_id, [path])
    info = receipt_of(chain, work.receipt_id)
    assert (info.status, info.tiles_opened) == (ReceiptStatus.OPENED, len(tiles))


def test_a_wrong_tile_cannot_be_opened_and_the_lease_fails():
    chain = compute_chain()
    client = chain.balances[CLIENT]
    job_id, work = leased_work(chain, wrong=frozenset(range(4)))
    submit(chain, work)
    chain.advance(DRAW_LAST)
    with reverts("WrongTile(uint32)"):
        open_drawn(chain, work)
    with reverts("WindowOpen(uint64)"):
        receipts(chain, CLIENT, "failReceipt(bytes32)", work.receipt_id)
    with reverts("WrongStatus(uint8)"):
        receipts(chain, MINER, "settle(bytes32)", work.receipt_id)
    chain.advance(WINDOW - DRAW_LAST)
    with reverts("WindowOpen(uint64)"):  # the window's last block is the miner's
        receipts(chain, CLIENT, "failReceipt(bytes32)", work.receipt_id)
    chain.advance(1)
    supply = chain.supply
    receipts(chain, CLIENT, "failReceipt(bytes32)", work.receipt_id)
    assert chain.balances[CLIENT] == client
    assert chain.supply == supply - LOCKED
    assert job_of(chain, job_id).status == JobStatus.FAILED


def test_opening_after_the_window_is_too_late():
    chain = compute_chain()
    _, work = leased_work(chain)
    submit(chain, work)
    chain.advance(WINDOW + 1)
    with reverts("WindowClosed(uint64)"):
        open_drawn(chain, work)


@pytest.mark.parametrize("is_opened", [False, True])
def test_a_disproved_tile_refunds_slashes_and_rewards(is_opened):
    chain = compute_chain()
    client, challenger = chain.balances[CLIENT], chain.balances[CHALLENGER]
    job_id, honest = leased_work(chain)
    wrong_tile = 3
    if is_opened:  # find a wrong tile that is not drawn
        submit_height = chain.block.height
        assert submit_height
        for wrong_tile in range(4):
            work = compute(chain, job_id, wrong=frozenset((wrong_tile,)))
            with_saved = dict(chain.storage), dict(chain.balances), chain.block, len(chain.logs)
            submit(chain, work)
            chain.advance(DRAW_LAST)
            if wrong_tile not in drawn(chain, work.receipt_id):
                break
            chain.storage, chain.balances, chain.block, _ = with_saved
        open_drawn(chain, work)
    else:
        work = compute(chain, job_id, wrong=frozenset((wrong_tile,)))
        submit(chain, work)
    leaf = work.levels[0][wrong_tile]
    right = honest.levels[0][wrong_tile]
    path = work.path(wrong_tile)
    with reverts("LeafNotCommitted()"):
        receipts(chain, CHALLENGER, CHALLENGE, work.receipt_id, wrong_tile, right, path)
    with reverts("NoSuchTile()"):
        receipts(chain, CHALLENGER, CHALLENGE, work.receipt_id, 4, leaf, path)
    with reverts("LeafNotCommitted()"):  # an inner node is no leaf
        inner = work.levels[1][1]
        receipts(chain, CHALLENGER, CHALLENGE, work.receipt_id, wrong_tile, inner, path[1:])
    supply = chain.supply
    receipts(chain, CHALLENGER, CHALLENGE, work.receipt_id, wrong_tile, leaf, path)
    assert chain.balances[CLIENT] == client
    assert chain.balances[CHALLENGER] == challenger
    assert chain.balances[DISPUTES_ADDRESS] == LOCKED // 2
    assert chain.supply == supply - (LOCKED - LOCKED // 2)
    chain.advance(WINDOW + 1)
    with reverts("WrongStatus(uint8)"):
        receipts(chain, MINER, "settle(bytes32)", work.receipt_id)


def test_a_right_tile_is_not_challenged_with_success():
    chain = compute_chain()
    _, work = opened(chain)
    with reverts("TileIsRight()"):
        receipts(chain, CHALLENGER, CHALLENGE, work.receipt_id, 0, work.levels[0][0], work.path(0))
    chain.advance(WINDOW)
    with reverts("WindowClosed(uint64)"):
        receipts(chain, CHALLENGER, CHALLENGE, work.receipt_id, 0, work.levels[0][0], work.path(0))


def test_an_acknowledged_receipt_settles_at_once_and_cannot_be_failed():
    chain = compute_chain()
    client_key = 55
    client = key_address(client_key)
    chain.balances[client] = 100 * AIT
    become_miner(chain)
    job_id = post(chain, client=client)
    take(chain, job_id)
    work = compute(chain, job_id)
    submit(chain, work)
    for key in (OPERATOR, client_key + 1):
        with reverts("WrongSignature()"):
            receipts(
                chain,
                MINER,
                "acknowledge(bytes32,bytes)",
                work.receipt_id,
                work.acknowledgement(key),
            )
    signature = work.acknowledgement(client_key)
    receipts(chain, MINER, "acknowledge(bytes32,bytes)", work.receipt_id, signature)
    chain.advance(WINDOW + 1)
    with reverts("WrongStatus(uint8)"):
        receipts(chain, client, "failReceipt(bytes32)", work.receipt_id)
    receipts(chain, CHALLENGER, "settle(bytes32)", work.receipt_id)
    assert job_of(chain, job_id).status == JobStatus.SETTLED


def test_the_ring_remembers_beacons_of_recent_heights():
    chain = compute_chain()
    chain.advance(5)
    height = chain.block.height
    for past in (0, 1, height):
        answer = ask_receipts(chain, "beaconAt(uint64)", ("bytes32",), past)[0]
        assert answer == past.to_bytes(32, "big")
    assert ask_receipts(chain, "beaconAt(uint64)", ("bytes32",), height + 1)[0] == bytes(32)
    chain.block = chain.block.__class__(
        **{
            **{f: getattr(chain.block, f) for f in chain.block.__dataclass_fields__},
            "height": 8192 + 3,
        }
    )
    assert ask_receipts(chain, "beaconAt(uint64)", ("bytes32",), 3)[0] == bytes(32)
    answer = ask_receipts(chain, "beaconAt(uint64)", ("bytes32",), 4)[0]
    assert answer == (4).to_bytes(32, "big")


def test_a_stamp_from_before_the_lease_is_stale():
    chain = compute_chain()
    chain.advance(130)
    _, work = leased_work(chain)
    old = (64).to_bytes(32, "big")
    with reverts("StaleBeacon()"):
        submit(chain, work.changed(beacon=old))
    assert work.claim.beacon == (128).to_bytes(32, "big")
    submit(chain, work)


def opening_gas(k: int) -> int:
    chain = compute_chain()
    become_miner(chain)
    job_id = post(chain, m=64, n=64, k=k)
    take(chain, job_id)
    work = compute(chain, job_id)
    submit(chain, work)
    chain.advance(DRAW_LAST)
    frame = chain.context(RECEIPTS_ADDRESS, caller=MINER, gas=10**7)
    run_frame(frame, encode_call("openTiles(bytes32,bytes32[][])", work.receipt_id, [[]]))
    return 10**7 - frame.gas


def test_checking_a_tile_costs_gas_by_its_size():
    assert opening_gas(1024) - opening_gas(64) == 64 * 64 * (1024 - 64) // MACS_PER_GAS
    assert opening_gas(64) > TILE_GAS + 64**3 // MACS_PER_GAS


def test_a_tile_is_paid_for_before_it_is_computed():
    chain = compute_chain()
    _, work = leased_work(chain)
    submit(chain, work)
    chain.advance(DRAW_LAST)
    path = work.path(drawn(chain, work.receipt_id)[0])
    data = encode_call("openTiles(bytes32,bytes32[][])", work.receipt_id, [path])
    with pytest.raises(OutOfGas):
        chain.transact(MINER, RECEIPTS_ADDRESS, data, gas=9_000)
    chain.transact(MINER, RECEIPTS_ADDRESS, data, gas=40_000)


def test_receipts_are_paged():
    chain = compute_chain()
    _, work = leased_work(chain)
    submit(chain, work)
    assert ask_receipts(chain, "receiptCount()", ("uint64",)) == (1,)
    assert ask_receipts(chain, "parameters()", ("uint64", "uint64", "uint32")) == (2, 3, 2)
    with pytest.raises(Revert):
        chain.read(RECEIPTS_ADDRESS, selector("receipts(uint64,uint32)"))
