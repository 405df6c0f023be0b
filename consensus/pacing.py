"""How long a view may take. Local to a node: delays never decide what is valid.

``delta_ms`` is the assumed message delay. It grows by half per view that ends in nullification, to
64 times its base, and halves per notarized view.
"""

from typing import Final

DELTA_FACTOR_MAX: Final = 64
RETRY_DELAY_MS_MAX: Final = 16_000
_RETRY_DOUBLINGS_MAX: Final = 16


class Pacing:
    """The timer lengths of a node."""

    def __init__(self, block_time_ms: int, delta_ms: int, execution_allowance_ms: int) -> None:
        self._block_time_ms = block_time_ms
        self._delta_base_ms = delta_ms
        self._allowance_ms = execution_allowance_ms
        self.delta_ms = delta_ms

    @property
    def leader_timeout_ms(self) -> int:
        """Return the time for the proposal to arrive."""
        return self._block_time_ms + 2 * self.delta_ms

    @property
    def advance_timeout_ms(self) -> int:
        """Return the time for the view to end."""
        return self._block_time_ms + 3 * self.delta_ms + self._allowance_ms

    def retry_delay_ms(self, retries: int) -> int:
        """Return the pause before repetition number ``retries``: doubling, bounded."""
        factor = 1 << min(retries, _RETRY_DOUBLINGS_MAX)
        return min(2 * self._delta_base_ms * factor, max(RETRY_DELAY_MS_MAX, self._delta_base_ms))

    def on_nullified(self) -> None:
        """Assume a slower network."""
        limit = self._delta_base_ms * DELTA_FACTOR_MAX
        self.delta_ms = min((self.delta_ms * 3 + 1) // 2, limit)

    def on_notarized(self) -> None:
        """Assume a faster network."""
        self.delta_ms = max(self.delta_ms // 2, self._delta_base_ms)
