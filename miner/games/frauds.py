"""Frauds that show without a game: pure checks of what a watcher happens to see."""

from collections.abc import Callable
from itertools import pairwise

from contracts.disputes.v1.frauds import contradicts
from contracts.disputes.v1.messages import Fault
from contracts.marketplace.v1.lease_messages import LeaseInfo
from contracts.places import RECEIPTS_ADDRESS
from miner.games.accusations import Accusation
from miner.games.library import Publication, levels_of, open_leaf
from miner.games.moves import receipt_data
from primitives.compute import ComputeReceipt
from primitives.errors import InvalidSignatureError
from primitives.keys import Signature, recover_address
from primitives.sum_tree import SumLeaf
from primitives.types import Address

Signed = tuple[ComputeReceipt, bytes]
"""A receipt with its signature."""


def signer_of(receipt: ComputeReceipt, signature: bytes, chain_id: int) -> Address | None:
    """Return who signed a receipt, None when nobody did."""
    digest = receipt.digest(chain_id, Address(RECEIPTS_ADDRESS))
    try:
        return recover_address(digest, Signature.from_bytes(signature))
    except InvalidSignatureError:
        return None


def find_receipt_fault(
    signed: Signed, lease: LeaseInfo, others: list[Signed], height: int
) -> Accusation | None:
    """Return what a receipt, signed by an operator of the lease's miner, is guilty of at sight.

    ``others`` are receipts of the same lease that were signed likewise.
    """
    receipt, signature = signed
    if contradicts(receipt_data(receipt), lease):
        return Accusation(
            fault=Fault.OVERCLAIM, height=height, receipt=receipt, signature=signature
        )
    for other, other_signature in others:
        is_same = (other.lease_id, other.seq) == (receipt.lease_id, receipt.seq)
        if is_same and other.struct_hash() != receipt.struct_hash():
            return Accusation(
                fault=Fault.DOUBLE_SIGNING, height=height, receipt=receipt, signature=signature,
                other=other, other_signature=other_signature,
            )  # fmt: skip
    return None


def find_batch_faults(
    batch_id: int,
    batch: Publication,
    is_signed: Callable[[ComputeReceipt, bytes], bool],
    height: int,
) -> list[Accusation]:
    """Return what a published batch is guilty of, at most one accusation of a kind.

    ``is_signed`` answers whether an operator of the receipt's miner made a signature. A leaf whose
    receipt was published with a bad signature is asked for: its poster may show a good one.
    """
    levels = levels_of(batch.leaves)
    found: dict[Fault, Accusation] = {}

    def accuse(fault: Fault, index: int, receipt: ComputeReceipt | None = None) -> None:
        right = open_leaf(batch, levels, index + 1) if fault == Fault.DUPLICATE_LEAF else None
        found.setdefault(
            fault,
            Accusation(
                fault=fault, height=height, receipt=receipt, batch_id=batch_id,
                left=open_leaf(batch, levels, index), right=right,
            ),
        )  # fmt: skip

    for index, (one, other) in enumerate(pairwise(batch.leaves)):
        if _key(one) >= _key(other):
            accuse(Fault.DUPLICATE_LEAF, index)
    for index, leaf in enumerate(batch.leaves):
        known = batch.signed.get(bytes(leaf.receipt_hash))
        if known is None:
            continue
        receipt, signature = known
        said = (receipt.lease_id, receipt.seq, receipt.units * receipt.unit_price)
        if said != (leaf.lease_id, leaf.seq, leaf.amount):
            accuse(Fault.WRONG_SUM, index, receipt)
        if not is_signed(receipt, signature):
            accuse(Fault.BAD_SIGNATURE, index)
    return list(found.values())


def _key(leaf: SumLeaf) -> tuple[bytes, int]:
    return leaf.lease_id, leaf.seq
