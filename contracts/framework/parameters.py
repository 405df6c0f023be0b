"""Governed numbers: storage variables that say what governance may set them to.

::

    class Messaging(Contract):
        fee_per_byte = Parameter(U128, default=10**9, minimum=0, maximum=10**15, step_max=10**12)

A parameter is an ordinary variable of the layout, so ``eth_getStorageAt`` reads it and
``eth_getProof`` proves it. Genesis writes the default or the chain's own value; afterwards only
governance changes it, through ``setParameter``, within bounds and by at most ``step_max`` at once.
"""

from typing import Final

from contracts.framework.storage import Element, Slot
from contracts.framework.types import camel
from primitives.errors import InvariantError
from primitives.types import U256_MAX

ANY_STEP: Final = U256_MAX
"""A parameter that may go from any legal value to any other at once."""


class Parameter(Slot[int]):
    """A governed unsigned integer."""

    __slots__ = ("default", "maximum", "minimum", "step_max")

    def __init__(
        self,
        element: Element[int],
        *,
        default: int,
        minimum: int,
        maximum: int,
        step_max: int = ANY_STEP,
    ) -> None:
        super().__init__(element)
        if not element.label.startswith("uint"):
            raise InvariantError(f"a parameter is an unsigned integer, not {element.label}")
        largest = (1 << 8 * element.size) - 1
        if not 0 <= minimum <= default <= maximum <= largest or step_max <= 0:
            raise InvariantError(f"parameter bounds {minimum}..{default}..{maximum} make no sense")
        self.default = default
        self.minimum = minimum
        self.maximum = maximum
        self.step_max = step_max

    @property
    def key(self) -> str:
        """Return the name by which proposals call it: ``feePerByte``."""
        return camel(self.name)

    def allows(self, old: int, new: int) -> bool:
        """Answer whether governance may go from ``old`` to ``new`` in one change."""
        return self.minimum <= new <= self.maximum and abs(new - old) <= self.step_max
