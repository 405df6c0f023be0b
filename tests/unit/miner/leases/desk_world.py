"""A desk on the real contracts in memory, a backend that echoes, and a client that signs."""

import asyncio
import hashlib
from dataclasses import dataclass, field

import aiohttp
from prometheus_client import CollectorRegistry

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.market_messages import OrderTerms
from contracts.places import RECEIPTS_ADDRESS, native_address
from contracts.receipts.v1.contract import Receipts
from miner.account import MinerAccount
from miner.backends.backend import Served, Work, WorkRefusedError
from miner.backends.catalog import Catalog
from miner.backends.scheduler import Lane, Scheduler
from miner.chain import Chain
from miner.journal import Journal
from miner.leases.asked import Asked
from miner.leases.book import LeaseBook
from miner.leases.desk import DeskSettings, LeaseDesk
from miner.leases.offers import OfferPlan
from miner.leases.protocol import (
    SEALED_ASK_MAX,
    TO_CLIENT,
    TO_MINER,
    Answer,
    Ask,
    Envelope,
    Voucher,
    decode_answer,
    decode_delivery,
    envelope_digest,
    seal_subject,
)
from miner.leases.service import LeaseService, ServiceSettings
from miner.leases.tally import DeskTally
from primitives.compute import (
    CLASS_CANONICAL,
    CLASS_SIGNED,
    KIND_INTEGER_MODEL,
    UNIT_TOKENS,
    Acknowledgement,
    ComputeRequest,
)
from primitives.keys import Signature, recover_address, secret_to_address, sign
from primitives.types import WEI_PER_AIT, Hash32
from tests.unit.contracts.deal_world import method_of, results_of
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.miner.chain_double import MINER_ADDRESS, MINER_SECRET, ChainDouble
from wallet.sealing import mailbox_key, open_sealed, seal

AIT = WEI_PER_AIT
CLIENT_SECRET = b"\x31" * 32
CLIENT = secret_to_address(CLIENT_SECRET)
OTHER_SECRET = b"\x32" * 32
MODEL = Hash32(b"\x0a" * 32)
PRICE = 10**15
V2 = CLASS_SIGNED | CLASS_CANONICAL


class EchoBackend:
    """Answers a prompt with its tokens reversed; a unit is a token; can be slow, or fail."""

    device = "cpu"

    def __init__(self, root=MODEL):
        self.served = Served(
            name="echo",
            kind=KIND_INTEGER_MODEL,
            classes=V2,
            unit_kind=UNIT_TOKENS,
            model_root=root,
            adjudicator=1,
        )
        self.calls = 0
        self.gate = None
        self.fault = None
        self.is_closed = False

    def check(self, ask, units_max):
        if not ask.tokens:
            raise WorkRefusedError("bad_request", "nothing to echo", "send tokens")
        if len(ask.tokens) > units_max:
            raise WorkRefusedError("over_budget", "too much", "ask for less")
        return echo_asked(ask)

    async def work(self, ask):
        self.calls += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.fault is not None:
            raise WorkRefusedError(self.fault, "it failed", "wait", is_failure=True)
        tokens = ask.tokens[::-1]
        salted = echo_asked(ask).request_hash
        return Work(
            request_hash=salted,
            response_hash=Hash32(hashlib.sha256(salted + bytes([self.calls])).digest()),
            trace_root=Hash32(b"\x03" * 32),
            units=len(tokens),
            answer=Answer(delivered=bytes(tokens), tokens=tokens),
        )

    async def verify(self):
        if self.fault is not None:
            raise WorkRefusedError(self.fault, "it is broken", is_failure=True)

    async def close(self):
        self.is_closed = True


def echo_asked(ask):
    salted = hashlib.sha256(ask.salt + bytes(ask.tokens)).digest()
    return Asked(request_hash=Hash32(salted), units_max=len(ask.tokens))


