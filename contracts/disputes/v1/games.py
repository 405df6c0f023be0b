"""The bisection game: a miner's trace, narrowed to one step that the contract executes itself.

Stage 1 descends from traceRoot to the leftmost trace leaf that the challenger disputes, stage 2
from the miner's root over that leaf's micro-steps to one of them. A round is four binary levels:
the miner opens the node in dispute into its descendants (at most 16, which must combine to it), the
challenger names the leftmost one that he disputes. Where there is only one descendant (promoted
nodes) no round is needed. Then anybody shows the operands of the step.

* The miner's moves are sent by his account or by an operator key that is registered now.
* Every move is due within ``move_seconds`` and within what is left of the side's ``game_seconds``,
  both of the lease; a move past that is refused and anybody may end the game.
* The last step is the miner's turn: his steps are right when he can show it.
* Trace leaf 0 is the header, which the opening has shown: who disputes it loses.
"""

from typing import Final

from contracts.disputes.adjudicators import ADJUDICATORS
from contracts.disputes.v1.messages import (
    ChallengeStatus,
    Fault,
    GameMove,
    GameOver,
    NodesRevealed,
    Phase,
)
from contracts.disputes.v1.products import ProductFrauds
from contracts.disputes.v1.records import Challenge, Game
from contracts.disputes.v1.refusals import (
    BadWitness,
    NoSuchNode,
    NotYourTurn,
    TimeLeft,
    TooLate,
    TooLong,
    UnknownAdjudicator,
    WrongFault,
    WrongNodes,
    WrongReceipt,
)
from contracts.disputes.v1.weights import ADJUDICATION_GAS, NODE_GAS
from contracts.framework.contract import call
from contracts.framework.messages import revert
from contracts.framework.types import bytes32, u8, u32, u64
from contracts.marketplace.v1.lease_messages import LeaseInfo
from contracts.places import MARKETPLACE_ADDRESS
from contracts.receipts.v1.messages import ReceiptData
from contracts.receipts.v1.products import to_compute_receipt
from primitives.adjudication import LEAVES_MAX, OPENING_BYTES_MAX, WITNESS_BYTES_MAX, Adjudicator
from primitives.compute import CLASS_CANONICAL, KIND_MATMUL, ComputeReceipt
from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.merkle import count_at, merkle_root, tree_depth
from primitives.types import ZERO_HASH, Hash32

LEVELS_PER_ROUND: Final = 4
TRACE_STAGE: Final = 1
MICRO_STAGE: Final = 2


