"""compute: jobs, receipts and miners, read through the views of the native contracts."""

from dataclasses import replace
from typing import Final

from contracts.artifacts import contract_named
from contracts.marketplace.v1.contract import MINER_BOND_MIN
from contracts.marketplace.v1.messages import JobInfo, JobStatus, MinerInfo
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.messages import ReceiptInfo, ReceiptStatus
from contracts.receipts.v1.readers import claim_slots, product_slots, read_product
from primitives.abi import decode_exactly
from primitives.errors import DecodeError
from primitives.transaction import decode_transaction
from primitives.types import Address, Hash32
from rpc import formats
from rpc.errors import InvalidParamsError
from rpc.formats import Json
from rpc.parameters import BlockReference
from rpc.routes.governance import check_page, view
from rpc.routes.node import light_block
from rpc.routing import Session, height_of

MARKETPLACE: Final = contract_named("marketplace")
RECEIPTS: Final = contract_named("receipts")


async def jobs(session: Session, status: str, cursor: int, limit: int) -> Json:
    """Return jobs of a status among the next ``limit`` from a cursor, and the next cursor."""
    check_page(limit)
    if status == "open":
        rows, following = await view(session, MARKETPLACE, "openJobs", cursor, limit)
    else:
        number = 0 if status == "all" else _status_number(status)
        rows, following = await view(session, MARKETPLACE, "jobs", number, cursor, limit)
    return {"jobs": [job_json(row) for row in rows], "next": hex(following)}


async def job(session: Session, job_id: Hash32) -> Json | None:
    """Return one job, null when there is none."""
    row: JobInfo = (await view(session, MARKETPLACE, "job", job_id))[0]
    return None if row.status == JobStatus.UNKNOWN else job_json(row)


async def miner(session: Session, address: Address) -> Json | None:
    """Return one miner, null when the account is none."""
    row: MinerInfo = (await view(session, MARKETPLACE, "miner", address))[0]
    return formats.struct_json(row) if any(row.operator_key) else None


async def work(session: Session, address: Address | None, cursor: int, limit: int) -> Json:
    """Return open jobs that a miner's free bond covers (all open jobs without a miner)."""
    check_page(limit)
    rows, following = await view(session, MARKETPLACE, "openJobs", cursor, limit)
    free = None
    if address is not None:
        free = _free_bond((await view(session, MARKETPLACE, "miner", address))[0])
    now = session.backend.head.timestamp
    takeable = [
        job_json(row)
        for row in rows
        if row.posted_at + row.deadline_seconds >= now
        and (free is None or (row.escrow + 1) // 2 <= free)
    ]
    return {"jobs": takeable, "next": hex(following)}


async def submit_work(session: Session, raw: bytes) -> Json:
    """Send a signed transaction that calls the receipts contract; return hash and method."""
    transaction = decode_transaction(raw)
    method = RECEIPTS.methods.get(transaction.data[:4])
    if transaction.to != RECEIPTS_ADDRESS or method is None or method.spec.is_view:
        raise InvalidParamsError(
            f"rawTransaction: not a call of the receipts contract 0x{RECEIPTS_ADDRESS.hex()}"
        )
    try:
        decode_exactly(method.arguments, transaction.data[4:])
    except DecodeError as error:
        raise InvalidParamsError(f"rawTransaction: arguments of {method.name}: {error}") from error
    sent = await session.backend.submit(raw)
    return {"transactionHash": formats.data(sent), "method": method.name}


async def receipt(session: Session, receipt_id: Hash32) -> Json | None:
    """Return one compute receipt, null when there is none."""
    row: ReceiptInfo = (await view(session, RECEIPTS, "receipt", receipt_id))[0]
    return None if row.status == ReceiptStatus.UNKNOWN else receipt_json(row)


async def receipt_proof(session: Session, record_id: Hash32, reference: BlockReference) -> Json:
    """Return what proves a product's receipt, or a lease's claim, to a stranger.

    A block with its finality proof, and Merkle proofs of the record's storage words under the
    block's state root; ``kind`` is "product" for a receipt id, "claim" for a lease id.
    """
    backend, place = session.backend, Address(RECEIPTS_ADDRESS)
    height = height_of(backend, reference)
    slots = (*product_slots(record_id), *claim_slots(record_id))
    found = await backend.prove(height, place, slots)  # a node keeps the newest state alone
    words = {entry.slot: entry.value for entry in found.slots}
    is_product = read_product(words.__getitem__, record_id).status != ReceiptStatus.UNKNOWN
    kept = set(product_slots(record_id) if is_product else claim_slots(record_id))
    entries = tuple(entry for entry in found.slots if entry.slot in kept)
    keys = [hex(entry.slot) for entry in entries]
    return {
        "kind": "product" if is_product else "claim",
        "block": await light_block(session, height),
        "proof": formats.proof_json(place, keys, replace(found, slots=entries)),
    }


async def receipts(session: Session, offset: int, limit: int) -> Json:
    """Return compute receipts in order of submission."""
    check_page(limit)
    (rows,) = await view(session, RECEIPTS, "receipts", offset, limit)
    (count,) = await view(session, RECEIPTS, "receiptCount")
    return {"receipts": [receipt_json(row) for row in rows], "count": hex(count)}


def job_json(row: JobInfo) -> Json:
    """Return a job with its status in words."""
    shown: Json = formats.struct_json(row)
    shown["status"] = JobStatus(row.status).name.lower()
    return shown


def receipt_json(row: ReceiptInfo) -> Json:
    """Return a compute receipt with its status in words."""
    shown: Json = formats.struct_json(row)
    shown["status"] = ReceiptStatus(row.status).name.lower()
    return shown


def _free_bond(row: MinerInfo) -> int:
    """Return what of a miner's bond can secure another lease; 0 for one that may take none."""
    may_take = any(row.operator_key) and not row.leaving_at
    return row.bond - row.locked if may_take and row.bond >= MINER_BOND_MIN else 0


def _status_number(status: str) -> int:
    for known in JobStatus:
        if known is not JobStatus.UNKNOWN and known.name.lower() == status:
            return known.value
    known_names = ", ".join(s.name.lower() for s in JobStatus if s)
    raise InvalidParamsError(f"status: unknown {status[:64]!r}; known: all, {known_names}")
