"""Equivocation that the core saw: kept on disk, then reported to staking.

The report is an ordinary transaction of the account of the validator key, which earns the fees of
its blocks; staking slashes once and pays the reporter. A node without key, or one whose account
cannot pay the gas, keeps the file for its operator.
"""

import asyncio
import json
from pathlib import Path
from typing import Final

import structlog

from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.contract import Staking
from contracts.staking.v1.messages import SetMember, VoteData
from node.executor import Executor
from node.files import write_atomically
from node.validator_account import ValidatorAccount
from primitives.errors import AitbcError
from primitives.types import Address
from primitives.vote import ValidatorSet, Vote

log = structlog.get_logger("evidence")

REPORTS_MAX: Final = 256
ATTEMPTS_MAX: Final = 30
RETRY_SECONDS: Final = 20.0
"""A report that the pool refuses is sent again: the account may be funded meanwhile."""
REPORT_GAS: Final = 1_500_000
_METHOD: Final = "reportDoubleSign"


class EvidenceReporter:
    """Takes pairs of conflicting votes; one report per validator."""

    def __init__(
        self,
        executor: Executor,
        account: ValidatorAccount | None,
        directory: Path,
    ) -> None:
        self._executor = executor
        self._account = account
        self._directory = directory
        self._reported: set[Address] = set()

    async def report(self, first: Vote, second: Vote) -> None:
        """Keep the pair and send it to staking, once per validator."""
        voter = first.voter
        if voter in self._reported or len(self._reported) >= REPORTS_MAX:
            return
        self._reported.add(voter)
        path = self._keep(first, second)
        validators = self._executor.validator_set(first.statement.epoch)
        account = self._account
        if account is None or validators is None:
            log.warning("equivocation kept for the operator", file=str(path))
            return
        data = report_calldata(first, second, validators)
        for _ in range(ATTEMPTS_MAX):
            try:
                sent = await account.send(STAKING_ADDRESS, data, REPORT_GAS)
            except AitbcError as error:
                log.warning("equivocation not reported", why=str(error), file=str(path))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                tx = "0x" + sent.hex()
                log.warning("equivocation reported", voter="0x" + voter.hex(), tx=tx)
                return

    def _keep(self, first: Vote, second: Vote) -> Path:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        statement = first.statement
        name = f"{statement.epoch}-{statement.view}-{first.voter.hex()}.json"
        votes = ["0x" + vote.encode().hex() for vote in (first, second)]
        document = {"voter": "0x" + first.voter.hex(), "votes": votes}
        path = self._directory / name
        write_atomically(path, json.dumps(document, indent=2).encode())
        return path


def report_calldata(first: Vote, second: Vote, validators: ValidatorSet) -> bytes:
    """Return the call of staking's ``reportDoubleSign``."""
    method = next(m for m in Staking.methods.values() if m.name == _METHOD)
    members = [SetMember(v.address, v.public_key, v.power) for v in validators.validators]
    votes = [
        VoteData(
            int(vote.statement.kind),
            vote.statement.epoch,
            vote.statement.view,
            vote.statement.height,
            vote.statement.block_hash,
            vote.signature,
        )
        for vote in (first, second)
    ]
    return method.selector + method.arguments.write((first.voter, *votes, members))