class Games(ProductFrauds):
    """Moves of a game; all may use the reserved gas."""

    __slots__ = ()

    @call(payable=True, reserved=True)
    def reveal_game(
        self, challenge_id: u64, salt: bytes32, fault: u8, receipt: ReceiptData, signature: bytes
    ) -> None:
        """Dispute the execution behind a receipt: WRONG_TILE for products, else WRONG_STEP.

        The evidence hash is zero. The bond doubles with each open challenge of the lease; the
        value sent joins that of the commitment. The miner opens his trace next.
        """
        receipt_hash = to_compute_receipt(receipt).struct_hash()
        if fault not in (Fault.WRONG_STEP, Fault.WRONG_TILE):
            raise revert(WrongFault())
        challenge = self._reveal(challenge_id, receipt_hash, Fault(fault), ZERO_HASH, salt)
        lease_id = receipt.lease_id
        self._note_reveal(challenge_id, challenge, lease_id, receipt_hash)
        case = self.cases[lease_id]
        if case.is_decided:
            self._return_late(challenge_id, challenge, case)
            return
        lease = self._accused_lease(lease_id)
        self._check_signed(receipt, signature, lease)
        self._begin_game(challenge_id, lease, fault)
        self.games_of[receipt_hash].push(challenge_id)
        self._open(challenge_id, challenge, case, lease.escrow)
        self.invoke(MARKETPLACE_ADDRESS, "holdLease(bytes32)", lease_id)
        self._next_move(challenge_id, challenge, self.games_by_id[challenge_id], Phase.TRACE)

    @call(reserved=True)
    def open_trace(self, challenge_id: u64, receipt: ReceiptData, opening: bytes) -> None:
        """Open the trace: header, manifest and paths as the runtime wants them; at most 8 KiB."""
        challenge, game = self._miner_turn(challenge_id, Phase.TRACE)
        claim = _the_receipt(challenge, receipt)
        _check_size(opening, OPENING_BYTES_MAX)
        leaves = self._count_leaves(game, claim, opening)
        game.opening_hash = keccak256(opening)
        game.stage = TRACE_STAGE
        self._enter_tree(challenge_id, challenge, game, claim.trace_root, leaves)

    @call(reserved=True)
    def reveal_nodes(self, challenge_id: u64, nodes: tuple[bytes32, ...]) -> None:
        """Open the node in dispute into its descendants four levels below (or the leaves)."""
        challenge, game = self._miner_turn(challenge_id, Phase.REVEAL)
        _, count = _descent(game.level, game.index, game.leaves)
        self.ctx.use_gas(NODE_GAS * count)
        if len(nodes) != count or merkle_root([Hash32(n) for n in nodes]) != game.node:
            raise revert(WrongNodes())
        game.revealed = keccak256(b"".join(nodes))
        self.emit(NodesRevealed(challenge.case_id, challenge.challenger, challenge_id, nodes))
        self._next_move(challenge_id, challenge, game, Phase.CHOOSE)

    @call(reserved=True)
    def choose(self, challenge_id: u64, nodes: tuple[bytes32, ...], place: u32) -> None:
        """Name the leftmost of the revealed nodes (``place`` from 0) that is wrong."""
        challenge, game = self._turn(challenge_id, Phase.CHOOSE)
        if self.ctx.caller != challenge.challenger:
            raise revert(NotYourTurn(Phase.CHOOSE))
        if keccak256(b"".join(nodes)) != game.revealed:
            raise revert(WrongNodes())
        if place >= len(nodes):
            raise revert(NoSuchNode(len(nodes)))
        level, _ = _descent(game.level, game.index, game.leaves)
        game.index = (game.index << game.level - level) + place
        game.level = level
        game.node = nodes[place]
        self._go_down(challenge_id, challenge, game)

    @call(reserved=True)
    def post_micro_root(
        self,
        challenge_id: u64,
        receipt: ReceiptData,
        opening: bytes,
        micro_root: bytes32,
        witness: bytes,
    ) -> None:
        """Commit to the micro-steps of the leaf in dispute, the last of which yields the leaf."""
        challenge, game = self._miner_turn(challenge_id, Phase.MICRO_ROOT)
        claim = _the_receipt(challenge, receipt)
        _check_opening(game, opening)
        _check_size(witness, WITNESS_BYTES_MAX)
        self.ctx.use_gas(ADJUDICATION_GAS)
        judge = _judge(game)
        leaf_hash = Hash32(game.leaf_hash)
        try:
            count = judge.micro_count(claim, opening, game.leaf)
            judge.check_micro_root(
                claim, opening, game.leaf, leaf_hash, Hash32(micro_root), witness
            )
        except DecodeError as error:
            raise revert(BadWitness(str(error))) from error
        game.micro_root = micro_root
        game.stage = MICRO_STAGE
        self._enter_tree(challenge_id, challenge, game, micro_root, count)

    @call(reserved=True)
    def one_step(
        self, challenge_id: u64, receipt: ReceiptData, opening: bytes, witness: bytes
    ) -> bool:
        """Execute the step in dispute on its operands; anybody may. Returns whether it was right.

        The challenger loses when it was, else the miner is convicted.
        """
        challenge, game = self._turn(challenge_id, Phase.STEP)
        claim = _the_receipt(challenge, receipt)
        _check_opening(game, opening)
        _check_size(witness, WITNESS_BYTES_MAX)
        self.ctx.use_gas(ADJUDICATION_GAS)
        micro_root = Hash32(game.micro_root)
        try:
            output = _judge(game).right_output(
                claim, opening, game.leaf, game.index, micro_root, witness
            )
        except DecodeError as error:
            raise revert(BadWitness(str(error))) from error
        is_right = output == game.node
        self._end(challenge_id, challenge, game, is_miner_right=is_right, by_timeout=False)
        return is_right

    @call(reserved=True)
    def claim_timeout(self, challenge_id: u64) -> None:
        """End a game, or an unanswered challenge, whose side to move let its time pass."""
        challenge = self._in_status(challenge_id, ChallengeStatus.OPEN)
        game = self.games_by_id[challenge_id]
        allowance = allowance_of(game)
        if not game.turn.has_passed(self.ctx.block, allowance):
            raise revert(TimeLeft(game.turn.seconds + allowance))
        is_miner_right = game.phase == Phase.CHOOSE
        self._end(challenge_id, challenge, game, is_miner_right=is_miner_right, by_timeout=True)

    # --- parts ------------------------------------------------------------------------------

    def _begin_game(self, challenge_id: int, lease: LeaseInfo, fault: int) -> None:
        if (fault == Fault.WRONG_TILE) != (lease.kind == KIND_MATMUL):
            raise revert(WrongFault())
        is_exact = lease.classes & CLASS_CANONICAL
        if not is_exact or lease.adjudicator not in ADJUDICATORS:
            raise revert(UnknownAdjudicator(lease.adjudicator))
        game = self.games_by_id[challenge_id]
        game.accused = lease.miner
        game.adjudicator = lease.adjudicator
        game.revealed_height = self.ctx.block.height
        game.move_seconds = lease.move_seconds
        game.game_seconds = lease.game_seconds

    def _turn(self, challenge_id: int, phase: Phase) -> tuple[Challenge, Game]:
        """Check that the game waits for this move and stop the clock of the side to move."""
        challenge = self._in_status(challenge_id, ChallengeStatus.OPEN)
        game = self.games_by_id[challenge_id]
        if game.phase != phase:
            raise revert(NotYourTurn(game.phase))
        block = self.ctx.block
        if game.turn.has_passed(block, allowance_of(game)):
            raise revert(TooLate())
        used = game.turn.elapsed(block)
        if phase == Phase.CHOOSE:
            game.challenger_used += used
        else:
            game.miner_used += used
        return challenge, game

    def _miner_turn(self, challenge_id: int, phase: Phase) -> tuple[Challenge, Game]:
        challenge, game = self._turn(challenge_id, phase)
        caller, miner = self.ctx.caller, game.accused
        if caller != miner:
            output = self.consult(
                MARKETPLACE_ADDRESS, "operatorValid(address,address,uint64)", miner, caller,
                self.ctx.block.height,
            )  # fmt: skip
            if not any(output):
                raise revert(NotYourTurn(phase))
        return challenge, game

    def _count_leaves(self, game: Game, claim: ComputeReceipt, opening: bytes) -> int:
        self.ctx.use_gas(ADJUDICATION_GAS)
        try:
            return _judge(game).check_opening(claim, opening)
        except DecodeError as error:
            raise revert(BadWitness(str(error))) from error

    def _enter_tree(
        self, challenge_id: int, challenge: Challenge, game: Game, root: bytes, leaves: int
    ) -> None:
        if not 0 < leaves <= LEAVES_MAX:
            raise revert(BadWitness("the number of leaves is out of range"))
        game.leaves = leaves
        game.node = root
        game.level = tree_depth(leaves)
        game.index = 0
        self._go_down(challenge_id, challenge, game)

    def _go_down(self, challenge_id: int, challenge: Challenge, game: Game) -> None:
        """Skip promoted nodes, then ask for the next round or end the stage at a leaf."""
        level, index, leaves = game.level, game.index, game.leaves
        while level:
            below, count = _descent(level, index, leaves)
            if count > 1:
                break
            index <<= level - below
            level = below
        game.level, game.index = level, index
        if level:
            self._next_move(challenge_id, challenge, game, Phase.REVEAL)
        elif game.stage == MICRO_STAGE:
            self._next_move(challenge_id, challenge, game, Phase.STEP)
        elif index == 0:
            self._end(challenge_id, challenge, game, is_miner_right=True, by_timeout=False)
        else:
            game.leaf, game.leaf_hash = index, game.node
            self._next_move(challenge_id, challenge, game, Phase.MICRO_ROOT)

    def _next_move(self, challenge_id: int, challenge: Challenge, game: Game, phase: Phase) -> None:
        game.phase = phase
        game.turn.stamp(self.ctx.block)
        side = challenge.challenger if phase == Phase.CHOOSE else game.accused
        until = self.ctx.block.timestamp + allowance_of(game)
        self.emit(
            GameMove(
                challenge.case_id, side, challenge_id, phase, game.stage, game.level, game.index,
                game.node, until,
            )
        )  # fmt: skip

    def _end(
        self,
        challenge_id: int,
        challenge: Challenge,
        game: Game,
        *,
        is_miner_right: bool,
        by_timeout: bool,
    ) -> None:
        winner = game.accused if is_miner_right else challenge.challenger
        self.emit(GameOver(challenge.case_id, winner, challenge_id, by_timeout))
        if is_miner_right:
            self._lose(challenge_id, challenge, game)
        else:
            game.phase = Phase.OVER
            self._decide(challenge_id, challenge, game.accused)


def allowance_of(game: Game) -> int:
    """Return the seconds that the side to move has for this move."""
    used = game.challenger_used if game.phase == Phase.CHOOSE else game.miner_used
    return min(game.move_seconds, game.game_seconds - used)


def _judge(game: Game) -> Adjudicator:
    return ADJUDICATORS[game.adjudicator]


def _descent(level: int, index: int, leaves: int) -> tuple[int, int]:
    """Return the level of the next round and how many nodes stand there below this one."""
    below = max(0, level - LEVELS_PER_ROUND)
    first = index << level - below
    return below, min(first + (1 << level - below), count_at(leaves, below)) - first


def _the_receipt(challenge: Challenge, receipt: ReceiptData) -> ComputeReceipt:
    claim = to_compute_receipt(receipt)
    if claim.struct_hash() != challenge.receipt_hash:
        raise revert(WrongReceipt())
    return claim


def _check_opening(game: Game, opening: bytes) -> None:
    if keccak256(opening) != game.opening_hash:
        raise revert(BadWitness("it is not the opening that the miner showed"))


def _check_size(data: bytes, maximum: int) -> None:
    if len(data) > maximum:
        raise revert(TooLong(maximum))
