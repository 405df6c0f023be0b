"""Miners: bonds, operator keys with their history, sealing keys, capacity, withdrawal.

A rotation of the operator key acts for leases from the next block on; a receipt anchored before
stays valid by the key of its height, and a key that ever signed stays slashable. Receipts of
seeded products look at the present key.
"""

from contracts.framework.clock import has_passed
from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, u64, u256
from contracts.marketplace.v1.market_messages import (
    CapacityInfo,
    CapacityNoted,
    SealingKeyChanged,
)
from contracts.marketplace.v1.messages import (
    AlreadyMiner,
    BondChanged,
    BondTooSmall,
    EndpointChanged,
    EndpointTooLong,
    LeasesOpen,
    MinerInfo,
    MinerRegistered,
    NotReceipts,
    OperatorChanged,
    WithdrawalNotDue,
    WithdrawalRequested,
    ZeroOperator,
)
from contracts.marketplace.v1.prices import Prices
from contracts.marketplace.v1.records import Miner
from contracts.marketplace.v1.refusals import (
    ConvictedMiner,
    NoSealingKey,
    OffersListed,
)
from contracts.places import RECEIPTS_ADDRESS
from primitives.types import ZERO_ADDRESS

ENDPOINT_BYTES_MAX = 256


class Miners(Prices):
    """The part of the marketplace that keeps miners."""

    __slots__ = ()

    @call(payable=True)
    def register_miner(self, operator_key: Address, endpoint: str) -> None:
        """Register the caller as a miner with the value sent as bond.

        ``operator_key`` is the address of the key that signs receipts, from this block on.
        """
        caller, bond = self.ctx.caller, self.ctx.value
        miner = self.miners[caller]
        if self._is_convicted(caller):
            raise revert(ConvictedMiner(caller))
        if any(miner.operator_key):
            raise revert(AlreadyMiner())
        minimum = self.miner_bond_min
        if bond < minimum:
            raise revert(BondTooSmall(bond, minimum))
        _check_operator(operator_key)
        _check_endpoint(endpoint)
        miner.operator_key = operator_key
        self._set_bond(caller, miner, bond)
        miner.endpoint = endpoint
        self._note_operator(caller, operator_key, self.ctx.block.height)
        self.emit(MinerRegistered(caller, operator_key, bond, endpoint))

    @call
    def set_operator(self, operator_key: Address) -> None:
        """Change the key that signs receipts; submitted and anchored receipts stay as they are."""
        caller = self.ctx.caller
        miner = self._miner(caller)
        _check_operator(operator_key)
        miner.operator_key = operator_key
        self._note_operator(caller, operator_key, self.ctx.block.height + 1)
        self.emit(OperatorChanged(caller, operator_key))

    @call
    def set_sealing_key(self, sealing_key: bytes32) -> None:
        """Register the X25519 key that prompts are sealed to; leases keep the key they began with.

        The account's signature of the transaction is what vouches for the key.
        """
        miner = self._miner(self.ctx.caller)
        if not any(sealing_key):
            raise revert(NoSealingKey())
        miner.sealing_key = sealing_key
        self.emit(SealingKeyChanged(self.ctx.caller, sealing_key))

    @call
    def set_endpoint(self, endpoint: str) -> None:
        """Change where the miner is reached."""
        miner = self._miner(self.ctx.caller)
        _check_endpoint(endpoint)
        miner.endpoint = endpoint
        self.emit(EndpointChanged(self.ctx.caller, endpoint))

    @call(payable=True)
    def add_bond(self) -> None:
        """Raise the caller's bond by the value sent; a pending withdrawal is called off."""
        miner = self._miner(self.ctx.caller)
        self._set_bond(self.ctx.caller, miner, miner.bond + self.ctx.value)
        miner.leaving_at = 0
        self.emit(BondChanged(self.ctx.caller, miner.bond))

    @call
    def request_withdrawal(self) -> None:
        """Begin to leave: no open lease, and none can be taken from now on."""
        miner = self._miner(self.ctx.caller)
        if miner.open_leases:
            raise revert(LeasesOpen(miner.open_leases))
        block = self.ctx.block
        miner.leaving_at = block.timestamp
        miner.leaving_height = block.height
        self.emit(WithdrawalRequested(self.ctx.caller, block.timestamp + self.withdrawal_seconds))

    @call
    def withdraw_bond(self) -> u256:
        """Pay the bond out after the delay and forget the miner; returns the amount."""
        caller = self.ctx.caller
        miner = self._miner(caller)
        if miner.open_leases:
            raise revert(LeasesOpen(miner.open_leases))
        if miner.offers_listed:
            raise revert(OffersListed(miner.offers_listed))
        leaving_at, delay = miner.leaving_at, self.withdrawal_seconds
        block = self.ctx.block
        if not leaving_at or not has_passed(block, leaving_at, miner.leaving_height, delay):
            raise revert(WithdrawalNotDue(leaving_at + delay if leaving_at else 0))
        bond = miner.bond
        self._drop_rate(miner)
        self._set_bond(caller, miner, 0)
        miner.endpoint = ""
        miner.clear()
        self._note_operator(caller, ZERO_ADDRESS, block.height + 1)
        self.emit(BondChanged(caller, 0))
        self.ctx.transfer(caller, bond)
        return bond

    @call
    def note_capacity(self, miner: Address, macs_per_second: u64, expires_at: u64) -> None:
        """Record a certificate of capacity in place of the former; for the receipts contract."""
        if self.ctx.caller != RECEIPTS_ADDRESS:
            raise revert(NotReceipts())
        record = self._miner(miner)
        self._drop_rate(record)
        record.macs_per_second = macs_per_second
        record.capacity_until = expires_at
        self._add_rate(record)
        self.emit(CapacityNoted(miner, macs_per_second, expires_at))

    # --- views ------------------------------------------------------------------------------

    @view
    def miner(self, account: Address) -> MinerInfo:
        """Return one miner; a zero operator key when there is none."""
        miner = self.miners[account]
        return MinerInfo(
            operator_key=miner.operator_key,
            bond=miner.bond,
            locked=miner.locked,
            open_leases=miner.open_leases,
            leaving_at=miner.leaving_at,
            endpoint=miner.endpoint,
        )

    @view
    def capacity(self, account: Address) -> CapacityInfo:
        """Return a miner's GPU class, certificate and sealing key."""
        miner = self.miners[account]
        return CapacityInfo(
            gpu_class=miner.gpu_class,
            macs_per_second=miner.macs_per_second,
            expires_at=miner.capacity_until,
            sealing_key=miner.sealing_key,
        )

    @view
    def operator_valid(self, miner: Address, key: Address, height: u64) -> bool:
        """Answer whether ``key`` signed for the miner at a height."""
        if key == ZERO_ADDRESS:
            return False
        points = self.operators[miner]
        low, high = 0, len(points)
        while low < high:
            middle = (low + high) // 2
            if points[middle].read()[0] > height:
                high = middle
            else:
                low = middle + 1
        return low > 0 and points[low - 1].read()[1] == key

    @view
    def was_operator(self, miner: Address, key: Address) -> bool:
        """Answer whether ``key`` ever signed for the miner."""
        return self.has_been_operator[miner][key]

    # --- parts ------------------------------------------------------------------------------

    def _note_operator(self, account: bytes, key: bytes, height: int) -> None:
        """Let ``key`` sign from ``height`` on; a second change in one block replaces the first."""
        points = self.operators[account]
        count = len(points)
        if count and points[count - 1].read()[0] >= height:
            points[count - 1].write(height, key)
        else:
            points.grow().write(height, key)
        if key != ZERO_ADDRESS:
            self.has_been_operator[account][key] = True

    def _free_bond(self, miner: Miner) -> int:
        """Return what of a bond secures nothing yet."""
        return miner.bond - miner.locked


def _check_operator(operator_key: bytes) -> None:
    if not any(operator_key):
        raise revert(ZeroOperator())


def _check_endpoint(endpoint: str) -> None:
    if len(endpoint.encode()) > ENDPOINT_BYTES_MAX:
        raise revert(EndpointTooLong(ENDPOINT_BYTES_MAX))
