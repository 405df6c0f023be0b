"""Bonds given back: challenges that others' acts kept from being revealed.

A commitment holds nothing, so a lease may end, or a batch be closed, before it is revealed; and the
places for games may be taken to the end. Who then opens his commitment, within its reveal period,
has his bond back. He accuses nobody by that and shares in nothing.

What keeps a challenge from being revealed is one of these:

* the lease ended, or the batch was closed, in the block of the commitment or later;
* the claim's window ended, of which at least one block was left after the commitment;
* all places for games of the lease or batch are taken now, and the fault needs one.

A lease or batch that was over before the commitment gives nothing back: that was to be seen.
"""

from contracts.disputes.v1.challenges import BATCH_FAULTS
from contracts.disputes.v1.frauds import Frauds
from contracts.disputes.v1.messages import Fault
from contracts.disputes.v1.refusals import MayBeRevealed, OwnLease, WrongFault
from contracts.disputes.v1.store import OPEN_STATUSES
from contracts.framework.contract import call
from contracts.framework.messages import revert
from contracts.framework.types import bytes32, u8, u64, u256
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.places import MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS
from contracts.receipts.v1.messages import ReceiptData
from contracts.receipts.v1.products import to_compute_receipt

GAME_FAULTS = (Fault.WRONG_STEP, Fault.WRONG_TILE, Fault.BAD_SIGNATURE)
"""Faults whose challenges take a place among the open games."""


class Returns(Frauds):
    """Challenges that end without having been revealed, through no act of the challenger."""

    __slots__ = ()

    @call
    def withdraw_challenge(
        self,
        challenge_id: u64,
        salt: bytes32,
        fault: u8,
        evidence: bytes32,
        receipt: ReceiptData,
        signature: bytes,
    ) -> u256:
        """Take back a challenge of a receipt whose lease can be challenged no more.

        ``evidence`` is the evidence hash of the commitment; returns the bond.
        """
        receipt_hash = to_compute_receipt(receipt).struct_hash()
        challenge = self._opened(challenge_id, receipt_hash, fault, evidence, salt)
        if fault in BATCH_FAULTS:
            raise revert(WrongFault())
        lease = self._read_lease(receipt.lease_id)
        if self.ctx.caller == lease.miner:
            raise revert(OwnLease())
        self._check_signed(receipt, signature, lease)
        is_over = self._is_lease_over(lease, challenge.committed.height)
        if not is_over and not self._is_full(receipt.lease_id, fault):
            raise revert(MayBeRevealed())
        return self._give_back(challenge_id, challenge)

    @call
    def withdraw_batch_challenge(
        self, challenge_id: u64, salt: bytes32, fault: u8, evidence: bytes32, batch_id: u64
    ) -> u256:
        """Take back a challenge of a batch that was closed meanwhile; returns the bond."""
        case_id = batch_id.to_bytes(32, "big")
        challenge = self._opened(challenge_id, case_id, fault, evidence, salt)
        if fault not in BATCH_FAULTS:
            raise revert(WrongFault())
        output = self.consult(RECEIPTS_ADDRESS, "batchClosedAt(uint64)", batch_id)
        closed = int.from_bytes(output, "big")
        is_over = closed > 0 and closed >= challenge.committed.height
        if not is_over and not self._is_full(case_id, fault):
            raise revert(MayBeRevealed())
        return self._give_back(challenge_id, challenge)

    # --- parts ------------------------------------------------------------------------------

    def _is_lease_over(self, lease: LeaseInfo, committed: int) -> bool:
        """Answer whether a lease, or its claim's window, ended after a commitment."""
        if lease.status in OPEN_STATUSES:
            claim = self._claim_of(lease.lease_id)
            is_closed = claim.height > 0 and self.ctx.block.height > claim.window_end
            return is_closed and committed < claim.window_end
        if lease.status in (LeaseStatus.PROPOSED, LeaseStatus.CANCELLED):
            return False
        output = self.consult(MARKETPLACE_ADDRESS, "endedAt(bytes32)", lease.lease_id)
        return int.from_bytes(output, "big") >= committed

    def _is_full(self, case_id: bytes, fault: int) -> bool:
        """Answer whether no further game of a case may begin now."""
        case = self.cases[case_id]
        is_full = len(case.open_ids) >= self.games_max
        return fault in GAME_FAULTS and not case.is_decided and is_full
