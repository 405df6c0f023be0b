"""Answers the requests of leases: check, compute, sign, write down, hand out. In this order.

V1. Nothing is computed for anybody but the lease's client, who signed the very bytes.
V2. Sequence numbers run 1, 2, 3, ...; the same envelope again gives the same delivery, byte for
    byte, also after a crash; another envelope with a used number is refused.
V3. At most ``credit`` receipts are unacknowledged; the client pays before the miner goes on.
V4. A lease of a quorum answers one request, in time for the commitment: its one answer is counted.
V5. What is signed can be claimed: units, times and freshness stamp are within the lease, and where
    nobody acknowledges, the client's signed request covers hash and units.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.contract import Receipts
from miner.backends.backend import Work, WorkRefusedError
from miner.backends.catalog import Catalog
from miner.backends.scheduler import BusyError
from miner.chain import Chain, Head, RefusedError
from miner.leases.book import Deal, LeaseBook, SignedReceipt
from miner.leases.protocol import (
    SEALED_ANSWER_MAX,
    TO_CLIENT,
    TO_MINER,
    Ask,
    Delivery,
    Envelope,
    decode_ask,
    decode_envelope,
    decode_voucher,
    envelope_digest,
    seal_subject,
)
from miner.leases.refusals import Code, DeskRefusedError
from miner.leases.tally import DeskTally
from primitives.compute import CLASS_CANONICAL, CLASS_QUORUM, ComputeReceipt
from primitives.errors import DecodeError, InvalidSignatureError
from primitives.keys import Signature, recover_address, sign
from primitives.types import ZERO_HASH, Address, Hash32
from rpc.client import NodeUnreachableError, RpcCallError
from wallet.sealing import SealingError, open_sealed, seal

STAMP_BLOCKS: Final = 64
HEAD_AGE_SECONDS_MAX: Final = 120.0
"""Without news of the chain for so long, nothing new is begun: the lease may have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """``credit`` receipts may be unacknowledged; work ends ``margin_seconds`` before a deadline."""

    credit: int = 1
    margin_seconds: int = 30


@dataclass(frozen=True, slots=True)
class _Running:
    """A request under way."""

    seq: int
    envelope: bytes
    task: asyncio.Task[bytes]


