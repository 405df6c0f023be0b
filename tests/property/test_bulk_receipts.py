"""The bulk checker and the contract refuse the same receipts, for the same reasons."""

from dataclasses import replace

import numpy as np
import pytest

from contracts.errors import Revert
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.contract import Receipts
from miner.leases.bulk import ReceiptFault, Rules, check_receipts
from primitives.errors import DecodeError
from primitives.keys import CURVE_ORDER, public_key
from primitives.types import Address
from tests.unit.contracts.deal_world import OPERATOR, PRICE, UNITS, DealWorld
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.staking_world import account, secret

CHANGES = [
    {}, {"seq": 2**64 - 1}, {"job_id": b"\x05" * 32}, {"miner": account(9)},
    {"client": account(9)}, {"unit_kind": 2}, {"unit_price": PRICE - 1},
    {"unit_price": 2**128 - 1}, {"model_root": b"\x05" * 32}, {"units": 0},
    {"units": UNITS}, {"units": UNITS + 1}, {"units": 2**64 - 1}, {"request_hash": bytes(32)},
    {"response_hash": bytes(32)}, {"trace_root": bytes(32)}, {"attestation": b"\x01" * 32},
    {"flags": 1}, {"flags": 2**32 - 1}, {"beacon": b"\x05" * 32}, {"fingerprint": b"\x05" * 32},
    {"started_at": 0}, {"ended_at": 2**63}, {"ended_at": 0}, {"started_at": 2**64 - 1},
]  # fmt: skip
NAMES = {
    "WrongLease": ReceiptFault.WRONG_LEASE, "WrongParty": ReceiptFault.WRONG_PARTY,
    "WrongUnits": ReceiptFault.WRONG_UNITS, "WrongTimes": ReceiptFault.WRONG_TIMES,
    "EmptyField": ReceiptFault.EMPTY_FIELD, "UnusedFieldSet": ReceiptFault.UNUSED_FIELD,
    "StaleBeacon": ReceiptFault.STALE_BEACON, "WrongSignature": ReceiptFault.WRONG_SIGNATURE,
}  # fmt: skip


def arrays(works, signatures):
    rows = np.frombuffer(b"".join(work.receipt.encode() for work in works), np.uint8)
    return rows.reshape(-1, 576), np.frombuffer(b"".join(signatures), np.uint8).reshape(-1, 65)


def rules_of(world, lease_id):
    return Rules(
        lease=world.lease(lease_id), operator=public_key(OPERATOR),
        beacons=[world.ask(Receipts, "freshBeacon")[0]], latest=world.block.timestamp + 60,
        chain_id=CHAIN_ID, contract=Address(RECEIPTS_ADDRESS),
    )  # fmt: skip


def forms(signature):
    s = int.from_bytes(signature[32:64], "big")
    high = signature[:32] + (CURVE_ORDER - s).to_bytes(32, "big") + bytes((signature[64] ^ 1,))
    flipped = signature[:64] + bytes((signature[64] ^ 1,))
    return [
        high, flipped, signature[:64] + b"\x1b", bytes(65), b"\xff" * 65,
        bytes(32) + signature[32:], signature[:32] + bytes(32) + signature[64:],
    ]  # fmt: skip


def test_both_take_and_refuse_the_same_receipts_for_the_same_reason():
    world = DealWorld()
    lease_id = world.leased()
    works = [world.work(lease_id, **changes) for changes in CHANGES]
    signatures = [work.signature() for work in works]
    honest = works[0]
    for form in forms(honest.signature()):
        works.append(honest)
        signatures.append(form)
    works.append(honest)
    signatures.append(honest.signature(secret(5)))
    faults = check_receipts(*arrays(works, signatures), rules_of(world, lease_id))
    chain = world.chain
    for work, signature, fault in zip(works, signatures, faults, strict=True):
        ack, signed = work.ack()
        kept = (dict(chain.storage), dict(chain.balances))
        expected = ReceiptFault.NONE
        values = (work.data(), signature, ack, signed, work.stamp_height)
        try:
            world.send(account(3), Receipts, "claimReceipt", *values)
        except Revert as error:
            name = str(error).split(": ")[1].split("(")[0]
            expected = NAMES[name]
        chain.storage, chain.balances = kept
        assert fault == expected, (work.receipt, ReceiptFault(fault).name, expected.name)


def test_a_word_wider_than_its_field_is_not_canonical():
    world = DealWorld()
    lease_id = world.leased()
    work = world.work(lease_id)
    rows, signatures = arrays([work] * 9, [work.signature()] * 9)
    rows = rows.copy()
    for row, word in enumerate((2, 3, 4, 10, 11, 12, 13, 14, 17)):
        rows[row, 32 * word] = 1
    faults = check_receipts(rows, signatures, rules_of(world, lease_id))
    assert set(faults) == {ReceiptFault.NOT_CANONICAL}


def test_other_leases_and_shapes():
    world = DealWorld()
    lease_id = world.leased()
    rules = rules_of(world, lease_id)
    work = world.work(lease_id)
    rows, signatures = arrays([work], [work.signature()])
    other = replace(rules, lease=replace(rules.lease, lease_id=b"\x07" * 32))
    assert check_receipts(rows, signatures, other)[0] == ReceiptFault.WRONG_LEASE
    late = replace(rules, latest=work.receipt.ended_at - 1)
    assert check_receipts(rows, signatures, late)[0] == ReceiptFault.WRONG_TIMES
    assert check_receipts(rows[:0], signatures[:0], rules).size == 0
    for bad in ((rows[:, :-1], signatures), (rows, signatures[:, 1:]), (rows[:0], signatures)):
        with pytest.raises(DecodeError):
            check_receipts(*bad, rules)
