"""Faults that are decided at once, and the one that asks for an answer first.

A leaf of a batch names a receipt by its hash only, so no opening can show that *no* signature of it
exists: anybody could produce a bad one. A challenge for BAD_SIGNATURE therefore asks, and who
posted the batch (or anybody for him) answers with the receipt and its signature in time.
"""

from contracts.disputes.v1.challenges import Challenges
from contracts.disputes.v1.messages import (
    ChallengeStatus,
    Fault,
    GameMove,
    GameOver,
    LeafOpening,
    Phase,
)
from contracts.disputes.v1.refusals import (
    LeafNotCommitted,
    NothingWrong,
    NotSigned,
    NotYourTurn,
    OwnLease,
    TooLate,
    WrongReceipt,
)
from contracts.disputes.v1.weights import SUM_NODE_GAS
from contracts.framework.contract import call
from contracts.framework.messages import revert
from contracts.framework.types import bytes32, u64
from contracts.marketplace.v1.lease_messages import LeaseInfo
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.claim_messages import BatchInfo
from contracts.receipts.v1.messages import ReceiptData
from contracts.receipts.v1.products import to_compute_receipt
from primitives.errors import DecodeError
from primitives.sum_tree import Sibling, SumLeaf, check_inclusion
from primitives.types import ZERO_HASH, Address, Hash32


