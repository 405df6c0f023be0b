"""Random histories of leases: whatever client, chain and power supply do, the books agree.

For every lease: one receipt a number, paid exactly what was acknowledged (or one receipt more, when
the response was published), never more than the escrow, and nothing claimed is lost by kill -9.
"""

import asyncio
import tempfile
from pathlib import Path

import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from miner.leases.protocol import decode_delivery
from miner.leases.refusals import DeskRefusedError
from primitives.errors import DecodeError
from tests.unit.miner.leases.desk_world import CLIENT, PRICE, Client, Desk, Market

ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(1, 40)),
        st.tuples(st.just("again"), st.just(0)),
        st.tuples(st.just("acknowledge"), st.just(0)),
        st.tuples(st.just("step"), st.integers(1, 4)),
        st.tuples(st.just("kill"), st.just(0)),
        st.tuples(st.just("idle"), st.sampled_from([100, 400, 1_000])),
        st.tuples(st.just("lose"), st.integers(1, 2)),
        st.tuples(st.just("drain"), st.just(0)),
        st.tuples(st.just("reclaim"), st.just(0)),
    ),
    max_size=14,
)


class History:
    """One lease, its client, and what was seen of it."""

    def __init__(self, home):
        self.market = Market()
        self.market.join()
        self.desk = Desk(self.market, home)
        self.seen: dict[int, set[bytes]] = {}
        self.last = None
        self.bodies: dict[int, bytes] = {}

    async def begin(self):
        self.lease_id = await self.desk.lease()
        self.client = Client(self.market, self.lease_id)

    async def send(self, body):
        deal, envelope = self.desk.service.authenticate(self.lease_id, body)
        delivery = decode_delivery(await self.desk.service.answer(deal, envelope, body))
        self.seen.setdefault(envelope.seq, set()).add(delivery.encode())
        if self.last is None or delivery.receipt.seq > self.last.seq:
            self.last = delivery.receipt

    async def do(self, what, number):
        match what:
            case "ask":
                seq = 1 + (0 if self.last is None else self.last.seq)
                body = self.bodies.setdefault(seq, self.client.envelope(seq, *[1] * number))
                await self.send(body)
            case "again" if self.last is not None:
                await self.send(self.bodies[self.last.seq])
            case "acknowledge" if self.last is not None:
                units, amount = self.client.units, self.client.amount
                try:
                    body = self.client.voucher(self.last)
                    before = self.desk.book.deal(self.lease_id).acknowledged
                    self.desk.service.acknowledge(self.lease_id, body)
                    is_new = self.desk.book.deal(self.lease_id).acknowledged > before
                except DeskRefusedError:
                    is_new = False
                if not is_new:
                    self.client.units, self.client.amount = units, amount
            case "step":
                await self.desk.step(number)
            case "kill":
                self.desk.restart()
            case "idle":
                self.desk.now += number
            case "lose":
                self.market.double.lost_answers = number
            case "drain":
                self.desk.is_draining = not self.desk.is_draining
            case "reclaim" if self.market.lease(self.lease_id).status == LeaseStatus.ACTIVE:
                self.market.send(CLIENT, Marketplace, "requestReclaim", self.lease_id)

    async def finish(self):
        """Let the client go away; whatever is owed is claimed and settled, or expires."""
        self.desk.is_draining = False
        if self.market.lease(self.lease_id).status == LeaseStatus.ACTIVE:
            self.market.send(CLIENT, Marketplace, "requestReclaim", self.lease_id)
        for _ in range(300):
            await self.desk.step()
            deal = self.desk.book.deal(self.lease_id)
            if deal is None or deal.ending is not None:
                return
            if not deal.receipts:
                return


async def play(actions, home):
    history = History(Path(home))
    await history.begin()
    for what, number in actions:
        try:
            await history.do(what, number)
        except (DeskRefusedError, DecodeError):
            continue
    await history.finish()
    assert all(len(bytes_of) == 1 for bytes_of in history.seen.values())
    deal = history.desk.book.deal(history.lease_id)
    for seq, bytes_of in history.seen.items():
        (delivery,) = bytes_of
        assert decode_delivery(delivery).receipt == deal.receipts[seq].receipt
    lease = history.market.lease(history.lease_id)
    claim = history.market.claim(history.lease_id)
    acknowledged = deal.totals(deal.acknowledged)[0]
    if deal.receipts:
        assert lease.status == LeaseStatus.SETTLED, (lease.status, claim)
        posted = claim.units - acknowledged
        assert acknowledged >= history.client.units
        assert posted >= 0
        later = [signed for seq, signed in deal.receipts.items() if seq > deal.acknowledged]
        assert posted in {0, *(signed.receipt.units for signed in later)}
        assert claim.amount == claim.units * PRICE <= lease.escrow
        assert deal.ending.paid == claim.amount * 975 // 1_000
    history.desk.kill()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(actions=ACTIONS)
def test_whatever_happens_the_books_agree(actions):
    with tempfile.TemporaryDirectory() as home, structlog.testing.capture_logs():
        asyncio.run(play(actions, home))