class LeaseService:
    """What the HTTP routes do; the desk tells it the newest block. ``clock`` in seconds."""

    def __init__(
        self,
        *,
        book: LeaseBook,
        catalog: Catalog,
        chain: Chain,
        secret: bytes,
        chain_id: int,
        settings: ServiceSettings,
        tally: DeskTally,
        clock: Callable[[], float],
    ) -> None:
        self._book = book
        self._catalog = catalog
        self._chain = chain
        self._secret = secret
        self._chain_id = chain_id
        self._settings = settings
        self._tally = tally
        self._clock = clock
        self._head: Head | None = None
        self._head_at = 0.0
        self._stamp: tuple[int, Hash32, int] | None = None
        self._running: dict[bytes, _Running] = {}
        self._active_at: dict[bytes, float] = {}
        self.is_draining = False
        self._log = structlog.get_logger("desk")

    # --- for the desk -------------------------------------------------------------------------

    def note_head(self, head: Head) -> None:
        """Take note of the newest block."""
        self._head = head
        self._head_at = self._clock()

    def idle_seconds(self, lease_id: bytes) -> float:
        """Return for how long the client has said nothing; from the first look on."""
        return self._clock() - self._active_at.setdefault(lease_id, self._clock())

    def is_working(self, lease_id: bytes) -> bool:
        """Answer whether a request of a lease is under way."""
        return lease_id in self._running

    @property
    def running(self) -> int:
        """Return how many requests are under way."""
        return len(self._running)

    async def close(self) -> None:
        """Give up what is under way; nothing of it was signed."""
        tasks = [running.task for running in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- for the server -----------------------------------------------------------------------

    def authenticate(self, lease_id: bytes, body: bytes) -> tuple[Deal, Envelope]:
        """Return a request's lease and envelope once its client's signature is checked (V1).

        Raises:
            DeskRefusedError: malformed, unknown, or not the client's.
        """
        try:
            envelope = decode_envelope(body)
        except DecodeError as error:
            raise DeskRefusedError(Code.BAD_REQUEST, str(error)) from error
        if envelope.lease_id != lease_id:
            raise DeskRefusedError(Code.BAD_REQUEST, "the envelope names another lease")
        deal = self._deal(lease_id)
        digest = envelope_digest(self._chain_id, lease_id, envelope.seq, envelope.sealed)
        self._check_client(deal.lease, digest, envelope.signature)
        asked = envelope.request.digest(self._chain_id, Address(RECEIPTS_ADDRESS))
        self._check_client(deal.lease, asked, envelope.request_signature)
        return deal, envelope

    async def answer(self, deal: Deal, envelope: Envelope, body: bytes) -> bytes:
        """Return the delivery for an authenticated request (V2).

        Raises:
            DeskRefusedError: and why.
        """
        lease_id = deal.lease_id
        self._active_at[lease_id] = self._clock()
        if 1 <= envelope.seq <= deal.last_seq:
            return self._repeat(deal, envelope.seq, body)
        running = self._running.get(lease_id)
        if running is None:
            started = self._check_turn(deal, envelope.seq, is_new=True).timestamp
            ask = self._open(deal.lease, envelope)
            units_left = deal.lease.units_max - deal.units_done
            self._check_ask(deal, ask, envelope, units_left)
            task = asyncio.create_task(self._work(deal, envelope.seq, ask, body, started))
            running = _Running(envelope.seq, body, task)
            self._running[lease_id] = running
            task.add_done_callback(lambda _: self._running.pop(lease_id, None))
        elif (running.seq, running.envelope) != (envelope.seq, body):
            raise DeskRefusedError(Code.BUSY, "another request of this lease is under way")
        try:
            return await asyncio.shield(running.task)
        except asyncio.CancelledError:
            if running.task.cancelled():
                raise DeskRefusedError(Code.DRAINING, "the miner stops") from None
            raise

    def acknowledge(self, lease_id: bytes, body: bytes) -> dict[str, Any]:
        """Write a voucher down and confirm it; one that is not higher changes nothing.

        Raises:
            DeskRefusedError: it is not one for what was delivered.
        """
        try:
            voucher = decode_voucher(body)
        except DecodeError as error:
            raise DeskRefusedError(Code.BAD_REQUEST, str(error)) from error
        ack = voucher.ack
        if ack.lease_id != lease_id:
            raise DeskRefusedError(Code.BAD_REQUEST, "the voucher names another lease")
        deal = self._deal(lease_id)
        digest = ack.digest(self._chain_id, Address(RECEIPTS_ADDRESS))
        self._check_client(deal.lease, digest, voucher.signature)
        signed = deal.receipts.get(ack.seq)
        if signed is None or signed.receipt.struct_hash() != ack.receipt_hash:
            raise DeskRefusedError(Code.WRONG_RECEIPT, f"no such receipt at number {ack.seq}")
        units, amount = deal.totals(ack.seq)
        if (ack.cumulative_units, ack.cumulative_amount) != (units, amount):
            raise DeskRefusedError(
                Code.WRONG_TOTALS,
                f"{ack.cumulative_units} units for {ack.cumulative_amount} wei acknowledged, "
                f"delivered were {units} for {amount}",
                units=units,
                amount=str(amount),
            )
        self._active_at[lease_id] = self._clock()
        if ack.seq > deal.acknowledged:
            self._book.save_voucher(voucher)
            self._tally.note_voucher()
        return {"seq": deal.acknowledged}

    def show(self, lease_id: bytes) -> dict[str, Any]:
        """Return how far a lease is.

        Raises:
            DeskRefusedError: it is unknown here.
        """
        deal = self._deal(lease_id)
        units, amount = deal.totals(deal.acknowledged)
        return {
            "seq": deal.last_seq,
            "acknowledged": deal.acknowledged,
            "units": deal.units_done,
            "units_max": deal.lease.units_max,
            "acknowledged_units": units,
            "acknowledged_wei": str(amount),
            "status": LeaseStatus(deal.lease.status).name.lower(),
            "is_working": lease_id in self._running,
        }

    # --- parts ----------------------------------------------------------------------------------

    def _deal(self, lease_id: bytes) -> Deal:
        deal = self._book.deal(lease_id)
        if deal is None:
            raise DeskRefusedError(Code.UNKNOWN_LEASE, "this miner has no such lease")
        return deal

    def _check_client(self, lease: LeaseInfo, digest: Hash32, signature: bytes) -> None:
        try:
            signer = recover_address(digest, Signature.from_bytes(signature))
        except InvalidSignatureError as error:
            raise DeskRefusedError(Code.WRONG_SIGNATURE, "the signature is malformed") from error
        if signer != lease.client:
            raise DeskRefusedError(Code.WRONG_SIGNATURE, "the signature is not the client's")

    def _repeat(self, deal: Deal, seq: int, body: bytes) -> bytes:
        """Return the delivery that a used number had (V2)."""
        signed = deal.receipts[seq]
        if hashlib.sha256(body).digest() != signed.envelope:
            raise DeskRefusedError(Code.SEQ_USED, f"number {seq} has answered another request")
        try:
            _, delivery = self._book.read_work(deal.lease_id, seq)
        except DecodeError as error:
            raise DeskRefusedError(Code.GONE, f"the delivery of number {seq} is gone") from error
        return delivery

    def _check_turn(self, deal: Deal, seq: int, *, is_new: bool) -> Head:
        """Check that a request may begin, or its receipt be signed, now (V2 to V5)."""
        lease, head = deal.lease, self._head
        if deal.ending is not None or lease.status in (
            LeaseStatus.PROPOSED, LeaseStatus.UNKNOWN,
        ):  # fmt: skip
            word = LeaseStatus(lease.status).name.lower()
            raise DeskRefusedError(Code.LEASE_NOT_ACTIVE, f"the lease is {word}")
        if deal.is_blind:
            raise DeskRefusedError(
                Code.LEASE_ENDING,
                "the miner lost its record of this lease and signs nothing more for it",
                remedy="take the rest of the escrow back, and order another lease",
            )
        if lease.status != LeaseStatus.ACTIVE or lease.holds:
            raise DeskRefusedError(Code.LEASE_ENDING, "the lease is being ended")
        if is_new and self.is_draining:
            raise DeskRefusedError(Code.DRAINING, "the miner takes no new requests")
        if head is None or self._clock() - self._head_at > HEAD_AGE_SECONDS_MAX:
            raise DeskRefusedError(Code.NO_CHAIN, "the miner has no news of the chain")
        end = lease.opened_at + lease.deadline
        margin = min(self._settings.margin_seconds, lease.deadline // 4) if is_new else 0
        if head.timestamp + margin >= end:
            raise DeskRefusedError(Code.LEASE_ENDING, "the lease's deadline is near")
        if lease.classes & CLASS_QUORUM:
            _check_quorum_turn(deal, head.timestamp + margin)
        if seq != deal.last_seq + 1:
            raise DeskRefusedError(
                Code.WRONG_SEQ,
                f"number {seq} is not the next one",
                expected=deal.last_seq + 1,
            )
        if deal.last_seq - deal.acknowledged >= self._settings.credit:
            raise DeskRefusedError(
                Code.ACKNOWLEDGE_FIRST,
                f"receipts after number {deal.acknowledged} are not acknowledged",
                acknowledged=deal.acknowledged,
            )
        if deal.units_done >= lease.units_max:
            raise DeskRefusedError(Code.UNITS_USED_UP, "the lease's units are used up")
        return head

    def _open(self, lease: LeaseInfo, envelope: Envelope) -> Ask:
        subject = seal_subject(lease.order_id, lease.lease_id, envelope.seq, TO_MINER)
        try:
            text = open_sealed(
                envelope.sealed,
                secret=self._secret,
                sender=lease.client,
                recipient=lease.miner,
                chain_id=self._chain_id,
                subject=subject,
            )
            return decode_ask(text)
        except SealingError as error:
            raise DeskRefusedError(Code.UNREADABLE, "the request does not open") from error
        except DecodeError as error:
            raise DeskRefusedError(Code.UNREADABLE, str(error)) from error

    def _check_ask(self, deal: Deal, ask: Ask, envelope: Envelope, units_left: int) -> None:
        """Check that the work can be done, and that the client signed for just this work (V5)."""
        try:
            asked = self._catalog.check(deal.lease.model_root, ask, units_left)
        except WorkRefusedError as error:
            raise _refused(error) from error
        if asked.request_hash != envelope.request_hash:
            raise DeskRefusedError(
                Code.WRONG_REQUEST,
                "another requestHash is signed than that of the sealed ask",
                expected="0x" + asked.request_hash.hex(),
            )
        if deal.quorum_request not in (b"", asked.request_hash):
            raise DeskRefusedError(
                Code.WRONG_REQUEST,
                "the quorum was opened for another request",
                expected="0x" + deal.quorum_request.hex(),
                remedy="ask every member for what the quorum was opened for",
            )
        if asked.units_max > envelope.units_max:
            raise DeskRefusedError(
                Code.WRONG_REQUEST,
                f"{envelope.units_max} units are signed, the ask allows {asked.units_max}",
                expected=asked.units_max,
            )

    async def _work(self, deal: Deal, seq: int, ask: Ask, body: bytes, started: int) -> bytes:
        """Compute, sign, write down; returns the delivery's bytes."""
        lease = deal.lease
        try:
            work = await self._catalog.work(lease.model_root, ask)
        except BusyError as error:
            raise DeskRefusedError(Code.BUSY, str(error)) from error
        except WorkRefusedError as error:
            self._tally.note_failure(error.code)
            self._log.warning("work failed", code=error.code, why=error.problem, try_=error.remedy)
            raise _refused(error) from error
        beacon, stamp_height = await self._fresh_stamp()
        head = self._check_turn(deal, seq, is_new=False)  # the lease may have changed meanwhile
        units_left = deal.lease.units_max - deal.units_done
        if not 0 < work.units <= units_left:
            raise DeskRefusedError(
                Code.WORK_FAILED, f"{work.units} units computed, {units_left} are left"
            )
        times = (started, head.timestamp)
        receipt = self._receipt(deal.lease, seq, work, beacon, times)
        digest = receipt.digest(self._chain_id, Address(RECEIPTS_ADDRESS))
        sealed = seal(
            work.answer.encode(),
            recipient_key=lease.client_key,
            sender=lease.miner,
            recipient=lease.client,
            chain_id=self._chain_id,
            subject=seal_subject(lease.order_id, lease.lease_id, seq, TO_CLIENT),
            sealed_bytes_max=SEALED_ANSWER_MAX,
        )
        signature = sign(self._secret, digest).to_bytes()
        delivery = Delivery(receipt=receipt, signature=signature, sealed=sealed).encode()
        signed = SignedReceipt(
            receipt=receipt,
            signature=signature,
            stamp_height=stamp_height,
            envelope=Hash32(hashlib.sha256(body).digest()),
            delivery=Hash32(hashlib.sha256(delivery).digest()),
        )
        self._book.save_receipt(signed, body, delivery)
        self._tally.note_receipt(receipt.units)
        self._active_at[lease.lease_id] = self._clock()
        self._log.info(
            "receipt signed", lease="0x" + lease.lease_id.hex()[:12], seq=seq, units=work.units
        )
        return delivery

    def _receipt(
        self,
        lease: LeaseInfo,
        seq: int,
        work: Work,
        beacon: Hash32,
        times: tuple[int, int],
    ) -> ComputeReceipt:
        """Return the receipt of computed work; times are the chain's."""
        is_traced = bool(lease.classes & CLASS_CANONICAL)
        started = max(times[0], lease.opened_at)
        return ComputeReceipt(
            job_id=Hash32(lease.order_id),
            lease_id=Hash32(lease.lease_id),
            seq=seq,
            miner=Address(lease.miner),
            client=Address(lease.client),
            model_root=Hash32(lease.model_root),
            request_hash=work.request_hash,
            response_hash=work.response_hash,
            trace_root=work.trace_root if is_traced else ZERO_HASH,
            fingerprint=ZERO_HASH,
            unit_kind=lease.unit_kind,
            units=work.units,
            unit_price=lease.unit_price,
            started_at=started,
            ended_at=max(times[1], started),
            beacon=beacon,
            attestation=ZERO_HASH,
            flags=0,
        )

    async def _fresh_stamp(self) -> tuple[Hash32, int]:
        """Return the newest freshness stamp and its height; asked once in 64 blocks (V5)."""
        period = self._head.height // STAMP_BLOCKS if self._head is not None else -1
        if self._stamp is None or self._stamp[0] != period:
            try:
                beacon, height = await self._chain.view(Receipts, "freshBeacon")
            except (NodeUnreachableError, RpcCallError, RefusedError, DecodeError) as error:
                raise DeskRefusedError(Code.NO_CHAIN, "the chain does not answer") from error
            self._stamp = (height // STAMP_BLOCKS, Hash32(beacon), height)
        return self._stamp[1], self._stamp[2]


def _check_quorum_turn(deal: Deal, now: int) -> None:
    """Check that an answer begun or signed ``now`` is the lease's one, and can be counted (V4)."""
    if deal.last_seq:
        raise DeskRefusedError(
            Code.LEASE_ENDING,
            "a lease of a quorum answers one request, and did",
            remedy="order another quorum for another request",
        )
    if not deal.commit_until:
        raise DeskRefusedError(Code.BUSY, "the miner has not looked at the quorum yet")
    if now >= deal.commit_until:
        raise DeskRefusedError(
            Code.LEASE_ENDING,
            "the quorum's time to commit is over",
            remedy="what it agrees on is the answer; for another one order another quorum",
        )


def _refused(error: WorkRefusedError) -> DeskRefusedError:
    code = Code.WORK_FAILED if error.is_failure else Code.WORK_REFUSED
    return DeskRefusedError(code, error.problem, remedy=error.remedy, reason=error.code)
