"""Parameters and storage of the marketplace, and what its parts share."""

from typing import ClassVar, Final

from contracts.framework.contract import Contract
from contracts.framework.history import HISTORY, record
from contracts.framework.messages import revert
from contracts.framework.parameters import Parameter
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES32,
    U8,
    U16,
    U32,
    U64,
    U128,
    Slot,
    array,
    mapping,
    struct,
)
from contracts.marketplace.v1.market_messages import MARKET_EVENTS
from contracts.marketplace.v1.messages import ERRORS, EVENTS, BondChanged, NotMiner
from contracts.marketplace.v1.records import (
    ClassRate,
    Index,
    Job,
    Lease,
    Miner,
    Offer,
    OperatorPoint,
    Order,
    Share,
    Standing,
)
from contracts.marketplace.v1.refusals import (
    MARKET_ERRORS,
    BadTerm,
    ConvictedMiner,
    ParametersContradict,
)
from contracts.marketplace.v1.weights import WEIGHTS
from contracts.places import DISPUTES_ADDRESS, TREASURY_ADDRESS
from primitives.abi import encode_call
from primitives.types import WEI_PER_AIT

BPS: Final = 10_000
MINER_BOND_MIN: Final = 10 * WEI_PER_AIT
"""Genesis value of the parameter ``minerBondMin``."""
WITHDRAWAL_SECONDS: Final = 24 * 3600
"""Genesis value of the parameter ``withdrawalSeconds``."""
PAGE_MAX: Final = 100
BOOK_LIMIT: Final = 64
"""Offers of a book that a transaction can walk: matching and the draw of a quorum look at all, at
about 45,000 gas each, of the 5,000,000 that a transaction has (``tests/unit/state``)."""
ESCROW_MAX: Final = (1 << 120) - 1
DAY_SECONDS: Final = 24 * 3600


def _seconds(default: int, minimum: int, maximum: int) -> Parameter:
    return Parameter(U32, default=default, minimum=minimum, maximum=maximum)


def _bps(default: int, minimum: int, maximum: int, step_max: int = BPS) -> Parameter:
    return Parameter(U16, default=default, minimum=minimum, maximum=maximum, step_max=step_max)


def _wei(default: int, maximum: int, minimum: int = 1) -> Parameter:
    return Parameter(U128, default=default, minimum=minimum, maximum=maximum)


FUND_AUDITS: Final = encode_call("fundAudits()")


