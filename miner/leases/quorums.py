"""The miner's seats in quorums (class V3): commit to the answer, reveal it, count, free the lease.

Which answer a seat gives is the response hash of the lease's one receipt, which the book holds
before anything leaves; the salt is derived (``miner.commitments``). So after kill -9 the next look
goes on with the very same answer. Invariants:

Q1. A seat commits once, to what its receipt says, and reveals just that.
Q2. What is due by time is tried from its second on, and as long as the quorum is not counted: a
    deadline counts blocks as well, so after a halt of the chain the contract alone knows what is
    early or late. Missing a deadline is said in the log.
Q3. Counting and freeing are anybody's: seats take turns, so that one transaction is enough.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import structlog

from contracts.disputes.v1.commitments import output_commitment
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import SeatStatus
from contracts.disputes.v1.quorum_messages import QuorumInfo, QuorumMemberInfo, QuorumStatus
from contracts.marketplace.v1.lease_messages import LeaseStatus
from miner.account import MinerAccount
from miner.chain import Chain, Head, RefusedError
from miner.commitments import salt_for
from miner.leases.book import Deal
from miner.native_calls import encode_native, place_of
from primitives.compute import CLASS_QUORUM

SUBJECT: Final = "quorum output"
TURN_SECONDS: Final = 5
"""A seat waits so long for each seat before it to count, or to free the leases."""
EARLY: Final = "WrongPeriod"
"""Refused as early, or as late."""
DONE_BY_ANOTHER: Final = "WrongStatus"


class Standing(Enum):
    """What a quorum says of a lease: none has it, not counted, its answer won, or it did not."""

    NONE = auto()
    OPEN = auto()
    AGREED = auto()
    LOST = auto()


@dataclass(frozen=True, slots=True)
class Seat:
    """A lease's standing; from ``post_at`` on (chain seconds) an answer is claimed by itself."""

    standing: Standing = Standing.NONE
    post_at: int = 0


NO_SEAT: Final = Seat()


class QuorumSeats:
    """Plays the seats of one miner's leases."""

    def __init__(self, chain: Chain, account: MinerAccount, secret: bytes, chain_id: int) -> None:
        self._chain = chain
        self._account = account
        self._secret = secret
        self._chain_id = chain_id
        self._ids: dict[bytes, int] = {}
        self._missed: set[bytes] = set()
        self._log = structlog.get_logger("desk")

    async def step(self, deal: Deal, head: Head) -> Seat:
        """Look at a lease's quorum, do what is due, and say where the lease stands.

        Raises:
            RefusedError: the contract refuses a move, other than as early.
        """
        lease = deal.lease
        is_live = lease.status in (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING)
        if not lease.classes & CLASS_QUORUM or not is_live:
            return NO_SEAT
        quorum_id = self._ids.get(lease.lease_id)
        if quorum_id is None:
            quorum_id = int(await self._chain.view(Disputes, "quorumOf", lease.lease_id))
            if not quorum_id:  # another node answers, which is behind
                return Seat(Standing.OPEN)
            self._ids[lease.lease_id] = quorum_id
        quorum: QuorumInfo = await self._chain.view(Disputes, "quorum", quorum_id)
        if quorum.status == QuorumStatus.OPENED:  # other seats are not proposed yet, no clock runs
            return Seat(Standing.OPEN)
        rows: tuple[QuorumMemberInfo, ...] = await self._chain.view(
            Disputes, "quorumMembers", quorum_id
        )
        turn, own = next((t, row) for t, row in enumerate(rows) if row.lease_id == lease.lease_id)
        turn_seconds = TURN_SECONDS * turn
        deal.commit_until, deal.quorum_request = quorum.commit_until, bytes(quorum.request_hash)
        if quorum.status == QuorumStatus.WORKING:
            await self._vote(deal, quorum, own, head)
            if head.timestamp >= quorum.reveal_until + turn_seconds:
                await self._send("count", "closeQuorum", quorum_id, head)
            return Seat(Standing.OPEN)
        has_won = any(quorum.answer) and own.response_hash == quorum.answer
        if not has_won:
            return Seat(Standing.LOST)
        freed_at = quorum.reveal_until + lease.response_seconds
        if quorum.status == QuorumStatus.CLOSED and head.timestamp >= freed_at + turn_seconds:
            await self._send("free", "releaseQuorum", quorum_id, head)
        return Seat(Standing.AGREED, quorum.reveal_until + lease.response_seconds // 2)

    def forget(self, lease_id: bytes) -> None:
        """Forget an ended lease."""
        self._ids.pop(lease_id, None)
        self._missed.discard(lease_id)

    # --- parts ----------------------------------------------------------------------------------

    async def _vote(
        self, deal: Deal, quorum: QuorumInfo, own: QuorumMemberInfo, head: Head
    ) -> None:
        """Commit to the receipt's answer in time, then reveal it (Q1)."""
        signed = deal.receipts.get(1)
        if signed is None or own.status == SeatStatus.REVEALED:
            return
        quorum_id, answer = quorum.quorum_id, signed.receipt.response_hash
        salt = salt_for(self._secret, self._chain_id, SUBJECT, quorum_id)
        if own.status == SeatStatus.DRAWN:
            place, me = (self._chain_id, place_of(Disputes)), self._account.address
            hidden = output_commitment(place, quorum_id, me, answer, salt)
            if await self._send("commit", "commitOutput", quorum_id, head, hidden) == EARLY:
                self._miss(deal, quorum_id, "its commitment did not arrive in time")
        elif head.timestamp >= quorum.commit_until:
            code = await self._send("reveal", "revealOutput", quorum_id, head, answer, salt)
            if code == EARLY and head.timestamp >= quorum.reveal_until:
                self._miss(deal, quorum_id, "its answer was not revealed in time")

    async def _send(
        self, verb: str, method: str, quorum_id: int, head: Head, *values: object
    ) -> str:
        """Send a move; one that is early, or that another seat made, is no failure (Q2, Q3).

        Returns the code of such a refusal, empty without one.
        """
        data = encode_native(Disputes, method, quorum_id, *values)
        purpose = f"quorum {verb}:{quorum_id}"
        try:
            sent = await self._account.send(
                purpose, Disputes, place_of(Disputes), data, head.height
            )
        except RefusedError as error:
            if error.refusal.code not in (EARLY, DONE_BY_ANOTHER):
                raise
            return error.refusal.code
        if sent is not None:
            self._log.info("quorum", quorum=quorum_id, move=verb)
        return ""

    def _miss(self, deal: Deal, quorum_id: int, why: str) -> None:
        """Say once that a seat earns nothing any more."""
        if deal.lease_id not in self._missed:
            self._missed.add(deal.lease_id)
            lease = "0x" + deal.lease_id.hex()[:12]
            self._log.error("quorum missed", quorum=quorum_id, lease=lease, why=why)
