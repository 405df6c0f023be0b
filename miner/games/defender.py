"""Plays a miner's side of every game against him, in time, through his own account.

Where a game stands is read from the chain at each step, and what answers it is made from the work
that was kept: after kill -9 the next step goes on. A step that would lose is not sent (``moves``).
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import structlog

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import CaseInfo, Phase
from miner.account import MinerAccount
from miner.chain import Chain, RefusedError
from miner.games.knowledge import Defence
from miner.games.moves import defend, purpose
from miner.games.record import LOOKBACK_BLOCKS, find_games, moment, read_game
from miner.games.tasks import Tasks
from miner.games.works import Kept, Works
from miner.native_calls import encode_native, place_of
from primitives.errors import ConfigError
from rpc.client import RpcCallError

DEFENCES_MAX: Final = 8
"""Executions held in memory at once; others are repeated when they are asked for."""


@dataclass(slots=True)
class MinerDefender:
    """Defends the receipts of ``works``; ``miner`` is the accused account, ``account`` plays.

    ``account`` is the miner's own or that of an operator key which is registered now.
    """

    chain: Chain
    account: MinerAccount
    works: Works
    miner: bytes = b""
    open_games: set[int] = field(default_factory=set)
    refusals: dict[int, str] = field(default_factory=dict)
    _made: "OrderedDict[bytes, Defence]" = field(default_factory=OrderedDict)
    _seen_height: int | None = None
    _tasks: Tasks = field(default_factory=Tasks)
    _log: Any = field(default_factory=lambda: structlog.get_logger("defender"))

    def __post_init__(self) -> None:
        """Play for the account's own address unless told."""
        self.miner = self.miner or self.account.address

    async def step(self, challenge_id: int, height: int) -> None:
        """Look at one game and make the move that is due, if one is."""
        game = await read_game(self.chain, challenge_id)
        if game.phase in (Phase.NONE, Phase.OVER) or game.miner != self.miner:
            self.open_games.discard(challenge_id)
            return
        self.open_games.add(challenge_id)
        try:
            kept = await asyncio.to_thread(self.works.find, game.receipt_hash)
        except ConfigError as error:
            self._refuse(challenge_id, error.problem)
            return
        if kept is None:
            self._refuse(challenge_id, "its work is not kept here")
            return
        now = await moment(self.chain)
        defence = None
        if game.phase not in (Phase.ANSWER, Phase.CHOOSE):
            defence = await self._defence(game.receipt_hash, kept)
            if defence is None:
                self._refuse(challenge_id, "its model or operands are not here")
        move = await asyncio.to_thread(defend, game, kept.receipt, kept.signature, defence, now)
        if move is None:
            return
        name = purpose(game, move)
        data = encode_native(Disputes, move.method, *move.values)
        try:
            sent = await self.account.send(name, Disputes, place_of(Disputes), data, height)
        except RefusedError as error:
            self._refuse(challenge_id, str(error.refusal))
        except RpcCallError as error:
            self._refuse(challenge_id, error.reason)
        else:
            if sent is not None:
                self._log.info("move", challenge=challenge_id, move=move.method, stage=game.stage)

    async def look(self, height: int) -> None:
        """Find the games against the miner and step each of them, side by side.

        Who owns the account polls it, here as elsewhere.
        """
        if self._seen_height is None:
            self.open_games |= await self._find_kept()
        first = height - LOOKBACK_BLOCKS if self._seen_height is None else self._seen_height + 1
        self.open_games |= set(await find_games(self.chain, self.miner, first, height))
        self._seen_height = height
        await self._tasks.run(
            {number: partial(self.step, number, height) for number in sorted(self.open_games)}
        )

    async def close(self) -> None:
        """Stop what is being computed."""
        await self._tasks.close()

    async def _find_kept(self) -> set[int]:
        """Return the games about leases of which work is kept, however old."""
        found: set[int] = set()
        for lease_id in await asyncio.to_thread(self.works.leases):
            case: CaseInfo = await self.chain.view(Disputes, "caseOf", lease_id)
            found |= set(case.open_ids)
        return found

    async def _defence(self, receipt_hash: bytes, kept: Kept) -> Defence | None:
        found = self._made.get(receipt_hash)
        if found is None:
            found = await asyncio.to_thread(kept.defence)
            if found is None:
                return None
            self._made[receipt_hash] = found
            if len(self._made) > DEFENCES_MAX:
                self._made.popitem(last=False)
        return found

    def _refuse(self, challenge_id: int, reason: str) -> None:
        if self.refusals.get(challenge_id) != reason:
            self.refusals[challenge_id] = reason
            self._log.warning("no move", challenge=challenge_id, reason=reason)
