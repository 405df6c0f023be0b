"""The votes of one epoch, counted by power, and the certificates in use.

1. Per (view, kind, voter) the first vote counts; a different one is evidence and is not counted.
2. A view's votes are kept from ``floor`` on; above the current view only ``VIEWS_AHEAD_MAX`` views
   are kept, so a voter can fill at most three votes in each of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from consensus.evidence import is_equivocation
from primitives.block import Block
from primitives.seal import LATE_VOTE_ANCESTORS_MAX, LATE_VOTES_MAX
from primitives.types import Address, View
from primitives.vote import Certificate, Statement, ValidatorSet, Vote, VoteKind

VIEWS_AHEAD_MAX: Final = 32
"""How far above the current view votes are kept (three per voter and view)."""

VIEWS_BEHIND_MAX: Final = 64
"""How far below the finalized view votes are kept, for late votes and evidence."""

_BLOCK_KINDS: Final = (VoteKind.NOTARIZE, VoteKind.FINALIZE)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What adding a vote did: whether it counts now, and the vote that it contradicts."""

    is_new: bool
    conflict: Vote | None = None


class VoteBook:
    """Votes of one epoch by view, kind and voter."""

    def __init__(self, validators: ValidatorSet) -> None:
        self._validators = validators
        self._views: dict[View, dict[VoteKind, dict[Address, Vote]]] = {}
        self._power: dict[Statement, int] = {}
        self._reported: dict[View, set[tuple[Address, VoteKind, VoteKind]]] = {}
        self.floor = View(0)

    def vote(self, view: View, kind: VoteKind, voter: Address) -> Vote | None:
        """Return the vote that counts."""
        return self._views.get(view, {}).get(kind, {}).get(voter)

    def add(self, vote: Vote) -> Recorded:
        """Count a vote, or say what it contradicts (once per voter, view and pair of kinds)."""
        statement = vote.statement
        member = self._validators.validator(vote.voter)
        if member is None or statement.view < self.floor:
            return Recorded(is_new=False)
        kinds = self._views.setdefault(statement.view, {})
        votes = kinds.setdefault(statement.kind, {})
        conflict = self._find_conflict(vote, kinds)
        if vote.voter in votes:
            return Recorded(False, conflict)
        votes[vote.voter] = vote
        self._power[statement] = self._power.get(statement, 0) + member.power
        return Recorded(True, conflict)

    def has_quorum(self, statement: Statement) -> bool:
        """Answer whether more than two thirds of power voted for the statement."""
        return self._validators.is_quorum(self._power.get(statement, 0))

    def votes_for(self, statement: Statement) -> list[Vote]:
        """Return the counted votes on a statement."""
        votes = self._views.get(statement.view, {}).get(statement.kind, {})
        return [vote for vote in votes.values() if vote.statement == statement]

    def widen(self, certificate: Certificate) -> Certificate:
        """Return the certificate with every further vote that we hold (the seal rewards them)."""
        by_index = dict(zip(certificate.signer_indexes(), certificate.signatures, strict=True))
        for vote in self.votes_for(certificate.statement):
            index = self._validators.index_of(vote.voter)
            if index is not None:
                by_index.setdefault(index, vote.signature)
        return Certificate(
            statement=certificate.statement,
            signers=sum(1 << i for i in by_index),
            signatures=tuple(by_index[i] for i in sorted(by_index)),
        )

    def new_votes(self, certificate: Certificate) -> list[Vote]:
        """Return a certificate's votes that are not counted here: support or evidence."""
        counted = self._views.get(certificate.statement.view, {}).get(
            certificate.statement.kind, {}
        )
        votes = []
        for index, signature in zip(
            certificate.signer_indexes(), certificate.signatures, strict=False
        ):
            if index >= len(self._validators):
                break
            voter = self._validators.validators[index].address
            known = counted.get(voter)
            if known is None or known.statement != certificate.statement:
                votes.append(
                    Vote(statement=certificate.statement, voter=voter, signature=signature)
                )
        return votes

    def late_votes(self, chain: list[Block]) -> tuple[Vote, ...]:
        """Return votes for ancestors that no seal of ``chain`` (the new block's last ancestors, in
        order) carries yet: at most one per voter and view.
        """
        carried: set[tuple[View, Address]] = set()
        statements: list[Statement] = []
        for block in chain[-LATE_VOTE_ANCESTORS_MAX:]:
            carried.update((v.statement.view, v.voter) for v in block.seal.late_votes)
            certificate = block.seal.parent_certificate
            if certificate is None or certificate.statement.epoch != self._validators.epoch:
                continue
            statements.append(certificate.statement)
            for index in certificate.signer_indexes():
                if index < len(self._validators):
                    voter = self._validators.validators[index].address
                    carried.add((certificate.statement.view, voter))
        late: list[Vote] = []
        for statement in statements:
            for kind in _BLOCK_KINDS:
                votes = self._views.get(statement.view, {}).get(kind, {})
                for voter, vote in votes.items():
                    is_same = vote.statement.block_hash == statement.block_hash
                    if is_same and (statement.view, voter) not in carried:
                        carried.add((statement.view, voter))
                        late.append(vote)
        return tuple(late[:LATE_VOTES_MAX])

    def prune(self, floor: View) -> None:
        """Forget views below ``floor``."""
        if floor <= self.floor:
            return
        self.floor = floor
        for view in [v for v in self._views if v < floor]:
            del self._views[view]
            self._reported.pop(view, None)
        self._power = {s: p for s, p in self._power.items() if s.view >= floor}

    def _find_conflict(self, vote: Vote, kinds: dict[VoteKind, dict[Address, Vote]]) -> Vote | None:
        for votes in kinds.values():
            earlier = votes.get(vote.voter)
            if earlier is None or not is_equivocation(earlier, vote):
                continue
            a, b = earlier.statement.kind, vote.statement.kind
            reported = self._reported.setdefault(vote.statement.view, set())
            key = (vote.voter, min(a, b), max(a, b))
            if key not in reported:
                reported.add(key)
                return earlier
        return None


