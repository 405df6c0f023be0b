"""What the lease desk did, counted: for ``/metrics`` and ``/status``.

Local figures say what was computed and signed here; paid ones say what the chain settled.
"""

from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from miner.native_calls import Refusal
from primitives.types import WEI_PER_AIT

REFUSALS_KEPT: Final = 20


class DeskTally:
    """Counters of one run."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.receipts = 0
        self.units = 0
        self.vouchers = 0
        self.paid_wei = 0
        self.settled = 0
        self.failed = 0
        self.refusals: list[dict[str, Any]] = []
        self.http_refusals: dict[str, int] = {}
        self._receipts = Counter(
            "aitbc_miner_receipts", "Receipts signed for leases.", registry=registry
        )
        self._units = Counter("aitbc_miner_units", "Units of these receipts.", registry=registry)
        self._vouchers = Counter(
            "aitbc_miner_vouchers", "Acknowledgements received.", registry=registry
        )
        self._ended = Counter(
            "aitbc_miner_leases_ended", "Leases by their end.", ["end"], registry=registry
        )
        self._paid = Counter("aitbc_miner_leases_paid_ait", "Paid for leases.", registry=registry)
        self._refused = Counter(
            "aitbc_miner_lease_refusals", "Chain's refusals by reason.", ["code"], registry=registry
        )
        self._http = Counter(
            "aitbc_miner_request_refusals", "Requests refused.", ["code"], registry=registry
        )
        self._failures = Counter(
            "aitbc_miner_backend_failures", "Failed work by fault.", ["fault"], registry=registry
        )
        self._live = Gauge("aitbc_miner_leases_live", "Leases not ended.", registry=registry)

    def note_live(self, count: int) -> None:
        """Take note of the leases under way."""
        self._live.set(count)

    def note_receipt(self, units: int) -> None:
        """Count a signed receipt."""
        self.receipts += 1
        self.units += units
        self._receipts.inc()
        self._units.inc(units)

    def note_voucher(self) -> None:
        """Count an acknowledgement."""
        self.vouchers += 1
        self._vouchers.inc()

    def note_failure(self, fault: str) -> None:
        """Count failed work."""
        self._failures.labels(fault).inc()

    def note_end(self, word: str, paid: int) -> None:
        """Count an ended lease and what it paid, in wei."""
        self._ended.labels(word).inc()
        self._paid.inc(paid / WEI_PER_AIT)
        self.paid_wei += paid
        if word == "settled":
            self.settled += 1
        else:
            self.failed += 1

    def note_http_refusal(self, code: str) -> None:
        """Count a request that was refused."""
        self._http.labels(code).inc()
        self.http_refusals[code] = self.http_refusals.get(code, 0) + 1

    def note_refusal(self, height: int, purpose: str, refusal: Refusal) -> None:
        """Keep a refusal of the chain for the status page."""
        self._refused.labels(refusal.code).inc()
        entry = {
            "height": height,
            "purpose": purpose,
            "code": refusal.code,
            "reason": str(refusal),
            "remedy": refusal.remedy,
        }
        self.refusals = [*self.refusals, entry][-REFUSALS_KEPT:]

    def summary(self) -> dict[str, Any]:
        """Return the figures, ready for JSON."""
        return {
            "receipts": self.receipts,
            "units": self.units,
            "vouchers": self.vouchers,
            "leases_settled": self.settled,
            "leases_unpaid": self.failed,
            "leases_paid_wei": str(self.paid_wei),
            "request_refusals": dict(self.http_refusals),
            "lease_refusals": self.refusals,
        }
