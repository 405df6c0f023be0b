"""Leases: from the proposal to the last wei.

L1. A lease leaves ACTIVE or RECLAIMING once; the exit is written before money moves.
L2. paid + fee + refund = escrow, the prepaid tick included, to the wei.
L3. Fee, its split, lock, slash share, rent and the time to accept are copied at the proposal,
    all else is the order's, fixed when it was posted: governance changes nothing under a lease.
L4. While challenges hold a lease it neither settles nor is reclaimed, also under a conviction.
L5. A lease that its client reclaims, or that runs out, without any claim costs him a rent of the
    escrow, by the time held, at most ``rentMaxBps``; not where a tick was prepaid, nor a convict.

Where the specification leaves a choice:

* A proposal locks the miner's bond at once, so that it can be accepted. The miner declines it at
  the price of its offer, which is closed with its bond returned; a proposal that runs out costs the
  offer's bond. Either way the order is open again. The client cancels order and proposal together.
* The fee comes out of the miner's pay, of the prepaid tick when it is paid. The tick is due even if
  less is acknowledged later.
* An active lease whose deadline passed without a claim is closed by anybody, once an answer and a
  game could have been added: a client who went away does not lock a bond for ever. So is one that
  its client asked to reclaim and did not, after a second response time. The miner cannot give up an
  active lease, so a fraud cannot run from its challenge.
* Convicting a lease a second time, or releasing a hold of a final lease, does nothing: games that
  run side by side on one lease end in any order.
"""

from typing import Final

from contracts.errors import Revert
from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, u8, u32, u64, u256
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.marketplace.v1.market_messages import (
    LeaseClosed,
    LeaseHeldChanged,
    LeaseOpened,
    LeaseOutcome,
    LeasePaid,
    LeaseProposed,
    MinerConvicted,
    OrderClosed,
    ReclaimRequested,
    RentPaid,
)
from contracts.marketplace.v1.messages import NotReceipts, TooManyUnits, WrongStatus
from contracts.marketplace.v1.orders import Orders
from contracts.marketplace.v1.records import (
    CloseReason,
    Lease,
    Offer,
    OfferStatus,
    Order,
    OrderStatus,
)
from contracts.marketplace.v1.refusals import (
    AcceptanceOver,
    AmountTooLarge,
    ClaimStands,
    ConvictedMiner,
    LeaseHeld,
    NotDisputes,
    NotExpired,
    ReclaimNotDue,
    WrongClient,
    WrongMiner,
)
from contracts.marketplace.v1.storage import BPS, DAY_SECONDS, page_end
from contracts.marketplace.v1.weights import LEASE_ROW_GAS
from contracts.places import DISPUTES_ADDRESS, RECEIPTS_ADDRESS
from primitives.abi import encode
from primitives.keccak import keccak256

CLAIM_HEIGHT_WORD: Final = 5
"""Place of ``height`` in the words that the receipts contract's ``claim`` returns."""
LIVE: Final = (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING)


