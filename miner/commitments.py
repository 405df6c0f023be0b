"""Salts of commitments that a crash cannot lose: derived from the account's key and the subject.

Whoever commits to a value and reveals it later needs the salt again. It is HMAC-SHA-256 of what is
voted on, under the account's key: nobody else can guess it, every start finds it again, and one
subject has one salt. The value itself is on the disk before its commitment is sent.
"""

import hashlib
import hmac
from typing import Final

_TAG: Final = b"AITBC commitment salt v1"


def salt_for(secret: bytes, chain_id: int, subject: str, number: int) -> bytes:
    """Return the salt (32 bytes) of an account's vote on ``subject`` ``number`` on a chain."""
    head = _TAG + chain_id.to_bytes(8, "big") + number.to_bytes(8, "big")
    return hmac.digest(secret, head + subject.encode(), hashlib.sha256)
