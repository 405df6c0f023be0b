"""The client's account: transactions that are in the log before a node sees them.

A purpose has one transaction: asked for again, after a crash for example, it is found or sent again
as the same bytes, so nothing is posted or paid twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from contracts.framework.contract import Contract
from miner.chain import Chain, Outcome, RefusedError, sign_call
from miner.client.faults import NotReadyError
from miner.client.log import JobLog, Sent
from miner.native_calls import Refusal, encode_native, place_of
from primitives.keys import secret_to_address
from primitives.transaction import decode_transaction
from rpc.client import NodeUnreachableError, RpcCallError

FINAL_SECONDS: Final = 120.0
POLL_SECONDS: Final = 0.5
Sleep = Callable[[float], Awaitable[None]]
_KNOWN: Final = ("already known", "known transaction")


class ClientAccount:
    """Sends one key's transactions for one job."""

    def __init__(
        self, chain: Chain, log: JobLog, secret: bytes, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._chain = chain
        self._log = log
        self._secret = secret
        self._sleep = sleep
        self.address = secret_to_address(secret)

    async def send(
        self, purpose: str, contract: type[Contract], method: str, *values: object, value: int = 0
    ) -> Outcome:
        """Call a contract once for a purpose, and wait until it is final.

        Raises:
            RefusedError: the contract refuses; nothing is pending, the purpose is free again.
            RpcCallError: the pool refuses; likewise.
            NotReadyError: it is not final in time; sent again, it is looked for.
        """
        sent = self._log.sent.get(purpose)
        resend_at = FINAL_SECONDS / 4
        if sent is None:
            sent = await self._prepare(purpose, contract, method, values, value)
            await self._broadcast(sent)
        else:
            resend_at = 0.0
        outcome = await self._outcome(sent, resend_at)
        if outcome is None:
            # Another transaction of this account took the nonce: this one never runs.
            self._log.forget_sent(purpose)
            return await self.send(purpose, contract, method, *values, value=value)
        if not outcome.is_success:
            self._log.forget_sent(purpose)
            data = encode_native(contract, method, *values)
            await self._chain.eth_call(
                place_of(contract), data, sender=self.address, value=value, contract=contract
            )
            raise RefusedError(
                Refusal(
                    code="Reverted",
                    explanation=f"transaction 0x{sent.hash.hex()} reverted",
                    remedy="the state changed meanwhile: look at it, then try again",
                )
            )
        return outcome

    async def _prepare(
        self,
        purpose: str,
        contract: type[Contract],
        method: str,
        values: tuple[object, ...],
        value: int,
    ) -> Sent:
        """Sign a transaction and write it down."""
        chain, place = self._chain, place_of(contract)
        data = encode_native(contract, method, *values)
        gas = await chain.estimate_gas(self.address, place, data, value, contract)
        signed = sign_call(
            self._secret,
            chain_id=self._log.job.chain_id,
            nonce=await chain.nonce(self.address, "pending"),
            fees=await chain.fees(),
            gas=gas,
            to=place,
            data=data,
            value=value,
        )
        sent = Sent(purpose=purpose, nonce=signed.nonce, raw=signed.encode(), hash=signed.hash)
        self._log.save_sent(sent)
        return sent

    async def _broadcast(self, sent: Sent) -> None:
        try:
            await self._chain.broadcast(sent.raw)
        except NodeUnreachableError:
            return  # whether it arrived is what _outcome finds out
        except RpcCallError as error:
            if not any(text in error.reason.lower() for text in _KNOWN):
                self._log.forget_sent(sent.purpose)
                raise

    async def _outcome(self, sent: Sent, resend_at: float) -> Outcome | None:
        """Wait for a transaction's fate; None when another one took its nonce.

        One that no pool holds any more, as after a crash, is sent again ``resend_at`` seconds on.
        """
        waited, is_resent = 0.0, False
        while True:
            outcome = await self._chain.outcome(sent.hash)
            if outcome is not None:
                return outcome
            if await self._chain.nonce(self.address) > decode_transaction(sent.raw).nonce:
                return await self._chain.outcome(sent.hash)
            if waited >= FINAL_SECONDS:
                raise NotReadyError(
                    f"transaction 0x{sent.hash.hex()} is not final after {FINAL_SECONDS:g} s",
                    "run the command again: it is looked for, not sent twice",
                )
            if not is_resent and waited >= resend_at:
                is_resent = True
                await self._resend(sent)
            await self._sleep(POLL_SECONDS)
            waited += POLL_SECONDS

    async def _resend(self, sent: Sent) -> None:
        try:
            await self._chain.broadcast(sent.raw)
        except (NodeUnreachableError, RpcCallError):
            return  # the pool may know it already; the chain decides
