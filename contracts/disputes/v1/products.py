"""Wrong tiles of seeded products: committed and revealed as all challenges are.

The receipts contract computes the tile itself and fails the receipt; half of the bond that the
miner locked for the job is the reward. It is shared by who had committed to a wrong tile of that
receipt before the block in which the first was shown, whoever showed it: to show a tile that
somebody else found wins nothing. A reward that nobody had committed for goes to the auditors' pool.
"""

from contracts.disputes.v1.messages import CaseDecided, ChallengeStatus, Fault
from contracts.disputes.v1.records import Case
from contracts.disputes.v1.refusals import (
    MayBeRevealed,
    NotDecided,
    NotReceipts,
    OwnLease,
    SharePeriodOpen,
)
from contracts.disputes.v1.returns import Returns
from contracts.framework.contract import call
from contracts.framework.messages import revert
from contracts.framework.types import bytes32, struct_type, u32, u64, u256
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.messages import ReceiptInfo, ReceiptStatus
from primitives.abi import decode

_INFO = struct_type(ReceiptInfo)
_TILE_ARGUMENTS = "(bytes32,uint32,bytes32,bytes32[])"


class ProductFrauds(Returns):
    """Challenges of seeded products."""

    __slots__ = ()

    @call(reserved=True)
    def reveal_tile(
        self,
        challenge_id: u64,
        salt: bytes32,
        receipt_id: bytes32,
        tile: u32,
        leaf: bytes32,
        path: tuple[bytes32, ...],
    ) -> None:
        """Show that the leaf committed for ``tile`` is not that of the right product.

        Subject of the commitment is the receipt's id, the evidence hash the tile as a word.
        """
        evidence = tile.to_bytes(32, "big")
        fault = Fault.WRONG_PRODUCT
        challenge = self._reveal(challenge_id, receipt_id, fault, evidence, salt)
        miner = self._product(receipt_id).miner
        if self.ctx.caller == miner:
            raise revert(OwnLease())
        self._note_reveal(challenge_id, challenge, receipt_id, receipt_id)
        case = self.cases[receipt_id]
        values = (receipt_id, tile, leaf, path)
        if case.is_decided:
            self.consult(RECEIPTS_ADDRESS, "checkTile" + _TILE_ARGUMENTS, *values)
            self._check_joins(challenge, case)
        else:
            output = self.invoke(RECEIPTS_ADDRESS, "challengeTile" + _TILE_ARGUMENTS, *values)
            reward = int.from_bytes(output, "big")
            self._decide_product(case, reward)
            self.emit(CaseDecided(receipt_id, challenge_id, miner, fault, reward))
        challenge.status = ChallengeStatus.WON
        self._give_share(challenge, receipt_id)

    @call(reserved=True)
    def note_product_failed(self, receipt_id: bytes32, reward: u256) -> None:
        """Keep the reward for a tile that was shown without commitment; for receipts alone."""
        if self.ctx.caller != RECEIPTS_ADDRESS:
            raise revert(NotReceipts())
        self._decide_product(self.cases[receipt_id], reward)
        miner = self._product(receipt_id).miner
        self.emit(CaseDecided(receipt_id, 0, miner, Fault.WRONG_PRODUCT, reward))

    @call
    def sweep_reward(self, case_id: bytes32) -> u256:
        """Move a reward that nobody shares to the auditors' pool; anybody may; returns it."""
        case = self.cases[case_id]
        if not case.is_decided or case.accused != bytes(20) or case.shares_left:
            raise revert(NotDecided())
        if not self._is_period_over(case):
            raise revert(SharePeriodOpen(case.decided.seconds + case.share_seconds))
        reward = case.reward_left
        case.reward_left = 0
        case.share_seconds = 0
        self.audit_pool += reward
        return reward

    @call
    def withdraw_tile_challenge(
        self, challenge_id: u64, salt: bytes32, receipt_id: bytes32, tile: u32
    ) -> u256:
        """Take back a challenge of a product whose receipt ended meanwhile; returns the bond.

        Where a wrong tile was shown later, the tile of the commitment may be shown as well.
        """
        evidence = tile.to_bytes(32, "big")
        fault = Fault.WRONG_PRODUCT
        challenge = self._opened(challenge_id, receipt_id, fault, evidence, salt)
        info = self._product(receipt_id)
        is_final = info.status in (ReceiptStatus.SETTLED, ReceiptStatus.FAILED)
        is_over = is_final or self.ctx.block.height > info.window_end
        committed, case = challenge.committed.height, self.cases[receipt_id]
        is_shared = case.is_decided and committed < case.cutoff_height
        if not is_over or is_shared or committed >= info.window_end:
            raise revert(MayBeRevealed())
        return self._give_back(challenge_id, challenge)

    # --- parts ------------------------------------------------------------------------------

    def _product(self, receipt_id: bytes) -> ReceiptInfo:
        output = self.consult(RECEIPTS_ADDRESS, "receipt(bytes32)", receipt_id)
        info: ReceiptInfo = decode((_INFO,), output)[0]
        return info

    def _decide_product(self, case: Case, reward: int) -> None:
        """Close a product's case in this block: who committed before may share until its end."""
        case.is_decided = True
        case.share_seconds = self.reveal_seconds
        case.cutoff_height = self.ctx.block.height
        case.decided.stamp(self.ctx.block)
        case.reward_left = reward
