"""A client's way through one job: order, lease, sealed requests, checked answers, vouchers.

S1. Nothing is acknowledged that ``miner.client.delivery`` has not checked whole.
S2. Vouchers add up exactly: units x the lease's price, within its units and escrow; so what can be
    paid never exceeds the order's escrow, which is the budget.
S3. Everything is in the job's log before it leaves (``miner.client.log``): after a crash the
    session goes on with the same bytes.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.marketplace.v1.market_messages import OrderInfo, OrderPosted, OrderTerms
from contracts.marketplace.v1.records import OrderStatus
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.beacons import STAMP_INTERVAL
from contracts.receipts.v1.contract import Receipts
from miner.chain import Chain, RefusedError
from miner.client.account import ClientAccount, Sleep
from miner.client.delivery import Checker
from miner.client.endpoint import Endpoint, HttpEndpoint
from miner.client.faults import (
    DeliveryRefusedError,
    Fault,
    JobOverError,
    MinerRefusedError,
    MinerSilentError,
    NotReadyError,
)
from miner.client.log import Exchange, Job, JobLog
from miner.client.orders import survey
from miner.client.verification import Verifier
from miner.leases.asked import asked_of
from miner.leases.protocol import (
    SEALED_ASK_MAX,
    TO_MINER,
    Answer,
    Ask,
    Delivery,
    Envelope,
    Voucher,
    decode_delivery,
    envelope_digest,
    seal_subject,
)
from miner.native_calls import decode_event, place_of
from primitives.compute import Acknowledgement, ComputeReceipt, ComputeRequest
from primitives.errors import ConfigError, DecodeError
from primitives.keys import secret_to_address, sign
from primitives.types import Address, Hash32
from wallet.sealing import BadMailboxKeyError, seal

POLL_SECONDS: Final = 1.0
RETRY_SECONDS_MIN: Final = 1.0
RETRY_SECONDS_MAX: Final = 30.0
ATTEMPTS_MAX: Final = 8
"""Tries of one request before the miner counts as silent: a minute and a half, and more."""
STAMPS_SEARCHED_MAX: Final = 130
ACCEPT_SLACK_SECONDS: Final = 2
CLOSED: Final = (OrderStatus.CANCELLED, OrderStatus.EXPIRED)
"""How an order ends without a lease: its escrow goes back in the same transaction."""

Tell = Callable[[str], None]
"""Told what happens, in words."""
MakeEndpoint = Callable[[str], Endpoint]
T = TypeVar("T")


def tell_nobody(_words: str) -> None:
    """Say nothing."""


@dataclass(slots=True, kw_only=True)
class Manners:
    """How patient a session is, and whom it tells."""

    tell: Tell = tell_nobody
    sleep: Sleep = asyncio.sleep
    attempts_max: int = ATTEMPTS_MAX
    endpoint: MakeEndpoint = HttpEndpoint


class ClientSession:
    """One job of a client."""

    def __init__(
        self,
        chain: Chain,
        secret: bytes,
        log: JobLog,
        *,
        verifier: Verifier | None = None,
        manners: Manners | None = None,
    ) -> None:
        self.chain = chain
        self.log = log
        self.manners = manners or Manners()
        self.account = ClientAccount(chain, log, secret, sleep=self.manners.sleep)
        self._secret = secret
        self._verifier = verifier
        self._endpoint: Endpoint | None = None
        self._checker: Checker | None = None
        self._surveyed = ""

    def beside(self, log: JobLog) -> "ClientSession":
        """Return a session of the same client for another job."""
        return ClientSession(
            self.chain, self._secret, log, verifier=self._verifier, manners=self.manners
        )

    async def close(self) -> None:
        """Release connections; the log is its opener's."""
        if self._endpoint is not None:
            await self._endpoint.close()

    # --- order and lease ----------------------------------------------------------------------

    async def post(self, terms: OrderTerms, auction: tuple[int, int] | None = None) -> Hash32:
        """Put the order's escrow down; returns its id. ``auction`` is (bid, reveal) seconds.

        Raises:
            RefusedError: the contract refuses the terms, or the account lacks the escrow.
        """
        value = terms.units_max * terms.unit_price_max
        if auction is None:
            outcome = await self.account.send("order", Marketplace, "postOrder", terms, value=value)
        else:
            outcome = await self.account.send(
                "order", Marketplace, "postAuction", terms, *auction, value=value
            )
        place = place_of(Marketplace)
        for address, topics, data in outcome.logs:
            event = decode_event(OrderPosted, topics, data) if address == place else None
            if event is not None:
                if event["order_id"] != self.log.job.order_id:
                    self.log.name_order(Hash32(event["order_id"]))
                return self.log.job.order_id
        raise DecodeError("transaction receipt", "the node shows no OrderPosted event")

    async def order(self) -> OrderInfo:
        """Return the order as the chain has it."""
        found: OrderInfo = await self.chain.view(Marketplace, "order", self.log.job.order_id)
        return found

    async def find_lease(self, *, patience_seconds: float) -> LeaseInfo:
        """Bring the order to an active lease: propose, wait for acceptance, go on to the next.

        Raises:
            NotReadyError: there is none after ``patience_seconds``.
            JobOverError: the order ended, or the offer that was named does not take it.
        """
        waited, attempt, told, is_auction = 0.0, 0, "", False
        while True:
            order = await self.order()
            status = OrderStatus(order.status)
            if status == OrderStatus.LEASED:
                self.log.save_lease(order.lease_id)
                return await self.lease()
            if status == OrderStatus.OPEN:
                attempt = await self._propose(order, attempt)
            elif status == OrderStatus.PROPOSED:
                await self.expire_proposal(order.lease_id)
            elif status == OrderStatus.BIDDING:
                told, is_auction = await self._tell_auction(order, told), True
                await self._close_auction(order)
            else:
                raise JobOverError(
                    ("no miner bid, or none revealed: " if is_auction else "")
                    + f"the order is {status.name.lower()}"
                    + ("; its escrow is back" if status in CLOSED else ""),
                    "post another: aitbc job submit",
                )
            if waited >= patience_seconds:
                raise NotReadyError(
                    f"the order is {status.name.lower()}: no miner has taken it yet",
                    "look again: aitbc job result --wait; or take it back: aitbc job cancel",
                )
            await self.manners.sleep(POLL_SECONDS)
            waited += POLL_SECONDS

    async def lease(self) -> LeaseInfo:
        """Return the job's lease as the chain has it.

        Raises:
            JobOverError: the order has none.
        """
        if self.log.lease_id is None:
            order = await self.order()
            if order.status != OrderStatus.LEASED:
                raise JobOverError("the order has no lease", "wait for one: aitbc job result")
            self.log.save_lease(order.lease_id)
        found: LeaseInfo = await self.chain.view(Marketplace, "lease", self.log.lease_id)
        return found

    async def units_left(self) -> int:
        """Return the units of the lease that are not acknowledged; raises as ``lease``."""
        return (await self.lease()).units_max - self.log.units

    # --- requests -------------------------------------------------------------------------------

    def check_finished(self) -> None:
        """Refuse another request while the last one is not acknowledged.

        Raises:
            ConfigError: the last one is not finished.
        """
        last = self.log.last
        if last is not None and last.voucher is None:
            raise ConfigError(
                f"request {last.seq} of this job is not finished",
                "Go on: aitbc job result JOB --wait; if the miner does not answer it, take the "
                "escrow back: aitbc job reclaim JOB",
            )

    def plan(self, options: bytes, *, prompt: str = "", tokens: tuple[int, ...] = ()) -> Exchange:
        """Write down a request under a fresh salt; ``ask`` sends it.

        Raises:
            ConfigError: the request before it is not finished.
        """
        self.check_finished()
        last = self.log.last
        ask = Ask(salt=secrets.token_bytes(32), options=options, prompt=prompt, tokens=tokens)
        return self.log.save_ask(1 if last is None else last.seq + 1, ask)

    async def ask(self, exchange: Exchange) -> Answer:
        """Send a planned request, check what comes, acknowledge it; return the answer.

        Done again after a crash it goes on where it stopped.

        Raises:
            MinerSilentError: no delivery after all attempts.
            MinerRefusedError: the miner refuses the request.
            DeliveryRefusedError: a check failed; nothing was signed.
        """
        answer = await self.fetch(exchange)
        if not exchange.is_posted:
            await self.acknowledge(exchange)
        return answer

    async def fetch(self, exchange: Exchange) -> Answer:
        """Send a planned request and check what comes; raises as ``ask``, acknowledges nothing."""
        if exchange.refused:
            raise DeliveryRefusedError(Fault(exchange.refused), "it was refused before")
        if exchange.answer is None:
            lease = await self.lease()
            self._check_room(lease, exchange)
            body = self._envelope(lease, exchange).encode()
            self.manners.tell(f"request {exchange.seq}: sealed to the miner")
            data = await self._persist(lease, lambda e: e.request(lease.lease_id, body))
            try:
                delivery = decode_delivery(data)
            except DecodeError as error:
                raise DeliveryRefusedError(Fault.MALFORMED, str(error)) from error
            await self.receive(delivery, exchange)
        answer = exchange.answer
        assert answer is not None
        return answer

    async def receive(
        self, delivery: Delivery, exchange: Exchange, *, is_posted: bool = False
    ) -> Answer:
        """Check a delivery whole (S1) and keep it; raises as ``ask``."""
        receipt, answer = delivery.receipt, None
        try:
            checker = await self._check_receipt(delivery, exchange)
            answer = checker.open_answer(delivery)
            checker.check_answer(exchange.ask, receipt, answer)
            if self._verifier is not None:
                await asyncio.to_thread(self._verifier.check, exchange.ask, receipt, answer)
        except DeliveryRefusedError as error:
            self.log.save_refusal(exchange.seq, receipt, delivery.signature, error.fault, answer)
            raise
        self.log.save_answer(exchange.seq, receipt, delivery.signature, answer, is_posted=is_posted)
        self.manners.tell(f"request {exchange.seq}: {receipt.units} units, all checks passed")
        return answer

    async def acknowledge(self, exchange: Exchange) -> None:
        """Sign the voucher of a checked receipt, once, and hand it to the miner.

        A miner who does not take it now, or refuses it, gets it with the next request, or on the
        next run: the voucher is written down, and he has the claim to it only.
        """
        lease = await self.lease()
        if exchange.voucher is None:
            assert exchange.receipt is not None
            self.log.save_voucher(self._voucher(lease, exchange.receipt))
        voucher = exchange.voucher
        assert voucher is not None
        if exchange.is_delivered:
            return
        try:
            await self._persist(lease, lambda e: e.acknowledge(lease.lease_id, voucher.encode()))
        except (MinerSilentError, MinerRefusedError) as error:
            self.manners.tell(f"acknowledgement {exchange.seq} waits: {error.problem}")
            return
        self.log.save_delivered(exchange.seq)
        self.manners.tell(f"request {exchange.seq}: acknowledged, {self.log.units} units in all")

    # --- parts ------------------------------------------------------------------------------

    async def _propose(self, order: OrderInfo, attempt: int) -> int:
        """Propose an open order to the named offer or to the best one."""
        offer_id = self.log.job.offer_id
        if offer_id and attempt:
            raise JobOverError(
                f"the miner of offer {offer_id} declined or did not answer",
                "take the order back (aitbc job cancel), or let any miner have it: "
                "aitbc market match",
            )
        head = await self.chain.head()
        purpose = f"propose at {head.height}"
        try:
            if offer_id:
                values = (order.order_id, offer_id)
                await self.account.send(purpose, Marketplace, "takeOffer", *values)
            else:
                await self.account.send(purpose, Marketplace, "matchOrder", order.order_id)
        except RefusedError as error:
            if error.refusal.code == "NothingFits":
                client = secret_to_address(self._secret)
                found = await survey(self.chain, client, order.terms)
                if str(found) != self._surveyed:
                    self._surveyed = str(found)
                    self.manners.tell(f"waiting for an offer: {found}")
                return attempt
            if error.refusal.code == "WrongOrderStatus":
                return attempt
            raise
        self.manners.tell("proposed to a miner; waiting for the acceptance")
        return attempt + 1

    async def expire_proposal(self, lease_id: bytes) -> None:
        """End a proposal that its miner did not answer in time."""
        lease: LeaseInfo = await self.chain.view(Marketplace, "lease", lease_id)
        accept = int(await self.chain.view(Marketplace, "parameter", "acceptSeconds"))
        now = (await self.chain.head()).timestamp
        if lease.status == LeaseStatus.PROPOSED and now > lease.opened_at + accept + (
            ACCEPT_SLACK_SECONDS
        ):
            await self._send_if_due("expire", "expireProposal", lease_id)

    async def _tell_auction(self, order: OrderInfo, told: str) -> str:
        """Say how an auction stands when that has changed; returns what is said by now."""
        now = (await self.chain.head()).timestamp
        bids_end = order.posted_at + order.bid_seconds
        left, phase = bids_end - now, "bids are taken"
        if left < 0:
            left, phase = left + order.reveal_seconds, "bids are revealed"
        words = f"{phase}, {order.bid_count} so far"
        if words != told:
            self.manners.tell(f"auction: {words}; {max(0, left)} s left")
        return words

    async def _close_auction(self, order: OrderInfo) -> None:
        end = order.posted_at + order.bid_seconds + order.reveal_seconds
        if (await self.chain.head()).timestamp > end:
            await self._send_if_due("close auction", "closeAuction", order.order_id)

    async def _send_if_due(self, purpose: str, method: str, subject: bytes) -> None:
        """Make a call that may be early, or that another may have made first."""
        try:
            await self.account.send(f"{purpose} {subject.hex()}", Marketplace, method, subject)
        except RefusedError as error:
            if error.refusal.code not in ("NotExpired", "WrongStatus", "WrongOrderStatus"):
                raise

    def _check_room(self, lease: LeaseInfo, exchange: Exchange) -> None:
        """Refuse a request that the rest of the lease cannot pay (S2).

        One that was not sealed is dropped: the next one gets its number.
        """
        if lease.status not in (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING):
            status = LeaseStatus(lease.status).name.lower()
            raise JobOverError(f"the lease is {status}", "post another order: aitbc job submit")
        most = asked_of(lease.kind, exchange.ask).units_max
        left = lease.units_max - self.log.units
        if most > left:
            if exchange.envelope is None:
                self.log.drop_ask(exchange.seq)
            raise ConfigError(
                f"the request may take {most} units, {left} of the lease are left",
                "Ask for fewer tokens, or post another order",
            )

    def _envelope(self, lease: LeaseInfo, exchange: Exchange) -> Envelope:
        """Return the sealed and signed ask; made once (K2)."""
        if exchange.envelope is None:
            chain_id, seq = self.log.job.chain_id, exchange.seq
            try:
                sealed = seal(
                    exchange.ask.encode(),
                    recipient_key=lease.miner_key,
                    sender=lease.client,
                    recipient=lease.miner,
                    chain_id=chain_id,
                    subject=seal_subject(lease.order_id, lease.lease_id, seq, TO_MINER),
                    sealed_bytes_max=SEALED_ASK_MAX,
                )
            except BadMailboxKeyError as error:
                raise JobOverError(
                    "nothing can be sealed to the key that the miner registered",
                    "take the escrow back (aitbc job reclaim), and order from another miner",
                ) from error
            digest = envelope_digest(chain_id, lease.lease_id, seq, sealed)
            asked = asked_of(lease.kind, exchange.ask)
            request = ComputeRequest(
                lease_id=Hash32(lease.lease_id),
                seq=seq,
                request_hash=asked.request_hash,
                units_max=asked.units_max,
            )
            signed = sign(self._secret, request.digest(chain_id, Address(RECEIPTS_ADDRESS)))
            self.log.save_envelope(
                Envelope(
                    lease_id=request.lease_id,
                    seq=seq,
                    sealed=sealed,
                    signature=sign(self._secret, digest).to_bytes(),
                    request_hash=request.request_hash,
                    units_max=request.units_max,
                    request_signature=signed.to_bytes(),
                )
            )
        assert exchange.envelope is not None
        return exchange.envelope

    async def _persist(self, lease: LeaseInfo, work: Callable[[Endpoint], Awaitable[T]]) -> T:
        """Talk to the miner's endpoint; a silent one is tried again with growing pauses."""
        pause, failure = RETRY_SECONDS_MIN, None
        for attempt in range(self.manners.attempts_max):
            if attempt:
                await self.manners.sleep(pause)
                pause = min(2 * pause, RETRY_SECONDS_MAX)
            try:
                if self._endpoint is None:
                    info = await self.chain.miner(lease.miner)
                    self._endpoint = self.manners.endpoint(info.endpoint)
                return await work(self._endpoint)
            except MinerSilentError as error:
                failure = error
                self.manners.tell(f"{error.problem}; trying again")
                await self._drop_endpoint()
        assert failure is not None
        raise failure

    async def _drop_endpoint(self) -> None:
        """Forget the endpoint: the miner may have registered another one."""
        if self._endpoint is not None:
            await self._endpoint.close()
            self._endpoint = None

    async def _check_receipt(self, delivery: Delivery, exchange: Exchange) -> Checker:
        """Check a receipt and its signature; return what checks the answer."""
        lease = await self.lease()
        checker = self._checker_of(lease)
        receipt, head = delivery.receipt, await self.chain.head()
        checker.check_receipt(receipt, exchange.seq, head.timestamp)
        signer = checker.signer(receipt, delivery.signature)
        if not await self.chain.view(
            Marketplace, "operatorValid", lease.miner, signer, head.height
        ):
            raise DeliveryRefusedError(Fault.WRONG_SIGNATURE, "no operator of the miner signed it")
        await self._check_beacon(receipt, lease)
        units = self.log.units + receipt.units
        if units > lease.units_max or units * lease.unit_price > lease.escrow:
            raise DeliveryRefusedError(Fault.OVER_BUDGET, f"{units} units exceed the lease")
        return checker

    async def _check_beacon(self, receipt: ComputeReceipt, lease: LeaseInfo) -> None:
        """Look for the receipt's stamp among those of the lease, the newest first."""
        beacon, height = await self.chain.view(Receipts, "freshBeacon")
        for _ in range(STAMPS_SEARCHED_MAX):
            if beacon == receipt.beacon:
                return
            height -= STAMP_INTERVAL
            if height < max(0, lease.opened_height - STAMP_INTERVAL + 1):
                break
            beacon = await self.chain.view(Receipts, "beaconAt", height)
        raise DeliveryRefusedError(Fault.STALE_BEACON, "its beacon is none of this lease's time")

    def _checker_of(self, lease: LeaseInfo) -> Checker:
        if self._checker is None:
            self._checker = Checker(
                lease=lease,
                chain_id=self.log.job.chain_id,
                receipts=Address(RECEIPTS_ADDRESS),
                secret=self._secret,
            )
        return self._checker

    def _voucher(self, lease: LeaseInfo, receipt: ComputeReceipt) -> Voucher:
        """Return the signed acknowledgement of a receipt over the totals so far (S2)."""
        ack = Acknowledgement(
            lease_id=Hash32(lease.lease_id),
            seq=receipt.seq,
            receipt_hash=receipt.struct_hash(),
            cumulative_units=self.log.units + receipt.units,
            cumulative_amount=self.log.amount + receipt.units * lease.unit_price,
        )
        digest = ack.digest(self.log.job.chain_id, Address(RECEIPTS_ADDRESS))
        return Voucher(ack=ack, signature=sign(self._secret, digest).to_bytes())


async def new_job(
    chain: Chain,
    secret: bytes,
    *,
    kind: int,
    model: str = "",
    offer_id: int = 0,
    verify: str = "none",
    quorum: int = 0,
) -> Job:
    """Return the record that a job's log begins with; the order's id is the next one."""
    client = secret_to_address(secret)
    return Job(
        order_id=Hash32(await chain.view(Marketplace, "nextOrderId", client)),
        client=client,
        chain_id=await chain.chain_id(),
        kind=kind,
        model=model,
        offer_id=offer_id,
        verify=verify,
        created_at=(await chain.head()).timestamp,
        quorum=quorum,
    )
