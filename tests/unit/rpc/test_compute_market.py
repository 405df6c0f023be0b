"""compute_getOffers, match, getLease, getLeases, claims, batches, prices, certificates, verify."""

from dataclasses import replace

import pytest

from contracts.marketplace.v1.contract import Marketplace
from contracts.places import RECEIPTS_ADDRESS, native_address
from contracts.receipts.v1.contract import Receipts
from miner.native_calls import encode_native
from primitives.compute import ComputeReceipt
from primitives.keys import secret_to_address, sign
from primitives.types import WEI_PER_AIT, Address, Hash32
from rpc.formats import struct_json
from tests.unit.contracts.deal_world import (
    KEY,
    PRICE,
    Work,
    offer_terms,
    order_terms,
)
from tests.unit.rpc.small_chain import ALICE, BOB, CHAIN_ID, Caller, make_backend

MINER = secret_to_address(ALICE)
CLIENT = secret_to_address(BOB)
TERMS = order_terms(units_max=100)


class Market:
    """A miner with an offer on a real small chain."""

    def __init__(self, world):
        self.world = world
        self.call = Caller(make_backend(world))
        self.do(ALICE, Marketplace, "registerMiner", MINER, "http://a", value=100 * WEI_PER_AIT)
        self.do(ALICE, Marketplace, "setSealingKey", KEY)
        self.do(ALICE, Marketplace, "postOffer", offer_terms(TERMS), value=WEI_PER_AIT)

    def do(self, secret, contract, name, *values, value=0):
        executed, _ = self.world.mine(
            self.world.transaction(
                secret, native_address(contract.index), value=value, gas_limit=5_000_000,
                data=encode_native(contract, name, *values),
            )
        )  # fmt: skip
        (receipt,) = executed.receipts
        assert receipt.succeeded, name

    async def lease(self):
        order = await self.view("nextOrderId", CLIENT)
        self.do(BOB, Marketplace, "postOrder", TERMS, value=100 * PRICE)
        self.do(BOB, Marketplace, "takeOffer", order, 1)
        leases, _ = await self.view("leasesOf", CLIENT, 0, 100)
        self.do(ALICE, Marketplace, "acceptLease", leases[-1].lease_id)
        return leases[-1].lease_id

    async def view(self, name, *values, contract=Marketplace):
        from rpc.routes.governance import view

        answer = await view(self.call.session, contract, name, *values)
        return answer[0] if len(answer) == 1 else answer

    async def work(self, lease_id, **changes):
        lease = await self.view("lease", lease_id)
        beacon, height = await self.view("freshBeacon", contract=Receipts)
        now = self.call.backend.head.timestamp
        values = {
            "job_id": Hash32(lease.order_id), "lease_id": Hash32(lease_id), "seq": 1,
            "miner": Address(lease.miner), "client": Address(lease.client),
            "model_root": Hash32(lease.model_root), "request_hash": Hash32(b"\x01" * 32),
            "response_hash": Hash32(b"\x02" * 32), "trace_root": Hash32(b"\x03" * 32),
            "fingerprint": Hash32(bytes(32)), "unit_kind": 1, "units": 10, "unit_price": PRICE,
            "started_at": now, "ended_at": now, "beacon": Hash32(beacon),
            "attestation": Hash32(bytes(32)), "flags": 0,
        }  # fmt: skip
        return Work(ComputeReceipt(**(values | changes)), height)


def signed(receipt, secret=ALICE):
    return "0x" + sign(secret, receipt.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes().hex()


@pytest.fixture
def market(world):
    return Market(world)


async def test_offers_are_listed_with_their_status(market):
    listed = await market.call("compute_getOffers")
    (row,) = listed["offers"]
    assert (row["offerId"], row["status"], row["miner"]) == ("0x1", "listed", "0x" + MINER.hex())
    assert row["terms"]["unitPrice"] == hex(PRICE)
    assert (await market.call("compute_getOffers", "0x2"))["offers"] == []
    assert (await market.call.error("compute_getOffers", "0x100"))["code"] == -32602
    assert (await market.call.error("compute_getOffers", 1, 0, "0x65"))["code"] == -32005


async def test_match_names_the_best_offer_and_says_what_excludes_the_others(market):
    found = await market.call("compute_match", struct_json(TERMS))
    assert (found["best"]["offerId"], found["fits"], found["excluded"]) == ("0x1", "0x1", [])
    cheap = struct_json(replace(TERMS, unit_price_max=1))
    found = await market.call("compute_match", cheap, "0x" + CLIENT.hex())
    assert found["best"] is None
    assert found["excluded"] == [
        {"reason": "price", "count": "0x1", "text": "1 ask a higher price"}
    ]
    own = await market.call("compute_match", struct_json(TERMS), "0x" + MINER.hex())
    assert own["excluded"][0]["reason"] == "own"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "0x100"}, "terms.kind"),
        ({"kind": -1}, "terms.kind"),
        ({"modelRoot": "0x00"}, "terms.modelRoot: 1 bytes"),
        ({"more": "0x1"}, "unknown more"),
    ],
)
async def test_malformed_terms_are_refused_by_name(market, change, message):
    error = await market.call.error("compute_match", struct_json(TERMS) | change)
    assert error["code"] == -32602
    assert message in error["message"]
    assert "missing" in (await market.call.error("compute_match", {}))["message"]
    assert "object" in (await market.call.error("compute_match", [1]))["message"]


