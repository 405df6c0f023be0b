"""What the miner did, counted: for ``/metrics``, ``/status`` and the log.

Local rates say what this machine computed; accepted figures say what the chain took and paid. The
two are never mixed.
"""

from collections.abc import Callable
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from miner.journal import LeaseRecord, LeaseState
from miner.native_calls import Refusal
from primitives.types import WEI_PER_AIT

REFUSALS_KEPT: Final = 20


class Tally:
    """Counters of one run; ``clock`` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started = clock()
        self.registry = CollectorRegistry()
        self.head_height = 0
        self.macs_per_second = 0.0
        self.computed = 0
        self.macs_computed = 0
        self.macs_accepted = 0
        self.ended = dict.fromkeys((s for s in LeaseState if s.is_final), 0)
        self.paid_wei = 0
        self.fees_wei = 0
        self.refusals: list[dict[str, Any]] = []
        self._leases = Counter(
            "aitbc_miner_leases", "Leases by how they ended.", ["end"], registry=self.registry
        )
        self._macs = Counter(
            "aitbc_miner_macs", "Multiply-accumulates.", ["where"], registry=self.registry
        )
        self._paid = Counter("aitbc_miner_paid_ait", "Paid by the chain.", registry=self.registry)
        self._fees = Counter("aitbc_miner_fees_ait", "Transaction fees.", registry=self.registry)
        self._refused = Counter(
            "aitbc_miner_refusals", "Refusals by reason.", ["code"], registry=self.registry
        )
        self._failures = Counter(
            "aitbc_miner_rpc_failures", "Rounds that no node answered.", registry=self.registry
        )
        self._rate = Gauge(
            "aitbc_miner_local_macs_per_second", "Of the last product.", registry=self.registry
        )
        self._height = Gauge("aitbc_miner_head_height", "Newest block.", registry=self.registry)

    @property
    def uptime_seconds(self) -> float:
        """Return how long this run lasts."""
        return self._clock() - self._started

    def note_head(self, height: int) -> None:
        """Take note of a block."""
        self.head_height = height
        self._height.set(height)

    def note_computed(self, macs: int, milliseconds: int) -> None:
        """Count a product computed here."""
        self.computed += 1
        self.macs_computed += macs
        self.macs_per_second = 1000 * macs / max(1, milliseconds)
        self._rate.set(self.macs_per_second)
        self._macs.labels("computed").inc(macs)

    def note_end(self, lease: LeaseRecord) -> None:
        """Count a lease that ended."""
        self.ended[lease.state] += 1
        self._leases.labels(lease.state.value).inc()
        if lease.state is LeaseState.SETTLED:
            self.macs_accepted += lease.macs
            self.paid_wei += lease.paid
            self._macs.labels("accepted").inc(lease.macs)
            self._paid.inc(lease.paid / WEI_PER_AIT)

    def note_fee(self, wei: int) -> None:
        """Count what a transaction cost."""
        self.fees_wei += wei
        self._fees.inc(wei / WEI_PER_AIT)

    def note_refusal(self, purpose: str, refusal: Refusal) -> None:
        """Keep a refusal for the status page."""
        self._refused.labels(refusal.code).inc()
        entry = {
            "height": self.head_height,
            "purpose": purpose,
            "code": refusal.code,
            "reason": str(refusal),
            "remedy": refusal.remedy,
        }
        self.refusals = [*self.refusals, entry][-REFUSALS_KEPT:]

    def note_unreachable(self) -> None:
        """Count a round that no node answered."""
        self._failures.inc()

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON."""
        uptime = max(self.uptime_seconds, 0.001)
        settled = self.ended[LeaseState.SETTLED]
        return {
            "uptime_seconds": int(uptime),
            "head_height": self.head_height,
            "settled": settled,
            "failed": self.ended[LeaseState.FAILED],
            "lost": self.ended[LeaseState.LOST],
            "paid_wei": str(self.paid_wei),
            "fees_wei": str(self.fees_wei),
            "accepted_macs": str(self.macs_accepted),
            "accepted_macs_per_second": int(self.macs_accepted / uptime),
            "jobs_per_hour": round(3600 * settled / uptime, 2),
            "computed": self.computed,
            "local_macs": str(self.macs_computed),
            "local_macs_per_second": int(self.macs_per_second),
            "refusals": self.refusals,
        }
