"""Plays a challenger's side: commits, reveals, narrows down, shows the step, is paid.

C1. An accusation is on the disk before its commitment is sent; a commitment on the chain is found
    again by its hash. So a killed challenger reveals in time.
C2. No more is put at stake than the limits say; what they forbid is written down, not sent.
C3. The last step is executed here first: a challenger who was wrong gives up instead.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import structlog

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.games import TRACE_STAGE
from contracts.disputes.v1.messages import (
    CaseInfo,
    ChallengeInfo,
    ChallengeStatus,
    Fault,
    Phase,
)
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.receipts.v1.claim_messages import BatchInfo, ClaimInfo
from contracts.receipts.v1.contract import Receipts
from miner.account import MinerAccount
from miner.amounts import format_ait
from miner.chain import Chain, RefusedError
from miner.games.accusations import BATCH, GAMES, Accusation, AccusationStore, State
from miner.games.knowledge import Opinion
from miner.games.moves import Moment, Move, attack, is_late, purpose, receipt_data
from miner.games.record import (
    find_challenge,
    moment,
    read_challenge,
    read_game,
    read_trace_leaves,
    read_transcript,
)
from miner.games.tasks import Tasks
from miner.native_calls import encode_native, place_of
from primitives.compute import ComputeReceipt
from primitives.errors import ConfigError
from primitives.types import WEI_PER_AIT
from rpc.client import RpcCallError

RETRY_BLOCKS: Final = 3
DRY: Final = "dry run: would be challenged"
"""The outcome of what a dry run found; a run that is not dry takes it up."""
OPINIONS_MAX: Final = 8
BPS: Final = 10_000
OPEN_LEASES: Final = (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING)

FindOpinion = Callable[[ComputeReceipt], Opinion | None]
"""Re-executes what a receipt is about; None when request or model are not known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a challenger may put at stake, in wei; a dry run sends nothing at all."""

    bond_max: int = 100 * WEI_PER_AIT
    stake_max: int = 500 * WEI_PER_AIT
    is_dry: bool = False


class _WaitError(Exception):
    """Nothing can be done now; the message says why."""


@dataclass(slots=True)
class Challenger:
    """One account's accusations; ``find`` says what the right execution is."""

    chain: Chain
    account: MinerAccount
    secret: bytes
    store: AccusationStore
    find: FindOpinion
    limits: Limits = field(default_factory=Limits)
    refusals: dict[str, str] = field(default_factory=dict)
    _opinions: dict[bytes, Opinion] = field(default_factory=dict)
    _retry: dict[str, int] = field(default_factory=dict)
    _chain_id: int = 0
    _tasks: Tasks = field(default_factory=Tasks)
    _log: Any = field(default_factory=lambda: structlog.get_logger("challenger"))

    @property
    def at_stake(self) -> int:
        """Return the wei in bonds of challenges that are not over."""
        return sum(accusation.bond for accusation in self.store.open())

    def accuse(self, accusation: Accusation) -> bool:
        """File an accusation (C1); answers whether it is new."""
        if self.store.find(accusation.name) is not None:
            return False
        if self.limits.is_dry:
            accusation = replace(accusation, state=State.OVER, outcome=DRY)
        self.store.save(accusation)
        self._log.warning("accused", fault=accusation.fault.name, name=accusation.name[:16])
        return True

    async def step(self, height: int) -> None:
        """Do what is due for every accusation that is not over, side by side."""
        now = await moment(self.chain)
        if not self.limits.is_dry:
            for accusation in self.store.all():
                if accusation.outcome == DRY:
                    self.store.change(accusation, state=State.FILED, outcome="")
        due = [a for a in self.store.open() if self._retry.get(a.name, 0) <= height]
        await self._tasks.run({a.name: partial(self._step_one, a, now) for a in due})

    async def close(self) -> None:
        """Stop what is being computed."""
        await self._tasks.close()

    async def _step_one(self, accusation: Accusation, now: Moment) -> None:
        try:
            await self._advance(accusation, now)
        except (_WaitError, ConfigError) as waits:
            self._note(accusation, str(waits))
        except RefusedError as error:
            self._note(accusation, str(error.refusal))
            self._retry[accusation.name] = now.height + RETRY_BLOCKS
        except RpcCallError as error:
            self._note(accusation, error.reason)
            self._retry[accusation.name] = now.height + RETRY_BLOCKS

    # --- the life of a challenge --------------------------------------------------------------

    async def _advance(self, accusation: Accusation, now: Moment) -> None:
        if accusation.state is State.FILED:
            await self._commit(accusation, now)
            return
        challenge = await read_challenge(self.chain, accusation.challenge_id)
        match challenge.status:
            case ChallengeStatus.COMMITTED:
                await self._reveal(accusation, challenge, now)
            case ChallengeStatus.OPEN:
                if accusation.state is not State.REVEALED or accusation.bond != challenge.bond:
                    accusation = self.store.change(
                        accusation, state=State.REVEALED, bond=challenge.bond
                    )
                await self._play(accusation, challenge, now)
            case ChallengeStatus.WON | ChallengeStatus.CLOSED:
                await self._collect(accusation, challenge, now)
            case _:
                word = ChallengeStatus(challenge.status).name.lower()
                self.store.change(accusation, state=State.OVER, bond=0, outcome=word)
                self._log.info("over", challenge=accusation.challenge_id, outcome=word)

    async def _commit(self, accusation: Accusation, now: Moment) -> None:
        """Commit, unless it was committed before (C1)."""
        me = self.account.address
        self._chain_id = self._chain_id or await self.chain.chain_id()
        commitment = accusation.commitment(self._chain_id, me, self.secret)
        found = await find_challenge(self.chain, me, commitment, accusation.height, now.height)
        if found is not None:
            challenge = await read_challenge(self.chain, found)
            self.store.change(
                accusation, state=State.COMMITTED, challenge_id=found, bond=challenge.bond
            )
            return
        name = f"challenge {accusation.name}"
        if self.account.is_busy(name):
            return
        if not await self._is_challengeable(accusation, now):
            self.store.change(accusation, state=State.OVER, outcome="it is too late")
            return
        await self._check_place(accusation)
        needed = max(await self._bond_for(accusation), await self._parameter("challengeBondMin"))
        self._reserve(accusation, needed)
        value = await self._parameter("challengeBondMin")
        await self._send(name, Move("commitChallenge", (commitment,)), now, value)

    async def _reveal(self, accusation: Accusation, challenge: ChallengeInfo, now: Moment) -> None:
        if now.seconds >= challenge.committed_at + challenge.reveal_seconds:
            outcome = self.refusals.get(accusation.name, "not revealed in time")
            self.store.change(accusation, state=State.OVER, bond=0, outcome=outcome)
            return
        if now.height <= challenge.committed_height:
            return
        if await self._is_out_of_reach(accusation, challenge, now):
            move = _withdrawal(accusation, accusation.salt(self.secret))
            await self._send(f"withdraw {accusation.name}", move, now)
            return
        value = 0
        if accusation.fault in GAMES or accusation.fault == Fault.BAD_SIGNATURE:
            needed = await self._bond_for(accusation)
            value = max(0, needed - challenge.bond)
            accusation = self._reserve(accusation, needed)
        move = _reveal_move(accusation, accusation.salt(self.secret))
        await self._send(f"reveal {accusation.name}", move, now, value)

    async def _play(self, accusation: Accusation, challenge: ChallengeInfo, now: Moment) -> None:
        game = await read_game(self.chain, accusation.challenge_id)
        if game.phase == Phase.OVER:
            return
        if game.stage == TRACE_STAGE and accusation.leaves != game.leaves:
            accusation = self.store.change(accusation, leaves=game.leaves)
        receipt = accusation.receipt
        if receipt is None or accusation.fault not in GAMES:
            move = Move("claimTimeout", (game.challenge_id,)) if is_late(game, now) else None
        else:
            opinion = await self._opinion(receipt)
            if opinion is None:
                self._note(accusation, "request or model are not here any more")
            span = challenge.committed_height, now.height
            if game.stage > TRACE_STAGE and not accusation.leaves:
                leaves = await read_trace_leaves(self.chain, game, receipt, *span)
                accusation = self.store.change(accusation, leaves=leaves)
            transcript = await read_transcript(self.chain, game, *span)
            transcript.leaves = accusation.leaves
            move = await asyncio.to_thread(attack, game, receipt, opinion, transcript, now)
        if move is not None:
            await self._send(purpose(game, move), move, now)

    async def _collect(self, accusation: Accusation, challenge: ChallengeInfo, now: Moment) -> None:
        case: CaseInfo = await self.chain.view(Disputes, "caseOf", challenge.case_id)
        is_won = challenge.status == ChallengeStatus.WON
        if is_won and now.seconds < case.decided_at + case.share_seconds:
            raise _WaitError("the reward is shared when its period is over")
        move = Move("claimReward", (accusation.challenge_id,))
        await self._send(f"collect {accusation.challenge_id}", move, now)

    # --- money --------------------------------------------------------------------------------

    async def _bond_for(self, accusation: Accusation) -> int:
        """Return the bond that the accusation needs in all, should it be revealed now."""
        if accusation.fault in GAMES:
            assert accusation.receipt is not None
            lease_id = accusation.receipt.lease_id
            return int(await self.chain.view(Disputes, "bondFor", lease_id))
        least = await self._parameter("challengeBondMin")
        if accusation.fault != Fault.BAD_SIGNATURE:
            return least
        batch: BatchInfo = await self.chain.view(Receipts, "batch", accusation.batch_id)
        count = int(await self.chain.view(Disputes, "openChallenges", accusation.subject))
        by_stake = -(-batch.bond * await self._parameter("challengeBondBps") // BPS)
        return max(least, by_stake) << count

    async def _parameter(self, key: str) -> int:
        return int(await self.chain.view(Disputes, "parameter", key))

    async def _check_place(self, accusation: Accusation) -> None:
        """Wait while all places are taken: who cannot reveal in time loses his commitment."""
        if accusation.fault not in GAMES and accusation.fault != Fault.BAD_SIGNATURE:
            return
        case_id = accusation.subject
        if accusation.fault in GAMES:
            assert accusation.receipt is not None
            case_id = accusation.receipt.lease_id
        count = int(await self.chain.view(Disputes, "openChallenges", case_id))
        if count >= await self._parameter("gamesMax"):
            raise _WaitError(f"{count} games are open: all places are taken")

    def _reserve(self, accusation: Accusation, bond: int) -> Accusation:
        """Count a bond as put at stake, unless that is more than allowed (C2)."""
        limits = self.limits
        if bond > limits.bond_max:
            raise _WaitError(
                f"a bond of {format_ait(bond)} exceeds the limit of {format_ait(limits.bond_max)}"
            )
        others = self.at_stake - accusation.bond
        if others + bond > limits.stake_max:
            raise _WaitError(
                f"{format_ait(others)} are at stake and {format_ait(bond)} would be added: the "
                f"limit is {format_ait(limits.stake_max)}"
            )
        return accusation if bond == accusation.bond else self.store.change(accusation, bond=bond)

    async def _is_challengeable(self, accusation: Accusation, now: Moment) -> bool:
        """Answer whether a reveal in the next blocks could be taken."""
        if accusation.fault in BATCH:
            batch: BatchInfo = await self.chain.view(Receipts, "batch", accusation.batch_id)
            return bool(batch.height) and not batch.is_closed
        assert accusation.receipt is not None
        lease_id = accusation.receipt.lease_id
        lease: LeaseInfo = await self.chain.view(Marketplace, "lease", lease_id)
        claim: ClaimInfo = await self.chain.view(Receipts, "claim", lease_id)
        is_open = not claim.height or now.height < claim.window_end
        return lease.status in OPEN_LEASES and is_open

    async def _is_out_of_reach(
        self, accusation: Accusation, challenge: ChallengeInfo, now: Moment
    ) -> bool:
        """Answer whether the lease or batch is over, and its reward not to be shared either."""
        if await self._is_challengeable(accusation, now):
            return False
        case_id = accusation.subject
        if accusation.fault not in BATCH:
            assert accusation.receipt is not None
            case_id = accusation.receipt.lease_id
        case: CaseInfo = await self.chain.view(Disputes, "caseOf", case_id)
        return not case.is_decided or challenge.committed_height >= case.cutoff_height

    # --- parts --------------------------------------------------------------------------------

    async def _opinion(self, receipt: ComputeReceipt) -> Opinion | None:
        name = bytes(receipt.struct_hash())
        if name not in self._opinions:
            found = await asyncio.to_thread(self.find, receipt)
            if found is None:
                return None
            self.keep_opinion(receipt, found)
        return self._opinions[name]

    def keep_opinion(self, receipt: ComputeReceipt, opinion: Opinion) -> None:
        """Keep a re-execution, so that it is not made again."""
        self._opinions[bytes(receipt.struct_hash())] = opinion
        while len(self._opinions) > OPINIONS_MAX:
            del self._opinions[next(iter(self._opinions))]

    async def _send(self, name: str, move: Move, now: Moment, value: int = 0) -> None:
        data = encode_native(Disputes, move.method, *move.values)
        sent = await self.account.send(name, Disputes, place_of(Disputes), data, now.height, value)
        if sent is not None:
            self._log.info("sent", what=move.method, purpose=name[:40])

    def _note(self, accusation: Accusation, reason: str) -> None:
        if self.refusals.get(accusation.name) != reason:
            self.refusals[accusation.name] = reason
            self._log.info("waits", name=accusation.name[:16], reason=reason)


def _withdrawal(accusation: Accusation, salt: bytes) -> Move:
    """Return the move that takes back what cannot be revealed any more."""
    head = (accusation.challenge_id, salt, accusation.fault, accusation.evidence)
    if accusation.fault in BATCH:
        return Move("withdrawBatchChallenge", (*head, accusation.batch_id))
    assert accusation.receipt is not None
    signed = (receipt_data(accusation.receipt), accusation.signature)
    return Move("withdrawChallenge", (*head, *signed))


def _reveal_move(accusation: Accusation, salt: bytes) -> Move:
    """Return the reveal of an accusation."""
    number, receipt = accusation.challenge_id, accusation.receipt
    head: tuple[object, ...] = (number, salt)
    if accusation.fault in BATCH:
        head += (accusation.batch_id, accusation.left)
        if accusation.fault == Fault.BAD_SIGNATURE:
            return Move("revealBadSignature", head)
        if accusation.fault == Fault.DUPLICATE_LEAF:
            return Move("revealDuplicateLeaf", (*head, accusation.right))
        assert receipt is not None
        return Move("revealWrongSum", (*head, receipt_data(receipt)))
    assert receipt is not None
    signed = (receipt_data(receipt), accusation.signature)
    if accusation.fault == Fault.DOUBLE_SIGNING:
        assert accusation.other is not None
        other = (receipt_data(accusation.other), accusation.other_signature)
        return Move("revealDoubleSigning", (*head, *signed, *other))
    if accusation.fault == Fault.OVERCLAIM:
        return Move("revealOverclaim", (*head, *signed))
    return Move("revealGame", (*head, accusation.fault, *signed))
