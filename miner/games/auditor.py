"""Watches claims and batches, draws samples, demands leaves, re-executes, scores, challenges.

A1. What is judged is what the chain carries: a receipt with its operator's signature, out of the
    transaction that claimed it or answered a demand for it.
A2. Only what re-execution contradicts to the bit is challenged. A float answer that scores badly is
    written down, and voted where drawn: one failed audit proves nothing.
A3. Heights are read once, in order; a killed auditor goes on behind the last that it finished.
A4. Spending stays within the limits: bonds (``challenger``), and fees for demands per day.
A5. No re-execution keeps a game or a vote waiting. An accusation is on the disk before the finding
    behind it.
A6. What was found about sampled work is voted on the chain where this account is drawn (``votes``).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Protocol

import structlog

from contracts.disputes.v1.messages import Fault
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseInfo
from contracts.receipts.v1.batches import BATCH_DRAW_LAST
from contracts.receipts.v1.claim_messages import (
    BatchAnchored,
    ClaimRaised,
    DemandAnswered,
    DemandMade,
    DemandUnanswered,
)
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptData
from contracts.receipts.v1.products import to_compute_receipt
from miner.account import MinerAccount
from miner.chain import Chain, RefusedError
from miner.engines.audit import Limits as ScoreLimits
from miner.engines.audit import Verdict, judge
from miner.engines.engine import EngineError, ModelIdentity, Token
from miner.games.accusations import Accusation
from miner.games.challenger import Challenger
from miner.games.findings import AuditBook, Entry, Finding
from miner.games.frauds import find_batch_faults, find_receipt_fault, signer_of
from miner.games.knowledge import Opinion
from miner.games.library import Library
from miner.games.moves import Moment
from miner.games.record import RANGE_BLOCKS, Log, moment, read_call, read_logs
from miner.games.votes import AuditVoter
from miner.leases.float_work import MICRO, float_request_hash, float_response_hash
from miner.native_calls import encode_native, place_of
from primitives.compute import CLASS_CANONICAL, CLASS_SAMPLED, ComputeReceipt
from primitives.errors import ConfigError, DecodeError
from primitives.types import WEI_PER_AIT
from rpc.client import NodeUnreachableError, RpcCallError

DAY: Final = 86_400

CLAIM_CALLS: Final = ("claimReceipt", "claimFromBatch", "postResponse")
SAMPLES_KEPT_BLOCKS: Final = 8_000
"""Beacons that draw a batch's samples are kept a little longer than this."""


RECALLED_BLOCKS: Final = 200


