"""The miner's account: signs, sends, follows and replaces its own transactions.

N1. A transaction is in the journal before a node sees it; after a crash the same bytes are sent
    again, which a node that knows them ignores.
N2. A purpose has at most one transaction whose fate is open. Replacements keep its nonce, so of
    all its versions at most one is executed: nothing is submitted or paid twice.
N3. Nonces count up from the chain's; a gap that another wallet made, or a refusal left, is found
    and closed by asking the chain.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from contracts.framework.contract import Contract
from miner.chain import Chain, Fees, Outcome, sign_call
from miner.journal import Journal, SentTransaction
from primitives.keys import secret_to_address
from primitives.transaction import decode_transaction
from rpc.client import NodeUnreachableError, RpcCallError

RESEND_BLOCKS: Final = 5
REPLACE_BLOCKS: Final = 20
REPLACE_PERCENT: Final = 125
"""Pools take a replacement that raises both fees by a tenth; a quarter gets somewhere."""
VERSIONS_MAX: Final = 12
_KNOWN: Final = ("already known", "known transaction")


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A transaction whose fate is known; ``outcome`` is None when another took its nonce."""

    purpose: str
    outcome: Outcome | None


class MinerAccount:
    """Sends transactions of one key; the only user of that key's nonces, as a rule."""

    def __init__(self, chain: Chain, journal: Journal, secret: bytes, chain_id: int) -> None:
        self._chain = chain
        self._journal = journal
        self._secret = secret
        self._chain_id = chain_id
        self._sending = asyncio.Lock()
        self.address = secret_to_address(secret)

    def is_busy(self, purpose: str) -> bool:
        """Answer whether a transaction of this purpose is on its way."""
        return self._journal.transaction(purpose) is not None

    async def send(
        self,
        purpose: str,
        contract: type[Contract],
        to: bytes,
        data: bytes,
        height: int,
        value: int = 0,
    ) -> bytes | None:
        """Estimate, sign, write down, send; returns the hash, None when one is on its way.

        Raises:
            RefusedError: the contract refuses the call; nothing was sent.
            RpcCallError: the pool refuses the transaction; nothing is pending.
        """
        async with self._sending:  # a nonce is chosen and written down at one go (N3)
            if self.is_busy(purpose):
                return None
            gas = await self._chain.estimate_gas(self.address, to, data, value, contract)
            signed = sign_call(
                self._secret,
                chain_id=self._chain_id,
                nonce=await self._next_nonce(),
                fees=await self._chain.fees(),
                gas=gas,
                to=to,
                data=data,
                value=value,
            )
            sent = SentTransaction(
                purpose=purpose,
                nonce=signed.nonce,
                raws=(signed.encode(),),
                hashes=(signed.hash,),
                sent_height=height,
            )
            self._journal.save_transaction(sent)
            try:
                await self._broadcast(signed.encode())
            except RpcCallError:
                self._forget(sent)
                raise
            return signed.hash

    async def poll(self, height: int) -> list[Landed]:
        """Return the transactions whose fate became known; send the others again when due."""
        landed = []
        pending = self._journal.pending
        nonce = await self._chain.nonce(self.address) if pending else 0
        for sent in pending:
            outcome = await self._find(sent)
            if outcome is not None or sent.nonce < nonce:
                self._forget(sent)
                landed.append(Landed(purpose=sent.purpose, outcome=outcome))
            elif height - sent.sent_height >= RESEND_BLOCKS:
                await self._send_again(sent, height, is_next=sent.nonce == nonce)
        return landed

    async def _find(self, sent: SentTransaction) -> Outcome | None:
        for value in reversed(sent.hashes):
            outcome = await self._chain.outcome(value)
            if outcome is not None:
                return outcome
        return None

    async def _send_again(self, sent: SentTransaction, height: int, *, is_next: bool) -> None:
        """Broadcast again; replace what waits too long at the head of the queue (N2)."""
        waited = height - sent.sent_height
        raw = sent.raws[-1]
        if is_next and waited >= REPLACE_BLOCKS and len(sent.raws) < VERSIONS_MAX:
            old = decode_transaction(raw)
            offer = await self._chain.fees()
            signed = sign_call(
                self._secret,
                chain_id=self._chain_id,
                nonce=sent.nonce,
                fees=_raised(old.max_fee_per_gas, old.max_priority_fee_per_gas, offer),
                gas=old.gas_limit,
                to=old.to,
                data=old.data,
                value=old.value,
            )
            raw = signed.encode()
            sent = replace(
                sent,
                raws=(*sent.raws, raw),
                hashes=(*sent.hashes, signed.hash),
                sent_height=height,
            )
            self._journal.save_transaction(sent)
        try:
            await self._broadcast(raw)
        except RpcCallError:
            return  # the next poll sees whether the chain took it, or its nonce

    async def _broadcast(self, raw: bytes) -> None:
        """Send; what the node knows already, or nobody answered, is decided by ``poll``."""
        try:
            await self._chain.broadcast(raw)
        except NodeUnreachableError:
            return
        except RpcCallError as error:
            if not any(text in error.reason.lower() for text in _KNOWN):
                raise

    async def _next_nonce(self) -> int:
        """Return the first nonce that neither the chain nor a pending transaction uses (N3)."""
        taken = {sent.nonce for sent in self._journal.pending}
        nonce = await self._chain.nonce(self.address)
        if not taken:
            nonce = max(nonce, await self._chain.nonce(self.address, "pending"))
        while nonce in taken:
            nonce += 1
        return nonce

    def _forget(self, sent: SentTransaction) -> None:
        self._journal.save_transaction(replace(sent, is_done=True))


def _raised(max_fee: int, tip: int, offer: Fees) -> Fees:
    """Return fees that a pool takes as a replacement, and that are in line with the market."""
    return Fees(
        max_fee=max(max_fee * REPLACE_PERCENT // 100 + 1, offer.max_fee),
        tip=max(tip * REPLACE_PERCENT // 100 + 1, offer.tip),
    )
