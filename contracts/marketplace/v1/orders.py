"""Orders: what clients want, with all terms of the lease to come, and the escrow for it.

An order is open until a proposal or an auction makes a lease of it, its client cancels it, or its
time passes. The escrow is units x highest price; what the lease's price leaves of it goes back when
the lease begins.
"""

from typing import Final

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, u32, u64, u256
from contracts.marketplace.v1.market_messages import (
    OrderClosed,
    OrderInfo,
    OrderPosted,
    OrderReopened,
    OrderTerms,
)
from contracts.marketplace.v1.offers import Offers
from contracts.marketplace.v1.records import Order, OrderStatus
from contracts.marketplace.v1.refusals import (
    BadKind,
    BadUnitKind,
    BidsStand,
    NoAdjudicator,
    NoSealingKey,
    NotExpired,
    UnsupportedClass,
    WrongClient,
    WrongEscrow,
    WrongOrderStatus,
)
from contracts.marketplace.v1.storage import BPS, ESCROW_MAX, page_end
from contracts.marketplace.v1.weights import ORDER_ROW_GAS
from primitives.abi import encode
from primitives.adjudication import RUNTIMES
from primitives.compute import (
    CLASS_CANONICAL,
    CLASS_SAMPLED,
    CLASS_SIGNED,
    CLASSES_OFFERED,
    JOB_KINDS,
    UNIT_KINDS,
)
from primitives.keccak import keccak256
from primitives.types import U64_MAX, U128_MAX

PREPAID_CLASSES: Final = CLASS_SIGNED | CLASS_SAMPLED
"""A lease of these alone is prepaid; any other class protects the miner without."""