class CertificateBook:
    """The certificates of one epoch from the finalized view on; both kinds may exist for a view."""

    def __init__(self) -> None:
        self._held: dict[tuple[View, VoteKind], Certificate] = {}

    def get(self, view: View, kind: VoteKind) -> Certificate | None:
        """Return the certificate of this kind."""
        return self._held.get((view, kind))

    def notarization(self, view: View) -> Certificate | None:
        """Return what proves a block of the view notarized; a finalization does too (S7)."""
        return self.get(view, VoteKind.NOTARIZE) or self.get(view, VoteKind.FINALIZE)

    def is_nullified(self, view: View) -> bool:
        """Answer whether the view's nullification is here."""
        return (view, VoteKind.NULLIFY) in self._held

    def add(self, certificate: Certificate) -> None:
        """Keep a certificate."""
        statement = certificate.statement
        self._held[(statement.view, statement.kind)] = certificate

    def contradicts(self, statement: Statement) -> bool:
        """Answer whether another block of the view is certified, or one statement excludes the
        other: with at most a third of the power faulty this cannot happen.
        """
        if statement.kind is VoteKind.NULLIFY:
            return (statement.view, VoteKind.FINALIZE) in self._held
        if statement.kind is VoteKind.FINALIZE and self.is_nullified(statement.view):
            return True
        others = (self.get(statement.view, kind) for kind in _BLOCK_KINDS)
        return any(o is not None and o.statement.block_hash != statement.block_hash for o in others)

    def finalizations(self) -> list[Certificate]:
        """Return finalizations, highest view first."""
        found = [c for (_, kind), c in self._held.items() if kind is VoteKind.FINALIZE]
        return sorted(found, key=lambda c: c.statement.view, reverse=True)

    def missing_nullifications(self, views: Iterable[int]) -> list[View]:
        """Return those of ``views`` whose nullification is not here."""
        return [View(v) for v in views if not self.is_nullified(View(v))]

    def prune(self, floor: View) -> None:
        """Forget views below ``floor``."""
        self._held = {key: c for key, c in self._held.items() if key[0] >= floor}
