"""The compute request, its receipt and the acknowledgement: EIP-712 typed data (docs: compute).

The client signs a ``ComputeRequest`` for what he asks; the miner's operator key signs a
``ComputeReceipt`` for what came of it; the client signs an ``Ack``, the voucher that is the only
payment authority. All are bound to chain and contract by the EIP-712 domain, so that a receipt
replayed elsewhere never verifies.
"""

from dataclasses import dataclass, fields
from typing import Final

from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.types import Address, Hash32

UNIT_TOKENS: Final = 1
UNIT_MACS: Final = 2
UNIT_SECONDS: Final = 3
UNIT_KINDS: Final = (UNIT_TOKENS, UNIT_MACS, UNIT_SECONDS)

KIND_MATMUL: Final = 1
KIND_INTEGER_MODEL: Final = 2
KIND_LLM: Final = 3
KIND_EMBEDDING: Final = 4
KIND_CUSTOM: Final = 5
JOB_KINDS: Final = (KIND_MATMUL, KIND_INTEGER_MODEL, KIND_LLM, KIND_EMBEDDING, KIND_CUSTOM)

CLASS_SIGNED: Final = 1 << 0
CLASS_SAMPLED: Final = 1 << 1
CLASS_CANONICAL: Final = 1 << 2
CLASS_QUORUM: Final = 1 << 3
CLASS_ATTESTED: Final = 1 << 4
CLASS_PROVEN: Final = 1 << 5
"""Verification classes V0 to V5 as bits of a mask: several together mean all of them."""
CLASSES_OFFERED: Final = CLASS_SIGNED | CLASS_SAMPLED | CLASS_CANONICAL | CLASS_QUORUM
"""What this release can check."""

DOMAIN_NAME: Final = "AITBC Compute"
DOMAIN_VERSION: Final = "1"

_DOMAIN_TYPE: Final = (
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
RECEIPT_TYPE: Final = (
    b"ComputeReceipt(bytes32 jobId,bytes32 leaseId,uint64 seq,address miner,address client,"
    b"bytes32 modelRoot,bytes32 requestHash,bytes32 responseHash,bytes32 traceRoot,"
    b"bytes32 fingerprint,uint8 unitKind,uint64 units,uint128 unitPrice,uint64 startedAt,"
    b"uint64 endedAt,bytes32 beacon,bytes32 attestation,uint32 flags)"
)
ACK_TYPE: Final = (
    b"Ack(bytes32 leaseId,uint64 seq,bytes32 receiptHash,uint64 cumulativeUnits,"
    b"uint256 cumulativeAmount)"
)
REQUEST_TYPE: Final = (
    b"ComputeRequest(bytes32 leaseId,uint64 seq,bytes32 requestHash,uint64 unitsMax)"
)
_RECEIPT_TYPE_HASH: Final = keccak256(RECEIPT_TYPE)
_ACK_TYPE_HASH: Final = keccak256(ACK_TYPE)
_REQUEST_TYPE_HASH: Final = keccak256(REQUEST_TYPE)

_RECEIPT_BITS: Final = {
    "seq": 64,
    "unit_kind": 8,
    "units": 64,
    "unit_price": 128,
    "started_at": 64,
    "ended_at": 64,
    "flags": 32,
}
_RECEIPT_ADDRESSES: Final = ("miner", "client")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeReceipt:
    """What a miner did for a lease. Times in seconds, ``unit_price`` in wei per unit."""

    job_id: Hash32
    lease_id: Hash32
    seq: int
    miner: Address
    client: Address
    model_root: Hash32
    request_hash: Hash32
    response_hash: Hash32
    trace_root: Hash32
    fingerprint: Hash32
    unit_kind: int
    units: int
    unit_price: int
    started_at: int
    ended_at: int
    beacon: Hash32
    attestation: Hash32
    flags: int

    def encode(self) -> bytes:
        """Return the canonical encoding: 18 words of 32 bytes, as Solidity's abi.encode."""
        return b"".join(_word(getattr(self, f.name)) for f in fields(self))

    def struct_hash(self) -> Hash32:
        """Return EIP-712's hashStruct; it names the receipt everywhere."""
        return keccak256(_RECEIPT_TYPE_HASH + self.encode())

    def digest(self, chain_id: int, contract: Address) -> Hash32:
        """Return the 32 bytes that the miner's operator key signs."""
        return typed_digest(chain_id, contract, self.struct_hash())


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The client's voucher: everything up to ``seq`` is accepted at these cumulative totals."""

    lease_id: Hash32
    seq: int
    receipt_hash: Hash32
    cumulative_units: int
    cumulative_amount: int

    def struct_hash(self) -> Hash32:
        """Return EIP-712's hashStruct."""
        return keccak256(
            _ACK_TYPE_HASH + b"".join(_word(getattr(self, f.name)) for f in fields(self))
        )

    def digest(self, chain_id: int, contract: Address) -> Hash32:
        """Return the 32 bytes that the client signs."""
        return typed_digest(chain_id, contract, self.struct_hash())


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeRequest:
    """What the client asked: work on ``request_hash`` as number ``seq``, for ``units_max`` at most.

    It pays for nothing that the miner did otherwise: without it no receipt goes unacknowledged.
    """

    lease_id: Hash32
    seq: int
    request_hash: Hash32
    units_max: int

    def struct_hash(self) -> Hash32:
        """Return EIP-712's hashStruct."""
        return keccak256(
            _REQUEST_TYPE_HASH + b"".join(_word(getattr(self, f.name)) for f in fields(self))
        )

    def digest(self, chain_id: int, contract: Address) -> Hash32:
        """Return the 32 bytes that the client signs."""
        return typed_digest(chain_id, contract, self.struct_hash())


def decode_compute_receipt(data: bytes) -> ComputeReceipt:
    """Decode the canonical 576 bytes.

    Raises:
        DecodeError: another size, or a word wider than its field.
    """
    members = fields(ComputeReceipt)
    if len(data) != 32 * len(members):
        raise DecodeError("compute receipt", f"expected {32 * len(members)} bytes")
    values: dict[str, object] = {}
    for i, member in enumerate(members):
        word = data[32 * i : 32 * i + 32]
        bits = 160 if member.name in _RECEIPT_ADDRESSES else _RECEIPT_BITS.get(member.name, 256)
        if any(word[: 32 - bits // 8]):
            raise DecodeError("compute receipt", f"{member.name} wider than {bits} bits")
        if bits == 160:
            values[member.name] = Address(word[12:])
        elif member.name in _RECEIPT_BITS:
            values[member.name] = int.from_bytes(word, "big")
        else:
            values[member.name] = Hash32(word)
    return ComputeReceipt(**values)  # type: ignore[arg-type]


def domain_separator(chain_id: int, contract: Address) -> Hash32:
    """Return EIP-712's domain separator."""
    return keccak256(
        keccak256(_DOMAIN_TYPE)
        + keccak256(DOMAIN_NAME.encode())
        + keccak256(DOMAIN_VERSION.encode())
        + _word(chain_id)
        + _word(contract)
    )


def typed_digest(chain_id: int, contract: Address, struct_hash: Hash32) -> Hash32:
    """Return keccak(0x1901 ‖ domain separator ‖ struct hash) (EIP-712)."""
    return keccak256(b"\x19\x01" + domain_separator(chain_id, contract) + struct_hash)


def _word(value: int | bytes) -> bytes:
    """Return one ABI word: integers and addresses right-aligned, hashes as they are."""
    if isinstance(value, int):
        return value.to_bytes(32, "big")
    return value.rjust(32, b"\x00")
