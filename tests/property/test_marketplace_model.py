"""The marketplace over long random histories, beside a slow model of its own.

The model is a list of who owns what: every account's money, bonds, offers' and bids' bonds, orders'
escrows and leases with the terms of their making. It knows no storage layout, no lists and no
indexes. After every call the contract's balance is the sum of the model's claims and every account
has what the model says, to the wei; a refused call changes nothing.

A campaign: ``AITBC_MARKET_SEEDS=200 AITBC_MARKET_STEPS=2000 pytest`` this file.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import pytest

from contracts.errors import Revert
from contracts.places import DISPUTES_ADDRESS, MARKETPLACE_ADDRESS, TREASURY_ADDRESS
from tests.unit.contracts.lease_world import (
    AIT,
    BOND,
    CLIENT,
    MINER,
    OTHER_CLIENT,
    PARTIES,
    RICH,
    RIVAL,
    STRANGER,
    THIRD,
    V1,
    V2,
    LeaseWorld,
    order_terms,
)

SEEDS = int(os.environ.get("AITBC_MARKET_SEEDS", "6"))
STEPS = int(os.environ.get("AITBC_MARKET_STEPS", "2000"))
CLIENTS, MINERS = (CLIENT, OTHER_CLIENT, STRANGER), (MINER, RIVAL, THIRD)
BPS = 10_000
TERMS = (
    "feeBps", "feeBurnBps", "feeAuditorBps", "lockBps", "slashShareBps", "rentDayBps", "rentMaxBps",
)  # fmt: skip
DAY = 86_400
CHOICES = {
    "feeBps": (150, 250, 333), "feeBurnBps": (5_000, 5_555, 6_000), "feeAuditorBps": (0, 33, 50),
    "lockBps": (10_000, 12_345), "slashShareBps": (4_000, 4_999, 5_000),
    "rentDayBps": (1_000, 100, 0), "rentMaxBps": (500, 77),
    "bidBond": (AIT, 3), "offerBondMin": (AIT, 7), "acceptSeconds": (100, 300),
}  # fmt: skip
MUST_HAPPEN = (
    "acceptLease", "declineLease", "cancelLease", "expireProposal", "requestReclaim",
    "finishReclaim", "expireLease", "payLease", "convict", "closeUnpaid", "closeAuction", "outbid",
    "hidden", "second conviction", "matchOrder", "takeOffer", "cancelOrder", "closeOffer", "halt",
    "withdrawBond", "refused pay twice", "refused pay held", "refused pay convicted", "release",
    "migrate", "rateLease", "rent",
)  # fmt: skip


@dataclass
class LeaseModel:
    order: bytes
    offer: int
    miner: bytes
    price: int
    units: int
    tick: int
    terms: dict
    status: str = "proposed"
    holds: int = 0

    @property
    def escrow(self):
        return self.price * self.units

    @property
    def prepaid(self):
        return self.price * self.tick

    @property
    def lock(self):
        return -(-self.escrow * self.terms["lockBps"] // BPS)

    def fee(self, gross):
        return gross * self.terms["feeBps"] // BPS


@dataclass
class OrderModel:
    client: bytes
    escrow: int
    units: int
    tick: int
    status: str
    bid_bond: int = 0
    bids: dict = field(default_factory=dict)
    lease: bytes | None = None


class Model:
    """Who owns what."""

    def __init__(self):
        self.money = dict.fromkeys(PARTIES, RICH) | {TREASURY_ADDRESS: 0, DISPUTES_ADDRESS: 0}
        self.burnt = 0
        self.bonds: dict[bytes, int] = {}
        self.convicts: set[bytes] = set()
        self.offers: dict[int, tuple[bytes, int]] = {}
        self.orders: dict[bytes, OrderModel] = {}
        self.leases: dict[bytes, LeaseModel] = {}

    def claims(self):
        """Return what the contract owes to everybody."""
        total = sum(self.bonds.values()) + sum(bond for _, bond in self.offers.values())
        for order in self.orders.values():
            total += order.escrow
            total += sum(order.bid_bond for bid in order.bids.values() if bid[1] == "sealed")
        live = (lease for lease in self.leases.values() if lease.status in ("active", "reclaiming"))
        return total + sum(lease.escrow - lease.prepaid for lease in live)

    def locks(self, miner):
        if miner in self.convicts:
            return 0
        return sum(
            lease.lock
            for lease in self.leases.values()
            if lease.miner == miner and lease.status in ("proposed", "active", "reclaiming")
        )

    def split(self, lease, gross, fee):
        burnt = -(-fee * lease.terms["feeBurnBps"] // BPS)
        pool = min(fee - burnt, gross * lease.terms["feeAuditorBps"] // BPS)
        self.burnt += burnt
        self.money[DISPUTES_ADDRESS] += pool
        self.money[TREASURY_ADDRESS] += fee - burnt - pool

    def open(self, lease_id):
        lease = self.leases[lease_id]
        order = self.orders[lease.order]
        lease.status, order.status = "active", "leased"
        fee = lease.fee(lease.prepaid)
        self.split(lease, lease.prepaid, fee)
        self.money[lease.miner] += lease.prepaid - fee
        self.money[order.client] += order.escrow - lease.escrow
        order.escrow = 0

    def refund(self, lease, status, held=0):
        """Give the escrow back; ``held`` seconds beyond one response time cost their rent."""
        lease.status = status
        share = min(held * lease.terms["rentDayBps"] // DAY, lease.terms["rentMaxBps"])
        rent = 0 if lease.prepaid or lease.miner in self.convicts else lease.escrow * share // BPS
        fee = lease.fee(rent)
        self.split(lease, rent, fee)
        self.money[lease.miner] += rent - fee
        self.money[self.orders[lease.order].client] += lease.escrow - lease.prepaid - rent
        return rent

    def drop_offer(self, number):
        """Close an offer if it stands; returns its bond."""
        miner, bond = self.offers.pop(number, (None, 0))
        return miner, bond

    def close_order(self, order):
        order.status = "closed"
        self.money[order.client] += order.escrow
        order.escrow = 0


class History:
    """Draws calls, applies those that went through to the model, and compares."""

    def __init__(self, seed, done):
        self.random = Random(seed)
        self.done = done
        self.begin()

    def begin(self):
        """Make a new world; also when nobody is left who was not convicted."""
        self.world = LeaseWorld(self.random.choice((V1, V2)), macsPerToken=1, rentDayBps=1_000)
        self.model = Model()
        for miner in MINERS:
            self.world.join(miner)
            self.model.money[miner] -= BOND
            self.model.bonds[miner] = BOND

    def run(self, steps):
        actions = (
            self.post_offer, self.close_offer, self.post_order, self.post_order, self.cancel_order,
            self.take, self.take, self.take, self.match, self.auction, self.commit, self.commit,
            self.commit, self.commit, self.commit, self.reveal, self.reveal, self.reveal,
            self.reveal, self.reveal, self.close_auction, self.pay, self.accept, self.accept,
            self.accept, self.decline,
            self.cancel, self.lapse, self.pay, self.pay, self.pay, self.hold, self.release,
            self.reclaim, self.finish, self.expire, self.convict, self.close_unpaid, self.govern,
            self.wait, self.wait, self.halt, self.bond, self.leave, self.migrate, self.rate,
        )  # fmt: skip
        for _ in range(steps):
            self.random.choice(actions)()
            self.compare()
            if len(self.model.convicts) == len(MINERS):
                self.world.check_books()
                self.begin()

    def compare(self):
        world, model = self.world, self.model
        assert world.held(MARKETPLACE_ADDRESS) == model.claims()
        for who, money in model.money.items():
            assert world.held(who) == money, who.hex()
        assert world.chain.burnt == model.burnt
        for miner in MINERS:
            info = world.ask("miner", miner)
            assert info.locked == model.locks(miner) <= info.bond
            assert info.bond == model.bonds.get(miner, 0)

    def attempt(self, sender, name, *values, value=0):
        """Call; return (went through, result)."""
        balances = dict(self.world.chain.balances)
        try:
            result = self.world.send(sender, name, *values, value=value)
        except Revert:
            assert self.world.chain.balances == balances
            return False, None
        self.done[name] += 1
        return True, result

    def some(self, things):
        """Return one of the latest few, the model's things being in the order of their making."""
        things = list(things)[-8:]
        return self.random.choice(things) if things else None

    def lease(self, *statuses):
        return self.some(i for i, le in self.model.leases.items() if le.status in statuses)

    # --- offers and orders --------------------------------------------------------------------

    def post_offer(self):
        miner = self.some(MINERS)
        bond = self.random.choice((AIT, 2 * AIT + 1))
        price = self.random.randint(1, 10**14)
        terms = {"unit_price": price, "leases_max": self.random.randint(1, 5)}
        went = False
        try:
            number = self.world.offer(miner, value=bond, **terms)
            went = True
        except Revert:
            pass
        if went:
            self.model.money[miner] -= bond
            self.model.offers[number] = (miner, bond)

    def close_offer(self):
        number = self.some(self.model.offers)
        if number is None or self.random.random() < 0.6:
            return
        miner, bond = self.model.offers[number]
        went, _ = self.attempt(miner, "closeOffer", number)
        assert went
        self.model.drop_offer(number)
        self.model.money[miner] += bond

    def draw_terms(self, **changes):
        units = self.random.randint(1, 2_000)
        is_checked = self.random.random() < 0.4
        tick = 0 if is_checked else self.random.randint(1, max(1, units // 10))
        return order_terms(
            kind=2 if is_checked else 3, classes=4 if is_checked else 1,
            adjudicator=1 if is_checked else 0, units_max=units, prepay_units=tick,
            unit_price_max=self.random.randint(1, 10**15), **changes,
        )  # fmt: skip

    def place(self, name, terms, *values):
        client = self.some(CLIENTS)
        escrow = terms.units_max * terms.unit_price_max
        went, order = self.attempt(client, name, terms, *values, value=escrow)
        assert went
        self.model.money[client] -= escrow
        status = "bidding" if values else "open"
        made = OrderModel(client, escrow, terms.units_max, terms.prepay_units, status)
        made.bid_bond = self.world.ask("parameter", "bidBond")
        self.model.orders[order] = made

    def post_order(self):
        self.place("postOrder", self.draw_terms(expiry_seconds=7 * 86_400))

    def auction(self):
        self.place("postAuction", self.draw_terms(expiry_seconds=0), 60, 120)

    def order(self, *statuses):
        return self.some(i for i, order in self.model.orders.items() if order.status in statuses)

    def cancel_order(self):
        order_id = self.order("open", "bidding")
        if order_id is None or self.random.random() < 0.7:
            return
        order = self.model.orders[order_id]
        went, _ = self.attempt(order.client, "cancelOrder", order_id)
        assert went == (not order.bids)
        if went:
            self.model.close_order(order)

    def make_lease(self, order_id, lease_id):
        order = self.model.orders[order_id]
        info, found = self.world.info(lease_id), self.world.ask("leaseOutcome", lease_id)
        terms = {key: self.world.ask("parameter", key) for key in TERMS}
        made = LeaseModel(
            order_id, found.offer_id, info.miner, info.unit_price, order.units, order.tick, terms
        )
        assert lease_id not in self.model.leases
        assert (info.escrow, info.prepaid, info.lock) == (made.escrow, made.prepaid, made.lock)
        self.model.leases[lease_id] = made
        order.lease = lease_id

    def take(self):
        order_id, offer = self.order("open"), self.some(self.model.offers)
        if order_id is None or offer is None:
            return
        order = self.model.orders[order_id]
        went, lease_id = self.attempt(order.client, "takeOffer", order_id, offer)
        if went:
            order.status = "proposed"
            self.make_lease(order_id, lease_id)

    def match(self):
        order_id = self.order("open")
        if order_id is None:
            return
        went, lease_id = self.attempt(STRANGER, "matchOrder", order_id)
        if went:
            self.model.orders[order_id].status = "proposed"
            self.make_lease(order_id, lease_id)

    # --- auctions -----------------------------------------------------------------------------

    def commit(self):
        fresh = [i for i, order in self.model.orders.items() if order.status == "bidding"]
        if not fresh:
            return
        order_id, miner = fresh[-1], self.some(MINERS)
        order = self.model.orders[order_id]
        price = self.random.randint(1, 10**13)
        commitment = self.world.ask("bidHash", order_id, miner, price, bytes(32))
        went, place = self.attempt(miner, "commitBid", order_id, commitment, value=order.bid_bond)
        if went:
            assert miner not in self.model.convicts
            self.model.money[miner] -= order.bid_bond
            order.bids[miner] = [price, "sealed", place]

    def reveal(self):
        order_id = self.some(
            i for i, order in self.model.orders.items()
            if order.status == "bidding" and any(b[1] == "sealed" for b in order.bids.values())
        )  # fmt: skip
        if order_id is None:
            return
        order = self.model.orders[order_id]
        miner = self.some(who for who, bid in order.bids.items() if bid[1] == "sealed")
        offer = self.some(n for n, (who, _) in self.model.offers.items() if who == miner)
        if offer is None:
            return
        price, _, place = order.bids[miner]
        went, is_best = self.attempt(miner, "revealBid", order_id, place, offer, price, bytes(32))
        if not went:
            return
        order.bids[miner][1] = "revealed"
        self.model.money[miner] += order.bid_bond
        if is_best:
            if order.lease is not None:
                former = self.model.leases[order.lease]
                assert price <= former.price or former.miner in self.model.convicts
                former.status = "dropped"
                self.done["outbid"] += 1
            self.make_lease(order_id, self.world.ask("order", order_id).lease_id)

    def close_auction(self):
        order_id = self.order("bidding")
        if order_id is None:
            return
        model, order = self.model, self.model.orders[order_id]
        went, lease_id = self.attempt(STRANGER, "closeAuction", order_id)
        if not went:
            return
        hidden = [bid for bid in order.bids.values() if bid[1] == "sealed"]
        for bid in hidden:
            bid[1] = "lost"
            self.done["hidden"] += 1
        lost = len(hidden) * order.bid_bond
        model.money[order.client] += lost // 2
        model.burnt += lost - lost // 2
        best = model.leases.get(order.lease)
        if best is not None and best.miner not in model.convicts:
            assert lease_id == order.lease
            model.open(lease_id)
            return
        assert lease_id == bytes(32)
        if best is not None:
            best.status = "dropped"
        model.close_order(order)

    # --- leases -------------------------------------------------------------------------------

    def proposal(self):
        """Return a proposal that waits for its miner."""
        orders, leases = self.model.orders, self.model.leases
        return self.some(
            i for i, lease in leases.items()
            if lease.status == "proposed" and orders[lease.order].status == "proposed"
        )  # fmt: skip

    def accept(self):
        lease_id = self.proposal()
        if lease_id is None:
            return
        lease = self.model.leases[lease_id]
        went, _ = self.attempt(lease.miner, "acceptLease", lease_id)
        if went:
            assert lease.miner not in self.model.convicts
            self.model.open(lease_id)

    def decline(self):
        lease_id = self.proposal()
        if lease_id is None or self.random.random() < 0.6:
            return
        lease = self.model.leases[lease_id]
        went, _ = self.attempt(lease.miner, "declineLease", lease_id)
        assert went
        lease.status, self.model.orders[lease.order].status = "dropped", "open"
        _, bond = self.model.drop_offer(lease.offer)
        self.model.money[lease.miner] += bond

    def cancel(self):
        lease_id = self.proposal()
        if lease_id is None or self.random.random() < 0.6:
            return
        lease = self.model.leases[lease_id]
        order = self.model.orders[lease.order]
        went, _ = self.attempt(order.client, "cancelLease", lease_id)
        assert went
        lease.status = "dropped"
        self.model.close_order(order)

    def lapse(self):
        lease_id = self.proposal()
        if lease_id is None:
            return
        lease = self.model.leases[lease_id]
        went, _ = self.attempt(STRANGER, "expireProposal", lease_id)
        if not went:
            return
        order = self.model.orders[lease.order]
        lease.status, order.status = "dropped", "open"
        _, bond = self.model.drop_offer(lease.offer)
        self.model.money[order.client] += bond // 2
        self.model.burnt += bond - bond // 2

    def pay(self):
        """Try to pay any lease whatever: only a live one that is not held is, and once."""
        model = self.model
        live = self.lease("active", "reclaiming")
        stuck = self.some(
            i for i, lease in model.leases.items()
            if lease.status in ("active", "reclaiming") and lease.miner in model.convicts
        )  # fmt: skip
        lease_id = self.random.choice((live, self.some(model.leases), stuck or live))
        if lease_id is None:
            return
        lease = model.leases[lease_id]
        amount = self.random.choice((0, lease.prepaid, self.random.randint(0, lease.escrow + 1)))
        balances = dict(self.world.chain.balances)
        is_live = lease.status in ("active", "reclaiming")
        is_due = is_live and not lease.holds and lease.miner not in model.convicts
        is_due = is_due and amount <= lease.escrow
        try:
            self.world.pay(lease_id, self.random.randint(0, lease.units), amount)
        except Revert:
            assert not is_due
            assert self.world.chain.balances == balances
            self.done["refused pay twice"] += lease.status == "settled"
            self.done["refused pay held"] += lease.holds > 0
            self.done["refused pay convicted"] += lease.miner in model.convicts and is_live
            return
        assert is_due
        self.done["payLease"] += 1
        gross = max(amount, lease.prepaid)
        fee = lease.fee(gross) - lease.fee(lease.prepaid)
        rest = gross - lease.prepaid
        model.split(lease, rest, fee)
        model.money[lease.miner] += rest - fee
        model.money[model.orders[lease.order].client] += lease.escrow - gross
        lease.status = "settled"

    def hold(self):
        lease_id = self.lease("active", "reclaiming")
        if lease_id is not None and self.random.random() < 0.5:
            self.world.hold(lease_id)
            self.model.leases[lease_id].holds += 1

    def release(self):
        lease_id = self.some(i for i, lease in self.model.leases.items() if lease.holds)
        if lease_id is not None:
            self.world.release_hold(lease_id)
            self.model.leases[lease_id].holds -= 1
            self.done["release"] += 1

    def reclaim(self):
        lease_id = self.lease("active")
        if lease_id is None or self.random.random() < 0.5:
            return
        lease = self.model.leases[lease_id]
        client = self.model.orders[lease.order].client
        self.world.pass_seconds(self.random.choice((1, 1, 900)))
        assert self.attempt(client, "requestReclaim", lease_id)[0]
        lease.status = "reclaiming"

    def finish(self):
        lease_id = self.lease("active", "reclaiming")
        if lease_id is None:
            return
        lease = self.model.leases[lease_id]
        client = self.model.orders[lease.order].client
        held = self.held(lease_id)
        went, _ = self.attempt(client, "finishReclaim", lease_id)
        if went:
            assert not lease.holds
            assert lease.status == "reclaiming" or lease.miner in self.model.convicts
            rent = self.model.refund(lease, "reclaimed", held)
            self.done["rent"] += rent > 0

    def expire(self):
        lease_id = self.lease("active", "reclaiming")
        if lease_id is None or self.random.random() < 0.6:
            return
        self.world.pass_seconds(self.random.choice((1, 1, 1, 5_600)))
        held = self.held(lease_id)
        went, _ = self.attempt(STRANGER, "expireLease", lease_id)
        if went:
            assert not self.model.leases[lease_id].holds
            rent = self.model.refund(self.model.leases[lease_id], "closed", held)
            self.done["rent"] += rent > 0

    def held(self, lease_id):
        """Return for how many seconds a lease costs rent."""
        info, now = self.world.info(lease_id), self.world.chain.block.timestamp
        asked = self.world.ask("leaseOutcome", lease_id).reclaim_at
        until = min(asked or now, info.opened_at + info.deadline)
        return max(0, until - info.opened_at - info.response_seconds)

    def convict(self, lease_id=None):
        model = self.model
        if lease_id is None:
            lease_id = self.lease("active", "reclaiming")
            if lease_id is None or self.random.random() < 0.8:
                return
        lease = model.leases[lease_id]
        bond = model.bonds[lease.miner]
        reward = bond * lease.terms["slashShareBps"] // BPS
        assert self.world.convict(lease_id) == reward
        self.done["second conviction" if lease.miner in model.convicts else "convict"] += 1
        back = min(lease.prepaid, bond - reward)
        model.bonds[lease.miner] = 0
        model.convicts.add(lease.miner)
        model.money[DISPUTES_ADDRESS] += reward
        model.burnt += bond - reward - back
        model.refund(lease, "convicted")
        model.money[model.orders[lease.order].client] += back
        lease.holds = max(0, lease.holds - 1)
        again = self.some(
            i for i, other in model.leases.items()
            if other.miner == lease.miner and other.status in ("active", "reclaiming")
        )  # fmt: skip
        if again and self.random.random() < 0.3:
            self.convict(again)

    def close_unpaid(self):
        lease_id = self.lease("active", "reclaiming")
        if lease_id is None or self.random.random() < 0.7:
            return
        went, _ = self.attempt(DISPUTES_ADDRESS, "closeUnpaid", lease_id)
        assert went == (not self.model.leases[lease_id].holds)
        if went:
            self.model.refund(self.model.leases[lease_id], "closed")

    # --- the world ----------------------------------------------------------------------------

    def govern(self):
        key = self.some(CHOICES)
        try:
            self.world.set(key, self.some(CHOICES[key]))
        except Revert:
            return
        self.done["governed"] += 1

    def wait(self):
        self.world.pass_seconds(self.random.choice((1, 5, 5, 20, 20, 60, 60, 60, 120, 700, 5_600)))

    def halt(self):
        if self.random.random() < 0.5:
            return
        self.world.pass_seconds(self.random.choice((3_600, 90_000)), blocks=1)
        self.done["halt"] += 1

    def bond(self):
        miner = self.some(MINERS)
        went, _ = self.attempt(miner, "addBond", value=AIT)
        assert went == (miner not in self.model.convicts)
        if went:
            self.model.money[miner] -= AIT
            self.model.bonds[miner] += AIT

    def leave(self):
        """Leave and come back in one go, when nothing keeps a miner."""
        model, miner = self.model, self.some(MINERS)
        if self.random.random() < 0.9 or not self.attempt(miner, "requestWithdrawal")[0]:
            return
        self.world.pass_seconds(86_400)
        went, amount = self.attempt(miner, "withdrawBond")
        if not went:
            assert self.attempt(miner, "addBond")[0]
            return
        assert amount == model.bonds[miner]
        assert not any(le.miner == miner and le.status in ("active", "reclaiming", "proposed")
                       for le in model.leases.values())  # fmt: skip
        self.world.join(miner)
        model.money[miner] += amount - BOND
        model.bonds[miner] = BOND

    def migrate(self):
        if self.random.random() < 0.5:
            return
        versions = (V1, V2) if self.world.release.version == V1 else (V2, V1)
        assert self.world.migrate(*versions)
        self.done["migrate"] += 1

    def rate(self):
        lease_id = self.lease("settled")
        if lease_id is not None and self.world.release.version == V2:
            lease = self.model.leases[lease_id]
            rater = self.some((lease.miner, self.model.orders[lease.order].client))
            self.attempt(rater, "rateLease", lease_id, self.random.randint(1, 5))
            for party in PARTIES:
                held = self.world.ask("standing", party)
                assert self.world.ask("reputation", party).weight <= held.weight
                assert held.trust <= BPS


@pytest.fixture(scope="module")
def done():
    return Counter()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_money_is_where_the_model_says_after_every_call(seed, done):
    history = History(seed, done)
    history.run(STEPS)
    history.world.check_books()


def test_the_histories_reach_everything(done):
    assert [name for name in MUST_HAPPEN if not done[name]] == []
