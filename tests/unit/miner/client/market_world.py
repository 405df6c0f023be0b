"""A chain with a marketplace, one client, and a miner whose endpoint is honest or is not."""

from dataclasses import dataclass, field, replace

from contracts.framework.version import pack_version
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.market_messages import OfferTerms
from contracts.places import GOVERNANCE_ADDRESS, RECEIPTS_ADDRESS, native_address
from contracts.receipts.v1.contract import Receipts
from contracts.runtime import active_version_slot
from miner.chain import Chain
from miner.client.evidence import receipt_data
from miner.client.faults import MinerSilentError
from miner.client.log import JobLog
from miner.client.orders import Wish, make_terms
from miner.client.session import ClientSession, Manners, new_job
from miner.engines.engine import GenerationRequest, Token
from miner.leases.float_work import (
    MICRO,
    float_request_hash,
    float_response_hash,
)
from miner.leases.protocol import (
    SEALED_ANSWER_MAX,
    TO_CLIENT,
    TO_MINER,
    Answer,
    Delivery,
    decode_ask,
    decode_envelope,
    decode_voucher,
    envelope_digest,
    seal_subject,
)
from miner.native_calls import decode_native, encode_native
from primitives.compute import (
    CLASS_CANONICAL,
    CLASS_SIGNED,
    JOB_KINDS,
    KIND_INTEGER_MODEL,
    KIND_LLM,
    UNIT_TOKENS,
    Acknowledgement,
    ComputeReceipt,
)
from primitives.integer_model.request import Options, decode_options, request_hash, response_hash
from primitives.keys import Signature, recover_address, secret_to_address, sign
from primitives.types import WEI_PER_AIT, Address, Hash32
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.miner.chain_double import MINER_ADDRESS, MINER_SECRET, ChainDouble, MiningRpc
from wallet.sealing import mailbox_key, open_sealed, seal

AIT = WEI_PER_AIT
CLIENT_SECRET = b"\x33" * 32
CLIENT = secret_to_address(CLIENT_SECRET)
MODEL = Hash32(b"\x0a" * 32)
PRICE = 10**15
UNITS = 1_000
WORDS = ("It ", "is ", "forty ", "two.")