class Market(Contract):
    """The common part of the marketplace contract."""

    __slots__ = ()

    index = 5
    name = "marketplace"
    events: ClassVar[tuple[type, ...]] = (*EVENTS, *MARKET_EVENTS)
    errors: ClassVar[tuple[type, ...]] = (*ERRORS, *MARKET_ERRORS)
    weights = WEIGHTS

    # Miners and money.
    miner_bond_min = _wei(MINER_BOND_MIN, 1_000_000 * WEI_PER_AIT)
    withdrawal_seconds = _seconds(WITHDRAWAL_SECONDS, 3_600, 30 * DAY_SECONDS)
    fee_bps = _bps(250, 0, 1_000, 100)
    fee_burn_bps = _bps(5_000, 5_000, BPS)
    fee_auditor_bps = _bps(50, 0, 500)
    lock_bps = Parameter(U16, default=BPS, minimum=BPS, maximum=3 * BPS)
    slash_share_bps = _bps(5_000, 1_000, 5_000)
    # Offers and orders.
    offer_bond_min = _wei(WEI_PER_AIT, 1_000 * WEI_PER_AIT)
    offers_max = Parameter(U16, default=8, minimum=1, maximum=64)
    models_max = Parameter(U16, default=8, minimum=1, maximum=32)
    book_max = Parameter(U16, default=64, minimum=8, maximum=BOOK_LIMIT)
    offer_seconds_max = _seconds(30 * DAY_SECONDS, 3_600, 365 * DAY_SECONDS)
    order_seconds_max = _seconds(7 * DAY_SECONDS, 60, 30 * DAY_SECONDS)
    accept_seconds = _seconds(300, 10, DAY_SECONDS)
    prepay_max_bps = _bps(1_000, 1, 5_000)
    rent_day_bps = _bps(100, 0, 1_000)
    rent_max_bps = _bps(500, 0, 2_000)
    # Terms that an order chooses.
    lease_seconds_min = _seconds(10, 1, 3_600)
    lease_seconds_max = _seconds(30 * DAY_SECONDS, 3_600, 365 * DAY_SECONDS)
    lease_window_min = Parameter(U32, default=60, minimum=1, maximum=4_096)
    lease_window_max = Parameter(U32, default=4_096, minimum=64, maximum=7_200)
    response_seconds_min = _seconds(60, 1, 3_600)
    response_seconds_max = _seconds(DAY_SECONDS, 600, 7 * DAY_SECONDS)
    move_seconds_min = _seconds(60, 1, 3_600)
    move_seconds_max = _seconds(6 * 3_600, 600, DAY_SECONDS)
    game_seconds_min = _seconds(1_800, 1, DAY_SECONDS)
    game_seconds_max = _seconds(3 * DAY_SECONDS, 3_600, 14 * DAY_SECONDS)
    # Auctions.
    bids_max = Parameter(U16, default=16, minimum=2, maximum=32)
    bid_bond = _wei(WEI_PER_AIT, 1_000 * WEI_PER_AIT)
    bid_seconds_min = _seconds(30, 1, 3_600)
    bid_seconds_max = _seconds(DAY_SECONDS, 600, 7 * DAY_SECONDS)
    # The score of an offer; the weights sum to 10,000.
    capability_weight_bps = _bps(4_000, 0, BPS)
    price_weight_bps = _bps(2_000, 0, BPS)
    latency_weight_bps = _bps(2_000, 0, BPS)
    trust_weight_bps = _bps(1_500, 0, BPS)
    load_weight_bps = _bps(500, 0, BPS)
    trust_half_weight = _wei(10 * WEI_PER_AIT, 1_000_000 * WEI_PER_AIT)
    # Price indexes; macs are multiply-accumulates per unit.
    index_epoch_blocks = Parameter(U32, default=600, minimum=10, maximum=100_000)
    index_step_bps = _bps(1_250, 0, 1_250)
    index_day_bps = _bps(2_500, 0, 2_500)
    index_share_bps = _bps(500, 1, 500)
    macs_per_token = _wei(8 * 10**9, 10**15)
    macs_per_gpu_second = _wei(10**13, 10**18)
    token_price_floor = _wei(10**9, 10**24)
    token_price_start = _wei(10**13, 10**24)
    token_price_ceiling = _wei(10**18, 10**24)
    mac_price_floor = _wei(1, 10**18)
    mac_price_start = _wei(10**4, 10**18)
    mac_price_ceiling = _wei(10**9, 10**18)
    second_price_floor = _wei(10**12, 10**24)
    second_price_start = _wei(10**15, 10**24)
    second_price_ceiling = _wei(10**20, 10**24)

    # Miners and products.
    window_blocks_min = Slot(U64)
    miners = Slot(mapping(ADDRESS, struct(Miner)))
    jobs_by_id = Slot(mapping(BYTES32, struct(Job)))
    job_by_lease = Slot(mapping(BYTES32, BYTES32))
    posted_by = Slot(mapping(ADDRESS, U64))
    job_ids = Slot(array(BYTES32))
    open_ids = Slot(array(BYTES32))
    operators = Slot(mapping(ADDRESS, array(struct(OperatorPoint))))
    has_been_operator = Slot(mapping(ADDRESS, mapping(ADDRESS, BOOL)))
    standings = Slot(mapping(ADDRESS, struct(Standing)))
    leases_between = Slot(mapping(ADDRESS, mapping(ADDRESS, U64)))
    # Offers, orders, leases.
    offer_total = Slot(U64)
    offers_by_id = Slot(mapping(U64, struct(Offer)))
    books = Slot(mapping(U8, array(U64)))
    ordered_by = Slot(mapping(ADDRESS, U64))
    orders_by_id = Slot(mapping(BYTES32, struct(Order)))
    order_ids = Slot(array(BYTES32))
    open_order_ids = Slot(array(BYTES32))
    leases_by_id = Slot(mapping(BYTES32, struct(Lease)))
    lease_ids = Slot(array(BYTES32))
    leases_of_party = Slot(mapping(ADDRESS, array(BYTES32)))
    # Price indexes.
    indexes = Slot(mapping(U8, mapping(U16, struct(Index))))
    shares = Slot(mapping(BYTES32, struct(Share)))
    class_rates = Slot(mapping(U16, struct(ClassRate)))
    # What miners' bonds were at the end of each block: quorums are drawn by a former one.
    bonds_past = Slot(mapping(ADDRESS, HISTORY))

    def check_cross_rules(self) -> None:
        """Refuse parameters that contradict each other."""
        fee = self.fee_bps
        if fee * self.fee_burn_bps + self.fee_auditor_bps * BPS > fee * BPS:
            raise revert(ParametersContradict("feeAuditorBps"))
        score = (
            self.capability_weight_bps, self.price_weight_bps, self.latency_weight_bps,
            self.trust_weight_bps, self.load_weight_bps,
        )  # fmt: skip
        if sum(score) != BPS:
            raise revert(ParametersContradict("capabilityWeightBps"))
        ordered = (
            ("leaseSecondsMax", self.lease_seconds_min, self.lease_seconds_max),
            ("leaseWindowMax", self.lease_window_min, self.lease_window_max),
            ("responseSecondsMax", self.response_seconds_min, self.response_seconds_max),
            ("moveSecondsMax", self.move_seconds_min, self.move_seconds_max),
            ("gameSecondsMax", self.game_seconds_min, self.game_seconds_max),
            ("bidSecondsMax", self.bid_seconds_min, self.bid_seconds_max),
            ("tokenPriceStart", self.token_price_floor, self.token_price_start),
            ("tokenPriceCeiling", self.token_price_start, self.token_price_ceiling),
            ("macPriceStart", self.mac_price_floor, self.mac_price_start),
            ("macPriceCeiling", self.mac_price_start, self.mac_price_ceiling),
            ("secondPriceStart", self.second_price_floor, self.second_price_start),
            ("secondPriceCeiling", self.second_price_start, self.second_price_ceiling),
        )
        for key, lower, upper in ordered:
            if lower > upper:
                raise revert(ParametersContradict(key))

    # --- parts ------------------------------------------------------------------------------

    def _miner(self, account: bytes) -> Miner:
        """Return a registered miner that was never convicted."""
        miner = self.miners[account]
        if not any(miner.operator_key):
            raise revert(NotMiner(account))
        if self._is_convicted(account):
            raise revert(ConvictedMiner(account))
        return miner

    def _is_convicted(self, account: bytes) -> bool:
        return self.standings[account].convicted_height > 0

    def _unlock(self, account: bytes, lock: int) -> None:
        """Release what one job or lease locked; a conviction has unlocked all already."""
        miner = self.miners[account]
        miner.open_leases -= 1
        if not self._is_convicted(account):
            miner.locked -= lock

    def _set_bond(self, account: bytes, miner: Miner, bond: int) -> None:
        """Write a bond, and what it was before for draws that were asked for before."""
        miner.bond = bond
        record(self.bonds_past[account], self.ctx.block.height, bond)

    def _slash(self, account: bytes, amount: int) -> int:
        """Take up to ``amount`` of a bond; returns what was there. The caller moves the money."""
        miner = self.miners[account]
        taken = min(amount, miner.bond)
        if taken:
            self._set_bond(account, miner, miner.bond - taken)
            self.emit(BondChanged(account, miner.bond))
        return taken

    def _pay_fee(self, lease: Lease, gross: int, fee: int) -> int:
        """Split the fee of ``gross`` as the lease says and pay it; returns what was burnt.

        At least half is burnt, the odd wei too; auditors get their share of ``gross`` as far as
        the fee reaches, the treasury the rest.
        """
        burnt = -(-fee * lease.burn_bps // BPS)
        auditors = min(fee - burnt, gross * lease.auditor_bps // BPS)
        self.ctx.burn(burnt)
        self._fund_audits(auditors)
        self.ctx.transfer(TREASURY_ADDRESS, fee - burnt - auditors)
        return burnt

    def _fund_audits(self, amount: int) -> None:
        """Pay the auditors' share into their pool; plainly, should the pool not take it."""
        if amount and not self.ctx.call(DISPUTES_ADDRESS, amount, FUND_AUDITS).success:
            self.ctx.transfer(DISPUTES_ADDRESS, amount)

    def _between(self, term: str, value: int, minimum: int, maximum: int) -> None:
        """Refuse a term outside its bounds."""
        if not minimum <= value <= maximum:
            raise revert(BadTerm(term, minimum, maximum))


def page_end(count: int, cursor: int, limit: int) -> int:
    """Return where a page from ``cursor`` ends; at most 100 rows."""
    return max(cursor, min(cursor + min(limit, PAGE_MAX), count))
