"""A chain with governance and the marketplace; receipts is a double that answers for claims."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from contracts.errors import Revert
from contracts.framework.messages import message_codec
from contracts.framework.version import pack_version
from contracts.governance.v1.contract import Governance
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.market_messages import OfferTerms, OrderTerms
from contracts.marketplace.v1.records import OfferStatus, OrderStatus
from contracts.marketplace.v1.settings import MarketplaceGenesis
from contracts.marketplace.v2.contract import Marketplace as MarketplaceV2
from contracts.places import (
    DISPUTES_ADDRESS,
    GOVERNANCE_ADDRESS,
    MARKETPLACE_ADDRESS,
    RECEIPTS_ADDRESS,
    TREASURY_ADDRESS,
)
from contracts.runtime import Registry, active_version_slot
from primitives.abi import decode_exactly
from primitives.compute import CLASS_SIGNED, KIND_INTEGER_MODEL, KIND_LLM, UNIT_TOKENS
from primitives.types import WEI_PER_AIT as AIT
from tests.unit.contracts.memory_context import MemoryChain, block_at
from tests.unit.contracts.staking_world import account

MARKET = MARKETPLACE_ADDRESS
CLIENT, OTHER_CLIENT, MINER, RIVAL, THIRD, STRANGER = (account(n) for n in range(1, 7))
PARTIES = (CLIENT, OTHER_CLIENT, MINER, RIVAL, THIRD, STRANGER)
RICH = 1_000_000 * AIT
BOND = 1_000 * AIT
MODEL, KEY = b"\x0a" * 32, b"\x0b" * 32
V1, V2 = "1.0.0", "2.0.0"
PRICE = 10**15
UNITS = 1_000
DAY = 86_400


def offer_terms(**changes) -> OfferTerms:
    values = {
        "unit_kind": UNIT_TOKENS, "kinds": 1 << KIND_LLM | 1 << KIND_INTEGER_MODEL,
        "classes": 15, "gpu_class": 3,
        "gpu_count": 1, "region": 2, "vram_mib": 80_000, "latency_ms": 50, "leases_max": 4,
        "unit_price": PRICE, "expiry_seconds": 30 * DAY, "model_roots": (MODEL,),
    }  # fmt: skip
    return OfferTerms(**values | changes)


def order_terms(**changes) -> OrderTerms:
    values = {
        "kind": KIND_LLM, "classes": CLASS_SIGNED, "unit_kind": UNIT_TOKENS, "gpu_class": 0,
        "region": 0, "vram_mib": 0, "latency_ms": 0, "macs_per_second": 0, "model_root": MODEL,
        "client_key": KEY, "units_max": UNITS, "unit_price_max": PRICE, "prepay_units": 10,
        "deadline_seconds": 3_600, "window_blocks": 60, "response_seconds": 60,
        "move_seconds": 60, "game_seconds": 1_800, "adjudicator": 0, "expiry_seconds": 3_600,
    }  # fmt: skip
    return OrderTerms(**values | changes)


class LeaseDesk:
    """Calls of the marketplace on a chain, and the business that tests make."""

    def __init__(self, chain):
        self.chain = chain

    # --- calls ------------------------------------------------------------------------------

    def send(self, sender: bytes, name: str, *values, value: int = 0, gas: int = 30_000_000):
        method = self._method(name)
        data = method.selector + method.arguments.write(values)
        output = self.chain.transact(sender, MARKET, data, value, gas)
        return self._result(method, output)

    def ask(self, name: str, *values):
        method = self._method(name)
        data = method.selector + method.arguments.write(values)
        return self._result(method, self.chain.read(MARKET, data))

    @contextmanager
    def refuses(self, name: str, **fields) -> Iterator[None]:
        """Expect a custom error by its name; ``fields`` are its values."""
        errors = {error.__name__: error for error in self.release.errors}
        codec = message_codec(errors[name])
        with pytest.raises(Revert) as info:
            yield
        assert info.value.data[:4] == codec.hash[:4], str(info.value)
        if fields:
            expected = ", ".join(f"{key}={value}" for key, value in fields.items())
            assert expected in str(info.value)

    def set(self, key: str, value: int) -> None:
        self.send(GOVERNANCE_ADDRESS, "setParameter", key, value)

    def pass_seconds(self, seconds: int, blocks: int | None = None) -> None:
        """Let time pass without hooks, a block per second unless told."""
        block = self.chain.block
        count = seconds if blocks is None else blocks
        self.chain.block = replace(
            block,
            height=block.height + count,
            time_ms=block.time_ms + 1_000 * seconds,
            timestamp=block.timestamp + seconds,
        )

    def migrate(self, current: str, target: str) -> bool:
        hook = self.chain.hook(GOVERNANCE_ADDRESS)
        result = hook.migrate(MARKET, pack_version(current), pack_version(target), 10**7)
        if result.success:
            self._activate(target)
        return result.success

    # --- business -----------------------------------------------------------------------------

    def join(self, miner: bytes = MINER, bond: int = BOND) -> None:
        self.send(miner, "registerMiner", account(500 + miner[-1]), "tcp://[::1]:1", value=bond)
        self.send(miner, "setSealingKey", KEY)

    def offer(self, miner: bytes = MINER, *, value: int = AIT, **changes) -> int:
        return self.send(miner, "postOffer", offer_terms(**changes), value=value)

    def order(self, client: bytes = CLIENT, **changes) -> bytes:
        terms = order_terms(**changes)
        return self.send(client, "postOrder", terms, value=terms.units_max * terms.unit_price_max)

    def auction(self, client: bytes = CLIENT, *, bid=60, reveal=60, **changes) -> bytes:
        terms = order_terms(**{"expiry_seconds": 0} | changes)
        value = terms.units_max * terms.unit_price_max
        return self.send(client, "postAuction", terms, bid, reveal, value=value)

    def proposed(self, client: bytes = CLIENT, miner: bytes = MINER, **changes) -> bytes:
        """Return a proposed lease between a client and a new offer of a miner."""
        if not any(self.ask("miner", miner).operator_key):
            self.join(miner)
        offer = self.offer(miner)
        return self.send(client, "takeOffer", self.order(client, **changes), offer)

    def leased(self, client: bytes = CLIENT, miner: bytes = MINER, **changes) -> bytes:
        """Return an active lease."""
        lease = self.proposed(client, miner, **changes)
        self.send(miner, "acceptLease", lease)
        return lease

    def bid(self, order: bytes, miner: bytes, price: int, salt: bytes = KEY) -> int:
        commitment = self.ask("bidHash", order, miner, price, salt)
        return self.send(miner, "commitBid", order, commitment, value=AIT)

    def pay(self, lease: bytes, units: int, amount: int) -> int:
        return self.send(RECEIPTS_ADDRESS, "payLease", lease, units, amount)

    def hold(self, lease: bytes) -> None:
        self.send(DISPUTES_ADDRESS, "holdLease", lease)

    def release_hold(self, lease: bytes) -> None:
        self.send(DISPUTES_ADDRESS, "releaseLease", lease)

    def convict(self, lease: bytes, fault: int = 1) -> int:
        return self.send(DISPUTES_ADDRESS, "convict", lease, fault)

    def certify(self, miner: bytes, macs: int, seconds: int = DAY) -> None:
        until = self.chain.block.timestamp + seconds
        self.send(RECEIPTS_ADDRESS, "noteCapacity", miner, macs, until)

    # --- sight --------------------------------------------------------------------------------

    def info(self, lease: bytes):
        return self.ask("lease", lease)

    def held(self, who: bytes = MARKET) -> int:
        return self.chain.balances.get(who, 0)

    @property
    def release(self):
        return self.chain.active.at(MARKET)

    @property
    def storage(self):
        return self.release(self.chain.context(MARKET))

    def _method(self, name: str):
        return next(m for m in self.release.methods.values() if m.name == name)

    def _result(self, method, output: bytes):
        results = decode_exactly(method.results, output) if method.outputs else ()
        return results[0] if len(results) == 1 else results

    def _activate(self, version: str) -> None:
        slot = active_version_slot(MARKET)
        self.chain.storage[GOVERNANCE_ADDRESS, slot] = pack_version(version)
        self.chain.active.forget()


class LeaseWorld(LeaseDesk):
    """Parties with money; ``claims`` are the heights that receipts answers by lease."""

    def __init__(self, version: str = V1, **parameters: int):
        registry = Registry((Governance, Marketplace, MarketplaceV2))
        chain = MemoryChain(registry, block=block_at(1_000_000))
        super().__init__(chain)
        settings = {Marketplace: MarketplaceGenesis(window_blocks_min=8)}
        registry.genesis(chain.hook, settings, {"marketplace": parameters})
        self._activate(V1)
        for party in (*PARTIES, GOVERNANCE_ADDRESS):
            chain.balances[party] = RICH
        self.claims: dict[bytes, int] = {}
        self.answer_bytes = 256
        chain.foreign[RECEIPTS_ADDRESS] = self._receipts
        if version == V2:
            assert self.migrate(V1, V2)

    def check_books(self) -> None:
        """M1 and M3: the balance is the sum of all claims, locks those of what is open."""
        market = self.storage
        total, locked, counts = 0, dict.fromkeys(PARTIES, 0), dict.fromkeys(PARTIES, 0)
        for number in range(1, market.offer_total + 1):
            offer = market.offers_by_id[number]
            assert offer.status == OfferStatus.LISTED or not offer.bond
            total += offer.bond
        for place in range(len(market.order_ids)):
            order = market.orders_by_id[market.order_ids[place]]
            looks = order.status in (OrderStatus.OPEN, OrderStatus.BIDDING, OrderStatus.PROPOSED)
            assert looks or not order.escrow
            total += order.escrow
            if order.status == OrderStatus.BIDDING:
                bids = [order.bids[n] for n in range(len(order.bids))]
                total += sum(bid.bond for bid in bids if not bid.is_revealed)
        for place in range(len(market.lease_ids)):
            lease = market.leases_by_id[market.lease_ids[place]]
            if lease.status in (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING):
                total += lease.escrow - lease.prepaid
            if lease.status in (
                LeaseStatus.PROPOSED, LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING,
            ):  # fmt: skip
                counts[lease.miner] += 1
                if not market.standings[lease.miner].convicted_height:
                    locked[lease.miner] += lease.lock
        for party in PARTIES:
            miner = market.miners[party]
            total += miner.bond
            assert (miner.locked, miner.open_leases) == (locked[party], counts[party])
            assert miner.locked <= miner.bond
        assert self.held() == total

    def _receipts(self, frame, data: bytes) -> bytes:
        assert frame.is_static
        height = self.claims.get(data[4:36], 0)
        words = [data[4:36], *(bytes(32) for _ in range(4)), height.to_bytes(32, "big")]
        return b"".join((*words, bytes(64)))[: self.answer_bytes]


def treasury_and_pool(world: LeaseWorld) -> tuple[int, int]:
    return world.held(TREASURY_ADDRESS), world.held(DISPUTES_ADDRESS)
