"""The lease desk: offers, proposals, requests, claims, settlement, disputes; one look a block.

The desk owns no truth: the chain says where a lease stands (``miner.leases.plan``), the book keeps
what this machine signed and was given. Invariants:

D1. A proposal is answered in time: accepted when it fits, declined with a reason otherwise.
D2. A lease that is over is claimed by its highest voucher, then settled; nothing is paid twice,
    for every transaction has a purpose and the chain takes each claim once.
D3. A refusal of the chain about one lease never keeps the others waiting.
D4. Draining ends when no lease has a deadline left to miss: everything acknowledged stands on the
    chain. What is left, settlement, is done at the next start or by anybody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import structlog

from contracts.disputes.v1.contract import Disputes
from contracts.framework.contract import Contract
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.marketplace.v1.market_messages import LeaseOutcome, OrderInfo
from contracts.marketplace.v1.records import CloseReason, OrderStatus
from contracts.receipts.v1.claim_messages import AckData, ClaimInfo
from contracts.receipts.v1.contract import Receipts
from miner.account import Landed, MinerAccount
from miner.backends.catalog import Catalog
from miner.chain import Chain, Head, RefusedError
from miner.claim import claim_values
from miner.leases.batches import Batcher
from miner.leases.bids import Bidder, BidSettings
from miner.leases.book import Deal, Ending, LeaseBook, SignedReceipt
from miner.leases.offers import OfferKeeper, OfferPlan
from miner.leases.plan import Facts, Patience, Step, next_step
from miner.leases.proposals import Limits, decline_reason, lease_of
from miner.leases.protocol import Voucher, decode_delivery, decode_envelope
from miner.leases.quorums import QuorumSeats, Seat, Standing
from miner.leases.service import LeaseService
from miner.leases.tally import DeskTally
from miner.native_calls import Refusal, encode_native, place_of
from primitives.errors import AitbcError, DecodeError
from rpc.client import RpcCallError
from wallet.sealing import mailbox_key

PAGE: Final = 100
LOOK_BLOCKS: Final = 3
"""An active lease that nothing is due for is looked at this often; all at the same heights, so
that many become due together."""
RETRY_BLOCKS_MAX: Final = 32
ACK_SECONDS: Final = 15.0
"""A draining miner waits so long for the acknowledgement of what it delivered last."""


class Defender(Protocol):
    """Plays the miner's side of disputes (``miner.games``)."""

    async def step(self, challenge_id: int, height: int) -> None:
        """Look at a challenge against one of our receipts and do what is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """What the desk may do; ``batch_from`` claims due at once are anchored as a batch, 0: never.

    ``endpoint`` is registered on the chain, when it is not empty, for clients to find.
    """

    endpoint: str = ""
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    bids: BidSettings = field(default_factory=BidSettings)
    batch_from: int = 0


class LeaseDesk:
    """One miner's leases."""

    def __init__(
        self,
        *,
        chain: Chain,
        account: MinerAccount,
        book: LeaseBook,
        catalog: Catalog,
        service: LeaseService,
        plans: Sequence[OfferPlan],
        settings: DeskSettings,
        tally: DeskTally,
        secret: bytes,
        chain_id: int,
        defender: Defender | None = None,
    ) -> None:
        self._chain = chain
        self._account = account
        self._book = book
        self._catalog = catalog
        self._service = service
        self._settings = settings
        self._tally = tally
        self._key = mailbox_key(secret)
        self._defender = defender
        self.offers = OfferKeeper(chain, account, plans)
        self._bidder = Bidder(
            chain, account, book, self.offers, settings.bids, chain_id, self._decline_order
        )
        self._batcher = Batcher(chain, account, book)
        self._seats = QuorumSeats(chain, account, secret, chain_id)
        self._standings: dict[bytes, Standing] = {}
        self._retry: dict[str, tuple[int, int]] = {}
        self._look_at: dict[bytes, int] = {}
        self._claims: dict[bytes, ClaimInfo] = {}
        self._height = 0
        self._defending: dict[int, asyncio.Task[None]] = {}
        self._log = structlog.get_logger("desk")

    # --- the loop's side ------------------------------------------------------------------------

    async def step(self, head: Head, *, is_draining: bool) -> None:
        """Look at a new block and do what it allows."""
        self._service.note_head(head)
        self._service.is_draining = is_draining
        if head.height == self._height:
            return
        self._height = head.height
        await self._catalog.verify()
        await self._guard("profile", head, lambda: self._keep_profile(head))
        on_sale = set() if is_draining else self._on_sale()
        await self._guard("offers", head, lambda: self._keep_offers(head, on_sale))
        await self._guard("leases", head, self._adopt)
        taking = not is_draining and self._settings.bids.open_max > 0
        if self._book.bids or taking:
            now = head.timestamp
            await self._guard(
                "bids", head, lambda: self._bidder.step(head.height, now, is_taking=taking)
            )
        due = await self._look_at_leases(head, is_draining=is_draining)
        await self._claim(due, head)
        await self._guard("batches", head, lambda: self._batcher.step(head.height))
        self._tally.note_live(len(self._book.live))

    def on_landed(self, landed: Landed) -> None:
        """Look at a lease again as soon as a transaction about it is final."""
        _, _, subject = landed.purpose.partition(":")
        if len(subject) == 64:
            self._look_at.pop(bytes.fromhex(subject), None)

    @property
    def is_drained(self) -> bool:
        """Answer whether nothing is left that has a deadline (D4)."""
        return not self._service.running and all(map(self._is_safe, self._book.live))

    async def close(self) -> None:
        """Give up moves that are being prepared; the next start makes them."""
        tasks = list(self._defending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def status(self) -> dict[str, Any]:
        """Return what the status page shows of the desk."""
        return {
            "deals": [self._deal_status(deal) for deal in self._book.live],
            "offers": self.offers.status(),
            "backends": self._catalog.status(),
            "devices": self._catalog.scheduler.status(),
            "load_bps": self._catalog.scheduler.load_bps(),
            **self._tally.summary(),
        }

    # --- profile and offers -----------------------------------------------------------------------

    async def _keep_profile(self, head: Head) -> None:
        """Register sealing key and endpoint where the chain has others."""
        me = self._account.address
        capacity = await self._chain.view(Marketplace, "capacity", me)
        if capacity.sealing_key != self._key:
            await self._send("sealing", Marketplace, "setSealingKey", self._key, head=head)
        endpoint = self._settings.endpoint
        if endpoint and (await self._chain.miner(me)).endpoint != endpoint:
            await self._send("endpoint", Marketplace, "setEndpoint", endpoint, head=head)

    async def _keep_offers(self, head: Head, on_sale: set[bytes]) -> None:
        capacity = await self._chain.view(Marketplace, "capacity", self._account.address)
        if capacity.sealing_key == self._key:
            await self.offers.step(head.height, head.timestamp, on_sale)

    def _on_sale(self) -> set[bytes]:
        return {shelf.served.model_root for shelf in self._catalog.shelves if not shelf.fault}

    # --- leases -----------------------------------------------------------------------------------

    async def _adopt(self) -> None:
        """Write down leases of ours that the chain has and the book has not."""
        me, cursor = self._account.address, self._book.cursor
        while True:
            rows, after = await self._chain.view(Marketplace, "leasesOf", me, cursor, PAGE)
            for lease in rows:
                if lease.miner == me and lease.status in (
                    LeaseStatus.PROPOSED, LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING,
                ):  # fmt: skip
                    is_new = lease.status == LeaseStatus.PROPOSED
                    is_blind = not is_new and not self._book.has_bid(lease.order_id)
                    self._book.adopt(lease, is_blind=is_blind)
            cursor = max(cursor, after)
            if len(rows) < PAGE:
                break
        self._book.move_cursor(cursor)

    async def _look_at_leases(self, head: Head, *, is_draining: bool) -> list[Deal]:
        """Advance every lease; return those whose highest voucher is to be claimed now."""
        due: list[Deal] = []
        for deal in self._book.live:
            look = self._look_at.get(deal.lease_id, 0)
            if head.height < look and not is_draining:
                continue

            async def advance(deal: Deal = deal) -> None:
                if await self._advance(deal, head, is_draining=is_draining):
                    due.append(deal)

            await self._guard(f"lease:{deal.lease_id.hex()}", head, advance)
        return due

    async def _advance(self, deal: Deal, head: Head, *, is_draining: bool) -> bool:
        """Do what a lease needs; True when its voucher is to be claimed."""
        lease: LeaseInfo = await self._chain.view(Marketplace, "lease", deal.lease_id)
        deal.lease = lease
        claim: ClaimInfo = await self._chain.view(Receipts, "claim", deal.lease_id)
        self._claims[deal.lease_id] = claim
        seat = await self._seats.step(deal, head)
        self._standings[deal.lease_id] = seat.standing
        facts = self._facts(deal, claim, seat, head, is_draining=is_draining)
        if lease.status == LeaseStatus.RECLAIMING:
            outcome = await self._chain.view(Marketplace, "leaseOutcome", deal.lease_id)
            facts = replace(facts, reclaim_at=outcome.reclaim_at)
        step = next_step(facts, self._settings.patience)
        if step is Step.WAIT and lease.status == LeaseStatus.ACTIVE and not claim.height:
            self._look_at[deal.lease_id] = head.height - head.height % LOOK_BLOCKS + LOOK_BLOCKS
        if lease.holds:
            await self._defend(deal, head)
        match step:
            case Step.DECIDE:
                await self._decide(deal, head, is_draining=is_draining)
            case Step.CLAIM:
                return True
            case Step.POST:
                await self._post(deal, facts.spare_seq, head)
            case Step.SETTLE:
                await self._send_about(deal, "settle", Receipts, "settleLease", head)
            case Step.EXPIRE:
                await self._send_about(deal, "expire", Marketplace, "expireLease", head)
            case Step.FINISH:
                await self._finish(deal, claim, head)
            case Step.WAIT:
                pass
        return False

    def _facts(
        self, deal: Deal, claim: ClaimInfo, seat: Seat, head: Head, *, is_draining: bool
    ) -> Facts:
        above = max(deal.acknowledged, claim.seq)
        spares = [s for seq, s in deal.receipts.items() if seq > above]
        spare = max(spares, key=lambda signed: signed.amount, default=None)
        return Facts(
            height=head.height,
            now=head.timestamp,
            lease=deal.lease,
            claim=claim,
            acknowledged=deal.acknowledged,
            acknowledged_units=deal.totals(deal.acknowledged)[0],
            spare_seq=0 if spare is None else spare.receipt.seq,
            spare_units=0 if spare is None else spare.receipt.units,
            spare_bytes=0 if spare is None else len(self._response(spare)),
            idle_seconds=self._service.idle_seconds(deal.lease_id),
            is_draining=is_draining,
            is_working=self._service.is_working(deal.lease_id),
            seat=seat,
        )

    async def _decide(self, deal: Deal, head: Head, *, is_draining: bool) -> None:
        """Accept or decline a proposal (D1); a running auction's is decided by its end."""
        order: OrderInfo = await self._chain.view(Marketplace, "order", deal.lease.order_id)
        if order.status != OrderStatus.PROPOSED:
            return
        reason = "the miner is draining" if is_draining else self._decline_reason(deal.lease)
        verb = "decline" if reason else "accept"
        busy = [f"{word}:{deal.lease_id.hex()}" for word in ("accept", "decline")]
        if any(map(self._account.is_busy, busy)):
            return
        self._log.info("proposal", lease=_short(deal.lease_id), answer=verb, reason=reason)
        await self._send_about(deal, verb, Marketplace, f"{verb}Lease", head)

    def _decline_reason(self, lease: LeaseInfo) -> str:
        live = (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING)
        return decline_reason(
            lease,
            catalog=self._catalog,
            key=self._key,
            limits=self._settings.limits,
            live=sum(other.lease.status in live for other in self._book.live),
        )

    def _decline_order(self, order: OrderInfo, price: int) -> str:
        me = self._account.address
        return self._decline_reason(lease_of(order, miner=me, key=self._key, price=price))

    async def _finish(self, deal: Deal, claim: ClaimInfo, head: Head) -> None:
        """Write down what became of a lease."""
        outcome: LeaseOutcome = await self._chain.view(Marketplace, "leaseOutcome", deal.lease_id)
        word = LeaseStatus(outcome.status).name.lower()
        is_settled = outcome.status == LeaseStatus.SETTLED
        ending = Ending(
            status=outcome.status,
            reason=_reason(outcome.reason),
            paid=outcome.paid,
            units=claim.units if is_settled else 0,
            at=head.timestamp,
        )
        self._book.save_ending(deal.lease_id, ending)
        self._look_at.pop(deal.lease_id, None)
        self._claims.pop(deal.lease_id, None)
        self._standings.pop(deal.lease_id, None)
        self._seats.forget(deal.lease_id)
        self._retry.pop(f"lease:{deal.lease_id.hex()}", None)
        self._tally.note_end(word, outcome.paid)
        self._log.info(
            "lease ended",
            lease=_short(deal.lease_id),
            end=word,
            paid_wei=outcome.paid,
            reason=ending.reason,
        )

    # --- claims -----------------------------------------------------------------------------------

    async def _claim(self, due: Sequence[Deal], head: Head) -> None:
        """Claim what is due, alone or, when many are, out of a batch (D2)."""
        alone: list[Deal] = []
        for deal in due:
            signed, _ = _vouched(deal)
            batch = self._batcher.batch_of(deal.lease_id, signed.receipt.seq)
            if batch is None:
                if not self._account.is_busy(f"claim:{deal.lease_id.hex()}"):
                    alone.append(deal)
            elif batch.batch_id:
                await self._guard_lease(deal, head, self._claim_from_batch)
        batch_from = self._settings.batch_from
        if batch_from and len(alone) >= batch_from:
            receipts = [_vouched(deal)[0] for deal in alone]
            height = head.height
            if await self._guard("anchor", head, lambda: self._batcher.anchor(receipts, height)):
                return
        for deal in alone:
            await self._guard_lease(deal, head, self._claim_alone)

    async def _claim_alone(self, deal: Deal, head: Head) -> None:
        signed, voucher = _vouched(deal)
        values = (*_proof(signed, voucher), signed.stamp_height)
        await self._send_about(deal, "claim", Receipts, "claimReceipt", head, *values)

    async def _claim_from_batch(self, deal: Deal, head: Head) -> None:
        signed, voucher = _vouched(deal)
        batch = self._batcher.batch_of(deal.lease_id, signed.receipt.seq)
        if batch is None:
            return
        place = self._batcher.claim_values(batch, signed)
        values = (*place, *_proof(signed, voucher), signed.stamp_height)
        await self._send_about(deal, "claim", Receipts, "claimFromBatch", head, *values)

    async def _post(self, deal: Deal, seq: int, head: Head) -> None:
        """Publish the sealed response of a receipt that the client did not acknowledge."""
        signed = deal.receipts[seq]
        body, delivery = self._book.read_work(deal.lease_id, seq)
        asked = decode_envelope(body)
        values = (
            claim_values(signed.receipt),
            signed.signature,
            asked.units_max,
            asked.request_signature,
            signed.stamp_height,
            decode_delivery(delivery).sealed,
        )
        await self._send_about(deal, "post", Receipts, "postResponse", head, *values)

    def _response(self, signed: SignedReceipt) -> bytes:
        """Return the sealed answer of a receipt, empty when its file is gone."""
        receipt = signed.receipt
        try:
            _, delivery = self._book.read_work(receipt.lease_id, receipt.seq)
            return decode_delivery(delivery).sealed
        except DecodeError:
            return b""

    def _is_claimed(self, deal: Deal) -> bool:
        """Answer whether everything that was acknowledged, and may be claimed, is on the chain."""
        if self._standings.get(deal.lease_id) is Standing.LOST:
            return True
        claim = self._claims.get(deal.lease_id)
        return deal.acknowledged <= (0 if claim is None else claim.seq)

    def _is_safe(self, deal: Deal) -> bool:
        """Answer whether leaving now loses nothing; a client has a moment to acknowledge."""
        is_waiting = (
            deal.last_seq > deal.acknowledged
            and self._service.idle_seconds(deal.lease_id) < ACK_SECONDS
        )
        is_proposed = deal.lease.status == LeaseStatus.PROPOSED
        is_voting = bool(deal.receipts) and self._standings.get(deal.lease_id) is Standing.OPEN
        return not (is_proposed or is_waiting or is_voting) and self._is_claimed(deal)

    # --- disputes ---------------------------------------------------------------------------------

    async def _defend(self, deal: Deal, head: Head) -> None:
        """Hand every open challenge of a lease to the defender."""
        if self._defender is None:
            self._log.error("a receipt is challenged", lease=_short(deal.lease_id))
            return
        case = await self._chain.view(Disputes, "caseOf", deal.lease_id)
        for challenge_id in case.open_ids:
            if challenge_id not in self._defending:
                task = asyncio.create_task(self._defend_one(self._defender, challenge_id, head))
                self._defending[challenge_id] = task

    async def _defend_one(self, defender: Defender, challenge_id: int, head: Head) -> None:
        """Make a move beside the loop: executing a request again may take long."""
        try:
            await defender.step(challenge_id, head.height)
        except AitbcError as error:
            self._log.error("defence failed", challenge=challenge_id, why=str(error))
        finally:
            del self._defending[challenge_id]

    # --- parts ------------------------------------------------------------------------------------

    async def _guard_lease(
        self, deal: Deal, head: Head, work: Callable[[Deal, Head], Awaitable[None]]
    ) -> None:
        await self._guard(f"claim:{deal.lease_id.hex()}", head, lambda: work(deal, head))

    async def _guard(self, purpose: str, head: Head, work: Callable[[], Awaitable[object]]) -> bool:
        """Do a part of the work; a refusal is shown, and the part tried again later (D3).

        Returns whether it was done.
        """
        due, tries = self._retry.get(purpose, (0, 0))
        if head.height < due:
            return False
        try:
            await work()
        except RefusedError as error:
            refusal = error.refusal
        except RpcCallError as error:
            refusal = Refusal(code="NodeRefused", explanation=error.reason)
        else:
            if head.height > due:
                self._retry.pop(purpose, None)
            return True
        wait = min(RETRY_BLOCKS_MAX, 1 << tries)
        self._retry[purpose] = (head.height + wait, tries + 1)
        self._tally.note_refusal(head.height, purpose[:20], refusal)
        self._log.warning(
            "refused",
            purpose=purpose[:20],
            code=refusal.code,
            reason=refusal.explanation,
            remedy=refusal.remedy,
        )
        return False

    async def _send_about(
        self,
        deal: Deal,
        verb: str,
        contract: type[Contract],
        name: str,
        head: Head,
        *values: object,
    ) -> None:
        """Send a call about a lease; its id is the first argument unless others are given."""
        given = values or (deal.lease_id,)
        await self._send(f"{verb}:{deal.lease_id.hex()}", contract, name, *given, head=head)

    async def _send(
        self, purpose: str, contract: type[Contract], name: str, *values: object, head: Head
    ) -> None:
        data = encode_native(contract, name, *values)
        place = place_of(contract)
        sent = await self._account.send(purpose, contract, place, data, head.height)
        if sent is not None:
            self._log.debug("sent", purpose=purpose[:20], hash="0x" + sent.hex())

    def _deal_status(self, deal: Deal) -> dict[str, Any]:
        lease = deal.lease
        shelf = self._catalog.shelf(lease.model_root)
        return {
            "lease_id": "0x" + lease.lease_id.hex(),
            "client": "0x" + lease.client.hex(),
            "model": shelf.served.name if shelf is not None else "0x" + lease.model_root.hex(),
            "status": LeaseStatus(lease.status).name.lower(),
            "seq": deal.last_seq,
            "acknowledged": deal.acknowledged,
            "units": deal.units_done,
            "units_max": lease.units_max,
            "acknowledged_wei": str(deal.totals(deal.acknowledged)[1]),
            "claimed": self._is_claimed(deal) and deal.acknowledged > 0,
            "deadline_at": lease.opened_at + lease.deadline,
            "holds": lease.holds,
            "quorum": self._standings.get(deal.lease_id, Standing.NONE).name.lower(),
        }


def _vouched(deal: Deal) -> tuple[SignedReceipt, Voucher]:
    """Return the highest acknowledged receipt of a lease that has one."""
    assert deal.voucher is not None
    return deal.receipts[deal.voucher.ack.seq], deal.voucher


def _proof(signed: SignedReceipt, voucher: Voucher) -> tuple[object, ...]:
    """Return receipt, signature, voucher and its signature as a claim's arguments."""
    ack = voucher.ack
    data = AckData(
        ack.lease_id, ack.seq, ack.receipt_hash, ack.cumulative_units, ack.cumulative_amount
    )
    return claim_values(signed.receipt), signed.signature, data, voucher.signature


def _reason(code: int) -> str:
    """Return a close reason in words."""
    try:
        reason = CloseReason(code)
    except ValueError:
        return str(code)
    return "" if reason is CloseReason.NONE else reason.name.lower().replace("_", " ")


def _short(value: bytes) -> str:
    return "0x" + value.hex()[:12]
