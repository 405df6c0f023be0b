"""Commit, reveal, expire, win, lose, be paid: what all challenges have in common.

A commitment says nothing of its subject, so nobody can get ahead of it, or hurry after it. A case
(one lease, or one batch) is decided once, by the first challenge that wins. Its reward is shared
equally, when the period is over, by that one and all that were committed before the block of its
reveal and are open then, or prove a fault of the case themselves within the period.

A conviction takes a miner's whole bond, so challenges on his other leases would win nothing: those
committed before the reveal that convicted him first share in that reward when they win. It is paid
when no game against him is open, at the latest after ``poolSeconds``.
"""

from typing import Final

from contracts.disputes.v1.commitments import Place, challenge_commitment
from contracts.disputes.v1.messages import (
    CaseDecided,
    ChallengeCommitted,
    ChallengeExpired,
    ChallengeLost,
    ChallengePaid,
    ChallengeRevealed,
    ChallengeStatus,
    Fault,
    Phase,
)
from contracts.disputes.v1.records import Case, Challenge, Game
from contracts.disputes.v1.refusals import (
    BondTooSmall,
    CommittedTooLate,
    NotChallenger,
    RevealPeriodOpen,
    RevealPeriodOver,
    SameBlock,
    SharePeriodOpen,
    TooManyGames,
    WrongReveal,
    WrongStatus,
)
from contracts.disputes.v1.store import BPS, DisputesStore
from contracts.framework.contract import call
from contracts.framework.messages import revert
from contracts.framework.types import bytes32, u64, u256
from contracts.places import MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS


