"""Service levels: probes, announced interruptions, and the credit that settles with the lease.

What a contract can see of a service is whether its miner answers: the client probes, the miner
answers on chain. Latency of single responses stays a constraint of matching.

S1. An order's levels are fixed before its first proposal or bid; an offer serves it only when it
    promises at least as much. Version one's orders and offers have none.
S2. A probe is refused during an announced interruption; one announced in time, within the agreed
    total, costs nothing. The end of an interruption goes by time alone.
S3. credit = net pay x creditBps x (target - availability) / target, floored, when the share of
    probes answered in time is below the target: never above creditBps of the net pay.
S4. A lease with a failed probe costs no rent.
"""

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.parameters import Parameter
from contracts.framework.storage import BYTES32, U16, U32, U64, Slot, mapping, struct
from contracts.framework.types import bytes32, u32, u64
from contracts.marketplace.v1.contract import Marketplace as MarketplaceV1
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.market_messages import OrderTerms
from contracts.marketplace.v1.records import Exclusion, Lease, Order, OrderStatus
from contracts.marketplace.v1.refusals import WrongClient, WrongMiner, WrongOrderStatus
from contracts.marketplace.v1.storage import BPS, DAY_SECONDS
from contracts.marketplace.v2.messages import (
    SERVICE_ERRORS,
    SERVICE_EVENTS,
    AnswerNotDue,
    Interrupted,
    InterruptionAnnounced,
    NoProbe,
    NoService,
    ProbeClosed,
    ProbeOpen,
    ProbeTooSoon,
    ServiceAgreed,
    ServiceCredited,
    ServiceFixed,
    ServiceInfo,
    ServiceProbed,
    ServicePromised,
    ServiceTerms,
)
from contracts.marketplace.v2.records import Levels, Watch
from contracts.marketplace.v2.weights import WEIGHTS

YEAR_SECONDS = 365 * DAY_SECONDS


