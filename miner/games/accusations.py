"""What a challenger accuses of, one file an accusation, so that it survives kill -9.

A commitment's salt follows from the challenger's key and the accusation: even a challenger whose
files are gone reveals what he committed, once he finds the fraud again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgpack

from contracts.disputes.v1.commitments import challenge_commitment
from contracts.disputes.v1.messages import Fault, LeafOpening
from contracts.places import DISPUTES_ADDRESS
from miner.record_log import write_synced
from primitives.compute import ComputeReceipt, decode_compute_receipt
from primitives.errors import ConfigError, DecodeError
from primitives.keccak import keccak256
from primitives.types import ZERO_HASH, Hash32

SUFFIX: Final = ".accusation"
GAMES: Final = (Fault.WRONG_STEP, Fault.WRONG_TILE)
BATCH: Final = (Fault.DUPLICATE_LEAF, Fault.WRONG_SUM, Fault.BAD_SIGNATURE)

_SALT_TAG: Final = b"AITBC challenge salt v1"


class State(StrEnum):
    """Where an accusation stands, as its challenger knows it."""

    FILED = "filed"
    COMMITTED = "committed"
    REVEALED = "revealed"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accusation:
    """One accusation. ``bond`` in wei is what stands in it now; ``leaves`` the accused's trace's.

    ``other`` is the second receipt of a double signing; ``batch_id`` with ``left`` (and ``right``)
    name leaves of a batch. ``height`` is where it was filed.
    """

    fault: Fault
    height: int
    receipt: ComputeReceipt | None = None
    signature: bytes = b""
    other: ComputeReceipt | None = None
    other_signature: bytes = b""
    batch_id: int = 0
    left: LeafOpening | None = None
    right: LeafOpening | None = None
    state: State = State.FILED
    challenge_id: int = 0
    bond: int = 0
    leaves: int = 0
    outcome: str = ""

    @property
    def subject(self) -> Hash32:
        """Return what the commitment names: a receipt's hash, or a batch's number as a word."""
        if self.fault in BATCH:
            return _word(self.batch_id)
        assert self.receipt is not None
        return self.receipt.struct_hash()

    @property
    def evidence(self) -> Hash32:
        """Return the evidence hash, as each reveal defines it."""
        if self.fault == Fault.DOUBLE_SIGNING:
            assert self.other is not None
            return self.other.struct_hash()
        if self.fault not in BATCH:
            return ZERO_HASH
        assert self.left is not None
        if self.fault == Fault.DUPLICATE_LEAF:
            assert self.right is not None
            return _word(self.left.index << 64 | self.right.index)
        return _word(self.left.index)

    @property
    def name(self) -> str:
        """Return what names it once for all."""
        return keccak256(self.subject + bytes((self.fault,)) + self.evidence).hex()

    def salt(self, secret: bytes) -> Hash32:
        """Return the commitment's salt, which nobody without the key can guess."""
        return salt_of(secret, self.subject, self.fault, self.evidence)

    def commitment(self, chain_id: int, challenger: bytes, secret: bytes) -> Hash32:
        """Return the commitment, as the contract computes it."""
        salt = self.salt(secret)
        return commitment_of(chain_id, challenger, self.subject, self.fault, self.evidence, salt)


def salt_of(secret: bytes, subject: bytes, fault: int, evidence: bytes) -> Hash32:
    """Return the salt of a commitment, which nobody without the key can guess."""
    return keccak256(_SALT_TAG + secret + subject + bytes((fault,)) + evidence)


def commitment_of(
    chain_id: int, challenger: bytes, subject: bytes, fault: int, evidence: bytes, salt: bytes
) -> Hash32:
    """Return a commitment to a challenge, as the contract computes it."""
    place = (chain_id, DISPUTES_ADDRESS)
    return challenge_commitment(place, subject, challenger, int(fault), evidence, salt)


class AccusationStore:
    """A directory of accusations."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._known = {found.name: found for found in read_accusations(directory)}

    def all(self) -> list[Accusation]:
        """Return all accusations."""
        return list(self._known.values())

    def open(self) -> list[Accusation]:
        """Return those that are not over."""
        return [found for found in self._known.values() if found.state is not State.OVER]

    def find(self, name: str) -> Accusation | None:
        """Return an accusation by its name."""
        return self._known.get(name)

    def save(self, accusation: Accusation) -> Accusation:
        """Write an accusation's new state and sync; returns it."""
        write_synced(self._directory / (accusation.name + SUFFIX), _encode(accusation))
        self._known[accusation.name] = accusation
        return accusation

    def change(self, accusation: Accusation, **changes: Any) -> Accusation:
        """Save an accusation with other values."""
        return self.save(replace(accusation, **changes))


def read_accusations(directory: Path) -> Iterator[Accusation]:
    """Yield the accusations of a directory.

    Raises:
        ConfigError: a file is damaged.
    """
    for path in sorted(directory.glob("*" + SUFFIX)):
        try:
            yield _decode(path.read_bytes())
        except (DecodeError, ValueError, TypeError, KeyError, msgpack.UnpackException) as error:
            raise ConfigError(
                f"{path} is damaged: {error}",
                "Move it away: the challenge goes on once the fraud is found again",
            ) from error


def _encode(accusation: Accusation) -> bytes:
    plain: dict[str, object] = {}
    for name in (member.name for member in fields(accusation)):
        value = getattr(accusation, name)
        if isinstance(value, ComputeReceipt):
            value = value.encode()
        elif isinstance(value, LeafOpening):
            value = [*(getattr(value, f.name) for f in fields(value))]
            value = [_big(item) if isinstance(item, int) else item for item in value]
            value[-1] = [_big(total) for total in value[-1]]
        elif isinstance(value, State):
            value = value.value
        elif isinstance(value, int):
            value = _big(value)
        plain[name] = value
    packed: bytes = msgpack.packb(plain)
    return packed


def _decode(data: bytes) -> Accusation:
    plain = msgpack.unpackb(data, raw=False)
    for name in ("receipt", "other"):
        plain[name] = None if plain[name] is None else decode_compute_receipt(plain[name])
    for name in ("left", "right"):
        plain[name] = None if plain[name] is None else _leaf(plain[name])
    for name in ("height", "batch_id", "challenge_id", "bond", "leaves"):
        plain[name] = int.from_bytes(plain[name], "big")
    plain["fault"] = Fault(int.from_bytes(plain["fault"], "big"))
    plain["state"] = State(plain["state"])
    return Accusation(**plain)


def _leaf(plain: list[Any]) -> LeafOpening:
    index, lease_id, seq, receipt_hash, amount, hashes, totals = plain
    return LeafOpening(
        int.from_bytes(index, "big"), lease_id, int.from_bytes(seq, "big"), receipt_hash,
        int.from_bytes(amount, "big"), tuple(hashes),
        tuple(int.from_bytes(total, "big") for total in totals),
    )  # fmt: skip


def _big(value: int) -> bytes:
    """Return an integer of any size for msgpack, which knows 64 bits."""
    return value.to_bytes(32, "big")


def _word(value: int) -> Hash32:
    return Hash32(value.to_bytes(32, "big"))
