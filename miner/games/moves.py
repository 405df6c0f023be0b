"""What to do next in a game: pure functions of what the chain says and what a side knows.

M1. Nothing but the chain's views, the revealed nodes and a side's own knowledge decides, so a
    player that was killed goes on where the game stands.
M2. Nobody is convicted or loses by a move of his own: the last step is executed here before it is
    sent.
M3. The challenger names the leftmost node that is not what he found, or that holds a leaf which the
    miner cannot defend although its hash is right (a void end, a token answered otherwise).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from contracts.disputes.adjudicators import ADJUDICATORS
from contracts.disputes.v1.games import LEVELS_PER_ROUND, MICRO_STAGE, TRACE_STAGE
from contracts.disputes.v1.messages import GameInfo, Phase
from contracts.receipts.v1.messages import ReceiptData
from miner.games.knowledge import Defence, Opinion, View
from primitives.compute import ComputeReceipt
from primitives.errors import DecodeError
from primitives.merkle import merkle_levels, merkle_root
from primitives.types import Hash32


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The newest final block: seconds and height."""

    seconds: int
    height: int


@dataclass(frozen=True, slots=True)
class Move:
    """A call of the disputes contract."""

    method: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Revealed:
    """Nodes that the miner opened node ``index`` on ``level`` of a stage's tree into."""

    stage: int
    level: int
    index: int
    nodes: tuple[Hash32, ...]


@dataclass(slots=True)
class Transcript:
    """All that a game revealed so far, in order; ``leaves`` is the size of the trace, 0 unknown."""

    leaves: int = 0
    reveals: list[Revealed] = field(default_factory=list)

    def nodes(self, stage: int) -> dict[tuple[int, int], Hash32]:
        """Return a stage's nodes by (level, index)."""
        found: dict[tuple[int, int], Hash32] = {}
        for reveal in self.reveals:
            if reveal.stage == stage:
                below = max(0, reveal.level - LEVELS_PER_ROUND)
                first = reveal.index << reveal.level - below
                found |= {(below, first + i): node for i, node in enumerate(reveal.nodes)}
        return found

    def shown(self, game: GameInfo) -> tuple[Hash32, ...]:
        """Return what the node in dispute was opened into; empty when that is not here."""
        for reveal in reversed(self.reveals):
            if (reveal.stage, reveal.level, reveal.index) == (game.stage, game.level, game.index):
                return reveal.nodes if merkle_root(list(reveal.nodes)) == game.node else ()
        return ()


def receipt_data(receipt: ComputeReceipt) -> ReceiptData:
    """Return a receipt as the contracts take it."""
    names = ReceiptData.__dataclass_fields__
    return ReceiptData(*(getattr(receipt, name) for name in names))


def is_late(game: GameInfo, now: Moment) -> bool:
    """Answer whether the side to move let its time pass, in seconds and in blocks."""
    return now.seconds >= game.until and now.height >= game.until_height


def purpose(game: GameInfo, move: Move) -> str:
    """Return what names a move once for all: a game never comes to the same place twice."""
    place = f"{game.phase}.{game.stage}.{game.level}.{game.index}"
    return f"dispute {game.challenge_id} {place} {move.method}"


# --- the miner ----------------------------------------------------------------------------------


def defend(
    game: GameInfo, receipt: ComputeReceipt, signature: bytes, defence: Defence | None, now: Moment
) -> Move | None:
    """Return the accused's next move, None when there is nothing to do.

    ``defence`` may be None where only a signature is to be shown.
    """
    number, data = game.challenge_id, receipt_data(receipt)
    if game.phase in (Phase.NONE, Phase.OVER):
        return None
    if game.phase == Phase.CHOOSE:
        return Move("claimTimeout", (number,)) if is_late(game, now) else None
    if is_late(game, now):
        return None
    if game.phase == Phase.ANSWER:
        return Move("answerSignature", (number, data, signature))
    if defence is None:
        return None
    if game.phase == Phase.TRACE:
        return Move("openTrace", (number, data, defence.opening()))
    if game.phase == Phase.REVEAL:
        levels = defence.trace() if game.stage == TRACE_STAGE else defence.micro(game.leaf)
        return Move("revealNodes", (number, _descendants(levels, game)))
    opening = defence.opening()
    if game.phase == Phase.MICRO_ROOT:
        root = defence.micro(game.leaf)[-1][0]
        witness = defence.root_witness(game.leaf)
        return Move("postMicroRoot", (number, data, opening, root, witness))
    witness = defence.step_witness(game.leaf, game.index)
    if _right_output(game, receipt, opening, witness) != game.node:
        return None  # M2: what was committed is wrong
    return Move("oneStep", (number, data, opening, witness))


def _descendants(levels: Sequence[Sequence[Hash32]], game: GameInfo) -> tuple[Hash32, ...]:
    below = max(0, game.level - LEVELS_PER_ROUND)
    first = game.index << game.level - below
    return tuple(levels[below][first : first + (1 << game.level - below)])


# --- the challenger -----------------------------------------------------------------------------


def attack(
    game: GameInfo,
    receipt: ComputeReceipt,
    opinion: Opinion | None,
    transcript: Transcript,
    now: Moment,
) -> Move | None:
    """Return the challenger's next move, None when there is nothing to do (or nothing to win).

    ``transcript.leaves`` is the size of the miner's trace, which the game tells in stage 1 only.
    """
    if game.phase in (Phase.NONE, Phase.OVER):
        return None
    number = game.challenge_id
    if game.phase != Phase.CHOOSE and is_late(game, now):
        return Move("claimTimeout", (number,))
    if game.phase not in (Phase.CHOOSE, Phase.STEP) or opinion is None:
        return None
    view = opinion.against(game.leaves if game.stage == TRACE_STAGE else transcript.leaves)
    if view is None:
        return None
    if game.phase == Phase.STEP:
        return _show_step(game, receipt, view, transcript)
    shown = transcript.shown(game)
    place = _leftmost_wrong(game, view, shown)
    if is_late(game, now) or place is None:
        return None
    return Move("choose", (number, shown, place))


def _leftmost_wrong(game: GameInfo, view: View, shown: Sequence[Hash32]) -> int | None:
    """Return the place of the node to dispute among those shown (M3)."""
    right = view.leaves if game.stage == TRACE_STAGE else view.micro_leaves(game.leaf)
    target = view.target if game.stage == TRACE_STAGE else None
    below = max(0, game.level - LEVELS_PER_ROUND)
    first = game.index << game.level - below
    own = merkle_levels(right)[below]
    for place, node in enumerate(shown):
        at = first + place
        if node != own[at] or (target is not None and target >> below == at):
            return place
    return None


def _show_step(
    game: GameInfo, receipt: ComputeReceipt, view: View, transcript: Transcript
) -> Move | None:
    nodes, micro_nodes = transcript.nodes(TRACE_STAGE), transcript.nodes(MICRO_STAGE)
    opening = view.opening(nodes, game.leaf)
    witness = view.step_witness(nodes, game.leaf, micro_nodes, game.index)
    output = _right_output(game, receipt, opening, witness)
    if output is None or output == game.node:
        return None  # M2
    return Move("oneStep", (game.challenge_id, receipt_data(receipt), opening, witness))


def _right_output(
    game: GameInfo, receipt: ComputeReceipt, opening: bytes, witness: bytes
) -> Hash32 | None:
    """Execute the step in dispute as the contract will, None where it refuses the witness."""
    judge = ADJUDICATORS[game.adjudicator]
    try:
        return judge.right_output(
            receipt, opening, game.leaf, game.index, Hash32(game.micro_root), witness
        )
    except DecodeError:
        return None