@dataclass
class Market:
    """The chain, and what the client does on it."""

    double: ChainDouble = field(default_factory=ChainDouble)

    def __post_init__(self):
        self.double.chain.balances[CLIENT] = 1_000_000 * AIT
        self.double.chain.balances[MINER_ADDRESS] = 100_000 * AIT

    def send(self, sender, contract, name, *values, value=0):
        method = method_of(contract, name)
        data = method.selector + method.arguments.write(values)
        output = self.double.chain.transact(sender, native_address(contract.index), data, value)
        return results_of(method, output)

    def ask(self, contract, name, *values):
        method = method_of(contract, name)
        data = method.selector + method.arguments.write(values)
        return results_of(method, self.double.chain.read(native_address(contract.index), data))

    def join(self):
        endpoint = "http://127.0.0.1:9470"
        self.send(
            MINER_ADDRESS, Marketplace, "registerMiner", MINER_ADDRESS, endpoint, value=1_000 * AIT
        )

    def lease(self, lease_id):
        return self.ask(Marketplace, "lease", lease_id)

    def claim(self, lease_id):
        return self.ask(Receipts, "claim", lease_id)

    def offers(self):
        return self.ask(Marketplace, "offers", UNIT_TOKENS, 0, 100)[0]

    def order(self, **changes):
        values = order_values() | changes
        terms = OrderTerms(**values)
        escrow = terms.units_max * terms.unit_price_max
        return self.send(CLIENT, Marketplace, "postOrder", terms, value=escrow)

    def propose(self, **changes):
        """Propose a lease to the miner's listed offer."""
        order = self.order(**changes)
        return self.send(CLIENT, Marketplace, "takeOffer", order, self.offers()[0].offer_id)


def order_values():
    return {
        "kind": KIND_INTEGER_MODEL, "classes": V2, "unit_kind": UNIT_TOKENS,
        "gpu_class": 0, "region": 0, "vram_mib": 0, "latency_ms": 0, "macs_per_second": 0,
        "model_root": MODEL, "client_key": mailbox_key(CLIENT_SECRET), "units_max": 100,
        "unit_price_max": PRICE, "prepay_units": 0, "deadline_seconds": 3_600,
        "window_blocks": 60, "response_seconds": 60, "move_seconds": 60, "game_seconds": 1_800,
        "adjudicator": 1, "expiry_seconds": 3_600,
    }  # fmt: skip


class Desk:
    """A miner's desk over a home directory; ``kill`` leaves it as kill -9 does."""

    def __init__(self, market, home, backend=None, **settings):
        self.market = market
        self.home = home
        self.backend = backend or EchoBackend()
        self.settings = settings
        self.now = 1_000.0
        self.is_draining = False
        self.open()

    def open(self):
        self.chain = Chain(self.market.double)
        self.journal = Journal(self.home)
        self.book = LeaseBook(self.home)
        self.account = MinerAccount(self.chain, self.journal, MINER_SECRET, CHAIN_ID)
        self.catalog = Catalog(
            [self.backend], Scheduler([Lane(device="cpu")]), clock=lambda: self.now
        )
        self.tally = DeskTally(CollectorRegistry())
        service = {k: v for k, v in self.settings.items() if k in ("credit", "margin_seconds")}
        desk = {k: v for k, v in self.settings.items() if k not in (*service, "plan", "defender")}
        self.service = LeaseService(
            book=self.book, catalog=self.catalog, chain=self.chain, secret=MINER_SECRET,
            chain_id=CHAIN_ID, settings=ServiceSettings(**service), tally=self.tally,
            clock=lambda: self.now,
        )  # fmt: skip
        wanted = {"classes": V2} | self.settings.get("plan", {})
        plan = OfferPlan(served=self.backend.served, price=PRICE, **wanted)
        self.desk = LeaseDesk(
            chain=self.chain, account=self.account, book=self.book, catalog=self.catalog,
            service=self.service, plans=[plan], settings=DeskSettings(**desk), tally=self.tally,
            secret=MINER_SECRET, chain_id=CHAIN_ID, defender=self.settings.get("defender"),
        )  # fmt: skip

    def kill(self):
        self.journal.close()
        self.book.close()

    def restart(self):
        self.kill()
        self.open()

    async def step(self, blocks=1):
        """One look, then one block; as often as asked."""
        for _ in range(blocks):
            head = await self.chain.head()
            for landed in await self.account.poll(head.height):
                self.desk.on_landed(landed)
            await self.desk.step(head, is_draining=self.is_draining)
            self.market.double.mine()
            self.now += 1

    async def until(self, condition, limit=40):
        for _ in range(limit):
            if condition():
                return
            await self.step()
        raise AssertionError(f"not reached within {limit} blocks")

    async def lease(self, **changes):
        """Bring a lease to ACTIVE, known to the desk."""
        await self.until(self.market.offers)
        lease_id = self.market.propose(**changes)
        await self.until(lambda: self.market.lease(lease_id).status == 2)
        await self.until(lambda: self.book.deal(lease_id).lease.status == 2)
        return lease_id


