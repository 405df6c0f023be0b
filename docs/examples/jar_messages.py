"""What the jar says: events in the past tense, errors with their values."""

from dataclasses import dataclass

from contracts.framework.types import Address, Indexed, u64, u256


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody put ``amount`` wei into a jar."""

    owner: Indexed[Address]
    giver: Indexed[Address]
    amount: u256


@dataclass(frozen=True, slots=True)
class Taken:
    """An owner emptied its jar."""

    owner: Indexed[Address]
    amount: u256


@dataclass(frozen=True, slots=True)
class NothingGiven:
    """Send AIT with the call."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """What was added last must lie until then."""

    due_at: u64
