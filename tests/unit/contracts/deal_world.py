"""A chain with all system contracts, one miner, one client, and leases with signed receipts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from contracts.errors import Revert
from contracts.framework.messages import message_codec
from contracts.framework.types import camel
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.market_messages import OfferTerms, OrderTerms
from contracts.places import GOVERNANCE_ADDRESS, RECEIPTS_ADDRESS, native_address
from contracts.receipts.v1.claim_messages import AckData
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptData
from primitives.abi import decode_exactly
from primitives.compute import (
    CLASS_CANONICAL,
    CLASS_SIGNED,
    JOB_KINDS,
    KIND_INTEGER_MODEL,
    UNIT_TOKENS,
    Acknowledgement,
    ComputeReceipt,
    ComputeRequest,
)
from primitives.keys import secret_to_address, sign
from primitives.sum_tree import SumLeaf, sum_levels, sum_path
from primitives.types import WEI_PER_AIT, Address, Hash32
from tests.unit.contracts.compute_world import compute_chain
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.staking_world import account, secret

AIT = WEI_PER_AIT
MODEL = Hash32(b"\x0a" * 32)
KEY = b"\x0b" * 32
PRICE = 10**15
UNITS = 1_000
WINDOW = 60
OPERATOR, CLIENT_SECRET = secret(77), secret(78)
CLIENT = bytes(secret_to_address(CLIENT_SECRET))
MINER, STRANGER, POSTER = account(2), account(3), account(4)
V2_CLASSES = CLASS_SIGNED | CLASS_CANONICAL


@dataclass
class DealWorld:
    """Calls by contract and name; money for everybody; time without hooks."""

    chain: object = field(default_factory=compute_chain)

    def __post_init__(self):
        for party in (CLIENT, MINER, STRANGER, POSTER):
            self.chain.balances[party] = 1_000_000 * AIT

    def send(self, sender, contract, name, *values, value=0, gas=30_000_000):
        method = method_of(contract, name)
        data = method.selector + method.arguments.write(values)
        output = self.chain.transact(sender, native_address(contract.index), data, value, gas)
        return results_of(method, output)

    def ask(self, contract, name, *values):
        method = method_of(contract, name)
        data = method.selector + method.arguments.write(values)
        return results_of(method, self.chain.read(native_address(contract.index), data))

    @contextmanager
    def refuses(self, name, contract=Receipts, **fields) -> Iterator[None]:
        """Expect a custom error by its name and values."""
        errors = {error.__name__: error for error in contract.errors}
        with pytest.raises(Revert) as info:
            yield
        assert info.value.data[:4] == message_codec(errors[name]).hash[:4], str(info.value)
        for key, value in fields.items():
            assert f"{camel(key)}={value}" in str(info.value)

    def set(self, contract, key, value):
        self.send(GOVERNANCE_ADDRESS, contract, "setParameter", key, value)

    @property
    def block(self):
        return self.chain.block

    def lease(self, lease_id):
        return self.ask(Marketplace, "lease", lease_id)

    def claim(self, lease_id):
        return self.ask(Receipts, "claim", lease_id)

    def held(self, who):
        return self.chain.balances.get(who, 0)

    # --- business -----------------------------------------------------------------------------

    def join(self, miner=MINER, operator=OPERATOR, bond=1_000 * AIT):
        key = secret_to_address(operator)
        self.send(miner, Marketplace, "registerMiner", key, "http://[::1]:1", value=bond)
        self.send(miner, Marketplace, "setSealingKey", KEY)

    def leased(self, miner=MINER, client=CLIENT, **changes):
        """Return an active lease; ``changes`` are of the order's terms."""
        if not any(self.ask(Marketplace, "miner", miner).operator_key):
            self.join(miner)
        terms = order_terms(**changes)
        offer = self.send(miner, Marketplace, "postOffer", offer_terms(terms), value=AIT)
        escrow = terms.units_max * terms.unit_price_max
        order = self.send(client, Marketplace, "postOrder", terms, value=escrow)
        lease_id = self.send(client, Marketplace, "takeOffer", order, offer)
        self.send(miner, Marketplace, "acceptLease", lease_id)
        return lease_id

    def work(self, lease_id, seq=1, units=100, **changes):
        """Return a receipt for a lease, as an honest miner makes it."""
        lease = self.lease(lease_id)
        beacon, height = self.ask(Receipts, "freshBeacon")
        is_traced = bool(lease.classes & CLASS_CANONICAL)
        values = {
            "job_id": Hash32(lease.order_id), "lease_id": Hash32(lease_id), "seq": seq,
            "miner": Address(lease.miner), "client": Address(lease.client),
            "model_root": Hash32(lease.model_root), "request_hash": Hash32(b"\x01" * 32),
            "response_hash": Hash32(b"\x02" * 32),
            "trace_root": Hash32((b"\x03" if is_traced else b"\x00") * 32),
            "fingerprint": Hash32(bytes(32)), "unit_kind": lease.unit_kind, "units": units,
            "unit_price": lease.unit_price, "started_at": self.block.timestamp,
            "ended_at": self.block.timestamp, "beacon": Hash32(beacon),
            "attestation": Hash32(bytes(32)), "flags": 0,
        }  # fmt: skip
        return Work(ComputeReceipt(**(values | changes)), height)

    def claim_alone(self, work, units=None, amount=None, sender=None, **options):
        """Claim a receipt, the miner himself unless another sender is named."""
        values = work.claim_values(units, amount, **options)
        who = sender or self.lease(work.receipt.lease_id).miner
        return self.send(who if any(who) else STRANGER, Receipts, "claimReceipt", *values)

    def anchor(self, works, poster=POSTER, value=100 * AIT, total=None):
        """Anchor a batch; return its id and levels."""
        leaves = sorted(work.leaf for work in works)
        levels = sum_levels(leaves)
        root = levels[-1][0]
        amount = root.total if total is None else total
        batch = self.send(
            poster, Receipts, "anchorBatch", root.hash, root.count, amount, value=value
        )
        return Anchored(batch, leaves, levels)


