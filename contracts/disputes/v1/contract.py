"""Disputes: challenges, bisection games, bonded arbitrators (0x...1007).

Who says that a receipt, its execution or a batch is wrong commits to it, reveals it and proves it
here; the marketplace holds the lease meanwhile and punishes whom this contract convicts. What no
proof can decide goes to a panel. Invariants:

D1. The balance is the bonds of challenges that are committed, open, won or closed and not paid,
    the rewards that are not paid, arbitrators' bonds, the bonds of live arbitrations, the auditors'
    pool and the fees of open audits, plus what was sent without a call.
D2. A lease or batch is convicted here once; a lease's holds are its open games and its live
    arbitration, and each is released once; on a convicted lease what is left of them says nothing.
D3. A challenge decided for the accused decides nothing for another challenge.
D4. A commitment names nothing that could be copied: a share goes only to who committed before the
    block in which the deciding challenge was revealed.
D5. The side that is wrong about the first step in dispute loses the game, or runs out of time.
D6. Clocks come from the lease, and a halt of the chain takes from none more than its blocks do.

Where the specification leaves a choice:

* A commitment does not even name the lease, so a miner who watches cannot challenge himself before
  his challenger does; but it also holds nothing: it is to be revealed while the window is open.
* Games are limited and their bonds doubled per lease, not per receipt: a lease pays once, and a
  game about any of its receipts holds it. The first bond is ``challengeBondBps`` of the escrow, at
  least 0.8 %: the 255 bonds that fill all places lose more than the escrow when they are lost, so
  sham games that a miner wins against himself cost more than the lease can pay him.
* A miner who challenges himself in time, on any of his leases, keeps at most the challengers'
  half, shared with everybody who had committed before; the other half of his bond and all that is
  unsettled is lost.
* A challenge that proves nothing at once is refused and may be repeated; what is never proven
  expires and is burnt whole, since nobody was accused. What others kept from being revealed is
  taken back whole (``returns``).
* A leaf that names a receipt of another lease or sequence number is a wrong sum too.
* Arbitrations of a lease wait for its games: proofs come before opinions. ``paySplit`` names the
  miner's part of the whole escrow, what was prepaid to him included.
"""

from typing import TypeVar

from contracts.disputes.v1.games import allowance_of
from contracts.disputes.v1.messages import (
    ArbitrationInfo,
    ArbitratorInfo,
    CaseInfo,
    ChallengeInfo,
    GameInfo,
    Phase,
    SeatInfo,
)
from contracts.disputes.v1.quorums import Quorums
from contracts.disputes.v1.store import PAGE_MAX
from contracts.disputes.v1.weights import ROW_GAS, SEAT_GAS
from contracts.framework.clock import blocks_in
from contracts.framework.contract import view
from contracts.framework.storage import ArrayHandle
from contracts.framework.types import Address, bytes32, u8, u16, u32, u64, u128

T = TypeVar("T")


