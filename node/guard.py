"""The signer's guard: the last thing between a bug and a slashed validator.

G1. Per (epoch, view) it lets one proposal hash, one notarize hash and one finalize hash through,
    and never both a nullify and a finalize.
G2. What it lets through is on disk, fsynced, before the signature leaves this object.
G3. Below the floor nothing is signed. The floor rises when old views are forgotten, when sync
    raises it, never falls.
G4. Signing the same statement again is allowed: the signature is the same bytes (RFC 6979).
"""

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
from primitives.types import Address, Hash32, View
from primitives.vote import Certificate, Statement, Vote, VoteDomain, VoteKind, sign_vote
from primitives.vrf import compute_proof

VIEWS_KEPT: Final = 256
_MAGIC: Final = b"AITBCGUARD1"

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


class SignerGuard:
    """Holds the validator key; ``sign`` is the only use of it."""

    def __init__(self, path: Path, secret: bytes, domain: VoteDomain) -> None:
        self._path = path
        self._secret = secret
        self._domain = domain
        self.address: Address = public_key_to_address(public_key(secret))
        self._floor: Position = (0, 0)
        self._views: dict[Position, _ViewRecord] = {}

    @classmethod
    def create(cls, path: Path, secret: bytes, domain: VoteDomain) -> "SignerGuard":
        """Start an empty guard for a key that has never signed.

        Raises:
            ConfigError: a guard exists already.
        """
        if path.exists():
            raise ConfigError(f"signer guard {path} exists", "Start the node without creating it")
        guard = cls(path, secret, domain)
        guard._save()
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
            self._floor = position
            self._views = {p: r for p, r in self._views.items() if p >= position}
            self._save()

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
            while len(self._views) > VIEWS_KEPT:
                oldest = min(self._views)
                del self._views[oldest]
                self._floor = max(self._floor, (oldest[0], oldest[1] + 1))
            self._save()
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

    def vrf_proof(self, alpha: bytes) -> bytes:
        """Return the VRF proof of this key; it is unique, so it needs no record."""
        return compute_proof(self._secret, alpha)

    def _save(self) -> None:
        views = [
            [epoch, view, r.proposed, r.notarized, r.finalized, r.is_nullified]
            for (epoch, view), r in sorted(self._views.items())
        ]
        body = msgpack.packb(
            [self.address, self._domain.chain_id, self._domain.genesis_hash, self._floor, views]
        )
        checksum = zlib.crc32(body).to_bytes(4, "big")
        write_atomically(self._path, _MAGIC + checksum + body)

    def _decode(self, raw: bytes) -> None:
        body = raw[len(_MAGIC) + 4 :]
        checksum = zlib.crc32(body).to_bytes(4, "big")
        if raw[: len(_MAGIC) + 4] != _MAGIC + checksum:
            raise ConfigError(
                f"signer guard {self._path} is damaged",
                "Restore it from a backup taken after this key last signed",
            )
        address, chain_id, genesis_hash, floor, views = msgpack.unpackb(body, use_list=False)
        if (address, chain_id, genesis_hash) != (
            self.address,
            self._domain.chain_id,
            self._domain.genesis_hash,
        ):
            raise ConfigError(
                f"signer guard {self._path} belongs to another key or chain",
                "Use the guard that was made for config/validator_key.json on this chain",
            )
        self._floor = floor
        self._views = {(entry[0], entry[1]): _record_of(entry) for entry in views}


def _record_of(entry: tuple[Any, ...]) -> _ViewRecord:
    return _ViewRecord(
        proposed=entry[2], notarized=entry[3], finalized=entry[4], is_nullified=entry[5]
    )


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