class Client:
    """Signs, seals, opens and checks as a client does."""

    def __init__(self, market, lease_id, secret=CLIENT_SECRET, **known):
        self.lease_id = lease_id
        self.info = known.get("info") or market.lease(lease_id)
        self.secret = secret
        self.chain_id = known.get("chain_id", CHAIN_ID)
        self.miner = known.get("miner", MINER_ADDRESS)
        self.units = 0
        self.amount = 0

    def envelope(self, seq, *tokens, salt=b"\x05" * 32, secret=None, **changes):
        ask = changes.get("ask") or Ask(salt=salt, options=b"", tokens=tokens or (1, 2, 3))
        sealed = changes.get("sealed")
        if sealed is None:
            sealed = seal(
                ask.encode(), recipient_key=changes.get("key", self.info.miner_key),
                sender=self.info.client, recipient=self.info.miner, chain_id=self.chain_id,
                subject=seal_subject(
                    self.info.order_id, self.lease_id, changes.get("subject_seq", seq), TO_MINER
                ),
                sealed_bytes_max=SEALED_ASK_MAX,
            )  # fmt: skip
        digest = envelope_digest(self.chain_id, self.lease_id, seq, sealed)
        signature = sign(secret or self.secret, digest).to_bytes()
        asked = changes.get("asked") or echo_asked(ask)
        values = {
            "lease_id": Hash32(self.lease_id), "seq": seq, "request_hash": asked.request_hash,
            "units_max": asked.units_max,
        } | changes.get("request", {})  # fmt: skip
        request = ComputeRequest(**values)
        signed = sign(
            changes.get("request_secret", secret or self.secret),
            request.digest(self.chain_id, RECEIPTS_ADDRESS),
        )
        return Envelope(
            lease_id=Hash32(self.lease_id), seq=seq, sealed=sealed, signature=signature,
            request_hash=request.request_hash, units_max=request.units_max,
            request_signature=signed.to_bytes(),
        ).encode()  # fmt: skip

    def read(self, body):
        """Return (receipt, answer) of a delivery after checking what a client checks."""
        delivery = decode_delivery(body)
        receipt = delivery.receipt
        digest = receipt.digest(self.chain_id, RECEIPTS_ADDRESS)
        assert recover_address(digest, Signature.from_bytes(delivery.signature)) == self.miner
        text = open_sealed(
            delivery.sealed, secret=self.secret, sender=self.info.miner,
            recipient=self.info.client, chain_id=self.chain_id,
            subject=seal_subject(self.info.order_id, self.lease_id, receipt.seq, TO_CLIENT),
        )  # fmt: skip
        return receipt, decode_answer(text)

    def voucher(self, receipt, **changes):
        """Acknowledge a receipt on top of all before."""
        self.units += receipt.units
        self.amount += receipt.units * receipt.unit_price
        values = {
            "lease_id": Hash32(self.lease_id), "seq": receipt.seq,
            "receipt_hash": receipt.struct_hash(), "cumulative_units": self.units,
            "cumulative_amount": self.amount,
        } | changes  # fmt: skip
        secret = values.pop("secret", self.secret)
        ack = Acknowledgement(**values)
        signature = sign(secret, ack.digest(self.chain_id, RECEIPTS_ADDRESS)).to_bytes()
        return Voucher(ack=ack, signature=signature).encode()


async def ask_desk(desk, client, seq, *tokens, **changes):
    """Send a request to the service as the server does; returns the delivery's bytes."""
    body = client.envelope(seq, *tokens, **changes)
    deal, envelope = desk.service.authenticate(client.lease_id, body)
    return await desk.service.answer(deal, envelope, body)


async def exchange(desk, client, seq, *tokens):
    """Ask, check, acknowledge."""
    body = await ask_desk(desk, client, seq, *tokens)
    receipt, answer = client.read(body)
    desk.service.acknowledge(client.lease_id, client.voucher(receipt))
    return receipt, answer


async def settle_everything(desk, *leases, limit=200):
    await desk.until(lambda: all(not desk.book.deal(i) or desk.book.deal(i).ending for i in leases),
                     limit)  # fmt: skip


async def post(url, body):
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as response:
        return response.status, await response.read(), dict(response.headers)


def run(coroutine):
    return asyncio.run(coroutine)