class Services(MarketplaceV1):
    """The part of the marketplace that watches services."""

    __slots__ = ()

    version = "2.0.0"
    events = (*MarketplaceV1.events, *SERVICE_EVENTS)
    errors = (*MarketplaceV1.errors, *SERVICE_ERRORS)
    weights = WEIGHTS

    probes_max = Parameter(U16, default=32, minimum=1, maximum=1_000)
    probe_gap_seconds = Parameter(U32, default=600, minimum=10, maximum=DAY_SECONDS)
    probe_answer_seconds_min = Parameter(U32, default=60, minimum=10, maximum=3_600)
    credit_max_bps = Parameter(U16, default=3_000, minimum=1, maximum=5_000)

    levels_by_order = Slot(mapping(BYTES32, struct(Levels)))
    levels_by_offer = Slot(mapping(U64, struct(Levels)))
    watches = Slot(mapping(BYTES32, struct(Watch)))

    @call(payable=True)
    def post_order_with_service(self, terms: OrderTerms, service: ServiceTerms) -> bytes32:
        """Post an order with service levels; else as ``postOrder``."""
        self._between("expirySeconds", terms.expiry_seconds, 1, self.order_seconds_max)
        order_id = self._post_order(terms, OrderStatus.OPEN)
        self._agree(order_id, service)
        return order_id

    @call
    def attach_service(self, order_id: bytes32, service: ServiceTerms) -> None:
        """Add service levels to the caller's order or auction that nobody has answered yet."""
        order = self._own_order(order_id)
        if order.status not in (OrderStatus.OPEN, OrderStatus.BIDDING):
            raise revert(WrongOrderStatus(order.status))
        has_levels = self.levels_by_order[order_id].availability_bps > 0
        if has_levels or order.attempts or len(order.bids):
            raise revert(ServiceFixed())
        self._agree(order_id, service)

    @call
    def promise_service(self, offer_id: u64, service: ServiceTerms) -> None:
        """Let the caller's offer serve orders with service levels up to these."""
        self._own_offer(offer_id)
        self._check_levels(service)
        _write_levels(self.levels_by_offer[offer_id], service)
        self.emit(
            ServicePromised(
                offer_id, service.response_seconds, service.availability_bps, service.credit_bps
            )
        )

    @call
    def announce_interruption(
        self, lease_id: bytes32, starts_in_seconds: u32, duration_seconds: u32
    ) -> None:
        """Announce an interruption of the caller's lease; the former one has to be over."""
        lease, _, levels, watch = self._served(lease_id)
        if lease.miner != self.ctx.caller:
            raise revert(WrongMiner())
        now = self.ctx.block.timestamp
        if now < watch.interruption_until:
            raise revert(Interrupted(watch.interruption_until))
        self._between("startsInSeconds", starts_in_seconds, levels.notice_seconds, YEAR_SECONDS)
        left = levels.interruption_seconds - watch.interruption_used
        self._between("durationSeconds", duration_seconds, 1, left)
        watch.interruption_used += duration_seconds
        watch.interruption_from = now + starts_in_seconds
        watch.interruption_until = now + starts_in_seconds + duration_seconds
        self.emit(
            InterruptionAnnounced(lease_id, watch.interruption_from, watch.interruption_until)
        )

    @call
    def probe_service(self, lease_id: bytes32) -> None:
        """Ask the miner of the caller's lease for a sign of life."""
        _, order, levels, watch = self._served(lease_id)
        if order.client != self.ctx.caller:
            raise revert(WrongClient())
        if watch.is_open:
            raise revert(ProbeOpen())
        block = self.ctx.block
        if watch.interruption_from <= block.timestamp < watch.interruption_until:
            raise revert(Interrupted(watch.interruption_until))
        most, gap = self.probes_max, self.probe_gap_seconds
        is_first = not watch.probes
        if watch.probes >= most or not (is_first or watch.probed.has_passed(block, gap)):
            raise revert(ProbeTooSoon(most))
        watch.probes += 1
        watch.is_open = True
        watch.probed.stamp(block)
        self.emit(ServiceProbed(lease_id, block.timestamp + levels.response_seconds))

    @call
    def answer_probe(self, lease_id: bytes32) -> None:
        """Answer the open probe of the caller's lease; too late, it has failed."""
        lease, _, levels, watch = self._served(lease_id)
        if lease.miner != self.ctx.caller:
            raise revert(WrongMiner())
        self._close_probe(lease_id, watch, is_failed=self._is_unanswered(levels, watch))

    @call
    def fail_probe(self, lease_id: bytes32) -> None:
        """Close a probe that was not answered in time; anybody may."""
        _, _, levels, watch = self._served(lease_id)
        if watch.is_open and not self._is_unanswered(levels, watch):
            raise revert(AnswerNotDue(watch.probed.seconds + levels.response_seconds))
        self._close_probe(lease_id, watch, is_failed=True)

    # --- views ------------------------------------------------------------------------------

    @view
    def service(self, lease_id: bytes32) -> ServiceInfo:
        """Return the service levels of a lease and how it fares."""
        watch = self.watches[lease_id]
        return ServiceInfo(
            terms=_levels(self.levels_by_order[self.leases_by_id[lease_id].order_id]),
            probes=watch.probes,
            failed=watch.failed,
            probed_at=watch.probed.seconds if watch.is_open else 0,
            interruption_from=watch.interruption_from,
            interruption_until=watch.interruption_until,
            interruption_used=watch.interruption_used,
        )

    @view
    def promised_service(self, offer_id: u64) -> ServiceTerms:
        """Return what an offer promises; zero availability for nothing."""
        return _levels(self.levels_by_offer[offer_id])

    # --- parts ------------------------------------------------------------------------------

    def _agree(self, order_id: bytes, service: ServiceTerms) -> None:
        self._check_levels(service)
        _write_levels(self.levels_by_order[order_id], service)
        self.emit(
            ServiceAgreed(
                order_id, service.response_seconds, service.availability_bps, service.credit_bps
            )
        )

    def _check_levels(self, service: ServiceTerms) -> None:
        shortest = self.probe_answer_seconds_min
        self._between("responseSeconds", service.response_seconds, shortest, DAY_SECONDS)
        self._between("availabilityBps", service.availability_bps, 1, BPS)
        self._between("creditBps", service.credit_bps, 1, self.credit_max_bps)
        self._between("noticeSeconds", service.notice_seconds, 0, YEAR_SECONDS)
        self._between("interruptionSeconds", service.interruption_seconds, 0, YEAR_SECONDS)

    def _exclusion(
        self, order_id: bytes, terms: OrderTerms, client: bytes, offer_id: int, price: int
    ) -> Exclusion:
        reason = super()._exclusion(order_id, terms, client, offer_id, price)
        if reason:
            return reason
        wanted = self.levels_by_order[order_id]
        if not wanted.availability_bps:
            return Exclusion.FITS
        given = self.levels_by_offer[offer_id]
        is_enough = (
            given.availability_bps >= wanted.availability_bps
            and given.response_seconds <= wanted.response_seconds
            and given.credit_bps >= wanted.credit_bps
            and given.notice_seconds >= wanted.notice_seconds
            and given.interruption_seconds <= wanted.interruption_seconds
        )
        return Exclusion.FITS if is_enough else Exclusion.SERVICE

    def _served(self, lease_id: bytes) -> tuple[Lease, Order, Levels, Watch]:
        """Return an active lease that has service levels."""
        lease, order = self._lease(lease_id, (LeaseStatus.ACTIVE,))
        levels = self.levels_by_order[lease.order_id]
        if not levels.availability_bps:
            raise revert(NoService())
        return lease, order, levels, self.watches[lease_id]

    def _is_unanswered(self, levels: Levels, watch: Watch) -> bool:
        return watch.probed.has_passed(self.ctx.block, levels.response_seconds)

    def _close_probe(self, lease_id: bytes, watch: Watch, *, is_failed: bool) -> None:
        if not watch.is_open:
            raise revert(NoProbe())
        watch.is_open = False
        if is_failed:
            watch.failed += 1
        self.emit(ProbeClosed(lease_id, is_failed))

    def _held_seconds(self, lease_id: bytes, lease: Lease, order: Order) -> int:
        """Return 0 where the client showed that the miner was not there: a probe failed."""
        watch = self.watches[lease_id]
        levels = self.levels_by_order[lease.order_id]
        is_missed = watch.is_open and self._is_unanswered(levels, watch)
        if watch.failed or is_missed:
            return 0
        return super()._held_seconds(lease_id, lease, order)

    def _credit(self, lease_id: bytes, lease: Lease, net: int) -> int:
        """Return the credit of S3; an open probe counts when its time has passed."""
        levels, watch = self.levels_by_order[lease.order_id], self.watches[lease_id]
        probes, failed = watch.probes, watch.failed
        if watch.is_open:
            if self._is_unanswered(levels, watch):
                failed += 1
            else:
                probes -= 1
        target = levels.availability_bps
        if not target or not probes:
            return 0
        availability = BPS * (probes - failed) // probes
        if availability >= target:
            return 0
        credit = net * levels.credit_bps * (target - availability) // (target * BPS)
        self.emit(ServiceCredited(lease_id, availability, credit))
        return credit


def _write_levels(levels: Levels, service: ServiceTerms) -> None:
    levels.response_seconds = service.response_seconds
    levels.availability_bps = service.availability_bps
    levels.credit_bps = service.credit_bps
    levels.notice_seconds = service.notice_seconds
    levels.interruption_seconds = service.interruption_seconds


def _levels(levels: Levels) -> ServiceTerms:
    return ServiceTerms(
        response_seconds=levels.response_seconds,
        availability_bps=levels.availability_bps,
        credit_bps=levels.credit_bps,
        notice_seconds=levels.notice_seconds,
        interruption_seconds=levels.interruption_seconds,
    )
