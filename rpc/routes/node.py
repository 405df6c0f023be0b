"""net, web3, txpool, debug, aitbc: the node and what is particular to this chain."""

from collections.abc import Mapping, Sequence
from typing import Any

from primitives import rlp
from primitives.keccak import keccak256
from primitives.transaction import LEGACY
from primitives.types import Address, Hash32
from rpc import formats
from rpc.backend import PENDING, BlockRecord
from rpc.errors import ServerError, UnknownBlockError
from rpc.formats import Json
from rpc.parameters import BlockReference
from rpc.routes.chain import find_block, find_receipts, find_transaction, raw_of
from rpc.routing import Session, height_of


def net_version(session: Session) -> str:
    """Return the chain id in decimal."""
    return str(session.backend.chain_id)


def listening(session: Session) -> bool:
    """Return whether peers can connect."""
    return session.backend.is_listening


def peer_count(session: Session) -> str:
    """Return the number of connected peers."""
    return hex(session.backend.peer_count)


def client_version(session: Session) -> str:
    """Return name, version and platform."""
    return session.backend.client_version


def sha3(session: Session, data: bytes) -> str:  # noqa: ARG001
    """Return the Keccak-256 of data."""
    return formats.data(keccak256(data))


def pool_status(session: Session) -> Json:
    """Return how many transactions are executable and how many wait behind a gap."""
    pending, queued = formats.pool_groups(session.backend.pool())
    return {"pending": hex(_count(pending)), "queued": hex(_count(queued))}


def pool_content(session: Session) -> Json:
    """Return all waiting transactions by sender and nonce."""
    shown: Json = {}
    groups = formats.pool_groups(session.backend.pool())
    for name, group in zip(("pending", "queued"), groups, strict=True):
        shown[name] = {
            formats.checksummed(sender): formats.pool_content_json(queue)
            for sender, queue in group.items()
        }
    return shown


def pool_content_from(session: Session, address: Address) -> Json:
    """Return one sender's waiting transactions by nonce."""
    pending, queued = formats.pool_groups(session.backend.pool())
    return {
        "pending": formats.pool_content_json(pending.get(address, ())),
        "queued": formats.pool_content_json(queued.get(address, ())),
    }


def pool_inspect(session: Session) -> Json:
    """Return all waiting transactions, one line each."""
    shown: Json = {}
    groups = formats.pool_groups(session.backend.pool())
    for name, group in zip(("pending", "queued"), groups, strict=True):
        shown[name] = {
            formats.checksummed(sender): {str(t.nonce): formats.pool_line(t) for t in queue}
            for sender, queue in group.items()
        }
    return shown


async def raw_block(session: Session, reference: BlockReference) -> str:
    """Return a block's RLP as Ethereum has it: header, transactions, no uncles, no withdrawals."""
    block = await _existing(session, reference)
    transactions: list[rlp.Encodable] = [
        rlp_item(t.encode()) if t.kind == LEGACY else t.encode() for t in block.transactions
    ]
    item: list[rlp.Encodable] = [rlp_item(block.header.encode()), transactions, [], []]
    return formats.data(rlp.encode(item))


def rlp_item(raw: bytes) -> rlp.Encodable:
    """Return encoded bytes as an item that can stand inside another one."""
    return rlp.decode(raw)


async def raw_header(session: Session, reference: BlockReference) -> str:
    """Return a header's RLP."""
    return formats.data((await _existing(session, reference)).header.encode())


async def raw_receipts(session: Session, reference: BlockReference) -> list[str]:
    """Return a block's receipts in their consensus encoding."""
    found = await find_receipts(session.backend, reference)
    if found is None:
        raise UnknownBlockError
    return [formats.data(receipt.encode()) for receipt in found[1]]


async def raw_transaction(session: Session, transaction_hash: Hash32) -> Any:
    """Return a finalized or waiting transaction's bytes, null when it is unknown."""
    place = await find_transaction(session.backend, transaction_hash)
    if place is not None:
        block, index = place
        return raw_of(block.transactions[index])
    return raw_of(session.backend.pooled(transaction_hash))


def validators(session: Session, epoch: int | None) -> Json | None:
    """Return the validator set of an epoch (the current one by default)."""
    found = session.backend.validators(epoch)
    if found is None:
        return None
    return formats.validators_json(found, session.backend.set_proof(found.epoch))


def certificate(session: Session, reference: BlockReference) -> Json | None:
    """Return the proof that a block is final; null for the genesis block."""
    height = _final_height(session, reference)
    found = session.backend.finality(height)
    return None if found is None else formats.finality_json(found)


async def light_block(session: Session, reference: BlockReference) -> Json:
    """Return what a light client checks: raw header, seal, finality proof."""
    block = await _existing(session, reference)
    proof = session.backend.finality(block.header.height) if block.is_final else None
    return {
        "header": formats.header_json(block.header),
        "rawHeader": formats.data(block.header.encode()),
        "timeMs": hex(block.time_ms),
        "seal": None if block.seal is None else formats.seal_json(block.seal),
        "finality": None if proof is None else formats.finality_json(proof),
    }


def node_info(session: Session) -> Mapping[str, Any]:
    """Return what the node says of itself."""
    return session.backend.node_info()


def peers(session: Session) -> Sequence[Mapping[str, Any]]:
    """Return the connected peers."""
    return session.backend.peers()


def consensus_state(session: Session) -> Mapping[str, Any]:
    """Return epoch, view and leader."""
    return session.backend.consensus_state()


def health(session: Session) -> Mapping[str, Any]:
    """Return whether the node follows the chain."""
    return session.backend.health()


async def _existing(session: Session, reference: BlockReference) -> BlockRecord:
    block = await find_block(session.backend, reference)
    if block is None:
        raise UnknownBlockError
    return block


def _final_height(session: Session, reference: BlockReference) -> int:
    height = height_of(session.backend, reference)
    if height == PENDING:
        raise ServerError("a pending block has no finality proof")
    return height


def _count(group: Mapping[Address, Sequence[object]]) -> int:
    return sum(len(queue) for queue in group.values())
