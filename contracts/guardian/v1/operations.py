"""Operations of a vault: at once below the lock, queued at or above it."""

from typing import Final

from contracts.errors import Revert
from contracts.framework.contract import call
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, u64, u128
from contracts.guardian.v1.account import drive_data
from contracts.guardian.v1.failures import (
    DataTooLong,
    NotReady,
    NotTooLate,
    SessionKeyLimited,
    TooLate,
    TooMany,
    UnknownHash,
    VaultBalanceTooLow,
    WrongStatus,
)
from contracts.guardian.v1.messages import (
    HashApproved,
    HashRevoked,
    OperationCancelled,
    OperationExecuted,
    OperationExpired,
    OperationQueued,
)
from contracts.guardian.v1.records import Operation, OperationKind, Status, Vault
from contracts.guardian.v1.spending import Initiator, Spending, Verdict
from contracts.guardian.v1.vaults import budget_key, hash_key, unlist

DATA_BYTES_MAX: Final = 8_192
"""Calldata of a queued operation, in bytes: a stored string's bound."""
NO_OPERATION: Final = 0


class Operations(Spending):
    """The guardian's operations."""

    __slots__ = ()

    @call(runs_bytecode=True)
    def initiate(
        self, vault: Address, target: Address, value: u128, data: bytes
    ) -> tuple[u64, bytes]:
        """Make a vault call ``target``; for its owner, agent and session keys.

        Returns (0, what the call gave) when it ran at once, and reverts with the call's revert data
        when that fails; (operation id, nothing) when it waits for the time lock.
        """
        record = self._vault(vault)
        initiator = self._initiator(vault, self.ctx.caller)
        self._check_not_paused(record)
        verdict = self._judge(vault, initiator, target, value, data)
        if verdict.must_wait:
            kind = OperationKind.CALL
            return self._queue(vault, record, initiator, kind, target, value, data), b""
        return NO_OPERATION, self._run(NO_OPERATION, vault, initiator, verdict, target, value, data)

    @call
    def approve_hash(
        self, vault: Address, approved_hash: bytes32, asset: Address, maximum: u128
    ) -> u64:
        """Queue the approval of an EIP-1271 hash; for owner and agent. Returns the operation's id.

        ``maximum`` of ``asset`` (zero: AIT) is what a signature under it can cost; it counts as
        spent in full. As nobody can check that against the hash, the time lock always holds.
        """
        record = self._vault(vault)
        initiator = self._initiator(vault, self.ctx.caller)
        self._check_not_paused(record)
        if initiator.session:
            raise revert(SessionKeyLimited(initiator.account))
        self._check_spends(vault, initiator, self._hash_spends(vault, asset, maximum))
        kind = OperationKind.HASH
        return self._queue(vault, record, initiator, kind, asset, maximum, approved_hash)

    @call(runs_bytecode=True)
    def execute(self, operation_id: u64) -> bytes:
        """Execute an operation whose time lock has passed; anybody may. Returns the call's output.

        Limits and the initiator's right are checked again. A call that fails reverts this with its
        revert data, and the operation stays pending until it succeeds, is cancelled or expires.
        """
        operation = self._pending(operation_id)
        vault = operation.vault
        record = self._vault(vault)
        self._check_not_paused(record)
        self._check_not_frozen(record)
        if not self._is_ready(record, operation):
            raise revert(NotReady())
        if self._is_late(record, operation):
            raise revert(TooLate())
        initiator = self._initiator(vault, operation.initiator)
        if initiator.session != operation.session_number:
            raise revert(SessionKeyLimited(initiator.account))
        target, value, data = operation.target, operation.value, operation.data
        self._finish(record, operation, Status.EXECUTED)
        if operation.kind == OperationKind.CALL:
            verdict = self._judge(vault, initiator, target, value, data)
            return self._run(operation_id, vault, initiator, verdict, target, value, data)
        spends = self._hash_spends(vault, target, value)
        self._check_spends(vault, initiator, spends)
        self._record_spends(vault, initiator, spends)
        self.approved[hash_key(vault, record.generation, data)] = True
        self.emit(HashApproved(vault, data, target, value))
        return b""

    @call(reserved=True)
    def cancel(self, operation_id: u64) -> None:
        """Take a waiting operation back; for the vault's owner and guardians, always."""
        operation = self._pending(operation_id)
        vault = operation.vault
        self._check_owner_or_guardian(vault)
        self._finish(self.records[vault], operation, Status.CANCELLED)
        self.emit(OperationCancelled(operation_id, vault, self.ctx.caller))

    @call
    def expire(self, operation_id: u64) -> None:
        """Free the place of an operation that can no longer be executed; anybody may."""
        operation = self._pending(operation_id)
        record = self.records[operation.vault]
        if not self._is_late(record, operation):
            raise revert(NotTooLate())
        self._finish(record, operation, Status.EXPIRED)
        self.emit(OperationExpired(operation_id, operation.vault))

    @call(reserved=True)
    def revoke_hash(self, vault: Address, approved_hash: bytes32) -> None:
        """Take the approval of a hash back at once; for the vault's owner and guardians."""
        record = self._vault(vault)
        self._check_owner_or_guardian(vault)
        key = hash_key(vault, record.generation, approved_hash)
        if not self.approved[key]:
            raise revert(UnknownHash(approved_hash))
        self.approved[key] = False
        self.emit(HashRevoked(vault, approved_hash, self.ctx.caller))

    # --- parts ------------------------------------------------------------------------------

    def _queue(
        self,
        vault: bytes,
        record: Vault,
        initiator: Initiator,
        kind: OperationKind,
        target: bytes,
        value: int,
        data: bytes,
    ) -> int:
        """Store an operation that waits, and return its id."""
        self._check_not_frozen(record)
        if len(data) > DATA_BYTES_MAX:
            raise revert(DataTooLong(DATA_BYTES_MAX))
        pending, maximum = record.pending_ids, self.pending_max
        if len(pending) >= maximum:
            raise revert(TooMany(maximum))
        operation_id = self.operation_count + 1
        self.operation_count = operation_id
        operation = self.operation_by_id[operation_id]
        operation.vault = vault
        operation.kind = kind
        operation.status = Status.PENDING
        operation.place = pending.push(operation_id) + 1
        operation.initiator = initiator.account
        operation.session_number = initiator.session
        operation.target = target
        operation.value = value
        operation.data = data
        operation.delay_seconds = delay = record.lock_seconds
        operation.queued_at.stamp(self.ctx.block)
        record.operation_ids.push(operation_id)
        self.emit(
            OperationQueued(
                operation_id, vault, initiator.account, kind, target, value, data, delay
            )
        )
        return operation_id

    def _run(
        self,
        operation_id: int,
        vault: bytes,
        initiator: Initiator,
        verdict: Verdict,
        target: bytes,
        value: int,
        data: bytes,
    ) -> bytes:
        """Count what a call spends, then make the vault call; its failure is ours."""
        self._record_spends(vault, initiator, verdict.spends)
        selector = verdict.selector.ljust(4, b"\0")
        self.emit(
            OperationExecuted(
                operation_id, vault, initiator.account, target, value, verdict.amount, selector
            )
        )
        if value:
            balance = self.ctx.balance(vault)
            if balance < value:
                raise revert(VaultBalanceTooLow(balance, value))
        result = self.ctx.call(vault, 0, drive_data(target, value, data))
        if not result.success:
            raise Revert(result.output, "execution reverted: the vault's call failed")
        return result.output

    def _hash_spends(
        self, vault: bytes, asset: bytes, maximum: int
    ) -> tuple[tuple[bytes, int], ...]:
        """Return what an approved hash counts for: nothing where the asset has no limits."""
        is_limited = self.budgets[budget_key(vault, asset)].is_set
        return ((asset, maximum),) if is_limited else ()

    def _pending(self, operation_id: int) -> Operation:
        operation = self.operation_by_id[operation_id]
        if operation.status != Status.PENDING:
            raise revert(WrongStatus(operation.status))
        return operation

    def _finish(self, record: Vault, operation: Operation, status: Status) -> None:
        """Take an operation off the list of pending ones."""
        place = operation.place
        moved = unlist(record.pending_ids, place)
        if moved:
            self.operation_by_id[moved].place = place
        operation.place = 0
        operation.status = status
