"""The signer's guard: the last thing between a bug and a slashed validator.

G1. Per (epoch, view) it lets one proposal hash, one notarize hash and one finalize hash through,
    and never both a nullify and a finalize.
G2. What it lets through is on disk, fsynced, before the signature leaves this object.
G3. Below the floor nothing is signed. The floor rises when old views are forgotten, when sync
    raises it, never falls.
G4. Signing the same statement again is allowed: the signature is the same bytes (RFC 6979).

The file is a journal: a header frame (key, chain), then one frame per change, each with length and
CRC-32, appended and fsynced. It is rewritten, atomically, when it has grown. A last frame that is
cut short or all zero was never fsynced, so its signature never left: it is dropped. Any other
damage stops the node.
"""

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgpack

from consensus.messages import Proposal, proposal_statement
from node.files import write_atomically
from primitives.block import Block
from primitives.errors import AitbcError, ConfigError
from primitives.keys import public_key, public_key_to_address
from primitives.transaction import Transaction, sign_transaction
from primitives.types import ZERO_HASH, Address, Hash32, View
from primitives.vote import Certificate, Statement, Vote, VoteDomain, VoteKind, sign_vote
from primitives.vrf import compute_proof

VIEWS_KEPT: Final = 256
FRAMES_MAX: Final = 8_192
FRAME_BYTES_MAX: Final = 256
_MAGIC: Final = b"AITBCGUARD2"
_FRAME: Final = struct.Struct(">II")
_FLOOR: Final = 0
_SIGNED: Final = 1

Position = tuple[int, int]
"""(epoch, view), ordered as a pair."""


class GuardRefusedError(AitbcError):
    """Signing would be equivocation, or the view lies below the floor."""

    def __init__(self, statement: Statement, why: str) -> None:
        self.statement = statement
        kind = statement.kind.name.lower()
        super().__init__(
            f"the signer's guard refused {kind} in view {statement.epoch}/{statement.view}: {why}"
        )


@dataclass(slots=True)
class _ViewRecord:
    """What was signed in one view."""

    proposed: Hash32 | None = None
    notarized: Hash32 | None = None
    finalized: Hash32 | None = None
    is_nullified: bool = False

    def entries(self) -> list[tuple[VoteKind, Hash32]]:
        """Return what was signed, as kinds and hashes."""
        named = (
            (VoteKind.PROPOSE, self.proposed),
            (VoteKind.NOTARIZE, self.notarized),
            (VoteKind.FINALIZE, self.finalized),
            (VoteKind.NULLIFY, ZERO_HASH if self.is_nullified else None),
        )
        return [(kind, block_hash) for kind, block_hash in named if block_hash is not None]