@dataclass
class Anchored:
    batch_id: int
    leaves: list
    levels: list

    def path(self, work):
        """Return (index, hashes, totals) of a receipt."""
        index = self.leaves.index(work.leaf)
        path = sum_path(self.levels, index)
        return index, tuple(node.hash for node in path), tuple(node.total for node in path)


@dataclass(frozen=True)
class Work:
    """A receipt; signatures are made when asked for."""

    receipt: ComputeReceipt
    stamp_height: int

    @property
    def hash(self):
        return self.receipt.struct_hash()

    @property
    def leaf(self):
        amount = self.receipt.units * self.receipt.unit_price
        return SumLeaf(self.receipt.lease_id, self.receipt.seq, self.hash, amount)

    def data(self):
        names = ReceiptData.__dataclass_fields__
        return ReceiptData(*(getattr(self.receipt, name) for name in names))

    def signature(self, key=OPERATOR):
        return sign(key, self.receipt.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()

    def ack(self, units=None, amount=None, key=CLIENT_SECRET, **changes):
        """Return (Ack, the client's signature) over cumulative totals."""
        units = self.receipt.units if units is None else units
        amount = units * self.receipt.unit_price if amount is None else amount
        values = {
            "lease_id": self.receipt.lease_id, "seq": self.receipt.seq, "receipt_hash": self.hash,
            "cumulative_units": units, "cumulative_amount": amount,
        }  # fmt: skip
        voucher = Acknowledgement(**(values | changes))
        signed = sign(key, voucher.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()
        fields = AckData.__dataclass_fields__
        return AckData(*(getattr(voucher, name) for name in fields)), signed

    def asked(self, units_max=None, key=CLIENT_SECRET, **changes):
        """Return (units, the client's signature) of the request that the receipt answers."""
        units = self.receipt.units if units_max is None else units_max
        values = {
            "lease_id": self.receipt.lease_id, "seq": self.receipt.seq,
            "request_hash": self.receipt.request_hash, "units_max": units,
        }  # fmt: skip
        request = ComputeRequest(**(values | changes))
        return units, sign(key, request.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()

    def claim_values(self, units=None, amount=None, *, key=OPERATOR, client=CLIENT_SECRET, **ack):
        voucher, signed = self.ack(units, amount, client, **ack)
        return self.data(), self.signature(key), voucher, signed, self.stamp_height

    def changed(self, **changes):
        return Work(replace(self.receipt, **changes), self.stamp_height)


def order_terms(**changes):
    values = {
        "kind": KIND_INTEGER_MODEL, "classes": V2_CLASSES, "unit_kind": UNIT_TOKENS,
        "gpu_class": 0, "region": 0, "vram_mib": 0, "latency_ms": 0, "macs_per_second": 0,
        "model_root": MODEL, "client_key": KEY, "units_max": UNITS, "unit_price_max": PRICE,
        "prepay_units": 0, "deadline_seconds": 3_600, "window_blocks": WINDOW,
        "response_seconds": 60, "move_seconds": 60, "game_seconds": 1_800, "adjudicator": 1,
        "expiry_seconds": 3_600,
    }  # fmt: skip
    values |= changes
    if values["classes"] == CLASS_SIGNED:
        values |= {"adjudicator": 0, "prepay_units": max(values["prepay_units"], 10)}
    return OrderTerms(**values)


def offer_terms(order):
    return OfferTerms(
        unit_kind=order.unit_kind, kinds=sum(1 << kind for kind in JOB_KINDS),
        classes=15, gpu_class=3, gpu_count=1, region=2, vram_mib=80_000, latency_ms=50,
        leases_max=4, unit_price=order.unit_price_max, expiry_seconds=30 * 86_400,
        model_roots=(order.model_root,),
    )  # fmt: skip


def method_of(contract, name):
    return next(m for m in contract.methods.values() if m.name == name)


def results_of(method, output):
    results = decode_exactly(method.results, output) if method.outputs else ()
    return results[0] if len(results) == 1 else results
