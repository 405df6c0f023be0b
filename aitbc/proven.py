"""Receipts and claims proven to this machine by a node that it does not trust."""

from pathlib import Path
from typing import Any

from aitbc.first_block import genesis_block_of
from aitbc.light_client import Anchor, LightClient, Progress, UnprovenError
from aitbc.output import progress_bar
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.claim_messages import ClaimInfo
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptInfo, ReceiptStatus
from contracts.receipts.v1.readers import (
    claim_slots,
    product_slots,
    read_claim,
    read_product,
)
from miner.audit import Check
from miner.chain import Chain
from node.config import default_home
from primitives.errors import ConfigError
from primitives.genesis import decode_genesis
from primitives.types import Address
from primitives.vote import VoteDomain


def load_anchor(genesis_file: Path) -> Anchor:
    """Return where trust in a chain begins.

    Raises:
        ConfigError: the file describes no chain.
    """
    genesis = decode_genesis(genesis_file.read_bytes())
    genesis_hash, first_set = genesis_block_of(genesis)
    domain = VoteDomain(genesis.chain_id, genesis_hash)
    return Anchor(domain, genesis.parameters.epoch_blocks, first_set)


async def check_on_chain(
    chain: Chain, record_id: bytes, genesis_file: Path | None, home: Path | None
) -> tuple[Check, bool]:
    """Return whether the chain holds a record, as a check, and whether it is a product's receipt.

    Without a genesis file, given or in the home directory, the node's word is all there is.
    """
    root = default_home() if home is None else home
    found = root / "config" / "genesis.json"
    file = found if genesis_file is None and found.is_file() else genesis_file
    if file is None:
        known = await chain.receipt(record_id)
        detail = "this node's word; prove it with --genesis FILE"
        is_product = known.status != ReceiptStatus.UNKNOWN
        if not is_product and not (await chain.view(Receipts, "claim", record_id)).height:
            raise await _unknown(chain, record_id, "the node knows")
        return Check(name="record on the chain", is_good=None, detail=detail), is_product
    anchor = load_anchor(file)
    checkpoint = root / "data" / "light-client.json"
    with progress_bar("epochs checked") as report:
        height, record = await prove_receipt(chain, record_id, anchor, checkpoint, report)
    detail = f"proven in block {height} by certificates from {file} on"
    is_product = isinstance(record, ReceiptInfo)
    return Check(name="record on the chain", is_good=True, detail=detail), is_product


async def prove_receipt(
    chain: Chain,
    record_id: bytes,
    anchor: Anchor,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
) -> tuple[int, ReceiptInfo | ClaimInfo]:
    """Return a height and the record as the state of that block holds it, proven from genesis on.

    ``record_id`` is the id of a product's receipt, or a lease.

    Raises:
        UnprovenError: the node's answers do not prove it.
        ConfigError: there is no such record, which is proven as well.
    """
    client = LightClient(chain.rpc, anchor, checkpoint, progress)
    answer: Any = await chain.rpc.call("compute_getReceiptProof", "0x" + record_id.hex())
    try:
        is_product = answer["kind"] == "product"
        height = int(answer["block"]["header"]["number"], 16)
        proof = answer["proof"]
    except (KeyError, TypeError, ValueError) as error:
        raise UnprovenError("the node's answer is not a receipt proof") from error
    header = await client.header(height)
    slots = product_slots(record_id) if is_product else claim_slots(record_id)
    words = await client.words(header, Address(RECEIPTS_ADDRESS), slots, proof)
    if is_product:
        receipt = read_product(words.__getitem__, record_id)
        if receipt.status != ReceiptStatus.UNKNOWN:
            return height, receipt
    else:
        claim = read_claim(words.__getitem__, record_id)
        if claim.height:
            return height, claim
    raise await _unknown(chain, record_id, f"block {height} holds (proven)")


async def _unknown(chain: Chain, record_id: bytes, who: str) -> ConfigError:
    """Return why nothing is there; that a lease has no claim yet is the node's word."""
    lease: LeaseInfo = await chain.view(Marketplace, "lease", record_id)
    if lease.status:
        status = LeaseStatus(lease.status)
        is_over = status not in (LeaseStatus.PROPOSED, LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING)
        return ConfigError(
            f"{who} no claim: the lease is {status.name.lower()}, "
            + ("nothing was claimed" if is_over else "its miner has not claimed yet"),
            "Look at it: aitbc market lease show; the client's receipts: aitbc job receipts",
        )
    return ConfigError(
        f"{who} no receipt and no claim 0x{record_id.hex()}",
        "List receipts with: aitbc receipt list",
    )
