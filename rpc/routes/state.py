"""eth: accounts, storage, proofs, calls, sending."""

import asyncio

from primitives.types import Address
from rpc import formats
from rpc.backend import BlockOverride, CallRequest, Overrides
from rpc.errors import InvalidParamsError, RpcError
from rpc.formats import Json
from rpc.limits import SEND_SYNC_SECONDS_DEFAULT, SEND_SYNC_SECONDS_MAX
from rpc.parameters import BlockReference
from rpc.routes.chain import find_receipt
from rpc.routing import Session, height_of

RECEIPT_POLL_SECONDS = 0.05


class ReceiptTimeoutError(RpcError):
    """The transaction is in the pool, but not in a block yet; ``data`` is its hash."""

    rpc_code = 4

    def __init__(self, seconds: float, transaction_hash: bytes) -> None:
        super().__init__(
            f"the transaction was accepted but is in no block after {seconds:g} s; "
            "ask eth_getTransactionReceipt later"
        )
        self.data = formats.data(transaction_hash)


def balance(session: Session, address: Address, block: BlockReference) -> str:
    """Return a balance in wei."""
    backend = session.backend
    return hex(backend.account(height_of(backend, block), address).balance)


def transaction_count(session: Session, address: Address, block: BlockReference) -> str:
    """Return a nonce; "pending" counts the waiting transactions without gap."""
    backend = session.backend
    if block == "pending":
        return hex(backend.pending_nonce(address))
    return hex(backend.account(height_of(backend, block), address).nonce)


def code(session: Session, address: Address, block: BlockReference) -> str:
    """Return an account's code."""
    backend = session.backend
    return formats.data(backend.account(height_of(backend, block), address).code)


def storage_at(session: Session, address: Address, slot: int, block: BlockReference) -> str:
    """Return a storage slot as 32 bytes."""
    backend = session.backend
    return formats.word(backend.storage(height_of(backend, block), address, slot))


async def proof(
    session: Session, address: Address, slots: list[tuple[str, int]], block: BlockReference
) -> Json:
    """Return an account with Merkle proofs (EIP-1186)."""
    backend = session.backend
    height = height_of(backend, block)
    found = await backend.prove(height, address, [slot for _, slot in slots])
    return formats.proof_json(address, [key for key, _ in slots], found)


async def call(
    session: Session,
    request: CallRequest,
    block: BlockReference,
    overrides: Overrides,
    block_override: BlockOverride | None,
) -> str:
    """Run a call without changing anything and return its output."""
    backend = session.backend
    output = await backend.call(height_of(backend, block), request, overrides, block_override)
    return formats.data(output)


async def estimate_gas(
    session: Session, request: CallRequest, block: BlockReference, overrides: Overrides
) -> str:
    """Return a gas limit with which the call succeeds."""
    backend = session.backend
    return hex(await backend.estimate_gas(height_of(backend, block), request, overrides))


async def create_access_list(session: Session, request: CallRequest, block: BlockReference) -> Json:
    """Return the accounts and slots that a call touches."""
    backend = session.backend
    found = await backend.create_access_list(height_of(backend, block), request)
    return formats.created_access_list_json(found)


async def send_raw_transaction(session: Session, raw: bytes) -> str:
    """Take a signed transaction into the pool and return its hash."""
    return formats.data(await session.backend.submit(raw))


async def send_raw_transaction_sync(session: Session, raw: bytes, timeout_ms: int) -> Json:
    """Send a transaction and return its receipt when it is final (EIP-7966)."""
    limit = timeout_ms / 1000 if timeout_ms else SEND_SYNC_SECONDS_DEFAULT
    if limit > SEND_SYNC_SECONDS_MAX:
        raise InvalidParamsError(f"timeout: limit {int(SEND_SYNC_SECONDS_MAX * 1000)} ms")
    transaction_hash = await session.backend.submit(raw)
    try:
        async with asyncio.timeout(limit):
            while True:
                found = await find_receipt(session.backend, transaction_hash)
                if found is not None:
                    return found
                await asyncio.sleep(RECEIPT_POLL_SECONDS)
    except TimeoutError as error:
        raise ReceiptTimeoutError(limit, transaction_hash) from error
