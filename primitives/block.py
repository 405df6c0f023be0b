"""Header, block, log and transaction receipt: Ethereum Prague's, plus the consensus seal.

The block hash is keccak(rlp(header)); the header commits to the seal through
``parent_beacon_block_root = keccak(rlp(seal))``.
"""

from dataclasses import dataclass, field, fields
from typing import Final

from primitives import rlp
from primitives.errors import DecodeError
from primitives.keccak import EMPTY_OMMERS_HASH, EMPTY_TRIE_ROOT, keccak256
from primitives.seal import Seal, decode_seal_item
from primitives.transaction import Transaction, decode_transaction
from primitives.types import Address, Hash32

BLOOM_BYTES: Final = 256
EMPTY_BLOOM: Final = bytes(BLOOM_BYTES)
EMPTY_REQUESTS_HASH: Final = Hash32(
    bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
)
"""sha256(""): requests are always empty here (EIP-7685)."""

BLOCK_BYTES_MAX: Final = 8 * 1024 * 1024
BLOCK_TRANSACTIONS_MAX: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """An Ethereum Prague header. ``mix_hash`` carries the beacon; ``timestamp`` is in seconds."""

    parent_hash: Hash32
    ommers_hash: Hash32 = EMPTY_OMMERS_HASH
    coinbase: Address
    state_root: Hash32
    transactions_root: Hash32
    receipts_root: Hash32
    logs_bloom: bytes
    difficulty: int = 0
    height: int
    gas_limit: int
    gas_used: int
    timestamp: int
    extra_data: bytes = b""
    mix_hash: Hash32
    nonce: bytes = bytes(8)
    base_fee_per_gas: int
    withdrawals_root: Hash32 = EMPTY_TRIE_ROOT
    blob_gas_used: int = 0
    excess_blob_gas: int = 0
    parent_beacon_block_root: Hash32
    requests_hash: Hash32 = EMPTY_REQUESTS_HASH
    _cache: dict[str, bytes] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    @property
    def hash(self) -> Hash32:
        """Return keccak(rlp(header))."""
        cached = self._cache.get("hash")
        if cached is None:
            cached = self._cache["hash"] = keccak256(self.encode())
        return Hash32(cached)

    def encode(self) -> bytes:
        """Return the header's RLP."""
        cached = self._cache.get("raw")
        if cached is None:
            cached = self._cache["raw"] = rlp.encode([getattr(self, n) for n in _HEADER_FIELDS])
        return cached


_HEADER_FIELDS: Final = tuple(f.name for f in fields(Header) if f.init)
_HEADER_SIZES: Final = {
    "parent_hash": 32,
    "ommers_hash": 32,
    "coinbase": 20,
    "state_root": 32,
    "transactions_root": 32,
    "receipts_root": 32,
    "logs_bloom": BLOOM_BYTES,
    "mix_hash": 32,
    "nonce": 8,
    "withdrawals_root": 32,
    "parent_beacon_block_root": 32,
    "requests_hash": 32,
}
_HEADER_UINTS: Final = {
    "difficulty": 256,
    "height": 64,
    "gas_limit": 64,
    "gas_used": 64,
    "timestamp": 64,
    "base_fee_per_gas": 256,
    "blob_gas_used": 64,
    "excess_blob_gas": 64,
}


def decode_header(raw: bytes) -> Header:
    """Decode a header; the result encodes to ``raw`` again."""
    return decode_header_item(rlp.decode(raw))


