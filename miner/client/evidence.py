"""Claims of leases as the chain shows them: the transaction that raised one, and what it carried.

A claim's storage holds hashes only; receipt, signatures and, where the miner published it, the
sealed answer stand in the calldata of the transaction whose log is ``ClaimRaised``.
"""

from dataclasses import dataclass, fields
from typing import Any, Final

from contracts.framework.messages import message_codec
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseInfo
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.claim_messages import AckData, ClaimInfo, ClaimRaised
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptData
from miner.amounts import format_ait
from miner.audit import Check
from miner.chain import Chain
from miner.native_calls import decode_event
from primitives.abi import decode_exactly
from primitives.compute import CLASS_CANONICAL, Acknowledgement, ComputeReceipt
from primitives.errors import ConfigError, DecodeError, InvalidSignatureError
from primitives.keccak import keccak256
from primitives.keys import Signature, recover_address
from primitives.types import Address, Hash32

RANGE_BLOCKS: Final = 1_000
RANGES_MAX: Final = 200
CLAIMING: Final = ("claimReceipt", "claimFromBatch", "postResponse")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEvidence:
    """What a claiming transaction carried; ``ack`` is None and ``response`` set where the miner
    published the sealed answer.
    """

    transaction: Hash32
    method: str
    receipt: ComputeReceipt
    signature: bytes
    ack: Acknowledgement | None = None
    ack_signature: bytes = b""
    response: bytes = b""


async def known_claim(chain: Chain, lease_id: bytes) -> ClaimInfo:
    """Return a lease's claim.

    Raises:
        ConfigError: there is none.
    """
    found: ClaimInfo = await chain.view(Receipts, "claim", lease_id)
    if not found.height:
        raise ConfigError(
            f"no claim for lease 0x{lease_id.hex()}: its miner has not claimed yet",
            "Look at it: aitbc market lease show",
        )
    return found


async def find_evidence(chain: Chain, claim: ClaimInfo) -> ClaimEvidence:
    """Find the transaction that raised a claim, and decode it.

    Raises:
        ConfigError: it is not found, or another contract sent it.
        DecodeError: the node's answers are not what they should be.
    """
    topics = [message_codec(ClaimRaised).hash, claim.lease_id, claim.receipt_hash]
    first, head = claim.height, (await chain.head()).height
    for _ in range(RANGES_MAX):
        last = min(head, first + RANGE_BLOCKS - 1)
        query = {
            "address": "0x" + RECEIPTS_ADDRESS.hex(),
            "topics": ["0x" + topic.hex() for topic in topics],
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }
        rows = await chain.rpc.call("eth_getLogs", query)
        if rows:
            return await _decode(chain, rows[-1], claim)
        if last >= head:
            break
        first = last + 1
    raise ConfigError(
        "no transaction with this claim was found", "Ask a node that keeps older logs: --rpc"
    )