class SignerGuard:
    """Holds the validator key; ``sign`` is the only use of it."""

    def __init__(self, path: Path, secret: bytes, domain: VoteDomain) -> None:
        self._path = path
        self._secret = secret
        self._domain = domain
        self.address: Address = public_key_to_address(public_key(secret))
        self._floor: Position = (0, 0)
        self._views: dict[Position, _ViewRecord] = {}
        self._frames = 0
        self._file: int | None = None

    @classmethod
    def create(cls, path: Path, secret: bytes, domain: VoteDomain) -> "SignerGuard":
        """Start an empty guard for a key that has never signed.

        Raises:
            ConfigError: a guard exists already.
        """
        if path.exists():
            raise ConfigError(f"signer guard {path} exists", "Start the node without creating it")
        guard = cls(path, secret, domain)
        guard._rewrite()
        return guard

    @classmethod
    def load(cls, path: Path, secret: bytes, domain: VoteDomain) -> "SignerGuard":
        """Read the guard of this key and chain.

        Raises:
            ConfigError: missing, damaged, or of another key or chain.
        """
        guard = cls(path, secret, domain)
        try:
            raw = path.read_bytes()
        except FileNotFoundError as error:
            raise ConfigError(
                f"signer guard {path} is missing",
                "Restore it from the machine that last used this key; without it the key could "
                "sign twice. A key that never signed gets a new guard from: aitbc init",
            ) from error
        guard._decode(raw)
        return guard

    @property
    def highest(self) -> Position:
        """Return the highest (epoch, view) signed, or the floor."""
        return max(self._views, default=self._floor)

    def raise_floor(self, position: Position) -> None:
        """Refuse everything below ``position`` from now on (sync went past it)."""
        if position > self._floor:
            self._set_floor(position)
            self._append([_FLOOR, *position])

    def sign(self, statement: Statement) -> Vote:
        """Record and sign a statement.

        Raises:
            GuardRefusedError: it conflicts with what was signed, or is below the floor.
        """
        position: Position = (statement.epoch, statement.view)
        if position < self._floor:
            raise GuardRefusedError(statement, f"below the floor {self._floor}")
        record = self._views.get(position, _ViewRecord())
        if _note(record, statement):
            self._views[position] = record
            self._forget_oldest()
            self._append([_SIGNED, *statement.to_items()])
        return sign_vote(statement, self._domain, self.address, self._secret)

    def sign_proposal(
        self,
        view: View,
        block: Block,
        certificate: Certificate | None,
        nullifications: tuple[Certificate, ...],
    ) -> Proposal:
        """Record and sign a proposal: one block hash per view.

        Raises:
            GuardRefusedError: another block was proposed in this view.
        """
        signature = self.sign(proposal_statement(view, block)).signature
        return Proposal(
            view=view,
            block=block,
            certificate=certificate,
            nullifications=nullifications,
            signature=signature,
        )

    def sign_transaction(self, unsigned: Transaction) -> Transaction:
        """Sign a transaction of the validator's own account; it is no vote and needs no record."""
        return sign_transaction(unsigned, self._secret)

    def vrf_proof(self, alpha: bytes) -> bytes:
        """Return the VRF proof of this key; it is unique, so it needs no record."""
        return compute_proof(self._secret, alpha)

    def close(self) -> None:
        """Close the journal."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _set_floor(self, position: Position) -> None:
        self._floor = max(self._floor, position)
        self._views = {p: r for p, r in self._views.items() if p >= self._floor}

    def _forget_oldest(self) -> None:
        while len(self._views) > VIEWS_KEPT:
            oldest = min(self._views)
            del self._views[oldest]
            self._floor = max(self._floor, (oldest[0], oldest[1] + 1))

    def _append(self, change: list[Any]) -> None:
        """Write a change and wait for the disk (G2)."""
        if self._frames >= FRAMES_MAX:
            self._rewrite()
            return
        if self._file is None:
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        frame = memoryview(_frame(change))
        while frame:
            frame = frame[os.write(self._file, frame) :]
        os.fsync(self._file)
        self._frames += 1

    def _rewrite(self) -> None:
        """Replace the journal by one that says the same in few frames."""
        frames = [_frame(self._header()), _frame([_FLOOR, *self._floor])]
        for (epoch, view), record in sorted(self._views.items()):
            frames.extend(
                _frame([_SIGNED, int(kind), epoch, view, 0, block_hash])
                for kind, block_hash in record.entries()
            )
        write_atomically(self._path, _MAGIC + b"".join(frames))
        self.close()
        self._frames = len(frames)

    def _header(self) -> list[Any]:
        return [self.address, self._domain.chain_id, self._domain.genesis_hash]

    def _decode(self, raw: bytes) -> None:
        if not raw.startswith(_MAGIC):
            raise self._damaged()
        changes, end = _read_frames(raw, len(_MAGIC))
        tail = raw[end:]
        if not changes or (any(tail) and not _is_cut_short(tail)):
            raise self._damaged()
        if changes[0] != self._header():
            raise ConfigError(
                f"signer guard {self._path} belongs to another key or chain",
                "Use the guard that was made for config/validator_key.json on this chain",
            )
        for change in changes[1:]:
            self._replay(change)
        self._frames = len(changes)
        if tail:
            os.truncate(self._path, end)

    def _replay(self, change: list[Any]) -> None:
        if change[0] == _FLOOR:
            self._set_floor((change[1], change[2]))
            return
        _, kind, epoch, view, height, block_hash = change
        statement = Statement(
            kind=VoteKind(kind), epoch=epoch, view=view, height=height, block_hash=block_hash
        )
        _note(self._views.setdefault((epoch, view), _ViewRecord()), statement)
        self._forget_oldest()

    def _damaged(self) -> ConfigError:
        return ConfigError(
            f"signer guard {self._path} is damaged",
            "Restore it from a backup taken after this key last signed",
        )


def _frame(change: list[Any]) -> bytes:
    body = bytes(msgpack.packb(change))
    return _FRAME.pack(len(body), zlib.crc32(body)) + body


def _read_frames(raw: bytes, offset: int) -> tuple[list[list[Any]], int]:
    """Return the whole frames and where they end."""
    changes: list[list[Any]] = []
    while offset + _FRAME.size <= len(raw):
        length, checksum = _FRAME.unpack_from(raw, offset)
        body = raw[offset + _FRAME.size : offset + _FRAME.size + length]
        if not length or len(body) < length or zlib.crc32(body) != checksum:
            break
        changes.append(msgpack.unpackb(body))
        offset += _FRAME.size + length
    return changes, offset


def _is_cut_short(tail: bytes) -> bool:
    """Answer whether a file's end is one frame that was not written to its end, and nothing else.

    A damaged length could make whole frames look like the rest of one, so none may be among it.
    """
    if len(tail) >= _FRAME.size + FRAME_BYTES_MAX:
        return False
    if any(_read_frames(tail, offset)[0] for offset in range(len(tail))):
        return False
    return len(tail) < _FRAME.size or len(tail) - _FRAME.size < _FRAME.unpack_from(tail)[0]


def _note(record: _ViewRecord, statement: Statement) -> bool:
    """Write a statement into a record; answer whether the record changed (G1, G4)."""
    match statement.kind:
        case VoteKind.NULLIFY:
            if record.finalized is not None:
                raise GuardRefusedError(statement, "a finalize vote was signed in this view")
            is_new = not record.is_nullified
            record.is_nullified = True
            return is_new
        case VoteKind.FINALIZE:
            if record.is_nullified:
                raise GuardRefusedError(statement, "a nullify vote was signed in this view")
            old, record.finalized = record.finalized, record.finalized or statement.block_hash
        case VoteKind.NOTARIZE:
            old, record.notarized = record.notarized, record.notarized or statement.block_hash
        case VoteKind.PROPOSE:
            old, record.proposed = record.proposed, record.proposed or statement.block_hash
    if old is not None and old != statement.block_hash:
        raise GuardRefusedError(statement, f"0x{old.hex()} was signed already")
    return old is None
