"""Many receipts of one lease checked at once: what pools do before they anchor, auditors after.

The rules are those of the receipts contract (``contracts.receipts.v1.claims``), field for field:
the same receipts stand, and of a receipt that does not stand the first broken rule is named. Fields
are compared as arrays, hashes share passes of a vector kernel; the signature is what takes time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import coincurve
import numpy as np
import numpy.typing as npt
from coincurve._libsecp256k1 import ffi, lib
from coincurve.context import GLOBAL_CONTEXT

from contracts.marketplace.v1.lease_messages import LeaseInfo
from primitives.compute import CLASS_CANONICAL, RECEIPT_TYPE, domain_separator
from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.keccak_batch import keccak256_batch
from primitives.keys import HALF_ORDER
from primitives.types import Address

Bytes = npt.NDArray[np.uint8]

RECEIPT_WORDS: Final = 18
RECEIPT_BYTES: Final = 32 * RECEIPT_WORDS
SIGNATURE_BYTES: Final = 65
(
    JOB, LEASE, SEQ, MINER, CLIENT, MODEL, REQUEST, RESPONSE, TRACE, FINGERPRINT, KIND, UNITS,
    PRICE, STARTED, ENDED, BEACON, ATTESTATION, FLAGS,
) = range(RECEIPT_WORDS)  # fmt: skip
_WIDTHS: Final = {
    SEQ: 8, MINER: 20, CLIENT: 20, KIND: 1, UNITS: 8, PRICE: 16, STARTED: 8, ENDED: 8, FLAGS: 4,
}  # fmt: skip
_HALF_ORDER: Final = HALF_ORDER.to_bytes(32, "big")


class ReceiptFault(IntEnum):
    """Why a receipt does not stand, in the order of checking; the numbers are stable."""

    NONE = 0
    NOT_CANONICAL = 1
    WRONG_LEASE = 2
    WRONG_PARTY = 3
    WRONG_UNITS = 4
    WRONG_TIMES = 5
    EMPTY_FIELD = 6
    UNUSED_FIELD = 7
    STALE_BEACON = 8
    WRONG_SIGNATURE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What receipts of a lease are checked against.

    ``operator`` is the public key (33 or 65 bytes) whose address is registered; ``beacons`` are the
    freshness stamps within the lease; ``latest`` is the last second that work may have ended.
    """

    lease: LeaseInfo
    operator: bytes
    beacons: Collection[bytes]
    latest: int
    chain_id: int
    contract: Address


def check_receipts(receipts: Bytes, signatures: Bytes, rules: Rules) -> npt.NDArray[np.uint8]:
    """Return the first fault of each receipt, 0 for one that stands.

    Args:
        receipts: canonical encodings, shape (n, 576).
        signatures: shape (n, 65).
        rules: the lease's terms and keys.

    Raises:
        DecodeError: arrays of another shape.
    """
    count = len(receipts)
    if receipts.shape != (count, RECEIPT_BYTES) or signatures.shape != (count, SIGNATURE_BYTES):
        raise DecodeError("receipts", "expected (n, 576) receipts and (n, 65) signatures")
    words = np.ascontiguousarray(receipts, np.uint8).reshape(count, RECEIPT_WORDS, 32)
    faults = np.zeros(count, np.uint8)
    for fault, is_broken in _broken_rules(words, rules):
        faults[(faults == 0) & is_broken] = fault
    standing = np.flatnonzero(faults == 0)
    digests = _digests(words[standing], rules)
    signed = _signed_by(digests, np.ascontiguousarray(signatures)[standing], rules.operator)
    faults[standing[~signed]] = ReceiptFault.WRONG_SIGNATURE
    return faults


