"""Who leads a view: a smooth weighted round robin over the epoch's set.

Every turn each validator gains its power; the richest leads and pays the total. So over a period
each leads in proportion to power and as evenly spaced as whole turns allow. The beacon of the
previous terminal block rotates the sequence: nobody knows an epoch's leaders before it starts.
"""

from math import gcd
from typing import Final

from primitives.types import Hash32, View
from primitives.vote import Validator, ValidatorSet

ROTATION_MAX: Final = 1024
"""The rotation is below this many turns, whatever the length of the period."""


class LeaderSchedule:
    """The leaders of one epoch, computed turn by turn and kept."""

    def __init__(self, validators: ValidatorSet, beacon: Hash32) -> None:
        self._validators = validators.validators
        divisor = gcd(*(v.power for v in self._validators)) or 1
        self._weights = [v.power // divisor for v in self._validators]
        self._total = sum(self._weights)
        self._balances = [0] * len(self._weights)
        self._turns: list[int] = []
        self._rotation = int.from_bytes(beacon, "big") % max(1, min(self._total, ROTATION_MAX))

    def leader(self, view: View) -> Validator:
        """Return the leader of a view, the first being 1. Costs one turn per view not yet seen."""
        turn = self._rotation + view - 1
        while len(self._turns) <= turn:
            self._turns.append(self._next_turn())
        return self._validators[self._turns[turn]]

    def _next_turn(self) -> int:
        balances = self._balances
        for i, weight in enumerate(self._weights):
            balances[i] += weight
        best = max(range(len(balances)), key=balances.__getitem__)
        balances[best] -= self._total
        return best
