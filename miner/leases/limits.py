"""How often somebody may ask: token buckets by key, in bounded memory."""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

KEYS_MAX: Final = 4_096
IPV6_PREFIX: Final = 64


class Buckets:
    """A bucket per key: ``burst`` at once, refilled by ``per_second``; ``clock`` in seconds.

    When there are more keys than fit, the one used longest ago begins anew.
    """

    def __init__(
        self, per_second: float, burst: float, clock: Callable[[], float], keys_max: int = KEYS_MAX
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._keys_max = keys_max
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, key: Hashable) -> float:
        """Take one from a key's bucket and return 0, or return how long to wait for the next."""
        now = self._clock()
        level, at = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._per_second)
        is_allowed = level >= 1
        self._levels[key] = (level - 1 if is_allowed else level, now)
        if len(self._levels) > self._keys_max:
            self._levels.popitem(last=False)
        return 0.0 if is_allowed else (1 - level) / self._per_second


def network_of(remote: str | None) -> str:
    """Return what counts as one visitor: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)
