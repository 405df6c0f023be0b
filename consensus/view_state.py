"""What is known of the view that a core is in."""

from dataclasses import dataclass

from consensus.proposal_rules import Parent
from primitives.types import View
from primitives.vote import Certificate, Validator


@dataclass(slots=True)
class ViewState:
    """What happened in the current view; replaced on entering the next."""

    leader: Validator
    entry: Certificate | None
    has_seen_proposal: bool = False
    is_judged: bool = False
    is_given_up: bool = False
    parent: Parent | None = None
    lead_parent_view: View | None = None
    retries: int = 0