class Frauds(Challenges):
    """Challenges that need no game."""

    __slots__ = ()

    @call(reserved=True)
    def reveal_overclaim(
        self, challenge_id: u64, salt: bytes32, receipt: ReceiptData, signature: bytes
    ) -> None:
        """Convict a miner by a receipt that he signed and that contradicts its lease.

        Units above the lease's, another price, unit, model, job, client or miner. The evidence
        hash is zero.
        """
        receipt_hash = to_compute_receipt(receipt).struct_hash()
        challenge = self._reveal(challenge_id, receipt_hash, Fault.OVERCLAIM, ZERO_HASH, salt)
        lease = self._accused_lease(receipt.lease_id)
        self._check_signed(receipt, signature, lease)
        if not contradicts(receipt, lease):
            raise revert(NothingWrong())
        self._win_at_once(challenge_id, challenge, receipt.lease_id, receipt_hash, lease.miner)

    @call(reserved=True)
    def reveal_double_signing(
        self,
        challenge_id: u64,
        salt: bytes32,
        receipt: ReceiptData,
        signature: bytes,
        other: ReceiptData,
        other_signature: bytes,
    ) -> None:
        """Convict a miner who signed two receipts with one sequence number.

        The evidence hash is the other receipt's hash.
        """
        receipt_hash = to_compute_receipt(receipt).struct_hash()
        other_hash = to_compute_receipt(other).struct_hash()
        challenge = self._reveal(challenge_id, receipt_hash, Fault.DOUBLE_SIGNING, other_hash, salt)
        names = (receipt.lease_id, receipt.seq)
        if names != (other.lease_id, other.seq) or receipt_hash == other_hash:
            raise revert(NothingWrong())
        lease = self._accused_lease(receipt.lease_id)
        self._check_signed(receipt, signature, lease)
        self._check_signed(other, other_signature, lease)
        self._win_at_once(challenge_id, challenge, receipt.lease_id, receipt_hash, lease.miner)

    @call(reserved=True)
    def reveal_duplicate_leaf(
        self,
        challenge_id: u64,
        salt: bytes32,
        batch_id: u64,
        left: LeafOpening,
        right: LeafOpening,
    ) -> None:
        """Convict a batch of which two leaves do not ascend strictly.

        The evidence hash is the two indexes: left x 2^64 + right, as a word.
        """
        case_id = _word(batch_id)
        evidence = _word(left.index << 64 | right.index)
        challenge = self._reveal(challenge_id, case_id, Fault.DUPLICATE_LEAF, evidence, salt)
        poster = self._check_leaves(batch_id, case_id, left, right)
        if left.index >= right.index or _key(left) < _key(right):
            raise revert(NothingWrong())
        self._win_at_once(challenge_id, challenge, case_id, right.receipt_hash, poster)

    @call(reserved=True)
    def reveal_wrong_sum(
        self,
        challenge_id: u64,
        salt: bytes32,
        batch_id: u64,
        leaf: LeafOpening,
        receipt: ReceiptData,
    ) -> None:
        """Convict a batch of which a leaf is not what the receipt that it names says.

        Its amount is units x unit price; lease and sequence number are the receipt's. The evidence
        hash is the leaf's index as a word.
        """
        case_id = _word(batch_id)
        challenge = self._reveal(challenge_id, case_id, Fault.WRONG_SUM, _word(leaf.index), salt)
        if to_compute_receipt(receipt).struct_hash() != leaf.receipt_hash:
            raise revert(WrongReceipt())
        poster = self._check_leaves(batch_id, case_id, leaf)
        right = (receipt.lease_id, receipt.seq, receipt.units * receipt.unit_price)
        if right == (leaf.lease_id, leaf.seq, leaf.amount):
            raise revert(NothingWrong())
        self._win_at_once(challenge_id, challenge, case_id, leaf.receipt_hash, poster)

    @call(payable=True, reserved=True)
    def reveal_bad_signature(
        self, challenge_id: u64, salt: bytes32, batch_id: u64, leaf: LeafOpening
    ) -> None:
        """Say that a leaf's receipt was never signed; the poster has ``answerSeconds`` to answer.

        The evidence hash is the leaf's index as a word. As with games, the bond doubles with each
        open challenge of the batch; the value sent joins that of the commitment.
        """
        case_id = _word(batch_id)
        challenge = self._reveal(
            challenge_id, case_id, Fault.BAD_SIGNATURE, _word(leaf.index), salt
        )
        self._note_reveal(challenge_id, challenge, case_id, leaf.receipt_hash)
        case = self.cases[case_id]
        if case.is_decided:
            self._return_late(challenge_id, challenge, case)
            return
        batch = self._batch(batch_id)
        self._check_opens(batch, leaf)
        game = self.games_by_id[challenge_id]
        block = self.ctx.block
        game.accused = batch.poster
        game.phase = Phase.ANSWER
        game.revealed_height = block.height
        game.move_seconds = game.game_seconds = self.answer_seconds
        game.turn.stamp(block)
        self._open(challenge_id, challenge, case, batch.bond)
        until = block.timestamp + game.move_seconds
        self.emit(
            GameMove(
                case_id, batch.poster, challenge_id, Phase.ANSWER, 0, 0, leaf.index,
                leaf.receipt_hash, until,
            )
        )  # fmt: skip

    @call(reserved=True)
    def answer_signature(self, challenge_id: u64, receipt: ReceiptData, signature: bytes) -> None:
        """Show that a challenged leaf's receipt is signed by its miner; anybody may.

        The challenger loses.
        """
        challenge = self._in_status(challenge_id, ChallengeStatus.OPEN)
        game = self.games_by_id[challenge_id]
        if game.phase != Phase.ANSWER:
            raise revert(NotYourTurn(game.phase))
        if game.turn.has_passed(self.ctx.block, game.move_seconds):
            raise revert(TooLate())
        if to_compute_receipt(receipt).struct_hash() != challenge.receipt_hash:
            raise revert(WrongReceipt())
        self._check_signed(receipt, signature, self._read_lease(receipt.lease_id))
        self.emit(GameOver(challenge.case_id, game.accused, challenge_id, by_timeout=False))
        self._lose(challenge_id, challenge, game)

    # --- parts ------------------------------------------------------------------------------

    def _accused_lease(self, lease_id: bytes) -> LeaseInfo:
        """Return a lease that may be convicted, or that was in a case decided before."""
        is_decided = self.cases[lease_id].is_decided
        lease = self._read_lease(lease_id) if is_decided else self._open_lease(lease_id)
        if self.ctx.caller == lease.miner:
            raise revert(OwnLease())
        return lease

    def _check_signed(self, receipt: ReceiptData, signature: bytes, lease: LeaseInfo) -> None:
        chain_id = self.ctx.block.chain_id
        digest = to_compute_receipt(receipt).digest(chain_id, Address(RECEIPTS_ADDRESS))
        if not self._was_signed(Hash32(digest), signature, lease.miner):
            raise revert(NotSigned())

    def _check_leaves(self, batch_id: int, case_id: bytes, *leaves: LeafOpening) -> bytes:
        """Check openings and return who posted the batch."""
        batch = self._batch(batch_id, is_closed=self.cases[case_id].is_decided)
        for leaf in leaves:
            self._check_opens(batch, leaf)
        return batch.poster

    def _check_opens(self, batch: BatchInfo, leaf: LeafOpening) -> None:
        self.ctx.use_gas(SUM_NODE_GAS * (len(leaf.hashes) + 1))
        pairs = zip(leaf.hashes, leaf.totals, strict=False)
        path = [Sibling(Hash32(sibling), total) for sibling, total in pairs]
        found = SumLeaf(Hash32(leaf.lease_id), leaf.seq, Hash32(leaf.receipt_hash), leaf.amount)
        root = Hash32(batch.root)
        try:
            check_inclusion(root, batch.count, batch.total, leaf.index, found, path)
        except DecodeError as error:
            raise revert(LeafNotCommitted()) from error


def contradicts(receipt: ReceiptData, lease: LeaseInfo) -> bool:
    """Answer whether a receipt says what its lease does not allow, whatever was computed."""
    said = (
        receipt.unit_price, receipt.unit_kind, receipt.model_root, receipt.job_id, receipt.client,
        receipt.miner,
    )  # fmt: skip
    agreed = (
        lease.unit_price, lease.unit_kind, lease.model_root, lease.order_id, lease.client,
        lease.miner,
    )  # fmt: skip
    return said != agreed or receipt.units > lease.units_max


def _key(leaf: LeafOpening) -> tuple[bytes, int]:
    """Return what leaves are ordered by."""
    return leaf.lease_id, leaf.seq


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")
