"""Random operations of everybody on the real marketplace, receipts and disputes, and their books.

``Economy`` draws operations with plausible arguments; many are refused, the rest move money. After
every operation no wei has appeared or vanished; every ``BOOKS_EVERY`` operations each contract
holds exactly what its own records owe. A world is left for a fresh one before it grows slow.

A campaign: ``python -m tests.property.economy --operations 1000000 --seed 1`` (resumes nothing,
prints what happened; exit status 1 at the first broken book).
"""

import argparse
import sys
import time
from collections import Counter
from dataclasses import replace
from random import Random

from bench.histories.world import AIT, World, account, key_address, secret
from bench.memory_host import CHAIN_ID, Frame, MemoryHost
from contracts.disputes.v1.messages import ArbitrationStatus, ChallengeStatus, Fault
from contracts.errors import Revert
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.market_messages import OfferTerms, OrderTerms
from contracts.marketplace.v1.messages import JobStatus
from contracts.marketplace.v1.records import OfferStatus, OrderStatus
from contracts.places import DISPUTES_ADDRESS, MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS
from contracts.receipts.v1.records import DemandStatus
from primitives.abi import decode_exactly
from primitives.compute import (
    CLASS_CANONICAL,
    CLASS_SIGNED,
    KIND_INTEGER_MODEL,
    KIND_LLM,
    Acknowledgement,
    ComputeReceipt,
    ComputeRequest,
)
from primitives.keys import sign
from primitives.sum_tree import SumLeaf, sum_levels, sum_path

MK, RC, DP = "marketplace", "receipts", "disputes"
BOOKS_EVERY = 250
WORLD_OPERATIONS = 4_000
CLIENT_KEYS = (301, 302, 303, 304)
CLIENTS = tuple(key_address(number) for number in CLIENT_KEYS)
MINER_NUMBERS = tuple(range(2, 40))
CHALLENGERS = tuple(account(number) for number in range(41, 46))
JUDGES = tuple(account(number) for number in range(46, 53))
POSTERS = tuple(account(number) for number in range(53, 56))
MODEL, WORD, SALT = b"\x0a" * 32, b"\x0b" * 32, b"\x0c" * 32
LIVE_LEASES = (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING)
OWED_CHALLENGES = (
    ChallengeStatus.COMMITTED, ChallengeStatus.OPEN, ChallengeStatus.WON, ChallengeStatus.CLOSED,
)  # fmt: skip


class BrokenBooksError(AssertionError):
    """Money appeared, vanished, or lies where nobody is owed it."""


class Journaled(dict):
    """A dictionary that remembers how to undo what was done to it."""

    def __init__(self, *values):
        super().__init__(*values)
        self.journal = []

    def __setitem__(self, key, value):
        self.journal.append((key, self.get(key, Journaled)))
        super().__setitem__(key, value)

    def undo(self, mark):
        """Go back to when the journal had ``mark`` entries."""
        while len(self.journal) > mark:
            key, old = self.journal.pop()
            if old is Journaled:
                del self[key]
            else:
                super().__setitem__(key, old)


class JournaledHost(MemoryHost):
    """The host whose frames cost what they change, not what there is."""

    PARTS = ("balances", "storage", "transient", "foreign", "flows")

    def __post_init__(self):
        super().__post_init__()
        for part in self.PARTS:
            setattr(self, part, Journaled(getattr(self, part)))

    def transact(self, sender, to, data, value=0):
        self.forget()
        return self.run(Frame(self, to, caller=sender, origin=sender, value=value), data)

    def read(self, to, data):
        self.forget()
        return self.run(Frame(self, to, is_static=True), data)

    def forget(self):
        """Begin a transaction: nothing before it is ever undone."""
        self.transient = Journaled()
        for part in self.PARTS:
            getattr(self, part).journal.clear()
        self.logs.clear()
        self.samples.clear()

    def save(self):
        return tuple(len(getattr(self, part).journal) for part in self.PARTS)

    def restore(self, saved):
        for part, mark in zip(self.PARTS, saved, strict=True):
            getattr(self, part).undo(mark)