def _broken_rules(words: Bytes, rules: Rules) -> list[tuple[ReceiptFault, npt.NDArray[np.bool_]]]:
    lease = rules.lease
    units, seconds = _numbers(words, UNITS), (_numbers(words, STARTED), _numbers(words, ENDED))
    is_wide = [words[:, word, : 32 - size].any(axis=1) for word, size in _WIDTHS.items()]
    is_traced = bool(lease.classes & CLASS_CANONICAL)
    latest = min(rules.latest, lease.opened_at + lease.deadline)
    stamps = {beacon.rjust(32, b"\x00") for beacon in rules.beacons}
    return [
        (ReceiptFault.NOT_CANONICAL, np.any(is_wide, axis=0)),
        (
            ReceiptFault.WRONG_LEASE,
            _differs(words, JOB, lease.order_id) | _differs(words, LEASE, lease.lease_id),
        ),
        (
            ReceiptFault.WRONG_PARTY,
            _differs(words, MINER, lease.miner) | _differs(words, CLIENT, lease.client),
        ),
        (
            ReceiptFault.WRONG_UNITS,
            (units == 0)
            | (units > lease.units_max)
            | _differs(words, KIND, lease.unit_kind)
            | _differs(words, PRICE, lease.unit_price)
            | _differs(words, MODEL, lease.model_root),
        ),
        (
            ReceiptFault.WRONG_TIMES,
            (seconds[0] < lease.opened_at) | (seconds[1] < seconds[0]) | (seconds[1] > latest),
        ),
        (
            ReceiptFault.EMPTY_FIELD,
            ~words[:, REQUEST].any(axis=1)
            | ~words[:, RESPONSE].any(axis=1)
            | (words[:, TRACE].any(axis=1) != is_traced),
        ),
        (
            ReceiptFault.UNUSED_FIELD,
            words[:, ATTESTATION].any(axis=1) | words[:, FLAGS].any(axis=1),
        ),
        (
            ReceiptFault.STALE_BEACON,
            np.array([row.tobytes() not in stamps for row in words[:, BEACON]], np.bool_),
        ),
    ]


def _differs(words: Bytes, word: int, expected: int | bytes) -> npt.NDArray[np.bool_]:
    raw = expected.to_bytes(32, "big") if isinstance(expected, int) else expected.rjust(32, b"\0")
    differs: npt.NDArray[np.bool_] = (words[:, word] != np.frombuffer(raw, np.uint8)).any(axis=1)
    return differs


def _numbers(words: Bytes, word: int) -> npt.NDArray[np.uint64]:
    """Return 64-bit fields as integers; wider ones are refused before they matter."""
    low = np.ascontiguousarray(words[:, word, 24:])
    return low.view(">u8")[:, 0].astype(np.uint64)


def _digests(words: Bytes, rules: Rules) -> Bytes:
    """Return EIP-712 digests, shape (n, 32)."""
    count = len(words)
    structs = np.empty((count, 32 + RECEIPT_BYTES), np.uint8)
    structs[:, :32] = np.frombuffer(keccak256(RECEIPT_TYPE), np.uint8)
    structs[:, 32:] = words.reshape(count, RECEIPT_BYTES)
    typed = np.empty((count, 66), np.uint8)
    typed[:, :2] = (0x19, 0x01)
    domain = domain_separator(rules.chain_id, rules.contract)
    typed[:, 2:34] = np.frombuffer(domain, np.uint8)
    typed[:, 34:] = _hash_rows(structs)
    return _hash_rows(typed)


def _hash_rows(rows: Bytes) -> Bytes:
    count, size = rows.shape
    out = np.empty((count, 4), np.uint64)
    keccak256_batch(rows.reshape(-1), np.arange(count + 1, dtype=np.int64) * size, out, 0, count)
    return out.view(np.uint8).reshape(count, 32)


def _signed_by(digests: Bytes, signatures: Bytes, public_key: bytes) -> npt.NDArray[np.bool_]:
    """Answer for each canonical low-s signature whether the key made it.

    By recovery, as the contract does, so that both take the same bytes, parity included; straight
    through libsecp256k1, as a Python object for each key would take longer than the hashing.
    """
    expected = coincurve.PublicKey(public_key).public_key
    context = GLOBAL_CONTEXT.ctx
    parsed: Any = ffi.new("secp256k1_ecdsa_recoverable_signature *")
    found: Any = ffi.new("secp256k1_pubkey *")
    result = np.zeros(len(digests), np.bool_)
    hashes, raws = digests.tobytes(), signatures.tobytes()
    for row in range(len(digests)):
        raw = raws[SIGNATURE_BYTES * row : SIGNATURE_BYTES * (row + 1)]
        if raw[64] > 1 or raw[32:64] > _HALF_ORDER:
            continue
        digest = hashes[32 * row : 32 * row + 32]
        result[row] = (
            lib.secp256k1_ecdsa_recoverable_signature_parse_compact(
                context, parsed, raw[:64], raw[64]
            )
            == 1
            and lib.secp256k1_ecdsa_recover(context, found, parsed, digest) == 1
            and lib.secp256k1_ec_pubkey_cmp(context, found, expected) == 0
        )
    return result
