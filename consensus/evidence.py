"""Which two votes of one validator are proof of misbehaviour.

Two notarize hashes, two finalize hashes, or nullify and finalize, in one (epoch, view). Notarize
and nullify together are honest: having notarized never forbids nullify (S2).
"""

from primitives.vote import Vote, VoteKind


def is_equivocation(first: Vote, second: Vote) -> bool:
    """Answer whether no honest validator casts both votes. Signatures are not looked at."""
    a, b = first.statement, second.statement
    if first.voter != second.voter or (a.epoch, a.view) != (b.epoch, b.view):
        return False
    if a.kind is b.kind:
        is_slashable = a.kind in (VoteKind.NOTARIZE, VoteKind.FINALIZE)
        return is_slashable and a.block_hash != b.block_hash
    kinds = (min(a.kind, b.kind), max(a.kind, b.kind))
    return kinds == (VoteKind.NULLIFY, VoteKind.FINALIZE)
