"""The promises of our own key, per view: what makes the protocol safe.

1. At most one notarize hash per view.
2. Never nullify together with finalize in one view.
3. A promise once recorded is never taken back; views below the finalized one are forgotten, and
   nothing is ever signed there again.
"""

from dataclasses import dataclass

from primitives.types import Hash32, View
from primitives.vote import Statement, VoteKind


@dataclass(slots=True)
class ViewPromises:
    """What our key said in one view."""

    notarize: Hash32 | None = None
    finalize: Hash32 | None = None
    is_nullified: bool = False


class Promises:
    """Our votes of one epoch."""

    def __init__(self) -> None:
        self._views: dict[View, ViewPromises] = {}

    def views(self, start: View) -> list[View]:
        """Return the views from ``start`` on in which we promised something."""
        return sorted(v for v in self._views if v >= start)

    def may_sign(self, statement: Statement) -> bool:
        """Answer whether the statement says something new and contradicts no promise."""
        own = self._views.get(statement.view, ViewPromises())
        match statement.kind:
            case VoteKind.NOTARIZE:
                return own.notarize is None and not own.is_nullified
            case VoteKind.FINALIZE:
                return own.finalize is None and not own.is_nullified
            case VoteKind.NULLIFY:
                return own.finalize is None and not own.is_nullified
            case VoteKind.PROPOSE:
                return False

    def record(self, statement: Statement) -> None:
        """Hold ourselves to a statement; the first of its kind in the view stands."""
        own = self._views.setdefault(statement.view, ViewPromises())
        if statement.kind is VoteKind.NOTARIZE and own.notarize is None:
            own.notarize = statement.block_hash
        elif statement.kind is VoteKind.FINALIZE and own.finalize is None:
            own.finalize = statement.block_hash
        elif statement.kind is VoteKind.NULLIFY:
            own.is_nullified = True

    def is_nullified(self, view: View) -> bool:
        """Answer whether we nullified the view."""
        own = self._views.get(view)
        return own is not None and own.is_nullified

    def prune(self, floor: View) -> None:
        """Forget views below ``floor``; the caller asks about none of them again."""
        self._views = {v: own for v, own in self._views.items() if v >= floor}
