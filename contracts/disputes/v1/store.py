"""What all parts of the disputes contract share: storage, parameters, and what others tell it."""

from typing import Final

from contracts.disputes.v1.audit_messages import AUDIT_ERRORS, AUDIT_EVENTS
from contracts.disputes.v1.messages import EVENTS
from contracts.disputes.v1.quorum_messages import QUORUM_ERRORS, QUORUM_EVENTS
from contracts.disputes.v1.records import (
    Arbitration,
    Arbitrator,
    Audit,
    Case,
    Challenge,
    Failures,
    Game,
    Quorum,
)
from contracts.disputes.v1.refusals import (
    ERRORS,
    BondTooSmall,
    LeaseNotOpen,
    NoSuchBatch,
    PanelEven,
    WindowClosed,
)
from contracts.disputes.v1.weights import WEIGHTS
from contracts.framework.contract import Contract
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
from contracts.framework.types import struct_type
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.places import MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS
from contracts.receipts.v1.claim_messages import BatchInfo, ClaimInfo
from primitives.abi import decode
from primitives.errors import InvalidSignatureError
from primitives.keys import Signature, recover_address
from primitives.types import WEI_PER_AIT, Hash32

BPS: Final = 10_000
MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 24 * HOUR
PAGE_MAX: Final = 100
ARBITRATORS_LIMIT: Final = 128
PANEL_MIN: Final = 3
PANEL_LIMIT: Final = 15
OPEN_STATUSES: Final = (LeaseStatus.ACTIVE, LeaseStatus.RECLAIMING)

_LEASE: Final = struct_type(LeaseInfo)
_CLAIM: Final = struct_type(ClaimInfo)
_BATCH: Final = struct_type(BatchInfo)