class Challenges(DisputesStore):
    """The life of a challenge."""

    __slots__ = ()

    @call(payable=True, reserved=True)
    def commit_challenge(self, commitment: bytes32) -> u64:
        """Commit to a challenge with the value sent as bond; returns its id.

        ``commitment`` is ``commitmentFor``: it hides subject, fault and evidence. It is revealed in
        a later block within the reveal period, or the bond is lost.
        """
        needed = self.challenge_bond_min
        if self.ctx.value < needed:
            raise revert(BondTooSmall(self.ctx.value, needed))
        challenge_id = self.challenge_total + 1
        self.challenge_total = challenge_id
        challenge = self.challenges[challenge_id]
        challenge.challenger = self.ctx.caller
        challenge.status = ChallengeStatus.COMMITTED
        challenge.reveal_seconds = self.reveal_seconds
        challenge.bond = self.ctx.value
        challenge.committed.stamp(self.ctx.block)
        challenge.commitment = commitment
        self.emit(ChallengeCommitted(challenge_id, self.ctx.caller, commitment, self.ctx.value))
        return challenge_id

    @call
    def expire_challenge(self, challenge_id: u64) -> None:
        """Burn the bond of a challenge that was not revealed in time; anybody may call."""
        challenge = self._in_status(challenge_id, ChallengeStatus.COMMITTED)
        if not challenge.committed.has_passed(self.ctx.block, challenge.reveal_seconds):
            raise revert(RevealPeriodOpen())
        challenge.status = ChallengeStatus.EXPIRED
        self.emit(ChallengeExpired(challenge_id, challenge.bond))
        self.ctx.burn(challenge.bond)

    @call
    def claim_reward(self, challenge_id: u64) -> u256:
        """Pay a challenger his bond and share once the period is over; anybody may call.

        Returns the amount. Where another won, the bond is paid at once.
        """
        challenge = self.challenges[challenge_id]
        status = challenge.status
        if status not in (ChallengeStatus.WON, ChallengeStatus.CLOSED):
            raise revert(WrongStatus(status))
        share = 0
        if status == ChallengeStatus.WON:
            case = self.cases[challenge.pool_id]
            if not self._is_period_over(case):
                raise revert(SharePeriodOpen(case.decided.seconds + case.share_seconds))
            case.share_seconds = case.pool_seconds = 0  # over for ever, whatever opens now
            share = case.reward_left // case.shares_left
            case.reward_left -= share
            case.shares_left -= 1
        challenge.status = ChallengeStatus.PAID
        self.emit(ChallengePaid(challenge_id, challenge.challenger, challenge.bond, share))
        self.ctx.transfer(challenge.challenger, challenge.bond + share)
        return challenge.bond + share

    # --- parts ------------------------------------------------------------------------------

    def _in_status(self, challenge_id: int, status: ChallengeStatus) -> Challenge:
        challenge = self.challenges[challenge_id]
        if challenge.status != status:
            raise revert(WrongStatus(challenge.status))
        return challenge

    def _reveal(
        self, challenge_id: int, subject: bytes, fault: Fault, evidence: bytes, salt: bytes
    ) -> Challenge:
        """Check that the caller committed to exactly this, in time, in an earlier block."""
        challenge = self._opened(challenge_id, subject, fault, evidence, salt)
        if challenge.committed.height == self.ctx.block.height:
            raise revert(SameBlock())
        challenge.fault = fault
        return challenge

    def _opened(
        self, challenge_id: int, subject: bytes, fault: int, evidence: bytes, salt: bytes
    ) -> Challenge:
        """Check that the caller committed to exactly this and may still open it."""
        challenge = self._in_status(challenge_id, ChallengeStatus.COMMITTED)
        caller = self.ctx.caller
        if challenge.challenger != caller:
            raise revert(NotChallenger())
        found = self._commitment(subject, caller, fault, evidence, salt)
        if found != challenge.commitment:
            raise revert(WrongReveal())
        if challenge.committed.has_passed(self.ctx.block, challenge.reveal_seconds):
            raise revert(RevealPeriodOver())
        return challenge

    def _commitment(
        self, subject: bytes, challenger: bytes, fault: int, evidence: bytes, salt: bytes
    ) -> bytes:
        return challenge_commitment(self._place, subject, challenger, fault, evidence, salt)

    @property
    def _place(self) -> Place:
        """Return what every commitment names first."""
        return self.ctx.block.chain_id, self.ctx.this

    def _note_reveal(
        self, challenge_id: int, challenge: Challenge, case_id: bytes, receipt_hash: bytes
    ) -> None:
        challenge.case_id = case_id
        challenge.receipt_hash = receipt_hash
        self.emit(
            ChallengeRevealed(
                challenge_id, case_id, challenge.challenger, challenge.fault, receipt_hash
            )
        )

    def _base_bond(self, stake: int) -> int:
        """Return the first game's bond on a lease of this escrow (or a batch of this bond)."""
        by_stake = -(-stake * self.challenge_bond_bps // BPS)
        return max(self.challenge_bond_min, by_stake)

    def _open(self, challenge_id: int, challenge: Challenge, case: Case, stake: int) -> None:
        """Put a challenge among the open ones of its case, for a bond that doubles with each.

        The value sent joins the bond of the commitment; what is too much goes back.
        """
        count = len(case.open_ids)
        maximum = self.games_max
        if count >= maximum:
            raise revert(TooManyGames(maximum))
        needed = self._base_bond(stake) << count
        held = challenge.bond + self.ctx.value
        if held < needed:
            raise revert(BondTooSmall(held, needed))
        challenge.bond = needed
        challenge.status = ChallengeStatus.OPEN
        case.open_ids.push(challenge_id)
        self.games_against[self.games_by_id[challenge_id].accused] += 1
        self.ctx.transfer(challenge.challenger, held - needed)

    def _is_period_over(self, case: Case) -> bool:
        block = self.ctx.block
        if not case.decided.has_passed(block, case.share_seconds):
            return False
        is_waiting = case.pool_seconds and self.games_against[case.accused]
        return not is_waiting or case.decided.has_passed(block, case.pool_seconds)

    def _check_joins(self, challenge: Challenge, case: Case) -> None:
        """Refuse a late reveal that could have been copied from the one that decided the case."""
        cutoff = case.cutoff_height
        if challenge.committed.height >= cutoff or self._is_period_over(case):
            raise revert(CommittedTooLate(cutoff))

    def _return_late(self, challenge_id: int, challenge: Challenge, case: Case) -> None:
        """Give the bond back to who wanted to play a game in a case that is decided already."""
        self._check_joins(challenge, case)
        self._give_back(challenge_id, challenge)

    def _give_back(self, challenge_id: int, challenge: Challenge) -> int:
        """Return the bond of a challenge that accused nobody, and what was sent with the call."""
        bond = challenge.bond + self.ctx.value
        challenge.status = ChallengeStatus.PAID
        self.emit(ChallengePaid(challenge_id, challenge.challenger, bond, 0))
        self.ctx.transfer(challenge.challenger, bond)
        return bond

    def _win_at_once(
        self,
        challenge_id: int,
        challenge: Challenge,
        case_id: bytes,
        receipt_hash: bytes,
        accused: bytes,
    ) -> None:
        """Let a proven fault decide its case, or share in a decision of the same period."""
        case = self.cases[case_id]
        self._note_reveal(challenge_id, challenge, case_id, receipt_hash)
        if not case.is_decided:
            self._decide(challenge_id, challenge, accused)
            return
        self._check_joins(challenge, case)
        challenge.status = ChallengeStatus.WON
        self._give_share(challenge, case_id)

    def _decide(self, winner_id: int, winner: Challenge, accused: bytes) -> None:
        """Convict once, close every open challenge of the case and count the shares."""
        block = self.ctx.block
        case_id, fault = winner.case_id, winner.fault
        case = self.cases[case_id]
        cutoff = self._revealed_height(winner_id)
        case.is_decided = True
        case.share_seconds = self.reveal_seconds
        case.cutoff_height = cutoff
        case.decided.stamp(block)
        pool_id = case_id
        if fault not in BATCH_FAULTS:
            case.accused = accused
            case.pool_seconds = self.pool_seconds
            pool_id = self._pool_of(accused, case_id)
        winner.status = ChallengeStatus.WON
        self._share_in(winner, pool_id, case_id)
        while open_count := len(case.open_ids):
            other_id = case.open_ids[open_count - 1]
            case.open_ids.pop(0)
            self.games_against[accused] -= 1
            if other_id == winner_id:
                continue
            other = self.challenges[other_id]
            self.games_by_id[other_id].phase = Phase.OVER
            other.status = ChallengeStatus.CLOSED
            if other.committed.height < cutoff:
                other.status = ChallengeStatus.WON
                self._share_in(other, pool_id, case_id)
        reward = int.from_bytes(self._punish(case_id, fault), "big")
        target = case if case.shares_left else self.cases[pool_id]
        target.reward_left += reward
        self.emit(CaseDecided(case_id, winner_id, accused, fault, reward))

    def _pool_of(self, accused: bytes, case_id: bytes) -> bytes:
        """Return the case of the miner's first conviction, whose reward is his whole bond's."""
        pool_id = self.pool_by_miner[accused]
        if not any(pool_id):
            self.pool_by_miner[accused] = pool_id = case_id
        return pool_id

    def _share_in(self, challenge: Challenge, pool_id: bytes, case_id: bytes) -> None:
        """Give a share of the miner's first conviction to who was committed before its reveal."""
        pool = self.cases[pool_id]
        is_early = challenge.committed.height < pool.cutoff_height
        self._give_share(
            challenge, pool_id if is_early and not self._is_period_over(pool) else case_id
        )

    def _give_share(self, challenge: Challenge, pool_id: bytes) -> None:
        challenge.pool_id = pool_id
        self.cases[pool_id].shares_left += 1

    def _revealed_height(self, challenge_id: int) -> int:
        """Return the block in which a challenge was revealed: this one, unless it was a game."""
        game = self.games_by_id[challenge_id]
        return game.revealed_height if game.phase else self.ctx.block.height

    def _punish(self, case_id: bytes, fault: int) -> bytes:
        """Have the bond slashed; returns the word that says the reward."""
        if fault in BATCH_FAULTS:
            batch_id = int.from_bytes(case_id, "big")
            return self.invoke(RECEIPTS_ADDRESS, "slashBatch(uint64)", batch_id)
        return self.invoke(MARKETPLACE_ADDRESS, "convict(bytes32,uint8)", case_id, fault)

    def _lose(self, challenge_id: int, challenge: Challenge, game: Game) -> None:
        """Pay half of a lost bond to the accused and burn the rest; others' games go on."""
        case_id, accused = challenge.case_id, game.accused
        bond = challenge.bond
        paid = bond // 2
        game.phase = Phase.OVER
        challenge.status = ChallengeStatus.LOST
        _take_out(self.cases[case_id], challenge_id)
        self.games_against[accused] -= 1
        self.emit(ChallengeLost(challenge_id, case_id, accused, paid, bond - paid))
        self.ctx.burn(bond - paid)
        self.ctx.transfer(accused, paid)
        if challenge.fault not in BATCH_FAULTS:
            self.invoke(MARKETPLACE_ADDRESS, "releaseLease(bytes32)", case_id)


BATCH_FAULTS: Final = (Fault.BAD_SIGNATURE, Fault.DUPLICATE_LEAF, Fault.WRONG_SUM)
"""Faults of whoever posted a batch; all others are a miner's."""


def _take_out(case: Case, challenge_id: int) -> None:
    ids = case.open_ids
    last = len(ids) - 1
    place = next(index for index in range(last + 1) if ids[index] == challenge_id)
    ids[place] = ids[last]
    ids.pop(0)