def decode_header_item(item: rlp.Item) -> Header:
    """Decode a header from its RLP item."""
    values: dict[str, bytes | int] = {}
    for name, entry in zip(
        _HEADER_FIELDS, rlp.as_list(item, "header", len(_HEADER_FIELDS)), strict=True
    ):
        if name in _HEADER_UINTS:
            values[name] = rlp.as_uint(entry, f"header {name}", _HEADER_UINTS[name])
        else:
            values[name] = rlp.as_bytes(entry, f"header {name}", _HEADER_SIZES.get(name))
    if len(values["extra_data"]) > 32:  # type: ignore[arg-type]
        raise DecodeError("header extra_data", "longer than 32 bytes")
    return Header(**values)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block: header, transactions and the seal that the header commits to."""

    header: Header
    transactions: tuple[Transaction, ...]
    seal: Seal

    @property
    def hash(self) -> Hash32:
        """Return the header's hash."""
        return self.header.hash

    @property
    def height(self) -> int:
        """Return the header's height."""
        return self.header.height

    @property
    def parent_hash(self) -> Hash32:
        """Return the parent block's hash."""
        return self.header.parent_hash

    def encode(self) -> bytes:
        """Return RLP of [header, [raw transactions], seal]."""
        header = rlp.decode(self.header.encode())
        return rlp.encode([header, [t.encode() for t in self.transactions], self.seal.to_item()])


def decode_block(raw: bytes) -> Block:
    """Decode a block; checks only form and that the header commits to the seal.

    Raises:
        DecodeError: malformed, oversized, or the seal is not the one that the header names.
    """
    if len(raw) > BLOCK_BYTES_MAX:
        raise DecodeError("block", f"larger than {BLOCK_BYTES_MAX} bytes")
    header_item, transaction_items, seal_item = rlp.as_list(rlp.decode(raw), "block", 3)
    items = rlp.as_list(transaction_items, "block transactions")
    if len(items) > BLOCK_TRANSACTIONS_MAX:
        raise DecodeError("block", f"more than {BLOCK_TRANSACTIONS_MAX} transactions")
    header = decode_header_item(header_item)
    seal = decode_seal_item(seal_item)
    if seal.hash != header.parent_beacon_block_root:
        raise DecodeError("block", "the header commits to another seal")
    transactions = tuple(
        decode_transaction(rlp.as_bytes(item, "block transaction")) for item in items
    )
    return Block(header=header, transactions=transactions, seal=seal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """An event: emitting address, up to four 32-byte topics, data."""

    address: Address
    topics: tuple[Hash32, ...]
    data: bytes

    def to_item(self) -> list[rlp.Encodable]:
        """Return the RLP item."""
        return [self.address, list(self.topics), self.data]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionReceipt:
    """What a transaction did. ``gas_used`` and ``contract_address`` are not in the consensus
    encoding; they are kept because wallets ask for them.
    """

    kind: int
    succeeded: bool
    cumulative_gas_used: int
    gas_used: int
    logs: tuple[Log, ...]
    contract_address: Address | None = None

    @property
    def bloom(self) -> bytes:
        """Return the 2048-bit bloom of the logs."""
        return logs_bloom(self.logs)

    def encode(self) -> bytes:
        """Return the consensus encoding (EIP-2718)."""
        payload = rlp.encode(
            [
                int(self.succeeded),
                self.cumulative_gas_used,
                self.bloom,
                [log.to_item() for log in self.logs],
            ]
        )
        return payload if self.kind == 0 else bytes((self.kind,)) + payload


def logs_bloom(logs: tuple[Log, ...]) -> bytes:
    """Return the bloom over addresses and topics (yellow paper, M3:2048)."""
    if not logs:
        return EMPTY_BLOOM
    bits = 0
    for log in logs:
        for entry in (log.address, *log.topics):
            bits |= bloom_bits(entry)
    return bits.to_bytes(BLOOM_BYTES, "big")


def bloom_bits(entry: bytes) -> int:
    """Return the three bits of one entry as a 2048-bit integer."""
    digest = keccak256(entry)
    bits = 0
    for i in (0, 2, 4):
        bits |= 1 << (int.from_bytes(digest[i : i + 2], "big") & 2047)
    return bits


def merge_blooms(blooms: "list[bytes]") -> bytes:
    """Return the union of blooms."""
    bits = 0
    for bloom in blooms:
        bits |= int.from_bytes(bloom, "big")
    return bits.to_bytes(BLOOM_BYTES, "big")
