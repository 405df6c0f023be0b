"""What client and miner say to each other about a lease, beside the chain.

One HTTP exchange a request, at the endpoint that the miner registered::

    POST /v1/leases/<lease>/requests   Envelope  -> Delivery
    POST /v1/leases/<lease>/acks       Voucher   -> {"seq": n}
    GET  /v1/leases/<lease>            -> {"seq": n, "acknowledged": n, ...}

Prompt and answer are sealed between the X25519 keys that the lease names, bound to order, lease,
sequence number and direction: nobody on the way reads them, and nothing said in one place is worth
anything in another. The client signs each envelope, so a miner works for the payer alone, and the
``ComputeRequest`` in it, so that the work is paid even if the client never acknowledges it.
Everything from the other side is decoded strictly and bounded.
"""

from dataclasses import dataclass
from typing import Any, Final

import msgpack

from primitives.compute import (
    Acknowledgement,
    ComputeReceipt,
    ComputeRequest,
    decode_compute_receipt,
)
from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.types import U64_MAX, Hash32
from wallet.sealing import OVERHEAD_BYTES

ASK_BYTES_MAX: Final = 1 << 21
ANSWER_BYTES_MAX: Final = 1 << 23
SEALED_ASK_MAX: Final = ASK_BYTES_MAX + OVERHEAD_BYTES
SEALED_ANSWER_MAX: Final = ANSWER_BYTES_MAX + OVERHEAD_BYTES
TOKENS_MAX: Final = 1 << 17
TO_MINER: Final = 0
TO_CLIENT: Final = 1

_ENVELOPE_TAG: Final = b"AITBC job envelope v1"
_RECEIPT_BYTES: Final = 576
_SIGNATURE_BYTES: Final = 65


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The sealed text to the miner: what to compute.

    ``options`` is the canonical encoding of the kind's sampling options; ``tokens`` are the
    prompt's token ids for an integer model, ``prompt`` is its text for a float engine.
    """

    salt: bytes
    options: bytes
    prompt: str = ""
    tokens: tuple[int, ...] = ()

    def encode(self) -> bytes:
        """Return the bytes that are sealed."""
        packed: bytes = msgpack.packb([self.salt, self.options, self.prompt, list(self.tokens)])
        return packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The sealed text to the client: what came out.

    ``tokens`` are the generated token ids of an integer model; ``scored`` are (text, millionths of
    a nat) of a float engine's tokens.
    """

    delivered: bytes
    tokens: tuple[int, ...] = ()
    scored: tuple[tuple[str, int], ...] = ()
    is_complete: bool = True

    def encode(self) -> bytes:
        """Return the bytes that are sealed."""
        scored = [list(entry) for entry in self.scored]
        packed: bytes = msgpack.packb([self.delivered, list(self.tokens), scored, self.is_complete])
        return packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A sealed ask with the client's signatures over its digest and over what it commits to.

    ``request_signature`` is over ``request``, by which the contract pays what is not acknowledged.
    """

    lease_id: Hash32
    seq: int
    sealed: bytes
    signature: bytes
    request_hash: Hash32
    units_max: int
    request_signature: bytes

    @property
    def request(self) -> ComputeRequest:
        """Return what the client signed for the receipts contract."""
        return ComputeRequest(
            lease_id=self.lease_id,
            seq=self.seq,
            request_hash=self.request_hash,
            units_max=self.units_max,
        )

    def encode(self) -> bytes:
        """Return the request's body."""
        packed: bytes = msgpack.packb(
            [
                self.lease_id,
                self.seq,
                self.sealed,
                self.signature,
                self.request_hash,
                self.units_max,
                self.request_signature,
            ]
        )
        return packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The miner's signed receipt with the sealed answer that it is about."""

    receipt: ComputeReceipt
    signature: bytes
    sealed: bytes

    def encode(self) -> bytes:
        """Return the answer's body."""
        packed: bytes = msgpack.packb([self.receipt.encode(), self.signature, self.sealed])
        return packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """A client's signed acknowledgement."""

    ack: Acknowledgement
    signature: bytes

    def encode(self) -> bytes:
        """Return the request's body."""
        ack = self.ack
        packed: bytes = msgpack.packb(
            [
                ack.lease_id,
                ack.seq,
                ack.receipt_hash,
                ack.cumulative_units,
                ack.cumulative_amount.to_bytes(32, "big"),
                self.signature,
            ]
        )
        return packed


def envelope_digest(chain_id: int, lease_id: bytes, seq: int, sealed: bytes) -> Hash32:
    """Return what the client signs over a request."""
    head = _ENVELOPE_TAG + chain_id.to_bytes(8, "big") + lease_id + seq.to_bytes(8, "big")
    return keccak256(head + keccak256(sealed))


def seal_subject(order_id: bytes, lease_id: bytes, seq: int, direction: int) -> bytes:
    """Return what a sealed text is bound to: order, lease, sequence number, direction."""
    return order_id + lease_id + seq.to_bytes(8, "big") + bytes((direction,))


