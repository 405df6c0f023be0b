"""What the receipts of float engines commit: salted Merkle roots that open in parts.

* request: leaf 0 holds every sampling option, then the prompt's bytes in pieces of 1 KiB;
* response: leaf 0 holds sha256 of the delivered bytes, then one leaf per token: its text and its
  log-probability in millionths of a nat, rounded to nearest (ties to even).

Leaves are sha256(0x00, leaf salt, payload); leaf salts derive from the client's 32 bytes, as in
``primitives.integer_model.request``.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from miner.engines.engine import Token
from primitives.merkle import merkle_root
from primitives.types import Hash32

PIECE_BYTES: Final = 1_024
MICRO: Final = 1_000_000
MICROS_MAX: Final = (1 << 63) - 1

_REQUEST: Final = b"AITBC float request leaf v1"
_RESPONSE: Final = b"AITBC float response leaf v1"


def float_request_hash(salt: bytes, prompt: str, options: bytes) -> Hash32:
    """Return the requestHash of a prompt under its encoded options."""
    raw = prompt.encode()
    pieces = [raw[start : start + PIECE_BYTES] for start in range(0, len(raw), PIECE_BYTES)]
    return merkle_root([_leaf(_REQUEST, salt, i, p) for i, p in enumerate([options, *pieces])])


def float_response_hash(salt: bytes, delivered: bytes, tokens: Sequence[Token]) -> Hash32:
    """Return the responseHash of an answer and its tokens."""
    payloads = [hashlib.sha256(delivered).digest()]
    payloads += [encode_token(token) for token in tokens]
    return merkle_root([_leaf(_RESPONSE, salt, i, p) for i, p in enumerate(payloads)])


def encode_token(token: Token) -> bytes:
    """Return a token's leaf payload: log-probability in millionths, then the text."""
    return log_micros(token.logprob).to_bytes(8, "big", signed=True) + token.text.encode()


def log_micros(logprob: float) -> int:
    """Return a log-probability in millionths of a nat, as it is signed and sent."""
    return max(-MICROS_MAX, min(round(logprob * MICRO), MICROS_MAX))


def _leaf(tag: bytes, salt: bytes, index: int, payload: bytes) -> Hash32:
    leaf_salt = hashlib.sha256(tag + salt + index.to_bytes(4, "big")).digest()[:16]
    return Hash32(hashlib.sha256(b"\x00" + leaf_salt + payload).digest())