class Orders(Offers):
    """The part of the marketplace that keeps orders."""

    __slots__ = ()

    @call(payable=True)
    def post_order(self, terms: OrderTerms) -> bytes32:
        """Post an order with units x highest price as its escrow; returns its id.

        It finds a lease by ``takeOffer`` or ``matchOrder``.
        """
        self._between("expirySeconds", terms.expiry_seconds, 1, self.order_seconds_max)
        return self._post_order(terms, OrderStatus.OPEN)

    @call
    def cancel_order(self, order_id: bytes32) -> u256:
        """Take an order back that has no lease, proposal or bid; returns the refund."""
        order = self._own_order(order_id)
        status = order.status
        if status not in (OrderStatus.OPEN, OrderStatus.BIDDING):
            raise revert(WrongOrderStatus(status))
        if len(order.bids):
            raise revert(BidsStand(len(order.bids)))
        return self._close_order(order_id, order, OrderStatus.CANCELLED)

    @call
    def expire_order(self, order_id: bytes32) -> u256:
        """Refund an open order whose time has passed; anybody may; returns the refund."""
        order = self._order(order_id, OrderStatus.OPEN)
        if not self._is_order_late(order):
            raise revert(NotExpired())
        return self._close_order(order_id, order, OrderStatus.EXPIRED)

    # --- views ------------------------------------------------------------------------------

    @view
    def order(self, order_id: bytes32) -> OrderInfo:
        """Return one order, whatever became of it; status 0 when there is none."""
        return self._order_info(order_id)

    @view
    def order_count(self) -> tuple[u64, u64]:
        """Return how many orders were ever posted and how many look for a lease."""
        return len(self.order_ids), len(self.open_order_ids)

    @view
    def orders(self, cursor: u64, limit: u32) -> tuple[tuple[OrderInfo, ...], u64]:
        """Return orders in the order of their posting (at most 100), and the next cursor."""
        ids = self.order_ids
        end = page_end(len(ids), cursor, limit)
        self.ctx.use_gas(ORDER_ROW_GAS * (end - cursor))
        return tuple(self._order_info(ids[place]) for place in range(cursor, end)), end

    @view
    def open_orders(self, cursor: u64, limit: u32) -> tuple[tuple[OrderInfo, ...], u64]:
        """Return orders that look for an offer or for bids (at most 100), and the next cursor.

        The list changes as orders come and go: a caller that must see all of it starts again.
        """
        ids = self.open_order_ids
        end = page_end(len(ids), cursor, limit)
        self.ctx.use_gas(ORDER_ROW_GAS * (end - cursor))
        return tuple(self._order_info(ids[place]) for place in range(cursor, end)), end

    @view
    def next_order_id(self, client: Address) -> bytes32:
        """Return the id that the client's next order will have."""
        return self._order_id(client, self.ordered_by[client])

    # --- parts ------------------------------------------------------------------------------

    def _post_order(self, terms: OrderTerms, status: OrderStatus) -> bytes:
        client, escrow = self.ctx.caller, self.ctx.value
        self._check_order(terms)
        expected = terms.units_max * terms.unit_price_max
        if escrow != expected or escrow > ESCROW_MAX:
            raise revert(WrongEscrow(min(expected, ESCROW_MAX)))
        nonce = self.ordered_by[client]
        self.ordered_by[client] = nonce + 1
        order_id = self._order_id(client, nonce)
        order = self.orders_by_id[order_id]
        order.client = client
        order.status = status
        self._write_terms(order, terms)
        order.escrow = escrow
        order.posted.stamp(self.ctx.block)
        self.order_ids.push(order_id)
        self._list_order(order_id, order)
        self.emit(
            OrderPosted(
                order_id, client, terms.kind, terms.classes, terms.model_root, escrow,
                status == OrderStatus.BIDDING,
            )
        )  # fmt: skip
        return order_id

    def _order_id(self, client: bytes, nonce: int) -> bytes:
        """Return keccak(chain id, contract, client, nonce), ABI-encoded."""
        kinds = ("uint256", "address", "address", "uint64")
        return keccak256(encode(kinds, (self.ctx.block.chain_id, self.ctx.this, client, nonce)))

    def _check_order(self, terms: OrderTerms) -> None:
        if terms.kind not in JOB_KINDS:
            raise revert(BadKind(terms.kind))
        if terms.unit_kind not in UNIT_KINDS:
            raise revert(BadUnitKind(terms.unit_kind))
        if not terms.classes or terms.classes & ~CLASSES_OFFERED:
            raise revert(UnsupportedClass(terms.classes))
        judge = (terms.adjudicator, terms.unit_kind)
        if terms.classes & CLASS_CANONICAL:
            if judge != RUNTIMES.get(terms.kind):
                raise revert(NoAdjudicator())
        elif terms.adjudicator:
            raise revert(NoAdjudicator())
        if not any(terms.client_key):
            raise revert(NoSealingKey())
        self._between("unitsMax", terms.units_max, 1, U64_MAX)
        self._between("unitPriceMax", terms.unit_price_max, 1, U128_MAX)
        if terms.classes & ~PREPAID_CLASSES:
            self._between("prepayUnits", terms.prepay_units, 0, 0)
        else:
            most = max(1, terms.units_max * self.prepay_max_bps // BPS)
            self._between("prepayUnits", terms.prepay_units, 1, most)
        self._check_clocks(terms)

    def _check_clocks(self, terms: OrderTerms) -> None:
        """Refuse clocks and windows outside governance's bounds; V0 alone needs no window."""
        window_min = 0 if terms.classes == CLASS_SIGNED else self.lease_window_min
        rows = (
            ("deadlineSeconds", terms.deadline_seconds, self.lease_seconds_min,
             self.lease_seconds_max),
            ("windowBlocks", terms.window_blocks, window_min, self.lease_window_max),
            ("responseSeconds", terms.response_seconds, self.response_seconds_min,
             self.response_seconds_max),
            ("moveSeconds", terms.move_seconds, self.move_seconds_min, self.move_seconds_max),
            ("gameSeconds", terms.game_seconds, self.game_seconds_min, self.game_seconds_max),
        )  # fmt: skip
        for term, value, minimum, maximum in rows:
            self._between(term, value, minimum, maximum)

    def _write_terms(self, order: Order, terms: OrderTerms) -> None:
        order.kind, order.classes, order.unit_kind = terms.kind, terms.classes, terms.unit_kind
        order.gpu_class, order.region = terms.gpu_class, terms.region
        order.vram_mib, order.latency_ms = terms.vram_mib, terms.latency_ms
        order.macs_per_second = terms.macs_per_second
        order.model_root, order.client_key = terms.model_root, terms.client_key
        order.units_max, order.prepay_units = terms.units_max, terms.prepay_units
        order.unit_price_max = terms.unit_price_max
        order.deadline_seconds, order.window_blocks = terms.deadline_seconds, terms.window_blocks
        order.response_seconds, order.move_seconds = terms.response_seconds, terms.move_seconds
        order.game_seconds, order.adjudicator = terms.game_seconds, terms.adjudicator
        order.expiry_seconds = terms.expiry_seconds

    def _close_order(self, order_id: bytes, order: Order, status: OrderStatus) -> int:
        """End an order without lease; returns the refund."""
        if order.open_place:
            self._unlist_order(order)
        order.status = status
        refund = order.escrow
        order.escrow = 0
        self.emit(OrderClosed(order_id, status, refund))
        self.ctx.transfer(order.client, refund)
        return refund

    def _reopen_order(self, order_id: bytes, order: Order) -> None:
        order.status = OrderStatus.OPEN
        self._list_order(order_id, order)
        self.emit(OrderReopened(order_id))

    def _list_order(self, order_id: bytes, order: Order) -> None:
        order.open_place = self.open_order_ids.push(order_id) + 1

    def _unlist_order(self, order: Order) -> None:
        """Take an order off the open list; the last one takes its place."""
        ids, place = self.open_order_ids, order.open_place
        last = ids[len(ids) - 1]
        ids[place - 1] = last
        self.orders_by_id[last].open_place = place
        order.open_place = 0
        ids.pop(bytes(32))

    def _order(self, order_id: bytes, status: OrderStatus) -> Order:
        order = self.orders_by_id[order_id]
        if order.status != status:
            raise revert(WrongOrderStatus(order.status))
        return order

    def _own_order(self, order_id: bytes) -> Order:
        """Return an order of the caller's."""
        order = self.orders_by_id[order_id]
        if order.client != self.ctx.caller or not order.status:
            raise revert(WrongClient())
        return order

    def _is_order_late(self, order: Order) -> bool:
        return order.posted.has_passed(self.ctx.block, order.expiry_seconds)

    def _terms(self, order: Order) -> OrderTerms:
        return OrderTerms(
            kind=order.kind,
            classes=order.classes,
            unit_kind=order.unit_kind,
            gpu_class=order.gpu_class,
            region=order.region,
            vram_mib=order.vram_mib,
            latency_ms=order.latency_ms,
            macs_per_second=order.macs_per_second,
            model_root=order.model_root,
            client_key=order.client_key,
            units_max=order.units_max,
            unit_price_max=order.unit_price_max,
            prepay_units=order.prepay_units,
            deadline_seconds=order.deadline_seconds,
            window_blocks=order.window_blocks,
            response_seconds=order.response_seconds,
            move_seconds=order.move_seconds,
            game_seconds=order.game_seconds,
            adjudicator=order.adjudicator,
            expiry_seconds=order.expiry_seconds,
        )

    def _order_info(self, order_id: bytes) -> OrderInfo:
        order = self.orders_by_id[order_id]
        return OrderInfo(
            order_id=order_id,
            client=order.client,
            status=order.status,
            terms=self._terms(order),
            escrow=order.escrow,
            posted_at=order.posted.seconds,
            lease_id=order.lease_id,
            bid_seconds=order.bid_seconds,
            reveal_seconds=order.reveal_seconds,
            bid_bond=order.bid_bond,
            bid_count=len(order.bids),
        )
