"""A market with three miners, whose answers a test may spoil, and a client who asks them all."""

from dataclasses import dataclass

from contracts.disputes.v1.contract import Disputes
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.market_messages import OfferTerms
from contracts.places import GOVERNANCE_ADDRESS
from contracts.receipts.v1.beacons import STAMP_INTERVAL
from contracts.receipts.v1.contract import Receipts
from miner.client.evidence import receipt_data
from miner.client.log import JobLog
from miner.client.orders import Wish, make_quorum_terms
from miner.client.quorums import QuorumJob
from miner.client.session import ClientSession, Manners, new_job
from miner.leases.protocol import Answer
from primitives.compute import CLASS_QUORUM, JOB_KINDS, KIND_LLM, UNIT_TOKENS
from primitives.keys import secret_to_address
from tests.unit.miner.client.market_world import (
    AIT,
    CLIENT_SECRET,
    MODEL,
    PRICE,
    UNITS,
    MarketWorld,
    MinerDouble,
    ack_data,
    float_options,
)
from wallet.sealing import mailbox_key

SECRETS = [bytes((0x51 + number,)) * 32 for number in range(5)]
LIE = Answer(delivered=b"No.", scored=(("No.", -1_000),))
SALT = b"\x5a" * 32


@dataclass
class QuorumClientWorld(MarketWorld):
    """``miners`` by address; a sleeping one accepts nothing."""

    def __post_init__(self):
        super().__post_init__()
        self.sleeping = set()
        self.miners = {}
        self.urls = {}
        self.jobs = []
        for name, seconds in (("quorumCommitSeconds", 120), ("quorumRevealSeconds", 60)):
            self.send(GOVERNANCE_ADDRESS, Disputes, "setParameter", name, seconds)

    def join_all(self, prices=(PRICE, PRICE, PRICE)):
        for number, (secret, price) in enumerate(zip(SECRETS, prices, strict=False)):
            account, url = secret_to_address(secret), f"http://double{number}"
            self.double.chain.balances[account] = 10_000 * AIT
            self.send(account, Marketplace, "registerMiner", account, url, value=500 * AIT)
            self.send(account, Marketplace, "setSealingKey", mailbox_key(secret))
            terms = OfferTerms(
                unit_kind=UNIT_TOKENS, kinds=sum(1 << kind for kind in JOB_KINDS), classes=15,
                gpu_class=3, gpu_count=1, region=2, vram_mib=80_000, latency_ms=50, leases_max=4,
                unit_price=price, expiry_seconds=86_400, model_roots=(MODEL,),
            )  # fmt: skip
            self.send(account, Marketplace, "postOffer", terms, value=AIT)
            self.urls[url] = self.miners[account] = MinerDouble(self, secret, secret)
        self.double.mine()

    def answer_proposals(self):
        for account in self.miners:
            rows, _ = self.ask(Marketplace, "leasesOf", account, 0, 100)
            for row in rows:
                if row.status == LeaseStatus.PROPOSED and account not in self.sleeping:
                    self.send(account, Marketplace, "acceptLease", row.lease_id)

    def session(self, log, **options):
        self.logs.append(log)
        manners = Manners(
            tell=self.told.append, sleep=self.sleep, attempts_max=2, endpoint=self.urls.get
        )
        return ClientSession(self.chain, CLIENT_SECRET, log, manners=manners, **options)

    async def submitted(self, size=3, **wish):
        """Post a quorum's orders and open it; the question is planned."""
        given = {"kind": KIND_LLM, "model_root": MODEL, "units_max": UNITS,
                 "classes": CLASS_QUORUM} | wish  # fmt: skip
        terms = await make_quorum_terms(self.chain, CLIENT_SECRET, Wish(**given), size)
        job = await new_job(self.chain, CLIENT_SECRET, kind=KIND_LLM, model="m", quorum=size)
        lead = self.session(JobLog.create(self.home / "jobs", job))
        await lead.post(terms)
        lead.plan(float_options(), prompt="What is it?")
        members = self.opened(lead)
        await members.post(terms)
        return members

    def opened(self, lead):
        self.jobs.append(QuorumJob(lead))
        return self.jobs[-1]

    def close(self):
        for session in [session for job in self.jobs for session in job.sessions]:
            session.log.close()
        for log in self.logs:
            log.close()

    def reopened(self, members):
        """Return the job as another process finds it."""
        path = members.lead.log.path
        for session in members.sessions:
            session.log.close()
        return self.opened(self.session(JobLog.open(path)))

    def rows(self):
        return self.ask(Disputes, "quorumMembers", 1)

    def vote(self):
        """Let every miner who answered commit, reveal; then pass the time to count."""
        given = {a: m.deliveries[-1] for a, m in self.miners.items() if m.deliveries}
        for account, delivery in given.items():
            answer = delivery.receipt.response_hash
            hidden = self.ask(Disputes, "outputCommitment", 1, account, answer, SALT)
            self.send(account, Disputes, "commitOutput", 1, hidden)
        self.pass_until(self.ask(Disputes, "quorum", 1).commit_until)
        for account, delivery in given.items():
            values = (1, delivery.receipt.response_hash, SALT)
            self.send(account, Disputes, "revealOutput", *values)
        self.pass_until(self.ask(Disputes, "quorum", 1).reveal_until)

    def claim_old(self, miner):
        """Claim a winner's pay some time after its receipt was signed."""
        delivery, ack = miner.deliveries[0], miner.vouchers[0].ack
        _, stamp = self.ask(Receipts, "freshBeacon")
        while self.ask(Receipts, "beaconAt", stamp) != delivery.receipt.beacon:
            stamp -= STAMP_INTERVAL
        return self.transact(
            Receipts, "claimReceipt", receipt_data(delivery.receipt), delivery.signature,
            ack_data(ack), miner.vouchers[0].signature, stamp,
        )  # fmt: skip

    def pass_until(self, seconds):
        self.pass_time(max(0, seconds - self.double.chain.block.timestamp) + 1)
