"""What nodes say to each other: message kinds and their bodies.

``p2p`` carries (kind, bytes) between authenticated peers and knows no chain; here the bodies get
their meaning. Consensus messages keep their own RLP encoding, which is what signatures cover;
everything else is msgpack with fixed shape and limits. Any bytes give a value or ``DecodeError``.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import msgpack

from primitives.block import BLOCK_BYTES_MAX, Block, Header, decode_block, decode_header
from primitives.errors import DecodeError
from primitives.transaction import TRANSACTION_BYTES_MAX
from primitives.types import U64_MAX, Hash32
from primitives.vote import Certificate, VoteKind, decode_certificate
from state.chain import FinalityProof

TRANSACTIONS_MAX: Final = 1_000
TRANSACTION_BATCH_BYTES_MAX: Final = 2 * 1024 * 1024
RANGE_BLOCKS_MAX: Final = 64
RANGE_BYTES_MAX: Final = 8 * 1024 * 1024
PROOF_HEADERS_MAX: Final = 1_024


class Kind(IntEnum):
    """Message kinds on the wire."""

    CONSENSUS = 1
    TRANSACTIONS = 2
    STATUS = 3
    GET_BLOCK = 4
    BLOCK = 5
    GET_CERTIFICATE = 6
    GET_RANGE = 7
    RANGE = 8


KIND_BYTES_MAX: Final[dict[int, int]] = {
    Kind.CONSENSUS: BLOCK_BYTES_MAX + 1024 * 1024,
    Kind.TRANSACTIONS: TRANSACTION_BATCH_BYTES_MAX + TRANSACTION_BYTES_MAX,
    Kind.STATUS: 128,
    Kind.GET_BLOCK: 64,
    Kind.BLOCK: BLOCK_BYTES_MAX + 1024,
    Kind.GET_CERTIFICATE: 64,
    Kind.GET_RANGE: 64,
    Kind.RANGE: RANGE_BYTES_MAX + BLOCK_BYTES_MAX + 1024 * 1024,
}
"""The largest body of each kind; the session refuses more before it reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where a node stands: its last finalized block."""

    height: int
    block_hash: Hash32
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenBlock:
    """A finalized block with what convinces a stranger of it."""

    block: Block
    proof: FinalityProof


def encode_status(status: Status) -> bytes:
    """Return the body of STATUS."""
    return _pack([status.height, status.block_hash, status.epoch])


def decode_status(raw: bytes) -> Status:
    """Decode the body of STATUS."""
    height, block_hash, epoch = _fields(raw, "status", 3)
    return Status(height=_uint(height), block_hash=_hash(block_hash), epoch=_uint(epoch))


def encode_transactions(raw_transactions: list[bytes]) -> bytes:
    """Return the body of TRANSACTIONS."""
    return _pack(raw_transactions)


def decode_transactions(raw: bytes) -> list[bytes]:
    """Decode the body of TRANSACTIONS; each entry is a raw transaction, not yet decoded."""
    entries = _list(_unpack(raw, "transactions"), "transactions", TRANSACTIONS_MAX)
    return [_bytes(entry, "transaction") for entry in entries]


def encode_block_request(block_hash: Hash32) -> bytes:
    """Return the body of GET_BLOCK."""
    return block_hash


def decode_block_request(raw: bytes) -> Hash32:
    """Decode the body of GET_BLOCK."""
    return _hash(raw)


def encode_certificate_request(epoch: int, view: int, kind: VoteKind) -> bytes:
    """Return the body of GET_CERTIFICATE."""
    return _pack([epoch, view, int(kind)])


def decode_certificate_request(raw: bytes) -> tuple[int, int, VoteKind]:
    """Decode the body of GET_CERTIFICATE."""
    epoch, view, kind = _fields(raw, "certificate request", 3)
    number = _uint(kind)
    if not VoteKind.NOTARIZE <= number <= VoteKind.FINALIZE:
        raise DecodeError("certificate request", f"unknown kind {number}")
    return _uint(epoch), _uint(view), VoteKind(number)


def encode_range_request(first: int, count: int) -> bytes:
    """Return the body of GET_RANGE."""
    return _pack([first, count])


def decode_range_request(raw: bytes) -> tuple[int, int]:
    """Decode the body of GET_RANGE: first height and how many."""
    first, count = _fields(raw, "range request", 2)
    return _uint(first), min(_uint(count), RANGE_BLOCKS_MAX)


def encode_range(blocks: list[ProvenBlock]) -> bytes:
    """Return the body of RANGE."""
    return _pack(
        [
            [
                entry.block.encode(),
                entry.proof.certificate.encode(),
                [header.encode() for header in entry.proof.headers],
            ]
            for entry in blocks
        ]
    )


def decode_range(raw: bytes) -> list[ProvenBlock]:
    """Decode the body of RANGE; signatures are not checked."""
    decoded = []
    for entry in _list(_unpack(raw, "range"), "range", RANGE_BLOCKS_MAX):
        block, certificate, headers = _list(entry, "range entry", 3, is_exact=True)
        decoded.append(
            ProvenBlock(
                block=decode_block(_bytes(block, "range block")),
                proof=_decode_proof(certificate, headers),
            )
        )
    return decoded


def _decode_proof(certificate: Any, headers: Any) -> FinalityProof:
    decoded: Certificate = decode_certificate(_bytes(certificate, "range certificate"))
    above: list[Header] = [
        decode_header(_bytes(header, "range header"))
        for header in _list(headers, "range headers", PROOF_HEADERS_MAX)
    ]
    return FinalityProof(certificate=decoded, headers=tuple(above))


def _pack(value: Any) -> bytes:
    return bytes(msgpack.packb(value))


def _unpack(raw: bytes, what: str) -> Any:
    try:
        return msgpack.unpackb(raw, raw=False, strict_map_key=True)
    except (ValueError, msgpack.UnpackException, RecursionError) as error:
        raise DecodeError(what, f"not msgpack: {error}") from error


def _fields(raw: bytes, what: str, count: int) -> list[Any]:
    return _list(_unpack(raw, what), what, count, is_exact=True)


def _list(value: Any, what: str, most: int, *, is_exact: bool = False) -> list[Any]:
    if not isinstance(value, list) or len(value) > most or (is_exact and len(value) != most):
        raise DecodeError(what, f"expected a list of {'exactly' if is_exact else 'at most'} {most}")
    return value


def _uint(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= U64_MAX:
        raise DecodeError("integer", "expected 0 to 2^64 - 1")
    return value


def _hash(value: Any) -> Hash32:
    data = _bytes(value, "hash")
    if len(data) != 32:
        raise DecodeError("hash", f"expected 32 bytes, found {len(data)}")
    return Hash32(data)


def _bytes(value: Any, what: str) -> bytes:
    if not isinstance(value, bytes):
        raise DecodeError(what, "expected bytes")
    return value