@dataclass
class MinerDouble:
    """A miner's endpoint; a test changes what it signs, says and seals."""

    world: "MarketWorld"
    secret: bytes = MINER_SECRET
    operator: bytes = MINER_SECRET
    receipt: dict = field(default_factory=dict)
    answer: dict = field(default_factory=dict)
    subject_seq: int | None = None
    subject_lease: bytes | None = None
    silent: int = 0
    deaf: int = 0
    replay: bytes | None = None
    garble: object = None
    asks: list = field(default_factory=list)
    bodies: list = field(default_factory=list)
    vouchers: list = field(default_factory=list)
    deliveries: list = field(default_factory=list)
    signed_requests: dict = field(default_factory=dict)

    async def request(self, lease_id, body):
        self.bodies.append(body)
        if self.silent:
            self.silent -= 1
            raise MinerSilentError("http://double", "connection refused")
        delivery = self.deliver(body)
        if self.replay is not None:
            return self.replay
        data = delivery.encode()
        return data if self.garble is None else self.garble(data)

    async def acknowledge(self, lease_id, body):
        if self.deaf:
            self.deaf -= 1
            raise MinerSilentError("http://double", "connection refused")
        self.vouchers.append(decode_voucher(body))

    async def close(self):
        pass

    def deliver(self, body):
        envelope = decode_envelope(body)
        lease = self.world.ask(Marketplace, "lease", envelope.lease_id)
        digest = envelope_digest(CHAIN_ID, envelope.lease_id, envelope.seq, envelope.sealed)
        signer = recover_address(digest, Signature.from_bytes(envelope.signature))
        assert signer == lease.client
        asked = envelope.request.digest(CHAIN_ID, RECEIPTS_ADDRESS)
        signer = recover_address(asked, Signature.from_bytes(envelope.request_signature))
        assert signer == lease.client
        self.signed_requests[envelope.seq] = (envelope.units_max, envelope.request_signature)
        text = open_sealed(
            envelope.sealed, secret=self.secret, sender=lease.client, recipient=lease.miner,
            chain_id=CHAIN_ID,
            subject=seal_subject(lease.order_id, lease.lease_id, envelope.seq, TO_MINER),
        )  # fmt: skip
        ask = decode_ask(text)
        self.asks.append(ask)
        answer = self.compute(lease, ask)
        receipt = self.sign_for(lease, envelope.seq, ask, answer)
        signature = sign(self.operator, receipt.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()
        seq = envelope.seq if self.subject_seq is None else self.subject_seq
        subject = seal_subject(lease.order_id, self.subject_lease or lease.lease_id, seq, TO_CLIENT)
        sealed = seal(
            answer.encode(), recipient_key=lease.client_key, sender=lease.miner,
            recipient=lease.client, chain_id=CHAIN_ID, subject=subject,
            sealed_bytes_max=SEALED_ANSWER_MAX,
        )  # fmt: skip
        delivery = Delivery(receipt=receipt, signature=signature, sealed=sealed)
        self.deliveries.append(delivery)
        return delivery

    def compute(self, lease, ask):
        if lease.kind == KIND_INTEGER_MODEL:
            count = decode_options(ask.options).tokens_max
            made = Answer(delivered=b"\x07" * count, tokens=(7,) * count)
        else:
            rows = tuple((word, -250_000 - i) for i, word in enumerate(WORDS))
            made = Answer(delivered="".join(WORDS).encode(), scored=rows)
        return replace(made, **self.answer)

    def sign_for(self, lease, seq, ask, answer):
        beacon, _ = self.world.ask(Receipts, "freshBeacon")
        now = self.world.double.chain.block.timestamp
        if lease.kind == KIND_INTEGER_MODEL:
            asked = request_hash(ask.salt, ask.tokens, decode_options(ask.options))
            answered = response_hash(ask.salt, answer.tokens, answer.delivered)
            count = len(answer.tokens)
        else:
            tokens = [Token(text, micros / MICRO) for text, micros in answer.scored]
            asked = float_request_hash(ask.salt, ask.prompt, ask.options)
            answered = float_response_hash(ask.salt, answer.delivered, tokens)
            count = len(tokens)
        is_traced = bool(lease.classes & CLASS_CANONICAL)
        made = ComputeReceipt(
            job_id=Hash32(lease.order_id), lease_id=Hash32(lease.lease_id), seq=seq,
            miner=Address(lease.miner), client=Address(lease.client),
            model_root=Hash32(lease.model_root), request_hash=asked, response_hash=answered,
            trace_root=Hash32((b"\x03" if is_traced else b"\x00") * 32),
            fingerprint=Hash32(bytes(32)), unit_kind=lease.unit_kind, units=count,
            unit_price=lease.unit_price, started_at=now, ended_at=now, beacon=Hash32(beacon),
            attestation=Hash32(bytes(32)), flags=0,
        )  # fmt: skip
        return replace(made, **self.receipt)


@dataclass
class MarketWorld:
    """The chain, the miner's endpoint, and sessions of the client."""

    home: object
    double: ChainDouble = field(default_factory=ChainDouble)
    accepts: bool = True
    declines: bool = False

    def __post_init__(self):
        self.double.chain.balances[CLIENT] = 10_000 * AIT
        self.miner = MinerDouble(self)
        self.chain = Chain(MiningRpc(self.double))
        self.told = []
        self.logs = []
        self.slept = 0

    # --- the chain's side -------------------------------------------------------------------

    def send(self, sender, contract, name, *values, value=0):
        data = encode_native(contract, name, *values)
        place = native_address(contract.index)
        return self.double.chain.transact(sender, place, data, value)

    def ask(self, contract, name, *values):
        data = encode_native(contract, name, *values)
        place = native_address(contract.index)
        return decode_native(contract, name, self.double.chain.read(place, data))

    def join(self, price=PRICE, models=(MODEL,), **changes):
        """Register the miner and post an offer; returns its id."""
        if not any(self.ask(Marketplace, "miner", MINER_ADDRESS).operator_key):
            self.send(
                MINER_ADDRESS, Marketplace, "registerMiner", MINER_ADDRESS, "http://double",
                value=500 * AIT,
            )  # fmt: skip
            self.send(MINER_ADDRESS, Marketplace, "setSealingKey", mailbox_key(MINER_SECRET))
        terms = {
            "unit_kind": UNIT_TOKENS, "kinds": sum(1 << kind for kind in JOB_KINDS), "classes": 15,
            "gpu_class": 3, "gpu_count": 1, "region": 2, "vram_mib": 80_000, "latency_ms": 50,
            "leases_max": 4, "unit_price": price, "expiry_seconds": 86_400,
            "model_roots": tuple(models),
        }  # fmt: skip
        self.send(
            MINER_ADDRESS, Marketplace, "postOffer", OfferTerms(**(terms | changes)), value=AIT
        )
        return self.ask(Marketplace, "offerCount")

    def pass_time(self, blocks=1):
        for _ in range(blocks):
            self.double.mine()

    def answer_proposals(self):
        """Accept or decline, as the miner's program would."""
        rows, _ = self.ask(Marketplace, "leasesOf", MINER_ADDRESS, 0, 100)
        for row in rows:
            if row.status == LeaseStatus.PROPOSED and (self.accepts or self.declines):
                name = "declineLease" if self.declines else "acceptLease"
                self.send(MINER_ADDRESS, Marketplace, name, row.lease_id)

    def claim(self, voucher, delivery, height=None):
        """Claim as the miner does, by a transaction of somebody."""
        _, stamp = self.ask(Receipts, "freshBeacon")
        ack = voucher.ack
        return self.transact(
            Receipts, "claimReceipt", receipt_data(delivery.receipt), delivery.signature,
            ack_data(ack), voucher.signature, stamp,
        )  # fmt: skip

    def post_response(self, delivery, response=None):
        _, stamp = self.ask(Receipts, "freshBeacon")
        return self.transact(
            Receipts, "postResponse", receipt_data(delivery.receipt), delivery.signature,
            *self.miner.signed_requests[delivery.receipt.seq], stamp,
            delivery.sealed if response is None else response,
        )  # fmt: skip

    def transact(self, contract, name, *values):
        """Send a real transaction of the miner's, so that it has calldata and logs."""
        from miner.chain import Fees, sign_call

        data = encode_native(contract, name, *values)
        signed = sign_call(
            MINER_SECRET, chain_id=CHAIN_ID, nonce=self.double.nonces.get(MINER_ADDRESS, 0),
            fees=Fees(max_fee=10**10, tip=1), gas=20_000_000,
            to=native_address(contract.index), data=data, value=0,
        )  # fmt: skip
        self.double.pool[MINER_ADDRESS, signed.nonce] = signed
        self.double.mine()
        assert self.double.executed[-1][1], "the miner's transaction was refused"
        return signed.hash

    def upgrade(self):
        """Activate marketplace 2.0.0, as governance does."""
        chain, place = self.double.chain, native_address(Marketplace.index)
        chain.storage[GOVERNANCE_ADDRESS, active_version_slot(place)] = pack_version("2.0.0")
        chain.active.forget()

    # --- the client's side ------------------------------------------------------------------

    async def sleep(self, seconds):
        self.slept += seconds
        self.double.mine(max(1, int(seconds)))
        self.answer_proposals()

    def session(self, log, **options):
        self.logs.append(log)
        manners = Manners(
            tell=self.told.append, sleep=self.sleep, attempts_max=3,
            endpoint=lambda url: self.miner,
        )  # fmt: skip
        return ClientSession(self.chain, CLIENT_SECRET, log, manners=manners, **options)

    async def ordered(self, *, kind=KIND_LLM, offer_id=0, auction=None, **wish):
        """Post an order and return its session."""
        classes = CLASS_CANONICAL if kind == KIND_INTEGER_MODEL else CLASS_SIGNED
        given = {"kind": kind, "model_root": MODEL, "units_max": UNITS, "classes": classes,
                 "unit_price_max": PRICE} | wish  # fmt: skip
        if auction is not None:
            given["expiry_seconds"] = 0
        terms = await make_terms(self.chain, CLIENT_SECRET, Wish(**given))
        job = await new_job(self.chain, CLIENT_SECRET, kind=kind, model="m", offer_id=offer_id)
        session = self.session(JobLog.create(self.home / "jobs", job))
        await session.post(terms, auction)
        return session

    async def leased(self, **options):
        """Return a session with an active lease."""
        if not self.ask(Marketplace, "offerCount"):
            self.join()
        session = await self.ordered(**options)
        await session.find_lease(patience_seconds=60)
        return session

    def held(self, who=CLIENT):
        return self.double.chain.balances[who]


def float_options(tokens_max=16, prompt="p", **options):
    return GenerationRequest(prompt=prompt, tokens_max=tokens_max, **options).encode_options()


def exact_options(tokens_max=4):
    return Options(tokens_max=tokens_max).encode()


def ack_data(ack: Acknowledgement):
    from contracts.receipts.v1.claim_messages import AckData

    return AckData(*(getattr(ack, name) for name in AckData.__dataclass_fields__))
