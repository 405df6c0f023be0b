"""An auditor's votes on the chain (class V1): opens audits, commits, reveals, counts.

What is voted is what this auditor found about the claimed receipt (``findings``), under the
thresholds of ``miner.engines.audit``. Invariants:

W1. A verdict is in ``votes.jsonl``, synced, before its commitment is sent, and never changes: there
    are never two different commitments. Its salt is derived (``miner.commitments``), so a killed
    auditor reveals; if the disk is lost too, the verdict is found again by the seat's commitment.
W2. A verdict is committed as soon as something is found; what is not known late in the time to
    commit is voted ``UNSURE``, for silence costs the seat's stake and being unsure nothing.
W3. What is due by time is tried from its second on, and as long as the audit is open: a deadline
    counts blocks as well, so after a halt of the chain the contract alone knows what is early or
    late. A deadline that was missed is said, once, in the log and in the status.
W4. Opening and counting are anybody's: auditors take turns, so that one transaction is enough.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import structlog

from contracts.disputes.v1.audit_messages import AuditInfo, AuditStatus, Verdict
from contracts.disputes.v1.audits import AUDIT_DRAW_LAST
from contracts.disputes.v1.commitments import audit_commitment
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ArbitratorInfo, SeatInfo, SeatStatus
from contracts.receipts.v1.contract import Receipts
from miner.account import MinerAccount
from miner.chain import Chain, RefusedError
from miner.commitments import salt_for
from miner.games.findings import Finding
from miner.games.moves import Moment
from miner.native_calls import encode_native, place_of
from miner.record_log import RecordLog, scan
from primitives.keccak import keccak256
from rpc.client import RpcCallError

FILE_NAME: Final = "votes.jsonl"
SUBJECT: Final = "audit verdict"
LOOKBACK_AUDITS: Final = 200
TURN_SECONDS: Final = 5
OPENERS: Final = 4
"""Auditors open an audit in this many turns of ``TURN_BLOCKS``, drawn by lot."""
TURN_BLOCKS: Final = 3
LATE_SHARE: Final = 3
LATE_SECONDS: Final = 15
"""In the last third of the time to commit, and at the end of it, nothing more is waited for."""
LATE: Final = "WrongPeriod"
"""Refused as early, or as late."""
NOT_NOW: Final = (LATE, "NotDrawnYet", "NoAuditors")
NEVER: Final = (
    "NotDrawn", "AlreadyAudited", "LeaseNotOpen", "WindowClosed", "NotSampled", "NotClaimed",
)  # fmt: skip
VERDICTS: Final = {
    Finding.RIGHT: Verdict.PASSED,
    Finding.FAILED_AUDIT: Verdict.FAILED,
    Finding.WRONG: Verdict.FAILED,
    Finding.UNSURE: Verdict.UNSURE,
}

FindFinding = Callable[[bytes], Finding | None]
"""What was found about a receipt, by its hash; None when nothing was yet."""


class VoteBook:
    """Verdicts by audit; who opens it holds it."""

    def __init__(self, directory: Path) -> None:
        """Open or create.

        Raises:
            ConfigError: another process holds it.
            JournalDamagedError: the disk broke a record.
        """
        self._log = RecordLog(directory / FILE_NAME)
        self.verdicts: dict[int, Verdict] = {}
        for record in self._log.take_read():
            _remember(self.verdicts, record)

    def close(self) -> None:
        """Close the log and release its lock."""
        self._log.close()

    def keep(self, audit_id: int, verdict: Verdict) -> Verdict:
        """Write a verdict down, or return the one that was written before (W1)."""
        if audit_id not in self.verdicts:
            self._log.append({"audit": audit_id, "verdict": int(verdict)})
            self.verdicts[audit_id] = verdict
        return self.verdicts[audit_id]


def read_votes(directory: Path) -> dict[int, Verdict]:
    """Return the verdicts by audit; an auditor may be running.

    Raises:
        JournalDamagedError: the disk broke a record.
    """
    found: dict[int, Verdict] = {}
    for _, record in scan(directory / FILE_NAME):
        _remember(found, record)
    return found


def _remember(verdicts: dict[int, Verdict], record: dict[str, Any]) -> None:
    """Take a record up; the first verdict of an audit stays (W1)."""
    verdicts.setdefault(int(record["audit"]), Verdict(record["verdict"]))


@dataclass(slots=True)
class AuditVoter:
    """One account's seats; ``find`` says what was found about a receipt."""

    chain: Chain
    account: MinerAccount
    secret: bytes
    book: VoteBook
    find: FindFinding
    is_dry: bool = False
    refusals: dict[int, str] = field(default_factory=dict)
    outcomes: dict[int, Verdict] = field(default_factory=dict)
    _claims: set[tuple[bytes, bytes]] = field(default_factory=set)
    _seats: dict[int, AuditInfo] = field(default_factory=dict)
    _seen_at: dict[int, int] = field(default_factory=dict)
    _next_id: int = 0
    _chain_id: int = 0
    _missed: set[int] = field(default_factory=set)
    _log: Any = field(default_factory=lambda: structlog.get_logger("auditor"))

    def note_claim(self, lease_id: bytes, receipt_hash: bytes) -> None:
        """Take note of a claim: the beacons may draw it for an audit, when it is sampled work."""
        self._claims.add((bytes(lease_id), bytes(receipt_hash)))

    async def step(self, now: Moment) -> None:
        """Find new seats and do what is due for all."""
        if not self._chain_id:
            await self._begin()
        if not self.is_dry:
            await self._open_drawn(now)
        await self._find_seats(now)
        for audit_id in list(self._seats):
            await self._play(audit_id, now)

    def status(self) -> list[dict[str, Any]]:
        """Return the seats for the status page."""
        return [
            {
                "audit": audit_id,
                "receipt": "0x" + audit.receipt_hash.hex(),
                "verdict": None if verdict is None else verdict.name.lower(),
                "commit_until": audit.commit_until,
                "reveal_until": audit.reveal_until,
                "problem": self.refusals.get(audit_id, ""),
            }
            for audit_id, audit in self._seats.items()
            for verdict in (self.book.verdicts.get(audit_id),)
        ]

    async def _begin(self) -> None:
        """Learn the chain's id, and say when this account is drawn for nothing."""
        me: ArbitratorInfo = await self.chain.view(Disputes, "arbitrator", self.account.address)
        if not me.is_active and not self.is_dry:
            self._log.warning(
                "not a bonded arbitrator: drawn for no audit",
                try_="aitbc dispute arbitrator register --value 100",
            )
        self._chain_id = await self.chain.chain_id()

    # --- opening --------------------------------------------------------------------------------

    async def _open_drawn(self, now: Moment) -> None:
        """Open the audits of claims that the beacons drew, when it is our turn (W4)."""
        for claim in list(self._claims):
            lease_id, receipt_hash = claim
            lot = keccak256(self.account.address + receipt_hash)[0] % OPENERS
            height = int(await self.chain.view(Receipts, "claimedAt", lease_id, receipt_hash))
            if now.height >= height + AUDIT_DRAW_LAST + lot * TURN_BLOCKS:
                purpose = f"open audit {receipt_hash.hex()}"
                if await self._send(purpose, "openAudit", now, *claim) in NEVER:
                    self._claims.discard(claim)

    # --- seats ----------------------------------------------------------------------------------

    async def _find_seats(self, now: Moment) -> None:
        """Look at the audits that are new since the last look."""
        total, _, _ = await self.chain.view(Disputes, "auditTotals")
        first = self._next_id or max(1, total - LOOKBACK_AUDITS)
        for audit_id in range(first, total + 1):
            seats: tuple[SeatInfo, ...] = await self.chain.view(Disputes, "auditSeats", audit_id)
            if any(seat.arbitrator == self.account.address for seat in seats):
                audit: AuditInfo = await self.chain.view(Disputes, "audit", audit_id)
                if audit.status == AuditStatus.VOTING:
                    self._seats[audit_id] = audit
                    self._seen_at[audit_id] = now.seconds
                    self._log.info("drawn", audit=audit_id, receipt=audit.receipt_hash.hex()[:16])
            self._next_id = audit_id + 1

    async def _play(self, audit_id: int, now: Moment) -> None:
        audit: AuditInfo = await self.chain.view(Disputes, "audit", audit_id)
        if audit.status != AuditStatus.VOTING:
            outcome = self.outcomes[audit_id] = Verdict(audit.outcome)
            self._log.info("audit closed", audit=audit_id, outcome=outcome.name.lower())
            del self._seats[audit_id], self._seen_at[audit_id]
            return
        seats: tuple[SeatInfo, ...] = await self.chain.view(Disputes, "auditSeats", audit_id)
        turn, own = next(
            (turn, seat) for turn, seat in enumerate(seats)
            if seat.arbitrator == self.account.address
        )  # fmt: skip
        if self.is_dry:
            return
        if now.seconds >= audit.reveal_until + TURN_SECONDS * turn:
            await self._send(f"close audit {audit_id}", "closeAudit", now, audit_id)
        if own.status == SeatStatus.REVEALED:
            return
        if own.status == SeatStatus.DRAWN:
            await self._commit(audit, now)
        elif now.seconds >= audit.commit_until:
            await self._reveal(audit, own, now)

    async def _commit(self, audit: AuditInfo, now: Moment) -> None:
        """Commit to what was found, or late to being unsure (W1, W2)."""
        audit_id = audit.audit_id
        verdict = self.book.verdicts.get(audit_id)
        if verdict is None:
            found = self.find(bytes(audit.receipt_hash))
            verdict = None if found is None else VERDICTS.get(found)
            if verdict is None and now.seconds < self._late_at(audit):
                return
        verdict = self.book.keep(audit_id, Verdict.UNSURE if verdict is None else verdict)
        hidden = self._hidden(audit_id, verdict)
        code = await self._send(f"commit audit {audit_id}", "commitAudit", now, audit_id, hidden)
        if code == LATE:
            self._miss(audit_id, "no verdict was committed in time: the seat's stake is lost")

    async def _reveal(self, audit: AuditInfo, own: SeatInfo, now: Moment) -> None:
        audit_id = audit.audit_id
        verdict = self.book.verdicts.get(audit_id)
        if verdict is None or self._hidden(audit_id, verdict) != own.commitment:
            verdict = self._recovered(audit_id, own)
        if verdict is None:
            self._miss(audit_id, "the commitment on the chain is not this auditor's")
            return
        values = (audit_id, verdict, self._salt(audit_id))
        code = await self._send(f"reveal audit {audit_id}", "revealAudit", now, *values)
        if code == LATE and now.seconds >= audit.reveal_until:
            self._miss(audit_id, "the verdict was not revealed in time: the seat's stake is lost")

    def _recovered(self, audit_id: int, own: SeatInfo) -> Verdict | None:
        """Return the verdict that was committed, found by its commitment."""
        for verdict in Verdict:
            if self._hidden(audit_id, verdict) == own.commitment:
                return verdict
        return None

    # --- parts ----------------------------------------------------------------------------------

    def _late_at(self, audit: AuditInfo) -> int:
        """Return from when on nothing more is waited for before voting (chain seconds)."""
        period = audit.commit_until - self._seen_at[audit.audit_id]
        return audit.commit_until - max(period // LATE_SHARE, LATE_SECONDS)

    def _salt(self, audit_id: int) -> bytes:
        return salt_for(self.secret, self._chain_id, SUBJECT, audit_id)

    def _hidden(self, audit_id: int, verdict: Verdict) -> bytes:
        place = (self._chain_id, place_of(Disputes))
        salt = self._salt(audit_id)
        return audit_commitment(place, audit_id, self.account.address, verdict, salt)

    async def _send(self, purpose: str, method: str, now: Moment, *values: object) -> str:
        """Send a move; return the code of its refusal, empty when it was sent or is on its way."""
        data = encode_native(Disputes, method, *values)
        try:
            sent = await self.account.send(purpose, Disputes, place_of(Disputes), data, now.height)
        except RefusedError as error:
            code = error.refusal.code
            if code not in (*NOT_NOW, *NEVER, "WrongStatus"):
                self._log.warning("vote refused", move=purpose[:24], why=str(error.refusal))
            return code
        except RpcCallError as error:
            self._log.warning("vote refused", move=purpose[:24], why=error.reason)
            return "NodeRefused"
        if sent is not None:
            self._log.info("vote", move=purpose[:24])
        return ""

    def _miss(self, audit_id: int, why: str) -> None:
        """Say once that a seat's stake is lost (W3)."""
        if audit_id not in self._missed:
            self._missed.add(audit_id)
            self.refusals[audit_id] = why
            self._log.error("vote missed", audit=audit_id, why=why)