class DisputesStore(Contract):
    """Storage and readers."""

    __slots__ = ()

    events = (*EVENTS, *AUDIT_EVENTS, *QUORUM_EVENTS)
    errors = (*ERRORS, *AUDIT_ERRORS, *QUORUM_ERRORS)
    weights = WEIGHTS

    challenge_bond_min = Parameter(
        U128, default=WEI_PER_AIT, minimum=WEI_PER_AIT // 1000, maximum=10_000 * WEI_PER_AIT
    )
    challenge_bond_bps = Parameter(U16, default=100, minimum=80, maximum=1_000)
    games_max = Parameter(U32, default=8, minimum=1, maximum=8)
    reveal_seconds = Parameter(U32, default=10 * MINUTE, minimum=MINUTE, maximum=DAY)
    pool_seconds = Parameter(U32, default=3 * DAY, minimum=HOUR, maximum=30 * DAY)
    answer_seconds = Parameter(U32, default=HOUR, minimum=MINUTE, maximum=7 * DAY)
    arbitrator_bond_min = Parameter(
        U128, default=100 * WEI_PER_AIT, minimum=WEI_PER_AIT, maximum=10**6 * WEI_PER_AIT
    )
    arbitrator_leave_seconds = Parameter(U32, default=7 * DAY, minimum=HOUR, maximum=30 * DAY)
    arbitration_bond = Parameter(
        U128, default=10 * WEI_PER_AIT, minimum=WEI_PER_AIT // 1000, maximum=10_000 * WEI_PER_AIT
    )
    arbitration_fee = Parameter(
        U128, default=5 * WEI_PER_AIT, minimum=0, maximum=10_000 * WEI_PER_AIT
    )
    seat_stake = Parameter(
        U128, default=10 * WEI_PER_AIT, minimum=WEI_PER_AIT // 1000, maximum=10**6 * WEI_PER_AIT
    )
    panel_size = Parameter(U32, default=5, minimum=PANEL_MIN, maximum=PANEL_LIMIT)
    draw_delay_blocks = Parameter(U32, default=8, minimum=2, maximum=256)
    vote_commit_seconds = Parameter(U32, default=DAY, minimum=HOUR, maximum=7 * DAY)
    vote_reveal_seconds = Parameter(U32, default=DAY, minimum=HOUR, maximum=7 * DAY)
    rounds_max = Parameter(U32, default=2, minimum=1, maximum=4)
    tolerance_bps = Parameter(U16, default=2_500, minimum=0, maximum=5_000)

    audit_rate_bps = Parameter(U16, default=2_000, minimum=100, maximum=BPS)
    audit_panel = Parameter(U32, default=PANEL_MIN, minimum=PANEL_MIN, maximum=PANEL_LIMIT)
    audit_stake = Parameter(
        U128, default=WEI_PER_AIT, minimum=WEI_PER_AIT // 1000, maximum=10**4 * WEI_PER_AIT
    )
    audit_fee = Parameter(U128, default=WEI_PER_AIT // 10, minimum=0, maximum=100 * WEI_PER_AIT)
    audit_commit_seconds = Parameter(U32, default=10 * MINUTE, minimum=MINUTE, maximum=DAY)
    audit_reveal_seconds = Parameter(U32, default=10 * MINUTE, minimum=MINUTE, maximum=DAY)
    audit_failures_max = Parameter(U8, default=3, minimum=2, maximum=100)
    audit_memory_seconds = Parameter(U32, default=30 * DAY, minimum=DAY, maximum=365 * DAY)

    quorum_commit_seconds = Parameter(U32, default=HOUR, minimum=MINUTE, maximum=7 * DAY)
    quorum_reveal_seconds = Parameter(U32, default=10 * MINUTE, minimum=MINUTE, maximum=DAY)

    challenge_total = Slot(U64)
    arbitration_total = Slot(U64)
    challenges = Slot(mapping(U64, struct(Challenge)))
    cases = Slot(mapping(BYTES32, struct(Case)))
    pool_by_miner = Slot(mapping(ADDRESS, BYTES32))
    games_against = Slot(mapping(ADDRESS, U32))
    games_by_id = Slot(mapping(U64, struct(Game)))
    games_of = Slot(mapping(BYTES32, array(U64)))
    arbitrator_records = Slot(mapping(ADDRESS, struct(Arbitrator)))
    arbitrator_list = Slot(array(ADDRESS))
    arbitrations = Slot(mapping(U64, struct(Arbitration)))
    arbitration_by_lease = Slot(mapping(BYTES32, U64))
    audit_total = Slot(U64)
    canary_total = Slot(U64)
    audit_pool = Slot(U128)
    audits = Slot(mapping(U64, struct(Audit)))
    audit_by_claim = Slot(mapping(BYTES32, U64))
    failures = Slot(mapping(ADDRESS, struct(Failures)))
    is_audited = Slot(mapping(BYTES32, BOOL))
    has_failed = Slot(mapping(BYTES32, BOOL))
    canary_desks = Slot(mapping(ADDRESS, BOOL))
    canaries = Slot(mapping(BYTES32, U64))
    quorum_total = Slot(U64)
    quorums = Slot(mapping(U64, struct(Quorum)))
    quorum_by_order = Slot(mapping(BYTES32, U64))
    quorum_by_lease = Slot(mapping(BYTES32, U64))
    quorum_answers = Slot(mapping(BYTES32, BYTES32))

    def check_cross_rules(self) -> None:
        """Refuse a panel that could split evenly, and a bond that does not cover the fee."""
        if self.panel_size % 2 == 0 or self.audit_panel % 2 == 0:
            raise revert(PanelEven())
        if self.arbitration_bond < self.arbitration_fee:
            raise revert(BondTooSmall(self.arbitration_bond, self.arbitration_fee))

    def _read_lease(self, lease_id: bytes) -> LeaseInfo:
        output = self.consult(MARKETPLACE_ADDRESS, "lease(bytes32)", lease_id)
        lease: LeaseInfo = decode((_LEASE,), output)[0]
        return lease

    def _open_lease(self, lease_id: bytes) -> LeaseInfo:
        """Return a lease that is not final and whose claim, if any, may still be challenged."""
        lease = self._read_lease(lease_id)
        if lease.status not in OPEN_STATUSES:
            raise revert(LeaseNotOpen(lease.status))
        claim = self._claim_of(lease_id)
        if claim.height and self.ctx.block.height > claim.window_end:
            raise revert(WindowClosed(claim.window_end))
        return lease

    def _claim_of(self, lease_id: bytes) -> ClaimInfo:
        output = self.consult(RECEIPTS_ADDRESS, "claim(bytes32)", lease_id)
        claim: ClaimInfo = decode((_CLAIM,), output)[0]
        return claim

    def _batch(self, batch_id: int, *, is_closed: bool = False) -> BatchInfo:
        """Return a batch; ``is_closed`` says whether it is closed by a case decided here."""
        output = self.consult(RECEIPTS_ADDRESS, "batch(uint64)", batch_id)
        batch: BatchInfo = decode((_BATCH,), output)[0]
        if not batch.height or (batch.is_closed and not is_closed):
            raise revert(NoSuchBatch())
        return batch

    def _was_signed(self, digest: Hash32, signature: bytes, miner: bytes) -> bool:
        """Answer whether a key that the miner ever registered made this signature."""
        try:
            signer = recover_address(digest, Signature.from_bytes(signature))
        except InvalidSignatureError:
            return False
        output = self.consult(MARKETPLACE_ADDRESS, "wasOperator(address,address)", miner, signer)
        return any(output)