class Leases(Orders):
    """The part of the marketplace that runs leases."""

    __slots__ = ()

    # --- proposals --------------------------------------------------------------------------

    @call
    def accept_lease(self, lease_id: bytes32) -> None:
        """Accept a proposal: the lease is active, the first tick is paid."""
        lease, order = self._proposal(lease_id)
        if lease.miner != self.ctx.caller:
            raise revert(WrongMiner())
        self._miner(self.ctx.caller)
        if self._is_acceptance_over(lease):
            raise revert(AcceptanceOver())
        self._activate(lease_id, lease, order)

    @call
    def decline_lease(self, lease_id: bytes32) -> None:
        """Refuse a proposal; the offer that made it is closed, the order is open again."""
        lease, order = self._proposal(lease_id)
        if lease.miner != self.ctx.caller:
            raise revert(WrongMiner())
        self._drop_proposal(lease_id, lease, order, CloseReason.MINER_DECLINED)
        self._reopen_order(lease.order_id, order)
        if self.offers_by_id[lease.offer_id].status == OfferStatus.LISTED:
            self._close_offer(lease.offer_id, 0)

    @call
    def cancel_lease(self, lease_id: bytes32) -> u256:
        """Take a proposal and its order back; for the client; returns the refund."""
        lease, order = self._proposal(lease_id)
        if order.client != self.ctx.caller:
            raise revert(WrongClient())
        self._drop_proposal(lease_id, lease, order, CloseReason.CLIENT_CANCELLED)
        return self._close_order(lease.order_id, order, OrderStatus.CANCELLED)

    @call
    def expire_proposal(self, lease_id: bytes32) -> None:
        """Open an order again whose miner did not answer in time; anybody may.

        The offer is closed; half of its bond goes to the client, the rest is burnt.
        """
        lease, order = self._proposal(lease_id)
        if not self._is_acceptance_over(lease):
            raise revert(NotExpired())
        self._drop_proposal(lease_id, lease, order, CloseReason.MINER_SILENT)
        self._reopen_order(lease.order_id, order)
        standing = self.standings[lease.miner]
        standing.missed += 1
        offer_id = lease.offer_id
        offer = self.offers_by_id[offer_id]
        if offer.status == OfferStatus.LISTED:
            bond = offer.bond
            self._close_offer(offer_id, bond)
            self.ctx.burn(bond - bond // 2)
            self.ctx.transfer(order.client, bond // 2)

    # --- the client's way out -----------------------------------------------------------------

    @call
    def request_reclaim(self, lease_id: bytes32) -> None:
        """Ask for the rest of the escrow; the miner has one response time to show his work."""
        lease, order = self._lease(lease_id, (LeaseStatus.ACTIVE,))
        if order.client != self.ctx.caller:
            raise revert(WrongClient())
        lease.status = LeaseStatus.RECLAIMING
        lease.reclaim.stamp(self.ctx.block)
        due = self.ctx.block.timestamp + order.response_seconds
        self.emit(ReclaimRequested(lease_id, due))

    @call
    def finish_reclaim(self, lease_id: bytes32) -> u256:
        """Pay the escrow back after the wait; at once when the miner was convicted."""
        lease, order = self._lease(lease_id, LIVE)
        if order.client != self.ctx.caller:
            raise revert(WrongClient())
        self._check_not_held(lease)
        is_convict = self._is_convicted(lease.miner)
        if not is_convict:
            if lease.status != LeaseStatus.RECLAIMING:
                raise revert(WrongStatus(lease.status))
            moment, seconds = lease.reclaim, order.response_seconds
            if not moment.has_passed(self.ctx.block, seconds):
                raise revert(ReclaimNotDue(moment.seconds + seconds))
            self._check_no_claim(lease_id)
        reason = CloseReason.CLIENT_RECLAIMED
        return self._refund(
            lease_id, lease, order, LeaseStatus.RECLAIMED, reason, is_rented=not is_convict
        )

    @call
    def expire_lease(self, lease_id: bytes32) -> u256:
        """Refund a lease that was forgotten after its deadline; anybody may.

        It waits for deadline, response time and a whole game, or for a conviction; where the client
        asked to reclaim, for two response times since.
        """
        lease, order = self._lease(lease_id, LIVE)
        self._check_not_held(lease)
        reason = CloseReason.MINER_CONVICTED
        is_convict = self._is_convicted(lease.miner)
        if not is_convict:
            reason = self._expiry(lease, order)
            self._check_no_claim(lease_id)
        return self._refund(
            lease_id, lease, order, LeaseStatus.CLOSED, reason, is_rented=not is_convict
        )

    # --- calls of receipts and disputes -------------------------------------------------------

    @call
    def pay_lease(self, lease_id: bytes32, units: u64, amount: u256) -> u256:
        """Settle a lease at its cumulative amount, the prepaid tick included; returns the net pay.

        The net pay is what goes to the miner now, without what he had been prepaid.
        """
        if self.ctx.caller != RECEIPTS_ADDRESS:
            raise revert(NotReceipts())
        lease, order = self._lease(lease_id, LIVE)
        self._check_not_held(lease)
        if self._is_convicted(lease.miner):
            raise revert(ConvictedMiner(lease.miner))
        if units > order.units_max:
            raise revert(TooManyUnits())
        return self._settle(lease_id, lease, order, units, amount)

    @call(reserved=True)
    def hold_lease(self, lease_id: bytes32) -> None:
        """Count one more open challenge; for the disputes contract."""
        self._check_disputes()
        lease, _ = self._lease(lease_id, LIVE)
        lease.holds += 1
        lease.was_challenged = True
        self.emit(LeaseHeldChanged(lease_id, lease.holds))

    @call(reserved=True)
    def release_lease(self, lease_id: bytes32) -> None:
        """Count one challenge less, decided for the miner; for the disputes contract."""
        self._check_disputes()
        self._release_hold(lease_id, self._known_lease(lease_id))

    @call(reserved=True)
    def convict(self, lease_id: bytes32, fault: u8) -> u256:
        """Slash the miner's whole bond for a proven fraud; returns the challengers' reward.

        It ends one hold. The client gets the escrow back, of the rest of the bond what had been
        prepaid; what remains is burnt. No other lease of the miner settles from now on.
        """
        self._check_disputes()
        lease = self._known_lease(lease_id)
        self._release_hold(lease_id, lease)
        if lease.status == LeaseStatus.CONVICTED:
            return 0
        if lease.status not in LIVE:
            raise revert(WrongStatus(lease.status))
        order = self.orders_by_id[lease.order_id]
        account = lease.miner
        miner, standing = self.miners[account], self.standings[account]
        self._end(lease, LeaseStatus.CONVICTED, CloseReason.MINER_CONVICTED)
        slashed = self._slash(account, miner.bond)
        reward = slashed * lease.slash_bps // BPS
        compensation = min(lease.prepaid, slashed - reward)
        burnt = slashed - reward - compensation
        if not standing.convicted_height:
            standing.convicted_height = self.ctx.block.height
            miner.locked = 0
            miner.leaving_at = 0
            self._drop_rate(miner)
        refund = lease.escrow - lease.prepaid + compensation
        self.emit(MinerConvicted(account, lease_id, fault, slashed, reward, compensation, burnt))
        self._emit_closed(lease_id, lease, order, refund)
        self.ctx.burn(burnt)
        self.ctx.transfer(DISPUTES_ADDRESS, reward)
        self.ctx.transfer(order.client, refund)
        return reward

    @call
    def pay_split(self, lease_id: bytes32, miner_amount: u256) -> None:
        """Settle a lease as a panel decided; for the disputes contract.

        ``miner_amount`` of the escrow is the miner's before the fee, the prepaid tick included. A
        conviction that came first stands: then the client gets what the contract still holds.
        """
        self._check_disputes()
        lease = self._known_lease(lease_id)
        if lease.status not in LIVE:
            return
        self._check_not_held(lease)
        order = self.orders_by_id[lease.order_id]
        if self._is_convicted(lease.miner):
            reason = CloseReason.MINER_CONVICTED
            self._refund(lease_id, lease, order, LeaseStatus.CLOSED, reason)
            return
        self._settle(lease_id, lease, order, 0, miner_amount)

    @call
    def close_unpaid(self, lease_id: bytes32) -> None:
        """End a lease unpaid and unslashed, as a quorum's minority; for the disputes contract."""
        self._check_disputes()
        lease, order = self._lease(lease_id, LIVE)
        self._check_not_held(lease)
        self._refund(lease_id, lease, order, LeaseStatus.CLOSED, CloseReason.MINER_UNPAID)

    # --- views ------------------------------------------------------------------------------

    @view
    def lease(self, lease_id: bytes32) -> LeaseInfo:
        """Return one lease with all its terms, whatever became of it; status 0 when unknown."""
        return self._lease_info(lease_id)

    @view
    def lease_outcome(self, lease_id: bytes32) -> LeaseOutcome:
        """Return what became of a lease."""
        lease = self.leases_by_id[lease_id]
        return LeaseOutcome(
            lease_id=lease_id,
            status=lease.status,
            reason=lease.reason,
            offer_id=lease.offer_id,
            gpu_class=lease.gpu_class,
            was_challenged=lease.was_challenged,
            reclaim_at=lease.reclaim.seconds,
            paid=lease.paid,
            burnt=lease.burnt,
            weight=lease.weight,
        )

    @view
    def ended_at(self, lease_id: bytes32) -> u64:
        """Return the height at which a lease ended, 0 while it has not."""
        return self.leases_by_id[lease_id].ended_height

    @view
    def lease_count(self) -> u64:
        """Return how many leases were ever proposed."""
        return len(self.lease_ids)

    @view
    def leases(self, cursor: u64, limit: u32) -> tuple[tuple[LeaseInfo, ...], u64]:
        """Return leases in the order of their proposal (at most 100), and the next cursor."""
        ids = self.lease_ids
        end = page_end(len(ids), cursor, limit)
        self.ctx.use_gas(LEASE_ROW_GAS * (end - cursor))
        return tuple(self._lease_info(ids[place]) for place in range(cursor, end)), end

    @view
    def leases_of(
        self, party: Address, cursor: u64, limit: u32
    ) -> tuple[tuple[LeaseInfo, ...], u64]:
        """Return an account's leases as client or miner (at most 100), and the next cursor."""
        ids = self.leases_of_party[party]
        end = page_end(len(ids), cursor, limit)
        self.ctx.use_gas(LEASE_ROW_GAS * (end - cursor))
        return tuple(self._lease_info(ids[place]) for place in range(cursor, end)), end

    # --- parts ------------------------------------------------------------------------------

    def _propose(
        self, order_id: bytes, order: Order, offer_id: int, offer: Offer, price: int
    ) -> bytes:
        """Make a lease of an order and an offer that fits it, and lock the bond."""
        account = offer.miner
        miner = self.miners[account]
        attempt = order.attempts
        order.attempts = attempt + 1
        lease_id = keccak256(encode(("bytes32", "address", "uint64"), (order_id, account, attempt)))
        escrow = order.units_max * price
        lock = self._lock_for(escrow)
        miner.locked += lock
        miner.open_leases += 1
        offer.open_leases += 1
        order.lease_id = lease_id
        lease = self.leases_by_id[lease_id]
        lease.order_id = order_id
        lease.miner = account
        lease.status = LeaseStatus.PROPOSED
        lease.gpu_class = offer.gpu_class
        lease.unit_price = price
        lease.escrow = escrow
        lease.prepaid = order.prepay_units * price
        lease.lock = lock
        lease.opened.stamp(self.ctx.block)
        lease.miner_key = miner.sealing_key
        lease.fee_bps, lease.burn_bps = self.fee_bps, self.fee_burn_bps
        lease.auditor_bps, lease.slash_bps = self.fee_auditor_bps, self.slash_share_bps
        lease.accept_seconds = self.accept_seconds
        lease.rent_day_bps, lease.rent_max_bps = self.rent_day_bps, self.rent_max_bps
        lease.offer_id = offer_id
        self.lease_ids.push(lease_id)
        self.leases_of_party[order.client].push(lease_id)
        self.leases_of_party[account].push(lease_id)
        self.emit(LeaseProposed(lease_id, order_id, account, offer_id, price, escrow, lock))
        return lease_id

    def _activate(self, lease_id: bytes, lease: Lease, order: Order) -> None:
        """Begin a lease: the escrow is its own now, the rest goes back, the tick is paid."""
        order.status = OrderStatus.LEASED
        refund = order.escrow - lease.escrow
        order.escrow = 0
        lease.status = LeaseStatus.ACTIVE
        lease.opened.stamp(self.ctx.block)
        prepaid, miner, client = lease.prepaid, lease.miner, order.client
        fee = prepaid * lease.fee_bps // BPS
        lease.paid = prepaid - fee
        lease.burnt = self._pay_fee(lease, prepaid, fee)
        self.emit(OrderClosed(lease.order_id, OrderStatus.LEASED, refund))
        self.emit(LeaseOpened(lease_id, client, miner, lease.escrow, prepaid, refund))
        self.ctx.transfer(miner, prepaid - fee)
        self.ctx.transfer(client, refund)

    def _drop_proposal(
        self, lease_id: bytes, lease: Lease, order: Order, reason: CloseReason
    ) -> None:
        """End a lease that was never active; its escrow stays the order's."""
        self._end(lease, LeaseStatus.CANCELLED, reason)
        self._emit_closed(lease_id, lease, order, 0)

    def _settle(self, lease_id: bytes, lease: Lease, order: Order, units: int, amount: int) -> int:
        """Pay miner, fee and client by a cumulative amount; return the net pay."""
        miner, client = lease.miner, order.client
        escrow, prepaid = lease.escrow, lease.prepaid
        if amount > escrow:
            raise revert(AmountTooLarge(escrow))
        gross = max(amount, prepaid)
        fee = gross * lease.fee_bps // BPS - prepaid * lease.fee_bps // BPS
        credit = self._credit(lease_id, lease, gross - prepaid - fee)
        net = gross - prepaid - fee - credit
        refund = escrow - gross + credit
        self._end(lease, LeaseStatus.SETTLED, CloseReason.NONE)
        lease.paid += net
        lease.burnt += self._pay_fee(lease, gross - prepaid, fee)
        self._note_settlement(lease, miner, client)
        self._count_use(lease, order, units)
        self.emit(LeasePaid(lease_id, miner, client, units, net, fee, credit, refund))
        self.ctx.transfer(miner, net)
        self.ctx.transfer(client, refund)
        return net

    def _end(self, lease: Lease, status: LeaseStatus, reason: CloseReason) -> None:
        """Write a lease's exit and release what it holds of miner and offer (L1)."""
        lease.status = status
        lease.reason = reason
        lease.ended_height = self.ctx.block.height
        self.offers_by_id[lease.offer_id].open_leases -= 1
        self._unlock(lease.miner, lease.lock)

    def _refund(
        self,
        lease_id: bytes,
        lease: Lease,
        order: Order,
        status: LeaseStatus,
        reason: CloseReason,
        *,
        is_rented: bool = False,
    ) -> int:
        """End a lease unsettled and pay the client what the contract holds of the escrow."""
        self._end(lease, status, reason)
        rent = self._pay_rent(lease_id, lease, order) if is_rented else 0
        refund = lease.escrow - lease.prepaid - rent
        self._emit_closed(lease_id, lease, order, refund)
        self.ctx.transfer(order.client, refund)
        return refund

    def _expiry(self, lease: Lease, order: Order) -> CloseReason:
        """Return why anybody may end a lease that has no claim, or refuse it."""
        block, response = self.ctx.block, order.response_seconds
        if lease.status == LeaseStatus.RECLAIMING and lease.reclaim.has_passed(block, 2 * response):
            return CloseReason.CLIENT_RECLAIMED
        if lease.opened.has_passed(block, order.deadline_seconds + response + order.game_seconds):
            return CloseReason.MINER_LATE
        raise revert(NotExpired())

    def _pay_rent(self, lease_id: bytes, lease: Lease, order: Order) -> int:
        """Pay the miner for a lease that was held and never claimed (L5); return the rent."""
        held = self._held_seconds(lease_id, lease, order)
        share = min(held * lease.rent_day_bps // DAY_SECONDS, lease.rent_max_bps)
        rent = lease.escrow * share // BPS
        if lease.prepaid or not rent:
            return 0
        fee = rent * lease.fee_bps // BPS
        lease.paid += rent - fee
        lease.burnt += self._pay_fee(lease, rent, fee)
        self.emit(RentPaid(lease_id, lease.miner, held, rent - fee, fee))
        self.ctx.transfer(lease.miner, rent - fee)
        return rent

    def _held_seconds(self, _lease_id: bytes, lease: Lease, order: Order) -> int:
        """Return how long a client held a lease, until he asked for its end or the deadline.

        One response time is free: who is not served leaves at once and pays nothing. A later
        version knows of services that were missing.
        """
        since = lease.opened.seconds
        asked = lease.reclaim.seconds or self.ctx.block.timestamp
        held = min(asked - since, order.deadline_seconds)
        return max(0, held - order.response_seconds)

    def _emit_closed(self, lease_id: bytes, lease: Lease, order: Order, refund: int) -> None:
        self.emit(
            LeaseClosed(lease_id, lease.miner, order.client, lease.status, lease.reason, refund)
        )

    def _credit(self, _lease_id: bytes, _lease: Lease, _net: int) -> int:
        """Return what of the net pay is credited to the client; a later version knows reasons."""
        return 0

    def _note_settlement(self, lease: Lease, miner: bytes, client: bytes) -> None:
        """Remember the fee burnt, with less weight for each further lease of the two parties."""
        number = self.leases_between[miner][client] + 1
        self.leases_between[miner][client] = number
        weight = lease.burnt // number
        lease.weight = weight
        for party in (miner, client):
            standing = self.standings[party]
            standing.settled += 1
            standing.weight += weight

    def _proposal(self, lease_id: bytes) -> tuple[Lease, Order]:
        """Return a proposal that waits for its miner; bids of a running auction are not."""
        lease, order = self._lease(lease_id, (LeaseStatus.PROPOSED,))
        if order.status != OrderStatus.PROPOSED:
            raise revert(WrongStatus(lease.status))
        return lease, order

    def _lease(self, lease_id: bytes, statuses: tuple[LeaseStatus, ...]) -> tuple[Lease, Order]:
        lease = self.leases_by_id[lease_id]
        if lease.status not in statuses:
            raise revert(WrongStatus(lease.status))
        return lease, self.orders_by_id[lease.order_id]

    def _known_lease(self, lease_id: bytes) -> Lease:
        lease = self.leases_by_id[lease_id]
        if not lease.status:
            raise revert(WrongStatus(LeaseStatus.UNKNOWN))
        return lease

    def _release_hold(self, lease_id: bytes, lease: Lease) -> None:
        holds = lease.holds
        if holds:
            lease.holds = holds - 1
            self.emit(LeaseHeldChanged(lease_id, holds - 1))

    def _is_acceptance_over(self, lease: Lease) -> bool:
        return lease.opened.has_passed(self.ctx.block, lease.accept_seconds)

    def _check_disputes(self) -> None:
        if self.ctx.caller != DISPUTES_ADDRESS:
            raise revert(NotDisputes())

    def _check_not_held(self, lease: Lease) -> None:
        if lease.holds:
            raise revert(LeaseHeld(lease.holds))

    def _check_no_claim(self, lease_id: bytes) -> None:
        """Refuse while a claim for the lease stands in the receipts contract."""
        output = self.consult(RECEIPTS_ADDRESS, "claim(bytes32)", lease_id)
        word = output[32 * CLAIM_HEIGHT_WORD : 32 * CLAIM_HEIGHT_WORD + 32]
        if len(word) != 32:
            raise Revert(b"", "execution reverted: the receipts contract answers no claim")
        height = int.from_bytes(word, "big")
        if height:
            raise revert(ClaimStands(height))

    def _lease_info(self, lease_id: bytes) -> LeaseInfo:
        lease = self.leases_by_id[lease_id]
        order_id = lease.order_id
        order = self.orders_by_id[order_id]
        return LeaseInfo(
            lease_id=lease_id,
            order_id=order_id,
            client=order.client,
            miner=lease.miner,
            kind=order.kind,
            classes=order.classes,
            model_root=order.model_root,
            unit_kind=order.unit_kind,
            unit_price=lease.unit_price,
            units_max=order.units_max,
            escrow=lease.escrow,
            prepaid=lease.prepaid,
            lock=lease.lock,
            fee_bps=lease.fee_bps,
            status=lease.status,
            holds=lease.holds,
            window_blocks=order.window_blocks,
            response_seconds=order.response_seconds,
            move_seconds=order.move_seconds,
            game_seconds=order.game_seconds,
            adjudicator=order.adjudicator,
            opened_at=lease.opened.seconds,
            opened_height=lease.opened.height,
            deadline=order.deadline_seconds,
            client_key=order.client_key,
            miner_key=lease.miner_key,
        )