class Scorer(Protocol):
    """What of an engine an audit needs (``miner.engines.engine.Engine``)."""

    async def identity(self) -> ModelIdentity:
        """Return what the engine runs."""

    async def score(self, prompt: str, answer: tuple[Token, ...]) -> tuple[float, ...]:
        """Return the log-probabilities that this engine gives the tokens of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """What an auditor does; amounts in wei.

    ``samples_max`` drawn leaves of a batch are demanded; ``lookback`` blocks are read at the first
    start.
    """

    samples_max: int = 2
    fees_per_day: int = WEI_PER_AIT
    lookback: int = 600
    poll_seconds: float = 1.0
    is_dry: bool = False


@dataclass(slots=True)
class Seen:
    """A signed receipt that waits to be examined."""

    receipt: ComputeReceipt
    signature: bytes
    height: int


@dataclass(slots=True)
class Auditor:
    """One auditor's account at work."""

    chain: Chain
    account: MinerAccount
    challenger: Challenger
    library: Library
    book: AuditBook
    settings: AuditSettings = field(default_factory=AuditSettings)
    scorer: Scorer | None = None
    score_limits: ScoreLimits | None = None
    voter: AuditVoter | None = None
    height: int = 0
    refusals: dict[str, str] = field(default_factory=dict)
    _queue: deque[Seen] = field(default_factory=deque)
    _log: Any = field(default_factory=lambda: structlog.get_logger("auditor"))

    def __post_init__(self) -> None:
        """Recall the newest claims, whose audits may not be open yet."""
        heights = [entry.height for entry in self.book.entries.values()]
        newest = max(heights, default=0)
        for entry in self.book.entries.values():
            signed = entry.decoded()
            is_new = signed is not None and entry.height > newest - RECALLED_BLOCKS
            if is_new and self.voter is not None and signed is not None:
                self.voter.note_claim(signed[0].lease_id, signed[0].struct_hash())

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set: games are played beside whatever is re-executed (A5)."""
        loops = [asyncio.create_task(self._repeat(look, stop)) for look in (self.play, self.watch)]
        try:
            await asyncio.gather(*loops)
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await self.challenger.close()

    async def play(self) -> None:
        """Follow our transactions and make the moves that are due."""
        now = await moment(self.chain)
        if now.height < self.height:
            return  # another node answered, which is behind
        self.height = now.height
        await self.account.poll(now.height)
        await self.challenger.step(now.height)
        if self.voter is not None:
            await self.voter.step(now)

    async def watch(self) -> None:
        """Read the chain up to the newest block, judge, demand."""
        now = await moment(self.chain)
        await self._read(now)
        await self._look_again(now)
        await self._look_at_batches(now)
        if not self.settings.is_dry:
            await self._close_demands(now)

    async def _repeat(self, look: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await look()
            except (NodeUnreachableError, RpcCallError, RefusedError, DecodeError) as error:
                self._log.warning("no answer from the chain", error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), self.settings.poll_seconds)
            except TimeoutError:
                continue

    def status(self) -> dict[str, Any]:
        """Return what a status page shows, ready for JSON."""
        found: dict[str, int] = {finding.value: 0 for finding in Finding}
        for entry in self.book.entries.values():
            found[entry.finding.value] += 1
        progress = self.book.progress
        return {
            "address": "0x" + self.account.address.hex(),
            "height": self.height,
            "dry_run": self.settings.is_dry,
            "findings": found,
            "models": len(self.library.runtimes),
            "batches_waiting": len(progress.batches),
            "demands_open": len(progress.demands),
            "fees_today_wei": str(progress.spent),
            "refusals": dict(self.refusals),
            "seats": [] if self.voter is None else self.voter.status(),
            "at_stake_wei": str(self.challenger.at_stake),
            "challenges": [
                {
                    "fault": accusation.fault.name.lower(),
                    "challenge": accusation.challenge_id,
                    "state": accusation.state.value,
                    "bond_wei": str(accusation.bond),
                    "outcome": accusation.outcome,
                    "waits_for": self.challenger.refusals.get(accusation.name, ""),
                }
                for accusation in self.challenger.store.all()
            ],
        }

    # --- reading ------------------------------------------------------------------------------

    async def _read(self, now: Moment) -> None:
        """Read what happened since the last look, and examine it (A3)."""
        progress = self.book.progress
        if progress.next_height is None:
            progress.next_height = max(0, now.height - self.settings.lookback)
        while progress.next_height <= now.height:
            first = progress.next_height
            last = min(now.height, first + RANGE_BLOCKS - 1)
            kinds = (ClaimRaised, BatchAnchored, DemandMade, DemandAnswered, DemandUnanswered)
            for log in await read_logs(self.chain, Receipts, kinds, (), first, last):
                await self._take(log)
            while self._queue:
                await self._examine(self._queue.popleft())
            progress.next_height = last + 1
            self.book.save_progress()

    async def _take(self, log: Log) -> None:
        progress = self.book.progress
        if (claim := log.fields(ClaimRaised)) is not None:
            if claim["miner"] == self.account.address:
                return
            if self.voter is not None:
                self.voter.note_claim(claim["lease_id"], claim["receipt_hash"])
            name = bytes(claim["receipt_hash"]).hex()
            call = await read_call(self.chain, log, Receipts, *CLAIM_CALLS)
            signed = None if call is None else _signed_in(call[1])
            if signed is None or signed[0].struct_hash().hex() != name:
                self._note(name, Finding.UNKNOWN, "its transaction does not show it", log.height)
                return
            self._queue.append(Seen(*signed, log.height))
        elif (batch := log.fields(BatchAnchored)) is not None:
            waiting = {"height": log.height, "root": bytes(batch["root"]).hex(), "drawn": []}
            progress.batches.setdefault(str(batch["batch_id"]), waiting)
        elif (made := log.fields(DemandMade)) is not None:
            if made["by"] == self.account.address:
                progress.demands[str(made["demand_id"])] = log.height
        elif (answered := log.fields(DemandAnswered)) is not None:
            progress.demands.pop(str(answered["demand_id"]), None)
            call = await read_call(self.chain, log, Receipts, "answerDemand")
            signed = None if call is None else _signed_in(call[1])
            if signed is not None:
                self._queue.append(Seen(*signed, log.height))
        elif (missing := log.fields(DemandUnanswered)) is not None:
            progress.demands.pop(str(missing["demand_id"]), None)

    # --- judging ------------------------------------------------------------------------------

    async def _examine(self, seen: Seen) -> None:
        """Judge one signed receipt, once."""
        receipt, name = seen.receipt, seen.receipt.struct_hash().hex()
        known = self.book.entries.get(name)
        if known is not None and known.finding is not Finding.UNKNOWN:
            return
        lease: LeaseInfo = await self.chain.view(Marketplace, "lease", receipt.lease_id)
        if not await self._is_signed(receipt, seen.signature, lease.miner):
            return  # anybody can write such a thing
        others = self.book.receipts(receipt.lease_id)
        fault = find_receipt_fault((receipt, seen.signature), lease, others, seen.height)
        if fault is not None:
            detail = fault.fault.name.lower().replace("_", " ")
            self._accuse(fault, lease)
            self._note(name, Finding.WRONG, detail, seen.height, seen)
        elif lease.classes & CLASS_CANONICAL:
            await self._execute(name, seen, lease)
        elif lease.classes & CLASS_SAMPLED:
            await self._score(name, seen)
        else:
            self._note(name, Finding.UNKNOWN, "its class is not re-executed", seen.height, seen)

    async def _look_again(self, now: Moment) -> None:
        """Examine what was not known before and is in the library meanwhile."""
        for entry in list(self.book.entries.values()):
            signed = entry.decoded() if entry.finding is Finding.UNKNOWN else None
            if signed is None or now.height - entry.height > SAMPLES_KEPT_BLOCKS:
                continue
            if self.library.has(signed[0].request_hash):
                await self._examine(Seen(*signed, entry.height))

    async def _execute(self, name: str, seen: Seen, lease: LeaseInfo) -> None:
        """Execute again what a receipt of class V2 is about."""
        detail = "its request or its model is not known here"
        try:
            opinion = await asyncio.to_thread(self.library.opinion, seen.receipt)
        except ConfigError as error:
            opinion, detail = None, error.problem
        if opinion is None:
            self._note(name, Finding.UNKNOWN, detail, seen.height, seen)
            return
        if await asyncio.to_thread(opinion.agrees):
            self._note(name, Finding.RIGHT, "executed again", seen.height, seen)
            return
        self._challenge(opinion, seen, lease)
        self._note(name, Finding.WRONG, "the execution is another", seen.height, seen)

    def _challenge(self, opinion: Opinion, seen: Seen, lease: LeaseInfo) -> None:
        self.challenger.keep_opinion(seen.receipt, opinion)
        accusation = Accusation(
            fault=opinion.fault, height=seen.height, receipt=seen.receipt,
            signature=seen.signature,
        )  # fmt: skip
        self._accuse(accusation, lease)

    def _accuse(self, accusation: Accusation, lease: LeaseInfo) -> None:
        if lease.miner != self.account.address:
            self.challenger.accuse(accusation)

    async def _score(self, name: str, seen: Seen) -> None:
        """Score a float answer again (A2)."""
        scorer, limits, height = self.scorer, self.score_limits, seen.height
        try:
            known = await asyncio.to_thread(self.library.find, seen.receipt.request_hash)
        except ConfigError as error:
            self._note(name, Finding.UNKNOWN, error.problem, height, seen)
            return
        ask, answer = (None, None) if known is None else (known.ask, known.answer)
        if scorer is None or limits is None or ask is None or answer is None:
            detail = "no engine is configured, or request or answer are not known here"
            self._note(name, Finding.UNKNOWN, detail, seen.height, seen)
            return
        tokens = tuple(Token(text, micros / MICRO) for text, micros in answer.scored)
        asked = float_request_hash(ask.salt, ask.prompt, ask.options)
        answered = float_response_hash(ask.salt, answer.delivered, tokens)
        if (asked, answered) != (seen.receipt.request_hash, seen.receipt.response_hash):
            detail = "what is known of it is not what the receipt commits"
            self._note(name, Finding.UNKNOWN, detail, seen.height, seen)
            return
        try:
            if (await scorer.identity()).model_root != seen.receipt.model_root:
                self._note(name, Finding.UNKNOWN, "the engine runs another model", height, seen)
                return
            scored = await scorer.score(ask.prompt, tokens)
        except EngineError as error:
            self._note(name, Finding.UNKNOWN, error.problem, seen.height, seen)
            return
        verdict = judge([token.logprob for token in tokens], scored, limits)
        found = {
            Verdict.PASSED: Finding.RIGHT,
            Verdict.FAILED: Finding.FAILED_AUDIT,
            Verdict.UNSURE: Finding.UNSURE,
        }[verdict]
        self._note(name, found, "scored again", seen.height, seen)

    # --- batches ------------------------------------------------------------------------------

    async def _look_at_batches(self, now: Moment) -> None:
        """Judge published batches whole; of others demand what the beacons drew."""
        progress = self.book.progress
        for key, waiting in list(progress.batches.items()):
            height = waiting["height"]
            is_published = await self._judge_batch(int(key), waiting)
            if is_published or now.height - height > SAMPLES_KEPT_BLOCKS:
                del progress.batches[key]
            elif now.height >= height + BATCH_DRAW_LAST and not self.settings.is_dry:
                try:
                    if not await self._demand_samples(int(key), waiting, now):
                        continue
                except RefusedError as error:
                    self.refusals[f"batch {key}"] = str(error.refusal)
                del progress.batches[key]
            else:
                continue
            self.book.save_progress()

    async def _judge_batch(self, batch_id: int, waiting: dict[str, Any]) -> bool:
        """Judge a batch whose leaves were published; answers whether they were."""
        try:
            batch = await asyncio.to_thread(self.library.batch, bytes.fromhex(waiting["root"]))
        except ConfigError as error:
            self.refusals[f"batch {batch_id}"] = error.problem
            return False
        if batch is None:
            return False
        good = {
            name
            for name, (receipt, signature) in batch.signed.items()
            if await self._is_signed(receipt, signature, receipt.miner)
        }
        faults = find_batch_faults(
            batch_id, batch, lambda receipt, _: bytes(receipt.struct_hash()) in good,
            waiting["height"],
        )  # fmt: skip
        for fault in faults:
            self.challenger.accuse(fault)
        detail = ", ".join(Fault(fault.fault).name.lower() for fault in faults) or "in order"
        finding = Finding.WRONG if faults else Finding.RIGHT
        self._note(f"batch {batch_id}", finding, detail, waiting["height"])
        for receipt, signature in batch.signed.values():
            await self._examine(Seen(receipt, signature, waiting["height"]))
        return True

    async def _demand_samples(self, batch_id: int, waiting: dict[str, Any], now: Moment) -> bool:
        """Demand drawn leaves within the day's budget; answers whether all were demanded."""
        progress = self.book.progress
        if progress.day != now.seconds // DAY:
            progress.day, progress.spent = now.seconds // DAY, 0
        points: Sequence[int] = await self.chain.view(Receipts, "samples", batch_id)
        fee = int(await self.chain.view(Receipts, "parameter", "demandFee"))
        bond = int(await self.chain.view(Receipts, "parameter", "demandBond"))
        for draw in range(min(len(points), self.settings.samples_max)):
            if draw in waiting["drawn"]:
                continue
            if progress.spent + fee > self.settings.fees_per_day:
                self.refusals[f"batch {batch_id}"] = "the day's budget for demands is spent"
                return False
            data = encode_native(Receipts, "demandSample", batch_id, draw)
            sent = await self.account.send(
                f"sample {batch_id} {draw}", Receipts, place_of(Receipts), data, now.height,
                fee + bond,
            )  # fmt: skip
            if sent is not None:
                progress.spent += fee
                waiting["drawn"].append(draw)
                self.book.save_progress()
        return True

    async def _close_demands(self, now: Moment) -> None:
        """End our demands that nobody answered in time: fee, bond and compensation come back."""
        for key in list(self.book.progress.demands):
            demand = await self.chain.view(Receipts, "demand", int(key))
            if now.seconds < demand.due_at:
                continue
            data = encode_native(Receipts, "closeDemand", int(key))
            try:
                await self.account.send(
                    f"close demand {key}", Receipts, place_of(Receipts), data, now.height
                )
            except RefusedError as error:
                self.refusals[f"demand {key}"] = str(error.refusal)

    # --- parts --------------------------------------------------------------------------------

    async def _is_signed(self, receipt: ComputeReceipt, signature: bytes, miner: bytes) -> bool:
        """Answer whether a key that the miner ever registered signed a receipt (A1)."""
        signer = signer_of(receipt, signature, await self.chain.chain_id())
        if signer is None:
            return False
        return bool(await self.chain.view(Marketplace, "wasOperator", miner, signer))

    def _note(
        self, name: str, finding: Finding, detail: str, height: int, seen: Seen | None = None
    ) -> None:
        entry = Entry(
            name=name, finding=finding, detail=detail, height=height,
            receipt=b"" if seen is None else seen.receipt.encode(),
            signature=b"" if seen is None else seen.signature,
        )  # fmt: skip
        if self.book.entries.get(name) != entry:
            self.book.note(entry)
            self._log.info("found", what=name[:16], finding=finding.value, detail=detail)


def _signed_in(values: Sequence[object]) -> tuple[ComputeReceipt, bytes] | None:
    """Return the receipt among a call's arguments with the signature that follows it."""
    for value, following in pairwise(values):
        if isinstance(value, ReceiptData) and isinstance(following, bytes):
            return to_compute_receipt(value), following
    return None
