"""Games as the chain tells them: views, and the logs that carry what views do not keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.disputes.adjudicators import ADJUDICATORS
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import (
    ChallengeCommitted,
    ChallengeInfo,
    GameInfo,
    GameMove,
    NodesRevealed,
    Phase,
)
from contracts.framework.contract import Contract
from contracts.framework.messages import message_codec
from miner.chain import Chain
from miner.games.moves import Moment, Revealed, Transcript
from miner.native_calls import decode_event, method_named, place_of
from primitives.abi import decode_exactly
from primitives.compute import ComputeReceipt
from primitives.errors import DecodeError
from primitives.types import Hash32

RANGE_BLOCKS: Final = 5_000
"""Heights that one request for logs covers; nodes refuse more than 10,000."""
LOOKBACK_BLOCKS: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One log of a native contract."""

    height: int
    index: int
    transaction: bytes
    topics: tuple[bytes, ...]
    data: bytes

    def fields(self, event: type) -> dict[str, Any] | None:
        """Return its fields, None when it is another event."""
        return decode_event(event, self.topics, self.data)


async def read_logs(
    chain: Chain,
    contract: type[Contract],
    events: Sequence[type],
    topics: Sequence[bytes | None],
    first: int,
    last: int,
) -> list[Log]:
    """Return a contract's logs of some events in blocks ``first`` to ``last``, in order.

    ``topics`` are the values of the indexed fields; None stands for any.
    """
    kinds = ["0x" + message_codec(event).hash.hex() for event in events]
    wanted: list[Any] = [kinds]
    wanted += [None if topic is None else "0x" + topic.rjust(32, b"\0").hex() for topic in topics]
    found: list[Log] = []
    for start in range(max(first, 0), last + 1, RANGE_BLOCKS):
        query = {
            "fromBlock": hex(start),
            "toBlock": hex(min(last, start + RANGE_BLOCKS - 1)),
            "address": "0x" + place_of(contract).hex(),
            "topics": wanted,
        }
        found += [_log(entry) for entry in await chain.rpc.call("eth_getLogs", query)]
    return sorted(found, key=lambda log: (log.height, log.index))


async def read_call(chain: Chain, log: Log, contract: type[Contract], *names: str) -> Any:
    """Return (method, arguments) of the transaction behind a log, None for another call."""
    found = await chain.rpc.call("eth_getTransactionByHash", "0x" + log.transaction.hex())
    if not isinstance(found, dict) or _bytes(found.get("to") or "0x") != place_of(contract):
        return None
    data = _bytes(found.get("input"))
    for name in names:
        method = method_named(contract, name)
        if data[:4] == method.selector:
            return name, decode_exactly(method.arguments, data[4:])
    return None


async def moment(chain: Chain) -> Moment:
    """Return the newest final block's time and height."""
    head = await chain.head()
    return Moment(seconds=head.timestamp, height=head.height)


async def read_game(chain: Chain, challenge_id: int) -> GameInfo:
    """Return a game; phase 0 when the challenge has none."""
    found: GameInfo = await chain.view(Disputes, "game", challenge_id)
    return found


async def read_challenge(chain: Chain, challenge_id: int) -> ChallengeInfo:
    """Return a challenge; status 0 when there is none."""
    found: ChallengeInfo = await chain.view(Disputes, "challenge", challenge_id)
    return found


async def read_transcript(chain: Chain, game: GameInfo, first: int, last: int) -> Transcript:
    """Return what a game revealed in blocks ``first`` to ``last``."""
    events = (NodesRevealed, GameMove)
    logs = await read_logs(chain, Disputes, events, (game.case_id,), first, last)
    transcript = Transcript()
    nodes: tuple[Hash32, ...] = ()
    for log in logs:
        revealed = log.fields(NodesRevealed)
        if revealed is not None:
            is_ours = revealed["challenge_id"] == game.challenge_id
            nodes = tuple(Hash32(node) for node in revealed["nodes"]) if is_ours else nodes
            continue
        move = log.fields(GameMove)
        if move is None or move["challenge_id"] != game.challenge_id:
            continue
        if move["phase"] == Phase.CHOOSE:
            found = Revealed(move["stage"], move["level"], move["index"], nodes)
            transcript.reveals.append(found)
    return transcript


async def read_trace_leaves(
    chain: Chain, game: GameInfo, receipt: ComputeReceipt, first: int, last: int
) -> int:
    """Return how many leaves the miner's trace has, by the opening that he sent; 0 if unknown.

    The game itself tells in stage 1; this is for who was not there then.
    """
    for log in await read_logs(chain, Disputes, (GameMove,), (game.case_id,), first, last):
        move = log.fields(GameMove)
        if move is None or (move["challenge_id"], move["stage"]) != (game.challenge_id, 1):
            continue
        call = await read_call(chain, log, Disputes, "openTrace")
        if call is None:
            return 0
        try:
            return ADJUDICATORS[game.adjudicator].check_opening(receipt, call[1][2])
        except DecodeError:
            return 0
    return 0


async def find_challenge(
    chain: Chain, challenger: bytes, commitment: bytes, first: int, last: int
) -> int | None:
    """Return the id of the challenge that a commitment became, None when there is none."""
    topics = (None, challenger)
    for log in await read_logs(chain, Disputes, (ChallengeCommitted,), topics, first, last):
        fields = log.fields(ChallengeCommitted)
        if fields is not None and fields["commitment"] == commitment:
            return int(fields["challenge_id"])
    return None


async def find_games(chain: Chain, accused: bytes, first: int, last: int) -> list[int]:
    """Return the ids of the games in which it became an account's turn."""
    logs = await read_logs(chain, Disputes, (GameMove,), (None, accused), first, last)
    moves = (log.fields(GameMove) for log in logs)
    return sorted({int(move["challenge_id"]) for move in moves if move is not None})


def _log(entry: Any) -> Log:
    try:
        return Log(
            height=int(entry["blockNumber"], 16),
            index=int(entry["logIndex"], 16),
            transaction=_bytes(entry["transactionHash"]),
            topics=tuple(_bytes(topic) for topic in entry["topics"]),
            data=_bytes(entry["data"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DecodeError("log", "the node's answer is no log") from error


def _bytes(value: Any) -> bytes:
    try:
        return bytes.fromhex(value.removeprefix("0x"))
    except (AttributeError, ValueError) as error:
        raise DecodeError("data", "the node's answer is no hex") from error