def decode_ask(data: bytes) -> Ask:
    """Decode an opened ask.

    Raises:
        DecodeError: anything but a canonical ask within its bounds.
    """
    salt, options, prompt, tokens = _fields(data, 4, ASK_BYTES_MAX, "ask")
    return Ask(
        salt=_bytes(salt, "salt", 32),
        options=_bytes(options, "options", None, 4_096),
        prompt=_text(prompt, "prompt"),
        tokens=_token_ids(tokens),
    )


def decode_answer(data: bytes) -> Answer:
    """Decode an opened answer; raises as ``decode_ask``."""
    delivered, tokens, scored, is_complete = _fields(data, 4, ANSWER_BYTES_MAX, "answer")
    rows = []
    for entry in _list(scored, "scored tokens", TOKENS_MAX):
        text, micros = _list(entry, "scored token", 2, exactly=True)
        if not _is_int(micros) or not -(1 << 63) <= micros < 1 << 63:
            raise DecodeError("answer", "a log-probability is no 64-bit number")
        rows.append((_text(text, "token"), micros))
    if not isinstance(is_complete, bool):
        raise DecodeError("answer", "completeness is no boolean")
    return Answer(
        delivered=_bytes(delivered, "delivered", None, ANSWER_BYTES_MAX),
        tokens=_token_ids(tokens),
        scored=tuple(rows),
        is_complete=is_complete,
    )


def decode_envelope(data: bytes) -> Envelope:
    """Decode a request's body; raises as ``decode_ask``."""
    found = _fields(data, 7, SEALED_ASK_MAX + 512, "envelope")
    lease_id, seq, sealed, signature, request, units, asked = found
    return Envelope(
        lease_id=Hash32(_bytes(lease_id, "lease", 32)),
        seq=_number(seq, "seq", U64_MAX),
        sealed=_bytes(sealed, "sealed", None, SEALED_ASK_MAX),
        signature=_bytes(signature, "signature", _SIGNATURE_BYTES),
        request_hash=Hash32(_bytes(request, "request hash", 32)),
        units_max=_number(units, "units", U64_MAX),
        request_signature=_bytes(asked, "request signature", _SIGNATURE_BYTES),
    )


def decode_delivery(data: bytes) -> Delivery:
    """Decode an answer's body; raises as ``decode_ask``."""
    receipt, signature, sealed = _fields(data, 3, SEALED_ANSWER_MAX + 1_024, "delivery")
    return Delivery(
        receipt=decode_compute_receipt(_bytes(receipt, "receipt", _RECEIPT_BYTES)),
        signature=_bytes(signature, "signature", _SIGNATURE_BYTES),
        sealed=_bytes(sealed, "sealed", None, SEALED_ANSWER_MAX),
    )


def decode_voucher(data: bytes) -> Voucher:
    """Decode an acknowledgement's body; raises as ``decode_ask``."""
    lease_id, seq, receipt, units, amount, signature = _fields(data, 6, 1_024, "voucher")
    cumulative = int.from_bytes(_bytes(amount, "amount", 32), "big")
    return Voucher(
        ack=Acknowledgement(
            lease_id=Hash32(_bytes(lease_id, "lease", 32)),
            seq=_number(seq, "seq", U64_MAX),
            receipt_hash=Hash32(_bytes(receipt, "receipt hash", 32)),
            cumulative_units=_number(units, "units", U64_MAX),
            cumulative_amount=cumulative,
        ),
        signature=_bytes(signature, "signature", _SIGNATURE_BYTES),
    )


def _fields(data: bytes, count: int, size_max: int, what: str) -> list[Any]:
    """Unpack a list of ``count`` fields in its one encoding."""
    if len(data) > size_max:
        raise DecodeError(what, f"{len(data)} bytes, at most {size_max}")
    try:
        found = msgpack.unpackb(data, raw=False, strict_map_key=True, max_ext_len=0, max_map_len=0)
    except (ValueError, msgpack.UnpackException, RecursionError) as error:
        raise DecodeError(what, "not valid msgpack") from error
    fields = _list(found, what, count, exactly=True)
    if msgpack.packb(found) != data:
        raise DecodeError(what, "not its canonical encoding")
    return fields


def _list(value: Any, what: str, count: int, *, exactly: bool = False) -> list[Any]:
    if not isinstance(value, list) or len(value) > count or (exactly and len(value) != count):
        raise DecodeError(what, f"expected a list of {'' if exactly else 'at most '}{count}")
    return value


def _bytes(value: Any, what: str, size: int | None, size_max: int = 1 << 30) -> bytes:
    if not isinstance(value, bytes) or len(value) > size_max or size not in (None, len(value)):
        raise DecodeError(what, "wrong type or size")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise DecodeError(what, "no text")
    return value


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any, what: str, most: int) -> int:
    if not _is_int(value) or not 0 <= value <= most:
        raise DecodeError(what, f"no number in 0..{most}")
    return int(value)


def _token_ids(value: Any) -> tuple[int, ...]:
    ids = _list(value, "token ids", TOKENS_MAX)
    return tuple(_number(token, "token id", (1 << 32) - 1) for token in ids)