class Disputes(Quorums):
    """The disputes contract: its views; calls are in the classes below it."""

    __slots__ = ()

    index = 7
    name = "disputes"

    @view
    def commitment_for(
        self, subject: bytes32, challenger: Address, fault: u8, evidence: bytes32, salt: bytes32
    ) -> bytes32:
        """Return the commitment to a challenge.

        ``subject`` is the receipt's hash, or the batch's number as a word; each reveal says what
        its evidence hash is.
        """
        return self._commitment(subject, challenger, fault, evidence, salt)

    @view
    def bond_for(self, lease_id: bytes32) -> u128:
        """Return the bond that the next game on a lease needs, the commitment's included."""
        count = len(self.cases[lease_id].open_ids)
        return self._base_bond(self._read_lease(lease_id).escrow) << count

    @view
    def challenge(self, challenge_id: u64) -> ChallengeInfo:
        """Return one challenge; status 0 when there is none."""
        found = self.challenges[challenge_id]
        return ChallengeInfo(
            challenge_id=challenge_id,
            challenger=found.challenger,
            status=found.status,
            fault=found.fault,
            commitment=found.commitment,
            bond=found.bond,
            committed_at=found.committed.seconds,
            committed_height=found.committed.height,
            reveal_seconds=found.reveal_seconds,
            case_id=found.case_id,
            receipt_hash=found.receipt_hash,
        )

    @view
    def challenge_count(self) -> u64:
        """Return how many challenges were ever committed; ids begin with 1."""
        return self.challenge_total

    @view
    def case_of(self, case_id: bytes32) -> CaseInfo:
        """Return what concerns a lease (or a batch, by its number as a word) as a whole."""
        found = self.cases[case_id]
        ids = found.open_ids
        return CaseInfo(
            case_id=case_id,
            open_ids=tuple(ids[index] for index in range(len(ids))),
            is_decided=found.is_decided,
            cutoff_height=found.cutoff_height,
            decided_at=found.decided.seconds,
            share_seconds=found.share_seconds,
            shares_left=found.shares_left,
            reward_left=found.reward_left,
        )

    @view
    def open_challenges(self, case_id: bytes32) -> u32:
        """Return how many challenges of a lease (or a batch) are open."""
        return len(self.cases[case_id].open_ids)

    @view
    def game(self, challenge_id: u64) -> GameInfo:
        """Return the game of a challenge; phase 0 when it has none."""
        return self._game_info(challenge_id)

    @view
    def games(
        self, receipt_hash: bytes32, cursor: u64, limit: u32
    ) -> tuple[tuple[GameInfo, ...], u64]:
        """Return the games about a receipt in order (at most 100) and the next cursor."""
        ids, after = self._page(self.games_of[receipt_hash], cursor, limit)
        return tuple(self._game_info(found) for found in ids), after

    @view
    def arbitrator(self, account: Address) -> ArbitratorInfo:
        """Return one arbitrator; no bond when the account is none."""
        return self._arbitrator_info(account)

    @view
    def arbitrators(self, cursor: u64, limit: u32) -> tuple[tuple[ArbitratorInfo, ...], u64]:
        """Return the active arbitrators (at most 100) and the next cursor."""
        found, after = self._page(self.arbitrator_list, cursor, limit)
        return tuple(self._arbitrator_info(account) for account in found), after

    @view
    def arbitration(self, arbitration_id: u64) -> ArbitrationInfo:
        """Return one arbitration; status 0 when there is none."""
        found = self.arbitrations[arbitration_id]
        return ArbitrationInfo(
            arbitration_id=arbitration_id,
            lease_id=found.lease_id,
            opener=found.opener,
            client=found.client,
            miner=found.miner,
            status=found.status,
            round=found.round,
            opened_height=found.opened_height,
            draw_height=found.draw_height,
            bond=found.bond,
            fee=found.fee,
            seat_stake=found.seat_stake,
            escrow=found.escrow,
            commit_seconds=found.commit_seconds,
            reveal_seconds=found.reveal_seconds,
            voting_since=found.voting.seconds,
            seats=len(found.seats),
            outcome_bps=found.outcome_bps,
            evidence_hash=found.evidence_hash,
        )

    @view
    def arbitration_count(self) -> u64:
        """Return how many arbitrations were ever opened; ids begin with 1."""
        return self.arbitration_total

    @view
    def arbitration_of(self, lease_id: bytes32) -> u64:
        """Return the latest arbitration of a lease, 0 when there was none."""
        return self.arbitration_by_lease[lease_id]

    @view
    def panel(self, arbitration_id: u64) -> tuple[SeatInfo, ...]:
        """Return the seats of the present panel."""
        seats = self.arbitrations[arbitration_id].seats
        self.ctx.use_gas(SEAT_GAS * len(seats))
        return tuple(
            SeatInfo(seat.arbitrator, seat.status, seat.commitment, seat.value_bps)
            for seat in (seats[index] for index in range(len(seats)))
        )

    @view
    def vote_commitment(
        self, arbitration_id: u64, voter: Address, value_bps: u16, salt: bytes32
    ) -> bytes32:
        """Return the commitment to a vote in the present round."""
        turn = self.arbitrations[arbitration_id].round
        return self._vote_hash(arbitration_id, turn, voter, value_bps, salt)

    # --- parts ------------------------------------------------------------------------------

    def _page(self, rows: ArrayHandle[T], cursor: int, limit: int) -> tuple[list[T], int]:
        end = min(cursor + min(limit, PAGE_MAX), len(rows))
        self.ctx.use_gas(ROW_GAS * max(0, end - cursor))
        return [rows[index] for index in range(cursor, end)], max(cursor, end)

    def _arbitrator_info(self, account: bytes) -> ArbitratorInfo:
        member = self.arbitrator_records[account]
        return ArbitratorInfo(
            arbitrator=account,
            bond=member.bond,
            locked=member.locked,
            is_active=member.place > 0,
            left_at=member.left.seconds,
        )

    def _game_info(self, challenge_id: int) -> GameInfo:
        found, game = self.challenges[challenge_id], self.games_by_id[challenge_id]
        turn, until, until_height = bytes(20), 0, 0
        if game.phase not in (Phase.NONE, Phase.OVER):
            turn = found.challenger if game.phase == Phase.CHOOSE else game.accused
            seconds = allowance_of(game)
            until = game.turn.seconds + seconds
            until_height = game.turn.height + blocks_in(seconds, self.ctx.block.block_time_ms)
        return GameInfo(
            challenge_id=challenge_id,
            case_id=found.case_id,
            receipt_hash=found.receipt_hash,
            miner=game.accused,
            challenger=found.challenger,
            phase=game.phase,
            stage=game.stage,
            turn=turn,
            until=until,
            until_height=until_height,
            adjudicator=game.adjudicator,
            level=game.level,
            index=game.index,
            leaves=game.leaves,
            node=game.node,
            leaf=game.leaf,
            leaf_hash=game.leaf_hash,
            micro_root=game.micro_root,
        )
