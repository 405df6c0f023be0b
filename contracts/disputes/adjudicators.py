"""The runtimes whose single steps this release can execute, by the id that a lease names.

A runtime stays here as long as a lease may name it: its rules never change under its id.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from primitives.adjudication import Adjudicator
from primitives.integer_model.adjudicator import IntegerModelAdjudicator
from primitives.matmul_dispute import MatmulAdjudicator

_KNOWN: Final[tuple[Adjudicator, ...]] = (IntegerModelAdjudicator(), MatmulAdjudicator())
ADJUDICATORS: Final[Mapping[int, Adjudicator]] = MappingProxyType(
    {adjudicator.runtime_id: adjudicator for adjudicator in _KNOWN}
)
