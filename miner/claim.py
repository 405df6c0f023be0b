"""The signed claim of a finished product: EIP-712 ``ComputeReceipt`` (``primitives.compute``)."""

from dataclasses import fields
from typing import Final

from contracts.marketplace.v1.messages import JobInfo
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.messages import ReceiptData
from primitives.compute import UNIT_MACS, ComputeReceipt
from primitives.keys import sign
from primitives.matmul import MatmulSpec
from primitives.types import ZERO_HASH, Address, Hash32

FIRST_SEQ: Final = 1
"""A matrix product has a single receipt."""


def build_claim(
    job: JobInfo, root: bytes, beacon: bytes, started_at: int, ended_at: int
) -> ComputeReceipt:
    """Return the claim for a leased job whose product has this root; times in chain seconds."""
    spec = MatmulSpec(seed=Hash32(job.seed), m=job.m, n=job.n, k=job.k)
    return ComputeReceipt(
        job_id=Hash32(job.job_id),
        lease_id=Hash32(job.lease_id),
        seq=FIRST_SEQ,
        miner=Address(job.miner),
        client=Address(job.client),
        model_root=ZERO_HASH,
        request_hash=spec.request_hash(),
        response_hash=Hash32(root),
        trace_root=ZERO_HASH,
        fingerprint=ZERO_HASH,
        unit_kind=UNIT_MACS,
        units=spec.macs,
        unit_price=job.unit_price,
        started_at=started_at,
        ended_at=ended_at,
        beacon=Hash32(beacon),
        attestation=ZERO_HASH,
        flags=0,
    )


def sign_claim(secret: bytes, claim: ComputeReceipt, chain_id: int) -> bytes:
    """Return the operator key's 65-byte signature."""
    return sign(secret, claim.digest(chain_id, Address(RECEIPTS_ADDRESS))).to_bytes()


def claim_values(claim: ComputeReceipt) -> ReceiptData:
    """Return the claim as the contract's argument."""
    return ReceiptData(**{field.name: getattr(claim, field.name) for field in fields(claim)})