class Economy:
    """One world after another; ``done`` counts the operations that went through."""

    def __init__(self, seed):
        self.rng = Random(seed)
        self.done = Counter()
        self.refused = Counter()
        self.in_world = 0
        self.operations = [
            (weight, getattr(self, name))
            for name, weight in (
                ("post_offer", 6), ("close_offer", 1), ("post_order", 8), ("cancel_order", 1),
                ("expire_order", 1), ("take_offer", 10), ("match_order", 3), ("auction", 2),
                ("bid", 3), ("reveal_bid", 3), ("close_auction", 2), ("accept", 14),
                ("decline", 1), ("cancel_lease", 1), ("expire_proposal", 1), ("claim", 16),
                ("respond", 3), ("settle", 18), ("request_reclaim", 1), ("finish_reclaim", 2),
                ("expire_lease", 1), ("anchor", 2), ("claim_from_batch", 6), ("demand", 3),
                ("sample", 1), ("answer", 4), ("close_demand", 3), ("release_bond", 1),
                ("commit", 2), ("double_signing", 1), ("overclaim", 1), ("game", 3),
                ("timeout", 3), ("reward", 3), ("expire_challenge", 1), ("arbitrate", 1),
                ("draw", 2), ("vote", 4), ("reveal_vote", 4), ("close_court", 2),
                ("post_job", 3), ("take_job", 3), ("cancel_job", 1), ("expire_job", 2),
                ("bond", 1), ("leave", 1), ("withdraw", 1), ("wait", 12), ("leap", 0.5),
            )
        ]  # fmt: skip
        self.begin()

    # --- the frame ----------------------------------------------------------------------------

    def begin(self):
        """Make a new world with miners, judges and money."""
        self.world = World()
        found = self.world.host
        host = self.host = self.world.host = JournaledHost(
            found.registry, found.block, found.balances, found.storage
        )
        host.flows.update(found.flows)
        host.balances.update(dict.fromkeys(CLIENTS, 10_000_000 * AIT))
        self.miners, self.fresh = [], list(MINER_NUMBERS)
        self.offers, self.orders, self.jobs = {}, {}, {}
        self.leases, self.works, self.anchors = {}, {}, {}
        self.demands, self.challenges, self.bids = {}, {}, {}
        self.courts, self.votes = set(), {}
        self.open_orders, self.proposed, self.live = {}, {}, {}
        self.claimed, self.pending = {}, {}
        self.in_world = 0
        self.pool = 0
        for _ in range(5):
            self.join()
        for judge in JUDGES:
            self.world.send(judge, DP, "registerArbitrator", value=300 * AIT)
        self.total = self.wealth()

    def join(self):
        number = self.fresh.pop()
        miner = account(number)
        self.world.send(
            miner, MK, "registerMiner", key_address(400 + number), "http://x", value=200 * AIT
        )
        self.world.send(miner, MK, "setSealingKey", WORD)
        self.miners.append(number)

    def wealth(self):
        """Return all wei; burnt ones left the balances and are counted apart by the host."""
        flows = self.host.flows
        return sum(self.host.balances.values()) + flows["burnt"] - flows["minted"]

    def run(self, operations, told=None):
        """Do operations until so many went through."""
        weights = [weight for weight, _ in self.operations]
        calls = [call for _, call in self.operations]
        goal = self.done.total() + operations
        while self.done.total() < goal:
            call = self.rng.choices(calls, weights)[0]
            try:
                outcome = call()
            except Revert:
                self.refused[call.__name__] += 1
                continue
            finally:
                if self.wealth() != self.total:
                    raise BrokenBooksError(f"{self.wealth() - self.total} wei by {call.__name__}")
            if outcome is None:
                self.done[call.__name__] += 1
                self.in_world += 1
                if self.in_world % BOOKS_EVERY == 0:
                    self.check_books()
                if self.in_world >= WORLD_OPERATIONS or not self.fresh:
                    self.check_books()
                    self.begin()
                if told is not None:
                    told(self.done.total())
        self.check_books()

    def some(self, things):
        """Return one of the newest few; raises a refusal when there is none."""
        rows = list(things)[-24:]
        if not rows:
            raise Revert(b"", "nothing there")
        return self.rng.choice(rows)

    def send(self, who, contract, name, *values, value=0):
        return self.world.send(who, contract, name, *values, value=value)

    def call(self, who, name, *values, value=0):
        """Call the marketplace with structs."""
        method = self.world._method(MK, name)
        data = method.selector + method.arguments.write(values)
        output = self.host.transact(who, MARKETPLACE_ADDRESS, data, value)
        return decode_exactly(method.results, output)[0] if method.outputs else None

    # --- offers, orders, auctions -------------------------------------------------------------

    def post_offer(self):
        number = self.some(self.miners)
        price = self.rng.randint(1, 10**14)
        terms = OfferTerms(
            unit_kind=1, kinds=62, classes=15, gpu_class=3, gpu_count=1, region=2, vram_mib=1,
            latency_ms=5, leases_max=self.rng.randint(2, 20), unit_price=price,
            expiry_seconds=20 * 86_400, model_roots=(MODEL,),
        )  # fmt: skip
        bond = AIT + self.rng.randint(0, 9)
        self.offers[self.call(account(number), "postOffer", terms, value=bond)] = number

    def close_offer(self):
        offer = self.some(self.offers)
        self.send(account(self.offers[offer]), MK, "closeOffer", offer)
        del self.offers[offer]

    def terms(self, **changes):
        is_checked = self.rng.random() < 0.6
        units = self.rng.randint(1, 3_000)
        values = {
            "kind": KIND_INTEGER_MODEL if is_checked else KIND_LLM,
            "classes": CLASS_SIGNED | CLASS_CANONICAL if is_checked else CLASS_SIGNED,
            "unit_kind": 1, "gpu_class": 0, "region": 0, "vram_mib": 0, "latency_ms": 0,
            "macs_per_second": 0, "model_root": MODEL, "client_key": WORD, "units_max": units,
            "unit_price_max": self.rng.randint(1, 10**15),
            "prepay_units": 0 if is_checked else self.rng.randint(1, max(1, units // 10)),
            "deadline_seconds": 3_600, "window_blocks": 60, "response_seconds": 60,
            "move_seconds": 60, "game_seconds": 1_800, "adjudicator": 1 if is_checked else 0,
            "expiry_seconds": 900,
        }  # fmt: skip
        return OrderTerms(**values | changes)

    def place_order(self, name, terms, *values):
        client = self.rng.randrange(len(CLIENTS))
        escrow = terms.units_max * terms.unit_price_max
        order = self.call(CLIENTS[client], name, terms, *values, value=escrow)
        self.orders[order] = client
        return order

    def post_order(self):
        self.open_orders[self.place_order("postOrder", self.terms())] = True

    def auction(self):
        self.bids[self.place_order("postAuction", self.terms(expiry_seconds=0), 60, 60)] = []

    def cancel_order(self):
        order = self.some(self.orders)
        self.send(CLIENTS[self.orders[order]], MK, "cancelOrder", order)

    def expire_order(self):
        self.send(CHALLENGERS[0], MK, "expireOrder", self.some(self.orders))

    def take_offer(self):
        order = self.some(self.open_orders)
        offer = self.some(self.offers)
        lease = self.send(CLIENTS[self.orders[order]], MK, "takeOffer", order, offer)
        self.note_lease(lease, order)

    def match_order(self):
        order = self.some(self.open_orders)
        self.note_lease(self.send(CHALLENGERS[0], MK, "matchOrder", order), order)

    def note_lease(self, lease, order):
        self.leases[lease] = self.orders[order]
        self.open_orders.pop(order, None)
        self.proposed[lease] = order

    def bid(self):
        order, number = self.some(list(self.bids)[-3:]), self.some(self.miners)
        price = self.rng.randint(1, 10**14)
        hidden = self.world.ask(MK, "bidHash", order, account(number), price, SALT)
        value = self.world.ask(MK, "parameter", "bidBond") * self.rng.choice((1, 1, 2, 3))
        place = self.send(account(number), MK, "commitBid", order, hidden, value=value)
        self.bids[order].append((number, price, place))

    def reveal_bid(self):
        order = self.some(self.bids)
        number, price, place = self.some(self.bids[order])
        offers = [offer for offer, miner in self.offers.items() if miner == number]
        values = (order, place, self.some(offers), price, SALT)
        self.send(account(number), MK, "revealBid", *values)

    def close_auction(self):
        order = self.some(self.bids)
        lease = self.send(CHALLENGERS[1], MK, "closeAuction", order)
        self.bids.pop(order)
        if any(lease):
            self.leases[lease] = self.orders[order]
            self.live[lease] = True

    # --- leases -------------------------------------------------------------------------------

    def miner_of(self, lease):
        return self.world.ask(MK, "lease", lease).miner

    def accept(self):
        lease = self.some(self.proposed)
        self.send(self.miner_of(lease), MK, "acceptLease", lease)
        del self.proposed[lease]
        self.live[lease] = True

    def decline(self):
        lease = self.some(self.proposed)
        self.send(self.miner_of(lease), MK, "declineLease", lease)
        del self.proposed[lease]

    def cancel_lease(self):
        lease = self.some(self.proposed)
        self.send(CLIENTS[self.leases[lease]], MK, "cancelLease", lease)
        del self.proposed[lease]

    def expire_proposal(self):
        lease = self.some(self.proposed)
        self.send(CHALLENGERS[0], MK, "expireProposal", lease)
        self.open_orders[self.proposed.pop(lease)] = True

    def request_reclaim(self):
        lease = self.some(self.live)
        self.send(CLIENTS[self.leases[lease]], MK, "requestReclaim", lease)

    def finish_reclaim(self):
        lease = self.some(self.live)
        self.send(CLIENTS[self.leases[lease]], MK, "finishReclaim", lease)
        del self.live[lease]

    def expire_lease(self):
        lease = self.some(self.live)
        self.send(CHALLENGERS[0], MK, "expireLease", lease)
        del self.live[lease]

    # --- receipts -----------------------------------------------------------------------------

    def work(self, lease_id, **changes):
        """Return (receipt, its stamp's height) for a lease, the next in its sequence."""
        lease = self.world.ask(MK, "lease", lease_id)
        beacon, height = self.world.ask(RC, "freshBeacon")
        now = self.host.block.timestamp
        made = self.works.setdefault(lease_id, [])
        is_traced = bool(lease.classes & CLASS_CANONICAL)
        values = {
            "job_id": lease.order_id, "lease_id": lease_id, "seq": len(made) + 1,
            "miner": lease.miner, "client": lease.client, "model_root": lease.model_root,
            "request_hash": WORD, "response_hash": WORD,
            "trace_root": WORD if is_traced else bytes(32), "fingerprint": bytes(32),
            "unit_kind": lease.unit_kind, "units": 1 + self.rng.randrange(1 + lease.units_max // 3),
            "unit_price": lease.unit_price, "started_at": now, "ended_at": now, "beacon": beacon,
            "attestation": bytes(32), "flags": 0,
        }  # fmt: skip
        found = ComputeReceipt(**values | changes), height
        made.append(found)
        return found

    def signed(self, receipt):
        number = next(n for n in MINER_NUMBERS if account(n) == receipt.miner)
        digest = receipt.digest(CHAIN_ID, RECEIPTS_ADDRESS)
        return sign(secret(400 + number), digest).to_bytes()

    def acknowledged(self, receipt):
        """Return (Ack, signature) over all receipts of the lease so far, at their price or less."""
        made = self.works[receipt.lease_id]
        units = sum(other.units for other, _ in made if other.seq <= receipt.seq)
        amount = units * receipt.unit_price - self.rng.randint(0, 2)
        voucher = Acknowledgement(
            lease_id=receipt.lease_id, seq=receipt.seq, receipt_hash=receipt.struct_hash(),
            cumulative_units=units, cumulative_amount=max(0, amount),
        )  # fmt: skip
        key = CLIENT_KEYS[self.leases[receipt.lease_id]]
        signature = sign(secret(key), voucher.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()
        names = Acknowledgement.__dataclass_fields__
        return tuple(getattr(voucher, name) for name in names), signature

    def claim(self):
        receipt, height = self.work(self.some(self.live))
        values = (data(receipt), self.signed(receipt), *self.acknowledged(receipt), height)
        who = self.rng.choice((receipt.miner, receipt.miner, CHALLENGERS[0]))
        self.send(who, RC, "claimReceipt", *values)
        self.claimed[receipt.lease_id] = True

    def respond(self):
        receipt, height = self.work(self.some(self.live))
        request = ComputeRequest(
            lease_id=receipt.lease_id, seq=receipt.seq, request_hash=receipt.request_hash,
            units_max=receipt.units + self.rng.randint(-1, 1),
        )  # fmt: skip
        key = CLIENT_KEYS[self.leases[receipt.lease_id]]
        asked = sign(secret(key), request.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()
        values = (
            data(receipt), self.signed(receipt), request.units_max, asked, height, b"sealed",
        )  # fmt: skip
        self.send(receipt.miner, RC, "postResponse", *values)
        self.claimed[receipt.lease_id] = True

    def settle(self):
        lease = self.some(self.claimed)
        self.send(CHALLENGERS[2], RC, "settleLease", lease)
        self.claimed.pop(lease)
        self.live.pop(lease, None)

    def anchor(self):
        chosen = [self.some(self.live) for _ in range(4)]
        works = {}
        for lease in chosen:
            receipt, height = self.work(lease)
            works[receipt.lease_id, receipt.seq] = receipt, height
        rows = sorted(works.items())
        leaves = [leaf_of(receipt) for _, (receipt, _) in rows]
        levels = sum_levels(leaves)
        root = levels[-1][0]
        values = (root.hash, root.count, root.total)
        value = 100 * AIT + self.rng.randint(0, 5)
        batch = self.send(self.some(POSTERS), RC, "anchorBatch", *values, value=value)
        self.anchors[batch] = [work for _, work in rows], levels

    def path(self, batch, index):
        found = sum_path(self.anchors[batch][1], index)
        return index, [node.hash for node in found], [node.total for node in found]

    def claim_from_batch(self):
        batch = self.some(self.anchors)
        works, _ = self.anchors[batch]
        index = self.rng.randrange(len(works))
        receipt, height = works[index]
        claim = (data(receipt), self.signed(receipt), *self.acknowledged(receipt), height)
        values = (batch, *self.path(batch, index), *claim)
        self.send(receipt.miner, RC, "claimFromBatch", *values)
        self.claimed[receipt.lease_id] = True

    def demand(self):
        batch = self.some(self.anchors)
        index = self.rng.randrange(len(self.anchors[batch][0]))
        value = AIT + AIT // 20
        number = self.send(
            self.some(CHALLENGERS), RC, "demandLeaf", batch, index, bytes(32), value=value
        )
        self.demands[number] = batch, index

    def sample(self):
        batch = self.some(self.anchors)
        value = AIT + AIT // 20
        number = self.send(self.some(CHALLENGERS), RC, "demandSample", batch, 0, value=value)
        self.demands[number] = batch, self.rng.randrange(len(self.anchors[batch][0]))

    def answer(self):
        number = self.some(self.demands)
        batch, index = self.demands[number]
        receipt, _ = self.anchors[batch][0][index]
        values = (number, *self.path(batch, index), data(receipt), self.signed(receipt))
        self.send(self.some(POSTERS), RC, "answerDemand", *values)

    def close_demand(self):
        self.send(CHALLENGERS[3], RC, "closeDemand", self.some(self.demands))

    def release_bond(self):
        batch = self.some(self.anchors)
        poster = self.world.ask(RC, "batch", batch).poster
        self.send(poster, RC, "releaseBond", batch)

    # --- disputes -----------------------------------------------------------------------------

    def commit(self):
        """Commit to a double signing, an overclaim or a game about some lease."""
        lease = self.some(self.live)
        who = self.some(CHALLENGERS)
        fault = self.rng.choice((Fault.DOUBLE_SIGNING, Fault.OVERCLAIM, Fault.WRONG_STEP))
        receipt, _ = self.work(lease)
        other = receipt
        if fault == Fault.DOUBLE_SIGNING:
            other = replace(receipt, response_hash=b"\x55" * 32)
        elif fault == Fault.OVERCLAIM:
            receipt = other = replace(receipt, units=10**9)
        subject = self.world.ask(
            DP, "commitmentFor", receipt.struct_hash(), who, fault,
            other.struct_hash() if fault == Fault.DOUBLE_SIGNING else bytes(32), SALT,
        )  # fmt: skip
        value = self.rng.choice((AIT, 40 * AIT))
        number = self.send(who, DP, "commitChallenge", subject, value=value)
        self.challenges[number] = who, fault, receipt, other
        self.pending[number] = True

    def reveal(self, fault):
        rows = [n for n in self.pending if self.challenges[n][1] == fault]
        number = self.some(rows)
        return number, *self.challenges[number]

    def double_signing(self):
        number, who, _, first, other = self.reveal(Fault.DOUBLE_SIGNING)
        pair = (data(first), self.signed(first), data(other), self.signed(other))
        self.send(who, DP, "revealDoubleSigning", number, SALT, *pair)

    def overclaim(self):
        number, who, _, receipt, _ = self.reveal(Fault.OVERCLAIM)
        self.send(who, DP, "revealOverclaim", number, SALT, data(receipt), self.signed(receipt))

    def game(self):
        number, who, fault, receipt, _ = self.reveal(Fault.WRONG_STEP)
        values = (number, SALT, fault, data(receipt), self.signed(receipt))
        value = self.rng.choice((0, 0, 10 * AIT))
        self.send(who, DP, "revealGame", *values, value=value)

    def timeout(self):
        self.send(CHALLENGERS[4], DP, "claimTimeout", self.some(self.challenges))

    def reward(self):
        number = self.some(self.challenges)
        self.send(self.challenges[number][0], DP, "claimReward", number)

    def expire_challenge(self):
        self.send(CHALLENGERS[4], DP, "expireChallenge", self.some(self.challenges))

    def arbitrate(self):
        lease = self.some(self.live)
        client = CLIENTS[self.leases[lease]]
        value = self.world.ask(DP, "parameter", "arbitrationBond")
        self.courts.add(self.send(client, DP, "openArbitration", lease, WORD, value=value))

    def draw(self):
        self.send(CHALLENGERS[0], DP, "drawPanel", self.some(sorted(self.courts)))

    def vote(self):
        court = self.some(sorted(self.courts))
        judge = self.some(self.world.ask(DP, "panel", court)).arbitrator
        value = self.rng.choice((0, 2_500, 5_000, 10_000))
        hidden = self.world.ask(DP, "voteCommitment", court, judge, value, SALT)
        self.send(judge, DP, "commitVote", court, hidden)
        self.votes[court, judge] = value

    def reveal_vote(self):
        court, judge = self.some(self.votes)
        self.send(judge, DP, "revealVote", court, self.votes[court, judge], SALT)

    def close_court(self):
        self.send(CHALLENGERS[0], DP, "closeArbitration", self.some(sorted(self.courts)))

    # --- products, bonds, time ----------------------------------------------------------------

    def post_job(self):
        client = self.rng.randrange(len(CLIENTS))
        value = 64**3 + self.rng.randint(0, AIT)
        values = (self.rng.randbytes(32), 64, 64, 64, 60, 10)
        self.jobs[self.send(CLIENTS[client], MK, "postJob", *values, value=value)] = client

    def take_job(self):
        self.send(account(self.some(self.miners)), MK, "takeJob", self.some(self.jobs))

    def cancel_job(self):
        job = self.some(self.jobs)
        self.send(CLIENTS[self.jobs[job]], MK, "cancelJob", job)

    def expire_job(self):
        self.send(CHALLENGERS[0], MK, "expireJob", self.some(self.jobs))

    def bond(self):
        value = self.rng.randint(1, AIT)
        self.send(account(self.some(self.miners)), MK, "addBond", value=value)

    def leave(self):
        self.send(account(self.some(self.miners)), MK, "requestWithdrawal")

    def withdraw(self):
        number = self.some(self.miners)
        self.send(account(number), MK, "withdrawBond")
        self.miners.remove(number)
        self.join()

    def wait(self):
        """Blocks pass; a miner comes for each that was convicted."""
        self.world.advance(self.rng.choice((1, 1, 1, 2, 2, 4, 16, 61)))
        self.total = self.wealth_after_hooks()
        self.drop_ended()
        for number in list(self.miners):
            if self.world.ask(MK, "standing", account(number)).convicted_height:
                self.miners.remove(number)
                if self.fresh:
                    self.join()
        return False

    def drop_ended(self):
        """Forget leases that ended and challenges that were decided."""
        for things in (self.live, self.claimed):
            for lease in list(things)[-24:]:
                if self.world.ask(MK, "lease", lease).status not in LIVE_LEASES:
                    del things[lease]
        for number in list(self.pending)[-24:]:
            status = self.world.ask(DP, "challenge", number).status
            if status != ChallengeStatus.COMMITTED:
                del self.pending[number]

    def leap(self):
        self.host.leap(self.rng.choice((120, 120, 120, 600, 1_800, 4_000, 86_400)))
        return False

    def wealth_after_hooks(self):
        """Return the total; block hooks mint what ``minted`` says, so it is the same."""
        assert self.wealth() == self.total
        return self.total

    # --- books --------------------------------------------------------------------------------

    def check_books(self):
        """Compare every contract's balance with what its own records owe."""
        owed = {
            MARKETPLACE_ADDRESS: self.owed_by_market(),
            RECEIPTS_ADDRESS: self.owed_by_receipts(),
        }
        for place, amount in owed.items():
            held = self.host.balances.get(place, 0)
            if held != amount:
                raise BrokenBooksError(f"0x{place.hex()} holds {held}, owes {amount}")
        pool = self.host.balances.get(DISPUTES_ADDRESS, 0) - self.owed_by_disputes()
        if pool < self.pool:
            raise BrokenBooksError(f"the auditors' pool fell from {self.pool} to {pool}")
        self.pool = pool

    def owed_by_market(self):
        ask = self.world.ask
        total = sum(ask(MK, "miner", account(number)).bond for number in MINER_NUMBERS)
        for offer in list(self.offers):
            info = ask(MK, "offer", offer)
            total += info.bond if info.status == OfferStatus.LISTED else 0
        for order in self.orders:
            total += self.owed_to_order(order)
        for lease in self.leases:
            info = ask(MK, "lease", lease)
            total += info.escrow - info.prepaid if info.status in LIVE_LEASES else 0
        held = (JobStatus.OPEN, JobStatus.LEASED, JobStatus.SUBMITTED)
        for job in self.jobs:
            info = ask(MK, "job", job)
            total += info.escrow if info.status in held else 0
        return total

    def owed_to_order(self, order):
        info = self.world.ask(MK, "order", order)
        looking = (OrderStatus.OPEN, OrderStatus.BIDDING, OrderStatus.PROPOSED)
        total = info.escrow if info.status in looking else 0
        if info.status == OrderStatus.BIDDING:
            _, revealed, bonds = self.world.ask(MK, "bids", order)
            total += sum(b for b, shown in zip(bonds, revealed, strict=True) if not shown)
        return total

    def owed_by_receipts(self):
        ask = self.world.ask
        total = sum(ask(RC, "batch", batch).bond for batch in self.anchors)
        for number in self.demands:
            info = ask(RC, "demand", number)
            total += info.fee + info.bond if info.status == DemandStatus.OPEN else 0
        return total

    def owed_by_disputes(self):
        ask = self.world.ask
        total = 0
        for number in self.challenges:
            info = ask(DP, "challenge", number)
            total += info.bond if info.status in OWED_CHALLENGES else 0
        total += sum(ask(DP, "caseOf", lease).reward_left for lease in self.leases)
        total += sum(ask(DP, "arbitrator", judge).bond for judge in JUDGES)
        live = (ArbitrationStatus.OPENED, ArbitrationStatus.VOTING)
        for court in self.courts:
            info = ask(DP, "arbitration", court)
            total += info.bond if info.status in live else 0
        return total


def data(receipt):
    return tuple(getattr(receipt, name) for name in ComputeReceipt.__dataclass_fields__)


def leaf_of(receipt):
    amount = receipt.units * receipt.unit_price
    return SumLeaf(receipt.lease_id, receipt.seq, receipt.struct_hash(), amount)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    economy, began = Economy(chosen.seed), time.monotonic()

    def told(count):
        if count % 10_000 == 0:
            rate = count / (time.monotonic() - began)
            sys.stderr.write(f"{count:,} operations, {rate:,.0f} a second\n")

    economy.run(chosen.operations, told)
    went, refused = economy.done.total(), economy.refused.total()
    lines = [f"{went:,} operations went through, {refused:,} refused"]
    for name, count in economy.done.most_common():
        lines.append(f"  {name:18} {count:>9,}   refused {economy.refused[name]:>9,}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