async def test_leases_are_listed_in_the_order_of_their_proposal(market):
    empty = {"leases": [], "next": "0x0", "count": "0x0"}
    assert await market.call("compute_getLeases") == empty
    first, second = await market.lease(), await market.lease()
    found = await market.call("compute_getLeases")
    assert [row["leaseId"] for row in found["leases"]] == ["0x" + first.hex(), "0x" + second.hex()]
    assert {row["status"] for row in found["leases"]} == {"active"}
    page = await market.call("compute_getLeases", "0x1", "0x1")
    assert ([row["leaseId"] for row in page["leases"]], page["next"], page["count"]) == (
        ["0x" + second.hex()], "0x2", "0x2",
    )  # fmt: skip
    assert (await market.call.error("compute_getLeases", 0, "0x65"))["code"] == -32005


async def test_a_lease_is_shown_with_what_became_of_it(market):
    lease_id = await market.lease()
    shown = await market.call("compute_getLease", "0x" + lease_id.hex())
    assert (shown["status"], shown["client"]) == ("active", "0x" + CLIENT.hex())
    assert shown["outcome"]["reason"] == "none"
    assert await market.call("compute_getLease", "0x" + "01" * 32) is None


async def test_a_claim_and_a_batch_are_shown(market):
    lease_id = await market.lease()
    assert await market.call("compute_getClaim", "0x" + lease_id.hex()) is None
    work = await market.work(lease_id)
    values = work.claim_values(key=ALICE, client=BOB)
    values = (*values[:1], bytes.fromhex(signed(work.receipt)[2:]), *values[2:])
    ack, ack_signature = ack_of(work)
    market.do(ALICE, Receipts, "claimReceipt", *values[:2], ack, ack_signature, values[4])
    claim = await market.call("compute_getClaim", "0x" + lease_id.hex())
    assert (claim["units"], claim["amount"]) == (hex(10), hex(10 * PRICE))
    assert await market.call("compute_getBatch", "0x1") is None
    bond = 200 * WEI_PER_AIT
    market.do(ALICE, Receipts, "anchorBatch", b"\x01" * 32, 1, 5, value=bond)
    assert (await market.call("compute_getBatch", "0x1"))["bond"] == hex(bond)


def ack_of(work):
    voucher, _ = work.ack(key=BOB)
    from primitives.compute import Acknowledgement

    ack = Acknowledgement(
        lease_id=work.receipt.lease_id, seq=1, receipt_hash=work.hash, cumulative_units=10,
        cumulative_amount=10 * PRICE,
    )  # fmt: skip
    return voucher, sign(BOB, ack.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()


async def test_prices_and_certificates_are_shown(market):
    index = await market.call("compute_getPriceIndex", 1, 3)
    assert int(index["price"], 16) > 0
    assert (await market.call.error("compute_getPriceIndex", 1, "0x10000"))["code"] == -32602
    assert await market.call("compute_getCertificate", "0x" + MINER.hex()) is None
    market.do(ALICE, Receipts, "commitCapacity", 64, 64, 64, b"\x01" * 32)
    shown = await market.call("compute_getCertificate", "0x" + MINER.hex())
    assert (shown["isValid"], shown["m"], shown["gpuClass"]) == (False, hex(64), "0x3")


async def test_a_right_receipt_is_valid_with_and_without_its_acknowledgement(market):
    work = await market.work(await market.lease())
    data = struct_json(work.data())
    right = {"valid": True, "reason": None, "text": None, "remedy": None}
    assert await market.call("compute_verifyReceipt", data, signed(work.receipt)) == right
    ack, signature = ack_of(work)
    answer = await market.call(
        "compute_verifyReceipt", data, signed(work.receipt), struct_json(ack),
        "0x" + signature.hex(),
    )  # fmt: skip
    assert answer == right


async def test_a_wrong_receipt_is_refused_with_the_contracts_reason(market):
    lease_id = await market.lease()
    cases = [
        ({"units": 101}, "WrongUnits"),
        ({"unit_price": 1}, "WrongUnits"),
        ({"client": Address(b"\x01" * 20)}, "WrongParty"),
        ({"job_id": Hash32(b"\x01" * 32)}, "WrongLease"),
        ({"trace_root": Hash32(bytes(32))}, "EmptyField"),
        ({"beacon": Hash32(b"\x01" * 32)}, "StaleBeacon"),
        ({"flags": 1}, "UnusedFieldSet"),
        ({"lease_id": Hash32(b"\x09" * 32)}, "LeaseNotActive"),
    ]
    for changes, reason in cases:
        work = (await market.work(lease_id)).changed(**changes)
        answer = await market.call(
            "compute_verifyReceipt", struct_json(work.data()), signed(work.receipt)
        )
        assert (answer["valid"], answer["reason"]) == (False, reason), changes
        assert answer["remedy"]
        assert answer["text"]
    work = await market.work(lease_id)
    answer = await market.call(
        "compute_verifyReceipt", struct_json(work.data()), signed(work.receipt, BOB)
    )
    assert answer["reason"] == "WrongSignature"
    ack, _ = ack_of(work)
    answer = await market.call(
        "compute_verifyReceipt", struct_json(work.data()), signed(work.receipt),
        struct_json(ack), "0x" + "01" * 65,
    )  # fmt: skip
    assert answer["reason"] == "WrongSignature"


async def test_a_products_receipt_is_checked_as_it_is_submitted(market):
    market.do(BOB, Marketplace, "postJob", b"\x05" * 32, 64, 64, 64, 3_600, 30, value=WEI_PER_AIT)
    ids, _ = await market.view("openJobs", 0, 1)
    market.do(ALICE, Marketplace, "takeJob", ids[0].job_id)
    job = await market.view("job", ids[0].job_id)
    work = (await market.work(job.lease_id)).changed(job_id=Hash32(job.job_id))
    answer = await market.call(
        "compute_verifyReceipt", struct_json(work.data()), signed(work.receipt)
    )
    assert answer["valid"] is False
    assert answer["reason"] == "WrongParty"
    assert "receipt" in answer["remedy"]
