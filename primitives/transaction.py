"""Transactions of types 0 (EIP-155), 1 (EIP-2930), 2 (EIP-1559) and 4 (EIP-7702).

One value type for all four: fields that a type lacks hold their neutral value. Decoding is strict:
every accepted byte string is exactly what ``encode`` returns for the decoded value, and its
signature has low s (EIP-2). Blob transactions (type 3) are refused by name.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from primitives import rlp
from primitives.errors import DecodeError, InvalidSignatureError
from primitives.keccak import keccak256
from primitives.keys import Signature, check_signature_range, recover_address, sign
from primitives.types import U64_MAX, Address, Hash32

LEGACY: Final = 0
ACCESS_LIST: Final = 1
DYNAMIC_FEE: Final = 2
BLOB: Final = 3
SET_CODE: Final = 4

SET_CODE_MAGIC: Final = 0x05
"""Domain byte of an authorization's digest (EIP-7702)."""

TRANSACTION_BYTES_MAX: Final = 128 * 1024
"""Largest raw transaction that the pool and a block take (geth's txMaxSize)."""

AccessList = tuple[tuple[Address, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """One EIP-7702 authorization tuple; its authority is the account that signed it."""

    chain_id: int
    address: Address
    nonce: int
    y_parity: int
    r: int
    s: int

    def authority(self) -> Address:
        """Return the signer.

        Raises:
            InvalidSignatureError: the tuple is then skipped, not the transaction (EIP-7702).
        """
        payload = rlp.encode([self.chain_id, self.address, self.nonce])
        digest = keccak256(bytes((SET_CODE_MAGIC,)) + payload)
        return recover_address(digest, Signature(self.r, self.s, self.y_parity))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A signed transaction. Prices in wei per gas; ``to`` is None for a contract creation.

    For types 0 and 1 ``max_fee_per_gas`` and ``max_priority_fee_per_gas`` both hold the gas price.
    ``chain_id`` is None only for legacy transactions without replay protection.
    """

    kind: int
    chain_id: int | None
    nonce: int
    max_priority_fee_per_gas: int
    max_fee_per_gas: int
    gas_limit: int
    to: Address | None
    value: int
    data: bytes
    access_list: AccessList = ()
    authorizations: tuple[Authorization, ...] = ()
    y_parity: int = 0
    r: int = 0
    s: int = 0
    _cache: dict[str, bytes] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    @property
    def hash(self) -> Hash32:
        """Return keccak of the raw transaction."""
        cached = self._cache.get("hash")
        if cached is None:
            cached = self._cache["hash"] = keccak256(self.encode())
        return Hash32(cached)

    @property
    def sender(self) -> Address:
        """Return the recovered sender (computed once, 45 us).

        Raises:
            InvalidSignatureError: unsigned, or the signature recovers to no key.
        """
        cached = self._cache.get("sender")
        if cached is None:
            signature = Signature(self.r, self.s, self.y_parity)
            cached = self._cache["sender"] = recover_address(self.signing_digest(), signature)
        return Address(cached)

    def effective_gas_price(self, base_fee: int) -> int:
        """Return the wei per gas that the sender pays at ``base_fee`` (EIP-1559)."""
        return min(self.max_fee_per_gas, base_fee + self.max_priority_fee_per_gas)

    def signing_digest(self) -> Hash32:
        """Return the digest that the sender signed."""
        if self.kind == LEGACY:
            tail = [] if self.chain_id is None else [self.chain_id, 0, 0]
            return keccak256(rlp.encode([*self._legacy_fields(), *tail]))
        return keccak256(bytes((self.kind,)) + rlp.encode(self._typed_fields()))

    def encode(self) -> bytes:
        """Return the raw transaction (EIP-2718 envelope; plain RLP for type 0)."""
        raw = self._cache.get("raw")
        if raw is None:
            raw = self._cache["raw"] = self._encode()
        return raw

    def _encode(self) -> bytes:
        if self.kind == LEGACY:
            v = 27 + self.y_parity if self.chain_id is None else 35 + self.y_parity
            if self.chain_id is not None:
                v += 2 * self.chain_id
            return rlp.encode([*self._legacy_fields(), v, self.r, self.s])
        fields = [*self._typed_fields(), self.y_parity, self.r, self.s]
        return bytes((self.kind,)) + rlp.encode(fields)

    def _legacy_fields(self) -> list[rlp.Encodable]:
        to = self.to if self.to is not None else b""
        return [self.nonce, self.max_fee_per_gas, self.gas_limit, to, self.value, self.data]

    def _typed_fields(self) -> list[rlp.Encodable]:
        fields: list[rlp.Encodable] = [self.chain_id or 0, self.nonce]
        if self.kind != ACCESS_LIST:
            fields.append(self.max_priority_fee_per_gas)
        fields += [self.max_fee_per_gas, self.gas_limit]
        fields += [self.to if self.to is not None else b"", self.value, self.data]
        fields.append(
            [
                [address, [s.to_bytes(32, "big") for s in slots]]
                for address, slots in self.access_list
            ]
        )
        if self.kind == SET_CODE:
            fields.append(
                [
                    [a.chain_id, a.address, a.nonce, a.y_parity, a.r, a.s]
                    for a in self.authorizations
                ]
            )
        return fields


def sign_transaction(unsigned: Transaction, secret: bytes) -> Transaction:
    """Return ``unsigned`` with the signature of ``secret``."""
    signature = sign(secret, unsigned.signing_digest())
    return replace(unsigned, y_parity=signature.y_parity, r=signature.r, s=signature.s)


def decode_transaction(raw: bytes) -> Transaction:
    """Decode a raw transaction; the result encodes to ``raw`` again.

    Raises:
        DecodeError: any other bytes, a blob transaction, a signature out of range or with high s.
    """
    if not raw:
        raise DecodeError("transaction", "empty")
    if raw[0] >= 0xC0:
        transaction = _decode_legacy(rlp.decode_list(raw, "transaction", 9))
    elif raw[0] in (ACCESS_LIST, DYNAMIC_FEE, SET_CODE):
        transaction = _decode_typed(raw[0], rlp.decode(raw[1:]))
    elif raw[0] == BLOB:
        raise DecodeError("transaction", "blob transactions (type 3) do not exist on this chain")
    else:
        raise DecodeError("transaction", f"unknown type {raw[0]}")
    try:
        check_signature_range(Signature(transaction.r, transaction.s, transaction.y_parity))
    except InvalidSignatureError as error:
        raise DecodeError("transaction", str(error)) from error
    transaction._cache["raw"] = raw
    return transaction


def _decode_legacy(fields: list[rlp.Item]) -> Transaction:
    v = rlp.as_uint(fields[6], "transaction v")
    if v in (27, 28):
        chain_id, y_parity = None, v - 27
    elif v >= 35:
        chain_id, y_parity = (v - 35) // 2, (v - 35) % 2
        if chain_id > U64_MAX:
            raise DecodeError("transaction v", "chain id above 2^64 - 1")
    else:
        raise DecodeError("transaction v", f"{v} is neither 27, 28 nor an EIP-155 value")
    gas_price = rlp.as_uint(fields[1], "transaction gas price")
    return Transaction(
        kind=LEGACY,
        chain_id=chain_id,
        nonce=_nonce(fields[0]),
        max_priority_fee_per_gas=gas_price,
        max_fee_per_gas=gas_price,
        gas_limit=rlp.as_uint(fields[2], "transaction gas limit", 64),
        to=_recipient(fields[3]),
        value=rlp.as_uint(fields[4], "transaction value"),
        data=rlp.as_bytes(fields[5], "transaction data"),
        y_parity=y_parity,
        r=rlp.as_uint(fields[7], "transaction r"),
        s=rlp.as_uint(fields[8], "transaction s"),
    )


def _decode_typed(kind: int, item: rlp.Item) -> Transaction:
    count = {ACCESS_LIST: 11, DYNAMIC_FEE: 12, SET_CODE: 13}[kind]
    fields = iter(rlp.as_list(item, "transaction", count))
    chain_id = rlp.as_uint(next(fields), "transaction chain id", 64)
    nonce = _nonce(next(fields))
    priority = rlp.as_uint(next(fields), "transaction fee")
    max_fee = priority if kind == ACCESS_LIST else rlp.as_uint(next(fields), "transaction max fee")
    gas_limit = rlp.as_uint(next(fields), "transaction gas limit", 64)
    to = _recipient(next(fields))
    value = rlp.as_uint(next(fields), "transaction value")
    data = rlp.as_bytes(next(fields), "transaction data")
    access_list = _decode_access_list(next(fields))
    authorizations: tuple[Authorization, ...] = ()
    if kind == SET_CODE:
        authorizations = _decode_authorizations(next(fields))
        if to is None:
            raise DecodeError("transaction", "a set-code transaction cannot create a contract")
    y_parity = rlp.as_uint(next(fields), "transaction y parity", 8)
    r = rlp.as_uint(next(fields), "transaction r")
    s = rlp.as_uint(next(fields), "transaction s")
    return Transaction(
        kind=kind,
        chain_id=chain_id,
        nonce=nonce,
        max_priority_fee_per_gas=priority,
        max_fee_per_gas=max_fee,
        gas_limit=gas_limit,
        to=to,
        value=value,
        data=data,
        access_list=access_list,
        authorizations=authorizations,
        y_parity=y_parity,
        r=r,
        s=s,
    )


def _nonce(item: rlp.Item) -> int:
    """Decode a nonce; 2^64 - 1 cannot be used (EIP-2681)."""
    nonce = rlp.as_uint(item, "transaction nonce", 64)
    if nonce == U64_MAX:
        raise DecodeError("transaction nonce", "2^64 - 1 has no successor (EIP-2681)")
    return nonce


def _recipient(item: rlp.Item) -> Address | None:
    data = rlp.as_bytes(item, "transaction to")
    if not data:
        return None
    return Address(rlp.as_bytes(data, "transaction to", 20))


def _decode_access_list(item: rlp.Item) -> AccessList:
    entries = []
    for entry in rlp.as_list(item, "access list"):
        address, slots = rlp.as_list(entry, "access list entry", 2)
        keys = tuple(
            int.from_bytes(rlp.as_bytes(slot, "storage key", 32), "big")
            for slot in rlp.as_list(slots, "storage keys")
        )
        entries.append((Address(rlp.as_bytes(address, "access list address", 20)), keys))
    return tuple(entries)


def _decode_authorizations(item: rlp.Item) -> tuple[Authorization, ...]:
    """Decode the tuples; a signature that recovers to nobody is legal here (EIP-7702)."""
    entries = rlp.as_list(item, "authorization list")
    if not entries:
        raise DecodeError("authorization list", "empty (EIP-7702)")
    decoded = []
    for entry in entries:
        chain_id, address, nonce, y_parity, r, s = rlp.as_list(entry, "authorization", 6)
        decoded.append(
            Authorization(
                chain_id=rlp.as_uint(chain_id, "authorization chain id"),
                address=Address(rlp.as_bytes(address, "authorization address", 20)),
                nonce=rlp.as_uint(nonce, "authorization nonce", 64),
                y_parity=rlp.as_uint(y_parity, "authorization y parity", 8),
                r=rlp.as_uint(r, "authorization r"),
                s=rlp.as_uint(s, "authorization s"),
            )
        )
    return tuple(decoded)