async def _decode(chain: Chain, log: Any, claim: ClaimInfo) -> ClaimEvidence:
    try:
        name = str(log["transactionHash"])
        entry = await chain.rpc.call("eth_getTransactionByHash", name)
        to, data = bytes.fromhex(entry["to"][2:]), bytes.fromhex(entry["input"][2:])
        raised = decode_event(
            ClaimRaised,
            [bytes.fromhex(topic[2:]) for topic in log["topics"]],
            bytes.fromhex(log["data"][2:]),
        )
        transaction = Hash32(bytes.fromhex(name[2:]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DecodeError("claim", "the node's answer is no log of a transaction") from error
    method = Receipts.methods.get(data[:4])
    if to != RECEIPTS_ADDRESS or method is None or method.name not in CLAIMING:
        raise ConfigError(
            f"transaction {name} claims through another contract",
            "its calldata does not show the receipt: ask the miner for it",
        )
    names = [field for field, _ in method.inputs]
    values = dict(zip(names, decode_exactly(method.arguments, data[4:]), strict=True))
    receipt = receipt_of(values["receipt"])
    if raised is None or receipt.struct_hash() != claim.receipt_hash:
        raise DecodeError("claim", "the transaction carries another receipt")
    ack = values.get("ack")
    return ClaimEvidence(
        transaction=transaction,
        method=method.name,
        receipt=receipt,
        signature=values["signature"],
        ack=None if ack is None else ack_of(ack),
        ack_signature=values.get("ackSignature", values.get("ack_signature", b"")),
        response=values.get("response", b""),
    )


async def check_claim(chain: Chain, claim: ClaimInfo, found: ClaimEvidence) -> list[Check]:
    """Check a claim's evidence against lease and chain, as the contract did and beyond."""
    lease: LeaseInfo = await chain.view(Marketplace, "lease", claim.lease_id)
    chain_id, receipt = await chain.chain_id(), found.receipt
    digest = receipt.digest(chain_id, Address(RECEIPTS_ADDRESS))
    signer = _signer(found.signature, digest)
    is_operator = signer is not None and await chain.view(
        Marketplace, "operatorValid", lease.miner, signer, claim.height
    )
    named = (receipt.job_id, receipt.miner, receipt.client, receipt.model_root)
    terms = (lease.order_id, lease.miner, lease.client, lease.model_root)
    is_canonical = bool(lease.classes & CLASS_CANONICAL)
    checks = [
        Check(
            name="receipt",
            is_good=receipt.struct_hash() == claim.receipt_hash,
            detail=f"hash 0x{claim.receipt_hash.hex()} in transaction 0x{found.transaction.hex()}",
        ),
        Check(name="lease", is_good=named == terms, detail="order, miner, client and model"),
        Check(
            name="terms",
            is_good=(receipt.unit_kind, receipt.unit_price) == (lease.unit_kind, lease.unit_price)
            and 0 < receipt.units <= lease.units_max
            and claim.units <= lease.units_max
            and claim.amount <= min(lease.escrow, claim.units * lease.unit_price),
            detail=f"{claim.units} units, {format_ait(claim.amount)}",
        ),
        Check(
            name="trace",
            is_good=any(receipt.trace_root) == is_canonical,
            detail="committed" if is_canonical else "none for this class",
        ),
        Check(
            name="miner's signature",
            is_good=bool(is_operator),
            detail="by nobody" if signer is None else f"by 0x{signer.hex()}",
        ),
    ]
    if found.ack is None:
        detail = f"{len(found.response)} sealed bytes, keccak 0x{keccak256(found.response).hex()}"
        checks.append(Check(name="published answer", is_good=bool(found.response), detail=detail))
    else:
        ack = found.ack
        voucher = ack.digest(chain_id, Address(RECEIPTS_ADDRESS))
        is_signed = _signer(found.ack_signature, voucher) == lease.client
        totals = (ack.cumulative_units, ack.cumulative_amount)
        is_of_it = ack.receipt_hash == claim.receipt_hash and totals == (claim.units, claim.amount)
        checks.append(
            Check(
                name="client's acknowledgement",
                is_good=is_signed and is_of_it,
                detail=f"of request {ack.seq}, {ack.cumulative_units} units in all",
            )
        )
    return checks


def receipt_of(data: ReceiptData) -> ComputeReceipt:
    """Return the signed receipt that a call carried."""
    values = {field.name: getattr(data, field.name) for field in fields(ComputeReceipt)}
    return ComputeReceipt(**values)


def receipt_data(receipt: ComputeReceipt) -> ReceiptData:
    """Return a signed receipt as a call takes it."""
    return ReceiptData(*(getattr(receipt, field.name) for field in fields(ComputeReceipt)))


def ack_of(data: AckData) -> Acknowledgement:
    """Return the acknowledgement that a call carried."""
    values = {field.name: getattr(data, field.name) for field in fields(Acknowledgement)}
    return Acknowledgement(**values)


def _signer(signature: bytes, digest: Hash32) -> Address | None:
    try:
        return recover_address(digest, Signature.from_bytes(signature))
    except InvalidSignatureError:
        return None
